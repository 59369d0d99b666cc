# SPDX-License-Identifier: GPL-2.0-only
"""A kernel that loads signed modules only, with Secure Boot and without.

The firmware's database has the key; a shim with the keys of mokutil is not tried.
"""
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import HostVM
from lab.answers import read
from lab.migration import IOVCTL, install_iovctl
from lab.modules import load_order, module_image, module_name
from lab.secure_boot import BOOT_TIMEOUT, ROOT, Key, firmware
from lab.topology import WIRE_IP

pytestmark = [pytest.mark.full(), pytest.mark.kernels("stock")]

DEVICE = "/sys/bus/pci/devices/0000:01:00.0"
MOKUTIL = "mokutil --import /var/lib/dkms/mok.pub"
ENFORCED = "module.sig_enforce=1"
MOUNT = """
mount -t securityfs none /sys/kernel/security
mount -t efivarfs none /sys/firmware/efi/efivars || :
"""


def install(host: HostVM, key: Key | None = None) -> None:
    """Install igb and iovnic_pf; with a key, ours as DKMS of Debian 13 does: signed, compressed."""
    folder = host.install_modules("igb", "iovnic_pf")
    for file in load_order(host.kernel, "iovnic_pf") if key else ():
        if file.parent == host.kernel.our_modules:
            path = f"{folder}/{module_name(file)}.ko"
            signed = key.sign(module_image(file))
            host.put(lzma.compress(signed, check=lzma.CHECK_CRC32), f"{path}.xz")
            host.run(f"rm {path}")
    host.run(f"depmod {host.kernel.release} {folder}/*")


def prepare(host: HostVM) -> None:
    host.foreign = True  # igb does not keep the rules for registers
    host.run(MOUNT)
    install_iovctl(host)
    # The modules of the kernel's own lists would hide ours.
    host.run(f"mount -t tmpfs modules /lib/modules/{host.kernel.release}")


def check_refused(host: HostVM, name: str, text: str, remedy: str, logged: str) -> dict:
    """The kernel refuses iovnic_pf; doctor and adopt say why, and igb keeps the device."""
    run = host.run("modprobe iovnic_pf", check=False)
    assert run.err.endswith("could not insert 'iovnic_pf': Key was rejected by service\n"), run
    assert logged in host.run("dmesg").out
    run = host.run(f"{IOVCTL} -j doctor", check=False)
    (found,) = read(run.out, "doctor")
    (reason,) = [reason for reason in found["reasons"] if reason["name"] == name]
    assert (reason["text"], reason["severity"]) == (text, "warning")
    assert remedy in reason["remedy"]
    run = host.run(f"{IOVCTL} -j adapter adopt pf0", check=False)
    (found,) = read(run.out, "adapter adopt")
    assert run.rc == 2
    assert found["refusals"] == [{"text": text, "remedy": reason["remedy"]}]
    assert host.run(f"readlink {DEVICE}/driver").out.endswith("/igb\n")
    return reason


def use_igb(host: HostVM) -> None:
    """Debian's own module is signed with a key that the kernel was built with."""
    host.run("modprobe igb", timeout=60)
    host.run(f"ip link set {host.netdev_of('0000:01:00.0')} name pf0")


@pytest.mark.skipif(not ROOT.exists(), reason="no OVMF: run tools/lab/setup --ovmf")
def test_secure_boot(
    boot_host: Callable[..., HostVM], tmp_path: Path, note: Callable[[str], None]
) -> None:
    """The module is refused unsigned and with another key, and loaded with a known one."""
    known, other = Key(tmp_path, "DKMS module signing key"), Key(tmp_path, "key of another machine")
    host = boot_host(extra=firmware(tmp_path, "stock", known), boot_timeout=BOOT_TIMEOUT)
    prepare(host)
    assert "[integrity]" in host.read("/sys/kernel/security/lockdown")
    install(host)
    use_igb(host)
    check_refused(
        *(host, "UNSIGNED_MODULE"),
        "iovnic_pf is not signed, and the kernel loads signed modules only",
        *("turn off Secure Boot", "Loading of unsigned module is rejected"),
    )
    install(host, other)
    check_refused(
        *(host, "UNKNOWN_KEY"),
        'iovnic_pf is signed by "key of another machine", and the kernel has no key of this name',
        *(MOKUTIL, "Loading of module with unavailable key is rejected"),
    )
    note(host.run(f"{IOVCTL} doctor", check=False).out)
    note(host.run(f"{IOVCTL} adapter adopt pf0", check=False).err)

    install(host, known)
    (found,) = read(host.run(f"{IOVCTL} -j doctor", check=False).out, "doctor")
    names = [reason["name"] for reason in found["reasons"]]
    assert "SIGNED_MODULES_ONLY" in names and not {"UNSIGNED_MODULE", "UNKNOWN_KEY"} & {*names}
    host.run(f"{IOVCTL} adapter adopt pf0", timeout=60)
    assert host.run(f"readlink {DEVICE}/driver").out.endswith("/iovnic_pf\n")
    note(host.run(f"{IOVCTL} host", check=False).out)
    host.run("ip address add 10.82.0.1/16 dev pf0; ip link set pf0 up")
    host.wait_until(f"ping -c 1 -W 1 {WIRE_IP}", timeout=20)


def test_enforced(boot_host: Callable[..., HostVM]) -> None:
    """Without Secure Boot the kernel takes no key that mokutil enrolls, which the remedy says."""
    host = boot_host(command_line=ENFORCED)
    prepare(host)
    install(host)
    use_igb(host)
    reason = check_refused(
        *(host, "UNSIGNED_MODULE"),
        "iovnic_pf is not signed, and the kernel loads signed modules only",
        *("boot without module.sig_enforce", "Loading of unsigned module is rejected"),
    )
    file = "/sys/module/module/parameters/sig_enforce"
    assert reason["evidence"][1] == {"file": file, "seen": "Y"}
