// SPDX-License-Identifier: GPL-2.0-only
/* common/slot.h: where the device may write, and what must not be there. */

#include "common/slot.h"
#include "tap.h"

static const unsigned int pages[] = { 4096, 16384, 65536 };

/* The device never writes more than this. */
#define WINDOW	(IOV_SLOT_KIB * 1024)
/* The part of the second slot that a window of the first one may overlap */
#define REACH	IOV_SLOT_HEADROOM

static void windows_stay_in_the_page(void)
{
	unsigned int i, slot, slots;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		slots = pages[i] / IOV_SLOT_SIZE;
		for (slot = 0; slot < slots; slot++)
			CHECK(iov_slot_data(slot) + WINDOW <= pages[i]);
	}
}

static void buffers_do_not_overlap(void)
{
	unsigned int i, slot, slots, end;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		slots = pages[i] / IOV_SLOT_SIZE;
		for (slot = 0, end = 0; slot < slots; slot++) {
			CHECK(iov_slot_data(slot) >= end + IOV_SLOT_HEADROOM);
			end = iov_slot_data(slot) - IOV_SLOT_HEADROOM +
			      IOV_SLOT_BUILD;
			CHECK(end <= pages[i]);
		}
	}
}

/* A window overlaps no skb_shared_info but that of its own buffer. */
static void windows_spare_the_others(void)
{
	unsigned int slot, next;

	for (slot = 0; slot < 31; slot++) {
		next = iov_slot_data(slot + 1);
		CHECK(iov_slot_data(slot) + WINDOW <= next + (slot ? 0 : REACH));
	}
}

TAP_MAIN(TAP_TEST(windows_stay_in_the_page),
	 TAP_TEST(buffers_do_not_overlap),
	 TAP_TEST(windows_spare_the_others))
