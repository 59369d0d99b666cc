# SPDX-License-Identifier: GPL-2.0-only
"""Checks the accesses to the registers of the host VMs' 82576s after each test."""
from weakref import WeakKeyDictionary

from datasheet import EVENTS, Checker
from lab import HostVM, LabError
from lab.host import STOCK

__all__ = ["EVENTS", "RegisterOracle"]

# Bytes of a machine's trace; more is deleted after it was checked.
KEPT = 32 << 20


class RegisterOracle:
    """Reads QEMU's traces as they grow and checks only the new part."""

    def __init__(self) -> None:
        self._read: WeakKeyDictionary[HostVM, tuple[Checker, int]] = WeakKeyDictionary()

    def checker(self, host: HostVM) -> Checker:
        """The checker of a machine's 82576, in its state of the last check."""
        return self._read[host][0]

    def check(self, host: HostVM) -> list[str]:
        """A report for each rule that was broken since the last check.

        The strict rules do not apply to the kernel's own drivers, and no rule applies to test
        programs.
        """
        if not host.traced or not host.trace_log.exists():
            return []
        checker, start = self._read.get(host) or (Checker(), 0)
        with host.trace_log.open("rb") as file:
            file.seek(start)
            text = file.read()
        checker.strict = not host.foreign
        checker.restores_heads, host.restores_heads = host.restores_heads, False
        reports = checker.feed(text)
        start += len(text)
        if start > KEPT and host.alive:
            reports += checker.feed(self._forget(host, start))
            start = 0
        self._read[host] = checker, start
        if host.foreign and host.alive:
            host.foreign = self._has_stock(host)
        if host.wild:
            host.wild = False
            return []
        return reports

    @staticmethod
    def _has_stock(host: HostVM) -> bool:
        try:
            return not host.loaded_modules().keys().isdisjoint(STOCK)
        except LabError:
            return True  # QEMU hangs, and the test has failed already.

    @staticmethod
    def _forget(host: HostVM, start: int) -> bytes:
        """Start a new trace file; return what was added to the old one meanwhile."""
        old = host.trace_log
        number = int(old.stem.rpartition("-")[2]) if old.stem[-1].isdigit() else 0
        host.trace_log = old.with_name(f"{host.name}-trace-{number + 1}.log")
        host.hmp(f"logfile {host.trace_log}")
        with old.open("rb") as file:
            file.seek(start)
            rest = file.read()
        old.unlink()
        return rest
