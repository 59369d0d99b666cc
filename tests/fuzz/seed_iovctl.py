#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write what the fuzzers of iovctl begin with.

usage: seed_iovctl.py FOLDER		(the corpus: a folder for each fuzzer)
       seed_iovctl.py --tree FOLDER	(the files of a machine, for fuzz_tree and fuzz_persist)
"""

import json
import re
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "unit"), str(HERE.parents[1] / "tools")]

from machine_tree import PF, MachineTree, good_machine  # noqa: E402

# --- QEMU -----------------------------------------------------------------------------------------

NIC = {"failover": True, "mac": "52:54:00:82:10:00", "netdev": "soft0"}
VF = {
    "failover_pair_id": "soft0",
    "host": "0000:01:10.0",
    "parent_bus": "/machine/peripheral/vfport0/vfport0.0",
}
NETWORK = "soft0: index=0,type=nic\r\n \\ soft0: index=0,type=tap,ifname=tap0,script=no\r\n"
DEVICES = [
    {"name": "soft0", "type": "child<virtio-net-pci>"},
    {"name": "vf0", "type": "child<vfio-pci>"},
    {"name": "vfport0", "type": "child<pcie-root-port>"},
]
EMPTY = [{"name": "type", "type": "string"}]
FULL = [{"name": "child[0]", "type": "link<vfio-pci>"}]
DELETED = {"event": "DEVICE_DELETED", "data": {"device": "vf0", "path": "/machine/peripheral/vf0"}}
REFUSED = {"event": "DEVICE_UNPLUG_GUEST_ERROR", "data": {"device": "vf0"}}


def qemu(flags: int, *answers: object) -> bytes:
    """A greeting, and answers; events and errors are dictionaries of their own."""
    said: list[object] = [{"QMP": {"version": {}}}]
    number = 0
    for answer in ({}, *answers):
        if isinstance(answer, dict) and "event" in answer:
            said.append(answer)
            continue
        number += 1
        error = isinstance(answer, dict) and "class" in answer
        said.append({"error" if error else "return": answer, "id": number})
    return bytes([flags]) + "\n".join(map(json.dumps, said)).encode()


ERROR = {"class": "GenericError", "desc": "busy"}
STATE = ({"status": "running"}, {"status": "none"})
SOFT = (DEVICES[:1], *NIC.values(), NETWORK)
BOTH = (DEVICES, NIC["failover"], NIC["mac"], NIC["netdev"], NETWORK, *VF.values())
QMP = [
    qemu(0, *STATE, *SOFT),
    qemu(0, *STATE, *BOTH),
    qemu(0b110, *STATE, *BOTH, DELETED, "child<vfio-pci>"),
    qemu(0b1010, *STATE, *BOTH, REFUSED),
    qemu(0b110000, *STATE, *SOFT, {}, {"status": "running"}),
    qemu(1, *STATE, *SOFT, DEVICES, EMPTY),
    qemu(1, *STATE, *SOFT, DEVICES, FULL, EMPTY),
    qemu(0, ERROR),
    qemu(0, *STATE, ERROR),
    qemu(0, {"status": 1}, {}, [], 7),
    b"\0{}}",
    b"\0" + json.dumps({"event": "RTC_CHANGE"}).encode(),
]

# --- the other host -------------------------------------------------------------------------------

FACTS = {
    "status": "running",
    "migration": "none",
    "standby": "soft0",
    "mac": "52:54:00:82:10:00",
    "tap": "tap0",
    "bridge": "br0",
    "tap_up": True,
    "tap_mtu": 1500,
    "pf": "pf0",
    "pf_pci": PF,
    "pf_driver": "iovnic_pf",
    "pf_bridge": "br0",
    "pf_up": True,
    "pf_carrier": True,
    "pf_mtu": 1500,
    "numvfs": 2,
    "rescinds": True,
    "vf_pci": "0000:01:10.0",
    "vf": 0,
    "vf_mac": "52:54:00:82:10:00",
    "vf_id": "vf0",
    "vf_bus": "vfport0",
    "session": "channel",
    "has_bus": True,
}


def peers(source: object, target: object) -> bytes:
    replies = [{"facts": facts, "number": 1} for facts in (source, target)]
    return "\n".join(map(json.dumps, replies)).encode()


PEER = [
    peers(FACTS, FACTS | {"status": "inmigrate"}),
    peers(FACTS | {"tap_mtu": 9000, "status": "paused"}, FACTS | {"no_vf": "VF 0 is in use"}),
    peers({"error": "no"}, {"error": "x" * 300}),
    peers({}, {"standby": "soft0", "tap": "tap0"}),
    peers([], {"vf": 1e99, "mac": None, "tap_up": "yes", "pf": {"a": 1}}),
    peers(FACTS | {"vf_pci": ""}, FACTS | {"pf": "", "mac": "other"}),
    json.dumps({"error": "cannot", "number": 1}).encode() + b'{"number": 7}',
]

# --- netlink --------------------------------------------------------------------------------------

QUESTIONS = "link vf diagnosis resource eswitch text port stats limits addresses".split()
RTM_NEWLINK, RTM_NEWADDR, RTM_NEWROUTE, NLMSG_ERROR, NLMSG_DONE, FAMILY = 16, 20, 24, 2, 3, 0x20
MULTI, CAPPED, ACK_TLVS = 2, 0x100, 0x200
NESTED = 0x8000


def attr(kind: int, value: bytes | int | str | list, form: str = "I") -> bytes:
    """An attribute; a number has the size of `form`."""
    if isinstance(value, list):
        value = b"".join(value)
    elif isinstance(value, str):
        value = value.encode() + b"\0"
    elif isinstance(value, int):
        value = struct.pack(f"<{form}", value)
    length = 4 + len(value)
    return (struct.pack("<HH", length, kind) + value).ljust(length + 3 & ~3, b"\0")


def message(kind: int, *parts: bytes, flags: int = 0) -> bytes:
    body = b"".join(parts)
    return struct.pack("<IHHII", 16 + len(body), kind, flags, 0, 0) + body


def replies(question: str, *datagrams: bytes) -> bytes:
    number = bytes([QUESTIONS.index(question)])
    return number + b"".join(struct.pack("<H", len(data)) + data for data in datagrams)


def link(*attributes: bytes) -> bytes:
    info = struct.pack("<BxHiII", 0, 1, 2, 0x11043, 0)
    return message(RTM_NEWLINK, info, *attributes)


def of_vf(number: int) -> bytes:
    """IFLA_VF_INFO as the kernel has it."""
    vlan = attr(1, struct.pack("<IIIH2x", number, 100, 3, 0x8100))
    return attr(1, [
        attr(1, struct.pack("<I32s", number, bytes((2, 0, 0, 0, 0, number)))),
        attr(13, struct.pack("<I32s", number, b"\xff" * 6)),
        attr(2, struct.pack("<III", number, 100, 3)),
        attr(6, struct.pack("<III", number, 0, 300)),
        attr(3, struct.pack("<II", number, 300)),
        attr(4, struct.pack("<II", number, 1)),
        attr(5, struct.pack("<II", number, 0)),
        attr(7, struct.pack("<II", number, 0)),
        attr(9, struct.pack("<II", number, 1)),
        attr(12, [vlan]),
        attr(8, [attr(kind, 1000 + kind, "Q") for kind in range(8)]),
    ])


def devlink(command: int, *attributes: bytes) -> bytes:
    device = (attr(1, "pci"), attr(2, PF))
    return message(FAMILY, struct.pack("<BBH", command, 1, 0), *device, *attributes)


def named(name: str, *value: bytes) -> list[bytes]:
    """A pair of a diagnosis."""
    return [attr(109, b""), attr(112, name), *value, attr(111, b"")]


def flat(kind: int, value: bytes | int | str, form: str = "I") -> list[bytes]:
    return [attr(113, kind, "B"), attr(114, value, form)]


REASON = [
    attr(108, b""), *named("name", *flat(5, "NO_IOMMU")), *named("severity", *flat(5, "warning")),
    *named("active", *flat(6, 1, "B")), *named("number", *flat(3, 7)),
    *named("bytes", *flat(4, 1 << 40, "Q")), *named("byte", *flat(1, 3, "B")), attr(111, b""),
]
DIAGNOSIS = [
    attr(108, b""), *named("switch", attr(108, b""),
                           *named("reasons", attr(110, b""), *REASON, attr(111, b"")),
                           attr(111, b"")), attr(111, b""),
]
HALVES = (DIAGNOSIS[:9], DIAGNOSIS[9:])
END = message(NLMSG_DONE, struct.pack("<i", 0), flags=MULTI)
ACK = message(NLMSG_ERROR, struct.pack("<i", 0), struct.pack("<IHHII", 20, 16, 5, 0, 0))
WHY = message(
    NLMSG_ERROR, struct.pack("<i", -95), struct.pack("<IHHII", 20, 16, 5, 0, 0),
    attr(1, "not supported by this driver"), flags=CAPPED | ACK_TLVS,
)
WHOLE = message(
    NLMSG_ERROR, struct.pack("<i", -22), struct.pack("<IHHII", 20, 16, 5, 0, 0), b"abcd",
    attr(1, "an old kernel repeats the request"), flags=ACK_TLVS,
)
VFINFO = attr(22, [of_vf(0), of_vf(1)])
PORT = (
    attr(3, 2), attr(77, 4, "H"), attr(127, 0, "H"), attr(128, 1, "H"), attr(149, 0, "B"),
    attr(145, [attr(1, b"\2\0\0\0\0\1"), attr(2, 1, "B"), attr(3, 1, "B"), attr(6, 2)]),
)
VALUES = attr(88, [attr(89, [attr(91, "acl,mirror"), attr(92, 0, "B")])])
PARAM = attr(80, [attr(81, "vf0_policies"), attr(84, 5, "B"), VALUES])
RESOURCE = attr(
    64, [attr(65 | NESTED, [attr(66, "queue_pairs"), attr(67, 1, "Q"), attr(68, 16, "Q"),
                            attr(74, 3, "Q")])]
)
ADDRESS = message(
    RTM_NEWADDR, struct.pack("<BBBBI", 2, 16, 0x80, 0, 2), attr(1, b"\x0a\x52\0\1"),
    attr(2, b"\x0a\x52\0\1"), attr(3, "pf0"), attr(8, 0x80), attr(6, b"\xff" * 16),
)
ROUTE = message(
    RTM_NEWROUTE, struct.pack("<BBBBBBBBI", 2, 0, 0, 0, 254, 3, 0, 1, 0), attr(4, 2),
    attr(5, b"\x0a\x52\0\xfe"), attr(9, struct.pack("<HBBi", 8, 0, 0, 2)),
)
LIMITS = (attr(1, b"\2\0\0\0\0\1"), attr(50, 68), attr(51, 9216))
NETLINK = [
    replies("link", link(attr(3, "pf0"), attr(4, 1500), attr(10, 5)) + ACK),
    replies("link", WHY),
    replies("link", WHOLE),
    replies("vf", link(VFINFO) + ACK),
    replies("vf", link(VFINFO), ACK),
    replies("stats", link(VFINFO) + ACK),
    replies("limits", link(attr(4, 1500), *LIMITS) + ACK),
    replies("diagnosis", devlink(56, attr(107, DIAGNOSIS)), END),
    replies("diagnosis", *(devlink(56, attr(107, part)) for part in HALVES), END),
    replies("resource", devlink(36, RESOURCE) + ACK),
    replies("eswitch", devlink(29, attr(25, 1, "H")) + ACK),
    replies("text", devlink(38, PARAM) + ACK),
    replies("port", devlink(5, *PORT) + devlink(5, *PORT[:3]), END),
    replies("addresses", ADDRESS + END, ROUTE + END),
    replies("addresses", ADDRESS + END, struct.pack("<I", len(ROUTE) - 3) + ROUTE[4:-3]),
]

# --- files ----------------------------------------------------------------------------------------


def names() -> list[str]:
    """names[] of fuzz_tree.c"""
    text = (HERE / "iovctl/fuzz_tree.c").read_text()
    table = re.search(r"\bnames\[\] = \{(.*?)\};", text, re.S)
    assert table
    return re.findall(r'"([^"]+)"', table[1])


def files(**contents: bytes | str | None) -> bytes:
    """Pieces; None is a missing file, and __ in a name a point."""
    known, pieces = names(), []
    for name, content in contents.items():
        number = known.index({"fd7": "7", "fd30": "30"}.get(name, name.replace("__", ".")))
        data = content.encode() if isinstance(content, str) else content
        pieces.append(bytes([number, 255]) if data is None else bytes([number, len(data)]) + data)
    return b"".join(pieces)


CONFIG = bytes(256)[:200]
TREE = [
    b"",
    files(sriov_numvfs="2\n", sriov_totalvfs="8\n"),
    files(sriov_numvfs="99999\n"),
    files(cmdline=b"qemu-system-x86_64\0-name\0guest=a,,b,debug-threads=on\0", comm="qemu\n"),
    files(cmdline=b"x\0-name\0\xff\x1b[31m\0", comm="\x1b]0;x\x07\n"),
    files(fd7="/dev/vfio/10", fd30="/dev/net/tun"),
    files(resource="0x0 0x0 0x0\n" * 13 + "0x1 0x2 0x14220c\n"),
    files(flags="0x1002\n", carrier="0\n", speed="-1\n", mtu="9000\n"),
    files(uevent="DEVTYPE=bridge\nINTERFACE=br0\n", master="../br0"),
    files(driver=None, modalias="pci:v00008086d000010C9sv*\n"),
    files(modules__alias="alias pci:v00008086d000010C9sv*sd*bc*sc*i* igb\nalias [ x\n"),
    files(cpuinfo="flags\t\t: fpu vmx ept hypervisor\n", interrupts=" IR-PCI-MSI x\n"),
    files(iommu_group=None, physfn="../0000:01:00.0", virtfn0="../0000:01:10.0"),
    files(secondary_bus_number="256\n", subordinate_bus_number="-1\n", sriov_offset="70000\n"),
    files(config=CONFIG, osrelease="6.12\n", lockdown="none [integrity]\n"),
    files(b__conf="options vfio_iommu_type1 allow_unsafe_interrupts=1\n"),
    files(class_="0x020000\n") if "class_" in names() else b"\0\x090x020000\n",
]

# --- access lists ---------------------------------------------------------------------------------

BOTH_WAYS = "default deny\n"
ACL = [
    "default allow\n",
    "default deny in\ndefault allow out\n",
    "# nothing\n\n\tdefault deny # all\r\n",
    BOTH_WAYS + "allow out\ndeny in\n",
    BOTH_WAYS + "allow in proto tcp from 10.82.0.0/16 to 10.82.0.10 port 22\n",
    BOTH_WAYS + "allow out proto udp to 10.0.0.1/32 port 53-54\ndeny out from 0.0.0.0/0\n",
    BOTH_WAYS + "allow in proto tcp from fd82::/64 to fd82::10 port 443\n",
    BOTH_WAYS + "allow in proto icmp\nallow in proto icmp6\nallow out proto icmp6 to ff02::/16\n",
    BOTH_WAYS + "allow in proto tcp port 70000\n",
    BOTH_WAYS + "allow in from 10.0.0.1/8\n",
    BOTH_WAYS + "allow in from 10.0.0.1 to fd82::1\n",
    BOTH_WAYS + "allow out port 1\n",
    "allow out\n",
    "default allow\ndefault deny out\n",
    BOTH_WAYS + "deny in proto gre; flush ruleset\n",
    BOTH_WAYS + "deny in " + "x" * 300,
]

# --- the file of numvfs ---------------------------------------------------------------------------

EACH = {
    "vf": 0,
    "mac": "02:00:00:00:d0:01",
    "vlan": 100,
    "qos": 5,
    "min_tx_rate": 0,
    "max_tx_rate": 300,
    "spoofchk": 0,
    "trust": 1,
    "link_state": 2,
    "vlan_proto": "802.1ad",
    "moderation": "low",
    "policies": "acl,mirror",
    "active": 0,
    "eqs": 1,
    "port": 2,
}


def saved(*vfs: object, **more: object) -> bytes:
    return json.dumps({"version": 1, "pci": PF, "vfs": vfs} | more).encode()


FILE = saved(EACH)
SAVED = [
    b"\0" + content
    for content in (
        FILE,
        saved(),
        saved({"vf": 0, "vlan": 7}, {"vf": 255, "trust": 1}),
        saved({"vf": 1}, {"vf": 1}),
        saved({"vf": 256}),
        saved({"vf": 0, "mac": "01:00:00:00:00:00"}),
        saved({"vf": 0, "policies": "acl;"}),
        saved({"vf": 0, "vlan": 1e99}),
        saved([], pci="0000:02:00.0"),
        saved(version=2),
        saved(other=1),
        FILE[:100],
        FILE + b"x",
    )
] + [b"\x12" + FILE]

# --- files that persist reads ---------------------------------------------------------------------

UDEV_DATA = f"I:1\nE:ID_PATH=pci-{PF}\nE:ID_NET_LINK_FILE=/{{}}\n"
DEFAULT = UDEV_DATA.format("usr/lib/systemd/network/99-default.link")
ADDED = UDEV_DATA.format("etc/systemd/network/20-pf.link")
JOINED = "[Link]\nMTUBytes=\\\n# no\n 1400\n  [SR-IOV]\nVirtualFunction=1"
LINK = "[Match]\nOriginalName=*\n\n[Link]\n# how\nNamePolicy=slot path\n"
MARK = "# Written by iovctl persist for it\n\n[Match]\nPath=x\n\n[Link]\nSR-IOVVirtualFunctions=1\n"


def read_by_persist(**contents: bytes | str) -> bytes:
    """Pieces of enum kind of fuzz_persist.c."""
    kinds = "udev link saved present".split()
    pieces = []
    for kind, content in contents.items():
        data = content.encode() if isinstance(content, str) else content
        pieces.append(struct.pack("<BH", kinds.index(kind), len(data)) + data)
    return b"".join(pieces)


PERSIST = [
    b"",
    read_by_persist(udev=DEFAULT, link=LINK),
    read_by_persist(udev=DEFAULT, link=LINK, saved=FILE),
    read_by_persist(udev=ADDED, link=LINK),
    read_by_persist(udev=ADDED, link=LINK, saved=saved(EACH, EACH | {"vf": 1})),
    read_by_persist(udev=DEFAULT, link=LINK + "\n[SR-IOV]\nVirtualFunction=0\n", present=MARK),
    read_by_persist(udev=DEFAULT, link="[Link]\nSR-IOVVirtualFunctions=3\nName=a\\\\\n"),
    read_by_persist(udev=DEFAULT, link=JOINED),
    read_by_persist(udev=DEFAULT, saved=FILE[:50]),
    read_by_persist(udev=f"E:ID_PATH={'x' * 50}\nE:ID_NET_LINK_FILE=/../..\n", present="a\nb"),
    read_by_persist(link="[Match]\n[Link]\nName=" + "y" * 300),
]
CORPORA = {
    "qmp": QMP,
    "peer": PEER,
    "netlink": NETLINK,
    "tree": TREE,
    "acl": [text.encode() for text in ACL],
    "saved": SAVED,
    "persist": PERSIST,
}


def make_tree(root: Path) -> None:
    """A machine with two VFs: one in a guest, one of the host."""
    root.mkdir(parents=True)
    tree: MachineTree = good_machine(root)
    tree.add_interface("pf0", PF, ifindex="7")
    tree.enslave("pf0", "br0", "bridge")
    tree.put("sys/class/net/br0/bridge/bridge_id")
    vfs = [tree.add_vf(number, group=str(10 + number)) for number in range(2)]
    tree.bound_to("vfio-pci", vfs[0])
    tree.bound_to("iovnic_vf", vfs[1])
    tree.add_interface("vf1", vfs[1])
    tree.in_guest(100, "10", "qemu-system-x86_64", "-name", "guest=alpha", taps=("tap0",))
    tree.put("etc/modprobe.d/b.conf", "# none\n")
    tree.put(f"sys/bus/pci/devices/{PF}/config", bytes(4096))


def main() -> None:
    if sys.argv[1] == "--tree":
        make_tree(Path(sys.argv[2]))
        return
    for name, inputs in CORPORA.items():
        folder = Path(sys.argv[1], name)
        folder.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(inputs):
            (folder / f"{number:02}").write_bytes(content)


main()
