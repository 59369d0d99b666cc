# SPDX-License-Identifier: GPL-2.0-only
"""Runtime PM: an unused PF is suspended, and is resumed when it is used."""
from collections.abc import Callable, Iterator

import pytest
from lab import HostVM

from lab.fabric import PF_DRIVER, WIRE_IP, Fabric, vf_ip
from lab.regs82576 import RXQ
from sleep import follow_clock, leave_shared_root, suspend

MS = 10**6
MAC = "02:00:5e:00:53:07"


def power(fabric: Fabric) -> str:
    """The folder of the PF's power management in sysfs."""
    return f"/sys/bus/pci/devices/{fabric.pf_pci}/power"


def allow_suspend(fabric: Fabric) -> None:
    """Allow runtime suspend, without delay."""
    fabric.run("", f"cd {power(fabric)}; echo 0 > autosuspend_delay_ms; echo auto > control")


def status(fabric: Fabric) -> str:
    """The PF's runtime PM status."""
    return fabric.host.read(f"{power(fabric)}/runtime_status")


def wait_suspended(fabric: Fabric) -> None:
    """Wait until the PF is suspended and in D3hot."""
    fabric.host.wait_until(f"grep -q suspended {power(fabric)}/runtime_status", interval=0.02)
    assert fabric.host.read(f"{power(fabric)}/../power_state") == "D3hot"


def check_active(fabric: Fabric) -> None:
    """The PF is active after a use by ethtool."""
    fabric.run("", "ethtool -S pf0 > /dev/null; sleep 0.2")
    assert status(fabric) == "active"


def configuration(fabric: Fabric) -> dict[int, int]:
    """The register dump, without the queues: an interface that is set up has new rings."""
    return {reg: value for reg, value in fabric.registers().items() if reg < RXQ(0)}


@pytest.fixture
def idle(fabric: Fabric) -> Iterator[Fabric]:
    """A PF without VFs that may sleep; its interface is down."""
    fabric.remove_vfs()
    fabric.run("", "ip link set pf0 down")
    allow_suspend(fabric)
    wait_suspended(fabric)
    yield fabric
    fabric.run("", f"cd {power(fabric)}; echo on > control; echo 5000 > autosuspend_delay_ms")
    fabric.pf_up()
    fabric.set_vfs(2)


@pytest.mark.full(kernel="debug")
def test_idle_pf_sleeps(idle: Fabric) -> None:
    """Settings do not resume the PF, and take effect when the interface is set up."""
    old = idle.mac("", "pf0")
    idle.run("", f"ip link set pf0 mtu 4000; ip link set pf0 address {MAC}")
    assert status(idle) == "suspended"
    idle.pf_up()
    idle.ping("", WIRE_IP, size=3900)
    assert idle.pools_of(MAC)
    idle.run("", f"ip link set pf0 down; ip link set pf0 mtu 1500 address {old}")


@pytest.mark.full()
def test_who_keeps_it_awake(idle: Fabric) -> None:
    """An interface that is up keeps the PF active, and so do VFs."""
    idle.pf_up()
    check_active(idle)
    idle.host.write(idle.numvfs_path, 1)
    idle.run("", "ip link set pf0 down")
    check_active(idle)
    idle.host.write(idle.numvfs_path, 0)
    wait_suspended(idle)


@pytest.mark.full()
def test_everybody_wakes_it_up(idle: Fabric) -> None:
    """An operation that needs the device resumes it and succeeds; then the PF suspends again."""
    host = idle.host
    idle.pf_up()
    before = configuration(idle)
    idle.run("", "ip link set pf0 down")
    wait_suspended(idle)
    for how in ("online", "offline"):
        assert "PASS" in idle.run("", f"ethtool -t pf0 {how}").out
        wait_suspended(idle)
    for command in ("ethtool -d pf0", "ethtool -e pf0 offset 0 length 6", "ethtool pf0"):
        assert idle.run("", command).out
        wait_suspended(idle)
    settings = "ip link set pf0 promisc on; bridge fdb add 02:00:5e:00:53:08 dev pf0"
    idle.run("", f"{settings}; ip link add link pf0 name pf0.9 type vlan id 9")
    assert status(idle) == "suspended"
    idle.run("", "ethtool -A pf0 rx on; ethtool -r pf0; ethtool -L pf0 combined 1")
    idle.run("", "ethtool -K pf0 rxvlan off; ethtool -s pf0 advertise 0x2f; ethtool -p pf0 1")
    idle.run("", "ethtool -L pf0 combined 2; ethtool -A pf0 rx off; ethtool -K pf0 rxvlan on")
    idle.run("", "ip link del pf0.9; ip link set pf0 promisc off")
    idle.run("", "bridge fdb del 02:00:5e:00:53:08 dev pf0")
    wait_suspended(idle)
    idle.pf_up()
    idle.ping("", WIRE_IP)
    assert configuration(idle) == before
    idle.run("", "ip link set pf0 down")
    wait_suspended(idle)

    clock = follow_clock(host)
    wait_suspended(idle)
    idle.run("", "sleep 1; ethtool pf0; sleep 0.3")
    wait_suspended(idle)
    first, *_, last = map(int, clock.out.split("\n")[:-1])
    assert abs(last - first) < 20 * MS, clock.out
    host.run("pkill -f ptp_probe.py", check=False)

    device = f"/sys/bus/pci/devices/{idle.pf_pci}"
    assert "fw" in host.run(f"devlink dev info pci/{idle.pf_pci}").out
    state = f"devlink health diagnose pci/{idle.pf_pci} reporter sriov"
    assert "PF_OFFLINE" not in host.run(state).out and status(idle) == "suspended"
    host.run(f"devlink dev reload pci/{idle.pf_pci}", timeout=60)
    host.run(f"ip link set {host.netdev_of(idle.pf_pci)} name pf0")
    wait_suspended(idle)
    host.run(f"echo 1 > {device}/reset", timeout=20)
    wait_suspended(idle)
    idle.set_vfs(2)
    idle.ping("v0", vf_ip(1))
    assert status(idle) == "active"
    idle.remove_vfs()
    wait_suspended(idle)
    host.rmmod(PF_DRIVER)
    host.modprobe(PF_DRIVER)
    host.run(f"ip link set {host.netdev_of(idle.pf_pci)} name pf0")
    idle.pf_up()
    idle.ping("", WIRE_IP)


@pytest.mark.full()
def test_asleep_when_the_machine_is(boot_host: Callable[..., HostVM]) -> None:
    """A PF in runtime suspend stays suspended while the system is suspended and resumed."""
    fabric = Fabric(boot_host(), vfs=0)
    host = fabric.host
    before = configuration(fabric)
    fabric.run("", "ip link set pf0 down")
    allow_suspend(fabric)
    wait_suspended(fabric)
    leave_shared_root(host)
    host.run("echo 0 > /sys/module/suspend/parameters/pm_test_delay")
    for level in ("freezer", "devices", "platform"):
        suspend(fabric, level)
        wait_suspended(fabric)
    fabric.run("", "ip link set pf0 up")
    fabric.wait_carrier("", "pf0")
    host.wait_until(f"ping -c 1 -W 1 {WIRE_IP}", timeout=5)
    assert configuration(fabric) == before
