# SPDX-License-Identifier: GPL-2.0-only
"""iovctl host on prepared files: each fault of a machine has its reason, and no other."""

import lzma
import subprocess
from pathlib import Path

import pytest
from lab.secure_boot import Key
from machine_tree import (
    KERNEL,
    PF,
    PORT,
    SECURE_BOOT,
    MachineTree,
    good_machine,
    module_file,
    reasons,
    resource,
)

MODULES = f"lib/modules/{KERNEL}"
PF_FILES = f"sys/bus/pci/devices/{PF}"
UNSAFE = "allow_unsafe_interrupts"
SIGNED = b"code\n~Module signature appended~\n"


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    return good_machine(tmp_path)


def test_good_machine(program: Path, tree: MachineTree) -> None:
    status, (found,) = tree.ask(program, "host")
    assert (status, found["state"], found["reasons"]) == (0, "usable", [])
    assert found["kernel"] == KERNEL and found["adapters"] == [PF]
    answers = {name: fact["answer"] for name, fact in found["facts"].items()}
    yes = {name for name, answer in answers.items() if answer == "yes"}
    assert yes == {
        *("cpu_virtualisation", "kvm", "nested_page_tables", "iommu", "iommu_in_firmware"),
        *("interrupt_remapping", "vfio_pci", "vfio_pci_loaded", "sriov_in_kernel"),
        "native_pci_express",
    }
    assert found["facts"]["iommu"]["seen"] == "dmar0"
    unknown = {name for name, answer in answers.items() if answer == "unknown"}
    assert unknown == {"iovnic_pf_signed", "iovnic_pf_key_known"}  # it is not installed


def intel_iommu_off(tree: MachineTree) -> None:
    tree.put("proc/cmdline", "quiet intel_iommu=sm_on,off\n")
    no_iommu(tree)


def no_iommu(tree: MachineTree) -> None:
    tree.remove("sys/class/iommu/dmar0")
    tree.remove("sys/kernel/iommu_groups")
    tree.put("proc/interrupts", "   0:  1  IO-APIC   2-edge  timer\n")


def no_iommu_in_firmware(tree: MachineTree) -> None:
    no_iommu(tree)
    tree.remove("sys/firmware/acpi/tables/DMAR")
    tree.put("sys/firmware/acpi/tables/FACP")


def vfio_without_iommu(tree: MachineTree) -> None:
    """VFIO makes groups for devices that no IOMMU covers."""
    no_iommu_in_firmware(tree)
    tree.put("sys/kernel/iommu_groups/0/name", "vfio-noiommu\n")
    tree.put("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n")


def no_remapping(tree: MachineTree) -> None:
    tree.put("proc/interrupts", "   0:  1  IO-APIC   2-edge  timer\n")


def unsafe_now(tree: MachineTree) -> None:
    no_remapping(tree)
    tree.put(f"sys/module/vfio_iommu_type1/parameters/{UNSAFE}", "Y\n")


def unsafe_later(tree: MachineTree) -> None:
    tree.put("etc/modprobe.d/b.conf", f"# options\noptions iommufd {UNSAFE}=1\n")


def unsafe_from_boot(tree: MachineTree) -> None:
    tree.put("proc/cmdline", f"vfio_iommu_type1.{UNSAFE}=1\n")


def safe_again(tree: MachineTree) -> None:
    tree.put("etc/modprobe.d/b.conf", f"options iommufd {UNSAFE}=0\n#options iommufd {UNSAFE}=1\n")


def no_adapter(tree: MachineTree) -> None:
    tree.remove(f"sys/devices/pci0000:00/{PORT}/{PF}/sriov_totalvfs")


def other_kind(tree: MachineTree) -> None:
    tree.put(f"{PF_FILES}/class", "0x010802\n")


def no_config(tree: MachineTree) -> None:
    no_adapter(tree)
    tree.put(f"boot/config-{KERNEL}", "CONFIG_PCI=y\n# CONFIG_PCI_IOV is not set\n")


def vfio_not_loaded(tree: MachineTree) -> None:
    tree.remove("sys/bus/pci/drivers/vfio-pci")
    tree.put(f"{MODULES}/modules.dep", "kernel/drivers/vfio/pci/vfio-pci.ko.xz: kernel/x.ko\n")


def no_vfio(tree: MachineTree) -> None:
    tree.remove("sys/bus/pci/drivers/vfio-pci")


def no_lists(tree: MachineTree) -> None:
    no_vfio(tree)
    tree.remove("lib/modules")


def no_virtualisation(tree: MachineTree) -> None:
    tree.put("proc/cpuinfo", "flags\t\t: fpu vmxnet svm_lock\n")


def no_kvm(tree: MachineTree) -> None:
    tree.remove("dev/kvm")


def no_slat(tree: MachineTree) -> None:
    tree.put("sys/module/kvm_intel/parameters/ept", "N\n")


def no_slat_of_amd(tree: MachineTree) -> None:
    tree.put("sys/module/kvm_amd/parameters/npt", "0\n")


def no_msi(tree: MachineTree) -> None:
    tree.put(f"{PF_FILES}/msi_bus", "0\n")


def firmware_keeps_pcie(tree: MachineTree) -> None:
    tree.remove("sys/bus/pci_express/devices/0000:00:1c.0:pcie002")


def old_kernel(tree: MachineTree) -> None:
    tree.put("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")


def lockdown(tree: MachineTree) -> None:
    tree.put("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
    tree.put(SECURE_BOOT, bytes([6, 0, 0, 0, 1]))


def unsigned(tree: MachineTree) -> None:
    lockdown(tree)
    tree.put(f"{MODULES}/modules.dep", "updates/dkms/iovnic_pf.ko: updates/dkms/iovnic.ko\n")
    tree.put(f"{MODULES}/updates/dkms/iovnic_pf.ko", b"a module that has no signature at all")


def signed(tree: MachineTree) -> None:
    unsigned(tree)
    tree.remove("sys/kernel/security/lockdown")
    tree.put("sys/module/module/parameters/sig_enforce", "Y\n")
    tree.put(f"{MODULES}/updates/dkms/iovnic_pf.ko", SIGNED)


def compressed(tree: MachineTree) -> None:
    """It cannot be read."""
    lockdown(tree)
    tree.put(f"{MODULES}/modules.dep", "updates/dkms/iovnic_pf.ko.xz:\n")
    tree.put(f"{MODULES}/updates/dkms/iovnic_pf.ko.xz", b"a module that looks as if unsigned")


def not_installed(tree: MachineTree) -> None:
    lockdown(tree)
    tree.put(f"{MODULES}/modules.dep", "updates/dkms/iovnic_pf.ko:\n")


def container(tree: MachineTree) -> None:
    (tree.root / "proc/self/ns/pid").unlink()
    (tree.root / "proc/self/ns/pid").symlink_to("pid:[4026532211]")


def container_of_user(tree: MachineTree) -> None:
    (tree.root / "proc/self/ns/user").symlink_to("user:[4026532211]")


def msi_off(tree: MachineTree) -> None:
    tree.put("proc/cmdline", "pci=realloc,nomsi\n")


def no_msi_below_port(tree: MachineTree) -> None:
    tree.put(f"sys/bus/pci/devices/{PORT}/msi_bus", "0\n")


def no_bus(tree: MachineTree) -> None:
    tree.put(f"{PF_FILES}/ari_enabled", "0\n")
    tree.put(f"{PF_FILES}/sriov_offset", "384\n")


def no_ari(tree: MachineTree) -> None:
    tree.put(f"{PF_FILES}/ari_enabled", "0\n")


def no_space(tree: MachineTree) -> None:
    tree.put(f"{PF_FILES}/resource", resource(1))


def unset_space(tree: MachineTree) -> None:
    tree.put(f"{PF_FILES}/resource", resource(2, flags=0x2014220C))


def no_acs(tree: MachineTree) -> None:
    tree.in_group("1", PF)


def vfs_with_pf(tree: MachineTree) -> None:
    tree.add_vf(0, group="2")


def vfs_together(tree: MachineTree) -> None:
    tree.bound_to("vfio-pci", tree.add_vf(0, group="3"))
    tree.add_vf(1, group="3")


def not_covered(tree: MachineTree) -> None:
    tree.remove(f"sys/devices/pci0000:00/{PORT}/{PF}/iommu_group")


def virtual_machine(tree: MachineTree) -> None:
    no_remapping(tree)
    tree.put("proc/cpuinfo", "flags\t\t: fpu svm npt hypervisor\n")


@pytest.mark.parametrize(
    "make_fault, status, expected",
    [
        (intel_iommu_off, 2, ["IOMMU_OFF guests"]),
        (no_iommu, 2, ["IOMMU_OFF guests"]),
        (no_iommu_in_firmware, 2, ["NO_IOMMU guests"]),
        (vfio_without_iommu, 2, ["NO_IOMMU guests", "UNSAFE_NOIOMMU warning"]),
        (no_remapping, 2, ["NO_INTR_REMAP guests"]),
        (virtual_machine, 2, ["NO_INTR_REMAP guests", "VIRTUAL_MACHINE info"]),
        (unsafe_now, 1, ["NO_INTR_REMAP warning", "UNSAFE_INTR_OVERRIDE warning"]),
        (unsafe_later, 1, ["UNSAFE_INTR_OVERRIDE warning"]),
        (unsafe_from_boot, 1, ["UNSAFE_INTR_OVERRIDE warning"]),
        (safe_again, 0, []),
        (no_adapter, 2, ["NO_SRIOV_ADAPTER blocking"]),
        (other_kind, 2, ["NO_SRIOV_ADAPTER blocking"]),
        (no_config, 2, ["NO_CONFIG_PCI_IOV blocking"]),
        (vfio_not_loaded, 0, ["VFIO_NOT_LOADED info"]),
        (no_vfio, 2, ["NO_VFIO guests"]),
        (no_lists, 1, ["NO_VFIO unknown"]),
        (no_virtualisation, 1, ["NO_KVM_VIRT warning"]),
        (no_kvm, 1, ["KVM_NOT_LOADED warning"]),
        (no_slat, 1, ["NO_SLAT warning"]),
        (no_slat_of_amd, 1, ["NO_SLAT warning"]),
        (firmware_keeps_pcie, 1, ["NO_OSC warning"]),
        (old_kernel, 0, ["OLD_KERNEL info"]),
        (lockdown, 0, ["SIGNED_MODULES_ONLY info"]),
        (unsigned, 1, ["UNSIGNED_MODULE warning"]),
        (signed, 0, ["SIGNED_MODULES_ONLY info"]),
        (compressed, 0, ["SIGNED_MODULES_ONLY info"]),
        (not_installed, 0, ["SIGNED_MODULES_ONLY info"]),
        (container, 0, ["CONTAINER info"]),
        (container_of_user, 0, ["CONTAINER info"]),
        (msi_off, 2, ["NO_MSIX blocking"]),
        (no_msi, 2, ["NO_MSIX blocking"]),
        (no_msi_below_port, 2, ["NO_MSIX blocking"]),
        (no_bus, 2, ["NO_BUS_RESOURCES blocking"]),
        (no_ari, 2, ["NO_BUS_RESOURCES blocking"]),
        (no_space, 2, ["NO_VF_BAR_SPACE blocking"]),
        (unset_space, 2, ["NO_VF_BAR_SPACE blocking"]),
        (no_acs, 2, ["MISSING_ACS guests"]),
        (vfs_with_pf, 2, ["MISSING_ACS guests"]),
        (vfs_together, 1, ["MISSING_ACS warning"]),
        (not_covered, 2, ["NO_IOMMU guests"]),
    ],
)
def test_fault(program, tree, make_fault, status, expected) -> None:
    make_fault(tree)
    found_status, (found,) = tree.ask(program, "host")
    assert (found_status, reasons(found)) == (status, expected), found["reasons"]
    for reason in found["reasons"]:
        assert reason["text"] and reason["remedy"]
        assert all(seen["file"].startswith("/") and seen["seen"] for seen in reason["evidence"])
        assert reason["evidence"]
        assert (reason["level"] == "adapter") == (reason.get("adapter") == PF)


def test_unreadable(program: Path, tree: MachineTree) -> None:
    """What cannot be read is unknown, as without rights."""
    tree.remove("sys/class/iommu")
    tree.unreadable("sys/class/iommu")
    tree.remove("sys/kernel/iommu_groups")
    tree.unreadable("proc/interrupts")
    tree.unreadable("proc/cpuinfo")
    tree.unreadable("sys/kernel/security/lockdown")
    tree.unreadable(SECURE_BOOT)
    status, (found,) = tree.ask(program, "host")
    assert (status, found["state"], reasons(found)) == (1, "unknown", ["NO_IOMMU unknown"])
    unknown = {name for name, fact in found["facts"].items() if fact["answer"] == "unknown"}
    assert {"iommu", "interrupt_remapping", "cpu_virtualisation", "secure_boot"} <= unknown
    assert "signed_modules_only" in unknown
    assert found["facts"]["iommu"]["seen"] == "Too many levels of symbolic links"


def test_lockdown_not_shown(program: Path, tree: MachineTree) -> None:
    """A kernel without lockdown has other files of security modules; else nothing is mounted."""
    tree.remove("sys/kernel/security/lockdown")
    fact = tree.ask(program, "host")[1][0]["facts"]["signed_modules_only"]
    assert fact["answer"] == "unknown"
    tree.put("sys/kernel/security/lsm", "capability")
    fact = tree.ask(program, "host")[1][0]["facts"]["signed_modules_only"]
    assert fact["answer"] == "no"


@pytest.mark.parametrize(
    "word, taint, answer, expected",
    [
        ("lockdown=integrity", "OE", "yes", ["UNSIGNED_MODULE warning"]),
        ("lockdown=confidentiality", "", "yes", ["UNSIGNED_MODULE warning"]),
        ("quiet", "O", "unknown", ["UNSIGNED_MODULE unknown"]),
        ("quiet", "OE", "no", []),
    ],
)
def test_securityfs_not_mounted(
    program: Path, tree: MachineTree, word: str, taint: str, answer: str, expected: list[str]
) -> None:
    """Then a boot parameter tells of lockdown, and a module that was loaded unsigned of none."""
    unsigned(tree)
    tree.put(SECURE_BOOT, bytes([6, 0, 0, 0, 0]))
    tree.remove("sys/kernel/security/lockdown")
    tree.put("proc/cmdline", f"root=/dev/sda1 {word}\n")
    if taint:
        tree.put("sys/module/iovnic_pf/taint", f"{taint}\n")
    (found,) = tree.ask(program, "host")[1]
    assert found["facts"]["signed_modules_only"]["answer"] == answer
    assert reasons(found) == expected, found["reasons"]


KEYS = """\
26f1849d I------     2 perm 1f0b0000     0     0 keyring   .builtin_trusted_keys: 1
31dd22b9 I------     1 perm 1f030000     0     0 asymmetri {}: f8737d2b: X509.rsa db3f1982 []
"""
OWN_KEY, KEY = "Build time autogenerated kernel key", "DKMS module signing key"


@pytest.mark.parametrize(
    "is_signed, keys, answer, reason",
    [
        (True, KEYS.format(OWN_KEY), "no", "UNKNOWN_KEY warning"),
        (True, KEYS.format(OWN_KEY) + KEYS.format(KEY), "yes", "SIGNED_MODULES_ONLY info"),
        (True, KEYS.splitlines()[0], "unknown", "SIGNED_MODULES_ONLY info"),
        (False, KEYS.format(KEY), "unknown", "UNSIGNED_MODULE warning"),
    ],
)
def test_key(
    program: Path, tree: MachineTree, tmp_path_factory: pytest.TempPathFactory,
    is_signed: bool, keys: str, answer: str, reason: str,
) -> None:
    """A compressed module of DKMS; only root sees the kernel's keys."""
    lockdown(tree)
    folder = tmp_path_factory.mktemp("module")
    content = module_file(folder, KERNEL)
    if is_signed:
        content = Key(folder, KEY).sign(content)
    tree.put(f"{MODULES}/modules.dep", "updates/dkms/iovnic_pf.ko.xz:\n")
    tree.put(f"{MODULES}/updates/dkms/iovnic_pf.ko.xz", lzma.compress(content))
    tree.put("proc/keys", keys)
    (found,) = tree.ask(program, "host")[1]
    assert reasons(found) == [reason]
    assert found["facts"]["iovnic_pf_key_known"]["answer"] == answer
    assert found["facts"]["iovnic_pf_signed"]["seen"] == (KEY if is_signed else "no signature")


def test_nothing(program: Path, tmp_path: Path) -> None:
    """An empty folder has no adapter, and nothing else is known."""
    status, (found,) = MachineTree(tmp_path).ask(program, "host")
    assert (status, found["adapters"]) == (2, [])
    assert reasons(found) == [
        *("NO_SRIOV_ADAPTER blocking", "NO_IOMMU unknown", "NO_VFIO unknown"),
        "KVM_NOT_LOADED warning",
    ]


def test_shared_group(program: Path, tree: MachineTree) -> None:
    """The text names what shares the group, and its driver."""
    tree.add_vf(0, group="3")
    tree.add_vf(1, group="2")
    text = tree.ask(program, "host")[1][0]["reasons"][0]["text"]
    assert text.startswith(f"VF 1 shares its group with {PF} (igb): VFIO gives guests no function")


def test_second_adapter(program: Path, tree: MachineTree) -> None:
    """One good adapter is enough; the other one's fault is a warning for the machine."""
    second = "0000:02:00.0"
    tree.pci(second, second, {"class": "0x020000", "sriov_totalvfs": "8"})
    tree.in_group("5", second)
    tree.put(f"sys/bus/pci/devices/{second}/resource", resource(0))
    status, (found,) = tree.ask(program, "host")
    assert (status, found["state"]) == (1, "usable with warnings")
    assert reasons(found) == ["NO_VF_BAR_SPACE blocking"]
    assert found["reasons"][0]["adapter"] == second


def test_text(program: Path, tree: MachineTree) -> None:
    """The same in words."""
    no_remapping(tree)
    run = tree.run(program, "host")
    lines = run.stdout.splitlines()
    assert run.returncode == 2 and lines[-1] == "not usable by guests"
    assert f"SR-IOV adapters             1        {PF}" in lines
    at = lines.index(
        "NO_INTR_REMAP (guests): interrupts are not remapped: VFIO does not give VFs to guests"
    )
    assert lines[at + 1] == "    seen    /proc/interrupts: no IR-"
    assert lines[at + 2].startswith("    remedy  enable interrupt remapping")


def test_this_machine(program: Path) -> None:
    """It ends with a verdict on any machine, and within 100 ms where there are few devices."""
    run = subprocess.run([program, "host"], capture_output=True, text=True, timeout=10)
    assert run.returncode in (0, 1, 2) and not run.stderr and run.stdout


def test_usage(program: Path) -> None:
    run = subprocess.run([program, "host", "x"], capture_output=True, text=True)
    assert run.returncode == 3 and run.stderr == "iovctl host: too many words: x\n"
