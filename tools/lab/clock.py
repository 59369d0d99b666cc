# SPDX-License-Identifier: GPL-2.0
"""This machine's clock, and timeouts on a busy machine."""

import ctypes
import mmap
import time
from functools import cache

# rdtsc; shl rdx, 32; or rax, rdx; ret
_READ_TSC = bytes.fromhex("0f31 48c1e220 4809d0 c3")
_TRIES = 20
_INTERVAL = 0.05
# Timeouts are for an idle machine and are multiplied by this: a busy one may be this much slower
TIMEOUT_FACTOR = 6


def deadline(seconds: float) -> float:
    """The monotonic time of a timeout of so many seconds, for a busy machine."""
    return time.monotonic() + seconds * TIMEOUT_FACTOR


@cache
def tsc_khz() -> int:
    """The frequency of the time-stamp counter in kHz, which is also an emulated processor's.

    A kernel that boots on a busy machine measures a wrong one.
    """
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(_READ_TSC)
    read_tsc = ctypes.CFUNCTYPE(ctypes.c_uint64)(
        ctypes.addressof(ctypes.c_char.from_buffer(page))
    )

    def both() -> tuple[int, int]:
        """Time and counter at the same moment: of several readings the fastest one."""
        found = []
        for _ in range(_TRIES):
            begin, counter, end = time.monotonic_ns(), read_tsc(), time.monotonic_ns()
            found.append((end - begin, (begin + end) // 2, counter))
        return min(found)[1:]

    first_time, first = both()
    time.sleep(_INTERVAL)
    last_time, last = both()
    return round((last - first) * 1e6 / (last_time - first_time))
