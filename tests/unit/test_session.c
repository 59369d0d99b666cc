// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/session.c: what a guest may change, and its notifications. */

#include <linux/array_size.h>

#include "tap.h"
#include "fixtures.h"

static const u8 zero[ETH_ALEN];
static struct iov_pol_dev dev, before;

/* Two VFs; VF 0 has sent RESET. */
static void begin(void)
{
	world_make(&dev, 2);
	CHECK_EQ(world_ask(&dev, 0, world_reset()), IOV_WIRE_ST_OK);
}

/* Refused, and nothing has changed */
static void refused(unsigned int vf, struct iov_msg msg, enum iov_wire_status want)
{
	before = dev;
	CHECK_EQ(world_ask(&dev, vf, msg), want);
	CHECK(!memcmp(&dev, &before, sizeof(dev)));
}

/* Granted, and nothing has changed */
static void idle(unsigned int vf, struct iov_msg msg)
{
	refused(vf, msg, IOV_WIRE_ST_OK);
}

static void nothing_before_reset(void)
{
	world_make(&dev, 2);
	refused(0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 1)), IOV_WIRE_ST_NOTREADY);
	refused(0, world_mac(IOV_WIRE_MAC_CLEAR, zero), IOV_WIRE_ST_NOTREADY);
	refused(0, world_groups(1, false, 0), IOV_WIRE_ST_NOTREADY);
	refused(0, world_vlan(true, 5), IOV_WIRE_ST_NOTREADY);
	refused(0, world_vlan(true, 0), IOV_WIRE_ST_NOTREADY);
	refused(0, world_frame(1522), IOV_WIRE_ST_NOTREADY);
	refused(0, world_promisc(0), IOV_WIRE_ST_NOTREADY);
	CHECK_EQ(world_ask(&dev, 0, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 0, world_frame(1522)), IOV_WIRE_ST_OK);
	refused(1, world_frame(1522), IOV_WIRE_ST_NOTREADY);
}

static void no_such_vf_or_message(void)
{
	begin();
	refused(2, world_reset(), IOV_WIRE_ST_INVAL);
	refused(7, world_frame(1522), IOV_WIRE_ST_INVAL);
	refused(0xffffffff, world_frame(1522), IOV_WIRE_ST_INVAL);
	refused(0, (struct iov_msg){ .id = IOV_WIRE_PF_CONTROL }, IOV_WIRE_ST_NOTSUPP);
	refused(0, world_mac(3, WORLD_MAC(1, 1)), IOV_WIRE_ST_INVAL);
	refused(0, world_groups(31, false, 0), IOV_WIRE_ST_INVAL);
}

static void own_address(void)
{
	static const u8 group[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };

	begin();
	idle(0, world_mac(IOV_WIRE_MAC_SET, dev.cfg[0].default_mac));
	refused(0, world_mac(IOV_WIRE_MAC_SET, zero), IOV_WIRE_ST_INVAL);
	refused(0, world_mac(IOV_WIRE_MAC_SET, group), IOV_WIRE_ST_INVAL);
	refused(0, world_mac(IOV_WIRE_MAC_SET, world_pf_mac), IOV_WIRE_ST_INUSE);
	refused(0, world_mac(IOV_WIRE_MAC_SET, dev.cfg[1].default_mac), IOV_WIRE_ST_INUSE);
	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 1))), IOV_WIRE_ST_OK);
	CHECK(ether_addr_equal(dev.run[0].mac, WORLD_MAC(1, 1)));

	/*
	 * Another VF gets neither this address nor the one that VF 1 may return
	 * to.
	 */
	CHECK_EQ(world_ask(&dev, 1, world_reset()), IOV_WIRE_ST_OK);
	refused(1, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 1)), IOV_WIRE_ST_INUSE);
	refused(1, world_mac(IOV_WIRE_MAC_ADD, dev.cfg[0].default_mac), IOV_WIRE_ST_INUSE);
}

static void own_address_and_the_administrator(void)
{
	begin();
	ether_addr_copy(dev.cfg[0].admin_mac, WORLD_MAC(1, 1));
	CHECK_EQ(world_ask(&dev, 0, world_reset()), IOV_WIRE_ST_OK);
	idle(0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 1)));
	refused(0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 2)), IOV_WIRE_ST_PERM);
	refused(0, world_mac(IOV_WIRE_MAC_SET, dev.cfg[0].default_mac), IOV_WIRE_ST_PERM);
	refused(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 2)), IOV_WIRE_ST_PERM);
	idle(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1)));
	idle(0, world_mac(IOV_WIRE_MAC_CLEAR, zero));

	/*
	 * Changed while the VF is active: the old address is no longer
	 * reserved.
	 */
	ether_addr_copy(dev.cfg[0].admin_mac, WORLD_MAC(1, 3));
	refused(0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 1)), IOV_WIRE_ST_PERM);
	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 3))), IOV_WIRE_ST_OK);
	CHECK(ether_addr_equal(dev.run[0].mac, WORLD_MAC(1, 3)));

	dev.cfg[0].trusted = true;
	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 2))), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 4))), IOV_WIRE_ST_OK);
}

/*
 * A software interface of the host, or the host's copy of the guest's address
 */
static void addresses_of_the_hosts_software(void)
{
	begin();
	ether_addr_copy(dev.pf.macs[0], WORLD_MAC(7, 1));
	ether_addr_copy(dev.pf.macs[1], dev.cfg[0].default_mac);
	ether_addr_copy(dev.pf.macs[2], WORLD_MAC(7, 3));
	dev.pf.num_macs = 3;
	refused(0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(7, 1)), IOV_WIRE_ST_INUSE);
	refused(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(7, 1)), IOV_WIRE_ST_INUSE);
	idle(0, world_mac(IOV_WIRE_MAC_SET, dev.cfg[0].default_mac));
	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 1))), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_SET, dev.cfg[0].default_mac)),
		 IOV_WIRE_ST_OK);
	ether_addr_copy(dev.cfg[0].admin_mac, WORLD_MAC(7, 3));
	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(7, 3))), IOV_WIRE_ST_OK);
}

static void additional_addresses(void)
{
	static const u8 group[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };
	unsigned int i;

	begin();
	refused(0, world_mac(IOV_WIRE_MAC_ADD, zero), IOV_WIRE_ST_INVAL);
	refused(0, world_mac(IOV_WIRE_MAC_ADD, group), IOV_WIRE_ST_INVAL);
	refused(0, world_mac(IOV_WIRE_MAC_ADD, world_pf_mac), IOV_WIRE_ST_INUSE);
	idle(0, world_mac(IOV_WIRE_MAC_ADD, dev.run[0].mac));
	for (i = 0; i < IOV_POL_VF_MACS; i++)
		CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, i))),
			 IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_macs, 3);
	idle(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 1)));
	refused(0, world_mac(IOV_WIRE_MAC_ADD, WORLD_MAC(1, 9)), IOV_WIRE_ST_NORES);

	/*
	 * An additional address becomes the VF's own: it is in the list only
	 * once.
	 */
	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 1))), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_macs, 2);
	CHECK(ether_addr_equal(dev.run[0].macs[0], WORLD_MAC(1, 0)));
	CHECK(ether_addr_equal(dev.run[0].macs[1], WORLD_MAC(1, 2)));
	CHECK(is_zero_ether_addr(dev.run[0].macs[2]));

	CHECK_EQ(world_ask(&dev, 0, world_mac(IOV_WIRE_MAC_CLEAR, zero)), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_macs, 0);
	CHECK(is_zero_ether_addr(dev.run[0].macs[0]));
	CHECK(ether_addr_equal(dev.run[0].mac, WORLD_MAC(1, 1)));
}

static void groups(void)
{
	begin();
	CHECK_EQ(world_ask(&dev, 0, world_groups(30, false, 100)), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_hashes, 30);
	CHECK_EQ(dev.run[0].hashes[29], 129);
	refused(0, world_groups(30, true, 200), IOV_WIRE_ST_PERM);
	CHECK_EQ(world_ask(&dev, 0, world_groups(2, false, 300)), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_hashes, 2);
	CHECK_EQ(dev.run[0].hashes[1], 301);
	CHECK_EQ(dev.run[0].hashes[2], 0);
	CHECK_EQ(world_ask(&dev, 0, world_groups(0, false, 0)), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_hashes, 0);

	dev.cfg[0].trusted = true;
	CHECK_EQ(world_ask(&dev, 0, world_groups(30, true, 0)), IOV_WIRE_ST_OK);
	CHECK(dev.run[0].mc_overflow);
	CHECK_EQ(world_ask(&dev, 0, world_groups(1, false, 0)), IOV_WIRE_ST_OK);
	CHECK(!dev.run[0].mc_overflow);
}

static void promiscuity_needs_trust(void)
{
	u8 flags;

	begin();
	for (flags = 1; flags < 4; flags++)
		refused(0, world_promisc(flags), IOV_WIRE_ST_PERM);
	idle(0, world_promisc(0));
	dev.cfg[0].trusted = true;
	for (flags = 0; flags < 4; flags++) {
		CHECK_EQ(world_ask(&dev, 0, world_promisc(flags)), IOV_WIRE_ST_OK);
		CHECK_EQ(dev.run[0].uc_promisc, !!(flags & 1));
		CHECK_EQ(dev.run[0].mc_promisc, !!(flags & 2));
	}
	/*
	 * A list of multicast hashes does not end a mode that was requested
	 * explicitly.
	 */
	CHECK_EQ(world_ask(&dev, 0, world_groups(1, false, 0)), IOV_WIRE_ST_OK);
	CHECK(dev.run[0].mc_promisc);
	/* Giving up a mode is always possible, with or without trust. */
	dev.cfg[0].trusted = false;
	CHECK_EQ(world_ask(&dev, 0, world_promisc(0)), IOV_WIRE_ST_OK);
	CHECK(!dev.run[0].uc_promisc && !dev.run[0].mc_promisc);
}

static void vlans(void)
{
	unsigned int i;

	begin();
	idle(0, world_vlan(true, 0));
	idle(0, world_vlan(false, 0));
	idle(0, world_vlan(false, 77));
	refused(0, world_vlan(true, 4095), IOV_WIRE_ST_INVAL);
	for (i = 0; i < IOV_POL_VF_VLANS; i++)
		CHECK_EQ(world_ask(&dev, 0, world_vlan(true, 100 + i)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(&dev, 0, world_vlan(true, 105)), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_vlans, IOV_POL_VF_VLANS);
	refused(0, world_vlan(true, 99), IOV_WIRE_ST_NORES);
	CHECK_EQ(world_ask(&dev, 0, world_vlan(false, 103)), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_vlans, IOV_POL_VF_VLANS - 1);
	for (i = 0; i < dev.run[0].num_vlans; i++)
		CHECK(dev.run[0].vlans[i] != 103);
	CHECK_EQ(dev.run[0].vlans[IOV_POL_VF_VLANS - 1], 0);
	CHECK_EQ(world_ask(&dev, 0, world_vlan(true, 99)), IOV_WIRE_ST_OK);

	/*
	 * A port VLAN is set later: the guest may still remove the VLANs that
	 * it has.
	 */
	dev.cfg[0].vlan = 5;
	refused(0, world_vlan(true, 200), IOV_WIRE_ST_PERM);
	idle(0, world_vlan(true, 0));
	CHECK_EQ(world_ask(&dev, 0, world_vlan(false, 99)), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].num_vlans, IOV_POL_VF_VLANS - 1);
}

static void frames(void)
{
	begin();
	CHECK_EQ(dev.run[0].max_frame, 1522);
	CHECK_EQ(world_ask(&dev, 0, world_frame(9238)), IOV_WIRE_ST_OK);
	CHECK_EQ(dev.run[0].max_frame, 9238);
	refused(0, world_frame(9239), IOV_WIRE_ST_INVAL);
	refused(0, world_frame(0x10000 + 100), IOV_WIRE_ST_INVAL);
	refused(0, world_frame(0xffffffff), IOV_WIRE_ST_INVAL);
}

/* --- iov_pol_session_serve() --------------------------------------------------------- */

static struct iov_pol_hw_tables tables;
static struct iov_pol_scratch scratch;
static struct iov_reply reply;

static enum iov_wire_status serve(unsigned int vf, struct iov_msg msg)
{
	memset(&reply, 0x7f, sizeof(reply));
	return iov_pol_session_serve(&dev, &tables, vf, &msg, &scratch, &reply);
}

static void serve_begin(void)
{
	world_make(&dev, 2);
	memset(&tables, 0, sizeof(tables));
	CHECK_EQ(iov_pol_tables_make(&dev, &(struct iov_pol_hw_tables){ 0 }, &tables),
		 IOV_WIRE_ST_OK);
}

static void what_the_vf_is_told(void)
{
	serve_begin();
	CHECK_EQ(serve(0, world_frame(1522)), IOV_WIRE_ST_NOTREADY);
	CHECK(!reply.ack && !reply.cts);
	CHECK_EQ(serve(0, world_reset()), IOV_WIRE_ST_OK);
	CHECK(reply.ack && !reply.cts);
	CHECK(ether_addr_equal(reply.mac, dev.cfg[0].default_mac));
	CHECK_EQ(serve(0, world_frame(1522)), IOV_WIRE_ST_OK);
	CHECK(reply.ack && reply.cts);
	CHECK(is_zero_ether_addr(reply.mac));
	CHECK_EQ(serve(0, world_frame(1)), IOV_WIRE_ST_INVAL);
	CHECK(!reply.ack && reply.cts);
	CHECK_EQ(serve(9, world_reset()), IOV_WIRE_ST_INVAL);
	CHECK(!reply.ack && !reply.cts && is_zero_ether_addr(reply.mac));
}

/* The VF is served, but has no CTS, which would mean link; and no frames. */
static void link_held_down(void)
{
	serve_begin();
	dev.cfg[0].link = IOV_POL_LINK_DISABLE;
	CHECK_EQ(serve(0, world_reset()), IOV_WIRE_ST_OK);
	CHECK(reply.ack && !reply.cts);
	CHECK_EQ(serve(0, world_frame(9000)), IOV_WIRE_ST_OK);
	CHECK(reply.ack && !reply.cts);
	CHECK(!tables.pool[0].rx && !tables.pool[0].tx);
	CHECK_EQ(tables.rar[IOV_POL_RAR_VF(0)].pools, 1 << IOV_POL_PF_POOL);
	dev.cfg[0].link = IOV_POL_LINK_ENABLE;
	CHECK_EQ(serve(0, world_frame(9000)), IOV_WIRE_ST_OK);
	CHECK(reply.cts);
	CHECK(tables.pool[0].rx && tables.pool[0].tx);
	CHECK_EQ(tables.rar[IOV_POL_RAR_VF(0)].pools, 1);
}

/* Allowed in itself, but VLANs of other VFs fill the table. */
static void refused_for_want_of_room(void)
{
	static struct iov_pol_hw_tables image_before;
	unsigned int vid;

	serve_begin();
	dev.num_vfs = 3;
	for (vid = 1; vid < IOV_POL_VLVFS; vid++) {
		struct iov_vf_run *run = &dev.run[1 + vid / IOV_POL_VF_VLANS];

		run->vlans[run->num_vlans++] = (u16)vid;
	}
	CHECK_EQ(serve(0, world_reset()), IOV_WIRE_ST_OK);
	before = dev;
	image_before = tables;
	CHECK_EQ(serve(0, world_vlan(true, 500)), IOV_WIRE_ST_NORES);
	CHECK(!reply.ack && reply.cts);
	CHECK(!memcmp(&dev, &before, sizeof(dev)));
	CHECK(!memcmp(&tables, &image_before, sizeof(tables)));
	CHECK_EQ(serve(0, world_vlan(true, 31)), IOV_WIRE_ST_OK);
	CHECK_EQ(serve(0, world_reset()), IOV_WIRE_ST_OK);
}

/* --- With and without a channel ---------------------------------------------- */

/* For a VF that has not negotiated, messages of the channel are unknown. */
static void what_a_legacy_vf_may_not_say(void)
{
	const struct iov_msg news[] = {
		world_sync(0), world_read(0, 0, 1), world_write(6, 0, 1, 0), world_queues(1),
		world_path(true, 1), world_detach(), world_tid(world_frame(1522)),
		world_tid(world_promisc(0)), { .id = 7 }, { .id = IOV_WIRE_DETACH },
	};
	unsigned int i;

	serve_begin();
	CHECK_EQ(serve(0, world_negotiate(1, 2, 0)), IOV_WIRE_ST_NOTREADY);
	CHECK(reply.channel && !reply.ack && !reply.cts && !reply.evt);
	CHECK_EQ(reply.status, IOV_WIRE_ST_NOTREADY);
	CHECK_EQ(serve(0, world_reset()), IOV_WIRE_ST_OK);
	for (i = 0; i < ARRAY_SIZE(news); i++) {
		before = dev;
		CHECK_EQ(serve(0, news[i]), IOV_WIRE_ST_NOTSUPP);
		CHECK(!reply.ack && reply.cts && !reply.channel && !reply.evt);
		CHECK(!memcmp(&dev, &before, sizeof(dev)));
	}
}

static void every_request_has_a_number(void)
{
	serve_begin();
	world_open(&dev, 0, IOV_WIRE_CAPS);
	CHECK_EQ(serve(0, world_tid(world_frame(9000))), IOV_WIRE_ST_OK);
	CHECK(reply.ack && reply.cts && reply.channel && !reply.evt);
	CHECK_EQ(serve(0, world_frame(9000)), IOV_WIRE_ST_INVAL);
	CHECK(!reply.ack && reply.cts && !reply.channel);
	CHECK_EQ(serve(0, world_tid((struct iov_msg){ .id = 7 })), IOV_WIRE_ST_NOTSUPP);
	CHECK(!reply.ack && reply.cts && reply.channel);
	CHECK_EQ(reply.status, IOV_WIRE_ST_NOTSUPP);
}

/* RESET ends a channel, and its reply is that of the legacy protocol. */
static void a_reset_is_a_reset(void)
{
	serve_begin();
	world_drive(&dev, 0);
	iov_pol_event_raise(&dev, 0, IOV_WIRE_EV_LINK, 0);
	CHECK_EQ(serve(0, world_reset()), IOV_WIRE_ST_OK);
	CHECK(reply.ack && !reply.cts && !reply.channel && !reply.evt);
	CHECK(ether_addr_equal(reply.mac, dev.cfg[0].default_mac));
	CHECK(!iov_pol_vf_on_channel(&dev, 0));
	CHECK_EQ(serve(0, world_sync(0)), IOV_WIRE_ST_NOTSUPP);
}

/* The reply to DETACH still belongs to the channel that it ends. */
static void good_bye(void)
{
	static const struct iov_vf_run nothing;

	serve_begin();
	world_drive(&dev, 0);
	iov_pol_event_raise(&dev, 0, IOV_WIRE_EV_LINK, 0);
	CHECK_EQ(serve(0, world_tid(world_vlan(true, 10))), IOV_WIRE_ST_OK);
	CHECK(reply.evt);
	CHECK_EQ(tables.rar[IOV_POL_RAR_VF(0)].pools, 1);
	CHECK_EQ(serve(0, world_detach()), IOV_WIRE_ST_OK);
	CHECK(reply.ack && reply.channel && !reply.cts && !reply.evt);
	CHECK(!memcmp(&dev.run[0], &nothing, sizeof(nothing)));
	CHECK_EQ(tables.rar[IOV_POL_RAR_VF(0)].pools, 1 << IOV_POL_PF_POOL);
	CHECK(!tables.pool[0].rx && !tables.pool[0].tx);
	CHECK_EQ(serve(0, world_detach()), IOV_WIRE_ST_NOTREADY);
	CHECK(!reply.ack && !reply.cts && !reply.channel);
}

static void cts_on_a_channel(void)
{
	serve_begin();
	world_drive(&dev, 0);
	dev.cfg[0].link = IOV_POL_LINK_DISABLE;
	CHECK_EQ(serve(0, world_tid(world_frame(9000))), IOV_WIRE_ST_OK);
	CHECK(reply.cts);
	dev.cfg[0].blocked = IOV_WIRE_WHY_ADMIN;
	CHECK_EQ(serve(0, world_tid(world_frame(1))), IOV_WIRE_ST_INVAL);
	CHECK(reply.cts && reply.channel);
	CHECK_EQ(reply.status, IOV_WIRE_ST_INVAL);

	/* This must not make the VF reset repeatedly. */
	CHECK_EQ(serve(0, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(serve(0, world_negotiate(0, 1, 0)), IOV_WIRE_ST_VERSION);
	CHECK(reply.cts && reply.channel);
	CHECK_EQ(serve(0, world_frame(9000)), IOV_WIRE_ST_OK);
	CHECK(!reply.cts && !reply.channel);
}

/* The VF's own change is no event for it, but it can read it. */
static void own_changes(void)
{
	serve_begin();
	world_open(&dev, 0, IOV_WIRE_CAPS);
	CHECK_EQ(serve(0, world_read(IOV_WIRE_BLOCK_NETCFG, 0, 3)), IOV_WIRE_ST_OK);
	CHECK_EQ(serve(0, world_tid(world_frame(9000))), IOV_WIRE_ST_OK);
	CHECK(!reply.evt && !iov_pol_event_pending(&dev, 0));
	CHECK_EQ(serve(0, world_read(IOV_WIRE_BLOCK_NETCFG, 0, 3)), IOV_WIRE_ST_OK);
	CHECK_EQ(reply.blk.data.netcfg.frame, 9000);
}

static void status_of_every_refusal(void)
{
	serve_begin();
	world_open(&dev, 0, IOV_WIRE_CAPS);
	ether_addr_copy(dev.cfg[0].admin_mac, WORLD_MAC(1, 1));
	dev.cfg[0].blocked = IOV_WIRE_WHY_ADMIN;
	serve(0, world_tid(world_mac(IOV_WIRE_MAC_SET, WORLD_MAC(1, 2))));
	CHECK_EQ(reply.status, IOV_WIRE_ST_PERM);
	CHECK_EQ(reply.extra, 0);
	dev.cfg[0].trusted = true;
	serve(0, world_tid(world_mac(IOV_WIRE_MAC_SET, world_pf_mac)));
	CHECK_EQ(reply.status, IOV_WIRE_ST_INUSE);
	dev.run[0].num_vlans = IOV_POL_VF_VLANS;
	serve(0, world_tid(world_vlan(true, 5)));
	CHECK_EQ(reply.status, IOV_WIRE_ST_NORES);
	serve(0, world_read(0, 0, 13));
	CHECK_EQ(reply.status, IOV_WIRE_ST_LENGTH);
	CHECK_EQ(reply.extra, 7);
	serve(0, world_path(true, dev.epoch[0]));
	CHECK_EQ(reply.status, IOV_WIRE_ST_RESCINDED);
	CHECK_EQ(reply.extra, IOV_WIRE_WHY_ADMIN);
	serve(0, world_path(true, dev.epoch[0] + 1));
	CHECK_EQ(reply.status, IOV_WIRE_ST_STALE);
	CHECK_EQ(reply.extra, dev.epoch[0]);
	serve(0, world_negotiate(0x20000, 0x30000, 0));
	CHECK_EQ(reply.status, IOV_WIRE_ST_VERSION);
	CHECK_EQ(reply.extra, IOV_WIRE_VERSION_MIN);
	CHECK_EQ(reply.extra2, IOV_WIRE_VERSION_MAX);
	serve(0, world_tid(world_promisc(0)));
	CHECK_EQ(reply.status, IOV_WIRE_ST_OK);
	serve(7, world_promisc(0));
	CHECK_EQ(reply.status, IOV_WIRE_ST_INVAL);
}

static void words_that_are_no_message(void)
{
	static const enum iov_wire_status errors[] = {
		IOV_WIRE_ST_INVAL, IOV_WIRE_ST_NOTSUPP, IOV_WIRE_ST_LENGTH,
	};
	enum iov_wire_status error;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		error = errors[i];
		serve_begin();
		memset(&reply, 0x7f, sizeof(reply));
		iov_pol_session_malformed(&dev, 0, WORLD_TID, error, &reply);
		CHECK_EQ(reply.status, error);
		CHECK(!reply.ack && !reply.cts && !reply.channel && !reply.evt && !reply.extra);
		CHECK_EQ(serve(0, world_reset()), IOV_WIRE_ST_OK);
		iov_pol_session_malformed(&dev, 0, WORLD_TID, error, &reply);
		CHECK(!reply.ack && reply.cts && !reply.channel && !reply.evt);
		world_open(&dev, 0, IOV_WIRE_CAPS);
		iov_pol_event_raise(&dev, 0, IOV_WIRE_EV_LINK, 0);
		iov_pol_session_malformed(&dev, 0, WORLD_TID, error, &reply);
		CHECK(!reply.ack && reply.cts && reply.channel && reply.evt);
		iov_pol_session_malformed(&dev, 0, 0, error, &reply);
		CHECK(!reply.ack && reply.cts && !reply.channel && !reply.evt);
	}
}

TAP_MAIN(TAP_TEST(nothing_before_reset),
	 TAP_TEST(no_such_vf_or_message),
	 TAP_TEST(own_address),
	 TAP_TEST(own_address_and_the_administrator),
	 TAP_TEST(addresses_of_the_hosts_software),
	 TAP_TEST(additional_addresses),
	 TAP_TEST(groups),
	 TAP_TEST(promiscuity_needs_trust),
	 TAP_TEST(vlans),
	 TAP_TEST(frames),
	 TAP_TEST(what_the_vf_is_told),
	 TAP_TEST(link_held_down),
	 TAP_TEST(refused_for_want_of_room),
	 TAP_TEST(what_a_legacy_vf_may_not_say),
	 TAP_TEST(every_request_has_a_number),
	 TAP_TEST(a_reset_is_a_reset),
	 TAP_TEST(good_bye),
	 TAP_TEST(cts_on_a_channel),
	 TAP_TEST(own_changes),
	 TAP_TEST(status_of_every_refusal),
	 TAP_TEST(words_that_are_no_message))
