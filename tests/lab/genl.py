# SPDX-License-Identifier: GPL-2.0-only
"""The part of (generic) netlink that these tests need, for programs inside the host VM."""
import socket
import struct
import sys

NETLINK_GENERIC = 16
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 16, 3, 1, 2
NLMSGERR_ATTR_MSG = 1
HEADER = struct.Struct("=IHHII")
GENL_HEADER = 4
ATTRIBUTE = struct.Struct("=HH")
NESTED = 1 << 15


def attribute(kind: int, value: bytes) -> bytes:
    """An attribute, padded."""
    size = ATTRIBUTE.size + len(value)
    return ATTRIBUTE.pack(size, kind) + value + bytes(-size % 4)


def attributes(data: bytes) -> dict[int, bytes]:
    """Values by attribute."""
    found = {}
    while len(data) >= ATTRIBUTE.size:
        size, kind = ATTRIBUTE.unpack_from(data)
        found[kind & ~NESTED] = data[ATTRIBUTE.size : size]
        data = data[size + -size % 4 :]
    return found


def numbers(data: bytes) -> dict[int, int]:
    """Integers by attribute; attributes of other sizes are omitted."""
    return {
        kind: int.from_bytes(value, sys.byteorder)
        for kind, value in attributes(data).items()
        if len(value) in (2, 4, 8)
    }


class Refused(Exception):
    """The request was refused; has the kernel's error text."""


class Family:
    """A generic netlink family."""

    def __init__(self, name: str):
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self._socket.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self._socket.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self._id = GENL_ID_CTRL
        wanted = attribute(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0")
        (answer,) = self.ask(CTRL_CMD_GETFAMILY, wanted)
        self._id = numbers(answer)[CTRL_ATTR_FAMILY_ID]

    def ask(self, command: int, wanted: bytes, flags: int = 0) -> list[bytes]:
        """Send a request; return the attributes of each reply."""
        body = struct.pack("=BBH", command, 1, 0) + wanted
        header = HEADER.pack(HEADER.size + len(body), self._id, NLM_F_REQUEST | flags, 1, 0)
        self._socket.send(header + body)
        answers = []
        while True:
            data = self._socket.recv(1 << 16)
            while data:
                size, kind, *_ = HEADER.unpack_from(data)
                if kind == NLMSG_ERROR:
                    self._look_for_error(data[HEADER.size : size])
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    return answers
                answers.append(data[HEADER.size + GENL_HEADER : size])
                data = data[size + -size % 4 :]
            if not flags:
                return answers

    @staticmethod
    def _look_for_error(data: bytes) -> None:
        """Raise Refused for an error; an acknowledgment is an error with number 0."""
        (error,) = struct.unpack_from("=i", data)
        if error:
            told = attributes(data[4 + HEADER.size :]).get(NLMSGERR_ATTR_MSG, b"")
            raise Refused(f"error {error}: {told.decode().rstrip(chr(0))}")
