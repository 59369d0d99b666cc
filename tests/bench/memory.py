# SPDX-License-Identifier: GPL-2.0-only
"""The memory of a queue pair of an open interface."""

import statistics

from table import Pairs
from workloads import Place

SIZES = (512, 4096)
# Pages are freed through RCU and, with page pools, by work items; slabs keep some.
SETTLE = """
sleep 1.5
for file in /sys/kernel/slab/*/shrink; do echo 1 > $file; done
echo 1 > /proc/sys/vm/stat_refresh
"""
# Free pages, with those that processors keep
FREE = "awk '/pages free/ { n += $3 } /^ +count:/ { n += $2 } END { print 4 * n }' /proc/zoneinfo"


def memory_pairs() -> Pairs:
    """Create an empty table."""
    title = "Memory that an open interface keeps per queue pair"
    return Pairs(title, "KiB per queue pair", "{:.0f}")


def kib_per_queue_pair(place: Place, size: int, repeat: int) -> float:
    """Free memory with the interface down less that with it up, by the kernel's page counts."""

    def free(state: str) -> int:
        place.run(f"ip link set {place.dev} {state}")
        if state == "up":
            place.fabric.wait_carrier(place.ns, place.dev)
        return int(place.fabric.host.run(SETTLE + FREE).out)

    place.run(f"ethtool -G {place.dev} rx {size} tx {size}")
    queues = int(place.run(f"ls -d /sys/class/net/{place.dev}/queues/rx-* | wc -l"))
    free("down"), free("up")  # memory that only the first time needs
    return statistics.median(free("down") - free("up") for _ in range(repeat)) / queues


def measure_memory(pairs: Pairs, place: Place, ours: bool, repeat: int) -> None:
    """Measure a function of one driver at each size of its rings."""
    place.run(f"ethtool -L {place.dev} combined 1 2> /dev/null || true")
    for size in SIZES:
        kib = kib_per_queue_pair(place, size, repeat)
        pairs.note(f"rings of {size} + {size} descriptors", place.name, ours, kib)
