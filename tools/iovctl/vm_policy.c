// SPDX-License-Identifier: GPL-2.0-only
/* iovctl vm set NIC policy: to be replaced by the file that has it. */
#include <stdio.h>

#include "vm.h"

/**
 * iovctl_vm_policy - policies that software enforces for a NIC
 * @options: options before the subcommand
 * @vf: the NIC
 * @argc: number of words
 * @argv: words after "policy"
 *
 * Return: exit status.
 */
int iovctl_vm_policy(const struct iovctl_options *options, const struct iovctl_vf *vf, int argc,
		     char **argv)
{
	fprintf(stderr, "iovctl vm: there are no policies yet\n");
	return IOVCTL_REFUSED;
}
