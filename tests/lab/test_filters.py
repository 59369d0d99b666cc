# SPDX-License-Identifier: GPL-2.0-only
"""Which function receives which frames: VLANs, addresses, multicast, promiscuous mode."""
from collections.abc import Callable

import pytest

from lab.fabric import (
    BROADCAST,
    FOREIGN_MAC,
    PF_IP,
    WIRE_MAC,
    Fabric,
    Frame,
    poll_until,
    vf_ip,
    vf_ns,
)
from lab.errors import CommandFailed
from lab.regs82576 import (
    EIMC,
    EIMS,
    PF_POOL,
    VFTA,
    VLVF,
    VLVF_ENTRIES,
    VLVF_POOL,
    VLVF_VIEN,
    VMOLR,
    VMOLR_MPME,
    VMOLR_ROMPE,
    VMOLR_ROPE,
    field,
)


GROUP = "01:00:5e:01:02:03"
UNKNOWN_GROUP = "01:00:5e:7a:7b:7c"
SHARED_MAC = "00:00:5e:00:01:33"  # address of a virtual router
FOREIGN = 77  # a VLAN that no function uses
MISC_VECTOR = 1 << 0


def registers_of_vlans(fabric: Fabric) -> list[int]:
    """The VLAN filters of the pools."""
    return sorted(fabric.host.reg(VLVF(n)) for n in range(VLVF_ENTRIES))


@pytest.mark.full(kernel="debug")
def test_truth_table(fabric: Fabric) -> None:
    """Each frame arrives exactly where it should, and never at its sender."""
    macs = {"pf": fabric.mac("", "pf0"), "wire": WIRE_MAC}
    macs |= {f"vf{n}": fabric.vf_mac(n) for n in range(2)}
    frames, expected = [], []
    for sender, src in macs.items():
        for receiver, dst in macs.items():
            if receiver != sender:
                frames.append(Frame(sender, dst, src))
                expected.append({receiver})
        frames.append(Frame(sender, BROADCAST, src))
        expected.append(set(macs) - {sender})
    got = fabric.receivers(frames)
    for frame, ports, wanted in zip(frames, got, expected):
        assert ports == wanted, frame


@pytest.mark.full(kernel="debug")
def test_unknown_unicast(fabric: Fabric) -> None:
    """A frame for an unknown address reaches no VF."""
    (got,) = fabric.receivers([Frame("wire", FOREIGN_MAC, WIRE_MAC)])
    assert not got & {"vf0", "vf1"}


@pytest.mark.kernels("stock")
def test_additional_unicast(fabric: Fabric) -> None:
    """Frames for a macvlan's address arrive until the macvlan is deleted."""
    fabric.run("v0", "ip link add link vf0 name mv address 02:00:00:00:77:01 type macvlan")
    fabric.run("v0", "ip link set mv up")
    fabric.host.run("sleep 0.5")
    own, added = fabric.vf_mac(0), "02:00:00:00:77:01"
    got = fabric.receivers([Frame("wire", own, WIRE_MAC), Frame("wire", added, WIRE_MAC)])
    assert all("vf0" in ports for ports in got)
    fabric.run("v0", "ip link del mv")
    fabric.host.run("sleep 0.5")
    own_got, added_got = fabric.receivers(
        [Frame("wire", own, WIRE_MAC), Frame("wire", added, WIRE_MAC)]
    )
    assert "vf0" in own_got
    assert "vf0" not in added_got


def macvlan(fabric: Fabric, n: int, name: str, mac: str) -> None:
    """Add a macvlan, which is up, on VF n."""
    fabric.run(
        vf_ns(n),
        f"ip link add link vf{n} name {name} address {mac} type macvlan mode private;"
        f"ip link set {name} up",
    )


@pytest.mark.kernels("stock")
def test_shared_address_moves_on(fabric: Fabric) -> None:
    """Two VFs request one additional address: when the first releases it, the other gets it."""
    frame = [Frame("wire", SHARED_MAC, WIRE_MAC)]

    def moved(to: list[int]) -> bool:
        return poll_until(lambda: fabric.pools_of(SHARED_MAC), to, 3) == to

    mark = fabric.mark_log("shared address")
    macvlan(fabric, 0, "shared", SHARED_MAC)
    assert moved([0])
    macvlan(fabric, 1, "shared", SHARED_MAC)
    told = "another VF or the host uses it"
    assert poll_until(lambda: told in fabric.dmesg_since(mark), True, 3)
    assert fabric.receivers(frame) == [{"vf0"}]
    fabric.run("v0", "ip link del shared")
    assert moved([1])
    assert fabric.receivers(frame) == [{"vf1"}]

    # A VF that is down releases the address, and requests it again later.
    macvlan(fabric, 0, "shared", SHARED_MAC)
    fabric.run("v1", "ip link set vf1 down")
    assert moved([0])
    fabric.run("v1", "ip link set vf1 up")
    fabric.wait_carrier("v1", "vf1")
    assert fabric.pools_of(SHARED_MAC) == [0]
    fabric.run("v0", "ip link del shared")
    assert moved([1])
    fabric.run("v1", "ip link del shared")
    assert moved([])


@pytest.mark.kernels("stock")
def test_shared_address_of_trusted_vfs(fabric: Fabric) -> None:
    """Both receive the frames; without trust only one of them has the address."""
    frame = [Frame("wire", SHARED_MAC, WIRE_MAC)]
    for n in range(2):
        fabric.host.run(f"ip link set pf0 vf {n} trust on")
        macvlan(fabric, n, "shared", SHARED_MAC)
    assert poll_until(lambda: fabric.pools_of(SHARED_MAC), [0, 1], 3) == [0, 1]
    assert fabric.receivers(frame) == [{"vf0", "vf1"}]
    fabric.host.run("ip link set pf0 vf 1 trust off")
    assert fabric.pools_of(SHARED_MAC) == [0]
    fabric.host.run("ip link set pf0 vf 0 trust off")
    fabric.run("v0", "ip link del shared")
    assert poll_until(lambda: fabric.pools_of(SHARED_MAC), [1], 3) == [1]
    fabric.run("v1", "ip link del shared")


@pytest.mark.kernels("stock")
def test_more_addresses_than_filters(fabric: Fabric) -> None:
    """Of six macvlans all work on a trusted VF, three on an untrusted one, both at once."""
    macs = [f"02:00:00:00:78:0{i}" for i in range(6)]
    frames = [Frame("wire", mac, WIRE_MAC) for mac in (*macs, FOREIGN_MAC)]

    def got() -> list[bool]:
        return ["vf0" in ports for ports in fabric.receivers(frames)]

    mark = fabric.mark_log("six macvlans")
    for i, mac in enumerate(macs):
        macvlan(fabric, 0, f"mac{i}", mac)
    assert poll_until(lambda: "no receive address is left" in fabric.dmesg_since(mark), True, 3)
    assert got() == [True] * 3 + [False] * 4
    fabric.host.run("ip link set pf0 vf 0 trust on")
    assert poll_until(got, [True] * 6 + [False], 3) == [True] * 6 + [False]
    fabric.host.run("ip link set pf0 vf 0 trust off")
    assert got() == [True] * 3 + [False] * 4
    for i in range(6):
        fabric.run("v0", f"ip link del mac{i}")


@pytest.mark.kernels("stock")
def test_address_of_a_running_pf(fabric: Fabric) -> None:
    """The user, a passthru macvlan and a bond change the address; VFs' addresses are refused."""
    fabric.run("v0", f"ping -c 1 -W 2 {PF_IP}")
    old, moved = fabric.mac("", "pf0"), "02:00:00:00:77:02"
    ways = (
        ("ip link set pf0 address {}", "true"),
        (
            "ip link add link pf0 name mv type macvlan mode passthru && ip link set mv address {}",
            "ip link del mv",
        ),
        (
            "ip link add bd type bond mode active-backup && ip link set pf0 down &&"
            " ip link set pf0 master bd && ip link set bd up address {}",
            "ip link set pf0 nomaster; ip link del bd",
        ),
    )
    for change, undo in ways:
        fabric.host.run(change.format(moved))
        fabric.wait_carrier("", "pf0")
        at_old, at_new = fabric.receivers(
            [Frame("vf0", old, fabric.vf_mac(0)), Frame("vf0", moved, fabric.vf_mac(0))]
        )
        fabric.host.run(f"{undo}; ip link set pf0 address {old}")
        fabric.pf_up()
        assert "pf" in at_new - at_old, change
    with pytest.raises(CommandFailed, match="in use"):
        fabric.host.run(f"ip link set pf0 address {fabric.vf_mac(0)}")
    fabric.ping("v0", PF_IP)


@pytest.mark.full(kernel="debug")
def test_vlan_filter(fabric: Fabric) -> None:
    """Frames with an added VID, VID 0 and no tag arrive, others do not; after removal neither."""
    mac = fabric.vf_mac(0)
    fabric.run("v0", "ip link add link vf0 name vf0.11 type vlan id 11; ip link set vf0.11 up")
    vids = [None, 0, 11, 12, 500, 4095]
    frames = [Frame("wire", mac, WIRE_MAC, vlan=vid) for vid in vids]
    assert ["vf0" in ports for ports in fabric.receivers(frames)] == [True] * 3 + [False] * 3
    fabric.run("v0", "ip link del vf0.11")
    assert ["vf0" in ports for ports in fabric.receivers(frames)] == [True] * 2 + [False] * 4


@pytest.mark.kernels("stock")
def test_foreign_vlan(fabric: Fabric) -> None:
    """If a frame of a VLAN that a VF does not use reaches it, the frame keeps its tag."""
    host, mac = fabric.host, fabric.vf_mac(0)
    vlvf, vfta = VLVF(VLVF_ENTRIES - 1), VFTA(FOREIGN // 32)
    assert not host.reg(vlvf)
    table = host.reg(vfta)
    host.poke(vfta, table | 1 << FOREIGN % 32)
    host.poke(vlvf, VLVF_VIEN | field(VLVF_POOL, 1) | FOREIGN)
    (received,) = fabric.probe([Frame("wire", mac, WIRE_MAC, vlan=FOREIGN)])
    host.poke(vlvf, 0)
    host.poke(vfta, table)
    assert [tci for tci, _ in received["vf0"]] == [FOREIGN]


@pytest.mark.full(kernel="debug")
def test_vlan_traffic(fabric: Fabric) -> None:
    """VLAN devices of VFs and PF exchange frames; tags are stripped and inserted."""
    for ns, dev, last in (("v0", "vf0", 10), ("v1", "vf1", 11), ("", "pf0", 1)):
        fabric.run(
            ns,
            f"ip link add link {dev} name {dev}.21 type vlan id 21; ip link set {dev}.21 up;"
            f"ip address add 10.21.0.{last}/24 dev {dev}.21",
        )
    fabric.ping("v0", "10.21.0.11")
    fabric.ping("v0", "10.21.0.1")
    (received,) = fabric.probe([Frame("vf0", fabric.vf_mac(1), fabric.vf_mac(0), vlan=21)])
    assert [tci for tci, _ in received["vf1"]] == [21]
    assert "wire" not in received
    for ns, dev in (("v0", "vf0"), ("v1", "vf1"), ("", "pf0")):
        fabric.run(ns, f"ip link del {dev}.21")


@pytest.mark.full(outer="802.1q")
@pytest.mark.kernels("stock")
@pytest.mark.parametrize("outer", ["802.1q", "802.1ad"])
def test_two_tags(fabric: Fabric, outer: str) -> None:
    """Frames of full MTU with two tags pass from VF to VF, and to the PF."""
    ends = (("v0", "vf0", 10), ("v1", "vf1", 11), ("", "pf0", 1))
    for ns, dev, last in ends:
        fabric.run(
            ns,
            f"ip link add link {dev} name outer type vlan proto {outer} id 22;"
            "ip link set outer up;"
            "ip link add link outer name inner type vlan id 23; ip link set inner up;"
            f"ip address add 10.22.0.{last}/24 dev inner",
        )
    fabric.ping("v0", "10.22.0.11", size=1472)
    fabric.ping("v1", "10.22.0.1", size=1472)
    for ns, _, _ in ends:
        fabric.run(ns, "ip link del outer")


@pytest.mark.kernels("stock")
def test_vlan_limit(fabric: Fabric) -> None:
    """Beyond a VF's share of VLANs requests fail with ENOSPC or EPERM; the others keep working."""
    made = []
    with pytest.raises(CommandFailed):
        for vid in range(200, 240):
            fabric.run("v0", f"ip link add link vf0 name t{vid} type vlan id {vid}")
            made.append(vid)
    assert made
    mac = fabric.vf_mac(0)
    got = fabric.receivers([Frame("wire", mac, WIRE_MAC, vlan=vid) for vid in made])
    assert all("vf0" in ports for ports in got)
    for vid in made:
        fabric.run("v0", f"ip link del t{vid}")
    fabric.ping("v0", vf_ip(1))


@pytest.mark.kernels("stock")
def test_rtnl_does_not_wait_for_the_pf(fabric: Fabric, note: Callable[[str], None]) -> None:
    """A PF that polls the mailbox only every two seconds does not delay operations of VFs."""
    host = fabric.host
    vlans = registers_of_vlans(fabric)
    vids = range(5, 9)
    for vid in vids:
        fabric.run("v0", f"ip link add link vf0 name vf0.{vid} type vlan id {vid}")
    removals = "; ".join(f"ip link del vf0.{vid}" for vid in vids)
    timed = "start=$(date +%s%N); {}; echo $((($(date +%s%N) - start) / 1000000))"
    host.poke(EIMC, MISC_VECTOR)
    try:
        # Replies to four requests would take four polls. The removals are still pending
        # when the next request, whose reply counts, is sent.
        removal = int(fabric.run("v0", timed.format(removals)).out)
        other = int(fabric.run("v0", timed.format("ip link set vf0 mtu 1400 2> /dev/null")).out)
    finally:
        host.poke(EIMS, MISC_VECTOR)
    fabric.wait_carrier("v0", "vf0", timeout=20)
    fabric.run("v0", "ip link set vf0 mtu 1500")
    note(f"PF without interrupts: 4 VLANs removed in {removal} ms, MTU changed in {other} ms")
    assert removal < 4000 and other < 3000
    assert poll_until(lambda: registers_of_vlans(fabric), vlans, 20) == vlans
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_multicast_join_and_leave(fabric: Fabric) -> None:
    """Frames of a joined group arrive; those of unknown and left groups do not."""
    frames = [Frame("wire", group, WIRE_MAC) for group in (GROUP, UNKNOWN_GROUP)]
    assert ["vf0" in ports for ports in fabric.receivers(frames)] == [False, False]
    fabric.run("v0", f"ip maddr add {GROUP} dev vf0; sleep 0.5")
    assert ["vf0" in ports for ports in fabric.receivers(frames)] == [True, False]
    fabric.run("v0", f"ip maddr del {GROUP} dev vf0; sleep 0.5")
    assert ["vf0" in ports for ports in fabric.receivers(frames)] == [False, False]


def join_many(fabric: Fabric, verb: str, count: int) -> None:
    fabric.run(
        "v0",
        f"for i in $(seq 1 {count}); do"
        f"  ip maddr {verb} 01:00:5e:40:00:$(printf %02x $i) dev vf0; done; sleep 1",
    )


@pytest.mark.full()
@pytest.mark.kernels("stock")
def test_many_groups_untrusted(fabric: Fabric) -> None:
    """More groups than fit do not make an untrusted VF all-multicast; the log has a message."""
    mark = fabric.mark_log("many groups")
    join_many(fabric, "add", 40)
    (unknown,) = fabric.receivers([Frame("wire", UNKNOWN_GROUP, WIRE_MAC)])
    assert "vf0" not in unknown
    assert "trust" in fabric.dmesg_since(mark)
    join_many(fabric, "del", 40)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.kernels("stock")
def test_many_groups_trusted(fabric: Fabric) -> None:
    """A trusted VF is all-multicast until it has left the groups."""
    fabric.host.run("ip link set pf0 vf 0 trust on")
    join_many(fabric, "add", 40)
    frames = [
        Frame("wire", UNKNOWN_GROUP, WIRE_MAC),
        Frame("wire", "01:00:5e:40:00:01", WIRE_MAC),
        Frame("wire", "01:00:5e:40:00:28", WIRE_MAC),
    ]
    assert all("vf0" in ports for ports in fabric.receivers(frames))
    join_many(fabric, "del", 40)
    assert "vf0" not in fabric.receivers(frames)[0]
    fabric.host.run("ip link set pf0 vf 0 trust off")


@pytest.mark.kernels("stock")
def test_promiscuous_needs_trust(fabric: Fabric) -> None:
    """Refused without trust; a trusted VF receives unknown unicast until it is switched off."""
    frame = [Frame("wire", FOREIGN_MAC, WIRE_MAC)]
    fabric.run("v0", "ip link set vf0 promisc on; sleep 0.5")
    assert "vf0" not in fabric.receivers(frame)[0]
    fabric.run("v0", "ip link set vf0 promisc off; sleep 0.5")
    fabric.host.run("ip link set pf0 vf 0 trust on")
    fabric.run("v0", "ip link set vf0 promisc on; sleep 0.5")
    assert "vf0" in fabric.receivers(frame)[0]
    fabric.run("v0", "ip link set vf0 promisc off; sleep 0.5")
    assert "vf0" not in fabric.receivers(frame)[0]
    fabric.host.run("ip link set pf0 vf 0 trust off")


@pytest.mark.kernels("stock")
def test_trust_withdrawn(fabric: Fabric) -> None:
    """When trust is withdrawn, a VF stops being promiscuous at once."""
    frame = [Frame("wire", FOREIGN_MAC, WIRE_MAC)]
    fabric.host.run("ip link set pf0 vf 0 trust on")
    fabric.run("v0", "ip link set vf0 promisc on; sleep 0.5")
    fabric.host.run("ip link set pf0 vf 0 trust off")
    assert "vf0" not in fabric.receivers(frame)[0]
    fabric.run("v0", "ip link set vf0 promisc off; sleep 0.5")


@pytest.mark.full()
@pytest.mark.kernels("stock")
def test_ipv6_on_seven_vfs(fabric: Fabric) -> None:
    """Duplicate address detection and neighbour discovery work on every VF."""
    fabric.set_vfs(7)
    for n in range(7):
        fabric.run(f"v{n}", f"ip -6 address add fd83::1{n}/64 dev vf{n}")
    fabric.host.run("sleep 3")
    for n in range(7):
        out = fabric.run(f"v{n}", f"ip -6 address show dev vf{n}").out
        assert "tentative" not in out and "dadfailed" not in out, out
    for n in range(1, 7):
        fabric.ping("v0", f"fd83::1{n}", count=1)
    fabric.set_vfs(2)


@pytest.mark.kernels("stock")
def test_pf_filters_without_vfs(fabric: Fabric) -> None:
    """The PF alone: own address, VLAN, multicast, promiscuous mode on and off."""
    fabric.remove_vfs()
    mac, ports = fabric.mac("", "pf0"), ["pf", "wire"]
    frames = [
        Frame("wire", mac, WIRE_MAC),
        Frame("wire", FOREIGN_MAC, WIRE_MAC),
        Frame("wire", GROUP, WIRE_MAC),
        Frame("wire", mac, WIRE_MAC, vlan=31),
    ]

    def pf_got() -> list[bool]:
        return ["pf" in got for got in fabric.receivers(frames, ports)]

    assert pf_got() == [True, False, False, False]
    fabric.run("", f"ip maddr add {GROUP} dev pf0; ip link add link pf0 name p31 type vlan id 31")
    fabric.run("", "sleep 0.3")
    assert pf_got() == [True, False, True, True]
    fabric.run("", f"ip maddr del {GROUP} dev pf0; ip link del p31; ip link set pf0 promisc on")
    fabric.run("", "sleep 0.3")
    assert pf_got() == [True, True, True, True]
    fabric.run("", "ip link set pf0 promisc off; sleep 0.3")
    assert pf_got() == [True, False, False, False]
    fabric.set_vfs(2)


@pytest.mark.kernels("stock")
def test_what_vfs_see_of_a_promiscuous_pf(fabric: Fabric) -> None:
    """QEMU's VFs receive frames for guests behind the PF, unless a filter or a VLAN prevents it.

    The model uses ROMPE where hardware uses ROPE and MPME, which only the PF's pool has.
    """
    host, promisc = fabric.host, VMOLR_ROPE | VMOLR_MPME
    frames = [Frame("wire", mac, WIRE_MAC) for mac in (FOREIGN_MAC, UNKNOWN_GROUP)]
    host.run("ip link set pf0 promisc on; sleep 0.3")
    assert host.reg(VMOLR(PF_POOL)) & promisc == promisc
    modes = promisc | VMOLR_ROMPE
    assert [host.reg(VMOLR(n)) & modes for n in range(2)] == [VMOLR_ROMPE, VMOLR_ROMPE]
    assert fabric.receivers(frames) == [{"pf", "vf0", "vf1"}, {"pf", "vf0", "vf1"}]
    host.run(f"bridge fdb add {FOREIGN_MAC} dev pf0; ip link set pf0 vf 1 vlan 41")
    assert fabric.receivers(frames) == [{"pf"}, {"pf", "vf0"}]
    host.run(f"bridge fdb del {FOREIGN_MAC} dev pf0; ip link set pf0 vf 1 vlan 0")
    host.run("ip link set pf0 promisc off; sleep 0.3")
    assert fabric.receivers(frames) == [set(), set()]


@pytest.mark.full(kernel="debug")
def test_pf_promiscuous_with_vfs(fabric: Fabric) -> None:
    """While promiscuous, the PF with VFs receives unknown unicast from the wire and from VFs."""
    frames = [Frame("wire", FOREIGN_MAC, WIRE_MAC), Frame("vf0", FOREIGN_MAC, fabric.vf_mac(0))]
    fabric.run("", "ip link set pf0 promisc on; sleep 0.3")
    assert all("pf" in got for got in fabric.receivers(frames))
    fabric.run("", "ip link set pf0 promisc off; sleep 0.3")
    assert "vf1" not in fabric.receivers(frames)[0]
