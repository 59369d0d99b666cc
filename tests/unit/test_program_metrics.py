# SPDX-License-Identifier: GPL-2.0-only
"""iovctl metrics on prepared files, read by a parser that accepts nothing else."""

import os
import subprocess
from pathlib import Path

import pytest
from lab.openmetrics import parse
from machine_tree import PF, MachineTree, good_machine

COUNTERS = {"rx_bytes": 2**64 - 1, "tx_bytes": 1, "rx_packets": 2, "tx_packets": 3}
COUNTERS |= {"rx_dropped": 4, "tx_dropped": 5, "rx_broadcast": 6, "rx_multicast": 7}


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine whose PF has files of counters for its first VF."""
    found = good_machine(tmp_path)
    found.add_interface("pf0", PF, flags="0x1002")
    found.bound_to("iovnic_pf", PF)
    found.bound_to("vfio-pci", found.add_vf(0, group="14"))
    found.add_vf(1, group="15")
    found.opened(77, "/dev/vfio/14")
    found.put("proc/77/comm", "qemu\n")
    found.put("proc/77/cmdline", 'qemu\0-name\0guest=a "b"\\\0')
    folder = f"sys/bus/pci/devices/{PF}"
    found.put(f"{folder}/numa_node", "1\n")
    for name, value in COUNTERS.items():
        found.put(f"{folder}/sriov/0/stats/{name}", f"{value}\n")
    return found


def test_values(program: Path, tree: MachineTree) -> None:
    run = tree.run(program, "metrics")
    assert run.returncode == 0 and not run.stderr
    found = parse(run.stdout)
    labels = {"pf": "pf0", "vf": "0", "pciAddr": "0000:01:10.0", "numa_node": "1"}
    for name, value in COUNTERS.items():
        family = found[f"sriov_vf_{name}"]
        assert family.samples == {frozenset(labels.items()): value}
        assert family.kind == "unknown" and family.help
    assert found["iovctl_vf_info"].value(vf="0", guest='a "b"\\', driver="vfio-pci") == 1
    assert found["iovctl_vf_used"].value(vf="0") == 1
    assert found["iovctl_vf_used"].value(vf="1") == 0
    assert found["iovctl_pf_vfs_allowed"].value(pf="pf0", pciAddr=PF) == 7
    assert found["iovctl_pf_vfs_created"].value(pf="pf0") == 2
    assert found["iovctl_pf_vfs_used"].value(pf="pf0") == 1
    assert found["iovctl_pf_info"].value(driver="iovnic_pf", state="usable with warnings") == 1
    assert found["iovctl_reason"].value(name="PF_DOWN", severity="warning", object=PF) == 1
    # Only a driver that is asked tells these.
    assert not found["iovctl_vf_path"].samples
    assert not found["iovctl_vf_mailbox_messages"].samples


def test_nothing(program: Path, tmp_path: Path) -> None:
    """Without adapters there are reasons only."""
    run = MachineTree(tmp_path).run(program, "metrics")
    found = parse(run.stdout)
    assert run.returncode == 0
    assert {name for name, family in found.items() if family.samples} == {"iovctl_reason"}


def test_unknown_node(program: Path, tree: MachineTree) -> None:
    """-1 is the kernel's word for unknown."""
    tree.put(f"sys/bus/pci/devices/{PF}/numa_node", "-1\n")
    assert parse(tree.run(program, "metrics").stdout)["sriov_vf_rx_bytes"].value(numa_node="")


@pytest.mark.parametrize(
    "text",
    [
        "# TYPE a gauge\na 1\n",
        "# TYPE a counter\na 1\n# EOF\n",
        "# TYPE a gauge\na_total 1\n# EOF\n",
        "# HELP a x\nb 1\n# EOF\n",
        "# HELP a x\na{b=\"c\"} 1\na{b=\"c\"} 2\n# EOF\n",
        "# HELP a x\na{b=\"c\",b=\"d\"} 1\n# EOF\n",
        "# HELP a x\na{b=\"c\",} 1\n# EOF\n",
        '# HELP a x\na{b="\\q"} 1\n# EOF\n',
        '# HELP a x\na{b="""} 1\n# EOF\n',
        "# HELP a x\na  1\n# EOF\n",
        "# HELP a x\na 1\n# HELP b x\nb 1\n# HELP a x\na 2\n# EOF\n",
        "# HELP a x\na 1\n# TYPE a gauge\n# EOF\n",
        "# TYPE a info\n# EOF\n",
    ],
)
def test_parser(text: str) -> None:
    """It refuses what OpenMetrics, or node_exporter, does not allow."""
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize(
    "words, says", [(["metrics", "x"], "too many words: x"), (["-j", "metrics"], "no JSON")]
)
def test_usage(program: Path, tree: MachineTree, words: list[str], says: str) -> None:
    run = tree.run(program, *words)
    assert run.returncode == 3 and says in run.stderr and not run.stdout


def test_full_disk(program: Path, tree: MachineTree) -> None:
    """A part of the metrics is no success."""
    with open("/dev/full", "w") as full:
        environment = os.environ | {"IOVCTL_ROOT": str(tree.root)}
        run = subprocess.run([program, "metrics"], stdout=full, stderr=-1, env=environment)
    assert run.returncode == 2 and b"No space left" in run.stderr
