# SPDX-License-Identifier: GPL-2.0-only
"""iovctl vm on prepared files: NICs of guests of any vendor, and the words of its commands."""

from pathlib import Path

import pytest
from machine_tree import PF, MachineTree, good_machine, reasons

QEMU = "qemu-system-x86_64"
USAGE, REFUSED = 3, 2


def add_port(tree: MachineTree, name: str, bridge: str = "", **files: str) -> None:
    """An interface that is no PCI function's, in a bridge."""
    files = {"flags": "0x1003", "carrier": "1", "speed": "10000", "mtu": "1500"} | files
    for file, content in files.items():
        tree.put(f"sys/class/net/{name}/{file}", f"{content}\n")
    if bridge:
        tree.enslave(name, bridge, "bridge")


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine whose 82576, with igb, has two VFs, of which a guest has the first one."""
    found = good_machine(tmp_path)
    found.add_interface("pf0", PF)
    for number in range(2):
        found.bound_to("vfio-pci", found.add_vf(number, group=str(10 + number)))
    for name in ("br0", "br1"):
        add_port(found, name)
    found.enslave("pf0", "br0", "bridge")
    add_port(found, "tap0", "br0")
    found.in_guest(100, "10", QEMU, "-name", "alpha", taps=("tap0",))
    return found


def show(program: Path, tree: MachineTree, nic: str = "pf0:0") -> tuple[int, dict]:
    status, (found,) = tree.ask(program, "vm", "show", nic)
    return status, found


def test_other_driver(program: Path, tree: MachineTree) -> None:
    """What sysfs knows; only a driver knows the path."""
    status, found = show(program, tree)
    assert (status, found["status"], found["reasons"]) == (0, "path unknown", [])
    assert found["standby"] == {"name": "tap0", "up": True, "mtu": 1500, "switch": "br0"}
    assert found["state"] == "unknown" and "path" not in found and "weight" not in found
    status, found = show(program, tree, "pf0:1")
    assert (status, found["status"], found["reasons"]) == (0, "not in use", [])


def down(tree: MachineTree) -> None:
    tree.put("sys/class/net/tap0/flags", "0x1002\n")


def bridge_down(tree: MachineTree) -> None:
    tree.put("sys/class/net/br0/flags", "0x1002\n")


def other_bridge(tree: MachineTree) -> None:
    tree.enslave("tap0", "br1", "bridge")


def no_bridge(tree: MachineTree) -> None:
    tree.remove("sys/class/net/tap0/master")


def pf_in_no_bridge(tree: MachineTree) -> None:
    tree.remove("sys/class/net/pf0/master")


def other_mtu(tree: MachineTree) -> None:
    tree.put("sys/class/net/tap0/mtu", "9000\n")


def pf_down(tree: MachineTree) -> None:
    tree.put("sys/class/net/pf0/flags", "0x1002\n")
    tree.put("sys/class/net/pf0/carrier", "0\n")


def no_link(tree: MachineTree) -> None:
    tree.put("sys/class/net/pf0/carrier", "0\n")


def no_tap(tree: MachineTree) -> None:
    tree.remove("proc/100/fd/30")


def no_driver(tree: MachineTree) -> None:
    tree.remove("sys/bus/pci/devices/0000:01:10.0/driver")


def hidden_tap(tree: MachineTree) -> None:
    tree.remove("sys/class/net/tap0")


@pytest.mark.parametrize(
    "make_fault, status, expected, level",
    [
        (down, 1, ["STANDBY_DOWN warning"], "vf"),
        (bridge_down, 1, ["STANDBY_DOWN warning"], "vf"),
        (other_bridge, 1, ["STANDBY_OTHER_BRIDGE warning"], "vf"),
        (no_bridge, 1, ["STANDBY_OTHER_BRIDGE warning"], "vf"),
        (pf_in_no_bridge, 1, ["PF_NOT_IN_BRIDGE warning"], "vf"),
        (other_mtu, 1, ["MTU_MISMATCH warning"], "vf"),
        (pf_down, 1, ["PF_DOWN warning"], "adapter"),
        (no_link, 1, ["LINK_DOWN warning"], "switch"),
        (no_tap, 0, ["NO_STANDBY info"], "vf"),
        (no_driver, 0, ["GUEST_NO_VF_DRIVER info"], "vf"),
        (hidden_tap, 0, [], ""),
    ],
)
def test_fault(program, tree, make_fault, status, expected, level) -> None:
    make_fault(tree)
    found_status, found = show(program, tree)
    assert (found_status, reasons(found)) == (status, expected), found["reasons"]
    for reason in found["reasons"]:
        assert reason["text"] and reason["remedy"] and reason["evidence"]
        assert reason["level"] == level and reason[level]
        assert reason["name"] in tree.run(program, "vm", "show", "pf0:0").stdout
    if status:
        assert found["status"] == f"degraded: {expected[0].split()[0]}"


def test_several_taps(program: Path, tree: MachineTree) -> None:
    """A tap in the PF's bridge is supposed to be the software NIC, even if it is down."""
    add_port(tree, "tap1", "br1")
    tree.opened(100, "/dev/net/tun", 20, "iff:\ttap1\n")
    down(tree)
    found = show(program, tree)[1]
    assert found["holder"]["taps"] == ["tap1", "tap0"]
    assert found["standby"]["name"] == "tap0" and reasons(found) == ["STANDBY_DOWN warning"]


def test_no_machine(program: Path, tree: MachineTree) -> None:
    """A program that is no virtual machine needs no software NIC; KVM's file shows one."""
    tree.in_guest(200, "11", "dpdk-testpmd")
    assert show(program, tree, "pf0:1")[1]["reasons"] == []
    tree.opened(200, "anon_inode:kvm-vm", 9)
    assert reasons(show(program, tree, "pf0:1")[1]) == ["NO_STANDBY info"]


def test_list(program: Path, tree: MachineTree) -> None:
    run = tree.run(program, "vm", "list")
    assert run.returncode == 0
    first, second = run.stdout.splitlines()
    assert first.startswith("pf0:0") and first.endswith("path unknown") and "alpha" in first
    assert second.startswith("pf0:1") and second.endswith("not in use")
    down(tree)
    status, found = tree.ask(program, "vm", "list", PF)
    assert status == 1 and [vm["state"] for vm in found] == ["degraded", "free"]
    tree.put(f"sys/bus/pci/devices/{PF}/sriov_numvfs", "0\n")
    assert tree.ask(program, "vm", "list") == (0, [])


@pytest.mark.parametrize(
    "words, says",
    [
        ([], "Usage: iovctl [ OPTIONS ] vm list"),
        (["pf0:0"], "list, show or set must follow, not pf0:0"),
        (["list", "pf0", "pf1"], "too many words after list"),
        (["list", "pf1"], '"pf1" is neither a PCI function nor the interface of one'),
        (["list", "0000:01:10.0"], "0000:01:10.0 is a VF; name its PF, "),
        (["show"], "show needs one NIC"),
        (["show", "pf0:7"], "pf0 has no VF 7: it has 2"),
        (["set", "pf0:0"], "set needs a NIC and what to set"),
        (["set", "pf0:7", "weight", "0"], "pf0 has no VF 7"),
        (["set", "pf0:0", "weight", "101"], 'weight is 0 to 100, not "101"'),
        (["set", "pf0:0", "trust", "on", "colour", "blue"], "unknown: colour"),
    ],
)
def test_usage(program: Path, tree: MachineTree, words: list[str], says: str) -> None:
    run = tree.run(program, "vm", *words)
    assert run.returncode == USAGE and says in run.stderr and not run.stdout


@pytest.mark.parametrize("words", [["help"], ["list", "help"], ["set", "pf0:0", "help"]])
def test_help(program: Path, tree: MachineTree, words: list[str]) -> None:
    run = tree.run(program, "vm", *words)
    assert run.returncode == 0 and run.stdout.startswith("Usage: iovctl") and not run.stderr


@pytest.mark.parametrize(
    "words, says",
    [
        (["weight", "0"], "the driver of pf0 (igb) has no port function with a state for the VF"),
        (["queue-pairs", "1"], "the driver of pf0 (igb) has no max_io_eqs for the VF"),
        (["trust", "on"], "the settings of VF 0 of pf0 cannot be read"),
    ],
)
def test_what_cannot_be_set(program: Path, tree: MachineTree, words: list[str], says: str) -> None:
    run = tree.run(program, "vm", "set", "pf0:0", *words)
    assert run.returncode == REFUSED and says in run.stderr and not run.stdout
