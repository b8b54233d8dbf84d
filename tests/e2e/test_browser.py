"""The verifier's page (boards/browser): the token vectors in its WebAssembly,
and the page in Chromium.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import http.server
import json
import re
import subprocess
import threading

import pytest
from conftest import NOW, ROOT, load_script, token_bytes
from jose_parts import (decode, encode, public_key, tampered, thumbprint,
                        write_public_pem)
from playwright.sync_api import sync_playwright

CHROMIUM = load_script("tests/screenshots")


@pytest.fixture(scope="module")
def page_file():
    result = subprocess.run([ROOT / "boards/browser/make-page"], text=True,
                            capture_output=True)
    assert result.returncode == 0, result.stderr
    return ROOT / result.stdout.strip()


# ---------------------------------------------------------- the WebAssembly --


@pytest.fixture(scope="module")
def judge(node, page_file):
    """Verdicts of the page's verifier on cases, without the page."""
    def judge_all(keys, cases):
        result = subprocess.run(
            [node.node, ROOT / "tests/e2e/node/browser.mjs"],
            input=json.dumps({"page": str(page_file), "keys": keys,
                              "cases": cases}),
            capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)
    return judge_all


def test_token_vectors(judge, token_vectors):
    """The exact status of a device for each of them, keys included."""
    policy = {"audience": token_vectors["audience"],
              "now": token_vectors["now"]}
    cases = token_vectors["cases"]
    said = judge(token_vectors["public_keys"], [
        {"key": case["key"], "token": case["token"], "policy": policy}
        for case in cases])
    wrong = [(case["name"], verdict["status"])
             for case, verdict in zip(cases, said["verdicts"], strict=True)
             if verdict["status"] != case["status"]]
    assert len(cases) == 382 and wrong == []
    assert said["imports"] == []
    for case, verdict in zip(cases, said["verdicts"]):
        if verdict["status"] == "KJWT_OK":
            payload = token_bytes(case).split(b".")[1]
            assert verdict["claims"] == base64.urlsafe_b64decode(
                payload + b"=" * (-len(payload) % 4)).decode()
        elif verdict["status"] != "KEY_REFUSED":
            assert verdict["marked"] or not token_bytes(case)


def part(text):
    return encode(text.encode() if isinstance(text, str) else text)


HEADER = part('{"alg":"RS256"}')
CLAIMS = part('{"exp":1800000600}')
SIGNATURE = "A" * 342

# What is marked in a token that needs no valid signature to be refused.
MARKS = [
    ("KJWT_ERR_SERIALIZATION", f"{HEADER}.{CLAIMS}", f"{HEADER}.{CLAIMS}"),
    ("KJWT_ERR_SERIALIZATION", f"{HEADER}.{CLAIMS}.AA.AA.", ".AA."),
    ("KJWT_ERR_SERIALIZATION", f"{HEADER}..AA", "."),
    ("KJWT_ERR_SERIALIZATION", f"{HEADER}.{CLAIMS}.", "."),
    ("KJWT_ERR_BASE64URL", f"Bearer {HEADER}.{CLAIMS}.AA", " "),
    ("KJWT_ERR_BASE64URL", f"{HEADER}.{CLAIMS}.A+", "+"),
    ("KJWT_ERR_BASE64URL", f"{HEADER}.{CLAIMS}.AB", "B"),
    ("KJWT_ERR_BASE64URL", f"A+.{CLAIMS}.A*", "+"),
    ("KJWT_ERR_BASE64URL", f"{HEADER}.A*.A+", "+"),
    ("KJWT_ERR_JSON", f"{part('{')}.{CLAIMS}.AA", part("{")),
    ("KJWT_ERR_ALG", part('{"x":1,"alg":"none"}') + f".{CLAIMS}.AA",
     "CJhbGciOiJub25lIn"),
    ("KJWT_ERR_ALG", part('{"x":1}') + f".{CLAIMS}.AA", part('{"x":1}')),
    ("KJWT_ERR_CRIT", part('\n{"alg":"RS256","crit":[]}') + f".{CLAIMS}.AA",
     "CJjcml0IjpbXX"),
    ("KJWT_ERR_SIGNATURE_LENGTH", f"{HEADER}.{CLAIMS}.AA", "AA"),
    ("KJWT_ERR_SIGNATURE", f"{HEADER}.{CLAIMS}.{SIGNATURE}", SIGNATURE),
    ("KJWT_ERR_LIMIT_TOKEN", "A" * 4100, "AAAA"),
    ("KJWT_ERR_LIMIT_TOKEN", "A" * 1_000_000, "A" * (1_000_000 - 4096)),
]


def test_marks(judge, token_vectors):
    said = judge(token_vectors["public_keys"], [
        {"key": "main", "policy": {"now": NOW},
         "token": base64.b64encode(token.encode()).decode()}
        for _, token, _ in MARKS])
    assert [(verdict["status"], verdict["marked"])
            for verdict in said["verdicts"]] == [
        (status, marked) for status, _, marked in MARKS]


# Claims that are signed, what the policy has besides, and what is marked.
SIGNED = [
    ("KJWT_ERR_EXPIRED", {"exp": NOW - 1}, {}, f'"exp": {NOW - 1}'),
    ("KJWT_ERR_NOT_YET_VALID", {"nbf": NOW + 9}, {}, f'"nbf": {NOW + 9}'),
    ("KJWT_ERR_EXP_MISSING", {"exp": None}, {}, None),
    ("KJWT_ERR_ISSUER", {}, {"issuer": "bench-8"}, '"iss": "bench-7"'),
    ("KJWT_ERR_AUDIENCE", {"aud": "other"}, {}, '"aud": "other"'),
    ("KJWT_ERR_CLAIM_TYPE", {"sub": 7}, {}, '"sub": 7'),
    ("KJWT_ERR_CLAIM_TYPE", {"aud": 7}, {}, '"aud": 7'),
    ("KJWT_ERR_NUMERIC_DATE", {"nbf": "7"}, {}, '"nbf": "7"'),
    ("KJWT_ERR_TIME_UNKNOWN", {}, {"now": 0}, f'"exp": {NOW + 60}'),
    ("KJWT_ERR_TOO_OLD", {"iat": NOW - 99}, {"maxAge": 9},
     f'"iat": {NOW - 99}'),
    ("KJWT_ERR_TYP", {}, {"typ": "kjwt"}, '"typ":"JWT"'),
]


def sign(pem, claims):
    import jwt
    return jwt.api_jws.encode(json.dumps(claims).encode(), pem.read_text(),
                              "RS256", headers={"kid": "main"})


def test_marks_of_signed_tokens(judge, keys, tmp_path):
    """The characters that carry the member that the status is about: they
    decode to it, give or take what shares its first and last character."""
    public = write_public_pem(keys[2048], tmp_path / "public.pem").read_text()
    cases = []
    for _, changes, policy, _ in SIGNED:
        claims = {"iss": "bench-7", "aud": "device-01", "exp": NOW + 60}
        claims.update(changes)
        token = sign(keys[2048], {name: value for name, value
                                  in claims.items() if value is not None})
        cases.append({"key": "main", "policy": {
            "now": NOW, "audience": "device-01", **policy},
            "token": base64.b64encode(token.encode()).decode()})
    said = judge({"main": public}, cases)
    for case, row, verdict in zip(cases, SIGNED, said["verdicts"],
                                  strict=True):
        status, _, _, member = row
        assert verdict["status"] == status
        token = base64.b64decode(case["token"]).decode()
        offence = verdict["offence"]
        at = token.split(".")[offence["part"] == "payload"]
        text = base64.urlsafe_b64decode(at + "=" * (-len(at) % 4)).decode()
        if member is None:
            assert verdict["marked"] == at
            continue
        start, end = offence["decoded"]
        assert text.encode()[start:end].decode() == member
        first = token.index(at) + start * 8 // 6
        last = token.index(at) + (end * 8 + 5) // 6
        assert (offence["start"], offence["end"]) == (first, last)


def test_keys(judge, signer, keys, tmp_path):
    """What key.mjs computes is what signer-host exports, for each size and
    form: the token of each verifies."""
    forms, cases = {}, []
    for bits, pem in keys.items():
        token = signer.ok("mint", "--key", f"file:{pem}", "--aud", "device-01",
                          "--now", NOW).strip()
        forms[f"{bits} pem"] = signer.ok("key", "export", "--key",
                                         f"file:{pem}", "--format", "pem")
        forms[f"{bits} pkcs1"] = subprocess.run(
            ["openssl", "rsa", "-in", pem, "-RSAPublicKey_out"], text=True,
            capture_output=True, check=True).stdout
        forms[f"{bits} jwk"] = signer.ok("key", "export", "--key",
                                         f"file:{pem}", "--format", "jwk")
        forms["jwks"] = signer.ok("key", "export", "--format", "jwks", *(
            word for each in keys.values()
            for word in ("--key", f"file:{each}")))
        cases += [{"key": key, "policy": {"now": NOW, "audience": "device-01"},
                   "token": base64.b64encode(token.encode()).decode()}
                  for key in (f"{bits} pem", f"{bits} pkcs1", f"{bits} jwk",
                              "jwks")]
    said = judge(forms, cases)
    assert [verdict["status"] for verdict in said["verdicts"]] == \
        ["KJWT_OK"] * 12
    for bits, pem in keys.items():
        for form in ("pem", "pkcs1", "jwk"):
            assert said["thumbprints"][f"{bits} {form}"] == thumbprint(pem)


def refused_keys(signer, pem):
    """Texts that are no key of a device, by what is said about them."""
    jwk = json.loads(signer.ok("key", "export", "--key", f"file:{pem}",
                               "--format", "jwk"))
    public = signer.ok("key", "export", "--key", f"file:{pem}", "--format",
                       "pem")
    ec = subprocess.run(
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 |"
        "openssl pkey -pubout", shell=True, text=True, capture_output=True,
        check=True).stdout
    lines = public.strip().split("\n")
    return [
        ("neither a PEM", "hello"),
        ("private key", pem.read_text()),
        ("needs an RSA key", ec),
        ("more than one PEM", public + public),
        ("PEM block is damaged", "\n".join(lines[:-1])),
        ("PEM block is damaged", public.replace("A", "*", 1)),
        ("no RSA public key", "\n".join([lines[0], *lines[2:]])),
        ("certificate", public.replace("PUBLIC KEY", "CERTIFICATE")),
        ("not well-formed JSON", json.dumps(jwk)[:-1]),
        ("kty is not RSA", json.dumps({**jwk, "kty": "EC"})),
        ("private members", json.dumps({**jwk, "d": "AQ"})),
        ("alg is not RS256", json.dumps({**jwk, "alg": "RS512"})),
        ("use is not sig", json.dumps({**jwk, "use": "enc"})),
        ("does not contain verify", json.dumps({**jwk, "key_ops": ["sign"]})),
        ("n must be base64url", json.dumps({**jwk, "n": jwk["n"] + "="})),
        ("n must be base64url", json.dumps({**jwk, "n": "AA" + jwk["n"]})),
        ("not 65537", json.dumps({**jwk, "e": "Aw"})),
        ("kid must be", json.dumps({**jwk, "kid": 7})),
        ("JSON object", "[]"),
        ("0 keys", '{"keys":[]}'),
        ("9 keys", json.dumps({"keys": [{**jwk, "kid": str(i)}
                                        for i in range(9)]})),
        ("one kid", json.dumps({"keys": [jwk, jwk]})),
        ("needs a kid", json.dumps({"keys": [jwk, {**jwk, "kid": None}]})),
    ]


def test_refused_keys(judge, signer, keys):
    rows = refused_keys(signer, keys[2048])
    said = judge({str(i): text for i, (_, text) in enumerate(rows)}, [])
    for i, (words, _) in enumerate(rows):
        assert words in said["thumbprints"][str(i)]


# ------------------------------------------------------------------ Chromium --


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = CHROMIUM.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, page_file):
    """The page from its file, by the device's clock; an error in it fails the
    test."""
    context = chromium.new_context()
    page = context.new_page()
    errors, requests = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    page.clock.install(time=NOW - 60)
    page.goto(page_file.as_uri())
    page.clock.pause_at(NOW)
    page.requests = requests
    yield page
    assert errors == []
    assert [url for url in requests
            if not url.startswith(("file:", "data:"))] == []
    context.close()


@pytest.fixture(scope="module")
def minted(signer, keys):
    return signer.ok("mint", "--key", f"file:{keys[2048]}", "--iss", "bench-7",
                     "--sub", "<img src=x>", "--aud", "device-01", "--now",
                     NOW, "--ttl", "2h").strip()


@pytest.fixture(scope="module")
def public_pem(signer, keys):
    return signer.ok("key", "export", "--key", f"file:{keys[2048]}",
                     "--format", "pem")


def paste(page, token, key):
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_label("Public key").fill(key)
    return page.locator("#verdict").inner_text()


def test_accepted(page, minted, public_pem):
    said = paste(page, minted + "\n", public_pem)
    assert "Signature Verified" in said
    assert "expires in 2 hours, on 2027-01-15 10:00:00 UTC" in said
    assert "device-01" in said  # whose token it was taken for
    assert '"alg": "RS256"' in page.locator("#header").inner_text()
    assert '"sub": "<img src=x>"' in page.locator("#payload").inner_text()
    assert page.locator("#payload img").count() == 0
    assert page.locator("mark").count() == 0
    assert page.locator("#unverified").is_hidden()
    assert page.locator("#checks .passed").count() == 7


def test_jwk_set(page, signer, keys, minted):
    said = paste(page, minted, signer.ok(
        "key", "export", "--format", "jwks", *(
            word for pem in keys.values()
            for word in ("--key", f"file:{pem}"))))
    assert "Signature Verified" in said


def rejected(page, status):
    assert page.locator("#status").inner_text() == status
    assert page.locator("#verdict").get_attribute("data-state") == "rejected"
    assert "Signature Verified" not in page.locator("body").inner_text()
    return "".join(page.locator("#marked mark").all_inner_texts())


def test_bad_signature(page, minted, public_pem):
    token = tampered(minted)
    paste(page, token, public_pem)
    assert rejected(page, "KJWT_ERR_SIGNATURE") == token.split(".")[2]
    assert page.locator("#unverified").is_visible()
    assert page.locator("#checks .failed").inner_text().startswith("✗")
    assert "Signature" in page.locator("#checks .failed").inner_text()


def test_wrong_key(page, signer, keys, minted, tmp_path):
    other = tmp_path / "other.pem"
    # A signature that is not below its modulus would be refused before.
    signature = int.from_bytes(decode(minted.split(".")[2]), "big")
    while not other.exists() or \
            public_key(other).public_numbers().n <= signature:
        other.unlink(missing_ok=True)
        signer.ok("key", "create", "--key", f"file:{other}")
    paste(page, minted, write_public_pem(other, tmp_path / "p").read_text())
    assert rejected(page, "KJWT_ERR_SIGNATURE") == minted.split(".")[2]
    paste(page, minted, write_public_pem(keys[4096],
                                         tmp_path / "p").read_text())
    rejected(page, "KJWT_ERR_SIGNATURE_LENGTH")


def test_expires_while_the_page_is_open(page, minted, public_pem):
    assert "Signature Verified" in paste(page, minted, public_pem)
    page.clock.fast_forward(7200 * 1000)
    marked = rejected(page, "KJWT_ERR_EXPIRED")
    assert marked and marked in minted.split(".")[1]
    assert "expired" in page.locator("#expiry").inner_text()
    assert str(NOW + 7200) in "".join(
        page.locator("#payload mark").all_inner_texts())
    assert page.locator("#unverified").is_hidden()  # the signature holds


def test_malformed(page, minted, public_pem):
    paste(page, minted[:100] + " " + minted[100:], public_pem)
    assert rejected(page, "KJWT_ERR_BASE64URL") == " "
    paste(page, minted.replace(".", ":", 1), public_pem)
    rejected(page, "KJWT_ERR_SERIALIZATION")
    paste(page, "é" + minted, public_pem)
    rejected(page, "KJWT_ERR_BASE64URL")


def test_unsupported_keys(page, signer, keys, minted):
    for words, text in refused_keys(signer, keys[2048]):
        said = paste(page, minted, text)
        assert words in said
        assert page.locator("#verdict").get_attribute("data-state") == \
            "rejected"
        assert page.locator("#key").get_attribute("aria-invalid") == "true"
        assert page.locator("#status").is_hidden()


def test_a_megabyte(page, public_pem):
    paste(page, "A" * 1_000_000, public_pem)
    rejected(page, "KJWT_ERR_LIMIT_TOKEN")
    assert "more" in page.locator("#marked").inner_text()
    assert len(page.locator("#marked").inner_text()) < 10_000


def test_policy(page, minted, public_pem):
    paste(page, minted, public_pem)
    page.get_by_text("What the device expects").click()
    page.get_by_label("Audience", exact=True).select_option("none")
    rejected(page, "KJWT_ERR_AUDIENCE")
    page.get_by_label("Audience", exact=True).select_option("given")
    page.get_by_label("Name of the audience").fill("device-01")
    assert "Signature Verified" in page.locator("#verdict").inner_text()
    page.get_by_label("Issuer").fill("bench-8")
    rejected(page, "KJWT_ERR_ISSUER")
    page.get_by_label("Issuer").fill("bench-7")
    page.get_by_label("Clock", exact=True).select_option("unknown")
    rejected(page, "KJWT_ERR_TIME_UNKNOWN")
    page.get_by_label("Without a clock").check()
    assert "Signature Verified" in page.locator("#verdict").inner_text()
    page.get_by_label("Clock", exact=True).select_option("given")
    page.get_by_label("Time in seconds").fill(str(NOW + 7210))
    rejected(page, "KJWT_ERR_EXPIRED")
    page.get_by_label("Leeway").fill("11")
    assert "Signature Verified" in page.locator("#verdict").inner_text()
    page.get_by_label("Leeway").fill("eleven")
    assert "Signature Verified" not in page.locator("#verdict").inner_text()
    assert page.locator("#leeway").get_attribute("aria-invalid") == "true"


def test_example_and_clear(page):
    page.get_by_role("button", name="Example").click()
    assert "Signature Verified" in page.locator("#verdict").inner_text()
    page.get_by_role("button", name="Clear").click()
    assert "Nothing to verify" in page.locator("#verdict").inner_text()
    assert page.locator("#token").input_value() == ""
    assert page.locator("#key").input_value() == ""


def test_keyboard(page, minted, public_pem):
    """All of it without a pointer, and one sees where the focus is."""
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(
            "document.activeElement.id || document.activeElement.tagName"))
        assert page.evaluate("getComputedStyle(document.activeElement)"
                             ".outlineStyle") == "solid"
        if reached[-1] in ("token", "key"):
            page.keyboard.insert_text(
                minted if reached[-1] == "token" else public_pem)
    assert reached[:5] == ["example", "clear", "token", "key", "SUMMARY"]
    assert reached[5:8] == ["marked", "header", "payload"]
    assert "Signature Verified" in page.get_by_role("status").inner_text()


AXE = ROOT / "build/deps/node/node_modules/axe-core/axe.min.js"


def violations(page):
    """axe's opinion of the page as it is now; axe waits by the clock."""
    page.clock.resume()
    found = page.evaluate("axe.run().then(r => r.violations)")
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(page, node, minted, public_pem, scheme):
    """axe's rules, contrast among them, in each state and on a telephone."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AXE.read_text())
    page.get_by_text("What the device expects").click()
    states = {"empty": ("", ""), "accepted": (minted, public_pem),
              "rejected": (tampered(minted), public_pem),
              "expired": (minted, public_pem), "no key": (minted, "x")}
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        for state, pasted in states.items():
            paste(page, *pasted)
            page.get_by_label("Clock", exact=True).select_option(
                "unknown" if state == "expired" else "now")
            assert violations(page) == [], state
            assert page.evaluate("document.documentElement.scrollWidth") <= \
                width


def test_axe_can_fail(page, node):
    page.evaluate(AXE.read_text())
    page.evaluate("document.documentElement.style.setProperty("
                  "'--soft', '#9aa0a8')")
    assert "color-contrast" in dict(violations(page))


class Counting(http.server.BaseHTTPRequestHandler):
    hits = 0

    def do_GET(self):
        Counting.hits += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def test_the_page_can_send_nothing(chromium, page_file, tmp_path):
    """Its policy stops what a flaw or an addition would try; without that the
    requests arrive."""
    bare = tmp_path / "bare.html"
    bare.write_text(re.sub(r'<meta http-equiv="Content-Sec[^>]*>', "",
                           page_file.read_text()))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    hits = []
    try:
        for path in (page_file, bare):
            Counting.hits = 0
            tab = chromium.new_page()
            tab.goto(path.as_uri())
            tab.evaluate("""async (url) => {
                await fetch(url, {mode: "no-cors"}).catch(() => {});
                new Image().src = url;
                await new Promise((done) => setTimeout(done, 300));
            }""", url)
            tab.close()
            hits.append(Counting.hits)
    finally:
        server.shutdown()
        server.server_close()
    assert hits == [0, 2]
