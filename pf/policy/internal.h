/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the policy call of each other. Arguments: @dev is the whole
 * state, @vf the number of a VF, @run its session, @addr an address. A function
 * that returns a status returns IOV_WIRE_ST_OK or why not. Pure.
 */
#ifndef IOV_POL_INTERNAL_H
#define IOV_POL_INTERNAL_H

#include "pf/policy/policy.h"

/* Receive addresses and VLAN filters that no VF can take from the host */
#define IOV_POL_HOST_MACS	4
#define IOV_POL_HOST_VLANS	7

/**
 * enum iov_pol_shared - tables that VFs and host share
 * @IOV_POL_SHARED_MACS: receive addresses, without the PF's and the VFs' own,
 *	which each have an entry
 * @IOV_POL_SHARED_VLANS: VLAN filters, without that of VID 0
 */
enum iov_pol_shared {
	IOV_POL_SHARED_MACS,
	IOV_POL_SHARED_VLANS,
};

/**
 * struct iov_pol_share - how a table is used
 * @size: entries to be shared
 * @share: entries guaranteed to each VF
 * @reserve: entries guaranteed to the host
 * @borrowed: entries that VFs use beyond their shares
 * @host: entries that the host uses; 0 when @overflow
 * @overflow: the host asks for more entries than it can have
 * @left: entries that VFs can borrow; negative: so many have to be taken back
 */
struct iov_pol_share {
	unsigned int size;
	unsigned int share;
	unsigned int reserve;
	unsigned int borrowed;
	unsigned int host;
	bool overflow;
	int left;
};

/* What is true of a VF */
u32 iov_pol_vf_serial(const struct iov_pol_dev *dev, unsigned int vf);
const u8 *iov_pol_vf_mac(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_vf_is_given(const struct iov_pol_dev *dev, unsigned int vf,
			 const u8 *addr);
bool iov_pol_vf_is_pinned(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_vf_is_down(const struct iov_pol_dev *dev, unsigned int vf);
u16 iov_pol_vf_port_vlan(const struct iov_vf_cfg *cfg);
bool iov_pol_vf_has_vlan(const struct iov_vf_run *run, u16 vid);
u16 iov_pol_vf_withheld(const struct iov_vf_cfg *cfg);
unsigned int iov_pol_vf_twin(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_mac_listed(const u8 list[][ETH_ALEN], unsigned int num,
			const u8 *addr);
u16 iov_pol_sw_only_why(u8 sw_only);

/* What a VF may have */
enum iov_wire_status iov_pol_admit_mac(const struct iov_pol_dev *dev,
				       unsigned int vf, const u8 *addr);
enum iov_wire_status iov_pol_admit_guest_mac(const struct iov_pol_dev *dev,
					     unsigned int vf, const u8 *addr,
					     bool own);
enum iov_wire_status iov_pol_admit_add_mac(const struct iov_pol_dev *dev,
					   unsigned int vf, const u8 *addr);
enum iov_wire_status iov_pol_admit_vlan(const struct iov_pol_dev *dev,
					unsigned int vf, u16 vid, bool add);
enum iov_wire_status iov_pol_admit_frame(u32 max_frame);

/* Tables that VFs and host share */
void iov_pol_share_use(const struct iov_pol_dev *dev, enum iov_pol_shared table,
		       struct iov_pol_share *use);
unsigned int iov_pol_share_num(const struct iov_pol_dev *dev, unsigned int vf,
			       enum iov_pol_shared table);
bool iov_pol_share_mac_fits(const struct iov_pol_dev *dev, unsigned int vf);
bool iov_pol_share_vlan_fits(const struct iov_pol_dev *dev, unsigned int vf,
			     u16 vid);
bool iov_pol_share_has_exact(const struct iov_vf_run *run, const u8 *addr);
void iov_pol_share_drop_mac(struct iov_vf_run *run, const u8 *addr);
bool iov_pol_share_is_allowed(const struct iov_pol_dev *dev, unsigned int vf,
			      unsigned int other);
void iov_pol_settle_want_mac(struct iov_pol_dev *dev, unsigned int vf,
			     const u8 *addr);
void iov_pol_settle_release_mac(struct iov_pol_dev *dev, unsigned int vf,
				const u8 *addr);

/* Parts of a request */
void iov_pol_state_begin(struct iov_pol_dev *dev, unsigned int vf);
void iov_pol_state_evict(struct iov_pol_dev *dev, const u8 *addr);
enum iov_wire_status iov_pol_session_request(struct iov_pol_dev *dev,
					     unsigned int vf,
					     const struct iov_msg *msg,
					     struct iov_reply *reply);
enum iov_wire_status iov_pol_block_read(struct iov_pol_dev *dev,
					unsigned int vf,
					const struct iov_msg *msg,
					struct iov_reply *reply);
enum iov_wire_status iov_pol_block_write(struct iov_pol_dev *dev,
					 unsigned int vf,
					 const struct iov_msg *msg,
					 struct iov_reply *reply);
void iov_pol_block_content(const struct iov_pol_dev *dev, unsigned int vf,
			   unsigned int block, union iov_wire_content *content);
enum iov_wire_status iov_pol_queues_set(struct iov_pol_dev *dev,
					unsigned int vf,
					const struct iov_msg *msg,
					struct iov_reply *reply);
enum iov_wire_status iov_pol_path_set(struct iov_pol_dev *dev, unsigned int vf,
				      const struct iov_msg *msg,
				      struct iov_reply *reply);
void iov_pol_path_heard(struct iov_pol_dev *dev, unsigned int vf);
void iov_pol_event_raise(struct iov_pol_dev *dev, unsigned int vf, u32 events,
			 u32 blocks);
void iov_pol_event_read(struct iov_pol_dev *dev, unsigned int vf, u32 ack,
			struct iov_mbx_sync *sync);
void iov_pol_heir_settle(struct iov_pol_dev *dev);
void iov_pol_heir_done(struct iov_pol_dev *dev, unsigned int vf);

/* Parts of the tables */
enum iov_wire_status iov_pol_vlan_tables(const struct iov_pol_dev *dev,
					 const struct iov_pol_hw_tables *prev,
					 struct iov_pol_hw_tables *next);
u16 iov_pol_queues_of_vf(const struct iov_pol_dev *dev, unsigned int vf);
void iov_pol_rate_limits(const struct iov_pol_dev *dev, unsigned int vf,
			 u32 rates[IOV_POL_VF_QPS]);
u8 iov_pol_l2fwd_host_pools(const struct iov_pol_dev *dev);
u8 iov_pol_l2fwd_host_owner(const struct iov_pol_dev *dev, const u8 *addr);
void iov_pol_l2fwd_rules(const struct iov_pol_dev *dev,
			 struct iov_pol_hw_tables *next);

#endif /* IOV_POL_INTERNAL_H */
