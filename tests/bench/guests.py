# SPDX-License-Identifier: GPL-2.0-only
"""The host's work for packets of guests: by a VF, and by virtio-net, vhost, bridge and PF.

Measured in a virtual machine with two emulated processors: times, not instructions. Only the ratio
of numbers from the same run is meaningful.
"""

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lab.fabric import FOREIGN_MAC
from lab import Guest, HostVM, LabError, MachineDied
from lab.topology import OURS, PF_IP, bring_up, tcp, vf_address, vf_ip, vf_mac
from table import Table
from workloads import SEGMENT, compile_tools

TITLE = (
    "The host's processor time, less that of the guests, for what nested guests send: by "
    "virtio-net, vhost, bridge and PF (soft), and by VFs"
)
COUNTS = (1, 2, 4)
PAYLOAD = 1472
BRIDGE = "br0"
GUEST_MIB = 224
ATTEMPTS = 3
TCP_SECONDS = 5
HEAD = "guests send,us/packet soft,VF,ratio,s/GiB soft,VF,exits soft,VF".split(",")
FORMS = "{},{:.1f},{:.1f},{:.2f},{:.1f},{:.1f},{:.3f},{:.3f}".split(",")
EXITS = "/sys/kernel/debug/kvm/exits"
# A bridge makes the PF promiscuous, so that it receives the VFs' packets as well. The bridge has an
# entry for the unused address, so that it floods none of them.
KNOWN = f"bridge fdb replace {FOREIGN_MAC} dev pf0 master static"
PREPARE = {
    "soft0": f"ip link set pf0 master {BRIDGE} && {KNOWN}",
    "vf0": "ip link set pf0 nomaster",
}
HERTZ = 100


def host_seconds(line: str) -> float:
    """The host's processor time without that of guests, from /proc/stat."""
    user, nice, system, _, _, irq, softirq, _, guest, guest_nice = map(int, line.split()[1:11])
    # The time of guests is included in user and nice.
    return (user + nice + system + irq + softirq - guest - guest_nice) / HERTZ


@dataclass
class Spent:
    """The cost of work, averaged over packets."""

    seconds: float
    """Of the host's processors, not of its guests."""
    exits: float
    """How often a guest was left for the host."""

    @classmethod
    def median(cls, several: list["Spent"]) -> "Spent":
        """The median of each measure separately."""
        return cls(
            statistics.median(spent.seconds for spent in several),
            statistics.median(spent.exits for spent in several),
        )


class Guests:
    """Nested guests, each with a VF (vf0), and with virtio-net on a bridge with the PF (soft0)."""

    def __init__(self, host: HostVM, count: int, datagrams: int):
        self.host = host
        self.datagrams = datagrams
        self.guests: list[Guest] = []
        self._program = compile_tools().read_bytes()
        for module in ("bridge", "tun", "vhost_net", OURS[0]):
            host.modprobe(module)
        pf = host.netdev_of(host.nic_address())
        host.run(
            f"ip link set {pf} name pf0 && ip link add {BRIDGE} type bridge && "
            f"ip link set pf0 master {BRIDGE} up && ip address add {PF_IP}/16 dev {BRIDGE} && "
            f"ip link set {BRIDGE} up"
        )
        host.write(f"/sys/bus/pci/devices/{host.nic_address()}/sriov_numvfs", count)
        for n in range(count):
            self.guests.append(self._boot(n))

    def _boot(self, n: int) -> Guest:
        self.host.run(
            f"ip link set pf0 vf {n} mac {vf_mac(n)} && ip tuntap add tap{n} mode tap vnet_hdr && "
            f"ip link set tap{n} master {BRIDGE} up && "
            # QEMU's 82576 sends the PF's own broadcasts back to it: the bridge must not learn from
            # them.
            f"bridge fdb replace {soft_mac(n)} dev tap{n} master static sticky"
        )
        options = f"tap,id=soft0,ifname=tap{n},script=no,downscript=no,vhost=on"
        network = ["-netdev", options, "-device", "pcie-root-port,id=softport,chassis=9"]
        device = f"virtio-net-pci,netdev=soft0,romfile=,bus=softport,mac={soft_mac(n)}"
        network += ["-device", device]
        guest = self._attempt(vf=vf_address(n), name=f"g{n}", mem=GUEST_MIB, extra=network)
        guest.modprobe(OURS[1])
        # Reply to ARP only for the address of the interface that received the request.
        guest.run("cd /proc/sys/net/ipv4/conf/all; echo 1 > arp_ignore; echo 2 > arp_announce")
        for mac, name, address in (
            (vf_mac(n), "vf0", vf_ip(n)),
            (soft_mac(n), "soft0", soft_ip(n)),
        ):
            found = guest.wait_until(f"grep -l {mac} /sys/class/net/*/address").out.split("/")[-2]
            bring_up(guest, found, address, name)
            neighbour = f"{unused_ip(name)} lladdr {FOREIGN_MAC}"
            guest.run(f"/usr/bin/ip neigh replace {neighbour} dev {name}")
        guest.put(self._program, "/tmp/traffic")
        guest.run("chmod +x /tmp/traffic")
        return guest

    def _attempt(self, **options: Any) -> Guest:
        """Start a guest; one that is nested in emulation may die at boot."""
        for _ in range(ATTEMPTS - 1):
            try:
                return self.host.guest(**options)
            except MachineDied as death:
                print(death)
        return self.host.guest(**options)

    def spend(self, work: Callable[[], float]) -> Spent:
        """The host's cost for each unit of `work`."""
        seconds, exits = self._clocks()
        done = work()
        after, more = self._clocks()
        return Spent((after - seconds) / done, (more - exits) / done)

    def _clocks(self) -> tuple[float, int]:
        stat, exits = self.host.run(f"head -n 1 /proc/stat; cat {EXITS}").out.splitlines()
        return host_seconds(stat), int(exits)

    def send(self, count: int, device: str) -> Spent:
        """The first `count` guests send at the same time."""

        def flood() -> float:
            each = self.datagrams // count
            words = f"/tmp/traffic flood - - {unused_ip(device)} {each} {PAYLOAD}"
            jobs = [guest.spawn(words) for guest in self.guests[:count]]
            done = [json.loads(job.wait(300).out)["done"] for job in jobs]
            if min(done) < each:
                raise LabError("a guest has sent fewer packets than requested")
            return sum(done)

        return self.spend(flood)

    def stream(self, device: str) -> Spent:
        """TCP from the first guest to the VF of the last one."""
        target = self.guests[-1]
        address = vf_ip(len(self.guests) - 1)
        if device == "soft0":
            address = "10.84.1.1"
            target.run(f"ip link set soft0 down; ip address replace {address}/16 dev vf0")

        def tcp_segments() -> float:
            rate = tcp(self.guests[0], target, address, seconds=TCP_SECONDS)
            return rate * 1e6 / 8 * TCP_SECONDS / SEGMENT

        return self.spend(tcp_segments)

    def alternate(self, measure: Callable[[str], Spent], repeat: int) -> list[Spent]:
        """Alternate between virtio-net and VF, so that both see the same load; return medians."""
        found: dict[str, list[Spent]] = {device: [] for device in PREPARE}
        for _ in range(repeat):
            for device, values in found.items():
                self.host.run(f"{PREPARE[device]} && sleep 0.5")
                values.append(measure(device))
        return [Spent.median(values) for values in found.values()]


def soft_mac(n: int) -> str:
    """The address of a guest's virtio-net interface."""
    return f"52:54:00:82:11:{n:02x}"


def soft_ip(n: int) -> str:
    """The IP address of a guest's virtio-net interface."""
    return f"10.84.0.{10 + n}"


def unused_ip(device: str) -> str:
    """An unused address in the network of a guest's interface."""
    return "10.82.0.99" if device == "vf0" else "10.84.0.99"


def measure_guests(guests: Guests, repeat: int) -> Table:
    """Measure with 1, 2 and 4 senders, and a stream from one guest to another."""
    table = Table(TITLE, HEAD, FORMS)

    def add(name: str, size: int, soft: Spent, vf: Spent) -> None:
        gib = (1 << 30) / size
        table.rows.append(
            [
                name,
                soft.seconds * 1e6,
                vf.seconds * 1e6,
                vf.seconds / soft.seconds,
                soft.seconds * gib,
                vf.seconds * gib,
                soft.exits,
                vf.exits,
            ]
        )

    for count in COUNTS:
        found = guests.alternate(lambda device, count=count: guests.send(count, device), repeat)
        add(f"{count}: UDP {PAYLOAD} B to the wire", PAYLOAD, *found)
    found = guests.alternate(guests.stream, repeat)
    add(f"1: TCP to another's VF, per {SEGMENT} B", SEGMENT, *found)
    return table
