"""SECURITY.md's table of attacks: every test that it names is there.
SPDX-License-Identifier: Apache-2.0
"""

import json
import re

from conftest import ROOT, VECTORS


def test_attack_table():
    text = (ROOT / "SECURITY.md").read_text()
    table = text.split("## Attack, test, clause")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines()
            if line.startswith("| ")][1:]
    groups = {case["group"] for case in json.loads(
        (VECTORS / "tokens_rsa2048.json").read_text())["cases"]}
    missing = []
    assert len(rows) > 25
    for row in rows:
        named = re.findall(r"V/(\w+)", row[1])
        missing += [name for name in named if name not in groups]
        for reference in re.findall(r"`([^`]+)`", row[1]):
            file, _, name = reference.partition(": ")
            path = ROOT / (file if "/" in file else f"tests/unit/{file}")
            if not path.exists() or not re.search(rf"\b{name}\b",
                                                  path.read_text()):
                missing.append(reference)
            named.append(reference)
        assert named, row
    assert missing == []
