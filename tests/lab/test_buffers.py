# SPDX-License-Identifier: GPL-2.0-only
"""Receive buffers: the memory charge of a frame, the device's part of it, changes of the size."""
import json
import time

import pytest

from lab.fabric import PF_IP, WIRE_IP, Fabric, vf_ip
from held_datagrams import COUNT
from mixture import PF, VF0, VF1, End, Mixture, counted
from lab.regs82576 import VMOLR, VMOLR_LPE, VMOLR_RLPML

# Half a page and struct sk_buff, which is smaller in a small kernel: the same as with igb
HALF_PAGE, CHARGED = 2048, 2304
ENDS = pytest.mark.parametrize(
    "end, address, pool", [(VF0, vf_ip(0), 0), (PF, PF_IP, 7)], ids=["vf", "pf"]
)


@pytest.mark.full(kernel="debug")
@ENDS
def test_long_frames_harm_nothing(fabric: Fabric, end: End, address: str, pool: int) -> None:
    """A frame is charged half a page. Frames beyond the frame limit are dropped.

    The test raises the limit without the driver: the data of other received frames stay intact.
    """
    # If an XDP program was attached before, the rings still have large buffers.
    fabric.run(
        end.ns,
        f"sysctl -qw net.ipv6.conf.{end.dev}.keep_addr_on_down=1;"
        f"ip link set {end.dev} down; ip link set {end.dev} up",
    )
    fabric.wait_carrier(end.ns, end.dev)
    fabric.run("wire", "ip link set wire0 mtu 9000")
    fabric.ping(end.ns, WIRE_IP)
    limit = fabric.host.reg(VMOLR(pool))
    assert limit & VMOLR_RLPML == 1526
    fabric.host.poke(VMOLR(pool), limit | VMOLR_RLPML | VMOLR_LPE)
    before = fabric.stats(end.ns, end.dev)
    mac = fabric.mac(end.ns, end.dev)
    out = fabric.python("held_datagrams.py", end.ns, address, mac, "wire0", ns="wire", timeout=60)
    after = fabric.stats(end.ns, end.dev)
    fabric.host.poke(VMOLR(pool), limit)
    fabric.run("wire", "ip link set wire0 mtu 1500")

    result = json.loads(out)
    assert HALF_PAGE < result["charged"] <= CHARGED
    assert result["intact"] == COUNT
    dropped = [key for key in after if key.startswith("rx") and key.endswith("_dropped")]
    assert sum(after[key] - before[key] for key in dropped) == result["sent"]
    fabric.ping(end.ns, WIRE_IP, size=1472)


@pytest.mark.full(end=PF)
@pytest.mark.parametrize("end, peer", [(VF1, VF0), (PF, VF0)], ids=["vf", "pf"])
def test_mtu_changes_under_traffic(fabric: Fabric, end: End, peer: End) -> None:
    """A stream continues while the receiver's MTU, and so its buffer size, changes.

    With an MTU below 1280 the interface would lose its IPv6 addresses.
    """
    stream = Mixture(fabric).stream("tcp", peer, end, 1 << 20, 1, seconds=3)
    for mtu in (9000, 1500, 1280, 1501, 1500, 9216, 1500):
        fabric.run(end.ns, f"ip link set {end.dev} mtu {mtu}")
        time.sleep(0.3)
    assert counted(stream)["bytes"] >= 1 << 20
    fabric.ping(end.ns, peer.ip, size=1472)
