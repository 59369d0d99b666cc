# SPDX-License-Identifier: GPL-2.0-only
"""The host sleeps and wakes up, and shuts down."""
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab import HostVM
from lab.errors import CommandFailed
from lab.host import IO_BAR
from lab.make import make
from lab.paths import BUILD, REPO
from lab.topology import OURS

from lab.fabric import Fabric, poll_until, vf_ip
from register_trace import registers_written
from lab.regs82576 import (
    CTRL,
    CTRL_ADVD3WUC,
    CTRL_EXT,
    CTRL_EXT_DRV_LOAD,
    RAH,
    RAH_AV,
    RAR_ENTRIES,
    RCTL,
    RCTL_EN,
    RCTL_MPE,
    RCTL_UPE,
    TCTL,
    TCTL_EN,
    VFRE,
    VFTE,
    WUC,
    WUC_PME_EN,
    WUFC,
    WUS,
)
from sleep import follow_clock, leave_shared_root, suspend

MS = 10**6
PCI_COMMAND, PCI_COMMAND_MASTER, PCI_COMMAND_ENABLED = 4, 1 << 2, 6
WUFC_MAGIC, WUFC_UNICAST, WUFC_MULTICAST = 1 << 1, 1 << 2, 1 << 3
PMCSR, PMCSR_STATE, D3HOT = 0x44, 3, 3
CONFIG_ADDRESS, CONFIG_DATA = 0xCF8, 0xCFC


@pytest.fixture
def power() -> Path:
    """The modules that do what QEMU and its firmware lack: their folder."""
    make("-C", REPO, "power")
    return BUILD / "power" / "stock"


@pytest.fixture
def sleeper(boot_host: Callable[..., HostVM], power: Path) -> Fabric:
    """PF and two VFs with a port VLAN, in a separate VM."""
    # A machine that shuts down does not lose its state.
    fabric = Fabric(boot_host(extra=["-action", "shutdown=pause"]))
    fabric.host.run("ip link set pf0 vf 0 vlan 7 trust on; ip link set pf0 vf 1 vlan 7")
    # Start from the state after a reset.
    fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset", timeout=20)
    for n in range(2):
        fabric.wait_carrier(f"v{n}", f"vf{n}", timeout=20)
    fabric.ping("v0", vf_ip(1))
    fabric.host.run("echo 0 > /sys/module/suspend/parameters/pm_test_delay")
    if fabric.host.kernel.name == "stock":
        fabric.host.insmod(power / "iovnic_ecam.ko")
    return fabric


def read_config(host: HostVM, offset: int) -> int:
    """Read the PF's configuration space, from outside."""
    host.hmp(f"o/4 {CONFIG_ADDRESS:#x} {1 << 31 | 1 << 16 | offset:#x}")
    return int(host.hmp(f"i/w {CONFIG_DATA:#x}").split("=")[1], 16)


def wait_status(host: HostVM, status: str, timeout: float = 30) -> None:
    """Wait until QEMU reports that the machine runs, is suspended, or the like."""
    assert poll_until(lambda: host.qmp("query-status")["status"], status, timeout) == status


def suspend_to_memory(fabric: Fabric) -> None:
    """Suspend to memory: the 82576 loses power and its state."""
    host = fabric.host
    job = host.spawn("echo none > /sys/power/pm_test && echo mem > /sys/power/state")
    wait_status(host, "suspended")
    host.hmp("system_wakeup")
    job.wait(60)


def comes_back(fabric: Fabric, before: dict[int, int], port_vlan: int = 7) -> None:
    """VFs reach each other within 5 s, and the device is configured as before."""
    fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {vf_ip(1)}", timeout=5)
    fabric.wait_carrier("", "pf0")
    for n in range(2):
        fabric.wait_carrier(f"v{n}", f"vf{n}")
    assert fabric.registers() == before
    vlans = fabric.vf_info(0).get("vlan_list", [{}])
    assert vlans[0].get("vlan", 0) == port_vlan


@pytest.mark.full()
def test_sleep_and_shutdown(sleeper: Fabric) -> None:
    """VFs survive every depth of sleep; a machine that shuts down does no DMA."""
    before, host = sleeper.registers(), sleeper.host
    assert before[VFRE] & 3 == 3 and host.reg(RCTL) & RCTL_EN and host.reg(TCTL) & TCTL_EN
    for n in range(2):
        # Without this the kernel may resume a VF before its PF.
        link = f"{sleeper.vf_pci(n)}/supplier:pci:{sleeper.pf_pci}"
        host.run(f"test -e /sys/bus/pci/devices/{link}")
    clock = follow_clock(host)
    leave_shared_root(host)
    for level in ["freezer", "devices", "platform"] * 3:
        suspend(sleeper, level)
        comes_back(sleeper, before)
    # Only once: QEMU wakes up at once from a second suspend, and the debug kernel never wakes up.
    if host.kernel.name == "stock":
        suspend_to_memory(sleeper)
        comes_back(sleeper, before)
    # The last line may be incomplete.
    first, *_, last = map(int, clock.out.split("\n")[:-1])
    assert abs(last - first) < 20 * MS, clock.out

    host.netns("v0").spawn(f"ping -q -f {vf_ip(1)} > /dev/null")
    host.spawn("busybox reboot -f")
    wait_status(host, "shutdown")
    assert not host.reg(RCTL) & RCTL_EN and not host.reg(TCTL) & TCTL_EN
    assert not host.reg(VFRE) & 3 and not host.reg(VFTE) & 3


def fail_reload(fabric: Fabric) -> None:
    """A reload in which the device does not answer: it ends with a detached interface."""
    command = "printf '\\x{:02x}' | dd of=/sys/bus/pci/devices/{}/config bs=1 seek={} conv=notrunc"
    fabric.host.run(command.format(0, fabric.pf_pci, PCI_COMMAND))
    said = fabric.host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60, check=False)
    fabric.host.run(command.format(PCI_COMMAND_ENABLED, fabric.pf_pci, PCI_COMMAND))
    assert said.rc and "the PF is down" in said.err, said
    fabric.host.run("! ethtool -g pf0")


@pytest.mark.full(kernel="debug")
def test_sleep_after_failed_reload(sleeper: Fabric) -> None:
    """After a failed reload sleep and wake-up have nothing to do, and use no freed object."""
    host, pci = sleeper.host, f"/sys/bus/pci/devices/{sleeper.pf_pci}"
    sleeper.set_vfs(0)
    fail_reload(sleeper)
    leave_shared_root(host)
    for level in ("freezer", "devices"):
        suspend(sleeper, level)
    assert host.run(f"echo 2 > {sleeper.numvfs_path}", check=False).rc
    host.run(f"echo 1 > {pci}/reset", 20)
    # The next driver can use the device.
    host.run(f"cd {pci}/driver && echo {sleeper.pf_pci} > unbind", 20)
    host.run(f"cd /sys/bus/pci/drivers/{OURS[0]} && echo {sleeper.pf_pci} > bind", 20)
    host.run(f"ls {pci}/net/*")
    assert host.reg(CTRL_EXT) & CTRL_EXT_DRV_LOAD


@pytest.mark.full()
def test_shutdown_after_failed_reload(sleeper: Fabric) -> None:
    """The same for a machine that shuts down."""
    sleeper.set_vfs(0)
    fail_reload(sleeper)
    sleeper.host.spawn("busybox reboot -f")
    wait_status(sleeper.host, "shutdown")
    assert not read_config(sleeper.host, PCI_COMMAND) & PCI_COMMAND_MASTER


# --- Wake-on-LAN ----------------------------------------------------------------------------

def wake_on(fabric: Fabric) -> tuple[str, str]:
    """ethtool's Supports Wake-on and Wake-on."""
    lines = fabric.run("", "ethtool pf0 | grep Wake-on").out.split()
    return lines[2], lines[-1]


@pytest.mark.kernels("stock")
def test_no_wake_on_lan(fabric: Fabric) -> None:
    """The model cannot raise PME: no event is supported, and every setting but d fails."""
    assert wake_on(fabric) == ("d", "d")
    with pytest.raises(CommandFailed, match="cannot enable unsupported WoL mode"):
        fabric.run("", "ethtool -s pf0 wol g")
    fabric.run("", "ethtool -s pf0 wol d")
    assert wake_on(fabric) == ("d", "d")


@pytest.fixture
def waker(boot_host: Callable[..., HostVM], power: Path) -> Fabric:
    """PF, which may wake up the machine, and two VFs, in a separate VM."""
    host = boot_host(extra=["-action", "shutdown=pause"])
    host.insmod(power / "iovnic_pme.ko")
    fabric = Fabric(host)
    fabric.ping("v0", vf_ip(1))
    return fabric


@contextmanager
def asleep(fabric: Fabric) -> Iterator[HostVM]:
    """Suspend the VM and stop its clock: the device keeps the state that its driver has left."""
    host = fabric.host
    host.run("echo 2 > /sys/module/suspend/parameters/pm_test_delay")
    job = host.spawn("echo devices > /sys/power/pm_test && echo mem > /sys/power/state")
    assert not poll_until(lambda: host.reg(TCTL) & TCTL_EN, 0, 30), "the machine does not sleep"
    # the driver's last register accesses
    time.sleep(0.5)
    host.hmp("stop")
    try:
        yield host
    finally:
        host.hmp("cont")
        job.wait(60)


def addresses(host: HostVM) -> list[int]:
    """The upper halves of the receive addresses in use."""
    upper = [host.reg(RAH(n)) for n in range(RAR_ENTRIES)]
    return [value for value in upper if value & RAH_AV]


def armed(host: HostVM) -> tuple[int, int]:
    """The events that wake up the machine."""
    return host.reg(WUC), host.reg(WUFC)


@pytest.mark.full()
@pytest.mark.kernels("stock")
def test_wake_on_lan(waker: Fabric) -> None:
    """Registers only: events are selected, armed before sleep and disarmed after it."""
    host, wakeup = waker.host, f"/sys/bus/pci/devices/{waker.pf_pci}/power/wakeup"
    default = wake_on(waker)
    assert default[0] == "pumbg"
    for unknown in ("a", "gs", "f"):
        with pytest.raises(CommandFailed, match="cannot enable unsupported WoL mode"):
            waker.run("", f"ethtool -s pf0 wol {unknown}")
    assert wake_on(waker) == default
    waker.run("", "ethtool -s pf0 wol g; ip link set pf0 promisc on")
    waker.reset_pf()
    assert wake_on(waker) == ("pumbg", "g") and host.read(wakeup) == "enabled"
    assert armed(host) == (0, 0)
    leave_shared_root(host)
    before = waker.registers()
    # A command cannot read it while the machine sleeps.
    host.bar(IO_BAR)
    mark = waker.mark_log("sleep: magic packets")

    with asleep(waker):
        assert armed(host) == (WUC_PME_EN, WUFC_MAGIC)
        rctl = host.reg(RCTL)
        assert rctl & RCTL_EN and not rctl & (RCTL_UPE | RCTL_MPE)
        assert host.reg(CTRL) & CTRL_ADVD3WUC and not host.reg(TCTL) & TCTL_EN
        # The PF's own address only, although VFs and, when it was promiscuous, the UTA were in use
        assert len(addresses(host)) == 1
        assert not host.reg(VFRE) & 3 and not host.reg(VFTE) & 3
        host.poke(WUS, WUFC_MAGIC | WUFC_UNICAST)
    assert "woken up by a magic packet" in waker.dmesg_since(mark)
    comes_back(waker, before, port_vlan=0)
    assert armed(host) == (0, 0) and host.reg(WUS) == 0 and wake_on(waker)[1] == "g"

    mark = waker.mark_log("sleep: the link as well, which is there, and groups")
    waker.run("", "ethtool -s pf0 wol pm")
    with asleep(waker):
        assert armed(host) == (WUC_PME_EN, WUFC_MULTICAST) and host.reg(RCTL) & RCTL_MPE
    comes_back(waker, before, port_vlan=0)
    assert "woken up by" not in waker.dmesg_since(mark)

    waker.run("", f"echo disabled > {wakeup}")
    with asleep(waker):
        assert armed(host) == (0, 0) and not host.reg(RCTL) & RCTL_EN
    waker.run("", "ethtool -s pf0 wol d")
    assert host.read(wakeup) == "disabled"
    comes_back(waker, before, port_vlan=0)

    waker.run("", "ethtool -s pf0 wol gu")
    with registers_written(host) as written:
        host.spawn("poweroff -f")
        wait_status(host, "shutdown")
    state = [(reg, value) for reg, value in written if reg in (WUC, WUFC)]
    assert state[-2:] == [(WUFC, WUFC_MAGIC | WUFC_UNICAST), (WUC, WUC_PME_EN)]
    assert read_config(host, PMCSR) & PMCSR_STATE == D3HOT
