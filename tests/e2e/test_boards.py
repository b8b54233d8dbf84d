"""The verify shell on every board: all token vectors, the contract's commands,
memory, instructions, and that no allocator is linked.
SPDX-License-Identifier: Apache-2.0
"""

import json
import pathlib
import re
import subprocess

import pytest
from conftest import NOW, ROOT, Shell, not_built, token_bytes, token_line

ALL_BOARDS = sorted(path.parent.name for path in
                    (ROOT / "boards").glob("*/board.cmake"))
# Those that boards/run builds and cannot boot: test_silicon.py.
SILICON_BOARDS = [
    board for board in ALL_BOARDS if "set(KJWT_BOARD_QEMU none)" in
    (ROOT / "boards" / board / "board.cmake").read_text()]
QEMU_BOARDS = [board for board in ALL_BOARDS
               if board not in ("posix", *SILICON_BOARDS)]
BOARDS = QEMU_BOARDS + ["posix"]
LINE_LIMIT = 4200  # the least that a board's line holds


def claims_of(token):
    """What the shell prints for an accepted token."""
    import base64

    part = token.split(b".")[1]
    text = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)).decode()
    return re.sub(r"[\r\n\t]", " ", text)


def wrong_answers(shell, token_vectors):
    """Sends all token vectors, returns those with another answer than theirs.
    `shell` takes lines and returns answers."""
    cases = [case for case in token_vectors["cases"]
             if case["status"] != "KEY_REFUSED"]
    lines = [f"now {token_vectors['now']}", f"aud {token_vectors['audience']}"]
    lines += [token_line(token_bytes(case)) for case in cases]
    answers = shell(lines)
    assert answers[:2] == ["ok", "ok"]
    assert len(answers) == len(lines)
    wrong = []
    for case, answer in zip(cases, answers[2:]):
        token = token_bytes(case)
        if case["status"] == "KJWT_OK":
            expected = ["accepted " + claims_of(token)]
        else:
            expected = ["rejected " + case["status"]]
            if len(token) > LINE_LIMIT:
                expected.append("error line too long")
        if answer not in expected:
            wrong.append((case["group"], case["name"], answer[:80]))
    return wrong


@pytest.mark.parametrize("board", BOARDS)
def test_token_vectors(board, token_vectors, vector_key_file):
    assert wrong_answers(Shell(board, vector_key_file), token_vectors) == []


def test_refused_keys(signer, token_vectors, tmp_path):
    """What no device takes is refused where the key is exported."""
    for name, pem in token_vectors["public_keys"].items():
        path = tmp_path / f"{name}.pem"
        path.write_text(pem)
        result = signer("key", "export", "--key", f"file:{path}",
                        "--format", "c")
        refused = {case["key"] for case in token_vectors["cases"]
                   if case["status"] == "KEY_REFUSED"}
        assert (result.returncode == 1) == (name in refused), result.stderr
        assert bool(result.stdout) == (name not in refused)


@pytest.mark.parametrize("board", BOARDS)
def test_shell(board, signer, keys, development_key_file):
    key = f"file:{keys[2048]}"
    token = signer.ok("mint", "--key", key, "--iss", "bench-7", "--sub", "s",
                      "--aud", "device-01", "--now", NOW).strip()
    answers = Shell(board, development_key_file[2048])([
        token,                          # no clock, no audience
        f"now {NOW}",
        token,                          # no audience
        "aud device-01", token,
        "iss bench-8", token,
        "iss bench-7", "sub t", token,
        "sub s", token,
        "aud -", token,
        "aud device-01", "iss -", "sub -", token,
        f"now {NOW + 86400}", token,
        "now unknown", token,
        f"now {NOW}", token + "\r", token + "\r\r",
        "",
        "x" * 20000,
        "hex " + token.encode().hex(),
        "hex 6", "now x", "aud", "stats",
    ])
    outcome = [answer.split(" {")[0] for answer in answers]
    assert outcome[:-4] == [
        "rejected KJWT_ERR_AUDIENCE", "ok", "rejected KJWT_ERR_AUDIENCE",
        "ok", "accepted",
        "ok", "rejected KJWT_ERR_ISSUER",
        "ok", "ok", "rejected KJWT_ERR_SUBJECT",
        "ok", "accepted",
        "ok", "rejected KJWT_ERR_AUDIENCE",
        "ok", "ok", "ok", "accepted",
        "ok", "rejected KJWT_ERR_EXPIRED",
        "ok", "rejected KJWT_ERR_TIME_UNKNOWN",
        "ok", "accepted", "rejected KJWT_ERR_BASE64URL",
        "rejected KJWT_ERR_SERIALIZATION",
        "error line too long",
        "accepted",
    ]
    assert outcome[-4].startswith("error ")
    assert outcome[-3].startswith("error ")
    assert outcome[-2].startswith("rejected KJWT_ERR_SERIALIZATION")
    assert re.fullmatch(r"stack \d+ work \d+ instructions \d+", outcome[-1])
    claims = json.loads(answers[4].removeprefix("accepted "))
    assert claims["sub"] == "s" and claims["exp"] == NOW + 86400


@pytest.mark.parametrize("board", BOARDS)
def test_device_rules(board, signer, keys, development_key_file):
    """What the rules remember outlives a restart; the RAM does not."""
    key = f"file:{keys[2048]}"

    def mint(number, *more):
        return signer.ok("mint", "--key", key, "--claim", f"seq:={number}",
                         "--jti", number, "--now", NOW + number,
                         *more).strip()

    first, second = mint(1), mint(2)
    answers = Shell(board, development_key_file[2048])([
        "erase", f"floor {NOW - 86400} 604800 60", "one-shot", "jti", first,
        first, "floor", "reboot", "floor", first, second,
        "power-cut 1 after", mint(3), "now unknown", mint(4), second,
        mint(-172800 + 5), "bind /chip", mint(5), "bind off",
        "floor x", "floor 1 2 3", "nonce x", "jti x", "bind", "id 1",
        "reboot now", "power-cut", "power-cut 1 now", "wear 1", "erase all",
        "floor off", "one-shot off", "jti off", "erase", second,
        f"now {NOW}", second,
    ])
    outcome = [answer.split(" {")[0] for answer in answers]
    replayed = "rejected KJWT_ERR_SEQUENCE"
    floor = f"floor {NOW + 1} stored {NOW + 1} far 0"
    assert outcome == [
        "ok", "ok", "ok", "ok", "accepted",
        replayed, floor, "ok", floor, replayed, "accepted",
        "ok", "power cut", "ok", "accepted", replayed,
        "rejected KJWT_ERR_EXPIRED", "ok", "rejected KJWT_ERR_DEVICE", "ok",
        "error floor: BUILT STEP WRITE-STEP [clock|floor|both], off, or "
        "nothing", "error KJWT_ERR_POLICY",
        "error nonce: off, or nothing", "error jti: off, or nothing",
        "error name of a claim: at most 63 bytes", "error id: nothing follows",
        "error reboot: nothing follows",
        "error power-cut: N [before|partly|garbage|after]",
        "error power-cut: N [before|partly|garbage|after]",
        "error wear: nothing follows", "error erase: nothing follows",
        "ok", "ok", "ok", "ok", "rejected KJWT_ERR_TIME_UNKNOWN",
        "ok", "accepted",
    ]


# The work, and the most that work and stack may take: 1.5, 1.9, 2.3 KB.
RAM = {2048: (768, 1536), 3072: (1152, 1945), 4096: (1536, 2355)}


@pytest.mark.parametrize("board", QEMU_BOARDS)
def test_figures(board, signer, keys, development_key_file):
    """Work and stack by painting, instructions by virtual time; two runs give
    the same figures to the instruction."""
    for bits, (work, most) in RAM.items():
        token = signer.ok("mint", "--key", f"file:{keys[bits]}", "--iss",
                          "bench-7", "--aud", "device-01", "--claim",
                          "pad=" + "x" * 200, "--now", NOW).strip()
        shell = Shell(board, development_key_file[bits])
        answers = shell([f"now {NOW}", "aud device-01", token, "stats",
                         token, "stats"])
        assert answers[2].startswith("accepted "), answers
        assert answers[3] == answers[5]
        match = re.fullmatch(r"stack (\d+) work (\d+) instructions (\d+)",
                             answers[3])
        assert match, answers[3]
        stack, used, instructions = map(int, match.groups())
        assert used == work
        assert 100 < stack <= most - work
        assert 100_000 < instructions < 60_000_000


ALLOCATOR = re.compile(
    r"^_?_?(malloc|calloc|realloc|free|sbrk|_sbrk)(_r)?$|^_?_sbrk")


def allocator_symbols(elf):
    """The symbols of an allocator that an image contains or wants."""
    names = subprocess.run(["arm-none-eabi-nm", elf], capture_output=True,
                           text=True, check=True).stdout
    return sorted({line.split()[-1] for line in names.splitlines()
                   if line.split() and ALLOCATOR.match(line.split()[-1])})


@pytest.mark.parametrize("board", QEMU_BOARDS)
def test_no_allocator(board, vector_key_file):
    Shell(board, vector_key_file)(["stats"])
    with not_built(board):
        images = list((ROOT / "build" / board).rglob("*.elf"))
        assert images
        for image in images:
            assert allocator_symbols(image) == []


def test_no_allocator_can_fail(tmp_path):
    """The negative control: an image that allocates is found out."""
    source = tmp_path / "peer.c"
    source.write_text("#include <stdlib.h>\n"
                      "int main(void) { return *(char *)malloc(4); }\n")
    image = tmp_path / "peer.elf"
    subprocess.run(["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb",
                    "--specs=nosys.specs", source, "-o", image],
                   check=True, capture_output=True)
    assert {"malloc", "_sbrk"} <= set(allocator_symbols(image))


def test_linker_drops_what_is_not_called(vector_key_file):
    """A firmware that only verifies carries no names, texts or accessors."""
    folder = pathlib.Path(subprocess.run(
        [ROOT / "boards/image", "mps2-an385", vector_key_file, "flash-verify",
         "verify-shell"], text=True, capture_output=True,
        check=True).stdout.strip())

    def flash(image):
        """What is loaded, without debug information."""
        binary = folder / f"{image}.bin"
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary",
                        folder / f"{image}.elf", binary], check=True)
        return binary.read_bytes()

    assert b"KJWT_ERR_" not in flash("flash-verify")
    assert b"The token" not in flash("flash-verify")
    # The negative control: the shell shows names, and still no texts.
    assert b"KJWT_ERR_EXPIRED" in flash("verify-shell")
    assert b"The token" not in flash("verify-shell")
    symbols = subprocess.run(
        ["arm-none-eabi-nm", folder / "flash-verify.elf"], text=True,
        capture_output=True, check=True).stdout
    assert "kjwt_claims_" not in symbols
    assert "kjwt_verify_const" not in symbols
    for part in ("kjwt_admit", "kjwt_floor", "kjwt_challenge", "port_records",
                 "kjwt_store"):
        assert part not in symbols


def test_unknown_board():
    result = subprocess.run([ROOT / "boards/run", "toaster"],
                            capture_output=True, text=True)
    assert result.returncode == 2
    for board in BOARDS:
        assert board in result.stderr


def test_demo():
    """The main job on this machine: what boards/demo prints."""
    result = subprocess.run([ROOT / "boards/demo"], capture_output=True,
                            text=True, timeout=900)
    assert result.returncode == 0, result.stderr
    lines = dict(line.split(": ", 1) for line in result.stdout.splitlines()
                 if line.startswith(("key: ", "token: ", "tampered: ")))
    assert (ROOT / lines["key"]).exists()
    assert lines["token"].count(".") == lines["tampered"].count(".") == 2
    devices = [line for line in result.stdout.splitlines()
               if line.startswith("device: ")]
    assert devices[0].startswith("device: accepted {")
    assert devices[1] == "device: rejected KJWT_ERR_SIGNATURE"
