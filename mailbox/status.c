// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why a request is refused: as errno and in words, for PF and VF alike.
 * Documentation/mailbox.rst has the same errnos; a lint compares them. Pure.
 */

#include <linux/errno.h>
#include <linux/export.h>

#include "mailbox/codec.h"

/**
 * struct iov_mbx_refusal - a status in other words
 * @err: errno, positive
 * @name: a few words
 */
struct iov_mbx_refusal {
	int err;
	const char *name;
};

static const struct iov_mbx_refusal iov_mbx_refusals[IOV_WIRE_STATUSES] = {
	[IOV_WIRE_ST_OK] = { 0, "granted" },
	[IOV_WIRE_ST_FAIL] = { EIO, "failed at the PF" },
	[IOV_WIRE_ST_NOTSUPP] = { EOPNOTSUPP, "not supported" },
	[IOV_WIRE_ST_INVAL] = { EINVAL, "invalid value" },
	[IOV_WIRE_ST_LENGTH] = { EMSGSIZE, "more than there is" },
	[IOV_WIRE_ST_PERM] = { EPERM, "forbidden by the administrator" },
	[IOV_WIRE_ST_NORES] = {
		ENOSPC, "a table or this VF's share of it is full"
	},
	[IOV_WIRE_ST_NOTREADY] = { EAGAIN, "no session" },
	[IOV_WIRE_ST_VERSION] = { EPROTO, "no common version" },
	[IOV_WIRE_ST_STALE] = { ESTALE, "not of the current session" },
	[IOV_WIRE_ST_RESCINDED] = { ENOLINK, "data path withdrawn" },
	[IOV_WIRE_ST_INUSE] = { EADDRINUSE, "address in use" },
};

/**
 * iov_mbx_status_errno - a status as errno
 * @status: enum iov_wire_status, or any number that a peer has sent
 *
 * Context: any.
 * Return: a negative errno; 0 for IOV_WIRE_ST_OK and for unknown numbers.
 */
int iov_mbx_status_errno(u32 status)
{
	return status < IOV_WIRE_STATUSES ? -iov_mbx_refusals[status].err : 0;
}
EXPORT_SYMBOL_GPL(iov_mbx_status_errno);

/**
 * iov_mbx_status_name - a status in words
 * @status: status
 *
 * Context: any.
 * Return: a few words.
 */
const char *iov_mbx_status_name(enum iov_wire_status status)
{
	return iov_mbx_refusals[status].name ?: "reserved";
}
EXPORT_SYMBOL_GPL(iov_mbx_status_name);
