// SPDX-License-Identifier: GPL-2.0-only
/* Huge pages, limits and VFIO's files, for programs that drive VFs themselves. */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/json.h"
#include "doctor/dpdk_facts.h"
#include "system/files.h"
#include "system/link.h"
#include "system/sysfs.h"
#include "virtfn/holder.h"
#include "virtfn/vf_ids.h"

#define PCI		"/sys/bus/pci/devices"
#define HUGE		"/sys/kernel/mm/hugepages"
#define IPC_LOCK	14	/* CAP_IPC_LOCK */

/* --- memory --------------------------------------------------------------------------------- */

static long long pages(const char *folder, const char *name)
{
	char text[IOVCTL_NAME];

	iovctl_read(text, sizeof(text), HUGE "/%s/%s", folder, name);
	return atoll(text);
}

/* Pages of all sizes: hugepages-2048kB */
static void read_hugepages(struct iovctl_dpdk *dpdk)
{
	struct dirent **entries;
	int i, num, kib;

	num = iovctl_list(&entries, HUGE);
	dpdk->huge_kib = num < 0 ? -1 : 0;
	for (i = 0; i < num; i++) {
		const char *folder = entries[i]->d_name;

		if (sscanf(folder, "hugepages-%dkB", &kib) != 1)
			continue;
		dpdk->huge_kib += kib * pages(folder, "nr_hugepages");
		dpdk->huge_free_kib += kib * pages(folder, "free_hugepages");
	}
	iovctl_list_free(entries, num);
}

static void read_mounts(struct iovctl_dpdk *dpdk)
{
	FILE *list = iovctl_open("/proc/self/mounts");
	char *line = NULL;
	size_t room = 0;

	if (!list)
		return;
	dpdk->mounted = IOVCTL_NO;
	while (getline(&line, &room, list) > 0)
		if (strstr(line, " hugetlbfs "))
			dpdk->mounted = IOVCTL_YES;
	free(line);
	fclose(list);
}

/* "Max locked memory         8388608              8388608              bytes" */
static void read_limit(struct iovctl_dpdk *dpdk)
{
	static const char name[] = "Max locked memory";
	FILE *list = iovctl_open("/proc/self/limits");
	char line[IOVCTL_TEXT];
	long long bytes;

	dpdk->memlock_kib = -1;
	while (list && fgets(line, sizeof(line), list))
		if (!strncmp(line, name, strlen(name)) &&
		    sscanf(line + strlen(name), "%lld", &bytes) == 1)
			dpdk->memlock_kib = bytes >> 10;
	if (list)
		fclose(list);
}

static void read_rights(struct iovctl_dpdk *dpdk)
{
	FILE *list = iovctl_open("/proc/self/status");
	unsigned long long mask;
	char line[IOVCTL_TEXT];

	while (list && fgets(line, sizeof(line), list))
		if (sscanf(line, "CapEff: %llx", &mask) == 1)
			dpdk->may_lock = mask >> IPC_LOCK & 1 ? IOVCTL_YES : IOVCTL_NO;
	if (list)
		fclose(list);
}

/* --- VFs ------------------------------------------------------------------------------------ */

static bool is_for_programs(const char *driver)
{
	return strstr(driver, "vfio") || strstr(driver, "uio");
}

/* Without IOMMU the files have other names. */
static void read_group(struct iovctl_dpdk_vf *vf)
{
	char name[IOVCTL_NAME];

	if (!iovctl_sysfs_link(vf->pci, "iommu_group", vf->group))
		return;
	iovctl_read(name, sizeof(name), "/sys/kernel/iommu_groups/%s/name", vf->group);
	vf->without_iommu = !strcmp(name, "vfio-noiommu");
	SET(vf->file, "/dev/vfio/%s%s", vf->without_iommu ? "noiommu-" : "", vf->group);
	if (iovctl_exists("%s", vf->file))
		vf->access = iovctl_may_write("%s", vf->file) ? IOVCTL_YES : IOVCTL_NO;
}

static enum iovctl_answer is_on(struct json_object *settings, const char *name)
{
	struct json_object *found = json_object_object_get(settings, name);

	return !found ? IOVCTL_MAYBE : json_object_get_int(found) == 1 ? IOVCTL_YES : IOVCTL_NO;
}

static void read_settings(struct iovctl_dpdk_vf *vf)
{
	char pf_pci[IOVCTL_NAME], why[IOVCTL_TEXT];
	struct json_object *settings;

	if (!iovctl_sysfs_pf_of(vf->pci, pf_pci, &vf->number) ||
	    !iovctl_sysfs_netdev(pf_pci, vf->pf) || iovctl_is_copy())
		return;
	settings = iovctl_link_vf(vf->pf, vf->number, why);
	SET(vf->mac, "%s", get_text(settings, "mac"));
	vf->trusted = is_on(settings, "trust");
	vf->checked = is_on(settings, "spoofchk");
	json_object_put(settings);
}

static void read_vf(struct iovctl_dpdk_vf *vf, const char *pci)
{
	struct iovctl_holder holder;

	SET(vf->pci, "%s", pci);
	iovctl_sysfs_link(pci, "driver", vf->driver);
	vf->bifurcated = !strcmp(vf->driver, "mlx5_core");
	read_group(vf);
	iovctl_holder_find(&holder, pci, false);
	vf->used = holder.held;
	read_settings(vf);
}

/* A VF of this machine's PFs or, in a guest, by its device ID */
static bool is_vf(const char *pci)
{
	return iovctl_exists(PCI "/%s/physfn", pci) ||
	       iovctl_vf_id(pci);
}

static void read_vfs(struct iovctl_dpdk *dpdk)
{
	char driver[IOVCTL_NAME];
	struct dirent **entries;
	int i, num;

	num = iovctl_list(&entries, PCI);
	for (i = 0; i < num && dpdk->num < IOVCTL_DPDK_VFS; i++)
		if (is_vf(entries[i]->d_name) &&
		    iovctl_sysfs_link(entries[i]->d_name, "driver", driver) &&
		    is_for_programs(driver))
			read_vf(&dpdk->vf[dpdk->num++], entries[i]->d_name);
	iovctl_list_free(entries, num);
}

/**
 * iovctl_dpdk_inspect - what there is for programs that drive VFs
 * @dpdk: is filled
 * @pci: PCI address of a VF; or NULL for all that are bound to vfio-pci or another such driver
 */
void iovctl_dpdk_inspect(struct iovctl_dpdk *dpdk, const char *pci)
{
	memset(dpdk, 0, sizeof(*dpdk));
	read_hugepages(dpdk);
	read_mounts(dpdk);
	read_limit(dpdk);
	read_rights(dpdk);
	if (pci)
		read_vf(&dpdk->vf[dpdk->num++], pci);
	else
		read_vfs(dpdk);
}
