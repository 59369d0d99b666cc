# SPDX-License-Identifier: GPL-2.0-only
"""The mailbox protocol, from mailbox/wire.h, and raw messages from a VF without driver.

A name in wire.h without IOV_WIRE_ is the name here: mbx.RESET, mbx.SET_LPE, mbx.ACK, mbx.MAGIC.
"""
import json
from typing import Any

from lab import regs82576
from lab.cheader import constants, field
from lab.fabric import Fabric

_CONSTANTS = constants("mailbox/wire.h", "IOV_WIRE_")
UNKNOWN = 0x42  # an id that no version of the protocol has
GET_RSS = 0x27  # reserved: refused by every PF
# Registers and bits that raw_vf.py needs
_VF_REGISTERS = (
    "VF_CTRL VF_CTRL_RST VF_VMBMEM VF_V2PMAILBOX MBX_WORDS V2PMAILBOX_REQ V2PMAILBOX_ACK"
    " V2PMAILBOX_VFU V2PMAILBOX_PFSTS V2PMAILBOX_PFACK"
).split()


def __getattr__(name: str) -> Any:
    try:
        return _CONSTANTS[name]
    except KeyError:
        raise AttributeError(f"mailbox/wire.h has no IOV_WIRE_{name}") from None


def info(number: int) -> int:
    """The information bits of word 0."""
    return field(_CONSTANTS["INFO"], number)


def tid(number: int) -> int:
    """The bits of word 0 with the transaction number."""
    return field(_CONSTANTS["TID"], number)


def block(number: int, words: int, offset: int = 0) -> int:
    """Word 1 of READ_BLOCK and WRITE_BLOCK."""
    parts = (("BLK_ID", number), ("BLK_LEN", words), ("BLK_OFFSET", offset))
    return sum(field(_CONSTANTS[name], value) for name, value in parts)


def mac_words(mac: str) -> list[int]:
    """A MAC address in two words, as in SET_MAC."""
    data = bytes.fromhex(mac.replace(":", ""))
    return [int.from_bytes(data[:4], "little"), int.from_bytes(data[4:], "little")]


def negotiate(low: int | None = None, high: int | None = None, caps: int | None = None) -> list:
    """A NEGOTIATE request; by default with our versions and capabilities."""
    constant = _CONSTANTS.get
    return [
        tid(1) | constant("NEGOTIATE", 0),
        constant("MAGIC"),
        constant("VERSION_MIN") if low is None else low,
        constant("VERSION_MAX") if high is None else high,
        constant("CAPS") if caps is None else caps,
        0,
        0,
    ]


def send_raw(fabric: Fabric, n: int, steps: list) -> list:
    """Execute these steps on VF n, which has no driver; return their results, see raw_vf.py."""
    fabric.host.wild = True
    registers = {name: getattr(regs82576, name) for name in _VF_REGISTERS}
    arguments = fabric.vf_pci(n), json.dumps(registers), json.dumps(steps)
    return json.loads(fabric.python("raw_vf.py", *arguments, timeout=120))


class WithoutDriver:
    """VF 0 without its driver, for raw messages."""

    def __init__(self, fabric: Fabric):
        self._fabric = fabric

    def __enter__(self) -> None:
        self._fabric.unbind_vf(0)

    def __exit__(self, *_: object) -> None:
        self._fabric.bind_vf(0)
