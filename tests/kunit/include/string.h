/* SPDX-License-Identifier: GPL-2.0-only */
/* The C library's header of this name, as far as the tests use it. */
#include <linux/string.h>
