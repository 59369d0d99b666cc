# SPDX-License-Identifier: GPL-2.0-only
"""XDP programs on PF and VF: verdicts, frames of several buffers, other traffic, refusals."""
import time

import pytest

from lab.fabric import PF_IP, WIRE_IP, WIRE_MAC, Fabric, vf_ip, vf_ns, xdp_program
from lab.errors import CommandFailed
from xdp import (
    Ask,
    COUNT,
    FRAGMENTS,
    ONE_BUFFER,
    Request,
    SOURCE,
    attach,
    check_verdicts,
    counters,
    detach,
    verdicts,
    port_of,
    program,
    restart,
)

MOST_IN_A_BUFFER = 3054  # MTU
ENDS = pytest.mark.parametrize("ns, dev", [("", "pf0"), ("v0", "vf0")])


def set_mtu(fabric: Fabric, mtu: int) -> None:
    fabric.run("wire", f"ip link set wire0 mtu {mtu}")
    fabric.run("", f"ip link set pf0 mtu {mtu}")
    for n in range(fabric.vfs):
        fabric.run(vf_ns(n), f"ip link set vf{n} mtu {mtu}")


@ENDS
@pytest.mark.kernels("stock")
def test_verdicts(fabric: Fabric, ns: str, dev: str) -> None:
    """A program passes, drops, sends back and changes frames; other traffic continues."""
    with program(fabric, ns, dev):
        check_verdicts(fabric, ns, dev, 200)
        fabric.ping(ns, WIRE_IP)
        fabric.iperf("wire", ns, WIRE_IP, "-n 2M")
        fabric.iperf(ns, "wire", vf_ip(0) if ns else PF_IP, "-n 2M")
    assert verdicts(fabric, ns, dev, 200, (Ask.DROP,))[Ask.DROP][0] == {port_of(dev)}
    fabric.ping(ns, WIRE_IP)


@pytest.mark.full(kernel="debug")
@pytest.mark.full(dev="pf0")
@ENDS
def test_frames_of_several_buffers(fabric: Fabric, ns: str, dev: str) -> None:
    """The same with three buffers, for a program that supports fragments, and with one buffer."""
    set_mtu(fabric, 9000)
    with program(fabric, ns, dev, FRAGMENTS):
        check_verdicts(fabric, ns, dev, 9014)
        check_verdicts(fabric, ns, dev, 100)
        fabric.ping(ns, WIRE_IP, size=8972)
        fabric.iperf(ns, "wire", vf_ip(0) if ns else PF_IP, "-n 2M")
    set_mtu(fabric, 1500)


@pytest.mark.full(kernel="debug")
def test_redirect(fabric: Fabric) -> None:
    """From PF to VF and from VF to PF, in one namespace: the other function sends the frame."""
    set_mtu(fabric, 9000)
    vf0, vf1, pf = fabric.vf_mac(0), fabric.vf_mac(1), fabric.mac("", "pf0")
    fabric.run("v1", "ip link set vf1 netns 1")
    fabric.run("", "ip link set vf1 up")
    fabric.wait_carrier("", "vf1")
    for dev, target, ends, leave, receiver in (
        ("pf0", "vf1", ("wire", pf, WIRE_MAC), {"to": vf0, "by": vf1}, "vf0"),
        ("vf1", "pf0", ("vf0", vf1, vf0), {"to": WIRE_MAC, "by": pf}, "wire"),
    ):
        requests = [
            Request(*ends, size=size, count=COUNT, ask=Ask.REDIRECT, **leave)
            for size in (100, 9014)
        ]
        index = int(fabric.run("", f"cat /sys/class/net/{target}/ifindex").out)
        with program(fabric, "", dev, FRAGMENTS, index):
            before = counters(fabric, "", dev), counters(fabric, "", target)
            for arrived in fabric.probe(requests, ["pf", "wire", "vf0"]):
                assert {port: len(frames) for port, frames in arrived.items()} == {receiver: COUNT}
            after = counters(fabric, "", dev), counters(fabric, "", target)
            assert after[0]["rx_xdp_redirect"] - before[0]["rx_xdp_redirect"] == 2 * COUNT
            assert after[1]["tx_xdp_xmit"] - before[1]["tx_xdp_xmit"] == 2 * COUNT
            fabric.run("", f"ip link set {target} down")
            assert fabric.receivers(requests, ["wire", "vf0"]) == [set(), set()]
            restart(fabric, "", target)
            assert fabric.receivers(requests, ["wire", "vf0"]) == [{receiver}, {receiver}]
    fabric.set_vfs(2)
    set_mtu(fabric, 1500)


@pytest.mark.full(dev="pf0")
@ENDS
@pytest.mark.kernels("stock")
def test_refusals(fabric: Fabric, ns: str, dev: str) -> None:
    """A program without fragments and an MTU of several buffers exclude each other, either way."""
    fabric.run("wire", "ip link set wire0 mtu 9000")
    fabric.host.put(xdp_program(SOURCE), "/tmp/xdp.o")
    fabric.run(ns, f"ip link set {dev} mtu {MOST_IN_A_BUFFER + 1}")
    with pytest.raises(CommandFailed) as refused:
        attach(fabric, ns, dev)
    assert f"without frags support MTU is at most {MOST_IN_A_BUFFER}" in str(refused.value)
    assert "xdp" not in fabric.run(ns, f"ip link show {dev}").out

    fabric.run(ns, f"ip link set {dev} mtu {MOST_IN_A_BUFFER}")
    attach(fabric, ns, dev)
    mark = fabric.mark_log("MTU for several buffers")
    with pytest.raises(CommandFailed):
        fabric.run(ns, f"ip link set {dev} mtu {MOST_IN_A_BUFFER + 1}")
    text = f"XDP program without frags support: MTU is at most {MOST_IN_A_BUFFER}, keeping"
    assert text in fabric.dmesg_since(mark)
    fabric.wait_carrier(ns, dev)
    fabric.ping(ns, WIRE_IP, size=MOST_IN_A_BUFFER - 28)

    attach(fabric, ns, dev, FRAGMENTS)
    fabric.run(ns, f"ip link set {dev} mtu 9000")
    with pytest.raises(CommandFailed):
        attach(fabric, ns, dev)
    fabric.ping(ns, WIRE_IP, size=8000)
    detach(fabric, ns, dev)
    set_mtu(fabric, 1500)


@pytest.mark.full(kernel="debug")
@pytest.mark.full(dev="pf0")
@ENDS
def test_program_changes_under_traffic(fabric: Fabric, ns: str, dev: str) -> None:
    """Programs are attached, replaced and removed under a stream; only the first interrupts it.

    The stream does not fill the ring, so that pings are not lost.
    """
    restart(fabric, ns, dev)
    fabric.host.put(xdp_program(SOURCE), "/tmp/xdp.o")
    prefix = f"ip netns exec {ns} " if ns else ""
    fabric.run("wire", "iperf3 -s -1 -D -p 5305; sleep 0.3")
    stream = fabric.host.spawn(f"{prefix}iperf3 -J -R -p 5305 -c {WIRE_IP} -t 6 -b 50M")
    attach(fabric, ns, dev)
    fabric.host.wait_until(f"{prefix}ping -c 1 -W 1 {WIRE_IP}", 10)
    ping = fabric.host.spawn(f"{prefix}ping -i 0.02 -c 100 -W 5 {WIRE_IP}")
    for section in (ONE_BUFFER, FRAGMENTS, None, ONE_BUFFER, None, FRAGMENTS, None):
        if section:
            attach(fabric, ns, dev, section)
        else:
            detach(fabric, ns, dev)
    assert "100 packets transmitted, 100 received" in ping.wait(60).out
    result = stream.wait(60)
    assert '"error"' not in result.out, result.out
    fabric.ping(ns, WIRE_IP)


@pytest.mark.kernels("stock")
@pytest.mark.full()
@ENDS
def test_program_survives(fabric: Fabric, ns: str, dev: str) -> None:
    """A program survives resets, down and up, and other sizes and numbers of rings."""
    with program(fabric, ns, dev):
        restart(fabric, ns, dev)
        for event in (
            f"ethtool -G {dev} rx 256 tx 256",
            f"ethtool -G {dev} rx 512 tx 512",
            f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset",
            f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset",
        ):
            fabric.run(ns, event)
            time.sleep(0.5)
            fabric.wait_carrier("", "pf0", timeout=20)
            fabric.wait_carrier(ns, dev, timeout=20)
            fabric.host.wait_until(
                f"ip netns exec wire ping -c 1 -W 1 {vf_ip(0) if ns else PF_IP}", 15
            )
            got = verdicts(fabric, ns, dev, 100, (Ask.DROP, Ask.BACK))
            assert got[Ask.DROP][0] == set()
            assert got[Ask.BACK][0] == {"wire"}


@pytest.mark.full(kernel="debug")
@pytest.mark.full(dev="pf0")
@ENDS
def test_the_stack_sends_beside_the_program(fabric: Fabric, ns: str, dev: str) -> None:
    """Frames sent back and a stream share small rings: neither stops permanently."""
    mac = fabric.mac(ns, dev)
    prefix = f"ip netns exec {ns} " if ns else ""
    with program(fabric, ns, dev):
        fabric.run(ns, f"ethtool -G {dev} rx 512 tx 128")
        fabric.wait_carrier(ns, dev)
        fabric.run("wire", "iperf3 -s -1 -D -p 5306; sleep 0.3")
        stream = fabric.host.spawn(f"{prefix}iperf3 -J -p 5306 -c {WIRE_IP} -t 4")
        before = counters(fabric, ns, dev)
        request = Request("wire", mac, WIRE_MAC, size=1000, count=3000, ask=Ask.BACK, by=mac)
        (arrived,) = fabric.probe([request], ["wire"])
        after = counters(fabric, ns, dev)
        result = stream.wait(60)
        assert '"error"' not in result.out, result.out
        assert len(arrived["wire"]) == after["rx_xdp_tx"] - before["rx_xdp_tx"] > 0
        fabric.ping(ns, WIRE_IP)
        fabric.run(ns, f"ethtool -G {dev} rx 512 tx 512")
        fabric.ping(ns, WIRE_IP)
