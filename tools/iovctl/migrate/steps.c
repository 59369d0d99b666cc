// SPDX-License-Identifier: GPL-2.0-only
/*
 * A migration: the guest leaves its VF for the software path, gives it up, is
 * moved, and gets a VF of the target. Until it has moved each step can be undone;
 * afterwards it has at least the software path.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "migrate/steps.h"

#define POLL_MS		10
/* What a guest or QEMU may take to end a migration that was cancelled, and to run again */
#define SETTLE_MS	30000

volatile sig_atomic_t iovctl_cancelled;

static const struct {
	const char *name;
	int limit_ms;
} known[IOVCTL_STEPS] = {
	[IOVCTL_RESCIND] = { "rescind", 5000 },
	[IOVCTL_UNPLUG] = { "unplug", 30000 },
	[IOVCTL_MIGRATE] = { "migrate", 300000 },
	[IOVCTL_RELEASE] = { "release", 10000 },
	[IOVCTL_PLUG] = { "plug", 60000 },
	[IOVCTL_OFFER] = { "offer", 60000 },
	[IOVCTL_UNDO] = { "undo", 60000 },
};

const char *iovctl_step_name(enum iovctl_step_id id)
{
	return known[id].name;
}

const char *iovctl_outcome_name(enum iovctl_outcome outcome)
{
	static const char *const names[] = { "not run", "omitted", "done", "failed" };

	return names[outcome];
}

/**
 * iovctl_steps_init - set the time limits
 * @run: migration
 */
void iovctl_steps_init(struct iovctl_run *run)
{
	int id;

	for (id = 0; id < IOVCTL_STEPS; id++)
		run->step[id].limit_ms = known[id].limit_ms;
	run->path = "unknown";
}

static long long clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static long long now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

static void pause_ms(int ms)
{
	const struct timespec pause = { .tv_nsec = ms * 1000000L };

	nanosleep(&pause, NULL);
}

/* --- requests to the two hosts ------------------------------------------------------------ */

static struct json_object *flag(const char *name, bool value)
{
	struct json_object *object = json_object_new_object();

	set_flag(object, name, value);
	return object;
}

/* Have something done on a host; an error becomes the step's note. */
static int ask_within(struct iovctl_run *run, enum iovctl_place place, struct iovctl_step *step,
		      const char *verb, struct json_object *arguments, int limit_ms)
{
	struct json_object *reply;

	reply = iovctl_peer_call_within(&run->peer[place], verb, arguments, limit_ms);
	if (!reply)
		SET(step->note, "%s", run->peer[place].error);
	json_object_put(reply);
	return reply ? 0 : -1;
}

static int ask(struct iovctl_run *run, enum iovctl_place place, struct iovctl_step *step,
	       const char *verb, struct json_object *arguments)
{
	return ask_within(run, place, step, verb, arguments, IOVCTL_PEER_MS);
}

static struct json_object *qmp(struct iovctl_run *run, enum iovctl_place place,
			       struct iovctl_step *step, const char *command,
			       const char *name, const char *value)
{
	struct json_object *request = json_object_new_object(), *arguments, *reply, *found = NULL;

	set_text(request, "execute", command);
	if (name) {
		arguments = json_object_new_object();
		set_text(arguments, name, value);
		json_object_object_add(request, "arguments", arguments);
	}
	reply = iovctl_peer_call(&run->peer[place], "qmp", request);
	if (reply)
		found = json_object_get(json_object_object_get(reply, "return"));
	else
		SET(step->note, "%s", run->peer[place].error);
	json_object_put(reply);
	return found;
}

static int qmp_do(struct iovctl_run *run, enum iovctl_place place, struct iovctl_step *step,
		  const char *command, const char *name, const char *value)
{
	struct json_object *found = qmp(run, place, step, command, name, value);

	json_object_put(found);
	return found ? 0 : -1;
}

/* What a command of QEMU or a verb returns as `status` or the like */
struct question {
	enum iovctl_place place;
	const char *verb;	/* NULL: ask QEMU */
	const char *command;
	const char *member;
	const char *wanted;
};

static int answered(struct iovctl_run *run, struct iovctl_step *step,
		    const struct question *question, struct json_object **reply)
{
	struct json_object *found;
	const char *value;

	if (question->verb) {
		found = iovctl_peer_call(&run->peer[question->place], question->verb, NULL);
		if (!found)
			SET(step->note, "%s", run->peer[question->place].error);
	} else {
		found = qmp(run, question->place, step, question->command, NULL, NULL);
	}
	if (!found)
		return -1;
	value = get_text(found, question->member);
	json_object_put(*reply);
	*reply = found;
	return !strcmp(value, question->wanted);
}

/*
 * Ask until the answer is the wanted one: 0, or -1 with the step's note set.
 * The last reply is returned if @reply is not NULL.
 */
static int until(struct iovctl_run *run, struct iovctl_step *step,
		 const struct question *question, int limit_ms, struct json_object **reply)
{
	struct json_object *last = NULL;
	const long long end = now_ms() + limit_ms;
	int found;

	for (;;) {
		found = answered(run, step, question, &last);
		if (found)
			break;
		if (iovctl_cancelled && !run->moved && step != &run->step[IOVCTL_UNDO]) {
			SET(step->note, "cancelled");
			found = -1;
			break;
		}
		if (now_ms() >= end) {
			SET(step->note, "%s: %s is %s after %d ms, not %s",
			    iovctl_place_name(question->place), question->member,
			    get_text(last, question->member), limit_ms, question->wanted);
			found = -1;
			break;
		}
		pause_ms(POLL_MS);
	}
	if (reply)
		*reply = json_object_get(last);
	json_object_put(last);
	return found < 0 ? -1 : 0;
}

/* --- steps -------------------------------------------------------------------------------- */

static const struct question on_software = { IOVCTL_SOURCE, "path", NULL, "path",
					   "software" };
static const struct question on_vf_again = { IOVCTL_SOURCE, "path", NULL, "path", "vf" };
static const struct question on_vf = { IOVCTL_TARGET, "path", NULL, "path", "vf" };
static const struct question unplugged = { IOVCTL_SOURCE, "unplugged", NULL, "gone", "true" };
static const struct question gone = { IOVCTL_SOURCE, "plugged", NULL, "plugged", "false" };
static const struct question runs = { IOVCTL_TARGET, NULL, "query-status", "status", "running" };
static const struct question runs_again = { IOVCTL_SOURCE, NULL, "query-status", "status",
					    "running" };

static int omit(struct iovctl_step *step, const char *why)
{
	step->outcome = IOVCTL_OMITTED;
	SET(step->note, "%s", why);
	return 0;
}

static int rescind(struct iovctl_run *run, struct iovctl_step *step)
{
	if (!run->facts[IOVCTL_SOURCE].vf_pci[0])
		return omit(step, "the guest has no VF");
	if (!iovctl_is_soft(&run->facts[IOVCTL_SOURCE]))
		return omit(step, "PF or guest cannot");
	if (ask(run, IOVCTL_SOURCE, step, "rescind", flag("on", true)))
		return -1;
	run->rescinded = true;
	if (until(run, step, &on_software, step->limit_ms, NULL))
		return -1;
	SET(step->note, "the guest uses its software NIC");
	return 0;
}

static int keep_settings(struct iovctl_run *run, struct iovctl_step *step)
{
	struct json_object *reply = iovctl_peer_call(&run->peer[IOVCTL_SOURCE], "settings", NULL);

	if (!reply) {
		SET(step->note, "%s", run->peer[IOVCTL_SOURCE].error);
		return -1;
	}
	run->settings = json_object_get(json_object_object_get(reply, "settings"));
	json_object_put(reply);
	return 0;
}

static int unplug(struct iovctl_run *run, struct iovctl_step *step)
{
	const struct iovctl_facts *facts = &run->facts[IOVCTL_SOURCE];

	if (!facts->vf_pci[0])
		return omit(step, "the guest has no VF");
	if (keep_settings(run, step))
		return -1;
	if (ask(run, IOVCTL_SOURCE, step, "unplug", NULL))
		return -1;
	run->unplugging = true;
	if (until(run, step, &unplugged, step->limit_ms, NULL))
		return -1;
	run->unplugged = true;
	/* From now on the address may have another VF of the same PF. */
	if (facts->rescinds && !run->rescinded) {
		if (ask(run, IOVCTL_SOURCE, step, "rescind", flag("on", true)))
			return -1;
		run->rescinded = true;
	}
	SET(step->note, "VF %d of %s is out of the guest", facts->vf, facts->pf);
	return 0;
}

static bool is_over(const char *status)
{
	return !strcmp(status, "completed") || !strcmp(status, "failed") ||
	       !strcmp(status, "cancelled");
}

static void note_figures(struct iovctl_run *run, struct json_object *info)
{
	struct json_object *ram = json_object_object_get(info, "ram");

	run->ram = json_object_get_int64(json_object_object_get(ram, "transferred"));
	run->total_ms = get_int(info, "total-time");
	run->downtime_ms = get_int(info, "downtime");
}

/* Wait for the end of QEMU's migration, and cancel it if need be: 0 if the guest has moved */
static int wait_moved(struct iovctl_run *run, struct iovctl_step *step)
{
	long long end = now_ms() + step->limit_ms;
	const char *cancelled = NULL;
	struct json_object *info;

	for (;; pause_ms(POLL_MS)) {
		info = qmp(run, IOVCTL_SOURCE, step, "query-migrate", NULL, NULL);
		if (!info)
			return -1;
		if (is_over(get_text(info, "status")))
			break;
		json_object_put(info);
		if (cancelled && now_ms() >= end) {
			SET(step->note, "QEMU does not end the migration");
			return -1;
		}
		if (cancelled || (!iovctl_cancelled && now_ms() < end))
			continue;
		cancelled = iovctl_cancelled ? "cancelled" : "not complete in time, and cancelled";
		end = now_ms() + SETTLE_MS;
		if (qmp_do(run, IOVCTL_SOURCE, step, "migrate_cancel", NULL, NULL))
			return -1;
	}
	run->moved = !strcmp(get_text(info, "status"), "completed");
	if (run->moved)
		note_figures(run, info);
	else if (cancelled)
		SET(step->note, "%s", cancelled);
	else
		SET(step->note, "%s: %s", get_text(info, "status"),
		    get_text(info, "error-desc"));
	json_object_put(info);
	return run->moved ? 0 : -1;
}

static int migrate(struct iovctl_run *run, struct iovctl_step *step)
{
	if (!run->facts[IOVCTL_TARGET].migration[0] &&
	    qmp_do(run, IOVCTL_TARGET, step, "migrate-incoming", "uri", run->listen))
		return -1;
	if (qmp_do(run, IOVCTL_SOURCE, step, "migrate", "uri", run->uri))
		return -1;
	if (wait_moved(run, step))
		return -1;
	if (until(run, step, &runs, SETTLE_MS, NULL))
		return -1;
	SET(step->note, "%lld MiB, the guest stood still for %d ms", run->ram >> 20,
	    run->downtime_ms);
	return 0;
}

static int plug(struct iovctl_run *run, struct iovctl_step *step)
{
	const struct iovctl_facts *source = &run->facts[IOVCTL_SOURCE];
	const struct iovctl_facts *target = &run->facts[IOVCTL_TARGET];
	struct json_object *arguments, *settings = run->settings;

	if (!target->vf_pci[0] || !target->has_bus)
		return omit(step, "the target has no VF for the guest");
	arguments = json_object_new_object();
	if (settings) {
		json_object_get(settings);
	} else {
		settings = json_object_new_object();
		set_text(settings, "mac", source->mac);
	}
	json_object_object_add(arguments, "settings", settings);
	set_text(arguments, "id", source->vf_id);
	if (ask_within(run, IOVCTL_TARGET, step, "plug", arguments, step->limit_ms))
		return -1;
	SET(step->note, "VF %d of %s is in the guest", target->vf, target->pf);
	return 0;
}

static void note_session(struct iovctl_run *run, struct iovctl_step *step, const char *session)
{
	struct json_object *reply = iovctl_peer_call(&run->peer[IOVCTL_TARGET], "reason", NULL);
	const char *text = get_text(reply, "text");

	SET(step->note, "session %s%s%s", session, text[0] ? ", " : "", text);
	json_object_put(reply);
}

static int offer(struct iovctl_run *run, struct iovctl_step *step)
{
	const struct iovctl_facts *target = &run->facts[IOVCTL_TARGET];
	struct json_object *last = NULL;
	int err;

	if (run->step[IOVCTL_PLUG].outcome != IOVCTL_DONE) {
		run->path = "software";
		return omit(step, "the guest has no VF");
	}
	if (!target->rescinds)
		return omit(step, "the PF does not tell");
	err = until(run, step, &on_vf, step->limit_ms, &last);
	if (err && last)
		note_session(run, step, get_text(last, "session"));
	json_object_put(last);
	run->path = err ? "software" : "vf";
	if (!err)
		SET(step->note, "the guest uses VF %d of %s", target->vf, target->pf);
	return err;
}

/*
 * As long as the PF has the address, frames that it sends to the guest do not
 * leave the host.
 */
static int release(struct iovctl_run *run, struct iovctl_step *step)
{
	const struct iovctl_facts *facts = &run->facts[IOVCTL_SOURCE];
	int err;

	if (!facts->vf_pci[0])
		return omit(step, "the guest had no VF");
	err = ask(run, IOVCTL_SOURCE, step, "release", NULL);
	if (run->rescinded && ask(run, IOVCTL_SOURCE, step, "rescind", flag("on", false)))
		err = -1;
	if (!err)
		SET(step->note, "VF %d of %s is free", facts->vf, facts->pf);
	return err;
}

/* --- undoing ------------------------------------------------------------------------------ */

/* A guest that was asked to give up its VF may do so late: wait for it. */
static int plug_again(struct iovctl_run *run, struct iovctl_step *step)
{
	long long end;

	if (!run->unplugged &&
	    until(run, step, &gone, run->step[IOVCTL_UNPLUG].limit_ms, NULL)) {
		SET(step->note, "the guest has its VF, but may still give it up");
		return -1;
	}
	end = now_ms() + SETTLE_MS;
	/* QEMU says that a device is gone some time before it has closed it. */
	while (ask_within(run, IOVCTL_SOURCE, step, "plug", NULL,
			  run->step[IOVCTL_PLUG].limit_ms)) {
		if (!strstr(step->note, "already attached") || now_ms() >= end)
			return -1;
		pause_ms(POLL_MS);
	}
	return 0;
}

static int undo(struct iovctl_run *run, struct iovctl_step *step)
{
	const struct iovctl_facts *facts = &run->facts[IOVCTL_SOURCE];
	int err = 0;

	if (!run->rescinded && !run->unplugging)
		return omit(step, "nothing was done");
	if (until(run, step, &runs_again, SETTLE_MS, NULL))
		return -1;
	if (run->unplugging)
		err |= plug_again(run, step);
	if (run->rescinded)
		err |= ask(run, IOVCTL_SOURCE, step, "rescind", flag("on", false));
	if (!err && iovctl_is_soft(facts))
		err = until(run, step, &on_vf_again, step->limit_ms, NULL);
	if (err)
		return -1;
	SET(step->note, "the guest has VF %d of %s again", facts->vf, facts->pf);
	run->path = iovctl_is_soft(facts) ? "vf" : "unknown";
	return 0;
}

/* --- all of it ---------------------------------------------------------------------------- */

static int (*const steps[IOVCTL_STEPS])(struct iovctl_run *run, struct iovctl_step *step) = {
	[IOVCTL_RESCIND] = rescind,
	[IOVCTL_UNPLUG] = unplug,
	[IOVCTL_MIGRATE] = migrate,
	[IOVCTL_RELEASE] = release,
	[IOVCTL_PLUG] = plug,
	[IOVCTL_OFFER] = offer,
	[IOVCTL_UNDO] = undo,
};

static int take(struct iovctl_run *run, enum iovctl_step_id id)
{
	struct iovctl_step *step = &run->step[id];
	const long long begin = now_ms();
	int err = -1;

	step->began_ms = clock_ms(CLOCK_REALTIME);
	if (iovctl_cancelled && !run->moved && id != IOVCTL_UNDO)
		SET(step->note, "cancelled");
	else
		err = steps[id](run, step);
	step->ms = now_ms() - begin;
	if (err)
		step->outcome = IOVCTL_FAILED;
	else if (step->outcome == IOVCTL_NOT_RUN)
		step->outcome = IOVCTL_DONE;
	run->report(run, id);
	return err;
}

/* A step whose failure is a reason */
static int must(struct iovctl_run *run, enum iovctl_step_id id)
{
	char text[2 * IOVCTL_TEXT];

	if (!take(run, id))
		return 0;
	SET(text, "%s: %s", known[id].name, run->step[id].note);
	iovctl_step_verdict(id, iovctl_cancelled, text, &run->findings);
	return -1;
}

/**
 * iovctl_steps_run - migrate
 * @run: migration; its step, moved, path and findings say what has happened
 */
void iovctl_steps_run(struct iovctl_run *run)
{
	enum iovctl_step_id id;

	for (id = IOVCTL_RESCIND; id <= IOVCTL_MIGRATE; id++)
		if (must(run, id))
			break;
	if (!run->moved) {
		must(run, IOVCTL_UNDO);
	} else {
		must(run, IOVCTL_RELEASE);
		must(run, IOVCTL_PLUG);
		must(run, IOVCTL_OFFER);
	}
	json_object_put(run->settings);
	run->settings = NULL;
}
