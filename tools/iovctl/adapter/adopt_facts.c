// SPDX-License-Identifier: GPL-2.0-only
/* A function that gets another driver, from sysfs and from the kernel's lists of modules. */
#include <fcntl.h>
#include <string.h>

#include "adapter/adopt.h"
#include "system/files.h"
#include "system/login.h"
#include "system/modules.h"
#include "system/sysfs.h"

#define PCI	"/sys/bus/pci/devices"
#define RULE	"/etc/udev/rules.d/81-iovctl-adopt-%s.rules"
#define NONE	"(null)"	/* what sysfs shows without driver_override */

static void read_identity(struct iovctl_adopt *adopt)
{
	const char *pci = adopt->pci;

	iovctl_read(adopt->vendor, sizeof(adopt->vendor), PCI "/%s/vendor", pci);
	iovctl_read(adopt->device, sizeof(adopt->device), PCI "/%s/device", pci);
	iovctl_read(adopt->override, sizeof(adopt->override), PCI "/%s/driver_override", pci);
	if (!strcmp(adopt->override, NONE))
		adopt->override[0] = '\0';
	iovctl_sysfs_link(pci, "driver", adopt->driver);
	iovctl_sysfs_netdev(pci, adopt->netdev);
	adopt->created = iovctl_sysfs_int(pci, "sriov_numvfs");
	adopt->module = iovctl_adopt_module(adopt->vendor, adopt->device);
}

static void read_modules(struct iovctl_adopt *adopt)
{
	char modalias[IOVCTL_TEXT], modules[IOVCTL_TEXT], path[IOVCTL_TEXT];
	const char *kernel = adopt->host.kernel;

	iovctl_host_inspect(&adopt->host);
	if (!iovctl_exists("/sys/bus/pci/drivers/%s", adopt->module))
		iovctl_module_signature(kernel, adopt->module, &adopt->signature);
	adopt->has_module = iovctl_module_find(kernel, adopt->module, path, sizeof(path));
	iovctl_module_elsewhere(kernel, adopt->module, adopt->other_kernel);
	iovctl_read(modalias, sizeof(modalias), PCI "/%s/modalias", adopt->pci);
	iovctl_module_for(kernel, modalias, modules, sizeof(modules));
	iovctl_adopt_original(modules, adopt->original);
}

/**
 * iovctl_adopt_inspect - what is known of a function that is to get another driver
 * @adopt: is filled
 * @pci: PCI address
 * @why: what is in the way, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_adopt_inspect(struct iovctl_adopt *adopt, const char *pci, char *why)
{
	SET(adopt->pci, "%s", pci);
	SET(adopt->path, RULE, pci);
	read_identity(adopt);
	if (!adopt->module)
		return 0;
	read_modules(adopt);
	if (adopt->created)
		iovctl_pf_use_read(&adopt->use, pci);
	if (!iovctl_login_uses(adopt->netdev, adopt->login))
		adopt->login[0] = '\0';
	return iovctl_read_text(&adopt->rule, adopt->path, O_NOFOLLOW, why);
}
