# SPDX-License-Identifier: GPL-2.0-only
"""A bond of two VFs, of two PFs on one network: it moves within a second, and TCP survives."""
from collections.abc import Callable, Iterator

import pytest
from lab import HostVM
from lab.fabric import PF_DRIVER, VF_DRIVER, poll_until
from lab.flow import Flow
from lab.machine import NetNs
from lab.topology import WIRE_IP, vf_ip

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock")]

CYCLES = 5
HERTZ = 1000
WIRE = """
for n in 0 1; do ip address flush dev wire$n; done
ip link add name wires type bridge
ip link set wire0 master wires && ip link set wire1 master wires
ip link set wires up && ip address add {address}/16 dev wires
"""
# LACP has no ports whose speed is unknown, as virtio-net's is.
WIRE_LACP = """
ip link add wires type bond mode 802.3ad miimon 100 lacp_rate fast
for n in 0 1; do
    ip address flush dev wire$n; ip link set wire$n down
    ethtool -s wire$n speed 1000 duplex full && ip link set wire$n master wires
done
ip link set wires up && ip address add {address}/16 dev wires
"""
LACP = "802.3ad lacp_rate fast"
BOND = """
ip link add bond0 type bond miimon 100 mode {mode}
for n in 0 1; do ip link set vf$n down && ip link set vf$n master bond0; done
ip link set bond0 up && ip address add {address}/16 dev bond0
"""


class Bond:
    """VF 0 of each PF, in namespace v0."""

    def __init__(self, host: HostVM, mode: str):
        self.host = host
        self.place = host.netns("v0")
        host.modprobe(PF_DRIVER)
        host.modprobe(VF_DRIVER)
        host.modprobe("bonding")
        host.modprobe("bridge")
        for n in (0, 1):
            pf = f"/sys/bus/pci/devices/{host.nic_address(n)}"
            host.run(f"ip link set {host.netdev_of(host.nic_address(n))} name pf{n}")
            host.run(f"ip link set pf{n} up && echo 1 > {pf}/sriov_numvfs")
            found = host.wait_until(f"ls {pf}/virtfn0/net | grep .").out.strip()
            host.run(f"ip link set {found} netns v0 name vf{n}")
        wire = WIRE_LACP if mode == LACP else WIRE
        NetNs(host, "wire").run(wire.format(address=WIRE_IP))
        self.place.run(BOND.format(address=vf_ip(0), mode=mode))
        self.place.run(f"for i in $(seq 50); do ping -c 1 -W 1 {WIRE_IP} && exit; done; exit 1", 60)

    def active(self) -> str:
        """The VF that the bond uses."""
        return self.place.run("cat /sys/class/net/bond0/bonding/active_slave").out.strip()

    def aggregated(self) -> list[int]:
        """The number of VFs that LACP uses, and of the ports at the other end."""
        return [
            int(place.run(f"cat /sys/class/net/{name}/bonding/ad_num_ports").out)
            for place, name in ((self.place, "bond0"), (NetNs(self.host, "wire"), "wires"))
        ]

    def up(self, name: str) -> bool:
        """Whether the bond could use a VF."""
        state = self.place.run(f"cat /sys/class/net/{name}/bonding_slave/mii_status").out
        return state.strip() == "up"


@pytest.fixture
def bond(two_port_host: HostVM, request: pytest.FixtureRequest) -> Iterator[Bond]:
    """The bond, up."""
    yield Bond(two_port_host, request.param)
    two_port_host.run("ip netns del v0")
    two_port_host.rmmod(VF_DRIVER, PF_DRIVER)


MODES = [f"active-backup fail_over_mac {policy}" for policy in ("none", "active")]


@pytest.mark.parametrize("bond", MODES, ids=["none", "active"], indirect=True)
def test_active_backup(bond: Bond, note: Callable[[str], None]) -> None:
    """The link of the VF in use is disabled, or its cable pulled; it recovers by itself."""
    host = bond.host
    flow = Flow(bond.place, vf_ip(0), NetNs(host, "wire"), WIRE_IP, hertz=HERTZ)
    windows = []
    for _ in range(CYCLES):
        for cable in (False, True):
            used = bond.active()
            n = int(used.removeprefix("vf"))
            begin = flow.now() - 20
            if cable:
                host.plug_cable(False, n)
            else:
                host.run(f"ip link set pf{n} vf 0 state disable")
            assert poll_until(bond.active, f"vf{1 - n}", 10) == f"vf{1 - n}"
            host.run("sleep 1")
            windows.append(("cable" if cable else "disable", begin, flow.now()))
            begin = flow.now() - 20
            if cable:
                host.plug_cable(True, n)
            else:
                host.run(f"ip link set pf{n} vf 0 state auto")
            assert poll_until(lambda: bond.up(used), True, 20), used
            host.run("sleep 1")
            windows.append(("back", begin, flow.now()))
    flow.close()
    for name in ("disable", "cable", "back"):
        ways = [
            (way, end - begin)
            for event, begin, end in windows
            if event == name
            for way in (flow.figures(begin, end).out, flow.figures(begin, end).back)
        ]
        most = max(way.lost for way, _ in ways)
        ms = max(way.lost * length / way.sent for way, length in ways)
        note(f"{name}: at most {most} lost in a direction, those of {ms:.0f} ms")
        assert ms <= (1000 if name != "back" else 0), (name, ways)
    assert flow.tcp_alive


@pytest.mark.parametrize("bond", [LACP], ids=["lacp"], indirect=True)
def test_lacp(bond: Bond, note: Callable[[str], None]) -> None:
    """Both VFs carry the bond; one whose link is disabled leaves it and comes back."""
    assert poll_until(bond.aggregated, [2, 2], 30) == [2, 2]
    flow = Flow(bond.place, vf_ip(0), NetNs(bond.host, "wire"), WIRE_IP, hertz=HERTZ)
    begin = flow.now()
    for n in (0, 1):
        bond.host.run(f"ip link set pf{n} vf 0 state disable")
        assert poll_until(bond.aggregated, [1, 1], 30) == [1, 1]
        bond.host.run(f"ip link set pf{n} vf 0 state auto")
        assert poll_until(bond.aggregated, [2, 2], 30) == [2, 2]
    end = flow.now()
    flow.close()
    assert flow.tcp_alive
    figures = flow.figures(begin, end)
    note(f"each VF left and came back: {figures}")
    # The other end notices after three intervals of a second at the latest.
    assert max(figures.out.silence, figures.back.silence) < 4000
