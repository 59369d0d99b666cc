# SPDX-License-Identifier: GPL-2.0-only
"""VFs that a program in the host VM has open by vfio-pci, as a virtual machine has."""
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from lab.fabric import PROGRAMS, Fabric, poll_until


def open_command(fabric: Fabric, *numbers: int) -> str:
    """The command that keeps VFs open by vfio-pci."""
    path = "/tmp/vfio_open.py"
    fabric.host.put((PROGRAMS / "vfio_open.py").read_text(), path)
    return f"python3 {path} {' '.join(fabric.vf_pci(n) for n in numbers)}"


@contextmanager
def opened(fabric: Fabric, *numbers: int) -> Iterator[None]:
    """A program has VFs open by vfio-pci."""
    job = fabric.host.spawn(f"exec {open_command(fabric, *numbers)}")
    assert poll_until(lambda: job.out, "open\n", 20) == "open\n", job.err
    try:
        yield
    finally:
        job.kill(signal.SIGTERM)
        job.wait(20, check=False)
