/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of VFs that wait in a file until the VFs are created again. */
#ifndef IOVCTL_SAVED_H
#define IOVCTL_SAVED_H

#include "virtfn/settings.h"

const char *iovctl_saved_path(const char *pci, char path[IOVCTL_TEXT]);
int iovctl_saved_load(struct iovctl_all_settings *all, const char *pci, char *why);
int iovctl_saved_store(const struct iovctl_all_settings *all, char *why);

#endif
