# SPDX-License-Identifier: GPL-2.0
"""The demo's second act: a guest keeps its network without its VF, and while it is migrated."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from .chart import NAMES, Mark, draw, rates, write
from .errors import LabError
from .failover import EVENTS, Nested
from .flow import Figures, Flow, OneWay
from .migration import Migrating, Report
from .paths import BUILD

HOLD = 4  # seconds on each path
HERTZ = 1000  # datagrams each way, beside TCP
STEP_MS = 200
TITLE = "TCP from the guest to the wire"
Stage = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Cue:
    """Something that happens, the path of the data meanwhile, and the path at its end."""

    name: str
    meanwhile: str
    end: str
    act: Callable[[], object] = lambda: None
    hold: float = HOLD


@dataclass(frozen=True)
class Scene:
    """The time from a cue to the next one."""

    mark: Mark
    rate: float
    """Of TCP, in Mbit/s."""
    figures: Figures


@dataclass(frozen=True)
class Act:
    """What was measured."""

    scenes: list[Scene]
    svg: str
    tcp_alive: bool
    migration: Report | None


def cues(pair: Nested, reports: list[Report]) -> list[Cue]:
    """The host takes the VF and gives it back; then the guest is migrated, if it can be."""
    found = [Cue("on the VF", "vf", "vf")]
    event = EVENTS["inactive" if isinstance(pair, Migrating) else "unplug"]
    for name, act, path in event.steps():
        found.append(Cue(name, path, path, lambda act=act: act(pair)))
    if isinstance(pair, Migrating):
        end = "vf" if pair.fabric.vfs > 1 else "soft"
        found.append(Cue("migrate", "soft", end, lambda: reports.append(pair.migrate()), 0))
        found.append(Cue("migrated", end, end))
    return found


def play(stage: Stage, pair: Nested) -> Act:
    """Take the guest's VF away and give it back while TCP and numbered datagrams flow."""
    reports: list[Report] = []
    times = []
    if isinstance(pair, Migrating):
        with stage("start the QEMU that the guest will be migrated to"):
            if pair.fabric.vfs > 1:
                pair.free_vf(1)
            pair.start_target()
    with stage("start TCP guest → wire, and datagrams both ways"):
        flow = pair.flow(hertz=HERTZ, tcp_bytes=-1)
        time.sleep(1)
    steps = cues(pair, reports)
    for cue in steps:
        with stage(f"{cue.name}: the data takes the {NAMES[cue.meanwhile]} path"):
            times.append(flow.now())
            cue.act()
            if not pair.wait_path(cue.end):
                raise LabError(f"{cue.name}: the guest sends by {pair.path()}, not by {cue.end}")
            time.sleep(cue.hold)
    times.append(flow.now())
    with stage("collect what both ends have noted"):
        flow.close()
    return evaluate(flow, steps, times, reports)


def evaluate(
    flow: Flow, steps: Sequence[Cue], times: Sequence[float], reports: Sequence[Report]
) -> Act:
    """Rates and losses from the logs of both ends."""
    got = flow.peer.tcp_got
    scenes = []
    for cue, begin, end in zip(steps, times, times[1:]):
        (_, rate), = rates(got, begin, end, end - begin)
        mark = Mark((begin - times[0]) / 1e3, cue.name, cue.meanwhile)
        scenes.append(Scene(mark, rate, flow.figures(begin, end)))
    line = rates(got, times[0], times[-1], STEP_MS)
    svg = draw(TITLE, line, [scene.mark for scene in scenes])
    return Act(scenes, svg, flow.tcp_alive, reports[0] if reports else None)


def show(way: OneWay) -> str:
    """Lost datagrams of all, and the longest time without one."""
    return f"{f'{way.lost} of {way.sent}':>13} {way.silence:7.0f}"


def print_act(act: Act, picture: Path = BUILD / "demo.svg") -> None:
    """Print the measurements, and write the picture."""
    print(f"\nThe VF goes and comes back ({TITLE}, {HERTZ} datagrams a second each way)")
    print(f"  {'':<16}{'TCP':>8}{'':>11}{'from the guest':>21}{'to the guest':>22}")
    print(f"  {'':<16}{'Mbit/s':>8}{'stall, ms':>11}" + f"{'lost':>13}{'gap, ms':>9}" * 2)
    for scene in act.scenes:
        figures = scene.figures
        print(
            f"  {scene.mark.text:<16}{scene.rate:8.0f}{figures.tcp_ms:11.0f} "
            f"{show(figures.out)} {show(figures.back)}"
        )
    if act.migration:
        steps = ", ".join(f"{name} {ms}" for name, ms in act.migration.ms.items())
        print(f"  Migration, ms: {steps}")
        print(f"  The guest stood still for {act.migration.downtime_ms} ms meanwhile.")
    verdict = "has survived, every byte was right" if act.tcp_alive else "WAS LOST OR DAMAGED"
    print(f"  The TCP connection {verdict}.")
    files = write(act.svg, picture)
    names = " and ".join(str(file.relative_to(BUILD.parent)) for file in files)
    print(f"  Picture: {names}" + (" (PNG: install librsvg2-bin)" if len(files) == 1 else ""))
