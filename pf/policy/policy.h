/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decisions of the PF, as pure functions on plain structs: no locks, memory,
 * time or logging. Built unchanged into iovnic_pf, the unit tests and the
 * fuzzers.
 *
 * The flow is always the same: something changes a struct iov_pol_dev (an
 * administrator's wish, a VF's request, a reset), iov_pol_image() computes what
 * the filters and pools must look like, and the glue writes the difference to
 * the device. A change whose image does not fit is refused as a whole.
 */
#ifndef IOV_POLICY_H
#define IOV_POLICY_H

#include <linux/if_ether.h>
#include <linux/types.h>

#include "mailbox/codec.h"

#define IOV_POL_VFS		7
#define IOV_POL_POOLS		8
#define IOV_POL_PF_POOL		7
#define IOV_POL_RARS		24
#define IOV_POL_VLVFS		32
#define IOV_POL_MTA_WORDS	128
#define IOV_POL_VFTA_WORDS	128
#define IOV_POL_VLAN_WORDS	64	/* 4096 bits as u64 */
/* Receive address slots: 0 the PF's, 1..7 the VFs' own, the rest shared. */
#define IOV_POL_RAR_PF		0
#define IOV_POL_RAR_VF(n)	(1 + (n))
#define IOV_POL_RAR_SHARED	8
#define IOV_POL_SHARED_RARS	(IOV_POL_RARS - IOV_POL_RAR_SHARED)
#define IOV_POL_PF_MACS		(IOV_POL_RARS - 1)
/* What one VF may take of the shared tables */
#define IOV_POL_VF_MACS		3	/* additional to its own */
#define IOV_POL_VF_VLANS	16
#define IOV_POL_MIN_FRAME	68	/* least MTU (RFC 791), without L2 */
#define IOV_POL_MAX_FRAME	9238	/* MTU 9216, L2 header, VLAN tag, FCS */
#define IOV_POL_DEFAULT_FRAME	1522
#define IOV_POL_MAX_VID		4094	/* 802.1Q reserves 4095 */

enum iov_pol_link {
	IOV_POL_LINK_AUTO,
	IOV_POL_LINK_ENABLE,
	IOV_POL_LINK_DISABLE,
};

/**
 * enum iov_pol_state - life of a VF's session
 * @IOV_POL_SILENT: no driver has sent RESET since the last function reset
 * @IOV_POL_ACTIVE: RESET answered; requests are served, frames flow
 */
enum iov_pol_state {
	IOV_POL_SILENT,
	IOV_POL_ACTIVE,
};

/**
 * enum iov_pol_event - what moves a VF's session
 * @IOV_POL_EV_FLR: VF function reset (VFLRE): FLR, VTCTRL.RST, change of owner
 * @IOV_POL_EV_RESET_MSG: the VF's driver sent RESET
 * @IOV_POL_EV_PF_RESET: the PF is about to reset the whole device
 * @IOV_POL_EVENTS: number of events
 */
enum iov_pol_event {
	IOV_POL_EV_FLR,
	IOV_POL_EV_RESET_MSG,
	IOV_POL_EV_PF_RESET,
	IOV_POL_EVENTS,
};

/**
 * struct iov_vf_cfg - the administrator's wish; survives every reset
 * @admin_mac: address set by the administrator; zero: none
 * @default_mac: stable address derived from the PF's, used without @admin_mac
 * @vlan: port VLAN, 0: none
 * @qos: priority of the port VLAN
 * @spoofchk: drop frames with foreign source MAC or VLAN
 * @trusted: may change its MAC against @admin_mac, go promiscuous
 * @link: link state
 */
struct iov_vf_cfg {
	u8 admin_mac[ETH_ALEN];
	u8 default_mac[ETH_ALEN];
	u16 vlan;
	u8 qos;
	bool spoofchk;
	bool trusted;
	enum iov_pol_link link;
};

/**
 * struct iov_vf_run - a VF's session; dies with the VF's reset
 * @state: see enum iov_pol_state
 * @mac: the VF's own address now
 * @max_frame: largest frame it receives, tag and FCS counted
 * @uc_promisc: receives every unicast frame
 * @mc_promisc: asked for every multicast frame
 * @mc_overflow: has more groups than it can name, so receives all
 * @macs: additional addresses
 * @num_macs: used entries of @macs
 * @hashes: multicast filter
 * @num_hashes: used entries of @hashes
 * @vlans: filters the VF asked for
 * @num_vlans: used entries of @vlans
 */
struct iov_vf_run {
	enum iov_pol_state state;
	u8 mac[ETH_ALEN];
	u16 max_frame;
	bool uc_promisc;
	bool mc_promisc;
	bool mc_overflow;
	u8 num_macs;
	u8 macs[IOV_POL_VF_MACS][ETH_ALEN];
	u8 num_hashes;
	u16 hashes[IOV_WIRE_MC_MAX];
	u8 num_vlans;
	u16 vlans[IOV_POL_VF_VLANS];
};

/**
 * struct iov_pol_pf - what the PF's own netdev wants to receive
 * @mac: its address
 * @up: the interface is up
 * @promisc: IFF_PROMISC
 * @allmulti: IFF_ALLMULTI
 * @strip_vlan: NETIF_F_HW_VLAN_CTAG_RX
 * @filter_vlan: NETIF_F_HW_VLAN_CTAG_FILTER
 * @max_frame: tag and FCS counted
 * @num_macs: used entries of @macs
 * @macs: further unicast addresses
 * @uc_overflow: more unicast addresses than @macs holds: be promiscuous
 * @mta: multicast hash table of its groups
 * @vlans: bitmap of its VLANs
 */
struct iov_pol_pf {
	u8 mac[ETH_ALEN];
	bool up;
	bool promisc;
	bool allmulti;
	bool strip_vlan;
	bool filter_vlan;
	u16 max_frame;
	u8 num_macs;
	u8 macs[IOV_POL_PF_MACS][ETH_ALEN];
	bool uc_overflow;
	u32 mta[IOV_POL_MTA_WORDS];
	u64 vlans[IOV_POL_VLAN_WORDS];
};

/**
 * struct iov_pol_dev - everything decisions depend on
 * @num_vfs: VFs that exist; 0: SR-IOV off
 * @cfg: administrator's wishes, by VF
 * @run: sessions, by VF
 * @pf: the PF's own netdev
 */
struct iov_pol_dev {
	unsigned int num_vfs;
	struct iov_vf_cfg cfg[IOV_POL_VFS];
	struct iov_vf_run run[IOV_POL_VFS];
	struct iov_pol_pf pf;
};

/**
 * struct iov_pol_rar - a receive address
 * @addr: address
 * @pools: bitmap of pools that get its frames; 0: free
 */
struct iov_pol_rar {
	u8 addr[ETH_ALEN];
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
 * @uc_promisc: accept every unicast frame (VMOLR.ROPE and UTA)
 * @mc_promisc: accept every multicast frame (VMOLR.MPME and MTA)
 * @strip_vlan: remove the tag (VMOLR.STRVLAN)
 * @antispoof: check source MAC and VLAN (DTXSWC)
 * @max_frame: VMOLR.RLPML
 * @port_vlan: tag to insert, VID and priority (VMVIR); 0: none
 */
struct iov_pol_pool {
	bool rx;
	bool tx;
	bool broadcast;
	bool untagged;
	bool hash;
	bool uc_promisc;
	bool mc_promisc;
	bool strip_vlan;
	bool antispoof;
	u16 max_frame;
	u16 port_vlan;
};

/**
 * struct iov_pol_image - what filters and pools must look like
 * @rar: receive addresses; slots are stable from image to image
 * @mta: multicast hash table
 * @vlvf: pool VLAN filters; slots are stable (only with VFs)
 * @vfta: VLAN filter table of the whole port
 * @pool: rules by pool; without VFs only the PF's is meaningful
 * @vmdq: pools are in use (there are VFs)
 * @uc_promisc: some pool takes every unicast frame (UTA all ones, RCTL.UPE)
 * @mc_promisc: some pool takes every multicast frame (MTA all ones, RCTL.MPE)
 * @vlan_filter: RCTL.VFE
 */
struct iov_pol_image {
	struct iov_pol_rar rar[IOV_POL_RARS];
	u32 mta[IOV_POL_MTA_WORDS];
	struct iov_pol_vlvf vlvf[IOV_POL_VLVFS];
	u32 vfta[IOV_POL_VFTA_WORDS];
	struct iov_pol_pool pool[IOV_POL_POOLS];
	bool vmdq;
	bool uc_promisc;
	bool mc_promisc;
	bool vlan_filter;
};

/**
 * enum iov_pol_status - outcome of a decision
 * @IOV_POL_OK: granted
 * @IOV_POL_EINVAL: malformed or outside every range
 * @IOV_POL_EPERM: the administrator's settings forbid it
 * @IOV_POL_EADDRINUSE: the address is somebody else's
 * @IOV_POL_ENOSPC: a table or the VF's share of it is full
 * @IOV_POL_ESTATE: not in this state (RESET has to come first)
 */
enum iov_pol_status {
	IOV_POL_OK,
	IOV_POL_EINVAL,
	IOV_POL_EPERM,
	IOV_POL_EADDRINUSE,
	IOV_POL_ENOSPC,
	IOV_POL_ESTATE,
};

const char *iov_pol_status_name(enum iov_pol_status status);

/* state.c: the only code that moves a session from state to state */
void iov_pol_vf_event(struct iov_pol_dev *dev, unsigned int vf,
		      enum iov_pol_event event);

/*
 * session.c: serve one decoded request of @vf. Changes @dev->run[vf] only when
 * it returns IOV_POL_OK; the caller computes the image of a scratch copy first
 * and commits when that fits too (iov_pol_serve() does both).
 */
enum iov_pol_status iov_pol_request(struct iov_pol_dev *dev, unsigned int vf,
				    const struct iov_msg *msg);
/*
 * The whole decision: request, image, reply. On anything but IOV_POL_OK
 * neither @dev nor @image changes. @scratch is work space (the structs are too
 * large for a kernel stack). @reply is always valid afterwards.
 */
struct iov_pol_scratch {
	struct iov_pol_dev dev;
	struct iov_pol_image image;
};

enum iov_pol_status iov_pol_serve(struct iov_pol_dev *dev,
				  struct iov_pol_image *image, unsigned int vf,
				  const struct iov_msg *msg,
				  struct iov_pol_scratch *scratch,
				  struct iov_reply *reply);

/* admit.c: single questions, also asked by the administrator's interfaces */
enum iov_pol_status iov_pol_admit_mac(const struct iov_pol_dev *dev,
				      unsigned int vf, const u8 *addr);
enum iov_pol_status iov_pol_admit_vlan(const struct iov_pol_dev *dev,
				       unsigned int vf, u16 vid, bool add);
enum iov_pol_status iov_pol_admit_frame(u32 max_frame);
/* The address VF @vf has or would get at its next RESET. */
const u8 *iov_pol_vf_mac(const struct iov_pol_dev *dev, unsigned int vf);
/* Stable default: PF address, locally administered bit, VF number mixed in. */
void iov_pol_default_mac(const u8 *pf_mac, unsigned int vf, u8 *mac);

/*
 * owner.c: from state to tables. @prev gives slots their stability and may be
 * all zero; @next may not be @prev. IOV_POL_ENOSPC: does not fit.
 */
enum iov_pol_status iov_pol_image(const struct iov_pol_dev *dev,
				  const struct iov_pol_image *prev,
				  struct iov_pol_image *next);

#endif /* IOV_POLICY_H */
