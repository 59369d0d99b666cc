# SPDX-License-Identifier: GPL-2.0-only
"""iovctl numvfs on prepared files: who uses VFs, what is refused, and what is saved.

The files of the number of VFs and of settings are written below IOVCTL_ROOT; the kernel is not
asked.
"""

import fcntl
import json
import subprocess
from pathlib import Path

import pytest
from lab.answers import read
from machine_tree import PF, MachineTree, machine_with_guest

DONE, DEGRADED, REFUSED, USAGE = range(4)
NUMVFS = f"sys/bus/pci/devices/{PF}/sriov_numvfs"
SAVED = f"run/iovctl/{PF}.json"
SETTINGS = [{"vf": n, "mac": f"02:00:00:00:d0:0{n}", "vlan_proto": "802.1Q"} for n in (0, 2)]


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """An 82576 with two VFs; the first one is a guest's."""
    found = machine_with_guest(tmp_path)
    found.folder("run")
    return found


def save(tree: MachineTree, settings: list[dict] | None = None) -> None:
    content = {"version": 1, "pci": PF, "vfs": SETTINGS if settings is None else settings}
    tree.put(SAVED, json.dumps(content))


def saved(tree: MachineTree) -> list[dict]:
    return json.loads((tree.root / SAVED).read_text())["vfs"]


def numvfs(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict]:
    run = tree.run(program, "-j", *words)
    (found,) = read(run.stdout, "numvfs")
    return run.returncode, found


def number(tree: MachineTree) -> str:
    return (tree.root / NUMVFS).read_text()


def test_show(program: Path, tree: MachineTree) -> None:
    status, found = numvfs(program, tree, "numvfs", "pf0")
    assert (status, found["before"], found["allowed"]) == (DONE, 2, 7)
    assert [vf["holder"]["held"] for vf in found["vfs"]] == ["yes", "no"]
    assert found["settings"] == [] and "result" not in found
    more = {"vlan": 5, "qos": 3, "trust": 1, "spoofchk": 0, "link_state": 2, "max_tx_rate": 9}
    save(tree, [SETTINGS[0] | more | {"active": 0}, SETTINGS[1]])
    first, second = numvfs(program, tree, "numvfs", PF)[1]["settings"]
    assert first == SETTINGS[0] | {
        **{"vlan": 5, "qos": 3, "trust": True, "spoofchk": False, "link_state": "disable"},
        **{"max_rate": 9, "active": False},
    }
    assert second == {"vf": 2, "mac": SETTINGS[1]["mac"]}
    run = tree.run(program, "numvfs", "pf0")
    assert run.stdout.splitlines() == [
        "pf0: 2 VFs of 7",
        "    VF 0    0000:01:10.0  vfio-pci    guest web (pid 100, qemu-system-x86)",
        "    VF 1    0000:01:10.2  vfio-pci    none",
    ]


def test_users(program: Path, tree: MachineTree) -> None:
    """A VF that is in use stays, but for the word."""
    status, found = numvfs(program, tree, "numvfs", "pf0", "0")
    assert (status, found["result"], len(found["refusals"])) == (REFUSED, "refused", 1)
    assert "VF 0 by guest web (pid 100" in found["refusals"][0]["text"] and number(tree) == "2\n"
    status, found = numvfs(program, tree, "--dry-run", "numvfs", "pf0", "0", "force")
    assert (status, found["result"]) == (DONE, "possible") and number(tree) == "2\n"
    status, found = numvfs(program, tree, "numvfs", "pf0", "0", "force")
    assert (status, found["result"]) == (DONE, "changed") and number(tree) == "0\n"


def test_settings(program: Path, tree: MachineTree) -> None:
    """They wait in a file until there are VFs of these numbers, or until they are forgotten."""
    save(tree)
    found = numvfs(program, tree, "numvfs", "pf0", "3", "force")[1]
    assert [(step["name"], step["outcome"]) for step in found["steps"]] == [
        ("settings", "done"),
        ("vfs", "done"),
        ("restore", "done"),
    ]
    assert found["steps"][1]["text"] == "3 instead of 2"
    assert found["steps"][2]["text"] == "settings of 2 VFs"
    assert saved(tree) == SETTINGS and (tree.root / SAVED).stat().st_mode & 0o777 == 0o600
    found = numvfs(program, tree, "numvfs", "pf0", "0", "force", "defaults")[1]
    assert [step["name"] for step in found["steps"]] == ["vfs", "settings"]
    assert saved(tree) == []


def test_same_number(program: Path, tree: MachineTree) -> None:
    """Nothing is done, even if a VF is in use."""
    status, found = numvfs(program, tree, "numvfs", "pf0", "2")
    assert (status, found["result"], found["steps"]) == (DONE, "unchanged", [])


def test_defaults_of_the_same_number(program: Path, tree: MachineTree) -> None:
    """VFs are created again; without VFs only the saved settings are forgotten."""
    save(tree)
    status, found = numvfs(program, tree, "numvfs", "pf0", "2", "defaults")
    assert status == REFUSED and "VF 0 by guest web" in found["refusals"][0]["text"]
    status, found = numvfs(program, tree, "numvfs", "pf0", "2", "defaults", "force")
    assert (status, found["result"], saved(tree)) == (DONE, "changed", [])
    steps = [(step["name"], step["text"]) for step in found["steps"]]
    assert steps[0] == ("vfs", "2, created again") and steps[1][0] == "settings"
    save(tree)
    tree.put(NUMVFS, "0\n")
    status, found = numvfs(program, tree, "numvfs", "pf0", "0", "defaults")
    assert (status, found["result"], saved(tree)) == (DONE, "changed", [])
    assert [step["name"] for step in found["steps"]] == ["settings"]


def test_settings_that_are_wrong(program: Path, tree: MachineTree) -> None:
    """A file that is wrong is refused before anything is changed; see test_iovctl_persist.py."""
    save(tree, [{"vf": 0, "vlan": 5000}])
    status, found = numvfs(program, tree, "numvfs", "pf0", "3", "force")
    says = f"/{SAVED}: vfs: 0: vlan: 5000 is not within 0 to 4095"
    assert status == REFUSED and says in found["refusals"][0]["text"]
    assert number(tree) == "2\n"
    run = tree.run(program, "numvfs", "pf0")
    assert run.returncode == DEGRADED and says in run.stderr
    assert numvfs(program, tree, "numvfs", "pf0", "3", "force", "defaults")[0] == DONE
    assert saved(tree) == []


def test_number_that_fails(program: Path, tree: MachineTree) -> None:
    """The error is told, and the settings are there still."""
    save(tree)
    tree.put(f"run/iovctl/{PF}.lock")
    (tree.root / "run/iovctl").chmod(0o500)
    tree.remove(NUMVFS)
    status, found = numvfs(program, tree, "numvfs", "pf0", "3", "force")
    (tree.root / "run/iovctl").chmod(0o700)
    assert (status, found["result"]) == (REFUSED, "failed")
    assert found["error"].split(": ")[0] in ("settings", "vfs")
    assert saved(tree) == SETTINGS


def test_number_that_fails_with_defaults(program: Path, tree: MachineTree) -> None:
    """Saved settings are forgotten only when there are the VFs that are to have none."""
    save(tree)
    tree.remove(NUMVFS)
    status, found = numvfs(program, tree, "numvfs", "pf0", "3", "force", "defaults")
    assert (status, found["result"]) == (REFUSED, "failed")
    assert [(step["name"], step["outcome"]) for step in found["steps"]] == [
        ("vfs", "failed"),
        ("settings", "not run"),
    ]
    assert saved(tree) == SETTINGS


def test_settings_that_stay(program: Path, tree: MachineTree) -> None:
    """If they cannot be forgotten, there are as many VFs as before."""
    tree.folder(SAVED)
    words = ("numvfs", "pf0", "3", "force", "defaults")
    status, found = numvfs(program, tree, *words)
    assert (status, found["result"]) == (REFUSED, "failed") and number(tree) == "2\n"
    assert found["error"].startswith(f"settings: /{SAVED}: Is a directory; vfs could not be undone")
    assert "not a regular file" in found["error"]


def test_two_at_a_time(program: Path, tree: MachineTree) -> None:
    """The second one reads settings when the first one has ended: not those of VFs without any."""
    path = tree.root / f"run/iovctl/{PF}.lock"
    tree.put(f"run/iovctl/{PF}.lock")
    path.chmod(0o600)
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        words = [program, "-j", "numvfs", "pf0", "3", "force"]
        second = subprocess.Popen(words, env={"IOVCTL_ROOT": str(tree.root)}, stdout=-1)
        # It may neither have read them yet, nor end.
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(2)
        save(tree)
        assert numvfs(program, tree, "--dry-run", "numvfs", "pf0", "3", "force")[0] == DONE
        assert number(tree) == "2\n"
    (found,) = read(second.communicate(timeout=20)[0].decode(), "numvfs")
    assert (second.returncode, found["result"]) == (DONE, "changed")
    assert found["settings"] == [{"vf": vf["vf"], "mac": vf["mac"]} for vf in SETTINGS]


@pytest.mark.parametrize(
    "words, says",
    [
        ("", "Usage: iovctl"),
        ("nosuch 1", '"nosuch" is neither a PCI function nor the interface of one'),
        ("0000:01:10.0 1", f"0000:01:10.0 is a VF; name its PF, {PF}"),
        ("pf0 -1", "there is no -1"),
        ("pf0 1x", "there is no 1x"),
        ("pf0 99999999999999999999", "there is no 99999999999999999999"),
        ("pf0 force", "a number must be before force"),
        ("pf0 1 2", "there is no 2"),
        ("pf0 1 nosuch", "there is no nosuch"),
    ],
)
def test_usage(program: Path, tree: MachineTree, words: str, says: str) -> None:
    run = tree.run(program, "numvfs", *words.split())
    assert run.returncode == USAGE and says in run.stderr and not run.stdout
