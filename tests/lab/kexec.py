#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Start another kernel without the firmware, as `kexec -f` does: kexec.py KERNEL INITRAMFS LINE."""
import ctypes
import os
import sys

KEXEC_FILE_LOAD = 320
LINUX_REBOOT_CMD_KEXEC = 0x45584543
LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    kernel, initramfs = (os.open(path, os.O_RDONLY) for path in sys.argv[1:3])
    line = sys.argv[3].encode() + b"\0"
    if LIBC.syscall(KEXEC_FILE_LOAD, kernel, initramfs, len(line), line, 0):
        raise OSError(ctypes.get_errno(), "kexec_file_load")
    LIBC.reboot(LINUX_REBOOT_CMD_KEXEC)
    raise OSError(ctypes.get_errno(), "reboot")


if __name__ == "__main__":
    main()
