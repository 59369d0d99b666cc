# SPDX-License-Identifier: GPL-2.0-only
"""What the migration of a guest with its VF attached costs, beside one with virtio-net only."""
from collections.abc import Callable

import pytest
from lab import HostVM
from lab.attached import Attached, SoftwareOnly
from outage import note_medians, outage

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.full(), pytest.mark.parallel]

SEVERAL = 5
HERTZ = 250


def cost(moving: Attached) -> dict[str, float]:
    """Migrate the guest; what that has cost."""
    moving.start_target()
    flow = moving.flow(hertz=HERTZ)
    moved = moving.migrate(flow)
    assert moved.status == "completed", moved.error
    moving.reach()
    flow.close()
    assert flow.tcp_alive
    return outage(flow, moved.began, moved.ended, moved.downtime_ms)


def test_beside_virtio_only(bare_host: HostVM, note: Callable[[str], None]) -> None:
    """The medians of some migrations of each kind."""
    for name, kind in (("virtio-net only", SoftwareOnly), ("VF attached", Attached)):
        with kind(bare_host) as moving:
            note_medians(note, name, [cost(moving) for _ in range(SEVERAL)])
