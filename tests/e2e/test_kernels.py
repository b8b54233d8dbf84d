"""The RSA kernels: which one a target gets, and that each computes right, on
every board and on processors that no board has.
SPDX-License-Identifier: Apache-2.0
"""

import subprocess

import pytest
from conftest import ROOT, Shell, answers_of, load_script
from test_boards import QEMU_BOARDS, wrong_answers

CARRY = load_script("tests/bench/carry/run")

ARM = ["arm-none-eabi-gcc", "-mthumb"]
CLANG_ARM = ["clang", "--target=arm-none-eabi", "-mthumb"]
RISCV = ["riscv64-unknown-elf-gcc"]
RV32 = RISCV + ["-mabi=ilp32"]

# The macro of rsa_arch.h that a compiler sets.
SELECTION = [
    ("ARMV6M", ARM + ["-mcpu=cortex-m0"]),
    ("ARMV6M", ARM + ["-mcpu=cortex-m0plus"]),
    ("ARMV6M", ARM + ["-mcpu=cortex-m23"]),
    ("ARMV6M", CLANG_ARM + ["-mcpu=cortex-m0"]),
    ("ARMV6M", CLANG_ARM + ["-mcpu=cortex-m23"]),
    ("ARMV7M", ARM + ["-mcpu=cortex-m3"]),
    ("ARMV7M", ARM + ["-mcpu=cortex-m33+nodsp"]),
    ("ARMV7M", CLANG_ARM + ["-mcpu=cortex-m3"]),
    ("ARMV7M", CLANG_ARM + ["-mcpu=cortex-m33+nodsp"]),
    ("ARMV7M", CLANG_ARM + ["-mcpu=cortex-m55+nomve+nodsp"]),
    ("ARMV7EM", ARM + ["-mcpu=cortex-m4"]),
    ("ARMV7EM", ARM + ["-mcpu=cortex-m7"]),
    ("ARMV7EM", ARM + ["-mcpu=cortex-m33"]),
    ("ARMV7EM", ARM + ["-mcpu=cortex-m55"]),
    ("ARMV7EM", CLANG_ARM + ["-mcpu=cortex-m4"]),
    ("ROWS_PORTABLE", ARM + ["-mcpu=cortex-m4", "-mbig-endian"]),
    ("ROWS_PORTABLE", ARM + ["-mcpu=cortex-m4", "-DKJWT_RSA_PORTABLE"]),
    ("ROWS_PORTABLE", ARM + ["-mcpu=cortex-r5"]),
    ("ROWS_PORTABLE", ARM + ["-mcpu=cortex-a7"]),
    ("RV32IM", RV32 + ["-march=rv32imc"]),
    ("RV32IM", RV32 + ["-march=rv32imac"]),
    ("RV32IM", RV32 + ["-march=rv32i_zmmul"]),
    ("ROWS_PORTABLE", RV32 + ["-march=rv32ic"]),
    ("ROWS_PORTABLE", RISCV + ["-march=rv32em", "-mabi=ilp32e"]),
    ("ROWS_PORTABLE", RISCV + ["-march=rv64imac", "-mabi=lp64"]),
    ("ROWS_PORTABLE", ["powerpc-linux-gnu-gcc"]),
    ("ROWS_PORTABLE", ["clang", "--target=aarch64-linux-gnu"]),
    ("ROWS_PORTABLE", ["clang", "--target=x86_64-linux-gnux32"]),
    ("ROWS_PORTABLE", ["clang", "--target=x86_64-pc-windows-gnu"]),
    ("ROWS_PORTABLE", ["clang", "--target=i386-linux-gnu"]),
    ("ROWS_PORTABLE", ["clang", "--target=wasm32-wasi"]),
    ("X86_64", ["clang", "--target=x86_64-linux-gnu"]),
    ("X86_64", ["clang", "--target=x86_64-linux-gnu", "-march=broadwell"]),
]
KERNELS = {f"KJWT_RSA_{name}" for name, _ in SELECTION}


@pytest.mark.parametrize("kernel, compiler", [
    pytest.param(*row, id=f"{row[1][0].split('-')[0]} {row[1][-1]}")
    for row in SELECTION])
def test_selection(kernel, compiler, tmp_path):
    """Exactly one kernel, and its file assembles."""
    macros = subprocess.run(
        [*compiler, "-dM", "-E", ROOT / "verifier/src/rsa_arch.h"], text=True,
        capture_output=True, check=True).stdout.split()
    assert KERNELS.intersection(macros) == {f"KJWT_RSA_{kernel}"}
    source = ROOT / f"verifier/src/rsa_{kernel.lower()}.S"
    if source.exists():
        symbols = subprocess.run(
            [*compiler, "-c", source, "-o", tmp_path / "kernel.o"], text=True,
            capture_output=True)
        assert symbols.returncode == 0, symbols.stderr
        nm = "nm" if kernel == "X86_64" else "arm-none-eabi-nm"
        symbols = subprocess.run([nm, tmp_path / "kernel.o"], text=True,
                                 capture_output=True, check=True)
        assert "T kjwt_limbs_reduce" in symbols.stdout


@pytest.mark.parametrize("board", [*QEMU_BOARDS, "posix", *CARRY.VARIANTS])
def test_carry(board, vector_key_file):
    """Operands that carry; the larger sizes are tests/bench/carry/run's."""
    machine = CARRY.VARIANTS.get(board, [board])[0]
    many = board == machine or machine == "posix"
    numbers = (2048, 10000, 200) if many else (2048, 1000, 20)
    assert CARRY.run(CARRY.command_of(board, keys=vector_key_file),
                     *numbers) == CARRY.expected(*numbers)


def test_big_endian(token_vectors, vector_key_file):
    """All of the verifier, on the token vectors."""
    command = CARRY.command_of("big-endian", "verify-shell", vector_key_file)
    assert wrong_answers(lambda lines: answers_of(command, [*lines, "\x04"]),
                         token_vectors) == []
