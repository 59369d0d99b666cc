# SPDX-License-Identifier: GPL-2.0-only
"""iovctl migrate: a guest leaves its VF, is migrated, and gets another VF, or none."""
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab import HostVM
from lab.machine import NetNs
from lab.migration import (
    BLOCKED,
    ON_SOFTWARE,
    Migrating,
    Report,
    TwoHosts,
    allocated_memory,
    cable,
    scattered_memory,
)
from lab.topology import OURS, WIRE_IP, iperf, vf_mac
from outage import note_medians, outage
from settings import Settings

pytestmark = [pytest.mark.kernels("stock"), pytest.mark.parallel]

STEPS = ["rescind", "unplug", "migrate", "release", "plug", "offer"]
MANY = 25
SEVERAL = 5
HERTZ = 250
SLOW = 1 << 20  # bytes a second, so that a migration can be cancelled
MEBIBYTE = 1 << 20
FEW = 8  # retransmits; if QEMU dropped large frames, each of the 16 or more in MEBIBYTE needed one


@pytest.fixture
def pair(bare_host: HostVM) -> Iterator[Migrating]:
    """A guest with VF 0; VF 1 has no driver."""
    with Migrating(bare_host) as found:
        yield found


def back_at_the_source(pair: Migrating, report: Report) -> None:
    """Nothing has changed, and the guest's network works."""
    assert report.result == "not migrated" and report.status == BLOCKED, report
    assert report.path == "vf" and "undo" in report.ms, report
    assert pair.wait_path("vf")
    pair.wait_reached()
    values = pair.host.run(
        f"devlink -j dev param show pci/{pair.fabric.pf_pci} name vf0_migration"
    ).out
    assert '"value":false' in values
    pair.end_target()


def test_migrate(pair: Migrating, note: Callable[[str], None]) -> None:
    """What is in the way is said at once; then the guest moves to a VF of the target.

    Large frames that it sends there consist of pages that are not contiguous for QEMU.
    """
    found = pair.migrate()
    assert found.names == ["target QEMU_UNREACHABLE"] and found.status == BLOCKED
    pair.start_target(scattered_memory(pair.host))
    pair.host.run("ip link set tap1 down mtu 1400; ip link set tap0 nomaster")
    found = pair.migrate(options="--dry-run")
    assert found.names == [
        *("source NO_BRIDGE", "target STANDBY_DOWN", "target MTU_SMALLER", "target NO_FREE_VF")
    ]
    assert "VF 0 is in use, VF 1 has no driver" in found.text
    pair.host.run("ip link set tap1 up mtu 1500; ip link set tap0 master br0")
    pair.free_vf(1)
    settings = Settings(pair, "tap0")
    settings.check()
    found = pair.migrate(options="--dry-run")
    assert found.names == ["target MTU_SMALLER"]
    pair.host.run("ip link set tap1 mtu 9000")
    found = pair.migrate(options="--dry-run")
    assert (found.status, found.result, found.names) == (0, "possible", [])
    assert pair.path() == "vf"

    flow = pair.flow(hertz=250)
    found = pair.migrate()
    assert (found.status, found.result, found.path) == (0, "migrated", "vf"), found
    assert list(found.ms) == STEPS and not found.names
    assert pair.path() == "vf"
    flow.close()
    assert flow.tcp_alive
    assert pair.fabric.vf_info(0)["address"] == "00:00:00:00:00:00"
    assert pair.fabric.vf_info(1)["address"] == vf_mac(0)
    settings.check()
    settings.undo()
    sent = iperf(pair.guest, NetNs(pair.host, "wire"), WIRE_IP, f"-n {MEBIBYTE}")["end"]["sum_sent"]
    assert sent["bytes"] >= MEBIBYTE and sent["retransmits"] < FEW, sent
    note(f"a migration to a VF:\n{found.costs(flow)}")


@pytest.mark.full()
def test_no_vf_for_the_guest(pair: Migrating, note: Callable[[str], None]) -> None:
    """The guest is migrated to software, there to another QEMU, and then to a VF again."""
    pair.start_target()
    found = pair.migrate()
    assert (found.status, found.result, found.path) == (ON_SOFTWARE, "migrated", "software")
    assert found.names == ["target NO_FREE_VF"]
    assert pair.path() == "soft"
    pair.wait_reached()
    pair.start_target()
    flow = pair.flow(hertz=250)
    found = pair.migrate("target-vf none")
    flow.close()
    assert (found.result, found.path) == ("migrated", "software") and flow.tcp_alive
    note(f"a migration of virtio-net only:\n{found.costs(flow)}")
    pair.start_target()
    pair.free_vf(1)
    found = pair.migrate()
    assert (found.status, found.path) == (0, "vf"), found
    assert found.names == ["source GUEST_NO_VF"]
    assert pair.path() == "vf"
    pair.wait_reached()


def cost(pair: Migrating, words: str, path: str, memory: list[str]) -> dict[str, float]:
    """Migrate the guest; what that has cost."""
    pair.start_target(memory)
    flow = pair.flow(hertz=HERTZ)
    found = pair.migrate(words)
    assert (found.result, found.path) == ("migrated", path), found
    pair.wait_reached()
    flow.close()
    assert flow.tcp_alive
    last = list(found.began)[-1]
    begin, end = min(found.began.values()), found.began[last] + found.ms[last]
    return outage(flow, begin, end, found.downtime_ms)


@pytest.mark.full()
@pytest.mark.parametrize("tuned", [False, True], ids=["defaults", "vhost, allocated memory"])
def test_beside_virtio_only(bare_host: HostVM, tuned: bool, note: Callable[[str], None]) -> None:
    """What a migration with a VF costs, and one with virtio-net only."""
    memory = allocated_memory() if tuned else []
    with Migrating(bare_host, vhost=tuned) as pair:
        # It would print a warning (failover.rst) on its serial console, for a second.
        pair.guest.run("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
        pair.free_vf(1)
        for name, words, path in (
            ("virtio-net only", "target-vf none", "software"),
            ("with a VF", "", "vf"),
        ):
            # The first one begins on the other path.
            costs = [cost(pair, words, path, memory) for _ in range(1 + SEVERAL)][1:]
            note_medians(note, name, costs)


@pytest.mark.full()
def test_cancelled(pair: Migrating) -> None:
    """Interrupted while the guest gives up its VF, and while its memory is sent."""
    pair.free_vf(1)
    pair.start_target()
    job = pair.start_iovctl()
    assert pair.wait_path("soft")
    back_at_the_source(pair, pair.cancel(job))

    pair.start_target()
    pair.nested.qmp("migrate-set-parameters", **{"max-bandwidth": SLOW})
    job = pair.start_iovctl()
    pair.nested.wait_event("DEVICE_DELETED", 30)
    pair.host.wait_until("test -e /run/migration")
    back_at_the_source(pair, pair.cancel(job))

    pair.start_target()
    report = pair.migrate("limit migrate 2")
    assert report.names == ["source STEP_FAILED"] and "not complete in time" in report.text
    back_at_the_source(pair, report)


@pytest.mark.full()
@pytest.mark.parametrize("pf", ["iovnic_pf", "igb"])
def test_two_hosts(
    boot_host: Callable[..., HostVM], tmp_path: Path, pf: str, note: Callable[[str], None]
) -> None:
    """The target is another host, at first without VFs; its PF may have another driver."""
    first, second = (boot_host(backends=backends) for backends in cable(tmp_path))
    with TwoHosts(first, second, pf) as pair:
        pair.other.set_vfs(0)
        pair.start_target()
        found = pair.migrate(options="--dry-run")
        assert (found.status, found.names) == (ON_SOFTWARE, ["target SWITCH_NOT_IOV"])
        pair.other.set_vfs(1, adopt=False)
        pair.free_vf(0)
        flow = pair.flow(hertz=250)
        found = pair.migrate()
        knows = pf == OURS[0]
        assert (found.status, found.result) == (0, "migrated"), found
        assert found.path == ("vf" if knows else "unknown")
        assert found.names == ([] if knows else ["target PF_TELLS_NO_PATH"])
        assert pair.wait_path("vf")
        flow.close()
        assert flow.tcp_alive
        pair.wait_reached()
        note(f"a migration to a VF of another host's {pf}:\n{found.costs(flow)}")


@pytest.mark.full()
def test_migrate_often(pair: Migrating, note: Callable[[str], None]) -> None:
    """A TCP connection survives all migrations; each byte that it carries is compared."""
    pair.free_vf(1)
    flow = pair.flow(hertz=250)
    begin = flow.now()
    for _ in range(MANY):
        pair.start_target()
        found = pair.migrate()
        assert (found.status, found.path) == (0, "vf"), found
    end = flow.now()
    flow.close()
    assert flow.tcp_alive
    note(f"{MANY} migrations: {flow.figures(begin, end)}")
