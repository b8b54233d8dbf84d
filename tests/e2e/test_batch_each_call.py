"""signer-host batch ended, or refused by a full disk, at each single system
call that writes, renames, syncs or removes: the same command gets to the same
bytes, and until then the output is not there.
SPDX-License-Identifier: Apache-2.0
"""

import collections
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest
from conftest import NOW, SIGNER, clean_environment

CALLS = ("write", "pwrite64", "fsync", "fdatasync", "syncfs", "ftruncate",
         "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir",
         "mkdir")
INPUT = "serial,role\nSN-1,a\nSN-2,b\nSN-3,\n"


class Traced:
    """batch under strace, in a folder that is made anew for each run."""

    def __init__(self, key, folder, out):
        self.log = folder / "log"
        self.input = folder / "devices.csv"
        self.input.write_text(INPUT)
        self.place = folder / "place"
        self.out = self.place / out
        self.command = [SIGNER, "batch", self.input, "--key", key, "--out",
                        self.out, "--now", str(NOW), "--quiet"]

    def afresh(self):
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()

    def run(self, *options):
        return subprocess.run(
            ["strace", "-f", "-qq", "-o", self.log, *options, *self.command],
            capture_output=True, text=True, env=clean_environment(),
            timeout=60)

    def counts(self):
        """How often each call is made from the first to the last token."""
        self.afresh()
        result = self.run("-e", f"trace={','.join(CALLS)}")
        if "PTRACE" in result.stderr or "ptrace" in result.stderr:
            pytest.skip("a process cannot be traced here")
        assert result.returncode == 0, result.stderr
        return collections.Counter(
            re.findall(r"^\d+ +(\w+)\(", self.log.read_text(), re.M))

    def tree(self):
        return {str(path.relative_to(self.place)): path.read_bytes()
                for path in sorted(self.place.rglob("*"))
                if path.is_file() and not path.name.endswith(".journal")}


@pytest.fixture
def folder(tmp_path):
    """In memory where that is possible: there are thousands of syncs, and what
    counts is where they fail, not how long they take."""
    memory = pathlib.Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="kjwt-", dir=memory) as made:
        yield pathlib.Path(made)


@pytest.mark.parametrize("out", ["tokens.csv", "tokens"])
@pytest.mark.parametrize("what", ["signal=KILL:when={}",
                                  "error=ENOSPC:when={}+"])
def test_each_call(what, out, keys, folder):
    traced = Traced(f"file:{keys[2048]}", folder, out)
    counts = traced.counts()
    expected = traced.tree()
    assert counts["pwrite64"] > 10 and sum(counts.values()) > 50
    for call, count in counts.items():
        for number in range(1, count + 1):
            where = f"{call} {number}"
            traced.afresh()
            result = traced.run(
                "-e", f"trace={call}",
                "-e", f"inject={call}:{what.format(number)}")
            if what.startswith("signal"):
                assert result.returncode == -9, (where, result.stderr)
            else:
                assert result.returncode in (0, 2), (where, result.stderr)
            # The journal's log stays where it cannot be merged.
            tree = {name: text for name, text in traced.tree().items()
                    if not name.endswith("-wal")}
            assert not traced.out.exists() or tree == expected, where
            assert result.returncode != 0 or traced.out.exists(), where
            again = subprocess.run(traced.command, capture_output=True,
                                   text=True, env=clean_environment(),
                                   timeout=60)
            assert again.returncode == 0, (where, again.stderr)
            assert traced.tree() == expected, where
