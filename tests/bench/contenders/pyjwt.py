"""PyJWT as a contender: argv[1] is the key. The commands are those of main.c.
SPDX-License-Identifier: Apache-2.0
"""

import sys
import time

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key

with open(sys.argv[1], "rb") as pem:
    KEY = load_pem_public_key(pem.read())


def verify(token):
    jwt.decode(token, KEY, algorithms=["RS256"])


def run_for(token, milliseconds):
    count = 0
    start = now = time.process_time_ns()
    while now < start + milliseconds * 1000000:
        for _ in range(50):
            verify(token)
        count += 50
        now = time.process_time_ns()
    return f"{count} {now - start}"


def main():
    token = ""
    for line in sys.stdin:
        command, *arguments = line.split()
        answer = "absent"
        if command == "token":
            token = arguments[0]
            answer = "ok"
        elif command == "verify":
            try:
                verify(token)
                answer = "accepted"
            except jwt.InvalidTokenError:
                answer = "refused"
        elif command == "time":
            answer = run_for(token, int(arguments[1]))
        print(answer, flush=True)


main()
