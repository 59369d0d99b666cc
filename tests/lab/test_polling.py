# SPDX-License-Identifier: GPL-2.0-only
"""Polling by kernel threads (threaded NAPI) or by the receiving process (busy polling)."""
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest

from lab.fabric import PROGRAMS, Fabric
from mixture import ENDS, PF, RING_OF_PAIRS, VF0, End, Mixture, assert_flowing, counted

pytestmark = pytest.mark.kernels("stock")

CPUS = 2
LEAST_TURNS = 10
BUSY_US, QUESTIONS = 5000, 300
# Polls without packets until interrupts are allowed again, and the time between them
DEFER, FLUSH_NS = 200, 1_000_000


def interrupts_by_processor(fabric: Fabric, end: End) -> list[int]:
    """Interrupts of an interface's first queue pair, by processor."""
    for line in fabric.host.read("/proc/interrupts").splitlines():
        if line.endswith(f"{end.dev}-TxRx-0"):
            return [int(word) for word in line.split(":")[1].split() if word.isdigit()][:CPUS]
    raise AssertionError(f"{end.dev} has no interrupt")


def test_every_vector_is_used(fabric: Fabric) -> None:
    """Under load every vector interrupts, on at least half of the processors."""
    mixture = Mixture(fabric)
    before = [interrupts_by_processor(fabric, end) for end in ENDS]
    for job in [mixture.stream("tcp", *pair, 1 << 20, 1) for pair in RING_OF_PAIRS]:
        counted(job)
    after = [interrupts_by_processor(fabric, end) for end in ENDS]
    grown = [[b - a for a, b in zip(*counts)] for counts in zip(before, after)]
    assert all(map(sum, grown)), grown
    assert 2 * sum(map(any, zip(*grown))) >= CPUS, grown


def vectors(fabric: Fabric) -> list[str]:
    """The interrupt numbers of VF 0's queue pairs."""
    lines = fabric.host.read("/proc/interrupts")
    return re.findall(rf"^ *(\d+):.* {VF0.dev}-TxRx-\d+$", lines, re.M)


def affinities(fabric: Fabric) -> list[int]:
    """The processors that these interrupt."""
    masks = (fabric.host.read(f"/proc/irq/{irq}/smp_affinity") for irq in vectors(fabric))
    return [int(mask, 16) for mask in masks]


@pytest.mark.full()
def test_affinity_is_the_users(fabric: Fabric) -> None:
    """The affinity of a VF's interrupts stays as the user set it in all operations."""
    irqs = vectors(fabric)
    usual = affinities(fabric)
    assert sorted(usual) == [1, 2]
    for irq, mask in zip(irqs, reversed(usual)):
        fabric.host.write(f"/proc/irq/{irq}/smp_affinity", mask)
    wanted = affinities(fabric)
    assert wanted == usual[::-1]
    for command in (
        "ethtool -G vf0 rx 256; ethtool -G vf0 rx 512",
        "ethtool -L vf0 combined 1; ethtool -L vf0 combined 2",
        "ip link set vf0 down; ip link set vf0 up",
    ):
        fabric.run(VF0.ns, command)
        assert affinities(fabric) == wanted, command
    fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset")
    assert affinities(fabric) == wanted
    fabric.reset_pf()
    assert affinities(fabric) == wanted
    fabric.run(VF0.ns, f"ip -6 address replace {VF0.ip6}/64 dev vf0 nodad")
    fabric.wait_carrier(VF0.ns, VF0.dev)
    before = interrupts_by_processor(fabric, VF0)
    fabric.ping(VF0.ns, PF.ip, count=10)
    grown = [b - a for a, b in zip(before, interrupts_by_processor(fabric, VF0))]
    assert grown[wanted[0] >> 1] and not grown[usual[0] >> 1], grown
    for irq, mask in zip(irqs, usual):
        fabric.host.write(f"/proc/irq/{irq}/smp_affinity", mask)


def set_threaded(fabric: Fabric, end: End, on: bool) -> None:
    fabric.run(end.ns, f"echo {int(on)} > /sys/class/net/{end.dev}/threaded")


def turns(fabric: Fabric, end: End) -> int:
    """How often the threads that poll an interface have run."""
    threads = fabric.host.run(f"grep -ls '^napi/{end.dev}-' /proc/[0-9]*/comm").out.split()
    files = " ".join(path.replace("comm", "schedstat") for path in threads)
    lines = fabric.host.run(f"cat {files}").out.splitlines()
    return sum(int(line.split()[2]) for line in lines)


@pytest.mark.full(kernel="debug")
@pytest.mark.kernels("stock", "debug")
def test_threaded(fabric: Fabric) -> None:
    """Threads poll PF and VF; they are turned on and off under traffic, which continues."""
    mixture = Mixture(fabric)
    for end in ENDS:
        set_threaded(fabric, end, True)
    streams = [mixture.stream("tcp", *pair, 1 << 20, 1, seconds=2) for pair in RING_OF_PAIRS]
    for on in (False, True):
        time.sleep(0.3)
        for end in ENDS:
            set_threaded(fabric, end, on)
    for stream in streams:
        assert_flowing(fabric, stream)
    before = [turns(fabric, end) for end in ENDS]
    for sender, receiver in RING_OF_PAIRS:
        fabric.ping(sender.ns, receiver.ip, count=LEAST_TURNS)
    for end, earlier in zip(ENDS, before):
        assert turns(fabric, end) - earlier > LEAST_TURNS, end
        set_threaded(fabric, end, False)


def busy_polled(fabric: Fabric, ns: str) -> int:
    """Packets that a receiving process has polled itself."""
    names, values = fabric.run(ns, "grep ^TcpExt: /proc/net/netstat").out.splitlines()
    return int(dict(zip(names.split(), values.split()))["BusyPollRxPackets"])


@contextmanager
def running(fabric: Fabric, end: End, words: str) -> Iterator[None]:
    """busy_polling.py runs at an interface; fabric.python() can run it as well."""
    fabric.host.put((PROGRAMS / "busy_polling.py").read_text(), "/tmp/busy_polling.py")
    place = fabric.host.netns(end.ns) if end.ns else fabric.host
    job = place.spawn(f"exec /usr/bin/python3 /tmp/busy_polling.py {words}")
    try:
        yield
    finally:
        job.kill()
        job.wait(20, check=False)


@pytest.mark.parametrize("sender, receiver", [(PF, VF0), (VF0, PF)], ids=["vf", "pf"])
def test_busy_polling(
    fabric: Fabric, sender: End, receiver: End, note: Callable[[str], None]
) -> None:
    """A process that waits for a datagram polls the interface itself."""
    found = []

    def count() -> tuple[int, int]:
        return interrupts(fabric, receiver), busy_polled(fabric, receiver.ns)

    with running(fabric, sender, "answer -"):
        for usecs in (0, BUSY_US):
            fabric.host.run(f"sysctl -q net.core.busy_read={usecs} net.core.busy_poll={usecs}")
            before = count()
            answers = int(fabric.python("busy_polling.py", "ask", sender.ip, ns=receiver.ns))
            found.append(tuple(b - a for a, b in zip(before, count())))
            assert answers > QUESTIONS / 2, answers
    fabric.host.run("sysctl -q net.core.busy_read=0 net.core.busy_poll=0")
    (usual, none), (busy, fetched) = found
    assert none == 0 < fetched
    note(f"{fetched} packets fetched; interrupts {usual} without, {busy} with")


def interrupts(fabric: Fabric, end: End) -> int:
    """Interrupts of an interface's first queue pair, so far."""
    return sum(interrupts_by_processor(fabric, end))


@contextmanager
def put_off(fabric: Fabric, end: End) -> Iterator[None]:
    """NAPI polls by timer while packets arrive, and interrupts stay masked."""
    path = f"/sys/class/net/{end.dev}"
    write = f"echo {{}} > {path}/napi_defer_hard_irqs; echo {{}} > {path}/gro_flush_timeout"
    fabric.run(end.ns, write.format(DEFER, FLUSH_NS))
    try:
        yield
    finally:
        fabric.run(end.ns, write.format(0, 0))


@pytest.mark.full(receiver=PF)
@pytest.mark.parametrize("sender, receiver", [(PF, VF0), (VF0, PF)], ids=["vf", "pf"])
def test_interrupts_put_off(
    fabric: Fabric, sender: End, receiver: End, note: Callable[[str], None]
) -> None:
    """napi_defer_hard_irqs: no interrupts under load. SO_PREFER_BUSY_POLL: the process polls."""
    counts = {}
    with running(fabric, sender, f"send {receiver.ip}"):
        for way in ("interrupts", "deferred", "preferred"):
            with put_off(fabric, receiver) if way != "interrupts" else nullcontext():
                wait = "prefer" if way == "preferred" else "wait"
                fabric.python("busy_polling.py", wait, "0.2", ns=receiver.ns)
                before = interrupts(fabric, receiver)
                got = int(fabric.python("busy_polling.py", wait, "1", ns=receiver.ns))
                counts[way] = interrupts(fabric, receiver) - before, got
    note(f"interrupts and packets: {counts}")
    for way in ("deferred", "preferred"):
        number, packets = counts[way]
        assert packets > 100 * max(1, number), counts
    assert counts["interrupts"][0] > 10 * counts["deferred"][0], counts
    before = interrupts(fabric, receiver)
    fabric.ping(sender.ns, receiver.ip)
    assert interrupts(fabric, receiver) > before
