"""signer-host key-set, certificate, mint and verify --certificate, key export
--root: what they make, and what they refuse to make.
SPDX-License-Identifier: Apache-2.0
"""

import json
import stat

import pytest
from conftest import NOW
from jose_parts import check_signature, claims_of, header_of, thumbprint

DAY = 86400


class Bench:
    """A folder with development keys; each by its name as private and public
    URI."""

    def __init__(self, folder, signer):
        self.folder, self.signer = folder, signer
        for name in ("root", "root2", "one", "two", "bench"):
            self.signer.ok("key", "create", "--key", self.private(name))
            self.signer.ok("key", "export", "--key", self.private(name),
                           "--format", "pem", "-o", folder / f"{name}.pub")
        for name in ("one", "two"):
            self.signer.ok("key", "export", "--key", self.private(name),
                           "--format", "jwk", "--kid", "same",
                           "-o", folder / f"{name}-same.pub")

    def private(self, name):
        return f"file:{self.folder}/{name}.pem"

    def public(self, name):
        return f"file:{self.folder}/{name}.pub"

    def thumbprint(self, name):
        return thumbprint(self.folder / f"{name}.pem")

    def path(self, name, content):
        path = self.folder / name
        path.write_text(content)
        return path

    def key_set(self, *arguments, root="root"):
        return self.signer("key-set", "--key", self.private(root), "--now",
                           NOW, *arguments)

    def certificate(self, *arguments, key="one", bench="bench"):
        return self.signer("certificate", "--key", self.private(key), "--for",
                           self.public(bench), "--now", NOW, *arguments)


@pytest.fixture(scope="module")
def bench(tmp_path_factory, signer):
    return Bench(tmp_path_factory.mktemp("life"), signer)


def made(result):
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def refused(result, status, *words):
    assert result.returncode == status, result.stderr
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr, result.stderr


# -------------------------------------------------------------- key sets --


def test_key_set(bench):
    token = made(bench.key_set("--version", "8", "--add", bench.public("one"),
                               "--add", bench.public("two"), "--revoke",
                               bench.thumbprint("bench")))
    assert header_of(token) == {"alg": "RS256", "typ": "kjwt-keyset+jwt",
                                "kid": bench.thumbprint("root")}
    claims = claims_of(token)
    keys = claims.pop("keys")
    assert claims == {"iat": NOW, "version": 8,
                      "revoked": [bench.thumbprint("bench")]}
    # The thumbprint is the kid that a device gives them.
    assert [sorted(key) for key in keys] == [["e", "kty", "n"]] * 2
    check_signature(token, bench.folder / "root.pem")


def test_a_kid_of_ones_own_is_kept(bench):
    jwk = json.loads(bench.signer.ok("key", "export", "--key",
                                     bench.public("one"), "--kid", "line-3",
                                     "--format", "jwk"))
    uri = f"file:{bench.path('named.jwk', json.dumps(jwk))}"
    claims = claims_of(made(bench.key_set("--version", "1", "--add", uri)))
    assert claims["keys"][0]["kid"] == "line-3"


def test_output_file(bench, tmp_path):
    path = tmp_path / "set.jwt"
    result = bench.key_set("--version", "1", "--add", bench.public("one"),
                           "--json", "-o", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    printed = json.loads(made(result))
    assert printed["file"] == str(path)
    assert printed["claims"] == claims_of(path.read_text())
    assert printed["header"]["typ"] == "kjwt-keyset+jwt"


def test_previous(bench):
    """The next version, and all that was ever revoked."""
    first = bench.path("1.jwt", made(bench.key_set(
        "--version", "41", "--add", bench.public("one"), "--revoke",
        bench.public("bench"))))
    second = bench.path("2.jwt", made(bench.key_set(
        "--previous", first, "--add", bench.public("two"), "--revoke",
        bench.public("one"))) + "\n")
    claims = claims_of(second.read_text())
    assert claims["version"] == 42
    assert claims["revoked"] == [bench.thumbprint("bench"),
                                 bench.thumbprint("one")]
    refused(bench.key_set("--previous", second, "--add", bench.public("one")),
            1, "is revoked", bench.thumbprint("one"))
    refused(bench.key_set("--previous", second, "--version", "42", "--add",
                          bench.public("two")), 1, "version 42")
    refused(bench.key_set("--previous", second, "--add", bench.public("two"),
                          root="root2"), 1, "no key set of this root",
            "KJWT_ERR_SIGNATURE")


REFUSED_SETS = [  # arguments, status, words
    (["--version", "1"], 2, ["--add URI is required"]),
    (["--add", "one"], 2, ["--version N"]),
    (["--version", "0", "--add", "one"], 2, ["--version 0"]),
    (["--version", "-1", "--add", "one"], 2, ["--version -1"]),
    (["--version", "x", "--add", "one"], 2, ["--version x"]),
    (["--version", "9007199254740992", "--add", "one"], 2, ["--version"]),
    (["--version", "1", "--add", "root"], 1, ["signs key sets and nothing"]),
    (["--version", "1", "--add", "one", "--add", "one"], 1, ["add it once"]),
    (["--version", "1", "--add", "one", "--add", "one-same"], 1,
     ["one.pub", "one-same.pub", "add it once"]),
    (["--version", "1", "--add", "one-same", "--add", "two-same"], 1,
     ["two keys have the kid same"]),
    (["--version", "1", "--add", "one", "--revoke", "bench-7"], 2,
     ["--revoke bench-7", "thumbprint"]),
    (["--version", "1", "--add", "one", "--revoke", "A" * 42 + "B"], 2,
     ["--revoke"]),
    (["--version", "1", "--add", "one", "--revoke", "one"], 1,
     ["is revoked"]),
    (["--version", "1", "--add", "one", "--revoke", "root"], 1,
     ["does not revoke itself"]),
    (["--version", "1", "--add", "one", "--exp", str(NOW)], 1,
     ["KJWT_ERR_EXPIRED"]),
    (["--version", "1", "--add", "one", "--previous", "/nonexistent"], 2,
     ["/nonexistent"]),
]


@pytest.mark.parametrize("arguments, status, words", REFUSED_SETS)
def test_refused_sets(arguments, status, words, bench):
    names = ("one", "root", "one-same", "two-same")
    arguments = [bench.public(word) if word in names else word
                 for word in arguments]
    refused(bench.key_set(*arguments), status, *words)


def test_a_previous_that_is_no_key_set(bench):
    token = bench.signer.ok("mint", "--key", bench.private("root"), "--now",
                            NOW)
    refused(bench.key_set("--previous", bench.path("mint.jwt", token), "--add",
                          bench.public("one")), 1, "KJWT_ERR_TYP")


def test_too_many_keys(bench, keys):
    """Nine keys, and keys whose text no token holds."""
    result = bench.key_set("--version", "1", *(
        word for _ in range(9) for word in ("--add", bench.public("one"))))
    refused(result, 1, "more than 8 keys")
    wide = [f"file:{keys[4096]}", f"file:{keys[3072]}"]
    made(bench.key_set("--version", "1", "--add", wide[0], "--add", wide[1]))
    narrow = [bench.public(name) for name in ("one", "two", "bench", "root2")]
    refused(bench.key_set("--version", "1", *(
        word for uri in wide + narrow for word in ("--add", uri))), 1,
        "KJWT_ERR_LIMIT")


# ------------------------------------------------------------ delegation --


@pytest.fixture(scope="module")
def certificate(bench):
    return bench.path("bench.cert", made(bench.certificate(
        "--mint-iss", "bench-7", "--mint-aud", "device-1")) + "\n")


def test_certificate(bench, certificate):
    token = certificate.read_text().strip()
    assert header_of(token) == {"alg": "RS256", "typ": "kjwt-cert+jwt",
                                "kid": bench.thumbprint("one")}
    claims = claims_of(token)
    jwk = claims.pop("cnf")["jwk"]
    assert claims == {"iat": NOW, "nbf": NOW, "exp": NOW + DAY,
                      "mint": {"iss": "bench-7", "aud": "device-1"}}
    assert sorted(jwk) == ["e", "kty", "n"]
    check_signature(token, bench.folder / "one.pem")


REFUSED_CERTIFICATES = [  # arguments, status, words
    ([], 2, ["--mint-iss"]),
    (["--mint-iss", "b"], 2, ["--mint-aud"]),
    (["--mint-iss", "b", "--mint-aud", ""], 2, ["--mint-aud is empty"]),
    (["--mint-iss", "b", "--mint-aud", "a", "--ttl", "0"], 2, ["--ttl 0"]),
    (["--mint-iss", "b", "--mint-aud", "a", "--ttl", "1h", "--exp",
      str(NOW + 9)], 2, ["exclude each other"]),
    (["--mint-iss", "b", "--mint-aud", "a", "--exp", str(NOW)], 1,
     ["before it begins"]),
    (["--mint-iss", "b", "--mint-aud", "a", "--nbf", "253402300799"], 1,
     ["9999"]),
    (["--mint-iss", "\udcff", "--mint-aud", "a"], 2, ["UTF-8"]),
]


@pytest.mark.parametrize("arguments, status, words", REFUSED_CERTIFICATES)
def test_refused_certificates(arguments, status, words, bench):
    refused(bench.certificate(*arguments), status, *words)


def test_no_key_certifies_itself(bench):
    refused(bench.certificate("--mint-iss", "b", "--mint-aud", "a",
                              bench="one"), 1, "the key that signs")


@pytest.fixture(scope="module")
def mint(bench, certificate):
    def run(*arguments, key="bench", signed_by="one", now=NOW):
        return bench.signer(
            "mint", "--key", bench.private(key), "--certificate", certificate,
            "--certificate-key", bench.public(signed_by), "--now", now,
            "--iss", "bench-7", *arguments)

    return run


MINTED = [  # arguments, status of a device
    (["--aud", "device-1"], None),
    (["--aud", "device-1/a", "--aud", "device-1"], None),
    (["--aud", "device-1", "--ttl", "1h"], None),
    ([], "--aud"),
    (["--aud", "device-10"], "KJWT_ERR_DELEGATED_AUDIENCE"),
    (["--aud", "device-1", "--aud", "device-10"],
     "KJWT_ERR_DELEGATED_AUDIENCE"),
    (["--aud", "device-1", "--ttl", "25h"], "KJWT_ERR_DELEGATED_TIME"),
    (["--aud", "device-1", "--no-exp"], "KJWT_ERR_DELEGATED_TIME"),
    (["--aud", "device-1", "--header", "typ=other"], None),
]


@pytest.mark.parametrize("arguments, status", MINTED)
def test_mint_under_a_certificate(arguments, status, mint, bench):
    if status is None:
        token = made(mint(*arguments))
        check_signature(token, bench.folder / "bench.pem")
    else:
        refused(mint(*arguments), 1, status)


def test_mint_with_what_does_not_belong_together(mint, bench, certificate):
    refused(mint("--aud", "device-1", key="two"), 1, "KJWT_ERR_SIGNATURE")
    refused(mint("--aud", "device-1", signed_by="root"), 1,
            "this certificate", "KJWT_ERR_SIGNATURE")
    refused(mint("--aud", "device-1", now=NOW - 1), 1, "KJWT_ERR_NOT_YET")
    refused(mint("--aud", "device-1", "--ttl", "1", now=NOW + DAY), 1,
            "this certificate", "KJWT_ERR_EXPIRED")
    refused(bench.signer("mint", "--key", bench.private("bench"),
                         "--certificate", certificate), 2, "go together")


def test_verify_with_a_certificate(mint, bench, certificate):
    token = made(mint("--aud", "device-1/a"))

    def verify(*arguments, key="one", aud="device-1/a", now=NOW):
        return bench.signer("verify", "--key", bench.public(key), "--aud", aud,
                            "--certificate", certificate, "--now", now,
                            *arguments, token)

    assert json.loads(made(verify()))["aud"] == "device-1/a"
    assert json.loads(made(verify("--json")))["status"] == "KJWT_OK"
    refused(verify(key="root"), 1, "rejected: the certificate: KJWT_ERR_SIGN")
    refused(verify(aud="device-1"), 1, "rejected: KJWT_ERR_AUDIENCE")
    refused(verify(now=NOW + DAY), 1, "the certificate: KJWT_ERR_EXPIRED")
    refused(bench.signer("verify", "--key", bench.public("one"),
                         "--certificate", certificate, "--now", NOW, token), 2,
            "--aud")
    refused(bench.signer("verify", "--key", bench.public("one"), "--aud",
                         "device-1/a", "--now", NOW, token), 1,
            "KJWT_ERR_SIGNATURE")


# ------------------------------------------------- each kind in its place --


@pytest.mark.parametrize("typ", (
    "kjwt-keyset+jwt", "KJWT-KeySet+JWT", "application/kjwt-keyset+jwt",
    "kjwt-cert+jwt", "Application/KJWT-CERT+JWT"))
def test_mint_makes_neither(typ, bench):
    refused(bench.signer("mint", "--key", bench.private("root"), "--header",
                         f"typ={typ}"), 2, "--header does not set typ")


def test_neither_is_a_device_token(bench, certificate):
    key_set = made(bench.key_set("--version", "1", "--add",
                                 bench.public("one")))
    for name, token in (("root", key_set),
                        ("one", certificate.read_text().strip())):
        refused(bench.signer("verify", "--key", bench.public(name), "--now",
                             NOW, token), 1, "KJWT_ERR_TYP")


# ------------------------------------------------------------ key export --


def test_export_of_roots(bench, tmp_path):
    key_file = tmp_path / "keys.c"
    bench.signer.ok("key", "export", "--key", bench.public("one"), "--root",
                    bench.public("root"), "--root", bench.public("root2"),
                    "--format", "c", "-o", key_file)
    text = key_file.read_text()
    assert "#define KJWT_KEYS_COUNT 1\n" in text
    assert "#define KJWT_ROOTS_COUNT 2\n" in text
    for name in ("one", "root", "root2"):
        assert bench.thumbprint(name) in text
    header = bench.signer.ok("key", "export", "--key", bench.public("one"),
                             "--root", bench.public("root"), "--format", "h")
    assert "kjwt_roots[KJWT_ROOTS_COUNT];" in header
    assert "ROOTS" not in bench.signer.ok(
        "key", "export", "--key", bench.public("one"), "--format", "h")


def test_a_root_is_no_device_key(bench):
    refused(bench.signer("key", "export", "--key", bench.public("root"),
                         "--root", bench.public("root"), "--format", "c"), 1,
            "both --key and --root")
    refused(bench.signer("key", "export", "--key", bench.public("one"),
                         "--root", bench.public("root"), "--format", "jwks"),
            2, "--root")


# ---------------------------------------------------------- key holders --


@pytest.mark.server
def test_kms_signs_both(moto, bench, signer):
    moto.admin.key("life-root")
    moto.admin.key("life-device")
    environment = moto.bench.environment()
    key_set = signer.ok("key-set", "--key", moto.bench.uri("alias/life-root"),
                        "--add", moto.bench.uri("alias/life-device"),
                        "--version", "1", env=environment).strip()
    assert header_of(key_set)["typ"] == "kjwt-keyset+jwt"
    certificate = bench.path("kms.cert", signer.ok(
        "certificate", "--key", moto.bench.uri("alias/life-device"), "--for",
        bench.public("bench"), "--mint-iss", "bench-7", "--mint-aud",
        "device-1", env=environment))
    public = bench.path("kms.pub", signer.ok(
        "key", "export", "--key", moto.bench.uri("alias/life-device"),
        "--format", "pem", env=environment))
    # From here on without network.
    token = signer.ok("mint", "--key", bench.private("bench"), "--certificate",
                      certificate, "--certificate-key", f"file:{public}",
                      "--iss", "bench-7", "--aud", "device-1", "--ttl",
                      "1h").strip()
    signer.ok("verify", "--key", f"file:{public}", "--certificate",
              certificate, "--aud", "device-1", token)
