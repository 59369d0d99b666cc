# SPDX-License-Identifier: GPL-2.0-only
"""The figures of the drivers, printed at the end of the run, do not rise."""

import figures
import pytest
import repository


@pytest.mark.parametrize("name", figures.CEILINGS)
def test_figure(name, note):
    found = figures.figures(repository.sources())[name]
    ceiling, target = figures.CEILINGS[name], figures.TARGETS[name]
    note(f"{found} {name}, at most {ceiling}, target {target}")
    assert found <= ceiling, f"{found} {name}: more than {ceiling}, see figures.py"


def test_what_is_counted():
    sources = {
        "pf/a.c": "int a;\nEXPORT_SYMBOL_GPL(iov_a);\n",
        "pf/policy/b.h": "int b;\n",
        "pf/vfio/d.c": "int d;\n",
        "pf/freeze.c": "EXPORT_SYMBOL_GPL(iov_c);\n",
        "tests/c.c": "int c;\n",
    }
    assert figures.figures(sources) == {
        "lines": 3,
        "exported functions": 1,
        "lines for migration": 2,
        "functions exported for iovnic_vfio": 1,
    }
