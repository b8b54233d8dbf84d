"""signer-host's command line for `file:` keys: making, exporting and showing
keys, options, and streams that fail.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import re
import signal
import stat
import subprocess

import pytest
from conftest import NOW, ROOT
from jose_parts import encode_integer, public_key, thumbprint, \
    write_public_pem

BITS = (2048, 3072, 4096)
INCLUDE = ROOT / "verifier/include"
COMPILERS = {
    "c": ["gcc", "-std=c11"],
    "c++": ["g++", "-std=c++17", "-x", "c++"],
}
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-I", INCLUDE]


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], check=True,
                          capture_output=True).stdout


@pytest.fixture(scope="module")
def public_keys(keys, tmp_path_factory):
    """The public halves alone: no private key stands behind them."""
    folder = tmp_path_factory.mktemp("public")
    return {bits: write_public_pem(pem, folder / f"public{bits}.pem")
            for bits, pem in keys.items()}


# ----------------------------------------------------------- key create --


@pytest.mark.parametrize("bits", BITS)
def test_create(bits, keys):
    assert mode(keys[bits]) == 0o600
    numbers = public_key(keys[bits]).public_numbers()
    assert numbers.n.bit_length() == bits and numbers.e == 65537
    openssl("rsa", "-in", keys[bits], "-check", "-noout")


def test_create_prints_its_uri_and_never_overwrites(signer, tmp_path):
    path = tmp_path / "dev.pem"
    assert signer.ok("key", "create", "--key", f"file:{path}") == \
        f"file:{path}\n"
    before = path.read_bytes()
    again = signer("key", "create", "--key", f"file:{path}")
    assert again.returncode == 2 and again.stdout == ""
    assert str(path) in again.stderr and "exists" in again.stderr
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["dev.pem"]


def test_create_under_a_strange_umask(signer, tmp_path):
    path = tmp_path / "dev.pem"
    signer.ok("key", "create", "--key", f"file:{path}",
              preexec_fn=lambda: os.umask(0))
    assert mode(path) == 0o600


@pytest.mark.parametrize("arguments, word", [
    ([], "--key file:"),
    (["--key", "file:x.pem", "--spec", "RSA_1024"], "RSA_2048"),
    (["--key", "file:x.pem", "--spec", "ECC_NIST_P256"], "RSA_2048"),
    (["--key", "file:missing/x.pem"], "missing/x.pem"),
    (["--key", "file:"], "file:"),
    (["--key", "x.pem"], "file:"),
])
def test_create_refuses(arguments, word, signer, tmp_path):
    result = signer("key", "create", *arguments, cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert word in result.stderr
    assert list(tmp_path.iterdir()) == []


# ----------------------------------------------------------- key export --


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("form, options", [
    ("pem", ["-pubout", "-outform", "pem"]),
    ("der", ["-pubout", "-outform", "der"]),
    ("pkcs1", ["-RSAPublicKey_out", "-outform", "der"]),
])
def test_export_equals_openssl(form, options, bits, signer, keys):
    exported = signer.ok("key", "export", "--key", f"file:{keys[bits]}",
                         "--format", form, text=False)
    assert exported == openssl("rsa", "-in", keys[bits], *options)


def check_jwk(jwk, pem, kid=None):
    numbers = public_key(pem).public_numbers()
    assert jwk == {"kty": "RSA", "use": "sig", "alg": "RS256", "e": "AQAB",
                   "n": encode_integer(numbers.n),
                   "kid": thumbprint(pem) if kid is None else kid}


@pytest.mark.parametrize("bits", BITS)
def test_export_jwk(bits, signer, keys):
    export = ["key", "export", "--key", f"file:{keys[bits]}"]
    check_jwk(json.loads(signer.ok(*export, "--format", "jwk")), keys[bits])
    check_jwk(json.loads(signer.ok(*export, "--format", "jwk", "--kid", "k é")),
              keys[bits], "k é")
    jwks = json.loads(signer.ok(*export, "--format", "jwks"))
    assert list(jwks) == ["keys"] and len(jwks["keys"]) == 1
    check_jwk(jwks["keys"][0], keys[bits])


def every_key(keys):
    return [word for pem in keys.values() for word in ("--key", f"file:{pem}")]


def test_export_several(signer, keys, tmp_path):
    jwks = signer.ok("key", "export", *every_key(keys), "--format", "jwks")
    for jwk, pem in zip(json.loads(jwks)["keys"], keys.values(), strict=True):
        check_jwk(jwk, pem)
    exported = tmp_path / "keys.json"
    exported.write_text(jwks)
    again = signer.ok("key", "export", "--key", f"file:{exported}",
                      "--format", "jwks")
    assert json.loads(again) == json.loads(jwks)


@pytest.mark.parametrize("form", ["pem", "der", "pkcs1", "jwk"])
def test_export_one_key_formats(form, signer, keys):
    result = signer("key", "export", *every_key(keys), "--format", form)
    assert result.returncode == 2 and result.stdout == ""
    assert "jwks" in result.stderr


@pytest.mark.parametrize("form", ["pem", "der", "pkcs1", "jwk", "jwks", "c",
                                  "h"])
def test_export_to_file(form, signer, keys, tmp_path):
    path = tmp_path / "exported"
    path.write_text("what stood here before\n" * 1000)
    export = ["key", "export", "--key", f"file:{keys[2048]}",
              "--format", form]
    fixed = {"env": {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
             "text": False}
    assert signer.ok(*export, "-o", path, **fixed) == b""
    assert path.read_bytes() == signer.ok(*export, **fixed)
    assert [entry.name for entry in tmp_path.iterdir()] == ["exported"]


@pytest.mark.parametrize("extra", [
    ["--format", "xml"], [], ["--format", "c", "--kid", ""],
    ["--format", "c", "--kid", "x" * 300],
])
def test_export_usage(extra, signer, keys):
    result = signer("key", "export", "--key", f"file:{keys[2048]}", *extra)
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.startswith("signer-host: ")


# ----------------------------------------------------- keys that do not fit --


def jwk_of(signer, pem, **members):
    text = signer.ok("key", "export", "--key", f"file:{pem}",
                     "--format", "jwk")
    return {**json.loads(text), **members}


def write_jwks(path, keys):
    path.write_text(json.dumps({"keys": keys}))
    return f"file:{path}"


def test_equal_kids_are_refused(signer, keys, tmp_path):
    one = jwk_of(signer, keys[2048], kid="same")
    other = jwk_of(signer, keys[3072], kid="same")
    uri = write_jwks(tmp_path / "keys.json", [one, other])
    rows = [["--key", uri]] + [["--key", f"file:{keys[2048]}"] * 2]
    for arguments in rows:
        for form in ("jwks", "c", "h"):
            result = signer("key", "export", *arguments, "--format", form)
            assert result.returncode == 1 and result.stdout == ""
            assert "kid" in result.stderr


@pytest.mark.parametrize("count, status", [(8, 0), (9, 1)])
@pytest.mark.parametrize("form", ["jwks", "c", "h"])
def test_number_of_keys(form, count, status, signer, keys, tmp_path):
    several = [jwk_of(signer, keys[2048], kid=f"k{i}") for i in range(count)]
    uri = write_jwks(tmp_path / "keys.json", several)
    result = signer("key", "export", "--key", uri, "--format", form)
    assert result.returncode == status, result.stderr
    if status:
        assert result.stdout == "" and "8" in result.stderr


def test_number_of_key_options(signer, keys):
    result = signer("key", "export", *["--key", f"file:{keys[2048]}"] * 9,
                    "--format", "c")
    assert result.returncode == 1 and result.stdout == ""
    assert "8" in result.stderr


@pytest.mark.parametrize("name, algorithm, options", [
    ("1024 bits", "RSA", ["rsa_keygen_bits:1024"]),
    ("2056 bits", "RSA", ["rsa_keygen_bits:2056"]),
    ("e = 3", "RSA", ["rsa_keygen_bits:2048", "rsa_keygen_pubexp:3"]),
    ("EC", "EC", ["ec_paramgen_curve:P-256"]),
    ("Ed25519", "ED25519", []),
])
def test_keys_that_no_device_takes(name, algorithm, options, signer, tmp_path):
    private = tmp_path / "private.pem"
    public = tmp_path / "public.pem"
    generate = ["genpkey", "-algorithm", algorithm, "-out", private]
    openssl(*generate, *(word for option in options
                         for word in ("-pkeyopt", option)))
    openssl("pkey", "-in", private, "-pubout", "-out", public)
    for path in (private, public):
        for command in (["key", "export", "--format", "pem"],
                        ["key", "show"], ["verify", "a.b.c"]):
            result = signer(*command, "--key", f"file:{path}")
            assert result.returncode == 1, (path.name, command, result.stderr)
            assert result.stdout == ""
    result = signer("mint", "--key", f"file:{private}")
    assert result.returncode == 1 and result.stdout == "", result.stderr


JUNK = {
    "empty": b"", "words": b"hello\n", "nul": b"\0" * 300,
    "json": b"[1,2,3]", "no key": b'{"keys":[]}', "jwk of EC":
    b'{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}',
    "cut PEM": b"-----BEGIN %s-----\nMIIEvQ\n" % b"PRIVATE KEY",
}


@pytest.mark.parametrize("name", JUNK)
def test_files_that_hold_no_key(name, signer, tmp_path):
    path = tmp_path / "junk"
    path.write_bytes(JUNK[name])
    result = signer("key", "show", "--key", f"file:{path}")
    assert result.returncode in (1, 2) and result.stdout == ""
    assert str(path) in result.stderr


def test_missing_file(signer, tmp_path):
    result = signer("key", "show", "--key", f"file:{tmp_path}/none.pem")
    assert result.returncode == 2 and "none.pem" in result.stderr


def test_encrypted_key_is_named(signer, keys, tmp_path):
    path = tmp_path / "encrypted.pem"
    openssl("pkcs8", "-topk8", "-in", keys[2048], "-passout", "pass:x",
            "-out", path)
    result = signer("mint", "--key", f"file:{path}")
    assert result.returncode == 1 and result.stdout == ""
    assert "encrypted" in result.stderr


CONTROLS = "\x1b]0;x\x07\n\x7f\x9b31m"


@pytest.mark.parametrize("command", [["show"], ["export", "--format", "pem"]])
def test_files_spare_the_terminal(command, signer, keys, tmp_path):
    """Control characters of somebody else's JWK are not written out."""
    jwk = jwk_of(signer, keys[2048], kid=CONTROLS)
    files = {"kid": jwk, "same kid": {"keys": [jwk, jwk]},
             "kty": '{"kty": \x1b[2J}', "names": '{"\x9b":1,"\x9b":2}'}
    for name, content in files.items():
        path = tmp_path / name
        path.write_text(content if isinstance(content, str)
                        else json.dumps(content))
        result = signer("key", *command, "--key", f"file:{path}")
        assert not any(ord(char) < 0x20 and char != "\n" or
                       0x7f <= ord(char) < 0xa0
                       for char in result.stdout + result.stderr), name
        assert name == "kid" or result.stderr.count("\n") == 1


# ------------------------------------------------------ the compiled-in form --


@pytest.fixture(scope="module")
def sources(signer, keys, public_keys, tmp_path_factory):
    """Exported C, of development keys and of public ones."""
    folder = tmp_path_factory.mktemp("sources")
    for name, chosen in (("dev", keys), ("public", public_keys)):
        for form in ("c", "h"):
            signer.ok("key", "export", *every_key(chosen), "--format", form,
                      "-o", folder / f"{name}.{form}",
                      env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    return folder


def compile_source(language, *arguments):
    return subprocess.run([*COMPILERS[language], *STRICT, *arguments],
                          capture_output=True, text=True)


USER = '#include "{header}"\n' \
       'int main(void) {{ return (int)kjwt_keys[0].bits == 0; }}\n'


@pytest.mark.parametrize("language", COMPILERS)
@pytest.mark.parametrize("name", ["dev", "public"])
def test_source_and_header_compile(name, language, sources, tmp_path):
    for include in (f"{name}.h", f"{name}.c", f"{name}.h\"\n#include "
                    f"\"{name}.c"):
        user = tmp_path / "user.c"
        user.write_text(USER.format(header=include))
        parts = [user] if ".c" in include else [user, sources / f"{name}.c"]
        result = compile_source(language, "-I", sources, *parts, "-o",
                                tmp_path / "user")
        assert result.returncode == 0, result.stderr
        subprocess.run([tmp_path / "user"], check=True)


@pytest.mark.parametrize("key_format, fits", [(1, True), (2, False)])
def test_key_file_of_another_version(key_format, fits, sources, tmp_path):
    source = tmp_path / "keys.c"
    source.write_text('#include "kjwt.h"\n#undef KJWT_KEY_FORMAT\n'
                      f"#define KJWT_KEY_FORMAT {key_format}\n"
                      '#include "public.c"\n')
    result = compile_source("c", "-I", sources, "-c", source, "-o",
                            tmp_path / "keys.o")
    assert (result.returncode == 0) == fits, result.stderr
    assert ("export them again" in result.stderr) == (not fits)


@pytest.mark.parametrize("form", ["c", "h"])
@pytest.mark.parametrize("name, fits", [("dev", False), ("public", True)])
def test_production_takes_no_development_key(name, fits, form, sources,
                                             tmp_path):
    result = compile_source("c", "-DKJWT_PRODUCTION", "-x", "c", "-c",
                            sources / f"{name}.{form}", "-o",
                            tmp_path / "out.o")
    assert (result.returncode == 0) == fits, result.stderr
    assert ("development key" in result.stderr) == (not fits)
    text = (sources / f"{name}.{form}").read_text()
    assert ("KJWT_KEYS_DEVELOPMENT" in text) == (not fits)


PRINTER = """
#include <stdio.h>
#include "dev.c"
int main(void)
{
    printf("%d %d %lld\\n", KJWT_KEYS_COUNT, KJWT_KEYS_MAX_BITS,
           (long long)KJWT_KEYS_DATE);
    for (int i = 0; i < KJWT_KEYS_COUNT; i++) {
        const struct kjwt_key *key = &kjwt_keys[i];
        printf("%s %u %08x%08x ", key->kid, key->bits, key->n0inv[1],
               key->n0inv[0]);
        for (unsigned w = key->bits / 32; w-- > 0;)
            printf("%08x", key->n[w]);
        printf(" ");
        for (unsigned w = key->bits / 32; w-- > 0;)
            printf("%08x", key->target[w]);
        printf(" %d\\n", (int)(((size_t)key->n | (size_t)key->target) % 8));
    }
}
"""


def test_exported_numbers(keys, sources, tmp_path):
    """n, target and n0inv against Python's integers."""
    program = tmp_path / "printer.c"
    program.write_text(PRINTER)
    result = compile_source("c", "-I", sources, program, "-o",
                            tmp_path / "printer")
    assert result.returncode == 0, result.stderr
    lines = subprocess.run([tmp_path / "printer"], check=True, text=True,
                           capture_output=True).stdout.splitlines()
    assert lines[0] == "3 4096 1700000000"
    for line, (bits, pem) in zip(lines[1:], keys.items(), strict=True):
        n = public_key(pem).public_numbers().n
        kid, printed_bits, n0inv, words, target, misaligned = line.split()
        assert kid == thumbprint(pem)
        assert int(printed_bits) == bits
        assert int(words, 16) == n
        assert int(target, 16) == pow(2, -(65535 * bits + 15), n)
        assert int(n0inv, 16) == -pow(n, -1, 2 ** 64) % 2 ** 64
        assert misaligned == "0"


def test_hostile_names_in_the_source(signer, keys, tmp_path):
    """Neither a path nor a kid leaves its comment or its string."""
    path = tmp_path / "a*" / "\\\n#error %s\"??" / "dev.pem"
    path.parent.mkdir(parents=True)
    path.write_bytes(keys[2048].read_bytes())
    source = tmp_path / "keys.c"
    signer.ok("key", "export", "--key", f"file:{path}", "--format", "c",
              "--kid", '"; #error é */ ??/ \\ %s', "-o", source)
    user = tmp_path / "user.c"
    user.write_text('#include <stdio.h>\n#include "keys.c"\n'
                    'int main(void) { fputs(kjwt_keys[0].kid, stdout); }\n')
    for flags in ([], ["-trigraphs"]):
        result = compile_source("c", *flags, user, "-o", tmp_path / "user")
        assert result.returncode == 0, result.stderr
        kid = subprocess.run([tmp_path / "user"], check=True,
                             capture_output=True).stdout.decode()
        assert kid == '"; #error é */ ??/ \\ %s'


# ------------------------------------------------------------- key show --


@pytest.mark.parametrize("bits", BITS)
def test_show(bits, signer, keys, public_keys):
    for pem in (keys[bits], public_keys[bits]):
        facts = json.loads(signer.ok("key", "show", "--json", "--key",
                                     f"file:{pem}"))
        assert facts["spec"] == f"RSA_{bits}"
        assert facts["thumbprint"] == thumbprint(keys[bits])
        assert ("development" in json.dumps(facts)) == (pem == keys[bits])
        text = signer.ok("key", "show", "--key", f"file:{pem}")
        for value in facts.values():
            assert value in text


def test_show_key_set(signer, keys, tmp_path):
    uri = write_jwks(tmp_path / "keys.json",
                     [jwk_of(signer, keys[2048], kid="a"),
                      jwk_of(signer, keys[3072])])
    facts = json.loads(signer.ok("key", "show", "--json", "--key", uri))
    assert [fact["spec"] for fact in facts] == ["RSA_2048", "RSA_3072"]
    assert facts[0]["kid"] == "a"


# -------------------------------------------------------------- options --

COMMANDS = ["key create", "key export", "key show", "mint", "verify",
            "inspect"]


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command, flag, signer):
    result = signer(*command.split(), flag)
    assert result.returncode == 0 and result.stderr == ""
    assert result.stdout.startswith(f"usage: signer-host {command}".strip())
    if not command:
        for name in COMMANDS:
            assert name in result.stdout


def test_version(signer):
    text = (INCLUDE / "kjwt.h").read_text()
    version = re.search(r'#define KJWT_VERSION "(.*)"', text)[1]
    assert version in signer.ok("--version")


@pytest.mark.parametrize("command", [
    "", "frob", "key", "key frob", "mint2", "--frob", "min",
    *(f"{name} --frob" for name in COMMANDS),
    *(f"{name} -x" for name in COMMANDS),
    *(f"{name} --key" for name in COMMANDS if name != "inspect"),
    "verify --ke file:x tok", "mint --key=", "mint", "verify a.b.c",
    "verify --key file:x", "verify --key file:x a b",
    "verify --key file:x --token-file f tok", "inspect", "inspect a b",
    "mint --key file:x extra", "key show --key file:x --key file:y",
    "mint --key file:x --no-kid=1", "verify --json=1 --key file:x t",
])
def test_usage_errors(command, signer, tmp_path):
    result = signer(*command.split(), cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr != ""


# ----------------------------------------------- standard output that fails --


@pytest.fixture(scope="module")
def talking(signer, keys, tmp_path_factory):
    """Commands that print a result, by name."""
    uri = f"file:{keys[2048]}"
    token = signer.ok("mint", "--key", uri, "--now", NOW).strip()
    fresh = tmp_path_factory.mktemp("fresh") / "new.pem"
    return {
        "--version": ["--version"],
        "--help": ["--help"],
        "mint --help": ["mint", "--help"],
        "key create": ["key", "create", "--key", f"file:{fresh}"],
        "key export": ["key", "export", "--key", uri, "--format", "pem"],
        "key show": ["key", "show", "--key", uri],
        "key show --json": ["key", "show", "--key", uri, "--json"],
        "mint": ["mint", "--key", uri],
        "verify": ["verify", "--key", uri, "--now", NOW, token],
        "verify --json": ["verify", "--key", uri, "--json", "x"],
        "inspect": ["inspect", token],
        "inspect --json": ["inspect", token, "--json"],
    }


TALKING = ["--version", "--help", "mint --help", "key create", "key export",
           "key show", "key show --json", "mint", "verify", "verify --json",
           "inspect", "inspect --json"]


@pytest.mark.parametrize("name", TALKING)
@pytest.mark.parametrize("stdout", ["closed", "full", "broken pipe"])
def test_standard_output_fails(stdout, name, signer, talking):
    for path in (word.removeprefix("file:") for word in talking[name]
                 if name == "key create" and str(word).startswith("file:")):
        if os.path.exists(path):
            os.unlink(path)
    if stdout == "broken pipe":
        reader, target = os.pipe()
        os.close(reader)
    else:
        target = os.open("/dev/full", os.O_WRONLY)
    more = {}
    if stdout == "closed":
        more["preexec_fn"] = lambda: os.close(1)
    result = subprocess.run([signer.path, *map(str, talking[name])],
                            stdout=target, stderr=subprocess.PIPE, text=True,
                            **more)
    os.close(target)
    assert result.returncode == 2, (result.returncode, result.stderr)
    assert "standard output" in result.stderr


def test_sigpipe_inherited(signer, talking):
    """Also where the parent left SIGPIPE at its default."""
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [signer.path, *map(str, talking["mint"])], stdout=writer,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
    os.close(writer)
    assert result.returncode == 2


def test_closed_streams_do_not_reach_files(signer, keys, tmp_path):
    """A file opened under the number of a closed stream would take what is
    meant for the terminal."""
    path = tmp_path / "token"

    def close_all():
        for descriptor in (0, 1, 2):
            os.close(descriptor)

    result = subprocess.run(
        [signer.path, "mint", "--key", f"file:{keys[2048]}", "-o", path],
        preexec_fn=close_all)
    assert result.returncode == 0
    assert path.read_text().count(".") == 2 and " " not in path.read_text()
