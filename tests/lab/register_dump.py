# SPDX-License-Identifier: GPL-2.0-only
"""The registers that the configuration determines; a reset or reload must not change them."""
from lab.fabric import Fabric, poll_until
from lab.regs82576 import (
    DTXSWC,
    MRQC,
    MTA,
    MTA_WORDS,
    POOLS,
    QDE,
    RAH,
    RAL,
    RAR_ENTRIES,
    RCTL,
    RETA,
    RETA_WORDS,
    RLPML,
    RPLOLR,
    VFRE,
    VFTA,
    VFTA_WORDS,
    VFTE,
    VLVF,
    VLVF_ENTRIES,
    VMOLR,
    VMVIR,
    VT_CTL,
    register_range,
)

# Registers with one purpose each; the entries of RAL, RAH and VLVF are interchangeable
PLAIN = (
    *(RCTL, QDE, DTXSWC, RLPML, VT_CTL, MRQC, RPLOLR, VFRE, VFTE),
    *register_range(VMVIR, POOLS),
    *register_range(VMOLR, POOLS),
    *register_range(MTA, MTA_WORDS),
    *register_range(VFTA, VFTA_WORDS),
    *register_range(RETA, RETA_WORDS),
)


def configured_registers(fabric: Fabric) -> dict[object, object]:
    """The registers that the configuration determines; shared entries in any order."""
    dump = fabric.registers()
    found: dict[object, object] = {hex(offset): dump[offset] for offset in PLAIN}
    found["addresses"] = sorted((dump[RAL(n)], dump[RAH(n)]) for n in range(RAR_ENTRIES))
    found["VLANs"] = sorted(dump[VLVF(n)] for n in range(VLVF_ENTRIES))
    return found


def differences(before: dict, after: dict) -> dict:
    """The entries that changed."""
    return {name: (value, after[name]) for name, value in before.items() if after[name] != value}


def wait_for_registers(fabric: Fabric, wanted: dict[object, object], seconds: float = 5) -> None:
    """Wait until the registers have these values."""
    assert not poll_until(lambda: differences(wanted, configured_registers(fabric)), {}, seconds)
