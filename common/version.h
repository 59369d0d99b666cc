/* SPDX-License-Identifier: GPL-2.0-only */
#define IOV_VERSION "0.1.0"	/* also iovctl's; debian/changelog says what it contains */
