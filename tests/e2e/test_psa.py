"""PSA Crypto behind the crypto seam: SHA-256, and psa_verify_hash().
SPDX-License-Identifier: Apache-2.0
"""

import re

import pytest
from conftest import NOW, ROOT, load_script
from test_boards import allocator_symbols, wrong_answers

BOARDS = ["posix", "mps2-an385"]
KINDS = ["psa", "psa-verify"]


@pytest.fixture(scope="session")
def psa():
    return load_script("tests/bench/psa/run")


def answers(psa, board, crypto, key_file, lines):
    folder = psa.build(board, crypto, key_file)
    said = psa.boot(folder, crypto, [
        line if isinstance(line, str) else line.decode() for line in lines])
    return [line for line in said.split("\n")[:-1]
            if not line.startswith("# ")]


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("crypto", KINDS)
def test_token_vectors(board, crypto, psa, token_vectors, vector_key_file):
    """The same status for every token as with kjwt's own cryptography."""
    def shell(lines):
        return answers(psa, board, crypto, vector_key_file, lines)

    assert wrong_answers(shell, token_vectors) == []


def test_all_key_sizes(psa, signer, keys, tmp_path):
    """A key of each size in one image; the token's kid selects."""
    exports = [word for pem in keys.values() for word in ("--key",
                                                          f"file:{pem}")]
    key_file = tmp_path / "keys.c"
    signer.ok("key", "export", *exports, "--format", "c", "-o", key_file)
    lines, expected = [f"now {NOW}"], []
    for pem in keys.values():
        token, other = (signer.ok("mint", "--key", f"file:{pem}", "--now", NOW,
                                  "--jti", jti).strip() for jti in "ab")
        lines += [token,
                  f"{other.rsplit('.', 1)[0]}.{token.rsplit('.', 1)[1]}"]
        expected += ["accepted", "rejected KJWT_ERR_SIGNATURE"]
    said = answers(psa, "posix", "psa-verify", key_file, lines)
    assert [answer.split(" {")[0] for answer in said[1:]] == expected


def test_hash_alone_takes_no_heap(psa, vector_key_file):
    """psa-verify's provider allocates, and is outside the promise."""
    folder = psa.build("mps2-an385", "psa", vector_key_file)
    assert allocator_symbols(folder / "flash-verify.elf") == []
    assert allocator_symbols(folder / "verify-shell.elf") == []


def test_figures_of_the_readme(psa, token_vectors):
    """Every board and kind has its row."""
    readme = (ROOT / "port/psa/README.md").read_text()
    rows = re.findall(r"^\| (\w[\w-]*) \| `(\S+)` \| ", readme, re.MULTILINE)
    cores = [core for board, core in psa.images.CORES.items()
             if board != "microbit"]
    assert rows == [(core, kind) for core in cores for kind in psa.SHELLS]
