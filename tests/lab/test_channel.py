# SPDX-License-Identifier: GPL-2.0-only
"""The channel between our two drivers: opening it, versions, events, the data path."""
import json
import struct
import time
from collections.abc import Iterator

import pytest
from fabric import PF_DRIVER, VF_DRIVER, Fabric, soon, vf_ip
from lab.paths import BUILD
from test_mailbox import ACK, CTS, NACK, RESET, raw

NEGOTIATE, EVENT_SYNC, READ_BLOCK, WRITE_BLOCK, SET_QUEUES = 0x08, 0x21, 0x22, 0x23, 0x24
SET_DATAPATH, DETACH, GET_RSS = 0x25, 0x26, 0x27
MAGIC = 0x31435648
V1_0, V1_1 = 0x10000, 0x10001
STATUS = {"NOTSUPP": 2, "INVAL": 3, "LENGTH": 4, "PERM": 5, "VERSION": 9, "STALE": 10}
VMOLR0, VMOLR_ROPE = 0x5AD0, 1 << 26


def tid(number: int) -> int:
    """The transaction number's bits in word 0."""
    return number << 24


def negotiate(low: int = V1_0, high: int = V1_0, caps: int = 0x1F) -> list[int]:
    """A NEGOTIATE request."""
    return [tid(1) | NEGOTIATE, MAGIC, low, high, caps, 1, 0]


@pytest.fixture
def raw_vf(fabric: Fabric) -> Iterator[Fabric]:
    """VF 0 without a driver; afterwards its driver must find it in order."""
    fabric.unbind_vf(0)
    yield fabric
    fabric.bind_vf(0)
    fabric.ping("v0", vf_ip(1))


def agreed(fabric: Fabric) -> str:
    """What VF 0's driver says of its channel."""
    info = fabric.run("v0", "ethtool -i vf0").out
    return info.partition("firmware-version: ")[2].split("\n")[0]


def test_both_drivers_negotiate(fabric: Fabric) -> None:
    """Our VF on our PF is on a channel of version 1.0, and frames pass."""
    assert agreed(fabric) == "channel 1.0"
    fabric.ping("v0", vf_ip(1))


def test_negotiate_by_hand(raw_vf: Fabric) -> None:
    """The answer has what the specification says, in every word."""
    _, _, reply = raw(raw_vf, 0, ["reset", [RESET], negotiate()])
    assert reply[0] == ACK | CTS | tid(1) | NEGOTIATE
    assert reply[1:4] == [MAGIC, V1_0, 0x1F]
    assert reply[5] != 0, "serial"
    assert reply[6] == 200 << 16 | 1000
    assert reply[7:] == [8, 0] + [0] * 7


@pytest.mark.full(kernel="debug")
def test_versions(raw_vf: Fabric) -> None:
    """A newer VF gets our version, one that has left it behind a precise refusal."""
    steps = ["reset", [RESET], negotiate(V1_0, 0x20005, 0xFFFFFFFF), negotiate(0x20000, 0x20000)]
    _, _, newer, too_new = raw(raw_vf, 0, steps)
    assert newer[2:4] == [V1_0, 0x1F]
    assert too_new[:4] == [NACK | CTS | tid(1) | NEGOTIATE, STATUS["VERSION"], V1_0, V1_0]


@pytest.mark.full(kernel="debug")
def test_nothing_new_without_negotiation(raw_vf: Fabric) -> None:
    """To a legacy VF messages of the channel are unknown ids, answered in one word."""
    requests = [[tid(1) | number, 1] for number in range(EVENT_SYNC, GET_RSS + 1)]
    requests.append([tid(2) | 5, 1522])
    _, _, *replies = raw(raw_vf, 0, ["reset", [RESET], *requests])
    for request, reply in zip(requests, replies):
        assert reply == [request[0] | NACK | CTS] + [0] * 15


def test_reset_ends_the_channel(raw_vf: Fabric) -> None:
    """After RESET the VF is a legacy VF again, as after a reboot into another driver."""
    steps = ["reset", [RESET], negotiate(), [tid(2) | EVENT_SYNC, 0], [RESET], [5, 1522]]
    *_, sync, reset, lpe = raw(raw_vf, 0, [*steps, [tid(3) | EVENT_SYNC, 0]])[3:6]
    assert sync[0] & ACK
    assert reset[0] == ACK | RESET
    assert lpe == [ACK | CTS | 5] + [0] * 15


@pytest.mark.full(kernel="debug")
def test_refusals_say_why(raw_vf: Fabric) -> None:
    """Status and extra of each kind of refusal."""
    cases = [
        ([tid(2) | READ_BLOCK, 1 << 24 | 99, 0], STATUS["INVAL"], 0),
        ([tid(3) | READ_BLOCK, 13 << 24 | 1, 0], STATUS["LENGTH"], 2),
        ([tid(4) | WRITE_BLOCK, 1 << 24 | 0, 0, 1], STATUS["PERM"], 0),
        ([tid(5) | SET_QUEUES, 0], STATUS["INVAL"], 0),
        ([tid(6) | SET_DATAPATH, 2, 0], STATUS["INVAL"], 0),
        ([tid(7) | 0x1234, 0], STATUS["NOTSUPP"], 0),
        # Without a transaction number it cannot be told apart: refused, in legacy form.
        ([5, 1522], 0, 0),
    ]
    replies = raw(raw_vf, 0, ["reset", [RESET], negotiate(), *(case[0] for case in cases)])[3:]
    for (request, status, extra), reply in zip(cases, replies):
        assert reply[:3] == [request[0] | NACK | CTS, status, extra], hex(request[0])


@pytest.mark.full(kernel="debug")
def test_data_path_by_hand(raw_vf: Fabric) -> None:
    """Frames go to the VF's pool only while it has the data path; an old epoch is refused."""
    steps = ["reset", [RESET], negotiate()]
    _, reset, agreed_on = raw(raw_vf, 0, steps)
    epoch = agreed_on[4]
    mac = struct.pack("<II", *reset[1:3])[:6].hex(":")
    assert raw_vf.pools_of(mac) == [7]
    stale, granted = raw(
        raw_vf, 0, [[tid(2) | SET_DATAPATH, 1, epoch - 1], [tid(3) | SET_DATAPATH, 1, epoch]]
    )
    assert stale[:3] == [NACK | CTS | tid(2) | SET_DATAPATH, STATUS["STALE"], epoch]
    assert granted[0] == ACK | CTS | tid(3) | SET_DATAPATH
    assert raw_vf.pools_of(mac) == [0]
    (left,) = raw(raw_vf, 0, [[tid(4) | SET_DATAPATH, 0, 0]])
    assert left[0] & ACK
    assert raw_vf.pools_of(mac) == [7]


def switch_vf(fabric: Fabric, n: int, on: bool) -> None:
    """Withdraw a VF's data path, or offer it again, as an administrator does."""
    ports = json.loads(fabric.host.run("devlink -j port show").out)["port"]
    (name,) = [
        name for name, port in ports.items() if port.get("vfnum") == n
    ]
    state = "active" if on else "inactive"
    fabric.host.run(f"devlink port function set {name} state {state}")


def test_withdrawn_and_offered(fabric: Fabric) -> None:
    """The VF leaves the data path at once and says why; it comes back when it is offered."""
    address = fabric.vf_mac(0)
    assert fabric.pools_of(address) == [0]
    mark = fabric.mark_log("withdraw")
    switch_vf(fabric, 0, False)
    fabric.wait_carrier("v0", "vf0", False)
    assert fabric.pools_of(address) == [7]
    assert "SR-IOV is off for this VF" in fabric.dmesg_since(mark)
    fabric.ping("v1", "10.82.0.1")
    fabric.run("v0", "ip link show vf0")
    switch_vf(fabric, 0, True)
    fabric.wait_carrier("v0", "vf0")
    assert fabric.pools_of(address) == [0]
    fabric.ping("v0", vf_ip(1))
    assert "starts over" not in fabric.dmesg_since(mark), "the session was lost"


@pytest.mark.full(kernel="debug")
def test_withdrawn_before_the_driver_comes(fabric: Fabric) -> None:
    """A VF whose data path is withdrawn has its netdev, without carrier, until it is offered."""
    fabric.unbind_vf(0)
    switch_vf(fabric, 0, False)
    fabric.bind_vf(0, wait=False)
    time.sleep(1)
    assert fabric.run("v0", "cat /sys/class/net/vf0/carrier").out.strip() == "0"
    switch_vf(fabric, 0, True)
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
    """state disable takes the carrier at once, enable keeps it without a cable."""
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
    """What was refused is asked for again when the administrator follows the advice."""
    fabric.run("v0", "ip link set vf0 promisc on")
    time.sleep(0.5)
    assert not fabric.host.reg(VMOLR0) & VMOLR_ROPE
    fabric.host.run("ip link set pf0 vf 0 trust on")
    assert soon(lambda: fabric.host.reg(VMOLR0) & VMOLR_ROPE, VMOLR_ROPE, 5)
    fabric.run("v0", "ip link set vf0 promisc off")
    fabric.host.run("ip link set pf0 vf 0 trust off")


@pytest.mark.kernels("stock")
@pytest.mark.parametrize("newer", [PF_DRIVER, VF_DRIVER])
def test_newer_peer(fabric: Fabric, newer: str) -> None:
    """A peer with a higher version, an unknown capability and an unknown block works with ours."""
    host = fabric.host
    fabric.unload()
    host.modprobe("iovnic")
    host.modprobe("iovnic_preserve")
    host.insmod(BUILD / "newer" / f"{newer}.ko")
    fabric.load()
    fabric.set_vfs(2)
    assert agreed(fabric) == "channel 1.0"
    fabric.ping("v0", vf_ip(1))
    fabric.run("v0", "ip link add link vf0 name vf0.9 type vlan id 9 && ip link del vf0.9")
    fabric.unload()
    fabric.load()
    fabric.set_vfs(2)


@pytest.mark.full(kernel="debug")
def test_conversation_can_be_watched(fabric: Fabric) -> None:
    """The trace events show both ends of a conversation, decoded."""
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
    # Programs that read the events themselves know C's expressions, not the compiler's extensions.
    assert "({" not in host.read(f"{tracing}/events/iovnic/iov_mbx_msg/format")
