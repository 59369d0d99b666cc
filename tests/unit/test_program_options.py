# SPDX-License-Identifier: GPL-2.0-only
"""The options of iovctl that all commands have: colours, network namespace, version."""

import os
import pty
import select
import subprocess
from pathlib import Path

import pytest
from machine_tree import MachineTree, good_machine

RED, PLAIN = "\033[1;31m", "\033[0m"
TERMINAL = {"TERM": "xterm", "NO_COLOR": ""}


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine that cannot do SR-IOV."""
    found = good_machine(tmp_path)
    found.remove("sys/bus/pci/devices")
    return found


def on_terminal(program: Path, tree: MachineTree, *words: str, **environment: str) -> str:
    """What it prints there."""
    ours, its = pty.openpty()
    variables = os.environ | {"IOVCTL_ROOT": str(tree.root)} | TERMINAL | environment
    process = subprocess.Popen([program, *words], stdout=its, env=variables)
    text = b""
    ended = False
    # What is in a terminal when its last user has closed it may be lost: it stays open.
    while not ended:
        ended = process.poll() is not None
        while select.select([ours], [], [], 0.05)[0]:
            text += os.read(ours, 4096)
    os.close(ours)
    os.close(its)
    assert process.returncode == 2
    return text.decode().replace("\r", "")


def test_colors(program: Path, tree: MachineTree) -> None:
    """Only if they are asked for, and by themselves only on a terminal."""
    plain = tree.run(program, "host").stdout
    assert "\033" not in plain and plain.endswith("\nnot usable\n")
    colored = tree.run(program, "-color=always", "host").stdout
    assert f"\n{RED}NO_SRIOV_ADAPTER{PLAIN} (blocking): " in colored
    assert colored.endswith(f"\n{RED}not usable{PLAIN}\n")
    assert f": {RED}not usable{PLAIN}\n" not in plain
    for words in ("-c", "-color", "-color=auto", "--color=auto"):
        assert tree.run(program, words, "host").stdout == plain
        assert on_terminal(program, tree, words, "host") == colored
    for words in ("-color=never", "-p"):
        assert on_terminal(program, tree, words, "host") == plain
    assert on_terminal(program, tree, "-c", "host", TERM="dumb") == plain
    assert on_terminal(program, tree, "-c", "host", NO_COLOR="1") == plain
    assert "\033" not in on_terminal(program, tree, "-color=always", "-j", "host")


def test_version(program: Path) -> None:
    for word in ("-V", "-Version", "--version", "-v"):
        run = subprocess.run([program, word], capture_output=True, text=True)
        assert run.returncode == 0 and run.stdout.startswith("iovctl utility, iovnic-")


@pytest.mark.parametrize("words", [["-color=green", "host"], ["-n"], ["-netns"]])
def test_usage(program: Path, words: list[str]) -> None:
    run = subprocess.run([program, *words], capture_output=True, text=True)
    assert run.returncode == 3 and "Usage: iovctl" in run.stderr and not run.stdout


@pytest.mark.parametrize(
    "name, says",
    [
        ("nosuch", "iovctl: /run/netns/nosuch: No such file or directory\n"),
        ("../nosuch", "iovctl: ../nosuch: is no name of a network namespace\n"),
        ("..", "iovctl: ..: is no name of a network namespace\n"),
        ("", "iovctl: : is no name of a network namespace\n"),
    ],
)
def test_no_namespace(program: Path, name: str, says: str) -> None:
    """It does not go on in the namespace where it is."""
    for option in (["-n", name], [f"-netns={name}"]):
        run = subprocess.run([program, *option, "host"], capture_output=True, text=True)
        assert (run.returncode, run.stdout, run.stderr) == (2, "", says)


def test_namespace_of_a_copy(program: Path, tree: MachineTree) -> None:
    run = tree.run(program, "-n", "blue", "host")
    assert run.returncode == 3 and "has the files of another machine" in run.stderr
