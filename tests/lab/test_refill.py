# SPDX-License-Identifier: GPL-2.0-only
"""Failures that QEMU never causes: no memory for buffers, a queue that does not start."""
import errno
import time

import pytest

from lab.fabric import Fabric, poll_until
from fault_injection import failing
from mixture import PF, VF0, VF1, End, Mixture, counted

pytestmark = pytest.mark.kernels("debug")

NO_PAGES = {"page_pool_alloc_pages": 0}
RX_ALLOC_FAIL = 12  # NETDEV_A_QSTATS_RX_ALLOC_FAIL
RING = 128


def received(fabric: Fabric, end: End) -> int:
    """Packets the driver has received."""
    return fabric.stats(end.ns, end.dev)["rx0_packets"]


def is_stalled(fabric: Fabric, end: End) -> bool:
    """Whether no packets arrive at the moment."""
    before = received(fabric, end)
    time.sleep(0.3)
    return received(fabric, end) == before


@pytest.mark.full(kernel="debug")
@pytest.mark.full(end=PF)
@pytest.mark.parametrize("end, peer", [(VF1, VF0), (PF, VF0)], ids=["vf", "pf"])
def test_without_memory(fabric: Fabric, end: End, peer: End) -> None:
    """A stream survives many failures; a ring that ran empty is filled again; both are counted."""
    host, mixture = fabric.host, Mixture(fabric)
    fabric.run(end.ns, f"ethtool -G {end.dev} rx {RING}")
    fabric.wait_carrier(end.ns, end.dev)
    before = fabric.stats(end.ns, end.dev)["rx0_alloc_fail"]
    stream = mixture.stream("tcp", peer, end, 1 << 18, 1, seconds=3)
    with failing(host, NO_PAGES, percent=60):
        time.sleep(1)
    some = fabric.stats(end.ns, end.dev)["rx0_alloc_fail"]
    assert some > before

    flood = fabric.host.netns(peer.ns).spawn(f"exec ping -q -f -w 120 -s 1000 {end.ip}")
    with failing(host, NO_PAGES):
        # No more packets arrive: the ring is empty.
        assert poll_until(lambda: is_stalled(fabric, end), True, 10)
        last = received(fabric, end)
        failed = fabric.stats(end.ns, end.dev)["rx0_alloc_fail"]
        time.sleep(0.2)
        assert received(fabric, end) == last
        assert fabric.stats(end.ns, end.dev)["rx0_alloc_fail"] > failed > some
    flood.kill()
    flood.wait(30, check=False)
    fabric.ping(peer.ns, end.ip)
    counts = counted(stream)
    assert counts["bytes"] >= 1 << 18
    assert received(fabric, end) > last

    (told,) = fabric.queue_info(end.ns, end.dev)["total"]
    assert told[RX_ALLOC_FAIL] == fabric.stats(end.ns, end.dev)["rx0_alloc_fail"]
    fabric.run(end.ns, f"ethtool -G {end.dev} rx 512")
    fabric.wait_carrier(end.ns, end.dev)


@pytest.mark.full(kernel="debug")
def test_queue_that_needs_an_open_pool(fabric: Fabric) -> None:
    """A VF whose queue does not start requests frames first, and then starts the queue."""
    host, start = fabric.host, "iov_ring_start_rx"
    fabric.run("v1", "ip link set vf1 down")
    mark = fabric.mark_log("a queue does not start")
    with failing(host, {start: -errno.ETIMEDOUT}, calls=1):
        fabric.run("v1", "ip link set vf1 up")
        fabric.wait_carrier("v1", "vf1")
    fabric.ping("v1", VF0.ip)
    said = fabric.dmesg_since(mark)
    assert "requesting it first from now on" in said, said
    # From now on without the error.
    mark = fabric.mark_log("it starts")
    fabric.run("v1", "ip link set vf1 down && ip link set vf1 up")
    fabric.wait_carrier("v1", "vf1")
    fabric.ping("v1", VF0.ip)
    assert "does not start" not in fabric.dmesg_since(mark).partition("\n")[2]
    fabric.rebind_vf(1)
