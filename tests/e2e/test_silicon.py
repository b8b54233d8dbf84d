"""Boards without an emulator: their images are built and start.
SPDX-License-Identifier: Apache-2.0
"""

import subprocess

import pytest
from conftest import ROOT
from silicon import MODELS, answers
from test_boards import SILICON_BOARDS, allocator_symbols, wrong_answers


def test_each_has_a_model():
    assert set(MODELS) == set(SILICON_BOARDS)


def build(board, key_file):
    """boards/run says what it cannot do and where the image lies."""
    result = subprocess.run([ROOT / "boards/run", board, "--keys", key_file],
                            stdin=subprocess.DEVNULL, text=True,
                            capture_output=True)
    image = f"build/{board}/{MODELS[board].image}"
    assert result.returncode == 2 and result.stdout == ""
    last = result.stderr.strip().split("\n")[-1]
    assert "no emulator" in last and image in last
    assert f"boards/{board}/README.md" in last
    return ROOT / image


@pytest.mark.parametrize("board", SILICON_BOARDS)
def test_image(board, token_vectors, vector_key_file):
    """What a programmer writes, from reset to all token vectors."""
    image = build(board, vector_key_file)

    def shell(lines):
        return answers(board, image, [
            line if isinstance(line, bytes) else line.encode()
            for line in lines])

    assert wrong_answers(shell, token_vectors) == []
    assert allocator_symbols(image.with_suffix(".elf")) == []


@pytest.mark.parametrize("board", [*SILICON_BOARDS, "netduinoplus2"])
def test_readme(board):
    """What was never run on silicon is said so."""
    text = " ".join((ROOT / "boards" / board / "README.md").read_text().split())
    assert "has not run on silicon" in text
    assert "115200" in text
