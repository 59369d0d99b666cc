# SPDX-License-Identifier: GPL-2.0-only
"""Every unit test program is one test; it prints TAP, with `not ok` for a failure."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from lab.make import make

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build/unit"


@pytest.fixture(scope="session")
def programs():
    make(f"-j{os.cpu_count()}", "-C", HERE)
    return BUILD


def complaints(output):
    """Errors in TAP output. SKIP is one as well: a unit test needs nothing optional."""
    results = re.findall(r"^((?:not )?ok\b.*)", output, re.M)
    plan = re.search(r"^1\.\.(\d+)", output, re.M)
    found = [line for line in results if not line.startswith("ok") or "# SKIP" in line]
    if not plan or int(plan[1]) != len(results) or not results:
        found.append(f"planned {plan[1] if plan else 'nothing'}, got {len(results)} results")
    return found


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("test_*.c")))
def test_program(programs, name):
    run = subprocess.run([programs / name], capture_output=True, text=True, timeout=300)
    if run.returncode or complaints(run.stdout):
        text = "\n".join([*complaints(run.stdout), f"exit status {run.returncode}", run.stderr])
        pytest.fail(text, pytrace=False)


@pytest.mark.parametrize(
    "output, complaint",
    [
        ("1..2\nok 1 - a\nnot ok 2 - b\n", "not ok 2 - b"),
        ("1..2\nok 1 - a\n", "planned 2, got 1 results"),
        ("ok 1 - a\n", "planned nothing, got 1 results"),
        ("1..1\nok 1 - a # SKIP no b\n", "ok 1 - a # SKIP no b"),
        ("", "planned nothing, got 0 results"),
    ],
)
def test_complaint(output, complaint):
    assert complaints(output) == [complaint]


def test_no_complaint():
    assert not complaints("TAP version 13\n1..2\nok 1 - a\n# x\nok 2 - b\n")
