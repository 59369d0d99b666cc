# SPDX-License-Identifier: GPL-2.0-only
"""VFs in the host are reset, rebound and removed while others work."""
import random
from collections.abc import Callable

import pytest

from lab.fabric import PF_IP, VF_DRIVER, Fabric, vf_ip
from stream import numbered

pytestmark = pytest.mark.full()

OFFLOADS = ("tx-checksumming", "scatter-gather", "tcp-segmentation-offload", "tx-vlan-offload")
TWO_MEGABYTES = 2 << 20


def reset(fabric: Fabric) -> None:
    """Reset a function, without waiting for the link."""
    fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset", timeout=20)


def down_and_up(fabric: Fabric) -> None:
    fabric.run("v0", "ip link set vf0 down; ip link set vf0 up")


DONE_TO_VF0: dict[str, tuple[Callable[[Fabric], None], int]] = {
    "reset": (reset, 100),
    "rebind": (lambda fabric: fabric.rebind_vf(0), 30),
    "down": (down_and_up, 100),
}


@pytest.mark.parametrize("what", DONE_TO_VF0)
def test_the_other_loses_nothing(fabric: Fabric, what: str) -> None:
    """Nothing that is done to VF 0 makes VF 1 lose a datagram."""
    do, times = DONE_TO_VF0[what]
    with numbered(fabric, "v1", "", PF_IP) as stream:
        for _ in range(times):
            do(fabric)
    assert stream["sent"] > 100 and not stream["lost"], stream
    fabric.wait_carrier("v0", "vf0", timeout=20)
    fabric.run("v0", "ip -6 address replace fd82::10/64 dev vf0 nodad")
    fabric.ping("v0", vf_ip(1))


def test_to_vfio_and_back(fabric: Fabric) -> None:
    """Some of seven VFs are bound to VFIO and back, ten times; all seven exist and work."""
    host, chance = fabric.host, random.Random(65)
    fabric.set_vfs(7)
    for _ in range(10):
        taken = chance.sample(range(7), chance.randint(1, 7))
        for n in taken:
            host.bind_driver(fabric.vf_pci(n), "vfio-pci")
        bound = host.run("ls -d /sys/bus/pci/drivers/vfio-pci/0000:* | wc -l").out
        assert int(bound) == len(taken)
        for n in taken:
            host.bind_driver(fabric.vf_pci(n), VF_DRIVER)
        fabric.adopt_vfs(*taken)
        assert host.run("lspci -d 8086:10ca | wc -l").out == "7\n"
        for n in range(7):
            fabric.ping(f"v{n}", PF_IP, count=1)
    fabric.set_vfs(2)


def offloads(fabric: Fabric) -> dict[str, str]:
    """VF 0's offloads that ethtool -k shows."""
    lines = fabric.run("v0", "ethtool -k vf0").out.splitlines()
    pairs = (line.split(": ") for line in lines if ": " in line)
    return {name: value.split()[0] for name, value in pairs if name in OFFLOADS}


def create_again(fabric: Fabric) -> None:
    fabric.set_vfs(2)


def reload(fabric: Fabric) -> None:
    fabric.host.rmmod(VF_DRIVER)
    fabric.host.modprobe(VF_DRIVER)
    fabric.adopt_vfs(0, 1)


def reset_and_wait(fabric: Fabric) -> None:
    reset(fabric)
    fabric.wait_carrier("v0", "vf0", timeout=20)


EVENTS: dict[str, tuple[Callable[[Fabric], None], bool]] = {
    "VF reset": (reset_and_wait, True),
    "PF reset": (Fabric.reset_pf, True),
    "VFs created again": (create_again, False),
    "VF's driver reloaded": (reload, False),
}


def test_offloads_and_events(fabric: Fabric) -> None:
    """VF settings by ethtool -K survive resets; a new interface has all offloads."""
    usual = offloads(fabric)
    assert set(usual.values()) == {"on"} and len(usual) == len(OFFLOADS)
    for event, kept in EVENTS.values():
        fabric.run("v0", "ethtool -K vf0 tx off sg off tso off txvlan off")
        changed = offloads(fabric)
        assert set(changed.values()) == {"off"}, changed
        event(fabric)
        assert offloads(fabric) == (changed if kept else usual)
        fabric.run("v0", "ethtool -K vf0 tx on sg on tso on txvlan on")
        assert offloads(fabric) == usual
        ran = fabric.iperf("v1", "v0", vf_ip(1), "-t 1")
        assert ran["sum_received"]["bytes"] > TWO_MEGABYTES


def test_pf_is_removed(fabric: Fabric) -> None:
    """The PF is removed through sysfs under traffic of its VFs; after a rescan it is new."""
    host, device = fabric.host, f"/sys/bus/pci/devices/{fabric.pf_pci}"
    # The kernel does not allow this for a VF; a guest can do it, see test_hotplug.py.
    assert host.run(f"test -e {device}/virtfn0/remove", check=False).rc
    for _ in range(3):
        flood = host.netns("v0").spawn(f"exec ping -q -f -w 30 {vf_ip(1)} > /dev/null")
        host.run(f"echo 1 > {device}/remove", timeout=20)
        flood.kill()
        assert not host.run("lspci -d 8086:10ca").out
        host.run("echo 1 > /sys/bus/pci/rescan", timeout=20)
        fabric.adopt_pf()
        fabric.set_vfs(2)
        fabric.ping("v0", vf_ip(1))


# Without pause, on whichever VFs exist at the moment
ADMINISTRATOR = """
while :; do for n in 0 3 6; do
    ip link set pf0 vf $n mac 02:00:00:00:a0:0$n vlan 5 trust on spoofchk off
    ip link set pf0 vf $n mac 00:00:00:00:00:00 vlan 0 trust off spoofchk on
done; done 2> /dev/null
"""
SPECTATOR = """
while :; do
    ip -s link show pf0; ethtool -S pf0
    devlink health diagnose pci/{pf} reporter sriov; devlink port show
done > /dev/null 2>&1
"""
OWNERS = """
while :; do for path in /sys/bus/pci/drivers/{vf}/*/net/*; do
    dev=${{path##*/}}
    ip link set $dev up; ip link set $dev mtu 1400; ip link set $dev promisc on
    ip link set $dev promisc off; ip link set $dev mtu 1500; ip link set $dev down
done; done 2> /dev/null
"""


def test_everybody_at_once(fabric: Fabric) -> None:
    """VFs are created and removed while guests, administrator and tools use them."""
    host = fabric.host
    fabric.remove_vfs()
    places = {"pf": fabric.pf_pci, "vf": VF_DRIVER}
    jobs = [host.spawn(text.format(**places)) for text in (ADMINISTRATOR, SPECTATOR, OWNERS)]
    for _ in range(10):
        for count in (7, 0):
            host.run(f"/bin/echo {count} > {fabric.numvfs_path}; sleep 0.5", timeout=60)
    for job in jobs:
        assert job.poll() is None
        job.kill()
        job.wait(20, check=False)
    fabric.set_vfs(2)
    fabric.ping("v0", vf_ip(1))
    fabric.ping("v1", PF_IP)
