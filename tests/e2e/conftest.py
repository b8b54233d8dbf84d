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
KEY_SIZES = (2048, 3072, 4096)


pytest_plugins = ["emulators"]


def pytest_configure(config):
    # Programs in the background of a script ignore SIGINT, and so would all
    # that the tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "server: needs a server beside it")
    config.addinivalue_line("markers", "slow: takes more than a minute")


# Files whose tests with another board share nothing: boards/image builds one
# image of a board at a time.
BOARDS = {"test_board_keys", "test_boards", "test_budgets", "test_drop",
          "test_kernels", "test_silicon", "test_stack", "test_stories"}


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in its own
def pytest_collection_modifyitems(items):
    """What a process of tests/run takes at once: the tests of a file, or those
    of a file and a board."""
    for item in items:
        group = item.path.stem
        parameters = getattr(item, "callspec", None)
        if group in BOARDS and parameters:
            names = parameters.params
            group += f"-{names.get('board', names.get('shell'))}"
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
def shared_keys(signer, tmp_path_factory):
    """A folder of rsaBITS.pem and rsaBITS.c, the same for all processes of a
    run, which so take the same images of a board."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder /= "development-keys"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for bits in KEY_SIZES:
            key = f"file:{folder}/rsa{bits}.pem"
            source = folder / f"rsa{bits}.c"
            if not source.exists():
                signer.ok("key", "create", "--key", key, "--spec",
                          f"RSA_{bits}")
                signer.ok("key", "export", "--key", key, "--format", "c",
                          "-o", source)
    return folder


@pytest.fixture(scope="session")
def keys(shared_keys):
    """Development keys of all sizes: keys[2048] is the path of a PEM file."""
    return {bits: shared_keys / f"rsa{bits}.pem" for bits in KEY_SIZES}


@pytest.fixture(scope="session")
def development_key_file(shared_keys):
    """The same as C: development_key_file[2048] is the path of a key file."""
    return {bits: shared_keys / f"rsa{bits}.c" for bits in KEY_SIZES}


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
    """Nor linked anew: boards/image holds this lock while it builds."""
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
