// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both hosts of a migration are served alike, by a process that has a line of
 * JSON for each request and reply. On another host a command of the user's, for
 * example ssh, starts it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/child.h"
#include "base/json.h"
#include "system/stream.h"
#include "migrate/guest.h"
#include "migrate/peer.h"

/* What comes to the time that QEMU may take */
#define EXTRA_MS	10000
/* It ends with its input; ssh does not, if the other host does not answer. */
#define END_MS		5000
#define SERVE		"migrate serve"

static void become(const char *command)
{
	char line[4096];

	/* A cancelled migration is undone, by this process as well; it ends with its input. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (command[0]) {
		snprintf(line, sizeof(line), "exec %s iovctl " SERVE, command);
		execl("/bin/sh", "sh", "-c", line, NULL);
	} else {
		execl("/proc/self/exe", "iovctl", "migrate", "serve", NULL);
	}
	perror("iovctl: cannot start a process");
	_exit(127);
}

/**
 * iovctl_peer_start - start the process
 * @peer: is initialised
 * @command: starts a program on another host, for example "ssh host"; "" is
 *	this host
 *
 * Return: 0, or -1 with @peer->error set.
 */
int iovctl_peer_start(struct iovctl_peer *peer, const char *command)
{
	int fds[2];

	peer->tokener = json_tokener_new();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return fail(peer->error, "socketpair", strerror(errno));
	peer->pid = fork();
	if (peer->pid < 0)
		return fail(peer->error, "fork", strerror(errno));
	if (!peer->pid) {
		dup2(fds[1], STDIN_FILENO);
		dup2(fds[1], STDOUT_FILENO);
		become(command);
	}
	close(fds[1]);
	peer->fd = fds[0];
	return 0;
}

/* Replies that come too late are not for this request. */
static struct json_object *receive(struct iovctl_peer *peer, int limit_ms)
{
	static const char *const ends[] = {
		[IOVCTL_STREAM_TIME] = "does not answer",
		[IOVCTL_STREAM_CLOSED] = "has ended",
		[IOVCTL_STREAM_NO_JSON] = "does not speak JSON",
	};
	const long long until_ms = iovctl_stream_now() + limit_ms;
	enum iovctl_stream_end end = IOVCTL_STREAM_TIME;
	struct json_object *reply;

	while ((reply = iovctl_stream_next(peer->fd, peer->tokener, until_ms, &end))) {
		if (get_int(reply, "number") == peer->number)
			return reply;
		json_object_put(reply);
	}
	fail(peer->error, "the other process", ends[end]);
	return NULL;
}

/**
 * iovctl_peer_call_within - have something done that may take long
 * @peer: process
 * @verb: what, see guest.c
 * @arguments: object, which is released, or NULL
 * @limit_ms: how long QEMU may take
 *
 * Return: the reply, to be released, or NULL with @peer->error set.
 */
struct json_object *iovctl_peer_call_within(struct iovctl_peer *peer, const char *verb,
					    struct json_object *arguments, int limit_ms)
{
	struct json_object *request = arguments ?: json_object_new_object(), *reply;
	const char *text;
	size_t length;

	set_text(request, "do", verb);
	set_int(request, "number", ++peer->number);
	set_int(request, "limit_ms", limit_ms);
	text = json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN);
	length = strlen(text);
	if (send(peer->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length) {
		reply = receive(peer, limit_ms + EXTRA_MS);
	} else {
		fail(peer->error, "the other process", "has ended");
		reply = NULL;
	}
	json_object_put(request);
	if (!reply || !json_object_object_get(reply, "error"))
		return reply;
	SET(peer->error, "%s", get_text(reply, "error"));
	json_object_put(reply);
	return NULL;
}

/**
 * iovctl_peer_call - have something done
 * @peer: process
 * @verb: what, see guest.c
 * @arguments: object, which is released, or NULL
 *
 * Return: the reply, to be released, or NULL with @peer->error set.
 */
struct json_object *iovctl_peer_call(struct iovctl_peer *peer, const char *verb,
				     struct json_object *arguments)
{
	return iovctl_peer_call_within(peer, verb, arguments, IOVCTL_PEER_MS);
}

/**
 * iovctl_peer_stop - end the process
 * @peer: process
 */
void iovctl_peer_stop(struct iovctl_peer *peer)
{
	if (peer->pid <= 0)
		return;
	close(peer->fd);
	json_tokener_free(peer->tokener);
	iovctl_child_end(peer->pid, END_MS);
	peer->pid = 0;
}

static void answer(struct iovctl_guest *guest, struct json_object *request)
{
	struct json_object *reply = json_object_new_object();

	guest->qmp.limit_ms = get_int(request, "limit_ms");
	set_int(reply, "number", get_int(request, "number"));
	if (iovctl_guest_do(guest, get_text(request, "do"), request, reply))
		set_text(reply, "error", guest->error);
	puts(json_object_to_json_string_ext(reply, JSON_C_TO_STRING_PLAIN));
	fflush(stdout);
	json_object_put(reply);
}

/**
 * iovctl_peer_serve - do what is asked for on standard input
 *
 * Return: exit status.
 */
int iovctl_peer_serve(void)
{
	struct json_tokener *tokener = json_tokener_new();
	struct iovctl_guest guest = { 0 };
	char byte;

	while (read(STDIN_FILENO, &byte, 1) == 1) {
		struct json_object *request = json_tokener_parse_ex(tokener, &byte, 1);

		if (request)
			answer(&guest, request);
		else if (json_tokener_get_error(tokener) != json_tokener_continue)
			break;
		json_object_put(request);
	}
	iovctl_guest_close(&guest);
	json_tokener_free(tokener);
	return 0;
}
