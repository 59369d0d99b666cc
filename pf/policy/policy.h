/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rest of the PF's driver calls: requests and sessions of VFs, the
 * administrator's settings, and what follows from the state. Pure.
 */
#ifndef IOV_POL_POLICY_H
#define IOV_POL_POLICY_H

#include "pf/policy/tables.h"
#include "pf/policy/throttle.h"

#define IOV_POL_REPLY_MS	1000	/* longest time to a reply */
#define IOV_POL_MAC_WORDS	(ETH_ALEN / 2)	/* of the NVM */
/* How long a VLAN keeps its filter in which nothing is sent */
#define IOV_POL_VLAN_KEEP_MS	60000
/* Longest list of names, with the final zero; devlink takes no more. */
#define IOV_POL_SW_ONLY_LIST	32

/**
 * struct iov_pol_scratch - work space, too large for a kernel stack
 * @dev: state
 * @tables: tables
 */
struct iov_pol_scratch {
	struct iov_pol_dev dev;
	struct iov_pol_hw_tables tables;
};

/**
 * enum iov_pol_l2fwd_why - why a macvlan has no pool
 * @IOV_POL_L2FWD_SERVED: it has one
 * @IOV_POL_L2FWD_NO_VFS: pools are not in use
 * @IOV_POL_L2FWD_NO_POOL: VFs and other macvlans have them all
 * @IOV_POL_L2FWD_NO_QUEUE: the PF has no queue pair left
 */
enum iov_pol_l2fwd_why {
	IOV_POL_L2FWD_SERVED,
	IOV_POL_L2FWD_NO_VFS,
	IOV_POL_L2FWD_NO_POOL,
	IOV_POL_L2FWD_NO_QUEUE,
};

/**
 * enum iov_pol_by - who has moved a data path
 * @IOV_POL_BY_NONE: it has not moved
 * @IOV_POL_BY_GUEST: the VF's driver, also when the host has withdrawn it
 * @IOV_POL_BY_HOST: the host, at once
 * @IOV_POL_BY_DEADLINE: the host, because the VF has not left in time
 * @IOV_POL_BY_RESET: the session has ended
 */
enum iov_pol_by {
	IOV_POL_BY_NONE,
	IOV_POL_BY_GUEST,
	IOV_POL_BY_HOST,
	IOV_POL_BY_DEADLINE,
	IOV_POL_BY_RESET,
};

/**
 * struct iov_pol_moved - a VF's data path over its whole life
 * @vf: it is with the VF
 * @by: enum iov_pol_by, who moved it there
 * @why: IOV_WIRE_WHY_*, why it was withdrawn
 * @since_us: when it moved
 * @left_us: when it was withdrawn, while the VF still has it; otherwise 0
 * @deadline_ms: until when the VF may have it then
 * @leave_us: how long the VF took to leave it when it did so last
 * @to_vf: times it moved to the VF
 * @to_host: times it moved to the host
 * @forced: times of these by IOV_POL_BY_DEADLINE
 */
struct iov_pol_moved {
	bool vf;
	u8 by;
	u16 why;
	u64 since_us;
	u64 left_us;
	u64 deadline_ms;
	u64 leave_us;
	u64 to_vf;
	u64 to_host;
	u64 forced;
};

/* Requests */
enum iov_wire_status
iov_pol_session_serve(struct iov_pol_dev *dev, struct iov_pol_hw_tables *tables,
		      unsigned int vf, const struct iov_msg *msg,
		      struct iov_pol_scratch *scratch, struct iov_reply *reply);
void iov_pol_session_malformed(const struct iov_pol_dev *dev, unsigned int vf,
			       u8 tid, enum iov_wire_status error,
			       struct iov_reply *reply);
void iov_pol_state_end(struct iov_pol_dev *dev, unsigned int vf);

/* What the host changes */
enum iov_wire_status iov_pol_heir_give_mac(struct iov_pol_dev *dev,
					   unsigned int vf, const u8 *addr);
enum iov_wire_status iov_pol_queues_limit(struct iov_pol_dev *dev,
					  unsigned int vf, u32 max);
enum iov_wire_status iov_pol_rate_admit(const struct iov_pol_dev *dev,
					unsigned int vf, u32 rate);
enum iov_wire_status iov_pol_fdb_add(struct iov_pol_dev *dev,
				     const struct iov_pol_hw_tables *prev,
				     struct iov_pol_hw_tables *next,
				     const u8 *addr);
bool iov_pol_vlan_used(struct iov_pol_dev *dev, u16 vid, u64 now_ms);
void iov_pol_path_update(const struct iov_pol_dev *old,
			 struct iov_pol_dev *dev);
bool iov_pol_path_tick(struct iov_pol_dev *dev);
void iov_pol_settle(struct iov_pol_dev *dev);
void iov_pol_settle_notify(struct iov_pol_dev *dev);
int iov_pol_sw_only_parse(const char *list);
void iov_pol_sw_only_list(u8 sw_only, char list[IOV_POL_SW_ONLY_LIST]);

/* What follows */
enum iov_wire_status iov_pol_tables_make(const struct iov_pol_dev *dev,
					 const struct iov_pol_hw_tables *prev,
					 struct iov_pol_hw_tables *next);
bool iov_pol_event_raise_changes(const struct iov_pol_dev *old,
				 struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_event_pending(const struct iov_pol_dev *dev, unsigned int vf);
void iov_pol_moved_note(struct iov_pol_moved *moved,
			const struct iov_pol_dev *dev, unsigned int vf,
			bool has_path, u64 now_us);
const char *iov_pol_moved_by(const struct iov_pol_moved *moved);

/* What is true of a VF */
bool iov_pol_vf_on_channel(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_vf_can(const struct iov_pol_dev *dev, unsigned int vf, u32 cap);
unsigned int iov_pol_vf_given_to(const struct iov_pol_dev *dev, const u8 *addr);
u16 iov_pol_vf_why_not(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_vf_receives(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_vf_cts(const struct iov_pol_dev *dev, unsigned int vf);
u32 iov_pol_vf_leave_ms(const struct iov_pol_dev *dev, unsigned int vf);
void iov_pol_vf_link(const struct iov_pol_dev *dev, unsigned int vf,
		     struct iov_mbx_link *link);
u64 iov_pol_vf_nacks(const struct iov_pol_count *count);
const char *iov_pol_vf_state_name(const struct iov_pol_dev *dev,
				  unsigned int vf);

/* Queues, macvlans, addresses */
unsigned int iov_pol_queues_qps(const struct iov_pol_dev *dev, unsigned int vf);
unsigned int iov_pol_queues_max_qps(const struct iov_pol_dev *dev,
				    unsigned int vf);
u16 iov_pol_queues_of_vfs(const struct iov_pol_dev *dev);
unsigned int iov_pol_queues_rss(unsigned int bucket);
enum iov_pol_l2fwd_why iov_pol_l2fwd_why(const struct iov_pol_dev *dev,
					 unsigned int macvlan);
unsigned int iov_pol_l2fwd_served(const struct iov_pol_dev *dev);
unsigned int iov_pol_l2fwd_pool(unsigned int macvlan);
void iov_pol_mac_default(const u8 *pf_mac, unsigned int vf, u8 *mac);
void iov_pol_mac_board(const u16 *words, bool second, u8 *mac);
u16 iov_pol_mac_alternate(u16 pointer, bool second);
bool iov_pol_mac_replace(const u16 *words, u8 *mac);

#endif /* IOV_POL_POLICY_H */
