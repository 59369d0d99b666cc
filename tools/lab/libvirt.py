# SPDX-License-Identifier: GPL-2.0
"""libvirt in a host VM, and a guest whose QEMU it starts.

tools/lab/setup --libvirt unpacks Debian's packages into the cache, and --libvirt-newer those of a
version that finds iovnic_vfio by itself; nothing of them is installed.
"""

import shlex
from pathlib import Path

from .channel import Job
from .errors import LabError
from .failover import BRIDGE, TAP, Failover
from .guest import BOOT_PARAMETERS, Guest
from .host import HostVM
from .initramfs import guest_image
from .machine import Machine
from .migration import SECOND_IP, add_second, add_wire
from .paths import CACHE, Kernel, qemu_command
from .topology import OURS, PF_IP, vf_address, vf_mac

ROOT = CACHE / "libvirt"
NEWER = CACHE / "libvirt-newer"
EMULATOR = "/usr/local/bin/qemu-system-x86_64"
NAME = "g0"
FILE = "/run/device.xml"
DAEMON_CONF = """\
listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
auth_unix_rw = "none"
log_outputs = "3:file:/logs/libvirtd.log"
"""
# In a host VM is neither virtlogd nor AppArmor.
QEMU_CONF = """\
stdio_handler = "file"
security_driver = "none"
user = "root"
group = "root"
"""
# libvirtd does not start without them.
ADD_USER = (
    "echo libvirt-qemu:x:64055:64055::/:/usr/sbin/nologin >> /etc/passwd;"
    "echo libvirt-qemu:x:64055: >> /etc/group"
)
NO_MAC = "00:00:00:00:00:00"
SOFT_ALIAS, VF_ALIAS = "ua-soft0", "ua-vf0"
MIGRATE = f"virsh migrate --live {NAME} qemu+tcp://{SECOND_IP}/system tcp://{SECOND_IP}"
# The two interfaces, as the user's guide has them
STANDBY = f"""\
    <interface type='bridge'>
      <mac address='{vf_mac(0)}'/>
      <source bridge='{BRIDGE}'/>
      <target dev='{TAP}'/>
      <model type='virtio'/>
      <rom enabled='no'/>
      <teaming type='persistent'/>
      <alias name='{SOFT_ALIAS}'/>
    </interface>
"""
VF = f"""\
    <interface type='hostdev' managed='yes'>
      <mac address='{vf_mac(0)}'/>
      <source>
        <address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x0'/>
      </source>
      <teaming type='transient' persistent='{SOFT_ALIAS}'/>
      <alias name='{VF_ALIAS}'/>
    </interface>
"""
QEMU_SCHEMA = " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
DOMAIN = """\
<domain type='kvm'{schema}>
  <name>{name}</name>
  <uuid>82576000-0000-4000-8000-000000000000</uuid>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{kernel}</kernel>
    <initrd>{initrd}</initrd>
    <cmdline>{cmdline}</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='host-passthrough'/>
  <on_reboot>destroy</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>{emulator}</emulator>
    <controller type='usb' model='none'/>
{interfaces}    <serial type='file'>
      <source path='/logs/{name}-console.log' append='on'/>
    </serial>
    <channel type='dev'>
      <source path='{agent}'/>
      <target type='virtio' name='agent'/>
    </channel>
    <memballoon model='none'/>
  </devices>
{override}</domain>
"""


class Libvirt:
    """libvirtd of a host VM, which accepts connections by TCP as well."""

    def __init__(self, host: HostVM, root: Path = ROOT, options: str = ""):
        """Put the unpacked files in their places and start it; options: more of its QEMUs."""
        if not root.exists():
            raise LabError(f"there is no {root}; run tools/lab/setup --{root.name}")
        self.host = host
        # /lib may be a link. QEMU replaces %d by the number of its process.
        host.run(f"for d in {root}/*; do cp -rsn $d/. /${{d##*/}}/; done", timeout=60)
        host.run(ADD_USER)
        qemu = shlex.join(qemu_command())
        options += " -d cpu_reset -D /logs/qemu-%d.log"
        host.put(f'#!/bin/sh\nexec {qemu} "$@" {options}\n', EMULATOR)
        host.run(f"chmod +x {EMULATOR}")
        host.put(DAEMON_CONF, "/etc/libvirt/libvirtd.conf")
        host.put(QEMU_CONF, "/etc/libvirt/qemu.conf")
        host.modprobe(host.kvm_module)
        host.modprobe("tun")
        host.modprobe("vfio-pci")  # a host that has udev has /dev/vfio/vfio before
        self._daemon = host.spawn("exec libvirtd --listen > /logs/libvirtd-output.log 2>&1")
        host.wait_until("virsh uri", timeout=60, interval=0.5)

    def virsh(self, command: str, timeout: float = 60, xml: str = "") -> str:
        """Run virsh; its output. FILE in the command is a file with `xml`."""
        if xml:
            self.host.put(xml, FILE)
        return self.host.run(f"virsh {command}", timeout).out.strip()

    def close(self) -> None:
        """End it; its domains stay."""
        self._daemon.kill()
        self._daemon.wait(10, check=False)


class Domain(Guest):
    """A guest of libvirt's. The lab does not talk to its QEMU."""

    def __init__(self, libvirt: Libvirt, interfaces: str = STANDBY + VF, override: str = ""):
        """Reserve a port for it; see start() and arrive().

        override: what the domain has after <devices>, of QEMU's schema.
        """
        self.libvirt = libvirt
        self.interfaces, self.override = interfaces, override
        self.host = host = libvirt.host
        self._port = port = host.take_port()
        port.channel.reset(NAME, str(host.logdir))
        console = host.logdir / f"{NAME}-console.log"
        Machine.__init__(self, NAME, Kernel.find("stock"), console, port.channel, port.monitor)
        self.keep = False
        host.guests.append(self)

    def xml(self) -> str:
        """Its definition."""
        return DOMAIN.format(
            name=NAME,
            kernel=self.kernel.image,
            initrd=guest_image(self.kernel),
            cmdline=BOOT_PARAMETERS,
            emulator=EMULATOR,
            schema=QEMU_SCHEMA if self.override else "",
            interfaces=self.interfaces,
            override=self.override,
            agent=self.agent,
        )

    @property
    def agent(self) -> str:
        """The host VM's device file for its agent."""
        return self.host.serial_port(self._port.name)

    def start(self, boot_timeout: float = 60) -> None:
        """Define and start it."""
        self.libvirt.virsh(f"define {FILE}", xml=self.xml())
        self.libvirt.virsh(f"start {NAME}")
        self.follow()
        self._wait_boot(boot_timeout)

    def let_go(self) -> None:
        """Its QEMU may end before arrive(): keep the commands that run in the guest."""
        self._qemu.when_done(lambda: None)

    def arrive(self, source: "Domain") -> None:
        """It has been migrated here."""
        self._channel.take_over(source._channel)
        self.follow()
        source.forget()

    @property
    def ending(self) -> str:
        """How QEMU has ended is in libvirt's log."""
        return f"see /var/log/libvirt/qemu/{NAME}.log in the host VM"

    def kill(self) -> None:
        """Destroy it."""
        if self.host.alive:
            self.host.run(f"virsh destroy {NAME}", timeout=60, check=False)
        self.forget()

    def follow(self) -> None:
        """Notice the end of its QEMU."""
        process = f"$(cat /run/libvirt/qemu/{NAME}.pid)"
        self._qemu = self.host.spawn(f"exec tail -f /dev/null --pid {process}")
        channel = self._channel
        self._qemu.when_done(lambda: channel.declare_dead("the guest's QEMU has ended"))
        channel.ending = lambda: self.ending


class Managed(Failover):
    """A guest of libvirt's, whose VF has a driver of the host's before and afterwards."""

    def __init__(self, host: HostVM):
        """Set it up."""
        super().__init__(host, OURS, 1)
        host.run(f"ip link set pf0 vf 0 mac {NO_MAC}; ip address add {PF_IP}/16 dev {BRIDGE}")
        host.modprobe(OURS[1])
        self.own_mac = host.read(f"/sys/class/net/{host.netdev_of(vf_address(0))}/address")
        self.libvirt = Libvirt(host)
        self.domain = Domain(self.libvirt)

    def boot(self) -> None:
        """Start the guest and wait for its network."""
        self.domain.start()
        self.start(self.domain)

    def state_of_vf(self) -> tuple[str, str, bool]:
        """VF 0's driver and address in the host, and whether libvirt has saved its settings.

        libvirt saves the address that the VF has if a driver of the host's is bound to it. When it
        gives the VF back, it sets this one as the administrator's.
        """
        driver = self.host.run(
            f"basename $(readlink /sys/bus/pci/devices/{vf_address(0)}/driver)"
        ).out.strip()
        saved = not self.host.run("test -e /run/libvirt/hostdevmgr/pf0_vf0", check=False).rc
        return driver, self.fabric.vf_info(0)["address"], saved

    def taken(self) -> bool:
        """Whether libvirt has taken VF 0 for the guest."""
        return self.state_of_vf() == ("vfio-pci", vf_mac(0), True)

    def given_back(self) -> bool:
        """Whether VF 0 is the host's again."""
        return self.state_of_vf() == (OURS[1], self.own_mac, False)

    def detach(self) -> None:
        """Take the VF out of the guest."""
        self.libvirt.virsh(f"detach-device-alias {NAME} {VF_ALIAS} --live")

    def attach(self) -> None:
        """Put it in again."""
        self.libvirt.virsh(f"attach-device {NAME} {FILE} --live", xml=VF)

    def close(self) -> None:
        """Guest, libvirt and drivers away."""
        self.domain.kill()
        self.libvirt.close()
        super().close()


class ManagedTwo(Managed):
    """The same, and a second host VM that it can be migrated to."""

    def __init__(self, first: HostVM, second: HostVM):
        """Set them up."""
        add_wire(first)
        super().__init__(first)
        self.second = second
        self.other = add_second(first, second)
        second.modprobe(OURS[1])
        second.run("hostname second")
        self.there = Libvirt(second)

    def join_bridge(self) -> None:
        """The namespace is a port as well."""
        super().join_bridge()
        self.host.run(f"ip link set towire master {BRIDGE} up")

    def start_migration(self) -> Job:
        """Start to migrate the guest to the second host VM."""
        return self.host.spawn(f"exec {MIGRATE}")

    def end_migration(self, job: Job) -> None:
        """Wait until the guest is there."""
        target = Domain(self.there)
        self.domain.let_go()
        job.wait(300)
        target.arrive(self.domain)
        self.domain = self.guest = target

    def close(self) -> None:
        """Both hosts' drivers away."""
        super().close()
        self.there.close()
        self.other.close()
