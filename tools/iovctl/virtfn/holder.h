/* SPDX-License-Identifier: GPL-2.0-only */
/* Who holds a VF: a program, a network namespace, or the host itself. */
#ifndef IOVCTL_HOLDER_H
#define IOVCTL_HOLDER_H

#include <stdbool.h>

#include "reason/fact.h"

#define IOVCTL_TAPS	8	/* more are not shown */
#define IOVCTL_NETDEV	16	/* of the name of an interface */

/**
 * struct iovctl_holder - what has a VF in use
 * @held: something has
 * @pid: the program that has opened the VF through VFIO, or a process in @netns_inode; 0 for
 *	none, or if it is not known
 * @command: name of that process
 * @is_vm: that process runs a virtual machine
 * @name: the guest of that process, if it is QEMU: what -name guest= says; with libvirt it is
 *	the domain
 * @netns: name of the network namespace that has the VF's interface; empty if it has no name, or
 *	if the interface is not in another namespace
 * @netns_inode: its number; 0 if there is none, or if it is not known
 * @netdev: the VF's interface in that namespace
 * @num_taps: number of @taps
 * @taps: tap interfaces that the program has opened
 */
struct iovctl_holder {
	enum iovctl_answer held;
	int pid;
	char command[IOVCTL_NAME];
	bool is_vm;
	char name[IOVCTL_NAME];
	char netns[IOVCTL_NAME];
	unsigned long netns_inode;
	char netdev[IOVCTL_NETDEV];
	int num_taps;
	char taps[IOVCTL_TAPS][IOVCTL_NETDEV];
};

void iovctl_holder_find(struct iovctl_holder *holder, const char *vf_pci, bool in_detail);
void iovctl_holder_forget(void);
const char *iovctl_holder_arguments(int pid, const char **end);
bool iovctl_holder_has_tap(const struct iovctl_holder *holder, const char *tap);

#endif
