#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send attributes of VFs as programs do, in netlink messages (IFLA_VFINFO_LIST).

Runs inside the host VM.

    vf_netlink.py PF set JSON               a list of messages, each a list of VFs, each a list of
                                            attributes: [name, VF, value...]. Prints the errno of
                                            each message, 0 for success
    vf_netlink.py PF fuzz COUNT SEED VFS    COUNT messages, each with an error, while VFS VFs exist
                                            with default attributes. Prints how often each errno
                                            occurred, and the messages that were not refused
"""
import json
import random
import socket
import struct
import sys
from collections import Counter
from collections.abc import Iterator

from genl import HEADER, NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR, attribute

NETLINK_ROUTE, RTM_NEWLINK = 0, 16
IFLA_VFINFO_LIST, IFLA_VF_INFO = 22, 1
LINK = struct.Struct("=BxHiII")
BATCH = 32

# Name: number and layout; the first word is always the VF
ATTRIBUTES = {
    "mac": (1, "=I32s"),
    "vlan": (2, "=III"),
    "tx_rate": (3, "=II"),
    "spoofchk": (4, "=II"),
    "link_state": (5, "=II"),
    "rate": (6, "=III"),
    "query_rss": (7, "=II"),
    "trust": (9, "=II"),
    "node_guid": (10, "=I4xQ"),
    "port_guid": (11, "=I4xQ"),
}
# The list of VLANs has attributes of its own.
VLAN_LIST, VLAN_INFO = 12, 1
VLAN_LAYOUT = struct.Struct("=IIIH2x")
DOT1Q = 0x8100

DEFAULTS = (
    ("mac", "00:00:00:00:00:00"),
    ("vlan", 0, 0),
    ("vlan_list", 0, 0, DOT1Q),
    ("tx_rate", 0),
    ("rate", 0, 0),
    ("spoofchk", 1),
    ("link_state", 0),
    ("query_rss", 0),
    ("trust", 0),
)
BAD_VALUES = (
    ("mac", "01:00:5e:00:00:01"),
    ("mac", "ff:ff:ff:ff:ff:ff"),
    ("vlan", 4096, 0),
    ("vlan", 0xFFFFFFFF, 0),
    ("vlan", 5, 8),
    ("vlan_list", 4096, 0, DOT1Q),
    ("vlan_list", 5, 0, 0x88A8),
    ("vlan_list", 5, 0, 0),
    ("tx_rate", 1001),
    ("tx_rate", 0x80000000),
    ("rate", 0, 0xFFFFFFFF),
    ("rate", 1, 0),
    ("rate", 300, 100),
    ("link_state", 3),
    ("link_state", 0xFFFFFFFF),
    ("node_guid", 1),
    ("port_guid", 1 << 63),
)


def payload(name: str, vf: int, *values: int | str) -> tuple[int, bytes]:
    """Number and content of an attribute of a VF."""
    if name == "vlan_list":
        vid, qos, proto = map(int, values)
        entry = VLAN_LAYOUT.pack(vf, vid, qos, socket.htons(proto))
        return VLAN_LIST, attribute(VLAN_INFO, entry)
    kind, layout = ATTRIBUTES[name]
    packed = [bytes.fromhex(v.replace(":", "")) if isinstance(v, str) else v for v in values]
    return kind, struct.pack(layout, vf, *packed)


def vf_info(attributes: list[tuple[int, bytes]]) -> bytes:
    """The part of a message for one VF."""
    return attribute(IFLA_VF_INFO, b"".join(attribute(*one) for one in attributes))


class Link:
    """An interface."""

    def __init__(self, name: str):
        self._index = socket.if_nametoindex(name)
        self._sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)

    def _message(self, number: int, infos: bytes) -> bytes:
        body = LINK.pack(0, 0, self._index, 0, 0) + attribute(IFLA_VFINFO_LIST, infos)
        flags = NLM_F_REQUEST | NLM_F_ACK
        return HEADER.pack(HEADER.size + len(body), RTM_NEWLINK, flags, number, 0) + body

    def send(self, messages: list[bytes]) -> list[int]:
        """Send messages at once, each a list of VFs; return the errno of each."""
        self._sock.send(b"".join(self._message(n, infos) for n, infos in enumerate(messages)))
        errors: dict[int, int] = {}
        while len(errors) < len(messages):
            data = self._sock.recv(1 << 16)
            while data:
                size, kind, _, number, _ = HEADER.unpack_from(data)
                assert kind == NLMSG_ERROR, kind
                errors[number] = -struct.unpack_from("=i", data, HEADER.size)[0]
                data = data[size + -size % 4 :]
        return [errors[n] for n in range(len(messages))]


class Fuzz:
    """Messages that must be refused; if one were accepted, it would change nothing."""

    def __init__(self, seed: int, vfs: int):
        self._random = random.Random(seed)
        self._vfs = vfs

    def _any_valid(self, vf: int) -> tuple[int, bytes]:
        name, *values = self._random.choice(DEFAULTS)
        return payload(name, vf, *values)

    def _index(self) -> tuple[int, bytes]:
        far = (0, 1, 5, 6, 253, 2**31 - 1 - self._vfs, 2**31 - self._vfs, 2**32 - 1 - self._vfs)
        return self._any_valid(self._vfs + self._random.choice(far))

    def _length(self) -> tuple[int, bytes]:
        kind, value = self._any_valid(self._random.randrange(self._vfs))
        return kind, value[: self._random.randrange(len(value))]

    def _value(self) -> tuple[int, bytes]:
        name, *values = self._random.choice(BAD_VALUES)
        return payload(name, self._random.randrange(self._vfs), *values)

    def _several(self) -> tuple[int, bytes]:
        kind, one = payload("vlan_list", self._random.randrange(self._vfs), 0, 0, DOT1Q)
        return kind, one * self._random.choice((2, 3, 40))

    def _nothing(self) -> tuple[int, bytes]:
        return self._random.choice((8, 13, 14, 100)), self._random.randbytes(12)

    def messages(self) -> Iterator[bytes]:
        """An endless sequence. The error is in the last attribute; the kernel has its own order."""
        wrongs = (self._index, self._length, self._value, self._several)
        while True:
            infos = b""
            for _ in range(self._random.randrange(3)):
                infos += vf_info([self._any_valid(self._random.randrange(self._vfs))])
            if self._random.randrange(20):
                wrong = [self._random.choice(wrongs)()]
                if self._random.randrange(2):
                    # If an attribute occurs twice, the kernel uses the last one.
                    other = self._any_valid(self._random.randrange(self._vfs))
                    wrong = [other] * (other[0] != wrong[0][0]) + wrong
                yield infos + vf_info(wrong)
            elif self._random.randrange(2):
                yield infos + vf_info([self._nothing()])
            else:
                # No VF at all
                yield infos + attribute(self._random.choice((0, 2, 7)), self._random.randbytes(8))


def main() -> None:
    link = Link(sys.argv[1])
    if sys.argv[2] == "set":
        wanted = json.loads(sys.argv[3])
        messages = [b"".join(vf_info([payload(*a) for a in vf]) for vf in vfs) for vfs in wanted]
        json.dump([link.send([message])[0] for message in messages], sys.stdout)
        return
    count, seed, vfs = map(int, sys.argv[3:])
    errors: Counter[int] = Counter()
    accepted = []
    source = Fuzz(seed, vfs).messages()
    while errors.total() < count:
        batch = [next(source) for _ in range(BATCH)]
        for message, error in zip(batch, link.send(batch)):
            errors[error] += 1
            if not error:
                accepted.append(message.hex())
    json.dump({"errors": errors, "accepted": accepted[:5]}, sys.stdout)


if __name__ == "__main__":
    main()
