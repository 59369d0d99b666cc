// SPDX-License-Identifier: GPL-2.0-only
/*
 * A canary: a huge page of host memory that must not be written to. Prints its
 * physical address, waits for SIGTERM, then prints how many of its words have
 * changed and the offset of the first one.
 *
 * Needs root (pagemap) and a free huge page (vm.nr_hugepages), because such a
 * page does not move.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE		(2ULL << 20)
#define SONG		0xa5c3a5c3U
#define PAGEMAP_PFN	((1ULL << 55) - 1)

static void die(const char *what)
{
	fprintf(stderr, "canary: %s: %s\n", what, strerror(errno));
	exit(1);
}

static __u64 physical(const void *page)
{
	__u64 entry, size = sysconf(_SC_PAGESIZE);
	int fd = open("/proc/self/pagemap", O_RDONLY);
	off_t offset = (unsigned long)page / size * sizeof(entry);

	if (fd < 0 ||
	    pread(fd, &entry, sizeof(entry), offset) != sizeof(entry))
		die("pagemap");
	close(fd);
	if (!(entry & PAGEMAP_PFN)) {
		errno = EPERM;
		die("pagemap");
	}
	return (entry & PAGEMAP_PFN) * size;
}

int main(void)
{
	__u32 first = 0, value = SONG, changed = 0, i;
	volatile __u32 *page;
	sigset_t signals;
	int signum;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);

	page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (page == MAP_FAILED)
		die("huge page");
	for (i = 0; i < SIZE / sizeof(*page); i++)
		page[i] = SONG;
	printf("%llu\n", physical((const void *)page));
	fflush(stdout);

	sigwait(&signals, &signum);
	for (i = 0; i < SIZE / sizeof(*page); i++) {
		if (page[i] == SONG)
			continue;
		if (!changed++) {
			first = i * sizeof(*page);
			value = page[i];
		}
	}
	printf("{\"changed\": %u, \"first\": %u, \"value\": %u}\n", changed,
	       first, value);
	return 0;
}
