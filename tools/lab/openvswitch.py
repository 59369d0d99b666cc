# SPDX-License-Identifier: GPL-2.0
"""Open vSwitch in a host VM, in place of the kernel's bridge.

tools/lab/setup --openvswitch unpacks Debian's packages into the cache; nothing of it is installed.
"""

from .errors import LabError
from .failover import BRIDGE, Nested
from .host import HostVM
from .paths import CACHE
from .topology import OURS

ROOT = CACHE / "openvswitch"
DATABASE, RUN = "/etc/openvswitch/conf.db", "/run/openvswitch"
# In the first 10 s after a boot it counts no processors, and then gets no upcalls.
START = f"""
while read up _ < /proc/uptime && [ ${{up%.*}} -lt 11 ]; do sleep 0.2; done
mkdir -p {RUN} /etc/openvswitch
ovsdb-tool create {DATABASE} /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server {DATABASE} --remote=punix:{RUN}/db.sock --pidfile --detach --log-file=/logs/ovsdb.log
ovs-vsctl --no-wait init
/usr/lib/openvswitch-switch/ovs-vswitchd --pidfile --detach --log-file=/logs/vswitchd.log
"""


class OpenVSwitch(Nested):
    """A nested guest whose tap is a port of Open vSwitch, as is the PF."""

    def __init__(self, host: HostVM):
        """Start Open vSwitch, and the guest."""
        if not ROOT.exists():
            raise LabError(f"there is no Open vSwitch in {CACHE}: tools/lab/setup --openvswitch")
        # /lib may be a link.
        host.run(f"for d in {ROOT}/*; do cp -rsn $d/. /${{d##*/}}/; done", timeout=60)
        host.modprobe("openvswitch")
        host.run(f"set -e; {START}", timeout=60)
        super().__init__(host, OURS, 1)

    def add_bridge(self) -> None:
        """Create the bridge."""
        self.host.run(f"ovs-vsctl add-br {BRIDGE} && ip link set {BRIDGE} up")

    def delete_bridge(self) -> None:
        """Delete it, and end Open vSwitch."""
        self.host.run(f"ovs-vsctl del-br {BRIDGE}; pkill -x 'ovs-vswitchd|ovsdb-server'")

    def add_port(self, name: str) -> None:
        """Make an interface a port of the bridge."""
        self.host.run(f"ovs-vsctl add-port {BRIDGE} {name} && ip link set {name} up")

    def port_of(self, mac: str) -> str:
        """The port at which Open vSwitch has an address, or an empty text."""
        port = self.host.run(
            f"port=$(ovs-appctl fdb/show {BRIDGE} | awk '$3 == \"{mac}\" {{ print $1 }}');"
            f"ovs-vsctl --bare --columns=name find Interface ofport=${{port:-none}}",
            check=False,
        )
        return port.out.strip()
