# SPDX-License-Identifier: GPL-2.0-only
"""SR-IOV NICs of other vendors, as their drivers and the PCI core show them in sysfs.

The numbers are those of the devices' SR-IOV capabilities and of the kernel's documentation
(Documentation/ABI/testing/sysfs-bus-pci, sysfs-class-net, networking/switchdev.rst); there is one
PF below a root port of its own.
"""

from dataclasses import dataclass, field

from machine_tree import MachineTree, resource


@dataclass(frozen=True)
class Adapter:
    """An adapter with one PF."""

    driver: str
    ids: str
    """Vendor and device of the PF, as 8086:10fb."""
    netdev: str
    total: int
    """VFs that the driver allows."""
    offset: int
    stride: int
    speed: int
    vf_driver: str
    vf_netdev: str
    """Its name without the number of the VF."""
    buses: int = 1
    """How many the port has for the adapter."""
    port_name: str = ""
    """phys_port_name, if the driver tells it."""
    representor: str = ""
    """In switchdev mode: the name of the interface that stands for a VF, without its number."""
    extra: dict[str, str] = field(default_factory=dict)
    """Files of the PF that only this driver has."""

    def address(self, bus: int) -> str:
        """The PCI address of the PF."""
        return f"0000:{bus:02x}:00.0"

    def vf_address(self, bus: int, number: int) -> str:
        """That of a VF, by routing ID."""
        place = (bus << 8) + self.offset + number * self.stride
        return f"0000:{place >> 8:02x}:{place >> 3 & 31:02x}.{place & 7}"


IXGBE = Adapter("ixgbe", "8086:10fb", "enp3s0f0", 63, 128, 2, 10000, "ixgbevf", "enp3s0f0v")
I40E = Adapter("i40e", "8086:1583", "enp3s0f0np0", 64, 16, 1, 40000, "iavf", "enp3s0f0v",
               port_name="p0")
ICE = Adapter("ice", "8086:1592", "enp3s0f0np0", 256, 8, 1, 100000, "iavf", "enp3s0f0v", buses=2,
              port_name="p0")
MLX5 = Adapter(
    "mlx5_core", "15b3:101d", "enp3s0f0np0", 8, 2, 1, 100000, "mlx5_core", "enp3s0f0v",
    port_name="p0", representor="enp3s0f0npf0vf",
    extra={"roce_enable": "1", "sriov/0/link_state": "Follow", "sriov/0/max_tx_rate": "0"},
)
BNXT = Adapter("bnxt_en", "14e4:16d7", "enp3s0f0np0", 16, 8, 1, 25000, "bnxt_en", "enp3s0f0v",
               port_name="p0")
NFP = Adapter(
    "nfp", "19ee:4000", "ens2np0", 48, 64, 1, 40000, "nfp", "ens2v",
    port_name="p0", representor="ens2npf0vf",
)
ADAPTERS = (IXGBE, I40E, ICE, MLX5, BNXT, NFP)


def add(tree: MachineTree, adapter: Adapter, bus: int = 3, vfs: int = 0) -> str:
    """Add it with its VFs; the address of the PF."""
    port, pf = f"0000:00:{bus:02x}.0", adapter.address(bus)
    files = {"class": "0x060400", "secondary_bus_number": str(bus), "max_link_speed": "16.0 GT/s"}
    tree.pci(port, port, files | {"subordinate_bus_number": str(bus + adapter.buses - 1)})
    vendor, device = adapter.ids.split(":")
    files = {"class": "0x020000", "vendor": f"0x{vendor}", "device": f"0x{device}"}
    files |= {"sriov_totalvfs": str(adapter.total), "sriov_numvfs": str(vfs)}
    files |= {"sriov_offset": str(adapter.offset), "sriov_stride": str(adapter.stride)}
    files |= {"ari_enabled": "1", "msi_bus": "1", "sriov_drivers_autoprobe": "1"} | adapter.extra
    folder = tree.pci(pf, f"{port}/{pf}", files)
    tree.put(f"{folder}/resource", resource(2))
    tree.in_group(f"{bus}0", pf)
    tree.bound_to(adapter.driver, pf)
    tree.add_interface(adapter.netdev, pf, speed=str(adapter.speed))
    if adapter.port_name:
        tree.put(f"sys/class/net/{adapter.netdev}/phys_port_name", f"{adapter.port_name}\n")
    for number in range(vfs):
        add_vf(tree, adapter, bus, number)
    return pf


def add_vf(tree: MachineTree, adapter: Adapter, bus: int, number: int) -> None:
    """A VF whose driver has bound it; its interface is down."""
    pf, address = adapter.address(bus), adapter.vf_address(bus, number)
    tree.pci(address, f"0000:00:{bus:02x}.0/{address}", {"class": "0x020000"})
    tree.link(f"sys/bus/pci/devices/{pf}/virtfn{number}", f"sys/bus/pci/devices/{address}")
    tree.link(f"sys/bus/pci/devices/{address}/physfn", f"sys/bus/pci/devices/{pf}")
    tree.in_group(f"{bus}{number + 1}", address)
    tree.bound_to(adapter.vf_driver, address)
    tree.add_interface(f"{adapter.vf_netdev}{number}", address, flags="0x1002", carrier="0")
    if adapter.representor:
        # It belongs to the PF, and is listed before the PF's own interface or after it.
        name = f"{adapter.representor}{number}"
        tree.add_interface(name, pf)
        tree.put(f"sys/class/net/{name}/phys_port_name", f"pf0vf{number}\n")
        for netdev in (name, adapter.netdev):
            tree.put(f"sys/class/net/{netdev}/phys_switch_id", "b8cef603000a1234\n")
