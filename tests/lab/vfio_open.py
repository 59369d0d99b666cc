#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Keep PCI functions with vfio-pci open, as a virtual machine does: vfio_open.py ADDRESS...

Runs inside the host VM. Prints a line when all are open, and ends on SIGTERM.
"""
import fcntl
import os
import signal
import struct
import sys
from pathlib import Path

# linux/vfio.h
VFIO_SET_IOMMU, VFIO_GROUP_SET_CONTAINER, VFIO_GROUP_GET_DEVICE_FD = 0x3B66, 0x3B68, 0x3B6A
VFIO_TYPE1_IOMMU = 1


def main() -> None:
    container = os.open("/dev/vfio/vfio", os.O_RDWR)
    groups = []
    for address in sys.argv[1:]:
        group = Path(f"/sys/bus/pci/devices/{address}/iommu_group").resolve().name
        groups.append(os.open(f"/dev/vfio/{group}", os.O_RDWR))
        fcntl.ioctl(groups[-1], VFIO_GROUP_SET_CONTAINER, struct.pack("i", container))
    fcntl.ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU)
    for group, address in zip(groups, sys.argv[1:]):
        fcntl.ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address.encode() + b"\0")
    print("open", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
