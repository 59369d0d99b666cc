// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that is in the way of a guest's VF, from what the guest knows. No input,
 * no output: tests/unit/test_iovctl_pair.c has the cases.
 */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "doctor/pair_verdict.h"
#include "host/host_verdict.h"
#include "system/modules.h"

#define INTEL		0x8086
#define VF_82576	0x10ca
#define VF_MODULE	"iovnic_vf"

static void show(struct iovctl_finding *finding, const struct iovctl_interface *interface,
		 const char *file, const char *seen)
{
	char path[IOVCTL_TEXT];

	SET(path, "/sys/class/net/%s/%s", interface->name, file);
	iovctl_finding_evidence(finding, path, seen);
}

static void show_number(struct iovctl_finding *finding, const struct iovctl_interface *interface,
			const char *file, int number)
{
	char seen[IOVCTL_NAME];

	SET(seen, "%d", number);
	show(finding, interface, file, seen);
}

/* --- the driver ----------------------------------------------------------------------------- */

/* vfio and uio are for programs, which drive the VF themselves. */
static bool is_for_programs(const char *driver)
{
	return strstr(driver, "vfio") || strstr(driver, "uio");
}

static void check_missing_driver(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;
	const bool none = pair->has_modules == IOVCTL_NO, other = pair->other_kernel[0];
	char build[IOVCTL_NAME * 2], seen[IOVCTL_NAME * 2];

	finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_NO_VF_DRIVER, pair->pci,
				     "no driver is bound to the VF (%04x:%04x)%s%s%s%s%s%s",
				     pair->vendor, pair->device,
				     none ? "; the kernel has no module for it" : "",
				     pair->modules[0] ? "; modules for it: " : "", pair->modules,
				     other ? "; " : "", other ? pair->module : "",
				     other ? " is there for another kernel only" : "");
	iovctl_finding_sysfs(finding, pair->pci, "driver", "missing");
	SET(build, IOVCTL_BUILD);
	if (strcmp(pair->module, VF_MODULE))
		SET(build, "install %s for the running kernel", pair->module);
	SET(finding->remedy, "modprobe %s", pair->module);
	if (none || other || (pair->modules[0] && !strstr(pair->modules, pair->module)))
		SET(finding->remedy, "%s; modprobe %s", build, pair->module);
	if (!other)
		return;
	SET(seen, "%s for %s", pair->module, pair->other_kernel);
	iovctl_finding_evidence(finding, "/lib/modules", seen);
	/* If it is among the running kernel's, booting the other one may not help. */
	if (!pair->signature.file[0])
		SET(finding->remedy, "%s; or boot %s", build, pair->other_kernel);
}

static void check_driver(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (is_for_programs(pair->driver)) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_NO_VF_DRIVER, pair->pci,
					     "the VF has the driver %s, for a program such as DPDK",
					     pair->driver);
		iovctl_finding_sysfs(finding, pair->pci, "driver", "%s", pair->driver);
		finding->effect = IOVCTL_EFFECT_INFO;
		SET(finding->remedy, "none needed for DPDK: iovctl doctor for dpdk %s", pair->pci);
	} else if (!pair->vf.name[0]) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_NO_INTERFACE, pair->pci,
					     "%s has created no interface%s", pair->driver,
					     pair->hidden ? ", or not in this network namespace" :
					     "");
		iovctl_finding_sysfs(finding, pair->pci, "net", "%s",
				     pair->hidden ? "empty" : "missing");
	}
}

/* igbvf is the older driver of the 82576; VFs of other devices have no other one. */
static void check_legacy(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (strcmp(pair->driver, "igbvf") || pair->vendor != INTEL || pair->device != VF_82576)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_LEGACY_DRIVER, pair->pci,
				     "igbvf does not notice that the host withdraws the data path");
	iovctl_finding_sysfs(finding, pair->pci, "driver", "igbvf");
	if (strstr(pair->modules, pair->module) && !pair->other_kernel[0])
		SET(finding->remedy, "modprobe -r igbvf; modprobe %s", pair->module);
}

/* --- the standby ---------------------------------------------------------------------------- */

static void show_feature(struct iovctl_finding *finding, const struct iovctl_pair *pair)
{
	char path[IOVCTL_TEXT];

	SET(path, "/sys/bus/virtio/devices/%s/features", pair->virtio);
	iovctl_finding_evidence(finding, path, "bit 62 (STANDBY) is 0");
}

static void check_no_standby(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (pair->others && pair->vf.name[0]) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_OTHER_ADDRESS, pair->pci,
					     "the standby does not have the VF's address, %s",
					     pair->vf.mac);
		show(finding, &pair->vf, "address", pair->vf.mac);
		return;
	}
	finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_NO_STANDBY, pair->pci,
				     "the VF has no standby: without data path there is no network");
	if (pair->virtio[0]) {
		SET(finding->text, "%s has the VF's address, but is no standby for it",
		    pair->virtio);
		show_feature(finding, pair);
		SET(finding->remedy, "on the host: start QEMU with -device virtio-net-pci,failover=on,... -device vfio-pci,failover_pair_id=ID,...");
	} else {
		iovctl_finding_evidence(finding, "/sys/bus/virtio/devices",
					"no network device with STANDBY");
	}
}

/* A bond that the administrator has made takes the place of net_failover. */
static bool has_other_master(const struct iovctl_pair *pair)
{
	return pair->vf.kind[0];
}

static void check_standby(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (has_other_master(pair))
		return;
	if (!pair->virtio[0] || pair->has_feature == IOVCTL_NO) {
		check_no_standby(pair, findings);
	} else if (pair->vf.name[0] && pair->standby.master[0] && !pair->vf.master[0]) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_NOT_PAIRED, pair->pci,
					     "%s has not taken %s, although both have one address",
					     pair->above.name, pair->vf.name);
		show(finding, &pair->vf, "master", "missing");
		show_number(finding, &pair->above, "mtu", pair->above.mtu);
	}
}

/* --- links ---------------------------------------------------------------------------------- */

static bool is_below(const struct iovctl_pair *pair)
{
	return pair->above.name[0] && !strcmp(pair->vf.master, pair->above.name);
}

static void check_up(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	const struct iovctl_interface *down = NULL;
	enum iovctl_code code = IOVCTL_CODE_GUEST_MASTER_DOWN;
	struct iovctl_finding *finding;

	if (pair->above.name[0] && !pair->above.up) {
		down = &pair->above;
	} else if (pair->vf.name[0] && !pair->vf.up) {
		down = &pair->vf;
		code = IOVCTL_CODE_GUEST_VF_DOWN;
	}
	if (!down)
		return;
	finding = iovctl_finding_add(findings, code, pair->pci, "the interface %s is down",
				     down->name);
	show(finding, down, "flags", "not up");
	SET(finding->remedy, "ip link set %s up", QUOTE(down->name));
}

/* What the PF has told is the cause, and a second reason for the effect would be too much. */
static void check_carrier(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	if (pair->vf.name[0] && pair->vf.up && !pair->vf.carrier && !pair->told.name[0]) {
		finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_VF_NO_CARRIER, pair->pci,
					     "%s has no link", pair->vf.name);
		show(finding, &pair->vf, "carrier", "0");
	}
	if (!pair->standby.master[0] || !pair->above.up ||
	    (pair->standby.up && pair->standby.carrier))
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_STANDBY_DOWN, pair->pci,
				     "the standby %s %s", pair->standby.name,
				     pair->standby.up ? "has no link" : "is down");
	show(finding, &pair->standby, pair->standby.up ? "carrier" : "flags",
	     pair->standby.up ? "0" : "not up");
	if (!pair->standby.up)
		SET(finding->remedy, "ip link set %s up", QUOTE(pair->standby.name));
}

static void check_mtu(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	const struct iovctl_interface *other = NULL;
	struct iovctl_finding *finding;

	if (is_below(pair) && pair->vf.mtu != pair->above.mtu)
		other = &pair->vf;
	else if (pair->standby.master[0] && pair->standby.mtu != pair->above.mtu)
		other = &pair->standby;
	if (!other)
		return;
	finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_OTHER_MTU, pair->pci,
				     "%s and %s do not have the same MTU: %d and %d", other->name,
				     pair->above.name, other->mtu, pair->above.mtu);
	show_number(finding, other, "mtu", other->mtu);
	show_number(finding, &pair->above, "mtu", pair->above.mtu);
	SET(finding->remedy, "ip link set %s mtu %d", QUOTE(other->name), pair->above.mtu);
}

/* --- what the PF has told the VF ------------------------------------------------------------ */

static bool names_place(const char *remedy)
{
	return strstr(remedy, "on the host") || strstr(remedy, "in the guest") ||
	       !strncmp(remedy, "none needed", strlen("none needed"));
}

/* What the PF tells is the host's matter, unless the remedy says where it is carried out. */
static void check_told(const struct iovctl_pair *pair, struct iovctl_findings *findings)
{
	const struct iovctl_told *told = &pair->told;
	struct iovctl_finding *finding;
	char command[IOVCTL_TEXT];

	if (!told->name[0] || iovctl_finding_has(findings, told->name, pair->pci) ||
	    (!strcmp(told->name, "GUEST_VF_DOWN") &&
	     iovctl_finding_has(findings, "GUEST_MASTER_DOWN", pair->pci)))
		return;
	finding = iovctl_finding_new(findings, told->name, iovctl_told_effect(told), pair->pci);
	SET(finding->text, "%s", told->text);
	SET(finding->remedy, "%s%s", names_place(told->remedy) ? "" : "on the host: ",
	    told->remedy);
	iovctl_told_remedy(told, "on the host: ", "NIC", finding->remedy);
	SET(command, "ethtool -i %s, firmware-version", QUOTE(pair->vf.name));
	iovctl_finding_evidence(finding, command, pair->firmware);
}

/* --- all ------------------------------------------------------------------------------------ */

/**
 * iovctl_pair_path - the way that the packets of a guest take
 * @pair: VF and standby
 *
 * Return: the path.
 */
enum iovctl_pair_path iovctl_pair_path(const struct iovctl_pair *pair)
{
	const bool up = !pair->above.name[0] || pair->above.up;

	if (up && pair->vf.name[0] && pair->vf.up && pair->vf.carrier &&
	    (is_below(pair) || !pair->standby.master[0]) &&
	    strcmp(pair->told.severity, "blocking"))
		return IOVCTL_PATH_VF;
	if (pair->above.up && pair->standby.master[0] && pair->standby.up && pair->standby.carrier)
		return IOVCTL_PATH_SOFTWARE;
	return IOVCTL_PATH_NONE;
}

/**
 * iovctl_pair_path_name - the name of a path
 * @path: the path
 *
 * Return: vf, software or none.
 */
const char *iovctl_pair_path_name(enum iovctl_pair_path path)
{
	static const char *const names[] = { "vf", "software", "none" };

	return names[path];
}

static void check_all(const struct iovctl_pair *pair, const struct iovctl_host_facts *host,
		      struct iovctl_findings *findings)
{
	if (!pair->driver[0]) {
		iovctl_host_signature(host, pair->pci, pair->module, &pair->signature, findings);
		check_missing_driver(pair, findings);
	} else {
		check_driver(pair, findings);
		check_legacy(pair, findings);
	}
	if (is_for_programs(pair->driver))
		return;
	check_standby(pair, findings);
	check_up(pair, findings);
	check_told(pair, findings);
	check_carrier(pair, findings);
	check_mtu(pair, findings);
}

/**
 * iovctl_pair_verdict - all that is in the way of a VF in a guest
 * @pair: VF and standby
 * @host: what is known of the guest's machine
 * @findings: reasons are added
 */
void iovctl_pair_verdict(const struct iovctl_pair *pair, const struct iovctl_host_facts *host,
			 struct iovctl_findings *findings)
{
	int first = findings->num;

	check_all(pair, host, findings);
	for (; first < findings->num; first++)
		findings->finding[first].level = IOVCTL_LEVEL_VF;
}

/**
 * iovctl_pairs_none - that a guest has no VF is the only reason
 * @findings: to which it is added
 */
void iovctl_pairs_none(struct iovctl_findings *findings)
{
	struct iovctl_finding *finding;

	finding = iovctl_finding_add(findings, IOVCTL_CODE_GUEST_NO_VF, "",
				     "no VF was passed to this machine");
	iovctl_finding_evidence(finding, "/sys/bus/pci/devices",
				"no VF, or only VFs of a PF of this machine");
}
