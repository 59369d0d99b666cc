// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions for iovnic_vfio, which stops, saves, loads and starts VFs to
 * migrate their guests. The PF may be unbound from this driver at any time,
 * even while a program has a VF open, so each function looks the PF up.
 */

#include <linux/delay.h>
#include <linux/export.h>
#include <linux/list.h>

#include "pf/commit.h"
#include "pf/freeze.h"
#include "pf/irq.h"
#include "pf/mbx.h"
#include "pf/pf.h"

/* Time for the clean-up after the reset of a VF that a guest has opened */
#define IOV_PF_FREEZE_TRIES	200
#define IOV_PF_FREEZE_STEP_US	5000

static_assert(IOV_PF_FREEZE_MBX_LAST == IOV_PF_MBX_UNREAD);

/* Protects the list; taken before pf->lock, with no other lock of the PF. */
static DEFINE_MUTEX(iov_pf_freeze_mutex);
static LIST_HEAD(iov_pf_freeze_pfs);

static const char * const iov_pf_freeze_why[IOV_POL_FREEZES] = {
	[IOV_POL_FREEZE_PORT_VLAN] = "port VLAN or priority differs",
	[IOV_POL_FREEZE_MAC] = "this VF may not have the address; set it with: ip link set PF vf N mac ADDRESS",
	[IOV_POL_FREEZE_CHANNEL] = "version or capabilities of the channel differ; update iovnic_pf",
	[IOV_POL_FREEZE_FRAME] = "frame size is not possible",
	[IOV_POL_FREEZE_MULTICAST] = "multicast filter refused; it may need trust",
	[IOV_POL_FREEZE_VLAN] = "VLANs refused",
	[IOV_POL_FREEZE_MACS] = "additional addresses refused; they may need trust",
	[IOV_POL_FREEZE_PROMISC] = "promiscuous mode refused; it needs trust",
	[IOV_POL_FREEZE_QUEUES] = "number of queue pairs differs from the limit here",
	[IOV_POL_FREEZE_PATH] = "the data path of this VF is withheld",
	[IOV_POL_FREEZE_TABLES] = "the filters of the port do not fit",
};

static const char *iov_pf_freeze_error(int err)
{
	switch (err) {
	case -EAGAIN:
		return "the PF is offline";
	case -ETIMEDOUT:
		return "the reset of the VF has not ended";
	default:
		return "the PF is not bound to iovnic_pf";
	}
}

/**
 * iov_pf_freeze_register - let iovnic_vfio find a PF
 * @pf: PF
 *
 * Context: process, probe.
 */
void iov_pf_freeze_register(struct iov_pf *pf)
{
	mutex_lock(&iov_pf_freeze_mutex);
	list_add(&pf->freeze_list, &iov_pf_freeze_pfs);
	mutex_unlock(&iov_pf_freeze_mutex);
}

/**
 * iov_pf_freeze_unregister - undo iov_pf_freeze_register()
 * @pf: PF; no call of iovnic_vfio uses it afterwards
 *
 * Context: process, probe or remove.
 */
void iov_pf_freeze_unregister(struct iov_pf *pf)
{
	mutex_lock(&iov_pf_freeze_mutex);
	list_del(&pf->freeze_list);
	mutex_unlock(&iov_pf_freeze_mutex);
}

/* The VF of a PCI function; NULL if its PF does not have this driver */
static struct iov_pf_vf *iov_pf_freeze_find(struct pci_dev *vfdev)
{
	struct iov_pf *pf;
	int index;

	lockdep_assert_held(&iov_pf_freeze_mutex);
	list_for_each_entry(pf, &iov_pf_freeze_pfs, freeze_list) {
		if (!iov_pf_has_vf(pf, vfdev))
			continue;
		index = pci_iov_vf_id(vfdev);
		return index >= 0 && index < IOV_POL_VFS ? &pf->vf[index] :
							   NULL;
	}
	return NULL;
}

/* Both locks, or an error and none */
static struct iov_pf_vf *iov_pf_freeze_lock(struct pci_dev *vfdev)
{
	struct iov_pf_vf *vf;
	int err = -ENODEV;

	mutex_lock(&iov_pf_freeze_mutex);
	vf = iov_pf_freeze_find(vfdev);
	if (!vf)
		goto unlock;
	mutex_lock(&vf->pf->lock);
	if (vf->index < vf->pf->pol.num_vfs && !vf->pf->offline)
		return vf;
	err = vf->pf->offline ? -EAGAIN : -ENODEV;
	mutex_unlock(&vf->pf->lock);
unlock:
	mutex_unlock(&iov_pf_freeze_mutex);
	return ERR_PTR(err);
}

static void iov_pf_freeze_unlock(struct iov_pf_vf *vf)
{
	mutex_unlock(&vf->pf->lock);
	mutex_unlock(&iov_pf_freeze_mutex);
}

/* Serve pending requests and resets of all VFs of the PF. */
static void iov_pf_freeze_service(struct pci_dev *vfdev)
{
	struct iov_pf_vf *vf;

	mutex_lock(&iov_pf_freeze_mutex);
	vf = iov_pf_freeze_find(vfdev);
	if (vf)
		iov_pf_mbx_service(vf->pf);
	mutex_unlock(&iov_pf_freeze_mutex);
}

/**
 * iov_pf_freeze_claim - note that a VF is open whose guest can be migrated
 * @vfdev: VF
 *
 * Another VF of the PF may be given the same address until
 * iov_pf_freeze_release().
 *
 * Context: process.
 * Return: 0; -ENODEV: the PF has another driver; -EAGAIN: it is offline; or
 * another negative errno.
 */
int iov_pf_freeze_claim(struct pci_dev *vfdev)
{
	struct iov_pf_vf *vf = iov_pf_freeze_lock(vfdev);
	int err;

	if (IS_ERR(vf))
		return PTR_ERR(vf);
	iov_pf_commit_draft(vf->pf)->movable |= BIT(vf->index);
	err = iov_pf_commit(vf->pf);
	iov_pf_freeze_unlock(vf);
	return err;
}
EXPORT_SYMBOL_GPL(iov_pf_freeze_claim);

/**
 * iov_pf_freeze_release - note that the VF is closed
 * @vfdev: VF
 * @moved: its guest was migrated, perhaps to another VF of this PF
 *
 * Context: process.
 * Return: 0 or a negative errno as of iov_pf_freeze_claim().
 */
int iov_pf_freeze_release(struct pci_dev *vfdev, bool moved)
{
	struct iov_pf_vf *vf = iov_pf_freeze_lock(vfdev);
	unsigned int heir;
	int err;

	if (IS_ERR(vf))
		return PTR_ERR(vf);
	heir = iov_pol_freeze_release(iov_pf_commit_draft(vf->pf), vf->index,
				      moved);
	err = iov_pf_commit(vf->pf);
	if (!err && heir < IOV_POL_VFS)
		netdev_info(vf->pf->netdev,
			    "VF %u has its default address again: its guest is on VF %u\n",
			    vf->index, heir);
	iov_pf_freeze_unlock(vf);
	return err;
}
EXPORT_SYMBOL_GPL(iov_pf_freeze_release);

/**
 * iov_pf_freeze - close a VF's pool and defer its requests
 * @vfdev: VF whose guest does not run
 *
 * Requests that the VF has sent before are answered first. The session stays. A
 * reset of the VF ends the session and the freeze.
 *
 * Context: process.
 * Return: 0 or a negative errno as of iov_pf_freeze_claim().
 */
int iov_pf_freeze(struct pci_dev *vfdev)
{
	struct iov_pf_vf *vf;
	int err;

	iov_pf_freeze_service(vfdev);
	vf = iov_pf_freeze_lock(vfdev);
	if (IS_ERR(vf))
		return PTR_ERR(vf);
	iov_pf_commit_draft(vf->pf)->frozen |= BIT(vf->index);
	err = iov_pf_commit(vf->pf);
	iov_pf_freeze_unlock(vf);
	return err;
}
EXPORT_SYMBOL_GPL(iov_pf_freeze);

/**
 * iov_pf_freeze_save - copy the PF's state of a frozen VF
 * @vfdev: VF
 * @frozen: filled in
 * @masks: filled in
 *
 * Context: process.
 * Return: 0 or a negative errno as of iov_pf_freeze_claim().
 */
int iov_pf_freeze_save(struct pci_dev *vfdev, struct iov_pf_frozen *frozen,
		       struct iov_pf_masks *masks)
{
	struct iov_pf_vf *vf = iov_pf_freeze_lock(vfdev);

	if (IS_ERR(vf))
		return PTR_ERR(vf);
	memset(frozen, 0, sizeof(*frozen));
	iov_pol_freeze_save(&vf->pf->pol, vf->index, &frozen->pol);
	frozen->lost = vf->flags & IOV_PF_VF_LOST;
	frozen->mbx = vf->state;
	frozen->reply_len = vf->reply_len;
	frozen->reply = vf->reply;
	masks->eims = iov_pf_irq_of_vf(vf->pf, vf->index, IOV_EIMS);
	masks->eiac = iov_pf_irq_of_vf(vf->pf, vf->index, IOV_EIAC);
	masks->eiam = iov_pf_irq_of_vf(vf->pf, vf->index, IOV_EIAM);
	iov_pf_freeze_unlock(vf);
	return 0;
}
EXPORT_SYMBOL_GPL(iov_pf_freeze_save);

/* Also refused if the tables of the port have no room. */
static enum iov_pol_freeze_why
iov_pf_freeze_take_over(struct iov_pf_vf *vf,
			const struct iov_pf_frozen *frozen)
{
	enum iov_pol_freeze_why why;

	why = iov_pol_freeze_load(iov_pf_commit_draft(vf->pf), vf->index,
				  &frozen->pol);
	if (!why && iov_pf_commit(vf->pf))
		why = IOV_POL_FREEZE_TABLES;
	return why;
}

/* VFIO resets a VF when it is opened. Wait until that reset is cleaned up. */
static struct iov_pf_vf *iov_pf_freeze_lock_clean(struct pci_dev *vfdev)
{
	struct iov_pf_vf *vf;
	unsigned int i;

	for (i = 0; i < IOV_PF_FREEZE_TRIES; i++) {
		iov_pf_freeze_service(vfdev);
		vf = iov_pf_freeze_lock(vfdev);
		if (IS_ERR(vf) || vf->queues != IOV_PF_QUEUES_RESET)
			return vf;
		iov_pf_freeze_unlock(vf);
		usleep_range(IOV_PF_FREEZE_STEP_US, 2 * IOV_PF_FREEZE_STEP_US);
	}
	return ERR_PTR(-ETIMEDOUT);
}

/**
 * iov_pf_freeze_load - load the saved state of another VF into a VF
 * @vfdev: VF without a session, whose guest does not run; it is frozen then
 * @frozen: what was saved; the lengths in it were checked
 * @why: why not
 *
 * The administrator's settings of the VF decide whether this is possible.
 *
 * Context: process.
 * Return: 0; -EPERM: refused, and nothing has changed; or another negative
 * errno as of iov_pf_freeze_claim().
 */
int iov_pf_freeze_load(struct pci_dev *vfdev,
		       const struct iov_pf_frozen *frozen, const char **why)
{
	struct iov_pf_vf *vf = iov_pf_freeze_lock_clean(vfdev);
	u8 quarantine;

	if (IS_ERR(vf)) {
		*why = iov_pf_freeze_error(PTR_ERR(vf));
		return PTR_ERR(vf);
	}
	quarantine = vf->pf->pol.cfg[vf->index].quarantine;
	*why = iov_pf_freeze_why[iov_pf_freeze_take_over(vf, frozen)];
	if (!*why) {
		iov_pf_mbx_load(vf, frozen->mbx, &frozen->reply,
				frozen->reply_len);
		if (frozen->lost)
			iov_pf_notify_lost(vf);
		if (quarantine != vf->pf->pol.cfg[vf->index].quarantine)
			iov_pf_mdd_report(vf);
	}
	iov_pf_freeze_unlock(vf);
	return *why ? -EPERM : 0;
}
EXPORT_SYMBOL_GPL(iov_pf_freeze_load);

/**
 * iov_pf_freeze_end - open a VF's pool and serve its requests again
 * @vfdev: VF
 * @sts: ring again for a message that the VF has not read
 * @ack: acknowledge its last request again
 *
 * Context: process.
 * Return: 0 or a negative errno as of iov_pf_freeze_claim().
 */
int iov_pf_freeze_end(struct pci_dev *vfdev, bool sts, bool ack)
{
	struct iov_pf_vf *vf = iov_pf_freeze_lock(vfdev);
	int err;

	if (IS_ERR(vf))
		return PTR_ERR(vf);
	iov_pf_commit_draft(vf->pf)->frozen &= ~BIT(vf->index);
	err = iov_pf_commit(vf->pf);
	if (!err)
		iov_pf_mbx_ring(vf, sts, ack);
	/* Events that were raised while it was frozen */
	if (!err && (iov_pol_event_pending(&vf->pf->pol, vf->index) ||
		     vf->flags & IOV_PF_VF_LOST))
		iov_pf_notify_vf(vf);
	iov_pf_freeze_unlock(vf);
	return err;
}
EXPORT_SYMBOL_GPL(iov_pf_freeze_end);
