# SPDX-License-Identifier: GPL-2.0-only
"""Open vSwitch above the PF learns from the PF which address a VF has got."""
import re
from collections.abc import Iterator

import pytest
from lab import HostVM
from lab.fabric import Fabric, poll_until
from lab.paths import CACHE

ROOT = CACHE / "openvswitch"
pytestmark = [
    pytest.mark.kernels("stock"),
    pytest.mark.full(),
    pytest.mark.skipif(not ROOT.exists(), reason="no Open vSwitch: tools/lab/setup --openvswitch"),
]

START = f"""
for d in {ROOT}/*; do cp -rsn $d/. /${{d##*/}}/; done
mkdir -p /run/openvswitch /etc/openvswitch /var/log/openvswitch
ovsdb-tool create /etc/openvswitch/conf.db {ROOT}/usr/share/openvswitch/vswitch.ovsschema
ovsdb-server /etc/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --detach --pidfile
ovs-vsctl --no-wait init
{ROOT}/usr/lib/openvswitch-switch/ovs-vswitchd unix:/run/openvswitch/db.sock --detach --pidfile
ovs-vsctl add-br br8 && ovs-vsctl add-port br8 pf0
ip link add soft8 type veth peer name guest8 && ip link set soft8 up && ip link set guest8 up
ovs-vsctl add-port br8 soft8
"""
STOP = "ovs-vsctl del-br br8; pkill ovs-vswitchd; pkill ovsdb-server; ip link del soft8"
# What QEMU sends for a guest whose software NIC is at the other end of soft8
RARP = """
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("guest8", 0))
mac = bytes.fromhex("{mac}")
arp = bytes.fromhex("0001080006040003") + 2 * (mac + bytes(4))
s.send(b"\\xff" * 6 + mac + bytes.fromhex("8035") + arp + bytes(18))
"""


@pytest.fixture
def switch(fresh_host: HostVM) -> Iterator[Fabric]:
    """The PF as a port of Open vSwitch, and a VF that sends nothing by itself."""
    fresh_host.modprobe("openvswitch")
    with Fabric(fresh_host, 1) as fabric:
        fabric.run("v0", "sysctl -q net.ipv6.conf.vf0.disable_ipv6=1; ip address flush dev vf0")
        fresh_host.run(START, timeout=60)
        yield fabric
        fresh_host.run(STOP, check=False)


def port_of(fabric: Fabric, mac: str) -> str:
    """The port at which the switch has an address, or nothing."""
    found = re.search(rf"^ *(\d+) .* {mac} ", fabric.host.run("ovs-appctl fdb/show br8").out, re.M)
    names = ("pf0", "soft8")
    ports = {fabric.host.run(f"ovs-vsctl get Interface {name} ofport").out.strip(): name
             for name in names}
    return ports[found[1]] if found else ""


def test_address_follows_the_data_path(switch: Fabric) -> None:
    """The guest announces itself on its software path; when the VF is back, the PF does."""
    mac = switch.vf_mac(0)
    announce = RARP.format(mac=mac.replace(":", ""))
    for _ in range(3):
        switch.switch_vf(0, False)
        switch.wait_carrier("v0", "vf0", False)
        switch.host.run(f"/usr/bin/python3 -c '{announce}'")
        assert poll_until(lambda: port_of(switch, mac), "soft8", 5) == "soft8"
        sent = switch.stats("v0", "vf0")["tx0_packets"]
        switch.switch_vf(0, True)
        switch.wait_carrier("v0", "vf0")
        assert poll_until(lambda: port_of(switch, mac), "pf0", 5) == "pf0"
        assert switch.stats("v0", "vf0")["tx0_packets"] == sent, "the VF has announced itself"
