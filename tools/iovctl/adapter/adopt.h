/* SPDX-License-Identifier: GPL-2.0-only */
/* Which driver has a function: iovnic's, or the kernel's own. */
#ifndef IOVCTL_ADOPT_H
#define IOVCTL_ADOPT_H

#include <stdbool.h>
#include <stdio.h>

#include "host/host_facts.h"
#include "reason/fact.h"
#include "reason/refusal.h"
#include "virtfn/pf_use.h"

/* The first line of each rule that iovctl may replace or remove begins like this. */
#define IOVCTL_ADOPT_MARK	"# Written by iovctl adapter adopt"

/**
 * struct iovctl_adopt - a function that gets another driver
 * @pci: PCI address
 * @netdev: its interface, or empty
 * @vendor: number, as 0x8086
 * @device: number
 * @driver: that it has; or empty
 * @override: the only driver that may bind it now; or empty
 * @module: iovnic's module for it; empty if it is for none
 * @has_module: the running kernel has this module
 * @other_kernel: the kernel that the module is for, if it is not the running one
 * @host: what is known of the machine
 * @signature: of @module, unless it is loaded
 * @original: the kernel's own driver for it; or empty
 * @rule: content of the rule that adopts it; NULL if there is none
 * @path: of the rule
 * @use: what uses its VFs
 * @created: VFs that it has
 * @login: address of the connection over which the user is logged in, if it uses @netdev; or empty
 * @release: it gets the kernel's own driver
 * @force: the user knows that the connection may be lost, and that VFs are
 * @may: the program has the rights
 */
struct iovctl_adopt {
	char pci[IOVCTL_NAME];
	char netdev[IOVCTL_NAME];
	char vendor[IOVCTL_NAME];
	char device[IOVCTL_NAME];
	char driver[IOVCTL_NAME];
	char override[IOVCTL_NAME];
	const char *module;
	enum iovctl_answer has_module;
	char other_kernel[IOVCTL_NAME];
	struct iovctl_host_facts host;
	struct iovctl_signature signature;
	char original[IOVCTL_NAME];
	char *rule;
	char path[IOVCTL_TEXT];
	struct iovctl_pf_use use;
	int created;
	char login[IOVCTL_NAME];
	bool release;
	bool force;
	bool may;
};

/* The driver that the function gets */
static inline const char *iovctl_adopt_driver(const struct iovctl_adopt *adopt)
{
	return adopt->release ? adopt->original : adopt->module;
}

int iovctl_adopt_inspect(struct iovctl_adopt *adopt, const char *pci, char *why);
void iovctl_adopt_check(const struct iovctl_adopt *adopt, struct iovctl_refusals *refusals);
void iovctl_adopt_rule(const struct iovctl_adopt *adopt, FILE *to);
const char *iovctl_adopt_module(const char *vendor, const char *device);
void iovctl_adopt_original(const char *modules, char original[IOVCTL_NAME]);

struct iovctl_options;
int iovctl_adapter_adopt(const struct iovctl_options *options, int argc, char **argv);
int iovctl_adapter_release(const struct iovctl_options *options, int argc, char **argv);

#endif
