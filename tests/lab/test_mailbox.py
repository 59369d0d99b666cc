# SPDX-License-Identifier: GPL-2.0-only
"""What the PF answers to a VF that speaks the mailbox by hand: good, bad and hostile."""
import json
from collections.abc import Iterator

import pytest

from fabric import Fabric, vf_ip


ACK, NACK, CTS = 1 << 31, 1 << 30, 1 << 29
RESET, SET_MAC, SET_MULTICAST, SET_VLAN, SET_LPE, SET_PROMISC = range(1, 7)
INFO = 1 << 16
PF_CONTROL = 0x100

BAD_MESSAGES = {
    "unknown id": [0x0042],
    "reserved id 0": [0x0000],
    "PF's own id": [0x0100],
    "reserved bits": [SET_VLAN | 1 << 25, 5],
    "CTS forged": [SET_VLAN | CTS, 5],
    "multicast count beyond the words": [SET_MULTICAST | 31 * INFO],
    "multicast hash too large": [SET_MULTICAST | 1 * INFO, 0x1000],
    "vid too large": [SET_VLAN | INFO, 4096],
    "vid with stray bits": [SET_VLAN | INFO, 0x80000005],
    "frame too large": [SET_LPE, 9239],
    "frame that is negative as int": [SET_LPE, 0x94002600],
    "frame all ones": [SET_LPE, 0xFFFFFFFF],
    "frame too small": [SET_LPE, 16],
    "promiscuous flags unknown": [SET_PROMISC | 4 * INFO],
    "mac operation unknown": [SET_MAC | 3 * INFO, 0x00000002, 0x0100],
    "mac is multicast": [SET_MAC, 0x00000001, 0x0100],
    "mac is zero": [SET_MAC, 0, 0],
}


def raw(fabric: Fabric, n: int, steps: list) -> list:
    """Let VF n, which has no driver, take these steps; see raw_vf.py."""
    fabric.host.wild = True
    out = fabric.python("raw_vf.py", fabric.vf_pci(n), json.dumps(steps), timeout=120)
    return json.loads(out)


def mac_words(mac: str) -> list[int]:
    data = bytes.fromhex(mac.replace(":", ""))
    return [int.from_bytes(data[:4], "little"), int.from_bytes(data[4:], "little")]


@pytest.fixture
def raw_fabric(fabric: Fabric) -> Iterator[Fabric]:
    """VF 0 without a driver; afterwards its driver must find it in order."""
    fabric.unbind_vf(0)
    yield fabric
    fabric.bind_vf(0)
    fabric.ping("v0", vf_ip(1))


def test_handshake(raw_fabric: Fabric) -> None:
    """RESET is answered with ACK, without CTS, with the VF's stable MAC; the rest is zero."""
    _, first, again = raw(raw_fabric, 0, ["reset", [RESET], [RESET]])
    assert first[0] == RESET | ACK
    assert first == again
    assert first[3:] == [0] * 13
    assert first[1:3] != [0, 0]


@pytest.mark.kernels("stock")
def test_cts_comes_by_itself(raw_fabric: Fabric) -> None:
    """A VF that says RESET and no more gets CTS: without igbvf may wait for it for ever."""
    fabric = raw_fabric
    assert not raw(fabric, 0, ["reset", [RESET]])[1][0] & CTS
    fabric.host.run("sleep 4.5")
    assert raw(fabric, 0, ["look"])[0][0] & ~ACK == PF_CONTROL | CTS


@pytest.mark.full(kernel="debug")
def test_nothing_before_reset(raw_fabric: Fabric) -> None:
    """Before RESET a request is refused without CTS."""
    _, reply = raw(raw_fabric, 0, ["reset", [SET_LPE, 1522]])
    assert reply[0] == SET_LPE | NACK


@pytest.mark.full(kernel="debug")
def test_replies_echo_the_request(raw_fabric: Fabric) -> None:
    """Legacy VFs compare replies to their request: only flags may differ."""
    requests = [
        [SET_LPE, 1522],
        [SET_VLAN | INFO, 7],
        [SET_VLAN, 7],
        [SET_MULTICAST | 2 * INFO, 0x0FFF0001],
        [SET_MULTICAST],
        [SET_MAC | INFO, 0, 0],
    ]
    replies = raw(raw_fabric, 0, ["reset", [RESET], *requests])[2:]
    for request, reply in zip(requests, replies):
        assert reply[0] == request[0] | ACK | CTS, request


@pytest.mark.full(kernel="debug")
def test_bad_messages(raw_fabric: Fabric) -> None:
    """Each is answered NACK; together they have changed no register."""
    fabric = raw_fabric
    raw(fabric, 0, ["reset", [RESET]])
    before = fabric.registers()
    replies = raw(fabric, 0, list(BAD_MESSAGES.values()))
    wrong = {
        name: reply
        for name, reply in zip(BAD_MESSAGES, replies)
        if reply == "timeout" or reply[0] & (ACK | NACK) != NACK
    }
    assert not wrong
    assert fabric.registers() == before


@pytest.mark.kernels("stock")
def test_bad_messages_are_logged_sparingly(raw_fabric: Fabric) -> None:
    """500 malformed messages give at least one line, and no flood."""
    fabric = raw_fabric
    fabric.host.run("sleep 6")
    mark = fabric.mark_log("flood begins")
    replies = raw(fabric, 0, ["reset", [RESET], *[[0x0042]] * 500])[2:]
    assert all(reply[0] == 0x0042 | NACK | CTS for reply in replies)
    lines = [line for line in fabric.dmesg_since(mark).splitlines()[1:] if "VF 0" in line]
    assert 1 <= len(lines) <= 12, lines


@pytest.mark.kernels("stock")
def test_answer_bits_are_no_request(raw_fabric: Fabric) -> None:
    """A 'request' with ACK or NACK set changes nothing and gets no ACK."""
    _, _, reply = raw(raw_fabric, 0, ["reset", [RESET], [SET_VLAN | INFO | ACK, 9]])
    if reply != "timeout":
        assert reply[0] & NACK
    vlvf = [raw_fabric.registers()[0x5D00 + 4 * i] for i in range(32)]
    assert not [entry for entry in vlvf if entry & 0xFFF == 9]


@pytest.mark.full(kernel="debug")
def test_addresses_of_others_are_refused(raw_fabric: Fabric) -> None:
    """A VF gets neither the PF's nor another VF's address, as its own or additionally."""
    fabric = raw_fabric
    pf, other = mac_words(fabric.mac("", "pf0")), mac_words(fabric.vf_mac(1))
    steps = ["reset", [RESET]]
    for mac in (pf, other):
        steps += [[SET_MAC, *mac], [SET_MAC | 2 * INFO, *mac]]
    for reply in raw(fabric, 0, steps)[2:]:
        assert reply[0] & NACK
    fabric.ping("v1", "10.82.0.1")


@pytest.mark.full(kernel="debug")
def test_tables_fill_up(raw_fabric: Fabric) -> None:
    """F35, S09: one VF exhausts its share; NACK, and the others still get theirs."""
    fabric = raw_fabric
    vlans = [[SET_VLAN | INFO, vid] for vid in range(100, 140)]
    macs = [[SET_MAC | 2 * INFO, *mac_words(f"02:aa:00:00:00:{i:02x}")] for i in range(1, 10)]
    replies = raw(fabric, 0, ["reset", [RESET], *vlans, *macs])[2:]
    vlan_acks = [bool(reply[0] & ACK) for reply in replies[: len(vlans)]]
    mac_acks = [bool(reply[0] & ACK) for reply in replies[len(vlans) :]]
    assert vlan_acks.index(False) == sum(vlan_acks) > 0, "granted after a refusal"
    assert mac_acks.index(False) == sum(mac_acks) > 0, "granted after a refusal"
    fabric.run("v1", "ip link add link vf1 name vf1.5 type vlan id 5 && ip link set vf1.5 up")
    fabric.run("", "ip link add link pf0 name pf0.6 type vlan id 6")
    fabric.run("", "ip link del pf0.6")
    fabric.run("v1", "ip link del vf1.5")
    fabric.ping("v1", "10.82.0.1")


def test_held_lock_hurts_only_the_holder(raw_fabric: Fabric) -> None:
    """A VF that keeps VFU gets no answer; another VF's requests are answered meanwhile."""
    fabric = raw_fabric
    raw(fabric, 0, ["reset", [RESET], "hold"])
    fabric.run("v1", "ip link set vf1 mtu 1400 && ip link set vf1 mtu 1500", timeout=5)
    fabric.ping("v1", "10.82.0.1")
    raw(fabric, 0, ["release"])
    assert raw(fabric, 0, ["reset", [RESET]])[1][0] == RESET | ACK
