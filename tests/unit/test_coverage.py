# SPDX-License-Identifier: GPL-2.0-only
"""The unit tests' coverage of the pure files: printed, and at least the required part."""

import os
import re
from pathlib import Path

import pytest
from lab.make import make

HERE = Path(__file__).parent
REPO = HERE.parents[1]
LINES = 95
BRANCHES = 85
# Codec, both sessions, saved state of a VF, policy
PURE = (
    *("mailbox/codec.c", "mailbox/codec_pf.c", "mailbox/codec_vf.c", "mailbox/message.c"),
    *("mailbox/status.c", "mailbox/reason.c", "pf/vfio/state.c"),
    *("vf/fsm.c", "vf/sync.c", "vf/count.c", "vf/path.c"),
    *("tools/iovctl/migrate/migrate_verdict.c", "tools/iovctl/host/host_verdict.c"),
    *("tools/iovctl/adapter/adapter_verdict.c", "tools/iovctl/adapter/slot_verdict.c"),
    "tools/iovctl/reason/finding.c",
    *("tools/iovctl/failover/failover_verdict.c", "tools/iovctl/failover/failover_text.c"),
)
# gcov's output for a file, as `make coverage` prints it
ROW = re.compile(r"(\S+\.c) +lines ([\d.]+)% of \d+ +branches (?:([\d.]+)% of \d+|none)$", re.M)


def reached() -> tuple[str, dict[str, tuple[float, float]]]:
    """The table, and the percentages of lines and branches of each file."""
    said = make(f"-j{os.cpu_count()}", "-C", HERE, "coverage")
    rows = list(ROW.finditer(said.stdout))
    table = "\n".join(row[0] for row in rows)
    return table, {row[1]: (float(row[2]), float(row[3] or 100)) for row in rows}


def test_coverage(capsys: pytest.CaptureFixture[str]):
    table, files = reached()
    with capsys.disabled():
        print(f"\n{table}")
    policy = {f"pf/policy/{path.name}" for path in (REPO / "pf/policy").glob("*.c")}
    missing = {*PURE, *policy} - files.keys()
    low = {name: row for name, row in files.items() if row[0] < LINES or row[1] < BRANCHES}
    assert not missing, f"not measured: {sorted(missing)}"
    assert not low, f"below {LINES} % of lines or {BRANCHES} % of branches: {low}"
