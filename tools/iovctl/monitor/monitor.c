// SPDX-License-Identifier: GPL-2.0-only
/* iovctl monitor: VFs, their traffic and what happens to them, until it is interrupted. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "iovctl.h"
#include "monitor/monitor_listen.h"
#include "monitor/monitor_print.h"
#include "system/sysfs.h"

const char iovctl_monitor_usage[] =
	"Usage: iovctl [ OPTIONS ] monitor [ interval SECONDS ] [ count N ] [ DEV ]\n"
	"where  DEV := { interface | PCI address }\n";

#define LEAST_SECONDS	0.05
#define MOST_SECONDS	86400

/* How it is shown */
enum style { LINES, SCREEN, JSON };

/**
 * struct monitor - what is watched
 * @style: how it is shown
 * @ms: time between two samples
 * @count: number of samples, 0 for no end
 * @pci: PCI address of the only adapter, or empty
 * @host: the machine
 * @snapshot: of the last two samples
 * @took_ms: when these were taken
 * @samples: number of samples so far
 * @events: the last events
 * @shown: number of events that were printed
 * @listen: what the kernel tells
 * @signals: file descriptor for signals that end it
 */
struct monitor {
	enum style style;
	long long ms;
	unsigned long count;
	char pci[IOVCTL_NAME];
	struct iovctl_host_facts host;
	struct iovctl_snapshot snapshot[2];
	long long took_ms[2];
	unsigned long samples;
	struct iovctl_events events;
	unsigned long long shown;
	struct iovctl_listen listen;
	int signals;
};

static int bad(const char *what, const char *word)
{
	fprintf(stderr, "iovctl monitor: %s%s%s\n", what, word[0] ? " " : "", word);
	return IOVCTL_USAGE;
}

/* --- the words ------------------------------------------------------------------------------ */

static bool read_seconds(const char *word, long long *ms)
{
	char *end;
	double value = strtod(word, &end);

	if (end == word || *end || !isfinite(value) || value < LEAST_SECONDS ||
	    value > MOST_SECONDS)
		return false;
	*ms = value * 1000;
	return true;
}

static bool read_count(const char *word, unsigned long *count)
{
	char *end;

	errno = 0;
	*count = strtoul(word, &end, 10);
	return word[0] >= '0' && word[0] <= '9' && !*end && !errno && *count;
}

static int read_device(struct monitor *monitor, const char *word)
{
	char why[IOVCTL_TEXT];

	if (monitor->pci[0])
		return bad("twice: DEV", word);
	return iovctl_sysfs_find_adapter(word, monitor->pci, why) ? bad(why, "") : 0;
}

static int read_words(struct monitor *monitor, int argc, char **argv)
{
	int i, status = 0;

	monitor->ms = 1000;
	for (i = 0; i < argc && !status; i++) {
		bool interval = !strcmp(argv[i], "interval");

		if (!interval && strcmp(argv[i], "count")) {
			status = read_device(monitor, argv[i]);
			continue;
		}
		if (i + 1 == argc)
			return bad("no value for", argv[i]);
		i++;
		if (interval && !read_seconds(argv[i], &monitor->ms))
			return bad("not a number of seconds from 0.05 on:", argv[i]);
		if (!interval && !read_count(argv[i], &monitor->count))
			return bad("not a number from 1 on:", argv[i]);
	}
	return status;
}

/* --- time and signals ----------------------------------------------------------------------- */

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* nohup ignores it. signalfd would have it nevertheless, because it is blocked. */
static bool is_hangup_ignored(void)
{
	struct sigaction action;

	return !sigaction(SIGHUP, NULL, &action) && action.sa_handler == SIG_IGN;
}

/* They are waited for together with what the kernel tells, so that the terminal is restored. */
static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	if (!is_hangup_ignored())
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* --- output --------------------------------------------------------------------------------- */

/* Events of a screen are part of it. */
static void print_events(struct monitor *monitor)
{
	struct iovctl_events *events = &monitor->events;

	if (monitor->style == SCREEN)
		return;
	if (events->total - monitor->shown > IOVCTL_EVENTS) {
		monitor->shown = events->total - IOVCTL_EVENTS + 1;
		iovctl_event_add(events, "lost", "", "there were more events than are kept");
	}
	for (; monitor->shown < events->total; monitor->shown++)
		iovctl_monitor_print_event(stdout, &events->event[monitor->shown % IOVCTL_EVENTS],
					   monitor->style == JSON);
}

static void print_screen(const struct iovctl_frame *frame)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col) {
		size.ws_row = 24;
		size.ws_col = 80;
	}
	iovctl_monitor_print_screen(stdout, frame, size.ws_row, size.ws_col);
}

static void print_sample(struct monitor *monitor)
{
	const int now = monitor->samples & 1;
	const struct iovctl_frame frame = {
		.now = &monitor->snapshot[now],
		.old = &monitor->snapshot[!now],
		.ms = monitor->samples ? monitor->took_ms[now] - monitor->took_ms[!now] : 0,
		.events = &monitor->events,
	};

	if (monitor->style == SCREEN)
		print_screen(&frame);
	else if (monitor->style == JSON)
		iovctl_monitor_print_json(stdout, &frame);
	else
		iovctl_monitor_print_lines(stdout, &frame);
}

/* The screen of before comes back when it ends. */
static void begin_screen(const struct monitor *monitor, bool begin)
{
	if (monitor->style != SCREEN)
		return;
	fputs(begin ? "\033[?1049h\033[?25l" : "\033[?25h\033[?1049l", stdout);
	fflush(stdout);
}

/* --- samples -------------------------------------------------------------------------------- */

static int take_sample(struct monitor *monitor)
{
	const int now = monitor->samples & 1;
	struct iovctl_snapshot *snapshot = &monitor->snapshot[now];
	int err;

	iovctl_snapshot_free(snapshot);
	/* Parameters of modules may change as well. */
	iovctl_host_inspect(&monitor->host);
	monitor->took_ms[now] = now_ms();
	err = iovctl_snapshot_take(snapshot, &monitor->host, monitor->pci[0] ? monitor->pci : NULL);
	if (err)
		return err;
	if (monitor->samples)
		iovctl_monitor_changes(&monitor->snapshot[!now], snapshot, &monitor->events);
	print_events(monitor);
	print_sample(monitor);
	monitor->samples++;
	return 0;
}

/* Until the next sample; false after a signal */
static bool wait_for(struct monitor *monitor, long long end)
{
	struct pollfd fds[] = {
		{ .fd = monitor->signals, .events = POLLIN },
		{ .fd = monitor->listen.route, .events = POLLIN },
		{ .fd = monitor->listen.devlink, .events = POLLIN },
	};
	long long left;

	while ((left = end - now_ms()) > 0) {
		if (poll(fds, 3, left) < 0 && errno != EINTR)
			return false;
		if (fds[0].revents)
			return false;
		iovctl_listen_read(&monitor->listen, &monitor->events);
		print_events(monitor);
	}
	return true;
}

static int watch(struct monitor *monitor)
{
	int err;

	do {
		err = take_sample(monitor);
		/* The reader of a pipe may have ended. */
		if (ferror(stdout))
			err = -EIO;
	} while (!err && (!monitor->count || monitor->samples < monitor->count) &&
		 wait_for(monitor, monitor->took_ms[(monitor->samples - 1) & 1] + monitor->ms));
	return err;
}

/**
 * iovctl_monitor - show what happens
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_monitor(const struct iovctl_options *options, int argc, char **argv)
{
	static struct monitor monitor;
	int err;

	if (read_words(&monitor, argc, argv))
		return IOVCTL_USAGE;
	monitor.style = options->json ? JSON : isatty(STDOUT_FILENO) ? SCREEN : LINES;
	monitor.signals = catch_signals();
	if (monitor.signals < 0) {
		perror("iovctl monitor");
		return IOVCTL_REFUSED;
	}
	iovctl_listen_open(&monitor.listen);
	begin_screen(&monitor, true);
	err = watch(&monitor);
	begin_screen(&monitor, false);
	iovctl_listen_close(&monitor.listen);
	close(monitor.signals);
	iovctl_snapshot_free(&monitor.snapshot[0]);
	iovctl_snapshot_free(&monitor.snapshot[1]);
	if (err)
		fprintf(stderr, "iovctl monitor: %s\n", strerror(-err));
	return err ? IOVCTL_REFUSED : IOVCTL_OK;
}
