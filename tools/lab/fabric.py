# SPDX-License-Identifier: GPL-2.0-only
"""The topology that tests and tools use: a PF, its VFs, guests and the other end of the cable.

    pf0   10.82.0.1    root namespace, iovnic_pf
    vf<n> 10.82.0.1<n> namespace v<n>, iovnic_vf; or vf0 in a guest
    wire0 10.82.0.254  namespace wire, virtio-net at the other end of the cable

Each netdev of the host VM also has fd82::<last byte> as its IPv6 address.

Names: wait_* returns when a condition is true and raises after a timeout, poll_until() returns
the value that it has read last, check_* has assertions.
"""
import itertools
import json
import shlex
import struct
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .channel import Result
from .clock import TIMEOUT_FACTOR, deadline
from .guest import Guest
from .host import HostVM
from .machine import NetNs
from .paths import REPO
from .probe import Port, Received, Sent, probe
from .regs82576 import (
    MRQC,
    POOLS,
    QUEUES,
    RAH,
    RAH_ADDR,
    RAH_AV,
    RAH_POOL,
    RAL,
    RAR_ENTRIES,
    RDH,
    RDT,
    RXQ,
    TDH,
    TDT,
    TXQ,
    field,
)
from .topology import (
    OURS,
    PF_IP,
    WIRE_IP,
    Place,
    bring_up,
    iperf,
    ping,
    vf_address,
    vf_ip,
    vf_mac,
)

__all__ = ["PF_IP", "WIRE_IP", "vf_ip"]

PF_DRIVER, VF_DRIVER = OURS
WIRE_MAC = "52:54:00:82:76:f0"
BROADCAST = "ff:ff:ff:ff:ff:ff"
FOREIGN_MAC = "02:00:5e:00:53:01"
PROGRAMS = REPO / "tests" / "lab"  # Python programs that run in the host VM
MARKS = itertools.count(1)


@dataclass(frozen=True)
class Frame:
    """A frame to be sent from a port, see Fabric.probe."""

    sender: str
    dst: str
    src: str
    vlan: int | None = None
    size: int = 60
    count: int = 1
    fill: int = 0

    def hex(self) -> str:
        """The frame in hex, without FCS and the marker (12 bytes) that frame_probe appends."""
        head = bytes.fromhex((self.dst + self.src).replace(":", ""))
        if self.vlan is not None:
            head += struct.pack("!HH", 0x8100, self.vlan)
        head += struct.pack("!H", 0x88B5)  # IEEE 802 local experimental
        return (head + bytes([self.fill]) * (self.size - len(head) - 12)).hex()


def xdp_program(source: Path, target: int = 1) -> bytes:
    """Compile a C file of XDP programs; `target` is the interface number for XDP_REDIRECT."""
    triplet = subprocess.run(
        ["gcc", "-print-multiarch"], check=True, capture_output=True, text=True
    ).stdout.strip()
    command = ["clang", "-O2", "-g", "-Wall", "-Werror", "-target", "bpf", f"-DTARGET={target}"]
    command += ["-idirafter", f"/usr/include/{triplet}"]
    command += ["-c", str(source), "-o", "/dev/stdout"]
    made = subprocess.run(command, capture_output=True)
    assert not made.returncode, made.stderr.decode()
    return made.stdout


def poll_until(read: Callable[[], object], expected: object, seconds: float) -> object:
    """Call read() until it returns `expected` or time is up; return its last result."""
    end = deadline(seconds)
    while (found := read()) != expected and time.monotonic() < end:
        time.sleep(0.1)
    return found


def vf_ns(n: int) -> str:
    """The namespace of VF n's netdev."""
    return f"v{n}"


def unload_drivers(host: HostVM) -> None:
    """Unload all PF and VF drivers and delete the VFs' namespaces, in whatever state they are."""
    host.run(
        "for ns in $(ls /run/netns 2>/dev/null | grep '^v[0-9]'); do ip netns del $ns; done;"
        "for m in iovnic_vfio iovnic_vf igbvf iovnic_pf igb iovnic iovnic_preserve; do"
        '  grep -q "^$m " /proc/modules && rmmod $m; done; true',
        timeout=60,
    )


def vf_netdev(guest: Guest, mac: str) -> str:
    """The interface of the PCI function in a guest that has an address, when it appears."""
    address = "/sys/bus/pci/drivers/*/*/net/*/address"
    return guest.wait_until(f"grep -l {mac} {address}").out.split("/")[-2]


class Fabric:
    """PF, VFs and wire of a host VM.

    fabric = Fabric(host)               VFs in network namespaces

    with Fabric(host, adopt=False) as fabric:
        guest = fabric.start_guest()    VF 0, as vf0 with 10.82.0.10
        host.modprobe(fabric.vf_driver)
        fabric.adopt_vfs(1)             VF 1, in namespace v1
        tcp(guest, fabric.place("v1"), vf_ip(1))
    """

    def __init__(
        self,
        host: HostVM,
        vfs: int = 2,
        pf: str = PF_DRIVER,
        vf: str = VF_DRIVER,
        adopt: bool = True,
    ):
        """Load the drivers and create VFs; adopt=False leaves the VFs without driver."""
        self.host = host
        self.pf_driver = pf
        self.vf_driver = vf
        self.pf_pci = host.nic_address(0)
        self.vfs = 0
        self.unload()
        if adopt:
            self.load()
        else:
            self.load_pf()
        self.set_vfs(vfs, adopt)

    def __enter__(self) -> "Fabric":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- life ------------------------------------------------------------------------------

    def load(self) -> None:
        """Load both drivers and set the PF up."""
        self.host.modprobe(self.pf_driver)
        self.host.modprobe(self.vf_driver)
        self.adopt_pf()

    def load_pf(self) -> None:
        """Load the PF's driver and set the PF up."""
        self.host.modprobe(self.pf_driver)
        self.adopt_pf()

    def adopt_pf(self) -> None:
        """Rename the PF's new interface and set it up."""
        self.host.run(f"ip link set {self.host.netdev_of(self.pf_pci)} name pf0")
        self.pf_up()

    def pf_up(self) -> None:
        """Give pf0 its addresses and wait for the link."""
        self.host.run(
            f"ip link set pf0 up && ip address replace {PF_IP}/16 dev pf0 &&"
            "ip -6 address replace fd82::1/64 dev pf0 nodad"
        )
        self.wait_carrier("", "pf0")

    def unload(self) -> None:
        """Unload both drivers, in whatever state they are."""
        unload_drivers(self.host)
        self.vfs = 0

    def close(self) -> None:
        """Stop guests; remove VFs and drivers."""
        for guest in list(self.host.guests):
            guest.stop()
        self.remove_vfs()
        loaded = self.host.loaded_modules()
        self.host.rmmod(*(name for name in (self.vf_driver, self.pf_driver) if name in loaded))

    def set_vfs(self, count: int, adopt: bool = True) -> None:
        """Write 0 and then `count` to sriov_numvfs; adopt: also set each VF up in its namespace."""
        self.remove_vfs()
        if count:
            self.host.write(self.numvfs_path, count)
        self.vfs = count
        if adopt:
            self.adopt_vfs(*range(count))

    def remove_vfs(self) -> None:
        """Write 0 to sriov_numvfs and delete the VFs' namespaces."""
        names = " ".join(vf_ns(n) for n in range(self.vfs))
        self.host.run(f"for ns in {names}; do ip netns del $ns; done", check=False)
        self.host.run(f"/bin/echo 0 > {self.numvfs_path}", timeout=60)
        self.vfs = 0

    def adopt_vfs(self, *numbers: int, wait: bool = True) -> None:
        """Move VFs' netdevs to their namespaces, set names and addresses, wait for carrier."""
        script = []
        for n in numbers:
            ns, device = vf_ns(n), f"/sys/bus/pci/devices/{self.pf_pci}/virtfn{n}/net"
            batch = (
                f"link set lo up\nlink set vf{n} up\naddress add {vf_ip(n)}/16 dev vf{n}\n"
                f"address add fd82::1{n}/64 dev vf{n} nodad\n"
            )
            script.append(
                f"[ -e /run/netns/{ns} ] || ip netns add {ns};"
                f"i=0; until set -- {device}/* && [ -e $1 ]; do"
                f"  i=$((i + 1)); [ $i -lt {100 * TIMEOUT_FACTOR} ] || exit 1; sleep 0.1; done;"
                f"ip link set ${{1##*/}} netns {ns} name vf{n} &&"
                f"printf '{batch}' | ip -n {ns} -batch - || exit 1"
            )
        self.host.run("\n".join(script), timeout=60)
        for n in numbers if wait else ():
            self.wait_carrier(vf_ns(n), f"vf{n}")

    def start_guest(self, n: int = 0, name: str = "g0", more: int = 0, **options: Any) -> Guest:
        """A guest with VF n, whose interface is up as vf0 with address vf_ip(n).

        more: it has so many of the next VFs as well.
        """
        vfs = range(n, n + 1 + more)
        for vf in vfs:
            self.host.run(f"ip link set pf0 vf {vf} mac {vf_mac(vf)}")
        guest = self.host.guest(vf=[vf_address(vf) for vf in vfs], name=name, **options)
        guest.modprobe(self.vf_driver)
        bring_up(guest, vf_netdev(guest, vf_mac(n)), vf_ip(n))
        return guest

    def rebind_vf(self, n: int) -> None:
        """Unbind and bind the VF's driver."""
        pci = self.vf_pci(n)
        self.host.run(
            f"cd /sys/bus/pci/drivers/{self.vf_driver} && echo {pci} > unbind && echo {pci} > bind"
        )
        self.adopt_vfs(n)

    def unbind_vf(self, n: int) -> None:
        """Unbind a VF's driver."""
        self.host.write(f"/sys/bus/pci/drivers/{self.vf_driver}/unbind", self.vf_pci(n))

    def bind_vf(self, n: int, wait: bool = True) -> None:
        """Bind a VF's driver and set the VF up; wait: until it has carrier."""
        self.host.write(f"/sys/bus/pci/drivers/{self.vf_driver}/bind", self.vf_pci(n))
        self.adopt_vfs(n, wait=wait)

    def switch_vf(self, n: int, on: bool) -> None:
        """Withdraw a VF's data path, or offer it again, as an administrator does."""
        self.host.run(self.switch_command(n, on))

    def switch_command(self, n: int, on: bool) -> str:
        """The command for that."""
        ports = json.loads(self.host.run("devlink -j port show").out)["port"]
        (name,) = [name for name, port in ports.items() if port.get("vfnum") == n]
        return f"devlink port function set {name} state {'active' if on else 'inactive'}"

    def reset_pf(self) -> None:
        """Reset the PF's PCI function and wait until its VFs work again."""
        self.host.run(f"echo 1 > /sys/bus/pci/devices/{self.pf_pci}/reset", timeout=20)
        self.pf_up()
        for n in range(self.vfs):
            self.host.wait_until(f"ip netns exec {vf_ns(n)} ping -c 1 -W 1 {PF_IP}", timeout=20)

    @property
    def numvfs_path(self) -> str:
        """The path of the PF's sriov_numvfs."""
        return f"/sys/bus/pci/devices/{self.pf_pci}/sriov_numvfs"

    def vf_pci(self, n: int) -> str:
        """VF n's PCI address."""
        link = self.host.run(f"readlink /sys/bus/pci/devices/{self.pf_pci}/virtfn{n}").out
        return link.strip().rsplit("/", 1)[-1]

    # --- state -----------------------------------------------------------------------------

    def run(self, ns: str, command: str, timeout: float = 30, check: bool = True) -> Result:
        """A shell command in a namespace ('' is the root namespace)."""
        return self.place(ns).run(command, timeout, check)

    def place(self, ns: str) -> Place:
        """A namespace ('' is the root namespace), as an argument for lab.topology."""
        return NetNs(self.host, ns) if ns else self.host

    def wait_carrier(self, ns: str, dev: str, up: bool = True, timeout: float = 10) -> None:
        """Wait until the netdev has carrier, or no longer has it."""
        self.run(
            ns,
            f"for i in $(seq {int(timeout * 10 * TIMEOUT_FACTOR)}); do"
            f"  read carrier < /sys/class/net/{dev}/carrier && [ $carrier = {int(up)} ] && exit;"
            f"  sleep 0.1; done 2> /dev/null; echo '{dev}: carrier is not {int(up)}' >&2; exit 1",
            timeout=4 * timeout + 10,
        )

    def mac(self, ns: str, dev: str) -> str:
        """A netdev's MAC address."""
        return self.run(ns, f"cat /sys/class/net/{dev}/address").out.strip()

    def vf_mac(self, n: int) -> str:
        """VF n's MAC address as its own driver shows it."""
        return self.mac(vf_ns(n), f"vf{n}")

    def vf_info(self, n: int) -> dict:
        """The entry of `ip link` on the PF for VF n."""
        links = json.loads(self.host.run("ip -s -j -d link show dev pf0").out)
        return links[0]["vfinfo_list"][n]

    def vf_counters(self, n: int) -> dict[str, int]:
        """VF n's packets and bytes as `ip -s link` on the PF shows them."""
        counters = {}
        for way, values in self.vf_info(n)["stats"].items():
            for name in ("packets", "bytes"):
                # iproute2 before 6.2 prints tx_packets instead of packets.
                counters[f"{way}_{name}"] = values.get(name, values.get(f"{way}_{name}"))
        return counters

    def registers(self) -> dict[int, int]:
        """The PF's register dump by offset, without the heads and tails of queues."""
        words = []
        for line in self.host.run("ethtool -d pf0").out.splitlines():
            data = line.partition(":")[2].split()
            words += [bytes.fromhex("".join(data[i : i + 4])) for i in range(0, len(data), 4)]
        numbers = [int.from_bytes(word, "little") for word in words]
        dump = dict(zip(numbers[::2], numbers[1::2]))
        assert dump[MRQC], "MRQC is not in the dump"
        moving = {RXQ(n) + offset for n in range(QUEUES) for offset in (RDH, RDT)}
        moving |= {TXQ(n) + offset for n in range(QUEUES) for offset in (TDH, TDT)}
        return {offset: value for offset, value in dump.items() if offset not in moving}

    def pools_of(self, mac: str) -> list[int]:
        """The pools that receive a MAC address's frames, from the device's receive addresses."""
        low, high = struct.unpack("<IH", bytes.fromhex(mac.replace(":", "")))
        for slot in range(RAR_ENTRIES):
            upper = self.host.reg(RAH(slot))
            if upper & RAH_AV and upper & RAH_ADDR == high and self.host.reg(RAL(slot)) == low:
                return [pool for pool in range(POOLS) if upper & field(RAH_POOL, 1 << pool)]
        return []

    def stats(self, ns: str, dev: str) -> dict[str, int]:
        """The output of ethtool -S."""
        lines = self.run(ns, f"ethtool -S {dev}").out.splitlines()[1:]
        pairs = (line.rsplit(":", 1) for line in lines)
        return {name.strip(): int(value) for name, value in pairs}

    def queue_info(self, ns: str, dev: str) -> dict[str, list[dict[int, int]]]:
        """A netdev's queues, NAPIs and counters by attribute number, see netdev_genl.py."""
        answer = json.loads(self.netlink("netdev_genl.py", dev, ns=ns))
        return {
            what: [{int(kind): value for kind, value in entry.items()} for entry in entries]
            for what, entries in answer.items()
        }

    def dmesg_since(self, mark: str) -> str:
        """Kernel messages after the line `mark_log` wrote."""
        text = self.host.run("dmesg").out
        return text[text.rfind(mark) :]

    def mark_log(self, text: str) -> str:
        """Write a unique line to the kernel log, and return it."""
        line = f"{text} ({next(MARKS)})"
        self.host.run(f"echo '{line}' > /dev/kmsg")
        return line

    # --- traffic ---------------------------------------------------------------------------

    def ping(self, ns: str, address: str, count: int = 3, size: int = 56) -> float:
        """Ping; no packet may be lost. Returns the average round trip in ms."""
        flags = f"-s {size}" + (" -M do" if size > 1000 else "")
        result = ping(self.place(ns), address, count, 0.05, flags)
        assert result.received == count, result.output
        return result.average_ms

    def reaches(self, ns: str, address: str) -> bool:
        """Whether a ping comes back."""
        return not self.run(ns, f"ping -c 2 -i 0.2 -W 1 {address}", check=False).rc

    def iperf(self, server_ns: str, client_ns: str, address: str, options: str = "-t 2") -> dict:
        """Run iperf3 once; return `end` of the JSON result."""
        client, server = (self.place(ns) for ns in (client_ns, server_ns))
        return iperf(client, server, address, options, port=5301)["end"]

    def udp_counters(self, ns: str) -> dict[str, int]:
        """/proc/net/snmp's line Udp of a namespace."""
        lines = self.run(ns, "grep ^Udp: /proc/net/snmp").out.splitlines()
        names, values = (line.split()[1:] for line in lines)
        return dict(zip(names, map(int, values)))

    def python(self, program: str, *arguments: str, ns: str = "", timeout: float = 30) -> str:
        """Run a Python program of PROGRAMS in the host VM; return its output."""
        self._install(program)
        # Without site-packages (-S) Python starts in two thirds of the time.
        command = shlex.join(["/usr/bin/python3", "-S", f"/tmp/{program}", *arguments])
        return self.run(ns, command, timeout).out

    def _install(self, program: str) -> None:
        self.host.install(f"/tmp/{program}", (PROGRAMS / program).read_text)

    def netlink(self, program: str, *arguments: str, ns: str = "", timeout: float = 30) -> str:
        """The same for a program that imports genl."""
        self._install("genl.py")
        return self.python(program, *arguments, ns=ns, timeout=timeout)

    def port(self, name: str) -> Port:
        """'pf', 'wire', 'vf<n>', 'mv<n>' (in a namespace so called), or 'soft' behind a bridge."""
        if name == "pf":
            return Port("pf0")
        if name == "wire":
            return Port("wire0", "wire")
        if name == "soft":
            return Port("eth0", "soft")
        return Port(name, name if name.startswith("mv") else vf_ns(int(name[2:])))

    def probe(self, frames: Sequence[Frame], ports: Sequence[str] = ()) -> list[Received]:
        """Send the frames; what each port (PF, wire and VFs) has received of each."""
        names = ports or ["pf", "wire", *(f"vf{n}" for n in range(self.vfs))]
        sent = [Sent(frame.sender, frame.hex(), frame.count) for frame in frames]
        return probe(self.host, {name: self.port(name) for name in names}, sent)

    def receivers(self, frames: Sequence[Frame], ports: Sequence[str] = ()) -> list[set[str]]:
        """The ports that received each frame."""
        return [set(found) for found in self.probe(frames, ports)]
