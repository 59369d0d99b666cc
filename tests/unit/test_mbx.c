// SPDX-License-Identifier: GPL-2.0-only
/*
 * mailbox/mbx_pf.c and mbx_vf.c with a mailbox in variables: both views,
 * read-to-clear and write-1-to-clear bits, and the lock, as in DS 8.14.
 */

#include <errno.h>
#include <string.h>

#include "common/regs.h"
#include "mailbox/mbx.h"
#include "tap.h"

#define VFS	8
#define VF	5u		/* of most tests */

/* The two BARs; only their addresses are used. */
static u8 pf_bar[0x20000], vf_bar[VFS][0x4000];

static struct {
	u32 words[VFS][IOV_WIRE_WORDS];
	u32 v2p[VFS], p2v[VFS];
	u32 mbvficr, vflre;
	bool gone;
	bool rvfu_used;
	unsigned int word_reads[VFS][IOV_WIRE_WORDS], writes;
	u32 mbvfimr;
	unsigned int reads_left;	/* until it is gone; 0: unlimited */
	void (*before_write)(u32 reg);	/* action of the other end meanwhile */
} hw;

static struct iov_io pf_io, vf_io[VFS];
static u32 acks;
static struct iov_mbx pf_port, vf_port;

static u32 pf_read(u32 reg)
{
	unsigned int vf;

	if (reg == IOV_MBVFICR)
		return hw.mbvficr;
	if (reg == IOV_VFLRE)
		return hw.vflre;
	for (vf = 0; vf < VFS; vf++) {
		if (reg == IOV_P2VMAILBOX(vf))
			return hw.p2v[vf];
		if (reg >= IOV_VMBMEM(vf) && reg < IOV_VMBMEM(vf + 1)) {
			hw.word_reads[vf][(reg - IOV_VMBMEM(vf)) / 4]++;
			return hw.words[vf][(reg - IOV_VMBMEM(vf)) / 4];
		}
	}
	CHECK_EQ(reg, 0);
	return 0;
}

static void pf_p2vmailbox(unsigned int vf, u32 val)
{
	if (val & IOV_P2VMAILBOX_STS)
		hw.v2p[vf] |= IOV_V2PMAILBOX_PFSTS;
	if (val & IOV_P2VMAILBOX_ACK)
		hw.v2p[vf] |= IOV_V2PMAILBOX_PFACK;
	if (!(val & IOV_P2VMAILBOX_PFU)) {
		hw.p2v[vf] &= ~(u32)IOV_P2VMAILBOX_PFU;
		hw.v2p[vf] &= ~(u32)IOV_V2PMAILBOX_PFU;
	} else if (!(hw.p2v[vf] & IOV_P2VMAILBOX_VFU)) {
		hw.p2v[vf] |= IOV_P2VMAILBOX_PFU;
		hw.v2p[vf] |= IOV_V2PMAILBOX_PFU;
	}
	if (val & IOV_P2VMAILBOX_RVFU)
		hw.rvfu_used = true;
}

static void pf_write(u32 reg, u32 val)
{
	unsigned int vf;

	if (reg == IOV_MBVFICR) {
		hw.mbvficr &= ~val;
		return;
	}
	if (reg == IOV_VFLRE) {
		hw.vflre &= ~val;
		return;
	}
	if (reg == IOV_MBVFIMR) {
		hw.mbvfimr = val;
		return;
	}
	for (vf = 0; vf < VFS; vf++) {
		if (reg == IOV_P2VMAILBOX(vf)) {
			pf_p2vmailbox(vf, val);
			return;
		}
		if (reg >= IOV_VMBMEM(vf) && reg < IOV_VMBMEM(vf + 1)) {
			/* Only the holder of the lock writes words. */
			CHECK(hw.p2v[vf] & IOV_P2VMAILBOX_PFU);
			hw.words[vf][(reg - IOV_VMBMEM(vf)) / 4] = val;
			return;
		}
	}
	CHECK_EQ(reg, 0);
}

static u32 vf_read(unsigned int vf, u32 reg)
{
	u32 val;

	if (reg == IOV_VF_V2PMAILBOX) {
		val = hw.v2p[vf];
		hw.v2p[vf] &= ~(u32)IOV_V2PMAILBOX_R2C;
		return val;
	}
	if (CHECK(reg >= IOV_VF_VMBMEM && reg < IOV_VF_VMBMEM + 64)) {
		CHECK(hw.v2p[vf] & IOV_V2PMAILBOX_VFU);
		return hw.words[vf][(reg - IOV_VF_VMBMEM) / 4];
	}
	return 0;
}

static void vf_write(unsigned int vf, u32 reg, u32 val)
{
	if (reg == IOV_VF_V2PMAILBOX) {
		if (val & IOV_V2PMAILBOX_REQ)
			hw.mbvficr |= 1u << vf;
		if (val & IOV_V2PMAILBOX_ACK)
			hw.mbvficr |= 1u << (16 + vf);
		if (!(val & IOV_V2PMAILBOX_VFU)) {
			hw.v2p[vf] &= ~(u32)IOV_V2PMAILBOX_VFU;
			hw.p2v[vf] &= ~(u32)IOV_P2VMAILBOX_VFU;
		} else if (!(hw.v2p[vf] & IOV_V2PMAILBOX_PFU)) {
			hw.v2p[vf] |= IOV_V2PMAILBOX_VFU;
			hw.p2v[vf] |= IOV_P2VMAILBOX_VFU;
		}
		return;
	}
	if (CHECK(reg >= IOV_VF_VMBMEM && reg < IOV_VF_VMBMEM + 64)) {
		CHECK(hw.v2p[vf] & IOV_V2PMAILBOX_VFU);
		hw.words[vf][(reg - IOV_VF_VMBMEM) / 4] = val;
	}
}

u32 readl(const volatile void *addr)
{
	const volatile u8 *at = addr;
	unsigned int vf;

	if (hw.reads_left && !--hw.reads_left)
		hw.gone = true;
	if (hw.gone)
		return U32_MAX;
	if (at >= pf_bar && at < pf_bar + sizeof(pf_bar))
		return pf_read((u32)(at - pf_bar));
	vf = (unsigned int)((size_t)(at - vf_bar[0]) / sizeof(vf_bar[0]));
	return vf_read(vf, (u32)(at - vf_bar[vf]));
}

void writel(u32 val, volatile void *addr)
{
	volatile u8 *at = addr;
	unsigned int vf;

	hw.writes++;
	if (hw.gone)
		return;
	if (at >= pf_bar && at < pf_bar + sizeof(pf_bar)) {
		if (hw.before_write)
			hw.before_write((u32)(at - pf_bar));
		pf_write((u32)(at - pf_bar), val);
		return;
	}
	vf = (unsigned int)((size_t)(at - vf_bar[0]) / sizeof(vf_bar[0]));
	vf_write(vf, (u32)(at - vf_bar[vf]), val);
}

/* Replaces common/io.c */
u32 iov_io_check(struct iov_io *io, u32 reg)
{
	(void)reg;
	io->gone = hw.gone;
	return U32_MAX;
}

static void fresh(void)
{
	unsigned int vf;

	memset(&hw, 0, sizeof(hw));
	memset(hw.words, 0xee, sizeof(hw.words));
	pf_io = (struct iov_io){ .base = pf_bar };
	for (vf = 0; vf < VFS; vf++)
		vf_io[vf] = (struct iov_io){ .base = vf_bar[vf] };
	iov_mbx_pf_init(&pf_port, &pf_io, VF);
	iov_mbx_vf_init(&vf_port, &vf_io[VF]);
}

/* Neither end holds the lock. */
static void check_unlocked(void)
{
	CHECK_EQ(hw.p2v[VF], 0);
	CHECK_EQ(hw.v2p[VF] & (IOV_V2PMAILBOX_VFU | IOV_V2PMAILBOX_PFU), 0);
}

static void request_and_answer(void)
{
	struct iov_words request = { { 0x00010004, 100 } }, reply = { { 0xa0010004 } }, got;
	unsigned int i;

	fresh();
	CHECK_EQ(iov_mbx_vf_send(&vf_port, &request, 2), 0);
	CHECK_EQ(hw.mbvficr, 1u << VF);
	check_unlocked();

	CHECK_EQ(iov_mbx_pf_take_doorbells(&pf_io, &acks), 1u << VF);
	CHECK_EQ(iov_mbx_pf_take_doorbells(&pf_io, &acks), 0);
	CHECK_EQ(iov_mbx_pf_read(&pf_port, &got), 0);
	CHECK_EQ(got.w[0], 0x00010004);
	CHECK_EQ(got.w[1], 100);
	CHECK_EQ(got.w[15], 0xeeeeeeee);
	for (i = 0; i < IOV_WIRE_WORDS; i++)
		CHECK_EQ(hw.word_reads[VF][i], 1);
	check_unlocked();
	CHECK(!iov_mbx_vf_poll(&vf_port));

	CHECK_EQ(iov_mbx_pf_write(&pf_port, &reply, 1), 0);
	check_unlocked();
	CHECK(iov_mbx_vf_poll(&vf_port) & IOV_V2PMAILBOX_PFSTS);
	CHECK(iov_mbx_vf_take(&vf_port, IOV_V2PMAILBOX_PFACK));
	CHECK(!iov_mbx_vf_take(&vf_port, IOV_V2PMAILBOX_PFACK));
	CHECK_EQ(iov_mbx_vf_receive(&vf_port, &got), 0);
	CHECK_EQ(got.w[0], 0xa0010004);
	for (i = 1; i < IOV_WIRE_WORDS; i++)
		CHECK_EQ(got.w[i], 0);
	CHECK(!(iov_mbx_vf_poll(&vf_port) & IOV_V2PMAILBOX_PFSTS));
	check_unlocked();

	CHECK_EQ(hw.mbvficr, 1u << (16 + VF));
	CHECK_EQ(iov_mbx_pf_take_doorbells(&pf_io, &acks), 0);
	CHECK_EQ(acks, 1u << VF);
	CHECK_EQ(hw.mbvficr, 0);
	/* It was requested, and only once. */
	CHECK(iov_mbx_pf_take_ack_due(&pf_port));
	CHECK(!iov_mbx_pf_take_ack_due(&pf_port));
}

/* igbvf polls PFACK and PFSTS one after the other; both may be set at once. */
static void both_doorbells_at_once(void)
{
	struct iov_words words = { { 1 } }, got;
	u32 bits;

	fresh();
	CHECK_EQ(iov_mbx_vf_send(&vf_port, &words, 1), 0);
	CHECK_EQ(iov_mbx_pf_read(&pf_port, &got), 0);
	CHECK_EQ(iov_mbx_pf_write(&pf_port, &words, 3), 0);
	bits = iov_mbx_vf_poll(&vf_port);
	CHECK_EQ(bits, IOV_V2PMAILBOX_PFACK | IOV_V2PMAILBOX_PFSTS);
	CHECK_EQ(hw.v2p[VF], 0);
	CHECK(iov_mbx_vf_take(&vf_port, IOV_V2PMAILBOX_PFACK));
	CHECK_EQ(iov_mbx_vf_poll(&vf_port), IOV_V2PMAILBOX_PFSTS);
	CHECK(iov_mbx_vf_take(&vf_port, IOV_V2PMAILBOX_PFSTS));
	CHECK_EQ(iov_mbx_vf_poll(&vf_port), 0);
}

/* Every read of the register saves the bits that it clears. */
static void no_doorbell_is_lost(void)
{
	struct iov_words words = { { 5 } };

	fresh();
	hw.v2p[VF] = IOV_V2PMAILBOX_PFSTS | IOV_V2PMAILBOX_RSTD | IOV_V2PMAILBOX_PFU;
	hw.p2v[VF] = IOV_P2VMAILBOX_PFU;
	CHECK_EQ(iov_mbx_vf_send(&vf_port, &words, 2), -EBUSY);
	CHECK_EQ(iov_mbx_vf_receive(&vf_port, &words), -EBUSY);
	CHECK_EQ(hw.words[VF][0], 0xeeeeeeee);
	CHECK_EQ(hw.mbvficr, 0);
	CHECK_EQ(vf_port.latched, IOV_V2PMAILBOX_PFSTS | IOV_V2PMAILBOX_RSTD);
	hw.v2p[VF] = IOV_V2PMAILBOX_RSTI;
	CHECK_EQ(iov_mbx_vf_poll(&vf_port),
		 IOV_V2PMAILBOX_PFSTS | IOV_V2PMAILBOX_RSTD | IOV_V2PMAILBOX_RSTI);
	hw.v2p[VF] = 0;
	CHECK_EQ(iov_mbx_vf_poll(&vf_port), IOV_V2PMAILBOX_PFSTS | IOV_V2PMAILBOX_RSTD);
	CHECK(iov_mbx_vf_take(&vf_port, IOV_V2PMAILBOX_RSTD));
	CHECK_EQ(vf_port.latched, IOV_V2PMAILBOX_PFSTS);
}

/* Sending overwrites the PF's message, so it counts as read; RSTD does not. */
static void sending_consumes_old_doorbells(void)
{
	struct iov_words words = { { 5, 1522 } };

	fresh();
	hw.v2p[VF] = IOV_V2PMAILBOX_PFSTS | IOV_V2PMAILBOX_PFACK | IOV_V2PMAILBOX_RSTD;
	CHECK_EQ(iov_mbx_vf_send(&vf_port, &words, 2), 0);
	CHECK_EQ(iov_mbx_vf_poll(&vf_port), IOV_V2PMAILBOX_RSTD);
}

static void send_stays_in_the_mailbox(void)
{
	struct iov_words words = { { 3 } };

	fresh();
	CHECK_EQ(iov_mbx_vf_send(&vf_port, &words, 1000), 0);
	CHECK_EQ(hw.words[VF][15], 0);
	CHECK_EQ(hw.words[VF + 1][0], 0xeeeeeeee);
}

/* A VF that holds the lock: one attempt, nothing accessed, no RVFU. */
static void held_by_the_vf(void)
{
	struct iov_words words = { { 0x100 } };
	unsigned int writes;

	fresh();
	writel(IOV_V2PMAILBOX_VFU, vf_bar[VF] + IOV_VF_V2PMAILBOX);
	hw.mbvficr = 1u << VF;
	writes = hw.writes;
	CHECK_EQ(iov_mbx_pf_read(&pf_port, &words), -EBUSY);
	CHECK_EQ(iov_mbx_pf_write(&pf_port, &words, 1), -EBUSY);
	CHECK_EQ(iov_mbx_pf_notify(&pf_port, &words, 1), -EBUSY);
	CHECK_EQ(hw.writes - writes, 3);
	CHECK_EQ(hw.words[VF][0], 0xeeeeeeee);
	CHECK_EQ(hw.mbvficr, 1u << VF);
	CHECK_EQ(hw.v2p[VF], IOV_V2PMAILBOX_VFU);
	CHECK(!hw.rvfu_used);

	/* With its next message the VF releases the lock, and all works. */
	writel(IOV_V2PMAILBOX_REQ, vf_bar[VF] + IOV_VF_V2PMAILBOX);
	CHECK_EQ(iov_mbx_pf_read(&pf_port, &words), 0);
	check_unlocked();
}

/* The reply is not read as a request, and other VFs' bits stay set. */
static void answering_drops_a_newer_request(void)
{
	struct iov_words words = { { 0x80000001 } };

	fresh();
	hw.mbvficr = 0x00ff00ff;
	CHECK_EQ(iov_mbx_pf_write(&pf_port, &words, 3), 0);
	CHECK_EQ(hw.mbvficr, 0x00ff00ff & ~(0x00010001u << VF));
	CHECK_EQ(hw.words[VF][0], 0x80000001);
}

static void notice_spares_a_request(void)
{
	struct iov_words words = { { 0x20000100 } };

	fresh();
	hw.mbvficr = 1u << VF;
	CHECK_EQ(iov_mbx_pf_notify(&pf_port, &words, 1), -EAGAIN);
	CHECK_EQ(hw.mbvficr, 1u << VF);
	CHECK_EQ(hw.words[VF][0], 0xeeeeeeee);
	CHECK_EQ(hw.v2p[VF], 0);
	check_unlocked();

	hw.mbvficr = 0x00ff00ff & ~(1u << VF);
	CHECK_EQ(iov_mbx_pf_notify(&pf_port, &words, 1), 0);
	CHECK_EQ(hw.mbvficr, 0x00ff00ff & ~(0x00010001u << VF));
	CHECK_EQ(hw.words[VF][0], 0x20000100);
	CHECK_EQ(hw.words[VF][1], 0);
	CHECK_EQ(hw.v2p[VF], IOV_V2PMAILBOX_PFSTS);
	check_unlocked();
}

/* The words have come with a guest that was moved here. */
static void ringing_again(void)
{
	static const struct {
		bool sts;
		bool ack;
		u32 bits;
	} rings[] = {
		{ true, false, IOV_V2PMAILBOX_PFSTS },
		{ false, true, IOV_V2PMAILBOX_PFACK },
		{ true, true, IOV_V2PMAILBOX_PFSTS | IOV_V2PMAILBOX_PFACK },
		{ false, false, 0 },
	};
	struct iov_words words = { { 0x20000100 } };
	unsigned int i, k;

	for (i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
		fresh();
		pf_port.used = 0;
		iov_mbx_pf_ring(&pf_port, rings[i].sts, rings[i].ack);
		CHECK_EQ(hw.v2p[VF], rings[i].bits);
		CHECK_EQ(hw.writes, rings[i].bits ? 1 : 0);
		CHECK_EQ(iov_mbx_pf_take_ack_due(&pf_port), !!rings[i].bits);
		CHECK_EQ(hw.words[VF][0], 0xeeeeeeee);
		/* The next message leaves none of them. */
		CHECK_EQ(iov_mbx_pf_write(&pf_port, &words, 1), 0);
		for (k = 1; k < IOV_WIRE_WORDS; k++)
			CHECK_EQ(hw.words[VF][k], 0);
	}
}

static void each_take_clears_what_it_returns(void)
{
	fresh();
	hw.mbvficr = 0x00410021;
	hw.vflre = 0x82;
	CHECK_EQ(iov_mbx_pf_take_doorbells(&pf_io, &acks), 0x21);
	CHECK_EQ(acks, 0x41);
	CHECK_EQ(hw.mbvficr, 0);
	CHECK_EQ(iov_mbx_pf_take_resets(&pf_io), 0x82);
	CHECK_EQ(hw.vflre, 0);

	hw.writes = 0;
	CHECK_EQ(iov_mbx_pf_take_doorbells(&pf_io, &acks), 0);
	CHECK_EQ(iov_mbx_pf_take_resets(&pf_io), 0);
	CHECK_EQ(acks, 0);
	CHECK_EQ(hw.writes, 0);
}

static void who_may_interrupt(void)
{
	fresh();
	iov_mbx_pf_hush(&pf_io, 0);
	CHECK_EQ(hw.mbvfimr, 0xff);
	iov_mbx_pf_hush(&pf_io, 0x42);
	CHECK_EQ(hw.mbvfimr, 0xbd);
}

/* Words that a VF has read before do not hide later writes. */
static void having_read_is_of_the_last_words(void)
{
	struct iov_words words = { { 0x100 } };

	fresh();
	hw.mbvficr = 0xff0000;
	CHECK_EQ(iov_mbx_pf_write(&pf_port, &words, 1), 0);
	CHECK_EQ(hw.mbvficr, 0xff0000 & ~(1u << (16 + VF)));
	hw.mbvficr = 0xff0000;
	CHECK_EQ(iov_mbx_pf_notify(&pf_port, &words, 1), 0);
	CHECK_EQ(hw.mbvficr, 0xff0000 & ~(1u << (16 + VF)));
	CHECK(iov_mbx_pf_take_ack_due(&pf_port));
	/* Nothing was written, and the message is still pending. */
	hw.mbvficr = 0xff0000 | 1u << VF;
	CHECK_EQ(iov_mbx_pf_notify(&pf_port, &words, 1), -EAGAIN);
	CHECK_EQ(hw.mbvficr, 0xff0000 | 1u << VF);
	hw.p2v[VF] = IOV_P2VMAILBOX_VFU;
	CHECK_EQ(iov_mbx_pf_write(&pf_port, &words, 1), -EBUSY);
	CHECK_EQ(hw.mbvficr, 0xff0000 | 1u << VF);
	CHECK(!iov_mbx_pf_take_ack_due(&pf_port));
}

static void ring_all(u32 reg)
{
	(void)reg;
	hw.mbvficr |= 0xff;
	hw.vflre |= 0xff;
}

/* A doorbell between the read and the write-1-to-clear is not lost. */
static void doorbell_in_between(void)
{
	fresh();
	hw.mbvficr = 0x02;
	hw.vflre = 0x04;
	hw.before_write = ring_all;
	CHECK_EQ(iov_mbx_pf_take_doorbells(&pf_io, &acks), 0x02);
	CHECK_EQ(hw.mbvficr, 0xfd);
	CHECK_EQ(iov_mbx_pf_take_resets(&pf_io), 0xff);
	CHECK_EQ(hw.vflre, 0);
}

static void nothing_is_left_of_the_former_owner(void)
{
	unsigned int i;

	fresh();
	hw.mbvficr = 1u << (16 + VF) | 1u << 17 | 2;
	hw.p2v[VF] = IOV_P2VMAILBOX_PFU;
	hw.v2p[VF] = IOV_V2PMAILBOX_PFU;
	/* The PF expects zero there. */
	pf_port.used = 0;
	iov_mbx_pf_clear(&pf_port);
	for (i = 0; i < IOV_WIRE_WORDS; i++) {
		CHECK_EQ(hw.words[VF][i], 0);
		CHECK_EQ(hw.words[VF - 1][i], 0xeeeeeeee);
	}
	CHECK_EQ(hw.mbvficr, 1u << 17 | 2);
	check_unlocked();
}

/*
 * VTCTRL.RST and RESET arrive together, so the new session has begun already.
 */
static void clearing_spares_the_new_owner(void)
{
	struct iov_words words = { { 1 } }, got;

	fresh();
	CHECK_EQ(iov_mbx_vf_send(&vf_port, &words, 1), 0);
	iov_mbx_pf_clear(&pf_port);
	CHECK_EQ(hw.mbvficr, 1u << VF);
	CHECK_EQ(iov_mbx_pf_read(&pf_port, &got), 0);
	CHECK_EQ(got.w[0], 1);

	/* While it writes its request */
	fresh();
	writel(IOV_V2PMAILBOX_VFU, vf_bar[VF] + IOV_VF_V2PMAILBOX);
	iov_mbx_pf_clear(&pf_port);
	CHECK_EQ(hw.words[VF][0], 0xeeeeeeee);
	CHECK_EQ(hw.v2p[VF], IOV_V2PMAILBOX_VFU);
}

static void vf_begins_afresh(void)
{
	fresh();
	hw.v2p[VF] = IOV_V2PMAILBOX_VFU | IOV_V2PMAILBOX_PFSTS | IOV_V2PMAILBOX_PFACK |
		     IOV_V2PMAILBOX_RSTD | IOV_V2PMAILBOX_RSTI;
	hw.p2v[VF] = IOV_P2VMAILBOX_VFU;
	vf_port.latched = IOV_V2PMAILBOX_R2C;
	iov_mbx_vf_reset(&vf_port);
	CHECK_EQ(vf_port.latched, 0);
	check_unlocked();
	CHECK_EQ(hw.mbvficr, 0);
	CHECK_EQ(iov_mbx_vf_poll(&vf_port), IOV_V2PMAILBOX_RSTI);
}

static void device_is_gone(void)
{
	struct iov_words words = { { 1 } };

	fresh();
	hw.gone = true;
	CHECK_EQ(iov_mbx_pf_read(&pf_port, &words), -ENODEV);
	CHECK_EQ(iov_mbx_pf_write(&pf_port, &words, 1), -ENODEV);
	CHECK_EQ(iov_mbx_pf_notify(&pf_port, &words, 1), -ENODEV);
	CHECK_EQ(iov_mbx_pf_take_doorbells(&pf_io, &acks), 0);
	CHECK_EQ(iov_mbx_pf_take_resets(&pf_io), 0);
	CHECK_EQ(acks, 0);
	iov_mbx_pf_clear(&pf_port);

	CHECK_EQ(iov_mbx_vf_poll(&vf_port), 0);
	CHECK_EQ(iov_mbx_vf_send(&vf_port, &words, 1), -ENODEV);
	CHECK_EQ(iov_mbx_vf_receive(&vf_port, &words), -ENODEV);
	iov_mbx_vf_reset(&vf_port);
	CHECK_EQ(vf_port.latched, 0);
	CHECK_EQ(words.w[0], 1);
}

/*
 * The device is removed at each single read of a transfer; the words copied are
 * not used.
 */
static void device_goes_in_the_middle(void)
{
	struct iov_words words;
	unsigned int reads;

	for (reads = 1; reads <= 17; reads++) {
		fresh();
		hw.reads_left = reads;
		CHECK_EQ(iov_mbx_pf_read(&pf_port, &words), -ENODEV);
		fresh();
		hw.reads_left = reads;
		CHECK_EQ(iov_mbx_vf_receive(&vf_port, &words), -ENODEV);
	}
	fresh();
	hw.reads_left = 18;
	CHECK_EQ(iov_mbx_pf_read(&pf_port, &words), 0);
}

/* A word may be all ones if the device is there. */
static void all_ones_is_a_word(void)
{
	struct iov_words words;

	fresh();
	hw.words[VF][7] = U32_MAX;
	CHECK_EQ(iov_mbx_pf_read(&pf_port, &words), 0);
	CHECK_EQ(words.w[7], U32_MAX);
	CHECK_EQ(words.w[8], 0xeeeeeeee);
}

TAP_MAIN(TAP_TEST(request_and_answer),
	 TAP_TEST(both_doorbells_at_once),
	 TAP_TEST(no_doorbell_is_lost),
	 TAP_TEST(sending_consumes_old_doorbells),
	 TAP_TEST(send_stays_in_the_mailbox),
	 TAP_TEST(held_by_the_vf),
	 TAP_TEST(answering_drops_a_newer_request),
	 TAP_TEST(notice_spares_a_request),
	 TAP_TEST(ringing_again),
	 TAP_TEST(who_may_interrupt),
	 TAP_TEST(having_read_is_of_the_last_words),
	 TAP_TEST(each_take_clears_what_it_returns),
	 TAP_TEST(doorbell_in_between),
	 TAP_TEST(nothing_is_left_of_the_former_owner),
	 TAP_TEST(clearing_spares_the_new_owner),
	 TAP_TEST(vf_begins_afresh),
	 TAP_TEST(device_is_gone),
	 TAP_TEST(device_goes_in_the_middle),
	 TAP_TEST(all_ones_is_a_word))
