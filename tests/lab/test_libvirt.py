# SPDX-License-Identifier: GPL-2.0-only
"""A guest of libvirt's with <teaming>: start, link, detach, attach, migration, end."""
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import HostVM
from lab.failover import GUEST_IP, TAP
from lab.libvirt import NAME, ROOT, STANDBY, VF, Managed, ManagedTwo
from lab.migration import cable
from lab.paths import REPO
from lab.topology import OURS, vf_mac

pytestmark = [
    pytest.mark.kernels("stock"),
    pytest.mark.full(),
    pytest.mark.parallel,
    pytest.mark.skipif(not ROOT.exists(), reason="no libvirt: run tools/lab/setup --libvirt"),
]

SLOW, FAST = 1, 1000  # MiB a second


def test_libvirt(fresh_host: HostVM, note: Callable[[str], None]) -> None:
    """The guest gets its VF from libvirt, loses and regains it under traffic, and ends."""
    guide = (REPO / "Documentation/guide.rst").read_text()
    assert STANDBY + VF in guide, "the guide has another XML"
    with Managed(fresh_host) as pair:
        virsh = pair.libvirt.virsh
        assert "pci_0000_01_10_0" in virsh("nodedev-list --cap pci").split()
        described = virsh("nodedev-dumpxml pci_0000_01_00_0")
        assert "<capability type='virt_functions' maxCount='7'>" in described
        for step, driver in (("detach", "vfio-pci"), ("reset", "vfio-pci"), ("reattach", OURS[1])):
            virsh(f"nodedev-{step} pci_0000_01_10_0")
            assert pair.state_of_vf()[0] == driver
        pair.boot()
        assert pair.taken()

        standby = pair.lower("virtio_net")
        virsh(f"domif-setlink {NAME} {TAP} down")
        pair.guest.wait_until(f"grep -qx 0 /sys/class/net/{standby}/carrier")
        assert pair.path() == "vf"
        pair.wait_reached()
        virsh(f"domif-setlink {NAME} {TAP} up")
        pair.guest.wait_until(f"grep -qx 1 /sys/class/net/{standby}/carrier")

        flow = pair.flow(hertz=250)
        begin = flow.now()
        for _ in range(2):
            pair.detach()
            assert pair.wait_path("soft")
            pair.host.wait_until("! test -e /run/libvirt/hostdevmgr/pf0_vf0")
            assert pair.given_back()
            pair.attach()
            assert pair.wait_path("vf")
            assert pair.taken()
        end = flow.now()
        flow.close()
        assert flow.tcp_alive
        note(f"detached and attached twice: {flow.figures(begin, end)}")
        virsh(f"destroy {NAME}")
        assert pair.given_back()


def test_libvirt_migrates(
    boot_host: Callable[..., HostVM], tmp_path: Path, note: Callable[[str], None]
) -> None:
    """To another host, at first aborted. The target's VF has the guest's address all the time."""
    first, second = (boot_host(backends=backends) for backends in cable(tmp_path))
    with ManagedTwo(first, second) as pair:
        pair.boot()
        virsh = pair.libvirt.virsh
        flow = pair.flow(hertz=250)
        begin = flow.now()
        virsh(f"migrate-setspeed {NAME} {SLOW}")
        job = pair.start_migration()
        assert pair.wait_path("soft", 60)
        assert pair.other.vf_info(0)["address"] == vf_mac(0)
        second.wait_until(f"ping -c 1 -W 1 {GUEST_IP}")
        assert job.poll() is None, "the guest has moved too early"
        virsh(f"domjobabort {NAME}")
        assert job.wait(60, check=False).rc
        assert pair.wait_path("vf", 60)
        assert pair.taken()
        assert pair.other.vf_info(0)["address"] != vf_mac(0)

        virsh(f"migrate-setspeed {NAME} {FAST}")
        pair.end_migration(pair.start_migration())
        assert pair.wait_path("vf", 60)
        end = flow.now()
        flow.close()
        assert flow.tcp_alive
        pair.wait_reached()
        assert pair.given_back()
        assert pair.other.vf_info(0)["address"] == vf_mac(0)
        note(f"aborted, and migrated: {flow.figures(begin, end)}")
