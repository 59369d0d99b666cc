// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds a VF: a program that has opened it through VFIO, or an interface
 * that is up or in another network namespace. No VF is opened to find out: that
 * would disturb a guest that starts meanwhile.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/files.h"
#include "system/netns.h"
#include "system/sysfs.h"
#include "virtfn/holder.h"

#define PCI		"/sys/bus/pci/devices"
#define VFIO		"/dev/vfio/"
#define OPEN_FILES	256	/* of VFIO; with more it is not known who holds a VF */
#define ARGUMENTS	65536	/* bytes of a command line; what follows is not seen */

struct open_file {
	int pid;
	char name[IOVCTL_NAME];	/* below /dev/vfio */
};

/* What was found when it was first asked for; complete if all programs were seen */
static struct {
	bool known;
	bool complete;
	int num;
	struct open_file file[OPEN_FILES];
} all;

static void add(int pid, const char *name)
{
	if (all.num == OPEN_FILES) {
		all.complete = false;
		return;
	}
	all.file[all.num].pid = pid;
	SET(all.file[all.num].name, "%s", name);
	all.num++;
}

static void search_process(int pid)
{
	struct dirent **entries;
	char target[PATH_MAX];
	int i, num;

	num = iovctl_list(&entries, "/proc/%d/fd", pid);
	if (num < 0 && iovctl_exists("/proc/%d", pid))
		all.complete = false;
	for (i = 0; i < num; i++) {
		iovctl_read_link(target, sizeof(target), "/proc/%d/fd/%s", pid,
				 entries[i]->d_name);
		if (!strncmp(target, VFIO, strlen(VFIO)))
			add(pid, target + strlen(VFIO));
	}
	iovctl_list_free(entries, num);
}

static void search(void)
{
	struct dirent **entries;
	int i, num, pid;

	memset(&all, 0, sizeof(all));
	all.known = true;
	all.complete = true;
	num = iovctl_list(&entries, "/proc");
	for (i = 0; i < num; i++) {
		pid = atoi(entries[i]->d_name);
		if (pid > 0)
			search_process(pid);
	}
	iovctl_list_free(entries, num);
}

/* --- a program ------------------------------------------------------------------------------ */

static int holder_of_file(const char *name)
{
	int i;

	for (i = 0; i < all.num; i++)
		if (!strcmp(all.file[i].name, name))
			return all.file[i].pid;
	return 0;
}

/* By the group of the VF, or by its own file */
static int find_program(const char *vf_pci)
{
	char group[IOVCTL_NAME], file[IOVCTL_TEXT + IOVCTL_NAME];
	struct dirent **entries;
	int num, pid = 0;

	if (iovctl_sysfs_link(vf_pci, "iommu_group", group))
		pid = holder_of_file(group);
	num = iovctl_list(&entries, PCI "/%s/vfio-dev", vf_pci);
	if (num > 0 && !pid) {
		SET(file, "devices/%s", entries[0]->d_name);
		pid = holder_of_file(file);
	}
	iovctl_list_free(entries, num);
	return pid;
}

/* The argument of -name: "guest=NAME,debug-threads=on", or only NAME; a comma in it is doubled */
static void parse_name(struct iovctl_holder *holder, const char *value)
{
	static const char key[] = "guest=";
	const char *guest = strstr(value, key);
	size_t length = 0;

	if (guest && (guest == value || guest[-1] == ','))
		value = guest + strlen(key);
	else if (strcspn(value, "=") < strcspn(value, ","))
		return;
	for (; *value && length < sizeof(holder->name) - 1; value++) {
		if (*value == ',' && *++value != ',')
			break;
		holder->name[length++] = *value;
	}
	holder->name[length] = '\0';
	iovctl_clean(holder->name);
}

/**
 * iovctl_holder_arguments - the command line of a program
 * @pid: program
 * @end: is set to the end of the last argument
 *
 * Return: the arguments, each ended by NUL, until the next call; empty if they cannot be read.
 */
const char *iovctl_holder_arguments(int pid, const char **end)
{
	static char arguments[ARGUMENTS + 1];
	FILE *file = iovctl_open("/proc/%d/cmdline", pid);
	size_t length = 0;

	if (file) {
		length = fread(arguments, 1, ARGUMENTS, file);
		fclose(file);
	}
	arguments[length] = '\0';
	*end = arguments + length;
	return arguments;
}

static void read_name(struct iovctl_holder *holder)
{
	const char *end, *at = iovctl_holder_arguments(holder->pid, &end);
	bool next = false;

	for (; at < end; at += strlen(at) + 1) {
		if (next) {
			parse_name(holder, at);
			return;
		}
		next = !strcmp(at, "-name") || !strcmp(at, "--name");
	}
}

bool iovctl_holder_has_tap(const struct iovctl_holder *holder, const char *tap)
{
	int i;

	for (i = 0; i < holder->num_taps; i++)
		if (!strcmp(holder->taps[i], tap))
			return true;
	return false;
}

/* A tap with several queues is open several times. */
static void read_tap(struct iovctl_holder *holder, const char *fd)
{
	char line[IOVCTL_TEXT], name[IOVCTL_NETDEV];
	FILE *file = iovctl_open("/proc/%d/fdinfo/%s", holder->pid, fd);

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "iff: %15s", name) != 1 || iovctl_holder_has_tap(holder, name))
			continue;
		if (holder->num_taps < IOVCTL_TAPS)
			SET(holder->taps[holder->num_taps++], "%s", name);
	}
	if (file)
		fclose(file);
}

/* QEMU has no file of KVM when it translates instructions itself. */
static void read_files(struct iovctl_holder *holder)
{
	static const char device[] = "/dev/net/tun", machine[] = "anon_inode:kvm-vm";
	struct dirent **entries;
	char target[PATH_MAX];
	int i, num;

	num = iovctl_list(&entries, "/proc/%d/fd", holder->pid);
	for (i = 0; i < num; i++) {
		iovctl_read_link(target, sizeof(target), "/proc/%d/fd/%s", holder->pid,
				 entries[i]->d_name);
		if (!strcmp(target, device))
			read_tap(holder, entries[i]->d_name);
		else if (!strcmp(target, machine))
			holder->is_vm = true;
	}
	iovctl_list_free(entries, num);
}

static void read_command(struct iovctl_holder *holder)
{
	if (holder->pid)
		iovctl_read(holder->command, sizeof(holder->command), "/proc/%d/comm",
			    holder->pid);
	iovctl_clean(holder->command);
}

static void ask_programs(struct iovctl_holder *holder, const char *vf_pci, bool in_detail)
{
	if (!all.known)
		search();
	holder->pid = find_program(vf_pci);
	holder->held = holder->pid ? IOVCTL_YES : all.complete ? IOVCTL_NO : IOVCTL_MAYBE;
	if (!holder->pid || !in_detail)
		return;
	read_command(holder);
	read_name(holder);
	holder->is_vm = holder->name[0] || !strncmp(holder->command, "qemu", strlen("qemu"));
	read_files(holder);
}

/* --- an interface ---------------------------------------------------------------------------- */

/* One that is not in sight is in another namespace, also if that cannot be seen. */
static void ask_namespaces(struct iovctl_holder *holder, const char *vf_pci, bool in_detail)
{
	struct iovctl_netns netns;

	holder->held = IOVCTL_YES;
	if (!in_detail || iovctl_netns_of(vf_pci, &netns) != IOVCTL_YES)
		return;
	SET(holder->netns, "%s", netns.name);
	SET(holder->netdev, "%s", netns.netdev);
	holder->netns_inode = netns.inode;
	holder->pid = netns.pid;
	read_command(holder);
}

static void ask_interface(struct iovctl_holder *holder, const char *vf_pci, bool in_detail)
{
	char netdev[IOVCTL_NAME], flags[IOVCTL_NAME];

	if (!iovctl_exists(PCI "/%s/net", vf_pci))
		return;
	if (!iovctl_sysfs_netdev(vf_pci, netdev)) {
		ask_namespaces(holder, vf_pci, in_detail);
		return;
	}
	/* The interface may just have gone, or have a name that cannot be printed. */
	if (iovctl_read(flags, sizeof(flags), "/sys/class/net/%s/flags", netdev) < 0)
		holder->held = IOVCTL_MAYBE;
	else
		holder->held = strtoul(flags, NULL, 16) & 1 ? IOVCTL_YES : IOVCTL_NO;
}

/**
 * iovctl_holder_find - find out who holds a VF
 * @holder: is filled
 * @vf_pci: PCI address of the VF
 * @in_detail: more than whether it is held
 *
 * Programs and namespaces are searched once, see iovctl_holder_forget().
 */
void iovctl_holder_find(struct iovctl_holder *holder, const char *vf_pci, bool in_detail)
{
	char driver[IOVCTL_NAME];

	memset(holder, 0, sizeof(*holder));
	if (!iovctl_sysfs_link(vf_pci, "driver", driver))
		holder->held = IOVCTL_NO;
	else if (strstr(driver, "vfio"))
		ask_programs(holder, vf_pci, in_detail);
	else
		ask_interface(holder, vf_pci, in_detail);
}

/**
 * iovctl_holder_forget - search programs and namespaces again for the next VF
 */
void iovctl_holder_forget(void)
{
	all.known = false;
	iovctl_netns_forget();
}
