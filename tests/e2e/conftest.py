"""What the end-to-end tests share: the programs under test and keys that are
made at test time. KJWT_SIGNER names another signer-host than the built one,
KJWT_LOCAL_KMS a Local-KMS that is there already.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import contextlib
import fcntl
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import signal
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIGNER = pathlib.Path(os.environ.get(
    "KJWT_SIGNER", ROOT / "build/host/signer-host/signer-host")).resolve()
VECTORS = ROOT / "tests/vectors"
NOW = 1800000000


pytest_plugins = ["emulators"]


def pytest_configure(config):
    # Programs in the background of a script ignore SIGINT, and so would all
    # that the tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "server: needs a server beside it")
    config.addinivalue_line("markers", "slow: takes more than a minute")


# Files whose tests build boards' images in build/BOARD, or take what is there:
# of each board one test at a time.
BOARDS = {"test_bench_device", "test_board_keys", "test_boards", "test_budgets",
          "test_drop", "test_freertos", "test_interop", "test_kernels",
          "test_porting", "test_psa", "test_silicon", "test_stack",
          "test_stories"}


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in its own
def pytest_collection_modifyitems(items):
    """What a process of tests/run takes at once: the tests of a board, or of
    another file."""
    for item in items:
        group = item.path.stem
        if group in BOARDS:
            parameters = getattr(item, "callspec", None)
            group = (parameters and parameters.params.get("board")
                     or "mps2-an385")
        item.add_marker(pytest.mark.xdist_group(group))


def clean_environment(**more):
    """The environment without anything that AWS's rules would read."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and "proxy" not in name.lower()
    }
    environment["AWS_EC2_METADATA_DISABLED"] = "true"
    environment["HOME"] = "/nonexistent"
    environment.update(more)
    return environment


class Signer:
    """Runs signer-host."""

    path = SIGNER

    def __call__(self, *arguments, stdin=None, text=True, env=None, **more):
        return subprocess.run(
            [SIGNER, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=text,
            env=clean_environment() if env is None else env,
            timeout=120,
            **more,
        )

    def ok(self, *arguments, **more):
        result = self(*arguments, **more)
        assert result.returncode == 0, result.stderr
        return result.stdout


@pytest.fixture(scope="session")
def signer():
    return Signer()


@pytest.fixture(scope="session")
def keys(signer, tmp_path_factory):
    """Development keys of all sizes: keys[2048] is the path of a PEM file."""
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for bits in (2048, 3072, 4096):
        made[bits] = folder / f"rsa{bits}.pem"
        signer.ok("key", "create", "--key", f"file:{made[bits]}",
                  "--spec", f"RSA_{bits}")
    return made


@pytest.fixture(scope="session")
def development_key_file(signer, keys, tmp_path_factory):
    """The same as C: development_key_file[2048] is the path of a key file."""
    made = {}
    for bits, pem in keys.items():
        made[bits] = tmp_path_factory.mktemp("exported") / f"rsa{bits}.c"
        signer.ok("key", "export", "--key", f"file:{pem}", "--format", "c",
                  "-o", made[bits])
    return made


@pytest.fixture(scope="session")
def token_vectors():
    return json.loads((VECTORS / "tokens_rsa2048.json").read_text())


@pytest.fixture(scope="session")
def vector_key_file(signer, token_vectors, tmp_path_factory):
    folder = tmp_path_factory.mktemp("vectors")
    pem = folder / "main.pem"
    pem.write_text(token_vectors["public_keys"]["main"])
    signer.ok("key", "export", "--key", f"file:{pem}", "--format", "c",
              "-o", folder / "main.c")
    return folder / "main.c"


def token_bytes(case):
    return base64.b64decode(case["token"])


def answers_of(command, lines):
    """Sends the lines to a verify shell, returns its answers; '# ' lines are
    dropped."""
    text = b"".join(
        (line if isinstance(line, bytes) else line.encode()) + b"\n"
        for line in lines
    )
    result = subprocess.run(command, input=text, capture_output=True,
                            timeout=900)
    assert result.returncode == 0, result.stderr.decode()
    return [
        line
        for line in result.stdout.decode().split("\n")[:-1]
        if not line.startswith("# ")
    ]


@contextlib.contextmanager
def not_built(board):
    """Nor linked anew: boards/build holds this lock while it builds."""
    with open(ROOT / "build" / board / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Shell:
    """Talks to the verify shell of one board in one go."""

    def __init__(self, board, key_file):
        self.board = board
        self.key_file = key_file

    def __call__(self, lines):
        return answers_of(
            [ROOT / "boards/run", self.board, "--keys", self.key_file], lines)


def load_script(path):
    """A program without .py as a module."""
    loader = importlib.machinery.SourceFileLoader(
        path.replace("/", "_"), str(ROOT / path))
    script = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(script)
    return script


def token_line(token):
    """A token as a line of the shell: `hex` for what no line carries."""
    words = (b"now ", b"aud ", b"iss ", b"sub ", b"hex ", b"stats")
    plain = all(0x21 <= byte < 0x7F for byte in token)
    if plain and not token.startswith(words):
        return token
    return b"hex " + token.hex().encode()
