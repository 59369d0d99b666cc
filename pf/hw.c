// SPDX-License-Identifier: GPL-2.0-only
/* Reset and global initialisation: the only sequence, for every occasion. */

#include <linux/delay.h>
#include <linux/error-injection.h>
#include <linux/rtnetlink.h>

#include "pf/pf.h"
#include "pf/ptp.h"
#include "pf/vfndo.h"
#include "pf/wake.h"

/* What the device may take for itself */
#define IOV_PF_HW_MASTER_US	80000
#define IOV_PF_HW_RESET_US	20000
#define IOV_PF_HW_AUTO_RD_US	20000
#define IOV_PF_HW_CFG_DONE_US	100000
/* Collision threshold and distance for full duplex */
#define IOV_PF_HW_TCTL_CT	15
#define IOV_PF_HW_TCTL_COLD	64
/* Completion timeout 16 ms to 55 ms (PCIe 2.0, Device Control 2) */
#define IOV_PF_HW_DEVCTL2_TMOUT	5

static u32 iov_pf_hw_lan_id(struct iov_pf *pf)
{
	return FIELD_GET(IOV_STATUS_LAN_ID, iov_rd32(&pf->io, IOV_STATUS));
}

/**
 * iov_pf_hw_vlan_strip - remove VLAN tags while there are no pools
 * @pf: PF
 * @on: remove them
 *
 * Context: process, pf->lock.
 */
void iov_pf_hw_vlan_strip(struct iov_pf *pf, bool on)
{
	if (on)
		pf->ctrl |= IOV_CTRL_VME;
	else
		pf->ctrl &= ~IOV_CTRL_VME;
	iov_wr32(&pf->io, IOV_CTRL, pf->ctrl);
}

/**
 * iov_pf_hw_set_pause - obey and send PAUSE frames
 * @pf: PF
 * @rx: obey them
 * @tx: send them
 *
 * Context: process, pf->lock.
 */
void iov_pf_hw_set_pause(struct iov_pf *pf, bool rx, bool tx)
{
	lockdep_assert_held(&pf->lock);
	pf->ctrl &= ~(IOV_CTRL_RFCE | IOV_CTRL_TFCE);
	if (rx)
		pf->ctrl |= IOV_CTRL_RFCE;
	if (tx)
		pf->ctrl |= IOV_CTRL_TFCE;
	iov_wr32(&pf->io, IOV_CTRL, pf->ctrl);
}

/**
 * iov_pf_hw_wake_from_d3cold - PME also when there is auxiliary power only
 * @pf: PF that is going to sleep
 *
 * Context: process, pf->lock.
 */
void iov_pf_hw_wake_from_d3cold(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	pf->ctrl |= IOV_CTRL_ADVD3WUC;
	iov_wr32(&pf->io, IOV_CTRL, pf->ctrl);
}

static void iov_pf_hw_stop(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;

	iov_pf_irq_mask(pf);
	iov_pf_filter_off(pf);
	iov_wr32(io, IOV_TCTL, IOV_TCTL_PSP);
	iov_io_flush(io);
}

/* The default lets completions time out sooner than PCIe recommends. */
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
 * Wait for the device to read its NVM. QEMU never reports either step, nor
 * does a board without NVM: what did not come once is not waited for again.
 */
static void iov_pf_hw_wait_nvm(struct iov_pf *pf)
{
	u32 done = iov_pf_hw_lan_id(pf) ? IOV_EEMNGCTL_CFG_DONE1 :
					  IOV_EEMNGCTL_CFG_DONE0;
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

/* DS 4.5.3: bring the device to a known state, all interrupts off. */
static int iov_pf_hw_reset(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;
	int err;

	/* No DMA may be under way when the MAC is reset. */
	iov_wr32(io, IOV_CTRL, iov_rd32(io, IOV_CTRL) |
			       IOV_CTRL_GIO_MASTER_DIS);
	err = iov_io_wait(io, IOV_STATUS, IOV_STATUS_GIO_MASTER_EN, 0,
			  IOV_PF_HW_MASTER_US);
	if (err == -ETIMEDOUT)
		dev_dbg(io->dev, "PCIe requests pending at reset\n");

	iov_pf_hw_set_timeout(pf);
	iov_pf_hw_stop(pf);
	usleep_range(10000, 11000);

	iov_wr32(io, IOV_CTRL, iov_rd32(io, IOV_CTRL) | IOV_CTRL_RST);
	/* No access for 1 ms */
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
	iov_pf_fwsync_open(&pf->fwsync);
	return 0;
}

/* What does not depend on configuration. */
static void iov_pf_hw_init(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;

	/* Queue 0 is on after power-up; its tail must not be written so. */
	iov_pf_pool_clear_queue(pf, 0);
	iov_pf_wake_disarm(pf);
	/* Erratum: extension headers of IPv6 stop the receive unit. */
	iov_wr32(io, IOV_RFCTL, iov_rd32(io, IOV_RFCTL) |
				IOV_RFCTL_IPV6_EX_DIS);
	iov_wr32(io, IOV_RXCSUM, IOV_RXCSUM_IPOFLD | IOV_RXCSUM_TUOFL |
				 IOV_RXCSUM_CRCOFL | IOV_RXCSUM_PCSD);
	/* Drivers insert VLAN tags: anti-spoofing has to see them. */
	iov_wr32(io, IOV_DTXCTL, iov_rd32(io, IOV_DTXCTL) |
				 IOV_DTXCTL_VLAN_ADDED);
	iov_wr32(io, IOV_TCTL,
		 IOV_TCTL_EN | IOV_TCTL_PSP | IOV_TCTL_RTLC |
		 FIELD_PREP(IOV_TCTL_CT, IOV_PF_HW_TCTL_CT) |
		 FIELD_PREP(IOV_TCTL_COLD, IOV_PF_HW_TCTL_COLD));
}

/*
 * VFs may come now. PFRSTD has its own write and is kept out of every other
 * one: QEMU tells all VFs that the PF was reset whenever it is written.
 */
static void iov_pf_hw_ready(struct iov_pf *pf)
{
	u32 ctrl_ext = iov_rd32(&pf->io, IOV_CTRL_EXT);

	ctrl_ext &= ~IOV_CTRL_EXT_PFRSTD;
	ctrl_ext |= IOV_CTRL_EXT_DRV_LOAD;
	iov_wr32(&pf->io, IOV_CTRL_EXT, ctrl_ext);
	iov_wr32(&pf->io, IOV_CTRL_EXT, ctrl_ext | IOV_CTRL_EXT_PFRSTD);
}

/**
 * iov_pf_hw_release - silence the device and give it back to firmware
 * @pf: PF, offline
 *
 * Context: process, pf->lock.
 */
void iov_pf_hw_release(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;

	lockdep_assert_held(&pf->lock);
	iov_pf_hw_stop(pf);
	iov_wr32(io, IOV_CTRL_EXT, iov_rd32(io, IOV_CTRL_EXT) &
		 ~(IOV_CTRL_EXT_PFRSTD | IOV_CTRL_EXT_DRV_LOAD));
}

/* Everything that was configured, from what the driver remembers. */
static void iov_pf_hw_restore(struct iov_pf *pf)
{
	iov_pf_hw_init(pf);
	iov_pf_ptp_start(pf);
	iov_pf_tstamp_start(pf);
	iov_pf_irq_place(pf);
	iov_pf_irq_program(pf);
	iov_pf_rewrite(pf);
	iov_pf_vf_rebase(pf);
	iov_pf_pause_start(pf);
	if (iov_pf_link_restart(pf))
		dev_warn(pf->io.dev, "PHY does not answer, no link\n");
	pf->offline = false;
	iov_pf_irq_enable(pf);
	iov_pf_hw_ready(pf);
}

static void iov_pf_hw_failed(struct iov_pf *pf, int err)
{
	dev_err(pf->io.dev,
		"reset failed (%pe), reload the driver or reset the PCI function\n",
		ERR_PTR(err));
}

/**
 * iov_pf_hw_leave - the device is going to be reset, or another's for a time
 * @pf: PF whose rings are stopped
 *
 * Nothing it has counted is lost, and its VFs are told.
 *
 * Context: process, pf->lock.
 */
void iov_pf_hw_leave(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	if (pf->offline)
		return;
	iov_pf_vf_fold(pf);
	iov_pf_stats_fold(pf);
	iov_pf_event_warn_reset(pf);
	iov_pf_link_lost(pf);
	iov_pf_ptp_stop(pf);
	pf->offline = true;
	iov_pf_fwsync_close(&pf->fwsync);
}

/**
 * iov_pf_hw_renew - reset the device and restore everything but open rings
 * @pf: PF whose rings are stopped
 *
 * Context: process, pf->lock; RTNL unless the interface is closed.
 * Return: 0 or a negative errno; then the device is offline.
 */
int iov_pf_hw_renew(struct iov_pf *pf)
{
	int err;

	lockdep_assert_held(&pf->lock);
	/* Those of another driver, or of this one before it slept. */
	if (pf->offline)
		iov_pf_event_warn_reset(pf);
	iov_pf_hw_leave(pf);
	err = iov_pf_hw_reset(pf);
	if (err)
		iov_pf_hw_failed(pf, err);
	else
		iov_pf_hw_restore(pf);
	return err;
}

/**
 * iov_pf_hw_silence - a queue does not stop: only a reset of the device helps
 * @nic: data path of a PF
 *
 * VFs get over it as over any reset of the PF.
 *
 * Context: process, RTNL, without pf->lock.
 * Return: 0 or a negative errno; then the device is offline.
 */
int iov_pf_hw_silence(struct iov_nic *nic)
{
	struct iov_pf *pf = nic->owner;
	int err;

	ASSERT_RTNL();
	mutex_lock(&pf->lock);
	err = iov_pf_hw_renew(pf);
	mutex_unlock(&pf->lock);
	return err;
}

/**
 * iov_pf_reset - reset the device and restore everything
 * @pf: PF
 *
 * The one way, from probe to error recovery. VFs are told before; their
 * sessions end, their configuration by the administrator stays. A device that
 * is asleep will be reset when it wakes up.
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno; then the device is offline.
 */
int iov_pf_reset(struct iov_pf *pf)
{
	struct iov_nic *nic = pf->nic;
	int running, err;

	ASSERT_RTNL();
	running = iov_nic_stop_queues(nic);

	mutex_lock(&pf->lock);
	err = pf->asleep ? 0 : iov_pf_hw_renew(pf);
	mutex_unlock(&pf->lock);
	iov_nic_free_pending(nic, err ? running : 0);

	if (err || !nic->opened)
		return err;
	err = iov_nic_start(nic);
	if (err)
		iov_pf_hw_failed(pf, err);
	return err;
}
ALLOW_ERROR_INJECTION(iov_pf_reset, ERRNO);
