// SPDX-License-Identifier: GPL-2.0
/*
 * The lab's agent inside a virtual machine: runs shell commands that arrive
 * over a virtio-serial port. It is process 1 of host VM and guest, so it also
 * reaps processes that lose their parent.
 *
 * Both directions carry frames: three little-endian words (payload length, job
 * id, type) and the payload. Both ends open with a HELLO, and ignore what comes
 * before it, so that remains of an earlier conversation on the same port have
 * no effect. tools/lab/channel.py is the other end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum frame_type { HELLO, SPAWN, KILL, STDOUT, STDERR, EXIT };

#define HELLO_ID 0x4e564f49u /* "IOVN" */
#define MAX_JOBS 64

struct frame {
	uint32_t len;
	uint32_t id;
	uint32_t type;
};

struct job {
	uint32_t id;
	pid_t pid; /* 0: exited, its pipes stay open only for other writers */
	int fd[2]; /* stdout, stderr; -1: closed */
};

static struct job jobs[MAX_JOBS];
static int port;

static void die(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	for (;;)
		pause(); /* the end of process 1 would be a panic */
}

static void port_read(void *buf, size_t len)
{
	for (ssize_t n; len; len -= n, buf = (char *)buf + n) {
		n = read(port, buf, len);
		if (n <= 0) { /* the other end is not connected at the moment */
			if (n < 0 && errno != EINTR && errno != EAGAIN)
				die("port read");
			usleep(10000);
			n = 0;
		}
	}
}

static void port_write(const void *buf, size_t len)
{
	for (ssize_t n; len; len -= n, buf = (const char *)buf + n) {
		n = write(port, buf, len);
		if (n < 0) {
			if (errno != EINTR && errno != EAGAIN)
				die("port write");
			usleep(10000);
			n = 0;
		}
	}
}

static void send_frame(enum frame_type type, uint32_t id, const void *payload, uint32_t len)
{
	struct frame frame = { .len = len, .id = id, .type = type };

	port_write(&frame, sizeof(frame));
	port_write(payload, len);
}

static void open_port(const char *name)
{
	char path[64], found[64];

	for (int i = 0; i < 32 * 32; i++) {
		FILE *f;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/vport%dp%d/name",
			 i / 32, i % 32);
		f = fopen(path, "r");
		if (!f)
			continue;
		if (!fgets(found, sizeof(found), f))
			found[0] = '\0';
		fclose(f);
		found[strcspn(found, "\n")] = '\0';
		if (strcmp(found, name))
			continue;
		snprintf(path, sizeof(path), "/dev/vport%dp%d", i / 32, i % 32);
		port = open(path, O_RDWR | O_CLOEXEC);
		if (port < 0)
			die(path);
		return;
	}
	errno = ENODEV;
	die(name);
}

static void greet(void)
{
	const struct frame hello = { .id = HELLO_ID, .type = HELLO };
	struct frame seen = { 0 };

	send_frame(HELLO, HELLO_ID, NULL, 0);
	while (memcmp(&seen, &hello, sizeof(seen))) {
		memmove(&seen, (char *)&seen + 1, sizeof(seen) - 1);
		port_read((char *)&seen + sizeof(seen) - 1, 1);
	}
}

static int file_with(const char *data, size_t len)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);

	if (fd < 0)
		die("memfd");
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0)
			die("memfd write");
		data += n;
		len -= n;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static struct job *free_job(void)
{
	for (int i = 0; i < MAX_JOBS; i++)
		if (!jobs[i].pid && jobs[i].fd[0] < 0 && jobs[i].fd[1] < 0)
			return &jobs[i];
	return NULL;
}

static void reply_failure(uint32_t id, const char *why)
{
	const uint32_t status = 127;

	send_frame(STDERR, id, why, strlen(why));
	send_frame(EXIT, id, &status, sizeof(status));
}

/*
 * "@netns NAME COMMAND" runs a command like "ip netns exec NAME", but without the
 * time to start two more programs: in the network namespace, with its own /sys.
 * Returns the command.
 */
static const char *enter_netns(const char *command)
{
	char name[64], path[128];
	int fd, at = 0;

	if (sscanf(command, "@netns %63s %n", name, &at) != 1 || !at)
		return command;
	snprintf(path, sizeof(path), "/var/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) || unshare(CLONE_NEWNS) ||
	    mount("", "/", "none", MS_SLAVE | MS_REC, NULL) ||
	    umount2("/sys", MNT_DETACH) || mount(name, "/sys", "sysfs", 0, NULL)) {
		dprintf(2, "cannot enter the network namespace %s: %s\n", path,
			strerror(errno));
		_exit(1);
	}
	return command + at;
}

/* The payload is the command, a NUL, and the command's standard input. */
static void spawn(uint32_t id, const char *payload, size_t len)
{
	size_t command_len = strnlen(payload, len) + 1;
	struct job *job = free_job();
	int out[2], err[2], in;

	if (!job || command_len > len) {
		reply_failure(id, "agent: no free job or malformed request\n");
		return;
	}
	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("pipe");
	in = file_with(payload + command_len, len - command_len);
	job->pid = fork();
	if (job->pid < 0) {
		job->pid = 0;
		reply_failure(id, "agent: fork failed\n");
		close(out[0]);
		close(err[0]);
	} else if (!job->pid) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		setpgid(0, 0);
		dup2(in, 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		execl("/bin/sh", "sh", "-c", enter_netns(payload), NULL);
		_exit(127);
	} else {
		job->id = id;
		job->fd[0] = out[0];
		job->fd[1] = err[0];
		fcntl(out[0], F_SETFL, O_NONBLOCK);
		fcntl(err[0], F_SETFL, O_NONBLOCK);
	}
	close(in);
	close(out[1]);
	close(err[1]);
}

static void handle_frame(void)
{
	struct frame frame;
	char *payload;

	port_read(&frame, sizeof(frame));
	payload = malloc(frame.len + 1);
	if (!payload)
		die("malloc");
	port_read(payload, frame.len);
	payload[frame.len] = '\0';
	if (frame.type == SPAWN)
		spawn(frame.id, payload, frame.len);
	for (int i = 0; frame.type == KILL && i < MAX_JOBS; i++)
		if (jobs[i].pid && jobs[i].id == frame.id)
			kill(-jobs[i].pid, atoi(payload));
	free(payload);
}

/*
 * Pass on the present content of the pipe; output after the job's exit is
 * dropped.
 */
static void forward_output(struct job *job, int which)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(job->fd[which], buf, sizeof(buf))) > 0)
		if (job->pid)
			send_frame(STDOUT + which, job->id, buf, n);
	if (!n || errno != EAGAIN) {
		close(job->fd[which]);
		job->fd[which] = -1;
	}
}

static void reap(int sigfd)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	if (read(sigfd, &info, sizeof(info)) < 0)
		return;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		uint32_t rc = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);

		for (int i = 0; i < MAX_JOBS; i++) {
			struct job *job = &jobs[i];

			if (job->pid != pid)
				continue;
			for (int which = 0; which < 2; which++)
				if (job->fd[which] >= 0)
					forward_output(job, which);
			send_frame(EXIT, job->id, &rc, sizeof(rc));
			job->pid = 0;
		}
	}
}

int main(int argc, char **argv)
{
	struct pollfd fds[2 + 2 * MAX_JOBS];
	sigset_t child;
	int sigfd;

	if (argc != 2) {
		fprintf(stderr, "usage: agent port-name\n");
		return 2;
	}
	for (int i = 0; i < MAX_JOBS; i++)
		for (int which = 0; which < 2; which++)
			jobs[i].fd[which] = -1;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	sigfd = signalfd(-1, &child, SFD_CLOEXEC);
	open_port(argv[1]);
	greet();
	for (;;) {
		fds[0] = (struct pollfd){ .fd = port, .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = sigfd, .events = POLLIN };
		for (int i = 0; i < 2 * MAX_JOBS; i++) {
			fds[2 + i].fd = jobs[i / 2].fd[i % 2];
			fds[2 + i].events = POLLIN;
		}
		if (poll(fds, 2 + 2 * MAX_JOBS, -1) < 0 && errno != EINTR)
			die("poll");
		for (int i = 0; i < 2 * MAX_JOBS; i++)
			if (fds[2 + i].revents && jobs[i / 2].fd[i % 2] >= 0)
				forward_output(&jobs[i / 2], i % 2);
		if (fds[1].revents)
			reap(sigfd);
		if (fds[0].revents & POLLIN)
			handle_frame();
		else if (fds[0].revents) /* hung up: the other end is not connected at the moment */
			usleep(10000);
	}
}
