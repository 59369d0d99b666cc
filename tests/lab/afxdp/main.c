// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that uses AF_XDP sockets.
 *
 *	xsk MODE DEV [OPTION]...
 *
 * Modes:
 *
 *	tx	send frames
 *	rx	receive frames and ignore their content
 *	check	receive frames and compare them with those that tx sends
 *	ping	send a batch of frames to an echo, check what returns, repeat
 *	echo	send received frames back, with the addresses exchanged
 *
 * Receivers attach a program to DEV that gives the socket the frames of the
 * local experimental EtherType and passes all others. Options are in main().
 * Prints a line when it is ready and one at the end, both JSON. SIGTERM ends
 * it. After SIGUSR1, until the next one, rx, check and echo return no memory to
 * the kernel.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/bench/idle.h"
#include "xsk.h"

#define TX_PAUSE_US	50
#define SETTLE_ROUNDS	10
#define RX_PAUSE_MS	100	/* interval of polls */

struct xsk_options opt = {
	.size = 64, .batch = 32, .frames = 1024, .chunk = 4096, .queues = 1,
	.timeout = 5, .count = 1000,
};

static int stopped, paused;
static unsigned long wakeups;

static struct {
	unsigned long count;	/* of frames; 0: unlimited */
	unsigned long sent, completed, received;
	unsigned long awaited;	/* by ping */
	unsigned long corrupt, disorder, lost;
	__u32 expected;		/* number of the next frame */
} job;

void die(const char *what)
{
	fprintf(stderr, "xsk: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void on_signal(int signal)
{
	if (signal == SIGUSR1)
		__atomic_xor_fetch(&paused, 1, __ATOMIC_RELAXED);
	else
		__atomic_store_n(&stopped, 1, __ATOMIC_RELAXED);
}

/* --- frames --- */

static void number(unsigned char *frame, __u32 value)
{
	value = htonl(value);
	memcpy(frame + SEQUENCE, &value, sizeof(value));
	memcpy(frame + opt.size - sizeof(value), &value, sizeof(value));
}

/* Is it unchanged, and the next one? */
static void check_frame(const unsigned char *frame, __u32 len)
{
	const __u32 tail = opt.size - sizeof(tail);
	__u32 value;

	memcpy(&value, frame + SEQUENCE, sizeof(value));
	if (len != opt.size || memcmp(frame + tail, &value, sizeof(value)) ||
	    memcmp(frame + BODY, pattern + BODY, tail - BODY)) {
		job.corrupt++;
		return;
	}
	value = ntohl(value);
	if (value != job.expected)
		job.disorder++;
	job.expected = value + 1;
}

static void exchange_addresses(unsigned char *frame)
{
	unsigned char to[ETH_ALEN];

	memcpy(to, frame, ETH_ALEN);
	memcpy(frame, frame + ETH_ALEN, ETH_ALEN);
	memcpy(frame + ETH_ALEN, to, ETH_ALEN);
}

/* --- rings --- */

static void put_tx(struct xsk *xsk, __u64 addr, __u32 len)
{
	*next_desc(&xsk->tx) = (struct xdp_desc){ .addr = addr, .len = len };
	job.sent++;
}

/* The kernel may also return the addresses of invalid descriptors. */
static unsigned int take_completed(struct xsk *xsk)
{
	unsigned int num = num_waiting(&xsk->completion);

	for (unsigned int i = 0; i < num; i++) {
		__u64 addr = *next_addr(&xsk->completion);

		if (addr >= xsk->len || addr & opt.chunk)
			continue;
		xsk->free[xsk->num_free++] = addr & -(__u64)opt.chunk;
		job.completed++;
	}
	hand_over(&xsk->completion, xsk->completion.consumer);
	return num;
}

static unsigned int take_received(struct xsk *xsk)
{
	unsigned int num = num_waiting(&xsk->rx);

	if (num > opt.batch)
		num = opt.batch;
	for (unsigned int i = 0; i < num; i++) {
		struct xdp_desc desc = *next_desc(&xsk->rx);
		unsigned char *frame = xsk->umem + desc.addr;

		if (opt.mode & CHECKS)
			check_frame(frame, desc.len);
		if (opt.mode & RETURNS) {
			exchange_addresses(frame);
			put_tx(xsk, desc.addr, desc.len);
			continue;
		}
		desc.addr &= -(__u64)opt.chunk;
		if (opt.mode & SENDS)
			*next_addr(&xsk->fill) = desc.addr;
		else
			xsk->free[xsk->num_free++] = desc.addr;
	}
	hand_over(&xsk->rx, xsk->rx.consumer);
	job.received += num;
	job.awaited -= num < job.awaited ? num : job.awaited;
	return num;
}

static void refill(struct xsk *xsk)
{
	if (!(opt.mode & SENDS) && !__atomic_load_n(&paused, __ATOMIC_RELAXED)) {
		while (xsk->num_free)
			*next_addr(&xsk->fill) = xsk->free[--xsk->num_free];
	}
	hand_over(&xsk->fill, xsk->fill.producer);
}

static void send_batch(struct xsk *xsk)
{
	bool pings = opt.mode & RECEIVES;
	unsigned long num = opt.batch;

	if (pings && job.awaited)
		return;
	if (num > xsk->num_free)
		num = xsk->num_free;
	if (job.count && num > job.count - job.sent)
		num = job.count - job.sent;
	if (pings) {
		job.expected = job.sent;
		job.awaited = num;
	}
	while (num--) {
		__u64 addr = xsk->free[--xsk->num_free];

		number(xsk->umem + addr, job.sent);
		put_tx(xsk, addr, opt.size);
	}
}

/* --- the kernel --- */

static void wake(struct xsk *xsk)
{
	wakeups++;
	if (sendto(xsk->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 &&
	    errno == ENXIO)
		die("unbound");
}

static void kick(struct xsk *xsk)
{
	hand_over(&xsk->tx, xsk->tx.producer);
	if (job.sent == job.completed)
		return;
	if (!opt.need_wakeup || opt.busy_poll ||
	    __atomic_load_n(xsk->tx.flags, __ATOMIC_RELAXED) &
	    XDP_RING_NEED_WAKEUP)
		wake(xsk);
}

static void wait_for_more(void)
{
	struct pollfd fds[MAX_QUEUES];

	for (unsigned int i = 0; i < opt.queues; i++) {
		fds[i].fd = sockets[i].fd;
		fds[i].events = POLLIN;
	}
	if (opt.busy_poll) {
		wake(&sockets[0]);
		sched_yield();
	} else if (!(opt.mode & RECEIVES)) {
		usleep(TX_PAUSE_US);
	} else {
		wakeups++;
		if (!poll(fds, opt.queues, RX_PAUSE_MS))
			wake(&sockets[0]);
	}
}

static bool timed_out(bool progress)
{
	static unsigned long since;
	unsigned long now = now_ns();

	if (progress || !since)
		since = now;
	if (now - since < opt.timeout * 1000000000ul)
		return false;
	since = now;
	return true;
}

static bool is_done(void)
{
	unsigned long num = opt.mode & SENDS ? job.sent : job.received;

	return __atomic_load_n(&stopped, __ATOMIC_RELAXED) ||
	       (job.count && num >= job.count && !job.awaited);
}

/* A sent chunk is the kernel's until it is completed. */
static void wait_for_completions(void)
{
	bool progress = true;

	while (job.sent != job.completed && !timed_out(progress)) {
		progress = false;
		for (unsigned int i = 0; i < opt.queues; i++) {
			progress |= take_completed(&sockets[i]);
			kick(&sockets[i]);
		}
		if (!progress)
			usleep(TX_PAUSE_US);
	}
}

static unsigned int work_once(void)
{
	unsigned int progress = 0;

	for (unsigned int i = 0; i < opt.queues; i++) {
		struct xsk *xsk = &sockets[i];

		progress += take_completed(xsk);
		progress += take_received(xsk);
		if (opt.mode & SENDS)
			send_batch(xsk);
		refill(xsk);
		kick(xsk);
	}
	return progress;
}

static void work(unsigned long count)
{
	memset(&job, 0, sizeof(job));
	job.count = count;
	while (!is_done()) {
		unsigned int progress = work_once();

		if (!progress)
			wait_for_more();
		if (!timed_out(progress))
			continue;
		if (!job.awaited && job.count)
			break;
		/* Frames that do not return are counted as lost. */
		job.lost += job.awaited;
		job.awaited = 0;
	}
	wait_for_completions();
}

/* --- the result --- */

static bool is_zerocopy(void)
{
	struct xdp_options options = { };
	socklen_t len = sizeof(options);

	if (getsockopt(sockets[0].fd, SOL_XDP, XDP_OPTIONS, &options, &len))
		die("XDP_OPTIONS");
	return options.flags & XDP_OPTIONS_ZEROCOPY;
}

/* Unused chunks that were overwritten */
static unsigned int count_overrun(void)
{
	unsigned int num = 0;

	for (unsigned int i = 0; i < opt.queues * opt.frames; i++) {
		const unsigned char *chunk = sockets[i / opt.frames].umem +
			chunk_addr(i % opt.frames) + opt.chunk;

		num += chunk[0] || memcmp(chunk, chunk + 1, opt.chunk - 1);
	}
	return num;
}

static void print_statistics(void)
{
	struct xdp_statistics sum = { };

	for (unsigned int i = 0; i < opt.queues; i++) {
		struct xdp_statistics its = { };
		socklen_t len = sizeof(its);

		if (getsockopt(sockets[i].fd, SOL_XDP, XDP_STATISTICS, &its,
			       &len))
			die("XDP_STATISTICS");
		sum.rx_dropped += its.rx_dropped;
		sum.rx_invalid_descs += its.rx_invalid_descs;
		sum.tx_invalid_descs += its.tx_invalid_descs;
		sum.rx_ring_full += its.rx_ring_full;
		sum.rx_fill_ring_empty_descs += its.rx_fill_ring_empty_descs;
	}
	printf("\"rx_dropped\": %llu, \"rx_invalid\": %llu, \"tx_invalid\": %llu, ",
	       sum.rx_dropped, sum.rx_invalid_descs, sum.tx_invalid_descs);
	printf("\"rx_ring_full\": %llu, \"fill_ring_empty\": %llu, ",
	       sum.rx_ring_full, sum.rx_fill_ring_empty_descs);
}

static void report(unsigned long elapsed, unsigned long idle)
{
	printf("{\"sent\": %lu, \"completed\": %lu, \"received\": %lu, ",
	       job.sent, job.completed, job.received);
	printf("\"corrupt\": %lu, \"disorder\": %lu, \"lost\": %lu, \"overrun\": %u, ",
	       job.corrupt, job.disorder, job.lost, count_overrun());
	print_statistics();
	printf("\"wakeups\": %lu, \"elapsed\": %lu, \"idle\": %lu}\n", wakeups,
	       elapsed, idle);
}

/* After a reset of the interface early frames are lost: ping first. */
static void settle(void)
{
	for (int i = 0; i < SETTLE_ROUNDS && !job.received; i++)
		work(1);
}

/* Counts only after the first use of every chunk. */
static void measure(unsigned long *elapsed, unsigned long *idle)
{
	unsigned long start, loops;

	if (start_idler())
		die("idler");
	work(opt.frames);
	wakeups = 0;
	loops = read_idler();
	start = now_ns();
	work(opt.count);
	*elapsed = now_ns() - start;
	*idle = idle_since(loops);
}

/* --- the command line --- */

static int mode_called(const char *name)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {
		{ "tx", SENDS },
		{ "rx", RECEIVES },
		{ "check", RECEIVES | CHECKS },
		{ "ping", SENDS | RECEIVES | CHECKS },
		{ "echo", RECEIVES | RETURNS },
		{ }
	};
	int i = 0;

	while (modes[i].name && strcmp(modes[i].name, name))
		i++;
	return modes[i].mode;
}

static bool parse(int argc, char **argv)
{
	const struct option options[] = {
		{ "zerocopy", no_argument, &opt.zerocopy, 1 },
		{ "need-wakeup", no_argument, &opt.need_wakeup, 1 },
		{ "busy-poll", no_argument, &opt.busy_poll, 1 },
		{ "generic", no_argument, &opt.generic, 1 },
		{ "all", no_argument, &opt.all, 1 },	/* EtherTypes */
		{ "no-program", no_argument, &opt.no_program, 1 },
		{ "garbage", no_argument, &opt.garbage, 1 },
		{ "idle", no_argument, &opt.idle, 1 },	/* is counted */
		{ "settle", no_argument, &opt.settle, 1 },
		{ "to", required_argument, NULL, 't' },
		{ "count", required_argument, NULL, 'n' },	/* 0: no end */
		{ "size", required_argument, NULL, 's' },
		{ "batch", required_argument, NULL, 'b' },
		{ "frames", required_argument, NULL, 'f' },	/* 2^n */
		{ "chunk", required_argument, NULL, 'c' },
		{ "queue", required_argument, NULL, 'q' },
		{ "queues", required_argument, NULL, 'Q' },
		{ "timeout", required_argument, NULL, 'p' },	/* seconds */
		{ }
	};
	int name;

	while ((name = getopt_long(argc, argv, "", options, NULL)) != -1) {
		unsigned int value = optarg ? strtoul(optarg, NULL, 0) : 0;

		switch (name) {
		case 0:
			break;
		case 't':
			if (!ether_aton_r(optarg, &opt.to))
				return false;
			break;
		case 'n':
			opt.count = value;
			break;
		case 's':
			opt.size = value;
			break;
		case 'b':
			opt.batch = value;
			break;
		case 'f':
			opt.frames = value;
			break;
		case 'c':
			opt.chunk = value;
			break;
		case 'q':
			opt.queue = value;
			break;
		case 'Q':
			opt.queues = value;
			break;
		case 'p':
			opt.timeout = value;
			break;
		default:
			return false;
		}
	}
	if (argc != optind + 2)
		return false;
	opt.mode = mode_called(argv[optind]);
	return opt.mode && opt.batch && opt.size >= SHORTEST &&
	       opt.size <= LONGEST && opt.size <= opt.chunk && opt.queues &&
	       opt.queues <= MAX_QUEUES;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal };
	unsigned long elapsed = 0, idle = 0;

	if (!parse(argc, argv)) {
		fprintf(stderr, "usage: xsk tx|rx|check|ping|echo DEV [OPTION]...\n");
		return 2;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	open_sockets(argv[optind + 1]);
	printf("{\"zerocopy\": %s}\n", is_zerocopy() ? "true" : "false");
	fflush(stdout);
	if (opt.settle)
		settle();
	if (opt.idle)
		measure(&elapsed, &idle);
	else
		work(opt.count);
	report(elapsed, idle);
	return 0;
}
