# SPDX-License-Identifier: GPL-2.0-only
"""iovctl persist on prepared files: which file it writes, what it leaves alone, and hostile input.

Of a machine that is a copy the settings of VFs are those that iovctl numvfs has saved there.
"""

import json
import os
from pathlib import Path

import pytest
from lab.answers import read
from machine_tree import PF, MachineTree, good_machine

DONE, DEGRADED, REFUSED, USAGE = range(4)
SAVED = f"run/iovctl/{PF}.json"
LINK = f"etc/systemd/network/10-iovctl-{PF}.link"
DEFAULT = "usr/lib/systemd/network/99-default.link"
VF = {"vf": 0, "mac": "02:00:00:00:d0:00", "vlan": 100, "qos": 5, "trust": 1}


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """An 82576 with two VFs, and the database of udev."""
    found = good_machine(tmp_path)
    found.bound_to("iovnic_pf", PF)
    found.add_interface("pf0", PF, ifindex="7")
    for number in range(2):
        found.add_vf(number, group=str(10 + number))
    found.put(f"sys/bus/pci/devices/{PF}/sriov_drivers_autoprobe", "1\n")
    found.put("run/udev/data/n7", f"I:1\nE:ID_PATH=pci-{PF}\nE:ID_NET_LINK_FILE=/{DEFAULT}\n")
    found.put(DEFAULT, "[Match]\nOriginalName=*\n\n[Link]\n# how\nNamePolicy=slot path\n")
    found.folder("etc/systemd/network")
    return found


def save(tree: MachineTree, **more: object) -> None:
    """What iovctl numvfs would have saved."""
    tree.put(SAVED, json.dumps({"version": 1, "pci": PF, "vfs": [VF]} | more))


def persist(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict]:
    run = tree.run(program, "-j", "persist", "pf0", *words)
    (found,) = read(run.stdout, "persist")
    return run.returncode, found


def test_new_file(program: Path, tree: MachineTree) -> None:
    """It is printed, and written only with the word for it; then it is as it has to be."""
    save(tree)
    status, found = persist(program, tree)
    assert (status, found["path"], found["written"]) == (DONE, f"/{LINK}", False)
    assert "present" not in found and not (tree.root / LINK).exists()
    assert found["content"].splitlines()[1:] == [
        "",
        "[Match]",
        f"Path=pci-{PF}",
        "",
        "[Link]",
        "NamePolicy=slot path",
        "SR-IOVVirtualFunctions=2",
        "",
        "[SR-IOV]",
        "VirtualFunction=0",
        "MACAddress=02:00:00:00:d0:00",
        "VLANId=100",
        "QualityOfService=5",
        "VLANProtocol=802.1Q",
        "Trust=yes",
    ]
    assert tree.run(program, "--dry-run", "persist", "pf0", "write").returncode == DONE
    assert not (tree.root / LINK).exists()
    status, found = persist(program, tree, "write")
    assert (status, found["written"]) == (DONE, True)
    assert (tree.root / LINK).read_text() == found["content"]
    assert (tree.root / LINK).stat().st_mode & 0o777 == 0o644
    assert os.listdir((tree.root / LINK).parent) == [Path(LINK).name]
    assert persist(program, tree, "write")[1]["written"] is False
    run = tree.run(program, "persist", "pf0")
    assert run.stdout == f"/{LINK} is up to date\n"


def test_own_file(program: Path, tree: MachineTree) -> None:
    """A file of its own is compared and replaced; what it has taken over from another one stays."""
    save(tree)
    persist(program, tree, "write")
    tree.put("run/udev/data/n7", f"E:ID_PATH=pci-{PF}\nE:ID_NET_LINK_FILE=/{LINK}\n")
    save(tree, vfs=[VF | {"vlan": 200}])
    run = tree.run(program, "persist", "pf0")
    changed = [line for line in run.stdout.splitlines()[2:] if line[0] in "+-"]
    assert changed == ["-VLANId=100", "+VLANId=200"]
    assert " NamePolicy=slot path" in run.stdout.splitlines()
    assert "VLANId=100" in (tree.root / LINK).read_text()
    assert persist(program, tree, "write")[1]["written"]
    assert "VLANId=200" in (tree.root / LINK).read_text()


def test_foreign_file(program: Path, tree: MachineTree) -> None:
    """A file that iovctl has not written stays as it is, but for the word."""
    tree.put(LINK, "[Match]\nDriver=igb\n")
    status, found = persist(program, tree)
    assert status == DONE and found["present"] == "[Match]\nDriver=igb\n"
    status, found = persist(program, tree, "write")
    assert (status, found["written"]) == (REFUSED, False)
    assert found["refusals"][0]["text"] == f"/{LINK} was not written by iovctl"
    assert (tree.root / LINK).read_text() == "[Match]\nDriver=igb\n"
    assert persist(program, tree, "write", "force")[1]["written"]


@pytest.mark.parametrize("content", [b"\0", b"x" * 70000], ids=["binary", "long"])
def test_odd_file(program: Path, tree: MachineTree, content: bytes) -> None:
    tree.put(LINK, content)
    run = tree.run(program, "persist", "pf0", "write", "force")
    assert run.returncode == REFUSED and "not a text file of usual length" in run.stderr
    assert (tree.root / LINK).read_bytes() == content


def test_symbolic_link(program: Path, tree: MachineTree) -> None:
    """The file that it points to is not touched."""
    tree.put("etc/passwd", "root\n")
    tree.link(LINK, "etc/passwd")
    run = tree.run(program, "persist", "pf0", "write", "force")
    assert run.returncode == REFUSED and "symbolic links" in run.stderr
    assert (tree.root / "etc/passwd").read_text() == "root\n"


NETWORK = "etc/systemd/network"


def specific(tree: MachineTree, content: str = "[Match]\nDriver=iovnic_pf\n") -> None:
    """A .link file that an administrator has made for the PF applies to it."""
    tree.put(f"{NETWORK}/20-pf.link", content)
    tree.put("run/udev/data/n7", f"E:ID_NET_LINK_FILE=/{NETWORK}/20-pf.link\n")


def test_addition(program: Path, tree: MachineTree) -> None:
    """A .link file that applies already, and is not for all interfaces, is added to."""
    specific(tree, "\n[Match]\nDriver=iovnic_pf\n")
    found = persist(program, tree, "write")[1]
    assert found["path"] == "/etc/systemd/network/20-pf.link.d/iovctl.conf" and found["written"]
    assert "20-pf.link" in found["note"]
    content = (tree.root / found["path"][1:]).read_text()
    assert content.endswith("[Link]\nSR-IOVVirtualFunctions=2\n")


def test_removed_link_file(program: Path, tree: MachineTree) -> None:
    """udev applied a file that is no longer there, or empty, which disables it: no addition."""
    specific(tree)
    tree.put(f"{NETWORK}/20-pf.link")
    assert persist(program, tree)[1]["path"] == f"/{LINK}"
    tree.remove(f"{NETWORK}/20-pf.link")
    found = persist(program, tree)[1]
    assert found["path"] == f"/{LINK}" and "MACAddressPolicy=persistent" in found["content"]


def test_additions_of_default(program: Path, tree: MachineTree) -> None:
    """The new file has what additions say of the file that it replaces, in the order of names."""
    tree.put("usr/lib/systemd/network/99-default.link.d/20.conf", "[Link]\nMTUBytes=9000\n")
    tree.put("run/systemd/network/99-default.link.d/9.conf", "[Link]\nWakeOnLan=off\n")
    tree.put(f"{NETWORK}/99-default.link.d/20.conf", "[Link]\nMTUBytes=1400\n")
    tree.put(f"{NETWORK}/99-default.link.d/30.conf", "[Link]\nSR-IOVVirtualFunctions=7\nName=a\n")
    tree.put(f"{NETWORK}/99-default.link.d/40.conf.off", "[Link]\nName=no\n")
    status, found = persist(program, tree)
    lines = "NamePolicy=slot path\nMTUBytes=1400\nName=a\nWakeOnLan=off\nSR-IOVVirtualFunctions=2\n"
    assert status == DONE and found["content"].endswith(f"[Link]\n{lines}")
    assert found["reads"] == [f"/{LINK}"]


def test_disabled_addition(program: Path, tree: MachineTree) -> None:
    """A link to /dev/null, or an empty file, disables those of its name in other folders."""
    tree.put("usr/lib/systemd/network/99-default.link.d/a.conf", "[Link]\nMTUBytes=9000\n")
    tree.folder(f"{NETWORK}/99-default.link.d")
    (tree.root / f"{NETWORK}/99-default.link.d/a.conf").symlink_to("/dev/null")
    assert "MTUBytes" not in persist(program, tree)[1]["content"]


def test_earlier_settings(program: Path, tree: MachineTree) -> None:
    """A section of its own for each VF replaces the one that a file before has."""
    specific(tree, "[Match]\nDriver=iovnic_pf\n[SR-IOV]\nVirtualFunction=0\nTrust=yes\n")
    save(tree, vfs=[{"vf": 0}, {"vf": 1}])
    status, found = persist(program, tree, "write")
    assert status == DONE and found["written"]
    sections = "\n[SR-IOV]\nVirtualFunction=0\n\n[SR-IOV]\nVirtualFunction=1\n"
    assert found["content"].endswith(f"SR-IOVVirtualFunctions=2\n{sections}")
    added = f"/{NETWORK}/20-pf.link.d/iovctl.conf"
    assert found["reads"] == [f"/{NETWORK}/20-pf.link", added]


@pytest.mark.parametrize("words", [[], ["write"], ["write", "force"]])
@pytest.mark.parametrize("says", ["[Link]\nSR-IOVVirtualFunctions=7", "[SR-IOV]\nTrust=yes"])
def test_later_settings(program: Path, tree: MachineTree, words: list, says: str) -> None:
    """What an addition of a later name has would be in effect: it is named, nothing is written."""
    specific(tree)
    later = "run/systemd/network/20-pf.link.d/zz.conf"
    tree.put(later, f"{says}\n")
    status, found = persist(program, tree, *words)
    assert (status, found["written"]) == (REFUSED, False)
    assert found["refusals"][0]["text"] == f"systemd reads /{later} later, which sets SR-IOV"
    added = f"{NETWORK}/20-pf.link.d/iovctl.conf"
    assert found["reads"] == [f"/{NETWORK}/20-pf.link", f"/{added}", f"/{later}"]
    run = tree.run(program, "persist", "pf0", *words)
    assert f"note: systemd reads /{NETWORK}/20-pf.link, /{added}, /{later}\n" in run.stderr
    assert not (tree.root / added).exists()
    assert persist(program, tree, "format", "udev")[0] == DONE
    tree.put(later, "[Link]\nMTUBytes=9000\n")
    assert persist(program, tree, *words)[0] == DONE


def test_addition_to_own_file(program: Path, tree: MachineTree) -> None:
    """Also after a file that iovctl writes systemd reads additions; they are not copied to it."""
    tree.put("run/udev/data/n7", f"E:ID_PATH=pci-{PF}\nE:ID_NET_LINK_FILE=/{LINK}\n")
    tree.put(LINK, "# Written by iovctl persist\n[Link]\nName=a\n")
    tree.put(f"{LINK}.d/more.conf", "[Link]\nMTUBytes=9000\n")
    status, found = persist(program, tree)
    assert status == DONE and "Name=a\nSR-IOVVirtualFunctions=2" in found["content"]
    assert found["reads"] == [f"/{LINK}", f"/{LINK}.d/more.conf"]
    tree.put(f"{LINK}.d/more.conf", "[Link]\nSR-IOVVirtualFunctions=9\n")
    assert persist(program, tree, "write")[0] == REFUSED


def test_long_lines(program: Path, tree: MachineTree) -> None:
    """A line is copied as a whole, however long it is."""
    line = "NamePolicy=" + "path " * 500
    tree.put(DEFAULT, f"[Match]\nOriginalName=*\n\n[Link]\n{line}\nMTUBytes=1400\n")
    tree.put("run/udev/data/n7", f"E:LONG={'x' * 600}\nE:ID_PATH=pci-{PF}\n")
    found = persist(program, tree)[1]
    assert "NamePolicy=keep kernel" in found["content"] and f"Path=pci-{PF}" in found["content"]
    tree.put("run/udev/data/n7", f"E:L={'x' * 509}E:ID_PATH=no\nE:ID_NET_LINK_FILE=/{DEFAULT}\n")
    found = persist(program, tree)[1]
    assert f"\n{line}\nMTUBytes=1400\n" in found["content"] and "Path=no" not in found["content"]
    tree.put(DEFAULT, f"[Link]\n{line * 100}\n")
    run = tree.run(program, "persist", "pf0", "write")
    assert run.returncode == REFUSED
    assert run.stderr == f"iovctl persist: /{DEFAULT}: not a text file of usual length\n"
    tree.put("run/udev/data/n7", f"E:ID_NET_LINK_FILE=/{'x' * 200}\n")
    run = tree.run(program, "persist", "pf0", "write")
    assert run.returncode == REFUSED and "ID_NET_LINK_FILE: too long" in run.stderr


@pytest.mark.parametrize("name", ["1e3", "on", "#a", "it's"])
def test_netplan_name(program: Path, tree: MachineTree, name: str) -> None:
    """Each name of an interface is a text in YAML."""
    tree.add_interface(name, PF, ifindex="7")
    tree.remove("sys/class/net/pf0")
    tree.remove(f"sys/bus/pci/devices/{PF}/net/pf0")
    tree.folder("etc/netplan")
    run = tree.run(program, "-j", "persist", PF, "format", "netplan", "write")
    (found,) = read(run.stdout, "persist")
    quoted = name.replace("'", "''")
    assert found["written"] and f"\n    '{quoted}':\n" in found["content"]


def test_netplan_pattern(program: Path, tree: MachineTree) -> None:
    """netplan takes these names for patterns, and refuses its whole configuration."""
    tree.add_interface("pf*", PF, ifindex="7")
    tree.remove(f"sys/bus/pci/devices/{PF}/net/pf0")
    tree.folder("etc/netplan")
    run = tree.run(program, "persist", PF, "format", "netplan", "write")
    assert run.returncode == REFUSED
    assert 'netplan does not take the name "pf*"' in run.stderr
    assert not os.listdir(tree.root / "etc/netplan")


def test_lost(program: Path, tree: MachineTree) -> None:
    """What the format cannot express is told, in the file as well."""
    save(tree, vfs=[VF | {"moderation": "low", "max_tx_rate": 300}])
    status, found = persist(program, tree)
    assert (status, found["lost"]) == (DEGRADED, ["VF 0: max_tx_rate 300", "VF 0: moderation low"])
    assert "# not expressed here: VF 0: moderation low\n" in found["content"]
    status, found = persist(program, tree, "format", "networkmanager")
    assert (status, found["lost"]) == (DEGRADED, ["VF 0: moderation low"])
    status, found = persist(program, tree, "format", "udev")
    assert (status, found["lost"]) == (DONE, [])
    assert persist(program, tree, "format", "netplan")[1]["lost"]


def test_secret_files(program: Path, tree: MachineTree) -> None:
    """NetworkManager and netplan want their files to be root's alone."""
    for word, folder in (
        ("networkmanager", "etc/NetworkManager/system-connections"),
        ("netplan", "etc/netplan"),
    ):
        tree.folder(folder)
        found = persist(program, tree, "format", word, "write")[1]
        assert (tree.root / found["path"][1:]).stat().st_mode & 0o777 == 0o600


def test_no_folder(program: Path, tree: MachineTree) -> None:
    """Nothing is made where the program that reads the file is not installed."""
    run = tree.run(program, "persist", "pf0", "format", "networkmanager", "write")
    assert run.returncode == REFUSED and "No such file or directory" in run.stderr


@pytest.mark.parametrize(
    "content, says",
    [
        ("", "not JSON: truncated"),
        ('{"version": 1', "not JSON: truncated"),
        ("[]", "JSON: not an object"),
        ("{} x", "not JSON"),
        ('{"version": 2}', "version: not the one of this program"),
        ('{"version": 1, "pci": "0000:02:00.0"}', "pci: another adapter"),
        ({"more": 1}, "unknown member: more"),
        ({"vfs": {}}, "vfs: not an array"),
        ({"vfs": [1]}, "vfs: 0: vf: not an object"),
        ({"vfs": [{}]}, "vfs: 0: vf: not a number"),
        ({"vfs": [{"vf": 256}]}, "vfs: 0: vf: 256 is not within 0 to 255"),
        ({"vfs": [{"vf": -1}]}, "vfs: 0: vf: -1 is not within 0 to 255"),
        ({"vfs": [{"vf": 1e99}]}, "vfs: 0: vf: not a number"),
        ({"vfs": [{"vf": 1}, {"vf": 1}]}, "vfs: 1: vf: 1 follows 1"),
        ({"vfs": [{"vf": n} for n in range(257)]}, "vfs: 256: vf: 256 is not within"),
        ({"vfs": [VF | {"vlan": 4096}]}, "vlan: 4096 is not within 0 to 4095"),
        ({"vfs": [VF | {"qos": "5"}]}, "qos: not a number"),
        ({"vfs": [VF | {"link_state": 3}]}, "link_state: 3 is not within 0 to 2"),
        ({"vfs": [VF | {"mac": 5}]}, "mac: not a text"),
        ({"vfs": [VF | {"mac": "02:00:00:00:d0:00:00"}]}, "mac: not a valid value"),
        ({"vfs": [VF | {"mac": "02:00:00:00:d0:0"}]}, "mac: no address of a NIC"),
        ({"vfs": [VF | {"mac": "01:00:00:00:d0:00"}]}, "mac: no address of a NIC"),
        ({"vfs": [VF | {"mac": "0200:00:00:d0:00:"}]}, "mac: no address of a NIC"),
        ({"vfs": [VF | {"vlan_proto": "x"}]}, "vlan_proto: neither 802.1Q nor 802.1ad"),
        ({"vfs": [VF | {"vlan_proto": None}]}, "vlan_proto: neither 802.1Q nor 802.1ad"),
        ({"vfs": [VF | {"moderation": 'low"; reboot'}]}, "moderation: not a valid value"),
        ({"vfs": [VF | {"policies": "a\0b"}]}, "policies: not a valid value"),
        ({"vfs": [VF | {"policies": "a" * 64}]}, "policies: not a valid value"),
        ({"vfs": [VF | {"new": 1}]}, "member: not known: new"),
        ("[" * 100, "not JSON: nesting too deep"),
        pytest.param("x" * 300000, "size: too large", id="large"),
    ],
)
def test_hostile_settings(program: Path, tree: MachineTree, content, says: str) -> None:
    """A file that iovctl cannot have written is refused, and named."""
    if isinstance(content, dict):
        save(tree, **content)
    else:
        tree.put(SAVED, content)
    run = tree.run(program, "persist", "pf0", "write")
    assert run.returncode == REFUSED and not run.stdout
    assert run.stderr.startswith(f"iovctl persist: /{SAVED}: ") and says in run.stderr
    assert not (tree.root / LINK).exists()


def test_settings_of_others(program: Path, tree: MachineTree) -> None:
    """A file that others may write is not believed, nor a link, nor a pipe."""
    save(tree)
    (tree.root / SAVED).chmod(0o622)
    assert "mode: other users may write it" in tree.run(program, "persist", "pf0").stderr
    tree.remove(SAVED)
    os.mkfifo(tree.root / SAVED)
    assert "type: not a regular file" in tree.run(program, "persist", "pf0").stderr
    tree.put("tmp/file", "{}")
    (tree.root / SAVED).unlink()
    tree.link(SAVED, "tmp/file")
    assert "symbolic links" in tree.run(program, "persist", "pf0").stderr


@pytest.mark.parametrize(
    "words, says",
    [
        ("", "Usage: iovctl"),
        ("nosuch", '"nosuch" is neither a PCI function nor the interface of one'),
        ("0000:01:10.0", f"0000:01:10.0 is a VF; name its PF, {PF}"),
        ("0000:00:1c.0", "0000:00:1c.0 has no SR-IOV capability"),
        ("pf0 nosuch", "there is no nosuch"),
        ("pf0 format", "there is no format"),
        ("pf0 format rc.local", "there is no format rc.local"),
    ],
)
def test_usage(program: Path, tree: MachineTree, words: str, says: str) -> None:
    run = tree.run(program, "persist", *words.split())
    assert run.returncode == USAGE and says in run.stderr and not run.stdout
