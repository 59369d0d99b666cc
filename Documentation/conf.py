# SPDX-License-Identifier: GPL-2.0-only
"""How `make docs` builds the documentation: HTML and the man pages."""

import re
from pathlib import Path

HEADER = Path(__file__).resolve().parents[1] / "common/version.h"

project = "iovnic"
version = release = re.search('IOV_VERSION "(.*)"', HEADER.read_text())[1]
author = "iovnic maintainers"
highlight_language = "none"
smartquotes = False  # they make one dash of --
html_theme = "alabaster"
html_show_copyright = False
man_show_urls = True
man_pages = [
    ("iovnic_pf.4", "iovnic_pf", "Linux driver for the Intel 82576 physical function", "", 4),
    ("iovnic_vf.4", "iovnic_vf", "Linux driver for the Intel 82576 virtual function", "", 4),
    ("iovnic_vfio.4", "iovnic_vfio", "VFIO driver of Intel 82576 virtual functions", "", 4),
    ("iovctl.8", "iovctl", "operate SR-IOV", "", 8),
    ("iovctl-host.8", "iovctl-host", "whether this machine can do SR-IOV", "", 8),
    ("iovctl-adapter.8", "iovctl-adapter", "what adapters have for SR-IOV", "", 8),
    ("iovctl-doctor.8", "iovctl-doctor", "what is wrong with SR-IOV, and how to mend it", "", 8),
    ("iovctl-switch.8", "iovctl-switch", "bridges that have an SR-IOV adapter as uplink", "", 8),
    ("iovctl-vm.8", "iovctl-vm", "show and set NICs that are VFs", "", 8),
    ("iovctl-report.8", "iovctl-report", "an archive for a bug report", "", 8),
    ("iovctl-monitor.8", "iovctl-monitor", "watch VFs and what happens to them", "", 8),
    ("iovctl-metrics.8", "iovctl-metrics", "SR-IOV as OpenMetrics text", "", 8),
    ("iovctl-qemu-args.8", "iovctl-qemu-args", "QEMU's arguments for a VF with failover", "", 8),
    ("iovctl-libvirt-xml.8", "iovctl-libvirt-xml", "libvirt's XML for a VF with failover", "", 8),
    ("iovctl-numvfs.8", "iovctl-numvfs", "change the number of VFs", "", 8),
    ("iovctl-persist.8", "iovctl-persist", "create the same VFs when the machine boots", "", 8),
    ("iovctl-migrate.8", "iovctl-migrate", "migrate a guest and its VF", "", 8),
    ("iovctl-policy.8", "iovctl-policy", "policies that the host's software enforces", "", 8),
]
