# SPDX-License-Identifier: GPL-2.0-only
"""The two queue pairs of a VF: how they are assigned, that both work, and that they are cleared.

Receiving on the second one is untested: QEMU never spreads the frames of a pool (RSS in IOV mode),
so only the registers for this are checked.
"""
import json
from collections.abc import Callable, Iterator

import pytest
from lab.fabric import PF_IP, Fabric, vf_ip
from lab.errors import CommandFailed
from mbx import (
    ACK,
    BLOCK_QUEUES,
    CTS,
    GET_RSS,
    NACK,
    PATH_VF,
    READ_BLOCK,
    RESET,
    SET_DATAPATH,
    SET_QUEUES,
    ST_NOTSUPP,
    block,
    negotiate,
    send_raw,
    tid,
)
from lab.regs82576 import (
    IVAR,
    MRQC,
    MRQC_MODE,
    MRQC_MODE_VMDQ_RSS,
    RETA,
    RETA_WORDS,
    RXQ,
    TDBAL,
    TDLEN,
    TXDCTL,
    TXQ,
    register_range,
)
from vf_queues import (
    PINGS,
    channels,
    check_both_send,
    pf_queue_pairs,
    reset,
    set_channels,
    uses_rss,
)

MRQC_FIELDS = 0x1FF << 16  # the packet fields that are hashed
SECOND = 8  # the second queue pair of VF 0


def check_queue_pairs(fabric: Fabric, count: int) -> None:
    """VF 0 uses this number of queue pairs, as both ends and the device show."""
    assert channels(fabric) == (2, count)
    assert pf_queue_pairs(fabric) == (count, count)
    assert uses_rss(fabric) == (count == 2)


@pytest.fixture
def two(fabric: Fabric) -> Iterator[Fabric]:
    """VF 0 with two queue pairs, before and after."""
    assert channels(fabric) == (2, 2)
    yield fabric
    set_channels(fabric, 2)


@pytest.mark.full(kernel="debug")
def test_a_queue_pair_for_each_processor(two: Fabric) -> None:
    """Two by default on two processors, which is the maximum; one if the user sets it.

    The mode of the port and its table do not depend on the requests of VFs.
    """
    check_queue_pairs(two, 2)
    before = two.registers()
    assert before[MRQC] & MRQC_MODE == MRQC_MODE_VMDQ_RSS and before[MRQC] & MRQC_FIELDS
    # Odd buckets refer to the queue pool + 8, even ones to the pool's first queue.
    table = register_range(RETA, RETA_WORDS)
    assert {before[word] for word in table} == {0x08000800}
    # QEMU ignores the VF's vector for the second queue pair; the VF's vector 1 is the device's 23.
    assert before[IVAR(0)] >> 16 == 0x9797
    set_channels(two, 1)
    check_queue_pairs(two, 1)
    after = two.registers()
    assert [after[word] for word in (MRQC, *table)] == [before[word] for word in (MRQC, *table)]
    two.ping("v0", vf_ip(1))
    set_channels(two, 2)
    with pytest.raises(CommandFailed, match="exceeds maximum"):
        set_channels(two, 3)
    check_queue_pairs(two, 2)


@pytest.mark.full(kernel="debug")
def test_both_queue_pairs_work(two: Fabric, note: Callable[[str], None]) -> None:
    """Flows of two processors leave by two queues, and the vector of each queue interrupts."""
    grown = check_both_send(two)
    note(
        f"of {grown['rx0_packets'] + grown['rx1_packets']} frames {grown['rx1_packets']} came by"
        " the second queue: QEMU does not spread them, RSS of a pool is untested"
    )
    assert grown["rx0_packets"] + grown["rx1_packets"] >= 2 * PINGS


@pytest.mark.full(kernel="debug")
def test_events_while_both_run(two: Fabric) -> None:
    """The mailbox, which shares the second vector in QEMU, works under traffic, without delay."""
    flood = two.host.netns("v0").spawn(f"taskset -c 1 ping -q -i 0.001 -w 60 {PF_IP} > /dev/null")
    try:
        for state, up in (("disable", False), ("auto", True)) * 3:
            two.host.run(f"ip link set pf0 vf 0 state {state}")
            # less than the two seconds of its poll without interrupts
            two.wait_carrier("v0", "vf0", up, timeout=1)
    finally:
        flood.kill()
    two.ping("v0", PF_IP)


def test_number_changes_under_traffic(two: Fabric) -> None:
    """One and two alternately while four streams run: they continue, and no queue stays stopped."""
    two.host.run("ip netns exec v1 iperf3 -s -1 -D -p 5306; sleep 0.3")
    changes, seconds = (3, 2) if two.host.kernel.name == "stock" else (1, 5)
    command = f"iperf3 -J -p 5306 -c {vf_ip(1)} -P 4 -t {seconds}"
    streams = two.host.netns("v0").spawn(command)
    for count in (1, 2) * changes:
        set_channels(two, count)
        assert channels(two) == (2, count)
    result = json.loads(streams.wait(60).out)
    assert "error" not in result, result["error"]
    for stream in result["end"]["streams"]:
        assert stream["receiver"]["bytes"] > 1 << 16, stream
    check_both_send(two)


@pytest.mark.full(kernel="debug")
@pytest.mark.full(whose="pf")
@pytest.mark.parametrize("whose", ["pf", "vf"])
def test_number_survives_resets(two: Fabric, whose: str) -> None:
    """The VF repeats the user's request; the second queue pair works again.

    test_reset.py checks the same after a reset of the PF.
    """
    set_channels(two, 1)
    reset(two, whose)
    check_queue_pairs(two, 1)
    set_channels(two, 2)
    reset(two, whose)
    check_queue_pairs(two, 2)
    check_both_send(two)


@pytest.mark.full(kernel="debug")
def test_number_survives_close(two: Fabric) -> None:
    """A closed interface has no queue; a request made then takes effect when it opens."""
    set_channels(two, 1)
    two.run("v0", "ip link set vf0 down")
    assert not uses_rss(two)
    set_channels(two, 2)
    assert not uses_rss(two)
    two.run("v0", "ip link set vf0 up && ip address replace fd82::10/64 dev vf0 nodad")
    two.wait_carrier("v0", "vf0")
    check_queue_pairs(two, 2)
    check_both_send(two)


@pytest.mark.full(kernel="debug")
def test_nothing_is_left(two: Fabric) -> None:
    """The next owner, with one queue pair, finds the second one disabled and without addresses."""
    rx, tx = RXQ(SECOND), TXQ(SECOND)
    second = [*range(rx, RXQ(SECOND + 1), 4), *range(tx, TXQ(SECOND + 1), 4)]
    used = two.registers()
    assert used[tx + TDBAL] and used[tx + TDLEN] and used[tx + TXDCTL]
    two.unbind_vf(0)
    try:
        found = two.registers()
        left = {hex(offset): found[offset] for offset in second if offset in found}
        send_raw(two, 0, ["reset", [RESET]])
        legacy = uses_rss(two)
        assert pf_queue_pairs(two) == (0, 1)
    finally:
        two.bind_vf(0)
    assert len(left) > 10 and not any(left.values()), left
    assert not legacy


@pytest.mark.full()
def test_assigned_by_hand(two: Fabric) -> None:
    """The reply has the number assigned; a VF cannot learn how frames are spread."""
    two.unbind_vf(0)
    try:
        steps = ["reset", [RESET], negotiate(), [tid(3) | SET_QUEUES, 9]]
        steps += [[tid(4) | READ_BLOCK, block(BLOCK_QUEUES, 4), 0], [tid(5) | GET_RSS]]
        _, _, agreed, assigned, queues, refused = send_raw(two, 0, steps)
        assert not uses_rss(two), "spread although it has no frames"
        send_raw(two, 0, [[tid(6) | SET_DATAPATH, PATH_VF, agreed[4]]])
        assert uses_rss(two)
    finally:
        two.bind_vf(0)
    assert assigned == [ACK | CTS | tid(3) | SET_QUEUES, 2, 2, 3] + [0] * 12
    assert queues[3:7] == [9, 2, 2, 3]
    assert refused[0] == NACK | CTS | tid(5) | GET_RSS and refused[1] == ST_NOTSUPP
    assert not any(refused[2:])
