"""The manifests of other ecosystems: one version, one file list, read by the
ecosystem's own tools where there are such. Stand-ins build what wants a
framework that is not here; the ports' READMEs say so.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import re
import shutil
import subprocess
import tarfile
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import NOW, ROOT, load_script
from test_cmake_package import VERSION, configure, run

PACKAGING = ROOT / "tests/packaging"
PORT = ROOT / "port"
MBEDTLS = ROOT / "build/deps/mbedtls"
JSMN = ROOT / "build/deps/jsmn"
TOOLS = ROOT / "build/manifests/bin"
SOURCES = re.findall(r"src/(\S+\.[cS])\b",
                     (ROOT / "verifier/sources.cmake").read_text())


def needs_tools(name):
    path = TOOLS / name
    if not path.exists():
        pytest.skip("build/manifests is missing; tests/run makes it")
    return path


def python(code, *arguments, **environment):
    """Runs code where the tools' own modules are."""
    return run(needs_tools("python"), "-c", code, *arguments,
               env={**os.environ, **environment})


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    made = {kind: folder / kind / "kjwt"
            for kind in ("arduino", "esp-idf", "cmsis")}
    for kind, path in made.items():
        run(PORT / "package", kind, path)
    return made


# --------------------------------------------------- one version, one list --

@pytest.mark.parametrize("path, pattern", [
    ("port/arduino/library.properties", r"^version=(.+)$"),
    ("port/platformio/library.json", r'"version": "(.+)"'),
    ("port/esp-idf/kjwt/idf_component.yml", r'^version: "(.+)"$'),
    ("port/cmsis/kjwt.kjwt.pdsc", r'release version="(.+?)"'),
    ("port/cmsis/kjwt.kjwt.pdsc", r'Cversion="(.+?)"'),
    ("port/cmsis/README.md", r"kjwt\.kjwt\.(.+)\.pack"),
    ("port/zephyr/README.md", r"revision: v(.+)$"),
])
def test_version(path, pattern):
    text = (ROOT / path).read_text()
    assert re.findall(pattern, text, re.MULTILINE)[0] == VERSION


def test_sources_are_all_there_are():
    """The one list has every file of verifier/src."""
    assert sorted(SOURCES) == sorted(
        path.name for path in (ROOT / "verifier/src").glob("*.[cS]"))


def objects(archive, nm="arm-none-eabi-"):
    members = run(f"{nm}ar", "t", archive).split()
    return {re.sub(r"\.(o|obj)$", "", name) for name in members}


def test_package_leaves_what_is_there_alone(tmp_path):
    (tmp_path / "mine").write_text("mine")
    done = subprocess.run([PORT / "package", "drop", tmp_path],
                          capture_output=True, text=True)
    assert done.returncode != 0 and "--force" in done.stderr
    assert (tmp_path / "mine").read_text() == "mine"


# ------------------------------------------------------------------ Zephyr --

CRYPTO = {
    "PSA": {"sha256_psa.c"},
    "PSA_VERIFY": {"sha256_psa.c", "rsassa_psa.c"},
    "MBEDTLS": {"sha256_mbedtls.c"},
    "NONE": set(),
}
KCONFIG = """
import json, sys, kconfiglib
kconfig = kconfiglib.Kconfig(sys.argv[1])
for name in sys.argv[2:]:
    kconfig.syms[name].set_value("y")
if kconfig.warnings:
    sys.exit("\\n".join(kconfig.warnings))
print(json.dumps({name: symbol.str_value
                  for name, symbol in kconfig.syms.items()}))
"""
ZEPHYR = """
mainmenu "Zephyr's part"
config MBEDTLS
	bool "mbedTLS"
config MBEDTLS_SHA256
	bool
config PSA_CRYPTO
	bool
config PSA_WANT_ALG_SHA_256
	bool
config PSA_WANT_ALG_RSA_PKCS1V15_SIGN
	bool
config PSA_WANT_KEY_TYPE_RSA_PUBLIC_KEY
	bool
source "{module}/Kconfig"
"""


def expected_objects(crypto):
    sources = [name for name in SOURCES
               if crypto != "PSA_VERIFY" or name != "rsassa.c"]
    return set(sources) | CRYPTO[crypto]


def toolchain(tmp_path, compiler, flags):
    path = tmp_path / "toolchain.cmake"
    path.write_text(
        "set(CMAKE_SYSTEM_NAME Generic)\n"
        f"set(CMAKE_C_COMPILER {compiler})\n"
        f"set(CMAKE_ASM_COMPILER {compiler})\n"
        f'set(CMAKE_C_FLAGS_INIT "{flags}")\n'
        f'set(CMAKE_ASM_FLAGS_INIT "{flags}")\n'
        "set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)\n")
    return path


@pytest.mark.parametrize("crypto", CRYPTO)
def test_zephyr(crypto, tmp_path):
    """Kconfig's answers, put into the module's CMake."""
    (tmp_path / "Kconfig").write_text(ZEPHYR.format(module=PORT / "zephyr"))
    values = json.loads(python(KCONFIG, tmp_path / "Kconfig", "MBEDTLS",
                               "KJWT", f"KJWT_CRYPTO_{crypto}"))
    assert values["KJWT"] == values[f"KJWT_CRYPTO_{crypto}"] == "y"
    assert (values["PSA_WANT_ALG_SHA_256"] == "y") == ("PSA" in crypto)
    assert values["KJWT_MAX_TOKEN_LENGTH"] == "4096"
    options = [f"CONFIG_{name}={value}" for name, value in values.items()
               if value not in ("", "n")]
    configure(PACKAGING / "zephyr", tmp_path / "build", MODULE=PORT / "zephyr",
              MBEDTLS=MBEDTLS, KJWT_JSMN_DIR=JSMN, OPTIONS=";".join(options),
              CMAKE_TOOLCHAIN_FILE=toolchain(
                  tmp_path, "arm-none-eabi-gcc", "-mcpu=cortex-m3 -mthumb"))
    run("cmake", "--build", tmp_path / "build")
    assert objects(tmp_path / "build/module/libkjwt.a") == \
        expected_objects(crypto)


def test_zephyr_limits_are_those_of_the_header():
    limits = dict(re.findall(r"#define (KJWT_MAX_\w+) (\d+)",
                             (ROOT / "verifier/include/kjwt.h").read_text()))
    for path in (PORT / "zephyr/Kconfig", PORT / "esp-idf/kjwt/Kconfig"):
        found = re.findall(r"config (KJWT_MAX_\w+)\n.*\n.*\n\s+default (\d+)",
                           path.read_text())
        assert dict(found) == limits, path


def test_zephyr_module():
    """What the module names is there; west takes the README's manifest."""
    texts = (PORT / "zephyr/README.md").read_text()
    manifest = re.search(r"```yaml\n(manifest:.*?)```", texts, re.DOTALL)[1]
    module = (PORT / "zephyr/zephyr/module.yml").read_text()
    said = json.loads(python("""
import json, sys, yaml
from west.manifest import Manifest
manifest = Manifest.from_data(source_data=yaml.safe_load(sys.argv[1]))
module = yaml.safe_load(sys.argv[2])
print(json.dumps([[project.name for project in manifest.projects], module]))
""", manifest, module))
    assert said[0] == ["manifest", "kjwt"]
    root = PORT / "zephyr"
    assert said[1]["name"] == "kjwt"
    assert (root / said[1]["build"]["cmake"] / "CMakeLists.txt").exists()
    assert (root / said[1]["build"]["kconfig"]).exists()
    for samples in said[1]["samples"]:
        assert list((root / samples).rglob("sample.yaml"))


# ----------------------------------------------------------------- ESP-IDF --

IDF_KCONFIG = """
import json, sys, esp_kconfiglib as kconfiglib
kconfig = kconfiglib.Kconfig(sys.argv[1])
for name in sys.argv[2:]:
    kconfig.syms[name].set_value("y")
print(json.dumps({name: symbol.str_value
                  for name, symbol in kconfig.syms.items()}))
"""


@pytest.mark.parametrize("where, idf, choice, crypto", [
    ("in place", 5, "DEFAULT", "MBEDTLS"), ("in place", 6, "DEFAULT", "PSA"),
    ("in place", 5, "PSA", "PSA"), ("in place", 6, "NONE", "NONE"),
    ("in place", 6, "PSA_VERIFY", "PSA_VERIFY"),
    ("packed", 5, "DEFAULT", "MBEDTLS"),
    ("packed", 6, "PSA_VERIFY", "PSA_VERIFY"),
])
def test_esp_idf(where, idf, choice, crypto, packages, tmp_path):
    component = (PORT / "esp-idf/kjwt" if where == "in place"
                 else packages["esp-idf"])
    values = json.loads(python(IDF_KCONFIG, component / "Kconfig",
                               f"KJWT_CRYPTO_{choice}"))
    assert values[f"KJWT_CRYPTO_{choice}"] == "y"
    options = [f"IDF_VERSION_MAJOR={idf}"]
    options += [f"CONFIG_{name}={value}" for name, value in values.items()
                if value not in ("", "n")]
    configure(PACKAGING / "esp-idf", tmp_path / "build", COMPONENT=component,
              MBEDTLS=MBEDTLS, JSMN=JSMN, KJWT=ROOT,
              OPTIONS=";".join(options), CMAKE_TOOLCHAIN_FILE=toolchain(
                  tmp_path, "riscv64-unknown-elf-gcc",
                  "-march=rv32imc -misa-spec=2.2 -mabi=ilp32 "
                  "--specs=picolibc.specs"))
    run("cmake", "--build", tmp_path / "build")
    assert objects(tmp_path / "build/component/libkjwt.a",
                   "riscv64-unknown-elf-") == expected_objects(crypto)


def test_esp_idf_component_manager(packages, tmp_path):
    """Espressif's own packer takes the manifest and every file."""
    run(needs_tools("compote"), "component", "pack", "--name", "kjwt",
        "--dest-dir", tmp_path, cwd=packages["esp-idf"],
        env={**os.environ, "HOME": str(tmp_path)})
    with tarfile.open(tmp_path / f"kjwt_{VERSION}.tgz") as archive:
        names = {name.removeprefix("./") for name in archive.getnames()}
    assert {f"verifier/src/{name}" for name in SOURCES} <= names
    assert {"idf_component.yml", "Kconfig", "LICENSE", "README.md",
            "examples/verify/main/main.c",
            "verifier/include/kjwt.h"} <= names


# ------------------------------------------------- PlatformIO and Arduino ---

PACK = """
import sys
from platformio.package.manifest.schema import ManifestSchema
from platformio.package.pack import PackagePacker
# The list of licences that it fetches, as far as the manifest has any.
ManifestSchema.load_spdx_licenses = staticmethod(lambda: {"licenses": [
    {"licenseId": "Apache-2.0"}, {"licenseId": "MIT"}]})
print(PackagePacker(sys.argv[1]).pack(sys.argv[2]))
"""


def test_platformio(packages, tmp_path):
    """PlatformIO's own code reads the manifest and packs the library."""
    packed = tmp_path / "kjwt.tar.gz"
    python(PACK, packages["arduino"], packed, PLATFORMIO_CORE_DIR=str(tmp_path))
    with tarfile.open(packed) as archive:
        names = set(archive.getnames())
    assert {"library.json", "src/kjwt.c", "src/kjwt.h", "src/kjwt_kernel.S",
            "src/kjwt_sha256.c", "examples/verify/verify.ino",
            "LICENSE"} <= names


def write_core(folder):
    """An Arduino core of the board's own files."""
    core = folder / "hardware/kjwt/stm32/cores/qemu"
    core.mkdir(parents=True)
    for name in ("boards.txt", "platform.txt"):
        shutil.copy(PACKAGING / "arduino" / name, core.parent.parent)
    boards = ROOT / "boards"
    files = ["app/console.c", "common/cmsdk_uart.c", "common/cortex_m.c",
             "common/sections.ld", "common/semihosting.c", "common/start.c",
             "mps2-an385/board.c", "mps2-an385/link.ld"]
    for path in [PACKAGING / "arduino/Arduino.h",
                 PACKAGING / "arduino/main.cpp",
                 *[boards / name for name in files],
                 *(boards / "app").glob("*.h"),
                 *(boards / "common").glob("*.h"),
                 *(PORT / "storage").glob("*.h")]:
        shutil.copy(path, core)


def write_bearssl(folder):
    """ArduinoBearSSL as far as SHA-256, from BearSSL's source."""
    run("cmake", f"-DPROJECT_SOURCE_DIR={ROOT}",
        f"-DKJWT_DEPS_DIR={ROOT / 'build/deps'}", "-P",
        ROOT / "tests/bench/device/bearssl.cmake")
    source = next((ROOT / "build/deps").glob("bearssl-*"))
    to = folder / "libraries/ArduinoBearSSL/src/bearssl"
    to.mkdir(parents=True)
    for path in [*(source / "inc").glob("*.h"), *(source / "src").glob("*.h"),
                 *[source / "src" / name for name in (
                     "hash/sha2small.c", "codec/dec32be.c",
                     "codec/enc32be.c")]]:
        shutil.copy(path, to)
    # The library is found by this one, whose classes nothing here wants.
    (to.parent / "ArduinoBearSSL.h").write_text("#pragma once\n")
    (to.parent.parent / "library.properties").write_text(
        "name=ArduinoBearSSL\nversion=1.7.6\nauthor=.\nmaintainer=.\n"
        "sentence=.\nparagraph=.\ncategory=Communication\nurl=.\n"
        "architectures=*\n")


def build_sketch(folder, sketch, packages):
    write_core(folder)
    write_bearssl(folder)
    shutil.copytree(packages["arduino"], folder / "libraries/kjwt")
    if shutil.which("arduino-builder") is None:
        pytest.skip("arduino-builder is missing: boards/install tests")
    said = run("arduino-builder", "-compile", "-hardware", folder / "hardware",
               "-tools", "/usr/share/arduino-builder", "-libraries",
               folder / "libraries", "-fqbn", "kjwt:stm32:an385",
               "-ide-version", "10819", "-build-path", folder / "build",
               "-warnings", "all", "-verbose", sketch)
    return said, folder / f"build/{sketch.name}.elf"


def test_arduino(packages, signer, keys, tmp_path):
    """Arduino's builder reads library.properties, resolves the libraries and
    builds the example, which then verifies on a Cortex-M3."""
    sketch = tmp_path / "verify/verify.ino"
    sketch.parent.mkdir()
    shutil.copy(packages["arduino"] / "examples/verify/verify.ino", sketch)
    pem = f"file:{keys[2048]}"
    signer.ok("key", "export", "--key", pem, "--format", "c", "-o",
              sketch.parent / "kjwt_keys.h")
    (tmp_path / "build").mkdir()
    said, image = build_sketch(tmp_path, sketch, packages)
    assert f"kjwt at version {VERSION}" in said
    assert "ArduinoBearSSL at version" in said
    good, other = (signer.ok("mint", "--key", pem, "--sub", "s-1", "--aud",
                             "device-01", "--now", NOW, "--jti",
                             jti).strip() for jti in "ab")
    forged = f"{good.rsplit('.', 1)[0]}.{other.rsplit('.', 1)[1]}"
    bench = load_script("tests/bench/boards")
    (tmp_path / "qemu.args").write_text(
        "qemu-system-arm\n-semihosting-config\nenable=on,target=native\n"
        "-machine\nmps2-an385\n")
    shutil.copy(image, tmp_path / "sketch.elf")
    answers = bench.boot(tmp_path, "sketch.elf",
                         f"{good}\n{forged}\n\x04").splitlines()
    assert answers == [f"kjwt {VERSION}: a token a line",
                       "accepted, sub s-1", "rejected KJWT_ERR_SIGNATURE"]


def test_arduino_without_a_key(packages, tmp_path):
    """The error says what to do."""
    done = subprocess.run(
        ["g++", "-x", "c++", "-fsyntax-only", "-I", packages["arduino"] / "src",
         "-I", PACKAGING / "arduino",
         packages["arduino"] / "examples/verify/verify.ino"],
        capture_output=True, text=True)
    assert done.returncode != 0
    assert "signer-host key export" in done.stderr


# ------------------------------------------------------------------- CMSIS --

def pdsc(folder):
    return ElementTree.parse(folder / "kjwt.kjwt.pdsc").getroot()


def test_cmsis_names_every_file(packages):
    folder = packages["cmsis"]
    root = pdsc(folder)
    named = {file.get("name") for file in root.iter("file")}
    named |= {doc.text for doc in root.iter("doc")}
    named |= {root.find("license").text, "kjwt.kjwt.pdsc"}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*")
             if path.is_file()}
    assert named == there


def test_cmsis_components_compile(packages, tmp_path):
    """Each variant, with what the description says is put before it."""
    folder = packages["cmsis"]
    for component in pdsc(folder).iter("component"):
        before = tmp_path / "pre_include.h"
        before.write_text(
            component.findtext("Pre_Include_Local_Component_h") or "")
        for file in component.iter("file"):
            if file.get("category") == "header":
                continue
            run("arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb", "-Os",
                "-Wall", "-Wextra", "-Werror", "-include", before, "-I",
                folder / "include", "-I", MBEDTLS / "include", "-c",
                folder / file.get("name"), "-o", tmp_path / "file.o")
            if file.get("category") == "sourceAsm":
                assert "kjwt_limbs_square" in run("arm-none-eabi-nm",
                                                  tmp_path / "file.o")


# ---------------------------------------------------------------- examples --

STUBS = {
    "esp-idf": {
        "freertos/FreeRTOS.h": "#include <stdint.h>\n",
        "freertos/task.h": "void vTaskDelay(uint32_t ticks);\n",
    },
    "zephyr": {
        "zephyr/device.h": "struct device;\n"
        "extern const struct device console;\n"
        "#define DT_CHOSEN(name) name\n#define DEVICE_DT_GET(node) &console\n",
        "zephyr/drivers/uart.h":
        "int uart_poll_in(const struct device *, unsigned char *);\n",
        "zephyr/kernel.h": "#include <stddef.h>\nvoid k_yield(void);\n"
        "void printk(const char *, ...);\n",
    },
}


@pytest.mark.parametrize("system, path", [
    ("esp-idf", "port/esp-idf/kjwt/examples/verify/main/main.c"),
    ("zephyr", "port/zephyr/samples/verify/src/main.c"),
])
def test_examples_compile(system, path, development_key_file, tmp_path):
    """Against the declarations that they take from their system."""
    for name, text in STUBS[system].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copy(development_key_file[2048], tmp_path / "kjwt_keys.c")
    run("gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
        "-I", tmp_path, "-I", ROOT / "verifier/include",
        f'-DKJWT_KEYS_FILE="{tmp_path}/kjwt_keys.c"', ROOT / path)
