# SPDX-License-Identifier: GPL-2.0-only
"""What iovctl has written takes effect at the next boot of a Debian, which the host VM has on disk.

Its first process is systemd, and udev loads the drivers.
"""
import json
from collections.abc import Callable

import pytest
from lab import HostVM
from lab.fabric import poll_until
from lab.initramfs import shared_objects, system_image
from lab.make import make
from lab.managers import disk
from lab.paths import REPO
from lab.topology import OURS, STOCK

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock")]

RELEASES = ["bookworm", "trixie"]
PCI, PF = "0000:01:00.0", "enp1s0"  # the name that udev gives the interface
DEVICE = f"/sys/bus/pci/devices/{PCI}"
PROGRAM = "/opt/iovctl"
WITH_LIBRARIES = f"""#!/bin/sh
exec {PROGRAM}/ld-linux-x86-64.so.2 --library-path {PROGRAM} {PROGRAM}/iovctl "$@"
"""
MANAGERS = {"networkd": "systemd-networkd", "NetworkManager": "NetworkManager"}
FORMATS = {
    "networkd": "networkd",
    "networkmanager": "NetworkManager",
    "netplan": "networkd",
    "udev": "networkd",
}
# netplan 1.1 does not wait for the PF; see iovctl-persist.8.rst.
WAIT = "/etc/systemd/system/netplan-sriov-apply.service.d/wait.conf"
WANTS = f"[Unit]\nWants=sys-subsystem-net-devices-{PF}.device\n"
# A bridge whose port the PF becomes. netplan cannot express that it filters VLANs.
FILES = {
    # As guide.rst has it
    "networkd": {
        "/etc/systemd/network/10-br0.netdev": """
[NetDev]
Name=br0
Kind=bridge

[Bridge]
VLANFiltering=yes
""",
        "/etc/systemd/network/10-pf0.network": f"""
[Match]
Path=pci-{PCI}

[Network]
Bridge=br0

[BridgeVLAN]
VLAN=100
""",
    },
    "NetworkManager": {
        "/etc/NetworkManager/system-connections/br0.nmconnection": """
[connection]
id=br0
type=bridge
interface-name=br0

[bridge]
vlan-filtering=true

[ipv4]
method=disabled

[ipv6]
method=disabled
""",
    },
}
SETTINGS = f"""
ip link set {PF} vf 1 mac 02:00:00:00:00:01
ip link set {PF} vf 1 vlan 100 qos 5
ip link set {PF} vf 1 spoofchk on
ip link set {PF} vf 2 trust on
"""
# What each format but netplan can express of SETTINGS
SHOWN = ("address", "vlan_list", "spoofchk", "trust")


def install(host: HostVM, manager: str) -> None:
    """As the packages do; iovctl with its libraries, because this machine may have newer ones."""
    host.install_modules(*OURS, *STOCK, "bridge")
    host.put("blacklist iovnic_pf\nblacklist iovnic_vf\n", "/usr/lib/modprobe.d/iovnic.conf")
    make("-C", REPO, "iovctl")
    program = REPO / "build/iovctl/iovctl"
    host.run(f"mkdir -p {PROGRAM}")
    for file in (program, *shared_objects(program)):
        host.put(file.read_bytes(), f"{PROGRAM}/{file.name}")
    host.put(WITH_LIBRARIES, "/usr/sbin/iovctl")
    host.run(f"chmod +x /usr/sbin/iovctl {PROGRAM}/*")
    for path, content in FILES[manager].items():
        host.put(content, path)
    (other,) = MANAGERS.keys() - {manager}
    host.run(
        f"""
        chmod 600 /etc/NetworkManager/system-connections/* # it reads no others
        mkdir -p /etc/initramfs-tools
        systemctl mask {MANAGERS[other]} && systemctl enable {MANAGERS[manager]}
        """
    )


def wait_boot(host: HostVM) -> None:
    host.run("systemctl is-system-running --wait", timeout=300, check=False)
    host.run("udevadm settle")


def reboot(host: HostVM) -> None:
    host.spawn("systemctl reboot")
    host.wait_restart(timeout=300)
    wait_boot(host)


def vfs(host: HostVM) -> list[dict]:
    (found,) = json.loads(host.run(f"ip -j -d link show dev {PF}").out)
    return [{name: vf[name] for name in SHOWN if name in vf} for vf in found["vfinfo_list"]]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("form", FORMATS)
def test_reboot(boot_host: Callable[..., HostVM], form: str, release: str) -> None:
    """The driver, the VFs and their settings are there again, also if the initramfs has igb.

    The PF is a port of a VLAN-aware bridge.
    """
    host = boot_host(
        image=system_image,
        extra=[*disk(release, "snapshot=on"), "-action", "reboot=reset"],
        command_line="systemd.show_status=no",
        wire=False,
        boot_timeout=180,
    )
    host.foreign = True  # igb does not keep the rules for registers
    wait_boot(host)
    manager = FORMATS[form]
    install(host, manager)
    reboot(host)
    assert host.read(f"{DEVICE}/uevent").startswith("DRIVER=igb\n")

    run = host.run(f"iovctl -j adapter adopt {PF}", timeout=60, check=False)
    assert json.loads(run.out)[0]["result"] == "adopted", run
    host.run(f"iovctl numvfs {PF} 3", timeout=60)
    host.run(f"set -e; {SETTINGS}")
    if manager == "NetworkManager":
        # iovctl writes the profile for a port of what has the PF now.
        host.run(f"nmcli device disconnect {PF}; ip link set {PF} master br0")
    wanted = vfs(host)
    run = host.run(f"iovctl -j persist {PF} format {form} write", check=False)
    (found,) = json.loads(run.out)
    assert found["written"], run
    if (form, release) == ("netplan", "trixie"):
        host.run(f"mkdir $(dirname {WAIT})")
        host.put(WANTS, WAIT)

    for module in ("", "igb"):
        host.put(f"{module}\n", "/etc/initramfs-tools/modules")
        reboot(host)
        host.wait_until(f"grep -x DRIVER=iovnic_pf {DEVICE}/uevent", timeout=20)
        assert host.read(f"{DEVICE}/driver_override") == "iovnic_pf"
        host.wait_until(f"grep -x 3 {DEVICE}/sriov_numvfs", timeout=20)
        if form == "netplan":
            continue
        assert poll_until(lambda: vfs(host), wanted, 10) == wanted
        assert host.read(f"/sys/class/net/{PF}/master/bridge/vlan_filtering") == "1"
        if manager == "networkd":
            host.wait_until(f"bridge vlan show dev {PF} | grep -w 100", timeout=20)
