# SPDX-License-Identifier: GPL-2.0-only
"""iovctl with SR-IOV NICs of other vendors: what is generic works with them."""

from pathlib import Path

import pytest
from machine_tree import PF, MachineTree, good_machine, reasons
from vendor_trees import ADAPTERS, BNXT, I40E, ICE, IXGBE, MLX5, NFP, Adapter, add, add_vf

NO_BRIDGE = "PF_NOT_IN_BRIDGE info"


def name(adapter: Adapter) -> str:
    return adapter.driver


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine without the 82576 that machine_tree.py gives it."""
    found = good_machine(tmp_path)
    found.remove(f"sys/bus/pci/devices/{PF}/sriov_totalvfs")
    return found


def adapter_of(program: Path, tree: MachineTree, *words: str) -> tuple[int, dict]:
    status, (found,) = tree.ask(program, "adapter", *words)
    return status, found


@pytest.mark.parametrize("adapter", ADAPTERS, ids=name)
def test_without_vfs(program: Path, tree: MachineTree, adapter: Adapter) -> None:
    """Nothing is wrong but that no VFs have been created; no reason is of the 82576."""
    pf = add(tree, adapter)
    status, found = adapter_of(program, tree)
    assert (status, reasons(found)) == (1, ["SWITCH_NOT_IOV warning", NO_BRIDGE])
    assert (found["pci"], found["driver"]) == (pf, adapter.driver)
    assert found["vfs"] == {"allowed": adapter.total, "created": 0, "used": 0}
    interface = {"name": adapter.netdev, "up": True, "carrier": True, "speed": adapter.speed}
    assert found["interface"] == interface | {"mtu": 1500}
    assert "queue_pairs" not in found


@pytest.mark.parametrize("adapter", ADAPTERS, ids=name)
def test_with_vfs(program: Path, tree: MachineTree, adapter: Adapter) -> None:
    """VFs of the host, of a guest, and those that are free; a bridge."""
    pf = add(tree, adapter, vfs=4)
    tree.enslave(adapter.netdev, "br0", "bridge")
    tree.put(f"sys/class/net/{adapter.vf_netdev}0/flags", "0x1003\n")
    tree.bound_to("vfio-pci", adapter.vf_address(3, 1))
    tree.in_guest(100, "32", "qemu-system-x86_64", "-name", "guest=alpha")
    status, found = adapter_of(program, tree, adapter.netdev)
    assert (status, reasons(found)) == (0, [])
    assert found["vfs"] == {"allowed": adapter.total, "created": 4, "used": 2}
    assert found["interface"]["name"] == adapter.netdev
    assert found["switch"] == {"name": "br0", "kind": "bridge"}

    nics = tree.ask(program, "vm", "list")[1]
    assert [nic["nic"] for nic in nics] == [f"{adapter.netdev}:{n}" for n in range(4)]
    assert [nic["pci"] for nic in nics] == [adapter.vf_address(3, n) for n in range(4)]
    assert [nic["holder"]["held"] for nic in nics] == ["yes", "yes", "no", "no"]
    assert nics[1]["holder"]["guest"] == "alpha"
    assert nics[2]["driver"] == adapter.vf_driver and nics[2]["pf_pci"] == pf


@pytest.mark.parametrize("adapter", ADAPTERS, ids=name)
def test_all_used(program: Path, tree: MachineTree, adapter: Adapter) -> None:
    add(tree, adapter, vfs=2)
    for number in range(2):
        tree.put(f"sys/class/net/{adapter.vf_netdev}{number}/flags", "0x1003\n")
    status, found = adapter_of(program, tree)
    assert (status, reasons(found)) == (0, [NO_BRIDGE, "NO_FREE_VF info"])


def one_bus(tree: MachineTree) -> None:
    tree.put("sys/bus/pci/devices/0000:00:03.0/subordinate_bus_number", "3\n")


def no_ari(tree: MachineTree) -> None:
    tree.put("sys/bus/pci/devices/0000:03:00.0/ari_enabled", "0\n")


def not_in_firmware(tree: MachineTree) -> None:
    tree.put("sys/bus/pci/devices/0000:03:00.0/sriov_totalvfs", "0\n")


def no_driver(tree: MachineTree) -> None:
    tree.remove("sys/bus/pci/devices/0000:03:00.0/driver")
    tree.remove("sys/devices/pci0000:00/0000:00:03.0/0000:03:00.0/net")


def down(tree: MachineTree) -> None:
    tree.put("sys/devices/pci0000:00/0000:00:03.0/0000:03:00.0/net/enp3s0f0/flags", "0x1002\n")


NO_VFS = "SWITCH_NOT_IOV warning"


@pytest.mark.parametrize(
    "adapter, change, expected",
    [
        (ICE, one_bus, ["NO_BUS_RESOURCES blocking", NO_VFS, NO_BRIDGE]),
        (IXGBE, no_ari, ["NO_BUS_RESOURCES blocking", NO_VFS, NO_BRIDGE]),
        (I40E, no_ari, ["NO_BUS_RESOURCES blocking", NO_VFS, NO_BRIDGE]),
        (BNXT, not_in_firmware, ["FW_DISABLED blocking", NO_BRIDGE]),
        (MLX5, not_in_firmware, ["FW_DISABLED blocking", NO_BRIDGE]),
        (NFP, no_driver, ["MISSING_PF_DRIVER blocking"]),
        (IXGBE, down, [NO_VFS, "PF_DOWN warning", NO_BRIDGE]),
    ],
    ids=lambda value: getattr(value, "driver", getattr(value, "__name__", "")),
)
def test_faults(
    program: Path, tree: MachineTree, adapter: Adapter, change, expected: list[str]
) -> None:
    add(tree, adapter)
    change(tree)
    assert reasons(adapter_of(program, tree)[1]) == expected


@pytest.mark.parametrize("adapter", [MLX5, NFP], ids=name)
def test_representors(program: Path, tree: MachineTree, adapter: Adapter) -> None:
    """In switchdev mode the PF's folder has interfaces of VFs, of which none is the PF's."""
    add(tree, adapter)
    for number in range(3):
        add_vf(tree, adapter, 3, number)
    pf = f"sys/bus/pci/devices/{adapter.address(3)}"
    tree.put(f"{pf}/sriov_numvfs", "3\n")
    tree.add_interface("eth0", adapter.address(3))  # its name was not changed
    tree.put("sys/class/net/eth0/phys_port_name", "c1pf0vf7\n")
    tree.add_interface("en0sf", adapter.address(3))
    tree.put("sys/class/net/en0sf/phys_port_name", "pf0sf88\n")
    found = adapter_of(program, tree)[1]
    assert found["interface"]["name"] == adapter.netdev
    assert found["vfs"]["created"] == 3
    shown = tree.ask(program, "vm", "list", adapter.netdev)[1]
    assert {nic["pf"] for nic in shown} == {adapter.netdev}
