# SPDX-License-Identifier: GPL-2.0-only
"""iovctl migrate check on prepared files, with this host and with another one as the target."""

import json
import sys
from pathlib import Path

import pytest
from machine_tree import MachineTree, machine_with_guest, reasons

VF = "0000:01:10.0"
OTHER = "0000:01:10.2"
# The target: a VF that could take over the guest
TARGET = {"pci": OTHER, "pf": "pf5", "pf_driver": "iovnic_pf", "driver": "iovnic_vfio", "vf": 1}


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """VF 0 is a guest's, VF 1 is free; both by iovnic_vfio."""
    tree = machine_with_guest(tmp_path / "root")
    for address in (VF, OTHER):
        tree.bound_to("iovnic_vfio", address)
    return tree


def ask(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict]:
    status, (found,) = tree.ask(program, "migrate", "check", *words)
    return status, found


def test_this_host(program: Path, tree: MachineTree) -> None:
    """The guest's own VF is no target."""
    status, found = ask(program, tree, "pf0:0")
    assert (status, found["result"], found["reasons"]) == (0, "possible", [])
    assert found["source_vf"]["pci"] == VF and found["source_vf"]["held"]
    assert found["target_vf"]["pci"] == OTHER and not found["target_vf"]["held"]
    assert ask(program, tree, "domain:web", "target-vf", OTHER)[1]["target_vf"]["vf"] == 1
    out = tree.run(program, "migrate", "check", VF).stdout.splitlines()
    assert out[1] == f"target   VF 1 of pf0 ({OTHER}), driver iovnic_vfio, no address set"
    assert out[-1] == "possible while the VF is attached" and not out[2:-1]


def test_no_vf(program: Path, tree: MachineTree) -> None:
    status, found = ask(program, tree, VF, "target-vf", "0000:09:00.0")
    assert (status, found["result"]) == (2, "not possible")
    assert reasons(found) == ["NO_FREE_VF blocking"] and "target_vf" not in found
    words = ("migrate", "check", VF, "target-vf", "0000:09:00.0")
    out = tree.run(program, *words).stdout.splitlines()
    assert "iovctl migrate unplugs the VF" in out[-2]
    assert out[-1] == "not possible while the VF is attached"
    tree.in_guest(200, "11", "qemu-system-x86_64")
    status, found = ask(program, tree, VF)
    assert (status, reasons(found)) == (2, ["NO_FREE_VF blocking"])
    assert found["reasons"][0]["host"] == "target"


def test_drivers(program: Path, tree: MachineTree) -> None:
    tree.bound_to("vfio-pci", OTHER)
    status, found = ask(program, tree, VF)
    assert (status, reasons(found)) == (2, ["MIGRATION_VF_DRIVER blocking"])
    tree.bound_to("igb", "0000:01:00.0")
    found = ask(program, tree, VF)[1]
    assert [reason["host"] for reason in found["reasons"]] == ["source", "target", "target"]


def ask_other(program: Path, tree: MachineTree, *vfs: dict) -> tuple[int, dict]:
    """With a target that has these VFs."""
    answer = tree.root.parent / "answer.json"
    answer.write_text(json.dumps({"vfs": vfs}))
    server = tree.root.parent / "server.py"
    server.write_text(
        "import json, os, sys\n"
        "request = json.loads(os.read(0, 4096))\n"
        "assert request['do'] == 'vfs'\n"
        "reply = {'number': request['number']} | json.load(open(sys.argv[1]))\n"
        "os.write(1, json.dumps(reply).encode())\n"
    )
    return ask(program, tree, VF, "target-command", f"{sys.executable} {server} {answer}")


def test_other_host(program: Path, tree: MachineTree) -> None:
    """Of several VFs the best one; what is not known is not compared."""
    tree.put("sys/module/iovnic_pf/version", "AAAA\n")
    status, found = ask_other(program, tree, TARGET | {"held": True}, TARGET | {"held": False})
    assert (status, found["reasons"]) == (0, [])
    assert found["target_vf"] == TARGET | {"held": False}
    assert found["source_vf"]["version"] == "AAAA"
    status, found = ask_other(program, tree, TARGET | {"version": "BBBB"})
    assert status == 1 and found["result"] == "unknown"
    assert reasons(found) == ["TARGET_OTHER_VERSION warning", "NO_FREE_VF unknown"]
    both = {"mac": "52:54:00:00:00:01", "vlan": 7, "qos": 1, "vlan_proto": "802.1ad"}
    both |= {"trust": False, "queue_pairs_limit": 1}
    _, found = ask_other(program, tree, TARGET | {"held": False} | both)
    assert reasons(found) == ["TARGET_OTHER_ADDRESS unknown"]
    assert found["target_vf"] == TARGET | {"held": False} | both


def test_target_that_fails(program: Path, tree: MachineTree) -> None:
    for command in ("false", "sh -c 'echo no JSON' #"):
        status, found = ask(program, tree, VF, "target-command", command)
        assert (status, reasons(found)) == (2, ["QEMU_UNREACHABLE blocking"])
        assert found["reasons"][0]["host"] == "target"


@pytest.mark.parametrize(
    "words, says",
    [
        ([], "missing: NIC"),
        (["eth9"], "eth9"),
        ([VF, "uri", "x"], "unknown: uri"),
        ([VF, "target-vf"], "no value for target-vf"),
        ([VF, "target-vf", OTHER, "target-vf", OTHER], "twice: target-vf"),
    ],
)
def test_usage(program: Path, tree: MachineTree, words: list[str], says: str) -> None:
    run = tree.run(program, "migrate", "check", *words)
    assert run.returncode == 3 and says in run.stderr and not run.stdout
