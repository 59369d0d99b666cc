# SPDX-License-Identifier: GPL-2.0-only
"""Kernel trees for compilers and checkers, all from the lab's cache."""

import hashlib
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from lab.make import environment
from repository import REPO

CACHE = Path(os.environ.get("IOVNIC_CACHE", "/var/cache/iovnic"))
SPARSE = CACHE / "sparse/sparse"
TARBALL = Path("/usr/src/linux-source-6.12.tar.xz")
CONFIG = REPO / "tools/lab/debug.config"
ROOMS = ("common", "mailbox", "pf", "vf")
INNER = {"vfio": Path("pf/vfio")}


def run(*command: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command's exit status and its output; the calling make's variables are removed."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment() | {"LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _must(*command: object, cwd: Path | None = None) -> None:
    result = run("nice", *command, cwd=cwd)
    assert result.returncode == 0, f"{command}:\n{result.stdout}"


def stock() -> Path:
    """Headers of the lab's stock kernel."""
    build = CACHE / "kernels/stock/build"
    if not (build / "Makefile").exists():
        pytest.skip("no stock kernel in the cache: run tools/lab/setup")
    return build


def other(name: str, tree: str = "build") -> Path:
    """An object tree of tools/lab/other-kernels, prepared for external modules."""
    folder = CACHE / "kernels" / name
    programs = (SPARSE, tool(folder / tree, "gcc"))
    if not (folder / "release").exists() or not all(map(shutil.which, programs)):
        pytest.skip(f"no {name} kernel, compiler or sparse: run tools/lab/other-kernels {name}")
    return folder / tree


def arguments(tree: Path) -> list[str]:
    """What make needs for a tree, as prepared for another compiler or architecture."""
    file = tree / "arguments"
    return file.read_text().split() if file.exists() else []


def tool(tree: Path, name: str) -> str:
    """The command for a tool of the compiler, as a tree needs it."""
    values = dict(word.split("=") for word in arguments(tree))
    if name == "gcc" and "CC" in values:
        return values["CC"]
    return values.get("CROSS_COMPILE", "") + name


@cache
def source() -> Path:
    """The kernel's source as tools/lab/debug-kernel has unpacked it, otherwise unpacked here."""
    unpacked = sorted((CACHE / "src").glob("linux-*/Makefile"))
    if unpacked:
        return unpacked[-1].parent
    if not TARBALL.exists():
        pytest.skip(f"no {TARBALL}: run tools/lab/setup")
    package = "linux-source-6.12"
    version = run("dpkg-query", "-W", "-f", "${Version}", package).stdout
    target = CACHE / "src" / f"linux-{version}"
    scratch = target.with_suffix(".lint")
    scratch.mkdir(parents=True)
    _must("tar", "-C", scratch, "--strip-components=1", "-xf", TARBALL)
    scratch.rename(target)
    return target


@cache
def clang() -> Path:
    """An object tree configured for clang with the debug kernel's options; nothing is compiled."""
    if not shutil.which("clang"):
        pytest.skip("no clang: run tools/lab/setup")
    tree = CACHE / "kernels/clang"
    stamp = tree / "made-from"
    made_from = "\n".join(
        (
            source().name,
            hashlib.sha256(CONFIG.read_bytes()).hexdigest(),
            run("clang", "--version").stdout,
        )
    )
    if stamp.exists() and stamp.read_text() == made_from:
        return tree
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    make = ("make", "-s", f"O={tree}", "CC=clang")
    config = tree / ".config"
    _must(*make, "tinyconfig", cwd=source())
    _must("scripts/kconfig/merge_config.sh", "-O", tree, "-m", config, CONFIG, cwd=source())
    _must(*make, "olddefconfig", cwd=source())
    _must(*make, f"-j{os.cpu_count()}", "modules_prepare", cwd=source())
    stamp.write_text(made_from)
    return tree


def copy_driver(folder: Path) -> Path:
    """A private copy of the driver's sources, without objects."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(REPO / "Kbuild", folder)
    for room in ROOMS:
        shutil.copytree(
            REPO / room, folder / room, ignore=lambda _, names: [n for n in names if _is_built(n)]
        )
    return folder


def by_room(folder: Path) -> Path:
    """The driver's sources with one object for each room, which includes all its .c files.

    A module in a room's folder has its own. Compilers read the kernel's headers five times instead
    of a hundred. A name that two files of a
    room use for different things is an error here.
    """
    copy_driver(folder)
    for unit, files in _units(folder).items():
        text = "".join(f'#include "{path.relative_to(folder)}"\n' for path in files)
        (folder / f"{unit}.c").write_text(text)
    write_kbuild(folder, [f"{unit}.o" for unit in _units(folder)])
    return folder


def _units(folder: Path) -> dict[str, list[Path]]:
    units = {room: sorted((folder / room).rglob("*.c")) for room in ROOMS}
    for name, inner in INNER.items():
        units[name] = sorted((folder / inner).rglob("*.c"))
        units[inner.parts[0]] = [file for file in units[inner.parts[0]] if file not in units[name]]
    return units


def write_kbuild(folder: Path, objects: list[str]) -> None:
    """Let kbuild make these objects of a copy of the driver, with the driver's flags."""
    ccflags = (REPO / "Kbuild").read_text().split("\n")[1]
    (folder / "Kbuild").write_text(f"{ccflags}\nobj-m := {' '.join(objects)}\n")


def _is_built(name: str) -> bool:
    return "." in name and not name.endswith((".c", ".h"))


def kbuild(tree: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Build the external modules in `folder` for the kernel tree."""
    make = ("nice", "make", "-k", f"-j{os.cpu_count()}", "-C", tree, *arguments(tree))
    return run(*make, f"M={folder}", *words)
