// SPDX-License-Identifier: GPL-2.0-only
/*
 * devlink health of the mailboxes: how each VF's conversation goes, and an
 * error when one has stopped because the VF holds its mailbox, or the VF is in
 * quarantine.
 */

#include "common/compat.h"
#include "pf/mdd.h"
#include "pf/pf.h"
#include "pf/policy/queues.h"

#define IOV_PF_HEALTH_QUARANTINE(vf)	BIT(vf)
#define IOV_PF_HEALTH_STUCK(vf)		BIT(IOV_POL_VFS + (vf))
#define IOV_PF_HEALTH_QUARANTINES	GENMASK(IOV_POL_VFS - 1, 0)

static void iov_pf_health_nacks(struct devlink_fmsg *fmsg,
				const struct iov_pol_count *count)
{
	unsigned int status;

	devlink_fmsg_arr_pair_nest_start(fmsg, "nacks");
	for (status = 0; status < IOV_WIRE_STATUSES; status++) {
		if (!count->nacks[status])
			continue;
		devlink_fmsg_obj_nest_start(fmsg);
		devlink_fmsg_string_pair_put(fmsg, "status",
					     iov_mbx_status_name(status));
		devlink_fmsg_u64_pair_put(fmsg, "count", count->nacks[status]);
		devlink_fmsg_obj_nest_end(fmsg);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static void iov_pf_health_vf(struct devlink_fmsg *fmsg,
			     const struct iov_pf_vf *vf)
{
	const struct iov_pol_dev *pol = &vf->pf->pol;
	const struct iov_pol_count *count = &pol->count[vf->index];
	const struct iov_vf_run *run = &pol->run[vf->index];
	const struct iov_vf_cfg *cfg = &pol->cfg[vf->index];

	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "vf", vf->index);
	devlink_fmsg_string_pair_put(fmsg, "session",
				     iov_pol_session_name(pol, vf->index));
	devlink_fmsg_u32_pair_put(fmsg, "version", run->chan.version);
	devlink_fmsg_u32_pair_put(fmsg, "queue_pairs_wanted",
				  run->chan.want_qps);
	devlink_fmsg_u32_pair_put(fmsg, "queue_pairs",
				  iov_pol_qps(pol, vf->index));
	devlink_fmsg_u32_pair_put(fmsg, "why_no_data_path",
				  iov_pol_why_not(pol, vf->index));
	devlink_fmsg_string_pair_put(fmsg, "quarantine",
				     iov_pol_mdd_name(cfg->quarantine));
	devlink_fmsg_bool_pair_put(fmsg, "holds_its_mailbox",
				   iov_pf_mbx_is_stuck(vf));
	devlink_fmsg_u64_pair_put(fmsg, "messages", count->msgs);
	if (count->msgs)
		devlink_fmsg_u64_pair_put(fmsg, "last_message_ms_ago",
					  iov_pf_event_clock() -
					  count->last_ms);
	devlink_fmsg_u64_pair_put(fmsg, "malformed", count->malformed);
	devlink_fmsg_u64_pair_put(fmsg, "throttled", count->throttled);
	devlink_fmsg_u64_pair_put(fmsg, "busy", count->busy);
	devlink_fmsg_u64_pair_put(fmsg, "resets", count->resets);
	devlink_fmsg_u64_pair_put(fmsg, "spoof_events", count->spoofs);
	iov_pf_health_nacks(fmsg, count);
	devlink_fmsg_obj_nest_end(fmsg);
}

static int iov_pf_health_diagnose(struct devlink_health_reporter *reporter,
				  struct devlink_fmsg *fmsg,
				  struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = devlink_health_reporter_priv(reporter);
	unsigned int i;

	mutex_lock(&pf->lock);
	devlink_fmsg_arr_pair_nest_start(fmsg, "vfs");
	for (i = 0; i < pf->pol.num_vfs; i++)
		iov_pf_health_vf(fmsg, &pf->vf[i]);
	devlink_fmsg_arr_pair_nest_end(fmsg);
	mutex_unlock(&pf->lock);
	return 0;
}

/* What is the matter with VFs: one bit each, see iov_pf_health_complaint() */
static u32 iov_pf_health_faults(struct iov_pf *pf)
{
	u64 now_ms = iov_pf_event_clock();
	unsigned int i;
	u32 faults = 0;

	lockdep_assert_held(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++) {
		const struct iov_pf_vf *vf = &pf->vf[i];

		if (pf->pol.cfg[i].quarantine)
			faults |= IOV_PF_HEALTH_QUARANTINE(i);
		if (iov_pf_mbx_is_stuck(vf) ||
		    iov_pol_mdd_was_stuck(&vf->mdd, now_ms))
			faults |= IOV_PF_HEALTH_STUCK(i);
	}
	return faults;
}

static const char *iov_pf_health_complaint(u32 faults)
{
	if (faults & IOV_PF_HEALTH_QUARANTINES)
		return "a VF is in quarantine until its port is set active";
	return "a VF holds its mailbox until its driver is reloaded";
}

/*
 * devlink health recover: all VFs may have the data path again. devlink itself
 * asks as well, for each report: but what led to quarantine is not over by
 * itself. It passes the report's context, and nothing for an administrator.
 */
static int iov_pf_health_recover(struct devlink_health_reporter *reporter,
				 void *priv_ctx, struct netlink_ext_ack *extack)
{
	struct iov_pf *pf = devlink_health_reporter_priv(reporter);
	int err;

	if (priv_ctx)
		return -EOPNOTSUPP;

	mutex_lock(&pf->lock);
	err = iov_pf_mdd_release(pf);
	/* What is still the matter is to be reported again. */
	if (!err)
		pf->faults = 0;
	if (!err && iov_pf_health_faults(pf)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "a VF holds its mailbox: its driver has to be reloaded");
		err = -EBUSY;
	}
	mutex_unlock(&pf->lock);
	return err;
}

static const struct devlink_health_reporter_ops iov_pf_health_ops = {
	.name = "mailbox",
	.diagnose = iov_pf_health_diagnose,
	.recover = iov_pf_health_recover,
};

/*
 * Each fault is reported once, until it is over. Reporting takes devlink's
 * lock, which comes before pf->lock.
 */
static void iov_pf_health_work(struct work_struct *work)
{
	const enum devlink_health_reporter_state healthy =
		DEVLINK_HEALTH_REPORTER_STATE_HEALTHY;
	struct iov_pf *pf = container_of(work, struct iov_pf, health_work);
	u32 faults, news;

	mutex_lock(&pf->lock);
	faults = iov_pf_health_faults(pf);
	news = faults & ~pf->faults;
	pf->faults = faults;
	mutex_unlock(&pf->lock);

	if (news)
		devlink_health_report(pf->mbx_reporter,
				      iov_pf_health_complaint(news), pf);
	else if (!faults)
		devlink_health_reporter_state_update(pf->mbx_reporter,
						     healthy);
}

/**
 * iov_pf_health_tick - is what was reported over?
 * @pf: PF
 *
 * Context: process, pf->lock.
 */
void iov_pf_health_tick(struct iov_pf *pf)
{
	lockdep_assert_held(&pf->lock);
	if (pf->faults)
		iov_pf_health_changed(pf);
}

/**
 * iov_pf_health_changed - a VF's mailbox is stuck, or is so no longer, or the
 * VF came to quarantine or out of it
 * @pf: PF
 *
 * Context: any.
 */
void iov_pf_health_changed(struct iov_pf *pf)
{
	if (pf->mbx_reporter)
		schedule_work(&pf->health_work);
}

/**
 * iov_pf_health_create - a reporter
 * @pf: PF
 * @ops: what it does
 *
 * Context: process, probe.
 * Return: it, or NULL: all else works without.
 */
struct devlink_health_reporter *
iov_pf_health_create(struct iov_pf *pf,
		     const struct devlink_health_reporter_ops *ops)
{
	struct devlink_health_reporter *reporter;

	reporter = iov_compat_reporter(priv_to_devlink(pf), ops, pf);
	if (!IS_ERR(reporter))
		return reporter;
	dev_warn(&pf->pdev->dev, "no health reporter %s: %pe\n", ops->name,
		 reporter);
	return NULL;
}

/**
 * iov_pf_health_init - get ready to report
 * @pf: PF
 *
 * Context: process, probe.
 */
void iov_pf_health_init(struct iov_pf *pf)
{
	INIT_WORK(&pf->health_work, iov_pf_health_work);
	disable_work(&pf->health_work);
	pf->mbx_reporter = iov_pf_health_create(pf, &iov_pf_health_ops);
}

/**
 * iov_pf_health_exit - no more reports
 * @pf: PF, nothing of it runs any more
 *
 * Context: process.
 */
void iov_pf_health_exit(struct iov_pf *pf)
{
	if (pf->mbx_reporter)
		devlink_health_reporter_destroy(pf->mbx_reporter);
}
