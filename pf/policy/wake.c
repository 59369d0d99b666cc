// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wake-on-LAN: which events the board can wake up the machine for, which of
 * them are wanted, what the device has to receive for it. Pure.
 */

#include <linux/array_size.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "pf/policy/internal.h"
#include "pf/policy/wake.h"

/**
 * struct iov_pol_wake_kind - an event
 * @wolopt: WAKE_* of ethtool
 * @event: as in WUFC
 * @cause: the same in words
 */
struct iov_pol_wake_kind {
	u32 wolopt;
	u32 event;
	const char *cause;
};

static const struct iov_pol_wake_kind iov_pol_wake_kinds[] = {
	/* A magic packet is one of the others as well: it comes first. */
	{ IOV_POL_WOL_MAGIC, IOV_POL_WAKE_MAGIC, "a magic packet" },
	{ IOV_POL_WOL_PHY, IOV_POL_WAKE_LINK, "a change of the link" },
	{ IOV_POL_WOL_UCAST, IOV_POL_WAKE_UNICAST, "a unicast packet" },
	{ IOV_POL_WOL_MCAST, IOV_POL_WAKE_MULTICAST, "a multicast packet" },
	{ IOV_POL_WOL_BCAST, IOV_POL_WAKE_BROADCAST, "a broadcast packet" },
};

/**
 * iov_pol_wake_able - which events can the board wake up the machine for?
 * @board: board
 *
 * The first port always can if PME reaches the host, others when the NVM says
 * that they are wired for it, and so on boards with two 82576.
 *
 * Return: events; 0: none.
 */
u32 iov_pol_wake_able(const struct iov_pol_wake_board *board)
{
	if (!board->pme || !(board->apm || (board->first_port && !board->quad)))
		return 0;
	return IOV_POL_WAKE_ALL;
}

/**
 * iov_pol_wake_default - events that are enabled by default
 * @board: board
 *
 * Return: events; 0: none.
 */
u32 iov_pol_wake_default(const struct iov_pol_wake_board *board)
{
	return board->apm ? iov_pol_wake_able(board) & IOV_POL_WAKE_MAGIC : 0;
}

/**
 * iov_pol_wake_choose - ethtool's bits to events
 * @able: events that there are
 * @wolopts: WAKE_*
 * @events: set to the events that are meant
 *
 * Return: false when one of them is not there; then @events is unchanged.
 */
bool iov_pol_wake_choose(u32 able, u32 wolopts, u32 *events)
{
	u32 chosen = 0;
	unsigned int i;

	if (wolopts & ~iov_pol_wake_options(able))
		return false;
	for (i = 0; i < ARRAY_SIZE(iov_pol_wake_kinds); i++)
		if (wolopts & iov_pol_wake_kinds[i].wolopt)
			chosen |= iov_pol_wake_kinds[i].event;
	*events = chosen;
	return true;
}

/**
 * iov_pol_wake_options - events to ethtool's bits
 * @events: events
 *
 * Return: WAKE_*.
 */
u32 iov_pol_wake_options(u32 events)
{
	u32 wolopts = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(iov_pol_wake_kinds); i++)
		if (events & iov_pol_wake_kinds[i].event)
			wolopts |= iov_pol_wake_kinds[i].wolopt;
	return wolopts;
}

/**
 * iov_pol_wake_armed - which events are waited for?
 * @events: those that are wanted
 * @link_up: there is a link now
 *
 * A change of the link is left out while there is one: the device may negotiate
 * the link again when it goes to sleep, and would wake up at once.
 *
 * Return: events.
 */
u32 iov_pol_wake_armed(u32 events, bool link_up)
{
	return link_up ? events & ~IOV_POL_WAKE_LINK : events;
}

/**
 * iov_pol_wake_filter - filters while the machine sleeps
 * @draft: how it is while it does not; changed
 * @events: those that are waited for
 *
 * Nothing that is for a VF or a guest behind a bridge may wake up the machine:
 * the PF has one address, and is not promiscuous.
 */
void iov_pol_wake_filter(struct iov_pol_dev *draft, u32 events)
{
	draft->num_vfs = 0;
	draft->pf.up = true;
	draft->pf.promisc = false;
	draft->pf.num_macs = 0;
	draft->pf.uc_overflow = false;
	draft->pf.allmulti = events & IOV_POL_WAKE_MULTICAST;
}

/**
 * iov_pol_wake_cause - name of the event that woke up the machine
 * @events: what has happened
 *
 * Return: words for a log, NULL for no event.
 */
const char *iov_pol_wake_cause(u32 events)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(iov_pol_wake_kinds); i++)
		if (events & iov_pol_wake_kinds[i].event)
			return iov_pol_wake_kinds[i].cause;
	return NULL;
}
