// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/monitor/monitor_change.c: rates and events from two snapshots. */
#include <string.h>

#include "tap.h"

#include "tools/iovctl/monitor/monitor_change.h"

#define PF	"0000:01:00.0"
#define VF	"0000:01:10.0"

/* A host with one adapter and one VF, at two times */
static struct {
	struct iovctl_adapter adapter;
	enum iovctl_effect state;
	struct iovctl_view view;
	struct iovctl_snapshot snapshot;
} host[2];

static struct iovctl_events events;

static void begin(void)
{
	int i;

	memset(host, 0, sizeof(host));
	memset(&events, 0, sizeof(events));
	for (i = 0; i < 2; i++) {
		host[i].snapshot.adapter = &host[i].adapter;
		host[i].snapshot.state = &host[i].state;
		host[i].snapshot.view = &host[i].view;
		host[i].snapshot.num_adapters = 1;
		host[i].snapshot.num_views = 1;
		strcpy(host[i].adapter.pci, PF);
		strcpy(host[i].view.vf.pf, "pf0");
		strcpy(host[i].view.vf.pci, VF);
		host[i].view.vf.holder.held = IOVCTL_NO;
	}
}

static void count(int i, unsigned long long value)
{
	int counter;

	for (counter = 0; counter < IOVCTL_COUNTERS; counter++) {
		host[i].view.stats.known[counter] = true;
		host[i].view.stats.value[counter] = value * (counter + 1);
	}
}

static struct iovctl_rates rates(unsigned int ms)
{
	struct iovctl_rates found;

	iovctl_monitor_rates(&host[0].snapshot, &host[1].view, ms, &found);
	return found;
}

static bool happened(const char *kind, const char *object, const char *text)
{
	struct iovctl_event *event;

	memset(&events, 0, sizeof(events));
	iovctl_monitor_changes(&host[0].snapshot, &host[1].snapshot, &events);
	event = &events.event[0];
	if (events.total != 1 || strcmp(event->kind, kind) || strcmp(event->object, object) ||
	    strcmp(event->text, text))
		printf("# %llu events: %s %s %s\n", events.total, event->kind, event->object,
		       event->text);
	return events.total == 1 && !strcmp(event->kind, kind) && !strcmp(event->object, object) &&
	       !strcmp(event->text, text);
}

static void traffic(void)
{
	begin();
	CHECK(!rates(1000).known);
	count(0, 1000);
	count(1, 3000);
	CHECK(rates(2000).known);
	CHECK_EQ(rates(2000).rx_bits, 8000);
	CHECK_EQ(rates(2000).tx_bits, 16000);
	CHECK_EQ(rates(2000).rx_packets, 3000);
	CHECK_EQ(rates(2000).tx_packets, 4000);
	CHECK_EQ(rates(2000).dropped, 5000 + 6000);
	CHECK(!rates(0).known);
	/* The counters of a new VF begin at 0. */
	count(1, 1);
	CHECK(!rates(1000).known);
	CHECK_EQ(rates(1000).dropped, 0);
	/* No VF was there before. */
	count(1, 3000);
	host[0].snapshot.num_views = 0;
	CHECK(!rates(1000).known);
}

static void changes_of_a_vf(void)
{
	begin();
	iovctl_monitor_changes(&host[0].snapshot, &host[1].snapshot, &events);
	CHECK_EQ(events.total, 0);
	host[0].view.mailbox.known = true;
	strcpy(host[0].view.mailbox.path, "vf");
	host[1].view.mailbox = host[0].view.mailbox;
	strcpy(host[1].view.mailbox.path, "software");
	CHECK(happened("path", "pf0:0", "path is software, was vf"));
	begin();
	host[1].view.vf.holder.held = IOVCTL_YES;
	host[1].view.vf.holder.pid = 77;
	strcpy(host[1].view.vf.holder.command, "qemu");
	CHECK(happened("holder", "pf0:0", "in use by qemu (pid 77), was none"));
	host[0].view.vf.holder = host[1].view.vf.holder;
	host[0].view.vf.holder.pid = 78;
	CHECK(happened("holder", "pf0:0", "in use by qemu (pid 77), was qemu (pid 78)"));
	/* The same process with another guest or namespace is another holder. */
	host[0].view.vf.holder.pid = 77;
	strcpy(host[1].view.vf.holder.name, "g0");
	CHECK(happened("holder", "pf0:0", "in use by guest g0 (pid 77, qemu), was qemu (pid 77)"));
	host[1].view.vf.holder.name[0] = '\0';
	strcpy(host[1].view.vf.holder.netns, "red");
	CHECK(happened("holder", "pf0:0",
		       "in use by network namespace red (pid 77, qemu), was qemu (pid 77)"));
	/* A PF without interface is called by its address. */
	host[1].view.vf.pf[0] = '\0';
	strcpy(host[1].view.vf.pf_pci, PF);
	CHECK(happened("holder", PF ":0",
		       "in use by network namespace red (pid 77, qemu), was qemu (pid 77)"));
	strcpy(host[1].view.vf.pf, "pf0");
	/* Nothing is told of a VF that is new. */
	strcpy(host[0].view.vf.pci, "0000:01:10.2");
	memset(&events, 0, sizeof(events));
	iovctl_monitor_changes(&host[0].snapshot, &host[1].snapshot, &events);
	CHECK_EQ(events.total, 0);
	strcpy(host[0].view.vf.pci, VF);
	/* Other processes in a network namespace are no event. */
	strcpy(host[0].view.vf.holder.netns, "blue");
	strcpy(host[1].view.vf.holder.netns, "blue");
	memset(&events, 0, sizeof(events));
	iovctl_monitor_changes(&host[0].snapshot, &host[1].snapshot, &events);
	CHECK_EQ(events.total, 0);
}

static void changes_of_adapters(void)
{
	begin();
	host[0].adapter.slot.created = 2;
	CHECK(happened("vfs", PF, "0 VFs, were 2"));
	begin();
	host[0].snapshot.num_adapters = 0;
	CHECK(happened("vfs", PF, "the adapter is new"));
	begin();
	host[1].snapshot.num_adapters = 0;
	CHECK(happened("vfs", PF, "the adapter is gone"));
}

static void reasons(void)
{
	begin();
	iovctl_finding_add(&host[1].snapshot.findings, IOVCTL_CODE_PF_DOWN, PF, "down");
	CHECK(happened("reason", PF, "PF_DOWN: down"));
	iovctl_finding_add(&host[0].snapshot.findings, IOVCTL_CODE_PF_DOWN, PF, "down");
	iovctl_monitor_changes(&host[0].snapshot, &host[1].snapshot, &events);
	CHECK_EQ(events.total, 1);
	host[1].snapshot.findings.num = 0;
	CHECK(happened("reason_over", PF, "PF_DOWN is over"));
}

static void many_events(void)
{
	int i;

	begin();
	for (i = 0; i < 3 * IOVCTL_EVENTS; i++)
		iovctl_event_add(&events, "lost", "", "%d", i);
	CHECK_EQ(events.total, 3 * IOVCTL_EVENTS);
	CHECK_EQ(atoi(events.event[0].text), 2 * IOVCTL_EVENTS);
}

static bool shows(unsigned long long number, const char *expected)
{
	char text[IOVCTL_NAME];

	return !strcmp(iovctl_monitor_number(number, text), expected) && strlen(text) < 6;
}

static void numbers(void)
{
	CHECK(shows(0, "0"));
	CHECK(shows(999, "999"));
	CHECK(shows(1000, "1.00k"));
	CHECK(shows(12345, "12.3k"));
	CHECK(shows(99949, "99.9k"));
	CHECK(shows(99960, "100k"));
	CHECK(shows(999499, "999k"));
	CHECK(shows(999600, "1.00M"));
	CHECK(shows(10000000000ULL, "10.0G"));
	CHECK(shows(~0ULL, "18.4E"));
}

TAP_MAIN(TAP_TEST(traffic),
	 TAP_TEST(changes_of_a_vf),
	 TAP_TEST(changes_of_adapters),
	 TAP_TEST(reasons),
	 TAP_TEST(many_events),
	 TAP_TEST(numbers))
