# SPDX-License-Identifier: GPL-2.0-only
"""A virtual machine that ends without a message is reported with what QEMU knows of it."""
from collections.abc import Callable

import pytest
from lab import HostVM, MachineDied

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.full(), pytest.mark.parallel]
RESTART = "echo b > /proc/sysrq-trigger; sleep 60"


def test_guest_that_resets(host: HostVM) -> None:
    """QEMU's exit status and the reason of its SHUTDOWN event."""
    guest = host.guest()
    with pytest.raises(MachineDied, match="QEMU returned 0.*SHUTDOWN: guest-reset"):
        guest.run(RESTART)
    guest.forget()


def test_triple_fault(boot_host: Callable[..., HostVM]) -> None:
    """A triple fault of the host VM is named; the kernel restarts by one, if it is told to."""
    host = boot_host(command_line="reboot=t")
    with pytest.raises(MachineDied, match="SHUTDOWN: guest-reset; a triple fault"):
        host.run(RESTART)
    assert not host.alive
