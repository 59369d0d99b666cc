// SPDX-License-Identifier: GPL-2.0-only
/* mailbox/reason.c: the table; pf/policy/reason.c: which reasons a state has. */

#include "pf/policy/mdd.h"
#include "pf/policy/reason.h"
#include "tap.h"
#include "fixtures.h"

/* Word of block GUEST */
#define USE	(offsetof(struct iov_wire_guest, use) / sizeof(u32))

#define VF	1
#define NOW	5000000
#define CODES	100

static struct iov_pol_dev dev;
static struct iov_pol_view view;
static struct iov_pol_reasons got;
/* Every reason that the evaluator has returned in a test */
static bool occurred[CODES];

/* A good state: VF 1 has the data path, VF 0 a legacy driver. */
static void begin(void)
{
	world_make(&dev, 2);
	dev.port.link.up = true;
	CHECK_EQ(world_ask(&dev, 0, world_reset()), IOV_WIRE_ST_OK);
	world_drive(&dev, VF);
	CHECK_EQ(world_ask(&dev, VF, world_write(IOV_WIRE_BLOCK_GUEST, USE, 1,
						 IOV_WIRE_GUEST_UP | IOV_WIRE_GUEST_STANDBY)),
		 IOV_WIRE_ST_OK);
	memset(&view, 0, sizeof(view));
	view.dev = &dev;
	view.host = (struct iov_pol_host){
		.iommu = true, .intr_remap = true, .sriov_cap = true, .bus_numbers = true,
		.vf_bars = true, .msix = true, .total_vfs = IOV_POL_VFS, .upper = true,
	};
}

static bool listed(const struct iov_pol_reasons *reasons, unsigned int code)
{
	unsigned int i;

	for (i = 0; i < reasons->num; i++)
		if (reasons->reason[i]->code == code)
			return true;
	return false;
}

static void ask(enum iov_mbx_level level, unsigned int vf)
{
	unsigned int i;

	memset(&got, 0x5a, sizeof(got));
	iov_pol_reason_list(&view, level, vf, &got);
	for (i = 0; i < got.num && i < IOV_MBX_REASONS; i++)
		occurred[got.reason[i]->code] = true;
}

/* There is exactly this reason on this level and below, with this severity. */
static void only(unsigned int code, enum iov_mbx_level level, enum iov_mbx_severity severity,
		 bool fault)
{
	const struct iov_mbx_reason *reason = iov_mbx_reason(code);
	unsigned int at;

	CHECK(reason);
	CHECK_EQ(reason->level, level);
	CHECK_EQ(reason->severity, severity);
	CHECK_EQ(reason->fault, fault);
	for (at = IOV_MBX_DEVICE; at <= IOV_MBX_VF; at++) {
		ask((enum iov_mbx_level)at, VF);
		CHECK_EQ(got.num, at >= level);
		CHECK_EQ(listed(&got, code), at >= level);
		if (at < level || severity != IOV_MBX_BLOCKING)
			CHECK_EQ(got.standing, IOV_POL_STANDS_ACTIVE);
		else
			CHECK_EQ(got.standing, fault ? IOV_POL_STANDS_DEGRADED :
						       IOV_POL_STANDS_SOFTWARE);
	}
	CHECK(listed(&got, code) && iov_pol_reason_first_fault(&got) == (fault ? reason : NULL));
}

static void table(void)
{
	const struct iov_mbx_reason *reason, *other;
	unsigned int code, next, found = 0;

	CHECK(!iov_mbx_reason(IOV_WIRE_WHY_NONE) && !iov_mbx_reason(CODES));
	for (code = 0; code < CODES; code++) {
		reason = iov_mbx_reason(code);
		if (!reason)
			continue;
		found++;
		CHECK_EQ(reason->code, code);
		CHECK(reason->name[0] && reason->text[0] && reason->remedy[0]);
		for (next = code + 1; next < CODES; next++) {
			other = iov_mbx_reason(next);
			if (!other)
				continue;
			CHECK(strcmp(reason->name, other->name));
			CHECK(strcmp(reason->text, other->text));
		}
	}
	CHECK_EQ(found, IOV_MBX_REASONS);
}

static void words(void)
{
	CHECK(!strcmp(iov_pol_reason_level(IOV_MBX_DEVICE), "device"));
	CHECK(!strcmp(iov_pol_reason_level(IOV_MBX_SWITCH), "switch"));
	CHECK(!strcmp(iov_pol_reason_level(IOV_MBX_VF), "vf"));
	CHECK(!strcmp(iov_pol_reason_severity(IOV_MBX_INFO), "info"));
	CHECK(!strcmp(iov_pol_reason_severity(IOV_MBX_WARNING), "warning"));
	CHECK(!strcmp(iov_pol_reason_severity(IOV_MBX_BLOCKING), "blocking"));
	CHECK(!strcmp(iov_pol_reason_standing(IOV_POL_STANDS_ACTIVE), "active"));
	CHECK(!strcmp(iov_pol_reason_standing(IOV_POL_STANDS_SOFTWARE), "software"));
	CHECK(!strcmp(iov_pol_reason_standing(IOV_POL_STANDS_DEGRADED), "degraded"));
}

static void nothing_to_say(void)
{
	begin();
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 0);
	CHECK_EQ(got.standing, IOV_POL_STANDS_ACTIVE);
	CHECK(!iov_pol_reason_first_fault(&got));
}

static void device(void)
{
	begin();
	view.host.iommu = false;
	only(IOV_WIRE_WHY_NO_IOMMU, IOV_MBX_DEVICE, IOV_MBX_WARNING, false);
	/*
	 * Without an IOMMU there is no remapping either: one reason is enough.
	 */
	view.host.intr_remap = false;
	only(IOV_WIRE_WHY_NO_IOMMU, IOV_MBX_DEVICE, IOV_MBX_WARNING, false);
	view.host.iommu = true;
	only(IOV_WIRE_WHY_NO_INTR_REMAP, IOV_MBX_DEVICE, IOV_MBX_WARNING, false);
	begin();
	view.host.bus_numbers = false;
	only(IOV_WIRE_WHY_NO_BUS_RESOURCES, IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false);
	begin();
	view.host.msix = false;
	only(IOV_WIRE_WHY_NO_MSIX, IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false);
	begin();
	view.host.vf_bars = false;
	only(IOV_WIRE_WHY_NO_VF_BAR_SPACE, IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false);
	view.host.total_vfs = 0;
	only(IOV_WIRE_WHY_FW_DISABLED, IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false);
	view.host.sriov_cap = false;
	only(IOV_WIRE_WHY_NO_SRIOV_CAP, IOV_MBX_DEVICE, IOV_MBX_BLOCKING, false);
	begin();
	view.host.total_vfs = IOV_POL_VFS - 1;
	only(IOV_WIRE_WHY_FW_LIMITED, IOV_MBX_DEVICE, IOV_MBX_INFO, false);
	begin();
	view.host.offline = true;
	only(IOV_WIRE_WHY_PF_OFFLINE, IOV_MBX_DEVICE, IOV_MBX_BLOCKING, true);
	view.host.gone = true;
	only(IOV_WIRE_WHY_PCI_ERROR, IOV_MBX_DEVICE, IOV_MBX_BLOCKING, true);
}

static void the_switch(void)
{
	unsigned int i;

	begin();
	view.host.upper = false;
	only(IOV_WIRE_WHY_PF_NOT_IN_BRIDGE, IOV_MBX_SWITCH, IOV_MBX_INFO, false);
	begin();
	dev.port.link.up = false;
	only(IOV_WIRE_WHY_LINK_DOWN, IOV_MBX_SWITCH, IOV_MBX_WARNING, false);
	begin();
	dev.num_vfs = 0;
	ask(IOV_MBX_SWITCH, 0);
	CHECK(got.num == 1 && listed(&got, IOV_WIRE_WHY_SWITCH_NOT_IOV));
	CHECK_EQ(got.standing, IOV_POL_STANDS_SOFTWARE);

	begin();
	dev.pf.num_macs = 14;
	for (i = 0; i < dev.pf.num_macs; i++)
		ether_addr_copy(dev.pf.macs[i], WORLD_MAC(7, i));
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 0);
	ether_addr_copy(dev.pf.macs[dev.pf.num_macs++], WORLD_MAC(7, i));
	only(IOV_WIRE_WHY_MAC_TABLE_FULL, IOV_MBX_SWITCH, IOV_MBX_WARNING, false);
	begin();
	dev.pf.uc_overflow = true;
	only(IOV_WIRE_WHY_MAC_TABLE_FULL, IOV_MBX_SWITCH, IOV_MBX_WARNING, false);
	begin();
	for (i = 1; i <= 18; i++)
		world_pf_vlan(&dev, i, true);
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 0);
	world_pf_vlan(&dev, i, true);
	only(IOV_WIRE_WHY_VLAN_TABLE_FULL, IOV_MBX_SWITCH, IOV_MBX_WARNING, false);
}

static void what_the_host_wants(void)
{
	static const u16 blocks[] = {
		IOV_WIRE_WHY_ADMIN, IOV_WIRE_WHY_MIGRATION, IOV_WIRE_WHY_PF_REMOVE,
		IOV_WIRE_WHY_PF_RESET,
	};
	unsigned int i;

	for (i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		begin();
		world_set(&dev, VF, blocked, blocks[i]);
		only(blocks[i], IOV_MBX_VF, IOV_MBX_BLOCKING, false);
	}
	for (i = 0; i < IOV_POL_SW_ONLYS; i++) {
		begin();
		world_set(&dev, VF, sw_only, (u8)(1 << i));
		only(IOV_WIRE_WHY_ROUTER_GUARD + i, IOV_MBX_VF, IOV_MBX_BLOCKING, false);
	}
	begin();
	world_set(&dev, VF, migrating, true);
	only(IOV_WIRE_WHY_MIGRATION, IOV_MBX_VF, IOV_MBX_BLOCKING, false);
	begin();
	dev.cfg[VF].link = IOV_POL_LINK_DISABLE;
	only(IOV_WIRE_WHY_LINK_DISABLED, IOV_MBX_VF, IOV_MBX_BLOCKING, false);

	/* All of them at once, of which the VF receives one */
	begin();
	world_set(&dev, VF, blocked, IOV_WIRE_WHY_ADMIN);
	world_set(&dev, VF, sw_only, (1 << IOV_POL_SW_ONLYS) - 1);
	dev.cfg[VF].link = IOV_POL_LINK_DISABLE;
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 1 + IOV_POL_SW_ONLYS + 1);
	CHECK(listed(&got, iov_pol_vf_why_not(&dev, VF)));
	/* No other VF has them. */
	ask(IOV_MBX_VF, 0);
	CHECK(got.num == 1 && listed(&got, IOV_WIRE_WHY_GUEST_LEGACY_DRIVER));
}

static void sessions(void)
{
	begin();
	iov_pol_state_end(&dev, VF);
	only(IOV_WIRE_WHY_GUEST_NO_VF_DRIVER, IOV_MBX_VF, IOV_MBX_BLOCKING, false);
	view.guest[VF].lost = true;
	only(IOV_WIRE_WHY_SESSION_LOST, IOV_MBX_VF, IOV_MBX_BLOCKING, true);
	CHECK_EQ(world_ask(&dev, VF, world_reset()), IOV_WIRE_ST_OK);
	only(IOV_WIRE_WHY_GUEST_LEGACY_DRIVER, IOV_MBX_VF, IOV_MBX_INFO, false);
	view.guest[VF].mismatch = true;
	only(IOV_WIRE_WHY_PROTO_MISMATCH, IOV_MBX_VF, IOV_MBX_WARNING, false);

	begin();
	CHECK_EQ(world_ask(&dev, VF, world_path(false, 0)), IOV_WIRE_ST_OK);
	only(IOV_WIRE_WHY_GUEST_NOT_READY, IOV_MBX_VF, IOV_MBX_BLOCKING, false);
	CHECK_EQ(world_ask(&dev, VF, world_write(IOV_WIRE_BLOCK_GUEST, USE, 1, 0)),
		 IOV_WIRE_ST_OK);
	only(IOV_WIRE_WHY_GUEST_VF_DOWN, IOV_MBX_VF, IOV_MBX_BLOCKING, false);
	/* A VF that cannot report whether it is up, and one that need not */
	begin();
	world_open(&dev, VF, IOV_WIRE_CAP_DATAPATH);
	only(IOV_WIRE_WHY_GUEST_NOT_READY, IOV_MBX_VF, IOV_MBX_BLOCKING, false);
	world_open(&dev, VF, IOV_WIRE_CAP_EVENTS);
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 0);

	/* The guest has nothing to receive by while it has no data path. */
	begin();
	dev.run[VF].chan.guest.use = IOV_WIRE_GUEST_UP | IOV_WIRE_GUEST_ENSLAVED;
	only(IOV_WIRE_WHY_GUEST_NO_STANDBY, IOV_MBX_VF, IOV_MBX_INFO, false);
	dev.run[VF].chan.caps &= ~IOV_WIRE_CAP_STANDBY;
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 0);

	begin();
	dev.run[VF].num_macs = IOV_POL_VF_MACS;
	only(IOV_WIRE_WHY_VF_MACS_FULL, IOV_MBX_VF, IOV_MBX_INFO, false);
	dev.cfg[VF].trusted = true;
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 0);
	dev.run[VF].num_macs = IOV_POL_VF_HASHED;
	dev.run[VF].hashed = (u16)~(BIT(IOV_POL_VF_MACS) - 1);
	only(IOV_WIRE_WHY_VF_MACS_FULL, IOV_MBX_VF, IOV_MBX_INFO, false);
	/* A VF that waits for the address of another one, whose guest is migrated */
	begin();
	ether_addr_copy(dev.cfg[0].admin_mac, WORLD_MAC(1, 1));
	ether_addr_copy(dev.cfg[VF].admin_mac, WORLD_MAC(1, 1));
	dev.cfg[VF].heir = true;
	ask(IOV_MBX_VF, VF);
	CHECK(listed(&got, IOV_WIRE_WHY_MIGRATION));
	begin();
	dev.run[VF].num_vlans = IOV_POL_VF_VLANS;
	only(IOV_WIRE_WHY_VF_VLANS_FULL, IOV_MBX_VF, IOV_MBX_INFO, false);
}

static void misbehaviour(void)
{
	begin();
	view.guest[VF].loops = true;
	only(IOV_WIRE_WHY_GUEST_RESET_LOOP, IOV_MBX_VF, IOV_MBX_WARNING, true);
	begin();
	view.guest[VF].stuck = true;
	only(IOV_WIRE_WHY_GUEST_HOLDS_MAILBOX, IOV_MBX_VF, IOV_MBX_WARNING, true);
	begin();
	view.guest[VF].throttled = true;
	only(IOV_WIRE_WHY_GUEST_THROTTLED, IOV_MBX_VF, IOV_MBX_WARNING, false);

	begin();
	world_set(&dev, VF, quarantine, IOV_POL_ABUSE_SPOOF);
	only(IOV_WIRE_WHY_SPOOF, IOV_MBX_VF, IOV_MBX_BLOCKING, true);
	begin();
	world_set(&dev, VF, quarantine, IOV_POL_ABUSE_MALFORMED);
	only(IOV_WIRE_WHY_MALFORMED, IOV_MBX_VF, IOV_MBX_BLOCKING, true);
	begin();
	world_set(&dev, VF, quarantine, IOV_POL_ABUSE_HOLD);
	only(IOV_WIRE_WHY_STORM, IOV_MBX_VF, IOV_MBX_BLOCKING, true);

	/*
	 * A fault that ends the data path, unless the host has withdrawn it
	 * anyway
	 */
	begin();
	view.guest[VF].stuck = true;
	iov_pol_state_end(&dev, VF);
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 2);
	CHECK_EQ(got.standing, IOV_POL_STANDS_DEGRADED);
	world_set(&dev, VF, blocked, IOV_WIRE_WHY_ADMIN);
	ask(IOV_MBX_VF, VF);
	CHECK_EQ(got.num, 3);
	CHECK_EQ(got.standing, IOV_POL_STANDS_SOFTWARE);
}

static u32 seed = 1;

static bool coin(u32 of)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % of == 0;
}

static void any_state(void)
{
	static const u16 blocks[] = {
		IOV_WIRE_WHY_ADMIN, IOV_WIRE_WHY_PF_REMOVE, IOV_WIRE_WHY_PF_RESET,
	};
	unsigned int i;

	begin();
	if (coin(3))
		iov_pol_state_end(&dev, VF);
	else if (coin(3))
		CHECK_EQ(world_ask(&dev, VF, world_reset()), IOV_WIRE_ST_OK);
	else if (coin(3))
		world_open(&dev, VF, seed & IOV_WIRE_CAPS);
	if (coin(3))
		world_set(&dev, VF, blocked, blocks[seed % 3]);
	if (coin(3))
		world_set(&dev, VF, sw_only, seed % (1 << IOV_POL_SW_ONLYS));
	if (coin(3))
		world_set(&dev, VF, quarantine, seed % IOV_POL_ABUSES);
	if (coin(3))
		dev.cfg[VF].link = IOV_POL_LINK_DISABLE;
	dev.port.link.up = coin(2);
	view.host.upper = coin(2);
	view.host.iommu = coin(2);
	view.host.intr_remap = coin(2);
	if (coin(2))
		view.host.total_vfs = IOV_POL_VFS - 1;
	for (i = 0; i < IOV_POL_VFS; i++)
		view.guest[i] = (struct iov_pol_guest){ coin(2), coin(2), coin(2), coin(2),
							coin(2) };
}

/*
 * Each level has all reasons of those above, none twice, none of a lower level.
 * On a host without faults a VF is active if and only if it has the data path
 * and does not have to leave it, and the reason it receives is among the
 * others.
 */
static void levels_agree(void)
{
	struct iov_pol_reasons above;
	const struct iov_vf_cfg *cfg = &dev.cfg[VF];
	unsigned int round, level, i, k;
	bool wanted;
	u16 why;

	for (round = 0; round < 20000; round++) {
		any_state();
		above.num = 0;
		for (level = IOV_MBX_DEVICE; level <= IOV_MBX_VF; level++) {
			ask((enum iov_mbx_level)level, VF);
			for (i = 0; i < above.num; i++)
				CHECK(got.reason[i] == above.reason[i]);
			for (i = 0; i < got.num; i++) {
				CHECK(got.reason[i]->level <= level);
				for (k = 0; k < i; k++)
					CHECK(got.reason[i] != got.reason[k]);
			}
			above = got;
		}
		CHECK_EQ(got.standing == IOV_POL_STANDS_ACTIVE,
			 iov_pol_vf_receives(&dev, VF) && !dev.run[VF].chan.leaving);
		why = iov_pol_vf_why_not(&dev, VF);
		CHECK(!why || listed(&got, why));
		wanted = !cfg->blocked && !cfg->sw_only && cfg->link != IOV_POL_LINK_DISABLE;
		CHECK(!why || got.standing == (wanted ? IOV_POL_STANDS_DEGRADED :
							IOV_POL_STANDS_SOFTWARE));
	}
}

/* Runs after all other tests. */
static void every_code_has_occurred(void)
{
	unsigned int code;

	for (code = 0; code < CODES; code++)
		CHECK_EQ(occurred[code], !!iov_mbx_reason(code));
}

TAP_MAIN(TAP_TEST(table),
	 TAP_TEST(words),
	 TAP_TEST(nothing_to_say),
	 TAP_TEST(device),
	 TAP_TEST(the_switch),
	 TAP_TEST(what_the_host_wants),
	 TAP_TEST(sessions),
	 TAP_TEST(misbehaviour),
	 TAP_TEST(levels_agree),
	 TAP_TEST(every_code_has_occurred))
