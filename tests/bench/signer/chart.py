"""The figures as bars, an SVG that is legible on light and dark pages.
SPDX-License-Identifier: Apache-2.0
"""

ROW, BAR = 18, 11
LABELS, LEFT, GAP, WIDTH = 110, 118, 262, 900
BAR_WIDTH = 170
PANELS = [("CPU to the first token", "first_cpu_ms", "{} ms"),
          ("CPU a token, 32 in flight", "many_cpu_us", "{} us"),
          ("Peak memory, 32 in flight", "many_peak_mib", "{} MiB")]
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .page { fill: #ffffff; }
  .title { font-weight: 600; }
  .note { fill: #59636e; }
  .kjwt { fill: #0969da; }
  .peer { fill: #98a1ab; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .page { fill: #0d1117; }
    .note { fill: #9198a1; }
    .kjwt { fill: #4493f8; }
    .peer { fill: #656c76; }
  }"""


def text(x, y, words, kind="", anchor="start"):
    return (f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">'
            f"{words}</text>")


def bar(x, y, share, kind, words):
    width = max(round(share * BAR_WIDTH, 1), 1)
    return (f'<rect x="{x}" y="{y - BAR + 1}" width="{width}" height="{BAR}" '
            f'rx="2" class="{kind}"/>' + text(x + width + 6, y, words))


def panel(rows, x, what, form):
    most = max(row[what] for row in rows)
    for number, row in enumerate(rows):
        kind = "kjwt" if row["client"].startswith("kjwt") else "peer"
        yield bar(x, 58 + number * ROW, row[what] / most, kind,
                  form.format(row[what]))


def chart(rows):
    height = 58 + len(rows) * ROW + 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="CPU and memory of minting tokens with AWS KMS, kjwt and '
        'the AWS SDKs">',
        "<!-- Written by tests/bench/signer/run. -->",
        f"<style>{STYLE}\n</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="6"/>',
    ]
    for number, row in enumerate(rows):
        parts.append(text(LABELS, 58 + number * ROW, row["client"],
                          anchor="end"))
    for number, (title, what, form) in enumerate(PANELS):
        x = LEFT + number * GAP
        parts.append(text(x, 30, title, "title"))
        parts += panel(rows, x, what, form)
    parts.append(text(16, height - 12, "HTTPS to a stub of KMS that answers "
                      "after 10 ms; kjwt verifies every token besides.",
                      "note"))
    return "\n".join([*parts, "</svg>"]) + "\n"
