// SPDX-License-Identifier: GPL-2.0-only
/* The users of an adapter's VFs in one line, and the worst of what iovctl adapter tells of it. */
#include <stdio.h>
#include <string.h>

#include "adapter/adapter_verdict.h"
#include "virtfn/pf_use.h"
#include "host/host_verdict.h"
#include "virtfn/vf_report.h"

static void add_user(const struct iovctl_vf *vf, char users[IOVCTL_TEXT])
{
	const size_t length = strlen(users);
	char holder[IOVCTL_TEXT];

	snprintf(users + length, IOVCTL_TEXT - length, "%sVF %d by %s", length ? ", " : "",
		 vf->number, iovctl_vf_holder(vf, holder));
}

/**
 * iovctl_pf_users - whether something uses a VF of an adapter
 * @pci: PCI address of the adapter
 * @users: what uses which; is filled
 *
 * Return: IOVCTL_YES if one VF is in use, IOVCTL_MAYBE if none is known to be and one may be.
 */
enum iovctl_answer iovctl_pf_users(const char *pci, char users[IOVCTL_TEXT])
{
	enum iovctl_answer held = IOVCTL_NO;
	struct iovctl_vfs vfs;
	int i;

	users[0] = '\0';
	iovctl_vf_list(&vfs, pci);
	for (i = 0; i < vfs.num; i++) {
		if (vfs.vf[i].holder.held == IOVCTL_YES) {
			add_user(&vfs.vf[i], users);
			held = IOVCTL_YES;
		} else if (vfs.vf[i].holder.held == IOVCTL_MAYBE && held == IOVCTL_NO) {
			held = IOVCTL_MAYBE;
		}
	}
	iovctl_vf_list_free(&vfs);
	return held;
}

/**
 * iovctl_pf_inspect - what is known of an adapter, and what prevents VFs
 * @adapter: is filled
 * @pci: its PCI address
 * @blocking: the first reason that prevents VFs; empty if there is none
 * @remedy: its remedy
 *
 * The reasons are those of iovctl adapter.
 */
void iovctl_pf_inspect(struct iovctl_adapter *adapter, const char *pci, char blocking[IOVCTL_TEXT],
		       char remedy[IOVCTL_TEXT])
{
	static struct iovctl_findings findings;
	static struct iovctl_host_facts host;
	int i;

	findings.num = 0;
	blocking[0] = '\0';
	iovctl_host_inspect(&host);
	iovctl_host_verdict(&host, 1, &findings);
	iovctl_adapter_inspect(adapter, pci, host.kernel);
	iovctl_adapter_verdict(adapter, host.fact[IOVCTL_ASK_IOMMU].answer, &findings);
	for (i = 0; i < findings.num && !blocking[0]; i++) {
		const struct iovctl_finding *finding = &findings.finding[i];

		if (finding->effect != IOVCTL_EFFECT_BLOCKING)
			continue;
		snprintf(blocking, IOVCTL_TEXT, "%s: %s", finding->name, finding->text);
		snprintf(remedy, IOVCTL_TEXT, "%s", finding->remedy);
	}
}
