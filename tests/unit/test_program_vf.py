# SPDX-License-Identifier: GPL-2.0-only
"""VFs and who holds them, on prepared files; and which VF a word means."""

from pathlib import Path

import pytest
from machine_tree import PF, MachineTree, good_machine

QEMU = "qemu-system-x86_64"
USAGE = 3


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine whose 82576 has four VFs.

    A guest has VFs 0 and 1, the host has VF 2, and VF 3 has no driver.
    """
    found = good_machine(tmp_path)
    found.add_interface("pf0", PF)
    vfs = [found.add_vf(number, group=str(10 + number)) for number in range(4)]
    for vf in vfs[:2]:
        found.bound_to("vfio-pci", vf)
    found.bound_to("iovnic_vf", vfs[2])
    found.add_interface("vf2", vfs[2])
    named = ("-name", "guest=alpha,debug-threads=on", "-S")
    found.in_guest(100, "10", QEMU, *named, taps=("tap0", "tap0", "tap1"))
    return found


def holders(program: Path, tree: MachineTree, *words: str) -> list[dict]:
    status, found = tree.ask(program, "vm", "list", *words)
    assert status == 0
    return [vf["holder"] for vf in found]


def find(program: Path, tree: MachineTree, word: str) -> int | str:
    """The number of the VF that a word means, or what is wrong with it."""
    run = tree.run(program, "vm", "show", word)
    if run.returncode == USAGE:
        return run.stderr.removeprefix("iovctl vm: ").strip()
    (found,) = tree.ask(program, "vm", "show", word)[1]
    return found["vf"]


def test_vfs(program: Path, tree: MachineTree) -> None:
    status, found = tree.ask(program, "vm", "list")
    assert status == 0 and [vf["nic"] for vf in found] == [f"pf0:{n}" for n in range(4)]
    names = {"pf": "pf0", "pf_pci": PF, "pf_driver": "igb"}
    assert names.items() <= found[2].items()
    assert (found[2]["pci"], found[2]["driver"]) == ("0000:01:10.4", "iovnic_vf")
    assert found[2]["interface"] == "vf2" and "interface" not in found[0]
    assert "driver" not in found[3]
    assert [vf["nic"] for vf in tree.ask(program, "vm", "list", "pf0")[1]] == [
        vf["nic"] for vf in found
    ]


def test_names_that_a_terminal_obeys(program: Path, tree: MachineTree) -> None:
    """A container may have renamed a VF that comes back from it, or put a port into a bridge."""
    tree.add_interface("v\x1b[2J", tree.add_vf(4, group="14"))
    tree.bound_to("iovnic_vf", "0000:01:11.0")
    tree.enslave("pf0", "br0", "bridge")
    tree.link("sys/class/net/br0/lower_t\x1b[2J", "sys/class/net/pf0")
    for words in (("vm", "list"), ("switch", "show"), ("numvfs", "pf0")):
        assert "\x1b" not in tree.run(program, *words).stdout
    assert "t?[2J" in tree.run(program, "switch", "show").stdout
    # It is not found by the other name: so it is not said to be free.
    found = tree.ask(program, "vm", "list")[1][4]
    assert (found["interface"], found["holder"]["held"]) == ("v?[2J", "unknown")


def test_holders(program: Path, tree: MachineTree) -> None:
    guest, free, host, unbound = holders(program, tree)
    process = {"held": "yes", "pid": 100, "command": QEMU[:15]}
    assert guest == process | {"guest": "alpha", "taps": ["tap0", "tap1"]}
    assert free == unbound == {"held": "no"}
    assert host == {"held": "yes"}
    text = tree.run(program, "vm", "list").stdout
    for words in ("guest alpha (pid 100, qemu-system-x86)", "this host, interface vf2", " none "):
        assert words in text
    tree.put("sys/class/net/vf2/flags", "0x1002\n")
    assert holders(program, tree)[2] == {"held": "no"}


def test_device_file(program: Path, tree: MachineTree) -> None:
    """A program may open the VF by a file of its own, instead of its group."""
    tree.folder("sys/bus/pci/devices/0000:01:10.2/vfio-dev/vfio3")
    tree.opened(200, "/dev/vfio/devices/vfio3")
    tree.put("proc/200/comm", "dpdk-testpmd\n")
    assert holders(program, tree)[1] == {"held": "yes", "pid": 200, "command": "dpdk-testpmd"}
    assert "dpdk-testpmd (pid 200)" in tree.run(program, "vm", "list").stdout


def test_other_namespace(program: Path, tree: MachineTree) -> None:
    """sysfs does not show an interface in another network namespace."""
    tree.remove("sys/class/net/vf2")
    tree.remove("sys/bus/pci/devices/0000:01:10.4/net/vf2")
    assert holders(program, tree)[2] == {"held": "yes"}
    assert "a network namespace that is not visible" in tree.run(program, "vm", "list").stdout
    tree.remove("sys/bus/pci/devices/0000:01:10.4/net")
    assert holders(program, tree)[2] == {"held": "unknown"}


def test_without_rights(program: Path, tree: MachineTree) -> None:
    """What cannot be seen is unknown; what was found stays known."""
    tree.folder("proc/400")
    tree.unreadable("proc/400/fd")
    assert [holder["held"] for holder in holders(program, tree)] == ["yes", "unknown", "yes", "no"]


@pytest.mark.parametrize(
    "command, name",
    [
        (["-name", "alpha"], "alpha"),
        (["-name", "alpha,process=x"], "alpha"),
        (["--name", "debug-threads=on,guest=a b"], "a b"),
        (["-name", "guest=a,,b,process=c"], "a,b"),
        (["-name", "guest=a=b"], "a=b"),
        (["-name", "process=guest=x"], None),
        (["-name"], None),
        (["-S", "guest=alpha"], None),
        (["-name", ""], None),
        (["-name", "guest=" + 80 * "x"], 63 * "x"),
        ([1000 * "x", "-name", "alpha"], "alpha"),
    ],
)
def test_name(program: Path, tree: MachineTree, command: list[str], name: str | None) -> None:
    """What QEMU's -name says, in all its forms."""
    tree.put("proc/100/cmdline", "".join(f"{word}\0" for word in [QEMU, *command]))
    assert holders(program, tree)[0].get("guest") == name


def test_cut_command_line(program: Path, tree: MachineTree) -> None:
    tree.put("proc/100/cmdline", f"{QEMU}\0-name\0alpha")
    assert holders(program, tree)[0]["guest"] == "alpha"
    tree.remove("proc/100/cmdline")
    assert "guest" not in holders(program, tree)[0]


@pytest.mark.parametrize(
    "word, expected",
    [
        ("pf0:0", 0),
        (f"{PF}:1", 1),
        ("01:00.0:1", 1),
        ("0000:01:10.2", 1),
        ("01:10.2", 1),
        ("pci/0000:01:10.2", 1),
        ("vf2", 2),
        ("domain:alpha", 0),
        ("pid:100", 0),
        ("tap:tap1", 0),
        ("pf0:4", "pf0 has no VF 4: it has 4"),
        ("pf0", "pf0 is not a VF; name a VF of it as pf0:N"),
        ("pf0:", '"pf0:" is not a VF'),
        ("pf0:-1", '"pf0:-1" is not a VF'),
        ("pf0:0000001", '"pf0:0000001" is not a VF'),
        ("pf1:0", '"pf1:0" is not a VF'),
        ("", '"" is not a VF'),
        ("..", '".." is not a VF'),
        ("domain:beta", "domain:beta has no VF, or only root can see it"),
        ("domain:", '"domain:" is not a VF'),
        ("pid:1", "pid:1 has no VF, or only root can see it"),
        ("pid:0", "pid:0 has no VF, or only root can see it"),
        ("tap:tap2", "tap:tap2 has no VF, or only root can see it"),
        ("netns:blue", "netns:blue has no VF, or only root can see it"),
    ],
)
def test_word(program: Path, tree: MachineTree, word: str, expected: int | str) -> None:
    assert find(program, tree, word) == expected


def test_ambiguous(program: Path, tree: MachineTree) -> None:
    """A guest that has two VFs is named, but no VF of it."""
    tree.opened(100, "/dev/vfio/11", fd=8)
    assert find(program, tree, "domain:alpha") == "domain:alpha matches 2 VFs: pf0:0, pf0:1"
    assert find(program, tree, "pf0:1") == 1


def test_prefix_is_an_interface(program: Path, tree: MachineTree) -> None:
    """An interface may be called as what holds VFs."""
    tree.remove("sys/class/net/pf0")
    tree.remove(f"sys/bus/pci/devices/{PF}/net")
    tree.add_interface("tap", PF)
    assert find(program, tree, "tap:3") == 3
    tree.opened(100, "/dev/net/tun", 40, "iff:\t3\n")
    assert find(program, tree, "tap:3") == "tap:3 matches 2 VFs: tap:0, tap:3"
