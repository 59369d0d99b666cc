# SPDX-License-Identifier: GPL-2.0-only
"""Frames that the embedded switch sends back to their sender are dropped, and no others."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from lab.fabric import BROADCAST, Fabric, Frame
from software_bridge import SOFT_MAC, bridged

# Address of a virtual router, whichever host is its master (RFC 5798)
ROUTER = "00:00:5e:00:01:33"
ADVERTS = "01:00:5e:00:00:12"
MANY = 20


@contextmanager
def virtual_router(fabric: Fabric) -> Iterator[None]:
    """A macvlan with the router's address on a trusted VF, as keepalived creates it."""
    fabric.run(
        "",
        "ip link set pf0 vf 0 trust on && ip netns add mv0 &&"
        f"ip -n v0 link add link vf0 name mv0 address {ROUTER} type macvlan mode private &&"
        "ip -n v0 link set mv0 netns mv0 && ip -n mv0 link set mv0 up &&"
        f"for at in 'v0 vf0' 'mv0 mv0' 'wire wire0'; do set -- $at;"
        f" ip -n $1 maddr add {ADVERTS} dev $2 || exit 1; done; sleep 0.5",
    )
    try:
        yield
    finally:
        fabric.run(
            "",
            f"ip netns del mv0; ip -n v0 maddr del {ADVERTS} dev vf0;"
            f"ip -n wire maddr del {ADVERTS} dev wire0; ip link set pf0 vf 0 trust off",
        )


def exchange(fabric: Fabric, port: str, group: str, mac: str) -> None:
    """Wire and port send with the same addresses: each receives only the other's frames."""
    own, foreign = Frame(port, group, mac, fill=1), Frame("wire", group, mac, fill=2)
    many = [replace(frame, count=MANY) for frame in (foreign, own, foreign)]
    frames = many + [foreign, own] * MANY
    got = fabric.probe(frames, [port, "wire"])
    for frame, arrived in zip(frames, got):
        copies = {at: len(received) for at, received in arrived.items()}
        receiver = port if frame.sender == "wire" else "wire"
        assert copies == {receiver: frame.count}, frame


@pytest.mark.kernels("stock")
def test_virtual_router(fabric: Fabric) -> None:
    """The backup receives from the master, which has the same MAC address; the master does not."""
    with virtual_router(fabric):
        exchange(fabric, "mv0", ADVERTS, ROUTER)


@pytest.mark.kernels("stock")
def test_duplicate_address(fabric: Fabric) -> None:
    """A broadcast from another host with the interface's own MAC address, on VF and PF."""
    for port, ns, dev in (("vf0", "v0", "vf0"), ("pf", "", "pf0")):
        mac = fabric.mac(ns, dev)
        exchange(fabric, port, BROADCAST, mac)


@pytest.mark.kernels("stock")
def test_station_moves(fabric: Fabric) -> None:
    """A guest behind the PF's bridge sends a broadcast, and later sends it from the wire."""
    with bridged(fabric):
        exchange(fabric, "soft", BROADCAST, SOFT_MAC)
