// SPDX-License-Identifier: GPL-2.0-only
/*
 * sshd leaves the addresses of a connection in the environment of the shell.
 * sudo and su may remove them, so the processes above this one are looked at.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/files.h"
#include "system/login.h"

#define CONNECTION	"SSH_CONNECTION="
#define PROCESSES	64	/* above this one */
#define LOWERS		8	/* interfaces below each other */

static int parent_of(int pid)
{
	char stat[IOVCTL_TEXT];
	int parent = 0;

	iovctl_read(stat, sizeof(stat), "/proc/%d/stat", pid);
	/* The name, in parentheses, may contain anything. */
	if (strrchr(stat, ')'))
		sscanf(strrchr(stat, ')'), ") %*c %d", &parent);
	return parent;
}

/* "CLIENT PORT SERVER PORT" */
static bool read_connection(int pid, char address[IOVCTL_NAME])
{
	FILE *file = iovctl_open("/proc/%d/environ", pid);
	char *entry = NULL;
	bool found = false;
	size_t room = 0;

	while (file && !found && getdelim(&entry, &room, '\0', file) > 0)
		found = !strncmp(entry, CONNECTION, strlen(CONNECTION)) &&
			sscanf(entry + strlen(CONNECTION), "%*s %*s %63s", address) == 1;
	free(entry);
	if (file)
		fclose(file);
	return found;
}

static bool find_connection(char address[IOVCTL_NAME])
{
	int pid = getpid(), i;

	for (i = 0; i < PROCESSES && pid > 0; i++, pid = parent_of(pid))
		if (read_connection(pid, address))
			return true;
	return false;
}

static bool is_same(const struct sockaddr *known, const char *address)
{
	/* A link-local address has its interface after it. */
	const size_t length = strcspn(address, "%");
	char text[INET6_ADDRSTRLEN] = "";

	if (known && known->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)known)->sin_addr, text,
			  sizeof(text));
	else if (known && known->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)known)->sin6_addr, text,
			  sizeof(text));
	return strlen(text) == length && !strncmp(text, address, length);
}

static bool find_interface(const char *address, char netdev[IOVCTL_NAME])
{
	struct ifaddrs *list, *entry;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (entry = list; entry && !found; entry = entry->ifa_next) {
		found = is_same(entry->ifa_addr, address);
		if (found)
			iovctl_set(netdev, IOVCTL_NAME, "%s", entry->ifa_name);
	}
	freeifaddrs(list);
	return found;
}

/* A bridge, bond or VLAN has its ports below it. */
static bool is_below(const char *netdev, const char *upper, int depth)
{
	static const char lower[] = "lower_";
	struct dirent **entries;
	bool found = !strcmp(netdev, upper);
	int i, num;

	if (found || !depth)
		return found;
	num = iovctl_list(&entries, "/sys/class/net/%s", upper);
	for (i = 0; i < num && !found; i++)
		if (!strncmp(entries[i]->d_name, lower, strlen(lower)))
			found = is_below(netdev, entries[i]->d_name + strlen(lower), depth - 1);
	iovctl_list_free(entries, num);
	return found;
}

/**
 * iovctl_login_uses - whether the user is logged in over an interface, or one above it
 * @netdev: its name
 * @address: gets the address of this machine that the connection has
 *
 * Return: false also if the connection is not one of sshd, or of another network namespace.
 */
bool iovctl_login_uses(const char *netdev, char address[IOVCTL_NAME])
{
	char interface[IOVCTL_NAME];

	return !iovctl_is_copy() && netdev[0] && find_connection(address) &&
	       find_interface(address, interface) && is_below(netdev, interface, LOWERS);
}
