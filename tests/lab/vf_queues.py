# SPDX-License-Identifier: GPL-2.0-only
"""The queue pairs of VF 0: the number that VF, PF and device use, and whether they work."""
import json
import re

from lab.fabric import PF_IP, Fabric
from lab.regs82576 import VMOLR, VMOLR_RSSE

PINGS = 25


def channels(fabric: Fabric) -> tuple[int, int]:
    """VF 0's queue pairs as ethtool shows them: maximum, current."""
    most, now = re.findall(r"^Combined:\s+(\d+)$", fabric.run("v0", "ethtool -l vf0").out, re.M)
    return int(most), int(now)


def set_channels(fabric: Fabric, count: int) -> None:
    """Run ethtool -L."""
    fabric.run("v0", f"ethtool -L vf0 combined {count}")


def uses_rss(fabric: Fabric) -> bool:
    """Whether VF 0's pool spreads frames over two queues."""
    return bool(fabric.host.reg(VMOLR(0)) & VMOLR_RSSE)


def pf_queue_pairs(fabric: Fabric) -> tuple[int, int]:
    """VF 0's queue pairs as the PF shows them: requested, assigned."""
    command = f"devlink health diagnose pci/{fabric.pf_pci} reporter mailbox -j"
    vf = json.loads(fabric.run("", command).out)["vfs"][0]
    return vf["queue_pairs_wanted"], vf["queue_pairs"]


def check_both_send(fabric: Fabric) -> dict[str, int]:
    """Both queues send, one for each processor (XPS), and both vectors interrupt; return frames."""
    # A packet that waits for neighbour discovery is sent by the processor of the reply.
    fabric.ping("v0", PF_IP)
    interrupts = fabric.host.interrupts(r"^vf0-TxRx-")
    before = fabric.stats("v0", "vf0")
    ping = f"ping -q -c {PINGS} -i 0.01 -W 2 {PF_IP}"
    fabric.run("v0", f"taskset -c 0 {ping} & taskset -c 1 {ping} && wait $!")
    after = fabric.stats("v0", "vf0")
    later = fabric.host.interrupts(r"^vf0-TxRx-")
    grown = {name: after[name] - before[name] for name in after if name.endswith("_packets")}
    for queue in range(2):
        name = f"vf0-TxRx-{queue}"
        assert grown[f"tx{queue}_packets"] >= PINGS, grown
        assert later[name] - interrupts[name] >= PINGS // 2, (name, interrupts, later)
    return grown


def reset(fabric: Fabric, whose: str) -> None:
    """Reset a function, and wait until VF 0 works again."""
    address = fabric.pf_pci if whose == "pf" else fabric.vf_pci(0)
    fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{address}/reset", timeout=20)
    fabric.wait_carrier("", "pf0")
    for n in range(2):
        fabric.wait_carrier(f"v{n}", f"vf{n}", timeout=20)
