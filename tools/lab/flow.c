// SPDX-License-Identifier: GPL-2.0-only
/*
 * One end of a flow between two machines: numbered datagrams at a fixed rate,
 * and one TCP connection. Each end sends, receives, and writes down when.
 *
 *	flow PORT PEER HERTZ TCP listen|connect|-
 *	flow PORT watch INTERFACE
 *
 * HERTZ: datagrams a second, 0 to receive only. TCP: bytes a millisecond, 0 to
 * receive only, -1 for as many as the connection takes, up to 64 KiB for each
 * datagram. It prints "ready", works until SIGTERM, waits for what is still under
 * way, and prints its log, all times in microseconds after the first line's, and
 * of this machine's clock:
 *
 *	epoch NANOSECONDS
 *	sent TIME...		datagrams 1, 2, 3...; refused ones have a "!"
 *	got NUMBER:TIME...	by the kernel, when it received them
 *	tcp-sent BYTES:TIME...	BYTES: up to now
 *	tcp-got BYTES:TIME...
 *	pause TIME:DURATION...	when this program could not run
 *	tcp open|closed ERROR|damaged
 *
 * After a pause a sender does not catch up. `watch` writes down the datagrams
 * that an interface sends to PORT.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH		64
#define PAYLOAD		64
#define PATTERN		(64 * 1024)	/* of the TCP stream; it repeats */
#define LOT		512	/* bytes that TCP is given at a time, at least */
#define BUFFER		(16 << 20)
#define IDLE_HERTZ	200		/* of an end that sends nothing */
#define PAUSE_NS	10000000
#define LINGER_NS	1500000000

struct entry {
	uint64_t number;
	int64_t ns;
};

struct log {
	struct entry *entries;
	size_t count, room;
};

static struct log sent, got, tcp_sent, tcp_got, pauses;
static int64_t epoch;
static volatile sig_atomic_t ended;
static uint16_t port;
static char pattern[2 * PATTERN];

static struct {
	int fd, listener;
	struct sockaddr_in peer;
	bool connected, damaged;
	long rate;		/* bytes a millisecond */
	uint64_t allowed;	/* bytes to be sent up to now */
	uint64_t sent, got;
	int error;
} tcp = { .fd = -1, .listener = -1 };

static void die(const char *what)
{
	fprintf(stderr, "flow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void end(int sig)
{
	ended = 1;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void note(struct log *log, uint64_t number, int64_t ns)
{
	if (log->count == log->room) {
		log->room = log->room ? 2 * log->room : 4096;
		log->entries = realloc(log->entries, log->room * sizeof(*log->entries));
		if (!log->entries)
			die("realloc");
	}
	log->entries[log->count++] = (struct entry){ .number = number, .ns = ns };
}

static int open_udp(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), on = 1, size = BUFFER;

	if (fd < 0 || bind(fd, (void *)&here, sizeof(here)))
		die("bind");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)))
		die("setsockopt");
	return fd;
}

/* The packets that an interface sends, seen as the kernel hands them over. */
static int open_watch(const char *interface)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(interface),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, 0), on = 1, size = BUFFER;

	if (fd < 0 || bind(fd, (void *)&where, sizeof(where)))
		die(interface);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)))
		die("setsockopt");
	return fd;
}

static void send_datagram(int fd)
{
	uint32_t payload[PAYLOAD / 4] = { htonl(sent.count + 1) };
	int64_t now = now_ns();
	bool refused = sendto(fd, payload, sizeof(payload), 0, (void *)&tcp.peer,
			      sizeof(tcp.peer)) < 0;

	note(&sent, refused, now);
}

static int64_t time_of(struct msghdr *msg)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	struct timespec stamp;

	if (!cmsg || cmsg->cmsg_type != SCM_TIMESTAMPNS)
		return now_ns();
	memcpy(&stamp, CMSG_DATA(cmsg), sizeof(stamp));
	return stamp.tv_sec * 1000000000LL + stamp.tv_nsec;
}

/* The number in a datagram, which a watched interface sends with its headers. */
static uint32_t number_in(const char *data, size_t len, const struct sockaddr_ll *from)
{
	const struct iphdr *ip = (const void *)data;
	const struct udphdr *udp;
	uint32_t number;

	if (from->sll_family == AF_PACKET) {
		if (from->sll_pkttype != PACKET_OUTGOING || len < sizeof(*ip) ||
		    ip->protocol != IPPROTO_UDP)
			return 0;
		udp = (const void *)(data + 4 * ip->ihl);
		if (len < 4 * ip->ihl + sizeof(*udp) + sizeof(number) || udp->dest != htons(port))
			return 0;
		data = (const char *)(udp + 1);
	} else if (len < sizeof(number)) {
		return 0;
	}
	memcpy(&number, data, sizeof(number));
	return ntohl(number);
}

static void receive_datagrams(int fd)
{
	static char data[BATCH][PAYLOAD + 100], control[BATCH][64];
	struct sockaddr_ll from[BATCH];
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
	int n;

	do {
		for (int i = 0; i < BATCH; i++) {
			iov[i] = (struct iovec){ data[i], sizeof(data[i]) };
			messages[i].msg_hdr = (struct msghdr){
				.msg_name = &from[i], .msg_namelen = sizeof(from[i]),
				.msg_iov = &iov[i], .msg_iovlen = 1,
				.msg_control = control[i], .msg_controllen = sizeof(control[i]),
			};
		}
		n = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
		for (int i = 0; i < n; i++) {
			uint32_t number = number_in(data[i], messages[i].msg_len, &from[i]);

			if (number)
				note(&got, number, time_of(&messages[i].msg_hdr));
		}
	} while (n == BATCH);
}

static void open_tcp(const char *how)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) };
	int on = 1;

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (i % PATTERN) * 7 + (i % PATTERN) / 251;
	if (!strcmp(how, "-"))
		return;
	if (!strcmp(how, "connect")) {
		tcp.fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(tcp.fd, (void *)&tcp.peer, sizeof(tcp.peer)))
			die("connect");
		return;
	}
	tcp.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(tcp.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(tcp.listener, (void *)&here, sizeof(here)) || listen(tcp.listener, 1))
		die("listen");
}

static void fail_tcp(int error)
{
	tcp.error = error;
	close(tcp.fd);
	tcp.fd = -1;
}

/* Whether the connection is there; one that has broken is not replaced. */
static bool have_tcp(void)
{
	int on = 1;

	if (tcp.connected)
		return tcp.fd >= 0;
	if (tcp.listener >= 0)
		tcp.fd = accept(tcp.listener, NULL, NULL);
	if (tcp.fd < 0)
		return false;
	fcntl(tcp.fd, F_SETFL, O_NONBLOCK);
	setsockopt(tcp.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	tcp.connected = true;
	return true;
}

static void send_tcp(long milliseconds)
{
	uint64_t before = tcp.sent;
	ssize_t n;

	if (tcp.rate < 0)
		tcp.allowed = tcp.sent + PATTERN;
	else
		tcp.allowed += tcp.rate * milliseconds;
	if (tcp.rate > 0 && tcp.allowed < tcp.sent + LOT)
		return;
	while (tcp.sent < tcp.allowed) {
		size_t len = tcp.allowed - tcp.sent;

		n = send(tcp.fd, pattern + tcp.sent % PATTERN, len < PATTERN ? len : PATTERN,
			 MSG_NOSIGNAL);
		if (n < 0) {
			if (errno != EAGAIN)
				fail_tcp(errno);
			break;
		}
		tcp.sent += n;
	}
	if (tcp.sent > before)
		note(&tcp_sent, tcp.sent, now_ns());
}

static void receive_tcp(void)
{
	static char data[PATTERN];
	uint64_t before = tcp.got;
	ssize_t n;

	while (tcp.fd >= 0) {
		n = recv(tcp.fd, data, sizeof(data), 0);
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			fail_tcp(n ? errno : 0);
			break;
		}
		tcp.damaged |= memcmp(data, pattern + tcp.got % PATTERN, n) != 0;
		tcp.got += n;
		if (tcp.rate < 0 || tcp.got - before > 16 * PATTERN)
			break;
	}
	if (tcp.got > before)
		note(&tcp_got, tcp.got, now_ns());
}

static void work(int udp, long hertz)
{
	int64_t period = 1000000000LL / (hertz ? hertz : IDLE_HERTZ), stop = 0;
	int64_t last = now_ns(), next = last, now;

	while (!stop || last < stop) {
		struct timespec until;

		now = now_ns();
		if (next > now) {
			until = (struct timespec){ next / 1000000000, next % 1000000000 };
			clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
			now = now_ns();
		}
		if (now - last > PAUSE_NS)
			note(&pauses, (now - last) / 1000, last);
		if (ended && !stop)
			stop = now + LINGER_NS;
		if (hertz && !stop)
			send_datagram(udp);
		if (have_tcp()) {
			if (tcp.rate && !stop)
				send_tcp(period / 1000000);
			receive_tcp();
		}
		receive_datagrams(udp);
		last = now;
		next = now > next + period ? now + period : next + period;
	}
}

static void print_log(const char *name, const struct log *log)
{
	printf("%s", name);
	for (size_t i = 0; i < log->count; i++) {
		const struct entry *entry = &log->entries[i];
		long long us = (entry->ns - epoch) / 1000;

		if (log == &sent)
			printf(" %lld%s", us, entry->number ? "!" : "");
		else if (log == &pauses)
			printf(" %lld:%llu", us, (unsigned long long)entry->number);
		else
			printf(" %llu:%lld", (unsigned long long)entry->number, us);
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	long hertz = 0;
	int udp;

	if (argc != 4 && argc != 6) {
		fprintf(stderr, "usage: flow PORT PEER HERTZ TCP listen|connect|-\n"
			"       flow PORT watch INTERFACE\n");
		return 2;
	}
	signal(SIGTERM, end);
	port = atoi(argv[1]);
	if (argc == 4) {
		udp = open_watch(argv[3]);
	} else {
		tcp.peer = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
		if (!inet_aton(argv[2], &tcp.peer.sin_addr))
			die(argv[2]);
		hertz = atol(argv[3]);
		tcp.rate = atol(argv[4]);
		udp = open_udp();
		open_tcp(argv[5]);
	}
	epoch = now_ns();
	puts("ready");
	fflush(stdout);
	work(udp, hertz);
	printf("epoch %lld\n", (long long)epoch);
	print_log("sent", &sent);
	print_log("got", &got);
	print_log("tcp-sent", &tcp_sent);
	print_log("tcp-got", &tcp_got);
	print_log("pause", &pauses);
	if (tcp.damaged)
		puts("tcp damaged");
	else if (tcp.connected && tcp.fd < 0)
		printf("tcp closed %s\n", tcp.error ? strerror(tcp.error) : "by the peer");
	else
		puts(tcp.connected ? "tcp open" : "tcp -");
	return 0;
}
