# SPDX-License-Identifier: GPL-2.0-only
"""Loading, unloading, rebinding, and changes of a VF's owner."""
import pytest

from lab.fabric import PF_DRIVER, VF_DRIVER, WIRE_IP, Fabric, vf_ip

# Up to thirty seconds each. A leak occurs in each of them, and kmemleak reports it once.
CYCLES = 20


def test_unload_pf_with_vfs(fabric: Fabric) -> None:
    """The PF's driver is removed quickly while VFs exist; the VFs are gone."""
    host = fabric.host
    host.run(f"rmmod {PF_DRIVER}", timeout=5)
    assert host.run("lspci -d 8086:10ca | wc -l").out.strip() == "0"
    assert PF_DRIVER not in host.loaded_modules()
    fabric.vfs = 0
    fabric.load()
    fabric.set_vfs(2)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_vfs_come_up_while_the_pf_is_down(fabric: Fabric) -> None:
    """VFs are created and set up while the PF's interface is down."""
    host = fabric.host
    fabric.unload()
    fabric.load()
    host.run("ip link set pf0 down")
    host.write(fabric.numvfs_path, 2)
    fabric.vfs = 2
    fabric.adopt_vfs(0, 1)
    fabric.wait_carrier("v0", "vf0")
    fabric.ping("v0", vf_ip(1))
    fabric.pf_up()
    fabric.ping("v0", "10.82.0.1")


@pytest.mark.full(kernel="debug")
def test_reload_vf_driver(fabric: Fabric) -> None:
    """Reloading the VF's driver (three times on stock) keeps MAC and traffic."""
    before = [fabric.vf_mac(n) for n in range(2)]
    for _ in range(1 if fabric.host.kernel.name == "debug" else 3):
        fabric.host.rmmod(VF_DRIVER)
        fabric.host.modprobe(VF_DRIVER)
        fabric.adopt_vfs(0, 1)
        assert [fabric.vf_mac(n) for n in range(2)] == before
        fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_nothing_left_for_the_next_owner(fabric: Fabric) -> None:
    """The next owner gets none of a VF's filters, VLANs and promiscuous mode."""
    host = fabric.host
    fabric.unbind_vf(0)
    clean = fabric.registers()
    fabric.bind_vf(0)
    fabric.run(
        "v0",
        "ip link add link vf0 name vf0.7 type vlan id 7 && ip link set vf0.7 up &&"
        "ip link add link vf0 name mv type macvlan && ip link set mv up &&"
        "ip maddr add 01:00:5e:01:02:03 dev vf0 && ip link set vf0 mtu 4000",
    )
    assert fabric.registers() != clean
    fabric.unbind_vf(0)
    host.run("sleep 0.2")
    assert fabric.registers() == clean
    fabric.bind_vf(0)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.kernels("debug")
@pytest.mark.full()
@pytest.mark.expect_splat(r"virtio_net .* wire0: (NETDEV WATCHDOG|TX timeout)")  # QEMU's defect
def test_cycles_under_traffic(fabric: Fabric) -> None:
    """Load, 0 to 7 to 0 VFs, unload, repeated while the wire floods the port: no leak."""
    host = fabric.host
    fabric.unload()
    flood = host.netns("wire").spawn(
        "ping -i 0.005 -q -b -I wire0 -s 1400 10.82.255.255 > /dev/null"
    )
    for _ in range(CYCLES):
        fabric.load()
        host.run(f"echo 7 > {fabric.numvfs_path} && echo 0 > {fabric.numvfs_path}", timeout=60)
        fabric.unload()
    assert flood.poll() is None
    flood.kill()
    fabric.load()
    fabric.set_vfs(2)
    fabric.ping("", WIRE_IP)
    fabric.ping("v0", vf_ip(1))
    assert not host.kmemleak()
