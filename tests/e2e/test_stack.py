"""The worst-case stack that tests/stack finds in the code, and the one that the
device finds by painting: never more than the first, and on a token that goes the
deepest way within 32 bytes of it.
SPDX-License-Identifier: Apache-2.0
"""

import pytest
from conftest import load_script

BOARDS = ("microbit", "mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505")


@pytest.mark.parametrize("board", BOARDS)
def test_static_and_painted(board, keys, development_key_file):
    bench = load_script("tests/bench/boards")
    key_file = development_key_file[2048]
    _, _, painted, _ = bench.measure(board, keys[2048], key_file)
    folder = bench.images(board, key_file)[0].parent
    stack = load_script("tests/stack").Stack(folder / "verify-shell.elf")
    size, path = stack.deepest("kjwt_verify")
    assert painted <= size <= painted + 32, path


@pytest.mark.parametrize("mnemonic, operands, size", [
    ("push", "{r4, r5, r6, lr}", 16),
    ("stmdb", "sp!, {r4, r5, r6, r7, r8, r9, sl, fp, lr}", 36),
    ("push", "{r4-r11, lr}", 36),
    ("sub", "sp, #308", 308),
    ("sub.w", "sp, sp, #1024", 1024),
    ("str.w", "lr, [sp, #-4]!", 4),
    ("add", "sp, #308", 0),
    ("pop", "{r4, pc}", 0),
    ("add", "r4, sp, #8", 0),
    ("mov", "sp, r7", None),
    ("sub", "sp, r3", None),
])
def test_frames(mnemonic, operands, size):
    assert load_script("tests/stack").change(mnemonic, operands) == size
