/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether packets of a virtual machine take its VF, and if not, why. */
#ifndef IOVCTL_PAIR_VERDICT_H
#define IOVCTL_PAIR_VERDICT_H

#include "doctor/pair_facts.h"
#include "host/host_facts.h"
#include "reason/finding.h"

/* How a guest is connected, the worst last */
enum iovctl_pair_path {
	IOVCTL_PATH_VF,
	IOVCTL_PATH_SOFTWARE,
	IOVCTL_PATH_NONE,
};

enum iovctl_pair_path iovctl_pair_path(const struct iovctl_pair *pair);
const char *iovctl_pair_path_name(enum iovctl_pair_path path);
void iovctl_pair_verdict(const struct iovctl_pair *pair, const struct iovctl_host_facts *host,
			 struct iovctl_findings *findings);
void iovctl_pairs_none(struct iovctl_findings *findings);

#endif
