// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/base/change.c: steps that fail, and steps that are interrupted. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

#include "tools/iovctl/base/change.h"
#include "tools/iovctl/iovctl.h"

/* What has been done, a letter for each step; capitals were undone */
static char done[16];
static char interrupted_at;
static bool fails;
static volatile sig_atomic_t signals;

void iovctl_print_json(const struct iovctl_options *options, struct json_object *object)
{
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
	return add('A');
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

TAP_MAIN(TAP_TEST(steps), TAP_TEST(interrupts))
