#!/usr/bin/env python3
"""The life of one device, from the line to the drawer and back: what the
bench and the device say to each other.

Usage: tests/stories/device_life.py [BOARD]

Plays it on BOARD (posix) and prints it. Every answer of the device is held
against what it must be; the story ends with exit status 1 at the first that is
not. Needs what tests/run installs.
SPDX-License-Identifier: Apache-2.0
"""

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIGNER = ROOT / "build/host/signer-host/signer-host"
DAY = 86400
YEAR = 365 * DAY
BUILT = 1700000000


class Wrong(Exception):
    """The device gave another answer than it must."""


class Bench:
    """Keys and the tokens that signer-host mints with them."""

    def __init__(self, folder, tell):
        self.folder = pathlib.Path(folder)
        self.tell = tell
        self.current = "bench"
        self.sequence = 0
        self.minted = 0

    def signer(self, *arguments):
        result = subprocess.run([SIGNER, *map(str, arguments)],
                                capture_output=True, text=True)
        if result.returncode:
            raise Wrong(f"signer-host {arguments}: {result.stderr}")
        return result.stdout.strip()

    def key(self, name):
        """The URI of a development key, made when it is first asked for."""
        path = self.folder / f"{name}.pem"
        if not path.exists():
            self.signer("key", "create", "--key", f"file:{path}")
        return f"file:{path}"

    def public(self, name):
        """The URI of its public half."""
        path = self.folder / f"{name}.pub"
        if not path.exists():
            self.signer("key", "export", "--key", self.key(name), "--format",
                        "pem", "-o", path)
        return f"file:{path}"

    def key_file(self):
        path = self.folder / "keys.c"
        self.signer("key", "export", "--key", self.key("bench"), "--root",
                    self.key("root"), "--format", "c", "-o", path)
        return path

    def key_set(self, version, now, *names, revoked=(), root="root"):
        words = [word for name in names
                 for word in ("--add", self.public(name))]
        words += [word for name in revoked
                  for word in ("--revoke", self.public(name))]
        return self.signer("key-set", "--key", self.key(root), "--version",
                           version, "--now", now, *words)

    def certificate(self, now, aud, key="bench-2", holder="line"):
        return self.signer("certificate", "--key", self.key(key), "--for",
                           self.public(holder), "--mint-iss", "bench-7",
                           "--mint-aud", aud, "--now", now, "--ttl", "2d")

    def mint(self, now, *more, key=None, aud=None, seq=None, ttl="1d"):
        """A token with the next sequence, or that one; False: none."""
        if seq is None:
            self.sequence += 1
            seq = self.sequence
        self.minted += 1
        words = ["--iss", "bench-7", "--jti", f"t{self.minted}", "--ttl", ttl,
                 "--now", now]
        if aud:
            words += ["--aud", aud]
        if seq is not False:
            words += ["--claim", f"seq:={seq}"]
        return self.signer("mint", "--key", self.key(key or self.current),
                           *words, *more)


class Device:
    """The verify shell of one board, a line at a time."""

    def __init__(self, board, key_file, tell):
        self.tell = tell
        self.tried = {}
        self.process = subprocess.Popen(
            [ROOT / "boards/run", board, "--keys", key_file],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, bufsize=1)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.process.terminate()
        self.process.stdin.close()
        status = self.process.wait(timeout=300)
        if status and not kind:
            raise Wrong(f"the board ended with exit status {status}")

    def say(self, line, shown=None):
        self.tell(f"  > {shown or line}")
        self.process.stdin.write(line + "\n")
        while True:
            answer = self.process.stdout.readline()
            if not answer:
                raise Wrong("the board has ended")
            self.tell("  < " + answer.rstrip("\n"))
            if not answer.startswith("# "):
                return answer.rstrip("\n")

    def expect(self, line, wanted, shown=None, tries=None):
        """The whole answer, or what it begins with. `tries` counts an attack,
        none of which may succeed."""
        answer = self.say(line, shown)
        if tries:
            self.tried[tries] = self.tried.get(tries, 0) + 1
            if answer.startswith("accepted"):
                raise Wrong(f"{tries} accepted: {answer}")
        # Another key's signature may be above this key's modulus.
        if answer == "rejected KJWT_ERR_SIGNATURE_RANGE":
            answer = "rejected KJWT_ERR_SIGNATURE"
        if answer != wanted and not answer.startswith(wanted + " "):
            raise Wrong(f"{shown or line}: {answer}, not {wanted}")
        return answer

    def token(self, token, wanted="accepted", what="a token", tries=None):
        return self.expect(token, wanted, f"({what})", tries)


def flip(token):
    """The token with one bit of its signature turned over."""
    head, signature = token.rsplit(".", 1)
    other = "B" if signature[9] == "A" else "A"
    return f"{head}.{signature[:9]}{other}{signature[10:]}"


# -------------------------------------------------------------- chapters ---

def made(bench, device):
    """On the line the flash is erased, and the device tells its number."""
    device.expect("erase", "ok")
    name = device.expect("id", "id").split()[1]
    device.expect(f"aud {name}", "ok")
    device.expect("iss bench-7", "ok")
    device.expect("now unknown", "ok")
    device.expect(f"floor {BUILT} {YEAR} {DAY}", "ok")
    device.expect("one-shot", "ok")
    return name


def provisioned(bench, device, name):
    """A month later the first token. The device has no clock: the token tells
    it that it is at least that late, and that outlives a restart."""
    now = BUILT + 30 * DAY
    first = bench.mint(now, aud=name)
    device.token(first, what="the first token, a month after the build")
    device.expect("floor", f"floor {now} stored {now}")
    device.expect("reboot", "ok")
    device.expect("floor", f"floor {now} stored {now}")
    return now, first


def attacked(bench, device, name, now, first):
    """Replays, tokens of others, forgeries, old tokens."""
    device.token(first, "rejected KJWT_ERR_SEQUENCE", "the first token again",
                 "replay")
    device.expect("reboot", "ok")
    device.token(first, "rejected KJWT_ERR_SEQUENCE",
                 "and again after a restart", "replay")
    token = bench.mint(now, aud=name)
    device.token(flip(token), "rejected KJWT_ERR_SIGNATURE",
                 "the next one with a bit turned over", "forgery")
    device.token(bench.mint(now, aud=name, key="stranger"),
                 "rejected KJWT_ERR_SIGNATURE", "signed by a stranger",
                 "forgery")
    device.token(bench.mint(now, aud=name[:-1], seq=99),
                 "rejected KJWT_ERR_AUDIENCE",
                 "for a device whose number is one digit shorter",
                 "another device's")
    device.token(bench.mint(now, aud=name + "0", seq=99),
                 "rejected KJWT_ERR_AUDIENCE", "and one digit longer",
                 "another device's")
    device.token(bench.mint(now - 9 * DAY, aud=name, seq=99),
                 "rejected KJWT_ERR_EXPIRED",
                 "found in a bin: it expired eight days before", "old token")
    device.token(token, what="the next token, unharmed")


def cut_off(bench, device, name, now):
    """The power is cut at every write of a token in turn. A token is taken once
    at most: what was cut off before it counted is taken when it comes again."""
    write, twice = 0, 0
    while True:
        write += 1
        token = bench.mint(now, aud=name)
        kind = "garbage" if write % 2 else "partly"
        device.expect(f"power-cut {write} {kind}", "ok")
        answer = device.say(token, f"(a token, cut off at write {write})")
        if answer.startswith("accepted"):
            break
        if answer != "power cut":
            raise Wrong(answer)
        again = device.say(token, "(the same token)")
        if again.startswith("accepted"):
            twice += 1
        elif again != "rejected KJWT_ERR_SEQUENCE":
            raise Wrong(again)
        device.token(token, "rejected KJWT_ERR_SEQUENCE",
                     "and once more", "replay after a power cut")
    device.expect("power-cut 0", "ok")
    device.tell(f"  {write - 1} power cuts: {twice} left the old state, "
                f"{write - 1 - twice} the new one")
    if twice == 0 or twice == write - 1:
        raise Wrong("the cuts found one state only")


def challenged(bench, device, name, now):
    """A repair: the device asks for a token of this very moment."""
    nonce = device.expect("nonce", "nonce").split()[1]
    device.token(bench.mint(now, aud=name), "rejected KJWT_ERR_NONCE",
                 "one that was minted before", "stale token")
    fresh = bench.mint(now, "--claim", f"nonce={nonce}", aud=name)
    device.token(fresh, what="one with the nonce")
    device.token(fresh, "rejected KJWT_ERR_NONCE_CLOSED", "the same again",
                 "replay")
    device.expect("nonce off", "ok")


def flooded(bench, device, name, now):
    """A service that has no sequences: its tokens are remembered by jti. Full,
    the ring refuses, and forgets nothing."""
    device.expect("one-shot off", "ok")
    device.expect("jti", "ok")
    tokens = [bench.mint(now, aud=name, seq=False) for _ in range(10)]
    for token in tokens[:8]:
        device.token(token, what="one of eight")
    for token in tokens[8:]:
        device.token(token, "rejected KJWT_ERR_JTI_FULL", "one more",
                     "flood")
    device.expect("reboot", "ok")
    for token in tokens[:8]:
        device.token(token, "rejected KJWT_ERR_REPLAYED", "one of the eight",
                     "replay after a flood")
    late = now + DAY
    device.token(bench.mint(late, aud=name, seq=False),
                 what="a day later: the eight have expired")
    for token in tokens[:8]:
        answer = device.say(token, "(one of the eight)")
        if not answer.startswith("rejected "):
            raise Wrong(answer)
        device.tried["replay after a flood"] += 1
    device.expect("jti off", "ok")
    device.expect("one-shot", "ok")
    return late


def rotated(bench, device, name, now):
    """A new bench with a new key. The root signs a key set, which stays in the
    flash; from then on its keys count and no others."""
    old = bench.mint(now, aud=name)
    new = bench.mint(now, aud=name, key="bench-2")
    device.token(new, "rejected KJWT_ERR_SIGNATURE",
                 "the new bench's: unknown as yet")
    device.expect(f"keyset {bench.key_set(1, now, 'stranger', root='bench')}",
                  "rejected KJWT_ERR_SIGNATURE",
                  "keyset (a set that the old bench signed)", "forged key set")
    first = bench.key_set(1, now, "bench", "bench-2")
    device.expect(f"keyset {flip(first)}", "rejected KJWT_ERR_SIGNATURE",
                  "keyset (a set with a bit turned over)", "forged key set")
    device.expect("keyset", "keyset none")
    device.expect(f"keyset {first}", "accepted version 1",
                  "keyset (version 1: the old bench and the new one)")
    device.token(old, what="the old bench's")
    device.token(bench.mint(now, aud=name, key="bench-2"),
                 what="the new bench's")
    device.token(bench.mint(now, aud=name, key="root"),
                 "rejected KJWT_ERR_KEY_UNKNOWN",
                 "one that the root signed: it signs key sets alone",
                 "root as a bench")
    device.token(first, "rejected KJWT_ERR_TYP", "the key set as a token",
                 "one kind for another")
    return first


def revoked(bench, device, name, now, first):
    """The old bench's key is lost. Version 2 revokes it, though the power goes
    while it is stored; no older set brings it back."""
    second = bench.key_set(2, now, "bench-2", revoked=["bench"])
    states = set()
    for write in (5, 150, 180, 200):
        device.expect(f"power-cut {write}", "ok")
        device.say(f"keyset {second}",
                   f"keyset (version 2, cut off at write {write})")
        states.add(device.expect("keyset", "keyset version").split()[2])
    device.expect("power-cut 0", "ok")
    device.expect(f"keyset {second}", "accepted version 2",
                  "keyset (version 2: the old bench is revoked)")
    device.tell("  after the power cuts: version " +
                " or ".join(sorted(states)))
    for _ in range(2):
        device.token(bench.mint(now, aud=name, key="bench"),
                     "rejected KJWT_ERR_SIGNATURE", "of the lost key",
                     "revoked key")
        device.expect(f"keyset {first}", "rejected KJWT_ERR_KEYSET_VERSION",
                      "keyset (version 1 again)", "rollback")
        device.expect("reboot", "ok")
    device.expect(f"keyset {bench.key_set(3, now, 'bench')}",
                  "rejected KJWT_ERR_KEY_REVOKED",
                  "keyset (version 3, with the lost key in it)",
                  "revoked key")
    bench.current = "bench-2"
    device.token(bench.mint(now, aud=name), what="the new bench's")


def delegated(bench, device, name, now):
    """A line without network. The bench's key signs a certificate for the
    line's key, which mints for this device and for two days."""
    certificate = bench.certificate(now, name)
    token = bench.mint(now, aud=name, key="line")
    device.token(token, "rejected KJWT_ERR_SIGNATURE",
                 "the line's, without its certificate", "delegated alone")
    device.expect(f"cert {certificate} {token}", "accepted",
                  "cert (the certificate) (the line's token)")
    device.expect(f"cert {certificate} {token}", "rejected KJWT_ERR_SEQUENCE",
                  "cert (both again)", "replay")
    token = bench.mint(now, aud=name, key="line")
    device.expect(f"cert {bench.certificate(now, name[:-1])} {token}",
                  "rejected KJWT_ERR_DELEGATED_AUDIENCE",
                  "cert (a certificate for a number one digit shorter)",
                  "delegated beyond")
    chained = bench.certificate(now, name, key="line", holder="stranger")
    stranger = bench.mint(now, aud=name, key="stranger")
    device.expect(f"cert {chained} {stranger}", "rejected KJWT_ERR_SIGNATURE",
                  "cert (a certificate that the line signed) (a stranger's)",
                  "delegated further")
    late = bench.mint(now + 3 * DAY, aud=name, key="line")
    device.expect(f"cert {certificate} {late}",
                  "rejected KJWT_ERR_DELEGATED_TIME",
                  "cert (the certificate) (a token of the day after)",
                  "delegated beyond")


def in_a_drawer(bench, device, name, now):
    """Five years in a drawer. A token raises the floor by a year at most, so
    that a bench whose clock is wrong does not send the device into the far
    future; the right time comes back with the tokens."""
    today = now + 5 * YEAR + 12 * DAY
    device.expect("reboot", "ok")
    for minute in range(6):
        device.token(bench.mint(today + 60 * minute, aud=name, ttl="30d"),
                     what="a token of today")
        floor = min(now + (minute + 1) * YEAR, today + 60 * minute)
        device.expect("floor", f"floor {floor}")
    today += 300
    wrong = bench.mint(today + 900 * YEAR, aud=name, ttl="30d")
    device.token(wrong, what="of a bench whose clock is 900 years fast")
    device.expect("floor", f"floor {today + YEAR}")
    device.token(wrong, "rejected KJWT_ERR_SEQUENCE", "the same again",
                 "replay")
    device.expect("floor", f"floor {today + YEAR}")
    device.token(bench.mint(today + YEAR + DAY, aud=name),
                 what="a year later, of the right bench")
    device.expect("floor", f"floor {today + YEAR + DAY}")


def play(board, tell):
    """Plays the story; returns how often each attack was tried, in vain."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, tell)
        with Device(board, bench.key_file(), tell) as device:
            def chapter(part, *arguments):
                tell(f"\n{part.__name__.replace('_', ' ').capitalize()}. "
                     + re.sub(r"\s+", " ", part.__doc__))
                return part(bench, device, *arguments)

            tell(f"The life of a device: {board}")
            name = chapter(made)
            now, first = chapter(provisioned, name)
            chapter(attacked, name, now, first)
            chapter(cut_off, name, now)
            chapter(challenged, name, now)
            now = chapter(flooded, name, now)
            first = chapter(rotated, name, now)
            chapter(revoked, name, now, first)
            chapter(delegated, name, now)
            chapter(in_a_drawer, name, now)
        tell("\nTried and refused: " + ", ".join(
            f"{kind} {count}" for kind, count in device.tried.items()) + ".")
        return device.tried


def main():
    if len(sys.argv) > 2 or sys.argv[1:2] in (["-h"], ["--help"]):
        sys.exit(__doc__)
    try:
        play(sys.argv[1] if sys.argv[1:] else "posix",
             lambda line: print(line, flush=True))
    except Wrong as wrong:
        sys.exit(f"The story ends here: {wrong}")


if __name__ == "__main__":
    main()
