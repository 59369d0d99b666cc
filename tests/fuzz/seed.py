#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write the fuzzers' corpus: short inputs to start from.

usage: seed.py FOLDER

fuzz_pf.c, fuzz_vf.c, fuzz_state.c, device.c and mutate.c define the meaning of the bytes, which
have names here. An input that no longer fits after a change there is no error: the fuzzers accept
every byte.
"""

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

HEADER_PF = bytes((0, 6))
HEADER_VF = bytes((0, 0))
STEP = 16

# ids[] in mutate.c
IDS = (
    "RESET SET_MAC SET_MULTICAST SET_VLAN SET_LPE SET_PROMISC NEGOTIATE EVENT_SYNC READ_BLOCK"
    " WRITE_BLOCK SET_QUEUES SET_DATAPATH DETACH"
).split()
# enum fuzz_kind in device.h
KINDS = "MESSAGE SPOILT WORDS ADMIN PF EVENT TIME LINK".split()
# and enum state_kind in fuzz_state.c
STATE_KINDS = [*KINDS, *"SAVE WRITE LOAD START CLAIM RELEASE GIVE".split()]
FLR, PF_RESET, DETACHED = 0, 2, 3
BLOCKED, MIGRATION = 1, 2


def message(name: str, *fields: int, tid: int = 0) -> bytes:
    """The bytes of fuzz_request()."""
    return bytes((IDS.index(name), tid, *fields))


# --- PF -----------------------------------------------------------------------------------------


def step(what: str, vf: int, *values: int) -> bytes:
    return bytes((KINDS.index(what) + len(KINDS) * vf, *values)).ljust(STEP, b"\0")


def say(vf: int, name: str, *fields: int, tid: int = 0) -> bytes:
    return step("MESSAGE", vf, *message(name, *fields, tid=tid))


def address(vf: int, how: int, number: int, tid: int = 0) -> bytes:
    """SET_MAC: 0 set, 1 clear, 2 add; the number is an argument of take_address()."""
    return say(vf, "SET_MAC", how, 0, number, tid=tid)


def raw(vf: int, *words: int) -> bytes:
    return step("WORDS", vf, *struct.pack(f"<{len(words)}I", *words))


def choice(case: int, cases: int, high: int) -> int:
    """A byte equal to `case` modulo `cases`, with the bits `high` above bit 3."""
    return next(byte for byte in range(high, high + 16) if byte % cases == case)


def admin(vf: int, case: int, high: int = 0, *values: int) -> bytes:
    return step("ADMIN", vf, choice(case, 7, high), *values)


def trust(vf: int, on: bool) -> bytes:
    return admin(vf, 3, 0x80 if on else 0)


def link(vf: int, state: int) -> bytes:
    return admin(vf, 4, state << 4)


def block(vf: int, reason: int) -> bytes:
    return admin(vf, 5, reason << 4)


def pf(case: int, high: int = 0, *values: int) -> bytes:
    return step("PF", 0, choice(case, 6, high), *values)


def join(vf: int, without: int = 0) -> bytes:
    """RESET and NEGOTIATE, without some of the capabilities."""
    return say(vf, "RESET") + say(vf, "NEGOTIATE", 0, without, 1, tid=1)


def drive(vf: int) -> bytes:
    """The same, and a request for the data path."""
    return join(vf) + say(vf, "SET_DATAPATH", 0, 0, 1, tid=2)


def sync(vf: int) -> bytes:
    """Read the pending events and acknowledge them."""
    return say(vf, "EVENT_SYNC", 99, 0, tid=3) + say(vf, "EVENT_SYNC", 0, 1, tid=4)


def each(*parts: bytes) -> bytes:
    return b"".join(parts)


def legacy_stories() -> Iterator[bytes]:
    yield say(0, "SET_LPE", 0xF2, 5) + say(0, "RESET") + say(0, "SET_LPE", 0xF2, 5)
    yield say(0, "RESET") + say(0, "SET_LPE", 0x16, 0x24) + say(0, "SET_LPE", 10)
    yield say(0, "RESET") + say(0, "SET_VLAN", 0, 5) + say(0, "SET_VLAN", 1, 5)
    yield say(0, "RESET") + say(0, "SET_MULTICAST", 3, 0, 16, 0, 32, 0, 0x23, 1)
    yield say(0, "RESET") + say(0, "SET_MULTICAST", 30, 1) + trust(0, True)
    yield say(0, "RESET") + address(0, 0, 20) + address(0, 2, 21) + address(0, 1, 7)
    yield say(0, "RESET") + say(1, "RESET") + address(0, 2, 1) + address(1, 0, 0)
    yield say(0, "RESET") + each(*(address(0, 2, 20 + n) for n in range(5)))
    yield each(
        *(say(vf, "RESET") for vf in range(7)),
        *(address(vf, 2, 9 + 4 * vf + n) for vf in range(7) for n in range(3)),
    )
    yield trust(0, True) + say(0, "RESET") + say(0, "SET_PROMISC", 3) + trust(0, False)
    yield say(0, "RESET") + say(0, "SET_PROMISC", 3) + trust(0, True)
    yield admin(0, 1, 0x60, 7) + say(0, "RESET") + say(0, "SET_VLAN", 0, 5) + admin(0, 1)
    yield each(
        *(say(vf, "RESET") for vf in range(3)),
        *(say(vf, "SET_VLAN", 0, 20 * vf + n) for vf in range(3) for n in range(1, 18)),
    )
    yield admin(0, 0, 0, 30) + say(0, "RESET") + address(0, 0, 31) + trust(0, True)
    yield say(0, "RESET") + admin(0, 0, 0, 30) + say(0, "RESET") + admin(0, 0, 0, 7)
    yield link(0, 2) + say(0, "RESET") + say(0, "SET_LPE", 0xF2, 5) + link(0, 1) + link(0, 0)
    yield say(0, "RESET") + block(0, BLOCKED) + say(0, "SET_LPE", 0xF2, 5) + block(0, 0)
    yield say(0, "RESET") + say(0, "SET_QUEUES", 2, tid=5) + say(0, "SET_LPE", 0xF2, 5, tid=5)
    yield raw(0, 1) + raw(0, 0x80000001) + raw(0, 0x10000002) + raw(0, 0x00FF0003)


def channel_stories() -> Iterator[bytes]:
    yield join(0) + say(0, "SET_LPE", 0xF2, 5, tid=5) + say(0, "SET_LPE", 0xF2, 5)
    yield join(0, without=0xFF) + say(0, "READ_BLOCK", tid=3) + say(0, "SET_QUEUES", tid=3)
    yield say(0, "NEGOTIATE", tid=1) + say(0, "RESET") + say(0, "NEGOTIATE", 7, tid=1)
    yield join(0) + raw(0, 0x02000040) + raw(0, 0x02000100) + raw(0, 1 << 28)
    yield drive(0) + say(0, "SET_DATAPATH", 1, tid=3) + say(0, "SET_DATAPATH", 0, 9, tid=3)
    yield drive(0) + block(0, BLOCKED) + sync(0) + say(0, "SET_DATAPATH", 1, tid=5) + block(0, 0)
    yield drive(0) + block(0, MIGRATION) + step("TIME", 0, 20) + step("TIME", 0, 60)
    yield drive(0) + block(0, BLOCKED) + block(0, 0) + say(0, "SET_DATAPATH", 0, 0, 1, tid=5)
    yield block(0, BLOCKED) + drive(0) + link(0, 2) + block(0, 0) + sync(0)
    yield drive(0) + link(0, 2) + sync(0) + link(0, 0) + sync(0)
    yield drive(0) + step("LINK", 0, 11) + sync(0) + step("LINK", 0, 0)
    yield join(0) + each(*(say(0, "READ_BLOCK", number, 0, 1, tid=3) for number in range(8)))
    yield join(0) + say(0, "READ_BLOCK", 0, 5, 12, tid=2) + say(0, "READ_BLOCK", 2, 0, 0, tid=2)
    yield join(0) + say(0, "WRITE_BLOCK", 6, 0, 3, 1, 2, 3, 4, tid=2)
    yield join(0) + say(0, "WRITE_BLOCK", 6, 2, 3, tid=2) + say(0, "WRITE_BLOCK", 0, 0, 0, tid=3)
    yield join(0) + say(0, "SET_QUEUES", 2, tid=2) + sync(0)
    yield drive(0) + say(0, "DETACH", 1, tid=3) + say(0, "RESET") + say(0, "SET_LPE", 0xF2, 5)
    yield drive(0) + step("EVENT", 0, FLR) + say(0, "SET_LPE", 0xF2, 5, tid=4)
    yield drive(0) + drive(1) + step("EVENT", 1, PF_RESET) + sync(1) + step("EVENT", 0, DETACHED)
    yield drive(0) + pf(1, 0, 21) + address(0, 2, 21, tid=4) + pf(0, 0, 22)
    yield drive(0) + each(*(pf(1, 0, 8 + n) for n in range(24)))
    yield drive(0) + pf(3, 0xC0) + pf(2, 0, 9) + pf(4, 0x80) + pf(5, 0, 1, 2, 3)
    yield trust(0, True) + drive(0) + say(0, "SET_PROMISC", 3, tid=4) + block(0, BLOCKED)
    yield each(*(drive(vf) for vf in range(7)), *(block(vf, BLOCKED) for vf in range(7)))


# --- VF -----------------------------------------------------------------------------------------

# take_answer()
ACK, NACK, SMALL, ANY = 0, 1, 2, 3
NO_CTS, EVT, SAME, AGREED, LINK_UP = 4, 8, 16, 32, 64
# enum iov_vf_event; the last one has no effect in most states.
START, CLEAR, REVIVE = 0, 3, 14


def talk(asked: bytes, how: int, *words: int, event: int = REVIVE) -> bytes:
    """A request and the words of its reply, from word 1 on; with ANY from word 0 on."""
    answer = bytes((how,)) + struct.pack(f"<{len(words)}I", *words)
    return (bytes((event,)) + asked + answer).ljust(STEP, b"\0")[:STEP]


def vf_stories() -> Iterator[bytes]:
    reset = message("RESET")
    hello = talk(reset, ANY, 1, event=START)
    hello += talk(reset, ACK | NO_CTS, 0x02000000, 0x1234, event=CLEAR)
    yield hello
    yield talk(reset, NACK | NO_CTS) + talk(reset, ANY, 0x100) + talk(reset, ANY, 0x40000000)
    yield talk(reset, ANY, 0x20000100) + talk(reset, ANY, 0x30000100)
    yield talk(message("SET_MAC", 0, 9), ACK) + talk(message("SET_VLAN", 0, 5, tid=3), NACK, 5)
    yield talk(message("SET_PROMISC", 3), ANY, 0xA0000006)
    yield talk(message("SET_LPE", 0xF2, 5), ANY, 0x40000000)
    yield talk(message("SET_MULTICAST", 2, 0, 1, 0, 2, 0, tid=2), ACK | EVT)
    greeting = message("NEGOTIATE", 0, 0, 1, tid=1)
    yield hello + talk(greeting, ACK | SAME | AGREED, 0, 0, 31)
    yield hello + talk(greeting, NACK, 9, 0x10000, 0x10000)
    yield hello + talk(greeting, NACK | SAME) + talk(greeting, ACK | SAME)
    news = message("EVENT_SYNC", 1, tid=2)
    yield hello + each(*(talk(news, ACK | LINK_UP, seq, 1 << seq, seq) for seq in range(8)))
    yield hello + talk(news, ACK | EVT, 1, 0x84, 1) + talk(news, SMALL | LINK_UP, 1, 2, 3)
    yield talk(message("READ_BLOCK", 0, 0, 6, tid=3), ACK | SAME, 0, 7)
    yield talk(message("WRITE_BLOCK", 6, 0, 3, tid=3), ACK | SAME, 0, 8)
    yield talk(message("READ_BLOCK", 8, tid=3), NACK, 3)
    queues = message("SET_QUEUES", 1, tid=4)
    yield each(*(talk(queues, ACK, *n) for n in ((1, 1, 2), (2, 2, 3), (0, 1, 1), (1, 9, 9))))
    path = message("SET_DATAPATH", 0, 7, tid=5)
    yield hello + talk(path, ACK | EVT)
    yield hello + each(*(talk(path, NACK, status, 77) for status in (0, 5, 10, 11, 13, 99)))
    yield hello + talk(message("DETACH", 1, tid=6), ACK | NO_CTS)
    yield each(*(talk(path, ACK, event=event) for event in range(16)))


# --- Saved states -------------------------------------------------------------------------------

# Places in struct iov_vfio_image
LENGTH, RXDCTL, EIMS, VERSION, FLAGS, MAX_FRAME = 8, 40, 172, 276, 296, 302
NUM_MACS, NUM_HASHES, MBX, MAC, MACS, HASHES = 306, 308, 310, 312, 318, 510


def act(what: str, vf: int, *values: int) -> bytes:
    return bytes((STATE_KINDS.index(what) + len(STATE_KINDS) * vf, *values)).ljust(STEP, b"\0")


def of_pf(story: bytes) -> bytes:
    """The same steps for fuzz_state.c, which has more kinds of them."""
    steps = (story[at : at + STEP] for at in range(0, len(story), STEP))
    return each(*(act(KINDS[s[0] % len(KINDS)], s[0] // len(KINDS), *s[1:]) for s in steps))


def write(at: int, *values: int) -> bytes:
    return act("WRITE", 0, at & 255, at >> 8, len(values) - 1, *values)


def reload(vf: int) -> bytes:
    """Into the VF that it is of"""
    return act("SAVE", vf) + act("LOAD", vf) + act("START", vf)


def meet(number: int) -> bytes:
    """VF 0 has an address and the data path, and VF 1 waits for them."""
    first = act("GIVE", 0, number) + of_pf(drive(0))
    return first + act("CLAIM", 0) + act("GIVE", 1, number)


def busy(vf: int) -> bytes:
    """VLANs, groups, a frame size and two queue pairs"""
    return of_pf(
        drive(vf)
        + say(vf, "SET_VLAN", 0, 5, tid=3)
        + say(vf, "SET_MULTICAST", 3, 0, 16, 0, 32, 0, 0x23, 1, tid=4)
        + say(vf, "SET_LPE", 0x16, 0x20, tid=5)
        + say(vf, "SET_QUEUES", 2, tid=6)
    )


def state_stories() -> Iterator[bytes]:
    yield of_pf(say(0, "RESET") + say(0, "SET_VLAN", 0, 5) + address(0, 2, 21)) + reload(0)
    yield busy(0) + reload(0) + of_pf(sync(0))
    yield act("SAVE", 0) + act("LOAD", 1) + act("START", 1) + of_pf(drive(1))
    moved = meet(30) + act("SAVE", 0) + act("LOAD", 1)
    yield moved + act("START", 1) + act("RELEASE", 0, 1) + of_pf(drive(0))
    yield moved + act("START", 0) + act("START", 1) + act("RELEASE", 1)
    yield moved + act("START", 1) + act("START", 0) + of_pf(step("EVENT", 1, FLR))
    yield meet(30) + of_pf(drive(1)) + act("RELEASE", 0) + of_pf(drive(1))
    yield meet(30) + act("SAVE", 0) + of_pf(step("EVENT", 0, FLR)) + act("LOAD", 1)
    yield meet(30) + of_pf(pf(0, 0, 30)) + act("SAVE", 0) + act("LOAD", 1) + act("START", 1)
    yield busy(0) + act("SAVE", 0) + of_pf(block(0, BLOCKED) + block(0, 0)) + act("START", 0)
    yield of_pf(admin(0, 1, 0x60, 7)) + busy(0) + reload(0)
    yield of_pf(trust(0, True)) + busy(0) + of_pf(
        say(0, "SET_PROMISC", 3, tid=7) + each(*(address(0, 2, 20 + n, tid=8) for n in range(6)))
    ) + reload(0)
    yield busy(0) + act("SAVE", 0) + write(HASHES, 0xFF, 0x0F) + act("LOAD", 0) + act("START", 0)
    yield busy(0) + act("SAVE", 0) + write(MBX, 3, 16) + write(EIMS, 7) + act("LOAD", 0)
    yield busy(0) + act("SAVE", 0) + write(RXDCTL + 3, 2) + act("LOAD", 0)
    yield busy(0) + act("SAVE", 0) + act("LOAD", 0, 1, 172, 2) + act("LOAD", 0, 1, 100, 2)
    yield busy(0) + act("SAVE", 0) + write(LENGTH, 100) + act("LOAD", 0, 1, 100)
    small = write(FLAGS, 1) + write(MAX_FRAME, 0xF2, 5) + write(MAC, 2, 0, 0, 0, 0, 30)
    yield small + act("LOAD", 2) + act("START", 2)
    yield small + write(NUM_MACS, 1) + write(MACS, 2, 0, 0, 0, 0, 31) + act("LOAD", 2)
    yield small + write(NUM_HASHES, 1) + write(VERSION, 0, 0, 1, 0, 1) + act("LOAD", 2)
    yield act("CLAIM", 0, 3) + busy(0) + act("SAVE", 0) + act("CLAIM", 0, 1) + act("START", 0)


def main(folder: Path) -> None:
    corpora = {
        "pf": (HEADER_PF, [*legacy_stories(), *channel_stories()]),
        "vf": (HEADER_VF, list(vf_stories())),
        "state": (HEADER_PF, list(state_stories())),
    }
    for name, (header, stories) in corpora.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for old in (folder / name).iterdir():
            old.unlink()
        for number, story in enumerate(stories):
            (folder / name / f"{number:02}").write_bytes(header + story)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
