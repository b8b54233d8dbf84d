"""Two tasks of FreeRTOS verify at the same time on a Cortex-M3.
SPDX-License-Identifier: Apache-2.0
"""

import re

import pytest
from conftest import NOW, ROOT, load_script
from test_boards import allocator_symbols
from test_cmake_package import run

# The crate that carries the kernel's own release, V11.2.0.
CRATE = ("freertos-next", "0.12.0",
         "b7824fb42660c16e1b3b573eef99c2fe5c5cba6294a631c309084635f6bfcbb0")
BOARD = "mps2-an385"


@pytest.fixture(scope="session")
def kernel():
    folder = run(ROOT / "tests/fetch-crate", *CRATE).strip()
    return f"{folder}/FreeRTOS-Kernel"


@pytest.fixture(scope="session")
def firmware(kernel, development_key_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("freertos")
    run("cmake", "-S", ROOT, "-B", folder, f"-DKJWT_BOARD={BOARD}",
        f"-DKJWT_KEYS={development_key_file[2048]}",
        f"-DKJWT_FREERTOS_DIR={kernel}", "--toolchain",
        ROOT / "boards/common/toolchain.cmake")
    run("cmake", "--build", folder, "--target", "freertos-tasks")
    return folder


@pytest.fixture(scope="session")
def tokens(signer, keys):
    good, other = (signer.ok("mint", "--key", f"file:{keys[2048]}", "--now",
                             NOW, "--jti", jti).strip() for jti in "ab")
    return {"good": good, "other": other,
            "forged": f"{good.rsplit('.', 1)[0]}.{other.rsplit('.', 1)[1]}"}


@pytest.mark.parametrize("a, b", [("good", "forged"), ("forged", "other"),
                                  ("good", "other"), ("good", "good")])
def test_two_tasks(a, b, firmware, tokens):
    """Each gets its own verdict in every round, and was switched out in the
    middle of most."""
    said = load_script("tests/bench/boards").boot(
        firmware, "freertos-tasks.elf", f"{tokens[a]}\n{tokens[b]}\n")
    for task, token in (("a", a), ("b", b)):
        accepted, of, status, switched, left = re.search(
            rf"^{task} accepted (\d+) of (\d+), last (\w+), switched (\d+) "
            r"times, stack left (\d+)$", said, re.MULTILINE).groups()
        bad = token == "forged"
        assert status == ("KJWT_ERR_SIGNATURE" if bad else "KJWT_OK")
        assert int(accepted) == (0 if bad else int(of))
        assert int(switched) > int(of)
        assert int(left) > 200


def test_no_heap(firmware):
    assert allocator_symbols(firmware / "freertos-tasks.elf") == []
