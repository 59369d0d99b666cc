#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The time in which the PF replies to a VF's driver: MTU changes, each of which is one request.

Runs inside the host VM, in the VF's namespace. Arguments: interface, number of changes. Prints
milliseconds as JSON.
"""
import fcntl
import json
import socket
import struct
import sys
import time

SIOCSIFMTU = 0x8922
MTUS = (1499, 1500)
PAUSE = 0.03


def main() -> None:
    name, count = sys.argv[1].encode(), int(sys.argv[2])
    times = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number in range(count):
            request = struct.pack("16si12x", name, MTUS[number % len(MTUS)])
            started = time.monotonic()
            fcntl.ioctl(sock, SIOCSIFMTU, request)
            times.append((time.monotonic() - started) * 1000)
            time.sleep(PAUSE)
    times.sort()
    json.dump(
        {"median": times[count // 2], "p99": times[count * 99 // 100], "max": times[-1]},
        sys.stdout,
    )


if __name__ == "__main__":
    main()
