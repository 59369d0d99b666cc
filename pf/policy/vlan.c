// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which VLANs have a pool filter (VLVF), and which pass the port (VFTA)? Pure.
 *
 * With pools a tagged frame reaches only members of its VLAN's filter, and
 * there are 31 filters besides that of VID 0. VLANs of VFs have one always. The
 * PF can do without: a unicast frame that passes the port and is for no pool
 * goes to the default pool, which is the PF's. So the PF's VLANs take what VFs
 * leave and are never refused. This keeps the filters of VFs exact: the pool
 * list of a frame is ANDed with the members of its VLAN, and no VF is a member
 * of a VLAN without filter.
 *
 * Broadcasts and groups do not go to the default pool. Of the PF's VLANs those
 * come first that the host has sent in: that is where it expects an answer.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

#define IOV_POL_VLVF_PRIO	0	/* slot of VID 0, priority tags */
#define IOV_POL_VLAN_BITS	64

/* VLANs that get a filter, in the order in which they were chosen */
struct iov_pol_vids {
	unsigned int num;
	u16 vid[IOV_POL_VLVFS - 1];
};

static bool iov_pol_vlan_listed(const struct iov_pol_vids *vids, u16 vid)
{
	unsigned int i;

	for (i = 0; i < vids->num; i++)
		if (vids->vid[i] == vid)
			return true;
	return false;
}

/* False if there is no room. VID 0 has its own slot. */
static bool iov_pol_vlan_add(struct iov_pol_vids *vids, u16 vid)
{
	if (!vid || iov_pol_vlan_listed(vids, vid))
		return true;
	if (vids->num == ARRAY_SIZE(vids->vid))
		return false;
	vids->vid[vids->num++] = vid;
	return true;
}

static bool iov_pol_vlan_vf_wants(const struct iov_pol_dev *dev,
				  unsigned int vf, u16 vid)
{
	if (dev->cfg[vf].vlan)
		return dev->cfg[vf].vlan == vid;
	return !vid || iov_pol_vf_has_vlan(&dev->run[vf], vid);
}

static bool iov_pol_vlan_pf_wants_all(const struct iov_pol_pf *pf)
{
	return pf->promisc || !pf->filter_vlan;
}

static bool iov_pol_vlan_pf_has(const struct iov_pol_pf *pf, u16 vid)
{
	return pf->vlans[vid / IOV_POL_VLAN_BITS] >>
	       (vid % IOV_POL_VLAN_BITS) & 1;
}

static bool iov_pol_vlan_pf_wants(const struct iov_pol_pf *pf, u16 vid)
{
	return !vid || iov_pol_vlan_pf_wants_all(pf) ||
	       iov_pol_vlan_pf_has(pf, vid);
}

/* First VLAN from @vid on that the stack has added */
static u16 iov_pol_vlan_pf_next(const struct iov_pol_pf *pf, u16 vid)
{
	while (vid <= IOV_POL_MAX_VID && !iov_pol_vlan_pf_has(pf, vid)) {
		if (pf->vlans[vid / IOV_POL_VLAN_BITS])
			vid++;
		else
			vid += IOV_POL_VLAN_BITS - vid % IOV_POL_VLAN_BITS;
	}
	return vid;
}

/* Pools that are members of a VLAN */
static u8 iov_pol_vlan_members(const struct iov_pol_dev *dev, u16 vid)
{
	unsigned int vf;
	u8 pools = 0;

	for (vf = 0; vf < dev->num_vfs; vf++)
		if (iov_pol_vlan_vf_wants(dev, vf, vid))
			pools |= BIT(vf);
	if (iov_pol_vlan_pf_wants(&dev->pf, vid))
		pools |= iov_pol_l2fwd_host_pools(dev);
	return pools;
}

/* False if the VLANs of VFs are more than there are filters */
static bool iov_pol_vlan_choose_vfs(const struct iov_pol_dev *dev,
				    struct iov_pol_vids *vids)
{
	unsigned int vf, i;
	bool fit = true;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		const struct iov_vf_run *run = &dev->run[vf];

		if (dev->cfg[vf].vlan) {
			fit &= iov_pol_vlan_add(vids, dev->cfg[vf].vlan);
			continue;
		}
		for (i = 0; i < run->num_vlans; i++)
			fit &= iov_pol_vlan_add(vids, run->vlans[i]);
	}
	return fit;
}

/*
 * First those that are in use, then those that have a filter already: it stays
 * where it is. Returns false if some VLAN of the PF is left without.
 */
static bool iov_pol_vlan_choose_pf(const struct iov_pol_pf *pf,
				   const struct iov_pol_hw_tables *prev,
				   struct iov_pol_vids *vids)
{
	unsigned int i;
	u16 vid;

	for (i = 0; i < pf->num_used; i++)
		if (iov_pol_vlan_pf_wants(pf, pf->used[i].vid))
			iov_pol_vlan_add(vids, pf->used[i].vid);
	for (i = IOV_POL_VLVF_PRIO + 1; i < ARRAY_SIZE(prev->vlvf); i++)
		if (prev->vlvf[i].pools &&
		    iov_pol_vlan_pf_has(pf, prev->vlvf[i].vid))
			iov_pol_vlan_add(vids, prev->vlvf[i].vid);
	for (vid = iov_pol_vlan_pf_next(pf, 1); vid <= IOV_POL_MAX_VID;
	     vid = iov_pol_vlan_pf_next(pf, vid + 1))
		if (!iov_pol_vlan_add(vids, vid))
			return false;
	return !iov_pol_vlan_pf_wants_all(pf);
}

static void iov_pol_vlan_put(const struct iov_pol_dev *dev,
			     struct iov_pol_vlvf *vlvf, u16 vid)
{
	vlvf->vid = vid;
	vlvf->pools = iov_pol_vlan_members(dev, vid);
}

/* A VLAN that has a slot keeps it. */
static void iov_pol_vlan_put_all(const struct iov_pol_dev *dev,
				 const struct iov_pol_hw_tables *prev,
				 struct iov_pol_hw_tables *next,
				 const struct iov_pol_vids *vids)
{
	struct iov_pol_vids placed = {};
	unsigned int i, slot = IOV_POL_VLVF_PRIO;

	iov_pol_vlan_put(dev, &next->vlvf[slot++], 0);
	for (i = slot; i < ARRAY_SIZE(prev->vlvf); i++) {
		if (!prev->vlvf[i].pools ||
		    !iov_pol_vlan_listed(vids, prev->vlvf[i].vid))
			continue;
		iov_pol_vlan_put(dev, &next->vlvf[i], prev->vlvf[i].vid);
		iov_pol_vlan_add(&placed, prev->vlvf[i].vid);
	}
	for (i = 0; i < vids->num; i++) {
		if (iov_pol_vlan_listed(&placed, vids->vid[i]))
			continue;
		while (next->vlvf[slot].pools)
			slot++;
		iov_pol_vlan_put(dev, &next->vlvf[slot], vids->vid[i]);
	}
}

static void iov_pol_vlan_pass(struct iov_pol_hw_tables *tables, u16 vid)
{
	tables->vfta[vid / IOV_POL_WORD_BITS] |= BIT(vid % IOV_POL_WORD_BITS);
}

static void iov_pol_vlan_vfta(const struct iov_pol_dev *dev,
			      struct iov_pol_hw_tables *next)
{
	bool all = next->vmdq && iov_pol_vlan_pf_wants_all(&dev->pf);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(next->vfta); i++)
		next->vfta[i] = all ? ~0U :
				(u32)(dev->pf.vlans[i / 2] >>
				      (i % 2 * IOV_POL_WORD_BITS));
	iov_pol_vlan_pass(next, 0);
	for (i = 0; i < ARRAY_SIZE(next->vlvf); i++)
		if (next->vlvf[i].pools)
			iov_pol_vlan_pass(next, next->vlvf[i].vid);
}

/*
 * Fill in vlvf, vfta, vlan_filter and vlan_overflow of the next tables, whose
 * vmdq is known. While there are VFs the filter stays on, because it is what
 * keeps them apart.
 */
enum iov_wire_status iov_pol_vlan_tables(const struct iov_pol_dev *dev,
					 const struct iov_pol_hw_tables *prev,
					 struct iov_pol_hw_tables *next)
{
	struct iov_pol_vids vids = {};

	next->vlan_filter = next->vmdq || !iov_pol_vlan_pf_wants_all(&dev->pf);
	if (next->vmdq) {
		if (!iov_pol_vlan_choose_vfs(dev, &vids))
			return IOV_WIRE_ST_NORES;
		next->vlan_overflow =
			!iov_pol_vlan_choose_pf(&dev->pf, prev, &vids);
		iov_pol_vlan_put_all(dev, prev, next, &vids);
	}
	iov_pol_vlan_vfta(dev, next);
	return IOV_WIRE_ST_OK;
}

/* How many filters do VFs leave to the PF? */
static unsigned int iov_pol_vlan_room(const struct iov_pol_dev *dev)
{
	struct iov_pol_vids vids = {};

	iov_pol_vlan_choose_vfs(dev, &vids);
	return ARRAY_SIZE(vids.vid) - vids.num;
}

/**
 * iov_pol_vlan_used - the host has sent in a VLAN
 * @dev: everything; gets it
 * @vid: VLAN
 * @now_ms: the PF's clock
 *
 * A VLAN gives up its place only when there are more than filters, and nothing
 * was sent in it for a while: a host that sends in all VLANs in turn changes
 * few filters.
 *
 * Return: true if another tables may come of it.
 */
bool iov_pol_vlan_used(struct iov_pol_dev *dev, u16 vid, u64 now_ms)
{
	struct iov_pol_used_vlan *used = dev->pf.used, *oldest = used;
	unsigned int i, room;

	if (!vid || vid > IOV_POL_MAX_VID)
		return false;
	for (i = 0; i < dev->pf.num_used; i++) {
		if (used[i].vid == vid) {
			used[i].last_ms = now_ms;
			return false;
		}
		if (used[i].last_ms < oldest->last_ms)
			oldest = &used[i];
	}

	room = iov_pol_vlan_room(dev);
	if (dev->pf.num_used < room)
		oldest = &used[dev->pf.num_used++];
	else if (!room || now_ms - oldest->last_ms < IOV_POL_VLAN_KEEP_MS)
		return false;
	oldest->vid = vid;
	oldest->last_ms = now_ms;
	return true;
}
