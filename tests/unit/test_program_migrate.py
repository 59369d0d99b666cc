# SPDX-License-Identifier: GPL-2.0-only
"""iovctl migrate with a program on the other host that does not behave."""

import subprocess
import time
from pathlib import Path

REFUSED = 2


def test_other_program_that_stays(program: Path, tmp_path: Path) -> None:
    """It does not end with its input: iovctl does, after a while."""
    begin = time.monotonic()
    sockets = ("source", str(tmp_path / "a"), "target", str(tmp_path / "b"))
    command = ("uri", "tcp:x:1", "target-command", "sh -c 'echo no JSON; exec sleep 100' #")
    run = subprocess.run(
        [program, "migrate", *sockets, *command], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == REFUSED
    assert "the other process: does not speak JSON" in run.stdout
    assert time.monotonic() - begin < 50
