/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wake.c: what may wake up the machine while the PF sleeps (Wake-on-LAN), and
 * what the PF has to listen to for that. Pure.
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
 * @able: events that can
 * @wanted: events that shall
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

/* Events that the board can wake up the machine for */
u32 iov_pol_wake_able(const struct iov_pol_wake_board *board);
/* Those it does without having been told, as the NVM has it */
u32 iov_pol_wake_default(const struct iov_pol_wake_board *board);
/*
 * Events for ethtool's WAKE_* bits. False: not all of them are among @able;
 * @events is unchanged.
 */
bool iov_pol_wake_choose(u32 able, u32 wolopts, u32 *events);
/* The other way round */
u32 iov_pol_wake_options(u32 events);
/*
 * Those that are waited for. A link that is there is not: the device may
 * negotiate it anew when it goes to sleep, and would wake up at once.
 */
u32 iov_pol_wake_armed(u32 events, bool link_up);
/*
 * Change a draft to what its filters have to be meanwhile: the PF's address and
 * none of a VF's or of others, whether the interface is up or not.
 */
void iov_pol_wake_listen(struct iov_pol_dev *draft, u32 events);
/* What has happened, for a log; NULL: none of the events */
const char *iov_pol_wake_cause(u32 events);

#endif /* IOV_POL_WAKE_H */
