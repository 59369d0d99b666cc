// SPDX-License-Identifier: GPL-2.0-only
/*
 * devlink health of the mailboxes: how each VF's conversation goes, and an
 * error when one has stopped because the VF holds its mailbox.
 */

#include "common/compat.h"
#include "pf/pf.h"
#include "pf/policy/queues.h"

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

static const struct devlink_health_reporter_ops iov_pf_health_ops = {
	.name = "mailbox",
	.diagnose = iov_pf_health_diagnose,
};

static bool iov_pf_health_any_stuck(struct iov_pf *pf)
{
	bool stuck = false;
	unsigned int i;

	mutex_lock(&pf->lock);
	for (i = 0; i < pf->pol.num_vfs; i++)
		stuck |= iov_pf_mbx_is_stuck(&pf->vf[i]);
	mutex_unlock(&pf->lock);
	return stuck;
}

/* Reporting takes devlink's lock, which comes before pf->lock. */
static void iov_pf_health_work(struct work_struct *work)
{
	const enum devlink_health_reporter_state healthy =
		DEVLINK_HEALTH_REPORTER_STATE_HEALTHY;
	struct iov_pf *pf = container_of(work, struct iov_pf, health_work);

	if (iov_pf_health_any_stuck(pf))
		devlink_health_report(pf->mbx_reporter,
				      "a VF holds its mailbox and is not served until its driver is reloaded",
				      NULL);
	else
		devlink_health_reporter_state_update(pf->mbx_reporter,
						     healthy);
}

/**
 * iov_pf_health_changed - a VF's mailbox is stuck, or is so no longer
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
 * iov_pf_health_init - begin to report; without a reporter all else works
 * @pf: PF
 *
 * Context: process, probe.
 */
void iov_pf_health_init(struct iov_pf *pf)
{
	struct devlink_health_reporter *reporter;

	INIT_WORK(&pf->health_work, iov_pf_health_work);
	reporter = iov_compat_reporter(priv_to_devlink(pf), &iov_pf_health_ops,
				       pf);
	if (IS_ERR(reporter)) {
		dev_warn(&pf->pdev->dev, "no health reporter: %pe\n", reporter);
		return;
	}
	pf->mbx_reporter = reporter;
}

/**
 * iov_pf_health_exit - no more reports
 * @pf: PF, nothing of it runs any more
 *
 * Context: process.
 */
void iov_pf_health_exit(struct iov_pf *pf)
{
	cancel_work_sync(&pf->health_work);
	if (pf->mbx_reporter)
		devlink_health_reporter_destroy(pf->mbx_reporter);
}
