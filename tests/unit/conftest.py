# SPDX-License-Identifier: GPL-2.0-only
"""Fixtures of the tests of iovctl."""

from pathlib import Path

import pytest
from lab.make import make

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def program() -> Path:
    """iovctl, built."""
    make("-C", REPO, "iovctl")
    return REPO / "build/iovctl/iovctl"
