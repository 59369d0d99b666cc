# SPDX-License-Identifier: GPL-2.0
"""The initial file systems: the host VM's, that of a host VM with an installed system, and the
guest's, which has no other.
"""

import hashlib
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from .errors import LabError
from .modules import load_order, module_image
from .paths import CACHE, LAB, Kernel

HOST_MODULES = ["virtio_pci", "9pnet_virtio", "9p", "overlay", "virtio_console", "virtio_net"]
# The host VM has these in memory: to open a file on the machine's file system takes milliseconds,
# and tests start hundreds of programs.
HOST_PROGRAMS = (
    "sh bash ip ethtool devlink bridge tc ping modprobe rmmod insmod cat grep sed awk seq sleep"
    " date head tail cut sort wc tr ls cp mv rm mkdir chmod touch true kill timeout dmesg nice"
    " setpriv taskset iperf3 socat hexdump od lspci mount umount readlink basename dirname env"
    " sysctl stat dd cmp uniq tee find xargs"
).split()
SYSTEM_MODULES = ["virtio_pci", "virtio_console", "virtio_blk", "ext4"]
GUEST_MODULES = ["virtio_pci", "virtio_console", "virtio_net", "virtio_rng"]
GUEST_PROGRAMS = ["ethtool", "ip", "iperf3", "bridge", "tc", "setpriv", "lspci", "socat"]

LINKER_CACHE = Path("/etc/ld.so.cache")

_SONAME = re.compile(rb"(?<=\0)lib[\w.+-]+\.so(?:\.\d+)+(?=\0)")

# Both run as /init under busybox. A serial console is slow, so the kernels boot with loglevel=5:
# only warnings, errors and all later messages are on the console; dmesg has all boot messages.
# MODULES is replaced by the list of files in /modules, in load order.
COMMON_INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for file in MODULES; do insmod /modules/$file.ko; done
echo 7 > /proc/sys/kernel/printk
"""

HOST_INIT = (
    COMMON_INIT
    + """\
options=trans=virtio,version=9p2000.L,msize=524288
mkdir -p /machine /upper /root-fs
cat /proc/cmdline > /cmdline
mount -t 9p -o ro,cache=loose,$options machine /machine
mount -t tmpfs -o size=60% upper /upper
mkdir /upper/data /upper/work
cp -a /quick/. /upper/data
mount -t overlay -o lowerdir=/machine,upperdir=/upper/data,workdir=/upper/work root /root-fs
cd /root-fs
mkdir -p logs dev/hugepages "lib/modules/$(uname -r)"
mount --move /dev dev
mount --move /sys sys
mount --move /proc proc
mkdir -p dev/pts dev/shm dev/hugepages
mount -t devpts devpts dev/pts
mount -t tmpfs shm dev/shm
mount -t hugetlbfs huge dev/hugepages
mount -t tmpfs run run
mount -t tmpfs tmp tmp
mount -t tmpfs root root
mount -t 9p -o cache=none,$options logs logs
for folder in $(sed -n 's/.*lab.show=\\([^ ]*\\).*/\\1/p' /cmdline | tr , ' '); do
    upper=/upper/shown$folder work=/upper/shown-work$folder
    mkdir -p ".$folder" "$upper" "$work"
    layers="lowerdir=/machine$folder,upperdir=$upper,workdir=$work"
    mount -t overlay -o "$layers" shown ".$folder"
done
mount -t cgroup2 cgroup sys/fs/cgroup
mount -t debugfs debugfs sys/kernel/debug
mount -t tracefs tracefs sys/kernel/tracing
mount --bind ".$(cat /module-path)" "lib/modules/$(uname -r)"
ifconfig lo up
hostname host
cp /agent run/agent
exec switch_root . /run/agent agent
"""
)

# The system's own init starts the agent. The modules are those that Debian's initramfs loads.
SYSTEM_INIT = (
    COMMON_INIT
    + """\
mkdir /system
mount -t ext4 /dev/vda /system
cd /system
mount --move /dev dev
mount --move /sys sys
mount --move /proc proc
mount -t tmpfs run run
listed=etc/initramfs-tools/modules
[ ! -e $listed ] || chroot . /sbin/modprobe -a $(cat $listed)
units=run/systemd/system
mkdir -p $units/sysinit.target.wants
cp /agent run/agent
printf '[Unit]\\nDefaultDependencies=no\\n[Service]\\nExecStart=/run/agent agent\\n' \\
    > $units/agent.service
ln -s ../agent.service $units/sysinit.target.wants
exec switch_root . /lib/systemd/systemd
"""
)

GUEST_INIT = (
    COMMON_INIT
    + """\
mkdir -p /dev/pts /tmp /run /root
mount -t devpts devpts /dev/pts
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
ifconfig lo up
hostname guest
exec /agent agent
"""
)


class Archive:
    """A cpio archive in the format the kernel unpacks (newc)."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._seen: set[str] = set()

    def add(self, path: str, content: bytes, mode: int = stat.S_IFREG | 0o755) -> None:
        """Add a file (or, by mode, a symlink or directory), and the directories above it."""
        name = path.strip("/")
        if name in self._seen:
            return
        parent = os.path.dirname(name)
        if parent:
            self.add(parent, b"", stat.S_IFDIR | 0o755)
        self._seen.add(name)
        self._append(name, content, mode)

    def finish(self) -> bytes:
        """The whole archive."""
        self._append("TRAILER!!!", b"", 0)
        return bytes(self._data)

    def _append(self, name: str, content: bytes, mode: int) -> None:
        fields = [len(self._seen), mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
        self._data += b"070701" + "".join(f"{field:08x}" for field in fields).encode()
        for part in (name.encode() + b"\0", content):
            self._data += part
            self._data += b"\0" * (-len(self._data) % 4)


def host_image(kernel: Kernel) -> Path:
    """The host VM's initramfs: it mounts this machine's root by 9p, where the agent runs."""
    programs = _programs(HOST_PROGRAMS)
    return _cached_image("host", kernel, HOST_INIT, HOST_MODULES, programs, _add_quick)


def system_image(kernel: Kernel) -> Path:
    """The initramfs of a host VM whose first disk has a system: systemd starts from there."""
    return _cached_image("system", kernel, SYSTEM_INIT, SYSTEM_MODULES, [], _add_programs)


def guest_image(kernel: Kernel) -> Path:
    """The guest's initramfs: busybox, the agent and a few network tools."""
    programs = _programs(GUEST_PROGRAMS)
    return _cached_image("guest", kernel, GUEST_INIT, GUEST_MODULES, programs, _add_programs)


def _programs(names: Sequence[str]) -> list[Path]:
    return [Path(found) for name in names if (found := _which(name))]


def _cached_image(
    name: str,
    kernel: Kernel,
    init: str,
    modules: list[str],
    programs: list[Path],
    add: Callable[[Archive, Path], None],
) -> Path:
    # Equal checkouts share one image: this project's files count by content, large ones by date.
    stamps = [(Path(__file__).read_text(), (LAB / "agent.c").read_text())]
    # The dynamic linker's cache changes with the libraries.
    for file in (kernel.image, LINKER_CACHE, *programs):
        stamps.append((str(file), str(file.stat().st_mtime_ns)))
    key = hashlib.sha256(repr(stamps).encode()).hexdigest()[:12]
    image = CACHE / "initramfs" / f"{name}-{kernel.name}-{key}.cpio"
    if not image.exists():
        image.parent.mkdir(parents=True, exist_ok=True)
        for old in image.parent.glob(f"{name}-{kernel.name}-*.cpio"):
            old.unlink(missing_ok=True)
        scratch = image.with_suffix(f".{os.getpid()}")
        archive = _build(kernel, init, modules)
        for program in programs:
            add(archive, program)
        scratch.write_bytes(archive.finish())
        scratch.rename(image)
    return image


def _build(kernel: Kernel, init: str, modules: list[str]) -> Archive:
    archive = Archive()
    names = []
    for file in (file for module in modules for file in load_order(kernel, module)):
        name = file.name.split(".")[0]
        if name not in names:
            names.append(name)
            archive.add(f"modules/{name}.ko", module_image(file))
    archive.add("init", init.replace("MODULES", " ".join(names)).encode())
    archive.add("module-path", str(kernel.modules).encode())
    archive.add("agent", _agent())
    archive.add("bin/busybox", Path(_which("busybox") or "/bin/busybox").read_bytes())
    for folder in ("dev", "proc", "sys", "sbin", "usr/bin", "usr/sbin", "tmp", "etc"):
        archive.add(folder, b"", stat.S_IFDIR | 0o755)
    archive.add("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
    return archive


def _add_programs(archive: Archive, program: Path) -> None:
    """A program and its libraries, where a guest looks for them."""
    archive.add(f"usr/bin/{program.name}", program.resolve().read_bytes())
    for library in shared_objects(program):
        archive.add(str(library), library.resolve().read_bytes())


def _add_quick(archive: Archive, program: Path) -> None:
    """A program and its libraries below /quick, with the links to them, each in its real folder."""
    for path in (program, *shared_objects(program), LINKER_CACHE):
        path = path.parent.resolve() / path.name
        while path.is_symlink():
            target = os.readlink(path)
            archive.add(f"quick{path}", target.encode(), stat.S_IFLNK | 0o777)
            path = (path.parent / target).parent.resolve() / Path(target).name
        archive.add(f"quick{path}", path.read_bytes(), path.stat().st_mode)


def shared_objects(program: Path) -> list[Path]:
    """The libraries that a program needs: linked ones, and those that it may dlopen() by name.

    ldd does not show the latter (libc loads libgcc_s.so.1 for pthread_cancel()), so a file's
    strings are searched for names of installed libraries.
    """
    found: dict[str, Path] = {}
    queue = [program]
    while queue:
        for library in _needed_by(queue.pop()):
            if library.name not in found:
                found[library.name] = library
                queue.append(library)
    return list(found.values())


@cache
def _needed_by(file: Path) -> list[Path]:
    listing = subprocess.run(["ldd", str(file)], capture_output=True, text=True).stdout
    linked = [Path(path) for path in re.findall(r"(/\S+) \(0x", listing)]
    installed = _installed_libraries()
    names = {match.decode() for match in _SONAME.findall(file.read_bytes())}
    return linked + [installed[name] for name in sorted(names & set(installed))]


@cache
def _installed_libraries() -> dict[str, Path]:
    """The libraries that the dynamic linker finds, by name, for its own ABI only."""
    command = [_which("ldconfig") or "ldconfig", "-p"]
    listing = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.findall(r"^\s+(\S+) \(libc6,x86-64[^)]*\) => (\S+)$", listing, re.M)
    return {name: Path(path) for name, path in reversed(found)}


def _agent() -> bytes:
    source = LAB / "agent.c"
    program = CACHE / "initramfs" / f"agent.{os.getpid()}"
    command = ["gcc", "-O2", "-Wall", "-static", "-o", str(program), str(source)]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        raise LabError(f"cannot build the agent: {' '.join(command)}\n{built.stderr}")
    content = program.read_bytes()
    program.unlink()
    return content


def _which(name: str) -> str | None:
    return shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
