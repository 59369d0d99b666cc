# SPDX-License-Identifier: GPL-2.0-only
"""VFs that a program in the host VM has open by vfio-pci, as a virtual machine has."""
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from lab.fabric import PROGRAMS, Fabric, poll_until


@contextmanager
def opened(fabric: Fabric, *numbers: int) -> Iterator[None]:
    """A program has VFs open by vfio-pci."""
    host = fabric.host
    host.put((PROGRAMS / "vfio_open.py").read_text(), "/tmp/vfio_open.py")
    addresses = " ".join(fabric.vf_pci(n) for n in numbers)
    job = host.spawn(f"exec python3 /tmp/vfio_open.py {addresses}")
    assert poll_until(lambda: job.out, "open\n", 20) == "open\n", job.err
    try:
        yield
    finally:
        job.kill(signal.SIGTERM)
        job.wait(20, check=False)
