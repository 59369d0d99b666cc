/* SPDX-License-Identifier: GPL-2.0-only */
/* A VF of a PF of any vendor: what it is, and who holds it. */
#ifndef IOVCTL_VF_H
#define IOVCTL_VF_H

#include "virtfn/holder.h"

/**
 * struct iovctl_vf - a VF
 * @pf_pci: PCI address of its PF
 * @pf: the PF's interface; empty if it has none, or in another network namespace
 * @pf_driver: the PF's driver, or empty
 * @number: of the VF
 * @pci: its PCI address
 * @driver: its driver, or empty
 * @netdev: its interface in this network namespace, or empty; in another one it is
 *	@holder.netdev
 * @holder: who holds it
 */
struct iovctl_vf {
	char pf_pci[IOVCTL_NAME];
	char pf[IOVCTL_NAME];
	char pf_driver[IOVCTL_NAME];
	int number;
	char pci[IOVCTL_NAME];
	char driver[IOVCTL_NAME];
	char netdev[IOVCTL_NAME];
	struct iovctl_holder holder;
};

/**
 * struct iovctl_vfs - VFs
 * @num: number of @vf
 * @vf: the VFs, ordered by PF and number
 */
struct iovctl_vfs {
	int num;
	struct iovctl_vf *vf;
};

int iovctl_vf_inspect(struct iovctl_vf *vf, const char *pf_pci, int number);
void iovctl_vf_list(struct iovctl_vfs *vfs, const char *pf_pci);
void iovctl_vf_list_free(struct iovctl_vfs *vfs);
int iovctl_vf_count_held(const char *pf_pci, int num_vfs);
int iovctl_vf_find(const char *word, struct iovctl_vf *vf, char *why);

/* How to call the PF: its interface, or its PCI address */
static inline const char *iovctl_vf_pf_name(const struct iovctl_vf *vf)
{
	return vf->pf[0] ? vf->pf : vf->pf_pci;
}

/* PF:N, the first of the words by which iovctl_vf_find() finds a VF */
static inline const char *iovctl_vf_name(const struct iovctl_vf *vf, char text[IOVCTL_NAME])
{
	iovctl_set(text, IOVCTL_NAME, "%.40s:%d", iovctl_vf_pf_name(vf), vf->number);
	return text;
}

#endif
