"""signer-host verify and inspect with `file:` keys.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import subprocess

import pytest
from conftest import NOW, VECTORS, token_bytes
from jose_parts import claims_of, decode, encode, header_of, tampered

DAY = 86400
CASES = json.loads((VECTORS / "tokens_rsa2048.json").read_text())


@pytest.fixture(scope="module")
def key(keys):
    return f"file:{keys[2048]}"


@pytest.fixture(scope="module")
def token(signer, key):
    return signer.ok("mint", "--key", key, "--now", NOW, "--iss", "bench-7",
                     "--sub", "s", "--aud", "device-01", "--nbf", NOW).strip()


@pytest.fixture(scope="module")
def vector_keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vectors")
    for name, pem in CASES["public_keys"].items():
        (folder / f"{name}.pem").write_text(pem)
    return folder


# ---------------------------------------------------------------- vectors --


@pytest.mark.parametrize("case", CASES["cases"],
                         ids=lambda case: f"{case['group']}-{case['name']}")
def test_vector(case, signer, vector_keys, tmp_path):
    path = tmp_path / "token"
    path.write_bytes(token_bytes(case))
    result = signer("verify", "--key", f"file:{vector_keys}/{case['key']}.pem",
                    "--aud", CASES["audience"], "--now", CASES["now"],
                    "--token-file", path, text=False)
    if case["status"] == "KJWT_OK":
        assert result.returncode == 0 and result.stderr == b""
        part = token_bytes(case).split(b".")[1].decode()
        assert result.stdout == decode(part) + b"\n"
        return
    assert result.returncode == 1 and result.stdout == b""
    if case["status"] == "KEY_REFUSED":
        assert result.stderr.startswith(b"signer-host: ")
    else:
        assert result.stderr.startswith(
            f"rejected: {case['status']}: ".encode())


# --------------------------------------------------------------- verdicts --

ALL = ["--iss", "bench-7", "--sub", "s", "--aud", "device-01"]


def refused(result, status):
    assert result.returncode == 1 and result.stdout == ""
    lines = [line for line in result.stderr.splitlines()
             if not line.startswith("signer-host: warning: ")]
    assert len(lines) == 1
    assert lines[0].startswith(f"rejected: {status}: "), lines
    # Why, and what to do about it.
    assert len(lines[0].split(": ", 2)[2].split()) > 5


@pytest.mark.parametrize("options, status", [
    (ALL + ["--now", NOW], None),
    (["--aud", "device-01", "--now", NOW], None),
    (["--now", NOW], "KJWT_ERR_AUDIENCE"),
    (["--aud", "device-02", "--now", NOW], "KJWT_ERR_AUDIENCE"),
    (["--aud", "device-01", "--iss", "x", "--now", NOW], "KJWT_ERR_ISSUER"),
    (["--aud", "device-01", "--sub", "x", "--now", NOW], "KJWT_ERR_SUBJECT"),
    (ALL + ["--now", NOW + DAY - 1], None),
    (ALL + ["--now", NOW + DAY], "KJWT_ERR_EXPIRED"),
    (ALL + ["--now", NOW + DAY, "--leeway", "1"], None),
    (ALL + ["--now", NOW + DAY + 1, "--leeway", "1"], "KJWT_ERR_EXPIRED"),
    (ALL + ["--now", NOW - 1], "KJWT_ERR_NOT_YET_VALID"),
    (ALL + ["--now", NOW - 1, "--leeway", "1"], None),
    (ALL + ["--now", "0"], "KJWT_ERR_TIME_UNKNOWN"),
])
def test_policy(options, status, signer, key, token):
    result = signer("verify", "--key", key, *options, token)
    if status:
        refused(result, status)
    else:
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout) == claims_of(token)


def test_forged(signer, keys, key, token):
    at = ["--aud", "device-01", "--now", NOW]
    refused(signer("verify", "--key", key, *at, tampered(token)),
            "KJWT_ERR_SIGNATURE")
    refused(signer("verify", "--key", f"file:{keys[3072]}", *at, token),
            "KJWT_ERR_SIGNATURE_LENGTH")


def test_public_halves_verify(signer, keys, key, token, tmp_path):
    """Every exported form that is a key serves; private ones warn."""
    at = ["--aud", "device-01", "--now", NOW]
    for form in ("pem", "der", "pkcs1", "jwk", "jwks"):
        path = tmp_path / form
        signer.ok("key", "export", "--key", key, "--format", form, "-o", path)
        result = signer("verify", "--key", f"file:{path}", *at, token)
        assert result.returncode == 0 and result.stderr == ""
    assert "development key" in signer("verify", "--key", key, *at,
                                       token).stderr


def test_key_set(signer, keys, tmp_path):
    """The kid selects; without one, or with a stranger's, nothing is tried."""
    path = tmp_path / "keys.json"
    signer.ok("key", "export", "--key", f"file:{keys[2048]}", "--key",
              f"file:{keys[3072]}", "--format", "jwks", "-o", path)

    def verdict(key, *options):
        token = signer.ok("mint", "--key", f"file:{keys[key]}", "--now", NOW,
                          *options).strip()
        return signer("verify", "--key", f"file:{path}", "--now", NOW, token)

    assert verdict(2048).returncode == verdict(3072).returncode == 0
    refused(verdict(2048, "--no-kid"), "KJWT_ERR_KEY_AMBIGUOUS")
    refused(verdict(4096), "KJWT_ERR_KEY_UNKNOWN")


def test_equal_kids_are_refused(signer, key, token, tmp_path):
    jwk = json.loads(signer.ok("key", "export", "--key", key,
                               "--format", "jwk"))
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [jwk, jwk]}))
    result = signer("verify", "--key", f"file:{path}", token)
    assert result.returncode == 1 and result.stdout == ""
    assert "kid" in result.stderr


def test_json(signer, key, token):
    at = ["--json", "--key", key, "--aud", "device-01"]
    accepted = signer("verify", *at, "--now", NOW, token)
    assert accepted.returncode == 0
    assert json.loads(accepted.stdout)["claims"] == claims_of(token)
    rejected = signer("verify", *at, "--now", NOW + DAY, token)
    assert rejected.returncode == 1
    assert json.loads(rejected.stdout)["status"] == "KJWT_ERR_EXPIRED"


# ------------------------------------------------------ the token's bytes --

SUFFIXES = [  # bytes after the token, accepted from "-", from --token-file
    (b"", True, True), (b"\n", True, False), (b"\r\n", True, False),
    (b"\n\n", False, False), (b"\r", False, False), (b"\r\r\n", False, False),
    (b" ", False, False), (b" \n", False, False), (b"\0", False, False),
    (b"\n\r", False, False), (b"\r\n\r\n", False, False),
]


@pytest.mark.parametrize("suffix, from_stdin, from_file", SUFFIXES)
def test_newlines(suffix, from_stdin, from_file, signer, key, token, tmp_path):
    data = token.encode() + suffix
    path = tmp_path / "token"
    path.write_bytes(data)
    at = ["verify", "--key", key, "--aud", "device-01", "--now", NOW]
    results = [signer(*at, "-", stdin=data, text=False),
               signer(*at, "--token-file", path, text=False)]
    for result, accepted in zip(results, (from_stdin, from_file)):
        assert result.returncode == (0 if accepted else 1), result.stderr
        if not accepted:
            assert result.stdout == b""
            assert b"rejected: KJWT_ERR_" in result.stderr


BLOBS = {
    "empty": b"", "NUL": b"\0", "NULs": b"\0" * 5000, "newline": b"\n",
    "1 MB": b"A" * 1_000_000, "1 MB of dots": b"." * 1_000_000,
    "2 MB": b"eyJ" * 700_000, "0xff": b"\xff" * 100, "dots": b"..",
}


@pytest.mark.parametrize("name", BLOBS)
@pytest.mark.parametrize("source", ["-", "--token-file"])
def test_blobs(source, name, signer, key, tmp_path):
    path = tmp_path / "token"
    path.write_bytes(BLOBS[name])
    words = ["-"] if source == "-" else ["--token-file", path]
    result = signer("verify", "--key", key, *words, stdin=BLOBS[name],
                    text=False)
    assert result.returncode == 1 and result.stdout == b""
    assert b"rejected: KJWT_ERR_" in result.stderr


def test_blobs_as_argument(signer, key, token):
    for text in ("", " ", token + "\n", "a.b.c", token * 3):
        result = signer("verify", "--key", key, "--now", NOW, "--", text)
        assert result.returncode == 1 and result.stdout == ""
        assert "rejected: KJWT_ERR_" in result.stderr


@pytest.mark.parametrize("path", ["missing", "."])
@pytest.mark.parametrize("command", ["verify", "inspect"])
def test_unreadable_file(command, path, signer, key, tmp_path):
    keys = ["--key", key] if command == "verify" else []
    result = signer(command, *keys, "--token-file", path, cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert "cannot read" in result.stderr


@pytest.mark.parametrize("options", [
    ["--leeway", "-1"], ["--leeway", "4294967296"], ["--leeway", ""],
    ["--now", "1.5"], ["--now", "-1"], ["--now", "99999999999999999999"],
])
def test_usage(options, signer, key, token):
    result = signer("verify", "--key", key, *options, token)
    assert result.returncode == 2 and result.stdout == ""


def test_standard_input_is_closed(signer, key):

    result = subprocess.run([signer.path, "verify", "--key", key, "-"],
                            capture_output=True,
                            preexec_fn=lambda: os.close(0))
    assert result.returncode == 2 and result.stdout == b""


# ---------------------------------------------------------------- inspect --


def test_inspect(signer, token):
    text = signer.ok("inspect", "--now", NOW, token)
    assert "UNVERIFIED" in text.splitlines()[0]
    for part in (header_of(token), claims_of(token)):
        assert json.dumps(part, separators=(",", ":")) in text
    assert "2027-01-15T08:00:00Z" in text and "256 bytes" in text
    shown = json.loads(signer.ok("inspect", "--json", "--now", NOW, token))
    assert shown["verified"] is False and shown["objections"] == []
    assert shown["header"] == header_of(token)
    assert shown["claims"] == claims_of(token)
    assert signer.ok("inspect", "--now", NOW, "-", stdin=token + "\n") == text


def made(header, claims, signature=b"\1" * 256):
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode()
             for part in (header, claims)]
    return ".".join(map(encode, [*parts, signature]))


GOOD = {"alg": "RS256"}
LIVE = {"exp": NOW + 1}


@pytest.mark.parametrize("token, status", [
    (made(GOOD, {"exp": NOW}), "KJWT_ERR_EXPIRED"),
    (made(GOOD, {}), "KJWT_ERR_EXP_MISSING"),
    (made(GOOD, {"exp": "x"}), "KJWT_ERR_NUMERIC_DATE"),
    (made(GOOD, {**LIVE, "nbf": NOW + 1}), "KJWT_ERR_NOT_YET_VALID"),
    (made(GOOD, {**LIVE, "iss": 1}), "KJWT_ERR_CLAIM_TYPE"),
    (made(GOOD, b'{"exp":1,"exp":2}'), "KJWT_ERR_JSON_DUPLICATE"),
    (made({"alg": "none"}, LIVE, b""), "KJWT_ERR_SERIALIZATION"),
    (made({"alg": "none"}, LIVE), "KJWT_ERR_ALG"),
    (made({"alg": "HS256"}, LIVE, b"\1" * 32), "KJWT_ERR_ALG"),
    (made({**GOOD, "crit": ["x"]}, LIVE), "KJWT_ERR_CRIT"),
    (made({**GOOD, "b64": False}, LIVE), "KJWT_ERR_B64"),
    (made({**GOOD, "typ": "JOSE"}, LIVE), "KJWT_ERR_TYP"),
    (made({**GOOD, "kid": 1}, LIVE), "KJWT_ERR_KID"),
    (made(GOOD, LIVE, b"\1" * 255), "KJWT_ERR_SIGNATURE_LENGTH"),
    (made(GOOD, {**LIVE, "x": "y" * 4000}), "KJWT_ERR_LIMIT_TOKEN"),
    (made(GOOD, {**LIVE, "x": [1] * 50}), "KJWT_ERR_LIMIT_JSON_TOKENS"),
    (made(GOOD, LIVE) + "=", "KJWT_ERR_BASE64URL"),
    (made(GOOD, LIVE) + ".AA", "KJWT_ERR_SERIALIZATION"),
])
def test_inspect_objects(token, status, signer):
    result = signer("inspect", "--now", NOW, token)
    assert f"a device would object: {status}: " in result.stdout
    shown = json.loads(signer("inspect", "--json", "--now", NOW,
                              token).stdout)
    assert status in [row["status"] for row in shown["objections"]]
    assert shown["verified"] is False


# What takes a key or a policy to see.
UNSEEN = ("KEY_REFUSED", "KJWT_ERR_SIGNATURE", "KJWT_ERR_SIGNATURE_LENGTH",
          "KJWT_ERR_SIGNATURE_RANGE", "KJWT_ERR_AUDIENCE")
# jansson, which reads the claims that are shown, takes no number beyond a
# double: the aud that the token expects is not found.
BEYOND_DOUBLE = ("exp-1e400", "exp-400digits")


@pytest.mark.parametrize("case", [
    case for case in CASES["cases"] if case["status"] not in UNSEEN
    and case["name"] not in BEYOND_DOUBLE],
    ids=lambda case: f"{case['group']}-{case['name']}")
def test_inspect_vector(case, signer, tmp_path):
    path = tmp_path / "token"
    path.write_bytes(token_bytes(case))
    shown = signer("inspect", "--now", CASES["now"], "--token-file", path)
    objected = [line.split(": ")[1] for line in shown.stdout.splitlines()
                if line.startswith("a device would object: ")]
    if case["status"] == "KJWT_OK":
        assert objected == [] and shown.returncode == 0
    else:
        assert case["status"] in objected


@pytest.mark.parametrize("name", BLOBS)
def test_inspect_of_no_token(name, signer, tmp_path):
    path = tmp_path / "token"
    path.write_bytes(BLOBS[name])
    result = signer("inspect", "--token-file", path, text=False)
    assert result.returncode == 1
    assert b"signer-host: " in result.stderr


def test_inspect_spares_the_terminal(signer):
    """Control characters of a stranger's token are not written out."""
    claims = b'{"exp":1900000000,"x":"\\u001b[2J\\u009b\x7f\xc2\x9b"}'
    for token in (made(GOOD, claims), made(GOOD, b"\x1b[2J\x9b"),
                  made(b"\x1b]0;x\x07", claims)):
        for option in ([], ["--json"]):
            out = signer("inspect", *option, "--now", NOW, token,
                         text=False).stdout.decode()
            assert not any(ord(char) < 0x20 and char != "\n" or
                           0x7f <= ord(char) < 0xa0 for char in out)
