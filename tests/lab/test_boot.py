# SPDX-License-Identifier: GPL-2.0-only
"""What iovctl has written takes effect at the next boot: systemd, udev and a manager start.

The host VM boots its own kernel; systemd and udev of a Debian are in a container of it, which has
the host VM's devices.
"""
import json
from collections.abc import Callable, Iterator

import pytest
from lab import HostVM
from lab.fabric import Fabric, poll_until
from lab.managers import System, disk
from lab.migration import IOVCTL, install_iovctl
from lab.topology import OURS, STOCK

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock")]

RELEASES = ["bookworm", "trixie"]
PCI, PF = "0000:01:00.0", "enp1s0"  # the name that udev gives the interface
DEVICE = f"/sys/bus/pci/devices/{PCI}"
RULE = f"etc/udev/rules.d/81-iovctl-adopt-{PCI}.rules"
BLACKLIST = {"etc/modprobe.d/iovnic.conf": "blacklist iovnic_pf\n"}
SETTINGS = f"""
ip link set pf0 down
ip link set pf0 name {PF}
ip link set {PF} vf 1 mac 02:00:00:00:00:01
ip link set {PF} vf 1 vlan 100 qos 5
ip link set {PF} vf 1 spoofchk on
ip link set {PF} vf 2 trust on
"""
FORMATS = {"networkd": "networkd", "networkmanager": "NetworkManager", "udev": "networkd"}
# As guide.rst has it
BRIDGE = {
    "etc/systemd/network/10-br0.netdev": """
[NetDev]
Name=br0
Kind=bridge

[Bridge]
VLANFiltering=yes
""",
    "etc/systemd/network/10-pf0.network": f"""
[Match]
Path=pci-{PCI}

[Network]
Bridge=br0

[BridgeVLAN]
VLAN=100
""",
}
# What each format can express of SETTINGS
SHOWN = ("address", "vlan_list", "spoofchk", "trust")


@pytest.fixture
def boot(boot_host: Callable[..., HostVM]) -> Iterator[Callable[[str], HostVM]]:
    """Boot a host VM with the system of a release."""
    yield lambda release: boot_host(extra=disk(release))


def driver(host: HostVM) -> str:
    return host.run(f"readlink {DEVICE}/driver", check=False).out.strip().rpartition("/")[2]


def vfs(host: HostVM) -> list[dict]:
    (found,) = json.loads(host.run(f"ip -j -d link show dev {PF}").out)
    return [{name: vf[name] for name in SHOWN if name in vf} for vf in found["vfinfo_list"]]


@pytest.mark.parametrize("release", RELEASES)
def test_adopted(boot: Callable[[str], HostVM], release: str) -> None:
    """The rule gives the device to iovnic_pf; also if igb has it; without the rule igb has it."""
    host = boot(release)
    host.foreign = True  # igb does not keep the rules for registers
    modules = (*OURS, *STOCK)
    system = System(host, "networkd", files=BLACKLIST, modules=modules)
    system.settle()
    assert driver(host) == "igb"
    system.kill()

    # As an initramfs leaves it
    install_iovctl(host)
    host.install_modules(*modules)
    host.run(f"{IOVCTL} adapter adopt {PCI}", timeout=60)
    rule = host.read(f"/{RULE}")
    host.run(
        f"rm /{RULE}; echo > {DEVICE}/driver_override; rmmod iovnic_pf;"
        f"echo {PCI} > /sys/bus/pci/drivers/igb/bind"
    )
    assert driver(host) == "igb"
    for loaded in ("igb", ""):
        if not loaded:
            host.run("rmmod iovnic_pf igb")
        files = BLACKLIST | {RULE: f"{rule}\n"}
        system = System(host, "networkd", files=files, modules=modules)
        system.settle()
        host.wait_until(f"readlink {DEVICE}/driver | grep iovnic_pf", timeout=20)
        assert host.read(f"{DEVICE}/driver_override") == "iovnic_pf"
        system.kill()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("form", FORMATS)
def test_persist(boot: Callable[[str], HostVM], form: str, release: str) -> None:
    """VFs and their settings are there after the next boot; networkd makes the PF a port."""
    host = boot(release)
    install_iovctl(host)
    with Fabric(host, 3, adopt=False):
        host.run(f"set -e; ip address flush dev pf0; {SETTINGS}")
        wanted = vfs(host)
        host.run("mkdir -p /etc/NetworkManager/system-connections")
        run = host.run(f"{IOVCTL} -j persist {PF} format {form} write", check=False)
        (found,) = json.loads(run.out)
        assert found["written"], run
    host.stop()

    host = boot(release)
    system = System(
        host,
        FORMATS[form],
        files=BRIDGE | {found["path"].lstrip("/"): found["content"]},
        modules=("iovnic_pf",),
    )
    system.settle()
    host.wait_until(f"grep -x 3 {DEVICE}/sriov_numvfs", timeout=20)
    system.settle()
    assert poll_until(lambda: vfs(host), wanted, 10) == wanted
    if FORMATS[form] == "networkd":
        host.wait_until(f"bridge vlan show dev {PF} | grep -w 100", timeout=20)
        assert host.read(f"/sys/class/net/{PF}/master/bridge/vlan_filtering") == "1"
    system.kill()
