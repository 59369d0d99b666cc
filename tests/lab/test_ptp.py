# SPDX-License-Identifier: GPL-2.0-only
"""The PF's clock, and time stamps of packets."""
import json
from typing import Any

import pytest

from lab.fabric import WIRE_IP, Fabric
from lab.regs82576 import TIMINCA, TSYNCTXCTL, TSYNCTXCTL_EN

pytestmark = pytest.mark.kernels("stock")

ONE_EACH_PERIOD = 1 << 24 | 1
MS = 10**6


def ask(fabric: Fabric, *words: str) -> Any:
    """Run ptp_probe; return its result."""
    return json.loads(fabric.python("ptp_probe.py", "pf0", *words))


def test_rate(fabric: Fabric) -> None:
    """The clock runs at the rate of the system's, and 10 % faster or slower when set so."""
    rates = ask(fabric, "rates")
    nominal = rates["0"]
    assert abs(nominal) < 0.002, rates
    assert rates["100000"] - nominal == pytest.approx(0.1, rel=0.02)
    assert rates["-100000"] - nominal == pytest.approx(-0.1, rel=0.02)


def test_steps(fabric: Fabric) -> None:
    """The time is set and shifted; the system's times around a reading agree with it."""
    found = ask(fabric, "steps")
    assert abs(found["forward"]) < 20 * MS and abs(found["back"]) < 20 * MS, found
    assert 0 <= found["set"] < 20 * MS, found
    last = 0
    for before, clock, after in found["samples"]:
        assert last <= before <= after and 0 < clock - 10**15 < 10**9, found
        last = after


def test_reset_keeps_the_time(fabric: Fabric) -> None:
    """A reset does not change the time."""
    ask(fabric, "steps")  # far from the initial time
    before = ask(fabric, "offset")["ns"]
    fabric.reset_pf()
    assert fabric.host.reg(TIMINCA) == ONE_EACH_PERIOD
    assert abs(ask(fabric, "offset")["ns"] - before) < 20 * MS


def test_ethtool_knows(fabric: Fabric) -> None:
    """ethtool -T shows the clock and the packets that can be stamped."""
    text = fabric.run("", "ethtool -T pf0").out
    for word in ("hardware-transmit", "hardware-receive", "ptpv2-l2-sync"):
        assert word in text, text
    assert "PTP Hardware Clock: none" not in text, text
    assert "PTP Hardware Clock: none" in fabric.run("v0", "ethtool -T vf0").out


def test_transmit_stamps(fabric: Fabric) -> None:
    """A packet's time stamp is between readings of the clock; of many at once, each is counted."""
    for reset_before in (False, True):
        if reset_before:
            # The setting is in the device afterwards, too.
            fabric.reset_pf()
            assert fabric.host.reg(TSYNCTXCTL) & TSYNCTXCTL_EN
        found = ask(fabric, "send", WIRE_IP)
        assert found["off"] == [0, 0, 0, 0] and not found["unwanted"], found
        assert found["on"] == [0, 0, 1, 0] and found["refused"][0] < 0, found
        assert found["refused"][1:] == found["on"][1:], found
        for before, stamp, after in found["found"]:
            assert stamp and before <= stamp <= after, found
        pkts, lost, skipped = (
            new - old for new, old in zip(found["counters"], found["single"], strict=True)
        )
        assert pkts == found["burst"] > 0 and not lost and pkts + skipped == 50, found


def test_receive_stamps(fabric: Fabric) -> None:
    """The device stamps the PTP messages that the filter selects, each time."""
    found = ask(fabric, "receive", fabric.vf_mac(0))
    for wanted, name in ((None, "0"), (0, "10"), (1, "11")):
        assert [kind for kind, *_ in found[name]] == [0, 1] * 3, found
        for kind, before, stamp, after in found[name]:
            assert before <= stamp <= after if kind == wanted else not stamp, found
    # The device keeps the time stamp of a VF's frame until the PF discards it.
    assert not found["after a VF's"][0] and found["after a VF's"][1], found


@pytest.mark.full()
def test_removal_under_use(fabric: Fabric) -> None:
    """Removing VFs does not change the time; the device is removed while its clock is open."""
    before = ask(fabric, "offset")["ns"]
    fabric.remove_vfs()
    assert abs(ask(fabric, "offset")["ns"] - before) < 20 * MS
    assert ask(fabric, "unbind", fabric.pf_pci) == {"errno": "ENODEV"}
    fabric.unload()
    fabric.load()
    fabric.set_vfs(2)
    assert ask(fabric, "offset")
