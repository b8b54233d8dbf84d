"""The story of a device's life, on a board with flash of its own and as a
process. The transcripts stay in build/stories.
SPDX-License-Identifier: Apache-2.0
"""

import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests/stories"))

import device_life  # noqa: E402


@pytest.mark.parametrize("board", ["microbit", "posix"])
def test_device_life(board):
    folder = ROOT / "build/stories"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{board}.txt", "w") as transcript:
        tried = device_life.play(
            board, lambda line: print(line, file=transcript, flush=True))
    # Every attack of the story, or it told less than it should.
    assert set(tried) >= {
        "replay", "forgery", "another device's", "old token", "stale token",
        "replay after a power cut", "flood", "replay after a flood",
        "forged key set", "root as a bench", "one kind for another",
        "rollback", "revoked key", "delegated alone", "delegated beyond",
        "delegated further"}


def test_the_story_can_fail():
    """A device that takes a token twice ends the story."""
    class Careless(device_life.Device):
        def __init__(self):
            self.tell, self.tried = print, {}

        def say(self, line, shown=None):
            return "accepted {}"

    with pytest.raises(device_life.Wrong):
        Careless().token("a.b.c", "rejected KJWT_ERR_SEQUENCE", "again",
                         "replay")
