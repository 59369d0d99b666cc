# SPDX-License-Identifier: GPL-2.0-only
"""Which process runs a test; at the end notes, and the numbers of passed and failed tests."""

import os
import time

import pytest

NO_TIME = "no time left"
NOTE = "note"
LOW = 10  # the priority of what needs no real time, as for nice(1)


def pytest_addoption(parser):
    parser.addoption(
        "--minutes",
        type=float,
        help="start no test after so many minutes; a run that leaves out most of them fails",
    )
    parser.addoption(
        "--full",
        action="store_true",
        help="every test on each of its kernels; attacks at full length; the kernel's own pair",
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group(name): run one after the other")
    config.addinivalue_line("markers", "full(name=value, ...): these parameters only with --full")
    minutes = config.getoption("--minutes")
    config.end = time.monotonic() + 60 * minutes if minutes is not None else float("inf")


@pytest.fixture
def note(request):
    """A function that records a text, for example a figure, for the list at the end of the run."""

    def record(text):
        request.node.user_properties.append((NOTE, text))

    return record


def pytest_terminal_summary(terminalreporter):
    lines = [
        f"{report.nodeid.split('::')[-1]}: {text}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, text in report.user_properties
        if name == NOTE
    ]
    if lines:
        terminalreporter.section("notes")
        for line in sorted(lines):
            terminalreporter.write_line(line)


def uses_a_machine(item):
    """Whether it may run virtual machines."""
    return item.path.parent.name == "lab"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if time.monotonic() > item.config.end:
        pytest.skip(NO_TIME)
    # Compilers use the processors while virtual machines wait. Only root may raise a priority.
    if os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, 0 if uses_a_machine(item) else LOW)


def needs_full(item):
    """Whether a test, with these parameters, runs only with --full."""
    values = item.callspec.params if hasattr(item, "callspec") else {}
    return any(
        all(values.get(name) == value for name, value in marker.kwargs.items())
        for marker in item.iter_markers("full")
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Tests that share what they boot run in one process, and those without machines in another."""
    if not config.getoption("--full"):
        omit = set(filter(needs_full, items))
        config.hook.pytest_deselected(items=list(omit))
        items[:] = [item for item in items if item not in omit]
    for item in items:
        group = "lab" if uses_a_machine(item) else "programs"
        marker = item.get_closest_marker("xdist_group")
        if "[debug" in item.name:
            group = "debug"
        elif marker:
            group = marker.args[0]
        item.add_marker(pytest.mark.xdist_group(group), append=False)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    """Runs after pytest's own reporter, and so after its last line."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not reporter:
        return  # one of several processes; only the first one prints

    def count(*outcomes):
        return sum(len(reporter.stats.get(outcome, [])) for outcome in outcomes)

    passed = count("passed")
    failed = count("failed", "error", "xpassed")
    left_out = sum(NO_TIME in str(report.longrepr) for report in reporter.stats.get("skipped", []))
    skipped = count("skipped", "xfailed") - left_out
    line = f"{passed} passed, {failed} failed, {skipped} skipped"
    if left_out:
        line += f", {left_out} NOT RUN: {NO_TIME}"
    reporter.write_line(line)
    if left_out > 2 * passed:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
