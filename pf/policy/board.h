/* SPDX-License-Identifier: GPL-2.0-only */
/* The address of a port, by words of the NVM, as pure as the rest here. */
#ifndef IOV_POL_BOARD_H
#define IOV_POL_BOARD_H

#include <linux/bits.h>
#include <linux/if_ether.h>
#include <linux/limits.h>
#include <linux/types.h>

#include "pf/policy/mac.h"

#define IOV_POL_BOARD_MAC_WORDS	(ETH_ALEN / 2)

/* Words hold two bytes each, the first one in the lower half. */
static inline void iov_pol_board_bytes(const u16 *words, u8 *mac)
{
	unsigned int i;

	for (i = 0; i < ETH_ALEN; i++)
		mac[i] = words[i / 2] >> (i % 2 * 8);
}

/* Words 0-2 are port 0's address; port 1 has the last bit inverted. */
static inline void iov_pol_board_mac(const u16 *words, bool second, u8 *mac)
{
	iov_pol_board_bytes(words, mac);
	if (second)
		mac[ETH_ALEN - 1] ^= 1;
}

/*
 * Word 37h points to alternate addresses, one per port, which boards have on
 * which the vendor of the computer gives each slot its address.
 * Returns the first of three words, or 0: the board has none.
 */
static inline u16 iov_pol_board_alternate(u16 pointer, bool second)
{
	if (!pointer || pointer == U16_MAX)
		return 0;
	return pointer + (second ? IOV_POL_BOARD_MAC_WORDS : 0);
}

/* Returns false, without a change, unless the words are one macvlan's. */
static inline bool iov_pol_board_replace(const u16 *words, u8 *mac)
{
	u8 other[ETH_ALEN];

	iov_pol_board_bytes(words, other);
	if (!iov_pol_mac_valid(other))
		return false;
	iov_pol_mac_copy(mac, other);
	return true;
}

#endif /* IOV_POL_BOARD_H */
