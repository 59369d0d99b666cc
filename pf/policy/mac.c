// SPDX-License-Identifier: GPL-2.0-only
/* Addresses of the port, by words of its NVM, and of VFs by default. Pure. */

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/limits.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

#define IOV_POL_MAC_GROUP	BIT(0)	/* of the first byte */
#define IOV_POL_MAC_LOCAL	BIT(1)
#define IOV_POL_MAC_NUMBER	GENMASK(4, 2)	/* tells VFs apart */

bool iov_pol_mac_listed(const u8 list[][ETH_ALEN], unsigned int num,
			const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (ether_addr_equal(list[i], addr))
			return true;
	return false;
}

/**
 * iov_pol_mac_default - default address of a VF
 * @pf_mac: permanent address of the PF, so that the address of the VF is stable
 * @vf: VF number
 * @mac: filled in
 *
 * The VF number is in the first byte, because the ports of one board have
 * consecutive addresses, which differ in the last byte.
 */
void iov_pol_mac_default(const u8 *pf_mac, unsigned int vf, u8 *mac)
{
	ether_addr_copy(mac, pf_mac);
	mac[0] &= ~IOV_POL_MAC_GROUP;
	mac[0] |= IOV_POL_MAC_LOCAL;
	mac[0] ^= FIELD_PREP(IOV_POL_MAC_NUMBER, (u8)(vf + 1));
}

/* Words hold two bytes each, the first one in the lower half. */
static void iov_pol_mac_bytes(const u16 *words, u8 *mac)
{
	unsigned int i;

	for (i = 0; i < ETH_ALEN; i++)
		mac[i] = words[i / 2] >> (i % 2 * 8);
}

/**
 * iov_pol_mac_board - the port's address
 * @words: NVM words 0-2: port 0's address; port 1 has the last bit inverted
 * @second: port 1
 * @mac: filled in
 */
void iov_pol_mac_board(const u16 *words, bool second, u8 *mac)
{
	iov_pol_mac_bytes(words, mac);
	if (second)
		mac[ETH_ALEN - 1] ^= 1;
}

/**
 * iov_pol_mac_alternate - where the port's alternate address is
 * @pointer: NVM word 37h: alternate addresses, one per port, of boards on which
 *	the vendor of the computer gives each slot its address
 * @second: port 1
 *
 * Return: the first of three words, or 0: the board has none.
 */
u16 iov_pol_mac_alternate(u16 pointer, bool second)
{
	if (!pointer || pointer == U16_MAX)
		return 0;
	return pointer + (second ? IOV_POL_MAC_WORDS : 0);
}

/**
 * iov_pol_mac_replace - use the alternate address
 * @words: three words of the NVM
 * @mac: changed if they are a valid address
 *
 * Return: true if so.
 */
bool iov_pol_mac_replace(const u16 *words, u8 *mac)
{
	u8 other[ETH_ALEN] __aligned(2);

	iov_pol_mac_bytes(words, other);
	if (!is_valid_ether_addr(other))
		return false;
	ether_addr_copy(mac, other);
	return true;
}
