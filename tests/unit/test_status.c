// SPDX-License-Identifier: GPL-2.0-only
/* mailbox/status.c: every refusal has an errno and a name. */

#include <errno.h>
#include <string.h>

#include "mailbox/codec.h"
#include "tap.h"

static void errnos(void)
{
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_OK), 0);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_FAIL), -EIO);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_NOTSUPP), -EOPNOTSUPP);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_INVAL), -EINVAL);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_LENGTH), -EMSGSIZE);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_PERM), -EPERM);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_NORES), -ENOSPC);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_NOTREADY), -EAGAIN);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_VERSION), -EPROTO);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_STALE), -ESTALE);
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_RESCINDED), -ENOLINK);
	CHECK(!iov_mbx_status_errno(7) && !iov_mbx_status_errno(12));
	CHECK(!iov_mbx_status_errno(IOV_WIRE_STATUSES) && !iov_mbx_status_errno(0xffffffff));
	CHECK_EQ(iov_mbx_status_errno(IOV_WIRE_ST_INUSE), -EADDRINUSE);
}

/*
 * Errors without a reply; only "no session" has the same errno as no contact.
 */
static void no_answer_is_something_else(void)
{
	unsigned int status;

	for (status = 1; status < IOV_WIRE_STATUSES; status++) {
		int err = iov_mbx_status_errno(status);

		if (status == 7 || status == 12)
			continue;
		CHECK(err < 0);
		CHECK(err != -ETIMEDOUT && err != -ENODEV);
		CHECK((err == -EAGAIN) == (status == IOV_WIRE_ST_NOTREADY));
	}
}

static void names(void)
{
	unsigned int i, k;

	for (i = 0; i < IOV_WIRE_STATUSES; i++) {
		if (!CHECK(iov_mbx_status_name(i)))
			continue;
		for (k = 0; k < i && i != 12; k++)
			CHECK(strcmp(iov_mbx_status_name(i), iov_mbx_status_name(k)));
	}
}

TAP_MAIN(TAP_TEST(errnos),
	 TAP_TEST(no_answer_is_something_else),
	 TAP_TEST(names))
