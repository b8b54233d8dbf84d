"""What all commands of signer-host have in common: dates, the configuration
file, --json, manual pages and shell completion.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pty
import re
import shutil
import subprocess
import time

import pytest
from conftest import NOW, SIGNER, clean_environment
from jose_parts import claims_of, header_of


@pytest.fixture(scope="module")
def key(keys):
    return f"file:{keys[2048]}"


# ---------------------------------------------------------------- dates --

DATES = [
    ("--now", "1800000000", "iat", NOW),
    ("--now", "2027-01-15T08:00:00Z", "iat", NOW),
    ("--now", "2027-01-15T10:00:00.75+02:00", "iat", NOW),
    ("--exp", "2027-01-15T09:00:00Z", "exp", NOW + 3600),
    ("--nbf", "2027-01-15T08:00:01Z", "nbf", NOW + 1),
]


@pytest.mark.parametrize("option, text, claim, seconds", DATES)
def test_dates(option, text, claim, seconds, signer, key):
    now = [] if option == "--now" else ["--now", NOW]
    token = signer.ok("mint", "--key", key, option, text, *now).strip()
    assert claims_of(token)[claim] == seconds


@pytest.mark.parametrize("option", ["--now", "--exp", "--nbf"])
@pytest.mark.parametrize("text", ["2027-02-30T08:00:00Z", "2027-01-15", "", "x",
                                  "2027-01-15T08:00:00", "-1", "1e9"])
def test_no_dates(option, text, signer, key):
    result = signer("mint", "--key", key, option, text)
    assert result.returncode == 2 and result.stdout == ""
    assert "2027-01-15T08:00:00Z" in result.stderr


def test_dates_of_other_commands(signer, key):
    token = signer.ok("mint", "--key", key, "--now", NOW).strip()
    early, late = "2027-01-15T08:00:00Z", "2027-01-16T08:00:00Z"
    assert signer("verify", "--key", key, "--now", early, token).returncode == 0
    assert signer("verify", "--key", key, "--now", late, token).returncode == 1
    assert "expired" in signer.ok("inspect", "--now", late, token)


# ----------------------------------------------------------------- JSON --


def test_json_of_mint(signer, key, tmp_path):
    out = tmp_path / "t.jwt"
    both = ["mint", "--key", key, "--json", "--sub", "d", "--claim", "n:=1.50"]
    result = json.loads(signer.ok(*both))
    assert result["header"] == header_of(result["token"])
    assert result["claims"] == claims_of(result["token"])
    text = signer.ok(*both, "-o", out)
    assert '"n":1.50' in text
    result = json.loads(text)
    assert result["file"] == str(out) and "token" not in result
    assert result["claims"] == claims_of(out.read_text())


def test_json_of_key_create(signer, tmp_path):
    uri = f"file:{tmp_path / 'k.pem'}"
    text = signer.ok("key", "create", "--key", uri, "--json")
    assert json.loads(text) == {"key": uri}


# -------------------------------------------------------- configuration --


@pytest.fixture
def configured(signer, tmp_path):
    """Runs with a configuration file of this content."""

    def run(content, *arguments, name="config.json", **more):
        path = tmp_path / name
        if content is not None:
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text)
            path.chmod(0o600)
        environment = clean_environment(SIGNER_HOST_CONFIG=str(path), **more)
        return signer(*arguments, env=environment)

    return run


def claims_with(configured, content, *arguments, **more):
    result = configured(content, "mint", *arguments, **more)
    assert result.returncode == 0, result.stderr
    return claims_of(result.stdout.strip())


def test_defaults(configured, key):
    content = {"key": key, "now": NOW, "profile": "unused",
               "mint": {"iss": "bench-7", "aud": ["a", "b"], "ttl": 60,
                        "claim": ["site=A", "n:=1"], "jti": "one"},
               "verify": {"iss": "bench-8"}}
    claims = claims_with(configured, content)
    assert claims == {"iss": "bench-7", "aud": ["a", "b"], "site": "A", "n": 1,
                      "iat": NOW, "exp": NOW + 60, "jti": "one"}


def test_precedence(configured, key):
    content = {"key": "file:/nonexistent", "iss": "all", "sub": "all",
               "mint": {"key": key, "iss": "mint", "ttl": "1h",
                        "aud": ["a", "b"], "no-kid": True}}
    line = ["--sub", "line", "--aud", "c", "--exp", NOW + 9, "--now", NOW]
    claims = claims_with(configured, content, *line)
    assert claims == {"iss": "mint", "sub": "line", "aud": "c", "iat": NOW,
                      "exp": NOW + 9}
    result = configured(content, "mint", *line, "--kid", "k")
    assert header_of(result.stdout.strip())["kid"] == "k"


def test_flags(configured, key):
    content = {"mint": {"no-kid": True, "no-exp": False}, "key": key}
    result = configured(content, "mint", "--now", NOW)
    assert "kid" not in header_of(result.stdout.strip())
    assert claims_of(result.stdout.strip())["exp"] == NOW + 86400


BAD_CONFIGURATIONS = [
    ("no JSON", "{", "line 1"),
    ("an array", "[]", "no JSON object"),
    ("twice", '{"key":"a","key":"b"}', "duplicate"),
    ("unknown option", {"kee": "x"}, '"kee"'),
    ("unknown command", {"mind": {}}, '"mind"'),
    ("unknown option of a command", {"mint": {"leeway": "1"}}, "--leeway"),
    ("a command as a string", {"mint": "x"}, '"mint"'),
    ("an option as an object", {"key": {}}, '"key"'),
    ("no string", {"key": True}, '"key" must be'),
    ("a real", {"mint": {"ttl": 1.5}}, '"ttl" must be'),
    ("an array for a single one", {"mint": {"iss": ["a"]}}, '"iss" must be'),
    ("a number in an array", {"mint": {"aud": [None]}}, '"aud" must be'),
    ("a flag as a string", {"mint": {"no-exp": "yes"}}, '"no-exp" must be'),
    ("too long", {"key": "x" * 70000}, "65536"),
]


@pytest.mark.parametrize("content, words",
                         [row[1:] for row in BAD_CONFIGURATIONS],
                         ids=[row[0] for row in BAD_CONFIGURATIONS])
def test_bad_configuration(content, words, configured, key):
    result = configured(content, "mint", "--key", key)
    assert result.returncode == 2 and result.stdout == ""
    assert "config.json" in result.stderr and words in result.stderr


def test_missing_configuration(configured, signer, key, tmp_path):
    result = configured(None, "mint", "--key", key)
    assert result.returncode == 2 and "config.json" in result.stderr
    assert configured(None, "mint", "--key", key,
                      "--no-config").returncode == 0
    absent = signer("mint", "--key", key, "--config", tmp_path / "no")
    assert absent.returncode == 2


def test_writable_by_others(configured, key, tmp_path):
    configured({"key": key}, "mint")
    (tmp_path / "config.json").chmod(0o622)
    result = configured(None, "mint")
    assert result.returncode == 2 and "chmod go-w" in result.stderr


@pytest.mark.parametrize("variable, folder", [
    ("XDG_CONFIG_HOME", "signer-host"), ("HOME", ".config/signer-host")])
def test_places(variable, folder, signer, key, tmp_path):
    place = tmp_path / folder
    place.mkdir(parents=True)
    (place / "config.json").write_text(json.dumps({"key": key, "iss": "it"}))
    environment = clean_environment(**{variable: str(tmp_path)})
    token = signer.ok("mint", env=environment).strip()
    assert claims_of(token)["iss"] == "it"
    environment["SIGNER_HOST_CONFIG"] = ""
    assert signer("mint", env=environment).returncode == 2


def test_the_file_is_named_in_errors(configured, key):
    result = configured({"key": key, "mint": {"ttl": "1x"}}, "mint")
    assert result.returncode == 2 and "--no-config" in result.stderr


# --------------------------------------------------------------- manual --


def command_names():
    return subprocess.run([SIGNER, "man", "--list"], capture_output=True,
                          text=True, check=True).stdout.splitlines()


def test_manual_pages(signer, tmp_path):
    """Without a complaint but the missing date, and with every option."""
    pages = {"": signer.ok("man")}
    for name in command_names():
        pages[name] = signer.ok("man", *name.split())
    for name, page in pages.items():
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"],
                              input=page, capture_output=True, text=True)
        complaints = [line for line in lint.stdout.splitlines()
                      if "missing date" not in line]
        assert complaints == [], name
        shown = subprocess.run(["mandoc", "-T", "ascii"], input=page, text=True,
                               capture_output=True, check=True).stdout
        shown = re.sub(".\b", "", shown)
        for option in re.findall(r"^ .*?(--[a-z-]+)", signer.ok(
                *name.split(), "--help"), re.M) if name else []:
            assert option in shown, name
    assert "signer-host-mint(1)" in re.sub(".\b", "", subprocess.run(
        ["mandoc", "-T", "ascii"], input=pages[""], text=True,
        capture_output=True, check=True).stdout)


def test_unknown_page(signer):
    assert signer("man", "mind").returncode == 2
    assert signer("man", "key", "frob").returncode == 2
    assert signer("completion", "tcsh").returncode == 2
    assert signer("completion").returncode == 2


def test_help_fits(signer):
    for name in ["", *command_names()]:
        for line in signer.ok(*name.split(), "--help").splitlines():
            assert len(line) <= 100, line


# ----------------------------------------------------------- completion --

COMPLETIONS = [
    ("signer-host mi", ["mint"]),
    ("signer-host key ", ["create", "export", "show", "policy"]),
    ("signer-host key ex", ["export"]),
    ("signer-host mint --no-e", ["--no-exp"]),
    ("signer-host mint --tt", ["--ttl"]),
    ("signer-host key create --spec RSA_3", ["RSA_3072"]),
    ("signer-host key export --format jwk", ["jwk", "jwks"]),
    ("signer-host mint --key fi", ["file:"]),
    ("signer-host mint --claims dat", ["data.json"]),
    ("signer-host inspect --tok", ["--token-file"]),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the words are completed: a file, and the program in PATH."""
    path = tmp_path_factory.mktemp("shell")
    (path / "data.json").write_text("{}")
    (path / "signer-host").symlink_to(SIGNER)
    return path


def shell_environment(folder):
    return clean_environment(
        HOME=str(folder), TERM="dumb",
        PATH=f"{folder}:{os.environ['PATH']}")


BASH = """
source <(signer-host completion bash)
COMP_LINE=$1 COMP_POINT=${#1}
COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
read -r -a COMP_WORDS <<<"$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_signer_host
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("line, words", COMPLETIONS)
def test_bash(line, words, folder):
    result = subprocess.run(["bash", "-c", BASH, "bash", line], cwd=folder,
                            env=shell_environment(folder), text=True,
                            capture_output=True, timeout=20)
    assert result.stdout.split() == words, result.stderr


@pytest.mark.parametrize("line, words", COMPLETIONS)
def test_fish(line, words, folder):
    script = ("signer-host completion fish | source; "
              "complete -C $argv[1]")
    result = subprocess.run(["fish", "-N", "-c", script, line], cwd=folder,
                            env=shell_environment(folder), text=True,
                            capture_output=True, timeout=20)
    found = [row.split("\t")[0] for row in result.stdout.splitlines()]
    assert sorted(found) == sorted(words), result.stderr


def zsh_session(folder, lines):
    """What an interactive zsh makes of each line and TAB."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        ["zsh", "-f", "-i"], stdin=slave, stdout=slave, stderr=slave,
        cwd=folder, env=shell_environment(folder), start_new_session=True)
    os.close(slave)

    def read_until(mark):
        text = b""
        while mark not in text:
            text += os.read(master, 4096)
        return text

    try:
        os.write(master, b"PS1=; unsetopt zle_bracketed_paste; autoload -U "
                 b"compinit; compinit -u -D; zstyle ':completion:*' "
                 b"list-prompt ''; LISTMAX=0; "
                 b"source <(signer-host completion zsh); "
                 b"show() { print -r \"<<${(j:,:)Q}$BUFFER>>\"; "
                 b"BUFFER=; zle redisplay }; zle -N show; "
                 b"bindkey '^X' show; print READ''Y\n")
        read_until(b"READY\r\n")
        answers = []
        for line in lines:
            os.write(master, line.encode() + b"\t\x18")
            answer = read_until(b">>")
            answers.append(re.findall(rb"<<(.*?)>>", answer)[-1].decode())
        return answers
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_zsh(folder):
    """A single word is completed whole; of several, what they share."""
    lines = [line for line, _ in COMPLETIONS]
    for (line, words), answer in zip(COMPLETIONS, zsh_session(folder, lines)):
        stem = line[:line.rindex(" ") + 1]
        expected = stem + os.path.commonprefix(words)
        assert answer.rstrip() in (expected.rstrip(),
                                   expected.replace(":", "\\:").rstrip()), line


def test_shells_take_every_line(folder):
    """The whole scripts, each by its own shell's parser."""
    for shell in ("bash", "zsh", "fish"):
        script = subprocess.run([SIGNER, "completion", shell], text=True,
                                capture_output=True, check=True).stdout
        result = subprocess.run([shutil.which(shell), "-n"], input=script,
                                text=True, capture_output=True)
        assert result.returncode == 0 and result.stderr == "", shell
