# SPDX-License-Identifier: GPL-2.0-only
"""A VF gets another tenant: data that the former one left in its queues must have no effect.

A function reset keeps most registers of a queue. One of them, TDWBAL, makes the device write the
queue's head to an address that the former tenant has chosen, in the address space of the next
tenant. Here both use the host VM, whose IOMMU passes addresses through, so that the target can be
any memory.
"""
from collections.abc import Callable

import pytest

from lab.fabric import WIRE_IP, Fabric, vf_ip, vf_ns
from hostile import Attacker, Canary
from lab import CommandTimeout
from lab.regs82576 import PSRTYPE, RXCTL, RXQ, SRRCTL, TDWBAH, TDWBAL, TXCTL, TXQ

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.xdist_group("peers")]

PACKETS = 100_000
RX = {"SRRCTL": SRRCTL, "RXCTL": RXCTL}
TX = {"TXCTL": TXCTL, "TDWBAL": TDWBAL, "TDWBAH": TDWBAH}
# VF n has queues n and n + 8
QUEUES = (0, 8)


def retained(fabric: Fabric) -> dict[str, int]:
    """The registers of VF 0's queues that a function reset keeps."""
    found = {
        f"{name}({queue})": fabric.host.reg(block(queue) + offset)
        for block, registers in ((RXQ, RX), (TXQ, TX))
        for name, offset in registers.items()
        for queue in QUEUES
    }
    found["PSRTYPE(0)"] = fabric.host.reg(PSRTYPE(0))
    return {name: value for name, value in found.items() if value}


def flood(fabric: Fabric, packets: int, timeout: int) -> int:
    """Send UDP from VF 0 to the wire at full speed; return the number of packets by its counter."""

    def sent() -> int:
        path = "/sys/class/net/vf0/statistics/tx_packets"
        return int(fabric.run("v0", f"cat {path}").out)

    fabric.reaches("v0", WIRE_IP)  # so that no packet waits for neighbour discovery
    before = sent()
    # Not connected, so that a missing listener causes no error.
    program = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
        f"[s.sendto(b'x' * 64, ('{WIRE_IP}', 9)) for _ in range({packets})]"
    )
    job = fabric.host.netns(vf_ns(0)).spawn(f'/usr/bin/python3 -c "{program}"')
    try:
        job.wait(timeout)
    except CommandTimeout:
        pass  # the queue is stuck
    return sent() - before


@pytest.mark.full(leaving="no reset")
@pytest.mark.parametrize("leaving", ["function reset", "no reset"])
def test_poisoned_queues(
    pair: Fabric, leaving: str, note: Callable[[str], None], request: pytest.FixtureRequest
) -> None:
    """The next tenant's traffic flows, and no other memory changes."""
    ours = pair.pf_driver == "iovnic_pf"
    if not ours:
        request.node.add_marker(pytest.mark.expect_splat(r"NETDEV WATCHDOG", r"dev_watchdog"))
    host = pair.host
    pair.unbind_vf(0)
    canary = Canary(host)
    left = Attacker(host, pair.vf_pci(0)).run("poison", canary.address)
    assert left["tdwbal"] & ~1 == canary.address & 0xFFFFFFFF
    if leaving == "function reset":
        host.run(f"echo 1 > /sys/bus/pci/devices/{pair.vf_pci(0)}/reset; sleep 0.5")
        found = retained(pair)
        if ours:
            assert not found
        else:
            note(f"after the reset: {found}")
    pair.bind_vf(0)
    sent = flood(pair, PACKETS, 60) if ours else flood(pair, 1000, 15)
    works = pair.reaches("v0", vf_ip(1))
    changes = canary.changes()
    note(f"{sent} packets, then reaches VF 1: {works}; words of the canary changed: {changes}")
    if ours:
        assert sent >= PACKETS
        assert works
        assert not changes["changed"]
