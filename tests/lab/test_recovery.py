# SPDX-License-Identifier: GPL-2.0-only
"""After any reset or reload of the PF its VFs are configured as before."""
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.fabric import (
    PF_DRIVER,
    PF_IP,
    WIRE_IP,
    Fabric,
    vf_ip,
    vf_ns,
    xdp_program,
)
from lab import HostVM
from open_vfs import opened
from register_dump import configured_registers, differences, wait_for_registers
from register_trace import limits_written
from stream import numbered

# Two VFs in VLANs of their own, one with a VLAN that it does not know, the last one in a guest
VFS, GUEST = 4, 3
LIMIT_250 = 0x80010000  # RTTBCNRC: RS_ENA, and 1000 Mbit/s by 250

CONFIGURATION = """
ip link set pf0 vf 0 mac 02:00:00:00:a0:00 trust on max_tx_rate 500
ip link set pf0 vf 1 spoofchk off state enable
ip link set pf0 vf 2 mac 02:00:00:00:a0:02 vlan 100 qos 5 max_tx_rate 1000
ip link set pf0 vf 3 mac 02:00:00:00:a0:03 vlan 200 qos 1 trust on state disable
devlink dev param set pci/{pf} name vf_moderation value low cmode runtime
devlink dev param set pci/{pf} name vf3_moderation value off cmode runtime
devlink port function set pci/{pf}/4 state inactive
bridge fdb add 02:00:00:00:b1:01 dev pf0
bridge fdb add 02:00:00:00:b1:02 dev pf0
"""
RESTORE = """
bridge fdb del 02:00:00:00:b1:01 dev pf0
bridge fdb del 02:00:00:00:b1:02 dev pf0
bridge link set dev pf0 hwmode veb
devlink dev param set pci/{pf} name vf_moderation value default cmode runtime
"""
# What the guests configure
ASKED = {
    0: """ip link set vf0 promisc on allmulticast on
    ip link add link vf0 name vf0.41 type vlan id 41 && ip link set vf0.41 up
    ip address add 10.41.0.10/24 dev vf0.41""",
    1: """for n in 1 2; do ip link add link vf1 name mv$n address 02:00:00:00:c1:0$n type macvlan
    ip link set mv$n up; done
    for v in 41 42; do ip link add link vf1 name vf1.$v type vlan id $v && ip link set vf1.$v up
    done
    ip address add 10.41.0.11/24 dev vf1.41; ip maddress add 01:00:5e:01:02:03 dev vf1""",
}


def shown(fabric: Fabric) -> dict[str, object]:
    """The output of the administrator's tools."""
    host = fabric.host
    vfs = json.loads(host.run("ip -j -d link show dev pf0").out)[0]["vfinfo_list"]
    entries = json.loads(host.run("bridge -j fdb show dev pf0").out)
    links = json.loads(host.run("bridge -j -d link show dev pf0").out)
    params = json.loads(host.run("devlink -j dev param show").out)
    port = json.loads(host.run(f"devlink -j port show pci/{fabric.pf_pci}/4").out)
    return {
        "VFs": vfs,
        "fdb": sorted(entry["mac"] for entry in entries if entry["mac"].startswith("02:")),
        "mode": [link["hwmode"] for link in links if "hwmode" in link],
        "moderation": params,
        "port": [found["function"] for found in port["port"].values()],
    }


def set_mode(fabric: Fabric, mode: str) -> None:
    fabric.host.run(f"bridge link set dev pf0 hwmode {mode}")


@contextmanager
def configured(fabric: Fabric) -> Iterator[None]:
    """VFs with every setting that exists; the tests that need VEPA turn it on."""
    host = fabric.host
    fabric.remove_vfs()
    host.write(fabric.numvfs_path, VFS)
    fabric.vfs = VFS - 1
    fabric.adopt_vfs(*range(fabric.vfs))
    guest = fabric.vf_pci(GUEST)
    host.bind_driver(guest, "vfio-pci")
    host.run(f"set -e; {CONFIGURATION.format(pf=fabric.pf_pci)}")
    for n, script in ASKED.items():
        fabric.run(vf_ns(n), f"set -e; {script}")
    try:
        yield
        host.run(f"set -e; {RESTORE.format(pf=fabric.pf_pci)}")
    finally:
        host.run(f"echo {guest} > /sys/bus/pci/drivers/vfio-pci/unbind", check=False)
    fabric.set_vfs(2)


def wait_traffic(fabric: Fabric) -> None:
    """Wait until VFs exchange frames, without any command in their namespaces."""
    for ns, address in (("v0", "10.41.0.11"), ("v0", PF_IP), ("v1", vf_ip(0))):
        fabric.host.wait_until(f"ip netns exec {ns} ping -c 1 -W 1 {address}", timeout=30)


def restart_driver(fabric: Fabric, unload: str, load: str) -> None:
    """Restart the PF's driver, which finds the VFs as they are."""
    fabric.host.run(unload, timeout=30)
    fabric.host.run(load) if load else fabric.host.modprobe(PF_DRIVER)
    fabric.adopt_pf()


def reset(fabric: Fabric) -> None:
    fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset", timeout=20)
    fabric.wait_carrier("", "pf0")


def reload(fabric: Fabric) -> None:
    """modprobe -r also tries to remove the modules that the PF's driver uses."""
    command = f"rmmod {PF_DRIVER}; rmmod iovnic_preserve 2> /dev/null && exit 1; true"
    restart_driver(fabric, command, "")
    assert fabric.host.loaded_modules()["iovnic_preserve"] == 1, "something is still kept"


def start_anew(fabric: Fabric) -> None:
    """Reload by devlink; the kernel warns if a port is left."""
    restart_driver(fabric, "true", f"devlink dev reload pci/{fabric.pf_pci} action driver_reinit")


def rebind(fabric: Fabric) -> None:
    folder = f"/sys/bus/pci/drivers/{PF_DRIVER}"
    pci = fabric.pf_pci
    restart_driver(fabric, f"echo {pci} > {folder}/unbind", f"echo {pci} > {folder}/bind")


def outlives(fabric: Fabric, happens: Callable[[Fabric], None]) -> None:
    """The configuration is the same before and after, in VEPA; traffic flows in VEB."""
    set_mode(fabric, "vepa")
    registers, tools = configured_registers(fabric), shown(fabric)
    with limits_written(fabric.host) as limits:
        happens(fabric)
        assert not differences(tools, shown(fabric))
        set_mode(fabric, "veb")
        wait_traffic(fabric)
    set_mode(fabric, "vepa")
    wait_for_registers(fabric, registers, 4)
    assert limits[0] == limits[8] == LIMIT_250
    assert limits[2] and not limits[1]


@pytest.mark.full(kernel="debug")
def test_configuration_outlives(fabric: Fabric, full: bool) -> None:
    """Reset, unloading and unbinding lose no setting of host or guest."""
    with configured(fabric):
        wait_traffic(fabric)
        for happens in (reset, reload, start_anew, rebind) if full else (reload, start_anew):
            outlives(fabric, happens)


@pytest.mark.kernels("stock")
def test_counters_outlive(fabric: Fabric) -> None:
    """A reload does not lose the counts of VFs and port."""
    host, frames = fabric.host, 200

    def counted() -> list[int]:
        return [fabric.vf_counters(0)["tx_packets"], fabric.stats("", "pf0")["port_tx_packets"]]

    before = counted()
    host.run(
        f"ip netns exec v0 ping -q -f -c {frames} {WIRE_IP} &&"
        f"devlink dev reload pci/{fabric.pf_pci}",
        60,
    )
    fabric.adopt_pf()
    assert all(now >= then + frames for now, then in zip(counted(), before)), (before, counted())
    host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=30)


@pytest.mark.kernels("stock")
def test_open_vfs_are_not_removed(fabric: Fabric) -> None:
    """sriov_numvfs fails with EBUSY at once and names the open VFs; bound VFs do not count."""
    host, vf = fabric.host, fabric.vf_pci(1)
    fabric.unbind_vf(1)
    host.bind_driver(vf, "vfio-pci")
    config = f"/sys/bus/pci/devices/{vf}/config"
    vfio = f"cd /sys/bus/pci/drivers/vfio-pci; echo {vf} > unbind"

    def refused() -> None:
        mark = fabric.mark_log("VFs in use")
        said = host.run(f"/bin/echo 0 > {fabric.numvfs_path}", 10, check=False)
        assert "busy" in said.err, said
        assert f"VF 1 ({vf}) is in use" in fabric.dmesg_since(mark)
        assert "VF 0" not in fabric.dmesg_since(mark)
        assert host.read(fabric.numvfs_path) == "2"

    with opened(fabric, 1):
        refused()
        fabric.ping("v0", PF_IP)
        # The guest's configuration space is restored after a reset of the PF.
        before = host.run(f"od -A x -t x1 {config}").out
        host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset", 20)
        assert host.run(f"od -A x -t x1 {config}").out == before
        # Unbinding the VF waits for the program, with the lock of the VF's device held.
        unbind = host.spawn(vfio)
        refused()
    unbind.wait(20)
    host.bind_driver(vf, "vfio-pci")
    host.run(f"echo 0 > {fabric.numvfs_path}", 20)
    fabric.set_vfs(2)


FAIL_NTH = range(1, 1000, 9)
# Requests that an administrator may make while the PF is down
WHILE_DOWN = """
devlink dev info pci/{pf}; devlink resource show pci/{pf}; devlink dev param show pci/{pf}
devlink dev param set pci/{pf} name vf_moderation value low cmode runtime
devlink port show; devlink health show
for reporter in mailbox sriov; do devlink health diagnose pci/{pf} reporter $reporter; done
devlink health recover pci/{pf} reporter mailbox
devlink resource set pci/{pf} path queue_pairs size 8
echo 1 > /sys/bus/pci/devices/{pf}/reset
"""


def reload_without_memory(fabric: Fabric, nth: int) -> str:
    """The n-th allocation of a reload fails; return the kernel's message and the outcome."""
    return fabric.netlink("failing_reload.py", fabric.pf_pci, str(nth), timeout=60)


@pytest.mark.kernels("debug")
@pytest.mark.full()
def test_reload_that_fails(fabric: Fabric, note: Callable[[str], None]) -> None:
    """The interface is attached or detached; then another reload restores all of it."""
    host = fabric.host
    host.run("cd /sys/kernel/debug/failslab && echo N > ignore-gfp-wait && echo 0 > verbose")
    failed = 0
    with configured(fabric):
        tools = shown(fabric)
        for nth in FAIL_NTH:
            said = reload_without_memory(fabric, nth)
            if host.run("ethtool -g pf0", check=False).rc:
                failed += 1
                assert "the PF is down" in said, said
                host.run(WHILE_DOWN.format(pf=fabric.pf_pci), 60, check=False)
                refused = host.run(f"/bin/echo 0 > {fabric.numvfs_path}", check=False)
                assert "No such device" in refused.err, refused
                host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60)
            fabric.adopt_pf()
            assert not differences(tools, shown(fabric)), nth
            if "not reached" in said:
                break
        wait_traffic(fabric)
    host.run("cd /sys/kernel/debug/failslab && echo Y > ignore-gfp-wait")
    note(f"{failed} reloads failed, the last allocation was {nth} or before")
    assert failed


def pf_commands(*changes: str) -> Callable[[Fabric], None]:
    """An operation on the PF's interface."""

    def change(fabric: Fabric) -> None:
        fabric.host.run("set -e; " + "; sleep 0.05; ".join(changes))

    return change


def program(fabric: Fabric) -> None:
    """A program is attached and detached."""
    source = Path(__file__).parent / "xdp_prog.c"
    fabric.host.put(xdp_program(source), "/tmp/xdp.o")
    pf_commands(
        "ip link set dev pf0 xdpdrv obj /tmp/xdp.o sec xdp.frags", "ip link set dev pf0 xdpdrv off"
    )(fabric)


UNNOTICED = {
    "down": pf_commands("ip link set pf0 down", "ip link set pf0 up"),
    "MTU": pf_commands("ip link set pf0 mtu 4000", "ip link set pf0 mtu 1500"),
    "rings": pf_commands("ethtool -G pf0 rx 1024 tx 136", "ethtool -G pf0 rx 512 tx 512"),
    "channels": pf_commands("! ethtool -L pf0 combined 2"),
    "features": pf_commands(
        "ethtool -K pf0 rxvlan off rx off gro off tso off",
        "ethtool -K pf0 rxvlan on rx on gro on tso on",
    ),
    "promiscuous": pf_commands("ip link set pf0 promisc on", "ip link set pf0 promisc off"),
    "program": program,
}


@pytest.mark.full(kernel="debug")
def test_vfs_do_not_notice(fabric: Fabric, full: bool) -> None:
    """Operations on the PF's interface lose no datagram of a stream between VFs."""
    registers = configured_registers(fabric)
    with numbered(fabric, "v0", "v1", vf_ip(1)) as stream:
        for _ in range(20 if full else 1):
            for name, change in UNNOTICED.items():
                change(fabric)
                fabric.wait_carrier("", "pf0")
                assert not differences(registers, configured_registers(fabric)), name
    assert stream["sent"] > 300 and not stream["lost"], stream
    fabric.pf_up()
    fabric.ping("v0", PF_IP)


@pytest.mark.full()
@pytest.mark.kernels("stock")
def test_how_long(icount_host: HostVM, note: Callable[[str], None]) -> None:
    """Measure how long resets, and creating and removing VFs, interrupt VFs and PF."""
    fabric = Fabric(icount_host, vfs=7)
    host = fabric.host
    for _ in range(8):
        with numbered(fabric, "v0", "v1", vf_ip(1)) as stream:
            reset(fabric)
            for n in range(7):
                host.wait_until(f"ip netns exec v{n} ping -c 1 -W 1 {PF_IP}", timeout=20)
        note(f"PF reset, 7 VFs: no frames between VFs for {stream['silence_ms']} ms")
    for _ in range(5):
        others = numbered(fabric, "v1", "v2", vf_ip(2))
        with others as other, numbered(fabric, "v3", "v0", vf_ip(0)) as stream:
            host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset", timeout=20)
            host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {vf_ip(3)}", timeout=20)
        assert not other["lost"], other
        note(f"VF reset: nothing for {stream['silence_ms']} ms; another loses 0 of {other['sent']}")
    fabric.set_vfs(0)
    for _ in range(5):
        with numbered(fabric, "", "wire", WIRE_IP) as stream:
            host.run(f"echo 7 > {fabric.numvfs_path}", timeout=60)
            host.run(f"echo 0 > {fabric.numvfs_path}", timeout=60)
        note(f"7 VFs made and removed: the PF sends nothing for {stream['silence_ms']} ms")
    fabric.set_vfs(2)
