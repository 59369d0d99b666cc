# SPDX-License-Identifier: GPL-2.0
"""pytest glue of the lab: booted virtual machines as fixtures, and the oracle after every test.

    pytest tests/lab                      both kernels
    pytest tests/lab --kernel=stock       one of them

Tests share one booted host VM for each kernel; a test that asks for `fresh_host` gets one of its
own. After each test every console of every VM it used is searched for splats; a test that provokes
one says so: @pytest.mark.expect_splat(r"DMAR: .*fault"). Logs are in build/logs/<run>/.
"""

import os
import re
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest
from fabric import Fabric, unload_drivers
from lab import HostVM, MachineDied
from lab.paths import LOGS
from lab.splat import Oracle

KERNELS = ("stock", "debug")
BOOT_TIMEOUT = 120
FAILED = pytest.StashKey[bool]()
FABRICS: WeakKeyDictionary[HostVM, Fabric] = WeakKeyDictionary()


class Hosts:
    """The virtual machines of this run."""

    def __init__(self, logs: Path):
        self._logs = logs
        self._shared: dict[str, HostVM] = {}
        self._booted = 0
        self.in_use: list[HostVM] = []
        self.oracle = Oracle()

    def boot(self, kernel: str, label: str, **options: object) -> HostVM:
        """A new host VM; what its boot left on the console is judged with the test.

        A boot that does not end is tried once more: nothing of ours runs in it yet.
        """
        options.setdefault("boot_timeout", BOOT_TIMEOUT)
        try:
            host = self._boot(kernel, label, options)
        except MachineDied as death:
            warnings.warn(f"a host VM has not booted, second attempt: {death}", stacklevel=1)
            host = self._boot(kernel, label, options)
        self.in_use.append(host)
        return host

    def _boot(self, kernel: str, label: str, options: dict[str, object]) -> HostVM:
        self._booted += 1
        logdir = self._logs / f"{self._booted:03d}-{kernel}-{label}"
        return HostVM(kernel, logdir=logdir, **options)  # type: ignore[arg-type]

    def shared(self, kernel: str) -> HostVM:
        """The host VM the tests of a kernel share, booted again if it has died."""
        host = self._shared.get(kernel)
        if host and not host.alive:
            host.stop()
            host = None
        if not host:
            for other in self._shared.values():
                other.stop()  # one at a time: there are but two processors
            self._shared = {kernel: self.boot(kernel, "shared")}
        elif host not in self.in_use:
            self.oracle.mark(host.consoles)
            self.in_use.append(host)
        return self._shared[kernel]

    def discard_shared(self, host: HostVM) -> None:
        """The next test gets a fresh one."""
        if host in self._shared.values():
            host.stop()

    def judge(self, expected: list[str]) -> list[str]:
        """What the consoles of the VMs in use say since the test began."""
        reports = []
        for host in self.in_use:
            for guest in [guest for guest in host.guests if not guest.keep]:
                guest.kill()
            reports += self.oracle.check(host.consoles, expected)
            if host in self._shared.values() and not host.alive:
                reports.append(f"{host.name} died; its logs: {host.logdir}")
        self.in_use = []
        return reports

    def stop(self) -> None:
        """End them all."""
        for host in [*self._shared.values(), *self.in_use]:
            host.stop()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kernel", choices=KERNELS, default=None, help="run the lab tests on one kernel only"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expect_splat(pattern, ...): console lines it provokes")
    config.addinivalue_line("markers", "kernels(name, ...): the kernels the test makes sense on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kernel" not in metafunc.fixturenames:
        return
    only = metafunc.config.getoption("--kernel")
    marker = metafunc.definition.get_closest_marker("kernels")
    kernels = [
        name for name in (marker.args if marker else KERNELS) if only is None or name == only
    ]
    metafunc.parametrize("kernel", kernels, scope="session")


@pytest.fixture(scope="session")
def hosts() -> Iterator[Hosts]:
    machines = Hosts(LOGS / time.strftime(f"%Y%m%d-%H%M%S-{os.getpid()}"))
    yield machines
    machines.stop()


@pytest.fixture(autouse=True)
def oracle(request: pytest.FixtureRequest) -> Iterator[None]:
    """Judge the consoles after the test; stop what only this test used."""
    if not {"host", "fresh_host", "boot_host"} & set(request.fixturenames):
        yield
        return
    machines: Hosts = request.getfixturevalue("hosts")
    yield
    marker = request.node.get_closest_marker("expect_splat")
    used = list(machines.in_use)
    reports = machines.judge(list(marker.args) if marker else [])
    if reports:
        for host in used:
            machines.discard_shared(host)
        pytest.fail("\n\n".join(["the oracle found:", *reports]), pytrace=False)


@pytest.fixture
def host(hosts: Hosts, kernel: str, oracle: None) -> HostVM:
    """The shared host VM. Leave it as found: modules unloaded, guests stopped."""
    return hosts.shared(kernel)


@pytest.fixture
def boot_host(
    hosts: Hosts, kernel: str, oracle: None, request: pytest.FixtureRequest
) -> Iterator[Callable[..., HostVM]]:
    """A function that boots host VMs for this test alone: boot_host(nics=2)."""
    label = re.sub(r"\W+", "-", request.node.originalname)
    booted = []

    def boot(**options: object) -> HostVM:
        booted.append(hosts.boot(kernel, label, **options))
        return booted[-1]

    yield boot
    for machine in booted:
        machine.stop()


@pytest.fixture
def fresh_host(boot_host: Callable[..., HostVM]) -> HostVM:
    """A host VM of this test's own."""
    return boot_host()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember a failure, for fixtures that must not hand on what a failed test has left."""
    outcome = yield
    if outcome.get_result().failed:
        item.stash[FAILED] = True


@pytest.fixture
def fabric(host: HostVM, request: pytest.FixtureRequest) -> Iterator[Fabric]:
    """PF and two VFs of the shared host VM, up; made anew after a test that failed."""
    found = FABRICS.get(host)
    if found is None:
        FABRICS[host] = found = Fabric(host)
    yield found
    if request.node.stash.get(FAILED, False):
        FABRICS.pop(host, None)


@pytest.fixture
def bare_host(host: HostVM) -> HostVM:
    """The shared host VM without any driver of the 82576."""
    FABRICS.pop(host, None)
    unload_drivers(host)
    return host


@pytest.fixture
def two_port_host(boot_host: Callable[..., HostVM]) -> HostVM:
    """A host VM with two 82576, each on its own wire."""
    return boot_host(nics=2)
