# SPDX-License-Identifier: GPL-2.0-only
"""The total cost of a datagram: by a VF, and by veth, bridge and PF."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from lab.fabric import FOREIGN_MAC, vf_ns
from table import Table
from workloads import Workloads

TITLE = (
    "Network namespaces that send UDP of {} B onto the wire, by VFs and by veth, bridge and PF: "
    "all instructions, the sender's socket included"
)
COUNTS = (1, 2, 4)
PAYLOAD = 1472
UNUSED_IP = "10.82.0.99"
BRIDGE = "br0"


def soft_ns(n: int) -> str:
    """The namespace with the n-th veth."""
    return f"s{n}"


@contextmanager
def bridged(work: Workloads, count: int) -> Iterator[None]:
    """Namespaces s0, s1... that reach the wire through a bridge and the PF."""
    work.host.modprobe("bridge")
    work.host.modprobe("veth")
    script = [f"ip link add {BRIDGE} type bridge; ip link set pf0 master {BRIDGE}"]
    for n in range(count):
        ns = soft_ns(n)
        script += [
            f"ip netns add {ns}",
            f"ip link add soft{n} type veth peer name host{n}",
            f"ip link set soft{n} netns {ns}; ip link set host{n} master {BRIDGE} up",
            f"ip -n {ns} address add 10.82.1.{n + 1}/16 dev soft{n}",
            f"ip -n {ns} link set soft{n} up",
        ]
    # The bridge has an entry for the unused address, so that it does not flood.
    script.append(f"ip link set {BRIDGE} up; bridge fdb add {FOREIGN_MAC} dev pf0 master static")
    work.host.run(" && ".join([*script, "sleep 1"]), 60)
    try:
        yield
    finally:
        names = " ".join(map(soft_ns, range(count)))
        work.host.run(f"for ns in {names}; do ip netns del $ns; done; ip link del {BRIDGE}")


def send(work: Workloads, names: list[str], devices: list[str]) -> float:
    """All namespaces send in turn; return instructions per datagram."""
    for ns, dev in zip(names, devices):
        neighbour = f"neigh replace {UNUSED_IP} lladdr {FOREIGN_MAC} dev {dev}"
        work.host.run(f"ip -n {ns} {neighbour}")
    command = f"{work.traffic} send {','.join(names)} - {UNUSED_IP} {work.packets // 2} {PAYLOAD}"
    out = json.loads(work.host.run(command, timeout=120).out)
    return (out["elapsed"] - out["idle"]) / out["done"]


def measure_namespaces(work: Workloads) -> Table:
    """Measure with 1, 2 and 4 namespaces; the caller creates the VFs again."""
    head = ["namespaces", "software", "VF", "ratio"]
    table = Table(TITLE.format(PAYLOAD), head, ["{}", "{:.0f}", "{:.0f}", "{:.2f}"])
    groups = [range(count) for count in COUNTS]
    work.fabric.set_vfs(max(COUNTS))
    # Not while there is a bridge: it makes the PF promiscuous, so that it also receives these
    # packets.
    vfs = [send(work, [vf_ns(n) for n in group], [f"vf{n}" for n in group]) for group in groups]
    with bridged(work, max(COUNTS)):
        for group, vf in zip(groups, vfs):
            soft = send(work, [soft_ns(n) for n in group], [f"soft{n}" for n in group])
            table.rows.append([str(len(group)), soft, vf, vf / soft])
    return table
