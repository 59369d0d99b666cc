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

/* Other drivers wait until the program has released the VF. */
static bool is_kept(const struct iovctl_vf *vf)
{
	return !strcmp(vf->pf_driver, IOVCTL_PF_MODULE) && strstr(vf->driver, "vfio");
}

/**
 * iovctl_pf_use_read - what uses the VFs of an adapter
 * @use: is filled
 * @pci: PCI address of the adapter
 */
void iovctl_pf_use_read(struct iovctl_pf_use *use, const char *pci)
{
	struct iovctl_vfs vfs;
	int i;

	memset(use, 0, sizeof(*use));
	use->held = IOVCTL_NO;
	iovctl_vf_list(&vfs, pci);
	for (i = 0; i < vfs.num; i++) {
		if (vfs.vf[i].holder.held == IOVCTL_YES) {
			add_user(&vfs.vf[i], use->users);
			use->held = IOVCTL_YES;
			use->kept |= is_kept(&vfs.vf[i]);
		} else if (vfs.vf[i].holder.held == IOVCTL_MAYBE && use->held == IOVCTL_NO) {
			use->held = IOVCTL_MAYBE;
		}
	}
	iovctl_vf_list_free(&vfs);
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
