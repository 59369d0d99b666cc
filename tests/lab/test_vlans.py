# SPDX-License-Identifier: GPL-2.0-only
"""More VLANs on the PF than the device has filters: bridges with trunks, beside VFs."""
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.fabric import BROADCAST, PF_IP, WIRE_MAC, Fabric, Frame
from lab.regs82576 import (
    VFTA,
    VFTA_WORDS,
    VLVF,
    VLVF_ENTRIES,
    VLVF_VID,
    VLVF_VIEN,
    VT_CTL,
    VT_CTL_DIS_DEF_POOL,
)

pytestmark = pytest.mark.kernels("stock")

GROUP = "01:00:5e:01:02:03"
LAST = {"br0": 1, "vf1": 11, "wire0": 254}
PLACES = {"br0": "", "vf1": "v1", "wire0": "wire"}


def filters(fabric: Fabric) -> dict[int, int]:
    """VLANs that have a pool filter, and its members."""
    words = [fabric.host.reg(VLVF(n)) for n in range(VLVF_ENTRIES)]
    return {word & VLVF_VID: word >> 12 & 0xFF for word in words if word & VLVF_VIEN}


def vlan_device(fabric: Fabric, dev: str, vid: int) -> None:
    """A VLAN device with an address, 10.<VID % 256>.0.x."""
    fabric.run(
        PLACES[dev],
        f"ip link add link {dev} name {dev}.{vid} type vlan id {vid} && ip link set {dev}.{vid} up"
        f" && ip address add 10.{vid % 256}.0.{LAST[dev]}/24 dev {dev}.{vid}",
    )


@contextmanager
def bridge(fabric: Fabric, options: str) -> Iterator[None]:
    """The PF as a port of br0, which has the PF's address."""
    fabric.host.run(
        f"""ip link add br0 type bridge {options} && ip link set br0 up && ip address flush dev pf0
        ip link set pf0 master br0 && ip address add {PF_IP}/16 dev br0"""
    )
    try:
        yield
    finally:
        for dev, ns in PLACES.items():
            fabric.run(
                ns, f"for d in /sys/class/net/{dev}.*; do ip link del ${{d##*/}}; done", check=False
            )
        fabric.host.run("ip link del br0; ethtool -K pf0 rx-vlan-filter on")
        fabric.pf_up()


def add_all(fabric: Fabric) -> float:
    """Run `bridge vlan add vid 2-4094`; return the seconds that it took."""
    start = time.monotonic()
    fabric.host.run("bridge vlan add vid 2-4094 dev pf0", timeout=120)
    return time.monotonic() - start


def check_traffic(fabric: Fabric, vid: int) -> None:
    """Frames in a VLAN of host, wire and VF 1 arrive there, and not at VF 0."""
    pf, vf1 = fabric.mac("", "br0"), fabric.vf_mac(1)
    frames = {
        Frame("wire", BROADCAST, WIRE_MAC, vlan=vid): {"pf", "vf1"},
        Frame("wire", GROUP, WIRE_MAC, vlan=vid): {"pf"},
        Frame("wire", pf, WIRE_MAC, vlan=vid): {"pf"},
        Frame("wire", vf1, WIRE_MAC, vlan=vid): {"vf1"},
        Frame("wire", fabric.vf_mac(0), WIRE_MAC, vlan=vid): set(),
        Frame("vf1", BROADCAST, vf1, vlan=vid): {"pf", "wire"},
        Frame("vf1", pf, vf1, vlan=vid): {"pf"},
    }
    for frame, ports in zip(frames, fabric.receivers(list(frames))):
        # A bridge port receives frames that no pool accepts; the model also sends it all VFs'
        # groups.
        spare = {"pf", "vf1"} if frame.dst == GROUP else {"pf"}
        assert frames[frame] <= ports <= frames[frame] | spare, frame


@pytest.mark.full(vfs_first=True)
@pytest.mark.parametrize("vfs_first", [True, False])
def test_trunk(fabric: Fabric, vfs_first: bool) -> None:
    """A VLAN-aware bridge with all VLANs, created before or after VFs: they share VLANs."""
    host = fabric.host
    if not vfs_first:
        fabric.remove_vfs()
    host.run(f"ip maddr add {GROUP} dev pf0")
    with bridge(fabric, "vlan_filtering 1"):
        alone = add_all(fabric)
        host.run("bridge vlan add vid 100 dev br0 self; bridge vlan add vid 200 dev br0 self")
        vlan_device(fabric, "br0", 100)
        if not vfs_first:
            fabric.set_vfs(2)
        print(f"{alone:.2f} s for 4093 VLANs")
        assert not host.reg(VT_CTL) & VT_CTL_DIS_DEF_POOL
        vlan_device(fabric, "wire0", 100)
        fabric.ping("wire", "10.100.0.1")
        vlan_device(fabric, "vf1", 100)
        fabric.ping("v1", "10.100.0.1")
        fabric.ping("v1", "10.100.0.254")
        check_traffic(fabric, 100)
        # A VLAN of the host only, and a port VLAN that is set when all filters are in use
        vlan_device(fabric, "wire0", 200)
        vlan_device(fabric, "br0", 200)
        fabric.ping("wire", "10.200.0.1")
        assert len(filters(fabric)) == 32
        host.run("ip link set pf0 vf 0 vlan 300")
        macs = (BROADCAST, fabric.vf_mac(0))
        frames = [Frame("wire", mac, WIRE_MAC, vlan=vid) for vid in (100, 200, 300) for mac in macs]
        got = fabric.receivers(frames)
        assert [ports & {"vf0", "vf1"} for ports in got[:4]] == [{"vf1"}, set(), set(), set()]
        assert [ports & {"vf0", "vf1"} for ports in got[4:]] == [{"vf0"}, {"vf0"}]
        assert all("pf" in ports for ports in got[::2])
        host.run("ip link set pf0 vf 0 vlan 0")
        # Remove VLANs again
        host.run("bridge vlan del vid 101-4094 dev pf0; bridge vlan del vid 2-99 dev pf0")
        assert host.reg(VT_CTL) & VT_CTL_DIS_DEF_POOL
        assert set(filters(fabric)) == {0, 1, 100}
        assert [host.reg(VFTA(n)) for n in range(VFTA_WORDS)] == [3, 0, 0, 1 << 4] + 124 * [0]
        fabric.ping("wire", "10.100.0.1")
        fabric.ping("v1", "10.100.0.1")
    host.run(f"ip maddr del {GROUP} dev pf0")


def check_reachable(fabric: Fabric) -> None:
    """VLAN 100 of the host, with all filters in use, is reachable from wire and VF."""
    for ns in ("wire", "v1"):
        fabric.host.wait_until(f"ip netns exec {ns} ping -c 1 -W 1 10.100.0.1", timeout=20)
        fabric.ping(ns, "10.100.0.1")
    used = filters(fabric)
    assert len(used) == 32 and used[100] == 1 << 7 | 1 << 1
    assert not fabric.host.reg(VT_CTL) & VT_CTL_DIS_DEF_POOL
    assert fabric.host.reg(VFTA(127)) == 0x7FFFFFFF


@pytest.mark.full()
def test_trunk_outlives(fabric: Fabric) -> None:
    """With all VLANs on the PF, VLAN 100 works after a reset, other VFs and a reload."""
    host, device = fabric.host, f"/sys/bus/pci/devices/{fabric.pf_pci}"
    with bridge(fabric, "vlan_filtering 1"):
        add_all(fabric)
        host.run("bridge vlan add vid 100 dev br0 self")
        for dev in PLACES:
            vlan_device(fabric, dev, 100)
        check_reachable(fabric)
        host.run(f"echo 1 > {device}/reset", timeout=20)
        fabric.wait_carrier("", "pf0")
        check_reachable(fabric)
        fabric.set_vfs(2)
        vlan_device(fabric, "vf1", 100)
        check_reachable(fabric)
        host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60)
        fabric.wait_carrier("", "pf0")
        check_reachable(fabric)


@pytest.mark.parametrize("how", ["ethtool -K pf0 rx-vlan-filter off", "ip link set pf0 promisc on"])
def test_trunk_without_filter(fabric: Fabric, how: str) -> None:
    """A guest behind the PF's bridge uses a VLAN that the PF does not know, beside VFs."""
    host = fabric.host
    with bridge(fabric, ""):
        host.run(
            """ip netns add soft && ip link add soft0 type veth peer name eth0 netns soft
            ip link set soft0 master br0 up && ip -n soft link set eth0 up
            ip -n soft link add link eth0 name eth0.500 type vlan id 500
            ip -n soft link set eth0.500 up
            ip -n soft address add 10.244.0.2/24 dev eth0.500"""
        )
        host.run(how)
        vlan_device(fabric, "wire0", 500)
        fabric.ping("wire", "10.244.0.2", count=5)
        frames = [Frame("wire", mac, WIRE_MAC, vlan=500) for mac in (BROADCAST, fabric.vf_mac(0))]
        got = fabric.receivers(20 * frames)
        assert all("pf" in ports and not ports & {"vf0", "vf1"} for ports in got)
        host.run("ip link del soft0; ip netns del soft; ip link set pf0 promisc off")
