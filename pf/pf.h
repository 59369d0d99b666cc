/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The physical function: one netdev, seven VFs at most, one lock.
 *
 * Order of locks: devlink, RTNL, pf->lock, ptp.lock; the device is woken up
 * before pf->lock is taken. pf->lock is a mutex: it protects the policy state,
 * the tables in the device, mailboxes and link settings. A change of the owner
 * of queues needs RTNL as well. No work but the reset work takes RTNL:
 * mailboxes are served while RTNL is held elsewhere.
 * PHY and NVM have a mutex of their own (fwsync.c), which may be taken with
 * pf->lock held. While the device is in use they are accessed without pf->lock:
 * firmware may hold them for longer than a VF waits for a reply.
 * ptp.lock is a spinlock: it protects the clock and all registers of DS 8.16.
 */
#ifndef IOV_PF_H
#define IOV_PF_H

#include <linux/ethtool.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/net_tstamp.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/ratelimit_types.h>
#include <linux/spinlock.h>
#include <linux/timecounter.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <net/devlink.h>

#include "common/compat.h"
#include "common/count.h"
#include "common/io.h"
#include "common/nic.h"
#include "common/regs.h"
#include "mailbox/codec.h"
#include "mailbox/mbx.h"
#include "pf/fwsync.h"
#include "pf/learn.h"
#include "pf/link.h"
#include "pf/policy/mdd.h"
#include "pf/policy/policy.h"
#include "pf/policy/reason.h"
#include "pf/policy/wake.h"
#include "pf/ptp.h"
#include "pf/rss.h"
#include "pf/stats.h"
#include "pf/vlan.h"

struct iov_pol_preserved;

/* Copper boards with an 82576; other PHYs are not supported. */
#define IOV_PF_ID_82576			0x10c9
#define IOV_PF_ID_82576_QUAD		0x10e8
#define IOV_PF_ID_82576_QUAD_ET2	0x1526

#define IOV_PF_PBA_LEN			24
#define IOV_PF_FW_LEN			16

/**
 * enum iov_pf_mbx_state - conversation with a VF; changed by mbx.c only
 * @IOV_PF_MBX_IDLE: nothing is outstanding
 * @IOV_PF_MBX_REQUEST: the VF has rung; its request was not served yet
 * @IOV_PF_MBX_REPLY: the reply must be written to the mailbox
 * @IOV_PF_MBX_UNREAD: the reply is in the mailbox, not acknowledged yet
 */
enum iov_pf_mbx_state {
	IOV_PF_MBX_IDLE,
	IOV_PF_MBX_REQUEST,
	IOV_PF_MBX_REPLY,
	IOV_PF_MBX_UNREAD,
};

/**
 * enum iov_pf_vf_queues - what a VF's queues hold; changed by mbx.c only
 * @IOV_PF_QUEUES_CLEAN: nothing of a former owner
 * @IOV_PF_QUEUES_USED: a driver may have programmed them
 * @IOV_PF_QUEUES_RESET: the VF was reset; its former owner's state is left
 */
enum iov_pf_vf_queues {
	IOV_PF_QUEUES_CLEAN,
	IOV_PF_QUEUES_USED,
	IOV_PF_QUEUES_RESET,
};

/* Flags of a VF, set by mbx.c and notify.c */
#define IOV_PF_VF_THROTTLED	BIT(0)	/* exceeds its message rate */
#define IOV_PF_VF_LOST		BIT(1)	/* must open its session again */
#define IOV_PF_VF_MISMATCH	BIT(2)	/* has another channel version */

/**
 * struct iov_pf_vf - the PF's side of a VF; all under pf->lock
 * @pf: owner
 * @index: VF number and pool
 * @mbx: mailbox
 * @dl_port: devlink port
 * @retry_work: does what is outstanding for the VF
 * @state: state of the conversation
 * @queues: state of the queues
 * @flags: IOV_PF_VF_*
 * @tries: times in a row that the VF held its mailbox
 * @bucket: tokens of its message rate
 * @mdd: misbehaviour found so far
 * @session: name of its session when last traced
 * @reply_len: words of @reply; 0 if it is not in the mailbox
 * @reply: last reply
 * @unread_until: jiffies until which PF control waits for @reply to be read
 * @resets: recent resets
 * @moved: moves of its data path
 * @log_limit: limits messages that the VF's driver can cause
 * @fault_limit: limits messages about faults, which @log_limit must not hide
 * @move_limit: limits the frames that announce its addresses
 * @counter: hardware counters
 * @rx_dropped: frames without receive buffer
 */
struct iov_pf_vf {
	struct iov_pf *pf;
	unsigned int index;
	struct iov_mbx mbx;
	struct devlink_port dl_port;
	struct delayed_work retry_work;
	enum iov_pf_mbx_state state;
	enum iov_pf_vf_queues queues;
	u32 flags;
	unsigned int tries;
	struct iov_pol_bucket bucket;
	struct iov_pol_mdd mdd;
	const char *session;
	unsigned int reply_len;
	struct iov_words reply;
	unsigned long unread_until;
	struct iov_pol_bucket resets;
	struct iov_pol_moved moved;
	struct ratelimit_state log_limit;
	struct ratelimit_state fault_limit;
	struct ratelimit_state move_limit;
	struct iov_count counter[IOV_PF_VF_COUNTERS];
	u64 rx_dropped;
};

/**
 * struct iov_pf - a physical function, from probe to remove
 * @pdev: PCI function
 * @netdev: interface
 * @nic: its data path
 * @io: registers
 * @lock: see top of file
 * @fwsync: access to PHY and NVM, with a lock of its own
 * @offline: the device must not be accessed: reset by others, suspended,
 *	being removed
 * @asleep: offline, wakes up on demand (runtime PM)
 * @stopped: offline and without interrupts, the interface detached: the last
 *	reload has failed. Changed under RTNL, device lock and devlink lock
 * @pol: state of the policy
 * @tables: filters and pools as they are in the device
 * @next: filters and pools to write
 * @scratch: drafts of changes that may be refused
 * @vf: VFs; the first @pol.num_vfs exist
 * @notify: VFs to which PF control must be sent
 * @no_cts: legacy VFs whose mailbox lacked CTS at the last tick
 * @dl_port: devlink port of @netdev
 * @mbx_reporter: health of the mailboxes; NULL if its creation failed
 * @health_work: reports faults of the mailboxes
 * @faults: reported faults that are not over, see health.c
 * @host: constant properties of PCI function and host
 * @sriov_reporter: health of SR-IOV; NULL if its creation failed
 * @sriov_work: checks whether VFs have lost their data path
 * @degraded: VFs without data path at the last check
 * @reported: VFs of @degraded that were reported
 * @link: link
 * @pause: flow control
 * @rss: RSS
 * @wake: Wake-on-LAN; under RTNL
 * @ptp: clock
 * @ledctl: normal state of the LEDs
 * @vlan: VLANs in which the host sends
 * @learn: addresses of VFs in the software switch
 * @macvlan: macvlans with offload; their number is in @pol
 * @perm_mac: address of the board
 * @ctrl: CTRL without self-clearing bits
 * @no_auto_rd: EECD.AUTO_RD never comes on this device
 * @no_cfg_done: EEMNGCTL.CFG_DONE never comes on this device
 * @counter: counters of the port since probe; under @lock
 * @missed: frames without buffer in the PF's own rings; under @lock
 * @seen: copy of some of both for atomic context
 * @wq: runs @misc_work and the work of VFs
 * @misc_work: causes of vector 0: link, mailboxes
 * @rx_mode_work: brings the netdev's receive lists to the filters
 * @link_work: handles a link change
 * @reset_work: resets the device
 * @tick: reads counters before they wrap, repeats notifications
 * @leave_work: closes the data path of VFs that missed their deadline
 * @one_irq: no MSI-X; vector 0 serves all causes
 * @causes: with @one_irq: causes for @misc_work, IOV_ICR_*
 * @saved_vfs: VFs locked from iov_pf_sriov_save() to
 *	iov_pf_sriov_restore()
 * @tenants: notifier of drivers that are unbound from VFs
 * @freeze_list: entry of the list in freeze.c
 * @misc_irq: interrupt of vector 0
 * @misc_name: its name
 * @pba: part number of the board
 * @fw_version: version of the NVM
 */
struct iov_pf {
	struct pci_dev *pdev;
	struct net_device *netdev;
	struct iov_nic *nic;
	struct iov_io io;
	struct mutex lock;	/* see top of file */
	struct iov_pf_fwsync fwsync;
	bool offline;
	bool asleep;
	bool stopped;
	struct iov_pol_dev pol;
	struct iov_pol_hw_tables tables;
	struct iov_pol_hw_tables next;
	struct iov_pol_scratch scratch;
	struct iov_pf_vf vf[IOV_POL_VFS];
	u32 notify;
	u32 no_cts;
	struct devlink_port dl_port;
	struct devlink_health_reporter *mbx_reporter;
	struct work_struct health_work;
	u32 faults;
	struct iov_pol_host host;
	struct devlink_health_reporter *sriov_reporter;
	struct work_struct sriov_work;
	u32 degraded;
	u32 reported;
	struct iov_pf_link link;
	struct iov_pf_pause pause;
	struct iov_pf_rss rss;
	struct iov_pol_wake wake;
	struct iov_pf_ptp ptp;
	u32 ledctl;
	struct iov_pf_vlan vlan;
	struct iov_pf_learn learn;
	struct net_device *macvlan[IOV_POL_MACVLANS];
	u8 perm_mac[ETH_ALEN];
	u32 ctrl;
	bool no_auto_rd;
	bool no_cfg_done;
	u64 counter[IOV_PF_COUNTERS];
	u64 missed;
	struct iov_pf_seen seen;
	struct workqueue_struct *wq;
	struct work_struct misc_work;
	struct work_struct rx_mode_work;
	struct work_struct link_work;
	struct work_struct reset_work;
	struct delayed_work tick;
	struct delayed_work leave_work;
	bool one_irq;
	atomic_t causes;
	u32 saved_vfs;
	struct notifier_block tenants;
	struct list_head freeze_list;
	int misc_irq;
	char misc_name[IFNAMSIZ + 16];
	char pba[IOV_PF_PBA_LEN];
	char fw_version[IOV_PF_FW_LEN];
};

static inline struct iov_pf *iov_pf_of(const struct net_device *netdev)
{
	const struct iov_nic *nic = netdev_priv(netdev);

	return nic->owner;
}

/*
 * Restart the rings of an open interface; only a reset helps if that fails.
 * Under RTNL.
 */
static inline void iov_pf_revive(struct iov_pf *pf)
{
	if (pf->nic->opened && !pf->nic->started &&
	    netif_device_present(pf->netdev))
		schedule_work(&pf->reset_work);
}

/* Milliseconds, the clock of the policy */
static inline u64 iov_pf_now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

/* The state of a VF's mailbox or its quarantine has changed. Any context. */
static inline void iov_pf_health_changed(struct iov_pf *pf)
{
	schedule_work(&pf->health_work);
}

/* Whether a PCI function is a VF of this PF */
static inline bool iov_pf_has_vf(const struct iov_pf *pf,
				 const struct pci_dev *pdev)
{
	return pdev->is_virtfn && pdev->physfn == pf->pdev;
}

#endif /* IOV_PF_H */
