# SPDX-License-Identifier: GPL-2.0-only
"""The tree follows the style rules, and every rule finds a violation."""

import pytest
import repository
import rules

REGS = "#define IOV_VFRE 0x1\n#define IOV_CTRL 0x2\n#define IOV_CTRL_RST BIT(26)\n"
ENTER = "void iov_f(void)\n{\n"
REASON_SOURCES = {
    "mailbox/wire.h": "\tIOV_WIRE_WHY_A = 3,\n\tIOV_WIRE_WHY_B = 7,\n",
    "mailbox/reason.c": '{ IOV_WIRE_WHY_A, "A",\n  IOV_MBX_VF, IOV_MBX_INFO, true,\n'
    '  "so",\n  "do" },\n'
    '{ IOV_WIRE_WHY_B, "B",\n  IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false,\n  "b b",\n  "c" },\n',
}
STATUS_CODE = (
    '\t[IOV_WIRE_ST_PERM] = { EPERM, "no" },\n\t[IOV_WIRE_ST_NORES] = {\n\t\tENOSPC, "full"\n'
)
STATUS_TEXT = "5      PERM        EPERM        forbidden\n6      NORES       ENOSPC       full\n"
REASON_A = ".. _reason-3:\n\n3 A\n   *info, vf*: so\n\n   Remedy: do\n\n"
FINDING = {
    "tools/iovctl/reason/finding.c": '\tCODE(NO_X, GUESTS,\n\t     "do it"),\n',
    "tests/unit/test_iovctl_x.c": "CHECK(has(IOVCTL_CODE_NO_X));\n",
}
FINDING_PAGE = ".. _iovctl-no-x:\n\nNO_X\n   *guests*: there is no x\n\n   Remedy: do\n   it\n\n"
HOST_PAGE = "Documentation/iovctl-host.8.rst"
REASON_B = ".. _reason-7:\n\n7 B\n   *blocking, device*: b\n   b\n\n   Remedy: c\n\n"

# Every rule, sources that violate it, and the finding
BROKEN = [
    (
        rules.reasons_are_documented,
        REASON_SOURCES | {"Documentation/reasons.rst": REASON_A},
        "Documentation/reasons.rst: 7 is None, in mailbox/reason.c "
        "('B', 'device', 'blocking', 'b b', 'c')",
    ),
    (
        rules.reasons_are_documented,
        REASON_SOURCES
        | {"Documentation/reasons.rst": REASON_A + REASON_B.replace("Remedy: c", "Remedy: d")},
        "Documentation/reasons.rst: 7 is ('B', 'device', 'blocking', 'b b', 'd'), "
        "in mailbox/reason.c ('B', 'device', 'blocking', 'b b', 'c')",
    ),
    (
        rules.reasons_are_documented,
        REASON_SOURCES
        | {"Documentation/reasons.rst": REASON_A + REASON_B.replace("_reason-7", "_reason-8")},
        "Documentation/reasons.rst: 7 has the anchor of 8",
    ),
    (
        rules.remedies_name_a_place,
        REASON_SOURCES,
        "mailbox/reason.c: A: on the host or in the guest? do",
    ),
    (
        rules.findings_are_documented,
        FINDING,
        "tools/iovctl/reason/finding.c: NO_X is ('guests', 'do it'), its man page has None",
    ),
    (
        rules.findings_are_documented,
        FINDING | {HOST_PAGE: FINDING_PAGE.replace("guests", "warning")},
        "tools/iovctl/reason/finding.c: NO_X is ('guests', 'do it'), "
        "its man page has ('warning', 'do it')",
    ),
    (
        rules.findings_are_documented,
        FINDING | {HOST_PAGE: FINDING_PAGE.replace("-no-x", "-no-y")},
        "Documentation/iovctl-host.8.rst: NO_X has the anchor of no-y",
    ),
    (
        rules.findings_are_documented,
        FINDING | {HOST_PAGE: FINDING_PAGE * 2},
        "Documentation/iovctl-host.8.rst: NO_X has two entries",
    ),
    (
        rules.findings_are_documented,
        {name: text.replace('"A"', '"NO_X"') for name, text in REASON_SOURCES.items()}
        | FINDING
        | {HOST_PAGE: FINDING_PAGE},
        "tools/iovctl/reason/finding.c: NO_X has not the remedy of mailbox/reason.c: do",
    ),
    (
        rules.findings_are_documented,
        FINDING | {HOST_PAGE: FINDING_PAGE, "tests/unit/test_iovctl_x.c": "NO_XY"},
        "tools/iovctl/reason/finding.c: no test names NO_X",
    ),
    (
        rules.statuses_are_documented,
        {
            "mailbox/status.c": STATUS_CODE,
            "Documentation/mailbox.rst": STATUS_TEXT.replace("EPERM", "EACCES"),
        },
        "Documentation/mailbox.rst: PERM is EACCES, in mailbox/status.c EPERM",
    ),
    (
        rules.statuses_are_documented,
        {
            "mailbox/status.c": STATUS_CODE,
            "Documentation/mailbox.rst": STATUS_TEXT.splitlines()[0],
        },
        "Documentation/mailbox.rst: NORES is None, in mailbox/status.c ENOSPC",
    ),
    (
        rules.includes_point_inward,
        {"common/tx.c": '#include "pf/pf.h"\n'},
        "common/tx.c:1: must not include pf/pf.h",
    ),
    (
        rules.includes_point_inward,
        {"common/regs.h": '\n#include "common/io.h"\n'},
        "common/regs.h:2: must not include common/io.h",
    ),
    (
        rules.includes_point_inward,
        {"vf/request.c": '#include "pf/policy/policy.h"\n'},
        "vf/request.c:1: must not include pf/policy/policy.h",
    ),
    (
        rules.pure_files_stay_pure,
        {"pf/policy/admit.c": "#include <linux/types.h>\n#include <linux/slab.h>\n"},
        "pf/policy/admit.c:2: a pure file must not include linux/slab.h",
    ),
    (
        rules.registers_have_one_writer,
        {"common/regs.h": REGS, "pf/sriov.c": ENTER + "\tiov_wr32(io, IOV_VFRE, 1);\n}\n"},
        "pf/sriov.c:3: IOV_VFRE belongs to pf/pool.c",
    ),
    (
        rules.registers_have_one_writer,
        {
            "common/regs.h": REGS,
            "pf/hw.c": ENTER + "\tiov_wr32(io, IOV_CTRL, IOV_CTRL_RST);\n}\n",
            "pf/link.c": ENTER + "\tiov_wr32(io, IOV_CTRL,\n\t\t iov_rd32(io, IOV_CTRL));\n}\n",
        },
        "pf/link.c:3: IOV_CTRL is written in pf/hw.c as well",
    ),
    (
        rules.registers_have_one_writer,
        {"pf/hw.c": ENTER + "\twritel(1, pf->base);\n}\n"},
        "pf/hw.c:3: writel(): use iov_wr32()",
    ),
    (
        rules.no_hexadecimal_literals,
        {"pf/hw.c": '/* 0x1 */\n#define A "0x2"\n#define B 0x3\n'},
        "pf/hw.c:3: 0x3 needs a name",
    ),
    (
        rules.nothing_is_too_long,
        {"pf/hw.c": "\nint iov_f(int a,\n\t  int b)\n{\n" + "\tf();\n" * 77 + "}\n"},
        "pf/hw.c:2: iov_f() has 81 lines, more than 80",
    ),
    (
        rules.nothing_is_too_long,
        {"pf/hw.c": "\n" * 601},
        "pf/hw.c:601: more than 600 lines",
    ),
    (
        rules.tests_have_different_names,
        {"tests/lab/test_x.py": "", "tests/unit/test_x.py": "", "tests/unit/x.py": ""},
        "tests/unit/test_x.py: has the name of tests/lab/test_x.py",
    ),
    (
        rules.names_say_the_room,
        {"vf/hw.c": "static int iov_pf_reset(void)\n{\n}\n"},
        "vf/hw.c:1: iov_pf_reset() must be called iov_vf_...",
    ),
    (
        rules.names_say_the_room,
        {"pf/policy/vf.c": "static void iov_pol_admit(void)\n{\n}\n"},
        "pf/policy/vf.c:1: iov_pol_admit() must be called iov_pol_vf...",
    ),
    (
        rules.names_say_the_file,
        {"common/rx_pool.c": "void iov_ring_fill(void)\n{\n}\nvoid iov_rx_fill(void)\n{\n}\n"},
        "common/rx_pool.c:1: iov_ring_fill() must be called iov_rx_...",
    ),
    (
        rules.names_say_the_file,
        {"mailbox/mbx_pf.c": "void iov_mbx_vf_init(void)\n{\n}\nvoid iov_mbx_pf_a(void)\n{\n}\n"},
        "mailbox/mbx_pf.c:1: iov_mbx_vf_init() must be called iov_mbx_pf_...",
    ),
    (
        rules.comments_name_what_exists,
        {"vf/hw.c": "/* As iov_vf_a() and iov_vf_hw_b(). */\nint iov_vf_hw_b(void)\n{\n}\n"},
        "vf/hw.c:1: iov_vf_a() does not exist",
    ),
    (
        rules.files_call_downwards,
        {
            "vf/a.c": "void iov_vf_a(void)\n{\n\tiov_vf_b();\n}\n",
            "vf/b.c": "void iov_vf_b(void)\n{\n\tiov_vf_b();\n\tiov_vf_c();\n}\n",
            "vf/c.c": "void iov_vf_c(void)\n{\n\tiov_vf_b();\n\tiov_vf_d();\n}\n",
            "vf/d.c": "void iov_vf_d(void)\n{\n}\n",
        },
        ["vf/b.c: is in a cycle, it calls vf/c.c", "vf/c.c: is in a cycle, it calls vf/b.c"],
    ),
    (
        rules.functions_are_documented,
        {"vf/hw.c": "int iov_vf_reset(void)\n{\n}\n"},
        "vf/hw.c:1: iov_vf_reset() lacks kernel-doc",
    ),
    (
        rules.functions_are_documented,
        {"vf/hw.c": "/**\n * iov_vf_reset() - x\n */\nint iov_vf_reset(void)\n{\n}\n"},
        "vf/hw.c:4: iov_vf_reset() lacks Context: and Return:",
    ),
    (
        rules.functions_are_documented,
        {"pf/policy/vf.c": "/**\n * iov_pol_vf() - x\n */\nint iov_pol_vf(void)\n{\n}\n"},
        "pf/policy/vf.c:4: iov_pol_vf() lacks Return:",
    ),
    (
        rules.licences_are_named,
        {"tools/x": "#!/bin/bash\n"},
        "tools/x:1: no SPDX-License-Identifier: GPL-2.0",
    ),
    (
        rules.the_text_is_about_the_project,
        {"README.md": "\nget it from ftp.example." + "debian.org\n"},
        "README.md:2: 'ftp.example." + "debian.org' does not belong here",
    ),
    (
        rules.the_text_is_about_the_project,
        {"README.md": "as found in the last " + "session\n"},
        "README.md:1: 'last " + "session' does not belong here",
    ),
    (
        rules.words_are_plain,
        {"README.md": "The PF waits;\nno" + "body asks.\n"},
        "README.md:2: 'no" + "body': name what acts",
    ),
    (
        rules.words_are_plain,
        {"Makefile": "# It stays so\n# long" + " the VF waits.\n"},
        "Makefile:1: 'so " + "long': name what acts",
    ),
    (
        rules.documents_name_what_exists,
        {"Documentation/x.rst": "See ``pf/hw.c``\nand ``rx.c``.\n", "pf/hw.c": ""},
        "Documentation/x.rst:2: rx.c does not exist",
    ),
    (
        rules.documents_name_what_exists,
        {"README.md": "Call `iov_pf_x()`.\n", "pf/hw.c": "int iov_pf_xy(void);\n"},
        "README.md:1: iov_pf_x() does not exist",
    ),
]

# Sources that the rules must accept
KEPT = [
    (
        rules.names_say_the_file,
        {"mailbox/message.c": "static void iov_mbx_get_vlan(void)\n{\n}\n"},
    ),
    (rules.words_are_plain, {"README.md": "so longer frames\n", "COPYING": "you s" + "hall\n"}),
    (
        rules.reasons_are_documented,
        REASON_SOURCES | {"Documentation/reasons.rst": REASON_A + REASON_B},
    ),
    (
        rules.remedies_name_a_place,
        {name: text.replace('"do"', '"in the guest: do"') for name, text in REASON_SOURCES.items()},
    ),
    (rules.findings_are_documented, FINDING | {HOST_PAGE: FINDING_PAGE}),
    (
        rules.statuses_are_documented,
        {"mailbox/status.c": STATUS_CODE, "Documentation/mailbox.rst": STATUS_TEXT},
    ),
    (rules.includes_point_inward, {"pf/hw.c": '#include "common/io.h"\n#include <linux/pci.h>\n'}),
    (
        rules.registers_have_one_writer,
        {
            "common/regs.h": REGS,
            "pf/ethtool.c": "static const u32 dump[] = { IOV_VFRE, IOV_CTRL };\n",
            "pf/hw.c": ENTER + "\tiov_wr32(io, IOV_CTRL, iov_rd32(io, IOV_VFRE));\n}\n",
        },
    ),
    (
        rules.functions_are_documented,
        {"vf/hw.c": "/**\n * iov_vf_x() - x\n * Context: any\n */\nvoid iov_vf_x(void)\n{\n}\n"},
    ),
    (
        rules.functions_are_documented,
        {
            "pf/policy/vf.c": "/* True if so */\nbool iov_pol_vf_x(void)\n{\n}\n",
            "pf/policy/internal.h": "bool iov_pol_vf_x(void);\n",
        },
    ),
    (
        rules.names_say_the_room,
        {"pf/pool.c": "static void __iov_pf_pool_stop(struct iov_pf *pf)\n{\n\tif (x) {\n\t}\n}\n"},
    ),
]

RULES = list(dict.fromkeys(rule for rule, _, _ in BROKEN))


def name(value):
    return getattr(value, "__name__", None)


def report(findings):
    if found := list(findings):
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_tree(rule):
    report(rule(repository.sources()))


@pytest.mark.parametrize("ban", rules.BANS, ids=lambda ban: ban.example)
def test_tree_has_no(ban):
    report(rules.banned(repository.sources(), ban))


def test_commit_messages():
    report(rules.the_text_is_about_the_project(repository.commit_messages()))


def test_words_of_commit_messages():
    """In messages of the commits after this test was added."""
    first = repository.commit_that_added("def test_words_of_commit", "tests/lint/test_rules.py")
    if first:
        report(rules.words_are_plain(repository.commit_messages(first)))


@pytest.mark.parametrize("rule, sources, finding", BROKEN, ids=name)
def test_rule_finds(rule, sources, finding):
    assert list(rule(sources)) == (finding if isinstance(finding, list) else [finding])


@pytest.mark.parametrize("rule, sources", KEPT, ids=name)
def test_rule_lets_pass(rule, sources):
    report(rule(sources))


@pytest.mark.parametrize("ban", rules.BANS, ids=lambda ban: ban.example)
def test_ban_finds(ban):
    path = next(
        path
        for path in ("pf/hw.c", "mailbox/wire.h", "pf/pf.h", "mailbox/codec.c")
        if rules.re.fullmatch(ban.where, path)
    )
    found = list(rules.banned({path: f"\n{ban.example}\n"}, ban))
    assert len(found) == 1 and found[0].startswith(f"{path}:2: ") and ban.why in found[0]
