/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules of nftables, by its library. */
#ifndef IOVCTL_NFT_H
#define IOVCTL_NFT_H

#include <stdbool.h>

#include <json-c/json.h>

/* What does the same with commands that it reads */
#define IOVCTL_NFT_COMMAND	"nft -f -"

int iovctl_nft_run(const char *commands, bool only_check, char *why);
int iovctl_nft_table(const char *family, const char *name, struct json_object **table, char *why);

#endif
