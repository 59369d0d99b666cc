/* SPDX-License-Identifier: GPL-2.0-only */
/* What the port has of a thing, and how much of it is in use. */
#ifndef IOV_PF_RESOURCE_H
#define IOV_PF_RESOURCE_H

#include "pf/pf.h"

int iov_pf_resource_register(struct iov_pf *pf);
void iov_pf_resource_unregister(struct iov_pf *pf);

#endif /* IOV_PF_RESOURCE_H */
