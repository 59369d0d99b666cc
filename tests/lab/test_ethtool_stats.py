# SPDX-License-Identifier: GPL-2.0-only
"""ethtool's standard groups of statistics, from the device's own counters."""
import json

import pytest

from lab.fabric import BROADCAST, WIRE_MAC, Fabric, Frame

pytestmark = pytest.mark.kernels("stock")

ALLNODES = "33:33:00:00:00:01"
COUNT = 40
FCS = 4


def groups(fabric: Fabric, ns: str, dev: str, *names: str) -> dict[str, dict]:
    """Counters by group; a histogram is {upper limit: frames}."""
    text = fabric.run(ns, f"ethtool --json -S {dev} --groups {' '.join(names)}").out
    return json.loads(text)[0]


def histogram(entries: list[dict]) -> dict[int, int]:
    """Frames by the upper limit of their size."""
    return {entry["high"]: entry["val"] for entry in entries}


def send(fabric: Fabric, frames: list[Frame]) -> None:
    """Send frames; all arrive."""
    for frame, received in zip(frames, fabric.probe(frames)):
        assert received, frame


def test_mbx(fabric: Fabric) -> None:
    """The PF's groups count the frames, octets, kinds and sizes that pass the port."""
    before = groups(fabric, "", "pf0", "eth-mac", "eth-ctrl", "rmon")
    pf = fabric.mac("", "pf0")
    send(
        fabric,
        [
            Frame("wire", pf, WIRE_MAC, size=100, count=COUNT),
            Frame("wire", pf, WIRE_MAC, size=300, count=COUNT),
            Frame("wire", BROADCAST, WIRE_MAC, size=100, count=COUNT),
            Frame("wire", ALLNODES, WIRE_MAC, size=100, count=COUNT),
            Frame("pf", WIRE_MAC, pf, size=1514, count=COUNT),
        ],
    )
    after = groups(fabric, "", "pf0", "eth-mac", "eth-ctrl", "rmon")
    link = json.loads(fabric.run("", "ip -s -s -j link show dev pf0").out)[0]["stats64"]["rx"]
    assert link["multicast"] == after["eth-mac"]["MulticastFramesReceivedOK"]
    assert link["crc_errors"] == link["length_errors"] == link["missed_errors"] == 0
    mac, was = after["eth-mac"], before["eth-mac"]
    grown = {name: mac[name] - was[name] for name in mac}
    assert grown["FramesReceivedOK"] >= 4 * COUNT
    assert grown["OctetsReceivedOK"] >= COUNT * (3 * 100 + 300)
    assert COUNT <= grown["FramesTransmittedOK"] < 2 * COUNT
    assert COUNT * 1514 <= grown["OctetsTransmittedOK"] < 2 * COUNT * 1514
    # QEMU counts a copy for each function.
    copies = 1 + fabric.vfs
    assert COUNT <= grown["BroadcastFramesReceivedOK"] < (copies + 1) * COUNT
    assert COUNT <= grown["MulticastFramesReceivedOK"] < (copies + 1) * COUNT
    assert grown["FrameCheckSequenceErrors"] == grown["FrameTooLongErrors"] == 0

    now, then = (histogram(g["rmon"]["rx-pktsNtoM"]) for g in (after, before))
    assert now[127] - then[127] >= 3 * COUNT
    assert COUNT <= now[511] - then[511] < 2 * COUNT
    now, then = (histogram(g["rmon"]["tx-pktsNtoM"]) for g in (after, before))
    assert COUNT <= now[9234] - then[9234] < 2 * COUNT
    assert set(after["eth-ctrl"].values()) == {0}
    pause = json.loads(fabric.run("", "ethtool -I --json -a pf0").out)[0]["statistics"]
    assert set(pause.values()) == {0}


def test_port_counters_are_shared(fabric: Fabric) -> None:
    """Reading clears the registers; both interfaces show the same values, also after a reset."""
    named = fabric.stats("", "pf0")["port_rx_packets"]
    first = groups(fabric, "", "pf0", "eth-mac")["eth-mac"]["FramesReceivedOK"]
    assert first >= named > 0
    fabric.reset_pf()
    assert groups(fabric, "", "pf0", "eth-mac")["eth-mac"]["FramesReceivedOK"] >= first


def test_vf(fabric: Fabric) -> None:
    """The VF's group shows its five registers, and continues after a reset of the PF."""
    frames = [
        Frame("wire", fabric.vf_mac(0), WIRE_MAC, size=60, count=COUNT),
        Frame("wire", ALLNODES, WIRE_MAC, size=60, count=COUNT),
        Frame("vf0", WIRE_MAC, fabric.vf_mac(0), size=1000, count=COUNT),
    ]
    before = groups(fabric, "v0", "vf0", "eth-mac")["eth-mac"]
    send(fabric, frames)
    after = groups(fabric, "v0", "vf0", "eth-mac")["eth-mac"]
    assert set(after) == {
        "FramesReceivedOK",
        "FramesTransmittedOK",
        "OctetsReceivedOK",
        "OctetsTransmittedOK",
        "MulticastFramesReceivedOK",
    }
    grown = {name: after[name] - before[name] for name in after}
    assert 2 * COUNT <= grown["FramesReceivedOK"] < 3 * COUNT
    assert COUNT <= grown["FramesTransmittedOK"] < 2 * COUNT
    assert COUNT <= grown["MulticastFramesReceivedOK"] < 2 * COUNT
    assert grown["OctetsReceivedOK"] >= 2 * COUNT * 64
    assert COUNT * (1000 + FCS) <= grown["OctetsTransmittedOK"] < 2 * COUNT * (1000 + FCS)

    fabric.reset_pf()
    later = groups(fabric, "v0", "vf0", "eth-mac")["eth-mac"]
    for name, value in later.items():
        assert after[name] <= value < after[name] + (1 << 20), name
