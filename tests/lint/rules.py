# SPDX-License-Identifier: GPL-2.0-only
"""The style rules: each is a function from {path: text} to findings, `path:line: error`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import csource

Sources = dict[str, str]

DRIVER = re.compile(r"(common|mailbox|pf|vf)/.*\.[ch]$")
MAX_FUNCTION_LINES = 80
MAX_FILE_LINES = 600


def _driver(sources: Sources, suffix: str = "") -> Iterator[tuple[str, str]]:
    for path, text in sorted(sources.items()):
        if DRIVER.match(path) and path.endswith(suffix):
            yield path, text


# --- who may include whom ---------------------------------------------------------------------

LEAVES = ("common/regs.h", "common/desc.h", "mailbox/wire.h")
PURE = re.compile(
    r"mailbox/((codec|message|reason)\.[ch]|(codec_.f|status|moderation)\.c|wire\.h)"
    r"|pf/policy/.*|pf/vfio/state\.[ch]|vf/(fsm|sync|count|path)\.[ch]"
    r"|common/(count|reflect|slot)\.h"
)
# Directory (the first match counts) and the headers of this project that it may include
MAY_INCLUDE = (
    (re.compile("|".join(LEAVES)), re.compile(r"(?!)")),
    (re.compile(r"common/"), re.compile(r"common/")),
    (
        re.compile(r"mailbox/(codec|message|status|moderation|reason)"),
        re.compile(r"mailbox/(codec|message|reason|wire)\.h"),
    ),
    (re.compile(r"mailbox/"), re.compile(r"common/|mailbox/")),
    (re.compile(r"pf/policy/"), re.compile(r"mailbox/(codec|message|reason|wire)\.h|pf/policy/")),
    (re.compile(r"pf/"), re.compile(r"common/|mailbox/|pf/")),
    (re.compile(r"vf/fsm\."), re.compile(r"vf/fsm\.h")),
    (re.compile(r"vf/sync\."), re.compile(r"vf/sync\.h|mailbox/(codec|reason|wire)\.h")),
    (re.compile(r"vf/count\."), re.compile(r"(vf|common)/count\.h")),
    (re.compile(r"vf/path\."), re.compile(r"vf/path\.h")),
    (re.compile(r"vf/"), re.compile(r"common/|mailbox/|vf/")),
)
PURE_MAY_INCLUDE = re.compile(
    r"linux/(array_size|bitfield|bitops|bits|build_bug|compiler|errno|etherdevice|export|if_ether"
    r"|if_vlan|kernel|limits|minmax|stddef|string|types|unaligned)\.h"
)


def includes_point_inward(sources: Sources) -> Iterator[str]:
    """common <- mailbox <- pf, vf; a leaf header includes none of this project's headers."""
    for path, text in _driver(sources):
        allowed = next(may for room, may in MAY_INCLUDE if room.match(path))
        for line, kind, name in csource.includes(text):
            if kind == '"' and not allowed.match(name):
                yield f"{path}:{line}: must not include {name}"


def pure_files_stay_pure(sources: Sources) -> Iterator[str]:
    """Pure files use types and bits only: no device, memory, time or logging."""
    for path, text in _driver(sources):
        if not PURE.fullmatch(path):
            continue
        for line, kind, name in csource.includes(text):
            if kind == "<" and not PURE_MAY_INCLUDE.fullmatch(name):
                yield f"{path}:{line}: a pure file must not include {name}"


# --- one writer for each register -------------------------------------------------------------

REGISTER_FILE = "common/regs.h"
READERS = re.compile(r"iov_rd32|iov_io_wait|iov_io_check")
RAW_ACCESS = re.compile(r"\b(write[bwlq]|iowrite\d+|writel_relaxed|__raw_write\w)\s*\(")
# The only files that write MMIO without iov_wr32(): its definition, and tails in the data path
TAIL_WRITERS = ("ring.c", "rx.c", "tx.c", "tx.h", "xsk_tx.c")
RAW_WRITERS = ("common/io.h", *(f"common/{name}" for name in TAIL_WRITERS))
# Functions of addresses, which write nothing
ADDRESSES = re.compile(r"IOV_(VF_)?[RT]XQ|IOV_PVF|IOV_EITR")
# Registers and the files that may write them; every other register has one file, any one
WRITERS = (
    (r"RA[LH]|MTA|UTA|VLVF|VFTA", ("pf/filter.c",)),
    (r"VMOLR|VMVIR|DTXSWC|VFRE|VFTE|QDE|VT_CTL|RPLOLR", ("pf/pool.c",)),
    (r"P2VMAILBOX|VMBMEM|MBVFICR|VFLRE", ("mailbox/mbx_pf.c",)),
    # pf/vfio/device.c: the VF of a guest that does not run
    (r"VF_VMBMEM|VF_V2PMAILBOX", ("mailbox/mbx_vf.c", "pf/vfio/device.c")),
    (r"VF_VTIVAR(_MISC)?|VF_PSRTYPE", ("vf/hw.c", "pf/vfio/device.c")),
    # Each function has its own, at the same offsets
    (r"EI(MS|MC|CS|CR|AC|AM)", ("pf/irq.c", "vf/hw.c", "pf/vfio/device.c")),
    # Queue blocks: the ring that uses it, the PF that clears it after a VF, and the PF's self-test,
    # which restores it
    (
        r"[RT]D(BAL|BAH|LEN|H|T)|SRRCTL|[RT]XD?CTL|TDWBA[LH]|RQDPC",
        ("common/ring.c", "pf/pool.c", "pf/selftest.c", "pf/vfio/device.c"),
    ),
)


def _registers(header: str) -> set[str]:
    """Names in regs.h that are offsets: the value is hexadecimal or uses another register."""
    names: set[str] = set()
    text = csource.code(header).replace("\\\n", " ")
    for name, value in re.findall(r"^#define (IOV_\w+)(?:\(\w+\))?[ \t]+(\S.*)$", text, re.M):
        used = set(re.findall(r"IOV_\w+", value))
        if re.search(r"\b0x", value) or used & names:
            names.add(name)
    return names


def _register_uses(text: str, registers: set[str]) -> Iterator[tuple[int, str]]:
    """Every use of a register that is not an argument of a reading function."""
    for match in re.finditer(r"\bIOV_\w+", text):
        if match[0] not in registers or ADDRESSES.fullmatch(match[0]):
            continue
        calls = csource.enclosing_calls(text, match.start())
        if not any(READERS.fullmatch(call) for call in calls):
            yield csource.line_of(text, match.start()), match[0]


def _may_write(register: str) -> tuple[str, ...] | None:
    for pattern, files in WRITERS:
        if re.fullmatch(pattern, register.removeprefix("IOV_")):
            return files
    return None


def registers_have_one_writer(sources: Sources) -> Iterator[str]:
    """One file writes each register. A file without any write may name all of them (a dump)."""
    registers = _registers(sources.get(REGISTER_FILE, ""))
    first_user: dict[str, str] = {}
    for path, text in _driver(sources):
        text = csource.code(text)
        if path != REGISTER_FILE and path not in RAW_WRITERS:
            for match in RAW_ACCESS.finditer(text):
                yield f"{path}:{csource.line_of(text, match.start())}: {match[1]}(): use iov_wr32()"
        if path == REGISTER_FILE or not re.search(r"wr32", text):
            continue
        for line, register in _register_uses(text, registers):
            owners = _may_write(register)
            owner = first_user.setdefault(register, path)
            if owners and path not in owners:
                yield f"{path}:{line}: {register} belongs to {' and '.join(owners)}"
            elif not owners and path != owner:
                yield f"{path}:{line}: {register} is written in {owner} as well"


# --- shape ------------------------------------------------------------------------------------


def no_hexadecimal_literals(sources: Sources) -> Iterator[str]:
    """A number in a .c file has a name, which is defined in a header."""
    for path, text in _driver(sources, ".c"):
        text = csource.code(text)
        for match in re.finditer(r"\b0[xX][0-9a-fA-F]+", text):
            yield f"{path}:{csource.line_of(text, match.start())}: {match[0]} needs a name"


def nothing_is_too_long(sources: Sources) -> Iterator[str]:
    """Functions and files are not too long."""
    for path, text in _driver(sources):
        lines = text.count("\n")
        if lines > MAX_FILE_LINES:
            yield f"{path}:{lines}: more than {MAX_FILE_LINES} lines"
        for function in csource.functions(text):
            if function.length > MAX_FUNCTION_LINES:
                yield (
                    f"{path}:{function.line}: {function.name}() has {function.length} lines, "
                    f"more than {MAX_FUNCTION_LINES}"
                )


def tests_have_different_names(sources: Sources) -> Iterator[str]:
    """One pytest process cannot import two files of one name from different directories."""
    seen: dict[str, str] = {}
    for path in sorted(sources):
        if re.fullmatch(r"tests/.*/test_\w+\.py", path):
            other = seen.setdefault(path.rpartition("/")[2], path)
            if other != path:
                yield f"{path}: has the name of {other}"


PREFIXES = (
    (re.compile(r"common/"), "iov_"),
    (re.compile(r"mailbox/"), "iov_mbx_"),
    (re.compile(r"pf/policy/"), "iov_pol_"),
    (re.compile(r"pf/vfio/"), "iov_vfio_"),
    (re.compile(r"pf/"), "iov_pf_"),
    (re.compile(r"vf/"), "iov_vf_"),
)


def names_say_the_room(sources: Sources) -> Iterator[str]:
    """The prefix of a function, static or not, is its directory; in pf/policy also the file."""
    for path, text in _driver(sources, ".c"):
        prefix = next(prefix for room, prefix in PREFIXES if room.match(path))
        end = ""
        if path.startswith("pf/policy/"):
            prefix, end = prefix + path.rpartition("/")[2].removesuffix(".c"), r"(?![a-z])"
        for function in csource.functions(text):
            if not re.match(prefix + end, function.name.removeprefix("__")):
                yield f"{path}:{function.line}: {function.name}() must be called {prefix}..."


# Files whose name, up to an underscore, is the second word of their functions: mbx_pf.c has
# iov_mbx_pf_. The static ones of the codec are named after the members of its table.
NAMED_BY_FILE = re.compile(r"(common|mailbox|pf/vfio|pf|vf)/(?:mbx_)?(\w+)\.c")


def names_say_the_file(sources: Sources) -> Iterator[str]:
    """The second word of a function is its file: rx_ in rx.c and rx_pool.c."""
    for path, text in _driver(sources, ".c"):
        match = NAMED_BY_FILE.fullmatch(path)
        if not match:
            continue
        prefix = next(prefix for room, prefix in PREFIXES if room.match(path))
        word = match[2].split("_")[0]
        for function in csource.functions(text):
            if path.startswith("mailbox/") and function.is_static:
                continue
            if not re.match(rf"(__)?{prefix}{word}(_|$)", function.name):
                yield f"{path}:{function.line}: {function.name}() must be called {prefix}{word}_..."


# What the files of a directory call of each other only: a comment is enough
INTERNAL = re.compile(r"pf/policy/internal\.h")


def functions_are_documented(sources: Sources) -> Iterator[str]:
    """
    A function that is not static has kernel-doc with Context: and, if needed, Return:.

    A function of pf/policy may be called in any context, as state.h says. The kernel documents the
    operations that its tables name: a comment is enough.
    """
    internal = " ".join(text for path, text in sources.items() if INTERNAL.fullmatch(path))
    operations = {
        name
        for path, text in _driver(sources, ".c")
        if path.startswith("pf/")
        for table in re.findall(r"^\t\.\w+ = \w+,$|^\tIOV_COMPAT_\w+_OPS\([^)]*\)$", text, re.M)
        for name in re.findall(r"\biov_\w+", table)
    }
    for path, text in _driver(sources, ".c"):
        policy = path.startswith("pf/policy/")
        for function in csource.functions(text):
            if function.is_static or re.search(rf"\b{function.name}\(", internal):
                continue
            if function.doc and function.name in operations:
                continue
            wanted = ["/**"] + ([] if policy else ["Context:"])
            wanted += [] if function.returns_void else ["Return:"]
            missing = [word for word in wanted if word not in function.doc]
            if missing:
                what = "kernel-doc" if "/**" in missing else " and ".join(missing)
                yield f"{path}:{function.line}: {function.name}() lacks {what}"


# Directories whose .c files call each other in one direction only
LAYERED = ("pf", "pf/policy", "vf")


def files_call_downwards(sources: Sources) -> Iterator[str]:
    """There is no cycle among the .c files of a directory."""
    for room in LAYERED:
        files = {
            path: text
            for path, text in _driver(sources, ".c")
            if path.rpartition("/")[0] == room
        }
        home = {
            function.name: path
            for path, text in files.items()
            for function in csource.functions(text)
            if not function.is_static
        }
        calls: dict[str, set[str]] = {}
        for path, text in files.items():
            names = re.findall(r"(?<!struct )\biov_\w+", csource.code(text))
            calls[path] = {home[name] for name in names if name in home} - {path}
        # Remove files above or below every cycle, layer by layer.
        while True:
            called = {other for others in calls.values() for other in others}
            ends = [path for path in calls if not calls[path] & calls.keys() or path not in called]
            if not ends:
                break
            for path in ends:
                del calls[path]
        for path in sorted(calls):
            others = ", ".join(sorted(calls[path] & calls.keys()))
            yield f"{path}: is in a cycle, it calls {others}"


# --- what must not be there -------------------------------------------------------------------


@dataclass(frozen=True)
class Ban:
    """A construct that is banned in files that match `where`."""

    pattern: str
    where: str
    why: str
    example: str


ANYWHERE = r".*\.[ch]"
BANS = (
    Ban(r"\bmodule_param\w*\s*\(", ANYWHERE, "module parameter", "module_param(x, int, 0);"),
    Ban(r"\binline\b", r".*\.c", "the compiler decides", "static inline int iov_x(void)"),
    Ban(r"^[ \t]*#\s*(if|ifdef|ifndef)\b", r".*\.c", "conditional code", "#ifdef CONFIG_X"),
    Ban(
        r"^[ \t]*#\s*(if(?!ndef IOV_\w+_H$)|elif|else\b)\b.*",
        r"(?!(common/compat|mailbox/trace)\.h).*\.h",
        "only the include guard; differences go to common/compat.h",
        "#if IS_ENABLED(CONFIG_X)",
    ),
    Ban(r"\bBUG(_ON)?\s*\(", ANYWHERE, "never stop the machine", "BUG_ON(!ring);"),
    Ban(
        r"\b(WARN\w*|pr_\w+|printk)\s*\(",
        r"mailbox/.*|pf/policy/.*|vf/(fsm|sync|count|path).*",
        "a peer can reach it",
        "WARN_ON(len > max);",
    ),
    Ban(r"\bmdelay\s*\(", ANYWHERE, "sleep or poll", "mdelay(10);"),
    Ban(r"\b__free\s*\(", ANYWHERE, "not in network drivers", "void *p __free(kfree) = NULL;"),
    Ban(
        r"\bLINUX_VERSION_CODE\b|\bKERNEL_VERSION\b",
        r"(?!common/compat\.h).*\.[ch]",
        "only in common/compat.h",
        "x = LINUX_VERSION_CODE;",
    ),
    Ban(
        r"\bndo_[gs]et_vf_port\b",
        ANYWHERE,
        "off limits for new drivers",
        ".ndo_set_vf_port = f,",
    ),
    Ban(r"\bpci_enable_msix?\w*", ANYWHERE, "pci_alloc_irq_vectors()", "pci_enable_msix(pdev);"),
    Ban(
        r"\b[us](8|16|32|64)\s+\w+\s*:\s*\d+\s*;",
        r"mailbox/wire\.h|common/desc\.h",
        "no bit field on the wire",
        "u32 id:4;",
    ),
)


def banned(sources: Sources, ban: Ban) -> Iterator[str]:
    """Uses of one banned construct."""
    for path, text in _driver(sources):
        if not re.fullmatch(ban.where, path):
            continue
        text = csource.code(text)
        for match in re.finditer(ban.pattern, text, re.M):
            yield f"{path}:{csource.line_of(text, match.start())}: {match[0].strip()}: {ban.why}"


def licences_are_named(sources: Sources) -> Iterator[str]:
    """Every file has its licence where its format puts it: in the first or second line."""
    exempt = re.compile(
        r"COPYING|\.gitignore|.*\.(md|json|ini|txt)|.*/corpus/.*"
        r"|debian/(changelog|copyright|source/format)"
    )
    for path, text in sorted(sources.items()):
        top = text.split("\n", 2)[:2]
        if not exempt.fullmatch(path) and "SPDX-License-Identifier: GPL-2.0" not in " ".join(top):
            yield f"{path}:1: no SPDX-License-Identifier: GPL-2.0"


# --- reasons ----------------------------------------------------------------------------------

REASON_TABLE, REASON_TEXT = "mailbox/reason.c", "Documentation/reasons.rst"
REASON_ENTRY = re.compile(
    r"^\.\. _reason-(\d+):\n\n(\d+) (\w+)\n   \*(\w+), (\w+)\*: (.+?)\n\n   Remedy: (.+?)\n\n",
    re.M | re.S,
)


def _reasons_in_code(sources: Sources) -> dict[int, tuple[str, ...]]:
    """Name, level, severity, text and remedy of each number."""
    numbers = dict(
        re.findall(r"\b(IOV_WIRE_WHY_\w+) = (\d+),", sources.get("mailbox/wire.h", ""))
    )
    entries = re.findall(
        r'\{ (IOV_WIRE_WHY_\w+), "(\w+)",\s*IOV_MBX_(\w+), IOV_MBX_(\w+), \w+,'
        r'\s*"([^"]+)",\s*"([^"]+)"\s*\}',
        sources.get(REASON_TABLE, ""),
    )
    return {
        int(numbers[why]): (name, level.lower(), severity.lower(), *rest)
        for why, name, level, severity, *rest in entries
    }


def reasons_are_documented(sources: Sources) -> Iterator[str]:
    """The table of reasons is the same in the code and in the documentation."""
    told = {}
    for match in REASON_ENTRY.finditer(sources.get(REASON_TEXT, "") + "\n"):
        anchor, code, name, severity, level, *words = match.groups()
        told[int(code)] = (name, level, severity, *(" ".join(text.split()) for text in words))
        if anchor != code:
            yield f"{REASON_TEXT}: {code} has the anchor of {anchor}"
    known = _reasons_in_code(sources)
    for code in sorted(known.keys() | told.keys()):
        if known.get(code) != told.get(code):
            yield f"{REASON_TEXT}: {code} is {told.get(code)}, in {REASON_TABLE} {known.get(code)}"


def remedies_name_a_place(sources: Sources) -> Iterator[str]:
    """A guest is told the reasons of its VF: each remedy says where it is carried out."""
    for name, level, _, _, remedy in _reasons_in_code(sources).values():
        if level == "vf" and not re.search("on the host|in the guest|^none needed", remedy):
            yield f"{REASON_TABLE}: {name}: on the host or in the guest? {remedy}"


FINDING_TABLE = "tools/iovctl/reason/finding.c"
FINDING_TEXTS = re.compile(r"Documentation/iovctl-[\w-]+\.8\.rst")
FINDING_TESTS = re.compile(r"tests/unit/test_iovctl_\w+\.(c|py)")
FINDING_CODE = re.compile(r'\bCODE\((\w+), (\w+),\s*"([^"]+)"\)')
FINDING_ENTRY = re.compile(
    r"^\.\. _iovctl-([a-z0-9-]+):\n\n(\w+)\n   \*(\w+)\*: .+?\n\n   Remedy: (.+?)\n\n",
    re.M | re.S,
)


def findings_are_documented(sources: Sources) -> Iterator[str]:
    """Each reason of iovctl is in one man page and in a test; the driver's have its remedy."""
    known = {
        name: (effect.lower(), remedy)
        for name, effect, remedy in FINDING_CODE.findall(sources.get(FINDING_TABLE, ""))
    }
    told = {}
    for page in filter(FINDING_TEXTS.fullmatch, sorted(sources)):
        for anchor, name, effect, remedy in FINDING_ENTRY.findall(sources.get(page, "") + "\n"):
            if anchor != name.lower().replace("_", "-"):
                yield f"{page}: {name} has the anchor of {anchor}"
            if name in told:
                yield f"{page}: {name} has two entries"
            told[name] = (effect, " ".join(remedy.split()))
    for name in sorted(known.keys() | told.keys()):
        if known.get(name) != told.get(name):
            yield f"{FINDING_TABLE}: {name} is {known.get(name)}, its man page has {told.get(name)}"
    for name, _, _, _, remedy in _reasons_in_code(sources).values():
        if name in known and known[name][1] != remedy:
            yield f"{FINDING_TABLE}: {name} has not the remedy of {REASON_TABLE}: {remedy}"
    tests = "\n".join(text for path, text in sources.items() if FINDING_TESTS.fullmatch(path))
    for name in sorted(known):
        if not re.search(rf"(\b|IOVCTL_CODE_){name}\b", tests):
            yield f"{FINDING_TABLE}: no test names {name}"


STATUS_TABLE, STATUS_TEXT = "mailbox/status.c", "Documentation/mailbox.rst"
STATUS_ENTRY = re.compile(r"\[IOV_WIRE_ST_(\w+)\] = \{\s*(E\w+),")
STATUS_ROW = re.compile(r"^\d+ +([A-Z]+) +(E[A-Z]+) ", re.M)


def statuses_are_documented(sources: Sources) -> Iterator[str]:
    """Every status has the same errno in the code and in the documentation."""
    told = dict(STATUS_ROW.findall(sources.get(STATUS_TEXT, "")))
    known = dict(STATUS_ENTRY.findall(sources.get(STATUS_TABLE, "")))
    for name in sorted(known.keys() | told.keys()):
        if known.get(name) != told.get(name):
            yield f"{STATUS_TEXT}: {name} is {told.get(name)}, in {STATUS_TABLE} {known.get(name)}"


# Written so that no pattern matches itself
FOREIGN = re.compile(
    r"[\w.-]+\.(debian|ubuntu)\.(org|com|net)\b|\bpypi\.org|\bdeb (\[.*\] )?https?:"
    r"|\b(this|previous|earlier|last|next|another|coding|my|our) session[s]?\b"
    r"|(?-i:\b[A]I\b|\b[L]LM)"
    r"|language [m]odel|\b[c]laude\b|\b[c]hatgpt\b|\b[c]opilot\b"
    r"|/tmp/[r]ef\b|/work/[\w.]|shared/[f]acts|\bfacts/\w+\.md",
    re.IGNORECASE,
)

# The first line of debian/copyright
COPYRIGHT_FORMAT = (
    "Format: https://www.debian" + ".org/doc/packaging-manuals/copyright-format/1.0/\n"
)


def the_text_is_about_the_project(sources: Sources) -> Iterator[str]:
    """No package hosts, and nothing about how, where and with what the text was written."""
    for path, text in sorted(sources.items()):
        for match in FOREIGN.finditer(text.removeprefix(COPYRIGHT_FORMAT)):
            line = csource.line_of(text, match.start())
            yield f"{path}:{line}: '{match[0]}' does not belong here"


# Words that hide the subject, or need a second reading. Written so that none matches itself
GAP = r"\s+(?:(?:\*|#|//)\s+)?"
PLAIN = re.compile(
    rf"\b([n]obody|[s]omebody|[s]omeone|who[e]ver|[s]hall|[a]new|so{GAP}long|of{GAP}whom"
    rf"|takes{GAP}a{GAP}breath|is{GAP}not{GAP}listened{GAP}to|good-?[b]ye)\b",
    re.IGNORECASE,
)
# The licence, and inputs of the fuzzers
NOT_PLAIN = re.compile(r"COPYING|.*/corpus/.*")


def words_are_plain(sources: Sources) -> Iterator[str]:
    """No word of PLAIN in comments, strings and documentation."""
    for path, text in sorted(sources.items()):
        if NOT_PLAIN.fullmatch(path):
            continue
        for match in PLAIN.finditer(text):
            words = " ".join(re.findall(r"[\w-]+", match[0]))
            yield f"{path}:{csource.line_of(text, match.start())}: '{words}': name what acts"


def comments_name_what_exists(sources: Sources) -> Iterator[str]:
    """Functions that comments of the drivers name are in the tree."""
    known: set[str] = set()
    for _, text in _driver(sources):
        known.update(re.findall(r"\biov_\w+", csource.code(text)))
    for path, text in _driver(sources):
        for match in re.finditer(r"\biov_\w+(?=\(\))", text):
            if match[0] not in known:
                yield f"{path}:{csource.line_of(text, match.start())}: {match[0]}() does not exist"


# --- documentation ----------------------------------------------------------------------------

DOCUMENT = re.compile(r"Documentation/.*\.rst|README\.md|CONTRIBUTING\.md")
NAMED_FILE = re.compile(
    r"\b(?:(?:common|mailbox|pf|vf|tests|tools|Documentation)/[\w/.-]+|[\w-]+)\.(?:rst|[ch]|py)\b"
)
NAMED_FUNCTION = re.compile(r"\biov_\w+(?=\(\))")


def documents_name_what_exists(sources: Sources) -> Iterator[str]:
    """Files and functions that the documentation names are in the tree."""
    known = {part for path in sources for part in (path, path.rsplit("/", 1)[-1])}
    driver = "\n".join(text for _, text in _driver(sources))
    for path, text in sorted(sources.items()):
        if not DOCUMENT.fullmatch(path):
            continue
        for match in NAMED_FILE.finditer(text):
            if match[0] not in known:
                yield f"{path}:{csource.line_of(text, match.start())}: {match[0]} does not exist"
        for match in NAMED_FUNCTION.finditer(text):
            if not re.search(rf"\b{match[0]}\b", driver):
                yield f"{path}:{csource.line_of(text, match.start())}: {match[0]}() does not exist"
