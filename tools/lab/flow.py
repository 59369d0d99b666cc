# SPDX-License-Identifier: GPL-2.0
"""A flow of numbered datagrams each way and a TCP connection: what was lost, and for how long.

Each end runs tools/lab/flow.c, which notes when each datagram was sent and received. Times are in
milliseconds of the receiving machine's clock. A virtual machine that does not run for a moment
neither sends nor loses anything, so silences are net of what the sender's own pauses account for.
"""

import itertools
import re
import signal
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .channel import Job
from .clock import deadline
from .errors import LabError
from .machine import NetNs
from .make import compile_static
from .paths import LAB
from .topology import Place

PORTS = itertools.count(5600)
TCP_BYTES = 64  # a millisecond
LOT_MS = 8  # flow.c gives TCP 512 bytes at a time


@dataclass(frozen=True)
class Log:
    """What one end has noted; times in ms of its own clock."""

    sent: list[float] = field(default_factory=list)
    refused: frozenset[int] = frozenset()
    got: list[tuple[int, float]] = field(default_factory=list)
    tcp_sent: list[tuple[int, float]] = field(default_factory=list)
    tcp_got: list[tuple[int, float]] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    tcp: str = "-"

    @classmethod
    def parse(cls, text: str) -> "Log":
        """The output of flow.c."""
        lines = dict(re.findall(r"^(\S+)(?: (.*))?$", text, re.M))
        if "epoch" not in lines:
            raise LabError(f"a flow has ended without a log:\n{text[-500:]}")
        epoch = int(lines["epoch"]) / 1e6

        def ms(word: str) -> float:
            return epoch + int(word) / 1e3

        def pairs(name: str) -> list[tuple[int, float]]:
            words = (word.split(":") for word in lines[name].split())
            return [(int(number), ms(at)) for number, at in words]

        sent = lines["sent"].split()
        pauses = (word.split(":") for word in lines["pause"].split())
        return cls(
            sent=[ms(word.rstrip("!")) for word in sent],
            refused=frozenset(n for n, word in enumerate(sent, 1) if word.endswith("!")),
            got=pairs("got"),
            tcp_sent=pairs("tcp-sent"),
            tcp_got=pairs("tcp-got"),
            pauses=[(ms(at), int(length) / 1e3) for at, length in pauses],
            tcp=lines["tcp"],
        )

    def shifted(self, by: float) -> "Log":
        """The same by another clock."""

        def move(pairs: list[tuple[int, float]]) -> list[tuple[int, float]]:
            return [(number, at + by) for number, at in pairs]

        return replace(
            self,
            sent=[at + by for at in self.sent],
            got=move(self.got),
            tcp_sent=move(self.tcp_sent),
            tcp_got=move(self.tcp_got),
            pauses=[(at + by, length) for at, length in self.pauses],
        )


def least_delay(sender: Log, receiver: Log) -> float:
    """Of all datagrams, the least time from sender to receiver, each by its own clock."""
    return min(at - sender.sent[number - 1] for number, at in receiver.got)


def clock_offset(here: Log, there: Log) -> float:
    """What to add to `there`'s times to have them by `here`'s clock."""
    if here.got and there.got:
        return (least_delay(there, here) - least_delay(here, there)) / 2
    return least_delay(there, here) if here.got else -least_delay(here, there)


@dataclass(frozen=True)
class OneWay:
    """Datagrams in one direction."""

    sent: int
    lost: int
    again: int
    """Received more than once."""
    late: int
    """Received after one that was sent later."""
    silence: float
    """The longest time in which nothing came, net of the sender's pauses."""


def one_way(
    sender: Log, receiver: Log, begin: float, end: float, period: float
) -> OneWay:
    """What was sent between two times."""
    first, last = bisect_left(sender.sent, begin) + 1, bisect_left(sender.sent, end)
    seen: set[int] = set()
    again = late = 0
    silence = 0.0
    newest: tuple[int, float] | None = None
    for number, at in sorted(receiver.got, key=lambda pair: pair[1]):
        if not first <= number <= last:
            continue
        again += number in seen
        late += number not in seen and newest is not None and number < newest[0]
        seen.add(number)
        if newest is None:
            newest = number, at
        elif number > newest[0]:
            gap = sender.sent[number - 1] - sender.sent[newest[0] - 1]
            expected = gap - (number - newest[0]) * period
            silence = max(silence, at - newest[1] - max(expected, 0))
            newest = number, at
    if newest:
        silence = max(silence, (last - newest[0]) * period)
    sent = max(last - first + 1, 0)
    return OneWay(sent, sent - len(seen), again, late, silence if seen else sent * period)


def stall(sender: Log, receiver: Log, begin: float, end: float) -> float:
    """The longest time in which TCP received nothing, net of the pauses of both ends."""
    totals = [total for total, _ in sender.tcp_sent]
    times = [at for _, at in sender.tcp_sent]
    longest = 0.0
    got = [(total, at) for total, at in receiver.tcp_got if begin <= at]
    for (total, at), (_, then) in zip(got, got[1:]):
        if at > end:
            break
        if then - at <= longest:
            continue
        k = bisect_left(totals, total)  # the write that this end has received to its end
        pause = overlap(at, then, receiver.pauses)
        if k + 1 < len(times) and totals[k] == total:
            pause += max(times[k + 1] - times[k] - LOT_MS, 0)
        longest = max(longest, then - at - pause)
    if sender.tcp_sent and (not got or got[-1][0] < totals[-1]):
        since = got[-1][1] if got else begin
        longest = max(longest, min(end, times[-1]) - since)
    return longest


def overlap(begin: float, end: float, pauses: Sequence[tuple[float, float]]) -> float:
    """How much of a time is pauses."""
    return sum(max(min(end, at + length) - max(begin, at), 0) for at, length in pauses)


def stood_still(log: Log, other: Log, begin: float, end: float) -> float:
    """The longest pause of a machine, less what the other one paused at the same time."""
    longest = 0.0
    for at, length in log.pauses:
        if begin <= at + length and at < end and length > longest:
            longest = max(longest, length - overlap(at, at + length, other.pauses))
    return longest


@dataclass(frozen=True)
class Figures:
    """What happened between two times; milliseconds."""

    out: OneWay
    """From the guest."""
    back: OneWay
    """To the guest."""
    tcp_ms: float
    stood_ms: float
    """The longest time in which the guest did not run, but the machine around it did."""


class Flow:
    """A flow between a guest and a place in its host VM, until close().

    flow = Flow(guest, "10.82.0.10", host.netns("wire"), "10.82.0.254")
    ...
    flow.close()
    print(flow.figures(begin, end))
    """

    def __init__(
        self,
        guest: Place,
        guest_ip: str,
        peer: NetNs,
        peer_ip: str,
        *,
        hertz: int = 1000,
        receive_only: bool = False,
        tcp_bytes: int = TCP_BYTES,
        watch: str = "",
    ):
        """Start it.

        receive_only: the guest sends no datagrams, and there is no TCP.
        tcp_bytes: a millisecond, each way; -1: as many as possible, from the guest only.
        watch: an interface of the host VM; `watched` has the datagrams that it sends.
        """
        self.host = peer.machine
        self.period = 1000 / hertz
        self.port = next(PORTS)
        content = compile_static(LAB / "flow.c").read_bytes()
        for machine in (self.host, guest.machine if isinstance(guest, NetNs) else guest):
            if machine.run("test -e /run/flow", check=False).rc:
                machine.put(content, "/run/flow")
                machine.run("chmod +x /run/flow")
        self.offset = self._measure_offset()
        back = max(tcp_bytes, 0)
        self._jobs: dict[str, Job] = {}
        self._start("peer", peer, f"{guest_ip} {hertz} {back} {'-' if receive_only else 'listen'}")
        if watch:
            self._start("watch", self.host, f"watch {watch}")
        words = "0 0 -" if receive_only else f"{hertz} {tcp_bytes} connect"
        self._start("guest", guest, f"{peer_ip} {words}")
        self.guest = self.peer = self.watched = Log()

    def _start(self, name: str, place: Place, words: str) -> None:
        job = self._jobs[name] = place.spawn(f"exec /run/flow {self.port} {words}")
        end = deadline(15)
        while "ready" not in job.out:
            if job.poll() is not None or time.monotonic() > end:
                raise LabError(f"no flow: {job.command}: {job.err}")
            time.sleep(0.02)

    def _measure_offset(self) -> float:
        """What to add to this machine's clock to have the host VM's, in ms."""
        found = []
        for _ in range(5):
            begin = time.monotonic()
            there = int(self.host.run("date +%s%N").out) / 1e6
            end = time.monotonic()
            found.append((end - begin, there - 500 * (begin + end)))
        return min(found)[1]

    def now(self) -> float:
        """The time by the host VM's clock, in ms, to some 10 ms."""
        return 1000 * time.monotonic() + self.offset

    def close(self) -> None:
        """End it and read the logs; the guest's is brought to the host VM's clock."""
        for job in self._jobs.values():
            job.kill(signal.SIGTERM)
        logs = {name: Log.parse(job.wait(30).out) for name, job in self._jobs.items()}
        self.peer, guest = logs["peer"], logs["guest"]
        self.watched = logs.get("watch", Log())
        if not (self.peer.got or guest.got):
            raise LabError("no datagram has arrived at all")
        self.guest = guest.shifted(clock_offset(self.peer, guest))

    @property
    def tcp_alive(self) -> bool:
        """Whether the connection has survived, and all bytes were right."""
        ends = {self.guest.tcp, self.peer.tcp}
        return ends <= {"-", "open", "closed by the peer"}

    def figures(self, begin: float, end: float) -> Figures:
        """What happened between two times of the host VM's clock."""
        guest, peer = self.guest, self.peer
        return Figures(
            one_way(guest, peer, begin, end, self.period),
            one_way(peer, guest, begin, end, self.period),
            max(stall(guest, peer, begin, end), stall(peer, guest, begin, end)),
            stood_still(guest, peer, begin, end),
        )


def together(several: Sequence[Figures]) -> Figures:
    """Sums of counts, and the longest times."""

    def add(ways: Sequence[OneWay]) -> OneWay:
        counts = (
            sum(getattr(way, name) for way in ways) for name in ("sent", "lost", "again", "late")
        )
        return OneWay(*counts, silence=max(way.silence for way in ways))

    return Figures(
        add([figures.out for figures in several]),
        add([figures.back for figures in several]),
        max(figures.tcp_ms for figures in several),
        max(figures.stood_ms for figures in several),
    )
