# SPDX-License-Identifier: GPL-2.0-only
"""VFs in network namespaces, as containers use them, and devices on top of them."""

import pytest

from lab.fabric import PF_IP, Fabric, vf_ip
from register_dump import configured_registers, wait_for_registers
from stream import numbered

# ten with --full: three seconds each
ROUNDS, FULL_ROUNDS = 1, 10

UP = 1  # IFF_UP
# Settings that a container may leave behind
LEFT = """
ip link add link vf0 name vf0.7 type vlan id 7 && ip link set vf0.7 up
ip link add link vf0 name mv type macvlan && ip link set mv up
ip maddress add 01:00:5e:01:02:03 dev vf0
"""
UPPERS = {
    "vlan": "ip link add link vf0 name upper type vlan id 9",
    "macvlan": "ip link add link vf0 name upper type macvlan",
    "bridge": "ip link add upper type bridge && ip link set vf0 master upper",
    "bond": "ip link add upper type bond mode active-backup miimon 100 &&"
    " ip link set vf0 down && ip link set vf0 master upper",
}


def delete_namespace(fabric: Fabric) -> None:
    """Delete VF 0's namespace, and wait until its interface is in the initial namespace."""
    fabric.host.run("ip netns del v0")
    fabric.host.wait_until(f"ls /sys/bus/pci/devices/{fabric.vf_pci(0)}/net/vf0", timeout=20)


@pytest.mark.full(kernel="debug")
def test_namespace_is_deleted(fabric: Fabric, full: bool) -> None:
    """The VF returns without its container's settings; another VF loses nothing."""
    host = fabric.host
    clean, address = configured_registers(fabric), fabric.vf_mac(0)
    with numbered(fabric, "v1", "", PF_IP) as stream:
        for _ in range(FULL_ROUNDS if full else ROUNDS):
            fabric.run("v0", f"set -e; {LEFT}")
            flood = host.netns("v0").spawn(f"exec ping -q -f -w 30 {vf_ip(1)} > /dev/null")
            fabric.ping("v0", PF_IP)
            flood.kill()
            flood.wait(10, check=False)
            delete_namespace(fabric)
            assert fabric.mac("", "vf0") == address
            assert not UP & int(host.read("/sys/class/net/vf0/flags"), 16)
            fabric.adopt_vfs(0)
            fabric.ping("v0", vf_ip(1))
            wait_for_registers(fabric, clean)
    assert stream["sent"] > 300 and not stream["lost"], stream
    if full and host.kernel.name == "debug":
        assert not host.kmemleak()


@pytest.mark.full()
@pytest.mark.parametrize("whose", ["VF", "PF"])
def test_stacks_go_during_resets(fabric: Fabric, whose: str) -> None:
    """Upper devices of the VF, and its namespace, come and go while VF or PF are reset."""
    host = fabric.host
    host.modprobe("bonding")
    function = fabric.vf_pci(0) if whose == "VF" else fabric.pf_pci
    resets = host.spawn(
        f"while echo 1 > /sys/bus/pci/devices/{function}/reset; do sleep 0.1; done"
    )
    for _ in range(5):
        for make in UPPERS.values():
            up = "ip link set upper up; ip link set vf0 up; sleep 0.1; ip link del upper"
            fabric.run("v0", f"set -e; {make}; {up}", timeout=60)
        delete_namespace(fabric)
        fabric.adopt_vfs(0, wait=False)
    assert resets.poll() is None
    resets.kill()
    resets.wait(20, check=False)
    host.rmmod("bonding")
    fabric.pf_up()
    for n in range(2):
        fabric.wait_carrier(f"v{n}", f"vf{n}", timeout=20)
    # VF 0 has its address again; that of VF 1 stayed.
    fabric.ping("v0", vf_ip(1))
    fabric.ping("v1", PF_IP)
