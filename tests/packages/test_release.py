# SPDX-License-Identifier: GPL-2.0-only
"""The release: one version number, DKMS's configuration, and the tarball."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.make import make
from lab.paths import REPO, VERSION, Kernel

MODULES = ("iovnic", "iovnic_preserve", "iovnic_pf", "iovnic_vf", "iovnic_vfio")


def output(*command: object) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The unpacked tarball."""
    make("-C", REPO, "dist")
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(["tar", "-x", "-C", folder, "-f", tarball(REPO)], check=True)
    yield folder / f"iovnic-{VERSION}"


def tarball(repo: Path) -> Path:
    return repo / f"build/iovnic-{VERSION}.tar.gz"


def test_changelog() -> None:
    """It begins with this version, and is not older than an entry below."""
    text = (REPO / "debian/changelog").read_text()
    versions = re.findall(r"^iovnic \((\d+\.\d+\.\d+)\) \w+; urgency=\w+$", text, re.M)
    assert versions[0] == VERSION
    in_order = sorted(versions, key=lambda v: [int(n) for n in v.split(".")], reverse=True)
    assert versions == in_order
    assert len(re.findall(r"^ -- .* <.*@.*>  \w{3}, .* \+0000$", text, re.M)) == len(versions)


def test_modules() -> None:
    """modinfo shows it."""
    folder = Kernel.find("stock").our_modules
    make("-C", REPO, "modules-stock")
    for name in MODULES:
        assert output("modinfo", "-F", "version", folder / f"{name}.ko") == f"{VERSION}\n"


def dkms_conf(kernel: str) -> dict[str, str]:
    """DKMS's variables; excluded is yes if it would refuse the kernel."""
    text = output(
        "bash",
        "-euc",
        'source "$0"; [[ $1 =~ $BUILD_EXCLUSIVE_KERNEL ]] && excluded=no || excluded=yes;'
        'for name in PACKAGE_NAME PACKAGE_VERSION excluded; do echo "$name=${!name}"; done;'
        'echo "modules=${BUILT_MODULE_NAME[*]}"; echo "folders=${DEST_MODULE_LOCATION[*]}"',
        REPO / "packaging/dkms.conf",
        kernel,
    )
    return dict(line.split("=", 1) for line in text.splitlines())


def test_dkms_conf() -> None:
    """It names what Kbuild makes."""
    conf = dkms_conf("6.12.0")
    assert conf["PACKAGE_NAME"] == "iovnic" and conf["PACKAGE_VERSION"] == "#MODULE_VERSION#"
    made = re.findall(r"(\w+)\.o", "".join(re.findall("obj-m.*", (REPO / "Kbuild").read_text())))
    assert conf["modules"].split() == made == list(MODULES)
    assert conf["folders"].split() == ["/updates/dkms"] * len(MODULES)


@pytest.mark.parametrize(
    "kernel, excluded",
    [
        ("5.19.0-50-generic", "yes"),
        ("6.1.0-47-amd64", "yes"),
        ("6.2.16-20-pve", "yes"),
        ("6.11.12", "yes"),
        ("6.12.117+deb12-amd64", "no"),
        ("6.18.3-200.fc43.x86_64", "no"),
        ("6.20.0", "no"),
        ("7.3.0-rc1", "no"),
        ("10.1.0", "no"),
    ],
)
def test_kernels(kernel: str, excluded: str) -> None:
    assert dkms_conf(kernel)["excluded"] == excluded


def test_dist(tree: Path) -> None:
    """A tarball that the unpacked one makes has the same bytes, whenever and by whom."""
    before = tarball(REPO).read_bytes()
    for path in tree.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    (tree / "Kbuild").touch()
    make("-C", tree, "dist")
    assert tarball(tree).read_bytes() == before


def test_tarball_builds_iovctl(tree: Path) -> None:
    make("-C", tree, "iovctl", "CFLAGS=-O0")
    text = output(tree / "build/iovctl/iovctl", "-V")
    assert text == f"iovctl utility, iovnic-{VERSION}\n"


def test_tarball_has_what_dkms_needs(tree: Path, tmp_path: Path) -> None:
    make("-C", tree, "dkms_install", f"DESTDIR={tmp_path}", "SPHINX=none")
    folder = tmp_path / f"usr/src/iovnic-{VERSION}"
    assert f'PACKAGE_VERSION="{VERSION}"\n' in (folder / "dkms.conf").read_text()
    objects = re.findall(r"[\w/]+\.o\b", (REPO / "Kbuild").read_text())
    assert all((folder / name).with_suffix(".c").exists() for name in objects if "/" in name)
