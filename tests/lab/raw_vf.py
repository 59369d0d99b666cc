#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Speak the legacy mailbox protocol by hand on a VF that no driver is bound to.

Runs inside the host VM. Arguments: the VF's PCI address, and a JSON list of steps, each either
"reset" (VTCTRL.RST), "hold" (take VFU and keep it), "release", "look" (at the mailbox), or a list
of up to 16 words to send as one request. Prints a JSON list with an element for each step: null,
or for a look and for a request the 16 words there ("timeout" when no reply came within a second).
"""
import ctypes
import json
import mmap
import sys
import time

CTRL, VMBMEM, V2PMAILBOX = 0x0, 0x800, 0xC40
CTRL_RST = 1 << 26
REQ, ACK, VFU, PFSTS, PFACK = 1 << 0, 1 << 1, 1 << 2, 1 << 4, 1 << 5
WORDS = 16
TIMEOUT = 1.0


class RawVf:
    """The mailbox registers of a VF."""

    def __init__(self, address: str):
        device = f"/sys/bus/pci/devices/{address}"
        with open(f"{device}/enable", "w") as enable:
            enable.write("1")
        self._file = open(f"{device}/resource0", "r+b", buffering=0)
        self._map = mmap.mmap(self._file.fileno(), 0x4000)
        self._latched = 0

    def _reg(self, offset: int) -> ctypes.c_uint32:
        return ctypes.c_uint32.from_buffer(self._map, offset)

    def read(self, offset: int) -> int:
        return self._reg(offset).value

    def write(self, offset: int, value: int) -> None:
        self._reg(offset).value = value

    def reset(self) -> None:
        self.write(CTRL, CTRL_RST)
        time.sleep(0.1)
        self._latched = 0
        self.read(V2PMAILBOX)

    def wait(self, bit: int) -> bool:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            self._latched |= self.read(V2PMAILBOX)
            if self._latched & bit:
                self._latched &= ~bit
                return True
            time.sleep(0.001)
        return False

    def request(self, words: list[int]) -> list[int] | str:
        self.write(V2PMAILBOX, VFU)
        for n, word in enumerate(words):
            self.write(VMBMEM + 4 * n, word)
        self.write(V2PMAILBOX, REQ)
        if not self.wait(PFACK) or not self.wait(PFSTS):
            return "timeout"
        reply = self.look()
        self.write(V2PMAILBOX, ACK)
        return reply

    def look(self) -> list[int]:
        return [self.read(VMBMEM + 4 * n) for n in range(WORDS)]


def main() -> None:
    vf = RawVf(sys.argv[1])
    answers = []
    for step in json.loads(sys.argv[2]):
        answer = None
        if step == "reset":
            vf.reset()
        elif step == "hold":
            vf.write(V2PMAILBOX, VFU)
        elif step == "release":
            vf.write(V2PMAILBOX, 0)
        elif step == "look":
            answer = vf.look()
        else:
            answer = vf.request(step)
        answers.append(answer)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
