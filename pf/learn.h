/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses of VFs in the software switch above the PF: see learn.c. */
#ifndef IOV_PF_LEARN_H
#define IOV_PF_LEARN_H

#include <linux/notifier.h>
#include <linux/workqueue.h>

#include "pf/policy/learn.h"

struct iov_pf;

/**
 * struct iov_pf_learn - what the software switch was told
 * @uppers: notifier of a switch that the PF's interface joins or leaves
 * @work: tells it what VFs have got
 * @places: addresses that it has; under pf->lock
 * @next: addresses that it is about to have; under pf->lock
 */
struct iov_pf_learn {
	struct notifier_block uppers;
	struct delayed_work work;
	struct iov_pol_places places;
	struct iov_pol_places next;
};

int iov_pf_learn_register(struct iov_pf *pf);
void iov_pf_learn_unregister(struct iov_pf *pf);
void iov_pf_learn_change(struct iov_pf *pf,
			 const struct iov_pol_hw_tables *tables);
void iov_pf_learn_refresh(struct iov_pf *pf);
void iov_pf_learn_soon(struct iov_pf *pf);

#endif /* IOV_PF_LEARN_H */
