// SPDX-License-Identifier: GPL-2.0-only
/* iovctl adapter: what adapters can do and have. What was asked for, and what is printed. */
#include <stdio.h>
#include <string.h>

#include "adapter/adapter_verdict.h"
#include "adapter/adopt.h"
#include "base/color.h"
#include "base/json.h"
#include "host/host_verdict.h"
#include "iovctl.h"
#include "reason/report.h"
#include "system/sysfs.h"

const char iovctl_adapter_usage[] =
	"Usage: iovctl [ OPTIONS ] adapter [ DEV ]\n"
	"       iovctl [ OPTIONS ] adapter { adopt | release } DEV [ force ] [ wait SECONDS ]\n"
	"where  DEV := { interface | PCI address }\n";

/**
 * struct shown - adapters, and the machine they are in
 * @host: the machine
 * @num: number of @adapter
 * @adapter: the adapters
 * @state: what their reasons amount to, with those of the machine
 * @findings: reasons of the machine and of the adapters
 */
struct shown {
	struct iovctl_host_facts host;
	int num;
	struct iovctl_adapter adapter[IOVCTL_ADAPTERS];
	enum iovctl_effect state[IOVCTL_ADAPTERS];
	struct iovctl_findings findings;
};

/* --- the words ------------------------------------------------------------------------------ */

static int choose(struct iovctl_adapters *adapters, const char *word)
{
	char why[IOVCTL_TEXT];

	adapters->num = 1;
	if (!iovctl_sysfs_find_pf(word, adapters->pci[0], why))
		return 0;
	fprintf(stderr, "iovctl adapter: %s\n", why);
	return IOVCTL_USAGE;
}

/* --- text ----------------------------------------------------------------------------------- */

static void print_vfs(const struct iovctl_adapter *adapter)
{
	if (!adapter->capable)
		return;
	printf("    VFs          ");
	if (adapter->total >= 0)
		printf("%d in the device, ", adapter->total);
	printf("%d allowed, %d created", adapter->slot.allowed, adapter->slot.created);
	if (adapter->used >= 0)
		printf(", %d in use", adapter->used);
	else
		printf(", in use: unknown");
	if (adapter->active >= 0)
		printf(", %d with the data path", adapter->active);
	printf("\n");
	if (adapter->queue_pairs < 0)
		return;
	printf("    queue pairs  %d", adapter->queue_pairs);
	if (adapter->queue_pairs_used >= 0)
		printf(", %d in use", adapter->queue_pairs_used);
	printf("\n");
}

static void print_interface(const struct iovctl_adapter *adapter)
{
	if (!adapter->netdev[0])
		return;
	printf("    link         %s", !adapter->up ? "down" : adapter->carrier ? "up" : "none");
	if (adapter->speed)
		printf(", %d Mbit/s", adapter->speed);
	printf(", MTU %d\n", adapter->mtu);
	printf("    switch       %s", adapter->switch_name[0] ? adapter->switch_name : "none");
	if (adapter->switch_kind[0])
		printf(" (%s)", adapter->switch_kind);
	if (adapter->eswitch[0])
		printf(", embedded switch: %s", adapter->eswitch);
	printf("\n");
}

static void print_adapter(const struct iovctl_adapter *adapter, enum iovctl_effect state)
{
	printf("%s%s%s: %s%s%s\n", adapter->pci, adapter->netdev[0] ? " " : "", adapter->netdev,
	       iovctl_color(state), iovctl_state_name(state), iovctl_color_end());
	printf("    driver       %s\n", adapter->driver[0] ? adapter->driver : "none");
	print_vfs(adapter);
	print_interface(adapter);
}

static void print_text(const struct shown *shown)
{
	int i;

	for (i = 0; i < shown->num; i++) {
		print_adapter(&shown->adapter[i], shown->state[i]);
		iovctl_report_print(&shown->findings, shown->adapter[i].pci);
	}
	iovctl_report_print(&shown->findings, "");
}

/* --- JSON: what is not known is missing ------------------------------------------------------- */

static struct json_object *vfs_to_json(const struct iovctl_adapter *adapter)
{
	struct json_object *object = json_object_new_object();

	add_known(object, "total", adapter->total);
	set_int(object, "allowed", adapter->slot.allowed);
	set_int(object, "created", adapter->slot.created);
	add_known(object, "used", adapter->used);
	add_known(object, "active", adapter->active);
	return object;
}

static struct json_object *interface_to_json(const struct iovctl_adapter *adapter)
{
	struct json_object *object = json_object_new_object();

	set_text(object, "name", adapter->netdev);
	set_flag(object, "up", adapter->up);
	set_flag(object, "carrier", adapter->carrier);
	if (adapter->speed)
		set_int(object, "speed", adapter->speed);
	set_int(object, "mtu", adapter->mtu);
	return object;
}

static void add_switch(struct json_object *object, const struct iovctl_adapter *adapter)
{
	struct json_object *inner;

	add_text(object, "eswitch", adapter->eswitch);
	if (!adapter->switch_name[0])
		return;
	inner = json_object_new_object();
	set_text(inner, "name", adapter->switch_name);
	add_text(inner, "kind", adapter->switch_kind);
	json_object_object_add(object, "switch", inner);
}

static void add_queue_pairs(struct json_object *object, const struct iovctl_adapter *adapter)
{
	struct json_object *inner;

	if (adapter->queue_pairs < 0)
		return;
	inner = json_object_new_object();
	set_int(inner, "total", adapter->queue_pairs);
	add_known(inner, "used", adapter->queue_pairs_used);
	json_object_object_add(object, "queue_pairs", inner);
}

static struct json_object *to_json(const struct shown *shown, int i)
{
	struct json_object *object = json_object_new_object(), *reasons = json_object_new_array();
	const struct iovctl_adapter *adapter = &shown->adapter[i];

	set_text(object, "pci", adapter->pci);
	set_text(object, "state", iovctl_state_name(shown->state[i]));
	set_text(object, "vendor", adapter->vendor);
	set_text(object, "device", adapter->device);
	add_text(object, "driver", adapter->driver);
	if (adapter->netdev[0])
		json_object_object_add(object, "interface", interface_to_json(adapter));
	if (adapter->capable)
		json_object_object_add(object, "vfs", vfs_to_json(adapter));
	add_queue_pairs(object, adapter);
	add_switch(object, adapter);
	iovctl_report_json(&shown->findings, adapter->pci, reasons);
	iovctl_report_json(&shown->findings, "", reasons);
	json_object_object_add(object, "reasons", reasons);
	return object;
}

static void print_json(const struct iovctl_options *options, const struct shown *shown)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < shown->num; i++)
		json_object_array_add(array, to_json(shown, i));
	iovctl_print_array(options, array);
}

/* --- the command ---------------------------------------------------------------------------- */

/* A function that was named is shown, even if it is no adapter. */
static void inspect(struct shown *shown, const struct iovctl_adapters *chosen)
{
	enum iovctl_answer iommu;
	int i;

	iovctl_host_inspect(&shown->host);
	iommu = shown->host.fact[IOVCTL_ASK_IOMMU].answer;
	iovctl_host_verdict(&shown->host, chosen->num, &shown->findings);
	shown->num = chosen->num;
	for (i = 0; i < chosen->num; i++) {
		iovctl_adapter_inspect(&shown->adapter[i], chosen->pci[i], shown->host.kernel);
		shown->state[i] = iovctl_adapter_verdict(&shown->adapter[i], iommu,
							 &shown->findings);
	}
}

static int status_of(const struct shown *shown)
{
	enum iovctl_effect worst = iovctl_finding_worst(&shown->findings, "");
	int i;

	for (i = 0; i < shown->num; i++)
		if (shown->state[i] > worst)
			worst = shown->state[i];
	return iovctl_state_status(worst);
}

/**
 * iovctl_adapter - what adapters can do and have
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_adapter(const struct iovctl_options *options, int argc, char **argv)
{
	static struct iovctl_adapters chosen;
	static struct shown shown;

	if (argc && !strcmp(argv[0], "adopt"))
		return iovctl_adapter_adopt(options, argc - 1, argv + 1);
	if (argc && !strcmp(argv[0], "release"))
		return iovctl_adapter_release(options, argc - 1, argv + 1);
	if (argc > 1) {
		fprintf(stderr, "iovctl adapter: too many words: %s\n", argv[1]);
		return IOVCTL_USAGE;
	}
	if (!argc)
		iovctl_sysfs_adapters(&chosen);
	else if (choose(&chosen, argv[0]))
		return IOVCTL_USAGE;
	inspect(&shown, &chosen);
	if (options->json)
		print_json(options, &shown);
	else
		print_text(&shown);
	return status_of(&shown);
}
