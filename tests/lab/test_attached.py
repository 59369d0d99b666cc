# SPDX-License-Identifier: GPL-2.0-only
"""Live migration of a guest with its VF attached: iovnic_vfio."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hostile import FOREVER, Calls, build, diagnosis, end, offer
from lab import HostVM
from lab.attached import GUEST_IP, GUEST_MAC, VFIO, Attached, AttachedTwoHosts, Moved
from lab.fabric import Fabric, vf_netdev
from lab.flow import Figures
from lab.host import STOCK
from lab.machine import Machine, NetNs
from lab.migration import cable
from lab.regs82576 import VFRE
from lab.topology import OURS, bring_up, tcp, vf_ip, vf_mac

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.parallel]

MANY = 25
MEBIBYTES = 128
A_MILLION = 1000000
SLOW, FAST = 1 << 20, 1 << 30  # bytes a second
THOUSANDS = 5000
MMIO_EXITS = "/sys/kernel/debug/kvm/mmio_exits"
LEGACY = ("iovnic_pf", "igbvf")
# The numbers of the pages that differ
COMPARE = "cmp -l /run/memory0 /run/memory1 | awk '{ print int(($1 - 1) / 4096) }' | uniq"


@pytest.fixture
def moving(bare_host: HostVM) -> Iterator[Attached]:
    """A guest with VF 0 of iovnic_vfio."""
    with Attached(bare_host) as found:
        yield found


def memory(number: int) -> list[str]:
    """QEMU's arguments for memory that is a file of the host VM."""
    backend = f"memory-backend-file,id=pc.ram,size={MEBIBYTES}M,mem-path=/run/memory{number}"
    return [
        *("-object", f"{backend},share=on,x-use-canonical-path-for-ramblock-id=off"),
        *("-m", f"{MEBIBYTES}M", "-machine", "memory-backend=pc.ram"),
    ]


def settings(moving: Attached) -> str:
    """What a migration must not change in the guest; a restart of the driver would be logged."""
    return moving.guest.run(
        "cat /sys/class/net/vf0/carrier_changes; ip link show vf0; ethtool -g vf0; ethtool -c vf0;"
        "dmesg | grep -c -e iovnic_vf -e igbvf"
    ).out


def received(moving: Attached) -> int:
    """Received frames, by the VF's own counter."""
    names = "FramesReceivedOK\\|^ *rx_packets"
    command = "ethtool -S vf0 --groups eth-mac; ethtool -S vf0"
    return int(moving.guest.run(f"({command}) | grep -m 1 '{names}'").out.split(":")[1])


def move(moving: Attached) -> tuple[Moved, Figures]:
    """Migrate the guest under datagrams and TCP; return QEMU's report and what was lost."""
    flow = moving.flow(hertz=250)
    moving.start_target()
    moved = moving.migrate(flow)
    assert moved.status == "completed", moved
    moving.reach()
    flow.close()
    assert flow.tcp_alive
    return moved, flow.figures(moved.began, moved.ended)


@pytest.mark.full()
@pytest.mark.parametrize("pair", [OURS, LEGACY], ids=lambda pair: pair[1])
def test_there_and_back(
    bare_host: HostVM, pair: tuple[str, str], note: Callable[[str], None]
) -> None:
    """The guest keeps its settings, and its driver does not restart, on another VF and back."""
    with Attached(bare_host, pair) as moving:
        guest_ip, wire_ip = "10.85.0.10", "10.85.0.254"
        for module, host in (("8021q", moving.guest), ("8021q", bare_host)):
            host.modprobe(module)
        moving.guest.run(
            f"ip link add link vf0 name vlan5 type vlan id 5 && ip link set vlan5 up &&"
            f"ip address add {guest_ip}/24 dev vlan5"
        )
        NetNs(bare_host, "wire").run(
            f"ip link add link wire0 name wire0.5 type vlan id 5 && ip link set wire0.5 up &&"
            f"ip address add {wire_ip}/24 dev wire0.5"
        )
        try:
            for vf in (1, 0):
                before, frames = settings(moving), received(moving)
                assert frames
                calls = Calls(bare_host, "iov_vfio_migrate_set")
                moved, figures = move(moving)
                changes = calls.stop()
                assert settings(moving) == before
                moving.guest.run(f"ping -c 1 -W 2 {wire_ip}")
                assert moving.vf == vf
                assert moving.fabric.vf_info(vf)["address"] == vf_mac(0)
                assert moving.fabric.vf_info(1 - vf)["address"] == "00:00:00:00:00:00"
                # The mailbox works: the PF grants a frame size.
                moving.guest.run("ip link set vf0 mtu 1400 && ip link set vf0 mtu 1500")
                moving.reach()
                assert 0 < received(moving) - frames < A_MILLION
                note(
                    f"VF {1 - vf} to VF {vf}: QEMU's downtime {moved.downtime_ms} ms, state"
                    f" {moved.state_bytes} bytes; lost {figures.out.lost}/{figures.out.sent} from,"
                    f" {figures.back.lost}/{figures.back.sent} to the guest, which heard nothing"
                    f" for {figures.back.silence:.0f} ms; TCP {figures.tcp_ms:.0f} ms; changes of"
                    f" state in the kernel: {changes}"
                )
        finally:
            NetNs(bare_host, "wire").run("ip link del wire0.5", check=False)


@pytest.mark.parametrize(
    "pair, paused",
    [
        (OURS, False),
        pytest.param(OURS, True, marks=pytest.mark.full()),
        pytest.param(LEGACY, False, marks=pytest.mark.full()),
    ],
    ids=["iovnic_vf", "paused", "igbvf"],
)
def test_memory_is_exact(
    bare_host: HostVM, pair: tuple[str, str], paused: bool, note: Callable[[str], None]
) -> None:
    """The target's memory equals the source's, including the pages that the device writes to.

    The guest receives and sends while its memory is copied. Neither QEMU runs the guest
    afterwards, so that nothing changes. With this MTU igbvf has two buffers for each frame.
    """
    # KVM writes the page of its clock when a guest runs, or was migrated.
    clock = ("-cpu", "host,kvmclock=off")
    with Attached(bare_host, pair, memory=[*memory(0), *clock]) as moving:
        moving.guest.run("ip link set vf0 mtu 1400")
        moving.reach()
        moving.start_target(extra=[*memory(1), *clock, "-S"])
        flow = moving.flow(hertz=500, tcp_bytes=2000)
        if paused:
            moving.guest.qmp("stop")
            limits = {"max-bandwidth": SLOW, "downtime-limit": 0}
            moving.guest.qmp("migrate-set-parameters", **limits)
        moving.begin()
        if paused:
            # QEMU has read the set of dirty pages before it resumes the guest, and copies pages
            # several times while the device writes to them.
            bare_host.run("sleep 1")
            moving.guest.qmp("cont")
            moving.reach()
            limit_bandwidth(moving, FAST)
            bare_host.run("sleep 4")
            moving.guest.qmp("migrate-set-parameters", **{"downtime-limit": 300})
        assert moving.end()["status"] == "completed"
        assert moving.target
        assert moving.target.qmp("query-status")["status"] == "paused"
        pages = bare_host.run(COMPARE, timeout=60).out.split()
        note(f"pages that differ: {pages}")
        moving.target.qmp("cont")
        moving.take_over()
        moving.reach()
        flow.close()
        assert flow.tcp_alive
        assert not pages


@pytest.mark.full()
def test_paused(moving: Attached) -> None:
    """A guest that is paused is migrated, and continues when the target's QEMU resumes it."""
    resets = moving.counter("mbx_resets")
    moving.guest.qmp("stop")
    moving.start_target()
    assert moving.migrate().status == "completed"
    assert moving.guest.qmp("query-status")["status"] == "paused"
    moving.guest.qmp("cont")
    moving.reach()
    assert moving.counter("mbx_resets") == resets


@pytest.mark.full()
def test_no_driver(moving: Attached) -> None:
    """A guest without a driver for its VF is migrated, and loads the driver there."""
    moving.guest.rmmod(OURS[1])
    moving.start_target()
    assert moving.migrate().status == "completed"
    moving.guest.modprobe(OURS[1])
    bring_up(moving.guest, vf_netdev(moving.guest, GUEST_MAC), GUEST_IP)
    moving.reach()


def attack(moving: Attached) -> None:
    """The guest rings while it holds the mailbox of VF 0, until the VF is in quarantine."""
    address = moving.guest.run(f"ls /sys/bus/pci/drivers/{OURS[1]} | grep :").out.strip()
    moving.guest.rmmod(OURS[1])
    moving.guest.put(build("attacker").read_bytes(), "/tmp/attacker")
    moving.host.wild = True
    job = moving.guest.spawn(f"chmod +x /tmp/attacker; exec /tmp/attacker {address} hold {FOREVER}")
    moving.host.wait_until("dmesg | grep -q 'VF 0 is in quarantine'", 30)
    end(job)
    moving.guest.modprobe(OURS[1])


@pytest.mark.full()
def test_quarantine(moving: Attached) -> None:
    """The target's VF is in quarantine like that of the source, until the administrator ends it."""
    moving.host.run("dmesg -C")
    attack(moving)
    moving.start_target()
    try:
        assert moving.migrate().status == "completed"
        why = diagnosis(moving.fabric, 0)["quarantine"]
        assert diagnosis(moving.fabric, 1)["quarantine"] == why != "nothing"
        assert f"VF 1 is in quarantine, without data path: {why}" in moving.log()
        assert not moving.host.reg(VFRE) & 0b11
    finally:
        for vf in (0, 1):
            offer(moving.fabric, vf)
    bring_up(moving.guest, vf_netdev(moving.guest, GUEST_MAC), GUEST_IP)
    moving.reach()


def exits_per_frame(host: HostVM, pair: tuple[str, str], vfio: str) -> float:
    """How often QEMU reads or writes a register for the guest, for each frame that it receives."""
    clocks = "cat /sys/class/net/vf0/statistics/rx_packets"
    with Fabric(host, 1, *pair, adopt=False) as fabric:
        host.modprobe(vfio)
        guest = fabric.start_guest(vfio=vfio)
        before, frames = host.read(MMIO_EXITS), guest.run(clocks).out
        tcp(NetNs(host, "wire"), guest, vf_ip(0))
        exits = int(host.read(MMIO_EXITS)) - int(before)
        done = int(guest.run(clocks).out) - int(frames)
        guest.kill()
        if vfio == VFIO:
            host.rmmod(vfio)
    assert done > THOUSANDS
    return exits / done


@pytest.mark.full()
@pytest.mark.parametrize("pair, most", [(OURS, 0.1), (LEGACY, 0.2)], ids=["iovnic_vf", "igbvf"])
def test_trapped_writes(
    bare_host: HostVM, pair: tuple[str, str], most: float, note: Callable[[str], None]
) -> None:
    """Each write of a receive tail is an exit to QEMU; a driver writes one for many frames."""
    bare_host.foreign |= pair[1] in STOCK
    without, trapped = (exits_per_frame(bare_host, pair, vfio) for vfio in ("vfio-pci", VFIO))
    note(f"MMIO exits per received frame: vfio-pci {without:.4f}, iovnic_vfio {trapped:.4f}")
    assert without < trapped < without + most


@pytest.mark.full()
def test_two_vfs(bare_host: HostVM, note: Callable[[str], None]) -> None:
    """A guest moves with two VFs: QEMU stops both before it reads the state of either (P2P)."""
    second, wire_ip = "10.85.0.11", "10.85.0.254"
    with Attached(bare_host, vfs=4, more=1) as moving:
        bring_up(moving.guest, vf_netdev(moving.guest, vf_mac(1)), second, "vf1")
        NetNs(bare_host, "wire").run(f"ip address add {wire_ip}/16 dev wire0")
        try:
            for vf in (2, 0):
                moved, figures = move(moving)
                assert moving.vf == vf
                moving.guest.run(f"ping -c 1 -W 2 -I vf1 {wire_ip}")
                note(f"QEMU's downtime {moved.downtime_ms} ms; {figures}")
        finally:
            NetNs(bare_host, "wire").run(f"ip address del {wire_ip}/16 dev wire0", check=False)


def limit_bandwidth(moving: Attached, bandwidth: int) -> None:
    """Of the migration, in bytes a second."""
    moving.guest.qmp("migrate-set-parameters", **{"max-bandwidth": bandwidth})


def begin_slowly(moving: Attached) -> None:
    """Start a migration that copies memory for a long time."""
    moving.start_target()
    limit_bandwidth(moving, SLOW)
    moving.begin()
    moving.guest.wait_until("sleep 1")


@contextmanager
def migrated_afterwards(moving: Attached) -> Iterator[None]:
    """The guest keeps TCP and its VF's session in the block, and in a migration after it."""
    flow = moving.flow(hertz=250)
    resets = moving.counter("mbx_resets")
    yield
    moving.start_target()
    assert moving.migrate().status == "completed"
    moving.reach()
    flow.close()
    assert flow.tcp_alive
    assert moving.counter("mbx_resets") == resets


@pytest.mark.full()
def test_cancelled(moving: Attached) -> None:
    """Cancelled while memory is copied: the guest stays, and the next attempt migrates it."""
    with migrated_afterwards(moving):
        begin_slowly(moving)
        moving.guest.qmp("migrate_cancel")
        assert moving.end()["status"] == "cancelled"
        moving.end_target()
        moving.reach()
        limit_bandwidth(moving, FAST)


def pause_before_switchover(moving: Attached, pause: bool) -> None:
    """Whether QEMU waits for migrate-continue when it has stopped the guest and the VF."""
    capability = {"capability": "pause-before-switchover", "state": pause}
    moving.guest.qmp("migrate-set-capabilities", capabilities=[capability])


@pytest.mark.full()
def test_target_dies(moving: Attached) -> None:
    """While memory is copied, and when the VF is stopped: the guest continues with its VF."""
    with migrated_afterwards(moving):
        begin_slowly(moving)
        moving.end_target()
        assert moving.end()["status"] == "failed"
        moving.reach()
        limit_bandwidth(moving, FAST)

        moving.start_target()
        pause_before_switchover(moving, True)
        moving.begin()
        moving.end(ended=("pre-switchover",))
        moving.end_target()
        moving.guest.qmp("migrate-continue", state="pre-switchover")
        assert moving.end()["status"] == "failed"
        moving.reach()
        pause_before_switchover(moving, False)


@pytest.mark.full()
@pytest.mark.parametrize(
    "on_host, act",
    [
        (False, "ip link set vf0 down; ip link set vf0 up"),
        (False, "for do in add del; do ip maddress $do 01:00:5e:01:02:03 dev vf0; done"),
        (True, "for on in on off; do ip link set pf0 vf 0 trust $on spoofchk $on; done"),
    ],
    ids=["interface", "multicast", "settings"],
)
def test_storm(moving: Attached, on_host: bool, act: str, note: Callable[[str], None]) -> None:
    """The guest, or the administrator, changes something all the time, each time by messages."""

    def place() -> Machine:
        return moving.host if on_host else moving.guest

    def count() -> int:
        return int(place().read("/run/count"))

    place().run("touch /run/storm")
    place().spawn(f"while test -e /run/storm; do {act}; echo $((n += 1)) > /run/count; done")
    moving.start_target()
    place().wait_until("test $(cat /run/count) -gt 20", 30)
    before = count()
    moved = moving.migrate()
    note(f"{count() - before} changes, QEMU's downtime {moved.downtime_ms} ms")
    assert moved.status == "completed" and count() > before
    place().run("rm /run/storm; sleep 1")
    moving.reach()


@pytest.mark.full()
def test_refused(moving: Attached) -> None:
    """The target's VF has other settings: the log names them, and the guest continues."""
    flow = moving.flow(hertz=250)
    for words, text in (
        ("mac 52:54:00:82:99:99", "this VF may not have the address"),
        (f"mac {GUEST_MAC} vlan 7", "port VLAN or priority differs"),
        (f"mac {GUEST_MAC} vlan 0 state disable", "the data path of this VF is withheld"),
    ):
        moving.start_target()
        moving.host.run(f"ip link set pf0 vf 1 {words}")
        assert moving.migrate().status == "failed"
        moving.reach()
        assert text in moving.log(), moving.log()
        moving.end_target()
    moving.host.run("ip link set pf0 vf 1 state auto")
    moving.start_target()
    assert moving.migrate().status == "completed"
    moving.reach()
    flow.close()
    assert flow.tcp_alive


def disturbed(moving: Attached, change: Callable[[], object]) -> str:
    """Migrate; make a change on the host while memory is copied. Return the migration's status."""
    begin_slowly(moving)
    change()
    limit_bandwidth(moving, FAST)
    status = moving.end()["status"]
    if status == "completed":
        moving.take_over()
    moving.end_target()
    return status


@pytest.mark.full()
@pytest.mark.parametrize(
    "words, restored, why",
    [
        ("vlan 7", "vlan 0", "port VLAN or priority differs"),
        ("mac 52:54:00:82:99:99", f"mac {GUEST_MAC}", "this VF may not have the address"),
        ("state disable", "state auto", ""),
    ],
    ids=["vlan", "mac", "state"],
)
def test_settings_while_copied(moving: Attached, words: str, restored: str, why: str) -> None:
    """Settings of the source's VF: the target refuses other ones, or its own settings apply."""
    setting = f"ip link set pf0 vf {moving.vf}"
    status = disturbed(moving, lambda: moving.host.run(f"{setting} {words}"))
    if why:
        assert status == "failed"
        assert why in moving.log(), moving.log()
        # No QEMU has the target's VF open now, so the guest cannot have its address.
        moving.host.run(f"ip link set pf0 vf {moving.target_vf} mac 00:00:00:00:00:00")
        moving.host.run(f"{setting} {restored}")
        moving.reach()
        moving.start_target()
        assert moving.migrate().status == "completed"
    else:
        assert status == "completed"
        moving.host.run(f"{setting} {restored}")
    moving.reach()


@pytest.mark.full()
@pytest.mark.parametrize("happens", ["reload", "reset"])
def test_pf_reset_while_copied(moving: Attached, happens: str) -> None:
    """The guest's driver opens its session again, before or after the VF is stopped."""
    pci = moving.fabric.pf_pci
    command = {
        "reload": f"devlink dev reload pci/{pci} action driver_reinit",
        "reset": f"echo 1 > /sys/bus/pci/devices/{pci}/reset",
    }[happens]

    def change() -> None:
        moving.host.run(command, timeout=30)
        moving.fabric.adopt_pf()

    assert disturbed(moving, change) == "completed"
    moving.reach()


@pytest.mark.full()
def test_two_hosts(
    boot_host: Callable[..., HostVM], tmp_path: Path, note: Callable[[str], None]
) -> None:
    """To another host and back; the frames of the guest take the new way each time."""
    first, second = (boot_host(backends=backends) for backends in cable(tmp_path))
    with AttachedTwoHosts(first, second) as moving:
        for _ in range(2):
            moved, figures = move(moving)
            note(f"QEMU's downtime {moved.downtime_ms} ms; {figures}")


@pytest.mark.full()
def test_again_and_again(moving: Attached, note: Callable[[str], None]) -> None:
    """25 migrations under one TCP connection."""
    resets = moving.counter("mbx_resets")
    flow = moving.flow(hertz=250)
    downtimes = []
    for _ in range(MANY):
        moving.start_target()
        moved = moving.migrate()
        assert moved.status == "completed", moved
        moving.reach()
        downtimes.append(moved.downtime_ms)
    flow.close()
    assert flow.tcp_alive
    assert moving.counter("mbx_resets") == resets
    note(f"QEMU's downtimes: {downtimes} ms")


@pytest.mark.full()
def test_saved_to_a_file(moving: Attached) -> None:
    """The guest is saved to a file and restored from it, on the same VF."""
    moving.guest.qmp("migrate", uri="file:/run/saved")
    assert moving.end()["status"] == "completed"
    moving.guest.kill()
    saved = moving.guest
    target = moving.start_target(vf=0)
    target.qmp("migrate-incoming", uri="file:/run/saved")
    target.take_over(saved)
    moving.guest, moving.target = target, None
    moving.reach()
    assert moving.counter("mbx_resets") == 1
