# SPDX-License-Identifier: GPL-2.0-only
"""iovctl vm with VFs of namespaces, programs and guests: what it sets, shows and explains."""
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import HostVM
from lab.answers import read
from lab.fabric import PROGRAMS, Fabric, poll_until
from lab.failover import BRIDGE, FIND_MASTER, TAP, Nested
from lab.migration import IOVCTL, install_iovctl
from lab.topology import STOCK
from mbx import RESET, UNKNOWN, send_raw
from open_vfs import opened

pytestmark = pytest.mark.kernels("stock")

OK, WARNED, REFUSED, USAGE = 0, 1, 2, 3  # exit statuses
ACTIVE, SOFTWARE = "OK (SR-IOV active)", "OK (software)"
NO_RIGHTS = "setpriv --reuid 65534 --clear-groups"
USUAL = {"PF_NOT_IN_BRIDGE", "GUEST_NO_STANDBY"}


class Nic:
    """What iovctl vm show says about a NIC."""

    def __init__(self, host: HostVM, word: str, before: str = ""):
        run = host.run(f"{before} {IOVCTL} -j vm show {word}", check=False)
        assert not run.err, run
        (self.found,) = read(run.out, "vm")
        self.status = run.rc
        self.seconds = run.seconds
        self.reasons = {reason["name"]: reason for reason in self.found["reasons"]}
        assert len(self.reasons) == len(self.found["reasons"]), "a reason is told twice"

    def __getitem__(self, key: str) -> Any:
        return self.found[key]

    @property
    def told(self) -> tuple[int, str]:
        """Exit status and status."""
        return self.status, self.found["status"]

    @property
    def others(self) -> list[str]:
        """The reasons that a VF of a namespace, whose PF is in no bridge, does not have always."""
        return [name for name in self.reasons if name not in USUAL]


def set_nic(host: HostVM, words: str) -> None:
    """Set what is to be set; nothing is printed."""
    run = host.run(f"{IOVCTL} vm set {words}")
    assert not run.out and not run.err, run


def refused(host: HostVM, words: str) -> str:
    """What is said of a setting that is refused."""
    run = host.run(f"{IOVCTL} vm set {words}", check=False)
    assert run.rc == REFUSED and not run.out, run
    return run.err


def wait_told(host: HostVM, word: str, told: tuple[int, str]) -> Nic:
    """Wait until a NIC has this exit status and status."""
    assert poll_until(lambda: Nic(host, word).told, told, 20) == told
    return Nic(host, word)


@pytest.fixture
def prepared(bare_host: HostVM) -> HostVM:
    """The host VM with iovctl, without drivers."""
    install_iovctl(bare_host)
    bare_host.modprobe("vfio-pci")
    return bare_host


@pytest.fixture
def namespaces(prepared: HostVM) -> Iterator[Fabric]:
    """VFs 0 and 1 in the namespaces v0 and v1."""
    with Fabric(prepared) as fabric:
        yield fabric


def test_namespace(namespaces: Fabric, note: Callable[[str], None]) -> None:
    """A VF in a namespace is found by all its names; weight 0 moves its path, and back."""
    host = namespaces.host
    nic = wait_told(host, "netns:v0", (OK, ACTIVE))
    note(f"vm show {1e3 * nic.seconds:.0f} ms")
    assert nic["nic"] == "pf0:0" and nic["path"] == "vf" and nic["path_moved_by"] == "guest"
    assert nic["weight"] == 100 and nic["moderation"] == "default"
    holder = {"held": "yes", "netns": "v0", "interface": "vf0"}
    assert nic["holder"] == holder
    assert all(reason["severity"] == "info" for reason in nic["reasons"])
    for word in (namespaces.vf_pci(0), f"{namespaces.pf_pci}:0", "pf0:0"):
        assert Nic(host, word)["nic"] == "pf0:0"
    set_nic(host, "pf0:0 weight 0")
    nic = wait_told(host, "pf0:0", (OK, SOFTWARE))
    assert "ADMIN" in nic.reasons and nic["weight"] == 0 and nic["path"] == "software"
    assert nic["path_moved_ms_ago"] < 20_000
    host.run(nic.reasons["ADMIN"]["remedy"])
    nic = wait_told(host, "pf0:0", (OK, ACTIVE))
    assert "ADMIN" not in nic.reasons and nic["weight"] == 100
    set_nic(host, "pf0:0 weight 0")
    set_nic(host, "pf0:0 weight 1")
    wait_told(host, "pf0:0", (OK, ACTIVE))
    check_processes(namespaces)
    check_rights(host)
    check_fault(namespaces)


def check_processes(fabric: Fabric) -> None:
    """A process in the namespace finds the VF."""
    job = fabric.host.spawn("exec ip netns exec v1 sleep 60")
    try:
        pid = fabric.host.wait_until("pgrep -x sleep").out.split()[0]
        nic = Nic(fabric.host, f"pid:{pid}")
        assert nic["nic"] == "pf0:1" and nic["holder"]["command"] == "sleep"
    finally:
        job.kill()
        job.wait(20, check=False)


def check_rights(host: HostVM) -> None:
    """Without rights the path and the namespace are unknown, and nothing is wrong."""
    nic = Nic(host, "pf0:0", NO_RIGHTS)
    assert nic.told == (OK, "path unknown") and list(nic.reasons) == ["DRIVER_NOT_ASKED"]
    assert nic["holder"] == {"held": "yes"}
    run = host.run(f"{NO_RIGHTS} {IOVCTL} vm set pf0:0 trust on", check=False)
    assert run.rc == REFUSED and "Operation not permitted" in run.err


def check_fault(fabric: Fabric) -> None:
    """The VF is down in its namespace: the guest is without the data path, and why is said."""
    fabric.run("v0", "ip link set vf0 down")
    assert poll_until(lambda: Nic(fabric.host, "pf0:0").status, REFUSED, 20) == REFUSED
    nic = Nic(fabric.host, "pf0:0")
    assert nic["status"].startswith("degraded: GUEST_") and nic["path"] == "software", nic.found
    fabric.run("v0", "ip link set vf0 up")
    wait_told(fabric.host, "pf0:0", (OK, ACTIVE))


SETTINGS = {
    "mac 02:00:5e:00:53:07": {"mac": "02:00:5e:00:53:07"},
    "vlan 82 qos 3": {"vlan": 82, "qos": 3},
    "vlan 0": {"vlan": 0},
    "trust on": {"trust": True},
    "spoofchk off": {"spoofchk": False},
    "max-rate 300": {"max_rate": 300},
    "link-state enable": {"link_state": "enable"},
    "moderation low": {"moderation": "low"},
}


def as_ip_has_it(fabric: Fabric) -> dict[str, Any]:
    """VF 1's settings that ip shows, in the words of iovctl."""
    found = fabric.vf_info(1)
    vlan = (found.get("vlan_list") or [{}])[0]
    return {
        "mac": found["address"],
        "vlan": vlan.get("vlan", 0),
        "qos": vlan.get("qos", 0),
        "trust": found["trust"],
        "spoofchk": found["spoofchk"],
        "max_rate": found["rate"]["max_tx"],
        "link_state": found["link_state"],
    }


def test_settings(prepared: HostVM) -> None:
    """Each is set, as ip and devlink read it; --dry-run prints commands that do the same."""
    with Fabric(prepared, adopt=False) as fabric:
        port = f"pci/{fabric.pf_pci}/2"
        assert Nic(prepared, "pf0:1").told == (OK, "not in use")
        for words, expected in SETTINGS.items():
            before = Nic(prepared, "pf0:1").found
            commands = prepared.run(f"{IOVCTL} --dry-run vm set pf0:1 {words}").out
            assert Nic(prepared, "pf0:1").found == before and not expected.items() <= before.items()
            set_nic(prepared, f"pf0:1 {words}")
            found = Nic(prepared, "pf0:1").found
            assert expected.items() <= found.items(), (words, found)
            for key, value in as_ip_has_it(fabric).items():
                assert key not in expected or value == expected[key], (words, key, value)
            prepared.run(commands)
            assert Nic(prepared, "pf0:1").found == found
        assert Nic(prepared, "pf0:1")["queue_pairs"]["limit"] == 2
        set_nic(prepared, "pf0:1 queue-pairs 1")
        assert Nic(prepared, "pf0:1")["queue_pairs"]["limit"] == 1
        # The devlink of Debian 12 does not know it.
        eqs = fabric.netlink("devlink_eqs.py", fabric.pf_pci, "2")
        assert eqs.split() == ["1"]
        param = prepared.run(f"devlink dev param show pci/{fabric.pf_pci} name vf1_moderation").out
        assert "value low" in param
        dry = prepared.run(f"{IOVCTL} --dry-run vm set pf0:1 weight 0 queue-pairs 2").out
        assert dry == (
            f"devlink port function set {port} max_io_eqs 2\n"
            f"devlink port function set {port} state inactive\n"
        )
        assert Nic(prepared, "pf0:1")["weight"] == 100
        check_refusals(fabric)


def check_refusals(fabric: Fabric) -> None:
    """The kernel's text is printed, and what was set before is undone."""
    host = fabric.host
    before = as_ip_has_it(fabric)
    error = refused(host, "pf0:1 vlan 9 trust off min-rate 10 weight 0")
    assert "rate: Operation not supported" in error
    assert "vlan was undone" in error and "trust was undone" in error
    assert as_ip_has_it(fabric) == before and Nic(host, "pf0:1")["weight"] == 100
    assert "1 to 2, one for each queue pair" in refused(host, "pf0:1 trust off queue-pairs 3")
    assert as_ip_has_it(fabric) == before
    assert "vlan: Protocol not supported" in refused(host, "pf0:1 vlan 9 proto 802.1ad")
    run = host.run(f"{IOVCTL} vm set pf0:1 trust off weight 101", check=False)
    assert run.rc == USAGE and as_ip_has_it(fabric) == before


def test_program(prepared: HostVM) -> None:
    """A program that has opened a VF holds it, and only as long as that."""
    with Fabric(prepared, adopt=False) as fabric:
        prepared.bind_driver(fabric.vf_pci(0), "vfio-pci")
        with opened(fabric, 0):
            nic = Nic(prepared, "pf0:0")
            assert nic["holder"]["command"].startswith("python3")
            assert nic.told == (REFUSED, "degraded: GUEST_NO_VF_DRIVER")
            assert Nic(prepared, f"pid:{nic['holder']['pid']}")["nic"] == "pf0:0"
        nic = Nic(prepared, "pf0:0")
        assert nic["holder"] == {"held": "no"} and nic.told == (OK, "not in use")
        run = prepared.run(f"{IOVCTL} vm list pf0")
        assert [line.split()[0] for line in run.out.splitlines()] == ["pf0:0", "pf0:1"]


@pytest.mark.full()
def test_requests(prepared: HostVM, tmp_path: Path, note: Callable[[str], None]) -> None:
    """What the kernel has of all VFs of a PF is read once, however many there are."""
    library = tmp_path / "counter.so"
    command = ["gcc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library]
    subprocess.run([*command, PROGRAMS / "request_counter.c"], check=True)
    prepared.put(library.read_bytes(), "/run/counter.so")
    for num in (1, 7):
        with Fabric(prepared, vfs=num, adopt=False):
            words = "LD_PRELOAD=/run/counter.so", IOVCTL, "-j vm list"
            run = prepared.run(" ".join(words), check=False)
        assert len(read(run.out, "vm")) == num
        note(f"vm list with {num} VFs: {run.err}")
        assert run.err.startswith("links 1 ports 1 sent "), run


@pytest.mark.full()
def test_other_driver(prepared: HostVM) -> None:
    """With igb what is generic works, and what is not is said."""
    with Fabric(prepared, pf=STOCK[0], vf=STOCK[1]) as fabric:
        nic = Nic(prepared, "netns:v1")
        assert nic.told == (OK, "path unknown") and not nic.reasons, nic.found
        assert nic["holder"]["interface"] == "vf1"
        set_nic(prepared, "pf0:1 vlan 7 qos 2 spoofchk off")
        assert as_ip_has_it(fabric).items() >= {"vlan": 7, "qos": 2, "spoofchk": False}.items()
        assert Nic(prepared, "pf0:1")["vlan"] == 7
        assert "(igb) has no port function" in refused(prepared, "pf0:1 vlan 0 weight 0")
        assert Nic(prepared, "pf0:1")["vlan"] == 7


@pytest.mark.full()
@pytest.mark.parallel
def test_guest(prepared: HostVM) -> None:
    """Each fault of a guest's software NIC is told, and mended by its remedy."""
    with Nested(prepared) as pair:
        nic = wait_told(prepared, "domain:g0", (OK, ACTIVE))
        assert not nic.reasons, nic.found
        assert nic["holder"]["guest"] == "g0" and nic["holder"]["taps"] == [TAP]
        assert nic["standby"] == {"name": TAP, "up": True, "mtu": 1500, "switch": BRIDGE}
        assert Nic(prepared, f"tap:{TAP}")["nic"] == "pf0:0"
        prepared.run("ip link add br1 type bridge && ip link set br1 up")
        for fault, name in (
            (f"ip link set {TAP} down", "STANDBY_DOWN"),
            (f"ip link set {BRIDGE} down", "STANDBY_DOWN"),
            (f"ip link set {TAP} master br1", "STANDBY_OTHER_BRIDGE"),
            (f"ip link set {TAP} nomaster", "STANDBY_OTHER_BRIDGE"),
            (f"ip link set {TAP} mtu 1400", "MTU_MISMATCH"),
            (f"ip link set {BRIDGE} mtu 1400", "MTU_MISMATCH"),
        ):
            prepared.run(fault)
            nic = Nic(prepared, "pf0:0")
            assert nic.told == (WARNED, f"degraded: {name}"), (fault, nic.found)
            assert list(nic.reasons) == [name]
            prepared.run(nic.reasons[name]["remedy"])
            assert Nic(prepared, "pf0:0").told == (OK, ACTIVE), (fault, nic.found)
        check_software(prepared, pair)
        prepared.run("ip link del br1")


def check_software(host: HostVM, pair: Nested) -> None:
    """Weight 0 moves the guest to its software NIC, as the guest sees, too."""
    set_nic(host, "domain:g0 weight 0")
    wait_told(host, "domain:g0", (OK, SOFTWARE))
    assert pair.wait_path("soft")
    pair.wait_reached()
    set_nic(host, "domain:g0 weight 100")
    wait_told(host, "domain:g0", (OK, ACTIVE))
    assert pair.wait_path("vf")


@pytest.mark.full()
@pytest.mark.parallel
def test_guest_without_standby(prepared: HostVM) -> None:
    """A guest without a software NIC, at first without a driver."""
    with Fabric(prepared, adopt=False) as fabric:
        guest = prepared.guest(vf=fabric.vf_pci(0))
        nic = Nic(prepared, "domain:g0")
        assert nic.told == (REFUSED, "degraded: GUEST_NO_VF_DRIVER"), nic.found
        assert nic.reasons["NO_STANDBY"]["severity"] == "info"
        guest.modprobe(fabric.vf_driver)
        device = guest.wait_until("ls /sys/bus/pci/drivers/iovnic_vf/*/net").out.split()[-1]
        guest.run(f"ip link set {shlex.quote(device)} up")
        nic = wait_told(prepared, "domain:g0", (OK, ACTIVE))
        assert set(nic.reasons) == USUAL
        guest.kill()
        check_remedy(fabric, nic.reasons["GUEST_NO_STANDBY"]["remedy"])


def check_remedy(fabric: Fabric, remedy: str) -> None:
    """A guest that is started with what the remedy says has nothing left to mend."""
    host = fabric.host
    for name in ("tun", "bridge"):
        host.modprobe(name)
    host.run(f"ip link add {BRIDGE} up type bridge; ip link set pf0 master {BRIDGE}")
    command = remedy.partition("output of: ")[2].partition(" (")[0]
    answer = host.run(command.replace("iovctl", "iovctl -j"), check=False)
    for reason in read(answer.out, "qemu-args")[0]["reasons"]:
        host.run(reason["remedy"])
    guest = host.guest(extra=host.run(command).out.split())
    guest.modprobe(fabric.vf_driver)
    master = guest.wait_until(FIND_MASTER).out.strip()
    guest.run(f"ip link set {master} up")
    assert not wait_told(host, "domain:g0", (OK, ACTIVE)).reasons
    guest.kill()
    host.run(f"ip link del {TAP}; ip link del {BRIDGE}")


@pytest.mark.full()
def test_faults(namespaces: Fabric) -> None:
    """What the PF's driver tells is told once, with a remedy that mends it."""
    host = namespaces.host
    wait_told(host, "pf0:0", (OK, ACTIVE))
    host.run("ip link set pf0 down")
    nic = wait_told(host, "pf0:0", (WARNED, "degraded: PF_DOWN"))
    assert nic.others == ["PF_DOWN"]
    host.run(nic.reasons["PF_DOWN"]["remedy"])
    namespaces.wait_carrier("", "pf0")
    wait_told(host, "pf0:0", (OK, ACTIVE))
    host.hmp("set_link igb0 off")
    nic = wait_told(host, "pf0:0", (WARNED, "degraded: LINK_DOWN"))
    assert nic.others == ["LINK_DOWN"] and nic.reasons["LINK_DOWN"]["level"] == "switch"
    host.hmp("set_link igb0 on")
    wait_told(host, "pf0:0", (OK, ACTIVE))
    set_nic(host, "pf0:0 link-state disable")
    nic = wait_told(host, "pf0:0", (OK, SOFTWARE))
    assert nic.others == ["LINK_DISABLED"]
    host.run(nic.reasons["LINK_DISABLED"]["remedy"])
    assert not wait_told(host, "pf0:0", (OK, ACTIVE)).others
    set_nic(host, "pf0:0 queue-pairs 1")
    nic = wait_told(host, "pf0:0", (OK, ACTIVE))
    assert nic["queue_pairs"] == {"requested": 2, "assigned": 1, "limit": 1}
    assert nic.others == ["FEWER_QUEUE_PAIRS"]
    host.run(nic.reasons["FEWER_QUEUE_PAIRS"]["remedy"])
    assert poll_until(lambda: Nic(host, "pf0:0")["queue_pairs"]["assigned"], 2, 20) == 2


@pytest.mark.full()
def test_quarantine(namespaces: Fabric) -> None:
    """Quarantine is no wish of the administrator: the weight stays. The remedy ends it."""
    host = namespaces.host
    namespaces.unbind_vf(0)
    send_raw(namespaces, 0, ["reset", [RESET], *[[UNKNOWN]] * 2300])
    host.wait_until("dmesg | grep -q 'VF 0 is in quarantine'", 20)
    nic = Nic(host, "pf0:0")
    assert nic["weight"] == 100 and "MALFORMED" in nic.reasons, nic.found
    counters = host.run(f"{IOVCTL} metrics | grep ^iovctl_vf_quarantine{{").out.splitlines()
    assert [line.split()[-1] for line in counters] == ["1", "0"], counters
    namespaces.bind_vf(0, wait=False)
    nic = wait_told(host, "pf0:0", (REFUSED, "degraded: MALFORMED"))
    assert nic.others == ["MALFORMED"]
    host.run(nic.reasons["MALFORMED"]["remedy"].rpartition("; then ")[2])
    assert not wait_told(host, "pf0:0", (OK, ACTIVE)).others


@pytest.mark.full()
def test_legacy_driver(prepared: HostVM) -> None:
    """A VF with the kernel's own driver has the data path; what it cannot do is said."""
    with Fabric(prepared, vf=STOCK[1]):
        nic = wait_told(prepared, "netns:v0", (OK, ACTIVE))
        assert set(nic.reasons) == {"PF_NOT_IN_BRIDGE", "GUEST_LEGACY_DRIVER"}
