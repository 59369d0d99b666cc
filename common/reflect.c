// SPDX-License-Identifier: GPL-2.0-only
/* Table of frames that this function has just sent: see reflect.h. */

#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/skbuff.h>

#include "common/nic.h"

/* Longest time until a reflected frame is polled */
#define IOV_REFLECT_WINDOW	(HZ / 2)

/**
 * iov_reflect_update - select the frames to be noted by the receive mode
 * @nic: data path
 *
 * Unicast is reflected only in promiscuous mode. A bridge makes its ports
 * all-multicast or promiscuous.
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
 * iov_reflect_expect - turn the filter for reflected frames on or off
 * @nic: data path
 * @reflects: frames may be reflected
 *
 * Context: process.
 */
void iov_reflect_expect(struct iov_nic *nic, bool reflects)
{
	nic->reflects = reflects;
	/* Before, the lock is not initialised. */
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
 * iov_reflect_note - note a frame that is being sent
 * @nic: data path for which iov_reflect_applies() is true
 * @frame: its first IOV_REFLECT_HEAD_LEN bytes
 * @len: its length
 *
 * Context: softirq or process, before the doorbell.
 */
void iov_reflect_note(struct iov_nic *nic, const void *frame, unsigned int len)
{
	const u32 window = IOV_REFLECT_WINDOW;
	u32 now = jiffies;
	atomic64_t *slot;
	s64 entry;
	u64 hash;

	if (!is_multicast_ether_addr(frame)) {
		hash = iov_reflect_pair(frame);
		WRITE_ONCE(nic->reflect.pair[iov_reflect_slot(hash)],
			   iov_reflect_note_pair(hash, now));
		return;
	}
	hash = iov_reflect_group(frame, len);
	slot = &nic->reflect.group[iov_reflect_slot(hash)];
	entry = atomic64_read(slot);
	while (!atomic64_try_cmpxchg(slot, &entry,
				     iov_reflect_note_group(entry, hash, now,
							    window)))
		;
}

/**
 * iov_reflect_note_skb - note a packet that is being sent
 * @nic: data path for which iov_reflect_applies() is true
 * @skb: packet
 *
 * Unicast that was received here (hairpin mode of a bridge port) is not noted:
 * the note would match frames that are received later.
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
 * iov_reflect_match - check whether a received frame was sent by this function
 * @nic: data path for which iov_reflect_applies() is true
 * @frame: its first IOV_REFLECT_HEAD_LEN bytes
 * @len: its length, at least ETH_HLEN
 *
 * Context: softirq.
 * Return: true if it was.
 */
bool iov_reflect_match(struct iov_nic *nic, const void *frame, unsigned int len)
{
	const u32 window = IOV_REFLECT_WINDOW;
	u32 now = jiffies;
	atomic64_t *slot;
	s64 entry;
	u64 hash, left;

	if (!is_multicast_ether_addr(frame)) {
		hash = iov_reflect_pair(frame);
		entry = READ_ONCE(nic->reflect.pair[iov_reflect_slot(hash)]);
		return iov_reflect_is_pair(entry, hash, now, window);
	}
	hash = iov_reflect_group(frame, len);
	slot = &nic->reflect.group[iov_reflect_slot(hash)];
	entry = atomic64_read(slot);
	do {
		left = entry;
		if (!iov_reflect_take_group(&left, hash, now, window))
			return false;
	} while (!atomic64_try_cmpxchg(slot, &entry, left));
	return true;
}
