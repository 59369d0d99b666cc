/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI functions and VFs in sysfs. */
#ifndef IOVCTL_SYSFS_H
#define IOVCTL_SYSFS_H

#include <stdbool.h>

#include "base/text.h"

#define IOVCTL_ADAPTERS	64	/* more are not shown */

/**
 * struct iovctl_adapters - network adapters that have the SR-IOV capability
 * @num: number of @pci
 * @pci: their PCI addresses, in this order
 */
struct iovctl_adapters {
	int num;
	char pci[IOVCTL_ADAPTERS][IOVCTL_NAME];
};

int iovctl_sysfs_int(const char *pci, const char *name);
bool iovctl_sysfs_is_pf(const char *pci);
bool iovctl_sysfs_link(const char *pci, const char *name, char *target);
bool iovctl_sysfs_netdev(const char *pci, char *name);
bool iovctl_sysfs_pci_of(const char *netdev, char *pci);
bool iovctl_sysfs_function(const char *word, char *pci);
int iovctl_sysfs_find_pf(const char *word, char *pci, char *why);
int iovctl_sysfs_find_adapter(const char *word, char *pci, char *why);
bool iovctl_sysfs_pf_of(const char *vf_pci, char *pf_pci, int *vf);
bool iovctl_sysfs_master(const char *netdev, char *master);
bool iovctl_sysfs_port(const char *bridge, int n, char *netdev);
void iovctl_sysfs_adapters(struct iovctl_adapters *adapters);
void iovctl_sysfs_choose(struct iovctl_adapters *adapters, const char *pci);

#endif
