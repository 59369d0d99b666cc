# SPDX-License-Identifier: GPL-2.0-only
"""What the migration of a guest with its VF attached costs, beside one with virtio-net only."""
import statistics
from collections.abc import Callable

import pytest
from lab import HostVM
from lab.attached import Attached, SoftwareOnly

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.full(), pytest.mark.parallel]

SEVERAL = 5
HERTZ = 250


def cost(moving: Attached) -> dict[str, float]:
    """QEMU's downtime, the longest silence towards the guest, lost frames and TCP's stall."""
    moving.start_target()
    flow = moving.flow(hertz=HERTZ)
    moved = moving.migrate(flow)
    assert moved.status == "completed", moved.error
    moving.reach()
    flow.close()
    assert flow.tcp_alive
    seen = flow.figures(moved.began, moved.ended)
    return {
        "downtime": moved.downtime_ms,
        "silence": seen.back.silence,
        "lost": seen.out.lost + seen.back.lost,
        "TCP": seen.tcp_ms,
    }


def test_beside_virtio_only(bare_host: HostVM, note: Callable[[str], None]) -> None:
    """The medians of some migrations of each kind."""
    for name, kind in (("virtio-net only", SoftwareOnly), ("VF attached", Attached)):
        with kind(bare_host) as moving:
            costs = [cost(moving) for _ in range(SEVERAL)]
        for what in costs[0]:
            each = [found[what] for found in costs]
            note(f"{name}, {what}: median {statistics.median(each):.0f} of {each}")
