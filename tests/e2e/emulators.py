"""KMS emulators that others wrote, started for real on loopback ports: moto,
which checks signatures, session tokens and IAM policies, and LocalStack, which
knows key states and DIGEST. Where each is wrong, the other serves.
SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
import pytest
from conftest import ROOT, clean_environment

REGION = "eu-central-1"
ACCOUNT = "123456789012"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(command, port, log, **environment):
    """Runs a server until the block ends; it dies with the tests, too."""
    with open(log, "wb") as output:
        server = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *map(str, command)],
            stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            env=clean_environment(**environment))
    try:
        wait_for(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(server, port, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"no server: {pathlib.Path(log).read_text()[-2000:]}")


class Emulator:
    """Where an emulator is, and clients for it."""

    def __init__(self, url, access_key, secret, session_token=None):
        self.url = url
        self.access_key = access_key
        self.secret = secret
        self.session_token = session_token

    def boto(self, service):
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret,
            aws_session_token=self.session_token)

    @property
    def kms(self):
        return self.boto("kms")

    def uri(self, key):
        return f"awskms://{self.url.removeprefix('http://')}/{key}"

    def environment(self, **more):
        """For signer-host. A value of None takes a name out."""
        variables = {"AWS_ACCESS_KEY_ID": self.access_key,
                     "AWS_SECRET_ACCESS_KEY": self.secret,
                     "AWS_SESSION_TOKEN": self.session_token,
                     "AWS_REGION": REGION, **more}
        return clean_environment(**{name: value for name, value
                                    in variables.items() if value is not None})

    def using(self, access_key, secret, session_token=None):
        return Emulator(self.url, access_key, secret, session_token)

    def key(self, alias=None, spec="RSA_2048", usage="SIGN_VERIFY"):
        """Makes a key with the emulator's own means; returns its id."""
        key = self.kms.create_key(KeySpec=spec, KeyUsage=usage)
        key_id = key["KeyMetadata"]["KeyId"]
        if alias:
            self.kms.create_alias(AliasName=f"alias/{alias}",
                                  TargetKeyId=key_id)
        return key_id


# ------------------------------------------------------------------ moto --


def allow(*actions):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": list(actions), "Resource": "*"}]})


def make_user(iam, name, *actions):
    """An IAM user; returns its access key and secret."""
    iam.create_user(UserName=name)
    if actions:
        iam.put_user_policy(UserName=name, PolicyName="p",
                            PolicyDocument=allow(*actions))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def make_role(open_door, name, *actions):
    """A role; returns its ARN."""
    iam = open_door.boto("iam")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole",
         "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}]}
    role = iam.create_role(RoleName=name,
                           AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName=name, PolicyName="p",
                        PolicyDocument=allow(*actions))
    return role["Role"]["Arn"]


class Moto:
    """moto with users of several rights, authentication enforced."""

    def __init__(self, url):
        door = Emulator(url, "AKIAOPENDOOR", "opendoor")
        iam = door.boto("iam")
        users = {
            "admin": ["*"],
            "bench": ["kms:Sign", "kms:GetPublicKey", "kms:DescribeKey"],
            "reader": ["kms:GetPublicKey", "kms:DescribeKey"],
            "blind": ["kms:Sign"],
            "nobody": [],
        }
        for name, actions in users.items():
            setattr(self, name, door.using(*make_user(iam, name, *actions)))
        role = make_role(door, "bench-role", *users["bench"])
        answer = door.boto("sts").assume_role(
            RoleArn=role, RoleSessionName="bench")["Credentials"]
        self.session = door.using(answer["AccessKeyId"],
                                  answer["SecretAccessKey"],
                                  answer["SessionToken"])
        # From here on, every request must be signed and allowed.
        request = urllib.request.Request(f"{url}/moto-api/reset-auth",
                                         data=b"0", headers={
                                             "Content-Type": "text/plain"})
        urllib.request.urlopen(request).close()


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p",
               port]
    with serving(command, port, tmp_path_factory.mktemp("moto") / "log",
                 MOTO_ACCOUNT_ID=ACCOUNT) as url:
        yield Moto(url)


# --------------------------------------- an emulator that knows key states --


@contextlib.contextmanager
def localstack(folder):
    """Its environment of its own (tests/run makes it): its dependencies are
    older than ours."""
    python = ROOT / "build/localstack/bin/python"
    if not python.exists():
        pytest.skip("build/localstack is missing; tests/run makes it")
    port = free_port()
    # Without a file system root of its own it writes to /var/lib; its default
    # server listens on all addresses.
    with serving([python, "-m", "localstack.runtime.main"], port,
                 folder / "log", HOME=str(folder), FILESYSTEM_ROOT=str(folder),
                 OVERRIDE_IN_DOCKER="0", GATEWAY_SERVER="hypercorn",
                 GATEWAY_LISTEN=f"127.0.0.1:{port}", SERVICES="kms",
                 EAGER_SERVICE_LOADING="1", DISABLE_EVENTS="1",
                 SKIP_SSL_CERT_DOWNLOAD="1", DNS_ADDRESS="0") as url:
        yield url


@contextlib.contextmanager
def local_kms_program(program, folder):
    port = free_port()
    with serving([program], port, folder / "log", PORT=str(port),
                 KMS_REGION=REGION, KMS_ACCOUNT_ID=ACCOUNT,
                 KMS_DATA_PATH=str(folder)) as url:
        yield url


@pytest.fixture(scope="session")
def local_kms(tmp_path_factory):
    """LocalStack's KMS, or the Local-KMS that KJWT_LOCAL_KMS names."""
    folder = tmp_path_factory.mktemp("local-kms")
    program = os.environ.get("KJWT_LOCAL_KMS")
    started = (local_kms_program(program, folder) if program
               else localstack(folder))
    with started as url:
        yield Emulator(url, "any", "thing")


# --------------------------------------------------------------- Node.js --


def fetched(script):
    """What a fetch script prints; a skip, with its reason, where it fails."""
    result = subprocess.run([ROOT / "tests" / script], capture_output=True,
                            text=True)
    if result.returncode:
        reason = " ".join(result.stderr.strip().splitlines()[-2:])
        pytest.skip(f"tests/{script}: {reason}")
    return result.stdout.strip()


class Node:
    def __init__(self, node):
        self.node = node
        self.scripts = ROOT / "tests/e2e/node"
        self.modules = ROOT / "build/deps/node"

    def __call__(self, script, *arguments, env=None, stdin=None):
        result = subprocess.run(
            [self.node, self.scripts / script, self.modules, *arguments],
            input=stdin, capture_output=True, text=True, timeout=120,
            env=clean_environment() if env is None else env)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def peers(self, jobs):
        """Each job's result: {"value": ...} or {"error": ...}."""
        return json.loads(self("peers.cjs", stdin=json.dumps(jobs)))


@pytest.fixture(scope="session")
def node():
    return Node(fetched("fetch-node"))
