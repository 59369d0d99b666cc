// SPDX-License-Identifier: GPL-2.0-only
/*
 * Detects a change of a VF's owner: its driver on the host (vfio-pci for a
 * guest) was unbound. A function reset is not a change, because a guest may
 * reset its VF at any time.
 */

#include <linux/device/bus.h>

#include "pf/commit.h"
#include "pf/mbx.h"
#include "pf/pf.h"
#include "pf/sriov.h"

/*
 * Settings of the administrator stay, and so does a quarantine. The guest that
 * was to be migrated has left.
 */
static void iov_pf_tenant_left(struct iov_pf *pf, unsigned int index)
{
	struct iov_pf_vf *vf = &pf->vf[index];

	mutex_lock(&pf->lock);
	if (index < pf->pol.num_vfs) {
		iov_pf_mdd_clear(vf);
		memset(&vf->resets, 0, sizeof(vf->resets));
		iov_pf_commit_draft(pf)->cfg[index].migrating = false;
		iov_pf_commit(pf);
	}
	mutex_unlock(&pf->lock);
}

static int iov_pf_tenant_event(struct notifier_block *nb, unsigned long event,
			       void *data)
{
	struct iov_pf *pf = container_of(nb, struct iov_pf, tenants);
	struct pci_dev *pdev = to_pci_dev(data);
	int index;

	if (event != BUS_NOTIFY_UNBOUND_DRIVER || !iov_pf_has_vf(pf, pdev))
		return NOTIFY_DONE;
	index = pci_iov_vf_id(pdev);
	if (index >= 0 && index < IOV_POL_VFS)
		iov_pf_tenant_left(pf, index);
	return NOTIFY_OK;
}

/**
 * iov_pf_tenant_register - detect changes of VFs' owners
 * @pf: PF after iov_pf_sriov_init()
 *
 * Context: process, probe.
 * Return: 0 or a negative errno.
 */
int iov_pf_tenant_register(struct iov_pf *pf)
{
	pf->tenants.notifier_call = iov_pf_tenant_event;
	return bus_register_notifier(&pci_bus_type, &pf->tenants);
}

/**
 * iov_pf_tenant_unregister - undo iov_pf_tenant_register()
 * @pf: PF
 *
 * Context: process, probe or remove.
 */
void iov_pf_tenant_unregister(struct iov_pf *pf)
{
	bus_unregister_notifier(&pci_bus_type, &pf->tenants);
}
