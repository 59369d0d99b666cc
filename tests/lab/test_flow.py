# SPDX-License-Identifier: GPL-2.0-only
"""What lab.flow computes from two logs: counts, and times net of a sender's pauses."""
from dataclasses import replace

import pytest
from lab.flow import Log, OneWay, clock_offset, one_way, stall, stood_still

SENT = [float(ms) for ms in range(1000)]
ALL = [(n, at + 2) for n, at in enumerate(SENT, 1)]


def received(sent: list[float], got: list[tuple[int, float]]) -> OneWay:
    return one_way(Log(sent=sent), Log(got=got), 0, 1e6, 1.0)


def test_all_arrive() -> None:
    assert received(SENT, ALL) == OneWay(1000, 0, 0, 0, 1.0)


def test_some_are_lost() -> None:
    """A silence is the time without any datagram."""
    assert received(SENT, ALL[:400] + ALL[500:]) == OneWay(1000, 100, 0, 0, 101.0)


def test_the_last_are_lost() -> None:
    assert received(SENT, ALL[:400]) == OneWay(1000, 600, 0, 0, 600.0)


def test_nothing_arrives() -> None:
    assert received(SENT, []) == OneWay(1000, 1000, 0, 0, 1000.0)


def test_sender_pauses() -> None:
    """A pause of the sender's alone is no silence; what is lost beside it is."""
    sent = [at + (300 if n > 500 else 0) for n, at in enumerate(SENT, 1)]
    got = [(n, at + 2) for n, at in enumerate(sent, 1)]
    assert received(sent, got) == OneWay(1000, 0, 0, 0, 1.0)
    assert received(sent, got[:490] + got[520:]) == OneWay(1000, 30, 0, 0, 31.0)


def test_twice_and_late() -> None:
    """Repeated and overtaken datagrams."""
    got = [(3, 5.0), (1, 6.0), (2, 7.0), (3, 8.0), (4, 9.0)]
    assert received(SENT[:4], got) == OneWay(4, 0, 1, 2, 4.0)


def test_window() -> None:
    """Only what was sent between two times counts."""
    way = one_way(Log(sent=SENT), Log(got=ALL[:400] + ALL[500:]), 450, 700, 1.0)
    assert (way.sent, way.lost) == (250, 50)


def test_clocks() -> None:
    """Two clocks are compared by the quickest datagram of each direction."""
    here = Log(sent=SENT, got=[(n, at + 1) for n, at in ALL])
    there = Log(sent=SENT, got=ALL).shifted(-5000)
    assert clock_offset(replace(here, got=ALL), there) == pytest.approx(5000, abs=2)


def test_tcp_stall() -> None:
    """A stall is net of the writer's pause and of the reader's."""
    writes = [(512 * n, 8.0 * n) for n in range(1, 100)]
    reads = [(total, at + (200 if total > 512 * 50 else 1)) for total, at in writes]
    writer, reader = Log(tcp_sent=writes), Log(tcp_got=reads)
    assert stall(writer, reader, 0, 1e6) == pytest.approx(207)
    paused = replace(reader, pauses=[(450.0, 100.0)])
    assert stall(writer, paused, 0, 1e6) == pytest.approx(107)
    late = [(total, at + (199 if total > 512 * 50 else 0)) for total, at in writes]
    assert stall(Log(tcp_sent=late), reader, 0, 1e6) == pytest.approx(8)


def test_standstill() -> None:
    """Of a machine's pause, what the machine around it did not pause."""
    guest, host = Log(pauses=[(100.0, 500.0)]), Log(pauses=[(150.0, 100.0)])
    assert stood_still(guest, host, 0, 1e6) == 400


def test_log_is_parsed() -> None:
    """The output of flow.c."""
    text = "ready\nepoch 5000000\nsent 0 1000! 2000\ngot 1:10 2:20\ntcp-sent 512:1\ntcp-got\n"
    log = Log.parse(text + "pause 100:50\ntcp closed Connection reset by peer\n")
    assert log.sent == [5, 6, 7] and log.refused == {2}
    assert log.got == [(1, 5.01), (2, 5.02)] and log.pauses == [(5.1, 0.05)]
    assert log.tcp == "closed Connection reset by peer"
