"""Tokens and keys, read with Python's own means: an independent opinion on
what signer-host writes.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding


def decode(text):
    """base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def header_of(token):
    return json.loads(decode(token.split(".")[0]))


def claims_of(token):
    return json.loads(decode(token.split(".")[1]))


def tampered(token):
    """The token with another last digit of its last number: still JSON."""
    header, claims, signature = token.split(".")
    text = decode(claims)
    at = max(text.rfind(digit) for digit in b"0123456789")
    changed = text[:at] + bytes([text[at] ^ 1]) + text[at + 1:]
    return ".".join((header, encode(changed), signature))


def public_key(pem):
    """From a PEM file of a private or a public key."""
    data = pem.read_bytes()
    if b"PRIVATE" in data:
        return serialization.load_pem_private_key(data, None).public_key()
    return serialization.load_pem_public_key(data)


def check_signature(token, pem):
    """Raises InvalidSignature."""
    signing_input, signature = token.rsplit(".", 1)
    public_key(pem).verify(decode(signature), signing_input.encode(),
                           padding.PKCS1v15(), hashes.SHA256())


def write_public_pem(pem, path):
    """The public half in a file of its own, for what must hold no more."""
    path.write_bytes(public_key(pem).public_bytes(
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo))
    return path


def thumbprint(pem):
    """RFC 7638 3."""
    numbers = public_key(pem).public_numbers()
    members = {"e": encode_integer(numbers.e), "kty": "RSA",
               "n": encode_integer(numbers.n)}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return encode(hashlib.sha256(text.encode()).digest())


def encode_integer(value):
    return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))
