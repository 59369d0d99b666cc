# SPDX-License-Identifier: GPL-2.0-only
"""The oracle of registers: what has been done to the 82576s of host VMs since it last looked."""
from weakref import WeakKeyDictionary

from datasheet import EVENTS, Checker
from lab import HostVM, LabError
from lab.host import STOCK

__all__ = ["EVENTS", "RegisterOracle"]

# Of what a machine has traced; more is thrown away after it was judged.
KEPT = 32 << 20


class RegisterOracle:
    """Follows QEMU's traces as they grow and judges only what is new."""

    def __init__(self) -> None:
        self._read: WeakKeyDictionary[HostVM, tuple[Checker, int]] = WeakKeyDictionary()

    def checker(self, host: HostVM) -> Checker:
        """What follows a machine's 82576, as of the last check."""
        return self._read[host][0]

    def check(self, host: HostVM) -> list[str]:
        """A report for each rule that was broken since the last check.

        The kernel's own drivers do not have to keep the strict rules, and programs of tests none.
        """
        if not host.traced or not host.trace_log.exists():
            return []
        checker, start = self._read.get(host) or (Checker(), 0)
        with host.trace_log.open("rb") as file:
            file.seek(start)
            text = file.read()
        checker.strict = not host.foreign
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
            return True  # it hangs, and the test has failed already

    @staticmethod
    def _forget(host: HostVM, start: int) -> bytes:
        """Begin another file; what has come to the old one meanwhile."""
        old = host.trace_log
        number = int(old.stem.rpartition("-")[2]) if old.stem[-1].isdigit() else 0
        host.trace_log = old.with_name(f"{host.name}-trace-{number + 1}.log")
        host.hmp(f"logfile {host.trace_log}")
        with old.open("rb") as file:
            file.seek(start)
            rest = file.read()
        old.unlink()
        return rest
