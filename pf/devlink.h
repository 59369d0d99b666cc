/* SPDX-License-Identifier: GPL-2.0-only */
/* devlink of the PF: devlink.c, param.c, port.c, resource.c, health.c. */
#ifndef IOV_PF_DEVLINK_H
#define IOV_PF_DEVLINK_H

#include "pf/pf.h"

/* devlink.c */
extern const struct devlink_ops iov_pf_devlink_ops;

/* param.c */
int iov_pf_param_register(struct iov_pf *pf);
void iov_pf_param_unregister(struct iov_pf *pf);

/* port.c */
int iov_pf_port_register(struct iov_pf *pf);
void iov_pf_port_unregister(struct iov_pf *pf);
void iov_pf_port_hide(struct iov_pf *pf);
void iov_pf_port_show(struct iov_pf *pf);
int iov_pf_port_register_vfs(struct iov_pf *pf);
void iov_pf_port_unregister_vfs(struct iov_pf *pf);

/* resource.c */
int iov_pf_resource_register(struct iov_pf *pf);
void iov_pf_resource_unregister(struct iov_pf *pf);

/* health.c */
void iov_pf_health_init(struct iov_pf *pf);
void iov_pf_health_start(struct iov_pf *pf);
void iov_pf_health_stop(struct iov_pf *pf);
void iov_pf_health_exit(struct iov_pf *pf);
void iov_pf_health_tick(struct iov_pf *pf);
void iov_pf_health_log_reasons(struct iov_pf *pf, enum iov_mbx_severity least);

#endif /* IOV_PF_DEVLINK_H */
