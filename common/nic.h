/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The data path of a netdev on 82576 queue pairs, the same for PF and VF. Its
 * owner, the driver of the function, sets the place of the queue registers and
 * the interrupt of each queue pair.
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
#include <linux/stddef.h>
#include <linux/workqueue.h>
#include <net/xdp.h>

#include "common/desc.h"
#include "common/reflect.h"
#include "common/io.h"
#include "common/quirks.h"
#include "common/regs.h"
#include "common/stats.h"
#include "common/version.h"

struct bpf_prog;
struct page_pool;
struct xsk_buff_pool;

#define IOV_MAX_QPS		8
#define IOV_RING_MIN		128	/* descriptors */
#define IOV_RING_MAX		4096
#define IOV_RING_DEFAULT	512
#define IOV_RING_MULTIPLE	8	/* 128 bytes, DS 8.10.7 */
#define IOV_ITR_DEFAULT_US	50
#define IOV_TX_USECS_MIN		10
#define IOV_TX_USECS_MAX		1000
#define IOV_TX_USECS_DEFAULT	250	/* igb: 4000 interrupts a second */
#define IOV_XDP_BATCH		16	/* frames sent back under one lock */
#define IOV_PORT_VLAN_UNKNOWN	0xffff	/* no VLAN id */

/**
 * enum iov_tx_type - origin of a packet to be sent
 * @IOV_TX_SKB: stack; 0, the value of unused entries
 * @IOV_TX_XDP_BACK: receive ring of the same vector (XDP_TX)
 * @IOV_TX_XDP_COPY: the same in zero-copy mode: copied out of its buffer
 * @IOV_TX_XDP_XMIT: another interface (XDP_REDIRECT)
 * @IOV_TX_XSK: AF_XDP sockets; all frames of one batch
 */
enum iov_tx_type {
	IOV_TX_SKB,
	IOV_TX_XDP_BACK,
	IOV_TX_XDP_COPY,
	IOV_TX_XDP_XMIT,
	IOV_TX_XSK,
};

/* Directions whose packets adaptive moderation counts; 0: off */
#define IOV_ADAPTIVE_RX		BIT(0)
#define IOV_ADAPTIVE_TX		BIT(1)

/**
 * struct iov_tx_buf - memory of one transmit descriptor
 * @skb: packet to free
 * @frame: frame to free, of the types IOV_TX_XDP_*
 * @frames: number of frames to return to sockets, of IOV_TX_XSK
 * @dma: bus address
 * @len: mapped bytes; 0: nothing to unmap (context descriptor, XDP_TX, AF_XDP)
 * @bytes: wire bytes of the packet
 * @segs: wire packets of the packet
 * @last: index of the packet's last descriptor
 * @type: enum iov_tx_type
 *
 * Only @dma and @len are valid in all buffers of a packet, the others in its
 * first.
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
 * struct iov_rx_buf - memory of one receive descriptor
 * @page: page of the ring's page_pool, mapped by it
 * @data: in a small ring: data of a slot in such a page
 */
struct iov_rx_buf {
	union {
		struct page *page;
		void *data;
	};
};

/**
 * struct iov_xdp_batch - XDP results of one poll
 * @drop: frames dropped
 * @tx: frames sent back
 * @redirect: frames redirected
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
 * @xsk_buf: the same with @xsk
 * @tail: tail register
 * @dev: for DMA
 * @nic: data path
 * @stats: counters in @nic
 * @pool: receive: source of pages
 * @xsk: buffers of AF_XDP sockets; NULL: not in zero-copy mode. Changed only
 *	while the ring is stopped
 * @index: queue number of the netdev
 * @count: descriptors
 * @page_mask: transmit: bits that do not change in the addresses of a buffer;
 *	0 without IOV_QUIRK_TX_PAGES
 * @next_to_use: first descriptor that software owns
 * @room: transmit: descriptors that may be used before iov_tx_update_room()
 * @timer_state: transmit: bit IOV_TX_TIMER_ARMED of @timer
 * @next_to_clean: first descriptor that the device may have finished
 * @discard: receive: drop buffers up to the end of the frame
 * @small: receive: several buffers in a page; see slot.h
 * @slot: receive: first unused slot of @page
 * @page: receive: page with unused slots, NULL: none
 * @xdp: receive: frame that is not yet complete; none while its data is NULL.
 *	In a cache line that each packet changes anyway
 * @dma: bus address of @desc
 * @regs: register block of the queue, set before it is started
 * @batch: receive: XDP results, all 0 between polls. On the stack, compilers
 *	would clear it in polls without XDP as well
 * @bulk: transmit: frames being returned to other interfaces; here for the
 *	same reason
 * @xdp_rxq: receive: the queue as XDP sees it
 * @xsk_rxq: receive: the same in zero-copy mode
 * @xsk_held: transmit: frames of sockets that were not sent; they are returned
 *	with the next ones
 * @timer: transmit: schedules NAPI, see tx_timer.c
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
	unsigned long page_mask;

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

/* Free descriptors; one stays unused, because head == tail means empty. */
static inline u16 iov_ring_unused(const struct iov_ring *ring)
{
	u16 clean = READ_ONCE(ring->next_to_clean);
	u16 use = READ_ONCE(ring->next_to_use);

	return (clean > use ? 0 : ring->count) + clean - use - 1;
}

/**
 * struct iov_irq_gate - registers that mask a vector
 * @arm: unmasks the bits that are written to it
 * @mask: masks the bits that are written to it
 * @bits: bits of the vector
 * @self_masking: the device masks the vector when it sends the interrupt
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
 * @nic: data path
 * @on: NAPI is on
 * @polled: an interrupt came since the vector was armed: NAPI polls, is
 *	scheduled or has deferred its poll
 * @masked: the interrupt handler has masked the vector since then
 * @gate: registers that mask and arm the vector
 * @irq: Linux interrupt number
 * @eitr: moderation register
 * @adaptive: set of IOV_ADAPTIVE_*; constant while NAPI is on
 * @events: completed polls
 * @dim: state of adaptive moderation; valid while @adaptive is not 0
 * @name: name in /proc/interrupts
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
 * struct iov_qp_hw - registers and interrupt of a queue pair
 * @rxq: receive register block
 * @txq: transmit register block
 * @eitr: moderation register of its vector
 * @gate: mask of its vector
 * @irq: Linux interrupt number of its vector
 * @shared: the owner has a handler for that interrupt as well
 * @owner_claims: other devices too: only the owner's handler can tell whether
 *	this device raised it, and returns IRQ_HANDLED
 */
struct iov_qp_hw {
	u32 rxq;
	u32 txq;
	u32 eitr;
	struct iov_irq_gate gate;
	int irq;
	bool shared;
	bool owner_claims;
};

/**
 * struct iov_rings - rings of a netdev, allocated and freed together
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
 * struct iov_tx_tstamp - the packet that waits for its transmit timestamp
 * @on: timestamps are enabled; never on a VF, which has no clock
 * @busy: bit 0: @skb waits. The first queue to set it starts @work, which
 *	clears it: the device holds one timestamp
 * @skb: packet, with its own reference
 * @since: ktime_get_ns() before the device got it
 * @skipped: packets without timestamp because another one waited
 * @work: the owner's, on system_highpri_wq; reads the timestamp
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
 * struct iov_rx_tstamp - the packet that waits for its receive timestamp
 * @on: timestamps are enabled; never on a VF
 * @busy: as in struct iov_tx_tstamp
 * @skb: packet that the device has marked
 * @work: the owner's, likewise; adds the timestamp and passes @skb to the stack
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
 * struct iov_nic - data path of the netdev of a PF or VF, in netdev_priv()
 *
 * Configuration is changed under RTNL only.
 *
 * @netdev: the interface
 * @dev: for DMA
 * @io: registers
 * @owner: struct iov_pf or struct iov_vf
 * @reset: resets the function because a queue does not stop; set by the owner.
 *	Under RTNL; returns 0 when the reset is done
 * @hw: registers of each queue pair; set by the owner before iov_nic_start()
 * @max_qps: number of vectors, 1..IOV_MAX_QPS; the owner may raise it while
 *	closed
 * @settings: what the user has configured
 * @want_qps: queue pairs
 * @rx_count: descriptors per receive ring
 * @tx_count: descriptors per transmit ring
 * @rx_usecs: interrupt interval while @adaptive is 0
 * @tx_usecs: longest time that sent frames wait for NAPI; WRITE_ONCE()
 * @adaptive: set of IOV_ADAPTIVE_*
 * @msg_enable: set of NETIF_MSG_*
 * @num_qps: queue pairs in use; the owner may set it while stopped
 * @rx_only: the last ones of these, on which the stack does not send; likewise
 * @rx_mtu: MTU of the receive buffers
 * @rx_drop: a full ring drops frames and does not block other queues
 *	(DS 7.1.3); set by the owner
 * @reflects: frames may be reflected: see iov_reflect_expect()
 * @reflect_mode: enum iov_reflect_mode, frames that are noted
 * @quirks: those of @io
 * @port_vlan: id of the port VLAN, whose tag is hidden from the stack: the
 *	device reports it like any other; 0: none. IOV_PORT_VLAN_UNKNOWN: all
 *	ids that are not in @vlans. Written under RTNL, with WRITE_ONCE()
 * @vlans: VLAN ids in use; atomic bits. NULL if @port_vlan is always known
 * @rx_dir: DMA direction of receive buffers: both ways after the first XDP
 *	program, until the interface is closed without one
 * @xdp_prog: XDP program, NULL: none; kept over reset, stop and close
 * @xsk: per queue: buffers of its AF_XDP sockets in zero-copy mode; likewise
 * @opened: between iov_nic_open() and iov_nic_close()
 * @started: between iov_nic_start() and iov_nic_stop()
 * @dma_disabled: the function is no bus master because a queue did not stop
 * @rings: all rings
 * @vec: vectors
 * @placed: the affinity of the interrupts has been set
 * @xps_qps: queue pairs when XPS was configured; 0: never
 * @tx_tstamp: transmit timestamp
 * @rx_tstamp: receive timestamp
 * @rx_stats: per receive queue, kept over close
 * @tx_stats: per transmit queue, kept over close
 * @reflect: noted frames
 */
struct iov_nic {
	struct net_device *netdev;
	struct device *dev;
	struct iov_io *io;
	void *owner;
	int (*reset)(struct iov_nic *nic);
	struct iov_qp_hw hw[IOV_MAX_QPS];
	unsigned int max_qps;
	struct_group_tagged(iov_nic_settings, settings,
		unsigned int want_qps;
		u16 rx_count;
		u16 tx_count;
		u16 rx_usecs;
		u16 tx_usecs;
		u8 adaptive;
		u32 msg_enable;
	);
	unsigned int num_qps;
	unsigned int rx_only;
	unsigned int rx_mtu;
	bool rx_drop;
	bool reflects;
	u8 reflect_mode;
	u8 quirks;
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

/* May @frame, before it is sent or when it was received, be reflected? */
static inline bool iov_reflect_applies(const struct iov_nic *nic,
				       const void *frame)
{
	return (*(const u8 *)frame & 1) >= READ_ONCE(nic->reflect_mode);
}

/* A small buffer lacks the headroom that XDP requires. */
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

/* nic.c; all under RTNL */
void iov_nic_init(struct iov_nic *nic, struct net_device *netdev,
		  struct iov_io *io, void *owner, unsigned int max_qps);
int iov_nic_open(struct iov_nic *nic);
void iov_nic_close(struct iov_nic *nic);
int iov_nic_start(struct iov_nic *nic);
int iov_nic_resize(struct iov_nic *nic, unsigned int qps, u16 rx_count,
		   u16 tx_count);
int iov_nic_fit_mtu(struct iov_nic *nic, unsigned int mtu);
void iov_nic_set_moderation(struct iov_nic *nic, u16 usecs, u8 adaptive);
int iov_nic_stop_queues(struct iov_nic *nic);
void iov_nic_free_pending(struct iov_nic *nic, int err);
void iov_nic_stop(struct iov_nic *nic);

/* vector.c; all under RTNL */
int iov_vector_alloc(struct iov_nic *nic, unsigned int i);
void iov_vector_free_all(struct iov_nic *nic);
void iov_vector_start(struct iov_vector *vec);
void iov_vector_stop(struct iov_vector *vec);
void iov_vector_set_moderation(struct iov_vector *vec);

/* moderation.c */
void iov_moderation_start(struct iov_vector *vec);
void iov_moderation_stop(struct iov_vector *vec);
void iov_moderation_poll(struct iov_vector *vec);

/* affinity.c */
void iov_affinity_place(struct iov_vector *vec, unsigned int index);
void iov_affinity_spread_tx(struct iov_nic *nic);

/* ring.c */
int iov_ring_alloc_all(struct iov_nic *nic, struct iov_rings *rings,
		       unsigned int qps, u16 rx_count, u16 tx_count);
void iov_ring_disable_recycling(struct iov_rings *rings);
void iov_ring_free_all(struct iov_nic *nic, struct iov_rings *rings);
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
void iov_tx_count_timeout(struct iov_nic *nic, unsigned int txqueue);

/* reflect.c; the owner's ndo_set_rx_mode calls iov_reflect_update(). */
void iov_reflect_update(struct iov_nic *nic);
void iov_reflect_expect(struct iov_nic *nic, bool reflects);
void iov_reflect_note(struct iov_nic *nic, const void *frame, unsigned int len);
void iov_reflect_note_skb(struct iov_nic *nic, const struct sk_buff *skb);
bool iov_reflect_match(struct iov_nic *nic, const void *frame,
		       unsigned int len);

/* rx.c */
int iov_rx_clean(struct iov_ring *ring, struct napi_struct *napi, int budget);

/* xdp.c, xdp_tx.c, xsk.c: operations of the netdev */
struct netdev_bpf;
int iov_xdp_bpf(struct net_device *netdev, struct netdev_bpf *bpf);
int iov_xdp_xmit(struct net_device *netdev, int num,
		 struct xdp_frame **frames, u32 flags);

int iov_xsk_wakeup(struct net_device *netdev, u32 queue, u32 flags);

#endif /* IOV_NIC_H */
