/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a migration, and what undoes them. */
#ifndef IOVCTL_STEPS_H
#define IOVCTL_STEPS_H

#include <signal.h>

#include "migrate/migrate_verdict.h"
#include "migrate/peer.h"

enum iovctl_outcome { IOVCTL_NOT_RUN, IOVCTL_OMITTED, IOVCTL_DONE, IOVCTL_FAILED };

/**
 * struct iovctl_step - a step
 * @outcome: what became of it
 * @began_ms: when it began, in milliseconds of the system's clock
 * @ms: how long it took
 * @limit_ms: how long it may take
 * @note: about it
 */
struct iovctl_step {
	enum iovctl_outcome outcome;
	long long began_ms;
	int ms;
	int limit_ms;
	char note[IOVCTL_TEXT];
};

/**
 * struct iovctl_run - a migration
 * @uri: address of the target for the source's QEMU
 * @listen: address at which the target's QEMU has to listen first, or empty
 * @peer: process on each host
 * @facts: of each host
 * @findings: what is or was in the way
 * @step: the steps
 * @rescinded: the data path was withdrawn, and may be offered again
 * @unplugging: the guest has been asked to give up its VF
 * @unplugged: it has
 * @settings: of the VF of the source
 * @moved: the guest is on the target; nothing can be undone
 * @path: the guest's at the end: "vf", "software" or "unknown"
 * @ram: bytes transferred
 * @total_ms: as QEMU has measured
 * @downtime_ms: the same
 * @report: is called with each step that has ended
 */
struct iovctl_run {
	const char *uri;
	const char *listen;
	struct iovctl_peer peer[2];
	struct iovctl_facts facts[2];
	struct iovctl_findings findings;
	struct iovctl_step step[IOVCTL_STEPS];
	bool rescinded;
	bool unplugging;
	bool unplugged;
	struct json_object *settings;
	bool moved;
	const char *path;
	long long ram;
	int total_ms;
	int downtime_ms;
	void (*report)(const struct iovctl_run *run, enum iovctl_step_id id);
};

extern volatile sig_atomic_t iovctl_cancelled;

const char *iovctl_step_name(enum iovctl_step_id id);
const char *iovctl_outcome_name(enum iovctl_outcome outcome);
void iovctl_steps_init(struct iovctl_run *run);
void iovctl_steps_run(struct iovctl_run *run);

#endif
