"""The figures as tables and as claims that hold or do not.
SPDX-License-Identifier: Apache-2.0
"""

WHOLE = "kjwt-verify"
KJWT = "kjwt"
NAMES = {
    WHOLE: "**kjwt_verify()**, JSON and policy included",
    KJWT: "**kjwt**, SHA-256 and RSA",
    "mbedtls-rsa": "mbedTLS 3.6.6, RSA module",
    "mbedtls-montmul": "mbedTLS 3.6.6, internal Montgomery multiplication",
    "bearssl-i15": "BearSSL 0.6, i15",
    "bearssl-i31": "BearSSL 0.6, i31",
    "wolfssl-c-small": "wolfSSL 5.7.2, SP in C, small",
    "wolfssl-c-fast": "wolfSSL 5.7.2, SP in C, fast",
    "wolfssl-asm-small": "wolfSSL 5.7.2, SP in assembly, small",
    "wolfssl-asm-fast": "wolfSSL 5.7.2, SP in assembly, fast",
}
PEERS = [name for name in NAMES if name not in (WHOLE, KJWT)]
NOT_PUBLIC = "mbedtls-montmul"
# What README shows as one, with the contenders it is made of.
GROUPS = {
    "kjwt_verify(), whole": [WHOLE],
    "kjwt": [KJWT],
    "mbedTLS RSA": ["mbedtls-rsa"],
    "mbedTLS internal": ["mbedtls-montmul"],
    "BearSSL": ["bearssl-i15", "bearssl-i31"],
    "wolfSSL": [name for name in NAMES if name.startswith("wolfssl")],
}


def good(rows, core, contenders):
    return [row for row in rows if row["core"] == core and
            row["contender"] in contenders and "error" not in row]


def fastest(rows):
    return min(rows, key=lambda row: (row["instructions"], row["flash"]))


def smallest(rows):
    return min(rows, key=lambda row: (row["flash"], row["instructions"]))


def shown(rows, core, contenders):
    """The fastest build and the smallest; one where they are the same."""
    found = good(rows, core, contenders)
    if not found:
        return []
    best = [fastest(found), smallest(found)]
    return best if best[0] is not best[1] else best[:1]


# ------------------------------------------------------------------ claims ---

def compare(text, ours, theirs, key):
    """One claim: (whether it holds, a line that says so)."""
    holds = all(ours[key] < row[key] for row in theirs)
    best = min(theirs, key=lambda row: row[key])
    return holds, (f"{'holds' if holds else 'FAILS'}: {ours['core']}: {text}: "
                   f"{ours[key]:,}, the next {best[key]:,} "
                   f"({NAMES[best['contender']]}, {build(best)})")


def claims(rows):
    """What must be true of the figures, for each core that has them."""
    fast = [name for name in PEERS if name.startswith("wolfssl") and
            name.endswith("fast")]
    public = [name for name in PEERS if name != NOT_PUBLIC]
    for core in dict.fromkeys(row["core"] for row in rows):
        ours, whole = good(rows, core, [KJWT]), good(rows, core, [WHOLE])
        for text, own, peers, key in (
                ("fewer instructions than every peer", ours, PEERS,
                 "instructions"),
                ("less flash than every peer with a public API", ours, public,
                 "flash"),
                ("all of kjwt_verify() in less flash than wolfSSL's fast RSA "
                 "and SHA-256", whole, fast, "flash")):
            theirs = good(rows, core, peers)
            if own and theirs:
                yield compare(text, own[0], theirs, key)
            else:
                yield False, f"FAILS: {core}: {text}: no figures to compare"


# ------------------------------------------------------------------ tables ---

def build(row):
    """-O2, small SHA-256, LTO"""
    if "level" not in row:
        return "-Os, LTO"
    return ", ".join([f"-{row['level']}"] +
                     (["small SHA-256"] if row["sha"] == "small" and
                      not row["contender"].startswith("bearssl") else []) +
                     (["LTO"] if row["lto"] == "lto" else []))


def cycles(row):
    if "cycles" not in row:
        return ""
    low, high = row["cycles"]
    return f"{low:,}" if low == high else f"{low:,} - {high:,}"


def number(value):
    return f"{value:,}" if value != "" else ""


def octets(value):
    return f"{value:,} B" if value else "0"


def table(rows, absent):
    """All contenders, the fastest and the smallest build of each."""
    yield ("| core | contender | build | instructions | of them RSA "
           "| cycles, modelled | flash | work + stack | heap | takes s + n |")
    yield "|---|---|---|--:|--:|--:|--:|--:|--:|---|"
    for core in dict.fromkeys(row["core"] for row in rows):
        for contender, name in NAMES.items():
            for row in shown(rows, core, [contender]):
                yield (f"| {core} | {name} | {build(row)} "
                       f"| {row['instructions']:,} "
                       f"| {number(row.get('instructions_rsa', ''))} "
                       f"| {cycles(row)} "
                       f"| {row['flash']:,} B "
                       f"| {row['work']:,} + {row['stack']:,} B "
                       f"| {octets(row['heap'])} "
                       f"| {'yes' if row['accepts_s_plus_n'] else ''} |")
            for reason in absent.get((core, contender), []):
                yield f"| {core} | {name} | absent: {reason} | | | | | | | |"


def pair(rows, show):
    return " / ".join(dict.fromkeys(map(show, rows)))


def short_table(rows):
    """For README: a group of contenders per line."""
    yield ("| core | | instructions | flash | RAM | heap |")
    yield "|---|---|--:|--:|--:|--:|"
    for core in dict.fromkeys(row["core"] for row in rows):
        for group, contenders in GROUPS.items():
            best = shown(rows, core, contenders)
            if not best:
                continue
            yield (f"| {core} | {group} "
                   f"| {pair(best, lambda row: number(row['instructions']))} "
                   f"| {pair(best, lambda row: number(row['flash']))} B "
                   f"| {pair(best, ram)} B "
                   f"| {pair(best, lambda row: octets(row['heap']))} |")


def ram(row):
    return number(row["work"] + row["stack"])
