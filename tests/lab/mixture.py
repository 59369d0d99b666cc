# SPDX-License-Identifier: GPL-2.0-only
"""Random packets and streams between functions of the 82576. The programs are in tests/lab/mix."""
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lab.fabric import Fabric, vf_ip, vf_ns
from lab import paths
from lab.channel import Job
from lab.topology import PF_IP

SOURCES = Path(__file__).parent / "mix"
BUILD = paths.BUILD / "mix"
VID = 77
# Seconds that a stream may pause during a change: less than the stream's own timeout, which a lost
# wake-up would exceed. TCP doubles its timeout with each loss, and the debug kernel is slow.
LONGEST_STALL_MS = {"stock": 3000, "debug": 15000}
MADE_OF = {"packets": ["packets.c", "packet.c", "mix.c"], "streams": ["streams.c", "mix.c"]}


@cache
def build(name: str) -> bytes:
    """Build a program for the VM, which has the same C library."""
    BUILD.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-o", BUILD / name]
    subprocess.run([*command, *(SOURCES / file for file in MADE_OF[name])], check=True)
    return (BUILD / name).read_bytes()


@dataclass(frozen=True)
class End:
    """A function: its name in the programs, and its addresses."""

    ns: str
    dev: str
    ip: str
    ip6: str

    @property
    def netns(self) -> str:
        """The programs' arguments for this function."""
        return self.ns or "-"


PF = End("", "pf0", PF_IP, "fd82::1")
VF0, VF1 = (End(vf_ns(n), f"vf{n}", vf_ip(n), f"fd82::1{n}") for n in range(2))
ENDS = (PF, VF0, VF1)
RING_OF_PAIRS = ((VF0, VF1), (VF1, PF), (PF, VF0))


class Mixture:
    """Runs the programs that send and compare."""

    def __init__(self, fabric: Fabric):
        self._fabric = fabric
        for name in MADE_OF:
            fabric.host.put(build(name), f"/tmp/{name}")
            fabric.host.run(f"chmod +x /tmp/{name}")

    def packets(self, sender: End, receiver: End, count: int, mtu: int, seed: int) -> Job:
        """Start to send packets; within frames_as_sent()."""
        places = f"{sender.netns} {sender.dev} {receiver.netns} {receiver.dev}"
        return self._fabric.host.spawn(f"exec /tmp/packets {places} {count} {mtu} {seed} {VID}")

    def stream(
        self, kind: str, sender: End, receiver: End, size: int, seed: int, seconds: int = 0
    ) -> Job:
        """Start a stream ("tcp", "tcp6", "udp", "udp6", "sctp") of a number of bytes or seconds."""
        address = receiver.ip6 if kind.endswith("6") else receiver.ip
        return self._fabric.host.spawn(
            f"exec /tmp/streams {kind.rstrip('6')} {sender.netns} {receiver.netns} {address}"
            f" {size} {seed} {seconds}"
        )


def assert_flowing(fabric: Fabric, stream: Job) -> None:
    """All data arrived unchanged, without a long pause."""
    assert counted(stream)["stall_ms"] < LONGEST_STALL_MS[fabric.host.kernel.name]


def counted(job: Job, timeout: float = 60) -> dict[str, int]:
    """The counters of a program, after it has checked that all data arrived unchanged."""
    return json.loads(job.wait(timeout).out)


@contextmanager
def frames_as_sent(fabric: Fabric, mtu: int) -> Iterator[None]:
    """No aggregation or reordering, a VLAN that the device inserts, and a larger MTU."""
    for end in ENDS:
        vlan = f"{end.dev}.{VID}"
        fabric.run(
            end.ns,
            f"ethtool -K {end.dev} gro off && ip link set {end.dev} mtu {mtu} &&"
            f"tc qdisc replace dev {end.dev} root pfifo &&"
            f"ip link add link {end.dev} name {vlan} type vlan id {VID} && ip link set {vlan} up",
        )
        fabric.wait_carrier(end.ns, end.dev)
    yield
    for end in ENDS:
        fabric.run(
            end.ns,
            f"ip link del {end.dev}.{VID} && ip link set {end.dev} mtu 1500 &&"
            f"ethtool -K {end.dev} gro on && tc qdisc del dev {end.dev} root",
        )
        fabric.wait_carrier(end.ns, end.dev)
