/* SPDX-License-Identifier: GPL-2.0-only */
/* Register access, and the one place that notices a vanished device. */
#ifndef IOV_IO_H
#define IOV_IO_H

#include <linux/compiler.h>
#include <linux/io.h>
#include <linux/types.h>

struct device;

/**
 * struct iov_io - BAR 0 of a function
 * @base: mapping; valid from probe to remove
 * @dev: for messages
 * @gone: the device answered with all-ones; set once, never cleared
 */
struct iov_io {
	u8 __iomem *base;
	struct device *dev;
	bool gone;
};

void iov_io_init(struct iov_io *io, struct device *dev, u8 __iomem *base);
u32 iov_io_check(struct iov_io *io, u32 reg);
int iov_io_wait(struct iov_io *io, u32 reg, u32 mask, u32 want,
		unsigned long timeout_us);

static inline bool iov_io_gone(const struct iov_io *io)
{
	return READ_ONCE(io->gone);
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

/* Push posted writes to the device; never in the data path. */
static inline void iov_io_flush(struct iov_io *io)
{
	readl(io->base + 0x8);
}

#endif /* IOV_IO_H */
