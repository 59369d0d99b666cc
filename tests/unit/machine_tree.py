# SPDX-License-Identifier: GPL-2.0-only
"""Files of a machine that does not exist, in the layout of sysfs and procfs, for iovctl."""

import os
import subprocess
from pathlib import Path

from lab.answers import read

KERNEL = "6.12.9-test"
PORT = "0000:00:1c.0"
PF = "0000:01:00.0"
SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
ALLOWED = 7
BAR = "0x{:016x} 0x{:016x} 0x{:016x}\n"


class MachineTree:
    """A folder that IOVCTL_ROOT may name."""

    def __init__(self, root: Path):
        self.root = root

    def put(self, path: str, content: str | bytes = "") -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def folder(self, path: str) -> None:
        (self.root / path).mkdir(parents=True, exist_ok=True)

    def link(self, path: str, target: str) -> None:
        """A symbolic link; both are paths below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.symlink_to(os.path.relpath(self.root.resolve() / target, file.parent.resolve()))

    def remove(self, path: str) -> None:
        file = self.root / path
        if file.is_dir() and not file.is_symlink():
            for inner in file.iterdir():
                self.remove(str(inner.relative_to(self.root)))
            file.rmdir()
        else:
            file.unlink()

    def unreadable(self, path: str) -> None:
        """A file that cannot be read, not even by root: a link to itself."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.symlink_to(file.name)

    def run(self, program: Path, *words: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"IOVCTL_ROOT": str(self.root)}
        return subprocess.run(
            [program, *words], env=environment, capture_output=True, text=True, timeout=60
        )

    def ask(self, program: Path, *words: str) -> tuple[int, list[dict]]:
        """Exit status and objects of a command with -j, which its schema describes."""
        run = self.run(program, "-j", *words)
        assert not run.stderr, run.stderr
        return run.returncode, read(run.stdout, words)

    def pci(self, address: str, place: str, files: dict[str, str]) -> str:
        """A PCI function at a path below sys/devices; the folder of its files."""
        folder = f"sys/devices/pci0000:00/{place}"
        for name, content in files.items():
            self.put(f"{folder}/{name}", f"{content}\n")
        self.link(f"sys/bus/pci/devices/{address}", folder)
        return folder

    def in_group(self, group: str, address: str) -> None:
        """Add a PCI function to an IOMMU group."""
        self.link(f"sys/bus/pci/devices/{address}/iommu_group", f"sys/kernel/iommu_groups/{group}")
        self.link(
            f"sys/kernel/iommu_groups/{group}/devices/{address}", f"sys/bus/pci/devices/{address}"
        )

    def bound_to(self, driver: str, address: str) -> None:
        """Bind a PCI function to a driver."""
        self.folder(f"sys/bus/pci/drivers/{driver}")
        self.link(f"sys/bus/pci/devices/{address}/driver", f"sys/bus/pci/drivers/{driver}")

    def add_interface(self, name: str, address: str, **files: str) -> None:
        """The interface of a PCI function, up and with a link."""
        files = {"flags": "0x1003", "carrier": "1", "speed": "1000", "mtu": "1500"} | files
        folder = (self.root / f"sys/bus/pci/devices/{address}").resolve()
        place = f"{folder.relative_to(self.root.resolve())}/net/{name}"
        for file, content in files.items():
            self.put(f"{place}/{file}", f"{content}\n")
        self.link(f"sys/class/net/{name}", place)
        self.link(f"{place}/device", f"sys/bus/pci/devices/{address}")
        self.link(f"sys/bus/pci/devices/{address}/subsystem", "sys/bus/pci")

    def enslave(self, name: str, master: str, kind: str) -> None:
        """Make an interface a port of another one."""
        self.put(f"sys/class/net/{master}/uevent", f"DEVTYPE={kind}\nINTERFACE={master}\n")
        self.link(f"sys/class/net/{name}/master", f"sys/class/net/{master}")

    def opened(self, pid: int, path: str, fd: int = 7, info: str = "") -> None:
        """A program that has opened a file, for example of VFIO; info is of its fdinfo."""
        self.folder(f"proc/{pid}/fd")
        (self.root / f"proc/{pid}/fd/{fd}").symlink_to(path)
        self.put(f"proc/{pid}/fdinfo/{fd}", f"pos:\t0\nflags:\t02100002\n{info}")

    def in_guest(self, pid: int, group: str, *command: str, taps: tuple[str, ...] = ()) -> None:
        """A program, for example QEMU, that has opened the group of a VF, and taps."""
        self.opened(pid, f"/dev/vfio/{group}")
        self.put(f"proc/{pid}/comm", f"{command[0][:15]}\n")
        self.put(f"proc/{pid}/cmdline", "".join(f"{word}\0" for word in command))
        for fd, tap in enumerate(taps, 30):
            self.opened(pid, "/dev/net/tun", fd, f"iff:\t{tap}\n")

    def add_vf(self, number: int, group: str) -> str:
        """A VF of the 82576; its PCI address."""
        address = f"0000:01:{0x80 + 2 * number >> 3:02x}.{2 * number & 7}"
        self.pci(address, f"{PORT}/{address}", {"class": "0x020000"})
        pf = f"sys/bus/pci/devices/{PF}"
        self.link(f"{pf}/virtfn{number}", f"sys/bus/pci/devices/{address}")
        self.link(f"sys/bus/pci/devices/{address}/physfn", pf)
        self.put(f"{pf}/sriov_numvfs", f"{number + 1}\n")
        self.in_group(group, address)
        return address


def reasons(found: dict) -> list[str]:
    """Names and severities of the reasons of an answer."""
    return [f"{reason['name']} {reason['severity']}" for reason in found["reasons"]]


def module_file(folder: Path, release: str) -> bytes:
    """What modinfo reads of a module."""
    line = f'const char v[] __attribute__((section(".modinfo"))) = "vermagic={release} SMP";'
    command = ["gcc", "-x", "c", "-c", "-o", str(folder / "module.ko"), "-"]
    subprocess.run(command, input=line, text=True, check=True)
    return (folder / "module.ko").read_bytes()


def resource(vf_bars: int, flags: int = 0x14220C) -> str:
    """The file `resource` of a PF with two BARs of VFs, of which some have addresses."""
    lines = [BAR.format(0xFE800000, 0xFE81FFFF, 0x40200)] + [BAR.format(0, 0, 0)] * 6
    for number in range(6):
        if number in (0, 3):
            start = 0xFEA00000 + (number << 16) if number // 3 < vf_bars else 0
            lines.append(BAR.format(start, start + 0x1BFFF, flags))
        else:
            lines.append(BAR.format(0, 0, 0))
    return "".join(lines)


def add_82576(tree: MachineTree) -> None:
    """An 82576 with igb, below a port that has ACS and ARI."""
    port = {"class": "0x060400", "secondary_bus_number": "1", "subordinate_bus_number": "1"}
    tree.pci(PORT, PORT, port | {"max_link_speed": "2.5 GT/s PCIe", "msi_bus": "1"})
    pf = {"class": "0x020000", "vendor": "0x8086", "device": "0x10c9", "ari_enabled": "1"}
    pf |= {"sriov_totalvfs": str(ALLOWED), "sriov_numvfs": "0", "msi_bus": "1"}
    pf |= {"sriov_offset": "128", "sriov_stride": "2"}
    pf |= {"modalias": "pci:v00008086d000010C9sv00008086sd0000A03Cbc02sc00i00"}
    folder = tree.pci(PF, f"{PORT}/{PF}", pf)
    tree.put(f"{folder}/resource", resource(2))
    tree.in_group("1", PORT)
    tree.in_group("2", PF)
    tree.bound_to("igb", PF)


def good_machine(root: Path) -> MachineTree:
    """A machine that can do SR-IOV, and has an 82576."""
    tree = MachineTree(root)
    tree.put("proc/sys/kernel/osrelease", f"{KERNEL}\n")
    tree.put("proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 intel_iommu=on,sm_on iommu=pt\n")
    tree.put("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu vmx ept sse2\n\n")
    tree.put("proc/interrupts", "   0:  1  IR-IO-APIC   2-edge  timer\n LOC:  5  Local timer\n")
    tree.folder("proc/self/ns")
    (tree.root / "proc/self/ns/pid").symlink_to("pid:[4026531836]")
    tree.put("dev/kvm")
    tree.put("sys/module/kvm_intel/parameters/ept", "Y\n")
    tree.put("sys/module/module/parameters/sig_enforce", "N\n")
    tree.put("sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "N\n")
    tree.put("sys/firmware/acpi/tables/DMAR")
    tree.put(SECURE_BOOT, bytes([6, 0, 0, 0, 0]))
    tree.put("sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
    tree.folder("sys/class/iommu/dmar0")
    tree.folder("sys/bus/pci_express/devices/0000:00:1c.0:pcie002")
    tree.folder("sys/bus/pci/drivers/vfio-pci")
    modules = f"lib/modules/{KERNEL}"
    tree.put(f"{modules}/modules.dep", "kernel/drivers/net/ethernet/intel/igb/igb.ko:\n")
    tree.put(f"{modules}/modules.builtin", "kernel/arch/x86/kvm/kvm.ko\n")
    tree.put(f"{modules}/modules.alias", "alias pci:v00008086d000010C9sv*sd*bc*sc*i* igb\n")
    add_82576(tree)
    return tree


def machine_with_guest(root: Path) -> MachineTree:
    """The good machine with iovnic_pf and two VFs; the first one is the guest web's."""
    tree = good_machine(root)
    tree.bound_to("iovnic_pf", PF)
    tree.add_interface("pf0", PF)
    for number in range(2):
        tree.bound_to("vfio-pci", tree.add_vf(number, group=str(10 + number)))
    tree.in_guest(100, "10", "qemu-system-x86_64", "-name", "web")
    return tree
