#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""`devlink dev reload` in which one memory allocation fails.

Runs inside the host VM, whose kernel has fault injection. Arguments: PCI address, and the number of
the allocation, counted from the request on. Prints the kernel's error message, if any, and at the
end whether the reload reached that allocation.
"""
import sys
from pathlib import Path

from genl import NLM_F_ACK, Family, Refused, attribute

RELOAD, BUS_NAME, DEV_NAME = 37, 1, 2
COUNTER = Path("/proc/thread-self/fail-nth")


def main() -> None:
    address, nth = sys.argv[1:]
    devlink = Family("devlink")
    which = attribute(BUS_NAME, b"pci\0") + attribute(DEV_NAME, address.encode() + b"\0")
    with COUNTER.open("r+b", buffering=0) as counter:
        counter.write(nth.encode())
        try:
            devlink.ask(RELOAD, which, NLM_F_ACK)
            error = ""
        except (Refused, OSError) as refused:
            error = f"{refused}\n"
        left = int(counter.read())
        counter.write(b"0")
    print(f"{error}{'failed' if not left else 'not reached'}")


if __name__ == "__main__":
    main()
