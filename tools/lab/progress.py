# SPDX-License-Identifier: GPL-2.0
"""Shared by the lab's programs: options, stages and their durations, error messages."""

import argparse
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .errors import LabError, MachineDied
from .paths import LAB, LOGS, REPO, Kernel
from .splat import Oracle
from .topology import OURS, STOCK


def parse_options(description: str) -> argparse.Namespace:
    """The options of demo and shell; `drivers` becomes the pair of module names."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--drivers", choices=("iovnic", "stock"), default="iovnic", help="the drivers to load"
    )
    parser.add_argument("--kernel", choices=("stock", "debug"), default="stock")
    parser.add_argument("--vfs", type=int, default=2, choices=range(1, 8), metavar="1..7")
    options = parser.parse_args()
    options.drivers = OURS if options.drivers == "iovnic" else STOCK
    return options


class Stages:
    """One line on the terminal for each stage, with its duration; it ticks while the stage runs.

    Without a terminal, one line when the stage starts and one when it has ended.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._live = sys.stdout.isatty()

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Show `title` while the body runs, and its duration."""
        started = time.monotonic()
        ended = threading.Event()

        def show(mark: str, end: str) -> None:
            seconds = time.monotonic() - started
            start = "\r" if self._live else ""
            print(f"{start}  {mark} {title:<58} {seconds:6.1f} s", end=end, flush=True)

        def tick() -> None:
            while not ended.wait(0.2):
                show("…", "")

        ticker = threading.Thread(target=tick, daemon=True)
        if self._live:
            ticker.start()
        else:
            print(f"  … {title}", flush=True)
        mark = "✗"
        try:
            yield
            mark = "✓"
        finally:
            ended.set()
            if self._live:
                ticker.join()
            show(mark, "\n")

    @property
    def total(self) -> float:
        """Seconds since the first stage started."""
        return time.monotonic() - self._started


def prepare(stages: Stages, options: argparse.Namespace) -> None:
    """Prepare what a host VM needs: packages, QEMU, kernels, and the modules of the project."""
    log = LOGS / "prepare.log"
    LOGS.mkdir(parents=True, exist_ok=True)
    log.write_text("")

    def step(title: str, command: list[str]) -> None:
        with stages.stage(title), log.open("a") as output:
            done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, cwd=REPO)
            if done.returncode:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise LabError(f"{' '.join(command)} failed:\n{tail}\n(all of it: {log})")

    scope = [] if options.kernel == "debug" else ["--demo"]
    step("install what is missing (tools/lab/setup)", [str(LAB / "setup"), *scope])
    if options.kernel == "debug":
        step("debug kernel (tools/lab/debug-kernel)", [str(LAB / "debug-kernel")])
    if options.drivers == OURS:
        step("build the modules", ["make", f"modules-{options.kernel}"])
        for name in OURS:
            if not (Kernel.find(options.kernel).our_modules / f"{name}.ko").exists():
                raise LabError(f"make modules-{options.kernel} has not built {name}.ko; see {log}")


def twice(program: Callable[[], None]) -> None:
    """Run a program again if a virtual machine ends, unless a console shows an error.

    Emulated nested virtualisation is not reliable, see Documentation/testing.rst.
    """
    started = time.time() - 1  # the clock of files is coarser
    try:
        program()
        return
    except MachineDied as death:
        consoles = [p for p in LOGS.glob("*/*-console.log") if p.stat().st_mtime >= started]
        if reports := Oracle().check(consoles):
            raise LabError("\n".join([str(death), *reports])) from death
        print(f"\n{death}\n\nA virtual machine has ended: second attempt\n", flush=True)
    program()


def main(program: Callable[[], None]) -> None:
    """Run a program; an error is a message, not a traceback."""
    if not shutil.which("apt-get"):
        sys.exit("the lab needs Debian 12 or 13")
    try:
        program()
    except LabError as error:
        sys.exit(f"\n{error}")
    except PermissionError as error:
        sys.exit(f"\n{error.filename}: permission denied; run as root, which created it")
    except KeyboardInterrupt:
        sys.exit("\ninterrupted")
