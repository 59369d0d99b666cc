// SPDX-License-Identifier: GPL-2.0-only
/* Samples as a screen, as lines, or as JSON; events as lines or as JSON. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/color.h"
#include "base/json.h"
#include "monitor/monitor_print.h"
#include "virtfn/vf_report.h"

#define TIME	sizeof("00:00:00")
#define STAMP	sizeof("0000-00-00T00:00:00Z")

static const char *clock_of(time_t when, char text[TIME])
{
	strftime(text, TIME, "%H:%M:%S", localtime(&when));
	return text;
}

static const char *stamp_of(time_t when, char text[STAMP])
{
	strftime(text, STAMP, "%Y-%m-%dT%H:%M:%SZ", gmtime(&when));
	return text;
}

/* --- lines ---------------------------------------------------------------------------------- */

static void print_adapter(FILE *out, const struct iovctl_adapter *adapter,
			  enum iovctl_effect state)
{
	fprintf(out, "%s %s  %s  %s", adapter->netdev[0] ? adapter->netdev : "-", adapter->pci,
		adapter->driver[0] ? adapter->driver : "no driver",
		!adapter->up ? "down" : adapter->carrier ? "up" : "no link");
	if (adapter->speed)
		fprintf(out, " %d Mbit/s", adapter->speed);
	fprintf(out, "  VFs %d of %d", adapter->slot.created, adapter->slot.allowed);
	if (adapter->used >= 0)
		fprintf(out, ", %d used", adapter->used);
	if (adapter->active >= 0)
		fprintf(out, ", %d active", adapter->active);
	if (adapter->queue_pairs >= 0)
		fprintf(out, "  queue pairs %d of %d", adapter->queue_pairs_used,
			adapter->queue_pairs);
	fprintf(out, "  %s%s%s\n", iovctl_color(state), iovctl_state_name(state),
		iovctl_color_end());
}

static void print_mailbox(FILE *out, const struct iovctl_mailbox *mailbox)
{
	char text[IOVCTL_NAME] = "-";

	if (mailbox->known)
		SET(text, "ok");
	if (mailbox->malformed)
		SET(text, "malformed %llu", mailbox->malformed);
	if (mailbox->throttled)
		SET(text, "throttled %llu", mailbox->throttled);
	if (mailbox->spoof_events)
		SET(text, "spoof %llu", mailbox->spoof_events);
	if (mailbox->held)
		SET(text, "held");
	if (mailbox->quarantined)
		SET(text, "quarantine");
	fprintf(out, "  %-14s", text);
}

static void print_rates(FILE *out, const struct iovctl_rates *rates)
{
	const unsigned long long values[] = {
		rates->rx_bits, rates->rx_packets, rates->tx_bits, rates->tx_packets,
		rates->dropped,
	};
	char text[IOVCTL_NAME];
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		fprintf(out, " %7s", rates->known ? iovctl_monitor_number(values[i], text) : "-");
}

static void print_view(FILE *out, const struct iovctl_frame *frame,
		       const struct iovctl_view *view)
{
	char name[IOVCTL_NAME], holder[IOVCTL_TEXT];
	struct iovctl_rates rates;

	fprintf(out, "%-10s %s  %-8s", iovctl_vf_name(&view->vf, name), view->vf.pci,
		view->mailbox.known ? view->mailbox.path : "-");
	iovctl_monitor_rates(frame->old, view, frame->ms, &rates);
	print_rates(out, &rates);
	print_mailbox(out, &view->mailbox);
	fprintf(out, "  %s\n", iovctl_vf_holder(&view->vf, holder));
}

static void print_views(FILE *out, const struct iovctl_frame *frame)
{
	int i;

	if (frame->now->num_views)
		fprintf(out, "%-10s %-12s  %-8s %7s %7s %7s %7s %7s  %-14s  %s\n", "NIC", "PCI",
			"PATH", "RX b/s", "pkt/s", "TX b/s", "pkt/s", "drop/s", "MAILBOX", "HOLDER");
	for (i = 0; i < frame->now->num_views; i++)
		print_view(out, frame, &frame->now->view[i]);
}

/**
 * iovctl_monitor_print_lines - a sample as lines
 * @out: where to
 * @frame: sample
 */
void iovctl_monitor_print_lines(FILE *out, const struct iovctl_frame *frame)
{
	char text[TIME];
	int i;

	fprintf(out, "%s\n", clock_of(time(NULL), text));
	for (i = 0; i < frame->now->num_adapters; i++)
		print_adapter(out, &frame->now->adapter[i], frame->now->state[i]);
	print_views(out, frame);
	fflush(out);
}

/* --- a screen ------------------------------------------------------------------------------- */

static void print_reasons(FILE *out, const struct iovctl_findings *findings)
{
	int i;

	fputs(findings->num ? "\nREASONS\n" : "\nno reasons\n", out);
	for (i = 0; i < findings->num; i++) {
		const struct iovctl_finding *finding = &findings->finding[i];

		fprintf(out, "%s%s%s (%s): %s%s%s\n", iovctl_color(finding->effect), finding->name,
			iovctl_color_end(), iovctl_effect_name(finding->effect), finding->object,
			finding->object[0] ? ": " : "", finding->text);
	}
}

static void print_events(FILE *out, const struct iovctl_events *events)
{
	unsigned long long kept = events->total < IOVCTL_EVENTS ? events->total : IOVCTL_EVENTS, i;

	fputs(kept ? "\nEVENTS, the last one first\n" : "", out);
	for (i = 1; i <= kept; i++)
		iovctl_monitor_print_event(out, &events->event[(events->total - i) % IOVCTL_EVENTS],
					   false);
}

/* No more lines than there are, and none that is too long; colours have no width. */
static void print_clipped(FILE *out, const char *text, int rows, int columns)
{
	int column = 0;

	for (; *text && rows > 1; text++) {
		if (*text == '\n') {
			fputs("\033[K\n", out);
			column = 0;
			rows--;
		} else if (*text == '\033') {
			size_t length = strcspn(text, "m");

			fwrite(text, 1, length, out);
			text += length;
			fputc('m', out);
		} else if (column++ < columns) {
			fputc(*text, out);
		}
	}
}

/**
 * iovctl_monitor_print_screen - a sample on a terminal, over the one before
 * @out: where to
 * @frame: sample
 * @rows: of the terminal
 * @columns: of the terminal
 */
void iovctl_monitor_print_screen(FILE *out, const struct iovctl_frame *frame, int rows,
				 int columns)
{
	char *text = NULL;
	size_t size;
	FILE *whole = open_memstream(&text, &size);

	if (!whole)
		return;
	iovctl_monitor_print_lines(whole, frame);
	print_reasons(whole, &frame->now->findings);
	print_events(whole, frame->events);
	fclose(whole);
	fputs("\033[H", out);
	print_clipped(out, text ?: "", rows, columns);
	fputs("\033[J", out);
	fflush(out);
	free(text);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static struct json_object *new_line(const char *type, time_t when)
{
	struct json_object *object = json_object_new_object();
	char stamp[STAMP];

	set_text(object, "type", type);
	set_text(object, "time", stamp_of(when, stamp));
	return object;
}

static void print_object(FILE *out, struct json_object *object)
{
	const int how = JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_PLAIN;

	fprintf(out, "%s\n", json_object_to_json_string_ext(object, how));
	fflush(out);
	json_object_put(object);
}

static void set_count(struct json_object *object, const char *name, unsigned long long value)
{
	json_object_object_add(object, name, json_object_new_int64(value));
}

static struct json_object *adapter_to_json(const struct iovctl_adapter *adapter,
					   enum iovctl_effect state)
{
	struct json_object *object = json_object_new_object();

	set_text(object, "pci", adapter->pci);
	if (adapter->netdev[0])
		set_text(object, "interface", adapter->netdev);
	set_text(object, "state", iovctl_state_name(state));
	set_flag(object, "up", adapter->up);
	set_flag(object, "carrier", adapter->carrier);
	set_int(object, "vfs_created", adapter->slot.created);
	if (adapter->used >= 0)
		set_int(object, "vfs_used", adapter->used);
	if (adapter->active >= 0)
		set_int(object, "vfs_active", adapter->active);
	return object;
}

static void add_rates(struct json_object *object, const struct iovctl_rates *rates)
{
	if (!rates->known)
		return;
	set_count(object, "rx_bits_per_second", rates->rx_bits);
	set_count(object, "tx_bits_per_second", rates->tx_bits);
	set_count(object, "rx_packets_per_second", rates->rx_packets);
	set_count(object, "tx_packets_per_second", rates->tx_packets);
	set_count(object, "dropped_per_second", rates->dropped);
}

static void add_mailbox(struct json_object *object, const struct iovctl_mailbox *mailbox)
{
	struct json_object *inner;

	if (!mailbox->known)
		return;
	set_text(object, "path", mailbox->path);
	inner = json_object_new_object();
	set_text(inner, "session", mailbox->session);
	set_flag(inner, "quarantine", mailbox->quarantined);
	set_flag(inner, "held", mailbox->held);
	set_count(inner, "messages", mailbox->messages);
	set_count(inner, "malformed", mailbox->malformed);
	set_count(inner, "throttled", mailbox->throttled);
	set_count(inner, "resets", mailbox->resets);
	set_count(inner, "spoof_events", mailbox->spoof_events);
	json_object_object_add(object, "mailbox", inner);
}

static struct json_object *view_to_json(const struct iovctl_frame *frame,
					const struct iovctl_view *view)
{
	struct json_object *object = json_object_new_object(), *counters;
	struct iovctl_rates rates;
	char name[IOVCTL_NAME];
	int i;

	set_text(object, "nic", iovctl_vf_name(&view->vf, name));
	set_text(object, "pci", view->vf.pci);
	set_text(object, "used", view->vf.holder.held == IOVCTL_MAYBE ? "unknown" :
		 view->vf.holder.held == IOVCTL_YES ? "yes" : "no");
	add_mailbox(object, &view->mailbox);
	iovctl_monitor_rates(frame->old, view, frame->ms, &rates);
	add_rates(object, &rates);
	counters = json_object_new_object();
	for (i = 0; i < IOVCTL_COUNTERS; i++)
		if (view->stats.known[i])
			set_count(counters, iovctl_counter_name(i), view->stats.value[i]);
	json_object_object_add(object, "counters", counters);
	return object;
}

/**
 * iovctl_monitor_print_json - a sample as a line of JSON
 * @out: where to
 * @frame: sample
 */
void iovctl_monitor_print_json(FILE *out, const struct iovctl_frame *frame)
{
	struct json_object *object = new_line("sample", time(NULL)), *array;
	int i;

	array = json_object_new_array();
	for (i = 0; i < frame->now->num_adapters; i++)
		json_object_array_add(array, adapter_to_json(&frame->now->adapter[i],
							     frame->now->state[i]));
	json_object_object_add(object, "adapters", array);
	array = json_object_new_array();
	for (i = 0; i < frame->now->num_views; i++)
		json_object_array_add(array, view_to_json(frame, &frame->now->view[i]));
	json_object_object_add(object, "vfs", array);
	array = json_object_new_array();
	for (i = 0; i < frame->now->findings.num; i++) {
		const char *name = frame->now->findings.finding[i].name;

		json_object_array_add(array, json_object_new_string(name));
	}
	json_object_object_add(object, "reasons", array);
	print_object(out, object);
}

/**
 * iovctl_monitor_print_event - an event, in a line
 * @out: where to
 * @event: event
 * @json: as an object
 */
void iovctl_monitor_print_event(FILE *out, const struct iovctl_event *event, bool json)
{
	struct json_object *object;
	char text[TIME];

	if (!json) {
		fprintf(out, "%s  %s%s%s\n", clock_of(event->when, text), event->object,
			event->object[0] ? ": " : "", event->text);
		fflush(out);
		return;
	}
	object = new_line("event", event->when);
	set_text(object, "event", event->kind);
	if (event->object[0])
		set_text(object, "object", event->object);
	set_text(object, "text", event->text);
	print_object(out, object);
}
