// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a user has set on the interface, for the next VF with the same permanent
 * address: a guest's VF is unplugged and another one is plugged in when it is
 * migrated. net_failover keeps MTU, VLANs and addresses.
 */

#include <linux/etherdevice.h>
#include <linux/mutex.h>

#include "vf/vf.h"

/* VFs of a guest; the one that went first is forgotten first. */
#define IOV_VF_MEMORIES		8

struct iov_vf_memory {
	u8 addr[ETH_ALEN];
	struct iov_nic_settings settings;
	u32 moderation;
};

static struct iov_vf_memory iov_vf_memories[IOV_VF_MEMORIES];
static unsigned int iov_vf_memory_next;
static DEFINE_MUTEX(iov_vf_memory_lock);

static struct iov_vf_memory *iov_vf_memory_find(const struct iov_vf *vf)
{
	const u8 *addr = vf->netdev->perm_addr;
	unsigned int i;

	for (i = 0; i < IOV_VF_MEMORIES; i++) {
		if (ether_addr_equal(iov_vf_memories[i].addr, addr))
			return &iov_vf_memories[i];
	}
	return NULL;
}

/**
 * iov_vf_memory_save - remember the settings of an interface
 * @vf: VF whose interface is no longer registered
 *
 * Context: process, remove.
 */
void iov_vf_memory_save(struct iov_vf *vf)
{
	struct iov_vf_memory *memory;

	if (is_zero_ether_addr(vf->netdev->perm_addr))
		return;
	mutex_lock(&iov_vf_memory_lock);
	memory = iov_vf_memory_find(vf);
	if (!memory) {
		memory = &iov_vf_memories[iov_vf_memory_next];
		iov_vf_memory_next = (iov_vf_memory_next + 1) % IOV_VF_MEMORIES;
	}
	ether_addr_copy(memory->addr, vf->netdev->perm_addr);
	memory->settings = vf->nic->settings;
	memory->moderation = vf->session.moderation;
	mutex_unlock(&iov_vf_memory_lock);
}

/**
 * iov_vf_memory_restore - apply the settings of a VF with the same address
 * @vf: VF with its address, its interface not yet registered
 *
 * Context: process, probe.
 */
void iov_vf_memory_restore(struct iov_vf *vf)
{
	const struct iov_vf_memory *memory;

	mutex_lock(&iov_vf_memory_lock);
	memory = iov_vf_memory_find(vf);
	if (memory && !is_zero_ether_addr(memory->addr)) {
		vf->nic->settings = memory->settings;
		vf->session.moderation = memory->moderation;
	}
	mutex_unlock(&iov_vf_memory_lock);
}
