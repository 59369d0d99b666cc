// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive filters (DS 7.1.1, 8.10.16 ff.): the only writer of RAR, MTA, UTA,
 * VLVF, VFTA and RCTL.
 */

#include <linux/unaligned.h>

#include "common/quirks.h"
#include "pf/commit.h"
#include "pf/pf.h"

static void iov_pf_filter_rar(struct iov_pf *pf, unsigned int i,
			      const struct iov_pol_rar *old,
			      const struct iov_pol_rar *new)
{
	struct iov_io *io = &pf->io;
	u32 rah = 0;

	if (new->pools)
		rah = FIELD_PREP(IOV_RAH_ADDR,
				 get_unaligned_le16(new->addr + 4)) |
		      FIELD_PREP(IOV_RAH_POOL, new->pools) | IOV_RAH_AV;

	/* One write moves an address to another pool: no frame is lost. */
	if (!old || memcmp(old->addr, new->addr, ETH_ALEN)) {
		iov_wr32(io, IOV_RAH(i), 0);
		iov_wr32(io, IOV_RAL(i), get_unaligned_le32(new->addr));
	}
	iov_wr32(io, IOV_RAH(i), rah);
}

static u32 iov_pf_filter_vlvf(const struct iov_pol_vlvf *vlvf)
{
	if (!vlvf->pools)
		return 0;
	return FIELD_PREP(IOV_VLVF_VID, vlvf->vid) |
	       FIELD_PREP(IOV_VLVF_POOL, vlvf->pools) | IOV_VLVF_VIEN;
}

/*
 * VMOLR.MPME makes a pool accept every multicast frame, and the table stays
 * exact for the other pools. With IOV_QUIRK_ROMPE the table has to match all
 * frames instead. Without pools RCTL.MPE is used.
 */
static u32 iov_pf_filter_mta(const struct iov_pf *pf,
			     const struct iov_pol_hw_tables *tables,
			     unsigned int i)
{
	if (tables->vmdq && tables->mc_promisc &&
	    pf->io.quirks & IOV_QUIRK_ROMPE)
		return U32_MAX;
	return tables->mta[i];
}

/* All addresses match if a pool is promiscuous; VMOLR.ROPE selects pools. */
static u32 iov_pf_filter_uta(const struct iov_pol_hw_tables *tables,
			     unsigned int i)
{
	return tables->vmdq && tables->uc_promisc ? U32_MAX : tables->uta[i];
}

/*
 * Receive stays enabled without VFs while the netdev is down: new VFs need it,
 * and without it QEMU passes no frame to VFs.
 */
static u32 iov_pf_filter_rctl(const struct iov_pol_hw_tables *tables)
{
	u32 rctl = IOV_RCTL_EN | IOV_RCTL_LPE | IOV_RCTL_BAM | IOV_RCTL_SECRC;

	if (tables->uc_promisc)
		rctl |= IOV_RCTL_UPE;
	if (tables->mc_promisc)
		rctl |= IOV_RCTL_MPE;
	if (tables->vlan_filter)
		rctl |= IOV_RCTL_VFE;
	return rctl;
}

static void iov_pf_filter_hashes(struct iov_pf *pf,
				 const struct iov_pol_hw_tables *old,
				 const struct iov_pol_hw_tables *new)
{
	struct iov_io *io = &pf->io;
	unsigned int i;

	for (i = 0; i < IOV_POL_MTA_WORDS; i++) {
		u32 mta = iov_pf_filter_mta(pf, new, i);

		if (!old || iov_pf_filter_mta(pf, old, i) != mta)
			iov_wr32(io, IOV_MTA(i), mta);
	}
	for (i = 0; i < IOV_UTA_WORDS; i++) {
		u32 uta = iov_pf_filter_uta(new, i);

		if (!old || iov_pf_filter_uta(old, i) != uta)
			iov_wr32(io, IOV_UTA(i), uta);
	}
}

/*
 * A VLAN is removed from VFTA before VLVF and added in the opposite order:
 * without a pool filter its frames would go to the default pool.
 */
static void iov_pf_filter_vlans(struct iov_pf *pf,
				const struct iov_pol_hw_tables *old,
				const struct iov_pol_hw_tables *new)
{
	struct iov_io *io = &pf->io;
	unsigned int i;

	for (i = 0; old && i < IOV_POL_VFTA_WORDS; i++) {
		if (old->vfta[i] & ~new->vfta[i])
			iov_wr32(io, IOV_VFTA(i), old->vfta[i] & new->vfta[i]);
	}
	for (i = 0; i < IOV_POL_VLVFS; i++) {
		u32 vlvf = iov_pf_filter_vlvf(&new->vlvf[i]);

		if (!old || iov_pf_filter_vlvf(&old->vlvf[i]) != vlvf)
			iov_wr32(io, IOV_VLVF(i), vlvf);
	}
	for (i = 0; i < IOV_POL_VFTA_WORDS; i++) {
		if (!old || new->vfta[i] & ~old->vfta[i])
			iov_wr32(io, IOV_VFTA(i), new->vfta[i]);
	}
}

/**
 * iov_pf_filter_write - bring the filters from one state to the next
 * @pf: PF
 * @old: state of the device; NULL: unknown, write everything
 * @new: state to write
 *
 * If receive is disabled meanwhile, iov_pf_filter_on() writes RCTL.
 *
 * Context: process, pf->lock.
 */
void iov_pf_filter_write(struct iov_pf *pf, const struct iov_pol_hw_tables *old,
			 const struct iov_pol_hw_tables *new)
{
	struct iov_io *io = &pf->io;
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	iov_pf_filter_vlans(pf, old, new);
	for (i = 0; i < IOV_POL_RARS; i++) {
		const struct iov_pol_rar *rar = old ? &old->rar[i] : NULL;

		if (!rar || memcmp(rar, &new->rar[i], sizeof(*rar)))
			iov_pf_filter_rar(pf, i, rar, &new->rar[i]);
	}
	iov_pf_filter_hashes(pf, old, new);
	if (old && old->vmdq == new->vmdq &&
	    iov_pf_filter_rctl(old) != iov_pf_filter_rctl(new))
		iov_wr32(io, IOV_RCTL, iov_pf_filter_rctl(new));
}

/**
 * iov_pf_filter_on - enable receive
 * @pf: PF
 * @tables: state of filters and pools
 *
 * RCTL (DS 8.10.1) is the last step after a reset and when pools are added or
 * removed (DS 4.5.9).
 *
 * Context: process, pf->lock.
 */
void iov_pf_filter_on(struct iov_pf *pf, const struct iov_pol_hw_tables *tables)
{
	lockdep_assert_held(&pf->lock);
	iov_wr32(&pf->io, IOV_RCTL, iov_pf_filter_rctl(tables));
}

/**
 * iov_pf_filter_off - disable receive
 * @pf: PF before a reset or release, or whose pools are added or removed
 *
 * Context: process, pf->lock.
 */
void iov_pf_filter_off(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	iov_wr32(&pf->io, IOV_RCTL, 0);
}
