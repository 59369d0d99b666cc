# SPDX-License-Identifier: GPL-2.0-only
"""Compilers and checkers report nothing about the tree; and each finds a planted error."""

import configparser
import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

import kernels
import pytest
import repository
from kernels import kbuild, run
from repository import REPO

DRIVER = ("common", "mailbox", "pf", "vf")
EXCEPTIONS = configparser.ConfigParser(delimiters=("=",))
EXCEPTIONS.optionxform = str
EXCEPTIONS.read(REPO / "tests/lint/exceptions.ini")


def short(value):
    """A parameter's name in a test's: the checker, or the error that it must find."""
    return getattr(value, "__name__", value if len(str(value)) < 30 and "\n" not in value else "")


def need(tool):
    if not shutil.which(tool):
        pytest.skip(f"no {tool}: run tools/lab/setup")


def clean(findings):
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


def kept(checker, what, path):
    """Whether exceptions.ini accepts the finding."""
    keys = (key.split() for key in EXCEPTIONS[checker])
    return any(fnmatch(what, key[0]) and fnmatch(path, (*key, "*")[1]) for key in keys)


def found_by(checker, pattern, output):
    """Lines that match the pattern and that exceptions.ini does not accept."""
    matches = [re.match(pattern, line) for line in output.split("\n")]
    return [m[0] for m in matches if m and not kept(checker, m["what"], m["path"])]


# --- compilers and sparse ---------------------------------------------------------------------


# kbuild's output of a good build. This machine's compiler may have another patch level than the one
# that built the distribution's kernel.
PROGRESS = re.compile(
    r"$|make(\[\d+\])?: (Entering|Leaving) directory|  [A-Z]+ |Skipping BTF generation"
    r"|warning: the compiler differs|  The kernel was built by:|  You are using: "
)


def complaints(build):
    """All output of a build except progress."""
    lines = [line for line in build.stdout.split("\n") if not PROGRESS.match(line)]
    return lines or (["failed without a word"] if build.returncode else [])


def gcc(folder):
    return complaints(kbuild(kernels.stock(), folder, "W=1", "modules"))


def objects(folder):
    """The objects to build for a tree without vmlinux, for which no module can be linked."""
    return re.search(r"^obj-m := (.*)", (folder / "Kbuild").read_text(), re.M)[1].split()


def clang(folder):
    return complaints(kbuild(kernels.clang(), folder, "CC=clang", "W=1", *objects(folder)))


def sparse(folder):
    """C=1 runs sparse on every file that is compiled."""
    need("sparse")
    return complaints(kbuild(kernels.stock(), folder, "C=1", "KCFLAGS=-g0", *objects(folder)))


def on(kernel, checker="gcc"):
    """gcc, clang, or gcc and sparse, on a kernel of tools/lab/other-kernels."""

    def check(folder):
        tree = kernels.other(kernel, "clang" if checker == "clang" else "build")
        words = ("C=1", f"CHECK={kernels.SPARSE}") if checker == "sparse" else ()
        build = kbuild(tree, folder, "W=1", "KCFLAGS=-g0", *words, *objects(folder))
        return complaints(build) + divisions(tree, folder)

    check.__name__ = f"{checker}-{kernel}"
    return check


def divisions(tree, folder):
    """Calls of functions of libgcc, which the kernel does not have: 64-bit divisions."""
    symbols = run(kernels.tool(tree, "nm"), "-A", "-u", *folder.glob("*.o")).stdout
    return re.findall(r".* U __(?:u?(?:div|mod)[dt]i3|aeabi_u?ldivmod)$", symbols, re.M)


def make_modules():
    """Build the lab's modules for the stock kernel; the Makefile makes a warning an error."""
    kernels.stock()
    return complaints(run("nice", "make", "-s", "modules-stock", cwd=REPO))


def test_gcc():
    clean(make_modules())


def test_sparse():
    clean(sparse(kernels.by_room(REPO / "build/lint/sparse")))


def test_clang():
    clean(clang(kernels.by_room(REPO / "build/lint/clang")))


@pytest.mark.full(checker="clang")
@pytest.mark.full(checker="sparse")
@pytest.mark.parametrize("checker", ["gcc", "clang", "sparse"])
@pytest.mark.parametrize("kernel", ["longterm", "stable"])
def test_other_kernel(kernel, checker):
    clean(on(kernel, checker)(kernels.by_room(REPO / f"build/lint/{kernel}-{checker}")))


@pytest.mark.full()
@pytest.mark.parametrize(
    "kernel, checker", [("arm64", "gcc"), ("arm", "gcc"), ("s390x", "sparse")]
)
def test_architecture(kernel, checker):
    """Pages of 64 KiB, 32 bits, big endian."""
    clean(on(kernel, checker)(kernels.by_room(REPO / f"build/lint/{kernel}")))


@pytest.mark.full()
def test_headers_stand_alone():
    """Each header compiles as the first include of a file."""
    folder = kernels.copy_driver(REPO / "build/lint/headers")
    headers = [name for name in repository.c_files(*DRIVER) if name.endswith(".h")]
    names = []
    for number, header in enumerate(headers):
        text = f'#include "{header}"\n' * 2 + '#include <linux/module.h>\nMODULE_LICENSE("GPL");\n'
        (folder / f"header{number}.c").write_text(text)
        names.append(f"header{number}.o")
    kernels.write_kbuild(folder, names)
    clean(complaints(kbuild(kernels.stock(), folder, *names)))


SNIPPET = """#include <linux/module.h>
#include <linux/types.h>
MODULE_DESCRIPTION("x");
MODULE_LICENSE("GPL");
"""


MISCOMPILED = [
    (gcc, "int iov_f(void)\n{\n\treturn 1;\n}\n", "no previous prototype"),
    (gcc, "static int iov_unused;\n", "defined but not used"),
    (gcc, "/**\n * f() - f\n */\nstatic int f(int x)\n{\n\treturn x;\n}\n", "'x' not described"),
    (clang, "static int iov_f(void)\n{\n\treturn 1;\n}\n", "unused function"),
    (sparse, "u32 iov_f(__le32 x)\n{\n\treturn x;\n}\n", "restricted __le32"),
    (sparse, "int iov_global;\n", "Should it be static"),
]


MISCOMPILED_ELSEWHERE = [
    (on("stable", "sparse"), "u32 iov_f(__le32 x)\n{\n\treturn x;\n}\n", "restricted __le32"),
    (on("stable", "clang"), "static int iov_f(void)\n{\n\treturn 1;\n}\n", "unused function"),
    (on("arm64"), "static_assert(PAGE_SIZE == SZ_4K);\n", "static assertion failed"),
    (on("arm"), "u64 iov_a, iov_b;\n\nvoid f(void)\n{\n\tiov_a /= iov_b;\n}\n", "ldivmod"),
    (on("s390x"), "#ifdef __BIG_ENDIAN\n#error big\n#endif\n", "#error big"),
]
MISCOMPILED += [pytest.param(*case, marks=pytest.mark.full()) for case in MISCOMPILED_ELSEWHERE]


@pytest.mark.parametrize("checker, text, finding", MISCOMPILED, ids=short)
def test_compiler_finds(tmp_path, checker, text, finding):
    (tmp_path / "Kbuild").write_text("obj-m := bad.o\n")
    (tmp_path / "bad.c").write_text(SNIPPET + text)
    assert finding in "\n".join(checker(tmp_path))


# --- checkers of files ------------------------------------------------------------------------


def checkpatch(*paths, columns=80):
    script = kernels.source() / "scripts/checkpatch.pl"
    options = ("--strict", "--no-tree", "--terse", "--show-types", f"--max-line-length={columns}")
    output = run(script, *options, "-f", *paths, cwd=REPO).stdout
    for its_cache in REPO.glob(".checkpatch-camelcase.*"):
        its_cache.unlink(missing_ok=True)
    return found_by("checkpatch", r"(?P<path>[^:]+):\d+: [A-Z]+:(?P<what>\w+): .*", output)


def kernel_doc(*paths):
    script = kernels.source() / "scripts/kernel-doc"
    output = run(script, "-none", "-Wall", *paths, cwd=REPO).stdout
    return [line for line in output.split("\n") if line]


def cppcheck(*paths):
    need("cppcheck")
    options = (
        "--quiet",
        "--enable=warning,style,performance,portability",
        "--std=c11",
        "--max-configs=1",
        f"--include={REPO}/tests/lint/cppcheck.h",
        "--template={file}:{line}: {id}: {message}",
    )
    output = run("cppcheck", *options, "-I", REPO, *paths, cwd=REPO).stdout
    return found_by("cppcheck", r"(?P<path>[^:]+):\d+: (?P<what>\w+): .*", output)


def codespell(*paths):
    need("codespell")
    words = ",".join(EXCEPTIONS["codespell"])
    output = run("codespell", "--ignore-words-list", words or ",", *paths, cwd=REPO).stdout
    return [line for line in output.split("\n") if line]


def shellcheck(*paths):
    need("shellcheck")
    options = ("--external-sources", "--source-path=SCRIPTDIR", "--format=gcc")
    output = run("shellcheck", *options, *paths, cwd=REPO).stdout
    return found_by("shellcheck", r"(?P<path>[^:]+):\d+:\d+: .*\[(?P<what>SC\d+)\]", output)


def pyflakes(*paths):
    need("pyflakes3")
    return run("pyflakes3", *paths, cwd=REPO).stdout.split("\n")[:-1]


def pycodestyle(*paths):
    """E203 and W503 contradict the usual formatting of slices and operators (black's)."""
    need("pycodestyle")
    options = ("--max-line-length=100", "--ignore=E203,W503")
    return run("pycodestyle", *options, *paths, cwd=REPO).stdout.split("\n")[:-1]


def spelled_files():
    return [name for name in repository.sources() if name != "COPYING"]


CHECKS = {
    checkpatch: lambda: repository.c_files(*DRIVER),
    kernel_doc: lambda: repository.c_files(*DRIVER),
    cppcheck: lambda: [name for name in repository.c_files(*DRIVER) if name.endswith(".c")],
    codespell: spelled_files,
    shellcheck: lambda: repository.scripts("bash"),
    pyflakes: lambda: repository.scripts("python3"),
    pycodestyle: lambda: repository.scripts("python3"),
}

TYPO = "rec" "ieve"
FOUND = [
    (checkpatch, "x.c", "int f( int x ) ;\n", "SPACING"),
    (checkpatch, "x.c", f"/* {TYPO} */\n", "TYPO_SPELLING"),
    (checkpatch, "x.c", "static struct ethtool_ops iov_ops = {\n};\n", "CONST_STRUCT"),
    (kernel_doc, "x.c", "/**\n * f() - f\n */\nvoid f(int x)\n{\n}\n", "'x' not described"),
    (cppcheck, "x.c", "int f(void)\n{\n\tint a[2];\n\n\treturn a[2];\n}\n", "arrayIndexOutOf"),
    (codespell, "x.md", f"we {TYPO} it\n", "receive"),
    (shellcheck, "x.sh", "#!/bin/bash\nrm -rf $1/x\n", "SC2086"),
    (pyflakes, "x.py", "import os\n", "imported but unused"),
    (pycodestyle, "x.py", "x=1\n", "E225"),
]


@pytest.mark.parametrize("checker", CHECKS, ids=short)
def test_files(checker):
    paths = CHECKS[checker]()
    assert paths
    clean(checker(*paths))


@pytest.mark.full()
@pytest.mark.parametrize("folder", ["tools", "tests"])
def test_checkpatch_in_user_space(folder):
    """The layout of C in user space, with the line length of our scripts."""
    clean(checkpatch(*repository.c_files(folder), columns=100))


@pytest.mark.parametrize("checker, file, text, finding", FOUND, ids=short)
def test_checker_finds(tmp_path, checker, file, text, finding):
    path: Path = tmp_path / file
    path.write_text(text)
    assert finding in "\n".join(checker(path))


# --- documentation ----------------------------------------------------------------------------


def sphinx(source, output):
    """Sphinx's output for the documentation in `source`, as `make docs` runs it."""
    need("sphinx-build")
    options = ("-q", "-E", "-n", "-W", "--keep-going", "-b", "html")
    build = run("sphinx-build", *options, source, output)
    return [line for line in build.stdout.split("\n") if line]


def test_documentation(tmp_path):
    clean(sphinx(REPO / "Documentation", tmp_path))
    assert "--dry-run" in (tmp_path / "iovctl.8.html").read_text()


def test_sphinx_finds(tmp_path):
    (tmp_path / "conf.py").write_text("")
    (tmp_path / "index.rst").write_text("See :doc:`nowhere`.\n")
    assert "nowhere" in "\n".join(sphinx(tmp_path, tmp_path / "html"))
