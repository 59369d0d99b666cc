# SPDX-License-Identifier: GPL-2.0
"""What the demos show under traffic: a guest without its VF, and migrations; rates and losses."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from .attached import Attached, Moved
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
    remarks: Sequence[str] = ()


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


def perform(
    stage: Stage, flow: Flow, steps: Sequence[Cue], what: str, arrive: Callable[[Cue], None]
) -> Act:
    """Let the events happen under a flow; what: describes a stage; arrive: waits for its path."""
    times = []
    for cue in steps:
        with stage(what.format(name=cue.name, path=NAMES[cue.meanwhile])):
            times.append(flow.now())
            cue.act()
            arrive(cue)
            time.sleep(cue.hold)
    times.append(flow.now())
    with stage("collect what both ends have noted"):
        flow.close()
    return evaluate(flow, steps, times)


def begin(stage: Stage, pair: Nested | Attached) -> Flow:
    """The traffic."""
    with stage("start TCP guest → wire, and datagrams both ways"):
        flow = pair.flow(hertz=HERTZ, tcp_bytes=-1)
        time.sleep(1)
    return flow


def play(stage: Stage, pair: Nested) -> Act:
    """Take the guest's VF away and give it back while TCP and numbered datagrams flow."""
    reports: list[Report] = []
    if isinstance(pair, Migrating):
        with stage("start the QEMU that the guest will be migrated to"):
            if pair.fabric.vfs > 1:
                pair.free_vf(1)
            pair.start_target()

    def arrive(cue: Cue) -> None:
        if not pair.wait_path(cue.end):
            raise LabError(f"{cue.name}: the guest sends by {pair.path()}, not by {cue.end}")

    flow = begin(stage, pair)
    what = "{name}: the data takes the {path} path"
    act = perform(stage, flow, cues(pair, reports), what, arrive)
    remarks = []
    for report in reports:
        steps = ", ".join(f"{name} {ms}" for name, ms in report.ms.items())
        remarks.append(f"Migration, ms: {steps}")
        remarks.append(f"The guest stood still for {report.downtime_ms} ms meanwhile.")
    return replace(act, remarks=remarks)


def play_attached(stage: Stage, moving: Attached) -> Act:
    """Migrate a guest with its VF attached, there and back, while it sends and receives."""
    found: list[Moved] = []
    places = "first", "second"

    def migrate() -> None:
        moving.start_target()
        found.append(moving.migrate())
        if found[-1].status != "completed":
            raise LabError(f"a migration has {found[-1].status}: {found[-1].error}")

    steps = [Cue("on host 1", *places[:1] * 2)]
    for name, place in (("migrate", 1), ("migrate back", 0)):
        steps.append(Cue(name, places[1 - place], places[place], migrate, 0))
        steps.append(Cue(f"on host {place + 1}", *[places[place]] * 2))
    flow = begin(stage, moving)
    act = perform(stage, flow, steps, "{name}: the guest is on {path}", lambda _: moving.reach())
    remarks = [
        f"Migration {n}: the guest stood still for {moved.downtime_ms} ms;"
        f" the VF's state has {moved.state_bytes} bytes."
        for n, moved in enumerate(found, 1)
    ]
    return replace(act, remarks=remarks)


def evaluate(flow: Flow, steps: Sequence[Cue], times: Sequence[float]) -> Act:
    """Rates and losses from the logs of both ends."""
    got = flow.peer.tcp_got
    scenes = []
    for cue, begin, end in zip(steps, times, times[1:]):
        (_, rate), = rates(got, begin, end, end - begin)
        mark = Mark((begin - times[0]) / 1e3, cue.name, cue.meanwhile)
        scenes.append(Scene(mark, rate, flow.figures(begin, end)))
    line = rates(got, times[0], times[-1], STEP_MS)
    svg = draw(TITLE, line, [scene.mark for scene in scenes])
    return Act(scenes, svg, flow.tcp_alive)


def show(way: OneWay) -> str:
    """Lost datagrams of all, and the longest time without one."""
    return f"{f'{way.lost} of {way.sent}':>13} {way.silence:7.0f}"


def print_act(act: Act, heading: str, picture: Path) -> None:
    """Print the measurements, and write the picture."""
    print(f"\n{heading} ({TITLE}, {HERTZ} datagrams a second each way)")
    print(f"  {'':<16}{'TCP':>8}{'':>11}{'from the guest':>21}{'to the guest':>22}")
    print(f"  {'':<16}{'Mbit/s':>8}{'stall, ms':>11}" + f"{'lost':>13}{'gap, ms':>9}" * 2)
    for scene in act.scenes:
        figures = scene.figures
        print(
            f"  {scene.mark.text:<16}{scene.rate:8.0f}{figures.tcp_ms:11.0f} "
            f"{show(figures.out)} {show(figures.back)}"
        )
    for remark in act.remarks:
        print(f"  {remark}")
    verdict = "has survived, every byte was right" if act.tcp_alive else "WAS LOST OR DAMAGED"
    print(f"  The TCP connection {verdict}.")
    files = write(act.svg, picture)
    names = " and ".join(str(file.relative_to(BUILD.parent)) for file in files)
    print(f"  Picture: {names}" + (" (PNG: install librsvg2-bin)" if len(files) == 1 else ""))
