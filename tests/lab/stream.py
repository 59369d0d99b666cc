# SPDX-License-Identifier: GPL-2.0-only
"""A stream of numbered datagrams that runs while a test does something else."""
import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.fabric import Fabric


@contextmanager
def numbered(fabric: Fabric, sender: str, receiver: str, address: str) -> Iterator[dict[str, int]]:
    """The dictionary has the report of numbered.py once the stream has ended.

    sender, receiver: namespaces, "" for the root; address: one of the receiver.
    """
    report: dict[str, int] = {}
    source = (Path(__file__).parent / "numbered.py").read_text()
    fabric.host.put(source, "/tmp/numbered.py")
    places = f"{sender or '-'} {receiver or '-'} {address}"
    fabric.reaches(sender, address)
    job = fabric.host.spawn(f"exec /usr/bin/python3 /tmp/numbered.py {places}")
    while not job.out:
        assert job.poll() is None, job.err
        time.sleep(0.05)
    yield report
    time.sleep(0.1)
    job.kill(signal.SIGTERM)
    report.update(json.loads(job.wait(30).out))
