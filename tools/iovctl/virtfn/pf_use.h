/* SPDX-License-Identifier: GPL-2.0-only */
/* What forbids to change the VFs of an adapter: their users, and what prevents VFs at all. */
#ifndef IOVCTL_PF_USE_H
#define IOVCTL_PF_USE_H

#include "adapter/adapter_facts.h"
#include "reason/fact.h"
#include "reason/refusal.h"

/* What to do about a VF that the driver of the PF does not take away */
#define IOVCTL_END_USERS	"end the guest or program, or unplug the VF from it"

/**
 * struct iovctl_pf_use - the users of an adapter's VFs
 * @held: IOVCTL_YES if one VF is in use, IOVCTL_MAYBE if none is known to be and one may be
 * @kept: one is open through VFIO, and the driver of the PF does not take it away
 * @users: what uses which; may be empty
 */
struct iovctl_pf_use {
	enum iovctl_answer held;
	bool kept;
	char users[IOVCTL_TEXT];
};

void iovctl_pf_use_read(struct iovctl_pf_use *use, const char *pci);
void iovctl_pf_use_verdict(const struct iovctl_pf_use *use, const char *pf, const char *which,
			   struct iovctl_refusals *refusals);
void iovctl_pf_inspect(struct iovctl_adapter *adapter, const char *pci, char blocking[IOVCTL_TEXT],
		       char remedy[IOVCTL_TEXT]);

#endif
