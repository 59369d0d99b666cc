// SPDX-License-Identifier: GPL-2.0-only
/* ethtool operations of the VF. */

#include <linux/bitfield.h>
#include <linux/ethtool.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/netdevice.h>

#include "common/ethtool.h"
#include "vf/vf.h"

#define IOV_VF_REGS_VERSION	2

/* The members of struct iov_vf_conn_stats */
static const char * const iov_vf_ethtool_stats[] = {
	"mbx_requests", "mbx_nacks", "mbx_timeouts", "mbx_resets",
	"mbx_reconnects", "mbx_strays", "mbx_bad", "mbx_syncs",
};

static_assert(ARRAY_SIZE(iov_vf_ethtool_stats) * sizeof(u64) ==
	      sizeof(struct iov_vf_conn_stats));

/* As iov_vf_ethtool_get_path() fills them in */
static const char * const iov_vf_ethtool_path[] = {
	"path_vf", "path_to_vf", "path_to_host", "path_moved_ms_ago",
	"path_move_us", "path_outage_us", "path_reason",
	"standby", "standby_passed",
};

/*
 * The dump has these, then those of each queue pair, in this order; no register
 * that a read clears (V2PMAILBOX, EICR, RQDPC).
 */
static const u32 iov_vf_ethtool_regs[] = {
	IOV_STATUS, IOV_EIMS, IOV_EIAC, IOV_EIAM,
	IOV_EITR(0), IOV_EITR(1), IOV_EITR(2),
	IOV_VF_VTIVAR, IOV_VF_VTIVAR_MISC,
	IOV_VF_GPRC, IOV_VF_GPTC, IOV_VF_GORC, IOV_VF_GOTC, IOV_VF_MPRC,
};

static const u32 iov_vf_ethtool_rxq[] = {
	IOV_RDBAL, IOV_RDBAH, IOV_RDLEN, IOV_SRRCTL, IOV_RDH, IOV_RDT,
	IOV_RXCTL, IOV_RXDCTL,
};

static const u32 iov_vf_ethtool_txq[] = {
	IOV_TDBAL, IOV_TDBAH, IOV_TDLEN, IOV_TDH, IOV_TDT, IOV_TXCTL,
	IOV_TXDCTL, IOV_TDWBAL, IOV_TDWBAH,
};

#define IOV_VF_DUMP_REGS	(ARRAY_SIZE(iov_vf_ethtool_regs) + \
				 IOV_VF_QPS * \
				 (ARRAY_SIZE(iov_vf_ethtool_rxq) + \
				  ARRAY_SIZE(iov_vf_ethtool_txq)))

/* The firmware version shows the channel, and why there is no data path. */
static void iov_vf_ethtool_get_drvinfo(struct net_device *netdev,
				       struct ethtool_drvinfo *info)
{
	struct iov_vf *vf = iov_vf_of(netdev);
	u32 version = READ_ONCE(vf->session.version);
	u16 why = READ_ONCE(vf->session.state.reason);

	strscpy(info->version, IOV_VERSION, sizeof(info->version));
	if (iov_vf_state(vf) != IOV_VF_READY)
		strscpy(info->fw_version, "not connected");
	else if (!version)
		strscpy(info->fw_version, "legacy mailbox");
	else
		snprintf(info->fw_version, sizeof(info->fw_version),
			 "channel %lu.%lu%s%s",
			 FIELD_GET(IOV_WIRE_VER_MAJOR, version),
			 FIELD_GET(IOV_WIRE_VER_MINOR, version),
			 why ? ", " : "",
			 why ? iov_vf_sync_reason(why)->name : "");
}

static int iov_vf_ethtool_get_ksettings(struct net_device *netdev,
					struct ethtool_link_ksettings *cmd)
{
	struct iov_mbx_link link = iov_vf_netdev_link(iov_vf_of(netdev));

	ethtool_link_ksettings_zero_link_mode(cmd, supported);
	ethtool_link_ksettings_zero_link_mode(cmd, advertising);
	cmd->base.port = PORT_OTHER;
	cmd->base.autoneg = AUTONEG_DISABLE;
	cmd->base.speed = SPEED_UNKNOWN;
	cmd->base.duplex = DUPLEX_UNKNOWN;
	if (netif_carrier_ok(netdev) && link.up) {
		cmd->base.speed = link.speed;
		cmd->base.duplex = link.full ? DUPLEX_FULL : DUPLEX_HALF;
	}
	return 0;
}

static int iov_vf_ethtool_get_regs_len(struct net_device *netdev)
{
	return IOV_VF_DUMP_REGS * sizeof(u32);
}

/* Registers of a block at @base */
static u32 *iov_vf_ethtool_dump(struct iov_vf *vf, u32 *val, u32 base,
				const u32 *regs, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		*val++ = iov_rd32(&vf->io, base + regs[i]);
	return val;
}

/* Zeros without connection: the device may be in reset. */
static void iov_vf_ethtool_get_regs(struct net_device *netdev,
				    struct ethtool_regs *regs, void *data)
{
	struct iov_vf *vf = iov_vf_of(netdev);
	u32 *val = data;
	unsigned int i;

	regs->version = IOV_VF_REGS_VERSION;
	memset(data, 0, iov_vf_ethtool_get_regs_len(netdev));
	if (iov_vf_state(vf) != IOV_VF_READY)
		return;
	val = iov_vf_ethtool_dump(vf, val, 0, iov_vf_ethtool_regs,
				  ARRAY_SIZE(iov_vf_ethtool_regs));
	for (i = 0; i < IOV_VF_QPS; i++) {
		val = iov_vf_ethtool_dump(vf, val, IOV_VF_RXQ(i),
					  iov_vf_ethtool_rxq,
					  ARRAY_SIZE(iov_vf_ethtool_rxq));
		val = iov_vf_ethtool_dump(vf, val, IOV_VF_TXQ(i),
					  iov_vf_ethtool_txq,
					  ARRAY_SIZE(iov_vf_ethtool_txq));
	}
}

static int iov_vf_ethtool_get_sset_count(struct net_device *netdev, int sset)
{
	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return iov_ethtool_stats_count(netdev_priv(netdev)) +
	       ARRAY_SIZE(iov_vf_ethtool_stats) +
	       ARRAY_SIZE(iov_vf_ethtool_path);
}

static void iov_vf_ethtool_get_strings(struct net_device *netdev, u32 sset,
				       u8 *data)
{
	unsigned int i;

	if (sset != ETH_SS_STATS)
		return;
	iov_ethtool_stats_names(netdev_priv(netdev), &data);
	for (i = 0; i < ARRAY_SIZE(iov_vf_ethtool_stats); i++)
		ethtool_puts(&data, iov_vf_ethtool_stats[i]);
	for (i = 0; i < ARRAY_SIZE(iov_vf_ethtool_path); i++)
		ethtool_puts(&data, iov_vf_ethtool_path[i]);
}

static void iov_vf_ethtool_get_path(struct iov_vf *vf, u64 *data)
{
	const struct iov_vf_path *path = &vf->path;
	u64 ago = ktime_to_us(ktime_get()) - path->moved;

	*data++ = path->vf;
	*data++ = path->to_vf;
	*data++ = path->to_host;
	*data++ = path->moved ? div_u64(ago, USEC_PER_MSEC) : 0;
	*data++ = path->move_us;
	*data++ = path->outage_us;
	*data++ = vf->session.state.reason;
	*data++ = vf->standby.receives;
	*data++ = atomic64_read(&vf->standby.passed);
}

static void iov_vf_ethtool_get_stats(struct net_device *netdev,
				     struct ethtool_stats *stats, u64 *data)
{
	struct iov_vf *vf = iov_vf_of(netdev);

	iov_ethtool_stats_values(vf->nic, data);
	data += iov_ethtool_stats_count(vf->nic);
	/* No lock: an attempt to connect may hold it for seconds. */
	*(struct iov_vf_conn_stats *)data = data_race(vf->conn.stats);
	data += ARRAY_SIZE(iov_vf_ethtool_stats);
	iov_vf_ethtool_get_path(vf, data);
}

const struct ethtool_ops iov_vf_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_USECS |
				     ETHTOOL_COALESCE_USE_ADAPTIVE,
	.get_drvinfo = iov_vf_ethtool_get_drvinfo,
	.get_msglevel = iov_ethtool_get_msglevel,
	.set_msglevel = iov_ethtool_set_msglevel,
	.get_link = ethtool_op_get_link,
	.get_link_ksettings = iov_vf_ethtool_get_ksettings,
	.get_regs_len = iov_vf_ethtool_get_regs_len,
	.get_regs = iov_vf_ethtool_get_regs,
	.get_ringparam = iov_ethtool_get_ringparam,
	.set_ringparam = iov_ethtool_set_ringparam,
	.get_channels = iov_vf_queues_get,
	.set_channels = iov_vf_queues_set,
	.get_coalesce = iov_ethtool_get_coalesce,
	.set_coalesce = iov_ethtool_set_coalesce,
	.get_sset_count = iov_vf_ethtool_get_sset_count,
	.get_strings = iov_vf_ethtool_get_strings,
	.get_ethtool_stats = iov_vf_ethtool_get_stats,
	.get_eth_mac_stats = iov_vf_stats_get_mac,
	.get_ts_info = ethtool_op_get_ts_info,
};
