# SPDX-License-Identifier: GPL-2.0-only
"""The completion of iovctl's words in bash, and where `make install` puts it."""

import os
import subprocess
from pathlib import Path

import pytest
from lab.paths import REPO
from machine_tree import PF, MachineTree, good_machine

COMPLETION = REPO / "tools/iovctl/completion/iovctl"
ASK = 'COMP_LINE=$1; COMP_POINT=${#1}; _iovctl; printf "%s\\n" "${COMPREPLY[@]}"'
VFS = ["0000:01:10.0", "0000:01:10.2"]
# A grammar that has all that a usage may have
GRAMMAR = """\
Usage: iovctl [ OPTIONS ] vm list [ PF ]
       iovctl vm show NIC
       iovctl vm set NIC [ weight N ] [ mode { low | high } ] [ trust { on | off } ]
                     [ policy { guard | acl FILE | mirror INTERFACE | storm N } ] ...
       iovctl vm { a | b } c
where  NIC := { PF:N | ADDRESS | domain:NAME }
       N := { 0 | LEVEL }
       LEVEL := { 1 | 2 }
Example: iovctl vm nonsense
"""


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    found = good_machine(tmp_path)
    found.add_interface("pf0", PF)
    for number in range(2):
        found.add_vf(number, group=str(10 + number))
    found.add_interface("vf0", VFS[0])
    found.put("sys/class/net/br0/bridge/bridge_id")
    found.put("sys/class/net/tap0/tun_flags")
    found.link("sys/class/net/pf0/device", f"sys/bus/pci/devices/{PF}")
    return found


def completed(tree: MachineTree, line: str) -> set[str]:
    """What bash offers for the last word of a line."""
    run = subprocess.run(
        ["bash", "-c", f"source {COMPLETION}; {ASK}", "bash", line],
        env=os.environ | {"IOVCTL_ROOT": str(tree.root)},
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tree.root,
    )
    assert not run.returncode and not run.stderr, run
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "words, expected",
    [
        ("-j", {"-json"}),
        ("-c", {"-color"}),
        ("--d", {"--dry-run"}),
        ("mig", {"migrate"}),
        ("-j -n blue mig", {"migrate"}),
        ("adapter ", {"help", "pf0", PF, "adopt", "release"}),
        ("adapter adopt pf0 ", {"force", "wait"}),
        ("adapter p", {"pf0"}),
        ("adapter 0000:01:", {"00.0"}),  # bash replaces only what follows the last colon
        ("nonsense ", set()),
        ("migrate ", {"check", "help", "source"}),
        ("migrate source ", set()),  # files, by bash itself
        ("migrate source a ", {"target"}),
        ("migrate source a target b uri c target-vf ", {"none", *VFS}),
        ("migrate source a target b uri c tap ", {"tap0"}),
        (
            "migrate source a target b uri c tap d ",
            {"listen", "target-command", "target-vf", "target-tap", "limit"},
        ),
        (
            "migrate source a target b uri c limit ",
            {"rescind", "unplug", "migrate", "plug", "offer"},
        ),
        ("migrate source a target b uri c limit plug 3 lis", {"listen"}),
    ],
)
def test_words(program: Path, tree: MachineTree, words: str, expected: set[str]) -> None:
    assert completed(tree, f"{program} {words}") == expected


def test_commands(program: Path, tree: MachineTree) -> None:
    """Every command is offered, each with `help` at least."""
    offered = completed(tree, f"{program} ")
    commands = {word for word in offered if not word.startswith("-")}
    assert {"help", "host", "adapter", "migrate"} <= commands
    for name in sorted(commands - {"help"}):
        assert "help" in completed(tree, f"{program} {name} ")


@pytest.mark.parametrize(
    "words, expected",
    [
        ("", {"a", "b", "help", "list", "set", "show"}),
        ("a ", {"c"}),
        ("list ", {"pf0", PF}),
        ("show ", {"pf0:0", "pf0:1", *VFS}),
        ("show pf0:", {"0", "1"}),
        ("show x ", set()),
        ("set x ", {"mode", "policy", "trust", "weight"}),
        ("set x mode ", {"low", "high"}),
        ("set x trust on ", {"mode", "policy", "weight"}),
        ("set x policy guard ", {"mode", "trust", "weight"}),
        ("set x weight ", {"0", "1", "2"}),
        ("set x policy mirror ", {"pf0", "vf0", "br0", "tap0"}),
        ("set x policy storm 3 mo", {"mode"}),
    ],
)
def test_grammar(tree: MachineTree, tmp_path: Path, words: str, expected: set[str]) -> None:
    """Optional words come in any order, and once."""
    program = tmp_path / "iovctl"
    program.write_text(f"#!/bin/sh\ncat <<END\n{GRAMMAR}END\n")
    program.chmod(0o755)
    assert completed(tree, f"{program} vm {words}") == expected


def test_names_that_are_commands(program: Path, tree: MachineTree) -> None:
    """bash runs no part of a name, neither for the completion nor when it gets what is offered."""
    names = {"a;$(id>f)", "b`id>f`", "c'*"}
    for name in names:
        tree.put(f"sys/class/net/{name}/bridge/bridge_id")
    line = f"{program} qemu-args pf0:0 bridge "
    offered = completed(tree, line) - {"br0"}
    told = subprocess.check_output(["bash", "-c", f"printf '%s\n' {' '.join(offered)}"], text=True)
    assert set(told.splitlines()) == names
    assert completed(tree, line + "a\\;") == {word for word in offered if word.startswith("a")}
    assert not (tree.root / "f").exists() and not Path("f").exists()


def install(folder: Path, docs: Path, sphinx: str) -> str:
    """Install below a folder; returns the output."""
    command = ["make", "-s", "-C", REPO / "tools/iovctl", "install", f"DESTDIR={folder}"]
    command += ["PREFIX=/usr", f"docs={docs}", f"SPHINX={sphinx}"]
    run = subprocess.run(command, check=True, timeout=60, stdout=subprocess.PIPE, text=True)
    return run.stdout


def test_man_pages(program: Path, tmp_path: Path) -> None:
    """They are made if there is a program for it, or installed as they are, or it is told."""
    told = install(tmp_path, tmp_path / "docs", "nosuch")
    assert "man pages are left out: install nosuch" in told
    sphinx = tmp_path / "sphinx"
    sphinx.write_text(
        '#!/bin/sh\nfor last; do :; done\nmkdir -p "$last"\ncd "$last" || exit\n'
        "touch iovctl.8 iovctl-host.8 iovnic_pf.4\n"
    )
    sphinx.chmod(0o755)
    assert not install(tmp_path, tmp_path / "docs", str(sphinx))
    pages = tmp_path / "usr/share/man/man8"
    assert {path.name for path in pages.iterdir()} == {"iovctl.8", "iovctl-host.8"}
    assert not install(tmp_path / "other", tmp_path / "docs", "nosuch")
    assert (tmp_path / "other/usr/share/man/man8/iovctl.8").exists()


def test_install(program: Path, tmp_path: Path) -> None:
    """All that is installed beside man pages, and nothing else."""
    install(tmp_path, tmp_path / "docs", "nosuch")
    usr = tmp_path / "usr"
    files = {str(path.relative_to(usr)): path for path in usr.rglob("*") if path.is_file()}
    names = (COMPLETION.parents[1] / "schema").iterdir()
    schemas = {f"share/iovctl/schema/{path.name}" for path in names}
    completion = "share/bash-completion/completions/iovctl"
    assert files.keys() == {"sbin/iovctl", completion} | schemas
    assert files[completion].read_text() == COMPLETION.read_text()
    assert not files[completion].stat().st_mode & 0o111
