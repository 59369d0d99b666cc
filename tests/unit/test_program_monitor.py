# SPDX-License-Identifier: GPL-2.0-only
"""iovctl monitor on prepared files that change: lines, JSON, a terminal, and its end."""

import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
from lab.answers import read
from machine_tree import PF, MachineTree, good_machine

STATS = f"sys/bus/pci/devices/{PF}/sriov/0/stats"
QUICK = ("interval", "0.1")


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine with a VF whose counters are files."""
    found = good_machine(tmp_path)
    found.bound_to("iovnic_pf", PF)
    found.add_interface("pf0", PF)
    found.enslave("pf0", "br0", "bridge")
    found.put("sys/class/net/br0/flags", "0x1003\n")
    found.bound_to("vfio-pci", found.add_vf(0, group="14"))
    count(found, 1000)
    return found


def count(tree: MachineTree, value: int) -> None:
    for name in ("rx_bytes", "tx_bytes", "rx_packets", "tx_packets"):
        tree.put(f"{STATS}/{name}", f"{value}\n")


class Monitor:
    """A running monitor; `output` is its end of a pipe or terminal."""

    def __init__(self, program: Path, tree: MachineTree, *words: str, terminal: bool = False):
        mine, theirs = pty.openpty() if terminal else os.pipe()
        self.output = mine
        self.text = ""
        command = ["env", "--default-signal=HUP", program, *words]
        environment = os.environ | {"IOVCTL_ROOT": str(tree.root)}
        self.process = subprocess.Popen(command, env=environment, stdout=theirs)
        os.close(theirs)

    def wait_for(self, text: str, seconds: float = 20) -> str:
        """Read until a text has come; all that was read."""
        end = time.monotonic() + seconds
        while text not in self.text and time.monotonic() < end:
            if select.select([self.output], [], [], 0.1)[0]:
                self.text += os.read(self.output, 65536).decode()
        assert text in self.text, self.text[-2000:]
        return self.text

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        status = self.process.wait(20)
        while select.select([self.output], [], [], 0)[0]:
            try:
                data = os.read(self.output, 65536)
            except OSError:  # the end of a terminal
                break
            if not data:
                break
            self.text += data.decode()
        os.close(self.output)
        return status


def test_lines_of_json(program: Path, tree: MachineTree) -> None:
    """Each line is an object; rates come with the second sample, events when something changes."""
    monitor = Monitor(program, tree, "-j", "monitor", *QUICK)
    monitor.wait_for('"sample"')
    count(tree, 1001000)
    tree.put("sys/class/net/pf0/flags", "0x1002\n")
    tree.opened(77, "/dev/vfio/14")
    tree.put("proc/77/comm", "qemu\n")
    monitor.wait_for('"reasons":["PF_DOWN"')
    tree.put("sys/class/net/pf0/flags", "0x1003\n")
    monitor.wait_for("PF_DOWN is over")
    assert monitor.stop() == 0
    found = read(monitor.text, "monitor")
    samples = [line for line in found if line["type"] == "sample"]
    events = [line for line in found if line["type"] == "event"]
    told = [(event["event"], event.get("object"), event["text"]) for event in events]
    assert samples[0]["vfs"][0]["counters"]["rx_bytes"] == 1000
    assert "rx_bits_per_second" not in samples[0]["vfs"][0]
    assert any(sample["vfs"][0].get("rx_bits_per_second", 0) > 8e5 for sample in samples)
    assert samples[0]["adapters"][0]["vfs_created"] == 1
    assert ("reason", PF, "PF_DOWN: the interface pf0 is down") in told
    assert ("reason_over", PF, "PF_DOWN is over") in told
    assert ("holder", "pf0:0", "in use by qemu (pid 77), was none") in told


@pytest.mark.parametrize(
    "number", [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM], ids=lambda s: s.name
)
def test_terminal(program: Path, tree: MachineTree, number: int) -> None:
    """The screen is drawn again and again, and given back at the end."""
    monitor = Monitor(program, tree, "monitor", *QUICK, terminal=True)
    monitor.wait_for("no reasons")
    tree.put("sys/class/net/pf0/flags", "0x1002\n")
    monitor.wait_for("EVENTS")
    assert monitor.stop(number) == 0
    assert monitor.text.startswith("\033[?1049h\033[?25l\033[H")
    assert monitor.text.endswith("\033[?25h\033[?1049l")
    assert "pf0:0      0000:01:10.0" in monitor.text
    assert "PF_DOWN" in monitor.text


def test_ignored_signal(program: Path, tree: MachineTree) -> None:
    """With nohup it goes on when its terminal is closed."""
    monitor = Monitor(Path("nohup"), tree, str(program), "-j", "monitor", *QUICK)
    monitor.wait_for('"sample"')
    monitor.process.send_signal(signal.SIGHUP)
    tree.put("sys/class/net/pf0/flags", "0x1002\n")
    monitor.wait_for('"reasons":["PF_DOWN"')
    assert monitor.stop(signal.SIGTERM) == 0


def test_small_terminal(program: Path, tree: MachineTree) -> None:
    """Nothing is longer or wider than the terminal, so that it does not scroll."""
    monitor = Monitor(program, tree, "monitor", *QUICK, terminal=True)
    monitor.wait_for("no reasons")
    screen = monitor.text.partition("\033[H")[2].partition("\033[J")[0]
    assert screen.count("\n") < 24
    assert all(len(line.partition("\033")[0]) <= 80 for line in screen.split("\r\n"))
    assert monitor.stop() == 0


def test_count(program: Path, tree: MachineTree) -> None:
    """It ends by itself; without a terminal lines follow each other."""
    run = tree.run(program, "monitor", *QUICK, "count", "3", "pf0")
    assert run.returncode == 0 and not run.stderr and "\033" not in run.stdout
    lines = run.stdout.splitlines()
    assert len([line for line in lines if line.startswith("NIC")]) == 3
    assert lines[1].startswith(f"pf0 {PF}  iovnic_pf  up 1000 Mbit/s  VFs 1 of 7, 0 used")
    assert lines[3].split()[:4] == ["pf0:0", "0000:01:10.0", "-", "-"]
    assert lines[7].split()[:4] == ["pf0:0", "0000:01:10.0", "-", "0"]


def test_end_of_the_reader(program: Path, tree: MachineTree) -> None:
    """As other programs, it ends when its output is not read any longer."""
    command = f"{program} -j monitor interval 0.1 | head -n 1"
    environment = os.environ | {"IOVCTL_ROOT": str(tree.root)}
    run = subprocess.run(
        ["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=30
    )
    (found,) = read(run.stdout, "monitor")
    assert found["type"] == "sample"


def test_memory(program: Path, tree: MachineTree) -> None:
    """It does not grow."""
    monitor = Monitor(program, tree, "-j", "monitor", "interval", "0.05")
    sizes = []
    for _ in range(2):
        for _ in range(20):
            monitor.text = ""
            monitor.wait_for('"sample"')
        pages = Path(f"/proc/{monitor.process.pid}/statm").read_text().split()[1]
        sizes.append(int(pages))
    assert monitor.stop() == 0
    assert sizes[1] - sizes[0] < 64, sizes


@pytest.mark.parametrize(
    "words, says",
    [
        (["interval"], "no value for interval"),
        (["interval", "0"], "not a number of seconds"),
        (["interval", "nan"], "not a number of seconds"),
        (["interval", "1s"], "not a number of seconds"),
        (["count", "0"], "not a number from 1 on: 0"),
        (["count", "-1"], "not a number from 1 on: -1"),
        (["nosuch"], '"nosuch" is neither a PCI function nor the interface of one'),
        (["0000:01:10.0"], "0000:01:10.0 is a VF; name its PF, "),
        (["pf0", "pf0"], "twice"),
    ],
)
def test_usage(program: Path, tree: MachineTree, words: list[str], says: str) -> None:
    run = tree.run(program, "monitor", *words)
    assert run.returncode == 3 and says in run.stderr and not run.stdout


def test_port_that_leaves(program: Path, tmp_path: Path) -> None:
    """The kernel tells of ports of bridges as well: one that leaves its bridge is not gone."""
    namespace = ("unshare", "--user", "--map-root-user", "--net")
    if subprocess.run([*namespace, "true"], capture_output=True).returncode:
        pytest.skip("no network namespaces")
    script = """
        ip link add br0 type bridge && ip link add port0 master br0 type bridge ||
        ip link add port0 master br0 type dummy || ip tuntap add port0 mode tap || exit 77
        ip link set port0 master br0 || exit 77
        "$0" -j monitor interval 0.2 count 12 &
        sleep 0.8; ip link set port0 nomaster; sleep 0.3; ip link del port0; wait
    """
    done = subprocess.run(
        [*namespace, "sh", "-c", script, program], capture_output=True, text=True, timeout=60
    )
    if done.returncode == 77:
        pytest.skip("no bridges: " + done.stderr)
    found = read(done.stdout, "monitor")
    told = [event["text"] for event in found if event.get("object") == "port0"]
    assert told == ["is gone"], told
