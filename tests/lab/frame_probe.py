#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send frames on some interfaces and report which interfaces received each of them.

Runs inside the host VM. Reads a JSON job from the file named by the first argument:

    {"ports": {"a": {"netns": "n0", "dev": "eth1"}, ...},
     "frames": [{"from": "a", "hex": "ffff...", "count": 1}, ...], "settle": 0.5}

and prints one JSON list: for each frame, {port: [[vlan tci or null, "hex"], ...]} for every port
that received it, in order of arrival. A frame is recognised by the marker at its end, which this
program appends. A port does not report its own transmissions, but reports frames that are sent
back to it.
"""
import ctypes
import json
import os
import select
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_AUXDATA = 8
PACKET_OUTGOING = 4
TP_STATUS_VLAN_VALID = 1 << 4
SO_RCVBUFFORCE = 33
CLONE_NEWNET = 0x40000000
MARKER = b"iovprobe"
LIBC = ctypes.CDLL(None, use_errno=True)


def enter_netns(name: str | None) -> None:
    path = f"/var/run/netns/{name}" if name else "/proc/1/ns/net"
    with open(path) as ns:
        if LIBC.setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {path}")


def open_port(netns: str | None, dev: str) -> socket.socket:
    enter_netns(netns)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
    sock.bind((dev, ETH_P_ALL))
    sock.setblocking(False)
    return sock


def vlan_of(ancillary: list) -> int | None:
    for level, kind, data in ancillary:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, _ = struct.unpack("IIIHHHH", data[:20])
            if status & TP_STATUS_VLAN_VALID:
                return tci
    return None


def drain(ports: dict[str, socket.socket], received: list[dict]) -> bool:
    """Read all pending frames; return whether there were any."""
    ready, _, _ = select.select(list(ports.values()), [], [], 0)
    for name, sock in ports.items():
        while sock in ready:
            try:
                data, ancillary, _, addr = sock.recvmsg(65536, 256)
            except BlockingIOError:
                break
            at = data.rfind(MARKER)
            if addr[2] == PACKET_OUTGOING or at < 0:
                continue
            (index,) = struct.unpack_from("!I", data, at + len(MARKER))
            if index < len(received):
                received[index].setdefault(name, []).append([vlan_of(ancillary), data[:at].hex()])
    return bool(ready)


def main() -> None:
    with open(sys.argv[1]) as job_file:
        job = json.load(job_file)
    ports = {
        name: open_port(port.get("netns"), port["dev"]) for name, port in job["ports"].items()
    }
    received: list[dict] = [{} for _ in job["frames"]]
    for index, frame in enumerate(job["frames"]):
        data = bytes.fromhex(frame["hex"]) + MARKER + struct.pack("!I", index)
        for _ in range(frame.get("count", 1)):
            for attempt in range(100):
                try:
                    ports[frame["from"]].send(data)
                    break
                except (BlockingIOError, OSError) as err:
                    if getattr(err, "errno", None) not in (11, 105) or attempt == 99:
                        raise
                    drain(ports, received)
                    time.sleep(0.01)
            drain(ports, received)
    last = time.monotonic()
    while time.monotonic() - last < job.get("settle", 0.5):
        if drain(ports, received):
            last = time.monotonic()
        else:
            time.sleep(0.01)
    json.dump(received, sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main()
