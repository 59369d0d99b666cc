# SPDX-License-Identifier: GPL-2.0
"""A guest with systemd, udev and a manager of networks, and what these make of a VF.

systemd is not the machine's first process, but has its own PID and mount namespaces. The network
is the machine's, so that udev gets the kernel's events. In the host VM (ManagedFlat) the host's
interfaces are there as well, and the manager is told to leave them alone.

The namespace `wire` has a DHCP server, and announces an IPv6 prefix.
"""

import re
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .channel import Job, Result
from .clock import deadline
from .errors import LabError
from .failover import BRIDGE, FIND_MASTER, STANDBY, Failover, Flat
from .machine import Machine
from .migration import Migrating, Report
from .paths import LAB, REPO
from .topology import WIRE_IP

UNITS = {"networkd": "systemd-networkd", "NetworkManager": "NetworkManager"}
FILES = {
    "82-net-failover.rules": "etc/udev/rules.d",
    "05-net-failover.network": "etc/systemd/network",
    "05-net-failover.conf": "etc/systemd/system/NetworkManager.service.d",
}
LEASES = "/tmp/leases"
PREFIX = "fd82:1::"
PATH = "env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb"
MOUNT = """
mkdir -p {base} && cd {base} && mkdir image upper root &&
mount -t ext4 -o ro /dev/vda image &&
mount -t tmpfs upper upper && mkdir upper/data upper/work &&
mount -t overlay -o lowerdir=image,upperdir=upper/data,workdir=upper/work system root
"""
START = """
echo $$ > {base}/pid
exec {path} unshare -m -p -u -f sh -c '
    mount --make-rprivate / && cd {base}/root && mount --move . / &&
    exec chroot . /lib/systemd/systemd --log-target=journal --show-status=no' < /dev/null
"""
CONFIGURE = """
cd {root}/etc/systemd/system && mkdir -p multi-user.target.wants &&
for unit in getty@.service serial-getty@.service apt-daily.timer apt-daily-upgrade.timer \
    dpkg-db-backup.timer e2scrub_all.timer fstrim.timer {other}.service
do
    ln -sf /dev/null $unit
done
ln -sf /lib/systemd/system/{unit}.service multi-user.target.wants/
echo guest > {root}/etc/hostname
"""
# What installers and images have: DHCP on each Ethernet interface. NetworkManager does so itself.
NETWORK = """
[Match]
Name=en* eth*

[Network]
DHCP=yes
"""
# The host's interfaces, which are in the same network namespace in ManagedFlat
NOT_THE_GUESTS = {
    "etc/systemd/network/00-lab.network": """
[Match]
Name=pf0 tap0 br0

[Link]
Unmanaged=yes
""",
    "etc/NetworkManager/conf.d/lab.conf": """
[keyfile]
unmanaged-devices=interface-name:pf0;interface-name:tap0;interface-name:br0
""",
}
SERVER = [
    *("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--user=root"),
    *("--interface=wire0", "--bind-dynamic", "--log-dhcp", f"--dhcp-leasefile={LEASES}"),
    *("--dhcp-range=10.82.1.10,10.82.1.99,255.255.0.0,2m", f"--dhcp-option=3,{WIRE_IP}"),
    *("--enable-ra", f"--dhcp-range={PREFIX},ra-only,64"),
]


def disk(release: str, access: str = "readonly=on") -> list[str]:
    """QEMU's arguments for the image of a Debian, which is made if it is not in the cache.

    access: with snapshot=on QEMU keeps what is written until it ends.
    """
    command = [LAB / "guest-system", release]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    image = made.stdout.split()[-1]
    options = f"if=none,id=system,format=raw,file.locking=off,{access}"
    return ["-drive", f"file={image},{options}", "-device", "virtio-blk-pci,drive=system"]


def flat_disk(release: str) -> list[str]:
    """The same for a host VM for ManagedFlat."""
    return [*STANDBY, *disk(release)]


def mount_system(machine: Machine, base: str) -> str:
    """Mount the image, with a writable layer; return the path of its root."""
    for module in ("virtio_blk", "ext4", "overlay"):
        machine.modprobe(module)
    machine.run(MOUNT.format(base=base))
    return f"{base}/root"


class System:
    """systemd, udev and a manager of networks in a machine that has disk()."""

    BASE = "/run/system"

    def __init__(self, machine: Machine, manager: str, rules: bool):
        """Start it.

        rules: with this project's files for managers.
        """
        self.machine = machine
        self.manager = manager
        root = mount_system(machine, self.BASE)
        (other,) = UNITS.keys() - {manager}
        machine.run(CONFIGURE.format(root=root, unit=UNITS[manager], other=UNITS[other]))
        machine.put(NETWORK, f"{root}/etc/systemd/network/80-dhcp.network")
        for path, content in NOT_THE_GUESTS.items():
            machine.put(content, f"{root}/{path}")
        for name, folder in FILES.items() if rules else ():
            machine.run(f"mkdir -p {root}/{folder}")
            machine.put((REPO / "guest" / name).read_bytes(), f"{root}/{folder}/{name}")
        self.job = machine.spawn(START.format(base=self.BASE, path=PATH))
        for unit in ("systemd-udev-trigger", UNITS[manager]):
            active = self._inside(f"systemctl is-active {unit}")
            machine.wait_until(active, timeout=300, interval=0.5)

    def _inside(self, command: str) -> str:
        return (
            f"pid=$(cat /proc/$(cat {self.BASE}/pid)/task/*/children) && exec {PATH} "
            f"nsenter -t $pid -m -p -u -r -w /bin/sh -c {shlex.quote(command)}"
        )

    def run(self, command: str, timeout: float = 60, check: bool = True) -> Result:
        """Run a shell command in it."""
        return self.machine.run(self._inside(command), timeout, check)

    def wait_managed(self, interface: str) -> None:
        """Wait until the manager has configured an interface; until then the kernel may do it."""
        shown = {
            "networkd": f"networkctl status {interface} | grep -q '(configured)'",
            "NetworkManager": f"nmcli -t device | grep -q {interface}:ethernet:connected:",
        }[self.manager]
        self.machine.wait_until(self._inside(shown), timeout=180, interval=0.5)

    def manages(self, interface: str) -> bool:
        """Whether the manager does not leave it alone."""
        command = {
            "networkd": f"networkctl --no-pager status {interface} | grep -q '(unmanaged)'",
            "NetworkManager": f"nmcli -t -f DEVICE,STATE device | grep -qx {interface}:unmanaged",
        }[self.manager]
        return bool(self.run(command, check=False).rc)

    def settle(self) -> None:
        """Wait for udev."""
        self.run("udevadm settle --timeout=60")

    @contextmanager
    def udev_frozen_in_rename(self, create: Callable[[], None]) -> Iterator[None]:
        """udev stands still in its rename of the standby that `create` makes."""
        script = (LAB / "freeze_in_rename.pl").read_bytes()
        self.machine.put(script, f"{self.BASE}/root/root/freeze")
        shown = self.run("systemctl show --property=ControlGroup --value systemd-udevd").out
        group = f"/sys/fs/cgroup{shown.strip()}"
        job = self.machine.spawn(self._inside(f"perl /root/freeze {group} 60"))
        end = deadline(30)
        while "ready" not in job.out and job.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        create()
        try:
            job.wait(timeout=70)
            yield
        finally:
            self.run(f"echo 0 > {group}/cgroup.freeze")

    def kill(self) -> None:
        """End all of its processes."""
        self.machine.run(
            f"kill -KILL $(cat /proc/$(cat {self.BASE}/pid)/task/*/children)", check=False
        )
        self.job.wait(check=False)
        self.machine.run(
            f"cd {self.BASE}; umount -l root upper image; rmdir root upper image", check=False
        )


@dataclass(frozen=True)
class Network:
    """What the guest's manager has made of it."""

    master: str
    """The name of net_failover's interface."""
    addresses: dict[str, list[str]]
    """Global addresses of each of the guest's interfaces that has one."""
    routes: list[str]
    """The interfaces of the default routes, IPv4 and IPv6."""
    leases: list[str]
    """The addresses that the DHCP server has given away."""
    managed: list[str]
    """The interfaces that the manager does not leave alone."""


class Managed(Failover):
    """A guest whose interfaces are configured by a manager, not by the lab."""

    def __init__(self, *arguments: Any, manager: str, rules: bool = True, **options: Any):
        """Set it up; its host VM needs disk(), and so does the guest."""
        self.manager = manager
        self.rules = rules
        self.system: System | None = None
        self.server: Job | None = None
        super().__init__(*arguments, **options)

    def start(self, guest: Machine) -> None:
        """Start DHCP server and system, load the VF's driver, wait for the master's address."""
        self.guest = guest
        guest.run("echo 5 > /proc/sys/kernel/printk")
        self.host.run(f"echo 0 > /proc/sys/net/ipv6/conf/{BRIDGE}/accept_ra")
        wire = self.host.netns("wire")
        # Otherwise its neighbour advertisements say that it is no router, and networkd 257 removes
        # the default route.
        wire.run(
            "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding &&"
            f"ip address replace {PREFIX}1/64 dev wire0"
        )
        self.server_root = mount_system(self.host, "/run/server")
        self.server = wire.spawn(f"exec chroot {self.server_root} {shlex.join(SERVER)}")
        self.system = System(guest, self.manager, self.rules)
        guest.modprobe(self.drivers[1])
        self.system.settle()
        self.master = guest.wait_until(FIND_MASTER).out.strip()
        self.wait_path("vf")
        self.wait_configured()

    def wait_configured(self) -> None:
        """Wait until the master has its address and two default routes."""
        assert self.system
        self.master = self.guest.wait_until(FIND_MASTER).out.strip()
        self.system.wait_managed(self.master)
        end = deadline(180)
        while len(self.network().routes) < 2:
            if time.monotonic() > end:
                raise LabError(f"{self.guest.name}: {self.network()}")
            time.sleep(1)

    def network(self) -> Network:
        """What it is now."""
        assert self.system
        master = self.guest.run(FIND_MASTER).out.strip()
        lowers = self.guest.run(f"cd /sys/class/net/{master}; echo lower_*").out.split()
        names = [master, *(lower.removeprefix("lower_") for lower in lowers)]
        addresses = {}
        for name in names:
            shown = self.system.run(f"ip -o address show dev {name} scope global").out
            if found := re.findall(r"inet6? ([0-9a-f.:]+)", shown):
                addresses[name] = sorted(found)
        routes = self.system.run("ip route show default; ip -6 route show default").out
        leases = self.host.run(f"grep -v ^duid {self.server_root}{LEASES}", check=False).out
        return Network(
            master,
            addresses,
            re.findall(r"dev (\S+)", routes),
            [line.split()[2] for line in leases.splitlines()],
            [name for name in names if self.system.manages(name)],
        )

    def close(self) -> None:
        """The guest's system and the server go first."""
        if self.system and self.guest.alive:
            self.system.kill()
        if self.server:
            self.server.kill()
            self.host.run("cd /run/server && umount -l root upper image", check=False)
        super().close()


class ManagedFlat(Managed, Flat):
    """In the host VM, which was booted with `extra=flat_disk(release)`."""


class ManagedMigrating(Managed, Migrating):
    """In a nested guest, which can be migrated; the host VM was booted with `extra=disk()`."""

    def __init__(self, *arguments: Any, release: str, **options: Any):
        """Set it up."""
        self.disk = disk(release)
        super().__init__(*arguments, **options)

    def guest_options(self, name: str) -> dict[str, Any]:
        """With the disk."""
        options = super().guest_options(name)
        return options | {"extra": [*options["extra"], *self.disk], "mem": 512}

    def end_iovctl(self, job: Job, timeout: float = 240) -> Report:
        """The system may be in another QEMU now."""
        report = super().end_iovctl(job, timeout)
        if self.system:
            self.system.machine = self.guest
        return report
