# SPDX-License-Identifier: GPL-2.0
"""A picture of a rate over time, with events: SVG, and PNG if rsvg-convert is installed."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 960, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 76, 50
ROW = 16  # Labels are in two rows, so that those of events that follow soon do not overlap.
COLOURS = {"vf": "#cfe5ff", "soft": "#ffe3c2", "first": "#cfe5ff", "second": "#d6f0d0"}
NAMES = {"vf": "VF", "soft": "software", "first": "host 1", "second": "host 2"}
STYLE = """
text { font: 13px sans-serif; fill: #333 }
.title { font-size: 16px; font-weight: bold }
.grid { stroke: #bbb; stroke-width: 0.5 }
.event { stroke: #b00; stroke-dasharray: 5 3 }
.rate { fill: none; stroke: #124; stroke-width: 1.8 }
"""


@dataclass(frozen=True)
class Mark:
    """An event; from then on the data takes another path."""

    at: float
    text: str
    path: str


def rates(
    totals: Sequence[tuple[int, float]], begin: float, end: float, step: float
) -> list[tuple[float, float]]:
    """Middle and rate of each step of a time, in Mbit/s; totals are bytes by time in ms."""
    found = []
    k, before = 0, 0
    for n in range(int((end - begin) / step) + 1):
        total = before
        while k < len(totals) and totals[k][1] < begin + n * step:
            total = totals[k][0]
            k += 1
        if n:
            found.append(((n - 0.5) * step / 1e3, (total - before) * 8 / step / 1e3))
        before = total
    return found


def ticks(highest: float) -> list[float]:
    """Round numbers from 0 to one that is not lower, two at least."""
    size = 1.0
    while not (lot := next((size * n for n in (1, 2, 5) if size * n * 5 >= highest), 0)):
        size *= 10
    return [lot * n for n in range(6) if n < 2 or lot * (n - 1) < highest]


def draw(title: str, line: Sequence[tuple[float, float]], marks: Sequence[Mark]) -> str:
    """The SVG: seconds to the right, Mbit/s upwards."""
    seconds = line[-1][0]
    scale = ticks(max(rate for _, rate in line))
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(at: float) -> str:
        return f"{LEFT + at / seconds * wide:.1f}"

    def y(rate: float) -> str:
        return f"{TOP + (1 - rate / scale[-1]) * high:.1f}"

    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
    out = [head, f"<style>{STYLE}</style>", '<rect width="100%" height="100%" fill="#fff"/>']
    ends = [mark.at for mark in marks[1:]] + [seconds]
    for mark, end in zip(marks, ends):
        size = f'width="{(end - mark.at) / seconds * wide:.1f}" height="{high}"'
        out.append(f'<rect x="{x(mark.at)}" y="{TOP}" {size} fill="{COLOURS[mark.path]}"/>')
    for rate in scale:
        out.append(f'<path class="grid" d="M{LEFT} {y(rate)}H{WIDTH - RIGHT}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(rate)}" dy="4" text-anchor="end">{rate:g}</text>')
    for at in ticks(seconds):
        if at <= seconds:
            place = f'x="{x(at)}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle"'
            out.append(f"<text {place}>{at:g}</text>")
    points = " ".join(f"{x(at)},{y(rate)}" for at, rate in line)
    out.append(f'<polyline class="rate" points="{points}"/>')
    for n, mark in enumerate(marks):
        place = f'x="{x(mark.at)}" y="{TOP - 10 - n % 2 * ROW}"'
        if mark.at > 0.85 * seconds:
            place += ' text-anchor="end"'
        label = f"{escape(mark.text)} → {NAMES[mark.path]}" if mark.at else NAMES[mark.path]
        out.append(f'<path class="event" d="M{x(mark.at)} {TOP - 4}V{HEIGHT - BOTTOM}"/>')
        out.append(f"<text {place}>{label}</text>")
    out.append(f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>')
    out.append(f'<text x="{LEFT - 50}" y="{TOP - 10}">Mbit/s</text>')
    out.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" text-anchor="end">seconds</text>')
    return "\n".join([*out, "</svg>\n"])


def write(svg: str, path: Path) -> list[Path]:
    """Write it, also as PNG if possible; the files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg)
    if not shutil.which("rsvg-convert"):
        return [path]
    picture = path.with_suffix(".png")
    subprocess.run(["rsvg-convert", "-o", str(picture), str(path)], check=True)
    return [path, picture]
