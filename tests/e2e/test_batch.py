"""signer-host batch with `file:` keys: columns, formats, what is refused before
anything is signed, going on after every kind of end.
SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import csv
import fcntl
import hashlib
import io
import json
import os
import pty
import re
import resource
import signal
import sqlite3
import stat
import struct
import subprocess
import sys
import termios
import time

import pytest
from conftest import NOW, ROOT, SIGNER, clean_environment
from jose_parts import check_signature, claims_of, header_of, thumbprint

DAY = 86400


@pytest.fixture(scope="module")
def key(keys):
    return f"file:{keys[2048]}"


@pytest.fixture
def devices(tmp_path):
    path = tmp_path / "devices.csv"

    def write(content):
        path.write_bytes(content if isinstance(content, bytes)
                         else content.encode())
        return path

    return write


@pytest.fixture
def batch(signer, key, devices, tmp_path):
    """batch at NOW over this input."""

    def run(content, *options, out="tokens.csv", now=("--now", NOW), **more):
        path = content if isinstance(content, os.PathLike) else \
            devices(content)
        return signer("batch", path, "--key", key, "--out", tmp_path / out,
                      *now, *options, **more)

    return run


def words(result):
    """Without what the development key is told."""
    return [line for line in result.stderr.splitlines()
            if "development key" not in line]


def done(result):
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    return words(result)


def rows_of(path):
    with open(path, newline="") as file:
        return {row["serial"]: row["token"] for row in csv.DictReader(file)}


def numbered(count):
    return "serial\n" + "".join(f"S{i:04}\n" for i in range(count))


# ---------------------------------------------------------------- columns --

CLAIMS = [  # input, options, claims of the only row beside iat and exp, ttl
    ("serial\nA1\n", [], {"sub": "A1"}, DAY),
    ("serial,sub\nA1,b\n", [], {"sub": "b"}, DAY),
    ("serial,sub\nA1,\n", [], {"sub": "A1"}, DAY),
    ("role,serial\nx,A1\n", [], {"sub": "A1", "role": "x"}, DAY),
    ("serial,level:=\nA1,3\n", [], {"sub": "A1", "level": 3}, DAY),
    ('serial,deep:=\nA1,"{""a"":[1,null]}"\n', [],
     {"sub": "A1", "deep": {"a": [1, None]}}, DAY),
    ('serial,level\nA1,3\n', [], {"sub": "A1", "level": "3"}, DAY),
    ("serial,iss\nA1,row\n", ["--iss", "option"],
     {"sub": "A1", "iss": "row"}, DAY),
    ("serial,iss\nA1,\n", ["--iss", "option"],
     {"sub": "A1", "iss": "option"}, DAY),
    ("serial,role\nA1,row\n", ["--claim", "role=option"],
     {"sub": "A1", "role": "row"}, DAY),
    ("serial,aud\nA1,d\n", ["--aud", "x", "--aud", "y"],
     {"sub": "A1", "aud": "d"}, DAY),
    ('serial,aud:=\nA1,"[""a"",""b""]"\n', [],
     {"sub": "A1", "aud": ["a", "b"]}, DAY),
    (f"serial,exp\nA1,{NOW + 9}\n", [], {"sub": "A1"}, 9),
    (f"serial,exp\nA1,{NOW + 9}\n", ["--ttl", "5s"], {"sub": "A1"}, 9),
    (f"serial,exp\nA1,{NOW + 9}\n", ["--no-exp"], {"sub": "A1"}, 9),
    ("serial,exp\nA1,\n", ["--ttl", "5s"], {"sub": "A1"}, 5),
    ("serial,exp\nA1,2027-01-15T08:00:07Z\n", [], {"sub": "A1"}, 7),
    (f"serial,exp:=\nA1,{NOW + 9}\n", [], {"sub": "A1"}, 9),
    (f"serial,nbf\nA1,{NOW + 5}\n", [], {"sub": "A1", "nbf": NOW + 5}, DAY),
    ("serial,jti\nA1,one\n", ["--jti", "auto"],
     {"sub": "A1", "jti": "one"}, DAY),
    ("serial,ttl:=\nA1,1\n", [], {"sub": "A1", "ttl": 1}, DAY),
    ("serial\nA1\n", ["--no-exp"], {"sub": "A1"}, None),
    ("serial,\u00e9\nA1,\u00fc\n", [], {"sub": "A1", "\u00e9": "\u00fc"}, DAY),
]


@pytest.mark.parametrize("text, options, claims, ttl", CLAIMS)
def test_claims(text, options, claims, ttl, batch, keys, tmp_path):
    done(batch(text, *options))
    tokens = rows_of(tmp_path / "tokens.csv")
    assert list(tokens) == ["A1"]
    expected = {**claims, "iat": NOW}
    if ttl is not None:
        expected["exp"] = NOW + ttl
    assert claims_of(tokens["A1"]) == expected
    check_signature(tokens["A1"], keys[2048])
    assert header_of(tokens["A1"]) == {"alg": "RS256", "typ": "JWT",
                                       "kid": thumbprint(keys[2048])}


def test_every_kind_of_line(batch, tmp_path):
    """BOM, CRLF, empty lines, quotes, a last line without its end."""
    text = ('\ufeffserial,note\r\nA1,"a, ""b"""\r\n\r\n"B,2","two\nlines"\n'
            'C3,"last"')
    done(batch(text))
    tokens = rows_of(tmp_path / "tokens.csv")
    assert {serial: claims_of(token)["note"]
            for serial, token in tokens.items()} == \
        {"A1": 'a, "b"', "B,2": "two\nlines", "C3": "last"}


def test_defaults_of_all_rows(batch, tmp_path):
    claims = tmp_path / "claims.json"
    claims.write_text('{"site": "A", "role": "file"}')
    done(batch("serial,role\nA1,row\nB2,\n", "--claims", claims, "--kid", "k",
               "--header", "x=y", "--jti", "auto"))
    tokens = rows_of(tmp_path / "tokens.csv")
    found = [claims_of(token) for token in tokens.values()]
    assert [claim["role"] for claim in found] == ["row", "file"]
    assert all(claim["site"] == "A" for claim in found)
    assert len({claim["jti"] for claim in found}) == 2
    assert all(header_of(token)["kid"] == "k" and header_of(token)["x"] == "y"
               for token in tokens.values())


# --------------------------------------------------------------- refusals --

BAD_INPUT = [  # input, options, exit status, words on stderr
    ("", [], 2, "is empty"),
    ("serial\n", [], 2, "has no rows"),
    ("serial,role\n\n\n", [], 2, "has no rows"),
    ("name\nA1\n", [], 2, "no column serial: the first line must name"),
    ("Serial\nA1\n", [], 2, "there is one Serial, and names are case-sens"),
    ("serial;role\nA1;x\n", [], 2, "not by semicolons"),
    ("serial:=\n1\n", [], 2, "write serial without :="),
    ("serial,\nA1,x\n", [], 2, "a column has no name"),
    ("serial,:=\nA1,1\n", [], 2, "a column has no name"),
    ("serial,serial\nA1,A1\n", [], 2, "two columns are named serial"),
    ("serial,x,x:=\nA1,1,1\n", [], 2, "two columns are named x"),
    ("serial,ttl\nA1,5s\n", [], 2, "--ttl is for all rows"),
    ("serial,kid\nA1,k\n", [], 2, "--kid is for all rows"),
    ("serial,role\nA1\n", [], 2,
     "line 2: 1 fields where the first line has 2"),
    ("serial,role\nA1,x,y\n", [], 2,
     "line 2: 3 fields where the first line has 2"),
    ("serial,role\n,x\n", [], 2, "line 2: the serial is empty"),
    (",,\n,,\n", [], 2, "a column has no name"),
    ("serial\nA1\nA1\n", [], 2,
     "line 3: the serial A1 is that of line 2, too"),
    ("serial,jti\nA1,x\nB2,x\n", [], 2, 'the jti "x" is that of line 2'),
    ("serial\n" + "x" * 256 + "\n", [], 2, "a serial has at most 255 bytes"),
    ("serial\nA\x01\n", [], 2, "has a control character"),
    ('serial\nA"1\n', [], 2, "line 2: a quote in the middle of a field"),
    ('serial\n"A"1\n', [], 2, "line 2: text behind a closing quote"),
    ('serial\n\n"A\n\n', [], 2, "line 3: a quote is never closed"),
    ('serial\n"' + "x" * 70000, [], 2, "is its closing quote missing?"),
    ("serial\n" + "x" * 70000, [], 2, "a record of more than 65536 bytes"),
    ("serial\rA1\r", [], 2, "line 1: a CR without an LF"),
    ("serial\nA1\r", [], 2, "line 2: a CR without an LF"),
    ("serial\nA\0\n", [], 2, "line 2: a NUL"),
    ("serial\nA1\n".encode("utf-16"), [], 2, "is the file UTF-16?"),
    (b"serial\nA1\nB\xff\n", [], 2, "line 3: a field is not UTF-8"),
    ("serial," + ",".join(map(str, range(256))) + "\n", [], 2,
     "more than 256 fields"),
    ("serial,x:=\nA1,nope\n", [], 2, "line 2: x: nope is no JSON value"),
    ("serial,exp\nA1,soon\n", [], 2, "line 2: exp soon: write seconds"),
    (f"serial,exp\nA1,{NOW}\n", [], 1, "line 2: exp 2027"),
    (f"serial,nbf\nA1,{NOW + 2 * DAY}\n", [], 1, "never be valid"),
    ("serial,iss:=\nA1,1\n", [], 1, "KJWT_ERR_CLAIM_TYPE"),
    ("serial,x\nA1," + "x" * 4000 + "\n", [], 1, "KJWT_ERR_LIMIT_TOKEN"),
    ("serial,x:=\nA1," + "[" * 9 + "]" * 9 + "\n", [], 1,
     "KJWT_ERR_LIMIT_JSON_DEPTH"),
    ("serial\nA1\n", ["--jti", "one"], 2, "give all tokens the same id"),
    ("serial\nA1\n", ["--in-flight", "0"], 2, "a number from 1 to 256"),
    ("serial\nA1\n", ["--in-flight", "x"], 2, "a number from 1 to 256"),
    ("serial\nA1\n", ["--rate", "-1"], 2, "signatures a second"),
    ("serial\nA1\n", ["--rate", "1x"], 2, "signatures a second"),
    ("serial\nA1\n", ["--format", "xml"], 2, "one of csv, jsonl, dir"),
    ("serial\nA1\n", ["--label", "png"], 2, "--label is for --format qr"),
    ("serial\nA1\n", ["--format", "qr", "--label", "x"], 2, "svg or png"),
    ("serial\nA1\n", ["--iss", "a", "--claim", "iss=b"], 2, "set twice"),
    ("serial\nA1\n", ["--kid", "a", "--no-kid"], 2, "exclude each other"),
]


@pytest.mark.parametrize("text, options, status, message", BAD_INPUT)
def test_bad_input(text, options, status, message, batch, tmp_path):
    result = batch(text, *options)
    assert result.returncode == status and result.stdout == "", result.stderr
    assert any(message in line for line in words(result)), result.stderr
    assert os.listdir(tmp_path) == ["devices.csv"]


def test_all_bad_rows_are_told(batch, tmp_path):
    rows = "".join(f"S{i},{'nope' if i % 2 else 1}\n" for i in range(100))
    result = batch("serial,x:=\n" + rows)
    lines = words(result)
    assert result.returncode == 2 and len(lines) == 21
    assert "line 3:" in lines[0] and "line 41:" in lines[19]
    assert "50 of 100 rows" in lines[20]
    assert os.listdir(tmp_path) == ["devices.csv"]


SERIALS = [("../x", False), ("a/b", False), (".hidden", False), ("..", False),
           ("-rf", False), ("a b", False), ("a:b", False), ("\u00e9", False),
           ("CON", False), ("nul.1", False), ("com1", False), ("a.", False),
           ("x" * 240, True), ("x" * 241, False), ("a.b_c-d", True),
           ("COM10", True), ("contact", True)]


@pytest.mark.parametrize("serial, fits", SERIALS)
def test_names_of_files(serial, fits, batch, tmp_path):
    result = batch(f"serial\n{serial}\n", out="tokens")
    if fits:
        done(result)
        assert os.listdir(tmp_path / "tokens") == [f"{serial}.jwt"]
        return
    assert result.returncode == 1 and "no safe name" in result.stderr
    assert os.listdir(tmp_path) == ["devices.csv"]
    done(batch(f"serial\n{serial}\n"))


def test_case(batch, tmp_path):
    text = "serial\nab\nAB\n"
    result = batch(text, out="tokens")
    assert result.returncode == 2
    assert "differs from that of line 2 only in upper and lower" in \
        result.stderr
    done(batch(text))


USAGE = [([], "CSV file"), (["devices.csv"], "--key is required"),
         (["devices.csv", "--key", "KEY"], "--out is required"),
         (["-", "--key", "KEY", "--out", "x.csv"], "name one"),
         (["devices.csv", "--key", "KEY", "--out", "-"], "a file or a folder"),
         (["devices.csv", "--key", "KEY", "--out", ""], "a file or a folder"),
         (["no.csv", "--key", "KEY", "--out", "x.csv"], "cannot read no.csv"),
         ([".", "--key", "KEY", "--out", "x.csv"], "cannot read ."),
         (["devices.csv", "--key", "KEY", "--out", "no/x.csv"],
          "cannot write no/x.csv.journal"),
         (["devices.csv", "--key", "file:no", "--out", "x.csv"], "cannot read no"),
         (["devices.csv", "--key", "KEY", "--out", "devices.csv"],
          "exists already"),
         (["devices.csv", "--key", "KEY", "--out", "x", "--sub", "y"],
          "unknown option --sub")]


@pytest.mark.parametrize("arguments, message", USAGE)
def test_usage(arguments, message, signer, key, devices, tmp_path):
    devices("serial\nA1\n")
    result = signer("batch", *[key if word == "KEY" else word
                               for word in arguments], cwd=tmp_path)
    assert result.returncode == 2 and result.stdout == ""
    assert message in result.stderr
    assert os.listdir(tmp_path) == ["devices.csv"]


def test_a_public_key_does_not_sign(signer, key, devices, tmp_path):
    public = tmp_path / "public.pem"
    signer.ok("key", "export", "--key", key, "--format", "pem", "-o", public)
    result = signer("batch", devices("serial\nA1\n"), "--key",
                    f"file:{public}", "--out", tmp_path / "x.csv")
    assert result.returncode == 1 and "cannot sign" in result.stderr
    assert not (tmp_path / "x.csv").exists()


# ---------------------------------------------------------------- formats --

INPUT = 'serial,role\nSN-1,a\nSN-2,"b,c"\nSN-3,\n'


def read_csv(path):
    assert path.read_text().startswith("serial,token\nSN-1,")
    return rows_of(path)


def read_jsonl(path):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(set(row) == {"serial", "token"} for row in rows)
    return {row["serial"]: row["token"] for row in rows}


def read_folder(path, ending, read):
    names = sorted(os.listdir(path))
    assert all(name.endswith(ending) for name in names)
    return {name[:-len(ending)]: read(path / name) for name in names}


def read_nvs(path):
    """As nvs_partition_gen.py reads it: a DictReader and four columns."""
    def one(file):
        with open(file, newline="") as text:
            rows = list(csv.DictReader(text))
        assert [row["key"] for row in rows] == ["kjwt", "token"]
        assert rows[0] == {"key": "kjwt", "type": "namespace", "encoding": "",
                           "value": ""}
        assert rows[1]["type"] == "data" and rows[1]["encoding"] == "string"
        return rows[1]["value"]
    return read_folder(path, ".csv", one)


def scan(image):
    return subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable",
         "--nodbus", image], capture_output=True, text=True,
        check=True).stdout.strip()


def raster(svg, image):
    """The SVG's rectangles as a grey image, four pixels a module."""
    text = svg.read_text()
    width = int(re.search(r'viewBox="0 0 (\d+) ', text)[1])
    rows = [bytearray(b"\xff" * width * 4) for _ in range(width)]
    for x, y, length, back in re.findall(
            r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", text):
        assert length == back
        at = slice(int(x) * 4, (int(x) + int(length)) * 4)
        rows[int(y)][at] = bytes(int(length) * 4)
    image.write_bytes(b"P5 %d %d 255\n" % (width * 4, width * 4) +
                      b"".join(bytes(row) * 4 for row in rows))
    return image


def read_svg(path):
    return read_folder(path, ".svg", lambda file: scan(
        raster(file, path.parent / "image.pgm")))


def read_png(path):
    return read_folder(path, ".png", scan)


FORMATS = [
    ("tokens.csv", [], read_csv), ("tokens.CSV", [], read_csv),
    ("tokens.jsonl", [], read_jsonl), ("x", ["--format", "csv"], read_csv),
    ("tokens.csv", ["--format", "jsonl"], read_jsonl),
    ("tokens", [], lambda path: read_folder(
        path, ".jwt", lambda file: file.read_text())),
    ("tokens/", [], lambda path: read_folder(
        path, ".jwt", lambda file: file.read_text())),
    ("tokens", ["--format", "nvs"], read_nvs),
    ("labels", ["--format", "qr"], read_svg),
    ("labels", ["--format", "qr", "--label", "png"], read_png),
]


@pytest.mark.parametrize("out, options, read", FORMATS)
def test_formats(out, options, read, signer, key, devices, batch, keys,
                 tmp_path):
    """Read back, every token is its own device's; tokens are the owner's."""
    result = signer("batch", devices(INPUT), "--key", key, "--now", NOW,
                    "--out", f"{tmp_path}/{out}", *options)
    done(result)
    out = tmp_path / out.rstrip("/")
    tokens = read(out)
    assert list(tokens) == ["SN-1", "SN-2", "SN-3"]
    for serial, token in tokens.items():
        signer.ok("verify", "--key", key, "--sub", serial, "--now", NOW, token)
        check_signature(token, keys[2048])
    for path in [out, *(out.iterdir() if out.is_dir() else []),
                 tmp_path / f"{out.name}.journal",
                 tmp_path / f"{out.name}.manifest.jwt"]:
        mode = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == mode, path


@pytest.mark.parametrize("form, limit", [("nvs", 3999), ("qr", 2953)])
def test_what_a_format_takes(form, limit, batch, signer, key, tmp_path):
    """The longest token passes, one more claim letter or so does not, and
    that is told before anything is signed."""
    def text(pad):
        return f"serial,p\nA1,{'x' * pad}\n"

    def length(pad):
        claims = len(f'{{"sub":"A1","p":"{"x" * pad}","iat":{NOW},'
                     f'"exp":{NOW + DAY}}}')
        header = len('{"alg":"RS256","typ":"JWT"}')
        return sum((4 * n + 2) // 3 for n in (header, claims, 256)) + 2

    pad = next(pad for pad in range(limit) if length(pad + 1) > limit)
    options = ["--format", form, "--no-kid"]
    result = batch(text(pad + 1), *options, out="x")
    assert result.returncode == 1 and f"takes {limit}" in result.stderr
    assert os.listdir(tmp_path) == ["devices.csv"]
    done(batch(text(pad), *options, out="x"))
    if form == "qr":
        assert len(read_svg(tmp_path / "x")["A1"]) == length(pad)


def test_json(batch, tmp_path):
    result = batch("serial\nA1\n", "--json")
    assert result.returncode == 0
    summary = json.loads(result.stdout)
    assert summary["count"] == summary["signed"] == 1
    assert summary["out"] == str(tmp_path / "tokens.csv")
    summary = json.loads(batch("serial\nA1\n", "--json").stdout)
    assert summary["count"] == 1 and summary["signed"] == 0


# --------------------------------------------------------------- manifest --


@pytest.mark.parametrize("out", ["tokens.csv", "tokens"])
def test_manifest(out, batch, signer, key, keys, tmp_path):
    done(batch(INPUT, out=out))
    out = tmp_path / out
    manifest = (tmp_path / f"{out.name}.manifest.jwt").read_text()
    check_signature(manifest, keys[2048])
    assert header_of(manifest) == {
        "alg": "RS256", "typ": "kjwt-manifest+jwt",
        "kid": thumbprint(keys[2048])}
    claims = claims_of(manifest)
    listed = (tmp_path / f"{out.name}.manifest.csv").read_bytes()
    tokens = rows_of(out) if out.is_file() else \
        {path.name[:-4]: path.read_text() for path in sorted(out.iterdir())}
    assert list(csv.reader(io.StringIO(listed.decode()))) == \
        [["serial", "token_sha256"]] + \
        [[serial, hashlib.sha256(token.encode()).hexdigest()]
         for serial, token in tokens.items()]
    version = signer.ok("--version").strip()
    expected = {
        "iat": NOW, "finished": NOW, "tool": version, "count": 3,
        "key": key, "key_thumbprint": thumbprint(keys[2048]),
        "format": "csv" if out.is_file() else "dir",
        "input_sha256": hashlib.sha256(INPUT.encode()).hexdigest(),
        "list_sha256": hashlib.sha256(listed).hexdigest()}
    if out.is_file():
        expected["output_sha256"] = hashlib.sha256(
            out.read_bytes()).hexdigest()
    assert claims == expected
    judged = ["verify", "--key", key, "-", "--typ", "kjwt-manifest+jwt"]
    assert json.loads(signer.ok(*judged, "--no-exp", stdin=manifest)) == claims
    refused = signer(*judged, stdin=manifest)
    assert refused.returncode == 1 and "KJWT_ERR_EXP" in refused.stderr
    refused = signer("verify", "--key", key, "-", "--no-exp", stdin=manifest)
    assert refused.returncode == 1 and "KJWT_ERR_TYP" in refused.stderr
    # A device never takes it for a token.
    result = signer("verify", "--key", key, "--now", NOW, manifest)
    assert result.returncode == 1 and "KJWT_ERR_TYP" in result.stderr


# --------------------------------------------------------------- going on --


def snapshot(folder):
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and ".journal" not in path.name}


def test_again(batch, tmp_path):
    """After the end the same command signs nothing and changes nothing."""
    text = "serial\nA1\nB2\n"
    done(batch(text, "--jti", "auto"))
    before = snapshot(tmp_path)
    assert "nothing was signed" in done(batch(text, "--jti", "auto"))[-1]
    assert snapshot(tmp_path) == before
    # The journal knows what was taken away.
    (tmp_path / "tokens.csv").unlink()
    assert "0 signed now" in done(batch(text, "--jti", "auto"))[-1]
    assert snapshot(tmp_path) == before


def test_changed_output(batch, tmp_path):
    done(batch("serial\nA1\n"))
    with open(tmp_path / "tokens.csv", "a") as file:
        file.write("x")
    result = batch("serial\nA1\n")
    assert result.returncode == 2 and "was changed since" in result.stderr


CHANGES = [  # options then, options now, what is told
    (["--ttl", "1h"], ["--ttl", "2h"], '--ttl is not what it was'),
    (["--ttl", "1h"], [], '["1h"] then, not given now'),
    ([], ["--iss", "x"], 'not given then, ["x"] now'),
    (["--aud", "a"], ["--aud", "a", "--aud", "b"], "--aud is not"),
    ([], ["--format", "jsonl"], "--format is not"),
    ([], ["--no-kid"], "--no-kid is not"),
    ([], ["--claim", "a=b"], "--claim is not"),
]


@pytest.mark.parametrize("then, now, message", CHANGES)
def test_changed_options(then, now, message, batch, tmp_path):
    done(batch("serial\nA1\n", *then))
    before = snapshot(tmp_path)
    result = batch("serial\nA1\n", *now)
    assert result.returncode == 2 and message in result.stderr, result.stderr
    assert snapshot(tmp_path) == before


def test_changed_input_key_claims(batch, signer, keys, devices, tmp_path):
    claims = tmp_path / "claims.json"
    claims.write_text('{"a": 1}')
    text = "serial\nA1\n"
    done(batch(text, "--claims", claims))
    result = batch(text + "B2\n", "--claims", claims)
    assert result.returncode == 2 and "the input's SHA-256" in result.stderr
    result = signer("batch", devices(text), "--key", f"file:{keys[3072]}",
                    "--out", tmp_path / "tokens.csv", "--now", NOW,
                    "--claims", claims)
    assert result.returncode == 2 and "the key's thumbprint" in result.stderr
    claims.write_text('{"a": 2}')
    result = batch(text, "--claims", claims)
    assert result.returncode == 2 and "--claims is not" in result.stderr


def test_speed_is_no_change(batch):
    done(batch("serial\nA1\n"))
    done(batch("serial\nA1\n", "--in-flight", "3", "--rate", "7", "--quiet"))


def start(key, path, out, *options, **more):
    return subprocess.Popen(
        [SIGNER, "batch", path, "--key", key, "--out", out, *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=clean_environment(), **more)


def signatures(journal):
    """How many are in the journal, which the process holds for itself."""
    with contextlib.closing(sqlite3.connect(journal)) as database:
        return database.execute("SELECT count(*) FROM signature").fetchone()[0]


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(number, key, batch, devices, tmp_path):
    """It says how far it got, and the same command gets to the end; without
    --now the time of the first run counts."""
    path, out = devices(numbered(500)), tmp_path / "tokens.csv"
    process = start(key, path, out)
    wal = tmp_path / "tokens.csv.journal-wal"
    wait_for(lambda: wal.exists() and wal.stat().st_size > 130000)
    time.sleep(0.2)
    process.send_signal(number)
    text = process.communicate(timeout=60)[1]
    assert process.returncode == 2, text
    count = int(re.search(r"interrupted; (\d+) of 500 rows are signed",
                          text)[1])
    assert not out.exists()
    assert signatures(tmp_path / "tokens.csv.journal") == count < 500
    result = batch(path, now=[])
    assert f"{500 - count} signed now" in done(result)[-1]
    assert len({claims_of(token)["iat"] for token in rows_of(out).values()}) \
        == 1
    assert len(rows_of(out)) == 500


def test_killed(tmp_path):
    """The campaign of tests/bench/kill, in short."""
    result = subprocess.run(
        [sys.executable, ROOT / "tests/bench/kill", "--points", "10",
         "--rows", "60", "--signer", SIGNER],
        capture_output=True, text=True, timeout=300, env=clean_environment())
    assert result.returncode == 0, result.stdout + result.stderr
    assert "every serial has its one token" in result.stdout


def test_second_process(key, batch, devices, tmp_path):
    path, out = devices(numbered(800)), tmp_path / "tokens.csv"
    process = start(key, path, out, "--now", str(NOW))
    wait_for((tmp_path / "tokens.csv.journal").exists)
    time.sleep(0.1)
    result = batch(path)
    process.kill()
    process.communicate()
    assert result.returncode == 2
    assert f"is in use by process {process.pid}" in result.stderr


def test_expired_meanwhile(key, devices, tmp_path, signer):
    """Tokens that nobody can use are not signed."""
    path, out = devices(numbered(500)), tmp_path / "tokens.csv"
    process = start(key, path, out, "--ttl", "3s")
    wal = tmp_path / "tokens.csv.journal-wal"
    wait_for(lambda: wal.exists() and wal.stat().st_size > 130000)
    process.kill()
    process.communicate()
    time.sleep(3.1)
    result = signer("batch", path, "--key", key, "--out", out, "--ttl", "3s")
    assert result.returncode == 1 and "expired at" in result.stderr
    assert not out.exists()


# ------------------------------------------------------- foreign journals --


def foreign_text(path):
    path.write_text("not a database at all, " * 100)


def foreign_database(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE other (x)")


def other_version(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 2")


def torn(path):
    """Zeros where the tables were."""
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(bytes(3 * 4096))


def wrong_signature(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE signature SET bytes = zeroblob(256)")
        database.execute("DELETE FROM fact WHERE name = 'state'")
        database.commit()
    path.with_name("tokens.csv").unlink()


@pytest.mark.parametrize("damage, status, message", [
    (foreign_text, 2, "is no journal or is damaged"),
    (foreign_database, 2, "a database of another program"),
    (other_version, 2, "has the format 2"),
    (torn, 2, "damaged"),
    (wrong_signature, 1, "KJWT_ERR_SIGNATURE"),
])
def test_foreign_journals(damage, status, message, batch, tmp_path):
    path = tmp_path / "tokens.csv.journal"
    if damage in (other_version, torn, wrong_signature):
        done(batch("serial\nA1\n"))
    damage(path)
    before = path.read_bytes()
    result = batch("serial\nA1\n")
    assert result.returncode == status and message in result.stderr, \
        result.stderr
    assert damage is wrong_signature or path.read_bytes() == before
    assert not (tmp_path / "tokens.csv.part").exists()


def test_places_that_are_taken(batch, tmp_path):
    for name in ("tokens.csv", "tokens.csv.manifest.csv",
                 "tokens.csv.manifest.jwt"):
        (tmp_path / name).write_text("the one before")
        result = batch("serial\nA1\n")
        assert result.returncode == 2 and "exists already" in result.stderr
        assert (tmp_path / name).read_text() == "the one before"
        assert len(os.listdir(tmp_path)) == 2
        (tmp_path / name).unlink()
    (tmp_path / "tokens.csv").symlink_to("nowhere")
    assert batch("serial\nA1\n").returncode == 2


# -------------------------------------------------------------- full disk --


@pytest.mark.parametrize("limit", [0, 4096, 20_000, 60_000, 120_000, 150_000])
def test_full_disk(limit, batch, tmp_path):
    """Wherever a file can grow no more, it is told, and room is all that the
    same command needs."""
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    text = "serial,p\n" + "".join(f"S{i},{'x' * 500}\n" for i in range(100))
    result = batch(text, preexec_fn=limited)
    assert result.returncode == 2, result.stderr
    assert "cannot write" in result.stderr or "disk" in result.stderr
    assert not (tmp_path / "tokens.csv").exists()
    done(batch(text))
    assert len(rows_of(tmp_path / "tokens.csv")) == 100


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a tmpfs")
@pytest.mark.parametrize("kilobytes", [40, 200, 300])
@pytest.mark.parametrize("out", ["tokens.csv", "tokens"])
def test_full_file_system(kilobytes, out, key, signer, devices, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    text = "serial,p\n" + "".join(f"S{i},{'x' * 500}\n" for i in range(100))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k",
                       "none", disk], capture_output=True).returncode != 0:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        command = ["batch", devices(text), "--key", key, "--now", NOW, "--out",
                   disk / out]
        result = signer(*command)
        assert result.returncode == 2, result.stderr
        assert "cannot write" in result.stderr
        assert not (disk / out).exists()
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        done(signer(*command))
        assert (disk / f"{out}.manifest.csv").read_text().count("\n") == 101
    finally:
        subprocess.run(["umount", disk], check=True)


# --------------------------------------------------------------- terminal --


class Terminal:
    """batch with a terminal as its standard error."""

    def __init__(self, key, path, out, width=80, **environment):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 25, width, 0, 0))
        self.process = subprocess.Popen(
            [SIGNER, "batch", path, "--key", key, "--out", out, "--now",
             str(NOW)], stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=clean_environment(**{"TERM": "xterm", **environment}))
        os.close(slave)
        self.text = ""

    def read_until(self, mark):
        while mark not in self.text:
            self.text += os.read(self.master, 4096).decode()

    def type(self, keys):
        os.write(self.master, keys)

    def end(self):
        with contextlib.suppress(OSError):
            while data := os.read(self.master, 4096):
                self.text += data.decode()
        os.close(self.master)
        return self.process.wait(60)


def bars(text):
    return re.findall(r"\r\x1b\[K(?:\x1b\[32m)?(\[[#.]+\](?:\x1b\[0m)? [^\r]*)",
                      text)


@pytest.mark.parametrize("width", [60, 120])
def test_bar(width, key, devices, tmp_path):
    terminal = Terminal(key, devices(numbered(200)), tmp_path / "t.csv", width)
    assert terminal.end() == 0
    shown = [bar.replace("\x1b[0m", "") for bar in bars(terminal.text)]
    assert shown and all(len(bar) < width for bar in shown)
    assert any(re.search(r"\[#+\.*\] \d+ of 200 signed \(\d+%\), \d+/s, "
                         r"\d+ seconds? left", bar)
               for bar in shown) or width == 60
    assert "\x1b[32m" in terminal.text
    assert "200 tokens in" in terminal.text


def test_no_color(key, devices, tmp_path):
    path = devices(numbered(150))
    terminal = Terminal(key, path, tmp_path / "a.csv", 120, NO_COLOR="1")
    assert terminal.end() == 0
    assert bars(terminal.text) and "\x1b[32m" not in terminal.text
    terminal = Terminal(key, path, tmp_path / "b.csv", 120, TERM="dumb")
    assert terminal.end() == 0 and "\x1b" not in terminal.text


def test_plain_lines(batch):
    result = batch(numbered(150))
    assert all(line.startswith("signer-host: ") for line in done(result))
    assert "\x1b" not in result.stderr and "\r" not in result.stderr


def test_ctrl_c(key, devices, batch, tmp_path):
    """Once: drained and told. Twice: gone, and nothing is lost either."""
    path, out = devices(numbered(500)), tmp_path / "tokens.csv"
    terminal = Terminal(key, path, out, 120)
    terminal.read_until(" signed (")
    terminal.type(b"\x03")
    assert terminal.end() == 2 and "the same command goes on" in terminal.text
    terminal = Terminal(key, path, out, 120)
    terminal.read_until(" signed (")
    terminal.process.send_signal(signal.SIGSTOP)
    terminal.process.send_signal(signal.SIGINT)
    terminal.process.send_signal(signal.SIGTERM)
    terminal.process.send_signal(signal.SIGCONT)
    assert terminal.end() in (2, -signal.SIGTERM, -signal.SIGINT)
    done(batch(path))
    assert len(rows_of(out)) == 500
