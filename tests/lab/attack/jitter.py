#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The longest time for which each processor did not run a process that was ready to run.

Runs inside the host VM until SIGTERM, as the process of the highest priority. Prints the
milliseconds for each processor as JSON. This includes the time that the emulation itself loses.
"""
import json
import os
import signal
import sys
import threading
import time

STEP = 0.001


class Watch(threading.Thread):
    """Sleeps repeatedly for a millisecond on one processor, and measures the actual duration."""

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
    # Blocked for all threads: a processor that is held up does not affect another one's figure.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    watches = [Watch(cpu) for cpu in sorted(os.sched_getaffinity(0))]
    for watch in watches:
        watch.start()
    signal.sigwait({signal.SIGTERM})
    json.dump([round(watch.longest, 3) for watch in watches], sys.stdout)


if __name__ == "__main__":
    main()
