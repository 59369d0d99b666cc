# SPDX-License-Identifier: GPL-2.0-only
"""iovctl qemu-args and libvirt-xml print what the lab's guests have, and what the guide has."""

import re
import textwrap
from pathlib import Path

import pytest
from lab.guest import incoming_arguments, network_arguments, vf_arguments
from lab.libvirt import STANDBY, VF
from lab.paths import REPO
from lab.topology import vf_address, vf_mac
from machine_tree import PF, MachineTree, good_machine, reasons

COMMANDS = ("qemu-args", "libvirt-xml")
MAC = vf_mac(0)
GUIDE = (REPO / "Documentation/guide.rst").read_text()
UNKNOWN_MAC = "PAIR_OTHER_ADDRESS warning"  # prepared files have no address of the administrator's


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """The host of the guide: a PF in a bridge, a VF with vfio-pci, and a tap."""
    found = good_machine(tmp_path)
    found.add_interface("pf0", PF)
    found.put("sys/class/net/pf0/address", "52:54:00:82:76:00\n")
    found.enslave("pf0", "br0", "bridge")
    found.put("sys/class/net/br0/bridge/bridge_id")
    found.bound_to("vfio-pci", found.add_vf(0, group="10"))
    add_tap(found, "tap0", "br0")
    return found


def add_tap(tree: MachineTree, name: str, bridge: str = "", opened: bool = False) -> None:
    tree.put(f"sys/class/net/{name}/tun_flags", "0x1002\n")
    tree.put(f"sys/class/net/{name}/carrier", f"{int(opened)}\n")
    if bridge:
        tree.link(f"sys/class/net/{name}/master", f"sys/class/net/{bridge}")


def remove_tap(tree: MachineTree) -> None:
    tree.remove("sys/class/net/tap0")


def ask(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict]:
    status, (found,) = tree.ask(program, *words)
    return status, found


def test_arguments(program: Path, tree: MachineTree) -> None:
    """Those of the lab's guests, and those of the guide; on the standard output nothing else."""
    status, found = ask(program, tree, "qemu-args", "pf0:0", "mac", MAC)
    assert (status, reasons(found)) == (1, [UNKNOWN_MAC])
    assert found["arguments"] == [
        *network_arguments("tap0", True, MAC),
        *vf_arguments([vf_address(0)], True),
    ]
    run = tree.run(program, "qemu-args", "pf0:0", "mac", MAC)
    assert run.stdout.split() == found["arguments"]
    assert run.stderr.startswith("PAIR_OTHER_ADDRESS (warning): ")
    shown = re.search(r"qemu-system-x86_64 \.\.\. \\\n((?: {8}-\w+ \S+(?: \\)?\n)+)", GUIDE)
    assert shown and shown[1].replace(" \\\n", "\n").split() == found["arguments"]
    names = {"nic": "pf0:0", "pci": vf_address(0), "bridge": "br0", "tap": "tap0", "mac": MAC}
    assert names.items() <= found.items()


def test_incoming(program: Path, tree: MachineTree) -> None:
    """The target of a migration is told of the port of a VF, as the lab's is, and the guide's."""
    tree.bound_to("vfio-pci", tree.add_vf(1, group="11"))
    add_tap(tree, "tap1", "br0")
    words = ("qemu-args", "pf0:1", "tap", "tap1", "mac", MAC, "incoming")
    status, found = ask(program, tree, *words)
    assert (status, found["reasons"]) == (0, [])
    assert found["arguments"] == [*network_arguments("tap1", True, MAC), *incoming_arguments()]
    run = tree.run(program, *words)
    assert run.stdout.split() == found["arguments"] and not run.stderr
    shown = f"    # iovctl {' '.join(words)}\n{textwrap.indent(run.stdout, '    ')}\n"
    assert shown in GUIDE
    assert ask(program, tree, "qemu-args", "pf0:1", "incoming", *words[2:-1])[1] == found


def test_incoming_usage(program: Path, tree: MachineTree) -> None:
    """A made address is not that of the guest. libvirt starts its target by itself."""
    run = tree.run(program, "qemu-args", "pf0:0", "incoming")
    assert run.returncode == 3 and "incoming also needs the address of the guest" in run.stderr
    run = tree.run(program, "libvirt-xml", "pf0:0", "mac", MAC, "incoming")
    assert run.returncode == 3 and "no value for incoming" in run.stderr


def test_xml(program: Path, tree: MachineTree) -> None:
    """The elements of the lab's guest, and those of the guide."""
    remove_tap(tree)
    status, found = ask(program, tree, "libvirt-xml", "pf0:0", "mac", MAC)
    assert (status, found["reasons"], found["tap"]) == (0, [], "tap0")
    assert textwrap.indent(found["xml"], "    ") == STANDBY + VF
    assert STANDBY + VF in GUIDE
    assert tree.run(program, "libvirt-xml", "pf0:0", "mac", MAC).stdout == found["xml"]


@pytest.mark.parametrize("command", COMMANDS)
def test_made_address(program: Path, tree: MachineTree, command: str) -> None:
    """It is the same each time, of one interface and locally administered; of each VF another."""
    tree.bound_to("vfio-pci", tree.add_vf(1, group="11"))
    first, again, other = (
        ask(program, tree, command, name)[1]["mac"] for name in ("pf0:0", vf_address(0), "pf0:1")
    )
    assert first == again != other
    assert first.startswith("02:") and other.startswith("02:")


def test_choice_of_tap(program: Path, tree: MachineTree) -> None:
    """One that waits for a guest in the bridge, or else a free name."""
    assert ask(program, tree, "qemu-args", "pf0:0")[1]["tap"] == "tap0"
    assert ask(program, tree, "libvirt-xml", "pf0:0")[1]["tap"] == "tap1"
    add_tap(tree, "tap0", "br0", opened=True)
    add_tap(tree, "tap1")
    found = ask(program, tree, "qemu-args", "pf0:0")[1]
    assert (found["tap"], reasons(found)[0]) == ("tap2", "PAIR_NO_TAP warning")
    add_tap(tree, "tap2", "br0")
    found = ask(program, tree, "qemu-args", "pf0:0")[1]
    assert (found["tap"], reasons(found)) == ("tap2", [UNKNOWN_MAC])


def test_words(program: Path, tree: MachineTree) -> None:
    words = ("tap", "soft", "bridge", "br1", "id", "3", "mac", "52:54:00:AA:00:01")
    status, found = ask(program, tree, "qemu-args", "pf0:0", *words)
    assert status == 2
    assert reasons(found) == [
        "PAIR_NO_BRIDGE guests",
        "PAIR_NO_TAP warning",
        UNKNOWN_MAC,
    ]
    assert found["arguments"][1] == "tap,id=soft3,ifname=soft,script=no,downscript=no"
    assert (found["mac"], found["bridge"], found["id"]) == ("52:54:00:aa:00:01", "br1", 3)


def in_use(tree: MachineTree) -> None:
    tree.in_guest(100, "10", "qemu-system-x86_64", "-name", "alpha")


def other_driver(tree: MachineTree) -> None:
    tree.bound_to("iovnic_vf", vf_address(0))
    tree.folder(f"sys/bus/pci/devices/{vf_address(0)}/net")


def no_bridge(tree: MachineTree) -> None:
    tree.remove("sys/class/net/pf0/master")


def open_vswitch(tree: MachineTree) -> None:
    tree.enslave("pf0", "ovs-system", "openvswitch")


def no_iommu(tree: MachineTree) -> None:
    tree.remove("sys/class/iommu/dmar0")
    tree.remove("sys/kernel/iommu_groups")
    tree.remove("sys/firmware/acpi/tables/DMAR")
    tree.put("sys/firmware/acpi/tables/FACP")


def no_remapping(tree: MachineTree) -> None:
    tree.put("proc/interrupts", "   0:  1  IO-APIC   2-edge  timer\n")


def pf_down(tree: MachineTree) -> None:
    tree.put("sys/class/net/pf0/flags", "0x1002\n")


WRONG = [
    (in_use, ["PAIR_VF_IN_USE guests"], ["PAIR_VF_IN_USE guests"]),
    (other_driver, ["PAIR_VF_IN_USE guests", "PAIR_VF_DRIVER guests"], ["PAIR_VF_IN_USE guests"]),
    (no_bridge, ["PAIR_NO_BRIDGE guests", "PAIR_NO_TAP warning"], ["PAIR_NO_BRIDGE guests"]),
    (open_vswitch, ["PAIR_NO_BRIDGE guests", "PAIR_NO_TAP warning"], ["PAIR_NO_BRIDGE guests"]),
    (no_iommu, ["NO_IOMMU guests"], ["NO_IOMMU guests"]),
    (no_remapping, ["NO_INTR_REMAP guests"], ["NO_INTR_REMAP guests"]),
    (pf_down, ["PF_DOWN warning"], ["PF_DOWN warning"]),
]


def short(value) -> str:
    return getattr(value, "__name__", "")


@pytest.mark.parametrize("change, of_qemu, of_libvirt", WRONG, ids=short)
def test_reasons(
    program: Path,
    tree: MachineTree,
    change,
    of_qemu: list[str],
    of_libvirt: list[str],
) -> None:
    """What would not work is told, once, and nothing else."""
    change(tree)
    status, found = ask(program, tree, "qemu-args", "pf0:0", "mac", MAC, "tap", "tap0")
    assert reasons(found) == [*of_qemu, UNKNOWN_MAC]
    assert status == (1 if change is pf_down else 2)
    assert len(found["arguments"]) == 10
    if change is no_bridge:
        remove_tap(tree)
    status, found = ask(program, tree, "libvirt-xml", "pf0:0", "mac", MAC)
    assert reasons(found) == of_libvirt
    assert ("xml" in found) == (change not in (no_bridge, open_vswitch))
    run = tree.run(program, "libvirt-xml", "pf0:0")
    assert bool(run.stdout) == ("xml" in found)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "words, says",
    [
        ([], "no NIC is named"),
        (["pf0"], "pf0 is not a VF"),
        (["pf0:4"], "pf0 has no VF 4: it has 1"),
        (["pf0:0", "tap"], "no value for tap"),
        (["pf0:0", "tap", "a,b"], "not an interface name: a,b"),
        (["pf0:0", "tap", "a'b"], "not an interface name: a'b"),
        (["pf0:0", "tap", "sixteen-letters-"], "not an interface name: sixteen"),
        (["pf0:0", "bridge", "a/b"], "not an interface name: a/b"),
        (["pf0:0", "mac", "01:00:00:00:00:01"], "not a valid interface address"),
        (["pf0:0", "mac", "00:00:00:00:00:00"], "not a valid interface address"),
        (["pf0:0", "mac", "2:0:0:0:0:1"], "not a valid interface address"),
        (["pf0:0", "mac", "52:54:00:82:10:0g"], "not a valid interface address"),
        (["pf0:0", "id", "8"], "not a number from 0 to 7: 8"),
        (["pf0:0", "id", "1x"], "not a number from 0 to 7: 1x"),
        (["pf0:0", "nonsense", "1"], "unknown: nonsense"),
    ],
)
def test_usage(
    program: Path, tree: MachineTree, command: str, words: list[str], says: str
) -> None:
    run = tree.run(program, command, *words)
    assert run.returncode == 3 and not run.stdout
    assert f"iovctl {command}: {says}" in run.stderr and "Usage: iovctl" in run.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help(program: Path, tree: MachineTree, command: str) -> None:
    run = tree.run(program, command, "help")
    assert run.returncode == 0 and f" {command} NIC [ bridge BRIDGE ]" in run.stdout
