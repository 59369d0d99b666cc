# SPDX-License-Identifier: GPL-2.0-only
"""VFs are created and removed, and sysfs and the tools show them."""
import pytest

from lab.fabric import PF_DRIVER, VF_DRIVER, Fabric
from lab.errors import CommandFailed
from lab.paths import VERSION
from lab.topology import STOCK


def sysfs(fabric: Fabric, name: str) -> str:
    return f"/sys/bus/pci/devices/{fabric.pf_pci}/{name}"


@pytest.mark.full(kernel="debug")
def test_totalvfs_and_errno_contract(fabric: Fabric) -> None:
    """7 VFs; ERANGE beyond, EBUSY from N to M, and writing N again succeeds."""
    host = fabric.host
    assert host.read(sysfs(fabric, "sriov_totalvfs")) == "7"
    with pytest.raises(CommandFailed, match="Numerical result out of range"):
        host.write(fabric.numvfs_path, 8)
    with pytest.raises(CommandFailed, match="resource busy"):
        host.write(fabric.numvfs_path, fabric.vfs + 1)
    host.write(fabric.numvfs_path, fabric.vfs)
    assert host.read(fabric.numvfs_path) == str(fabric.vfs)
    fabric.ping("v0", "10.82.0.1")


@pytest.mark.kernels("stock")
def test_every_number_of_vfs(fabric: Fabric, full: bool) -> None:
    """For n VFs there are n links, functions and netdevs; for 0 there are none."""
    host = fabric.host
    fabric.remove_vfs()
    for count in range(1, 8) if full else (1, 4, 7):
        host.write(fabric.numvfs_path, count)
        host.wait_until(
            f"[ $(ls -d /sys/bus/pci/drivers/{VF_DRIVER}/0000:*/net/* | wc -l) = {count} ]"
        )
        assert host.run(f"ls -d {sysfs(fabric, 'virtfn*')} | wc -l").out.strip() == str(count)
        assert host.run("lspci -d 8086:10ca | wc -l").out.strip() == str(count)
        host.write(fabric.numvfs_path, 0)
        assert host.run("lspci -d 8086:10ca | wc -l").out.strip() == "0"
        assert host.run(f"ls -d {sysfs(fabric, 'virtfn*')}", check=False).rc
    fabric.set_vfs(2)


@pytest.mark.kernels("stock")
def test_autoprobe_off(fabric: Fabric) -> None:
    """With sriov_drivers_autoprobe=0 the VFs have no driver; checked twice."""
    host = fabric.host
    fabric.remove_vfs()
    host.write(sysfs(fabric, "sriov_drivers_autoprobe"), 0)
    for _ in range(2):
        host.write(fabric.numvfs_path, 7)
        assert host.run("lspci -d 8086:10ca | wc -l").out.strip() == "7"
        assert host.run(f"ls {sysfs(fabric, 'virtfn*')}/driver", check=False).rc
        host.write(fabric.numvfs_path, 0)
    host.write(sysfs(fabric, "sriov_drivers_autoprobe"), 1)
    fabric.set_vfs(2)


@pytest.mark.full(kernel="debug")
def test_pf_keeps_its_connections(fabric: Fabric) -> None:
    """A TCP stream of the PF continues while VFs are created and removed, without a link flap."""
    host = fabric.host
    host.run("ip netns exec wire iperf3 -s -1 -D -p 5302; sleep 0.3")
    changes = host.read("/sys/class/net/pf0/carrier_changes")
    stream = host.spawn("iperf3 -J -p 5302 -c 10.82.0.254 -t 8 -b 50M")
    for count in (0, 7, 0, 1, 0, 2):
        for n in range(fabric.vfs):
            host.run(f"ip netns del v{n}", check=False)
        host.write(fabric.numvfs_path, count)
        fabric.vfs = count
    result = stream.wait(60)
    assert '"error"' not in result.out, result.out
    assert host.read("/sys/class/net/pf0/carrier_changes") == changes
    fabric.set_vfs(2)


@pytest.mark.full()
@pytest.mark.kernels("stock")
def test_second_port_is_independent(two_port_host) -> None:
    """Creating and removing VFs of one port does not disturb traffic of the other port."""
    host = two_port_host
    host.modprobe(PF_DRIVER)
    second = host.netdev_of(host.nic_address(1))
    host.run(f"ip link set {second} up; ip address add 10.83.0.1/16 dev {second}")
    host.wait_until(f"[ $(cat /sys/class/net/{second}/carrier) = 1 ]")
    numvfs = f"/sys/bus/pci/devices/{host.nic_address(0)}/sriov_numvfs"
    ping = host.spawn("ping -i 0.05 -c 60 -W 1 10.83.0.254")
    for count in (7, 0, 3, 0):
        host.write(numvfs, count)
    out = ping.wait(60).out
    assert "60 packets transmitted, 60 received" in out, out
    host.write(f"/sys/bus/pci/devices/{host.nic_address(1)}/sriov_numvfs", 2)
    assert host.run("lspci -d 8086:10ca | wc -l").out.strip() == "2"
    host.rmmod(PF_DRIVER)


def check_resources(fabric: Fabric) -> None:
    """Seven VFs have 14 separate BARs, seven IOMMU groups, and three MSI-X vectors each."""
    host = fabric.host
    bars, groups = set(), set()
    for n in range(7):
        device = f"/sys/bus/pci/devices/{fabric.vf_pci(n)}"
        first, _, _, table = host.read(f"{device}/resource").splitlines()[:4]
        bars |= {first.split()[0], table.split()[0]}
        groups.add(host.run(f"readlink {device}/iommu_group").out.strip())
        assert host.run(f"ls {device}/msi_irqs | wc -l").out.strip() == "3"
    assert len(bars) == 14
    assert len(groups) == 7


@pytest.mark.kernels("stock")
@pytest.mark.full()
def test_all_vfs_again_after_reload(fabric: Fabric) -> None:
    """After all seven VFs were bound to VFIO and are bound to the host's driver again, all work."""
    fabric.set_vfs(7)
    check_resources(fabric)
    fabric.unload()
    fabric.load()
    fabric.set_vfs(7)
    check_resources(fabric)
    for n in range(7):
        fabric.ping(f"v{n}", "10.82.0.1", count=1)
    fabric.set_vfs(2)


@pytest.mark.full(kernel="debug")
def test_identity(fabric: Fabric) -> None:
    """Driver, version and bus address of PF and VF; devlink lists the PF."""
    pf = fabric.run("", "ethtool -i pf0").out
    assert f"driver: {PF_DRIVER}\nversion: {VERSION}\n" in pf
    assert f"bus-info: {fabric.pf_pci}\n" in pf
    vf = fabric.run("v0", "ethtool -i vf0").out
    assert f"driver: {VF_DRIVER}\nversion: {VERSION}\n" in vf
    assert f"bus-info: {fabric.vf_pci(0)}\n" in vf
    info = fabric.run("", f"devlink dev info pci/{fabric.pf_pci}").out
    assert f"driver {PF_DRIVER}" in info


@pytest.mark.kernels("stock")
def test_bound_functions_keep_their_driver(fabric: Fabric) -> None:
    """The kernel offers a new driver with the same ids, here igb, only functions without one."""
    host = fabric.host
    for name in STOCK:
        host.modprobe(name)
    try:
        for pci, driver in ((fabric.pf_pci, PF_DRIVER), (fabric.vf_pci(0), VF_DRIVER)):
            link = host.run(f"readlink /sys/bus/pci/devices/{pci}/driver").out
            assert link.strip().endswith(f"/{driver}")
        fabric.ping("v0", "10.82.0.1")
    finally:
        host.rmmod(*reversed(STOCK))
