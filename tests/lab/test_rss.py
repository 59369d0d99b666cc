# SPDX-License-Identifier: GPL-2.0-only
"""Receive side scaling of the PF: table, key and hash fields (ethtool -x, -X, -n, -N, -L)."""
import re
from collections.abc import Iterator

import pytest

from datagrams import PORTS, send_datagrams
from lab.fabric import PF_IP, WIRE_IP, Fabric
from lab.errors import CommandFailed
from lab.regs82576 import MRQC, RETA, RETA_WORDS, RSSRK

pytestmark = pytest.mark.kernels("stock")

ENTRIES = 128


@pytest.fixture
def alone(fabric: Fabric) -> Iterator[Fabric]:
    """The PF without VFs; a test's settings are undone afterwards."""
    fabric.remove_vfs()
    fabric.run("", "ethtool -X pf0 default", check=False)
    yield fabric
    fabric.run("", "ethtool -X pf0 default; ethtool -L pf0 combined 2", check=False)
    for proto in ("udp4", "udp6"):
        fabric.run("", f"ethtool -N pf0 rx-flow-hash {proto} sd")
    for proto in ("tcp4", "tcp6"):
        fabric.run("", f"ethtool -N pf0 rx-flow-hash {proto} sdfn")
    fabric.set_vfs(2)


def table(fabric: Fabric) -> list[int]:
    """The indirection table as ethtool shows it."""
    text = fabric.run("", "ethtool -x pf0").out
    rows = re.findall(r"^ *\d+:((?: +\d+)+)$", text, re.M)
    return [int(queue) for row in rows for queue in row.split()]


def key(fabric: Fabric) -> str:
    """The hash key."""
    found = re.search(r"^([0-9a-f:]{119})$", fabric.run("", "ethtool -x pf0").out, re.M)
    assert found
    return found[1]


def in_device(fabric: Fabric) -> list[int]:
    """The indirection table in the registers."""
    words = (fabric.host.reg(RETA(i)) for i in range(RETA_WORDS))
    return [queue for word in words for queue in word.to_bytes(4, "little")]


def fields(fabric: Fabric, proto: str) -> str:
    """The hashed fields: sd or sdfn."""
    text = fabric.run("", f"ethtool -n pf0 rx-flow-hash {proto}").out
    assert "IP SA" in text and "IP DA" in text, text
    return "sdfn" if "L4 bytes 0 & 1" in text and "L4 bytes 2 & 3" in text else "sd"


def arrivals(fabric: Fabric) -> list[int]:
    """The frames that each queue receives of UDP to many ports, from one address."""
    names = ("rx0_packets", "rx1_packets")
    before = fabric.stats("", "pf0")
    send_datagrams(fabric, "wire", PF_IP)
    after = fabric.stats("", "pf0")
    return [after[name] - before[name] for name in names]


def test_table_steers(alone: Fabric) -> None:
    """Frames go to the queues in the table, which survives reset, VFs and a rise of the queues."""
    assert table(alone) == [i % 2 for i in range(ENTRIES)] == in_device(alone)
    for queue in (1, 0):
        weights = "0 1" if queue else "1 0"
        alone.run("", f"ethtool -X pf0 weight {weights}")
        assert table(alone) == [queue] * ENTRIES == in_device(alone)
        alone.ping("wire", PF_IP)
        got = arrivals(alone)
        assert got[queue] >= PORTS and got[1 - queue] < PORTS // 4, got

    alone.run("", "ethtool -X pf0 weight 1 3")
    wanted = table(alone)
    assert wanted.count(1) == 3 * ENTRIES // 4
    alone.host.run(f"echo 1 > /sys/bus/pci/devices/{alone.pf_pci}/reset", timeout=20)
    alone.pf_up()
    assert table(alone) == wanted == in_device(alone)
    alone.set_vfs(1)
    assert set(table(alone)) == {0}
    alone.remove_vfs()
    assert table(alone) == wanted == in_device(alone)

    with pytest.raises(CommandFailed, match="too low for existing indirection table"):
        alone.run("", "ethtool -L pf0 combined 1")
    assert table(alone) == wanted == in_device(alone)
    alone.run("", "ethtool -X pf0 default")
    alone.run("", "ethtool -L pf0 combined 1")
    assert set(in_device(alone)) == {0}
    alone.ping("", WIRE_IP)
    with pytest.raises(CommandFailed):
        alone.run("", "ethtool -X pf0 weight 1 1")
    alone.run("", "ethtool -L pf0 combined 2")
    assert in_device(alone) == [i % 2 for i in range(ENTRIES)]


def test_key(alone: Fabric) -> None:
    """A key is set, shown, and in the device, also after a reset; another hash is refused."""
    wanted = ":".join(f"{7 * i & 0xFF:02x}" for i in range(40))
    alone.run("", f"ethtool -X pf0 hkey {wanted}")
    alone.host.run(f"echo 1 > /sys/bus/pci/devices/{alone.pf_pci}/reset", timeout=20)
    alone.pf_up()
    assert key(alone) == wanted
    assert alone.host.reg(RSSRK(1)) == int.from_bytes(bytes.fromhex("1c232a31"), "little")
    with pytest.raises(CommandFailed):
        alone.run("", "ethtool -X pf0 hfunc xor")
    assert key(alone) == wanted


def test_fields(alone: Fabric) -> None:
    """UDP ports are hashed if the user requests it; unsupported requests are refused."""
    assert [fields(alone, proto) for proto in ("tcp4", "udp4", "tcp6", "udp6", "sctp4")] == [
        *("sdfn", "sd", "sdfn", "sd", "sd")
    ]
    alone.run("wire", f"ping -c 1 {PF_IP}")
    assert min(arrivals(alone)) < PORTS // 4
    mrqc = alone.host.reg(MRQC)
    for proto in ("udp4", "udp6"):
        alone.run("", f"ethtool -N pf0 rx-flow-hash {proto} sdfn")
        assert fields(alone, proto) == "sdfn"
    assert alone.host.reg(MRQC) == mrqc | 1 << 22 | 1 << 23
    assert min(arrivals(alone)) >= PORTS // 4
    for proto in ("tcp4", "tcp6"):
        alone.run("", f"ethtool -N pf0 rx-flow-hash {proto} sd")
        assert fields(alone, proto) == "sd"
    wanted = alone.host.reg(MRQC)
    assert not wanted & (1 << 16 | 1 << 18 | 1 << 21)

    mark = alone.mark_log("hash fields")
    for wish in ("udp4 s", "tcp6 sdf", "sctp4 sdfn", "ah4 f"):
        # Before ethtool 6.10 the exit status is 0.
        answer = alone.run("", f"ethtool -N pf0 rx-flow-hash {wish} 2>&1", check=False).out
        assert "Invalid argument" in answer, (wish, answer)
    said = alone.dmesg_since(mark)
    assert "both addresses (sd) are hashed" in said
    assert "only TCP and UDP can be hashed by ports" in said
    assert alone.host.reg(MRQC) == wanted
    alone.host.run(f"echo 1 > /sys/bus/pci/devices/{alone.pf_pci}/reset", timeout=20)
    alone.pf_up()
    assert alone.host.reg(MRQC) == wanted


def test_with_vfs(fabric: Fabric) -> None:
    """While VFs exist the table cannot be changed, with a reason; the fields apply to VFs, too."""
    before = table(fabric)
    mark = fabric.mark_log("table with VFs")
    with pytest.raises(CommandFailed):
        fabric.run("", "ethtool -X pf0 equal 1")
    assert "the PF has one queue while VFs exist" in fabric.dmesg_since(mark)
    assert table(fabric) == before
    mrqc = fabric.host.reg(MRQC)
    fabric.run("", "ethtool -N pf0 rx-flow-hash udp4 sdfn")
    assert fabric.host.reg(MRQC) == mrqc | 1 << 22
    fabric.remove_vfs()
    assert fields(fabric, "udp4") == "sdfn"
    assert fabric.host.reg(MRQC) & 1 << 22
    fabric.run("", "ethtool -N pf0 rx-flow-hash udp4 sd")
    fabric.set_vfs(2)
