/* SPDX-License-Identifier: GPL-2.0-only */
/* What a software switch above the PF has to know of VFs' addresses. Pure. */
#ifndef IOV_POL_LEARN_H
#define IOV_POL_LEARN_H

#include "pf/policy/tables.h"

/* Own and additional addresses of VFs, each untagged and in every VLAN */
#define IOV_POL_PLACES		((IOV_POL_RARS - 1) * (1 + IOV_POL_VF_VLANS))
#define IOV_POL_VID_NONE	(IOV_POL_MAX_VID + 1)

/**
 * struct iov_pol_uplink - the software switch that the PF is a port of
 * @used: there is one that has to be told
 * @tags: it tells VLANs apart; otherwise each entry has @untagged
 * @untagged: VLAN of untagged frames; IOV_POL_VID_NONE: it drops them
 * @mac: address of the switch itself
 */
struct iov_pol_uplink {
	bool used;
	bool tags;
	u16 untagged;
	u8 mac[ETH_ALEN];
};

/**
 * struct iov_pol_place - an address that is reached by the PF's port
 * @mac: address
 * @vid: VLAN
 * @vf: VF that has it
 * @leaving: the VF is about to leave the data path
 */
struct iov_pol_place {
	u8 mac[ETH_ALEN];
	u16 vid;
	u8 vf;
	bool leaving;
};

/**
 * struct iov_pol_places - all addresses that VFs receive, not the host
 * @num: used entries of @place
 * @place: addresses
 */
struct iov_pol_places {
	unsigned int num;
	struct iov_pol_place place[IOV_POL_PLACES];
};

void iov_pol_learn_list(const struct iov_pol_dev *dev,
			const struct iov_pol_hw_tables *tables,
			const struct iov_pol_uplink *uplink,
			struct iov_pol_places *places);
const struct iov_pol_place *
iov_pol_learn_gone(const struct iov_pol_places *was,
		   const struct iov_pol_places *is, unsigned int *next);
void iov_pol_learn_keep(struct iov_pol_places *was,
			const struct iov_pol_places *is);
const struct iov_pol_place *
iov_pol_learn_news(const struct iov_pol_places *was,
		   const struct iov_pol_places *is, unsigned int *next);

#endif /* IOV_POL_LEARN_H */
