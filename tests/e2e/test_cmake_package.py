"""kjwt in somebody else's project: add_subdirectory, find_package, pkg-config;
in C and in C++17.
SPDX-License-Identifier: Apache-2.0
"""

import os
import re
import shutil
import subprocess

import pytest
from conftest import NOW, ROOT

CONSUMER = ROOT / "tests/packaging/consumer"
VERSION = re.search(r'define KJWT_VERSION "(.+)"',
                    (ROOT / "verifier/include/kjwt.h").read_text())[1]


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True,
                          text=True, **more)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def configure(source, build, **variables):
    run("cmake", "-S", source, "-B", build,
        *(f"-D{name}={value}" for name, value in variables.items()))


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """The files that git knows of, and no build folder beside them."""
    folder = tmp_path_factory.mktemp("checkout") / "kjwt"
    names = run("git", "ls-files", "-z", "--cached", "--others",
                "--exclude-standard", cwd=ROOT)
    for name in names.split("\0"):
        path = ROOT / name
        if name and path.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)
    return folder


@pytest.fixture(scope="session")
def sources():
    """What the machine has, so that a test needs no network."""
    return {"KJWT_MBEDTLS_DIR": ROOT / "build/deps/mbedtls",
            "KJWT_JSMN_DIR": ROOT / "build/deps/jsmn"}


@pytest.fixture(scope="session")
def prefix(checkout, sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    configure(checkout, folder / "build", KJWT_SIGNER_HOST="OFF",
              KJWT_TESTS="OFF", **sources)
    run("cmake", "--build", folder / "build")
    # Moved after it was installed: nothing may know where it was.
    run("cmake", "--install", folder / "build", "--component", "device",
        "--prefix", folder / "first")
    shutil.rmtree(folder / "build")
    (folder / "first").rename(folder / "prefix")
    return folder / "prefix"


@pytest.fixture(scope="session")
def tokens(signer, keys):
    """A good token, and one with another's signature."""
    good, other = (signer.ok("mint", "--key", f"file:{keys[2048]}", "--now",
                             NOW, "--jti", jti).strip() for jti in "ab")
    return good, f"{good.rsplit('.', 1)[0]}.{other.rsplit('.', 1)[1]}"


def check(program, tokens):
    for token, status in zip(tokens, ("KJWT_OK", "KJWT_ERR_SIGNATURE")):
        done = subprocess.run([program, str(NOW)], input=token, text=True,
                              capture_output=True)
        assert done.stdout == f"{status}\n"
        assert done.returncode == (status != "KJWT_OK")


def check_consumer(build, tokens):
    run("cmake", "--build", build)
    for program in ("consumer-c", "consumer-cpp"):
        check(build / program, tokens)


@pytest.mark.parametrize("compilers", [{}, {"CMAKE_C_COMPILER": "clang",
                                            "CMAKE_CXX_COMPILER": "clang++"}])
def test_find_package(compilers, prefix, tokens, development_key_file,
                      tmp_path):
    configure(CONSUMER, tmp_path, KJWT_FROM="package",
              KJWT_WANTED_VERSION=VERSION, CMAKE_PREFIX_PATH=prefix,
              KJWT_KEYS=development_key_file[2048], **compilers)
    check_consumer(tmp_path, tokens)


def test_find_package_of_another_version(prefix, tmp_path):
    """Before 1.0 a minor version may break."""
    major, minor, _ = map(int, VERSION.split("."))
    done = subprocess.run(
        ["cmake", "-S", CONSUMER, "-B", tmp_path, "-DKJWT_FROM=package",
         f"-DKJWT_WANTED_VERSION={major}.{minor + 1}",
         f"-DCMAKE_PREFIX_PATH={prefix}"], capture_output=True, text=True)
    assert done.returncode != 0
    assert f"version: {VERSION}" in done.stderr


def test_add_subdirectory(checkout, sources, tokens, development_key_file,
                          tmp_path):
    configure(CONSUMER, tmp_path, KJWT_FROM=checkout,
              KJWT_KEYS=development_key_file[2048], **sources)
    check_consumer(tmp_path, tokens)
    # Whoever uses kjwt gets neither its tests nor its signer.
    assert not list(tmp_path.rglob("signer-host"))
    assert not list(tmp_path.rglob("test_*"))


def test_pkg_config(prefix, tokens, development_key_file, tmp_path):
    environment = {**os.environ,
                   "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}

    def ask(*options):
        return run("pkg-config", *options, "kjwt", env=environment).split()

    assert ask("--modversion") == [VERSION]
    program = tmp_path / "consumer"
    run("gcc", "-std=c11", "-Wall", "-Wextra", "-Werror",
        f'-DKJWT_KEYS_FILE="{development_key_file[2048]}"',
        CONSUMER / "main.c", *ask("--cflags"), *ask("--libs"), "-o", program)
    check(program, tokens)


def test_what_is_installed(prefix):
    """Headers, libraries, the packages' files, three licences; no path of the
    machine in what others read."""
    headers = {path.name for path in (prefix / "include").iterdir()}
    assert headers == {path.name for path in
                       (ROOT / "verifier/include").glob("*.h")}
    licences = prefix / "share/licenses/kjwt"
    assert {path.name: path.read_text().count("Permission is hereby granted")
            for path in licences.iterdir()} == {"kjwt": 0, "jsmn": 1,
                                                "mbedtls": 0}
    for path in [*prefix.rglob("*.cmake"), *prefix.rglob("*.pc")]:
        assert str(ROOT) not in path.read_text(), path
        assert "/tmp" not in path.read_text(), path


def test_a_port_of_ones_own(checkout, sources, tmp_path):
    """KJWT_CRYPTO=none leaves four functions to the firmware; another word is
    an error that names the choices."""
    configure(checkout, tmp_path / "none", KJWT_CRYPTO="none",
              KJWT_SIGNER_HOST="OFF", KJWT_TESTS="OFF", **sources)
    run("cmake", "--build", tmp_path / "none", "--target", "kjwt")
    done = subprocess.run(
        ["cmake", "-S", checkout, "-B", tmp_path / "x", "-DKJWT_CRYPTO=x"],
        capture_output=True, text=True)
    assert done.returncode != 0
    assert "psa-verify" in done.stderr
