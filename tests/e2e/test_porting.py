"""boards/PORTING.md, followed in a copy of the tree.
SPDX-License-Identifier: Apache-2.0
"""

import re
import shutil

import pytest
from conftest import ROOT, answers_of
from test_boards import ALL_BOARDS, wrong_answers

GUIDE = ROOT / "boards/PORTING.md"
FILE = re.compile(r"\*\*`(boards/[^`]+)`\*\*[^`]*```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture
def copy(tmp_path):
    """The tree, and beside it the sources that a build fetches."""
    tree = tmp_path / "kjwt"
    shutil.copytree(ROOT, tree, symlinks=True,
                    ignore=shutil.ignore_patterns("build", ".git"))
    (tree / "build").mkdir()
    (tree / "build/deps").symlink_to(ROOT / "build/deps")
    return tree


def test_guide(copy, token_vectors, vector_key_file):
    files = FILE.findall(GUIDE.read_text())
    assert [name.rsplit("/")[-1] for name, _ in files] == [
        "board.cmake", "link.ld", "board.c"]
    folder = (copy / files[0][0]).parent
    assert folder.name not in ALL_BOARDS
    folder.mkdir()
    lines = 0
    for name, text in files:
        (copy / name).write_text(text)
        lines += sum(bool(line.strip()) for line in text.split("\n"))
    assert lines <= 30
    command = [copy / "boards/run", folder.name, "--keys", vector_key_file]
    assert wrong_answers(lambda lines: answers_of(command, lines),
                         token_vectors) == []
