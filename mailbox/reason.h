/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why SR-IOV is less than fully active, in words. Pure.
 */
#ifndef IOV_REASON_H
#define IOV_REASON_H

#include <linux/types.h>

#include "mailbox/wire.h"

/**
 * enum iov_mbx_level - what a reason is about; each inherits from the former
 * @IOV_MBX_DEVICE: PCI function and host
 * @IOV_MBX_SWITCH: embedded switch and port
 * @IOV_MBX_VF: one VF
 */
enum iov_mbx_level {
	IOV_MBX_DEVICE,
	IOV_MBX_SWITCH,
	IOV_MBX_VF,
};

/**
 * enum iov_mbx_severity - how bad a reason is
 * @IOV_MBX_INFO: works, with behaviour that may be unexpected
 * @IOV_MBX_WARNING: works, with something missing
 * @IOV_MBX_BLOCKING: no data path by SR-IOV
 */
enum iov_mbx_severity {
	IOV_MBX_INFO,
	IOV_MBX_WARNING,
	IOV_MBX_BLOCKING,
};

#define IOV_MBX_REASONS		42

/**
 * struct iov_mbx_reason - a reason
 * @code: IOV_WIRE_WHY_*
 * @name: its name
 * @level: what it is about
 * @severity: how bad it is
 * @fault: something is broken
 * @text: what is wrong
 * @remedy: what to do
 */
struct iov_mbx_reason {
	u16 code;
	const char *name;
	u8 level;
	u8 severity;
	bool fault;
	const char *text;
	const char *remedy;
};

const struct iov_mbx_reason *iov_mbx_reason(u32 code);

#endif /* IOV_REASON_H */
