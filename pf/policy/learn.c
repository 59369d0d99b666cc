// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which addresses a software switch above the PF reaches by the PF's port,
 * because VFs receive their frames, and what a change of tables means for it.
 * Pure.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"
#include "pf/policy/learn.h"

/*
 * A guest may choose an address that is not the host's to give, and an entry of
 * the PF replaces one that the administrator has made: only a trusted guest may
 * cause that. The switch learns the others from the frames that it receives.
 */
static bool iov_pol_learn_may(const struct iov_pol_dev *dev, unsigned int vf,
			      const struct iov_pol_uplink *uplink,
			      const u8 *addr)
{
	return iov_pol_vf_is_given(dev, vf, addr) ||
	       (dev->cfg[vf].trusted && !ether_addr_equal(addr, uplink->mac));
}

static void iov_pol_learn_put(const struct iov_pol_dev *dev, unsigned int vf,
			      const u8 *addr, u16 vid,
			      struct iov_pol_places *places)
{
	struct iov_pol_place *place;

	if (vid == IOV_POL_VID_NONE || places->num == ARRAY_SIZE(places->place))
		return;
	place = &places->place[places->num++];
	memset(place, 0, sizeof(*place));
	ether_addr_copy(place->mac, addr);
	place->vid = vid;
	place->vf = vf;
	place->leaving = dev->run[vf].chan.leaving;
}

/* In a port VLAN the guest has no VLANs of its own. */
static void iov_pol_learn_mac(const struct iov_pol_dev *dev, unsigned int vf,
			      const struct iov_pol_uplink *uplink,
			      const u8 *addr, struct iov_pol_places *places)
{
	const struct iov_vf_run *run = &dev->run[vf];
	unsigned int i;

	if (uplink->tags && dev->cfg[vf].vlan) {
		iov_pol_learn_put(dev, vf, addr, dev->cfg[vf].vlan, places);
		return;
	}
	iov_pol_learn_put(dev, vf, addr, uplink->untagged, places);
	for (i = 0; uplink->tags && i < run->num_vlans; i++)
		iov_pol_learn_put(dev, vf, addr, run->vlans[i], places);
}

/**
 * iov_pol_learn_list - list the addresses that VFs receive
 * @dev: everything
 * @tables: filters and pools that belong to @dev
 * @uplink: switch that will use the list
 * @places: filled in
 *
 * Addresses by hash are not listed: several VFs may receive them.
 */
void iov_pol_learn_list(const struct iov_pol_dev *dev,
			const struct iov_pol_hw_tables *tables,
			const struct iov_pol_uplink *uplink,
			struct iov_pol_places *places)
{
	unsigned int vf, i;

	places->num = 0;
	for (vf = 0; uplink->used && vf < dev->num_vfs; vf++) {
		if (!tables->pool[vf].rx)
			continue;
		for (i = 0; i < ARRAY_SIZE(tables->rar); i++) {
			const u8 *addr = tables->rar[i].addr;

			if (tables->rar[i].pools & BIT(vf) &&
			    iov_pol_learn_may(dev, vf, uplink, addr))
				iov_pol_learn_mac(dev, vf, uplink, addr,
						  places);
		}
	}
}

static bool iov_pol_learn_same_key(const struct iov_pol_place *a,
				   const struct iov_pol_place *b)
{
	return a->vid == b->vid && ether_addr_equal(a->mac, b->mac);
}

static bool iov_pol_learn_same(const struct iov_pol_place *a,
			       const struct iov_pol_place *b)
{
	return !memcmp(a, b, sizeof(*a));
}

typedef bool (*iov_pol_learn_match)(const struct iov_pol_place *a,
				    const struct iov_pol_place *b);

static const struct iov_pol_place *
iov_pol_learn_find(const struct iov_pol_places *places,
		   const struct iov_pol_place *place, iov_pol_learn_match same)
{
	unsigned int i;

	for (i = 0; i < places->num; i++) {
		if (same(place, &places->place[i]))
			return &places->place[i];
	}
	return NULL;
}

/* The first entry of @a from @next on that @b lacks */
static const struct iov_pol_place *
iov_pol_learn_lacks(const struct iov_pol_places *a,
		    const struct iov_pol_places *b, unsigned int *next,
		    iov_pol_learn_match same)
{
	while (*next < a->num) {
		const struct iov_pol_place *place = &a->place[(*next)++];

		if (!iov_pol_learn_find(b, place, same))
			return place;
	}
	return NULL;
}

/**
 * iov_pol_learn_gone - an address that VFs do not receive any more
 * @was: addresses before a change
 * @is: addresses after it
 * @next: where to look, 0 at first; moved on
 *
 * Return: address, or NULL: there is none left.
 */
const struct iov_pol_place *
iov_pol_learn_gone(const struct iov_pol_places *was,
		   const struct iov_pol_places *is, unsigned int *next)
{
	return iov_pol_learn_lacks(was, is, next, iov_pol_learn_same_key);
}

/**
 * iov_pol_learn_keep - remove what iov_pol_learn_gone() returns
 * @was: addresses before a change; keeps those that are in @is
 * @is: addresses after it
 *
 * A VF that begins to leave is noted: it may have left before @was is @is.
 */
void iov_pol_learn_keep(struct iov_pol_places *was,
			const struct iov_pol_places *is)
{
	const struct iov_pol_place *now;
	unsigned int i, num = 0;

	for (i = 0; i < was->num; i++) {
		now = iov_pol_learn_find(is, &was->place[i],
					 iov_pol_learn_same_key);
		if (!now)
			continue;
		was->place[num] = was->place[i];
		was->place[num++].leaving |= now->leaving;
	}
	was->num = num;
}

/**
 * iov_pol_learn_news - an address that the switch has to be told of
 * @was: addresses before a change
 * @is: addresses after it
 * @next: where to look, 0 at first; moved on
 *
 * Also when its VF has changed, begins to leave, or stays after all: a frame on
 * the guest's software path may have taken the switch's entry meanwhile.
 *
 * Return: address, or NULL: there is none left.
 */
const struct iov_pol_place *
iov_pol_learn_news(const struct iov_pol_places *was,
		   const struct iov_pol_places *is, unsigned int *next)
{
	return iov_pol_learn_lacks(is, was, next, iov_pol_learn_same);
}
