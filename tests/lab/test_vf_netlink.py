# SPDX-License-Identifier: GPL-2.0-only
"""Attributes of VFs as libvirt, NetworkManager and others send them."""
import json

import pytest

from lab.fabric import Fabric, vf_ip

EINVAL, EOPNOTSUPP, EPROTONOSUPPORT, EADDRINUSE = 22, 95, 93, 98
MAC, ZERO_MAC = "02:11:22:33:44:55", "00:00:00:00:00:00"
DOT1Q, DOT1AD = 0x8100, 0x88A8

# An attribute and its value, its name and value in `ip -j -d link`, and its default
SETTINGS = (
    (("mac", MAC), "address", MAC, ("mac", ZERO_MAC)),
    (("vlan", 9, 3), "vlan_list", [{"vlan": 9, "qos": 3}], ("vlan", 0, 0)),
    (
        ("vlan_list", 10, 2, DOT1Q),
        "vlan_list",
        [{"vlan": 10, "qos": 2}],
        ("vlan_list", 0, 0, DOT1Q),
    ),
    (("tx_rate", 200), "rate", {"max_tx": 200, "min_tx": 0}, ("tx_rate", 0)),
    (("rate", 0, 300), "rate", {"max_tx": 300, "min_tx": 0}, ("rate", 0, 0)),
    (("spoofchk", 0), "spoofchk", False, ("spoofchk", 1)),
    (("link_state", 1), "link_state", "enable", ("link_state", 0)),
    (("trust", 1), "trust", True, ("trust", 0)),
)
# Refused attributes, their errors, and the log message where the error is not specific
REFUSED = (
    (("query_rss", 1), EOPNOTSUPP, ""),
    (("vlan_list", 5, 0, DOT1AD), EPROTONOSUPPORT, "802.1Q"),
    (("vlan", 4096, 0), EINVAL, "a port VLAN is"),
    (("vlan", 5, 8), EINVAL, "a port VLAN is"),
    (("vlan", 0, 3), EINVAL, "a port VLAN is"),
    (("rate", 100, 300), EOPNOTSUPP, "no min_tx_rate"),
    (("rate", 0, 1001), EINVAL, "more than the link"),
    (("mac", "01:00:5e:00:00:01"), EINVAL, ""),
    (("link_state", 3), EINVAL, ""),
    (("node_guid", 1), EOPNOTSUPP, ""),
    (("port_guid", 1), EOPNOTSUPP, ""),
)


def send(fabric: Fabric, *messages: list) -> list[int]:
    """Send messages, see vf_netlink.py; return the errno of each."""
    return json.loads(fabric.netlink("vf_netlink.py", "pf0", "set", json.dumps(messages)))


def one(vf: int, attribute: tuple) -> list:
    """A message with one attribute of one VF."""
    return [[of(vf, attribute)]]


def of(vf: int, attribute: tuple) -> list:
    """An attribute for a VF."""
    name, *values = attribute
    return [name, vf, *values]


def shown(fabric: Fabric) -> list[dict]:
    """All VFs as ip shows them, without counters."""
    (link,) = json.loads(fabric.host.run("ip -d -s -j link show pf0").out)
    return [{k: v for k, v in vf.items() if k != "stats"} for vf in link["vfinfo_list"]]


@pytest.mark.full(kernel="debug")
@pytest.mark.parametrize("twins", [("vlan", "tx_rate"), ("vlan_list", "rate")])
def test_each_by_itself(fabric: Fabric, twins: tuple[str, str]) -> None:
    """Each is accepted, shown for that VF alone, accepted again, and so is its default."""
    settings = [setting for setting in SETTINGS if setting[0][0] not in twins]
    before = shown(fabric)
    values = [one(0, value) for value, *_ in settings for _ in range(2)]
    assert not any(send(fabric, *values))
    now = shown(fabric)
    for _, name, want, _ in settings:
        got = now[0][name]
        assert (got[0] | want[0] == got[0]) if name == "vlan_list" else (got == want), name
    assert now[1] == before[1]
    defaults = [one(0, default) for *_, default in settings for _ in range(2)]
    assert not any(send(fabric, *defaults))
    assert shown(fabric) == before


@pytest.mark.full(kernel="debug")
def test_all_vfs_in_one_message(fabric: Fabric) -> None:
    """All attributes of every VF in one message, as NetworkManager sends them."""
    before = shown(fabric)
    wishes = [of(0, value) for value, *_ in SETTINGS if value[0] not in ("vlan", "tx_rate")]
    defaults = [[of(vf, default) for *_, default in SETTINGS] for vf in range(2)]
    assert send(fabric, [wishes, defaults[1]]) == [0]
    now = shown(fabric)
    assert now[1] == before[1]
    assert now[0]["address"] == MAC and now[0]["vlan_list"][0]["vlan"] == 10
    assert now[0]["rate"]["max_tx"] == 300 and now[0]["link_state"] == "enable"
    assert now[0]["trust"] and not now[0]["spoofchk"]
    assert send(fabric, defaults, defaults) == [0, 0]
    assert shown(fabric) == before
    fabric.rebind_vf(0)  # the VF releases the address that was set


@pytest.mark.full(kernel="debug")
def test_no_such_vf(fabric: Fabric) -> None:
    """EINVAL for each attribute, beyond the last VF and without VFs, also for defaults."""
    values = [attribute for value, *_, default in SETTINGS for attribute in (value, default)]
    values += [attribute for attribute, *_ in REFUSED if "guid" not in attribute[0]]
    before = shown(fabric)
    far = [one(vf, value) for vf in (2, 7, 2**31, 2**32 - 1) for value in values]
    assert set(send(fabric, *far)) == {EINVAL}
    assert shown(fabric) == before
    fabric.remove_vfs()
    without = send(fabric, *[one(0, value) for value in values])
    fabric.set_vfs(2)
    assert set(without) == {EINVAL}


@pytest.mark.full(kernel="debug")
def test_what_is_refused_has_a_reason(fabric: Fabric) -> None:
    """Nothing changes, and if the error is not specific the log has the reason."""
    before = shown(fabric)
    for attribute, error, reason in REFUSED:
        mark = fabric.mark_log(" ".join(map(str, attribute)))
        assert send(fabric, one(0, attribute)) == [error], attribute
        assert reason in fabric.dmesg_since(mark).partition("\n")[2]
    assert shown(fabric) == before


@pytest.mark.full(kernel="debug")
def test_nonsense(fabric: Fabric, full: bool) -> None:
    """Invalid messages are all refused; nothing changes."""
    before = shown(fabric), fabric.registers()
    count = 100_000 if full else 10_000
    arguments = ("pf0", "fuzz", str(count), "1", str(fabric.vfs))
    out = json.loads(fabric.netlink("vf_netlink.py", *arguments, timeout=1200))
    assert not out["accepted"], out
    assert sum(out["errors"].values()) >= count and len(out["errors"]) > 2
    assert (shown(fabric), fabric.registers()) == before
    fabric.ping("v0", vf_ip(1))
