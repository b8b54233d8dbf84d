"""Where signer-host finds AWS credentials: web identity, a container's
endpoint, an instance's metadata, in AWS's order, and what it says when they go
wrong. The KMS beside it checks every signature.
SPDX-License-Identifier: Apache-2.0
"""

import json
import urllib.request

import credential_server
import fault_server
import pytest
from conftest import clean_environment
from credential_server import (IMDS_TOKEN, ROLE_PATH, Answer, as_json, as_xml,
                               expiration, xml_error)
from cryptography.hazmat.primitives.asymmetric import rsa
from emulators import ACCOUNT, REGION
from fault_server import ACCESS_KEY, SECRET, error

pytestmark = pytest.mark.server

URI = "awskms:///alias/bench"
WEB_TOKEN = "eyJhbGciOiJSUzI1NiJ9.web-identity-verysecret.c2ln"
SECRETS = (SECRET, WEB_TOKEN, IMDS_TOKEN, "verysecret")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/bench+role"


@pytest.fixture(scope="module")
def plain_kms():
    with fault_server.running(rsa.generate_private_key(65537, 2048)) as kms:
        yield kms


@pytest.fixture
def kms(plain_kms):
    plain_kms.reset()
    return plain_kms


@pytest.fixture(scope="module")
def plain_source():
    with credential_server.running() as source:
        yield source


@pytest.fixture
def source(plain_source):
    plain_source.reset()
    return plain_source


class Bench:
    """signer-host mint with the sources that a test switches on."""

    def __init__(self, signer, kms, source, folder):
        self.signer, self.kms, self.source = signer, kms, source
        self.folder = folder
        self.token_file = folder / "web-token"
        self.token_file.write_text(WEB_TOKEN + "\n")
        self.profile = {}
        self.static = {}
        self.variables = {
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL_KMS": f"http://{kms.host}",
            "AWS_ENDPOINT_URL_STS": source.url,
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
            "AWS_CONFIG_FILE": str(folder / "config")}

    # One method per source, which makes it a good one.

    def environment(self):
        self.variables |= {"AWS_ACCESS_KEY_ID": ACCESS_KEY,
                           "AWS_SECRET_ACCESS_KEY": SECRET}

    def static_keys(self):
        self.static = {"aws_access_key_id": ACCESS_KEY,
                       "aws_secret_access_key": SECRET}

    def profile_identity(self):
        self.profile |= {"web_identity_token_file": str(self.token_file),
                         "role_arn": ROLE}
        self.source.plan("POST", "/", Answer(body=as_xml(ACCESS_KEY, SECRET)))

    def process(self):
        path = self.folder / "process.json"
        path.write_text(json.dumps({
            "Version": 1, "AccessKeyId": ACCESS_KEY,
            "SecretAccessKey": SECRET}))
        self.profile["credential_process"] = f"cat {path}"

    def web_identity(self):
        self.variables |= {"AWS_WEB_IDENTITY_TOKEN_FILE":
                           str(self.token_file), "AWS_ROLE_ARN": ROLE}
        self.source.plan("POST", "/", Answer(body=as_xml(ACCESS_KEY, SECRET)))

    def container(self):
        self.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = \
            f"{self.source.url}/creds?id=verysecret"
        self.source.plan("GET", "/creds?id=verysecret",
                         Answer(body=as_json(ACCESS_KEY, SECRET)))

    def imds(self):
        self.variables |= {
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.source.url}
        self.source.plan_imds(as_json(ACCESS_KEY, SECRET, Code="Success"))

    def write(self):
        for name, section, values in (
                ("credentials", "[{}]", self.static),
                ("config", "[{}]", self.profile)):
            text = "".join(f"{key} = {value}\n"
                           for key, value in values.items())
            both = "[default]\n" + text
            both += ("[x]\n" if name == "credentials" else "[profile x]\n") + \
                text
            (self.folder / name).write_text(both if values else "")

    def __call__(self, *options, command="mint", **more):
        self.write()
        environment = clean_environment(**{**self.variables, **more})
        result = self.signer(command, "--key", URI, "--verbose", *options,
                             env=environment)
        for secret in SECRETS:
            assert secret not in result.stderr
        return result

    def refused(self, status, *words, **more):
        result = self(**more)
        message = result.stderr.splitlines()[-1]
        assert result.returncode == status, result.stderr
        assert result.stdout == "" and message.startswith("signer-host: ")
        for word in words:
            assert word in message, message
        return result


@pytest.fixture
def bench(signer, kms, source, tmp_path):
    return Bench(signer, kms, source, tmp_path)


# -------------------------------------------------------------- the order --

ORDER = {  # the source: what --verbose calls it
    "environment": "credentials: environment",
    "profile_identity": "credentials: web identity of profile default",
    "static_keys": "credentials: profile default in ",
    "process": "credentials: credential_process of profile default",
    "web_identity": "credentials: web identity of the environment",
    "container": "credentials: container endpoint",
    "imds": "credentials: EC2 instance metadata, role bench-role",
}


@pytest.mark.parametrize("first", range(len(ORDER)))
@pytest.mark.parametrize("all_others", [False, True])
def test_order(first, all_others, bench):
    """Each source alone, and with all that come after it."""
    names = list(ORDER)
    for name in names[first:] if all_others else [names[first]]:
        getattr(bench, name)()
    result = bench()
    assert result.returncode == 0, result.stderr
    assert ORDER[names[first]] in result.stderr
    assert bench.kms.requests == ["GetPublicKey", "Sign"]


@pytest.mark.parametrize("name", list(ORDER)[1:4])
def test_named_profile_goes_first(name, bench):
    bench.environment()
    bench.variables["AWS_SECRET_ACCESS_KEY"] = "wrong"
    getattr(bench, name)()
    result = bench("--profile", "x")
    assert result.returncode == 0, result.stderr
    assert ORDER[name].replace("default", "x") in result.stderr


@pytest.mark.parametrize("name", ["web_identity", "container", "imds"])
def test_named_profile_has_none(name, bench):
    """Never someone else's."""
    bench.profile = {"region": REGION}
    getattr(bench, name)()
    result = bench("--profile", "x")
    assert result.returncode == 2 and bench.source.requests == []
    assert "no AWS credentials in profile x" in result.stderr


def test_aws_profile_is_missing(bench):
    bench.imds()
    bench.refused(2, "no profile y", AWS_PROFILE="y")
    assert bench.source.requests == []


def test_none(bench):
    result = bench.refused(2, "AWS_ACCESS_KEY_ID", "web_identity".upper(),
                           "CONTAINER", "profile default",
                           "AWS_EC2_METADATA_DISABLED")
    assert bench.source.requests == []
    assert result.stderr.count("\n") == 1


# ------------------------------------------------------------ web identity --


@pytest.mark.parametrize("name", ["web_identity", "profile_identity"])
def test_sts_request(name, bench):
    getattr(bench, name)()
    bench.variables["HTTP_PROXY"] = "http://127.0.0.1:1"
    bench.variables["http_proxy"] = "http://127.0.0.1:1"
    bench.variables["AWS_ROLE_SESSION_NAME"] = "bench 7"
    bench.profile["role_session_name"] = "bench 7"
    assert bench().returncode == 0
    assert bench.source.requests == [("POST", "/")]
    assert "Authorization" not in bench.source.headers[0]
    assert bench.source.forms == [{
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15",
        "RoleArn": ROLE, "RoleSessionName": "bench 7",
        "WebIdentityToken": WEB_TOKEN}]


def test_sts_session_name(bench):
    bench.web_identity()
    assert bench().returncode == 0
    assert bench.source.forms[0]["RoleSessionName"].startswith("signer-host-")


@pytest.mark.parametrize("more, words", [
    ({"AWS_ENDPOINT_URL_STS": ""}, ["AWS_ENDPOINT_URL", "port"]),
    ({"AWS_ENDPOINT_URL_STS": "http://sts.example"}, ["loopback"]),
    ({"AWS_ROLE_ARN": ""}, ["AWS_ROLE_ARN"]),
    ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/t"}, ["/nonexistent/t"]),
    ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null"}, ["empty"]),
    ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/zero"}, ["/dev/zero"]),
])
def test_web_identity_usage(more, words, bench):
    bench.web_identity()
    bench.variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:x"
    bench.refused(2, "web identity", *words, **more)


XML = as_xml(ACCESS_KEY, SECRET)
STS_ROWS = {  # answers, exit status, requests, words
    "throttled": ([Answer(503), Answer(body=XML)], 0, 2, []),
    "500": ([Answer(500)], 2, 3, ["HTTP 500"]),
    "entities": ([Answer(body=XML.replace(
        ACCESS_KEY, "&#x41;" + ACCESS_KEY[1:]))], 0, 1,
                 []),
    "expired token": ([xml_error("ExpiredTokenException")], 1, 1,
                      ["ExpiredTokenException", "written anew"]),
    "token not known": ([xml_error("InvalidIdentityToken", "No OIDC")], 1, 1,
                        ["InvalidIdentityToken", "No OIDC", "issuer"]),
    "denied": ([xml_error("AccessDenied", "Not authorized to perform")], 1, 1,
               ["AccessDenied", "trust policy"]),
    "recites": ([xml_error("ValidationError", f"bad {WEB_TOKEN}")], 1, 1,
                ["ValidationError"]),
    "garbage": ([Answer(body="<a><b>verysecret")], 2, 1, ["not the XML"]),
    "not XML": ([Answer(body="verysecret")], 2, 1, ["not the XML"]),
    "empty": ([Answer()], 2, 1, ["not the XML"]),
    "JSON": ([Answer(body=as_json(ACCESS_KEY, SECRET))], 2, 1, ["XML"]),
    "doctype": ([Answer(body='<!DOCTYPE a [<!ENTITY x "y">]>' + XML)], 2, 1,
                ["not the XML"]),
    "twice": ([Answer(body=XML.replace(
        "</Credentials>", "<AccessKeyId>b</AccessKeyId></Credentials>"))],
              2, 1, ["not the XML"]),
    "outside": ([Answer(body=XML.replace("Credentials>", "Other>"))], 2, 1,
                ["no AccessKeyId"]),
    "no secret": ([Answer(body=XML.replace(SECRET, ""))], 2, 1,
                  ["no SecretAccessKey"]),
    "no date": ([Answer(body=as_xml(ACCESS_KEY, SECRET, until="soon"))], 2, 1,
                ["Expiration"]),
    "line end": ([Answer(body=XML.replace(SECRET, SECRET + "\n"))], 2, 1,
                 ["the secret access key holds"]),
    "huge": ([Answer(body=XML + " " * 70000)], 2, 1, ["larger than 64 KB"]),
    "redirect": ([Answer(302, headers={"Location": "/other"})], 2, 1, ["302"]),
}


@pytest.mark.parametrize("name", STS_ROWS)
def test_sts_answers(name, bench):
    answers, status, requests, words = STS_ROWS[name]
    bench.web_identity()
    bench.source.plan("POST", "/", *answers)
    if status == 0:
        result = bench()
        assert result.returncode == 0, result.stderr
    else:
        bench.refused(status, "web identity of the environment", *words)
        assert bench.kms.requests == []
    assert bench.source.requests == [("POST", "/")] * requests


def unsigned(moto, count):
    """Lets moto take so many requests without a signature."""
    urllib.request.urlopen(urllib.request.Request(
        f"{moto.bench.url}/moto-api/reset-auth", data=str(count).encode(),
        headers={"Content-Type": "text/plain"})).close()


def test_web_identity_of_moto(moto, signer, tmp_path):
    """A role's rights, and what it may not do. moto wants a signature of STS's
    unsigned action, too."""
    moto.admin.key("by-role")
    token = tmp_path / "token"
    token.write_text(WEB_TOKEN)
    environment = clean_environment(
        AWS_REGION=REGION, AWS_ENDPOINT_URL=moto.bench.url,
        AWS_WEB_IDENTITY_TOKEN_FILE=str(token),
        AWS_ROLE_ARN=f"arn:aws:iam::{ACCOUNT}:role/bench-role")
    try:
        unsigned(moto, 1)
        result = signer("mint", "--key", "awskms:///alias/by-role",
                        "--verbose", env=environment)
        assert result.returncode == 0, result.stderr
        assert "web identity" in result.stderr
        unsigned(moto, 1)
        result = signer("key", "create", "--alias", "no", env=environment)
        assert result.returncode == 1 and "AccessDenied" in result.stderr
    finally:
        unsigned(moto, 0)


# --------------------------------------------------------------- container --


def test_container_token(bench, tmp_path):
    bench.container()
    bench.variables["http_proxy"] = "http://127.0.0.1:1"
    bench.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic verysecret"
    assert bench().returncode == 0
    path = tmp_path / "auth"
    path.write_text("Bearer verysecret\n")
    bench.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = str(path)
    assert bench().returncode == 0
    assert [headers["Authorization"] for headers in bench.source.headers] == \
        ["Basic verysecret", "Bearer verysecret"]


@pytest.mark.parametrize("more, words", [
    ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://198.51.100.1/x"},
     ["198.51.100.1", "https"]),
    ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.169.254/x"},
     ["https"]),
    ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://u:verysecret@[::1]/"},
     ["user name"]),
    ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "file:///etc/passwd"}, ["http"]),
    ({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@evil.example/"}, ["slash"]),
    ({"AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nX: verysecret"},
     ["line end"]),
    ({"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nonexistent/t"},
     ["/nonexistent/t"]),
])
def test_container_usage(more, words, bench):
    bench.container()
    bench.refused(2, "CONTAINER", *words, **more)
    assert bench.source.requests == []


GOOD = as_json(ACCESS_KEY, SECRET)
JSON_ROWS = {  # answers, exit status, requests, words
    "500 once": ([Answer(500), Answer(body=GOOD)], 0, 2, []),
    "no expiration": ([Answer(body=as_json(ACCESS_KEY, SECRET,
                                           Expiration=None))], 0, 1, []),
    "401": ([Answer(401, "verysecret")], 2, 1, ["HTTP 401"]),
    "garbage": ([Answer(body='{"AccessKeyId": "verysecret')], 2, 1,
                ["no JSON object"]),
    "no secret": ([Answer(body='{"AccessKeyId":"a","Token":"t"}')], 2, 1,
                  ["SecretAccessKey"]),
    "no token": ([Answer(body=as_json(ACCESS_KEY, SECRET, None))], 2, 1,
                 ["Token"]),
    "date": ([Answer(body=as_json(ACCESS_KEY, SECRET, Expiration="x"))], 2, 1,
             ["Expiration"]),
    "huge": ([Answer(body=GOOD + " " * 70000)], 2, 1, ["larger than 64 KB"]),
    "redirect": ([Answer(307, headers={"Location": "/other"})], 2, 1, ["307"]),
}


@pytest.mark.parametrize("name", JSON_ROWS)
def test_container_answers(name, bench):
    answers, status, requests, words = JSON_ROWS[name]
    bench.container()
    bench.source.plan("GET", "/creds?id=verysecret", *answers)
    if status == 0:
        result = bench()
        assert result.returncode == 0, result.stderr
    else:
        bench.refused(status, "container endpoint", *words)
    assert len(bench.source.requests) == requests


def test_container_expired(bench):
    bench.container()
    bench.source.plan("GET", "/creds?id=verysecret", Answer(body=as_json(
        ACCESS_KEY, SECRET, Expiration=expiration(-60))))
    bench.refused(2, "container endpoint", "expired at", "renew the session")


# ---------------------------------------------------------------- instance --

IMDS_REQUESTS = [("PUT", "/latest/api/token"), ("GET", ROLE_PATH),
                 ("GET", ROLE_PATH + "bench-role")]


def test_imds_requests(bench):
    bench.imds()
    bench.variables["http_proxy"] = "http://127.0.0.1:1"
    assert bench().returncode == 0
    assert bench.source.requests == IMDS_REQUESTS


def test_imds_of_the_profile(bench):
    bench.imds()
    bench.profile["ec2_metadata_service_endpoint"] = bench.source.url + "/"
    del bench.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
    assert bench().returncode == 0
    assert bench.source.requests == IMDS_REQUESTS


def test_imds_expired_credentials_serve(bench):
    """IMDS does so while its own supply is interrupted; KMS decides."""
    bench.imds()
    bench.source.plan_imds(as_json(ACCESS_KEY, SECRET,
                                   Expiration=expiration(-60)))
    assert bench().returncode == 0
    assert bench.source.requests == IMDS_REQUESTS


IMDS_ROWS = {  # method, path, answer, words of the error, requests
    "first version only": ("PUT", "/latest/api/token", Answer(404),
                           ["HTTP 404"], 1),
    "forbidden": ("PUT", "/latest/api/token", Answer(403), ["HTTP 403"], 1),
    "500": ("PUT", "/latest/api/token", Answer(500), ["HTTP 500"], 1),
    "slow": ("PUT", "/latest/api/token", Answer(body=IMDS_TOKEN, delay=20),
             ["timed out"], 1),
    "token with a line end": ("PUT", "/latest/api/token",
                              Answer(body="a\r\nX: b"), ["no token"], 1),
    "empty token": ("PUT", "/latest/api/token", Answer(), ["no token"], 1),
    "huge token": ("PUT", "/latest/api/token", Answer(body="a" * 70000),
                   ["larger"], 1),
    "redirect": ("PUT", "/latest/api/token",
                 Answer(302, headers={"Location": "/"}), ["302"], 1),
    "no role": ("GET", ROLE_PATH, Answer(404), ["has no role"], 2),
    "role is a path": ("GET", ROLE_PATH, Answer(body="../../x"),
                       ["names no role"], 2),
    "role is HTML": ("GET", ROLE_PATH, Answer(body="<html>"),
                     ["names no role"], 2),
    "gone": ("GET", ROLE_PATH + "bench-role", Answer(404), ["HTTP 404"], 3),
    "failed": ("GET", ROLE_PATH + "bench-role",
               Answer(body='{"Code":"Failed"}'), ["AccessKeyId"], 3),
}


@pytest.mark.parametrize("name", IMDS_ROWS)
def test_imds_answers(name, bench):
    method, path, answer, words, requests = IMDS_ROWS[name]
    bench.imds()
    bench.source.plan(method, path, answer)
    bench.refused(2, "EC2 instance metadata", *words)
    assert bench.source.requests == IMDS_REQUESTS[:requests]


@pytest.mark.parametrize("more", [
    {"AWS_EC2_METADATA_DISABLED": "TRUE"},
    {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "ftp://127.0.0.1/"},
    {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "",
     "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv5"},
])
def test_imds_usage(more, bench):
    bench.imds()
    bench.refused(2, "EC2", **more) if "DISABLED" in list(more)[0] else \
        bench.refused(2, "AWS_EC2_METADATA_SERVICE_ENDPOINT", **more)
    assert bench.source.requests == []


# ----------------------------------------------------------------- renewal --


def soon(seconds, key=ACCESS_KEY):
    return Answer(body=as_json(key, SECRET, Expiration=expiration(seconds)))


# Seconds to the end of the credentials that are given out, from the test's own
# start; None: there are none.
@pytest.mark.parametrize("name, ends, requests, warned", [
    ("far from the end", [3600], 1, False),
    ("new ones in time", [800, 3600], 2, False),
    ("15 min before the end, none", [800, None], 2, False),
    ("10 min before the end, none", [500, None], 2, True),
    ("the same again", [500, 500], 2, False),
])
def test_renewal(name, ends, requests, warned, bench):
    """Two requests to KMS, and one try at new credentials at most."""
    bench.container()
    bench.source.plan("GET", "/creds?id=verysecret", *(
        soon(seconds) if seconds else Answer(401) for seconds in ends))
    result = bench()
    assert result.returncode == 0, result.stderr
    assert len(bench.source.requests) == requests
    assert ("could not be renewed" in result.stderr) == warned


@pytest.mark.parametrize("name, second, status", [
    ("others", soon(3600), 0), ("none", Answer(401), 1),
    ("broken", Answer(body='{"AccessKeyId":"half"}'), 1),
])
def test_expired_by_kms(name, second, status, bench):
    """KMS calls them expired: asked for again at once, and only once."""
    bench.container()
    bench.source.plan("GET", "/creds?id=verysecret",
                      soon(3600, "AKIAOTHER" if status == 0 else ACCESS_KEY),
                      second)
    if status:
        bench.kms.plan("GetPublicKey", error("ExpiredTokenException"))
    else:
        # The server does not know the first access key id.
        bench.source.plan("GET", "/creds?id=verysecret",
                          Answer(body=as_json(ACCESS_KEY, SECRET, "old")),
                          second)
        bench.kms.plan("GetPublicKey", error("ExpiredTokenException"))
    result = bench()
    assert result.returncode == status, result.stderr
    assert len(bench.source.requests) == 2
    if status:
        assert "ExpiredTokenException" in result.stderr
        assert "renew the session" in result.stderr
    else:
        assert "new credentials: container endpoint" in result.stderr
