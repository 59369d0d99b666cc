// SPDX-License-Identifier: GPL-2.0-only
/*
 * All reasons why SR-IOV is not fully active. A VF also has the reasons of the
 * switch and of the device. Pure.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"
#include "pf/policy/mdd.h"
#include "pf/policy/reason.h"

static void iov_pol_reason_if(struct iov_pol_reasons *reasons, bool so,
			      enum iov_wire_why why)
{
	const struct iov_mbx_reason *reason = iov_mbx_reason(why);

	if (so && reason && reasons->num < ARRAY_SIZE(reasons->reason))
		reasons->reason[reasons->num++] = reason;
}

/* Without the capability there is nothing more to be said of VFs. */
static void iov_pol_reason_device(const struct iov_pol_view *view,
				  struct iov_pol_reasons *reasons)
{
	const struct iov_pol_host *host = &view->host;
	bool cap = host->sriov_cap, some = cap && host->total_vfs;

	iov_pol_reason_if(reasons, !host->iommu, IOV_WIRE_WHY_NO_IOMMU);
	iov_pol_reason_if(reasons, host->iommu && !host->intr_remap,
			  IOV_WIRE_WHY_NO_INTR_REMAP);
	iov_pol_reason_if(reasons, !cap, IOV_WIRE_WHY_NO_SRIOV_CAP);
	iov_pol_reason_if(reasons, cap && !some, IOV_WIRE_WHY_FW_DISABLED);
	iov_pol_reason_if(reasons, some && !host->bus_numbers,
			  IOV_WIRE_WHY_NO_BUS_RESOURCES);
	iov_pol_reason_if(reasons, some && !host->vf_bars,
			  IOV_WIRE_WHY_NO_VF_BAR_SPACE);
	iov_pol_reason_if(reasons, some && !host->msix, IOV_WIRE_WHY_NO_MSIX);
	iov_pol_reason_if(reasons, some && host->total_vfs < IOV_POL_VFS,
			  IOV_WIRE_WHY_FW_LIMITED);
	iov_pol_reason_if(reasons, host->gone, IOV_WIRE_WHY_PCI_ERROR);
	iov_pol_reason_if(reasons, host->offline && !host->gone,
			  IOV_WIRE_WHY_PF_OFFLINE);
}

/* A table is full when VFs can borrow nothing more. */
static void iov_pol_reason_switch(const struct iov_pol_view *view,
				  struct iov_pol_reasons *reasons)
{
	const struct iov_pol_dev *dev = view->dev;
	struct iov_pol_share macs, vlans;

	iov_pol_share_use(dev, IOV_POL_SHARED_MACS, &macs);
	iov_pol_share_use(dev, IOV_POL_SHARED_VLANS, &vlans);
	iov_pol_reason_if(reasons, !dev->num_vfs, IOV_WIRE_WHY_SWITCH_NOT_IOV);
	iov_pol_reason_if(reasons, !view->host.upper,
			  IOV_WIRE_WHY_PF_NOT_IN_BRIDGE);
	iov_pol_reason_if(reasons, macs.overflow || macs.left <= 0,
			  IOV_WIRE_WHY_MAC_TABLE_FULL);
	iov_pol_reason_if(reasons, dev->num_vfs && vlans.left <= 0,
			  IOV_WIRE_WHY_VLAN_TABLE_FULL);
	iov_pol_reason_if(reasons, !dev->port.link.up, IOV_WIRE_WHY_LINK_DOWN);
}

/* Settings of the host: each cause, not only the one that the VF receives */
static void iov_pol_reason_withheld(const struct iov_pol_dev *dev,
				    unsigned int vf,
				    struct iov_pol_reasons *reasons)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];
	unsigned int which;

	iov_pol_reason_if(reasons, cfg->blocked, cfg->blocked);
	/* Of this guest, or of the one whose address the VF waits for */
	iov_pol_reason_if(reasons,
			  cfg->migrating || (!iov_pol_vf_withheld(cfg) &&
					     iov_pol_vf_why_not(dev, vf)),
			  IOV_WIRE_WHY_MIGRATION);
	for (which = 0; which < IOV_POL_SW_ONLYS; which++)
		iov_pol_reason_if(reasons, cfg->sw_only & BIT(which),
				  iov_pol_sw_only_why(BIT(which)));
	iov_pol_reason_if(reasons, cfg->quarantine,
			  iov_pol_mdd_reason(cfg->quarantine));
	iov_pol_reason_if(reasons, cfg->link == IOV_POL_LINK_DISABLE,
			  IOV_WIRE_WHY_LINK_DISABLED);
}

/* What a session lacks. Only a driver that knows of it asks for frames. */
static void iov_pol_reason_session(const struct iov_pol_view *view,
				   unsigned int vf,
				   struct iov_pol_reasons *reasons)
{
	const struct iov_pol_guest *guest = &view->guest[vf];
	const struct iov_vf_run *run = &view->dev->run[vf];
	bool waits, may, legacy, up, alone;
	unsigned int most_macs;

	legacy = !iov_pol_vf_on_channel(view->dev, vf);
	may = !iov_pol_vf_why_not(view->dev, vf);
	most_macs = view->dev->cfg[vf].trusted ? IOV_POL_VF_HASHED :
						 IOV_POL_VF_MACS;
	waits = iov_pol_vf_can(view->dev, vf, IOV_WIRE_CAP_DATAPATH) &&
		!run->chan.path_vf;
	/* A VF without blocks counts as up. */
	up = !iov_pol_vf_can(view->dev, vf, IOV_WIRE_CAP_BLOCKS) ||
	     run->chan.guest.use & IOV_WIRE_GUEST_UP;

	/* A VF that is down may get one before it is up. */
	alone = iov_pol_vf_can(view->dev, vf, IOV_WIRE_CAP_STANDBY) &&
		(run->chan.guest.use &
		 (IOV_WIRE_GUEST_UP | IOV_WIRE_GUEST_STANDBY)) ==
			IOV_WIRE_GUEST_UP;

	iov_pol_reason_if(reasons, alone, IOV_WIRE_WHY_GUEST_NO_STANDBY);
	iov_pol_reason_if(reasons, legacy && !guest->mismatch,
			  IOV_WIRE_WHY_GUEST_LEGACY_DRIVER);
	iov_pol_reason_if(reasons, legacy && guest->mismatch,
			  IOV_WIRE_WHY_PROTO_MISMATCH);
	iov_pol_reason_if(reasons, waits && !up, IOV_WIRE_WHY_GUEST_VF_DOWN);
	/* While the data path is blocked, waiting is no fault. */
	iov_pol_reason_if(reasons, waits && up && may,
			  IOV_WIRE_WHY_GUEST_NOT_READY);
	/* A trusted VF goes on with addresses by hash. */
	iov_pol_reason_if(reasons, run->num_macs >= most_macs,
			  IOV_WIRE_WHY_VF_MACS_FULL);
	iov_pol_reason_if(reasons, run->num_vlans == ARRAY_SIZE(run->vlans),
			  IOV_WIRE_WHY_VF_VLANS_FULL);
}

static void iov_pol_reason_vf(const struct iov_pol_view *view, unsigned int vf,
			      struct iov_pol_reasons *reasons)
{
	const struct iov_pol_guest *guest = &view->guest[vf];

	iov_pol_reason_withheld(view->dev, vf, reasons);
	if (view->dev->run[vf].state == IOV_POL_ACTIVE)
		iov_pol_reason_session(view, vf, reasons);
	else
		iov_pol_reason_if(reasons, true, guest->lost ?
				  IOV_WIRE_WHY_SESSION_LOST :
				  IOV_WIRE_WHY_GUEST_NO_VF_DRIVER);
	iov_pol_reason_if(reasons, guest->loops, IOV_WIRE_WHY_GUEST_RESET_LOOP);
	iov_pol_reason_if(reasons, guest->stuck,
			  IOV_WIRE_WHY_GUEST_HOLDS_MAILBOX);
	iov_pol_reason_if(reasons, guest->throttled,
			  IOV_WIRE_WHY_GUEST_THROTTLED);
}

static bool iov_pol_reason_blocks(const struct iov_pol_reasons *reasons)
{
	unsigned int i;

	for (i = 0; i < reasons->num; i++)
		if (reasons->reason[i]->severity == IOV_MBX_BLOCKING)
			return true;
	return false;
}

/**
 * iov_pol_reason_first_fault - first reason that is a fault
 * @reasons: list
 *
 * Return: the first reason that is a fault, or NULL.
 */
const struct iov_mbx_reason *
iov_pol_reason_first_fault(const struct iov_pol_reasons *reasons)
{
	unsigned int i;

	for (i = 0; i < reasons->num; i++)
		if (reasons->reason[i]->fault)
			return reasons->reason[i];
	return NULL;
}

/* Withheld by a setting of the host; quarantine is none. */
static bool iov_pol_reason_is_setting(const struct iov_pol_dev *dev,
				      unsigned int vf)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	return cfg->blocked || cfg->migrating || cfg->sw_only ||
	       cfg->link == IOV_POL_LINK_DISABLE;
}

/**
 * iov_pol_reason_list - why is SR-IOV not fully active?
 * @view: everything
 * @level: of what: IOV_MBX_VF has the switch's reasons, too, and that has the
 *	device's
 * @vf: VF number, one that exists; not looked at on other levels
 * @reasons: filled in: all of them, and what they come to
 *
 * A fault counts only where the host allows the data path.
 */
void iov_pol_reason_list(const struct iov_pol_view *view,
			 enum iov_mbx_level level, unsigned int vf,
			 struct iov_pol_reasons *reasons)
{
	bool kept = level == IOV_MBX_VF &&
		    iov_pol_reason_is_setting(view->dev, vf);

	memset(reasons, 0, sizeof(*reasons));
	iov_pol_reason_device(view, reasons);
	if (level >= IOV_MBX_SWITCH)
		iov_pol_reason_switch(view, reasons);
	if (level >= IOV_MBX_VF)
		iov_pol_reason_vf(view, vf, reasons);

	if (!iov_pol_reason_blocks(reasons))
		reasons->standing = IOV_POL_STANDS_ACTIVE;
	else if (kept || !iov_pol_reason_first_fault(reasons))
		reasons->standing = IOV_POL_STANDS_SOFTWARE;
	else
		reasons->standing = IOV_POL_STANDS_DEGRADED;
}

/**
 * iov_pol_reason_level - what a reason is about, in a word
 * @level: it
 *
 * Return: the word.
 */
const char *iov_pol_reason_level(enum iov_mbx_level level)
{
	static const char * const names[] = {
		[IOV_MBX_DEVICE] = "device",
		[IOV_MBX_SWITCH] = "switch",
		[IOV_MBX_VF] = "vf",
	};

	return names[level];
}

/**
 * iov_pol_reason_severity - how bad a reason is, in a word
 * @severity: it
 *
 * Return: the word.
 */
const char *iov_pol_reason_severity(enum iov_mbx_severity severity)
{
	static const char * const names[] = {
		[IOV_MBX_INFO] = "info",
		[IOV_MBX_WARNING] = "warning",
		[IOV_MBX_BLOCKING] = "blocking",
	};

	return names[severity];
}

/**
 * iov_pol_reason_standing - name of a standing
 * @standing: it
 *
 * Return: the word.
 */
const char *iov_pol_reason_standing(enum iov_pol_standing standing)
{
	static const char * const names[] = {
		[IOV_POL_STANDS_ACTIVE] = "active",
		[IOV_POL_STANDS_SOFTWARE] = "software",
		[IOV_POL_STANDS_DEGRADED] = "degraded",
	};

	return names[standing];
}
