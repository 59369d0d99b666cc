// SPDX-License-Identifier: GPL-2.0-only
/* ethtool of the PF: channels, statistics, dumps of registers and NVM. */

#include <linux/ethtool.h>
#include <linux/slab.h>

#include "common/ethtool.h"
#include "pf/hw.h"
#include "pf/l2fwd.h"
#include "pf/link.h"
#include "pf/netdev.h"
#include "pf/pf.h"
#include "pf/pm.h"
#include "pf/ptp.h"
#include "pf/rss.h"
#include "pf/stats.h"

/* Layout of the register dump: pairs of offset and value */
#define IOV_PF_DUMP_VERSION	1
#define IOV_PF_DUMP_PAIR	2
#define IOV_PF_NVM_WORDS	1024	/* shown by ethtool -e */

static const char * const iov_pf_ethtool_vf_stats[] = {
	"mbx_msgs", "mbx_nacks", "mbx_malformed", "mbx_throttled", "mbx_busy",
	"mbx_resets", "spoof_events", "path_vf", "path_to_vf", "path_to_host",
	"path_forced", "path_leave_us",
};

#define IOV_PF_VF_STATS	ARRAY_SIZE(iov_pf_ethtool_vf_stats)

/* None that a read (ICR, EICR) or a message (MBVFICR, VFLRE) changes */
static const u32 iov_pf_ethtool_regs[] = {
	IOV_CTRL, IOV_STATUS, IOV_EECD, IOV_CTRL_EXT, IOV_VET,
	IOV_LEDCTL,
	IOV_FCAL, IOV_FCAH, IOV_FCT, IOV_FCTTV, IOV_FCRTV, IOV_FCRTL, IOV_FCRTH,
	IOV_IMS, IOV_IAM, IOV_GPIE, IOV_EIMS, IOV_EIAC, IOV_EIAM,
	IOV_IVAR_MISC, IOV_RCTL, IOV_TCTL, IOV_RXPBS, IOV_TXPBS, IOV_QDE,
	IOV_DTXCTL, IOV_RXCSUM, IOV_RLPML, IOV_RFCTL, IOV_MRQC,
	IOV_MBVFIMR, IOV_VFRE, IOV_VFTE, IOV_DTXSWC, IOV_VT_CTL, IOV_RPLOLR,
	IOV_IOVCTL, IOV_TIMINCA,
};

static const u16 iov_pf_ethtool_rxq[] = {
	IOV_RDBAL, IOV_RDBAH, IOV_RDLEN, IOV_SRRCTL, IOV_RDH, IOV_RXCTL,
	IOV_RDT, IOV_RXDCTL,
};

static const u16 iov_pf_ethtool_txq[] = {
	IOV_TDBAL, IOV_TDBAH, IOV_TDLEN, IOV_TDH, IOV_TXCTL, IOV_TDT,
	IOV_TXDCTL, IOV_TDWBAL, IOV_TDWBAH,
};

/* Registers of a queue pair, of a pool, of both kinds of filter entries */
#define IOV_PF_DUMP_QUEUE	(ARRAY_SIZE(iov_pf_ethtool_rxq) + \
				 ARRAY_SIZE(iov_pf_ethtool_txq))
#define IOV_PF_DUMP_POOL	2
#define IOV_PF_DUMP_REGS	(ARRAY_SIZE(iov_pf_ethtool_regs) + \
				 IOV_VECTORS + IOV_IVAR_ROWS + \
				 2 * IOV_RAR_ENTRIES + IOV_VLVF_ENTRIES + \
				 IOV_MTA_WORDS + IOV_VFTA_WORDS + \
				 IOV_RETA_WORDS + \
				 IOV_PF_DUMP_POOL * IOV_POOLS + \
				 IOV_PF_DUMP_QUEUE * IOV_QUEUES)

static int iov_pf_ethtool_get_regs_len(struct net_device *netdev)
{
	return IOV_PF_DUMP_REGS * IOV_PF_DUMP_PAIR * sizeof(u32);
}

static void iov_pf_ethtool_dump(struct iov_pf *pf, u32 **p, u32 reg)
{
	*(*p)++ = reg;
	*(*p)++ = pf->offline ? U32_MAX : iov_rd32(&pf->io, reg);
}

static void iov_pf_ethtool_dump_queue(struct iov_pf *pf, u32 **p,
				      unsigned int queue)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(iov_pf_ethtool_rxq); i++)
		iov_pf_ethtool_dump(pf, p,
				    IOV_RXQ(queue) + iov_pf_ethtool_rxq[i]);
	for (i = 0; i < ARRAY_SIZE(iov_pf_ethtool_txq); i++)
		iov_pf_ethtool_dump(pf, p,
				    IOV_TXQ(queue) + iov_pf_ethtool_txq[i]);
}

static void iov_pf_ethtool_dump_filters(struct iov_pf *pf, u32 **p)
{
	unsigned int i;

	for (i = 0; i < IOV_RAR_ENTRIES; i++) {
		iov_pf_ethtool_dump(pf, p, IOV_RAL(i));
		iov_pf_ethtool_dump(pf, p, IOV_RAH(i));
	}
	for (i = 0; i < IOV_VLVF_ENTRIES; i++)
		iov_pf_ethtool_dump(pf, p, IOV_VLVF(i));
	for (i = 0; i < IOV_MTA_WORDS; i++)
		iov_pf_ethtool_dump(pf, p, IOV_MTA(i));
	for (i = 0; i < IOV_VFTA_WORDS; i++)
		iov_pf_ethtool_dump(pf, p, IOV_VFTA(i));
}

/* Each value follows its offset, so readers need no list of registers. */
static void iov_pf_ethtool_get_regs(struct net_device *netdev,
				    struct ethtool_regs *regs, void *data)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	u32 *p = data;
	unsigned int i;

	regs->version = IOV_PF_DUMP_VERSION;
	mutex_lock(&pf->lock);
	for (i = 0; i < ARRAY_SIZE(iov_pf_ethtool_regs); i++)
		iov_pf_ethtool_dump(pf, &p, iov_pf_ethtool_regs[i]);
	for (i = 0; i < IOV_VECTORS; i++)
		iov_pf_ethtool_dump(pf, &p, IOV_EITR(i));
	for (i = 0; i < IOV_IVAR_ROWS; i++)
		iov_pf_ethtool_dump(pf, &p, IOV_IVAR(i));
	iov_pf_ethtool_dump_filters(pf, &p);
	for (i = 0; i < IOV_RETA_WORDS; i++)
		iov_pf_ethtool_dump(pf, &p, IOV_RETA(i));
	for (i = 0; i < IOV_POOLS; i++) {
		iov_pf_ethtool_dump(pf, &p, IOV_VMOLR(i));
		iov_pf_ethtool_dump(pf, &p, IOV_VMVIR(i));
	}
	for (i = 0; i < IOV_QUEUES; i++)
		iov_pf_ethtool_dump_queue(pf, &p, i);
	mutex_unlock(&pf->lock);
}

static void iov_pf_ethtool_get_drvinfo(struct net_device *netdev,
				       struct ethtool_drvinfo *info)
{
	struct iov_pf *pf = iov_pf_of(netdev);

	strscpy(info->version, IOV_VERSION, sizeof(info->version));
	strscpy(info->fw_version, pf->fw_version, sizeof(info->fw_version));
}

/* Resets the whole function, whichever parts are requested. */
static int iov_pf_ethtool_reset(struct net_device *netdev, u32 *flags)
{
	const u32 parts = ETH_RESET_IRQ | ETH_RESET_DMA | ETH_RESET_FILTER |
			  ETH_RESET_OFFLOAD | ETH_RESET_MAC;
	struct iov_pf *pf = iov_pf_of(netdev);

	if (!(*flags & parts))
		return -EOPNOTSUPP;
	schedule_work(&pf->reset_work);
	*flags &= ~parts;
	return 0;
}

static int iov_pf_ethtool_get_eeprom_len(struct net_device *netdev)
{
	return IOV_PF_NVM_WORDS * sizeof(u16);
}

static int iov_pf_ethtool_get_eeprom(struct net_device *netdev,
				     struct ethtool_eeprom *eeprom, u8 *data)
{
	u32 first = eeprom->offset / sizeof(u16);
	u32 end = DIV_ROUND_UP(eeprom->offset + eeprom->len, sizeof(u16));
	struct iov_pf *pf = iov_pf_of(netdev);
	u32 i, byte = eeprom->offset;
	u16 *words;
	int err;

	words = kcalloc(end - first, sizeof(*words), GFP_KERNEL);
	if (!words)
		return -ENOMEM;

	eeprom->magic = pf->pdev->vendor | pf->pdev->device << 16;
	err = iov_pf_nvm_read(pf, first, end - first, words);
	for (i = 0; i < eeprom->len && !err; i++, byte++)
		data[i] = words[byte / 2 - first] >>
			  (byte % 2 * BITS_PER_BYTE);
	kfree(words);
	return err;
}

static void iov_pf_ethtool_spread(struct iov_pf *pf, unsigned int qps)
{
	mutex_lock(&pf->lock);
	iov_pf_rss_spread(pf, qps);
	mutex_unlock(&pf->lock);
}

static int iov_pf_ethtool_set_ringparam(struct net_device *netdev,
					struct ethtool_ringparam *ring,
					struct kernel_ethtool_ringparam *kring,
					struct netlink_ext_ack *extack)
{
	int err = iov_ethtool_set_ringparam(netdev, ring, kring, extack);

	if (err)
		iov_pf_revive(iov_pf_of(netdev));
	return err;
}

static void iov_pf_ethtool_get_channels(struct net_device *netdev,
					struct ethtool_channels *ch)
{
	const struct iov_nic *nic = iov_pf_of(netdev)->nic;

	ch->max_combined = nic->max_qps;
	ch->combined_count = iov_nic_tx_qps(nic);
}

/* Fewer queues: first direct their frames to those that stay. */
static int iov_pf_ethtool_set_channels(struct net_device *netdev,
				       struct ethtool_channels *ch)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	unsigned int qps = ch->combined_count;
	struct iov_nic *nic = pf->nic;
	int err;

	if (pf->pol.num_vfs) {
		netdev_err(netdev,
			   "the PF has one queue while VFs exist, set sriov_numvfs to 0 first\n");
		return -EBUSY;
	}
	if (qps == nic->want_qps)
		return 0;

	if (qps < nic->want_qps)
		iov_pf_ethtool_spread(pf, qps);
	nic->rx_drop = qps > 1;
	err = iov_nic_resize(nic, qps, nic->rx_count, nic->tx_count);
	iov_pf_revive(pf);
	nic->rx_drop = nic->want_qps > 1;
	iov_pf_ethtool_spread(pf, nic->want_qps);
	iov_pf_l2fwd_offload(pf, netdev->features & NETIF_F_HW_L2FW_DOFFLOAD);
	return err;
}

/* After a reset the LEDs show their normal state until the next change. */
static int iov_pf_ethtool_set_phys_id(struct net_device *netdev,
				      enum ethtool_phys_id_state state)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	int ret;

	mutex_lock(&pf->lock);
	ret = pf->offline ? -ENODEV : iov_pf_hw_set_leds(pf, state);
	mutex_unlock(&pf->lock);
	return ret;
}

static int iov_pf_ethtool_nway_reset(struct net_device *netdev)
{
	return iov_pf_phy_restart(iov_pf_of(netdev));
}

static void iov_pf_ethtool_get_pauseparam(struct net_device *netdev,
					  struct ethtool_pauseparam *param)
{
	const struct iov_pf_pause *pause = &iov_pf_of(netdev)->pause;

	param->autoneg = pause->autoneg;
	param->rx_pause = pause->rx;
	param->tx_pause = pause->tx;
}

static u32 iov_pf_ethtool_get_key_size(struct net_device *netdev)
{
	return IOV_PF_RSS_KEY_LEN;
}

static u32 iov_pf_ethtool_get_indir_size(struct net_device *netdev)
{
	return IOV_RETA_ENTRIES;
}

static int iov_pf_ethtool_get_sset_count(struct net_device *netdev, int sset)
{
	struct iov_pf *pf = iov_pf_of(netdev);

	if (sset == ETH_SS_TEST)
		return IOV_PF_TESTS;
	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return iov_ethtool_stats_count(pf->nic) + IOV_PF_NAMED +
	       IOV_POL_VFS * IOV_PF_VF_STATS;
}

static void iov_pf_ethtool_get_strings(struct net_device *netdev, u32 sset,
				       u8 *p)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	unsigned int i, k;

	if (sset == ETH_SS_TEST)
		memcpy(p, iov_pf_selftest_names, sizeof(iov_pf_selftest_names));
	if (sset != ETH_SS_STATS)
		return;
	iov_ethtool_stats_names(pf->nic, &p);
	iov_pf_stats_names(&p);
	for (i = 0; i < IOV_POL_VFS; i++)
		for (k = 0; k < IOV_PF_VF_STATS; k++)
			ethtool_sprintf(&p, "vf%u_%s", i,
					iov_pf_ethtool_vf_stats[k]);
}

static void iov_pf_ethtool_get_stats(struct net_device *netdev,
				     struct ethtool_stats *stats, u64 *data)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	unsigned int i;

	iov_ethtool_stats_values(pf->nic, data);
	data += iov_ethtool_stats_count(pf->nic);

	mutex_lock(&pf->lock);
	iov_pf_stats_values(pf, data, IOV_PF_NAMED);
	data += IOV_PF_NAMED;
	for (i = 0; i < IOV_POL_VFS; i++) {
		const struct iov_pol_moved *moved = &pf->vf[i].moved;
		const struct iov_pol_count *count = &pf->pol.count[i];

		*data++ = count->msgs;
		*data++ = iov_pol_vf_nacks(count);
		*data++ = count->malformed;
		*data++ = count->throttled;
		*data++ = count->busy;
		*data++ = count->resets;
		*data++ = count->spoofs;
		*data++ = moved->vf;
		*data++ = moved->to_vf;
		*data++ = moved->to_host;
		*data++ = moved->forced;
		*data++ = moved->leave_us;
	}
	mutex_unlock(&pf->lock);
}

const struct ethtool_ops iov_pf_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_USECS |
				     ETHTOOL_COALESCE_USE_ADAPTIVE,
	.get_drvinfo = iov_pf_ethtool_get_drvinfo,
	.get_msglevel = iov_ethtool_get_msglevel,
	.set_msglevel = iov_ethtool_set_msglevel,
	.reset = iov_pf_ethtool_reset,
	.get_regs_len = iov_pf_ethtool_get_regs_len,
	.get_regs = iov_pf_ethtool_get_regs,
	.get_link = ethtool_op_get_link,
	.get_link_ksettings = iov_pf_link_get_ksettings,
	.set_link_ksettings = iov_pf_link_set_ksettings,
	.nway_reset = iov_pf_ethtool_nway_reset,
	.get_wol = iov_pf_wake_get,
	.set_wol = iov_pf_wake_set,
	.get_pauseparam = iov_pf_ethtool_get_pauseparam,
	.set_pauseparam = iov_pf_pause_set,
	.get_pause_stats = iov_pf_stats_get_pause,
	.self_test = iov_pf_selftest_run,
	.set_phys_id = iov_pf_ethtool_set_phys_id,
	.get_eeprom_len = iov_pf_ethtool_get_eeprom_len,
	.get_eeprom = iov_pf_ethtool_get_eeprom,
	.get_ringparam = iov_ethtool_get_ringparam,
	.set_ringparam = iov_pf_ethtool_set_ringparam,
	.get_channels = iov_pf_ethtool_get_channels,
	.set_channels = iov_pf_ethtool_set_channels,
	.get_coalesce = iov_ethtool_get_coalesce,
	.set_coalesce = iov_ethtool_set_coalesce,
	IOV_COMPAT_RSS_OPS(iov_pf_rss_get_rings, iov_pf_rss_get_fields,
			   iov_pf_rss_set_fields)
	.get_rxnfc = iov_pf_rss_get_rxnfc,
	.set_rxnfc = iov_pf_rss_set_rxnfc,
	.get_rxfh_key_size = iov_pf_ethtool_get_key_size,
	.get_rxfh_indir_size = iov_pf_ethtool_get_indir_size,
	.get_rxfh = iov_pf_rss_get,
	.set_rxfh = iov_pf_rss_set,
	.get_sset_count = iov_pf_ethtool_get_sset_count,
	.get_strings = iov_pf_ethtool_get_strings,
	.get_ethtool_stats = iov_pf_ethtool_get_stats,
	.get_eth_mac_stats = iov_pf_stats_get_mac,
	.get_eth_ctrl_stats = iov_pf_stats_get_ctrl,
	.get_rmon_stats = iov_pf_stats_get_rmon,
	.get_ts_info = iov_pf_tstamp_get_info,
	.get_ts_stats = iov_pf_tstamp_get_stats,
};
