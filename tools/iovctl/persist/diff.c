// SPDX-License-Identifier: GPL-2.0-only
/*
 * In which lines two texts differ: all lines, as a unified diff has them. No
 * input; tests/unit/test_iovctl_persist.c has the cases.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "persist/diff.h"

#define LINES	2000	/* of larger texts the whole is a difference */

/**
 * struct lines - the lines of a text
 * @num: number of @line
 * @line: where they begin
 */
struct lines {
	int num;
	const char *line[LINES];
};

static bool split(struct lines *lines, const char *text)
{
	lines->num = 0;
	while (*text && lines->num < LINES) {
		lines->line[lines->num++] = text;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return !*text;
}

static bool are_equal(const char *a, const char *b)
{
	const size_t length = strcspn(a, "\n");

	return strcspn(b, "\n") == length && !memcmp(a, b, length);
}

static void print(FILE *to, char sign, const char *line)
{
	fprintf(to, "%c%.*s\n", sign, (int)strcspn(line, "\n"), line);
}

/* common[i][j]: how many lines old from i on and new from j on have in common, in their order */
static void count(const struct lines *old, const struct lines *new, unsigned short *common)
{
	const int width = new->num + 1;
	int i, j;

	for (i = old->num - 1; i >= 0; i--) {
		for (j = new->num - 1; j >= 0; j--) {
			const unsigned short *at = common + i * width + j;
			unsigned short best = at[width] > at[1] ? at[width] : at[1];

			if (are_equal(old->line[i], new->line[j]))
				best = at[width + 1] + 1;
			common[i * width + j] = best;
		}
	}
}

static void print_all(const struct lines *old, const struct lines *new,
		      const unsigned short *common, FILE *to)
{
	const int width = new->num + 1;
	int i = 0, j = 0;

	while (i < old->num || j < new->num) {
		const unsigned short *at = common + i * width + j;

		if (i < old->num && j < new->num && are_equal(old->line[i], new->line[j])) {
			print(to, ' ', old->line[i++]);
			j++;
		} else if (j == new->num || (i < old->num && at[width] >= at[1])) {
			print(to, '-', old->line[i++]);
		} else {
			print(to, '+', new->line[j++]);
		}
	}
}

/**
 * iovctl_diff - in which lines two texts differ
 * @old: former text
 * @new: text that replaces it
 * @to: gets the lines of both, those of @old with -, those of @new with +
 */
void iovctl_diff(const char *old, const char *new, FILE *to)
{
	static struct lines of_old, of_new;
	unsigned short *common;

	if (!split(&of_old, old) || !split(&of_new, new)) {
		fprintf(to, "(too long to compare)\n");
		return;
	}
	common = calloc((of_old.num + 1) * (of_new.num + 1), sizeof(*common));
	if (!common)
		return;
	count(&of_old, &of_new, common);
	print_all(&of_old, &of_new, common, to);
	free(common);
}
