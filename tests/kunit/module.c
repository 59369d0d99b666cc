// SPDX-License-Identifier: GPL-2.0-only
/* The unit tests as a kernel module: its metadata. */

#include <linux/module.h>

MODULE_DESCRIPTION("iovnic: tests of the files that need no device");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
