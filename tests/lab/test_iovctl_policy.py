# SPDX-License-Identifier: GPL-2.0-only
"""iovctl vm set NIC policy: what is dropped, copied and guaranteed, and which path the VF has."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab import HostVM
from lab.answers import read
from lab.fabric import PROGRAMS, WIRE_IP, WIRE_MAC, Fabric, poll_until
from lab.failover import Nested
from lab.migration import IOVCTL, install_iovctl
from lab.probe import Port, Sent, probe
from lab.topology import STOCK
from policy_frames import BROADCAST, Sender, dhcp, harmless, listed, router
from software_bridge import SOFT_MAC, bridged

pytestmark = pytest.mark.kernels("stock")

TAP = "soft0"
OK, REFUSED, USAGE = 0, 2, 3
VM = Sender(SOFT_MAC, WIRE_MAC)
LIST = """
# what the VM may not send
default allow
deny out proto tcp to 10.1.0.0/16 port 22-23
deny out to 2001:db8::/32
"""
CLOSED = """
default allow out
default deny in
allow in proto icmp
"""


class Policies:
    """The policies of VF 0, whose software NIC is the container's."""

    def __init__(self, fabric: Fabric):
        self.fabric = fabric
        self.host = fabric.host
        self.param = f"pci/{fabric.pf_pci} name vf0_policies"

    def set(self, words: str, status: int = OK, before: str = "", options: str = "") -> str:
        """Turn a policy on or off; the output, or the error."""
        run = self.host.run(
            f"{before} {IOVCTL} {options} vm set pf0:0 policy {words}", check=False, timeout=60
        )
        assert run.rc == status, run
        return run.err if status else run.out

    def on(self, words: str) -> None:
        self.set(f"{words} on tap {TAP}")

    def off(self, words: str) -> None:
        self.set(f"{words} off")

    def label(self) -> str:
        """What the PF has."""
        found = json.loads(self.host.run(f"devlink -j dev param show {self.param}").out)
        (entry,) = found["param"][f"pci/{self.fabric.pf_pci}"]
        return entry["values"][0]["value"]

    def declare(self, label: str) -> None:
        """Set the label by hand."""
        self.host.run(f"devlink dev param set {self.param} value {label} cmode runtime")

    def path(self) -> str:
        """Where the PF sends frames for the VF: vf or host."""
        command = f"devlink -j health diagnose pci/{self.fabric.pf_pci} reporter mailbox"
        return json.loads(self.host.run(command).out)["vfs"][0]["path"]

    def show(self) -> tuple[dict[str, dict], list[str]]:
        """What vm show says of the policies, and the reasons that are about them."""
        run = self.host.run(f"{IOVCTL} -j vm show pf0:0", check=False)
        (found,) = read(run.out, "vm show")
        reasons = [r["name"] for r in found["reasons"] if r["name"].startswith("POLICY")]
        return {policy["name"]: policy for policy in found["policies"]}, reasons

    def rules(self) -> str:
        """All that nftables has, without counters."""
        return self.host.run("nft -s list ruleset").out

    def state(self) -> tuple[str, str, str, str]:
        """All that a policy changes."""
        return self.label(), self.path(), self.rules(), self.host.run("tc qdisc show dev pf0").out

    def probe(self, frames: dict[str, str], way: str = "vm", count: int = 1) -> dict[str, list]:
        """Send frames from the VM, or to it; by port, the names of those that arrived."""
        ports = {"vm": Port("eth0", "soft"), "wire": Port("wire0", "wire")}
        if not self.host.run("test -e /run/netns/monitor", check=False).rc:
            ports["monitor"] = Port("eth0", "monitor")
        found = probe(self.host, ports, [Sent(way, frame, count) for frame in frames.values()])
        return {
            port: [name for name, got in zip(frames, found) for _ in got.get(port, [])]
            for port in ports
        }

    def passed(self, frames: dict[str, str]) -> list[str]:
        """Those of the VM's frames that come to the wire."""
        return self.probe(frames)["wire"]


@pytest.fixture
def policies(fabric: Fabric) -> Iterator[Policies]:
    """VF 0 has its data path, and a software NIC on the PF's bridge."""
    install_iovctl(fabric.host)
    with bridged(fabric):
        fabric.host.run("echo 0 > /sys/class/net/br0/bridge/multicast_snooping")
        # Otherwise the VM sends frames of its own, which counters would include.
        fabric.place("soft").run("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
        found = Policies(fabric)
        before = found.rules()
        assert (found.label(), found.path()) == ("none", "vf")
        yield found
        for name in found.show()[0]:
            found.off(name)
        assert (found.label(), found.rules()) == ("none", before)
        fabric.wait_carrier("v0", "vf0")
        assert found.path() == "vf"


def test_frames(policies: Policies) -> None:
    """Each policy drops what it says, also in a VLAN, and nothing else; off, all of it passes."""
    policies.host.put(LIST, "/tmp/list")
    router_frames, dhcp_frames, listed_frames = router(VM), dhcp(VM), listed(VM)
    disguised = {name for name in router_frames if name.startswith("disguised")}
    everything = router_frames | dhcp_frames | listed_frames | harmless(VM)
    assert policies.passed(everything) == list(everything)
    for name, words, label, dropped in (
        ("router-guard", "router-guard", "ra", {*router_frames}),
        ("dhcp-guard", "dhcp-guard", "dhcp", {*dhcp_frames} | disguised),
        ("acl", "acl /tmp/list", "acl", {*listed_frames} | disguised),
    ):
        policies.on(words)
        assert (policies.label(), policies.path()) == (label, "host")
        left = [frame for frame in everything if frame not in dropped]
        assert policies.passed(everything) == left, name
        shown, reasons = policies.show()
        assert shown == {
            name: {"name": name, "declared": True, "enforced": "yes", "dropped": len(dropped)}
        }
        assert reasons == []
        policies.off(name)
        assert policies.label() == "none"
    assert policies.passed(everything) == list(everything)


def test_storm(policies: Policies) -> None:
    """Broadcasts are limited, other frames are not."""
    flood = {"storm": VM.frame(BROADCAST, 0x88B5, bytes(46))}
    assert len(policies.probe(flood, count=200)["wire"]) == 200
    policies.on("storm 20")
    found = len(policies.probe(flood, count=200)["wire"])
    assert 2 <= found < 150, found
    single = {"one": VM.to_peer(0x88B5, bytes(46))}
    assert len(policies.probe(single, count=200)["wire"]) == 200
    shown = policies.show()[0]["storm"]
    assert (shown["frames_per_second"], shown["dropped"]) == (20, 200 - found)
    # Another value, without a moment without rules
    policies.on("storm 100000")
    assert policies.show()[0]["storm"]["frames_per_second"] == 100000
    assert len(policies.probe(flood, count=200)["wire"]) == 200


def test_several(policies: Policies) -> None:
    """Policies come and go one by one; the data path comes back with the last one."""
    policies.on("router-guard")
    policies.on("storm 1000")
    policies.on("dhcp-guard")
    assert (policies.label(), policies.path()) == ("ra,dhcp,storm", "host")
    frames = router(VM) | dhcp(VM) | harmless(VM)
    assert policies.passed(frames) == list(harmless(VM))
    policies.off("router-guard")
    assert (policies.label(), policies.path()) == ("dhcp,storm", "host")
    left = [name for name in frames if name not in dhcp(VM) and "disguised" not in name]
    assert policies.passed(frames) == left
    # A label that has no rules stays.
    policies.declare("dhcp,storm,ext")
    policies.off("dhcp-guard")
    policies.off("storm")
    assert (policies.label(), policies.path()) == ("ext", "host")
    policies.declare("none")
    policies.fabric.wait_carrier("v0", "vf0")


@pytest.mark.full()
def test_access_in(policies: Policies) -> None:
    """An access list for what the VM receives; ARP comes through."""
    policies.host.put(CLOSED, "/tmp/closed")
    wire = Sender(WIRE_MAC, SOFT_MAC)
    frames = router(wire) | harmless(wire)
    assert policies.probe(frames, "wire")["vm"] == list(frames)
    policies.on("acl /tmp/closed")
    passed = policies.probe(frames, "wire")["vm"]
    assert passed == [
        *("IPv4 redirect", "IPv4 redirect in a VLAN", "IPv4 advertisement"),
        *("echo", "echo in a VLAN", "solicitation", "ARP"),
    ]
    policies.fabric.run("soft", "ping -c 1 -W 2 10.82.0.254")


@pytest.mark.full()
def test_mirror(policies: Policies) -> None:
    """What the VM sends and receives is copied, also what another policy drops."""
    host = policies.host
    host.run(
        "ip netns add monitor && ip link add mon0 type veth peer name eth0 netns monitor &&"
        "ip link set mon0 up && ip -n monitor link set eth0 up"
    )
    try:
        sent, received = harmless(VM), harmless(Sender(WIRE_MAC, SOFT_MAC))
        assert policies.probe(sent)["monitor"] == []
        policies.on("mirror mon0")
        assert (policies.label(), policies.path()) == ("mirror", "host")
        found = policies.probe(sent)
        assert found["monitor"] == found["wire"] == list(sent)
        found = policies.probe(received, "wire")
        assert found["monitor"] == found["vm"] == list(received)
        policies.on("router-guard")
        found = policies.probe(router(VM))
        assert (found["monitor"], found["wire"]) == (list(router(VM)), [])
        for device, why in (("br0", "leads back"), (TAP, "itself"), ("nosuch", "no such")):
            assert why in policies.set(f"mirror {device} on tap {TAP}", REFUSED)
        assert policies.show()[0]["mirror"]["device"] == "mon0"
        host.run("ip link del mon0")
        assert policies.show()[1] == ["POLICY_NOT_ENFORCED"]
        policies.off("mirror")
    finally:
        host.run("ip link del mon0; ip netns del monitor", check=False)


def test_guest_restarts(policies: Policies) -> None:
    """The tap goes and comes back: its first frames are dropped already."""
    host = policies.host
    policies.on("dhcp-guard")
    host.run(f"ip link del {TAP}; ip netns del soft")
    assert policies.show()[1] == []
    host.add_container("soft", TAP, "br0", SOFT_MAC, "10.82.0.60")
    assert policies.passed(dhcp(VM) | harmless(VM)) == list(harmless(VM))
    assert policies.show()[1] == []
    host.run(f"ip link set {TAP} nomaster")
    assert policies.show()[1] == ["POLICY_NOT_ENFORCED"]
    host.run(f"ip link set {TAP} master br0")


@pytest.mark.full()
def test_by_hand(policies: Policies) -> None:
    """A label without rules and rules without label are told, and the remedy helps."""
    policies.declare("ra")
    assert policies.show()[1] == ["POLICY_NOT_ENFORCED"]
    assert policies.show()[0]["router-guard"]["enforced"] == "no"
    policies.on("router-guard")
    assert policies.show()[1] == []
    policies.declare("none")
    policies.fabric.wait_carrier("v0", "vf0")
    assert policies.show()[1] == ["POLICY_NOT_DECLARED"]
    policies.on("router-guard")
    assert (policies.show()[1], policies.path()) == ([], "host")
    policies.host.run("nft flush ruleset")
    assert policies.show()[1] == ["POLICY_NOT_ENFORCED"]
    policies.off("router-guard")
    assert policies.show() == ({}, [])


@pytest.mark.full()
def test_dry_run(policies: Policies) -> None:
    """The commands are printed, not carried out; carried out by hand they do the same."""
    before = policies.state()
    text = policies.set(f"dhcp-guard on tap {TAP}", options="--dry-run")
    assert policies.state() == before
    (answer,) = read(
        policies.set(f"dhcp-guard on tap {TAP}", options="-j --dry-run"), "vm set"
    )
    assert answer["rules"] in text and answer["commands"][0] == "nft -f -"
    policies.host.put(text, "/tmp/plan")
    policies.host.run("sh -e /tmp/plan")
    assert policies.show()[0]["dhcp-guard"]["enforced"] == "yes"
    assert (policies.label(), policies.show()[1]) == ("dhcp", [])


def test_refusals(policies: Policies) -> None:
    """What is wrong is named, and nothing has changed."""
    host = policies.host
    host.put("default allow\nallow out\ndeny in proto sctp\n", "/tmp/bad")
    host.run("ip link add alone0 type veth peer name alone1; ip link add br9 type bridge")
    before = policies.state()
    try:
        for words, status, why in (
            (f"acl /tmp/bad on tap {TAP}", REFUSED, "/tmp/bad: line 3: proto is one of"),
            (f"acl /tmp/nosuch on tap {TAP}", REFUSED, "/tmp/nosuch: No such file"),
            ("storm 5 on tap alone0", REFUSED, "alone0 is in no bridge"),
            ("storm 5 on tap nosuch", REFUSED, "there is no interface nosuch"),
            ("storm 5 on", REFUSED, "software NIC is not known"),
            ("storm 5 on tap pf0", REFUSED, "pf0 is not a software NIC"),
            (f"min-rate 5 on tap {TAP}", REFUSED, "VF 1 has no rate limit"),
            ("storm on", USAGE, "no value for storm"),
            ("storm 0 on", USAGE, "not a number from 1"),
            ("router-guard", USAGE, "on or off is missing"),
            ("firewall on", USAGE, "there is no policy firewall"),
        ):
            assert why in policies.set(words, status)
            assert policies.state() == before
        host.run("ip link set alone0 master br9")
        assert "alone0 is a port of br9" in policies.set("storm 5 on tap alone0", REFUSED)
        host.run("ip link set pf0 nomaster")
        assert "pf0 is in no bridge" in policies.set(f"storm 5 on tap {TAP}", REFUSED)
        host.run("ip link set pf0 master br0")
        policies.on("storm 5")
        other = host.run(f"{IOVCTL} vm set pf0:1 policy storm 5 on tap {TAP}", check=False)
        assert other.rc == REFUSED and "has policies of another VF" in other.err
        policies.off("storm")
        assert policies.state()[2:] == before[2:]
    finally:
        host.run("ip link del alone0; ip link del br9")


@pytest.fixture
def refuser(policies: Policies, tmp_path: Path) -> str:
    """A library that refuses requests to the kernel, as the environment says."""
    library = tmp_path / "refuser.so"
    command = ["gcc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library]
    subprocess.run([*command, PROGRAMS / "refuser.c"], check=True)
    policies.host.put(library.read_bytes(), "/run/refuser.so")
    return "LD_PRELOAD=/run/refuser.so"


def test_step_fails(policies: Policies, refuser: str) -> None:
    """Whichever step fails, all is as before, and the error names the step."""
    on, before = f"router-guard on tap {TAP}", policies.state()
    for refused, why in (
        ("REFUSE_RULES=1", "nftables: "),
        ("REFUSE_LABEL=1", "the PF refuses vf0_policies=ra: "),
    ):
        assert why in policies.set(on, REFUSED, f"{refused} {refuser}")
        assert policies.state() == before
    policies.on("router-guard")
    policies.on("storm 7")
    before = policies.state()
    for words, refused, why in (
        ("router-guard off", "REFUSE_RULES=1", "nftables: "),
        ("router-guard off", "REFUSE_LABEL=1", "the PF refuses vf0_policies=storm: "),
        ("router-guard off", "REFUSE_RULES=2", "nftables: "),
        (f"storm 9 on tap {TAP}", "REFUSE_RULES=1", "nftables: "),
    ):
        assert why in policies.set(words, REFUSED, f"{refused} {refuser}")
        assert policies.state() == before
    policies.off("storm")
    before = policies.state()
    assert "nftables: " in policies.set("router-guard off", REFUSED, f"REFUSE_RULES=2 {refuser}")
    assert poll_until(policies.path, "host", 5) == "host"
    assert policies.state() == before


def shares(policies: Policies) -> tuple[float, float]:
    """Mbit/s of the VM and of the host, which send to the wire at the same time."""
    (host := policies.host).run(
        "for port in 5301 5302; do ip netns exec wire iperf3 -s -1 -D -p $port; done; sleep 1;"
        "send() { iperf3 -c 10.82.0.254 -t 6 -J -p $1 > /tmp/sent$1; };"
        "ip netns exec soft iperf3 -c 10.82.0.254 -t 6 -J -p 5301 > /tmp/sent5301 &"
        "send 5302; wait",
        timeout=60,
    )
    sent = [json.loads(host.read(f"/tmp/sent{port}"))["end"] for port in (5301, 5302)]
    vm, other = (end["sum_received"]["bits_per_second"] / 1e6 for end in sent)
    return vm, other


@pytest.mark.full()
def test_min_rate(policies: Policies, note: Callable[[str], None]) -> None:
    """On a busy line the VM has its rate; without the rule it has half of the line."""
    host = policies.host
    host.run("ip link set pf0 vf 1 max_tx_rate 100")
    try:
        why = policies.set(f"min-rate 900 on tap {TAP}", REFUSED)
        assert "pf0 has 1000 Mbit/s, of which other VFs may take 100 and 1 are kept" in why
        policies.on("min-rate 30")
        assert (policies.label(), policies.path()) == ("bw", "host")
        assert policies.show() == (
            {"min-rate": {"name": "min-rate", "declared": True, "enforced": "yes", "mbits": 30}},
            [],
        )
        # A line as slow as that is busy in emulation as well.
        slow = "tc class change dev pf0 parent 1f0c: classid 1f0c:1 htb rate {0} ceil {0}"
        host.run(slow.format("40mbit"))
        vm, other = shares(policies)
        note(f"with min-rate: VM {vm:.1f} Mbit/s, host {other:.1f} Mbit/s")
        assert vm > 28 and other > 1 and vm + other < 42
        host.run("nft flush ruleset")
        assert policies.show()[1] == ["POLICY_NOT_ENFORCED"]
        vm, other = shares(policies)
        note(f"without rule: VM {vm:.1f} Mbit/s, host {other:.1f} Mbit/s")
        assert vm < 25
        policies.on("min-rate 30")
        host.run("ip link set pf0 vf 1 max_tx_rate 0")
        assert policies.show()[1] == ["POLICY_NOT_ENFORCED"]
        policies.off("min-rate")
        assert "htb" not in host.run("tc qdisc show dev pf0").out
    finally:
        host.run("ip link set pf0 vf 1 max_tx_rate 0")


@pytest.mark.full()
@pytest.mark.parallel
def test_guest(bare_host: HostVM) -> None:
    """The tap of a guest is found; the guest changes its path and stays connected."""
    install_iovctl(bare_host)
    with Nested(bare_host) as pair:
        policies = Policies(pair.fabric)
        pair.wait_reached()
        policies.set("dhcp-guard on")
        assert pair.wait_path("soft") and (policies.label(), policies.path()) == ("dhcp", "host")
        pair.wait_reached()
        # The wire says of a port that it is closed, if the datagram has come to it.
        for port, refused in ((68, False), (69, True)):
            sent = pair.guest.run(f"echo x | socat - UDP:{WIRE_IP}:{port}", check=False)
            assert ("Connection refused" in sent.err) == refused
        shown = policies.show()[0]["dhcp-guard"]
        assert (shown["enforced"], shown["dropped"]) == ("yes", 1)
        assert "is not a tap of the process" in policies.set("storm 5 on tap br0", REFUSED)
        policies.off("dhcp-guard")
        assert pair.wait_path("vf")
        pair.wait_reached()


@pytest.mark.full()
def test_other_driver(bare_host: HostVM) -> None:
    """Where the data path cannot be withheld, a policy is refused."""
    install_iovctl(bare_host)
    with Fabric(bare_host, pf=STOCK[0], vf=STOCK[1], adopt=False):
        run = bare_host.run(f"{IOVCTL} vm set pf0:0 policy storm 5 on tap {TAP}", check=False)
        assert run.rc == REFUSED and "the PF's driver (igb) has no devlink parameter" in run.err
