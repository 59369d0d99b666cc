/* SPDX-License-Identifier: GPL-2.0-only */
/* What forbids to change the VFs of an adapter: their users, and what prevents VFs at all. */
#ifndef IOVCTL_PF_USE_H
#define IOVCTL_PF_USE_H

#include "adapter/adapter_facts.h"
#include "reason/fact.h"

enum iovctl_answer iovctl_pf_users(const char *pci, char users[IOVCTL_TEXT]);
void iovctl_pf_inspect(struct iovctl_adapter *adapter, const char *pci, char blocking[IOVCTL_TEXT],
		       char remedy[IOVCTL_TEXT]);

#endif
