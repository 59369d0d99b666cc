// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a .link file of systemd has in its section [Link], and whether it sets
 * VFs; systemd.syntax(7) has the syntax. No input;
 * tests/unit/test_iovctl_persist.c has the cases.
 */
#include <string.h>

#include "persist/link_text.h"

#define NUMBER	"SR-IOVVirtualFunctions"

/**
 * struct place - where in a text a line is
 * @inside: it is in a section [Link]
 * @joined: it goes on what the line before it has begun
 * @kept: the line before it was kept
 */
struct place {
	bool inside;
	bool joined;
	bool kept;
};

static bool begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* A backslash that none escapes is at the end of a line that goes on. */
static bool goes_on(const char *line, size_t length)
{
	size_t i = length;

	while (i && line[i - 1] == '\\')
		i--;
	return (length - i) % 2;
}

/* Enter the section that a line begins; whether the line, or its section, sets VFs. */
static bool follow(struct place *place, const char *word)
{
	place->kept = false;
	if (word[0] == '[')
		place->inside = begins(word, "[Link]");
	else
		place->kept = place->inside && !strchr("\r\n", word[0]) && !begins(word, NUMBER);
	return begins(word, "[SR-IOV]") || (place->inside && begins(word, NUMBER));
}

/**
 * iovctl_link_text - what a .link file says
 * @text: its content
 * @lines: gets its section [Link], without the number of VFs and comments; or NULL
 *
 * Return: whether it sets the number of VFs or has a section for a VF.
 */
bool iovctl_link_text(const char *text, FILE *lines)
{
	struct place place = { 0 };
	bool sets = false;

	while (*text) {
		const size_t length = strcspn(text, "\n");
		const char *word = text + strspn(text, " \t");

		if (*word != '#' && *word != ';') {
			if (!place.joined)
				sets |= follow(&place, word);
			place.joined = goes_on(text, length);
			if (place.kept && lines)
				fprintf(lines, "%.*s\n", (int)length, text);
		}
		text += length + (text[length] == '\n');
	}
	/* A last line does not go on in what is written behind it. */
	if (place.kept && place.joined && lines)
		fputc('\n', lines);
	return sets;
}
