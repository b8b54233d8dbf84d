"""Mints tokens with boto3. argv: key id, count, in flight.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import concurrent.futures
import json
import sys

import boto3
from botocore.config import Config

NOW = 1800000000
KEY_ID, COUNT, IN_FLIGHT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
KMS = boto3.client("kms", config=Config(max_pool_connections=IN_FLIGHT))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def mint(number):
    claims = {"iss": "bench-7", "sub": f"device-{number:05}", "aud": "device",
              "iat": NOW, "exp": NOW + 86400, "role": "service"}
    signing_input = ".".join(
        encode(json.dumps(part, separators=(",", ":")).encode())
        for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    answer = KMS.sign(KeyId=KEY_ID, Message=signing_input.encode(),
                      SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256",
                      MessageType="RAW")
    return f"{signing_input}.{encode(answer['Signature'])}"


if IN_FLIGHT == 1:
    for number in range(COUNT):
        print(mint(number))
else:
    with concurrent.futures.ThreadPoolExecutor(IN_FLIGHT) as pool:
        for token in pool.map(mint, range(COUNT)):
            print(token)
