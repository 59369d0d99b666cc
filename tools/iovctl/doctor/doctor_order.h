/* SPDX-License-Identifier: GPL-2.0-only */
/* In which order to mend what is wrong. */
#ifndef IOVCTL_DOCTOR_ORDER_H
#define IOVCTL_DOCTOR_ORDER_H

#include "reason/finding.h"

void iovctl_doctor_order(struct iovctl_findings *findings);

#endif
