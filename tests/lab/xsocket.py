# SPDX-License-Identifier: GPL-2.0-only
"""AF_XDP sockets in the host VM: the program in tests/lab/afxdp, see the head of its main.c."""
import json
import shlex
import signal
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from lab.fabric import WIRE_MAC, Fabric, poll_until
from lab.machine import NetNs
from lab.paths import BUILD, REPO

SOURCES = Path(__file__).parent / "afxdp"
PATH = "/tmp/xsk"
READY_SECONDS = 20


@cache
def build() -> bytes:
    """Build the program, statically linked so that it runs with any C library."""
    BUILD.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-Werror"]
    command += ["-static", f"-I{REPO}", "-o", str(BUILD / "xsk"), *map(str, SOURCES.glob("*.c"))]
    subprocess.run(command, check=True)
    return (BUILD / "xsk").read_bytes()


def install(fabric: Fabric) -> None:
    """Put the program into the host VM."""
    if fabric.host.run(f"test -x {PATH}", check=False).rc:
        fabric.host.put(build(), PATH)
        fabric.host.run(f"chmod +x {PATH}")


class Socket:
    """One run of the program; its sockets are bound and its XDP program is attached.

    Options are those of main.c, `need_wakeup=True` for --need-wakeup.
    """

    def __init__(self, fabric: Fabric, ns: str, dev: str, mode: str, **options: Any):
        install(fabric)
        words = [PATH, mode, dev]
        for name, value in options.items():
            if value is not False:
                words.append("--" + name.replace("_", "-"))
            if not isinstance(value, bool):
                words.append(str(value))
        command = f"exec {shlex.join(words)}"
        host = fabric.host
        self._job = NetNs(host, ns).spawn(command) if ns else host.spawn(command)
        job = self._job
        poll_until(lambda: "\n" in job.out or job.poll() is not None, True, READY_SECONDS)
        if "\n" not in self._job.out:
            self._job.wait(0.1)
        self.zerocopy: bool = json.loads(self._job.out.splitlines()[0])["zerocopy"]
        """What the kernel says."""

    def wait(self, timeout: float = 60) -> dict[str, int]:
        """The program's counters, after it has ended by itself."""
        return json.loads(self._job.wait(timeout).out.splitlines()[-1])

    def end(self) -> dict[str, int]:
        """End the program; return its counters."""
        self._job.kill(signal.SIGTERM)
        return self.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send SIGUSR1: provide no memory for received frames; the next one: provide it again."""
        self._job.kill(number)

    def kill(self) -> None:
        """Kill the program with SIGKILL."""
        self._job.kill()
        self._job.wait(check=False)

    @property
    def ended(self) -> bool:
        """Whether the program has ended by itself."""
        return self._job.poll() is not None


def wire(fabric: Fabric, mode: str, to: str = WIRE_MAC, **options: Any) -> Socket:
    """A socket at the other end of the cable."""
    options = {"chunk": 2048, **options}
    return Socket(fabric, "wire", "wire0", mode, to=to, generic=True, **options)
