#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Set the mode of an interface's embedded switch by its number, which bridge(8) cannot do.

Runs inside the host VM, in the interface's namespace: bridge_mode.py INTERFACE NUMBER. Prints the
errno of the reply and the kernel's error text.
"""
import socket
import struct
import sys

RTM_SETLINK, NLM_F_REQUEST, NLM_F_ACK = 19, 1, 4
SOL_NETLINK, NETLINK_EXT_ACK = 270, 11
AF_BRIDGE, IFLA_AF_SPEC, BRIDGE_FLAGS_SELF = 7, 26, 2
IFLA_BRIDGE_FLAGS, IFLA_BRIDGE_MODE = 0, 1
NLMSGERR_ATTR_MSG = 1


def attribute(kind: int, data: bytes) -> bytes:
    """A netlink attribute, padded."""
    return struct.pack("HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def message_in(answer: bytes) -> str:
    """The kernel's error text: it follows the errno and the header of the request."""
    rest = answer[16 + 4 + 16 :]
    while len(rest) > 4:
        length, kind = struct.unpack_from("HH", rest)
        if kind == NLMSGERR_ATTR_MSG:
            return rest[4:length].rstrip(b"\0").decode()
        rest = rest[length + -length % 4 :]
    return ""


def main() -> None:
    index, mode = socket.if_nametoindex(sys.argv[1]), int(sys.argv[2])
    spec = attribute(IFLA_BRIDGE_FLAGS, struct.pack("H", BRIDGE_FLAGS_SELF))
    spec += attribute(IFLA_BRIDGE_MODE, struct.pack("H", mode))
    body = struct.pack("BBHiII", AF_BRIDGE, 0, 0, index, 0, 0) + attribute(IFLA_AF_SPEC, spec)
    flags = NLM_F_REQUEST | NLM_F_ACK
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        netlink.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        netlink.setsockopt(SOL_NETLINK, 10, 1)  # NETLINK_CAP_ACK: no copy of the request
        netlink.send(struct.pack("IHHII", 16 + len(body), RTM_SETLINK, flags, 1, 0) + body)
        answer = netlink.recv(8192)
    (error,) = struct.unpack_from("i", answer, 16)
    print(-error, message_in(answer))


if __name__ == "__main__":
    main()
