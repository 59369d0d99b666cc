/* SPDX-License-Identifier: GPL-2.0-only */
/* A PF with VFs, for tests of the policy. */
#ifndef FIXTURES_H
#define FIXTURES_H

#include <linux/etherdevice.h>
#include <string.h>

#include "pf/policy/internal.h"
#include "tap.h"

/* 02:00:00:00:<kind>:<number>: easy to tell apart */
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
	ether_addr_copy(dev->pf.mac, world_pf_mac);
	for (vf = 0; vf < num_vfs; vf++) {
		dev->cfg[vf].spoofchk = true;
		iov_pol_mac_default(world_pf_mac, vf, dev->cfg[vf].default_mac);
	}
}

/* The administrator changes settings of a VF, as pf/commit.c puts them into force. */
static inline void world_set_cfg(struct iov_pol_dev *dev, unsigned int vf, struct iov_vf_cfg cfg)
{
	static struct iov_pol_dev old;

	old = *dev;
	dev->cfg[vf] = cfg;
	iov_pol_path_update(&old, dev);
}

#define world_set(dev, vf, field, value) do { \
	struct iov_pol_dev *world_dev = (dev); \
	unsigned int world_vf = (vf); \
	struct iov_vf_cfg world_cfg = world_dev->cfg[world_vf]; \
	world_cfg.field = (value); \
	world_set_cfg(world_dev, world_vf, world_cfg); \
} while (0)

/* The reply to the last request */
static struct iov_reply world_reply;

static inline enum iov_wire_status world_ask(struct iov_pol_dev *dev, unsigned int vf,
					     struct iov_msg msg)
{
	memset(&world_reply, 0, sizeof(world_reply));
	return iov_pol_session_request(dev, vf, &msg, &world_reply);
}

static inline struct iov_msg world_reset(void)
{
	return (struct iov_msg){ .id = IOV_WIRE_RESET };
}

static inline struct iov_msg world_mac(u8 op, const u8 *addr)
{
	struct iov_msg msg = { .id = IOV_WIRE_SET_MAC, .mac.op = op };

	ether_addr_copy(msg.mac.addr, addr);
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

/*
 * --- With a channel
 * ------------------------------------------------------------
 */

#define WORLD_TID	5

/* A legacy message, in the form that it has on a channel */
static inline struct iov_msg world_tid(struct iov_msg msg)
{
	msg.tid = WORLD_TID;
	return msg;
}

static inline struct iov_msg world_negotiate(u32 min, u32 max, u32 caps)
{
	return (struct iov_msg){
		.id = IOV_WIRE_NEGOTIATE, .tid = WORLD_TID,
		.neg = { .min = min, .max = max, .caps = caps, .driver = 0x61200 },
	};
}

/* RESET and NEGOTIATE */
static inline void world_open(struct iov_pol_dev *dev, unsigned int vf, u32 caps)
{
	CHECK_EQ(world_ask(dev, vf, world_reset()), IOV_WIRE_ST_OK);
	CHECK_EQ(world_ask(dev, vf, world_negotiate(IOV_WIRE_VERSION_1_0, IOV_WIRE_VERSION_1_0,
						    caps)), IOV_WIRE_ST_OK);
}

static inline struct iov_msg world_sync(u32 ack)
{
	return (struct iov_msg){ .id = IOV_WIRE_EVENT_SYNC, .tid = WORLD_TID, .sync.ack = ack };
}

static inline struct iov_msg world_read(unsigned int block, unsigned int offset, unsigned int len)
{
	return (struct iov_msg){
		.id = IOV_WIRE_READ_BLOCK, .tid = WORLD_TID,
		.blk = { .id = (u16)block, .offset = (u8)offset, .len = (u8)len },
	};
}

/* Words first, first + 1, ... */
static inline struct iov_msg world_write(unsigned int block, unsigned int offset, unsigned int len,
					 u32 first)
{
	struct iov_msg msg = world_read(block, offset, len);
	unsigned int i;

	msg.id = IOV_WIRE_WRITE_BLOCK;
	for (i = 0; i < IOV_WIRE_BLK_MAX; i++)
		msg.blk.data.words[i] = first + i;
	return msg;
}

static inline struct iov_msg world_queues(u32 want)
{
	return (struct iov_msg){ .id = IOV_WIRE_SET_QUEUES, .tid = WORLD_TID, .queues.want = want };
}

static inline struct iov_msg world_path(bool vf, u32 epoch)
{
	return (struct iov_msg){
		.id = IOV_WIRE_SET_DATAPATH, .tid = WORLD_TID, .path = { vf, epoch },
	};
}

static inline struct iov_msg world_detach(void)
{
	return (struct iov_msg){
		.id = IOV_WIRE_DETACH, .tid = WORLD_TID, .detach.cause = IOV_WIRE_DETACH_UNLOAD,
	};
}

/* A VF with all capabilities of the channel, and with the data path */
static inline void world_drive(struct iov_pol_dev *dev, unsigned int vf)
{
	world_open(dev, vf, IOV_WIRE_CAPS);
	CHECK_EQ(world_ask(dev, vf, world_path(true, dev->epoch[vf])), IOV_WIRE_ST_OK);
}

static inline void world_pf_vlan(struct iov_pol_dev *dev, unsigned int vid, bool on)
{
	if (on)
		dev->pf.vlans[vid / 64] |= 1ull << (vid % 64);
	else
		dev->pf.vlans[vid / 64] &= ~(1ull << (vid % 64));
}

/* The only index of an address in the tables, or -1 */
static inline int world_slot_of(const struct iov_pol_hw_tables *tables, const u8 *addr)
{
	int found = -1, i;

	for (i = 0; i < IOV_POL_RARS; i++) {
		if (!tables->rar[i].pools || !ether_addr_equal(tables->rar[i].addr, addr))
			continue;
		CHECK_EQ(found, -1);
		found = i;
	}
	return found;
}

static inline unsigned int world_pools_of(const struct iov_pol_hw_tables *tables, const u8 *addr)
{
	int slot = world_slot_of(tables, addr);

	return slot < 0 ? 0 : tables->rar[slot].pools;
}

/* The index of a VLAN, and the pools that are its members */
static inline int world_vlvf_of(const struct iov_pol_hw_tables *tables, unsigned int vid)
{
	int found = -1, i;

	for (i = 0; i < IOV_POL_VLVFS; i++) {
		if (!tables->vlvf[i].pools || tables->vlvf[i].vid != vid)
			continue;
		CHECK_EQ(found, -1);
		found = i;
	}
	return found;
}

static inline unsigned int world_members_of(const struct iov_pol_hw_tables *tables,
					    unsigned int vid)
{
	int slot = world_vlvf_of(tables, vid);

	return slot < 0 ? 0 : tables->vlvf[slot].pools;
}

#endif
