"""The documents: nothing that they point at is missing, and the API reference
says what the headers say.
SPDX-License-Identifier: Apache-2.0
"""

import re
import subprocess
import xml.etree.ElementTree

import pytest
from conftest import ROOT, load_script

PAGES = sorted(path for path in ROOT.rglob("*.md")
               if "build" not in path.relative_to(ROOT).parts)
LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"')


def missing(page, text):
    """Relative links that lead nowhere, with those to headings."""
    for found in LINK.findall(text):
        target, _, anchor = (found[0] or found[1]).partition("#")
        if "://" in target or target.startswith("data:"):
            continue
        path = page.parent / target if target else page
        if not path.exists() or anchor and anchor not in anchors(path):
            yield found[0] or found[1]


def anchors(page):
    """GitHub's names of a page's headings."""
    return {re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
            for line in page.read_text().split("\n") if line.startswith("#")}


@pytest.mark.parametrize("page", PAGES,
                         ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page):
    assert list(missing(page, page.read_text())) == []


def test_a_link_can_be_missing():
    text = "[a](nowhere.md) [b](README.md#nothing) [c](README.md#figures)"
    assert list(missing(ROOT / "README.md", text)) == [
        "nowhere.md", "README.md#nothing"]


def test_every_guide_is_in_the_index():
    """A folder of port/ that has a guide stands in port/README.md."""
    index = (ROOT / "port/README.md").read_text()
    for guide in sorted((ROOT / "port").glob("*/README.md")):
        assert f"({guide.parent.name}/README.md)" in index, \
            f"add {guide.relative_to(ROOT)} to port/README.md"


def test_api_reference():
    result = subprocess.run([ROOT / "tests/api-reference", "--check"],
                            capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_api_reference_is_whole():
    """Every function of every public header has its heading."""
    page = load_script("tests/api-reference").page()
    for header in (ROOT / "verifier/include").glob("*.h"):
        code = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.DOTALL)
        for name in re.findall(r"^\w[\w *]*?\b(kjwt_\w+)\(", code,
                               re.MULTILINE):
            assert re.search(rf"^####.*`{name}\(\)`", page, re.MULTILINE), name


@pytest.mark.parametrize("picture", sorted(
    path for path in ROOT.rglob("*.svg")
    if "build" not in path.relative_to(ROOT).parts),
    ids=lambda path: path.name)
def test_pictures(picture):
    """Well-formed, said in words, and drawn for dark pages too."""
    root = xml.etree.ElementTree.parse(picture).getroot()
    assert "aria-label" in root.keys() or "aria-labelledby" in root.keys()
    assert "prefers-color-scheme: dark" in picture.read_text()
