# SPDX-License-Identifier: GPL-2.0
"""A strict reader of OpenMetrics text, as far as iovctl prints it."""

import re
from dataclasses import dataclass, field

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\d+)")
SUFFIXES = {"counter": "_total"}
# The older format, which the textfile collector of node_exporter reads, knows only these.
TYPES = ("gauge", "counter")


@dataclass
class Family:
    """A family of metrics; its samples by their labels."""

    kind: str = "unknown"
    help: str = ""
    samples: dict[frozenset[tuple[str, str]], int] = field(default_factory=dict)

    def value(self, **labels: str) -> int:
        """The value of the only sample that has these labels, among others."""
        wanted = set(labels.items())
        (found,) = [value for known, value in self.samples.items() if wanted <= known]
        return found


def parse(text: str) -> dict[str, Family]:
    """Families by name; ValueError if a line is not as it has to be."""
    if not text.endswith("\n# EOF\n"):
        raise ValueError("the end is not # EOF")
    families: dict[str, Family] = {}
    current = ""
    for line in text.splitlines()[:-1]:
        if line.startswith("# "):
            _, keyword, name, value = line.split(" ", 3)
            current = _begin(families, current, keyword, name, value)
        else:
            _sample(families[current], current, line)
    return families


def _begin(
    families: dict[str, Family], current: str, keyword: str, name: str, value: str
) -> str:
    """A line of metadata. A family's lines follow each other, metadata first."""
    if not NAME.fullmatch(name) or keyword not in ("TYPE", "HELP"):
        raise ValueError(f"{keyword} {name}")
    if name != current and name in families:
        raise ValueError(f"{name} comes twice")
    family = families.setdefault(name, Family())
    if family.samples:
        raise ValueError(f"{name}: metadata after samples")
    if keyword == "HELP":
        if family.help:
            raise ValueError(f"{name}: two texts")
        family.help = value
    elif value not in TYPES or family.kind != "unknown":
        raise ValueError(f"{name} is {value}")
    else:
        family.kind = value
    return name


def _sample(family: Family, name: str, line: str) -> None:
    match = SAMPLE.fullmatch(line)
    if not match or match[1] != name + SUFFIXES.get(family.kind, ""):
        raise ValueError(f"{name}: {line}")
    labels = _labels(match[2] or "")
    if labels in family.samples:
        raise ValueError(f"twice: {line}")
    family.samples[labels] = int(match[3])


def _labels(text: str) -> frozenset[tuple[str, str]]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match or match[1] in found:
            raise ValueError(f"labels: {text}")
        found[match[1]] = re.sub(
            r"\\(.)", lambda mark: "\n" if mark[1] == "n" else mark[1], match[2]
        )
        at = match.end()
    if text.endswith(","):
        raise ValueError(f"labels: {text}")
    return frozenset(found.items())
