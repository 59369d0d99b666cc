// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file of settings that numvfs keeps for VFs that it removes: saved.c and
 * settings_json.c. What it has is set again, as root.
 *
 * Input: a byte that chooses the mode of the file, and the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz_iovctl.h"

#include "tools/iovctl/numvfs/saved.h"
#include "tools/iovctl/system/files.h"

#define PCI	"0000:01:00.0"
#define PATH	"/run/iovctl/" PCI ".json"

int __wrap_iovctl_open_fd(int flags, const char *format, ...);
int __wrap_iovctl_replace(const char *path, const char *content, mode_t mode, char *why);

static const uint8_t *content;
static size_t content_size;
static mode_t content_mode;
static char *stored;

/* --- the file ------------------------------------------------------------------------------- */

int __wrap_iovctl_open_fd(int flags, const char *format, ...)
{
	char path[IOVCTL_TEXT];
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	MUST(!strcmp(path, PATH) && flags & O_NOFOLLOW);
	fd = memfd_create("saved", MFD_CLOEXEC);
	if (fd < 0 || write(fd, content, content_size) != (ssize_t)content_size ||
	    lseek(fd, 0, SEEK_SET) || fchmod(fd, content_mode))
		abort();
	return fd;
}

int __wrap_iovctl_replace(const char *path, const char *text, mode_t mode, char *why)
{
	(void)why;
	MUST(!strcmp(path, PATH) && mode == 0600);
	stored = strdup(text);
	return 0;
}

/* --- properties ----------------------------------------------------------------------------- */

static bool is_within(int value, int max)
{
	return value >= -1 && value <= max;
}

static bool has_only(const char *text, const char *letters)
{
	return strspn(text, letters) == strlen(text);
}

/* What is given to the kernel is no more than it could have said itself. */
static void check_vf(const struct iovctl_settings *vf, int after)
{
	MUST(vf->number > after && vf->number < IOVCTL_SETTINGS_VFS);
	MUST(!vf->mac[0] || strlen(vf->mac) == strlen(IOVCTL_MAC));
	MUST(has_only(vf->mac, "0123456789abcdef:"));
	MUST(is_within(vf->vlan, 4095) && is_within(vf->qos, 7));
	MUST(vf->proto == IOVCTL_8021Q || vf->proto == IOVCTL_8021AD);
	MUST(is_within(vf->spoofchk, 1) && is_within(vf->trust, 1) && is_within(vf->active, 1));
	MUST(is_within(vf->link_state, IOVCTL_LINK_DISABLE) && is_within(vf->eqs, 65535));
	MUST(vf->min_tx_rate >= -1 && vf->max_tx_rate >= -1 && vf->port >= -1);
	MUST(has_only(vf->moderation, "abcdefghijklmnopqrstuvwxyz"));
	MUST(has_only(vf->policies, "abcdefghijklmnopqrstuvwxyz,"));
#ifdef PLANTED_BUG
	MUST(vf->vlan <= 100);
#endif
}

static void check_all(const struct iovctl_all_settings *all)
{
	int i;

	MUST(!strcmp(all->pci, PCI));
	MUST(all->num >= 0 && all->num <= IOVCTL_SETTINGS_VFS);
	for (i = 0; i < all->num; i++)
		check_vf(&all->vf[i], i ? all->vf[i - 1].number : -1);
}

/* What is stored is what is loaded then. */
static void check_again(const struct iovctl_all_settings *all)
{
	static struct iovctl_all_settings again;
	char why[IOVCTL_TEXT];

	MUST(!iovctl_saved_store(all, why));
	content = (const uint8_t *)stored;
	content_size = strlen(stored);
	MUST(!iovctl_saved_load(&again, PCI, why));
	MUST(all->num == again.num && !memcmp(all->vf, again.vf, all->num * sizeof(all->vf[0])));
	free(stored);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct iovctl_all_settings all;
	char why[IOVCTL_TEXT] = "";

	if (!size)
		return 0;
	content = data + 1;
	content_size = size - 1;
	content_mode = 0600 | (data[0] & 077);
	if (iovctl_saved_load(&all, PCI, why)) {
		MUST(why[0] && memchr(why, '\0', sizeof(why)));
		MUST(!all.num);
		return 0;
	}
	MUST(!(content_mode & 022));
	content_mode = 0600;
	check_all(&all);
	check_again(&all);
	return 0;
}
