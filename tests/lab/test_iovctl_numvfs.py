# SPDX-License-Identifier: GPL-2.0-only
"""iovctl numvfs: settings of VFs outlive another number of VFs; users are asked for first."""
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.answers import read
from lab.fabric import PROGRAMS, Fabric
from lab import HostVM
from lab.migration import IOVCTL, install_iovctl
from open_vfs import opened

pytestmark = pytest.mark.kernels("stock")

DONE, REFUSED = 0, 2  # exit statuses
PARAMETERS = {"vf1_moderation": "low", "vf1_policies": "acl,mirror"}
SETTINGS = """
ip link set pf0 vf 1 mac 02:00:00:00:d0:01
ip link set pf0 vf 1 vlan 100 qos 5
ip link set pf0 vf 1 max_tx_rate 300
ip link set pf0 vf 1 spoofchk off
ip link set pf0 vf 1 trust on
ip link set pf0 vf 1 state disable
"""


@pytest.fixture
def fabric(bare_host: HostVM) -> Iterator[Fabric]:
    """A PF without VFs, and no settings of former ones."""
    install_iovctl(bare_host)
    bare_host.modprobe("vfio-pci")
    bare_host.run("rm -rf /run/iovctl")
    with Fabric(bare_host, vfs=0, adopt=False) as made:
        yield made


def iovctl(fabric: Fabric, words: str, before: str = "") -> tuple[int, dict]:
    """Status and answer of a command."""
    run = fabric.host.run(f"{before} {IOVCTL} -j {words}", timeout=60, check=False)
    assert not run.err, run
    (found,) = read(run.out, words)
    fabric.vfs = numvfs(fabric)
    return run.rc, found


def numvfs(fabric: Fabric) -> int:
    return int(fabric.host.read(fabric.numvfs_path))


def set_all(fabric: Fabric) -> None:
    """Set all that there is of VF 1."""
    host, device = fabric.host, f"pci/{fabric.pf_pci}"
    host.run(f"set -e; {SETTINGS}")
    for name, value in PARAMETERS.items():
        host.run(f"devlink dev param set {device} name {name} value {value} cmode runtime")
    fabric.switch_vf(1, False)


def settings(fabric: Fabric, n: int = 1) -> dict:
    """All that was set for a VF, as the usual tools show it."""
    device = f"pci/{fabric.pf_pci}"
    found = {name: value for name, value in fabric.vf_info(n).items() if name != "stats"}
    for name in PARAMETERS:
        shown = json.loads(fabric.host.run(f"devlink -j dev param show {device} name {name}").out)
        (parameter,) = shown["param"][device]
        found[name] = parameter["values"][0]["value"]
    ports = json.loads(fabric.host.run("devlink -j port show").out)["port"]
    (port,) = [port for port in ports.values() if port.get("vfnum") == n]
    return found | {"state": port["function"]["state"]}


def test_settings(fabric: Fabric) -> None:
    """VF 1 has its settings again after each number of VFs, also when there were none meanwhile."""
    host = fabric.host
    autoprobe = f"/sys/bus/pci/devices/{fabric.pf_pci}/sriov_drivers_autoprobe"
    host.write(autoprobe, 0)
    assert iovctl(fabric, "numvfs pf0 3")[0] == DONE and numvfs(fabric) == 3
    fresh = settings(fabric)
    set_all(fabric)
    wanted = settings(fabric)
    assert wanted["state"] == "inactive" and wanted["vf1_policies"] == "acl,mirror"
    changed = [name for name in wanted if wanted[name] != fresh.get(name)]
    assert len(changed) >= 9, changed

    status, found = iovctl(fabric, "--dry-run numvfs pf0 2")
    assert (status, found["result"]) == (DONE, "possible") and numvfs(fabric) == 3
    for number in (2, 0, 4):
        status, found = iovctl(fabric, f"numvfs pf0 {number}")
        assert (status, found["result"], found["notes"]) == (DONE, "changed", []), found
        assert numvfs(fabric) == number
        if number:
            assert settings(fabric) == wanted
    assert settings(fabric, 0) == settings(fabric, 3) | {"vf": 0}
    assert host.run(f"stat -c %a /run/iovctl/{fabric.pf_pci}.json").out == "600\n"
    assert host.read(autoprobe) == "0"
    status, found = iovctl(fabric, "numvfs pf0 2 defaults")
    assert status == DONE and settings(fabric) == fresh
    set_all(fabric)
    status, found = iovctl(fabric, "numvfs pf0 2")
    assert found["result"] == "unchanged" and settings(fabric) != fresh
    status, found = iovctl(fabric, "numvfs pf0 2 defaults")
    assert (status, found["result"]) == (DONE, "changed") and settings(fabric) == fresh
    host.write(autoprobe, 1)


def test_users(fabric: Fabric) -> None:
    """A VF that a program has open stays, with its settings; the driver refuses it even then."""
    host = fabric.host
    fabric.set_vfs(2, adopt=False)
    set_all(fabric)
    wanted = settings(fabric)
    host.bind_driver(fabric.vf_pci(1), "vfio-pci")
    with opened(fabric, 1):
        found = iovctl(fabric, "numvfs pf0")[1]
        assert [vf["holder"]["held"] for vf in found["vfs"]] == ["no", "yes"]
        status, found = iovctl(fabric, "numvfs pf0 4")
        (refusal,) = found["refusals"]
        assert status == REFUSED and "VF 1 by python3 (pid " in refusal["text"]
        assert "force" not in refusal["remedy"]
        status, found = iovctl(fabric, "numvfs pf0 4 force")
        assert (status, found["result"]) == (REFUSED, "failed"), found
        assert found["error"].startswith("vfs: sriov_numvfs: Device or resource busy: end the ")
        assert "VF 1 by python3 (pid " in found["error"] and ";" not in found["error"], found
        assert numvfs(fabric) == 2 and settings(fabric) == wanted
    assert iovctl(fabric, "numvfs pf0 4")[0] == DONE and settings(fabric) == wanted


def test_failure(fabric: Fabric, tmp_path: Path) -> None:
    """The former VFs and settings come back when the kernel does not create as many as wanted."""
    host = fabric.host
    fabric.set_vfs(2, adopt=False)
    set_all(fabric)
    wanted = settings(fabric)
    library = tmp_path / "refuse.so"
    command = ["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", str(library)]
    subprocess.run([*command, PROGRAMS / "refuse_numvfs.c"], check=True)
    host.put(library.read_bytes(), "/tmp/refuse.so")
    status, found = iovctl(fabric, "numvfs pf0 7", before="LD_PRELOAD=/tmp/refuse.so")
    assert (status, found["result"]) == (REFUSED, "failed"), found
    assert [step["outcome"] for step in found["steps"]] == ["done", "failed", "not run"]
    assert found["error"].startswith("vfs: sriov_numvfs: No space left on device")
    assert numvfs(fabric) == 2 and settings(fabric) == wanted
    saved = host.read(f"/run/iovctl/{fabric.pf_pci}.json")
    status, found = iovctl(fabric, "numvfs pf0 7 defaults", before="LD_PRELOAD=/tmp/refuse.so")
    assert [step["outcome"] for step in found["steps"]] == ["failed", "not run"], found
    assert numvfs(fabric) == 2 and settings(fabric) == wanted
    assert host.read(f"/run/iovctl/{fabric.pf_pci}.json") == saved
    assert iovctl(fabric, "numvfs pf0 7")[0] == DONE and settings(fabric) == wanted


def test_hostile_file(fabric: Fabric) -> None:
    """A file that iovctl cannot have written is refused before anything is changed."""
    host = fabric.host
    fabric.set_vfs(1, adopt=False)
    path = f"/run/iovctl/{fabric.pf_pci}.json"
    iovctl(fabric, "numvfs pf0 0")
    host.put('{"version": 1', path)
    status, found = iovctl(fabric, "numvfs pf0 2")
    assert status == REFUSED and f"{path}: not JSON: truncated" in found["refusals"][0]["text"]
    assert numvfs(fabric) == 0
    assert iovctl(fabric, "numvfs pf0 2 defaults")[0] == DONE and numvfs(fabric) == 2
