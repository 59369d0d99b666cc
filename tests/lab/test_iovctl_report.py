# SPDX-License-Identifier: GPL-2.0-only
"""iovctl report: what it collects on a host with VFs, and that a masked one tells no addresses."""
import io
import json
import tarfile

import pytest
from lab.answers import read
from lab.fabric import Fabric
from lab.migration import IOVCTL, install_iovctl

pytestmark = pytest.mark.kernels("stock")

SHARED = "report.tar.gz"


def report(fabric: Fabric, words: str) -> dict[str, bytes]:
    """The files of a new report, by their names."""
    host = fabric.host
    # The folder of logs is shared with this machine.
    run = host.run(f"{IOVCTL} -j report file /logs/{SHARED} {words}", timeout=60)
    path = host.logdir / SHARED
    content = path.read_bytes()
    host.run(f"rm /logs/{SHARED}")
    (found,) = read(run.out, "report")
    assert found["not_collected"] == 0
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore
    assert len(files) == found["files"]
    return {name.removeprefix("iovctl-report/"): text for name, text in files.items()}


def test_report(fabric: Fabric) -> None:
    install_iovctl(fabric.host)
    files = report(fabric, "")
    sriov = json.loads(files[f"devlink/{fabric.pf_pci}/sriov.json"])
    assert len(sriov["vfs"]) == fabric.vfs
    mailbox = json.loads(files[f"devlink/{fabric.pf_pci}/mailbox.json"])
    assert mailbox["vfs"][0]["path"] == "vf"
    assert read(files["doctor-host.json"], "doctor")[0]["for"] == "host"
    assert b"driver: iovnic_pf" in files["ethtool/pf0.txt"]
    assert b"rx_packets: " in files["ethtool/pf0.txt"]
    assert b"iovnic_pf " in files["modules.txt"]
    assert f"iovnic_pf {fabric.pf_pci}".encode() in files["kernel-log.txt"]
    assert len(files[f"sys/bus/pci/devices/{fabric.pf_pci}/config"]) == 4096
    masked = report(fabric, "mask")
    mac = fabric.mac("", "pf0").encode()
    assert any(mac in text for text in files.values())
    assert not any(mac in text for text in masked.values())
    assert masked["sys/class/net/pf0/address"].startswith(b"[mac ")
