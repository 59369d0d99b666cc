/* SPDX-License-Identifier: GPL-2.0-only */
/* NVM of the board. */
#ifndef IOV_PF_NVM_H
#define IOV_PF_NVM_H

#include "pf/pf.h"

/* Words of the NVM */
#define IOV_PF_NVM_MAC		0x00	/* words 0-2 */
#define IOV_PF_NVM_VERSION	0x05
#define IOV_PF_NVM_PBA		0x08	/* words 8-9 */
#define IOV_PF_NVM_ALT_MAC	0x37	/* pointer */
#define IOV_PF_NVM_SUM_WORDS	0x40
#define IOV_PF_NVM_SUM		0xbaba
/* PBA number kept as a string: this word, then a pointer in the next */
#define IOV_PF_NVM_PBA_PTR	0xfafa
/* Initialization Control 3, one word for each port */
#define IOV_PF_NVM_CTRL3_PORT1	0x14
#define IOV_PF_NVM_CTRL3_PORT0	0x24
#define IOV_PF_NVM_CTRL3_APM	BIT(10)

int iov_pf_nvm_read(struct iov_pf *pf, u16 word, u16 count, u16 *data);
int iov_pf_nvm_check(struct iov_pf *pf);
int iov_pf_nvm_load(struct iov_pf *pf);

#endif /* IOV_PF_NVM_H */
