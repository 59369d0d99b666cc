// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of the policies of a VF, from the JSON that libnftables prints of
 * both tables: an array of objects with one member each, which says what it is.
 * No input, no output.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/policy_read.h"

/* As many rules as a policy has at least: the list of a user who has changed them is shorter. */
static const int least_rules[IOVCTL_POLICIES] = {
	[IOVCTL_ROUTER_GUARD] = 5,
	[IOVCTL_DHCP_GUARD] = 5,
	[IOVCTL_ACL] = 3,
	[IOVCTL_STORM] = 1,
};

/**
 * struct reader - what the state is made of
 * @owner: VF
 * @state: is filled
 * @prefix: of the names of the VF's chains
 * @rules: of each policy's chain
 * @jumps: whether a rule leads to a policy's chain
 * @rules_in: rules of acl for what the VM receives
 * @jumps_in: whether a rule leads to them
 * @hooked: by direction, frames are looked up in the map
 * @mapped: by direction, the map leads to the VF's chain
 * @copied: by direction, frames are copied
 */
struct reader {
	const struct iovctl_policy_owner *owner;
	struct iovctl_policy_state *state;
	char prefix[IOVCTL_POLICY_CHAIN];
	int rules[IOVCTL_POLICIES];
	bool jumps[IOVCTL_POLICIES];
	int rules_in;
	bool jumps_in;
	bool hooked[IOVCTL_ACL_WAYS];
	bool mapped[IOVCTL_ACL_WAYS];
	bool copied[IOVCTL_ACL_WAYS];
};

static struct json_object *member(struct json_object *object, const char *name)
{
	struct json_object *found = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, name, &found);
	return found;
}

static const char *text_of(struct json_object *object, const char *name)
{
	struct json_object *found = member(object, name);

	return json_object_is_type(found, json_type_string) ? json_object_get_string(found) : "";
}

static struct json_object *item(struct json_object *array, size_t i)
{
	if (!json_object_is_type(array, json_type_array) || i >= get_length(array))
		return NULL;
	return json_object_array_get_idx(array, i);
}

/* What follows the prefix of the VF in the name of a chain; NULL if it is not one of the VF's */
static const char *part_of(const struct reader *reader, const char *chain)
{
	const size_t length = strlen(reader->prefix);

	return strncmp(chain, reader->prefix, length) ? NULL : chain + length;
}

static int policy_of(const char *part)
{
	int i;

	for (i = 0; i < IOVCTL_POLICIES; i++)
		if (part[0] && !strcmp(part, iovctl_policy_chain_part(i)))
			return i;
	return -1;
}

static int way_of(const char *name, const char *out, const char *in)
{
	return !strcmp(name, out) ? IOVCTL_ACL_OUT : !strcmp(name, in) ? IOVCTL_ACL_IN : -1;
}

/* --- the table of the family bridge ----------------------------------------------------------- */

static void read_element(struct reader *reader, int way,
			 struct json_object *element)
{
	struct json_object *key = item(element, 0);
	const char *target = text_of(member(item(element, 1), "jump"), "target");
	const char *tap, *part = part_of(reader, target);

	if (!json_object_is_type(key, json_type_string))
		return;
	tap = json_object_get_string(key);
	if (part && way == way_of(part, "out", "in")) {
		reader->mapped[way] = true;
		SET(reader->state->tap, "%s", tap);
	} else if (!part) {
		reader->state->shared = true;
		if (!strcmp(tap, reader->owner->tap))
			SET(reader->state->other, "%s", target);
	}
}

static void read_map(struct reader *reader, struct json_object *map)
{
	const int way = way_of(text_of(map, "name"), "vm_out", "vm_in");
	struct json_object *elements = member(map, "elem");
	size_t i;

	for (i = 0; way >= 0 && item(elements, i); i++)
		read_element(reader, way, item(elements, i));
}

static void read_bridge_chain(struct reader *reader, struct json_object *chain)
{
	const char *name = text_of(chain, "name");

	if (!part_of(reader, name) && way_of(name, "from_vm", "to_vm") < 0)
		reader->state->shared = true;
}

static void read_vm_rule(struct reader *reader, struct json_object *expression)
{
	const char *part = part_of(reader, text_of(member(expression, "jump"), "target"));
	struct json_object *mangle = member(expression, "mangle");
	char class[IOVCTL_NAME];
	int policy;

	if (part) {
		policy = policy_of(part);
		if (policy >= 0)
			reader->jumps[policy] = true;
		reader->jumps_in |= !strcmp(part, "acl_in");
	}
	SET(class, "%x:%x", IOVCTL_HTB, IOVCTL_CLASS + reader->owner->vf);
	if (!strcmp(text_of(member(member(mangle, "key"), "meta"), "key"), "priority") &&
	    !strcmp(text_of(mangle, "value"), class))
		reader->jumps[IOVCTL_MIN_RATE] = true;
}

/* What a rule of a policy's chain has counted, and the limit of storm */
static void read_policy_rule(struct reader *reader, enum iovctl_policy policy,
			     struct json_object *expressions)
{
	unsigned long long packets = 0;
	struct json_object *found;
	size_t i;

	for (i = 0; item(expressions, i); i++) {
		found = member(member(item(expressions, i), "counter"), "packets");
		if (found)
			packets = json_object_get_int64(found);
		found = member(member(item(expressions, i), "limit"), "rate");
		if (found && policy == IOVCTL_STORM)
			reader->state->number[policy] = json_object_get_int(found);
		if (json_object_object_get_ex(item(expressions, i), "drop", NULL))
			reader->state->dropped[policy] += packets;
	}
}

static void read_bridge_rule(struct reader *reader, struct json_object *rule)
{
	const char *chain = text_of(rule, "chain"), *part = part_of(reader, chain);
	struct json_object *expressions = member(rule, "expr");
	int way = way_of(chain, "from_vm", "to_vm"), policy;
	size_t i;

	if (way >= 0 && member(item(expressions, 0), "vmap"))
		reader->hooked[way] = true;
	if (!part)
		return;
	policy = policy_of(part);
	if (policy >= 0) {
		reader->rules[policy]++;
		read_policy_rule(reader, policy, expressions);
	} else if (!strcmp(part, "acl_in")) {
		reader->rules_in++;
		read_policy_rule(reader, IOVCTL_ACL, expressions);
	} else if (way_of(part, "out", "in") >= 0) {
		for (i = 0; item(expressions, i); i++)
			read_vm_rule(reader, item(expressions, i));
	}
}

static void read_bridge(struct reader *reader, struct json_object *object)
{
	if (member(object, "table"))
		reader->state->table = true;
	else if (member(object, "map"))
		read_map(reader, member(object, "map"));
	else if (member(object, "chain"))
		read_bridge_chain(reader, member(object, "chain"));
	else if (member(object, "rule"))
		read_bridge_rule(reader, member(object, "rule"));
}

/* --- the table of the family netdev ----------------------------------------------------------- */

static void read_mirror_chain(struct reader *reader, struct json_object *chain)
{
	const char *part = part_of(reader, text_of(chain, "name"));
	const int way = part ? way_of(part, "mirror_out", "mirror_in") : -1;

	if (way >= 0)
		reader->state->mirror[way] = true;
	else
		reader->state->mirror_shared = true;
}

static void read_mirror_rule(struct reader *reader, struct json_object *rule)
{
	const char *part = part_of(reader, text_of(rule, "chain"));
	const int way = part ? way_of(part, "mirror_out", "mirror_in") : -1;
	const char *device = text_of(member(item(member(rule, "expr"), 0), "dup"), "addr");

	if (way < 0 || !device[0])
		return;
	reader->copied[way] = true;
	SET(reader->state->device, "%s", device);
}

static void read_netdev(struct reader *reader, struct json_object *object)
{
	if (member(object, "table"))
		reader->state->mirror_table = true;
	else if (member(object, "chain"))
		read_mirror_chain(reader, member(object, "chain"));
	else if (member(object, "rule"))
		read_mirror_rule(reader, member(object, "rule"));
}

/* --- the whole -------------------------------------------------------------------------------- */

static void for_each(struct json_object *listing, struct reader *reader,
		     void (*read)(struct reader *reader, struct json_object *object))
{
	struct json_object *array = member(listing, "nftables");
	size_t i;

	for (i = 0; item(array, i); i++)
		read(reader, item(array, i));
}

static void conclude(struct reader *reader)
{
	struct iovctl_policy_state *state = reader->state;
	const bool out = reader->hooked[IOVCTL_ACL_OUT] && reader->mapped[IOVCTL_ACL_OUT];
	const bool in = reader->hooked[IOVCTL_ACL_IN] && reader->mapped[IOVCTL_ACL_IN];
	int i;

	for (i = 0; i < IOVCTL_POLICIES; i++) {
		state->present[i] = reader->rules[i] || reader->jumps[i];
		state->in_force[i] = out && reader->jumps[i] &&
				     reader->rules[i] >= least_rules[i];
	}
	state->present[IOVCTL_ACL] |= reader->rules_in || reader->jumps_in;
	state->in_force[IOVCTL_ACL] &= in && reader->jumps_in &&
				       reader->rules_in >= least_rules[IOVCTL_ACL];
	state->present[IOVCTL_MIRROR] = state->mirror[0] || state->mirror[1];
	state->in_force[IOVCTL_MIRROR] = reader->copied[0] && reader->copied[1];
}

/**
 * iovctl_policy_read - what nftables has for a VF
 * @bridge: JSON of the table of the family bridge, or NULL if there is none
 * @netdev: JSON of the table of the family netdev, or NULL if there is none
 * @owner: the VF; if it has a tap, rules of other VFs for it are looked for
 * @state: is filled
 */
void iovctl_policy_read(struct json_object *bridge, struct json_object *netdev,
			const struct iovctl_policy_owner *owner,
			struct iovctl_policy_state *state)
{
	struct reader reader = { .owner = owner, .state = state };

	memset(state, 0, sizeof(*state));
	iovctl_policy_chain(owner->pf_pci, owner->vf, "", reader.prefix);
	for_each(bridge, &reader, read_bridge);
	for_each(netdev, &reader, read_netdev);
	conclude(&reader);
}
