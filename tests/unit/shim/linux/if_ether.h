/* SPDX-License-Identifier: GPL-2.0-only */
/* User-space stand-in for the kernel's header of this name. */
#ifndef SHIM_IF_ETHER_H
#define SHIM_IF_ETHER_H

#define ETH_ALEN 6
#define ETH_HLEN 14
#define ETH_P_8021Q 0x8100

#endif
