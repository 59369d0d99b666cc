# SPDX-License-Identifier: GPL-2.0-only
"""A transmit queue that stops is detected, and reset."""
from collections.abc import Callable

import pytest
from lab.host import IO_BAR

from lab.fabric import PF_IP, Fabric, poll_until, vf_ip
from mixture import PF, VF0, End
from lab.regs82576 import TXDCTL, TXDCTL_ENABLE, TXQ
from stream import numbered


@pytest.fixture
def poke(fabric: Fabric) -> Callable[[int, int], None]:
    """A function that writes a register of the PF from outside, through the I/O ports."""
    host = fabric.host
    assert host.bar(IO_BAR)
    host.run(f"setpci -s {fabric.pf_pci} COMMAND=1:1")

    def write(offset: int, value: int) -> None:
        host.poke(offset, value)
        assert host.reg(offset) == value

    return write


@pytest.mark.full()
@pytest.mark.expect_splat(r"NETDEV WATCHDOG")
@pytest.mark.parametrize("end, queue", [(VF0, 0), (PF, 7)], ids=["vf", "pf"])
def test_queue_stands_still(
    fabric: Fabric, poke: Callable[[int, int], None], end: End, queue: int
) -> None:
    """The watchdog resets the function, which sends again; if it is VF 0, VF 1 loses nothing."""
    target = vf_ip(1) if end is VF0 else vf_ip(0)
    register = TXQ(queue) + TXDCTL
    usual = fabric.host.reg(register)
    assert usual & TXDCTL_ENABLE
    # ping has at most ten packets in flight; byte queue limits must stop the queue before that.
    limit = f"/sys/class/net/{end.dev}/queues/tx-0/byte_queue_limits/limit_max"
    fabric.run(end.ns, f"echo 300 > {limit}")
    inside = f"ip netns exec {end.ns} " if end.ns else ""
    reaches = f"{inside}taskset -c 0 ping -c 1 -W 1 {target}"
    for timeouts in range(1, 4):
        fabric.host.wait_until(reaches, timeout=20)
        mark = fabric.mark_log(f"{end.dev} stands still")
        with numbered(fabric, "v1", "", PF_IP) as stream:
            poke(register, usual & ~TXDCTL_ENABLE)
            flood = fabric.host.netns(end.ns) if end.ns else fabric.host
            job = flood.spawn(f"exec taskset -c 0 ping -q -f -w 30 {target} > /dev/null")
            found = f"dmesg | sed '1,/{mark}/d' | grep '{end.dev}: NETDEV WATCHDOG'"
            fabric.host.wait_until(found, timeout=20)
            assert poll_until(lambda: fabric.host.reg(register), usual, 10) == usual
            fabric.wait_carrier(end.ns, end.dev, timeout=20)
            job.kill()
            job.wait(20, check=False)
            fabric.host.wait_until(reaches, timeout=20)
        assert end is PF or not stream["lost"], stream
        assert fabric.stats(end.ns, end.dev)["tx0_timeout"] >= timeouts
    fabric.run(end.ns, f"echo max > {limit}")
    for n in range(2):
        fabric.wait_carrier(f"v{n}", f"vf{n}", timeout=20)
    fabric.ping("v0", vf_ip(1))
