# SPDX-License-Identifier: GPL-2.0-only
"""iovctl doctor in a guest, for DPDK and on the host: each fault is told, its remedy mends it."""
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab import Guest, HostVM
from lab.answers import read
from lab.fabric import Fabric, poll_until
from lab.failover import BRIDGE, FIND_MASTER, TAP, Nested
from lab.initramfs import shared_objects
from lab.make import make
from lab.migration import IOVCTL, install_iovctl
from lab.paths import REPO
from lab.topology import OURS, STOCK, Place, vf_address, vf_mac

pytestmark = pytest.mark.kernels("stock")

OK, LESS, WITHOUT = 0, 1, 2  # exit statuses
ACTIVE, SOFTWARE = "OK (SR-IOV active)", "on the software path"


class Answer:
    """What iovctl doctor has said."""

    def __init__(self, machine: Place, words: str):
        run = machine.run(f"{IOVCTL} -j doctor {words}", check=False)
        assert not run.err, run
        (self.found,) = read(run.out, "doctor")
        self.status = run.rc
        reasons = self.found["reasons"]
        self.reasons = {reason["name"]: reason for reason in reasons}
        told = {(reason["name"], reason.get(reason["level"])) for reason in reasons}
        assert len(told) == len(reasons), "a reason is told twice"

    @property
    def told(self) -> tuple[int, list[str]]:
        """Status, and the names of the reasons."""
        return self.status, list(self.reasons)

    def remedy(self, name: str) -> str:
        """What to do about a reason."""
        return self.reasons[name]["remedy"]


def put_iovctl(guest: Guest) -> None:
    """Copy iovctl and its libraries into a guest, which has a few of them."""
    make("-C", REPO, "iovctl")
    program = REPO / "build/iovctl/iovctl"
    for file in [program, *shared_objects(program)]:
        path = Path(IOVCTL) if file == program else file
        if guest.run(f"test -e {path}", check=False).rc:
            guest.run(f"mkdir -p {path.parent}")
            guest.put(file.read_bytes(), str(path))
    guest.run(f"chmod +x {IOVCTL}")


@pytest.fixture
def pair(bare_host: HostVM) -> Iterator[Nested]:
    """A guest with virtio-net and VF 0, in which iovctl is."""
    with Nested(bare_host) as found:
        put_iovctl(found.nested)
        yield found


def ask(pair: Nested) -> Answer:
    return Answer(pair.nested, "")


def is_healthy(pair: Nested) -> bool:
    """Whether doctor says nothing, once the guest is on its VF again."""
    assert pair.wait_path("vf")
    found = ask(pair)
    return found.told == (OK, []) and found.found["state"] == ACTIVE


@pytest.mark.full()
@pytest.mark.parallel
def test_guest(pair: Nested, note: Callable[[str], None]) -> None:
    """A healthy guest has no reasons. Each fault has one, and its remedy mends it."""
    (shown,) = ask(pair).found["vfs"]
    assert is_healthy(pair), ask(pair).found
    assert (shown["driver"], shown["path"]) == (OURS[1], "vf")
    assert shown["firmware"].startswith("channel ") and shown["master"]["name"] == pair.master
    note(pair.nested.run(f"{IOVCTL} doctor").out)
    check_interfaces(pair)
    check_policy(pair, note)
    check_standby_link(pair)
    check_driver(pair)


def check_interfaces(pair: Nested) -> None:
    guest, vf = pair.nested, pair.lower(OURS[1])
    faults = [
        (f"ip link set {vf} down", LESS, "GUEST_VF_DOWN"),
        (f"ip link set {pair.master} down", WITHOUT, "GUEST_MASTER_DOWN"),
        (f"ip link set {vf} mtu 1400", LESS, "GUEST_OTHER_MTU"),
    ]
    for fault, status, name in faults:
        guest.run(fault)
        found = ask(pair)
        assert found.told == (status, [name]), found.found
        guest.run(found.remedy(name))
        assert is_healthy(pair)


def check_policy(pair: Nested, note: Callable[[str], None]) -> None:
    """What the host has set is told in the guest, and on the host."""
    pair.set_policies("ra")
    assert pair.wait_path("soft")
    found = ask(pair)
    assert found.told == (LESS, ["ROUTER_GUARD"]) and found.found["state"] == SOFTWARE
    assert found.remedy("ROUTER_GUARD").endswith("iovctl vm set NIC policy router-guard off")
    note(pair.nested.run(f"{IOVCTL} doctor", check=False).out)
    install_iovctl(pair.host)
    for words in ("for vm", "for vm pf0:0", f"for vm tap:{TAP}", "for host"):
        on_host = Answer(pair.host, words)
        assert "ROUTER_GUARD" in on_host.reasons, on_host.found
        assert on_host.reasons["ROUTER_GUARD"]["vf"] == vf_address(0)
    pair.host.run(on_host.remedy("ROUTER_GUARD"))
    assert is_healthy(pair)
    assert Answer(pair.host, "for vm pf0:0").told == (OK, [])


def check_standby_link(pair: Nested) -> None:
    """The standby is told to be down while nothing needs it yet."""
    pair.nested.qmp("set_link", name="soft0", up=False)
    assert ask(pair).told == (LESS, ["GUEST_STANDBY_DOWN"])
    assert "set_link" in ask(pair).remedy("GUEST_STANDBY_DOWN")
    pair.nested.qmp("set_link", name="soft0", up=True)
    assert is_healthy(pair)


def check_driver(pair: Nested) -> None:
    """No driver, then the older one. modprobe needs files, and depmod's lists."""
    guest = pair.nested
    pair.host.foreign = True  # igbvf does not keep the rules for registers
    folder = f"/lib/modules/{guest.kernel.release}"
    guest.run(f"mkdir -p {folder}")
    guest.put_modules(folder, OURS[1], STOCK[1])
    guest.run("depmod")
    pair.unload()
    found = ask(pair)
    assert found.told == (LESS, ["GUEST_NO_VF_DRIVER"]) and found.found["state"] == SOFTWARE
    guest.run(found.remedy("GUEST_NO_VF_DRIVER"))
    assert is_healthy(pair)
    pair.unload()
    guest.run(f"modprobe {STOCK[1]}")
    guest.wait_until(f"{IOVCTL} -j doctor | grep -q '\"path\":\"vf\"'", timeout=30)
    found = ask(pair)
    assert found.told == (OK, ["GUEST_LEGACY_DRIVER"])
    guest.run(found.remedy("GUEST_LEGACY_DRIVER"))
    assert is_healthy(pair)


@pytest.mark.full()
@pytest.mark.parallel
def test_guest_without_standby(bare_host: HostVM) -> None:
    """QEMU was started without failover=on, which helps; without a VF the guest says so."""
    with Fabric(bare_host, adopt=False) as fabric:
        bare_host.modprobe("bridge")
        bare_host.modprobe("tun")
        bare_host.run(
            f"ip link add {BRIDGE} type bridge && ip tuntap add {TAP} mode tap &&"
            f"ip link set {TAP} master {BRIDGE} up && ip link set {BRIDGE} up"
        )
        guest = fabric.start_guest(tap=TAP, mac=vf_mac(0))
        put_iovctl(guest)
        found = Answer(guest, "")
        assert found.told == (OK, ["GUEST_NO_STANDBY"]), found.found
        assert "failover=on" in found.remedy("GUEST_NO_STANDBY")
        guest.qmp("device_del", id="vf0")
        guest.wait_event("DEVICE_DELETED", 20)
        found = Answer(guest, "")
        assert found.told == (WITHOUT, ["GUEST_NO_VF"])
        guest.kill()
        guest = bare_host.guest(fabric.vf_pci(0), tap=TAP, mac=vf_mac(0), failover=True)
        put_iovctl(guest)
        guest.modprobe(fabric.vf_driver)
        guest.run(f"ip link set $({FIND_MASTER}) up")
        assert poll_until(lambda: Answer(guest, "").told, (OK, []), 20) == (OK, [])
        guest.kill()
        bare_host.run(f"ip link del {TAP}; ip link del {BRIDGE}")


def test_vf_of_the_host(fabric: Fabric) -> None:
    """A VF that has a PF here is looked at if it is named; without standby a policy takes all."""
    install_iovctl(fabric.host)
    words = f"for guest {fabric.vf_pci(0)}"
    found = Answer(fabric.place("v0"), words)
    assert found.told == (OK, ["GUEST_NO_STANDBY"]) and found.found["vfs"][0]["path"] == "vf"
    assert Answer(fabric.host, "for guest").told == (WITHOUT, ["GUEST_NO_VF"])
    param = f"devlink dev param set pci/{fabric.pf_pci} name vf0_policies cmode runtime value"
    fabric.host.run(f"{param} ra,acl")
    fabric.wait_carrier("v0", "vf0", False)
    found = Answer(fabric.place("v0"), words)
    assert found.told == (WITHOUT, ["GUEST_NO_STANDBY", "ROUTER_GUARD"])
    fabric.host.run(f"{param} none")
    fabric.wait_carrier("v0", "vf0")
    assert Answer(fabric.place("v0"), words).status == OK


def test_dpdk(bare_host: HostVM) -> None:
    """Each remedy helps, until a program could use the VF."""
    host = bare_host
    install_iovctl(host)
    host.run("echo 0 > /proc/sys/vm/nr_hugepages")
    host.modprobe("vfio-pci")
    with Fabric(host, adopt=False) as fabric:
        vf = fabric.vf_pci(0)
        found = Answer(host, "for dpdk")
        assert found.told == (WITHOUT, ["DPDK_NO_VF", "NO_HUGEPAGES"])
        host.run(found.remedy("NO_HUGEPAGES").partition(";")[0].replace("512", "64"))
        found = Answer(host, f"for dpdk {vf}")
        assert found.told == (WITHOUT, ["DPDK_VF_DRIVER", "VF_NOT_TRUSTED"])
        host.run(found.remedy("DPDK_VF_DRIVER"))
        found = Answer(host, "for dpdk pf0:0")
        assert found.told == (OK, ["VF_NOT_TRUSTED"]), found.found
        host.run(found.remedy("VF_NOT_TRUSTED").partition(": ")[2])
        assert Answer(host, "for dpdk").told == (OK, [])
        as_user = "setpriv --reuid 65534 --clear-groups --inh-caps=-all"
        run = host.run(f"{as_user} {IOVCTL} -j doctor for dpdk", check=False)
        (told,) = read(run.out, "doctor")
        names = [reason["name"] for reason in told["reasons"]]
        assert names == ["MEMLOCK_LIMIT", "DPDK_NO_ACCESS"] and run.rc == WITHOUT
    host.run("echo 0 > /proc/sys/vm/nr_hugepages")


def test_host(bare_host: HostVM) -> None:
    """A VF in use that has no data path is a warning of the host; a free one is none."""
    install_iovctl(bare_host)
    bare_host.modprobe("vfio-pci")
    bare_host.modprobe(bare_host.kvm_module)
    with Fabric(bare_host) as fabric:
        healthy = Answer(bare_host, "for host pf0").told
        assert healthy == (OK, ["PF_NOT_IN_BRIDGE", "NO_FREE_VF", "GUEST_NO_STANDBY"])
        fabric.switch_vf(0, False)
        found = Answer(bare_host, "")
        assert found.status == LESS and found.reasons["ADMIN"]["vf"] == fabric.vf_pci(0)
        assert list(found.reasons)[:2] == healthy[1][:2]
        fabric.unbind_vf(1)
        expected = {"PF_NOT_IN_BRIDGE", "ADMIN", "GUEST_NO_STANDBY"}
        assert set(Answer(bare_host, "").reasons) == expected
        fabric.switch_vf(0, True)
        assert Answer(bare_host, "").told == (OK, ["PF_NOT_IN_BRIDGE", "GUEST_NO_STANDBY"])
