# SPDX-License-Identifier: GPL-2.0-only
"""The PF's replies to raw mailbox messages: valid, invalid and hostile."""
import pytest

from lab.fabric import Fabric
from mbx import (
    ACK,
    CTS,
    MAC_ADD,
    MAC_CLEAR,
    NACK,
    PF_CONTROL,
    RESET,
    SET_LPE,
    SET_MAC,
    SET_MULTICAST,
    SET_PROMISC,
    SET_VLAN,
    UNKNOWN,
    VLAN_ADD,
    info,
    mac_words,
    send_raw,
)
from lab.regs82576 import MAX_FRAME, VLVF, VLVF_ENTRIES, VLVF_VID

VLAN_TAG = 4
BAD_MESSAGES = {
    "unknown id": [UNKNOWN],
    "reserved id 0": [0x0000],
    "PF's own id": [PF_CONTROL],
    "reserved bits": [SET_VLAN | 1 << 25, 5],
    "CTS forged": [SET_VLAN | CTS, 5],
    "multicast count beyond the words": [SET_MULTICAST | info(31)],
    "multicast hash too large": [SET_MULTICAST | info(1), 0x1000],
    "vid too large": [SET_VLAN | info(VLAN_ADD), 4096],
    "vid with stray bits": [SET_VLAN | info(VLAN_ADD), 0x80000005],
    "frame too large": [SET_LPE, MAX_FRAME + VLAN_TAG + 1],
    "frame that is negative as int": [SET_LPE, 0x94002600],
    "frame all ones": [SET_LPE, 0xFFFFFFFF],
    "frame too small": [SET_LPE, 16],
    "promiscuous flags unknown": [SET_PROMISC | info(4)],
    "mac operation unknown": [SET_MAC | info(3), 0x00000002, 0x0100],
    "mac is multicast": [SET_MAC, 0x00000001, 0x0100],
    "mac is zero": [SET_MAC, 0, 0],
}


@pytest.mark.full(kernel="debug")
def test_handshake(raw_vf: Fabric) -> None:
    """The reply to RESET has ACK, no CTS and the VF's stable MAC; the rest is zero."""
    _, first, again = send_raw(raw_vf, 0, ["reset", [RESET], [RESET]])
    assert first[0] == RESET | ACK
    assert first == again
    assert first[3:] == [0] * 13
    assert first[1:3] != [0, 0]


@pytest.mark.kernels("stock")
def test_cts_comes_by_itself(raw_vf: Fabric) -> None:
    """A VF that sends only RESET gets CTS: igbvf may wait for it without a timeout."""
    fabric = raw_vf
    assert not send_raw(fabric, 0, ["reset", [RESET]])[1][0] & CTS
    fabric.host.run("sleep 4.5")
    assert send_raw(fabric, 0, ["look"])[0][0] & ~ACK == PF_CONTROL | CTS


@pytest.mark.full(kernel="debug")
def test_nothing_before_reset(raw_vf: Fabric) -> None:
    """Before RESET a request is refused without CTS."""
    _, reply = send_raw(raw_vf, 0, ["reset", [SET_LPE, 1522]])
    assert reply[0] == SET_LPE | NACK


@pytest.mark.full(kernel="debug")
def test_replies_echo_the_request(raw_vf: Fabric) -> None:
    """Legacy VFs compare replies with their request: only flags may differ."""
    requests = [
        [SET_LPE, 1522],
        [SET_VLAN | info(VLAN_ADD), 7],
        [SET_VLAN, 7],
        [SET_MULTICAST | info(2), 0x0FFF0001],
        [SET_MULTICAST],
        [SET_MAC | info(MAC_CLEAR), 0, 0],
    ]
    replies = send_raw(raw_vf, 0, ["reset", [RESET], *requests])[2:]
    for request, reply in zip(requests, replies):
        assert reply[0] == request[0] | ACK | CTS, request


@pytest.mark.full(kernel="debug")
def test_bad_messages(raw_vf: Fabric) -> None:
    """The PF replies to each with NACK; no register changes."""
    fabric = raw_vf
    send_raw(fabric, 0, ["reset", [RESET]])
    before = fabric.registers()
    replies = send_raw(fabric, 0, list(BAD_MESSAGES.values()))
    wrong = {
        name: reply
        for name, reply in zip(BAD_MESSAGES, replies)
        if reply == "timeout" or reply[0] & (ACK | NACK) != NACK
    }
    assert not wrong
    assert fabric.registers() == before


@pytest.mark.kernels("stock")
def test_bad_messages_are_logged_sparingly(raw_vf: Fabric) -> None:
    """500 malformed messages cause at least one line, but no flood."""
    fabric = raw_vf
    fabric.host.run("sleep 6")
    mark = fabric.mark_log("flood begins")
    replies = send_raw(fabric, 0, ["reset", [RESET], *[[UNKNOWN]] * 500])[2:]
    assert all(reply[0] == UNKNOWN | NACK | CTS for reply in replies)
    lines = [line for line in fabric.dmesg_since(mark).splitlines()[1:] if "VF 0" in line]
    assert 1 <= len(lines) <= 12, lines


@pytest.mark.kernels("stock")
def test_answer_bits_are_no_request(raw_vf: Fabric) -> None:
    """A request with ACK or NACK set changes nothing and gets no ACK."""
    _, _, reply = send_raw(raw_vf, 0, ["reset", [RESET], [SET_VLAN | info(VLAN_ADD) | ACK, 9]])
    if reply != "timeout":
        assert reply[0] & NACK
    registers = raw_vf.registers()
    vlvf = [registers[VLVF(i)] for i in range(VLVF_ENTRIES)]
    assert not [entry for entry in vlvf if entry & VLVF_VID == 9]


@pytest.mark.full(kernel="debug")
def test_addresses_of_others_are_refused(raw_vf: Fabric) -> None:
    """A VF gets neither the PF's nor another VF's address, as its own or as an additional one."""
    fabric = raw_vf
    pf, other = mac_words(fabric.mac("", "pf0")), mac_words(fabric.vf_mac(1))
    steps = ["reset", [RESET]]
    for mac in (pf, other):
        steps += [[SET_MAC, *mac], [SET_MAC | info(MAC_ADD), *mac]]
    for reply in send_raw(fabric, 0, steps)[2:]:
        assert reply[0] & NACK
    fabric.ping("v1", "10.82.0.1")


@pytest.mark.full(kernel="debug")
def test_tables_fill_up(raw_vf: Fabric) -> None:
    """One VF uses up its share and gets NACK; the others still get theirs."""
    fabric = raw_vf
    vlans = [[SET_VLAN | info(VLAN_ADD), vid] for vid in range(100, 140)]
    add = SET_MAC | info(MAC_ADD)
    macs = [[add, *mac_words(f"02:aa:00:00:00:{i:02x}")] for i in range(1, 10)]
    replies = send_raw(fabric, 0, ["reset", [RESET], *vlans, *macs])[2:]
    vlan_acks = [bool(reply[0] & ACK) for reply in replies[: len(vlans)]]
    mac_acks = [bool(reply[0] & ACK) for reply in replies[len(vlans) :]]
    assert vlan_acks.index(False) == sum(vlan_acks) > 0, "granted after a refusal"
    assert mac_acks.index(False) == sum(mac_acks) > 0, "granted after a refusal"
    fabric.run("v1", "ip link add link vf1 name vf1.5 type vlan id 5 && ip link set vf1.5 up")
    fabric.run("", "ip link add link pf0 name pf0.6 type vlan id 6")
    fabric.run("", "ip link del pf0.6")
    fabric.run("v1", "ip link del vf1.5")
    fabric.ping("v1", "10.82.0.1")


@pytest.mark.full(kernel="debug")
def test_held_lock_hurts_only_the_holder(raw_vf: Fabric) -> None:
    """A VF that holds VFU gets no reply; the PF serves another VF meanwhile."""
    fabric = raw_vf
    send_raw(fabric, 0, ["reset", [RESET], "hold"])
    fabric.run("v1", "ip link set vf1 mtu 1400 && ip link set vf1 mtu 1500", timeout=5)
    fabric.ping("v1", "10.82.0.1")
    send_raw(fabric, 0, ["release"])
    assert send_raw(fabric, 0, ["reset", [RESET]])[1][0] == RESET | ACK
