# SPDX-License-Identifier: GPL-2.0-only
"""No command of iovctl lacks a schema, a man page, or a usage that the completion can read."""

import re
import subprocess
from pathlib import Path

import pytest
from lab.answers import SCHEMAS
from lab.paths import REPO

DOCUMENTATION = REPO / "Documentation"
TEXT = {"metrics"}  # has a format of its own, and no JSON
SHARED = {"vm": ("policy",)}  # pages that have words of a command beside its own
TABLE = re.compile(r'^\tCOMMAND\("([a-z-]+)", \w+\),$', re.M)
COMMANDS = TABLE.findall((REPO / "tools/iovctl/iovctl.c").read_text())


def page(name: str) -> str:
    return (DOCUMENTATION / f"iovctl-{name}.8.rst").read_text()


def keywords(usage: str, command: str) -> set[str]:
    """The words in small letters of a usage, without what follows "where"."""
    grammar = usage.removeprefix("Usage: ").split("\nwhere")[0].split("\nExample")[0]
    words = set(re.findall(r"(?<![\w:/.-])[a-z][a-z0-9-]+(?![\w:/.-])", grammar))
    return words - {"iovctl", command}


def test_commands(program: Path) -> None:
    """The table, as it was read here, is what the program offers."""
    usage = subprocess.run([program, "help"], capture_output=True, text=True).stdout
    offered = re.search(r"OBJECT := \{(.*?)\}", usage, re.S)
    assert offered and offered[1].split() == " | ".join(COMMANDS).split()
    assert {"host", "adapter", "vm", "migrate"} <= set(COMMANDS)


def test_schemas() -> None:
    """One for each command that prints JSON, and none for others."""
    found = {path.stem for path in SCHEMAS.iterdir()} - {"common"}
    assert found == set(COMMANDS) - TEXT


@pytest.mark.parametrize("command", COMMANDS)
def test_man_page(program: Path, command: str) -> None:
    """It is made, is listed, and names each keyword of the usage."""
    assert f'("iovctl-{command}.8", ' in (DOCUMENTATION / "conf.py").read_text()
    assert f"   iovctl-{command}.8\n" in (DOCUMENTATION / "index.rst").read_text()
    run = subprocess.run([program, command, "help"], capture_output=True, text=True)
    assert run.returncode == 0 and not run.stderr
    assert f" {command}" in run.stdout.split("\n")[0] and run.stdout.startswith("Usage: iovctl ")
    pages = page(command) + "".join(map(page, SHARED.get(command, ())))
    words = keywords(run.stdout, command)
    missing = {word for word in words if not re.search(rf"\b{re.escape(word)}\b", pages)}
    assert not missing, f"not in the man page: {sorted(missing)}"


@pytest.mark.parametrize("command", COMMANDS)
def test_usage_is_a_grammar(program: Path, command: str) -> None:
    """The completion reads it: brackets are words of their own, and are closed."""
    usage = subprocess.run([program, command, "help"], capture_output=True, text=True).stdout
    grammar = usage.split("\nwhere")[0].split("\nExample")[0]
    open_ones: list[str] = []
    for word in grammar.split():
        assert len(word) == 1 or not set(word) & set("[]{}|"), f"{word} in {grammar}"
        if word in ("[", "{"):
            open_ones.append(word)
        elif word in ("]", "}"):
            assert open_ones and open_ones.pop() + word in ("[]", "{}"), grammar
    assert not open_ones


def test_answers_are_read_in_one_place() -> None:
    """A test that reads what -j prints by itself would not see a key that no schema has."""
    reads = re.compile(r"json\.loads\(run\.(stdout|out)\)")
    wrong = [
        str(path.relative_to(REPO))
        for folder in ("unit", "lab")
        for path in (REPO / "tests" / folder).glob("test_iovctl*.py")
        if reads.search(path.read_text())
    ]
    assert not wrong, f"use lab.answers.read(): {wrong}"
