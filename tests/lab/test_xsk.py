# SPDX-License-Identifier: GPL-2.0-only
"""AF_XDP sockets on PF and VF, in zero-copy mode; with --full, the same in copy mode."""
import signal
import time
from collections.abc import Iterator

import pytest

from datagrams import PORTS, send_datagrams
from lab.fabric import PF_IP, WIRE_IP, WIRE_MAC, Fabric, vf_ip
from lab.errors import CommandFailed
from xdp import check_verdicts, counters, program, restart
from xsocket import Socket, wire

ENDS = pytest.mark.parametrize("ns, dev", [("", "pf0"), ("v0", "vf0")])
MODES = pytest.mark.parametrize("zerocopy", [True, False], ids=("zerocopy", "copy"))
SPARED = pytest.mark.full(zerocopy=False)
FAULTS = ("corrupt", "disorder", "lost", "overrun")
COUNT = 300  # fewer than the size of a ring
BURST = 2000  # more
MOST = 3 * 1024 - 26  # the largest MTU with chunks of 4096 bytes; the device's unit is 1 KiB
SMALL = 900  # the largest MTU with chunks of 2048 bytes
GARBAGE = 5  # descriptors, as in socket.c


def faults(result: dict[str, int]) -> dict[str, int]:
    """Errors that must never occur."""
    return {name: result[name] for name in FAULTS if result[name]}


def ping(
    fabric: Fabric, ns: str, dev: str, count: int, size: int = 64, chunk: int = 2048
) -> dict[str, int]:
    """Send frames from the wire to an echo on the interface, once a reset of it is over."""
    fabric.wait_carrier(ns, dev, timeout=20)
    options = {"count": count, "size": size, "chunk": chunk, "settle": True}
    return wire(fabric, "ping", to=fabric.mac(ns, dev), **options).wait()


def returns_all(fabric: Fabric, ns: str, dev: str, size: int = 64) -> None:
    """Every frame that the wire sends to an echo returns, in order and unchanged."""
    result = ping(fabric, ns, dev, COUNT, size)
    assert result["received"] == COUNT and not faults(result), result


def wait_stack(fabric: Fabric, ns: str) -> None:
    """Wait until the stack reaches the wire, which takes a moment after a reset."""
    fabric.host.wait_until(f"{f'ip netns exec {ns} ' * bool(ns)}ping -c 1 -W 1 {WIRE_IP}")


def check_echo(fabric: Fabric, ns: str, dev: str, size: int, **options: object) -> None:
    """Check an echo, in both directions."""
    echo = Socket(fabric, ns, dev, "echo", count=0, **options)
    assert echo.zerocopy == options["zerocopy"]
    returns_all(fabric, ns, dev, size)
    result = echo.end()
    assert result["received"] >= COUNT and not faults(result), result
    assert result["completed"] == result["sent"] == result["received"], result


def check_one_way(fabric: Fabric, ns: str, dev: str, size: int, **options: object) -> None:
    """A burst to the wire, larger than the ring, arrives; so do as many frames from the wire."""
    sink = wire(fabric, "check", count=BURST, size=size, frames=2048)
    source = Socket(
        fabric, ns, dev, "tx", to=WIRE_MAC, count=BURST, size=size, **options
    )
    sent, got = source.wait(), sink.wait()
    assert sent["completed"] == sent["sent"] == BURST and not faults(sent), sent
    assert got["received"] == BURST and not faults(got), got


# The last one needs --full.
MIXES = (
    {"size": 64},
    {"size": 1514, "need_wakeup": True},
    {"size": 60, "need_wakeup": True, "busy_poll": True},
)


@pytest.mark.full(kernel="debug")
@pytest.mark.full(dev="pf0")
@SPARED
@MODES
@ENDS
def test_frames(fabric: Fabric, ns: str, dev: str, zerocopy: bool, full: bool) -> None:
    """Frames arrive unchanged and in order, with each choice of the user."""
    for mix in MIXES if full else MIXES[:2]:
        check_echo(fabric, ns, dev, zerocopy=zerocopy, **mix)
        check_one_way(fabric, ns, dev, zerocopy=zerocopy, **mix)
    fabric.run(ns, f"ip link set {dev} mtu {SMALL}")
    check_echo(fabric, ns, dev, SMALL + 14, zerocopy=zerocopy, chunk=2048, need_wakeup=True)
    fabric.run(ns, f"ip link set {dev} mtu 1500")


@pytest.mark.full(kernel="debug")
@pytest.mark.full(dev="pf0")
@SPARED
@MODES
@ENDS
def test_beside_the_stack(fabric: Fabric, ns: str, dev: str, zerocopy: bool) -> None:
    """Frames that the program passes reach the stack; invalid ring entries are refused."""
    options = {"zerocopy": zerocopy, "need_wakeup": True, "garbage": True}
    echo = Socket(fabric, ns, dev, "echo", count=0, **options)
    returns_all(fabric, ns, dev)
    fabric.ping(ns, WIRE_IP)
    fabric.ping(ns, WIRE_IP, size=1472)
    fabric.iperf("wire", ns, WIRE_IP, "-n 2M")
    fabric.iperf(ns, "wire", vf_ip(0) if ns else PF_IP, "-n 2M")
    returns_all(fabric, ns, dev)
    result = echo.end()
    assert not faults(result), result
    wait_stack(fabric, ns)

    source = Socket(fabric, ns, dev, "tx", to=WIRE_MAC, count=COUNT, **options)
    result = source.wait()
    assert result["tx_invalid"] == GARBAGE and not faults(result), result
    assert result["completed"] == COUNT, result
    wait_stack(fabric, ns)
    fabric.ping(ns, WIRE_IP)


@pytest.mark.full(kernel="debug")
@pytest.mark.full(dev="pf0")
@SPARED
@MODES
@ENDS
def test_no_memory_for_frames(fabric: Fabric, ns: str, dev: str, zerocopy: bool) -> None:
    """A socket that returns no memory loses frames; others do not; with memory it continues.

    In zero-copy mode its queue then delivers no frames to the stack either.
    """
    mac = fabric.mac(ns, dev)
    echo = Socket(
        fabric, ns, dev, "echo", count=0, frames=128, zerocopy=zerocopy, need_wakeup=True
    )
    assert ping(fabric, ns, dev, 1)["received"]
    echo.signal(signal.SIGUSR1)
    lost = wire(fabric, "tx", to=mac, count=BURST)
    fabric.ping("v1", WIRE_IP)
    lost.wait()
    assert not wire(fabric, "ping", to=mac, count=1, timeout=1).wait()["received"]
    fabric.ping("v1", WIRE_IP)
    echo.signal(signal.SIGUSR1)
    returns_all(fabric, ns, dev)
    fabric.ping(ns, WIRE_IP)
    result = echo.end()
    assert result["completed"] == result["sent"] and not faults(result), result


@ENDS
@pytest.mark.kernels("stock")
@pytest.mark.full(dev="pf0")
def test_refusals(fabric: Fabric, ns: str, dev: str) -> None:
    """A missing queue, or an MTU too large for the memory, is refused, and nothing changes."""
    with pytest.raises(CommandFailed, match="bind: Invalid argument"):
        Socket(fabric, ns, dev, "tx", zerocopy=True, queue=9)
    fabric.run("wire", "ip link set wire0 mtu 9000")
    for mtu, chunk in ((9000, 4096), (MOST + 1, 4096), (1500, 2048)):
        fabric.run(ns, f"ip link set {dev} mtu {mtu}")
        with pytest.raises(CommandFailed, match="bind: Invalid argument"):
            Socket(fabric, ns, dev, "tx", zerocopy=True, chunk=chunk, no_program=True)
        fabric.wait_carrier(ns, dev)
        wait_stack(fabric, ns)
        fabric.ping(ns, WIRE_IP, size=mtu - 28)

    echo = Socket(fabric, ns, dev, "echo", count=0, zerocopy=True, need_wakeup=True)
    for mtu in (MOST + 1, 9000):
        with pytest.raises(CommandFailed):
            fabric.run(ns, f"ip link set {dev} mtu {mtu}")
        assert fabric.run(ns, f"cat /sys/class/net/{dev}/mtu").out == "1500\n"
    returns_all(fabric, ns, dev, 1514)
    fabric.ping(ns, WIRE_IP, size=1472)
    fabric.run(ns, f"ip link set {dev} mtu {MOST}")
    result = ping(fabric, ns, dev, COUNT, MOST + 14, chunk=4096)
    assert result["received"] == COUNT and not faults(result), result
    fabric.run(ns, f"ip link set {dev} mtu 1500")
    fabric.run("wire", "ip link set wire0 mtu 1500")
    assert not faults(echo.end())


@ENDS
@pytest.mark.kernels("stock")
@pytest.mark.full(dev="vf0")
def test_longer_than_the_mtu(fabric: Fabric, ns: str, dev: str) -> None:
    """Frames that do not fit a chunk overwrite no other memory, and the others still arrive."""
    fabric.run("wire", "ip link set wire0 mtu 9000")
    echo = Socket(fabric, ns, dev, "echo", count=0, zerocopy=True, need_wakeup=True)
    assert ping(fabric, ns, dev, 1)["received"]
    for size in (1600, 3080, 4096):
        wire(fabric, "tx", to=fabric.mac(ns, dev), count=100, size=size, chunk=4096).wait()
        returns_all(fabric, ns, dev, 1514)
    assert not faults(echo.end())
    fabric.run("wire", "ip link set wire0 mtu 1500")


@ENDS
@pytest.mark.full(kernel="debug")
def test_verdicts(fabric: Fabric, ns: str, dev: str) -> None:
    """Every verdict of another program on a socket's queue is carried out, and counted."""
    with program(fabric, ns, dev):
        socket = Socket(
            fabric, ns, dev, "rx", count=0, zerocopy=True, need_wakeup=True, no_program=True
        )
        fabric.wait_carrier(ns, dev)
        wait_stack(fabric, ns)
        check_verdicts(fabric, ns, dev, 200)
        fabric.ping(ns, WIRE_IP)
        result = socket.end()
        assert not result["received"] and not faults(result), result


@pytest.mark.full(kernel="debug")
@pytest.mark.full(dev="pf0")
@SPARED
@MODES
@ENDS
def test_survives(fabric: Fabric, ns: str, dev: str, zerocopy: bool, full: bool) -> None:
    """After any operation on the interface under traffic frames flow again, and none is stuck."""
    mac = fabric.mac(ns, dev)
    echo = Socket(
        fabric, ns, dev, "echo", count=0, frames=256, zerocopy=zerocopy, need_wakeup=True
    )
    assert ping(fabric, ns, dev, 1)["received"]
    reset = "echo 1 > /sys/bus/pci/devices/{}/reset"
    events = [
        lambda: fabric.host.run(reset.format(fabric.vf_pci(0) if ns else fabric.pf_pci)),
        lambda: restart(fabric, ns, dev),
        lambda: fabric.run(ns, f"ethtool -G {dev} rx 256 tx 256"),
        lambda: fabric.run(ns, f"ethtool -G {dev} rx 512 tx 512"),
        lambda: fabric.host.run(reset.format(fabric.pf_pci)),
    ]
    for event in events if full else events[:2]:
        stream = wire(fabric, "ping", to=mac, count=0, timeout=1)
        time.sleep(0.2)
        event()
        time.sleep(0.3)
        stream.end()
        fabric.wait_carrier("", "pf0", timeout=20)
        returns_all(fabric, ns, dev)
    fabric.ping(ns, WIRE_IP)
    result = echo.end()
    assert result["completed"] == result["sent"] and not faults(result), result


@pytest.mark.full(kernel="stock")
@pytest.mark.full(dev="vf0")
@SPARED
@MODES
@ENDS
def test_killed_under_traffic(fabric: Fabric, ns: str, dev: str, zerocopy: bool) -> None:
    """The process is killed: the stack can use its queue again, and so can the next process."""
    options = {"count": 0, "zerocopy": zerocopy, "need_wakeup": True}
    echo = Socket(fabric, ns, dev, "echo", **options)
    assert ping(fabric, ns, dev, 1)["received"]
    stream = wire(fabric, "ping", to=fabric.mac(ns, dev), count=0, timeout=1)
    time.sleep(0.2)
    echo.kill()
    wait_stack(fabric, ns)
    fabric.ping(ns, WIRE_IP)
    echo = Socket(fabric, ns, dev, "echo", **options)
    stream.end()
    returns_all(fabric, ns, dev)
    result = echo.end()
    assert result["completed"] == result["sent"] and not faults(result), result


@pytest.mark.full()
@MODES
def test_unload_under_traffic(fabric: Fabric, zerocopy: bool) -> None:
    """The drivers are unloaded while sockets are bound to PF and VF: the sockets are notified."""
    options = {"count": 0, "zerocopy": zerocopy, "need_wakeup": True}
    ends = (("", "pf0"), ("v0", "vf0"))
    echoes = [Socket(fabric, ns, dev, "echo", **options) for ns, dev in ends]
    assert ping(fabric, "v0", "vf0", 1)["received"]
    stream = wire(fabric, "ping", to=fabric.mac("v0", "vf0"), count=0, timeout=1)
    time.sleep(0.2)
    fabric.unload()
    for echo in echoes:
        with pytest.raises(CommandFailed, match="unbound"):
            echo.wait()
    stream.end()
    fabric.load()
    fabric.set_vfs(2)
    fabric.ping("v0", WIRE_IP)
    fabric.ping("", WIRE_IP)


@pytest.fixture
def alone(fabric: Fabric) -> Iterator[Fabric]:
    """The PF without VFs, and so with two queues."""
    fabric.remove_vfs()
    yield fabric
    fabric.run("", "ethtool -X pf0 default", check=False)
    fabric.set_vfs(2)


@SPARED
@MODES
@pytest.mark.kernels("stock")
def test_two_queues(alone: Fabric, zerocopy: bool) -> None:
    """A socket on each queue of the PF sends; the second one receives what RSS sends there."""
    options = {"zerocopy": zerocopy, "need_wakeup": True}
    sink = wire(alone, "check", count=2 * COUNT)
    source = Socket(
        alone, "", "pf0", "tx", to=WIRE_MAC, count=2 * COUNT, queues=2, **options
    )
    sent, got = source.wait(), sink.wait()
    assert sent["completed"] == got["received"] == 2 * COUNT, (sent, got)
    assert not got["corrupt"] and not faults(sent)

    alone.run("", "ethtool -X pf0 weight 0 1")
    alone.ping("wire", PF_IP)
    second = Socket(alone, "", "pf0", "rx", queue=1, all=True, count=PORTS, timeout=20, **options)
    alone.wait_carrier("", "pf0")
    before = counters(alone, "", "pf0")["rx_packets"]
    alone.run("wire", f"ip neigh replace {PF_IP} lladdr {alone.mac('', 'pf0')} dev wire0")
    send_datagrams(alone, "wire", PF_IP)
    result = second.wait()
    assert result["received"] >= PORTS and not faults(result), result
    assert counters(alone, "", "pf0")["rx_packets"] >= before + PORTS
    alone.run("wire", f"ip neigh del {PF_IP} dev wire0")
