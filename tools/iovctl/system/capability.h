/* SPDX-License-Identifier: GPL-2.0-only */
/* The SR-IOV capability of a PCI function. */
#ifndef IOVCTL_CAPABILITY_H
#define IOVCTL_CAPABILITY_H

int iovctl_capability_vfs(const char *pci);
int iovctl_capability_vf_bars(const char *pci);

#endif
