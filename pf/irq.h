/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts (irq.c) and the place of queue pairs (queues.c). */
#ifndef IOV_PF_IRQ_H
#define IOV_PF_IRQ_H

#include "pf/pf.h"

/* Vector 0 has all causes but the queues, vector i + 1 queue pair i. */
#define IOV_PF_MISC_VECTOR	0
/* Causes of the queues without MSI-X */
#define IOV_PF_IRQ_QUEUES	(IOV_ICR_RXDW | IOV_ICR_TXDW)

/* irq.c */
int iov_pf_irq_alloc(struct iov_pf *pf);
int iov_pf_irq_request(struct iov_pf *pf);
void iov_pf_irq_free(struct iov_pf *pf);
u32 iov_pf_irq_causes(struct iov_pf *pf);
void iov_pf_irq_rearm(struct iov_pf *pf);
void iov_pf_irq_program(struct iov_pf *pf);
void iov_pf_irq_renew(struct iov_pf *pf);
void iov_pf_irq_enable(struct iov_pf *pf);
void iov_pf_irq_mask(struct iov_pf *pf);
unsigned int iov_pf_irq_count(const struct iov_pf *pf);
void iov_pf_irq_fire(struct iov_pf *pf, unsigned int vector);
void iov_pf_irq_program_vf(struct iov_pf *pf, unsigned int index);
u32 iov_pf_irq_of_vf(struct iov_pf *pf, unsigned int index, u32 reg);

/* queues.c */
unsigned int iov_pf_queues_pairs(const struct iov_pf *pf);
unsigned int iov_pf_queues_vector(const struct iov_pf *pf, unsigned int pair);
unsigned int iov_pf_queues_queue(const struct iov_pf *pf, unsigned int pair);
void iov_pf_queues_expect_reflected(struct iov_pf *pf);
void iov_pf_queues_place(struct iov_pf *pf);

#endif /* IOV_PF_IRQ_H */
