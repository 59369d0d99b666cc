/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts of limited length: a longer one is cut. */
#ifndef IOVCTL_TEXT_H
#define IOVCTL_TEXT_H

#include <stdio.h>

#define IOVCTL_TEXT	256
#define IOVCTL_NAME	64	/* of a device */

/* A function with these arguments is called as printf() is. */
#define PRINTF(format_at, values_at) __attribute__((format(printf, format_at, values_at)))

char *iovctl_clean(char *text);
PRINTF(3, 4)
int iovctl_set(char *text, size_t size, const char *format, ...);

#define SET(to, ...)	iovctl_set(to, sizeof(to), __VA_ARGS__)

/* Set the error of a function that returns this value. */
static inline int fail(char error[IOVCTL_TEXT], const char *what, const char *why)
{
	iovctl_set(error, IOVCTL_TEXT, "%s: %s", what, why);
	return -1;
}

#endif
