/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the channel: what chan.c, wait.c, connect.c and session.c share. */
#ifndef IOV_VF_CHAN_H
#define IOV_VF_CHAN_H

#include "vf/vf.h"

/* A wait looks into the mailbox this often if no interrupt comes (ms). */
#define IOV_VF_SLICE_MIN	1
#define IOV_VF_SLICE_MAX	32

/**
 * struct iov_vf_wait - a bounded wait in slices
 * @end: when it is over, in jiffies
 * @slice: next slice in milliseconds
 * @last: goes on although the driver leaves
 */
struct iov_vf_wait {
	unsigned long end;
	unsigned int slice;
	bool last;
};

/**
 * struct iov_vf_exchange - a request on its way
 * @words: request
 * @len: words of it
 * @last: said by a driver that leaves: shorter patience, but all of it
 * @sent: it is in the mailbox
 * @repeats: times it was overwritten by the PF and sent again
 * @answer: what came back
 * @reply: its contents
 */
struct iov_vf_exchange {
	struct iov_words words;
	unsigned int len;
	bool last;
	bool sent;
	unsigned int repeats;
	enum iov_mbx_answer answer;
	struct iov_reply reply;
};

/* wait.c */
void iov_vf_wait_begin(struct iov_vf *vf);
void iov_vf_wait_end(struct iov_vf *vf, bool unread);
struct iov_vf_wait iov_vf_wait_until(unsigned long ticks, bool last);
bool iov_vf_wait_is_over(const struct iov_vf *vf, const struct iov_vf_wait *wait);
bool iov_vf_wait(struct iov_vf *vf, struct iov_vf_wait *wait);

/* chan.c; under chan.lock */
void iov_vf_chan_fire(struct iov_vf *vf, enum iov_vf_event event);
bool iov_vf_chan_poll(struct iov_vf *vf);
void iov_vf_chan_set_timeout(struct iov_vf *vf, unsigned int ms);
int iov_vf_chan_exchange(struct iov_vf *vf, const struct iov_msg *msg,
			 struct iov_vf_exchange *ex);

/* session.c; under chan.lock */
void iov_vf_session_forget(struct iov_vf *vf);
bool iov_vf_session_negotiate(struct iov_vf *vf);
void iov_vf_session_heard(struct iov_vf *vf, const struct iov_msg *msg,
			  const struct iov_reply *reply);

#endif /* IOV_VF_CHAN_H */
