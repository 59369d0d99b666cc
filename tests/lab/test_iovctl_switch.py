# SPDX-License-Identifier: GPL-2.0-only
"""iovctl switch: a bridge in SR-IOV mode is made, used and deleted; the host stays reachable."""
import json
from collections.abc import Callable, Iterator

import pytest
from lab.answers import read
from lab.fabric import PF_IP, WIRE_IP, Fabric
from lab import HostVM
from lab.migration import IOVCTL, install_iovctl
from open_vfs import opened

pytestmark = pytest.mark.kernels("stock")

DONE, NOTED, REFUSED = 0, 1, 2  # exit statuses
ROUTE = "10.99.0.0/16"
DEFAULT_IPV6 = "/proc/sys/net/ipv6/conf/default/disable_ipv6"


@pytest.fixture
def fabric(bare_host: HostVM) -> Iterator[Fabric]:
    """A PF without VFs, with addresses and routes."""
    install_iovctl(bare_host)
    bare_host.modprobe("vfio-pci")
    bare_host.modprobe("tun")
    bare_host.modprobe(bare_host.kvm_module)
    bare_host.run("rm -rf /run/iovctl; ip -n wire -6 addr replace fd82::254/64 dev wire0 nodad")
    with Fabric(bare_host, vfs=0, adopt=False) as made:
        bare_host.run(
            f"ip route add {ROUTE} via {WIRE_IP} metric 7; ip route add default via {WIRE_IP};"
            "ip -6 route add fd99::/64 via fd82::254"
        )
        try:
            yield made
        finally:
            bare_host.write(DEFAULT_IPV6, 0)
            bare_host.run("ip link del br0; ip link del tap0; ip addr flush pf0", check=False)


def iovctl(fabric: Fabric, words: str) -> tuple[int, dict]:
    """Status and answer of a command."""
    run = fabric.host.run(f"{IOVCTL} -j {words}", timeout=60, check=False)
    assert not run.err, run
    (found,) = read(run.out, words)
    return run.rc, found


def outcomes(found: dict) -> dict[str, str]:
    """What has become of each step."""
    return {step["name"]: step["outcome"] for step in found["steps"]}


def network(fabric: Fabric, device: str) -> dict[str, list]:
    """Addresses and routes of an interface that are moved, without its name."""
    shown = json.loads(fabric.host.run(f"ip -j address show dev {device} scope global").out)
    addresses = [
        (info["local"], info["prefixlen"], info.get("metric"))
        for link in shown
        for info in link.get("addr_info", [])
        if "local" in info
    ]
    routes = []
    for family in "46":
        found = json.loads(fabric.host.run(f"ip -{family} -j route show dev {device}").out)
        routes += [
            (route["dst"], route.get("gateway"), route.get("metric"))
            for route in found
            if route.get("protocol") != "kernel"
        ]
    return {"addresses": sorted(addresses), "routes": sorted(routes)}


NOTHING = {"addresses": [], "routes": []}


def numvfs(fabric: Fabric) -> int:
    return int(fabric.host.read(fabric.numvfs_path))


def test_life(fabric: Fabric, note: Callable[[str], None]) -> None:
    """All moves to the bridge and back; what is in the way is told first."""
    host = fabric.host
    before = network(fabric, "pf0")
    assert len(before["addresses"]) == 2 and len(before["routes"]) == 3, before
    status, found = iovctl(fabric, "switch create br0 uplink pf0")
    assert status == REFUSED and len(found["refusals"]) == 1
    assert found["refusals"][0]["text"].startswith("the default route runs over pf0")
    create = "switch create br0 uplink pf0 vfs 3 force"
    status, found = iovctl(fabric, f"--dry-run {create}")
    steps = ["vfs", "bridge", "uplink", "addresses"]
    assert (status, outcomes(found)) == (DONE, dict.fromkeys(steps, "not run"))
    assert network(fabric, "pf0") == before and numvfs(fabric) == 0

    pings = host.netns("wire").spawn(f"exec ping -i 0.1 -w 60 {PF_IP}")
    status, found = iovctl(fabric, create)
    assert (status, found["result"]) == (DONE, "created"), found
    assert outcomes(found) == dict.fromkeys(steps, "done")
    assert network(fabric, "br0") == before and network(fabric, "pf0") == NOTHING
    assert numvfs(fabric) == 3
    fabric.vfs = 3
    assert fabric.reaches("", WIRE_IP) and fabric.reaches("wire", PF_IP)
    assert fabric.reaches("", "fd82::254")
    assert host.read("/sys/class/net/br0/address") == host.read("/sys/class/net/pf0/address")

    status, found = iovctl(fabric, "switch show")
    assert (status, found["state"], found["sriov"], found["reasons"]) == (0, "usable", True, [])
    assert found["vfs"] == {"allowed": 7, "created": 3, "used": 0}
    assert found["queue_pairs"]["total"] == 16
    status, found = iovctl(fabric, "switch create br0 uplink pf0 force")
    assert status == REFUSED and "does not convert it" in found["refusals"][0]["text"]

    host.run("ip tuntap add tap0 mode tap; ip link set tap0 master br0 up")
    host.bind_driver(fabric.vf_pci(1), "vfio-pci")
    with opened(fabric, 1):
        found = iovctl(fabric, "switch show br0")[1]
        assert found["vfs"]["used"] == 1
        assert [port["name"] for port in found["ports"] if port.get("kind") == "tap"] == ["tap0"]
        status, found = iovctl(fabric, "switch delete br0")
        texts = [refusal["text"] for refusal in found["refusals"]]
        assert status == REFUSED and len(texts) == 3
        assert texts[0].startswith("VFs of pf0 are in use: VF 1 by python3 (pid ")
        assert texts[1] == "br0 has other ports: tap0"
        status, found = iovctl(fabric, "switch delete br0 force")
        assert (status, found["result"]) == (REFUSED, "failed"), found  # the driver refuses it
        assert "Device or resource busy: end the guest" in found["error"]
        assert "VF 1 by python3 (pid " in found["error"], found
        assert network(fabric, "br0") == before and numvfs(fabric) == 3
    status, found = iovctl(fabric, "switch delete br0 force")
    assert (status, found["result"]) == (DONE, "deleted"), found
    assert network(fabric, "pf0") == before and numvfs(fabric) == 0
    fabric.vfs = 0
    assert fabric.reaches("", WIRE_IP) and fabric.reaches("wire", PF_IP)
    pings.kill(2)
    pings.wait(20, check=False)
    note(next(line for line in pings.out.splitlines() if "packet loss" in line))
    assert not host.run("ls /sys/class/net | grep br0", check=False).out


@pytest.mark.full()
def test_remedies(fabric: Fabric) -> None:
    """No switch, one without uplink, one without VFs: the remedies lead to a good one."""
    host = fabric.host
    host.run("ip route del default; ip link add br1 type bridge; ip link set br1 up")
    run = host.run(f"{IOVCTL} switch show", check=False)
    assert run.out.startswith("NO_SWITCH (info): "), run
    status, found = iovctl(fabric, "switch show br1")
    (reason,) = found["reasons"]
    assert (status, reason["name"]) == (REFUSED, "SWITCH_NO_UPLINK")
    host.run(reason["remedy"].rpartition(": ")[2].replace("NAME", "br0").replace("PF", "pf0"))
    status, found = iovctl(fabric, "switch show")
    assert (status, found["reasons"], found["sriov"]) == (DONE, [], True)
    host.write(fabric.numvfs_path, 0)
    status, found = iovctl(fabric, "switch show")
    (reason,) = found["reasons"]
    assert (status, reason["name"], found["sriov"]) == (NOTED, "SWITCH_NOT_IOV", False)
    host.run(reason["remedy"].replace(" N", " 2"))
    status, found = iovctl(fabric, "switch show")
    assert (status, found["reasons"], found["sriov"]) == (DONE, [], True)
    host.run(f"ip link del br1; {IOVCTL} switch delete br0 force")


def test_undo(fabric: Fabric) -> None:
    """The last step fails half-way, and all is as before: the bridge gets no IPv6 address."""
    host = fabric.host
    before = network(fabric, "pf0")
    host.write(DEFAULT_IPV6, 1)
    host.run("ip link set pf0 mtu 1400")
    status, found = iovctl(fabric, "switch create br0 uplink pf0 vfs 2 mtu 1500 force")
    assert (status, found["result"]) == (REFUSED, "failed"), found
    steps = {"vfs": "undone", "mtu": "undone", "bridge": "undone", "uplink": "undone"}
    assert outcomes(found) == steps | {"addresses": "failed"}
    assert found["error"].startswith("addresses: fd82::1/64: ") and ";" not in found["error"]
    assert network(fabric, "pf0") == before and numvfs(fabric) == 0
    assert host.read("/sys/class/net/pf0/mtu") == "1400"
    assert not host.run("ls /sys/class/net | grep br0", check=False).out
    assert fabric.reaches("", WIRE_IP)
    host.run("ip link set pf0 mtu 1500")


def test_lease(fabric: Fabric) -> None:
    """An address that a DHCP client renews moves, and that is told; VFs that exist stay."""
    host = fabric.host
    lifetime = "valid_lft 300 preferred_lft 200"
    host.run(f"ip route del default; ip addr add 10.82.7.7/16 dev pf0 {lifetime}")
    fabric.set_vfs(1, adopt=False)
    status, found = iovctl(fabric, "switch create br0 uplink pf0 mtu 1400")
    assert (status, found["result"]) == (NOTED, "created"), found
    assert found["notes"][0].startswith("10.82.7.7/16 is a lease of pf0")
    assert numvfs(fabric) == 1
    assert "valid_lft 300sec" not in host.run("ip addr show pf0").out
    assert "10.82.7.7/16" in host.run("ip addr show dev br0").out
    host.run("ip tuntap add tap0 mode tap; ip link set tap0 mtu 1300 master br0 up")
    status, found = iovctl(fabric, "switch show br0")
    assert (status, [reason["name"] for reason in found["reasons"]]) == (1, ["SWITCH_MTU"])
    host.run(found["reasons"][0]["remedy"])
    assert found["mtu"] == 1400  # and not the tap's
    assert iovctl(fabric, "switch show br0")[1]["reasons"] == []
    host.run("ip link set br0 down")
    found = iovctl(fabric, "switch show br0")[1]
    assert [reason["name"] for reason in found["reasons"]] == ["SWITCH_DOWN"]
    host.run(found["reasons"][0]["remedy"])
    assert iovctl(fabric, "switch show br0")[1]["reasons"] == []
    assert iovctl(fabric, "switch delete br0 force")[0] == NOTED
    host.run("ip link set pf0 mtu 1500")
    fabric.vfs = 0
