/* SPDX-License-Identifier: GPL-2.0-only */
/* What a command of iovctl prints. */
#ifndef IOVCTL_CAPTURE_H
#define IOVCTL_CAPTURE_H

#include "iovctl.h"

#define IOVCTL_CAPTURE_WORDS	6	/* at most */

/**
 * struct iovctl_capture - what a command has printed
 * @text: output, with what it has complained about; to be released
 * @size: length of @text
 * @status: exit status; -1 if it took too long, or has crashed
 */
struct iovctl_capture {
	char *text;
	size_t size;
	int status;
};

int iovctl_capture(struct iovctl_capture *capture, const struct iovctl_options *options,
		   const char *words);

#endif
