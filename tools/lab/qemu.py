# SPDX-License-Identifier: GPL-2.0
"""A QEMU process and its monitor."""

import atexit
import json
import os
import select
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from .clock import deadline
from .errors import LabError, MachineDied

_running: set["QemuProcess"] = set()

# QEMU logs each reset of a processor, and in emulation the triple fault before it.
CPU_RESET = ("-d", "cpu_reset")
TAIL = 1 << 16


def hardware_virtualisation() -> str | None:
    """The KVM module that works here (kvm_intel, kvm_amd), or None for emulation.

    /dev/kvm alone is not sufficient: a paravirtual KVM without VMX or SVM cannot run a stock
    kernel.
    """
    flags = Path("/proc/cpuinfo").read_text().split()
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return None
    return "kvm_intel" if "vmx" in flags else "kvm_amd" if "svm" in flags else None


def triple_fault(log: Path) -> str:
    """A remark if the log of CPU_RESET has a triple fault near its end, else nothing."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(log.stat().st_size - TAIL, 0))
        return f"; a triple fault, see {log}" if b"Triple fault" in file.read() else ""


class Monitor:
    """QMP over a stream socket, plus HMP through it."""

    def __init__(self, sock: socket.socket, name: str):
        self._sock = sock
        self._name = name
        self._buffer = b""
        self.events: list[dict[str, Any]] = []

    def greet(self, timeout: float = 10) -> None:
        """Wait for the greeting, skipping output of an earlier QEMU."""
        self._buffer = b""
        self.events.clear()
        end = deadline(timeout)
        while "QMP" not in self._message(end):
            pass
        self.qmp("qmp_capabilities")

    def qmp(self, command: str, timeout: float = 30, **arguments: Any) -> Any:
        """Execute a QMP command and return its result; underscores in names stay."""
        request = {"execute": command, "arguments": arguments}
        end = deadline(timeout)
        try:
            self._sock.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise MachineDied(f"{self._name}: monitor closed: {error}") from error
        while True:
            message = self._message(end)
            if "error" in message:
                raise LabError(f"{self._name}: {command}: {message['error']['desc']}")
            if "return" in message:
                return message["return"]

    def hmp(self, line: str, timeout: float = 30) -> str:
        """Execute a line of the human monitor and return its output."""
        return self.qmp("human-monitor-command", timeout, **{"command-line": line})

    def wait_event(self, name: str, timeout: float = 30) -> dict[str, Any]:
        """The first event called `name` that was not returned yet."""
        end = deadline(timeout)
        while True:
            for event in self.events:
                if event["event"] == name:
                    self.events.remove(event)
                    return event
            self._message(end)

    def why_it_ended(self) -> str:
        """What QEMU has said about its end, with a semicolon before it, or nothing."""
        try:
            while True:
                self._message(time.monotonic())
        except (LabError, OSError, ValueError):
            pass  # there is no more, or the connection is closed
        ends = [event["data"] for event in self.events if event["event"] == "SHUTDOWN"]
        return f"; SHUTDOWN: {ends[-1].get('reason')}" if ends else ""

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def _message(self, end: float) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            left = max(end - time.monotonic(), 0)
            if not select.select([self._sock], [], [], left)[0]:
                raise MachineDied(f"{self._name}: the QEMU monitor does not answer")
            try:
                data = self._sock.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                raise MachineDied(f"{self._name}: QEMU has ended")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        try:
            message = json.loads(line)
        except ValueError:
            return {}
        if "event" in message:
            self.events.append(message)
        return message


class QemuProcess:
    """QEMU on this machine; it never outlives the process that started it."""

    def __init__(self, command: list[str], log: Path, sockets: list[socket.socket]):
        self.command = command
        self.log = log
        with log.open("w") as output:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[sock.fileno() for sock in sockets],
                process_group=0,
            )
        for sock in sockets:
            sock.close()
        _running.add(self)

    @property
    def pid(self) -> int:
        """The process ID."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def seconds(self) -> float:
        """The processor time that it has used."""
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def ending(self) -> str:
        """How it has ended: a negative code is the signal that killed it.

        Its connections are closed a moment earlier.
        """
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            code = None
        return "QEMU runs" if code is None else f"QEMU returned {code}: {self.complaint()[-500:]}"

    def complaint(self) -> str:
        """QEMU's own output so far."""
        return self.log.read_text(errors="replace").strip()

    def stop(self, grace: float = 0) -> None:
        """Wait `grace` seconds for an orderly end, then kill."""
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _running.discard(self)


@atexit.register
def _stop_all() -> None:
    for process in list(_running):
        process.stop()
