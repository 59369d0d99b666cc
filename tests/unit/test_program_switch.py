# SPDX-License-Identifier: GPL-2.0-only
"""iovctl switch on prepared files: what show tells, and what create and delete would do."""

from pathlib import Path

import pytest
from lab.answers import read
from machine_tree import PF, MachineTree, machine_with_guest, reasons, resource

PF_FILES = f"sys/bus/pci/devices/{PF}"
USABLE, WARNED, REFUSED, USAGE = range(4)


def add_bridge(tree: MachineTree, name: str, *ports: str) -> None:
    tree.put(f"sys/class/net/{name}/flags", "0x1003\n")
    tree.put(f"sys/class/net/{name}/mtu", "1500\n")
    tree.put(f"sys/class/net/{name}/uevent", f"DEVTYPE=bridge\nINTERFACE={name}\n")
    tree.folder(f"sys/class/net/{name}/bridge")
    for port in ports:
        tree.link(f"sys/class/net/{name}/lower_{port}", f"sys/class/net/{port}")
        tree.link(f"sys/class/net/{port}/master", f"sys/class/net/{name}")


def add_tap(tree: MachineTree, name: str, mtu: int = 1500) -> None:
    for file, content in {"flags": "0x1003", "mtu": str(mtu), "tun_flags": "0x5002"}.items():
        tree.put(f"sys/class/net/{name}/{file}", f"{content}\n")


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A bridge with an 82576 and a tap; the VF 0 of two is a guest's. Another bridge has none."""
    found = machine_with_guest(tmp_path)
    add_tap(found, "tap0")
    add_bridge(found, "br0", "pf0", "tap0")
    add_bridge(found, "docker0")
    return found


def show(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict]:
    status, (found,) = tree.ask(program, "switch", "show", *words)
    return status, found


def test_show(program: Path, tree: MachineTree) -> None:
    status, found = show(program, tree)
    assert (status, found["name"], found["state"], found["reasons"]) == (0, "br0", "usable", [])
    assert found["sriov"] is True and found["up"] is True and found["mtu"] == 1500
    (uplink,) = found["uplinks"]
    assert uplink == {
        "pci": PF,
        "interface": "pf0",
        "driver": "iovnic_pf",
        "up": True,
        "carrier": True,
    }
    assert found["vfs"] == {"allowed": 7, "created": 2, "used": 1}
    assert [(port["name"], port["kind"]) for port in found["ports"]] == [
        ("pf0", "uplink"),
        ("tap0", "tap"),
    ]
    run = tree.run(program, "switch", "show", "br0")
    assert run.stdout.splitlines() == [
        "br0: usable",
        "    kind         bridge, up, MTU 1500",
        "    SR-IOV mode  on",
        f"    uplink       {PF} pf0, up, 1000 Mbit/s, driver iovnic_pf",
        "    VFs          7 allowed, 2 created, 1 in use",
        "    ports        tap0 (tap)",
    ]


def no_vfs(tree: MachineTree) -> None:
    tree.put(f"{PF_FILES}/sriov_numvfs", "0\n")


def down(tree: MachineTree) -> None:
    tree.put("sys/class/net/br0/flags", "0x1002\n")


def large(tree: MachineTree) -> None:
    tree.put("sys/class/net/pf0/mtu", "9000\n")


def no_iommu(tree: MachineTree) -> None:
    tree.remove("sys/class/iommu/dmar0")
    tree.remove("sys/kernel/iommu_groups")


def no_driver(tree: MachineTree) -> None:
    no_vfs(tree)
    tree.remove(f"{PF_FILES}/driver")


def no_iommu_nor_space(tree: MachineTree) -> None:
    no_iommu(tree)
    tree.put(f"{PF_FILES}/resource", resource(0))


@pytest.mark.parametrize(
    "make_fault, status, expected",
    [
        (no_vfs, WARNED, ["adapter SWITCH_NOT_IOV"]),
        (down, WARNED, ["switch SWITCH_DOWN"]),
        (large, WARNED, ["switch SWITCH_MTU"]),
        (no_iommu, REFUSED, ["host IOMMU_OFF"]),
        (no_driver, REFUSED, ["adapter MISSING_PF_DRIVER"]),
        (no_iommu_nor_space, REFUSED, ["adapter NO_VF_BAR_SPACE", "host IOMMU_OFF"]),
    ],
)
def test_levels(program, tree, make_fault, status, expected) -> None:
    """Each level tells its own reasons. The others are those of `adapter`, and of `host`."""
    make_fault(tree)
    found_status, found = show(program, tree)
    told = [f"{reason['level']} {reason['name']}" for reason in found["reasons"]]
    assert (found_status, told) == (status, expected)
    (adapter,) = tree.ask(program, "adapter")[1]
    others = [reason for reason in found["reasons"] if reason["level"] != "switch"]
    assert others == adapter["reasons"]
    (machine,) = tree.ask(program, "host")[1]
    assert all(reason in others for reason in machine["reasons"])
    assert all(reason in machine["reasons"] for reason in others if reason["level"] == "host")
    if others:
        assert found["state"] == adapter["state"]


def test_bond(program: Path, tree: MachineTree) -> None:
    """The adapter of a bond that is a port is the uplink; its tap is nothing else."""
    tree.remove("sys/class/net/br0/lower_pf0")
    tree.enslave("pf0", "bond0", "bond")
    tree.link("sys/class/net/bond0/master", "sys/class/net/br0")
    tree.link("sys/class/net/br0/lower_bond0", "sys/class/net/bond0")
    tree.put("sys/class/net/bond0/mtu", "1500\n")
    found = show(program, tree)[1]
    assert found["uplinks"][0]["interface"] == "pf0" and found["reasons"] == []
    assert [port["kind"] for port in found["ports"]] == ["bond", "tap"]
    run = tree.run(program, "--dry-run", "switch", "delete", "br0", "force")
    assert run.returncode == REFUSED and "no port of br0 is an SR-IOV adapter" in run.stderr


def test_other_bridge(program: Path, tree: MachineTree) -> None:
    """A bridge without adapter is shown if it is named."""
    status, found = show(program, tree, "docker0")
    assert (status, found["state"]) == (REFUSED, "not usable")
    assert reasons(found) == ["SWITCH_NO_UPLINK blocking"]
    assert found["sriov"] is False and "vfs" not in found and found["uplinks"] == []


def test_no_switch(program: Path, tree: MachineTree) -> None:
    tree.remove("sys/class/net/pf0/master")
    assert tree.ask(program, "switch") == (USABLE, [])
    assert tree.run(program, "switch").stdout.startswith("NO_SWITCH (info): no bridge has")


def plan(program: Path, tree: MachineTree, *words: str) -> dict:
    """What a change would do."""
    run = tree.run(program, "-j", "--dry-run", "switch", *words)
    (found,) = read(run.stdout, "switch")
    assert run.returncode == (REFUSED if found["refusals"] else USABLE)
    return found


def test_create(program: Path, tree: MachineTree) -> None:
    """Without any refusal; nothing is changed."""
    tree.remove("sys/class/net/pf0/master")
    no_vfs(tree)
    found = plan(program, tree, "create", "br1", "uplink", "pf0")
    assert (found["object"], found["result"], found["refusals"]) == ("br1", "possible", [])
    assert [(step["name"], step["text"], step["outcome"]) for step in found["steps"]] == [
        ("vfs", "7 of pf0", "not run"),
        ("bridge", "br1", "not run"),
        ("uplink", "pf0 is a port of br1", "not run"),
    ]
    assert (tree.root / f"{PF_FILES}/sriov_numvfs").read_text() == "0\n"
    found = plan(program, tree, "create", "br1", "vfs", "3", "uplink", f"pci/{PF}")
    assert found["steps"][0]["text"] == "3 of pf0"
    run = tree.run(program, "switch", "create", "br1", "uplink", "pf0")
    assert run.returncode == REFUSED and "only root" in run.stderr  # the files are a copy


def test_conversion(program: Path, tree: MachineTree) -> None:
    """A bridge that exists is not converted, neither by its name nor by its adapter."""
    (refusal,) = plan(program, tree, "create", "br0", "uplink", "pf0")["refusals"]
    assert "does not convert it" in refusal["text"] and "NAME uplink pf0" in refusal["remedy"]
    (refusal,) = plan(program, tree, "create", "br1", "uplink", "pf0")["refusals"]
    assert refusal["text"] == "pf0 is a port of br0, a bridge"
    assert "does not convert a bridge" in refusal["remedy"]
    (refusal, _) = plan(program, tree, "create", "pf0", "uplink", "pf0")["refusals"]
    assert refusal["text"] == "pf0 exists and is not a bridge"
    for command in ("add", "set"):
        run = tree.run(program, "switch", command, "br0", "uplink", "pf0")
        assert run.returncode == USAGE and "when it is created" in run.stderr


def test_adapter_that_cannot(program: Path, tree: MachineTree) -> None:
    """create refuses with the reason that adapter tells."""
    tree.remove("sys/class/net/pf0/master")
    tree.put(f"{PF_FILES}/sriov_numvfs", "0\n")
    tree.put(f"{PF_FILES}/sriov_totalvfs", "0\n")
    (refusal,) = plan(program, tree, "create", "br1", "uplink", "pf0")["refusals"]
    reason = tree.ask(program, "adapter")[1][0]["reasons"][0]
    assert refusal["text"] == f"FW_DISABLED: {reason['text']}"
    assert refusal["remedy"] == reason["remedy"]


def test_delete(program: Path, tree: MachineTree) -> None:
    first, second = plan(program, tree, "delete", "br0")["refusals"]
    assert first["text"] == "VFs of pf0 are in use: VF 0 by guest web (pid 100, qemu-system-x86)"
    assert second["text"] == "br0 has other ports: tap0"
    found = plan(program, tree, "delete", "br0", "force")
    assert [step["name"] for step in found["steps"]] == ["vfs", "uplink", "bridge"]
    (refusal,) = plan(program, tree, "delete", "docker0")["refusals"]
    assert refusal["remedy"] == "ip link delete docker0"
    (refusal,) = plan(program, tree, "delete", "nosuch")["refusals"]
    assert refusal["text"] == "there is no nosuch"


@pytest.mark.parametrize(
    "words, says",
    [
        ("show nosuch", "there is no nosuch"),
        ("show ..", "there is no .."),
        ("show pf0", "pf0 is not a bridge"),
        ("show br0 br1", "too many words: br1"),
        ("create", "unknown or incomplete command: create"),
        ("create br1", "the uplink is missing"),
        ("create br1 uplink", "the uplink is missing"),
        ("create br1 uplink nosuch", '"nosuch" is neither a PCI function nor the interface of one'),
        ("create br1 uplink 0000:01:10.0", f"0000:01:10.0 is a VF; name its PF, {PF}"),
        ("create br1 uplink pf0 vfs", "a number must follow vfs"),
        ("create br1 uplink pf0 vfs -1", "a number must follow vfs"),
        ("create br1 uplink pf0 mtu 1x", "a number must follow mtu"),
        ("create br1 uplink pf0 mtu 99999999999999999999", "a number must follow mtu"),
        ("create br1 uplink pf0 nosuch", "there is no nosuch"),
        ("delete br0 nosuch", "there is no nosuch"),
        ("nosuch", "unknown or incomplete command: nosuch"),
    ],
)
def test_usage(program: Path, tree: MachineTree, words: str, says: str) -> None:
    run = tree.run(program, "switch", *words.split())
    assert run.returncode == USAGE and says in run.stderr and not run.stdout
