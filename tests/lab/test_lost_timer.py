# SPDX-License-Identifier: GPL-2.0-only
"""The lab distinguishes a hanging command or a slow boot from a timer that QEMU lost."""
import time
from collections.abc import Callable

import pytest

from lab import CommandTimeout, HostVM, MachineDied
from lab.channel import PAUSE
from lab.host import LONG

LVT_TIMER = 0xFEE00320  # of the local APIC
MASKED = 1 << 16


@pytest.mark.full
@pytest.mark.expect_splat(r"rcu: ")
@pytest.mark.kernels("stock")
def test_timer_that_never_comes(boot_host: Callable[..., HostVM]) -> None:
    """A timeout counts as a dead machine if a processor's timer is lost, otherwise as a hang."""
    host = boot_host()
    with pytest.raises(CommandTimeout):
        host.run("sleep 60", timeout=2)
    assert host.alive and not host.clock_stands()
    devmem = f"taskset -c 1 busybox devmem {LVT_TIMER:#x}"
    host.run(f"{devmem} 32 $(($({devmem}) | {MASKED:#x}))")
    time.sleep(1)
    with pytest.raises(MachineDied, match="timer does not come"):
        host.run("taskset -c 1 sleep 1", timeout=8)
    assert not host.alive


@pytest.mark.full
@pytest.mark.kernels("stock")
def test_kernel_tells_of_a_lost_timer(boot_host: Callable[..., HostVM]) -> None:
    """A command does not take its whole time when the kernel has told that a timer is lost."""
    host = boot_host()
    host.run("echo \"rcu_preempt kthread timer wakeup didn't happen\" > /dev/kmsg")
    began = time.monotonic()
    with pytest.raises(MachineDied, match="timer does not come"):
        host.run("sleep 600", timeout=600)
    assert not host.alive and time.monotonic() - began < 2 * LONG


@pytest.mark.full
@pytest.mark.kernels("stock")
def test_boot_that_stands_still(boot_host: Callable[..., HostVM]) -> None:
    """A machine whose processors do nothing while it boots is dead before the boot's timeout."""
    began = time.monotonic()
    with pytest.raises(MachineDied, match="stands still"), pytest.warns(match="second attempt"):
        boot_host(extra=["-S"])
    assert time.monotonic() - began < 2 * PAUSE + 10
