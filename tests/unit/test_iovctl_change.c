// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/base/change.c: steps that fail, and steps that are interrupted. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

#include "tools/iovctl/base/change.h"
#include "tools/iovctl/iovctl.h"

/* What has been done, a letter for each step; capitals were undone */
static char done[16];
static char interrupted_at;
static bool fails;
static bool undo_fails;
static volatile sig_atomic_t signals;
static char printed[2048];	/* the last answer in JSON, or in text */

void iovctl_print_json(const struct iovctl_options *options, struct json_object *object)
{
	snprintf(printed, sizeof(printed), "%s",
		 json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	json_object_put(object);
}

static void heard(int number)
{
	signals++;
}

static int add(char letter)
{
	done[strlen(done)] = letter;
	if (letter == interrupted_at)
		raise(SIGTERM);
	return 0;
}

static int first(void *context, char *why)
{
	return add('a');
}

static int undo_first(void *context, char *why)
{
	add('A');
	return undo_fails ? fail(why, "a", "gone") : 0;
}

static int second(void *context, char *why)
{
	add('b');
	return fails ? fail(why, "b", "broken") : 0;
}

/* Two steps, of which the last one cannot be undone */
static int change(struct iovctl_change *change)
{
	const struct iovctl_options options = { .json = true };

	memset(done, 0, sizeof(done));
	memset(change, 0, sizeof(*change));
	signals = 0;
	change->command = "test";
	change->done = "deleted";
	iovctl_change_step(change, "first", first, undo_first, "first");
	iovctl_change_step(change, "second", second, NULL, "second");
	return iovctl_change_do(&options, change, NULL);
}

static void steps(void)
{
	struct iovctl_change now;

	signal(SIGTERM, heard);
	CHECK_EQ(change(&now), IOVCTL_OK);
	CHECK(!strcmp(done, "ab"));
	fails = true;
	CHECK_EQ(change(&now), IOVCTL_REFUSED);
	CHECK(!strcmp(done, "abA"));
	CHECK(strstr(now.error, "second: b: broken"));
	fails = false;
}

static void interrupts(void)
{
	struct iovctl_change now;

	signal(SIGTERM, heard);
	interrupted_at = 'a';
	CHECK_EQ(change(&now), IOVCTL_REFUSED);
	CHECK(!strcmp(done, "aA"));
	CHECK_EQ(signals, 1);
	/* All was done then, and what it has removed does not come back. */
	interrupted_at = 'b';
	CHECK_EQ(change(&now), IOVCTL_OK);
	CHECK(!strcmp(done, "ab"));
	CHECK_EQ(signals, 1);
	interrupted_at = 0;
}

/* What is printed, on both streams */
static int in_text(struct iovctl_change *change, bool dry_run)
{
	const struct iovctl_options options = { .dry_run = dry_run };
	const int streams[] = { dup(STDOUT_FILENO), dup(STDERR_FILENO) };
	FILE *file = tmpfile();
	int status;

	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	dup2(fileno(file), STDERR_FILENO);
	status = iovctl_change_do(&options, change, NULL);
	dup2(streams[0], STDOUT_FILENO);
	dup2(streams[1], STDERR_FILENO);
	close(streams[0]);
	close(streams[1]);
	rewind(file);
	printed[fread(printed, 1, sizeof(printed) - 1, file)] = '\0';
	fclose(file);
	return status;
}

static void begin(struct iovctl_change *change)
{
	memset(done, 0, sizeof(done));
	memset(change, 0, sizeof(*change));
	change->command = "test";
	change->done = "deleted";
	strcpy(change->object, "br0");
	iovctl_change_step(change, "first", first, undo_first, "a %d", 1);
	iovctl_change_step(change, "second", second, NULL, "b");
}

static void texts(void)
{
	struct iovctl_change now;

	begin(&now);
	iovctl_change_note(&now, "less than %s", "wished");
	CHECK_EQ(in_text(&now, true), IOVCTL_DEGRADED);
	CHECK(!strcmp(printed, "first      would be done  a 1\n"
		      "second     would be done  b\nnote       less than wished\n"));
	CHECK(!done[0]);
	CHECK_EQ(in_text(&now, false), IOVCTL_DEGRADED);
	CHECK(strstr(printed, "second     done           b\n"));
	CHECK(strstr(printed, "br0: deleted\n"));
	begin(&now);
	iovctl_change_step(&now, "third", second, NULL, "c");
	fails = true;
	undo_fails = true;
	CHECK_EQ(in_text(&now, false), IOVCTL_REFUSED);
	CHECK(strstr(printed, "third      not run        c\n"));
	CHECK(strstr(printed, "iovctl test: second: b: broken; "
		     "first could not be undone: a: gone\n"));
	fails = false;
	undo_fails = false;
	begin(&now);
	iovctl_refuse(&now.refusals, "wait", "not now");
	CHECK_EQ(in_text(&now, false), IOVCTL_REFUSED);
	CHECK(!strcmp(printed, "iovctl test: not now\n    remedy  wait\n"));
	CHECK(!done[0]);
}

static void json(void)
{
	struct iovctl_options options = { .json = true };
	struct iovctl_change now;

	begin(&now);
	iovctl_change_note(&now, "less");
	iovctl_change_do(&options, &now, NULL);
	CHECK(strstr(printed, "\"result\":\"deleted\""));
	CHECK(strstr(printed, "\"notes\":[\"less\"]"));
	CHECK(strstr(printed, "{\"name\":\"first\",\"outcome\":\"done\",\"text\":\"a 1\"}"));
	CHECK(!strstr(printed, "error"));
	begin(&now);
	iovctl_refuse(&now.refusals, "wait", "not now");
	iovctl_change_do(&options, &now, NULL);
	CHECK(strstr(printed, "\"result\":\"refused\""));
	CHECK(strstr(printed, "\"refusals\":[{\"text\":\"not now\",\"remedy\":\"wait\"}]"));
	begin(&now);
	options.dry_run = true;
	iovctl_change_do(&options, &now, json_object_new_object());
	CHECK(strstr(printed, "\"result\":\"possible\""));
	CHECK(strstr(printed, "not run"));
}

/* More steps and notes than there is room for */
static void too_many(void)
{
	struct iovctl_change now;
	int i;

	begin(&now);
	for (i = 0; i < 1000; i++) {
		iovctl_change_step(&now, "more", second, NULL, "more");
		iovctl_change_note(&now, "%d", i);
	}
	CHECK_EQ(now.num, IOVCTL_STEPS);
	CHECK_EQ(now.num_notes, IOVCTL_NOTES);
}

TAP_MAIN(TAP_TEST(steps),
	 TAP_TEST(interrupts),
	 TAP_TEST(texts),
	 TAP_TEST(json),
	 TAP_TEST(too_many))
