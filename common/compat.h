/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels that are supported, and nothing else. */
#ifndef IOV_COMPAT_H
#define IOV_COMPAT_H

#include <linux/dim.h>
#include <linux/version.h>
#include <net/devlink.h>

/* 6.18 moved the grace period, zero here, from the call to the operations. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
static inline struct devlink_health_reporter *
iov_compat_reporter(struct devlink *devlink,
		    const struct devlink_health_reporter_ops *ops, void *priv)
{
	return devlink_health_reporter_create(devlink, ops, 0, priv);
}
#else
static inline struct devlink_health_reporter *
iov_compat_reporter(struct devlink *devlink,
		    const struct devlink_health_reporter_ops *ops, void *priv)
{
	return devlink_health_reporter_create(devlink, ops, priv);
}
#endif

/* 6.13 passes the sample by reference. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void iov_compat_dim(struct dim *dim,
				  const struct dim_sample *sample)
{
	net_dim(dim, *sample);
}
#else
static inline void iov_compat_dim(struct dim *dim,
				  const struct dim_sample *sample)
{
	net_dim(dim, sample);
}
#endif

#endif /* IOV_COMPAT_H */
