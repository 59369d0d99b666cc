/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the programs of this folder: random numbers, namespaces, error
 * exit.
 */
#ifndef MIX_H
#define MIX_H

#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void die(const char *what);
void sow(const char *number);
unsigned int below(unsigned int n);
unsigned int between(unsigned int low, unsigned int high);
int once_in(unsigned int n);
void fill(void *memory, size_t size);
unsigned long now_ms(void);
void enter(const char *netns);
void make_room(int fd);

#endif /* MIX_H */
