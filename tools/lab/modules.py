# SPDX-License-Identifier: GPL-2.0
"""The files to load for a kernel module, in their order."""

import lzma
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from .errors import LabError
from .paths import Kernel


def load_order(kernel: Kernel, name: str) -> list[Path]:
    """The module files to load for `name`, dependencies first.

    The project's own modules are taken from build/<stock|debug>/, all others from the kernel.
    """
    ours = kernel.our_modules / f"{name}.ko"
    if not ours.exists():
        return _of_kernel(kernel, name)
    depends = subprocess.run(
        ["modinfo", "-F", "depends", str(ours)], check=True, capture_output=True, text=True
    ).stdout.strip()
    order: list[Path] = []
    for dependency in filter(None, depends.split(",")):
        order += [file for file in load_order(kernel, dependency) if file not in order]
    return [*order, ours]


def module_name(file: Path) -> str:
    """The name of a module file in /proc/modules."""
    return file.name.split(".")[0].replace("-", "_")


def module_image(file: Path) -> bytes:
    """The content of a module file, uncompressed and without debug information."""
    if file.suffix == ".xz":
        return lzma.decompress(file.read_bytes())
    return _stripped(file, file.stat().st_mtime_ns)


@lru_cache
def _stripped(file: Path, _time: int) -> bytes:
    """Debug information is nine tenths of a module, which a nested guest takes seconds to load."""
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(["strip", "--strip-debug", "-o", copy.name, file], check=True)
        return Path(copy.name).read_bytes()


def _of_kernel(kernel: Kernel, name: str) -> list[Path]:
    listing = subprocess.run(
        ["modprobe", "-d", kernel.module_root, "-S", kernel.release, "--show-depends", name],
        capture_output=True,
        text=True,
    )
    if listing.returncode:
        raise LabError(
            f"there is no module {name}: neither {kernel.our_modules}/{name}.ko (make modules) "
            f"nor in kernel {kernel.release}: {listing.stderr.strip()}"
        )
    lines = (line.split() for line in listing.stdout.splitlines())
    return list(dict.fromkeys(Path(words[1]) for words in lines if words[0] == "insmod"))
