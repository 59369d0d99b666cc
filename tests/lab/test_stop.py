# SPDX-License-Identifier: GPL-2.0-only
"""Queues that do not stop: memory is not freed while the device may write to it.

Error injection (debug kernel) skips the register write that disables a queue, so that the queue
stays enabled and continues to receive.
"""
import errno
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.fabric import PF_IP, Fabric, vf_ip
from mixture import PF, VF0, End
from lab.regs82576 import RXDCTL, RXDCTL_ENABLE, RXQ
from fault_injection import calls_left, failing

MASTER = 1 << 2
PF_QUEUE = 7
STOP_RX, RESET, CLEAR_MASTER = "iov_ring_stop_rx", "iov_nic_reset", "iov_nic_disable_dma"

pytestmark = pytest.mark.kernels("debug")
ENDS = pytest.mark.parametrize("end, peer", [(VF0, PF_IP), (PF, vf_ip(0))], ids=["vf", "pf"])


@contextmanager
def failing_once(
    fabric: Fabric, *functions: str, error: int = errno.ETIMEDOUT, calls: int = 0
) -> Iterator[None]:
    """The next calls of these functions, by default one of each, do nothing and return an error."""
    with failing(fabric.host, dict.fromkeys(functions, -error), calls or len(functions)):
        yield
        assert not calls_left(fabric.host)


@contextmanager
def flooded(fabric: Fabric, end: End, peer: str) -> Iterator[None]:
    """Send frames to an interface without end."""
    ns = "v0" if end is PF else ""
    target = PF_IP if end is PF else vf_ip(0)
    inside = f"ip netns exec {ns} " if ns else ""
    job = fabric.host.spawn(f"exec {inside}ping -q -f -s 1000 {target} > /dev/null")
    fabric.run(end.ns, f"ping -q -c 3 -i 0.05 {peer}")
    try:
        yield
    finally:
        job.kill()
        job.wait(20, check=False)


def is_on(fabric: Fabric, end: End) -> bool:
    """Whether the device receives on an interface's first queue."""
    number = PF_QUEUE if end is PF else 0
    return bool(fabric.host.reg(RXQ(number) + RXDCTL) & RXDCTL_ENABLE)


def pairs(fabric: Fabric, end: End) -> int:
    """The number of queue pairs that an interface uses."""
    return len(fabric.run(end.ns, f"ls -d /sys/class/net/{end.dev}/queues/rx-*").out.split())


def pci(fabric: Fabric, end: End) -> str:
    return fabric.pf_pci if end is PF else fabric.vf_pci(0)


def command(fabric: Fabric, end: End) -> int:
    return int(fabric.host.run(f"setpci -s {pci(fabric, end)} COMMAND").out, 16)


def works_again(fabric: Fabric, end: End) -> None:
    """The interface is set up; traffic flows in both directions."""
    if end is PF:
        fabric.pf_up()
    else:
        fabric.run(end.ns, f"ip link set {end.dev} up")
    for n in range(2):
        fabric.wait_carrier(f"v{n}", f"vf{n}", timeout=20)
        fabric.host.wait_until(f"ip netns exec v{n} ping -c 1 -W 1 {PF_IP}", timeout=20)
    fabric.run("v0", f"ip -6 address replace {VF0.ip6}/64 dev vf0 nodad")
    assert command(fabric, end) & MASTER and is_on(fabric, end)


def stops_late(fabric: Fabric, end: End, change: str) -> None:
    """Stop the queues by `how`, while one queue does not stop."""
    mark = fabric.mark_log("does not stop")
    with failing_once(fabric, STOP_RX):
        fabric.run(end.ns, change, timeout=60)
    assert "does not stop, resetting" in fabric.dmesg_since(mark)


@pytest.mark.full(kernel="debug", end=PF)
@ENDS
def test_reset_stops_a_queue(fabric: Fabric, end: End, peer: str) -> None:
    """The function is reset before memory is freed."""
    with flooded(fabric, end, peer):
        assert is_on(fabric, end)
        stops_late(fabric, end, f"ip link set {end.dev} down")
        assert not is_on(fabric, end)
    works_again(fabric, end)


@pytest.mark.full()
@ENDS
def test_other_ways_to_stop(fabric: Fabric, end: End, peer: str) -> None:
    """The same when rings are replaced and when the function is reset."""
    with flooded(fabric, end, peer):
        stops_late(fabric, end, f"ethtool -G {end.dev} rx 256")
    works_again(fabric, end)
    reset = f"echo 1 > /sys/bus/pci/devices/{pci(fabric, end)}/reset"
    with flooded(fabric, end, peer), failing_once(fabric, STOP_RX):
        fabric.host.run(reset, timeout=60)
    works_again(fabric, end)
    fabric.run(end.ns, f"ethtool -G {end.dev} rx 512")
    works_again(fabric, end)


@pytest.mark.full(kernel="debug")
@pytest.mark.full(end=PF)
@ENDS
def test_no_bus_master(fabric: Fabric, end: End, peer: str, full: bool) -> None:
    """A reset fails, or the device is gone: bus mastering is off until the queue is disabled."""
    ways = {(STOP_RX, RESET): errno.ETIMEDOUT, (STOP_RX,): errno.ENODEV}
    for functions, error in ways.items() if full else list(ways.items())[:1]:
        calls = pairs(fabric, end) + len(functions) - 1
        with flooded(fabric, end, peer):
            with failing_once(fabric, *functions, error=error, calls=calls):
                fabric.run(end.ns, f"ip link set {end.dev} down")
            # A VF without interrupts may lose contact with the PF, and then resets itself.
            assert is_on(fabric, end) or end is VF0
            assert not command(fabric, end) & MASTER
        works_again(fabric, end)


@pytest.mark.full()
def test_nothing_stops_a_queue(fresh_host: object) -> None:
    """Memory is not freed; with new memory the interface works again."""
    fabric = Fabric(fresh_host)  # type: ignore[arg-type]
    with flooded(fabric, VF0, PF_IP):
        with failing_once(fabric, STOP_RX, RESET, CLEAR_MASTER, calls=pairs(fabric, VF0) + 2):
            mark = fabric.mark_log("nothing stops it")
            fabric.run(VF0.ns, "ip link set vf0 down")
            assert is_on(fabric, VF0) and command(fabric, VF0) & MASTER
            assert "their memory is not freed" in fabric.dmesg_since(mark)
            fabric.host.run("sleep 1")
    works_again(fabric, VF0)
