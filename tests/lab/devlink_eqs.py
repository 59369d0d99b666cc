#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Set max_io_eqs as `devlink port function set` does from iproute2 6.10 on.

Runs inside the host VM. Arguments: PCI address, port, and the numbers to set, in order. Prints the
error of each number that is refused, and at the end the present number.
"""
import struct
import sys

from genl import NESTED, NLM_F_ACK, Family, Refused, attribute, attributes, numbers

PORT_GET, PORT_SET = 5, 6
BUS_NAME, DEV_NAME, PORT_INDEX, PORT_FUNCTION = 1, 2, 3, 145
MAX_IO_EQS = 6


def main() -> None:
    address, port, *wishes = sys.argv[1:]
    devlink = Family("devlink")
    which = attribute(BUS_NAME, b"pci\0") + attribute(DEV_NAME, address.encode() + b"\0")
    which += attribute(PORT_INDEX, struct.pack("=I", int(port)))
    for number in wishes:
        wish = attribute(MAX_IO_EQS, struct.pack("=I", int(number)))
        try:
            devlink.ask(PORT_SET, which + attribute(NESTED | PORT_FUNCTION, wish), NLM_F_ACK)
        except Refused as refused:
            print(refused)
    (answer,) = devlink.ask(PORT_GET, which)
    print(numbers(attributes(answer)[PORT_FUNCTION])[MAX_IO_EQS])


if __name__ == "__main__":
    main()
