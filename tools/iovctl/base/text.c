// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texts for terminals and JSON. Names of programs, guests and interfaces are
 * chosen by others: a terminal would obey control characters in them, and JSON
 * is UTF-8.
 */
#include <stdarg.h>

#include "base/text.h"

#define OTHER	'?'

/* The length of a character of UTF-8, 0 if it is none or a control character */
static int length_of(const unsigned char *at)
{
	int length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 :
		     at[0] < 0xf5 ? 4 : 0, i;

	if (at[0] < ' ' || at[0] == 0x7f)
		return 0;
	for (i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* These forms are too long, are halves of characters, or are beyond the last one. */
	if ((at[0] == 0xc2 && at[1] < 0xa0) || (at[0] == 0xe0 && at[1] < 0xa0) ||
	    (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf0 && at[1] < 0x90) ||
	    (at[0] == 0xf4 && at[1] >= 0x90))
		return 0;
	return length;
}

/**
 * iovctl_clean - replace what is no printable character
 * @text: is changed
 *
 * Return: @text.
 */
char *iovctl_clean(char *text)
{
	unsigned char *at = (void *)text;

	while (*at) {
		int length = length_of(at);

		if (!length)
			*at = OTHER;
		at += length ?: 1;
	}
	return text;
}

/**
 * iovctl_set - a text from a format, without characters that cannot be printed
 * @text: is filled; what does not fit is cut
 * @size: of @text
 * @format: as of printf()
 *
 * Return: length that it would have.
 */
int iovctl_set(char *text, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, size, format, args);
	va_end(args);
	iovctl_clean(text);
	return length;
}
