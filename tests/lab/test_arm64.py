# SPDX-License-Identifier: GPL-2.0-only
"""Both drivers on an arm64 machine with pages of 16 KiB.

While the PF is reset, the registers of its VFs read as all-ones there, as they do on cards; on x86
QEMU has zeros.
"""
import re
import subprocess
from pathlib import Path

import pytest
from lab.errors import LabError
from lab.initramfs import Archive
from lab.make import make
from lab.modules import load_order, module_image
from lab.paths import CACHE, LOGS, REPO, Kernel

KERNEL = "arm64-16k"
INIT = Path(__file__).parent / "arm64_init.sh"
MODULES = ("virtio_net", "iovnic_pf", "iovnic_vf")
STEPS = ["VF to PF", "VF to VF", "VF to wire", "stream", "after a reset", "VF to VF after a reset"]
# The BARs of VFs must be below 4 GiB, see lab/host.py.
MACHINE = """
-M virt,gic-version=3,highmem=off -cpu neoverse-n1 -accel tcg,thread=multi -smp 2 -m 1G
-nodefaults -no-reboot -display none -serial stdio
-netdev hubport,id=nic,hubid=0 -netdev hubport,id=wire,hubid=0
-device pcie-root-port,id=rp,chassis=1,x-speed=2_5
-device igb,netdev=nic,bus=rp,mac=52:54:00:82:76:00
-device virtio-net-pci,netdev=wire,mac=52:54:00:82:76:f0,romfile=
"""


def initramfs(kernel: Kernel) -> bytes:
    """Busybox, the modules and the program that tries them."""
    archive = Archive()
    files = [file for module in MODULES for file in load_order(kernel, module)]
    names = [file.name.split(".")[0] for file in dict.fromkeys(files)]
    for name, file in zip(names, dict.fromkeys(files)):
        ours = file.suffix == ".ko"  # and without debug information
        archive.add(f"modules/{name}.ko", file.read_bytes() if ours else module_image(file))
    archive.add("modules/order", "".join(f"{name}\n" for name in names).encode())
    archive.add("init", INIT.read_bytes())
    archive.add("bin/busybox", (kernel.image.parent / "tools/bin/busybox").read_bytes())
    for folder in ("dev", "proc", "sys", "tmp"):
        archive.add(folder, b"", 0o40755)
    return archive.finish()


def run(kernel: Kernel, initrd: Path) -> str:
    """Boot it; the console until it switches itself off."""
    root = CACHE / "qemu"
    tools = kernel.image.parent / "tools/usr/bin"
    libraries = ":".join(f"{root}/{f}/x86_64-linux-gnu" for f in ("usr/lib", "lib"))
    command = [
        *("env", f"LD_LIBRARY_PATH={libraries}", "setpriv", "--pdeathsig", "KILL"),
        *(tools / "qemu-system-aarch64", "-L", root / "usr/share/qemu"),
        *MACHINE.split(),
        *("-kernel", kernel.image, "-initrd", initrd),
        *("-append", "console=ttyAMA0 rdinit=/init panic=-1 loglevel=4"),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=600).stdout


@pytest.mark.full()
def test_arm64() -> None:
    """VFs have traffic with PF, wire and each other, also after a reset of the PF."""
    try:
        kernel = Kernel.find(KERNEL)
    except LabError as missing:
        pytest.skip(str(missing))
    make("-s", "-C", REPO, f"modules-{KERNEL}")
    LOGS.mkdir(parents=True, exist_ok=True)
    initrd = LOGS / "arm64.cpio"
    initrd.write_bytes(initramfs(kernel))
    console = run(kernel, initrd)
    (LOGS / "arm64-console.log").write_text(console)
    assert re.findall(r"^ok (.*?)\r?$", console, re.M) == STEPS, console[-4000:]
    assert not re.search(r"BUG|WARNING|Oops", console), console
