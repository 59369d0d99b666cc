# SPDX-License-Identifier: GPL-2.0-only
"""iovctl adapter on prepared files: numbers, switch, link and driver of adapters of any vendor."""

import struct
from pathlib import Path

import pytest
from machine_tree import KERNEL, PF, PORT, MachineTree, good_machine, reasons, resource

PF_FILES = f"sys/bus/pci/devices/{PF}"
ALIASES = f"lib/modules/{KERNEL}/modules.alias"
ALIAS = "alias pci:v00008086d000010C9sv*sd*bc*sc*i* {}\n"
SRIOV, ARI = 0x10, 0x0E
VF_BARS = (0xC, 0, 0, 0xC, 0, 0)  # two of 64 bits


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine whose 82576 has two VFs; the first one is in a guest."""
    found = good_machine(tmp_path)
    found.add_interface("pf0", PF)
    found.enslave("pf0", "br0", "bridge")
    found.put(f"{PF_FILES}/config", config(8))
    for number in range(2):
        found.bound_to("vfio-pci", found.add_vf(number, group=str(10 + number)))
    found.opened(100, "/dev/vfio/10")
    found.opened(101, "/dev/vfio/vfio")
    return found


def config(vfs: int, last: int = 0) -> bytes:
    """Configuration space whose second extended capability is SR-IOV."""
    capability = struct.pack("<IIIHH", last << 20 | 1 << 16 | SRIOV, 0, 0, vfs, vfs)
    capability += bytes(20) + struct.pack("<6I", *VF_BARS)
    space = bytes(256) + struct.pack("<I", 0x140 << 20 | 1 << 16 | ARI)
    space = space.ljust(0x140, b"\0") + capability
    return space.ljust(4096, b"\0")


def ask(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict]:
    status, (found,) = tree.ask(program, "adapter", *words)
    return status, found


@pytest.mark.parametrize("words", [[], ["pf0"], [PF], ["01:00.0"], [f"pci/{PF}"]])
def test_good_adapter(program: Path, tree: MachineTree, words: list[str]) -> None:
    tree.put(f"{PF_FILES}/driver_override", "(null)\n")
    tree.bound_to("iovnic_pf", PF)
    status, found = ask(program, tree, *words)
    assert (status, found["state"], found["reasons"]) == (0, "usable", [])
    assert (found["pci"], found["driver"]) == (PF, "iovnic_pf")
    assert (found["vendor"], found["device"]) == ("0x8086", "0x10c9")
    assert found["vfs"] == {"total": 8, "allowed": 7, "created": 2, "used": 1}
    assert found["switch"] == {"name": "br0", "kind": "bridge"}
    link = {"up": True, "carrier": True, "speed": 1000, "mtu": 1500}
    assert found["interface"] == {"name": "pf0"} | link
    assert "queue_pairs" not in found and "eswitch" not in found  # only a driver knows


def igb(tree: MachineTree) -> None:
    pass


def no_driver(tree: MachineTree) -> None:
    tree.remove(f"{PF_FILES}/driver")
    tree.put(f"{PF_FILES}/sriov_numvfs", "0\n")
    tree.remove(f"{PF_FILES}/net")


def no_vfs(tree: MachineTree) -> None:
    tree.bound_to("iovnic_pf", PF)
    tree.put(f"{PF_FILES}/sriov_numvfs", "0\n")


def given_away(tree: MachineTree) -> None:
    no_driver(tree)
    tree.bound_to("vfio-pci", PF)


def disabled(tree: MachineTree) -> None:
    no_vfs(tree)
    tree.put(f"{PF_FILES}/sriov_totalvfs", "0\n")
    tree.put(f"{PF_FILES}/config", config(0))


def down(tree: MachineTree) -> None:
    tree.put("sys/class/net/pf0/flags", "0x1002\n")
    tree.remove("sys/class/net/pf0/carrier")


def no_link(tree: MachineTree) -> None:
    tree.put("sys/class/net/pf0/carrier", "0\n")
    tree.put("sys/class/net/pf0/speed", "-1\n")


def no_bridge(tree: MachineTree) -> None:
    tree.remove("sys/class/net/pf0/master")


def bond(tree: MachineTree) -> None:
    tree.enslave("pf0", "bond0", "bond")


def all_used(tree: MachineTree) -> None:
    tree.opened(200, "/dev/vfio/11")


def no_space(tree: MachineTree) -> None:
    tree.put(f"{PF_FILES}/resource", resource(0))


def no_space_for_one(tree: MachineTree) -> None:
    """The kernel shows nothing of a BAR that it could not place; the device has two."""
    lines = resource(1).splitlines(True)
    lines[10] = lines[8]
    tree.put(f"{PF_FILES}/resource", "".join(lines))


def no_iommu(tree: MachineTree) -> None:
    tree.remove("sys/class/iommu/dmar0")
    tree.remove("sys/kernel/iommu_groups")


@pytest.mark.parametrize(
    "make_fault, status, expected",
    [
        (igb, 0, ["OTHER_PF_DRIVER info"]),
        (no_driver, 2, ["MISSING_PF_DRIVER blocking"]),
        (given_away, 2, ["PF_ASSIGNED blocking", "SWITCH_NOT_IOV warning"]),
        (no_vfs, 1, ["SWITCH_NOT_IOV warning"]),
        (disabled, 2, ["FW_DISABLED blocking"]),
        (down, 1, ["OTHER_PF_DRIVER info", "PF_DOWN warning"]),
        (no_link, 1, ["OTHER_PF_DRIVER info", "LINK_DOWN warning"]),
        (no_bridge, 0, ["OTHER_PF_DRIVER info", "PF_NOT_IN_BRIDGE info"]),
        (bond, 0, ["OTHER_PF_DRIVER info", "PF_NOT_IN_BRIDGE info"]),
        (all_used, 0, ["OTHER_PF_DRIVER info", "NO_FREE_VF info"]),
        (no_space, 2, ["OTHER_PF_DRIVER info", "NO_VF_BAR_SPACE blocking"]),
        (no_space_for_one, 2, ["OTHER_PF_DRIVER info", "NO_VF_BAR_SPACE blocking"]),
        (no_iommu, 2, ["OTHER_PF_DRIVER info", "IOMMU_OFF guests"]),
    ],
)
def test_fault(program, tree, make_fault, status, expected) -> None:
    make_fault(tree)
    found_status, found = ask(program, tree)
    assert (found_status, reasons(found)) == (status, expected), found["reasons"]
    for reason in found["reasons"]:
        assert reason["text"] and reason["remedy"] and reason["evidence"]


def test_modules(program: Path, tree: MachineTree) -> None:
    """Modules for a PF without driver, of those that the kernel has."""
    no_driver(tree)
    tree.put(ALIASES, ALIAS.format("igb") + "alias pci:v* nvme\nalias usb:v* x\n" * 2)
    assert ask(program, tree)[1]["reasons"][0]["text"].endswith("for it: igb, nvme, nvme")
    tree.put(ALIASES, "alias pci:v00008086d000010C8sv*sd*bc*sc*i* igb\n")
    found = ask(program, tree)[1]["reasons"][0]
    assert "no module for it" in found["text"] and found["remedy"].startswith("install")
    tree.remove(ALIASES)
    assert ask(program, tree)[1]["reasons"][0]["text"] == "the PF has no driver"


def test_switches(program: Path, tree: MachineTree) -> None:
    """The topmost interface is the switch."""
    tree.enslave("pf0", "bond0", "bond")
    assert ask(program, tree)[1]["switch"] == {"name": "bond0", "kind": "bond"}
    tree.enslave("bond0", "br0", "bridge")
    assert ask(program, tree)[1]["switch"] == {"name": "br0", "kind": "bridge"}
    tree.put("sys/class/net/ovs-system/uevent", "INTERFACE=ovs-system\n")
    tree.link("sys/class/net/bond0/master", "sys/class/net/ovs-system")
    assert ask(program, tree)[1]["switch"] == {"name": "ovs-system", "kind": "openvswitch"}
    tree.link("sys/class/net/ovs-system/master", "sys/class/net/pf0")  # it ends
    assert ask(program, tree)[0] == 0


def test_users(program: Path, tree: MachineTree) -> None:
    """A VF is in use if a program has it open, or if its interface is up or out of sight."""
    vf = "0000:01:10.2"
    assert ask(program, tree)[1]["vfs"]["used"] == 1
    tree.folder(f"sys/bus/pci/devices/{vf}/vfio-dev/vfio1")
    tree.opened(300, "/dev/vfio/devices/vfio1")
    assert ask(program, tree)[1]["vfs"]["used"] == 2
    tree.bound_to("igbvf", vf)
    tree.add_interface("vf1", vf, flags="0x1002")
    assert ask(program, tree)[1]["vfs"]["used"] == 1
    tree.put("sys/class/net/vf1/flags", "0x1003\n")
    assert ask(program, tree)[1]["vfs"]["used"] == 2
    tree.remove("sys/class/net/vf1")
    tree.remove(f"sys/bus/pci/devices/{vf}/net/vf1")
    assert ask(program, tree)[1]["vfs"]["used"] == 2
    tree.remove(f"sys/bus/pci/devices/{vf}/net")
    assert "used" not in ask(program, tree)[1]["vfs"]
    tree.remove(f"sys/bus/pci/devices/{vf}/driver")
    assert ask(program, tree)[1]["vfs"]["used"] == 1


def test_users_without_rights(program: Path, tree: MachineTree) -> None:
    """The files of other users' programs are not seen."""
    tree.folder("proc/400")
    tree.unreadable("proc/400/fd")
    assert "used" not in ask(program, tree)[1]["vfs"]
    assert "in use: unknown" in tree.run(program, "adapter").stdout


@pytest.mark.parametrize(
    "content, total",
    [
        (config(256), 256),
        (config(8)[:256], None),
        (config(8)[:0x148], None),
        (config(8, last=0x100).replace(struct.pack("<H", SRIOV), b"\x11\0"), None),
        (b"", None),
        (b"\xff" * 4096, None),
    ],
    ids=["other", "no-rights", "cut", "loop", "empty", "gone"],
)
def test_capability(program: Path, tree: MachineTree, content: bytes, total: int | None) -> None:
    tree.put(f"{PF_FILES}/config", content)
    assert ask(program, tree)[1]["vfs"].get("total") == total


def add_adapter(tree: MachineTree, bus: int, driver: str, numbers: dict[str, str]) -> str:
    """An adapter of another vendor, in a port of its own."""
    port, address = f"0000:00:{bus:02x}.0", f"0000:{bus:02x}:00.0"
    files = {"class": "0x060400", "secondary_bus_number": str(bus), "max_link_speed": "8 GT/s"}
    tree.pci(port, port, files | {"subordinate_bus_number": str(bus)})
    files = {"class": "0x020000", "ari_enabled": "1", "sriov_stride": "1", "msi_bus": "1"}
    tree.pci(address, f"{port}/{address}", files | {"sriov_numvfs": "0"} | numbers)
    tree.put(f"sys/bus/pci/devices/{address}/resource", resource(2))
    tree.in_group(f"2{bus}", address)
    tree.bound_to(driver, address)
    tree.add_interface(f"eth{bus}", address)
    return address


def test_other_vendors(program: Path, tree: MachineTree) -> None:
    """What drivers of other vendors show: more VFs than a bus has functions, none yet."""
    tree.bound_to("iovnic_pf", PF)
    adapters = {
        "ixgbe": {"vendor": "0x8086", "device": "0x10fb", "sriov_totalvfs": "63"},
        "ice": {"vendor": "0x8086", "device": "0x1592", "sriov_totalvfs": "256"},
        "mlx5_core": {"vendor": "0x15b3", "device": "0x101d", "sriov_totalvfs": "8"},
        "bnxt_en": {"vendor": "0x14e4", "device": "0x16d8", "sriov_totalvfs": "0"},
    }
    offsets = {"ixgbe": "128", "ice": "8", "mlx5_core": "2", "bnxt_en": "8"}
    for bus, (driver, numbers) in enumerate(adapters.items(), 2):
        add_adapter(tree, bus, driver, numbers | {"sriov_offset": offsets[driver]})
    status, found = tree.ask(program, "adapter")
    assert status == 2 and found[0]["reasons"] == []
    no_bridge = ["PF_NOT_IN_BRIDGE info"]
    assert {item["driver"]: reasons(item) for item in found[1:]} == {
        "ixgbe": ["SWITCH_NOT_IOV warning", *no_bridge],
        "ice": ["NO_BUS_RESOURCES blocking", "SWITCH_NOT_IOV warning", *no_bridge],
        "mlx5_core": ["SWITCH_NOT_IOV warning", *no_bridge],
        "bnxt_en": ["FW_DISABLED blocking", *no_bridge],
    }


def test_no_adapter(program: Path, tree: MachineTree) -> None:
    """Nothing is not the same as nothing wrong."""
    tree.remove(f"sys/devices/pci0000:00/{PORT}/{PF}/sriov_totalvfs")
    assert tree.ask(program, "adapter") == (2, [])
    run = tree.run(program, "adapter")
    assert run.returncode == 2 and run.stdout.startswith("NO_SRIOV_ADAPTER (blocking): ")
    status, found = ask(program, tree, "pf0")
    assert (status, reasons(found)) == (2, ["NO_SRIOV_CAP blocking"])
    assert "vfs" not in found


def test_text(program: Path, tree: MachineTree) -> None:
    run = tree.run(program, "adapter", "pf0")
    assert run.returncode == 0
    assert run.stdout.splitlines()[:5] == [
        f"{PF} pf0: usable",
        "    driver       igb",
        "    VFs          8 in the device, 7 allowed, 2 created, 1 in use",
        "    link         up, 1000 Mbit/s, MTU 1500",
        "    switch       br0 (bridge)",
    ]
    assert run.stdout.splitlines()[5].startswith(f"OTHER_PF_DRIVER (info): {PF}: ")


@pytest.mark.parametrize(
    "words, says",
    [
        (["a", "b"], "too many words: b"),
        (["nosuch"], '"nosuch" is neither a PCI function nor the interface of one'),
        ([".."], '".." is neither a PCI function nor the interface of one'),
        (["../x"], '"../x" is neither a PCI function nor the interface of one'),
        ([""], '"" is neither a PCI function nor the interface of one'),
        (["0000:01:10.0"], f"0000:01:10.0 is a VF; name its PF, {PF}"),
    ],
)
def test_usage(program: Path, tree: MachineTree, words: list[str], says: str) -> None:
    run = tree.run(program, "adapter", *words)
    assert run.returncode == 3 and says in run.stderr and not run.stdout
