"""Rotation, revocation, delegation and streaming on the boards: the verify
shell's keyset, cert and stream, with what signer-host makes for it.
SPDX-License-Identifier: Apache-2.0
"""

import re

import pytest
from conftest import NOW, Shell, token_bytes, token_line
from test_key_set import Bench, made

BOARDS = ("microbit", "mps2-an385", "riscv32-virt", "posix")
DAY = 86400


@pytest.fixture(scope="module")
def bench(tmp_path_factory, signer):
    return Bench(tmp_path_factory.mktemp("board-keys"), signer)


@pytest.fixture(scope="module")
def key_file(bench):
    path = bench.folder / "keys.c"
    bench.signer.ok("key", "export", "--key", bench.public("one"), "--root",
                    bench.public("root"), "--format", "c", "-o", path)
    return path


@pytest.fixture(scope="module")
def shell(request, key_file):
    return Shell(request.param, key_file)


every_board = pytest.mark.parametrize("shell", BOARDS, indirect=True)


def check(shell, rows):
    """Rows of a line and what its answer begins with."""
    answers = shell([line for line, _ in rows])
    assert len(answers) == len(rows), answers[-3:]
    for (line, expected), answer in zip(rows, answers):
        assert answer.startswith(expected), (line[:60], answer)
    return answers


def token(bench, name, *arguments, ttl="1h"):
    return made(bench.signer("mint", "--key", bench.private(name), "--now",
                             NOW, "--aud", "device-1", "--ttl", ttl,
                             *arguments))


def key_set(bench, version, *names, revoked=(), root="root"):
    return made(bench.key_set(
        "--version", version, *(f"--add={bench.public(name)}"
                                for name in names),
        *(f"--revoke={bench.public(name)}" for name in revoked), root=root))


def delegated(bench, aud="device-1", key="one", holder="bench"):
    """A certificate for the holder's key and a token of the bench's."""
    return (made(bench.certificate("--mint-iss", "bench-7", "--mint-aud", aud,
                                   key=key, bench=holder)),
            token(bench, "bench", "--iss", "bench-7"))


START = [(f"now {NOW}", "ok"), ("aud device-1", "ok")]
ACCEPTED = 'accepted {'


# -------------------------------------------------------------- rotation --


@every_board
def test_rotation(shell, bench):
    one, two, root = (token(bench, name) for name in ("one", "two", "root"))
    first = key_set(bench, 1, "two")
    other = key_set(bench, 1, "one", "two")
    both = key_set(bench, 2, "two", "bench")
    broken = first[:-8] + ("AAAAAAAA" if first[-8:] != "AAAAAAAA" else
                           "BBBBBBBB")
    by_device = key_set(bench, 3, "bench", root="two")
    check(shell, START + [
        ("keyset", "keyset none"),
        (one, ACCEPTED),
        (two, "rejected KJWT_ERR_SIGNATURE"),
        (root, "rejected KJWT_ERR_SIGNATURE"),
        (f"keyset {broken}", "rejected KJWT_ERR_"),
        ("keyset", "keyset none"),
        (one, ACCEPTED),
        (f"keyset {first}", "accepted version 1 keys 1 revoked 0"),
        (two, ACCEPTED),
        (one, "rejected KJWT_ERR_SIGNATURE"),
        (root, "rejected KJWT_ERR_SIGNATURE"),
        (f"keyset {other}", "rejected KJWT_ERR_KEYSET_VERSION"),
        (f"keyset {first}", "accepted version 1"),
        (f"keyset {by_device}", "rejected KJWT_ERR_SIGNATURE"),
        ("reboot", "ok"),
        ("keyset", "keyset version 1 keys 1 revoked 0"),
        START[0],
        (two, ACCEPTED),
        (f"keyset {both}", "accepted version 2 keys 2 revoked 0"),
        (two, ACCEPTED),
        (token(bench, "bench"), ACCEPTED),
        (token(bench, "bench", "--no-kid"), "rejected KJWT_ERR_KEY_AMBIGUOUS"),
        (one, "rejected KJWT_ERR_KEY_UNKNOWN"),
        (f"keyset {first}", "rejected KJWT_ERR_KEYSET_VERSION"),
        ("reboot", "ok"),
        (f"keyset {first}", "rejected KJWT_ERR_KEYSET_VERSION"),
        (f"keyset {broken}", "rejected KJWT_ERR_"),
        ("keyset", "keyset version 2 keys 2 revoked 0"),
    ])


@every_board
def test_revocation(shell, bench, tmp_path):
    """A revoked key stays so under another kid, in a later set, after a
    restart; a compiled-in one as well."""
    jwk = tmp_path / "renamed.jwk"
    jwk.write_text(bench.signer.ok("key", "export", "--key",
                                   bench.public("two"), "--kid", "renamed",
                                   "--format", "jwk"))
    renamed = made(bench.key_set("--version", 3, "--add", f"file:{jwk}"))
    certificate, by_bench = delegated(bench)
    pair = f"cert {certificate} {by_bench}"
    check(shell, START + [
        (pair, ACCEPTED),
        (f"keyset {key_set(bench, 1, 'one', 'two')}", "accepted version 1"),
        (pair, ACCEPTED),
        (f"keyset {key_set(bench, 2, 'one', revoked=['two', 'bench'])}",
         "accepted version 2 keys 1 revoked 2"),
        (token(bench, "two"), "rejected KJWT_ERR_SIGNATURE"),
        (pair, "rejected KJWT_ERR_KEY_REVOKED"),
        (f"keyset {key_set(bench, 3, 'two')}",
         "rejected KJWT_ERR_KEY_REVOKED"),
        (f"keyset {renamed}", "rejected KJWT_ERR_KEY_REVOKED"),
        ("reboot", "ok"),
        START[0],
        (f"keyset {renamed}", "rejected KJWT_ERR_KEY_REVOKED"),
        (pair, "rejected KJWT_ERR_KEY_REVOKED"),
        (f"keyset {key_set(bench, 3, 'root2', revoked=['one'])}",
         "accepted version 3 keys 1 revoked 3"),
        (token(bench, "one"), "rejected KJWT_ERR_SIGNATURE"),
        (f"keyset {key_set(bench, 4, 'one')}",
         "rejected KJWT_ERR_KEY_REVOKED"),
        (token(bench, "root2"), ACCEPTED),
    ])


@pytest.mark.parametrize("shell", ("microbit", "posix"), indirect=True)
def test_power_cuts(shell, bench):
    """After each the set before or the new one, and always a set."""
    sets = [key_set(bench, version, "one", revoked=["two"])
            for version in (1, 2)]
    rows = [*START, (f"keyset {sets[0]}", "accepted version 1")]
    for step in range(12):
        rows += [(f"power-cut {1 + 37 * step}", "ok"),
                 (f"keyset {sets[1]}", ""), ("keyset", "keyset version ")]
    answers = check(shell, rows)
    states = [answer for answer, (line, _) in zip(answers, rows)
              if line == "keyset"]
    assert answers.count("power cut") >= 3
    old, new = (f"keyset version {version} keys 1 revoked 1"
                for version in (1, 2))
    first = states.index(new)
    assert states == [old] * first + [new] * (len(states) - first)


# ------------------------------------------------------------ delegation --


@every_board
def test_delegation(shell, bench):
    certificate, by_bench = delegated(bench)
    wide, _ = delegated(bench, aud="device-")
    other, _ = delegated(bench, aud="device-10")
    by_root, _ = delegated(bench, key="root")
    chained, _ = delegated(bench, key="bench", holder="two")
    late = token(bench, "bench", "--iss", "bench-7", ttl=str(DAY + 1))
    early = token(bench, "bench", "--iss", "bench-7", "--nbf", str(NOW - 1))
    check(shell, START + [
        (f"cert {certificate} {by_bench}", ACCEPTED),
        (f"cert {wide} {by_bench}", ACCEPTED),
        (f"cert {other} {by_bench}", "rejected KJWT_ERR_DELEGATED_AUDIENCE"),
        (by_bench, "rejected KJWT_ERR_SIGNATURE"),
        (certificate, "rejected KJWT_ERR_TYP"),
        (f"cert {by_bench} {by_bench}", "rejected KJWT_ERR_TYP"),
        (f"cert {by_root} {by_bench}", "rejected KJWT_ERR_SIGNATURE"),
        (f"cert {chained} {token(bench, 'two', '--iss', 'bench-7')}",
         "rejected KJWT_ERR_SIGNATURE"),
        (f"cert {certificate} {token(bench, 'two', '--iss', 'bench-7')}",
         "rejected KJWT_ERR_SIGNATURE"),
        (f"cert {certificate} {token(bench, 'bench', '--iss', 'bench-8')}",
         "rejected KJWT_ERR_DELEGATED_ISSUER"),
        (f"cert {certificate} {late}", "rejected KJWT_ERR_DELEGATED_TIME"),
        (f"cert {certificate} {early}", "rejected KJWT_ERR_DELEGATED_TIME"),
        ("aud device-10", "ok"),
        (f"cert {certificate} " + made(bench.signer(
            "mint", "--key", bench.private("bench"), "--now", NOW, "--iss",
            "bench-7", "--aud", "device-10")),
         "rejected KJWT_ERR_DELEGATED_AUDIENCE"),
        ("cert", "error cert"),
        (f"cert {certificate}", "error cert"),
        (f"cert {certificate} {by_bench} x", "error cert"),
    ])


# ------------------------------------------- each kind in its own place --


@every_board
def test_types(shell, bench):
    set_of_one = key_set(bench, 1, "two", root="one")
    check(shell, START[:1] + [
        (set_of_one, "rejected KJWT_ERR_TYP"),
        (f"keyset {token(bench, 'root')}", "rejected KJWT_ERR_TYP"),
        (f"keyset {delegated(bench, key='root')[0]}", "rejected KJWT_ERR_TYP"),
        (f"cert {set_of_one} {token(bench, 'two')}",
         "rejected KJWT_ERR_POLICY"),
        ("aud device-1", "ok"),
        (f"cert {set_of_one} {token(bench, 'two')}", "rejected KJWT_ERR_TYP"),
        ("keyset", "keyset none"),
        ("keyset ", "keyset none"),
    ])


# ------------------------------------------------------------- streaming --


@every_board
def test_streaming(shell, bench):
    one = token(bench, "one", "--claim", "pad=" + "x" * 200)
    bad = one[:-6] + ("AAAAAA" if one[-6:] != "AAAAAA" else "BBBBBB")
    rows = START + [(one, ACCEPTED), ("stats", "stack ")]
    for piece in (1, 3, 20, 4096):
        rows += [(f"stream {piece} {one}", ACCEPTED), ("stats", "stack "),
                 (f"stream {piece} {bad}", "rejected KJWT_ERR_SIGNATURE")]
    answers = check(shell, rows + [
        ("stream", "error stream"), (f"stream 0 {one}", "error stream"),
        ("stream 20", "rejected KJWT_ERR_SERIALIZATION")])
    assert {answer for answer in answers if answer.startswith("accepted")} == \
        {answers[2]}


@pytest.fixture(scope="module")
def vector_shell(vector_key_file):
    return Shell("mps2-an385", vector_key_file)


def test_streaming_of_all_vectors(vector_shell, token_vectors):
    """The answers of whole tokens, in pieces as BLE carries them."""
    cases = [case for case in token_vectors["cases"] if case["key"] == "main"]
    tokens = [token_bytes(case) for case in cases]
    plain = [text for text in tokens
             if text and token_line(text) == text and b" " not in text]
    assert len(plain) > 250
    start = [f"now {token_vectors['now']}",
             f"aud {token_vectors['audience']}"]
    whole = vector_shell(start + plain)
    pieces = vector_shell(start + [b"stream 20 " + text for text in plain])
    assert whole == pieces


# --------------------------------------------------------------- figures --


@pytest.mark.parametrize("board", BOARDS[:3])
def test_what_it_takes(board, key_file, bench):
    """RAM beside the token and what is kept: the same work, a small stack."""
    pair = delegated(bench)
    rows = START + [
        (f"keyset {key_set(bench, 1, 'one', 'two')}", "accepted version 1"),
        ("stats", ""), (f"cert {pair[0]} {pair[1]}", ACCEPTED), ("stats", ""),
        (f"stream 20 {token(bench, 'one')}", ACCEPTED), ("stats", "")]
    answers = check(Shell(board, key_file), rows)
    for what, answer in zip(("key set", "delegation", "stream"),
                            answers[3::2]):
        stack, work, instructions = map(int, re.findall(r"\d+", answer))
        assert work <= 768, what
        assert stack <= 1300, (what, stack)
        assert instructions > 100_000
