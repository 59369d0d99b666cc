# SPDX-License-Identifier: GPL-2.0
"""Paths of the repository, the cache, and the kernels in it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import LabError

REPO = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("IOVNIC_CACHE", "/var/cache/iovnic"))
LAB = REPO / "tools" / "lab"
BUILD = REPO / "build"
LOGS = BUILD / "logs"
VERSION = re.findall('IOV_VERSION "(.*)"', (REPO / "common/version.h").read_text())[0]


# The kernels of the cache, and the program that puts each there
PREPARED_BY = {
    "stock": "tools/lab/setup",
    "debug": "tools/lab/debug-kernel",
    "longterm": "tools/lab/other-kernels",
    "stable": "tools/lab/other-kernels",
    "arm64-16k": "tools/lab/other-kernels arm64-16k",
}


@dataclass(frozen=True)
class Kernel:
    """A kernel of the cache. `debug` is the project's own, the others are Debian's."""

    name: str
    release: str
    image: Path
    module_root: Path
    """What `modprobe -d` wants: the directory above lib/modules."""
    build: Path
    """Object tree to build external modules against."""

    @classmethod
    def find(cls, name: str) -> "Kernel":
        """The kernel called `name`; LabError with the remedy if it is not in the cache."""
        if name not in PREPARED_BY:
            raise LabError(f"no kernel is called '{name}': it is one of {', '.join(PREPARED_BY)}")
        folder = CACHE / "kernels" / name
        if not (folder / "release").exists():
            raise LabError(f"there is no {name} kernel in {CACHE}; run {PREPARED_BY[name]}")
        image = folder / ("vmlinux" if name == "debug" else "vmlinuz")
        release = (folder / "release").read_text().strip()
        return cls(
            name, release, image.resolve(), (folder / "modules").resolve(), folder / "build"
        )

    @property
    def modules(self) -> Path:
        """The directory that the running kernel uses as /lib/modules/<release>."""
        return self.module_root / "lib" / "modules" / self.release

    @property
    def our_modules(self) -> Path:
        """The directory in which the project's Makefile builds the modules for this kernel."""
        return BUILD / self.name


def qemu_command() -> list[str]:
    """The command for the cache's QEMU, on this machine as well as in the host VM."""
    root = CACHE / "qemu"
    program = root / "usr/bin/qemu-system-x86_64"
    if not program.exists():
        raise LabError(f"there is no QEMU in {CACHE}; run tools/lab/setup")
    folders = ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu")
    libraries = ":".join(str(root / folder) for folder in folders)
    firmware = [str(root / "usr/share" / d) for d in ("qemu", "seabios")]
    return [
        "env",
        f"LD_LIBRARY_PATH={libraries}",
        str(program),
        *(word for folder in firmware for word in ("-L", folder)),
    ]
