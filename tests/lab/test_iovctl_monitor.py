# SPDX-License-Identifier: GPL-2.0-only
"""iovctl monitor: rates of real traffic, and events of the kernel's at the time they happen."""
import signal

import pytest
from lab.answers import read
from lab.fabric import Fabric, poll_until
from lab.migration import IOVCTL, install_iovctl
from lab.topology import PF_IP

pytestmark = pytest.mark.kernels("stock")

# No sample comes between the changes, so that only what the kernel tells can be an event then.
RARELY = 3600


def test_monitor(fabric: Fabric) -> None:
    host = fabric.host
    install_iovctl(host)
    job = host.spawn(f"exec {IOVCTL} -j monitor interval {RARELY}")
    start = '{"type":"sample"'
    assert poll_until(lambda: job.out[: len(start)], start, 30) == start
    host.run("ip link set pf0 mtu 1400 && ip link set pf0 mtu 1500")
    fabric.switch_vf(0, False)
    fabric.switch_vf(0, True)
    name = f"pci/{fabric.pf_pci} name vf0_policies"
    host.run(f"devlink dev param set {name} value ra cmode runtime")
    host.run(f"devlink dev param set {name} value none cmode runtime")
    poll_until(lambda: job.out.count("vf0_policies"), 2, 20)
    job.kill(signal.SIGINT)
    result = job.wait(20, check=False)
    assert result.rc == 0, result
    first, *events = read(result.out, "monitor")
    assert [vf["path"] for vf in first["vfs"]] == ["vf"] * fabric.vfs
    assert not any(vf["mailbox"]["quarantine"] for vf in first["vfs"])
    assert all(event["type"] == "event" for event in events)
    told = [(event["event"], event["object"], event["text"]) for event in events]
    assert ("link", "pf0", "MTU 1400, was 1500") in told
    assert ("link", "pf0", "MTU 1500, was 1400") in told
    assert told.count(("devlink", fabric.pf_pci, "parameter vf0_policies is set")) == 2


def test_traffic(fabric: Fabric) -> None:
    """Rates are those of the traffic, and a moved path is an event of the next sample."""
    host = fabric.host
    install_iovctl(host)
    job = host.spawn(f"exec {IOVCTL} -j monitor interval 1 count 6")
    fabric.run("v0", f"ping -q -c 200 -i 0.01 -s 1000 {PF_IP}")
    fabric.switch_vf(1, False)
    lines = read(job.wait(40).out, "monitor")
    samples = [line for line in lines if line["type"] == "sample"]
    rates = [sample["vfs"][0].get("tx_bits_per_second", 0) for sample in samples]
    assert len(samples) == 6 and max(rates) > 8 * 1000 * 10
    events = {(line["event"], line.get("object")) for line in lines if line["type"] == "event"}
    assert not any(kind == "holder" for kind, _ in events)
    assert ("path", "pf0:1") in events and ("reason", fabric.vf_pci(1)) in events
    assert "ADMIN" in samples[-1]["reasons"]
    fabric.switch_vf(1, True)
