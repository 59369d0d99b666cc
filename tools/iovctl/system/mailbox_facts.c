// SPDX-License-Identifier: GPL-2.0-only
/* The diagnosis of the health reporter "mailbox". */
#include <string.h>

#include "base/json.h"
#include "system/devlink.h"
#include "system/files.h"
#include "system/mailbox_facts.h"

static unsigned long long count(struct json_object *object, const char *name)
{
	return json_object_get_int64(json_object_object_get(object, name));
}

/**
 * iovctl_mailbox_path - which way frames for a VF take
 * @vf: what the diagnosis has of the VF, or NULL
 *
 * Return: "vf"; "software", which the driver calls host; or "" if it does not tell.
 */
const char *iovctl_mailbox_path(struct json_object *vf)
{
	const char *path = get_text(vf, "path");

	return !path[0] || !strcmp(path, "vf") ? path : "software";
}

static void read_one(struct iovctl_mailbox *mailbox, struct json_object *vf)
{
	mailbox->known = true;
	SET(mailbox->session, "%s", get_text(vf, "session"));
	SET(mailbox->path, "%s", iovctl_mailbox_path(vf));
	SET(mailbox->quarantine, "%s", get_text(vf, "quarantine"));
	mailbox->quarantined = mailbox->quarantine[0] && strcmp(mailbox->quarantine, "nothing");
	mailbox->held = get_flag(vf, "holds_its_mailbox");
	mailbox->queue_pairs = get_int(vf, "queue_pairs");
	mailbox->messages = count(vf, "messages");
	mailbox->malformed = count(vf, "malformed");
	mailbox->throttled = count(vf, "throttled");
	mailbox->busy = count(vf, "busy");
	mailbox->resets = count(vf, "resets");
	mailbox->spoof_events = count(vf, "spoof_events");
}

/**
 * iovctl_mailbox_read - the sessions of all VFs of a PF
 * @pf_pci: PCI address of the PF
 * @mailbox: is filled, by number of the VF; nothing is known with other drivers, or without the
 *	rights to ask
 * @num: length of @mailbox
 */
void iovctl_mailbox_read(const char *pf_pci, struct iovctl_mailbox *mailbox, int num)
{
	struct json_object *diagnosis, *found;
	char why[IOVCTL_TEXT];
	int vf;

	memset(mailbox, 0, num * sizeof(*mailbox));
	diagnosis = !num || iovctl_is_copy() ? NULL :
		    iovctl_devlink_diagnose(pf_pci, "mailbox", why);
	for (vf = 0; vf < num; vf++) {
		found = iovctl_devlink_vf(diagnosis, vf);
		if (found)
			read_one(&mailbox[vf], found);
	}
	json_object_put(diagnosis);
}
