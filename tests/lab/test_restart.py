# SPDX-License-Identifier: GPL-2.0-only
"""The host restarts under traffic, is stopped for a while, loses a processor."""
import shlex
import time
from collections.abc import Callable

import pytest
from lab import HostVM
from lab.initramfs import host_image

from lab.fabric import PROGRAMS, PF_IP, Fabric, vf_ip
from mixture import RING_OF_PAIRS, Mixture, assert_flowing

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock")]

ROUNDS = 10
PAUSE = 10


def restart_by_itself(host: HostVM) -> None:
    host.spawn("busybox reboot -f")


def restart_by_button(host: HostVM) -> None:
    host.hmp("system_reset")


def other_kernel(host: HostVM) -> None:
    """Start the same kernel by kexec, without firmware: devices are not reset."""
    host.put((PROGRAMS / "kexec.py").read_text(), "/tmp/kexec.py")
    line = host.read("/proc/cmdline")
    words = shlex.join([str(host.kernel.image), str(host_image(host.kernel)), line])
    host.spawn(f"exec /usr/bin/python3 /tmp/kexec.py {words}")


@pytest.mark.parametrize("way", [restart_by_itself, restart_by_button, other_kernel])
def test_host_starts_anew(boot_host: Callable[..., HostVM], way: Callable[[HostVM], None]) -> None:
    """A restart under traffic of seven VFs; with the next kernel seven VFs work again."""
    # In emulation with two processors a kernel started by kexec does not always boot.
    cpus = 1 if way is other_kernel else 2
    host = boot_host(cpus=cpus, extra=["-action", "reboot=reset"])
    for restart in range(3):
        fabric = Fabric(host, vfs=7)
        for n in range(1, 7):
            fabric.ping("v0", vf_ip(n), count=1)
        for n in range(7):
            host.netns(f"v{n}").spawn(f"exec ping -q -f -s 1000 {PF_IP} > /dev/null")
        host.run("sleep 0.3")
        if restart < 2:
            way(host)
            host.wait_restart()


def test_host_stands_still(fabric: Fabric) -> None:
    """The machine is stopped and continues; so do streams between all functions."""
    mixture = Mixture(fabric)
    streams = [mixture.stream("tcp", *pair, 1 << 20, 1, seconds=5) for pair in RING_OF_PAIRS]
    for _ in range(2):
        fabric.host.run("sleep 1")
        fabric.host.hmp("stop")
        time.sleep(PAUSE)
        fabric.host.hmp("cont")
    for stream in streams:
        assert_flowing(fabric, stream)


def test_processor_goes(fabric: Fabric) -> None:
    """A processor is taken offline and online during streams between all functions."""
    mixture = Mixture(fabric)
    streams = [mixture.stream("tcp", *pair, 1 << 20, 1, seconds=20) for pair in RING_OF_PAIRS]
    for _ in range(ROUNDS):
        for state in (0, 1):
            fabric.host.write("/sys/devices/system/cpu/cpu1/online", state)
            fabric.host.run("sleep 0.4")
    for stream in streams:
        assert_flowing(fabric, stream)
    fabric.ping("v0", PF_IP)


@pytest.mark.parametrize("line", ["threadirqs", "maxcpus=1", "nosmp"])
def test_other_ways_to_boot(boot_host: Callable[..., HostVM], line: str) -> None:
    """Interrupt handlers in threads; a single processor: VFs work, also after a reset."""
    fabric = Fabric(boot_host(command_line=line))
    fabric.reset_pf()
    for sender, receiver in RING_OF_PAIRS:
        fabric.ping(sender.ns, receiver.ip)
        ran = fabric.iperf(receiver.ns, sender.ns, receiver.ip, "-t 1")
        assert ran["sum_received"]["bytes"] > 1 << 20
    fabric.set_vfs(7)
    fabric.unload()
