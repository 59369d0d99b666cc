// SPDX-License-Identifier: GPL-2.0-only
/* The reasons of iovctl host and iovctl adapter, and those of VFs that are in use. */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "adapter_verdict.h"
#include "devlink.h"
#include "doctor_host.h"
#include "files.h"
#include "host_verdict.h"
#include "sysfs.h"
#include "told.h"

/* --- VFs ------------------------------------------------------------------------------------ */

static void add_told(const struct iovctl_vf *vf, const struct iovctl_told *told,
		     struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	char command[IOVCTL_TEXT];

	/* The reasons of device and switch are those of each VF. */
	if (strcmp(told->level, "vf"))
		return;
	finding = iovctl_finding_new(findings, told->name, iovctl_told_effect(told), vf->pci);
	finding->level = IOVCTL_LEVEL_VF;
	SET(finding->text, "%s", told->text);
	SET(finding->remedy, "%s", told->remedy);
	SET(command, "devlink health diagnose pci/%s reporter sriov", vf->pf_pci);
	iovctl_finding_evidence(finding, command, told->name);
}

static struct json_object *reasons_of(struct json_object *diagnosis, int number)
{
	struct json_object *vfs = json_object_object_get(diagnosis, "vfs");

	return json_object_object_get(json_object_array_get_idx(vfs, number), "reasons");
}

static void add_vf(const struct iovctl_vf *vf, struct json_object *diagnosis,
		   struct iovctl_findings *findings)
{
	struct iovctl_told told[IOVCTL_TOLD];
	int i, num = iovctl_told_read(reasons_of(diagnosis, vf->number), told);

	for (i = 0; i < num; i++)
		add_told(vf, &told[i], findings);
}

static struct json_object *diagnose(const char *pci)
{
	char why[IOVCTL_TEXT];
	struct json_object *found;

	if (iovctl_is_copy())
		return NULL;
	found = iovctl_devlink_diagnose(pci, "sriov", why);
	if (!json_object_is_type(json_object_object_get(found, "vfs"), json_type_array)) {
		json_object_put(found);
		return NULL;
	}
	return found;
}

/**
 * iovctl_doctor_add_vfs - reasons of the VFs of a PF that are in use
 * @pci: PCI address of the PF
 * @findings: reasons are added
 *
 * A VF that is free needs no driver, and no guest.
 */
void iovctl_doctor_add_vfs(const char *pci, struct iovctl_findings *findings)
{
	struct json_object *diagnosis = diagnose(pci);
	struct iovctl_vfs vfs;
	int i;

	if (!diagnosis)
		return;
	iovctl_vf_list(&vfs, pci);
	for (i = 0; i < vfs.num; i++)
		if (vfs.vf[i].holder.held == IOVCTL_YES)
			add_vf(&vfs.vf[i], diagnosis, findings);
	iovctl_vf_list_free(&vfs);
	json_object_put(diagnosis);
}

/* --- machine and adapters ------------------------------------------------------------------- */

static enum iovctl_effect add_adapter(const struct iovctl_host_facts *host, const char *pci,
				      struct iovctl_slot *slot, struct iovctl_findings *findings)
{
	static struct iovctl_adapter adapter;

	iovctl_adapter_inspect(&adapter, pci, host->kernel);
	*slot = adapter.slot;
	SET(slot->pci, "%s", pci);
	return iovctl_adapter_verdict(&adapter, host->fact[IOVCTL_ASK_IOMMU].answer, findings);
}

/* What is wrong with a VF concerns one guest, and is a warning for the host. */
static enum iovctl_effect with_vfs(enum iovctl_effect state, const struct iovctl_findings *findings)
{
	int i;

	for (i = 0; i < findings->num; i++)
		if (findings->finding[i].level == IOVCTL_LEVEL_VF &&
		    findings->finding[i].effect >= IOVCTL_EFFECT_WARNING &&
		    state < IOVCTL_EFFECT_WARNING)
			state = IOVCTL_EFFECT_WARNING;
	return state;
}

/**
 * iovctl_doctor_host - all that is wrong on a host
 * @host: what is known of the machine
 * @pci: PCI address of an adapter; NULL for all
 * @findings: reasons are added
 *
 * Return: what they amount to.
 */
enum iovctl_effect iovctl_doctor_host(const struct iovctl_host_facts *host, const char *pci,
				      struct iovctl_findings *findings)
{
	static struct iovctl_slot slots[IOVCTL_ADAPTERS];
	static struct iovctl_adapters adapters;
	int i;

	if (pci) {
		adapters.num = 1;
		SET(adapters.pci[0], "%s", pci);
	} else {
		iovctl_sysfs_adapters(&adapters);
	}
	iovctl_host_verdict(host, adapters.num, findings);
	for (i = 0; i < adapters.num; i++) {
		add_adapter(host, adapters.pci[i], &slots[i], findings);
		iovctl_doctor_add_vfs(adapters.pci[i], findings);
	}
	return with_vfs(iovctl_host_state(findings, slots, adapters.num), findings);
}

/* A guest that has its VF does not need another one. */
static void forget(struct iovctl_findings *findings, enum iovctl_code code)
{
	int from, to = 0;

	for (from = 0; from < findings->num; from++)
		if (strcmp(findings->finding[from].name, iovctl_code_name(code)))
			findings->finding[to++] = findings->finding[from];
	findings->num = to;
}

/**
 * iovctl_doctor_vm - all that is between a guest and its VF, as the host sees it
 * @host: what is known of the machine
 * @vf: the VF
 * @findings: reasons are added
 *
 * Return: the worst effect.
 */
enum iovctl_effect iovctl_doctor_vm(const struct iovctl_host_facts *host,
				    const struct iovctl_vf *vf, struct iovctl_findings *findings)
{
	struct json_object *diagnosis = diagnose(vf->pf_pci);
	enum iovctl_effect worst, of_vf;
	struct iovctl_slot slot;

	iovctl_host_verdict(host, 1, findings);
	worst = add_adapter(host, vf->pf_pci, &slot, findings);
	if (diagnosis)
		add_vf(vf, diagnosis, findings);
	json_object_put(diagnosis);
	forget(findings, IOVCTL_CODE_NO_FREE_VF);
	of_vf = iovctl_finding_worst(findings, vf->pci);
	return of_vf > worst ? of_vf : worst;
}
