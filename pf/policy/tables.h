/* SPDX-License-Identifier: GPL-2.0-only */
/* From the state to what filters and pools must look like. Pure. */
#ifndef IOV_POL_TABLES_H
#define IOV_POL_TABLES_H

#include "pf/policy/state.h"

/**
 * struct iov_pol_rar - a receive address
 * @addr: address
 * @pools: bitmap of pools that get its frames; 0: free
 */
struct iov_pol_rar {
	u8 addr[ETH_ALEN] __aligned(2);
	u8 pools;
};

/**
 * struct iov_pol_vlvf - a VLAN filter
 * @vid: VLAN id
 * @pools: bitmap of members; 0: free
 */
struct iov_pol_vlvf {
	u16 vid;
	u8 pools;
};

/**
 * struct iov_pol_pool - a pool's receive and transmit rules
 * @rx: pool receives (VFRE)
 * @tx: pool transmits (VFTE)
 * @broadcast: accept broadcast (VMOLR.BAM)
 * @untagged: accept untagged frames (VMOLR.AUPE)
 * @hash: accept multicast by MTA (VMOLR.ROMPE)
 * @uc_hash: accept unicast by UTA (VMOLR.ROPE)
 * @uc_promisc: accept every unicast frame (VMOLR.ROPE and UTA)
 * @mc_promisc: accept every multicast frame (VMOLR.MPME, QEMU: MTA)
 * @strip_vlan: remove the tag (VMOLR.STRVLAN)
 * @antispoof: check source MAC and VLAN (DTXSWC)
 * @rss: spread frames over both queues (VMOLR.RSSE)
 * @max_frame: VMOLR.RLPML
 * @port_vlan: tag to insert, VID and priority (VMVIR); 0: none
 * @rates: how fast its queues may send (RTTBCNRC); 0: no limit
 */
struct iov_pol_pool {
	bool rx;
	bool tx;
	bool broadcast;
	bool untagged;
	bool hash;
	bool uc_hash;
	bool uc_promisc;
	bool mc_promisc;
	bool strip_vlan;
	bool antispoof;
	bool rss;
	u16 max_frame;
	u16 port_vlan;
	u32 rates[IOV_POL_VF_QPS];
};

/**
 * struct iov_pol_hw_tables - what filters and pools must look like
 * @rar: receive addresses; slots are stable from tables to tables
 * @mta: multicast hash table
 * @uta: unicast hash table (only with VFs)
 * @vlvf: pool VLAN filters; slots are stable (only with VFs)
 * @vfta: VLAN filter table of the whole port
 * @pool: rules by pool; without VFs only the PF's is meaningful
 * @vmdq: pools are in use (there are VFs)
 * @loopback: frames go from pool to pool in the device (DTXSWC)
 * @pf_overflow: the PF's addresses do not all have a slot, so that it is
 *	promiscuous
 * @uc_promisc: some pool takes every unicast frame (UTA all ones, RCTL.UPE)
 * @mc_promisc: some pool takes every multicast frame (RCTL.MPE, QEMU: MTA)
 * @vlan_filter: RCTL.VFE
 * @vlan_overflow: the PF wants VLANs that have no pool filter
 * @default_pool: frames that are for no pool are the PF's (VT_CTL)
 */
struct iov_pol_hw_tables {
	struct iov_pol_rar rar[IOV_POL_RARS];
	u32 mta[IOV_POL_MTA_WORDS];
	u32 uta[IOV_POL_MTA_WORDS];
	struct iov_pol_vlvf vlvf[IOV_POL_VLVFS];
	u32 vfta[IOV_POL_VFTA_WORDS];
	struct iov_pol_pool pool[IOV_POL_POOLS];
	bool vmdq;
	bool loopback;
	bool pf_overflow;
	bool uc_promisc;
	bool mc_promisc;
	bool vlan_filter;
	bool vlan_overflow;
	bool default_pool;
};

#endif /* IOV_POL_TABLES_H */
