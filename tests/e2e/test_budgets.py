"""What verifying may cost on each board. Under QEMU the figures are exact, so
that a budget is a test.
SPDX-License-Identifier: Apache-2.0
"""

import pytest
from conftest import ROOT, Shell, load_script
from test_boards import QEMU_BOARDS, allocator_symbols

# RSA-2048 with a signing input of 600 bytes: instructions of the whole
# kjwt_verify(), and flash that it adds to an empty image, key included.
BUDGETS = {
    "microbit": (3_200_000, 6656),
    "mps2-an385": (840_000, 6656),
    "mps2-an386": (300_000, 6656),
    "mps2-an500": (300_000, 6656),
    "mps2-an505": (300_000, 6656),
    "netduinoplus2": (300_000, 6656),
    "riscv32-virt": (1_250_000, 8192),
}
RAM = 1536  # work and stack; test_boards.py has it for all sizes


def exceeded(board, flash, work, stack, instructions):
    """What is over its budget: its name, the figure, the budget."""
    figures = [("RAM", work + stack, RAM),
               ("instructions", instructions, BUDGETS[board][0]),
               ("flash", flash, BUDGETS[board][1])]
    return [figure for figure in figures if figure[1] > figure[2]]


def test_every_board_has_a_budget():
    assert set(BUDGETS) == set(QEMU_BOARDS)


@pytest.mark.parametrize("board", QEMU_BOARDS)
def test_budgets(board, keys, development_key_file):
    bench = load_script("tests/bench/boards")
    key_file = development_key_file[2048]
    assert exceeded(board, *bench.measure(board, keys[2048], key_file)) == []
    for image in bench.images(board, key_file):
        assert allocator_symbols(image) == []


KERNEL_FILES = {
    "microbit": "rsa_armv6m.S",
    "mps2-an385": "rsa_armv7m.S",
    "mps2-an386": "rsa_armv7em.S",
    "mps2-an500": "rsa_armv7em.S",
    "mps2-an505": "rsa_armv7em.S",
    "netduinoplus2": "rsa_armv7em.S",
    "riscv32-virt": "rsa_rv32im.S",
}


OPTIONAL = {"admit.c", "admit_digest.c", "certificate.c", "challenge.c",
            "claims.c", "device_id.c", "floor.c", "jti_ring.c", "jwk.c",
            "keyset_record.c", "keyset_update.c", "one_shot.c", "records.c",
            "rsa_key.c", "stream.c"}


def test_the_optional_parts_are_there():
    sources = (ROOT / "verifier/sources.cmake").read_text()
    assert all(f"/{name}" in sources for name in OPTIONAL - {"records.c"})


@pytest.mark.parametrize("board", QEMU_BOARDS)
def test_size_report(board, development_key_file):
    """tests/bench/size accounts for every byte, which it checks itself, and
    finds each in its file."""
    bench = load_script("tests/bench/boards")
    Shell(board, development_key_file[2048])(["stats"])
    added = load_script("tests/bench/size").added(
        bench.images(board, development_key_file[2048]), ROOT)
    assert 500 < added.files[KERNEL_FILES[board]] < 1500
    assert added.files["sha256.c"] > 256 + 200  # its table, its code
    assert added.files["(the key)"] == 2 * 256 + 24
    assert added.files["empty.c"] < 0
    assert added.files[load_script("tests/bench/size").NO_NAME] < 500
    # Who calls none of the optional parts does not pay a byte for them.
    assert not OPTIONAL & set(added.files)


@pytest.mark.parametrize("flash, work, stack, instructions, what", [
    (6656, 768, 768, 3_200_000, []),
    (6657, 768, 768, 3_200_000, ["flash"]),
    (6656, 769, 768, 3_200_000, ["RAM"]),
    (6656, 768, 769, 3_200_001, ["RAM", "instructions"]),
])
def test_a_budget_can_be_exceeded(flash, work, stack, instructions, what):
    over = exceeded("microbit", flash, work, stack, instructions)
    assert [figure[0] for figure in over] == what
