# SPDX-License-Identifier: GPL-2.0-only
"""iovctl host and adapter in a machine with an IOMMU and an 82576: faults are really made."""
import re
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from lab.answers import read
from lab.fabric import Fabric, poll_until
from lab import HostVM
from lab.migration import IOVCTL, install_iovctl
from lab.modules import load_order, module_image
from lab.topology import STOCK, vf_address
from open_vfs import open_command, opened

pytestmark = pytest.mark.kernels("stock")

UNSAFE = "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"
MOUNT = "mount -t securityfs none /sys/kernel/security"
PORT = "pcie-root-port,pref32-reserve=4M,x-speed=2_5"
OTHER = "6.1.0-other"
USABLE, WARNED, NOT_USABLE = 0, 1, 2  # exit statuses


class Answer:
    """What a command has said about the machine, or about its only adapter."""

    def __init__(self, host: HostVM, words: str, before: str = ""):
        run = host.run(f"{before} {IOVCTL} -j {words}", check=False)
        assert not run.err, run
        (self.found,) = read(run.out, words)
        self.status = run.rc
        self.seconds = run.seconds
        self.reasons = {reason["name"]: reason for reason in self.found["reasons"]}
        assert len(self.reasons) == len(self.found["reasons"]), "a reason is told twice"

    @property
    def told(self) -> tuple[int, list[str]]:
        """Status, and the names of the reasons."""
        return self.status, list(self.reasons)

    def remedy(self, name: str) -> str:
        """What to do about a reason."""
        return self.reasons[name]["remedy"]


@pytest.fixture
def prepared(bare_host: HostVM) -> HostVM:
    """The host VM without faults, but without the PF's driver."""
    prepare(bare_host)
    return bare_host


def prepare(host: HostVM) -> None:
    install_iovctl(host)
    host.modprobe("vfio-pci")
    host.modprobe(host.kvm_module)


def adapter(host: HostVM, before: str = "") -> Answer:
    return Answer(host, "adapter", before)


def test_adapter(prepared: HostVM, note: Callable[[str], None]) -> None:
    """From a PF without driver to VFs in use: each remedy helps."""
    machine = Answer(prepared, "host")
    assert machine.told == (USABLE, []), machine.found
    facts = {name: fact["answer"] for name, fact in machine.found["facts"].items()}
    assert facts["iommu"] == facts["interrupt_remapping"] == facts["sriov_in_kernel"] == "yes"
    assert adapter(prepared).told == (NOT_USABLE, ["MISSING_PF_DRIVER"])
    with Fabric(prepared, vfs=0, adopt=False) as fabric:
        found = adapter(prepared)
        assert found.told == (WARNED, ["SWITCH_NOT_IOV", "PF_NOT_IN_BRIDGE"])
        prepared.run(found.remedy("SWITCH_NOT_IOV").replace(" N", " 2"))
        found = adapter(prepared)
        assert found.told == (USABLE, ["PF_NOT_IN_BRIDGE"])
        prepared.run("ip link add br0 type bridge; ip link set br0 up")
        prepared.run(found.remedy("PF_NOT_IN_BRIDGE").replace("BRIDGE", "br0"))
        found = adapter(prepared)
        assert found.told == (USABLE, []), found.found
        numbers = {"total": 8, "allowed": 7, "created": 2, "used": 0, "active": 0}
        assert found.found["vfs"] == numbers
        assert found.found["queue_pairs"]["total"] == 16
        assert found.found["switch"] == {"name": "br0", "kind": "bridge"}
        assert found.found["interface"]["carrier"] and found.found["driver"] == "iovnic_pf"
        start = prepared.run(f"{IOVCTL} -V").seconds
        note(
            f"adapter {1e3 * found.seconds:.0f} ms, host {1e3 * machine.seconds:.0f} ms,"
            f" start of the program {1e3 * start:.0f} ms, all under emulation"
        )
        prepared.run("ip link set pf0 down")
        found = adapter(prepared)
        assert found.told == (WARNED, ["PF_DOWN"])
        prepared.run(found.remedy("PF_DOWN"))
        fabric.wait_carrier("", "pf0")
        prepared.hmp("set_link igb0 off")
        fabric.wait_carrier("", "pf0", False)
        assert adapter(prepared).told == (WARNED, ["LINK_DOWN"])
        prepared.hmp("set_link igb0 on")
        fabric.wait_carrier("", "pf0")
        assert adapter(prepared).told == (USABLE, [])
        check_users(fabric)
        check_rights(prepared)
        prepared.run("ip link del br0")


def check_users(fabric: Fabric) -> None:
    """A VF that a program has opened is in use, and only as long as that. More VFs help."""
    host = fabric.host
    for told in (["NO_FREE_VF"], []):
        for n in range(2):
            host.bind_driver(fabric.vf_pci(n), "vfio-pci")
        with opened(fabric, 0, 1):
            found = adapter(host)
            assert found.told == (USABLE, told) and found.found["vfs"]["used"] == 2
        assert adapter(host).found["vfs"]["used"] == 0
        if told:
            host.run(found.remedy("NO_FREE_VF").rpartition(": ")[2].replace(" N", " 3"))


def check_rights(host: HostVM) -> None:
    """Without rights some numbers are missing, and none is wrong."""
    found = adapter(host, before="setpriv --reuid 65534 --clear-groups")
    assert found.told == (USABLE, ["DRIVER_NOT_ASKED"])
    assert found.found["vfs"] == {"allowed": 7, "created": 3}
    assert Answer(host, "host", "setpriv --reuid 65534 --clear-groups").told == (USABLE, [])


@pytest.mark.full()
def test_time(icount_host: HostVM, note: Callable[[str], None]) -> None:
    """Less than 100 ms with 7 VFs on a processor that needs a nanosecond for an instruction."""
    host = icount_host
    install_iovctl(host)
    host.modprobe("vfio-pci")
    with Fabric(host, vfs=7, adopt=False) as fabric:
        for n in range(7):
            host.bind_driver(fabric.vf_pci(n), "vfio-pci")
        for words in ("host", "adapter"):
            timed = f"TIMEFORMAT='%U %S'; time {IOVCTL} {words} > /dev/null"
            runs = [host.run(f"bash -c {shlex.quote(timed)}", check=False).err for _ in range(3)]
            seconds = min(sum(map(float, run.split())) for run in runs)
            note(f"{words}: {1e3 * seconds:.0f} million instructions")
            assert seconds < 0.1


def test_vfs_of_the_host(prepared: HostVM) -> None:
    """VFs whose interfaces are in network namespaces are in use, and have the data path."""
    with Fabric(prepared):
        found = adapter(prepared)
        assert found.told == (USABLE, ["PF_NOT_IN_BRIDGE", "NO_FREE_VF"])
        assert (found.found["vfs"]["used"], found.found["vfs"]["active"]) == (2, 2)


def test_override(prepared: HostVM) -> None:
    """The warning stays until the override is taken back."""
    prepared.write(UNSAFE, "Y")
    found = Answer(prepared, "host")
    assert found.told == (WARNED, ["UNSAFE_INTR_OVERRIDE"])
    prepared.run(found.remedy("UNSAFE_INTR_OVERRIDE").partition(";")[0])
    assert Answer(prepared, "host").told == (USABLE, [])


@pytest.mark.full()
def test_other_driver(prepared: HostVM) -> None:
    """igb tells no reasons, and no queue pairs."""
    with Fabric(prepared, pf=STOCK[0], vf=STOCK[1], adopt=False) as fabric:
        fabric.wait_carrier("", "pf0")  # igb resets the port when it creates VFs
        found = adapter(prepared)
        assert found.told == (USABLE, ["OTHER_PF_DRIVER", "PF_NOT_IN_BRIDGE"])
        assert found.found["vfs"] == {"total": 8, "allowed": 7, "created": 2, "used": 0}
        assert "queue_pairs" not in found.found


def booted_as_told(options: dict[str, str], remedies: Iterable[str]) -> dict[str, str]:
    """The options of a machine after remedies that concern its boot."""
    words, made = options.get("command_line", "").split(), options.copy()
    for remedy in remedies:
        wrong = re.findall(r"(?:without|no|with) (\w+)=", remedy)
        words = [word for word in words if word.partition("=")[0] not in wrong]
        words += re.findall(r"boot with (\w+=\w+)", remedy)
        made |= {"iommu": device for device in re.findall(r"QEMU: .*-device (\S+)", remedy)}
    return made | {"command_line": " ".join(words)}


@pytest.mark.full()
@pytest.mark.parametrize(
    "options, status, missing",
    [
        ({"iommu": ""}, NOT_USABLE, ["NO_IOMMU", "VIRTUAL_MACHINE"]),
        ({"iommu": "intel-iommu,intremap=off"}, NOT_USABLE, ["NO_INTR_REMAP", "VIRTUAL_MACHINE"]),
        ({"command_line": "intel_iommu=off"}, NOT_USABLE, ["IOMMU_OFF"]),
        ({"command_line": "pci=noari"}, NOT_USABLE, ["NO_BUS_RESOURCES"]),
        ({"command_line": "pci=nomsi"}, NOT_USABLE, ["NO_MSIX"]),
        ({"command_line": "pcie_ports=compat"}, WARNED, ["NO_OSC"]),
    ],
    ids=lambda value: "" if isinstance(value, (int, list)) else "".join(map(str, value.values())),
)
def test_machine_lacks_something(
    boot_host: Callable[..., HostVM], options: dict, status: int, missing: list[str]
) -> None:
    """The machine and its adapter are told the same, once, and nothing else; a boot mends it."""
    host = boot_host(**options)
    prepare(host)
    found = Answer(host, "host")
    assert found.told == (status, missing)
    with Fabric(host, vfs=0, adopt=False) as fabric:
        expected = [*missing, "SWITCH_NOT_IOV", "PF_NOT_IN_BRIDGE"]
        assert sorted(adapter(host).reasons) == sorted(expected)
        if "NO_INTR_REMAP" in missing:
            check_override(fabric)
    host.stop()
    host = boot_host(**booted_as_told(options, map(found.remedy, missing)))
    prepare(host)
    assert Answer(host, "host").told == (USABLE, [])


def check_override(fabric: Fabric) -> None:
    """A VF can be used only with the override, and the warnings stay meanwhile."""
    host = fabric.host
    fabric.set_vfs(1, adopt=False)
    host.bind_driver(fabric.vf_pci(0), "vfio-pci")
    run = host.run(open_command(fabric, 0), check=False)
    assert run.rc and "Operation not permitted" in run.err, run
    assert "No interrupt remapping support" in host.run("dmesg").out
    host.write(UNSAFE, "Y")
    with opened(fabric, 0):
        assert adapter(host).found["vfs"]["used"] == 1
        told = Answer(host, "host").told
        assert told == (WARNED, ["NO_INTR_REMAP", "UNSAFE_INTR_OVERRIDE", "VIRTUAL_MACHINE"])


@pytest.mark.full()
def test_port_without_acs(boot_host: Callable[..., HostVM]) -> None:
    """What iovctl expects before there are VFs is true of those that are created then.

    In the other slot, whose port has ACS, nothing is wrong.
    """
    ports = ["-device", f"{PORT},id=rp0,chassis=1,disable-acs=on"]
    ports += ["-device", f"{PORT},id=rp1,chassis=2"]
    nic = ["-netdev", "hubport,id=nic,hubid=9", "-device", "igb,netdev=nic,bus=rp0,id=igb0"]
    host = boot_host(nics=0, wire=False, extra=[*ports, *nic])
    prepare(host)
    assert Answer(host, "host").told == (NOT_USABLE, ["MISSING_ACS"])
    host.modprobe(STOCK[0])
    (name,) = Answer(host, "host").found["adapters"]
    host.write(f"/sys/bus/pci/devices/{name}/sriov_numvfs", 2)
    found = Answer(host, "host")
    assert found.told == (NOT_USABLE, ["MISSING_ACS"])
    assert f"VF 0 shares its group with {name} (igb)" in found.reasons["MISSING_ACS"]["text"]
    assert found.remedy("MISSING_ACS").startswith("use a slot whose port has ACS, ")
    host.qmp("device_del", id="igb0")
    host.wait_event("DEVICE_DELETED")
    plug(host, "rp1")
    assert Answer(host, "host").told == (USABLE, [])
    host.run("echo 2 | tee /sys/bus/pci/devices/*/sriov_numvfs")
    assert Answer(host, "host").told == (USABLE, [])


def plug(host: HostVM, port: str) -> None:
    """Plug an 82576 into a slot of the running machine."""
    host.qmp("device_add", driver="igb", id="igb1", bus=port)
    host.wait_until("ls /sys/bus/pci/devices/*/sriov_numvfs", 20)


@pytest.mark.full()
def test_no_adapter(boot_host: Callable[..., HostVM]) -> None:
    """A NIC without SR-IOV is no adapter; it is one that cannot if it is named. An 82576 helps."""
    extra = ["-device", "e1000e,id=nic,romfile=", "-device", f"{PORT},id=rp0,chassis=1"]
    host = boot_host(nics=0, wire=False, extra=extra)
    prepare(host)
    found = Answer(host, "host")
    assert found.told == (NOT_USABLE, ["NO_SRIOV_ADAPTER"])
    run = host.run(f"{IOVCTL} adapter", check=False)
    assert run.rc == NOT_USABLE and run.out.startswith("NO_SRIOV_ADAPTER")
    pci = host.run("lspci -D -d 8086:10d3").out.split()[0]
    assert Answer(host, f"adapter {pci}").told == (NOT_USABLE, ["NO_SRIOV_CAP"])
    assert found.remedy("NO_SRIOV_ADAPTER").startswith("install an SR-IOV adapter; ")
    plug(host, "rp0")
    assert Answer(host, "host").told == (USABLE, [])
    assert adapter(host).told == (NOT_USABLE, ["MISSING_PF_DRIVER"])


@pytest.mark.full()
def test_no_room_for_vfs(boot_host: Callable[..., HostVM], tmp_path: Path) -> None:
    """Firmware has reserved 2 MiB of each kind; ROMs and another function leave 128 KiB of them."""
    roms = {size: tmp_path / f"{size}.rom" for size in (512 << 10, 1 << 20)}
    for size, rom in roms.items():
        rom.write_bytes(bytes(size))
    igb = f"igb,netdev=nic,bus=rp0,multifunction=on,x-pcie-ari-nextfn-1=on,romfile={roms[1 << 20]}"
    other = f"pci-testdev,bus=rp0,addr=0.1,membar=2M,romfile={roms[512 << 10]}"
    extra = ["-netdev", "hubport,id=nic,hubid=9"]
    for device in ("pcie-root-port,id=rp0,chassis=1,hotplug=off", igb, other):
        extra += ["-device", device]
    machine: dict[str, Any] = {"nics": 0, "wire": False, "extra": extra}
    host = boot_host(**machine, command_line="pci=realloc=off")
    prepare(host)
    found = Answer(host, "host")
    assert found.told == (NOT_USABLE, ["NO_VF_BAR_SPACE"]), found.found
    remedy = found.remedy("NO_VF_BAR_SPACE").rpartition("boot with ")[2]
    with Fabric(host, vfs=0, adopt=False):
        expected = ["NO_VF_BAR_SPACE", "PF_NOT_IN_BRIDGE", "SWITCH_NOT_IOV"]
        assert sorted(adapter(host).reasons) == expected
        run = host.run(f"{IOVCTL} numvfs pf0 2", check=False)
        assert run.rc == NOT_USABLE and "no address space" in run.err, run
    host.stop()
    host = boot_host(**machine, command_line=remedy)
    prepare(host)
    assert Answer(host, "host").told == (USABLE, [])
    with Fabric(host, vfs=0, adopt=False):
        host.run(f"{IOVCTL} numvfs pf0 2")
        assert adapter(host).told == (USABLE, ["PF_NOT_IN_BRIDGE"])


@pytest.mark.full()
def test_drivers(fresh_host: HostVM) -> None:
    """A module for another kernel, one that is not loaded, igb: remedies lead to a good adapter."""
    host = fresh_host
    host.foreign = True  # igb does not keep the rules for registers
    prepare(host)
    host.run(MOUNT)
    host.install_modules("iovnic_pf", kernel=OTHER)
    found = adapter(host)
    assert found.told == (NOT_USABLE, ["MISSING_PF_DRIVER"])
    build = "in the sources of iovnic: make; make install"
    assert found.remedy("MISSING_PF_DRIVER") == f"{build}; or boot {OTHER}"
    release, content = foreign_module(host)
    host.put(content, f"{host.install_modules('igb', 'iovnic_pf')}/iovnic_pf.ko")
    found = adapter(host)
    assert found.told == (NOT_USABLE, ["MISSING_PF_DRIVER"])
    assert found.remedy("MISSING_PF_DRIVER") == f"{build}; modprobe iovnic_pf"
    seen = {"file": "/lib/modules", "seen": f"iovnic_pf for {release}"}
    assert seen in found.reasons["MISSING_PF_DRIVER"]["evidence"]
    assert host.run("modprobe iovnic_pf", check=False).rc
    assert "iovnic_pf: version magic" in host.run("dmesg").out
    host.install_modules("igb", "iovnic_pf")
    found = adapter(host)
    assert found.told == (NOT_USABLE, ["MISSING_PF_DRIVER"])
    host.run(found.remedy("MISSING_PF_DRIVER"))
    faults = ["SWITCH_NOT_IOV", "PF_DOWN", "PF_NOT_IN_BRIDGE"]
    assert adapter(host).told == (WARNED, faults)

    host.run("modprobe -r iovnic_pf; modprobe igb")
    found = adapter(host)
    assert found.told == (WARNED, ["OTHER_PF_DRIVER", *faults]) and found.found["driver"] == "igb"
    remedy = found.remedy("OTHER_PF_DRIVER").rpartition("adds: iovctl ")[2]
    host.run(f"{IOVCTL} {remedy}", timeout=60)
    found = adapter(host)
    assert found.told == (WARNED, faults) and found.found["driver"] == "iovnic_pf"
    host.run("ip link add br0 type bridge; ip link set br0 up")
    for name in faults:
        host.run(found.remedy(name).replace(" N", " 2").replace("BRIDGE", "br0"))
    assert poll_until(lambda: adapter(host).told, (USABLE, []), 10) == (USABLE, [])
    host.run("ip link del br0")
    for words in ("numvfs pf0 0", "adapter release pf0"):
        host.run(f"{IOVCTL} {words.replace('pf0', host.nic_address())}", timeout=60)
    check_migration(host)


def foreign_module(host: HostVM) -> tuple[str, bytes]:
    """A release of a kernel, and iovnic_pf as if it was built for it, without SMP."""
    content = module_image(load_order(host.kernel, "iovnic_pf")[-1])
    release = "9" + host.kernel.release[1:]
    own = f"vermagic={host.kernel.release} SMP".encode()
    assert own in content
    return release, content.replace(own, f"vermagic={release} UP ".encode())


def check_migration(host: HostVM) -> None:
    """A VF has iovnic_vfio and its PF igb: remedies lead to a VF that can be migrated."""
    host.install_modules("igb", "iovnic_pf", "iovnic_vfio")
    numvfs = f"/sys/bus/pci/devices/{host.nic_address()}/sriov_numvfs"
    host.write(numvfs, 0)
    host.run("modprobe -r iovnic_pf; modprobe igb; modprobe iovnic_vfio")
    host.write(numvfs, 1)
    host.bind_driver(vf_address(0), "iovnic_vfio")
    for name in ("MIGRATION_PF_DRIVER", "MIGRATION_VF_DRIVER"):
        found = Answer(host, "doctor for migration")
        assert found.told == (NOT_USABLE, [name]), found.found
        host.run(found.remedy(name).replace(" N", " 1"))
    assert Answer(host, "doctor for migration").told == (USABLE, [])


@pytest.mark.full()
def test_lockdown(boot_host: Callable[..., HostVM]) -> None:
    """The kernel refuses an unsigned module, which is told also if securityfs is not mounted."""
    options = {"command_line": "lockdown=integrity"}
    host = boot_host(**options)
    prepare(host)
    file = f"{host.install_modules('iovnic_pf')}/iovnic_pf.ko"
    for before, place in (("", "/proc/cmdline"), (MOUNT, "/sys/kernel/security/lockdown")):
        host.run(before)
        found = Answer(host, "host")
        assert found.told == (WARNED, ["UNSIGNED_MODULE"]), found.found
        reason = found.reasons["UNSIGNED_MODULE"]
        assert [seen["file"] for seen in reason["evidence"]] == [file, place]
        assert reason["remedy"].startswith("boot without lockdown=; ")
    run = host.run("modprobe iovnic_pf", check=False)
    assert run.rc and "unsigned module loading is restricted" in host.run("dmesg").out, run
    host.stop()
    host = boot_host(**booted_as_told(options, [found.remedy("UNSIGNED_MODULE")]))
    prepare(host)
    host.install_modules("iovnic_pf")
    found = Answer(host, "host")
    assert found.told == (WARNED, ["UNSIGNED_MODULE"]), found.found
    assert found.found["state"] == "unknown"
    assert found.remedy("UNSIGNED_MODULE") == MOUNT
    host.run(MOUNT)
    assert Answer(host, "host").told == (USABLE, [])
    host.run("umount /sys/kernel/security")
    host.run("modprobe iovnic_pf")
    assert Answer(host, "host").told == (USABLE, [])
