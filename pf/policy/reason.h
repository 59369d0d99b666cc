/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why SR-IOV is less than fully active: all reasons at once, from the state and
 * from what the glue sees of the host. Pure.
 */
#ifndef IOV_POL_REASON_H
#define IOV_POL_REASON_H

#include <linux/types.h>

#include "mailbox/reason.h"
#include "pf/policy/state.h"

/**
 * struct iov_pol_host - what the glue sees of PCI function and host
 * @iommu: the function is behind an IOMMU
 * @intr_remap: its interrupts are isolated from others'
 * @sriov_cap: it has the capability
 * @bus_numbers: the last VF's bus is behind the bridge
 * @vf_bars: registers of VFs have addresses
 * @msix: it has MSI-X
 * @total_vfs: how many VFs may be made
 * @offline: the device must not be touched
 * @gone: it does not answer
 * @upper: something uses the PF's interface: a bridge, a macvlan
 */
struct iov_pol_host {
	bool iommu;
	bool intr_remap;
	bool sriov_cap;
	bool bus_numbers;
	bool vf_bars;
	bool msix;
	u16 total_vfs;
	bool offline;
	bool gone;
	bool upper;
};

/**
 * struct iov_pol_guest - what the glue sees of a VF's driver
 * @lost: it had a session, which it has to open again
 * @stuck: it holds its mailbox
 * @throttled: it asks too often
 * @mismatch: it knows the channel, but no version that the PF knows
 * @loops: it resets itself again and again
 */
struct iov_pol_guest {
	bool lost;
	bool stuck;
	bool throttled;
	bool mismatch;
	bool loops;
};

/**
 * struct iov_pol_view - everything that reasons come from
 * @dev: state
 * @host: PCI function and host
 * @guest: drivers, by VF
 */
struct iov_pol_view {
	const struct iov_pol_dev *dev;
	struct iov_pol_host host;
	struct iov_pol_guest guest[IOV_POL_VFS];
};

/**
 * enum iov_pol_standing - what all reasons come to
 * @IOV_POL_STANDS_ACTIVE: SR-IOV; no reason is blocking
 * @IOV_POL_STANDS_SOFTWARE: frames go through the host, and that is in order
 * @IOV_POL_STANDS_DEGRADED: they do so because something is broken
 */
enum iov_pol_standing {
	IOV_POL_STANDS_ACTIVE,
	IOV_POL_STANDS_SOFTWARE,
	IOV_POL_STANDS_DEGRADED,
};

/**
 * struct iov_pol_reasons - reasons, none twice
 * @num: how many
 * @reason: they
 * @standing: what they come to
 */
struct iov_pol_reasons {
	unsigned int num;
	const struct iov_mbx_reason *reason[IOV_MBX_REASONS];
	enum iov_pol_standing standing;
};

void iov_pol_reason_list(const struct iov_pol_view *view,
			 enum iov_mbx_level level, unsigned int vf,
			 struct iov_pol_reasons *reasons);
const struct iov_mbx_reason *
iov_pol_reason_first_fault(const struct iov_pol_reasons *reasons);
const char *iov_pol_reason_level(enum iov_mbx_level level);
const char *iov_pol_reason_severity(enum iov_mbx_severity severity);
const char *iov_pol_reason_standing(enum iov_pol_standing standing);

#endif /* IOV_POL_REASON_H */
