# SPDX-License-Identifier: GPL-2.0-only
"""Tools that administer VFs: systemd-udevd, NetworkManager, and the calls of sriov-cni."""
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from lab.fabric import PF_DRIVER, PF_IP, VF_DRIVER, unload_drivers
from lab import HostVM
from lab.channel import Job
from lab.migration import IOVCTL, install_iovctl

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.full()]

LINK_FILE = "/etc/systemd/network/10-pf.link"
LINK = """
[Match]
Driver=iovnic_pf
[Link]
Name=pf0
SR-IOVVirtualFunctions=3
[SR-IOV]
VirtualFunction=0
MACAddress=02:00:00:00:d0:00
VLANId=100
QualityOfService=5
VLANProtocol=802.1Q
MACSpoofCheck=no
Trust=yes
LinkState=yes
[SR-IOV]
VirtualFunction=2
MACAddress=02:00:00:00:d0:02
LinkState=no
"""
NM_CONF = """
[main]
plugins=keyfile
auth-polkit=false
no-auto-default=*
[keyfile]
unmanaged-devices=*,except:interface-name:pf0
"""
NM_PROFILE = (
    "nmcli connection add type ethernet ifname pf0 con-name pf autoconnect no ipv6.method disabled"
    f" ipv4.method manual ipv4.addresses {PF_IP}/16 sriov.total-vfs 3 sriov.vfs"
    " '0 mac=02:00:00:00:d0:00 spoof-check=false trust=true max-tx-rate=300 vlans=100.5,"
    " 2 mac=02:00:00:00:d0:02'"
)
# In the order of its calls, each of which is one message. udev reads from the name that the
# interface had another one before.
CNI_SET_UP = """
ip link set pf0 vf 0 vlan 100 qos 5 proto 802.1q
ip link set pf0 vf 0 mac 02:00:00:00:d0:00
ip link set pf0 vf 0 min_tx_rate 0 max_tx_rate 300
ip link set pf0 vf 0 spoofchk off
ip link set pf0 vf 0 trust on
ip link set pf0 vf 0 state enable
ip link set {vf} down
ip link set {vf} name temp_7
udevadm settle -t 20
ip link property del dev temp_7 altname {vf} 2> /dev/null || true
ip link set temp_7 netns pod
ip -n pod link set temp_7 name net1
ip netns exec pod sysctl -q net.ipv4.conf.net1.arp_notify=1 net.ipv6.conf.net1.ndisc_notify=1
ip -n pod link set net1 address 02:00:00:00:d0:00
ip -n pod link set net1 mtu 1450
ip -n pod link set net1 up
"""
SETTLE = "udevadm settle -t 20"
CNI_TEAR_DOWN = """
ip -n pod link set net1 down
ip -n pod link set net1 name {vf}
ip -n pod link set {vf} address {mac}
ip -n pod link set {vf} netns 1
ip link set {vf} mtu 1500
ip link set pf0 vf 0 vlan 0 qos 0 proto 802.1q
ip link set pf0 vf 0 spoofchk on
ip link set pf0 vf 0 mac 00:00:00:00:00:00
ip link set pf0 vf 0 min_tx_rate 0 max_tx_rate 0
ip link set pf0 vf 0 trust off
ip link set pf0 vf 0 state auto
"""


@contextmanager
def daemon(host: HostVM, command: str, ready: str) -> Iterator[Job]:
    """A service that runs meanwhile."""
    program = command.removeprefix("env SYSTEMD_LOG_TARGET=console ").split()[0]
    if host.run(f"command -v {program}", check=False).rc:
        pytest.skip(f"{program} is not installed")
    job = host.spawn(f"exec {command}")
    host.wait_until(ready, timeout=20)
    yield job
    job.kill(signal.SIGTERM)
    job.wait(20, check=False)


@contextmanager
def udevd(host: HostVM) -> Iterator[Job]:
    """systemd-udevd, which loads no modules: otherwise it would load the kernel's igbvf."""
    host.run("mkdir -p /etc/udev/rules.d; ln -sf /dev/null /etc/udev/rules.d/80-drivers.rules")
    command = "env SYSTEMD_LOG_TARGET=console /lib/systemd/systemd-udevd"
    with daemon(host, command, "udevadm control --ping") as job:
        yield job


def vfs_of(host: HostVM) -> list[dict]:
    """VFs in the output of `ip link`."""
    return json.loads(host.run("ip -j -d link show dev pf0").out)[0]["vfinfo_list"]


def assert_configured(vf: dict, **more: object) -> None:
    """VF 0 has the settings that each tool makes."""
    assert vf["address"] == "02:00:00:00:d0:00"
    assert vf["vlan_list"] == [{"vlan": 100, "qos": 5}]
    assert vf["spoofchk"] is False and vf["trust"] is True
    assert {name: vf[name] for name in more} == more


@pytest.fixture
def pf(bare_host: HostVM) -> Iterator[HostVM]:
    """A host with udevd and our drivers; afterwards no driver is loaded."""
    bare_host.put(LINK.partition("SR-IOV")[0], LINK_FILE)
    with udevd(bare_host) as job:
        bare_host.modprobe(VF_DRIVER)
        bare_host.modprobe(PF_DRIVER)
        bare_host.run("udevadm settle -t 20", timeout=30)
        yield bare_host
        unload_drivers(bare_host)
        bare_host.run(f"udevadm settle -t 20; rm {LINK_FILE}", timeout=30)
    assert "Failed to configure" not in job.err + job.out


def numvfs(host: HostVM) -> str:
    """sriov_numvfs of the PF."""
    return f"/sys/bus/pci/devices/{host.nic_address(0)}/sriov_numvfs"


def test_systemd_link(pf: HostVM) -> None:
    """A .link file creates and configures VFs when the PF's interface appears."""
    pf.rmmod(PF_DRIVER)
    pf.put(LINK, LINK_FILE)
    pf.run("udevadm control --reload")
    pf.modprobe(PF_DRIVER)
    pf.run("udevadm settle -t 20", timeout=30)
    assert pf.read(numvfs(pf)) == "3"
    vfs = vfs_of(pf)
    assert_configured(vfs[0], link_state="enable")
    assert vfs[1]["address"] == "00:00:00:00:00:00"
    assert (vfs[2]["address"], vfs[2]["link_state"]) == ("02:00:00:00:d0:02", "disable")
    pf.write(numvfs(pf), 0)


def test_network_manager(pf: HostVM) -> None:
    """A profile creates VFs when it is activated and removes them when it is deactivated."""
    pf.put(NM_CONF, "/etc/NetworkManager/NetworkManager.conf")
    pf.run("mkdir -p /run/dbus /run/NetworkManager")
    socket = "/run/dbus/system_bus_socket"
    bus = daemon(pf, "dbus-daemon --system --nofork --nopidfile", f"test -S {socket}")
    manager = daemon(pf, "NetworkManager --no-daemon 2> /tmp/nm.log", "nmcli general status")
    with bus, manager:
        pf.run(NM_PROFILE)
        pf.run("nmcli connection up pf", timeout=60)
        assert pf.read(numvfs(pf)) == "3"
        vfs = vfs_of(pf)
        assert_configured(vfs[0], rate={"max_tx": 300, "min_tx": 0})
        assert vfs[2]["address"] == "02:00:00:00:d0:02"
        pf.run("nmcli connection down pf", timeout=60)
        pf.wait_until(f"grep -qx 0 {numvfs(pf)}")
        pf.run("nmcli connection delete pf")


# All that a .link file and NetworkManager can express
SET_UP = """
ip link set pf0 vf 0 mac 02:00:00:00:d0:00
ip link set pf0 vf 0 vlan 100 qos 5
ip link set pf0 vf 0 spoofchk off
ip link set pf0 vf 0 trust on
"""


def reload_pf(host: HostVM) -> None:
    """The PF appears again, without VFs, as at boot."""
    host.write(numvfs(host), 0)
    host.rmmod(PF_DRIVER)
    host.run("udevadm control --reload")
    host.modprobe(PF_DRIVER)
    host.run("udevadm settle -t 20", timeout=30)


def persist(host: HostVM, words: str, status: int = 0) -> str:
    """Write configuration; its path."""
    run = host.run(f"{IOVCTL} -j persist {words}", check=False)
    assert run.rc == status, run
    (found,) = json.loads(run.out)
    assert found["written"], found
    return found["path"]


def persist_among_others(host: HostVM) -> str:
    """Write an addition to the .link file that has others; its path.

    What an earlier one sets is not in effect afterwards, and a later one is refused.
    """
    folder = f"/run/{LINK_FILE.removeprefix('/etc/')}.d"
    host.run(f"mkdir -p {folder}")
    vf = "[SR-IOV]\nVirtualFunction=1\nVLANId=7\nTrust=yes\n"
    host.put(f"[Link]\nSR-IOVVirtualFunctions=2\n{vf}", f"{folder}/10.conf")
    host.put("[Link]\nSR-IOVVirtualFunctions=1\n", f"{folder}/zz.conf")
    run = host.run(f"{IOVCTL} persist pf0 write force", check=False)
    assert run.rc == 2 and f"systemd reads {folder}/zz.conf later, which sets SR-IOV" in run.err
    host.run(f"rm {folder}/zz.conf")
    return persist(host, "pf0 write")


def vfs_of_pci(host: HostVM) -> list[dict]:
    """VFs of the PF, whatever its interface is called."""
    shown = host.run(f"ip -j -d link show dev {host.netdev_of(host.nic_address(0))}").out
    return [dict(vf, stats=None) for vf in json.loads(shown)[0]["vfinfo_list"]]


@pytest.mark.parametrize("kind", ["addition", "additions", "file", "udev"])
def test_iovctl_persist(pf: HostVM, kind: str) -> None:
    """The VFs and settings are back when the PF appears again, by what iovctl persist has written.

    By an addition to the .link file that there is, also among others, by a .link file of its own,
    and by udev's rules.
    """
    install_iovctl(pf)
    pci = pf.nic_address(0)
    pf.write(numvfs(pf), 3)
    pf.run(f"set -e; {SET_UP} ip link set pf0 vf 2 state disable")
    wanted = vfs_of_pci(pf)
    if kind == "file":
        pf.run(f"mv {LINK_FILE} /tmp/link")
        pf.run(f"udevadm control --reload; udevadm trigger -c add /sys/class/net/pf0; {SETTLE}")
        path = persist(pf, f"{pci} write")
        assert path == f"/etc/systemd/network/10-iovctl-{pci}.link"
    elif kind == "addition":
        path = persist(pf, "pf0 write")
        assert path == f"{LINK_FILE}.d/iovctl.conf"
    elif kind == "additions":
        path = persist_among_others(pf)
    else:
        pf.run("ip link set pf0 vf 0 max_tx_rate 300")
        pf.run(f"devlink dev param set pci/{pci} name vf1_moderation value low cmode runtime")
        wanted = vfs_of_pci(pf)
        path = persist(pf, "pf0 format udev write")
    reload_pf(pf)
    assert pf.read(numvfs(pf)) == "3"
    assert vfs_of_pci(pf) == wanted
    if kind == "udev":
        shown = pf.run(f"devlink dev param show pci/{pci} name vf1_moderation").out
        assert "value low" in shown
    pf.write(numvfs(pf), 0)
    pf.run(f"rm -rf {path} /run/systemd/network; [ ! -e /tmp/link ] || mv /tmp/link {LINK_FILE}")


def test_iovctl_persist_profile(pf: HostVM) -> None:
    """NetworkManager creates the VFs by the profile that iovctl persist has written."""
    if pf.run("command -v NetworkManager", check=False).rc:
        pytest.skip("NetworkManager is not installed")
    install_iovctl(pf)
    pf.run("mkdir -p /run/dbus /run/NetworkManager /etc/NetworkManager/system-connections")
    pf.put(NM_CONF, "/etc/NetworkManager/NetworkManager.conf")
    socket = "/run/dbus/system_bus_socket"
    bus = daemon(pf, "dbus-daemon --system --nofork --nopidfile", f"test -S {socket}")
    manager = daemon(pf, "NetworkManager --no-daemon 2> /tmp/nm.log", "nmcli general status")
    pf.write(numvfs(pf), 3)
    pf.run(f"set -e; {SET_UP} ip link set pf0 vf 0 max_tx_rate 300")
    wanted = vfs_of_pci(pf)
    path = persist(pf, "pf0 format networkmanager write")
    pf.write(numvfs(pf), 0)
    with bus, manager:
        pf.run("nmcli connection up iovctl-pf0", timeout=60)
        assert pf.read(numvfs(pf)) == "3"
        assert vfs_of_pci(pf) == wanted
        pf.run("nmcli connection down iovctl-pf0", timeout=60)
        pf.wait_until(f"grep -qx 0 {numvfs(pf)}")
    pf.run(f"rm {path}")


def test_sriov_cni(pf: HostVM) -> None:
    """A container gets a VF and returns it: all calls of sriov-cni, in its order, succeed."""
    pf.run("ip link set pf0 up")
    pf.write(numvfs(pf), 1)
    pf.run("udevadm settle -t 20", timeout=30)
    (vf,) = pf.run(f"ls {numvfs(pf).replace('sriov_numvfs', 'virtfn0/net')}").out.split()
    mac = pf.read(f"/sys/class/net/{vf}/address")
    before = vfs_of(pf)
    pf.run("ip netns add pod")
    for _ in range(3):
        pf.run(f"set -e; {CNI_SET_UP.format(vf=vf)}")
        assert_configured(vfs_of(pf)[0], link_state="enable", rate={"max_tx": 300, "min_tx": 0})
        pf.wait_until("ip netns exec pod grep -qx 1 /sys/class/net/net1/carrier")
        pf.run(f"set -e; {CNI_TEAR_DOWN.format(vf=vf, mac=mac)}")
        assert vfs_of(pf) == before
        assert pf.read(f"/sys/class/net/{vf}/address") == mac
    pf.run("ip netns del pod")
    pf.write(numvfs(pf), 0)
