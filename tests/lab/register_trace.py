# SPDX-License-Identifier: GPL-2.0-only
"""Accesses to the device's registers, as QEMU traces them."""
import re
from collections.abc import Iterator
from contextlib import contextmanager

from lab import HostVM
from lab.regs82576 import RTTBCNRC, RTTDQSEL

RS_ENA = 1 << 31  # RTTBCNRC: the limit is in force


@contextmanager
def _traced(host: HostVM, event: str) -> Iterator[list[tuple[int, int]]]:
    """Registers and values of an event; complete when the block ends."""
    log = host.trace_log
    start = log.stat().st_size
    found: list[tuple[int, int]] = []
    host.hmp(f"trace-event {event} on")
    try:
        yield found
    finally:
        if event not in host.traced:
            host.hmp(f"trace-event {event} off")
    with log.open(errors="replace") as file:
        file.seek(start)
        for words in re.findall(rf"{event} .*register 0x(\w+), .*value: 0x(\w+)", file.read()):
            found.append((int(words[0], 16), int(words[1], 16)))


@contextmanager
def registers_read(host: HostVM) -> Iterator[dict[int, int]]:
    """Registers that are read in the block: the last value by register."""
    values: dict[int, int] = {}
    with _traced(host, "e1000e_core_read") as found:
        yield values
    values.update(found)


@contextmanager
def registers_written(host: HostVM) -> Iterator[list[tuple[int, int]]]:
    """Registers that are written in the block: registers and values, in order."""
    with _traced(host, "e1000e_core_write") as found:
        yield found


@contextmanager
def limits_written(host: HostVM) -> Iterator[dict[int, int]]:
    """Rate limits that are written in the block, the last by queue; QEMU lacks these registers."""
    limits: dict[int, int] = {}
    with _traced(host, "e1000e_wrn_regs_write_unknown") as found:
        yield limits
    queue = None
    for register, value in found:
        if register == RTTDQSEL:
            queue = value
        elif register == RTTBCNRC:
            assert queue is not None, "a limit without a selected queue"
            limits[queue] = value
