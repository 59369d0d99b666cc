# SPDX-License-Identifier: GPL-2.0-only
"""XDP programs on PF and VF: xdp_prog.c, frames that ask something of it, and its verdicts."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from lab.fabric import WIRE_MAC, Fabric, Frame, vf_ip, xdp_program

SOURCE = Path(__file__).parent / "xdp_prog.c"
ONE_BUFFER, FRAGMENTS = "xdp", "xdp.frags"
COUNT = 40


class Ask(IntEnum):
    """What a frame asks of the program; as in xdp_prog.c."""

    PASS = 0
    DROP = 1
    BACK = 2
    REDIRECT = 3
    ABORT = 4
    NONSENSE = 5
    META = 6
    LONGER = 7
    SHORTER = 8
    RUNT = 9


LONGER_BY, SHORTER_BY, MUCH_SHORTER_BY = 4, 16, 4500


@dataclass(frozen=True)
class Request(Frame):
    """A frame for xdp_prog.c: what is to be done, and the addresses it is to leave with."""

    ask: Ask = Ask.PASS
    to: str = WIRE_MAC
    by: str = WIRE_MAC

    def hex(self) -> str:
        data = bytearray.fromhex(super().hex())
        data[14:16] = self.ask, 0
        data[16:28] = bytes.fromhex((self.to + self.by).replace(":", ""))
        data[28:] = bytes(n & 0xFF for n in range(28, len(data)))
        return data.hex()


def attach(fabric: Fabric, ns: str, dev: str, section: str = ONE_BUFFER) -> None:
    """Load the program again, in the place of the one there may be."""
    fabric.run(ns, f"ip -force link set dev {dev} xdpdrv obj /tmp/xdp.o sec {section}")


def detach(fabric: Fabric, ns: str, dev: str) -> None:
    fabric.run(ns, f"ip link set dev {dev} xdpdrv off")


@contextmanager
def program(
    fabric: Fabric, ns: str, dev: str, section: str = ONE_BUFFER, target: int = 1
) -> Iterator[None]:
    """The program at work on an interface."""
    fabric.host.put(xdp_program(SOURCE, target), "/tmp/xdp.o")
    attach(fabric, ns, dev, section)
    fabric.wait_carrier(ns, dev)
    yield
    detach(fabric, ns, dev)


def counters(fabric: Fabric, ns: str, dev: str) -> dict[str, int]:
    """ethtool -S, all queues together: rx_xdp_drop, ..."""
    sums: dict[str, int] = {}
    for name, value in fabric.stats(ns, dev).items():
        queue, _, what = name.partition("_")
        if queue[:2] in ("rx", "tx") and queue[2:].isdigit():
            sums[f"{queue[:2]}_{what}"] = sums.get(f"{queue[:2]}_{what}", 0) + value
    return sums


def port_of(dev: str) -> str:
    """What frame_probe calls the interface."""
    return "pf" if dev == "pf0" else dev


def restart(fabric: Fabric, ns: str, dev: str) -> None:
    """Down and up, with the addresses."""
    fabric.run(ns, f"ip link set {dev} down")
    if dev == "pf0":
        fabric.pf_up()
    else:
        last = vf_ip(int(dev[2:])).rpartition(".")[2]
        fabric.run(
            ns, f"ip link set {dev} up; ip -6 address replace fd82::{last}/64 dev {dev} nodad"
        )
    fabric.wait_carrier(ns, dev)


def verdicts(
    fabric: Fabric, ns: str, dev: str, size: int, asks: tuple[Ask, ...], count: int = COUNT
) -> dict[Ask, tuple[set[str], str, str]]:
    """Frames from the wire for each wish: who receives it, what is sent, what arrives."""
    mac = fabric.mac(ns, dev)
    requests = [
        Request("wire", mac, WIRE_MAC, size=size, count=count, ask=ask, by=mac) for ask in asks
    ]
    answers = {}
    for request, received in zip(requests, fabric.probe(requests)):
        for port, frames in received.items():
            assert len(frames) == count, f"{request.ask.name} at {port}"
        arrived = {data for frames in received.values() for _, data in frames}
        assert len(arrived) < 2
        answers[request.ask] = set(received), request.hex(), arrived.pop() if arrived else ""
    return answers


def check_verdicts(fabric: Fabric, ns: str, dev: str, size: int) -> None:
    """Every verdict is followed, and counted once for each frame."""
    before = counters(fabric, ns, dev)
    received = verdicts(fabric, ns, dev, size, tuple(set(Ask) - {Ask.REDIRECT}))
    after = counters(fabric, ns, dev)

    passed = {Ask.PASS, Ask.META, Ask.LONGER, Ask.SHORTER}
    wanted = {ask: {port_of(dev)} if ask in passed else set() for ask in received}
    wanted[Ask.BACK] = {"wire"}
    assert {ask: ports for ask, (ports, _, _) in received.items()} == wanted
    less = 2 * (MUCH_SHORTER_BY if size > 5000 else SHORTER_BY)
    for ask, (_, sent, got) in received.items():
        if ask in (Ask.PASS, Ask.META):
            assert got == sent
        elif ask == Ask.BACK:
            assert got == sent[32:56] + sent[24:]
        elif ask == Ask.LONGER:
            assert got == sent[:28] + sent[28 - 2 * LONGER_BY : 28] + sent[28:]
        elif ask == Ask.SHORTER:
            assert got == sent[:-less]

    grown = {name: after[name] - before[name] for name in after}
    assert grown["rx_xdp_drop"] == COUNT
    assert grown["rx_xdp_tx"] == 2 * COUNT
    assert grown["rx_xdp_errors"] == 2 * COUNT
    assert grown["rx_xdp_redirect"] == grown["tx_xdp_xmit"] == grown["tx_dropped"] == 0
    assert grown["rx_packets"] >= 9 * COUNT
    assert grown["tx_packets"] >= 2 * COUNT
