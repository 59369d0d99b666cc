// SPDX-License-Identifier: GPL-2.0-only
/* Colours of words in text for people: by what a reason prevents. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/color.h"

static bool colored;

/* A terminal that can show colours, whose user has not said that none are wanted */
static bool terminal_has_colors(void)
{
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") && !(none && none[0]);
}

/**
 * iovctl_color_choose - whether words get colours
 * @when: "always", "never", or "auto": only on a terminal; NULL is the last one
 *
 * Return: false if @when is something else.
 */
bool iovctl_color_choose(const char *when)
{
	if (!when || !strcmp(when, "auto"))
		colored = terminal_has_colors();
	else if (!strcmp(when, "always"))
		colored = true;
	else if (!strcmp(when, "never"))
		colored = false;
	else
		return false;
	return true;
}

/**
 * iovctl_color - what begins a colour
 * @effect: what is to be coloured prevents this; IOVCTL_EFFECT_INFO is what is as it should be
 *
 * Return: an escape sequence, or "" if there are no colours.
 */
const char *iovctl_color(enum iovctl_effect effect)
{
	static const char *const colors[] = {
		[IOVCTL_EFFECT_INFO] = "\033[32m",
		[IOVCTL_EFFECT_WARNING] = "\033[33m",
		[IOVCTL_EFFECT_SOFTWARE] = "\033[33m",
		[IOVCTL_EFFECT_UNKNOWN] = "\033[36m",
		[IOVCTL_EFFECT_GUESTS] = "\033[31m",
		[IOVCTL_EFFECT_BLOCKING] = "\033[1;31m",
	};

	return colored ? colors[effect] : "";
}

/**
 * iovctl_color_end - what ends a colour
 *
 * Return: an escape sequence, or "" if there are no colours.
 */
const char *iovctl_color_end(void)
{
	return colored ? "\033[0m" : "";
}
