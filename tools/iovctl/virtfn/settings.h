/* SPDX-License-Identifier: GPL-2.0-only */
/* What an administrator has set for the VFs of an adapter. */
#ifndef IOVCTL_SETTINGS_H
#define IOVCTL_SETTINGS_H

#include <stdbool.h>

#include <json-c/json.h>

#include "base/text.h"

#define IOVCTL_MAC		"00:00:00:00:00:00"	/* of a VF for which none is set */
#define IOVCTL_SETTINGS_VFS	256			/* of an adapter; more are not kept */
#define IOVCTL_8021Q		0x8100
#define IOVCTL_8021AD		0x88a8

/* As IFLA_VF_LINK_STATE has them */
enum iovctl_link_state { IOVCTL_LINK_AUTO, IOVCTL_LINK_ENABLE, IOVCTL_LINK_DISABLE };

/* As ip link has it; what is not known is the default. */
static inline const char *iovctl_link_state_name(int state)
{
	return state == IOVCTL_LINK_ENABLE ? "enable" :
	       state == IOVCTL_LINK_DISABLE ? "disable" : "auto";
}

static inline const char *iovctl_vlan_proto_name(int proto)
{
	return proto == IOVCTL_8021AD ? "802.1ad" : "802.1Q";
}

/* Settings of rtnetlink that are set together */
enum iovctl_link_setting {
	IOVCTL_SETTING_MAC,
	IOVCTL_SETTING_VLAN,
	IOVCTL_SETTING_TRUST,
	IOVCTL_SETTING_SPOOFCHK,
	IOVCTL_SETTING_RATES,
	IOVCTL_SETTING_LINK_STATE,
	IOVCTL_SETTING_NUM
};

/**
 * struct iovctl_settings - settings of a VF; a number is -1 and a text empty if not known
 * @number: of the VF
 * @mac: address that the administrator has set, or IOVCTL_MAC
 * @vlan: port VLAN, 0 for none
 * @qos: its priority
 * @proto: its protocol, IOVCTL_8021Q or IOVCTL_8021AD
 * @min_tx_rate: in Mbit/s, 0 for none
 * @max_tx_rate: in Mbit/s, 0 for none
 * @spoofchk: the address of the sender is checked
 * @trust: it is trusted
 * @link_state: one of enum iovctl_link_state
 * @moderation: mode of interrupt moderation
 * @policies: policies that only the software switch can enforce
 * @active: it may have the data path
 * @eqs: event queues that it may have
 * @port: number of its port in devlink
 */
struct iovctl_settings {
	int number;
	char mac[sizeof(IOVCTL_MAC)];
	int vlan;
	int qos;
	int proto;
	int min_tx_rate;
	int max_tx_rate;
	int spoofchk;
	int trust;
	int link_state;
	char moderation[IOVCTL_NAME];
	char policies[IOVCTL_NAME];
	int active;
	int eqs;
	int port;
};

/**
 * struct iovctl_all_settings - settings of the VFs of an adapter
 * @pci: PCI address of the adapter
 * @num: number of @vf
 * @vf: settings, in the order of their numbers
 */
struct iovctl_all_settings {
	char pci[IOVCTL_NAME];
	int num;
	struct iovctl_settings vf[IOVCTL_SETTINGS_VFS];
};

void iovctl_settings_clear(struct iovctl_settings *settings, int number);
struct iovctl_settings *iovctl_settings_of(struct iovctl_all_settings *all, int number);
struct json_object *iovctl_settings_to_json(const struct iovctl_all_settings *all);
int iovctl_settings_from_json(struct iovctl_all_settings *all, struct json_object *from,
			      char *why);

bool iovctl_settings_of_link(struct json_object *links, int number,
			     struct iovctl_settings *settings);
int iovctl_settings_set(const char *pf, const struct iovctl_settings *settings,
			enum iovctl_link_setting which, char *why);
int iovctl_settings_read(const char *pf, const char *pci, int num,
			 struct iovctl_all_settings *all, char *why);
int iovctl_settings_restore(const char *pf, const char *pci,
			    const struct iovctl_settings *settings, char *why);

#endif
