# SPDX-License-Identifier: GPL-2.0-only
"""The datasheet checker: rules for every access to the registers of an 82576.

QEMU accepts any value in any order. This checker compares QEMU's trace of all accesses with the
datasheet (DS). igb and igbvf are known to work on cards: a rule that they break cannot be right,
unless it is `strict`, which applies only to iovnic. Section numbers that Linux or QEMU quote are
the 82576's; the others are from datasheets of related devices.

Offsets and masks are defined here again, from the datasheet, and deliberately not taken from
common/regs.h: otherwise a wrong number there would also be wrong in its check.

Accesses by VFs appear at the PF's offsets. The trace does not tell the functions apart, except for
the registers that exist once for each VF.
"""
import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

# Trace events to record; the format needs QEMU's `-msg timestamp=on`.
EVENTS = (
    *("e1000e_core_write", "e1000e_core_read", "e1000e_wrn_regs_write_ro"),
    *("e1000e_cb_qdev_reset_hold", "igb_core_vf_reset"),
)
LINE = re.compile(
    rb"@(\d+\.\d+):(?:e1000e_core_(write|read)|(e1000e_wrn_regs_write_ro)|(e1000e_cb_qdev)"
    rb"|igb_core_vf_reset VF(\d+))"
    rb"(?:[^\n]*? register 0x(\w+), (\d) byte\(s\), value: 0x(\w+))?"
)
BEFORE = 12  # number of accesses that a report shows

CTRL, STATUS, EECD, EERD, CTRL_EXT, MDIC = 0x0, 0x8, 0x10, 0x14, 0x18, 0x20
ICR, IMS, IMC, RCTL, TCTL = 0xC0, 0xD0, 0xD8, 0x100, 0x400
VMBMEM, P2V, V2P, EEMNGCTL = 0x800, 0xC00, 0xC40, 0x1010
GPIE, EICS, EIMS, EIMC, EIAC, EICR = 0x1514, 0x1520, 0x1524, 0x1528, 0x152C, 0x1580
EITR, IVAR, IVAR_MISC, RXPBS, QDE = 0x1680, 0x1700, 0x1740, 0x2404, 0x2408
TXPBS, DTXSWC, DTXCTL, VMVIR = 0x3404, 0x3500, 0x3590, 0x3700
RXCSUM, RFCTL, RAL, RAL2, MRQC, VT_CTL, VMOLR, RPLOLR, SWSM, SW_FW_SYNC, VLVF = (
    *(0x5000, 0x5008, 0x5400, 0x54E0, 0x5818, 0x581C, 0x5AD0, 0x5AF0, 0x5B50, 0x5B5C, 0x5D00),
)
RXQ, TXQ = 0xC000, 0xE000
BASE_LOW, BASE_HIGH, LENGTH, HEAD, TAIL, DCTL = 0x00, 0x04, 0x08, 0x10, 0x18, 0x28
SRRCTL, TDWBAL, TDWBAH = 0x0C, 0x38, 0x3C

MASTER_DIS, RST, MASTER_EN = 1 << 2, 1 << 26, 1 << 19
ENABLE, RXEN, TXEN = 1 << 25, 1 << 1, 1 << 1
SMBI, SWESMBI = 1, 2
EEP, PHYS = 1, 6
CFG_DONE = 3 << 18
START, DONE, READY, AUTO_RD, MSIX_MODE = 1, 2, 1 << 28, 1 << 9, 1 << 4
PFU, VFU = 1 << 3, 1 << 2
QUEUES, POOLS, VECTORS = 16, 8, 25

# Bits that may be written as 1: those that are not reserved
MASKS = {
    RCTL: 0x04FCB3FE,
    MRQC: 0x01FF0007,
    VT_CTL: 0x70000380,
    DTXSWC: 0x80FFFFFF,
    GPIE: 0xC0000F91,
    IVAR_MISC: 0x00009F9F,
    **{IVAR + 4 * i: 0x9F9F9F9F for i in range(8)},
    **{EITR + 4 * i: 0xFFFFFFFC for i in range(VECTORS)},
    **{VMOLR + 4 * i: 0xDF033FFF for i in range(POOLS)},
    **{VMVIR + 4 * i: 0xC000FFFF for i in range(POOLS)},
    **{VLVF + 4 * i: 0x801FFFFF for i in range(32)},
    **{RAL + 8 * i + 4: 0x83FFFFFF for i in range(16)},
    **{RAL2 + 8 * i + 4: 0x83FFFFFF for i in range(8)},
    **{RXQ + 0x40 * q + SRRCTL: 0x8FF03F7F for q in range(QUEUES)},
    **{RXQ + 0x40 * q + DCTL: 0x061F1F1F for q in range(QUEUES)},
    **{TXQ + 0x40 * q + DCTL: 0x0E1F1F1F for q in range(QUEUES)},
}
# Registers, or fields of them, that must not change while a unit is on
FROZEN = {
    **{MRQC: ("frozen-rx", 0x7), VT_CTL: ("frozen-rx", 0x380), QDE: ("frozen-rx", 0xFFFF)},
    **{RPLOLR: ("frozen-rx", 0xC0000000), RXPBS: ("frozen-rx", 0x7F)},
    **{RFCTL: ("set-up-rx", 0xFFFFFFFF), RXCSUM: ("set-up-rx", 0xFFFFFFFF)},
    **{DTXCTL: ("set-up-tx", 0xFFFFFFFF), TXPBS: ("set-up-tx", 0x7F)},
}


class Rule(NamedTuple):
    """A rule: section and text, and whether drivers that work on cards break it."""

    section: str
    text: str
    strict: bool = False


RULES = {
    "size": Rule("3.1", "registers are accessed with 32 bits at multiples of 4"),
    "read-only": Rule("8.1", "registers that can only be read are not written"),
    "reserved": Rule("8.1", "reserved bits are written as 0"),
    "length": Rule("8.10.7, 8.12.10", "a ring's length is a multiple of 128 bytes below 1 MiB"),
    "base": Rule("8.10.5, 8.12.8", "a ring begins at a multiple of 128 bytes"),
    "head": Rule("8.10.8, 8.12.11", "software writes a head only as 0"),
    "tail-range": Rule("8.10.9, 8.12.12", "a tail is in its ring"),
    "descriptor-type": Rule("8.10.2", "SRRCTL has a valid buffer size and type"),
    "write-back": Rule("spec. update", "RXDCTL.WTHRESH is 1: others lose write-backs of VFs"),
    "queue-on": Rule("4.5.9", "base, length, head and SRRCTL change only while the queue is off"),
    "no-ring": Rule("4.5.9", "a queue is turned on after its ring was given a base and a length"),
    "unit-first": Rule("4.5.9, 4.5.10", "a queue is turned on after its unit (RCTL, TCTL)"),
    "tail-off": Rule("4.5.9, 4.5.10", "a tail moves only after ENABLE was written"),
    "tail-unread": Rule(
        "4.5.9, 4.5.10", "a tail moves only after ENABLE was read as 1", strict=True
    ),
    "frozen-rx": Rule("8.10", "it changes only while RCTL.RXEN is off"),
    "set-up-rx": Rule("4.5.9", "it is set up before RCTL.RXEN is on", strict=True),
    "set-up-tx": Rule("4.5.10", "it is set up before TCTL.EN is on", strict=True),
    "master": Rule("5.2.3", "the device has no pending requests when it is reset"),
    "units-off": Rule("4.5.3", "both units are off when the device is reset"),
    "interrupts-off": Rule("4.5.3", "interrupts are masked when the device is reset"),
    "reset-spacing": Rule("4.2.1.6.1", "no access for 1 ms after a reset", strict=True),
    "auto-read": Rule("4.5.3", "EECD.AUTO_RD is read after a reset, before any write"),
    "phy-ready": Rule("4.5.3", "EEMNGCTL.CFG_DONE is read after a reset, before the PHY"),
    "mdic-busy": Rule("8.2.4", "a PHY access begins after the previous one was READY"),
    "mdic-owner": Rule("4.6", "the PHY is accessed only by the owner of its bit in SW_FW_SYNC"),
    "nvm-busy": Rule("8.2.3", "an NVM read begins after the previous one was DONE"),
    "nvm-owner": Rule(
        "4.6", "the NVM is read only by the owner of its bit in SW_FW_SYNC", strict=True
    ),
    "swesmbi": Rule("4.6", "SWESMBI is written and read back in each try"),
    "sync-owner": Rule("4.6", "SW_FW_SYNC is written with SMBI and SWESMBI held"),
    "sync-kept": Rule("4.6", "a bit of SW_FW_SYNC is cleared within a second"),
    "eicr": Rule("8.8.5", "EICR is not read with MSI-X: that clears other causes, too"),
    "gpie-first": Rule("7.3.1", "the interrupt mode is set before IVAR, EIAC and EIMS"),
    "own-vectors": Rule("7.3.1", "the PF masks and clears only its own vectors"),
    "mailbox": Rule("8.14", "mailbox memory is written by the side that holds it (PFU, VFU)"),
}
SYNC_SECONDS = 5  # instead of one second: the lab's machine may pause


@dataclass(slots=True)
class Queue:
    """A queue's state as written, and whether ENABLE was read as 1 since."""

    name: str
    on: bool = False
    seen: bool = False
    length: int = 0
    base: int | None = None
    orphan: bool = False  # reset by the PF, of which a VF learns only later


class Access(NamedTuple):
    """One line of the trace."""

    time: float
    write: bool
    offset: int
    value: int

    def __str__(self) -> str:
        what = "write" if self.write else "read "
        return f"{self.time:.6f} {what} {name_of(self.offset)} {self.value:#010x}"


NAMES = {
    value: name
    for name, value in list(globals().items())
    if name.isupper() and isinstance(value, int) and value >= 0x10 and not value & 3
    if name in {
        *("EECD", "EERD", "CTRL_EXT", "MDIC", "ICR", "IMS", "IMC", "RCTL", "TCTL", "EEMNGCTL"),
        *("GPIE", "EICS", "EIMS", "EIMC", "EIAC", "EICR", "IVAR_MISC", "RXPBS", "QDE", "TXPBS"),
        *("DTXSWC", "DTXCTL", "RXCSUM", "RFCTL", "MRQC", "VT_CTL", "RPLOLR", "SWSM"),
        *("SW_FW_SYNC",),
    }
} | {CTRL: "CTRL", STATUS: "STATUS"}
RX_NAMES = {
    **{BASE_LOW: "RDBAL", BASE_HIGH: "RDBAH", LENGTH: "RDLEN", SRRCTL: "SRRCTL", HEAD: "RDH"},
    **{TAIL: "RDT", DCTL: "RXDCTL"},
}
TX_NAMES = {
    **{BASE_LOW: "TDBAL", BASE_HIGH: "TDBAH", LENGTH: "TDLEN", HEAD: "TDH", TAIL: "TDT"},
    **{DCTL: "TXDCTL", TDWBAL: "TDWBAL", TDWBAH: "TDWBAH"},
}


def name_of(offset: int) -> str:
    """The register's name in the datasheet; for most only the offset."""
    for start, names in ((RXQ, RX_NAMES), (TXQ, TX_NAMES)):
        queue, inner = divmod(offset - start, 0x40)
        if 0 <= queue < QUEUES and inner in names:
            return f"{names[inner]}({queue})"
    return NAMES.get(offset, f"{offset:#07x}")


def may_be_vfs(offset: int) -> bool:
    """Whether VFs have this register, too: a VF does not know that the PF is being reset."""
    return offset == STATUS or VMBMEM <= offset < P2V or V2P <= offset < V2P + 0x20 or offset >= RXQ


Handler = Callable[[Access], None]


@dataclass(slots=True)
class Semaphores:
    """The state of SWSM and SW_FW_SYNC as drivers have read it."""

    smbi: bool = False  # taken by a read
    swesmbi: bool = False  # read back as set
    written: bool = False  # SWESMBI was written and not read back yet
    missed: int = 0  # reads in a row that returned it clear after a write
    bits: int = 0  # of SW_FW_SYNC, the lower half
    since: float = 0


@dataclass
class Card:
    """The state of an 82576 as its drivers have configured it."""

    queues: dict[int, Queue] = field(default_factory=dict)
    values: dict[int, int] = field(default_factory=dict)
    sync: Semaphores = field(default_factory=Semaphores)
    vfs: int = 0
    master_off: bool = False  # STATUS.GIO_MASTER_EN was read as 0, or as often as is required
    master_polls: int = 0
    masked: bool = False
    reset_at: float | None = None
    wants_auto_read: bool = False
    wants_config: bool = False
    mdic_busy: bool = False
    nvm_busy: bool = False
    owner: dict[int, str] = field(default_factory=dict)  # mailboxes


class Checker:
    """Follows a card through the trace and notes which rules are broken."""

    def __init__(self, strict: bool = True):
        self.strict = strict
        self.restores_heads = False  # iovnic_vfio does, which rests on the emulation
        self.accesses = 0
        self.broken: Counter[str] = Counter()  # how often each rule was broken, with strict ones
        self.seen_auto_read = False  # AUTO_RD or CFG_DONE was seen set: the device has it
        self.never_auto_read = False
        self.never_config = False
        self._polls: dict[int, list[float]] = {EECD: [], EEMNGCTL: []}
        self._rest = b""
        self._before: deque[Access] = deque(maxlen=BEFORE)
        self._found: list[str] = []
        self._reported: set[str] = set()
        self._card = Card()
        self._handlers: dict[tuple[bool, int], list[Handler]] = {}
        self._power_on()
        self._register()

    # --- reading the trace -----------------------------------------------------------------

    def feed(self, text: bytes) -> list[str]:
        """Return a report for each rule that the next piece of the trace breaks, once each."""
        self._found = []
        self._reported = set()
        text = self._rest + text
        end = text.rfind(b"\n") + 1
        self._rest = text[end:]
        for match in LINE.finditer(text, 0, end):
            time, kind, read_only, reset, vf, offset, size, value = match.groups()
            if kind:
                self._access(
                    Access(float(time), kind == b"write", int(offset, 16), int(value, 16)), size
                )
            elif read_only:
                access = Access(float(time), True, int(offset, 16), int(value, 16))
                self._before.append(access)
                self._break("read-only", access)
            elif reset:
                self._power_on()
            else:
                self._vf_reset(int(vf))
        return self._found

    def _access(self, access: Access, size: bytes) -> None:
        self.accesses += 1
        self._before.append(access)
        # 8 is QEMU's I/O window, which the lab uses (HostVM.poke).
        if size not in (b"4", b"8") or access.offset & 3:
            self._break("size", access)
        card = self._card
        if card.reset_at is not None and not may_be_vfs(access.offset):
            if access.time - card.reset_at < 0.001:
                self._break("reset-spacing", access)
            card.reset_at = None
        if card.sync.bits and access.time - card.sync.since > SYNC_SECONDS:
            self._break("sync-kept", access, f"{card.sync.bits:#x}")
            card.sync.since = access.time
        if access.write and card.wants_auto_read and not may_be_vfs(access.offset):
            self._break("auto-read", access)
            card.wants_auto_read = False
        for handler in self._handlers.get((access.write, access.offset), ()):
            handler(access)

    def _break(self, name: str, access: Access, more: str = "") -> None:
        rule = RULES[name]
        self.broken[name] += 1
        if name in self._reported or (rule.strict and not self.strict):
            return
        self._reported.add(name)
        lines = "\n".join(f"    {one}" for one in self._before)
        self._found.append(
            f"register rule {name!r} (DS {rule.section}) broken: {rule.text}\n"
            f"  {access} {more}\n  the last accesses:\n{lines}"
        )

    # --- resets ----------------------------------------------------------------------------

    def _power_on(self) -> None:
        self._card = Card()
        card = self._card
        for number in range(QUEUES):
            # The first queue is on after a reset.
            card.queues[RXQ + 0x40 * number] = Queue(f"receive queue {number}", number == 0)
            card.queues[TXQ + 0x40 * number] = Queue(f"transmit queue {number}", number == 0)

    def _vf_reset(self, number: int) -> None:
        for start in (RXQ, TXQ):
            for queue in (number, number + POOLS):
                self._card.queues[start + 0x40 * queue].on = False
        if self._card.owner.get(number) == "vf":
            self._card.owner.pop(number)

    def _reset(self, access: Access) -> None:
        """CTRL.RST was written."""
        card = self._card
        if not card.master_off:
            self._break("master", access)
        if (card.values.get(RCTL, 0) & RXEN) or (card.values.get(TCTL, 0) & TXEN):
            self._break("units-off", access)
        if not card.masked:
            self._break("interrupts-off", access)
        vfs, sync = card.vfs, card.sync
        running = [block for block, queue in card.queues.items() if queue.on or queue.orphan]
        self._power_on()
        card = self._card
        for block in running:
            card.queues[block].orphan = True
        card.vfs, card.sync, card.reset_at = vfs, sync, access.time
        card.wants_auto_read = not self.never_auto_read
        card.wants_config = not self.never_config
        self._polls = {EECD: [], EEMNGCTL: []}

    # --- which access goes where -----------------------------------------------------------

    def _on_write(self, offset: int, handler: Handler) -> None:
        self._handlers.setdefault((True, offset), []).append(handler)

    def _on_read(self, offset: int, handler: Handler) -> None:
        self._handlers.setdefault((False, offset), []).append(handler)

    def _register(self) -> None:
        for offset in MASKS:
            self._on_write(offset, self._reserved)
        for offset in FROZEN:
            self._on_write(offset, self._frozen)
            self._on_read(offset, self._store)
        for offset in (*FROZEN, RCTL, TCTL, GPIE):
            self._on_write(offset, self._store)
        for start, tx in ((RXQ, False), (TXQ, True)):
            for number in range(QUEUES):
                self._register_queue(start + 0x40 * number, tx)
        self._on_write(CTRL, self._ctrl)
        self._on_write(IMC, self._mask)
        self._on_write(IMS, self._unmask)
        self._on_read(STATUS, self._status)
        self._on_read(EECD, self._poll_nvm)
        self._on_read(EEMNGCTL, self._poll_config)
        self._on_write(MDIC, self._mdic)
        self._on_read(MDIC, self._mdic_done)
        self._on_write(EERD, self._eerd)
        self._on_read(EERD, self._eerd_done)
        self._on_write(SWSM, self._swsm_written)
        self._on_read(SWSM, self._swsm_read)
        self._on_write(SW_FW_SYNC, self._sync)
        self._on_read(EICR, self._eicr)
        for offset in (EIMC, EIMS, EICR, EICS):
            self._on_write(offset, self._own_vectors)
        for offset in (EIMS, EIAC, IVAR_MISC, *(IVAR + 4 * i for i in range(8))):
            self._on_write(offset, self._needs_mode)
        for pool in range(POOLS):
            self._on_read(P2V + 4 * pool, self._taken)
            self._on_read(V2P + 4 * pool, self._taken)
            self._on_write(P2V + 4 * pool, self._let_go)
            self._on_write(V2P + 4 * pool, self._let_go)
        for word in range(16 * POOLS):
            self._on_write(VMBMEM + 4 * word, self._mailbox)

    def _register_queue(self, block: int, tx: bool) -> None:
        queue = block

        def bound(method: Callable[[Access, Queue, bool], None]) -> Handler:
            return lambda access: method(access, self._card.queues[queue], tx)

        self._on_write(block + BASE_LOW, bound(self._base))
        for inner in (BASE_HIGH, *((TDWBAL, TDWBAH) if tx else (SRRCTL,))):
            self._on_write(block + inner, bound(self._only_off))
        if not tx:
            self._on_write(block + SRRCTL, bound(self._descriptor_type))
        self._on_write(block + LENGTH, bound(self._length))
        self._on_write(block + HEAD, bound(self._head))
        self._on_write(block + TAIL, bound(self._tail))
        self._on_write(block + DCTL, bound(self._control))
        self._on_read(block + DCTL, bound(self._control_read))

    def _store(self, access: Access) -> None:
        self._card.values[access.offset] = access.value

    def _reserved(self, access: Access) -> None:
        if extra := access.value & ~MASKS[access.offset]:
            self._break("reserved", access, f"bits {extra:#x}")

    def _frozen(self, access: Access) -> None:
        rule, bits = FROZEN[access.offset]
        old = self._card.values.get(access.offset)
        if old is not None and not (old ^ access.value) & bits:
            return
        if self._card.values.get(TCTL if rule.endswith("tx") else RCTL, 0) & RXEN:
            self._break(rule, access)

    # --- queues ----------------------------------------------------------------------------

    def _only_off(self, access: Access, queue: Queue, tx: bool) -> None:
        if queue.on:
            self._break("queue-on", access, queue.name)

    def _base(self, access: Access, queue: Queue, tx: bool) -> None:
        self._only_off(access, queue, tx)
        queue.orphan = False
        queue.base = access.value
        if access.value & 0x7F:
            self._break("base", access, queue.name)

    def _length(self, access: Access, queue: Queue, tx: bool) -> None:
        self._only_off(access, queue, tx)
        queue.length = access.value
        if access.value & ~0xFFF80:
            self._break("length", access, queue.name)

    def _head(self, access: Access, queue: Queue, tx: bool) -> None:
        self._only_off(access, queue, tx)
        if access.value and not self.restores_heads:
            self._break("head", access, queue.name)

    def _tail(self, access: Access, queue: Queue, tx: bool) -> None:
        if queue.orphan or not (access.value or queue.on):
            return
        if not queue.on:
            self._break("tail-off", access, queue.name)
        elif not queue.seen:
            # Writing 0 to a queue that was left on is as wrong.
            self._break("tail-unread", access, queue.name)
        if access.value >= max(queue.length // 16, 1):
            self._break("tail-range", access, f"{queue.name}, {queue.length // 16} descriptors")

    def _descriptor_type(self, access: Access, queue: Queue, tx: bool) -> None:
        if access.value and (
            access.value >> 25 & 7 not in (1, 2, 5) or not access.value & 0x7F
        ):
            self._break("descriptor-type", access, queue.name)

    def _control(self, access: Access, queue: Queue, tx: bool) -> None:
        on = bool(access.value & ENABLE)
        if on and not queue.on:
            queue.seen = False
            if not queue.length or queue.base is None:
                self._break("no-ring", access, queue.name)
            if not self._card.values.get(TCTL if tx else RCTL, 0) & (TXEN if tx else RXEN):
                self._break("unit-first", access, queue.name)
        if on and not tx and access.value >> 16 & 0x1F != 1:
            self._break("write-back", access, queue.name)
        queue.on = on

    def _control_read(self, access: Access, queue: Queue, tx: bool) -> None:
        if queue.on and access.value & ENABLE:
            queue.seen = True

    # --- reset, interrupts -----------------------------------------------------------------

    def _ctrl(self, access: Access) -> None:
        card = self._card
        if not access.value & MASTER_DIS:
            card.master_off = False
            card.master_polls = 0
        if access.value & RST:
            self._reset(access)
        else:
            card.values[CTRL] = access.value

    def _status(self, access: Access) -> None:
        card = self._card
        card.vfs = access.value >> 14 & 0xF
        if card.values.get(CTRL, 0) & MASTER_DIS:
            card.master_polls += 1
            # A device that does not become quiet is reset nevertheless.
            if not access.value & MASTER_EN or card.master_polls >= 100:
                card.master_off = True

    def _mask(self, access: Access) -> None:
        if access.value == 0xFFFFFFFF:
            self._card.masked = True

    def _unmask(self, access: Access) -> None:
        self._card.masked = False

    def _eicr(self, access: Access) -> None:
        if self._card.values.get(GPIE, 0) & MSIX_MODE:
            self._break("eicr", access)

    def _own_vectors(self, access: Access) -> None:
        own = (1 << VECTORS - 3 * self._card.vfs) - 1
        if self._card.vfs and access.value & ~own:
            self._break("own-vectors", access, f"with {self._card.vfs} VFs")

    def _needs_mode(self, access: Access) -> None:
        # Without MSI-X these are written while GPIE is 0, its value after a reset.
        if access.value and GPIE not in self._card.values:
            self._break("gpie-first", access)

    # --- NVM, PHY, semaphores --------------------------------------------------------------

    def _in_vain(self, access: Access) -> bool:
        """Whether the driver waited for a bit that never comes; QEMU has neither of these."""
        polls = self._polls[access.offset]
        polls.append(access.time)
        return len(polls) >= 10 or access.time - polls[0] > 0.015

    def _poll_nvm(self, access: Access) -> None:
        self._card.wants_auto_read = False
        in_vain = self._in_vain(access)
        if access.value & AUTO_RD:
            self.seen_auto_read = True
        elif in_vain and not self.seen_auto_read:
            self.never_auto_read = True

    def _poll_config(self, access: Access) -> None:
        self._card.wants_config = False
        if self._in_vain(access) and not access.value & CFG_DONE:
            self.never_config = True

    def _mdic(self, access: Access) -> None:
        card = self._card
        if card.wants_config:
            self._break("phy-ready", access)
            card.wants_config = False
        if card.mdic_busy:
            self._break("mdic-busy", access)
        if not card.sync.bits & PHYS:
            self._break("mdic-owner", access)
        card.mdic_busy = True

    def _mdic_done(self, access: Access) -> None:
        if access.value & READY:
            self._card.mdic_busy = False

    def _eerd(self, access: Access) -> None:
        card = self._card
        if card.nvm_busy:
            self._break("nvm-busy", access)
        if not card.sync.bits & EEP:
            self._break("nvm-owner", access)
        card.nvm_busy = bool(access.value & START)

    def _eerd_done(self, access: Access) -> None:
        if access.value & DONE:
            self._card.nvm_busy = False

    def _swsm_read(self, access: Access) -> None:
        sync = self._card.sync
        if not access.value & SMBI:
            sync.smbi = True
        if access.value & SWESMBI:
            sync.swesmbi = sync.smbi
            sync.missed = 0
        elif sync.written or sync.missed:
            sync.missed += 1
            # One read may be the test, the other one for the next write.
            if sync.missed > 2:
                self._break("swesmbi", access)
        sync.written = False

    def _swsm_written(self, access: Access) -> None:
        sync = self._card.sync
        if access.value & SWESMBI:
            if sync.written:
                self._break("swesmbi", access)
            sync.written = True
        else:
            sync.swesmbi = sync.written = False
        sync.missed = 0
        if not access.value & SMBI:
            sync.smbi = False

    def _sync(self, access: Access) -> None:
        sync = self._card.sync
        if not (sync.smbi and sync.swesmbi):
            self._break("sync-owner", access)
        sync.bits = access.value & 0xFFFF
        sync.since = access.time

    # --- mailboxes -------------------------------------------------------------------------

    def _taken(self, access: Access) -> None:
        pool = access.offset >> 2 & 7
        vf = access.offset >= V2P
        bit = VFU if vf else PFU
        who = "vf" if vf else "pf"
        if access.value & bit:
            self._card.owner[pool] = who
        elif self._card.owner.get(pool) == who:
            self._card.owner.pop(pool)

    def _let_go(self, access: Access) -> None:
        pool = access.offset >> 2 & 7
        vf = access.offset >= V2P
        if not access.value & (VFU if vf else PFU):
            if self._card.owner.get(pool) == ("vf" if vf else "pf"):
                self._card.owner.pop(pool)

    def _mailbox(self, access: Access) -> None:
        if (access.offset - VMBMEM) // 0x40 not in self._card.owner:
            self._break("mailbox", access)
