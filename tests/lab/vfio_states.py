#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Bring VFs of iovnic_vfio into states of a migration, as QEMU does: vfio_states.py VFS STEPS

Runs inside the host VM. VFS are PCI addresses, STEPS a JSON list; each step is a list of an action,
the number of a VF in VFS (from 0), and arguments:

    open, close                open or close the VF; its memory is MEMORY bytes at address 0
    state WORD                 set the state of the migration
    now                        read the state of the migration
    size                       ask for the size of the state
    read                       read the state, up to its end; the result is its length
    byte OFFSET                a byte of what was read last
    write CHANGES [BYTES]      write what was read last, after CHANGES [[offset, byte]...], up to
                               BYTES bytes, with more bytes than there are if BYTES is more
    set, get REGISTER [VALUE]  access a register of BAR 0
    put ADDRESS BYTES          write to the memory
    track                      start to track dirty pages
    dirty                      read the set of dirty pages; the result is their number
    unmap                      unmap the memory
    reset                      reset the VF
    shell COMMAND              run a command; the result is its exit code

Prints a JSON list with the result of each step: null, a number, a word, or the name of an errno.
"""
import errno
import fcntl
import json
import mmap
import os
import struct
import subprocess
import sys
from ctypes import addressof, c_char
from pathlib import Path

# linux/vfio.h
VFIO_SET_IOMMU, VFIO_GROUP_SET_CONTAINER, VFIO_GROUP_GET_DEVICE_FD = 0x3B66, 0x3B68, 0x3B6A
VFIO_DEVICE_RESET, VFIO_IOMMU_MAP_DMA, VFIO_IOMMU_UNMAP_DMA = 0x3B6F, 0x3B71, 0x3B72
VFIO_IOMMU_DIRTY_PAGES = VFIO_DEVICE_FEATURE = 0x3B75
VFIO_TYPE1V2_IOMMU = 3
DIRTY_START, DIRTY_GET = 1, 4
FEATURE_GET, FEATURE_SET = 1 << 16, 1 << 17
MIG_DEVICE_STATE, MIG_DATA_SIZE = 2, 9
STATES = "ERROR STOP RUNNING STOP_COPY RESUMING RUNNING_P2P PRE_COPY PRE_COPY_P2P".split()
CONFIG = 7 << 40
COMMAND, MEMORY_AND_MASTER = 4, 6
MEMORY, PAGE = 1 << 20, 4096


class Vf:
    """An open VF."""

    def __init__(self, address: str):
        group = Path(f"/sys/bus/pci/devices/{address}/iommu_group").resolve().name
        self.container = os.open("/dev/vfio/vfio", os.O_RDWR)
        self.group = os.open(f"/dev/vfio/{group}", os.O_RDWR)
        fcntl.ioctl(self.group, VFIO_GROUP_SET_CONTAINER, struct.pack("i", self.container))
        fcntl.ioctl(self.container, VFIO_SET_IOMMU, VFIO_TYPE1V2_IOMMU)
        self.memory = mmap.mmap(-1, MEMORY)
        where = addressof(c_char.from_buffer(self.memory))
        fcntl.ioctl(
            self.container, VFIO_IOMMU_MAP_DMA, struct.pack("IIQQQ", 32, 3, where, 0, MEMORY)
        )
        # Only with a mutable argument ioctl() returns the result.
        name = bytearray(address.encode() + b"\0")
        self.device = fcntl.ioctl(self.group, VFIO_GROUP_GET_DEVICE_FD, name)
        os.pwrite(self.device, struct.pack("<H", MEMORY_AND_MASTER), CONFIG + COMMAND)
        self.stream = -1

    def close(self) -> None:
        """Close it, and what it has opened."""
        for fd in (self.stream, self.device, self.group, self.container):
            if fd >= 0:
                os.close(fd)

    def feature(self, flags: int, data: bytes) -> bytes:
        """Get or set a feature."""
        words = bytearray(struct.pack("II", 8 + len(data), flags) + data)
        fcntl.ioctl(self.device, VFIO_DEVICE_FEATURE, words)
        return bytes(words[8:])

    def state(self, word: str) -> None:
        """Set the state of the migration."""
        wanted = struct.pack("Ii", STATES.index(word), -1)
        _, fd = struct.unpack("Ii", self.feature(FEATURE_SET | MIG_DEVICE_STATE, wanted))
        if fd >= 0:
            if self.stream >= 0:
                os.close(self.stream)
            self.stream = fd

    def now(self) -> str:
        """The state of the migration."""
        state, _ = struct.unpack("Ii", self.feature(FEATURE_GET | MIG_DEVICE_STATE, bytes(8)))
        return STATES[state]

    def size(self) -> int:
        """The size of the state."""
        return struct.unpack("Q", self.feature(FEATURE_GET | MIG_DATA_SIZE, bytes(8)))[0]

    def read(self) -> int:
        """Read the state."""
        found = b""
        while more := os.read(self.stream, PAGE):
            found += more
        Vf.image = found
        return len(found)

    def byte(self, offset: int) -> int:
        """A byte of what was read last."""
        return Vf.image[offset]

    def write(self, changes: list, size: int = -1) -> None:
        """Write a changed state."""
        image = bytearray(Vf.image)
        for offset, byte in changes:
            image[offset] = byte
        if size > len(image):
            image += bytes(size - len(image))
        os.write(self.stream, image[: size if size >= 0 else None])

    def set(self, register: int, value: int) -> None:
        """Write a register."""
        os.pwrite(self.device, struct.pack("<I", value), register)

    def get(self, register: int) -> int:
        """Read a register."""
        return struct.unpack("<I", os.pread(self.device, 4, register))[0]

    def put(self, address: int, data: list) -> None:
        """Write to the memory."""
        self.memory.seek(address)
        self.memory.write(bytes(data))

    def unmap(self) -> None:
        """Unmap the memory."""
        fcntl.ioctl(
            self.container, VFIO_IOMMU_UNMAP_DMA, struct.pack("IIQQ", 24, 0, 0, MEMORY)
        )

    def track(self) -> None:
        """Start to track dirty pages."""
        fcntl.ioctl(self.container, VFIO_IOMMU_DIRTY_PAGES, struct.pack("II", 8, DIRTY_START))

    def dirty(self) -> int:
        """The number of dirty pages."""
        bitmap = bytearray(MEMORY // PAGE // 8)
        where = addressof(c_char.from_buffer(bitmap))
        get = struct.pack("IIQQQQQ", 48, DIRTY_GET, 0, MEMORY, PAGE, len(bitmap), where)
        fcntl.ioctl(self.container, VFIO_IOMMU_DIRTY_PAGES, get)
        return sum(bin(byte).count("1") for byte in bitmap)

    def reset(self) -> None:
        """Reset the VF."""
        fcntl.ioctl(self.device, VFIO_DEVICE_RESET)


Vf.image = b""


def main() -> None:
    addresses = sys.argv[1].split(",")
    vfs: dict[int, Vf] = {}
    results = []
    for action, *arguments in json.loads(sys.argv[2]):
        try:
            if action == "shell":
                results.append(subprocess.run(arguments, shell=True, stdout=sys.stderr).returncode)
                continue
            number, *rest = arguments
            if action == "open":
                vfs[number] = Vf(addresses[number])
                results.append(None)
            else:
                results.append(getattr(vfs[number], action)(*rest))
        except OSError as error:
            results.append(errno.errorcode[error.errno or 0])
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
