# SPDX-License-Identifier: GPL-2.0-only
"""iovctl doctor on prepared files: a guest with a VF and a standby, programs, and a host."""

import lzma
from pathlib import Path

import pytest
from machine_tree import KERNEL, PF, MachineTree, good_machine, module_file, reasons

VF = "0000:02:00.0"
MAC = "52:54:00:82:10:00"
OFFERED = "".join("1" if bit in (5, 32, 62) else "0" for bit in range(64))
NOT_OFFERED = OFFERED[:62] + "00"
MODULES = f"lib/modules/{KERNEL}"
VF_FILES = f"sys/bus/pci/devices/{VF}"
LOCKDOWN = "sys/kernel/security/lockdown"
ALIAS = "alias pci:v00008086d000010CAsv*sd*bc*sc*i* iovnic_vf\n"
LIMITS = "Max locked memory         8388608              8388608              bytes     \n"


def add_virtio(tree: MachineTree, name: str, features: str, kind: int = 1) -> str:
    """A virtio device; its folder."""
    folder = f"sys/devices/pci0000:00/0000:00:02.0/{name}"
    tree.put(f"{folder}/device", f"0x{kind:04x}\n")
    tree.put(f"{folder}/features", f"{features}\n")
    tree.link(f"sys/bus/virtio/devices/{name}", folder)
    return folder


def add_link(tree: MachineTree, folder: str, name: str, mac: str = MAC, **files: str) -> None:
    """An interface of a device, up and with a link."""
    values = {"flags": "0x1003", "carrier": "1", "mtu": "1500", "address": mac} | files
    for file, content in values.items():
        tree.put(f"{folder}/net/{name}/{file}", f"{content}\n")
    tree.link(f"sys/class/net/{name}", f"{folder}/net/{name}")


def set_master(tree: MachineTree, name: str, master: str) -> None:
    tree.link(f"sys/class/net/{name}/master", f"sys/class/net/{master}")


@pytest.fixture
def guest(tmp_path: Path) -> MachineTree:
    """A virtual machine without PF, whose VF is below net_failover."""
    tree = MachineTree(tmp_path)
    tree.put("proc/sys/kernel/osrelease", f"{KERNEL}\n")
    tree.put("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu svm hypervisor\n\n")
    tree.put(LOCKDOWN, "[none] integrity confidentiality\n")
    files = {"class": "0x020000", "vendor": "0x8086", "device": "0x10ca"}
    alias = {"modalias": "pci:v00008086d000010CAsv00008086sd0000A03Cbc02sc00i00"}
    folder = tree.pci(VF, f"0000:00:03.0/{VF}", files | alias)
    tree.bound_to("iovnic_vf", VF)
    add_link(tree, folder, "eth2")
    add_virtio(tree, "virtio0", OFFERED, kind=3)  # a console
    folder = add_virtio(tree, "virtio1", OFFERED)
    add_link(tree, folder, "eth0")
    add_link(tree, folder, "eth1")
    set_master(tree, "eth1", "eth0")
    set_master(tree, "eth2", "eth0")
    tree.pci("0000:00:01.0", "0000:00:01.0", {"vendor": "0x1af4", "device": "0x1041"})
    return tree


def unbind(tree: MachineTree) -> None:
    tree.remove(f"{VF_FILES}/driver")
    tree.remove("sys/class/net/eth2")
    tree.remove(f"{VF_FILES}/net")


def ask(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict]:
    status, (found,) = tree.ask(program, "doctor", *words)
    return status, found


@pytest.mark.parametrize("word", [None, "eth0", "eth1", "eth2", VF, "02:00.0"])
def test_good_guest(program: Path, guest: MachineTree, word: str | None) -> None:
    """By whatever name. Without a purpose, a virtual machine without PF is a guest."""
    for words in (["for", "guest"], []):
        status, found = ask(program, guest, *words, *([word] if word else []))
        assert (status, found["state"], found["reasons"]) == (0, "OK (SR-IOV active)", [])
        assert found["for"] == "guest"
        (pair,) = found["vfs"]
        assert pair["path"] == "vf" and pair["driver"] == "iovnic_vf"
        link = {"mac": MAC, "up": True, "carrier": True, "mtu": 1500}
        assert pair["interface"] == {"name": "eth2"} | link
        assert pair["standby"] == {"name": "eth1"} | link
        assert pair["master"] == {"name": "eth0"} | link


def no_driver(tree: MachineTree) -> None:
    unbind(tree)
    tree.put(f"{MODULES}/modules.alias", ALIAS)
    tree.put(f"{MODULES}/modules.dep", "extra/iovnic_vf.ko:\n")


def module_of_other_kernel(tree: MachineTree) -> None:
    unbind(tree)
    tree.put(f"{MODULES}/modules.alias", "alias pci:v* nvme\n".replace("v*", "v1*"))
    tree.put("lib/modules/6.1.0/modules.dep", "extra/iovnic_vf.ko:\n")


def unsigned_module(tree: MachineTree) -> None:
    no_driver(tree)
    tree.put(f"{MODULES}/extra/iovnic_vf.ko", b"\x7fELF" + bytes(100))
    tree.put(LOCKDOWN, "none [integrity] confidentiality\n")


def legacy_driver(tree: MachineTree) -> None:
    tree.bound_to("igbvf", VF)


def no_interface(tree: MachineTree) -> None:
    tree.remove("sys/class/net/eth2")
    tree.remove(f"{VF_FILES}/net")


def not_offered(tree: MachineTree) -> None:
    tree.put("sys/bus/virtio/devices/virtio1/features", f"{NOT_OFFERED}\n")
    tree.remove("sys/class/net/eth1/master")
    tree.remove("sys/class/net/eth2/master")


def no_standby(tree: MachineTree) -> None:
    tree.remove("sys/bus/virtio/devices/virtio1")
    tree.remove("sys/class/net/eth2/master")


def other_address(tree: MachineTree) -> None:
    tree.put("sys/class/net/eth2/address", "52:54:00:00:00:01\n")
    tree.remove("sys/class/net/eth2/master")


def not_paired(tree: MachineTree) -> None:
    tree.remove("sys/class/net/eth2/master")
    tree.put("sys/class/net/eth0/mtu", "60000\n")
    tree.put("sys/class/net/eth1/mtu", "60000\n")


def all_down(tree: MachineTree) -> None:
    for name in ("eth0", "eth1", "eth2"):
        tree.put(f"sys/class/net/{name}/flags", "0x1002\n")
        tree.unreadable(f"sys/class/net/{name}/carrier")  # as of an interface that is down


def vf_down(tree: MachineTree) -> None:
    tree.put("sys/class/net/eth2/flags", "0x1002\n")


def no_carrier(tree: MachineTree) -> None:
    tree.put("sys/class/net/eth2/carrier", "0\n")


def standby_down(tree: MachineTree) -> None:
    tree.put("sys/class/net/eth1/carrier", "0\n")


def other_mtu(tree: MachineTree) -> None:
    tree.put("sys/class/net/eth2/mtu", "9000\n")


def no_vf(tree: MachineTree) -> None:
    tree.remove(VF_FILES)


@pytest.mark.parametrize(
    "make_fault, status, path, expected",
    [
        (no_driver, 1, "software", ["GUEST_NO_VF_DRIVER blocking"]),
        (module_of_other_kernel, 1, "software", ["GUEST_NO_VF_DRIVER blocking"]),
        (
            *(unsigned_module, 1, "software"),
            ["UNSIGNED_MODULE warning", "GUEST_NO_VF_DRIVER blocking"],
        ),
        (legacy_driver, 0, "vf", ["GUEST_LEGACY_DRIVER info"]),
        (no_interface, 1, "software", ["GUEST_NO_INTERFACE warning"]),
        (not_offered, 0, "vf", ["GUEST_NO_STANDBY info"]),
        (no_standby, 0, "vf", ["GUEST_NO_STANDBY info"]),
        (other_address, 1, "vf", ["GUEST_OTHER_ADDRESS warning"]),
        (not_paired, 1, "software", ["GUEST_NOT_PAIRED warning"]),
        (all_down, 2, "none", ["GUEST_MASTER_DOWN blocking"]),
        (vf_down, 1, "software", ["GUEST_VF_DOWN blocking"]),
        (no_carrier, 1, "software", ["GUEST_VF_NO_CARRIER warning"]),
        (standby_down, 1, "vf", ["GUEST_STANDBY_DOWN warning"]),
        (other_mtu, 1, "vf", ["GUEST_OTHER_MTU warning"]),
        (no_vf, 2, None, ["GUEST_NO_VF blocking"]),
    ],
)
def test_guest(program, guest, make_fault, status, path, expected) -> None:
    """Each fault is told, and nothing that only follows from it."""
    make_fault(guest)
    found_status, found = ask(program, guest)
    assert (found_status, reasons(found)) == (status, expected), found["reasons"]
    assert [pair["path"] for pair in found["vfs"]] == ([path] if path else [])
    for reason in found["reasons"]:
        assert reason["text"] and reason["remedy"] and reason["evidence"]
        assert reason.get("vf") == (VF if path else None)
    assert guest.run(program, "doctor").stdout.splitlines()[-1] == found["state"]


def test_remedies(program: Path, guest: MachineTree) -> None:
    """They name what is there."""
    vf_down(guest)
    assert ask(program, guest)[1]["reasons"][0]["remedy"] == "ip link set eth2 up"
    no_driver(guest)
    assert ask(program, guest)[1]["reasons"][0]["remedy"] == "modprobe iovnic_vf"
    guest.put(f"{MODULES}/modules.dep", "kernel/igbvf.ko:\n")
    guest.put("lib/modules/6.1.0/modules.dep", "extra/iovnic_vf.ko:\n")
    assert ask(program, guest)[1]["reasons"][0]["remedy"].endswith("or boot 6.1.0")
    guest.remove(f"{MODULES}/modules.dep")
    module_of_other_kernel_tree(guest)
    found = ask(program, guest)[1]["reasons"][0]
    assert found["remedy"].endswith("or boot 6.1.0")
    assert found["evidence"][1] == {"file": "/lib/modules", "seen": "iovnic_vf for 6.1.0"}


@pytest.mark.parametrize("release", [KERNEL, "6.1.0"])
@pytest.mark.parametrize("suffix", ["", ".xz"])
def test_vermagic(
    program: Path, guest: MachineTree, tmp_path: Path, release: str, suffix: str
) -> None:
    """A module of another kernel that is among those of the running one."""
    no_driver(guest)
    content = module_file(tmp_path, release)
    guest.put(f"{MODULES}/modules.dep", f"extra/iovnic_vf.ko{suffix}:\n")
    content = lzma.compress(content) if suffix else content
    guest.put(f"{MODULES}/extra/iovnic_vf.ko{suffix}", content)
    reason = ask(program, guest)[1]["reasons"][0]
    told = {"file": "/lib/modules", "seen": f"iovnic_vf for {release}"} in reason["evidence"]
    assert told == (release != KERNEL)
    assert reason["remedy"].endswith("modprobe iovnic_vf")
    assert ("make install" in reason["remedy"]) == told


def module_of_other_kernel_tree(tree: MachineTree) -> None:
    tree.put(f"{MODULES}/modules.alias", "")
    tree.put("lib/modules/6.1.0/modules.dep", "extra/iovnic_vf.ko:\n")


@pytest.fixture
def host(tmp_path: Path) -> MachineTree:
    """A host that is ready for DPDK on its VF."""
    tree = good_machine(tmp_path)
    tree.bound_to("iovnic_pf", PF)
    tree.bound_to("vfio-pci", tree.add_vf(0, group="14"))
    tree.put("dev/vfio/14")
    tree.put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "512\n")
    tree.put("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "512\n")
    tree.put("proc/self/mounts", "none /dev/hugepages hugetlbfs rw 0 0\n")
    tree.put("proc/self/limits", LIMITS)
    tree.put("proc/self/status", "CapEff:\t000001ffffffffff\n")
    return tree


@pytest.mark.parametrize("word", [None, "0000:01:10.0", "01:10.0", f"{PF}:0"])
def test_good_dpdk(program: Path, host: MachineTree, word: str | None) -> None:
    status, found = ask(program, host, "for", "dpdk", *([word] if word else []))
    assert (status, found["reasons"], found["state"]) == (0, [], "usable")


def test_dpdk(program: Path, host: MachineTree) -> None:
    """All at once, and in order: memory, limits, then the VF."""
    host.put("proc/self/status", "CapEff:\t0000000000000000\n")
    host.bound_to("iovnic_vf", "0000:01:10.0")
    host.put("proc/self/mounts")
    status, found = ask(program, host, "for", "dpdk", "01:10.0")
    assert status == 2 and reasons(found) == [
        "NO_HUGETLBFS warning",
        "MEMLOCK_LIMIT warning",
        "DPDK_VF_DRIVER blocking",
    ]
    host.put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
    status, found = ask(program, host, "for", "dpdk")
    assert status == 2 and reasons(found) == ["DPDK_NO_VF blocking", "NO_HUGEPAGES blocking"]
    host.bound_to("vfio-pci", "0000:01:10.0")
    host.opened(77, "/dev/vfio/14")
    status, found = ask(program, host, "for", "dpdk")
    assert reasons(found) == ["NO_HUGEPAGES blocking", "DPDK_VF_IN_USE warning"]


def test_host(program: Path, host: MachineTree) -> None:
    """The reasons of machine and adapter, each once, in the order of the remedies."""
    host.add_interface("pf0", PF, flags="0x1002")
    host.enslave("pf0", "br0", "bridge")
    host.put("sys/class/net/br0/flags", "0x1003\n")
    assert ask(program, host)[1]["for"] == "host"
    host.remove("dev/kvm")
    host.put("proc/interrupts", "   0:  1  IO-APIC   2-edge  timer\n")
    status, found = ask(program, host, "for", "host")
    expected = ["NO_INTR_REMAP guests", "KVM_NOT_LOADED warning", "PF_DOWN warning"]
    assert (status, reasons(found)) == (2, expected)
    for words in ([], ["pf0"], [PF]):
        assert ask(program, host, "for", "host", *words)[1]["reasons"] == found["reasons"]


def test_vm(program: Path, host: MachineTree) -> None:
    """Of a VF, what the machine and the PF lack counts as well."""
    host.add_interface("pf0", PF)
    host.enslave("pf0", "br0", "bridge")
    host.put("sys/class/net/br0/flags", "0x1003\n")
    host.opened(77, "/dev/vfio/14")
    for words in ([], ["pf0:0"], ["pid:77"]):
        status, found = ask(program, host, "for", "vm", *words)
        assert (status, found["state"], found["reasons"]) == (0, "path unknown", [])
    host.put("sys/class/net/br0/flags", "0x1002\n")
    status, found = ask(program, host, "for", "vm")
    assert (status, reasons(found)) == (1, ["SWITCH_DOWN warning"])
    assert found["reasons"] == ask(program, host)[1]["reasons"][1:]  # there is no free VF
    host.put("sys/class/net/br0/flags", "0x1003\n")
    host.put("sys/class/net/pf0/flags", "0x1002\n")
    status, found = ask(program, host, "for", "vm")
    assert (status, reasons(found)) == (1, ["PF_DOWN warning"])


@pytest.mark.parametrize(
    "words, says",
    [
        (["for"], "for needs one of host, vm, dpdk, migration, guest\n"),
        (["for", "cat"], "migration, guest, not cat"),
        (["host"], "the word for before it: iovctl doctor for host\n"),
        (["for", "guest", "a", "b"], "too many words: b"),
        (["for", "guest", "eth9"], "no VF: eth9"),
        (["for", "host", "eth9"], '"eth9" is neither a PCI function nor the interface of one'),
        (["for", "host", "0000:01:10.0"], "0000:01:10.0 is a VF; name its PF, "),
        (["for", "dpdk", "eth9"], "eth9"),
        (["for", "dpdk", "0000:01:00.0"], "is not a VF; name a VF of it as 0000:01:00.0:N"),
        (["for", "vm", "eth9"], "eth9"),
    ],
)
def test_usage(program: Path, host: MachineTree, words: list[str], says: str) -> None:
    run = host.run(program, "doctor", *words)
    assert run.returncode == 3 and says in run.stderr and not run.stdout
