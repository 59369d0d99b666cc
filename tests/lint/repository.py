# SPDX-License-Identifier: GPL-2.0-only
"""The files of the repository: tracked ones, and new ones that are not ignored."""

import subprocess
from functools import cache
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


def _git(*arguments: str) -> str:
    # The clone may belong to another user than the tests run as.
    command = ["git", "-c", f"safe.directory={REPO}", "-C", str(REPO), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@cache
def files() -> list[str]:
    """Paths relative to REPO, sorted."""
    names = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return sorted({name for name in names if name and (REPO / name).is_file()})


@cache
def sources() -> dict[str, str]:
    """The content of every text file by path; the fuzzers' corpus is none."""
    texts = {}
    for name in files():
        content = (REPO / name).read_bytes()
        if b"\0" not in content and "/corpus/" not in name:
            texts[name] = content.decode()
    return texts


@cache
def scripts(interpreter: str) -> list[str]:
    """Files whose first line names the interpreter, or that have its suffix.

    A completion is read by bash, and names it for shellcheck only.
    """
    suffix = {"python3": ".py", "bash": ".sh"}[interpreter]
    return [
        name
        for name, text in sources().items()
        if name.endswith(suffix)
        or (text.startswith("#!") and interpreter in text.split("\n", 1)[0])
        or f"\n# shellcheck shell={interpreter}\n" in text
    ]


def c_files(*folders: str) -> list[str]:
    """C sources and headers in the folders."""
    prefixes = tuple(f"{folder}/" for folder in folders)
    return [name for name in files() if name.endswith((".c", ".h")) and name.startswith(prefixes)]


def commit_messages(after: str = "") -> dict[str, str]:
    """Messages by abbreviated commit: of the whole history, or of the commits after one."""
    try:
        log = _git("log", "--format=%h%x00%B%x01", f"{after}..HEAD" if after else "HEAD")
    except subprocess.CalledProcessError:
        return {}  # before the first commit
    return dict(entry.strip().split("\0", 1) for entry in log.split("\1") if entry.strip())


def commit_that_added(text: str, path: str) -> str:
    """The first commit that has the text in the file; "" if there is none."""
    return _git("log", "--reverse", "--format=%h", f"-S{text}", "--", path).partition("\n")[0]
