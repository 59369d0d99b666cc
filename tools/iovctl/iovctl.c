// SPDX-License-Identifier: GPL-2.0-only
/* iovctl: operate SR-IOV. Subcommands are in files of their own. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/color.h"
#include "iovctl.h"
#include "system/files.h"
#include "system/namespace.h"

static const struct {
	const char *name;
	int (*run)(const struct iovctl_options *options, int argc, char **argv);
} commands[] = {
	{ "host", iovctl_host },
	{ "adapter", iovctl_adapter },
	{ "switch", iovctl_switch },
	{ "numvfs", iovctl_numvfs },
	{ "persist", iovctl_persist },
	{ "vm", iovctl_vm },
	{ "qemu-args", iovctl_qemu_args },
	{ "libvirt-xml", iovctl_libvirt_xml },
	{ "migrate", iovctl_migrate },
	{ "doctor", iovctl_doctor },
	{ "monitor", iovctl_monitor },
	{ "metrics", iovctl_metrics },
	{ "report", iovctl_report },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))
#define WIDTH		50	/* of the list of objects */

/**
 * iovctl_print_array - print an array of objects
 * @options: how
 * @array: is released
 */
void iovctl_print_array(const struct iovctl_options *options, struct json_object *array)
{
	const int how = JSON_C_TO_STRING_NOSLASHESCAPE |
			(options->pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED :
			 JSON_C_TO_STRING_PLAIN);

	puts(json_object_to_json_string_ext(array, how));
	json_object_put(array);
}

/**
 * iovctl_print_json - print an object as the only one of an array
 * @options: how
 * @object: is released
 */
void iovctl_print_json(const struct iovctl_options *options, struct json_object *object)
{
	struct json_object *array = json_object_new_array();

	json_object_array_add(array, object);
	iovctl_print_array(options, array);
}

static int enter(const char *netns)
{
	char why[IOVCTL_TEXT];

	if (iovctl_is_copy()) {
		fputs("iovctl: -netns: " IOVCTL_ROOT " has the files of another machine\n", stderr);
		return IOVCTL_USAGE;
	}
	if (iovctl_namespace_enter(netns, why)) {
		fprintf(stderr, "iovctl: %s\n", why);
		return IOVCTL_REFUSED;
	}
	return 0;
}

/* The names of all objects, in lines that end as those of the options do */
static void print_objects(FILE *file)
{
	int column = 0;
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (column > WIDTH) {
			fputs("\n                  ", file);
			column = 0;
		}
		column += fprintf(file, " %s%s", commands[i].name, i + 1 < COMMANDS ? " |" : "");
	}
}

static int print_usage(FILE *file)
{
	fputs("Usage: iovctl [ OPTIONS ] OBJECT { COMMAND | help }\n"
	      "where  OBJECT := {", file);
	print_objects(file);
	fputs(" }\n"
	      "       OPTIONS := { -j[son] | -p[retty] | -c[olor][={ always | auto | never }] |\n"
	      "                    -n[etns] NAME | --dry-run | -V[ersion] | -h[elp] }\n", file);
	return file == stdout ? IOVCTL_OK : IOVCTL_USAGE;
}

/**
 * iovctl_run - run a command
 * @options: options before it
 * @argc: number of words
 * @argv: the command and its words
 *
 * Return: exit status.
 */
int iovctl_run(const struct iovctl_options *options, int argc, char **argv)
{
	size_t i;

	if (argc && !strcmp(argv[0], "help"))
		return print_usage(stdout);
	for (i = 0; argc && i < COMMANDS; i++)
		if (!strcmp(commands[i].name, argv[0]))
			return commands[i].run(options, argc - 1, argv + 1);
	if (argc)
		fprintf(stderr, "iovctl: there is no \"%s\"\n", argv[0]);
	return print_usage(stderr);
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "color", optional_argument, NULL, 'c' },
		{ "netns", required_argument, NULL, 'n' },
		{ "dry-run", no_argument, NULL, 'd' },
		{ "Version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct iovctl_options options = { 0 };
	const char *netns = NULL;
	int c, status;

	/* As iproute2 has it: -json and --json are the same, and a command ends the options. */
	while ((c = getopt_long_only(argc, argv, "+jpcn:Vh", known, NULL)) != -1) {
		if (c == 'j') {
			options.json = true;
		} else if (c == 'p') {
			options.pretty = true;
		} else if (c == 'd') {
			options.dry_run = true;
		} else if (c == 'n') {
			netns = optarg;
		} else if (c == 'V') {
			puts("iovctl utility, iovnic-" IOVCTL_VERSION);
			return IOVCTL_OK;
		} else if (c != 'c' || !iovctl_color_choose(optarg)) {
			return print_usage(c == 'h' ? stdout : stderr);
		}
	}
	status = netns ? enter(netns) : 0;
	return status ? status : iovctl_run(&options, argc - optind, argv + optind);
}
