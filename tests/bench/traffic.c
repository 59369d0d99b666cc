// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traffic between two network namespaces from one process, so that the result
 * does not depend on the scheduler: it sends, then receives everything.
 *
 *	traffic udp|tcp|rr SENDER RECEIVER ADDRESS COUNT SIZE
 *	traffic send|flood SENDER[,SENDER...] - ADDRESS COUNT SIZE
 *
 * SENDER and RECEIVER are namespaces ("-" is the one in which it starts).
 * Prints as JSON the time in nanoseconds, and the part of it that was idle. It
 * is meant for a virtual machine with one processor on which an instruction
 * takes a nanosecond: the rest are instructions. Traffic to warm up is included
 * in "all" but not in "done" and the times. send and flood get no reply; flood
 * does not report idle time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "idle.h"

#define PORT		7082
#define WINDOW		64	/* datagrams in flight */
#define SENDERS		8
#define CHUNK		(64 * 1024)
#define TIMEOUT_MS	2000

static char buffer[CHUNK];

static void die(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter(const char *netns)
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

static int make_socket(const char *netns, int type)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_MS / 1000 };
	const int room = 4 << 20, on = 1;
	int fd;

	enter(netns);
	fd = socket(AF_INET, type, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static struct sockaddr_in parse_address(const char *text)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
	};

	if (!inet_aton(text, &to.sin_addr))
		die(text);
	return to;
}

/* A connected socket at each end. */
static void make_pair(char **argv, int type, int *tx, int *rx)
{
	struct sockaddr_in to = parse_address(argv[4]);
	int listener = make_socket(argv[3], type);

	if (bind(listener, (void *)&to, sizeof(to)))
		die("bind");
	if (type == SOCK_STREAM && listen(listener, 1))
		die("listen");
	*tx = make_socket(argv[2], type);
	if (connect(*tx, (void *)&to, sizeof(to)))
		die("connect");
	*rx = listener;
	if (type == SOCK_STREAM) {
		const int on = 1;

		*rx = accept(listener, NULL, NULL);
		if (*rx < 0)
			die("accept");
		setsockopt(*rx, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
}

static void prepare(struct mmsghdr *messages, struct iovec *iov)
{
	memset(messages, 0, WINDOW * sizeof(*messages));
	for (int i = 0; i < WINDOW; i++) {
		messages[i].msg_hdr.msg_iov = iov;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
}

/* Returns the number of datagrams received. */
static unsigned long udp(int tx, int rx, unsigned long count, size_t size)
{
	struct iovec iov = { .iov_base = buffer, .iov_len = size };
	struct mmsghdr messages[WINDOW];
	unsigned long received = 0;

	prepare(messages, &iov);
	while (received < count) {
		int sent = sendmmsg(tx, messages, WINDOW, 0), got = 0;

		if (sent < 0)
			die("sendmmsg");
		while (got < sent) {
			int n = recvmmsg(rx, messages, sent - got,
					 MSG_WAITFORONE, NULL);

			if (n <= 0)
				die("recvmmsg");
			got += n;
		}
		received += got;
	}
	return received;
}

/* Returns the number of bytes received. */
static unsigned long tcp(int tx, int rx, unsigned long count, size_t size)
{
	unsigned long sent = 0, received = 0;

	while (received < count) {
		struct pollfd fds[] = {
			{ .fd = rx, .events = POLLIN },
			{ .fd = tx, .events = sent < count ? POLLOUT : 0 },
		};
		ssize_t n;

		if (poll(fds, 2, TIMEOUT_MS) <= 0)
			die("poll");
		if (fds[1].revents & POLLOUT) {
			n = send(tx, buffer, size, MSG_DONTWAIT);
			if (n < 0 && errno != EAGAIN)
				die("send");
			sent += n > 0 ? n : 0;
		}
		if (fds[0].revents & POLLIN) {
			n = recv(rx, buffer, sizeof(buffer), MSG_DONTWAIT);
			if (n < 0)
				die("recv");
			received += n;
		}
	}
	return received;
}

/* Returns the number of round trips. */
static unsigned long rr(int tx, int rx, unsigned long count, size_t size)
{
	for (unsigned long i = 0; i < count; i++) {
		int ends[] = { tx, rx };

		for (int k = 0; k < 2; k++) {
			if (send(ends[k], buffer, size, 0) != (ssize_t)size)
				die("send");
			if (recv(ends[!k], buffer, size, MSG_WAITALL) !=
			    (ssize_t)size)
				die("recv");
		}
	}
	return count;
}

/* All senders in turn; returns the number of datagrams sent. */
static unsigned long send_all(const int *senders, int count_senders,
			      unsigned long count, size_t size)
{
	struct iovec iov = { .iov_base = buffer, .iov_len = size };
	struct mmsghdr messages[WINDOW];
	unsigned long sent = 0;

	prepare(messages, &iov);
	for (int i = 0; sent < count; i = (i + 1) % count_senders) {
		int n = sendmmsg(senders[i], messages, WINDOW, 0);

		if (n < 0)
			die("sendmmsg");
		sent += n;
	}
	return sent;
}

static void report(unsigned long done, unsigned long warmed,
		   unsigned long elapsed, unsigned long idle)
{
	printf("{\"done\": %lu, \"all\": %lu, \"elapsed\": %lu, \"idle\": %lu}\n",
	       done, done + warmed, elapsed, idle);
}

static int send_to_nobody(char **argv)
{
	struct sockaddr_in to = parse_address(argv[4]);
	unsigned long start, loops = 0, elapsed, idle = 0;
	unsigned long done, warmed = 0;
	int senders[SENDERS], n = 0;

	for (char *name = strtok(argv[2], ","); name && n < SENDERS;
	     name = strtok(NULL, ",")) {
		senders[n] = make_socket(name, SOCK_DGRAM);
		if (connect(senders[n++], (void *)&to, sizeof(to)))
			die("connect");
	}
	if (!strcmp(argv[1], "send")) {
		if (start_idler())
			die("idler");
		warmed = send_all(senders, n, 2 * WINDOW * n, atoi(argv[6]));
		loops = read_idler();
	}
	start = now_ns();
	done = send_all(senders, n, strtoul(argv[5], NULL, 0), atoi(argv[6]));
	elapsed = now_ns() - start;
	if (loops)
		idle = idle_since(loops);
	report(done, warmed, elapsed, idle);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long (*run)(int tx, int rx, unsigned long count, size_t size);
	unsigned long start, loops, elapsed, idle;
	unsigned long done, warmed;
	int tx, rx;

	if (argc != 7) {
		fprintf(stderr, "usage: traffic MODE SENDER RECEIVER ADDRESS COUNT SIZE\n");
		return 2;
	}
	if (!strcmp(argv[1], "send") || !strcmp(argv[1], "flood"))
		return send_to_nobody(argv);
	run = !strcmp(argv[1], "udp") ? udp : !strcmp(argv[1], "tcp") ? tcp : rr;
	make_pair(argv, run == udp ? SOCK_DGRAM : SOCK_STREAM, &tx, &rx);
	if (start_idler())
		die("idler");

	/* Neighbours are resolved and caches of the stack are filled. */
	warmed = run(tx, rx, run == tcp ? 8 * CHUNK : 2 * WINDOW, atoi(argv[6]));
	loops = read_idler();
	start = now_ns();
	done = run(tx, rx, strtoul(argv[5], NULL, 0), atoi(argv[6]));
	elapsed = now_ns() - start;
	idle = idle_since(loops);
	report(done, warmed, elapsed, idle);
	return 0;
}
