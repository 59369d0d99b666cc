# SPDX-License-Identifier: GPL-2.0-only
"""iovctl adapter adopt and release on prepared files: what they would do, and what they refuse."""
from pathlib import Path

import pytest
from machine_tree import KERNEL, PF, MachineTree, good_machine

MODULES = f"lib/modules/{KERNEL}"
RULE = f"/etc/udev/rules.d/81-iovctl-adopt-{PF}.rules"
ALIAS = "alias pci:v00008086d000010C9sv*sd*bc*sc*i* {}\n"
REFUSED = 2


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine with an 82576 of igb, and with both drivers."""
    found = good_machine(tmp_path)
    found.add_interface("pf0", PF)
    found.put(f"sys/bus/pci/devices/{PF}/driver_override", "(null)\n")
    found.put(f"sys/bus/pci/devices/{PF}/modalias", "pci:v00008086d000010C9sv0sd0bc02sc00i00\n")
    found.put("proc/sys/kernel/osrelease", f"{KERNEL}\n")
    found.put(f"{MODULES}/modules.alias", ALIAS.format("igb") + ALIAS.format("iovnic_pf"))
    found.put(f"{MODULES}/modules.dep", "kernel/igb.ko:\nupdates/iovnic_pf.ko:\n")
    return found


def ask(program: Path, tree: MachineTree, words: str) -> tuple[int, dict]:
    status, (found,) = tree.ask(program, "--dry-run", "adapter", *words.split())
    return status, found


def steps(found: dict) -> dict[str, str]:
    return {step["name"]: step["text"] for step in found["steps"]}


def test_adopt(program: Path, tree: MachineTree) -> None:
    status, found = ask(program, tree, "adopt pf0 wait 7")
    assert (status, found["result"]) == (0, "possible")
    expected = {"driver": "iovnic_pf instead of igb", "rule": RULE}
    assert steps(found) == expected
    assert not (tree.root / RULE[1:]).exists()


def test_release(program: Path, tree: MachineTree) -> None:
    """What has igb already stays as it is; what was adopted gets igb again."""
    status, found = ask(program, tree, f"release {PF}")
    assert (status, found["result"], found["steps"]) == (0, "possible", [])
    tree.bound_to("iovnic_pf", PF)
    tree.put(f"sys/bus/pci/devices/{PF}/driver_override", "iovnic_pf\n")
    tree.put(RULE[1:], "# Written by iovctl adapter adopt for it\n")
    status, found = ask(program, tree, "release pf0")
    assert steps(found) == {"rule": f"{RULE} is removed", "driver": "igb instead of iovnic_pf"}
    tree.put(f"{MODULES}/modules.alias", ALIAS.format("iovnic_pf"))
    status, found = ask(program, tree, "release pf0")
    assert steps(found)["driver"] == "none instead of iovnic_pf"


def test_refused(program: Path, tree: MachineTree) -> None:
    """All reasons at once."""
    tree.put(f"{MODULES}/modules.dep", "kernel/igb.ko:\n")
    tree.put(RULE[1:], "# by hand\n")
    status, found = ask(program, tree, "adopt pf0")
    texts = [refusal["text"] for refusal in found["refusals"]]
    assert (status, found["result"]) == (REFUSED, "refused")
    assert texts == [
        "the running kernel has no iovnic_pf",
        f"{RULE} was not written by iovctl",
    ]
    run = tree.run(program, "adapter", "adopt", "pf0")
    assert run.returncode == REFUSED and "on the machine itself" in run.stderr
    tree.put(f"sys/bus/pci/devices/{PF}/device", "0x1521\n")
    (refusal,) = ask(program, tree, "adopt pf0")[1]["refusals"]
    assert refusal["text"] == f"iovnic has no driver for {PF} (0x8086:0x1521)"


@pytest.mark.parametrize(
    "words, complaint",
    [
        ("", "name an interface or a PCI address"),
        ("pf9", '"pf9" is neither a PCI function nor the interface of one'),
        ("pf0 now", "there is no now"),
        ("pf0 wait", "a number of seconds must follow the word wait"),
        ("pf0 wait 601", "wait takes a number of seconds, 0 to 600, not 601"),
    ],
)
def test_words(program: Path, tree: MachineTree, words: str, complaint: str) -> None:
    run = tree.run(program, "adapter", "adopt", *words.split())
    assert (run.returncode, run.stderr) == (3, f"iovctl adapter adopt: {complaint}\n")
