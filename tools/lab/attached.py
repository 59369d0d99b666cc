# SPDX-License-Identifier: GPL-2.0
"""A guest that is migrated with its VF attached, by iovnic_vfio, and the VFs that it moves between.

    with Attached(host) as moving:          the guest has VF 0, as vf0 with 10.82.0.10
        moving.start_target()               a second QEMU waits for it, with VF 1
        moved = moving.migrate()
        moving.guest.run(...)               runs in the second QEMU now
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from .clock import deadline
from .errors import LabError
from .fabric import Fabric
from .failover import BRIDGE
from .flow import Flow
from .guest import Guest
from .host import STOCK, HostVM
from .machine import NetNs
from .migration import PORT, SECOND_IP, add_second, add_wire
from .topology import OURS, WIRE_IP, bring_up, vf_address, vf_ip, vf_mac

VFIO = "iovnic_vfio"
SOCKET = "unix:/run/migration"
GUEST_IP, GUEST_MAC = vf_ip(0), vf_mac(0)
ENDED = ("completed", "failed", "cancelled")
# The PF becomes a port of a bridge, and then also the namespace `wire`.
BRIDGE_PF = (
    f"ip link add {BRIDGE} type bridge && ip link set {BRIDGE} up &&"
    f"ip address flush dev pf0 && ip link set pf0 master {BRIDGE} up"
)
JOIN_BRIDGE = f"{BRIDGE_PF} && ip link set towire master {BRIDGE} up"


@dataclass(frozen=True)
class Moved:
    """QEMU's report of a migration."""

    status: str
    error: str
    began: float
    """By the host VM's clock, ms."""
    ended: float
    downtime_ms: int
    state_bytes: int
    """Of the VF."""


class Moving:
    """A guest that moves, and the namespace that it talks to, `wire`."""

    host: HostVM
    guest: Guest
    wire: NetNs

    def reach(self) -> None:
        """The guest reaches the wire."""
        self.guest.wait_until(f"ping -c 1 -W 1 {WIRE_IP}", timeout=20)

    def flow(self, **options: Any) -> Flow:
        """Numbered datagrams and TCP between guest and wire."""
        self.wire.run(f"ip neigh replace {GUEST_IP} lladdr {GUEST_MAC} dev wire0 nud reachable")
        return Flow(self.guest, GUEST_IP, self.wire, WIRE_IP, **options)

    def close(self) -> None:
        """Guest and drivers away."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.host.alive:
            self.close()


class Attached(Moving):
    """The guest, and `target`, the QEMU that waits for it, or None."""

    def __init__(
        self,
        host: HostVM,
        drivers: tuple[str, str] = OURS,
        vfs: int = 2,
        memory: Sequence[str] = (),
        prepare: str = "",
        more: int = 0,
    ):
        """Set it up with VF 0.

        memory: more arguments of QEMU; prepare: run after VFs exist; more: the guest has so many
        of the next VFs as well, each with the address of the VF with which it starts.
        """
        self.host, self.drivers, self.more = host, drivers, more
        self.fabric = Fabric(host, vfs, *drivers, adopt=False)
        host.modprobe(VFIO)
        host.restores_heads = True
        host.foreign |= drivers[1] in STOCK  # which do not keep the rules for registers
        if prepare:
            host.run(prepare)
        self.wire = NetNs(host, "wire")
        self.vf = 0
        self.number = 0
        self.target: Guest | None = None
        self.guest = self.fabric.start_guest(vfio=VFIO, extra=memory, more=more)
        self.reach()

    def target_host(self) -> HostVM:
        """The host that the guest is migrated to next."""
        return self.host

    def give_address(self, n: int) -> None:
        """Give a VF of the target's host, and the next ones, the guest's addresses."""
        for i in range(1 + self.more):
            self.target_host().run(f"ip link set pf0 vf {n + i} mac {vf_mac(i)}")

    def start_target(self, vf: int | None = None, extra: Sequence[str] = ()) -> Guest:
        """Start the QEMU that waits, with a VF that has the guest's address."""
        self.number += 1
        self.target_vf = 1 + self.more - self.vf if vf is None else vf
        self.give_address(self.target_vf)
        self.target = self.target_host().guest(
            vf=[vf_address(self.target_vf + i) for i in range(1 + self.more)],
            name=f"g{self.number}",
            incoming=True,
            vfio=VFIO,
            extra=extra,
        )
        return self.target

    def uris(self) -> tuple[str, str]:
        """Where the target listens, and where the source sends."""
        return SOCKET, SOCKET

    def begin(self) -> None:
        """Start the migration."""
        listen, send = self.uris()
        assert self.target
        # Otherwise the source does not wait for the target to load the state.
        back = [{"capability": "return-path", "state": True}]
        for machine in (self.guest, self.target):
            machine.qmp("migrate-set-capabilities", capabilities=back)
        self.target.qmp("migrate-incoming", uri=listen)
        self.guest.qmp("migrate", uri=send)

    def end(self, timeout: float = 120, ended: tuple[str, ...] = ENDED) -> dict[str, Any]:
        """Wait for the end of the migration, or another status; return QEMU's report."""
        limit = deadline(timeout)
        while (found := self.guest.qmp("query-migrate")).get("status") not in ended:
            if time.monotonic() > limit:
                raise LabError(f"a migration does not end: {found}")
            time.sleep(0.1)
        return found

    def migrate(self, flow: Flow | None = None) -> Moved:
        """Migrate the guest; if this succeeds, kill its former QEMU."""
        began = flow.now() if flow else 0
        self.begin()
        found = self.end()
        ended = flow.now() if flow else 0
        if found["status"] == "completed":
            self.take_over()
        return Moved(
            found["status"],
            found.get("error-desc", ""),
            began,
            ended,
            found.get("downtime", 0),
            found.get("vfio", {}).get("transferred", 0),
        )

    def take_over(self) -> None:
        """Kill the source's QEMU: the guest runs in the target's."""
        assert self.target
        self.target.take_over(self.guest)
        self.guest, self.target = self.target, None
        self.vf = self.target_vf

    def end_target(self) -> None:
        """Kill the QEMU that waits for the guest."""
        if self.target:
            self.target.kill()
            self.target = None

    def counter(self, name: str) -> int:
        """A counter of the guest's interface, by ethtool."""
        return int(self.guest.run(f"ethtool -S vf0 | sed -n 's/ *{name}: //p'").out or 0)

    def log(self) -> str:
        """The kernel's log of the target's host."""
        return self.target_host().run("dmesg | tail -40").out

    def close(self) -> None:
        """Kill both QEMUs and unload the drivers."""
        self.end_target()
        self.guest.kill()
        self.host.rmmod(VFIO)
        self.fabric.close()


class SoftwareOnly(Attached):
    """The same guest with virtio-net, vhost and a bridge of which the PF is a port, and no VF."""

    def __init__(self, host: HostVM):
        """Set it up."""
        self.host, self.drivers, self.more = host, OURS, 0
        self.fabric = Fabric(host, 0, *OURS)
        for module in ("bridge", "tun"):
            host.modprobe(module)
        host.run(BRIDGE_PF)
        self.wire = NetNs(host, "wire")
        self.number = self.vf = self.target_vf = 0
        self.target = None
        self.guest = self.qemu()
        found = self.guest.wait_until(f"grep -l {GUEST_MAC} /sys/class/net/*/address").out
        bring_up(self.guest, found.split("/")[4], GUEST_IP)
        self.reach()

    def qemu(self, incoming: bool = False) -> Guest:
        """Start one with a tap interface of its own."""
        tap = f"tap{self.number}"
        self.host.run(f"ip tuntap add {tap} mode tap && ip link set {tap} master {BRIDGE} up")
        name = f"g{self.number}"
        return self.host.guest(tap=tap, vhost=True, mac=GUEST_MAC, name=name, incoming=incoming)

    def start_target(self, vf: int | None = None, extra: Sequence[str] = ()) -> Guest:
        """Start the QEMU that waits."""
        assert vf is None and not extra
        self.number += 1
        self.target = self.qemu(incoming=True)
        return self.target

    def close(self) -> None:
        """Kill both QEMUs and unload the drivers."""
        self.end_target()
        self.guest.kill()
        self.host.run("for tap in /sys/class/net/tap*; do ip link del ${tap##*/}; done")
        self.host.run(f"ip link del {BRIDGE}")
        self.fabric.close()


class AttachedTwoHosts(Attached):
    """The target is a second host VM, whose 82576 is at the other end of the first one's cable.

    The wire is a namespace behind the first one's bridge.
    """

    def __init__(self, first: HostVM, second: HostVM, drivers: tuple[str, str] = OURS):
        """Set them up; each has one VF."""
        self.second = second
        self.moved = False
        add_wire(first)
        first.modprobe("bridge")
        super().__init__(first, drivers, vfs=1, prepare=JOIN_BRIDGE)
        first.run(f"ip address add 10.82.0.1/16 dev {BRIDGE}")
        self.other = add_second(first, second)
        second.modprobe(VFIO)
        second.restores_heads = True

    def target_host(self) -> HostVM:
        """The host on which the guest does not run."""
        return self.host if self.moved else self.second

    def start_target(self, vf: int | None = 0, extra: Sequence[str] = ()) -> Guest:
        """With VF 0 of the other host."""
        return super().start_target(vf, extra)

    def uris(self) -> tuple[str, str]:
        """The target listens at the address of its bridge."""
        address = "10.82.0.1" if self.moved else SECOND_IP
        uri = f"tcp:{address}:{PORT + self.number}"
        return uri, uri

    def take_over(self) -> None:
        """The guest runs on the other host."""
        super().take_over()
        self.moved = not self.moved

    def close(self) -> None:
        """Kill both QEMUs and unload the drivers of both hosts."""
        self.end_target()
        self.guest.kill()
        for machine, fabric in ((self.second, self.other), (self.host, self.fabric)):
            machine.rmmod(VFIO)
            machine.run(f"ip link del {BRIDGE}", check=False)
            fabric.close()
