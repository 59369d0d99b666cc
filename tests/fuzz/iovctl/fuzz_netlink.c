// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replies of netlink: netlink.c, and what link.c, link_change.c, addresses.c,
 * devlink.c, vf_port.c and vf_stats.c read from them.
 *
 * Input: a byte that chooses the question, then datagrams: the length in two
 * bytes, and messages. Their numbers are made to be those of the request.
 */
#include <errno.h>
#include <net/if.h>
#include <sanitizer/asan_interface.h>
#include <string.h>

#include <linux/devlink.h>
#include <linux/genetlink.h>

#include "fuzz_iovctl.h"

#include "tools/iovctl/system/addresses.h"
#include "tools/iovctl/system/devlink.h"
#include "tools/iovctl/system/link.h"
#include "tools/iovctl/system/link_change.h"
#include "tools/iovctl/system/netlink.h"
#include "tools/iovctl/system/vf_port.h"
#include "tools/iovctl/system/vf_stats.h"

#define PCI	"0000:01:00.0"
#define FAMILY	0x20
#define VFS	4

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags);
int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned int groups, pid_t pid);
int __wrap_mnl_socket_setsockopt(const struct mnl_socket *socket, int type, void *value,
				 socklen_t length);
int __wrap_mnl_socket_get_fd(const struct mnl_socket *socket);
ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *request,
				 size_t length);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket, void *buffer, size_t size);
int __wrap_mnl_socket_close(struct mnl_socket *socket);
uint8_t __wrap_mnl_attr_get_u8(const struct nlattr *attr);
uint16_t __wrap_mnl_attr_get_u16(const struct nlattr *attr);
uint32_t __wrap_mnl_attr_get_u32(const struct nlattr *attr);
uint64_t __wrap_mnl_attr_get_u64(const struct nlattr *attr);
const char *__wrap_mnl_attr_get_str(const struct nlattr *attr);
unsigned int __wrap_if_nametoindex(const char *name);
char *__wrap_if_indextoname(unsigned int index, char *name);

static const uint8_t *input;
static size_t left;
static struct nlmsghdr asked;
static char *poisoned;
static size_t poisoned_size;

/* --- the kernel ----------------------------------------------------------------------------- */

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags)
{
	(void)bus;
	(void)flags;
	return (void *)&asked;
}

int __wrap_mnl_socket_bind(struct mnl_socket *socket, unsigned int groups, pid_t pid)
{
	(void)socket;
	(void)groups;
	(void)pid;
	return 0;
}

int __wrap_mnl_socket_setsockopt(const struct mnl_socket *socket, int type, void *value,
				 socklen_t length)
{
	(void)socket;
	(void)type;
	(void)value;
	(void)length;
	return 0;
}

int __wrap_mnl_socket_get_fd(const struct mnl_socket *socket)
{
	(void)socket;
	return -1;
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *request,
				 size_t length)
{
	(void)socket;
	memcpy(&asked, request, sizeof(asked));
	return length;
}

/* What is beyond the datagram must not be read. */
static void poison(char *buffer, size_t length, size_t size)
{
	if (poisoned)
		ASAN_UNPOISON_MEMORY_REGION(poisoned, poisoned_size);
	poisoned = size > length ? buffer + length : NULL;
	poisoned_size = size - length;
	if (poisoned)
		ASAN_POISON_MEMORY_REGION(poisoned, poisoned_size);
}

static size_t name_family(char *buffer)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);

	header->nlmsg_type = GENL_ID_CTRL;
	header->nlmsg_seq = asked.nlmsg_seq;
	mnl_nlmsg_put_extra_header(header, sizeof(struct genlmsghdr));
	mnl_attr_put_u16(header, CTRL_ATTR_FAMILY_ID, FAMILY);
	return header->nlmsg_len;
}

static void set_numbers(char *buffer, size_t length)
{
	struct nlmsghdr header;
	size_t at = 0;

	while (at + sizeof(header) <= length) {
		memcpy(&header, buffer + at, sizeof(header));
		header.nlmsg_seq = asked.nlmsg_seq;
		memcpy(buffer + at, &header, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > length - at)
			break;
		at += NLMSG_ALIGN((size_t)header.nlmsg_len);
	}
}

ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket, void *buffer, size_t size)
{
	static bool family_named;
	size_t length;

	(void)socket;
	poison(buffer, size, size);
	if (asked.nlmsg_type == GENL_ID_CTRL && !family_named) {
		family_named = true;
		return name_family(buffer);
	}
	if (left < 2) {
		errno = EAGAIN;
		return -1;
	}
	length = input[0] | input[1] << 8;
	input += 2;
	left -= 2;
	length = length < left ? length : left;
	memcpy(buffer, input, length);
	input += length;
	left -= length;
	set_numbers(buffer, length);
	poison(buffer, length, size);
	return length;
}

int __wrap_mnl_socket_close(struct mnl_socket *socket)
{
	(void)socket;
	poison(NULL, 0, 0);
	return 0;
}

/* --- libmnl without sanitizers reads what it likes ------------------------------------------- */

#define GET(attr, type) \
	do { \
		type value; \
		\
		MUST(mnl_attr_get_payload_len(attr) >= sizeof(value)); \
		memcpy(&value, mnl_attr_get_payload(attr), sizeof(value)); \
		return value; \
	} while (0)

uint8_t __wrap_mnl_attr_get_u8(const struct nlattr *attr)
{
	GET(attr, uint8_t);
}

uint16_t __wrap_mnl_attr_get_u16(const struct nlattr *attr)
{
	GET(attr, uint16_t);
}

uint32_t __wrap_mnl_attr_get_u32(const struct nlattr *attr)
{
	GET(attr, uint32_t);
}

uint64_t __wrap_mnl_attr_get_u64(const struct nlattr *attr)
{
	GET(attr, uint64_t);
}

const char *__wrap_mnl_attr_get_str(const struct nlattr *attr)
{
	const char *text = mnl_attr_get_payload(attr);

	MUST(memchr(text, '\0', mnl_attr_get_payload_len(attr)));
	return text;
}

unsigned int __wrap_if_nametoindex(const char *name)
{
	return name[0] ? 2 : 0;
}

char *__wrap_if_indextoname(unsigned int index, char *name)
{
	snprintf(name, IF_NAMESIZE, "br%u", index % 1000);
	return index ? name : NULL;
}

/* --- the questions -------------------------------------------------------------------------- */

static void ask_link(char *why)
{
	struct iovctl_link link;

	if (!iovctl_link_get("pf0", &link, why))
		MUST(memchr(link.bridge, '\0', sizeof(link.bridge)));
}

static void ask_vf(char *why)
{
	struct json_object *found = iovctl_link_vf("pf0", 1, why);

	json_object_put(found);
}

static void ask_diagnosis(char *why)
{
	struct json_object *found = iovctl_devlink_diagnose(PCI, "sriov", why);

	if (found)
		MUST(json_object_to_json_string(found));
	json_object_put(found);
}

static void ask_resource(char *why)
{
	int size = -1, used = -1;

	(void)why;
	if (iovctl_devlink_resource(PCI, "queue_pairs", &size, &used))
		MUST(size >= 0);
}

static void ask_eswitch(char *why)
{
	(void)why;
	MUST(iovctl_devlink_eswitch(PCI));
}

static void ask_text(char *why)
{
	char value[IOVCTL_NAME];

	iovctl_devlink_get_text(PCI, "vf0_policies", value, sizeof(value), why);
	MUST(memchr(value, '\0', sizeof(value)));
}

static void ask_port(char *why)
{
	struct iovctl_vf_port port;

	(void)why;
	iovctl_vf_port_find(PCI, 1, &port);
}

static void ask_stats(char *why)
{
	struct iovctl_vf_stats stats[VFS];

	(void)why;
	memset(stats, 0, sizeof(stats));
	iovctl_vf_stats_read("pf0", stats, VFS);
}

static void ask_limits(char *why)
{
	struct iovctl_link_limits limits;

	if (iovctl_link_limits("pf0", &limits, why))
		return;
#ifdef PLANTED_BUG
	MUST(limits.max_mtu <= 9216);
#endif
}

static void ask_addresses(char *why)
{
	static struct iovctl_addresses addresses;

	iovctl_addresses_read("pf0", &addresses, why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const questions[])(char *why) = {
		ask_link, ask_vf, ask_diagnosis, ask_resource, ask_eswitch, ask_text, ask_port,
		ask_stats, ask_limits, ask_addresses,
	};
	char why[IOVCTL_TEXT] = "";

	if (!size)
		return 0;
	input = data + 1;
	left = size - 1;
	questions[data[0] % (sizeof(questions) / sizeof(questions[0]))](why);
	MUST(memchr(why, '\0', sizeof(why)));
	return 0;
}
