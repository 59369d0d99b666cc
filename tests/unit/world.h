/* SPDX-License-Identifier: GPL-2.0-only */
/* A PF with VFs to try policy on. */
#ifndef WORLD_H
#define WORLD_H

#include <string.h>

#include "pf/policy/mac.h"
#include "pf/policy/policy.h"
#include "tap.h"

/* 02:00:00:00:<kind>:<number>: told apart at sight */
struct world_mac {
	u8 addr[ETH_ALEN];
};

#define WORLD_MAC(kind, number) \
	(((struct world_mac){ { 2, 0, 0, 0, (u8)(kind), (u8)(number) } }).addr)

static const u8 world_pf_mac[ETH_ALEN] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x50 };

static inline void world_make(struct iov_pol_dev *dev, unsigned int num_vfs)
{
	unsigned int vf;

	memset(dev, 0, sizeof(*dev));
	dev->num_vfs = num_vfs;
	dev->pf.up = true;
	dev->pf.strip_vlan = true;
	dev->pf.filter_vlan = true;
	iov_pol_mac_copy(dev->pf.mac, world_pf_mac);
	for (vf = 0; vf < num_vfs; vf++) {
		dev->cfg[vf].spoofchk = true;
		iov_pol_default_mac(world_pf_mac, vf, dev->cfg[vf].default_mac);
	}
}

static inline enum iov_pol_status world_ask(struct iov_pol_dev *dev, unsigned int vf,
					    struct iov_msg msg)
{
	return iov_pol_request(dev, vf, &msg);
}

static inline struct iov_msg world_reset(void)
{
	return (struct iov_msg){ .id = IOV_WIRE_RESET };
}

static inline struct iov_msg world_mac(u8 op, const u8 *addr)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_MAC, .mac.op = op };

	iov_pol_mac_copy(msg.mac.addr, addr);
	return msg;
}

static inline struct iov_msg world_vlan(bool add, unsigned int vid)
{
	return (struct iov_msg){
		.id = IOV_WIRE_SET_VLAN, .vlan = { .add = add, .vid = (u16)vid },
	};
}

static inline struct iov_msg world_groups(u8 count, bool overflow, unsigned int first)
{
	struct iov_msg msg = {
		.id = IOV_WIRE_SET_MULTICAST, .mc = { .count = count, .overflow = overflow },
	};
	unsigned int i;

	for (i = 0; i < count && i < IOV_WIRE_MC_MAX; i++)
		msg.mc.hash[i] = (u16)((first + i) % 4096);
	return msg;
}

static inline struct iov_msg world_frame(u32 max_frame)
{
	return (struct iov_msg){ .id = IOV_WIRE_SET_LPE, .lpe.max_frame = max_frame };
}

static inline struct iov_msg world_promisc(u8 flags)
{
	return (struct iov_msg){ .id = IOV_WIRE_SET_PROMISC, .promisc.flags = flags };
}

static inline void world_pf_vlan(struct iov_pol_dev *dev, unsigned int vid, bool on)
{
	if (on)
		dev->pf.vlans[vid / 64] |= 1ull << (vid % 64);
	else
		dev->pf.vlans[vid / 64] &= ~(1ull << (vid % 64));
}

#endif
