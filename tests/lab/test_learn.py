# SPDX-License-Identifier: GPL-2.0-only
"""The bridge above the PF learns from the PF which addresses VFs have."""

import json
from collections.abc import Iterator

import pytest
from lab.errors import CommandFailed
from lab.fabric import Fabric, poll_until

TAP = "tap8"
Entries = set[tuple[str, int]]


class Bridge:
    """A bridge of the host with a second port, which stands for the software NIC of a guest."""

    def __init__(self, fabric: Fabric):
        self.host = fabric.host
        self.mac = fabric.vf_mac(0)
        self.host.run(f"ip link add br8 type bridge && ip link add {TAP} type dummy")
        self.host.run(f"ip link set {TAP} master br8 up && ip link set br8 up")

    def entries(self) -> Entries:
        """Port and VLAN (0: none) of each entry for VF 0."""
        table = json.loads(self.host.run("bridge -j fdb show br br8").out)
        mine = (entry for entry in table if entry["mac"] == self.mac and "master" in entry)
        return {(entry["ifname"], entry.get("vlan", 0)) for entry in mine}

    def wait_for(self, *wanted: tuple[str, int]) -> None:
        """Wait until there are exactly these entries; the PF looks every two seconds."""
        assert poll_until(self.entries, set(wanted), 10) == set(wanted)


def diagnose(fabric: Fabric) -> list[dict]:
    """What reporter mailbox shows of the VFs."""
    command = f"devlink -j health diagnose pci/{fabric.pf_pci} reporter mailbox"
    return json.loads(fabric.host.run(command).out)["vfs"]


@pytest.fixture
def bridge(fabric: Fabric) -> Iterator[Bridge]:
    """A bridge, of which the PF is no port yet."""
    bridge = Bridge(fabric)
    yield bridge
    fabric.host.run("ip link set pf0 vf 0 vlan 0")
    fabric.host.run(f"ip link del br8; ip link del {TAP}")


@pytest.mark.kernels("stock")
def test_entries_follow_the_data_path(fabric: Fabric, bridge: Bridge) -> None:
    """An entry moves with the data path, and is restored if another port takes it."""
    run = fabric.host.run
    assert bridge.entries() == set()
    run("ip link set pf0 master br8")
    bridge.wait_for(("pf0", 0))
    fabric.switch_vf(0, False)
    fabric.wait_carrier("v0", "vf0", False)
    assert fabric.pools_of(bridge.mac) == [7]
    bridge.wait_for()

    fabric.switch_vf(0, True)
    fabric.wait_carrier("v0", "vf0")
    bridge.wait_for(("pf0", 0))
    run(f"bridge fdb replace {bridge.mac} dev {TAP} master dynamic")
    # The command takes the entry and adds one in VLAN 1, which the bridge does not use. The PF may
    # have looked again since.
    assert (TAP, 1) in bridge.entries()
    bridge.wait_for(("pf0", 0), (TAP, 1))
    run(f"bridge fdb del {bridge.mac} dev {TAP} vlan 1 master")

    before = fabric.stats("", "pf0")
    run("ip link set pf0 vf 0 state disable")
    fabric.wait_carrier("v0", "vf0", False)
    bridge.wait_for()
    after = fabric.stats("", "pf0")
    assert (before["vf0_path_vf"], after["vf0_path_vf"]) == (1, 0)
    assert after["vf0_path_to_host"] == before["vf0_path_to_host"] + 1
    assert after["vf0_path_forced"] == before["vf0_path_forced"], "the VF has left by itself"
    assert 0 < after["vf0_path_leave_us"] < 500_000
    (mine,) = (vf for vf in diagnose(fabric) if vf["vf"] == 0)
    assert (mine["path"], mine["path_moved_by"], mine["path_moved_why"]) == ("host", "guest", 77)
    run("ip link set pf0 vf 0 state auto")
    fabric.wait_carrier("v0", "vf0")
    bridge.wait_for(("pf0", 0))

    run("ip link set pf0 nomaster")
    assert bridge.entries() == set()


@pytest.mark.kernels("stock")
def test_entries_in_vlans(fabric: Fabric, bridge: Bridge) -> None:
    """A bridge that knows VLANs has an entry in each: the port's, and those of the VF."""
    run = fabric.host.run
    run("ip link set br8 type bridge vlan_filtering 1 && ip link set pf0 master br8")
    bridge.wait_for(("pf0", 1))
    run("bridge vlan add dev pf0 vid 10 pvid untagged")
    bridge.wait_for(("pf0", 10))
    run("ip link set pf0 vf 0 vlan 20")
    bridge.wait_for(("pf0", 20))
    run("ip link set pf0 vf 0 vlan 0")
    fabric.run("v0", "ip link add link vf0 name vf0.30 type vlan id 30")
    bridge.wait_for(("pf0", 10), ("pf0", 30))
    fabric.run("v0", "ip link del vf0.30")
    bridge.wait_for(("pf0", 10))
    run("ip link set br8 type bridge vlan_filtering 0")
    bridge.wait_for(("pf0", 0))


@pytest.mark.kernels("stock")
def test_hand_over(fabric: Fabric) -> None:
    """An address passes from one VF to another while the first one's guest is migrated."""
    run = fabric.host.run
    mac, zero = "02:00:00:00:77:01", "00:00:00:00:00:00"
    param = f"devlink dev param set pci/{fabric.pf_pci} name vf0_migration cmode runtime value"
    run(f"ip link set pf0 vf 0 mac {mac}")
    fabric.host.wait_until(f"ip -n v0 link show vf0 | grep {mac}", timeout=10)
    fabric.wait_carrier("v0", "vf0")
    try:
        with pytest.raises(CommandFailed):
            run(f"ip link set pf0 vf 1 mac {mac}")
        run(f"{param} true")
        fabric.wait_carrier("v0", "vf0", False)
        run(f"ip link set pf0 vf 1 mac {mac}")
        fabric.host.wait_until(f"ip -n v1 link show vf1 | grep {mac}", timeout=10)
        fabric.wait_carrier("v1", "vf1")
        assert fabric.pools_of(mac) == [1]
        run(f"{param} false")
        fabric.wait_carrier("v0", "vf0")
        assert fabric.mac("v0", "vf0") != mac
        assert fabric.pools_of(mac) == [1]
    finally:
        run(f"{param} false; ip link set pf0 vf 0 mac {zero}; ip link set pf0 vf 1 mac {zero}")
        for n in (0, 1):
            fabric.host.wait_until(f"! ip -n v{n} link show vf{n} | grep {mac}", timeout=10)
            fabric.wait_carrier(f"v{n}", f"vf{n}")
