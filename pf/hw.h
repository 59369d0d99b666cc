/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of the whole device, its reset and its NVM. */
#ifndef IOV_PF_HW_H
#define IOV_PF_HW_H

#include "pf/pf.h"

/* Words of the NVM */
#define IOV_PF_NVM_MAC		0x00	/* words 0-2 */
#define IOV_PF_NVM_VERSION	0x05
#define IOV_PF_NVM_PBA		0x08	/* words 8-9 */
#define IOV_PF_NVM_ALT_MAC	0x37	/* pointer */
#define IOV_PF_NVM_SUM_WORDS	0x40
#define IOV_PF_NVM_SUM		0xbaba
/* The part number is a string: this word, then a pointer in the next */
#define IOV_PF_NVM_PBA_PTR	0xfafa
/* Initialization Control 3, one word for each port */
#define IOV_PF_NVM_CTRL3_PORT1	0x14
#define IOV_PF_NVM_CTRL3_PORT0	0x24
#define IOV_PF_NVM_CTRL3_APM	BIT(10)

/* hw.c; caller holds pf->lock */
void iov_pf_hw_set_ctrl(struct iov_pf *pf, u32 mask, u32 bits);
int iov_pf_hw_reset(struct iov_pf *pf);
void iov_pf_hw_init(struct iov_pf *pf);
void iov_pf_hw_ready(struct iov_pf *pf);
void iov_pf_hw_stop(struct iov_pf *pf);
int iov_pf_hw_set_leds(struct iov_pf *pf, enum ethtool_phys_id_state state);

/* reset.c */
void iov_pf_reset_prepare(struct iov_pf *pf);
int iov_pf_reset_device(struct iov_pf *pf);
int iov_pf_reset_queues(struct iov_nic *nic);
int iov_pf_reset(struct iov_pf *pf);
void iov_pf_reset_detach(struct iov_pf *pf);
int iov_pf_reset_attach(struct iov_pf *pf);

/* nvm.c */
int iov_pf_nvm_read(struct iov_pf *pf, u16 word, u16 count, u16 *data);
int iov_pf_nvm_check(struct iov_pf *pf);
int iov_pf_nvm_load(struct iov_pf *pf);

#endif /* IOV_PF_HW_H */
