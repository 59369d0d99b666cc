// SPDX-License-Identifier: GPL-2.0-only
/* The reasons of iovctl host, adapter, switch and vm together, each of them once. */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "adapter/adapter_verdict.h"
#include "doctor/doctor_host.h"
#include "host/host_verdict.h"
#include "policy/policy_verdict.h"
#include "switch/switch_facts.h"
#include "system/netif.h"
#include "system/sysfs.h"
#include "vm/vm_verdict.h"

/* --- VFs ------------------------------------------------------------------------------------ */

/* What a VF lacks; machine, adapter and switch are asked themselves. */
static enum iovctl_vm_state add_vf(const struct iovctl_vm *vm,
				   const struct iovctl_policy_tables *tables,
				   struct iovctl_findings *findings, char text[IOVCTL_TEXT],
				   int *status)
{
	static struct iovctl_policies policies;
	static struct iovctl_findings own;
	enum iovctl_vm_state state;
	int i;

	own.num = 0;
	iovctl_policies_inspect(&policies, &vm->vf, "", tables);
	iovctl_policies_verdict(&policies, &own);
	state = iovctl_vm_verdict(vm, &own);
	iovctl_vm_status(state, &own, text);
	*status = iovctl_vm_exit(state, &own);
	for (i = 0; i < own.num; i++) {
		const struct iovctl_finding *finding = &own.finding[i];

		if (finding->level == IOVCTL_LEVEL_VF)
			*iovctl_finding_new(findings, finding->name, finding->effect,
					    finding->object) = *finding;
	}
	return state;
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
	struct iovctl_policy_tables tables = { 0 };
	static struct iovctl_vm vm;
	struct iovctl_vm_pf pf;
	struct iovctl_vfs vfs;
	char text[IOVCTL_TEXT];
	int i, status, num = 0;

	iovctl_vm_pf_inspect(&pf, pci);
	iovctl_vf_list(&vfs, pci);
	for (i = 0; i < vfs.num; i++) {
		if (vfs.vf[i].holder.held != IOVCTL_YES)
			continue;
		if (!num++)
			iovctl_policy_tables_read(&tables);
		iovctl_vm_inspect(&vm, &vfs.vf[i], &pf);
		add_vf(&vm, &tables, findings, text, &status);
	}
	iovctl_policy_tables_release(&tables);
	iovctl_vf_list_free(&vfs);
	iovctl_vm_pf_release(&pf);
}

/* --- switches ------------------------------------------------------------------------------- */

static bool is_first(const struct iovctl_adapter *adapters, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (!strcmp(adapters[i].switch_name, adapters[n].switch_name))
			return false;
	return iovctl_netif_is_switch(adapters[n].switch_kind);
}

/**
 * iovctl_doctor_add_switches - reasons of the switches of adapters
 * @adapters: the adapters
 * @num: length of @adapters
 * @findings: reasons are added
 */
void iovctl_doctor_add_switches(const struct iovctl_adapter *adapters, int num,
				struct iovctl_findings *findings)
{
	static struct iovctl_switch bridge;
	int n, i;

	for (n = 0; n < num; n++) {
		if (!is_first(adapters, n))
			continue;
		iovctl_switch_inspect(&bridge, adapters[n].switch_name);
		for (i = 0; i < num; i++)
			if (iovctl_switch_has(&bridge, &adapters[i]))
				iovctl_switch_add_uplink(&bridge, &adapters[i]);
		iovctl_switch_verdict(&bridge, findings);
	}
}

/* --- all ------------------------------------------------------------------------------------ */

/* What is wrong with a switch or a VF does not keep other VFs from working. */
static enum iovctl_effect with_others(enum iovctl_effect state,
				      const struct iovctl_findings *findings)
{
	int i;

	for (i = 0; i < findings->num; i++)
		if (findings->finding[i].level >= IOVCTL_LEVEL_SWITCH &&
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
	static struct iovctl_adapter inspected[IOVCTL_ADAPTERS];
	static struct iovctl_slot slots[IOVCTL_ADAPTERS];
	static struct iovctl_adapters adapters;
	int i;

	iovctl_sysfs_choose(&adapters, pci);
	iovctl_host_verdict(host, adapters.num, findings);
	for (i = 0; i < adapters.num; i++) {
		struct iovctl_adapter *adapter = &inspected[i];

		iovctl_adapter_inspect(adapter, adapters.pci[i], host->kernel);
		iovctl_adapter_verdict(adapter, host->fact[IOVCTL_ASK_IOMMU].answer, findings);
		slots[i] = adapter->slot;
		iovctl_doctor_add_vfs(adapters.pci[i], findings);
	}
	iovctl_doctor_add_switches(inspected, adapters.num, findings);
	return with_others(iovctl_host_state(findings, slots, adapters.num), findings);
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
 * @state: what they amount to, in words
 *
 * Return: exit status.
 */
int iovctl_doctor_vm(const struct iovctl_host_facts *host, const struct iovctl_vf *vf,
		     struct iovctl_findings *findings, char state[IOVCTL_TEXT])
{
	static struct iovctl_adapter adapter;
	struct iovctl_policy_tables tables;
	static struct iovctl_vm vm;
	enum iovctl_vm_state found;
	enum iovctl_effect worst;
	struct iovctl_vm_pf pf;
	int status;

	iovctl_host_verdict(host, 1, findings);
	iovctl_adapter_inspect(&adapter, vf->pf_pci, host->kernel);
	worst = iovctl_adapter_verdict(&adapter, host->fact[IOVCTL_ASK_IOMMU].answer, findings);
	iovctl_doctor_add_switches(&adapter, 1, findings);
	iovctl_vm_pf_inspect(&pf, vf->pf_pci);
	iovctl_vm_inspect(&vm, vf, &pf);
	iovctl_vm_pf_release(&pf);
	worst = with_others(worst, findings);
	iovctl_policy_tables_read(&tables);
	found = add_vf(&vm, &tables, findings, state, &status);
	iovctl_policy_tables_release(&tables);
	/* A VF that works has all that it needs of the machine. */
	if (found == IOVCTL_VM_ACTIVE && worst > IOVCTL_EFFECT_WARNING)
		worst = IOVCTL_EFFECT_WARNING;
	forget(findings, IOVCTL_CODE_NO_FREE_VF);
	forget(findings, IOVCTL_CODE_NO_FREE_QP);
	return iovctl_state_status(worst) > status ? iovctl_state_status(worst) : status;
}
