# SPDX-License-Identifier: GPL-2.0-only
"""README's two commands on a minimal Debian 12 and 13, and what they leave there.

A chroot shares the kernel and the network with this machine. It takes up to half an hour for
each release, and a network.
"""
import os
import re
import subprocess

import pytest
from lab.paths import LAB

# These need most of the packages, a compiler for each kernel and a host VM.
PART = "--kernel=stock -k 'test_static or test_unit or test_release or test_lifecycle'"


@pytest.mark.full()
@pytest.mark.skipif(os.geteuid() != 0, reason="makes chroots: run it as root")
@pytest.mark.parametrize("release", ["bookworm", "trixie"])
def test_bare_machine(release: str) -> None:
    """make demo, a part of make check; nothing else has changed."""
    done = subprocess.run(
        [LAB / "bare-machine", f"--check-arguments={PART}", release],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-10000:]
    assert re.search(r"^[1-9]\d* passed, 0 failed, ", done.stdout, re.M)
    assert len(re.findall(rf"^{release}: .*: passed after ", done.stdout, re.M)) == 3
