// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which network namespace has the interface of a PCI function. sysfs shows only
 * the interfaces of the own one, so each other one is entered for one request;
 * that changes nothing in it. The kernel tells the PCI function of an interface
 * since 5.14.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "system/files.h"
#include "system/link_message.h"
#include "system/netlink.h"
#include "system/netns.h"

#define NAMED		"/run/netns"
#define SPACES		256	/* network namespaces */
#define FUNCTIONS	512	/* PCI functions whose interfaces are in others than the own one */
#define BUS		"pci"

struct function {
	char pci[IOVCTL_NAME];
	char netdev[IOVCTL_NAME];
	int space;
};

/* What was found when it was first asked for; not complete without the rights to see all */
static struct {
	bool known;
	bool complete;
	int own;
	unsigned long own_inode;
	int num_spaces;
	struct iovctl_netns space[SPACES];
	int num_functions;
	struct function function[FUNCTIONS];
} all;

static void add_function(const char *pci, const char *netdev)
{
	struct function *function = &all.function[all.num_functions];

	if (all.num_functions == FUNCTIONS) {
		all.complete = false;
		return;
	}
	all.num_functions++;
	SET(function->pci, "%s", pci);
	SET(function->netdev, "%s", netdev);
	function->space = all.num_spaces - 1;
}

static int found_interface(const struct nlmsghdr *header, void *data)
{
	const char *bus = "", *pci = "", *name = "";
	const struct nlattr *attr;

	mnl_attr_for_each(attr, header, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			name = iovctl_attr_text(attr);
		else if (mnl_attr_get_type(attr) == IFLA_PARENT_DEV_NAME)
			pci = iovctl_attr_text(attr);
		else if (mnl_attr_get_type(attr) == IFLA_PARENT_DEV_BUS_NAME)
			bus = iovctl_attr_text(attr);
	}
	if (!strcmp(bus, BUS))
		add_function(pci, name);
	return MNL_CB_OK;
}

static int list_interfaces(void)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], why[IOVCTL_TEXT];
	struct nlmsghdr *header = iovctl_link_message(buffer, RTM_GETLINK, 0);

	header->nlmsg_flags = NLM_F_DUMP;
	return iovctl_netlink(NETLINK_ROUTE, header, found_interface, NULL, why);
}

/* To go on in a foreign namespace would be worse than to end. */
static void look_into(int fd)
{
	if (setns(fd, CLONE_NEWNET)) {
		all.complete = false;
		return;
	}
	if (list_interfaces())
		all.complete = false;
	if (setns(all.own, CLONE_NEWNET)) {
		perror("iovctl: the own network namespace");
		exit(EXIT_FAILURE);
	}
}

static struct iovctl_netns *find_space(unsigned long inode)
{
	int i;

	for (i = 0; i < all.num_spaces; i++)
		if (all.space[i].inode == inode)
			return &all.space[i];
	return NULL;
}

/* A namespace by one of its files, seen for the first time or again */
static void add_space(const char *path, const char *name, int pid)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct iovctl_netns *space;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) || all.num_spaces == SPACES) {
		all.complete = false;
	} else if (status.st_ino != all.own_inode) {
		space = find_space(status.st_ino);
		if (!space) {
			space = &all.space[all.num_spaces++];
			SET(space->name, "%s", name);
			space->pid = pid;
			space->inode = status.st_ino;
			look_into(fd);
		} else if (!space->pid) {
			space->pid = pid;
		}
	}
	if (fd >= 0)
		close(fd);
}

static void search_named(void)
{
	char path[IOVCTL_TEXT * 2];
	struct dirent **entries;
	int i, num;

	num = iovctl_list(&entries, NAMED);
	for (i = 0; i < num; i++) {
		SET(path, NAMED "/%s", entries[i]->d_name);
		add_space(path, entries[i]->d_name, 0);
	}
	iovctl_list_free(entries, num);
}

static void search_processes(void)
{
	char path[IOVCTL_TEXT];
	struct dirent **entries;
	int i, num, pid;

	num = iovctl_list(&entries, "/proc");
	for (i = 0; i < num; i++) {
		pid = atoi(entries[i]->d_name);
		SET(path, "/proc/%d/ns/net", pid);
		if (pid > 0 && iovctl_netns_of_process(pid) != all.own_inode)
			add_space(path, "", pid);
	}
	iovctl_list_free(entries, num);
}

static void search(void)
{
	memset(&all, 0, sizeof(all));
	all.known = true;
	if (iovctl_is_copy())
		return;
	all.own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (all.own < 0)
		return;
	all.complete = true;
	all.own_inode = iovctl_netns_of_process(getpid());
	search_named();
	search_processes();
	close(all.own);
}

/**
 * iovctl_netns_of - which other network namespace has a PCI function's interface
 * @pci: PCI address
 * @netns: is filled if the answer is yes
 *
 * Return: IOVCTL_MAYBE if not all namespaces could be seen.
 */
enum iovctl_answer iovctl_netns_of(const char *pci, struct iovctl_netns *netns)
{
	const struct function *function;
	int i;

	if (!all.known)
		search();
	for (i = 0; i < all.num_functions; i++) {
		function = &all.function[i];
		if (strcmp(function->pci, pci))
			continue;
		*netns = all.space[function->space];
		SET(netns->netdev, "%s", function->netdev);
		return IOVCTL_YES;
	}
	return all.complete ? IOVCTL_NO : IOVCTL_MAYBE;
}

/**
 * iovctl_netns_of_process - the network namespace of a process
 * @pid: process
 *
 * Return: the number of the namespace, 0 if it is not known.
 */
unsigned long iovctl_netns_of_process(int pid)
{
	char target[IOVCTL_NAME];

	iovctl_read_link(target, sizeof(target), "/proc/%d/ns/net", pid);
	return strtoul(target + strcspn(target, "0123456789"), NULL, 10);
}

/**
 * iovctl_netns_forget - look again when it is asked for the next time
 */
void iovctl_netns_forget(void)
{
	all.known = false;
}
