# SPDX-License-Identifier: GPL-2.0-only
"""Queues in the kernel's netdev family: NAPI, interrupt, counters."""
import pytest

from lab.fabric import PF_IP, WIRE_IP, Fabric, vf_ns

pytestmark = pytest.mark.kernels("stock")

QUEUE_ID, QUEUE_TYPE, QUEUE_NAPI = 1, 3, 4
NAPI_ID, NAPI_IRQ = 2, 3
RX, TX = 0, 1
RX_PACKETS, RX_BYTES, TX_PACKETS, TX_BYTES = 8, 9, 10, 11
PINGS = 50


@pytest.mark.parametrize(
    "ns, dev, peer, pairs", [("", "pf0", WIRE_IP, 1), (vf_ns(0), "vf0", PF_IP, 2)]
)
def test_queues_and_counters(fabric: Fabric, ns: str, dev: str, peer: str, pairs: int) -> None:
    """Each queue names its NAPI, each NAPI its interrupt, and the counters match the traffic."""
    before = fabric.queue_info(ns, dev)["total"][0]
    fabric.run(ns, f"ping -q -i 0.01 -c {PINGS} -s 1000 {peer}")
    told = fabric.queue_info(ns, dev)

    napis = {napi[NAPI_ID]: napi[NAPI_IRQ] for napi in told["napis"]}
    names = fabric.host.read("/proc/interrupts")
    for queue in told["queues"]:
        wanted = f"{dev}-TxRx-{queue[QUEUE_ID]}"
        (line,) = [line for line in names.splitlines() if line.endswith(wanted)]
        assert int(line.split(":")[0]) == napis[queue[QUEUE_NAPI]]
    found = {(queue[QUEUE_ID], queue[QUEUE_TYPE]) for queue in told["queues"]}
    assert found == {(pair, kind) for pair in range(pairs) for kind in (RX, TX)}

    (after,) = told["total"]
    for packets, size in ((RX_PACKETS, RX_BYTES), (TX_PACKETS, TX_BYTES)):
        assert PINGS <= after[packets] - before[packets] < 2 * PINGS
        assert after[size] - before[size] >= PINGS * 1042


def test_counters_outlive_queues(fabric: Fabric) -> None:
    """With fewer queues than before the interface's counters are the same."""
    fabric.remove_vfs()
    fabric.run("", "ethtool -L pf0 combined 2")
    fabric.wait_carrier("", "pf0")
    fabric.run("", f"ping -q -i 0.01 -c {PINGS} {WIRE_IP}")
    with_two = fabric.queue_info("", "pf0")
    fabric.run("", "ethtool -L pf0 combined 1")
    with_one = fabric.queue_info("", "pf0")
    fabric.run("", "ethtool -L pf0 combined 2")
    fabric.set_vfs(2)
    assert len(with_two["qstats"]) == 2 * len(with_one["qstats"]) == 4
    assert with_one["total"][0][TX_PACKETS] >= with_two["total"][0][TX_PACKETS]
