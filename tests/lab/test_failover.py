# SPDX-License-Identifier: GPL-2.0-only
"""A guest keeps its network while its VF goes and comes back: what is lost is counted."""
from collections.abc import Callable, Iterator

import pytest
from lab import HostVM
from lab.fabric import poll_until
from lab.failover import BRIDGE, EVENTS, GUEST_IP, SOFT_IP, TAP, Nested, Outcome, frozen, measure
from lab.openvswitch import ROOT, OpenVSwitch
from lab.topology import PF_IP, WIRE_IP, Place, ping, vf_ip, vf_mac

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.parallel]

CYCLES, FEW = 25, 3
# Datagrams a second: a guest that stands still for a second, as guests in emulation do, must not
# lose any because its queues are full.
HERTZ = 250
# If a guest does not leave in time, the PF takes the data path, and the guest loses what arrives
# until it knows that. Guests in emulation are late on a busy machine.
FORCED = HERTZ // 2
# Datagrams that may be lost in each cycle, from the guest and to it: a few times as many as in the
# table of failover.rst. One that is on its way from the PF to the bridge is lost when the bridge
# learns that the guest is at the PF ("active"). After a reload the port negotiates its link for
# half a second: the guest is on the software path, which ends at the port.
MAY_LOSE = {
    "inactive": (1, 4),
    "disable": (1, 8),
    "acl": (1, 8),
    "unplug": (4, 16),
    "rmmod": (4, 16),
    "reset": (4, 180),
    "reload": (180, 60),
}
# Open vSwitch knows the frames by which the guest announces itself until 10 s after the last one,
# and learns from such a frame only when it looks at its flows the next time.
KNOWN_S, LOOKS_MS = 10, 500


@pytest.fixture
def pair(bare_host: HostVM) -> Iterator[Nested]:
    """A guest with virtio-net and VF 0, and VF 1 for others."""
    with Nested(bare_host) as found:
        yield found


def check(outcome: Outcome, name: str, cycles: int, note: Callable[[str], None]) -> None:
    """The path has moved, the guest has lost few datagrams, and TCP has survived."""
    texts = []
    for step in outcome.steps:
        out, back = step.figures.out, step.figures.back
        texts.append(
            f"{step.name}: lost {out.lost} of {out.sent} from the guest, {back.lost} of "
            f"{back.sent} to it; TCP stood {step.figures.tcp_ms:.0f} ms, the guest "
            f"{step.figures.stood_ms:.0f} ms; forced {step.forced} times"
        )
        note(texts[-1])
    for step, text in zip(outcome.steps, texts):
        out, back = step.figures.out, step.figures.back
        assert step.arrived, f"{step.name}: not on the path {step.path}"
        assert min(out.sent, back.sent) > 50 * cycles, text
        for way, lost in zip((out, back), MAY_LOSE[name]):
            assert way.lost <= cycles * lost + step.forced * FORCED, text
        by_tap = step.by_tap / back.sent
        if step.path == "soft":
            assert by_tap > 0.25, step
        else:
            assert by_tap < 0.25 or name == "reload", step
    assert outcome.tcp_alive


@pytest.mark.full()
def test_rescind_and_offer(pair: Nested, note: Callable[[str], None]) -> None:
    """The host takes the data path away and gives it back: next to nothing is lost."""
    check(measure(pair, EVENTS["inactive"], 2, 1, hertz=HERTZ), "inactive", 2, note)


@pytest.mark.full()
@pytest.mark.parametrize("name", EVENTS)
def test_again_and_again(pair: Nested, name: str, note: Callable[[str], None]) -> None:
    """One TCP connection survives 25 cycles of each event."""
    check(measure(pair, EVENTS[name], CYCLES, 1, hertz=HERTZ), name, CYCLES, note)


@pytest.mark.full()
def test_guest_that_only_receives(pair: Nested, note: Callable[[str], None]) -> None:
    """The switches on the way do not need frames of the guest's to find it."""
    outcome = measure(pair, EVENTS["inactive"], CYCLES, 1, hertz=HERTZ, receive_only=True)
    for step in outcome.steps:
        back = step.figures.back
        note(f"{step.name}: lost {back.lost} of {back.sent}, forced {step.forced} times")
        assert step.arrived and back.sent > 50 * CYCLES
        assert back.lost <= MAY_LOSE["inactive"][1] * CYCLES + step.forced * FORCED


@pytest.mark.full()
def test_hung_guest(pair: Nested, note: Callable[[str], None]) -> None:
    """The host's software has the frames of a guest that does not answer, and TCP survives."""
    found = frozen(pair)
    note(f"{found['to the VF']} datagrams to the VF, {found['ms']:.0f} ms")
    assert found["to the VF"] <= 120 and found["tcp"]


def unanswered(place: Place, addresses: list[str]) -> list[str]:
    """The addresses that have not answered each of three pings."""
    return [address for address in addresses if ping(place, address, 3).received < 3]


@pytest.mark.full()
@pytest.mark.parametrize("vlans", [0, 1], ids=["bridge", "VLAN-aware bridge"])
def test_with_software_guests(pair: Nested, vlans: int, note: Callable[[str], None]) -> None:
    """On whatever path, the guest talks to software guests, another VF, the host and the wire."""
    pair.host.run(f"ip link set {BRIDGE} type bridge vlan_filtering {vlans}")
    pair.add_software_guest()
    pair.host.modprobe(pair.drivers[1])
    pair.fabric.adopt_vfs(1)
    soft, other = pair.fabric.place("soft"), pair.fabric.place("v1")

    def all_talk() -> None:
        assert not unanswered(pair.guest, [SOFT_IP, vf_ip(1), PF_IP, WIRE_IP]), pair.path()
        assert not unanswered(soft, [GUEST_IP, vf_ip(1), WIRE_IP]), pair.path()
        assert not unanswered(other, [GUEST_IP, SOFT_IP, WIRE_IP]), pair.path()

    all_talk()
    for name in ("inactive", "disable", "acl", "unplug"):
        for _, act, path in EVENTS[name].steps():
            act(pair)
            assert pair.wait_path(path), f"{name}: on {pair.path()}"
            all_talk()
    outcome = measure(pair, EVENTS["inactive"], 3, 1, hertz=HERTZ, to="soft")
    check(outcome, "inactive", 3, note)


@pytest.mark.full()
@pytest.mark.skipif(
    not ROOT.exists(), reason="no Open vSwitch: run tools/lab/setup --openvswitch"
)
def test_open_vswitch(bare_host: HostVM, note: Callable[[str], None]) -> None:
    """Open vSwitch sends to the port where the guest is, also to one that only receives."""
    with OpenVSwitch(bare_host) as pair:
        assert pair.port_of(vf_mac(0)) == "pf0"
        for receive_only, hold, late in ((True, KNOWN_S + 2, 0), (False, 1, LOOKS_MS)):
            outcome = measure(
                pair, EVENTS["inactive"], FEW, hold, hertz=HERTZ, receive_only=receive_only
            )
            for step in outcome.steps:
                out, back = step.figures.out, step.figures.back
                note(
                    f"{step.name} for {hold} s: lost {out.lost} of {out.sent} from the guest,"
                    f" {back.lost} of {back.sent} to it, which heard nothing for"
                    f" {back.silence:.0f} ms"
                )
                assert step.arrived and out.lost <= FEW
                may_lose = MAY_LOSE["inactive"][1] + HERTZ * late / 1000 + step.forced * FORCED
                assert back.lost <= may_lose * FEW
            assert outcome.tcp_alive
        found = frozen(pair)
        note(f"a hung guest: datagrams to software {found['awake']:.0f} ms after it runs again")
        assert found["to the VF"] > 500 and found["awake"] < 2000 and found["tcp"]
        for act, path, port in ((pair.withdraw, "soft", TAP), (pair.offer, "vf", "pf0")):
            act()
            assert pair.wait_path(path)
            assert poll_until(lambda: pair.port_of(vf_mac(0)), port, 5) == port
