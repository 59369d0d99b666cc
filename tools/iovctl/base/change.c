// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run the steps of a change, or undo all of them, and report. Signals wait
 * until a step has ended: a step that was interrupted could not be undone. After
 * the last one nothing is undone any more: it may have removed what that needs.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/change.h"
#include "base/json.h"
#include "reason/refusal_print.h"

/**
 * iovctl_change_step - add a step
 * @change: change
 * @name: what is changed
 * @run: does it
 * @undo: takes it back, or NULL
 * @format: how
 */
void iovctl_change_step(struct iovctl_change *change, const char *name,
			int (*run)(void *context, char *why),
			int (*undo)(void *context, char *why), const char *format, ...)
{
	struct iovctl_step *step = &change->step[change->num];
	va_list args;

	if (change->num == IOVCTL_STEPS)
		return;
	change->num++;
	step->name = name;
	step->run = run;
	step->undo = undo;
	va_start(args, format);
	vsnprintf(step->text, sizeof(step->text), format, args);
	va_end(args);
}

/**
 * iovctl_change_note - add what the user has to know
 * @change: change
 * @format: of the text
 */
void iovctl_change_note(struct iovctl_change *change, const char *format, ...)
{
	va_list args;

	if (change->num_notes == IOVCTL_NOTES)
		return;
	va_start(args, format);
	vsnprintf(change->note[change->num_notes++], IOVCTL_TEXT, format, args);
	va_end(args);
}

/* --- running ---------------------------------------------------------------------------------- */

static void block_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, before);
}

/* The connection of a terminal may pause while its address moves: SIGHUP does not end a change. */
static bool is_interrupted(void)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, SIGINT) || sigismember(&set, SIGTERM);
}

static void undo_from(struct iovctl_change *change, int i)
{
	char why[IOVCTL_TEXT];

	for (; i >= 0; i--) {
		struct iovctl_step *step = &change->step[i];
		const size_t length = strlen(change->error);

		if (!step->undo)
			continue;
		if (step->undo(change->context, why))
			snprintf(change->error + length, sizeof(change->error) - length,
				 "; %s could not be undone: %s", step->name, why);
		else if (step->outcome == IOVCTL_DONE)
			step->outcome = IOVCTL_UNDONE;
	}
}

static void run_all(struct iovctl_change *change)
{
	char why[IOVCTL_TEXT];
	int i;

	for (i = 0; i < change->num; i++) {
		struct iovctl_step *step = &change->step[i];

		SET(why, "interrupted");
		step->outcome = IOVCTL_DONE;
		if (step->run(change->context, why))
			step->outcome = IOVCTL_FAILED;
		else if (i + 1 == change->num || !is_interrupted())
			continue;
		SET(change->error, "%s: %s", step->name, why);
		undo_from(change, i);
		return;
	}
}

/* --- reporting -------------------------------------------------------------------------------- */

static const char *result_of(const struct iovctl_options *options,
			     const struct iovctl_change *change)
{
	return change->refusals.num ? "refused" : change->error[0] ? "failed" :
	       options->dry_run ? "possible" : change->done;
}

static const char *outcome_of(const struct iovctl_step *step)
{
	static const char *const outcomes[] = { "not run", "done", "failed", "undone" };

	return outcomes[step->outcome];
}

static void print_steps(const struct iovctl_change *change, bool dry_run)
{
	int i;

	for (i = 0; i < change->num; i++)
		printf("%-10s %-14s %s\n", change->step[i].name,
		       dry_run ? "would be done" : outcome_of(&change->step[i]),
		       change->step[i].text);
}

static void print_text(const struct iovctl_options *options, const struct iovctl_change *change)
{
	int i;

	iovctl_refusals_print(&change->refusals, change->command);
	if (change->refusals.num)
		return;
	print_steps(change, options->dry_run);
	for (i = 0; i < change->num_notes; i++)
		printf("%-10s %s\n", "note", change->note[i]);
	if (change->error[0])
		fprintf(stderr, "iovctl %s: %s\n", change->command, change->error);
	else if (!options->dry_run)
		printf("%s: %s\n", change->object, change->done);
}

static struct json_object *steps_to_json(const struct iovctl_change *change)
{
	struct json_object *array = json_object_new_array(), *object;
	int i;

	for (i = 0; i < change->num; i++) {
		object = json_object_new_object();
		set_text(object, "name", change->step[i].name);
		set_text(object, "outcome", outcome_of(&change->step[i]));
		set_text(object, "text", change->step[i].text);
		json_object_array_add(array, object);
	}
	return array;
}

static void print_json(const struct iovctl_options *options, const struct iovctl_change *change,
		       struct json_object *object)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < change->num_notes; i++)
		json_object_array_add(array, json_object_new_string(change->note[i]));
	set_text(object, "object", change->object);
	set_text(object, "result", result_of(options, change));
	json_object_object_add(object, "refusals", iovctl_refusals_to_json(&change->refusals));
	json_object_object_add(object, "steps", steps_to_json(change));
	json_object_object_add(object, "notes", array);
	if (change->error[0])
		set_text(object, "error", change->error);
	iovctl_print_json(options, object);
}

static void report(const struct iovctl_options *options, const struct iovctl_change *change,
		   struct json_object *more)
{
	if (options->json) {
		print_json(options, change, more ?: json_object_new_object());
	} else {
		print_text(options, change);
		json_object_put(more);
	}
	fflush(stdout);
}

/**
 * iovctl_change_do - change the system if nothing forbids it, and report
 * @options: options before the subcommand; with dry_run nothing is changed
 * @change: change
 * @more: object with more members of the answer in JSON, or NULL; is released
 *
 * Return: exit status.
 */
int iovctl_change_do(const struct iovctl_options *options, struct iovctl_change *change,
		     struct json_object *more)
{
	sigset_t before;

	block_signals(&before);
	if (!change->refusals.num && !options->dry_run)
		run_all(change);
	report(options, change, more);
	/* A signal that has come may end the program now. */
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (change->refusals.num || change->error[0])
		return IOVCTL_REFUSED;
	return change->num_notes ? IOVCTL_DEGRADED : IOVCTL_OK;
}
