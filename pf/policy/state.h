/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * State that the PF's decisions depend on. The decisions are pure functions: no
 * locks, memory, time or logging; they may be called in any context, and the
 * caller serialises. The same files are built into iovnic_pf, the unit tests
 * and the fuzzers.
 *
 * A setting of the administrator, a request of a VF or a reset changes a struct
 * iov_pol_dev. iov_pol_tables_make() computes the filters and pools for it, and
 * the driver writes the difference to the device. A change whose tables do not
 * fit is refused as a whole.
 */
#ifndef IOV_POL_STATE_H
#define IOV_POL_STATE_H

#include <linux/bits.h>
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
#define IOV_POL_WORD_BITS	32
/* Macvlans with offload: one pool is the PF's, one at least a VF's. */
#define IOV_POL_MACVLANS	6
/* Receive address slots: 0 the PF's, then the VFs' own, the rest is shared. */
#define IOV_POL_RAR_PF		0
#define IOV_POL_RAR_VF(n)	(1 + (n))
#define IOV_POL_RAR_SHARED(vfs)	IOV_POL_RAR_VF(vfs)
#define IOV_POL_PF_MACS		(IOV_POL_RARS - 1)
/* What one VF may have at most of the shared tables; see share.c */
#define IOV_POL_VF_MACS		3	/* additional to its own, exact */
#define IOV_POL_VF_HASHED	16	/* the same and by hash, trusted */
#define IOV_POL_VF_VLANS	16
#define IOV_POL_VF_WANTED	16	/* refused addresses, remembered */
#define IOV_POL_MIN_FRAME	68	/* least MTU (RFC 791), without L2 */
#define IOV_POL_MAX_FRAME	9238	/* MTU 9216, L2 header, VLAN tag, FCS */
#define IOV_POL_DEFAULT_FRAME	1522
#define IOV_POL_SECOND_TAG	4	/* frame sizes include one tag */
#define IOV_POL_MAX_VID		4094	/* 802.1Q reserves 4095 */
/* A VF has to leave the data path; one that does not react is hung. */
#define IOV_POL_LEAVE_MS	500
#define IOV_POL_HUNG_MS		80
/* Tag control information */
#define IOV_POL_TCI_VID		GENMASK(11, 0)
#define IOV_POL_TCI_PCP		GENMASK(15, 13)
/* Queue pairs that one VF may have: those of its pool */
#define IOV_POL_VF_QPS		2
#define IOV_POL_MBX_VECTORS	1	/* besides one for each queue pair */
#define IOV_POL_LINK_SPEED	1000	/* Mbit/s, of the port at best */
/* RTTBCNRC, a queue's limit: speed of the link by rate, 14 bits of fraction */
#define IOV_POL_RATE_RF_DEC	GENMASK(13, 0)
#define IOV_POL_RATE_RF_INT	GENMASK(27, 14)
#define IOV_POL_RATE_RS_ENA	BIT(31)
#define IOV_POL_RATE_LEAST	1	/* Mbit/s */
/* A VF's serial number: the port's, and the VF's place */
#define IOV_POL_SERIAL_VF	GENMASK(2, 0)
#define IOV_POL_SERIAL_PORT	GENMASK(31, 3)

/**
 * enum iov_pol_sw_only - a policy that only the host's software can enforce, in
 * the order of the wire's numbers from IOV_WIRE_WHY_ROUTER_GUARD on
 * @IOV_POL_SW_ONLY_RA: no router advertisements, no redirects
 * @IOV_POL_SW_ONLY_DHCP: no answers of a DHCP server
 * @IOV_POL_SW_ONLY_ACL: filter by address, protocol or port
 * @IOV_POL_SW_ONLY_MIRROR: copy of the traffic for another receiver
 * @IOV_POL_SW_ONLY_BANDWIDTH: least bandwidth
 * @IOV_POL_SW_ONLY_STORM: limit of broadcast and multicast
 * @IOV_POL_SW_ONLY_EXT: filter of an extension of the software switch
 * @IOV_POL_SW_ONLYS: how many
 */
enum iov_pol_sw_only {
	IOV_POL_SW_ONLY_RA,
	IOV_POL_SW_ONLY_DHCP,
	IOV_POL_SW_ONLY_ACL,
	IOV_POL_SW_ONLY_MIRROR,
	IOV_POL_SW_ONLY_BANDWIDTH,
	IOV_POL_SW_ONLY_STORM,
	IOV_POL_SW_ONLY_EXT,
	IOV_POL_SW_ONLYS,
};

enum iov_pol_link {
	IOV_POL_LINK_AUTO,
	IOV_POL_LINK_ENABLE,
	IOV_POL_LINK_DISABLE,
};

/**
 * enum iov_pol_state - life of a VF's session
 * @IOV_POL_SILENT: no RESET since the last function reset
 * @IOV_POL_ACTIVE: RESET answered; requests are served, frames flow
 */
enum iov_pol_state {
	IOV_POL_SILENT,
	IOV_POL_ACTIVE,
};

/**
 * struct iov_vf_cfg - the administrator's settings; they survive every reset,
 * and with VFs in use the driver too: see IOV_POL_PRESERVE_VERSION
 * @admin_mac: address set by the administrator; zero: none
 * @default_mac: stable address derived from the PF's, used without @admin_mac
 * @vlan: port VLAN, 0: none
 * @qos: priority of the port VLAN
 * @spoofchk: drop frames with foreign source MAC or VLAN
 * @trusted: may change its MAC against @admin_mac, go promiscuous
 * @max_tx_rate: highest rate of transmit, Mbit/s; 0: no limit
 * @link: link state
 * @blocked: why the data path is withdrawn, IOV_WIRE_WHY_*; 0: it is not
 * @migrating: the guest is about to be migrated: the data path is withdrawn
 * @heir: another VF has the same address, and this one waits for it
 * @quarantine: why the VF is in quarantine, enum iov_pol_abuse; 0: it is not.
 *	Set by the PF, and kept like a setting
 * @sw_only: what only the host's software can enforce, a set of
 *	BIT(enum iov_pol_sw_only); any of them withdraws the data path
 * @moderation: interrupt moderation, IOV_WIRE_MODERATION_*; default: that of
 *	all VFs
 * @max_qps: queue pairs it may have at most; 0: all of its pool's
 */
struct iov_vf_cfg {
	u8 admin_mac[ETH_ALEN];
	u8 default_mac[ETH_ALEN];
	u16 vlan;
	u8 qos;
	bool spoofchk;
	bool trusted;
	u16 max_tx_rate;
	enum iov_pol_link link;
	u16 blocked;
	bool migrating;
	bool heir;
	u8 quarantine;
	u8 sw_only;
	u8 moderation;
	u8 max_qps;
};

/**
 * struct iov_pol_chan - the channel a VF has negotiated; dies with its session
 * @version: in use; 0: legacy, none of the rest means anything
 * @caps: in use
 * @path_vf: the VF has requested the data path
 * @leaving: the path was withdrawn, but the VF has it until the deadline; only
 *	together with @path_vf
 * @heard: the VF has read that it has to leave; only together with @leaving
 * @offered: the VF was offered the data path of the one it had waited for
 * @deadline_ms: when @leaving ends, in milliseconds of the PF's clock
 * @seq: number of the last change
 * @events: not acknowledged, set of IOV_WIRE_EV_*
 * @invalid: not acknowledged, set of BIT(IOV_WIRE_BLOCK_*)
 * @want_qps: queue pairs requested
 * @qps: queue pairs assigned; 0: none requested yet, which means one
 * @guest: what the VF has written to block GUEST
 */
struct iov_pol_chan {
	u32 version;
	u32 caps;
	bool path_vf;
	bool leaving;
	bool heard;
	bool offered;
	u64 deadline_ms;
	u32 seq;
	u32 events;
	u32 invalid;
	u32 want_qps;
	u8 qps;
	struct iov_wire_guest guest;
};

/**
 * struct iov_vf_run - a VF's session; dies with the VF's reset
 * @state: see enum iov_pol_state
 * @mac: the VF's own address now
 * @max_frame: largest frame it receives, tag and FCS counted
 * @uc_promisc: receives every unicast frame
 * @mc_promisc: receives every multicast frame
 * @mc_overflow: has more groups than fit, so receives all
 * @macs: additional addresses
 * @num_macs: used entries of @macs
 * @hashed: bitmap of those in @macs that have no exact filter; only of a
 *	trusted VF, which receives them, and some others, by the UTA
 * @wanted: addresses that were refused; the VF is notified when one is free
 * @num_wanted: used entries of @wanted
 * @hashes: multicast filter
 * @num_hashes: used entries of @hashes
 * @vlans: VLAN filters of the VF
 * @num_vlans: used entries of @vlans
 * @vlan_wanted: VLAN that was refused because the table was full; 0: none
 * @chan: channel, if it has negotiated one
 */
struct iov_vf_run {
	enum iov_pol_state state;
	u8 mac[ETH_ALEN];
	u16 max_frame;
	bool uc_promisc;
	bool mc_promisc;
	bool mc_overflow;
	u8 num_macs;
	u8 macs[IOV_POL_VF_HASHED][ETH_ALEN];
	u16 hashed;
	u8 wanted[IOV_POL_VF_WANTED][ETH_ALEN];
	u8 num_wanted;
	u8 num_hashes;
	u16 hashes[IOV_WIRE_MC_MAX];
	u8 num_vlans;
	u16 vlans[IOV_POL_VF_VLANS];
	u16 vlan_wanted;
	struct iov_pol_chan chan;
};

/**
 * struct iov_pol_count - a VF's mailbox, counted over its whole life
 * @msgs: requests read
 * @nacks: requests refused, by status; legacy ones too
 * @malformed: words that were no request
 * @spoofs: reads of WVBR that showed dropped frames of the VF
 * @throttled: times it was throttled
 * @busy: the VF held its mailbox when the PF needed it
 * @resets: function resets and RESET messages
 * @last_ms: when the last message was read, in milliseconds of the PF's clock
 */
struct iov_pol_count {
	u64 msgs;
	u64 nacks[IOV_WIRE_STATUSES];
	u64 malformed;
	u64 spoofs;
	u64 throttled;
	u64 busy;
	u64 resets;
	u64 last_ms;
};

/**
 * struct iov_pol_port - what VFs can read of the port
 * @link: link
 * @serial: identifies the port; a VF's serial is derived from it
 */
struct iov_pol_port {
	struct iov_mbx_link link;
	u32 serial;
};

/**
 * struct iov_pol_used_vlan - a VLAN in which the host sends
 * @vid: VLAN id
 * @last_ms: when it was last seen to, in milliseconds of the PF's clock
 */
struct iov_pol_used_vlan {
	u16 vid;
	u64 last_ms;
};

/**
 * struct iov_pol_l2fwd - macvlans that use offload, the oldest first
 * @queues: queue pairs that the PF has for them
 * @num: used entries of @macs
 * @macs: their addresses
 */
struct iov_pol_l2fwd {
	u8 queues;
	u8 num;
	u8 macs[IOV_POL_MACVLANS][ETH_ALEN];
};

/**
 * struct iov_pol_pf - what the PF's own netdev receives
 * @mac: its address
 * @up: the interface is up
 * @promisc: IFF_PROMISC
 * @allmulti: IFF_ALLMULTI
 * @strip_vlan: NETIF_F_HW_VLAN_CTAG_RX
 * @filter_vlan: NETIF_F_HW_VLAN_CTAG_FILTER
 * @max_frame: tag and FCS counted
 * @macs: further unicast addresses
 * @num_macs: used entries of @macs
 * @uc_overflow: more unicast addresses than @macs holds: promiscuous
 * @mta: multicast hash table of its groups
 * @vlans: bitmap of its VLANs
 * @num_used: used entries of @used
 * @used: VLANs in which the host sends; they get filters before others
 * @l2fwd: macvlans that use offload
 */
struct iov_pol_pf {
	u8 mac[ETH_ALEN];
	bool up;
	bool promisc;
	bool allmulti;
	bool strip_vlan;
	bool filter_vlan;
	u16 max_frame;
	u8 macs[IOV_POL_PF_MACS][ETH_ALEN];
	u8 num_macs;
	bool uc_overflow;
	u32 mta[IOV_POL_MTA_WORDS];
	u64 vlans[IOV_POL_VLAN_WORDS];
	u8 num_used;
	struct iov_pol_used_vlan used[IOV_POL_VLVFS - 1];
	struct iov_pol_l2fwd l2fwd;
};

/**
 * struct iov_pol_dev - everything decisions depend on
 * @num_vfs: VFs that exist; 0: SR-IOV off
 * @cfg: administrator's settings, by VF
 * @run: sessions, by VF
 * @epoch: number of the session, by VF; changes with every reset
 * @count: counters, by VF
 * @frozen: VFs that are stopped for a migration of their guest: their pools
 *	are closed, and their requests wait
 * @movable: VFs whose driver can migrate them: the administrator may give
 *	their address to a second VF, which then waits
 * @pf: the PF's own netdev
 * @port: the port
 * @vepa: the external switch forwards frames between VFs, and between VFs and
 *	PF
 * @moderation: interrupt moderation of VFs without a setting of their own
 * @now_ms: the PF's clock, set before each decision
 */
struct iov_pol_dev {
	unsigned int num_vfs;
	struct iov_vf_cfg cfg[IOV_POL_VFS];
	struct iov_vf_run run[IOV_POL_VFS];
	u32 epoch[IOV_POL_VFS];
	struct iov_pol_count count[IOV_POL_VFS];
	u8 frozen;
	u8 movable;
	struct iov_pol_pf pf;
	struct iov_pol_port port;
	bool vepa;
	u8 moderation;
	u64 now_ms;
};

#endif /* IOV_POL_STATE_H */
