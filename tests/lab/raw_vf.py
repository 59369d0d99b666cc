#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send raw mailbox messages from a VF that no driver is bound to.

Runs inside the host VM. Arguments: the VF's PCI address, the registers and bits of regs82576.py
that are used here as a JSON object, and a JSON list of steps. A step is "reset" (VTCTRL.RST),
"hold" (set VFU), "release" (clear VFU), "look" (read the mailbox), or a list of up to 16 words to
be sent as one request. Prints a JSON list with an element for each step: null, or for "look" and
for a request the 16 words of the mailbox ("timeout" if there is no reply within a second).
"""
import ctypes
import json
import mmap
import sys
import time
from types import SimpleNamespace

TIMEOUT = 1.0
BAR_SIZE = 0x4000


class RawVf:
    """The mailbox registers of a VF."""

    def __init__(self, address: str, regs: SimpleNamespace):
        self.regs = regs
        device = f"/sys/bus/pci/devices/{address}"
        with open(f"{device}/enable", "w") as enable:
            enable.write("1")
        self._file = open(f"{device}/resource0", "r+b", buffering=0)
        self._map = mmap.mmap(self._file.fileno(), BAR_SIZE)
        self._latched = 0

    def _reg(self, offset: int) -> ctypes.c_uint32:
        return ctypes.c_uint32.from_buffer(self._map, offset)

    def read(self, offset: int) -> int:
        return self._reg(offset).value

    def write(self, offset: int, value: int) -> None:
        self._reg(offset).value = value

    def mailbox(self) -> int:
        return self.read(self.regs.VF_V2PMAILBOX)

    def ring(self, bits: int) -> None:
        self.write(self.regs.VF_V2PMAILBOX, bits)

    def reset(self) -> None:
        self.write(self.regs.VF_CTRL, self.regs.VF_CTRL_RST)
        time.sleep(0.1)
        self._latched = 0
        self.mailbox()

    def wait(self, bit: int) -> bool:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            self._latched |= self.mailbox()
            if self._latched & bit:
                self._latched &= ~bit
                return True
            time.sleep(0.001)
        return False

    def request(self, words: list[int]) -> list[int] | str:
        self.ring(self.regs.V2PMAILBOX_VFU)
        for n, word in enumerate(words):
            self.write(self.regs.VF_VMBMEM + 4 * n, word)
        self.ring(self.regs.V2PMAILBOX_REQ)
        if not self.wait(self.regs.V2PMAILBOX_PFACK) or not self.wait(self.regs.V2PMAILBOX_PFSTS):
            return "timeout"
        reply = self.look()
        self.ring(self.regs.V2PMAILBOX_ACK)
        return reply

    def look(self) -> list[int]:
        return [self.read(self.regs.VF_VMBMEM + 4 * n) for n in range(self.regs.MBX_WORDS)]


def main() -> None:
    vf = RawVf(sys.argv[1], SimpleNamespace(**json.loads(sys.argv[2])))
    answers = []
    for step in json.loads(sys.argv[3]):
        answer = None
        if step == "reset":
            vf.reset()
        elif step == "hold":
            vf.ring(vf.regs.V2PMAILBOX_VFU)
        elif step == "release":
            vf.ring(0)
        elif step == "look":
            answer = vf.look()
        else:
            answer = vf.request(step)
        answers.append(answer)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
