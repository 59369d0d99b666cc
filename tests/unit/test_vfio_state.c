// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/vfio/state.c: the saved state of a VF. It comes from another host, so that
 * every bit of it may be wrong.
 */

#include <linux/array_size.h>
#include <linux/etherdevice.h>
#include <linux/stddef.h>
#include <string.h>

#include "common/regs.h"
#include "pf/policy/mdd.h"
#include "pf/vfio/state.h"
#include "tap.h"

#define BYTES	sizeof(struct iov_vfio_image)
/* Offset of a register in an image */
#define REG_AT(field)	(offsetof(struct iov_vfio_image, regs) + \
			 offsetof(struct iov_vfio_regs, field))

static struct iov_vfio_state state, again;
static struct iov_vfio_image image, copy;
static unsigned long seed;

static enum iov_vfio_fault get(void)
{
	return iov_vfio_state_get(&image, BYTES, &again);
}

/*
 * --- States that can be
 * -----------------------------------------------------------
 */

static void fill(void *to, size_t bytes)
{
	u8 *byte = to;

	while (bytes--)
		*byte++ = (u8)tap_random(&seed);
}

static bool toss(void)
{
	return tap_random(&seed) & 1;
}

/* A queue that is off has any values; one that is on, head and tail in its ring. */
static void fill_ring(u32 *control, u32 enable, u32 *length, u32 *head, u32 *tail)
{
	if (!(*control & enable))
		return;
	*length = (1 + tap_random(&seed) % 4096) * 128;
	*head = tap_random(&seed) % (*length / 16);
	*tail = tap_random(&seed) % (*length / 16);
}

static void fill_device(void)
{
	unsigned int q;

	fill(state.regs.rx, sizeof(state.regs.rx));
	fill(state.regs.tx, sizeof(state.regs.tx));
	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		u32 *rx = state.regs.rx[q], *tx = state.regs.tx[q];

		fill_ring(&rx[IOV_VFIO_RXDCTL], IOV_RXDCTL_ENABLE, &rx[IOV_VFIO_RDLEN],
			  &rx[IOV_VFIO_RDH], &rx[IOV_VFIO_RDT]);
		fill_ring(&tx[IOV_VFIO_TXDCTL], IOV_TXDCTL_ENABLE, &tx[IOV_VFIO_TDLEN],
			  &tx[IOV_VFIO_TDH], &tx[IOV_VFIO_TDT]);
	}
	fill(&state.regs.psrtype, sizeof(state.regs.psrtype));
	fill(&state.regs.ivar, sizeof(state.regs.ivar));
	fill(&state.regs.ivar_misc, sizeof(state.regs.ivar_misc));
	fill(state.regs.eitr, sizeof(state.regs.eitr));
	fill(state.regs.words, sizeof(state.regs.words));
	fill(&state.regs.mailbox, sizeof(state.regs.mailbox));
	fill(state.regs.counter, sizeof(state.regs.counter));
}

static void fill_chan(struct iov_pol_chan *chan)
{
	chan->version = tap_random(&seed);
	chan->caps = tap_random(&seed);
	chan->seq = tap_random(&seed);
	chan->want_qps = tap_random(&seed);
	chan->qps = tap_random(&seed) % (IOV_POL_VF_QPS + 1);
	chan->path_vf = toss();
	fill(&chan->guest, sizeof(chan->guest));
}

static void fill_run(struct iov_vf_run *run)
{
	unsigned int i;

	run->state = toss() ? IOV_POL_ACTIVE : IOV_POL_SILENT;
	fill(run->mac, sizeof(run->mac));
	run->mac[0] = (u8)((run->mac[0] & ~1) | 2);
	run->max_frame = (u16)tap_random(&seed);
	run->uc_promisc = toss();
	run->mc_promisc = toss();
	run->mc_overflow = toss();
	run->num_macs = tap_random(&seed) % (IOV_POL_VF_HASHED + 1);
	fill(run->macs, sizeof(run->macs));
	run->num_wanted = tap_random(&seed) % (IOV_POL_VF_WANTED + 1);
	fill(run->wanted, sizeof(run->wanted));
	run->num_hashes = tap_random(&seed) % (IOV_WIRE_MC_MAX + 1);
	for (i = 0; i < IOV_WIRE_MC_MAX; i++)
		run->hashes[i] = tap_random(&seed) & IOV_WIRE_MC_HASH;
	run->num_vlans = tap_random(&seed) % (IOV_POL_VF_VLANS + 1);
	fill(run->vlans, sizeof(run->vlans));
	run->vlan_wanted = (u16)tap_random(&seed);
	fill_chan(&run->chan);
}

/* Whatever a PF can give; what is not saved is 0. */
static void fill_state(void)
{
	struct iov_pf_frozen *pf = &state.pf;

	memset(&state, 0, sizeof(state));
	fill_device();
	fill_run(&pf->pol.run);
	pf->pol.epoch = tap_random(&seed);
	pf->pol.port_vlan = (u16)tap_random(&seed);
	pf->pol.quarantine = tap_random(&seed) % IOV_POL_ABUSES;
	pf->lost = toss();
	pf->mbx = tap_random(&seed) % (IOV_PF_FREEZE_MBX_LAST + 1);
	pf->reply_len = tap_random(&seed) % (IOV_WIRE_WORDS + 1);
	fill(&pf->reply, sizeof(pf->reply));
	state.regs.masks.eims = tap_random(&seed) % BIT(IOV_VFIO_VECTORS);
	state.regs.masks.eiac = tap_random(&seed) % BIT(IOV_VFIO_VECTORS);
	state.regs.masks.eiam = tap_random(&seed) % BIT(IOV_VFIO_VECTORS);
}

static void begin(void)
{
	seed = 0x16f09;
	fill_state();
	state.pf.pol.run.state = IOV_POL_ACTIVE;
	state.regs.rx[0][IOV_VFIO_RXDCTL] |= IOV_RXDCTL_ENABLE;
	state.regs.rx[0][IOV_VFIO_RDLEN] = 4096;
	state.regs.rx[0][IOV_VFIO_RDH] = 3;
	state.regs.rx[0][IOV_VFIO_RDT] = 255;
	state.regs.tx[1][IOV_VFIO_TXDCTL] |= IOV_TXDCTL_ENABLE;
	state.regs.tx[1][IOV_VFIO_TDLEN] = 128;
	state.regs.tx[1][IOV_VFIO_TDH] = 7;
	state.regs.tx[1][IOV_VFIO_TDT] = 0;
	iov_vfio_state_put(&state, &image);
	CHECK_EQ(get(), IOV_VFIO_FAULT_NONE);
}

static void what_is_read_is_what_was_written(void)
{
	unsigned int steps = tap_full() ? TAP_MANY : TAP_MANY / 10;

	seed = 0xf0a11;
	while (steps-- && !tap_state.complaints) {
		fill_state();
		iov_vfio_state_put(&state, &image);
		CHECK_EQ(get(), IOV_VFIO_FAULT_NONE);
		CHECK(!memcmp(&again, &state, sizeof(state)));
	}
}

/*
 * --- States that cannot be
 * -----------------------------------------------------------
 */

static void only_the_whole_state(void)
{
	size_t length;

	begin();
	for (length = 0; length < 2 * BYTES; length++) {
		CHECK_EQ(iov_vfio_state_get(&image, length, &again),
			 length == BYTES ? IOV_VFIO_FAULT_NONE : IOV_VFIO_FAULT_LENGTH);
		/* Nor one that states to be shorter or longer */
		image.length = cpu_to_le32((u32)length);
		CHECK_EQ(iov_vfio_state_get(&image, length, &again),
			 length == BYTES ? IOV_VFIO_FAULT_NONE : IOV_VFIO_FAULT_LENGTH);
		CHECK_EQ(get(), length == BYTES ? IOV_VFIO_FAULT_NONE : IOV_VFIO_FAULT_LENGTH);
		image.length = cpu_to_le32(BYTES);
	}
}

static bool ring_is_sane(u32 control, u32 length, u32 head, u32 tail)
{
	/* ENABLE is bit 25 of both (DS 8.10.9, 8.12.14). */
	return !(control >> 25 & 1) || !length ||
	       ((u64)head * 16 + 16 <= length && (u64)tail * 16 + 16 <= length);
}

/* What the rest of the driver relies on, implemented independently */
static void check_ranges(const struct iov_vfio_state *got)
{
	const struct iov_pf_masks *masks = &got->regs.masks;
	const struct iov_vf_run *run = &got->pf.pol.run;
	unsigned int q, i;

	for (q = 0; q < 2; q++) {
		CHECK(ring_is_sane(got->regs.rx[q][IOV_VFIO_RXDCTL], got->regs.rx[q][IOV_VFIO_RDLEN],
				   got->regs.rx[q][IOV_VFIO_RDH], got->regs.rx[q][IOV_VFIO_RDT]));
		CHECK(ring_is_sane(got->regs.tx[q][IOV_VFIO_TXDCTL], got->regs.tx[q][IOV_VFIO_TDLEN],
				   got->regs.tx[q][IOV_VFIO_TDH], got->regs.tx[q][IOV_VFIO_TDT]));
	}
	CHECK(masks->eims < 8 && masks->eiac < 8 && masks->eiam < 8);
	CHECK(got->pf.mbx <= 3 && got->pf.reply_len <= 16);
	CHECK(got->pf.pol.quarantine <= IOV_POL_ABUSE_STUCK);
	CHECK(run->num_macs <= ARRAY_SIZE(run->macs));
	CHECK(run->num_wanted <= ARRAY_SIZE(run->wanted));
	CHECK(run->num_hashes <= ARRAY_SIZE(run->hashes));
	CHECK(run->num_vlans <= ARRAY_SIZE(run->vlans));
	for (i = 0; i < ARRAY_SIZE(run->hashes); i++)
		CHECK(run->hashes[i] / IOV_POL_WORD_BITS < IOV_POL_MTA_WORDS);
	CHECK(run->chan.qps <= 2);
	CHECK(run->state == IOV_POL_SILENT || is_valid_ether_addr(run->mac));
	/* Nothing that is not saved */
	CHECK(!run->hashed && !run->chan.leaving && !run->chan.heard && !run->chan.offered);
	CHECK(!run->chan.events && !run->chan.invalid && !run->chan.deadline_ms);
}

static bool is_pad(size_t at)
{
	return at == offsetof(struct iov_vfio_image, session.pad);
}

/* Which fault a wrong bit may lead to */
static bool is_fault_of(enum iov_vfio_fault fault, size_t at)
{
	switch (fault) {
	case IOV_VFIO_FAULT_MAGIC:
		return at < 4;
	case IOV_VFIO_FAULT_VERSION:
		return at >= 4 && at < 8;
	case IOV_VFIO_FAULT_LENGTH:
		return at >= 8 && at < 12;
	case IOV_VFIO_FAULT_QUEUE:
		return at >= 12 && at < REG_AT(psrtype);
	case IOV_VFIO_FAULT_VECTOR:
		return at >= REG_AT(masks) &&
		       at < REG_AT(words);
	case IOV_VFIO_FAULT_LIST:
		return (at >= offsetof(struct iov_vfio_image, session.num_macs) &&
			at <= offsetof(struct iov_vfio_image, session.reply_len)) ||
		       (at >= offsetof(struct iov_vfio_image, session.hashes) &&
			at < offsetof(struct iov_vfio_image, session.vlans));
	default:
		return at >= offsetof(struct iov_vfio_image, session);
	}
}

/*
 * Refused, or different in this bit only: then the image of what was read is
 * the one with the wrong bit.
 */
static unsigned int flip(size_t at, unsigned int bit)
{
	enum iov_vfio_fault fault;

	((u8 *)&image)[at] ^= (u8)BIT(bit);
	fault = get();
	if (!fault) {
		check_ranges(&again);
		iov_vfio_state_put(&again, &copy);
		if (is_pad(at))
			CHECK(!memcmp(&again, &state, sizeof(state)));
		else
			CHECK(!memcmp(&copy, &image, BYTES));
		/* No bit of the header is without meaning. */
		CHECK(at >= offsetof(struct iov_vfio_image, regs));
	} else {
		CHECK(is_fault_of(fault, at));
	}
	((u8 *)&image)[at] ^= (u8)BIT(bit);
	return fault;
}

static void a_bit_is_wrong(void)
{
	unsigned int states, bit, seen = 0;
	size_t at;

	begin();
	for (states = 0; states < 8 && !tap_state.complaints; states++) {
		for (at = 0; at < BYTES; at++)
			for (bit = 0; bit < 8; bit++)
				seen |= BIT(flip(at, bit));
		fill_state();
		iov_vfio_state_put(&state, &image);
	}
	CHECK_EQ(seen, GENMASK(IOV_VFIO_FAULTS - 1, 0));
}

/* Any bytes: what is accepted passes all checks, too. */
static void many_bits_are_wrong(void)
{
	unsigned int steps = tap_full() ? TAP_MANY : TAP_MANY / 10, accepted = 0, i;

	begin();
	while (steps-- && !tap_state.complaints) {
		copy = image;
		for (i = 1 + tap_random(&seed) % 4; i--;)
			((u8 *)&image)[12 + tap_random(&seed) % (BYTES - 12)] =
				(u8)tap_random(&seed);
		if (!get()) {
			check_ranges(&again);
			accepted++;
		}
		image = copy;
	}
	CHECK(accepted);
}

#define REFUSED(fault, field, value) do { \
	begin(); \
	image.field = (value); \
	CHECK_EQ(get(), fault); \
} while (0)

#define REFUSED_REG(fault, field, value) do { \
	begin(); \
	((struct iov_vfio_regs *)image.regs)->field = (value); \
	CHECK_EQ(get(), fault); \
} while (0)

static void each_fault_by_its_cause(void)
{
	REFUSED(IOV_VFIO_FAULT_MAGIC, magic, cpu_to_le32(IOV_VFIO_MAGIC + 1));
	REFUSED(IOV_VFIO_FAULT_VERSION, version, 0);
	REFUSED(IOV_VFIO_FAULT_VERSION, version, cpu_to_le32(IOV_VFIO_VERSION + 1));
	REFUSED(IOV_VFIO_FAULT_LENGTH, length, cpu_to_le32(BYTES - 4));

	REFUSED_REG(IOV_VFIO_FAULT_QUEUE, rx[0][IOV_VFIO_RDH], cpu_to_le32(256));
	REFUSED_REG(IOV_VFIO_FAULT_QUEUE, rx[0][IOV_VFIO_RDT], cpu_to_le32(256));
	REFUSED_REG(IOV_VFIO_FAULT_NONE, rx[0][IOV_VFIO_RDLEN], 0);
	REFUSED_REG(IOV_VFIO_FAULT_QUEUE, tx[1][IOV_VFIO_TDH], cpu_to_le32(8));
	REFUSED_REG(IOV_VFIO_FAULT_QUEUE, tx[1][IOV_VFIO_TDT], cpu_to_le32(U32_MAX));
	REFUSED_REG(IOV_VFIO_FAULT_NONE, rx[0][IOV_VFIO_RDT], cpu_to_le32(0));
	REFUSED_REG(IOV_VFIO_FAULT_NONE, tx[1][IOV_VFIO_TDT], cpu_to_le32(7));

	REFUSED_REG(IOV_VFIO_FAULT_VECTOR, masks.eims, cpu_to_le32(8));
	REFUSED_REG(IOV_VFIO_FAULT_VECTOR, masks.eiac, cpu_to_le32(BIT(31)));
	REFUSED_REG(IOV_VFIO_FAULT_VECTOR, masks.eiam, cpu_to_le32(0x0f));
	REFUSED_REG(IOV_VFIO_FAULT_NONE, masks.eims, cpu_to_le32(7));

	REFUSED(IOV_VFIO_FAULT_LIST, session.num_macs, IOV_POL_VF_HASHED + 1);
	REFUSED(IOV_VFIO_FAULT_LIST, session.num_wanted, IOV_POL_VF_WANTED + 1);
	REFUSED(IOV_VFIO_FAULT_LIST, session.num_hashes, IOV_WIRE_MC_MAX + 1);
	REFUSED(IOV_VFIO_FAULT_LIST, session.num_vlans, 255);
	REFUSED(IOV_VFIO_FAULT_LIST, session.reply_len, IOV_WIRE_WORDS + 1);
	REFUSED(IOV_VFIO_FAULT_LIST, session.hashes[0], cpu_to_le16(IOV_WIRE_MC_HASH + 1));
	REFUSED(IOV_VFIO_FAULT_LIST, session.hashes[29], cpu_to_le16(U16_MAX));
	REFUSED(IOV_VFIO_FAULT_NONE, session.hashes[29], cpu_to_le16(IOV_WIRE_MC_HASH));

	REFUSED(IOV_VFIO_FAULT_SESSION, session.mbx, IOV_PF_FREEZE_MBX_LAST + 1);
	REFUSED(IOV_VFIO_FAULT_SESSION, session.quarantine, IOV_POL_ABUSES);
	REFUSED(IOV_VFIO_FAULT_SESSION, session.flags,
		cpu_to_le32(IOV_VFIO_ACTIVE | (IOV_VFIO_FLAGS + 1)));
	REFUSED(IOV_VFIO_FAULT_SESSION, session.qps, cpu_to_le32(IOV_POL_VF_QPS + 1));
	REFUSED(IOV_VFIO_FAULT_SESSION, session.qps, cpu_to_le32(256));
	REFUSED(IOV_VFIO_FAULT_SESSION, session.mac[0], 3);
}

/* Only a session has to have an address. */
static void addresses_of_sessions(void)
{
	begin();
	memset(image.session.mac, 0, ETH_ALEN);
	CHECK_EQ(get(), IOV_VFIO_FAULT_SESSION);
	image.session.flags = 0;
	CHECK_EQ(get(), IOV_VFIO_FAULT_NONE);
	CHECK_EQ(again.pf.pol.run.state, IOV_POL_SILENT);
}

/* The log needs a text of each. */
static void texts(void)
{
	unsigned int fault, other;

	for (fault = 0; fault < IOV_VFIO_FAULTS; fault++) {
		if (!CHECK(iov_vfio_state_fault(fault)))
			continue;
		for (other = 0; other < fault; other++)
			CHECK(strcmp(iov_vfio_state_fault(fault), iov_vfio_state_fault(other)));
	}
	CHECK(!strcmp(iov_vfio_state_fault(IOV_VFIO_FAULTS), "unknown"));
}

/*
 * --- The layout is an interface between hosts
 * ---------------------------------------
 */

static void make_golden(void)
{
	struct iov_vf_run *run = &state.pf.pol.run;

	memset(&state, 0, sizeof(state));
	state.regs.rx[0][IOV_VFIO_RDBAL] = 0x11223380;
	state.regs.rx[1][IOV_VFIO_RXDCTL] = 0x01020304;
	state.regs.tx[0][IOV_VFIO_TDBAL] = 0x21222324;
	state.regs.tx[1][IOV_VFIO_TXDCTL] = 0x31323334;
	state.regs.psrtype = 0x41424344;
	state.regs.ivar = 0x51525354;
	state.regs.ivar_misc = 0x61626364;
	state.regs.eitr[0] = 0x71727374;
	state.regs.eitr[2] = 0x81828384;
	state.regs.words[0] = 0xa1a2a3a4;
	state.regs.words[15] = 0xb1b2b3b4;
	state.regs.mailbox = 0xc1c2c3c4;
	state.regs.counter[0] = 0xd1d2d3d4;
	state.regs.counter[4] = 0xe1e2e3e4;
	state.regs.masks.eims = 7;
	state.regs.masks.eiac = 5;
	state.regs.masks.eiam = 3;
	state.pf.pol.epoch = 0x12131415;
	state.pf.pol.port_vlan = 0xa064;
	state.pf.pol.quarantine = IOV_POL_ABUSE_STORM;
	state.pf.lost = true;
	state.pf.mbx = 2;
	state.pf.reply_len = 3;
	state.pf.reply.w[0] = 0x80000001;
	state.pf.reply.w[15] = 0x90919293;

	run->state = IOV_POL_ACTIVE;
	run->mc_promisc = true;
	run->max_frame = 0x05f2;
	run->vlan_wanted = 0x0abc;
	run->num_macs = 1;
	run->num_wanted = 2;
	run->num_hashes = 4;
	run->num_vlans = 5;
	memcpy(run->mac, "\x02\x01\x00\x00\x00\x09", ETH_ALEN);
	memcpy(run->macs[0], "\x02\x02\x00\x00\x00\x0a", ETH_ALEN);
	memcpy(run->macs[15], "\x02\x03\x00\x00\x00\x0b", ETH_ALEN);
	memcpy(run->wanted[0], "\x02\x04\x00\x00\x00\x0c", ETH_ALEN);
	memcpy(run->wanted[15], "\x02\x05\x00\x00\x00\x0d", ETH_ALEN);
	run->hashes[0] = 0x0123;
	run->hashes[29] = 0x0fed;
	run->vlans[0] = 0x0064;
	run->vlans[15] = 0x0ffe;
	run->chan.version = IOV_WIRE_VERSION_1_0;
	run->chan.caps = 0x2f;
	run->chan.seq = 0x22232425;
	run->chan.want_qps = 0x32333435;
	run->chan.qps = 2;
	run->chan.path_vf = true;
	run->chan.guest.os = 0x42434445;
	run->chan.guest.mtu = 0x52535455;
}

#define AT(offset, bytes)	{ offset, sizeof(bytes) - 1, bytes }

/* Bytes of version 1 that are not 0; numbers are little-endian on every host. */
static const struct {
	u16 offset;
	u8 length;
	const char *bytes;
} golden[] = {
	AT(0, "IOFV\x01\x00\x00\x00\xac\x02\x00\x00"),
	AT(12, "\x80\x33\x22\x11"), AT(72, "\x04\x03\x02\x01"),
	AT(76, "\x24\x23\x22\x21"), AT(144, "\x34\x33\x32\x31"),
	AT(148, "\x44\x43\x42\x41\x54\x53\x52\x51\x64\x63\x62\x61"),
	AT(160, "\x74\x73\x72\x71"), AT(168, "\x84\x83\x82\x81"),
	AT(172, "\x07\x00\x00\x00\x05\x00\x00\x00\x03\x00\x00\x00"),
	AT(184, "\xa4\xa3\xa2\xa1"), AT(244, "\xb4\xb3\xb2\xb1"),
	AT(248, "\xc4\xc3\xc2\xc1\xd4\xd3\xd2\xd1"), AT(268, "\xe4\xe3\xe2\xe1"),
	/* Session */
	AT(272, "\x15\x14\x13\x12\x00\x00\x01\x00\x2f\x00\x00\x00\x25\x24\x23\x22"),
	AT(288, "\x35\x34\x33\x32\x02\x00\x00\x00\x2b\x00\x00\x00"),
	AT(300, "\x64\xa0\xf2\x05\xbc\x0a"),
	AT(306, "\x01\x02\x04\x05\x02\x03"),
	AT(312, "\x02\x01\x00\x00\x00\x09\x02\x02\x00\x00\x00\x0a"),
	AT(408, "\x02\x03\x00\x00\x00\x0b\x02\x04\x00\x00\x00\x0c"),
	AT(504, "\x02\x05\x00\x00\x00\x0d\x23\x01"),
	AT(568, "\xed\x0f\x64\x00"), AT(600, "\xfe\x0f\x03"),
	AT(604, "\x45\x44\x43\x42"), AT(616, "\x55\x54\x53\x52"),
	AT(620, "\x01\x00\x00\x80"), AT(680, "\x93\x92\x91\x90"),
};

static void the_layout_is_that_of_version_1(void)
{
	static u8 want[684];
	unsigned int i;

	CHECK_EQ(IOV_VFIO_VERSION, 1);
	if (!CHECK_EQ(BYTES, sizeof(want)))
		return;
	memset(want, 0, sizeof(want));
	for (i = 0; i < ARRAY_SIZE(golden); i++)
		memcpy(want + golden[i].offset, golden[i].bytes, golden[i].length);

	make_golden();
	memset(&image, 0xff, sizeof(image));
	iov_vfio_state_put(&state, &image);
	for (i = 0; i < BYTES; i++)
		if (!CHECK_EQ(((u8 *)&image)[i], want[i]))
			break;
	CHECK_EQ(i, BYTES);

	memcpy(&image, want, BYTES);
	CHECK_EQ(get(), IOV_VFIO_FAULT_NONE);
	CHECK(!memcmp(&again, &state, sizeof(state)));
}

/* Each flag is one bit. */
static void flags(void)
{
	struct iov_vf_run *run = &state.pf.pol.run;
	bool *set[] = {
		&state.pf.lost, &run->uc_promisc, &run->mc_promisc, &run->mc_overflow,
		&run->chan.path_vf,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(set); i++) {
		memset(&state, 0, sizeof(state));
		*set[i] = true;
		iov_vfio_state_put(&state, &image);
		CHECK_EQ(image.session.flags, cpu_to_le32((u32)BIT(1 + i)));
		CHECK_EQ(get(), IOV_VFIO_FAULT_NONE);
		CHECK(!memcmp(&again, &state, sizeof(state)));
	}
}

TAP_MAIN(TAP_TEST(what_is_read_is_what_was_written),
	 TAP_TEST(only_the_whole_state),
	 TAP_TEST(a_bit_is_wrong),
	 TAP_TEST(many_bits_are_wrong),
	 TAP_TEST(each_fault_by_its_cause),
	 TAP_TEST(addresses_of_sessions),
	 TAP_TEST(texts),
	 TAP_TEST(the_layout_is_that_of_version_1),
	 TAP_TEST(flags))
