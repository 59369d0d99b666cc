/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of iovnic_pf that iovnic_vfio needs to migrate a guest. */
#ifndef IOV_PF_FREEZE_H
#define IOV_PF_FREEZE_H

#include <linux/types.h>

#include "mailbox/codec.h"
#include "pf/policy/freeze.h"

/* The last of enum iov_pf_mbx_state */
#define IOV_PF_FREEZE_MBX_LAST	3

struct iov_pf;
struct pci_dev;

/**
 * struct iov_pf_frozen - the PF's state of a frozen VF
 * @pol: its session
 * @lost: the VF's driver must open its session again
 * @mbx: enum iov_pf_mbx_state
 * @reply_len: words of @reply; 0 if it is not in the mailbox
 * @reply: the last reply
 */
struct iov_pf_frozen {
	struct iov_pol_frozen pol;
	bool lost;
	u8 mbx;
	u8 reply_len;
	struct iov_words reply;
};

/**
 * struct iov_pf_masks - masks of a VF's vectors, which only the PF can read
 * @eims: vectors that are enabled, from bit 0 on
 * @eiac: those that are cleared automatically
 * @eiam: those that are masked automatically
 */
struct iov_pf_masks {
	u32 eims;
	u32 eiac;
	u32 eiam;
};

int iov_pf_freeze_claim(struct pci_dev *vfdev);
int iov_pf_freeze_release(struct pci_dev *vfdev, bool moved);
int iov_pf_freeze(struct pci_dev *vfdev);
int iov_pf_freeze_save(struct pci_dev *vfdev, struct iov_pf_frozen *frozen,
		       struct iov_pf_masks *masks);
int iov_pf_freeze_load(struct pci_dev *vfdev,
		       const struct iov_pf_frozen *frozen, const char **why);
int iov_pf_freeze_end(struct pci_dev *vfdev, bool sts, bool ack);

void iov_pf_freeze_register(struct iov_pf *pf);
void iov_pf_freeze_unregister(struct iov_pf *pf);

#endif /* IOV_PF_FREEZE_H */
