# SPDX-License-Identifier: GPL-2.0-only
"""Every PF driver with every VF driver: ours, the kernel's, DPDK's.

For each pair: bring-up, MAC, VLAN, IPv6 neighbour discovery (multicast), jumbo frames, traffic in
both directions, a reset of either side and a reload of either side.
"""
import re

import pytest
from dpdk_echo import ECHO_IP, ECHO_MAC, start_echo
from lab.fabric import PF_DRIVER, PF_IP, VF_DRIVER, WIRE_IP, Fabric, vf_ip
from lab import HostVM
from lab.errors import CommandFailed

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.xdist_group("peers")]

RECOVERY = 40


def settle(fabric: Fabric, timeout: float = RECOVERY) -> None:
    """Wait until all have carrier and both VFs reach each other."""
    for ns, dev in (("", "pf0"), ("v0", "vf0"), ("v1", "vf1")):
        fabric.wait_carrier(ns, dev, timeout=timeout)
    fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {vf_ip(1)}", timeout)


def exercise(fabric: Fabric) -> None:
    """Traffic of every kind; VLANs and MTU that were set before must still work."""
    fabric.ping("v0", vf_ip(1))
    fabric.ping("v0", PF_IP)
    fabric.ping("v1", WIRE_IP)
    fabric.run("v0", "ip -6 neigh flush dev vf0; ping -6 -c 2 -W 5 fd82::11", 60)
    fabric.host.wait_until("ip netns exec v0 ping -c 1 -W 1 10.61.0.11", RECOVERY)
    fabric.ping("v0", vf_ip(1), size=3900)


def one_queue_pair(fabric: Fabric) -> None:
    """igb's protocol has no message for more than one queue pair: two are refused."""
    shown = fabric.run("v0", "ethtool -l vf0").out
    assert re.findall(r"^Combined:\s+(\d+)$", shown, re.M) == ["1", "1"]
    with pytest.raises(CommandFailed, match="exceeds maximum"):
        fabric.run("v0", "ethtool -L vf0 combined 2")
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(pf="igb")
@pytest.mark.parametrize("pf, vf", [(PF_DRIVER, "igbvf"), ("igb", VF_DRIVER)])
def test_kernel_drivers(bare_host: HostVM, pf: str, vf: str) -> None:
    """One of our drivers with one of the kernel's; all other tests use both of ours."""
    fabric = Fabric(bare_host, 2, pf=pf, vf=vf)
    for n in range(2):
        fabric.run(
            f"v{n}",
            f"ip link set vf{n} mtu 4000; ip link add link vf{n} name vlan61 type vlan id 61;"
            f"ip link set vlan61 up; ip address add 10.61.0.{10 + n}/24 dev vlan61",
        )
    settle(fabric)
    exercise(fabric)
    if vf == VF_DRIVER:
        one_queue_pair(fabric)
    assert fabric.iperf("v1", "v0", vf_ip(1), "-t 1")["sum_received"]["bytes"] > 1 << 20
    assert fabric.iperf("v1", "v0", vf_ip(1), "-t 1 -R")["sum_received"]["bytes"] > 1 << 20

    bare_host.run("ethtool -r pf0")
    settle(fabric)
    exercise(fabric)
    bare_host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset", timeout=30)
    settle(fabric)
    exercise(fabric)

    bare_host.rmmod(vf)
    bare_host.modprobe(vf)
    fabric.adopt_vfs(0, 1)
    settle(fabric)
    bare_host.run("for n in 0 1; do ip netns del v$n; done; sleep 0.5", check=False)
    bare_host.run(f"rmmod {pf}", timeout=60)
    fabric.load()
    fabric.set_vfs(2)
    settle(fabric)
    fabric.unload()


@pytest.mark.full(pf="igb")
@pytest.mark.parametrize("pf", [PF_DRIVER, "igb"])
def test_dpdk(bare_host: HostVM, pf: str) -> None:
    """DPDK's testpmd on a VF replies to pings of PF, wire and another VF, also after resets."""
    fabric = Fabric(bare_host, 2, pf=pf)
    bare_host.run("ip netns del v0; sleep 0.3")
    bare_host.run(f"ip link set pf0 vf 0 mac {ECHO_MAC}; ip link set pf0 mtu 3000")
    echo = start_echo(fabric)
    reaches = f"ping -c 1 -W 1 {ECHO_IP}"
    try:
        bare_host.wait_until(reaches, RECOVERY)
        bare_host.wait_until(f"ip netns exec wire {reaches}", RECOVERY)
        bare_host.wait_until(f"ip netns exec v1 {reaches}", RECOVERY)
        bare_host.run(f"ping -c 2 -W 2 -s 2800 -M do {ECHO_IP}")
        bare_host.run(f"ping -q -c 500 -i 0.002 -W 2 {ECHO_IP} | grep ' 0% packet loss'", 60)
    finally:
        echo.kill()
        bare_host.run("pkill -f dpdk-testpmd; sleep 0.5", check=False)
    # The next tenant of the same VF: our driver, then DPDK again.
    bare_host.bind_driver(fabric.vf_pci(0), VF_DRIVER)
    fabric.adopt_vfs(0)
    fabric.ping("v0", vf_ip(1))
    bare_host.run("ip netns del v0; sleep 0.3")
    echo = start_echo(fabric)
    try:
        bare_host.wait_until(reaches, RECOVERY)
    finally:
        echo.kill()
        bare_host.run("pkill -f dpdk-testpmd; sleep 0.5", check=False)
    fabric.unload()
