#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The longest time in which each processor did not run a process that was due, whatever held it.

Runs inside the host VM until SIGTERM, as the process of the highest priority. Prints the
milliseconds of each processor as JSON. What the emulation itself loses is in there as well.
"""
import json
import os
import signal
import sys
import threading
import time

STEP = 0.001


class Watch(threading.Thread):
    """Sleeps for a millisecond again and again on one processor and measures for how long."""

    def __init__(self, cpu: int):
        super().__init__(daemon=True)
        self.longest = 0.0
        self._cpu = cpu

    def run(self) -> None:
        os.sched_setaffinity(0, {self._cpu})
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
        last = time.monotonic()
        while True:
            time.sleep(STEP)
            now = time.monotonic()
            self.longest = max(self.longest, (now - last - STEP) * 1000)
            last = now


def main() -> None:
    # Blocked for all threads; a processor that is held up delays no other's figure.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    watches = [Watch(cpu) for cpu in sorted(os.sched_getaffinity(0))]
    for watch in watches:
        watch.start()
    signal.sigwait({signal.SIGTERM})
    json.dump([round(watch.longest, 3) for watch in watches], sys.stdout)


if __name__ == "__main__":
    main()
