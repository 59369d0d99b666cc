# SPDX-License-Identifier: GPL-2.0-only
"""Frames and streams arrive complete and unchanged."""
import random
import time

import pytest

from lab.fabric import PF_IP, WIRE_IP, WIRE_MAC, Fabric, Frame, vf_ip, vf_ns
from lab.errors import CommandFailed
from lab.topology import wait_listening
from mixture import PF, VF0, VF1, Mixture, assert_flowing

# Filters do not depend on the kernel; the debug kernel runs only tests that are marked for both.
pytestmark = pytest.mark.kernels("stock")

MARKER = 12  # the marker that frame_probe appends


def set_mtu(fabric: Fabric, mtu: int) -> None:
    fabric.run("wire", f"ip link set wire0 mtu {mtu}")
    fabric.run("", f"ip link set pf0 mtu {mtu}")
    for n in range(fabric.vfs):
        fabric.run(vf_ns(n), f"ip link set vf{n} mtu {mtu}")


def test_hundred_of_hundred(fabric: Fabric) -> None:
    """Of 100 frames sent 100 are received, each once, for every pair of ports."""
    macs = {"pf": fabric.mac("", "pf0"), "wire": WIRE_MAC}
    macs |= {f"vf{n}": fabric.vf_mac(n) for n in range(2)}
    pairs = [(a, b) for a in macs for b in macs if a != b]
    frames = [Frame(a, macs[b], macs[a], count=100) for a, b in pairs]
    for (sender, receiver), received in zip(pairs, fabric.probe(frames)):
        assert {port: len(got) for port, got in received.items()} == {receiver: 100}, sender


def test_random_sizes_unchanged(fabric: Fabric) -> None:
    """2000 frames of random size and content arrive unchanged."""
    rng = random.Random(82576)
    macs = [fabric.vf_mac(n) for n in range(2)]
    head = bytes.fromhex((macs[1] + macs[0]).replace(":", "")) + b"\x88\xb5"

    class Raw(Frame):
        payload = b""

        def hex(self) -> str:
            return (head + self.payload).hex()

    frames = []
    for _ in range(2000):
        frame = Raw("vf0", macs[1], macs[0])
        size = rng.randrange(60, 1515)
        object.__setattr__(frame, "payload", rng.randbytes(size - len(head) - MARKER))
        frames.append(frame)
    for frame, received in zip(frames, fabric.probe(frames, ["vf0", "vf1"])):
        assert [data for _, data in received["vf1"]] == [frame.hex()]


@pytest.mark.full(kernel="debug")
@pytest.mark.kernels("stock", "debug")
@pytest.mark.parametrize("ends", [("v0", "v1"), ("v0", ""), ("v0", "wire"), ("", "wire")])
def test_tcp_stream(fabric: Fabric, ends: tuple[str, str]) -> None:
    """TCP in both directions between each kind of ends."""
    addresses = {"": PF_IP, "wire": WIRE_IP, "v0": vf_ip(0), "v1": vf_ip(1)}
    client, server = ends
    size = 16 if fabric.host.kernel.name == "stock" else 4
    # Data in flight at the end is not counted: small buffers keep its amount small.
    for options in (f"-w 256K -n {size}M", f"-w 256K -n {size}M -R"):
        end = fabric.iperf(server, client, addresses[server], options)
        assert end["sum_sent"]["bytes"] >= size << 20
        assert end["sum_received"]["bytes"] >= size << 19


@pytest.mark.parametrize("ns", ["v1", "", "wire"])
def test_file_with_checksum(fabric: Fabric, ns: str) -> None:
    """An 8 MiB file has the same sha256 at the other end, in both directions."""
    addresses = {"": PF_IP, "wire": WIRE_IP, "v1": vf_ip(1)}
    fabric.host.run("[ -e /tmp/file ] || head -c 8M /dev/urandom > /tmp/file", 60)
    want = fabric.host.run("sha256sum < /tmp/file").out
    for sender, receiver, address in (("v0", ns, addresses[ns]), (ns, "v0", vf_ip(0))):
        place = fabric.place(receiver)
        job = place.spawn("socat -u TCP-LISTEN:5400,reuseaddr - | sha256sum")
        wait_listening(place, 5400, job)
        fabric.run(sender, f"socat -u FILE:/tmp/file TCP:{address}:5400", 90)
        assert job.wait(60).out == want


def bad_checksums(fabric: Fabric) -> list[str]:
    """Packets with bad checksums, counted by the VFs' drivers and the receiver's stack."""
    ask = "ethtool -S vf{0} | grep csum_error; nstat -az | grep InCsumErrors"
    return [fabric.run(f"v{n}", ask.format(n)).out for n in range(2)]


@pytest.mark.full(kernel="debug")
@pytest.mark.kernels("stock", "debug")
def test_udp_and_ipv6(fabric: Fabric) -> None:
    """Checksums of UDP and TCP over IPv4 and IPv6 are correct at the receiver."""
    fabric.host.run("sysctl -q net.core.rmem_default=4194304")  # a slow reader loses nothing
    before = bad_checksums(fabric)
    for options in ("-u -b 5M -n 1M", "-6 -n 4M", "-6 -u -b 5M -n 1M"):
        address = "fd82::11" if "-6" in options else vf_ip(1)
        end = fabric.iperf("v1", "v0", address, options)
        total = end.get("sum") or end["sum_received"]
        assert total["bytes"] >= 1 << 20
    assert bad_checksums(fabric) == before


@pytest.mark.full(mtu=4000)
@pytest.mark.full(mtu=9000)
@pytest.mark.parametrize("mtu", [1500, 4000, 9000, 9216])
def test_frame_sizes_at_the_limit(fabric: Fabric, mtu: int) -> None:
    """The largest frame of each MTU passes in all directions, with a VLAN tag as well."""
    set_mtu(fabric, mtu)
    size = mtu - 28
    for ns, address in (("v0", vf_ip(1)), ("v0", PF_IP), ("v0", WIRE_IP), ("", WIRE_IP)):
        fabric.ping(ns, address, size=size)
    mac = fabric.vf_mac(0)
    frames = [
        Frame("wire", mac, WIRE_MAC, size=mtu + 14),
        Frame("wire", mac, WIRE_MAC, vlan=0, size=mtu + 18),
    ]
    assert all("vf0" in got for got in fabric.receivers(frames))
    set_mtu(fabric, 1500)


def test_vf_limit_is_its_own(fabric: Fabric) -> None:
    """With the PF at 9000 and the VF at 1500, the VF receives frames up to 1518 bytes only."""
    fabric.run("wire", "ip link set wire0 mtu 9000")
    fabric.run("", "ip link set pf0 mtu 9000")
    mac, pf = fabric.vf_mac(0), fabric.mac("", "pf0")
    frames = [
        Frame("wire", mac, WIRE_MAC, size=1514),
        Frame("wire", mac, WIRE_MAC, size=1600),
        Frame("wire", pf, WIRE_MAC, size=1600),
    ]
    got = fabric.receivers(frames)
    assert "vf0" in got[0]
    assert "vf0" not in got[1]
    assert "pf" in got[2]
    set_mtu(fabric, 1500)


def test_mtu_out_of_range(fabric: Fabric) -> None:
    """PF and VF refuse an MTU of 9217; nothing changes."""
    for ns, dev in (("", "pf0"), ("v0", "vf0")):
        with pytest.raises(CommandFailed):
            fabric.run(ns, f"ip link set {dev} mtu 9217")
        assert fabric.run(ns, f"cat /sys/class/net/{dev}/mtu").out.strip() == "1500"


@pytest.mark.full(kernel="debug")
@pytest.mark.full(dev="pf0")
@pytest.mark.kernels("stock", "debug")
@pytest.mark.parametrize("ns, dev", [("", "pf0"), ("v0", "vf0")])
def test_ring_sizes_under_traffic(fabric: Fabric, ns: str, dev: str) -> None:
    """Smallest, largest and odd ring sizes while a stream runs; no wake-up is lost."""
    end, peer = (VF0, VF1) if ns else (PF, VF0)
    stream = Mixture(fabric).stream("tcp", end, peer, 1 << 20, 49, seconds=7)
    for size in (128, 4096, 129, 512, 136, 512):
        fabric.run(ns, f"ethtool -G {dev} rx {size} tx {size}")
        time.sleep(0.5)
    shown = fabric.run(ns, f"ethtool -g {dev}").out
    assert "4096" in shown and "512" in shown
    assert_flowing(fabric, stream)
    fabric.ping(ns, peer.ip)
    for size in (64, 5000):
        with pytest.raises(CommandFailed):
            fabric.run(ns, f"ethtool -G {dev} rx {size}")
    assert fabric.run(ns, f"ethtool -g {dev}").out == shown


@pytest.mark.parametrize("feature", ["tso", "gso", "tx", "rx", "sg", "gro"])
def test_offloads_make_no_difference(fabric: Fabric, feature: str) -> None:
    """With an offload off, and on again, the same stream arrives."""
    fabric.host.run("[ -e /tmp/file4 ] || head -c 4M /dev/urandom > /tmp/file4")
    want = fabric.host.run("sha256sum < /tmp/file4").out
    for state in ("off", "on"):
        for ns in ("v0", "v1"):
            fabric.run(ns, f"ethtool -K vf{ns[1]} {feature} {state}")
        job = fabric.place("v1").spawn("socat -u TCP-LISTEN:5401,reuseaddr - | sha256sum")
        wait_listening(fabric.place("v1"), 5401, job)
        fabric.run("v0", f"socat -u FILE:/tmp/file4 TCP:{vf_ip(1)}:5401", 60)
        assert job.wait(60).out == want


def test_start_and_stop_under_traffic(fabric: Fabric) -> None:
    """The receiver's interface goes down and up ten times; traffic flows again each time."""
    flood = fabric.host.netns("v0").spawn(f"ping -q -i 0.002 -w 60 {vf_ip(1)} > /dev/null")
    for _ in range(10):
        fabric.run("v1", "ip link set vf1 down; ip link set vf1 up")
    flood.kill()
    fabric.wait_carrier("v1", "vf1")
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
@pytest.mark.kernels("stock", "debug")
def test_vfs_talk_while_the_pf_is_down(fabric: Fabric) -> None:
    """Traffic of VFs continues while the PF's interface is down, and new VFs come up."""
    fabric.run("", "ip link set pf0 down")
    fabric.ping("v0", vf_ip(1))
    fabric.ping("v0", WIRE_IP)
    assert not fabric.reaches("v0", PF_IP)
    fabric.pf_up()
    fabric.ping("v0", PF_IP)


def test_statistics_add_up(fabric: Fabric) -> None:
    """Per-queue counters add up to the netdev's, and equal the frames sent."""

    def sent() -> int:
        stats = fabric.stats("v0", "vf0")
        return stats["tx0_packets"] + stats["tx1_packets"]

    before = sent()
    (received,) = fabric.probe([Frame("vf0", fabric.vf_mac(1), fabric.vf_mac(0), count=50)])
    assert len(received["vf1"]) == 50
    after = sent()
    assert 50 <= after - before <= 60
    link = fabric.run("v0", "cat /sys/class/net/vf0/statistics/tx_packets").out
    assert int(link) >= after
    fabric.run("v0", "ip link set vf0 down; ip link set vf0 up")
    fabric.wait_carrier("v0", "vf0")
    assert sent() >= after


def test_pf_uses_several_queues(fabric: Fabric) -> None:
    """Without VFs the PF spreads flows over its queue pairs by RSS; -L changes their number."""
    fabric.remove_vfs()
    shown = fabric.run("", "ethtool -l pf0").out
    queues = int(shown.rsplit("Combined:", 1)[1].split()[0])
    assert queues > 1
    before = fabric.stats("", "pf0")
    fabric.iperf("", "wire", PF_IP, "-n 8M -P 8")
    after = fabric.stats("", "pf0")
    used = [q for q in range(queues) if after[f"rx{q}_packets"] > before[f"rx{q}_packets"]]
    assert len(used) == queues
    fabric.run("", "ethtool -L pf0 combined 1")
    fabric.ping("", WIRE_IP)
    fabric.run("", f"ethtool -L pf0 combined {queues}")
    fabric.ping("", WIRE_IP)
    with pytest.raises(CommandFailed):
        fabric.run("", "ethtool -L pf0 combined 9")
    fabric.set_vfs(2)


@pytest.mark.full(size=60)
@pytest.mark.kernels("stock")
@pytest.mark.parametrize("size", [60, 1514])
def test_every_number_of_fragments(fabric: Fabric, size: int) -> None:
    """UDP frames of 1 to 17 fragments (pktgen) all arrive with a correct checksum."""
    count, most = 20, 17
    fabric.host.run("modprobe pktgen")
    before = fabric.udp_counters("v1")
    for frags in range(1, most + 1):
        lines = [
            "rem_device_all\nadd_device vf0\n",
            f"count {count}\npkt_size {size}\nfrags {frags}\nflag UDPCSUM\ndelay 100000\n"
            f"dst {vf_ip(1)}\nsrc_min {vf_ip(0)}\nsrc_max {vf_ip(0)}\n"
            f"udp_dst_min 9\nudp_dst_max 9\ndst_mac {fabric.vf_mac(1)}\n",
        ]
        writes = "".join(
            f"printf '%s\\n' '{line}' > /proc/net/pktgen/{name};"
            for name, text in zip(("kpktgend_0", "vf0"), lines)
            for line in text.splitlines()
        )
        fabric.run("v0", f"{writes} echo start > /proc/net/pktgen/pgctrl", 60)
    fabric.run("v0", "echo rem_device_all > /proc/net/pktgen/kpktgend_0; sleep 0.3")
    fabric.host.run("rmmod pktgen")
    after = fabric.udp_counters("v1")
    assert after["InCsumErrors"] == before["InCsumErrors"]
    assert after["NoPorts"] - before["NoPorts"] == count * most
