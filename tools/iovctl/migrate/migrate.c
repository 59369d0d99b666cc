// SPDX-License-Identifier: GPL-2.0-only
/* iovctl migrate: what was asked for, and what is printed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "iovctl.h"
#include "migrate/attached.h"
#include "migrate/steps.h"
#include "reason/report.h"

const char iovctl_migrate_usage[] =
	"Usage: iovctl [ OPTIONS ] migrate source QMP target QMP uri URI [ listen URI ]\n"
	"               [ target-command COMMAND ] [ target-vf { PCI | none } ]\n"
	"               [ tap TAP ] [ target-tap TAP ] [ limit STEP SECONDS ]\n"
	"       iovctl [ OPTIONS ] migrate check NIC [ target-command COMMAND ] [ target-vf PCI ]\n"
	"where  QMP := socket of QEMU's monitor on its host\n"
	"       NIC := a VF of this host, as for iovctl vm\n"
	"       STEP := { rescind | unplug | migrate | plug | offer }\n"
	"Example: iovctl migrate source /run/g0.qmp target /run/g0.qmp target-command \"ssh host2\"\n"
	"               listen tcp::4444 uri tcp:host2:4444\n";

/**
 * struct words - the command line
 * @source: QMP socket
 * @target: QMP socket
 * @uri: where the source connects to
 * @listen: where the target listens
 * @target_command: how to start a program there
 * @target_vf: PCI address, or "none"
 * @tap: interface
 * @target_tap: interface
 */
struct words {
	const char *source;
	const char *target;
	const char *uri;
	const char *listen;
	const char *target_command;
	const char *target_vf;
	const char *tap;
	const char *target_tap;
};

static int bad(const char *what, const char *word)
{
	fprintf(stderr, "iovctl migrate: %s%s%s\n%s", what, word ? " " : "", word ?: "",
		iovctl_migrate_usage);
	return IOVCTL_USAGE;
}

static int parse_limit(struct iovctl_run *run, const char *name, const char *value)
{
	char *end;
	double seconds = strtod(value, &end);
	int id;

	if (end == value || *end || seconds <= 0 || seconds > 86400)
		return bad("not a number of seconds:", value);
	for (id = 0; id < IOVCTL_UNDO; id++) {
		if (id != IOVCTL_RELEASE && !strcmp(iovctl_step_name(id), name)) {
			run->step[id].limit_ms = seconds * 1000;
			return 0;
		}
	}
	return bad("there is no step", name);
}

static int parse(struct iovctl_run *run, struct words *words, int argc, char **argv)
{
	const struct { const char *name; const char **value; } known[] = {
		{ "source", &words->source },
		{ "target", &words->target },
		{ "uri", &words->uri },
		{ "listen", &words->listen },
		{ "target-command", &words->target_command },
		{ "target-vf", &words->target_vf },
		{ "tap", &words->tap },
		{ "target-tap", &words->target_tap },
	};
	size_t i;

	while (argc) {
		if (!strcmp(argv[0], "limit")) {
			if (argc < 3)
				return bad("limit needs a step and seconds", NULL);
			if (parse_limit(run, argv[1], argv[2]))
				return IOVCTL_USAGE;
			argc -= 3;
			argv += 3;
			continue;
		}
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (!strcmp(known[i].name, argv[0]))
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			return bad("unknown:", argv[0]);
		if (argc < 2)
			return bad("no value for", argv[0]);
		if (known[i].value[0][0])
			return bad("twice:", argv[0]);
		*known[i].value = argv[1];
		argc -= 2;
		argv += 2;
	}
	for (i = 0; i < 3; i++)
		if (!known[i].value[0][0])
			return bad("missing:", known[i].name);
	return 0;
}

/* --- output ------------------------------------------------------------------------------- */

static void print_place(const struct iovctl_run *run, enum iovctl_place place)
{
	const struct iovctl_facts *facts = &run->facts[place];

	if (facts->error[0])
		return;
	printf("%-8s ", iovctl_place_name(place));
	if (facts->vf_pci[0])
		printf("VF %d of %s (%s)", facts->vf, facts->pf, facts->vf_pci);
	else
		printf("no VF");
	printf(", software NIC %s, %s in %s, %s\n", facts->standby[0] ? facts->standby : "none",
	       facts->tap[0] ? facts->tap : "no tap",
	       facts->bridge[0] ? facts->bridge : "no bridge",
	       facts->mac[0] ? facts->mac : "no address");
}

static void print_step(const struct iovctl_run *run, enum iovctl_step_id id)
{
	const struct iovctl_step *step = &run->step[id];

	if (step->outcome == IOVCTL_OMITTED)
		printf("%-8s omitted     %s\n", iovctl_step_name(id), step->note);
	else
		printf("%-8s %7d ms  %s%s\n", iovctl_step_name(id), step->ms,
		       step->outcome == IOVCTL_FAILED ? "failed: " : "", step->note);
	fflush(stdout);
}

static void print_nothing(const struct iovctl_run *run, enum iovctl_step_id id)
{
}

static struct json_object *steps_to_json(const struct iovctl_run *run)
{
	struct json_object *array = json_object_new_array(), *object;
	int id;

	for (id = 0; id < IOVCTL_STEPS; id++) {
		const struct iovctl_step *step = &run->step[id];

		object = json_object_new_object();
		set_text(object, "name", iovctl_step_name(id));
		set_text(object, "outcome", iovctl_outcome_name(step->outcome));
		if (step->outcome == IOVCTL_DONE || step->outcome == IOVCTL_FAILED) {
			json_object_object_add(object, "began_ms",
					       json_object_new_int64(step->began_ms));
			set_int(object, "ms", step->ms);
		}
		set_text(object, "note", step->note);
		json_object_array_add(array, object);
	}
	return array;
}

/* What QEMU has measured, if it has */
static void add_figures(struct json_object *object, const struct iovctl_run *run)
{
	if (run->ram) {
		json_object_object_add(object, "ram_bytes", json_object_new_int64(run->ram));
		set_int(object, "total_ms", run->total_ms);
	}
	if (run->moved)
		set_int(object, "downtime_ms", run->downtime_ms);
}

static void print_all(const struct iovctl_options *options, const struct iovctl_run *run,
		      const char *result)
{
	struct json_object *object = json_object_new_object();
	struct json_object *reasons = json_object_new_array();

	set_text(object, "result", result);
	set_text(object, "path", run->path);
	iovctl_report_json(&run->findings, NULL, reasons);
	json_object_object_add(object, "reasons", reasons);
	json_object_object_add(object, "steps", steps_to_json(run));
	add_figures(object, run);
	json_object_object_add(object, "source",
			       iovctl_facts_to_json(&run->facts[IOVCTL_SOURCE]));
	json_object_object_add(object, "target",
			       iovctl_facts_to_json(&run->facts[IOVCTL_TARGET]));
	iovctl_print_json(options, object);
}

/* --- the command -------------------------------------------------------------------------- */

static void inspect(struct iovctl_run *run, enum iovctl_place place, const char *command,
		    struct json_object *arguments)
{
	struct iovctl_facts *facts = &run->facts[place];
	struct iovctl_peer *peer = &run->peer[place];
	struct json_object *reply = NULL;

	if (iovctl_peer_start(peer, command))
		json_object_put(arguments);
	else
		reply = iovctl_peer_call(peer, "inspect", arguments);
	if (reply)
		iovctl_facts_from_json(json_object_object_get(reply, "facts"), facts);
	else
		memcpy(facts->error, peer->error, sizeof(facts->error));
	json_object_put(reply);
}

static void inspect_both(struct iovctl_run *run, const struct words *words)
{
	struct json_object *arguments = json_object_new_object();

	set_text(arguments, "qmp", words->source);
	set_text(arguments, "tap", words->tap);
	inspect(run, IOVCTL_SOURCE, "", arguments);

	arguments = json_object_new_object();
	set_flag(arguments, "target", true);
	set_text(arguments, "qmp", words->target);
	set_text(arguments, "tap", words->target_tap);
	set_text(arguments, "vf", words->target_vf);
	set_text(arguments, "bus", run->facts[IOVCTL_SOURCE].vf_bus);
	inspect(run, IOVCTL_TARGET, words->target_command, arguments);
}

static void cancel(int signal)
{
	iovctl_cancelled = signal;
}

static const char *result_of(const struct iovctl_run *run, enum iovctl_effect verdict,
			     const struct iovctl_options *options)
{
	if (run->moved)
		return "migrated";
	if (verdict == IOVCTL_EFFECT_BLOCKING || !options->dry_run)
		return "not migrated";
	return "possible";
}

static int status_of(const struct iovctl_run *run, enum iovctl_effect verdict,
		     const struct iovctl_options *options)
{
	if (verdict == IOVCTL_EFFECT_BLOCKING || (!options->dry_run && !run->moved))
		return IOVCTL_REFUSED;
	return iovctl_finding_worst(&run->findings, NULL) == IOVCTL_EFFECT_INFO ?
	       IOVCTL_OK : IOVCTL_DEGRADED;
}

static int migrate(const struct iovctl_options *options, struct iovctl_run *run,
		   const struct words *words)
{
	enum iovctl_effect verdict;
	const char *result;
	int told;

	inspect_both(run, words);
	verdict = iovctl_verdict(&run->facts[IOVCTL_SOURCE], &run->facts[IOVCTL_TARGET],
				 words->listen[0], &run->findings);
	if (!options->json) {
		print_place(run, IOVCTL_SOURCE);
		print_place(run, IOVCTL_TARGET);
		iovctl_report_print_from(&run->findings, 0);
	}
	told = run->findings.num;
	if (verdict != IOVCTL_EFFECT_BLOCKING && !options->dry_run)
		iovctl_steps_run(run);
	result = result_of(run, verdict, options);
	if (options->json) {
		print_all(options, run, result);
	} else {
		iovctl_report_print_from(&run->findings, told);
		printf("%s%s%s\n", result, run->moved ? ", path: " : "",
		       run->moved ? run->path : "");
	}
	return status_of(run, verdict, options);
}

/**
 * iovctl_migrate - migrate a guest with all that belongs to its VF
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_migrate(const struct iovctl_options *options, int argc, char **argv)
{
	struct words words = { "", "", "", "", "", "", "", "" };
	const struct sigaction action = { .sa_handler = cancel };
	struct iovctl_run run = { 0 };
	int status;

	if (argc == 1 && !strcmp(argv[0], "serve"))
		return iovctl_peer_serve();
	if (argc && !strcmp(argv[0], "check"))
		return iovctl_attached_check(options, argc - 1, argv + 1);
	iovctl_steps_init(&run);
	if (parse(&run, &words, argc, argv))
		return IOVCTL_USAGE;
	run.uri = words.uri;
	run.listen = words.listen;
	run.report = options->json ? print_nothing : print_step;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	status = migrate(options, &run, &words);
	iovctl_peer_stop(&run.peer[IOVCTL_SOURCE]);
	iovctl_peer_stop(&run.peer[IOVCTL_TARGET]);
	return status;
}
