// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wake-on-LAN: the only writer of WUC, WUFC and WUS. policy/wake.c decides the
 * events; the PCI core puts the function to sleep and enables PME.
 */

#include <linux/ethtool.h>
#include <linux/pm_wakeup.h>
#include <linux/rtnetlink.h>

#include "pf/commit.h"
#include "pf/hw.h"
#include "pf/pf.h"
#include "pf/pm.h"

static_assert(WAKE_PHY == IOV_POL_WOL_PHY);
static_assert(WAKE_UCAST == IOV_POL_WOL_UCAST);
static_assert(WAKE_MCAST == IOV_POL_WOL_MCAST);
static_assert(WAKE_BCAST == IOV_POL_WOL_BCAST);
static_assert(WAKE_MAGIC == IOV_POL_WOL_MAGIC);

static void iov_pf_wake_look(struct iov_pf *pf,
			     struct iov_pol_wake_board *board)
{
	u16 word = IOV_PF_NVM_CTRL3_PORT0, ctrl3;

	board->first_port = pf->fwsync.phy == IOV_SW_FW_SYNC_PHY0;
	if (!board->first_port)
		word = IOV_PF_NVM_CTRL3_PORT1;
	board->apm = !iov_pf_nvm_read(pf, word, 1, &ctrl3) &&
		     ctrl3 & IOV_PF_NVM_CTRL3_APM;
}

/**
 * iov_pf_wake_init - read the events that the board supports and enables
 * @pf: PF, its interface not registered
 *
 * Context: process, probe.
 */
void iov_pf_wake_init(struct iov_pf *pf)
{
	struct pci_dev *pdev = pf->pdev;
	struct iov_pol_wake_board board = {
		.pme = pci_pme_capable(pdev, PCI_D3hot) ||
		       pci_pme_capable(pdev, PCI_D3cold),
		.quad = pdev->device != IOV_PF_ID_82576,
	};

	iov_pf_wake_look(pf, &board);
	pf->wake.able = iov_pol_wake_able(&board);
	pf->wake.wanted = iov_pol_wake_default(&board);
	device_set_wakeup_enable(&pdev->dev, pf->wake.wanted);
}

/* The administrator can disable it in sysfs as well (power/wakeup). */
static u32 iov_pf_wake_events(struct iov_pf *pf)
{
	u32 status = iov_rd32(&pf->io, IOV_STATUS);

	if (!device_may_wakeup(&pf->pdev->dev) || iov_io_gone(&pf->io))
		return 0;
	return iov_pol_wake_armed(pf->wake.wanted, status & IOV_STATUS_LU);
}

/*
 * Write filters only: VFRE, VFTE and the PF's queues stay disabled, so the
 * device writes nothing to memory.
 */
static void iov_pf_wake_listen(struct iov_pf *pf, u32 events)
{
	iov_pol_wake_filter(iov_pf_commit_draft(pf), events);
	/* The PF's address alone always fits. */
	iov_pol_tables_make(&pf->scratch.dev, &pf->tables, &pf->next);
	iov_pf_filter_write(pf, NULL, &pf->next);
}

/**
 * iov_pf_wake_arm - enable the wake-up events before the machine sleeps
 * @pf: PF, offline and released
 *
 * The next iov_pf_reset() writes all filters again.
 *
 * Context: process, RTNL, pf->lock.
 * Return: true if any event is enabled.
 */
bool iov_pf_wake_arm(struct iov_pf *pf)
{
	u32 events = iov_pf_wake_events(pf);

	ASSERT_RTNL();
	lockdep_assert_held(&pf->lock);
	iov_pf_wake_disarm(pf);
	if (!events)
		return false;
	pci_clear_master(pf->pdev);
	iov_pf_wake_listen(pf, events);
	/* PME with auxiliary power only, from D3cold */
	iov_pf_hw_set_ctrl(pf, IOV_CTRL_ADVD3WUC, IOV_CTRL_ADVD3WUC);
	iov_wr32(&pf->io, IOV_WUFC, events);
	iov_wr32(&pf->io, IOV_WUC, IOV_WUC_PME_EN);
	iov_io_flush(&pf->io);
	return true;
}

/**
 * iov_pf_wake_disarm - disable all wake-up events, APM included
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_wake_disarm(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;

	lockdep_assert_held(&pf->lock);
	iov_wr32(io, IOV_WUC, 0);
	iov_wr32(io, IOV_WUFC, 0);
	/* Ones clear bits, but QEMU stores them: write set bits only. */
	iov_wr32(io, IOV_WUS, iov_rd32(io, IOV_WUS));
}

/**
 * iov_pf_wake_report - log the event if the PF woke up the machine
 * @pf: PF, in D0, not reset yet
 *
 * Context: process.
 */
void iov_pf_wake_report(struct iov_pf *pf)
{
	struct iov_io *io = &pf->io;
	const char *cause;

	cause = iov_pol_wake_cause(iov_rd32(io, IOV_WUS) &
				   iov_rd32(io, IOV_WUFC));
	if (cause && !iov_io_gone(io))
		dev_info(io->dev, "woken up by %s\n", cause);
}

/* ethtool: Supports Wake-on, Wake-on */
void iov_pf_wake_get(struct net_device *netdev, struct ethtool_wolinfo *wol)
{
	const struct iov_pf *pf = iov_pf_of(netdev);

	wol->supported = iov_pol_wake_options(pf->wake.able);
	wol->wolopts = iov_pol_wake_options(pf->wake.wanted);
}

/*
 * ethtool -s wol, in effect when the machine goes to sleep. On error nothing
 * has changed.
 */
int iov_pf_wake_set(struct net_device *netdev, struct ethtool_wolinfo *wol)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	struct iov_pol_wake *wake = &pf->wake;

	if (!iov_pol_wake_choose(wake->able, wol->wolopts, &wake->wanted))
		return -EOPNOTSUPP;
	device_set_wakeup_enable(&pf->pdev->dev, wake->wanted);
	return 0;
}
