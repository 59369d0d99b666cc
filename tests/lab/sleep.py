# SPDX-License-Identifier: GPL-2.0-only
"""Suspend of the host VM, and helpers for tests of it."""
from lab import HostVM
from lab.channel import Job
from lab.initramfs import guest_image

from lab.fabric import PROGRAMS, Fabric, poll_until

# The file system that the VM shares with this machine does not survive suspend, which virtio-9p
# does not support. Commands therefore use a copy of the guest's root file system.
LEAVE_SHARED_ROOT = """
set -e
mkdir /run/root
mount -t tmpfs root /run/root
cd /run/root
busybox cpio -id < {image} 2> /dev/null
mkdir -p old bin run
chroot . /bin/busybox --install -s /bin
# Busybox's shell prefers its own ip.
rm bin/sh
cp -L /bin/sh bin/sh
for dir in dev proc sys run tmp; do
    mount --rbind /$dir $dir
done
pivot_root . old
"""


def leave_shared_root(host: HostVM) -> None:
    """Let commands use the guest's root file system from now on."""
    host.run(LEAVE_SHARED_ROOT.format(image=guest_image(host.kernel)), timeout=60)


def suspend(fabric: Fabric, level: str) -> None:
    """Suspend to the depth that `level` of pm_test names, and resume."""
    command = f"echo {level} > /sys/power/pm_test && echo mem > /sys/power/state"
    fabric.host.run(command, timeout=60)


def follow_clock(host: HostVM) -> Job:
    """Print repeatedly how far the PF's clock is ahead of the system's."""
    host.put((PROGRAMS / "ptp_probe.py").read_text(), "/tmp/ptp_probe.py")
    job = host.spawn("python3 /tmp/ptp_probe.py pf0 follow")
    assert poll_until(lambda: job.out.count("\n") >= 3, True, 30), job.err
    return job
