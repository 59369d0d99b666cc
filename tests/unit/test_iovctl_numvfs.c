// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/numvfs/numvfs_check.c: what forbids another number of VFs. */

#include <string.h>

#include "refusals.h"
#include "tap.h"

#include "tools/iovctl/numvfs/numvfs.h"

static struct iovctl_numvfs numvfs;

/* From 2 VFs, which are free, to 4 */
static void begin(void)
{
	memset(&numvfs, 0, sizeof(numvfs));
	strcpy(numvfs.pci, "0000:01:00.0");
	strcpy(numvfs.pf, "pf0");
	numvfs.capable = true;
	numvfs.allowed = 7;
	numvfs.before = 2;
	numvfs.wanted = 4;
	numvfs.use.held = IOVCTL_NO;
	numvfs.may = true;
}

/* Whether exactly this forbids it; "" for nothing */
static bool says(const char *text)
{
	bool found;

	memset(&refusals, 0, sizeof(refusals));
	iovctl_numvfs_check(&numvfs, &refusals);
	found = is_refused_by(text);
	begin();
	return found;
}

static void number(void)
{
	begin();
	CHECK(says(""));
	numvfs.wanted = 0;
	CHECK(says(""));
	numvfs.wanted = 7;
	CHECK(says(""));
	numvfs.wanted = 8;
	CHECK(says("pf0 cannot have 8 VFs"));
	numvfs.capable = false;
	numvfs.pf[0] = '\0';
	CHECK(says("0000:01:00.0 has no SR-IOV capability"));
	strcpy(numvfs.blocking, "NO_VF_BAR_SPACE: none");
	strcpy(numvfs.blocking_remedy, "make some");
	CHECK(says("NO_VF_BAR_SPACE: none"));
	/* What prevents VFs does not prevent to remove them. */
	strcpy(numvfs.blocking, "NO_VF_BAR_SPACE: none");
	numvfs.wanted = 0;
	CHECK(says(""));
}

static void users(void)
{
	begin();
	numvfs.use.held = IOVCTL_YES;
	strcpy(numvfs.use.users, "VF 1 by guest web");
	CHECK(says("and some are in use: VF 1 by guest web"));
	CHECK(strstr(refusals.refusal[0].remedy, "the word force"));
	/* The word does not help if the driver keeps the VF. */
	numvfs.use.held = IOVCTL_YES;
	numvfs.use.kept = true;
	CHECK(says("some are in use"));
	CHECK(!strcmp(refusals.refusal[0].remedy, IOVCTL_END_USERS));
	numvfs.use.held = IOVCTL_YES;
	numvfs.force = true;
	CHECK(says(""));
	numvfs.use.held = IOVCTL_MAYBE;
	CHECK(says("not known whether VFs of pf0 are in use"));
	numvfs.use.held = IOVCTL_MAYBE;
	numvfs.before = 0;
	CHECK(says(""));
	/* The same number changes nothing. */
	numvfs.use.held = IOVCTL_YES;
	numvfs.wanted = 2;
	numvfs.may = false;
	CHECK(says(""));
	/* Default settings do: the VFs are created again. */
	numvfs.use.held = IOVCTL_YES;
	numvfs.wanted = 2;
	numvfs.defaults = true;
	CHECK(says("some are in use"));
	numvfs.wanted = 0;
	numvfs.before = 0;
	numvfs.defaults = true;
	CHECK(says(""));
}

static void former(void)
{
	begin();
	strcpy(numvfs.unreadable, "the file is cut");
	CHECK(says("the settings of the VFs are not known: the file is cut"));
	strcpy(numvfs.unreadable, "the file is cut");
	numvfs.defaults = true;
	CHECK(says(""));
	numvfs.may = false;
	CHECK(says("only root"));
}

TAP_MAIN(TAP_TEST(number), TAP_TEST(users), TAP_TEST(former))
