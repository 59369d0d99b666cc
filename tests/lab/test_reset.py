# SPDX-License-Identifier: GPL-2.0-only
"""VFs survive a reset of the PF; the PF survives resets of VFs."""
import pytest

from lab.fabric import PF_DRIVER, PF_IP, WIRE_IP, Fabric, vf_ip


def test_pf_reset(fabric: Fabric) -> None:
    """A PF reset: the VFs forward again by themselves, with VLAN, MTU and addresses."""
    for ns, dev, last in (("v0", "vf0", 10), ("v1", "vf1", 11)):
        fabric.run(
            ns,
            f"ip link set {dev} mtu 4000; ip link add link {dev} name {dev}.41 type vlan id 41;"
            f"ip link set {dev}.41 up; ip address add 10.41.0.{last}/24 dev {dev}.41",
        )
    fabric.ping("v0", "10.41.0.11")
    for _ in range(1 if fabric.host.kernel.name == "debug" else 3):
        mark = fabric.mark_log("PF reset")
        fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.pf_pci}/reset", timeout=20)
        # The VFs are notified before the reset, so that traffic can move to another path.
        assert "vf0: the PF keeps this VF from the data path: the PF is going to be reset" in (
            fabric.dmesg_since(mark)
        )
        fabric.wait_carrier("", "pf0")
        for n in range(2):
            fabric.wait_carrier(f"v{n}", f"vf{n}", timeout=20)
        fabric.host.wait_until("ip netns exec v0 ping -c 1 -W 1 10.41.0.11", 15)
        fabric.ping("v0", vf_ip(1), size=3900)
        fabric.ping("v0", WIRE_IP)
        shown = fabric.run("v0", "ethtool -l vf0 | grep -c '^Combined:.*2$'").out
        assert shown.strip() == "2", "a queue pair is missing"
    for n in range(2):
        fabric.run(f"v{n}", f"ip link del vf{n}.41; ip link set vf{n} mtu 1500")


@pytest.mark.full(kernel="debug")
def test_vf_function_reset(fabric: Fabric) -> None:
    """VF 0 is reset by FLR repeatedly; VF 1's stream loses nothing."""
    ping = fabric.host.netns("v1").spawn("ping -i 0.01 -c 400 -W 2 10.82.0.1")
    for _ in range(5):
        fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset", timeout=20)
    out = ping.wait(60).out
    assert "400 packets transmitted, 400 received" in out, out
    fabric.wait_carrier("v0", "vf0", timeout=20)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_reset_of_a_closed_vf(fabric: Fabric) -> None:
    """FLR of a VF whose interface is down returns, and the interface can be set up afterwards."""
    fabric.run("v0", "ip link set vf0 down")
    fabric.host.run(f"echo 1 > /sys/bus/pci/devices/{fabric.vf_pci(0)}/reset", timeout=10)
    fabric.run("v0", "ip link set vf0 up")
    fabric.wait_carrier("v0", "vf0", timeout=20)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_cable_pulled(fabric: Fabric) -> None:
    """Carrier of PF and VFs follows the cable."""
    fabric.host.hmp("set_link igb0 off")
    fabric.wait_carrier("", "pf0", up=False)
    fabric.wait_carrier("v0", "vf0", up=False)
    fabric.host.hmp("set_link igb0 on")
    fabric.wait_carrier("", "pf0")
    fabric.wait_carrier("v0", "vf0")
    fabric.ping("v0", WIRE_IP)


def test_pf_unbound_under_traffic(fabric: Fabric) -> None:
    """The PF's driver is unbound while VFs stream: no hang, and everything works after binding."""
    host = fabric.host
    flood = host.netns("v0").spawn(f"ping -q -f -w 30 {vf_ip(1)} > /dev/null")
    host.run(f"echo {fabric.pf_pci} > /sys/bus/pci/drivers/{PF_DRIVER}/unbind", timeout=20)
    flood.kill()
    assert host.run("lspci -d 8086:10ca | wc -l").out.strip() == "0"
    fabric.vfs = 0
    host.run(f"echo {fabric.pf_pci} > /sys/bus/pci/drivers/{PF_DRIVER}/bind")
    fabric.adopt_pf()
    fabric.set_vfs(2)
    fabric.ping("v0", vf_ip(1))


def test_vf_unbound_under_traffic(fabric: Fabric) -> None:
    """A VF's driver is unbound while it streams; the other VF continues."""
    host = fabric.host
    flood = host.netns("v0").spawn(f"ping -q -f -w 30 {PF_IP} > /dev/null")
    fabric.unbind_vf(0)
    flood.kill()
    fabric.ping("v1", PF_IP)
    fabric.bind_vf(0)
    fabric.ping("v0", vf_ip(1))


@pytest.mark.full(kernel="debug")
def test_link_state_disable(fabric: Fabric) -> None:
    """'state disable' turns the VF's carrier off, 'auto' turns it on again."""
    fabric.host.run("ip link set pf0 vf 0 state disable")
    fabric.wait_carrier("v0", "vf0", up=False)
    fabric.ping("v1", PF_IP)
    fabric.host.run("ip link set pf0 vf 0 state auto")
    fabric.wait_carrier("v0", "vf0", timeout=20)
    fabric.ping("v0", PF_IP)


@pytest.mark.kernels("stock")
def test_vf_link_cycles(fabric: Fabric) -> None:
    """A VF is set down and up 20 times; each fifth time it is pinged."""
    for i in range(20):
        fabric.run("v0", "ip link set vf0 down; ip link set vf0 up")
        if i % 5 == 4:
            fabric.wait_carrier("v0", "vf0")
            fabric.ping("v0", vf_ip(1))
