# SPDX-License-Identifier: GPL-2.0-only
"""The closing line of every run: how many passed, failed and were skipped."""

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group(name): run one after the other")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests of a directory share what they build or boot: one process runs them all."""
    for item in items:
        group = item.path.parent.name
        marker = item.get_closest_marker("xdist_group")
        if "[debug" in item.name:
            group = "debug"
        elif marker:
            group = marker.args[0]
        item.add_marker(pytest.mark.xdist_group(group), append=False)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    """Runs around pytest's own reporter, hence after its last line."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not reporter:
        return  # one of several processes; the first one counts

    def count(*outcomes):
        return sum(len(reporter.stats.get(outcome, [])) for outcome in outcomes)

    passed = count("passed")
    failed = count("failed", "error", "xpassed")
    skipped = count("skipped", "xfailed")
    reporter.write_line(f"{passed} passed, {failed} failed, {skipped} skipped")
