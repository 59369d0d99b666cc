# SPDX-License-Identifier: GPL-2.0-only
"""The Promela model of mailbox and channel: it holds, and none of its guards can be omitted.

mailbox.pml has the assertions: no deadlock, every request gets a reply or the VF starts again, no
reply is taken for another request's, no event is lost, no wait is without a condition. Each variant
below adds one kind of fault, each mutation removes one guard of guards.pml.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from lab.clock import TIMEOUT_FACTOR

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build/model"
# For one search, on an otherwise idle machine
SECONDS = 60
# Deeper than any run; only states need memory
DEPTH = 1_000_000

QEMU = ("HW_QEMU",)
OPEN = ("HW_OPEN",)

# Kinds of faults. FAULTS limits their number, ASKS and RAISES the number of other events.
VARIANTS = {
    "interrupts-suffice": ("FAULTS=0", "NO_POLLS"),
    "slow-vf": ("FAULTS=0",),
    "slow-pf": ("FAULTS=1", "SLOW_PF"),
    "lost-interrupts": ("FAULTS=1", "LOST_IRQS"),
    "vf-resets": ("FAULTS=1", "VF_RESETS"),
    "vf-leaves": ("FAULTS=1", "RAISES=1", "VF_RESETS", "VF_LEAVES", "LOST_IRQS"),
    "pf-resets": ("FAULTS=1", "PF_RESETS"),
    "late-replies": ("FAULTS=1", "RAISES=1", "ASKS=2", "LATE_REPLIES"),
    "late-replies-and-vf-resets": (
        "FAULTS=2",
        "RAISES=0",
        "ASKS=0",
        "LATE_REPLIES",
        "VF_RESETS",
    ),
    "dishonest-vf": ("FAULTS=0", "RAISES=1", "LIAR"),
    "stock-pf": ("FAULTS=0", "STOCK_PF"),
}

# The removed guard, and the variant in which an assertion then fails
MUTATIONS = {
    "PF_SPINS": "dishonest-vf",
    "PF_TRUSTS_RVFU": "dishonest-vf",
    "RESETS_BEFORE_REQUESTS": "slow-vf",
    "CLEAR_OVER_REQUEST": "slow-vf",
    "VFREQ_KEPT": "vf-resets",
    "NOTIFY_OVER_REQUEST": "slow-vf",
    "LOOK_BEFORE_LOCK": "slow-vf",
    "NOTIFY_OVER_ANSWER": "slow-vf",
    "EVENT_CLEARED_WITHOUT_ACK": "slow-vf",
    "EVENT_CLEARED_WHEN_TOLD": "slow-vf",
    "NO_EVT_ON_REPLY": "interrupts-suffice",
    "PF_NEVER_LOOKS": "vf-leaves",
    "NO_REMINDER": "slow-vf",
    "NO_LATCH": "pf-resets",
    "NO_TID_CHECK": "late-replies",
    "TID_RESTARTS": "late-replies-and-vf-resets",
    "ACK_SURVIVES_SESSION": "vf-resets",
    "NO_SYNC_AFTER_JOIN": "slow-vf",
    "NO_CTS_CHECK": "vf-resets",
    "NO_RSTD": "pf-resets",
    "NO_TIMEOUT": "slow-pf",
    "NO_RESET_ON_TIMEOUT": "slow-pf",
    "NO_REPEAT": "stock-pf",
    "REPEAT_ONLY_UNREAD": "stock-pf",
    "VF_NEVER_LOOKS": "lost-interrupts",
}

# Many states: an optimised search is faster in spite of the compiler's time.
LARGE = {"vf-resets", "vf-leaves", "pf-resets", "late-replies-and-vf-resets"}

# Two kinds of faults at once, each of which is also searched more deeply by itself: with --full
COMBINED = {"vf-leaves", "late-replies-and-vf-resets"}

# What runs without --full, of the searches that follow test_holds()
USUAL = {"lost-interrupts", "dishonest-vf"}
USUAL_MUTATIONS = {"PF_SPINS", "NOTIFY_OVER_REQUEST", "NO_LATCH", "NO_TID_CHECK", "NO_REPEAT"}

# Switches of guards.pml that are not mutations
OTHER_SWITCHES = {"NO_POLLS", "STOCK_PF"}


def some(names: Iterable[str], usual: set[str]) -> list[Any]:
    """Parameters: all names with --full, otherwise those that are usual."""
    marks = {True: (), False: pytest.mark.full()}
    return [pytest.param(name, marks=marks[name in usual]) for name in names]


def run(*command: object, folder: Path) -> str:
    """The command's output; it must succeed."""
    result = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS * TIMEOUT_FACTOR,
    )
    assert result.returncode == 0, f"{command} in {folder}:\n{result.stdout}"
    return result.stdout


def verify(
    name: str, switches: tuple[str, ...], cycles: bool = False, large: bool = False
) -> tuple[int, str, Path]:
    """Search all runs of the model: the number of errors, pan's output, and the trail's folder.

    With `cycles` the search is for endless runs, otherwise for everything else.
    """
    for tool in ("spin", "gcc"):
        if not shutil.which(tool):
            pytest.skip(f"no {tool}: run tools/lab/setup")
    folder = BUILD / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in HERE.glob("*.pml"):
        shutil.copy(source, folder)

    run("spin", "-a", *(f"-D{switch}" for switch in switches), "mailbox.pml", folder=folder)
    options = ("-O1" if large else "-O0", "-DCOLLAPSE", *(["-DNP"] if cycles else []))
    run("gcc", *options, "-o", "pan", "pan.c", folder=folder)
    output = run("./pan", f"-m{DEPTH}", *(["-l"] if cycles else []), folder=folder)
    (folder / "result").write_text(output)

    errors = re.search(r"errors: (\d+)", output)
    finished = errors and not re.search(r"max search depth|out of memory|not completed", output)
    assert finished or int(errors[1] if errors else 0), f"no complete search:\n{output}"
    found = re.search(r"^pan:1: (.*)", output, re.M)
    return int(errors[1]), found[1] if found else "", folder


def explain(found: str, folder: Path, switches: tuple[str, ...]) -> str:
    """The text of a failure, with the last steps of its run and the command that shows all."""
    replay = ("spin", "-t", "-p", "-g", *(f"-D{switch}" for switch in switches), "mailbox.pml")
    steps = subprocess.run(replay, cwd=folder, capture_output=True, text=True).stdout.split("\n")
    steps = [line for line in steps if "proc " in line]
    return "\n".join([found, *steps[-40:], f"all steps: cd {folder} && {' '.join(replay)}"])


def holds(variant: str, switches: tuple[str, ...], cycles: bool = False) -> None:
    name = f"{variant}-{'end' if cycles else switches[0]}"
    errors, found, folder = verify(name, switches, cycles, large=variant in LARGE)
    if errors:
        pytest.fail(explain(found, folder, switches), pytrace=False)


def one_event(switches: tuple[str, ...]) -> tuple[str, ...]:
    """The same with one event instead of two."""
    return switches if any("RAISES" in switch for switch in switches) else (*switches, "RAISES=1")


@pytest.mark.parametrize("variant", some(VARIANTS, VARIANTS.keys() - COMBINED))
def test_holds(variant: str):
    """The model holds for mailbox hardware as in QEMU."""
    holds(variant, QEMU + VARIANTS[variant])


@pytest.mark.parametrize("variant", some(sorted(VARIANTS.keys() - COMBINED), USUAL))
def test_holds_on_hardware(variant: str):
    """The model holds for every behaviour that the datasheet allows."""
    holds(variant, OPEN + one_event(VARIANTS[variant]))


@pytest.mark.parametrize("variant", some(sorted(VARIANTS.keys() - COMBINED), USUAL))
def test_comes_to_an_end(variant: str):
    holds(variant, QEMU + one_event(VARIANTS[variant]), cycles=True)


@pytest.mark.parametrize("mutation", some(MUTATIONS, USUAL_MUTATIONS))
def test_guard_is_needed(mutation: str):
    variant = MUTATIONS[mutation]
    errors, found, folder = verify(mutation, QEMU + (mutation,) + VARIANTS[variant])
    assert errors, f"{mutation} makes no difference in variant {variant}"
    assert found and list(folder.glob("*.trail")), f"{mutation}: no trail of the failing run"


def test_every_guard_has_a_mutation():
    text = (HERE / "guards.pml").read_text()
    names = set(re.findall(r"(?:ifdef |defined\()([A-Z_]+)", text))
    assert names - OTHER_SWITCHES == set(MUTATIONS)


def test_endless_run_is_found(tmp_path: Path):
    """The search for endless runs finds one."""
    (tmp_path / "loop.pml").write_text("bit x; init { do :: x = !x od }\n")
    if not shutil.which("spin"):
        pytest.skip("no spin: run tools/lab/setup")
    run("spin", "-a", "loop.pml", folder=tmp_path)
    run("gcc", "-DNP", "-o", "pan", "pan.c", folder=tmp_path)
    assert "non-progress cycle" in run("./pan", "-l", folder=tmp_path)
