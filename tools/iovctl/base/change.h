/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of the system in steps, which are undone when one fails. */
#ifndef IOVCTL_CHANGE_H
#define IOVCTL_CHANGE_H

#include "iovctl.h"
#include "reason/refusal.h"

#define IOVCTL_STEPS	8
#define IOVCTL_NOTES	16	/* more are dropped */

enum iovctl_outcome {
	IOVCTL_NOT_RUN,
	IOVCTL_DONE,
	IOVCTL_FAILED,
	IOVCTL_UNDONE,
};

/**
 * struct iovctl_step - a step of a change
 * @name: what is changed
 * @text: how
 * @outcome: what has become of it
 * @run: does it; returns 0, or -1 with a reason
 * @undo: takes it back, also after an error within it; NULL if nothing is to be taken back
 */
struct iovctl_step {
	const char *name;
	char text[IOVCTL_TEXT];
	enum iovctl_outcome outcome;
	int (*run)(void *context, char *why);
	int (*undo)(void *context, char *why);
};

/**
 * struct iovctl_change - a change of the system
 * @command: for error messages
 * @object: what is changed
 * @done: the result if all steps are done, "created" for example
 * @context: argument of the steps
 * @refusals: why nothing is to be changed
 * @num: number of @step
 * @step: steps
 * @num_notes: number of @note
 * @note: what is done with less than was asked for, or what else the user has to do
 * @error: why a step has failed, and what could not be undone; or empty
 */
struct iovctl_change {
	const char *command;
	char object[IOVCTL_NAME];
	const char *done;
	void *context;
	struct iovctl_refusals refusals;
	int num;
	struct iovctl_step step[IOVCTL_STEPS];
	int num_notes;
	char note[IOVCTL_NOTES][IOVCTL_TEXT];
	char error[2 * IOVCTL_TEXT];
};

PRINTF(5, 6)
void iovctl_change_step(struct iovctl_change *change, const char *name,
			int (*run)(void *context, char *why),
			int (*undo)(void *context, char *why), const char *format, ...);
PRINTF(2, 3)
void iovctl_change_note(struct iovctl_change *change, const char *format, ...);
int iovctl_change_do(const struct iovctl_options *options, struct iovctl_change *change,
		     struct json_object *more);

#endif
