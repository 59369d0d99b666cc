# SPDX-License-Identifier: GPL-2.0-only
"""A software bridge on the PF, with a container behind it."""
from collections.abc import Iterator
from contextlib import contextmanager

from lab.fabric import PF_IP, Fabric

SOFT_MAC, SOFT_IP = "02:00:00:00:b0:02", "10.82.0.60"


@contextmanager
def bridged(fabric: Fabric) -> Iterator[None]:
    """Make the PF and a container's veth ports of a bridge, which has the PF's address."""
    fabric.host.run(
        f"""ip link add br0 type bridge && ip link set br0 up && ip address flush dev pf0
        ip link set pf0 master br0 && ip address add {PF_IP}/16 dev br0"""
    )
    fabric.host.add_container("soft", "soft0", "br0", SOFT_MAC, SOFT_IP)
    try:
        yield
    finally:
        fabric.host.run("ip link del br0; ip link del soft0; ip netns del soft")
        fabric.pf_up()
        for n in range(fabric.vfs):
            fabric.run(f"v{n}", "ip neigh flush all")
