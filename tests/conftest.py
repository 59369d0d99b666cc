# SPDX-License-Identifier: GPL-2.0-only
"""The closing line of every run: how many passed, failed and were skipped."""

import pytest


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    """Runs around pytest's own reporter, hence after its last line."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")

    def count(*outcomes):
        return sum(len(reporter.stats.get(outcome, [])) for outcome in outcomes)

    passed = count("passed")
    failed = count("failed", "error", "xpassed")
    skipped = count("skipped", "xfailed")
    reporter.write_line(f"{passed} passed, {failed} failed, {skipped} skipped")
