# SPDX-License-Identifier: GPL-2.0-only
"""Reasons why SR-IOV is not fully active: devlink's reporter `sriov`, and policies of VFs."""
import json
from collections.abc import Callable, Iterator

import pytest
from lab.fabric import Fabric, poll_until, vf_ip
from lab import HostVM
from lab.errors import CommandFailed
from mbx import CTS, NACK, PATH_VF, RESET, SET_DATAPATH, negotiate, send_raw, tid

NONE: set[str] = set()
ROUTER_GUARD, RESCINDED = 41, 11


def diagnose_pf(host: HostVM, pci: str) -> dict:
    """The output of devlink health diagnose for the PF."""
    command = f"devlink -j health diagnose pci/{pci} reporter sriov"
    return json.loads(host.run(command).out)


class Host:
    """The host's view of SR-IOV, and the policies that it can declare."""

    def __init__(self, fabric: Fabric):
        self.fabric = fabric
        self.device = f"pci/{fabric.pf_pci}"

    def diagnose(self) -> dict:
        """The complete diagnosis."""
        return diagnose_pf(self.fabric.host, self.fabric.pf_pci)

    def vf(self, n: int) -> tuple[str, set[str]]:
        """State and reasons of a VF, without those of device and switch, and of all these VFs."""
        entry = self.diagnose()["vfs"][n]
        assert entry["vf"] == n
        own = {reason["name"] for reason in entry["reasons"] if reason["level"] == "vf"}
        return entry["state"], own - {"GUEST_NO_STANDBY"}

    def wait_for(self, n: int, state: str, *names: str) -> None:
        """Wait until a VF has this state and these reasons."""
        wanted = state, set(names)
        assert poll_until(lambda: self.vf(n), wanted, 10) == wanted

    def reporter(self) -> dict:
        """State and error count of the reporter."""
        out = self.fabric.host.run(f"devlink -j health show {self.device} reporter sriov").out
        return json.loads(out)["health"][self.device][0]

    def policies(self, n: int, names: str) -> None:
        """Declare policies that only the host's software can enforce; they read back at once."""
        param = f"{self.device} name vf{n}_policies"
        self.fabric.host.run(f"devlink dev param set {param} value {names} cmode runtime")
        assert f"value {names}\n" in self.fabric.host.run(f"devlink dev param show {param}").out


@pytest.fixture
def sriov(fabric: Fabric) -> Iterator[Host]:
    """The host; afterwards VF 0 has its data path."""
    host = Host(fabric)
    yield host
    host.policies(0, "none")
    fabric.wait_carrier("v0", "vf0")
    fabric.ping("v0", vf_ip(1))


def check_withdrawn(fabric: Fabric, reason: str) -> None:
    """VF 0 has left the data path, and its guest shows the reason."""
    fabric.wait_carrier("v0", "vf0", False)
    assert fabric.pools_of(fabric.vf_mac(0)) == [7]
    assert reason in fabric.run("v0", "ethtool -i vf0").out


@pytest.mark.kernels("stock")
def test_all_is_well(sriov: Host) -> None:
    """A VF with traffic is active; it inherits all reasons of the levels above."""
    answer = sriov.diagnose()
    sriov.fabric.ping("v0", vf_ip(1))
    assert [vf["state"] for vf in answer["vfs"]] == ["active", "active"]
    levels = [answer["device"], answer["switch"], answer["vfs"][0]]
    assert {level["state"] for level in levels} == {"active"}
    for above, below in zip(levels, levels[1:]):
        assert all(reason in below["reasons"] for reason in above["reasons"])
    names = {reason["name"] for reason in answer["vfs"][0]["reasons"]}
    assert names == {"PF_NOT_IN_BRIDGE", "GUEST_NO_STANDBY"}, "the lab lacks nothing else"
    sriov.fabric.host.run("ip link add br7 type bridge && ip link set pf0 master br7")
    assert sriov.diagnose()["switch"]["reasons"] == []
    sriov.fabric.host.run("ip link del br7")
    assert sriov.reporter()["state"] == "healthy"


@pytest.mark.full(kernel="debug")
def test_sw_only(sriov: Host) -> None:
    """Any policy withdraws a running VF's data path and is named; removing the last restores it."""
    fabric = sriov.fabric
    mark = fabric.mark_log("policies")
    sriov.policies(0, "ra,storm")
    check_withdrawn(fabric, "channel 1.0, ROUTER_GUARD")
    assert sriov.vf(0) == ("software", {"ROUTER_GUARD", "STORM_LIMIT"})
    assert sriov.vf(1) == ("active", NONE)
    fabric.ping("v1", "10.82.0.1")
    (mine,) = (r for r in sriov.diagnose()["vfs"][0]["reasons"] if r["code"] == 41)
    text = f"{mine['text']}; {mine['remedy']} (reason 41 ROUTER_GUARD)"
    fabric.host.wait_until(f"dmesg | tail -5 | grep -F 'from the data path: {text}'", timeout=5)

    sriov.policies(0, "storm")
    sriov.wait_for(0, "software", "STORM_LIMIT")
    fabric.switch_vf(0, False)
    sriov.policies(0, "none")
    check_withdrawn(fabric, "ADMIN")
    sriov.wait_for(0, "software", "ADMIN")
    fabric.switch_vf(0, True)
    fabric.wait_carrier("v0", "vf0")
    sriov.wait_for(0, "active")
    fabric.ping("v0", vf_ip(1))
    assert "starts over" not in fabric.dmesg_since(mark), "the session was lost"

    for n, wish, why in (
        (0, "ra,guard", "none, or some of ra,dhcp,acl,mirror,bw,storm,ext"),
        (2, "ra", "there is no such VF"),
    ):
        with pytest.raises(CommandFailed, match=why):
            sriov.policies(n, wish)
    assert sriov.vf(0) == ("active", NONE)


@pytest.mark.full(kernel="debug")
def test_policies_survive_and_stay_apart(sriov: Host) -> None:
    """Policies survive a reset and a reload; those that the device enforces keep the data path."""
    fabric = sriov.fabric
    sriov.policies(0, "ra,dhcp,acl,mirror,bw,storm,ext")
    fabric.unbind_vf(0)
    assert "GUEST_NO_VF_DRIVER" in sriov.vf(0)[1] and len(sriov.vf(0)[1]) == 8
    mark = fabric.mark_log("refused")
    _, _, agreed_on = send_raw(fabric, 0, ["reset", [RESET], negotiate()])
    assert agreed_on[8] == ROUTER_GUARD
    (refused,) = send_raw(fabric, 0, [[tid(2) | SET_DATAPATH, PATH_VF, agreed_on[4]]])
    assert refused[:3] == [NACK | CTS | tid(2) | SET_DATAPATH, RESCINDED, ROUTER_GUARD]
    assert "(reason 41 ROUTER_GUARD)" in fabric.dmesg_since(mark)
    fabric.bind_vf(0, wait=False)
    check_withdrawn(fabric, "ROUTER_GUARD")
    sriov.policies(0, "bw")
    sriov.wait_for(0, "software", "MIN_BANDWIDTH")
    sriov.policies(0, "none")
    fabric.wait_carrier("v0", "vf0")
    fabric.host.run("ip link set pf0 vf 0 spoofchk off max_tx_rate 100 vlan 9")
    assert sriov.vf(0) == ("active", NONE)
    fabric.host.run("ip link set pf0 vf 0 spoofchk on max_tx_rate 0 vlan 0")
    sriov.wait_for(0, "active")
    mark = fabric.mark_log("rate")
    with pytest.raises(CommandFailed):
        fabric.host.run("ip link set pf0 vf 0 max_tx_rate 10 min_tx_rate 5")
    assert "vfN_policies has bw" in fabric.dmesg_since(mark)


@pytest.mark.kernels("stock")
def test_fault_is_reported(sriov: Host) -> None:
    """A VF that does not return after its session was ended is degraded, and counts as an error."""
    fabric, before = sriov.fabric, sriov.reporter()
    fabric.unbind_vf(0)
    assert sriov.vf(0) == ("software", {"GUEST_NO_VF_DRIVER"})
    send_raw(fabric, 0, ["reset", [RESET], "hold"])
    assert sriov.vf(0) == ("active", {"GUEST_LEGACY_DRIVER"})
    mark = fabric.mark_log("fault")
    fabric.host.run("ip link set pf0 vf 0 mac 02:11:22:33:44:55")
    sriov.wait_for(0, "degraded", "SESSION_LOST", "GUEST_HOLDS_MAILBOX")
    fabric.host.wait_until("dmesg | tail -5 | grep 'VF 0 has lost its data path'", timeout=10)
    assert sriov.reporter()["state"] == "error"
    assert sriov.reporter()["error"] == before["error"] + 1
    send_raw(fabric, 0, ["release", "reset"])
    sriov.wait_for(0, "software", "GUEST_NO_VF_DRIVER")
    fabric.host.run("ip link set pf0 vf 0 mac 00:00:00:00:00:00")
    fabric.bind_vf(0)
    assert poll_until(lambda: sriov.reporter()["state"], "healthy", 10) == "healthy"
    assert fabric.dmesg_since(mark).count("has lost its data path") == 1


@pytest.mark.full()
@pytest.mark.kernels("stock")
def test_reasons_come_and_go(sriov: Host) -> None:
    """States of a VF that guest, port and administrator cause have their reasons."""
    fabric, host = sriov.fabric, sriov.fabric.host
    fabric.run("v0", "ip link set vf0 down")
    sriov.wait_for(0, "software", "GUEST_VF_DOWN")
    fabric.run("v0", "ip link set vf0 up && ip address replace fd82::10/64 dev vf0 nodad")
    host.run("ip link set pf0 vf 0 state disable")
    sriov.wait_for(0, "software", "LINK_DISABLED")
    host.run("ip link set pf0 vf 0 state auto")
    sriov.wait_for(0, "active")
    host.hmp("set_link igb0 off")
    fabric.wait_carrier("v0", "vf0", False)
    assert sriov.vf(0) == ("active", NONE), "a missing link is a reason of the port only"
    assert "LINK_DOWN" in [reason["name"] for reason in sriov.diagnose()["switch"]["reasons"]]
    host.hmp("set_link igb0 on")
    for n in range(2):
        fabric.wait_carrier(f"v{n}", f"vf{n}")


@pytest.mark.full()
@pytest.mark.kernels("stock")
@pytest.mark.parametrize(
    "options, missing",
    [
        ({"iommu": "intel-iommu,intremap=off"}, "NO_INTR_REMAP"),
        ({"command_line": "intel_iommu=off"}, "NO_IOMMU"),
    ],
)
def test_host_lacks_something(
    boot_host: Callable[..., HostVM], options: dict, missing: str
) -> None:
    """What the host lacks for guests is a warning of the device, logged when VFs are created."""
    fabric = Fabric(boot_host(**options), vfs=0)
    sriov = Host(fabric)
    answer = sriov.diagnose()
    names = [[r["name"] for r in answer[level]["reasons"]] for level in ("device", "switch")]
    assert names == [[missing], [missing, "SWITCH_NOT_IOV", "PF_NOT_IN_BRIDGE"]]
    assert (answer["device"]["state"], answer["switch"]["state"]) == ("active", "software")
    assert answer["vfs"] == []
    mark = fabric.mark_log("VFs")
    fabric.set_vfs(2)
    assert sriov.vf(0) == ("active", NONE), "VFs of the host do not need it"
    assert missing in fabric.dmesg_since(mark)


@pytest.mark.full()
@pytest.mark.kernels("stock")
def test_no_capability(boot_host: Callable[..., HostVM]) -> None:
    """Behind a bridge to conventional PCI SR-IOV is missing: the PF works and reports it."""
    ports = ["-device", "pcie-root-port,id=rp0,chassis=1"]
    ports += ["-device", "pcie-pci-bridge,id=bridge,bus=rp0"]
    nic = ["-netdev", "hubport,id=nic,hubid=9", "-device", "igb,netdev=nic,bus=bridge,addr=1"]
    host = boot_host(nics=0, wire=False, extra=[*ports, *nic])
    host.modprobe("iovnic_pf")
    pci = host.run("lspci -D -d 8086:10c9").out.split()[0]
    device = diagnose_pf(host, pci)["device"]
    assert [reason["name"] for reason in device["reasons"]] == ["NO_SRIOV_CAP"]
    assert device["state"] == "software"
    assert host.run(f"test -e /sys/bus/pci/devices/{pci}/sriov_numvfs", check=False).rc
    dev = host.netdev_of(pci)
    host.run(f"ip link set {dev} up")
    host.wait_until(f"grep -qx 1 /sys/class/net/{dev}/carrier")


@pytest.mark.full()
@pytest.mark.kernels("stock")
@pytest.mark.parametrize(
    "line, missing",
    [
        ("pci=realloc=off", [{"NO_BUS_RESOURCES"}, {"NO_BUS_RESOURCES", "NO_VF_BAR_SPACE"}]),
        ("pci=realloc", [{"NO_BUS_RESOURCES"}, {"NO_BUS_RESOURCES"}]),
    ],
)
def test_no_room(boot_host: Callable[..., HostVM], line: str, missing: list[set[str]]) -> None:
    """Two ports and others share a slot: no ARI, and too few addresses until more are assigned."""
    extra = ["-device", "pcie-root-port,id=rp0,chassis=1"]
    # The function that the kernel checks for ARI does not support it.
    extra += ["-device", "edu,bus=rp0,addr=0.0,multifunction=on"]
    extra += ["-device", "pci-testdev,membar=2M,bus=rp0,addr=0.7"]
    for n in (1, 2):
        extra += ["-netdev", f"hubport,id=nic{n},hubid={8 + n}"]
        extra += ["-device", f"igb,netdev=nic{n},bus=rp0,addr=0.{n}"]
    host = boot_host(nics=0, wire=False, extra=extra, command_line=line)
    host.modprobe("iovnic_pf")
    for n, names in enumerate(missing, start=1):
        pci = f"0000:01:00.{n}"
        device = diagnose_pf(host, pci)["device"]
        assert {reason["name"] for reason in device["reasons"]} == names
        assert device["state"] == "software"
        with pytest.raises(CommandFailed):
            host.write(f"/sys/bus/pci/devices/{pci}/sriov_numvfs", 2)
        said = host.run(f"dmesg | grep '{pci}: '").out
        assert all(name in said for name in names), said
