# SPDX-License-Identifier: GPL-2.0
"""The addresses of the topology (see fabric.py), and traffic on it."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from .channel import Job
from .clock import deadline
from .errors import LabError
from .machine import Machine, NetNs

OURS = ("iovnic_pf", "iovnic_vf")
STOCK = ("igb", "igbvf")

PF_IP = "10.82.0.1"
WIRE_IP = "10.82.0.254"
Place = Machine | NetNs


def vf_ip(index: int) -> str:
    """The address of a VF's interface."""
    return f"10.82.0.{10 + index}"


def vf_mac(index: int) -> str:
    """The MAC address the administrator gives a VF."""
    return f"52:54:00:82:10:{index:02x}"


def vf_address(index: int, nic: int = 0) -> str:
    """The PCI address of a VF (offset 128, stride 2)."""
    return f"0000:{nic + 1:02x}:{16 + index * 2 // 8:02x}.{index * 2 % 8}"


def bring_up(place: Place, interface: str, address: str, name: str = "vf0") -> None:
    """Rename an interface, set its address, and wait for its carrier."""
    place.run(
        f"ip link set {interface} down && ip link set {interface} name {name} && "
        f"ip address add {address}/16 dev {name} && ip link set {name} up"
    )
    carrier = f"grep -qx 1 /sys/class/net/{name}/carrier"
    place.run(f"for i in $(seq 100); do {carrier} && exit; sleep 0.1; done; exit 1", timeout=60)


@dataclass(frozen=True)
class Ping:
    """The number of requests with a reply."""

    sent: int
    received: int
    average_ms: float
    output: str


def ping(
    source: Place, address: str, count: int = 5, interval: float = 0.2, options: str = ""
) -> Ping:
    """Ping an address; the caller checks for losses.

    After its last request iputils' ping waits only for twice the longest round trip, whatever -W
    says, and counts later replies as lost; on a busy machine there are some. With -w it waits, and
    sends more requests meanwhile, which do not count.
    """
    command = f"ping -c {count} -i {interval} -W 5 -w {10 + count} {options} {address}"
    out = source.run(command, timeout=30 + count * (interval + 1), check=False).out
    first = 1 if "icmp_seq=" in out else 0  # busybox begins with 0
    answered = {int(number) for number in re.findall(r"seq=(\d+) .*time=", out)}
    times = re.search(r"min/avg/max\S* = [\d.]+/([\d.]+)/", out)
    received = len(answered & set(range(first, first + count)))
    return Ping(count, received, float(times[1]) if times else float("inf"), out)


def wait_listening(place: Place, port: int, server: Job) -> None:
    """Wait until a TCP server listens at a port; LabError with its output if it has ended."""
    end = deadline(10)
    listens = f"grep -q ':{port:04X} 0*:0000 0A ' /proc/net/tcp /proc/net/tcp6"
    while place.run(listens, check=False).rc:
        if server.poll() is not None:
            raise LabError(f"the server has ended:\n{server.wait(check=False)}")
        if time.monotonic() > end:
            raise LabError(f"nothing listens at port {port}: {server.command}")
        time.sleep(0.05)


def iperf(source: Place, target: Place, address: str, options: str, port: int = 5201) -> Any:
    """Run iperf3 from source to target; return its report. LabError with the output of both."""
    server = target.spawn(f"exec iperf3 -s -1 -p {port}")
    try:
        wait_listening(target, port, server)
        client = source.run(f"iperf3 -J -c {address} -p {port} {options}", 90, check=False)
    finally:
        server.kill()
    if client.rc:
        raise LabError(f"{client}\n--- the server\n{server.out}{server.err}")
    return json.loads(client.out)


def tcp(
    source: Place, target: Place, address: str, seconds: int = 5, reverse: bool = False
) -> float:
    """TCP throughput in Mbit/s from source to target (reverse: the other way), by iperf3."""
    source.run(
        f"for i in $(seq 50); do ping -c 1 -W 1 {address} > /dev/null && exit; done; exit 1",
        timeout=60,
    )
    report = iperf(source, target, address, f"-t {seconds} {'-R' if reverse else ''}")
    return report["end"]["sum_received"]["bits_per_second"] / 1e6


@dataclass(frozen=True)
class Transfer:
    """A file that was sent over the network."""

    mebibytes: int
    seconds: float
    sha256: str
    received_sha256: str

    @property
    def rate(self) -> float:
        """Mbit/s."""
        return self.mebibytes * (8 << 20) / 1e6 / self.seconds

    @property
    def intact(self) -> bool:
        """Whether the received file equals the sent one."""
        return self.sha256 == self.received_sha256


def send_file(
    source: Place, target: Place, address: str, mebibytes: int = 64, port: int = 7000
) -> Transfer:
    """Send a file of random content over TCP and compute its SHA-256 at both ends."""
    allowance = 60 + 5 * mebibytes
    make = f"head -c {mebibytes << 20} /dev/urandom > /tmp/sent"
    made = source.run(f"{make} && sha256sum /tmp/sent", timeout=allowance)
    receiver = target.spawn(f"socat -u -b 65536 TCP-LISTEN:{port},reuseaddr CREATE:/tmp/received")
    try:
        wait_listening(target, port, receiver)
        words = f"socat -u -b 65536 OPEN:/tmp/sent TCP:{address}:{port}"
        sending = source.run(words, timeout=allowance)
        receiver.wait(allowance)
        got = target.run("sha256sum /tmp/received", timeout=allowance)
    finally:
        receiver.kill()
        source.run("rm -f /tmp/sent")
        target.run("rm -f /tmp/received")
    return Transfer(mebibytes, sending.seconds, made.out.split()[0], got.out.split()[0])
