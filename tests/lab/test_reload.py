# SPDX-License-Identifier: GPL-2.0-only
"""`devlink dev reload` in which one step of the up half fails.

Each step fails once, alone. Requests that an administrator may make next have no harmful effect,
neither have suspend and shutdown, and the next reload restores everything. The debug kernel detects
use after free.
"""
from pathlib import Path

import pytest
from lab.make import make
from lab.paths import BUILD, REPO

from lab.fabric import PF_IP, Fabric
from fault_injection import calls_left, failing

pytestmark = [pytest.mark.full(), pytest.mark.kernels("debug")]

ENOMEM, ETIMEDOUT = 12, 110
# Functions of the up half that fail, in their order, and their errors
STEPS = {
    "iov_pf_irq_alloc": ENOMEM,
    "iov_pf_main_create_netdev": ENOMEM,
    "iov_pf_nvm_load": ETIMEDOUT,
    "iov_pf_irq_request": ENOMEM,
    "iov_pf_reset": ETIMEDOUT,
    "iov_pf_port_register": ENOMEM,
}
# The last step that undoes all others is register_netdev(), which a notifier makes fail.
REGISTER = "register_netdev"
NOTIFIER = "/sys/kernel/debug/notifier-error-inject/netdev/actions/NETDEV_REGISTER/error"
FATAL = (*STEPS, REGISTER)

# Each of these commands may be refused.
DEVLINK = """
devlink dev info pci/{pf}; devlink dev show pci/{pf}; devlink dev eswitch show pci/{pf}
devlink resource show pci/{pf}; devlink dev param show pci/{pf}; devlink port show
devlink dev param set pci/{pf} name vf_moderation value low cmode runtime
devlink dev param set pci/{pf} name vf_moderation value default cmode runtime
devlink resource set pci/{pf} path queue_pairs size 8
for n in 0 1 2 3; do devlink port show pci/{pf}/$n
devlink port function set pci/{pf}/$n state inactive
devlink port function set pci/{pf}/$n state active
devlink port function set pci/{pf}/$n hw_addr 02:00:00:00:a0:02; done
for reporter in mailbox sriov; do devlink health show pci/{pf} reporter $reporter
devlink health diagnose pci/{pf} reporter $reporter
devlink health recover pci/{pf} reporter $reporter
devlink health dump show pci/{pf} reporter $reporter; done
"""
SYSFS = """
cd /sys/bus/pci/devices/{pf}
cat sriov_numvfs sriov_totalvfs power/* reset_method; cat ptp/*/*; cat msi_irqs/*
echo auto > power/control; echo on > power/control
echo 1 > reset
"""
# For an interface, also while the PF that serves it is down
INTERFACE = """
for what in -i -a -c -g -k -l -m -n -P -S -T -x -d; do timeout 20 ethtool $what {dev}; done
ethtool --show-eee {dev}; ethtool --show-priv-flags {dev}; ethtool -w {dev}; ethtool -u {dev}
ethtool -G {dev} rx 256; ethtool -G {dev} rx 512; ethtool -C {dev} rx-usecs 30
ethtool -K {dev} gro off; ethtool -K {dev} gro on; ethtool -p {dev} 1
ethtool -X {dev} equal 1; ethtool -X {dev} default; ethtool -s {dev} msglvl 0
ethtool -r {dev}; ethtool --reset {dev} all
ip -s -d link show {dev}; bridge link show dev {dev}; bridge fdb show dev {dev}
bridge fdb add 02:00:00:00:b1:03 dev {dev}; bridge fdb del 02:00:00:00:b1:03 dev {dev}
ip link add link {dev} name r.9 type vlan id 9; ip link del r.9
ip link set {dev} promisc on; ip link set {dev} promisc off
ip link set {dev} mtu 1400; ip link set {dev} mtu 1500
ip link set {dev} down; ip link set {dev} up
"""


def fail_at(fabric: Fabric, step: str) -> str:
    """A reload in which a step fails; returns the kernel's message."""
    host, command = fabric.host, f"devlink dev reload pci/{fabric.pf_pci}"
    if step == REGISTER:
        host.modprobe("netdev_notifier_error_inject")
        host.write(NOTIFIER, -ENOMEM)
        said = host.run(command, 60, check=False).err
        host.write(NOTIFIER, 0)
        return said
    with failing(host, {step: -STEPS[step]}, calls=1):
        said = host.run(command, 60, check=False).err
        assert not calls_left(host), f"{step} was not called"
    return said


def has_interface(fabric: Fabric) -> bool:
    return not fabric.host.run(f"ls /sys/bus/pci/devices/{fabric.pf_pci}/net/*", check=False).rc


def sleep_and_shut_down(fabric: Fabric, power: Path) -> None:
    """Call the driver's callbacks; then bus mastering, which the next kernel enables, is off."""
    host, pf = fabric.host, fabric.pf_pci
    host.insmod(power / "iovnic_shutdown.ko")
    assert not int(host.run(f"setpci -s {pf} COMMAND").out, 16) & 4, "bus mastering is enabled"
    host.run(f"rmmod iovnic_shutdown; setpci -s {pf} COMMAND=6:6")


def use_all(fabric: Fabric, power: Path, step: str) -> None:
    """Send every request that a host can make of a PF without interface, and of its VFs."""
    host, pf = fabric.host, fabric.pf_pci
    for script in (DEVLINK, SYSFS):
        host.run(script.format(pf=pf), 60, check=False)
    # The PCI core itself refuses more VFs.
    refused = host.run(f"/bin/echo 0 > {fabric.numvfs_path}", 20, check=False)
    assert "No such device" in refused.err, refused
    # Slow: each request to the PF runs into its timeout.
    if step == FATAL[-1]:
        fabric.run("v0", INTERFACE.format(dev="vf0"), 150, check=False)
    sleep_and_shut_down(fabric, power)
    host.run(DEVLINK.format(pf=pf), 60, check=False)


def reload(fabric: Fabric) -> None:
    fabric.host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60)
    fabric.adopt_pf()


@pytest.fixture
def power() -> Path:
    """The folder of modules for shutdown."""
    make("-C", REPO, "power", "power_kernel=debug")
    return BUILD / "power" / "debug"


def test_a_step_fails(fabric: Fabric, power: Path) -> None:
    """Without an interface the driver uses no freed object, and another reload succeeds."""
    for step in FATAL:
        said = fail_at(fabric, step)
        assert not has_interface(fabric), step
        assert "the PF is down" in said, (step, said)
        use_all(fabric, power, step)
        reload(fabric)
        fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=30)


def test_a_step_fails_without_vfs(fabric: Fabric, power: Path) -> None:
    """The same without VFs; they can be created after the successful reload."""
    fabric.remove_vfs()
    # Without VFs an interface needs no MSI-X.
    for step in FATAL[1:]:
        said = fail_at(fabric, step)
        assert not has_interface(fabric) and "the PF is down" in said, (step, said)
        refused = fabric.host.run(f"/bin/echo 2 > {fabric.numvfs_path}", 20, check=False)
        assert "No such device" in refused.err, refused
        sleep_and_shut_down(fabric, power)
        reload(fabric)
        fabric.set_vfs(2)
        fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=30)
        fabric.remove_vfs()
    fabric.set_vfs(2)
