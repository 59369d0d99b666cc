# SPDX-License-Identifier: GPL-2.0-only
"""systemd-networkd and NetworkManager in a guest: one interface has the address, always."""
import time
from collections.abc import Callable

import pytest
from lab import HostVM
from lab.managers import UNITS, Managed, ManagedFlat, ManagedMigrating, Network, disk, flat_disk
from lab.topology import WIRE_IP, ping

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock"), pytest.mark.parallel]

EVENTS: list[tuple[str, Callable[[ManagedFlat], None], str]] = [
    ("inactive", ManagedFlat.withdraw, "soft"),
    ("active", ManagedFlat.offer, "vf"),
    ("disable", lambda guest: guest.set_link("disable"), "soft"),
    ("auto", lambda guest: guest.set_link("auto"), "vf"),
    ("unplug", ManagedFlat.unplug, "soft"),
    ("plug", ManagedFlat.plug, "vf"),
    ("devlink reload", ManagedFlat.reload_pf, "vf"),
    ("PF reset", ManagedFlat.reset_pf, "vf"),
    ("another VF", lambda guest: guest.change_vf(1), "vf"),
    ("rmmod", ManagedFlat.unload, "soft"),
    ("modprobe", ManagedFlat.load, "vf"),
]


def check(guest: Managed, expected: Network | None = None) -> Network:
    """Only the master is managed, and has an IPv4 and an IPv6 address; the wire answers."""
    guest.system.settle()
    found = guest.network()
    assert found.managed == [found.master], found
    assert list(found.addresses) == [found.master], found
    assert found.routes == [found.master] * 2, found
    assert len(found.leases) == 1, found
    assert expected in (None, found)
    assert ping(guest.guest, WIRE_IP).received
    return found


@pytest.mark.parametrize("release", ["bookworm", "trixie"])
@pytest.mark.parametrize("manager", UNITS)
def test_managers(boot_host: Callable[..., HostVM], manager: str, release: str) -> None:
    """Name, lease, addresses and routes stay, whatever happens to the VF."""
    with ManagedFlat(boot_host(extra=flat_disk(release)), manager=manager, vfs=2) as guest:
        guest.keep_module()
        expected = check(guest)
        for name, happen, path in EVENTS:
            happen(guest)
            assert guest.wait_path(path), name
            check(guest, expected)


@pytest.mark.parametrize("manager", UNITS)
def test_migration(boot_host: Callable[..., HostVM], manager: str) -> None:
    """The same after a live migration, from a VF to another one."""
    host = boot_host(extra=disk("bookworm"))
    with ManagedMigrating(host, manager=manager, release="bookworm") as guest:
        expected = check(guest)
        guest.free_vf(1)
        guest.start_target()
        found = guest.migrate()
        assert (found.status, found.path) == (0, "vf"), found
        assert guest.wait_path("vf")
        check(guest, expected)


@pytest.mark.parametrize("release", ["bookworm", "trixie"])
@pytest.mark.parametrize("manager", UNITS)
def test_start_during_rename(
    boot_host: Callable[..., HostVM], manager: str, release: str
) -> None:
    """A manager that starts while udev renames the standby leaves it alone, too."""
    with ManagedFlat(boot_host(extra=flat_disk(release)), manager=manager) as guest:
        check(guest)
        unit, driver = UNITS[manager], "/sys/bus/virtio/drivers/virtio_net"
        guest.system.run(f"systemctl stop {unit}.socket {unit}", check=False)
        standby = guest.host.run(
            "cd -P $(dirname $(grep -ls sby /sys/class/net/*/phys_port_name))/device && pwd"
        ).out.strip().rsplit("/", 1)[1]
        guest.host.write(f"{driver}/unbind", standby)
        with guest.system.udev_frozen_in_rename(
            lambda: guest.host.write(f"{driver}/bind", standby)
        ):
            guest.system.run(f"systemctl start --no-block {unit}")
            time.sleep(20)
        guest.wait_configured()
        check(guest)
