# SPDX-License-Identifier: GPL-2.0-only
"""iovctl doctor for migration on prepared files: drivers, debugfs and QEMU's command line."""

import json
from pathlib import Path

import pytest
from machine_tree import KERNEL, MachineTree, machine_with_guest, reasons

VF = "0000:01:10.0"
OTHER = "0000:01:10.2"
GRAPHICS = "0000:05:00.0"
DEBUGFS = f"sys/kernel/debug/vfio/{VF}"
ON = "enable-migration=on"
UNPLUGGED = "iovctl migrate unplugs the VF"
AS_JSON = {"driver": "vfio-pci", "host": VF, "id": "hostdev0", "enable-migration": "on"}


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """VF 0 is a guest's, by iovnic_vfio; the kernel has that module. VF 1 is free."""
    tree = machine_with_guest(tmp_path)
    for address in (VF, OTHER):
        tree.bound_to("iovnic_vfio", address)
        for name, value in {"vendor": "0x8086", "device": "0x10ca"}.items():
            tree.put(f"sys/bus/pci/devices/{address}/{name}", f"{value}\n")
    tree.bound_to("vfio-pci", GRAPHICS)
    tree.put(f"lib/modules/{KERNEL}/modules.dep", "extra/iovnic_vfio.ko:\n")
    start(tree, "-device", f"vfio-pci,host={VF},bus=port0,{ON}")
    return tree


def start(tree: MachineTree, *words: str) -> None:
    """The command line of the guest's QEMU."""
    words = ("qemu-system-x86_64", "-name", "web", *words)
    tree.put("proc/100/cmdline", "".join(f"{word}\0" for word in words))


def ask(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict, dict]:
    """Exit status, answer, and what it has of VF 0."""
    status, (found,) = tree.ask(program, "doctor", "for", "migration", *words)
    return status, found, found["vfs"][0]


def test_good(program: Path, tree: MachineTree) -> None:
    status, found, vf = ask(program, tree)
    state = "2 of 2 VFs migratable while attached"
    assert (status, found["state"], found["reasons"]) == (0, state, [])
    assert vf == {"nic": "pf0:0", "pci": VF, "driver": "iovnic_vfio", "migratable": "yes"}
    for word in ("pf0:0", VF, "domain:web"):
        status, found, _ = ask(program, tree, word)
        assert (status, found["state"]) == (0, "1 of 1 VFs migratable while attached")
    out = tree.run(program, "doctor", "for", "migration").stdout
    assert "migratable  yes\n" in out and out.endswith(f"\n{state}\n")
    assert UNPLUGGED not in out


@pytest.mark.parametrize(
    "words, expected",
    [
        (["-device", f"vfio-pci,host=01:10.0,{ON}"], []),
        (["--device", f"vfio-pci-nohotplug,sysfsdev=/sys/bus/pci/devices/{VF},{ON}"], []),
        (["-device", json.dumps(AS_JSON)], []),
        (["-global", f"vfio-pci.{ON}", "-device", f"vfio-pci,host={VF}"], []),
        (["-device", f"vfio-pci,host={VF}"], ["MIGRATION_NOT_ENABLED blocking"]),
        (
            ["-device", f"vfio-pci,host={VF},enable-migration=off"],
            ["MIGRATION_NOT_ENABLED blocking"],
        ),
        (["-device", f"vfio-pci,host={OTHER},{ON}"], ["MIGRATION_NOT_ENABLED unknown"]),
        (["-device", "{{{"], ["MIGRATION_NOT_ENABLED unknown"]),
        (["-device"], ["MIGRATION_NOT_ENABLED unknown"]),
        (
            ["-device", "intel-iommu", "-device", f"vfio-pci,host={VF},{ON}"],
            ["MIGRATION_VIOMMU blocking"],
        ),
        (
            ["-M", "virt,iommu=smmuv3", "-device", f"vfio-pci,host={VF},{ON}"],
            ["MIGRATION_VIOMMU blocking"],
        ),
        (
            ["-device", f"vfio-pci,host={VF},{ON}", "-device", f"vfio-pci,host={OTHER},{ON}"],
            [],
        ),
        (
            ["-device", f"vfio-pci,host={VF},{ON}", "-device", f"vfio-pci,host={GRAPHICS[5:]}"],
            ["MIGRATION_OTHER_DEVICES blocking"],
        ),
        (["-device", f"vfio-pci,host={VF},{ON},iommufd=fd0"], ["MIGRATION_IOMMUFD info"]),
    ],
)
def test_qemu(program: Path, tree: MachineTree, words: list[str], expected: list[str]) -> None:
    start(tree, *words)
    status, found, vf = ask(program, tree, VF)
    assert reasons(found) == expected
    severity = expected[0].split()[1] if expected else "info"
    answer = {"info": "yes", "blocking": "no", "unknown": "unknown"}[severity]
    assert (vf["migratable"], status) == (answer, {"yes": 0, "no": 2, "unknown": 1}[answer])
    assert vf.get("because") == (None if answer == "yes" else expected[0].split()[0])
    for reason in found["reasons"]:
        assert reason["vf"] == VF and reason["evidence"]


def test_drivers(program: Path, tree: MachineTree) -> None:
    tree.bound_to("igb", "0000:01:00.0")
    _, found, _ = ask(program, tree, VF)
    assert reasons(found) == ["MIGRATION_PF_DRIVER blocking"]
    tree.bound_to("vfio-pci", VF)
    status, found, vf = ask(program, tree, VF)
    assert (status, reasons(found)) == (2, ["MIGRATION_VF_DRIVER blocking"])
    assert UNPLUGGED in tree.run(program, "doctor", "for", "migration", VF).stdout
    tree.remove(f"lib/modules/{KERNEL}/modules.dep")
    tree.put(f"lib/modules/{KERNEL}/modules.dep")
    _, found, _ = ask(program, tree, VF)
    assert reasons(found) == ["NO_IOVNIC_VFIO blocking", "MIGRATION_VF_DRIVER blocking"]
    tree.folder("sys/module/iovnic_vfio")
    _, found, _ = ask(program, tree, VF)
    assert reasons(found) == ["MIGRATION_VF_DRIVER blocking"]


def test_debugfs(program: Path, tree: MachineTree) -> None:
    """What the kernel tells of any driver, without opening the VF."""
    tree.folder(DEBUGFS)
    _, found, _ = ask(program, tree, VF)
    assert reasons(found) == ["MIGRATION_PF_DRIVER blocking"]  # bound to the PF later
    tree.put(f"{DEBUGFS}/migration/state", "RUNNING\n")
    assert ask(program, tree, VF)[2]["migratable"] == "yes"
    tree.bound_to("mlx5_vfio_pci", VF)
    start(tree, "-device", f"vfio-pci,host={VF}")
    assert ask(program, tree, VF)[2]["migratable"] == "unknown"
    assert ask(program, tree)[1]["state"] == "1 of 2 VFs migratable while attached, 1 unknown"
    tree.put(f"{DEBUGFS}/migration/features", "stop-copy\ndirty-tracking\n")
    assert ask(program, tree, VF)[2]["migratable"] == "yes"
    tree.remove(DEBUGFS)
    _, found, _ = ask(program, tree, VF)
    assert "MIGRATION_VF_DRIVER unknown" in reasons(found)


def test_no_vf(program: Path, tree: MachineTree) -> None:
    """Why there is none is told."""
    tree.put("sys/bus/pci/devices/0000:01:00.0/sriov_numvfs", "0\n")
    status, (found,) = tree.ask(program, "doctor", "for", "migration")
    assert (status, found["state"]) == (2, "0 of 0 VFs migratable while attached")
    assert "SWITCH_NOT_IOV warning" in reasons(found) and found["vfs"] == []


def test_usage(program: Path, tree: MachineTree) -> None:
    run = tree.run(program, "doctor", "for", "migration", "eth9")
    assert run.returncode == 3 and "eth9" in run.stderr and not run.stdout
