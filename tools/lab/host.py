# SPDX-License-Identifier: GPL-2.0
"""The host VM: a Linux with the emulated 82576, an IOMMU, and this machine's file system."""

import re
import socket
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .channel import AgentChannel, Result
from .clock import deadline, tsc_khz
from .errors import CommandTimeout, LabError, MachineDied
from .guest import Guest, GuestPort
from .initramfs import host_image
from .machine import Machine
from .modules import module_image, module_name
from .paths import CACHE, LOGS, REPO, Kernel, qemu_command
from .qemu import CPU_RESET, Monitor, QemuProcess, hardware_virtualisation, triple_fault
from .splat import has_lost_a_timer, overdue

GUEST_PORTS = 4
IO_BAR = 2  # of an 82576
STOCK = ("igb", "igbvf")
# All memory must lie below 4 GiB, see _nic_arguments; q35 splits it at 0xb0000000.
MEMORY_MIB = 2700
OVERDUE = 5  # No timer is this many seconds late, however busy the machine is
LONG = 30  # seconds: more than most commands take
STALL = 60  # seconds after which a kernel has reported that a processor stalled for 21
IOMMU = "intel-iommu,intremap=on,device-iotlb=on"
WIRE_ADDRESSES = ["10.82.0.254/16", "10.83.0.254/16"]

_SETUP_WIRE = """
set -e
ip netns add wire
ip -n wire link set lo up
n=0
for file in $(grep -l 52:54:00:82:76:f /sys/bus/virtio/devices/*/net/*/address | sort -V); do
    ip link set $(basename $(dirname $file)) netns wire name wire$n
    n=$((n + 1))
done
"""

# Legacy terminals take 9 s of the debug kernel's boot.
_BOOT_PARAMETERS = (
    "console=ttyS0 loglevel=5 earlyprintk=ttyS0 rdinit=/init panic=-1 intel_iommu=on iommu=pt "
    "mitigations=off nokaslr random.trust_cpu=on no_timer_check tsc=reliable pty.legacy_count=0"
)


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _processors(cpus: int, icount: bool, parallel: bool) -> list[str]:
    if hardware_virtualisation() and not icount:
        return ["-smp", str(cpus), "-accel", "kvm", "-cpu", "host"]
    thread = "multi" if parallel else "single"
    words = ["-accel", f"tcg,thread={thread},tb-size=1024"]
    # Without 5-level page tables the emulated MMU walks are shorter.
    words += ["-smp", "1" if icount else str(cpus), "-cpu", "max,la57=off"]
    return words + (["-icount", "shift=0,sleep=off"] if icount else [])


def _clock(icount: bool) -> str:
    # A kernel that measures its clock on a busy machine may get a fifth of its frequency.
    return "" if icount else f"tsc_early_khz={tsc_khz()}"


# Folders that the host VM does not share, see HOST_INIT.
_OWN_FOLDERS = [Path(f"/{name}") for name in ("dev", "proc", "root", "run", "sys", "tmp")]


def _to_be_seen() -> str:
    """The folders of this machine that the VM needs and that its own folders would hide."""
    folders = {folder.resolve() for folder in (REPO, CACHE)}
    hidden = [f for f in sorted(folders) if any(own in f.parents for own in _OWN_FOLDERS)]
    if bad := [f for f in hidden if re.search(r"[\s,:]", str(f))]:
        raise LabError(f"a host VM cannot share a folder of this name: {bad[0]}")
    return f"lab.show={','.join(map(str, hidden))}" if hidden else ""


def _share(tag: str, path: str, readonly: bool) -> list[str]:
    options = f"path={path},security_model=none,multidevs=remap,readonly={_switch(readonly)}"
    return [
        *("-fsdev", f"local,id={tag},{options}"),
        *("-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"),
    ]


def _nic_arguments(nics: int, backends: Sequence[str], wire: bool) -> list[str]:
    """The 82576s in their root ports, and the other ends of their cables.

    QEMU before 10.2 decodes VF BARs as 32-bit ones: they work only below 4 GiB, hence the 32-bit
    prefetchable window, and no memory above 4 GiB in the machine. The unconnected port of the hub
    accepts any frame, so the wire's transmitter does not wait for an 82576 without driver.

    The wire's end receives every VLAN; `ctrl_vlan=on` would make it filter.

    A faster port would announce that it reports an active link, but never reports it after a reset.
    """
    port = "pref32-reserve=4M,x-speed=2_5"
    words = []
    for n in range(nics):
        backend = backends[n] if backends else f"hubport,hubid={n}"
        words += [
            *("-netdev", f"{backend},id=nic{n}"),
            *("-device", f"pcie-root-port,id=rp{n},chassis={n + 1},{port}"),
            *("-device", f"igb,netdev=nic{n},bus=rp{n},id=igb{n},mac=52:54:00:82:76:0{n}"),
        ]
        if wire and not backends:
            options = f"netdev=wire{n},mac=52:54:00:82:76:f{n},host_mtu=9216,romfile=,ctrl_vlan=off"
            words += [
                *("-netdev", f"hubport,hubid={n},id=wire{n}"),
                *("-netdev", f"hubport,hubid={n},id=nowhere{n}"),
                *("-device", f"virtio-net-pci,{options}"),
            ]
    return words


def _port_arguments(fds: list[int]) -> list[str]:
    """QMP; the agent's port; for each guest a port for its agent and one for QMP; a terminal."""
    words = ["-device", "virtio-serial-pci,max_ports=16"]
    names = ["qmp", "agent"]
    for n in range(GUEST_PORTS):
        names += [f"guest{n}", f"guest{n}-qmp"]
    names.append("terminal")
    for name, fd in zip(names, fds):
        words += ["-chardev", f"socket,id={name},fd={fd}"]
        if name == "qmp":
            words += ["-mon", "chardev=qmp,mode=control"]
        elif name == "terminal":
            words += ["-device", "virtconsole,chardev=terminal"]
        else:
            words += ["-device", f"virtserialport,chardev={name},name={name}"]
    return words


def _trace_arguments(log: Path, events: Sequence[str]) -> list[str]:
    words = [*CPU_RESET, "-D", str(log), *(["-msg", "timestamp=on"] if events else [])]
    for event in events:
        words += ["-trace", event]
    return words


class HostVM(Machine):
    """The virtual machine in which the drivers run.

    host = HostVM("debug")
    host.modprobe("iovnic_pf")
    host.run("echo 2 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs")
    guest = host.guest(vf="0000:01:10.0")
    """

    NIC_ADDRESSES = ["0000:01:00.0", "0000:02:00.0"]

    def __init__(
        self,
        kernel: str = "stock",
        name: str = "host",
        logdir: Path | None = None,
        *,
        nics: int = 1,
        wire: bool = True,
        backends: Sequence[str] = (),
        iommu: str = IOMMU,
        cpus: int = 2,
        parallel: bool = True,
        icount: bool = False,
        trace: Sequence[str] = (),
        terminal: bool = False,
        command_line: str = "",
        extra: Sequence[str] = (),
        image: Callable[[Kernel], Path] = host_image,
        boot_timeout: float = 60,
    ):
        """Boot it.

        nics: how many 82576, each in its own root port.
        wire: put a virtio-net interface at the other end of each 82576's cable, as wire0 (wire1)
            in the network namespace `wire`.
        backends: instead of the wire, a QEMU netdev for each 82576 without its id
            ("dgram,..."), for example with another virtual machine at the end of the cable.
        iommu: QEMU's device for it, by default with interrupt remapping, which VFIO needs; "" is
            none.
        parallel: emulated processors run in parallel. Otherwise one thread emulates them in turn,
            with a quarter less processor time: few races occur then, and guests do not boot.
        icount: one processor, on which an instruction takes a nanosecond and a device access
            no time: measurements in the VM are repeatable, whatever the load of this machine.
        trace: QEMU's trace events that are recorded from the start, see trace_log.
        terminal: connect the socket self.terminal to /dev/hvc0 in the VM.
        command_line: more kernel parameters. extra: more QEMU arguments.
        image: what makes its initramfs.
        """
        started = time.monotonic()
        LOGS.mkdir(parents=True, exist_ok=True)
        self.logdir = logdir or Path(tempfile.mkdtemp(prefix=f"{name}-", dir=LOGS))
        self.logdir.mkdir(parents=True, exist_ok=True)
        self.nics = nics
        self._wire = wire and not backends
        self.traced = frozenset(trace)
        self.trace_log = self.logdir / f"{name}-trace.log"
        self.foreign = False  # the kernel's own drivers are loaded and write registers
        self.restores_heads = False  # iovnic_vfio has moved a guest
        self.wild = False  # a program writes registers: an attacker, or a driver in user space
        self.guests: list[Guest] = []
        self._parallel = not icount and (parallel or hardware_virtualisation() is not None)
        self._bars: dict[tuple[int, int], int] = {}
        found = Kernel.find(kernel)
        lines = 2 + 2 * GUEST_PORTS + terminal
        ours, theirs = zip(*(socket.socketpair() for _ in range(lines)))
        fds = [sock.fileno() for sock in theirs]
        self.terminal = ours[-1] if terminal else None
        console = self.logdir / f"{name}-console.log"
        command = [
            *qemu_command(),
            *("-name", name, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
            *("-machine", "q35,kernel-irqchip=split", "-m", f"{MEMORY_MIB}M"),
            *_processors(cpus, icount, self._parallel),
            *(("-device", iommu) if iommu else ()),
            *("-kernel", str(found.image), "-initrd", str(image(found))),
            *("-append", f"{_BOOT_PARAMETERS} {_clock(icount)} {_to_be_seen()} {command_line}"),
            *("-chardev", f"file,id=console,path={console}", "-serial", "chardev:console"),
            *_share("machine", "/", readonly=True),
            *_share("logs", str(self.logdir), readonly=False),
            *_nic_arguments(nics, backends, wire),
            *_port_arguments(fds),
            *_trace_arguments(self.trace_log, trace),
            *extra,
        ]
        log = self.logdir / f"{name}-qemu.log"
        self._process = QemuProcess(command, log, list(theirs))
        channel = AgentChannel(ours[1], name, str(self.logdir))
        channel.ending = lambda: self.ending
        super().__init__(name, found, console, channel, Monitor(ours[0], name))
        self._free_ports = [
            GuestPort(f"guest{index}", ours[2 + 2 * index], ours[3 + 2 * index])
            for index in range(GUEST_PORTS)
        ]
        try:
            self._monitor.greet()
            channel.wait_greeting(boot_timeout, self._process.seconds)
            self._setup_wire()
        except LabError as error:
            self.stop()
            raise MachineDied(f"{error}\n{self._process.complaint()}") from error
        self.kvm_module = hardware_virtualisation() or "kvm_amd"
        self._installed: set[str] = set()
        self.boot_seconds = time.monotonic() - started

    @classmethod
    def boot(
        cls, kernel: str = "stock", *, logdir: Path | None = None, **options: Any
    ) -> "HostVM":
        """A host VM. If QEMU ends during the boot, warn, and boot another one.

        QEMU sometimes does, see Documentation/testing.rst; nothing of this project runs yet.
        """
        try:
            return cls(kernel, logdir=logdir, **options)
        except MachineDied as death:
            warnings.warn(f"a host VM has not booted, second attempt: {death}", stacklevel=2)
        if logdir:
            logdir = logdir.with_name(f"{logdir.name}-again")
        return cls(kernel, logdir=logdir, **options)

    @property
    def alive(self) -> bool:
        """Whether commands can be run."""
        return self._process.alive and super().alive

    @property
    def ending(self) -> str:
        """How QEMU has ended, or ""."""
        why = self._monitor.why_it_ended() + triple_fault(self.trace_log)
        return self._process.ending + why

    @property
    def consoles(self) -> list[Path]:
        """The consoles of this machine and its guests."""
        return sorted(self.logdir.glob("*-console.log"))

    def install(self, path: str, read: Callable[[], str | bytes]) -> None:
        """Write a program in the VM, once: its files may differ from those of this machine."""
        if path not in self._installed:
            self.put(read(), path)
            self.run(["chmod", "+x", path])
            self._installed.add(path)

    def run(
        self,
        command: str | list[str],
        timeout: float = 30,
        check: bool = True,
        stdin: str | bytes = b"",
    ) -> Result:
        """Like Machine.run(); raises MachineDied as well if the VM has lost a timer interrupt."""
        job = self.spawn(command, stdin)
        end = deadline(timeout)
        while not job.ended(min(LONG, max(0, end - time.monotonic()))):
            late = time.monotonic() > end
            if self.clock_stands() if late else self._tells_lost_timer():
                self.stop()
                raise MachineDied(f"{self.name}: a processor's timer does not come: {job.command}")
            if late:
                break
        return job.wait(0, check)

    def _tells_lost_timer(self) -> bool:
        return has_lost_a_timer(self.console.read_text(errors="replace"))

    def clock_stands(self) -> bool:
        """Whether a processor's timer interrupt is lost; to be called after a timeout."""
        deadline = time.monotonic()
        try:
            if overdue(self.spawn("cat /proc/timer_list").wait(10).out) > OVERDUE:
                return True
        except CommandTimeout:
            # Large parts of the kernel hang then; its report comes after 21 s.
            deadline += STALL
        while not (found := self._tells_lost_timer()):
            if time.monotonic() > deadline:
                break
            time.sleep(1)
        return found

    def wait_restart(self, timeout: float = 120) -> None:
        """Like Machine.wait_restart(); also sets up the wire again."""
        super().wait_restart(timeout)
        self._bars.clear()
        self._installed.clear()
        self._setup_wire()

    def guest(self, vf: str | None = None, name: str = "g0", **options: Any) -> Guest:
        """Start a guest in the host VM, see Guest; it gets `vf` by vfio-pci."""
        if not self._parallel:
            raise LabError(f"{self.name}: guests need processors that run in parallel")
        return Guest(self, name, self.take_port(), vf, **options)

    def add_container(self, name: str, port: str, bridge: str, mac: str, address: str) -> None:
        """A namespace whose interface, eth0, is the other end of a port of a bridge."""
        self.run(
            f"""ip netns add {name} && ip link add {port} type veth peer name eth0 netns {name} &&
            ip -n {name} link set eth0 address {mac} up && ip link set {port} master {bridge} up &&
            ip -n {name} address add {address}/16 dev eth0"""
        )

    def take_port(self) -> GuestPort:
        """A free port for a guest."""
        if not self._free_ports:
            raise LabError(f"{self.name}: more than {GUEST_PORTS} guests at a time")
        return self._free_ports.pop(0)

    def release_port(self, port: GuestPort) -> None:
        """Free the port of a guest that has ended (called by Guest)."""
        if port not in self._free_ports:
            self._free_ports.append(port)

    def nic_address(self, nic: int = 0) -> str:
        """The PCI address of an 82576's PF."""
        return self.NIC_ADDRESSES[nic]

    def reg(self, offset: int, nic: int = 0) -> int:
        """Read a register of an 82576's PF from outside (this clears a read-to-clear one)."""
        return int(self.hmp(f"xp /1wx {self.bar(0, nic) + offset:#x}").split(":")[1], 16)

    def poke(self, offset: int, value: int, nic: int = 0) -> None:
        """Write such a register from outside, through the I/O ports: address and data."""
        ports = self.bar(IO_BAR, nic)
        self.hmp(f"o/4 {ports:#x} {offset:#x}")
        self.hmp(f"o/4 {ports + 4:#x} {value:#x}")

    def bar(self, number: int, nic: int = 0) -> int:
        """The address of a BAR of an 82576's PF, read once from the machine."""
        if (nic, number) not in self._bars:
            bars = self.read(f"/sys/bus/pci/devices/{self.nic_address(nic)}/resource").splitlines()
            self._bars[nic, number] = int(bars[number].split()[0], 16)
        return self._bars[nic, number]

    def modprobe(self, *arguments: Any, **options: Any) -> None:
        """Like Machine.modprobe(); notes whether the kernel's own drivers are in use."""
        self.foreign |= arguments[0] in STOCK
        super().modprobe(*arguments, **options)

    def plug_cable(self, plugged: bool, nic: int = 0) -> None:
        """Plug or unplug an 82576's cable; both ends detect it.

        Unlike hardware, QEMU keeps frames for an 82576 that cannot receive at the moment and
        delivers them late. If the cable is unplugged, they are dropped.
        """
        for end in (f"nic{nic}", f"wire{nic}"):
            self.qmp("set_link", name=end, up=plugged)

    def stop(self) -> None:
        """Stop immediately; the logs are in the log directory."""
        for guest in list(self.guests):
            guest.forget()
        self._process.stop()
        self._channel.close()
        self._monitor.close()
        for port in self._free_ports:
            port.close()

    def __enter__(self) -> "HostVM":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def insmod(self, file: Path, parameters: str = "") -> None:
        # Through the log share, which has no cache: / may not show a module that was just rebuilt.
        copy = self.logdir / f"{module_name(file)}.ko"
        copy.write_bytes(module_image(file))
        try:
            self.run(f"insmod /logs/{copy.name} {parameters}", timeout=60)
        finally:
            copy.unlink()

    def _setup_wire(self) -> None:
        if not self._wire:
            return
        addresses = "".join(
            f"ip -n wire address add {address} dev wire{n}\n"
            f"ip -n wire link set wire{n} mtu 1500 up\n"
            for n, address in enumerate(WIRE_ADDRESSES[: self.nics])
        )
        self.run(_SETUP_WIRE + addresses)
