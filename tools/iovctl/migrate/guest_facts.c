// SPDX-License-Identifier: GPL-2.0-only
/* Facts travel from host to host as JSON. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "migrate/guest_facts.h"

enum kind { TEXT, NUMBER, FLAG };

#define PLACE(name)		offsetof(struct iovctl_facts, name)
#define FIELD(name, kind, of)	{ #name, kind, PLACE(name), PLACE(of), \
				  sizeof(((struct iovctl_facts *)0)->name) }
#define TEXT_FIELD(name)	FIELD(name, TEXT, name)

/* A field is not known without the text that it is about. */
static const struct {
	const char *name;
	enum kind kind;
	size_t offset;
	size_t of;
	size_t size;
} fields[] = {
	TEXT_FIELD(error), TEXT_FIELD(status), TEXT_FIELD(migration), TEXT_FIELD(standby),
	TEXT_FIELD(mac), TEXT_FIELD(tap), TEXT_FIELD(bridge), FIELD(tap_up, FLAG, tap),
	FIELD(tap_mtu, NUMBER, tap), TEXT_FIELD(pf), TEXT_FIELD(pf_pci), TEXT_FIELD(pf_driver),
	TEXT_FIELD(pf_bridge), FIELD(pf_up, FLAG, pf), FIELD(pf_carrier, FLAG, pf),
	FIELD(pf_mtu, NUMBER, pf), FIELD(numvfs, NUMBER, pf_pci), FIELD(rescinds, FLAG, pf_pci),
	TEXT_FIELD(vf_pci), FIELD(vf, NUMBER, vf_pci), TEXT_FIELD(vf_mac), TEXT_FIELD(vf_id),
	TEXT_FIELD(vf_bus), TEXT_FIELD(session), TEXT_FIELD(no_vf), FIELD(has_bus, FLAG, status),
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

struct json_object *iovctl_facts_to_json(const struct iovctl_facts *facts)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		const void *field = (const char *)facts + fields[i].offset;

		if (!*((const char *)facts + fields[i].of))
			continue;
		if (fields[i].kind == TEXT)
			set_text(object, fields[i].name, field);
		else if (fields[i].kind == NUMBER)
			set_int(object, fields[i].name, *(const int *)field);
		else
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
