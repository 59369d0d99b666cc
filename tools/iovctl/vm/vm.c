// SPDX-License-Identifier: GPL-2.0-only
/* iovctl vm: the NICs of virtual machines and containers that are VFs. */
#include <stdio.h>
#include <string.h>

#include "iovctl.h"
#include "policy/policy.h"
#include "policy/policy_verdict.h"
#include "system/sysfs.h"
#include "vm/vm.h"
#include "vm/vm_report.h"

const char iovctl_vm_usage[] =
	"Usage: iovctl [ OPTIONS ] vm list [ DEV ]\n"
	"       iovctl [ OPTIONS ] vm show NIC\n"
	"       iovctl [ OPTIONS ] vm set NIC [ weight WEIGHT ] [ queue-pairs N ]\n"
	"               [ moderation { default | adaptive | off | low | medium | high } ]\n"
	"               [ mac ADDRESS ] [ vlan VLAN ] [ qos QOS ] [ proto { 802.1Q | 802.1ad } ]\n"
	"               [ trust { on | off } ] [ spoofchk { on | off } ]\n"
	"               [ max-rate MBITS ] [ min-rate MBITS ]\n"
	"               [ link-state { auto | enable | disable } ]\n"
	"       iovctl [ OPTIONS ] vm set NIC " IOVCTL_POLICY_USAGE
	"where  DEV := { interface | PCI address } of a PF\n"
	"       NIC := { PF:N | interface | PCI address | domain:NAME | pid:N | netns:NAME |\n"
	"                tap:NAME }\n"
	"       WEIGHT := 0 (software path) to 100\n";

static int bad(const char *what, const char *word)
{
	fprintf(stderr, "iovctl vm: %s%s%s\n", what, word[0] ? " " : "", word);
	return IOVCTL_USAGE;
}

/**
 * struct output - where NICs are shown
 * @tables: the rules of their policies
 * @array: JSON, or NULL
 * @brief: a line for each
 * @worst: exit status that the NICs come to
 */
struct output {
	struct iovctl_policy_tables tables;
	struct json_object *array;
	bool brief;
	int worst;
};

static void show(struct output *output, const struct iovctl_vm *vm)
{
	static struct iovctl_policies policies;
	static struct iovctl_findings findings;
	enum iovctl_vm_state state;
	int status;

	findings.num = 0;
	iovctl_policies_inspect(&policies, &vm->vf, "", &output->tables);
	iovctl_policies_verdict(&policies, &findings);
	state = iovctl_vm_verdict(vm, &findings);
	status = iovctl_vm_exit(state, &findings);
	if (status > output->worst)
		output->worst = status;
	if (output->array)
		json_object_array_add(output->array,
				      iovctl_vm_to_json(vm, &policies, state, &findings));
	else if (output->brief)
		iovctl_vm_print_line(vm, state, &findings);
	else
		iovctl_vm_print(vm, &policies, state, &findings);
}

/* VFs of a PF are next to each other; its driver is asked once, and nftables for all. */
static int show_all(const struct iovctl_options *options, const struct iovctl_vf *vf, int num,
		    bool brief)
{
	struct output output = { .brief = brief };
	static struct iovctl_vm_pf pf;
	static struct iovctl_vm vm;
	int i;

	if (options->json)
		output.array = json_object_new_array();
	if (num)
		iovctl_policy_tables_read(&output.tables);
	for (i = 0; i < num; i++) {
		if (!i || strcmp(vf[i].pf_pci, pf.pci)) {
			iovctl_vm_pf_release(&pf);
			iovctl_vm_pf_inspect(&pf, vf[i].pf_pci);
		}
		iovctl_vm_inspect(&vm, &vf[i], &pf);
		show(&output, &vm);
	}
	iovctl_vm_pf_release(&pf);
	iovctl_policy_tables_release(&output.tables);
	if (options->json)
		iovctl_print_array(options, output.array);
	return output.worst;
}

static int list_nics(const struct iovctl_options *options, int argc, char **argv)
{
	char pci[IOVCTL_NAME], why[IOVCTL_TEXT];
	struct iovctl_vfs vfs;
	int status;

	if (argc > 1)
		return bad("too many words after list", "");
	if (argc && iovctl_sysfs_find_adapter(argv[0], pci, why))
		return bad(why, "");
	iovctl_vf_list(&vfs, argc ? pci : NULL);
	status = show_all(options, vfs.vf, vfs.num, true);
	iovctl_vf_list_free(&vfs);
	return status;
}

static int show_nic(const struct iovctl_options *options, int argc, char **argv)
{
	char why[IOVCTL_TEXT];
	struct iovctl_vf vf;

	if (argc != 1)
		return bad("show needs one NIC", "");
	if (iovctl_vf_find(argv[0], &vf, why))
		return bad(why, "");
	return show_all(options, &vf, 1, false);
}

static int set_nic(const struct iovctl_options *options, int argc, char **argv)
{
	char why[IOVCTL_TEXT];
	struct iovctl_vf vf;

	if (argc < 2)
		return bad("set needs a NIC and what to set", "");
	if (iovctl_vf_find(argv[0], &vf, why))
		return bad(why, "");
	if (!strcmp(argv[1], "policy"))
		return iovctl_vm_policy(options, &vf, argc - 2, argv + 2);
	return iovctl_vm_set(options, &vf, argc - 1, argv + 1);
}

/**
 * iovctl_vm - NICs that are VFs
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_vm(const struct iovctl_options *options, int argc, char **argv)
{
	if (argc && !strcmp(argv[0], "list"))
		return list_nics(options, argc - 1, argv + 1);
	if (argc && !strcmp(argv[0], "show"))
		return show_nic(options, argc - 1, argv + 1);
	if (argc && !strcmp(argv[0], "set"))
		return set_nic(options, argc - 1, argv + 1);
	if (argc)
		return bad("list, show or set must follow, not", argv[0]);
	fputs(iovctl_vm_usage, stderr);
	return IOVCTL_USAGE;
}
