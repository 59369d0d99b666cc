// SPDX-License-Identifier: GPL-2.0-only
/* Facts travel from host to host as JSON. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "migrate/guest_facts.h"

enum kind { TEXT, NUMBER, FLAG };

#define FIELD(name, kind) { #name, kind, offsetof(struct iovctl_facts, name), \
			    sizeof(((struct iovctl_facts *)0)->name) }

static const struct {
	const char *name;
	enum kind kind;
	size_t offset;
	size_t size;
} fields[] = {
	FIELD(error, TEXT), FIELD(status, TEXT), FIELD(migration, TEXT), FIELD(standby, TEXT),
	FIELD(mac, TEXT), FIELD(tap, TEXT), FIELD(bridge, TEXT), FIELD(tap_up, FLAG),
	FIELD(tap_mtu, NUMBER), FIELD(pf, TEXT), FIELD(pf_pci, TEXT), FIELD(pf_driver, TEXT),
	FIELD(pf_bridge, TEXT), FIELD(pf_up, FLAG), FIELD(pf_carrier, FLAG), FIELD(pf_mtu, NUMBER),
	FIELD(numvfs, NUMBER), FIELD(rescinds, FLAG), FIELD(vf_pci, TEXT), FIELD(vf, NUMBER),
	FIELD(vf_mac, TEXT), FIELD(vf_id, TEXT), FIELD(vf_bus, TEXT), FIELD(session, TEXT),
	FIELD(no_vf, TEXT), FIELD(has_bus, FLAG),
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

struct json_object *iovctl_facts_to_json(const struct iovctl_facts *facts)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		const void *field = (const char *)facts + fields[i].offset;

		if (fields[i].kind == TEXT && *(const char *)field)
			set_text(object, fields[i].name, field);
		else if (fields[i].kind == NUMBER)
			set_int(object, fields[i].name, *(const int *)field);
		else if (fields[i].kind == FLAG)
			set_flag(object, fields[i].name, *(const bool *)field);
	}
	return object;
}

void iovctl_facts_from_json(struct json_object *object, struct iovctl_facts *facts)
{
	size_t i;

	memset(facts, 0, sizeof(*facts));
	for (i = 0; i < FIELDS; i++) {
		void *field = (char *)facts + fields[i].offset;

		if (fields[i].kind == TEXT)
			iovctl_set(field, fields[i].size, "%s", get_text(object, fields[i].name));
		else if (fields[i].kind == NUMBER)
			*(int *)field = get_int(object, fields[i].name);
		else
			*(bool *)field = get_flag(object, fields[i].name);
	}
}
