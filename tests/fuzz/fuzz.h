/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the drivers' fuzzers: an input is a header and steps of a fixed size, so
 * that mutate.c can combine steps of different inputs.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mailbox/codec.h"

/* The format, which is 0, and a byte for the fuzzer */
#define FUZZ_HEADER	2
#define FUZZ_FORMAT	0
#define FUZZ_STEP	16

/* The rest of a step; bytes beyond the end are zero. */
struct fuzz_input {
	const u8 *data;
	size_t left;
};

static inline u8 fuzz_u8(struct fuzz_input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

static inline u16 fuzz_u16(struct fuzz_input *in)
{
	u16 low = fuzz_u8(in);

	return (u16)(low | fuzz_u8(in) << 8);
}

static inline u32 fuzz_u32(struct fuzz_input *in)
{
	u32 low = fuzz_u16(in);

	return low | (u32)fuzz_u16(in) << 16;
}

/* Arbitrary words: three from the input, the others derived from them. */
static inline void fuzz_words(struct fuzz_input *in, struct iov_words *words)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		words->w[i] = fuzz_u32(in);
	for (; i < IOV_WIRE_WORDS; i++)
		words->w[i] = words->w[i - 3] * (words->w[i - 2] | 1);
}

static inline void fuzz_flip(struct fuzz_input *in, unsigned int times, struct iov_words *words)
{
	while (times--) {
		u16 where = fuzz_u16(in);

		words->w[where % IOV_WIRE_WORDS] ^= BIT(where / IOV_WIRE_WORDS % 32);
	}
}

void fuzz_request(struct fuzz_input *in, struct iov_msg *msg);

/* A property of the code under test: if it does not hold, the fuzzer stops. */
#define MUST(cond) fuzz_must(cond, #cond, __FILE__, __LINE__)

static inline void fuzz_must(bool good, const char *what, const char *file, int line)
{
	if (good)
		return;
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

/* Called by libFuzzer, or by its default mutator */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
size_t LLVMFuzzerMutate(u8 *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const u8 *data1, size_t size1, const u8 *data2,
				 size_t size2, u8 *out, size_t max_size, unsigned int seed);

#endif
