// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of the whole device (DS 8.2): reset, initialisation, CTRL, LEDs.
 * The sequence of a reset is in reset.c.
 */

#include <linux/delay.h>

#include "pf/commit.h"
#include "pf/fwsync.h"
#include "pf/hw.h"
#include "pf/irq.h"
#include "pf/pf.h"

/* Time limits of the device */
#define IOV_PF_HW_MASTER_US	80000
#define IOV_PF_HW_RESET_US	20000
#define IOV_PF_HW_AUTO_RD_US	20000
#define IOV_PF_HW_CFG_DONE_US	100000
/* Blinks per second of ethtool -p */
#define IOV_PF_HW_LED_CYCLES	2
/* Collision threshold and distance for full duplex */
#define IOV_PF_HW_TCTL_CT	15
#define IOV_PF_HW_TCTL_COLD	64
/* Completion timeout 16 ms to 55 ms (PCIe 2.0, Device Control 2) */
#define IOV_PF_HW_DEVCTL2_TMOUT	5

/**
 * iov_pf_hw_set_ctrl - change bits of CTRL
 * @pf: PF
 * @mask: bits to change
 * @bits: those of them to set
 *
 * Context: process, pf->lock.
 */
void iov_pf_hw_set_ctrl(struct iov_pf *pf, u32 mask, u32 bits)
{
	lockdep_assert_held(&pf->lock);
	pf->ctrl = (pf->ctrl & ~mask) | bits;
	iov_wr32(&pf->io, IOV_CTRL, pf->ctrl);
}

/* No interrupts, no receive, no transmit (DS 8.8, 8.10.1, 8.12.1) */
static void iov_pf_hw_disable(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;

	iov_pf_irq_mask(pf);
	iov_pf_filter_off(pf);
	iov_wr32(io, IOV_TCTL, IOV_TCTL_PSP);
	iov_io_flush(io);
}

/* GCR (DS 8.6.1): the default timeout is shorter than PCIe recommends. */
static void iov_pf_hw_set_timeout(struct iov_pf *pf)
{
	u32 gcr = iov_rd32(&pf->io, IOV_GCR);

	if (!(gcr & IOV_GCR_CMPL_TMOUT)) {
		if (gcr & IOV_GCR_CAP_VER2)
			pcie_capability_set_word(pf->pdev, PCI_EXP_DEVCTL2,
						 IOV_PF_HW_DEVCTL2_TMOUT);
		else
			gcr |= FIELD_PREP(IOV_GCR_CMPL_TMOUT,
					  IOV_GCR_CMPL_TMOUT_10MS);
	}
	iov_wr32(&pf->io, IOV_GCR, gcr & ~IOV_GCR_CMPL_RESEND);
}

/*
 * Wait until the device has read its NVM (DS 4.5.3). QEMU and a board without
 * NVM never report that: a step that has timed out once is skipped.
 */
static void iov_pf_hw_wait_nvm(struct iov_pf *pf)
{
	u32 done = pf->fwsync.phy == IOV_SW_FW_SYNC_PHY1 ?
		   IOV_EEMNGCTL_CFG_DONE1 : IOV_EEMNGCTL_CFG_DONE0;
	struct iov_io *io = &pf->io;

	if (!pf->no_auto_rd &&
	    iov_io_wait(io, IOV_EECD, IOV_EECD_AUTO_RD, IOV_EECD_AUTO_RD,
			IOV_PF_HW_AUTO_RD_US) == -ETIMEDOUT)
		pf->no_auto_rd = true;
	if (!pf->no_cfg_done &&
	    iov_io_wait(io, IOV_EEMNGCTL, done, done,
			IOV_PF_HW_CFG_DONE_US) == -ETIMEDOUT)
		pf->no_cfg_done = true;
}

/**
 * iov_pf_hw_reset - bring the device to a known state (DS 4.5.3)
 * @pf: PF, offline; interrupts are masked afterwards
 *
 * Context: process, pf->lock.
 * Return: 0 or a negative errno.
 */
int iov_pf_hw_reset(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;
	int err;

	/* No DMA may be in flight when the MAC is reset (DS 5.2.3). */
	iov_wr32(io, IOV_CTRL, iov_rd32(io, IOV_CTRL) |
			       IOV_CTRL_GIO_MASTER_DIS);
	err = iov_io_wait(io, IOV_STATUS, IOV_STATUS_GIO_MASTER_EN, 0,
			  IOV_PF_HW_MASTER_US);
	if (err == -ETIMEDOUT)
		dev_dbg(io->dev, "PCIe requests pending at reset\n");

	iov_pf_hw_set_timeout(pf);
	iov_pf_hw_disable(pf);
	usleep_range(10000, 11000);

	iov_wr32(io, IOV_CTRL, iov_rd32(io, IOV_CTRL) | IOV_CTRL_RST);
	/* The device must not be accessed for 1 ms (DS 4.2.1.6.1). */
	usleep_range(1000, 1500);
	err = iov_io_wait(io, IOV_CTRL, IOV_CTRL_RST, 0, IOV_PF_HW_RESET_US);
	if (err)
		return err;
	/* All queues are off: iov_nic_free_pending() may have disabled DMA. */
	pci_set_master(pf->pdev);
	iov_pf_hw_wait_nvm(pf);
	iov_pf_irq_mask(pf);

	pf->ctrl = iov_rd32(io, IOV_CTRL);
	pf->ctrl &= ~(IOV_CTRL_GIO_MASTER_DIS | IOV_CTRL_FRCSPD |
		      IOV_CTRL_FRCDPX | IOV_CTRL_RFCE | IOV_CTRL_TFCE);
	pf->ctrl |= IOV_CTRL_SLU;
	iov_wr32(io, IOV_CTRL, pf->ctrl);
	if (iov_io_gone(io))
		return -ENODEV;
	iov_pf_fwsync_start(&pf->fwsync);
	return 0;
}

/**
 * iov_pf_hw_init - write settings that do not depend on the configuration
 * @pf: PF that was reset
 *
 * Context: process, pf->lock.
 */
void iov_pf_hw_init(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;

	lockdep_assert_held(&pf->lock);
	/* DS 8.10; erratum: IPv6 extension headers stop the receive unit. */
	iov_wr32(io, IOV_RFCTL, iov_rd32(io, IOV_RFCTL) |
				IOV_RFCTL_IPV6_EX_DIS);
	iov_wr32(io, IOV_RXCSUM, IOV_RXCSUM_IPOFLD | IOV_RXCSUM_TUOFL |
				 IOV_RXCSUM_CRCOFL | IOV_RXCSUM_PCSD);
	/* DS 8.12.1; drivers add VLAN tags: anti-spoofing must check those. */
	iov_wr32(io, IOV_DTXCTL, iov_rd32(io, IOV_DTXCTL) |
				 IOV_DTXCTL_VLAN_ADDED);
	iov_wr32(io, IOV_TCTL,
		 IOV_TCTL_EN | IOV_TCTL_PSP | IOV_TCTL_RTLC |
		 FIELD_PREP(IOV_TCTL_CT, IOV_PF_HW_TCTL_CT) |
		 FIELD_PREP(IOV_TCTL_COLD, IOV_PF_HW_TCTL_COLD));
}

/**
 * iov_pf_hw_ready - signal the VFs that the PF is ready
 * @pf: PF
 *
 * CTRL_EXT.PFRSTD (DS 8.2) is set by a write of its own: QEMU signals a PF
 * reset to all VFs whenever it is written.
 * Context: process, pf->lock.
 */
void iov_pf_hw_ready(struct iov_pf *pf)
{
	u32 ctrl_ext = iov_rd32(&pf->io, IOV_CTRL_EXT);

	lockdep_assert_held(&pf->lock);
	ctrl_ext &= ~IOV_CTRL_EXT_PFRSTD;
	ctrl_ext |= IOV_CTRL_EXT_DRV_LOAD;
	iov_wr32(&pf->io, IOV_CTRL_EXT, ctrl_ext);
	iov_wr32(&pf->io, IOV_CTRL_EXT, ctrl_ext | IOV_CTRL_EXT_PFRSTD);
}

/**
 * iov_pf_hw_stop - stop the device and return it to firmware
 * @pf: PF, offline
 *
 * Context: process, pf->lock.
 */
void iov_pf_hw_stop(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;

	lockdep_assert_held(&pf->lock);
	iov_pf_hw_disable(pf);
	iov_wr32(io, IOV_CTRL_EXT, iov_rd32(io, IOV_CTRL_EXT) &
		 ~(IOV_CTRL_EXT_PFRSTD | IOV_CTRL_EXT_DRV_LOAD));
}

/* All LEDs, because boards wire them differently */
static u32 iov_pf_hw_leds(const struct iov_pf *pf, u32 mode)
{
	return (pf->ledctl & ~(IOV_LEDCTL_MODE | IOV_LEDCTL_BLINK)) | mode;
}

/**
 * iov_pf_hw_set_leds - identify the port by its LEDs (DS 8.2)
 * @pf: PF
 * @state: start, on, off or end
 *
 * Context: process, pf->lock.
 * Return: 0; on start the number of blinks per second; a negative errno.
 */
int iov_pf_hw_set_leds(struct iov_pf *pf, enum ethtool_phys_id_state state)
{
	struct iov_io *io = &pf->io;

	switch (state) {
	case ETHTOOL_ID_ACTIVE:
		pf->ledctl = iov_rd32(io, IOV_LEDCTL);
		return IOV_PF_HW_LED_CYCLES;
	case ETHTOOL_ID_ON:
		iov_wr32(io, IOV_LEDCTL, iov_pf_hw_leds(pf, IOV_LEDCTL_ON));
		return 0;
	case ETHTOOL_ID_OFF:
		iov_wr32(io, IOV_LEDCTL, iov_pf_hw_leds(pf, IOV_LEDCTL_OFF));
		return 0;
	case ETHTOOL_ID_INACTIVE:
		iov_wr32(io, IOV_LEDCTL, pf->ledctl);
		return 0;
	default:
		return -EINVAL;
	}
}
