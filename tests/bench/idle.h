/* SPDX-License-Identifier: GPL-2.0-only */
/* The idle time of the processor, on a machine with one processor. */
#ifndef IDLE_H
#define IDLE_H

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define CALIBRATION_NS	20000000

static unsigned long *idle_loops;
static double ns_per_loop;

static unsigned long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ul + t.tv_nsec;
}

static unsigned long read_idler(void)
{
	return __atomic_load_n(idle_loops, __ATOMIC_RELAXED);
}

/* Nanoseconds of idle time since read_idler() returned @loops. */
static unsigned long idle_since(unsigned long loops)
{
	return (read_idler() - loops) * ns_per_loop;
}

/*
 * A child process counts while no other process runs. Its count is the idle
 * time, without interrupts that arrive meanwhile. It ends with its parent.
 * Returns 0 or -1.
 */
static int start_idler(void)
{
	const struct sched_param param = {};
	unsigned long start, loops;
	pid_t idler;

	idle_loops = mmap(NULL, sizeof(*idle_loops), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (idle_loops == MAP_FAILED)
		return -1;
	idler = fork();
	if (idler < 0)
		return -1;
	if (!idler) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sched_setscheduler(0, SCHED_IDLE, &param);
		for (;;)
			__atomic_fetch_add(idle_loops, 1, __ATOMIC_RELAXED);
	}

	usleep(10000);
	ns_per_loop = 1e9;
	for (int i = 0; i < 10; i++) {
		double found;

		loops = read_idler();
		start = now_ns();
		usleep(CALIBRATION_NS / 10 / 1000);
		found = (double)(now_ns() - start) / (read_idler() - loops);
		if (found < ns_per_loop)
			ns_per_loop = found;
	}
	return 0;
}

#endif
