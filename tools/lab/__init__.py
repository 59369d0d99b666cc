# SPDX-License-Identifier: GPL-2.0
"""The lab: virtual machines with an emulated 82576, to use and test the drivers.

    from lab import HostVM

    with HostVM("stock") as host:
        host.modprobe("iovnic_pf")
        host.write("/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs", 2)
        with host.guest(vf="0000:01:10.0") as guest:
            guest.modprobe("iovnic_vf")
            print(guest.run("ip link").out)
"""

from .channel import Job, Result
from .errors import CommandFailed, CommandTimeout, LabError, MachineDied
from .guest import Guest
from .host import HostVM
from .machine import Machine, NetNs
from .paths import Kernel

__all__ = [
    "CommandFailed",
    "CommandTimeout",
    "Guest",
    "HostVM",
    "Job",
    "Kernel",
    "LabError",
    "Machine",
    "MachineDied",
    "NetNs",
    "Result",
]
