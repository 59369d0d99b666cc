# SPDX-License-Identifier: GPL-2.0
"""Run the repository's Makefiles for tests."""

import os
import subprocess
from pathlib import Path

from .errors import LabError
from .paths import BUILD


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


def compile_static(source: Path) -> Path:
    """Compile a program in C for any machine of the lab."""
    BUILD.mkdir(parents=True, exist_ok=True)
    program = BUILD / source.stem
    command = ["gcc", "-O2", "-Wall", "-static", "-o", str(program), str(source)]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        raise LabError(f"{' '.join(command)}\n{built.stderr}")
    return program
