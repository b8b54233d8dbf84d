"""signer-host mint with `file:` keys: header, claims, limits, output files.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import resource
import signal
import stat
import subprocess
import time

import pytest
from conftest import NOW
from jose_parts import (check_signature, claims_of, decode, header_of,
                        thumbprint)

DAY = 86400


@pytest.fixture(scope="module")
def key(keys):
    return f"file:{keys[2048]}"


@pytest.fixture(scope="module")
def mint(signer, key):
    """mint at NOW; the claims of the token printed."""

    def run(*arguments, **more):
        return signer("mint", "--key", key, "--now", NOW, *arguments, **more)

    return run


def minted(result):
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("\n") and result.stdout.count("\n") == 1
    return result.stdout[:-1]


# ---------------------------------------------------------------- a token --


@pytest.mark.parametrize("bits", (2048, 3072, 4096))
def test_token(bits, signer, keys):
    result = signer("mint", "--key", f"file:{keys[bits]}", "--now", NOW)
    token = minted(result)
    assert header_of(token) == {"alg": "RS256", "typ": "JWT",
                                "kid": thumbprint(keys[bits])}
    assert claims_of(token) == {"iat": NOW, "exp": NOW + DAY}
    check_signature(token, keys[bits])
    assert "development key" in result.stderr


def test_the_clock_is_the_default(signer, key):
    before = int(time.time())
    claims = claims_of(minted(signer("mint", "--key", key)))
    # signer-host may read the clock of the last tick.
    assert before - 1 <= claims["iat"] <= time.time()
    assert claims["exp"] == claims["iat"] + DAY


CLAIMS = [  # arguments, claims beside iat, exp - now
    (["--iss", "i", "--sub", "s", "--aud", "a"],
     {"iss": "i", "sub": "s", "aud": "a"}, DAY),
    (["--aud", "a", "--aud", "b"], {"aud": ["a", "b"]}, DAY),
    (["--iss", 'q"\\/\té\x7f'], {"iss": 'q"\\/\té\x7f'}, DAY),
    (["--iss="], {"iss": ""}, DAY),
    (["--ttl", "90"], {}, 90),
    (["--ttl", "90s"], {}, 90),
    (["--ttl", "15m"], {}, 900),
    (["--ttl", "2h"], {}, 7200),
    (["--ttl", "7d"], {}, 7 * DAY),
    (["--exp", str(NOW + 1)], {}, 1),
    (["--exp", "253402300799"], {}, 253402300799 - NOW),
    (["--no-exp"], {}, None),
    (["--nbf", str(NOW - 5)], {"nbf": NOW - 5}, DAY),
    (["--nbf", str(NOW + 60)], {"nbf": NOW + 60}, DAY),
    (["--jti", "one"], {"jti": "one"}, DAY),
    (["--claim", "role=service"], {"role": "service"}, DAY),
    (["--claim", "eq=a=b:=c"], {"eq": "a=b:=c"}, DAY),
    (["--claim", "level:=3"], {"level": 3}, DAY),
    (["--claim", 'deep:={"a":[1,true,null,"x"]}'],
     {"deep": {"a": [1, True, None, "x"]}}, DAY),
    (["--claim", "empty="], {"empty": ""}, DAY),
    (["--claim", "number=3"], {"number": "3"}, DAY),
    (["--claim", "a:b=c"], {"a:b": "c"}, DAY),
    (["--claim", f"exp:={NOW + 7}"], {}, 7),
    (["--claim", "iss=by-claim"], {"iss": "by-claim"}, DAY),
    (["--claim", 'aud:=["a"]'], {"aud": ["a"]}, DAY),
    (["--claim", "https://example.org/r=1"],
     {"https://example.org/r": "1"}, DAY),
]


@pytest.mark.parametrize("arguments, claims, lifetime", CLAIMS)
def test_claims(arguments, claims, lifetime, mint, keys):
    token = minted(mint(*arguments))
    expected = {**claims, "iat": NOW}
    if lifetime is not None:
        expected["exp"] = NOW + lifetime
    assert claims_of(token) == expected
    check_signature(token, keys[2048])


def test_jti_auto(mint):
    ids = {claims_of(minted(mint("--jti", "auto")))["jti"] for _ in range(8)}
    assert len(ids) == 8
    assert all(len(jti) >= 22 for jti in ids)


PRECEDENCE = [  # claims file, options, what comes out
    ({"iss": "file", "level": 1}, ["--iss", "option"],
     {"iss": "option", "level": 1, "iat": NOW, "exp": NOW + DAY}),
    ({"level": 1}, ["--claim", "level:=2"],
     {"level": 2, "iat": NOW, "exp": NOW + DAY}),
    ({"iat": NOW - 9, "exp": NOW + 9}, [], {"iat": NOW - 9, "exp": NOW + 9}),
    ({"exp": NOW + 9}, ["--ttl", "5s"], {"iat": NOW, "exp": NOW + 5}),
    ({"exp": NOW + 9}, ["--exp", str(NOW + 6)], {"iat": NOW, "exp": NOW + 6}),
    ({"exp": NOW + 9}, ["--no-exp"], {"iat": NOW}),
    ({"nbf": NOW + 9}, ["--nbf", str(NOW + 2)],
     {"nbf": NOW + 2, "iat": NOW, "exp": NOW + DAY}),
    ({"aud": ["a", "b"]}, ["--aud", "c"],
     {"aud": "c", "iat": NOW, "exp": NOW + DAY}),
    ({"jti": "file"}, ["--jti", "option"],
     {"jti": "option", "iat": NOW, "exp": NOW + DAY}),
    ({"iat": NOW - 50}, [], {"iat": NOW - 50, "exp": NOW - 50 + DAY}),
    ({}, [], {"iat": NOW, "exp": NOW + DAY}),
]


@pytest.mark.parametrize("source", ["file", "-"])
@pytest.mark.parametrize("claims, options, expected", PRECEDENCE)
def test_claims_file(claims, options, expected, source, mint, tmp_path):
    text = json.dumps(claims, indent=1)
    path = tmp_path / "claims.json"
    path.write_text(text)
    token = minted(mint("--claims", "-" if source == "-" else path, *options,
                        stdin=text))
    assert claims_of(token) == expected


@pytest.mark.parametrize("text", [
    "1.0", "1e2", "-0", "123456789012345678901234567890", "0.1e-7",
    '"\\u00e9\\/"', '[1.50,{"b":2,"a":1}]',
])
def test_values_reach_the_token_as_written(text, mint):
    token = minted(mint("--claim", f"x:={text}"))
    assert f'"x":{text}'.encode() in decode(token.split(".")[1])


# ----------------------------------------------------------------- header --


@pytest.mark.parametrize("arguments, changes", [
    (["--kid", "k1"], {"kid": "k1"}),
    (["--kid", 'q"é'], {"kid": 'q"é'}),
    (["--no-kid"], {"kid": None}),
    (["--header", "cty=text"], {"cty": "text"}),
    (["--header", "typ=jwt"], {"typ": "jwt"}),
    (["--header", "typ=at+jwt"], {"typ": "at+jwt"}),
    (["--header", "x=a=b", "--header", "y="], {"x": "a=b", "y": ""}),
])
def test_header(arguments, changes, mint, keys):
    expected = {"alg": "RS256", "typ": "JWT", "kid": thumbprint(keys[2048]),
                **changes}
    expected = {name: value for name, value in expected.items()
                if value is not None}
    token = minted(mint(*arguments))
    assert header_of(token) == expected
    check_signature(token, keys[2048])


# --------------------------------------------------------------- refusals --

USAGE = [
    ["--iss", "a", "--claim", "iss=b"], ["--claim", "a=1", "--claim", "a=2"],
    ["--claim", "a=1", "--claim", "a:=2"], ["--ttl", "1h", "--exp", "1"],
    ["--ttl", "1h", "--no-exp"], ["--exp", str(NOW + 1), "--no-exp"],
    ["--ttl", "1h", "--claim", "exp:=1"], ["--aud", "a", "--claim", "aud=b"],
    ["--nbf", "1", "--claim", "nbf:=1"], ["--jti", "a", "--claim", "jti=b"],
    ["--iss", "a", "--iss", "b"], ["--header", "alg=RS256"],
    ["--header", "kid=x"], ["--header", "crit=x"], ["--header", "b64=x"],
    ["--header", "x=1", "--header", "x=2"], ["--header", "x"],
    ["--kid", "a", "--no-kid"], ["--kid", ""], ["--ttl", "0"],
    ["--ttl", "-1h"], ["--ttl", "1w"], ["--ttl", "1.5h"], ["--ttl", ""],
    ["--ttl", "99999999999999999999d"], ["--exp", "soon"], ["--exp", "1e9"],
    ["--exp", "-1"], ["--nbf", ""], ["--claim", "novalue"],
    ["--claim", "=x"], ["--claim", ":=1"], ["--claim", "x:="],
    ["--claim", "x:=nope"], ["--claim", "x:={\"a\":1,\"a\":2}"],
    ["--claims", "missing.json"], ["--now", "tomorrow"],
    ["--iss", b"\xff\xfe"], ["--message-type", "HASH"],
]


@pytest.mark.parametrize("arguments", USAGE)
def test_usage(arguments, signer, key, tmp_path):
    now = [] if "--now" in arguments else ["--now", NOW]
    words = ["mint", "--key", key, *now, "-o", tmp_path / "token", *arguments]
    words = [word if isinstance(word, bytes) else str(word).encode()
             for word in words]
    result = subprocess.run([str(signer.path).encode(), *words],
                            capture_output=True, cwd=tmp_path)
    # --claim NAME:=JSON with duplicates is a refused claim or a bad option.
    statuses = (1, 2) if b'"a":1,"a"' in words[-1] else (2,)
    assert result.returncode in statuses, result.stderr
    assert result.stdout == b""
    assert result.stderr.startswith(b"signer-host: ")
    assert list(tmp_path.iterdir()) == []


REFUSED = [  # claims file or None, options, words in the message
    (None, ["--exp", str(NOW - 1)], ["exp"]),
    (None, ["--exp", str(NOW)], ["exp"]),
    ({"exp": NOW - 1}, [], ["exp"]),
    ({"iat": NOW - 2 * DAY}, [], ["exp"]),
    (None, ["--claim", "exp:=1"], ["exp"]),
    (None, ["--nbf", str(NOW + 50), "--exp", str(NOW + 50)], ["nbf", "exp"]),
    (None, ["--nbf", str(NOW + 50), "--exp", str(NOW + 49)], ["nbf", "exp"]),
    (None, ["--nbf", str(NOW + 2 * DAY)], ["nbf", "exp"]),
    ({"iat": NOW + 50, "exp": NOW + 50}, [], ["iat", "exp"]),
    (None, ["--claim", 'exp:="soon"'], ["exp"]),
    (None, ["--claim", 'nbf:="soon"'], ["nbf"]),
    (None, ["--claim", "iss:=1"], ["iss"]),
    (None, ["--claim", "aud:=[1]"], ["aud"]),
    ({"sub": ["x"]}, [], ["sub"]),
    ({"iat": "now"}, [], ["iat"]),
    ("[1]", [], ["object"]),
    ('"text"', [], ["object"]),
    ("", [], []),
    ("{", [], []),
    ('{"a":1} x', [], []),
    ('{"a":1}{"b":2}', [], []),
    ('{"a":1,"a":2}', [], ["a"]),
    ('{"a":1,"\\u0061":2}', [], ["a"]),
    ('{"deep":{"x":1,"x":1}}', [], ["x"]),
    ('{"a":"\\u0000"}', [], []),
    ('{"a\\u0000b":1}', [], []),
    ('{"a":1}\0', [], []),
    ('{"a":\0"x"}', [], []),
    ('{"a":01}', [], []),
    ("{'a':1}", [], []),
    (b'{"a":"\xff"}', [], []),
    (b'\xef\xbb\xbf{"a":1}', [], []),
    ('{"a":"\\ud800"}', [], []),
]


@pytest.mark.parametrize("claims, options, words", REFUSED)
def test_refused(claims, options, words, mint, tmp_path):
    path = tmp_path / "claims.json"
    if claims is not None:
        text = json.dumps(claims) if isinstance(claims, dict) else claims
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        options = ["--claims", path, *options]
    output = tmp_path / "out" / "token"
    output.parent.mkdir()
    for extra in ([], ["-o", output]):
        result = mint(*options, *extra)
        assert result.returncode == 1, (result.returncode, result.stderr)
        assert result.stdout == ""
        message = result.stderr.splitlines()[-1]
        assert message.startswith("signer-host: ")
        assert all(word in message for word in words), message
    assert list(output.parent.iterdir()) == []


def token_length(claims_length, kid_length):
    header = len('{"alg":"RS256","typ":"JWT"}')
    if kid_length:
        header += len(',"kid":""') + kid_length
    return sum((4 * n + 2) // 3 for n in (header, claims_length, 256)) + 2


def test_longest_token(mint):
    """A device takes 4,096 bytes and not one more."""
    claims = len(f'{{"p":"","iat":{NOW},"exp":{NOW + DAY}}}')
    pad = next(pad for pad in range(4096)
               if token_length(claims + pad + 1, 43) > 4096)
    token = minted(mint("--claim", "p=" + "x" * pad))
    assert len(token) == token_length(claims + pad, 43) >= 4095
    result = mint("--claim", "p=" + "x" * (pad + 1))
    assert result.returncode == 1 and result.stdout == ""
    assert "KJWT_ERR_LIMIT_TOKEN" in result.stderr


# What iat and exp leave of 48: the object, two names, two numbers.
@pytest.mark.parametrize("value, fits, status", [
    ("[" + ",".join("1" * 41) + "]", True, None),
    ("[" + ",".join("1" * 42) + "]", False, "KJWT_ERR_LIMIT_JSON_TOKENS"),
    ("[" * 7 + "]" * 7, True, None),
    ("[" * 8 + "]" * 8, False, "KJWT_ERR_LIMIT_JSON_DEPTH"),
    ('{"a":' * 7 + "1" + "}" * 7, True, None),
    ('{"a":' * 8 + "1" + "}" * 8, False, "KJWT_ERR_LIMIT_JSON_DEPTH"),
])
def test_device_limits(value, fits, status, mint):
    result = mint("--claim", f"x:={value}")
    assert result.returncode == (0 if fits else 1), result.stderr
    if not fits:
        assert result.stdout == "" and status in result.stderr


def test_long_claims_file(mint, tmp_path):
    path = tmp_path / "claims.json"
    path.write_text(json.dumps({"x": "y" * 2_000_000}))
    result = mint("--claims", path)
    assert result.returncode in (1, 2) and result.stdout == ""


@pytest.mark.parametrize("half", ["pem", "jwks"])
def test_a_public_key_does_not_sign(half, signer, key, tmp_path):
    path = tmp_path / "public"
    signer.ok("key", "export", "--key", key, "--format", half, "-o", path)
    result = signer("mint", "--key", f"file:{path}")
    assert result.returncode == 1 and result.stdout == ""
    assert "public" in result.stderr


# ----------------------------------------------------------- output files --


def test_output_file(mint, tmp_path):
    path = tmp_path / "token"
    for umask in (0o000, 0o077, 0o777):
        result = mint("-o", path, preexec_fn=lambda: os.umask(umask))
        assert result.returncode == 0 and result.stdout == "", result.stderr
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text().count("\n") == 0
        assert claims_of(path.read_text())["iat"] == NOW
    assert os.listdir(tmp_path) == ["token"]


def test_output_replaces_whole(mint, tmp_path):
    path = tmp_path / "token"
    path.write_text("x" * 10000)
    path.chmod(0o644)
    assert mint("-o", path).returncode == 0
    assert path.read_text().count(".") == 2 and "x" * 100 not in \
        path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def limited_files():
    """As on a full disk: no file takes more than 10 bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))


@pytest.mark.parametrize("kept", [False, True])
def test_nothing_half_written(kept, mint, tmp_path):
    path = tmp_path / "token"
    if kept:
        path.write_text("the one before")
    result = mint("-o", path, preexec_fn=limited_files)
    assert result.returncode == 2 and result.stdout == ""
    assert str(path) in result.stderr
    assert os.listdir(tmp_path) == (["token"] if kept else [])
    assert not kept or path.read_text() == "the one before"


@pytest.mark.parametrize("path", [
    "/dev/full", "missing/token", "/proc/token", ".", "/", "x" * 300, "",
])
def test_places_that_take_no_file(path, mint, tmp_path):
    result = mint("-o", path, cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert "cannot write" in result.stderr
    assert os.listdir(tmp_path) == []


def test_output_through_links(mint, tmp_path):
    """A link stays and its target is written, also where that is a pipe
    (/dev/stdout); one that leads nowhere is refused."""
    places = {"to-file": tmp_path / "token", "to-pipe": "/proc/self/fd/1",
              "nowhere": "missing"}
    (tmp_path / "token").write_text("the one before")
    for name, target in places.items():
        (tmp_path / name).symlink_to(target)
    assert mint("-o", tmp_path / "to-file").stdout == ""
    assert claims_of((tmp_path / "token").read_text())["iat"] == NOW
    assert claims_of(mint("-o", tmp_path / "to-pipe").stdout)["iat"] == NOW
    assert mint("-o", tmp_path / "nowhere").returncode == 2
    assert all((tmp_path / name).is_symlink() for name in places)
    assert sorted(os.listdir(tmp_path)) == sorted([*places, "token"])


INTERRUPTING = """
#include <signal.h>
int fsync(int fd) { (void)fd; return raise(SIGINT); }
"""


def test_interrupted_while_writing(mint, tmp_path):
    """Ctrl-C while the disk is slow leaves no part of a token behind."""
    library = tmp_path / "fsync.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o", library],
                   input=INTERRUPTING, text=True, check=True)
    folder = tmp_path / "out"
    folder.mkdir()
    result = mint("-o", folder / "token", env={
        "LD_PRELOAD": str(library),
        "ASAN_OPTIONS": "verify_asan_link_order=0"})
    assert result.returncode == -signal.SIGINT
    assert os.listdir(folder) == ["token"]
    assert claims_of((folder / "token").read_text())["iat"] == NOW
