// SPDX-License-Identifier: GPL-2.0-only
/* The table of frames that this function has just sent: see reflect.h. */

#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/skbuff.h>

#include "common/nic.h"

/* Frames come back within that time, if they do: the poll may be late. */
#define IOV_REFLECT_WINDOW	(HZ / 2)

/**
 * iov_reflect_update - what is noted follows from what the function receives
 * @nic: data path
 *
 * A bridge makes its ports all-multicast at least, and, unless it knows where
 * all macvlans are, promiscuous, also those that are below a bond.
 *
 * Context: the netdev's address lock.
 */
void iov_reflect_update(struct iov_nic *nic)
{
	enum iov_reflect_mode mode = IOV_REFLECT_NONE;

	if (nic->reflects)
		mode = nic->netdev->flags & (IFF_PROMISC | IFF_ALLMULTI) ?
		       IOV_REFLECT_ALL : IOV_REFLECT_GROUPS;
	WRITE_ONCE(nic->reflect_mode, mode);
}
EXPORT_SYMBOL_GPL(iov_reflect_update);

/**
 * iov_reflect_expect - may the function get its own frames back?
 * @nic: data path
 * @reflects: it may
 *
 * Context: process.
 */
void iov_reflect_expect(struct iov_nic *nic, bool reflects)
{
	nic->reflects = reflects;
	/* Before that the lock is not initialised, and nothing else runs. */
	if (nic->netdev->reg_state != NETREG_REGISTERED) {
		iov_reflect_update(nic);
		return;
	}
	netif_addr_lock_bh(nic->netdev);
	iov_reflect_update(nic);
	netif_addr_unlock_bh(nic->netdev);
}
EXPORT_SYMBOL_GPL(iov_reflect_expect);

/**
 * iov_reflect_note - a frame is being sent
 * @nic: data path for which iov_reflect_counts() is true
 * @frame: its first IOV_REFLECT_HEAD_LEN bytes
 * @len: its length
 *
 * Context: softirq or process, before the doorbell.
 */
void iov_reflect_note(struct iov_nic *nic, const void *frame, unsigned int len)
{
	u32 now = jiffies;
	atomic64_t *slot;
	s64 entry;
	u64 hash;

	if (!is_multicast_ether_addr(frame)) {
		hash = iov_reflect_pair(frame);
		WRITE_ONCE(nic->reflect.pair[iov_reflect_place(hash)],
			   iov_reflect_note_pair(hash, now));
		return;
	}
	hash = iov_reflect_group(frame, len);
	slot = &nic->reflect.group[iov_reflect_place(hash)];
	entry = atomic64_read(slot);
	while (!atomic64_try_cmpxchg(slot, &entry,
				     iov_reflect_note_group(entry, hash, now,
							    IOV_REFLECT_WINDOW)))
		;
}

/**
 * iov_reflect_note_skb - a packet of the stack is being sent
 * @nic: data path for which iov_reflect_counts() is true
 * @skb: packet
 *
 * Unicast that came in here (a bridge's port in hairpin mode) is not noted:
 * more of it will come in.
 *
 * Context: like iov_reflect_note().
 */
void iov_reflect_note_skb(struct iov_nic *nic, const struct sk_buff *skb)
{
	unsigned int len = min_t(unsigned int, skb->len, IOV_REFLECT_HEAD_LEN);
	u8 buf[IOV_REFLECT_HEAD_LEN];
	const u8 *head;

	head = skb_header_pointer(skb, 0, len, buf);
	if (head && (is_multicast_ether_addr(head) ||
		     skb->skb_iif != nic->netdev->ifindex))
		iov_reflect_note(nic, head, len);
}

/**
 * iov_reflect_heard - is a frame that has come in one that was just sent?
 * @nic: data path for which iov_reflect_counts() is true
 * @frame: its first IOV_REFLECT_HEAD_LEN bytes
 * @len: its length, an Ethernet header at least
 *
 * Context: softirq.
 * Return: whether it is.
 */
bool iov_reflect_heard(struct iov_nic *nic, const void *frame, unsigned int len)
{
	u32 now = jiffies;
	atomic64_t *slot;
	s64 entry;
	u64 hash, left;

	if (!is_multicast_ether_addr(frame)) {
		hash = iov_reflect_pair(frame);
		entry = READ_ONCE(nic->reflect.pair[iov_reflect_place(hash)]);
		return iov_reflect_is_pair(entry, hash, now, IOV_REFLECT_WINDOW);
	}
	hash = iov_reflect_group(frame, len);
	slot = &nic->reflect.group[iov_reflect_place(hash)];
	entry = atomic64_read(slot);
	do {
		left = entry;
		if (!iov_reflect_take_group(&left, hash, now, IOV_REFLECT_WINDOW))
			return false;
	} while (!atomic64_try_cmpxchg(slot, &entry, left));
	return true;
}
