# SPDX-License-Identifier: GPL-2.0-only
"""DPDK's testpmd on VF 0, which replies to pings."""
from lab.fabric import Fabric, poll_until
from lab.channel import Job
from lab.errors import LabError

ECHO_IP = "10.82.0.77"
ECHO_MAC = "02:00:5e:00:53:77"


def start_echo(fabric: Fabric) -> Job:
    """Start testpmd on VF 0; it replies to ARP and ICMP echo requests for any address."""
    host = fabric.host
    host.wild = True
    host.bind_driver(fabric.vf_pci(0), "vfio-pci")
    options = "--forward-mode=icmpecho --auto-start --no-lsc-interrupt --max-pkt-len=4000"
    # Without huge pages vfio maps each page by itself, at most 65535 of them.
    echo = host.spawn(
        f"sleep 1000 | stdbuf -oL dpdk-testpmd --no-huge -m 192 -l 0,1 -a {fabric.vf_pci(0)}"
        " --no-telemetry --"
        f" --total-num-mbufs=4096 --nb-cores=1 --rxd=128 --txd=128 {options}"
    )
    if not poll_until(lambda: "packet forwarding" in echo.out, True, 60):
        echo.kill()
        raise LabError(f"testpmd does not start:\n{echo.out}{echo.err}")
    return echo
