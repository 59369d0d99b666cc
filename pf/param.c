// SPDX-License-Identifier: GPL-2.0-only
/*
 * devlink parameters: interrupt moderation for all VFs or one VF, which reads
 * it on its channel; policies that the host's software enforces for a VF, whose
 * data path is withdrawn for that; and whether a VF's guest is about to be
 * migrated.
 */

#include <linux/string.h>

#include "common/compat.h"
#include "pf/commit.h"
#include "pf/devlink.h"
#include "pf/pf.h"

enum iov_pf_param {
	IOV_PF_PARAM_MODERATION = DEVLINK_PARAM_GENERIC_ID_MAX + 1,
	IOV_PF_PARAM_VF_MODERATION,	/* the first VF's; then the others' */
	IOV_PF_PARAM_VF_POLICIES = IOV_PF_PARAM_VF_MODERATION + IOV_POL_VFS,
	IOV_PF_PARAM_VF_MIGRATION = IOV_PF_PARAM_VF_POLICIES + IOV_POL_VFS,
};

static_assert(IOV_POL_SW_ONLY_LIST <= __DEVLINK_PARAM_MAX_STRING_VALUE);

/* The field that holds a parameter's value */
static u8 *iov_pf_param_moderation(struct iov_pol_dev *dev, u32 id)
{
	if (id == IOV_PF_PARAM_MODERATION)
		return &dev->moderation;
	return &dev->cfg[id - IOV_PF_PARAM_VF_MODERATION].moderation;
}

static int iov_pf_param_get(IOV_COMPAT_PARAM_GET)
{
	struct iov_pf *pf = devlink_priv(devlink);
	u8 mode;

	mutex_lock(&pf->lock);
	mode = *iov_pf_param_moderation(&pf->pol, id);
	mutex_unlock(&pf->lock);
	strscpy(ctx->val.vstr, iov_mbx_moderation(mode)->name);
	return 0;
}

static int iov_pf_param_set(struct devlink *devlink, u32 id,
			    struct devlink_param_gset_ctx *ctx,
			    struct netlink_ext_ack *extack)
{
	int mode = iov_mbx_moderation_mode(ctx->val.vstr), err = -EINVAL;
	struct iov_pf *pf = devlink_priv(devlink);

	if (mode < 0) {
		NL_SET_ERR_MSG_MOD(extack,
				   "one of default, adaptive, off, low, medium, high");
		return mode;
	}

	mutex_lock(&pf->lock);
	if (id == IOV_PF_PARAM_MODERATION ||
	    id - IOV_PF_PARAM_VF_MODERATION < pf->pol.num_vfs) {
		*iov_pf_param_moderation(iov_pf_draft(pf), id) = mode;
		err = iov_pf_commit(pf);
	} else {
		NL_SET_ERR_MSG_MOD(extack, "there is no such VF");
	}
	mutex_unlock(&pf->lock);
	return err;
}

static int iov_pf_param_get_policies(IOV_COMPAT_PARAM_GET)
{
	struct iov_pf *pf = devlink_priv(devlink);
	u8 sw_only;

	mutex_lock(&pf->lock);
	sw_only = pf->pol.cfg[id - IOV_PF_PARAM_VF_POLICIES].sw_only;
	mutex_unlock(&pf->lock);
	iov_pol_sw_only_list(sw_only, ctx->val.vstr);
	return 0;
}

static int iov_pf_param_set_policies(struct devlink *devlink, u32 id,
				     struct devlink_param_gset_ctx *ctx,
				     struct netlink_ext_ack *extack)
{
	int sw_only = iov_pol_sw_only_parse(ctx->val.vstr), err = -EINVAL;
	unsigned int vf = id - IOV_PF_PARAM_VF_POLICIES;
	struct iov_pf *pf = devlink_priv(devlink);

	if (sw_only < 0) {
		NL_SET_ERR_MSG_MOD(extack,
				   "none, or some of ra,dhcp,acl,mirror,bw,storm,ext");
		return sw_only;
	}

	mutex_lock(&pf->lock);
	if (vf < pf->pol.num_vfs) {
		iov_pf_draft(pf)->cfg[vf].sw_only = sw_only;
		err = iov_pf_commit(pf);
	} else {
		NL_SET_ERR_MSG_MOD(extack, "there is no such VF");
	}
	mutex_unlock(&pf->lock);
	return err;
}

static int iov_pf_param_get_migration(IOV_COMPAT_PARAM_GET)
{
	struct iov_pf *pf = devlink_priv(devlink);

	mutex_lock(&pf->lock);
	ctx->val.vbool = pf->pol.cfg[id - IOV_PF_PARAM_VF_MIGRATION].migrating;
	mutex_unlock(&pf->lock);
	return 0;
}

static int iov_pf_param_set_migration(struct devlink *devlink, u32 id,
				      struct devlink_param_gset_ctx *ctx,
				      struct netlink_ext_ack *extack)
{
	unsigned int vf = id - IOV_PF_PARAM_VF_MIGRATION;
	struct iov_pf *pf = devlink_priv(devlink);
	int err = -EINVAL;

	mutex_lock(&pf->lock);
	if (vf < pf->pol.num_vfs) {
		iov_pf_draft(pf)->cfg[vf].migrating = ctx->val.vbool;
		err = iov_pf_commit(pf);
	} else {
		NL_SET_ERR_MSG_MOD(extack, "there is no such VF");
	}
	mutex_unlock(&pf->lock);
	return err;
}

#define IOV_PF_PARAM(id, name, get, set) \
	DEVLINK_PARAM_DRIVER(id, name, DEVLINK_PARAM_TYPE_STRING, \
			     BIT(DEVLINK_PARAM_CMODE_RUNTIME), get, set, NULL)
#define IOV_PF_PARAM_VF(n) \
	IOV_PF_PARAM(IOV_PF_PARAM_VF_MODERATION + (n), "vf" #n "_moderation", \
		     iov_pf_param_get, iov_pf_param_set)
#define IOV_PF_PARAM_POLICY(n) \
	IOV_PF_PARAM(IOV_PF_PARAM_VF_POLICIES + (n), "vf" #n "_policies", \
		     iov_pf_param_get_policies, iov_pf_param_set_policies)
#define IOV_PF_PARAM_MIGRATION(n) \
	DEVLINK_PARAM_DRIVER(IOV_PF_PARAM_VF_MIGRATION + (n), \
			     "vf" #n "_migration", DEVLINK_PARAM_TYPE_BOOL, \
			     BIT(DEVLINK_PARAM_CMODE_RUNTIME), \
			     iov_pf_param_get_migration, \
			     iov_pf_param_set_migration, NULL)

static const struct devlink_param iov_pf_params[] = {
	IOV_PF_PARAM(IOV_PF_PARAM_MODERATION, "vf_moderation",
		     iov_pf_param_get, iov_pf_param_set),
	IOV_PF_PARAM_VF(0), IOV_PF_PARAM_VF(1), IOV_PF_PARAM_VF(2),
	IOV_PF_PARAM_VF(3), IOV_PF_PARAM_VF(4), IOV_PF_PARAM_VF(5),
	IOV_PF_PARAM_VF(6),
	IOV_PF_PARAM_POLICY(0), IOV_PF_PARAM_POLICY(1), IOV_PF_PARAM_POLICY(2),
	IOV_PF_PARAM_POLICY(3), IOV_PF_PARAM_POLICY(4), IOV_PF_PARAM_POLICY(5),
	IOV_PF_PARAM_POLICY(6),
	IOV_PF_PARAM_MIGRATION(0), IOV_PF_PARAM_MIGRATION(1),
	IOV_PF_PARAM_MIGRATION(2), IOV_PF_PARAM_MIGRATION(3),
	IOV_PF_PARAM_MIGRATION(4), IOV_PF_PARAM_MIGRATION(5),
	IOV_PF_PARAM_MIGRATION(6),
};

static_assert(ARRAY_SIZE(iov_pf_params) == 1 + 3 * IOV_POL_VFS);

/**
 * iov_pf_param_register - register the parameters
 * @pf: PF, its devlink not registered yet
 *
 * Context: process, probe.
 * Return: 0 or a negative errno.
 */
int iov_pf_param_register(struct iov_pf *pf)
{
	return devlink_params_register(priv_to_devlink(pf), iov_pf_params,
				       ARRAY_SIZE(iov_pf_params));
}

/**
 * iov_pf_param_unregister - undo iov_pf_param_register()
 * @pf: PF, its devlink not registered any more
 *
 * Context: process, remove.
 */
void iov_pf_param_unregister(struct iov_pf *pf)
{
	devlink_params_unregister(priv_to_devlink(pf), iov_pf_params,
				  ARRAY_SIZE(iov_pf_params));
}
