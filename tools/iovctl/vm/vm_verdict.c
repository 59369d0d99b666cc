// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that is wrong with a NIC that is a VF, and with the software NIC that
 * takes its place. No input, no output: tests/unit/test_iovctl_vm.c has the
 * cases.
 */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "virtfn/vf_report.h"
#include "vm/vm_verdict.h"

#define PF_MODULE	"iovnic_pf"
#define NO_VF_DRIVER	"GUEST_NO_VF_DRIVER"

/* What the administrator of the host has set, so that the software path is as wished */
static const char *const settings[] = {
	"ADMIN", "ROUTER_GUARD", "DHCP_GUARD", "PORT_ACL", "MIRROR", "MIN_BANDWIDTH",
	"STORM_LIMIT", "EXT_FILTER", "LINK_DISABLED", "MIGRATION",
};

/**
 * iovctl_vm_is_setting - whether a reason is what the administrator of the host has set
 * @name: of the reason
 *
 * Return: true if it is.
 */
bool iovctl_vm_is_setting(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (!strcmp(settings[i], name))
			return true;
	return false;
}

/* --- what a reason is about ------------------------------------------------------------------- */

static const char *pf_name(const struct iovctl_vm *vm)
{
	return iovctl_vf_pf_name(&vm->vf);
}

static void set_level(struct iovctl_finding *finding, const struct iovctl_vm *vm,
		      enum iovctl_level level)
{
	const char *object = vm->vf.pci;

	if (level == IOVCTL_LEVEL_ADAPTER)
		object = vm->vf.pf_pci;
	else if (level == IOVCTL_LEVEL_SWITCH)
		object = vm->pf.switch_name[0] ? vm->pf.switch_name : pf_name(vm);
	finding->level = level;
	SET(finding->object, "%s", object);
}

static void show_link(struct iovctl_finding *finding, const char *netdev, const char *file,
		      const char *seen)
{
	char path[IOVCTL_TEXT];

	SET(path, "/sys/class/net/%s/%s", netdev, file);
	iovctl_finding_evidence(finding, path, seen);
}

/* --- what the driver tells -------------------------------------------------------------------- */

static bool was_told(const struct iovctl_vm *vm, const char *name)
{
	int i;

	for (i = 0; i < vm->num_told; i++)
		if (!strcmp(vm->told[i].name, name))
			return true;
	return false;
}

/* A guest relies on the bridge: without a guest the driver's reason is only information. */
static bool lacks_uplink(const struct iovctl_vm *vm)
{
	return vm->vf.holder.is_vm && vm->standby.switch_name[0] && vm->pf.name[0] &&
	       !iovctl_netif_is_switch(vm->pf.switch_kind) &&
	       strcmp(vm->standby.switch_name, vm->pf.switch_name);
}

/*
 * A VF that works, or that the host uses itself, needs no IOMMU. An interface
 * that is down may have no link for that.
 */
static bool is_of_no_matter(const struct iovctl_vm *vm, const char *name)
{
	bool used = !strcmp(vm->path, "vf") ||
		    (vm->vf.driver[0] && !strstr(vm->vf.driver, "vfio"));

	if (!strcmp(name, "LINK_DOWN"))
		return vm->pf.name[0] && !vm->pf.up;
	if (!strcmp(name, "PF_NOT_IN_BRIDGE"))
		return lacks_uplink(vm);
	return used && (!strcmp(name, "NO_IOMMU") || !strcmp(name, "NO_INTR_REMAP"));
}

/* Words of the driver's remedies that stand for what they are about */
static void name_devices(const struct iovctl_vm *vm, const char *remedy, char text[IOVCTL_TEXT])
{
	char policies[IOVCTL_NAME];
	const struct { const char *word; const char *name; } names[] = {
		{ "PF", vm->pf.name[0] ? QUOTE(vm->pf.name) : "" },
		{ "vfN_policies", policies },
	};
	const char *name;
	size_t i, word;
	int length = 0;

	SET(policies, "vf%d_policies", vm->vf.number);
	for (; *remedy && length < IOVCTL_TEXT; remedy += word + (remedy[word] == ' ')) {
		word = strcspn(remedy, " ");
		name = NULL;
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strlen(names[i].word) == word && names[i].name[0] &&
			    !strncmp(names[i].word, remedy, word))
				name = names[i].name;
		length += snprintf(text + length, IOVCTL_TEXT - length, "%s%.*s", length ? " " : "",
				   name ? IOVCTL_TEXT : (int)word, name ?: remedy);
	}
}

/* What gives a virtual machine a software NIC */
static void pair_it(const struct iovctl_vm *vm, char remedy[IOVCTL_TEXT])
{
	char name[IOVCTL_NAME];

	snprintf(remedy, IOVCTL_TEXT,
		 "end the guest, start it with the output of: iovctl qemu-args %s (libvirt: libvirt-xml)",
		 QUOTE(iovctl_vf_name(&vm->vf, name)));
}

static void add_remedy(const struct iovctl_vm *vm, const struct iovctl_told *told, char *remedy)
{
	char name[IOVCTL_NAME];

	if (!iovctl_told_remedy(told, "", QUOTE(iovctl_vf_name(&vm->vf, name)), remedy))
		name_devices(vm, told->remedy, remedy);
}

/*
 * The PF's driver knows only that it has heard nothing: the guest may be
 * booting, or have no driver. A VF that is not held needs none.
 */
static void explain_silence(const struct iovctl_vm *vm, struct iovctl_finding *finding)
{
	char holder[IOVCTL_TEXT];

	if (vm->vf.holder.held == IOVCTL_NO) {
		finding->effect = IOVCTL_EFFECT_INFO;
	} else if (vm->vf.holder.is_vm) {
		SET(finding->text, "the guest's driver has not contacted the PF");
		SET(finding->remedy, "wait until the guest has booted; in the guest: modprobe iovnic_vf");
	} else if (vm->vf.holder.command[0] && strstr(vm->vf.driver, "vfio")) {
		SET(finding->text, "%s has not contacted the PF",
		    iovctl_vf_holder(&vm->vf, holder));
		SET(finding->remedy, "wait until the program drives the VF, or read its messages");
	}
}

/* The PF's driver does not see the software NIC, which the guest may not use for other reasons. */
static void explain_standby(const struct iovctl_vm *vm, struct iovctl_finding *finding)
{
	if (!vm->vf.holder.is_vm)
		return;
	pair_it(vm, finding->remedy);
	if (!vm->standby.name[0])
		return;
	SET(finding->text, "the guest does not use %s as the standby of the VF", vm->standby.name);
	SET(finding->remedy, "in the guest: iovctl doctor");
}

static void add_told(const struct iovctl_vm *vm, const struct iovctl_told *told,
		     struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	char command[IOVCTL_TEXT];

	if (is_of_no_matter(vm, told->name))
		return;
	finding = iovctl_finding_new(findings, told->name, iovctl_told_effect(told), vm->vf.pci);
	set_level(finding, vm, !strcmp(told->level, "device") ? IOVCTL_LEVEL_ADAPTER :
		  !strcmp(told->level, "switch") ? IOVCTL_LEVEL_SWITCH : IOVCTL_LEVEL_VF);
	SET(finding->text, "%s", told->text);
	add_remedy(vm, told, finding->remedy);
	if (!strcmp(told->name, NO_VF_DRIVER))
		explain_silence(vm, finding);
	else if (!strcmp(told->name, "GUEST_NO_STANDBY"))
		explain_standby(vm, finding);
	SET(command, "devlink health diagnose pci/%s reporter sriov", vm->vf.pf_pci);
	iovctl_finding_evidence(finding, command, told->name);
}

/* --- what any driver's PF and VF need --------------------------------------------------------- */

static void check_not_asked(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	char command[IOVCTL_TEXT];

	if (vm->asked != IOVCTL_MAYBE || strcmp(vm->vf.pf_driver, PF_MODULE))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_DRIVER_NOT_ASKED, vm->vf.pci,
				     "the driver was not asked for its reasons");
	set_level(finding, vm, IOVCTL_LEVEL_ADAPTER);
	SET(command, "devlink health diagnose pci/%s reporter sriov", vm->vf.pf_pci);
	iovctl_finding_evidence(finding, command, vm->refusal);
}

/* Without a driver on the host nothing holds the VF. */
static void check_driver(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (vm->vf.driver[0] || was_told(vm, NO_VF_DRIVER))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_NO_VF_DRIVER, vm->vf.pci,
				     "no driver is bound to the VF");
	finding->effect = IOVCTL_EFFECT_INFO;
	set_level(finding, vm, IOVCTL_LEVEL_VF);
	iovctl_finding_sysfs(finding, vm->vf.pci, "driver", "missing");
}

static void check_pf(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (!vm->pf.name[0])
		return;
	if (!vm->pf.up) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_PF_DOWN, vm->vf.pci,
					     "the interface %s is down", vm->pf.name);
		set_level(finding, vm, IOVCTL_LEVEL_ADAPTER);
		show_link(finding, vm->pf.name, "flags", "not up");
		SET(finding->remedy, "ip link set %s up", QUOTE(vm->pf.name));
	} else if (!vm->pf.carrier && vm->asked != IOVCTL_YES) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_LINK_DOWN, vm->vf.pci,
					     "%s has no link", vm->pf.name);
		set_level(finding, vm, IOVCTL_LEVEL_SWITCH);
		show_link(finding, vm->pf.name, "carrier", "0");
	}
}

static void check_queue_pairs(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	char seen[IOVCTL_NAME], name[IOVCTL_NAME];
	struct iovctl_finding *finding;

	if (vm->assigned_qps <= 0 || vm->wanted_qps <= vm->assigned_qps)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_FEWER_QUEUE_PAIRS, vm->vf.pci,
				     "the guest asks for %d queue pairs and has %d",
				     vm->wanted_qps, vm->assigned_qps);
	set_level(finding, vm, IOVCTL_LEVEL_VF);
	SET(seen, "max_io_eqs %d", vm->port.max_io_eqs);
	iovctl_finding_evidence(finding, "devlink port show", seen);
	SET(finding->remedy, "iovctl vm set %s queue-pairs %d",
	    QUOTE(iovctl_vf_name(&vm->vf, name)), vm->wanted_qps);
}

/* --- the software NIC ------------------------------------------------------------------------- */

/* A driver on the channel tells itself whether there is a standby, of whatever kind. */
static void check_no_standby(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	char path[IOVCTL_TEXT];

	if (vm->vf.holder.num_taps || vm->on_channel || was_told(vm, "GUEST_NO_STANDBY"))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_NO_STANDBY, vm->vf.pci,
				     "%s has opened no tap: without data path the guest may have no network",
				     vm->vf.holder.command);
	set_level(finding, vm, IOVCTL_LEVEL_VF);
	SET(path, "/proc/%d/fdinfo", vm->vf.holder.pid);
	iovctl_finding_evidence(finding, path, "no iff:");
	pair_it(vm, finding->remedy);
}

static void check_standby_up(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	const char *down = NULL;
	struct iovctl_finding *finding;

	if (!vm->standby.up)
		down = vm->standby.name;
	else if (vm->bridge.name[0] && !vm->bridge.up)
		down = vm->bridge.name;
	if (!down)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_STANDBY_DOWN, vm->vf.pci,
				     "%s is down, the software NIC of the guest has no network",
				     down);
	set_level(finding, vm, IOVCTL_LEVEL_VF);
	show_link(finding, down, "flags", "not up");
	SET(finding->remedy, "ip link set %s up", QUOTE(down));
}

static void check_uplink(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	const char *bond = vm->pf.switch_name;
	struct iovctl_finding *finding;

	finding = iovctl_finding_add(findings, IOVCTL_CODE_PF_NOT_IN_BRIDGE, vm->vf.pci,
				     "%s is in %s, but the PF %s is in no bridge",
				     vm->standby.name, vm->standby.switch_name, vm->pf.name);
	finding->effect = IOVCTL_EFFECT_WARNING;
	set_level(finding, vm, IOVCTL_LEVEL_VF);
	show_link(finding, vm->pf.name, "master", bond[0] ? bond : "missing");
	SET(finding->remedy, "ip link set %s master %s", QUOTE(bond[0] ? bond : vm->pf.name),
	    QUOTE(vm->standby.switch_name));
}

static void check_bridge(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	const char *bridge = vm->standby.switch_name;
	struct iovctl_finding *finding;

	if (lacks_uplink(vm))
		check_uplink(vm, findings);
	if (!vm->pf.name[0] || !strcmp(bridge, vm->pf.switch_name) ||
	    !iovctl_netif_is_switch(vm->pf.switch_kind))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_STANDBY_OTHER_BRIDGE, vm->vf.pci,
				     "%s is in %s, but the PF %s is in %s", vm->standby.name,
				     bridge[0] ? bridge : "no bridge", vm->pf.name,
				     vm->pf.switch_name);
	set_level(finding, vm, IOVCTL_LEVEL_VF);
	show_link(finding, vm->standby.name, "master", bridge[0] ? bridge : "missing");
	show_link(finding, vm->pf.name, "master", vm->pf.switch_name);
	SET(finding->remedy, "ip link set %s master %s", QUOTE(vm->standby.name),
	    QUOTE(vm->pf.switch_name));
}

/* The PF's MTU is that of the guest's data path. */
static void check_mtu(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	const struct iovctl_netif *other = &vm->standby;
	struct iovctl_finding *finding;
	char seen[IOVCTL_NAME];

	if (other->mtu == vm->pf.mtu && vm->bridge.name[0] &&
	    !strcmp(vm->bridge.name, vm->pf.switch_name))
		other = &vm->bridge;
	if (!vm->pf.name[0] || other->mtu == vm->pf.mtu)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_MTU_MISMATCH, vm->vf.pci,
				     "%s has MTU %d, but the PF %s has %d", other->name,
				     other->mtu, vm->pf.name, vm->pf.mtu);
	set_level(finding, vm, IOVCTL_LEVEL_VF);
	SET(seen, "%d", other->mtu);
	show_link(finding, other->name, "mtu", seen);
	SET(seen, "%d", vm->pf.mtu);
	show_link(finding, vm->pf.name, "mtu", seen);
	SET(finding->remedy, "ip link set %s mtu %d", QUOTE(other->name), vm->pf.mtu);
}

static void check_standby(const struct iovctl_vm *vm, struct iovctl_findings *findings)
{
	if (!vm->vf.holder.is_vm)
		return;
	check_no_standby(vm, findings);
	if (!vm->standby.name[0])
		return;
	check_standby_up(vm, findings);
	check_bridge(vm, findings);
	check_mtu(vm, findings);
}

/* --- what it comes to ------------------------------------------------------------------------- */

static bool is_set(const struct iovctl_findings *findings)
{
	int i;

	for (i = 0; i < findings->num; i++)
		if (iovctl_vm_is_setting(findings->finding[i].name))
			return true;
	return false;
}

/* What keeps a VF from the data path is no fault that is to be without it. */
static bool is_fault(const struct iovctl_finding *finding, bool as_set)
{
	if (finding->effect == IOVCTL_EFFECT_INFO)
		return false;
	return !as_set || finding->effect != IOVCTL_EFFECT_BLOCKING;
}

static bool has_fault(const struct iovctl_findings *findings, bool as_set)
{
	int i;

	for (i = 0; i < findings->num; i++)
		if (is_fault(&findings->finding[i], as_set))
			return true;
	return false;
}

static enum iovctl_vm_state state_of(const struct iovctl_vm *vm,
				     const struct iovctl_findings *findings)
{
	if (!strcmp(vm->path, "vf"))
		return has_fault(findings, false) ? IOVCTL_VM_DEGRADED : IOVCTL_VM_ACTIVE;
	if (vm->vf.holder.held == IOVCTL_NO)
		return IOVCTL_VM_FREE;
	if (!vm->path[0])
		return has_fault(findings, false) ? IOVCTL_VM_DEGRADED : IOVCTL_VM_UNTOLD;
	return is_set(findings) && !has_fault(findings, true) ? IOVCTL_VM_SOFTWARE :
								IOVCTL_VM_DEGRADED;
}

/**
 * iovctl_vm_verdict - all that is wrong with a NIC that is a VF
 * @vm: what is known of it
 * @findings: has no reasons; they are added
 *
 * Return: what they come to.
 */
enum iovctl_vm_state iovctl_vm_verdict(const struct iovctl_vm *vm,
				       struct iovctl_findings *findings)
{
	int i;

	check_not_asked(vm, findings);
	for (i = 0; i < vm->num_told; i++)
		add_told(vm, &vm->told[i], findings);
	check_pf(vm, findings);
	check_driver(vm, findings);
	check_queue_pairs(vm, findings);
	check_standby(vm, findings);
	return state_of(vm, findings);
}

/* One word, for programs */
const char *iovctl_vm_state_name(enum iovctl_vm_state state)
{
	static const char *const names[] = { "active", "software", "unknown", "free", "degraded" };

	return names[state];
}

/**
 * iovctl_vm_status - what the reasons come to, in words
 * @state: what iovctl_vm_verdict() has returned
 * @findings: the reasons
 * @text: is filled
 *
 * Return: @text.
 */
const char *iovctl_vm_status(enum iovctl_vm_state state, const struct iovctl_findings *findings,
			     char text[IOVCTL_TEXT])
{
	static const char *const texts[] = {
		"OK (SR-IOV active)", "OK (software)", "path unknown", "not in use", "degraded",
	};
	bool as_set = state == IOVCTL_VM_SOFTWARE;
	int i, length, num = 0;

	length = snprintf(text, IOVCTL_TEXT, "%s", texts[state]);
	for (i = 0; state == IOVCTL_VM_DEGRADED && i < findings->num; i++) {
		if (!is_fault(&findings->finding[i], as_set) || length >= IOVCTL_TEXT)
			continue;
		length += snprintf(text + length, IOVCTL_TEXT - length, "%s%s",
				   num++ ? ", " : ": ", findings->finding[i].name);
	}
	return text;
}

/**
 * iovctl_vm_exit - the exit status that the reasons come to
 * @state: what iovctl_vm_verdict() has returned
 * @findings: the reasons
 *
 * Return: 0 if all is as wished, 1 with warnings, 2 without the data path.
 */
int iovctl_vm_exit(enum iovctl_vm_state state, const struct iovctl_findings *findings)
{
	int i;

	if (state != IOVCTL_VM_DEGRADED)
		return 0;
	for (i = 0; i < findings->num; i++)
		if (iovctl_state_status(findings->finding[i].effect) == 2)
			return 2;
	return 1;
}
