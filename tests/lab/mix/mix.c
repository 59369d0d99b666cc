// SPDX-License-Identifier: GPL-2.0-only
/* Random numbers, namespaces, error exit: see mix.h. */
#include <fcntl.h>
#include <sched.h>
#include <time.h>

#include "mix.h"

#define ROOM		(32 << 20)	/* of a socket buffer, bytes */

static __u64 seed;

void die(const char *what)
{
	fprintf(stderr, "mix: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The same sequence for the same seed (xorshift64) */
static __u64 chance(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

void sow(const char *number)
{
	seed = strtoull(number, NULL, 0) * 0x9e3779b97f4a7c15ull + 1;
	for (int i = 0; i < 16; i++)
		chance();
}

unsigned int below(unsigned int n)
{
	return (chance() >> 32) % n;
}

unsigned int between(unsigned int low, unsigned int high)
{
	return low + below(high - low + 1);
}

/* True once in so many times */
int once_in(unsigned int n)
{
	return !below(n);
}

void fill(void *memory, size_t size)
{
	__u8 *at = memory;

	for (; size >= sizeof(__u64); size -= sizeof(__u64)) {
		__u64 word = chance();

		memcpy(at, &word, sizeof(word));
		at += sizeof(word);
	}
	while (size--)
		*at++ = chance() >> 32;
}

unsigned long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ul + t.tv_nsec / 1000000;
}

/* Sockets are made in the namespace entered last; "-" is the first one. */
void enter(const char *netns)
{
	char path[128];
	int fd;

	if (!strcmp(netns, "-"))
		snprintf(path, sizeof(path), "/proc/1/ns/net");
	else
		snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

void make_room(int fd)
{
	const int room = ROOM;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
}
