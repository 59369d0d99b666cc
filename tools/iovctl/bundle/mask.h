/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts without what identifies a machine, for bug reports. */
#ifndef IOVCTL_MASK_H
#define IOVCTL_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define IOVCTL_MASKED	1024	/* different values; further ones have no number */

enum iovctl_secret {
	IOVCTL_SECRET_MAC,
	IOVCTL_SECRET_IP,
	IOVCTL_SECRET_UUID,
	IOVCTL_SECRET_SERIAL,
	IOVCTL_SECRET_HOST,
	IOVCTL_SECRETS
};

/**
 * struct iovctl_masked - a value that is replaced
 * @kind: what it is
 * @value: in small letters
 * @number: of the values of this kind, from 1 on
 */
struct iovctl_masked {
	enum iovctl_secret kind;
	char value[IOVCTL_NAME];
	int number;
};

/**
 * struct iovctl_mask - values and their substitutes: the same ones for the same values
 * @num: length of @masked
 * @count: number of values of each kind
 * @masked: the values
 */
struct iovctl_mask {
	int num;
	int count[IOVCTL_SECRETS];
	struct iovctl_masked masked[IOVCTL_MASKED];
};

void iovctl_mask_know(struct iovctl_mask *mask, enum iovctl_secret kind, const char *value);
char *iovctl_mask_text(struct iovctl_mask *mask, const char *text);
char *iovctl_mask_secrets(const char *text);

#endif
