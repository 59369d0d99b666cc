// SPDX-License-Identifier: GPL-2.0-only
/* What a bug report about SR-IOV needs. Nothing is written, and no device is asked directly. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/capture.h"
#include "bundle/bundle.h"
#include "system/devlink.h"
#include "system/ethtool.h"
#include "system/files.h"
#include "system/kmsg.h"
#include "system/sysfs.h"
#include "virtfn/vf.h"

#define PCI	"/sys/bus/pci/devices"
#define VALUE	65536	/* bytes of a file of sysfs or procfs; the rest is cut */
#define SIZE(array)	((int)(sizeof(array) / sizeof((array)[0])))

/* --- commands ------------------------------------------------------------------------------- */

static void add_command(struct iovctl_bundle *bundle, const char *words, const char *name)
{
	const struct iovctl_options options = {
		.json = strcmp(words, "metrics"), .pretty = true,
	};
	struct iovctl_capture capture;
	int err = iovctl_capture(&capture, &options, words);

	if (err)
		iovctl_bundle_miss(bundle, "iovctl %s: %s", words, strerror(-err));
	else if (capture.status < 0)
		iovctl_bundle_miss(bundle, "iovctl %s: it did not end in time", words);
	else if (capture.status == IOVCTL_USAGE)
		iovctl_bundle_miss(bundle, "iovctl %s: refused", words);
	if (capture.text && capture.size)
		iovctl_bundle_add(bundle, name, capture.text);
	free(capture.text);
}

static void add_commands(struct iovctl_bundle *bundle)
{
	static const char *const commands[][2] = {
		{ "host", "host.json" }, { "adapter", "adapter.json" },
		{ "switch show", "switch.json" }, { "vm list", "vm.json" },
		{ "doctor for host", "doctor-host.json" },
		{ "doctor for dpdk", "doctor-dpdk.json" },
		{ "doctor for migration", "doctor-migration.json" },
		{ "doctor for guest", "doctor-guest.json" },
		{ "metrics", "metrics.txt" },
	};
	int i;

	for (i = 0; i < SIZE(commands); i++)
		add_command(bundle, commands[i][0], commands[i][1]);
}

/* --- files ---------------------------------------------------------------------------------- */

/* A file that does not exist says as much as one that does, and so does one without a value. */
static bool has_no_value(int err)
{
	return err == -ENOENT || err == -EINVAL || err == -EOPNOTSUPP || err == -ENOTDIR;
}

static void add_file(struct iovctl_bundle *bundle, const char *path)
{
	static char text[VALUE];
	int length = iovctl_read(text, sizeof(text) - 1, "%s", path);

	if (length < 0 && !has_no_value(length))
		iovctl_bundle_miss(bundle, "%s: %s", path, strerror(-length));
	if (length < 0)
		return;
	text[length] = '\n';
	text[length + 1] = '\0';
	iovctl_bundle_add(bundle, path + 1, text);
}

static void add_files(struct iovctl_bundle *bundle, const char *folder, const char *const *names,
		      int num)
{
	char path[IOVCTL_TEXT];
	int i;

	for (i = 0; i < num; i++) {
		SET(path, "%s/%s", folder, names[i]);
		add_file(bundle, path);
	}
}

static void add_link(struct iovctl_bundle *bundle, const char *folder, const char *name)
{
	char path[IOVCTL_TEXT], target[IOVCTL_TEXT];

	SET(path, "%s/%s", folder, name);
	if (iovctl_read_link(target, sizeof(target), "%s", path) < 0)
		return;
	SET(path, "%s/%s.link", folder + 1, name);
	iovctl_bundle_add(bundle, path, target);
}

/* --- boot parameters may have passwords ------------------------------------------------------- */

static void add_without_secrets(struct iovctl_bundle *bundle, const char *name, const char *text)
{
	char *hidden = iovctl_mask_secrets(text);

	if (hidden)
		iovctl_bundle_add(bundle, name, hidden);
	free(hidden);
}

static void add_command_line(struct iovctl_bundle *bundle)
{
	static char text[VALUE];

	if (iovctl_read(text, sizeof(text), "/proc/cmdline") >= 0)
		add_without_secrets(bundle, "proc/cmdline", text);
}

static void add_kernel_log(struct iovctl_bundle *bundle)
{
	static const char *const words[] = {
		"iovnic", "igb", "ixgbe", "iavf", "i40e", "ice 0000:", "mlx5", "bnxt", "vfio", "pci",
		"DMAR", "iommu", "AMD-Vi", "AER:", "net_failover", "Command line",
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int err;

	if (!out)
		return;
	err = iovctl_kmsg_print(out, words, SIZE(words));
	fclose(out);
	if (err)
		iovctl_bundle_miss(bundle, "/dev/kmsg: %s", strerror(-err));
	if (text && size)
		add_without_secrets(bundle, "kernel-log.txt", text);
	free(text);
}

/* --- modules -------------------------------------------------------------------------------- */

static void print_module(FILE *out, const char *name)
{
	static const char *const files[] = { "version", "srcversion", "taint", "refcnt" };
	char value[IOVCTL_NAME];
	int i;

	/* What is built in has parameters only. */
	if (!iovctl_exists("/sys/module/%s/initstate", name))
		return;
	fprintf(out, "%s", name);
	for (i = 0; i < SIZE(files); i++)
		if (iovctl_read(value, sizeof(value), "/sys/module/%s/%s", name, files[i]) > 0)
			fprintf(out, " %s=%s", files[i], value);
	fputc('\n', out);
}

static void add_modules(struct iovctl_bundle *bundle)
{
	struct dirent **entries;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int i, num;

	if (!out)
		return;
	num = iovctl_list(&entries, "/sys/module");
	for (i = 0; i < num; i++)
		print_module(out, entries[i]->d_name);
	iovctl_list_free(entries, num);
	fclose(out);
	if (text)
		iovctl_bundle_add(bundle, "modules.txt", text);
	free(text);
}

/* --- interfaces ----------------------------------------------------------------------------- */

static void add_ethtool(struct iovctl_bundle *bundle, const char *netdev)
{
	struct iovctl_driver_info info;
	char name[IOVCTL_TEXT], *text = NULL;
	size_t size;
	FILE *out;

	if (!iovctl_ethtool_driver(netdev, &info))
		return;
	out = open_memstream(&text, &size);
	if (!out)
		return;
	fprintf(out, "driver: %s\nversion: %s\nfirmware-version: %s\n", info.driver, info.version,
		info.firmware);
	iovctl_ethtool_print_stats(netdev, out);
	fclose(out);
	SET(name, "ethtool/%s.txt", netdev);
	if (text)
		iovctl_bundle_add(bundle, name, text);
	free(text);
}

static void add_interface(struct iovctl_bundle *bundle, const char *netdev)
{
	static const char *const names[] = {
		"address", "addr_assign_type", "carrier", "carrier_changes", "duplex", "flags",
		"ifindex", "mtu", "operstate", "phys_port_name", "phys_switch_id", "speed",
		"statistics/rx_bytes", "statistics/rx_dropped", "statistics/rx_errors",
		"statistics/rx_packets", "statistics/tx_bytes", "statistics/tx_dropped",
		"statistics/tx_errors", "statistics/tx_packets", "uevent",
	};
	char folder[IOVCTL_TEXT];

	if (!netdev[0])
		return;
	SET(folder, "/sys/class/net/%s", netdev);
	add_files(bundle, folder, names, SIZE(names));
	add_link(bundle, folder, "master");
	add_ethtool(bundle, netdev);
}

/* --- adapters ------------------------------------------------------------------------------- */

static void add_function(struct iovctl_bundle *bundle, const char *pci)
{
	static const char *const names[] = {
		"ari_enabled", "class", "current_link_speed", "current_link_width", "device",
		"driver_override", "enable", "irq", "local_cpulist", "max_link_speed",
		"max_link_width", "modalias", "msi_bus", "numa_node", "power_state", "reset_method",
		"resource", "revision", "sriov_drivers_autoprobe", "sriov_numvfs", "sriov_offset",
		"sriov_stride", "sriov_totalvfs", "sriov_vf_device", "subsystem_device",
		"subsystem_vendor", "uevent", "vendor", "aer_dev_correctable", "aer_dev_fatal",
		"aer_dev_nonfatal",
	};
	char folder[IOVCTL_TEXT], netdev[IOVCTL_NAME];

	SET(folder, PCI "/%s", pci);
	add_files(bundle, folder, names, SIZE(names));
	add_link(bundle, folder, "driver");
	add_link(bundle, folder, "iommu_group");
	if (iovctl_sysfs_netdev(pci, netdev))
		add_interface(bundle, netdev);
}

/* It has the serial number, which cannot be replaced there. */
static void add_config(struct iovctl_bundle *bundle, const char *pci)
{
	char path[IOVCTL_TEXT], bytes[4096 + 1];
	int length;

	if (bundle->masked)
		return;
	length = iovctl_read(bytes, sizeof(bytes), PCI "/%s/config", pci);
	SET(path, "sys/bus/pci/devices/%s/config", pci);
	if (length > 0)
		iovctl_bundle_add_bytes(bundle, path, bytes, length);
}

static void add_diagnosis(struct iovctl_bundle *bundle, const char *pci, const char *reporter)
{
	const int how = JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_PRETTY |
			JSON_C_TO_STRING_SPACED;
	char name[IOVCTL_TEXT], why[IOVCTL_TEXT];
	struct json_object *found;

	found = iovctl_devlink_diagnose(pci, reporter, why);
	if (!found) {
		iovctl_bundle_miss(bundle, "devlink health diagnose pci/%s reporter %s: %s", pci,
				   reporter, why);
		return;
	}
	SET(name, "devlink/%s/%s.json", pci, reporter);
	iovctl_bundle_add(bundle, name, json_object_to_json_string_ext(found, how));
	json_object_put(found);
}

static void add_adapter(struct iovctl_bundle *bundle, const char *pci)
{
	char name[IOVCTL_NAME], vf_pci[IOVCTL_NAME];
	int vf, num = iovctl_sysfs_int(pci, "sriov_numvfs");

	add_function(bundle, pci);
	add_config(bundle, pci);
	for (vf = 0; vf < num; vf++) {
		SET(name, "virtfn%d", vf);
		if (iovctl_sysfs_link(pci, name, vf_pci))
			add_function(bundle, vf_pci);
	}
	if (iovctl_is_copy())
		return;
	add_diagnosis(bundle, pci, "sriov");
	add_diagnosis(bundle, pci, "mailbox");
}

static void add_adapters(struct iovctl_bundle *bundle)
{
	static struct iovctl_adapters adapters;
	int i;

	iovctl_sysfs_adapters(&adapters);
	for (i = 0; i < adapters.num; i++)
		add_adapter(bundle, adapters.pci[i]);
}

/* --- all ------------------------------------------------------------------------------------ */

/* Names and numbers that have no form */
static void know(struct iovctl_bundle *bundle)
{
	static const char *const serials[] = {
		"product_serial", "board_serial", "chassis_serial", "product_asset_tag",
	};
	char value[IOVCTL_NAME];
	int i;

	if (iovctl_read(value, sizeof(value), "/proc/sys/kernel/hostname") > 0)
		iovctl_mask_know(&bundle->mask, IOVCTL_SECRET_HOST, value);
	for (i = 0; i < SIZE(serials); i++)
		if (iovctl_read(value, sizeof(value), "/sys/class/dmi/id/%s", serials[i]) > 0)
			iovctl_mask_know(&bundle->mask, IOVCTL_SECRET_SERIAL, value);
}

/**
 * iovctl_bundle_collect - collect everything
 * @bundle: report, to which files are added
 */
void iovctl_bundle_collect(struct iovctl_bundle *bundle)
{
	static const char *const files[] = {
		"/proc/version", "/proc/modules", "/proc/interrupts", "/proc/meminfo", "/proc/iomem",
		"/proc/sys/kernel/tainted", "/sys/class/dmi/id/board_name",
		"/sys/class/dmi/id/board_vendor", "/sys/class/dmi/id/bios_version",
		"/sys/class/dmi/id/product_name", "/sys/kernel/security/lockdown", "/etc/os-release",
	};
	int i;

	know(bundle);
	add_commands(bundle);
	add_command_line(bundle);
	for (i = 0; i < SIZE(files); i++)
		add_file(bundle, files[i]);
	add_modules(bundle);
	add_adapters(bundle);
	add_kernel_log(bundle);
}
