"""signer-host against a KMS that goes wrong: throttling, 5xx, cut connections,
wrong answers, wrong clocks, TLS. Each row says how it ends and how many
requests it took.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import datetime
import re
import socket
import threading

import fault_server
import pytest
from conftest import NOW, clean_environment
from cryptography.hazmat.primitives.asymmetric import rsa
from fault_server import (ARN, KEY_ID, Fault, changed, error,
                          short_signature, signed_by_stranger)
from jose_parts import claims_of

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def plain_server(rsa_key):
    with fault_server.running(rsa_key) as kms:
        yield kms


@pytest.fixture
def kms(plain_server):
    plain_server.reset()
    return plain_server


def environment(kms, **more):
    variables = {"AWS_ACCESS_KEY_ID": fault_server.ACCESS_KEY,
                 "AWS_SECRET_ACCESS_KEY": fault_server.SECRET,
                 "AWS_REGION": fault_server.REGION,
                 "AWS_ENDPOINT_URL_KMS": f"http://{kms.host}", **more}
    return clean_environment(**variables)


URI = "awskms:///alias/bench"


@pytest.fixture
def mint(signer, kms, tmp_path):
    """mint -o FILE: nothing on standard output, and a file or none."""

    def run(*options, **more):
        path = tmp_path / "token"
        result = signer("mint", "--key", URI, *options, "-o", path,
                        env=environment(kms, **more))
        assert result.stdout == ""
        assert fault_server.SECRET not in result.stderr
        assert path.exists() == (result.returncode == 0), result.stderr
        assert {entry.name for entry in tmp_path.iterdir()} <= {"token"}
        return result

    return run


def test_healthy(mint, kms, signer, tmp_path):
    """The server itself is right: what it signs is accepted."""
    for options in ([], ["--message-type", "RAW"],
                    ["--message-type", "DIGEST"]):
        result = mint(*options)
        assert result.returncode == 0, result.stderr
        signer.ok("verify", "--key", URI, "--token-file", tmp_path / "token",
                  env=environment(kms))
    assert kms.requests.count("Sign") == 3


def test_verbose(mint, kms):
    stderr = mint("--verbose").stderr
    for word in (kms.host, fault_server.REGION, "environment",
                 "request-4711"):
        assert word in stderr
    assert "Signature=" not in stderr


# ------------------------------------------------- faults of one operation --

HTML = b"<html><head><title>Bad Gateway</title></head></html>"
THROTTLED = error("ThrottlingException", "Rate exceeded")
TIMEOUT_NAMED = error("RequestTimeoutException")
DENIED = error("AccessDeniedException",
               "User: arn:aws:iam::1:user/x is not authorized to perform: "
               "kms:Sign on resource: arn:aws:kms:::key/y")


def plain(status, body=b"", content_type="text/html"):
    return Fault(status, body, content_type)


# An error that KMS names and a result that does not fit are refusals (1); an
# answer that is not KMS's, or none at all, is input and output that failed (2).
ROWS = {  # name: faults of Sign, exit status, Sign requests, words on stderr
    "throttled once": ([THROTTLED], 0, 2, []),
    "throttled twice": ([THROTTLED] * 2, 0, 3, []),
    "throttled for good": ([THROTTLED] * 9, 1, 3,
                           ["ThrottlingException", "Rate exceeded"]),
    "TooManyRequests": ([error("TooManyRequestsException")], 0, 2, []),
    "RequestTimeout": ([TIMEOUT_NAMED], 0, 2, []),
    "KMSInternal": ([error("KMSInternalException", status=500)], 0, 2, []),
    "DependencyTimeout": ([error("DependencyTimeoutException", status=503)],
                          0, 2, []),
    "500 JSON": ([Fault(500, b'{"message":"oops"}')], 0, 2, []),
    "500 empty": ([plain(500)], 0, 2, []),
    "502 HTML": ([plain(502, HTML)], 0, 2, []),
    "503 HTML": ([plain(503, HTML)], 0, 2, []),
    "504 empty": ([plain(504)], 0, 2, []),
    "500 for good": ([plain(500)] * 9, 2, 3, ["500"]),
    "502 HTML for good": ([plain(502, HTML)] * 9, 2, 3, ["502"]),
    "503 for good": ([error("KMSInternalException", "sorry", 503)] * 9, 1, 3,
                     ["KMSInternalException", "sorry", "request-4711"]),
    "LimitExceeded": ([error("LimitExceededException")], 1, 1,
                      ["LimitExceededException"]),
    "LimitExceeded 500": ([error("LimitExceededException", status=500)], 1, 1,
                          ["LimitExceededException"]),
    "AccessDenied": ([DENIED], 1, 1,
                     ["AccessDeniedException", "not authorized", "kms:Sign",
                      "request-4711"]),
    "NotFound": ([error("com.amazonaws.kms#NotFoundException:http://x/",
                        "Alias is not found", 404)], 1, 1,
                 ["NotFoundException", "Region", "alias"]),
    "ExpiredToken": ([error("ExpiredTokenException")], 1, 1,
                     ["ExpiredTokenException", "renew the session"]),
    "UnrecognizedClient": ([error("UnrecognizedClientException")], 1, 1,
                           ["UnrecognizedClientException", "session"]),
    "Disabled": ([error("DisabledException", "is disabled", 409)], 1, 1,
                 ["DisabledException", "enable"]),
    "KMSInvalidState": ([error("KMSInvalidStateException",
                               "is pending deletion.", 409)], 1, 1,
                        ["KMSInvalidStateException", "pending deletion"]),
    "InvalidKeyUsage": ([error("InvalidKeyUsageException")], 1, 1,
                        ["InvalidKeyUsageException", "SIGN_VERIFY"]),
    "name in a header": ([Fault(400, b"", headers={
        "x-amzn-ErrorType": "DisabledException:http://x/"})], 1, 1,
                         ["DisabledException"]),
    "Message with M": ([Fault(400, b'{"__type":"XException","Message":"m3"}')],
                       1, 1, ["XException", "m3"]),
    "no message": ([Fault(400, b'{"__type":"XException"}')], 1, 1,
                   ["XException"]),
    "400 HTML": ([plain(400, HTML)], 2, 1, ["400"]),
    "403 empty": ([plain(403)], 2, 1, ["403"]),
    "403 XML": ([plain(403, b"<ErrorResponse><Error><Code>AccessDenied</Code>"
                            b"<Message>no kms:Sign</Message></Error>"
                            b"</ErrorResponse>", "text/xml")], 1, 1,
                ["AccessDenied", "no kms:Sign"]),
    "terminal escapes": ([error("\x1b[2JXException", "\x1b]0;x\x07")], 1, 1,
                         ["XException"]),
    "slow": ([Fault(delay=1.5)], 0, 1, []),
    "cut before the answer": ([Fault(hang_up=True)], 0, 2, []),
    "cut inside the answer": ([Fault(cut=20)], 0, 2, []),
    "cut inside, for good": ([Fault(cut=20)] * 9, 2, 3, []),
    "length too large": ([Fault(content_length=100000)] * 9, 2, 3, []),
    "another key's signature": ([signed_by_stranger()], 1, 1, ["signature"]),
    "short signature": ([short_signature()], 1, 1, ["signature"]),
    "empty signature": ([changed(Signature="")], 1, 1, []),
    "no signature": ([changed(Signature=None)], 1, 1, []),
    "signature is a number": ([changed(Signature=5)], 1, 1, []),
    "signature no base64": ([changed(Signature="$$$$")], 1, 1, []),
    "signature huge": ([changed(Signature="A" * 100000)], 1, 1, []),
    "another algorithm": ([changed(SigningAlgorithm="RSASSA_PSS_SHA_256")],
                          1, 1, ["RSASSA_PSS_SHA_256"]),
    "200 garbage": ([Fault(200, b"{garbage")], 2, 1, []),
    "200 empty": ([Fault(200, b"")], 1, 1, []),
    "200 HTML": ([plain(200, HTML)], 2, 1, []),
    "200 array": ([Fault(200, b"[]")], 2, 1, []),
    "200 NULs": ([Fault(200, b"\0" * 500)], 2, 1, []),
    "200 deep": ([Fault(200, b"[" * 100000)], 2, 1, []),
    "204": ([plain(204)], 2, 1, []),
    "418": ([plain(418)], 2, 1, ["418"]),
    "redirect": ([Fault(307, b"", headers={"Location": "{elsewhere}"})], 2, 1,
                 ["307"]),
    "redirect to GET": ([Fault(302, b"", headers={"Location":
                                                  "{elsewhere}"})], 2, 1,
                        ["302"]),
}


@pytest.mark.parametrize("name", ROWS)
def test_sign(name, mint, kms):
    faults, status, requests, words = ROWS[name]
    for fault in faults:
        if "Location" in fault.headers:
            fault = Fault(fault.status, b"", headers={
                "Location": f"http://{kms.host}/elsewhere"})
        kms.plan("Sign", fault)
    result = mint()
    assert result.returncode == status, (result.returncode, result.stderr)
    assert kms.requests == ["GetPublicKey"] + ["Sign"] * requests
    assert "\x1b" not in result.stderr
    if status:
        lines = [line for line in result.stderr.splitlines()
                 if not line.startswith("signer-host: warning")]
        assert len(lines) == 1 and lines[0].startswith("signer-host: ")
        for word in words:
            assert word in lines[0]


SESSION_TOKEN = "IQoJb3JpZ2luX2VjEGQ" + "aSecretSessionToken/" * 30


@pytest.mark.parametrize("fault", [
    error("InvalidSignatureException",
          "The Canonical String for this request should have been 'POST\n/\n\n"
          f"x-amz-security-token:{SESSION_TOKEN}\n"),
    plain(400, f"<pre>X-Amz-Security-Token: {SESSION_TOKEN}".encode()),
], ids=["recited request", "echoed headers"])
def test_the_session_token_is_not_printed(fault, mint, kms):
    kms.plan("Sign", fault)
    result = mint("--verbose", AWS_SESSION_TOKEN=SESSION_TOKEN)
    assert result.returncode in (1, 2)
    assert kms.requests == ["GetPublicKey", "Sign"]
    assert "oken:" in result.stderr and SESSION_TOKEN[16:] not in result.stderr
    assert "aSecret" not in result.stderr


@pytest.mark.parametrize("options", [
    ["--exp", NOW - 1], ["--nbf", NOW + 9, "--exp", NOW + 9],
    ["--claim", f"iat:={NOW + 9}", "--exp", NOW + 9],
])
def test_no_signature_of_what_is_never_valid(options, mint, kms):
    assert mint("--now", NOW, *options).returncode == 1
    assert "Sign" not in kms.requests


@pytest.mark.parametrize("proxy", [
    "http://user:password@ho st:8", "http://user:password@proxy:99999999",
    "gopher://user:password@proxy",
])
def test_the_proxy_password_is_not_printed(proxy, signer, kms):
    result = signer("mint", "--verbose", "--key", URI, env=environment(
        kms, AWS_ENDPOINT_URL_KMS="https://kms.invalid", HTTPS_PROXY=proxy))
    assert result.returncode == 2 and result.stdout == ""
    assert "HTTPS_PROXY" in result.stderr and "password" not in result.stderr


HUGE = 64 * 1024 * 1024


@pytest.mark.parametrize("status", [200, 400])
def test_huge_answer(status, mint, kms):
    """Refused by its size, without reading all of it into memory."""
    kms.plan("Sign", *[Fault(status, b" " * HUGE)] * 3)
    result = mint()
    assert result.returncode in (1, 2)


PUBLIC_KEYS = {  # faults of GetPublicKey, exit status: no firmware gets these
    "EC key": (changed(KeySpec="ECC_NIST_P256", PublicKey="AAAA"), 1),
    "encryption key": (changed(KeyUsage="ENCRYPT_DECRYPT",
                               SigningAlgorithms=None), 1),
    "denied": (error("AccessDeniedException",
                     "not authorized to perform: kms:GetPublicKey"), 1),
    "garbage key": (changed(PublicKey=base64.b64encode(b"x" * 294).decode()),
                    1),
    "empty key": (changed(PublicKey=""), 1),
    "no key": (changed(PublicKey=None), 1),
}


@pytest.mark.parametrize("name", PUBLIC_KEYS)
def test_export(name, signer, kms, tmp_path):
    fault, status = PUBLIC_KEYS[name]
    kms.plan("GetPublicKey", fault)
    path = tmp_path / "keys.c"
    result = signer("key", "export", "--key", URI, "--format", "c", "-o", path,
                    env=environment(kms))
    assert result.returncode == status, result.stderr
    assert result.stdout == "" and not path.exists()
    assert kms.requests == ["GetPublicKey"]


def test_export_names_the_arn(signer, kms):
    """What the key is for good, where an alias may move."""
    text = signer.ok("key", "export", "--key", URI, "--format", "c",
                     env=environment(kms))
    assert ARN in text.split("*/")[0]


def test_cut_for_good(mint, kms):
    """On the first request: a kept connection that closes before an answer is
    tried again by libcurl itself, once."""
    kms.plan("GetPublicKey", *[Fault(hang_up=True)] * 9)
    assert mint().returncode == 2
    assert kms.requests == ["GetPublicKey"] * 3


def test_attempts(mint, kms):
    kms.plan("Sign", *[THROTTLED] * 9)
    assert mint(AWS_MAX_ATTEMPTS="1").returncode == 1
    assert kms.requests.count("Sign") == 1


@pytest.mark.parametrize("state, name", [
    ("Disabled", "DisabledException"),
    ("PendingDeletion", "KMSInvalidStateException"),
])
def test_show_tells_the_state(state, name, signer, kms):
    """Also of keys whose public half KMS does not hand out."""
    def with_state(kms, request, answer):
        return {"KeyMetadata": {**answer["KeyMetadata"], "KeyState": state,
                                "Enabled": False}}

    kms.plan("GetPublicKey", error(name))
    kms.plan("DescribeKey", Fault(change=with_state))
    result = signer("key", "show", "--key", URI, env=environment(kms))
    assert result.returncode == 0, result.stderr
    for word in (state, ARN, "RSA_2048"):
        assert word in result.stdout


# --------------------------------------------------------------- key create --


def test_create_alias_fails(signer, kms):
    """The key is there and has no name: the error tells its ARN and what to
    do, so that nobody pays for a key that nobody knows."""
    kms.plan("CreateAlias", error("LimitExceededException"))
    result = signer("key", "create", "--alias", "fresh", env=environment(kms))
    assert result.returncode == 1 and result.stdout == ""
    assert ARN in result.stderr and "LimitExceededException" in result.stderr
    assert "alias" in result.stderr
    assert kms.requests.count("CreateKey") == 1
    assert kms.requests.count("CreateAlias") == 1


def test_create_key_limit(signer, kms):
    kms.plan("CreateKey", error("LimitExceededException", "too many keys"))
    result = signer("key", "create", "--alias", "fresh", env=environment(kms))
    assert result.returncode == 1 and "too many keys" in result.stderr
    assert kms.requests.count("CreateKey") == 1
    assert "CreateAlias" not in kms.requests


CREATING = {  # operation, fault: exit status, how often it was asked for
    # Whether the key was made is not known: another one would cost.
    "key, cut": ("CreateKey", Fault(hang_up=True), 2, 1),
    "key, 500": ("CreateKey", plain(500), 2, 1),
    "key, throttled": ("CreateKey", THROTTLED, 0, 2),
    "alias, cut": ("CreateAlias", Fault(hang_up=True), 0, 2),
    "alias, 500": ("CreateAlias", plain(500), 0, 2),
    "alias, throttled": ("CreateAlias", THROTTLED, 0, 2),
}


@pytest.mark.parametrize("name", CREATING)
def test_create(name, signer, kms):
    operation, fault, status, requests = CREATING[name]
    kms.plan(operation, fault)
    result = signer("key", "create", "--alias", "fresh", env=environment(kms))
    assert result.returncode == status, result.stderr
    assert result.stdout == ("" if status else f"{ARN}\n")
    assert kms.requests.count(operation) == requests


def test_create_waits_for_the_alias(signer, kms):
    """KMS is eventually consistent: the new alias resolves a moment later."""
    late = error("NotFoundException", "Alias alias/fresh is not found.")
    kms.plan("DescribeKey", late, late)
    result = signer("key", "create", "--alias", "fresh", env=environment(kms))
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{ARN}\n"
    assert kms.aliases == {"alias/fresh": KEY_ID} or \
        kms.aliases == {"alias/fresh": ARN}


# ------------------------------------------------------------------- clocks --


def times_in(text):
    return [datetime.datetime.fromisoformat(match).timestamp()
            for match in re.findall(r"[-\d]{10}T[:\d]{8}(?=Z)", text)]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("offset, status, warned", [
    (20, 0, False), (40, 0, True), (280, 0, True), (320, 1, True),
    (360, 1, True), (600, 1, True), (86400, 1, True),
])
def test_clock(offset, status, warned, sign, mint, kms):
    """Warned beyond 30 s, refused beyond 5 minutes, with both times."""
    kms.clock_offset = sign * offset
    result = mint()
    assert result.returncode == status, result.stderr
    assert ("clock" in result.stderr) == warned
    if warned:
        here, there = times_in(result.stderr.splitlines()[-1])
        assert abs(there - here - sign * offset) <= 2


def test_a_given_time_is_not_held_against_the_clock(mint, kms):
    kms.clock_offset = 40
    result = mint("--now", NOW)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", [
    "InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired",
    "SignatureDoesNotMatch",
])
@pytest.mark.parametrize("offset", [600, -600])
def test_requests_are_signed_with_the_corrected_time(offset, name, signer,
                                                     mint, kms, tmp_path):
    """The correction signs requests, it never enters claims: who gives the
    time gets a token, and an export needs none."""
    kms.clock_offset, kms.skew_error = offset, name
    result = mint("--now", NOW)
    assert result.returncode == 0, result.stderr
    assert claims_of((tmp_path / "token").read_text())["iat"] == NOW
    # Refused once, then right; the offset is kept for the second operation.
    assert kms.requests == ["GetPublicKey", "GetPublicKey", "Sign"]
    result = signer("key", "export", "--key", URI, "--format", "pem",
                    env=environment(kms))
    assert result.returncode == 0 and "PUBLIC KEY" in result.stdout


def test_no_correction_from_a_cache(mint, kms):
    """A Date with an Age is a cache's: it says nothing about KMS's clock."""
    kms.clock_offset, kms.headers = 600, {"Age": "600"}
    result = mint("--now", NOW)
    assert result.returncode == 1
    assert "InvalidSignatureException" in result.stderr
    assert kms.requests == ["GetPublicKey"]


def test_a_wrong_secret_is_not_tried_again(mint, kms):
    result = mint(AWS_SECRET_ACCESS_KEY="wrong")
    assert result.returncode == 1
    assert "InvalidSignatureException" in result.stderr
    assert kms.requests == ["GetPublicKey"]


# ------------------------------------------------------- TLS, proxies, ports --


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return fault_server.Authority(tmp_path_factory.mktemp("tls"), "ca")


@pytest.fixture(scope="module")
def tls_server(rsa_key, authority):
    with fault_server.running(rsa_key,
                              authority.server_context("localhost")) as kms:
        yield kms


@pytest.fixture(scope="module")
def misnamed_server(rsa_key, authority):
    with fault_server.running(rsa_key,
                              authority.server_context("kms.test")) as kms:
        yield kms


def mint_at(signer, kms, url, **more):
    return signer("mint", "--key", URI, "--now", NOW, env=environment(
        kms, **{"AWS_ENDPOINT_URL_KMS": url, **more}))


def test_https(signer, tls_server, authority):
    tls_server.reset()
    for name in ("localhost", "127.0.0.1"):
        url = f"https://{tls_server.host}".replace("localhost", name)
        result = mint_at(signer, tls_server, url,
                         AWS_CA_BUNDLE=str(authority.bundle))
        assert result.returncode == 0, result.stderr
    assert tls_server.requests == ["GetPublicKey", "Sign"] * 2


def test_https_refuses_strangers(signer, tls_server, misnamed_server,
                                 authority, tmp_path):
    """The system's authorities, another one, another name, no bundle."""
    other = fault_server.Authority(tmp_path, "other")
    rows = [(tls_server, {}),
            (tls_server, {"AWS_CA_BUNDLE": str(other.bundle)}),
            (misnamed_server, {"AWS_CA_BUNDLE": str(authority.bundle)}),
            (tls_server, {"AWS_CA_BUNDLE": str(tmp_path / "missing.pem")})]
    for kms, variables in rows:
        kms.reset()
        result = mint_at(signer, kms, f"https://{kms.host}", **variables)
        assert result.returncode == 2, (variables, result.stderr)
        assert result.stdout == "" and kms.requests == []
        assert "ertificate" in result.stderr or "missing.pem" in result.stderr


def test_plain_http_is_for_loopback(signer, kms):
    for url in ("http://kms.example.com", "http://192.0.2.1:80",
                "http://localhost.example.com", "http://127.0.0.1@192.0.2.1/",
                "ftp://127.0.0.1/"):
        result = signer("mint", "--key", URI, env=environment(
            kms, AWS_ENDPOINT_URL_KMS=url))
        assert result.returncode == 2 and result.stdout == ""
        assert "AWS_ENDPOINT_URL_KMS" in result.stderr


def test_nobody_listens(signer, kms):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        result = mint_at(signer, kms, url)
    assert result.returncode == 2 and result.stdout == ""
    assert url.removeprefix("http://") in result.stderr


PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
           "ALL_PROXY", "all_proxy")


def test_proxies_are_not_for_loopback(signer, kms, tls_server, authority):
    dead = {name: "http://127.0.0.1:9" for name in PROXIES}
    tls_server.reset()
    assert mint_at(signer, kms, f"http://{kms.host}", **dead).returncode == 0
    assert mint_at(signer, kms, f"https://{tls_server.host}", **dead,
                   AWS_CA_BUNDLE=str(authority.bundle)).returncode == 0


def test_proxies_are_for_kms(signer, kms):
    """What the proxy is asked for; it says no."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(10)

        def serve():
            try:
                while True:
                    connection, _ = proxy.accept()
                    with connection:
                        asked.append(connection.recv(4096).split(b"\r\n")[0])
                        connection.sendall(b"HTTP/1.1 403 No\r\nContent-Length"
                                           b": 0\r\n\r\n")
            except OSError:
                pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        env = environment(kms, HTTPS_PROXY="http://127.0.0.1:%d" %
                          proxy.getsockname()[1], AWS_MAX_ATTEMPTS="1")
        del env["AWS_ENDPOINT_URL_KMS"]
        result = signer("mint", "--key", URI, env=env)
    assert result.returncode == 2 and result.stdout == ""
    assert asked[0] == b"CONNECT kms.eu-central-1.amazonaws.com:443 HTTP/1.1"


def test_an_idle_connection_is_cut_between_requests(mint, kms):
    """A kept connection may close at any time; that is no failure."""
    kms.headers = {"Connection": "close"}
    assert mint().returncode == 0
    kms.headers = {"Connection": "keep-alive"}
    kms.plan("GetPublicKey", Fault(cut=10 ** 6))  # whole, then cut
    assert mint().returncode == 0
    assert kms.requests == ["GetPublicKey", "Sign"] * 2
