# SPDX-License-Identifier: GPL-2.0-only
"""`ip link set pf0 vf N ...` and port VLANs."""
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab.fabric import FOREIGN_MAC, WIRE_IP, WIRE_MAC, Fabric, Frame, poll_until, vf_ip
from lab.errors import CommandFailed
from register_trace import limits_written, registers_read
from lab.regs82576 import DTXSWC, RQDPC, RXQ, spoof_checks


ADMIN_MAC = "02:11:22:33:44:55"
OTHER_MAC = "02:11:22:33:44:66"
ZERO_MAC = "00:00:00:00:00:00"
DEFAULTS = (
    f"mac {ZERO_MAC} vlan 0 qos 0 max_tx_rate 0 min_tx_rate 0 spoofchk on state auto trust off"
)
# RTTBCNRC: RS_ENA, and 1000 Mbit/s by 300, by 150, by the minimum of 1
LIMIT_300, LIMIT_150, LIMIT_1 = 0x8000D556, 0x8001AAAB, 0x80FA0000
DROPS = {RXQ(queue) + RQDPC for queue in (0, 8)}


def set_vf(fabric: Fabric, n: int, what: str) -> None:
    fabric.host.run(f"ip link set pf0 vf {n} {what}")


def settings(fabric: Fabric, n: int) -> dict:
    """A VF's settings in the output of `ip link`, without counters."""
    return {key: value for key, value in fabric.vf_info(n).items() if key != "stats"}


@pytest.mark.full(kernel="debug")
@pytest.mark.parametrize(
    "what",
    ["mac " + ADMIN_MAC, "vlan 5", "spoofchk off", "trust on", "state disable", "max_tx_rate 0"],
)
def test_index_out_of_range(fabric: Fabric, what: str) -> None:
    """The index of a VF that does not exist is refused (for a rate, ip itself checks it)."""
    with pytest.raises(CommandFailed, match="Invalid argument|Cannot find VF"):
        set_vf(fabric, fabric.vfs, what)


@pytest.mark.full(kernel="debug")
def test_no_vfs_no_index(fabric: Fabric) -> None:
    """Without VFs every index is EINVAL."""
    fabric.remove_vfs()
    for what in ("mac " + ADMIN_MAC, "vlan 5", "spoofchk off", "trust on", "state disable"):
        with pytest.raises(CommandFailed, match="Invalid argument"):
            set_vf(fabric, 0, what)
    fabric.set_vfs(2)


@pytest.mark.full(kernel="debug")
def test_readback(fabric: Fabric) -> None:
    """Settings read back at once, for that VF only; the defaults are accepted."""
    other = settings(fabric, 1)
    set_vf(fabric, 0, f"mac {ADMIN_MAC}")
    set_vf(fabric, 0, "vlan 100 qos 3")
    set_vf(fabric, 0, "spoofchk off")
    set_vf(fabric, 0, "trust on")
    set_vf(fabric, 0, "state enable")
    set_vf(fabric, 0, "max_tx_rate 300")
    info = fabric.vf_info(0)
    assert info["address"] == ADMIN_MAC
    assert info["vlan_list"][0]["vlan"] == 100
    assert info["vlan_list"][0]["qos"] == 3
    assert info["spoofchk"] is False
    assert info["trust"] is True
    assert info["link_state"] == "enable"
    assert info["rate"] == {"max_tx": 300, "min_tx": 0}
    assert settings(fabric, 1) == other
    for what in (f"mac {ZERO_MAC}", "vlan 0 qos 0", "spoofchk on", "trust off", "state auto"):
        set_vf(fabric, 0, what)
        set_vf(fabric, 0, what)
    set_vf(fabric, 0, "max_tx_rate 0")
    info = fabric.vf_info(0)
    assert info["address"] == ZERO_MAC
    assert info["vlan_list"][0].get("vlan", 0) == 0
    assert info["spoofchk"] is True
    fabric.rebind_vf(0)  # the VF releases the address that was set


@pytest.mark.full(kernel="debug")
def test_all_at_once(fabric: Fabric) -> None:
    """Tools send all attributes in one message: those to be changed, and all defaults."""
    before = settings(fabric, 0)
    set_vf(fabric, 0, "vlan 9 qos 3 max_tx_rate 300 spoofchk off state enable trust on")
    info = settings(fabric, 0)
    assert info["vlan_list"][0]["vlan"] == 9 and info["rate"]["max_tx"] == 300
    assert not info["spoofchk"] and info["link_state"] == "enable" and info["trust"]
    for _ in range(2):
        set_vf(fabric, 0, DEFAULTS)
        assert settings(fabric, 0) == before


@pytest.mark.full(kernel="debug")
def test_rate_limit(fabric: Fabric) -> None:
    """Both queues of the VF are limited, to the rate in total, and again after resets.

    QEMU has no scheduler: the test checks the register writes.
    """
    with limits_written(fabric.host) as limits:
        set_vf(fabric, 0, "max_tx_rate 300")
    assert limits == {0: LIMIT_150, 8: LIMIT_150}
    with limits_written(fabric.host) as limits:
        set_vf(fabric, 0, "max_tx_rate 300")
        fabric.run("v0", "ethtool -L vf0 combined 1")
    # The VF's driver may use the second queue although it is not assigned.
    assert limits == {0: LIMIT_300, 8: LIMIT_1}
    with limits_written(fabric.host) as limits:
        fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset")
        fabric.wait_carrier("v0", "vf0")
    assert limits == {0: LIMIT_300, 8: LIMIT_1}
    fabric.run("v0", "ethtool -L vf0 combined 2")
    with limits_written(fabric.host) as limits:
        fabric.reset_pf()
    assert limits == {queue: LIMIT_150 if queue in (0, 8) else 0 for queue in range(16)}
    assert fabric.vf_info(0)["rate"]["max_tx"] == 300
    with limits_written(fabric.host) as limits:
        set_vf(fabric, 0, "max_tx_rate 0")
    assert limits == {0: 0, 8: 0}


@pytest.mark.full(kernel="debug")
@pytest.mark.parametrize(
    "what, why",
    [
        ("max_tx_rate 1001", "Invalid argument"),
        ("max_tx_rate 300 min_tx_rate 100", "Operation not supported"),
        ("vlan 5 proto 802.1ad", "Protocol not supported"),
        ("node_guid 02:11:22:33:44:55:66:77", "Operation not supported"),
    ],
)
def test_what_the_device_cannot(fabric: Fabric, what: str, why: str) -> None:
    """Unsupported settings are refused and change nothing; the error or the log has the reason."""
    before = settings(fabric, 0)
    mark = fabric.mark_log(f"vf 0 {what}")
    with pytest.raises(CommandFailed, match=why):
        set_vf(fabric, 0, what)
    assert settings(fabric, 0) == before
    if "tx_rate" in what:
        assert f"VF 0: {'no min' if 'min' in what else 'max'}_tx_rate" in fabric.dmesg_since(mark)


@pytest.mark.full(kernel="debug")
@pytest.mark.parametrize("what", ["vlan 4096", "vlan 5 qos 8", "mac 01:00:5e:00:00:01"])
def test_bad_values(fabric: Fabric, what: str) -> None:
    """Values out of range are refused and change nothing."""
    before = fabric.registers(), fabric.host.run("ip -d link show pf0").out
    with pytest.raises(CommandFailed):
        set_vf(fabric, 0, what)
    assert (fabric.registers(), fabric.host.run("ip -d link show pf0").out) == before


@pytest.mark.full(kernel="debug")
def test_admin_mac(fabric: Fabric) -> None:
    """Set before the VF's driver loads, it is the VF's address; zero clears it."""
    default = fabric.vf_mac(0)
    set_vf(fabric, 0, f"mac {ADMIN_MAC}")
    fabric.rebind_vf(0)
    assert fabric.vf_mac(0) == ADMIN_MAC
    fabric.ping("v0", vf_ip(1))
    set_vf(fabric, 0, f"mac {ZERO_MAC}")
    fabric.rebind_vf(0)
    assert fabric.vf_mac(0) == default


@pytest.mark.full(kernel="debug")
def test_admin_mac_reaches_a_running_vf(fabric: Fabric) -> None:
    """A change while the VF's driver runs takes effect there without further action."""
    default = fabric.vf_mac(0)
    set_vf(fabric, 0, f"mac {ADMIN_MAC}")
    fabric.host.wait_until(f"ip -n v0 link show vf0 | grep -q {ADMIN_MAC}", 10)
    fabric.wait_carrier("v0", "vf0")
    fabric.run("v1", "ip neigh flush all")
    fabric.ping("v0", vf_ip(1))
    set_vf(fabric, 0, f"mac {ZERO_MAC}")
    fabric.rebind_vf(0)
    assert fabric.vf_mac(0) == default


@contextmanager
def announced(fabric: Fabric, ns: str, mac: str) -> Iterator[None]:
    """VF 0 announces, without a request, that its IPv4 and IPv6 addresses are at `mac`."""
    dev = "wire0" if ns == "wire" else ns.replace("v", "vf")
    addresses = (vf_ip(0), "fd82::10")
    for address in addresses:
        fabric.run(ns, f"ip neigh replace {address} lladdr {FOREIGN_MAC} dev {dev} nud reachable")
    yield
    for address in addresses:
        look = f"ip -n {ns} neigh show {address} dev {dev} | grep {mac}"
        fabric.host.wait_until(look, 5)
    fabric.run(ns, "ip neigh flush all")


@pytest.mark.kernels("stock")
def test_neighbours_are_told(fabric: Fabric) -> None:
    """A new address, port VLAN or data path: the VF announces its addresses at once."""
    default = fabric.vf_mac(0)
    with announced(fabric, "v1", ADMIN_MAC), announced(fabric, "wire", ADMIN_MAC):
        set_vf(fabric, 0, f"mac {ADMIN_MAC}")
    port = f"pci/{fabric.pf_pci}/1"
    with announced(fabric, "v1", ADMIN_MAC):
        fabric.host.run(f"devlink port function set {port} state inactive")
        fabric.wait_carrier("v0", "vf0", up=False)
        fabric.host.run(f"devlink port function set {port} state active")
    set_vf(fabric, 1, "vlan 5")
    with announced(fabric, "v1", ADMIN_MAC):
        set_vf(fabric, 0, "vlan 5")
    set_vf(fabric, 1, "vlan 0")
    with announced(fabric, "v1", ADMIN_MAC):
        set_vf(fabric, 0, "vlan 0")
    set_vf(fabric, 0, f"mac {ZERO_MAC}")
    fabric.rebind_vf(0)
    assert fabric.vf_mac(0) == default


@pytest.mark.kernels("stock")
def test_administrator_takes_a_guests_address(fabric: Fabric) -> None:
    """The host can use an address that a guest has chosen for another VF, the fdb and the PF."""
    fabric.rebind_vf(0)
    defaults, pf = [fabric.vf_mac(n) for n in range(2)], fabric.mac("", "pf0")
    ways = (
        (f"ip link set pf0 vf 1 mac {OTHER_MAC}", f"ip link set pf0 vf 1 mac {ZERO_MAC}"),
        (f"bridge fdb add {OTHER_MAC} dev pf0", f"bridge fdb del {OTHER_MAC} dev pf0"),
        (f"ip link set pf0 address {OTHER_MAC}", f"ip link set pf0 address {pf}"),
    )
    for take, leave in ways:
        fabric.run("v0", f"ip link set vf0 address {OTHER_MAC}")
        assert fabric.pools_of(OTHER_MAC) == [0]
        mark = fabric.mark_log(take)
        fabric.host.run(take)
        assert fabric.pools_of(OTHER_MAC) != [0]
        fabric.host.wait_until(f"ip -n v0 link show vf0 | grep -q {defaults[0]}", 10)
        fabric.wait_carrier("v0", "vf0")
        log = fabric.dmesg_since(mark)
        assert f"VF 0 loses its address {OTHER_MAC}" in log
        # The VF's driver logs it once.
        said = f"the PF refuses MAC address {OTHER_MAC}, using the PF's; it is in use" in log
        assert said == (take == ways[0][0])
        with pytest.raises(CommandFailed):
            fabric.run("v0", f"ip link set vf0 address {OTHER_MAC}")
        fabric.host.run(leave)
    fabric.rebind_vf(1)
    fabric.ping("v0", vf_ip(1))
    # An address that the host has given to a VF stays, and the error names the VF.
    port = f"devlink port function set pci/{fabric.pf_pci}/2 hw_addr {defaults[0]}"
    for take in (port, f"bridge fdb add {defaults[0]} dev pf0"):
        with pytest.raises(CommandFailed, match="the address is VF 0's"):
            fabric.host.run(take)
    assert [fabric.vf_mac(n) for n in range(2)] == defaults


@pytest.mark.kernels("stock")
def test_default_mac_is_stable(fabric: Fabric) -> None:
    """Without an admin MAC the VF's address is valid, unique, and the same after reloads."""
    before = [fabric.vf_mac(n) for n in range(2)]
    assert len(set(before)) == 2
    assert fabric.vf_info(0)["address"] == ZERO_MAC
    fabric.unload()
    fabric.load()
    fabric.set_vfs(2)
    assert [fabric.vf_mac(n) for n in range(2)] == before


@pytest.mark.full(kernel="debug")
def test_guest_cannot_override_admin_mac(fabric: Fabric) -> None:
    """Refused while untrusted; allowed once trusted."""
    set_vf(fabric, 0, f"mac {ADMIN_MAC}")
    fabric.rebind_vf(0)
    with pytest.raises(CommandFailed, match="not permitted|Cannot assign"):
        fabric.run("v0", f"ip link set vf0 address {OTHER_MAC}")
    assert fabric.vf_mac(0) == ADMIN_MAC
    set_vf(fabric, 0, "trust on")
    fabric.run("v0", f"ip link set vf0 address {OTHER_MAC}")
    assert fabric.vf_mac(0) == OTHER_MAC
    set_vf(fabric, 0, "trust off")
    set_vf(fabric, 0, f"mac {ZERO_MAC}")
    fabric.rebind_vf(0)


@pytest.mark.full(kernel="debug")
def test_guest_changes_its_mac(fabric: Fabric) -> None:
    """Without an admin MAC the VF may change it; frames arrive for the new address, not the old."""
    old = fabric.vf_mac(0)
    fabric.run("v0", f"ip link set vf0 address {OTHER_MAC}")
    to_old, to_new = fabric.receivers(
        [Frame("wire", old, WIRE_MAC), Frame("wire", OTHER_MAC, WIRE_MAC)]
    )
    assert "vf0" not in to_old
    assert "vf0" in to_new
    fabric.run("v0", f"ip link set vf0 address {old}")
    fabric.ping("v0", WIRE_IP)


@pytest.mark.full(kernel="debug")
def test_counters_of_each_vf(fabric: Fabric) -> None:
    """Per-VF `ip -s link` counts the frames that the VF sends and receives."""
    before = fabric.vf_counters(0)
    fabric.ping("v0", vf_ip(1), count=20)
    after = fabric.vf_counters(0)
    assert after["rx_packets"] - before["rx_packets"] >= 20
    assert after["tx_packets"] - before["tx_packets"] >= 20
    assert after["rx_bytes"] - before["rx_bytes"] >= 20 * 98
    assert after["tx_bytes"] - before["tx_bytes"] >= 20 * 98


@pytest.mark.full(kernel="debug")
def test_frames_without_a_buffer(fabric: Fabric) -> None:
    """The driver reads the drop counters of both queues. QEMU counts no drops."""
    with registers_read(fabric.host) as found:
        fabric.vf_info(0)
    assert DROPS <= found.keys()


@pytest.mark.full(kernel="debug")
def test_counters_survive_a_vf_reset(fabric: Fabric) -> None:
    """They never decrease when the VF's driver restarts."""
    fabric.ping("v0", vf_ip(1), count=5)
    before = fabric.vf_counters(0)
    fabric.rebind_vf(0)
    after = fabric.vf_counters(0)
    assert all(after[name] >= before[name] > 0 for name in before)


@pytest.mark.full(kernel="debug")
def test_port_vlan(fabric: Fabric) -> None:
    """Only the port VLAN arrives, untagged; frames sent have the tag and priority."""
    set_vf(fabric, 0, "vlan 2 qos 5")
    fabric.wait_carrier("v0", "vf0")
    mac = fabric.vf_mac(0)
    frame = Frame("wire", mac, WIRE_MAC, vlan=2)
    # The VF is notified a moment later, and from then on hides the tag.
    assert poll_until(lambda: fabric.probe([frame])[0]["vf0"][0][0], None, 5) is None
    untagged, other, leaving = fabric.probe(
        [
            Frame("wire", mac, WIRE_MAC),
            Frame("wire", mac, WIRE_MAC, vlan=3),
            Frame("vf0", WIRE_MAC, mac),
        ]
    )
    assert "vf0" not in untagged
    assert "vf0" not in other
    assert [tci for tci, _ in leaving["wire"]] == [5 << 13 | 2]
    set_vf(fabric, 0, "vlan 0")
    fabric.wait_carrier("v0", "vf0")
    fabric.ping("v0", WIRE_IP)


@pytest.mark.full(kernel="debug")
def test_port_vlan_removed(fabric: Fabric) -> None:
    """After the removal untagged frames and VID 0 arrive, other tags do not."""
    set_vf(fabric, 0, "vlan 2")
    set_vf(fabric, 0, "vlan 0")
    fabric.wait_carrier("v0", "vf0")
    mac = fabric.vf_mac(0)
    vids = [None, 0, 1, 2, 3, 1000, 4095]
    got = fabric.receivers([Frame("wire", mac, WIRE_MAC, vlan=vid) for vid in vids])
    assert ["vf0" in ports for ports in got] == [True, True] + [False] * 5


@pytest.mark.full(kernel="debug")
def test_port_vlan_forbids_guest_vlans(fabric: Fabric) -> None:
    """A VF with a port VLAN cannot add one, and its own tag is never the outer one."""
    set_vf(fabric, 0, "vlan 2")
    fabric.wait_carrier("v0", "vf0")
    with pytest.raises(CommandFailed):
        fabric.run("v0", "ip link add link vf0 name vf0.9 type vlan id 9")
    (leaving,) = fabric.probe([Frame("vf0", WIRE_MAC, fabric.vf_mac(0), vlan=9)])
    assert all(tci == 2 for tci, _ in leaving.get("wire", []))
    set_vf(fabric, 0, "vlan 0")
    fabric.wait_carrier("v0", "vf0")


@pytest.mark.full(kernel="debug")
def test_spoofed_source_is_a_register_matter(fabric: Fabric) -> None:
    """By default DTXSWC has the VF's MAC and VLAN bits. QEMU does not enforce them."""
    assert fabric.host.reg(DTXSWC) & spoof_checks(0) == spoof_checks(0)
    set_vf(fabric, 0, "spoofchk off")
    assert fabric.host.reg(DTXSWC) & spoof_checks(0, 1) == spoof_checks(1)
    set_vf(fabric, 0, "spoofchk on")
    assert fabric.host.reg(DTXSWC) & spoof_checks(0, 1) == spoof_checks(0, 1)
