# SPDX-License-Identifier: GPL-2.0-only
"""The bound: the same VF driven by DPDK's igb_vf, which polls and bypasses the kernel."""

import re
import statistics
import time
from collections.abc import Callable
from types import TracebackType

from lab.fabric import FOREIGN_MAC, Fabric, vf_ip, vf_ns
from lab import HostVM, LabError
from table import Table
from workloads import RING, Place, Workloads

TITLE = "The bound that DPDK sets (testpmd, igb_vf) on a VF, instructions per packet of 60 bytes"
COMMANDS = "/tmp/testpmd"
PROMPT = "testpmd> "
HEAD = ["testpmd", "row of ours", "instr: least", "median", "ours"]
ROUNDS = 7
FED = 2048  # packets sent to testpmd in a round of reception


class TestPmd:
    """dpdk-testpmd on VFs of the host VM, controlled by commands line by line.

    It records the cycles of bursts that had packets, and no empty polls. A cycle is an instruction
    here.
    """

    def __init__(self, host: HostVM, addresses: list[str], options: str = ""):
        self._host = host
        for address in addresses:
            host.bind_driver(address, "vfio-pci")
        host.run(f"rm -f {COMMANDS}; mkfifo {COMMANDS}")
        allowed = " ".join(f"-a {address}" for address in addresses)
        # Two threads on the only processor: one reads commands, the other forwards only when no
        # other process but pktgen, which yields likewise, is ready to run.
        self._job = host.spawn(
            f"exec chrt -i 0 stdbuf -oL dpdk-testpmd --no-huge -m 256 --lcores '0@0,1@0' {allowed} "
            f"--no-telemetry -- -i --nb-cores=1 --no-lsc-interrupt --total-num-mbufs=32768 "
            f"--no-flush-rx --record-core-cycles --rxd={RING} --txd={RING} {options} <> {COMMANDS}"
        )
        self._read = 0
        self._wait_prompt()

    def __enter__(self) -> "TestPmd":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._host.alive:
            self._host.run(f"echo quit > {COMMANDS}")
        self._job.wait(60, check=False)

    def ask(self, command: str) -> str:
        """Send a command; return its output."""
        self._host.run(f"echo {command} > {COMMANDS}")
        return self._wait_prompt(command)

    def forward(self, meanwhile: Callable[[], object], start: str = "start") -> float:
        """Cycles per packet that is forwarded while `work` runs."""
        self.ask(start)
        meanwhile()
        out = self.ask("stop")
        found = re.search(r"CPU cycles/packet=([\d.]+)", out)
        if not found:
            raise LabError(f"testpmd has forwarded nothing:\n{out}")
        return float(found[1])

    def _wait_prompt(self, command: str = "", timeout: float = 120) -> str:
        deadline = time.monotonic() + timeout
        # The command is echoed, then its output follows, then the prompt.
        answer = re.compile(f"{re.escape(command)}(.*?){PROMPT}", re.S)
        while not (found := answer.search(self._job.out, self._read)):
            if self._job.poll() is not None or time.monotonic() > deadline:
                raise LabError(f"testpmd does not answer:\n{self._job.out}\n{self._job.err}")
            time.sleep(0.05)
        self._read = found.end()
        return found[1]


def measure_bound(work: Workloads, ours: Callable[[str], float | None]) -> Table:
    """Measure; both VFs lose their kernel driver, and the caller creates them again.

    ours: the result of a row of the VF with our driver.
    """
    fabric: Fabric = work.fabric
    host, table = fabric.host, Table(TITLE, HEAD, ["{}", "{}", "{:.0f}", "{:.0f}", "{:.0f}"])
    macs = [fabric.vf_mac(n) for n in range(2)]
    addresses = [fabric.vf_pci(n) for n in range(2)]
    for n in range(2):
        host.run(f"ip link set pf0 vf {n} mac {macs[n]}")
        host.run(f"ip netns del {vf_ns(n)}")
    pf = Place(fabric, "pf")

    def wait() -> None:
        host.run("sleep 0.2", timeout=120)

    def feed() -> None:
        work.send(pf, macs[0], vf_ip(0), 60, 32, packets=FED)

    def add(name: str, row: str, forward: Callable[[], float]) -> None:
        costs = [forward() for _ in range(ROUNDS)]
        # Other work during a burst only adds to it.
        table.rows.append([name, row, min(costs), statistics.median(costs), ours(row)])

    with TestPmd(host, addresses[:1], f"--forward-mode=txonly --eth-peer=0,{FOREIGN_MAC}") as pmd:
        pmd.ask("set txpkts 60")
        add("sends (txonly)", "pktgen sends 60 B, burst 32", lambda: pmd.forward(wait))
        pmd.ask("set fwd rxonly")
        add("receives, frees (rxonly)", "60 B, cheapest drop", lambda: pmd.forward(feed))
    # VF 1 receives what VF 0 sends, and sends it back to VF 0 with the addresses exchanged.
    with TestPmd(host, addresses, f"--eth-peer=0,{macs[1]} --eth-peer=1,{macs[0]}") as pmd:
        pmd.ask("set txpkts 60")
        add("sends on (io)", "60 B, XDP_TX", lambda: pmd.forward(wait, "start tx_first"))
    return table
