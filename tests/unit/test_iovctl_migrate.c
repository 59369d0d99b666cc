// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/migrate/migrate_verdict.c: what is in the way of a migration. */

#include <string.h>

#include "tap.h"

#include "tools/iovctl/migrate/migrate_verdict.h"

#define MAC	"02:00:00:00:00:01"

static struct iovctl_facts source, target;
static struct iovctl_reasons reasons;
static bool listens;

#define PUT(field, text) strcpy(field, text)

/* A guest that can be migrated, and gets a VF */
static void host(struct iovctl_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	PUT(facts->standby, "soft0");
	PUT(facts->mac, MAC);
	PUT(facts->tap, "tap0");
	PUT(facts->bridge, "br0");
	facts->tap_up = true;
	facts->tap_mtu = 1500;
	PUT(facts->pf, "pf0");
	PUT(facts->pf_driver, "iovnic_pf");
	PUT(facts->pf_bridge, "br0");
	facts->pf_up = true;
	facts->pf_carrier = true;
	facts->pf_mtu = 1500;
	facts->numvfs = 2;
	facts->rescinds = true;
	PUT(facts->vf_pci, "0000:01:10.0");
}

static void begin(void)
{
	host(&source);
	PUT(source.status, "running");
	PUT(source.vf_mac, MAC);
	PUT(source.vf_id, "vf0");
	PUT(source.vf_bus, "vfport0");
	PUT(source.session, "path");
	host(&target);
	PUT(target.status, "inmigrate");
	target.has_bus = true;
	listens = true;
}

static enum iovctl_severity verdict(void)
{
	return iovctl_verdict(&source, &target, listens, &reasons);
}

static bool has(enum iovctl_why why, enum iovctl_place place)
{
	int i;

	for (i = 0; i < reasons.num; i++)
		if (reasons.reason[i].why == why && reasons.reason[i].place == place)
			return reasons.reason[i].text[0];
	return false;
}

/* The only reason, which has this effect */
static bool only(enum iovctl_why why, enum iovctl_place place, enum iovctl_severity severity)
{
	const bool found = verdict() == severity && reasons.num == 1 && has(why, place);
	int i;

	for (i = 0; !found && i < reasons.num; i++)
		printf("# %s: %s\n", iovctl_why_name(reasons.reason[i].why),
		       reasons.reason[i].text);
	begin();
	return found;
}

static void nothing_is_in_the_way(void)
{
	begin();
	CHECK_EQ(verdict(), IOVCTL_INFO);
	CHECK_EQ(reasons.num, 0);
	CHECK(iovctl_is_soft(&source));
}

static void qemu(void)
{
	begin();
	PUT(source.status, "paused");
	CHECK(only(IOVCTL_GUEST_NOT_RUNNING, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	PUT(source.migration, "active");
	CHECK(only(IOVCTL_MIGRATION_ACTIVE, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	PUT(source.migration, "setup");
	CHECK(only(IOVCTL_MIGRATION_ACTIVE, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	PUT(source.migration, "device");
	CHECK(only(IOVCTL_MIGRATION_ACTIVE, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	PUT(source.migration, "cancelled");
	CHECK_EQ(verdict(), IOVCTL_INFO);
	begin();
	PUT(target.status, "running");
	CHECK(only(IOVCTL_NOT_INCOMING, IOVCTL_TARGET, IOVCTL_BLOCKING));
	listens = false;
	CHECK(only(IOVCTL_NOT_LISTENING, IOVCTL_TARGET, IOVCTL_BLOCKING));
	listens = false;
	PUT(target.migration, "setup");
	CHECK_EQ(verdict(), IOVCTL_INFO);
}

static void unreachable(void)
{
	memset(&source, 0, sizeof(source));
	memset(&target, 0, sizeof(target));
	PUT(source.error, "no such file");
	PUT(target.error, "no such host");
	CHECK_EQ(verdict(), IOVCTL_BLOCKING);
	CHECK_EQ(reasons.num, 2);
	CHECK(has(IOVCTL_QEMU_UNREACHABLE, IOVCTL_SOURCE));
	CHECK(has(IOVCTL_QEMU_UNREACHABLE, IOVCTL_TARGET));
}

static void software_path(void)
{
	begin();
	source.standby[0] = '\0';
	CHECK(only(IOVCTL_NO_STANDBY, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	target.standby[0] = '\0';
	CHECK(only(IOVCTL_NO_STANDBY, IOVCTL_TARGET, IOVCTL_BLOCKING));
	PUT(target.standby, "soft1");
	CHECK(only(IOVCTL_STANDBY_DIFFERS, IOVCTL_TARGET, IOVCTL_BLOCKING));
	PUT(target.mac, "02:00:00:00:00:02");
	CHECK(only(IOVCTL_STANDBY_DIFFERS, IOVCTL_TARGET, IOVCTL_BLOCKING));
	target.tap[0] = '\0';
	target.bridge[0] = '\0';
	CHECK(only(IOVCTL_NO_TAP, IOVCTL_TARGET, IOVCTL_BLOCKING));
	target.bridge[0] = '\0';
	target.pf[0] = '\0';
	CHECK(only(IOVCTL_NO_BRIDGE, IOVCTL_TARGET, IOVCTL_BLOCKING));
	source.tap_up = false;
	CHECK(only(IOVCTL_STANDBY_DOWN, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	source.tap_up = false;
	source.bridge[0] = '\0';
	CHECK_EQ(verdict(), IOVCTL_BLOCKING);
	CHECK(has(IOVCTL_NO_BRIDGE, IOVCTL_SOURCE));
	CHECK(!strcmp(reasons.reason[1].text, "tap0 is down"));
}

static void pf(void)
{
	begin();
	PUT(source.pf_bridge, "br1");
	CHECK(only(IOVCTL_PF_NOT_IN_BRIDGE, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	source.pf_bridge[0] = '\0';
	CHECK(only(IOVCTL_PF_NOT_IN_BRIDGE, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	target.pf_up = false;
	target.pf_carrier = false;
	CHECK(only(IOVCTL_PF_DOWN, IOVCTL_TARGET, IOVCTL_BLOCKING));
	target.pf_carrier = false;
	CHECK(only(IOVCTL_PF_NO_LINK, IOVCTL_TARGET, IOVCTL_INFO));
	PUT(source.vf_mac, "02:00:00:00:00:02");
	CHECK(only(IOVCTL_MAC_DIFFERS, IOVCTL_SOURCE, IOVCTL_BLOCKING));
	source.vf_mac[0] = '\0';
	CHECK_EQ(verdict(), IOVCTL_INFO);
}

/* The guest keeps its MTU, so the target must carry it. */
static void mtu(void)
{
	begin();
	source.tap_mtu = 9000;
	CHECK(only(IOVCTL_MTU_SMALLER, IOVCTL_TARGET, IOVCTL_BLOCKING));
	source.pf_mtu = 9000;
	CHECK(only(IOVCTL_MTU_SMALLER, IOVCTL_TARGET, IOVCTL_BLOCKING));
	source.pf_mtu = 9000;
	source.tap_mtu = 9000;
	CHECK_EQ(verdict(), IOVCTL_BLOCKING);
	CHECK_EQ(reasons.num, 2);
	target.tap_mtu = 9000;
	target.pf_mtu = 9500;
	CHECK_EQ(verdict(), IOVCTL_INFO);
}

static void target_without_vf(void)
{
	begin();
	target.numvfs = 0;
	target.vf_pci[0] = '\0';
	CHECK(only(IOVCTL_SRIOV_OFF, IOVCTL_TARGET, IOVCTL_SOFTWARE));
	target.vf_pci[0] = '\0';
	PUT(target.no_vf, "VF 0 is in use");
	CHECK(only(IOVCTL_NO_FREE_VF, IOVCTL_TARGET, IOVCTL_SOFTWARE));
	target.pf[0] = '\0';
	target.vf_pci[0] = '\0';
	CHECK(only(IOVCTL_NO_PF, IOVCTL_TARGET, IOVCTL_SOFTWARE));
	target.has_bus = false;
	CHECK(only(IOVCTL_NO_PORT, IOVCTL_TARGET, IOVCTL_SOFTWARE));
}

static void drivers(void)
{
	begin();
	PUT(source.session, "legacy");
	CHECK(!iovctl_is_soft(&source));
	CHECK(only(IOVCTL_GUEST_LEGACY_DRIVER, IOVCTL_SOURCE, IOVCTL_INFO));
	PUT(source.session, "silent");
	CHECK(only(IOVCTL_GUEST_LEGACY_DRIVER, IOVCTL_SOURCE, IOVCTL_INFO));
	PUT(source.session, "withheld");
	CHECK(!iovctl_is_soft(&source));
	source.rescinds = false;
	source.session[0] = '\0';
	CHECK(!iovctl_is_soft(&source));
	CHECK(only(IOVCTL_PF_CANNOT_RESCIND, IOVCTL_SOURCE, IOVCTL_INFO));
	source.vf_pci[0] = '\0';
	CHECK(!iovctl_is_soft(&source));
	CHECK(only(IOVCTL_GUEST_HAS_NO_VF, IOVCTL_SOURCE, IOVCTL_INFO));
}

static void all_at_once(void)
{
	begin();
	PUT(source.status, "paused");
	source.tap_up = false;
	source.pf_up = false;
	PUT(target.status, "running");
	target.tap_mtu = 1400;
	target.numvfs = 0;
	CHECK_EQ(verdict(), IOVCTL_BLOCKING);
	CHECK_EQ(reasons.num, 6);
	CHECK(has(IOVCTL_SRIOV_OFF, IOVCTL_TARGET));
}

static void words(void)
{
	int i, room = sizeof(reasons.reason) / sizeof(reasons.reason[0]);
	int why;

	for (why = 0; why < IOVCTL_WHYS; why++) {
		CHECK(iovctl_why_name(why)[0]);
		CHECK(iovctl_why_remedy(why)[0]);
		CHECK(iovctl_severity_name(iovctl_why_severity(why))[0]);
	}
	CHECK(!strcmp(iovctl_place_name(IOVCTL_SOURCE), "source"));
	CHECK(!strcmp(iovctl_place_name(IOVCTL_TARGET), "target"));
	reasons.num = 0;
	for (i = 0; i <= room; i++)
		iovctl_reason_add(&reasons, IOVCTL_CANCELLED, IOVCTL_SOURCE, "%d", i);
	CHECK_EQ(reasons.num, room);
}

TAP_MAIN(TAP_TEST(nothing_is_in_the_way), TAP_TEST(qemu), TAP_TEST(unreachable),
	 TAP_TEST(software_path), TAP_TEST(pf), TAP_TEST(mtu), TAP_TEST(target_without_vf),
	 TAP_TEST(drivers), TAP_TEST(all_at_once), TAP_TEST(words))
