# SPDX-License-Identifier: GPL-2.0-only
"""Guests restart, crash and end; VFs are plugged into running guests and unplugged.

The host's own VF is not affected: a stream of numbered datagrams to the PF loses none.
"""
from collections.abc import Iterator

import pytest

from lab.fabric import PF_IP, VF_DRIVER, Fabric, vf_ip
from lab.guest import Guest
from lab.topology import bring_up
from register_dump import configured_registers, wait_for_registers
from stream import numbered
from dpdk_echo import ECHO_IP, ECHO_MAC, start_echo

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock"), pytest.mark.parallel]

GUEST = 2  # the guest's VF; the host uses 0 and 1
RESTARTS = ("-action", "reboot=reset")
PLACE = ("-device", "pcie-root-port,id=place,chassis=20")
VFS_OF_GUEST = f"/sys/bus/pci/drivers/{VF_DRIVER}/*/net/*"


@pytest.fixture
def three(fabric: Fabric) -> Iterator[Fabric]:
    """Create one more VF, for guests, without a driver."""
    host = fabric.host
    fabric.remove_vfs()
    host.write(fabric.numvfs_path, GUEST + 1)
    fabric.vfs = GUEST
    fabric.adopt_vfs(0, 1)
    host.bind_driver(fabric.vf_pci(GUEST), "vfio-pci")
    yield fabric
    fabric.set_vfs(2)


def enter(guest: Guest) -> None:
    """The guest's driver binds its VF, and the interface is set up."""
    guest.modprobe(VF_DRIVER)
    found = guest.wait_until(f"ls -d {VFS_OF_GUEST}", timeout=30).out.split()
    bring_up(guest, found[0].rsplit("/", 1)[-1], vf_ip(GUEST))
    guest.run(f"ping -c 3 -W 5 {PF_IP}")


def flood(guest: Guest) -> None:
    """The guest sends continuously."""
    guest.spawn(f"ping -q -f -s 1000 {PF_IP} > /dev/null")
    guest.run("sleep 0.3")


def works_in_host(fabric: Fabric) -> None:
    """The host's driver can use the VF at once."""
    host, pci = fabric.host, fabric.vf_pci(GUEST)
    host.bind_driver(pci, VF_DRIVER)
    fabric.adopt_vfs(GUEST)
    fabric.ping(f"v{GUEST}", PF_IP)
    host.run(f"ip netns del v{GUEST}")
    host.bind_driver(pci, "vfio-pci")


def rediscover(guest: Guest) -> None:
    """The guest removes and rescans its VF."""
    (device,) = guest.run(f"readlink -f {VFS_OF_GUEST}/device").out.split()
    guest.run(f"echo 1 > {device}/remove; echo 1 > /sys/bus/pci/rescan")


def test_plug_and_unplug(three: Fabric) -> None:
    """A VF is plugged into a running guest and unplugged while it sends, ten times.

    In between the guest removes it and rescans.
    """
    pci, before = three.vf_pci(GUEST), configured_registers(three)
    with three.host.guest(extra=PLACE) as guest:
        guest.modprobe(VF_DRIVER)
        with numbered(three, "v1", "", PF_IP) as stream:
            for _ in range(10):
                guest.qmp("device_add", driver="vfio-pci", id="vf", bus="place", host=pci)
                enter(guest)
                rediscover(guest)
                enter(guest)
                flood(guest)
                guest.qmp("device_del", id="vf")
                guest.wait_event("DEVICE_DELETED")
                guest.wait_until(f"! ls -d {VFS_OF_GUEST}")
                wait_for_registers(three, before)
        assert not stream["lost"], stream
    works_in_host(three)


def test_restarts(three: Fabric) -> None:
    """A sending guest restarts ten times, by reboot and by reset, and then ends."""
    before = configured_registers(three)
    with three.host.guest(vf=three.vf_pci(GUEST), extra=RESTARTS) as guest:
        enter(guest)
        with numbered(three, "v1", "", PF_IP) as stream:
            for _ in range(5):
                flood(guest)
                guest.spawn("reboot -f")
                guest.wait_restart()
                enter(guest)
                flood(guest)
                guest.hmp("system_reset")
                guest.wait_restart()
                enter(guest)
            guest.stop()
        assert not stream["lost"], stream
    wait_for_registers(three, before)
    works_in_host(three)


@pytest.mark.expect_splat(r"Kernel panic", r"sysrq: Trigger a crash")
@pytest.mark.parametrize("crash", [False, True], ids=["killed", "crashed"])
def test_end_without_goodbye(three: Fabric, crash: bool) -> None:
    """QEMU is killed, or the guest's kernel panics, while the guest sends: nothing remains."""
    before = configured_registers(three)
    for _ in range(3):
        guest = three.host.guest(vf=three.vf_pci(GUEST))
        enter(guest)
        with numbered(three, "v1", "", PF_IP) as stream:
            flood(guest)
            if crash:
                guest.spawn("echo c > /proc/sysrq-trigger")
                guest.wait_end()
            else:
                guest.kill()
            works_in_host(three)
        assert not stream["lost"], stream
        wait_for_registers(three, before)


def test_all_vfs_in_one_guest(fabric: Fabric) -> None:
    """A guest with all seven VFs restarts ten times: all seven work each time."""
    host = fabric.host
    fabric.remove_vfs()
    host.write(fabric.numvfs_path, 7)
    vfs = [fabric.vf_pci(n) for n in range(7)]
    with host.guest(vf=vfs, extra=RESTARTS, mem=512) as guest:
        for restart in range(11):
            guest.modprobe(VF_DRIVER)
            guest.wait_until(f"[ $(ls -d {VFS_OF_GUEST} | wc -l) = 7 ]", timeout=30)
            guest.run("echo 1 | tee /proc/sys/net/ipv4/conf/all/arp_ignore")
            found = guest.run(f"ls -d {VFS_OF_GUEST}").out.split()
            for n, path in enumerate(found):
                bring_up(guest, path.rsplit("/", 1)[-1], vf_ip(n), name=f"vf{n}")
            for n in range(7):
                guest.run(f"ping -I vf{n} -c 2 -W 5 {PF_IP}")
            if restart < 10:
                guest.hmp("system_reset")
                guest.wait_restart()
    fabric.set_vfs(2)
    fabric.ping("v0", vf_ip(1))


def test_three_kinds_at_once(three: Fabric) -> None:
    """DPDK, the host and a guest have a VF each, at the same time, and exchange frames."""
    host = three.host
    host.run(f"ip netns del v0; sleep 0.3; ip link set pf0 vf 0 mac {ECHO_MAC}")
    echo = start_echo(three)
    try:
        host.wait_until(f"ping -c 1 -W 1 {ECHO_IP}", timeout=40)
        with host.guest(vf=three.vf_pci(GUEST)) as guest:
            enter(guest)
            with numbered(three, "v1", "", PF_IP) as stream:
                sends = guest.spawn(f"ping -q -i 0.05 -c 200 {PF_IP}")
                out = host.run(f"ping -q -i 0.05 -c 200 {ECHO_IP}", timeout=60).out
                assert "200 received" in out, out
                # Busybox's ping prints a different text.
                assert " 0% packet loss" in sends.wait(60).out, sends.out
            assert stream["sent"] > 1000 and not stream["lost"], stream
            guest.run(f"ping -c 3 -W 5 {ECHO_IP}")
    finally:
        echo.kill()
        host.run("pkill -f dpdk-testpmd; sleep 0.5", check=False)
        host.run("ip link set pf0 vf 0 mac 00:00:00:00:00:00")
