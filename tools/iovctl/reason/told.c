// SPDX-License-Identifier: GPL-2.0-only
/* What iovctl makes of a reason that the driver tells. No input, no output. */
#include <stdio.h>
#include <string.h>

#include "reason/told.h"

/* What ends a state. A policy is turned off with its rules: without its label only, they stay. */
static const char *undo(const char *name)
{
	static const struct { const char *name; const char *words; } known[] = {
		{ "ADMIN", "weight 100" },
		{ "SPOOF", "weight 100" },
		{ "MALFORMED", "weight 100" },
		{ "STORM", "weight 100" },
		{ "ROUTER_GUARD", "policy router-guard off" },
		{ "DHCP_GUARD", "policy dhcp-guard off" },
		{ "PORT_ACL", "policy acl off" },
		{ "MIRROR", "policy mirror off" },
		{ "MIN_BANDWIDTH", "policy min-rate off" },
		{ "STORM_LIMIT", "policy storm off" },
		{ "LINK_DISABLED", "link-state auto" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].name, name))
			return known[i].words;
	return NULL;
}

/**
 * iovctl_told_remedy - iovctl's own command in place of the driver's remedy, if there is one
 * @told: reason
 * @place: where it is carried out, "on the host: "; or empty
 * @nic: what is set
 * @remedy: is filled then
 *
 * Return: whether there is one.
 */
bool iovctl_told_remedy(const struct iovctl_told *told, const char *place, const char *nic,
			char remedy[IOVCTL_TEXT])
{
	const char *words = undo(told->name);

	if (!words)
		return false;
	/* What quarantine protects from comes from the guest. */
	snprintf(remedy, IOVCTL_TEXT, "%s%siovctl vm set %s %s",
		 strstr(told->remedy, "check the guest") ? "check the guest; then " : "", place,
		 nic, words);
	return true;
}

/**
 * iovctl_told_effect - what a reason that the driver tells prevents
 * @told: reason
 *
 * Return: the effect of the reason of the same name here, if there is one.
 */
enum iovctl_effect iovctl_told_effect(const struct iovctl_told *told)
{
	int code;

	for (code = 0; code < IOVCTL_CODES; code++)
		if (!strcmp(iovctl_code_name(code), told->name))
			return iovctl_code_effect(code);
	return !strcmp(told->severity, "blocking") ? IOVCTL_EFFECT_BLOCKING :
	       !strcmp(told->severity, "warning") ? IOVCTL_EFFECT_WARNING : IOVCTL_EFFECT_INFO;
}
