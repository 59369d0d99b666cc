# SPDX-License-Identifier: GPL-2.0-only
"""A VF that misbehaves for too long loses its data path, with no other effect."""
import json
from collections.abc import Callable, Iterator

import pytest

from lab.fabric import WIRE_IP, Fabric, vf_ip
from hostile import Attacker, diagnosis, offer, reporter
from mbx import ACK, CTS, NACK, RESET, SET_LPE, UNKNOWN, send_raw
from register_trace import registers_read
from lab.regs82576 import PF_POOL, VFRE, WVBR

# Seconds until the periodic work detects it and the log shows it
FOUND_OUT = 10


def health(fabric: Fabric) -> str:
    (reporters,) = json.loads(reporter(fabric, "show"))["health"].values()
    return reporters[0]["state"]


def state(fabric: Fabric) -> str:
    """The state of VF 0's port function in devlink."""
    (port,) = json.loads(
        fabric.host.run(f"devlink port show pci/{fabric.pf_pci}/1 -j").out
    )["port"].values()
    return port["function"]["state"]


def wait_for_quarantine(fabric: Fabric, mark: str) -> None:
    """Wait until VF 0 has no data path; the log has one line about it."""
    fabric.host.wait_until("dmesg | grep -q 'VF 0 is in quarantine'", FOUND_OUT)
    lines = [line for line in fabric.dmesg_since(mark).splitlines() if "in quarantine," in line]
    assert len(lines) == 1, lines


def pool_is_open(fabric: Fabric, n: int) -> bool:
    """Whether a VF's pool is open."""
    return bool(fabric.host.reg(VFRE) >> n & 1)


@pytest.fixture
def attacked(fabric: Fabric) -> Iterator[Fabric]:
    """VF 0 without a driver; afterwards it works again."""
    fabric.unbind_vf(0)
    fabric.host.run("dmesg -C")
    yield fabric
    offer(fabric, 0)
    fabric.bind_vf(0)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_quarantine(attacked: Fabric) -> None:
    """Thousands of malformed messages: VF 0 is in quarantine until the administrator ends it."""
    fabric = attacked
    mark = fabric.mark_log("babble")
    replies = send_raw(fabric, 0, ["reset", [RESET], *[[UNKNOWN]] * 2300])[2:]
    assert all(reply[0] & NACK for reply in replies)
    wait_for_quarantine(fabric, mark)
    assert diagnosis(fabric, 0)["quarantine"] == "malformed messages"
    assert diagnosis(fabric, 1)["quarantine"] == "nothing"
    assert diagnosis(fabric, 0)["malformed"] >= 2300
    assert health(fabric) == "error" and state(fabric) == "inactive"
    assert not pool_is_open(fabric, 0)
    fabric.ping("v1", WIRE_IP)

    # Its mailbox is still served, and no reset ends the quarantine.
    _, reset, after = send_raw(fabric, 0, ["reset", [RESET], [SET_LPE, 1522]])
    assert reset[0] == RESET | ACK and after[0] == SET_LPE | ACK
    assert not after[0] & CTS
    assert not pool_is_open(fabric, 0)
    mac = ":".join(f"{byte:02x}" for word in reset[1:3] for byte in word.to_bytes(4, "little"))[:17]
    assert fabric.pools_of(mac) == [PF_POOL]
    fabric.bind_vf(0, wait=False)
    fabric.host.wait_until("dmesg | grep -q 'sent malformed messages; check'", FOUND_OUT)
    assert not pool_is_open(fabric, 0)

    reporter(fabric, "recover")
    fabric.wait_carrier("v0", "vf0")
    assert health(fabric) == "healthy" and state(fabric) == "active"
    assert diagnosis(fabric, 0)["quarantine"] == "nothing"
    fabric.ping("v0", WIRE_IP)
    fabric.unbind_vf(0)


@pytest.mark.full()
@pytest.mark.kernels("stock")
@pytest.mark.parametrize(
    "attack, what",
    [
        ("doorbell", "too many messages or resets"),
        ("reset", "too many messages or resets"),
        ("ack", "too many messages or resets"),
        ("hold", "ringing while it holds its mailbox"),
        ("grab", "holding its mailbox again and again"),
    ],
)
def test_other_ways(
    attacked: Fabric, attack: str, what: str, note: Callable[[str], None]
) -> None:
    """Storms lead to quarantine after a longer time; activating the port ends it."""
    fabric = attacked
    mark = fabric.mark_log(f"attack by {attack}")
    job = Attacker(fabric.host, fabric.vf_pci(0)).start(attack)
    try:
        fabric.host.wait_until("dmesg | grep -q 'VF 0 is in quarantine'", 150)
    finally:
        counts = Attacker.stop(job)
        waited = diagnosis(fabric, 0)["throttled"]
        note(f"{counts['rung']} doorbells in {counts['seconds']:.0f} s, waited {waited} times")
    wait_for_quarantine(fabric, mark)
    assert diagnosis(fabric, 0)["quarantine"] == what
    fabric.ping("v1", WIRE_IP)
    offer(fabric, 0)
    assert state(fabric) == "active" and diagnosis(fabric, 0)["quarantine"] == "nothing"
    fabric.host.run("sleep 5")
    assert state(fabric) == "active"


@pytest.mark.full()
@pytest.mark.kernels("stock")
@pytest.mark.parametrize("change", ["function reset", "owner"])
def test_what_is_remembered(attacked: Fabric, change: str) -> None:
    """Half of the limit, twice: a reset in between does not clear the count, a new owner does."""
    fabric = attacked
    babble = ["reset", [RESET], *[[UNKNOWN]] * 1500]
    send_raw(fabric, 0, babble)
    assert diagnosis(fabric, 0)["quarantine"] == "nothing"
    if change == "owner":
        fabric.bind_vf(0, wait=False)
        fabric.unbind_vf(0)
    else:
        fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset", 20)
    send_raw(fabric, 0, babble)
    fabric.host.run("sleep 2.2")
    found = diagnosis(fabric, 0)["quarantine"]
    assert found == ("nothing" if change == "owner" else "malformed messages")


@pytest.mark.full(kernel="debug")
def test_the_device_is_asked_for_spoofed_frames(fabric: Fabric) -> None:
    """The periodic work reads WVBR. QEMU has the register, but accepts every source."""
    with registers_read(fabric.host) as registers:
        fabric.host.run("sleep 2.2")
    assert WVBR in registers
    assert fabric.stats("", "pf0")["vf0_spoof_events"] == 0
