"""signer-host with gcpkms:// keys, against a server of the tests' own that
follows the documented REST API of Google Cloud KMS, checksums included, and a
metadata server.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import json

import pytest
from conftest import NOW, clean_environment
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from jose_parts import check_signature, header_of, thumbprint
from json_server import JsonServer, changed, without

pytestmark = pytest.mark.server

TOKEN = "ya29.the-secret-of-the-tests"
RING = "projects/example.org:bench/locations/europe-west3/keyRings/r/"
KEY = RING + "cryptoKeys/dev/cryptoKeyVersions/"
METADATA = "/computeMetadata/v1/instance/service-accounts/default/token"


def crc32c(data):
    """By the table, unlike signer-host; RFC 3720 B.4 has the check value."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ 0x82F63B78 * (byte & 1)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def test_crc32c():
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA


def refusal(code, status, message="for the test"):
    return code, {"error": {"code": code, "status": status,
                            "message": message}}


class FakeKms(JsonServer):
    """projects.locations.keyRings.cryptoKeys.cryptoKeyVersions: getPublicKey
    and asymmetricSign. Versions 1, 2, 3 are RSA_2048, _3072, _4096, 4 is PSS,
    5 is SHA-512."""

    algorithms = ["PKCS1_2048_SHA256", "PKCS1_3072_SHA256",
                  "PKCS1_4096_SHA256", "PSS_2048_SHA256", "PKCS1_4096_SHA512"]

    def __init__(self):
        self.keys = [rsa.generate_private_key(65537, bits)
                     for bits in (2048, 3072, 4096)]
        super().__init__()

    def reset(self):
        super().reset()
        self.token = TOKEN

    def answer(self, method, path, headers, body):
        if path == METADATA:
            return self.metadata(headers)
        if headers["Authorization"] != f"Bearer {self.token}":
            return refusal(401, "UNAUTHENTICATED")
        if not path.startswith("/v1/" + KEY):
            return refusal(404, "NOT_FOUND")
        number = path.removeprefix("/v1/" + KEY)
        if method == "GET" and number.endswith("/publicKey"):
            return self.public_key(int(number.removesuffix("/publicKey")))
        if method == "POST" and number.endswith(":asymmetricSign") and \
                headers["Content-Type"] == "application/json":
            return self.sign(int(number.removesuffix(":asymmetricSign")),
                             json.loads(body))
        return refusal(404, "NOT_FOUND")

    def metadata(self, headers):
        assert headers["Metadata-Flavor"] == "Google"
        assert "Authorization" not in headers
        return 200, {"access_token": self.token, "expires_in": 3599,
                     "token_type": "Bearer"}

    def public_key(self, number):
        if number > len(self.algorithms):
            return refusal(404, "NOT_FOUND")
        pem = self.keys[(number - 1) % 3].public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo)
        return 200, {"pem": pem.decode(), "pemCrc32c": str(crc32c(pem)),
                     "algorithm": "RSA_SIGN_" + self.algorithms[number - 1],
                     "name": KEY + str(number), "protectionLevel": "HSM"}

    def sign(self, number, request):
        digest = base64.b64decode(request["digest"]["sha256"], validate=True)
        if len(digest) != 32 or set(request) != {"digest", "digestCrc32c"} or \
                request["digestCrc32c"] != str(crc32c(digest)):
            return refusal(400, "INVALID_ARGUMENT")
        signature = self.keys[number - 1].sign(
            digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        return 200, {"signature": base64.b64encode(signature).decode(),
                     "signatureCrc32c": str(crc32c(signature)),
                     "verifiedDigestCrc32c": True,
                     "name": KEY + str(number), "protectionLevel": "HSM"}


@pytest.fixture(scope="module")
def server():
    with FakeKms().running() as kms:
        yield kms


@pytest.fixture
def kms(server):
    server.reset()
    return server


def environment(kms, **more):
    variables = {"GOOGLE_OAUTH_ACCESS_TOKEN": TOKEN, "GCE_METADATA_HOST":
                 "localhost:1", "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS":
                 kms.url + "/", **more}
    return clean_environment(**{name: value for name, value
                                in variables.items() if value is not None})


# ----------------------------------------------------------------- healthy --


@pytest.mark.parametrize("number, bits", [(1, 2048), (2, 3072), (3, 4096)])
@pytest.mark.parametrize("collection", ["cryptoKeyVersions", "versions"])
def test_export_and_mint(collection, number, bits, kms, signer, tmp_path):
    uri = f"gcpkms://{RING}cryptoKeys/dev/{collection}/{number}"
    env = environment(kms)
    pem = tmp_path / "public.pem"
    signer.ok("key", "export", "--key", uri, "--format", "pem", "-o", pem,
              env=env)
    token = signer.ok("mint", "--key", uri, "--sub", "x", env=env).strip()
    check_signature(token, pem)
    assert header_of(token)["kid"] == thumbprint(pem)
    signer.ok("verify", "--key", uri, token, env=env)
    shown = json.loads(signer.ok("key", "show", "--json", "--key", uri,
                                 env=env))
    assert shown["uri"] == f"gcpkms://{KEY}{number}"
    assert shown["spec"] == f"RSA_{bits}"
    assert shown["protection level"] == "HSM"


def test_requests(kms, signer):
    result = signer("mint", "--key", f"gcpkms://{KEY}1", "--verbose",
                    env=environment(kms))
    assert result.returncode == 0
    assert "GOOGLE_OAUTH_ACCESS_TOKEN" in result.stderr
    assert TOKEN not in result.stderr
    assert kms.requests == [("GET", f"/v1/{KEY}1/publicKey"),
                            ("POST", f"/v1/{KEY}1:asymmetricSign")]


# ------------------------------------------------------------------ tokens --


def of_metadata(kms, **more):
    return environment(kms, GOOGLE_OAUTH_ACCESS_TOKEN=None,
                       GCE_METADATA_HOST=kms.host, **more)


def test_metadata_server(kms, signer):
    result = signer("mint", "--key", f"gcpkms://{KEY}1", "--verbose",
                    env=of_metadata(kms))
    assert result.returncode == 0 and "metadata server" in result.stderr
    assert [path for _, path in kms.requests].count(METADATA) == 1


def test_revoked_token_of_the_metadata_server(kms, signer):
    """Another one is fetched, once."""
    answer = kms.metadata({"Metadata-Flavor": "Google"})[1]
    kms.faults.append(lambda _: {**answer, "access_token": "ya29.old"})
    signer.ok("mint", "--key", f"gcpkms://{KEY}1", env=of_metadata(kms))
    assert [path for _, path in kms.requests].count(METADATA) == 2


def test_short_lived_token(kms, signer):
    """One that is about to end is not used twice."""
    answer = kms.metadata({"Metadata-Flavor": "Google"})[1]
    kms.faults.append(lambda _: {**answer, "expires_in": 30})
    signer.ok("mint", "--key", f"gcpkms://{KEY}1", env=of_metadata(kms))
    assert [path for _, path in kms.requests].count(METADATA) == 2


@pytest.mark.parametrize("fault", [
    (404, {}), (200, b"<html>"), (200, {"access_token": "x"}),
    (200, {"access_token": "two words", "expires_in": 9}),
])
def test_metadata_server_without_a_token(fault, kms, signer):
    kms.faults.append(fault)
    result = signer("mint", "--key", f"gcpkms://{KEY}1", env=of_metadata(kms))
    assert result.returncode == 2 and "metadata server" in result.stderr
    assert len(kms.requests) == 1


@pytest.mark.parametrize("more, words", [
    ({}, ["GOOGLE_OAUTH_ACCESS_TOKEN", "print-access-token"]),
    ({"GOOGLE_APPLICATION_CREDENTIALS": "/sa.json"},
     ["GOOGLE_APPLICATION_CREDENTIALS", "print-access-token"]),
])
def test_no_token(more, words, kms, signer):
    result = signer("mint", "--key", f"gcpkms://{KEY}1", env=environment(
        kms, GOOGLE_OAUTH_ACCESS_TOKEN=None, **more))
    assert result.returncode == 2 and kms.requests == []
    for word in words:
        assert word in result.stderr


# ----------------------------------------------------------------- refused --


@pytest.mark.parametrize("uri", [
    "gcpkms://", "gcpkms:projects/p", "gcpkms://projects/p",
    f"gcpkms://{RING}cryptoKeys/dev", f"gcpkms://{KEY}", f"gcpkms://{KEY}x",
    f"gcpkms://{KEY}1/", f"gcpkms://{KEY}1?x", f"gcpkms://{KEY}99999999999",
    f"gcpkms://{RING}cryptoKeys/dev/other/1",
    f"gcpkms://{RING}cryptoKeys/../versions/1",
    f"gcpkms://{RING}cryptoKeys/{'k' * 200}/versions/1",
])
def test_uri_refused(uri, kms, signer):
    result = signer("mint", "--key", uri, env=environment(kms))
    assert result.returncode == 2 and "gcpkms://" in result.stderr
    assert kms.requests == []


@pytest.mark.parametrize("more, word", [
    ({"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS": "http://kms.example"},
     "loopback only"),
    ({"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS": "kms.example"}, "https://"),
    ({"GOOGLE_OAUTH_ACCESS_TOKEN": "a\nb"}, "GOOGLE_OAUTH_ACCESS_TOKEN"),
])
def test_environment_refused(more, word, kms, signer):
    result = signer("mint", "--key", f"gcpkms://{KEY}1",
                    env=environment(kms, **more))
    assert result.returncode == 2 and word in result.stderr
    assert kms.requests == []


@pytest.mark.parametrize("number, more, status, words", [
    (9, {}, 1, ["NOT_FOUND", "gcloud kms keys versions"]),
    (4, {}, 1, ["RSA_SIGN_PSS_2048_SHA256", "RSA_SIGN_PKCS1_2048_SHA256"]),
    (5, {}, 1, ["RSA_SIGN_PKCS1_4096_SHA512"]),
    (1, {"GOOGLE_OAUTH_ACCESS_TOKEN": "ya29.expired"}, 1,
     ["UNAUTHENTICATED", "print-access-token"]),
])
def test_refused(number, more, status, words, kms, signer):
    result = signer("mint", "--key", f"gcpkms://{KEY}{number}",
                    env=environment(kms, **more))
    assert result.returncode == status and result.stdout == ""
    assert len(kms.requests) == 1 and "ya29" not in result.stderr
    for word in words:
        assert word in result.stderr


def other_pem(answer):
    """A stranger's key with a checksum that fits is told by the token."""
    pem = rsa.generate_private_key(65537, 2048).public_key().public_bytes(
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo)
    return {**answer, "pem": pem.decode(), "pemCrc32c": str(crc32c(pem))}


@pytest.mark.parametrize("fault, status, word", [
    (changed(pemCrc32c="1"), 2, "pemCrc32c"),
    (changed(pemCrc32c=1), 2, "pemCrc32c"),
    (without("pemCrc32c"), 2, "pemCrc32c"),
    (without("pem"), 2, "no pem"),
    (without("name"), 2, "no name"),
    (changed(name=KEY + "2"), 2, "another key"),
    (changed(algorithm="EC_SIGN_P256_SHA256"), 1, "EC_SIGN_P256_SHA256"),
    (other_pem, 1, "KJWT_ERR_SIGNATURE"),
    (refusal(403, "PERMISSION_DENIED"), 1, "signerVerifier"),
    ((200, b"no json"), 2, "status 200"),
    ((302, b"", {"Location": "/"}), 2, "redirect"),
])
def test_public_key_goes_wrong(fault, status, word, kms, signer):
    kms.faults.append(fault)
    result = signer("mint", "--key", f"gcpkms://{KEY}1", env=environment(kms))
    assert result.returncode == status and result.stdout == ""
    assert word in result.stderr, result.stderr


def flipped(answer):
    signature = bytearray(base64.b64decode(answer["signature"]))
    signature[7] ^= 1
    return {**answer, "signature": base64.b64encode(signature).decode()}


@pytest.mark.parametrize("fault, status, word", [
    (flipped, 2, "signatureCrc32c"),
    (without("signatureCrc32c"), 2, "signatureCrc32c"),
    (without("signature"), 2, "no signature"),
    (changed(signature="AAAA"), 2, "not as long"),
    (changed(verifiedDigestCrc32c=False), 2, "did not verify"),
    (without("verifiedDigestCrc32c"), 2, "did not verify"),
    (changed(name=KEY + "2"), 2, "another key"),
    (refusal(400, "FAILED_PRECONDITION"), 1, "enabled"),
    (refusal(429, "RESOURCE_EXHAUSTED"), 0, ""),
    (refusal(503, "UNAVAILABLE"), 0, ""),
])
def test_sign_goes_wrong(fault, status, word, kms, signer, tmp_path):
    kms.faults.extend([lambda answer: answer, fault])
    result = signer("mint", "--key", f"gcpkms://{KEY}1", "--now", NOW, "-o",
                    tmp_path / "token", env=environment(kms))
    assert result.returncode == status and word in result.stderr, result.stderr
    assert (tmp_path / "token").exists() == (status == 0)
    assert len(kms.requests) == (3 if status == 0 else 2)
