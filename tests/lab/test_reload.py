# SPDX-License-Identifier: GPL-2.0-only
"""`devlink dev reload`: the PF's interface stays, with its settings and its place in the stack.

One step of the up half fails, each once, alone. The interface is detached then. Requests that an
administrator may make next have no harmful effect, neither have suspend and shutdown, and the next
reload restores everything. The debug kernel detects use after free.
"""
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab.make import make
from lab.paths import BUILD, REPO

from lab.errors import CommandFailed
from lab.fabric import PF_DRIVER, PF_IP, Fabric
from fault_injection import calls_left, failing

ENOMEM, ETIMEDOUT = 12, 110
# Functions of the up half that fail, in their order, and their errors
STEPS = {
    "iov_pf_nvm_load": ETIMEDOUT,
    "iov_pf_irq_alloc": ENOMEM,
    "iov_pf_irq_request": ENOMEM,
    "iov_pf_reset": ETIMEDOUT,
    "iov_ring_start_rx": ETIMEDOUT,
}
# The same of the probe. The last step that undoes all others is register_netdev(), which a notifier
# makes fail.
PROBE = {
    "iov_pf_main_create_netdev": ENOMEM,
    **{step: error for step, error in STEPS.items() if step != "iov_ring_start_rx"},
    "iov_pf_port_register": ENOMEM,
}
NOTIFIER = "/sys/kernel/debug/notifier-error-inject/netdev/actions/NETDEV_REGISTER/error"

# Each of these commands may be refused.
DEVLINK = """
devlink dev info pci/{pf}; devlink dev show pci/{pf}; devlink dev eswitch show pci/{pf}
devlink resource show pci/{pf}; devlink dev param show pci/{pf}; devlink port show
devlink dev param set pci/{pf} name vf_moderation value low cmode runtime
devlink dev param set pci/{pf} name vf_moderation value default cmode runtime
devlink resource set pci/{pf} path queue_pairs size 8
for n in 0 1 2 3; do devlink port show pci/{pf}/$n
devlink port function set pci/{pf}/$n state inactive
devlink port function set pci/{pf}/$n state active
devlink port function set pci/{pf}/$n hw_addr 02:00:00:00:a0:02; done
for reporter in mailbox sriov; do devlink health show pci/{pf} reporter $reporter
devlink health diagnose pci/{pf} reporter $reporter
devlink health recover pci/{pf} reporter $reporter
devlink health dump show pci/{pf} reporter $reporter; done
"""
SYSFS = """
cd /sys/bus/pci/devices/{pf}
cat sriov_numvfs sriov_totalvfs power/* reset_method; cat ptp/*/*; cat msi_irqs/*
echo auto > power/control; echo on > power/control
echo 1 > reset
"""
# For an interface, also while the PF that serves it is down
INTERFACE = """
for what in -i -a -c -g -k -l -m -n -P -S -T -x -d; do timeout 20 ethtool $what {dev}; done
ethtool --show-eee {dev}; ethtool --show-priv-flags {dev}; ethtool -w {dev}; ethtool -u {dev}
ethtool -G {dev} rx 256; ethtool -G {dev} rx 512; ethtool -C {dev} rx-usecs 30
ethtool -K {dev} gro off; ethtool -K {dev} gro on; ethtool -p {dev} 1
ethtool -X {dev} equal 1; ethtool -X {dev} default; ethtool -s {dev} msglvl 0
ethtool -r {dev}; ethtool --reset {dev} all
ip -s -d link show {dev}; bridge link show dev {dev}; bridge fdb show dev {dev}
bridge fdb add 02:00:00:00:b1:03 dev {dev}; bridge fdb del 02:00:00:00:b1:03 dev {dev}
ip link add link {dev} name r.9 type vlan id 9; ip link del r.9
ip link set {dev} promisc on; ip link set {dev} promisc off
ip link set {dev} mtu 1400; ip link set {dev} mtu 1500
ip link set {dev} down; ip link set {dev} up
"""


def fail_at(fabric: Fabric, step: str) -> None:
    """A reload in which a step fails; the interface is detached then."""
    host = fabric.host
    with failing(host, {step: -STEPS[step]}, calls=1):
        said = host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60, check=False).err
        assert not calls_left(host), f"{step} was not called"
    assert "the PF is down" in said, (step, said)
    check_detached(fabric)


def check_detached(fabric: Fabric) -> None:
    """The interface exists, and the stack refuses what needs the device."""
    with pytest.raises(CommandFailed, match="No such device"):
        fabric.host.run("ethtool -g pf0")
    (port,) = own_ports(fabric)
    assert (port["type"], port["netdev"]) == ("eth", "pf0")


def own_ports(fabric: Fabric) -> list[dict]:
    """The devlink ports that are no VF's."""
    ports = json.loads(fabric.host.run("devlink -j port show").out)["port"]
    return [port for port in ports.values() if port["flavour"] != "pcivf"]


def sleep_and_shut_down(fabric: Fabric, power: Path) -> None:
    """Call the driver's callbacks; then bus mastering, which the next kernel enables, is off."""
    host, pf = fabric.host, fabric.pf_pci
    host.insmod(power / "iovnic_shutdown.ko")
    assert not int(host.run(f"setpci -s {pf} COMMAND").out, 16) & 4, "bus mastering is enabled"
    host.run(f"rmmod iovnic_shutdown; setpci -s {pf} COMMAND=6:6")


def use_all(fabric: Fabric, power: Path, step: str) -> None:
    """Send every request that a host can make of a PF that is down, and of its VFs."""
    host, pf = fabric.host, fabric.pf_pci
    for script in (DEVLINK, SYSFS):
        host.run(script.format(pf=pf), 60, check=False)
    # The PCI core itself refuses more VFs.
    refused = host.run(f"/bin/echo 0 > {fabric.numvfs_path}", 20, check=False)
    assert "No such device" in refused.err, refused
    # Slow: each request to the PF runs into its timeout.
    if step == [*STEPS][-1]:
        fabric.run("v0", INTERFACE.format(dev="vf0"), 150, check=False)
    # In half of the cases the interface is closed afterwards.
    if [*STEPS].index(step) % 2:
        host.run(INTERFACE.format(dev="pf0"), 60, check=False)
    sleep_and_shut_down(fabric, power)
    host.run(DEVLINK.format(pf=pf), 60, check=False)


def reload(fabric: Fabric) -> None:
    fabric.host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60)
    fabric.adopt_pf()


@pytest.fixture
def power() -> Path:
    """The folder of modules for shutdown."""
    make("-C", REPO, "power", "power_kernel=debug")
    return BUILD / "power" / "debug"


# The PF as a port of a bridge with VLANs, and settings of all kinds
PLACE = """
ip link add br8 type bridge vlan_filtering 1; ip link set br8 up; ip link set pf0 master br8
bridge vlan add dev pf0 vid 20; bridge vlan add dev pf0 vid 30 pvid untagged
bridge link set dev pf0 priority 7 cost 77
bridge fdb add 02:00:00:00:d1:01 dev pf0 master static vlan 20
bridge fdb add 02:00:00:00:d1:02 dev pf0 master dynamic extern_learn vlan 20
bridge fdb add 02:00:00:00:d1:03 dev pf0 self
ip address add 10.98.0.1/24 dev pf0; ip -6 address add fd98::1/64 dev pf0 nodad
ip route add 10.97.0.0/16 via 10.98.0.2 dev pf0
ip link add link pf0 name pf0.9 type vlan id 9; ip link set pf0.9 up
ip link set pf0 mtu 4000 txqueuelen 77 alias uplink
tc qdisc replace dev pf0 root handle 8: pfifo limit 88
ethtool -G pf0 rx 1024 tx 256; ethtool -K pf0 gro off tso off; ethtool -C pf0 rx-usecs 33
ethtool -s pf0 msglvl 1; ethtool -N pf0 rx-flow-hash udp4 sdfn
"""
UNDO = """
tc qdisc del dev pf0 root; ip link del pf0.9; ip link del br8
bridge fdb del 02:00:00:00:d1:03 dev pf0 self
ip address flush dev pf0; ip link set pf0 mtu 1500 txqueuelen 1000 alias ''
ethtool -G pf0 rx 512 tx 512; ethtool -K pf0 gro on tso on; ethtool -C pf0 rx-usecs 50
ethtool -s pf0 msglvl 4; ethtool -N pf0 rx-flow-hash udp4 sd
"""
# Of the interface itself; its flags and operstate depend on the link, which was lost for a moment.
LINK_FIELDS = (
    "ifindex ifname mtu qdisc master address permaddr ifalias txqlen promiscuity num_tx_queues"
).split()
SHOWN = [
    *("ethtool -g pf0", "ethtool -k pf0", "ethtool -c pf0", "ethtool -l pf0", "ethtool -T pf0"),
    *("ethtool -x pf0", "ethtool -n pf0 rx-flow-hash udp4", "ethtool pf0", "tc qdisc show dev pf0"),
    *("bridge -d vlan show dev pf0", "ip route show table all dev pf0", "ip -6 route show dev pf0"),
]


def place_of(fabric: Fabric) -> dict[str, object]:
    """The settings of pf0 and its place in the stack."""
    run = fabric.host.run
    (link,) = json.loads(run("ip -j -d address show dev pf0").out)
    entries = json.loads(run("bridge -j fdb show dev pf0").out)
    own = [entry for entry in entries if entry["mac"].startswith("02:00:00:00:d1")]
    return {
        **{name: link.get(name) for name in LINK_FIELDS},
        **{name: link["linkinfo"]["info_slave_data"][name] for name in ("priority", "cost")},
        "addresses": [(found["local"], found["prefixlen"]) for found in link["addr_info"]],
        "entries": sorted(map(str, own)),
        "ports": own_ports(fabric),
        "upper": run("ip -br link show pf0.9").out.split()[0],
        **{command: run(command).out for command in SHOWN},
    }


@contextmanager
def placed(fabric: Fabric) -> Iterator[dict[str, object]]:
    """pf0 has a place and settings, which are yielded."""
    fabric.host.run(f"set -e; {PLACE}")
    fabric.wait_carrier("", "pf0")
    place = place_of(fabric)
    assert place["master"] == "br8" and len(place["entries"]) >= 3, place
    yield place
    fabric.host.run(UNDO, check=False)
    fabric.pf_up()


def fail_without_device(fabric: Fabric) -> None:
    """A reload in which the device does not answer."""
    host, pf = fabric.host, fabric.pf_pci
    host.run(f"setpci -s {pf} COMMAND=0:2")
    said = host.run(f"devlink dev reload pci/{pf}", 60, check=False)
    host.run(f"setpci -s {pf} COMMAND=2:2")
    assert said.rc and "the PF is down" in said.err, said


@pytest.mark.full(kernel="debug")
def test_place_is_kept(fabric: Fabric) -> None:
    """Bridge port, VLANs, FDB, addresses and settings survive; VFs and bridge work as before."""
    host = fabric.host
    with placed(fabric) as before:

        def check() -> None:
            fabric.wait_carrier("", "pf0")
            host.wait_until("ip link show pf0.9 | grep -q LOWER_UP", timeout=5)
            now = place_of(fabric)
            changed = {name: (old, now[name]) for name, old in before.items() if old != now[name]}
            assert not changed
            host.wait_until("ip netns exec v0 ping -c 1 -W 1 10.82.0.11", timeout=30)

        for _ in range(2):
            host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60)
            check()
        fail_without_device(fabric)
        check_detached(fabric)
        # Neither renaming nor the bridge needs the device.
        host.run("ip link set pf0 name pf8; ip link set pf8 name pf0")
        assert json.loads(host.run("ip -j link show dev pf0").out)[0]["master"] == "br8"
        host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60)
        check()
        fail_without_device(fabric)
        host.run("ip link set pf0 down")
        with pytest.raises(CommandFailed, match="No such device"):
            host.run("ip link set pf0 up")
        host.run(f"devlink dev reload pci/{fabric.pf_pci}", 60)
        host.run("ip link set pf0 up")
    fabric.wait_carrier("v0", "vf0")
    fabric.ping("v0", PF_IP)


@pytest.mark.full()
@pytest.mark.kernels("debug")
def test_a_step_fails(fabric: Fabric, power: Path) -> None:
    """The driver uses no freed object, and another reload succeeds."""
    for step in STEPS:
        fail_at(fabric, step)
        use_all(fabric, power, step)
        reload(fabric)
        fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=30)


@pytest.mark.full()
@pytest.mark.kernels("debug")
def test_a_step_fails_without_vfs(fabric: Fabric, power: Path) -> None:
    """The same without VFs; they can be created after the successful reload."""
    fabric.remove_vfs()
    for step in STEPS:
        fail_at(fabric, step)
        refused = fabric.host.run(f"/bin/echo 2 > {fabric.numvfs_path}", 20, check=False)
        assert "No such device" in refused.err, refused
        sleep_and_shut_down(fabric, power)
        reload(fabric)
        fabric.set_vfs(2)
        fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=30)
        fabric.remove_vfs()
    fabric.set_vfs(2)


@pytest.mark.full()
@pytest.mark.kernels("debug")
def test_driver_goes_after_a_failure(fabric: Fabric) -> None:
    """A PF that is down can be unbound, with its VFs, and the next driver starts."""
    host, folder = fabric.host, f"/sys/bus/pci/drivers/{PF_DRIVER}"
    fail_at(fabric, "iov_pf_reset")
    host.run(f"echo {fabric.pf_pci} > {folder}/unbind", 60)
    host.run(f"echo {fabric.pf_pci} > {folder}/bind", 60)
    fabric.adopt_pf()
    fabric.set_vfs(2)
    fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=30)


@pytest.mark.full()
@pytest.mark.kernels("debug")
def test_a_step_of_the_probe_fails(fabric: Fabric) -> None:
    """The driver does not bind, leaves nothing behind, and binds the next time."""
    host, folder = fabric.host, f"/sys/bus/pci/drivers/{PF_DRIVER}"
    bind = f"/bin/echo {fabric.pf_pci} > {folder}/bind"
    fabric.remove_vfs()
    host.modprobe("netdev_notifier_error_inject")
    host.run(f"echo {fabric.pf_pci} > {folder}/unbind", 60)
    for step, error in PROBE.items():
        with failing(host, {step: -error}, calls=1):
            assert host.run(bind, 60, check=False).rc, step
            assert not calls_left(host), f"{step} was not called"
        assert not host.run(f"ls /sys/bus/pci/devices/{fabric.pf_pci}/net 2> /dev/null; true").out
    host.write(NOTIFIER, -ENOMEM)
    assert host.run(bind, 60, check=False).rc
    host.write(NOTIFIER, 0)
    host.run(bind, 60)
    fabric.adopt_pf()
    fabric.set_vfs(2)
    fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=30)
