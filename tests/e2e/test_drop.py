"""The two-file drop: compiled alone for every core, and it says what the
verifier says.
SPDX-License-Identifier: Apache-2.0
"""

import re
import subprocess

import pytest
from conftest import ROOT, answers_of, load_script
from test_boards import wrong_answers

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow",
            "-Wstrict-prototypes", "-Wundef", "-pedantic", "-Werror"]
# The other Cortex-M take the same kernels.
ARM, RISCV = "arm-none-eabi-gcc", "riscv64-unknown-elf-gcc"
THUMB = ["-mthumb", "-ffreestanding"]
RV32 = ["-misa-spec=2.2", "-mabi=ilp32", "--specs=picolibc.specs"]
COMPILERS = {
    "M0": [ARM, "-mcpu=cortex-m0", *THUMB],
    "M3": [ARM, "-mcpu=cortex-m3", *THUMB],
    "M4": [ARM, "-mcpu=cortex-m4", *THUMB],
    "M33": [ARM, "-mcpu=cortex-m33", *THUMB],
    "RV32IMC": [RISCV, "-march=rv32imc", *RV32],
    "RV32IC": [RISCV, "-march=rv32ic", *RV32],
    "gcc": ["gcc"],
    "gcc, 32 bits": ["gcc", "-m32", "-idirafter",
                     "/usr/include/x86_64-linux-gnu"],
    "clang": ["clang"],
}
# Where the kernel is assembly; elsewhere kjwt_kernel.S is empty.
ASSEMBLY = set(COMPILERS) - {"RV32IC", "gcc, 32 bits"}
OURS = {"kjwt_sha256_init", "kjwt_sha256_update", "kjwt_sha256_finish",
        "kjwt_sha256_abort"}
# The last two are what compilers make of loops and of memcmp() == 0.
LIBC = {"memcpy", "memmove", "memset", "memcmp", "strlen", "bcmp"}
COMPILER = re.compile(r"__(aeabi_|u?(mul|div|mod)[sd]i3|cpu_|stack_chk|ashl|"
                      r"lshr|riscv)|_GLOBAL_OFFSET_TABLE_|__x86.get_pc|"
                      r"kjwt_limbs_")


@pytest.fixture(scope="session")
def drop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package") / "drop"
    subprocess.run([ROOT / "port/package", "drop", folder], check=True)
    return folder


def undefined(*objects):
    names = subprocess.run(["nm", *objects], capture_output=True, text=True,
                           check=True).stdout
    return {line.split()[-1] for line in names.splitlines()
            if line.split()[-2:-1] == ["U"]}


def defined(*objects):
    names = subprocess.run(["nm", *objects], capture_output=True, text=True,
                           check=True).stdout
    return {line.split()[-1] for line in names.splitlines()
            if line.split()[-2:-1] == ["T"]}


def run(command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True,
                          text=True, **more)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


# One of the two is enough where the other is the same but for the architecture.
@pytest.mark.parametrize("core, kernel", [
    (core, kernel) for core in COMPILERS for kernel in (False, True)
    if (core, kernel) not in {("M33", False), ("RV32IC", False),
                              ("gcc, 32 bits", True), ("clang", False)}])
def test_compiles_alone(core, kernel, drop, tmp_path):
    """No warning, nothing wanted but four hash functions and string.h."""
    command = [*COMPILERS[core], "-std=c11", "-Os", *WARNINGS,
               *(["-DKJWT_KERNEL"] if kernel else [])]
    c, s = tmp_path / "kjwt.o", tmp_path / "kernel.o"
    run([*command, "-c", drop / "kjwt.c", "-o", c])
    run([*command, "-c", drop / "kjwt_kernel.S", "-o", s])
    wanted = {name for name in undefined(c, s) - OURS - LIBC
              if not COMPILER.match(name)}
    assert wanted == set()
    assert OURS <= undefined(c)
    assert "kjwt_verify" in defined(c)
    assert bool(defined(s)) == (kernel and core in ASSEMBLY)
    if not kernel:
        # All that is not public is static.
        assert {name for name in undefined(c) if "kjwt" in name} == OURS


def test_every_public_function(drop, tmp_path):
    """What the public headers declare, and no more, is defined."""
    text = (drop / "kjwt.h").read_text()
    declared = set(re.findall(r"^\w[\w *]*\b(kjwt_\w+)\(", text,
                              re.MULTILINE))
    run(["gcc", "-Os", "-c", drop / "kjwt.c", "-o", tmp_path / "kjwt.o"])
    assert defined(tmp_path / "kjwt.o") == declared - OURS


def test_texts(drop):
    text = (drop / "kjwt.c").read_text()
    assert "Permission is hereby granted, free of charge" in text
    for name in re.findall(r"src/(\S+\.c)\b",
                           (ROOT / "verifier/sources.cmake").read_text()):
        assert f"verifier/src/{name} */" in text
    version = re.search(r'KJWT_VERSION "(.+)"',
                        (ROOT / "verifier/include/kjwt.h").read_text())[1]
    for name in ("kjwt.c", "kjwt.h", "kjwt_kernel.S"):
        assert f"{name} of kjwt {version}:" in (drop / name).read_text()
    assert '#include "kjwt.h"' in text
    assert re.findall(r'#include "(?!kjwt\.h)', text) == []


@pytest.mark.parametrize("kind", ["drop", "drop-kernel"])
@pytest.mark.parametrize("board", ["posix", "mps2-an385"])
def test_token_vectors(kind, board, token_vectors, vector_key_file):
    """On the machine and on a board, with each of the two kernels."""
    subprocess.run([ROOT / "boards/run", board, "--keys", vector_key_file],
                   stdin=subprocess.DEVNULL, check=True, capture_output=True)
    bench = load_script("tests/bench/boards")
    folder = bench.build(board, vector_key_file, f"{kind}-shell")
    image = folder / f"{kind}-shell.elf"

    def shell(lines):
        if board == "posix":
            return answers_of([image], [*lines, "\x04"])
        text = "\n".join(line if isinstance(line, str) else line.decode()
                         for line in [*lines, "\x04", ""])
        return [line for line in bench.boot(folder, image.name,
                                            text).split("\n")[:-1]
                if not line.startswith("# ")]

    assert wrong_answers(shell, token_vectors) == []
