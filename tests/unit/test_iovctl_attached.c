// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/migrate/attached_verdict.c: whether a VF can take over a guest. */

#include "findings.h"

#include "tools/iovctl/migrate/attached_verdict.h"

#define MAC	"52:54:00:82:10:00"
#define OTHER	"52:54:00:82:10:01"

static struct iovctl_attached source, target;

static void set(struct iovctl_attached *vf)
{
	memset(vf, 0, sizeof(*vf));
	strcpy(vf->pci, "0000:01:10.0");
	strcpy(vf->pf, "pf0");
	strcpy(vf->pf_driver, "iovnic_pf");
	strcpy(vf->driver, "iovnic_vfio");
	strcpy(vf->settings.mac, MAC);
	vf->settings.proto = IOVCTL_8021Q;
	vf->held = IOVCTL_NO;
	vf->qps = 2;
	vf->max_qps = 2;
}

/* Two VFs of which the one can take over the guest of the other */
static void begin(void)
{
	set(&source);
	source.held = IOVCTL_YES;
	set(&target);
	target.settings.number = 1;
}

static enum iovctl_effect verdict(void)
{
	findings.num = 0;
	return iovctl_attached_verdict(&source, &target, &findings);
}

static bool only(enum iovctl_code code, enum iovctl_effect effect, const char *place)
{
	return verdict() == effect && is_only(code, effect) &&
	       !strcmp(findings.finding[0].object, place) &&
	       findings.finding[0].level == IOVCTL_LEVEL_HOST;
}

#define BLOCKS(name) only(IOVCTL_CODE_##name, IOVCTL_EFFECT_BLOCKING, "target")

static const char *remedy(void)
{
	return findings.finding[0].remedy;
}

static bool possible(void)
{
	return verdict() == IOVCTL_EFFECT_INFO && !findings.num;
}

static void nothing_is_in_the_way(void)
{
	begin();
	CHECK(possible());
	/* What is not known on one of the hosts is not compared. */
	strcpy(source.version, "1");
	source.settings.vlan = -1;
	target.max_qps = -1;
	CHECK(possible());
	begin();
	source.qps = -1;
	target.settings.vlan = -1;
	source.settings.trust = -1;
	CHECK(possible());
}

static void drivers(void)
{
	begin();
	strcpy(target.driver, "vfio-pci");
	CHECK(BLOCKS(MIGRATION_VF_DRIVER));
	CHECK(!strncmp(findings.finding[0].remedy, "on the target: iovctl doctor for mig", 36));
	target.driver[0] = '\0';
	CHECK(BLOCKS(MIGRATION_VF_DRIVER));
	begin();
	strcpy(target.pf_driver, "igb");
	CHECK(BLOCKS(MIGRATION_PF_DRIVER));
	target.pf_driver[0] = '\0';
	CHECK(BLOCKS(MIGRATION_PF_DRIVER));
	begin();
	strcpy(source.driver, "vfio-pci");
	CHECK(only(IOVCTL_CODE_MIGRATION_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, "source"));
	begin();
	strcpy(source.version, "1");
	strcpy(target.version, "1");
	CHECK(possible());
	strcpy(target.version, "2");
	CHECK(only(IOVCTL_CODE_TARGET_OTHER_VERSION, IOVCTL_EFFECT_WARNING, "target"));
}

static void in_use(void)
{
	begin();
	target.held = IOVCTL_YES;
	CHECK(BLOCKS(NO_FREE_VF));
	target.held = IOVCTL_MAYBE;
	CHECK(only(IOVCTL_CODE_NO_FREE_VF, IOVCTL_EFFECT_UNKNOWN, "target"));
}

static void address(void)
{
	begin();
	strcpy(target.settings.mac, OTHER);
	CHECK(BLOCKS(TARGET_OTHER_ADDRESS));
	CHECK(!strcmp(remedy(), "on the target: iovctl vm set pf0:1 mac " MAC));
	source.settings.mac[0] = '\0';
	CHECK(only(IOVCTL_CODE_TARGET_OTHER_ADDRESS, IOVCTL_EFFECT_UNKNOWN, "target"));
	/* Without an address, or with trust, it may have any. */
	target.settings.trust = 1;
	CHECK(possible());
	begin();
	target.settings.mac[0] = '\0';
	CHECK(possible());
}

static void port_vlan(void)
{
	begin();
	source.settings.vlan = 5;
	CHECK(BLOCKS(TARGET_OTHER_VLAN));
	CHECK(!strcmp(remedy(), "on the target: iovctl vm set pf0:1 vlan 5 qos 0 proto 802.1Q"));
	target.settings.vlan = 5;
	CHECK(possible());
	target.settings.qos = 3;
	CHECK(BLOCKS(TARGET_OTHER_VLAN));
	target.settings.qos = 0;
	target.settings.proto = IOVCTL_8021AD;
	CHECK(BLOCKS(TARGET_OTHER_VLAN));
	CHECK(strstr(findings.finding[0].text, "has VLAN 5, qos 0, 802.1ad; on the source"));
	/* Without VLAN neither priority nor protocol matters. */
	source.settings.vlan = 0;
	target.settings.vlan = 0;
	CHECK(possible());
}

static void rights(void)
{
	begin();
	source.settings.trust = 1;
	CHECK(only(IOVCTL_CODE_TARGET_NOT_TRUSTED, IOVCTL_EFFECT_WARNING, "target"));
	target.settings.trust = 1;
	CHECK(possible());
	begin();
	target.max_qps = 1;
	CHECK(BLOCKS(TARGET_FEWER_QUEUE_PAIRS));
	CHECK(!strcmp(remedy(), "on the target: iovctl vm set pf0:1 queue-pairs 2"));
	source.qps = 1;
	CHECK(possible());
	strcpy(target.withheld, "LINK_DISABLED");
	CHECK(BLOCKS(TARGET_WITHHOLDS));
	CHECK(strstr(findings.finding[0].text, "LINK_DISABLED"));
	/* The guest has no data path on the source either. */
	strcpy(source.withheld, "ADMIN");
	CHECK(possible());
}

static void choice(void)
{
	struct iovctl_attached targets[3];

	begin();
	CHECK_EQ(iovctl_attached_choose(&source, targets, 0), -1);
	targets[0] = target;
	targets[0].held = IOVCTL_YES;
	targets[1] = target;
	targets[1].held = IOVCTL_MAYBE;
	targets[2] = target;
	CHECK_EQ(iovctl_attached_choose(&source, targets, 1), 0);
	CHECK_EQ(iovctl_attached_choose(&source, targets, 2), 1);
	CHECK_EQ(iovctl_attached_choose(&source, targets, 3), 2);
	/* The first one of those that suit alike */
	targets[1].held = IOVCTL_NO;
	CHECK_EQ(iovctl_attached_choose(&source, targets, 3), 1);
}

TAP_MAIN(TAP_TEST(nothing_is_in_the_way),
	 TAP_TEST(drivers),
	 TAP_TEST(in_use),
	 TAP_TEST(address),
	 TAP_TEST(port_vlan),
	 TAP_TEST(rights),
	 TAP_TEST(choice))
