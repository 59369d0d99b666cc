// SPDX-License-Identifier: GPL-2.0-only
/* Transmit path: from packets to descriptors, and completion. */

#include <linux/export.h>
#include <linux/if_vlan.h>
#include <linux/sctp.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/timekeeping.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>
#include <net/netdev_queues.h>

#include "common/nic.h"
#include "common/tx.h"

/* Packets freed per poll before receive continues */
#define IOV_TX_CLEAN_BATCH	256

static_assert(IOV_RING_MIN > IOV_TX_WAKE);

/*
 * Prepare the headers for segmentation (DS 7.2.4.6): without lengths and
 * checksums. Returns their length or a negative errno.
 */
static int iov_tx_segment(struct sk_buff *skb, struct iov_tx_offload *off)
{
	unsigned int hdr_len;
	__sum16 *check;
	int err;

	err = skb_cow_head(skb, 0);
	if (err)
		return err;

	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) {
		off->l4 = IOV_L4_UDP;
		off->l4len = sizeof(struct udphdr);
		check = &udp_hdr(skb)->check;
	} else {
		off->l4 = IOV_L4_TCP;
		off->l4len = tcp_hdrlen(skb);
		check = &tcp_hdr(skb)->check;
	}
	off->iplen = skb_transport_offset(skb) - skb_network_offset(skb);
	off->mss = skb_shinfo(skb)->gso_size;
	hdr_len = skb_transport_offset(skb) + off->l4len;
	off->paylen = skb->len - hdr_len;

	if (ip_hdr(skb)->version == 4) {
		off->ipv4 = true;
		ip_hdr(skb)->tot_len = 0;
		ip_hdr(skb)->check = 0;
	} else {
		ipv6_hdr(skb)->payload_len = 0;
	}
	/* The pseudo header must not contain the length. */
	csum_replace_by_diff(check,
			     (__force __wsum)htonl(skb->len -
						   skb_transport_offset(skb)));
	return hdr_len;
}

static int iov_tx_csum(struct sk_buff *skb, struct iov_tx_offload *off)
{
	switch (skb->csum_offset) {
	case offsetof(struct tcphdr, check):
		off->l4 = IOV_L4_TCP;
		break;
	case offsetof(struct udphdr, check):
		off->l4 = IOV_L4_UDP;
		break;
	case offsetof(struct sctphdr, checksum):
		if (skb_csum_is_sctp(skb)) {
			off->l4 = IOV_L4_SCTP;
			break;
		}
		fallthrough;
	default:
		return skb_checksum_help(skb);
	}
	off->iplen = skb_checksum_start_offset(skb) - skb_network_offset(skb);
	return 0;
}

/* Set the offloads and wire size of @skb. Returns 0 or a negative errno. */
static int iov_tx_offload(struct sk_buff *skb, struct iov_tx_offload *off,
			  struct iov_tx_buf *first)
{
	int ret = 0;

	*off = (struct iov_tx_offload){
		.l4 = IOV_L4_NONE,
		.maclen = skb_network_offset(skb),
		.paylen = skb->len,
	};

	if (skb_vlan_tag_present(skb)) {
		off->vlan = skb_vlan_tag_get(skb);
		off->vlan_valid = true;
	}
	if (skb_is_gso(skb)) {
		ret = iov_tx_segment(skb, off);
		if (ret < 0)
			return ret;
		first->segs = skb_shinfo(skb)->gso_segs;
		first->bytes += (first->segs - 1) * ret;
		return 0;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		ret = iov_tx_csum(skb, off);
	return ret;
}

/* Without offloads there is no context, and the command is constant. */
static bool iov_tx_is_plain(const struct sk_buff *skb)
{
	return skb->ip_summed != CHECKSUM_PARTIAL &&
	       !skb_vlan_tag_present(skb) && !skb_is_gso(skb);
}

/*
 * Fill the context descriptor @index if @skb needs one, and set the fields of
 * the data descriptors. Returns the first of these, or a negative errno.
 */
static int iov_tx_prepare(struct iov_ring *ring, struct sk_buff *skb,
			  u16 index, u32 *cmd, u32 *olinfo)
{
	struct iov_tx_buf *first = &ring->tx_buf[index];
	struct iov_tx_offload off;
	int err;

	err = iov_tx_offload(skb, &off, first);
	if (unlikely(err < 0))
		return err;
	*cmd = iov_tx_data_cmd(&off);
	*olinfo = iov_tx_data_olinfo(&off);
	if (!iov_tx_needs_context(&off))
		return index;
	iov_tx_fill_context(&ring->tx_desc[index], &off);
	first->len = 0;
	return iov_tx_next(ring, index);
}

/*
 * Map one piece and fill descriptors from @index on. Returns the next free one
 * or a negative errno.
 */
static int iov_tx_map(struct iov_ring *ring, u16 index, dma_addr_t dma,
		      u32 len, u32 cmd, u32 olinfo)
{
	struct iov_tx_buf *buf = &ring->tx_buf[index];

	if (unlikely(dma_mapping_error(ring->dev, dma))) {
		buf->len = 0;
		return -ENOMEM;
	}
	buf->dma = dma;
	buf->len = len;
	return iov_tx_fill_data(ring, index, dma, len, cmd, olinfo);
}

/* iov_tx_map() for all fragments; on error none is mapped */
static int iov_tx_map_frags(struct iov_ring *ring, struct sk_buff *skb,
			    u16 start, u32 cmd, u32 olinfo)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	u16 index = start;
	int i, next;

	for (i = 0; i < info->nr_frags; i++) {
		const skb_frag_t *frag = &info->frags[i];
		u32 len = skb_frag_size(frag);
		dma_addr_t dma;

		if (unlikely(!len))
			continue;
		dma = skb_frag_dma_map(ring->dev, frag, 0, len, DMA_TO_DEVICE);
		next = iov_tx_map(ring, index, dma, len, cmd, olinfo);
		if (unlikely(next < 0)) {
			iov_tx_unmap_all(ring, start, index);
			return next;
		}
		index = next;
	}
	return index;
}

/* iov_tx_map_pieces() in fewer steps for a packet in one piece */
static int iov_tx_map_linear(struct iov_ring *ring, struct sk_buff *skb,
			     u16 index, u32 cmd, u32 olinfo)
{
	struct iov_tx_buf *buf = &ring->tx_buf[index];
	u32 len = skb->len;

	buf->dma = iov_tx_map_memory(ring, skb->data, len);
	if (unlikely(dma_mapping_error(ring->dev, buf->dma)))
		return -ENOMEM;
	buf->len = len;
	iov_tx_write_desc(&ring->tx_desc[index], buf->dma,
			  cmd | IOV_TXD_EOP | IOV_TXD_RS | len, olinfo);
	return index;
}

/*
 * Map head and fragments from descriptor @start on, without empty pieces: QEMU
 * drops a frame with an empty descriptor. Returns the last descriptor, or a
 * negative errno with nothing mapped.
 */
static int iov_tx_map_pieces(struct iov_ring *ring, struct sk_buff *skb,
			     u16 start, u32 cmd, u32 olinfo)
{
	u32 len = skb_headlen(skb);
	int next = start, end;

	if (likely(len)) {
		next = iov_tx_map(ring, start,
				  iov_tx_map_memory(ring, skb->data, len), len,
				  cmd, olinfo);
		if (unlikely(next < 0))
			return next;
	}
	end = iov_tx_map_frags(ring, skb, next, cmd, olinfo);
	if (unlikely(end < 0)) {
		iov_tx_unmap_all(ring, start, next);
		return end;
	}
	return iov_tx_end_packet(ring, end);
}

static void iov_tx_drop(struct iov_ring *ring, struct sk_buff *skb)
{
	iov_tx_count(ring->stats, &ring->stats->dropped, 1);
	dev_kfree_skb_any(skb);

	/* Previous packets may wait for the doorbell. */
	if (!netdev_xmit_more())
		iov_tx_kick(ring);
}

/*
 * Timestamp @skb, whose first data descriptor is @desc. Called only for packets
 * that request it, because skb_tx_timestamp() is expensive for all others.
 */
static noinline void iov_tx_add_tstamp(struct iov_nic *nic,
				       struct sk_buff *skb,
				       struct iov_tx_desc *desc)
{
	struct iov_tx_tstamp *tstamp = &nic->tx_tstamp;

	if (skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP &&
	    READ_ONCE(tstamp->on)) {
		if (test_and_set_bit_lock(0, &tstamp->busy)) {
			atomic64_inc(&tstamp->skipped);
		} else {
			skb_shinfo(skb)->tx_flags |= SKBTX_IN_PROGRESS;
			tstamp->skb = skb_get(skb);
			tstamp->since = ktime_get_ns();
			iov_tx_request_tstamp(desc);
			mod_delayed_work(system_highpri_wq, &tstamp->work, 0);
		}
	}
	skb_tx_timestamp(skb);
}

/* Publish the descriptors of @skb. Returns wire bytes or a negative errno. */
static int iov_tx_queue_skb(struct iov_ring *ring, struct sk_buff *skb)
{
	struct iov_tx_buf *first = &ring->tx_buf[ring->next_to_use];
	u32 cmd = IOV_TXD_PLAIN, bytes, len = skb->len;
	int data = ring->next_to_use, last;
	u32 olinfo;

	first->segs = 1;
	first->bytes = len;
	olinfo = FIELD_PREP(IOV_TXD_PAYLEN, len);
	if (!iov_tx_is_plain(skb)) {
		data = iov_tx_prepare(ring, skb, data, &cmd, &olinfo);
		if (unlikely(data < 0))
			return data;
	}

	if (!skb_is_nonlinear(skb) &&
	    likely(iov_tx_is_one(ring, (unsigned long)skb->data, len)))
		last = iov_tx_map_linear(ring, skb, data, cmd, olinfo);
	else
		last = iov_tx_map_pieces(ring, skb, data, cmd, olinfo);
	if (unlikely(last < 0))
		return last;

	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP))
		iov_tx_add_tstamp(ring->nic, skb, &ring->tx_desc[data]);
	bytes = first->bytes;
	first->skb = skb;
	iov_tx_publish(ring, first, last);
	return bytes;
}

/* Copy a packet of more pieces than the device supports to one piece. */
static int iov_tx_limit_pieces(struct iov_ring *ring, struct sk_buff *skb)
{
	int err;

	if (likely(iov_tx_packet_fits(ring, skb->data, skb_headlen(skb),
				      skb_shinfo(skb))))
		return 0;
	err = skb_linearize(skb);
	if (!err)
		iov_tx_count(ring->stats, &ring->stats->linearized, 1);
	return err;
}

/**
 * iov_tx_xmit - ndo_start_xmit
 * @skb: packet
 * @netdev: interface
 *
 * Context: softirq or process with the queue's lock held.
 * Return: NETDEV_TX_OK; NETDEV_TX_BUSY if the queue should be stopped.
 */
netdev_tx_t iov_tx_xmit(struct sk_buff *skb, struct net_device *netdev)
{
	struct iov_nic *nic = netdev_priv(netdev);
	u16 queue = skb_get_queue_mapping(skb);
	struct iov_ring *ring = nic->rings.tx[queue];
	struct netdev_queue *txq = netdev_get_tx_queue(netdev, queue);
	int bytes;

	if (unlikely(!iov_tx_has_room(ring))) {
		netif_tx_stop_queue(txq);
		return NETDEV_TX_BUSY;
	}
	if (unlikely(__skb_put_padto(skb, IOV_TX_MIN_LEN, false))) {
		iov_tx_drop(ring, skb);
		return NETDEV_TX_OK;
	}
	if (unlikely(iov_reflect_applies(nic, skb->data)))
		iov_reflect_note_skb(nic, skb);
	if (skb_is_nonlinear(skb) && unlikely(iov_tx_limit_pieces(ring, skb))) {
		iov_tx_drop(ring, skb);
		return NETDEV_TX_OK;
	}

	bytes = iov_tx_queue_skb(ring, skb);
	if (unlikely(bytes < 0)) {
		iov_tx_drop(ring, skb);
		return NETDEV_TX_OK;
	}

	iov_tx_maybe_stop(ring, txq);
	if (__netdev_tx_sent_queue(txq, bytes, netdev_xmit_more()))
		iov_tx_kick(ring);
	return NETDEV_TX_OK;
}
EXPORT_SYMBOL_GPL(iov_tx_xmit);

/**
 * iov_tx_features_check - ndo_features_check
 * @skb: packet
 * @netdev: interface
 * @features: features that the stack would use
 *
 * Context: softirq or process.
 * Return: those that the device supports for this packet.
 */
netdev_features_t iov_tx_features_check(struct sk_buff *skb,
					struct net_device *netdev,
					netdev_features_t features)
{
	const netdev_features_t sums = NETIF_F_CSUM_MASK | NETIF_F_SCTP_CRC;
	const struct iov_nic *nic = netdev_priv(netdev);
	unsigned int iplen, maclen;

	if (skb->ip_summed != CHECKSUM_PARTIAL && !skb_is_gso(skb))
		return features;

	/*
	 * The context descriptor has 7 bits for the L2 header and 9 for the IP
	 * header. QEMU finds the L4 header itself: with encapsulation the outer
	 * one. A GSO packet of a guest or packet socket may have no checksum
	 * start yet.
	 */
	maclen = skb_network_offset(skb);
	iplen = (skb->ip_summed == CHECKSUM_PARTIAL ?
		 skb_checksum_start_offset(skb) : skb_transport_offset(skb)) -
		maclen;
	if (skb->encapsulation || maclen > FIELD_MAX(IOV_TXC_MACLEN) ||
	    iplen > FIELD_MAX(IOV_TXC_IPLEN))
		return features & ~(sums | NETIF_F_GSO_MASK);

	/* The stack segments the packets that end a connection. */
	if (nic->quirks & IOV_QUIRK_TSO_FIN && skb_is_gso_tcp(skb) &&
	    tcp_hdr(skb)->fin)
		features &= ~NETIF_F_GSO_MASK;
	return features;
}
EXPORT_SYMBOL_GPL(iov_tx_features_check);

/*
 * Unmap and free one packet; returns the descriptor after it. Inlined: most
 * packets have one descriptor.
 */
static __always_inline u16 iov_tx_free_packet(struct iov_ring *ring, u16 index,
					      int budget, bool napi)
{
	struct iov_tx_buf *first = &ring->tx_buf[index];
	u16 last = first->last;

	iov_tx_unmap(ring, first);
	while (unlikely(index != last)) {
		index = iov_tx_next(ring, index);
		iov_tx_unmap(ring, &ring->tx_buf[index]);
	}
	if (unlikely(first->type != IOV_TX_SKB))
		iov_xdp_tx_free(ring, first, napi);
	else
		napi_consume_skb(first->skb, budget);
	return iov_tx_next(ring, last);
}

/**
 * iov_tx_clean - free sent packets
 * @ring: transmit ring
 * @budget: NAPI budget; 0 in netpoll context
 *
 * Context: softirq.
 * Return: false if more packets may be complete.
 */
bool iov_tx_clean(struct iov_ring *ring, int budget)
{
	struct netdev_queue *txq = netdev_get_tx_queue(ring->nic->netdev,
						       ring->index);
	unsigned int packets = 0, bytes = 0, left = IOV_TX_CLEAN_BATCH;
	unsigned int frames = 0, xdp_bytes = 0;
	u16 ntc = ring->next_to_clean;
	u16 ntu;

	/* Pairs with iov_tx_publish(). */
	ntu = smp_load_acquire(&ring->next_to_use);
	for (; left && ntc != ntu; left--) {
		const struct iov_tx_buf *first = &ring->tx_buf[ntc];
		const struct iov_tx_desc *desc = &ring->tx_desc[first->last];

		if (!(READ_ONCE(desc->olinfo) & cpu_to_le32(IOV_TXD_STA_DD)))
			break;

		if (unlikely(first->type != IOV_TX_SKB)) {
			/* netpoll must not use page pools. */
			if (!budget)
				break;
			if (!xdp_bytes)
				xdp_frame_bulk_init(&ring->bulk);
			xdp_bytes += first->bytes;
		}
		frames++;
		packets += first->segs;
		bytes += first->bytes;
		ntc = iov_tx_free_packet(ring, ntc, budget, true);
	}
	if (!frames)
		return true;

	WRITE_ONCE(ring->next_to_clean, ntc);
	u64_stats_update_begin(&ring->stats->sync);
	u64_stats_add(&ring->stats->packets, packets);
	u64_stats_add(&ring->stats->bytes, bytes);
	u64_stats_update_end(&ring->stats->sync);

	/* XDP frames are not accounted in BQL. */
	bytes -= xdp_bytes;
	if (unlikely(xdp_bytes)) {
		xdp_flush_frame_bulk(&ring->bulk);
		/* BQL has no barrier for netif_txq_try_stop() without bytes. */
		smp_mb();
	}
	netif_txq_completed_wake(txq, frames, bytes, iov_ring_unused(ring),
				 IOV_TX_WAKE);
	return left;
}

/**
 * iov_tx_free_pending - free packets that the device has not sent
 * @ring: stopped transmit ring
 *
 * Context: process, RTNL; NAPI and the netdev queue are stopped.
 */
void iov_tx_free_pending(struct iov_ring *ring)
{
	struct netdev_queue *txq = netdev_get_tx_queue(ring->nic->netdev,
						       ring->index);
	unsigned int dropped = 0;
	u16 ntc = ring->next_to_clean;

	while (ntc != ring->next_to_use) {
		dropped += ring->tx_buf[ntc].segs;
		ntc = iov_tx_free_packet(ring, ntc, 0, false);
	}
	ring->next_to_clean = ntc;

	/* The watchdog may count at the same time. */
	__netif_tx_lock_bh(txq);
	iov_tx_count(ring->stats, &ring->stats->dropped, dropped);
	__netif_tx_unlock_bh(txq);
	netdev_tx_reset_queue(txq);
}

/**
 * iov_tx_ring_all - ring the doorbells of all transmit queues again
 * @nic: started data path
 *
 * QEMU loses doorbells while a VF's pool is closed. The stack notices the lost
 * carrier up to a second later and may ring them until then; the queue would
 * wait for completions until the watchdog expires.
 *
 * Context: process, RTNL.
 */
void iov_tx_ring_all(struct iov_nic *nic)
{
	struct netdev_queue *txq;
	struct iov_ring *ring;
	unsigned int i;

	ASSERT_RTNL();
	for (i = 0; i < iov_nic_tx_qps(nic); i++) {
		ring = nic->rings.tx[i];
		txq = netdev_get_tx_queue(nic->netdev, i);
		__netif_tx_lock_bh(txq);
		writel(ring->next_to_use, ring->tail);
		__netif_tx_unlock_bh(txq);
	}
}
EXPORT_SYMBOL_GPL(iov_tx_ring_all);

/**
 * iov_tx_count_timeout - count a transmit timeout
 * @nic: data path
 * @txqueue: queue
 *
 * Context: softirq, from ndo_tx_timeout; the owner resets afterwards.
 */
void iov_tx_count_timeout(struct iov_nic *nic, unsigned int txqueue)
{
	struct netdev_queue *txq = netdev_get_tx_queue(nic->netdev, txqueue);
	struct iov_queue_stats *stats = &nic->tx_stats[txqueue];

	/* The stack's queue is frozen, but XDP may send. */
	__netif_tx_lock(txq, smp_processor_id());
	iov_tx_count(stats, &stats->timeout, 1);
	__netif_tx_unlock(txq);
}
EXPORT_SYMBOL_GPL(iov_tx_count_timeout);
