# SPDX-License-Identifier: GPL-2.0-only
"""Datagrams of many flows: one datagram to each of many ports."""
from lab.fabric import Fabric

PORTS = 48


def send_datagrams(fabric: Fabric, ns: str, address: str) -> None:
    """Send one datagram to each of the ports."""
    command = f"for i in $(seq {PORTS}); do printf x > /dev/udp/{address}/$((9000 + i)); done"
    fabric.run(ns, f"bash -c '{command}'")
