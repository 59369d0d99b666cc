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

/* Kinds of parameters; all but the first exist once for each VF. */
enum iov_pf_param {
	IOV_PF_PARAM_MODERATION,
	IOV_PF_PARAM_VF_MODERATION,
	IOV_PF_PARAM_VF_POLICIES,
	IOV_PF_PARAM_VF_MIGRATION,
};

#define IOV_PF_PARAM_FIRST	(DEVLINK_PARAM_GENERIC_ID_MAX + 1)
#define IOV_PF_PARAM_ID(kind, vf) \
	(IOV_PF_PARAM_FIRST + (kind) * IOV_POL_VFS + (vf))

static_assert(IOV_POL_SW_ONLY_LIST <= __DEVLINK_PARAM_MAX_STRING_VALUE);

static enum iov_pf_param iov_pf_param_kind(u32 id)
{
	return (id - IOV_PF_PARAM_FIRST) / IOV_POL_VFS;
}

static unsigned int iov_pf_param_vf(u32 id)
{
	return (id - IOV_PF_PARAM_FIRST) % IOV_POL_VFS;
}

static int iov_pf_param_get(IOV_COMPAT_PARAM_GET)
{
	struct iov_pf *pf = devlink_priv(devlink);
	const struct iov_vf_cfg *cfg = &pf->pol.cfg[iov_pf_param_vf(id)];
	union devlink_param_value *val = &ctx->val;

	mutex_lock(&pf->lock);
	switch (iov_pf_param_kind(id)) {
	case IOV_PF_PARAM_MODERATION:
		strscpy(val->vstr,
			iov_mbx_moderation(pf->pol.moderation)->name);
		break;
	case IOV_PF_PARAM_VF_MODERATION:
		strscpy(val->vstr, iov_mbx_moderation(cfg->moderation)->name);
		break;
	case IOV_PF_PARAM_VF_POLICIES:
		iov_pol_sw_only_list(cfg->sw_only, val->vstr);
		break;
	case IOV_PF_PARAM_VF_MIGRATION:
		val->vbool = cfg->migrating;
		break;
	}
	mutex_unlock(&pf->lock);
	return 0;
}

/* The value that is stored, or a negative errno */
static int iov_pf_param_parse(enum iov_pf_param kind,
			      const union devlink_param_value *val,
			      struct netlink_ext_ack *extack)
{
	int value;

	switch (kind) {
	case IOV_PF_PARAM_VF_MIGRATION:
		return val->vbool;
	case IOV_PF_PARAM_VF_POLICIES:
		value = iov_pol_sw_only_parse(val->vstr);
		if (value < 0)
			NL_SET_ERR_MSG_MOD(extack,
					   "none, or some of ra,dhcp,acl,mirror,bw,storm,ext");
		return value;
	default:
		value = iov_mbx_moderation_mode(val->vstr);
		if (value < 0)
			NL_SET_ERR_MSG_MOD(extack,
					   "one of default, adaptive, off, low, medium, high");
		return value;
	}
}

static int iov_pf_param_set(struct devlink *devlink, u32 id,
			    struct devlink_param_gset_ctx *ctx,
			    struct netlink_ext_ack *extack)
{
	enum iov_pf_param kind = iov_pf_param_kind(id);
	int value = iov_pf_param_parse(kind, &ctx->val, extack), err;
	struct iov_pf *pf = devlink_priv(devlink);
	unsigned int vf = iov_pf_param_vf(id);
	struct iov_pol_dev *draft;

	if (value < 0)
		return value;
	mutex_lock(&pf->lock);
	draft = iov_pf_commit_draft(pf);
	if (kind == IOV_PF_PARAM_MODERATION) {
		draft->moderation = value;
	} else if (vf >= draft->num_vfs) {
		mutex_unlock(&pf->lock);
		NL_SET_ERR_MSG_MOD(extack, "there is no such VF");
		return -EINVAL;
	} else if (kind == IOV_PF_PARAM_VF_MODERATION) {
		draft->cfg[vf].moderation = value;
	} else if (kind == IOV_PF_PARAM_VF_POLICIES) {
		draft->cfg[vf].sw_only = value;
	} else {
		draft->cfg[vf].migrating = value;
	}
	err = iov_pf_commit(pf);
	mutex_unlock(&pf->lock);
	return err;
}

#define IOV_PF_PARAM(kind, vf, name, type) \
	DEVLINK_PARAM_DRIVER(IOV_PF_PARAM_ID(kind, vf), name, type, \
			     BIT(DEVLINK_PARAM_CMODE_RUNTIME), \
			     iov_pf_param_get, iov_pf_param_set, NULL)
#define IOV_PF_PARAM_MODE(vf) \
	IOV_PF_PARAM(IOV_PF_PARAM_VF_MODERATION, vf, \
		     "vf" __stringify(vf) "_moderation", \
		     DEVLINK_PARAM_TYPE_STRING)
#define IOV_PF_PARAM_POLICY(vf) \
	IOV_PF_PARAM(IOV_PF_PARAM_VF_POLICIES, vf, \
		     "vf" __stringify(vf) "_policies", \
		     DEVLINK_PARAM_TYPE_STRING)
#define IOV_PF_PARAM_MOVE(vf) \
	IOV_PF_PARAM(IOV_PF_PARAM_VF_MIGRATION, vf, \
		     "vf" __stringify(vf) "_migration", \
		     DEVLINK_PARAM_TYPE_BOOL)

static const struct devlink_param iov_pf_params[] = {
	IOV_PF_PARAM(IOV_PF_PARAM_MODERATION, 0, "vf_moderation",
		     DEVLINK_PARAM_TYPE_STRING),
	IOV_PF_PARAM_MODE(0), IOV_PF_PARAM_MODE(1), IOV_PF_PARAM_MODE(2),
	IOV_PF_PARAM_MODE(3), IOV_PF_PARAM_MODE(4), IOV_PF_PARAM_MODE(5),
	IOV_PF_PARAM_MODE(6),
	IOV_PF_PARAM_POLICY(0), IOV_PF_PARAM_POLICY(1), IOV_PF_PARAM_POLICY(2),
	IOV_PF_PARAM_POLICY(3), IOV_PF_PARAM_POLICY(4), IOV_PF_PARAM_POLICY(5),
	IOV_PF_PARAM_POLICY(6),
	IOV_PF_PARAM_MOVE(0), IOV_PF_PARAM_MOVE(1), IOV_PF_PARAM_MOVE(2),
	IOV_PF_PARAM_MOVE(3), IOV_PF_PARAM_MOVE(4), IOV_PF_PARAM_MOVE(5),
	IOV_PF_PARAM_MOVE(6),
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
