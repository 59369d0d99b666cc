// SPDX-License-Identifier: GPL-2.0-only
/*
 * Encodes and decodes the saved state of a VF. A saved state is untrusted
 * input: values that exceed a ring or a list are refused here;
 * pf/policy/freeze.c decides which settings the VF may have. Pure.
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include "common/regs.h"
#include "pf/policy/mdd.h"
#include "pf/vfio/state.h"

static_assert(!(sizeof(struct iov_vfio_session) % sizeof(u32)));
static_assert(IOV_VFIO_VECTORS == IOV_VF_VECTORS);

static void iov_vfio_state_put32(const u32 *from, __le32 *to, unsigned int n)
{
	while (n--)
		*to++ = cpu_to_le32(*from++);
}

static void iov_vfio_state_get32(const __le32 *from, u32 *to, unsigned int n)
{
	while (n--)
		*to++ = le32_to_cpu(*from++);
}

static void iov_vfio_state_put16(const u16 *from, __le16 *to, unsigned int n)
{
	while (n--)
		*to++ = cpu_to_le16(*from++);
}

static void iov_vfio_state_get16(const __le16 *from, u16 *to, unsigned int n)
{
	while (n--)
		*to++ = le16_to_cpu(*from++);
}

static u32 iov_vfio_state_flags(const struct iov_pf_frozen *pf)
{
	const struct iov_vf_run *run = &pf->pol.run;

	return (run->state == IOV_POL_ACTIVE ? IOV_VFIO_ACTIVE : 0) |
	       (pf->lost ? IOV_VFIO_LOST : 0) |
	       (run->uc_promisc ? IOV_VFIO_UC_PROMISC : 0) |
	       (run->mc_promisc ? IOV_VFIO_MC_PROMISC : 0) |
	       (run->mc_overflow ? IOV_VFIO_MC_OVERFLOW : 0) |
	       (run->chan.path_vf ? IOV_VFIO_PATH : 0);
}

static void iov_vfio_state_put_session(const struct iov_pf_frozen *pf,
				       struct iov_vfio_session *session)
{
	const struct iov_vf_run *run = &pf->pol.run;
	const struct iov_pol_chan *chan = &run->chan;

	session->epoch = cpu_to_le32(pf->pol.epoch);
	session->version = cpu_to_le32(chan->version);
	session->caps = cpu_to_le32(chan->caps);
	session->seq = cpu_to_le32(chan->seq);
	session->want_qps = cpu_to_le32(chan->want_qps);
	session->qps = cpu_to_le32(chan->qps);
	session->flags = cpu_to_le32(iov_vfio_state_flags(pf));
	session->port_vlan = cpu_to_le16(pf->pol.port_vlan);
	session->max_frame = cpu_to_le16(run->max_frame);
	session->vlan_wanted = cpu_to_le16(run->vlan_wanted);
	session->num_macs = run->num_macs;
	session->num_wanted = run->num_wanted;
	session->num_hashes = run->num_hashes;
	session->num_vlans = run->num_vlans;
	session->mbx = pf->mbx;
	session->reply_len = pf->reply_len;
	session->quarantine = pf->pol.quarantine;
	memcpy(session->mac, run->mac, sizeof(session->mac));
	memcpy(session->macs, run->macs, sizeof(session->macs));
	memcpy(session->wanted, run->wanted, sizeof(session->wanted));
	iov_vfio_state_put16(run->hashes, session->hashes, IOV_WIRE_MC_MAX);
	iov_vfio_state_put16(run->vlans, session->vlans, IOV_POL_VF_VLANS);
	iov_vfio_state_put32((const u32 *)&chan->guest, session->guest,
			     ARRAY_SIZE(session->guest));
	iov_vfio_state_put32(pf->reply.w, session->reply, IOV_WIRE_WORDS);
}

/**
 * iov_vfio_state_put - write the image of a state
 * @state: state
 * @image: filled in
 *
 * Context: any.
 */
void iov_vfio_state_put(const struct iov_vfio_state *state,
			struct iov_vfio_image *image)
{
	memset(image, 0, sizeof(*image));
	image->magic = cpu_to_le32(IOV_VFIO_MAGIC);
	image->version = cpu_to_le32(IOV_VFIO_VERSION);
	image->length = cpu_to_le32(sizeof(*image));
	iov_vfio_state_put32((const u32 *)&state->regs, image->regs,
			     ARRAY_SIZE(image->regs));
	iov_vfio_state_put_session(&state->pf, &image->session);
}

/* A queue that is off, or has no ring, may have any values. */
static bool iov_vfio_state_ring_fits(u32 control, u32 enable, u32 length,
				     u32 head, u32 tail)
{
	u32 descs = length / IOV_VFIO_DESC;

	if (!(control & enable) || !length)
		return true;
	return head < descs && tail < descs;
}

static bool iov_vfio_state_queues_fit(const struct iov_vfio_regs *regs)
{
	unsigned int q;

	for (q = 0; q < IOV_VFIO_QUEUES; q++) {
		const u32 *rx = regs->rx[q], *tx = regs->tx[q];

		if (!iov_vfio_state_ring_fits(rx[IOV_VFIO_RXDCTL],
					      IOV_RXDCTL_ENABLE,
					      rx[IOV_VFIO_RDLEN],
					      rx[IOV_VFIO_RDH],
					      rx[IOV_VFIO_RDT]) ||
		    !iov_vfio_state_ring_fits(tx[IOV_VFIO_TXDCTL],
					      IOV_TXDCTL_ENABLE,
					      tx[IOV_VFIO_TDLEN],
					      tx[IOV_VFIO_TDH],
					      tx[IOV_VFIO_TDT]))
			return false;
	}
	return true;
}

static bool iov_vfio_state_lists_fit(const struct iov_vfio_session *session)
{
	return session->num_macs <= IOV_POL_VF_HASHED &&
	       session->num_wanted <= IOV_POL_VF_WANTED &&
	       session->num_hashes <= IOV_WIRE_MC_MAX &&
	       session->num_vlans <= IOV_POL_VF_VLANS &&
	       session->reply_len <= IOV_WIRE_WORDS;
}

/* A hash is an index: the codec admits no others from a guest either. */
static bool iov_vfio_state_hashes_fit(const struct iov_vfio_session *session)
{
	unsigned int i;

	for (i = 0; i < IOV_WIRE_MC_MAX; i++)
		if (le16_to_cpu(session->hashes[i]) & ~IOV_WIRE_MC_HASH)
			return false;
	return true;
}

/* States of the conversation: see enum iov_pf_mbx_state. */
static bool iov_vfio_state_session_is_sane(const struct iov_vfio_session *saved)
{
	u32 flags = le32_to_cpu(saved->flags);
	u32 qps = le32_to_cpu(saved->qps);

	return saved->mbx <= IOV_PF_FREEZE_MBX_LAST &&
	       saved->quarantine < IOV_POL_ABUSES &&
	       !(flags & ~IOV_VFIO_FLAGS) && qps <= IOV_POL_VF_QPS &&
	       (!(flags & IOV_VFIO_ACTIVE) || is_valid_ether_addr(saved->mac));
}

static void iov_vfio_state_get_session(const struct iov_vfio_session *session,
				       struct iov_pf_frozen *pf)
{
	u32 flags = le32_to_cpu(session->flags);
	struct iov_vf_run *run = &pf->pol.run;
	struct iov_pol_chan *chan = &run->chan;

	pf->pol.epoch = le32_to_cpu(session->epoch);
	pf->pol.port_vlan = le16_to_cpu(session->port_vlan);
	pf->pol.quarantine = session->quarantine;
	pf->lost = flags & IOV_VFIO_LOST;
	pf->mbx = session->mbx;
	pf->reply_len = session->reply_len;
	iov_vfio_state_get32(session->reply, pf->reply.w, IOV_WIRE_WORDS);

	run->state = flags & IOV_VFIO_ACTIVE ? IOV_POL_ACTIVE : IOV_POL_SILENT;
	run->uc_promisc = flags & IOV_VFIO_UC_PROMISC;
	run->mc_promisc = flags & IOV_VFIO_MC_PROMISC;
	run->mc_overflow = flags & IOV_VFIO_MC_OVERFLOW;
	run->max_frame = le16_to_cpu(session->max_frame);
	run->vlan_wanted = le16_to_cpu(session->vlan_wanted);
	run->num_macs = session->num_macs;
	run->num_wanted = session->num_wanted;
	run->num_hashes = session->num_hashes;
	run->num_vlans = session->num_vlans;
	memcpy(run->mac, session->mac, sizeof(run->mac));
	memcpy(run->macs, session->macs, sizeof(run->macs));
	memcpy(run->wanted, session->wanted, sizeof(run->wanted));
	iov_vfio_state_get16(session->hashes, run->hashes, IOV_WIRE_MC_MAX);
	iov_vfio_state_get16(session->vlans, run->vlans, IOV_POL_VF_VLANS);

	chan->version = le32_to_cpu(session->version);
	chan->caps = le32_to_cpu(session->caps);
	chan->seq = le32_to_cpu(session->seq);
	chan->want_qps = le32_to_cpu(session->want_qps);
	chan->qps = le32_to_cpu(session->qps);
	chan->path_vf = flags & IOV_VFIO_PATH;
	iov_vfio_state_get32(session->guest, (u32 *)&chan->guest,
			     ARRAY_SIZE(session->guest));
}

/**
 * iov_vfio_state_get - read an image
 * @image: image, of which @length bytes were received
 * @length: bytes
 * @state: filled in; meaningless unless it succeeds
 *
 * Context: any.
 * Return: IOV_VFIO_FAULT_NONE or what is wrong.
 */
enum iov_vfio_fault iov_vfio_state_get(const struct iov_vfio_image *image,
				       size_t length,
				       struct iov_vfio_state *state)
{
	const struct iov_pf_masks *masks = &state->regs.masks;
	u32 vectors;

	memset(state, 0, sizeof(*state));
	if (length < offsetofend(struct iov_vfio_image, length))
		return IOV_VFIO_FAULT_LENGTH;
	if (le32_to_cpu(image->magic) != IOV_VFIO_MAGIC)
		return IOV_VFIO_FAULT_MAGIC;
	if (le32_to_cpu(image->version) != IOV_VFIO_VERSION)
		return IOV_VFIO_FAULT_VERSION;
	if (length != sizeof(*image) || le32_to_cpu(image->length) != length)
		return IOV_VFIO_FAULT_LENGTH;

	iov_vfio_state_get32(image->regs, (u32 *)&state->regs,
			     ARRAY_SIZE(image->regs));
	if (!iov_vfio_state_queues_fit(&state->regs))
		return IOV_VFIO_FAULT_QUEUE;
	vectors = masks->eims | masks->eiac | masks->eiam;
	if (vectors & ~GENMASK(IOV_VFIO_VECTORS - 1, 0))
		return IOV_VFIO_FAULT_VECTOR;
	if (!iov_vfio_state_lists_fit(&image->session) ||
	    !iov_vfio_state_hashes_fit(&image->session))
		return IOV_VFIO_FAULT_LIST;
	if (!iov_vfio_state_session_is_sane(&image->session))
		return IOV_VFIO_FAULT_SESSION;
	iov_vfio_state_get_session(&image->session, &state->pf);
	return IOV_VFIO_FAULT_NONE;
}

/**
 * iov_vfio_state_fault - text of a fault
 * @fault: fault
 *
 * Context: any.
 * Return: the text.
 */
const char *iov_vfio_state_fault(enum iov_vfio_fault fault)
{
	static const char * const texts[IOV_VFIO_FAULTS] = {
		[IOV_VFIO_FAULT_NONE] = "none",
		[IOV_VFIO_FAULT_LENGTH] = "wrong length",
		[IOV_VFIO_FAULT_MAGIC] = "not the state of an 82576 VF",
		[IOV_VFIO_FAULT_VERSION] = "of another version of iovnic_vfio",
		[IOV_VFIO_FAULT_QUEUE] = "head or tail outside of a ring",
		[IOV_VFIO_FAULT_VECTOR] = "vectors that a VF does not have",
		[IOV_VFIO_FAULT_LIST] = "a list with too many or invalid entries",
		[IOV_VFIO_FAULT_SESSION] = "a session with invalid values",
	};

	return fault < IOV_VFIO_FAULTS ? texts[fault] : "unknown";
}
