# SPDX-License-Identifier: GPL-2.0-only
"""The datasheet checker: it finds planted errors, and drivers that work on cards pass."""
import pytest
from conftest import Hosts
from datasheet import (
    CTRL, DCTL, DTXCTL, EECD, EEMNGCTL, EERD, EICR, EIMC, GPIE, HEAD, ICR, IMC, IMS, IVAR, LENGTH,
    MDIC, MRQC, P2V, QDE, RCTL, RULES, RXQ, SRRCTL, STATUS, SW_FW_SYNC, SWSM, TAIL, TCTL,
    TXQ, V2P, VMBMEM, VT_CTL, Checker,
)  # fmt: skip
from lab.fabric import Fabric, vf_ip
from lab import HostVM
from lab.topology import STOCK

Step = tuple[str, int, int] | tuple[str, int, int, float]
MS = 0.001
RST = 1 << 26 | 1 << 2
RXCSUM, RFCTL, RPLOLR = 0x5000, 0x5008, 0x5AF0
QUEUE, ON = RXQ + 0x40, 0x02010808


def w(offset: int, value: int, after: float = 1e-5) -> Step:
    """A write."""
    return "write", offset, value, after


def r(offset: int, value: int, after: float = 1e-5) -> Step:
    """A read."""
    return "read", offset, value, after


SEMAPHORE = [r(SWSM, 0), w(SWSM, 3), r(SWSM, 3)]
TAKE_PHY = [*SEMAPHORE, r(SW_FW_SYNC, 0), w(SW_FW_SYNC, 2), r(SWSM, 3), w(SWSM, 0)]
GIVE_PHY = [*SEMAPHORE, r(SW_FW_SYNC, 2), w(SW_FW_SYNC, 0), r(SWSM, 3), w(SWSM, 0)]
TAKE_NVM = [*SEMAPHORE, r(SW_FW_SYNC, 0), w(SW_FW_SYNC, 1), r(SWSM, 3), w(SWSM, 0)]
QUIET = [w(CTRL, 4), r(STATUS, 0), w(IMC, 0xFFFFFFFF), w(RCTL, 0), w(TCTL, 0)]
RESET = [*QUIET, w(CTRL, RST), r(EECD, 0x200, 2 * MS), r(EEMNGCTL, 0x40000)]
MODE = [w(GPIE, 0xC0000011), w(IVAR, 0x8081)]
SET_UP = [*RESET, *MODE, w(MRQC, 2), w(QDE, 0), w(DTXCTL, 0x4C), w(TCTL, 2), w(RCTL, 2)]
RING = [w(QUEUE + DCTL, 0), w(QUEUE, 0x1000), w(QUEUE + LENGTH, 4096), w(QUEUE + SRRCTL, 0x2000004)]
READY = [*SET_UP, *RING, w(QUEUE + HEAD, 0), w(QUEUE + TAIL, 0), w(QUEUE + DCTL, ON)]
RUNNING = [*READY, r(QUEUE + DCTL, ON), w(QUEUE + TAIL, 255)]

GOOD = {
    "set up": SET_UP,
    "running": RUNNING,
    "stopped": [*RUNNING, w(QUEUE + DCTL, 0), r(QUEUE + DCTL, 0), w(QUEUE + HEAD, 0)],
    "reset again": [*RUNNING, *RESET],
    # The VF that uses the queue has not been notified of the reset.
    "reset under a VF": [*RUNNING, *QUIET, w(CTRL, RST), r(V2P, 0), w(QUEUE + TAIL, 3)],
    "without AUTO_RD": [
        *[*QUIET, w(CTRL, RST), r(EECD, 0, 2 * MS), *[r(EECD, 0)] * 10],
        *[*QUIET, w(CTRL, RST), r(CTRL, 0, 2 * MS), w(CTRL, 0x40)],
    ],
    "PHY": [*RESET, *TAKE_PHY, w(MDIC, 0x8000000), r(MDIC, 0), r(MDIC, 1 << 28), *GIVE_PHY],
    "NVM": [*RESET, *TAKE_NVM, w(EERD, 1), r(EERD, 0), r(EERD, 2), w(EERD, 5)],
    "firmware has its side": [
        *[*RESET, r(SWSM, 0), w(SWSM, 3), r(SWSM, 1)],
        *[r(SWSM, 1), w(SWSM, 3), r(SWSM, 1), r(SWSM, 1), w(SWSM, 3), r(SWSM, 3)],
        *[w(SW_FW_SYNC, 1), w(SWSM, 0)],
    ],
    "other hash fields": [*RUNNING, w(MRQC, 0x30002)],
    "mailbox": [w(P2V, 8), r(P2V, 8), w(VMBMEM, 1), w(P2V, 1), w(V2P, 4), r(V2P, 4), w(VMBMEM, 2)],
    "a vector of the PF": [*SET_UP, r(STATUS, 2 << 14), w(EIMC, 3)],
    "a VF was reset": [*RUNNING, ("vf", 1, 0), w(QUEUE, 0x2000)],
    "the machine was reset": [*RUNNING, ("power", 0, 0), w(QUEUE, 0x2000)],
}
# For each rule, accesses of which the last one breaks it
BAD: list[tuple[str, list[Step]]] = [
    ("size", [("write1", RCTL, 0)]),
    ("read-only", [("read-only", STATUS, 0)]),
    ("reserved", [w(RCTL, 1)]),
    ("reserved", [*MODE, w(IVAR, 0x40)]),
    ("length", [w(QUEUE + LENGTH, 4096 + 16)]),
    ("length", [w(QUEUE + LENGTH, 1 << 20)]),
    ("base", [w(QUEUE, 0x1040)]),
    ("head", [w(QUEUE + HEAD, 1)]),
    ("tail-range", [*RUNNING, w(QUEUE + TAIL, 256)]),
    ("descriptor-type", [w(QUEUE + SRRCTL, 4)]),
    ("descriptor-type", [w(QUEUE + SRRCTL, 0x2000000)]),
    ("write-back", [*SET_UP, *RING, w(QUEUE + DCTL, 0x02000808)]),
    ("queue-on", [*RUNNING, w(QUEUE, 0x2000)]),
    ("queue-on", [*RUNNING, w(QUEUE + LENGTH, 8192)]),
    ("queue-on", [*RUNNING, w(QUEUE + HEAD, 0)]),
    ("queue-on", [*RUNNING, w(QUEUE + SRRCTL, 0x2000002)]),
    # The first queue is on after a reset.
    ("queue-on", [*SET_UP, w(RXQ, 0x1000)]),
    ("queue-on", [*SET_UP, w(TXQ + LENGTH, 4096)]),
    ("no-ring", [*SET_UP, w(QUEUE + DCTL, ON)]),
    ("unit-first", [*RESET, *RING, w(QUEUE + DCTL, ON)]),
    ("tail-off", [*SET_UP, *RING, w(QUEUE + TAIL, 255)]),
    ("tail-off", [*RUNNING, w(QUEUE + DCTL, 0), w(QUEUE + TAIL, 7)]),
    ("tail-unread", [*READY, w(QUEUE + TAIL, 255)]),
    ("tail-unread", [*READY, r(QUEUE + DCTL, ON & ~(1 << 25)), w(QUEUE + TAIL, 255)]),
    ("frozen-rx", [*RUNNING, w(MRQC, 5)]),
    ("frozen-rx", [*RUNNING, w(QDE, 0xFFFF)]),
    ("frozen-rx", [*RUNNING, w(RPLOLR, 0xC0000000)]),
    ("frozen-rx", [*RUNNING, w(VT_CTL, 0x380)]),
    # RCTL was not written last.
    ("frozen-rx", [*RESET, w(RCTL, 2), w(MRQC, 2)]),
    ("set-up-rx", [*RUNNING, w(RFCTL, 1 << 16)]),
    ("set-up-rx", [*RUNNING, w(RXCSUM, 1 << 13)]),
    ("set-up-tx", [*RUNNING, w(DTXCTL, 0x44)]),
    ("master", [*QUIET, w(CTRL, 0), w(CTRL, 1 << 26)]),
    ("master", [w(CTRL, 4), r(STATUS, 1 << 19), *QUIET[2:], w(CTRL, RST)]),
    ("units-off", [*RUNNING, *QUIET[:3], w(CTRL, RST)]),
    ("interrupts-off", [*QUIET, w(IMS, 4), w(CTRL, RST)]),
    ("reset-spacing", [*QUIET, w(CTRL, RST), r(CTRL, 0)]),
    ("auto-read", [*QUIET, w(CTRL, RST), w(CTRL, 0x40, 2 * MS)]),
    ("phy-ready", [*RESET[:-1], *TAKE_PHY, w(MDIC, 0x8000000)]),
    ("mdic-busy", [*RESET, *TAKE_PHY, w(MDIC, 0x8000000), r(MDIC, 0), w(MDIC, 0x8000000)]),
    ("mdic-owner", [*RESET, w(MDIC, 0x8000000)]),
    ("mdic-owner", [*RESET, *TAKE_PHY, *GIVE_PHY, w(MDIC, 0x8000000)]),
    ("nvm-busy", [*RESET, *TAKE_NVM, w(EERD, 1), r(EERD, 0), w(EERD, 5)]),
    ("nvm-owner", [*RESET, w(EERD, 1)]),
    # Written once, then only polled
    ("swesmbi", [r(SWSM, 0), w(SWSM, 3), r(SWSM, 1), r(SWSM, 1), r(SWSM, 1)]),
    # Written, never read
    ("swesmbi", [r(SWSM, 0), w(SWSM, 3), w(SWSM, 3)]),
    ("sync-owner", [w(SW_FW_SYNC, 1)]),
    ("sync-owner", [r(SWSM, 0), w(SWSM, 3), r(SWSM, 1), w(SW_FW_SYNC, 1)]),
    ("sync-owner", [*SEMAPHORE, w(SWSM, 0), w(SW_FW_SYNC, 1)]),
    ("sync-kept", [*TAKE_PHY, r(ICR, 0, 10)]),
    ("eicr", [*SET_UP, r(EICR, 0)]),
    ("gpie-first", [*RESET, w(IVAR, 0x8081)]),
    ("own-vectors", [*SET_UP, r(STATUS, 2 << 14), w(EIMC, 1 << 20)]),
    ("mailbox", [w(VMBMEM, 1)]),
    ("mailbox", [w(P2V, 8), r(P2V, 4), w(VMBMEM, 1)]),
    ("mailbox", [w(P2V, 8), r(P2V, 8), w(P2V, 1), w(VMBMEM, 1)]),
    ("mailbox", [w(V2P, 4), r(V2P, 4), w(V2P, 1), w(VMBMEM, 1)]),
]


def trace(steps: list[Step]) -> bytes:
    """Accesses in the format of QEMU's trace."""
    lines, now = [], 1000.0
    for what, offset, value, *after in steps:
        now += after[0] if after else 1e-5
        size = 1 if what[-1] == "1" else 4
        event, verb = {
            "write": ("e1000e_core_write", "Write to"),
            "read": ("e1000e_core_read", "Read from"),
            "read-only": ("e1000e_wrn_regs_write_ro", "WARNING: Write to RO"),
            "vf": (f"igb_core_vf_reset VF{offset}", ""),
            "power": ("e1000e_cb_qdev_reset_hold", "E1000E qdev reset hold"),
        }[what.rstrip("1")]
        words = f" register {offset:#x}, {size} byte(s), value: {value:#x}"
        lines.append(f"17@{now:.6f}:{event} {verb}{'' if what in ('vf', 'power') else words}\n")
    return "".join(lines).encode()


def test_good_traces() -> None:
    for name, steps in GOOD.items():
        assert not Checker().feed(trace(steps)), name


@pytest.mark.parametrize("rule, steps", BAD, ids=[f"{n}-{bad[0]}" for n, bad in enumerate(BAD)])
def test_planted_mistake(rule: str, steps: list[Step]) -> None:
    """The last access breaks this rule and no other; the accesses before it break none."""
    checker = Checker()
    assert not checker.feed(trace(steps[:-1]))
    (report,) = Checker().feed(trace(steps))
    assert f"register rule {rule!r} (DS {RULES[rule].section}) broken" in report
    assert report.count("\n") >= min(len(steps), 12)
    # Strict rules do not apply to the kernel's own drivers.
    assert len(Checker(strict=False).feed(trace(steps))) == (not RULES[rule].strict)


def test_every_rule_is_tested() -> None:
    assert {rule for rule, _ in BAD} == RULES.keys()


def test_lines_come_in_pieces() -> None:
    """There is one report per rule and piece, whatever else is in the trace, wherever it is cut."""
    text = b"qemu: something\n" + trace([*RUNNING, w(MRQC, 5), w(QDE, 1)]) + b"17@1.5:e1000e_irq\n"
    whole = Checker().feed(text)
    assert len(whole) == 1
    for cut in range(0, len(text), 97):
        checker = Checker()
        assert checker.feed(text[:cut]) + checker.feed(text[cut:])
        assert checker.broken["frozen-rx"] == 2


@pytest.mark.kernels("stock")
@pytest.mark.xdist_group("peers")
def test_drivers_that_work_on_cards(bare_host: HostVM, hosts: Hosts) -> None:
    """igb and igbvf keep all rules but the strict ones, and break each of those."""
    hosts.registers.check(bare_host)
    checker = hosts.registers.checker(bare_host)
    before, broken = checker.accesses, checker.broken.copy()
    fabric = Fabric(bare_host, 2, pf=STOCK[0], vf=STOCK[1])
    fabric.ping("v0", vf_ip(1))
    fabric.ping("v1", "10.82.0.254")
    fabric.run("v0", "ip link set vf0 mtu 2000; ethtool -G vf0 rx 512")
    # igbvf resets its VF some time after a reset of the PF: wait, because a second reset of the PF
    # meanwhile would stop the units before the VF's queues start.
    fabric.run(
        "",
        "ip link set pf0 vf 0 vlan 5; ip link set pf0 mtu 4000; ip link set pf0 promisc on;"
        "sleep 4; ethtool -r pf0; ethtool pf0; ethtool -S pf0; ethtool -e pf0 length 16",
    )
    fabric.remove_vfs()
    fabric.run("", "ip link set pf0 down; ip link set pf0 up")
    fabric.unload()
    assert not hosts.registers.check(bare_host)
    assert checker.accesses - before > 5000
    strict = {name for name, rule in RULES.items() if rule.strict}
    assert {name for name, times in checker.broken.items() if times > broken[name]} == strict
