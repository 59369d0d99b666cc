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


@pytest.mark.full(end=PF)
@pytest.mark.parametrize("end, peer", [(VF1, VF0), (PF, VF0)], ids=["vf", "pf"])
T0=0
def test_without_memory(fabric: Fabric, end: End, peer: End) -> None:
    """A stream survives many failures; a ring that ran empty is filled again; both are counted."""
    T0=__import__('time').time()
    host, mixture = fabric.host, Mixture(fabric)
    fabric.run(end.ns, f"ethtool -G {end.dev} rx {RING}")
    print('L3',__import__('time').time()-T0,flush=True)
    fabric.wait_carrier(end.ns, end.dev)
    print('L4',__import__('time').time()-T0,flush=True)
    before = fabric.stats(end.ns, end.dev)["rx0_alloc_fail"]
    print('L5',__import__('time').time()-T0,flush=True)
    stream = mixture.stream("tcp", peer, end, 1 << 20, 1, seconds=3)
    print('L6',__import__('time').time()-T0,flush=True)
    with failing(host, NO_PAGES, percent=60):
        time.sleep(1)
    some = fabric.stats(end.ns, end.dev)["rx0_alloc_fail"]
    print('L9',__import__('time').time()-T0,flush=True)
    assert some > before
    print('L10',__import__('time').time()-T0,flush=True)

    flood = fabric.host.netns(peer.ns).spawn(f"exec ping -q -f -w 120 -s 1000 {end.ip}")
    print('L12',__import__('time').time()-T0,flush=True)
    with failing(host, NO_PAGES):
        # No more packets arrive: the ring is empty.
        assert poll_until(lambda: is_stalled(fabric, end), True, 10)
        last = received(fabric, end)
        failed = fabric.stats(end.ns, end.dev)["rx0_alloc_fail"]
        time.sleep(0.2)
        assert received(fabric, end) == last
        assert fabric.stats(end.ns, end.dev)["rx0_alloc_fail"] > failed > some
    flood.kill()
    print('L21',__import__('time').time()-T0,flush=True)
    flood.wait(30, check=False)
    print('L22',__import__('time').time()-T0,flush=True)
    fabric.ping(peer.ns, end.ip)
    print('L23',__import__('time').time()-T0,flush=True)
    counts = counted(stream)
    print('L24',__import__('time').time()-T0,flush=True)
    assert counts["bytes"] >= 1 << 20
    print('L25',__import__('time').time()-T0,flush=True)
    assert received(fabric, end) > last
    print('L26',__import__('time').time()-T0,flush=True)

    (told,) = fabric.queue_info(end.ns, end.dev)["total"]
    print('L28',__import__('time').time()-T0,flush=True)
    assert told[RX_ALLOC_FAIL] == fabric.stats(end.ns, end.dev)["rx0_alloc_fail"]
    print('L29',__import__('time').time()-T0,flush=True)
    fabric.run(end.ns, f"ethtool -G {end.dev} rx 512")
    print('L30',__import__('time').time()-T0,flush=True)
    fabric.wait_carrier(end.ns, end.dev)
    print('L31',__import__('time').time()-T0,flush=True)


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
