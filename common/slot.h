/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout of small receive buffers in a page. Pure.
 *
 * A page is divided into slots of 2 KiB. Buffer sizes of the device are
 * multiples of 1 KiB, so it may write 2 KiB from the start of a slot's data,
 * where skb_shared_info and the headroom of the next slot are. Frames of that
 * length do not come: the frame limit of the pool follows the MTU.
 *
 * If a PF with another driver lets them pass, they overwrite received data
 * only. The data of each slot but the first start with the slot, and the
 * headroom is the end of the previous slot. So 2 KiB never exceed the page, and
 * skb_shared_info is overwritten only while the device owns the buffer. The
 * first slot contains its headroom: a frame of more than 1984 bytes there
 * reaches the headroom of the second slot and the first 64 bytes of its data.
 */
#ifndef IOV_SLOT_H
#define IOV_SLOT_H

#define IOV_SLOT_KIB		2
#define IOV_SLOT_SIZE		(IOV_SLOT_KIB * 1024)
#define IOV_SLOT_HEADROOM	64
/* Headroom, data and skb_shared_info: up to the headroom of the next slot */
#define IOV_SLOT_BUILD		(IOV_SLOT_SIZE - IOV_SLOT_HEADROOM)

/* Offset of a slot's data in the page */
static inline unsigned int iov_slot_data(unsigned int slot)
{
	return slot ? slot * IOV_SLOT_SIZE : IOV_SLOT_HEADROOM;
}

#endif /* IOV_SLOT_H */
