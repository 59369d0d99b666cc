# SPDX-License-Identifier: GPL-2.0-only
"""The embedded switch, and a software switch on the PF."""
import errno
import json
import time

import pytest

from lab.fabric import BROADCAST, PF_IP, WIRE_IP, WIRE_MAC, Fabric, Frame, vf_ip
from lab.errors import CommandFailed
from lab.regs82576 import DTXSWC, DTXSWC_LOOPBACK, PF_POOL, VMOLR, VMOLR_ROPE
from software_bridge import SOFT_IP, SOFT_MAC, bridged


# The largest number of addresses of the PF beside two VFs: security.rst, Shared tables
SHARED_FILTERS = 15


def behind(n: int) -> str:
    """An address behind the PF that only the administrator configures."""
    return f"02:00:00:00:b1:{n:02x}"


def mode_of(fabric: Fabric) -> str:
    """The mode that `bridge link` shows."""
    links = json.loads(fabric.host.run("bridge -j -d link show dev pf0").out)
    (mode,) = [link["hwmode"] for link in links if "hwmode" in link]
    return mode.lower()


def filters_of(fabric: Fabric) -> set[str]:
    """Unicast addresses in the PF's own forwarding table."""
    entries = json.loads(fabric.host.run("bridge -j fdb show dev pf0").out)
    own = {entry["mac"] for entry in entries if "self" in entry["flags"]}
    return {mac for mac in own if not int(mac[:2], 16) & 1}


def fdb(fabric: Fabric, verb: str, *macs: str) -> None:
    """Run bridge fdb add|del."""
    lines = "".join(f"fdb {verb} {mac} dev pf0\n" for mac in macs)
    fabric.host.run(f"printf '{lines}' | bridge -batch -")


@pytest.mark.full(kernel="debug")
def test_vepa(fabric: Fabric) -> None:
    """Frames between VFs leave only through the wire until the mode is VEB again."""
    host, first, second = fabric.host, fabric.vf_mac(0), fabric.vf_mac(1)
    frames = [Frame("vf0", second, first), Frame("vf0", BROADCAST, first)]
    frames += [Frame("wire", second, WIRE_MAC)]
    assert mode_of(fabric) == "veb"
    assert host.reg(DTXSWC) & DTXSWC_LOOPBACK
    host.run("bridge link set dev pf0 hwmode vepa && bridge link set dev pf0 hwmode vepa")
    fabric.run("wire", "ip link set wire0 promisc on")
    assert fabric.receivers(frames) == [{"wire"}, {"wire"}, {"vf1"}]
    fabric.run("wire", "ip link set wire0 promisc off")
    with pytest.raises(CommandFailed, match="only the mode can be set"):
        host.run("bridge link set dev pf0 learning on self")
    assert mode_of(fabric) == "vepa"
    host.run("bridge link set dev pf0 hwmode veb")
    assert host.reg(DTXSWC) & DTXSWC_LOOPBACK
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_reset_keeps_mode_and_filters(fabric: Fabric) -> None:
    """The settings of bridge(8) survive a reset of the PF."""
    fabric.host.run("bridge link set dev pf0 hwmode vepa")
    fdb(fabric, "add", behind(1))
    fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset", timeout=20)
    assert mode_of(fabric) == "vepa"
    assert not fabric.host.reg(DTXSWC) & DTXSWC_LOOPBACK
    assert filters_of(fabric) == {behind(1)}
    assert fabric.pools_of(behind(1)) == [7]
    fdb(fabric, "del", behind(1))
    fabric.host.run("bridge link set dev pf0 hwmode veb")
    assert fabric.host.reg(DTXSWC) & DTXSWC_LOOPBACK
    fabric.pf_up()
    for n in range(fabric.vfs):
        fabric.host.wait_until(f"ip netns exec v{n} ping -c 1 -W 1 {PF_IP}", timeout=20)


@pytest.mark.full()
def test_mode_without_vfs(fabric: Fabric) -> None:
    """The mode can be set before VFs are created, and remains then."""
    fabric.remove_vfs()
    fabric.host.run("bridge link set dev pf0 hwmode vepa")
    assert not fabric.host.reg(DTXSWC)
    error, why = fabric.python("bridge_mode.py", "pf0", "2").split(maxsplit=1)
    assert int(error) == errno.EINVAL and "veb or vepa" in why
    assert mode_of(fabric) == "vepa"
    fabric.set_vfs(2)
    assert mode_of(fabric) == "vepa"
    assert fabric.host.reg(DTXSWC) and not fabric.host.reg(DTXSWC) & DTXSWC_LOOPBACK
    fabric.host.run("bridge link set dev pf0 hwmode veb")
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_exact_filters(fabric: Fabric) -> None:
    """`bridge fdb add` makes the PF receive the frames for an address, or reports a full table."""
    first, added = fabric.vf_mac(0), [behind(n) for n in range(SHARED_FILTERS)]
    fdb(fabric, "add", *added)
    assert filters_of(fabric) == set(added)
    for mac, why in (
        (behind(0x40), "all receive filters are in use"),
        (first, "the address is VF 0's"),
        (added[0], "File exists"),
    ):
        with pytest.raises(CommandFailed, match=why):
            fdb(fabric, "add", mac)
    assert filters_of(fabric) == set(added)
    assert not fabric.host.reg(VMOLR(PF_POOL)) & VMOLR_ROPE, "promiscuous instead"
    fdb(fabric, "del", added[0])
    fdb(fabric, "add", behind(0x40))
    senders = (("vf0", first), ("wire", WIRE_MAC))
    frames = [Frame(port, behind(0x40), mac) for port, mac in senders]
    frames += [Frame(port, added[0], mac) for port, mac in senders]
    assert ["pf" in got for got in fabric.receivers(frames)] == [True, True, False, False]
    fdb(fabric, "del", *added[1:], behind(0x40))
    assert filters_of(fabric) == set()


def reflected(fabric: Fabric) -> int:
    """Frames of the PF that the switch sent back to the PF."""
    stats = fabric.stats("", "pf0")
    return sum(value for name, value in stats.items() if name.endswith("_reflected"))


@pytest.mark.full(kernel="debug")
def test_software_switch(fabric: Fabric) -> None:
    """A guest behind a bridge on the PF exchanges frames with all; the bridge learns its port.

    The model sends the PF's frames back to the PF, as if the guest were on the wire.
    """
    with bridged(fabric):
        before = reflected(fabric)
        host = fabric.host
        host.run("stdbuf -oL bridge monitor fdb > /tmp/fdb & echo $! > /tmp/fdb.pid; sleep 0.2")
        host.write("/sys/class/net/soft0/brport/flush", 1)
        for ns, address in (
            ("soft", vf_ip(0)),
            ("v1", SOFT_IP),
            ("soft", WIRE_IP),
            ("v0", PF_IP),
        ):
            fabric.ping(ns, address)
        time.sleep(0.2)
        host.run("kill $(cat /tmp/fdb.pid)")
        learned = json.loads(host.run("bridge -j fdb show br br0").out)
        places = {at["mac"]: at["ifname"] for at in learned if "self" not in at["flags"]}
        assert places[SOFT_MAC] == "soft0"
        assert {places[mac] for mac in (fabric.vf_mac(0), fabric.vf_mac(1), WIRE_MAC)} == {"pf0"}
        entries = [line for line in host.read("/tmp/fdb").splitlines() if SOFT_MAC in line]
        assert entries and not [line for line in entries if "dev pf0" in line], entries
        assert reflected(fabric) > before
    fabric.ping("v0", PF_IP)
