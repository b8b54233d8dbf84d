"""The figures as bars, an SVG that is legible on light and dark pages.
SPDX-License-Identifier: Apache-2.0
"""

from report import GROUPS, fastest, good, smallest

ROW, BAR, HEAD, FOOT = 17, 11, 62, 30
GAP = 16
LABELS, LEFT, RIGHT, WIDTH = 250, 260, 600, 900
BAR_WIDTH = 220
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .page { fill: #ffffff; }
  .core, .title { font-weight: 600; }
  .note { fill: #59636e; }
  .kjwt { fill: #0969da; }
  .peer { fill: #98a1ab; }
  .line { stroke: #d1d9e0; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .page { fill: #0d1117; }
    .note { fill: #9198a1; }
    .kjwt { fill: #4493f8; }
    .peer { fill: #656c76; }
    .line { stroke: #3d444d; }
  }"""


def text(x, y, words, kind="", anchor="start"):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return (f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">'
            f"{words}</text>")


def bar(x, y, share, kind, words):
    width = max(round(share * BAR_WIDTH, 1), 1)
    return (f'<rect x="{x}" y="{y - BAR + 1}" width="{width}" height="{BAR}" '
            f'rx="2" class="{kind}"/>' + text(x + width + 6, y, words))


def millions(value):
    return f"{value / 1e6:.{2 if value >= 1e7 else 3}f} M"


def kilobytes(value):
    return f"{value / 1000:.1f} kB"


def panel(rows, core, top):
    """One core: a bar per group on either side, to a scale of its own."""
    found = {group: good(rows, core, contenders)
             for group, contenders in GROUPS.items()}
    found = {group: some for group, some in found.items() if some}
    speed = {group: fastest(some)["instructions"]
             for group, some in found.items()}
    size = {group: smallest(some)["flash"] for group, some in found.items()}
    yield text(16, top, core, "core")
    for number, group in enumerate(found):
        y = top + number * ROW
        kind = "kjwt" if group.startswith("kjwt") else "peer"
        yield text(LABELS, y, group, anchor="end")
        yield bar(LEFT, y, speed[group] / max(speed.values()), kind,
                  millions(speed[group]))
        yield bar(RIGHT, y, size[group] / max(size.values()), kind,
                  kilobytes(size[group]))


def chart(rows):
    cores = list(dict.fromkeys(row["core"] for row in rows))
    height = HEAD + len(cores) * (len(GROUPS) * ROW + GAP) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="Instructions and flash of one RS256 verification, kjwt '
        'and its peers">',
        "<!-- Written by tests/bench/device/run. -->",
        f"<style>{STYLE}\n</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="6"/>',
        text(LEFT, 26, "Instructions, each peer's fastest build", "title"),
        text(RIGHT, 26, "Flash, each peer's smallest build", "title"),
    ]
    top = HEAD
    for core in cores:
        parts.append(f'<line class="line" x1="16" x2="{WIDTH - 16}" '
                     f'y1="{top - ROW - 3}" y2="{top - ROW - 3}"/>')
        parts += panel(rows, core, top)
        top += len(GROUPS) * ROW + GAP
    parts.append(text(16, height - 14, "RSA-2048, 600 bytes signed. Bars are "
                      "to scale within a core. All but the first of each core: "
                      "SHA-256 and RSA alone.", "note"))
    return "\n".join([*parts, "</svg>", ""])
