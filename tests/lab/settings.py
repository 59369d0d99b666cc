# SPDX-License-Identifier: GPL-2.0-only
"""What a guest's administrator sets: jumbo frames, a VLAN, a multicast group, rings, queues."""

from lab.failover import BRIDGE, GUEST_IP, Failover
from lab.machine import NetNs

VLAN_IP, WIRE_VLAN_IP = "10.85.0.10", "10.85.0.254"
GROUP = "239.82.0.2"
IP = "/usr/bin/ip"  # a guest's shell prefers busybox's


class Settings:
    """Settings of a guest, which it has to have on each VF and on its software NIC."""

    def __init__(self, pair: Failover, *taps: str, channels: int = 1):
        """Set them; the host's interfaces get MTU 9000 as well."""
        self.pair = pair
        self.wire = NetNs(pair.host, "wire")
        guest, master, vf = pair.guest, pair.master, self.vf()
        for device in ("pf0", BRIDGE, *taps):
            pair.host.run(f"ip link set {device} mtu 9000")
        guest.modprobe("8021q")
        pair.host.modprobe("8021q")
        guest.run(
            f"""{IP} link set {master} mtu 9000 &&
            {IP} link add link {master} name vlan5 type vlan id 5 &&
            {IP} address add {VLAN_IP}/24 dev vlan5 && {IP} link set vlan5 up &&
            {IP} address add {GROUP} dev {master} autojoin &&
            echo 0 > /proc/sys/net/ipv4/icmp_echo_ignore_broadcasts &&
            ethtool -G {vf} rx 256 tx 128 && ethtool -C {vf} rx-usecs 50"""
        )
        if channels > 1:
            assert self.channels() == channels
            guest.run(f"ethtool -L {vf} combined 1")
        self.wire.run(
            f"""ip link set wire0 mtu 9000 && ip link add link wire0 name wire0.5 type vlan id 5 &&
            ip address add {WIRE_VLAN_IP}/24 dev wire0.5 && ip link set wire0.5 up"""
        )

    def vf(self) -> str:
        """The name of the VF's interface."""
        return self.pair.lower(self.pair.drivers[1])

    def channels(self) -> int:
        """The VF's queue pairs."""
        return int(self.pair.guest.run(f"ethtool -l {self.vf()}").out.split()[-1])

    def check(self, path: str = "vf") -> None:
        """The VF's interface has them, if there is one, and the guest receives accordingly."""
        assert self.pair.wait_path(path)
        if path == "vf":
            vf = self.vf()
            shown = self.pair.guest.run(f"ethtool -g {vf}; ethtool -c {vf}; ip link show {vf}").out
            assert {"256", "128", "50", "9000"} <= set(shown.split()), shown
            assert self.channels() == 1
        jumbo = "-M do -s 8900"
        for words in (f"{jumbo} {GUEST_IP}", f"{jumbo} {VLAN_IP}", f"-I wire0 {GROUP}"):
            self.pair.host.wait_until(f"ip netns exec wire ping -c 1 -W 1 {words}")

    def undo(self) -> None:
        """On the wire."""
        self.wire.run("ip link del wire0.5; ip link set wire0 mtu 1500")
