/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deviations of QEMU's igb from the 82576. iov_io_init() decides at probe which
 * of them a function has; hardware has none.
 */
#ifndef IOV_QUIRKS_H
#define IOV_QUIRKS_H

#include <linux/bits.h>

/* The switch sends a pool's frames back to that pool: see reflect.h. */
#define IOV_QUIRK_REFLECTS	BIT(0)
/* Segmentation makes IP fragments of UDP datagrams. */
#define IOV_QUIRK_NO_USO	BIT(1)
/* Segmentation clears FIN in every segment. */
#define IOV_QUIRK_TSO_FIN	BIT(2)
/* An interrupt does not mask its vector (EIAM): see vector.c. */
#define IOV_QUIRK_NO_EIAM	BIT(3)
/* A pool's multicast needs ROMPE and MTA, not MPME; its UTA needs ROMPE. */
#define IOV_QUIRK_ROMPE		BIT(4)
/* A VF's mailbox interrupts with the vector of its queue pair 1. */
#define IOV_QUIRK_MBX_VECTOR	BIT(5)
/*
 * A frame is lost, and reported as sent, if a buffer is not contiguous in
 * QEMU's memory. What a guest has contiguous memory for may consist of pages
 * that are not: no descriptor crosses a boundary of IOV_TX_PAGE.
 */
#define IOV_QUIRK_TX_PAGES	BIT(6)

#define IOV_QUIRKS_QEMU		(IOV_QUIRK_REFLECTS | IOV_QUIRK_NO_USO | \
				 IOV_QUIRK_TSO_FIN | IOV_QUIRK_NO_EIAM | \
				 IOV_QUIRK_ROMPE | IOV_QUIRK_MBX_VECTOR | \
				 IOV_QUIRK_TX_PAGES)

#endif /* IOV_QUIRKS_H */
