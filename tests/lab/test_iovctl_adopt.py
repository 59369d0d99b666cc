# SPDX-License-Identifier: GPL-2.0-only
"""iovctl adapter adopt and release: another driver, and the interface keeps what it has."""
from collections.abc import Iterator

import pytest
from lab import HostVM
from lab.answers import read
from lab.fabric import Fabric
from lab.migration import IOVCTL, install_iovctl
from lab.topology import OURS, PF_IP, STOCK, WIRE_IP, ping, vf_address

pytestmark = pytest.mark.kernels("stock")

DONE, DEGRADED, REFUSED = 0, 1, 2  # exit statuses
PCI = "0000:01:00.0"
DEVICE = f"/sys/bus/pci/devices/{PCI}"
RULE = f"/etc/udev/rules.d/81-iovctl-adopt-{PCI}.rules"
# modprobe waits for the test
HOOK = "/etc/modprobe.d/lab.conf"
WAIT = (
    "install iovnic_pf touch /run/asked; until test -e /run/go; do sleep 0.1; done;"
    " modprobe -i iovnic_pf\n"
)
LOGIN = f"SSH_CONNECTION='{WIRE_IP} 1000 {PF_IP} 22'"


@pytest.fixture
def igb_host(bare_host: HostVM) -> Iterator[HostVM]:
    """pf0 has igb, a link and an address, and modprobe finds all drivers."""
    install_iovctl(bare_host)
    # Other tests use the kernel's own lists of modules.
    folder = f"/lib/modules/{bare_host.kernel.release}"
    bare_host.run(f"mount -t tmpfs modules {folder}")
    bare_host.install_modules(*OURS, *STOCK)
    with Fabric(bare_host, 0, *STOCK, adopt=False):
        bare_host.run("ip link set pf0 mtu 1400; ip route add 10.99.0.0/16 via " + WIRE_IP)
        # igb resets the device for another MTU.
        bare_host.wait_until(f"ping -c 1 -W 1 {WIRE_IP}", timeout=20)
        yield bare_host
        bare_host.run("ip link del br0", check=False)
        bare_host.run(f"rm -f {RULE}; echo > {DEVICE}/driver_override")
    bare_host.run(f"umount {folder}")


def iovctl(host: HostVM, words: str, before: str = "") -> tuple[int, dict]:
    """Status and answer of a command."""
    run = host.run(f"{before} {IOVCTL} -j adapter {words}", timeout=60, check=False)
    assert not run.err, run
    (found,) = read(run.out, f"adapter {words}")
    return run.rc, found


def driver(host: HostVM, pci: str = PCI) -> str:
    """The driver that has a function; it is empty for a moment while iovctl changes it."""
    found = host.run(f"readlink /sys/bus/pci/devices/{pci}/driver", check=False).out
    return found.strip().rpartition("/")[2]


def settings(host: HostVM) -> str:
    """What the stack has of pf0, without the numbers of interfaces."""
    shown = host.run(
        "cat /sys/class/net/pf0/mtu; ip -o address show dev pf0 scope global;"
        "ip route show dev pf0; basename $(readlink /sys/class/net/pf0/master)",
        check=False,
    ).out
    lines = shown.replace(" linkdown", "").splitlines()
    return "\n".join(line.partition(": ")[2] or line for line in lines)


def test_there_and_back(igb_host: HostVM) -> None:
    """The new driver's interface has what the former one had; release leaves no trace."""
    host = igb_host
    before = settings(host)
    assert PF_IP in before and "10.99.0.0/16" in before
    status, found = iovctl(host, "adopt pf0", LOGIN)
    (refusal,) = found["refusals"]
    assert status == REFUSED and f"logged in over pf0 ({PF_IP})" in refusal["text"]
    # The link goes while the new driver is loaded: the former driver returns.
    host.put(WAIT, HOOK)
    words = "adapter adopt pf0 force wait 2"
    job = host.spawn(f"{LOGIN} exec {IOVCTL} -j {words}")
    host.wait_until("test -e /run/asked")
    host.hmp("set_link igb0 off")
    host.run(f"touch /run/go; rm {HOOK}")
    job.wait(60, check=False)
    host.hmp("set_link igb0 on")
    (found,) = read(job.out, words)
    assert found["error"] == "link: pf0 has no link after 2 s"
    assert [step["outcome"] for step in found["steps"]] == ["undone", "undone", "failed"]
    assert (driver(host), settings(host)) == ("igb", before)
    assert host.run(f"test -e {RULE}", check=False).rc
    host.wait_until(f"ping -c 1 -W 1 {WIRE_IP}", timeout=20)

    status, found = iovctl(host, "adopt pf0 force", LOGIN)
    assert (status, found["result"], found["notes"]) == (DONE, "adopted", []), found
    assert (driver(host), settings(host)) == ("iovnic_pf", before)
    assert ping(host, WIRE_IP).received
    assert host.read(f"{DEVICE}/driver_override") == "iovnic_pf"
    assert "iovnic_pf" in host.read(RULE)
    assert iovctl(host, "adopt pf0", LOGIN)[1]["result"] == "unchanged"

    status, found = iovctl(host, "release pf0")
    assert (status, found["result"]) == (DONE, "released"), found
    assert (driver(host), settings(host)) == ("igb", before)
    assert host.read(f"{DEVICE}/driver_override") == "(null)"
    assert host.run(f"test -e {RULE}", check=False).rc
    assert ping(host, WIRE_IP).received


def test_port_of_a_bridge_and_vfs(igb_host: HostVM) -> None:
    """The place in a bridge stays; VFs are lost, which a note says. A VF can be adopted, too."""
    host = igb_host
    host.run("ip link add br0 type bridge; ip link set pf0 master br0; ip link set br0 up")
    host.write(f"{DEVICE}/sriov_numvfs", 2)
    before = settings(host)
    status, found = iovctl(host, "adopt pf0")
    assert (status, found["result"]) == (DEGRADED, "adopted"), found
    assert found["notes"] == [
        "its 2 VFs are gone, with their settings: iovctl numvfs pf0 2",
        "not taken over from pf0: settings as a port",
    ]
    assert (driver(host), settings(host)) == ("iovnic_pf", before)
    host.write(f"{DEVICE}/sriov_numvfs", 1)
    vf = vf_address(0)
    host.modprobe("igbvf")
    host.bind_driver(vf, "igbvf")
    status, found = iovctl(host, f"adopt {vf}")
    assert (found["result"], driver(host, vf)) == ("adopted", "iovnic_vf"), found
    status, found = iovctl(host, f"release {vf}")
    assert (found["result"], driver(host, vf)) == ("released", "igbvf"), found
