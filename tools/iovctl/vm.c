// SPDX-License-Identifier: GPL-2.0-only
/* iovctl vm: the NICs of virtual machines and containers that are VFs. */
#include <stdio.h>
#include <string.h>

#include "iovctl.h"
#include "sysfs.h"
#include "vf_report.h"

static const char usage[] =
	"Usage: iovctl [ OPTIONS ] vm list [ DEV ]\n"
	"       iovctl [ OPTIONS ] vm show NIC\n"
	"where  DEV := PF's { interface | PCI address }\n"
	"       NIC := { PF:N | VF's interface | VF's PCI address | domain:NAME | pid:N |\n"
	"                netns:NAME | tap:NAME }\n";

static int bad(const char *what, const char *word)
{
	fprintf(stderr, "iovctl vm: %s%s%s\n", what, word[0] ? " " : "", word);
	return IOVCTL_USAGE;
}

static void print_vf(const struct iovctl_vf *vf)
{
	char name[IOVCTL_TEXT], holder[IOVCTL_TEXT];

	SET(name, "%s:%d", iovctl_vf_pf_name(vf), vf->number);
	printf("%-10s %s  %-10s  %s\n", name, vf->pci, vf->driver[0] ? vf->driver : "none",
	       iovctl_vf_holder(vf, holder));
}

static void print(const struct iovctl_options *options, const struct iovctl_vf *vf, int num)
{
	struct json_object *array = options->json ? json_object_new_array() : NULL;
	int i;

	for (i = 0; i < num; i++) {
		if (array)
			json_object_array_add(array, iovctl_vf_to_json(&vf[i]));
		else
			print_vf(&vf[i]);
	}
	if (array)
		iovctl_print_array(options, array);
}

static int list_nics(const struct iovctl_options *options, int argc, char **argv)
{
	char pci[IOVCTL_NAME];
	struct iovctl_vfs vfs;

	if (argc > 1)
		return bad("too many words after list", "");
	if (argc && !iovctl_sysfs_function(argv[0], pci))
		return bad("no PCI function:", argv[0]);
	iovctl_vf_list(&vfs, argc ? pci : NULL);
	print(options, vfs.vf, vfs.num);
	iovctl_vf_list_free(&vfs);
	return IOVCTL_OK;
}

static int show_nic(const struct iovctl_options *options, int argc, char **argv)
{
	char why[IOVCTL_TEXT];
	struct iovctl_vf vf;

	if (argc != 1)
		return bad("show needs one NIC", "");
	if (iovctl_vf_find(argv[0], &vf, why))
		return bad(why, "");
	print(options, &vf, 1);
	return IOVCTL_OK;
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
	if (argc && !strcmp(argv[argc - 1], "help")) {
		fputs(usage, stdout);
		return IOVCTL_OK;
	}
	if (argc && !strcmp(argv[0], "list"))
		return list_nics(options, argc - 1, argv + 1);
	if (argc && !strcmp(argv[0], "show"))
		return show_nic(options, argc - 1, argv + 1);
	fputs(usage, stderr);
	return IOVCTL_USAGE;
}
