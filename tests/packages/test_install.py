# SPDX-License-Identifier: GPL-2.0-only
"""The packages on a minimal Debian 12 and 13: built, installed, replaced and removed.

All take minutes and a network.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from debian import Debian
from lab.paths import REPO, VERSION
from test_release import MODULES

pytestmark = [
    pytest.mark.full(),
    pytest.mark.skipif(os.geteuid() != 0, reason="makes chroots: run it as root"),
]
# What `make deb`, `make rpm` and their checkers need
BUILD = "git dpkg-dev lintian rpm rpmlint"
NEWER = f"{VERSION}.1"
# Debian 13 has a newer standard than Debian 12.
LINTIAN = r"[A-Z]: (?!.* out-of-date-standards-version )"
CLONES = (["iovnic", "second"], ["iovnic", "newer", "second"])
# Headers of 6.12, of another kernel that follows, and of one that is too old
HEADERS = {
    "bookworm": ("linux-headers-6.12-amd64", "linux-headers-6.12-cloud-amd64"),
    "trixie": ("linux-headers-amd64", "linux-headers-cloud-amd64"),
}
TOO_OLD = {"bookworm": "linux-headers-cloud-amd64"}
KEY = {"var/lib/dkms/mok.key", "var/lib/dkms/mok.pub"}
IGB = "pci:v00008086d000010C9sv00008086sd0000A03Cbc02sc00i00"
IGBVF = "pci:v00008086d000010CAsv00008086sd0000A03Cbc02sc00i00"
MOKUTIL = """#!/bin/sh
case $1 in
--sb-state) echo "SecureBoot enabled" ;;
--test-key) echo "$2 is not enrolled" ;;
esac
"""


@pytest.fixture(scope="module", params=HEADERS)
def release(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def builder(release: str) -> Iterator[Debian]:
    """A Debian with what `make deb` needs, and a clone of HEAD."""
    system = Machine(release)
    system.install(BUILD)
    clone = ["git", "-c", f"safe.directory={REPO}/.git", "clone", "-q", "--no-hardlinks"]
    subprocess.run([*clone, REPO, system.root / "root/iovnic"], check=True)
    system.run(
        "cd /root/iovnic && DEBIAN_FRONTEND=noninteractive"
        " apt-get -q -y --no-install-recommends build-dep ."
    )
    yield system
    system.remove()


@pytest.fixture(scope="module")
def debs(builder: Debian, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The packages of this version."""
    builder.run("make -C /root/iovnic deb")
    found = (builder.root / "root/iovnic/build/deb").iterdir()
    folder = tmp_path_factory.mktemp("debs")
    return [Path(shutil.copy(file, folder)) for file in sorted(found) if file.is_file()]


def packages(files: list[Path]) -> list[Path]:
    return [file for file in files if re.match(r"(iovctl|iovnic-dkms)_.*\.deb", file.name)]


@pytest.fixture(scope="module")
def newer(builder: Debian, debs: list[Path]) -> list[Path]:
    """The packages of the next version."""
    builder.run("git clone -q /root/iovnic /root/newer")
    header, changelog = (
        builder.root / "root/newer" / name for name in ("common/version.h", "debian/changelog")
    )
    header.write_text(header.read_text().replace(VERSION, NEWER))
    text = changelog.read_text()
    signed = re.search(r"^ -- .*$", text, re.M)[0]
    entry = f"iovnic ({NEWER}) unstable; urgency=medium\n\n  * Next.\n\n{signed}\n\n"
    changelog.write_text(entry + text)
    builder.run(
        "cd /root/newer && git -c user.name=x -c user.email=x@x commit -qam newer && make deb"
    )
    return packages(sorted((builder.root / "root/newer/build/deb").iterdir()))


def test_deb(builder: Debian, debs: list[Path]) -> None:
    """A second build elsewhere, by another umask, gives the same files; lintian finds nothing."""
    kinds = {file.suffix for file in debs}
    assert len(packages(debs)) == 2 and {".dsc", ".xz"} < kinds
    builder.run(
        "umask 077; git clone -q /root/iovnic /root/second/path && make -C /root/second/path deb"
    )
    for file in debs:
        if file.suffix in (".deb", ".dsc", ".xz"):
            again = builder.root / "root/second/path/build/deb" / file.name
            assert file.read_bytes() == again.read_bytes(), file.name
    found = builder.run("cd /root/iovnic/build/deb && lintian --display-info --pedantic *.changes")
    assert not [line for line in found.splitlines() if re.match(LINTIAN, line)]
    assert builder.run("cd /root/iovnic && git status --porcelain; ls ..").split() in CLONES


def test_rpm(builder: Debian) -> None:
    """The packages have what the Debian packages have; rpmlint finds nothing.

    They are installed and removed again, without their scripts and dependencies.
    """
    builder.run("cd /root/iovnic && make rpm")
    found = builder.run("cd /root/iovnic && rpmlint -c tests/packages/rpmlint.toml build/rpm")
    assert " 0 errors, 0 warnings" in found
    listed = builder.run("cd /root/iovnic/build/rpm/RPMS && rpm -qpl */*.rpm 2>/dev/null")
    for file in (
        f"/usr/src/iovnic-{VERSION}/Kbuild",
        f"/usr/src/iovnic-{VERSION}/dkms.conf",
        "/usr/lib/modprobe.d/iovnic.conf",
        "/usr/sbin/iovctl",
        "/usr/share/bash-completion/completions/iovctl",
    ):
        assert file in listed.split("\n")
    paths = [builder.root / f"root/rpm{path}" for path in listed.split()]
    options = "--root /root/rpm --nodeps --noscripts"
    builder.run(f"cd /root/iovnic/build/rpm/RPMS && rpm -i {options} */*.rpm")
    assert paths and all(path.exists() for path in paths)
    builder.run(f"rpm -e {options} iovctl iovnic-dkms")
    assert not [path for path in paths if path.is_file()]


class Machine(Debian):
    """A Debian that can have DKMS and kernel headers."""

    def add_kernels(self, release: str) -> None:
        """DKMS, the headers of a kernel, and on Debian 12 of one that is too old."""
        self.install(f"kmod dkms mokutil {HEADERS[release][0]} {TOO_OLD.get(release, '')}")

    def kernels(self) -> list[str]:
        """Those with headers, the oldest first."""
        found = self.run("ls -dv /lib/modules/*/build").split()
        return [Path(path).parent.name for path in found]

    def modinfo(self, kernel: str, module: str, field: str) -> str:
        return self.run(f"modinfo -k {kernel} -F {field} {module}").strip()

    def check_modules(self, kernel: str, version: str) -> None:
        """DKMS has built and signed all modules of this version, and no other version's."""
        for module in MODULES:
            assert self.modinfo(kernel, module, "version") == version
            assert self.modinfo(kernel, module, "signer") == "DKMS module signing key"
        status = self.run(f"dkms status -k {kernel} 2>/dev/null")
        assert status == f"iovnic/{version}, {kernel}, x86_64: installed\n"
        assert self.run("ls -d /usr/src/iovnic-*").split() == [f"/usr/src/iovnic-{version}"]
        log = self.root / f"var/lib/dkms/iovnic/{version}/{kernel}/x86_64/log/make.log"
        assert "iovnic_pf.ko" in log.read_text()

    def loaded_for(self, kernel: str, device: str) -> list[str]:
        """The modules that udev loads for a device, without those that they need."""
        found = self.run(f"modprobe -S {kernel} -n -v {device}")
        return [name for name in re.findall(r"(\w+)\.ko", found) if name.startswith(("ig", "iov"))]


@pytest.fixture
def machine(release: str) -> Iterator[Machine]:
    system = Machine(release)
    system.add_kernels(release)
    yield system
    system.remove()


def test_life(release: str, machine: Machine, debs: list[Path], newer: list[Path]) -> None:
    """Installation, boot, Secure Boot, another kernel, upgrade, downgrade, removal."""
    before = machine.files()
    *too_old, kernel = machine.kernels()

    said = machine.install(machine.copy(*packages(debs)))
    machine.check_modules(kernel, VERSION)
    assert machine.run("iovctl -V") == f"iovctl utility, iovnic-{VERSION}\n"
    for old in too_old:
        line = f"iovnic-dkms: no modules for Linux {old}: they need 6.12 or newer"
        assert said.count(line) == 1 and said.count("no modules for Linux") == 1
        assert not machine.run(f"find /lib/modules/{old} -name 'iovnic*'")
        # As when its headers are installed again
        machine.run(f"/etc/kernel/header_postinst.d/dkms {old}")

    # udev loads igb and igbvf only, and on request there is ours.
    assert machine.loaded_for(kernel, IGB) == ["igb"]
    assert machine.loaded_for(kernel, IGBVF) == ["igbvf"]
    assert machine.loaded_for(kernel, "iovnic_pf") == ["iovnic", "iovnic_preserve", "iovnic_pf"]
    machine.run("echo blacklist igb >/etc/modprobe.d/iovnic.conf")
    assert machine.loaded_for(kernel, IGB)[-1] == "iovnic_pf"
    machine.run("rm /etc/modprobe.d/iovnic.conf")

    # Another kernel
    machine.install(HEADERS[release][1])
    second = next(name for name in machine.kernels() if name not in (*too_old, kernel))
    machine.check_modules(second, VERSION)
    machine.run(f"DEBIAN_FRONTEND=noninteractive apt-get -q -y --purge remove 'linux-*-{second}'")

    # Upgrade, with Secure Boot and an unknown key; downgrade
    assert "mokutil" not in said
    fake = machine.root / "usr/bin/mokutil"
    real = fake.rename(fake.with_suffix(".real"))
    fake.write_text(MOKUTIL)
    fake.chmod(0o755)
    said = machine.install(machine.copy(*newer))
    real.rename(fake)
    assert said.count("\nmokutil --import /var/lib/dkms/mok.pub\n") == 1
    machine.check_modules(kernel, NEWER)
    machine.install(machine.copy(*packages(debs)), "--allow-downgrades")
    machine.check_modules(kernel, VERSION)

    machine.run("apt-get -q -y remove iovnic-dkms iovctl")
    assert not machine.run(f"find /lib/modules/{kernel} -name 'iovnic*'")
    machine.run("dpkg --purge iovnic-dkms iovctl && apt-get -q -y --purge autoremove")
    after = machine.files()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == KEY


def test_without_packages(builder: Machine, release: str) -> None:
    """The three commands of install.rst; the kernel that runs is this machine's."""
    builder.add_kernels(release)
    kernel = builder.kernels()[-1]
    builder.run(
        f"""cd /root/iovnic && make dkms_install PREFIX=/usr &&
        dkms install iovnic/{VERSION} -k {kernel} && make iovctl_install PREFIX=/usr"""
    )
    builder.check_modules(kernel, VERSION)
    assert builder.run("iovctl -V") == f"iovctl utility, iovnic-{VERSION}\n"
