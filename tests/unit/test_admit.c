// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/admit.c: each check separately. */

#include "tap.h"
#include "fixtures.h"

static struct iov_pol_dev dev;

static void addresses_nobody_may_have(void)
{
	static const u8 zero[ETH_ALEN], all[ETH_ALEN] = { 255, 255, 255, 255, 255, 255 };
	static const u8 group[ETH_ALEN] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };

	world_make(&dev, 7);
	CHECK_EQ(iov_pol_admit_mac(&dev, 0, zero), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_mac(&dev, 0, all), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_mac(&dev, 0, group), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_mac(&dev, 0, WORLD_MAC(1, 1)), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_mac(&dev, 7, WORLD_MAC(1, 1)), IOV_WIRE_ST_INVAL);
}

/*
 * Each way in which an address can belong to another VF, for each pair of VFs
 */
static void addresses_of_others(void)
{
	unsigned int vf, other;

	world_make(&dev, 7);
	CHECK_EQ(iov_pol_admit_mac(&dev, 0, world_pf_mac), IOV_WIRE_ST_INUSE);
	for (vf = 0; vf < 7; vf++) {
		ether_addr_copy(dev.cfg[vf].admin_mac, WORLD_MAC(1, vf));
		ether_addr_copy(dev.run[vf].mac, WORLD_MAC(2, vf));
		ether_addr_copy(dev.run[vf].macs[0], WORLD_MAC(3, vf));
		ether_addr_copy(dev.run[vf].macs[1], WORLD_MAC(4, vf));
		ether_addr_copy(dev.run[vf].macs[2], WORLD_MAC(5, vf));
		dev.run[vf].num_macs = 2;
	}
	for (vf = 0; vf < 7; vf++) {
		for (other = 0; other < 7; other++) {
			enum iov_wire_status want =
				vf == other ? IOV_WIRE_ST_OK : IOV_WIRE_ST_INUSE;
			int kind;

			CHECK_EQ(iov_pol_admit_mac(&dev, vf, WORLD_MAC(1, other)), want);
			CHECK_EQ(iov_pol_admit_mac(&dev, vf, dev.cfg[other].default_mac), want);
			/*
			 * An address that a guest has chosen yields to the
			 * administrator.
			 */
			for (kind = 2; kind <= 5; kind++)
				CHECK_EQ(iov_pol_admit_mac(&dev, vf, WORLD_MAC(kind, other)),
					 IOV_WIRE_ST_OK);
		}
	}
	/* VFs that do not exist have no addresses. */
	dev.num_vfs = 2;
	CHECK_EQ(iov_pol_admit_mac(&dev, 0, WORLD_MAC(2, 5)), IOV_WIRE_ST_OK);
}

static void the_host_may_know_a_guests_address(void)
{
	world_make(&dev, 2);
	ether_addr_copy(dev.pf.macs[0], WORLD_MAC(1, 1));
	dev.pf.num_macs = 1;
	CHECK_EQ(iov_pol_admit_mac(&dev, 0, WORLD_MAC(1, 1)), IOV_WIRE_ST_OK);
}

static void every_vlan(void)
{
	unsigned int vid;

	world_make(&dev, 2);
	for (vid = 0; vid <= 0xffff; vid++) {
		enum iov_wire_status want = vid <= 4094 ? IOV_WIRE_ST_OK : IOV_WIRE_ST_INVAL;

		CHECK_EQ(iov_pol_admit_vlan(&dev, 1, (u16)vid, true), want);
		CHECK_EQ(iov_pol_admit_vlan(&dev, 1, (u16)vid, false), want);
	}
	CHECK_EQ(iov_pol_admit_vlan(&dev, 2, 5, true), IOV_WIRE_ST_INVAL);
}

static void vlans_with_a_port_vlan(void)
{
	world_make(&dev, 2);
	dev.cfg[1].vlan = 100;
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 5, true), IOV_WIRE_ST_PERM);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 100, true), IOV_WIRE_ST_PERM);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 5, false), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 0, true), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 0, false), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 0, 5, true), IOV_WIRE_ST_OK);
}

static void share_of_vlans(void)
{
	unsigned int i;

	world_make(&dev, 2);
	for (i = 0; i < IOV_POL_VF_VLANS; i++)
		dev.run[1].vlans[dev.run[1].num_vlans++] = (u16)(10 + i);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 9, true), IOV_WIRE_ST_NORES);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 10, true), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 0, true), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 1, 9, false), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_vlan(&dev, 0, 9, true), IOV_WIRE_ST_OK);
}

/* The signed comparison of stock igb accepts the last three. */
static void frame_sizes(void)
{
	CHECK_EQ(iov_pol_admit_frame(0), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_frame(67), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_frame(68), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_frame(1522), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_frame(9238), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_admit_frame(9239), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_frame(0x10000 + 1522), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_frame(0x80000000), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_frame(0x94002600), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_admit_frame(0xffffffff), IOV_WIRE_ST_INVAL);
}

/* Valid, unique on the board, the same each time */
static void default_addresses(void)
{
	static const u8 intel[ETH_ALEN] = { 0x90, 0xe2, 0xba, 0x12, 0x34, 0x50 };
	static const u8 *const boards[] = { world_pf_mac, intel };
	u8 mac[4][IOV_POL_VFS][ETH_ALEN], again[ETH_ALEN];
	unsigned int board, port, vf, p, v;

	for (board = 0; board < 2; board++) {
		for (port = 0; port < 4; port++) {
			u8 pf[ETH_ALEN];

			ether_addr_copy(pf, boards[board]);
			pf[5] = (u8)(pf[5] + port);
			for (vf = 0; vf < IOV_POL_VFS; vf++) {
				iov_pol_mac_default(pf, vf, mac[port][vf]);
				iov_pol_mac_default(pf, vf, again);
				CHECK(ether_addr_equal(mac[port][vf], again));
				CHECK(is_valid_ether_addr(again));
				CHECK(again[0] & 2);
				CHECK(!ether_addr_equal(again, pf));
				for (p = 0; p <= port; p++)
					for (v = 0; v < (p < port ? IOV_POL_VFS : vf); v++)
						CHECK(!ether_addr_equal(again, mac[p][v]));
			}
		}
	}
}

static void whose_address(void)
{
	world_make(&dev, 1);
	CHECK(iov_pol_vf_mac(&dev, 0) == dev.cfg[0].default_mac);
	ether_addr_copy(dev.cfg[0].admin_mac, WORLD_MAC(1, 1));
	CHECK(iov_pol_vf_mac(&dev, 0) == dev.cfg[0].admin_mac);
	ether_addr_copy(dev.run[0].mac, WORLD_MAC(2, 2));
	CHECK(iov_pol_vf_mac(&dev, 0) == dev.run[0].mac);
}

TAP_MAIN(TAP_TEST(addresses_nobody_may_have),
	 TAP_TEST(addresses_of_others),
	 TAP_TEST(the_host_may_know_a_guests_address),
	 TAP_TEST(every_vlan),
	 TAP_TEST(vlans_with_a_port_vlan),
	 TAP_TEST(share_of_vlans),
	 TAP_TEST(frame_sizes),
	 TAP_TEST(default_addresses),
	 TAP_TEST(whose_address))
