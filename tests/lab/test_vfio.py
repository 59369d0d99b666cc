# SPDX-License-Identifier: GPL-2.0-only
"""iovnic_vfio, used by a small program instead of QEMU: states, dirty pages, what is refused."""

import json
import struct
from collections.abc import Iterator

import pytest
from hostile import diagnosis, offer
from lab import HostVM
from lab.attached import VFIO
from lab.fabric import Fabric
from lab.regs82576 import (
    RDBAL,
    RDH,
    RDLEN,
    RDT,
    RXDCTL,
    RXDCTL_ENABLE,
    TDBAL,
    TDLEN,
    TXDCTL,
    TXDCTL_ENABLE,
    V2PMAILBOX_ACK,
    V2PMAILBOX_REQ,
    V2PMAILBOX_VFU,
    VF_RXQ,
    VF_TXQ,
    VF_V2PMAILBOX,
    VF_VMBMEM,
)
from lab.topology import OURS, vf_address, vf_mac
from mbx import RESET

pytestmark = pytest.mark.kernels("stock")

SOURCE, TARGET = 0, 1
LENGTH = 684
ALL, PAGE = 256, 4096  # pages of the program's memory
DESCS, BUFFERS = 8, 0x20000

Step = list[object]


class Program:
    """vfio_states.py, with VF 0 and VF 1."""

    def __init__(self, fabric: Fabric):
        self.fabric = fabric

    def run(self, *steps: Step) -> list[object]:
        """Run it; return the results of the steps."""
        addresses = ",".join(map(vf_address, (SOURCE, TARGET)))
        return json.loads(
            self.fabric.python("vfio_states.py", addresses, json.dumps(steps), timeout=60)
        )

    def log_of(self, *steps: Step) -> tuple[list[object], str]:
        """Run it; return the results of the steps, and what the kernel has logged."""
        mark = self.fabric.mark_log("vfio_states")
        results = self.run(*steps)
        return results, self.fabric.dmesg_since(mark)


@pytest.fixture
def program(bare_host: HostVM) -> Iterator[Program]:
    """Both VFs have iovnic_vfio."""
    bare_host.wild = True
    with Fabric(bare_host, 2, *OURS, adopt=False) as fabric:
        bare_host.modprobe(VFIO)
        for vf in (SOURCE, TARGET):
            bare_host.bind_driver(vf_address(vf), VFIO)
        yield Program(fabric)
        bare_host.rmmod(VFIO)


def queues() -> list[Step]:
    """A receive queue with one free descriptor, and a transmit queue; the guest's part."""
    descs = b"".join(struct.pack("<QQ", BUFFERS + PAGE * n, 0) for n in range(DESCS))
    registers = {
        VF_RXQ(0) + RDBAL: PAGE,
        VF_RXQ(0) + RDLEN: len(descs),
        VF_RXQ(0) + RDH: 0,
        VF_RXQ(0) + RXDCTL: RXDCTL_ENABLE,
        VF_RXQ(0) + RDT: DESCS - 1,
        VF_TXQ(0) + TDBAL: 2 * PAGE,
        VF_TXQ(0) + TDLEN: len(descs),
        VF_TXQ(0) + TXDCTL: TXDCTL_ENABLE,
    }
    steps = [["set", SOURCE, register, value] for register, value in registers.items()]
    return [["put", SOURCE, PAGE, list(descs)], *steps]


# Flags of a session that the guest has to open again
LOST = 2
# Both rings and the posted buffers
WRITTEN = 2 + DESCS - 1


def session(vf: int) -> list[Step]:
    """The guest opens a session, once the PF has seen the reset by VFIO."""
    return [
        ["shell", "sleep 1"],
        ["set", vf, VF_V2PMAILBOX, V2PMAILBOX_VFU],
        ["set", vf, VF_VMBMEM, RESET],
        ["set", vf, VF_V2PMAILBOX, V2PMAILBOX_REQ],
        ["shell", "sleep 1"],
        ["set", vf, VF_V2PMAILBOX, V2PMAILBOX_ACK],
    ]


def states(vf: int, *words: str) -> list[Step]:
    """Set these states, one after the other."""
    return [["state", vf, word] for word in words]


def dirty(vf: int) -> list[Step]:
    """Read the set of dirty pages twice: first all since it was read last, then those pinned."""
    return [["dirty", vf]] * 2


def test_dirty_while_running(program: Program) -> None:
    """All pages until PRE_COPY, then those that the device may write to."""
    results = program.run(
        ["open", SOURCE],
        *queues(),
        ["track", SOURCE],
        ["dirty", SOURCE],
        ["state", SOURCE, "PRE_COPY"],
        *dirty(SOURCE),
        *states(SOURCE, "PRE_COPY_P2P", "STOP_COPY"),
        ["dirty", SOURCE],
        ["read", SOURCE],
    )
    assert results[-8:] == [ALL, None, WRITTEN + 1, WRITTEN, None, None, WRITTEN, LENGTH]


def test_dirty_while_stopped(program: Program) -> None:
    """No page, once the program asks for the size; they are pinned when the device starts."""
    results = program.run(
        ["open", SOURCE],
        *queues(),
        *states(SOURCE, "RUNNING_P2P", "STOP"),
        ["track", SOURCE],
        *dirty(SOURCE),
        ["size", SOURCE],
        *dirty(SOURCE),
        *states(SOURCE, "RUNNING_P2P", "RUNNING"),
        ["dirty", SOURCE],
        *states(SOURCE, "STOP", "STOP_COPY"),
        ["read", SOURCE],
    )
    assert results[-11:] == [ALL, ALL, LENGTH, 1, 0, None, None, WRITTEN, None, None, LENGTH]


def test_dirty_without_queues(program: Program) -> None:
    """A guest without a driver for its VF: no page is dirty."""
    results = program.run(
        ["open", SOURCE],
        ["track", SOURCE],
        ["state", SOURCE, "PRE_COPY"],
        *dirty(SOURCE),
        ["state", SOURCE, "STOP_COPY"],
        ["read", SOURCE],
    )
    assert results[-4:] == [1, 0, None, LENGTH]


# VFIO takes two locks in either order here, which the debug kernel may report.
def test_memory_is_unmapped(program: Program) -> None:
    """Pages that the device could write to are unmapped: the state cannot be read."""
    results = program.run(
        ["open", SOURCE],
        *queues(),
        *states(SOURCE, "PRE_COPY"),
        ["unmap", SOURCE],
        *states(SOURCE, "STOP_COPY"),
        ["read", SOURCE],
        *states(SOURCE, "RUNNING"),
        ["now", SOURCE],
    )
    assert results[-6:] == [None, None, None, "EBUSY", None, "RUNNING"]


# Changes of bytes of a state, and what is logged
REFUSED = [
    ([[0, 0]], "not the state of an 82576 VF"),
    ([[4, 2]], "of another version of iovnic_vfio"),
    ([[8, 0]], "wrong length"),
    ([[20, 128], [32, 255], [43, 2]], "head or tail outside of a ring"),
    ([[172, 255]], "vectors that a VF does not have"),
    ([[306, 255]], "a list with too many or invalid entries"),
    ([[602, 255]], "a session with invalid values"),
    ([[300, 7]], "port VLAN or priority differs"),
]


def test_what_is_refused(program: Program) -> None:
    """Each state that is refused is logged with its reason, and the VF works afterwards."""
    save = [["open", SOURCE], ["state", SOURCE, "STOP_COPY"], ["read", SOURCE]]
    begin = [["open", TARGET], ["state", TARGET, "RESUMING"]]
    for changes, why in REFUSED:
        write = [["write", TARGET, changes], ["state", TARGET, "STOP"], ["close", TARGET]]
        results, log = program.log_of(*save, *begin, *write)
        assert results[-3:] == ["EPERM" if "VLAN" in why else "EINVAL", "EINVAL", None], why
        assert f"{vf_address(TARGET)}: saved state refused: {why}" in log, log
    for size, result, why in ((LENGTH + 1, "ENOSPC", "too long"), (5, None, "not complete")):
        write = [["write", TARGET, [], size], ["state", TARGET, "STOP"]]
        results, log = program.log_of(*save, *begin, *write)
        assert results[-2:] == [result, "EINVAL"]
        assert f"saved state refused: {why}" in log, log
    results, log = program.log_of(
        *save, *begin, ["write", TARGET, []], *states(TARGET, "STOP", "RUNNING"), ["now", TARGET]
    )
    assert results[-4:] == [None, None, None, "RUNNING"]
    assert "refused" not in log, log


def test_quarantine(program: Program) -> None:
    """A state of a VF in quarantine: the VF here is in quarantine, too, for the same reason."""
    load = [["state", TARGET, "RESUMING"], ["write", TARGET, [[602, 2]]]]
    program.fabric.host.run(f"ip link set pf0 vf {SOURCE} mac {vf_mac(0)}")
    results, log = program.log_of(
        *[["open", SOURCE], ["open", TARGET]],
        ["shell", f"ip link set pf0 vf {TARGET} mac {vf_mac(0)}"],
        *session(SOURCE),
        *[["state", SOURCE, "STOP_COPY"], ["read", SOURCE], *load],
        *states(TARGET, "STOP", "RUNNING"),
        ["now", TARGET],
    )
    assert results[-6:] == [LENGTH, None, None, None, None, "RUNNING"]
    assert "VF 1 is in quarantine, without data path: malformed messages" in log, log
    assert diagnosis(program.fabric, TARGET)["quarantine"] == "malformed messages"
    assert diagnosis(program.fabric, SOURCE)["quarantine"] == "nothing"
    offer(program.fabric, TARGET)
    assert diagnosis(program.fabric, TARGET)["quarantine"] == "nothing"


def test_without_the_pf(program: Program) -> None:
    """The PF has lost its driver: the VF can neither be saved nor loaded, and the log says so."""
    fabric = program.fabric
    driver = f"/sys/bus/pci/drivers/{OURS[0]}"
    unbind, bind = (f"echo {fabric.pf_pci} > {driver}/{word}" for word in ("unbind", "bind"))
    results, log = program.log_of(
        *[["open", SOURCE], ["state", SOURCE, "STOP_COPY"], ["read", SOURCE]],
        *[["open", TARGET], ["state", TARGET, "RESUMING"]],
        *[["shell", unbind], ["write", TARGET, []], ["state", SOURCE, "RUNNING"]],
        *[["state", SOURCE, "STOP_COPY"], ["shell", bind]],
    )
    fabric.adopt_pf()
    assert results[-5:] == [0, "ENODEV", None, "ENODEV", 0]
    assert "saved state refused: the PF is not bound to iovnic_pf" in log, log
    assert "state 3 of a migration cannot follow state 2: " in log, log
    again = program.run(*[["open", SOURCE], ["state", SOURCE, "STOP_COPY"], ["read", SOURCE]])
    assert again[-1] == LENGTH


@pytest.mark.full()
@pytest.mark.kernels("debug")
@pytest.mark.parametrize("happens", ["reload", "reset"])
def test_reset_of_the_pf(program: Program, happens: str) -> None:
    """The PF is reset in PRE_COPY: the session ends, and the target's guest is told to open it."""
    fabric = program.fabric
    command = {
        "reload": f"devlink dev reload pci/{fabric.pf_pci} action driver_reinit",
        "reset": f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset",
    }[happens]
    results = program.run(
        *[["open", SOURCE], ["open", TARGET]],
        *session(SOURCE),
        *queues(),
        ["state", SOURCE, "PRE_COPY"],
        ["shell", command],
        *states(SOURCE, "PRE_COPY_P2P", "STOP_COPY"),
        *[["read", SOURCE], ["byte", SOURCE, 296]],
        *[["state", TARGET, "RESUMING"], ["write", TARGET, []]],
        *states(TARGET, "STOP", "RUNNING"),
        ["now", TARGET],
    )
    fabric.adopt_pf()
    assert results[-10:] == [0, None, None, LENGTH, LOST, None, None, None, None, "RUNNING"]
