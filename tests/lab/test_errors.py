# SPDX-License-Identifier: GPL-2.0-only
"""PCI Express errors, and hot removal of an 82576."""
import struct
from collections.abc import Callable, Iterator

import pytest

from lab.fabric import PF_DRIVER, PF_IP, VF_DRIVER, Fabric, vf_ip

RECEIVER_ERROR = 1 << 0  # correctable
COMPLETION_TIMEOUT = 1 << 14  # not fatal
DATA_LINK_PROTOCOL = 1 << 4  # fatal
Inject = Callable[..., None]

pytestmark = pytest.mark.expect_splat(
    r"AER: (C|Unc)orrectable .*error message received", r"severity=Uncorrectable"
)


@pytest.fixture
def inject(fabric: Fabric) -> Iterator[Inject]:
    """A function that makes the root port report an error: inject("0000:01:00.0", fatal=1 << 4).

    It uses the kernel's aer_inject, because QEMU's igb does not enable its error messages.
    """
    host = fabric.host
    absent = host.run("test -e /dev/aer_inject", check=False).rc
    if absent:
        host.modprobe("aer_inject")

    def report(pci: str, uncorrectable: int = 0, correctable: int = 0) -> None:
        bus, slot, function = (int(part, 16) for part in pci[5:].replace(".", ":").split(":"))
        words = struct.pack("=BBBx7I", bus, slot, function, uncorrectable, correctable, *[0] * 5)
        host.put(words, "/tmp/error")
        host.run("cat /tmp/error > /dev/aer_inject")

    yield report
    if absent:
        host.rmmod("aer_inject")


def carrier_changes(fabric: Fabric) -> list[str]:
    """How often the carriers of PF and VFs have changed."""
    path = "cat /sys/class/net/{}/carrier_changes"
    return [fabric.run(ns, path.format(dev)).out for ns, dev in (("", "pf0"), ("v1", "vf1"))]


def come_back(fabric: Fabric, before: dict[int, int]) -> None:
    """VFs reach each other within 5 s, and the device is configured as before."""
    fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {vf_ip(1)}", timeout=5)
    for ns, dev in (("", "pf0"), ("v0", "vf0"), ("v1", "vf1")):
        fabric.wait_carrier(ns, dev)
    fabric.ping("v0", vf_ip(1), size=3900)
    assert fabric.registers() == before


@pytest.mark.full(kernel="debug")
def test_error_of_the_pf(fabric: Fabric, inject: Inject) -> None:
    """A correctable error has no effect, a nonfatal one resets the PF, a fatal one the link."""
    # One port VLAN for both VFs, so that the configuration is not only defaults.
    fabric.host.run("ip link set pf0 vf 0 vlan 7; ip link set pf0 vf 1 vlan 7 trust on")
    for n in range(2):
        fabric.run(f"v{n}", f"ip link set vf{n} mtu 4000")
    fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset", timeout=20)
    fabric.wait_carrier("v0", "vf0", timeout=20)
    fabric.wait_carrier("v1", "vf1", timeout=20)
    before = fabric.registers()

    changes = carrier_changes(fabric)
    inject(fabric.pf_pci, correctable=RECEIVER_ERROR)
    fabric.ping("v0", vf_ip(1))
    assert carrier_changes(fabric) == changes
    for error in (COMPLETION_TIMEOUT, DATA_LINK_PROTOCOL):
        changes = carrier_changes(fabric)
        mark = fabric.mark_log(f"PF error {error:#x}")
        inject(fabric.pf_pci, error)
        done = f"dmesg | sed '1,/{mark}/d' | grep 'device recovery successful'"
        fabric.host.wait_until(done, timeout=10)
        come_back(fabric, before)
        assert carrier_changes(fabric) != changes

    fabric.host.run("ip link set pf0 vf 0 vlan 0; ip link set pf0 vf 1 vlan 0 trust off")
    for n in range(2):
        fabric.run(f"v{n}", f"ip link set vf{n} mtu 1500")


@pytest.mark.full(kernel="debug")
def test_error_of_a_vf(fabric: Fabric, inject: Inject) -> None:
    """An error of one VF does not interrupt the link of PF and other VFs."""
    changes = carrier_changes(fabric)
    mark = fabric.mark_log("error of a VF")
    ping = fabric.host.netns("v1").spawn("ping -i 0.02 -c 100 -W 2 10.82.0.1")
    inject(fabric.vf_pci(0), correctable=RECEIVER_ERROR)
    inject(fabric.vf_pci(0), COMPLETION_TIMEOUT)
    out = ping.wait(30).out
    assert "100 packets transmitted, 100 received" in out, out
    fabric.wait_carrier("v0", "vf0", timeout=5)
    fabric.ping("v0", vf_ip(1))
    assert carrier_changes(fabric) == changes
    said = fabric.dmesg_since(mark)
    assert said.count("vf0: link down") == said.count("vf0: link up") == 1, said


@pytest.mark.full()
def test_function_without_driver(fabric: Fabric, inject: Inject) -> None:
    """Without a driver a nonfatal error has no effect; after a fatal one the bus is rescanned."""
    host, gone = fabric.host, "ip link set pf0 mtu 1400"
    fabric.unbind_vf(1)
    for error in (COMPLETION_TIMEOUT, DATA_LINK_PROTOCOL):
        mark = fabric.mark_log(f"given up {error:#x}")
        inject(fabric.pf_pci, error)
        host.wait_until(f"dmesg | sed '1,/{mark}/d' | grep 'device recovery failed'")
        if error == COMPLETION_TIMEOUT:
            host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=5)
    assert "No such device" in host.run(gone, check=False).err
    host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/remove", timeout=20)
    host.run("echo 1 > /sys/bus/pci/rescan", timeout=20)
    fabric.adopt_pf()
    fabric.set_vfs(2)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="stock")
def test_unplugged_under_traffic(fabric: Fabric) -> None:
    """The 82576 is unplugged while VFs stream; another one in its place works at once."""
    host = fabric.host
    flood = host.netns("v0").spawn(f"ping -q -f -w 30 {vf_ip(1)} > /dev/null")
    try:
        host.hmp("device_del igb0")
        host.wait_event("DEVICE_DELETED")
        host.wait_until(f"! test -e /sys/bus/pci/devices/{fabric.pf_pci}", timeout=20)
        assert "pf0" not in host.run("ls /sys/class/net").out.split()
        assert "vf0" not in host.run("ip netns exec v0 ls /sys/class/net").out.split()
        assert not host.run("lspci -d 8086:10ca").out
        for driver in (PF_DRIVER, VF_DRIVER):
            assert host.loaded_modules()[driver] == 0
    finally:
        flood.kill()
        host.hmp("device_add igb,netdev=nic0,bus=rp0,id=igb0,mac=52:54:00:82:76:00")
    host.wait_until(f"test -e /sys/bus/pci/devices/{fabric.pf_pci}", timeout=20)
    fabric.adopt_pf()
    fabric.set_vfs(2)
    fabric.ping("v0", vf_ip(1))
