/* SPDX-License-Identifier: GPL-2.0-only */
/* Differences between the supported kernels. */
#ifndef IOV_COMPAT_H
#define IOV_COMPAT_H

#include <linux/dim.h>
#include <linux/ethtool.h>
#include <linux/hrtimer.h>
#include <linux/timecounter.h>
#include <linux/version.h>
#include <net/devlink.h>
#include <net/xdp.h>

/*
 * 6.18 moved the grace period, zero here, to the operations. With a
 * phys_port_name udev would name the interface differently than with igb: a
 * virtual port has none, since 6.18 a physical port can do without.
 * vfio_pci_core_match() calls match_token_uuid() since 6.18.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
static inline struct devlink_health_reporter *
iov_compat_reporter(struct devlink *devlink,
		    const struct devlink_health_reporter_ops *ops, void *priv)
{
	return devlink_health_reporter_create(devlink, ops, 0, priv);
}

#define IOV_COMPAT_PORT_ATTRS	.flavour = DEVLINK_PORT_FLAVOUR_VIRTUAL
#define IOV_COMPAT_VFIO_MATCH	.match = vfio_pci_core_match
#else
static inline struct devlink_health_reporter *
iov_compat_reporter(struct devlink *devlink,
		    const struct devlink_health_reporter_ops *ops, void *priv)
{
	return devlink_health_reporter_create(devlink, ops, priv);
}

#define IOV_COMPAT_PORT_ATTRS					\
	.flavour = DEVLINK_PORT_FLAVOUR_PHYSICAL,		\
	.no_phys_port_name = true
#define IOV_COMPAT_VFIO_MATCH					\
	.match = vfio_pci_core_match,				\
	.match_token_uuid = vfio_pci_core_match_token_uuid
#endif

/* Pointer to const before 6.17 */
#define iov_compat_cyclecounter	typeof_member(struct timecounter, cc)

/* 6.14 has xdp_buff_add_frag(), which also stores the true size. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
static inline bool iov_compat_xdp_add_frag(struct xdp_buff *xdp,
					   struct page *page, u32 offset,
					   u32 size, u32 truesize)
{
	struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);

	if (!xdp_buff_has_frags(xdp)) {
		xdp_buff_set_frags_flag(xdp);
		info->nr_frags = 0;
		info->xdp_frags_size = 0;
	} else if (unlikely(info->nr_frags == MAX_SKB_FRAGS)) {
		return false;
	}
	skb_frag_fill_page_desc(&info->frags[info->nr_frags++], page, offset,
				size);
	info->xdp_frags_size += size;
	if (unlikely(page_is_pfmemalloc(page)))
		xdp_buff_set_frag_pfmemalloc(xdp);
	return true;
}
#else
static inline bool iov_compat_xdp_add_frag(struct xdp_buff *xdp,
					   struct page *page, u32 offset,
					   u32 size, u32 truesize)
{
	return xdp_buff_add_frag(xdp, page_to_netmem(page), offset, size,
				 truesize);
}
#endif

/*
 * Hash fields got their own operations in 6.17, the number of receive rings in
 * 6.19; before, get_rxnfc and set_rxnfc served them.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define iov_compat_rxfh_fields	ethtool_rxnfc
#define IOV_COMPAT_RSS_OPS(rings, get, set)
static inline int
iov_compat_get_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info,
		     int (*get)(struct net_device *netdev,
				struct iov_compat_rxfh_fields *fields))
{
	return info->cmd == ETHTOOL_GRXFH ? get(netdev, info) : -EOPNOTSUPP;
}

static inline int
iov_compat_set_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info,
		     int (*set)(struct net_device *netdev,
				const struct iov_compat_rxfh_fields *fields,
				struct netlink_ext_ack *extack))
{
	if (info->cmd != ETHTOOL_SRXFH)
		return -EOPNOTSUPP;
	return set(netdev, info, NULL);
}
#else
#define iov_compat_rxfh_fields	ethtool_rxfh_fields
#define iov_compat_get_rxnfc(netdev, info, get)	(-EOPNOTSUPP)
#define iov_compat_set_rxnfc(netdev, info, set)	(-EOPNOTSUPP)
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define IOV_COMPAT_RSS_OPS(rings, get, set)	\
	.get_rxfh_fields = (get),		\
	.set_rxfh_fields = (set),
#else
#define IOV_COMPAT_RSS_OPS(rings, get, set)	\
	.get_rx_ring_count = (rings),		\
	.get_rxfh_fields = (get),		\
	.set_rxfh_fields = (set),
#endif
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

/* 6.13 added @notified. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define IOV_COMPAT_FDB_ADD	struct ndmsg *ndm, struct nlattr *tb[],	\
				struct net_device *netdev,		\
				const unsigned char *addr, u16 vid,	\
				u16 flags,				\
				struct netlink_ext_ack *extack
#else
#define IOV_COMPAT_FDB_ADD	struct ndmsg *ndm, struct nlattr *tb[],	\
				struct net_device *netdev,		\
				const unsigned char *addr, u16 vid,	\
				u16 flags, bool *notified,		\
				struct netlink_ext_ack *extack
#endif

/* 6.13 added hrtimer_setup(), 6.15 removed hrtimer_init(). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
iov_compat_hrtimer(struct hrtimer *timer,
		   enum hrtimer_restart (*expired)(struct hrtimer *timer),
		   enum hrtimer_mode mode)
{
	hrtimer_init(timer, CLOCK_MONOTONIC, mode);
	timer->function = expired;
}
#else
static inline void
iov_compat_hrtimer(struct hrtimer *timer,
		   enum hrtimer_restart (*expired)(struct hrtimer *timer),
		   enum hrtimer_mode mode)
{
	hrtimer_setup(timer, expired, CLOCK_MONOTONIC, mode);
}
#endif

/* 6.19 added @extack. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define IOV_COMPAT_PARAM_GET	struct devlink *devlink, u32 id,	\
				struct devlink_param_gset_ctx *ctx
#else
#define IOV_COMPAT_PARAM_GET	struct devlink *devlink, u32 id,	\
				struct devlink_param_gset_ctx *ctx,	\
				struct netlink_ext_ack *extack
#endif

/* 6.19 has an operation for what a region is; before, it was an ioctl. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define IOV_COMPAT_VFIO_REGION(request, info)	\
	.ioctl = (request)
#define iov_compat_vfio_region_info(vdev, info, caps)	(-EINVAL)
#else
#define IOV_COMPAT_VFIO_REGION(request, info)	\
	.ioctl = vfio_pci_core_ioctl,		\
	.get_region_info_caps = (info)
#define iov_compat_vfio_region_info	vfio_pci_ioctl_get_region_info
#endif

#endif /* IOV_COMPAT_H */
