// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rates and events from two snapshots. No input, no output:
 * tests/unit/test_iovctl_monitor.c has the cases.
 */
#include <stdio.h>
#include <string.h>

#include "monitor/monitor_change.h"
#include "virtfn/vf_report.h"

static const struct iovctl_view *find_view(const struct iovctl_snapshot *snapshot,
					   const char *pci)
{
	int i;

	for (i = 0; i < snapshot->num_views; i++)
		if (!strcmp(snapshot->view[i].vf.pci, pci))
			return &snapshot->view[i];
	return NULL;
}

/* --- rates ---------------------------------------------------------------------------------- */

/* A counter that goes back is one of another VF. */
static bool rate(const struct iovctl_view *old, const struct iovctl_view *now,
		 enum iovctl_counter counter, unsigned int ms, unsigned long long *a_second)
{
	const unsigned long long before = old->stats.value[counter];
	const unsigned long long after = now->stats.value[counter];

	*a_second = 0;
	if (!old->stats.known[counter] || !now->stats.known[counter] || after < before)
		return false;
	*a_second = (after - before) * 1000 / ms;
	return true;
}

/**
 * iovctl_monitor_rates - traffic of a VF since a snapshot
 * @old: snapshot
 * @view: the VF now
 * @ms: time between the two
 * @rates: is filled
 */
void iovctl_monitor_rates(const struct iovctl_snapshot *old, const struct iovctl_view *view,
			  unsigned int ms, struct iovctl_rates *rates)
{
	const struct iovctl_view *before = find_view(old, view->vf.pci);
	unsigned long long more;

	memset(rates, 0, sizeof(*rates));
	if (!before || !ms)
		return;
	rates->known = rate(before, view, IOVCTL_RX_BYTES, ms, &rates->rx_bits) &&
		       rate(before, view, IOVCTL_TX_BYTES, ms, &rates->tx_bits) &&
		       rate(before, view, IOVCTL_RX_PACKETS, ms, &rates->rx_packets) &&
		       rate(before, view, IOVCTL_TX_PACKETS, ms, &rates->tx_packets);
	rates->rx_bits *= 8;
	rates->tx_bits *= 8;
	/* Not each driver counts them. */
	rate(before, view, IOVCTL_RX_DROPPED, ms, &rates->dropped);
	rate(before, view, IOVCTL_TX_DROPPED, ms, &more);
	rates->dropped += more;
}

/**
 * iovctl_monitor_number - a number in five letters or less
 * @number: number
 * @text: is filled
 *
 * Return: @text.
 */
const char *iovctl_monitor_number(unsigned long long number, char text[IOVCTL_NAME])
{
	static const char units[] = " kMGTPE";
	double value = number;
	size_t unit = 0;

	while (value >= 999.5 && units[unit + 1]) {
		value /= 1000;
		unit++;
	}
	if (!unit)
		snprintf(text, IOVCTL_NAME, "%llu", number);
	else
		snprintf(text, IOVCTL_NAME, "%.*f%c", value < 9.995 ? 2 : value < 99.95 ? 1 : 0,
			 value, units[unit]);
	return text;
}

/* --- VFs ------------------------------------------------------------------------------------ */

/* A process in a network namespace stands for it, and may be another one each time. */
static bool is_same_holder(const struct iovctl_holder *a, const struct iovctl_holder *b)
{
	return a->held == b->held && !strcmp(a->name, b->name) && !strcmp(a->netns, b->netns) &&
	       (a->netns[0] || a->pid == b->pid);
}

static void compare_view(const struct iovctl_view *old, const struct iovctl_view *now,
			 struct iovctl_events *events)
{
	char name[IOVCTL_NAME], before[IOVCTL_TEXT], after[IOVCTL_TEXT];

	iovctl_vf_name(&now->vf, name);
	if (old->mailbox.known && now->mailbox.known &&
	    strcmp(old->mailbox.path, now->mailbox.path))
		iovctl_event_add(events, "path", name, "path is %s, was %s", now->mailbox.path,
				 old->mailbox.path);
	if (is_same_holder(&old->vf.holder, &now->vf.holder))
		return;
	iovctl_vf_holder(&old->vf, before);
	iovctl_vf_holder(&now->vf, after);
	iovctl_event_add(events, "holder", name, "in use by %.100s, was %.100s", after, before);
}

static void compare_views(const struct iovctl_snapshot *old, const struct iovctl_snapshot *now,
			  struct iovctl_events *events)
{
	const struct iovctl_view *before;
	int i;

	for (i = 0; i < now->num_views; i++) {
		before = find_view(old, now->view[i].vf.pci);
		if (before)
			compare_view(before, &now->view[i], events);
	}
}

/* --- adapters ------------------------------------------------------------------------------- */

static const struct iovctl_adapter *find_adapter(const struct iovctl_snapshot *snapshot,
						 const char *pci)
{
	int i;

	for (i = 0; i < snapshot->num_adapters; i++)
		if (!strcmp(snapshot->adapter[i].pci, pci))
			return &snapshot->adapter[i];
	return NULL;
}

static void compare_adapters(const struct iovctl_snapshot *old,
			     const struct iovctl_snapshot *now, struct iovctl_events *events)
{
	const struct iovctl_adapter *before, *after;
	int i;

	for (i = 0; i < now->num_adapters; i++) {
		after = &now->adapter[i];
		before = find_adapter(old, after->pci);
		if (!before)
			iovctl_event_add(events, "vfs", after->pci, "the adapter is new");
		else if (before->slot.created != after->slot.created)
			iovctl_event_add(events, "vfs", after->pci, "%d VFs, were %d",
					 after->slot.created, before->slot.created);
	}
	for (i = 0; i < old->num_adapters; i++)
		if (!find_adapter(now, old->adapter[i].pci))
			iovctl_event_add(events, "vfs", old->adapter[i].pci,
					 "the adapter is gone");
}

/* --- reasons -------------------------------------------------------------------------------- */

static void compare_reasons(const struct iovctl_findings *old, const struct iovctl_findings *now,
			    struct iovctl_events *events)
{
	int i;

	for (i = 0; i < now->num; i++) {
		const struct iovctl_finding *finding = &now->finding[i];

		if (!iovctl_finding_has(old, finding->name, finding->object))
			iovctl_event_add(events, "reason", finding->object, "%s: %.180s",
					 finding->name, finding->text);
	}
	for (i = 0; i < old->num; i++) {
		const struct iovctl_finding *finding = &old->finding[i];

		if (!iovctl_finding_has(now, finding->name, finding->object))
			iovctl_event_add(events, "reason_over", finding->object, "%s is over",
					 finding->name);
	}
}

/**
 * iovctl_monitor_changes - what has happened between two snapshots
 * @old: the earlier one
 * @now: the later one
 * @events: are added
 */
void iovctl_monitor_changes(const struct iovctl_snapshot *old, const struct iovctl_snapshot *now,
			    struct iovctl_events *events)
{
	compare_adapters(old, now, events);
	compare_views(old, now, events);
	compare_reasons(&old->findings, &now->findings, events);
}
