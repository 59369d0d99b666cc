// SPDX-License-Identifier: GPL-2.0-only
/*
 * iovctl vm set: the settings of a NIC that is a VF. All words are checked
 * before anything is set; when a step fails, the earlier ones are undone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/quote.h"
#include "system/devlink.h"
#include "vm/vm.h"
#include "vm/vm_wish.h"

/* --- one step ------------------------------------------------------------------------------- */

/* The state is set also if it is no other one: that ends a quarantine. */
static int set_one(const struct iovctl_vm *vm, const struct iovctl_vm_wish *wish,
		   enum iovctl_vm_step step, char *why)
{
	const char *pci = vm->vf.pf_pci;
	char name[IOVCTL_NAME];

	switch (step) {
	case IOVCTL_VM_QUEUE_PAIRS:
		return iovctl_vf_port_set_eqs(pci, vm->port.index, wish->queue_pairs, why);
	case IOVCTL_VM_MODERATION:
		SET(name, "vf%d_moderation", vm->vf.number);
		return iovctl_devlink_set_text(pci, name, wish->set.moderation, why);
	case IOVCTL_VM_WEIGHT:
		return iovctl_vf_port_set_active(pci, vm->port.index, wish->weight, why);
	default:
		return iovctl_settings_set(vm->vf.pf, &wish->set,
					   (enum iovctl_link_setting)step, why);
	}
}

/* --- all steps ------------------------------------------------------------------------------ */

static void undo(const struct iovctl_vm *vm, const struct iovctl_vm_wish *wish,
		 enum iovctl_vm_step failed)
{
	struct iovctl_vm_wish old;
	char why[IOVCTL_TEXT];
	int step;

	iovctl_vm_wish_old(&old, vm);
	for (step = failed - 1; step >= 0; step--) {
		if (!wish->given[step])
			continue;
		if (set_one(vm, &old, step, why))
			fprintf(stderr, "iovctl vm: %s was not undone: %s\n",
				iovctl_vm_step_name(step), why);
		else
			fprintf(stderr, "iovctl vm: %s was undone\n", iovctl_vm_step_name(step));
	}
}

static void explain(const struct iovctl_vm *vm, const struct iovctl_vm_wish *wish,
		    enum iovctl_vm_step step, int error, const char *why)
{
	char name[IOVCTL_NAME];

	fprintf(stderr, "iovctl vm: %s: %s\n", iovctl_vm_step_name(step), why);
	if (step == IOVCTL_VM_RATE && error == EOPNOTSUPP && wish->set.min_tx_rate > 0)
		fprintf(stderr, "iovctl vm: software can do it: iovctl vm set %s policy help\n",
			QUOTE(iovctl_vf_name(&vm->vf, name)));
}

static int set_all(const struct iovctl_vm *vm, const struct iovctl_vm_wish *wish)
{
	char why[IOVCTL_TEXT];
	int step, error;

	for (step = 0; step < IOVCTL_VM_STEPS; step++) {
		if (!wish->given[step] || !set_one(vm, wish, step, why))
			continue;
		error = errno;
		explain(vm, wish, step, error, why);
		undo(vm, wish, step);
		return -1;
	}
	return 0;
}

/* --- the command ---------------------------------------------------------------------------- */

static void inspect(struct iovctl_vm *vm, const struct iovctl_vf *vf)
{
	static struct iovctl_vm_pf pf;

	iovctl_vm_pf_inspect(&pf, vf->pf_pci);
	iovctl_vm_inspect(vm, vf, &pf);
	iovctl_vm_pf_release(&pf);
}

static void print_commands(const struct iovctl_vm *vm, const struct iovctl_vm_wish *wish)
{
	char command[IOVCTL_TEXT];
	int step;

	for (step = 0; step < IOVCTL_VM_STEPS; step++) {
		if (!wish->given[step])
			continue;
		iovctl_vm_wish_command(wish, step, vm, command);
		puts(command);
	}
}

static void print_json(const struct iovctl_options *options, const struct iovctl_vm *vm,
		       const struct iovctl_vm_wish *wish)
{
	struct json_object *object = json_object_new_object(), *commands = json_object_new_array();
	char name[IOVCTL_NAME], text[IOVCTL_TEXT];
	int step;

	set_text(object, "nic", iovctl_vf_name(&vm->vf, name));
	for (step = 0; step < IOVCTL_VM_STEPS; step++) {
		if (!wish->given[step])
			continue;
		iovctl_vm_wish_command(wish, step, vm, text);
		json_object_array_add(commands, json_object_new_string(text));
	}
	json_object_object_add(object, "commands", commands);
	iovctl_print_json(options, object);
}

/**
 * iovctl_vm_set - set what is to be set for a NIC
 * @options: options before the subcommand
 * @vf: the NIC
 * @argc: number of words
 * @argv: words after the NIC
 *
 * Return: exit status.
 */
int iovctl_vm_set(const struct iovctl_options *options, const struct iovctl_vf *vf, int argc,
		  char **argv)
{
	static struct iovctl_vm vm;
	struct iovctl_vm_wish wish;
	char why[IOVCTL_TEXT];

	if (iovctl_vm_wish_parse(&wish, argc, argv, why)) {
		fprintf(stderr, "iovctl vm: %s\n", why);
		return IOVCTL_USAGE;
	}
	inspect(&vm, vf);
	if (iovctl_vm_wish_complete(&wish, &vm, why)) {
		fprintf(stderr, "iovctl vm: %s\n", why);
		return IOVCTL_REFUSED;
	}
	if (!options->dry_run && set_all(&vm, &wish))
		return IOVCTL_REFUSED;
	if (options->json)
		print_json(options, &vm, &wish);
	else if (options->dry_run)
		print_commands(&vm, &wish);
	return IOVCTL_OK;
}
