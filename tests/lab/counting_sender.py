#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send frames through a socket and measure when the driver frees them.

counting_sender.py DEV COUNT SNDBUF sends COUNT frames to an address that does not exist. SNDBUF
limits how many of them are outstanding. Prints {"seconds": for all frames, "alone": milliseconds
until a single frame is freed, the maximum of a few}.
"""
import fcntl
import json
import socket
import struct
import sys
import termios
import time

TO, FROM = "020000000099", "020000000098"
FRAME = bytes.fromhex(TO + FROM + "88b5") + bytes(1000)
ALONE, PAUSE_S, LIMIT_S = 5, 0.03, 5


def main() -> None:
    dev, count, room = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
    raw.settimeout(LIMIT_S)
    raw.bind((dev, 0))

    def drained() -> float:
        begin = time.monotonic()
        while struct.unpack("i", fcntl.ioctl(raw, termios.TIOCOUTQ, bytes(4)))[0]:
            if time.monotonic() > begin + LIMIT_S:
                raise TimeoutError("frames are not freed")
        return time.monotonic() - begin

    begin = time.monotonic()
    for _ in range(count):
        raw.send(FRAME)
    drained()
    seconds = time.monotonic() - begin
    alone = 0.0
    for _ in range(ALONE):
        time.sleep(PAUSE_S)
        raw.send(FRAME)
        alone = max(alone, drained())
    print(json.dumps({"seconds": seconds, "alone": alone * 1000}))


main()
