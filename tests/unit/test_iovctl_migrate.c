// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/migrate/migrate_verdict.c: what is in the way of a migration. */

#include <string.h>

#include "findings.h"

#include "tools/iovctl/migrate/migrate_verdict.h"

#define MAC	"02:00:00:00:00:01"

static struct iovctl_facts source, target;
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

static enum iovctl_effect verdict(void)
{
	findings.num = 0;
	return iovctl_verdict(&source, &target, listens, &findings);
}

/* The only reason, which prevents this */
static bool only(enum iovctl_code code, enum iovctl_place place, enum iovctl_effect effect)
{
	const bool found = verdict() == effect && is_only(code, effect) &&
			   !strcmp(findings.finding[0].object, iovctl_place_name(place)) &&
			   findings.finding[0].level == IOVCTL_LEVEL_HOST;

	begin();
	return found;
}

static bool remedied_by(const char *remedy)
{
	const char *known = findings.finding[0].remedy;

	if (strcmp(known, remedy))
		printf("# %s\n", known);
	return !strcmp(known, remedy);
}

static void nothing_is_in_the_way(void)
{
	begin();
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
	CHECK_EQ(findings.num, 0);
	CHECK(iovctl_is_soft(&source));
}

static void qemu(void)
{
	begin();
	PUT(source.status, "paused");
	CHECK(only(IOVCTL_CODE_GUEST_NOT_RUNNING, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	PUT(source.status, "postmigrate");
	verdict();
	CHECK(remedied_by("the guest was migrated: end this QEMU, or it runs twice"));
	PUT(source.status, "running");
	PUT(source.migration, "active");
	CHECK(only(IOVCTL_CODE_MIGRATION_ACTIVE, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	PUT(source.migration, "setup");
	CHECK(only(IOVCTL_CODE_MIGRATION_ACTIVE, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	PUT(source.migration, "device");
	CHECK(only(IOVCTL_CODE_MIGRATION_ACTIVE, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	PUT(source.migration, "cancelled");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
	begin();
	PUT(target.status, "running");
	CHECK(only(IOVCTL_CODE_NOT_INCOMING, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	listens = false;
	CHECK(only(IOVCTL_CODE_NOT_LISTENING, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	listens = false;
	PUT(target.migration, "setup");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
}

static void unreachable(void)
{
	memset(&source, 0, sizeof(source));
	memset(&target, 0, sizeof(target));
	PUT(source.error, "no such file");
	PUT(target.error, "no such host");
	CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
	CHECK_EQ(findings.num, 2);
	CHECK(has(IOVCTL_CODE_QEMU_UNREACHABLE, IOVCTL_EFFECT_BLOCKING));
	CHECK(!strcmp(findings.finding[0].object, "source"));
	CHECK(!strcmp(findings.finding[1].object, "target"));
	CHECK(!strcmp(findings.finding[1].name, "QEMU_UNREACHABLE"));
}

static void software_path(void)
{
	begin();
	source.standby[0] = '\0';
	CHECK(only(IOVCTL_CODE_NO_STANDBY, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	target.standby[0] = '\0';
	CHECK(only(IOVCTL_CODE_NO_STANDBY, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	PUT(target.standby, "soft1");
	CHECK(only(IOVCTL_CODE_STANDBY_DIFFERS, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	PUT(target.mac, "02:00:00:00:00:02");
	CHECK(only(IOVCTL_CODE_STANDBY_DIFFERS, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	target.tap[0] = '\0';
	target.bridge[0] = '\0';
	CHECK(only(IOVCTL_CODE_NO_TAP, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	target.bridge[0] = '\0';
	target.pf[0] = '\0';
	CHECK(only(IOVCTL_CODE_NO_BRIDGE, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	source.tap_up = false;
	CHECK(only(IOVCTL_CODE_STANDBY_DOWN, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	CHECK(remedied_by("ip link set tap0 up; ip link set br0 up"));
	source.tap_up = false;
	source.bridge[0] = '\0';
	CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
	CHECK(has(IOVCTL_CODE_NO_BRIDGE, IOVCTL_EFFECT_BLOCKING));
	CHECK(remedied_by("ip link set tap0 master br0"));
	CHECK(!strcmp(findings.finding[1].text, "tap0 is down"));
	CHECK(!strcmp(findings.finding[1].remedy, "ip link set tap0 up"));
}

static void pf(void)
{
	begin();
	PUT(source.pf_bridge, "br1");
	CHECK(only(IOVCTL_CODE_STANDBY_OTHER_BRIDGE, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	CHECK(remedied_by("ip link set tap0 master br1"));
	source.pf_bridge[0] = '\0';
	CHECK(only(IOVCTL_CODE_PF_NOT_IN_BRIDGE, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	CHECK(remedied_by("ip link set pf0 master br0"));
	PUT(source.pf, "a;$(id)");
	PUT(source.bridge, "b'*");
	source.pf_bridge[0] = '\0';
	CHECK(only(IOVCTL_CODE_PF_NOT_IN_BRIDGE, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	CHECK(remedied_by("ip link set 'a;$(id)' master 'b'\\''*'"));
	target.pf_up = false;
	target.pf_carrier = false;
	CHECK(only(IOVCTL_CODE_PF_DOWN, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	target.pf_carrier = false;
	CHECK(only(IOVCTL_CODE_LINK_DOWN, IOVCTL_TARGET, IOVCTL_EFFECT_INFO));
	PUT(source.vf_mac, "02:00:00:00:00:02");
	CHECK(only(IOVCTL_CODE_PAIR_OTHER_ADDRESS, IOVCTL_SOURCE, IOVCTL_EFFECT_BLOCKING));
	CHECK(remedied_by("iovctl vm set pf0:0 mac " MAC ", then plug the VF again"));
	source.vf_mac[0] = '\0';
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
}

/* The guest keeps its MTU, so the target must carry it. */
static void mtu(void)
{
	begin();
	source.tap_mtu = 9000;
	CHECK(only(IOVCTL_CODE_MTU_SMALLER, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	source.pf_mtu = 9000;
	CHECK(only(IOVCTL_CODE_MTU_SMALLER, IOVCTL_TARGET, IOVCTL_EFFECT_BLOCKING));
	source.pf_mtu = 9000;
	source.tap_mtu = 9000;
	CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
	CHECK_EQ(findings.num, 2);
	target.tap_mtu = 9000;
	target.pf_mtu = 9500;
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
}

static void target_without_vf(void)
{
	begin();
	target.numvfs = 0;
	target.vf_pci[0] = '\0';
	CHECK(only(IOVCTL_CODE_SWITCH_NOT_IOV, IOVCTL_TARGET, IOVCTL_EFFECT_SOFTWARE));
	target.vf_pci[0] = '\0';
	PUT(target.no_vf, "VF 0 is in use");
	CHECK(only(IOVCTL_CODE_NO_FREE_VF, IOVCTL_TARGET, IOVCTL_EFFECT_SOFTWARE));
	target.pf[0] = '\0';
	target.vf_pci[0] = '\0';
	CHECK(only(IOVCTL_CODE_SWITCH_NO_UPLINK, IOVCTL_TARGET, IOVCTL_EFFECT_SOFTWARE));
	target.has_bus = false;
	CHECK(only(IOVCTL_CODE_NO_PORT, IOVCTL_TARGET, IOVCTL_EFFECT_SOFTWARE));
	target.rescinds = false;
	CHECK(only(IOVCTL_CODE_PF_TELLS_NO_PATH, IOVCTL_TARGET, IOVCTL_EFFECT_INFO));
}

/* As iovctl_holder_find() says; a VF is not opened, since QEMU may open it meanwhile. */
static void free_vf(void)
{
	struct iovctl_vf vf = { .driver = "vfio-pci", .holder.held = IOVCTL_NO };
	char why[IOVCTL_TEXT] = "";

	CHECK(iovctl_vf_is_free(&vf, why) && !why[0]);
	vf.holder.held = IOVCTL_YES;
	CHECK(!iovctl_vf_is_free(&vf, why) && !strcmp(why, "is in use"));
	vf.holder.held = IOVCTL_MAYBE;
	CHECK(!iovctl_vf_is_free(&vf, why) && !strncmp(why, "may be in use", 13));
	vf.holder.held = IOVCTL_NO;
	PUT(vf.driver, "iovnic_vf");
	CHECK(!iovctl_vf_is_free(&vf, why) && !strcmp(why, "has driver iovnic_vf"));
	vf.driver[0] = '\0';
	CHECK(!iovctl_vf_is_free(&vf, why) && !strcmp(why, "has no driver"));
}

static void drivers(void)
{
	begin();
	PUT(source.session, "legacy");
	CHECK(!iovctl_is_soft(&source));
	CHECK(only(IOVCTL_CODE_GUEST_LEGACY_DRIVER, IOVCTL_SOURCE, IOVCTL_EFFECT_INFO));
	PUT(source.session, "silent");
	CHECK(only(IOVCTL_CODE_GUEST_LEGACY_DRIVER, IOVCTL_SOURCE, IOVCTL_EFFECT_INFO));
	PUT(source.session, "withheld");
	CHECK(!iovctl_is_soft(&source));
	source.rescinds = false;
	source.session[0] = '\0';
	CHECK(!iovctl_is_soft(&source));
	CHECK(only(IOVCTL_CODE_PF_CANNOT_RESCIND, IOVCTL_SOURCE, IOVCTL_EFFECT_INFO));
	source.vf_pci[0] = '\0';
	CHECK(!iovctl_is_soft(&source));
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF, IOVCTL_SOURCE, IOVCTL_EFFECT_INFO));
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
	CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
	CHECK_EQ(findings.num, 6);
	CHECK(has(IOVCTL_CODE_SWITCH_NOT_IOV, IOVCTL_EFFECT_SOFTWARE));
}

/* What a step that fails means */
static bool fails(enum iovctl_step_id id, bool cancelled, enum iovctl_code code,
		  enum iovctl_place place, enum iovctl_effect effect)
{
	findings.num = 0;
	iovctl_step_verdict(id, cancelled, "text: of the step", &findings);
	return is_only(code, effect) && !strcmp(findings.finding[0].text, "text: of the step") &&
	       !strcmp(findings.finding[0].object, iovctl_place_name(place));
}

static void steps(void)
{
	enum iovctl_step_id id;

	for (id = IOVCTL_RESCIND; id <= IOVCTL_MIGRATE; id++) {
		CHECK(fails(id, false, IOVCTL_CODE_STEP_FAILED, IOVCTL_SOURCE,
			    IOVCTL_EFFECT_BLOCKING));
		CHECK(fails(id, true, IOVCTL_CODE_CANCELLED, IOVCTL_SOURCE,
			    IOVCTL_EFFECT_BLOCKING));
	}
	CHECK(fails(IOVCTL_UNDO, true, IOVCTL_CODE_UNDO_FAILED, IOVCTL_SOURCE,
		    IOVCTL_EFFECT_SOFTWARE));
	CHECK(fails(IOVCTL_RELEASE, false, IOVCTL_CODE_UNDO_FAILED, IOVCTL_SOURCE,
		    IOVCTL_EFFECT_SOFTWARE));
	CHECK(fails(IOVCTL_PLUG, true, IOVCTL_CODE_PLUG_FAILED, IOVCTL_TARGET,
		    IOVCTL_EFFECT_SOFTWARE));
	CHECK(fails(IOVCTL_OFFER, false, IOVCTL_CODE_PATH_NOT_TAKEN, IOVCTL_TARGET,
		    IOVCTL_EFFECT_SOFTWARE));
}

/* One that prevents nothing else is between a warning and what prevents something. */
static void software_is_a_warning(void)
{
	CHECK(!strcmp(iovctl_effect_name(IOVCTL_EFFECT_SOFTWARE), "software"));
	CHECK_EQ(iovctl_state_status(IOVCTL_EFFECT_SOFTWARE), 1);
	CHECK(!strcmp(iovctl_state_name(IOVCTL_EFFECT_SOFTWARE), "usable with warnings"));
	CHECK(!strcmp(iovctl_state_name(IOVCTL_EFFECT_UNKNOWN), "unknown"));
	CHECK(!strcmp(iovctl_state_name(IOVCTL_EFFECT_BLOCKING), "not usable"));
}

TAP_MAIN(TAP_TEST(nothing_is_in_the_way), TAP_TEST(qemu), TAP_TEST(unreachable),
	 TAP_TEST(software_path), TAP_TEST(pf), TAP_TEST(mtu), TAP_TEST(target_without_vf),
	 TAP_TEST(free_vf), TAP_TEST(drivers), TAP_TEST(all_at_once), TAP_TEST(steps),
	 TAP_TEST(software_is_a_warning))
