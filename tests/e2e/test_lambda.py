"""signer-host as an AWS Lambda function: events in, tokens out. Against a
Runtime API of the tests' own (lambda_api.py), and against those of others:
cargo-lambda's, and AWS's Runtime Interface Emulator where KJWT_LAMBDA_RIE names
it. KMS and SQS are moto's, which checks signatures and IAM policies.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import contextlib
import json
import re
import signal
import subprocess
import time
import uuid
import zipfile

import fault_server
import pytest
from conftest import ROOT, SIGNER, clean_environment
from cryptography.hazmat.primitives.asymmetric import rsa
from emulators import free_port, make_user, serving
from fault_server import Fault, error
from jose_parts import claims_of, header_of, tampered
from lambda_api import Bootstrap, lambda_function, runtime_api

ISSUER, AUDIENCE = "bench-7", "device-01"


def key_settings(keys, **more):
    return {"KJWT_KEY": f"file:{keys[2048]}", "KJWT_ISS": ISSUER, **more}


@pytest.fixture
def function(keys, tmp_path):
    """Starts functions with a development key: function(KJWT_X=...)."""
    with contextlib.ExitStack() as stack:
        def start(**settings):
            folder = tmp_path / str(uuid.uuid4())
            folder.mkdir()
            return stack.enter_context(lambda_function(
                folder, **key_settings(keys, **settings)))[0]
        yield start


@pytest.fixture(scope="module")
def default(keys, tmp_path_factory):
    """One with nothing but a key and an issuer, for all who change nothing."""
    with lambda_function(tmp_path_factory.mktemp("default"),
                         **key_settings(keys)) as (api, _):
        yield api


# -------------------------------------------------------------- event forms --


def http_v1(body, method="POST", **more):
    """Of a REST API; an Application Load Balancer's is alike."""
    return {"resource": "/mint", "path": "/mint", "httpMethod": method,
            "headers": {"content-type": "application/json"},
            "requestContext": {"stage": "prod", "httpMethod": method},
            "body": body, "isBase64Encoded": False, **more}


def http_v2(body, method="POST", **more):
    """Of an HTTP API, or a Function URL."""
    event = {"version": "2.0", "routeKey": "$default", "rawPath": "/",
             "headers": {"content-type": "application/json"},
             "requestContext": {"http": {"method": method, "path": "/"},
                                "timeEpoch": int(time.time() * 1000)},
             "isBase64Encoded": False, **more}
    return event if body is None else {**event, "body": body}


def encoded(form, text):
    return form(base64.b64encode(text.encode()).decode(), isBase64Encoded=True)


def page_of(response):
    """The JSON page of an HTTP answer, as API Gateway wants it."""
    assert response["isBase64Encoded"] is False
    assert response["headers"]["content-type"] == "application/json"
    assert response["headers"]["cache-control"] == "no-store"
    return json.loads(response["body"])


SUB = '{"sub":"dev-1"}'
FORMS = {
    "bare": {"sub": "dev-1"},
    "payload": {"payload": {"sub": "dev-1"}},
    "claims": {"claims": {"sub": "dev-1"}},
    "rest api": http_v1(SUB),
    "rest api, wrapped": http_v1('{"payload":' + SUB + "}"),
    "rest api, base64": encoded(http_v1, SUB),
    "http api": http_v2(SUB),
    "http api, base64": encoded(http_v2, SUB),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(name, default, signer, keys):
    event = FORMS[name]
    before = int(time.time())
    response = default.call(event)
    if "requestContext" in event:
        assert response["statusCode"] == 200
        response = page_of(response)
    assert list(response) == ["token"]
    token = response["token"]
    assert header_of(token)["alg"] == "RS256"
    claims = claims_of(token)
    assert claims == {"sub": "dev-1", "iss": ISSUER, "iat": claims["iat"],
                      "exp": claims["iat"] + 86400}
    # signer-host may read the clock of the last tick.
    assert before - 1 <= claims["iat"] <= time.time()
    signer.ok("verify", "--key", f"file:{keys[2048]}", "--iss", ISSUER, token)


def test_a_member_payload_among_others_is_a_claim(default):
    token = default.call({"payload": {"a": 1}, "sub": "dev-1"})["token"]
    assert claims_of(token)["payload"] == {"a": 1}
    token = default.call({"payload": "text"})["token"]
    assert claims_of(token)["payload"] == "text"


BAD_DIRECT = {
    "no JSON": b'{"sub":',
    "empty": b"",
    "an array": [{"sub": "dev-1"}],
    "a string": "dev-1",
    "null": None,
    "duplicate names": b'{"sub":"a","sub":"b"}',
    "escaped duplicates": b'{"sub":"a","s\\u0075b":"b"}',
    "not UTF-8": b'{"sub":"\xff"}',
    "U+0000": b'{"sub":"a\\u0000b"}',
    "lone surrogate": b'{"sub":"\\ud800"}',
    "exp a string": {"exp": "1900000000"},
    "exp null": {"exp": None},
    "iat a float too far": b'{"iat":1e300}',
    "too long": {"x": "y" * 5000},
    "too deep": json.loads('{"a":' * 12 + "1" + "}" * 12),
    "aud a number": {"aud": 7},
    "aud empty": {"aud": []},
    "aud of numbers": {"aud": ["a", 1]},
    "sub a number": {"sub": 1},
    "beyond 6 MB": b'{"x":"' + b"y" * (6 * 1024 * 1024) + b'"}',
}


@pytest.mark.parametrize("name", BAD_DIRECT)
def test_bad_direct(name, default):
    assert default.fails(BAD_DIRECT[name])["errorType"] == \
        "Function.BadRequest"
    default.call({"sub": "the next one"})


BAD_HTTP = {
    "get": (http_v1(None, "GET"), 405),
    "put": (http_v2(SUB, "PUT"), 405),
    "no method": ({"requestContext": {}, "body": SUB}, 405),
    "no body": (http_v1(None), 400),
    "no body, v2": (http_v2(None), 400),
    "empty": (http_v2(""), 400),
    "no JSON": (http_v1("sub=dev-1"), 400),
    "no base64": (http_v1(SUB, isBase64Encoded=True), 400),
    "U+0000": (http_v1('{"sub":"a\0b"}'), 400),
    "duplicates": (http_v2('{"sub":"a","sub":"b"}'), 400),
    "an object for a body": (http_v1({"sub": "dev-1"}), 400),
    "of another issuer": (http_v1('{"iss":"mallory"}'), 403),
}


@pytest.mark.parametrize("name", BAD_HTTP)
def test_bad_http(name, default):
    event, status = BAD_HTTP[name]
    request_id = default.put(event)
    kind, response, _ = default.result()
    assert kind == "response" and response["statusCode"] == status
    page = page_of(response)
    assert page["error"] and page["requestId"] == request_id
    assert "token" not in page
    assert response["headers"].get("allow") == (
        "POST" if status == 405 else None)


# ------------------------------------------------------------- what is allowed --

NOW = object()


def at(offset):
    return (NOW, offset)


def resolved(claims):
    """The claims with times as of now."""
    now = int(time.time())
    return {name: now + value[1] if isinstance(value, tuple) else value
            for name, value in claims.items()}


MINTED = None
POLICIES = {
    "own": ({}, {"role": "x", "aud": "any"}, MINTED),
    "iss, the operator's": ({}, {"iss": ISSUER}, MINTED),
    "iss, another": ({}, {"iss": "bench-8"}, "Forbidden"),
    "iss, escaped": ({}, b'{"\\u0069ss":"bench-8"}', "Forbidden"),
    "iss, a list": ({}, {"iss": [ISSUER]}, "BadRequest"),
    "iss, none set": ({"KJWT_ISS": ""}, {"iss": "bench-8"}, "Forbidden"),
    "jti": ({}, {"jti": "1"}, "Forbidden"),
    "jti allowed": ({"KJWT_CLAIMS": "sub,jti"}, {"jti": "1"}, MINTED),
    "iat now": ({}, {"iat": at(-10)}, MINTED),
    "iat of the past": ({}, {"iat": at(-3600)}, "Forbidden"),
    "iat of the future": ({}, {"iat": at(3600)}, "Forbidden"),
    "nbf later": ({}, {"nbf": at(3600)}, MINTED),
    "nbf of the past": ({}, {"nbf": at(-3600)}, "Forbidden"),
    "nbf after exp": ({}, {"nbf": at(90000)}, "BadRequest"),
    "exp, the longest": ({}, {"iat": at(0), "exp": at(86400)}, MINTED),
    "exp beyond": ({}, {"exp": at(86400 + 60)}, "Forbidden"),
    "exp far beyond": ({}, {"exp": 253402300799}, "Forbidden"),
    "exp over": ({}, {"exp": at(-1)}, "BadRequest"),
    "exp beyond by iat": ({}, {"iat": at(299), "exp": at(86400 + 298)},
                          MINTED),
    "exp within": ({"KJWT_TTL": "15m", "KJWT_MAX_TTL": "1h"},
                   {"exp": at(3500)}, MINTED),
    "exp beyond the maximum": ({"KJWT_TTL": "15m", "KJWT_MAX_TTL": "1h"},
                               {"exp": at(3700)}, "Forbidden"),
    "exp beyond the lifetime": ({"KJWT_TTL": "15m"}, {"exp": at(1000)},
                                "Forbidden"),
    "aud, the one": ({"KJWT_AUD": "a"}, {"aud": "a"}, MINTED),
    "aud, one of two": ({"KJWT_AUD": "a,b"}, {"aud": ["b", "a"]}, MINTED),
    "aud, another": ({"KJWT_AUD": "a,b"}, {"aud": ["a", "c"]}, "Forbidden"),
    "aud, the list": ({"KJWT_AUD": "a,b"}, {"aud": "a,b"}, "Forbidden"),
    "aud, a prefix": ({"KJWT_AUD": "ab,c"}, {"aud": "a"}, "Forbidden"),
    "aud, longer": ({"KJWT_AUD": "a,c"}, {"aud": "ab"}, "Forbidden"),
    "aud missing": ({"KJWT_AUD": "a,b"}, {}, "BadRequest"),
    "sub, the operator's": ({"KJWT_SUB": "s"}, {"sub": "s"}, MINTED),
    "sub, another": ({"KJWT_SUB": "s"}, {"sub": "t"}, "Forbidden"),
    "listed": ({"KJWT_CLAIMS": "sub,role"}, {"role": 1}, MINTED),
    "not listed": ({"KJWT_CLAIMS": "sub,role"}, {"admin": 1}, "Forbidden"),
    "exp not listed": ({"KJWT_CLAIMS": "sub"}, {"exp": at(60)}, "Forbidden"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_policy(name, default, function):
    settings, claims, expected = POLICIES[name]
    api = function(**settings) if settings else default
    if not isinstance(claims, bytes):
        claims = resolved(claims)
    if expected is not MINTED:
        assert api.fails(claims)["errorType"] == f"Function.{expected}"
        return
    minted = claims_of(api.call(claims)["token"])
    assert {name: minted[name] for name in claims} == claims


def test_the_operators_claims(function):
    api = function(KJWT_SUB="s", KJWT_AUD="a", KJWT_TTL="90s", KJWT_JTI="auto",
                   KJWT_KID="k-1")
    first, second = (api.call({})["token"] for _ in range(2))
    claims = claims_of(first)
    assert claims == {"iss": ISSUER, "sub": "s", "aud": "a",
                      "iat": claims["iat"], "exp": claims["iat"] + 90,
                      "jti": claims["jti"]}
    assert header_of(first)["kid"] == "k-1"
    assert len(claims["jti"]) == 22
    assert claims["jti"] != claims_of(second)["jti"]


def test_events_that_are_not_taken(function):
    api = function(KJWT_EVENTS="http")
    api.call(http_v1(SUB))
    for event in ({"sub": "dev-1"}, sqs_event([message({"sub": "x"})])):
        assert api.fails(event)["errorType"] == "Function.Forbidden"


# ------------------------------------------------------------------ start, end --

START_ERRORS = {
    "no key": ({"KJWT_KEY": ""}, "KJWT_KEY"),
    "no such key": ({"KJWT_KEY": "file:/nonexistent"}, "/nonexistent"),
    "a ttl": ({"KJWT_TTL": "soon"}, "KJWT_TTL"),
    "no time at all": ({"KJWT_TTL": "0"}, "KJWT_TTL"),
    "ttl beyond": ({"KJWT_TTL": "2h", "KJWT_MAX_TTL": "1h"}, "KJWT_MAX_TTL"),
    "an empty item": ({"KJWT_AUD": "a,"}, "KJWT_AUD"),
    "an empty name": ({"KJWT_CLAIMS": "a,,b"}, "KJWT_CLAIMS"),
    "jti": ({"KJWT_JTI": "random"}, "KJWT_JTI"),
    "an event": ({"KJWT_EVENTS": "sns"}, "KJWT_EVENTS"),
    "in flight": ({"KJWT_IN_FLIGHT": "0"}, "KJWT_IN_FLIGHT"),
    "a queue": ({"KJWT_OUTPUT_QUEUE_URL": "tokens"}, "KJWT_OUTPUT_QUEUE_URL"),
    "a queue in the clear": (
        {"KJWT_OUTPUT_QUEUE_URL": "http://sqs.test/1/q"}, "https"),
}


@pytest.mark.parametrize("name", START_ERRORS)
def test_start_errors(name, keys, tmp_path):
    """init/error, then the end."""
    settings, word = START_ERRORS[name]
    with lambda_function(tmp_path, **key_settings(keys, **settings)) \
            as (api, bootstrap):
        kind, body, headers = api.result()
        assert kind == "init" and word in body["errorMessage"]
        assert body["errorType"] == "Runtime.ConfigInvalid" == \
            headers["Lambda-Runtime-Function-Error-Type"]
        assert bootstrap.process.wait(10) == 2
        assert word in bootstrap.log()


def test_no_runtime_api(signer, keys):
    result = signer("lambda", env=clean_environment(**key_settings(keys)))
    assert result.returncode == 2
    assert "AWS_LAMBDA_RUNTIME_API is not set" in result.stderr


def test_unreachable_runtime_api(keys, tmp_path):
    bootstrap = Bootstrap(tmp_path, f"127.0.0.1:{free_port()}",
                          clean_environment(**key_settings(keys)))
    assert bootstrap.process.wait(60) == 2
    bootstrap.end()
    assert "no answer from the Lambda Runtime API" in bootstrap.log()


def test_runtime_api_that_gives_up(keys, tmp_path):
    """500 to a result is the API's word for: exit."""
    with lambda_function(tmp_path, **key_settings(keys)) as (api, bootstrap):
        api.result_status = 500
        api.call({"sub": "dev-1"})
        assert bootstrap.process.wait(10) == 2
        assert "HTTP 500" in bootstrap.log()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_while_idle(number, keys, tmp_path):
    with lambda_function(tmp_path, **key_settings(keys)) as (api, bootstrap):
        api.call({"sub": "dev-1"})
        bootstrap.process.send_signal(number)
        assert bootstrap.process.wait(10) == 0


def test_the_command_is_the_same(keys, tmp_path):
    """`signer-host lambda`, with the key as an option."""
    link = tmp_path / "signer-host"
    link.symlink_to(SIGNER)
    with runtime_api() as api:
        process = subprocess.Popen(
            [link, "lambda", "--key", f"file:{keys[2048]}"],
            stderr=subprocess.DEVNULL,
            env=clean_environment(AWS_LAMBDA_RUNTIME_API=api.address))
        try:
            token = api.call({"sub": "dev-1"})["token"]
        finally:
            process.terminate()
            process.wait(10)
    assert "iss" not in claims_of(token)


def test_a_bootstrap_elsewhere_is_signer_host(keys, tmp_path):
    link = tmp_path / "bootstrap"
    link.symlink_to(SIGNER)
    result = subprocess.run([link, "--version"], capture_output=True, text=True,
                            env=clean_environment(), timeout=60)
    assert result.returncode == 0 and "signer-host" in result.stdout


def test_logs_are_lines_of_json(keys, tmp_path):
    with lambda_function(tmp_path, **key_settings(
            keys, AWS_LAMBDA_LOG_FORMAT="JSON")) as (api, bootstrap):
        request_id = api.put({"iss": "mallory\n\x1b[31m"})
        api.result()
        token = api.call({"sub": "dev-1"})["token"]
        bootstrap.end()
        lines = [json.loads(line) for line in
                 bootstrap.log().splitlines() if line.startswith("{")]
    failed = [line for line in lines if line.get("requestId") == request_id]
    assert len(failed) == 1 and failed[0]["level"] == "ERROR"
    assert "Function.Forbidden" in failed[0]["message"]
    assert token.split(".")[2] not in bootstrap.log()
    assert "mallory" not in bootstrap.log()


# ------------------------------------------------------------- KMS goes wrong --


@pytest.fixture(scope="module")
def faulty():
    with fault_server.running(
            rsa.generate_private_key(65537, 2048)) as kms:
        yield kms


@pytest.fixture
def faulty_function(faulty, tmp_path):
    faulty.reset()
    with lambda_function(tmp_path, clean_environment(
            AWS_ACCESS_KEY_ID=fault_server.ACCESS_KEY,
            AWS_SECRET_ACCESS_KEY=fault_server.SECRET,
            AWS_REGION=fault_server.REGION,
            AWS_ENDPOINT_URL_KMS=f"http://{faulty.host}",
            KJWT_KEY="awskms:///alias/bench")) as (api, bootstrap):
        yield api, bootstrap, faulty


@pytest.mark.server
def test_the_key_is_asked_for_once(faulty_function):
    api, _, kms = faulty_function
    for _ in range(3):
        api.call({"sub": "dev-1"})
    assert kms.requests == ["GetPublicKey", *["Sign"] * 3]


@pytest.mark.server
def test_kms_is_not_asked_in_vain(faulty_function):
    """What no device would accept, and what the operator forbids."""
    api, _, kms = faulty_function
    api.call({"sub": "dev-1"})
    for claims in ({"x": "y" * 5000}, {"iss": "x"}, {"exp": 1}):
        api.fails(claims)
    assert kms.requests.count("Sign") == 1


KMS_FAULTS = {
    "expired": (error("ExpiredTokenException"), "ExpiredTokenException"),
    "denied": (error("AccessDeniedException"), "AccessDeniedException"),
    "disabled": (error("DisabledException"), "DisabledException"),
    "of a stranger": (fault_server.signed_by_stranger(),
                      "KJWT_ERR_SIGNATURE"),
}


@pytest.mark.server
@pytest.mark.parametrize("name", KMS_FAULTS)
def test_kms_says_no(name, faulty_function):
    """Who calls over HTTP does not read the operator's affairs; the log has
    them, without secrets; and the next invocation is served."""
    api, bootstrap, kms = faulty_function
    fault, word = KMS_FAULTS[name]
    kms.plan("Sign", fault)
    failure = api.fails({"sub": "dev-1"})
    assert failure["errorType"] == "Function.SigningFailed"
    assert word in failure["errorMessage"]
    kms.plan("Sign", fault)
    response = api.call(http_v1(SUB))
    assert response["statusCode"] == 502
    assert word not in json.dumps(response) and "arn:" not in str(response)
    api.call({"sub": "dev-1"})
    log = bootstrap.log()
    assert log.count(word) == 2 and fault_server.SECRET not in log


@pytest.mark.server
def test_no_kms_call_outlives_the_deadline(faulty_function):
    api, _, kms = faulty_function
    kms.plan("Sign", Fault(delay=8), Fault(delay=8))
    assert api.fails({"sub": "dev-1"}, seconds=1)["errorType"] == \
        "Function.SigningTimedOut"
    assert api.call(http_v2(SUB), seconds=1)["statusCode"] == 504
    api.call({"sub": "dev-1"})


@pytest.mark.server
def test_a_deadline_that_is_over(faulty_function):
    api, _, kms = faulty_function
    api.fails({"sub": "dev-1"}, seconds=-5)
    assert "Sign" not in kms.requests
    api.call({"sub": "dev-1"}, headers={"Lambda-Runtime-Deadline-Ms": None})


@pytest.mark.server
def test_a_key_that_cannot_be_had(faulty, tmp_path):
    faulty.reset()
    faulty.plan("GetPublicKey", error("AccessDeniedException"))
    with lambda_function(tmp_path, clean_environment(
            AWS_ACCESS_KEY_ID=fault_server.ACCESS_KEY,
            AWS_SECRET_ACCESS_KEY=fault_server.SECRET,
            AWS_REGION=fault_server.REGION,
            AWS_ENDPOINT_URL_KMS=f"http://{faulty.host}",
            KJWT_KEY="awskms:///alias/bench")) as (api, bootstrap):
        kind, body, _ = api.result()
        assert (kind, body["errorType"]) == ("init", "Runtime.KeyRefused")
        assert bootstrap.process.wait(10) == 1


# -------------------------------------------------------------------- SQS --


def message(claims, sent=None, **attributes):
    """A record of an SQS event."""
    sent = int(time.time()) if sent is None else sent
    return {"messageId": str(uuid.uuid4()), "receiptHandle": "r",
            "body": claims if isinstance(claims, str) else json.dumps(claims),
            "attributes": {"ApproximateReceiveCount": "1",
                           "SentTimestamp": str(sent * 1000), **attributes},
            "messageAttributes": {}, "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:in",
            "awsRegion": "eu-central-1"}


def sqs_event(records):
    return {"Records": records}


def failed_ids(response):
    assert list(response) == ["batchItemFailures"]
    return [item["itemIdentifier"] for item in response["batchItemFailures"]]


class Queues:
    """moto's KMS and SQS, and a function between two queues."""

    def __init__(self, moto, output, **settings):
        self.admin = moto.admin
        self.sqs = moto.admin.boto("sqs")
        name = f"{uuid.uuid4()}{'.fifo' if output == 'fifo' else ''}"
        attributes = {"FifoQueue": "true"} if output == "fifo" else {}
        self.output = self.sqs.create_queue(
            QueueName=name, Attributes=attributes)["QueueUrl"]
        # moto checks the API's own name; AWS takes sqs:SendMessage for it.
        user = moto.admin.using(*make_user(
            moto.admin.boto("iam"), f"lambda-{uuid.uuid4()}",
            "kms:Sign", "kms:GetPublicKey",
            *([] if output == "denied" else
              ["sqs:SendMessage", "sqs:SendMessageBatch"])))
        self.settings = user.environment(
            KJWT_KEY=user.uri(moto.admin.key()), KJWT_ISS=ISSUER,
            KJWT_OUTPUT_QUEUE_URL=self.output, **settings)

    def tokens(self):
        """All that the output queue holds: token by messageId."""
        found = {}
        while True:
            got = self.sqs.receive_message(
                QueueUrl=self.output, MaxNumberOfMessages=10,
                WaitTimeSeconds=0, MessageAttributeNames=["All"],
                AttributeNames=["All"]).get("Messages", [])
            if not got:
                return found
            for one in got:
                body = json.loads(one["Body"])
                assert one["MessageAttributes"]["requestMessageId"][
                    "StringValue"] == body["messageId"]
                found.setdefault(body["messageId"], []).append(body["token"])
                self.sqs.delete_message(QueueUrl=self.output,
                                        ReceiptHandle=one["ReceiptHandle"])


@pytest.fixture
def between(moto, tmp_path):
    with contextlib.ExitStack() as stack:
        def start(output="standard", **settings):
            queues = Queues(moto, output, **settings)
            api, queues.bootstrap = stack.enter_context(
                lambda_function(tmp_path, queues.settings))
            return queues, api
        yield start


@pytest.mark.server
def test_batch(between):
    """23 messages: three calls of SQS; the bad ones come again, for the dead
    letter queue."""
    queues, api = between()
    sent = int(time.time()) - 60
    records = [message({"sub": f"dev-{i}"}, sent) for i in range(20)]
    bad = [message("no JSON"), message({"iss": "mallory"}),
           message({"sub": "too late"}, sent - 90000)]
    assert failed_ids(api.call(sqs_event([*bad, *records]))) == \
        [record["messageId"] for record in bad]
    tokens = queues.tokens()
    assert set(tokens) == {record["messageId"] for record in records}
    for i, record in enumerate(records):
        [token] = tokens[record["messageId"]]
        assert claims_of(token) == {
            "sub": f"dev-{i}", "iss": ISSUER, "iat": sent,
            "exp": sent + 86400, "jti": record["messageId"]}


@pytest.mark.server
def test_a_message_that_comes_again_is_the_same_token(between):
    queues, api = between()
    record = message({"sub": "dev-1"}, int(time.time()) - 5)
    for count in ("1", "2"):
        record["attributes"]["ApproximateReceiveCount"] = count
        assert failed_ids(api.call(sqs_event([record]))) == []
        time.sleep(1.1)  # another second, which must not show
    first, second = queues.tokens()[record["messageId"]]
    assert first == second


@pytest.mark.server
def test_fifo(between):
    """In order: nothing behind the first failure; and once, however often."""
    queues, api = between("fifo")
    records = [message(text, MessageGroupId="g") for text in
               ('{"sub":"1"}', '{"sub":"2"}', "bad", '{"sub":"4"}')]
    for record in records:
        record["eventSourceARN"] += ".fifo"
    ids = [record["messageId"] for record in records]
    for _ in range(2):
        assert failed_ids(api.call(sqs_event(records))) == ids[2:]
    tokens = queues.tokens()
    assert list(tokens) == ids[:2]
    assert all(len(copies) == 1 for copies in tokens.values())


@pytest.mark.server
def test_tokens_that_the_queue_does_not_take(between):
    queues, api = between("denied")
    records = [message({"sub": str(i)}) for i in range(3)]
    assert failed_ids(api.call(sqs_event(records))) == \
        [record["messageId"] for record in records]
    log = queues.bootstrap.log()
    assert "SQS refused" in log
    assert queues.settings["AWS_SECRET_ACCESS_KEY"] not in log


BAD_RECORDS = {
    "no SentTimestamp": {"attributes": {}},
    "of the future": {"attributes": {"SentTimestamp": "9999999999999"}},
    "negative": {"attributes": {"SentTimestamp": "-1"}},
    "no body": {"body": None},
}


@pytest.mark.server
def test_bad_records(between):
    queues, api = between()
    records = [{**message({"sub": "x"}), **change}
               for change in BAD_RECORDS.values()]
    assert failed_ids(api.call(sqs_event(records))) == \
        [record["messageId"] for record in records]
    assert queues.tokens() == {}


@pytest.mark.server
def test_a_batch_that_cannot_be_told_apart(between):
    """Without an id there is nothing to report: the whole batch fails."""
    queues, api = between()
    for change in ({"messageId": None}, {"messageId": "a b"}):
        event = sqs_event([message({"sub": "x"}),
                           {**message({"sub": "y"}), **change}])
        assert api.fails(event)["errorType"] == "Function.BadRequest"
    assert queues.tokens() == {}


def test_no_output_queue(default):
    """Tokens would be lost: the messages go back."""
    failure = default.fails(sqs_event([message({"sub": "x"})]))
    assert "KJWT_OUTPUT_QUEUE_URL" in failure["errorMessage"]


# --------------------------------------- Runtime APIs that others have written --

CARGO_LAMBDA = ROOT / "build/cargo-lambda/bin/cargo-lambda"
# AWS's own, where tests/fetch-rie has made it.
RIE = ROOT / "build/deps/rie/aws-lambda-rie"
# What cargo-lambda asks cargo for: which functions the project has.
CARGO = """#!/bin/sh
printf '{"packages":[{"name":"kjwt","version":"0.1.0","id":"kjwt",\
"source":null,"dependencies":[],"targets":[{"kind":["bin"],\
"crate_types":["bin"],"name":"kjwt","src_path":"%s/main.rs",\
"edition":"2021"}],"features":{},"manifest_path":"%s/Cargo.toml",\
"edition":"2021"}],"workspace_members":["kjwt"],"resolve":null,\
"target_directory":"%s","version":1,"workspace_root":"%s",\
"metadata":null}' "$PWD" "$PWD" "$PWD" "$PWD"
"""


@contextlib.contextmanager
def cargo_lambda(folder, environment):
    if not CARGO_LAMBDA.exists():
        pytest.skip("build/cargo-lambda is missing; tests/run makes it")
    cargo = folder / "cargo"
    cargo.write_text(CARGO)
    cargo.chmod(0o755)
    (folder / "Cargo.toml").write_text("[package]\nname = 'kjwt'\n")
    port = free_port()
    command = ["env", "-C", folder, CARGO_LAMBDA, "lambda", "watch",
               "--only-lambda-apis", "-A", "127.0.0.1", "-P", port]
    with serving(command, port, folder / "emulator", CARGO=str(cargo),
                 PATH=f"{folder}:/usr/bin:/bin") as url:
        bootstrap = Bootstrap(folder, f"{url}/.rt", environment)
        try:
            yield f"{url}/2015-03-31/functions/_/invocations"
        finally:
            bootstrap.end()


@contextlib.contextmanager
def rie(folder, environment):
    port, api_port = free_port(), free_port()
    link = folder / "bootstrap"
    link.symlink_to(SIGNER)
    with serving([RIE, "--runtime-interface-emulator-address",
                  f"127.0.0.1:{port}", "--runtime-api-address",
                  f"127.0.0.1:{api_port}", link], port, folder / "emulator",
                 **environment) as url:
        yield f"{url}/2015-03-31/functions/function/invocations"


def invoke(url, event):
    """curl, as AWS documents it for the emulator."""
    result = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "60", "--data",
         "@-", url], input=json.dumps(event), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.server
@pytest.mark.parametrize("emulator", [cargo_lambda] + ([rie] if RIE.exists() else []))
def test_emulator(emulator, moto, node, signer, tmp_path):
    """The seed's own payload goes in unchanged, a token comes out that the
    seed's own library verifies."""
    key_id = moto.admin.key()
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "dev-1", "iat": now,
              "exp": now + 86400}
    settings = moto.session.environment(
        KJWT_KEY=moto.session.uri(key_id), KJWT_ISS=ISSUER)
    with emulator(tmp_path, settings) as url:
        token = invoke(url, claims)["token"]
        assert claims_of(token) == claims
        assert invoke(url, http_v1('{"iss":"mallory"}'))["statusCode"] == 403
        assert invoke(url, {"iss": "mallory"})["errorType"] == \
            "Function.Forbidden"
        again = invoke(url, {"payload": claims})["token"]
    assert again == token
    pem = signer.ok("key", "export", "--key", moto.session.uri(key_id),
                    "--format", "pem", env=moto.session.environment())
    good, bad = node.peers([
        {"does": "verify", "library": "jsonwebtoken", "token": text,
         "key": pem, "expected": {"issuer": ISSUER, "audience": AUDIENCE}}
        for text in (token, tampered(token))])
    assert good == {"value": claims}
    assert "signature" in bad["error"]


# ---------------------------------------------------------------- the template --

TEMPLATE = ROOT / "signer-host/lambda/template.yaml"


def test_template():
    result = subprocess.run(
        [ROOT / "build/venv/bin/cfn-lint", "--non-zero-exit-code",
         "informational", "--include-checks", "I", "--regions",
         "eu-central-1", "us-east-1", "--", TEMPLATE],
        capture_output=True, text=True, env=clean_environment())
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_template_sets_what_there_is(signer):
    names = re.findall(r"\bKJWT_\w+", TEMPLATE.read_text())
    known = signer.ok("lambda", "--help")
    assert names and all(f"  {name} " in known for name in names)


# ---------------------------------------------------------------- the package --


@pytest.mark.slow
def test_package(keys, tmp_path):
    """A static program in a zip that is the same each time."""
    zips = [tmp_path / "1.zip", tmp_path / "2.zip"]
    for path in zips:
        subprocess.run([ROOT / "signer-host/lambda/package", "-o", path],
                       check=True, timeout=600)
    assert zips[0].read_bytes() == zips[1].read_bytes()
    with zipfile.ZipFile(zips[0]) as package:
        [entry] = package.infolist()
        assert entry.filename == "bootstrap"
        assert entry.external_attr >> 16 == 0o100755
        program = tmp_path / "static"
        program.write_bytes(package.read(entry))
    program.chmod(0o755)
    assert b"ld-musl" not in program.read_bytes()
    with runtime_api() as api:
        bootstrap = Bootstrap(tmp_path, api.address, clean_environment(
            **key_settings(keys)), program)
        assert "token" in api.call({"sub": "dev-1"})
        assert bootstrap.end() == 0
