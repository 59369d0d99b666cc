# SPDX-License-Identifier: GPL-2.0-only
"""The schemas of what iovctl -j prints: they are complete, and an answer with a new key fails."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lab.answers import SCHEMAS, command_of, complaints, read, schema
from machine_tree import MachineTree, good_machine

COMMANDS = sorted(path.stem for path in SCHEMAS.glob("*.json") if path.stem != "common")


@pytest.fixture
def tree(tmp_path: Path) -> MachineTree:
    """A machine with an adapter and with reasons."""
    found = good_machine(tmp_path)
    found.remove("dev/kvm")
    return found


def objects(value: Any) -> Iterator[dict]:
    """All subschemas that describe an object."""
    if isinstance(value, dict):
        if value.get("type") == "object":
            yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


@pytest.mark.parametrize("name", ["common", *COMMANDS])
def test_schema(name: str) -> None:
    """It is one, and no object of it may have a key that it does not name."""
    found = json.loads((SCHEMAS / f"{name}.json").read_text())
    assert found["$schema"].endswith("draft/2020-12/schema")
    jsonschema.Draft202012Validator.check_schema(found)
    for item in objects(found):
        assert item["additionalProperties"] is False
        assert set(item["required"]) <= set(item["properties"])


@pytest.mark.parametrize("name", COMMANDS)
def test_array(name: str) -> None:
    """The whole is an array; an object has keys with small letters."""
    found = schema(name)
    assert found["type"] == "array"
    assert complaints({}, name) == ["the whole: {} is not of type 'array'"]
    for item in objects(found):
        assert all(key.islower() and key.isidentifier() for key in item["properties"])


def test_answers(program: Path, tree: MachineTree) -> None:
    """What is too much, missing or of another type is told, wherever it is."""
    answers = {name: tree.ask(program, name)[1] for name in ("host", "adapter")}
    reason = answers["adapter"][0]["reasons"][0]
    changes = {
        "host": lambda found: found[0].update(new=1),
        "adapter": lambda found: found[0]["reasons"][0].update(new=1),
    }
    assert reason["evidence"]
    for name, change in changes.items():
        assert complaints(answers[name], name) == []
        changed = deepcopy(answers[name])
        change(changed)
        assert "('new' was unexpected)" in complaints(changed, name)[0]
    with pytest.raises(ValueError, match="iovctl host: 0: .*'new' was unexpected"):
        answers["host"][0]["new"] = 1
        read(json.dumps(answers["host"]), "host")
    del reason["level"]
    assert complaints(answers["adapter"], "adapter") == [
        "0.reasons.0: 'level' is a required property"
    ]
    reason |= {"level": "adapter", "severity": 3}
    assert complaints(answers["adapter"], "adapter")[0].startswith("0.reasons.0.severity: 3 is not")


@pytest.mark.parametrize(
    "words, command",
    [
        ("host", "host"),
        ("-j -p adapter pf0", "adapter"),
        ("-n blue --dry-run vm set x", "vm"),
        ("-netns blue adapter", "adapter"),
    ],
)
def test_command_of(words: str, command: str) -> None:
    assert command_of(words.split()) == command
