# SPDX-License-Identifier: GPL-2.0
"""A guest with one interface that a VF accelerates, and what takes the VF from it.

    host VM   br0: pf0, tap0 (soft1)              10.82.0.1
    guest     net_failover of virtio-net (tap0)   10.82.0.10
              and VF 0, which have the same MAC address
    wire0     the other end of pf0's cable        10.82.0.254
    soft      a namespace that has only a         10.82.0.60
              software interface, behind soft1
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from .fabric import Fabric
from .flow import Figures, Flow, together
from .host import HostVM
from .machine import Machine, NetNs
from .topology import OURS, PF_IP, WIRE_IP, vf_address, vf_ip, vf_mac

BRIDGE, TAP = "br0", "tap0"
GUEST_IP = vf_ip(0)
SOFT_IP, SOFT_MAC = "10.82.0.60", "52:54:00:82:76:60"
UNPLUG_SECONDS = 20  # of which a guest's hot-plug driver takes five
FIND_MASTER = """
for dev in $(ls /sys/class/net); do
    ethtool -i $dev 2> /dev/null | grep -q '^driver: net_failover' && echo $dev && exit
done; exit 1
"""
TAP_MAC = "52:54:00:82:76:e0"
# What a host VM needs for Flat: a standby with the VF's address, and a bridge port. As in
# host.py, an unconnected port of the hub accepts what a standby that is down does not.
STANDBY = [
    *("-netdev", "hubport,hubid=9,id=soft0", "-netdev", "hubport,hubid=9,id=tap0"),
    *("-netdev", "hubport,hubid=9,id=nowhere9"),
    *("-device", f"virtio-net-pci,netdev=tap0,romfile=,mac={TAP_MAC}"),
    *("-device", f"virtio-net-pci,netdev=soft0,romfile=,mac={vf_mac(0)},failover=on"),
]


class Failover:
    """What both topologies have. Guests keep their master, `master`, as they have named it."""

    def __init__(self, host: HostVM, drivers: tuple[str, str], vfs: int):
        self.host = host
        self.drivers = drivers
        self.fabric = Fabric(host, vfs, *drivers, adopt=False)
        self.peers = {"wire": (WIRE_IP, "wire0")}
        host.run(f"ip link set pf0 vf 0 mac {vf_mac(0)}")
        self.add_bridge()
        self.join_bridge()
        self.guest: Machine = host
        self.master = ""

    def start(self, guest: Machine) -> None:
        """Load the VF's driver; the master gets its address, and VF and wire are there."""
        self.guest = guest
        # A nested guest needs up to 10 ms for each character on its serial console.
        guest.run("echo 5 > /proc/sys/kernel/printk")
        guest.modprobe(self.drivers[1])
        self.master = guest.wait_until(FIND_MASTER).out.strip()
        guest.run(f"ip address add {GUEST_IP}/16 dev {self.master}")
        guest.run(f"ip link set {self.master} up")
        self.wait_path("vf")
        self.wait_reached()

    def close(self) -> None:
        """Bridge and drivers away."""
        self.host.run("ip netns del soft", check=False)
        self.delete_bridge()
        self.fabric.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.host.alive:
            self.close()

    def add_bridge(self) -> None:
        """Create the bridge."""
        self.host.modprobe("bridge")
        self.host.run(f"ip link add {BRIDGE} type bridge && ip link set {BRIDGE} up")

    def delete_bridge(self) -> None:
        """Delete it, if it is still there."""
        self.host.run(f"ip link del {BRIDGE}", check=False)

    def add_port(self, name: str) -> None:
        """Make an interface a port of the bridge."""
        self.host.run(f"ip link set {name} master {BRIDGE} up")

    def join_bridge(self) -> None:
        """The PF becomes the bridge's uplink, unless it is already."""
        if self.host.run("test -e /sys/class/net/pf0/master", check=False).rc:
            self.host.run("ip address flush dev pf0")
            self.add_port("pf0")

    def lower(self, driver: str) -> str:
        """The interface below the master that a driver has."""
        return self.guest.run(
            f"cd /sys/class/net/{self.master}; for l in lower_*; do"
            f"  [ $(basename $(readlink $l/device/driver)) = {driver} ] && echo ${{l#lower_}};"
            "done | grep ."
        ).out.strip()

    def path(self) -> str:
        """The guest's view of what it sends by: vf, soft or none."""
        lines = self.guest.run(
            f"cd /sys/class/net/{self.master}; for l in lower_*; do"
            "  echo $(readlink $l/device/driver) $(cat $l/carrier); done 2> /dev/null",
            check=False,
        ).out.splitlines()
        up = [line for line in lines if line.endswith(" 1")]
        if any(self.drivers[1] in line for line in up):
            return "vf"
        return "soft" if up else "none"

    def wait_path(self, wanted: str, timeout: float = 30) -> bool:
        """Wait until the guest sends by this path; whether it does."""
        end = time.monotonic() + timeout
        while (found := self.path()) != wanted and time.monotonic() < end:
            time.sleep(0.2)
        return found == wanted

    def wait_reached(self) -> None:
        """Wait until guest and wire reach each other."""
        self.guest.wait_until(f"ping -c 1 -W 1 {WIRE_IP}", timeout=20)

    def add_software_guest(self) -> None:
        """A namespace on the bridge, as a guest without VF."""
        self.host.add_container("soft", "soft1", BRIDGE, SOFT_MAC, SOFT_IP)
        self.peers["soft"] = SOFT_IP, "eth0"

    def flow(self, to: str = "wire", **options: Any) -> Flow:
        """Start numbered datagrams and TCP between the guest and a peer.

        A guest that only receives does not have to answer ARP either.
        """
        address, interface = self.peers[to]
        peer = NetNs(self.host, to)
        entry = f"neigh replace {GUEST_IP} lladdr {vf_mac(0)} dev {interface}"
        state = "permanent" if options.get("receive_only") else "reachable"
        peer.run(f"ip {entry} nud {state}")
        return Flow(self.guest, GUEST_IP, peer, address, **options)

    def passed_to_tap(self) -> int:
        """How many frames the bridge has passed to the guest's tap."""
        return int(self.host.read(f"/sys/class/net/{TAP}/statistics/tx_packets"))

    def forced(self) -> int:
        """How often the PF has taken the data path before the VF had left it."""
        command = "ethtool -S pf0 | sed -n 's/ *vf0_path_forced: //p'"
        return int(self.host.run(command, check=False).out or 0)

    # --- what happens to the VF ------------------------------------------------------------

    def set_policies(self, names: str) -> None:
        """Set VF 0's policies that only software can enforce."""
        param = f"pci/{self.fabric.pf_pci} name vf0_policies"
        self.host.run(f"devlink dev param set {param} value {names} cmode runtime")

    def set_link(self, state: str) -> None:
        """Set VF 0's link: auto, enable or disable."""
        self.host.run(f"ip link set pf0 vf 0 state {state}")

    def unload(self) -> None:
        """Remove the VF's driver in the guest."""
        self.guest.rmmod(self.drivers[1])

    def load(self) -> None:
        """Load it again; only the time from here to the interface is measured."""
        self.guest.run(f"insmod /tmp/{self.drivers[1]}.ko")

    def keep_module(self) -> None:
        """Leave the VF driver's file in the guest, for load()."""
        from .modules import load_order, module_image

        file = load_order(self.guest.kernel, self.drivers[1])[-1]
        self.guest.put(module_image(file), f"/tmp/{self.drivers[1]}.ko")

    def reset_pf(self) -> None:
        """Reset the PF's PCI function."""
        self.host.run(f"echo 1 > /sys/bus/pci/devices/{self.fabric.pf_pci}/reset", timeout=20)

    def reload_pf(self) -> None:
        """Reload the PF by devlink."""
        self.host.run(f"devlink dev reload pci/{self.fabric.pf_pci}", timeout=60)

    def withdraw(self) -> None:
        """Take the data path from the VF."""
        self.fabric.switch_vf(0, False)

    def offer(self) -> None:
        """Give it back."""
        self.fabric.switch_vf(0, True)


class Nested(Failover):
    """In a nested guest, as users have it."""

    def __init__(
        self, host: HostVM, drivers: tuple[str, str] = OURS, vfs: int = 2, **options: Any
    ):
        """Set it up in a host VM; options are the guest's."""
        super().__init__(host, drivers, vfs)
        host.modprobe("tun")
        host.run(f"ip address add {PF_IP}/16 dev {BRIDGE}")
        host.run(f"ip tuntap add {TAP} mode tap")
        self.add_port(TAP)
        self.nested = host.guest(
            vf=vf_address(0), tap=TAP, failover=True, mac=vf_mac(0), **options
        )
        self.start(self.nested)

    def close(self) -> None:
        """Guest, bridge and drivers away."""
        self.nested.kill()
        self.host.run(f"ip link del {TAP}", check=False)
        super().close()

    def unplug(self) -> None:
        """Take the VF out of the guest, as a management program does; the guest agrees."""
        self.nested.qmp("device_del", id="vf0")
        self.nested.wait_event("DEVICE_DELETED", UNPLUG_SECONDS)

    def plug(self) -> None:
        """Put it in again."""
        self.nested.qmp(
            "device_add",
            driver="vfio-pci",
            host=vf_address(0),
            bus="vfport0",
            id="vf0",
            failover_pair_id="soft0",
        )


class Flat(Failover):
    """All in the host VM: quicker, on any kernel, and with time counted in instructions.

    Its virtio-net interface `tap0` is the bridge's port, and has the standby at its other end.
    VFs other than VF 0 have no driver.
    """

    def __init__(self, host: HostVM, drivers: tuple[str, str] = OURS, vfs: int = 1):
        """Set it up in a host VM that was booted with `extra=STANDBY`."""
        super().__init__(host, drivers, vfs)
        self.vfs, self.vf = vfs, 0  # how many, and the guest's
        self.forbid(*range(1, vfs))
        found = host.run(f"grep -l {TAP_MAC} /sys/class/net/*/address").out.split("/")[4]
        host.run(f"ip link set {found} down; ip link set {found} name {TAP}")
        self.add_port(TAP)
        self.start(host)

    def close(self) -> None:
        """The driver of the VF goes first."""
        self.host.run(f"ip address flush dev {self.master}; ip link set {self.master} down")
        super().close()

    def forbid(self, *numbers: int) -> None:
        """No driver binds these VFs by itself."""
        for n in numbers:
            self.host.write(f"/sys/bus/pci/devices/{vf_address(n)}/driver_override", "none")

    def unplug(self) -> None:
        """The VF's PCI function goes, with all VFs."""
        self.fabric.remove_vfs()

    def plug(self) -> None:
        """It is there again, as VF 0."""
        self.vf = 0
        probe = f"/sys/bus/pci/devices/{self.fabric.pf_pci}/sriov_drivers_autoprobe"
        self.host.write(probe, 0)
        self.fabric.set_vfs(self.vfs, adopt=False)
        self.host.write(probe, 1)
        self.host.run(f"ip link set pf0 vf 0 mac {vf_mac(0)}")
        self.forbid(*range(1, self.vfs))
        self.bind()

    def unbind(self) -> None:
        """Unbind the VF's driver."""
        self.fabric.unbind_vf(self.vf)

    def bind(self) -> None:
        """Bind it."""
        self.host.bind_driver(vf_address(self.vf), self.drivers[1])

    def change_vf(self, n: int) -> None:
        """Another VF instead, in the order of iovctl migrate."""
        name = f"pci/{self.fabric.pf_pci} name vf{self.vf}_migration"
        self.host.run(f"devlink dev param set {name} value true cmode runtime")
        assert self.wait_path("soft")
        self.unbind()
        self.forbid(self.vf)
        self.host.run(
            f"ip link set pf0 vf {self.vf} mac 00:00:00:00:00:00 &&"
            f"ip link set pf0 vf {n} mac {vf_mac(0)}"
        )
        self.vf = n
        self.bind()


@dataclass(frozen=True)
class Event:
    """Something that happens to the VF, and what undoes it."""

    name: str
    leave: Callable[[Failover], None]
    back: Callable[[Failover], None] | None = None
    stock: bool = False
    """Whether igb and igbvf have it."""

    def steps(self) -> list[tuple[str, Callable[[Failover], None], str]]:
        """Names and functions, and the path after each."""
        names = [*self.name.split("/"), ""]
        found = [(names[0], self.leave, "soft" if self.back else "vf")]
        return found + ([(names[1], self.back, "vf")] if self.back else [])


EVENTS = {
    "inactive": Event("inactive/active", Failover.withdraw, Failover.offer),
    "disable": Event(
        "state disable/auto", lambda pair: pair.set_link("disable"), lambda p: p.set_link("auto")
    ),
    "acl": Event(
        "policy acl/none", lambda pair: pair.set_policies("acl"), lambda p: p.set_policies("none")
    ),
    "unplug": Event(
        "unplug/plug", lambda pair: pair.unplug(), lambda pair: pair.plug(), True  # type: ignore
    ),
    "rmmod": Event("rmmod/modprobe", Failover.unload, Failover.load, True),
    "reset": Event("PF reset", Failover.reset_pf, None, True),
    "reload": Event("devlink reload", Failover.reload_pf),
}


@dataclass(frozen=True)
class Step:
    """What a step of an event has cost, all cycles together."""

    name: str
    figures: Figures
    seconds: float
    """The longest from its beginning until the guest was on the expected path."""
    arrived: bool
    """The guest was on the expected path each time."""
    path: str
    """The path that is expected after it."""
    by_tap: int
    """Frames that the bridge has passed to the guest's tap since it arrived."""
    forced: int
    """Times that the PF has not waited any longer for the VF to leave."""


@dataclass(frozen=True)
class Outcome:
    """What an event has cost."""

    steps: list[Step]
    tcp_alive: bool


def measure(
    pair: Failover, event: Event, cycles: int = 1, hold: float = 3, **options: Any
) -> Outcome:
    """Let an event happen while a flow runs; the options are Flow's.

    hold: seconds after each step, from when the guest has the path that is expected then.
    """
    if event.leave is Failover.unload:
        pair.keep_module()
    flow = pair.flow(**options)
    time.sleep(1)
    steps = event.steps()
    windows: list[list[tuple[float, float, float, bool, int, int]]] = [[] for _ in steps]
    for _ in range(cycles):
        for windows_of_step, (_, act, path) in zip(windows, steps):
            forced = pair.forced()
            begin = flow.now() - 20
            act(pair)
            arrived = pair.wait_path(path)
            took = flow.now() - begin
            before = pair.passed_to_tap()
            time.sleep(hold)
            by_tap = pair.passed_to_tap() - before
            forced = max(pair.forced() - forced, 0)  # a reload of the PF forgets it
            windows_of_step.append((begin, flow.now(), took / 1e3, arrived, by_tap, forced))
    flow.close()
    found = []
    for (name, _, path), spans in zip(steps, windows):
        begins, ends, took_each, arrived_each, *counts = zip(*spans)
        figures = together([flow.figures(*span) for span in zip(begins, ends)])
        sums = map(sum, counts)
        found.append(Step(name, figures, max(took_each), all(arrived_each), path, *sums))
    return Outcome(found, flow.tcp_alive)


def frozen(pair: Nested) -> dict[str, float]:
    """Withdraw the data path of a guest whose processor stands still.

    Milliseconds from the command until the host's software has the guest's frames, and how many
    were sent to the VF meanwhile, seen at the guest's tap. And milliseconds until it has them
    after the processor runs again.
    """
    withdraw = pair.fabric.switch_command(0, False)
    flow = pair.flow(watch=TAP)
    time.sleep(1)
    pair.nested.qmp("stop")
    time.sleep(0.5)
    begin = flow.now()
    pair.host.run(withdraw)
    time.sleep(1)
    end = flow.now()
    pair.nested.qmp("cont")
    pair.wait_path("soft")
    time.sleep(1)
    pair.offer()
    pair.wait_path("vf")
    time.sleep(1)
    flow.close()
    seen = [at for _, at in flow.watched.got if begin <= at < end]
    missed = flow.peer.sent
    first = min(seen, default=float("inf"))
    return {
        "ms": first - begin,
        "to the VF": sum(begin <= at < first for at in missed),
        "awake": min((at for _, at in flow.watched.got if at >= end), default=float("inf")) - end,
        "tcp": float(flow.tcp_alive),
    }
