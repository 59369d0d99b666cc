# SPDX-License-Identifier: GPL-2.0-only
"""A VF in a guest."""
from collections.abc import Iterator

import pytest
from lab import HostVM
from lab.errors import CommandFailed
from lab.fabric import Fabric
from lab.guest import Guest
from lab.topology import PF_IP, WIRE_IP, ping, send_file, tcp, vf_ip, vf_mac


@pytest.fixture
def fabric(bare_host: HostVM) -> Iterator[Fabric]:
    """The PF with two VFs, none of them assigned."""
    with Fabric(bare_host, adopt=False) as found:
        yield found


def check_traffic(fabric: Fabric, guest: Guest) -> None:
    """Ping, TCP and a file in both directions."""
    for address in (PF_IP, WIRE_IP):
        assert ping(guest, address).received == 5
    assert tcp(guest, fabric.host, PF_IP, 2) > 0
    assert tcp(fabric.host, guest, vf_ip(0), 2) > 0
    for source, target, address in ((guest, fabric.host, PF_IP), (fabric.host, guest, vf_ip(0))):
        moved = send_file(source, target, address, 2)
        assert moved.intact


def check_pf_driver_reload(fabric: Fabric, guest: Guest) -> None:
    """The PF's driver is loaded again while the guest has a VF; the guest continues by itself.

    Meanwhile the guest gives up a queue pair, and cannot get it back before the PF works again.
    """
    guest.run("ethtool -L vf0 combined 2")
    assert ping(guest, PF_IP).received == 5
    fabric.host.run(f"rmmod {fabric.pf_driver}", timeout=20)
    assert fabric.host.run("lspci -d 8086:10ca | wc -l").out.strip() == "2"
    guest.wait_until("grep -qx 0 /sys/class/net/vf0/carrier")
    guest.run("ethtool -L vf0 combined 1")
    with pytest.raises(CommandFailed):
        guest.run("ethtool -L vf0 combined 2")
    assert "no answer from the PF, keeping 1 of 2 queue pairs" in guest.run("dmesg").out
    fabric.load_pf()
    guest.wait_until("grep -qx 1 /sys/class/net/vf0/carrier", timeout=60)
    guest.run("ethtool -L vf0 combined 2")
    assert guest.run("ethtool -l vf0 | grep -c '^Combined:.*2$'").out.strip() == "2"
    assert ping(guest, PF_IP).received == 5


def check_numvfs_0(fabric: Fabric, guest: Guest) -> None:
    """Writing 0 to sriov_numvfs does not hang; VFs can be made when the guest is killed."""
    guest.spawn(f"ping -q -i 0.01 -w 60 {PF_IP} > /dev/null")
    remove = fabric.host.spawn(f"/bin/echo 0 > {fabric.numvfs_path}")
    fabric.host.run("sleep 1")
    guest.kill()
    remove.wait(30, check=False)
    fabric.set_vfs(0)
    fabric.set_vfs(2, adopt=False)
    assert fabric.host.run("lspci -d 8086:10ca | wc -l").out.strip() == "2"


@pytest.mark.kernels("stock")
@pytest.mark.parallel
def test_guest(fabric: Fabric, full: bool) -> None:
    """A guest uses its VF through all this; another guest gets the VF after it (with --full)."""
    guest = fabric.start_guest()
    check_traffic(fabric, guest)
    check_pf_driver_reload(fabric, guest)
    check_numvfs_0(fabric, guest)
    if not full:
        return
    second = fabric.start_guest(name="g1")
    assert second.run("cat /sys/class/net/vf0/address").out.strip() == vf_mac(0)
    assert ping(second, PF_IP).received == 5
    assert "iovnic" in second.run("cat /proc/modules").out
