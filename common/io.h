/* SPDX-License-Identifier: GPL-2.0-only */
/* Register access; the only place that detects a lost device. */
#ifndef IOV_IO_H
#define IOV_IO_H

#include <linux/bitfield.h>
#include <linux/compiler.h>
#include <linux/io.h>
#include <linux/types.h>

#include "common/regs.h"

struct device;
struct pci_dev;

/**
 * struct iov_io - BAR 0 of a function
 * @base: mapping; valid from probe to remove
 * @dev: for messages
 * @quirks: set of IOV_QUIRK_*; constant
 * @gone: reads return all-ones, in STATUS as well
 */
struct iov_io {
	u8 __iomem *base;
	struct device *dev;
	u8 quirks;
	bool gone;
};

void iov_io_init(struct iov_io *io, struct pci_dev *pdev, u8 __iomem *base);
u32 iov_io_check(struct iov_io *io, u32 reg);
int iov_io_wait(struct iov_io *io, u32 reg, u32 mask, u32 want,
		unsigned long timeout_us);

static inline bool iov_io_gone(const struct iov_io *io)
{
	return READ_ONCE(io->gone);
}

/* After a reset or suspend, during which all-ones reads were expected */
static inline void iov_io_clear_gone(struct iov_io *io)
{
	WRITE_ONCE(io->gone, false);
}

static inline u32 iov_rd32(struct iov_io *io, u32 reg)
{
	u32 val = readl(io->base + reg);

	if (unlikely(val == U32_MAX))
		val = iov_io_check(io, reg);
	return val;
}

static inline void iov_wr32(struct iov_io *io, u32 reg, u32 val)
{
	writel(val, io->base + reg);
}

/* Speed of a link in Mbit/s, from STATUS */
static inline u32 iov_io_speed(u32 status)
{
	switch (FIELD_GET(IOV_STATUS_SPEED, status)) {
	case IOV_STATUS_SPEED_10:
		return 10;
	case IOV_STATUS_SPEED_100:
		return 100;
	default:
		return 1000;
	}
}

/* Push posted writes to the device; never in the data path. */
static inline void iov_io_flush(struct iov_io *io)
{
	readl(io->base + IOV_STATUS);
}

#endif /* IOV_IO_H */
