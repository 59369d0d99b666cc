# SPDX-License-Identifier: GPL-2.0-only
"""Sent frames are freed without an interrupt of their own."""
import json
from collections.abc import Callable

import pytest

from lab.fabric import PROGRAMS, Fabric
from mixture import PF, VF0, End

pytestmark = pytest.mark.kernels("stock")

COUNT = 2000
LITTLE, MUCH = 4096, 1 << 18
DEFAULT_US, LEAST_US, MOST_US = 250, 10, 1000
BOTH = pytest.mark.parametrize("end", [PF, VF0], ids=["pf", "vf"])
# Other programs use this machine as well.
LATE_MS = 100


def send(fabric: Fabric, end: End, count: int, room: int) -> dict[str, float]:
    """Run counting_sender.py on the processor of the first queue pair."""
    path = "/tmp/counting_sender.py"
    fabric.host.put((PROGRAMS / "counting_sender.py").read_text(), path)
    command = f"taskset -c 0 /usr/bin/python3 {path} {end.dev} {count} {room}"
    return json.loads(fabric.run(end.ns, command).out)


def counters(fabric: Fabric, end: End) -> tuple[int, int, int]:
    """Interrupts, expirations and packets sent of the first queue pair so far."""
    stats = fabric.stats(end.ns, end.dev)
    interrupts = sum(fabric.host.interrupts(f"^{end.dev}-TxRx-0$").values())
    return interrupts, stats["tx0_timer"], stats["tx0_packets"]


def grown(fabric: Fabric, end: End, before: tuple[int, ...]) -> tuple[int, ...]:
    """The increase of the counters."""
    return tuple(b - a for a, b in zip(before, counters(fabric, end)))


def set_usecs(fabric: Fabric, end: End, usecs: int) -> None:
    fabric.run(end.ns, f"ethtool -C {end.dev} tx-usecs {usecs}")


@BOTH
def test_no_interrupts(fabric: Fabric, end: End, note: Callable[[str], None]) -> None:
    """Frames are freed in time although nothing is received, almost without interrupts."""
    before = counters(fabric, end)
    found = send(fabric, end, COUNT, MUCH)
    interrupts, expired, packets = grown(fabric, end, before)
    note(f"{packets} frames, {interrupts} interrupts, {expired} expirations, {found}")
    assert packets >= COUNT
    assert interrupts < COUNT / 100
    assert 0 < expired < packets
    assert found["alone"] < LATE_MS


@BOTH
def test_little_room(fabric: Fabric, end: End, note: Callable[[str], None]) -> None:
    """A socket with a small buffer waits for the timer, as long as tx-usecs says."""
    took = {}
    for usecs in (LEAST_US, MOST_US):
        set_usecs(fabric, end, usecs)
        before = counters(fabric, end)
        took[usecs] = send(fabric, end, COUNT // 4, LITTLE)["seconds"]
        assert grown(fabric, end, before)[2] >= COUNT // 4
    set_usecs(fabric, end, DEFAULT_US)
    note(f"seconds for {COUNT // 4} frames: {took}")
    assert took[MOST_US] < COUNT / 4 * LATE_MS / 1000
    assert took[LEAST_US] < took[MOST_US]


@BOTH
def test_stopped_queue_wakes(fabric: Fabric, end: End) -> None:
    """A queue that BQL or a full ring has stopped continues, although nothing is received."""
    limit = f"/sys/class/net/{end.dev}/queues/tx-0/byte_queue_limits/limit_max"
    usual = fabric.run(end.ns, f"cat {limit}; echo 1000 > {limit}").out
    assert send(fabric, end, COUNT // 4, MUCH)["seconds"] < COUNT / 4 * LATE_MS / 1000
    fabric.run(end.ns, f"echo {1 << 26} > {limit}; ethtool -G {end.dev} tx 128")
    fabric.wait_carrier(end.ns, end.dev)
    before = counters(fabric, end)
    send(fabric, end, COUNT, MUCH * 4)
    assert grown(fabric, end, before)[2] >= COUNT
    fabric.run(end.ns, f"echo {usual} > {limit}; ethtool -G {end.dev} tx 512")
    fabric.wait_carrier(end.ns, end.dev)
    stats = fabric.stats(end.ns, end.dev)
    assert stats["tx0_timeout"] == 0
