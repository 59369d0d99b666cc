# SPDX-License-Identifier: GPL-2.0-only
"""A simple reader of C in kernel style for the style rules: no preprocessor, no parser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = r"//[^\n]*|/\*.*?\*/"
_LITERAL = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''


@dataclass(frozen=True)
class Function:
    """A function definition; `text` has no comments or literals, `doc` is the comment above."""

    name: str
    line: int
    text: str
    doc: str

    @property
    def head(self) -> str:
        return self.text.split("\n{", 1)[0]

    @property
    def length(self) -> int:
        return self.text.count("\n") + 1

    @property
    def is_static(self) -> bool:
        return bool(re.match(r"(\w+\s+)*static\b", self.head))

    @property
    def returns_void(self) -> bool:
        return bool(re.match(r"((static|inline|const)\s+)*void\s+\w+\s*\(", self.head))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def without_comments(text: str) -> str:
    """The same text with comments replaced by blanks; lines and columns stay."""

    def blank(match: re.Match[str]) -> str:
        return match[0] if match[0][0] in "\"'" else _blank(match)

    return re.sub(f"{_COMMENT}|{_LITERAL}", blank, text, flags=re.DOTALL)


def code(text: str) -> str:
    """The same text without comments and literals; lines and columns stay."""
    return re.sub(f"{_COMMENT}|{_LITERAL}", _blank, text, flags=re.DOTALL)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def includes(text: str) -> Iterator[tuple[int, str, str]]:
    """Every #include: line, '"' or '<', name."""
    for match in re.finditer(r'^\s*#\s*include\s*(["<])([^">]+)', without_comments(text), re.M):
        yield line_of(text, match.start(1)), match[1], match[2]


def functions(text: str) -> Iterator[Function]:
    """Every function definition: its opening brace is alone in the first column."""
    lines = code(text).split("\n")
    raw = text.split("\n")
    for opening, line in enumerate(lines):
        if line != "{":
            continue
        first = opening
        while first and re.match(r"[^#}\s][^;]*$|\s+[^\s;]", lines[first - 1]):
            first -= 1
        name = re.search(r"(\w+)\s*\(", "\n".join(lines[first:opening]))
        if not name:
            continue
        closing = opening
        while closing + 1 < len(lines) and not lines[closing].startswith("}"):
            closing += 1
        yield Function(
            name[1], first + 1, "\n".join(lines[first : closing + 1]), _comment_above(raw, first)
        )


def _comment_above(raw: list[str], line: int) -> str:
    if not line or not raw[line - 1].rstrip().endswith("*/"):
        return ""
    start = line - 1
    while start and not raw[start].lstrip().startswith("/*"):
        start -= 1
    return "\n".join(raw[start:line])


def enclosing_calls(text: str, position: int) -> list[str]:
    """The names of the calls that have the position in their arguments, innermost first."""
    names = []
    depth = 0
    while position:
        position -= 1
        char = text[position]
        if char in ";{}":
            break
        if char == ")":
            depth += 1
        elif char == "(" and depth:
            depth -= 1
        elif char == "(":
            name = re.search(r"(\w+)\s*$", text[:position])
            names.append(name[1] if name else "")
    return names
