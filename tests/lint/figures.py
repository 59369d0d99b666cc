# SPDX-License-Identifier: GPL-2.0-only
"""Figures of the drivers that may only fall.

They do not include the number of files that a VF's request passes through: operation tables and
work items hide parts of the call graph.
"""

import re

from rules import DRIVER, Sources

# The figures when they were last lowered, lines rounded up to 50. Lower them with the code.
CEILINGS = {
    "lines": 29_500,
    "exported functions": 40,
    "lines for migration": 3_100,
    "functions exported for iovnic_vfio": 6,
}
TARGETS = {
    "lines": 22_000,
    "exported functions": 40,
    "lines for migration": 3_100,
    "functions exported for iovnic_vfio": 6,
}
# iovnic_vfio, and what iovnic_pf has for it
MIGRATION = re.compile(r"pf/vfio/|pf/(policy/)?freeze\.[ch]")


def figures(sources: Sources) -> dict[str, int]:
    """Lines of common/, mailbox/, pf/ and vf/, and the functions that modules export."""

    def lines(migration: bool) -> int:
        return sum(text.count("\n") for text in _texts(sources, migration))

    def exported(migration: bool) -> int:
        texts = _texts(sources, migration)
        return sum(len(re.findall(r"^EXPORT_SYMBOL\w*\(", text, re.M)) for text in texts)

    return {
        "lines": lines(False),
        "exported functions": exported(False),
        "lines for migration": lines(True),
        "functions exported for iovnic_vfio": exported(True),
    }


def _texts(sources: Sources, migration: bool) -> list[str]:
    return [
        text
        for path, text in sources.items()
        if DRIVER.match(path) and bool(MIGRATION.match(path)) == migration
    ]
