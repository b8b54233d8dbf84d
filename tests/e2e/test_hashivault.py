"""signer-host with hashivault:// keys: against a server of the tests' own that
follows Vault's documented transit API, and, where KJWT_VAULT_ADDR and
KJWT_VAULT_TOKEN name a Vault (vault server -dev), against that one, too.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import json
import os
import re
import urllib.request
import uuid

import fault_server
import pytest
from conftest import NOW, clean_environment
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from jose_parts import check_signature, header_of, thumbprint
from json_server import JsonServer

pytestmark = pytest.mark.server

TOKEN = "hvs.the-secret-of-the-tests"


class FakeVault(JsonServer):
    """What developer.hashicorp.com/vault/api-docs/secret/transit says."""

    engine = "transit"

    def __init__(self, tls=None):
        self.keys = {}
        super().__init__(tls)

    def reset(self):
        super().reset()
        self.sealed = False
        self.namespace = None

    def make_key(self, name, kind):
        make = (lambda: ec.generate_private_key(ec.SECP256R1())) \
            if kind == "ecdsa-p256" else \
            (lambda: rsa.generate_private_key(65537, int(kind[4:])))
        self.keys[name] = (kind, make, [make()])

    def rotate(self, name):
        self.keys[name][2].append(self.keys[name][1]())

    def answer(self, method, path, headers, body):
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if headers["X-Vault-Token"] != TOKEN or \
                headers["X-Vault-Namespace"] != self.namespace:
            return 403, {"errors": ["2 errors occurred:\n\t* permission "
                                    "denied\n\t* invalid token\n\n"]}
        match = re.fullmatch(r"/v1/(.*)/(keys|sign)/([^/]+)(/sha2-256)?", path)
        if not match or match[1] != self.engine:
            return 404, {"errors": [f'no handler for route "{path[4:]}". '
                                    "route entry not found."]}
        if match[3] not in self.keys:
            return (404, {"errors": []}) if method == "GET" else \
                (400, {"errors": ["signing key not found"]})
        if (method, match[2]) == ("GET", "keys"):
            return 200, {"data": self.describe(match[3])}
        if (method, match[2]) == ("POST", "sign") and \
                headers["Content-Type"] == "application/json":
            return self.sign(match[3], json.loads(body))
        return 405, {"errors": []}

    def describe(self, name):
        kind, _, versions = self.keys[name]
        return {"name": name, "type": kind, "latest_version": len(versions),
                "exportable": False, "allow_plaintext_backup": True,
                "keys": {str(i + 1): {"public_key": key.public_key()
                         .public_bytes(serialization.Encoding.PEM,
                                       serialization.PublicFormat
                                       .SubjectPublicKeyInfo).decode()}
                         for i, key in enumerate(versions)}}

    def sign(self, name, request):
        versions = self.keys[name][2]
        number = request.get("key_version", 0) or len(versions)
        digest = base64.b64decode(request["input"], validate=True)
        if number > len(versions):
            return 400, {"errors": ["requested version for signing is higher "
                                    "than the latest key version"]}
        if request.get("prehashed") is not True or len(digest) != 32:
            return 400, {"errors": ["crypto/rsa: input must be hashed "
                                    "message"]}
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        signature = versions[number - 1].sign(
            digest, padding.PKCS1v15()
            if request.get("signature_algorithm") == "pkcs1v15" else pss,
            utils.Prehashed(hashes.SHA256()))
        text = base64.b64encode(signature).decode()
        return 200, {"data": {"signature": f"vault:v{number}:{text}",
                              "key_version": number}}


class RealVault:
    """The same few things of a Vault that runs; an engine of its own."""

    def __init__(self):
        self.url = os.environ["KJWT_VAULT_ADDR"]
        self.engine = f"kjwt-{uuid.uuid4()}"
        self.call("sys/mounts/" + self.engine, {"type": "transit"})

    def call(self, path, body):
        request = urllib.request.Request(
            f"{self.url}/v1/{path}", json.dumps(body).encode(),
            {"X-Vault-Token": os.environ["KJWT_VAULT_TOKEN"],
             "Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=60).close()

    def make_key(self, name, kind):
        self.call(f"{self.engine}/keys/{name}", {"type": kind})

    def rotate(self, name):
        self.call(f"{self.engine}/keys/{name}/rotate", {})


def environment(vault, **more):
    token = os.environ["KJWT_VAULT_TOKEN"] if isinstance(vault, RealVault) \
        else TOKEN
    variables = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": token,
                 "TRANSIT_SECRET_ENGINE_PATH": vault.engine, **more}
    clean = clean_environment(**{name: value for name, value
                                 in variables.items() if value is not None})
    return {name: value for name, value in clean.items()
            if not name.startswith("VAULT_") or name in variables}


REAL = ["real"] if "KJWT_VAULT_ADDR" in os.environ else []


@pytest.fixture(scope="module", params=["documented API", *REAL])
def some_vault(request):
    if request.param == "real":
        yield RealVault()
    else:
        with FakeVault().running() as vault:
            yield vault


@pytest.fixture(scope="module")
def fake():
    with FakeVault().running() as vault:
        vault.make_key("dev", "rsa-2048")
        vault.make_key("curve", "ecdsa-p256")
        vault.make_key("small", "rsa-1024")
        yield vault


@pytest.fixture
def vault(fake):
    fake.reset()
    return fake


# ----------------------------------------------------------------- healthy --


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_export_and_mint(bits, some_vault, signer, tmp_path):
    some_vault.make_key(f"key-{bits}", f"rsa-{bits}")
    reach = ["--key", f"hashivault://key-{bits}"]
    env = environment(some_vault)
    pem = tmp_path / "public.pem"
    signer.ok("key", "export", *reach, "--format", "pem", "-o", pem, env=env)
    token = signer.ok("mint", *reach, "--sub", "x", env=env).strip()
    check_signature(token, pem)
    assert header_of(token)["kid"] == thumbprint(pem)
    signer.ok("verify", *reach, token, env=env)


def test_versions(some_vault, signer):
    """A run keeps to one version, and names it."""
    some_vault.make_key("turning", "rsa-2048")
    some_vault.rotate("turning")
    env = environment(some_vault)

    def show(uri):
        return json.loads(signer.ok("key", "show", "--json", "--key", uri,
                                    env=env))

    first, second, latest = map(show, (
        "hashivault://turning?version=1", "hashivault://turning?version=2",
        "hashivault://turning"))
    assert latest == second and first["thumbprint"] != second["thumbprint"]
    assert latest["uri"] == "hashivault://turning?version=2"
    assert latest["exportable"] == "no" and latest["spec"] == "RSA_2048"
    token = signer.ok("mint", "--key", "hashivault://turning?version=1",
                      env=env).strip()
    assert header_of(token)["kid"] == first["thumbprint"]
    missing = signer("mint", "--key", "hashivault://turning?version=3",
                     env=env)
    assert missing.returncode == 1 and "latest is 2" in missing.stderr


@pytest.mark.parametrize("more, uri, status, words", [
    ({}, "hashivault://nobody", 1, ["404", "no key of that name"]),
    ({"TRANSIT_SECRET_ENGINE_PATH": "nowhere"}, "hashivault://x", 1,
     ["404", "TRANSIT_SECRET_ENGINE_PATH"]),
    ({"VAULT_TOKEN": "hvs.wrong"}, "hashivault://x", 1,
     ["403", "permission denied", "vault login"]),
])
def test_refused(more, uri, status, words, some_vault, signer):
    result = signer("mint", "--key", uri, env=environment(some_vault, **more))
    assert result.returncode == status and result.stdout == ""
    for word in words:
        assert word in result.stderr, result.stderr
    assert "hvs." not in result.stderr


# ------------------------------------------------------------------ set-up --


@pytest.mark.parametrize("more, status, word", [
    ({"VAULT_ADDR": None}, 2, "VAULT_ADDR is not set"),
    ({"VAULT_ADDR": "vault:8200"}, 2, "https://"),
    ({"VAULT_ADDR": "http://vault.example:8200"}, 2, "loopback only"),
    ({"VAULT_ADDR": "https://user:secret@localhost"}, 2, "user name"),
    ({"VAULT_ADDR": "https://localhost:1"}, 2, "no answer from localhost:1"),
    ({"VAULT_TOKEN": None}, 2, "vault login"),
    ({"VAULT_TOKEN": "two words"}, 2, "VAULT_TOKEN"),
    ({"VAULT_TOKEN": "a\r\nX-Evil: b"}, 2, "VAULT_TOKEN"),
    ({"VAULT_SKIP_VERIFY": "true"}, 2, "VAULT_CACERT"),
    ({"TRANSIT_SECRET_ENGINE_PATH": "../sys"}, 2, "TRANSIT_SECRET"),
    ({"TRANSIT_SECRET_ENGINE_PATH": "/transit"}, 2, "TRANSIT_SECRET"),
])
def test_environment_refused(more, status, word, vault, signer):
    result = signer("mint", "--key", "hashivault://dev",
                    env=environment(vault, **more))
    assert result.returncode == status and word in result.stderr
    assert "secret@" not in result.stderr and "Evil" not in result.stderr
    assert vault.requests == []


@pytest.mark.parametrize("uri", [
    "hashivault://", "hashivault://a/b", "hashivault://..", "hashivault:dev",
    "hashivault://dev?version=0", "hashivault://dev?version=1x",
    "hashivault://dev?version=99999999999999999999", "hashivault://dev?x=1",
    "hashivault://dev%2f", "hashivault://" + "a" * 200,
])
def test_uri_refused(uri, vault, signer):
    result = signer("mint", "--key", uri, env=environment(vault))
    assert result.returncode == 2 and "hashivault://" in result.stderr
    assert vault.requests == []


def test_options_of_others(vault, signer):
    result = signer("mint", "--key", "hashivault://dev", "--region", "x",
                    env=environment(vault))
    assert result.returncode == 2 and "--region" in result.stderr
    result = signer("key", "create", "--key", "hashivault://new",
                    env=environment(vault))
    assert result.returncode == 2 and "key create" in result.stderr


def test_token_file(vault, signer, tmp_path):
    home = tmp_path / ".vault-token"
    home.write_text(TOKEN + "\n")
    home.chmod(0o600)
    env = environment(vault, VAULT_TOKEN=None, HOME=str(tmp_path))
    result = signer("mint", "--key", "hashivault://dev", "--verbose", env=env)
    assert result.returncode == 0 and "~/.vault-token" in result.stderr
    assert "chmod" not in result.stderr and TOKEN not in result.stderr
    home.chmod(0o644)
    result = signer("mint", "--key", "hashivault://dev", env=env)
    assert result.returncode == 0 and "chmod 600" in result.stderr


def test_namespace(vault, signer):
    vault.namespace = "team/a"
    assert signer("mint", "--key", "hashivault://dev",
                  env=environment(vault)).returncode == 1
    signer.ok("mint", "--key", "hashivault://dev",
              env=environment(vault, VAULT_NAMESPACE="team/a"))


def test_tls(signer, tmp_path):
    authority = fault_server.Authority(tmp_path, "the CA")
    with FakeVault(authority.server_context("localhost")).running() as vault:
        vault.make_key("dev", "rsa-2048")
        distrusted = signer("mint", "--key", "hashivault://dev",
                            env=environment(vault))
        assert distrusted.returncode == 2 and vault.requests == []
        assert "VAULT_CACERT" in distrusted.stderr
        signer.ok("mint", "--key", "hashivault://dev", env=environment(
            vault, VAULT_CACERT=str(authority.bundle)))


# ------------------------------------------------------------------ faults --


@pytest.mark.parametrize("name, words", [
    ("curve", ["ecdsa-p256", "rsa-2048"]), ("small", ["1024"]),
])
def test_keys_that_do_not_fit(name, words, vault, signer):
    result = signer("mint", "--key", f"hashivault://{name}",
                    env=environment(vault))
    assert result.returncode == 1 and result.stdout == ""
    for word in words:
        assert word in result.stderr


def test_sealed(vault, signer):
    vault.sealed = True
    result = signer("mint", "--key", "hashivault://dev",
                    env=environment(vault))
    assert result.returncode == 2 and "unsealed" in result.stderr


def signature(text):
    return lambda answer: {"data": {"signature": text}}


def cut_signature(answer):
    text = base64.b64encode(base64.b64decode(
        answer["data"]["signature"].split(":")[2])[:-1]).decode()
    return {"data": {"signature": f"vault:v1:{text}"}}


def foreign_signature(answer):
    return {"data": {"signature": "vault:v1:" + base64.b64encode(
        b"\x01" * 256).decode()}}


@pytest.mark.parametrize("fault, status, word", [
    (cut_signature, 2, "not as long"),
    (foreign_signature, 1, "KJWT_ERR_SIGNATURE"),
    (signature("vault:v2:AAAA"), 2, "another key version"),
    (signature("AAAA"), 2, "another key version"),
    (signature(4711), 2, "no signature"),
    (lambda answer: [], 2, "status 200"),
    ((200, b"<html>"), 2, "status 200"),
    ((200, b""), 2, "status 200"),
    ((200, b"x" * (2 << 20)), 2, "larger than 1 MB"),
    ((302, b"", {"Location": "/v1/transit/keys/dev"}), 2, "redirect"),
    ((400, {"errors": ["a\x1b[31mb"]}), 1, "400"),
    ((500, {"errors": ["internal"]}), 0, ""),
    ((429, {"errors": ["rate"]}), 0, ""),
])
def test_sign_goes_wrong(fault, status, word, vault, signer, tmp_path):
    vault.faults.extend([lambda answer: answer, fault])
    result = signer("mint", "--key", "hashivault://dev", "--now", NOW, "-o",
                    tmp_path / "token", env=environment(vault))
    assert result.returncode == status and word in result.stderr, result.stderr
    assert (tmp_path / "token").exists() == (status == 0)
    assert "\x1b" not in result.stderr
    # What may pass is tried again, the rest is not.
    assert len(vault.requests) == (3 if status == 0 else 2)


def test_gives_up(vault, signer):
    vault.faults.extend([(503, {"errors": ["Vault is sealed"]})] * 5)
    result = signer("mint", "--key", "hashivault://dev",
                    env=environment(vault))
    assert result.returncode == 2 and len(vault.requests) == 3


@pytest.mark.parametrize("offset, status, word", [
    (10, 0, ""), (60, 0, "warning"), (3600, 1, "set the clock"),
])
def test_clock(offset, status, word, vault, signer):
    vault.clock_offset = offset
    result = signer("mint", "--key", "hashivault://dev",
                    env=environment(vault))
    assert result.returncode == status and word in result.stderr
