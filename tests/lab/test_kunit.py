# SPDX-License-Identifier: GPL-2.0-only
"""The unit tests in the kernel, with its compiler flags, its headers, KASAN and UBSAN."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import HostVM
from lab.make import make
from lab.paths import BUILD, REPO

MODULE = BUILD / "kunit/iovnic_kunit.ko"
# The registers of two are variables of the tests, which replace readl() and writel(); iovctl is a
# program.
LEFT_OUT = re.compile("test_(mbx|fwsync|iovctl_.*)")
RESULT = re.compile(r"^\s+(not ok|ok) \d+ (\w+)", re.M)


def suites() -> dict[str, list[str]]:
    """The tests in each source file of the module."""
    files = sorted((REPO / "tests/unit").glob("test_*.c"))
    return {
        path.stem: re.findall(r"TAP_TEST\((\w+)\)", path.read_text())
        for path in files
        if not LEFT_OUT.fullmatch(path.stem)
    }


def results(host: HostVM, suite: str) -> dict[str, str]:
    """KUnit's results of a suite: `ok` or `not ok` by test; a file is one case with many tests."""
    text = host.read(f"/sys/kernel/debug/kunit/iovnic_{suite}/results")
    return {name: verdict for verdict, name in RESULT.findall(text) if name != "tap_run"}


@pytest.fixture
def module() -> Path:
    """The module, built on this machine."""
    said = make("-C", REPO, "kunit")
    assert "warning" not in said.stdout + said.stderr
    return MODULE


@pytest.fixture
def loaded(host: HostVM, module: Path) -> Iterator[HostVM]:
    """A host VM with the module; loading it runs the tests."""
    host.put(module.read_bytes(), "/tmp/iovnic_kunit.ko")
    host.run("insmod /tmp/iovnic_kunit.ko", timeout=600)
    yield host
    host.run("rmmod iovnic_kunit; rm /tmp/iovnic_kunit.ko")


@pytest.mark.kernels("debug")
@pytest.mark.full()
def test_kunit(loaded: HostVM) -> None:
    """Every test in every file has run, and its result is ok."""
    wanted = {suite: dict.fromkeys(names, "ok") for suite, names in suites().items()}
    assert {suite: results(loaded, suite) for suite in wanted} == wanted
