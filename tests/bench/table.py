# SPDX-License-Identifier: GPL-2.0-only
"""Tables as text and as data."""

from dataclasses import dataclass, field

Cell = str | float | None


def columns(lines: list[list[str]], left: int) -> str:
    """Words in columns, the first `left` of them left-aligned."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            word.ljust(width) if i < left else word.rjust(width)
            for i, (word, width) in enumerate(zip(line, widths))
        ).rstrip()
        for line in lines
    )


@dataclass
class Table:
    """A measurement that is no row of the table of packets."""

    title: str
    head: list[str]
    forms: list[str]
    """How to write each column's numbers."""
    rows: list[list[Cell]] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [self.head]
        for row in self.rows:
            lines.append([self._word(cell, form) for cell, form in zip(row, self.forms)])
        return columns(lines, sum(form == "{}" for form in self.forms))

    @staticmethod
    def _word(cell: Cell, form: str) -> str:
        return "-" if cell is None else form.format(cell)


class Pairs:
    """Numbers of both pairs of drivers, measured one after the other."""

    def __init__(self, title: str, what: str, form: str):
        self.title = title
        self.what = what
        self.form = form
        self.found: dict[tuple[str, str], list[float | None]] = {}

    def note(self, row: str, function: str, ours: bool, value: float | None) -> None:
        """Add a number of one pair."""
        self.found.setdefault((row, function), [None, None])[ours] = value

    def peer(self, row: str, function: str) -> float | None:
        """The kernel driver's number."""
        return self.found.get((row, function), [None])[0]

    def table(self) -> Table:
        """The table with the pairs side by side."""
        head = [self.what, "", "igb", "ours", "ratio"]
        table = Table(self.title, head, ["{}", "{}", self.form, self.form, "{:.2f}"])
        for (row, function), (peer, ours) in self.found.items():
            ratio = ours / peer if peer and ours is not None else None
            table.rows.append([row, function, peer, ours, ratio])
        return table
