"""What the build fetches.
SPDX-License-Identifier: Apache-2.0
"""

import subprocess

import pytest
from conftest import ROOT

SCRIPT = """
include({root}/port/mbedtls/source.cmake)
kjwt_mbedtls_check({tarball} {severity})
message(STATUS "went on")
"""


@pytest.mark.parametrize("severity, goes_on", [
    ("FATAL_ERROR", False),  # upstream's download: nothing else vouches for it
    ("WARNING", True),       # apt's: the archive's signature does
])
def test_other_mbedtls_than_the_pinned_one(severity, goes_on, tmp_path):
    source = tmp_path / "library/sha256.c"
    source.parent.mkdir()
    source.touch()
    tarball = tmp_path / "mbedtls.tar.bz2"
    tarball.write_bytes(b"not upstream's")
    script = tmp_path / "script.cmake"
    script.write_text(SCRIPT.format(root=ROOT, tarball=tarball,
                                    severity=severity))
    result = subprocess.run(
        ["cmake", f"-DKJWT_MBEDTLS_DIR={tmp_path}", "-P", script],
        capture_output=True, text=True)
    assert (result.returncode == 0) == goes_on
    assert ("went on" in result.stdout) == goes_on
    assert "not the pinned" in result.stderr
    assert tarball.exists() == goes_on
