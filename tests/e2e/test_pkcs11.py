"""signer-host with pkcs11: keys, in SoftHSM tokens that are made for the test;
pkcs11_faults.c stands before SoftHSM where something has to go wrong.
SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import termios
import time

import jwt
import pytest
from conftest import NOW, ROOT, clean_environment
from jose_parts import check_signature, claims_of, header_of, thumbprint

SOFTHSM = next((path for path in map(pathlib.Path, (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/pkcs11/libsofthsm2.so")) if path.exists()), None)
PIN = "3141592653"
CKR_DEVICE_REMOVED, CKR_NOT_LOGGED_IN, CKR_FUNCTION_REJECTED = \
    0x32, 0x101, 0x200
CKR_PIN_INCORRECT, CKR_PIN_EXPIRED, CKR_PIN_LOCKED = 0xA0, 0xA3, 0xA4
CKR_MYSTERY = 0x80000001

pytestmark = pytest.mark.skipif(SOFTHSM is None, reason="softhsm2 is missing")


def run(*words, **more):
    return subprocess.run([str(word) for word in words], check=True,
                          capture_output=True, text=True, timeout=60, **more)


class Bench:
    """A folder with tokens: bench, and two that are both called twin."""

    def __init__(self, folder, signer):
        self.folder = folder
        self.signer = signer
        (folder / "tokens").mkdir()
        configuration = folder / "softhsm2.conf"
        configuration.write_text(
            f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
        self.environment = clean_environment(SOFTHSM2_CONF=str(configuration))
        self.module = folder / "faults.so"
        run("gcc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
            "-shared", "-fPIC", f'-DSOFTHSM="{SOFTHSM}"',
            *run("pkg-config", "--cflags", "p11-kit-1").stdout.split(),
            ROOT / "tests/e2e/pkcs11_faults.c", "-o", self.module)
        for label in ("bench", "twin", "twin"):
            self.softhsm("--init-token", "--free", "--label", label,
                         "--so-pin", PIN[::-1], "--pin", PIN)
        self.pin = self.pin_file("pin", PIN)
        self.log = folder / "calls"

    def softhsm(self, *words):
        run("softhsm2-util", *words, env=self.environment)

    def pin_file(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def uri(self, path, *query, pin="pin", module=None):
        parts = [*query, f"module-path={module or self.module}"]
        if pin:
            parts.append(f"pin-source=file:{self.folder / pin}")
        return f"pkcs11:{path}?" + "&".join(parts)

    def import_key(self, label, key_id, algorithm, *options):
        pem = self.folder / f"{label}{key_id}.pem"
        run("openssl", "genpkey", "-algorithm", algorithm, "-out", pem,
            *(word for option in options for word in ("-pkeyopt", option)))
        self.softhsm("--import", pem, "--token", "bench", "--label", label,
                     "--id", key_id, "--pin", PIN)
        return pem

    def __call__(self, *words, fault="", ok=None, **more):
        self.log.unlink(missing_ok=True)
        environment = {**self.environment, "KJWT_PKCS11_FAULT": fault,
                       "KJWT_PKCS11_LOG": str(self.log),
                       "KJWT_PKCS11_PIN": PIN}
        # Without a terminal, whatever the test runs on.
        result = self.signer(*words, env=environment, start_new_session=True,
                             **more)
        assert PIN not in result.stdout + result.stderr
        if ok:
            assert result.returncode == 0, result.stderr
        return result

    def calls(self):
        return self.log.read_text().split("\n")[:-1]


@pytest.fixture(scope="module")
def bench(signer, tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("pkcs11"), signer)
    bench("key", "create", "--key", bench.uri("token=bench;object=dev"),
          ok=True)
    return bench


def facts_of(text):
    return dict(line.split(": ", 1) for line in text.splitlines())


def public_pem(bench, uri, path):
    path.write_text(bench("key", "export", "--key", uri, "--format", "pem",
                          ok=True).stdout)
    return path


# ------------------------------------------------------------------- usage --


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_create_and_mint(bits, bench, tmp_path):
    uri = bench.uri(f"token=bench;object=key{bits}")
    made = bench("key", "create", "--key", uri, "--spec", f"RSA_{bits}",
                 ok=True).stdout.strip()
    # It prints a key URI that serves as such, and never says where the PIN is.
    assert made.startswith("pkcs11:") and "pin-source" not in made
    pem = public_pem(bench, f"{made}&pin-source={bench.pin}",
                     tmp_path / "public.pem")
    facts = facts_of(bench("key", "show", "--key", uri, ok=True).stdout)
    assert facts["uri"] == made and facts["spec"] == f"RSA_{bits}"
    assert facts["thumbprint"] == thumbprint(pem)
    token = bench("mint", "--key", uri, "--sub", "dev-1", "--aud", "a",
                  ok=True).stdout.strip()
    check_signature(token, pem)
    assert header_of(token)["kid"] == thumbprint(pem)
    claims = jwt.decode(token, pem.read_text(), algorithms=["RS256"],
                        audience="a")
    assert claims["sub"] == "dev-1"
    bench("verify", "--key", f"file:{pem}", "--aud", "a", token, ok=True)


def test_show(bench):
    facts = facts_of(bench("key", "show", "--key",
                           bench.uri("token=bench;object=dev"),
                           ok=True).stdout)
    assert facts["token"] == "bench"
    assert facts["manufacturer"] == "SoftHSM project"
    assert facts["model"] == "SoftHSM v2" and facts["serial"]
    assert re.fullmatch("[0-9a-f]{16}", facts["id"])
    assert (facts["sensitive"], facts["extractable"],
            facts["always authenticate"]) == ("yes", "no", "no")


def test_doctor(bench):
    text = bench("doctor", "--key", bench.uri("token=bench;object=dev"),
                 ok=True).stdout
    assert [line.split()[0] for line in text.splitlines()] == ["ok"] * 4
    assert "was signed, and verified" in text
    result = bench("doctor", "--key", bench.uri("token=bench;object=no"))
    assert result.returncode != 0
    assert result.stdout.splitlines()[-1].startswith("FAILED")


def test_one_session_and_one_login(bench):
    bench("mint", "--key", bench.uri("token=bench;object=dev"), ok=True)
    assert bench.calls() == ["session", "login"]


def test_key_set_and_delegation(bench, tmp_path):
    """A root in a token signs a key set; a bench's token mints under a
    certificate."""
    root = bench.uri("token=bench;object=life-root")
    bench("key", "create", "--key", root, ok=True)
    dev = bench.uri("token=bench;object=dev")
    key_set = bench("key-set", "--key", root, "--add", dev, "--version", "1",
                    ok=True).stdout.strip()
    assert header_of(key_set)["typ"] == "kjwt-keyset+jwt"
    check_signature(key_set, public_pem(bench, root, tmp_path / "root.pem"))
    signer_pem = tmp_path / "signer.pem"
    bench("key", "create", "--key", f"file:{signer_pem}", ok=True)
    certificate = tmp_path / "bench.cert"
    bench("certificate", "--key", f"file:{signer_pem}", "--for", dev,
          "--mint-iss", "bench-7", "--mint-aud", "line-3/", "-o", certificate,
          ok=True)
    token = bench("mint", "--key", dev, "--certificate", certificate,
                  "--certificate-key", f"file:{signer_pem}", "--iss", "bench-7",
                  "--aud", "line-3/9", "--ttl", "1h", ok=True).stdout.strip()
    bench("verify", "--key", f"file:{signer_pem}", "--certificate",
          certificate, "--aud", "line-3/9", token, ok=True)


def test_export_c_names_the_key(bench):
    text = bench("key", "export", "--key", bench.uri("token=bench;object=dev"),
                 "--format", "c", ok=True).stdout
    assert "token=bench" in text and "pin-source" not in text
    assert "KJWT_KEYS_DEVELOPMENT" not in text


def test_public_object_needs_no_pin(bench, tmp_path):
    uri = bench.uri("token=bench;object=dev;type=public", pin=None)
    pem = public_pem(bench, uri, tmp_path / "public.pem")
    assert bench.calls() == ["session"]
    token = bench("mint", "--key", bench.uri("token=bench;object=dev"),
                  "--now", NOW, ok=True).stdout.strip()
    check_signature(token, pem)
    bench("verify", "--key", uri, "--now", NOW, token, ok=True)
    facts = facts_of(bench("key", "show", "--key", uri, ok=True).stdout)
    assert facts["uri"].count("type=public") == 1
    result = bench("mint", "--key", uri)
    assert result.returncode == 1 and "type=public" in result.stderr


@pytest.mark.parametrize("query", [[], ["module-name=softhsm2"]])
def test_modules_of_the_system(query, bench, signer):
    """Where p11-kit knows the module, the URI need not name it."""
    uri = "pkcs11:token=bench;object=dev?" + "&".join(
        [*query, f"pin-source=file:{bench.pin}"])
    token = bench("mint", "--key", uri, "--sub", "x", ok=True).stdout
    assert claims_of(token.strip())["sub"] == "x"
    shown = bench("key", "show", "--key", uri, "--verbose", ok=True)
    assert "softhsm" in shown.stderr and "token bench" in shown.stderr


@pytest.mark.parametrize("fault", ["no-hash", "no-exponent", "reader"])
def test_other_tokens(fault, bench, tmp_path):
    """Without SHA-256; without the exponent in the private key object; with a
    reader of its own."""
    pin = None if fault == "reader" else "pin"
    uri = bench.uri("token=bench;object=dev", pin=pin)
    token = bench("mint", "--key", uri, fault=fault, ok=True).stdout.strip()
    check_signature(token, public_pem(
        bench, bench.uri("token=bench;object=dev"), tmp_path / "public.pem"))


def test_always_authenticate(bench, tmp_path):
    uri = bench.uri("token=bench;object=always")
    bench("key", "create", "--key", uri, fault="always", ok=True)
    facts = facts_of(bench("key", "show", "--key", uri, ok=True).stdout)
    assert facts["always authenticate"] == "yes"
    token = bench("mint", "--key", uri, ok=True).stdout.strip()
    assert bench.calls() == ["session", "login", "login again"]
    check_signature(token, public_pem(bench, uri, tmp_path / "public.pem"))


def test_labels_that_need_escapes(bench):
    path = "token=bench;object=key%20%26%3bn%c3%bcrnberg%3f"
    made = bench("key", "create", "--key", bench.uri(path), ok=True).stdout
    facts = bench("key", "show", "--key",
                  f"{made.strip()}&pin-source={bench.pin}", ok=True).stdout
    assert facts_of(facts)["uri"] == made.strip()


# ---------------------------------------------------------------- creating --


def test_create_replaces_nothing(bench):
    uri = bench.uri("token=bench;object=dev")
    before = bench("key", "show", "--key", uri, ok=True).stdout
    again = bench("key", "create", "--key", uri)
    assert again.returncode == 1 and again.stdout == ""
    assert "already" in again.stderr and "object=dev" in again.stderr
    assert "generate" not in bench.calls()
    assert bench("key", "show", "--key", uri, ok=True).stdout == before


def test_create_with_an_id(bench):
    uri = bench.uri("token=bench;object=with-id;id=%0a%0b")
    assert "id=%0A%0B" in bench("key", "create", "--key", uri, ok=True).stdout
    facts = facts_of(bench("key", "show", "--key", uri, ok=True).stdout)
    assert facts["id"] == "0a0b"


@pytest.mark.parametrize("name, path, more, status, word", [
    ("no label", "token=bench", [], 2, "no label"),
    ("type=public", "token=bench;object=n;type=public", [], 2, "type=public"),
    ("no such token", "token=nobody;object=n", [], 1, "token=bench"),
    ("two tokens", "token=twin;object=n", [], 1, "serial="),
    ("an alias", "token=bench;object=n", ["--alias", "a"], 2, "--alias"),
    ("a Region", "token=bench;object=n", ["--region", "r"], 2, "--region"),
])
def test_create_refuses(name, path, more, status, word, bench):
    result = bench("key", "create", "--key", bench.uri(path), *more)
    assert result.returncode == status and result.stdout == ""
    assert word in result.stderr


@pytest.mark.parametrize("fault, word", [
    ("generate=0xE2", "write-protected"), ("generate=0x31", "full"),
    ("extractable", "delete it"),
])
def test_create_fails(fault, word, bench):
    uri = bench.uri(f"token=bench;object=new-{fault[-3:]}")
    result = bench("key", "create", "--key", uri, fault=fault)
    assert result.returncode == 1 and result.stdout == ""
    assert word in result.stderr


# ----------------------------------------------------- keys that do not fit --


@pytest.fixture(scope="module")
def strange_keys(bench):
    bench.import_key("ec", "e1", "EC", "ec_paramgen_curve:P-256")
    bench.import_key("small", "e2", "RSA", "rsa_keygen_bits:1024")
    bench.import_key("same", "e3", "RSA", "rsa_keygen_bits:2048")
    bench.import_key("same", "e4", "RSA", "rsa_keygen_bits:2048")


@pytest.mark.parametrize("path, words", [
    ("token=bench;object=ec", ["RSA"]),
    ("token=bench;object=small", ["1024"]),
    ("token=bench;object=missing", ["no private key", "there is pkcs11:token=bench;"]),
    ("token=bench;id=%77", ["no private key", "there is pkcs11:token=bench;"]),
    ("token=bench;object=same", ["2 keys", "id=%E3", "id=%E4"]),
    ("token=bench", ["keys on token bench: give one of pkcs11:"]),
    ("token=twin;serial=0;object=dev", ["token=bench"]),
    ("token=twin;object=dev", ["2 tokens", "serial="]),
    ("object=dev", ["3 tokens"]),
    ("token=bench;manufacturer=Nobody;object=dev", ["token=bench"]),
    ("token=bench;model=Other;object=dev", ["token=bench"]),
    ("slot-id=4711;object=dev", ["token=bench"]),
])
def test_key_that_is_not_there(path, words, bench, strange_keys):
    result = bench("mint", "--key", bench.uri(path))
    assert result.returncode == 1 and result.stdout == ""
    for word in words:
        assert word in result.stderr, result.stderr


def test_id_resolves_the_ambiguity(bench, strange_keys, tmp_path):
    for key_id in ("e3", "e4"):
        uri = bench.uri(f"token=bench;object=same;id=%{key_id}")
        token = bench("mint", "--key", uri, ok=True).stdout.strip()
        check_signature(token, bench.folder / f"same{key_id}.pem")


def test_empty_token(bench):
    serial = re.search(r"serial=([0-9a-f]+);token=twin", bench(
        "mint", "--key", bench.uri("token=twin")).stderr).group(1)
    result = bench("mint", "--key", bench.uri(f"serial={serial}"))
    assert result.returncode == 1 and "key create" in result.stderr


# -------------------------------------------------------------- URI, module --


@pytest.mark.parametrize("uri, status, word", [
    ("pkcs11:token=bench;object=dev?pin-value=" + PIN, 2, "pin-value"),
    ("pkcs11:token=bench;nonsense?pin-value=" + PIN, 2, "RFC 7512"),
    ("PKCS11:token=bench;object=dev?pin-value=" + PIN, 2, "key URI"),
    ("pkcs11:token=bench;colour=red", 2, "RFC 7512"),
    ("pkcs11:token=%zz", 2, "RFC 7512"),
    ("pkcs11:token=bench;token=other", 2, "twice"),
    ("pkcs11:token=bench?pin-source=/a&pin-source=/b", 2, "twice"),
    ("pkcs11:token=bench;type=cert", 2, "type"),
    ("pkcs11:token=bench?module-path=/nonexistent.so", 2, "/nonexistent.so"),
    ("pkcs11:token=bench?module-path=/etc/passwd", 2, "module-path"),
    ("pkcs11:token=bench?module-name=nobody", 2, "module-name"),
])
def test_uri_refused(uri, status, word, bench):
    for command in ("mint", "key show", "key create"):
        result = bench(*command.split(), "--key", uri)
        assert result.returncode == status and result.stdout == ""
        assert word in result.stderr


def test_no_token(bench, tmp_path):
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path}\n")
    result = bench.signer("mint", "--key", "pkcs11:token=bench",
                          env=clean_environment(SOFTHSM2_CONF=configuration))
    assert result.returncode == 2 and "no PKCS#11 token" in result.stderr


# --------------------------------------------------------------------- PIN --


@pytest.mark.parametrize("text, status, word", [
    (PIN + "\n", 0, ""), (PIN + "\r\n", 0, ""), ("", 2, "one line"),
    ("\n", 2, "one line"), (f"{PIN}\n{PIN}\n", 2, "one line"),
    (f"{PIN}\0", 2, "one line"), ("0" * 300, 2, "larger"),
    ("000000", 1, "PIN is wrong"), (PIN + " ", 1, "PIN is wrong"),
    ("0", 1, "PIN"),
])
def test_pin_file(text, status, word, bench):
    bench.pin_file("typed", text)
    result = bench("mint", "--key",
                   bench.uri("token=bench;object=dev", pin="typed"))
    assert result.returncode == status, result.stderr
    assert word in result.stderr and "000000" not in result.stderr
    assert (result.stdout == "") == (status != 0)
    # One wrong PIN is one try.
    assert bench.calls().count("login") == (status < 2)


@pytest.mark.parametrize("source, word", [
    ("file:/nonexistent/pin", "/nonexistent/pin"), ("|/bin/echo", "no file"),
    ("pin", "no file"), ("file:", "no file"), ("file://host/pin", "no file"),
])
def test_pin_source_refused(source, word, bench):
    uri = bench.uri("token=bench;object=dev", f"pin-source={source}", pin=None)
    result = bench("mint", "--key", uri)
    assert result.returncode == 2 and word in result.stderr
    assert "login" not in bench.calls()


def test_pin_file_that_others_read(bench):
    bench.pin_file("open", PIN, 0o640)
    result = bench("mint", "--key",
                   bench.uri("token=bench;object=dev", pin="open"), ok=True)
    assert "chmod 600" in result.stderr


@pytest.mark.parametrize("fault, words, logins", [
    ("locked", ["locked", "security officer"], 0),
    ("final-try", ["one try is left", "pin-source"], 0),
    ("no-pin", ["no user PIN"], 0),
    (f"login={CKR_PIN_LOCKED}", ["locked"], 1),
    (f"login={CKR_PIN_EXPIRED}", ["expired"], 1),
    (f"login={CKR_PIN_INCORRECT}", ["PIN is wrong"], 1),
])
def test_login_refused(fault, words, logins, bench):
    result = bench("mint", "--key", bench.uri("token=bench;object=dev"),
                   fault=fault)
    assert result.returncode == 1 and result.stdout == ""
    for word in words:
        assert word in result.stderr
    assert bench.calls().count("login") == logins


def test_wrong_pin_tells_what_the_token_counts(bench):
    bench.pin_file("wrong", "271828")
    result = bench("mint", "--key",
                   bench.uri("token=bench;object=dev", pin="wrong"))
    assert result.returncode == 1 and "counts wrong PINs" in result.stderr


@pytest.mark.parametrize("fault, status, word", [
    (f"sign={CKR_DEVICE_REMOVED}", 2, "token is gone"),
    (f"sign={CKR_FUNCTION_REJECTED}", 1, "rejected"),
    (f"sign={CKR_NOT_LOGGED_IN}", 1, "another login"),
    (f"sign={CKR_MYSTERY}", 2, "0x80000001"),
    ("no-mechanism", 1, "CKM_SHA256_RSA_PKCS"),
    ("short", 2, "not as long"),
])
def test_signing_fails(fault, status, word, bench, tmp_path):
    result = bench("mint", "--key", bench.uri("token=bench;object=dev"), "-o",
                   tmp_path / "token", fault=fault)
    assert result.returncode == status and word in result.stderr
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- terminal --


class Terminal:
    """signer-host on a terminal of its own."""

    def __init__(self, bench, *words, fault=""):
        self.master, self.slave = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen(
            [bench.signer.path, *words], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            env={**bench.environment, "KJWT_PKCS11_FAULT": fault},
            start_new_session=True, preexec_fn=self.take_terminal)

    def take_terminal(self):
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup has it ignored

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def expect(self, text):
        end = time.monotonic() + 30
        while text not in self.seen and time.monotonic() < end:
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 4096).decode()
        assert text in self.seen

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminal(bench):
    with contextlib.ExitStack() as stack:
        def start(*words, **more):
            made = Terminal(bench, *words, **more)
            stack.callback(made.close)
            assert made.echoes()
            made.expect("PIN of token bench: ")
            assert not made.echoes()
            return made
        yield start


def asking(bench):
    return ["mint", "--key", bench.uri("token=bench;object=dev", pin=None)]


def test_prompt(bench, terminal, tmp_path):
    screen = terminal(*asking(bench))
    screen.type(PIN + "\n")
    status, out, err = screen.end()
    assert status == 0, err
    assert screen.echoes()
    check_signature(out.strip(), public_pem(
        bench, bench.uri("token=bench;object=dev"), tmp_path / "public.pem"))
    screen.expect("\n")
    assert PIN not in screen.seen + err


@pytest.mark.parametrize("typed, status, word", [
    ("000000\n", 1, "PIN is wrong"), ("\n", 2, "nothing was tried"),
    ("\x04", 2, "nothing was tried"), ("0" * 260 + "\n", 2, "too long"),
])
def test_prompt_answered_wrong(typed, status, word, bench, terminal):
    screen = terminal(*asking(bench))
    screen.type(typed)
    ended, out, err = screen.end()
    assert (ended, out) == (status, "") and word in err
    assert screen.echoes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM,
                                    signal.SIGHUP])
def test_prompt_interrupted(number, bench, terminal):
    screen = terminal(*asking(bench))
    screen.type("314")
    # Again and again: readpassphrase() does not notice a signal that comes
    # after the prompt and before it reads.
    for _ in range(100):
        if number == signal.SIGINT:
            screen.type("\x03")
        else:
            screen.process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            screen.process.wait(0.3)
            break
    status, out, _ = screen.end()
    assert (status, out) == (-number, "")
    assert screen.echoes()


def test_last_try_is_for_people(bench, terminal):
    screen = terminal(*asking(bench), fault="final-try")
    screen.type(PIN + "\n")
    status, _, err = screen.end()
    assert status == 0 and "last try" in err


def test_no_terminal(bench):
    result = bench(*asking(bench))
    assert result.returncode == 2 and "pin-source" in result.stderr
