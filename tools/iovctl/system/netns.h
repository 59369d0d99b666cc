/* SPDX-License-Identifier: GPL-2.0-only */
/* Interfaces of PCI functions in other network namespaces. */
#ifndef IOVCTL_NETNS_H
#define IOVCTL_NETNS_H

#include "reason/fact.h"

/**
 * struct iovctl_netns - where the interface of a PCI function is
 * @name: of the namespace below /run/netns; empty if it has none
 * @pid: a process in the namespace; 0 if there is none, or none is seen
 * @inode: number of the namespace
 * @netdev: the interface, as it is called there
 */
struct iovctl_netns {
	char name[IOVCTL_NAME];
	int pid;
	unsigned long inode;
	char netdev[IOVCTL_NAME];
};

enum iovctl_answer iovctl_netns_of(const char *pci, struct iovctl_netns *netns);
unsigned long iovctl_netns_of_process(int pid);
void iovctl_netns_forget(void);

#endif
