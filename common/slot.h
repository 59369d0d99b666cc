/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How small receive buffers lie in a page. Pure: built unchanged into the
 * library and the unit tests.
 *
 * A page is divided into slots of 2 KiB. The device takes the size of a buffer
 * in KiB, so it may write 2 KiB from where the data of a slot begin, although
 * the headroom of the next slot and skb_shared_info are in there: frames that
 * long do not come, because the limit of the pool is that of the MTU.
 *
 * Should another driver's PF let them pass, they destroy no memory but that of
 * received data. The data of each slot but the first begin where the slot
 * begins, and the headroom is the end of the slot before. So 2 KiB never reach
 * beyond the page, and skb_shared_info, in front of the headroom of the next
 * slot, is written only while the device has the buffer. The first slot has its
 * headroom inside: from there a frame of more than 1984 bytes reaches the
 * headroom of the second slot and the first 64 bytes of its data.
 */
#ifndef IOV_SLOT_H
#define IOV_SLOT_H

#define IOV_SLOT_KIB		2
#define IOV_SLOT_SIZE		(IOV_SLOT_KIB * 1024)
#define IOV_SLOT_HEADROOM	64
/* Headroom, data and skb_shared_info: up to the headroom of the next slot */
#define IOV_SLOT_BUILD		(IOV_SLOT_SIZE - IOV_SLOT_HEADROOM)

/* Where in the page the data of a slot begin, behind its headroom */
static inline unsigned int iov_slot_data(unsigned int slot)
{
	return slot ? slot * IOV_SLOT_SIZE : IOV_SLOT_HEADROOM;
}

#endif /* IOV_SLOT_H */
