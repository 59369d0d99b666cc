// SPDX-License-Identifier: GPL-2.0-only
/* Give the interface of a new driver the name, addresses and place of the former one. */
#include <string.h>
#include <time.h>

#include "adapter/adopt_netdev.h"
#include "system/files.h"
#include "system/netif.h"
#include "system/sysfs.h"

#define POLL_MS		50
#define REGISTER_MS	10000
#define RENAME_MS	2000	/* udev gives an interface its name within this time */

static void pause_ms(int ms)
{
	const struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&pause, NULL);
}

static void lose(struct iovctl_adopt_netdev *netdev, const char *what)
{
	const size_t length = strlen(netdev->lost);

	snprintf(netdev->lost + length, sizeof(netdev->lost) - length, "%s%s",
		 length ? ", " : "", what);
}

/* VLANs, macvlans and the like go with the interface. */
static void read_uppers(struct iovctl_adopt_netdev *netdev)
{
	static const char upper[] = "upper_";
	struct dirent **entries;
	int i, num = iovctl_list(&entries, "/sys/class/net/%s", netdev->name);

	for (i = 0; i < num; i++) {
		const char *name = entries[i]->d_name + strlen(upper);

		if (!strncmp(entries[i]->d_name, upper, strlen(upper)) &&
		    strcmp(name, netdev->master))
			lose(netdev, name);
	}
	iovctl_list_free(entries, num);
}

static void read_master(struct iovctl_adopt_netdev *netdev)
{
	struct iovctl_netif netif;

	iovctl_netif_read(&netif, netdev->name);
	netdev->carrier = netif.up && netif.carrier;
	iovctl_sysfs_master(netdev->name, netdev->master);
	/* What a port of a bridge, bond or team has of its own is not read. */
	if (netdev->master[0])
		lose(netdev, "settings as a port");
}

/**
 * iovctl_adopt_netdev_read - what an interface has
 * @netdev: is filled
 * @name: of the interface; or empty
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_adopt_netdev_read(struct iovctl_adopt_netdev *netdev, const char *name, char *why)
{
	memset(netdev, 0, sizeof(*netdev));
	SET(netdev->name, "%s", name);
	if (!name[0] || iovctl_is_copy())
		return 0;
	read_master(netdev);
	read_uppers(netdev);
	if (iovctl_link_limits(name, &netdev->limits, why) ||
	    iovctl_addresses_read(name, &netdev->addresses, why))
		return -1;
	if (netdev->addresses.too_many)
		return fail(why, name, "it has more addresses or routes than can be taken over");
	return 0;
}

/* A driver registers its interface when it is bound, or soon after. */
static int find(const char *pci, char name[IOVCTL_NAME], char *why)
{
	int ms;

	for (ms = 0; ms < REGISTER_MS; ms += POLL_MS) {
		if (iovctl_sysfs_netdev(pci, name))
			return 0;
		pause_ms(POLL_MS);
	}
	return fail(why, pci, "the driver has registered no interface");
}

/* Without udev, or with a name that the user has given, it gets its former name here. */
static int name_it(const struct iovctl_adopt_netdev *netdev, const char *pci, char *why)
{
	char name[IOVCTL_NAME];
	int ms;

	if (find(pci, name, why))
		return -1;
	for (ms = 0; ms < RENAME_MS && iovctl_exists("/run/udev/control"); ms += POLL_MS) {
		iovctl_sysfs_netdev(pci, name);
		if (!strcmp(name, netdev->name))
			return 0;
		pause_ms(POLL_MS);
	}
	if (!strcmp(name, netdev->name))
		return 0;
	return iovctl_link_rename(name, netdev->name, why);
}

/**
 * iovctl_adopt_netdev_restore - give the interface of a new driver what the former one had
 * @netdev: the former interface
 * @pci: PCI address of the function
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_adopt_netdev_restore(const struct iovctl_adopt_netdev *netdev, const char *pci,
				char *why)
{
	struct iovctl_link_limits now;

	if (name_it(netdev, pci, why) || iovctl_link_limits(netdev->name, &now, why))
		return -1;
	if (now.mtu != netdev->limits.mtu &&
	    iovctl_link_set_mtu(netdev->name, netdev->limits.mtu, why))
		return -1;
	if (netdev->limits.up && iovctl_link_set_up(netdev->name, true, why))
		return -1;
	if (netdev->master[0] && iovctl_link_set_master(netdev->name, netdev->master, why))
		return -1;
	return iovctl_addresses_move(&netdev->addresses, "", netdev->name, why);
}

/**
 * iovctl_adopt_netdev_wait - wait for the link
 * @netdev: the former interface, whose name the new one has
 * @seconds: how long
 * @why: that there is none, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_adopt_netdev_wait(const struct iovctl_adopt_netdev *netdev, int seconds, char *why)
{
	struct iovctl_netif now;
	int ms;

	for (ms = 0; ms <= seconds * 1000; ms += POLL_MS) {
		if (iovctl_netif_read(&now, netdev->name) && now.carrier)
			return 0;
		pause_ms(POLL_MS);
	}
	snprintf(why, IOVCTL_TEXT, "%s has no link after %d s", netdev->name, seconds);
	return -1;
}
