// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/mac.c: addresses of ports by the NVM. */

#include <string.h>

#include <linux/etherdevice.h>

#include "pf/policy/policy.h"
#include "tap.h"

static const u16 words[] = { 0x2211, 0x4433, 0x6655 };
static const u8 first[ETH_ALEN] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66 };
static const u8 second[ETH_ALEN] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x67 };

static void of_the_board(void)
{
	u8 mac[ETH_ALEN];

	iov_pol_mac_board(words, false, mac);
	CHECK(ether_addr_equal(mac, first));
	iov_pol_mac_board(words, true, mac);
	CHECK(ether_addr_equal(mac, second));
}

static void where_the_alternate_one_is(void)
{
	CHECK_EQ(iov_pol_mac_alternate(0, false), 0);
	CHECK_EQ(iov_pol_mac_alternate(0, true), 0);
	CHECK_EQ(iov_pol_mac_alternate(0xffff, false), 0);
	CHECK_EQ(iov_pol_mac_alternate(0xffff, true), 0);
	CHECK_EQ(iov_pol_mac_alternate(0x120, false), 0x120);
	CHECK_EQ(iov_pol_mac_alternate(0x120, true), 0x123);
}

/* The alternate address is used unchanged: no bit of it is inverted. */
static void the_alternate_one(void)
{
	static const u16 none[][3] = {
		{ 0xffff, 0xffff, 0xffff }, { 0, 0, 0 }, { 0x0001, 0x4433, 0x6655 },
	};
	static const u16 other[] = { 0x0002, 0x0100, 0x0807 };
	static const u8 wanted[ETH_ALEN] = { 0x02, 0x00, 0x00, 0x01, 0x07, 0x08 };
	u8 mac[ETH_ALEN];
	unsigned int i;

	memcpy(mac, second, sizeof(mac));
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		CHECK(!iov_pol_mac_replace(none[i], mac));
		CHECK(ether_addr_equal(mac, second));
	}
	CHECK(iov_pol_mac_replace(other, mac));
	CHECK(ether_addr_equal(mac, wanted));
}

TAP_MAIN(TAP_TEST(of_the_board),
	 TAP_TEST(where_the_alternate_one_is),
	 TAP_TEST(the_alternate_one))
