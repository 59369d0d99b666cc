# SPDX-License-Identifier: GPL-2.0-only
"""A short run of the fuzzers: PF, VF, saved states, and what iovctl reads; `make fuzz` does more.

An input that violates a property stays in build/fuzz; run the fuzzer with its name to reproduce.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from lab.make import make

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build/fuzz"
SIDES = ("pf", "vf", "state")
READERS = ("qmp", "peer", "netlink", "tree", "acl", "saved", "persist")  # of iovctl
MOST_SECONDS = 300
# As in the Makefile
OPTIONS = {
    **dict.fromkeys(
        SIDES,
        ("-max_len=1026", "-len_control=0", "-timeout=5", "-rss_limit_mb=1024", "-detect_leaks=0"),
    ),
    **dict.fromkeys(READERS, ("-max_len=4096", "-timeout=10", "-rss_limit_mb=1024")),
}
# Numbers of inputs, which take some seconds each. An input of fuzz_tree reads hundreds of files.
RUNS = {
    "pf": 1500,
    "vf": 20000,
    "state": 1500,
    "qmp": 400,
    "peer": 400,
    "netlink": 5000,
    "tree": 150,
    "acl": 20000,
    "saved": 2000,
    "persist": 500,
}


@pytest.fixture(scope="module")
def fuzzers() -> Path:
    """A folder with all fuzzers, and with all looking for a property that does not hold."""
    if not shutil.which("clang"):
        pytest.skip("no clang: run tools/lab/setup")
    make(f"-j{os.cpu_count()}", "-C", HERE, "all", "planted")
    return BUILD


def options_of(program: Path) -> tuple[str, ...]:
    return OPTIONS[program.name.removeprefix("fuzz_").removesuffix("-planted")]


def fuzz(
    program: Path, seconds: int, *folders: Path, options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run one fuzzer; it writes new inputs to the first folder."""
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    command = [
        program,
        *options_of(program),
        f"-max_total_time={seconds}",
        *options,
        f"-artifact_prefix={BUILD}/{program.name}-",
        *folders,
    ]
    return subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=10 * seconds + 60,
    )


@pytest.mark.parametrize("side", [*SIDES, *READERS])
def test_nothing_breaks(fuzzers: Path, side: str):
    folders = BUILD / f"corpus-{side}", HERE / "corpus" / side
    options = (f"-runs={RUNS[side]}",)
    run = fuzz(fuzzers / f"fuzz_{side}", MOST_SECONDS, *folders, options=options)
    done = re.search(r"^Done (\d+) runs", run.stdout, re.M)
    if run.returncode or not done:
        pytest.fail(run.stdout[-8000:], pytrace=False)
    assert int(done[1]) >= RUNS[side]


def harmless(program: Path, corpus: Path, folder: Path) -> list[str]:
    """The inputs of a corpus that violate no property."""
    command = [program, *options_of(program), f"-artifact_prefix={folder}/"]
    return [
        str(path)
        for path in sorted(corpus.iterdir())
        if not subprocess.run([*command, path], capture_output=True, timeout=60).returncode
    ]


@pytest.mark.parametrize("side", [*SIDES, *READERS])
def test_planted_bug_is_found(fuzzers: Path, side: str, tmp_path: Path):
    """The fuzzer finds it by mutating inputs that do not show it.

    This takes seconds with every seed: a change of one number of an input shows the bug.
    """
    program = fuzzers / f"fuzz_{side}-planted"
    inputs = harmless(program, HERE / "corpus" / side, tmp_path)
    assert len(inputs) > (10 if side in SIDES else 5)
    # Listed one by one: the order in a folder depends on the file system
    options = ("-seed=7", f"-seed_inputs={','.join(inputs)}")
    run = fuzz(program, 600, tmp_path / "corpus", options=options)
    assert run.returncode and "not so: " in run.stdout, run.stdout[-4000:]
    assert "INITED" in run.stdout, f"an input shows it:\n{run.stdout[-4000:]}"


@pytest.mark.parametrize("side", [*SIDES, *READERS])
def test_corpus(side: str, tmp_path: Path):
    """The corpus is small, has the fuzzers' format, and is what a script writes."""
    script = "seed.py" if side in SIDES else "seed_iovctl.py"
    subprocess.run([str(HERE / script), str(tmp_path)], check=True)
    files = {path.name: path.read_bytes() for path in (HERE / "corpus" / side).iterdir()}
    assert 0 < len(files) <= 60
    assert sum(map(len, files.values())) < 32768
    assert side not in SIDES or all(content[0] == 0 for content in files.values())
    assert files == {path.name: path.read_bytes() for path in (tmp_path / side).iterdir()}
