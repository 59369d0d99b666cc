// SPDX-License-Identifier: GPL-2.0-only
/* devlink of the PF. */

#include "pf/pf.h"

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

const struct devlink_ops iov_pf_devlink_ops = {
	.info_get = iov_pf_devlink_info_get,
};
