# SPDX-License-Identifier: GPL-2.0-only
"""Another version of the drivers replaces the present one while a guest has a VF.

The files of the modules are replaced as DKMS does it; tests/packages installs the packages.
"""
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import HostVM
from lab.fabric import Fabric, unload_drivers
from lab.make import make
from lab.modules import module_image
from lab.paths import REPO, VERSION
from lab.topology import PF_IP, ping, tcp, vf_ip

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock"), pytest.mark.parallel]

NEXT = f"{VERSION}.1"
MODULES = ("iovnic", "iovnic_preserve", "iovnic_pf", "iovnic_vf", "iovnic_vfio")
SETTINGS = """
ip link set pf0 vf 0 vlan 0 max_tx_rate 500 spoofchk on
ip link set pf0 vf 0 trust on
ip link set pf0 vf 1 mac 02:00:00:00:00:01 vlan 100 qos 3
ip link set pf0 vf 1 state disable
"""


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of the modules of this version, and of the next one."""
    tree = tmp_path_factory.mktemp("next") / "tree"
    shutil.copytree(REPO, tree, ignore=shutil.ignore_patterns("build", ".git"))
    header = tree / "common/version.h"
    text = header.read_text()
    assert text.count(VERSION) == 1
    header.write_text(text.replace(VERSION, NEXT))
    for folder in (REPO, tree):
        make("-C", folder, "modules-stock")
    return {VERSION: REPO / "build/stock", NEXT: tree / "build/stock"}


class Installed:
    """The modules of a version among those of the running kernel, as DKMS installs them."""

    def __init__(self, host: HostVM, versions: dict[str, Path]):
        self.host = host
        self.versions = versions
        self.folder = host.install_modules("iovnic_pf", "iovnic_vfio")

    def replace(self, version: str) -> None:
        """Loaded modules stay as they are."""
        for name in MODULES:
            content = module_image(self.versions[version] / f"{name}.ko")
            self.host.put(content, f"{self.folder}/{name}.ko")
        self._depmod()
        assert self.host.run("modinfo -F version iovnic_pf").out == f"{version}\n"

    def remove(self) -> None:
        self.host.run(f"rm {self.folder}/iovnic*")
        self._depmod()

    def _depmod(self) -> None:
        self.host.run(f"depmod {self.host.kernel.release} {self.folder}/*.ko")

    def loaded(self) -> str:
        """The version of the PF's driver that is loaded."""
        return self.host.read("/sys/module/iovnic_pf/version")


def settings(host: HostVM) -> list[dict]:
    (found,) = json.loads(host.run("ip -j -d link show dev pf0").out)
    return found["vfinfo_list"]


def test_upgrade(
    boot_host: Callable[..., HostVM], versions: dict[str, Path], note: Callable[[str], None]
) -> None:
    """Up and down: the guest's VF works again by itself, with all settings; removal leaves none."""
    host = boot_host()
    installed = Installed(host, versions)
    installed.replace(VERSION)
    with Fabric(host, adopt=False) as fabric:
        guest = fabric.start_guest()
        host.run(f"set -e; {SETTINGS}")
        before = settings(host)
        assert before[0]["rate"]["max_tx"] == 500 and before[1]["vlan_list"][0]["vlan"] == 100
        for former, version in ((VERSION, NEXT), (NEXT, VERSION)):
            installed.replace(version)
            assert installed.loaded() == former and ping(guest, PF_IP).received == 5
            mark = fabric.mark_log(f"from {former} to {version}")
            stream = guest.spawn(f"ping -q -i 0.1 -c 100 -W 1 {PF_IP}")
            # As recovery.rst has it
            host.run("modprobe -r iovnic_pf && modprobe iovnic_pf", timeout=60)
            fabric.adopt_pf()
            assert installed.loaded() == version
            assert "2 VFs found and adopted, configured as before" in fabric.dmesg_since(mark)
            assert settings(host) == before
            guest.wait_until("grep -qx 1 /sys/class/net/vf0/carrier", timeout=60)
            note(f"{former} to {version}: {stream.wait(60, check=False).out.splitlines()[-2]}")
            assert ping(guest, PF_IP).received == 5
            assert tcp(guest, host, PF_IP, 2) > 0 and tcp(host, guest, vf_ip(0), 2) > 0
        installed.remove()
        assert installed.loaded() == VERSION and ping(guest, PF_IP).received == 5
    unload_drivers(host)
    assert not [name for name in host.loaded_modules() if name.startswith("iovnic")]
    assert host.run("modprobe iovnic_pf", check=False).rc
    # The kernel's own driver has the device, as before.
    host.modprobe("igb")
    host.netdev_of(host.nic_address())
