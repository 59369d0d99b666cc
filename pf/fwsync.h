/* SPDX-License-Identifier: GPL-2.0-only */
/* PHY and NVM, which firmware and the driver of the other port use as well. */
#ifndef IOV_PF_FWSYNC_H
#define IOV_PF_FWSYNC_H

#include <linux/mutex.h>
#include <linux/types.h>

struct iov_io;

struct iov_pf_fwsync {
	struct iov_io *io;
	struct mutex lock;	/* held from take to put; nests in pf->lock */
	u32 phy;		/* IOV_SW_FW_SYNC_* bit of this port's PHY */
	bool stopped;		/* the device must not be accessed; @lock */
};

void iov_pf_fwsync_init(struct iov_pf_fwsync *sync, struct iov_io *io);
void iov_pf_fwsync_start(struct iov_pf_fwsync *sync);
void iov_pf_fwsync_stop(struct iov_pf_fwsync *sync);
int iov_pf_fwsync_take(struct iov_pf_fwsync *sync, u32 what);
void iov_pf_fwsync_put(struct iov_pf_fwsync *sync, u32 what);

#endif /* IOV_PF_FWSYNC_H */
