# SPDX-License-Identifier: GPL-2.0-only
"""tools/lab/setup on other systems: it names everything that their package sources lack.

apt has the lists of a made-up archive, and no installed package.
"""

import os
import subprocess
from pathlib import Path

import pytest
from lab.paths import LAB

SETTINGS = ("State::Lists", "State::Status", "Cache", "Etc::SourceList")
QEMU = "qemu-system-x86"
KERNEL = "6.12.90+deb13-amd64"
RELEASE = {
    f"linux-image-{KERNEL}": "6.12.90-1",
    f"linux-headers-{KERNEL}": "6.12.90-1",
    "gcc-14": "14.2.0-19",
    QEMU: "1:10.0.2+ds-2",
}
HEAD = "setup: Test lacks what main and security of Debian 12 and 13 have:"
NO_KERNEL = "linux-image-6.12.*-amd64 and its headers; newest: "
NO_QEMU = f"{QEMU} 8 or newer, which has igb; newest: "


@pytest.fixture
def listed() -> dict[str, str]:
    """The packages of setup's own list."""
    names = subprocess.run([LAB / "setup", "--list"], check=True, capture_output=True, text=True)
    return dict.fromkeys(names.stdout.split(), "1") | RELEASE


def run_setup(folder: Path, packages: dict[str, str], *options: str) -> tuple[int, list[str]]:
    """Its exit status, and the lines that it prints."""
    (folder / "archive").mkdir()
    (folder / "archive/Packages").write_text(
        "".join(
            f"Package: {name}\nVersion: {version}\nArchitecture: amd64\nSize: 1\n"
            f"Filename: ./{name}.deb\nSHA256: {'0' * 64}\nDescription: {name}\n"
            + ("Depends: gcc-14\n" if name.startswith("linux-headers") else "")
            + "\n"
            for name, version in packages.items()
        )
    )
    names = ("lists", "status", "cache", "sources.list")
    paths = [folder / name for name in names]
    (folder / "cache/apt").mkdir(parents=True)
    (folder / "lists").mkdir()
    paths[1].write_text("")
    paths[3].write_text(f"deb [trusted=yes] file:{folder}/archive ./\n")
    settings = "".join(f'Dir::{name} "{path}";\n' for name, path in zip(SETTINGS, paths))
    (folder / "apt.conf").write_text(f'{settings}Dir::Etc::SourceParts "-";\n')
    (folder / "os-release").write_text('ID_LIKE=debian\nVERSION_CODENAME=x\nPRETTY_NAME="Test"\n')
    environment = os.environ | {
        "APT_CONFIG": str(folder / "apt.conf"),
        "IOVNIC_CACHE": str(folder / "cache"),
        "IOVNIC_OS_RELEASE": str(folder / "os-release"),
    }
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    subprocess.run(["apt-get", "-q", "update"], check=True, env=environment, **both)
    done = subprocess.run([LAB / "setup", *options], env=environment, **both)
    return done.returncode, done.stdout.splitlines()


def test_all(tmp_path: Path, listed: dict[str, str]) -> None:
    status, lines = run_setup(tmp_path, listed, "--simulate")
    assert status == 0, lines
    assert lines[-1].endswith(f"packages, kernel {KERNEL} and QEMU")


def test_lacking(tmp_path: Path, listed: dict[str, str]) -> None:
    """Every thing at once: a newer kernel of another name, an old QEMU, two packages."""
    kept = {name: version for name, version in listed.items() if KERNEL not in name}
    del kept["sparse"], kept["linux-source-6.12"]
    kept |= {QEMU: "1:6.2+dfsg-2", "linux-image-7.0.0-10-generic": "7", "linux-image-6.8.0-9": "6"}
    assert run_setup(tmp_path, kept, "--simulate") == (
        1,
        [
            HEAD,
            "packages: linux-source-6.12 sparse",
            f"{NO_KERNEL}linux-image-7.0.0-10-generic",
            f"{NO_QEMU}6.2+dfsg-2",
        ],
    )


def test_without_headers(tmp_path: Path, listed: dict[str, str]) -> None:
    del listed[f"linux-headers-{KERNEL}"], listed[QEMU]
    assert run_setup(tmp_path, listed, "--simulate") == (
        1,
        [HEAD, f"{NO_KERNEL}{KERNEL}", f"{NO_QEMU}none"],
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="installs packages: run it as root")
def test_nothing_is_installed(tmp_path: Path) -> None:
    """Without --simulate it ends in the same way, before it has begun."""
    status, lines = run_setup(tmp_path, {"sparse": "1"})
    assert status == 1
    assert lines[0] == "setup: refreshing the package lists" and lines[1] == HEAD
    assert lines[-2:] == [f"{NO_KERNEL}none", f"{NO_QEMU}none"]
    assert sorted(os.listdir(tmp_path / "cache/kernels")) == []
