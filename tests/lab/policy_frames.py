# SPDX-License-Identifier: GPL-2.0-only
"""Frames that policies drop, and frames that look like them and pass."""

import socket
import struct
from dataclasses import dataclass

IPV4, IPV6, ARP = 0x0800, 0x86DD, 0x0806
VLAN, SERVICE_VLAN = 0x8100, 0x88A8
ICMP, TCP, UDP, FRAGMENT, ICMPV6, OPTIONS = 1, 6, 17, 44, 58, 60
ALL_NODES, BROADCAST = "33:33:00:00:00:01", "ff:ff:ff:ff:ff:ff"
SNAP_IPV6 = bytes.fromhex("aaaa0300000086dd")


@dataclass(frozen=True)
class Sender:
    """Builds frames of a VM for a station on the other side of the bridge."""

    mac: str
    peer: str

    def frame(self, to: str, kind: int, payload: bytes, *tags: tuple[int, int]) -> str:
        """A frame in hex; tags are pairs of EtherType and number, the outer one first."""
        head = bytes.fromhex((to + self.mac).replace(":", ""))
        for tag in tags:
            head += struct.pack("!HH", *tag)
        return (head + struct.pack("!H", kind) + payload.ljust(46, b"\0")).hex()

    def to_peer(self, kind: int, payload: bytes, *tags: tuple[int, int]) -> str:
        return self.frame(self.peer, kind, payload, *tags)

    def to_all(self, kind: int, payload: bytes, *tags: tuple[int, int]) -> str:
        return self.frame(ALL_NODES if kind == IPV6 else BROADCAST, kind, payload, *tags)


def checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def ipv4(protocol: int, payload: bytes, source: str = "10.0.0.1", to: str = "10.1.0.2") -> bytes:
    head = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol)
    addresses = socket.inet_aton(source) + socket.inet_aton(to)
    return head + struct.pack("!H", checksum(head + addresses)) + addresses + payload


def ipv6(following: int, payload: bytes, to: str = "ff02::1") -> bytes:
    head = struct.pack("!IHBB", 6 << 28, len(payload), following, 255)
    source = socket.inet_pton(socket.AF_INET6, "fe80::1")
    return head + source + socket.inet_pton(socket.AF_INET6, to) + payload


def options(following: int) -> bytes:
    """An extension header that has only padding."""
    return bytes([following, 0, 1, 4, 0, 0, 0, 0])


def fragment(following: int, payload: bytes) -> bytes:
    """The first fragment of a packet that has more."""
    return ipv6(FRAGMENT, struct.pack("!BBHI", following, 0, 1, 7) + payload)


def icmp(kind: int) -> bytes:
    return bytes([kind, 0]) + bytes(30)


def udp(source: int, to: int) -> bytes:
    return struct.pack("!HHHH", source, to, 40, 0) + bytes(32)


def tcp(to: int) -> bytes:
    return struct.pack("!HHIIBBHHH", 1000, to, 0, 0, 0x50, 2, 1000, 0, 0)


def router(vm: Sender) -> dict[str, str]:
    """What router guard drops."""
    advert, redirect = icmp(134), icmp(137)
    snap = SNAP_IPV6 + ipv6(ICMPV6, advert)
    return {
        "advertisement": vm.to_all(IPV6, ipv6(ICMPV6, advert)),
        "advertisement in a VLAN": vm.to_all(IPV6, ipv6(ICMPV6, advert), (VLAN, 5)),
        "advertisement with priority": vm.to_all(IPV6, ipv6(ICMPV6, advert), (VLAN, 0)),
        "advertisement in a service VLAN": vm.to_all(
            IPV6, ipv6(ICMPV6, advert), (SERVICE_VLAN, 5)
        ),
        "advertisement behind options": vm.to_all(
            IPV6, ipv6(OPTIONS, options(ICMPV6) + advert)
        ),
        "advertisement behind options in a VLAN": vm.to_all(
            IPV6, ipv6(OPTIONS, options(ICMPV6) + advert), (VLAN, 5)
        ),
        "advertisement in a fragment": vm.to_all(IPV6, fragment(ICMPV6, advert)),
        "redirect": vm.to_peer(IPV6, ipv6(ICMPV6, redirect)),
        "IPv4 redirect": vm.to_peer(IPV4, ipv4(ICMP, icmp(5))),
        "IPv4 redirect in a VLAN": vm.to_peer(IPV4, ipv4(ICMP, icmp(5)), (VLAN, 5)),
        "IPv4 advertisement": vm.to_all(IPV4, ipv4(ICMP, icmp(9))),
    } | {
        "disguised: two VLANs": vm.to_all(IPV6, ipv6(ICMPV6, advert), (VLAN, 5), (VLAN, 6)),
        "disguised: SNAP": vm.to_all(len(snap), snap),
        "disguised: options in a fragment": vm.to_all(IPV6, fragment(OPTIONS, options(ICMPV6))),
    }


def dhcp(vm: Sender) -> dict[str, str]:
    """What DHCP guard drops."""
    return {
        "offer": vm.to_all(IPV4, ipv4(UDP, udp(67, 68))),
        "offer in a VLAN": vm.to_all(IPV4, ipv4(UDP, udp(67, 68)), (VLAN, 5)),
        "offer from another port": vm.to_all(IPV4, ipv4(UDP, udp(4000, 68))),
        "answer to a relay": vm.to_peer(IPV4, ipv4(UDP, udp(67, 67))),
        "DHCPv6 advertise": vm.to_peer(IPV6, ipv6(UDP, udp(547, 546))),
        "DHCPv6 from another port": vm.to_peer(IPV6, ipv6(UDP, udp(1, 546)), (VLAN, 5)),
    }


def listed(vm: Sender) -> dict[str, str]:
    """What the access list of the test drops."""
    return {
        "port 22": vm.to_peer(IPV4, ipv4(TCP, tcp(22))),
        "port 23 in a VLAN": vm.to_peer(IPV4, ipv4(TCP, tcp(23)), (VLAN, 5)),
        "2001:db8::7": vm.to_peer(IPV6, ipv6(UDP, udp(1, 1), "2001:db8::7")),
    }


def harmless(vm: Sender) -> dict[str, str]:
    """What no policy of the test drops."""
    return {
        "echo": vm.to_peer(IPV4, ipv4(ICMP, icmp(8))),
        "echo in a VLAN": vm.to_peer(IPV4, ipv4(ICMP, icmp(8)), (VLAN, 5)),
        "IPv6 echo": vm.to_all(IPV6, ipv6(ICMPV6, icmp(128))),
        "solicitation": vm.to_all(IPV6, ipv6(ICMPV6, icmp(135))),
        "DHCP discover": vm.to_all(IPV4, ipv4(UDP, udp(68, 67))),
        "DHCPv6 solicit": vm.to_all(IPV6, ipv6(UDP, udp(546, 547))),
        "port 24": vm.to_peer(IPV4, ipv4(TCP, tcp(24))),
        "port 22 of another network": vm.to_peer(IPV4, ipv4(TCP, tcp(22), to="10.2.0.1")),
        "2001:db9::7": vm.to_peer(IPV6, ipv6(UDP, udp(1, 1), "2001:db9::7")),
        "ARP": vm.to_all(ARP, bytes(28)),
        "another protocol": vm.to_peer(0x88B5, bytes(46)),
    }
