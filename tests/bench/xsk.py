# SPDX-License-Identifier: GPL-2.0-only
"""AF_XDP sockets in the bench: zero copy if the driver supports it, otherwise copies."""

from collections.abc import Iterator

from lab.fabric import FOREIGN_MAC
from lab import CommandFailed, LabError
from workloads import Cost, Place, Row, Workloads
from xsocket import Socket

FRAMES = 4096
UNSUPPORTED = "bind: Operation not supported"


def bound(place: Place, mode: str, **options: object) -> Socket:
    """A socket in the best mode that the driver supports."""
    options = {"need_wakeup": True, "frames": FRAMES, **options}
    try:
        return Socket(place.fabric, place.ns, place.dev, mode, zerocopy=True, **options)
    except CommandFailed as refused:
        if UNSUPPORTED not in str(refused):
            raise
    return Socket(place.fabric, place.ns, place.dev, mode, zerocopy=False, **options)


def transmit(work: Workloads, sender: Place, size: int) -> Cost:
    """Frames to an unused address on the wire; includes the program's instructions."""
    with work.counted() as counters:
        socket = bound(
            sender, "tx", to=FOREIGN_MAC, size=size, count=work.packets, idle=True
        )
        result = socket.wait(120)
    if result["completed"] < work.packets:
        raise LabError(f"{sender.name} has sent {result['completed']} of {work.packets} frames")
    # The device counts the first use of every frame, which is not timed.
    cost = counters.cost(0, 0, work.packets + FRAMES)
    cost.instructions = (result["elapsed"] - result["idle"]) / work.packets
    cost.microseconds = result["elapsed"] / work.packets / 1000
    return cost


def receive(work: Workloads, sender: Place, receiver: Place, size: int, native: bool) -> Cost:
    """Frames from one function to a socket on the other, less the cost of sending."""
    socket = bound(receiver, "rx", all=True, count=0, generic=not native)
    receiver.fabric.wait_carrier(receiver.ns, receiver.dev)
    cost = work.receive(sender, receiver, size)
    got = socket.end()["received"]
    if got < 0.999 * work.packets:
        raise LabError(f"the socket on {receiver.name} has got {got} of {work.packets} frames")
    return cost


def rows(work: Workloads, here: Place, other: Place, native: bool) -> Iterator[Row]:
    """The rows to measure; native: the driver supports XDP."""
    yield "60 B, AF_XDP sends", lambda: transmit(work, here, 60)
    yield "60 B, AF_XDP drops", lambda: receive(work, other, here, 60, native)
