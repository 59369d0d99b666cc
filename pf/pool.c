// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools (DS 8.14): the only writer of VMOLR, VMVIR, DTXSWC, VFRE, VFTE, QDE,
 * VT_CTL, RPLOLR, MRQC and the RSS tables, and of the queues of a VF that was
 * reset.
 */

#include <linux/unaligned.h>

#include "common/quirks.h"
#include "pf/commit.h"
#include "pf/irq.h"
#include "pf/pf.h"

#define IOV_PF_ALL_POOLS	GENMASK(IOV_POOLS - 1, 0)
#define IOV_PF_ALL_QUEUES	GENMASK(IOV_QUEUES - 1, 0)
#define IOV_PF_RETA_PER_WORD	4

static u32 iov_pf_pool_vmolr(const struct iov_pf *pf,
			     const struct iov_pol_pool *pool)
{
	u32 vmolr = IOV_VMOLR_STRCRC | IOV_VMOLR_LPE |
		    FIELD_PREP(IOV_VMOLR_RLPML, pool->max_frame);

	if (pool->untagged)
		vmolr |= IOV_VMOLR_AUPE;
	if (pool->broadcast)
		vmolr |= IOV_VMOLR_BAM;
	if (pool->strip_vlan)
		vmolr |= IOV_VMOLR_STRVLAN;
	if (pool->uc_hash || pool->uc_promisc)
		vmolr |= IOV_VMOLR_ROPE;
	if (pool->mc_promisc)
		vmolr |= IOV_VMOLR_MPME;
	if (pool->hash || (pf->io.quirks & IOV_QUIRK_ROMPE &&
			   (pool->uc_promisc || pool->mc_promisc)))
		vmolr |= IOV_VMOLR_ROMPE;
	if (pool->rss)
		vmolr |= IOV_VMOLR_RSSE;
	return vmolr;
}

static u32 iov_pf_pool_vmvir(const struct iov_pol_pool *pool)
{
	if (!pool->port_vlan)
		return 0;
	return pool->port_vlan | IOV_VMVIR_DEFAULT;
}

/* The switch costs time: enable it only while it can have frames to switch. */
static u32 iov_pf_pool_dtxswc(const struct iov_pol_hw_tables *tables)
{
	u32 spoof = 0, dtxswc;
	unsigned int i;

	if (!tables->vmdq)
		return 0;
	for (i = 0; i < IOV_POL_POOLS; i++) {
		if (tables->pool[i].antispoof)
			spoof |= BIT(i);
	}
	dtxswc = FIELD_PREP(IOV_DTXSWC_MACAS, spoof) |
		 FIELD_PREP(IOV_DTXSWC_VLANAS, spoof);
	return tables->loopback ? dtxswc | IOV_DTXSWC_LOOPBACK : dtxswc;
}

/*
 * The default pool receives frames that match no filter and frames that a VLAN
 * filter withholds from a VF. The PF needs them while it is promiscuous or has
 * VLANs without filter.
 */
static u32 iov_pf_pool_vt_ctl(const struct iov_pol_hw_tables *tables)
{
	u32 vt_ctl = FIELD_PREP(IOV_VT_CTL_DEF_PL, IOV_PF_POOL);

	if (!tables->vmdq)
		return 0;
	if (!tables->default_pool)
		vt_ctl |= IOV_VT_CTL_DIS_DEF_POOL;
	return vt_ctl | IOV_VT_CTL_REPL_EN;
}

static void iov_pf_pool_write_vt_ctl(struct iov_pf *pf,
				     const struct iov_pol_hw_tables *old,
				     const struct iov_pol_hw_tables *new)
{
	if (!old || iov_pf_pool_vt_ctl(old) != iov_pf_pool_vt_ctl(new))
		iov_wr32(&pf->io, IOV_VT_CTL, iov_pf_pool_vt_ctl(new));
}

/*
 * The mode must not change while frames arrive (DS 8.10): with pools it is
 * always the mode of pools with several queues. Pools with one queue clear
 * VMOLR.RSSE.
 */
static u32 iov_pf_pool_mrqc(const struct iov_pf *pf,
			    const struct iov_pol_hw_tables *tables)
{
	u32 mode = tables->vmdq ? IOV_MRQC_MODE_VMDQ_RSS : IOV_MRQC_MODE_RSS;

	return FIELD_PREP(IOV_MRQC_MODE, mode) | IOV_MRQC_IP4 | IOV_MRQC_IP6 |
	       pf->rss.ports;
}

/*
 * With pools, an entry selects between queues q and q + 8 of the pool
 * (DS 7.1.1.7).
 */
static u32 iov_pf_pool_reta(const struct iov_pf *pf,
			    const struct iov_pol_hw_tables *tables,
			    unsigned int bucket)
{
	if (!tables->vmdq)
		return pf->rss.indir[bucket];
	return iov_pol_queues_rss(bucket) ? IOV_RETA_POOL_SECOND : 0;
}

static void iov_pf_pool_write_tables(struct iov_pf *pf,
				     const struct iov_pol_hw_tables *tables)
{
	struct iov_io *io = &pf->io;
	unsigned int i, k;

	for (i = 0; i < IOV_RSSRK_WORDS; i++)
		iov_wr32(io, IOV_RSSRK(i),
			 get_unaligned_le32(&pf->rss.key[i * sizeof(u32)]));
	for (i = 0; i < IOV_RETA_WORDS; i++) {
		u32 word = 0;

		for (k = 0; k < IOV_PF_RETA_PER_WORD; k++)
			word |= iov_pf_pool_reta(pf, tables,
						 i * IOV_PF_RETA_PER_WORD + k)
				<< (k * BITS_PER_BYTE);
		iov_wr32(io, IOV_RETA(i), word);
	}
	iov_wr32(io, IOV_MRQC, iov_pf_pool_mrqc(pf, tables));
}

/* Without pools the port has one limit. */
static u32 iov_pf_pool_rlpml(const struct iov_pol_hw_tables *tables)
{
	return tables->vmdq ? IOV_POL_MAX_FRAME + IOV_POL_SECOND_TAG :
			     tables->pool[IOV_PF_POOL].max_frame;
}

static void iov_pf_pool_write_mode(struct iov_pf *pf,
				   const struct iov_pol_hw_tables *new)
{
	struct iov_io *io = &pf->io;

	/* All VFs strip tags; QEMU checks this register for their multicast. */
	iov_wr32(io, IOV_RPLOLR, IOV_RPLOLR_STRCRC |
				 (new->vmdq ? IOV_RPLOLR_STRVLAN : 0));
	/* A VF without buffers must not stop the others (DS 7.1.3). */
	iov_wr32(io, IOV_QDE, new->vmdq ? IOV_PF_ALL_QUEUES : 0);
	iov_wr32(io, IOV_IOVCTL, new->vmdq ? 0 : IOV_IOVCTL_REUSE_VFQ);
	iov_pf_pool_write_tables(pf, new);
}

/**
 * iov_pf_pool_write - bring the pools from one state to the next
 * @pf: PF
 * @old: state of the device; NULL: unknown, write everything
 * @new: state to write
 *
 * Receive is disabled when pools appear or disappear.
 *
 * Context: process, pf->lock.
 */
void iov_pf_pool_write(struct iov_pf *pf, const struct iov_pol_hw_tables *old,
		       const struct iov_pol_hw_tables *new)
{
	struct iov_io *io = &pf->io;
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	/* Transmit rules before receive rules: no frame in a foreign VLAN. */
	for (i = 0; i < IOV_POL_POOLS; i++) {
		u32 vmvir = iov_pf_pool_vmvir(&new->pool[i]);

		if (!old || iov_pf_pool_vmvir(&old->pool[i]) != vmvir)
			iov_wr32(io, IOV_VMVIR(i), vmvir);
	}
	for (i = 0; i < IOV_POL_POOLS; i++) {
		u32 vmolr = iov_pf_pool_vmolr(pf, &new->pool[i]);

		if (!old || iov_pf_pool_vmolr(pf, &old->pool[i]) != vmolr)
			iov_wr32(io, IOV_VMOLR(i), vmolr);
	}
	if (!old || iov_pf_pool_dtxswc(old) != iov_pf_pool_dtxswc(new))
		iov_wr32(io, IOV_DTXSWC, iov_pf_pool_dtxswc(new));
	iov_pf_pool_write_vt_ctl(pf, old, new);
	if (!old || iov_pf_pool_rlpml(old) != iov_pf_pool_rlpml(new))
		iov_wr32(io, IOV_RLPML, iov_pf_pool_rlpml(new));
	if (!old || old->vmdq != new->vmdq)
		iov_pf_pool_write_mode(pf, new);
}

/**
 * iov_pf_pool_gates - enable receive and transmit of pools
 * @pf: PF
 * @tables: state of the pools
 *
 * Writes all bits: resets of VFs clear some without the driver.
 *
 * Context: process, pf->lock.
 */
void iov_pf_pool_gates(struct iov_pf *pf,
		       const struct iov_pol_hw_tables *tables)
{
	u32 vfre = 0, vfte = 0;
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < IOV_POL_POOLS; i++) {
		if (tables->pool[i].rx)
			vfre |= BIT(i);
		if (tables->pool[i].tx)
			vfte |= BIT(i);
	}
	iov_wr32(&pf->io, IOV_VFRE, tables->vmdq ? vfre : IOV_PF_ALL_POOLS);
	iov_wr32(&pf->io, IOV_VFTE, tables->vmdq ? vfte : IOV_PF_ALL_POOLS);
}

/**
 * iov_pf_pool_disable - disable a VF's pool, keep its filters
 * @pf: PF
 * @index: VF that was reset
 *
 * Context: process, pf->lock.
 */
void iov_pf_pool_disable(struct iov_pf *pf, unsigned int index)
{
	struct iov_pol_pool *pool = &pf->tables.pool[index];

	if (!pool->rx && !pool->tx)
		return;
	pool->rx = false;
	pool->tx = false;
	iov_pf_pool_gates(pf, &pf->tables);
}

/**
 * iov_pf_pool_enable_default - enable the default pool if pf->next has it
 * @pf: PF
 *
 * It then receives the frames of a VLAN before the VLAN loses its filter.
 *
 * Context: process, pf->lock.
 */
void iov_pf_pool_enable_default(struct iov_pf *pf)
{
	struct iov_pol_hw_tables *now = &pf->tables;

	if (!now->vmdq || !pf->next.vmdq || now->default_pool ||
	    !pf->next.default_pool)
		return;
	iov_pf_pool_write_vt_ctl(pf, now, &pf->next);
	now->default_pool = true;
}

/**
 * iov_pf_pool_write_rss - write hash fields, key and indirection table
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_pool_write_rss(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	iov_pf_pool_write_tables(pf, &pf->tables);
}

/**
 * iov_pf_pool_clear_queue - clear a queue pair's registers
 * @pf: PF
 * @queue: queue pair to disable
 *
 * A function reset disables queues, but keeps most of their registers: with
 * head write-back still enabled, the next owner's queue would write to an
 * address of the former owner. No wait: after a reset the queues are off.
 *
 * Context: process, pf->lock.
 */
void iov_pf_pool_clear_queue(struct iov_pf *pf, unsigned int queue)
{
	static const u16 rx[] = {
		IOV_RXDCTL, IOV_SRRCTL, IOV_RXCTL, IOV_RDBAL, IOV_RDBAH,
		IOV_RDLEN, IOV_RDH, IOV_RDT,
	};
	static const u16 tx[] = {
		IOV_TXDCTL, IOV_TDWBAL, IOV_TDWBAH, IOV_TXCTL, IOV_TDBAL,
		IOV_TDBAH, IOV_TDLEN, IOV_TDH, IOV_TDT,
	};
	unsigned int i;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < ARRAY_SIZE(rx); i++)
		iov_wr32(&pf->io, IOV_RXQ(queue) + rx[i], 0);
	for (i = 0; i < ARRAY_SIZE(tx); i++)
		iov_wr32(&pf->io, IOV_TXQ(queue) + tx[i], 0);
}

/**
 * iov_pf_pool_clear_vf - clear both queue pairs of a VF
 * @pf: PF
 * @index: VF whose pool is closed
 *
 * The administrator's rate limits stay.
 *
 * Context: process, pf->lock.
 */
void iov_pf_pool_clear_vf(struct iov_pf *pf, unsigned int index)
{
	iov_pf_pool_clear_queue(pf, index);
	iov_pf_pool_clear_queue(pf, index + IOV_POOLS);
	iov_wr32(&pf->io, IOV_PSRTYPE(index), 0);
	iov_pf_irq_program_vf(pf, index);
	iov_pf_rate_renew(pf, index);
}
