# SPDX-License-Identifier: GPL-2.0
"""The guest: a virtual machine nested in the host VM, with VFs assigned by VFIO."""

import shlex
import socket
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .channel import AgentChannel
from .clock import deadline
from .errors import LabError, MachineDied
from .initramfs import guest_image
from .machine import Machine
from .paths import Kernel, qemu_command
from .qemu import CPU_RESET, Monitor, triple_fault

if TYPE_CHECKING:
    from .host import HostVM

# lastbus: otherwise the kernel reads 8192 slots of buses that do not exist, for 2 s.
BOOT_PARAMETERS = (
    "console=ttyS0 loglevel=5 earlyprintk=ttyS0 rdinit=/init panic=-1 mitigations=off nokaslr "
    "no_timer_check tsc=reliable random.trust_cpu=on pci=lastbus=0"
)


class GuestPort:
    """A pair of the host VM's serial ports for a guest's agent and monitor."""

    def __init__(self, name: str, agent: socket.socket, qmp: socket.socket):
        self.name = name
        self.channel = AgentChannel(agent, name, "")
        self.monitor = Monitor(qmp, name)

    def close(self) -> None:
        """Close the ports; the host VM has ended."""
        self.channel.close()
        self.monitor.close()


class Guest(Machine):
    """A guest; obtained from HostVM.guest()."""

    def __init__(
        self,
        host: "HostVM",
        name: str,
        port: GuestPort,
        vf: str | Sequence[str] | None = None,
        *,
        kernel: str = "stock",
        mem: int | None = None,
        cpus: int = 1,
        tap: str | None = None,
        failover: bool = False,
        vhost: bool = False,
        mac: str | None = None,
        extra: Sequence[str] = (),
        incoming: bool = False,
        vfio: str = "vfio-pci",
        keep: bool = False,
        boot_timeout: float = 60,
    ):
        """Boot it.

        vf: PCI address(es) of VFs in the host VM; assigned, each in a root port, as devices vf0,
            vf1...
        vfio: the driver that they are bound to for that; with another one than vfio-pci they can
            be migrated.
        kernel: one of the cache's. A debug guest takes four times as long to boot, fifteen times
            in a debug host VM: there, prefer tests of VFs in network namespaces.
        tap: add a virtio-net interface to the guest (device soft0), whose other end is the tap
            interface of this name in the host VM.
        failover: make it and the first VF a failover pair; mac must then be the VF's.
        vhost: the host VM's kernel processes the queues of this interface, not QEMU.
        cpus: more than one make a nested guest slower.
        extra: more QEMU arguments.
        incoming: it does not boot, but waits for a migration (-incoming defer); without a VF it
            has the port for one. Afterwards, see take_over().
        keep: it may outlive the test that started it; otherwise the lab kills it.
        """
        started = time.monotonic()
        found = Kernel.find(kernel)
        logs = f"/logs/{name}"
        console = host.logdir / f"{name}-console.log"
        port.channel.reset(name, str(host.logdir))
        super().__init__(name, found, console, port.channel, port.monitor)
        self.host = host
        self.keep = keep
        self.vfs = [vf] if isinstance(vf, str) else list(vf or ())
        self._port = port
        self._trace_log = host.logdir / f"{name}-trace.log"
        memory = mem or (640 if found.name == "debug" else 256)
        host.modprobe(host.kvm_module)
        if vhost:
            host.modprobe("vhost_net")
        for address in self.vfs:
            host.bind_driver(address, vfio)
        agent, qmp = host.serial_port(port.name), host.serial_port(f"{port.name}-qmp")
        command = [
            *qemu_command(),
            *("-name", name, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
            *("-machine", "q35,accel=kvm", "-cpu", "host", "-smp", str(cpus), "-m", f"{memory}M"),
            *("-kernel", str(found.image), "-initrd", str(guest_image(found))),
            *("-append", BOOT_PARAMETERS),
            *("-chardev", f"file,id=console,path={logs}-console.log", "-serial", "chardev:console"),
            *("-chardev", f"pipe,id=qmp,path={qmp}", "-mon", "chardev=qmp,mode=control"),
            *("-chardev", f"pipe,id=agent,path={agent}", "-device", "virtio-serial-pci"),
            *("-device", "virtserialport,chardev=agent,name=agent"),
            *network_arguments(tap, failover, mac, vhost),
            *(vf_arguments(self.vfs, failover, vfio) if vf else ()),
            *(incoming_arguments(bool(vf)) if incoming else ()),
            *(*CPU_RESET, "-D", f"{logs}-trace.log"),
            *extra,
        ]
        self._qemu = host.spawn(f"exec {shlex.join(command)} > {logs}-qemu.log 2>&1")
        self._qemu.when_done(lambda: port.channel.declare_dead("the guest's QEMU has ended"))
        port.channel.ending = lambda: self.ending
        host.guests.append(self)
        try:
            if not incoming:
                self._wait_boot(boot_timeout)
            self._monitor.greet(boot_timeout)
        except LabError:
            self.kill()
            raise
        self.boot_seconds = time.monotonic() - started

    @property
    def alive(self) -> bool:
        """Whether commands can run."""
        return self._qemu.poll() is None and super().alive

    @property
    def ending(self) -> str:
        """How QEMU has ended, if it has."""
        code = self._qemu.poll()
        if code is None:
            return "QEMU runs" if self.host.alive else self.host.ending
        why = self._monitor.why_it_ended() + triple_fault(self._trace_log)
        return f"QEMU returned {code}: {self._complaint()[-500:]}{why}"

    def take_over(self, source: "Guest") -> None:
        """The guest of `source` has been migrated here; end that."""
        self._channel.take_over(source._channel)
        source.kill()

    def stop(self) -> None:
        """Shut the guest down and wait for the end of QEMU."""
        if self.alive:
            self.spawn("sync; poweroff -f")
            try:
                self._qemu.wait(timeout=10, check=False)
            except LabError:
                pass
        self.kill()

    def kill(self) -> None:
        """Kill QEMU."""
        self._qemu.kill()
        if self.host.alive:
            self._qemu.wait(timeout=10, check=False)
        self.forget()

    def wait_end(self, timeout: float = 30) -> None:
        """Wait until the guest has ended without a request."""
        self._qemu.wait(timeout, check=False)
        self.forget()

    def forget(self) -> None:
        """Remove the ended guest from the host VM; its port can be used again."""
        self._channel.declare_dead("the guest has ended")
        if self in self.host.guests:
            self.host.guests.remove(self)
            self.host.release_port(self._port)

    def __enter__(self) -> "Guest":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _complaint(self) -> str:
        log = self.host.logdir / f"{self.name}-qemu.log"
        return log.read_text(errors="replace").strip() if log.exists() else ""

    def _wait_boot(self, timeout: float) -> None:
        end = deadline(timeout)
        while not super().alive:
            if self._qemu.poll() is not None:
                raise MachineDied(f"{self.name}: {self.ending} ({self.host.logdir})")
            if time.monotonic() > end:
                raise MachineDied(f"{self.name}: silent, see {self.console}")
            time.sleep(0.05)


def vf_arguments(
    addresses: Sequence[str], failover: bool, vfio: str = "vfio-pci"
) -> list[str]:
    """VFs in ports of their own; with failover the first one is of a pair."""
    words = []
    migration = "" if vfio == "vfio-pci" else ",enable-migration=on"
    for n, address in enumerate(addresses):
        pair = ",failover_pair_id=soft0" if failover and n == 0 else ""
        words += [
            *("-device", f"pcie-root-port,id=vfport{n},chassis={n + 1}"),
            *("-device", f"vfio-pci,host={address},bus=vfport{n},id=vf{n}{pair}{migration}"),
        ]
    return words


def incoming_arguments(has_vf: bool = False) -> list[str]:
    """What makes QEMU wait for a migration, and the port for a VF unless it has one."""
    port = () if has_vf else ("-device", "pcie-root-port,id=vfport0,chassis=1")
    return [*port, "-incoming", "defer"]


def network_arguments(
    tap: str | None, failover: bool, mac: str | None, vhost: bool = False
) -> list[str]:
    """The software NIC, if there is a tap for it."""
    if not tap:
        return []
    options = f"netdev=soft0,id=soft0,romfile=,bus=softport0{',failover=on' if failover else ''}"
    backend = f"tap,id=soft0,ifname={tap},script=no,downscript=no{',vhost=on' if vhost else ''}"
    return [
        *("-netdev", backend),
        *("-device", "pcie-root-port,id=softport0,chassis=9"),
        *("-device", f"virtio-net-pci,{options}{f',mac={mac}' if mac else ''}"),
    ]
