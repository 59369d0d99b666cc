# SPDX-License-Identifier: GPL-2.0-only
"""Commands that iovctl prints, for interfaces whose names a shell would run: it runs them here."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from machine_tree import PF, MachineTree, machine_with_guest

PF_NAME = "a;$(id)"
BRIDGE = "b'*`id`"
OTHER_BRIDGE = "c&id#"
TAP = 't"|id>f'
NET = "sys/class/net"
# What stands for the programs: a line for each word, and an empty one behind the last
SHELL = 'show() { printf "%s\\n" "$@" ""; }; ip() { show ip "$@"; }; iovctl() { show iovctl "$@"; }'


def words_of(remedy: str, folder: Path) -> list[list[str]]:
    """The words of the commands that a shell runs; nothing else may be printed or written."""
    command = ["sh", "-euc", f"{SHELL}\n{remedy}"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert not run.returncode and not run.stderr and not list(folder.iterdir()), (remedy, run)
    return [words.split("\n") for words in run.stdout.removesuffix("\n\n").split("\n\n")]


def add_bridge(tree: MachineTree, name: str, *ports: str) -> None:
    files = {"flags": "0x1003", "mtu": "1500", "uevent": f"DEVTYPE=bridge\nINTERFACE={name}"}
    for file, content in files.items():
        tree.put(f"{NET}/{name}/{file}", f"{content}\n")
    tree.put(f"{NET}/{name}/bridge/bridge_id")
    for port in ports:
        tree.link(f"{NET}/{name}/lower_{port}", f"{NET}/{port}")
        tree.link(f"{NET}/{port}/master", f"{NET}/{name}")


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A host with igb, which has a guest, and names that the kernel allows."""
    found = machine_with_guest(tmp_path / "tree")
    found.bound_to("igb", PF)
    found.remove(f"{NET}/pf0")
    found.remove(f"sys/bus/pci/devices/{PF}/net")
    found.add_interface(PF_NAME, PF)
    found.put(f"{NET}/{PF_NAME}/address", "52:54:00:82:76:00\n")
    files = {"flags": "0x1003", "mtu": "1500", "tun_flags": "0x5002", "carrier": "1"}
    for file, content in files.items():
        found.put(f"{NET}/{TAP}/{file}", f"{content}\n")
    add_bridge(found, BRIDGE, PF_NAME, TAP)
    add_bridge(found, OTHER_BRIDGE)
    found.opened(100, "/dev/net/tun", 30, f"iff:\t{TAP}\n")
    return found


def down(name: str) -> Callable[[MachineTree], None]:
    return lambda tree: tree.put(f"{NET}/{name}/flags", "0x1002\n")


def alone(name: str) -> Callable[[MachineTree], None]:
    return lambda tree: tree.remove(f"{NET}/{name}/master")


def moved(tree: MachineTree) -> None:
    tree.link(f"{NET}/{TAP}/master", f"{NET}/{OTHER_BRIDGE}")


def mtu(name: str, value: int) -> Callable[[MachineTree], None]:
    return lambda tree: tree.put(f"{NET}/{name}/mtu", f"{value}\n")


ADAPTER = ["adapter", PF]
VM = ["vm", "show", f"{PF_NAME}:0"]
SWITCH = ["switch", "show", BRIDGE]
QEMU = ["qemu-args", f"{PF_NAME}:1", "tap"]
SET = ["ip", "link", "set"]


@pytest.mark.parametrize(
    "make_fault, command, reason, expected",
    [
        (down(PF_NAME), ADAPTER, "PF_DOWN", [[*SET, PF_NAME, "up"]]),
        (alone(PF_NAME), ADAPTER, "PF_NOT_IN_BRIDGE", [[*SET, PF_NAME, "master", "BRIDGE"]]),
        (down(PF_NAME), VM, "PF_DOWN", [[*SET, PF_NAME, "up"]]),
        (alone(PF_NAME), VM, "PF_NOT_IN_BRIDGE", [[*SET, PF_NAME, "master", BRIDGE]]),
        (down(TAP), VM, "STANDBY_DOWN", [[*SET, TAP, "up"]]),
        (moved, VM, "STANDBY_OTHER_BRIDGE", [[*SET, TAP, "master", BRIDGE]]),
        (mtu(TAP, 9000), VM, "MTU_MISMATCH", [[*SET, TAP, "mtu", "1500"]]),
        (down(BRIDGE), SWITCH, "SWITCH_DOWN", [[*SET, BRIDGE, "up"]]),
        (mtu(TAP, 1000), SWITCH, "SWITCH_MTU", [[*SET, TAP, "mtu", "1500"]]),
        (down(PF_NAME), [*QEMU, "tap9"], "PF_DOWN", [[*SET, PF_NAME, "up"]]),
        (
            alone(PF_NAME),
            [*QEMU, "tap9", "bridge", "br9"],
            "PAIR_NO_BRIDGE",
            [
                ["ip", "link", "add", "br9", "type", "bridge"],
                [*SET, "br9", "up"],
                [*SET, PF_NAME, "master", "br9"],
            ],
        ),
        (
            down(TAP),
            [*QEMU, "tap9"],
            "PAIR_NO_TAP",
            [
                ["ip", "tuntap", "add", "tap9", "mode", "tap"],
                [*SET, "tap9", "master", BRIDGE, "up"],
            ],
        ),
        (
            down(TAP),
            [*QEMU, "tap9", "mac", "02:00:00:00:00:01"],
            "PAIR_OTHER_ADDRESS",
            [["iovctl", "vm", "set", f"{PF_NAME}:1", "mac", "02:00:00:00:00:01"]],
        ),
    ],
)
def test_remedy(program, tree, tmp_path, make_fault, command, reason, expected) -> None:
    make_fault(tree)
    (found,) = tree.ask(program, *command)[1]
    (remedy,) = (told["remedy"] for told in found["reasons"] if told["name"] == reason)
    folder = tmp_path / "empty"
    folder.mkdir()
    assert words_of(remedy, folder) == expected
    run = tree.run(program, *command)
    assert f"    remedy  {remedy}\n" in run.stdout + run.stderr


@pytest.mark.parametrize(
    "words, expected",
    [
        (["create", "br9", "uplink", PF, "vfs", "5"], ["iovctl", "numvfs", PF_NAME, "5"]),
        (["delete", OTHER_BRIDGE], ["ip", "link", "delete", OTHER_BRIDGE]),
    ],
)
def test_refusal(program, tree, tmp_path, words, expected) -> None:
    found = tree.ask(program, "--dry-run", "switch", *words)[1][0]
    remedies = [told["remedy"] for told in found["refusals"]]
    folder = tmp_path / "empty"
    folder.mkdir()
    commands = [remedy for remedy in remedies if remedy.startswith(("ip ", "iovctl numvfs "))]
    assert [words_of(remedy, folder) for remedy in commands] == [[expected]], remedies
