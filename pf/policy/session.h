/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of VFs, and what begins and ends a session. Pure. */
#ifndef IOV_POL_SESSION_H
#define IOV_POL_SESSION_H

#include "pf/policy/tables.h"

/**
 * enum iov_pol_event - what begins or ends a session
 * @IOV_POL_EV_FLR: VF function reset (VFLRE): FLR, VTCTRL.RST, change of owner
 * @IOV_POL_EV_RESET_MSG: the VF's driver sent RESET
 * @IOV_POL_EV_PF_RESET: the PF is about to reset the whole device
 * @IOV_POL_EV_DETACH: the VF's driver has sent DETACH
 * @IOV_POL_EVENTS: number of events
 */
enum iov_pol_event {
	IOV_POL_EV_FLR,
	IOV_POL_EV_RESET_MSG,
	IOV_POL_EV_PF_RESET,
	IOV_POL_EV_DETACH,
	IOV_POL_EVENTS,
};

/* Longest time to a reply */
#define IOV_POL_REPLY_MS	1000

/**
 * struct iov_pol_scratch - work space, too large for a kernel stack
 * @dev: state
 * @tables: tables
 */
struct iov_pol_scratch {
	struct iov_pol_dev dev;
	struct iov_pol_hw_tables tables;
};

void iov_pol_vf_event(struct iov_pol_dev *dev, unsigned int vf,
		      enum iov_pol_event event);
u8 iov_pol_evict(struct iov_pol_dev *dev, const u8 *addr);
enum iov_wire_status iov_pol_request(struct iov_pol_dev *dev, unsigned int vf,
				     const struct iov_msg *msg,
				     struct iov_reply *reply);
enum iov_wire_status iov_pol_serve(struct iov_pol_dev *dev,
				   struct iov_pol_hw_tables *tables,
				   unsigned int vf, const struct iov_msg *msg,
				   struct iov_pol_scratch *scratch,
				   struct iov_reply *reply);
void iov_pol_malformed(const struct iov_pol_dev *dev, unsigned int vf, u8 tid,
		       enum iov_wire_status error, struct iov_reply *reply);

#endif /* IOV_POL_SESSION_H */
