// SPDX-License-Identifier: GPL-2.0-only
/* iovctl: operate SR-IOV. Subcommands are in files of their own. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/color.h"
#include "iovctl.h"
#include "system/files.h"
#include "system/namespace.h"

#define COMMAND(name, word)	{ name, iovctl_##word, iovctl_##word##_usage }

static const struct command {
	const char *name;
	int (*run)(const struct iovctl_options *options, int argc, char **argv);
	const char *usage;
} commands[] = {
	COMMAND("host", host),
	COMMAND("adapter", adapter),
	COMMAND("switch", switch),
	COMMAND("numvfs", numvfs),
	COMMAND("persist", persist),
	COMMAND("vm", vm),
	COMMAND("qemu-args", qemu_args),
	COMMAND("libvirt-xml", libvirt_xml),
	COMMAND("migrate", migrate),
	COMMAND("doctor", doctor),
	COMMAND("monitor", monitor),
	COMMAND("metrics", metrics),
	COMMAND("report", report),
};

static const struct option known[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "color", optional_argument, NULL, 'c' },
	{ "netns", required_argument, NULL, 'n' },
	{ "dry-run", no_argument, NULL, 'd' },
	{ "Version", no_argument, NULL, 'V' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ }
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

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "-h") || !strcmp(word, "-help") ||
	       !strcmp(word, "--help");
}

static bool is_option(const char *word)
{
	const struct option *option;
	const char *name = word + strspn(word, "-");

	for (option = known; name > word && option->name; option++)
		if (!strcmp(option->name, name) || (option->val == name[0] && !name[1]))
			return true;
	return false;
}

static int refuse(const char *word)
{
	fprintf(stderr, "iovctl: there is no \"%s\"\n", word);
	return print_usage(stderr);
}

/* "help" of all objects, or of the one that is named after it */
static int help(int argc, char **argv)
{
	const struct command *command = argc ? find(argv[0]) : NULL;

	if (argc && !command)
		return refuse(argv[0]);
	if (!command)
		return print_usage(stdout);
	fputs(command->usage, stdout);
	return IOVCTL_OK;
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
	const struct command *command = argc ? find(argv[0]) : NULL;
	int i;

	if (!argc)
		return print_usage(stderr);
	if (is_help(argv[0]))
		return help(argc - 1, argv + 1);
	if (!command)
		return refuse(argv[0]);
	if (is_help(argv[argc - 1]))
		return help(1, argv);
	for (i = 1; i < argc; i++) {
		if (!is_option(argv[i]))
			continue;
		fprintf(stderr, "iovctl: the option %s has to be before the word %s\n", argv[i],
			argv[0]);
		return IOVCTL_USAGE;
	}
	return command->run(options, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
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
			puts("iovctl utility, iovnic-" IOV_VERSION);
			return IOVCTL_OK;
		} else if (c != 'c' || !iovctl_color_choose(optarg)) {
			return print_usage(c == 'h' ? stdout : stderr);
		}
	}
	status = netns ? enter(netns) : 0;
	return status ? status : iovctl_run(&options, argc - optind, argv + optind);
}
