// SPDX-License-Identifier: GPL-2.0-only
/*
 * pf/policy/block.c: the blocks that a VF may read, and those that it may
 * write.
 */

#include <linux/array_size.h>

#include "tap.h"
#include "fixtures.h"

static struct iov_pol_dev dev, before;
static union iov_wire_content is;

static void begin(void)
{
	world_make(&dev, 3);
	dev.port.serial = 2;
	dev.epoch[1] = 41;
	world_open(&dev, 1, IOV_WIRE_CAPS);
}

/* The block has exactly these words, followed by zeros. */
static void content(unsigned int block, const u32 *want, unsigned int len)
{
	unsigned int i;

	memset(&is, 0x7f, sizeof(is));
	iov_pol_block_content(&dev, 1, block, &is);
	CHECK_EQ(iov_mbx_codec_block_words(block), len);
	for (i = 0; i < IOV_WIRE_BLK_MAX; i++)
		CHECK_EQ(is.words[i], i < len ? want[i] : 0);
}

#define CONTENT(block, ...) \
	content(block, (const u32[]){ __VA_ARGS__ }, ARRAY_SIZE(((const u32[]){ __VA_ARGS__ })))

static void refused(struct iov_msg msg, enum iov_wire_status want, u32 extra)
{
	before = dev;
	CHECK_EQ(world_ask(&dev, 1, msg), want);
	CHECK_EQ(world_reply.extra, extra);
	CHECK(!memcmp(&dev, &before, sizeof(dev)));
}

static void identity(void)
{
	begin();
	/* 5a:54:00:12:34:50: the default */
	CONTENT(IOV_WIRE_BLOCK_IDENT, 18, 42, 0x1200545a, 0x5034, 0x1200545a, 0x5034,
		IOV_WIRE_IDENT_SPOOFCHK);
	ether_addr_copy(dev.cfg[1].admin_mac, WORLD_MAC(9, 8));
	dev.cfg[1].trusted = true;
	dev.cfg[1].spoofchk = false;
	dev.cfg[1].vlan = 7;
	CONTENT(IOV_WIRE_BLOCK_IDENT, 18, 42, 0x00000002, 0x0809, 0x1200545a, 0x5034,
		IOV_WIRE_IDENT_TRUSTED | IOV_WIRE_IDENT_ADMIN_MAC | IOV_WIRE_IDENT_ADMIN_VLAN);
}

static void the_link_of_a_vf(void)
{
	const u32 full = IOV_WIRE_LINK_UP | IOV_WIRE_LINK_FULL;

	begin();
	CONTENT(IOV_WIRE_BLOCK_LINK, 0, 0);
	dev.port.link = (struct iov_mbx_link){ true, false, 10 };
	CONTENT(IOV_WIRE_BLOCK_LINK, 0, IOV_WIRE_LINK_UP | 10);
	dev.cfg[1].link = IOV_POL_LINK_ENABLE;
	CONTENT(IOV_WIRE_BLOCK_LINK, 1, IOV_WIRE_LINK_UP | 10);
	dev.port.link.up = false;
	CONTENT(IOV_WIRE_BLOCK_LINK, 1, full | 1000);
	dev.port.link = (struct iov_mbx_link){ true, true, 1000 };
	dev.cfg[1].link = IOV_POL_LINK_DISABLE;
	CONTENT(IOV_WIRE_BLOCK_LINK, 2, 0);
}

static void frames_and_vlan(void)
{
	begin();
	CONTENT(IOV_WIRE_BLOCK_NETCFG, 9238, 1522, 0);
	CHECK_EQ(world_ask(&dev, 1, world_tid(world_frame(4000))), IOV_WIRE_ST_OK);
	dev.cfg[1].vlan = 100;
	dev.cfg[1].qos = 5;
	CONTENT(IOV_WIRE_BLOCK_NETCFG, 9238, 4000, 0xa064);
}

static void queues(void)
{
	begin();
	CONTENT(IOV_WIRE_BLOCK_QUEUES, 0, 1, 2, 2);
	CHECK_EQ(world_ask(&dev, 1, world_queues(1)), IOV_WIRE_ST_OK);
	CONTENT(IOV_WIRE_BLOCK_QUEUES, 1, 1, 2, 2);
	CHECK_EQ(world_ask(&dev, 1, world_queues(9)), IOV_WIRE_ST_OK);
	CONTENT(IOV_WIRE_BLOCK_QUEUES, 9, 2, 2, 3);
}

static void moderation(void)
{
	begin();
	CONTENT(IOV_WIRE_BLOCK_MODERATION, IOV_WIRE_MODERATION_DEFAULT);
	dev.moderation = IOV_WIRE_MODERATION_HIGH;
	CONTENT(IOV_WIRE_BLOCK_MODERATION, IOV_WIRE_MODERATION_HIGH);
	dev.cfg[1].moderation = IOV_WIRE_MODERATION_OFF;
	CONTENT(IOV_WIRE_BLOCK_MODERATION, IOV_WIRE_MODERATION_OFF);
	dev.moderation = IOV_WIRE_MODERATION_DEFAULT;
	CONTENT(IOV_WIRE_BLOCK_MODERATION, IOV_WIRE_MODERATION_OFF);
}

static void the_data_path(void)
{
	begin();
	CONTENT(IOV_WIRE_BLOCK_POLICY, 1, 0, 0);
	CHECK_EQ(world_ask(&dev, 1, world_path(true, 42)), IOV_WIRE_ST_OK);
	CONTENT(IOV_WIRE_BLOCK_POLICY, 1, 0, 1);
	world_set(&dev, 1, blocked, IOV_WIRE_WHY_ADMIN);
	CONTENT(IOV_WIRE_BLOCK_POLICY, 0, IOV_WIRE_WHY_ADMIN, 1);
	dev.now_ms += IOV_POL_LEAVE_MS;
	CHECK(iov_pol_path_tick(&dev));
	CONTENT(IOV_WIRE_BLOCK_POLICY, 0, IOV_WIRE_WHY_ADMIN, 0);
}

static void counters(void)
{
	begin();
	dev.count[1] = (struct iov_pol_count){
		.msgs = 0x100000007ull, .malformed = 3, .throttled = 4, .resets = 5, .busy = 6,
		.nacks = { [IOV_WIRE_ST_PERM] = 1, [IOV_WIRE_STATUSES - 1] = 2, [0] = 4 },
	};
	CHECK_EQ(iov_pol_vf_nacks(&dev.count[1]), 7);
	CHECK_EQ(iov_pol_vf_nacks(&dev.count[0]), 0);
}

static void there_is_no_such_block(void)
{
	static const unsigned int none[] = { 5, IOV_WIRE_BLOCKS, 255, 0xffff, 0x10000, 0xffffffff };
	unsigned int i;

	begin();
	for (i = 0; i < ARRAY_SIZE(none); i++)
		content(none[i], NULL, 0);
	refused(world_read(IOV_WIRE_BLOCKS, 0, 1), IOV_WIRE_ST_INVAL, 0);
	refused(world_read(0xffff, 0, 1), IOV_WIRE_ST_INVAL, 0);
	refused(world_write(IOV_WIRE_BLOCKS, 0, 1, 0), IOV_WIRE_ST_INVAL, 0);
	refused(world_write(0xffff, 0, 1, 0), IOV_WIRE_ST_INVAL, 0);
}

static void reading(void)
{
	unsigned int block, offset, len, i, there;

	begin();
	dev.port.link = (struct iov_mbx_link){ true, true, 1000 };
	for (block = 0; block < IOV_WIRE_BLOCKS; block++) {
		iov_pol_block_content(&dev, 1, block, &is);
		there = iov_mbx_codec_block_words(block);
		if (block == 5) {
			refused(world_read(block, 0, 1), IOV_WIRE_ST_INVAL, 0);
			continue;
		}
		CHECK(there && there <= IOV_WIRE_BLK_MAX);
		for (offset = 0; offset < 256; offset++)
			for (len = 0; len < 256; len++) {
				struct iov_msg msg = world_read(block, offset, len);

				if (!len || len > IOV_WIRE_BLK_MAX) {
					refused(msg, IOV_WIRE_ST_INVAL, 0);
					continue;
				}
				if (offset + len > there) {
					refused(msg, IOV_WIRE_ST_LENGTH, there);
					continue;
				}
				refused(msg, IOV_WIRE_ST_OK, 0);
				CHECK_EQ(world_reply.blk.id, block);
				CHECK_EQ(world_reply.blk.offset, offset);
				CHECK_EQ(world_reply.blk.len, len);
				for (i = 0; i < IOV_WIRE_BLK_MAX; i++)
					CHECK_EQ(world_reply.blk.data.words[i],
						 i < len ? is.words[offset + i] : 0);
			}
	}
}

static void writing(void)
{
	unsigned int block, offset, len;

	begin();
	CONTENT(IOV_WIRE_BLOCK_GUEST, 0, 0x61200, 0, 0);
	CHECK_EQ(world_ask(&dev, 1, world_write(IOV_WIRE_BLOCK_GUEST, 2, 2, 50)), IOV_WIRE_ST_OK);
	CHECK_EQ(world_reply.blk.id, IOV_WIRE_BLOCK_GUEST);
	CHECK_EQ(world_reply.blk.offset, 2);
	CHECK_EQ(world_reply.blk.len, 2);
	CONTENT(IOV_WIRE_BLOCK_GUEST, 0, 0x61200, 50, 51);
	CHECK(!iov_pol_event_pending(&dev, 1));

	for (block = 0; block < IOV_WIRE_BLOCKS; block++)
		if (block != IOV_WIRE_BLOCK_GUEST)
			refused(world_write(block, 0, 1, 0), IOV_WIRE_ST_PERM, 0);
	for (offset = 0; offset < 256; offset++)
		for (len = 0; len < 256; len++) {
			struct iov_msg msg = world_write(IOV_WIRE_BLOCK_GUEST, offset, len, 7);

			if (!len || len > IOV_WIRE_BLK_MAX)
				refused(msg, IOV_WIRE_ST_INVAL, 0);
			else if (offset + len > 4)
				refused(msg, IOV_WIRE_ST_LENGTH, 4);
			else
				CHECK_EQ(world_ask(&dev, 1, msg), IOV_WIRE_ST_OK);
		}
}

TAP_MAIN(TAP_TEST(identity),
	 TAP_TEST(the_link_of_a_vf),
	 TAP_TEST(frames_and_vlan),
	 TAP_TEST(queues),
	 TAP_TEST(moderation),
	 TAP_TEST(the_data_path),
	 TAP_TEST(counters),
	 TAP_TEST(there_is_no_such_block),
	 TAP_TEST(reading),
	 TAP_TEST(writing))
