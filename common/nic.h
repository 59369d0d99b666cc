/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The data path of a netdev on 82576 queue pairs. It does not know whether
 * it serves a physical or a virtual function: the owner says where the queue
 * registers are and which MSI-X entry belongs to which queue pair.
 */
#ifndef IOV_NIC_H
#define IOV_NIC_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/dim.h>
#include <linux/dma-direction.h>
#include <linux/hrtimer.h>
#include <linux/if_ether.h>
#include <linux/interrupt.h>
#include <linux/netdevice.h>
#include <linux/workqueue.h>
#include <net/xdp.h>

#include "common/desc.h"
#include "common/reflect.h"
#include "common/io.h"
#include "common/quirks.h"
#include "common/regs.h"
#include "common/stats.h"

struct bpf_prog;
struct page_pool;
struct xsk_buff_pool;

#define IOV_MAX_QPS		8
#define IOV_RING_MIN		128	/* descriptors */
#define IOV_RING_MAX		4096
#define IOV_RING_DEFAULT	512
#define IOV_RING_MULTIPLE	8	/* 128 bytes, DS 8.10.7 */
#define IOV_ITR_DEFAULT_US	50
#define IOV_TX_LEAST_US		10
#define IOV_TX_MOST_US		1000
#define IOV_TX_DEFAULT_US	250	/* igb: 4000 interrupts a second */
#define IOV_XDP_BATCH		16	/* frames sent back under one lock */
#define IOV_PORT_VLAN_UNKNOWN	0xffff	/* no VLAN id */

/**
 * enum iov_tx_type - whose memory a packet to be sent is
 * @IOV_TX_SKB: the stack's; 0, so that only the other kinds have to say it
 * @IOV_TX_XDP_BACK: a frame of the same vector's receive ring (XDP_TX)
 * @IOV_TX_XDP_COPY: the same, of a zero-copy ring: copied out of its buffer
 * @IOV_TX_XDP_XMIT: a frame another interface has received (XDP_REDIRECT)
 * @IOV_TX_XSK: frames of an AF_XDP socket, all that were sent at once
 */
enum iov_tx_type {
	IOV_TX_SKB,
	IOV_TX_XDP_BACK,
	IOV_TX_XDP_COPY,
	IOV_TX_XDP_XMIT,
	IOV_TX_XSK,
};

/* Directions whose packets adaptive moderation follows; 0: it is off */
#define IOV_ADAPTIVE_RX		BIT(0)
#define IOV_ADAPTIVE_TX		BIT(1)

/**
 * struct iov_tx_buf - one transmit descriptor's memory
 * @skb: packet to free; only in the packet's first buffer
 * @frame: the same, of the types IOV_TX_XDP_*
 * @frames: the same, of IOV_TX_XSK: how many to return to sockets
 * @dma: bus address
 * @len: mapped bytes; 0: nothing to unmap (context descriptor, XDP_TX, AF_XDP)
 * @bytes: wire bytes of the packet; only in the first buffer
 * @segs: wire packets of the packet; only in the first buffer
 * @last: index of the packet's last descriptor; only in the first buffer
 * @type: enum iov_tx_type; only in the first buffer, IOV_TX_SKB when unused
 */
struct iov_tx_buf {
	union {
		struct sk_buff *skb;
		struct xdp_frame *frame;
		unsigned int frames;
	};
	dma_addr_t dma;
	u32 len;
	u32 bytes;
	u16 segs;
	u16 last;
	u8 type;
};

/**
 * struct iov_rx_buf - one receive descriptor's memory
 * @page: from the ring's page_pool, mapped by it
 * @data: of a small ring: where in such a page the device writes
 */
struct iov_rx_buf {
	union {
		struct page *page;
		void *data;
	};
};

/**
 * struct iov_xdp_batch - what XDP did with the frames of one poll
 * @drop: frames dropped
 * @tx: frames sent back
 * @redirect: frames sent elsewhere
 * @errors: frames that failed
 * @num_back: frames in @back
 * @back: frames to be sent back
 */
struct iov_xdp_batch {
	unsigned int drop;
	unsigned int tx;
	unsigned int redirect;
	unsigned int errors;
	unsigned int num_back;
	struct xdp_frame *back[IOV_XDP_BATCH];
};

/**
 * struct iov_ring - one receive or transmit queue
 * @desc: descriptors, DMA coherent
 * @tx_desc: the same
 * @rx_desc: the same
 * @tx_buf: transmit: parallel to @tx_desc
 * @rx_buf: receive: parallel to @rx_desc
 * @xsk_buf: the same, of a ring with @xsk
 * @tail: tail register
 * @dev: for DMA
 * @nic: owner
 * @stats: counters in @nic
 * @pool: receive: where buffers come from
 * @xsk: AF_XDP's buffers, NULL: not in zero-copy mode; set while it is stopped
 * @index: queue number of the netdev
 * @count: descriptors
 * @next_to_use: first descriptor that software owns
 * @room: transmit: descriptors that may be used before iov_tx_look()
 * @timer_state: transmit: bit IOV_TX_TIMER_ARMED of @timer
 * @next_to_clean: first descriptor that the device may have finished
 * @discard: receive: drop what follows up to the end of the frame
 * @small: receive: several buffers are in a page; see slot.h
 * @slot: the first unused one in @page
 * @page: receive, small: page with unused slots, NULL: none
 * @xdp: receive: frame of which more buffers are to come; none while its data
 *	is NULL. In the cache line of what each packet changes anyway
 * @dma: bus address of @desc
 * @regs: register block of the queue, set before it is started
 * @batch: receive: what XDP does in a poll; all 0 between polls. Here and not
 *	on the stack, where compilers would clear it in polls without XDP
 * @bulk: transmit: frames on their way back to other interfaces; likewise
 * @xdp_rxq: receive: what XDP programs and their helpers know of the queue
 * @xsk_rxq: the same in zero-copy mode
 * @xsk_held: transmit: frames of sockets that were not sent and are returned
 *	with the next ones
 * @timer: transmit: makes NAPI poll, see tx_timer.c
 * @timer_clean: @next_to_clean when NAPI last armed it
 * @timer_doubled: how often its interval was doubled
 */
struct iov_ring {
	union {
		void *desc;
		struct iov_tx_desc *tx_desc;
		struct iov_rx_desc *rx_desc;
	};
	union {
		struct iov_tx_buf *tx_buf;
		struct iov_rx_buf *rx_buf;
		struct xdp_buff **xsk_buf;
	};
	u8 __iomem *tail;
	struct device *dev;
	struct iov_nic *nic;
	struct iov_queue_stats *stats;
	struct page_pool *pool;
	struct xsk_buff_pool *xsk;
	u16 index;
	u16 count;

	u16 next_to_use ____cacheline_aligned_in_smp;
	u16 room;
	unsigned long timer_state;
	u16 next_to_clean ____cacheline_aligned_in_smp;
	bool discard;
	bool small;
	u8 slot;
	struct page *page;
	struct xdp_buff xdp;

	dma_addr_t dma;
	u32 regs;
	union {
		struct iov_xdp_batch batch;
		struct xdp_frame_bulk bulk;
	};
	struct xdp_rxq_info xdp_rxq;
	union {
		struct xdp_rxq_info xsk_rxq;
		unsigned int xsk_held;
	};
	struct hrtimer timer;
	u16 timer_clean;
	u8 timer_doubled;
};

/* Free descriptors; one is never used, because head == tail means empty. */
static inline u16 iov_ring_unused(const struct iov_ring *ring)
{
	u16 clean = READ_ONCE(ring->next_to_clean);
	u16 use = READ_ONCE(ring->next_to_use);

	return (clean > use ? 0 : ring->count) + clean - use - 1;
}

/**
 * struct iov_irq_gate - how a vector is masked
 * @arm: register that lets @bits through when they are written to it
 * @mask: register that masks them
 * @bits: the vector's
 * @self_masking: the device masks the vector as it sends the interrupt
 */
struct iov_irq_gate {
	u32 arm;
	u32 mask;
	u32 bits;
	bool self_masking;
};

/**
 * struct iov_vector - a NAPI context with its interrupt
 * @napi: polls @rx and @tx
 * @rx: receive ring, NULL while the vector has no queue pair
 * @tx: transmit ring, likewise
 * @nic: owner
 * @on: NAPI is on
 * @polled: an interrupt has come since the vector was armed: NAPI polls, or
 *	will, or has put it off
 * @masked: the interrupt handler has masked the vector meanwhile
 * @gate: registers that mask and arm the vector
 * @irq: Linux interrupt number
 * @eitr: throttle register of this vector
 * @adaptive: set of IOV_ADAPTIVE_*; constant while NAPI is on
 * @events: polls that found the rings empty in the end
 * @dim: what adaptive moderation has learned; valid while @adaptive is not 0
 * @name: in /proc/interrupts
 */
struct iov_vector {
	struct napi_struct napi;
	struct iov_ring *rx;
	struct iov_ring *tx;
	struct iov_nic *nic;
	bool on;
	bool polled;
	bool masked;
	struct iov_irq_gate gate;
	int irq;
	u32 eitr;
	u8 adaptive;
	u16 events;
	struct dim dim;
	char name[IFNAMSIZ + 16];
};

/**
 * struct iov_qp_hw - where a queue pair lives in this function
 * @rxq: receive register block
 * @txq: transmit register block
 * @eitr: throttle register of its vector
 * @gate: how its vector is masked
 * @irq: Linux interrupt number of its vector
 * @shared: the owner serves that interrupt as well
 * @beside: the owner also tells the kernel whether an interrupt was ours
 */
struct iov_qp_hw {
	u32 rxq;
	u32 txq;
	u32 eitr;
	struct iov_irq_gate gate;
	int irq;
	bool shared;
	bool beside;
};

/**
 * struct iov_rings - rings of a netdev, allocated and freed as a whole
 * @num: queue pairs
 * @rx: receive rings, filled with buffers
 * @tx: transmit rings
 */
struct iov_rings {
	unsigned int num;
	struct iov_ring *rx[IOV_MAX_QPS];
	struct iov_ring *tx[IOV_MAX_QPS];
};

/**
 * struct iov_tx_tstamp - the one packet whose time of sending is waited for
 *
 * The device keeps one timestamp. The transmit path of whichever queue comes first
 * takes @busy, sets the rest and starts @work; the owner's work gives it back.
 *
 * @on: packets may be stamped; never on a VF, which has no clock
 * @busy: bit 0: @skb waits
 * @skb: that packet, with a reference of its own
 * @since: ktime_get_ns() before it was given to the device
 * @skipped: packets that found another one waiting
 * @work: of the owner, on system_highpri_wq; it looks for the timestamp
 */
struct iov_tx_tstamp {
	bool on;
	unsigned long busy;
	struct sk_buff *skb;
	u64 since;
	atomic64_t skipped;
	struct delayed_work work;
};

/**
 * struct iov_rx_tstamp - the one frame that is to get its time of reception
 *
 * The device keeps one timestamp, and marks the frame it belongs to. @busy as
 * above.
 *
 * @on: frames may be stamped; never on a VF
 * @busy: bit 0: @skb waits
 * @skb: that frame, on its way to the stack
 * @work: of the owner, on the same; it reads the timestamp and passes the frame on
 */
struct iov_rx_tstamp {
	bool on;
	unsigned long busy;
	struct sk_buff *skb;
	struct delayed_work work;
};

/**
 * struct iov_reflect - frames that were just sent, entries as in reflect.h
 * @pair: unicast
 * @group: multicast and broadcast
 */
struct iov_reflect {
	u64 pair[IOV_REFLECT_SLOTS];
	atomic64_t group[IOV_REFLECT_SLOTS];
};

/**
 * struct iov_nic - what the netdev of a PF and of a VF have in common
 *
 * Lives in netdev_priv(), from alloc_etherdev to free_netdev. Configuration
 * is changed under RTNL only.
 *
 * @netdev: the interface
 * @dev: for DMA
 * @io: registers
 * @owner: the function it belongs to (struct iov_pf, struct iov_vf)
 * @reset: resets the function because a queue does not stop; set by the owner.
 *	Under RTNL; returns 0 when the reset is done
 * @hw: place of each queue pair; the owner sets it before iov_nic_start()
 * @max_qps: vectors it may use, 1..IOV_MAX_QPS; fixed after iov_nic_init()
 * @want_qps: queue pairs the user asked for
 * @num_qps: queue pairs in use now; the owner may set it while stopped
 * @rx_only: of these the last ones, on which the stack does not send; likewise
 * @rx_count: descriptors per receive ring
 * @tx_count: descriptors per transmit ring
 * @rx_mtu: MTU that the receive buffers are to be for
 * @rx_usecs: interrupt spacing while @adaptive is 0
 * @tx_usecs: how long sent frames wait at most for NAPI; WRITE_ONCE()
 * @adaptive: set of IOV_ADAPTIVE_*
 * @rx_drop: a full ring drops rather than blocks other queues (DS 7.1.3)
 * @reflects: own frames may come back; the owner sets it: iov_reflect_expect()
 * @reflect_mode: enum iov_reflect_mode, which of them are noted
 * @quirks: those of @io
 * @msg_enable: set of NETIF_MSG_*: which kinds of messages are logged
 * @port_vlan: VLAN id whose tag the stack does not see, because the device
 *	reports the tag of a port VLAN like any other; 0: none. If the owner
 *	does not know it, IOV_PORT_VLAN_UNKNOWN: all that are not in @vlans.
 *	Written under RTNL, with WRITE_ONCE()
 * @vlans: VLAN ids in use; atomic bits. NULL if @port_vlan is always known
 * @rx_dir: how receive buffers are mapped: for sending, too, once there is an
 *	XDP program, until the interface is closed without one
 * @xdp_prog: XDP program, NULL: none; it outlives reset, stop and close
 * @xsk: per queue: buffers of its AF_XDP sockets in zero-copy mode; likewise
 * @opened: between iov_nic_open() and iov_nic_close()
 * @started: between iov_nic_start() and iov_nic_stop()
 * @dma_disabled: the function is no bus master because a queue did not stop
 * @rings: all rings
 * @vec: vectors
 * @placed: interrupts have been given processors
 * @xps_qps: queue pairs when processors were given transmit queues; 0: never
 * @tx_tstamp: the packet that waits for its hardware timestamp
 * @rx_tstamp: the same for one that was received
 * @rx_stats: per receive queue, kept over close
 * @tx_stats: per transmit queue, kept over close
 * @reflect: frames just sent, as @reflect_mode says
 */
struct iov_nic {
	struct net_device *netdev;
	struct device *dev;
	struct iov_io *io;
	void *owner;
	int (*reset)(struct iov_nic *nic);
	struct iov_qp_hw hw[IOV_MAX_QPS];
	unsigned int max_qps;
	unsigned int want_qps;
	unsigned int num_qps;
	unsigned int rx_only;
	u16 rx_count;
	u16 tx_count;
	unsigned int rx_mtu;
	u16 rx_usecs;
	u16 tx_usecs;
	u8 adaptive;
	bool rx_drop;
	bool reflects;
	u8 reflect_mode;
	u8 quirks;
	u32 msg_enable;
	u16 port_vlan;
	const unsigned long *vlans;
	enum dma_data_direction rx_dir;
	struct bpf_prog __rcu *xdp_prog;
	struct xsk_buff_pool *xsk[IOV_MAX_QPS];
	bool opened;
	bool started;
	bool dma_disabled;
	bool placed;
	unsigned int xps_qps;
	struct iov_rings rings;
	struct iov_vector *vec[IOV_MAX_QPS];
	struct iov_tx_tstamp tx_tstamp;
	struct iov_rx_tstamp rx_tstamp;
	struct iov_queue_stats rx_stats[IOV_MAX_QPS];
	struct iov_queue_stats tx_stats[IOV_MAX_QPS];
	struct iov_reflect reflect;
};

/* May the frame come back, that is about to be sent, or has come in? */
static inline bool iov_reflect_counts(const struct iov_nic *nic, const void *frame)
{
	return (*(const u8 *)frame & 1) >= READ_ONCE(nic->reflect_mode);
}

/* XDP wants more room in front of a frame than a small buffer has. */
static inline bool iov_nic_rx_small(const struct iov_nic *nic)
{
	return nic->rx_mtu <= ETH_DATA_LEN && nic->rx_dir == DMA_FROM_DEVICE;
}

/* Transmit offloads of the device */
static inline netdev_features_t iov_nic_offloads(const struct iov_nic *nic)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_HW_CSUM |
				     NETIF_F_SCTP_CRC | NETIF_F_TSO |
				     NETIF_F_TSO6;

	if (!(nic->quirks & IOV_QUIRK_NO_USO))
		features |= NETIF_F_GSO_UDP_L4;
	return features;
}

/* The first queue pairs, on which the stack sends; under RTNL */
static inline unsigned int iov_nic_tx_qps(const struct iov_nic *nic)
{
	return nic->num_qps - nic->rx_only;
}

/* vector.c: life of the data path; all under RTNL */
void iov_nic_init(struct iov_nic *nic, struct net_device *netdev,
		  struct iov_io *io, void *owner, unsigned int max_qps);
int iov_nic_open(struct iov_nic *nic);
void iov_nic_close(struct iov_nic *nic);
int iov_nic_start(struct iov_nic *nic);
int iov_nic_resize(struct iov_nic *nic, unsigned int qps, u16 rx_count,
		   u16 tx_count);
int iov_nic_fit_mtu(struct iov_nic *nic, unsigned int mtu);
void iov_nic_set_moderation(struct iov_nic *nic, u16 usecs, u8 adaptive);

void iov_vector_stop(struct iov_vector *vec);

/* stop.c: its end; likewise */
int iov_nic_stop_queues(struct iov_nic *nic);
void iov_nic_free_pending(struct iov_nic *nic, int err);
void iov_nic_stop(struct iov_nic *nic);
void iov_nic_undo_start(struct iov_nic *nic);
int iov_nic_enable_dma(struct iov_nic *nic);

/* moderation.c; the vector's NAPI is off, but for iov_moderation_poll() */
void iov_moderation_start(struct iov_vector *vec);
void iov_moderation_stop(struct iov_vector *vec);
void iov_moderation_poll(struct iov_vector *vec);

/* affinity.c */
void iov_affinity_place(struct iov_vector *vec, unsigned int index);
void iov_affinity_spread_tx(struct iov_nic *nic);

/* ring.c */
int iov_rings_alloc(struct iov_nic *nic, struct iov_rings *rings,
		    unsigned int qps, u16 rx_count, u16 tx_count);
void iov_rings_disable_recycling(struct iov_rings *rings);
void iov_rings_free(struct iov_nic *nic, struct iov_rings *rings);
int iov_ring_start_rx(struct iov_ring *ring);
int iov_ring_start_tx(struct iov_ring *ring);
int iov_ring_stop_rx(struct iov_ring *ring);
int iov_ring_stop_tx(struct iov_ring *ring);
int iov_ring_wait_pair_off(struct iov_nic *nic, unsigned int pair);
void iov_ring_free_pending_rx(struct iov_ring *ring);
void iov_ring_free_pending_tx(struct iov_ring *ring);

/* tx.c */
netdev_tx_t iov_tx_xmit(struct sk_buff *skb, struct net_device *netdev);
netdev_features_t iov_tx_features_check(struct sk_buff *skb,
					struct net_device *netdev,
					netdev_features_t features);
bool iov_tx_clean(struct iov_ring *ring, int budget);
void iov_tx_free_pending(struct iov_ring *ring);
void iov_tx_ring_all(struct iov_nic *nic);
/* The owner's ndo_tx_timeout counts with this, then resets. */
void iov_tx_count_timeout(struct iov_nic *nic, unsigned int txqueue);

/* reflect.c; the owner's ndo_set_rx_mode begins with iov_reflect_update() */
void iov_reflect_update(struct iov_nic *nic);
void iov_reflect_expect(struct iov_nic *nic, bool reflects);
void iov_reflect_note(struct iov_nic *nic, const void *frame, unsigned int len);
void iov_reflect_note_skb(struct iov_nic *nic, const struct sk_buff *skb);
bool iov_reflect_heard(struct iov_nic *nic, const void *frame, unsigned int len);

/* rx.c */
int iov_rx_clean(struct iov_ring *ring, struct napi_struct *napi, int budget);

/* xdp.c, xdp_tx.c: what the owner's netdev operations call */
struct netdev_bpf;
int iov_xdp_bpf(struct net_device *netdev, struct netdev_bpf *bpf);
int iov_xdp_xmit(struct net_device *netdev, int num,
		 struct xdp_frame **frames, u32 flags);

/* xsk.c: likewise */
int iov_xsk_wakeup(struct net_device *netdev, u32 queue, u32 flags);

#endif /* IOV_NIC_H */
