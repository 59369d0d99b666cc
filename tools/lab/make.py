# SPDX-License-Identifier: GPL-2.0
"""Run the repository's Makefiles for tests."""

import os
import subprocess

from .errors import LabError


def environment() -> dict[str, str]:
    """This process's environment without the variables of a calling make."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}


def make(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run make; LabError with its output if it fails."""
    command = ["make", *map(str, arguments)]
    result = subprocess.run(command, env=environment(), capture_output=True, text=True)
    if result.returncode:
        raise LabError(f"{result.stdout}{result.stderr}")
    return result
