#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A stream of numbered datagrams, one a millisecond: losses, and the longest silence.

Runs inside the host VM: numbered.py SENDER RECEIVER ADDRESS, two network namespaces ("-" is the
root namespace) and an address of the receiver. It prints an empty line when it has started, sends
until it receives SIGTERM, waits for datagrams in flight, and prints JSON: `sent`, `lost`, `again`
(arrived more than once), `silence_ms` (the longest time without an arrival).
"""
import ctypes
import json
import signal
import socket
import struct
import sys
import time

PORT, PAUSE, TIMEOUT = 5500, 0.001, 1.0
SO_RCVBUFFORCE = 33
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def open_socket(netns: str) -> socket.socket:
    path = "/proc/1/ns/net" if netns == "-" else f"/run/netns/{netns}"
    with open(path) as ns:
        if LIBC.setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {path}")
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    return sock


class Stream:
    """Counts what was sent and what has arrived."""

    def __init__(self, sender: str, receiver: str, address: str):
        self.target = (address, PORT)
        self.sink = open_socket(receiver)
        self.sink.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.sink.bind(("", PORT))
        self.source = open_socket(sender)
        self.sent = self.again = 0
        self.silence = 0.0
        self.arrived: set[int] = set()
        self.last = self.last_sent = 0.0
        self.ended = False

    def end(self, *_: object) -> None:
        self.ended = True

    def send(self) -> None:
        """Send the next number; a datagram that the stack refuses counts as lost."""
        self.sent += 1
        self.last_sent = time.monotonic()
        try:
            self.source.sendto(struct.pack("!I", self.sent), self.target)
        except OSError:
            pass

    def receive(self) -> None:
        try:
            while True:
                (number,) = struct.unpack("!I", self.sink.recv(64))
                now = time.monotonic()
                if self.last:
                    self.silence = max(self.silence, now - self.last)
                self.last = now
                self.again += number in self.arrived
                self.arrived.add(number)
        except BlockingIOError:
            pass

    def run(self) -> None:
        while not self.ended:
            self.send()
            time.sleep(PAUSE)
            self.receive()
        deadline = time.monotonic() + TIMEOUT
        while len(self.arrived) < self.sent and time.monotonic() < deadline:
            time.sleep(PAUSE)
            self.receive()
        self.silence = max(self.silence, self.last_sent - self.last)


def main() -> None:
    stream = Stream(*sys.argv[1:])
    signal.signal(signal.SIGTERM, stream.end)
    print(flush=True)
    stream.run()
    report = {
        "sent": stream.sent,
        "lost": stream.sent - len(stream.arrived),
        "again": stream.again,
        "silence_ms": round(1000 * stream.silence),
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
