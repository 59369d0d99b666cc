# SPDX-License-Identifier: GPL-2.0-only
"""The registers of the 82576, from common/regs.h: a name there without IOV_ is the name here.

    from lab.regs82576 import VMOLR, VMOLR_LPE     VMOLR(n) is an offset, VMOLR_LPE a mask

So the tests use the same offsets as the drivers. datasheet.py does not: it checks the drivers'
accesses against its own numbers.
"""
from typing import Any

from .cheader import constants, field

__all__ = ["field", "register_range", "spoof_checks"]
_CONSTANTS = constants("common/regs.h", "IOV_")


def __getattr__(name: str) -> Any:
    try:
        return _CONSTANTS[name]
    except KeyError:
        raise AttributeError(f"common/regs.h has no IOV_{name}") from None


def register_range(register: Any, count: int) -> range:
    """The offsets of the first `count` entries of an array of registers."""
    return range(register(0), register(count - 1) + 4, register(1) - register(0))


def spoof_checks(*pools: int) -> int:
    """The bits of DTXSWC that check source addresses and VLANs of these pools."""
    number = sum(1 << pool for pool in pools)
    masks = (_CONSTANTS["DTXSWC_MACAS"], _CONSTANTS["DTXSWC_VLANAS"])
    return sum(field(mask, number) for mask in masks)
