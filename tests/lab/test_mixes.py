# SPDX-License-Identifier: GPL-2.0-only
"""All data arrives unchanged: random packets, fragments of every shape."""
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.fabric import Fabric, xdp_program
from lab import HostVM
from mixture import ENDS, PF, RING_OF_PAIRS, VF0, VF1, Mixture, counted, frames_as_sent

MILLION = 1_000_000
MTUS = (1500, 9000)
ENOUGH = 200  # packets, enough for some of each kind


def send_packets(fabric: Fabric, count: int, mtu: int) -> None:
    """Packets of every kind between all functions at the same time, with some of each kind."""
    mixture = Mixture(fabric)
    with frames_as_sent(fabric, mtu):
        jobs = [
            mixture.packets(*pair, count, mtu, mtu + seed)
            for seed, pair in enumerate(RING_OF_PAIRS)
        ]
        for job in jobs:
            counts = counted(job, 60 + count / 20)
            assert counts.pop("packets") == count
            assert counts["frames"] > count
            assert all(counts.values()) or count < ENOUGH, counts


def send_streams(fabric: Fabric, mebibytes: int) -> None:
    """Streams of fragments between all functions, several at a time; datagrams separately."""
    mixture, size = Mixture(fabric), mebibytes << 20
    # Fragments of more than a page come from huge pages.
    fabric.host.run("sysctl -q vm.nr_hugepages=8; modprobe -q sctp", check=False)
    fabric.host.modprobe("sctp")
    jobs = [
        mixture.stream("tcp", VF0, VF1, size, 1),
        mixture.stream("tcp6", VF1, PF, size, 2),
        mixture.stream("sctp", PF, VF0, size // 4, 3),
    ]
    for job in jobs:
        counts = counted(job, 60 + 10 * mebibytes)
        assert counts["bytes"] >= size // 4
    for seed, kind in enumerate(("udp", "udp6")):
        stream = mixture.stream(kind, PF, VF0, size // 4, seed + 4)
        counts = counted(stream, 60 + 10 * mebibytes)
        assert counts["zerocopy"] > 0
    fabric.host.run("sysctl -q vm.nr_hugepages=0")


@pytest.mark.full(kernel="debug", mtu=1500)
@pytest.mark.parametrize("mtu", MTUS)
def test_packets_by_chance(fabric: Fabric, full: bool, mtu: int) -> None:
    """Random sizes, headers, fragments, VLAN tags and offloads: each frame arrives as it should."""
    few = 250 if fabric.host.kernel.name == "stock" else 50
    send_packets(fabric, MILLION // 6 if full else few, mtu)


@pytest.mark.full(kernel="debug")
def test_fragments_of_every_shape(fabric: Fabric, full: bool) -> None:
    """TCP, UDP and SCTP from many small and large memory areas, without copying them."""
    few = 3 if fabric.host.kernel.name == "stock" else 1
    send_streams(fabric, 200 if full else few)


@pytest.fixture
def programs(fabric: Fabric) -> Iterator[None]:
    """An XDP program that passes these packets, on all functions."""
    source = Path(__file__).parent / "xdp_prog.c"
    fabric.host.put(xdp_program(source), "/tmp/xdp.o")
    for end in ENDS:
        fabric.run(
            end.ns, f"ip link set dev {end.dev} xdpdrv obj /tmp/xdp.o sec xdp.frags", timeout=60
        )
        fabric.wait_carrier(end.ns, end.dev)
    yield
    for end in ENDS:
        fabric.run(end.ns, f"ip link set dev {end.dev} xdpdrv off")


@pytest.mark.full(kernel="debug")
def test_packets_through_programs(fabric: Fabric, full: bool, programs: None) -> None:
    """The same with an XDP program attached, which handles frames of several buffers."""
    send_packets(fabric, MILLION // 6 if full else 200, 9000)


@pytest.mark.full(kernel="debug")
def test_strict_translation(boot_host: Callable[..., HostVM], full: bool) -> None:
    """With strict IOMMU invalidation no address is used after it was unmapped."""
    host = boot_host(command_line="iommu.passthrough=0 iommu.strict=1")
    assert "invalidation policy: strict mode" in host.run("dmesg").out
    fabric = Fabric(host)
    for function in (fabric.pf_pci, fabric.vf_pci(0), fabric.vf_pci(1)):
        assert host.read(f"/sys/bus/pci/devices/{function}/iommu_group/type") == "DMA"
    for mtu in MTUS if full else MTUS[1:]:
        send_packets(fabric, 50_000 if full else 150, mtu)
    send_streams(fabric, 100 if full else 1)
