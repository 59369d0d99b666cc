#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel says of an interface's queues by generic netlink: the family netdev.

Runs inside the host VM, in the interface's namespace. Argument: interface. Prints JSON with lists
of attributes by number: `queues`, `napis`, `qstats` (one of each queue), `total`. No tool of Debian
12 asks for these.
"""
import json
import socket
import struct
import sys

NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 16, 3, 1, 2
QUEUE_GET, NAPI_GET, QSTATS_GET = 10, 11, 12
QUEUE_IFINDEX, NAPI_IFINDEX, QSTATS_IFINDEX, QSTATS_SCOPE = 2, 1, 1, 4
HEADER = struct.Struct("=IHHII")
ATTRIBUTE = struct.Struct("=HH")


def attribute(kind: int, value: bytes) -> bytes:
    """An attribute with its padding."""
    size = ATTRIBUTE.size + len(value)
    return ATTRIBUTE.pack(size, kind) + value + bytes(-size % 4)


def attributes(data: bytes) -> dict[int, int]:
    """Numbers by attribute; what has another size than a number is left out."""
    found = {}
    while len(data) >= ATTRIBUTE.size:
        size, kind = ATTRIBUTE.unpack_from(data)
        value = data[ATTRIBUTE.size : size]
        if len(value) in (2, 4, 8):
            found[kind] = int.from_bytes(value, sys.byteorder)
        data = data[size + -size % 4 :]
    return found


def ask(sock: socket.socket, family: int, command: int, wanted: bytes, flags: int) -> list[dict]:
    """The answers to one request."""
    body = struct.pack("=BBH", command, 1, 0) + wanted
    sock.send(HEADER.pack(HEADER.size + len(body), family, NLM_F_REQUEST | flags, 1, 0) + body)
    answers = []
    while True:
        data = sock.recv(1 << 16)
        while data:
            size, kind, *_ = HEADER.unpack_from(data)
            if kind == NLMSG_ERROR:
                sys.exit(f"error {struct.unpack_from('=i', data, HEADER.size)[0]}")
            if kind == NLMSG_DONE:
                return answers
            answers.append(attributes(data[HEADER.size + 4 : size]))
            data = data[size + -size % 4 :]
        if not flags:
            return answers


def main() -> None:
    index = struct.pack("=I", socket.if_nametoindex(sys.argv[1]))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC) as sock:
        name = attribute(CTRL_ATTR_FAMILY_NAME, b"netdev\0")
        (answer,) = ask(sock, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, name, 0)
        family = answer[CTRL_ATTR_FAMILY_ID]

        def dump(command: int, ifindex: int, more: bytes = b"") -> list[dict]:
            return ask(sock, family, command, attribute(ifindex, index) + more, NLM_F_DUMP)

        each = attribute(QSTATS_SCOPE, struct.pack("=Q", 1))
        json.dump(
            {
                "queues": dump(QUEUE_GET, QUEUE_IFINDEX),
                "napis": dump(NAPI_GET, NAPI_IFINDEX),
                "qstats": dump(QSTATS_GET, QSTATS_IFINDEX, each),
                "total": dump(QSTATS_GET, QSTATS_IFINDEX),
            },
            sys.stdout,
        )


if __name__ == "__main__":
    main()
