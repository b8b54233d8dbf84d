"""signer-host doctor: what it finds, what it says where something is wrong,
and that it shows no secret.
SPDX-License-Identifier: Apache-2.0
"""

import json
import re

import fault_server
import pytest
from conftest import clean_environment
from cryptography.hazmat.primitives.asymmetric import rsa
from emulators import REGION
from fault_server import ACCESS_KEY, ARN, SECRET, Fault, changed, error

URI = "awskms:///alias/bench"
server = pytest.mark.server


@pytest.fixture(scope="module")
def plain_kms():
    with fault_server.running(rsa.generate_private_key(65537, 2048)) as kms:
        yield kms


@pytest.fixture
def kms(plain_kms):
    plain_kms.reset()
    return plain_kms


@pytest.fixture
def doctor(signer, tmp_path):
    """Runs it twice: the table and the JSON tell the same. Returns the exit
    status and the rows by the names of the checks."""

    def run(*options, **variables):
        environment = clean_environment(**{
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            "AWS_CONFIG_FILE": str(tmp_path / "config"), **variables})
        result = signer("doctor", "--json", *options, env=environment)
        rows = json.loads(result.stdout)
        for text in (result.stdout, result.stderr):
            for secret in (SECRET, "verysecret"):
                assert secret not in text
        names = [row["check"] for row in rows]
        assert len(set(names)) >= len(names) - 1
        return result.returncode, {row["check"]: row for row in rows}

    return run


def environment(kms, **more):
    return {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION, "AWS_ENDPOINT_URL_KMS": f"http://{kms.host}",
            **more}


def result_of(rows, check):
    return rows[check]["result"], rows[check]["text"] + \
        rows[check].get("next", "")


# ---------------------------------------------------------------- all well --

AWS_ROWS = ["versions", "AWS files", "Region", "endpoint", "proxy", "TLS",
            "credentials"]


@server
def test_healthy(doctor, kms):
    status, rows = doctor("--key", URI, **environment(kms))
    assert status == 0, rows
    assert list(rows) == AWS_ROWS + ["kms:DescribeKey", "key",
                                     "kms:GetPublicKey", "kms:Sign", "clock"]
    assert {row["result"] for row in rows.values()} == {"ok"}
    assert kms.requests == ["DescribeKey", "GetPublicKey", "Sign"]
    assert "asked with DryRun" in rows["kms:Sign"]["text"]
    assert ARN in rows["key"]["text"] and "RSA_2048" in rows["key"]["text"]
    assert rows["Region"]["text"] == f"{REGION}, from AWS_REGION"
    assert rows["endpoint"]["text"] == \
        f"http://{kms.host}, from AWS_ENDPOINT_URL_KMS"
    assert rows["credentials"]["text"] == "AKIA...RVER, environment"


@server
def test_without_a_key(doctor, kms):
    status, rows = doctor(**environment(kms))
    assert status == 0 and list(rows) == AWS_ROWS + ["KMS", "clock"]
    assert kms.requests == ["ListAliases"]
    kms.plan("ListAliases", error("AccessDeniedException"))
    status, rows = doctor(**environment(kms))
    assert status == 0 and rows["KMS"]["result"] == "ok"


@server
def test_table(signer, kms):
    kms.plan("Sign", error("AccessDeniedException"))
    result = signer("doctor", "--key", URI,
                    env=clean_environment(**environment(kms)))
    assert result.returncode == 1 and result.stderr == ""
    lines = result.stdout.splitlines()
    assert all(re.match(r"(ok|warning|FAILED| {6}) +\S", line)
               for line in lines)
    at = [line.startswith("FAILED   kms:Sign ") for line in lines].index(True)
    assert lines[at + 1].startswith(" ") and "next: add" in lines[at + 1]


# -------------------------------------------------------------- KMS says no --

KEY_ROWS = {  # operation, fault, row, exit status, words, requests
    "no kms:Sign": ("Sign", error("AccessDeniedException", "not authorized"),
                    "kms:Sign", 1, ["not authorized", '"Action":"kms:Sign"',
                                    f'"Resource":"{ARN}"',
                                    "kms:SigningAlgorithm"], 3),
    "no kms:GetPublicKey": ("GetPublicKey", error("AccessDeniedException"),
                            "kms:GetPublicKey", 1,
                            ['"Action":"kms:GetPublicKey"', ARN], 3),
    "no kms:DescribeKey": ("DescribeKey", error("AccessDeniedException"),
                           "kms:DescribeKey", 1,
                           ['"Action":"kms:DescribeKey"'], 3),
    "no such key": ("DescribeKey", error("NotFoundException"),
                    "kms:DescribeKey", 1, ["alias"], 3),
    "expired": ("DescribeKey", error("ExpiredTokenException"),
                "kms:DescribeKey", 1, ["renew the session"], 3),
    "disabled": ("DescribeKey", changed(KeyMetadata={
        "Arn": ARN, "KeyState": "Disabled", "KeySpec": "RSA_2048",
        "KeyUsage": "SIGN_VERIFY"}), "key", 1, ["Disabled", "enable"], 3),
    "another spec": ("DescribeKey", changed(KeyMetadata={
        "Arn": ARN, "KeyState": "Enabled", "KeySpec": "ECC_NIST_P256",
        "KeyUsage": "SIGN_VERIFY"}), "key", 1, ["ECC_NIST_P256"], 3),
    "another usage": ("DescribeKey", changed(KeyMetadata={
        "Arn": ARN, "KeyState": "Enabled", "KeySpec": "RSA_2048",
        "KeyUsage": "ENCRYPT_DECRYPT"}), "key", 1, ["SIGN_VERIFY"], 3),
    "Sign is disabled": ("Sign", error("DisabledException"), "kms:Sign", 1,
                         ["enable"], 3),
    "HTML": ("DescribeKey", Fault(404, b"<html>", "text/html"),
             "kms:DescribeKey", 2, ["404", "endpoint"], 1),
}


@server
@pytest.mark.parametrize("name", KEY_ROWS)
def test_key(name, doctor, kms):
    operation, fault, check, wanted, words, requests = KEY_ROWS[name]
    kms.plan(operation, fault)
    status, rows = doctor("--key", URI, **environment(kms))
    result, text = result_of(rows, check)
    assert (status, result) == (wanted, "FAILED"), rows
    for word in words:
        assert word in text, text
    assert len(kms.requests) == requests


@server
def test_dry_run_is_ignored(doctor, kms):
    """As emulators do."""
    kms.knows_dry_run = False
    status, rows = doctor("--key", URI, **environment(kms))
    assert status == 0 and "does not know DryRun" in rows["kms:Sign"]["text"]


@server
@pytest.mark.parametrize("offset, status, result", [
    (0, 0, "ok"), (-100, 0, "warning"), (100, 0, "warning"),
    (1000, 2, "FAILED")])
def test_clock(offset, status, result, doctor, kms):
    kms.clock_offset = offset
    got, rows = doctor("--key", URI, **environment(kms))
    assert (got, rows["clock"]["result"]) == (status, result), rows


# -------------------------------------------------------------- configuration


@pytest.mark.parametrize("variables, options, check, words", [
    ({"AWS_REGION": None}, [], "Region, endpoint", ["--region"]),
    ({"AWS_REGION": "x y"}, [], "Region, endpoint", ["no AWS Region"]),
    ({"AWS_ENDPOINT_URL_KMS": "http://a:verysecret@b"}, [],
     "Region, endpoint", ["user name"]),
    ({"AWS_ACCESS_KEY_ID": None}, [], "credentials", ["AWS_SECRET"]),
    ({"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}, [], "credentials",
     ["renew the session"]),
    ({"AWS_CA_BUNDLE": "/nonexistent/ca"}, [], "TLS", ["/nonexistent/ca"]),
    ({"AWS_CA_BUNDLE": "/dev/null"}, [], "TLS", ["no certificate"]),
    ({}, ["--profile", "none"], "AWS files", ["none"]),
    ({}, ["--key", "awskms:///"], "key URI", ["awskms:"]),
    ({}, ["--key", f"{URI}?profile=a", "--profile", "b"], "key URI",
     ["profile"]),
    ({}, ["--key", "frob:x"], "key", ["frob:x", "awskms:"]),
    ({}, ["--key", "file:/nonexistent/key"], "key", ["/nonexistent/key"]),
    ({"AWS_ENDPOINT_URL_KMS": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"},
     ["--key", URI], "kms:DescribeKey", ["no answer"]),
])
def test_configuration(variables, options, check, words, doctor):
    all_of_them = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY":
                   SECRET, "AWS_REGION": REGION, "AWS_ENDPOINT_URL_KMS":
                   "http://127.0.0.1:1", **variables}
    status, rows = doctor(*options, **{
        name: value for name, value in all_of_them.items() if value})
    result, text = result_of(rows, check)
    assert (status, result) == (2, "FAILED"), rows
    for word in words:
        assert word in text, text


def test_proxy(doctor):
    """Its password is nobody's business."""
    _, rows = doctor(AWS_REGION=REGION, NO_PROXY="a.example",
                     HTTPS_PROXY="http://user:verysecret@proxy.example:3128")
    assert rows["proxy"]["text"] == \
        "http://proxy.example:3128/, from HTTPS_PROXY; not for: a.example"
    status, rows = doctor(AWS_REGION=REGION, HTTPS_PROXY="http://a b/")
    assert rows["proxy"]["result"] == "FAILED" and status == 2


def test_readable_credentials(doctor, tmp_path):
    path = tmp_path / "credentials"
    path.write_text(f"[default]\naws_access_key_id = {ACCESS_KEY}\n"
                    f"aws_secret_access_key = {SECRET}\n")
    path.chmod(0o644)
    _, rows = doctor(AWS_REGION=REGION, AWS_MAX_ATTEMPTS="1",
                     AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert rows["AWS files"]["result"] == "warning"
    assert "profile default in" in rows["credentials"]["text"]


# -------------------------------------------------------------- other keys --


def test_development_key(doctor, keys, tmp_path):
    path = tmp_path / "dev.pem"
    path.write_bytes(keys[2048].read_bytes())
    path.chmod(0o640)
    status, rows = doctor("--key", f"file:{path}")
    assert status == 0 and rows["key"]["result"] == "warning"
    assert rows["sign"]["result"] == "ok"
    assert "chmod 600" in rows["file"]["next"]
    path.chmod(0o600)
    assert doctor("--key", f"file:{path}")[1]["file"]["result"] == "ok"


def test_public_key(doctor, signer, keys, tmp_path):
    path = tmp_path / "public.pem"
    signer.ok("key", "export", "--key", f"file:{keys[2048]}", "--format",
              "pem", "-o", path)
    status, rows = doctor("--key", f"file:{path}")
    assert status == 0 and list(rows) == ["versions", "key", "public key"]
    assert "cannot mint" in rows["key"]["text"]


# --------------------------------------------------------------- emulators --


@server
def test_moto(doctor, moto):
    moto.admin.key("doctor")
    uri = moto.bench.uri("alias/doctor")
    for person, denied in ((moto.bench, None), (moto.session, None),
                           (moto.reader, "kms:Sign"),
                           (moto.blind, "kms:GetPublicKey")):
        status, rows = doctor("--key", uri, **{
            name: value for name, value in person.environment().items()
            if name.startswith("AWS_")})
        failed = [name for name, row in rows.items()
                  if row["result"] == "FAILED"]
        if denied is None:
            assert (status, failed) == (0, [])
        else:
            assert status == 1 and denied in failed
            assert f'"Action":"{denied}"' in rows[denied]["next"]


@server
def test_local_kms(doctor, local_kms):
    key = local_kms.key()
    uri = local_kms.uri(key)
    variables = {name: value for name, value
                 in local_kms.environment().items()
                 if name.startswith("AWS_")}
    status, rows = doctor("--key", uri, **variables)
    assert status == 0, rows
    local_kms.kms.disable_key(KeyId=key)
    status, rows = doctor("--key", uri, **variables)
    assert status == 1 and rows["key"]["result"] == "FAILED"
    assert "Disabled" in rows["key"]["text"]
