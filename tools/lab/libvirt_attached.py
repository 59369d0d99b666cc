# SPDX-License-Identifier: GPL-2.0
"""A guest of libvirt's that is migrated with its VF attached. libvirt finds iovnic_vfio by itself.

    with ManagedAttachedTwo(first, second) as moving:
        moving.start()                      the guest is on the first host VM
        moving.migrate()                    ... on the second one
        moving.migrate(vf=1)                ... on the first one again, with VF 1
"""

import re

from .attached import GUEST_IP, GUEST_MAC, JOIN_BRIDGE, VFIO, Moving
from .errors import LabError
from .failover import BRIDGE
from .fabric import Fabric
from .host import HostVM
from .libvirt import NAME, NEWER, Domain, Libvirt
from .machine import NetNs
from .migration import SECOND_IP, add_second, add_wire
from .topology import OURS, PF_IP, bring_up, vf_address

# Both ways to give a guest a VF, as Documentation/migration.rst has them
VF_SLOT = "bus='0x01' slot='0x10'"
SOURCE = f"""\
      <source>
        <address {{kind}}domain='0x0000' {VF_SLOT} function='{{function}}'/>
      </source>
"""
INTERFACE = f"""\
    <interface type='hostdev' managed='yes'>
      <mac address='{GUEST_MAC}'/>
{{source}}      <alias name='ua-vf0'/>
    </interface>
"""
HOSTDEV = """\
    <hostdev mode='subsystem' type='pci' managed='yes'>
{source}    </hostdev>
"""
# QEMU by itself permits a migration only if device or IOMMU report dirty pages.
OVERRIDE = """\
  <qemu:override>
    <qemu:device alias='ua-vf0'>
      <qemu:frontend>
        <qemu:property name='enable-migration' type='string' value='on'/>
      </qemu:frontend>
    </qemu:device>
  </qemu:override>
"""
# The same for a domain without <qemu:override>: an option of the emulator
PERMIT = "-global vfio-pci.enable-migration=on"
TARGET_XML = "/run/target.xml"


def element(form: str, vf: int = 0) -> str:
    """INTERFACE or HOSTDEV, for this VF of the host."""
    kind = "type='pci' " if form is INTERFACE else ""
    return form.format(source=SOURCE.format(kind=kind, function=f"{2 * vf:#x}"))


def install_modules(host: HostVM) -> None:
    """Let modprobe in a host VM find the drivers; libvirt reads the aliases that depmod writes."""
    release = host.kernel.release
    folder = f"/run/modules/lib/modules/{release}"
    host.run(f"mkdir -p {folder} && touch {folder}/modules.order {folder}/modules.builtin")
    host.put_modules(folder, *OURS, VFIO, "vfio-pci")
    host.run(f"depmod -b /run/modules {release} && mount --bind {folder} /lib/modules/{release}")


class ManagedAttached(Moving):
    """A guest, `guest`, with VF `vf`, in a host VM, `host`."""

    def __init__(self, host: HostVM, vfs: int = 1, form: str = INTERFACE):
        """Set up the host VM without iovnic_vfio; the guest is not started yet.

        form: how the guest is given its VF. With HOSTDEV it has no <qemu:override>.
        """
        self.host, self.vf, self.form = host, 0, form
        self.wire = NetNs(host, "wire")
        self.fabric = Fabric(host, vfs, *OURS, adopt=False)
        self.libvirt = self.start_libvirt(host)
        self.guest = self.domain(self.libvirt, 0)

    def domain(self, libvirt: Libvirt, vf: int) -> Domain:
        """The guest with this VF."""
        override = OVERRIDE if self.form is INTERFACE else ""
        return Domain(libvirt, element(self.form, vf), override)

    def start_libvirt(self, host: HostVM) -> Libvirt:
        """Install the modules, and start libvirtd, in a host VM."""
        install_modules(host)
        host.restores_heads = True
        return Libvirt(host, NEWER, "" if self.form is INTERFACE else PERMIT)

    def start(self) -> None:
        """Start the guest and wait for its network. It sets its address if libvirt does not."""
        self.guest.start()
        self.guest.modprobe(OURS[1])
        device = self.guest.wait_until(f"ls /sys/bus/pci/drivers/{OURS[1]}/*/net").out.split()[-1]
        self.guest.run(f"ip link set {device} address {GUEST_MAC}")
        bring_up(self.guest, device, GUEST_IP)
        self.reach()

    def save(self, file: str) -> None:
        """Save the guest to a file of its host."""
        self.guest.let_go()
        self.libvirt.virsh(f"save {NAME} {file}", 300)

    def restore(self, file: str) -> None:
        """Restore the guest from this file."""
        self.libvirt.virsh(f"restore {file}", 300)
        self.guest.follow()

    def driver(self, vf: int = 0) -> str:
        """The driver of a VF of the guest's host, or an empty text."""
        link = f"/sys/bus/pci/devices/{vf_address(vf)}/driver"
        return self.host.run(f"readlink {link} | xargs -r basename", check=False).out.strip()

    def clean(self, libvirt: Libvirt, fabric: Fabric) -> None:
        """End libvirt and unload the drivers of a host VM."""
        libvirt.close()
        host = libvirt.host
        host.run(f"rmmod {VFIO}; umount /lib/modules/{host.kernel.release}", check=False)
        fabric.close()

    def close(self) -> None:
        """Guest, libvirt and drivers away."""
        self.guest.kill()
        self.clean(self.libvirt, self.fabric)


class ManagedAttachedTwo(ManagedAttached):
    """The same with another host VM, at the other end of the cable, to migrate the guest to."""

    def __init__(self, first: HostVM, second: HostVM, form: str = INTERFACE):
        """Set up both host VMs."""
        vfs = 2
        add_wire(first)
        super().__init__(first, vfs, form)
        first.modprobe("bridge")
        first.run(f"{JOIN_BRIDGE} && ip address add {PF_IP}/16 dev {BRIDGE}")
        self.other = add_second(first, second, vfs=vfs)
        second.run("hostname second")
        self.there = self.start_libvirt(second)
        self.address, self.other_address = PF_IP, SECOND_IP

    def xml_for(self, target: Domain, vf: int) -> str:
        """The running guest's definition, with the VF and the agent's port of the target."""
        xml = self.libvirt.virsh(f"dumpxml {NAME} --migratable")
        xml = xml.replace(*(f"{VF_SLOT} function='{2 * n:#x}'" for n in (self.vf, vf)))
        return re.sub("/dev/vport[^']*", target.agent, xml)

    def migrate(self, vf: int | None = None, options: str = "", timeout: float = 300) -> None:
        """Migrate the guest to the other host VM, by default to the VF of the same number."""
        target = self.domain(self.there, self.vf if vf is None else vf)
        if vf is not None:
            self.host.put(self.xml_for(target, vf), TARGET_XML)
            options += f" --xml {TARGET_XML}"
        at = self.other_address
        self.guest.let_go()
        try:
            self.libvirt.virsh(
                f"migrate --live {options} {NAME} qemu+tcp://{at}/system tcp://{at}", timeout
            )
        except LabError:
            target.forget()
            raise
        target.arrive(self.guest)
        self.guest = target
        self.vf = self.vf if vf is None else vf
        self.libvirt, self.there = self.there, self.libvirt
        self.fabric, self.other = self.other, self.fabric
        self.address, self.other_address = self.other_address, self.address
        self.host = self.libvirt.host

    def clean(self, libvirt: Libvirt, fabric: Fabric) -> None:
        """The bridge as well."""
        libvirt.host.run(f"ip link del {BRIDGE}", check=False)
        super().clean(libvirt, fabric)

    def close(self) -> None:
        """Both hosts' drivers away."""
        super().close()
        self.clean(self.there, self.other)
