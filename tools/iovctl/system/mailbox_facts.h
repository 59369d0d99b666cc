/* SPDX-License-Identifier: GPL-2.0-only */
/* What iovnic_pf tells of the sessions of its VFs: its health reporter "mailbox". */
#ifndef IOVCTL_MAILBOX_FACTS_H
#define IOVCTL_MAILBOX_FACTS_H

#include <stdbool.h>

#include "base/text.h"

/**
 * struct iovctl_mailbox - the session of a VF
 * @known: the driver tells of it
 * @session: state of the session
 * @path: "vf", or "software" if the VF has no data path
 * @quarantine: why the VF is in quarantine, or "nothing"
 * @quarantined: it is in quarantine
 * @held: the VF holds its mailbox and is not served
 * @queue_pairs: that the VF has
 * @messages: received from the VF
 * @malformed: of these, not well-formed
 * @throttled: of these, refused because there were too many
 * @busy: of these, received while one was being handled
 * @resets: of the VF
 * @spoof_events: frames from addresses or in VLANs that are not the VF's
 */
struct iovctl_mailbox {
	bool known;
	char session[IOVCTL_NAME];
	char path[IOVCTL_NAME];
	char quarantine[IOVCTL_NAME];
	bool quarantined;
	bool held;
	int queue_pairs;
	unsigned long long messages;
	unsigned long long malformed;
	unsigned long long throttled;
	unsigned long long busy;
	unsigned long long resets;
	unsigned long long spoof_events;
};

struct json_object;
const char *iovctl_mailbox_path(struct json_object *vf);
void iovctl_mailbox_read(const char *pf_pci, struct iovctl_mailbox *mailbox, int num);

#endif
