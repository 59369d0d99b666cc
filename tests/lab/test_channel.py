# SPDX-License-Identifier: GPL-2.0-only
"""The channel between the two drivers: negotiation, versions, events, the data path."""
import struct
import time

import pytest
from lab.fabric import PF_DRIVER, VF_DRIVER, Fabric, poll_until, vf_ip
from lab.make import make
from lab.paths import BUILD, REPO
from mbx import (
    ACK,
    BLK_MAX,
    BLOCK_IDENT,
    BLOCK_LINK,
    BLOCKS,
    CAPS,
    CTS,
    EVENT_SYNC,
    GET_RSS,
    MAGIC,
    NACK,
    NEGOTIATE,
    PATH_SYNTHETIC,
    PATH_VF,
    READ_BLOCK,
    RESET,
    SET_DATAPATH,
    SET_LPE,
    SET_QUEUES,
    ST_INVAL,
    ST_LENGTH,
    ST_NOTSUPP,
    ST_PERM,
    ST_STALE,
    ST_VERSION,
    UNKNOWN,
    VERSION_1_0,
    WRITE_BLOCK,
    block,
    negotiate,
    send_raw,
    tid,
)
from lab.regs82576 import VMOLR, VMOLR_ROPE

NEWER_MINOR, NEWER = 0x20005, 0x20000


def channel_version(fabric: Fabric) -> str:
    """The version of VF 0's channel that its driver shows."""
    info = fabric.run("v0", "ethtool -i vf0").out
    return info.partition("firmware-version: ")[2].split("\n")[0]


@pytest.mark.full(kernel="debug")
def test_both_drivers_negotiate(fabric: Fabric) -> None:
    """VF and PF use channel version 1.0, and frames pass."""
    assert channel_version(fabric) == "channel 1.0"
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_negotiate_by_hand(raw_vf: Fabric) -> None:
    """Every word of the reply to NEGOTIATE has the specified value."""
    _, _, reply = send_raw(raw_vf, 0, ["reset", [RESET], negotiate()])
    assert reply[0] == ACK | CTS | tid(1) | NEGOTIATE
    assert reply[1:4] == [MAGIC, VERSION_1_0, CAPS]
    assert reply[5] != 0, "serial"
    assert reply[6] == 200 << 16 | 1000
    assert reply[7:] == [BLOCKS, 0] + [0] * 7


@pytest.mark.full(kernel="debug")
def test_versions(raw_vf: Fabric) -> None:
    """A newer VF gets our version; one that no longer supports it is refused with ST_VERSION."""
    offers = negotiate(VERSION_1_0, NEWER_MINOR, 0xFFFFFFFF), negotiate(NEWER, NEWER)
    steps = ["reset", [RESET], *offers]
    _, _, newer, too_new = send_raw(raw_vf, 0, steps)
    assert newer[2:4] == [VERSION_1_0, CAPS]
    refused = NACK | CTS | tid(1) | NEGOTIATE
    assert too_new[:4] == [refused, ST_VERSION, VERSION_1_0, VERSION_1_0]


@pytest.mark.full(kernel="debug")
def test_nothing_new_without_negotiation(raw_vf: Fabric) -> None:
    """For a legacy VF channel messages are unknown ids, refused by one word."""
    requests = [[tid(1) | number, 1] for number in range(EVENT_SYNC, GET_RSS + 1)]
    requests.append([tid(2) | SET_LPE, 1522])
    _, _, *replies = send_raw(raw_vf, 0, ["reset", [RESET], *requests])
    for request, reply in zip(requests, replies):
        assert reply == [request[0] | NACK | CTS] + [0] * 15


@pytest.mark.full(kernel="debug")
def test_reset_ends_the_channel(raw_vf: Fabric) -> None:
    """After RESET the VF is a legacy VF again, as after a reboot into another driver."""
    steps = ["reset", [RESET], negotiate(), [tid(2) | EVENT_SYNC, 0], [RESET], [SET_LPE, 1522]]
    *_, sync, reset, lpe = send_raw(raw_vf, 0, [*steps, [tid(3) | EVENT_SYNC, 0]])[3:6]
    assert sync[0] & ACK
    assert reset[0] == ACK | RESET
    assert lpe == [ACK | CTS | SET_LPE] + [0] * 15


@pytest.mark.full(kernel="debug")
def test_refusals_say_why(raw_vf: Fabric) -> None:
    """Each kind of refusal has its status and its extra word."""
    cases = [
        ([tid(2) | READ_BLOCK, block(99, 1), 0], ST_INVAL, 0),
        ([tid(3) | READ_BLOCK, block(BLOCK_LINK, BLK_MAX), 0], ST_LENGTH, 2),
        ([tid(4) | WRITE_BLOCK, block(BLOCK_IDENT, 1), 0, 1], ST_PERM, 0),
        ([tid(5) | SET_QUEUES, 0], ST_INVAL, 0),
        ([tid(6) | SET_DATAPATH, 2, 0], ST_INVAL, 0),
        ([tid(7) | UNKNOWN, 0], ST_NOTSUPP, 0),
        # Without a transaction number the refusal has the legacy form.
        ([SET_LPE, 1522], 0, 0),
    ]
    replies = send_raw(raw_vf, 0, ["reset", [RESET], negotiate(), *(case[0] for case in cases)])[3:]
    for (request, status, extra), reply in zip(cases, replies):
        assert reply[:3] == [request[0] | NACK | CTS, status, extra], hex(request[0])


@pytest.mark.full(kernel="debug")
def test_data_path_by_hand(raw_vf: Fabric) -> None:
    """Frames reach the VF's pool only while it has the data path; an old epoch is refused."""
    steps = ["reset", [RESET], negotiate()]
    _, reset, agreed_on = send_raw(raw_vf, 0, steps)
    epoch = agreed_on[4]
    mac = struct.pack("<II", *reset[1:3])[:6].hex(":")
    assert raw_vf.pools_of(mac) == [7]
    wishes = [[tid(2) | SET_DATAPATH, PATH_VF, epoch - 1], [tid(3) | SET_DATAPATH, PATH_VF, epoch]]
    stale, granted = send_raw(raw_vf, 0, wishes)
    assert stale[:3] == [NACK | CTS | tid(2) | SET_DATAPATH, ST_STALE, epoch]
    assert granted[0] == ACK | CTS | tid(3) | SET_DATAPATH
    assert raw_vf.pools_of(mac) == [0]
    (left,) = send_raw(raw_vf, 0, [[tid(4) | SET_DATAPATH, PATH_SYNTHETIC, 0]])
    assert left[0] & ACK
    assert raw_vf.pools_of(mac) == [7]


def test_withdrawn_and_offered(fabric: Fabric) -> None:
    """The VF leaves the data path at once and logs the reason; it returns after the offer."""
    address = fabric.vf_mac(0)
    assert fabric.pools_of(address) == [0]
    mark = fabric.mark_log("withdraw")
    fabric.switch_vf(0, False)
    fabric.wait_carrier("v0", "vf0", False)
    assert fabric.pools_of(address) == [7]
    assert "SR-IOV is off for this VF" in fabric.dmesg_since(mark)
    fabric.ping("v1", "10.82.0.1")
    fabric.run("v0", "ip link show vf0")
    fabric.switch_vf(0, True)
    fabric.wait_carrier("v0", "vf0")
    assert fabric.pools_of(address) == [0]
    fabric.ping("v0", vf_ip(1))
    assert "starts over" not in fabric.dmesg_since(mark), "the session was lost"


@pytest.mark.full(kernel="debug")
def test_withdrawn_before_the_driver_comes(fabric: Fabric) -> None:
    """A VF without data path has a netdev, without carrier, until the data path is offered."""
    fabric.unbind_vf(0)
    fabric.switch_vf(0, False)
    fabric.bind_vf(0, wait=False)
    time.sleep(1)
    assert fabric.run("v0", "cat /sys/class/net/vf0/carrier").out.strip() == "0"
    fabric.switch_vf(0, True)
    fabric.wait_carrier("v0", "vf0")
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_frames_follow_the_interface(fabric: Fabric) -> None:
    """While the VF's interface is down its frames go to the PF, for the software path."""
    address = fabric.vf_mac(0)
    fabric.run("v0", "ip link set vf0 down")
    assert fabric.pools_of(address) == [7]
    fabric.run("v0", "ip link set vf0 up && ip address replace fd82::10/64 dev vf0 nodad")
    fabric.wait_carrier("v0", "vf0")
    assert fabric.pools_of(address) == [0]
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_link_states_reach_the_vf(fabric: Fabric) -> None:
    """state disable turns the carrier off at once, enable keeps it on without a cable."""
    host = fabric.host
    host.run("ip link set pf0 vf 0 state disable")
    fabric.wait_carrier("v0", "vf0", False)
    host.run("ip link set pf0 vf 0 state enable")
    fabric.wait_carrier("v0", "vf0")
    host.hmp("set_link igb0 off")
    fabric.wait_carrier("v1", "vf1", False)
    assert fabric.run("v0", "cat /sys/class/net/vf0/carrier").out.strip() == "1"
    host.hmp("set_link igb0 on")
    host.run("ip link set pf0 vf 0 state auto")
    for ns, dev in (("", "pf0"), ("v0", "vf0"), ("v1", "vf1")):
        fabric.wait_carrier(ns, dev)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_trust_given_later(fabric: Fabric) -> None:
    """The VF repeats a refused request after the administrator has set trust."""
    fabric.run("v0", "ip link set vf0 promisc on")
    time.sleep(0.5)
    assert not fabric.host.reg(VMOLR(0)) & VMOLR_ROPE
    fabric.host.run("ip link set pf0 vf 0 trust on")
    assert poll_until(lambda: fabric.host.reg(VMOLR(0)) & VMOLR_ROPE, VMOLR_ROPE, 5)
    fabric.run("v0", "ip link set vf0 promisc off")
    fabric.host.run("ip link set pf0 vf 0 trust off")


@pytest.mark.kernels("stock")
@pytest.mark.full()
@pytest.mark.parametrize("newer", [PF_DRIVER, VF_DRIVER])
def test_newer_peer(fabric: Fabric, newer: str) -> None:
    """A peer with a higher version, an unknown capability and an unknown block works with ours."""
    make("-C", REPO, "modules-of-a-newer-peer")
    host = fabric.host
    fabric.unload()
    host.modprobe("iovnic")
    host.modprobe("iovnic_preserve")
    host.insmod(BUILD / "newer" / f"{newer}.ko")
    fabric.load()
    fabric.set_vfs(2)
    assert channel_version(fabric) == "channel 1.0"
    fabric.ping("v0", vf_ip(1))
    fabric.run("v0", "ip link add link vf0 name vf0.9 type vlan id 9 && ip link del vf0.9")
    fabric.unload()
    fabric.load()
    fabric.set_vfs(2)


@pytest.mark.full(kernel="debug")
def test_trace_events_show_messages(fabric: Fabric) -> None:
    """The trace events show decoded requests and replies at both ends."""
    host = fabric.host
    tracing = "/sys/kernel/tracing"
    host.run(f"mount -t tracefs none {tracing} 2>/dev/null; echo > {tracing}/trace")
    host.run(f"echo 1 > {tracing}/events/iovnic/enable")
    fabric.run("v0", "ip link set vf0 mtu 1400")
    fabric.run("v0", "ip link set vf0 mtu 1500")
    host.run(f"echo 0 > {tracing}/events/iovnic/enable")
    trace = host.run(f"cat {tracing}/trace").out
    lines = [line for line in trace.splitlines() if "SET_LPE" in line]
    asked = [line for line in lines if "0000:01:10.0 vf0 -> SET_LPE" in line]
    served = [line for line in lines if "0000:01:00.0 vf0 <- SET_LPE" in line]
    granted = [line for line in lines if "vf0 <- SET_LPE" in line and "ACK|CTS" in line]
    assert len(asked) == 2 and len(served) == 2 and len(granted) == 2, "\n".join(lines)
    # Programs that parse the format support C expressions, not the compiler's extensions.
    assert "({" not in host.read(f"{tracing}/events/iovnic/iov_mbx_msg/format")
