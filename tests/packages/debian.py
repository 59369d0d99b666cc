# SPDX-License-Identifier: GPL-2.0-only
"""A minimal Debian of any release in a chroot, as tools/lab/bare-machine has it."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lab.paths import CACHE, LAB

LIBRARY = "source common.sh; source archive.sh; source debian.sh"
# What differs after a package came and went, and says nothing about it
VOLATILE = ("dev", "proc", "run", "sys", "tmp", "root", "var/cache", "var/lib/apt", "var/log")
CONTENT = ("boot", "etc", "usr/lib/modprobe.d", "usr/lib/modules")


class Debian:
    """The chroot; its processes end with each command."""

    def __init__(self, release: str):
        store = CACHE / "bare"
        store.mkdir(parents=True, exist_ok=True)
        self.root = Path(tempfile.mkdtemp(prefix=f"{release}.", dir=store))
        self._bash('unpack_debian "$1" "$2"', release, self.root)
        self.run("apt-get -q update")

    def _bash(self, script: str, *arguments: object) -> str:
        command = ["bash", "-euo", "pipefail", "-c", f"{LIBRARY}; {script}", "packages"]
        done = subprocess.run(
            [*command, *map(str, arguments)],
            cwd=LAB,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{arguments}\n{done.stdout}"
        return done.stdout

    def run(self, command: str) -> str:
        """Its output and errors; it must succeed."""
        return self._bash('inside "$@"', self.root, "bash", "-c", command)

    def install(self, packages: str, options: str = "--no-install-recommends") -> str:
        """Kernels get no initial RAM disk: it takes longer than all else."""
        return self.run(
            "INITRD=No DEBIAN_FRONTEND=noninteractive apt-get -q -y"
            f" -o Dpkg::Options::=--force-unsafe-io {options} install {packages}"
        )

    def copy(self, *files: Path) -> str:
        """Copy files into the chroot; their paths there."""
        for file in files:
            shutil.copy(file, self.root / "tmp")
        return " ".join(f"/tmp/{file.name}" for file in files)

    def files(self) -> dict[str, str]:
        """What is where: the kind of each file, and the content of those that programs make."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            within = os.path.relpath(folder, self.root)
            folders[:] = [f for f in folders if os.path.normpath(f"{within}/{f}") not in VOLATILE]
            for name in folders + names:
                path = os.path.normpath(f"{within}/{name}")
                found[path] = self._what(path)
        return found

    def _what(self, path: str) -> str:
        file = self.root / path
        if file.is_symlink():
            return os.readlink(file)
        if file.is_dir():
            return "folder"
        if not path.startswith(CONTENT):
            return "file"
        return hashlib.sha256(file.read_bytes()).hexdigest()

    def remove(self) -> None:
        shutil.rmtree(self.root)
