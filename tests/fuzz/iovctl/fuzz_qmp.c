// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest's QEMU, which the guest may have taken over, says to the process
 * that inspects and changes it: qmp.c and guest.c.
 *
 * Input: a byte that chooses, and all that QEMU says.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz_iovctl.h"

#include "tools/iovctl/system/files.h"
#include "tools/iovctl/migrate/guest.h"
#include "tools/iovctl/base/json.h"
#include "tools/iovctl/system/netlink.h"

#define LIMIT_MS	1000

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_iovctl_netlink(int family, struct nlmsghdr *request, mnl_cb_t found, void *data,
			  char *why);

static int monitor;

/* The socket that iovctl connects becomes the one that has the input. */
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	(void)address;
	(void)length;
	return dup2(monitor, fd) < 0 ? -1 : 0;
}

/* The host has no network. */
int __wrap_iovctl_netlink(int family, struct nlmsghdr *request, mnl_cb_t found, void *data,
			  char *why)
{
	(void)family;
	(void)request;
	(void)found;
	(void)data;
	snprintf(why, IOVCTL_TEXT, "none");
	return -1;
}

static void ask(struct iovctl_guest *guest, const char *verb, bool target)
{
	struct json_object *arguments = json_object_new_object();
	struct json_object *reply = json_object_new_object();
	int err;

	set_text(arguments, "qmp", "/qmp");
	set_flag(arguments, "target", target);
	set_text(arguments, "execute", "query-status");
	guest->error[0] = '\0';
	err = iovctl_guest_do(guest, verb, arguments, reply);
	MUST(!err || guest->error[0]);
	MUST(memchr(guest->error, '\0', sizeof(guest->error)));
#ifdef PLANTED_BUG
	MUST(!strstr(guest->qmp.error, "no JSON"));
#endif
	json_object_put(arguments);
	json_object_put(reply);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return setenv(IOVCTL_ROOT, "/nowhere", 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const later[] = { "unplugged", "plugged", "unplug", "plug", "qmp" };
	struct iovctl_guest guest = { .qmp.limit_ms = LIMIT_MS };
	int fds[2];
	size_t i;

	if (size < 1 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return 0;
	monitor = fds[0];
	if (write(fds[1], data + 1, size - 1) != (ssize_t)size - 1)
		abort();
	/* Requests are still accepted. */
	shutdown(fds[1], SHUT_WR);
	ask(&guest, "inspect", data[0] & 1);
	for (i = 0; !guest.qmp.error[0] && i < sizeof(later) / sizeof(later[0]); i++)
		if (data[0] >> (i + 1) & 1)
			ask(&guest, later[i], false);
	iovctl_guest_close(&guest);
	close(fds[0]);
	close(fds[1]);
	return 0;
}
