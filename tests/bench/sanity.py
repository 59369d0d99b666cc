# SPDX-License-Identifier: GPL-2.0-only
"""Throughput and round trip on emulated processors that run in parallel: a check only."""

from lab.fabric import PF_IP, Fabric, vf_ip
from table import Pairs

SECONDS = 3
PINGS = 50


def sanity_pairs() -> Pairs:
    """Create an empty table."""
    title = (
        "Two emulated processors and real time. These numbers are of this machine and of what else "
        "it did: they say that traffic flows, not how fast a driver is"
    )
    return Pairs(title, "sanity only", "{:.2f}")


def measure_sanity(pairs: Pairs, fabric: Fabric, ours: bool) -> None:
    """Measure between VF 0 and the other VF or the PF."""
    for name, ns, address in (("vf0", "v1", vf_ip(1)), ("pf", "", PF_IP)):
        end = fabric.iperf(ns, "v0", address, f"-t {SECONDS}")
        rate = end["sum_received"]["bits_per_second"] / 1e6
        pairs.note("TCP from VF 0, Mbit/s", name, ours, rate)
        pairs.note("ping from VF 0, ms", name, ours, fabric.ping("v0", address, PINGS))
