# SPDX-License-Identifier: GPL-2.0-only
"""A guest of libvirt's that keeps its VF while it is migrated, or saved and restored."""
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import HostVM
from lab.attached import GUEST_MAC, VFIO
from lab.libvirt import FILE, NAME, NEWER, NO_MAC
from lab.libvirt_attached import (
    HOSTDEV,
    INTERFACE,
    OVERRIDE,
    PERMIT,
    ManagedAttached,
    ManagedAttachedTwo,
    element,
)
from lab.migration import cable
from lab.paths import REPO
from lab.topology import OURS, vf_address

pytestmark = [
    pytest.mark.kernels("stock"),
    pytest.mark.full(),
    pytest.mark.parallel,
    pytest.mark.skipif(not NEWER.exists(), reason="run tools/lab/setup --libvirt-newer"),
]

SAVED = "/run/saved"
QUERY = """qemu-monitor-command %s '{"execute": "query-migrate"}'""" % NAME
NOT_EXACT, NOT_AT_ALL = "doesn't support device and IOMMU dirty tracking", "not supported in kernel"
ANY = "blocked-reasons"
FORMS = pytest.mark.parametrize(
    "form, options",
    [(INTERFACE, ""), (HOSTDEV, "--p2p --persistent --undefinesource")],
    ids=["interface", "as Nova"],
)
# What a restart of the guest's driver, or a reset of its VF, would change
STATE = (
    "cat /sys/class/net/vf0/carrier_changes; ip link show vf0;"
    f"ethtool -S vf0 | grep mbx_resets; dmesg | grep -c {OURS[1]}"
)


def test_libvirt_finds_the_driver(fresh_host: HostVM) -> None:
    """libvirt loads iovnic_vfio by its alias, or by its name, and gives the VF back."""
    text = (REPO / "Documentation/migration.rst").read_text()
    for part in (element(INTERFACE), element(HOSTDEV), OVERRIDE, PERMIT):
        assert part in text, f"the documentation has not {part}"
    plain = element(HOSTDEV)
    cases = [(plain, VFIO, NOT_EXACT), (element(INTERFACE), VFIO, "")]
    for name, why in ((VFIO, NOT_EXACT), ("vfio-pci", NOT_AT_ALL)):
        named = plain.replace("    </h", f"      <driver model='{name}'/>\n    </h")
        cases.append((named, name, why))
    with ManagedAttached(fresh_host) as pair:
        virsh, guest = pair.libvirt.virsh, pair.guest
        fresh_host.modprobe(OURS[1])
        own = fresh_host.read(f"/sys/class/net/{fresh_host.netdev_of(vf_address(0))}/address")
        for xml, driver, why in cases:
            guest.interfaces, guest.override = xml, "" if why else OVERRIDE
            virsh(f"create {FILE} --paused", xml=guest.xml())
            assert pair.driver() == driver
            if not why:
                assert pair.fabric.vf_info(0)["address"] == GUEST_MAC
            reasons = virsh(QUERY)
            assert why in reasons if why else ANY not in reasons
            if why == NOT_EXACT:
                refused = fresh_host.run(f"virsh save {NAME} {SAVED}", check=False).err
                assert refused.strip().splitlines()[-1] in text
            virsh(f"destroy {NAME}")
            assert pair.driver() == OURS[1]
            netdev = fresh_host.netdev_of(vf_address(0))
            assert fresh_host.read(f"/sys/class/net/{netdev}/address") == own


@FORMS
def test_libvirt_migrates_the_vf(
    boot_host: Callable[..., HostVM],
    tmp_path: Path,
    form: str,
    options: str,
    note: Callable[[str], None],
) -> None:
    """To the same VF of another host, then to another VF of the first one."""
    first, second = (boot_host(backends=backends) for backends in cable(tmp_path))
    with ManagedAttachedTwo(first, second, form) as pair:
        pair.start()
        before = pair.guest.run(STATE).out
        address = pair.fabric.vf_info(0)["address"]
        assert address == (GUEST_MAC if form is INTERFACE else NO_MAC)
        flow = pair.flow(hertz=250)
        for vf in (None, 1):
            pair.migrate(vf, options)
            pair.reach()
            assert pair.driver(pair.vf) == VFIO
            assert pair.fabric.vf_info(pair.vf)["address"] == address
            assert pair.other.vf_info(0)["address"] == NO_MAC
            note(pair.libvirt.virsh(f"domjobinfo {NAME} --completed | grep downtime"))
        flow.close()
        assert flow.tcp_alive
        assert pair.guest.run(STATE).out == before


def test_libvirt_saves_and_restores(fresh_host: HostVM) -> None:
    """The guest is saved to a file and restored from it, with its VF."""
    with ManagedAttached(fresh_host) as pair:
        pair.start()
        before = pair.guest.run(STATE).out
        pair.save(SAVED)
        assert pair.driver() == ""
        pair.restore(SAVED)
        pair.reach()
        assert pair.driver() == VFIO
        assert pair.guest.run(STATE).out == before
