# SPDX-License-Identifier: GPL-2.0-only
"""Fixtures of the tests of iovctl."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.make import make

REPO = Path(__file__).resolve().parents[2]
MEMORY = "/dev/shm"


def has_memory() -> bool:
    """Whether there is a file system in memory, from which programs may run."""
    return os.access(MEMORY, os.W_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that goes with the test.

    All tests together make 75 000 files. pytest would keep those of three runs, and it took 100 s
    to remove them.
    """
    with tempfile.TemporaryDirectory(dir=MEMORY if has_memory() else None) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def program() -> Path:
    """iovctl, built."""
    make("-C", REPO, "iovctl")
    return REPO / "build/iovctl/iovctl"
