# SPDX-License-Identifier: GPL-2.0-only
"""The bench's results: tables, JSON, plot, and the tables of Documentation/performance.rst."""

import json
import platform
import re
import statistics
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import fill, indent

from lab.paths import CACHE, REPO
from table import Table, columns
from workloads import Cost

DOCUMENT = REPO / "Documentation" / "performance.rst"
BEGIN, END = ".. results of a run\n", ".. end of results\n"
INDENT = " " * 4
MEASURES = {
    "instructions": ("instr", "{:.0f}"),
    "writes": ("writes", "{:.2f}"),
    "reads": ("reads", "{:.2f}"),
    "interrupts": ("irqs", "{:.3f}"),
    "dma": ("DMA", "{:.2f}"),
}


@dataclass
class Result:
    """One driver's result of a row."""

    row: str
    function: str
    driver: str
    cost: Cost
    spread: float
    """Of the instructions: (largest - smallest) / median."""

    @classmethod
    def of(cls, row: str, function: str, driver: str, costs: list[Cost]) -> "Result":
        """The median of repeated measurements."""
        values = {
            name: statistics.median(getattr(cost, name) for cost in costs)
            for name in Cost.__dataclass_fields__
        }
        numbers = [cost.instructions for cost in costs]
        spread = (max(numbers) - min(numbers)) / values["instructions"]
        return cls(row, function, driver, Cost(**values), spread)

    def __str__(self) -> str:
        cost = self.cost
        return (
            f"{self.driver:10}{self.function:4}{self.row:32}{cost.instructions:9.1f} instructions "
            f"±{self.spread * 100:.1f} %, {cost.writes:.3f} writes, {cost.reads:.3f} reads, "
            f"{cost.interrupts:.4f} interrupts, {cost.microseconds:.2f} us"
        )


def is_ours(result: Result) -> bool:
    """Whether a row is of this project's drivers."""
    return result.driver.startswith("iovnic")


class Report:
    """All results of one run."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.tables: list[Table] = []

    def circumstances(self, kernel: str) -> dict[str, str]:
        """The machine and versions of the measurement."""
        git = ["git", "-C", str(REPO), "describe", "--always", "--dirty"]
        return {
            "kernel": kernel,
            "qemu": (CACHE / "qemu" / "version").read_text().strip(),
            "device": "QEMU igb (Intel 82576), -icount shift=0,sleep=off",
            "revision": subprocess.run(git, capture_output=True, text=True).stdout.strip(),
            "machine": platform.machine(),
        }

    def find(self, row: str, function: str, ours: bool) -> Result | None:
        """Find one result."""
        for result in self.results:
            if (result.row, result.function, is_ours(result)) == (row, function, ours):
                return result
        return None

    def rows(self) -> list[tuple[str, str]]:
        """(row, function) in the order measured, the VF's first."""
        rows = dict.fromkeys((result.row, result.function) for result in self.results)
        return sorted(rows, key=lambda row: row[1] == "pf")

    def lines(self) -> list[list[str]]:
        """The table as words: row, function, then for each measure peer, ours, and their ratio."""
        table = []
        for row, function in self.rows():
            pair = [self.find(row, function, ours) for ours in (False, True)]
            words = [row, function]
            for name, (_, form) in MEASURES.items():
                words += [form.format(getattr(r.cost, name)) if r else "-" for r in pair]
                if name == "instructions":
                    words.append(self.ratio(row, function))
            spreads = [result.spread for result in pair if result]
            words.append(f"{max(spreads) * 100:.1f}")
            table.append(words)
        return table

    def ratio(self, row: str, function: str) -> str:
        """The ratio of ours to theirs."""
        peer, ours = (self.find(row, function, mine) for mine in (False, True))
        if not peer or not ours:
            return "-"
        return f"{ours.cost.instructions / peer.cost.instructions:.2f}"

    def table(self) -> str:
        """The table for a terminal."""
        head = ["per packet", ""]
        for name, (title, _) in MEASURES.items():
            head += [f"{title} igb", "ours"] + (["ratio"] if name == "instructions" else [])
        return columns([[*head, "±%"], *self.lines()], 2)

    def text(self) -> str:
        """All tables for a terminal."""
        parts = [self.table()] if self.results else []
        return "\n\n".join([*parts, *(f"{table.title}\n{table}" for table in self.tables)])

    def write(self, folder: Path, kernel: str) -> None:
        """Write results.json and results.svg."""
        found = {
            "on": self.circumstances(kernel),
            "rows": [asdict(result) for result in self.results],
            "tables": [asdict(table) for table in self.tables],
        }
        (folder / "results.json").write_text(json.dumps(found, indent=1) + "\n")
        self.plot(folder / "results.svg")

    def plot(self, file: Path) -> None:
        """Plot instructions per packet, side by side."""
        import matplotlib

        matplotlib.use("svg")
        from matplotlib import pyplot

        rows = self.rows()[::-1]
        figure, axes = pyplot.subplots(figsize=(9, 1 + 0.32 * len(rows)))
        for offset, ours in ((0.2, False), (-0.2, True)):
            found = [self.find(*row, ours) for row in rows]
            axes.barh(
                [place + offset for place in range(len(rows))],
                [result.cost.instructions if result else 0 for result in found],
                height=0.38,
                label="iovnic" if ours else "igb, igbvf",
                color="#2a6f97" if ours else "#adb5bd",
            )
        axes.set_yticks(range(len(rows)), [f"{function}: {row}" for row, function in rows])
        axes.set_xlabel("instructions per packet")
        axes.legend()
        figure.tight_layout()
        figure.savefig(file)

    def document(self, kernel: str) -> None:
        """Put the tables into Documentation/performance.rst."""
        on = self.circumstances(kernel)
        middle = (
            f"\nKernel {on['kernel']}, QEMU {on['qemu']}, revision {on['revision']}; "
            f"igb is igbvf in the VF's rows::\n\n{indent(self.table(), INDENT)}\n\n"
        )
        for table in self.tables:
            middle += f"{fill(table.title, 78)}::\n\n{indent(str(table), INDENT)}\n\n"
        pattern = re.escape(BEGIN) + ".*?" + re.escape(END)
        text = re.sub(pattern, lambda _: BEGIN + middle + END, DOCUMENT.read_text(), flags=re.S)
        DOCUMENT.write_text(text)
