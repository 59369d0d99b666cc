// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/monitor/metrics_text.c: samples of adapters, VFs and reasons. */

#include <string.h>

#include "tap.h"

#include "tools/iovctl/monitor/metrics_text.h"

#define VF_LABELS	"{pf=\"pf0\",vf=\"1\",pciAddr=\"0000:01:10.2\",numa_node=\"0\""
#define PF_LABELS	"{pf=\"pf0\",pciAddr=\"0000:01:00.0\""

#define INFO		"iovctl_vf_info" VF_LABELS INFO_LABELS "} 1"
#define INFO_LABELS	",driver=\"\",guest=\"a \\\"b\\\" \\\\c\",netns=\"\""
#define PF_INFO		"iovctl_pf_info" PF_LABELS EMPTY STATE "} 1"
#define EMPTY		",driver=\"\",vendor=\"\",device=\"\",switch=\"\""
#define STATE		",state=\"usable with warnings\""
#define REASON		"iovctl_reason{name=\"PF_DOWN\"" REASON_LABELS "} 1"
#define REASON_LABELS	",level=\"adapter\",severity=\"warning\",object=\"0000:01:00.0\""

static struct iovctl_adapter adapter;
static enum iovctl_effect state;
static struct iovctl_view view;
static struct iovctl_snapshot snapshot;
static char text[16384];

static void begin(void)
{
	memset(&adapter, 0, sizeof(adapter));
	memset(&view, 0, sizeof(view));
	memset(&snapshot, 0, sizeof(snapshot));
	state = IOVCTL_EFFECT_WARNING;
	snapshot.adapter = &adapter;
	snapshot.state = &state;
	snapshot.view = &view;
	snapshot.num_adapters = 1;
	snapshot.num_views = 1;
	strcpy(adapter.pci, "0000:01:00.0");
	strcpy(adapter.netdev, "pf0");
	adapter.total = -1;
	adapter.used = -1;
	adapter.active = 1;
	adapter.slot.allowed = 7;
	adapter.queue_pairs = 16;
	adapter.queue_pairs_used = 5;
	strcpy(view.vf.pf, "pf0");
	strcpy(view.vf.pci, "0000:01:10.2");
	strcpy(view.numa_node, "0");
	view.vf.number = 1;
	view.vf.holder.held = IOVCTL_YES;
	strcpy(view.vf.holder.name, "a \"b\" \\c");
}

static void print(void)
{
	FILE *out = fmemopen(text, sizeof(text), "w");

	iovctl_metrics_print(out, &snapshot);
	fclose(out);
}

/* Whether there is this line */
static bool says(const char *line)
{
	const char *at = text;
	const size_t length = strlen(line);

	while (at && (strncmp(at, line, length) || at[length] != '\n')) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return at;
}

static void counters(void)
{
	begin();
	view.stats.known[IOVCTL_RX_BYTES] = true;
	view.stats.value[IOVCTL_RX_BYTES] = ~0ULL;
	print();
	CHECK(says("sriov_vf_rx_bytes" VF_LABELS "} 18446744073709551615"));
	CHECK(!strstr(text, "sriov_vf_tx_bytes{"));
	CHECK(!strstr(text, "# TYPE sriov"));
	CHECK(!strcmp(text + strlen(text) - 6, "# EOF\n"));
}

static void vf(void)
{
	begin();
	print();
	CHECK(says(INFO));
	CHECK(says("iovctl_vf_used" VF_LABELS "} 1"));
	CHECK(!strstr(text, "iovctl_vf_path{"));
	CHECK(!strstr(text, "mailbox_messages_total{"));
	view.vf.holder.held = IOVCTL_MAYBE;
	view.mailbox.known = true;
	view.mailbox.messages = 1ULL << 40;
	strcpy(view.mailbox.path, "software");
	view.mailbox.quarantined = true;
	print();
	CHECK(!strstr(text, "iovctl_vf_used{"));
	CHECK(says("iovctl_vf_path" VF_LABELS ",path=\"vf\"} 0"));
	CHECK(says("iovctl_vf_path" VF_LABELS ",path=\"software\"} 1"));
	CHECK(says("iovctl_vf_quarantine" VF_LABELS "} 1"));
	CHECK(says("# TYPE iovctl_vf_mailbox_messages counter"));
	CHECK(says("iovctl_vf_mailbox_messages_total" VF_LABELS "} 1099511627776"));
	view.mailbox.quarantined = false;
	print();
	CHECK(says("iovctl_vf_quarantine" VF_LABELS "} 0"));
}

static void pf(void)
{
	begin();
	print();
	CHECK(says(PF_INFO));
	CHECK(says("iovctl_pf_vfs_allowed" PF_LABELS "} 7"));
	CHECK(says("iovctl_pf_vfs_created" PF_LABELS "} 0"));
	CHECK(says("iovctl_pf_queue_pairs_used" PF_LABELS "} 5"));
	CHECK(!strstr(text, "iovctl_pf_vfs_used{"));
	CHECK(!strstr(text, "iovctl_pf_vfs_in_device{"));
}

static void reasons(void)
{
	begin();
	iovctl_finding_add(&snapshot.findings, IOVCTL_CODE_PF_DOWN, "0000:01:00.0", "x");
	print();
	CHECK(says(REASON));
}

TAP_MAIN(TAP_TEST(counters),
	 TAP_TEST(vf),
	 TAP_TEST(pf),
	 TAP_TEST(reasons))
