# SPDX-License-Identifier: GPL-2.0
"""What iovctl -j prints, checked against the schemas of tools/iovctl/schema."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from .paths import REPO

SCHEMAS = REPO / "tools/iovctl/schema"
LINES = ("monitor",)  # commands that print an object a line instead of an array


def command_of(words: Sequence[str]) -> str:
    """The command among the words of a call: the first one that is no option."""
    words = list(words)
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-n", "-netns") else words[1:]
    return words[0]


def read(text: str, words: str | Sequence[str]) -> Any:
    """The answer to a call of iovctl, whose words these are. ValueError if its schema forbids it.

    The demo has no jsonschema, and checks nothing.
    """
    command = command_of(words.split() if isinstance(words, str) else words)
    if command in LINES:
        found = [json.loads(line) for line in text.splitlines()]
    else:
        found = json.loads(text)
    for complaint in complaints(found, command):
        raise ValueError(f"iovctl {command}: {complaint}")
    return found


def complaints(found: Any, command: str) -> list[str]:
    """Where, and in which way, an answer is not what the schema of the command describes."""
    if not (SCHEMAS / f"{command}.json").exists():
        return []
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        return []
    validator = Draft202012Validator(schema(command))
    return [
        f"{'.'.join(map(str, error.absolute_path)) or 'the whole'}: {error.message}"
        for error in validator.iter_errors(found)
    ]


@cache
def schema(command: str) -> dict:
    """The schema of a command, with all that it refers to in common.json."""
    found = json.loads((SCHEMAS / f"{command}.json").read_text())
    common = json.loads((SCHEMAS / "common.json").read_text())
    return _localise(found) | {"$defs": common["$defs"] | _localise(found.get("$defs", {}))}


def _localise(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _localise(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_localise(inner) for inner in value]
    return value.removeprefix("common.json") if isinstance(value, str) else value
