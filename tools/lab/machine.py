# SPDX-License-Identifier: GPL-2.0
"""The common part of host VM and guest: agent, console, monitor, kernel modules."""

import re
import shlex
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .channel import AgentChannel, Job, Result
from .clock import deadline
from .errors import CommandFailed, LabError
from .modules import load_order, module_image, module_name
from .paths import Kernel
from .qemu import Monitor


class Machine:
    """A virtual machine with an agent in it; HostVM and Guest start and stop it."""

    def __init__(
        self, name: str, kernel: Kernel, console: Path, channel: AgentChannel, monitor: Monitor
    ):
        self.name = name
        self.kernel = kernel
        self.console = console
        self.boot_seconds = 0.0
        self._channel = channel
        self._monitor = monitor

    @property
    def alive(self) -> bool:
        """Whether commands can run."""
        return self._channel.alive

    def run(
        self,
        command: str | list[str],
        timeout: float = 30,
        check: bool = True,
        stdin: str | bytes = b"",
    ) -> Result:
        """Run a shell command (or list of words) and return its result.

        Raises CommandFailed if it returns non-zero and `check` is set, CommandTimeout if it takes
        too long, MachineDied if the machine ends meanwhile.
        """
        return self.spawn(command, stdin).wait(timeout, check)

    def spawn(self, command: str | list[str], stdin: str | bytes = b"") -> Job:
        """Start a shell command and return at once."""
        return self._channel.spawn(command, stdin.encode() if isinstance(stdin, str) else stdin)

    def put(self, content: str | bytes, path: str) -> None:
        """Write a file in the machine."""
        self.run(f"cat > {shlex.quote(path)}", stdin=content, timeout=60)

    def read(self, path: str) -> str:
        """The content of a file (usually in sysfs), without the final newline."""
        return self.run(["cat", path]).out.rstrip("\n")

    def write(self, path: str, value: object) -> None:
        """Write a value to a file (usually in sysfs); CommandFailed has the errno's text."""
        self.run(f"/bin/echo {shlex.quote(str(value))} > {shlex.quote(path)}")

    def wait_until(self, condition: str, timeout: float = 10, interval: float = 0.1) -> Result:
        """Repeat a shell command until it returns zero."""
        end = deadline(timeout)
        while (result := self.run(condition, check=False)).rc:
            if time.monotonic() > end:
                raise CommandFailed(
                    self._channel.explain("the condition does not become true", result)
                )
            time.sleep(interval)
        return result

    def netns(self, name: str) -> "NetNs":
        """The network namespace `name`, created if it does not exist."""
        self.run(f"ip netns add {name} 2>/dev/null || test -e /run/netns/{name}")
        return NetNs(self, name)

    def wait_restart(self, timeout: float = 120) -> None:
        """Wait until the machine has restarted, which the caller has started. Its jobs are lost.

        QEMU must be started with extra=["-action", "reboot=reset"].
        """
        self._channel.reset(self.name, str(self.console.parent))
        self._channel.wait_greeting(timeout)

    def hmp(self, line: str) -> str:
        """Execute a line of QEMU's human monitor."""
        return self._monitor.hmp(line)

    def qmp(self, command: str, **arguments: Any) -> Any:
        """Execute a QMP command."""
        return self._monitor.qmp(command, **arguments)

    def wait_event(self, name: str, timeout: float = 30) -> dict[str, Any]:
        """The next QMP event called `name`."""
        return self._monitor.wait_event(name, timeout)

    def loaded_modules(self) -> dict[str, int]:
        """Names of the loaded modules, with their reference counts."""
        lines = self.read("/proc/modules").splitlines()
        return {words[0]: int(words[2]) for words in map(str.split, lines)}

    def modprobe(self, name: str, parameters: str = "") -> None:
        """Load a module (the project's own, or the kernel's) and its dependencies."""
        loaded = self.loaded_modules()
        wanted = module_name(Path(name))
        for file in load_order(self.kernel, name):
            if module_name(file) not in loaded:
                words = parameters if module_name(file) == wanted else ""
                self.insmod(file, words)

    def rmmod(self, *names: str) -> None:
        """Remove modules, in the order given."""
        self.run(["rmmod", *names])

    def insmod(self, file: Path, parameters: str = "") -> None:
        """Load a module file of this machine."""
        path = f"/tmp/{module_name(file)}.ko"
        self.put(module_image(file), path)
        self.run(f"insmod {path} {parameters}; rc=$?; rm {path}; exit $rc", timeout=60)

    def put_modules(self, folder: str, *names: str) -> None:
        """Write the files of modules, and of their dependencies, into a folder of the machine."""
        files = [file for name in names for file in load_order(self.kernel, name)]
        for file in dict.fromkeys(files):
            self.put(module_image(file), f"{folder}/{module_name(file)}.ko")

    def install_modules(self, *names: str, kernel: str = "") -> str:
        """Install modules, and what they need, as make install does; return their folder.

        Only they are listed: depmod of all modules takes long in the VM.
        """
        kernel = kernel or self.kernel.release
        folder = f"/lib/modules/{kernel}/updates"
        self.run(f"mkdir -p {folder}")
        self.put_modules(folder, *names)
        self.run(f"depmod {kernel} {folder}/*.ko")
        return folder

    def bind_driver(self, pci_address: str, driver: str) -> None:
        """Bind a PCI function to another driver."""
        device = f"/sys/bus/pci/devices/{pci_address}"
        if driver == "vfio-pci":
            self.modprobe(driver)
        self.run(
            f"""
            [ "$(basename $(readlink -f {device}/driver))" != {driver} ] || exit 0
            [ ! -e {device}/driver ] || echo {pci_address} > {device}/driver/unbind
            echo {driver} > {device}/driver_override
            echo {pci_address} > /sys/bus/pci/drivers_probe
            echo > {device}/driver_override
            [ "$(basename $(readlink -f {device}/driver))" = {driver} ]
            """
        )

    def serial_port(self, name: str) -> str:
        """The device file of the virtio-serial port called `name`."""
        found = self.run(f"grep -lx {name} /sys/class/virtio-ports/*/name").out
        return f"/dev/{found.strip().split('/')[-2]}"

    def netdev_of(self, pci_address: str, timeout: float = 10) -> str:
        """The name of a PCI function's network interface, once it exists."""
        folder = f"/sys/bus/pci/devices/{pci_address}/net"
        return self.wait_until(f"ls {folder} | grep .", timeout).out.split()[0]

    def interrupts(self, pattern: str) -> dict[str, int]:
        """The number of interrupts so far, of all processors, in lines that match a pattern."""
        counts = {}
        for line in self.read("/proc/interrupts").splitlines()[1:]:
            numbers = re.match(r"\s*\S+:((?:\s+\d+)+)\s", line)
            action = line.split()[-1]
            if numbers and re.search(pattern, action):
                counts[action] = sum(map(int, numbers[1].split()))
        return counts

    def kmemleak(self) -> str:
        """Unreferenced objects, found by two scans 5 s apart (debug kernel only)."""
        if self.kernel.name != "debug":
            raise LabError(f"{self.name}: kmemleak needs the debug kernel")
        control = "/sys/kernel/debug/kmemleak"
        self.run(f"echo scan > {control}; sleep 5; echo scan > {control}", timeout=180)
        return self.run(["cat", control], timeout=60).out


class NetNs:
    """A network namespace of a machine."""

    def __init__(self, machine: Machine, name: str):
        self.machine = machine
        self.name = name

    def run(self, command: str, timeout: float = 30, check: bool = True) -> Result:
        """Run a shell command in the namespace."""
        return self.machine.run(self._inside(command), timeout, check)

    def spawn(self, command: str) -> Job:
        """Start a shell command in the namespace."""
        return self.machine.spawn(self._inside(command))

    def take(self, interface: str, addresses: Iterable[str] = ()) -> None:
        """Move an interface here, set its addresses and bring it up."""
        self.machine.run(["ip", "link", "set", interface, "netns", self.name])
        for address in addresses:
            self.run(f"ip address add {address} dev {interface}")
        self.run(f"ip link set {interface} up")

    def delete(self) -> None:
        """Remove the namespace; physical interfaces in it return to the machine."""
        self.machine.run(["ip", "netns", "del", self.name])

    def _inside(self, command: str) -> str:
        return f"@netns {self.name} {command}"  # see agent.c
