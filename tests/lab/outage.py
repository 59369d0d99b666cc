# SPDX-License-Identifier: GPL-2.0-only
"""What migrations have cost their guests: figures of each, and medians."""
import statistics
from collections.abc import Callable, Sequence

from lab.flow import Flow


def outage(flow: Flow, begin: float, end: float, downtime_ms: int) -> dict[str, float]:
    """QEMU's downtime, the longest silence towards the guest, lost frames and TCP's stall."""
    seen = flow.figures(begin, end)
    return {
        "downtime": downtime_ms,
        "silence": seen.back.silence,
        "lost": seen.out.lost + seen.back.lost,
        "TCP": seen.tcp_ms,
    }


def note_medians(
    note: Callable[[str], None], name: str, outages: Sequence[dict[str, float]]
) -> None:
    """Note the median of each figure of some migrations."""
    for what in outages[0]:
        each = [found[what] for found in outages]
        note(f"{name}, {what}: median {statistics.median(each):.0f} of {each}")
