# SPDX-License-Identifier: GPL-2.0-only
"""A macvlan of the PF with its own pool and queue (l2-fwd-offload), beside VFs."""
from collections.abc import Iterator

import pytest

from lab.fabric import BROADCAST, PF_IP, WIRE_IP, WIRE_MAC, Fabric, Frame, vf_ip
from lab.regs82576 import EIAC, PF_POOL, RXQ, TXQ

QUEUES = [range(queue(PF_POOL - 1), queue(PF_POOL)) for queue in (RXQ, TXQ)]
GROUP = "01:00:5e:01:02:04"
PINGS = 10


def mv_ip(n: int) -> str:
    """The IP address of macvlan n."""
    return f"10.82.0.{100 + n}"


def mv_mac(n: int) -> str:
    """The MAC address of macvlan n."""
    return f"02:00:00:00:78:0{n}"


def add_macvlan(fabric: Fabric, n: int) -> None:
    """Add mv<n>, up, in a namespace of the same name."""
    name = f"mv{n}"
    fabric.run(
        "",
        f"ip netns add {name} && ip link add link pf0 name {name} address {mv_mac(n)}"
        f" type macvlan mode bridge && ip link set {name} netns {name} &&"
        f" ip -n {name} address add {mv_ip(n)}/16 dev {name} && ip -n {name} link set {name} up",
    )


def left_behind(clean: dict[int, int], fabric: Fabric) -> dict[int, int]:
    """Registers that differ from before. The queue's own may have been cleared."""
    return {
        offset: value
        for offset, value in fabric.registers().items()
        if value != clean[offset]
        and offset != EIAC  # QEMU only sets bits in it
        and (value or not any(offset in queue for queue in QUEUES))
    }


def pings_by_queue(fabric: Fabric, ns: str, address: str) -> list[int]:
    """Packets by receive queue of the PF, while @ns pings."""
    before = fabric.stats("", "pf0")
    fabric.ping(ns, address, PINGS)
    after = fabric.stats("", "pf0")
    return [after[f"rx{q}_packets"] - before[f"rx{q}_packets"] for q in range(2)]


@pytest.fixture
def offloading(fabric: Fabric) -> Iterator[Fabric]:
    """The offload is on; macvlans are deleted afterwards."""
    fabric.run("", "ethtool -K pf0 l2-fwd-offload on")
    yield fabric
    fabric.run("", "for n in 0 1; do [ ! -e /run/netns/mv$n ] || ip netns del mv$n; done")
    fabric.run("", "ethtool -K pf0 l2-fwd-offload off", check=False)


@pytest.mark.full(kernel="debug")
def test_own_queue(offloading: Fabric) -> None:
    """Its unicast arrives by its own queue, multicast once, its own never; nothing is left."""
    fabric = offloading
    clean = fabric.registers()
    add_macvlan(fabric, 0)
    fabric.run("mv0", f"ip maddr add {GROUP} dev mv0; sleep 0.3")
    assert fabric.pools_of(mv_mac(0)) == [PF_POOL - 1]
    assert left_behind(clean, fabric)
    own, station = pings_by_queue(fabric, "v0", mv_ip(0))
    assert station >= PINGS > own
    own, station = pings_by_queue(fabric, "", WIRE_IP)
    assert own >= PINGS > station
    fabric.ping("mv0", vf_ip(0))
    fabric.ping("mv0", WIRE_IP, size=1472)

    vf0, mv0 = fabric.vf_mac(0), mv_mac(0)
    expected = {
        Frame("vf0", mv0, vf0): {"mv0", "pf"},  # "pf" receives what its macvlans receive
        Frame("wire", mv0, WIRE_MAC): {"mv0", "pf"},
        Frame("mv0", vf0, mv0): {"vf0"},
        Frame("mv0", WIRE_MAC, mv0): {"wire"},
        Frame("mv0", BROADCAST, mv0): {"vf0", "vf1", "wire"},
        Frame("vf0", BROADCAST, vf0): {"vf1", "wire", "pf", "mv0"},
        Frame("wire", BROADCAST, WIRE_MAC): {"vf0", "vf1", "pf", "mv0"},
        # "vf1" by the hash table, which all pools share
        Frame("vf0", GROUP, vf0): {"vf1", "pf", "mv0"},
    }
    got = fabric.probe(list(expected), ["pf", "wire", "vf0", "vf1", "mv0"])
    for (frame, ports), received in zip(expected.items(), got):
        copies = {port: len(got_there) for port, got_there in received.items()}
        assert copies == dict.fromkeys(ports, 1), frame

    fabric.reset_pf()
    assert fabric.pools_of(mv_mac(0)) == [PF_POOL - 1]
    own, station = pings_by_queue(fabric, "v0", mv_ip(0))
    assert station >= PINGS > own
    fabric.run("", "ip netns del mv0; sleep 0.3")
    assert not left_behind(clean, fabric)
    fabric.ping("v0", PF_IP)


@pytest.mark.full(kernel="debug")
def test_vfs_come_first(offloading: Fabric) -> None:
    """Without VFs, or when VFs have all pools, it shares the PF's queue; then it gets its own."""
    fabric = offloading
    add_macvlan(fabric, 0)
    assert fabric.pools_of(mv_mac(0)) == [PF_POOL - 1]
    fabric.remove_vfs()
    fabric.ping("mv0", WIRE_IP)
    fabric.host.write(fabric.numvfs_path, 7)
    assert fabric.pools_of(mv_mac(0)) == [PF_POOL]
    fabric.ping("mv0", WIRE_IP)
    fabric.set_vfs(2)
    own, station = pings_by_queue(fabric, "v1", mv_ip(0))
    assert station >= PINGS > own


@pytest.mark.full()
def test_changes_meanwhile(offloading: Fabric) -> None:
    """A macvlan waits for a pool, gets it, and keeps it during other changes, until unload."""
    fabric = offloading
    mark = fabric.mark_log("stations come")
    add_macvlan(fabric, 0)
    add_macvlan(fabric, 1)
    assert fabric.pools_of(mv_mac(1)) == [PF_POOL]
    assert "mv1 shares the PF's queue: no queue pair is left" in fabric.dmesg_since(mark)
    fabric.ping("v0", mv_ip(1))
    fabric.run("", "ip netns del mv0; sleep 0.3")
    assert fabric.pools_of(mv_mac(1)) == [PF_POOL - 1]
    fabric.run("mv1", f"ip link set mv1 address {mv_mac(7)}; sleep 2.5")
    assert fabric.pools_of(mv_mac(1)) == []
    assert fabric.pools_of(mv_mac(7)) == [PF_POOL - 1]

    fabric.run("", "ethtool -t pf0 offline")
    fabric.run("", "ethtool -G pf0 rx 256; ip link set pf0 down; ip link set pf0 up")
    fabric.pf_up()
    own, station = pings_by_queue(fabric, "v1", mv_ip(1))
    assert station >= PINGS > own
    fabric.run("", "ethtool -K pf0 l2-fwd-offload off")
    assert fabric.pools_of(mv_mac(7)) == [PF_POOL]
    own, station = pings_by_queue(fabric, "v1", mv_ip(1))
    assert own >= PINGS and not station
    fabric.run("", "ethtool -G pf0 rx 512; ethtool -K pf0 l2-fwd-offload on")
    assert fabric.pools_of(mv_mac(7)) == [PF_POOL - 1]
    fabric.remove_vfs()
    fabric.run("", "ethtool -L pf0 combined 1; ethtool -L pf0 combined 2")
    fabric.set_vfs(2)
    own, station = pings_by_queue(fabric, "v1", mv_ip(1))
    assert station >= PINGS > own

    fabric.unload()
    fabric.load()
    fabric.set_vfs(2)
    fabric.ping("v0", PF_IP)


@pytest.mark.full()
def test_address_of_a_vf(offloading: Fabric) -> None:
    """If a guest's VF and macvlan have one address, the frames follow the VF's driver."""
    fabric = offloading
    mac = fabric.vf_mac(1)
    add_macvlan(fabric, 0)
    fabric.run("mv0", f"ip link set mv0 down; ip link set mv0 address {mac}; ip link set mv0 up")
    assert fabric.pools_of(mac) == [1]
    fabric.unbind_vf(1)
    fabric.run("", "sleep 0.3")
    assert fabric.pools_of(mac) == [PF_POOL - 1]
    (got,) = fabric.receivers([Frame("vf0", mac, fabric.vf_mac(0))], ["vf0", "mv0"])
    assert got == {"mv0"}
    fabric.bind_vf(1)
    assert fabric.pools_of(mac) == [1]
