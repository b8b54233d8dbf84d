"""signer-host against an emulator that knows key states: RAW and DIGEST, key states, key usages. The
tokens are verified by signer-host, by Python, and by the verify shell.
SPDX-License-Identifier: Apache-2.0
"""

import json

import pytest
from conftest import NOW, Shell
from jose_parts import check_signature, claims_of, header_of, tampered, \
    thumbprint

pytestmark = pytest.mark.server

BITS = (2048, 3072, 4096)


@pytest.fixture(scope="module")
def env(local_kms):
    return local_kms.environment()


@pytest.fixture(scope="module")
def uris(local_kms):
    made = {}
    for bits in BITS:
        local_kms.key(f"rsa{bits}", spec=f"RSA_{bits}")
        made[bits] = local_kms.uri(f"alias/rsa{bits}")
    return made


@pytest.fixture(scope="module")
def exported(signer, uris, env, tmp_path_factory):
    """The public keys as files: PEM by size, and all of them in C."""
    folder = tmp_path_factory.mktemp("local")
    for bits, uri in uris.items():
        signer.ok("key", "export", "--key", uri, "--format", "pem", "-o",
                  folder / f"{bits}.pem", env=env)
    signer.ok("key", "export", "--format", "c", "-o", folder / "keys.c", *(
        word for uri in uris.values() for word in ("--key", uri)), env=env)
    return folder


def test_mint(signer, uris, env, exported):
    """RAW and DIGEST give the same token, which everybody accepts."""
    tokens = []
    for bits, uri in uris.items():
        pem = exported / f"{bits}.pem"
        pair = [signer.ok("mint", "--key", uri, "--now", NOW, "--aud", "d",
                          *options, env=env).strip()
                for options in ([], ["--message-type", "RAW"],
                                ["--message-type", "DIGEST"])]
        assert pair[0] == pair[1] == pair[2]
        assert header_of(pair[0])["kid"] == thumbprint(pem)
        check_signature(pair[0], pem)
        signer.ok("verify", "--key", f"file:{pem}", "--now", NOW, "--aud",
                  "d", pair[0])
        tokens.append(pair[0])
    answers = Shell("posix", exported / "keys.c")([
        f"now {NOW}", "aud d", *tokens, *map(tampered, tokens)])
    assert [json.loads(answer.removeprefix("accepted "))
            for answer in answers[2:5]] == list(map(claims_of, tokens))
    assert answers[5:] == ["rejected KJWT_ERR_SIGNATURE"] * 3


def refused(result, *words):
    assert result.returncode == 1, (result.returncode, result.stderr)
    assert result.stdout == ""
    message = result.stderr.splitlines()[-1]
    assert message.startswith("signer-host: ")
    for word in words:
        assert word in message, message


def test_disabled_key(local_kms, signer, env):
    key_id = local_kms.key()
    local_kms.kms.disable_key(KeyId=key_id)
    uri = local_kms.uri(key_id)
    refused(signer("mint", "--key", uri, env=env), "DisabledException",
            "enable")
    local_kms.kms.enable_key(KeyId=key_id)
    signer.ok("mint", "--key", uri, env=env)


def test_pending_deletion(local_kms, signer, env):
    key_id = local_kms.key()
    local_kms.kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    refused(signer("mint", "--key", local_kms.uri(key_id), env=env),
            "KMSInvalidStateException", "deletion")


def test_show_tells_the_state(local_kms, signer, env):
    """Also of keys that GetPublicKey does not serve."""
    for change, state in (
            (lambda kms, key: None, "Enabled"),
            (lambda kms, key: kms.disable_key(KeyId=key), "Disabled"),
            (lambda kms, key: kms.schedule_key_deletion(
                KeyId=key, PendingWindowInDays=7), "PendingDeletion")):
        key_id = local_kms.key()
        change(local_kms.kms, key_id)
        result = signer("key", "show", "--key", local_kms.uri(key_id),
                        env=env)
        assert result.returncode == 0, result.stderr
        assert state in result.stdout


@pytest.mark.parametrize("spec, usage, word", [
    ("RSA_2048", "ENCRYPT_DECRYPT", "ENCRYPT_DECRYPT"),
    ("ECC_NIST_P256", "SIGN_VERIFY", "ECC_NIST_P256"),
])
def test_other_keys(spec, usage, word, local_kms, signer, env):
    uri = local_kms.uri(local_kms.key(spec=spec, usage=usage))
    for command in (["mint"], ["key", "export", "--format", "c"]):
        refused(signer(*command, "--key", uri, env=env), word)


def test_symmetric_key(local_kms, signer, env):
    key = local_kms.kms.create_key()["KeyMetadata"]["KeyId"]
    refused(signer("mint", "--key", local_kms.uri(key), env=env))


@pytest.mark.parametrize("key", [
    "alias/none", "11111111-2222-3333-4444-555555555555"])
def test_unknown_key(key, local_kms, signer, env):
    refused(signer("mint", "--key", local_kms.uri(key), env=env),
            "NotFoundException")


def test_create(local_kms, signer):
    env = local_kms.environment(AWS_ENDPOINT_URL_KMS=local_kms.url)
    arn = signer.ok("key", "create", "--alias", "fresh", env=env).strip()
    assert local_kms.kms.describe_key(
        KeyId="alias/fresh")["KeyMetadata"]["Arn"] == arn
    token = signer.ok("mint", "--key", "awskms:///alias/fresh",
                      env=env).strip()
    signer.ok("verify", "--key", f"awskms:///{arn}", token, env=env)
    again = signer("key", "create", "--alias", "fresh", env=env)
    refused(again, "alias/fresh")
