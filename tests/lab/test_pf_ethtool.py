# SPDX-License-Identifier: GPL-2.0-only
"""ethtool settings and tests of the PF: link, PAUSE and LEDs (registers only), self-test.

QEMU always negotiates 1000 Mbit/s, full duplex, and neither sends nor obeys PAUSE frames.
"""
import json
import re
import time
from collections.abc import Iterator

import pytest

from lab.fabric import PF_IP, WIRE_IP, Fabric, vf_ip
from lab.errors import CommandFailed
from lab.regs82576 import (
    CTRL,
    CTRL_RFCE,
    CTRL_TFCE,
    FCAL,
    FCAL_STD,
    FCRTH,
    FCRTL,
    FCRTL_XONE,
    FCTTV,
    ICR,
    ICR_LSC,
    IMC,
    IMS,
    LEDCTL,
    MAX_FRAME,
    RXPBS,
    STATUS,
    STATUS_LU,
)

pytestmark = pytest.mark.kernels("stock")

MODES = {"10baseT/Half", "10baseT/Full", "100baseT/Half", "100baseT/Full", "1000baseT/Full"}
ALL_MODES, ONLY_100_HALF = "0x2f", "0x4"


@pytest.fixture
def port(fabric: Fabric) -> Iterator[Fabric]:
    """The fabric, whose PF logs negotiations; a test's settings are undone afterwards."""
    fabric.run("", "echo module iovnic_pf func iov_pf_phy_autoneg +p > /proc/dynamic_debug/control")
    yield fabric
    fabric.run("", "ethtool -A pf0 autoneg on rx off tx off; ethtool -r pf0", check=False)
    fabric.run("", f"ethtool -s pf0 autoneg on advertise {ALL_MODES}", check=False)
    wait_link(fabric)


def wait_link(fabric: Fabric) -> None:
    """Wait until a negotiation in progress and its effects are over."""
    for _ in range(100):
        if fabric.host.reg(STATUS) & STATUS_LU:
            break
        time.sleep(0.05)
    fabric.run("", "sleep 0.05")


def negotiates(fabric: Fabric, command: str) -> bool:
    """Whether a command, which succeeds, makes the PHY negotiate, which interrupts the link."""
    mark = fabric.mark_log(f"does it negotiate: {command}")
    fabric.run("", command)
    lines = fabric.dmesg_since(mark).count("negotiating the link")
    assert lines < 2, command
    wait_link(fabric)
    return bool(lines)


def shown(fabric: Fabric, what: str) -> set[str]:
    """Link modes that ethtool shows: Supported, Advertised, Link partner advertised."""
    text = fabric.run("", "ethtool pf0").out
    found = re.search(rf"^\t{what} link modes: +((?:[\w/]+\s+)+?)(?=\t\w)", text, re.M)
    assert found, text
    return set(found[1].split())


def pause(fabric: Fabric) -> dict[str, str]:
    """ethtool -a, without the heading."""
    lines = fabric.run("", "ethtool -a pf0").out.splitlines()[1:]
    return {name.strip(): value.strip() for name, value in (x.split(":") for x in lines if x)}


def flow(fabric: Fabric) -> int:
    """The directions of flow control that the device has enabled."""
    return fabric.host.reg(CTRL) & (CTRL_RFCE | CTRL_TFCE)


def refused(fabric: Fabric, reasons: dict[str, str]) -> None:
    """The commands fail, change nothing, do not interrupt the link, and the log has the reason."""
    ask = "ethtool pf0; ethtool -a pf0"
    marks = [fabric.mark_log("refused: all of these"), *(f"refused: {n}" for n in reasons)]
    script = [f"echo '{m}' > /dev/kmsg; {cmd} && exit 1" for m, cmd in zip(marks[1:], reasons)]
    out = fabric.run("", "\n".join([ask, "echo ---", *script, ask])).out
    before, _, after = out.partition("---\n")
    assert before == after
    said = fabric.dmesg_since(marks[0])
    assert "negotiating" not in said, said
    for mark, reason in zip(marks[1:], reasons.values()):
        assert reason in said.partition(mark)[2].partition("refused: ethtool")[0], said


def test_link_modes(port: Fabric) -> None:
    """Modes are set; an active one does not interrupt the link, an impossible one is refused."""
    assert shown(port, "Supported") >= MODES == shown(port, "Advertised")
    assert not negotiates(port, f"ethtool -s pf0 autoneg on advertise {ALL_MODES}")
    resets = [port.stats("", "pf0")[f"vf{n}_mbx_resets"] for n in range(2)]
    assert negotiates(port, "ethtool -s pf0 speed 100 duplex half")
    assert shown(port, "Advertised") == {"100baseT/Half"}
    assert not negotiates(port, f"ethtool -s pf0 advertise {ONLY_100_HALF}")
    refused(
        port,
        {
            "ethtool -s pf0 speed 2500 duplex full": "no mode is left",
            "ethtool -s pf0 advertise 0x3f": "does not support all of these modes",
            "ethtool -s pf0 advertise Pause on": "as ethtool -A sets it",
            "ethtool -s pf0 autoneg off speed 100 duplex full": "without autonegotiation",
            "ethtool -s pf0 phyad 3": "are fixed",
            "ethtool -A pf0 tx on": "needs full duplex",
        },
    )
    assert negotiates(port, "ethtool -r pf0")
    # QEMU enables both directions at the end of a negotiation.
    assert not flow(port)
    # The VFs have kept their sessions.
    port.ping("v0", vf_ip(1))
    assert resets == [port.stats("", "pf0")[f"vf{n}_mbx_resets"] for n in range(2)]


def test_pause(port: Fabric) -> None:
    """Registers only: PAUSE as requested and negotiated, thresholds, a reset of the PF."""
    # VFs keep the link until the test restarts the negotiation.
    assert not negotiates(port, "ethtool -A pf0 rx on tx on") and not flow(port)
    assert negotiates(port, "ethtool -r pf0")
    assert flow(port) == CTRL_RFCE | CTRL_TFCE
    assert pause(port) == {
        **{"Autonegotiate": "on", "RX": "on", "TX": "on"},
        **{"RX negotiated": "on", "TX negotiated": "on"},
    }
    assert not negotiates(port, f"ethtool -A pf0 rx on; ethtool -s pf0 advertise {ALL_MODES}")
    refused(port, {f"ethtool -s pf0 advertise {ONLY_100_HALF}": "PAUSE needs full duplex"})
    high, low = port.host.reg(FCRTH), port.host.reg(FCRTL) & ~FCRTL_XONE
    assert 2 * MAX_FRAME <= low < high <= port.host.reg(RXPBS) * 1024 - 2 * MAX_FRAME
    assert port.host.reg(FCTTV) == 0xFFFF and port.host.reg(FCAL) == FCAL_STD

    # QEMU's link partner supports PAUSE in both directions or not at all.
    assert not negotiates(port, "ethtool -A pf0 rx off") and flow(port) == CTRL_RFCE | CTRL_TFCE
    assert negotiates(port, "ethtool -r pf0")
    assert not flow(port) and pause(port)["TX negotiated"] == "off"
    assert not negotiates(port, "ethtool -A pf0 autoneg off")
    assert flow(port) == CTRL_TFCE
    port.reset_pf()
    assert flow(port) == CTRL_TFCE
    assert pause(port) == {"Autonegotiate": "off", "RX": "off", "TX": "on"}
    assert port.host.reg(FCRTH) == high and port.host.reg(FCTTV) == 0xFFFF


def test_identify(fabric: Fabric) -> None:
    """Registers only: all LEDs go on and off, and return to their former state."""
    before = fabric.host.reg(LEDCTL)
    job = fabric.host.spawn("ethtool -p pf0 1")
    values = set()
    while job.poll() is None:
        values.add(fabric.host.reg(LEDCTL))
        time.sleep(0.05)
    assert job.wait(10).rc == 0
    modes = {tuple(byte & 0x8F for byte in value.to_bytes(4, "little")) for value in values}
    assert {(14,) * 4, (15,) * 4} <= modes, values
    assert fabric.host.reg(LEDCTL) == before


def results(fabric: Fabric, how: str = "offline") -> dict[str, int]:
    """The results of the self-test, 0 for success; check that the summary agrees."""
    answer = fabric.run("", f"ethtool -t pf0 {how}", check=False)
    verdict = re.search(r"The test result is (PASS|FAIL)", answer.out)
    found = re.findall(r"^([a-z][\w ()]+?)\s+\t?\s*(\d+)$", answer.out, re.M)
    values = {name.split()[0]: int(value) for name, value in found}
    assert verdict and set(values) == {"link", "nvm_checksum", "interrupts", "registers"}, answer
    assert (verdict[1] == "FAIL") == any(values.values()) == bool(answer.rc), answer
    return values


def test_self_test_beside_vfs(fabric: Fabric) -> None:
    """VFs lose nothing during the self-test, it leaves no change, and a broken part fails."""
    before = fabric.registers()
    pings = [
        fabric.host.netns("v0").spawn(f"ping -q -i 0.01 -c 60 -W 2 {address}")
        for address in (vf_ip(1), WIRE_IP)
    ]
    for how in ("online", "offline"):
        assert not any(results(fabric, how).values())
    for job in pings:
        out = job.wait(30).out
        assert "60 packets transmitted, 60 received" in out, out
    assert fabric.registers() == before

    mark = fabric.mark_log("self-test without interrupts")
    masked = f"setpci -s {fabric.pf_pci} CAP_MSIX+2.W"
    fabric.run("", f"{masked}=4000:4000")
    broken = results(fabric, "online")
    fabric.run("", f"{masked}=0000:4000")
    assert [name for name, value in broken.items() if value] == ["interrupts"]
    assert "vector 0 does not interrupt" in fabric.dmesg_since(mark)

    fabric.host.plug_cable(False)
    broken = results(fabric, "online")
    fabric.host.plug_cable(True)
    assert [name for name, value in broken.items() if value] == ["link"]
    fabric.wait_carrier("", "pf0")
    fabric.run("", "ip link set pf0 down")
    assert not any(results(fabric).values())
    fabric.pf_up()
    fabric.ping("v1", PF_IP)


def test_lost_link_interrupt(fabric: Fabric) -> None:
    """The carrier follows the cable although LSC is masked and its cause was cleared."""
    # With VFs the driver reads ICR every two seconds.
    fabric.remove_vfs()
    for plugged in (False, True):
        fabric.host.poke(IMC, ICR_LSC)
        fabric.host.plug_cable(plugged)
        for _ in range(100):
            if bool(fabric.host.reg(STATUS) & STATUS_LU) == plugged:
                break
            time.sleep(0.02)
        assert fabric.host.reg(ICR) & ICR_LSC
        fabric.wait_carrier("", "pf0", plugged, timeout=5)
        fabric.host.poke(IMS, ICR_LSC)
    fabric.set_vfs(2)


@pytest.mark.full()
def test_self_test_without_vfs(fabric: Fabric) -> None:
    """The self-test covers all queue pairs and their vectors."""
    fabric.remove_vfs()
    before = fabric.registers()
    assert not any(results(fabric).values())
    assert fabric.registers() == before
    fabric.ping("", WIRE_IP)
    fabric.set_vfs(2)


@pytest.fixture
def without_msi(fabric: Fabric) -> Iterator[None]:
    """The PF has only an INTx line."""
    switch = f"/sys/bus/pci/devices/{fabric.pf_pci}/msi_bus"
    fabric.unload()
    fabric.host.write(switch, 0)
    fabric.load()
    yield
    fabric.unload()
    fabric.host.write(switch, 1)
    fabric.load()
    fabric.set_vfs(2)


def test_without_msi(fabric: Fabric, without_msi: None) -> None:
    """One line for all causes: packets, link and self-test work; VFs are refused with a reason."""
    vectors = f"/sys/bus/pci/devices/{fabric.pf_pci}/msi_irqs"
    assert not fabric.run("", f"ls {vectors}", check=False).out.strip()
    before = fabric.registers()
    for how in ("online", "offline"):
        assert not any(results(fabric, how).values())
    assert fabric.registers() == before
    for _ in range(2):
        fabric.ping("", WIRE_IP)
        fabric.host.plug_cable(False)
        fabric.wait_carrier("", "pf0", False)
        fabric.host.plug_cable(True)
        fabric.wait_carrier("", "pf0")
        fabric.ping("", WIRE_IP)
        fabric.reset_pf()
        fabric.wait_carrier("", "pf0")
    out = fabric.run("", f"ping -q -f -c 2000 -s 1400 {WIRE_IP}", timeout=60).out
    assert "2000 received" in out, out
    mark = fabric.mark_log("now two VFs")
    with pytest.raises(CommandFailed, match="not supported"):
        fabric.host.run(f"/bin/echo 2 > {fabric.numvfs_path}")
    assert "VFs need MSI-X, which is not available; enable MSI-X" in fabric.dmesg_since(mark)
    reasons = f"devlink health diagnose pci/{fabric.pf_pci} reporter sriov"
    assert "NO_MSIX" in fabric.host.run(reasons).out


def test_nvm_is_read_only(fabric: Fabric) -> None:
    """ethtool -e shows the MAC address; writing is refused."""
    words = fabric.run("", "ethtool -e pf0 offset 0 length 6 raw on | od -An -tx1").out.split()
    assert ":".join(words) == fabric.host.run("ethtool -P pf0").out.split()[-1]
    with pytest.raises(CommandFailed, match="not supported"):
        fabric.run("", "ethtool -E pf0 magic 0x10c98086 offset 0 value 0")


def test_port_has_a_flavour(fabric: Fabric) -> None:
    """Every port has the flavour that tools expect; the interface has the same name as with igb."""
    ports = json.loads(fabric.host.run("devlink -j port show").out)["port"]
    own = [port for port in ports.values() if port.get("netdev") == "pf0"]
    assert [port["flavour"] for port in own] == ["virtual"]  # "physical" since Linux 6.18
    with pytest.raises(CommandFailed):
        fabric.host.run("cat /sys/class/net/pf0/phys_port_name")


def test_as_tools_know_igb(fabric: Fabric) -> None:
    """Message levels, crossover, rules, reset: requests that scripts make of igb succeed."""
    mark = fabric.mark_log("msglvl")
    for name, ns in (("pf0", ""), ("vf0", "v0")):
        fabric.run(ns, f"ethtool -s {name} msglvl link off")
        assert "Current message level: 0x0" in fabric.run(ns, f"ethtool {name}").out
    fabric.host.run("ethtool -s pf0 mdix auto")
    assert "MDI-X: Unknown" in fabric.host.run("ethtool pf0").out
    refused(fabric, {"ethtool -s pf0 mdix on": "the PHY always detects MDI"})
    assert "Total 0 rules" in fabric.host.run("ethtool -n pf0").out
    fabric.host.run("ethtool --reset pf0 all")
    fabric.host.wait_until(f"ip netns exec v0 ping -c 1 -W 1 {PF_IP}", timeout=20)
    assert not re.search("(?i)[pv]f0: link (is )?(up|down)", fabric.dmesg_since(mark))
    for name, ns in (("pf0", ""), ("vf0", "v0")):
        fabric.run(ns, f"ethtool -s {name} msglvl link on")
