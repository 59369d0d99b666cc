# SPDX-License-Identifier: GPL-2.0-only
"""Interrupt moderation (EITR), and the placement of queues and vectors on processors."""
import re
import time

import pytest

from lab.fabric import WIRE_IP, Fabric
from lab.errors import CommandFailed
from lab.regs82576 import EITR

STATIC_US = 50
# The values that net_dim selects for a period that begins with the interrupt
DIM_US = {1, 8, 64, 128, 256}
LIMIT = 8191
VF0_VECTOR = 22  # of 25; VF n has 22 - 3n and the next two
VF0_QUEUE = ("v0", "vf0", VF0_VECTOR)
PF_QUEUE = ("", "pf0", 1)


def spacing(fabric: Fabric, vector: int) -> int:
    """EITR's interval in its own unit, which is 1 us on hardware."""
    return fabric.host.reg(EITR(vector)) >> 2 & LIMIT


def shown(fabric: Fabric, ns: str, dev: str) -> tuple[str, str, int]:
    """adaptive-rx, adaptive-tx and rx-usecs as ethtool shows them."""
    text = fabric.run(ns, f"ethtool -c {dev}").out
    adaptive = re.search(r"Adaptive RX: (\w+) +TX: (\w+)", text)
    usecs = re.search(r"rx-usecs:\s*(\d+)", text)
    assert adaptive and usecs, text
    return adaptive[1], adaptive[2], int(usecs[1])


@pytest.mark.kernels("stock")
@pytest.mark.parametrize("ns, dev, vector", [PF_QUEUE, VF0_QUEUE], ids=["pf", "vf"])
def test_set_and_refused(fabric: Fabric, ns: str, dev: str, vector: int) -> None:
    """Settings read back and are in the device; a refused one changes nothing, with a reason."""
    assert shown(fabric, ns, dev) == ("off", "off", STATIC_US)
    assert spacing(fabric, vector) == STATIC_US
    for usecs in (0, LIMIT, STATIC_US):
        fabric.run(ns, f"ethtool -C {dev} rx-usecs {usecs}")
        assert shown(fabric, ns, dev) == ("off", "off", usecs)
        assert spacing(fabric, vector) == usecs

    for wish, why in (
        (f"rx-usecs {LIMIT + 1}", f"rx-usecs is at most {LIMIT}"),
        ("tx-usecs 9", "tx-usecs is 10 to 1000"),
        ("tx-usecs 1001", "tx-usecs is 10 to 1000"),
        ("rx-frames 4", "unsupported parameter"),
    ):
        with pytest.raises(CommandFailed, match=why):
            fabric.run(ns, f"ethtool -C {dev} {wish}")
        assert shown(fabric, ns, dev) == ("off", "off", 50)
    assert spacing(fabric, vector) == 50

    fabric.run(ns, f"ethtool -C {dev} adaptive-tx on")
    assert shown(fabric, ns, dev) == ("off", "on", 50)
    fabric.run(ns, f"ethtool -C {dev} adaptive-tx off adaptive-rx on rx-usecs {STATIC_US}")
    assert shown(fabric, ns, dev) == ("on", "off", STATIC_US)
    fabric.run(ns, f"ethtool -C {dev} adaptive-rx off")
    assert spacing(fabric, vector) == STATIC_US


def adapt_under_load(fabric: Fabric, ns: str, dev: str, vector: int) -> set[int]:
    """Turn net_dim on under load, stop and start queues, turn it off; return the spacings."""
    fabric.run(ns, f"ethtool -C {dev} adaptive-rx on adaptive-tx on")
    spacings = {spacing(fabric, vector)}
    prefix = f"ip netns exec {ns} " if ns else ""
    fabric.run("wire", "iperf3 -s -1 -D -p 5306; sleep 0.2")
    load = fabric.host.spawn(f"{prefix}iperf3 -p 5306 -c {WIRE_IP} -t 3")
    for _ in range(25):
        time.sleep(0.08)
        spacings.add(spacing(fabric, vector))
    # while net_dim's work item may be running
    fabric.run(
        ns,
        f"for n in 256 512; do ethtool -G {dev} rx $n; ethtool -C {dev} rx-usecs $n; done;"
        f"ethtool -C {dev} adaptive-rx off adaptive-tx off rx-usecs {STATIC_US}",
    )
    load.wait(30)
    assert spacing(fabric, vector) == STATIC_US
    fabric.ping(ns, WIRE_IP)
    assert spacing(fabric, vector) == STATIC_US
    return spacings


@pytest.mark.kernels("stock")
@pytest.mark.parametrize("ns, dev, vector", [PF_QUEUE, VF0_QUEUE], ids=["pf", "vf"])
def test_adaptive_follows_load(fabric: Fabric, ns: str, dev: str, vector: int) -> None:
    """Under load net_dim changes EITR, only to values of its table; afterwards it is as before."""
    spacings = adapt_under_load(fabric, ns, dev, vector)
    assert spacings <= DIM_US and len(spacings) > 1, spacings


@pytest.mark.kernels("debug")
@pytest.mark.full()
def test_adaptive_and_locks(fabric: Fabric) -> None:
    """The same with lock checking."""
    assert adapt_under_load(fabric, *VF0_QUEUE) <= DIM_US


@pytest.mark.kernels("stock")
def test_settings_survive(fabric: Fabric) -> None:
    """Down and up, and a reset of the PF, keep the spacing of PF and VF."""
    for ns, dev, vector in (PF_QUEUE, VF0_QUEUE):
        fabric.run(ns, f"ethtool -C {dev} rx-usecs 33")
        fabric.run(ns, f"ip link set {dev} down; ip link set {dev} up")
        fabric.wait_carrier(ns, dev)
        assert spacing(fabric, vector) == 33
    fabric.run("", "ethtool -C pf0 adaptive-rx on")
    fabric.reset_pf()
    assert shown(fabric, "", "pf0") == ("on", "off", 33)
    assert spacing(fabric, PF_QUEUE[2]) in DIM_US
    assert spacing(fabric, VF0_VECTOR) == 33
    fabric.run("", f"ethtool -C pf0 adaptive-rx off rx-usecs {STATIC_US}")
    fabric.run("v0", f"ethtool -C vf0 rx-usecs {STATIC_US}")


def host_asks(fabric: Fabric, name: str, mode: str) -> None:
    """Set a devlink parameter of the PF, which reads back at once."""
    param = f"pci/{fabric.pf_pci} name {name}"
    fabric.run("", f"devlink dev param set {param} value {mode} cmode runtime")
    assert f"value {mode}" in fabric.run("", f"devlink dev param show {param}").out


def comes_to(fabric: Fabric, n: int, wanted: tuple[str, str, int]) -> None:
    """Wait until ethtool in the guest shows the setting."""
    for _ in range(30):
        if shown(fabric, f"v{n}", f"vf{n}") == wanted:
            return
        time.sleep(0.1)
    assert shown(fabric, f"v{n}", f"vf{n}") == wanted


@pytest.mark.kernels("stock")
def test_host_asks(fabric: Fabric) -> None:
    """The host sets one VF or all; a user's setting stays until the host changes its own."""
    usual = ("off", "off", STATIC_US)
    host_asks(fabric, "vf_moderation", "high")
    for n in range(2):
        comes_to(fabric, n, ("off", "off", 200))
        assert spacing(fabric, VF0_VECTOR - 3 * n) == 200
    for mode, settings in (
        ("off", ("off", "off", 0)),
        ("low", ("off", "off", 10)),
        ("medium", ("off", "off", 60)),
        ("adaptive", ("on", "on", STATIC_US)),
    ):
        host_asks(fabric, "vf0_moderation", mode)
        comes_to(fabric, 0, settings)
    assert shown(fabric, "v1", "vf1") == ("off", "off", 200)

    fabric.run("v0", "ethtool -C vf0 adaptive-rx off adaptive-tx off rx-usecs 33")
    fabric.reset_pf()
    comes_to(fabric, 1, ("off", "off", 200))
    assert shown(fabric, "v0", "vf0") == ("off", "off", 33)

    for name, wish, why in (
        ("vf0_moderation", "some", "one of default, adaptive, off, low, medium, high"),
        ("vf2_moderation", "high", "there is no such VF"),
    ):
        with pytest.raises(CommandFailed, match=why):
            host_asks(fabric, name, wish)
    host_asks(fabric, "vf0_moderation", "default")
    comes_to(fabric, 0, ("off", "off", 200))
    host_asks(fabric, "vf_moderation", "default")
    for n in range(2):
        comes_to(fabric, n, usual)


def cpus(fabric: Fabric, path: str) -> int:
    """A file's mask of processors."""
    return int(fabric.host.read(path).strip().replace(",", ""), 16)


def xps(fabric: Fabric, queue: int) -> int:
    """The processors that send on a queue."""
    return cpus(fabric, f"/sys/class/net/pf0/queues/tx-{queue}/xps_cpus")


@pytest.mark.kernels("stock")
def test_processors_have_queues(fabric: Fabric) -> None:
    """Each vector has its own processor and transmit queue; the user's choice is kept."""
    fabric.remove_vfs()
    queues = len(fabric.run("", "ls -d /sys/class/net/pf0/queues/tx-*").out.split())
    masks = [xps(fabric, queue) for queue in range(queues)]
    assert queues > 1 and all(masks)
    assert sum(masks) == (1 << queues) - 1, masks

    irqs = re.findall(r"^ *(\d+):.* pf0-TxRx-\d+$", fabric.host.read("/proc/interrupts"), re.M)
    assert len(irqs) == queues
    hints = [cpus(fabric, f"/proc/irq/{irq}/affinity_hint") for irq in irqs]
    assert hints == masks
    assert [cpus(fabric, f"/proc/irq/{irq}/smp_affinity") for irq in irqs] == hints

    # Against the hint, and while the driver starts queues
    fabric.host.write(f"/proc/irq/{irqs[0]}/smp_affinity", f"{hints[1]:x}")
    fabric.host.write("/sys/class/net/pf0/queues/tx-0/xps_cpus", f"{hints[1]:x}")
    fabric.run("", "ip link set pf0 down")
    fabric.pf_up()
    fabric.run("", "ethtool -G pf0 rx 256; ethtool -G pf0 rx 512")
    assert cpus(fabric, f"/proc/irq/{irqs[0]}/smp_affinity") == hints[1]
    assert cpus(fabric, f"/proc/irq/{irqs[0]}/affinity_hint") == hints[0]
    assert xps(fabric, 0) == hints[1]

    fabric.run("", f"ethtool -L pf0 combined 1; ethtool -L pf0 combined {queues}")
    assert [xps(fabric, queue) for queue in range(queues)] == masks
    fabric.host.write(f"/proc/irq/{irqs[0]}/smp_affinity", f"{hints[0]:x}")
    fabric.set_vfs(2)
