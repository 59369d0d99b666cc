// SPDX-License-Identifier: GPL-2.0-only
/* What this machine has for a VF and a software NIC that are to be one interface of a guest. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "failover/failover_facts.h"
#include "system/files.h"
#include "system/link.h"

#define NET	"/sys/class/net"
#define NO_MAC	"00:00:00:00:00:00"
#define TAPS	1000	/* names that are tried */

/* --- the address ---------------------------------------------------------------------------- */

/* FNV-1a, 64 bits */
static uint64_t hash(const char *text)
{
	uint64_t value = 0xcbf29ce484222325;

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 0x100000001b3;
	return value;
}

/* Locally administered, and the same whenever it is asked for */
static void make_mac(struct iovctl_failover *pair)
{
	char own[IOVCTL_NAME], seed[IOVCTL_TEXT];
	uint64_t value;

	iovctl_read(own, sizeof(own), NET "/%s/address", pair->vf.pf);
	SET(seed, "%s %s %d", own, pair->vf.pf_pci, pair->vf.number);
	value = hash(seed);
	SET(pair->mac, "02:%02x:%02x:%02x:%02x:%02x", (int)(value >> 32 & 0xff),
	    (int)(value >> 24 & 0xff), (int)(value >> 16 & 0xff), (int)(value >> 8 & 0xff),
	    (int)(value & 0xff));
}

static void read_mac(struct iovctl_failover *pair)
{
	struct json_object *found = NULL;
	char why[IOVCTL_TEXT];

	if (!iovctl_is_copy() && pair->vf.pf[0])
		found = iovctl_link_vf(pair->vf.pf, pair->vf.number, why);
	pair->vf_mac_known = found;
	if (found && strcmp(get_text(found, "mac"), NO_MAC))
		SET(pair->vf_mac, "%s", get_text(found, "mac"));
	json_object_put(found);
	if (pair->wish.mac[0])
		SET(pair->mac, "%s", pair->wish.mac);
	else if (pair->vf_mac[0])
		SET(pair->mac, "%s", pair->vf_mac);
	else
		make_mac(pair);
}

/* --- bridge and tap ------------------------------------------------------------------------- */

static void read_bridge(struct iovctl_failover *pair)
{
	const struct iovctl_adapter *adapter = &pair->adapter;

	if (pair->wish.bridge[0])
		SET(pair->bridge, "%s", pair->wish.bridge);
	else if (!strcmp(adapter->switch_kind, "bridge"))
		SET(pair->bridge, "%.15s", adapter->switch_name);
	pair->has_bridge = pair->bridge[0] && iovctl_exists(NET "/%s/bridge", pair->bridge);
}

/* A tap that a program has opened has a carrier. */
static void read_tap(struct iovctl_failover *pair, const char *tap)
{
	char value[IOVCTL_NAME], link[IOVCTL_TEXT];

	SET(pair->tap, "%s", tap);
	pair->has_tap = iovctl_exists(NET "/%s", tap);
	pair->is_tap = iovctl_exists(NET "/%s/tun_flags", tap);
	iovctl_read(value, sizeof(value), NET "/%s/carrier", tap);
	pair->tap_used = !strcmp(value, "1");
	iovctl_read_link(link, sizeof(link), NET "/%s/master", tap);
	SET(pair->tap_master, "%.15s", iovctl_last_part(link));
}

static bool is_waiting(const struct iovctl_failover *pair)
{
	return pair->is_tap && !pair->tap_used && pair->bridge[0] &&
	       !strcmp(pair->tap_master, pair->bridge);
}

/* One that was made for this, or a name that is free. libvirt makes its own. */
static void choose_tap(struct iovctl_failover *pair)
{
	char name[IOVCTL_NETDEV];
	int i;

	for (i = 0; i < TAPS; i++) {
		SET(name, "tap%d", i);
		read_tap(pair, name);
		if (!pair->has_tap || (!pair->wish.libvirt && is_waiting(pair)))
			return;
	}
}

/**
 * iovctl_failover_inspect - what this machine has for a pair
 * @pair: has the VF and what the user has named; the rest is filled
 * @kernel: release of the kernel
 */
void iovctl_failover_inspect(struct iovctl_failover *pair, const char *kernel)
{
	iovctl_adapter_inspect(&pair->adapter, pair->vf.pf_pci, kernel);
	pair->vfio_loaded = iovctl_exists("/sys/bus/pci/drivers/vfio-pci");
	read_bridge(pair);
	if (pair->wish.tap[0])
		read_tap(pair, pair->wish.tap);
	else
		choose_tap(pair);
	read_mac(pair);
}
