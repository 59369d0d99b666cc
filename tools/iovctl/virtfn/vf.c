// SPDX-License-Identifier: GPL-2.0-only
/* VFs of PFs of any vendor, as sysfs shows them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/sysfs.h"
#include "virtfn/vf.h"

#define MOST	0xffff	/* VFs that a PF can have */

static bool find_pci(const char *pf_pci, int number, char *pci)
{
	char name[IOVCTL_NAME];

	SET(name, "virtfn%d", number);
	return iovctl_sysfs_link(pf_pci, name, pci);
}

/**
 * iovctl_vf_inspect - what is known of a VF, and who holds it
 * @vf: is filled
 * @pf_pci: PCI address of the PF
 * @number: of the VF
 *
 * Return: 0, or -ENODEV if the PF has no such VF.
 */
int iovctl_vf_inspect(struct iovctl_vf *vf, const char *pf_pci, int number)
{
	memset(vf, 0, sizeof(*vf));
	SET(vf->pf_pci, "%s", pf_pci);
	vf->number = number;
	if (!find_pci(pf_pci, number, vf->pci))
		return -ENODEV;
	iovctl_sysfs_netdev(pf_pci, vf->pf);
	iovctl_sysfs_link(pf_pci, "driver", vf->pf_driver);
	iovctl_sysfs_link(vf->pci, "driver", vf->driver);
	iovctl_sysfs_netdev(vf->pci, vf->netdev);
	iovctl_holder_find(&vf->holder, vf->pci, true);
	return 0;
}

static void add_all(struct iovctl_vfs *vfs, const char *pf_pci)
{
	int number, num = iovctl_sysfs_int(pf_pci, "sriov_numvfs");
	struct iovctl_vf *more;

	if (num <= 0 || num > MOST)
		return;
	more = reallocarray(vfs->vf, vfs->num + num, sizeof(*more));
	if (!more)
		return;
	vfs->vf = more;
	for (number = 0; number < num; number++) {
		if (iovctl_vf_inspect(&vfs->vf[vfs->num], pf_pci, number))
			break;
		vfs->num++;
	}
}

/**
 * iovctl_vf_list - VFs and who holds them
 * @vfs: is filled; to be released by iovctl_vf_list_free()
 * @pf_pci: only those of this PF; NULL: those of all network adapters
 */
void iovctl_vf_list(struct iovctl_vfs *vfs, const char *pf_pci)
{
	struct iovctl_adapters adapters;
	int i;

	memset(vfs, 0, sizeof(*vfs));
	iovctl_sysfs_choose(&adapters, pf_pci);
	for (i = 0; i < adapters.num; i++)
		add_all(vfs, adapters.pci[i]);
}

void iovctl_vf_list_free(struct iovctl_vfs *vfs)
{
	free(vfs->vf);
	memset(vfs, 0, sizeof(*vfs));
}

/**
 * iovctl_vf_count_held - how many VFs of a PF are in use
 * @pf_pci: PCI address of the PF
 * @num_vfs: number of its VFs
 *
 * Return: the number, -1 if it is not known.
 */
int iovctl_vf_count_held(const char *pf_pci, int num_vfs)
{
	struct iovctl_holder holder;
	char pci[IOVCTL_NAME];
	int number, held = 0;

	for (number = 0; number < num_vfs; number++) {
		if (!find_pci(pf_pci, number, pci))
			return -1;
		iovctl_holder_find(&holder, pci, false);
		if (holder.held == IOVCTL_MAYBE)
			return -1;
		held += holder.held == IOVCTL_YES;
	}
	return held;
}
