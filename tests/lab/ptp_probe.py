#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A PTP clock and its timestamps, read by system calls.

Runs inside the host VM. Arguments: interface and one of the functions below; prints JSON.
"""
import ctypes
import errno
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time

SIOCETHTOOL, SIOCSHWTSTAMP, SIOCGHWTSTAMP = 0x8946, 0x89B0, 0x89B1
ETHTOOL_GET_TS_INFO = 0x41
PTP_SYS_OFFSET_EXTENDED = 0xC4C03D09
ADJ_FREQUENCY, ADJ_SETOFFSET, ADJ_NANO = 0x2, 0x100, 0x2000
SO_TIMESTAMPING = 37
TX_HARDWARE, RX_HARDWARE, RAW_HARDWARE, OPT_TSONLY = 1, 1 << 2, 1 << 6, 1 << 11
V2_L2_SYNC, V2_L2_DELAY_REQ = 10, 11
ETH_P_1588, PTP_GROUP = 0x88F7, bytes.fromhex("011b19000000")
SOL_PACKET, PACKET_ADD_MEMBERSHIP, CLONE_NEWNET = 263, 1, 0x40000000
GENL_ID_CTRL, CTRL_GETFAMILY, FAMILY_ID, FAMILY_NAME = 16, 3, 1, 2
TSINFO_GET, TSINFO_HEADER, TSINFO_STATS = 25, 1, 6
HEADER_DEV_NAME, HEADER_FLAGS, FLAG_STATS, NLA_F_NESTED = 2, 3, 4, 0x8000
SECOND = 10**9

DEVICE = sys.argv[1]
LIBC = ctypes.CDLL(None, use_errno=True)


class Timex(ctypes.Structure):
    """struct timex"""

    _fields_ = [("modes", ctypes.c_uint)]
    _fields_ += [(name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")]
    _fields_ += [("status", ctypes.c_int)]
    _fields_ += [(name, ctypes.c_long) for name in ("constant", "precision", "tolerance")]
    _fields_ += [("sec", ctypes.c_long), ("nsec", ctypes.c_long), ("rest", ctypes.c_char * 256)]


# --- the clock ----------------------------------------------------------------------------------


def interface_ioctl(request: int, data: ctypes.Array) -> None:
    """An ioctl whose ifreq points to `data`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        name = DEVICE.encode().ljust(16, b"\0")
        fcntl.ioctl(sock, request, name + struct.pack("QQQ", ctypes.addressof(data), 0, 0))


def clock_number() -> int:
    """The number n of the interface's /dev/ptp<n>."""
    info = ctypes.create_string_buffer(struct.pack("I", ETHTOOL_GET_TS_INFO), 64)
    interface_ioctl(SIOCETHTOOL, info)
    return struct.unpack_from("=IIi", info)[2]


class Clock:
    """An open PTP clock."""

    def __init__(self) -> None:
        self.fd = os.open(f"/dev/ptp{clock_number()}", os.O_RDWR)
        self.id = (~self.fd << 3) | 3

    def now(self) -> int:
        """The clock's time."""
        return time.clock_gettime_ns(self.id)

    def adjust(self, modes: int, **values: int) -> None:
        """Call clock_adjtime()."""
        timex = Timex(modes=modes, **values)
        if LIBC.clock_adjtime(ctypes.c_int(self.id), ctypes.byref(timex)) < 0:
            raise OSError(ctypes.get_errno(), "clock_adjtime")

    def set_rate(self, ppm: int) -> None:
        """Set the deviation from the nominal rate, in parts per million."""
        self.adjust(ADJ_FREQUENCY, freq=ppm << 16)

    def shift(self, ns: int) -> None:
        """Move the time."""
        self.adjust(ADJ_SETOFFSET | ADJ_NANO, sec=ns // SECOND, nsec=ns % SECOND)

    def reading(self) -> tuple[int, int]:
        """CLOCK_BOOTTIME, and how far the clock is ahead of it: the best of several readings."""
        tries = []
        for _ in range(20):
            before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            now = self.now()
            after = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            middle = (before + after) // 2
            tries.append((after - before, middle, now - middle))
        _, middle, ahead = min(tries)
        return middle, ahead

    def offset(self) -> int:
        """How far the clock is ahead of CLOCK_BOOTTIME."""
        return self.reading()[1]

    def rate(self, seconds: float = 0.2) -> float:
        """The rate relative to CLOCK_BOOTTIME, less 1."""
        start, before = self.reading()
        time.sleep(seconds)
        end, after = self.reading()
        return (after - before) / (end - start)

    def samples(self, count: int = 5) -> list[list[int]]:
        """System time before, clock time, system time after, by PTP_SYS_OFFSET_EXTENDED."""
        data = bytearray(16 + 25 * 3 * 16)
        struct.pack_into("=I", data, 0, count)
        fcntl.ioctl(self.fd, PTP_SYS_OFFSET_EXTENDED, data)
        times = [s * SECOND + ns for s, ns in struct.iter_unpack("=qI4x", data[16:])]
        return [times[3 * i : 3 * i + 3] for i in range(count)]


# --- stamps -------------------------------------------------------------------------------------


def configure(tx_type: int, rx_filter: int) -> list[int]:
    """Select the packets that get a time stamp; return the setting, or a negative errno."""
    config = ctypes.create_string_buffer(struct.pack("=iii", 0, tx_type, rx_filter), 12)
    refused = 0
    try:
        interface_ioctl(SIOCSHWTSTAMP, config)
    except OSError as error:
        refused = -(error.errno or 0)
    interface_ioctl(SIOCGHWTSTAMP, config)
    return [refused, *struct.unpack("=iii", config.raw)]


def hardware_stamp(control: list[tuple[int, int, bytes]]) -> int:
    """The hardware time stamp in a packet's control messages, or 0."""
    for level, kind, data in control:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPING):
            seconds, ns = struct.unpack_from("=qq", data, 32)
            return seconds * SECOND + ns
    return 0


def stamped(sock: socket.socket, timeout: float = 2) -> int:
    """The next time stamp on the error queue, or 0."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            _, control, _, _ = sock.recvmsg(1, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
        except BlockingIOError:
            time.sleep(0.001)
            continue
        return hardware_stamp(control)
    return 0


def sender() -> socket.socket:
    """A UDP socket with hardware timestamps."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, TX_HARDWARE | RAW_HARDWARE | OPT_TSONLY)
    return sock


def wire_socket() -> socket.socket:
    """A packet socket at the other end of the cable."""
    with open("/proc/self/ns/net", "rb") as home, open("/run/netns/wire", "rb") as wire:
        assert not LIBC.setns(wire.fileno(), CLONE_NEWNET)
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        sock.bind(("wire0", 0))
        assert not LIBC.setns(home.fileno(), CLONE_NEWNET)
    return sock


def receiver() -> socket.socket:
    """A packet socket for PTP frames with hardware timestamps."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((DEVICE, ETH_P_1588))
    sock.settimeout(3)
    member = struct.pack("=iHH8s", socket.if_nametoindex(DEVICE), 0, 6, PTP_GROUP)
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, member)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, RX_HARDWARE | RAW_HARDWARE)
    return sock


def message(kind: int, dst: bytes = PTP_GROUP) -> bytes:
    """A PTP frame; kind 0 is Sync, 1 Delay_Req."""
    header = struct.pack("!6s6sHBBH", dst, b"\2\0\0\0\0\1", ETH_P_1588, kind, 2, 44)
    return header + bytes(40)


def attributes(data: bytes) -> dict[int, bytes]:
    """Netlink attributes by number."""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3FFF] = data[4:size]
        data = data[size + -size % 4 :]
    return found


def attribute(kind: int, value: bytes) -> bytes:
    """An attribute, padded."""
    return struct.pack("=HH", len(value) + 4, kind) + value + bytes(-len(value) % 4)


def genl(family: int, command: int, body: bytes) -> dict[int, bytes]:
    """Send a request to a generic netlink family."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as sock:
        body = struct.pack("=BBH", command, 1, 0) + body
        sock.send(struct.pack("=IHHII", 16 + len(body), family, 1, 1, 0) + body)
        answer = sock.recv(1 << 16)
    assert struct.unpack_from("=H", answer, 4)[0] != 2, "refused"
    return attributes(answer[20:])


def counters() -> list[int]:
    """Packets stamped, lost and skipped: ethtool -I -T, which Debian 12's ethtool cannot show."""
    family = genl(GENL_ID_CTRL, CTRL_GETFAMILY, attribute(FAMILY_NAME, b"ethtool\0"))
    header = attribute(HEADER_DEV_NAME, DEVICE.encode() + b"\0")
    header += attribute(HEADER_FLAGS, struct.pack("=I", FLAG_STATS))
    number = struct.unpack("=H", family[FAMILY_ID])[0]
    info = genl(number, TSINFO_GET, attribute(TSINFO_HEADER | NLA_F_NESTED, header))
    stats = attributes(info[TSINFO_STATS])
    return [int.from_bytes(stats[kind], sys.byteorder) for kind in (1, 2, 3)]


# --- commands of tests --------------------------------------------------------------------------


def rates() -> dict:
    """The rate at the nominal setting, and set 10 % up and 10 % down."""
    clock, found = Clock(), {}
    for ppm in (0, 100_000, -100_000):
        clock.set_rate(ppm)
        found[str(ppm)] = clock.rate()
    clock.set_rate(0)
    return found


def steps() -> dict:
    """The error that remains after the clock was set and shifted."""
    clock = Clock()
    before = clock.offset()
    clock.shift(5 * SECOND)
    forward = clock.offset() - before - 5 * SECOND
    clock.shift(-7_500_000_000)
    back = clock.offset() - before + 2_500_000_000
    time.clock_settime_ns(clock.id, 1_000_000 * SECOND)
    return {
        "forward": forward,
        "back": back,
        "set": clock.now() - 1_000_000 * SECOND,
        "samples": clock.samples(),
    }


def offset() -> dict:
    """How far the clock is ahead of the system's clock."""
    return {"ns": Clock().offset()}


def follow() -> None:
    """Print the offset repeatedly, one line each, until killed."""
    clock = Clock()
    while True:
        print(clock.offset(), flush=True)
        time.sleep(0.1)


def send(address: str) -> dict:
    """Send single packets, reading the clock before and after each, then many at once."""
    clock, found = Clock(), []
    off = configure(0, 0)
    with sender() as sock:
        sock.sendto(b"x", (address, 319))
        unwanted = stamped(sock, 0.1)
    on = configure(1, 0)
    with sender() as sock:
        for _ in range(5):
            before = clock.now()
            sock.sendto(b"x", (address, 319))
            found.append([before, stamped(sock), clock.now()])
        single = counters()
        for _ in range(50):
            sock.sendto(b"x", (address, 319))
        stamps = 0
        while stamped(sock, 0.1):
            stamps += 1
    return {
        "off": off,
        "unwanted": unwanted,
        "on": on,
        "found": found,
        "single": single,
        "burst": stamps,
        "counters": counters(),
        "refused": configure(1, 1),  # every packet
    }


def receive(vf_mac: str) -> dict:
    """The time stamps of Sync and Delay_Req for each filter, and after a VF's frame was stamped."""
    clock, found = Clock(), {}
    with wire_socket() as wire, receiver() as sock:
        time.sleep(0.3)  # until the filters contain the group
        for rx_filter in (0, V2_L2_SYNC, V2_L2_DELAY_REQ):
            configure(0, rx_filter)
            received = []
            for kind in (0, 1) * 3:
                before = clock.now()
                wire.send(message(kind))
                data, control, _, _ = sock.recvmsg(128, 512)
                received.append([data[14], before, hardware_stamp(control), clock.now()])
            found[str(rx_filter)] = received
        configure(0, V2_L2_SYNC)
        wire.send(message(0, bytes.fromhex(vf_mac.replace(":", ""))))
        time.sleep(0.1)
        after = []
        for wait in (2.1, 0):
            wire.send(message(0))
            after.append(hardware_stamp(sock.recvmsg(128, 512)[1]))
            time.sleep(wait)
        found["after a VF's"] = after
    configure(0, 0)
    return found


def unbind(device: str) -> dict:
    """Remove the device while the clock is open."""
    clock = Clock()
    configure(1, 0)
    driver = os.path.realpath(f"/sys/bus/pci/devices/{device}/driver")
    subprocess.run(["/bin/sh", "-c", f"echo {device} > {driver}/unbind"], check=True)
    try:
        clock.now()
        return {"errno": 0}
    except OSError as error:
        return {"errno": errno.errorcode[error.errno or 0]}


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[2]](*sys.argv[3:])))
