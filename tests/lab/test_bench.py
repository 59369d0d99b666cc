# SPDX-License-Identifier: GPL-2.0
"""Tests of the lab itself: it runs, finds kernel errors, and reports where the logs are."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import CommandFailed, CommandTimeout, HostVM, LabError, MachineDied, Result
from lab.initramfs import shared_objects
from lab.progress import twice
from lab.splat import SPLATS, Oracle, find_splats
from lab.topology import ping, wait_listening
from lab.regs82576 import RAL

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.xdist_group("peers")]

pytest_plugins = ["pytester"]

SAMPLES = {
    "oops": "[    9.1] Oops: Oops: 0002 [#1] PREEMPT SMP KASAN",
    "call trace": "[   21.4] Call Trace:",
    "bug": "[    3.2] BUG: unable to handle page fault for address: ffffc90000a1d000",
    "warning": "[  101.77] WARNING: CPU: 1 PID: 12 at net/core/dev.c:6730 __napi_schedule+0x1/0x2",
    "sanitizer": "[   14.9] UBSAN: shift-out-of-bounds in /src/pf/hw.c:12:9",
    "locking": "[   77.0] WARNING: possible circular locking dependency detected",
    "hang": "[  242.6] INFO: task kworker/1:2:51 blocked for more than 120 seconds.",
    "workqueue": "[  300.1] BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for",
    "dma": "[    8.8] DMA-API: iovnic_pf 0000:01:00.0: device driver has pending DMA allocations",
    "iommu fault": "[   30.3] DMAR: [DMA Read NO_PASID] Request device [01:10.0] fault addr 0x1000",
    "transmit time-out": "[   50.5] NETDEV WATCHDOG: CPU: 0: transmit queue 0 timed out 5120 ms",
    "leak": "unreferenced object 0xffff888007d5a000 (size 256):",
    "reference": "[   65.1] unregister_netdevice: waiting for eth0 to become free. Usage count = 2",
    "debug objects": "[    5.6] ODEBUG: free active (active state 0) object: 00000000a1 timer_list",
    "slab": "[   12.1] BUG kmalloc-64 (Tainted: G    B): Right Redzone overwritten",
    "leaked page": "[   61.0] page_pool_release_retry() stalled pool shutdown: id 2, 3 inflight",
    "interrupt": '[   18.2] irq 27: no' 'body cared (try booting with the "irqpoll" option)',
    "pci": "[   19.9] pcieport 0000:00:03.0: AER: Uncorrectable (Fatal) error message received",
    "allocation": "[   44.4] ping: page allocation failure: order:0, mode:0x820(GFP_ATOMIC)",
}

INNOCENT = """\
[    0.000000] Kernel command line: console=ttyS0 loglevel=5 rdinit=/init panic=-1
[    0.325894] kasan: KernelAddressSanitizer initialized (generic)
[    0.410000] DMA-API: preallocated 65536 debug entries
[    0.410001] DMA-API: debugging enabled by kernel config
[    0.811000] DMAR: Intel(R) Virtualization Technology for Directed I/O
[    0.910000] rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.
[    1.003021] acpi PNP0A08:00: _OSC: OS now controls [SHPCHotplug PME AER PCIeCapability]
[    2.968227] Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
[   13.514334] kmemleak: Kernel memory leak detector initialized (mem pool available: 38843)
[   14.000000] pcieport 0000:00:03.0: AER: enabled with IRQ 24
[   62.782003] kvm: kvm [136]: vcpu0, guest rIP: 0xffffffff8100f549 Unhandled WRMSR(0xc0010007)
[   71.000000] igb 0000:01:00.0: VF 0 requested MAC filter but is administratively denied
"""

WARN_REPORT = """\
[  101.7] WARNING: CPU: 1 PID: 12 at net/core/dev.c:6730 __napi_schedule+0x1/0x2
[  101.8] RIP: 0010:__napi_schedule+0x1/0x2
[  101.9] Call Trace:
[  102.0] ---[ end trace 0000000000000000 ]---
"""


def test_every_pattern_has_a_sample() -> None:
    assert SAMPLES.keys() == SPLATS.keys()


@pytest.mark.parametrize("kind", SAMPLES)
def test_splat_is_found(kind: str) -> None:
    assert find_splats(INNOCENT + SAMPLES[kind] + "\n") == [SAMPLES[kind]]


def test_boot_log_is_innocent() -> None:
    assert not find_splats(INNOCENT)


def test_expected_report_is_excused_and_the_next_is_not() -> None:
    assert not find_splats(WARN_REPORT, [r"WARNING: .*__napi_schedule"])
    assert len(find_splats(WARN_REPORT * 2)) == 6
    assert find_splats(WARN_REPORT + SAMPLES["bug"], ["__napi_schedule"]) == [SAMPLES["bug"]]


def test_oracle_checks_only_what_is_new(tmp_path) -> None:
    console = tmp_path / "host-console.log"
    console.write_text(SAMPLES["bug"] + "\n")
    oracle = Oracle()
    oracle.mark([console])
    assert not oracle.check([console])
    with console.open("a") as file:
        file.write(WARN_REPORT)
    (report,) = oracle.check([console])
    assert str(console) in report and "end trace" in report
    assert not oracle.check([console])


def test_run_returns_output(host: HostVM) -> None:
    result = host.run("echo out; echo err >&2")
    assert (result.rc, result.out, result.err) == (0, "out\n", "err\n")


def test_failure_shows_command_output_and_logs(host: HostVM) -> None:
    with pytest.raises(CommandFailed) as failure:
        host.run("echo clue >&2; exit 3")
    for part in ("exit 3", "rc 3", "clue", str(host.logdir)):
        assert part in str(failure.value)


def test_a_server_that_ends_is_the_error(host: HostVM) -> None:
    """The error is that of the server, not that of the client, which finds no listener."""
    with pytest.raises(LabError, match="clue"):
        wait_listening(host, 5999, host.spawn("echo clue >&2; exit 3"))


@pytest.mark.parametrize(
    "line, first", [("64 bytes from x: icmp_seq={} ttl=64 time=3 ms", 1), ("{}: seq={} time=3", 0)]
)
@pytest.mark.parametrize("answered, received", [("1234", 4), ("12345", 5), ("123467", 4), ("", 0)])
def test_ping_tells_late_from_lost(line: str, first: int, answered: str, received: int) -> None:
    """Of five requests, late replies count; ping sends more while it waits for the last one."""

    class Place:
        def run(self, command: str, timeout: float, check: bool) -> Result:
            numbers = [int(digit) - 1 + first for digit in answered]
            out = "\n".join(line.format(*[number] * 2) for number in numbers)
            return Result(command, 0, out, "", 1)

    assert ping(Place(), "10.82.0.1").received == received


def test_guest_has_what_programs_load_by_name() -> None:
    """libc loads libgcc_s.so.1 in pthread_cancel(); iperf3 3.16 and newer end without it."""
    programs = [Path("/usr/bin") / name for name in ("iperf3", "socat")]
    for program in programs:
        names = {path.name for path in shared_objects(program)}
        assert {"libc.so.6", "libgcc_s.so.1"} <= names


@pytest.mark.full()
def test_a_clone_in_a_folder_of_the_vms_own_is_seen(
    boot_host: Callable[..., HostVM], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The VM has its own /tmp; a clone there can be read and, in memory, written."""
    (tmp_path / "file").write_text("seen")
    monkeypatch.setattr("lab.host.REPO", tmp_path)
    host = boot_host(wire=False)
    assert host.read(f"{tmp_path}/file") == "seen"
    host.write(f"{tmp_path}/file", "written")
    assert (tmp_path / "file").read_text() == "seen"


def test_timeout_kills_the_whole_command(host: HostVM) -> None:
    started = time.monotonic()
    with pytest.raises(CommandTimeout):
        host.run("sleep 4321 & sleep 4321", timeout=1)
    assert time.monotonic() - started < 60
    host.wait_until("! pgrep -f 'sleep 432[1]'", timeout=5)


def test_commands_run_side_by_side(host: HostVM) -> None:
    jobs = [host.spawn("sleep 1; echo done") for _ in range(20)]
    started = time.monotonic()
    assert all(job.wait().out == "done\n" for job in jobs)
    assert time.monotonic() - started < 15


@pytest.mark.full()
def test_large_files_pass(host: HostVM) -> None:
    content = bytes(range(256)) * 4096
    host.put(content, "/tmp/large")
    assert host.run("od -An -tx1 -v /tmp/large | tr -d ' \\n'; rm /tmp/large", timeout=120).out == (
        content.hex()
    )


def test_register_is_read_from_outside(host: HostVM) -> None:
    host.modprobe("igb")
    try:
        interface = host.netdev_of(host.nic_address())
        mac = host.read(f"/sys/class/net/{interface}/address")
        low = host.reg(RAL(0)).to_bytes(4, "little")
        assert low == bytes.fromhex(mac.replace(":", ""))[:4]
    finally:
        host.rmmod("igb")


@pytest.mark.expect_splat(r"WARNING: the bench provokes this")
def test_expected_splat_passes(host: HostVM) -> None:
    host.write("/dev/kmsg", "<4>WARNING: the bench provokes this")


def test_provoked_splat_fails_a_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    """A test that leaves a warning on the console fails, and the report has the path of the log."""
    here = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", f"{here}:{here.parents[1]}/tools")
    pytester.makepyfile(
        """
        def test_noisy(host):
            host.write("/dev/kmsg", "<4>WARNING: a test was here")

        def test_next_gets_a_fresh_host(host):
            host.run("! dmesg | grep 'a test was here'")
        """
    )
    result = pytester.runpytest_subprocess(f"--kernel={kernel}", "-p", "conftest")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*host-console.log: *WARNING: a test was here*"])


def test_boot_is_tried_twice(tmp_path: Path) -> None:
    class Unlucky(HostVM):
        folders: list[Path] = []
        fails = 1

        def __init__(self, kernel: str, logdir: Path) -> None:
            self.folders.append(logdir)
            if len(self.folders) <= self.fails:
                raise MachineDied("QEMU returned -6")

    with pytest.warns(UserWarning, match="second attempt: QEMU returned -6"):
        Unlucky.boot(logdir=tmp_path)
    assert Unlucky.folders == [tmp_path, tmp_path.with_name(f"{tmp_path.name}-again")]
    Unlucky.fails = 4
    with pytest.warns(UserWarning), pytest.raises(MachineDied):
        Unlucky.boot(logdir=tmp_path)
    assert len(Unlucky.folders) == 4


def test_program_runs_again_after_a_silent_death(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.progress.LOGS", tmp_path)
    console = tmp_path / "host" / "host-console.log"
    console.parent.mkdir()
    endings = [MachineDied("QEMU returned 0")]

    def program() -> None:
        console.write_text(text)
        if endings:
            raise endings.pop()

    text = INNOCENT
    twice(program)
    assert not endings
    text, endings = SAMPLES["bug"], [MachineDied("QEMU returned 0")] * 2
    with pytest.raises(LabError, match="BUG: unable to handle page fault"):
        twice(program)
    assert len(endings) == 1


@pytest.mark.full()
def test_dead_machine_is_reported(fresh_host: HostVM) -> None:
    job = fresh_host.spawn("sleep 100")
    fresh_host.hmp("quit")
    with pytest.raises(MachineDied):
        job.wait(timeout=10)
    assert not fresh_host.alive


@pytest.mark.full()
def test_two_nics_each_on_its_own_wire(boot_host) -> None:
    host = boot_host(nics=2)
    host.modprobe("igb")
    for n, address in enumerate(("10.82.0.1", "10.83.0.1")):
        interface = host.netdev_of(host.nic_address(n))
        host.run(f"ip address add {address}/16 dev {interface}; ip link set {interface} up")
        host.wait_until(f"ip netns exec wire ping -c 1 -W 1 {address}", timeout=30)


@pytest.mark.full()
@pytest.mark.parallel
def test_guest_talks(host: HostVM) -> None:
    with host.guest() as guest:
        assert guest.run("echo $((6 * 7))").out == "42\n"
        assert "VM status: running" in guest.hmp("info status")
        assert guest.run("iperf3 --version").rc == 0
    assert not guest.alive
