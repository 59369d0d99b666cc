// SPDX-License-Identifier: GPL-2.0-only
/* iovctl migrate check: whether another host can take over a guest whose VF stays attached. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "migrate/attached.h"
#include "migrate/attached_verdict.h"
#include "migrate/peer.h"
#include "reason/report.h"
#include "virtfn/vf.h"

/**
 * struct check - what was asked, and found
 * @nic: of this host
 * @target_command: how to start a program on the target
 * @target_vf: PCI address
 * @source: VF of this host
 * @num: length of @targets
 * @targets: VFs of the target
 * @chosen: the target's VF that was compared, or NULL
 * @findings: what is in the way
 */
struct check {
	const char *nic;
	const char *target_command;
	const char *target_vf;
	struct iovctl_attached source;
	int num;
	struct iovctl_attached targets[IOVCTL_ATTACHED_VFS];
	const struct iovctl_attached *chosen;
	struct iovctl_findings findings;
};

static int bad(const char *what, const char *word)
{
	fprintf(stderr, "iovctl migrate check: %s%s%s\n", what, word[0] ? " " : "", word);
	return IOVCTL_USAGE;
}

static int parse(struct check *check, int argc, char **argv)
{
	const char **value;
	int i;

	check->target_command = "";
	check->target_vf = "";
	if (!argc)
		return bad("missing: NIC", "");
	check->nic = argv[0];
	for (i = 1; i < argc; i += 2) {
		if (!strcmp(argv[i], "target-command"))
			value = &check->target_command;
		else if (!strcmp(argv[i], "target-vf"))
			value = &check->target_vf;
		else
			return bad("unknown:", argv[i]);
		if (i + 1 == argc)
			return bad("no value for", argv[i]);
		if (*value[0])
			return bad("twice:", argv[i]);
		*value = argv[i + 1];
	}
	return 0;
}

static int inspect_source(struct check *check)
{
	char why[IOVCTL_TEXT];
	struct iovctl_vf vf;

	if (iovctl_vf_find(check->nic, &vf, why))
		return bad(why, "");
	if (!iovctl_attached_list(vf.pci, check->targets))
		return bad("no VF:", check->nic);
	check->source = check->targets[0];
	return 0;
}

/* On this host the guest's own VF is no target. */
static void inspect_target(struct check *check)
{
	struct json_object *arguments = json_object_new_object(), *reply = NULL, *list;
	const bool here = !check->target_command[0];
	struct iovctl_finding *finding = NULL;
	struct iovctl_peer peer = { 0 };
	size_t i;

	set_text(arguments, "vf", check->target_vf);
	if (iovctl_peer_start(&peer, check->target_command))
		json_object_put(arguments);
	else
		reply = iovctl_peer_call(&peer, "vfs", arguments);
	list = json_object_object_get(reply, "vfs");
	for (i = 0; i < get_length(list) && check->num < IOVCTL_ATTACHED_VFS; i++) {
		struct iovctl_attached *vf = &check->targets[check->num];

		iovctl_attached_from_json(json_object_array_get_idx(list, i), vf);
		check->num += !here || strcmp(vf->pci, check->source.pci);
	}
	if (!reply)
		finding = iovctl_finding_add(&check->findings, IOVCTL_CODE_QEMU_UNREACHABLE,
					     "target", "%s", peer.error);
	else if (!check->num)
		finding = iovctl_finding_add(&check->findings, IOVCTL_CODE_NO_FREE_VF, "target",
					     "there is no VF%s%s", check->target_vf[0] ? " " : "",
					     check->target_vf);
	if (finding)
		iovctl_finding_at(finding, IOVCTL_LEVEL_HOST)->effect = IOVCTL_EFFECT_BLOCKING;
	json_object_put(reply);
	iovctl_peer_stop(&peer);
}

static const char *result_of(enum iovctl_effect worst)
{
	return worst == IOVCTL_EFFECT_BLOCKING ? "not possible" :
	       worst == IOVCTL_EFFECT_UNKNOWN ? "unknown" : "possible";
}

static void print_vf(const char *place, const struct iovctl_attached *vf)
{
	printf("%-8s VF %d of %s (%s), driver %s, %s\n", place, vf->settings.number, vf->pf,
	       vf->pci, vf->driver[0] ? vf->driver : "none",
	       vf->settings.mac[0] ? vf->settings.mac : "no address set");
}

static void print_json(const struct iovctl_options *options, const struct check *check,
		       const char *result)
{
	struct json_object *object = json_object_new_object();
	struct json_object *reasons = json_object_new_array();

	set_text(object, "result", result);
	iovctl_report_json(&check->findings, NULL, reasons);
	json_object_object_add(object, "reasons", reasons);
	json_object_object_add(object, "source_vf", iovctl_attached_to_json(&check->source));
	if (check->chosen)
		json_object_object_add(object, "target_vf",
				       iovctl_attached_to_json(check->chosen));
	iovctl_print_json(options, object);
}

/**
 * iovctl_attached_check - whether another host can take over a guest whose VF stays attached
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after check
 *
 * Return: exit status.
 */
int iovctl_attached_check(const struct iovctl_options *options, int argc, char **argv)
{
	static struct check check;
	enum iovctl_effect worst;
	int chosen;

	if (parse(&check, argc, argv) || inspect_source(&check))
		return IOVCTL_USAGE;
	inspect_target(&check);
	chosen = iovctl_attached_choose(&check.source, check.targets, check.num);
	if (chosen >= 0) {
		check.chosen = &check.targets[chosen];
		iovctl_attached_verdict(&check.source, check.chosen, &check.findings);
	}
	worst = iovctl_finding_worst(&check.findings, NULL);
	if (options->json) {
		print_json(options, &check, result_of(worst));
	} else {
		print_vf("source", &check.source);
		if (check.chosen)
			print_vf("target", check.chosen);
		iovctl_report_print(&check.findings, NULL);
		if (worst >= IOVCTL_EFFECT_UNKNOWN)
			puts(IOVCTL_MIGRATE_UNPLUGGED);
		printf("%s while the VF is attached\n", result_of(worst));
	}
	return iovctl_state_status(worst);
}
