/* SPDX-License-Identifier: GPL-2.0-only */
/* Ethernet addresses, as pure as the rest of this room. */
#ifndef IOV_POL_MAC_H
#define IOV_POL_MAC_H

#include <linux/bits.h>
#include <linux/if_ether.h>
#include <linux/string.h>
#include <linux/types.h>

#define IOV_POL_MAC_GROUP	BIT(0)	/* of the first byte */
#define IOV_POL_MAC_LOCAL	BIT(1)
#define IOV_POL_MAC_NUMBER	GENMASK(4, 2)	/* tells VFs apart */

static inline bool iov_pol_mac_equal(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, ETH_ALEN);
}

static inline bool iov_pol_mac_zero(const u8 *addr)
{
	static const u8 zero[ETH_ALEN];

	return iov_pol_mac_equal(addr, zero);
}

/* An address that one macvlan may have */
static inline bool iov_pol_mac_valid(const u8 *addr)
{
	return !(addr[0] & IOV_POL_MAC_GROUP) && !iov_pol_mac_zero(addr);
}

static inline void iov_pol_mac_copy(u8 *to, const u8 *from)
{
	memcpy(to, from, ETH_ALEN);
}

/* Is @addr one of @num addresses? */
static inline bool iov_pol_mac_listed(const u8 (*list)[ETH_ALEN],
				      unsigned int num, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (iov_pol_mac_equal(list[i], addr))
			return true;
	return false;
}

#endif /* IOV_POL_MAC_H */
