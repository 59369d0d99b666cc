// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data between two network namespaces, in packets of every shape: each call
 * sends data from many places in memory, mostly without copying them
 * (MSG_ZEROCOPY), so that these places are the packets' fragments. Each byte
 * that arrives is compared with the one sent.
 *
 *	streams tcp|udp|sctp SENDER RECEIVER ADDRESS BYTES SEED [SECONDS]
 *
 * SENDER and RECEIVER are namespaces ("-" is the first one). Continues for at
 * least SECONDS. Prints as JSON bytes, calls, calls without a copy, and the
 * longest time in which nothing arrived.
 */
#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "mix.h"

#define PORT		7083
#define PATTERN		((1 << 20) - 3)
#define HUGE_PAGE	(2 << 20)
#define COPIES		3
#define PIECES		24
#define LARGEST_CALL	(256 << 10)
#define LARGEST_MESSAGE	60000	/* of SCTP */
#define DATAGRAM	1472	/* without IP fragments */
#define LARGE_DATAGRAM	20000
#define UDP_PIECES	8	/* of two fragments each, at most 17 */
#define WINDOW		12	/* datagrams in flight */
#define TIMEOUT_MS	20000

static __u8 *copies[COPIES];	/* the same data, at odd offsets */
static __u8 buffer[LARGEST_CALL];
static unsigned long sent, received, calls, zerocopy, stall;
static int tx, rx, type, protocol;

static void make_copies(void)
{
	for (int i = 0; i < COPIES; i++) {
		size_t size = 2 * PATTERN + 8192;
		__u8 *at = MAP_FAILED;

		/* Fragments of more than a page, if huge pages are available */
		if (!i)
			at = mmap(NULL, 2 * HUGE_PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
				  MAP_POPULATE, -1, 0);
		if (at == MAP_FAILED)
			at = mmap(NULL, size, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED)
			die("mmap");
		at += 1 + 1361 * i;
		if (!i)
			fill(at, PATTERN);
		else
			memcpy(at, copies[0], PATTERN);
		/* Twice: no piece crosses the end of the data. */
		memcpy(at + PATTERN, at, PATTERN);
		copies[i] = at;
	}
}

/* Adjacent pieces are from different copies: the kernel would merge them. */
static int make_pieces(struct iovec *iov, int most, size_t room)
{
	int n = between(1, most), first = below(COPIES);
	unsigned long at = sent % PATTERN;

	for (int i = 0; i < n; i++) {
		const unsigned int sizes[] = { 64, 1500, 4096, 60000 };
		unsigned int size = between(1, sizes[below(4)]);

		if (size > room)
			size = room;
		if (!size)
			return i;
		iov[i].iov_base = copies[(first + i) % COPIES] + at % PATTERN;
		iov[i].iov_len = size;
		at += size;
		room -= size;
	}
	return n;
}

/* Read the reports of sends without a copy; nothing waits for them. */
static void forget_reports(void)
{
	char control[128];
	struct msghdr message = { .msg_control = control };

	do {
		message.msg_controllen = sizeof(control);
	} while (recvmsg(tx, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0);
}

/* Returns the number of bytes sent, 0 if there is no room now. */
static size_t send_pieces(int most, size_t room)
{
	struct iovec iov[PIECES];
	struct msghdr message = { .msg_iov = iov };
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	ssize_t n;

	message.msg_iovlen = make_pieces(iov, most, room);
	if (protocol != IPPROTO_SCTP && !once_in(4))
		flags |= MSG_ZEROCOPY;
	n = sendmsg(tx, &message, flags);
	if (n < 0 && errno == ENOBUFS) {	/* too many reports pending */
		forget_reports();
		n = sendmsg(tx, &message, flags & ~MSG_ZEROCOPY);
	}
	if (n < 0 && errno != EAGAIN)
		die("sendmsg");
	if (n <= 0)
		return 0;
	calls++;
	zerocopy += !!(flags & MSG_ZEROCOPY);
	sent += n;
	return n;
}

static void compare(size_t size)
{
	const __u8 *due = copies[1] + received % PATTERN;

	if (memcmp(buffer, due, size)) {
		for (size_t i = 0; i < size; i++) {
			if (buffer[i] != due[i]) {
				fprintf(stderr, "byte %zu is %02x, not %02x\n",
					received + i, buffer[i], due[i]);
				exit(1);
			}
		}
	}
	received += size;
}

/* The longest time without an arrival; give up after a limit. */
static void note_progress(int progress)
{
	static unsigned long last;
	unsigned long now = now_ms();

	if (!last)
		last = now;
	if (now - last > stall)
		stall = now - last;
	if (progress) {
		last = now;
	} else if (now - last > TIMEOUT_MS) {
		errno = ETIMEDOUT;
		die("nothing arrives");
	}
}

static void stream(unsigned long bytes, unsigned long until)
{
	const size_t largest = protocol == IPPROTO_SCTP ? LARGEST_MESSAGE :
							  LARGEST_CALL;

	while (sent < bytes || received < sent || now_ms() < until) {
		int more = sent < bytes || now_ms() < until, got = 0;
		struct pollfd fds[] = {
			{ .fd = rx, .events = POLLIN },
			{ .fd = tx, .events = more ? POLLOUT : 0 },
		};

		if (poll(fds, 2, 100) < 0)
			die("poll");
		if (fds[1].revents & POLLERR)
			forget_reports();
		if (fds[1].revents & POLLOUT && more)
			send_pieces(PIECES, largest);
		if (fds[0].revents & POLLIN) {
			ssize_t n = recv(rx, buffer, sizeof(buffer),
					 MSG_DONTWAIT);

			if (n < 0 && errno != EAGAIN)
				die("recv");
			if (!n)
				die("the other end has closed");
			if (n > 0)
				compare(n);
			got = n > 0;
		}
		note_progress(got);
	}
}

static void datagrams(unsigned long bytes)
{
	size_t sizes[WINDOW];

	while (received < bytes) {
		for (int i = 0; i < WINDOW; i++) {
			int large = once_in(4);

			sizes[i] = send_pieces(UDP_PIECES, large ?
					       LARGE_DATAGRAM : DATAGRAM);
			if (!sizes[i])
				die("no room for a datagram");
		}
		for (int i = 0; i < WINDOW; i++) {
			ssize_t n = recv(rx, buffer, sizeof(buffer), 0);

			if (n != (ssize_t)sizes[i]) {
				fprintf(stderr, "datagram of %zd bytes, not %zu\n",
					n, sizes[i]);
				exit(1);
			}
			compare(n);
		}
		forget_reports();
	}
}

static int make_socket(const char *netns, int family)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_MS / 1000 };
	const int on = 1;
	int fd;

	enter(netns);
	fd = socket(family, type, protocol);
	if (fd < 0)
		die("socket");
	if (type == SOCK_DGRAM)
		make_room(fd);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	return fd;
}

/*
 * Datagrams of others to the same port do not count. The first one arrives
 * before others are sent: datagrams that wait for neighbour discovery are sent
 * by the context that receives the reply, and later ones may overtake them.
 */
static void greet(void)
{
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);

	if (getsockname(tx, (void *)&from, &len) ||
	    connect(rx, (void *)&from, len))
		die("connect to the sender");
	if (send(tx, "", 1, 0) != 1 || recv(rx, buffer, sizeof(buffer), 0) != 1)
		die("the first datagram");
}

/* A connected socket at each end */
static void connect_ends(const char *sender, const char *netns,
			 const char *address)
{
	struct sockaddr_in6 to6 = { .sin6_port = htons(PORT) };
	struct sockaddr_in *to4 = (void *)&to6;
	int family = strchr(address, ':') ? AF_INET6 : AF_INET, on = 1;
	int listener = make_socket(netns, family);

	to6.sin6_family = family;
	if (inet_pton(family, address, family == AF_INET6 ?
		      (void *)&to6.sin6_addr : (void *)&to4->sin_addr) != 1)
		die(address);
	if (bind(listener, (void *)&to6, sizeof(to6)))
		die("bind");
	if (type == SOCK_STREAM && listen(listener, 1))
		die("listen");
	tx = make_socket(sender, family);
	if (connect(tx, (void *)&to6, sizeof(to6)))
		die("connect");
	if (protocol != IPPROTO_SCTP &&
	    setsockopt(tx, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)))
		die("SO_ZEROCOPY");
	rx = listener;
	if (type == SOCK_STREAM)
		rx = accept(listener, NULL, NULL);
	if (rx < 0)
		die("accept");
	if (type == SOCK_DGRAM)
		greet();
}

int main(int argc, char **argv)
{
	unsigned long bytes, until = 0;

	if (argc < 7) {
		fprintf(stderr, "usage: streams tcp|udp|sctp SENDER RECEIVER ADDRESS BYTES SEED [SECONDS]\n");
		return 2;
	}
	type = strcmp(argv[1], "udp") ? SOCK_STREAM : SOCK_DGRAM;
	protocol = strcmp(argv[1], "sctp") ? 0 : IPPROTO_SCTP;
	bytes = strtoul(argv[5], NULL, 0);
	sow(argv[6]);
	make_copies();
	connect_ends(argv[2], argv[3], argv[4]);
	if (argc > 7)
		until = now_ms() + 1000 * strtoul(argv[7], NULL, 0);
	if (type == SOCK_DGRAM)
		datagrams(bytes);
	else
		stream(bytes, until);
	printf("{\"bytes\": %lu, \"calls\": %lu, \"zerocopy\": %lu, \"stall_ms\": %lu}\n",
	       received, calls, zerocopy, stall);
	return 0;
}
