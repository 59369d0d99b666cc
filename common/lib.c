// SPDX-License-Identifier: GPL-2.0-only
/* Module data of the library of iovnic_pf and iovnic_vf. */

#include <linux/module.h>

#include "common/version.h"

MODULE_DESCRIPTION("82576 queue pairs and PF/VF mailbox, shared by iovnic_pf and iovnic_vf");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOV_VERSION);
