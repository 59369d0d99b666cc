# SPDX-License-Identifier: GPL-2.0-only
"""A VF's driver and net_failover: the guest receives on its standby whenever the VF does not."""

import json
from collections.abc import Callable, Iterator

import pytest
from lab import HostVM
from lab.fabric import poll_until
from lab.failover import EVENTS, FIND_MASTER, GUEST_IP, STANDBY, TAP, Flat, measure
from lab.topology import WIRE_IP
from settings import Settings

GROUP = "239.82.0.1"
LISTENER = f"""
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5099))
where = socket.inet_aton("{GROUP}") + socket.inet_aton("{GUEST_IP}")
s.setsockopt(0, socket.IP_ADD_MEMBERSHIP, where)
s.settimeout(60)
print("ready", flush=True)
while (word := s.recv(16)) != b"end":
    print(word.decode(), flush=True)
"""
SENDER = f"""
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, socket.IP_MULTICAST_IF, socket.inet_aton("{WIRE_IP}"))
for word in [*range(400), *["end"] * 20]:
    s.sendto(str(word).encode(), ("{GROUP}", 5099))
    time.sleep(0.01)
"""


@pytest.fixture
def flat(boot_host: Callable[..., HostVM]) -> Iterator[Flat]:
    """A VF and its standby in the host VM."""
    with Flat(boot_host(extra=STANDBY), vfs=2) as found:
        yield found


def vf_netdev(flat: Flat) -> str:
    """The name of the VF's interface."""
    return flat.lower("iovnic_vf")


def counters(flat: Flat) -> dict[str, int]:
    """What the VF counts of its path."""
    lines = flat.host.run(f"ethtool -S {vf_netdev(flat)}").out.splitlines()[1:]
    found = dict(line.strip().split(": ") for line in lines if ": " in line)
    return {name: int(value) for name, value in found.items() if name.startswith(("path", "stand"))}


def reasons(flat: Flat) -> set[str]:
    """The names of VF 0's reasons."""
    command = f"devlink -j health diagnose pci/{flat.fabric.pf_pci} reporter sriov"
    text = json.dumps(json.loads(flat.host.run(command).out))
    names = ("GUEST_NO_STANDBY", "GUEST_VF_DOWN", "PF_NOT_IN_BRIDGE")
    return {name for name in names if name in text}


def check_moves(flat: Flat) -> None:
    """Datagrams and TCP while the data path goes and comes back."""
    before = counters(flat)
    assert (before["standby"], before["path_vf"]) == (1, 1)
    for name in ("inactive", "disable"):
        outcome = measure(flat, EVENTS[name], hold=1, hertz=100)
        assert outcome.tcp_alive
        for step in outcome.steps:
            assert step.arrived
            for way in (step.figures.out, step.figures.back):
                assert way.sent > 50
                assert way.lost <= way.sent // 50, f"{step.name}: {step.figures}"
    after = counters(flat)
    assert after["path_to_host"] == before["path_to_host"] + 2
    assert after["path_to_vf"] == before["path_to_vf"] + 2
    assert after["path_outage_us"] == 0
    assert after["standby_passed"] > before["standby_passed"] + 100


def check_multicast(flat: Flat) -> None:
    """A multicast frame is received once, on whatever path."""
    listener = flat.host.spawn(f"/usr/bin/python3 -c '{LISTENER}'")
    poll_until(lambda: "ready" in listener.out, True, 10)
    sender = flat.host.netns("wire").spawn(f"/usr/bin/python3 -c '{SENDER}'")
    flat.withdraw()
    assert flat.wait_path("soft")
    flat.offer()
    assert flat.wait_path("vf")
    sender.wait(60)
    listener.wait(60)
    words = [int(word) for word in listener.out.split() if word.isdigit()]
    assert len(words) == len(set(words)), "a frame was received on both paths"
    assert len(words) > 300


def check_settings(flat: Flat) -> None:
    """Settings of the guest survive; its interface stays, or its address has them."""
    settings = Settings(flat, TAP, channels=2)
    settings.check()
    vf = vf_netdev(flat)
    flat.withdraw()
    settings.check("soft")
    flat.offer()
    settings.check()
    assert vf_netdev(flat) == vf
    flat.unplug()
    settings.check("soft")
    flat.plug()
    settings.check()
    flat.change_vf(1)
    settings.check()


def check_too_large(flat: Flat) -> None:
    """An MTU that the VF cannot have: the guest stays on software, and the host shows a reason."""
    flat.host.run(f"ip link set {flat.master} mtu 9800", check=False)
    assert "mtu 9000" in flat.host.run(f"ip link show {flat.master}").out
    flat.unbind()
    assert flat.wait_path("soft")
    flat.host.run(f"ip link set {flat.master} mtu 9800")
    flat.bind()
    assert poll_until(lambda: reasons(flat), {"GUEST_VF_DOWN"}, 10) == {"GUEST_VF_DOWN"}
    assert flat.path() == "soft"
    flat.wait_reached()
    flat.unbind()
    flat.host.run(f"ip link set {flat.master} mtu 9000")
    flat.bind()
    assert flat.wait_path("vf")
    assert poll_until(lambda: reasons(flat), set(), 10) == set()


def check_unbinding(flat: Flat) -> None:
    """The driver leaves the path before its interface goes."""
    flat.keep_module()
    outcome = measure(flat, EVENTS["rmmod"], hold=1, hertz=100)
    assert outcome.tcp_alive
    for step in outcome.steps:
        assert step.arrived
        lost, sent = step.figures.back.lost, step.figures.back.sent
        assert lost <= sent // 10, f"{step.name}: {step.figures}"


def check_lonely(flat: Flat) -> None:
    """Without a standby the host is told so; it may go while the VF's driver listens to it."""
    assert poll_until(lambda: reasons(flat), set(), 10) == set()
    standby = flat.lower("virtio_net")
    flat.host.run(f"ip link set {standby} down")
    assert poll_until(lambda: reasons(flat), {"GUEST_NO_STANDBY"}, 10) == {"GUEST_NO_STANDBY"}
    flat.host.run(f"ip link set {standby} up")
    assert poll_until(lambda: reasons(flat), set(), 10) == set()
    driver = "/sys/bus/virtio/drivers/virtio_net"
    device = flat.host.run(f"basename $(readlink /sys/class/net/{standby}/device)").out.strip()
    flat.host.run(f"echo {device} > {driver}/unbind", timeout=20)
    assert flat.host.run(FIND_MASTER, check=False).rc, "the master is still there"
    flat.host.run(f"echo {device} > {driver}/bind", timeout=20)
    flat.master = flat.host.wait_until(FIND_MASTER).out.strip()
    flat.host.run(f"ip link set {flat.master} up")
    assert flat.wait_path("vf")
    assert counters(flat)["standby"] == 1


@pytest.mark.kernels("stock")  # lockdep objects to a lock of net_failover, see tools/patches
def test_standby(flat: Flat) -> None:
    """One machine, all checks; the last one takes the standby away."""
    check_moves(flat)
    check_multicast(flat)
    check_settings(flat)
    check_too_large(flat)
    check_unbinding(flat)
    check_lonely(flat)
