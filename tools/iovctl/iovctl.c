// SPDX-License-Identifier: GPL-2.0-only
/* iovctl: operate SR-IOV. Subcommands are in files of their own. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "iovctl.h"

static const char usage[] =
	"Usage: iovctl [ OPTIONS ] OBJECT { COMMAND | help }\n"
	"where  OBJECT := { host | adapter | vm | migrate }\n"
	"       OPTIONS := { -j[son] | -p[retty] | --dry-run | -h[elp] }\n";

static const struct {
	const char *name;
	int (*run)(const struct iovctl_options *options, int argc, char **argv);
} commands[] = {
	{ "host", iovctl_host },
	{ "adapter", iovctl_adapter },
	{ "vm", iovctl_vm },
	{ "migrate", iovctl_migrate },
};

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

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "dry-run", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct iovctl_options options = { 0 };
	size_t i;
	int c;

	/* As iproute2 has it: -json and --json are the same, and a command ends the options. */
	while ((c = getopt_long_only(argc, argv, "+jph", known, NULL)) != -1) {
		if (c == 'j') {
			options.json = true;
		} else if (c == 'p') {
			options.pretty = true;
		} else if (c == 'd') {
			options.dry_run = true;
		} else {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? IOVCTL_OK : IOVCTL_USAGE;
		}
	}
	argc -= optind;
	argv += optind;
	if (argc && !strcmp(argv[0], "help")) {
		fputs(usage, stdout);
		return IOVCTL_OK;
	}
	for (i = 0; argc && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, argv[0]))
			return commands[i].run(&options, argc - 1, argv + 1);
	if (argc)
		fprintf(stderr, "iovctl: there is no \"%s\"\n", argv[0]);
	fputs(usage, stderr);
	return IOVCTL_USAGE;
}
