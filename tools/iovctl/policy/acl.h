/* SPDX-License-Identifier: GPL-2.0-only */
/* Access lists: a simple text form, and the rules of nftables that it stands for. */
#ifndef IOVCTL_ACL_H
#define IOVCTL_ACL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text.h"

#define IOVCTL_ACL_RULES	1024	/* a longer list is refused */
#define IOVCTL_ACL_LINE		256	/* bytes of a line */

/* Direction, seen from the VM: what it sends is out */
enum iovctl_acl_way { IOVCTL_ACL_IN, IOVCTL_ACL_OUT, IOVCTL_ACL_WAYS };

/**
 * struct iovctl_acl_net - addresses
 * @family: AF_INET or AF_INET6; 0 for any address
 * @length: of the prefix
 * @address: in network byte order; 0 behind the prefix
 */
struct iovctl_acl_net {
	int family;
	int length;
	uint8_t address[16];
};

/**
 * struct iovctl_acl_rule - one line
 * @line: its number
 * @allow: packets that match pass; otherwise they are dropped
 * @way: direction
 * @proto: number of the protocol above IP, -1 for any
 * @from: source
 * @to: destination
 * @first_port: first port of the destination, -1 for any
 * @last_port: last port
 */
struct iovctl_acl_rule {
	int line;
	bool allow;
	enum iovctl_acl_way way;
	int proto;
	struct iovctl_acl_net from;
	struct iovctl_acl_net to;
	int first_port;
	int last_port;
};

/**
 * struct iovctl_acl - an access list
 * @allow: by direction, whether packets pass that no rule matches
 * @num: number of @rule
 * @rule: the rules; the first that matches decides
 */
struct iovctl_acl {
	bool allow[IOVCTL_ACL_WAYS];
	int num;
	struct iovctl_acl_rule rule[IOVCTL_ACL_RULES];
};

int iovctl_acl_parse(struct iovctl_acl *acl, const char *text, size_t size, char *why);
void iovctl_acl_print(const struct iovctl_acl *acl, enum iovctl_acl_way way, const char *before,
		      FILE *to);

#endif
