// SPDX-License-Identifier: GPL-2.0-only
/* iovctl switch: bridges that have an SR-IOV adapter as uplink. The words, and what show prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter/adapter_verdict.h"
#include "base/color.h"
#include "base/json.h"
#include "host/host_verdict.h"
#include "iovctl.h"
#include "reason/report.h"
#include "switch/switch_change.h"
#include "switch/switch_facts.h"
#include "system/netif.h"
#include "system/sysfs.h"

const char iovctl_switch_usage[] =
	"Usage: iovctl [ OPTIONS ] switch create NAME uplink PF [ vfs N ] [ mtu N ] [ force ]\n"
	"       iovctl [ OPTIONS ] switch [ show [ NAME ] ]\n"
	"       iovctl [ OPTIONS ] switch delete NAME [ force ]\n"
	"where  PF := { interface | PCI address }\n";

/**
 * struct shown - bridges, their adapters, and the machine they are in
 * @host: the machine
 * @num_adapters: number of @adapter
 * @adapter: all adapters
 * @num: number of @bridge
 * @bridge: the bridges
 * @state: what their reasons amount to, with those of adapters and machine
 * @findings: reasons of all of them
 */
struct shown {
	struct iovctl_host_facts host;
	int num_adapters;
	struct iovctl_adapter adapter[IOVCTL_ADAPTERS];
	int num;
	struct iovctl_switch bridge[IOVCTL_ADAPTERS];
	enum iovctl_effect state[IOVCTL_ADAPTERS];
	struct iovctl_findings findings;
};

/* --- text ------------------------------------------------------------------------------------- */

static void print_uplink(const struct iovctl_adapter *adapter)
{
	printf("    uplink       %s %s, %s", adapter->pci, adapter->netdev,
	       !adapter->up ? "down" : adapter->carrier ? "up" : "no link");
	if (adapter->speed)
		printf(", %d Mbit/s", adapter->speed);
	printf(", driver %s\n", adapter->driver[0] ? adapter->driver : "none");
}

static void print_used(int used)
{
	if (used >= 0)
		printf(", %d in use\n", used);
	else
		printf(", in use: unknown\n");
}

static void print_ports(const struct iovctl_switch *bridge)
{
	const char *before = "";
	int i;

	printf("    ports        ");
	for (i = 0; i < bridge->num_ports; i++) {
		const struct iovctl_switch_port *port = &bridge->port[i];

		if (!strcmp(port->kind, "uplink"))
			continue;
		printf("%s%s%s%s%s%s", before, port->name, port->kind[0] ? " (" : "", port->kind,
		       port->kind[0] ? ")" : "", port->up ? "" : " down");
		before = ", ";
	}
	printf("%s\n", before[0] ? "" : "none");
}

static void print_numbers(const struct iovctl_switch *bridge)
{
	printf("    VFs          %d allowed, %d created", bridge->allowed, bridge->created);
	print_used(bridge->used);
	if (bridge->queue_pairs < 0)
		return;
	printf("    queue pairs  %d", bridge->queue_pairs);
	print_used(bridge->queue_pairs_used);
}

static void print_bridge(const struct shown *shown, int i)
{
	const struct iovctl_switch *bridge = &shown->bridge[i];
	int n;

	printf("%s: %s%s%s\n", bridge->name, iovctl_color(shown->state[i]),
	       iovctl_state_name(shown->state[i]), iovctl_color_end());
	printf("    kind         %s, %s, MTU %d\n", bridge->kind, bridge->up ? "up" : "down",
	       bridge->mtu);
	printf("    SR-IOV mode  %s\n", bridge->created ? "on" : "off");
	for (n = 0; n < shown->num_adapters; n++)
		if (iovctl_switch_has(bridge, &shown->adapter[n]))
			print_uplink(&shown->adapter[n]);
	if (bridge->num_uplinks)
		print_numbers(bridge);
	print_ports(bridge);
	iovctl_report_print(&shown->findings, bridge->name);
	for (n = 0; n < shown->num_adapters; n++)
		if (iovctl_switch_has(bridge, &shown->adapter[n]))
			iovctl_report_print(&shown->findings, shown->adapter[n].pci);
}

static void print_text(const struct shown *shown)
{
	int i;

	for (i = 0; i < shown->num; i++)
		print_bridge(shown, i);
	iovctl_report_print(&shown->findings, "");
}

/* --- JSON: what is not known is missing ------------------------------------------------------- */

static struct json_object *uplinks_to_json(const struct shown *shown, int i)
{
	struct json_object *array = json_object_new_array(), *object;
	int n;

	for (n = 0; n < shown->num_adapters; n++) {
		const struct iovctl_adapter *adapter = &shown->adapter[n];

		if (!iovctl_switch_has(&shown->bridge[i], adapter))
			continue;
		object = json_object_new_object();
		set_text(object, "pci", adapter->pci);
		add_text(object, "interface", adapter->netdev);
		add_text(object, "driver", adapter->driver);
		set_flag(object, "up", adapter->up);
		set_flag(object, "carrier", adapter->carrier);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *ports_to_json(const struct iovctl_switch *bridge)
{
	struct json_object *array = json_object_new_array(), *object;
	int i;

	for (i = 0; i < bridge->num_ports; i++) {
		object = json_object_new_object();
		set_text(object, "name", bridge->port[i].name);
		add_text(object, "kind", bridge->port[i].kind);
		set_flag(object, "up", bridge->port[i].up);
		set_int(object, "mtu", bridge->port[i].mtu);
		json_object_array_add(array, object);
	}
	return array;
}

static void add_numbers(struct json_object *object, const struct iovctl_switch *bridge)
{
	struct json_object *inner = json_object_new_object();

	if (!bridge->num_uplinks) {
		json_object_put(inner);
		return;
	}
	set_int(inner, "allowed", bridge->allowed);
	set_int(inner, "created", bridge->created);
	add_known(inner, "used", bridge->used);
	json_object_object_add(object, "vfs", inner);
	if (bridge->queue_pairs < 0)
		return;
	inner = json_object_new_object();
	set_int(inner, "total", bridge->queue_pairs);
	add_known(inner, "used", bridge->queue_pairs_used);
	json_object_object_add(object, "queue_pairs", inner);
}

static struct json_object *reasons_to_json(const struct shown *shown, int i)
{
	struct json_object *reasons = json_object_new_array();
	int n;

	iovctl_report_json(&shown->findings, shown->bridge[i].name, reasons);
	for (n = 0; n < shown->num_adapters; n++)
		if (iovctl_switch_has(&shown->bridge[i], &shown->adapter[n]))
			iovctl_report_json(&shown->findings, shown->adapter[n].pci, reasons);
	iovctl_report_json(&shown->findings, "", reasons);
	return reasons;
}

static struct json_object *to_json(const struct shown *shown, int i)
{
	const struct iovctl_switch *bridge = &shown->bridge[i];
	struct json_object *object = json_object_new_object();

	set_text(object, "name", bridge->name);
	add_text(object, "kind", bridge->kind);
	set_text(object, "state", iovctl_state_name(shown->state[i]));
	set_flag(object, "sriov", bridge->created);
	set_flag(object, "up", bridge->up);
	set_int(object, "mtu", bridge->mtu);
	json_object_object_add(object, "uplinks", uplinks_to_json(shown, i));
	add_numbers(object, bridge);
	json_object_object_add(object, "ports", ports_to_json(bridge));
	json_object_object_add(object, "reasons", reasons_to_json(shown, i));
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

/* --- show ------------------------------------------------------------------------------------- */

static void add_bridge(struct shown *shown, const char *name)
{
	int i;

	for (i = 0; i < shown->num; i++)
		if (!strcmp(shown->bridge[i].name, name))
			return;
	iovctl_switch_inspect(&shown->bridge[shown->num++], name);
}

static void inspect_adapters(struct shown *shown)
{
	struct iovctl_adapters found;
	int i;

	iovctl_host_inspect(&shown->host);
	iovctl_sysfs_adapters(&found);
	iovctl_host_verdict(&shown->host, found.num, &shown->findings);
	shown->num_adapters = found.num;
	for (i = 0; i < found.num; i++)
		iovctl_adapter_inspect(&shown->adapter[i], found.pci[i], shown->host.kernel);
}

static void raise(enum iovctl_effect *state, enum iovctl_effect effect)
{
	if (effect > *state)
		*state = effect;
}

/* The reasons of adapters and machine are those that iovctl adapter tells. */
static void judge(struct shown *shown, int i)
{
	const enum iovctl_answer iommu = shown->host.fact[IOVCTL_ASK_IOMMU].answer;
	struct iovctl_switch *bridge = &shown->bridge[i];
	int n;

	shown->state[i] = iovctl_finding_worst(&shown->findings, "");
	for (n = 0; n < shown->num_adapters; n++) {
		if (!iovctl_switch_has(bridge, &shown->adapter[n]))
			continue;
		iovctl_switch_add_uplink(bridge, &shown->adapter[n]);
		raise(&shown->state[i],
		      iovctl_adapter_verdict(&shown->adapter[n], iommu, &shown->findings));
	}
	iovctl_switch_verdict(bridge, &shown->findings);
	raise(&shown->state[i], iovctl_finding_worst(&shown->findings, bridge->name));
}

static void choose(struct shown *shown, const char *name)
{
	int i;

	if (name) {
		add_bridge(shown, name);
		return;
	}
	for (i = 0; i < shown->num_adapters; i++)
		if (iovctl_netif_is_switch(shown->adapter[i].switch_kind))
			add_bridge(shown, shown->adapter[i].switch_name);
	if (!shown->num)
		iovctl_finding_add(&shown->findings, IOVCTL_CODE_NO_SWITCH, "",
				   "no bridge has an SR-IOV adapter as a port");
}

static int status_of(const struct shown *shown)
{
	enum iovctl_effect worst = iovctl_finding_worst(&shown->findings, "");
	int i;

	for (i = 0; i < shown->num; i++)
		raise(&worst, shown->state[i]);
	return iovctl_state_status(worst);
}

static int show(const struct iovctl_options *options, const char *name)
{
	static struct shown shown;
	int i;

	if (name && !iovctl_switch_exists(name)) {
		fprintf(stderr, "iovctl switch: there is no %s\n", name);
		return IOVCTL_USAGE;
	}
	inspect_adapters(&shown);
	choose(&shown, name);
	if (name && !iovctl_netif_is_switch(shown.bridge[0].kind)) {
		fprintf(stderr, "iovctl switch: %s is not a bridge\n", name);
		return IOVCTL_USAGE;
	}
	for (i = 0; i < shown.num; i++)
		judge(&shown, i);
	if (options->json)
		print_json(options, &shown);
	else
		print_text(&shown);
	return status_of(&shown);
}

/* --- the words -------------------------------------------------------------------------------- */

static int misuse(const char *what, const char *word)
{
	fprintf(stderr, "iovctl switch: %s%s%s\n", what, word ? " " : "", word ?: "");
	fputs(iovctl_switch_usage, stderr);
	return IOVCTL_USAGE;
}

static bool is_number(const char *word, int *number)
{
	char *end;
	long value = strtol(word, &end, 10);

	*number = value;
	return word[0] >= '0' && word[0] <= '9' && !*end && value <= 65535;
}

/* Names are followed by a value. */
static int parse_create(struct iovctl_switch_words *words, int argc, char **argv)
{
	int i;

	words->vfs = -1;
	for (i = 0; i < argc; i++) {
		const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(name, "force")) {
			words->force = true;
			continue;
		}
		if (!strcmp(name, "uplink"))
			words->uplink = value[0] ? value : NULL;
		else if (strcmp(name, "vfs") && strcmp(name, "mtu"))
			return misuse("there is no", name);
		else if (!is_number(value, name[0] == 'v' ? &words->vfs : &words->mtu))
			return misuse("a number must follow", name);
		i++;
	}
	return words->uplink ? 0 : misuse("the uplink is missing", NULL);
}

static int create(const struct iovctl_options *options, int argc, char **argv)
{
	struct iovctl_switch_words words = { .name = argv[0] };
	int err = parse_create(&words, argc - 1, argv + 1);

	return err ?: iovctl_switch_create(options, &words);
}

static int delete(const struct iovctl_options *options, int argc, char **argv)
{
	struct iovctl_switch_words words = { .name = argv[0] };

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "force")))
		return misuse("there is no", argv[argc - 1]);
	words.force = argc == 2;
	return iovctl_switch_delete(options, &words);
}

/**
 * iovctl_switch - bridges that have an SR-IOV adapter as uplink
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_switch(const struct iovctl_options *options, int argc, char **argv)
{
	const char *command = argc ? argv[0] : "show";

	if (!strcmp(command, "show") && argc > 2)
		return misuse("too many words:", argv[2]);
	if (!strcmp(command, "show"))
		return show(options, argc == 2 ? argv[1] : NULL);
	if (!strcmp(command, "create") && argc > 1)
		return create(options, argc - 1, argv + 1);
	if (!strcmp(command, "delete") && argc > 1)
		return delete(options, argc - 1, argv + 1);
	if (!strcmp(command, "set") || !strcmp(command, "add"))
		return misuse("a bridge gets SR-IOV mode when it is created, and iovctl does not convert it: create another one",
			      NULL);
	return misuse("unknown or incomplete command:", command);
}
