# SPDX-License-Identifier: GPL-2.0
"""pytest fixtures of the lab: booted virtual machines, and the checks after every test.

    pytest tests/lab                      both kernels
    pytest tests/lab --kernel=stock       one of them

Tests share one booted host VM for each kernel; a test that uses the fixture `fresh_host` has a host
VM of its own. After each test every console of every VM that it used is searched for kernel errors;
a test that provokes one declares it: @pytest.mark.expect_splat(r"DMAR: .*fault"). On the stock
kernel every access to a register is checked as well, see datasheet.py. Logs are in
build/logs/<run>/.
"""

import fcntl
import os
import re
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TextIO
from weakref import WeakKeyDictionary

import pytest
from _pytest.terminal import TerminalReporter
from lab.fabric import Fabric, unload_drivers, vf_ip
from lab import HostVM, MachineDied
from lab.paths import BUILD, CACHE, LOGS, PREPARED_BY
from lab.splat import Oracle, has_lost_a_timer
from lab.topology import OURS, STOCK
from register_oracle import EVENTS, RegisterOracle

pytest.register_assert_rewrite("vf_queues", "xdp")
HERE = Path(__file__).parent
KERNELS = ("stock", "debug")
FAILED = pytest.StashKey[bool]()
# Groups of tests in the order in which processes start them: the longest first
GROUPS = ("programs", "debug", "lab", "packets", "peers", "measured")
AT_ONCE = 2
# Tests of the data path are a separate group, because `lab` would otherwise be too long.
PACKETS = (
    "test_buffers test_datapath test_descriptors test_mixes test_moderation test_polling test_ptp"
    " test_queue_stats test_refill test_rss test_vf_queues test_xdp test_xsk"
).split()
# Nested virtualisation in emulation is not reliable: sometimes a guest's QEMU ends without a
# message, the host VM ends with it, or one of its processors loses a timer interrupt. (This is for
# pytest-rerunfailures; its --only-rerun does not read the consoles.)
TRIED_AGAIN = pytest.mark.flaky(reruns=1, condition="config.machine_died")
REMEDY = "it is not built; tools/lab/debug-kernel builds it, once"
FABRICS: WeakKeyDictionary[HostVM, Fabric] = WeakKeyDictionary()


class Hosts:
    """The virtual machines of this run."""

    def __init__(self, logs: Path, full: bool):
        self._logs = logs
        self._full = full
        self._shared: dict[str, HostVM] = {}
        self._booted = 0
        self.in_use: list[HostVM] = []
        self.oracle = Oracle()
        self.registers = RegisterOracle()

    def boot(self, kernel: str, label: str, **options: object) -> HostVM:
        """A new host VM; the console of its boot is checked with the test."""
        self._booted += 1
        logdir = self._logs / f"{self._booted:03d}-{kernel}-{label}"
        # The trace does not identify the 82576. A VM for measurements is not traced.
        if kernel != "debug" and not options.get("icount") and options.get("nics", 1) == 1:
            options = {"trace": EVENTS, **options}
        # It takes half of the debug kernel's time, and only tests of --full read its report.
        if kernel == "debug" and not self._full:
            options = {**options, "command_line": f"kmemleak=off {options.get('command_line', '')}"}
        host = HostVM.boot(kernel, logdir=logdir, **options)
        self.in_use.append(host)
        return host

    def shared(self, kernel: str, label: str, **options: object) -> HostVM:
        """The host VM that the tests of a kernel share, booted again if it has died."""
        kind = f"{kernel}-{label}"
        host = self._shared.get(kind)
        if host and not host.alive:
            warnings.warn(f"a host VM has died: {host.ending}", stacklevel=1)
            host.stop()
            host = None
        if not host:
            for other in self._shared.values():
                other.stop()  # one at a time: there are only two processors
            self._shared = {kind: self.boot(kernel, label, **options)}
        elif host not in self.in_use:
            self.oracle.mark(host.consoles)
            self.in_use.append(host)
        return self._shared[kind]

    def discard_shared(self, host: HostVM) -> None:
        """Stop the shared host VM; the next test boots a new one."""
        if host in self._shared.values():
            host.stop()
            self._shared.clear()

    def check(self, expected: list[str]) -> list[str]:
        """Errors on consoles and in register accesses since the test began, of all VMs in use."""
        reports = []
        for host in self.in_use:
            for guest in [guest for guest in host.guests if not guest.keep]:
                guest.kill()
            reports += self.oracle.check(host.consoles, expected)
            reports += self.registers.check(host)
            if host in self._shared.values() and not host.alive:
                reports.append(f"{host.name} died: {host.ending}\nits logs: {host.logdir}")
        self.in_use = []
        return reports

    def has_splat(self) -> bool:
        """Whether a console of a VM in use has a splat, which may be why the VM died."""
        return any(self.oracle.sees(host.consoles) for host in self.in_use)

    def have_lost_a_timer(self) -> bool:
        """Whether a processor of a VM in use waits for a timer interrupt that was lost.

        Such a VM is stopped: its results are no longer meaningful.
        """
        late = [host for host in self.in_use if host.alive and host.clock_stands()]
        for host in late:
            host.stop()
        return bool(late)

    def stop(self) -> None:
        """Stop all host VMs."""
        for host in [*self._shared.values(), *self.in_use]:
            host.stop()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kernel", choices=KERNELS, default=None, help="run the lab tests on one kernel only"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.machine_died = False  # type: ignore[attr-defined]
    config.addinivalue_line("markers", "expect_splat(pattern, ...): console lines that it provokes")
    config.addinivalue_line("markers", "kernels(name, ...): the only kernels that the test runs on")
    config.addinivalue_line("markers", "parallel: for races, or guests; debug kernels always are")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print how many tests were skipped because their kernel is missing."""
    reports = terminalreporter.stats.get("skipped", [])
    if missing := sum(REMEDY in str(report.longrepr) for report in reports):
        terminalreporter.write_line(f"NOT RUN: {missing} tests on the debug kernel: {REMEDY}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "drivers" in metafunc.fixturenames:
        pairs = [OURS, STOCK] if metafunc.config.getoption("--full", False) else [OURS]
        metafunc.parametrize("drivers", pairs, True, ("iovnic", "igb")[: len(pairs)])
    if "kernel" not in metafunc.fixturenames:
        return
    only = metafunc.config.getoption("--kernel")
    marker = metafunc.definition.get_closest_marker("kernels")
    kernels = [
        name if only or is_built(name) else pytest.param(name, marks=without(name))
        for name in (marker.args if marker else KERNELS)
        if only is None or name == only
    ]
    metafunc.parametrize("kernel", kernels, scope="session")


def is_built(kernel: str) -> bool:
    """Whether a kernel is in the cache; only the stock one is required."""
    return kernel == "stock" or (CACHE / "kernels" / kernel / "release").exists()


def without(kernel: str) -> pytest.MarkDecorator:
    """Skip a test because its kernel is missing."""
    remedy = REMEDY if kernel == "debug" else f"run {PREPARED_BY[kernel]}"
    return pytest.mark.skip(reason=f"no {kernel} kernel: {remedy}")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """The tests that this run leaves out."""
    missing = config.getoption("--kernel") is None and not is_built("debug")
    return [f"NOT RUN: tests on the debug kernel: {REMEDY}"] if missing else []


def is_parallel(item: pytest.Item) -> bool:
    """Whether the processors of its host VMs run in parallel."""
    return "[debug" in item.name or item.get_closest_marker("parallel") is not None


def sort_key(item: pytest.Item) -> tuple[int, bool, bool]:
    """The sort key of a test: boot few kernels and change drivers rarely."""
    marker = item.get_closest_marker("xdist_group")
    group = marker.args[0] if marker else ""
    place = GROUPS.index(group) if group in GROUPS else len(GROUPS)
    values = item.callspec.params if hasattr(item, "callspec") else {}
    return place, is_parallel(item), values.get("drivers", OURS) != OURS


def without_kernel(item: pytest.Item) -> tuple[object, ...]:
    """What a test has in common with the same test on the other kernel."""
    values = item.callspec.params if hasattr(item, "callspec") else {}
    others = sorted((name, repr(value)) for name, value in values.items() if name != "kernel")
    return item.path, item.originalname, *others


def on_kernel(items: list[pytest.Item], kernel: str) -> list[pytest.Item]:
    """The tests that run on a kernel."""
    return [
        item
        for item in items
        if getattr(item, "callspec", None) and item.callspec.params.get("kernel") == kernel
    ]


def repeated(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests on the stock kernel that run on the debug kernel, too."""
    debug = on_kernel(items, "debug") if is_built("debug") else []
    seen = set(map(without_kernel, debug))
    return [item for item in on_kernel(items, "stock") if without_kernel(item) in seen]


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.path.stem in PACKETS:
        item.add_marker(pytest.mark.xdist_group("packets"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--full", False):
        omit = repeated(items)
        config.hook.pytest_deselected(items=omit)
        items[:] = [item for item in items if item not in omit]
    for item in items:
        if "hosts" in getattr(item, "fixturenames", ()):
            item.add_marker(TRIED_AGAIN)
    items.sort(key=sort_key)


@contextmanager
def turn() -> Iterator[None]:
    """Wait while AT_ONCE other processes run a test with a virtual machine.

    More would only be slower together, and reach their time limits.
    """
    BUILD.mkdir(exist_ok=True)
    with ExitStack() as stack:
        locks = [stack.enter_context(open(BUILD / f"lab-{n}.lock", "w")) for n in range(AT_ONCE)]
        while not any(map(try_lock, locks)):
            time.sleep(0.1)
        yield


def try_lock(file: TextIO) -> bool:
    """Lock a file until it is closed, unless another process has locked it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    # pytest calls it for tests of other folders, too, and in a pytest that a test runs.
    with turn() if item.path.parent == HERE else nullcontext():
        yield


@pytest.fixture(scope="session")
def hosts(request: pytest.FixtureRequest) -> Iterator[Hosts]:
    logs = LOGS / time.strftime(f"%Y%m%d-%H%M%S-{os.getpid()}")
    machines = Hosts(logs, request.config.getoption("--full", False))
    yield machines
    machines.stop()


@pytest.fixture(autouse=True)
def oracle(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check the consoles after the test; stop what only this test used."""
    machines_of_tests = {"host", "icount_host", "boot_host"}
    if not machines_of_tests & set(request.fixturenames):
        yield
        return
    machines: Hosts = request.getfixturevalue("hosts")
    yield
    marker = request.node.get_closest_marker("expect_splat")
    used = list(machines.in_use)
    reports = machines.check(list(marker.args) if marker else [])
    if reports or request.node.stash.get(FAILED, False):
        # They may be in any state, for example with failure injection on.
        for host in used:
            machines.discard_shared(host)
    if reports:
        text = "\n\n".join(["the oracle found:", *reports])
        if any(has_lost_a_timer(report) for report in reports):
            raise MachineDied(text)
        raise AssertionError(text)


@pytest.fixture
def host(hosts: Hosts, kernel: str, oracle: None, request: pytest.FixtureRequest) -> HostVM:
    """The shared host VM. A test leaves it as it was: modules unloaded, guests stopped."""
    parallel = is_parallel(request.node)
    return hosts.shared(kernel, "parallel" if parallel else "shared", parallel=parallel)


@pytest.fixture
def icount_host(hosts: Hosts, kernel: str, oracle: None) -> HostVM:
    """The shared host VM for measurements: its time is counted in instructions."""
    return hosts.shared(kernel, "icount", icount=True)


@pytest.fixture
def boot_host(
    hosts: Hosts, kernel: str, oracle: None, request: pytest.FixtureRequest
) -> Iterator[Callable[..., HostVM]]:
    """A function that boots host VMs for this test alone: boot_host(nics=2)."""
    label = re.sub(r"\W+", "-", request.node.originalname)
    booted = []

    def boot(**options: object) -> HostVM:
        options = {"parallel": is_parallel(request.node), **options}
        booted.append(hosts.boot(kernel, label, **options))
        return booted[-1]

    yield boot
    for machine in booted:
        machine.stop()


@pytest.fixture
def fresh_host(boot_host: Callable[..., HostVM]) -> HostVM:
    """A host VM that only this test uses."""
    return boot_host()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Record a failure, and whether a machine has died without a message, see TRIED_AGAIN."""
    outcome = yield
    if call.when == "setup":
        item.config.machine_died = item.stash[FAILED] = False
    if not outcome.get_result().failed:
        return
    item.stash[FAILED] = True
    machines = getattr(item, "funcargs", {}).get("hosts")
    if not machines or machines.has_splat():
        return
    if call.excinfo.errisinstance(MachineDied) or machines.have_lost_a_timer():
        item.config.machine_died = True


@pytest.fixture
def drivers(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Our drivers; with --full, also the kernel's own."""
    return request.param


def ready(host: HostVM, drivers: tuple[str, str]) -> Fabric:
    """PF and two VFs of a host VM, up."""
    found = FABRICS.get(host)
    if found is None or (found.pf_driver, found.vf_driver) != drivers:
        FABRICS[host] = found = Fabric(host, pf=drivers[0], vf=drivers[1])
    return found


@pytest.fixture
def fabric(host: HostVM) -> Fabric:
    """Our drivers in the shared host VM."""
    return ready(host, OURS)


@pytest.fixture
def raw_vf(fabric: Fabric) -> Iterator[Fabric]:
    """VF 0 without a driver; after the test its driver must work."""
    fabric.unbind_vf(0)
    yield fabric
    fabric.bind_vf(0)
    fabric.ping("v0", vf_ip(1))


@pytest.fixture
def pair(host: HostVM, drivers: tuple[str, str]) -> Fabric:
    """Each pair of drivers in the shared host VM."""
    return ready(host, drivers)


@pytest.fixture
def measured(icount_host: HostVM, drivers: tuple[str, str]) -> Fabric:
    """Each pair of drivers in the host VM for measurements."""
    return ready(icount_host, drivers)


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether attacks run at full length."""
    # An option of tests/conftest.py, which a run of pytester does not load
    return request.config.getoption("--full", False)


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
