# SPDX-License-Identifier: GPL-2.0-only
"""Attacks from one VF, and their effect on the others. The programs are in tests/lab/attack.

Attacker    attacker.c on a VF without driver: hostile messages, doorbells, resets
Canary      canary.c: memory of the host that must not change
Calls       duration of the calls of a kernel function, from the kernel's function graph tracer
Jitter      for how long a processor ran nothing else

offer()     ends the quarantine that an attack may have caused
diagnosis() what the PF says of a VF, for example why it is in quarantine
"""
import json
import re
import shlex
import signal
import statistics
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lab.fabric import Fabric, poll_until
from lab import HostVM, paths
from lab.channel import Job

ATTACK = Path(__file__).parent / "attack"
BUILD = paths.BUILD / "attack"
FOREVER = 3600
TRACING = "/sys/kernel/tracing"


@cache
def build(name: str) -> Path:
    """Build a program for the VM. C is compiled on this machine: the VM has the same C library."""
    if name.endswith(".py"):
        return ATTACK / name
    BUILD.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-o", BUILD / name]
    subprocess.run([*command, ATTACK / f"{name}.c"], check=True)
    return BUILD / name


def install(host: HostVM, name: str) -> str:
    """Copy the program into the host VM, which may have an older view of this machine's files."""
    path = f"/tmp/{name}"
    host.install(path, lambda: build(name).read_bytes())
    return path


def end(job: Job) -> str:
    """Stop a program with SIGTERM; return its output."""
    job.kill(signal.SIGTERM)
    return job.wait(30).out


class Attacker:
    """Runs attacker.c on one VF, which must have no driver."""

    def __init__(self, host: HostVM, address: str):
        self._host = host
        host.wild = True
        self._command = f"exec {install(host, 'attacker')} {address}"

    def run(self, *words: object, timeout: float = 30) -> dict:
        """Run one command to its end."""
        line = f"{self._command} {' '.join(map(str, words))}"
        return json.loads(self._host.run(line, timeout).out)

    def start(self, attack: str, seed: int = 1, harmless: bool = False) -> Job:
        """Attack until stop(). harmless: make as many register accesses, which have no effect."""
        counted = {"random": f"{2**63} {seed}", "ask": f"{2**63}"}
        words = counted.get(attack, FOREVER)
        mode = "harmless" if harmless else ""
        job = self._host.spawn(f"{self._command} {attack} {words} {mode}")
        self._host.run("sleep 0.2")
        return job

    @staticmethod
    def stop(job: Job) -> dict:
        """End an attack; return its counters."""
        return json.loads(end(job))


class Canary:
    """A huge page of the host VM."""

    def __init__(self, host: HostVM):
        host.run("echo 1 > /proc/sys/vm/nr_hugepages")
        self._host = host
        self._job = host.spawn(f"exec {install(host, 'canary')}")
        poll_until(lambda: "\n" in self._job.out, True, 10)
        self.address = int(self._job.out)

    def changes(self) -> dict:
        """Release the page; return the number of words that have changed, and the first of them."""
        out = end(self._job).splitlines()[-1]
        self._host.run("echo 0 > /proc/sys/vm/nr_hugepages")
        return json.loads(out)


def reporter(fabric: Fabric, command: str) -> str:
    """Run a command of devlink health on the PF's reporter of mailboxes."""
    return fabric.host.run(f"devlink health {command} pci/{fabric.pf_pci} reporter mailbox -j").out


def diagnosis(fabric: Fabric, n: int) -> dict:
    """The PF's diagnosis of a VF."""
    return json.loads(reporter(fabric, "diagnose"))["vfs"][n]


def offer(fabric: Fabric, n: int) -> None:
    """Offer a VF the data path again, as an administrator does after a quarantine."""
    fabric.host.run(f"devlink port function set pci/{fabric.pf_pci}/{n + 1} state active")


@dataclass(frozen=True)
class Times:
    """Durations in microseconds."""

    count: int
    median: float
    p99: float
    longest: float

    def __str__(self) -> str:
        return (
            f"{self.count} times, median {self.median:.1f} us, p99 {self.p99:.1f} us, "
            f"longest {self.longest:.1f} us"
        )


class Calls:
    """Measures the last few thousand calls of a function of the kernel."""

    def __init__(self, host: HostVM, function: str):
        self._host = host
        self._script(
            "echo 0 > tracing_on; echo 4096 > buffer_size_kb;"
            f"echo {function} > set_ftrace_filter; echo function_graph > current_tracer;"
            "echo > trace; echo 1 > tracing_on"
        )

    def _script(self, text: str) -> str:
        return self._host.run(f"cd {TRACING} && {{ {text}; }}", 60).out

    def stop(self) -> Times:
        """Stop tracing; return the durations."""
        out = self._script(
            "echo 0 > tracing_on; cat trace; echo nop > current_tracer;"
            "echo > set_ftrace_filter; echo 1408 > buffer_size_kb"
        )
        times = sorted(map(float, re.findall(r"([\d.]+) us +\|", out)))
        if not times:
            return Times(0, 0, 0, 0)
        return Times(
            len(times), statistics.median(times), times[len(times) * 99 // 100], times[-1]
        )


class Jitter:
    """Runs jitter.py: for how long the processors of the host VM were held up."""

    def __init__(self, host: HostVM):
        self._job = host.spawn(f"exec {install(host, 'jitter.py')}")
        host.run("sleep 1")

    def stop(self) -> float:
        """Stop; return the longest time on any processor, in milliseconds."""
        return max(json.loads(end(self._job)))


def round_trip(fabric: Fabric, ns: str, dev: str, count: int = 40) -> dict[str, float]:
    """Milliseconds that a request of a VF's driver takes: median, p99, max."""
    program = install(fabric.host, "roundtrip.py")
    return json.loads(fabric.run(ns, f"{program} {shlex.quote(dev)} {count}", 120).out)
