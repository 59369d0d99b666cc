/* SPDX-License-Identifier: GPL-2.0-only */
/* What an adapter is now, so that it can be the same after the next boot. */
#ifndef IOVCTL_PERSIST_FACTS_H
#define IOVCTL_PERSIST_FACTS_H

#include "persist/persist.h"

int iovctl_persist_inspect(struct iovctl_persist *persist, const char *pci, char *why);

#endif
