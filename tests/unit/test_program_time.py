# SPDX-License-Identifier: GPL-2.0-only
"""Time of the processor that iovctl needs with 7 VFs, long lists of modules and many programs.

Time of the processor, as the machine that tests may do other things meanwhile; the fastest of a
few runs, as caches may be cold.
"""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from machine_tree import ALLOWED, KERNEL, PF, MachineTree, good_machine

MODULES = 5000  # a kernel of Debian has about 4000
PROGRAMS, FILES = 200, 10
RUNS = 5
MOST = 0.1  # seconds


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """All VFs are created, and a guest has each other one."""
    found = good_machine(tmp_path)
    found.bound_to("iovnic_pf", PF)
    found.add_interface("pf0", PF)
    for number in range(ALLOWED):
        group = str(10 + number)
        found.bound_to("vfio-pci", found.add_vf(number, group))
        if number % 2:
            found.in_guest(100 + number, group, "qemu-system-x86_64", "-name", f"guest{number}")
    needs = " kernel/net/core/other.ko.xz" * 4
    modules = "".join(f"kernel/drivers/net/module{n}.ko.xz:{needs}\n" for n in range(MODULES))
    found.put(f"lib/modules/{KERNEL}/modules.dep", modules)
    for pid in range(1000, 1000 + PROGRAMS):
        for fd in range(FILES):
            found.opened(pid, f"socket:[{pid}]", fd)
    return found


def seconds(program: Path, tree: MachineTree, command: str) -> float:
    """Of a run, also of the kernel for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = tree.run(program, "-j", command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.stdout and not run.stderr
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("command", ["host", "adapter"])
def test_time(
    program: Path, tree: MachineTree, command: str, note: Callable[[str], None]
) -> None:
    found = min(seconds(program, tree, command) for _ in range(RUNS))
    note(f"{1e3 * found:.1f} ms of at most {1e3 * MOST:.0f} ms")
    assert found < MOST
