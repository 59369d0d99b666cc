# SPDX-License-Identifier: GPL-2.0-only
"""A guest of libvirt's with <teaming>: start, link, detach, attach, end."""
from collections.abc import Callable

import pytest
from lab import HostVM
from lab.failover import TAP
from lab.libvirt import NAME, ROOT, Managed
from lab.topology import OURS

pytestmark = [
    pytest.mark.kernels("stock"),
    pytest.mark.full(),
    pytest.mark.skipif(not ROOT.exists(), reason="no libvirt: run tools/lab/setup --libvirt"),
]


def test_libvirt(fresh_host: HostVM, note: Callable[[str], None]) -> None:
    """The guest gets its VF from libvirt, loses and regains it under traffic, and ends."""
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
