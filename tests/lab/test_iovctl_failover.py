# SPDX-License-Identifier: GPL-2.0-only
"""iovctl qemu-args and libvirt-xml on a host with VFs; and iovctl in a network namespace.

What they print is what tools/lab/guest.py and libvirt.py start guests with.
"""
import textwrap
from collections.abc import Callable

import pytest
from lab import HostVM
from lab.answers import read
from lab.fabric import Fabric
from lab.failover import BRIDGE, TAP
from lab.guest import incoming_arguments, network_arguments, vf_arguments
from lab.libvirt import STANDBY, VF
from lab.migration import IOVCTL, install_iovctl
from lab.topology import vf_address, vf_mac
from open_vfs import opened

pytestmark = pytest.mark.kernels("stock")

OK, TO_PREPARE, REFUSED = 0, 1, 2  # exit statuses
NIC = "pf0:0"


def ask(host: HostVM, words: str) -> tuple[int, dict, dict[str, dict]]:
    """Exit status, the answer, and its reasons by name."""
    run = host.run(f"{IOVCTL} -j {words}", check=False)
    assert not run.err, run
    (found,) = read(run.out, words)
    return run.rc, found, {reason["name"]: reason for reason in found["reasons"]}


def test_pair(bare_host: HostVM, note: Callable[[str], None]) -> None:
    """On a host that has nothing but VFs the remedies lead to what the lab uses."""
    host = bare_host
    install_iovctl(host)
    for module in ("tun", "bridge", host.kvm_module):
        host.modprobe(module)
    with Fabric(host, vfs=2, adopt=False) as fabric:
        host.run("ip link set pf0 up")
        status, found, reasons = ask(host, f"qemu-args {NIC}")
        wrong = ["PAIR_VF_DRIVER", "PAIR_NO_BRIDGE", "PAIR_NO_TAP", "PAIR_OTHER_ADDRESS"]
        assert (status, list(reasons)) == (REFUSED, wrong)
        made = found["mac"]
        assert made.startswith("02:") and found["tap"] == TAP
        status, found, reasons = ask(host, f"libvirt-xml {NIC}")
        assert (status, list(reasons)) == (REFUSED, ["PAIR_NO_BRIDGE"]) and "xml" not in found
        assert found["mac"] == made

        host.run(f"ip link add {BRIDGE} type bridge; ip link set {BRIDGE} up")
        host.run(reasons["PAIR_NO_BRIDGE"]["remedy"].replace("BRIDGE", BRIDGE))
        for name in ("PAIR_VF_DRIVER", "PAIR_NO_TAP", "PAIR_OTHER_ADDRESS"):
            reasons = ask(host, f"qemu-args {NIC}")[2]
            assert next(iter(reasons)) == name, reasons
            host.run(reasons[name]["remedy"])
        status, found, reasons = ask(host, f"qemu-args {NIC}")
        assert (status, reasons) == (OK, {}) and found["mac"] == made
        assert fabric.vf_info(0)["address"] == made
        run = host.run(f"{IOVCTL} qemu-args {NIC}")
        assert run.out.split() == found["arguments"] and not run.err
        assert found["arguments"] == [
            *network_arguments(TAP, True, made),
            *vf_arguments([vf_address(0)], True),
        ]
        note(f"qemu-args {1e3 * run.seconds:.0f} ms:\n{run.out}")

        words = f"qemu-args {NIC} mac {vf_mac(0)} incoming"
        status, found, reasons = ask(host, words)
        assert (status, reasons) == (OK, {}) and made != vf_mac(0)
        target = [*network_arguments(TAP, True, vf_mac(0)), *incoming_arguments()]
        assert found["arguments"] == target
        note(f"{words}:\n{host.run(f'{IOVCTL} {words}').out}")

        host.run(f"ip link del {TAP}")
        xml = host.run(f"{IOVCTL} libvirt-xml {NIC} mac {vf_mac(0)}")
        assert textwrap.indent(xml.out, "    ") == STANDBY + VF and not xml.err
        with opened(fabric, 0):
            status, found, reasons = ask(host, f"libvirt-xml {NIC}")
            assert (status, list(reasons)) == (REFUSED, ["PAIR_VF_IN_USE"])
        host.run(f"ip link del {BRIDGE}")


def test_namespace(bare_host: HostVM) -> None:
    """An interface in another network namespace is shown with -n only."""
    host = bare_host
    install_iovctl(host)
    with Fabric(host, vfs=1, adopt=False):
        host.run("ip netns add blue; ip link set pf0 netns blue")
        try:
            assert "interface" not in ask(host, f"adapter {host.nic_address()}")[1]
            found = ask(host, "-n blue adapter pf0")[1]
            assert (found["pci"], found["interface"]["name"]) == (host.nic_address(), "pf0")
            run = host.run(f"{IOVCTL} -n green adapter", check=False)
            assert run.rc == REFUSED and "/run/netns/green: No such file" in run.err
        finally:
            host.run("ip -n blue link set pf0 netns 1; ip netns del blue")
