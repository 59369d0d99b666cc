/* SPDX-License-Identifier: GPL-2.0-only */
/* Saves and loads the session of a VF whose guest is migrated. Pure. */
#ifndef IOV_POL_FREEZE_H
#define IOV_POL_FREEZE_H

#include "pf/policy/state.h"

/**
 * struct iov_pol_frozen - a saved session
 * @run: the session
 * @epoch: its number
 * @port_vlan: port VLAN of the VF, VID and priority; 0: none
 * @quarantine: why the VF is in quarantine, enum iov_pol_abuse; 0: it is not
 */
struct iov_pol_frozen {
	struct iov_vf_run run;
	u32 epoch;
	u16 port_vlan;
	u8 quarantine;
};

/**
 * enum iov_pol_freeze_why - why a VF cannot take over a session
 * @IOV_POL_FREEZE_OK: it can
 * @IOV_POL_FREEZE_PORT_VLAN: its port VLAN or priority is another one
 * @IOV_POL_FREEZE_MAC: it may not have the address
 * @IOV_POL_FREEZE_CHANNEL: version or capabilities of the channel
 * @IOV_POL_FREEZE_FRAME: frame size
 * @IOV_POL_FREEZE_MULTICAST: multicast filter
 * @IOV_POL_FREEZE_VLAN: VLANs
 * @IOV_POL_FREEZE_MACS: additional addresses
 * @IOV_POL_FREEZE_PROMISC: promiscuous modes
 * @IOV_POL_FREEZE_QUEUES: number of queue pairs
 * @IOV_POL_FREEZE_PATH: its data path is withheld
 * @IOV_POL_FREEZE_TABLES: the filters of the port do not fit
 * @IOV_POL_FREEZES: how many
 */
enum iov_pol_freeze_why {
	IOV_POL_FREEZE_OK,
	IOV_POL_FREEZE_PORT_VLAN,
	IOV_POL_FREEZE_MAC,
	IOV_POL_FREEZE_CHANNEL,
	IOV_POL_FREEZE_FRAME,
	IOV_POL_FREEZE_MULTICAST,
	IOV_POL_FREEZE_VLAN,
	IOV_POL_FREEZE_MACS,
	IOV_POL_FREEZE_PROMISC,
	IOV_POL_FREEZE_QUEUES,
	IOV_POL_FREEZE_PATH,
	IOV_POL_FREEZE_TABLES,
	IOV_POL_FREEZES,
};

void iov_pol_freeze_save(const struct iov_pol_dev *dev, unsigned int vf,
			 struct iov_pol_frozen *frozen);
unsigned int iov_pol_freeze_release(struct iov_pol_dev *dev, unsigned int vf,
				    bool moved);
enum iov_pol_freeze_why
iov_pol_freeze_load(struct iov_pol_dev *dev, unsigned int vf,
		    const struct iov_pol_frozen *frozen);

#endif /* IOV_POL_FREEZE_H */
