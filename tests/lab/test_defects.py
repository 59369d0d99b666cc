# SPDX-License-Identifier: GPL-2.0-only
"""Defects of igb and igbvf (Documentation/security.rst) that iovnic must not have.

Each test runs on both pairs of drivers. iovnic must pass; for the other pair the end of the run
lists the result.
"""
import time
from collections.abc import Callable

import pytest

from lab.fabric import PF_IP, WIRE_MAC, Fabric, Frame, unload_drivers, vf_ip
from hostile import Attacker, Jitter
from lab import HostVM, LabError
from lab.topology import STOCK
from mbx import (
    ACK,
    ID,
    MAC_ADD,
    MAC_CLEAR,
    NACK,
    PROMISC_MC,
    RESET,
    SET_LPE,
    SET_MAC,
    SET_PROMISC,
    SET_VLAN,
    VLAN_ADD,
    WithoutDriver,
    info,
    mac_words,
    send_raw,
)
from register_trace import RS_ENA, limits_written
from lab.regs82576 import (
    DTXSWC,
    RAH,
    RAH_AV,
    RAL,
    RAR_ENTRIES,
    VMOLR,
    VMOLR_LPE,
    VMOLR_MPME,
    VMOLR_RLPML,
    spoof_checks,
)

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.xdist_group("peers")]

FILTER_MAC = "02:aa:00:00:00:01"
MANY_GROUPS = 40


class DefectCheck:
    """A check for a defect: a failure for iovnic, a note for the kernel's own drivers."""

    def __init__(self, fabric: Fabric, note: Callable[[str], None]):
        self.ours = fabric.pf_driver == "iovnic_pf"
        self._note = note

    def expect(self, good: bool, defect: str) -> None:
        """Check `good`; `defect` describes what is wrong if it is false."""
        if self.ours:
            assert good, defect
        else:
            self._note(f"{'absent' if good else 'PRESENT'}: {defect}")


@pytest.fixture
def check(pair: Fabric, note: Callable[[str], None]) -> DefectCheck:
    return DefectCheck(pair, note)


def filters(fabric: Fabric) -> set[str]:
    """Unicast addresses in the PF's table that are valid and assigned to a pool."""
    found = set()
    for i in range(RAR_ENTRIES):
        high = fabric.host.reg(RAH(i))
        if high & RAH_AV:
            data = fabric.host.reg(RAL(i)).to_bytes(4, "little") + high.to_bytes(4, "little")[:2]
            found.add(data.hex(":"))
    return found


def test_frame_size_sets_no_other_bits(pair: Fabric, check: DefectCheck) -> None:
    """SET_LPE sets a size only; a VF cannot change other bits of VMOLR."""
    with WithoutDriver(pair):
        send_raw(pair, 0, ["reset", [RESET]])
        before = pair.host.reg(VMOLR(0))
        replies = send_raw(pair, 0, [[SET_LPE, size] for size in (0x94002600, 0xFFFFFFFF)])
        after = pair.host.reg(VMOLR(0))
    changed = (before ^ after) & ~(VMOLR_RLPML | VMOLR_LPE)
    check.expect(
        not changed and all(reply[0] & NACK for reply in replies),
        f"SET_LPE 0x94002600, 0xffffffff from VF 0: VMOLR {before:#010x} -> {after:#010x}",
    )


def test_clearing_filters_is_accepted(pair: Fabric, check: DefectCheck) -> None:
    """The PF accepts the request to remove additional addresses in the form that igbvf uses."""
    with WithoutDriver(pair):
        *_, reply = send_raw(pair, 0, ["reset", [RESET], [SET_MAC | info(MAC_CLEAR), 0, 0]])
    check.expect(
        bool(reply[0] & ACK), f"the reply to MAC_FILTER_CLR as igbvf sends it is {reply[0]:#x}"
    )


def test_filters_end_with_the_session(pair: Fabric, check: DefectCheck) -> None:
    """After a function reset or RESET no address of the former owner is left."""
    with WithoutDriver(pair):
        send_raw(pair, 0, ["reset", [RESET], [SET_MAC | info(MAC_ADD), *mac_words(FILTER_MAC)]])
        there = FILTER_MAC in filters(pair)
        pair.host.run(f"echo 1 > /sys/bus/pci/devices/{pair.vf_pci(0)}/reset; sleep 0.3")
        send_raw(pair, 0, ["reset", [RESET]])
        left = FILTER_MAC in filters(pair)
    assert there
    check.expect(not left, "an address outlives function reset and RESET")


def test_filters_are_released(pair: Fabric, check: DefectCheck) -> None:
    """VF 0 repeatedly changes its additional address; VF 1 still gets one.

    Runs after the test above: igb's table stays full until its driver is loaded again.
    """
    added = "02:00:00:00:77:02"
    make = "ip link add link {dev} name mv address {mac} type macvlan && ip link set mv up"
    for n in range(20):
        mac = f"02:00:00:00:78:{n:02x}"
        pair.run("v0", make.format(dev="vf0", mac=mac) + "; ip link del mv")
    pair.run("v1", make.format(dev="vf1", mac=added) + "; sleep 0.5")
    (got,) = pair.receivers([Frame("wire", added, WIRE_MAC)])
    pair.run("v1", "ip link del mv")
    pair.run("v0", "sleep 0.3")
    left = {mac for mac in filters(pair) if mac.startswith("02:00:00:00:7")}
    check.expect("vf1" in got, "after 20 changes of VF 0's macvlan VF 1 gets no address any more")
    check.expect(not left, f"{len(left)} addresses of deleted macvlans are still in the table")


def test_spoofchk_off_survives_a_pf_reset(pair: Fabric, check: DefectCheck) -> None:
    """The setting is the same after the PF's interface was down (checked in the register)."""
    pair.host.run("ip link set pf0 vf 0 spoofchk off")
    before = pair.host.reg(DTXSWC) & spoof_checks(0)
    pair.host.run("ip link set pf0 down")
    pair.pf_up()
    after = pair.host.reg(DTXSWC) & spoof_checks(0)
    pair.host.run("ip link set pf0 vf 0 spoofchk on")
    for n in range(pair.vfs):
        pair.wait_carrier(f"v{n}", f"vf{n}", timeout=30)
    assert not before
    check.expect(not after, f"spoofchk off, then PF down and up: DTXSWC has {after:#06x}")


def test_rate_limit_applies_to_both_queues(pair: Fabric, check: DefectCheck) -> None:
    """The device limits the rate of queues, and a VF has two (QEMU does not limit them)."""
    with limits_written(pair.host) as limits:
        pair.host.run("ip link set pf0 vf 1 max_tx_rate 100")
    pair.host.run("ip link set pf0 vf 1 max_tx_rate 0")
    limited = sorted(queue for queue, value in limits.items() if value & RS_ENA)
    assert 1 in limited
    check.expect(limited == [1, 9], f"max_tx_rate 100 limits {limited} of VF 1's queues 1 and 9")


def test_all_multicast_needs_trust(pair: Fabric, check: DefectCheck) -> None:
    """SET_PROMISC for multicast is refused to an untrusted VF."""
    with WithoutDriver(pair):
        *_, reply = send_raw(pair, 0, ["reset", [RESET], [SET_PROMISC | info(PROMISC_MC)]])
        vmolr = pair.host.reg(VMOLR(0))
    check.expect(
        bool(reply[0] & NACK) and not vmolr & VMOLR_MPME,
        f"untrusted VF asks for all multicast: answer {reply[0]:#x}, VMOLR {vmolr:#010x}",
    )


def test_addresses_in_use_are_refused(pair: Fabric, check: DefectCheck) -> None:
    """A VF can take neither the PF's address nor another VF's."""
    macs = [pair.mac("", "pf0"), pair.vf_mac(1)]
    with WithoutDriver(pair):
        steps = [[SET_MAC, *mac_words(mac)] for mac in macs]
        replies = send_raw(pair, 0, ["reset", [RESET], *steps])[2:]
    for mac, whose, reply in zip(macs, ("the PF's", "VF 1's"), replies):
        check.expect(bool(reply[0] & NACK), f"VF 0 gets {whose} address {mac}: {reply[0]:#x}")


def test_vlans_are_limited_per_vf(pair: Fabric, check: DefectCheck) -> None:
    """One VF requests all VLANs; another VF still gets one."""
    with WithoutDriver(pair):
        steps = [[SET_VLAN | info(VLAN_ADD), vid] for vid in range(100, 140)]
        replies = send_raw(pair, 0, ["reset", [RESET], *steps])[2:]
        granted = sum(bool(reply[0] & ACK) for reply in replies)
        made = pair.run("v1", "ip link add link vf1 name vf1.9 type vlan id 9", check=False)
        (got,) = pair.receivers([Frame("wire", pair.vf_mac(1), WIRE_MAC, vlan=9)], ["wire", "vf1"])
        pair.run("v1", "ip link del vf1.9", check=False)
    check.expect(
        not made.rc and "vf1" in got,
        f"VF 0 was given {granted} of 40 VLANs, VF 1 then none ({made.err.strip()})",
    )


def test_replies_leak_no_memory(pair: Fabric, check: DefectCheck, full: bool) -> None:
    """The PF cannot read the request at first: it sends no reply, or a reply to that request.

    Debian compiles its kernel so that uninitialised variables are zero: there igb can only be made
    to reply to a message that was never sent. It does so only if its host is older than 300 s:
    before that it assumes that it has just sent a refusal. Hence --full.
    """
    answers = set()
    if not check.ours and full:
        young = "read up rest < /proc/uptime; [ ${up%.*} -lt 305 ]"
        pair.host.run(f"while {young}; do sleep 1; done", 400)
    with WithoutDriver(pair):
        attacker = Attacker(pair.host, pair.vf_pci(0))
        for delay in range(9_000, 30_000, 3_000):
            send_raw(pair, 0, ["reset", [RESET]])
            if not check.ours:
                time.sleep(2.1)  # igb refuses in that way once in two seconds.
            answers.update(attacker.run("letgo", delay, cpu)["answer"] for cpu in range(2))
    answers.discard(None)
    foreign = {hex(answer) for answer in answers if answer & ID != SET_LPE}
    check.expect(not foreign, f"lock let go late: answers to no request, {foreign}")


def test_guest_cannot_flood_the_log(pair: Fabric, check: DefectCheck) -> None:
    """100 refused requests cause only a few lines in the host's log."""
    pair.host.run("ip link set pf0 vf 0 mac 02:11:22:33:44:55")
    with WithoutDriver(pair):
        mark = pair.mark_log("requests that are refused")
        step = [SET_MAC | info(MAC_ADD), *mac_words(FILTER_MAC)]
        send_raw(pair, 0, ["reset", [RESET], *[step] * 100])
        lines = [line for line in pair.dmesg_since(mark).splitlines()[1:] if "VF 0" in line]
        if check.ours:
            pair.host.run("ip link set pf0 vf 0 mac 00:00:00:00:00:00")
    check.expect(0 < len(lines) <= 5, f"100 refused requests: {len(lines)} lines in the log")


def test_notification_overwrites_no_request(pair: Fabric, check: DefectCheck) -> None:
    """The PF notifies of link changes while VF 0 sends requests: each request gets its reply.

    A notification must wait until the request is served and the VF has read the reply.
    """
    host = pair.host
    with WithoutDriver(pair):
        attacker = Attacker(host, pair.vf_pci(0))
        job = attacker.start("ask")
        for _ in range(5):
            # The link takes half a second to come up.
            for state, pause in (("off", 0.3), ("on", 1.2)):
                host.hmp(f"set_link igb0 {state}")
                time.sleep(pause)
        counts = attacker.stop(job)
    pair.wait_carrier("", "pf0")
    asked, lost = counts["rung"], counts["silent"]
    check.expect(
        not lost and not counts["other"],
        f"10 link changes during {asked} requests: {lost} unanswered, {counts['other']} strange",
    )


PF_WORK = {
    "down and up": "ip link set pf0 down; ip link set pf0 up",
    "mtu": "ip link set pf0 mtu 2000; ip link set pf0 mtu 1500",
    "rings": "ethtool -G pf0 rx 512 tx 512; ethtool -G pf0 rx 256 tx 256",
    "pause": "ethtool -A pf0 rx off tx off; ethtool -A pf0 rx on tx on",
}


@pytest.mark.parametrize("work", PF_WORK)
def test_vfs_forward_while_the_pf_is_changed(pair: Fabric, check: DefectCheck, work: str) -> None:
    """VF 0 to VF 1 loses no packet while the administrator changes the PF's interface."""
    ping = pair.host.netns("v0").spawn(f"ping -q -i 0.01 -c 300 -W 2 {vf_ip(1)}")
    pair.host.run("sleep 0.5")
    pair.host.run(PF_WORK[work], check=False)
    out = ping.wait(120, check=False).out
    received = int(out.split(" received")[0].rsplit(" ", 1)[1])
    pair.pf_up()
    for n in range(pair.vfs):
        pair.wait_carrier(f"v{n}", f"vf{n}", timeout=30)
    check.expect(received == 300, f"PF {work}: {300 - received} of 300 packets between VFs lost")


def leave_vfs(host: HostVM, count: int) -> None:
    """Create VFs whose PF has no network driver; pci-pf-stub leaves them when it is unbound."""
    device = f"/sys/bus/pci/devices/{host.nic_address()}"
    host.modprobe("pci-pf-stub")
    host.run("echo 8086 10c9 > /sys/bus/pci/drivers/pci-pf-stub/new_id")
    host.run(f"echo {count} > {device}/sriov_numvfs")


def free_pf(host: HostVM) -> None:
    """Unbind the PF from the stub; the VFs stay."""
    host.run("echo 8086 10c9 > /sys/bus/pci/drivers/pci-pf-stub/remove_id; rmmod pci-pf-stub")


def drop_vfs(host: HostVM) -> None:
    """Remove the VFs and all drivers."""
    unload_drivers(host)
    host.modprobe("pci-pf-stub")
    host.run(
        "echo 8086 10c9 > /sys/bus/pci/drivers/pci-pf-stub/new_id;"
        f"echo 0 > /sys/bus/pci/devices/{host.nic_address()}/sriov_numvfs"
    )
    free_pf(host)


def test_existing_vfs_are_served(
    bare_host: HostVM, drivers: tuple[str, str], note: Callable[[str], None]
) -> None:
    """VFs that exist before the PF's driver is loaded work."""
    host = bare_host
    leave_vfs(host, 2)
    free_pf(host)
    fabric = Fabric.__new__(Fabric)
    fabric.host, fabric.pf_pci, fabric.vfs = host, host.nic_address(), 2
    fabric.pf_driver, fabric.vf_driver = drivers
    fabric.load()
    try:
        fabric.adopt_vfs(0, 1)
        works = fabric.reaches("v0", vf_ip(1)) and fabric.reaches("v0", PF_IP)
    except LabError:
        if drivers != STOCK:
            raise
        works = False
    finally:
        drop_vfs(host)
    DefectCheck(fabric, note).expect(works, "VFs that existed before the PF's driver do not work")


def test_vf_does_not_spin_for_a_reply(
    bare_host: HostVM, drivers: tuple[str, str], note: Callable[[str], None]
) -> None:
    """igb with its interface down does not reply: the VF's driver waits without spinning."""
    fabric = Fabric(bare_host, pf=STOCK[0], vf=drivers[1])
    bare_host.run("ip link set pf0 down")
    jitter = Jitter(bare_host)
    result = fabric.run("v0", "ip link set vf0 down; ip link set vf0 up; sleep 3", 60)
    held_up = jitter.stop()
    unload_drivers(bare_host)
    note(
        f"{drivers[1]} down and up: {result.seconds - 3:.1f} s; "
        f"a processor was held up for {held_up:.0f} ms at most"
    )
    if drivers != STOCK:
        assert held_up < 300
        assert result.seconds < 5


@pytest.mark.full()
def test_reset_of_a_closed_interface(boot_host, note: Callable[[str], None]) -> None:
    """igbvf hangs; the test for iovnic is test_reset_of_a_closed_vf."""
    fabric = Fabric(boot_host(), pf=STOCK[0], vf=STOCK[1])
    fabric.run("v0", "ip link set vf0 down; ip netns del v0 2> /dev/null; true")
    job = fabric.host.spawn(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset")
    time.sleep(10)
    state = "hangs" if job.poll() is None else "ended"
    note(f"igbvf: function reset of an interface that has been down {state} after 10 s")


def test_refusals_are_reported(pair: Fabric, check: DefectCheck) -> None:
    """With more multicast groups than fit, all frames arrive, or the guest's log has a message."""
    mark = pair.mark_log("many groups")
    group = "01:00:5e:40:00:{:02x}"
    for verb in ("add", "del"):
        pair.run(
            "v0",
            f"for i in $(seq 1 {MANY_GROUPS}); do"
            f"  ip maddr {verb} 01:00:5e:40:00:$(printf %02x $i) dev vf0; done; sleep 1",
        )
        if verb == "add":
            groups = [group.format(n) for n in range(1, MANY_GROUPS + 1)]
            got = pair.receivers([Frame("wire", mac, WIRE_MAC) for mac in groups])
    lost = sum("vf0" not in ports for ports in got)
    said = [line for line in pair.dmesg_since(mark).splitlines()[1:] if "vf0" in line]
    check.expect(bool(not lost or said), f"{lost} of {MANY_GROUPS} groups do not arrive, no word")


def test_self_test_does_not_sleep(pair: Fabric, check: DefectCheck) -> None:
    """`ethtool -t` of a VF returns at once."""
    result = pair.run("v0", "ethtool -t vf0", check=False)
    check.expect(result.seconds < 3, f"ethtool -t takes {result.seconds:.1f} s")


def first_callers(leak: str) -> list[str]:
    """The callers that allocated the objects that kmemleak reports."""
    frames = leak.partition("backtrace")[2].splitlines()[1:]
    return [frame for frame in frames if "alloc" not in frame][:2]


@pytest.mark.kernels("debug")
@pytest.mark.full()
@pytest.mark.expect_splat(r"kmemleak: \d+ new suspected memory leaks")  # checked below
def test_failed_allocations_while_vfs_are_enabled(fabric: Fabric) -> None:
    """The n-th allocation fails while VFs are created: none or all exist, and the PF works."""
    host = fabric.host
    fabric.remove_vfs()
    # Fail allocations that may sleep as well, and print no call trace for each failure.
    host.run("cd /sys/kernel/debug/failslab && echo N > ignore-gfp-wait && echo 0 > verbose")
    failed = 0
    for nth in range(1, 400):
        result = host.run(
            f"exec 3> /proc/self/fail-nth; echo {nth} >&3; echo 2 > {fabric.numvfs_path};"
            "rc=$?; echo 0 >&3; exit $rc",
            60,
            check=False,
        )
        failed += bool(result.rc)
        vfs = host.run("lspci -d 8086:10ca | wc -l").out.strip()
        assert (vfs, host.read(fabric.numvfs_path)) in (("0", "0"), ("2", "2")), nth
        host.run(f"echo 0 > {fabric.numvfs_path}", 60)
    host.run("cd /sys/kernel/debug/failslab && echo Y > ignore-gfp-wait")
    assert failed
    # sysfs of 6.12 loses a directory if it cannot fill it.
    callers = map(first_callers, host.kmemleak().split("unreferenced object")[1:])
    assert not [lines for lines in callers if any("iov_" in line for line in lines)]
    host.run("echo clear > /sys/kernel/debug/kmemleak")
    fabric.set_vfs(2)
    fabric.ping("v0", vf_ip(1))
    fabric.ping("v0", PF_IP)
