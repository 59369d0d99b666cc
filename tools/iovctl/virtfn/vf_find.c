// SPDX-License-Identifier: GPL-2.0-only
/* The VF that a word means. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/netns.h"
#include "system/sysfs.h"
#include "virtfn/vf.h"

static bool has_domain(const struct iovctl_vf *vf, const char *name)
{
	return !strcmp(vf->holder.name, name);
}

static bool is_in_netns(const struct iovctl_vf *vf, const char *name)
{
	return !strcmp(vf->holder.netns, name);
}

static bool has_tap(const struct iovctl_vf *vf, const char *name)
{
	return iovctl_holder_has_tap(&vf->holder, name);
}

/* A process in the namespace holds the VF as well as the one that is shown. */
static bool has_process(const struct iovctl_vf *vf, const char *name)
{
	const struct iovctl_holder *holder = &vf->holder;
	int pid = atoi(name);

	if (name[strspn(name, "0123456789")] || pid <= 0)
		return false;
	return holder->pid == pid || (holder->netns_inode &&
				      holder->netns_inode == iovctl_netns_of_process(pid));
}

static const struct {
	const char *prefix;
	bool (*holds)(const struct iovctl_vf *vf, const char *name);
} holders[] = {
	{ "domain:", has_domain },
	{ "netns:", is_in_netns },
	{ "pid:", has_process },
	{ "tap:", has_tap },
};

/**
 * struct search - VFs that a word means
 * @num: number of VFs
 * @found: the first
 * @all: all, as text
 * @why: why there is none, IOVCTL_TEXT bytes
 */
struct search {
	int num;
	struct iovctl_vf found;
	char all[IOVCTL_TEXT / 2];
	char *why;
};

/* The same VF may be found in two ways. */
static void add(struct search *search, const struct iovctl_vf *vf)
{
	int length = strlen(search->all);
	char name[IOVCTL_NAME];

	if (search->num && !strcmp(search->found.pci, vf->pci))
		return;
	if (!search->num++)
		search->found = *vf;
	snprintf(search->all + length, sizeof(search->all) - length, "%s%s",
		 length ? ", " : "", iovctl_vf_name(vf, name));
}

static void find_held(struct search *search, const char *word)
{
	struct iovctl_vfs vfs;
	const char *name;
	size_t kind;
	int i;

	for (kind = 0; kind < sizeof(holders) / sizeof(holders[0]); kind++)
		if (!strncmp(word, holders[kind].prefix, strlen(holders[kind].prefix)))
			break;
	if (kind == sizeof(holders) / sizeof(holders[0]))
		return;
	name = word + strlen(holders[kind].prefix);
	if (!name[0])
		return;
	snprintf(search->why, IOVCTL_TEXT, "%s has no VF, or only root can see it",
		 word);
	iovctl_vf_list(&vfs, NULL);
	for (i = 0; i < vfs.num; i++)
		if (holders[kind].holds(&vfs.vf[i], name))
			add(search, &vfs.vf[i]);
	iovctl_vf_list_free(&vfs);
}

/* PF:N; a PCI address has colons as well, but a point after the last one. */
static void find_numbered(struct search *search, const char *word)
{
	char pf[IOVCTL_NAME], pci[IOVCTL_NAME];
	const char *colon = strrchr(word, ':');
	struct iovctl_vf vf;
	int number;

	if (!colon || !isdigit(colon[1]) || colon[1 + strspn(colon + 1, "0123456789")] ||
	    strlen(colon) > 6)
		return;
	number = atoi(colon + 1);
	SET(pf, "%.*s", (int)(colon - word), word);
	if (!iovctl_sysfs_function(pf, pci))
		return;
	if (!iovctl_vf_inspect(&vf, pci, number))
		add(search, &vf);
	else
		snprintf(search->why, IOVCTL_TEXT, "%s has no VF %d: it has %d", pf, number,
			 iovctl_sysfs_int(pci, "sriov_numvfs"));
}

static void find_function(struct search *search, const char *word)
{
	char pci[IOVCTL_NAME], pf_pci[IOVCTL_NAME];
	struct iovctl_vf vf;
	int number;

	if (!iovctl_sysfs_function(word, pci))
		return;
	if (iovctl_sysfs_pf_of(pci, pf_pci, &number) && !iovctl_vf_inspect(&vf, pf_pci, number))
		add(search, &vf);
	else
		snprintf(search->why, IOVCTL_TEXT, "%s is not a VF; name a VF of it as %s:N", word,
			 word);
}

/**
 * iovctl_vf_find - the VF that a word means
 * @word: PF:N, where PF is an interface or a PCI address; the VF's PCI address or interface; or
 *	what holds the VF: domain:NAME (a guest of QEMU), pid:N, netns:NAME, tap:NAME
 * @vf: is filled
 * @why: what is wrong, IOVCTL_TEXT bytes
 *
 * Return: 0; -ENOENT if there is none, -ENOTUNIQ if there are several, with @why set.
 */
int iovctl_vf_find(const char *word, struct iovctl_vf *vf, char *why)
{
	struct search search = { .why = why };

	snprintf(why, IOVCTL_TEXT, "\"%s\" is not a VF", word);
	find_held(&search, word);
	find_numbered(&search, word);
	find_function(&search, word);
	if (!search.num)
		return -ENOENT;
	*vf = search.found;
	if (search.num == 1)
		return 0;
	snprintf(why, IOVCTL_TEXT, "%.64s matches %d VFs: %s", word, search.num, search.all);
	return -ENOTUNIQ;
}
