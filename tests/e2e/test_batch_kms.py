"""signer-host batch with a KMS that answers late, wrong or not at all: rows
that fail are told and tried again, the rest is kept, the order stays.
SPDX-License-Identifier: Apache-2.0
"""

import csv
import re
import signal
import subprocess
import time

import fault_server
import pytest
from conftest import NOW, SIGNER, Shell, clean_environment
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fault_server import Fault, error, signed_by_stranger
from jose_parts import check_signature, claims_of

pytestmark = pytest.mark.server

URI = "awskms:///alias/bench"


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def public_pem(rsa_key, tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "public.pem"
    path.write_bytes(rsa_key.public_key().public_bytes(
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.fixture(scope="module")
def plain_server(rsa_key):
    with fault_server.running(rsa_key) as kms:
        yield kms


@pytest.fixture
def kms(plain_server):
    plain_server.reset()
    return plain_server


def environment(kms):
    return clean_environment(
        AWS_ACCESS_KEY_ID=fault_server.ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY=fault_server.SECRET,
        AWS_REGION=fault_server.REGION,
        AWS_ENDPOINT_URL_KMS=f"http://{kms.host}", AWS_MAX_ATTEMPTS="2")


@pytest.fixture
def batch(signer, kms, tmp_path):
    def run(count, *options, now=("--now", NOW)):
        path = tmp_path / "devices.csv"
        path.write_text("serial\n" + "".join(f"S{i:03}\n"
                                             for i in range(count)))
        result = signer("batch", path, "--key", URI, "--out",
                        tmp_path / "tokens.csv", *now, *options,
                        env=environment(kms))
        assert fault_server.SECRET not in result.stderr
        assert result.stdout == ""
        assert (tmp_path / "tokens.csv").exists() == \
            (result.returncode == 0), result.stderr
        return result

    return run


@pytest.fixture
def check(public_pem, tmp_path):
    """All tokens are there, in the input's order, and right."""

    def run(count):
        with open(tmp_path / "tokens.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["serial"] for row in rows] == \
            [f"S{i:03}" for i in range(count)]
        for row in rows:
            assert claims_of(row["token"])["sub"] == row["serial"]
            check_signature(row["token"], public_pem)

    return run


def signs(kms):
    return kms.requests.count("Sign")


def test_all(batch, kms, check):
    """One Sign for each token, and one for the manifest; none afterwards."""
    assert batch(40).returncode == 0
    check(40)
    assert signs(kms) == 41
    assert batch(40).returncode == 0
    assert signs(kms) == 41


def test_order(batch, kms, check):
    """The first answers come last."""
    kms.plan("Sign", *[Fault(delay=0.3 - 0.1 * i) for i in range(3)])
    assert batch(12).returncode == 0
    check(12)


def test_nothing_is_signed_for_a_bad_file(signer, kms, tmp_path):
    path = tmp_path / "devices.csv"
    path.write_text("serial\nA1\n\nB2\nA1\n")
    result = signer("batch", path, "--key", URI, "--out", tmp_path / "x.csv",
                    env=environment(kms))
    assert result.returncode == 2 and signs(kms) == 0
    assert "line 5: the serial A1 is that of line 2" in result.stderr


DENIED = error("AccessDeniedException", "not for you")


@pytest.mark.parametrize("fault, words", [
    (DENIED, "AccessDenied"), (signed_by_stranger(), "KJWT_ERR_SIGNATURE"),
    (fault_server.short_signature(), "not as long as the key")])
def test_a_row_fails(fault, words, batch, kms, check):
    """The others are kept, and only the one is tried again."""
    kms.plan("Sign", Fault(), Fault(), fault)
    result = batch(10, "--in-flight", "1")
    assert result.returncode == 1
    told = re.findall(r"serial (\S+): (.*)", result.stderr)
    assert [serial for serial, _ in told] == ["S002"]
    assert words in told[0][1]
    assert "1 rows failed; 9 of 10 are signed" in result.stderr
    count = signs(kms)
    assert batch(10, "--in-flight", "1").returncode == 0
    assert signs(kms) == count + 2
    check(10)


def test_a_broken_kms_is_left_alone(batch, kms, check):
    """Wrong signature after wrong signature: the rest is not asked for."""
    kms.plan("Sign", *[Fault()] * 4, *[signed_by_stranger()] * 300)
    result = batch(200, "--in-flight", "1")
    assert result.returncode == 1
    assert "one after the other that the rest was left" in result.stderr
    assert "4 of 200 are signed" in result.stderr
    assert signs(kms) == 4 + 5
    kms.faults.clear()
    assert batch(200).returncode == 0
    check(200)


def test_throttled(batch, kms, check):
    """Slower, and then all of them."""
    slow = error("ThrottlingException")
    kms.plan("Sign", *[slow, Fault(), Fault()] * 3)
    result = batch(20, "--in-flight", "2")
    assert result.returncode == 0, result.stderr
    check(20)


def test_the_manifest_fails(batch, kms, check):
    """All rows are signed; the next run signs the manifest alone."""
    kms.plan("Sign", *[Fault()] * 5, DENIED)
    result = batch(5, "--in-flight", "1")
    assert result.returncode == 1 and "the manifest: " in result.stderr
    assert signs(kms) == 6
    assert batch(5).returncode == 0
    assert signs(kms) == 7
    check(5)


def test_clock(batch, kms, tmp_path):
    """As mint: a clock that is wrong by more than minutes is refused."""
    kms.clock_offset = 1000
    result = batch(3, now=())
    assert result.returncode == 1 and "this machine's clock" in result.stderr
    assert signs(kms) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["devices.csv"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_ended_in_flight(number, batch, kms, check, tmp_path):
    """Drained, what is in flight is kept; killed, it is signed anew. Nothing
    is lost, nothing is there twice."""
    path = tmp_path / "devices.csv"
    path.write_text("serial\n" + "".join(f"S{i:03}\n" for i in range(60)))
    kms.plan("Sign", *[Fault(delay=0.05)] * 120)
    process = subprocess.Popen(
        [SIGNER, "batch", path, "--key", URI, "--out", tmp_path / "tokens.csv",
         "--now", str(NOW), "--in-flight", "4"],
        stderr=subprocess.PIPE, text=True, env=environment(kms))
    deadline = time.monotonic() + 60
    while signs(kms) < 12:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    text = process.communicate(timeout=60)[1]
    before = signs(kms)
    kms.faults.clear()
    assert batch(60, "--in-flight", "4").returncode == 0
    check(60)
    if number == signal.SIGINT:
        assert process.returncode == 2 and "interrupted" in text
        assert signs(kms) == 61
    else:
        assert before < 61 <= signs(kms) <= before + 61


def test_moto_and_a_device(moto, signer, tmp_path):
    """Against an emulator of others, and verified by the firmware."""
    moto.admin.key("line")
    uri = moto.bench.uri("alias/line")
    path, out, keys = (tmp_path / name for name in
                       ("devices.csv", "tokens", "keys.c"))
    path.write_text("serial,role\nSN-1,a\nSN-2,b\nSN-3,c\n")
    command = ["batch", path, "--key", uri, "--out", out, "--aud", "line",
               "--now", NOW]
    result = signer(*command, env=moto.bench.environment())
    assert result.returncode == 0, result.stderr
    signer.ok("key", "export", "--key", uri, "--format", "c", "-o", keys,
              env=moto.bench.environment())
    manifest = (tmp_path / "tokens.manifest.jwt").read_text()
    tokens = [(out / f"SN-{i}.jwt").read_text() for i in (1, 2, 3)]
    answers = Shell("posix", keys)([f"now {NOW}", "aud line", *tokens,
                                    manifest])[2:]
    assert [answer.split(" ")[0] for answer in answers] == \
        ["accepted"] * 3 + ["rejected"]
    assert '"sub":"SN-2"' in answers[1] and "KJWT_ERR_TYP" in answers[3]
