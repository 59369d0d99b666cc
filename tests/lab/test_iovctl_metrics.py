# SPDX-License-Identifier: GPL-2.0-only
"""iovctl metrics: what it prints is what ip and devlink show."""
import pytest
from lab import HostVM
from lab.fabric import Fabric
from lab.migration import IOVCTL, install_iovctl
from lab.openmetrics import Family, parse
from lab.topology import PF_IP, STOCK

pytestmark = pytest.mark.kernels("stock")


def metrics(host: HostVM, before: str = "") -> dict[str, Family]:
    return parse(host.run(f"{before} {IOVCTL} metrics").out)


def test_metrics(fabric: Fabric) -> None:
    """Counters of VFs; their path, which moves; mailboxes; what a user without rights sees."""
    host = fabric.host
    install_iovctl(host)
    fabric.ping("v0", PF_IP, count=20)
    before, found, after = fabric.vf_counters(0), metrics(host), fabric.vf_counters(0)
    for name, least in before.items():
        value = found[f"sriov_vf_{name}"].value(pf="pf0", vf="0", pciAddr=fabric.vf_pci(0))
        assert least <= value <= after[name] and value >= 20
    assert found["iovctl_vf_info"].value(vf="1", netns="v1", driver=fabric.vf_driver) == 1
    assert found["iovctl_pf_vfs_created"].value(pf="pf0") == fabric.vfs
    assert found["iovctl_pf_vfs_active"].value(pf="pf0") == fabric.vfs
    assert found["iovctl_pf_queue_pairs"].value(pf="pf0") == 16
    assert found["iovctl_vf_path"].value(vf="0", path="vf") == 1
    assert found["iovctl_vf_quarantine"].value(vf="0") == 0
    messages = found["iovctl_vf_mailbox_messages"].value(vf="0")
    fabric.switch_vf(0, False)
    found = metrics(host)
    assert found["iovctl_vf_path"].value(vf="0", path="software") == 1
    assert found["iovctl_vf_path"].value(vf="1", path="vf") == 1
    assert found["iovctl_vf_mailbox_messages"].value(vf="0") > messages
    assert found["iovctl_reason"].value(name="ADMIN", level="vf", object=fabric.vf_pci(0)) == 1
    fabric.switch_vf(0, True)
    user = metrics(host, before="setpriv --reuid 65534 --clear-groups")
    assert user["sriov_vf_rx_packets"].value(vf="0") >= 20
    assert not user["iovctl_vf_path"].samples


@pytest.mark.full()
def test_other_driver(bare_host: HostVM) -> None:
    """igb counts nothing of VFs, for which the kernel shows zeros, and tells nothing of paths."""
    install_iovctl(bare_host)
    with Fabric(bare_host, pf=STOCK[0], vf=STOCK[1]) as fabric:
        fabric.ping("v0", PF_IP, count=20)
        found = metrics(bare_host)
        assert found["sriov_vf_rx_packets"].value(vf="0") == 0
        assert found["iovctl_vf_used"].value(vf="0") == 1
        assert not found["iovctl_vf_path"].samples
