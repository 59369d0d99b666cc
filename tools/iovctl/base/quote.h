/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of commands that users copy into a shell. */
#ifndef IOVCTL_QUOTE_H
#define IOVCTL_QUOTE_H

#include "base/text.h"

#define IOVCTL_QUOTED	IOVCTL_TEXT	/* a longer word is cut, and quoted still */

/**
 * struct iovctl_quoted - room for a word with quotes
 * @text: the word
 */
struct iovctl_quoted {
	char text[IOVCTL_QUOTED];
};

const char *iovctl_quote(const char *word, struct iovctl_quoted *quoted);

/* A word as a shell needs it, which exists until the end of the block */
#define QUOTE(word)	iovctl_quote(word, &(struct iovctl_quoted){ "" })

#endif
