/* SPDX-License-Identifier: GPL-2.0-only */
/* The PF and its guests that fuzz_pf.c and fuzz_state.c have in common. */
#ifndef FUZZ_DEVICE_H
#define FUZZ_DEVICE_H

#include "fuzz.h"
#include "pf/policy/tables.h"

/* Computing tables takes longer than all other steps. */
#define IMAGE_STEPS	8

/* What can happen; the rest of a step are its arguments. */
enum fuzz_kind {
	FUZZ_MESSAGE,
	FUZZ_SPOILT,
	FUZZ_WORDS,
	FUZZ_ADMIN,
	FUZZ_PF,
	FUZZ_EVENT,
	FUZZ_TIME,
	FUZZ_LINK,
	FUZZ_KINDS,
};

/* The state in force with its tables, and one that device_commit() puts into force */
extern struct iov_pol_dev dev, draft;
extern struct iov_pol_hw_tables tables;

void device_make(unsigned int num_vfs);
void device_address(struct fuzz_input *in, u8 *addr);
void device_step(struct fuzz_input *in, enum fuzz_kind what, unsigned int vf);
void device_commit(void);
void device_check(bool with_image);

#endif
