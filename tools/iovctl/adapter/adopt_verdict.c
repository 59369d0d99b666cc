// SPDX-License-Identifier: GPL-2.0-only
/*
 * What forbids to give a function another driver, and the rule that does it at
 * each boot. No input, no output: tests/unit/test_iovctl_adopt.c has the cases.
 */
#include <string.h>

#include "adapter/adopt.h"
#include "host/host_verdict.h"
#include "system/modules.h"

#define OURS	"iovnic_"

static const char *name_of(const struct iovctl_adopt *adopt)
{
	return adopt->netdev[0] ? adopt->netdev : adopt->pci;
}

/**
 * iovctl_adopt_module - iovnic's module for a device
 * @vendor: number, as sysfs has it
 * @device: number
 *
 * Return: name, or NULL if there is none.
 */
const char *iovctl_adopt_module(const char *vendor, const char *device)
{
	if (iovctl_ids_are_82576(vendor, device))
		return IOVCTL_PF_MODULE;
	return !strcmp(vendor, "0x8086") && !strcmp(device, "0x10ca") ? "iovnic_vf" : NULL;
}

/**
 * iovctl_adopt_original - the kernel's own driver of a device
 * @modules: list of the modules for it
 * @original: gets the first one that is not iovnic's; or is empty
 */
void iovctl_adopt_original(const char *modules, char original[IOVCTL_NAME])
{
	static const char between[] = ", ";

	original[0] = '\0';
	for (modules += strspn(modules, between); *modules; modules += strspn(modules, between)) {
		const size_t length = strcspn(modules, between);

		if (strncmp(modules, OURS, strlen(OURS))) {
			snprintf(original, IOVCTL_NAME, "%.*s", (int)length, modules);
			return;
		}
		modules += length;
	}
}

static void check_module(const struct iovctl_adopt *adopt, struct iovctl_refusals *refusals)
{
	if (adopt->release || adopt->has_module != IOVCTL_NO)
		return;
	if (adopt->other_kernel[0])
		iovctl_refuse(refusals, IOVCTL_BUILD,
			      "the running kernel has no %s, but %s has", adopt->module,
			      adopt->other_kernel);
	else
		iovctl_refuse(refusals, IOVCTL_BUILD, "the running kernel has no %s",
			      adopt->module);
}

/* modprobe would only say that the kernel has rejected a key. */
static void check_signature(const struct iovctl_adopt *adopt, struct iovctl_refusals *refusals)
{
	static struct iovctl_findings findings;
	const struct iovctl_finding *finding = findings.finding;

	findings.num = 0;
	if (!adopt->release && iovctl_host_signature(&adopt->host, adopt->pci, adopt->module,
						     &adopt->signature, &findings))
		iovctl_refuse(refusals, finding->remedy, "%s", finding->text);
}

static void check_use(const struct iovctl_adopt *adopt, struct iovctl_refusals *refusals)
{
	if (iovctl_driver_gives_away(adopt->driver))
		iovctl_refuse(refusals, "give it back first: driver_override, unbind",
			      "%s gives %s to a program or guest", adopt->driver, adopt->pci);
	if (adopt->force)
		return;
	if (adopt->created)
		iovctl_pf_use_verdict(&adopt->use, name_of(adopt),
				      "all VFs are removed with their driver, and some", refusals);
	if (adopt->login[0])
		iovctl_refuse(refusals,
			      "log in over another one; or add the word force: without a link in time the present driver returns",
			      "you are logged in over %s (%s)", adopt->netdev, adopt->login);
}

/**
 * iovctl_adopt_check - what forbids to give a function another driver
 * @adopt: function, and which driver
 * @refusals: all reasons are added
 */
void iovctl_adopt_check(const struct iovctl_adopt *adopt, struct iovctl_refusals *refusals)
{
	if (!adopt->module) {
		iovctl_refuse(refusals, "iovctl adapter shows the adapters of this machine",
			      "iovnic has no driver for %s (%s:%s)", adopt->pci, adopt->vendor,
			      adopt->device);
		return;
	}
	check_module(adopt, refusals);
	check_signature(adopt, refusals);
	if (strcmp(adopt->driver, iovctl_adopt_driver(adopt)))
		check_use(adopt, refusals);
	if (adopt->rule && strncmp(adopt->rule, IOVCTL_ADOPT_MARK, strlen(IOVCTL_ADOPT_MARK)))
		iovctl_refuse(refusals, "remove the file, or give it another name",
			      "%s was not written by iovctl", adopt->path);
	if (!adopt->may)
		iovctl_refuse(refusals, "run iovctl as root, on the machine itself",
			      "only root may change the driver");
}

/**
 * iovctl_adopt_rule - the rule of udev that adopts a function at each boot
 * @adopt: function
 * @to: where it is written
 *
 * The driver is named before udev loads the kernel's own one for the same event.
 * That one has the function already if the initramfs has loaded it. modprobe is
 * called by name, because then no "blacklist" of iovnic's modules applies.
 */
void iovctl_adopt_rule(const struct iovctl_adopt *adopt, FILE *to)
{
	fprintf(to,
		IOVCTL_ADOPT_MARK " for %s; removed by: iovctl adapter release %s\n"
		"ACTION!=\"add\", GOTO=\"iovctl_end\"\n"
		"SUBSYSTEM!=\"pci\", GOTO=\"iovctl_end\"\n"
		"KERNEL!=\"%s\", GOTO=\"iovctl_end\"\n"
		"ATTR{vendor}!=\"%s\", GOTO=\"iovctl_end\"\n"
		"ATTR{device}!=\"%s\", GOTO=\"iovctl_end\"\n"
		"ATTR{driver_override}=\"%s\"\n"
		"DRIVER==\"?*\", DRIVER!=\"%s\", RUN+=\"/bin/sh -c 'echo %s >/sys$devpath/driver/unbind'\"\n"
		"RUN+=\"/sbin/modprobe %s\"\n"
		"RUN+=\"/bin/sh -c 'echo %s >/sys/bus/pci/drivers_probe'\"\n"
		"LABEL=\"iovctl_end\"\n",
		adopt->pci, adopt->pci, adopt->pci, adopt->vendor, adopt->device, adopt->module,
		adopt->module, adopt->pci, adopt->module, adopt->pci);
}
