"""Many signatures at once against a KMS that goes wrong: every token that comes
out is right, every one that does not is told, and one fault is one job's.
SPDX-License-Identifier: Apache-2.0
"""

import json
import signal
import subprocess
import sys
import time

import fault_server
import jwt
import pytest
from conftest import SIGNER, clean_environment
from cryptography.hazmat.primitives.asymmetric import rsa
from fault_server import Fault, error, short_signature, signed_by_stranger

pytestmark = pytest.mark.server

BENCH = SIGNER.parents[1] / "tests/bench/signer"
URI = "awskms:///alias/bench"
THROTTLED = error("ThrottlingException", "Rate exceeded")


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
    return clean_environment(**{
        "AWS_ACCESS_KEY_ID": fault_server.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": fault_server.SECRET,
        "AWS_REGION": fault_server.REGION,
        "AWS_ENDPOINT_URL_KMS": f"http://{kms.host}", **more})


class Run:
    """What came of it: the numbers of the devices that got a token, what was
    said about the others, the figures."""

    def __init__(self, result, key):
        self.status = result.returncode
        *self.errors, figures = [
            line for line in result.stderr.splitlines()
            if not line.startswith("signer-host: warning: development key")]
        self.figures = json.loads(figures) if figures.startswith("{") else {}
        if not self.figures:
            self.errors.append(figures)
        self.devices = sorted(int(claims["sub"].removeprefix("device-"))
                              for claims in (decode(line, key) for line in
                                             result.stdout.splitlines()))
        self.failed = sorted(int(line.split(":")[0]) for line in self.errors
                             if self.figures)


def decode(token, key):
    return jwt.decode(token, key.public_key(), ["RS256"], audience="device",
                      options={"verify_exp": False, "verify_iat": False})


@pytest.fixture
def sign_many(kms, rsa_key):
    """sign_many COUNT IN-FLIGHT [RATE]."""

    def run(count, in_flight, rate=0, uri=URI, env=None, **more):
        result = subprocess.run(
            [BENCH / "sign_many", uri, str(count), str(in_flight), str(rate)],
            capture_output=True, text=True, timeout=100,
            env=environment(kms, **more) if env is None else env)
        assert fault_server.SECRET not in result.stderr
        return Run(result, rsa_key)

    return run


# ------------------------------------------------------------------ health --


@pytest.mark.parametrize("count, in_flight", [
    (1, 1), (20, 1), (1, 32), (33, 32), (200, 32),
])
def test_every_device_once(count, in_flight, sign_many, kms):
    run = sign_many(count, in_flight)
    assert (run.status, run.errors) == (0, [])
    assert run.devices == list(range(count))
    assert kms.requests.count("Sign") == count
    assert kms.most_open <= in_flight
    assert kms.connections <= in_flight  # kept alive
    assert run.figures["retried"] == run.figures["throttled"] == 0


def test_connections_that_are_not_kept(sign_many, kms):
    kms.headers = {"Connection": "close"}
    run = sign_many(60, 8)
    assert (run.status, run.devices) == (0, list(range(60)))
    assert kms.connections > 8 and kms.most_open <= 2 * 8


def test_one_after_the_other(sign_many, rsa_key, tmp_path):
    """A holder that signs one message at a time, with and without a rate."""
    path = tmp_path / "dev.pem"
    path.write_bytes(rsa_key.private_bytes(
        fault_server.serialization.Encoding.PEM,
        fault_server.serialization.PrivateFormat.PKCS8,
        fault_server.serialization.NoEncryption()))
    path.chmod(0o600)
    for rate in (0, 200):
        run = sign_many(20, 8, rate, uri=f"file:{path}")
        assert (run.status, run.devices) == (0, list(range(20)))
        assert run.figures["rate"] == rate


# ------------------------------------------------------------------ faults --

ROWS = {  # faults of some of 60 Sign requests: how many fail, retries
    "500": ([Fault(500, b"")] * 10, 0, 10),
    "reset before the answer": ([Fault(hang_up=True)] * 5, 0, None),
    "reset inside the answer": ([Fault(cut=20)] * 10, 0, 10),
    "slow": ([Fault(delay=0.5)] * 20, 0, 0),
    "slow bodies": ([Fault(pieces=10, pause=0.05)] * 20, 0, 0),
    "slow bodies, then reset": ([Fault(pieces=4, pause=0.05, cut=100)] * 8, 0,
                                8),
    "throttled": ([THROTTLED] * 40, 0, 40),
    "another key's signatures": ([signed_by_stranger()] * 3, 3, 0),
    "short signatures": ([short_signature()] * 3, 3, 0),
    "denied": ([error("AccessDeniedException")] * 4, 4, 0),
    "garbage": ([Fault(200, b"{garbage")] * 4, 4, 0),
    "half of everything": ([THROTTLED, Fault(500, b""), Fault(cut=20), Fault(),
                            signed_by_stranger(), Fault(delay=0.2)] * 5, 5,
                           15),
}


@pytest.mark.parametrize("name", ROWS)
def test_faults(name, sign_many, kms):
    faults, failed, retried = ROWS[name]
    kms.plan("Sign", *faults)
    # Which request gets which fault is chance, and one may get many.
    run = sign_many(60, 16, AWS_MAX_ATTEMPTS="20")
    assert run.status == (1 if failed else 0), run.errors
    assert len(run.failed) == failed
    assert sorted(run.devices + run.failed) == list(range(60))
    if retried is not None:
        assert run.figures["retried"] == retried
        assert kms.requests.count("Sign") == 60 + retried
    # Some whose end the server has not seen yet.
    assert kms.most_open <= 2 * 16


def test_for_good(sign_many, kms):
    """100 retries are paid for; then the rest fails at its first fault."""
    kms.plan("Sign", *[Fault(500, b"")] * 1000)
    run = sign_many(150, 32, AWS_MAX_ATTEMPTS="2")
    assert run.status == 1 and run.devices == []
    assert run.failed == list(range(150))
    assert run.figures["retried"] == 100
    assert kms.requests.count("Sign") == 250


def test_throttled_lowers_the_rate(sign_many, kms):
    kms.plan("Sign", *[Fault()] * 40, *[THROTTLED] * 5)
    run = sign_many(60, 4, 500)
    assert (run.status, run.devices) == (0, list(range(60)))
    assert run.figures["throttled"] == 5
    assert run.figures["rate"] < 500


def test_clients_share_a_quota(kms, rsa_key):
    """Two clients that each want more than there is for both: throttled in
    bursts, no device without its token."""
    kms.quota = 100
    runs = [subprocess.Popen(
        [BENCH / "sign_many", URI, "150", "16", "400"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(kms)) for _ in range(2)]
    for process in runs:
        stdout, stderr = process.communicate(timeout=100)
        run = Run(subprocess.CompletedProcess(
            [], process.returncode, stdout, stderr), rsa_key)
        assert (run.status, run.errors) == (0, [])
        assert run.devices == list(range(150))
        assert run.figures["throttled"] > 0
    assert kms.requests.count("Sign") == \
        300 + kms.refused["ThrottlingException"]


def test_waiting_costs_no_cpu(kms):
    kms.plan("Sign", *[Fault(delay=3)] * 16)
    result = subprocess.run(
        [BENCH / "measure", BENCH / "sign_many", URI, "16", "16", "0"],
        capture_output=True, text=True, timeout=100, env=environment(kms))
    assert result.returncode == 0
    assert json.loads(result.stderr.splitlines()[-1])["cpu_us"] < 500_000


def test_interrupted(kms, rsa_key):
    """What is under way is finished, nothing new is begun."""
    with subprocess.Popen(
            [BENCH / "sign_many", URI, "5000", "8", "100"], text=True,
            bufsize=1, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(kms)) as process:
        while kms.requests.count("Sign") < 20 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    run = Run(subprocess.CompletedProcess([], process.returncode, stdout,
                                          stderr), rsa_key)
    assert (run.status, run.errors) == (0, [])
    assert 20 <= run.figures["started"] < 1000
    assert run.devices == list(range(run.figures["started"]))


def test_interrupted_twice(kms):
    """The waiting ends with the signal, and what is under way is given up."""
    kms.plan("Sign", *[Fault(delay=15)] * 8)
    with subprocess.Popen(
            [BENCH / "sign_many", URI, "8", "8", "0"], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(kms)) as process:
        while kms.requests.count("Sign") < 8 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stdout) == (0, "")
    assert json.loads(stderr)["started"] == 8


# --------------------------------------------------- clocks and credentials --


@pytest.mark.parametrize("offset", [3600, -3600])
def test_a_clock_that_is_off_by_an_hour(offset, sign_many, kms):
    kms.clock_offset = offset
    run = sign_many(40, 8)
    assert (run.status, run.devices) == (0, list(range(40)))
    assert kms.requests == ["GetPublicKey"] * 2 + ["Sign"] * 40


def test_a_clock_that_is_set_in_the_middle(sign_many, kms):
    """And set right again: each that is refused for it is sent once more."""
    def turn(offset):
        return Fault(event=lambda server: setattr(server, "clock_offset",
                                                  offset))

    kms.plan("Sign", *[Fault()] * 20, turn(3600), *[Fault()] * 40, turn(0))
    run = sign_many(100, 8)
    assert (run.status, run.errors) == (0, [])
    assert run.devices == list(range(100))
    refused = kms.refused["InvalidSignatureException"]
    assert 2 <= refused <= 16
    assert kms.requests.count("Sign") == 100 + refused


PROCESS = """
import json, pathlib, sys
calls = pathlib.Path(sys.argv[1])
count = len(calls.read_text()) if calls.exists() else 0
calls.write_text("x" * (count + 1))
name = sys.argv[2:][min(count, len(sys.argv) - 3)]
print(json.dumps({"Version": 1, "AccessKeyId": name, "SecretAccessKey":
                  "secret-of-" + name, "SessionToken": "token-of-" + name}))
"""


@pytest.fixture
def process(tmp_path, kms):
    """An environment whose credential_process gives these access keys, one
    with each call; and the file that counts the calls."""

    def make(*names):
        script, calls = tmp_path / "process.py", tmp_path / "calls"
        script.write_text(PROCESS)
        (tmp_path / "config").write_text(
            f"[default]\ncredential_process = {sys.executable} {script} "
            f"{calls} {' '.join(names)}\n")
        kms.secrets = {name: f"secret-of-{name}" for name in names}
        env = environment(kms, AWS_CONFIG_FILE=str(tmp_path / "config"))
        del env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
        return env, calls

    return make


def expiry_of(name):
    return Fault(event=lambda kms: kms.expired.add(name))


def test_credentials_that_expire_in_the_middle(sign_many, kms, process):
    """All requests that are refused for it are sent once more with the new
    ones, which are fetched once."""
    env, calls = process("AKIAOLD", "AKIANEW")
    kms.plan("Sign", *[Fault()] * 20, expiry_of("AKIAOLD"))
    run = sign_many(80, 16, env=env)
    assert (run.status, run.errors) == (0, [])
    assert run.devices == list(range(80))
    assert calls.read_text() == "xx"
    refused = kms.refused["ExpiredTokenException"]
    assert 1 <= refused <= 16
    assert kms.requests.count("Sign") == 80 + refused


def test_credentials_that_expire_for_good(sign_many, kms, process):
    """The source is not asked again for each request."""
    env, calls = process("AKIAOLD")
    kms.plan("Sign", *[Fault()] * 20, expiry_of("AKIAOLD"))
    run = sign_many(80, 16, env=env)
    assert run.status == 1
    assert len(run.devices) >= 20
    assert sorted(run.devices + run.failed) == list(range(80))
    assert [line for line in run.errors
            if "renew the session" not in line] == []
    assert calls.read_text() == "xx"
    assert kms.requests.count("Sign") == 80
