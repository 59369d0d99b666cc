// SPDX-License-Identifier: GPL-2.0-only
/* Who holds a VF, in words. No input, no output. */
#include <stdio.h>

#include "virtfn/vf_report.h"

static void say_process(const struct iovctl_holder *holder, const char *what, const char *name,
			char *text)
{
	snprintf(text, IOVCTL_TEXT, "%s %s", what, name);
	if (holder->pid)
		snprintf(text, IOVCTL_TEXT, "%s %.64s (pid %d, %s)", what, name, holder->pid,
			 holder->command);
}

static void say_holder(const struct iovctl_vf *vf, char *text)
{
	const struct iovctl_holder *holder = &vf->holder;

	if (vf->netdev[0])
		snprintf(text, IOVCTL_TEXT, "this host, interface %s", vf->netdev);
	else if (holder->name[0])
		say_process(holder, "guest", holder->name, text);
	else if (holder->netns[0])
		say_process(holder, "network namespace", holder->netns, text);
	else if (holder->netns_inode)
		say_process(holder, "network namespace of", holder->command, text);
	else if (holder->pid)
		snprintf(text, IOVCTL_TEXT, "%s (pid %d)", holder->command, holder->pid);
	else
		snprintf(text, IOVCTL_TEXT, "a network namespace that is not visible");
}

/**
 * iovctl_vf_holder - who holds a VF, in words
 * @vf: VF
 * @text: is filled
 *
 * Return: @text.
 */
const char *iovctl_vf_holder(const struct iovctl_vf *vf, char text[IOVCTL_TEXT])
{
	if (vf->holder.held == IOVCTL_YES)
		say_holder(vf, text);
	else
		snprintf(text, IOVCTL_TEXT, "%s",
			 vf->holder.held == IOVCTL_NO ? "none" : "unknown");
	return text;
}
