// SPDX-License-Identifier: GPL-2.0-only
/* devlink resources: VFs and queue pairs of the port, and their use. */

#include <linux/bitops.h>

#include "pf/devlink.h"
#include "pf/pf.h"

enum iov_pf_resource {
	IOV_PF_RESOURCE_VFS = 1,
	IOV_PF_RESOURCE_QUEUE_PAIRS,
};

static u64 iov_pf_resource_vfs(void *priv)
{
	struct iov_pf *pf = priv;
	u64 vfs;

	mutex_lock(&pf->lock);
	vfs = pf->pol.num_vfs;
	mutex_unlock(&pf->lock);
	return vfs;
}

/*
 * Queue pairs of the VFs and of the PF's interface. The unused second queue of
 * a pool counts as free, although no other pool can use it.
 */
static u64 iov_pf_resource_queue_pairs(void *priv)
{
	struct iov_pf *pf = priv;
	u64 pairs;

	mutex_lock(&pf->lock);
	pairs = hweight16(iov_pol_queues_of_vfs(&pf->pol));
	mutex_unlock(&pf->lock);
	if (!pf->stopped)
		pairs += READ_ONCE(pf->nic->num_qps);
	return pairs;
}

static int iov_pf_resource_add(struct iov_pf *pf, const char *name, u64 size,
			       enum iov_pf_resource id,
			       devlink_resource_occ_get_t *occ_get)
{
	struct devlink *devlink = priv_to_devlink(pf);
	struct devlink_resource_size_params params;
	int err;

	/* The hardware fixes the size. */
	devlink_resource_size_params_init(&params, size, size, 1,
					  DEVLINK_RESOURCE_UNIT_ENTRY);
	err = devl_resource_register(devlink, name, size, id,
				     DEVLINK_RESOURCE_ID_PARENT_TOP, &params);
	if (!err)
		devl_resource_occ_get_register(devlink, id, occ_get, pf);
	return err;
}

/**
 * iov_pf_resource_register - register the resources
 * @pf: PF, its devlink not registered yet
 *
 * Context: process, probe.
 * Return: 0 or a negative errno; then none is registered.
 */
int iov_pf_resource_register(struct iov_pf *pf)
{
	struct devlink *devlink = priv_to_devlink(pf);
	int err;

	devl_lock(devlink);
	err = iov_pf_resource_add(pf, "vfs", IOV_POL_VFS, IOV_PF_RESOURCE_VFS,
				  iov_pf_resource_vfs);
	if (!err)
		err = iov_pf_resource_add(pf, "queue_pairs", IOV_QUEUES,
					  IOV_PF_RESOURCE_QUEUE_PAIRS,
					  iov_pf_resource_queue_pairs);
	if (err)
		devl_resources_unregister(devlink);
	devl_unlock(devlink);
	return err;
}

/**
 * iov_pf_resource_unregister - undo iov_pf_resource_register()
 * @pf: PF, its devlink not registered any more
 *
 * Context: process, remove.
 */
void iov_pf_resource_unregister(struct iov_pf *pf)
{
	struct devlink *devlink = priv_to_devlink(pf);

	devl_lock(devlink);
	devl_resources_unregister(devlink);
	devl_unlock(devlink);
}
