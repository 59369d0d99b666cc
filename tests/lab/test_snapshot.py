# SPDX-License-Identifier: GPL-2.0-only
"""A snapshot of a guest with its VF, by QEMU, and a guest that sleeps: with iovnic_vfio."""
import time
from collections.abc import Iterator

import pytest
from lab import HostVM
from lab.attached import Attached
from lab.clock import deadline

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.full(), pytest.mark.parallel]

A_MEBIBYTE = 1 << 20
# What a reset of the VF, or a restart of its driver, would change
STATE = "ip link show vf0; cat /sys/class/net/vf0/carrier_changes; ethtool -S vf0 | grep mbx_resets"


@pytest.fixture
def attached(bare_host: HostVM) -> Iterator[Attached]:
    """A guest with VF 0 of iovnic_vfio."""
    with Attached(bare_host) as found:
        yield found


def make_disk(attached: Attached) -> None:
    """Give the guest's QEMU a node `state` that can hold a snapshot; the guest has no disk."""
    file = {"driver": "file", "filename": "/run/state"}
    for number, options in enumerate(
        ({**file, "size": 0}, {"driver": "qcow2", "file": "file0", "size": A_MEBIBYTE})
    ):
        attached.guest.qmp("blockdev-create", **{"job-id": f"create{number}"}, options=options)
        end_job(attached, f"create{number}")
        if not number:
            attached.guest.qmp("blockdev-add", **{"node-name": "file0"}, **file)
    attached.guest.qmp("blockdev-add", **{"node-name": "state"}, driver="qcow2", file="file0")


def end_job(attached: Attached, name: str) -> None:
    """Wait until a job of QEMU's has succeeded."""
    limit = deadline(60)
    while (found := attached.guest.qmp("query-jobs"))[0]["status"] != "concluded":
        assert time.monotonic() < limit, found
        time.sleep(0.2)
    assert "error" not in found[0], found
    attached.guest.qmp("job-dismiss", id=name)


def test_snapshot(attached: Attached) -> None:
    """A snapshot of the running guest; later the guest returns to it, twice, with its VF."""
    make_disk(attached)
    before = attached.guest.run(STATE).out
    where = {"tag": "first", "vmstate": "state", "devices": ["state"]}
    attached.guest.run("echo before > /tmp/when")
    attached.guest.qmp("snapshot-save", **{"job-id": "save"}, **where)
    end_job(attached, "save")
    for _ in range(2):
        attached.reach()
        attached.guest.run("echo after > /tmp/when; ip link set vf0 mtu 1400")
        assert attached.guest.run(STATE).out != before
        attached.guest.qmp("snapshot-load", **{"job-id": "load"}, **where)
        end_job(attached, "load")
        attached.reach()
        assert attached.guest.run("cat /tmp/when").out == "before\n"
        assert attached.guest.run(STATE).out == before
        # The mailbox works: the PF grants a frame size.
        attached.guest.run("ip link set vf0 mtu 1400 && ip link set vf0 mtu 1500")


# One suspend for each QEMU: the next one ends at once, also without a VF.
@pytest.mark.parametrize("moves", [False, True], ids=["wakes up", "moves asleep"])
def test_guest_sleeps(attached: Attached, moves: bool) -> None:
    """The guest suspends to RAM, and wakes up where it slept, or after a migration."""
    sleeping = attached.guest.spawn("echo mem > /sys/power/state")
    attached.guest.wait_event("SUSPEND")
    if moves:
        attached.start_target()
        assert attached.migrate().status == "completed"
    assert attached.guest.qmp("query-status")["status"] == "suspended"
    attached.guest.qmp("system_wakeup")
    sleeping.wait(60)
    attached.reach()
