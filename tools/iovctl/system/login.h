/* SPDX-License-Identifier: GPL-2.0-only */
/* The interface over which the user is logged in. */
#ifndef IOVCTL_LOGIN_H
#define IOVCTL_LOGIN_H

#include <stdbool.h>

#include "base/text.h"

bool iovctl_login_uses(const char *netdev, char address[IOVCTL_NAME]);

#endif
