# SPDX-License-Identifier: GPL-2.0-only
"""Seven VFs, two software interfaces, the host and the wire reach each other in every state."""
from collections.abc import Callable, Iterator

import pytest
from lab import HostVM
from lab.fabric import PF_IP, WIRE_IP, Fabric, vf_ip
from software_bridge import SOFT_IP, bridged

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock")]

VFS = 7
SECOND_IP, SECOND_MAC = "10.82.0.61", "02:00:00:00:b0:03"


@pytest.fixture
def nodes(bare_host: HostVM) -> Iterator[tuple[Fabric, dict[str, str]]]:
    """All of them: names of namespaces, "" for the host, and addresses."""
    with Fabric(bare_host, VFS) as fabric, bridged(fabric):
        bare_host.add_container("soft2", "soft2", "br0", SECOND_MAC, SECOND_IP)
        found = {"": PF_IP, "wire": WIRE_IP, "soft": SOFT_IP, "soft2": SECOND_IP}
        yield fabric, found | {f"v{n}": vf_ip(n) for n in range(VFS)}
        bare_host.run("ip link del soft2; ip netns del soft2")


def all_talk(fabric: Fabric, nodes: dict[str, str]) -> None:
    """Each pings each other one, all at the same time."""
    jobs = {}
    for ns in nodes:
        others = " ".join(address for name, address in nodes.items() if name != ns)
        lines = f"for a in {others}; do ping -q -c 2 -i 0.2 -w 10 $a > /dev/null || echo $a; done"
        jobs[ns] = fabric.place(ns).spawn(lines)
    silent = {ns: job.wait(200).out.split() for ns, job in jobs.items()}
    assert not any(silent.values()), silent


def test_all_talk(nodes: tuple[Fabric, dict[str, str]], note: Callable[[str], None]) -> None:
    """On a bridge, with VLANs or without, after a reset, and while one VF has no data path."""
    fabric, everyone = nodes
    run = fabric.host.run
    all_talk(fabric, everyone)
    run("ip link set br0 type bridge vlan_filtering 1")
    all_talk(fabric, everyone)
    run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset", timeout=20)
    for n in range(VFS):
        fabric.wait_carrier(f"v{n}", f"vf{n}", timeout=20)
    all_talk(fabric, everyone)
    fabric.switch_vf(0, False)
    fabric.wait_carrier("v0", "vf0", False)
    all_talk(fabric, {ns: address for ns, address in everyone.items() if ns != "v0"})
    fabric.switch_vf(0, True)
    fabric.wait_carrier("v0", "vf0")
    all_talk(fabric, everyone)
    note(f"{len(everyone)} interfaces, {len(everyone) * (len(everyone) - 1)} pairs, five states")
