// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics as text that is valid OpenMetrics and, for the textfile collector of
 * node_exporter, valid in the older format of Prometheus. It only prints:
 * tests/unit/test_iovctl_metrics.c has the cases.
 *
 * sriov_vf_* have the names of sriov-network-metrics-exporter. Counters of
 * OpenMetrics have to end in _total, so these have no type. The types "info"
 * and "stateset" are not used, because the older format does not know them.
 */
#include <string.h>

#include "monitor/metrics_text.h"

#define SIZE(array)	((int)(sizeof(array) / sizeof((array)[0])))

static void print_value(FILE *out, const char *value)
{
	fputc('"', out);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '"' || *value == '\\')
			fprintf(out, "\\%c", *value);
		else
			fputc(*value, out);
	}
	fputc('"', out);
}

/* ",NAME=VALUE"; labels of a sample are in the order of these calls. */
static void print_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, ",%s=", name);
	print_value(out, value);
}

/* Samples of counters have another name than their family. */
static void begin_family(FILE *out, const char *name, const char *type, const char *help)
{
	if (type)
		fprintf(out, "# TYPE %s %s\n", name, type);
	fprintf(out, "# HELP %s %s\n", name, help);
}

/* --- VFs ------------------------------------------------------------------------------------ */

static void print_vf_labels(FILE *out, const struct iovctl_view *view)
{
	fprintf(out, "{pf=");
	print_value(out, view->vf.pf);
	fprintf(out, ",vf=\"%d\"", view->vf.number);
	print_label(out, "pciAddr", view->vf.pci);
	print_label(out, "numa_node", view->numa_node);
}

static void print_counter(FILE *out, const struct iovctl_snapshot *snapshot,
			  enum iovctl_counter counter)
{
	static const char *const helps[IOVCTL_COUNTERS] = {
		"Bytes that the VF has received.", "Bytes that the VF has sent.",
		"Packets that the VF has received.", "Packets that the VF has sent.",
		"Packets for the VF that were dropped.", "Packets of the VF that were dropped.",
		"Broadcast packets that the VF has received.",
		"Multicast packets that the VF has received.",
	};
	char name[IOVCTL_NAME];
	int i;

	SET(name, "sriov_vf_%s", iovctl_counter_name(counter));
	begin_family(out, name, NULL, helps[counter]);
	for (i = 0; i < snapshot->num_views; i++) {
		const struct iovctl_view *view = &snapshot->view[i];

		if (!view->stats.known[counter])
			continue;
		fputs(name, out);
		print_vf_labels(out, view);
		fprintf(out, "} %llu\n", view->stats.value[counter]);
	}
}

static void print_vf_info(FILE *out, const struct iovctl_snapshot *snapshot)
{
	int i;

	begin_family(out, "iovctl_vf_info", "gauge", "A VF, its driver and who holds it; always 1.");
	for (i = 0; i < snapshot->num_views; i++) {
		const struct iovctl_vf *vf = &snapshot->view[i].vf;

		fputs("iovctl_vf_info", out);
		print_vf_labels(out, &snapshot->view[i]);
		print_label(out, "driver", vf->driver);
		print_label(out, "guest", vf->holder.name);
		print_label(out, "netns", vf->holder.netns);
		fputs("} 1\n", out);
	}
	begin_family(out, "iovctl_vf_used", "gauge", "Whether the VF is in use.");
	for (i = 0; i < snapshot->num_views; i++) {
		const struct iovctl_view *view = &snapshot->view[i];

		if (view->vf.holder.held == IOVCTL_MAYBE)
			continue;
		fputs("iovctl_vf_used", out);
		print_vf_labels(out, view);
		fprintf(out, "} %d\n", view->vf.holder.held == IOVCTL_YES);
	}
}

static void print_paths(FILE *out, const struct iovctl_snapshot *snapshot)
{
	static const char *const paths[] = { "vf", "software" };
	int i, path;

	begin_family(out, "iovctl_vf_path", "gauge",
		     "Which way packets for the VF's address take: 1 for one of vf and software.");
	for (i = 0; i < snapshot->num_views; i++) {
		const struct iovctl_view *view = &snapshot->view[i];

		for (path = 0; view->mailbox.known && path < SIZE(paths); path++) {
			fputs("iovctl_vf_path", out);
			print_vf_labels(out, view);
			print_label(out, "path", paths[path]);
			fprintf(out, "} %d\n", !strcmp(view->mailbox.path, paths[path]));
		}
	}
}

/* --- mailboxes ------------------------------------------------------------------------------ */

static unsigned long long messages(const struct iovctl_mailbox *mailbox)
{
	return mailbox->messages;
}

static unsigned long long malformed(const struct iovctl_mailbox *mailbox)
{
	return mailbox->malformed;
}

static unsigned long long throttled(const struct iovctl_mailbox *mailbox)
{
	return mailbox->throttled;
}

static unsigned long long resets(const struct iovctl_mailbox *mailbox)
{
	return mailbox->resets;
}

static unsigned long long spoof_events(const struct iovctl_mailbox *mailbox)
{
	return mailbox->spoof_events;
}

static unsigned long long quarantine(const struct iovctl_mailbox *mailbox)
{
	return mailbox->quarantined;
}

static unsigned long long held(const struct iovctl_mailbox *mailbox)
{
	return mailbox->held;
}

static unsigned long long queue_pairs(const struct iovctl_mailbox *mailbox)
{
	return mailbox->queue_pairs;
}

static void print_mailboxes(FILE *out, const struct iovctl_snapshot *snapshot)
{
	static const struct {
		const char *name;
		const char *type;
		const char *help;
		unsigned long long (*value)(const struct iovctl_mailbox *mailbox);
	} families[] = {
		{ "iovctl_vf_queue_pairs", "gauge", "Queue pairs that the VF has.", queue_pairs },
		{ "iovctl_vf_quarantine", "gauge", "Whether the VF is in quarantine.", quarantine },
		{ "iovctl_vf_mailbox_held", "gauge", "Whether the VF holds its mailbox.", held },
		{ "iovctl_vf_mailbox_messages", "counter", "Messages of the VF.", messages },
		{ "iovctl_vf_mailbox_malformed", "counter", "Malformed messages of the VF.",
		  malformed },
		{ "iovctl_vf_mailbox_throttled", "counter",
		  "Messages of the VF that were refused because there were too many.", throttled },
		{ "iovctl_vf_resets", "counter", "Resets of the VF.", resets },
		{ "iovctl_vf_spoof_events", "counter",
		  "Times that the VF sent from addresses or in VLANs that are not its own.",
		  spoof_events },
	};
	int i, family;

	for (family = 0; family < SIZE(families); family++) {
		begin_family(out, families[family].name, families[family].type,
			     families[family].help);
		for (i = 0; i < snapshot->num_views; i++) {
			const struct iovctl_view *view = &snapshot->view[i];

			if (!view->mailbox.known)
				continue;
			fprintf(out, "%s%s", families[family].name,
				strcmp(families[family].type, "counter") ? "" : "_total");
			print_vf_labels(out, view);
			fprintf(out, "} %llu\n", families[family].value(&view->mailbox));
		}
	}
}

/* --- adapters ------------------------------------------------------------------------------- */

static void print_pf_labels(FILE *out, const struct iovctl_adapter *adapter)
{
	fputs("{pf=", out);
	print_value(out, adapter->netdev);
	print_label(out, "pciAddr", adapter->pci);
}

static void print_pf_info(FILE *out, const struct iovctl_snapshot *snapshot)
{
	int i;

	begin_family(out, "iovctl_pf_info", "gauge", "An adapter and its state; always 1.");
	for (i = 0; i < snapshot->num_adapters; i++) {
		const struct iovctl_adapter *adapter = &snapshot->adapter[i];

		fputs("iovctl_pf_info", out);
		print_pf_labels(out, adapter);
		print_label(out, "driver", adapter->driver);
		print_label(out, "vendor", adapter->vendor);
		print_label(out, "device", adapter->device);
		print_label(out, "switch", adapter->switch_name);
		print_label(out, "state", iovctl_state_name(snapshot->state[i]));
		fputs("} 1\n", out);
	}
}

static void print_pf_numbers(FILE *out, const struct iovctl_snapshot *snapshot)
{
	enum { TOTAL, ALLOWED, CREATED, USED, ACTIVE, PAIRS, PAIRS_USED, NUMBERS };
	static const char *const texts[NUMBERS][2] = {
		{ "iovctl_pf_vfs_in_device", "VFs of the device." },
		{ "iovctl_pf_vfs_allowed", "VFs that the driver allows." },
		{ "iovctl_pf_vfs_created", "VFs that there are." },
		{ "iovctl_pf_vfs_used", "VFs that are in use." },
		{ "iovctl_pf_vfs_active", "VFs that have their data path." },
		{ "iovctl_pf_queue_pairs", "Queue pairs of the device." },
		{ "iovctl_pf_queue_pairs_used", "Queue pairs that are in use." },
	};
	int i, number;

	for (number = 0; number < NUMBERS; number++) {
		begin_family(out, texts[number][0], "gauge", texts[number][1]);
		for (i = 0; i < snapshot->num_adapters; i++) {
			const struct iovctl_adapter *adapter = &snapshot->adapter[i];
			const int values[NUMBERS] = {
				adapter->total, adapter->slot.allowed, adapter->slot.created,
				adapter->used, adapter->active, adapter->queue_pairs,
				adapter->queue_pairs_used,
			};

			if (values[number] < 0)
				continue;
			fputs(texts[number][0], out);
			print_pf_labels(out, adapter);
			fprintf(out, "} %d\n", values[number]);
		}
	}
}

/* --- reasons -------------------------------------------------------------------------------- */

static void print_reasons(FILE *out, const struct iovctl_snapshot *snapshot)
{
	int i;

	begin_family(out, "iovctl_reason", "gauge",
		     "Why SR-IOV does not work, or not well: 1 for each reason.");
	for (i = 0; i < snapshot->findings.num; i++) {
		const struct iovctl_finding *finding = &snapshot->findings.finding[i];

		fputs("iovctl_reason{name=", out);
		print_value(out, finding->name);
		print_label(out, "level", iovctl_level_name(finding->level));
		print_label(out, "severity", iovctl_effect_name(finding->effect));
		print_label(out, "object", finding->object);
		fputs("} 1\n", out);
	}
}

/**
 * iovctl_metrics_print - a snapshot as metrics
 * @out: where to
 * @snapshot: adapters, VFs and reasons
 */
void iovctl_metrics_print(FILE *out, const struct iovctl_snapshot *snapshot)
{
	int counter;

	for (counter = 0; counter < IOVCTL_COUNTERS; counter++)
		print_counter(out, snapshot, counter);
	print_vf_info(out, snapshot);
	print_paths(out, snapshot);
	print_mailboxes(out, snapshot);
	print_pf_info(out, snapshot);
	print_pf_numbers(out, snapshot);
	print_reasons(out, snapshot);
	fputs("# EOF\n", out);
}
