// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stops a VF and saves its registers; restores them and starts the VF. All
 * accesses are to the VF's own registers, except that the PF reads the masks of
 * the vectors.
 */

#include <linux/pci.h>

#include "pf/vfio/vfio.h"

/* Longest time until a queue is on, or off */
#define IOV_VFIO_SWITCH_US	20000
/* Longest time until the VF holds its mailbox */
#define IOV_VFIO_HOLD_US	1000

static const u16 iov_vfio_device_rx[IOV_VFIO_RX_REGS] = {
	[IOV_VFIO_RDBAL] = IOV_RDBAL, [IOV_VFIO_RDBAH] = IOV_RDBAH,
	[IOV_VFIO_RDLEN] = IOV_RDLEN, [IOV_VFIO_SRRCTL] = IOV_SRRCTL,
	[IOV_VFIO_RXCTL] = IOV_RXCTL, [IOV_VFIO_RDH] = IOV_RDH,
	[IOV_VFIO_RDT] = IOV_RDT, [IOV_VFIO_RXDCTL] = IOV_RXDCTL,
};

static const u16 iov_vfio_device_tx[IOV_VFIO_TX_REGS] = {
	[IOV_VFIO_TDBAL] = IOV_TDBAL, [IOV_VFIO_TDBAH] = IOV_TDBAH,
	[IOV_VFIO_TDLEN] = IOV_TDLEN, [IOV_VFIO_TXCTL] = IOV_TXCTL,
	[IOV_VFIO_TDWBAL] = IOV_TDWBAL, [IOV_VFIO_TDWBAH] = IOV_TDWBAH,
	[IOV_VFIO_TDH] = IOV_TDH, [IOV_VFIO_TDT] = IOV_TDT,
	[IOV_VFIO_TXDCTL] = IOV_TXDCTL,
};

static const u16 iov_vfio_device_counters[IOV_VFIO_COUNTERS] = {
	IOV_VF_GPRC, IOV_VF_GPTC, IOV_VF_GORC, IOV_VF_GOTC, IOV_VF_MPRC,
};

/**
 * iov_vfio_device_counter - which counter has this register?
 * @reg: register of a VF
 *
 * Context: any.
 * Return: index of struct iov_vfio.base; -1: none.
 */
int iov_vfio_device_counter(u32 reg)
{
	int i;

	for (i = 0; i < IOV_VFIO_COUNTERS; i++)
		if (iov_vfio_device_counters[i] == reg)
			return i;
	return -1;
}

static void iov_vfio_device_read_queues(struct iov_vfio *vfio)
{
	struct iov_vfio_regs *regs = &vfio->state.regs;
	unsigned int q, i;

	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		for (i = 0; i < IOV_VFIO_RXDCTL; i++)
			regs->rx[q][i] = iov_rd32(&vfio->io, IOV_VF_RXQ(q) +
						  iov_vfio_device_rx[i]);
		for (i = 0; i < IOV_VFIO_TXDCTL; i++)
			regs->tx[q][i] = iov_rd32(&vfio->io, IOV_VF_TXQ(q) +
						  iov_vfio_device_tx[i]);
	}
}

/*
 * Clear ENABLE and wait until the queue has written everything back
 * (DS 8.10.9, 8.12.14); heads and descriptors are final then.
 */
static int iov_vfio_device_disable(struct iov_vfio *vfio, u32 reg, u32 control,
				   u32 enable)
{
	if (!(control & enable))
		return 0;
	iov_wr32(&vfio->io, reg, control & ~enable);
	return iov_io_wait(&vfio->io, reg, enable, 0, IOV_VFIO_SWITCH_US);
}

static int iov_vfio_device_disable_queues(struct iov_vfio *vfio)
{
	const struct iov_vfio_regs *regs = &vfio->state.regs;
	unsigned int q;
	int err;

	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		const u32 *rx = regs->rx[q], *tx = regs->tx[q];

		err = iov_vfio_device_disable(vfio, IOV_VF_TXQ(q) + IOV_TXDCTL,
					      tx[IOV_VFIO_TXDCTL],
					      IOV_TXDCTL_ENABLE);
		if (err)
			return err;
		err = iov_vfio_device_disable(vfio, IOV_VF_RXQ(q) + IOV_RXDCTL,
					      rx[IOV_VFIO_RXDCTL],
					      IOV_RXDCTL_ENABLE);
		if (err)
			return err;
	}
	return 0;
}

/* The first reading serves to start the queues again if one does not stop. */
static int iov_vfio_device_stop_queues(struct iov_vfio *vfio)
{
	struct iov_vfio_regs *regs = &vfio->state.regs;
	unsigned int q;
	int err;

	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		regs->rx[q][IOV_VFIO_RXDCTL] =
			iov_rd32(&vfio->io, IOV_VF_RXQ(q) + IOV_RXDCTL);
		regs->tx[q][IOV_VFIO_TXDCTL] =
			iov_rd32(&vfio->io, IOV_VF_TXQ(q) + IOV_TXDCTL);
	}
	iov_vfio_device_read_queues(vfio);
	err = iov_vfio_device_disable_queues(vfio);
	if (err)
		return err;
	iov_vfio_device_read_queues(vfio);
	return 0;
}

static void iov_vfio_device_save(struct iov_vfio *vfio)
{
	struct iov_vfio_regs *regs = &vfio->state.regs;
	struct iov_io *io = &vfio->io;
	unsigned int i;

	regs->psrtype = iov_rd32(io, IOV_VF_PSRTYPE);
	regs->ivar = iov_rd32(io, IOV_VF_VTIVAR);
	regs->ivar_misc = iov_rd32(io, IOV_VF_VTIVAR_MISC);
	for (i = 0; i < IOV_VFIO_VECTORS; i++)
		regs->eitr[i] = iov_rd32(io, IOV_EITR(i));
	/* The read clears PFSTS and PFACK: iov_pf_freeze_end() sets them. */
	regs->mailbox |= iov_rd32(io, IOV_VF_V2PMAILBOX);
	for (i = 0; i < IOV_WIRE_WORDS; i++)
		regs->words[i] = iov_rd32(io, IOV_VF_VMBMEM + i * sizeof(u32));
	for (i = 0; i < IOV_VFIO_COUNTERS; i++)
		regs->counter[i] = vfio->base[i] +
				    iov_rd32(io, iov_vfio_device_counters[i]);
}

/*
 * QEMU: a VF has registers only while Memory Space Enable is set, a bit that
 * hardware's VFs lack (SR-IOV specification 3.4.1.3). The guest may clear it.
 */
static int iov_vfio_device_reach(struct iov_vfio *vfio,
				 int (*access)(struct iov_vfio *vfio))
{
	struct pci_dev *pdev = vfio->core.pdev;
	u16 command;
	int err;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	pci_write_config_word(pdev, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
	/* The guest may have had the VF in D3, where reads are all-ones. */
	iov_io_clear_gone(&vfio->io);
	err = access(vfio);
	pci_write_config_word(pdev, PCI_COMMAND, command);
	return err;
}

static int iov_vfio_device_stop_reached(struct iov_vfio *vfio)
{
	int err = iov_pf_freeze(vfio->core.pdev);

	if (!err)
		err = iov_pf_freeze_save(vfio->core.pdev, &vfio->state.pf,
					 &vfio->state.regs.masks);
	if (err)
		return err;
	iov_vfio_device_save(vfio);
	err = iov_vfio_device_stop_queues(vfio);
	vfio->stopped = true;
	iov_vfio_track_transmit(vfio);
	if (!err)
		return 0;
	iov_vfio_device_start(vfio);
	vfio->stopped = false;
	return err;
}

/**
 * iov_vfio_device_stop - stop the device and save its state
 * @vfio: VF whose guest does not run
 *
 * Context: process, vfio->lock.
 * Return: 0; or a negative errno, and the device was started again if possible.
 */
int iov_vfio_device_stop(struct iov_vfio *vfio)
{
	lockdep_assert_held(&vfio->lock);
	if (vfio->stopped)
		return 0;
	memset(&vfio->state, 0, sizeof(vfio->state));
	return iov_vfio_device_reach(vfio, iov_vfio_device_stop_reached);
}

/**
 * iov_vfio_device_load - load the saved state of another VF
 * @vfio: VF whose PF has loaded the session
 * @state: the state
 *
 * Context: process, vfio->lock.
 */
void iov_vfio_device_load(struct iov_vfio *vfio,
			  const struct iov_vfio_state *state)
{
	lockdep_assert_held(&vfio->lock);
	vfio->state = *state;
	vfio->stopped = true;
}

/* After a reset the first queue is enabled without a ring (DS 8.10.9). */
static bool iov_vfio_device_is_on(u32 control, u32 enable, u32 length)
{
	return control & enable && length;
}

/*
 * Write bases and heads before ENABLE, the tail after it (DS 8.10.8). A queue
 * that was off is not enabled. Pages may be tracked already (PRE_COPY_P2P), so
 * ENABLE and tail are written like the guest's own writes.
 */
static int iov_vfio_device_start_rx(struct iov_vfio *vfio, unsigned int q)
{
	const u32 *rx = vfio->state.regs.rx[q];
	struct iov_io *io = &vfio->io;
	u32 block = IOV_VF_RXQ(q);
	unsigned int i;
	int err;

	for (i = 0; i < IOV_VFIO_RDT; i++)
		iov_wr32(io, block + iov_vfio_device_rx[i], rx[i]);
	if (!iov_vfio_device_is_on(rx[IOV_VFIO_RXDCTL], IOV_RXDCTL_ENABLE,
				   rx[IOV_VFIO_RDLEN]))
		return 0;
	err = iov_vfio_track_write(vfio, block + IOV_RXDCTL,
				   rx[IOV_VFIO_RXDCTL]);
	if (!err)
		err = iov_io_wait(io, block + IOV_RXDCTL, IOV_RXDCTL_ENABLE,
				  IOV_RXDCTL_ENABLE, IOV_VFIO_SWITCH_US);
	if (!err)
		err = iov_vfio_track_write(vfio, block + IOV_RDT,
					   rx[IOV_VFIO_RDT]);
	return err;
}

/* iov_vfio_device_kick() writes the tail. */
static int iov_vfio_device_start_tx(struct iov_vfio *vfio, unsigned int q)
{
	const u32 *tx = vfio->state.regs.tx[q];
	struct iov_io *io = &vfio->io;
	u32 block = IOV_VF_TXQ(q);
	unsigned int i;

	for (i = 0; i < IOV_VFIO_TDT; i++)
		iov_wr32(io, block + iov_vfio_device_tx[i], tx[i]);
	if (!iov_vfio_device_is_on(tx[IOV_VFIO_TXDCTL], IOV_TXDCTL_ENABLE,
				   tx[IOV_VFIO_TDLEN]))
		return 0;
	iov_wr32(io, block + IOV_TXDCTL, tx[IOV_VFIO_TXDCTL]);
	return iov_io_wait(io, block + IOV_TXDCTL, IOV_TXDCTL_ENABLE,
			   IOV_TXDCTL_ENABLE, IOV_VFIO_SWITCH_US);
}

static int iov_vfio_device_start_queues(struct iov_vfio *vfio)
{
	unsigned int q;
	int err;

	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		err = iov_vfio_device_start_rx(vfio, q);
		if (!err)
			err = iov_vfio_device_start_tx(vfio, q);
		if (err)
			return err;
	}
	return 0;
}

/* The device has ignored tails that were written while the pool was closed. */
static void iov_vfio_device_kick(struct iov_vfio *vfio)
{
	unsigned int q;

	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		const u32 *tx = vfio->state.regs.tx[q];

		if (iov_vfio_device_is_on(tx[IOV_VFIO_TXDCTL],
					  IOV_TXDCTL_ENABLE,
					  tx[IOV_VFIO_TDLEN]))
			iov_wr32(&vfio->io, IOV_VF_TXQ(q) + IOV_TDT,
				 tx[IOV_VFIO_TDT]);
	}
	/* Masked vectors as well: the guest may be about to unmask them. */
	iov_wr32(&vfio->io, IOV_EICS, GENMASK(IOV_VFIO_VECTORS - 1, 0));
}

/*
 * A VF may write its mailbox only while it holds it (DS 8.14). The PF does not
 * hold the mailbox of a frozen VF. Reading V2PMAILBOX also clears RSTD, which
 * the guest's driver would take for a reset of the PF.
 */
static int iov_vfio_device_start_mailbox(struct iov_vfio *vfio)
{
	const struct iov_vfio_regs *regs = &vfio->state.regs;
	struct iov_io *io = &vfio->io;
	unsigned int i;
	int err;

	iov_wr32(io, IOV_VF_V2PMAILBOX, IOV_V2PMAILBOX_VFU);
	err = iov_io_wait(io, IOV_VF_V2PMAILBOX, IOV_V2PMAILBOX_VFU,
			  IOV_V2PMAILBOX_VFU, IOV_VFIO_HOLD_US);
	if (err)
		return err;
	for (i = 0; i < IOV_WIRE_WORDS; i++)
		iov_wr32(io, IOV_VF_VMBMEM + i * sizeof(u32), regs->words[i]);
	iov_wr32(io, IOV_VF_V2PMAILBOX, regs->mailbox & IOV_V2PMAILBOX_VFU);
	return 0;
}

static void iov_vfio_device_start_vectors(struct iov_vfio *vfio)
{
	const struct iov_vfio_regs *regs = &vfio->state.regs;
	struct iov_io *io = &vfio->io;
	unsigned int i;

	iov_wr32(io, IOV_VF_PSRTYPE, regs->psrtype);
	iov_wr32(io, IOV_VF_VTIVAR, regs->ivar);
	iov_wr32(io, IOV_VF_VTIVAR_MISC, regs->ivar_misc);
	for (i = 0; i < IOV_VFIO_VECTORS; i++)
		iov_wr32(io, IOV_EITR(i), regs->eitr[i]);
	iov_wr32(io, IOV_EIAC, regs->masks.eiac);
	iov_wr32(io, IOV_EIAM, regs->masks.eiam);
	iov_wr32(io, IOV_EIMS, regs->masks.eims);
}

static int iov_vfio_device_start_reached(struct iov_vfio *vfio)
{
	u32 mailbox = vfio->state.regs.mailbox;
	unsigned int i;
	int err;

	for (i = 0; i < IOV_VFIO_COUNTERS; i++)
		vfio->base[i] = vfio->state.regs.counter[i] -
				iov_rd32(&vfio->io,
					 iov_vfio_device_counters[i]);
	err = iov_vfio_device_start_queues(vfio);
	if (err)
		return err;
	iov_vfio_track_transmit(vfio);
	iov_vfio_device_start_vectors(vfio);
	err = iov_vfio_device_start_mailbox(vfio);
	if (!err)
		err = iov_pf_freeze_end(vfio->core.pdev,
					mailbox & IOV_V2PMAILBOX_PFSTS,
					mailbox & IOV_V2PMAILBOX_PFACK);
	if (err && err != -ENODEV && err != -EAGAIN)
		return err;
	iov_vfio_device_kick(vfio);
	vfio->stopped = false;
	vfio->moved = false;
	return 0;
}

/**
 * iov_vfio_device_start - start the device from its saved state
 * @vfio: VF
 *
 * Each vector is raised once: an interrupt may have been lost. If the PF has no
 * driver or is offline, the guest is notified to open its session again later.
 *
 * Context: process, vfio->lock.
 * Return: 0 or a negative errno.
 */
int iov_vfio_device_start(struct iov_vfio *vfio)
{
	lockdep_assert_held(&vfio->lock);
	if (!vfio->stopped)
		return 0;
	return iov_vfio_device_reach(vfio, iov_vfio_device_start_reached);
}

/**
 * iov_vfio_device_track - pin the pages that the device may write to
 * @vfio: VF
 *
 * Context: process, vfio->lock.
 * Return: 0 or a negative errno.
 */
int iov_vfio_device_track(struct iov_vfio *vfio)
{
	return iov_vfio_device_reach(vfio, iov_vfio_track_start);
}
