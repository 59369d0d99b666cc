# SPDX-License-Identifier: GPL-2.0-only
"""The picture that `make demo` draws."""
from xml.etree import ElementTree

import pytest
from lab.chart import Mark, draw, rates, ticks


def test_rates() -> None:
    """Bytes in steps of time; what came before the beginning does not count."""
    totals = [(1000, 5.0), (2000, 15.0), (126_000, 115.0), (251_000, 225.0)]
    assert rates(totals, 10, 310, 100) == [
        (0.05, pytest.approx(0.08)),
        (0.15, pytest.approx(9.92)),
        (0.25, pytest.approx(10.0)),
    ]


@pytest.mark.parametrize(
    "highest, expected",
    [(0, [0, 1]), (4, [0, 1, 2, 3, 4]), (16, [0, 5, 10, 15, 20]), (317, [0, 100, 200, 300, 400])],
)
def test_scale(highest: float, expected: list[float]) -> None:
    assert ticks(highest) == expected


def test_picture() -> None:
    """It is well-formed, has a point for each rate, and names the events."""
    marks = [Mark(0, "begin", "vf"), Mark(1, "off & on", "soft"), Mark(2, "on", "vf")]
    root = ElementTree.fromstring(draw("title", [(0.5, 300), (1.5, 0), (2.5, 200)], marks))
    texts = [element.text for element in root.iter() if element.text]
    assert {"title", "VF", "off & on → software", "on → VF"} <= set(texts)
    (line,) = (e for e in root.iter() if e.get("class") == "rate")
    assert line.get("points") == "244.0,76.0 592.0,350.0 940.0,167.3"
