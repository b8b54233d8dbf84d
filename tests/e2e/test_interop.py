"""Other people's JWT libraries: they verify what signer-host mints, and the
device in QEMU accepts what they sign; each refuses what was tampered with.
SPDX-License-Identifier: Apache-2.0
"""

import json
import time

import jwt
import pytest
from conftest import Shell
from jose_parts import claims_of, header_of, tampered, thumbprint, \
    write_public_pem

BOARD = "mps2-an385"
BITS = (2048, 3072, 4096)
ISSUER, AUDIENCE = "bench-7", "device-01"
EXPECTED = {"issuer": ISSUER, "audience": AUDIENCE}
NODE_VERIFIERS = ("jsonwebtoken", "jose", "jose-jwks")


# ------------------------------------------- signer-host mints, they verify --


@pytest.fixture(scope="module")
def minted(signer, keys):
    """Tokens by size of the key."""
    return {bits: signer.ok(
        "mint", "--key", f"file:{pem}", "--iss", ISSUER, "--sub", "dev-é",
        "--aud", AUDIENCE, "--aud", "device-02", "--jti", "auto",
        "--claim", 'roles:=["a",{"b":null}]').strip()
        for bits, pem in keys.items()}


@pytest.fixture(scope="module")
def public_keys(signer, keys, tmp_path_factory):
    folder = tmp_path_factory.mktemp("public")
    made = {bits: write_public_pem(pem, folder / f"{bits}.pem").read_text()
            for bits, pem in keys.items()}
    made["jwks"] = signer.ok("key", "export", "--format", "jwks", *(
        word for pem in keys.values() for word in ("--key", f"file:{pem}")))
    return made


@pytest.fixture(scope="module")
def node_verdicts(node, minted, public_keys):
    """What the Node.js libraries say: by library, size and kind of token."""
    jobs, names = [], []
    for library in NODE_VERIFIERS:
        for bits, token in minted.items():
            key = public_keys["jwks" if library == "jose-jwks" else bits]
            for kind, text in (("good", token), ("tampered",
                                                 tampered(token))):
                names.append((library, bits, kind))
                jobs.append({"does": "verify", "library": library,
                             "token": text, "key": key,
                             "expected": EXPECTED})
    return dict(zip(names, node.peers(jobs), strict=True))


@pytest.mark.parametrize("library", NODE_VERIFIERS)
@pytest.mark.parametrize("bits", BITS)
def test_node_verifies(library, bits, node_verdicts, minted):
    good = node_verdicts[library, bits, "good"]
    assert good == {"value": claims_of(minted[bits])}
    assert "signature" in node_verdicts[library, bits, "tampered"]["error"]


def pyjwt_verify(token, key):
    return jwt.decode(token, key, algorithms=["RS256"], **EXPECTED)


@pytest.mark.parametrize("bits", BITS)
def test_pyjwt_verifies(bits, minted, public_keys):
    token = minted[bits]
    by_kid = jwt.PyJWKSet.from_json(public_keys["jwks"])
    for key in (public_keys[bits], by_kid[header_of(token)["kid"]].key):
        assert pyjwt_verify(token, key) == claims_of(token)
        with pytest.raises(jwt.InvalidSignatureError):
            pyjwt_verify(tampered(token), key)


# --------------------------------------- they sign, the device verifies --

SIGNERS = ("jsonwebtoken", "jose", "pyjwt")


@pytest.fixture(scope="module")
def claims():
    now = int(time.time())
    return {"iss": ISSUER, "sub": "dev-é\"\\", "aud": [AUDIENCE, "x"],
            "iat": now, "exp": now + 3600, "roles": ["a", {"b": None}]}


@pytest.fixture(scope="module")
def theirs(node, keys, claims):
    """Tokens by library and size of the key."""
    jobs = [{"does": "sign", "library": library, "key": pem.read_text(),
             "claims": claims, "header": {"kid": thumbprint(pem),
                                          "typ": "JWT"}}
            for library in ("jsonwebtoken", "jose") for pem in keys.values()]
    names = [(library, bits) for library in ("jsonwebtoken", "jose")
             for bits in keys]
    signed = {name: result["value"] for name, result
              in zip(names, node.peers(jobs), strict=True)}
    for bits, pem in keys.items():
        signed["pyjwt", bits] = jwt.encode(
            claims, pem.read_text(), algorithm="RS256",
            headers={"kid": thumbprint(pem)})
    return signed


def device_answers(key_file, tokens):
    answers = Shell(BOARD, key_file)([
        f"now {int(time.time())}", f"aud {AUDIENCE}", f"iss {ISSUER}",
        *tokens])
    assert answers[:3] == ["ok"] * 3
    return answers[3:]


@pytest.fixture(scope="module")
def device_verdicts(signer, keys, theirs, tmp_path_factory):
    """What the device says of each token, and of it tampered with. It holds
    all three keys, so the kid selects."""
    key_file = tmp_path_factory.mktemp("device") / "keys.c"
    signer.ok("key", "export", "--format", "c", "-o", key_file, *(
        word for pem in keys.values() for word in ("--key", f"file:{pem}")))
    answers = device_answers(key_file, [
        text for token in theirs.values()
        for text in (token, tampered(token))])
    return {name: answers[2 * i:2 * i + 2]
            for i, name in enumerate(theirs)}


@pytest.mark.parametrize("library", SIGNERS)
@pytest.mark.parametrize("bits", BITS)
def test_device_accepts(library, bits, device_verdicts, claims):
    good, bad = device_verdicts[library, bits]
    assert good.startswith("accepted ")
    assert json.loads(good.removeprefix("accepted ")) == claims
    assert bad == "rejected KJWT_ERR_SIGNATURE"


@pytest.mark.parametrize("library", SIGNERS)
@pytest.mark.parametrize("bits", BITS)
def test_signer_host_verifies(library, bits, signer, keys, theirs):
    verify = ["verify", "--key", f"file:{keys[bits]}", "--iss", ISSUER,
              "--aud", AUDIENCE]
    signer.ok(*verify, theirs[library, bits])
    refused = signer(*verify, tampered(theirs[library, bits]))
    assert refused.returncode == 1
    assert "KJWT_ERR_SIGNATURE" in refused.stderr


# ------------------------------------------------------- the seed's own flow --


def seed_flow(emulator, key_id, signer, node, tmp_path):
    """aws-sdk v2 signs in KMS; the device holds the key that signer-host
    exports from there. The header has no kid."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "dev-1", "iat": now,
              "exp": now + 86400}
    env = emulator.environment()
    token = node("seed.cjs", emulator.url, key_id, json.dumps(claims),
                 env=env).strip()
    assert header_of(token) == {"alg": "RS256", "typ": "JWT"}
    key_file = tmp_path / "keys.c"
    signer.ok("key", "export", "--key", emulator.uri(key_id), "--format", "c",
              "-o", key_file, env=env)
    good, bad = device_answers(key_file, [token, tampered(token)])
    assert json.loads(good.removeprefix("accepted ")) == claims
    assert bad == "rejected KJWT_ERR_SIGNATURE"


@pytest.mark.server
def test_seed_flow_moto(moto, signer, node, tmp_path):
    seed_flow(moto.bench, moto.admin.key(), signer, node, tmp_path)


@pytest.mark.server
def test_seed_flow_local_kms(local_kms, signer, node, tmp_path):
    seed_flow(local_kms, local_kms.key(), signer, node, tmp_path)
