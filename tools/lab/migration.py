# SPDX-License-Identifier: GPL-2.0
"""A guest with one interface that a VF accelerates, and a second QEMU to migrate it to.

On one host VM the second QEMU has the tap interface `tap1`, and a free VF of the same PF. Or it is
in a second host VM, whose 82576 is at the other end of the first one's cable (TwoHosts).
"""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .answers import read
from .channel import Job
from .errors import MachineDied
from .failover import BRIDGE, Failover, Nested
from .fabric import Fabric
from .flow import Flow
from .guest import Guest
from .host import HostVM
from .make import make
from .paths import REPO
from .topology import OURS, WIRE_IP, vf_address, vf_mac

IOVCTL = "/tmp/iovctl"  # /run/iovctl is a folder of its own
BLOCKED, ON_SOFTWARE = 2, 1  # exit statuses
SOCKET = "unix:/run/migration"
MEMORY = "/run/memory"
SECOND_IP, SECOND_MAC = "10.82.0.2", "52:54:00:82:76:10"
PORT = 7100
QUEUE = 10000  # frames that wait while QEMU stands still: see failover.rst


# A kernel hands out free pages mostly in ascending order.
WRITE_BACKWARDS = """
import os
file = os.open("{}", os.O_RDWR | os.O_CREAT)
for offset in reversed(range(0, {}, 4096)):
    os.pwrite(file, bytes(4096), offset)
"""


def scattered_memory(host: HostVM, mebibytes: int = 256) -> list[str]:
    """QEMU's arguments for memory whose adjacent pages are not adjacent in the host VM's memory.

    The memory of a QEMU that a guest is migrated to can be like that, because it is received page
    by page.
    """
    host.run(f"python3 -c '{WRITE_BACKWARDS.format(MEMORY, mebibytes << 20)}'", timeout=60)
    return memory_arguments(f"memory-backend-file,mem-path={MEMORY},share=on", mebibytes)


def allocated_memory(mebibytes: int = 256) -> list[str]:
    """QEMU's arguments for memory that QEMU allocates before the guest arrives."""
    return memory_arguments("memory-backend-ram,prealloc=on", mebibytes)


def memory_arguments(backend: str, mebibytes: int) -> list[str]:
    """QEMU's arguments for memory of this kind; a guest with -m can be migrated to it."""
    options = f"id=pc.ram,size={mebibytes}M,x-use-canonical-path-for-ramblock-id=off"
    return ["-object", f"{backend},{options}", "-machine", "memory-backend=pc.ram"]


def qmp_socket(name: str) -> str:
    """The socket of a guest's second monitor, in its host VM."""
    return f"/run/{name}.qmp"


def install_iovctl(*hosts: HostVM) -> None:
    """Build iovctl and copy it into host VMs, where remedies find it by its name."""
    make("-C", REPO, "iovctl")
    program = (REPO / "build/iovctl/iovctl").read_bytes()
    for host in hosts:
        host.put(program, IOVCTL)
        host.run(f"chmod +x {IOVCTL}; ln -sf {IOVCTL} /usr/sbin/iovctl")


@dataclass(frozen=True)
class Report:
    """What iovctl migrate has printed."""

    text: str
    status: int
    result: str
    path: str
    names: list[str]
    """Of the reasons, with the host: target NO_FREE_VF."""
    ms: dict[str, int]
    """How long the steps took that were done."""
    began: dict[str, int]
    """When, by the clock of the host VM."""
    downtime_ms: int

    @classmethod
    def parse(cls, status: int, text: str) -> "Report":
        """The output of iovctl -j."""
        (found,) = read(text, "migrate")
        done = [step for step in found["steps"] if step["outcome"] == "done"]
        return cls(
            "; ".join(
                [f"{reason['name']}: {reason['text']}" for reason in found["reasons"]]
                + [f"{step['name']}: {step['note']}" for step in found["steps"] if step["note"]]
            ),
            status,
            found["result"],
            found["path"],
            [f"{reason['host']} {reason['name']}" for reason in found["reasons"]],
            {step["name"]: step["ms"] for step in done},
            {step["name"]: step["began_ms"] for step in done},
            found.get("downtime_ms", 0),
        )

    def costs(self, flow: Flow) -> str:
        """What each step has cost a flow that has ended, in a line each."""
        lines = []
        for name, begin in self.began.items():
            found = flow.figures(begin, begin + self.ms[name])
            ways = (
                f"{way.lost}/{way.sent} lost, {way.silence:.0f} ms"
                for way in (found.out, found.back)
            )
            lines.append(
                f"{name:<8} {self.ms[name]:6} ms: from the guest {', to it '.join(ways)},"
                f" TCP {found.tcp_ms:.0f} ms"
            )
        return "\n".join([*lines, f"downtime {self.downtime_ms} ms"])


class Migrating(Nested):
    """A nested guest that can be migrated. `target` is the QEMU that waits for it, if any does."""

    def __init__(
        self, host: HostVM, drivers: tuple[str, str] = OURS, vfs: int = 2, vhost: bool = False
    ):
        """Set it up with VF 0; other VFs have no driver."""
        self.vhost = vhost
        self.number = 0
        self.taps = ["tap0", "tap1"]  # the guest's, and the target's
        self.target: Guest | None = None
        install_iovctl(host)
        super().__init__(host, drivers, vfs, **self.guest_options("g0"))

    def guest_options(self, name: str) -> dict[str, Any]:
        """Of both QEMUs: a second monitor."""
        monitor = ["-qmp", f"unix:{qmp_socket(name)},server=on,wait=off"]
        return {"name": name, "vhost": self.vhost, "extra": monitor}

    def start_target(self, memory: Sequence[str] = ()) -> Guest:
        """Start the QEMU that waits for the guest; memory: as of scattered_memory()."""
        self.number += 1
        name, tap = f"g{self.number}", self.taps[1]
        host = self.target_host()
        options = self.guest_options(name)
        options["extra"] += memory
        host.run(
            f"test -e /sys/class/net/{tap} || ip tuntap add {tap} mode tap;"
            f"ip link set {tap} txqueuelen {QUEUE} master {BRIDGE} up"
        )
        self.target = host.guest(
            tap=tap, failover=True, mac=vf_mac(0), incoming=True, **options
        )
        return self.target

    def target_host(self) -> HostVM:
        """The host VM to which the guest is migrated next."""
        return self.host

    def free_vf(self, n: int) -> None:
        """Let a guest have a VF of the target."""
        self.target_host().bind_driver(vf_address(n), "vfio-pci")

    def words(self) -> str:
        """The arguments of iovctl migrate."""
        target = qmp_socket(f"g{self.number}" if self.target else "nowhere")
        return (
            f"source {qmp_socket(self.nested.name)} target {target}"
            f" listen {SOCKET} uri {SOCKET}"
        )

    def start_iovctl(self, words: str = "", options: str = "") -> Job:
        """Run iovctl migrate where the guest is."""
        command = f"exec {IOVCTL} -j {options} migrate {self.words()} {words}"
        return self.nested.host.spawn(command)

    def end_iovctl(self, job: Job, timeout: float = 240) -> Report:
        """Wait for it; if the guest has moved, its former QEMU is killed."""
        done = job.wait(timeout, check=False)
        if not self.nested.alive:
            raise MachineDied(f"{self.nested.name}: {self.nested.ending}\n{done.out}")
        report = Report.parse(done.rc, done.out)
        if report.result == "migrated":
            assert self.target
            self.target.take_over(self.nested)
            self.guest = self.nested = self.target
            self.target = None
            self.taps.reverse()
        return report

    def migrate(self, words: str = "", options: str = "") -> Report:
        """Run iovctl migrate."""
        return self.end_iovctl(self.start_iovctl(words, options))

    def cancel(self, job: Job) -> Report:
        """End it as ^C does."""
        job.kill(signal.SIGINT)
        return self.end_iovctl(job)

    def end_target(self) -> None:
        """End the QEMU that waits."""
        if self.target:
            self.target.kill()
            self.target = None

    def close(self) -> None:
        """Both QEMUs away."""
        self.end_target()
        self.host.run("ip link del tap1", check=False)
        super().close()


def cable(folder: Path) -> tuple[list[str], list[str]]:
    """The backends of two host VMs whose 82576 are connected."""
    end = f"stream,addr.type=unix,addr.path={folder / 'cable'}"
    return [f"{end},server=on"], [f"{end},server=off"]


def add_wire(host: HostVM) -> None:
    """The wire of a host VM whose cable is in use: a namespace, and its end in the host VM."""
    host.run("ip netns add wire && ip link add wire0 type veth peer name towire")
    host.run(
        "ip link set wire0 netns wire && ip -n wire link set lo up &&"
        f"ip -n wire address add {WIRE_IP}/16 dev wire0 && ip -n wire link set wire0 up"
    )


def add_second(first: HostVM, second: HostVM, pf: str = OURS[0], vfs: int = 1) -> Fabric:
    """Give the host VM at the other end of the cable a bridge, and VFs of this PF driver."""
    fabric = Fabric(second, vfs, pf, OURS[1], adopt=False)
    second.modprobe("bridge")
    second.modprobe("tun")
    second.run(
        f"ip link add {BRIDGE} type bridge && ip link set {BRIDGE} up &&"
        f"ip address flush dev pf0; ip link set pf0 address {SECOND_MAC} &&"
        f"ip link set pf0 master {BRIDGE} up && ip address replace {SECOND_IP}/16 dev {BRIDGE}"
    )
    first.wait_until(f"ping -c 1 -W 1 {SECOND_IP}", timeout=30)
    return fabric


class TwoHosts(Migrating):
    """The target is a second host VM. The wire is a namespace behind the first one's bridge."""

    def __init__(self, first: HostVM, second: HostVM, pf: str = OURS[0]):
        """Set them up; `second` has one VF of this PF driver."""
        self.second = second
        add_wire(first)
        super().__init__(first, OURS, 1)
        self.other = add_second(first, second, pf)
        install_iovctl(second)
        second.spawn(
            f"exec socat TCP-LISTEN:{PORT},reuseaddr,fork 'EXEC:{IOVCTL} migrate serve'"
        )
        first.put(f"#!/bin/sh\nexec socat - TCP:{SECOND_IP}:{PORT}\n", "/run/on-second")
        first.run("chmod +x /run/on-second")

    def join_bridge(self) -> None:
        """The namespace is a port as well."""
        super().join_bridge()
        self.host.run(f"ip link set towire master {BRIDGE} up")

    def target_host(self) -> HostVM:
        """The second host VM."""
        return self.second

    def words(self) -> str:
        """QEMU by the PFs' cable, and so is iovctl."""
        return (
            f"source {qmp_socket(self.nested.name)} target {qmp_socket(f'g{self.number}')}"
            f" listen tcp:{SECOND_IP}:{PORT + 1} uri tcp:{SECOND_IP}:{PORT + 1}"
            " target-command /run/on-second"
        )

    def close(self) -> None:
        """Both hosts' drivers away."""
        self.end_target()
        if self.second.alive:
            self.nested.kill()
            self.second.run(f"ip link del {BRIDGE}; ip link del tap1", check=False)
            self.other.close()
        Failover.close(self)
