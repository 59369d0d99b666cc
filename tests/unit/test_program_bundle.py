# SPDX-License-Identifier: GPL-2.0-only
"""iovctl report: the archive, what is in it, and what is masked."""

import json
import os
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest
from lab.answers import read
from machine_tree import PF, MachineTree, good_machine

MAC = "52:54:00:82:10:00"
HOST = "node-7"
SERIAL = "CZ123456"
COMMAND_LINE = "root=UUID=6fd2e8c1-0c5d-4b39-9c0e-0123456789ab luks.key=secret7 intel_iommu=on"
LOG = (
    f"6,1,1000001,-;Command line: {COMMAND_LINE}\n"
    f"6,2,2000002,-;iovnic_pf {PF}: VF 0 has {MAC}\n SUBSYSTEM=pci\n DEVICE=+pci:{PF}\n"
    "6,3,3000003,-;usb 1-1: something else\n"
)


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine with a VF, a log, a name and a serial number."""
    found = good_machine(tmp_path / "machine")
    found.add_interface("enx525400821000", PF)
    found.put("sys/class/net/enx525400821000/address", f"{MAC}\n")
    found.put(f"sys/bus/pci/devices/{PF}/config", bytes(range(256)))
    found.bound_to("vfio-pci", found.add_vf(0, group="14"))
    found.put("proc/cmdline", f"{COMMAND_LINE}\n")
    found.put("proc/sys/kernel/hostname", f"{HOST}\n")
    found.put("proc/version", f"Linux version 6.12 (root@{HOST})\n")
    found.put("sys/class/dmi/id/product_serial", f"{SERIAL}\n")
    found.put("sys/class/dmi/id/product_name", f"Server {SERIAL}\n")
    found.put("sys/module/iovnic_pf/initstate", "live\n")
    found.put("sys/module/iovnic_pf/version", "0.1\n")
    found.put("dev/kmsg", LOG)
    return found


def report(program: Path, tree: MachineTree, *words: str) -> tuple[dict, dict[str, bytes]]:
    """What is printed, and the files of the archive by their names."""
    status, (found,) = tree.ask(program, "report", *words)
    assert status == 0, found
    with tarfile.open(found["file"]) as archive:
        members = archive.getmembers()
        files = {m.name: archive.extractfile(m).read() for m in members}  # type: ignore
    assert all(member.isreg() and member.mode == 0o600 for member in members)
    assert found["files"] == len(files) == len(members)
    assert found["bytes"] == sum(map(len, files.values()))
    prefix = "iovctl-report/"
    assert all(name.startswith(prefix) for name in files)
    return found, {name.removeprefix(prefix): content for name, content in files.items()}


def test_contents(program: Path, tree: MachineTree, tmp_path: Path) -> None:
    path = tmp_path / "report.tar.gz"
    found, files = report(program, tree, "file", str(path))
    assert found["file"] == str(path) and not found["masked"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    doctors = [f"doctor-{purpose}" for purpose in ("host", "dpdk", "migration", "guest")]
    for name in ("host", "adapter", "switch", "vm", *doctors):
        assert isinstance(read(files[f"{name}.json"], name.split("-")[0]), list)
    assert files["metrics.txt"].endswith(b"# EOF\n")
    assert read(files["adapter.json"], "adapter")[0]["pci"] == PF
    folder = f"sys/bus/pci/devices/{PF}"
    assert files[f"{folder}/sriov_numvfs"] == b"1\n"
    assert files[f"{folder}/config"] == bytes(range(256))
    assert files[f"{folder}/driver.link"].endswith(b"drivers/igb")
    assert files["sys/bus/pci/devices/0000:01:10.0/driver.link"].endswith(b"drivers/vfio-pci")
    assert files["sys/class/net/enx525400821000/address"] == f"{MAC}\n".encode()
    assert files["modules.txt"] == b"iovnic_pf version=0.1\n"
    log = files["kernel-log.txt"].decode().splitlines()
    assert log[1] == f"[    2.000002] iovnic_pf {PF}: VF 0 has {MAC}" and len(log) == 2
    assert b"not masked" in files["README.txt"]


@pytest.mark.parametrize("words", [[], ["mask"]])
def test_secrets(program: Path, tree: MachineTree, tmp_path: Path, words: list[str]) -> None:
    """Boot parameters that may be secret are never in it."""
    files = report(program, tree, "file", str(tmp_path / "x"), *words)[1]
    assert not any(b"secret7" in content for content in files.values())
    assert b"luks.key=[secret] intel_iommu=on" in files["proc/cmdline"]
    assert b"luks.key=[secret]" in files["kernel-log.txt"]


def test_mask(program: Path, tree: MachineTree, tmp_path: Path) -> None:
    """The same address has the same substitute everywhere, and nothing else is lost."""
    found, files = report(program, tree, "mask", "file", str(tmp_path / "x"))
    assert found["masked"]
    whole = b"".join([*files.values(), "\n".join(files).encode()]).lower()
    for secret in (MAC, MAC.replace(":", ""), HOST, SERIAL, "6fd2e8c1"):
        assert secret.lower().encode() not in whole, secret
    assert files["sys/class/net/enx[mac 1]/address"] == b"[mac 1]\n"
    assert b"VF 0 has [mac 1]" in files["kernel-log.txt"]
    assert b"root@[host 1])" in files["proc/version"]
    assert files["sys/class/dmi/id/product_name"] == b"Server [serial 1]\n"
    (found,) = json.loads(files["adapter.json"])  # masked, so that its addresses are none
    assert found["interface"]["name"] == "enx[mac 1]"
    assert not any(name.endswith("/config") for name in files)


@pytest.mark.parametrize(
    "words, name", [([], f"iovctl-report-{HOST}-"), (["mask"], "iovctl-report-2")]
)
def test_name(
    program: Path, tree: MachineTree, tmp_path: Path, words: list[str], name: str
) -> None:
    environment = os.environ | {"IOVCTL_ROOT": str(tree.root)}
    command = [program, "--dry-run", "-j", "report", *words]
    run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    (found,) = read(run.stdout, "report")
    assert found["file"].startswith(name) and found["file"].endswith(".tar.gz")
    assert not list(tmp_path.glob("*.gz"))  # --dry-run
    subprocess.run([program, "report", *words], env=environment, cwd=tmp_path, check=True)
    assert [path.name for path in tmp_path.glob(f"{name}*.tar.gz")]


def test_existing_file(program: Path, tree: MachineTree, tmp_path: Path) -> None:
    """It is left as it is; so is what a link points to."""
    path, link = tmp_path / "old", tmp_path / "link"
    path.write_text("mine")
    link.symlink_to(tmp_path / "nothing")
    for name in (path, link):
        run = tree.run(program, "report", "file", str(name))
        assert run.returncode == 2 and "File exists" in run.stderr and not run.stdout
    assert path.read_text() == "mine" and not (tmp_path / "nothing").exists()


def test_full_disk(program: Path, tree: MachineTree, tmp_path: Path) -> None:
    """No half of an archive stays."""
    path = tmp_path / "x"
    limited = ["prlimit", "--fsize=1024", str(program), "report", "file", str(path)]
    environment = os.environ | {"IOVCTL_ROOT": str(tree.root)}
    ignore = ["env", "--ignore-signal=XFSZ"]
    run = subprocess.run([*ignore, *limited], env=environment, capture_output=True, text=True)
    assert run.returncode == 2 and "File too large" in run.stderr
    assert not path.exists()


def test_not_readable(program: Path, tree: MachineTree, tmp_path: Path) -> None:
    """What is missing is in README.txt, and shows in the status."""
    tree.unreadable("dev/kmsg")
    run = tree.run(program, "report", "file", str(tmp_path / "x"))
    assert run.returncode == 1 and "1 not collected" in run.stdout
    with tarfile.open(tmp_path / "x") as archive:
        text = archive.extractfile("iovctl-report/README.txt").read()  # type: ignore
    assert b"/dev/kmsg: Too many levels" in text


@pytest.mark.parametrize(
    "words, says",
    [
        (["file"], "no value for file"),
        (["file", ""], "no value for file"),
        (["file", "a", "file", "b"], "twice: file"),
        (["x"], "unknown: x"),
        (["file", "/nonexistent/x"], "No such file"),
    ],
)
def test_usage(program: Path, tree: MachineTree, words: list[str], says: str) -> None:
    run = tree.run(program, "report", *words)
    assert run.returncode in (2, 3) and says in run.stderr and not run.stdout
