#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Datagrams that wait in a socket: their memory charge, and whether their content stays intact.

Runs inside the host VM: held_datagrams.py RECEIVER_NETNS RECEIVER_IP RECEIVER_MAC SENDER_DEV, in
the sender's namespace. Sends COUNT datagrams to a socket that is not read, then frames longer than
the receiver's MTU, then reads the socket. Prints {"charged": bytes for each datagram, "intact":
number of datagrams, "sent": number of long frames}.
"""
import ctypes
import json
import os
import socket
import struct
import sys
import time

SO_RCVBUFFORCE, SO_MEMINFO = 33, 55
CLONE_NEWNET = 0x40000000
COUNT, SIZE, PORT = 64, 1400, 7777
# The part of another frame's data that a long frame may overwrite, without headers: common/slot.h
REACH = 64 - 42
LONG = (1601, 1664, 1800, 2000, 2048, 2100, 4000, 9014)


def enter(path: str) -> None:
    with open(path) as ns:
        if ctypes.CDLL(None, use_errno=True).setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), path)


def main() -> None:
    netns, address, mac, dev = sys.argv[1:]
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind((dev, 0))
    enter(f"/var/run/netns/{netns}" if netns else "/proc/1/ns/net")
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
    receiver.bind((address, PORT))

    def held() -> int:
        return struct.unpack_from("I", receiver.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))[0]

    payloads = [bytes([i]) * SIZE for i in range(COUNT)]
    for payload in payloads:
        sender.sendto(payload, (address, PORT))
        time.sleep(0.002)
    last = -1
    while held() != last:
        last = held()
        time.sleep(0.3)

    source = "020000000099"
    for size in LONG * 16:
        head = bytes.fromhex(mac.replace(":", "") + source + "88b5")
        raw.send(head + b"\xee" * (size - len(head)))
        time.sleep(0.001)
    time.sleep(0.3)

    receiver.setblocking(False)
    intact = sum(receiver.recv(2048)[REACH:] == payload[REACH:] for payload in payloads)
    print(json.dumps({"charged": last / COUNT, "intact": intact, "sent": len(LONG) * 16}))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
