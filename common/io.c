// SPDX-License-Identifier: GPL-2.0-only
/* Register access outside the fast path: a lost device, bounded waits. */

#include <linux/export.h>
#include <linux/iopoll.h>
#include <linux/pci.h>

#include "common/io.h"
#include "common/quirks.h"
#include "common/regs.h"

#define IOV_IO_WAIT_STEP_US	50

/**
 * iov_io_init - set up register access and find the quirks of a function
 * @io: to initialise
 * @pdev: PF or VF
 * @base: mapped BAR 0
 *
 * The subsystem vendor identifies QEMU: vfio passes it on to a guest.
 *
 * Context: process, probe.
 */
void iov_io_init(struct iov_io *io, struct pci_dev *pdev, u8 __iomem *base)
{
	io->base = base;
	io->dev = &pdev->dev;
	io->gone = false;
	io->quirks = 0;
	if (pdev->subsystem_vendor == PCI_VENDOR_ID_REDHAT_QUMRANET)
		io->quirks = IOV_QUIRKS_QEMU;
}
EXPORT_SYMBOL_GPL(iov_io_init);

/**
 * iov_io_check - find out whether an all-ones read means a lost device
 * @io: registers
 * @reg: register that was read
 *
 * STATUS has bits that are always zero, in the PF and in the VF.
 *
 * Context: any.
 * Return: value of @reg, all-ones if the device is gone.
 */
u32 iov_io_check(struct iov_io *io, u32 reg)
{
	if (iov_io_gone(io))
		return U32_MAX;
	if (readl(io->base + IOV_STATUS) != U32_MAX)
		return readl(io->base + reg);

	WRITE_ONCE(io->gone, true);
	dev_err(io->dev, "device does not answer (register 0x%05x), detached\n",
		reg);
	return U32_MAX;
}
EXPORT_SYMBOL_GPL(iov_io_check);

/**
 * iov_io_wait - sleep until bits of a register have a value
 * @io: registers
 * @reg: register
 * @mask: bits to look at
 * @want: value to wait for
 * @timeout_us: longest wait in microseconds
 *
 * Context: process.
 * Return: 0, -ETIMEDOUT, or -ENODEV when the device is gone.
 */
int iov_io_wait(struct iov_io *io, u32 reg, u32 mask, u32 want,
		unsigned long timeout_us)
{
	u32 val;
	int err;

	err = read_poll_timeout(iov_rd32, val,
				(val & mask) == want || iov_io_gone(io),
				IOV_IO_WAIT_STEP_US, timeout_us, false,
				io, reg);
	return iov_io_gone(io) ? -ENODEV : err;
}
EXPORT_SYMBOL_GPL(iov_io_wait);
