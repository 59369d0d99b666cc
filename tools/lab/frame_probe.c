// SPDX-License-Identifier: GPL-2.0
/*
 * Sends frames on some interfaces and reports which interfaces received each of
 * them. Runs inside the host VM. Reads from standard input:
 *
 *	port NAME NETNS DEV	NETNS is - for the host VM's own
 *	frame NAME COUNT HEX	to send on that port
 *	settle MS		the end: receive until no frame has come for this time
 *
 * and prints for each received frame, in order of arrival, the number of the
 * sent frame, the name of the port, the VLAN tag or -, and the frame in hex. A
 * frame is recognised by the marker at its end, which this program appends. A
 * port does not report what it transmits itself, but reports frames that are
 * sent back to it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORTS		16
#define NAME		32
#define FRAME		65536
#define TRIES		100
#define MARKER		"iovprobe"
#define MARKER_BYTES	(sizeof(MARKER) - 1)
#define RECEIVE_BYTES	(16 << 20)

static char names[PORTS][NAME];
static struct pollfd ports[PORTS];
static int num_ports;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000 };

	nanosleep(&time, NULL);
}

static void enter_netns(const char *name)
{
	char path[256] = "/proc/1/ns/net";
	int fd;

	if (strcmp(name, "-"))
		snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
}

static void open_port(const char *name, const char *netns, const char *dev)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	int on = 1, bytes = RECEIVE_BYTES, fd;

	if (num_ports == PORTS)
		errx(1, "more than %d ports", PORTS);
	enter_netns(netns);
	where.sll_ifindex = (int)if_nametoindex(dev);
	if (!where.sll_ifindex)
		err(1, "%s", dev);
	/* With a protocol already here, bind() would wait for RCU. */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ||
	    bind(fd, (struct sockaddr *)&where, sizeof(where)))
		err(1, "socket on %s", dev);
	snprintf(names[num_ports], NAME, "%s", name);
	ports[num_ports++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static int find_port(const char *name)
{
	int i;

	for (i = 0; i < num_ports; i++)
		if (!strcmp(names[i], name))
			return i;
	errx(1, "no port %s", name);
}

static void print_tag(struct msghdr *message)
{
	struct tpacket_auxdata aux;
	struct cmsghdr *part;

	for (part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
		if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(part), sizeof(aux));
		if (aux.tp_status & TP_STATUS_VLAN_VALID) {
			printf("%d ", aux.tp_vlan_tci);
			return;
		}
	}
	printf("- ");
}

static void print_frame(int port, struct msghdr *message, const uint8_t *data, ssize_t bytes)
{
	ssize_t at = bytes - (ssize_t)(MARKER_BYTES + sizeof(uint32_t)), i;
	uint32_t number;

	/* A short frame was padded after the marker. */
	while (at >= 0 && memcmp(data + at, MARKER, MARKER_BYTES))
		at--;
	if (at < 0)
		return;
	memcpy(&number, data + at + MARKER_BYTES, sizeof(number));
	printf("%u %s ", ntohl(number), names[port]);
	print_tag(message);
	for (i = 0; i < at; i++)
		printf("%02x", data[i]);
	printf("\n");
}

/* Read one frame; 0: there is none. */
static int read_frame(int port)
{
	static uint8_t data[FRAME];
	struct iovec part = { data, sizeof(data) };
	struct sockaddr_ll from;
	char control[256];
	struct msghdr message = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t bytes = recvmsg(ports[port].fd, &message, 0);

	if (bytes < 0 && errno != EAGAIN)
		err(1, "%s", names[port]);
	if (bytes < 0)
		return 0;
	if (from.sll_pkttype != PACKET_OUTGOING)
		print_frame(port, &message, data, bytes);
	return 1;
}

/* Read all pending frames; were there any? */
static int drain(void)
{
	int i, found = 0;

	if (poll(ports, (nfds_t)num_ports, 0) <= 0)
		return 0;
	for (i = 0; i < num_ports; i++)
		while (ports[i].revents && read_frame(i))
			found = 1;
	return found;
}

static void send_frame(int port, const uint8_t *data, size_t bytes)
{
	int tries;

	for (tries = 0; send(ports[port].fd, data, bytes, 0) < 0; tries++) {
		if ((errno != EAGAIN && errno != ENOBUFS) || tries == TRIES)
			err(1, "%s does not send", names[port]);
		drain();
		pause_ms(10);
	}
	drain();
}

static void send_frames(int port, unsigned int count, const char *hex)
{
	static uint32_t number;
	static uint8_t data[FRAME];
	uint32_t big = htonl(number++);
	size_t bytes = 0;

	for (; hex[0] && hex[1] && bytes < sizeof(data) - MARKER_BYTES - sizeof(big); hex += 2)
		if (sscanf(hex, "%2hhx", &data[bytes++]) != 1)
			errx(1, "not hex: %s", hex);
	memcpy(data + bytes, MARKER, MARKER_BYTES);
	memcpy(data + bytes + MARKER_BYTES, &big, sizeof(big));
	while (count--)
		send_frame(port, data, bytes + MARKER_BYTES + sizeof(big));
}

static void settle(long ms)
{
	long last = now_ms();

	while (now_ms() - last < ms) {
		if (drain())
			last = now_ms();
		else
			pause_ms(10);
	}
}

int main(void)
{
	char name[NAME], netns[NAME], dev[NAME], *line = NULL;
	unsigned int count;
	size_t room = 0;
	long ms;
	int at;

	while (getline(&line, &room, stdin) > 0) {
		if (sscanf(line, "port %31s %31s %31s", name, netns, dev) == 3)
			open_port(name, netns, dev);
		else if (sscanf(line, "frame %31s %u %n", name, &count, &at) == 2)
			send_frames(find_port(name), count, strtok(line + at, "\n"));
		else if (sscanf(line, "settle %ld", &ms) == 1)
			settle(ms);
		else
			errx(1, "not understood: %s", line);
	}
	free(line);
	return 0;
}
