"""The bench of the device: one core without the peers, and that its checks can
fail. SPDX-License-Identifier: Apache-2.0
"""

import json
import subprocess
import sys
import xml.etree.ElementTree

import pytest
from conftest import ROOT

BENCH = ROOT / "tests/bench/device"
sys.path.insert(0, str(BENCH))

import chart  # noqa: E402
import cycles  # noqa: E402
import images  # noqa: E402
import report  # noqa: E402


def test_one_core():
    done = subprocess.run([BENCH / "run", "--kjwt", "mps2-an386"],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    whole, same_work = map(json.loads, (
        ROOT / "build/bench/device/some.jsonl").read_text().splitlines())
    assert whole["contender"] == report.WHOLE
    assert same_work["contender"] == report.KJWT
    assert whole["instructions"] > same_work["instructions"] > 100_000
    assert whole["flash"] > same_work["flash"] > 1_000
    # The deeper call needs no more than the one that makes it.
    assert whole["stack"] > same_work["stack"] > 100
    for row in whole, same_work:
        low, high = row["cycles"]
        assert row["instructions"] < low < high
        assert not row["accepts_s_plus_n"]


@pytest.mark.parametrize("arguments", [
    ("nosuch",), ("--nosuch",), ("--readme", "--kjwt"),
    ("--readme", "microbit")])
def test_usage(arguments):
    done = subprocess.run([BENCH / "run", *arguments], capture_output=True,
                          text=True)
    assert done.returncode == 2 and done.stderr and not done.stdout


VERDICTS = {"good": 1, "good_again": 1, "flipped_signature": 0,
            "other_message": 0, "s_plus_n": 1}


@pytest.mark.parametrize("name, words", [
    ("good", "refuses"), ("good_again", "refuses"),
    ("flipped_signature", "accepts flipped signature"),
    ("other_message", "accepts other message")])
def test_verdicts(name, words):
    images.check(VERDICTS)
    with pytest.raises(images.Failed, match=words):
        images.check(VERDICTS | {name: 1 - VERDICTS[name]})


LINK = ("make[3]: *** [tests/CMakeFiles/bench.{0}.dir/build.make:99: "
        "bench.{0}.elf] Error 1\n")
COMPILE = ("make[3]: *** [tests/CMakeFiles/{0}.dir/build.make:7: "
           "tests/CMakeFiles/{0}.dir/rsa.c.obj] Error 1\n")
RULE = ("make[1]: *** [CMakeFiles/Makefile2:9: "
        "tests/CMakeFiles/bench-device.dir/rule] Error 2\n")


@pytest.mark.parametrize("log, left", [
    (LINK.format("bearssl-i15.O2.small.lto") + RULE, 2),
    (COMPILE.format("bearssl-i15.O2.small") + RULE, 1),
    (LINK.format("kjwt.Os.small.lto") + RULE, None),
    (COMPILE.format("kjwt") + RULE, None),
    (RULE, None),
    ("make: *** no rule\n", None)])
def test_what_did_not_build_is_not_measured(log, left, tmp_path):
    """Images of an earlier run, of which a build failed this time."""
    for lto in "lto", "nolto":
        (tmp_path / f"bench.bearssl-i15.O2.small.{lto}.elf").touch()
    (tmp_path / "bench.kjwt.Os.small.lto.elf").touch()
    (tmp_path / "log").write_text(log)
    if left is None:
        with pytest.raises(images.Failed, match="log"):
            images.remove_failed(tmp_path, tmp_path / "log")
    else:
        images.remove_failed(tmp_path, tmp_path / "log")
        assert len(list(tmp_path.glob("*.elf"))) == left


def rows_of(**changes):
    """Figures of one core where all claims hold, but for the changes."""
    figures = {report.WHOLE: (500, 6000), report.KJWT: (400, 2500),
               "mbedtls-montmul": (900, 2000), "bearssl-i31": (3000, 5000),
               "wolfssl-asm-fast": (600, 9000), "wolfssl-c-small": (999, 4000)}
    figures |= {name.replace("_", "-"): pair for name, pair in changes.items()}
    return [{"core": "Cortex-M4", "contender": name, "level": "O2",
             "sha": "small", "lto": "lto", "instructions": instructions,
             "flash": flash}
            for name, (instructions, flash) in figures.items()]


@pytest.mark.parametrize("changes, failing", [
    ({}, []),
    ({"mbedtls_montmul": (400, 2000)}, ["fewer instructions"]),
    ({"wolfssl_c_small": (999, 2500)}, ["less flash than every"]),
    ({"wolfssl_asm_fast": (600, 6000)}, ["all of kjwt_verify"]),
    ({"wolfssl_asm_fast": (300, 2000)},
     ["fewer instructions", "less flash than every", "all of kjwt_verify"]),
])
def test_claims(changes, failing):
    said = [words for holds, words in report.claims(rows_of(**changes))
            if not holds]
    assert len(said) == len(failing)
    for words, expected in zip(said, failing):
        assert words.startswith("FAILS: Cortex-M4: ") and expected in words


def test_claims_want_figures():
    """A core whose rows are errors proves nothing."""
    rows = [row | {"error": "it does not build"} for row in rows_of()]
    assert [holds for holds, _ in report.claims(rows)] == [False] * 3


@pytest.mark.parametrize("words, riscv, expected", [
    ("umaal r0, r1, r2, r3", False, ("multiply-accumulate long", 0)),
    ("umull r0, r1, r2, r3", False, ("multiply long", 0)),
    ("ldmia.w r1!, {r4, r5, r6, r7}", False, ("stack or multiple", 4)),
    ("push {r3, r4-r7, lr}", False, ("stack or multiple", 6)),
    ("pop {r4, pc}", False, ("return by pop", 2)),
    ("ldrd r2, r3, [r1], #8", False, ("double", 0)),
    ("ldrb.w r2, [r1]", False, ("load", 0)),
    ("bne.n 1234", False, ("branch", 0)),
    ("bl 1234", False, ("call", 0)),
    ("bx lr", False, ("return", 0)),
    ("bic.w r1, r2, r3", False, ("other", 0)),
    ("bfi r1, r2, #0, #8", False, ("other", 0)),
    ("lui a0, 1", True, ("other", 0)),
    ("lbu a0, 1(a1)", True, ("load", 0)),
    ("sltu a0, a1, a2", True, ("other", 0)),
    ("sw a0, 1(a1)", True, ("store", 0)),
    ("mulhu a0, a1, a2", True, ("multiply long", 0)),
    ("mul a0, a1, a2", True, ("multiply", 0)),
    ("bnez a0, 1234", True, ("branch", 0)),
])
def test_instruction_classes(words, riscv, expected):
    mnemonic, operands = words.split(" ", 1)
    assert cycles.classify(mnemonic, operands, riscv) == expected


def test_chart():
    """Well-formed, and a bar on either side for each group."""
    root = xml.etree.ElementTree.fromstring(chart.chart(rows_of()))
    bars = [rect for rect in root.iter("{http://www.w3.org/2000/svg}rect")
            if rect.get("class") in ("kjwt", "peer")]
    groups = [some for some in report.GROUPS.values()
              if report.good(rows_of(), "Cortex-M4", some)]
    assert len(bars) == 2 * len(groups) == 10
