"""What the contenders verify: a key, a token and its signature, as C source and
as lines for the verify shell.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import json
import subprocess

BITS = 2048
SIGNING_INPUT = 600
NOW = 1800000000
ATTEMPTS = 200


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Inputs:
    """Made with signer-host in a folder; the key stays there from run to run.

    key_file  the C file of the key, as firmware gets it
    vectors   the C file of vectors.h and of contender.h's key
    tokens    by name, with the verdict that each must get
    """

    def __init__(self, signer, folder):
        self.signer = signer
        self.pem = folder / "rsa2048.pem"
        self.key_file = folder / "keys.c"
        self.vectors = folder / "vectors.c"
        if not self.pem.exists():
            self.run("key", "create", "--key", f"file:{self.pem}")
        self.run("key", "export", "--key", f"file:{self.pem}", "--format", "c",
                 "-o", self.key_file)
        self.n = int.from_bytes(decode(json.loads(self.run(
            "key", "export", "--key", f"file:{self.pem}", "--format", "jwk"))
            ["n"]))
        self.token = self.mint_one()
        self.write_vectors()

    def run(self, *arguments):
        done = subprocess.run([self.signer, *map(str, arguments)],
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr.strip())
        return done.stdout

    def mint(self, kid, number, padding):
        return self.run("mint", "--key", f"file:{self.pem}", "--kid", kid,
                        "--iss", "bench-7", "--sub", "device-01", "--aud",
                        "device-01", "--jti", f"{number:04}", "--now", NOW,
                        "--claim", "pad=" + "x" * padding).strip()

    def sizes(self):
        """Base64url lets a length be met only with the right header."""
        for kid in ("device", "device-1", "device-01"):
            short = len(self.mint(kid, 0, 0).rsplit(".", 1)[0])
            padding = (SIGNING_INPUT - short) * 3 // 4
            for more in (0, 1):
                message = self.mint(kid, 0, padding + more).rsplit(".", 1)[0]
                if len(message) == SIGNING_INPUT:
                    return kid, padding + more
        raise SystemExit(f"no token has {SIGNING_INPUT} bytes to sign")

    def mint_one(self):
        """A token whose signing input has SIGNING_INPUT bytes, and whose
        signature s leaves room for s + n in as many bytes."""
        kid, padding = self.sizes()
        for number in range(ATTEMPTS):
            token = self.mint(kid, number, padding)
            if self.signature(token) + self.n < 1 << BITS:
                return token
        raise SystemExit(f"{self.pem}: n is so large that s + n has more bits; "
                         "remove the file")

    @staticmethod
    def signature(token):
        return int.from_bytes(decode(token.rsplit(".", 1)[1]))

    @property
    def tokens(self):
        message, signature = self.token.rsplit(".", 1)
        flipped = bytearray(decode(signature))
        flipped[200] ^= 1
        return {
            "good": self.token,
            "flipped_signature": f"{message}.{encode(flipped)}",
            "other_message": f"{self.other_message(message)}.{signature}",
            "s_plus_n": message + "." + encode(
                (self.signature(self.token) + self.n).to_bytes(BITS // 8)),
        }

    @staticmethod
    def other_message(message):
        """Another character of the padding."""
        at = len(message) // 2
        return message[:at] + ("A" if message[at] != "A" else "B") + \
            message[at + 1:]

    def write_vectors(self):
        tokens = {name: token.rsplit(".", 1)
                  for name, token in self.tokens.items()}
        r = 1 << BITS
        arrays = {
            "vector_message": tokens["good"][0].encode(),
            "vector_other_message": tokens["other_message"][0].encode(),
            "vector_signature": decode(tokens["good"][1]),
            "vector_flipped_signature": decode(tokens["flipped_signature"][1]),
            "vector_signature_plus_n": decode(tokens["s_plus_n"][1]),
            "key_modulus": self.n.to_bytes(BITS // 8),
        }
        lines = ['#include "vectors.h"']
        for name, data in arrays.items():
            lines.append(c_array("uint8_t", name, data))
        for name, value in (("key_n", self.n), ("key_rr", r * r % self.n)):
            lines.append(c_array("uint32_t", name, [
                value >> shift & 0xFFFFFFFF for shift in range(0, BITS, 32)]))
        text = "\n".join(lines) + "\n"
        # As it is where nothing changed: what is built of it stays built.
        if not self.vectors.exists() or self.vectors.read_text() != text:
            self.vectors.write_text(text)


def c_array(kind, name, values):
    return f"const {kind} {name}[] = {{{', '.join(map(hex, values))}}};"
