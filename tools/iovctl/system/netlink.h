/* SPDX-License-Identifier: GPL-2.0-only */
/* A request and its reply, with the kernel's explanation of an error. */
#ifndef IOVCTL_NETLINK_H
#define IOVCTL_NETLINK_H

#include <stdint.h>
#include <string.h>

#include <libmnl/libmnl.h>

/* Netlink messages of requests fit; replies may be as large as this. */
#define IOVCTL_MESSAGE	65536

/* The value of an attribute, NULL if it is shorter than expected */
static inline const void *iovctl_attr_get(const struct nlattr *attr, size_t size)
{
	return mnl_attr_get_payload_len(attr) < size ? NULL : mnl_attr_get_payload(attr);
}

/* Numbers: 0 if the value is too short */
static inline uint8_t iovctl_attr_u8(const struct nlattr *attr)
{
	return iovctl_attr_get(attr, sizeof(uint8_t)) ? mnl_attr_get_u8(attr) : 0;
}

static inline uint16_t iovctl_attr_u16(const struct nlattr *attr)
{
	return iovctl_attr_get(attr, sizeof(uint16_t)) ? mnl_attr_get_u16(attr) : 0;
}

static inline uint32_t iovctl_attr_u32(const struct nlattr *attr)
{
	return iovctl_attr_get(attr, sizeof(uint32_t)) ? mnl_attr_get_u32(attr) : 0;
}

static inline uint64_t iovctl_attr_u64(const struct nlattr *attr)
{
	return iovctl_attr_get(attr, sizeof(uint64_t)) ? mnl_attr_get_u64(attr) : 0;
}

/* A text: "" if it has no end */
static inline const char *iovctl_attr_text(const struct nlattr *attr)
{
	const char *text = mnl_attr_get_payload(attr);

	return memchr(text, '\0', mnl_attr_get_payload_len(attr)) ? text : "";
}

int iovctl_netlink(int family, struct nlmsghdr *request, mnl_cb_t found, void *data, char *why);

#endif
