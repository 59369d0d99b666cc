# SPDX-License-Identifier: GPL-2.0-only
"""Interrupts per packet when request and response take as long as with the other pair."""

from table import Pairs
from workloads import Cost, Place, Workloads

ROUND_TRIP = "request and response takes, us"
LONGEST_US = 1023


def interrupt_pairs() -> Pairs:
    """Create an empty table."""
    title = (
        "Interrupts per packet at equal latency, ours with the longest rx-usecs with which "
        "request and response take no longer than igb's"
    )
    return Pairs(title, "", "{:.3g}")


class Moderation:
    """The same traffic for both pairs of drivers: iovnic is second and adapts to the other pair."""

    def __init__(self, work: Workloads, pairs: Pairs, here: Place, other: Place, ours: bool):
        self.work = work
        self.pairs = pairs
        self.here = here
        self.other = other
        self.ours = ours

    def measure(self) -> None:
        """Fill in the table's rows of the function `here`."""
        wanted = self.pairs.peer(ROUND_TRIP, self.here.name)
        if self.ours and not wanted:
            return
        usecs = self.equalise(wanted) if wanted else None
        self.note(ROUND_TRIP, self.round_trip())
        self.note("rx-usecs chosen", usecs)
        for row, cost in self.costs():
            self.note(row, cost.interrupts)

    def note(self, row: str, value: float | None) -> None:
        """Add a number to the table."""
        self.pairs.note(row, self.here.name, self.ours, value)

    def costs(self) -> list[tuple[str, Cost]]:
        """Measure the traffic whose interrupts are compared."""
        work, here, other = self.work, self.here, self.other
        count = work.packets // 5
        with work.dealing(here, "tc"):
            dropped = work.receive(other, here, 60)
        return [
            ("60 B dropped by tc", dropped),
            ("UDP 64 B", work.talk("udp", other, here, count, 64)),
            ("UDP 1472 B", work.talk("udp", other, here, count, 1472)),
            ("TCP sent, per 1448 B", work.talk("tcp", here, other, 16 << 20, 65536)),
            ("TCP received, per 1448 B", work.talk("tcp", other, here, 16 << 20, 65536)),
            ("request and response", work.talk("rr", other, here, work.packets // 50, 1)),
        ]

    def round_trip(self) -> float:
        """The duration in microseconds of the VM's time."""
        count = max(100, self.work.packets // 50)
        return self.work.talk("rr", self.other, self.here, count, 1).microseconds

    def equalise(self, wanted: float) -> int:
        """Set the largest rx-usecs with which a round trip takes no longer than `wanted`."""
        low, high = 0, LONGEST_US + 1
        while high - low > 1:
            middle = (low + high) // 2
            self.space(middle)
            if self.round_trip() <= wanted:
                low = middle
            else:
                high = middle
        self.space(low)
        return low

    def space(self, usecs: int) -> None:
        """Set rx-usecs at both ends, which may restart the interface's interrupts."""
        for place in (self.here, self.other):
            place.run(f"ethtool -C {place.dev} adaptive-rx off adaptive-tx off rx-usecs {usecs}")
