# SPDX-License-Identifier: GPL-2.0-only
"""The registers that configuration determines: the same before and after whatever happens."""
from fabric import Fabric, soon

# Each a matter of its own; in ADDRESSES and VLVF several want the same kind of entry
PLAIN = (
    *(0x100, 0x2408, 0x3500, 0x5004, 0x581C, 0x5818, 0x5AF0, 0xC8C, 0xC90),
    *range(0x3700, 0x3720, 4),  # VMVIR
    *range(0x5AD0, 0x5AF0, 4),  # VMOLR
    *range(0x5200, 0x5400, 4),  # MTA
    *range(0x5600, 0x5800, 4),  # VFTA
    *range(0x5C00, 0x5C80, 4),  # RETA
)
ADDRESSES = [0x5400 + 8 * n for n in range(16)] + [0x54E0 + 8 * n for n in range(8)]
VLVF = range(0x5D00, 0x5D80, 4)


def determined(fabric: Fabric) -> dict[object, object]:
    """The registers that configuration determines; who has which shared slot does not matter."""
    dump = fabric.registers()
    found: dict[object, object] = {hex(offset): dump[offset] for offset in PLAIN}
    found["addresses"] = sorted((dump[low], dump[low + 4]) for low in ADDRESSES)
    found["VLANs"] = sorted(dump[offset] for offset in VLVF)
    return found


def differences(before: dict, after: dict) -> dict:
    """What is not as it was."""
    return {name: (value, after[name]) for name, value in before.items() if after[name] != value}


def comes_to(fabric: Fabric, wanted: dict[object, object], seconds: float = 5) -> None:
    """The registers are as they should be, soon."""
    assert not soon(lambda: differences(wanted, determined(fabric)), {}, seconds)
