# SPDX-License-Identifier: GPL-2.0-only
"""The host limits the queue pairs of a VF at run time, and shows how many are in use."""
import json
import time
from collections.abc import Iterator

import pytest
from lab.fabric import PF_IP, Fabric, vf_ip
from lab.errors import CommandFailed
from mbx import ACK, CTS, RESET, SET_LPE, send_raw
from vf_queues import channels, check_both_send, pf_queue_pairs, reset, set_channels, uses_rss

VFS, QUEUE_PAIRS = 7, 16


def ask(fabric: Fabric, n: int, *wishes: int) -> list[str]:
    """Set VF n's limit, several times; return the errors of refused ones, and the limit."""
    arguments = fabric.pf_pci, str(n + 1), *map(str, wishes)
    return fabric.netlink("devlink_eqs.py", *arguments).splitlines()


def limit(fabric: Fabric, n: int, pairs: int) -> None:
    """Set VF n's limit, which reads back at once."""
    assert ask(fabric, n, pairs) == [str(pairs)]


def wait_for_queue_pairs(fabric: Fabric, most: int, now: int) -> None:
    """Wait until ethtool shows the number; then VF, PF and device agree."""
    for _ in range(30):
        if channels(fabric) == (most, now):
            break
        time.sleep(0.1)
    assert channels(fabric) == (most, now)
    assert pf_queue_pairs(fabric)[1] == now
    assert uses_rss(fabric) == (now == 2)


def resources(fabric: Fabric) -> dict[str, tuple[int, int]]:
    """devlink resource: occupancy and size by name."""
    shown = json.loads(fabric.run("", f"devlink resource show pci/{fabric.pf_pci} -j").out)
    entries = shown["resources"][f"pci/{fabric.pf_pci}"]
    return {entry["name"]: (entry["occ"], entry["size"]) for entry in entries}


@pytest.fixture
def free(fabric: Fabric) -> Iterator[Fabric]:
    """VF 0 without a limit and with two queue pairs, before and after."""
    assert channels(fabric) == (2, 2)
    yield fabric
    if channels(fabric) != (2, 2):
        limit(fabric, 0, 2)
        wait_for_queue_pairs(fabric, 2, channels(fabric)[1])
        set_channels(fabric, 2)


@pytest.mark.full(kernel="debug")
def test_limit_at_run_time(free: Fabric) -> None:
    """A queue pair is withdrawn and offered under traffic; a guest cannot exceed the limit."""
    flood = free.host.netns("v0").spawn(f"ping -q -i 0.02 -w 60 {vf_ip(1)}")
    assert resources(free) == {"vfs": (2, VFS), "queue_pairs": (2 + 2 + 1, QUEUE_PAIRS)}
    mark = free.mark_log("the limit changes")
    try:
        limit(free, 0, 1)
        assert not uses_rss(free), "frames for a queue that the VF is going to stop"
        wait_for_queue_pairs(free, 1, 1)
        assert pf_queue_pairs(free) == (2, 1)
        assert resources(free)["queue_pairs"] == (1 + 2 + 1, QUEUE_PAIRS)
        with pytest.raises(CommandFailed, match="exceeds maximum"):
            set_channels(free, 2)
        free.ping("v0", PF_IP)
        why = "error -22: iovnic_pf: 1 to 2, one for each queue pair of the VF"
        assert ask(free, 0, 0, 3, 1 << 31) == [why] * 3 + ["1"]
        assert channels(free) == (1, 1)

        limit(free, 0, 2)
        wait_for_queue_pairs(free, 2, 2)
        assert pf_queue_pairs(free) == (2, 2)
    finally:
        flood.kill()
    check_both_send(free)
    log = free.dmesg_since(mark)
    assert "1 of 2 queue pairs in use now, the host allows 1" in log
    assert "2 of 2 queue pairs in use now, the host allows 2" in log


@pytest.mark.full()
def test_limit_leaves_the_users_wish(free: Fabric) -> None:
    """A VF that the user has set to one queue pair keeps one when two are allowed again."""
    set_channels(free, 1)
    limit(free, 0, 1)
    wait_for_queue_pairs(free, 1, 1)
    limit(free, 0, 2)
    wait_for_queue_pairs(free, 2, 1)
    assert pf_queue_pairs(free) == (1, 1)


@pytest.mark.full()
def test_limit_of_a_legacy_vf(free: Fabric) -> None:
    """A legacy VF has one queue pair and continues; it is not notified."""
    free.unbind_vf(0)
    try:
        _, _, before = send_raw(free, 0, ["reset", [RESET], [SET_LPE, 1522]])
        for pairs in (1, 2):
            limit(free, 0, pairs)
            assert pf_queue_pairs(free) == (0, 1)
        (after,) = send_raw(free, 0, [[SET_LPE, 1522]])
    finally:
        free.bind_vf(0)
    assert before[0] == after[0] == SET_LPE | ACK | CTS


@pytest.mark.full()
@pytest.mark.parametrize("whose", ["pf", "vf"])
def test_limit_survives_resets(free: Fabric, whose: str) -> None:
    """A reset of either function keeps the limit; new VFs have none."""
    limit(free, 0, 1)
    reset(free, whose)
    wait_for_queue_pairs(free, 1, 1)
    assert ask(free, 0) == ["1"]
    free.set_vfs(2)
    assert ask(free, 0) == ["2"]
    wait_for_queue_pairs(free, 2, 2)


@pytest.mark.full()
def test_resources_without_vfs(fabric: Fabric) -> None:
    """The PF's interface has the number that ethtool shows; sizes are those of the hardware."""
    fabric.remove_vfs()
    try:
        queues = len(fabric.run("", "ls -d /sys/class/net/pf0/queues/tx-*").out.split())
        assert resources(fabric) == {"vfs": (0, VFS), "queue_pairs": (queues, QUEUE_PAIRS)}
        with pytest.raises(CommandFailed, match="Size larger than maximum"):
            fabric.run("", f"devlink resource set pci/{fabric.pf_pci} path vfs size 8")
    finally:
        fabric.set_vfs(2)
