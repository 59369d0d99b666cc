/* SPDX-License-Identifier: GPL-2.0-only */
/* Guaranteed rates on an interface: the queueing discipline HTB. */
#ifndef IOVCTL_HTB_H
#define IOVCTL_HTB_H

#include <stdbool.h>

#include "base/text.h"

#define IOVCTL_HTB_VFS	256	/* classes of VFs; one PF cannot have more VFs */

/**
 * struct iovctl_htb - what an interface has
 * @kind: its root queueing discipline if it is not the default one and not that of iovctl
 * @ours: it is that of iovctl
 * @line: rate of all classes together, in Mbit/s
 * @rate: by VF, guaranteed rate in Mbit/s, 0 for none
 */
struct iovctl_htb {
	char kind[IOVCTL_NAME];
	bool ours;
	int line;
	int rate[IOVCTL_HTB_VFS];
};

int iovctl_htb_get(const char *netdev, struct iovctl_htb *htb, char *why);
int iovctl_htb_sum(const struct iovctl_htb *htb, int but_vf);
int iovctl_htb_set(const char *netdev, const struct iovctl_htb *now, int vf, int rate, int line,
		   char *why);
int iovctl_htb_clear(const char *netdev, const struct iovctl_htb *now, int vf, char *why);

#endif
