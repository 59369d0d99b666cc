/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands of iovctl vm that have files of their own. */
#ifndef IOVCTL_VM_H
#define IOVCTL_VM_H

#include "iovctl.h"
#include "virtfn/vf.h"

int iovctl_vm_set(const struct iovctl_options *options, const struct iovctl_vf *vf, int argc,
		  char **argv);
int iovctl_vm_policy(const struct iovctl_options *options, const struct iovctl_vf *vf, int argc,
		     char **argv);

#endif
