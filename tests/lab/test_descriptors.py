# SPDX-License-Identifier: GPL-2.0-only
"""QEMU reads the descriptors that tests/unit/test_desc.c expects, for every offload."""
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from lab.fabric import Fabric
from mixture import VF0, VF1

pytestmark = pytest.mark.kernels("stock")

EVENT = "e1000e_tx_descr"
VID, TAG = 0x64, 0x00640000
TCP, UDP = 6, 17
NEEDS_CSUM, GSO_TCP4, GSO_TCP6 = 1, 1, 4
CONTEXT_V4, CONTEXT_V6 = 0x1C14, 0x1C28  # MACLEN 14, IPLEN 20 or 40
VLE = 0x40000000
FRAME = 1514
SCTP_CONTEXT = 0x20201000
END_OF_PACKET = 0x09000000  # EOP, RS
DTYP, CONTEXT = 0x00F00000, 0x00200000


@dataclass(frozen=True)
class Wanted:
    """Expected descriptors: lens, command and MSS of the context; command and olinfo of data."""

    lens: int
    context: int
    mss: int
    data: int
    olinfo: int

    def tagged(self) -> "Wanted":
        """With VID 0x64 to be inserted."""
        return Wanted(self.lens | TAG, self.context, self.mss, self.data | VLE, self.olinfo)

    def words(self) -> list[tuple[int, ...]]:
        """The words as QEMU shows them, without the address of the data."""
        return [(self.lens, self.context, self.mss), (self.data | END_OF_PACKET, self.olinfo)]


def frame(fabric: Fabric, v6: bool, proto: int, payload: int, options: int = 0) -> bytes:
    """A frame from VF 0 to VF 1 without a checksum."""
    macs = bytes.fromhex((fabric.vf_mac(1) + fabric.vf_mac(0)).replace(":", ""))
    l4 = bytes(12) + bytes([(20 + options) // 4 << 4, 0x10]) + bytes(6 + options)
    if proto == UDP:
        l4 = struct.pack("!HHHH", 9, 9, 8 + payload, 0)
    l4 += bytes(payload)
    if v6:
        ip = struct.pack("!IHBB", 6 << 28, len(l4), proto, 64) + bytes(32)
        return macs + b"\x86\xdd" + ip + l4
    ip = struct.pack("!BBHIBBHII", 0x45, 0, 20 + len(l4), 0, 64, proto, 0, 0xC6120001, 0xC6120002)
    return macs + b"\x08\x00" + ip + l4


def offload(v6: bool, proto: int, gso: int = 0, mss: int = 0, headers: int = 0) -> bytes:
    """A struct virtio_net_hdr that requests a checksum, and segments of `mss` bytes."""
    start = 54 if v6 else 34
    return struct.pack("=BBHHHH", NEEDS_CSUM, gso, headers, mss, start, 16 if proto == TCP else 6)


def checksums(fabric: Fabric) -> Iterator[tuple[bytes, bytes, Wanted]]:
    """TCP and UDP, IPv4 and IPv6. PAYLEN 1514 = 0x5ea << 14, TXSM = 0x200"""
    for v6, proto, command in ((0, TCP, 0x800), (0, UDP, 0), (1, TCP, 0x800), (1, UDP, 0)):
        size = FRAME - 14 - (40 if v6 else 20) - (20 if proto == TCP else 8)
        lens = CONTEXT_V6 if v6 else CONTEXT_V4
        want = Wanted(lens, 0x20200000 | command, 0, 0x223005EA, 0x017A8200)
        yield offload(bool(v6), proto), frame(fabric, bool(v6), proto, size), want


def segments(fabric: Fabric) -> Iterator[tuple[bytes, bytes, Wanted]]:
    """Two segments of 1448 = 0x5a8 or 1428 = 0x594 bytes, with 12 bytes of TCP options."""
    yield (
        offload(False, TCP, GSO_TCP4, 1448, 66),
        frame(fabric, False, TCP, 2896, 12),
        Wanted(CONTEXT_V4, 0x20200C00, 0x05A82000, 0xA2300B92, 0x02D40300),
    )
    yield (
        offload(True, TCP, GSO_TCP6, 1428, 86),
        frame(fabric, True, TCP, 2856, 12),
        Wanted(CONTEXT_V6, 0x20200800, 0x05942000, 0xA2300B7E, 0x02CA0200),
    )


@contextmanager
def descriptors(fabric: Fabric) -> Iterator[list[tuple[int, int, int]]]:
    """Descriptors that QEMU reads in the block: 64 bits, then twice 32."""
    host = fabric.host
    log = host.trace_log
    start = log.stat().st_size
    found: list[tuple[int, int, int]] = []
    host.hmp(f"trace-event {EVENT} on")
    yield found
    host.hmp(f"trace-event {EVENT} off")
    with log.open(errors="replace") as file:
        file.seek(start)
        for words in re.findall(rf"{EVENT} (\S+) : (\w+) (\w+)", file.read()):
            low, *high = (0 if word == "(nil)" else int(word, 16) for word in words)
            found.append((low, *high))


def in_pairs(written: list[tuple[int, int, int]]) -> list[list[tuple[int, ...]]]:
    """Each descriptor with its successor, whose address is ignored."""
    return [[first, second[1:]] for first, second in zip(written, written[1:])]


@contextmanager
def vlans(fabric: Fabric) -> Iterator[None]:
    """A VLAN device on both VFs, with addresses."""
    for n, end in enumerate((VF0, VF1)):
        dev = f"{end.dev}.{VID}"
        fabric.run(
            end.ns,
            f"ip link add link {end.dev} name {dev} type vlan id {VID}; ip link set {dev} up;"
            f"ip address add 10.21.0.{n}/24 dev {dev};"
            f"ip address add fd21::{n}/64 dev {dev} nodad",
        )
    yield
    for end in (VF0, VF1):
        fabric.run(end.ns, f"ip link del {end.dev}.{VID}")


def test_every_offload(fabric: Fabric) -> None:
    """{nothing, checksum, TSO} x {IPv4, IPv6} x {TCP, UDP} x {no tag, tag}."""
    packets = [*checksums(fabric), *segments(fabric)]
    plain = frame(fabric, False, UDP, FRAME - 42)
    lines, wanted = [], []
    for header, data, want in packets:
        lines += [f"vf0 {header.hex()} {data.hex()}", f"vf0.{VID} {header.hex()} {data.hex()}"]
        wanted += [want.words(), want.tagged().words()]
    lines += [f"{dev} {bytes(10).hex()} {plain.hex()}" for dev in ("vf0", f"vf0.{VID}")]
    with vlans(fabric), descriptors(fabric) as written:
        fabric.host.put("\n".join(lines), "/tmp/frames")
        fabric.python("raw_sender.py", "/tmp/frames", ns="v0")
    for words in wanted:
        assert words in in_pairs(written), [tuple(map(hex, pair)) for pair in words]
    # Without an offload there is no context; with a tag alone the context has only the tag.
    data = (0x223005EA | END_OF_PACKET, 0x017A8000)
    before = written[[descriptor[1:] for descriptor in written].index(data) - 1]
    assert before[1] & DTYP != CONTEXT
    tagged = [(0x1C00 | TAG, 0x20200000, 0), (data[0] | VLE, data[1])]
    assert tagged in in_pairs(written)


@pytest.mark.parametrize("v6", [False, True], ids=["ipv4", "ipv6"])
def test_sctp(fabric: Fabric, v6: bool) -> None:
    """The checksum of SCTP (CRC32c) over IPv4 and IPv6, without and with a tag, first of all."""
    fabric.host.modprobe("sctp")
    lens = CONTEXT_V6 if v6 else CONTEXT_V4
    with vlans(fabric), descriptors(fabric) as written:
        for address in (VF1.ip6, "fd21::1") if v6 else (VF1.ip, "10.21.0.1"):
            # There is no listener at the port.
            target = f"SCTP:[{address}]:9" if v6 else f"SCTP:{address}:9"
            fabric.run("v0", f"socat -u OPEN:/dev/null {target}", check=False)
    for tag, vle in ((0, 0), (TAG, VLE)):
        context = (lens | tag, SCTP_CONTEXT, 0)
        follows = [data for first, data in in_pairs(written) if first == context]
        assert follows
        for command, olinfo in follows:
            size = command & 0xFFFF
            assert command == 0x22300000 | vle | END_OF_PACKET | size
            assert olinfo == size << 14 | 0x200


def test_no_datagrams_are_cut(fabric: Fabric) -> None:
    """QEMU would send IP fragments instead: the feature is not offered."""
    for ns, dev in (("", "pf0"), (VF0.ns, VF0.dev)):
        features = fabric.run(ns, f"ethtool -k {dev}").out
        assert "tx-udp-segmentation: off [fixed]" in features
        assert "tx-tcp-segmentation: on\n" in features
