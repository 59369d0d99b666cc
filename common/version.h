/* SPDX-License-Identifier: GPL-2.0-only */
/* The drivers' and iovctl's; see debian/changelog. */
#define IOV_VERSION "0.1.0"
