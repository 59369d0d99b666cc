// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of commands that users copy into a shell. Names of interfaces may have
 * all characters but spaces, slashes and colons: a shell would run a part of
 * them, or take them for a pattern. No input, no output.
 */
#include <string.h>

#include "base/quote.h"

/* A shell takes these as they are, wherever they come in a word. */
#define PLAIN	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-"
/* Beside a piece: its quotes, and the zero at the end of the text */
#define AROUND	3

/* An apostrophe, or all up to the next one that fits between two; the length that it has then */
static size_t put_piece(char *quoted, const char *word, size_t piece)
{
	if (*word == '\'') {
		memcpy(quoted, "\\'", 2);
		return 2;
	}
	quoted[0] = '\'';
	memcpy(quoted + 1, word, piece);
	quoted[piece + 1] = '\'';
	return piece + 2;
}

/**
 * iovctl_quote - a word as a POSIX shell needs it
 * @word: the word
 * @quoted: room for the word with quotes
 *
 * Return: @word if it needs no quotes, else the text in @quoted.
 */
const char *iovctl_quote(const char *word, struct iovctl_quoted *quoted)
{
	size_t length = 0, piece, room;
	char *text = quoted->text;

	if (word[0] && !word[strspn(word, PLAIN)])
		return word;
	memcpy(text, "''", AROUND);
	while (*word && length + AROUND < IOVCTL_QUOTED) {
		room = IOVCTL_QUOTED - AROUND - length;
		piece = strcspn(word, "'") ?: 1;
		if (piece > room)
			piece = room;
		length += put_piece(text + length, word, piece);
		text[length] = '\0';
		word += piece;
	}
	return text;
}
