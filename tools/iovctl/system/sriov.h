/* SPDX-License-Identifier: GPL-2.0-only */
/* The number of VFs. */
#ifndef IOVCTL_SRIOV_H
#define IOVCTL_SRIOV_H

int iovctl_sriov_set(const char *pci, int number, char *why);

#endif
