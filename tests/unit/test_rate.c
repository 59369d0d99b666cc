// SPDX-License-Identifier: GPL-2.0-only
/* pf/policy/rate.c: the rate limits of VFs. */

#include <linux/array_size.h>
#include <linux/bits.h>

#include "tap.h"
#include "fixtures.h"

static struct iov_pol_dev dev;

static void begin(u32 speed, u16 limit, u32 qps)
{
	world_make(&dev, 3);
	dev.port.link.up = speed;
	dev.port.link.speed = (u16)speed;
	dev.cfg[1].max_tx_rate = limit;
	dev.run[1].chan.qps = (u8)qps;
}

/*
 * By hand from the fields of RTTBCNRC: RS_ENA 31, RF_INT 27:14, RF_DEC 13:0;
 * the factor is the speed of the link divided by the rate of the queue.
 */
static void golden(void)
{
	static const struct {
		u32 speed;
		u16 limit;
		u32 qps;
		u32 rates[IOV_POL_VF_QPS];
	} vectors[] = {
		/* 10; the other queue, 1 Mbit/s: 1000 = 0x3e8 */
		{ 1000, 100, 1, { 0x80028000, 0x80fa0000 } },
		/* 3 + 5461.3 / 16384 */
		{ 1000, 300, 1, { 0x8000d556, 0x80fa0000 } },
		/* 6 + 10922.7 / 16384: 150 each */
		{ 1000, 300, 2, { 0x8001aaab, 0x8001aaab } },
		/* 1 + 16.4 / 16384 */
		{ 1000, 999, 1, { 0x80004011, 0x80fa0000 } },
		{ 1000, 1000, 1, { 0x80004000, 0x80fa0000 } },
		{ 1000, 1000, 2, { 0x80008000, 0x80008000 } },
		{ 1000, 1, 1, { 0x80fa0000, 0x80fa0000 } },
		/* at least 1 each */
		{ 1000, 1, 2, { 0x80fa0000, 0x80fa0000 } },
		{ 100, 30, 1, { 0x8000d556, 0x80190000 } },
		/* 2 * 10 / 3 */
		{ 10, 3, 2, { 0x8001aaab, 0x8001aaab } },
		/* The link is slower than the limit. */
		{ 100, 300, 1, { 0x80004000, 0x80190000 } },
		{ 100, 300, 2, { 0x80004000, 0x80004000 } },
		{ 100, 150, 2, { 0x80005556, 0x80005556 } },
		/* No link: as for the highest speed */
		{ 0, 300, 1, { 0x8000d556, 0x80fa0000 } },
		{ 1000, 0, 1, { 0, 0 } },
		{ 100, 0, 2, { 0, 0 } },
	};
	u32 rates[IOV_POL_VF_QPS];
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		begin(vectors[i].speed, vectors[i].limit, vectors[i].qps);
		memset(rates, 0x7f, sizeof(rates));
		iov_pol_rate_limits(&dev, 1, rates);
		for (k = 0; k < IOV_POL_VF_QPS; k++)
			CHECK_EQ(rates[k], vectors[i].rates[k]);
	}
}

/* The total rate of both queues, for every possible limit */
static void the_sum_holds(void)
{
	static const u32 speeds[] = { 10, 100, 1000 };
	u32 rates[IOV_POL_VF_QPS], i, k, qps, factor;
	u64 sum, granted;
	u16 limit;

	for (i = 0; i < ARRAY_SIZE(speeds); i++) {
		for (limit = 1; limit <= speeds[i]; limit++) {
			for (qps = 1; qps <= 2; qps++) {
				begin(speeds[i], limit, qps);
				iov_pol_rate_limits(&dev, 1, rates);
				/* kbit/s; an unassigned queue has 1 Mbit/s */
				granted = limit * 1000;
				if (qps == 1 || limit == 1)
					granted += IOV_POL_RATE_LEAST * 1000;
				sum = 0;
				for (k = 0; k < IOV_POL_VF_QPS; k++) {
					CHECK(rates[k] & IOV_POL_RATE_RS_ENA);
					factor = rates[k] & (IOV_POL_RATE_RF_INT |
							     IOV_POL_RATE_RF_DEC);
					sum += ((u64)speeds[i] * 1000 << 14) / factor;
				}
				CHECK(sum <= granted);
				/* The total is not much less either. */
				CHECK(sum * 1000 >= granted * 990);
			}
		}
	}
}

static void what_is_admitted(void)
{
	begin(1000, 0, 1);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 0), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 1), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 1000), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 1001), IOV_WIRE_ST_INVAL);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, (u32)-1), IOV_WIRE_ST_INVAL);
	begin(100, 500, 1);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 0), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 100), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 101), IOV_WIRE_ST_INVAL);
	/* It is set already. */
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 500), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_rate_admit(&dev, 2, 500), IOV_WIRE_ST_INVAL);
	begin(0, 0, 1);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 1000), IOV_WIRE_ST_OK);
	CHECK_EQ(iov_pol_rate_admit(&dev, 1, 1001), IOV_WIRE_ST_INVAL);
}

/* In the tables, for any state of session and link, and for one VF only */
static void limits_of_a_pool(void)
{
	static const struct iov_pol_hw_tables nothing;
	static struct iov_pol_hw_tables tables;
	unsigned int i, pool, k;

	begin(1000, 300, 0);
	for (i = 0; i < 7; i++) {
		switch (i) {
		case 1:
			world_drive(&dev, 1);
			break;
		case 2:
			CHECK_EQ(world_ask(&dev, 1, world_queues(2)), IOV_WIRE_ST_OK);
			break;
		case 3:
			iov_pol_state_end(&dev, 1);
			break;
		case 4:
			dev.cfg[1].link = IOV_POL_LINK_DISABLE;
			break;
		case 5:
			iov_pol_state_end(&dev, 1);
			break;
		case 6:
			dev.port.link.speed = 100;
			break;
		}
		CHECK_EQ(iov_pol_tables_make(&dev, &nothing, &tables), IOV_WIRE_ST_OK);
		for (pool = 0; pool < IOV_POL_POOLS; pool++)
			for (k = 0; k < IOV_POL_VF_QPS; k++)
				CHECK_EQ(!tables.pool[pool].rates[k], pool != 1);
		CHECK_EQ(tables.pool[1].rates[0],
			 i == 2 ? 0x8001aaab : i == 6 ? 0x80004000 : 0x8000d556);
	}
	dev.num_vfs = 0;
	CHECK_EQ(iov_pol_tables_make(&dev, &nothing, &tables), IOV_WIRE_ST_OK);
	CHECK(!tables.pool[1].rates[0] && !tables.pool[1].rates[1]);
}

TAP_MAIN(TAP_TEST(golden),
	 TAP_TEST(the_sum_holds),
	 TAP_TEST(what_is_admitted),
	 TAP_TEST(limits_of_a_pool))
