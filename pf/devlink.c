// SPDX-License-Identifier: GPL-2.0-only
/* devlink of the PF. */

#include "pf/devlink.h"
#include "pf/pf.h"
#include "pf/sriov.h"
#include "pf/work.h"

static int iov_pf_devlink_info_get(struct devlink *devlink,
				   struct devlink_info_req *req,
				   struct netlink_ext_ack *extack)
{
	const char *board = DEVLINK_INFO_VERSION_GENERIC_BOARD_ID;
	struct iov_pf *pf = devlink_priv(devlink);
	int err;

	if (pf->pba[0]) {
		err = devlink_info_version_fixed_put(req, board, pf->pba);
		if (err)
			return err;
	}
	return devlink_info_version_running_put(req,
						DEVLINK_INFO_VERSION_GENERIC_FW,
						pf->fw_version);
}

static int iov_pf_devlink_reload_down(struct devlink *devlink,
				      bool netns_change,
				      enum devlink_reload_action action,
				      enum devlink_reload_limit limit,
				      struct netlink_ext_ack *extack)
{
	if (netns_change) {
		NL_SET_ERR_MSG_MOD(extack,
				   "reload cannot move the interface to another namespace, use ip link set netns");
		return -EOPNOTSUPP;
	}
	iov_pf_main_down(devlink_priv(devlink));
	return 0;
}

static int iov_pf_devlink_reload_up(struct devlink *devlink,
				    enum devlink_reload_action action,
				    enum devlink_reload_limit limit,
				    u32 *actions_performed,
				    struct netlink_ext_ack *extack)
{
	int err = iov_pf_main_up(devlink_priv(devlink));

	if (err)
		NL_SET_ERR_MSG_MOD(extack,
				   "the PF is down, see the kernel log; reload again or unbind the driver");
	else
		*actions_performed = BIT(DEVLINK_RELOAD_ACTION_DRIVER_REINIT);
	return err;
}

const struct devlink_ops iov_pf_devlink_ops = {
	.reload_actions = BIT(DEVLINK_RELOAD_ACTION_DRIVER_REINIT),
	.reload_down = iov_pf_devlink_reload_down,
	.reload_up = iov_pf_devlink_reload_up,
	.info_get = iov_pf_devlink_info_get,
};
