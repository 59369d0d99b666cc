# SPDX-License-Identifier: GPL-2.0-only
"""The work that the bench gives to a driver, and the counters during it."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.fabric import FOREIGN_MAC, PF_IP, Fabric, vf_ip, vf_ns, xdp_program
from lab import HostVM, LabError
from lab.paths import BUILD

HERE = Path(__file__).parent
# In translated mode the IOMMU translates each memory transfer of the 82576 (bus 1).
TRACED = {
    "e1000e_core_read": "reads",
    "e1000e_core_write": "writes",
    "vtd_dmar_translate dev 01:": "dma",
}
RING = 4096
PROFILE = "/tmp/perf.data"
SEGMENT = 1448  # bytes of TCP in a frame of 1500 bytes with time stamps


@dataclass
class Cost:
    """The cost of a packet (row `unit`), averaged over many."""

    instructions: float
    reads: float = 0.0
    writes: float = 0.0
    interrupts: float = 0.0
    microseconds: float = 0.0
    """Time that went by, waiting included; in a virtual machine that counts instructions."""
    dma: float = 0.0
    """Descriptors read and written, buffers read and written; 0 when no IOMMU translates."""

    def __sub__(self, other: "Cost") -> "Cost":
        names = Cost.__dataclass_fields__
        return Cost(**{name: getattr(self, name) - getattr(other, name) for name in names})


@dataclass
class Counters:
    """Counters of device and processor during the work."""

    reads: int = 0
    writes: int = 0
    interrupts: int = 0
    dma: int = 0

    def cost(self, busy: float, elapsed: float, packets: float, during: float = 0) -> Cost:
        """The average; during: packets while the counters ran, if more than the timed ones."""
        during = during or packets
        return Cost(
            busy / packets,
            self.reads / during,
            self.writes / during,
            self.interrupts / during,
            elapsed / packets / 1000,
            self.dma / during,
        )


def compile_tools() -> Path:
    """Compile the programs that run in the host VM, which shares this machine's files."""
    folder = BUILD / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "traffic"
    subprocess.run(
        ["cc", "-O2", "-Wall", "-static", "-o", program, HERE / "traffic.c"], check=True
    )
    return program


class Place:
    """A function of the 82576: namespace, interface, address."""

    def __init__(self, fabric: Fabric, name: str):
        self.name = name
        self.fabric = fabric
        vf = -1 if name == "pf" else int(name[2:])
        self.ns = "" if vf < 0 else vf_ns(vf)
        self.dev = "pf0" if vf < 0 else name
        self.ip = PF_IP if vf < 0 else vf_ip(vf)
        self.mac = fabric.mac(self.ns, self.dev)
        # Drivers differ in the size of their rings, and in whether they limit bytes: with small
        # limits, the time in which pktgen waits counts as the driver's instructions.
        self.run(f"ethtool -G {self.dev} rx {RING} tx {RING} 2> /dev/null || true")
        limits = f"/sys/class/net/{self.dev}/queues/tx-*/byte_queue_limits/limit_min"
        self.run(f"for file in {limits}; do echo {64 << 20} > $file; done")
        fabric.wait_carrier(self.ns, self.dev)

    def run(self, command: str, timeout: float = 60) -> str:
        """Run a shell command there; return its output."""
        return self.fabric.run(self.ns, command, timeout).out

    def received(self) -> int:
        """Packets that the driver passed on or dropped by a program, by its own count."""
        return int(self.run(f"cat /sys/class/net/{self.dev}/statistics/rx_packets"))


class Workloads:
    """The same work for both pairs of drivers."""

    def __init__(self, fabric: Fabric, packets: int, profiled: bool = False):
        self.fabric = fabric
        self.host: HostVM = fabric.host
        self.packets = packets
        # A sample after this many instructions; the samples themselves add some.
        self._perf = f"perf record -q -o {PROFILE} -e cpu-clock -c 1000 -a -- " * profiled
        self._qemu_log = self.host.trace_log
        self.host.modprobe("pktgen")
        for module in ("sch_ingress", "cls_matchall", "act_gact"):
            self.host.modprobe(module)
        program = compile_tools()
        self.traffic = f"/tmp/{program.name}"
        self.host.put(program.read_bytes(), self.traffic)
        self.host.run(f"chmod +x {self.traffic}")

    def _interrupts(self) -> int:
        """Interrupts of all queues so far: pf0-TxRx-0, vf0-rx-0; expirations of timers as well."""
        show = "for dev in pf0 vf0 vf1; do ethtool -S $dev; done 2> /dev/null"
        spaces = ["", *(f"ip netns exec {vf_ns(vf)} " for vf in range(self.fabric.vfs))]
        stats = "".join(
            self.host.run(f"{space}sh -c '{show}' || true").out for space in spaces
        )
        timers = sum(map(int, re.findall(r"tx\d+_timer: (\d+)", stats)))
        return sum(self.host.interrupts(r"^(pf|vf)\d-").values()) + timers

    # --- counting --------------------------------------------------------------------------

    @contextmanager
    def counted(self) -> Iterator[Counters]:
        """Count register accesses by QEMU's trace, interrupts by the kernel's count."""
        counters = Counters()
        for event in TRACED:
            self.host.hmp(f"trace-event {event.split()[0]} on")
        start = self._qemu_log.stat().st_size
        before = self._interrupts()
        yield counters
        after = self._interrupts()
        for event in TRACED:
            self.host.hmp(f"trace-event {event.split()[0]} off")
        counters.interrupts = after - before
        with self._qemu_log.open(errors="replace") as log:
            log.seek(start)
            for line in log:
                for event, name in TRACED.items():
                    if line.startswith(event):
                        setattr(counters, name, getattr(counters, name) + 1)

    # --- pktgen ----------------------------------------------------------------------------

    def send(
        self, sender: Place, mac: str, ip: str, size: int, burst: int, packets: int = 0
    ) -> Cost:
        """Send the same packet repeatedly by pktgen; return its cost, without the receiver's."""
        packets = packets or self.packets
        settings = [
            f"count {packets}",
            f"clone_skb {packets}",
            f"pkt_size {size}",
            f"burst {burst}",
            "delay 0",
            f"dst {ip}",
            f"dst_mac {mac}",
        ]
        script = [
            # The receiver runs first, so that no ring overflows.
            "for pid in $(pgrep kpktgend_0); do chrt -i -p 0 $pid; done",
            "cd /proc/net/pktgen",
            "echo rem_device_all > kpktgend_0",
            f"echo 'add_device {sender.dev}' > kpktgend_0",
            *(f"echo '{setting}' > {sender.dev}" for setting in settings),
            f"{self._perf}sh -c 'echo start > pgctrl'",
            f"cat {sender.dev}",
        ]
        with self.counted() as counters:
            out = sender.run(" && ".join(script), timeout=120)
        found = re.search(r"OK: (\d+)\(c(\d+)\+d(\d+)\) usec, (\d+) ", out)
        if not found:
            raise LabError(f"pktgen has not finished:\n{out}")
        # pktgen's idle time (d) is other work, and a short wait for the last packet.
        elapsed, sent = int(found[1]) * 1000, int(found[4])
        if sent < packets:
            raise LabError(f"{sender.name} has sent {sent} of {packets} packets")
        return counters.cost(elapsed, elapsed, sent)

    def transmit(self, sender: Place, size: int, burst: int) -> Cost:
        """Packets to an unused address on the wire."""
        return self.send(sender, FOREIGN_MAC, "10.82.0.99", size, burst)

    def receive(self, sender: Place, receiver: Place, size: int) -> Cost:
        """Packets from one function to another, less the cost of sending."""
        self._wait_delivery(sender, receiver)
        alone = self.transmit(sender, size, 32)
        both_before = receiver.received()
        both = self.send(sender, receiver.mac, receiver.ip, size, 32)
        arrived = receiver.received() - both_before
        if arrived < 0.999 * self.packets:
            raise LabError(f"{receiver.name} has got {arrived} of {self.packets} packets")
        return both - alone

    def _wait_delivery(self, sender: Place, receiver: Place) -> None:
        """Wait until packets arrive: a change of the program may have reset the interface."""
        for _ in range(100):
            before = receiver.received()
            try:
                self.send(sender, receiver.mac, receiver.ip, 60, 1, packets=10)
            except LabError:  # the sender is not ready either
                pass
            if receiver.received() >= before + 10:
                return
            self.host.run("sleep 0.2")
        raise LabError(f"no packet gets from {sender.name} to {receiver.name}")

    def profile(self, lines: int = 40) -> str:
        """Instructions of the last measurement by function."""
        report = f"perf report -i {PROFILE} --stdio --sort dso,symbol -n 2> /dev/null"
        return self.host.run(f"{report} | grep -v ^# | grep . | head -n {lines}", timeout=120).out

    @contextmanager
    def dealing(self, receiver: Place, how: str) -> Iterator[None]:
        """Set what happens to received packets.

        tc, route: dropped at ingress, by the IP layer. xdp, xdpgeneric: dropped by a program.
        send_back, redirect: sent to an unused address by XDP_TX, or XDP_REDIRECT to the interface.
        """
        dev = receiver.dev
        if how == "tc":
            undo = f"tc qdisc del dev {dev} ingress"
            receiver.run(
                f"tc qdisc add dev {dev} handle ffff: ingress && "
                f"tc filter add dev {dev} parent ffff: matchall action drop"
            )
        elif how == "route":
            undo = f"ip address replace {receiver.ip}/16 dev {dev}"
            receiver.run(f"ip address flush dev {dev}")
        elif how in ("send_back", "redirect"):
            index = int(receiver.run(f"cat /sys/class/net/{dev}/ifindex"))
            undo = f"ip link set {dev} xdp off"
            section = "xdp_tx" if how == "send_back" else "xdp_redirect"
            receiver.run(f"ip link set {dev} xdp obj {self.program(index)} sec {section}")
        else:
            undo = f"ip link set {dev} {how} off"
            receiver.run(f"ip link set {dev} {how} obj {self.program()} sec xdp_drop")
        try:
            yield
        finally:
            receiver.run(undo)

    def program(self, target: int = 1) -> str:
        """verdicts.bpf.c in the host VM; its `redirect` sends to the interface `target`."""
        path = "/tmp/verdicts.bpf.o"
        self.host.put(xdp_program(HERE / "verdicts.bpf.c", target), path)
        return path

    # --- sockets ---------------------------------------------------------------------------

    def talk(self, mode: str, sender: Place, receiver: Place, count: int, size: int) -> Cost:
        """Run traffic.c between two functions; both ends are counted."""
        # Detaching a program may have reset the interface.
        sender.run(f"for i in $(seq 50); do ping -c 1 -W 1 {receiver.ip} && exit; done; exit 1")
        names = [place.ns or "-" for place in (sender, receiver)]
        words = [self.traffic, mode, *names, receiver.ip, str(count), str(size)]
        with self.counted() as counters:
            out = json.loads(self.host.run(self._perf + shlex.join(words), timeout=120).out)
        size = SEGMENT if mode == "tcp" else 1
        busy = out["elapsed"] - out["idle"]
        return counters.cost(busy, out["elapsed"], out["done"] / size, out["all"] / size)


Row = tuple[str, Callable[[], Cost]]
