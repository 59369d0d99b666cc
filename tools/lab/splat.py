# SPDX-License-Identifier: GPL-2.0
"""The lines that no console may show."""

import re
from collections.abc import Iterable
from pathlib import Path

SPLATS = {
    "oops": r"\bRIP: [0-9a-f]{4}:|\bOops: |general protection fault|kernel BUG at|Kernel panic",
    "call trace": r"\bCall Trace:",
    "bug": r"\bBUG: ",
    "warning": r"\bWARNING: ",
    "sanitizer": r"\b(KASAN|KCSAN|KMSAN|UBSAN|KFENCE): ",
    "locking": (
        r"possible (circular|recursive|irq lock inversion)|inconsistent lock state"
        r"|suspicious RCU usage|sleeping function called from invalid context"
        r"|INFO: trying to register non-static key"
    ),
    "hang": r"blocked for more than \d+ seconds|soft lockup|hard LOCKUP|rcu.*(stall|starved)",
    "workqueue": r"workqueue lockup",
    "dma": r"DMA-API: (?!preallocated|debugging enabled)",
    "iommu fault": r"DMAR: .*fault|DMAR: \[.*fault|AMD-Vi: .*IO_PAGE_FAULT",
    "transmit time-out": r"NETDEV WATCHDOG",
    "leak": r"unreferenced object 0x|kmemleak: \d+ new suspected memory leaks",
    "reference": r"ref_tracker: |unregister_netdevice: waiting|refcount_t: ",
    "debug objects": r"\bODEBUG: ",
    "slab": r"\bBUG \S+ \(.*\): |Slab cache still has objects",
    "leaked page": r"page_pool_release_retry\(\)|Bad page state|Bad page map",
    "interrupt": r"irq \d+: [n]obody cared|Disabling IRQ #",
    "pci": r"AER: .*(error|Error) (message )?received|AER: .*severity=Uncorrect",
    "allocation": r"page allocation failure|Out of memory: Killed",
}
EXCERPT_LINES = 40

_any_splat = re.compile("|".join(f"(?:{pattern})" for pattern in SPLATS.values()))
_inside_report = re.compile(r"\bCall Trace:|\bRIP: ")


def find_splats(text: str, expected: Iterable[str] = ()) -> list[str]:
    """The lines of a console's text that report an error.

    expected: regular expressions of lines that a test provokes. They are not errors, nor are the
    call trace and registers of the report that they begin.
    """
    allowed = [re.compile(pattern) for pattern in expected]
    found = []
    excused = False
    for line in text.splitlines():
        if any(pattern.search(line) for pattern in allowed):
            excused = True
        elif "end trace" in line:
            excused = False
        elif _any_splat.search(line) and not (excused and _inside_report.search(line)):
            found.append(line.strip())
            excused = False
    return found


def has_lost_a_timer(text: str) -> bool:
    """Whether the kernel's messages show that QEMU lost a processor's timer interrupt.

    Once in thousands of tests a timer never expires in a VM with several processors.
    """
    return "kthread timer wakeup didn't happen" in text


def overdue(timer_list: str) -> float:
    """For how many seconds a processor's timer is overdue, by /proc/timer_list.

    The longest time of all processors; negative if no timer is overdue. The messages that
    has_lost_a_timer() reads appear only after 21 s, and only if RCU's thread waits on that
    processor.
    """
    now = re.search(r"^now at (\d+) nsecs", timer_list, re.MULTILINE)
    due = re.findall(r"^\s*\.expires_next\s*: (\d+) nsecs", timer_list, re.MULTILINE)
    return (int(now[1]) - min(map(int, due))) / 1e9 if now and due else 0.0


def excerpt(text: str, line: str) -> str:
    """The lines of the report that begins at `line`."""
    start = max(text.find(line), 0)
    return "\n".join(text[start:].splitlines()[:EXCERPT_LINES])


class Oracle:
    """Reads consoles as they grow and checks only the new part."""

    def __init__(self) -> None:
        self._read: dict[Path, int] = {}

    def mark(self, consoles: Iterable[Path]) -> None:
        """Skip what is in the consoles now."""
        self._read.update({console: console.stat().st_size for console in consoles})

    def sees(self, consoles: Iterable[Path]) -> bool:
        """Whether there is an error since the last mark or check; does not advance the mark."""
        for console in consoles:
            new = console.read_bytes()[self._read.get(console, 0) :].decode(errors="replace")
            if find_splats(new) and not has_lost_a_timer(new):
                return True
        return False

    def check(self, consoles: Iterable[Path], expected: Iterable[str] = ()) -> list[str]:
        """A report for each console with an error since the last mark or check."""
        reports = []
        for console in consoles:
            with console.open("rb") as file:
                file.seek(self._read.get(console, 0))
                new = file.read()
            self._read[console] = self._read.get(console, 0) + len(new)
            text = new.decode(errors="replace")
            if lines := find_splats(text, expected):
                more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
                reports.append(f"{console}: {lines[0]}{more}\n{excerpt(text, lines[0])}")
        return reports
