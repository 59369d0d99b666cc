/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wake-on-LAN: events that wake up the machine, and their filters. Pure.
 */
#ifndef IOV_POL_WAKE_H
#define IOV_POL_WAKE_H

#include <linux/bits.h>
#include <linux/types.h>

struct iov_pol_dev;

/* WAKE_* of ethtool */
#define IOV_POL_WOL_PHY		BIT(0)
#define IOV_POL_WOL_UCAST	BIT(1)
#define IOV_POL_WOL_MCAST	BIT(2)
#define IOV_POL_WOL_BCAST	BIT(3)
#define IOV_POL_WOL_MAGIC	BIT(5)
/* Events, as in WUFC and WUS */
#define IOV_POL_WAKE_LINK	BIT(0)
#define IOV_POL_WAKE_MAGIC	BIT(1)
#define IOV_POL_WAKE_UNICAST	BIT(2)
#define IOV_POL_WAKE_MULTICAST	BIT(3)
#define IOV_POL_WAKE_BROADCAST	BIT(4)
#define IOV_POL_WAKE_ALL	GENMASK(4, 0)

/**
 * struct iov_pol_wake - what wakes up the machine
 * @able: events that the board supports
 * @wanted: events that are enabled
 */
struct iov_pol_wake {
	u32 able;
	u32 wanted;
};

/**
 * struct iov_pol_wake_board - what the board can do
 * @pme: its PCI function can raise PME while it sleeps
 * @first_port: it is the first port of its 82576
 * @quad: two 82576 are on the board, and nothing says which one this is
 * @apm: the NVM wants it to wake up the machine
 */
struct iov_pol_wake_board {
	bool pme;
	bool first_port;
	bool quad;
	bool apm;
};

u32 iov_pol_wake_able(const struct iov_pol_wake_board *board);
u32 iov_pol_wake_default(const struct iov_pol_wake_board *board);
bool iov_pol_wake_choose(u32 able, u32 wolopts, u32 *events);
u32 iov_pol_wake_options(u32 events);
u32 iov_pol_wake_armed(u32 events, bool link_up);
void iov_pol_wake_filter(struct iov_pol_dev *draft, u32 events);
const char *iov_pol_wake_cause(u32 events);

#endif /* IOV_POL_WAKE_H */
