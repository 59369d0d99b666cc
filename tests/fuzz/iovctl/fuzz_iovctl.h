/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the fuzzers of iovctl. */
#ifndef FUZZ_IOVCTL_H
#define FUZZ_IOVCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A property of the code under test: if it does not hold, the fuzzer stops. */
#define MUST(cond) fuzz_must(cond, #cond, __FILE__, __LINE__)

static inline void fuzz_must(bool good, const char *what, const char *file, int line)
{
	if (good)
		return;
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

/* Called by libFuzzer */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
