/* SPDX-License-Identifier: GPL-2.0-only */
/* The driver of a PCI function. */
#ifndef IOVCTL_DRIVER_H
#define IOVCTL_DRIVER_H

int iovctl_driver_set(const char *pci, const char *driver, const char *override, char *why);

#endif
