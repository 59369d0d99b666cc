# SPDX-License-Identifier: GPL-2.0-only
"""Constants of a C header as Python values: #define, enum, and inline functions of one return.

It reads the subset that common/regs.h and mailbox/wire.h use, and omits everything else.
"""
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from .paths import REPO

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
DEFINE = re.compile(r"^#define (\w+)(?:\((\w+)\))?[ \t]+(\S.*)$", re.M)
INLINE = re.compile(r"^static inline [\w ]+?(\w+)\([\w ]+?(\w+)\)\n{\n\treturn ([^;]+);\n}", re.M)
ENUM = re.compile(r"\benum \w+ {(.*?)}", re.S)
CHOICE = re.compile(r"^(.+?) \? (.+) : (.+)$", re.S)


def bit(number: int) -> int:
    """BIT()."""
    return 1 << number


def genmask(high: int, low: int) -> int:
    """GENMASK()."""
    return (1 << high + 1) - (1 << low)


def field(mask: int, value: int) -> int:
    """FIELD_PREP()."""
    shifted = value << (mask & -mask).bit_length() - 1
    assert not shifted & ~mask, f"{value:#x} does not fit into {mask:#x}"
    return shifted


def _evaluate(expression: str, names: dict[str, Any]) -> Any:
    choice = CHOICE.match(expression)
    return eval(f"{choice[2]} if {choice[1]} else {choice[3]}" if choice else expression, names)


def _call(expression: str, parameter: str, names: dict[str, Any], argument: int) -> int:
    return _evaluate(expression, names | {parameter: argument})


def _enumerators(text: str) -> Iterator[tuple[str, str]]:
    for body in ENUM.findall(text):
        last = "-1"
        for entry in filter(None, map(str.strip, body.split(","))):
            name, _, value = map(str.strip, entry.partition("="))
            last = value or f"({last}) + 1"
            yield name, last


def constants(header: str, prefix: str) -> dict[str, Any]:
    """Each constant whose name has the prefix, by its name without the prefix.

    A macro or function with a parameter becomes a Python function.
    """
    text = COMMENT.sub("", (REPO / header).read_text()).replace("\\\n", " ")
    names: dict[str, Any] = {"BIT": bit, "GENMASK": genmask}
    found = [(name, parameter, value) for name, parameter, value in INLINE.findall(text)]
    found += [(name, "", value) for name, value in _enumerators(text)]
    found += DEFINE.findall(text)
    for name, parameter, value in found:
        if parameter:
            names[name] = partial(_call, value, parameter, names)
            continue
        try:
            names[name] = _evaluate(value, names)
        except (NameError, SyntaxError):
            continue
    return {name.removeprefix(prefix): names[name] for name in names if name.startswith(prefix)}
