#!/usr/bin/env python3
"""Draws accuracy, from track_references.py, against time, from time_references.py, as a small SVG for light and dark pages.

    python plot_tracking.py --from results/ --to Docs/images/tracking.svg
"""

import argparse
import json
import math
import pathlib

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 34, 20, 50
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #333 }
.axis { stroke: #888; fill: none }
.grid { stroke: #888; stroke-opacity: .25 }
.ours { fill: #0a7d4f }
.theirs { fill: #b25b00 }
text.ours { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd }
  .ours { fill: #3ecf8e }
  .theirs { fill: #f0a04b }
}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="folder", type=pathlib.Path, required=True)
    parser.add_argument("--to", type=pathlib.Path, required=True)
    options = parser.parse_args()
    summary = json.loads((options.folder / "summary.json").read_text())
    times = json.loads((options.folder / "times.json").read_text())["trackers"]
    points = [
        (times[name]["50"], row["hota"], name) for name, row in summary.items() if "hota" in row and name in times
    ]
    lowest = math.floor(math.log10(min(time for time, _, _ in points)))
    highest = math.ceil(math.log10(max(time for time, _, _ in points)))
    bottom = math.floor(min(hota for _, hota, _ in points) * 50) / 50
    top = math.ceil(max(hota for _, hota, _ in points) * 50 + 0.2) / 50

    def place(time, hota):
        x = LEFT + (math.log10(time) - lowest) / (highest - lowest) * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - (hota - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM)
        return x, y

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="HOTA against microseconds a frame">',
        f"<style>{STYLE}</style>",
        f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>',
    ]
    for power in range(lowest, highest + 1):
        x, y = place(10**power, bottom)
        parts.append(f'<path class="grid" d="M{x:.0f} {TOP}V{y:.0f}"/>')
        parts.append(f'<text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{10**power:,}</text>')
    level = bottom
    while level <= top + 1e-9:
        x, y = place(10**lowest, level)
        parts.append(f'<path class="grid" d="M{x:.0f} {y:.0f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{x - 8:.0f}" y="{y + 4:.0f}" text-anchor="end">{level:.2f}</text>')
        level += 0.02
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 10}" text-anchor="middle">microseconds a frame of 50 objects (log)</text>')
    parts.append(f'<text x="14" y="{HEIGHT / 2:.0f}" text-anchor="middle" transform="rotate(-90 14 {HEIGHT / 2:.0f})">HOTA</text>')
    # Labels stand beside their points, and step aside downwards where two would cover each other.
    # A point is an obstacle to the labels of others.
    taken = [(x - 6, x + 6, y + 4) for x, y in (place(time, hota) for time, hota, _ in points)]
    for time, hota, name in sorted(points, key=lambda point: -point[1]):
        x, y = place(time, hota)
        kind = "ours" if name.startswith("vedette") else "theirs"
        # Six and a half pixels a letter.
        width = 6.5 * len(name)
        isRight = x + 8 + width < WIDTH - RIGHT
        left = x + 8 if isRight else x - 8 - width
        label = y + 4
        while any(abs(label - other) < 13 and left < end and start < left + width for start, end, other in taken):
            label += 4
        taken.append((left, left + width, label))
        anchor = "start" if isRight else "end"
        parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>')
        parts.append(
            f'<text class="{kind}" x="{x + (8 if isRight else -8):.1f}" y="{label:.1f}" text-anchor="{anchor}">{name}</text>'
        )
    parts.append("</svg>")
    options.to.write_text("\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
