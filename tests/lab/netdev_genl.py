#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Show an interface's queues by generic netlink (family netdev).

Runs inside the host VM, in the interface's namespace. Argument: interface. Prints JSON with lists
of attributes by number: `queues`, `napis`, `qstats` (one for each queue), `total`. Debian 12 has no
tool that can show these.
"""
import json
import socket
import struct
import sys

from genl import NLM_F_DUMP, Family, attribute, numbers

QUEUE_GET, NAPI_GET, QSTATS_GET = 10, 11, 12
QUEUE_IFINDEX, NAPI_IFINDEX, QSTATS_IFINDEX, QSTATS_SCOPE = 2, 1, 1, 4


def main() -> None:
    index = struct.pack("=I", socket.if_nametoindex(sys.argv[1]))
    family = Family("netdev")

    def dump(command: int, ifindex: int, more: bytes = b"") -> list[dict[int, int]]:
        answers = family.ask(command, attribute(ifindex, index) + more, NLM_F_DUMP)
        return [numbers(answer) for answer in answers]

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
