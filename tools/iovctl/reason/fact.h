/* SPDX-License-Identifier: GPL-2.0-only */
/* An answer, and where it was found. */
#ifndef IOVCTL_FACT_H
#define IOVCTL_FACT_H

#include "base/text.h"

enum iovctl_answer { IOVCTL_MAYBE, IOVCTL_NO, IOVCTL_YES };

/**
 * struct iovctl_fact - an answer to a question
 * @answer: the answer; IOVCTL_MAYBE if it is not known
 * @file: where it was looked for
 * @seen: what was there, in words if it is long
 */
struct iovctl_fact {
	enum iovctl_answer answer;
	char file[IOVCTL_TEXT / 2];
	char seen[IOVCTL_TEXT / 2];
};

#endif
