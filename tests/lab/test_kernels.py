# SPDX-License-Identifier: GPL-2.0-only
"""The drivers on other kernels than the lab's own: both in the host VM, and the VF's in a guest.

No guest runs on these kernels: their KVM ends it, because of QEMU's emulation of SVM, when it
accesses a device soon after an exception ("KVM internal error. Suberror: 3").
"""
from collections.abc import Iterator

import pytest
import test_vfio
from lab import HostVM
from lab.errors import LabError
from lab.fabric import PF_IP, VF_DRIVER, Fabric
from lab.make import make
from lab.paths import REPO, Kernel
from lab.topology import WIRE_IP, ping, tcp, vf_ip

pytestmark = [pytest.mark.kernels("longterm", "stable"), pytest.mark.full()]
# What common/compat.h implements differently for these kernels
SETTINGS = """
set -e
ethtool -n pf0 rx-flow-hash udp4 | grep -q 'IP SA'
ethtool -N pf0 rx-flow-hash udp4 sdfn
ethtool -N pf0 rx-flow-hash udp4 sd
ethtool -x pf0 | grep -q 'with 1 RX ring'
devlink dev param show | grep -q vf_moderation
devlink health show | grep -q mailbox
bridge fdb add 02:00:00:00:b1:03 dev pf0
bridge fdb del 02:00:00:00:b1:03 dev pf0
"""

program = test_vfio.program
test_migration = test_vfio.test_dirty_while_running


def build(kernel: str) -> None:
    """Build the modules for a kernel of the cache."""
    try:
        Kernel.find(kernel)
    except LabError as missing:
        pytest.skip(str(missing))
    make("-s", "-C", REPO, f"modules-{kernel}")


@pytest.fixture(scope="session", autouse=True)
def modules(kernel: str) -> None:
    """The modules for the host VM."""
    build(kernel)


@pytest.fixture
def fabric(bare_host: HostVM) -> Iterator[Fabric]:
    """The PF with two VFs in namespaces."""
    with Fabric(bare_host) as found:
        yield found


def check_traffic(fabric: Fabric, timeout: float = 30) -> None:
    """Ping and TCP among PF, VFs and wire, once VF 0 answers."""
    fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout)
    for address in (PF_IP, WIRE_IP, vf_ip(1)):
        fabric.ping("v0", address)
    for server, address in (("", PF_IP), ("v1", vf_ip(1))):
        assert tcp(fabric.place("v0"), fabric.place(server), address, 2) > 0


def test_smoke(fabric: Fabric) -> None:
    """VFs have traffic, also after resets, reloads and changes of their number."""
    host = fabric.host
    check_traffic(fabric)
    fabric.reset_pf()
    check_traffic(fabric)
    host.run(f"devlink dev reload pci/{fabric.pf_pci}", timeout=60)
    check_traffic(fabric)
    host.rmmod(VF_DRIVER)
    host.modprobe(VF_DRIVER)
    fabric.adopt_vfs(0, 1)
    check_traffic(fabric)
    fabric.unload()
    fabric.load()
    fabric.set_vfs(7)
    fabric.ping("v0", vf_ip(6))


def test_settings(fabric: Fabric) -> None:
    """Settings whose operations differ, and frames of several buffers."""
    fabric.host.run(SETTINGS)
    for ns, dev in (("", "pf0"), ("v1", "vf1")):
        fabric.run(ns, f"ip link set {dev} mtu 9000")
        fabric.wait_carrier(ns, dev)
    fabric.ping("v1", PF_IP, size=8900)


@pytest.mark.kernels("stock")
@pytest.mark.parallel
@pytest.mark.parametrize("inside", ["longterm", "stable"])
def test_guest(bare_host: HostVM, inside: str) -> None:
    """A guest of the lab's own kernel has another one, and its VF survives the PF's reset."""
    build(inside)
    with Fabric(bare_host, adopt=False) as fabric:
        guest = fabric.start_guest(kernel=inside)
        assert guest.run("uname -r").out.strip() == Kernel.find(inside).release
        for address in (PF_IP, WIRE_IP):
            assert ping(guest, address).received == 5
        assert tcp(guest, bare_host, PF_IP, 2) > 0
        assert tcp(bare_host, guest, vf_ip(0), 2) > 0
        bare_host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset", timeout=20)
        guest.wait_until(f"ping -c 1 -W 1 {PF_IP}", timeout=60)
        guest.rmmod(VF_DRIVER)
