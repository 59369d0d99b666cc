// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the state of PF and VFs to the tables of the device. Pure.
 *
 * An address of a VF belongs to the VF's pool while the VF receives, and to
 * the host at all other times, so that the same guest's software interface
 * gets the frames; between the two only the pool bits differ. Of the host's
 * pools it is the PF's, but for the addresses of macvlans (l2fwd.c).
 *
 * Shared entries that were in the tables before keep their slot, so that no
 * entry moves or is lost because another VF adds one.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"

#define IOV_POL_PF_BIT		BIT(IOV_POL_PF_POOL)

/*
 * The pool that gets the frames for an address of a VF; 0: no entry.
 *
 * A VF without session may be the target of a migration, and its guest on
 * another host, and so may the guest of a frozen VF, which cannot receive
 * anyway: frames for a receive address do not leave by the wire. A
 * promiscuous PF receives them without an entry, if the guest is here.
 */
static u8 iov_pol_tables_owner(const struct iov_pol_dev *dev, unsigned int vf,
			       const u8 *addr)
{
	unsigned int twin;
	u8 host;

	if (iov_pol_vf_receives(dev, vf))
		return BIT(vf);
	twin = iov_pol_vf_twin(dev, vf);
	if (twin < IOV_POL_VFS && iov_pol_vf_receives(dev, twin) &&
	    ether_addr_equal(iov_pol_vf_mac(dev, twin), addr))
		return BIT(twin);
	if (dev->frozen & BIT(vf))
		return 0;
	host = iov_pol_l2fwd_host_owner(dev, addr);
	if (host == IOV_POL_PF_BIT && dev->pf.promisc &&
	    dev->run[vf].state != IOV_POL_ACTIVE)
		return 0;
	return host;
}

/* --- Receive addresses --------------------------------------------- */

static bool iov_pol_tables_has_rar(const struct iov_pol_hw_tables *tables,
				   const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables->rar); i++)
		if (tables->rar[i].pools &&
		    ether_addr_equal(tables->rar[i].addr, addr))
			return true;
	return false;
}

/* The first one keeps an address, in the order PF, VF 0, VF 1, ... */
static void iov_pol_tables_put_rar(struct iov_pol_hw_tables *tables,
				   unsigned int slot, const u8 *addr, u8 pools)
{
	if (!pools || is_zero_ether_addr(addr) ||
	    iov_pol_tables_has_rar(tables, addr))
		return;
	ether_addr_copy(tables->rar[slot].addr, addr);
	tables->rar[slot].pools = pools;
}

/* Slots of VFs that do not exist are shared, too. */
static unsigned int iov_pol_tables_first_shared(const struct iov_pol_dev *dev)
{
	return IOV_POL_RAR_SHARED(dev->num_vfs);
}

/*
 * Pools that want an additional address; 0: none does. Trusted VFs may have one
 * in common; the host gets it if none of them receives.
 */
static u8 iov_pol_tables_wanted_mac(const struct iov_pol_dev *dev,
				    const u8 *addr)
{
	bool exact = iov_pol_mac_listed(dev->pf.macs, dev->pf.num_macs, addr);
	unsigned int vf;
	u8 pools = 0;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		if (!iov_pol_mac_listed(dev->run[vf].macs,
					dev->run[vf].num_macs, addr))
			continue;
		exact |= iov_pol_share_has_exact(&dev->run[vf], addr);
		if (iov_pol_vf_receives(dev, vf))
			pools |= BIT(vf);
	}
	if (!exact)
		return 0;
	return pools ?: iov_pol_l2fwd_host_owner(dev, addr);
}

static bool iov_pol_tables_is_additional(const struct iov_pol_dev *dev,
					 const u8 *addr)
{
	unsigned int vf;

	for (vf = 0; vf < dev->num_vfs; vf++)
		if (iov_pol_share_has_exact(&dev->run[vf], addr))
			return true;
	return false;
}

/*
 * An additional address that is not in the table yet: false if it is full. The
 * slot of an entry that may still come back is the last choice.
 */
static bool iov_pol_tables_add_rar(const struct iov_pol_dev *dev,
				   const struct iov_pol_hw_tables *prev,
				   struct iov_pol_hw_tables *next,
				   const u8 *addr)
{
	unsigned int i, slot = ARRAY_SIZE(next->rar);

	if (iov_pol_tables_has_rar(next, addr))
		return true;

	for (i = iov_pol_tables_first_shared(dev); i < ARRAY_SIZE(next->rar);
	     i++) {
		if (next->rar[i].pools)
			continue;
		if (slot == ARRAY_SIZE(next->rar) || !prev->rar[i].pools)
			slot = i;
		if (!prev->rar[i].pools)
			break;
	}
	if (slot == ARRAY_SIZE(next->rar))
		return false;
	iov_pol_tables_put_rar(next, slot, addr,
			       iov_pol_tables_wanted_mac(dev, addr));
	return true;
}

static void iov_pol_tables_own_rars(const struct iov_pol_dev *dev,
				    struct iov_pol_hw_tables *tables)
{
	unsigned int vf;

	iov_pol_tables_put_rar(tables, IOV_POL_RAR_PF, dev->pf.mac,
			       IOV_POL_PF_BIT);
	for (vf = 0; vf < dev->num_vfs; vf++) {
		const u8 *addr = iov_pol_vf_mac(dev, vf);

		iov_pol_tables_put_rar(tables, IOV_POL_RAR_VF(vf), addr,
				       iov_pol_tables_owner(dev, vf, addr));
	}
}

/* Entries stay where they are: all, or at first only those of VFs. */
static void iov_pol_tables_keep_rars(const struct iov_pol_dev *dev,
				     const struct iov_pol_hw_tables *prev,
				     struct iov_pol_hw_tables *next, bool all)
{
	const u8 *addr;
	unsigned int i;

	for (i = iov_pol_tables_first_shared(dev); i < ARRAY_SIZE(prev->rar);
	     i++) {
		addr = prev->rar[i].addr;
		if (!prev->rar[i].pools || next->rar[i].pools ||
		    (!all && !iov_pol_tables_is_additional(dev, addr)))
			continue;
		iov_pol_tables_put_rar(next, i, addr,
				       iov_pol_tables_wanted_mac(dev, addr));
	}
}

/*
 * A VF's address that does not fit is an error. The PF's are not: it is
 * promiscuous when it has more of them than the VFs' shares leave it; then it
 * gets the slots that VFs do not use at the moment.
 */
static enum iov_wire_status
iov_pol_tables_rars(const struct iov_pol_dev *dev,
		    const struct iov_pol_hw_tables *prev,
		    struct iov_pol_hw_tables *next)
{
	const struct iov_pol_pf *pf = &dev->pf;
	struct iov_pol_share use;
	unsigned int vf, i;

	iov_pol_share_use(dev, IOV_POL_SHARED_MACS, &use);
	iov_pol_tables_own_rars(dev, next);
	iov_pol_tables_keep_rars(dev, prev, next, !use.overflow);

	for (vf = 0; vf < dev->num_vfs; vf++)
		for (i = 0; i < dev->run[vf].num_macs; i++)
			if (!(dev->run[vf].hashed & BIT(i)) &&
			    !iov_pol_tables_add_rar(dev, prev, next,
						    dev->run[vf].macs[i]))
				return IOV_WIRE_ST_NORES;

	iov_pol_tables_keep_rars(dev, prev, next, true);
	next->pf_overflow = use.overflow;
	for (i = 0; i < pf->num_macs; i++)
		iov_pol_tables_add_rar(dev, prev, next, pf->macs[i]);
	next->pool[IOV_POL_PF_POOL].uc_promisc = pf->promisc ||
						 next->pf_overflow;
	return IOV_WIRE_ST_OK;
}

/* --- Pools --------------------------------------------------------- */

/* A frame of the MTU may have two tags. */
static u16 iov_pol_tables_frame(u16 max_frame)
{
	return (max_frame ?: IOV_POL_DEFAULT_FRAME) + IOV_POL_SECOND_TAG;
}

/*
 * Promiscuity needs trust at every moment, not only when it is granted: taking
 * trust away takes effect at once.
 */
static void iov_pol_tables_vf_pool(const struct iov_pol_dev *dev,
				   struct iov_pol_hw_tables *next,
				   unsigned int vf)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];
	const struct iov_vf_run *run = &dev->run[vf];
	struct iov_pol_pool *pool = &next->pool[vf];

	pool->untagged = !cfg->vlan;
	pool->strip_vlan = true;
	pool->antispoof = cfg->spoofchk;
	pool->max_frame = iov_pol_tables_frame(run->max_frame);
	pool->port_vlan = iov_pol_vf_port_vlan(cfg);
	iov_pol_rate_limits(dev, vf, pool->rates);
	if (!iov_pol_vf_receives(dev, vf))
		return;

	pool->rx = true;
	pool->tx = true;
	pool->broadcast = true;
	pool->uc_promisc = cfg->trusted && run->uc_promisc;
	pool->mc_promisc = cfg->trusted &&
			   (run->mc_promisc || run->mc_overflow);
	pool->uc_hash = cfg->trusted && run->hashed;
	pool->hash = run->num_hashes || pool->uc_hash || pool->uc_promisc ||
		     pool->mc_promisc;
	pool->rss = iov_pol_queues_qps(dev, vf) > 1;
}

static bool iov_pol_tables_has_groups(const struct iov_pol_pf *pf)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pf->mta); i++)
		if (pf->mta[i])
			return true;
	return false;
}

static void iov_pol_tables_pf_pool(const struct iov_pol_pf *pf,
				   struct iov_pol_hw_tables *next)
{
	struct iov_pol_pool *pool = &next->pool[IOV_POL_PF_POOL];

	pool->rx = pf->up;
	pool->tx = pf->up;
	pool->broadcast = pf->up;
	pool->untagged = true;
	pool->strip_vlan = pf->strip_vlan;
	pool->max_frame = iov_pol_tables_frame(pf->max_frame);
	/* uc_promisc: see iov_pol_tables_rars() */
	pool->mc_promisc = pf->promisc || pf->allmulti;
	pool->hash = iov_pol_tables_has_groups(pf) || pool->uc_promisc ||
		     pool->mc_promisc;
}

static void iov_pol_tables_mta(const struct iov_pol_dev *dev,
			       struct iov_pol_hw_tables *next)
{
	unsigned int vf, i;

	memcpy(next->mta, dev->pf.mta, sizeof(next->mta));
	for (vf = 0; vf < dev->num_vfs; vf++) {
		const struct iov_vf_run *run = &dev->run[vf];

		if (!iov_pol_vf_receives(dev, vf))
			continue;
		for (i = 0; i < run->num_hashes; i++)
			next->mta[run->hashes[i] / IOV_POL_WORD_BITS] |=
				BIT(run->hashes[i] % IOV_POL_WORD_BITS);
	}
}

/* Addresses of trusted VFs that have no exact filter, nothing else */
static void iov_pol_tables_uta(const struct iov_pol_dev *dev,
			       struct iov_pol_hw_tables *next)
{
	unsigned int vf, i;
	u16 hash;

	for (vf = 0; vf < dev->num_vfs; vf++) {
		const struct iov_vf_run *run = &dev->run[vf];

		if (!dev->cfg[vf].trusted || !iov_pol_vf_receives(dev, vf))
			continue;
		for (i = 0; i < run->num_macs; i++) {
			if (!(run->hashed & BIT(i)))
				continue;
			hash = iov_mbx_mc_hash(run->macs[i]);
			next->uta[hash / IOV_POL_WORD_BITS] |=
				BIT(hash % IOV_POL_WORD_BITS);
		}
	}
}

static void iov_pol_tables_pools(const struct iov_pol_dev *dev,
				 struct iov_pol_hw_tables *next)
{
	unsigned int i;

	for (i = 0; i < dev->num_vfs; i++)
		iov_pol_tables_vf_pool(dev, next, i);
	iov_pol_tables_pf_pool(&dev->pf, next);
	iov_pol_l2fwd_rules(dev, next);

	for (i = 0; i < ARRAY_SIZE(next->pool); i++) {
		next->uc_promisc |= next->pool[i].rx &&
				    next->pool[i].uc_promisc;
		next->mc_promisc |= next->pool[i].rx &&
				    next->pool[i].mc_promisc;
	}
	next->default_pool = next->pool[IOV_POL_PF_POOL].uc_promisc ||
			     next->vlan_overflow;
}

/**
 * iov_pol_tables_make - compute filters and pools
 * @dev: everything
 * @prev: tables so far, for the slots; may be all zero
 * @next: filled in, not @prev; meaningless when it does not fit
 *
 * If @dev fitted and @prev is its tables, or the tables of what came of it by
 * taking something away, it fits again.
 *
 * Return: IOV_WIRE_ST_OK or why not.
 */
enum iov_wire_status iov_pol_tables_make(const struct iov_pol_dev *dev,
					 const struct iov_pol_hw_tables *prev,
					 struct iov_pol_hw_tables *next)
{
	enum iov_wire_status status;

	memset(next, 0, sizeof(*next));
	next->vmdq = dev->num_vfs;
	next->loopback = next->vmdq && !dev->vepa;

	status = iov_pol_tables_rars(dev, prev, next);
	if (status)
		return status;

	status = iov_pol_vlan_tables(dev, prev, next);
	if (status)
		return status;

	iov_pol_tables_mta(dev, next);
	iov_pol_tables_uta(dev, next);
	iov_pol_tables_pools(dev, next);
	return IOV_WIRE_ST_OK;
}
