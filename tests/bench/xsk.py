# SPDX-License-Identifier: GPL-2.0-only
"""AF_XDP sockets in the bench: in zero copy where the driver has it, otherwise with copies."""

from collections.abc import Iterator

from lab.fabric import FOREIGN_MAC
from lab import CommandFailed, LabError
from workloads import Cost, Place, Row, Workloads
from xsocket import Socket

FRAMES = 4096
UNSUPPORTED = "bind: Operation not supported"


def bound(place: Place, mode: str, **options: object) -> Socket:
    """A socket in the best mode that the driver has."""
    options = {"need_wakeup": True, "frames": FRAMES, **options}
    try:
        return Socket(place.fabric, place.ns, place.dev, mode, zerocopy=True, **options)
    except CommandFailed as refused:
        if UNSUPPORTED not in str(refused):
            raise
    return Socket(place.fabric, place.ns, place.dev, mode, zerocopy=False, **options)


def transmit(work: Workloads, sender: Place, size: int) -> Cost:
    """Frames onto the wire, where nothing receives them; includes the program's instructions."""
    with work.counted() as counters:
        socket = bound(
            sender, "tx", to=FOREIGN_MAC, size=size, count=work.packets, idle=True
        )
        result = socket.wait(120)
    if result["completed"] < work.packets:
        raise LabError(f"{sender.name} has sent {result['completed']} of {work.packets} frames")
    # The first use of every frame is counted by the device, but not timed.
    cost = counters.cost(0, 0, work.packets + FRAMES)
    cost.instructions = (result["elapsed"] - result["idle"]) / work.packets
    cost.microseconds = result["elapsed"] / work.packets / 1000
    return cost


def receive(work: Workloads, sender: Place, receiver: Place, size: int, native: bool) -> Cost:
    """Frames from one function to a socket on the other, less what the sender spends on them."""
    socket = bound(receiver, "rx", all=True, count=0, generic=not native)
    receiver.fabric.wait_carrier(receiver.ns, receiver.dev)
    cost = work.receive(sender, receiver, size)
    got = socket.end()["received"]
    if got < 0.999 * work.packets:
        raise LabError(f"the socket on {receiver.name} has got {got} of {work.packets} frames")
    return cost


def rows(work: Workloads, here: Place, other: Place, native: bool) -> Iterator[Row]:
    """What is measured; native: the driver has XDP."""
    yield "60 B, AF_XDP sends", lambda: transmit(work, here, 60)
    yield "60 B, AF_XDP drops", lambda: receive(work, other, here, 60, native)
