/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The physical function: one netdev, seven VFs at most, one lock.
 *
 * Order of locks: devlink, RTNL, pf->lock, ptp.lock; the device is woken up
 * before pf->lock is taken. pf->lock is a mutex: it guards the policy state,
 * the tables in the device, mailboxes and link settings. Who changes
 * which queues are whose holds RTNL as well. No work but the reset work takes
 * RTNL: mailboxes are served whoever holds it.
 * PHY and NVM have a mutex of their own (fwsync.c), which may be taken with
 * pf->lock held. While the device is in use they are accessed without pf->lock:
 * firmware may keep them for longer than a VF waits for an answer.
 * ptp.lock is a spinlock: it guards the clock and all registers of DS 8.16.
 */
#ifndef IOV_PF_H
#define IOV_PF_H

#include <linux/ethtool.h>
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
#include "common/io.h"
#include "common/nic.h"
#include "common/regs.h"
#include "mailbox/codec.h"
#include "mailbox/mbx.h"
#include "pf/fwsync.h"
#include "pf/policy/admit.h"
#include "pf/policy/event.h"
#include "pf/policy/mdd.h"
#include "pf/policy/path.h"
#include "pf/policy/reason.h"
#include "pf/policy/session.h"
#include "pf/policy/settle.h"
#include "pf/policy/vf.h"
#include "pf/policy/wake.h"
#include "pf/vlan.h"

struct iov_pol_preserved;

/* Copper boards with an 82576; the code knows no other PHY. */
#define IOV_PF_ID_82576			0x10c9
#define IOV_PF_ID_82576_QUAD		0x10e8
#define IOV_PF_ID_82576_QUAD_ET2	0x1526

#define IOV_PF_MIN_MTU			68
#define IOV_PF_MAX_MTU			9216
/* Vector 0 has all causes but the queues, vector i + 1 queue pair i. */
#define IOV_PF_MISC_VECTOR		0
#define IOV_PF_MIN_VECTORS		2
#define IOV_PF_RSS_KEY_LEN		(IOV_RSSRK_WORDS * 4)

#define IOV_PF_NVM_MAC			0x00	/* words 0-2 */
#define IOV_PF_NVM_VERSION		0x05
#define IOV_PF_NVM_PBA			0x08	/* words 8-9 */
#define IOV_PF_NVM_ALT_MAC		0x37	/* pointer */
#define IOV_PF_NVM_SUM_WORDS		0x40
#define IOV_PF_NVM_SUM			0xbaba
/* PBA number kept as a string: this word, then a pointer in the next */
#define IOV_PF_NVM_PBA_PTR		0xfafa
#define IOV_PF_NVM_WORDS		1024	/* what ethtool -e shows */
#define IOV_PF_PBA_LEN			24
#define IOV_PF_FW_LEN			16
#define IOV_PF_TEST_PATTERN		0x5a5a5a5a
#define IOV_PF_PTP_CYCLE_NS		16	/* SYSTIM */
/* A mailbox that the VF holds is tried again after 1, 2, 4 ... 64 ms. */
#define IOV_PF_MBX_TRIES		7

/* Counters of the port, called like their registers (DS 8.18) */
enum iov_pf_counter {
	IOV_PF_GPRC,
	IOV_PF_GORC,
	IOV_PF_BPRC,
	IOV_PF_MPRC,
	IOV_PF_CRCERRS,
	IOV_PF_RUC,
	IOV_PF_ROC,
	IOV_PF_MPC,
	IOV_PF_RNBC,
	IOV_PF_GPTC,
	IOV_PF_GOTC,
	IOV_PF_BPTC,
	IOV_PF_MPTC,
	/* The ones above have a name in ethtool -S. */
	IOV_PF_NAMED,
	IOV_PF_ALGNERRC = IOV_PF_NAMED,
	IOV_PF_SCC,
	IOV_PF_ECOL,
	IOV_PF_MCC,
	IOV_PF_LATECOL,
	IOV_PF_DC,
	IOV_PF_TNCRS,
	IOV_PF_XONRXC,
	IOV_PF_XONTXC,
	IOV_PF_XOFFRXC,
	IOV_PF_XOFFTXC,
	IOV_PF_FCRUC,
	IOV_PF_RFC,
	IOV_PF_RJC,
	/* Frames by size, received and sent: six ranges each */
	IOV_PF_PRC64,
	IOV_PF_PRC1522 = IOV_PF_PRC64 + 5,
	IOV_PF_PTC64,
	IOV_PF_PTC1522 = IOV_PF_PTC64 + 5,
	IOV_PF_COUNTERS,
};

/**
 * enum iov_pf_vf_counter - hardware counters of a VF
 * @IOV_PF_VF_RX_PACKETS: GPRC
 * @IOV_PF_VF_TX_PACKETS: GPTC
 * @IOV_PF_VF_RX_BYTES: GORC
 * @IOV_PF_VF_TX_BYTES: GOTC
 * @IOV_PF_VF_MULTICAST: MPRC
 * @IOV_PF_VF_COUNTERS: number of them
 */
enum iov_pf_vf_counter {
	IOV_PF_VF_RX_PACKETS,
	IOV_PF_VF_TX_PACKETS,
	IOV_PF_VF_RX_BYTES,
	IOV_PF_VF_TX_BYTES,
	IOV_PF_VF_MULTICAST,
	IOV_PF_VF_COUNTERS,
};

/**
 * struct iov_pf_vf - the PF's side of a VF; all under pf->lock
 * @pf: owner
 * @index: VF number and pool
 * @mbx: mailbox
 * @dl_port: its devlink port
 * @retry_work: comes back to a mailbox that had to wait
 * @tries: how often the VF held it in a row
 * @bucket: how often it may ask
 * @mdd: how it has misbehaved of late
 * @session: its session when that was last traced
 * @throttling: it asks too often; its request waits for @bucket
 * @request: the VF has rung and was not served yet
 * @reply_len: words of @reply still to be delivered
 * @reply: last answer
 * @answered: @reply is what stands in the mailbox if nobody wrote to it since
 * @unread: the VF has not said that it has read @reply
 * @unread_until: jiffies when that is not waited for any longer
 * @control: it should be told to look at link, session and events
 * @lost: a driver had a session, which it has to open again
 * @no_cts: legacy driver, and no CTS stood in the mailbox at the last look
 * @dirty: a driver may have programmed the queues
 * @reset: the VF was reset and its former owner's things are still there
 * @mismatch: its driver has asked for another version of the channel
 * @spell: how often it was reset lately
 * @log_limit: for what its driver makes the PF say
 * @fault_limit: for faults; apart, so that the former cannot hide one
 * @counter: hardware counters, 64 bits
 * @counter_last: their 32-bit values when last read
 * @rx_dropped: frames that it had no buffer for
 */
struct iov_pf_vf {
	struct iov_pf *pf;
	unsigned int index;
	struct iov_mbx mbx;
	struct devlink_port dl_port;
	struct delayed_work retry_work;
	unsigned int tries;
	struct iov_pol_bucket bucket;
	struct iov_pol_mdd mdd;
	const char *session;
	bool throttling;
	bool request;
	unsigned int reply_len;
	struct iov_words reply;
	bool answered;
	bool unread;
	unsigned long unread_until;
	bool control;
	bool lost;
	bool no_cts;
	bool dirty;
	bool reset;
	bool mismatch;
	struct iov_pol_leak spell;
	struct ratelimit_state log_limit;
	struct ratelimit_state fault_limit;
	u64 counter[IOV_PF_VF_COUNTERS];
	u32 counter_last[IOV_PF_VF_COUNTERS];
	u64 rx_dropped;
};

/**
 * struct iov_pf_link - copper link; under pf->lock
 * @advertise: modes offered in autonegotiation
 * @shown: the interface is registered and has the link's carrier
 * @up: link is up
 * @speed: Mbit/s while up
 * @full_duplex: while up
 * @partner: what the link partner can do, MII_LPA; while up
 * @since: jiffies when it was last negotiated
 */
struct iov_pf_link {
	__ETHTOOL_DECLARE_LINK_MODE_MASK(advertise);
	bool shown;
	bool up;
	u32 speed;
	bool full_duplex;
	u16 partner;
	unsigned long since;
};

/**
 * struct iov_pf_pause - flow control of the port as wanted; under pf->lock
 * @autoneg: only what the link partner agrees to
 * @rx: obey PAUSE frames
 * @tx: send PAUSE frames
 */
struct iov_pf_pause {
	bool autoneg;
	bool rx;
	bool tx;
};

/**
 * struct iov_pf_seen - of the counters what ndo_get_stats64 shows
 * @sync: 32-bit consistency; written under pf->lock
 * @missed: frames there was no room for, in the port or in the PF's rings
 * @multicast: of the port
 * @crc: likewise
 * @too_long: likewise
 */
struct iov_pf_seen {
	struct u64_stats_sync sync;
	u64_stats_t missed;
	u64_stats_t multicast;
	u64_stats_t crc;
	u64_stats_t too_long;
};

/**
 * struct iov_pf_rss - receive side scaling
 * @key: Toeplitz key
 * @indir: queue of each hash bucket, in use while there are no VFs
 * @ports: protocols whose ports are hashed, IOV_MRQC_*
 */
struct iov_pf_rss {
	u8 key[IOV_PF_RSS_KEY_LEN];
	u8 indir[IOV_RETA_ENTRIES];
	u32 ports;
};

/**
 * struct iov_pf_ptp - the clock, from iov_pf_ptp_init() to remove
 * @info: what the clock can do
 * @clock: as registered; NULL: the kernel has no such clocks
 * @io: registers
 * @lock: guards what follows and the registers; taken with interrupts off
 * @cc: the device's counter and its rate
 * @tc: the time
 * @running: the device counts; else the system's clock goes on for it
 * @since: while it does not: boot time at which @tc is right
 * @config: what hardware timestamps are wanted of; written under RTNL as well
 * @pkts: packets that were sent and got a timestamp
 * @lost: packets that got none in time
 * @unclaimed: the timestamp of a frame that has not come here was seen
 */
struct iov_pf_ptp {
	struct ptp_clock_info info;
	struct ptp_clock *clock;
	struct iov_io *io;
	spinlock_t lock;	/* see top of file */
	struct cyclecounter cc;
	struct timecounter tc;
	bool running;
	u64 since;
	struct kernel_hwtstamp_config config;
	u64 pkts;
	u64 lost;
	bool unclaimed;
};

/**
 * struct iov_pf - a physical function, from probe to remove
 * @pdev: PCI function
 * @netdev: interface; see iov_pf_has_netdev()
 * @nic: its data path, NULL together with @netdev
 * @io: registers
 * @lock: see top of file
 * @fwsync: access to PHY and NVM, with a lock of its own
 * @offline: the device must not be touched: reset by others, suspended,
 *	being removed
 * @asleep: offline, but wakes up for who needs it (runtime PM)
 * @pol: truth that decisions are made on
 * @tables: what filters and pools in the device are
 * @next: what they are going to be
 * @scratch: work space for changes that may be refused
 * @vf: VFs; the first @pol.num_vfs exist
 * @dl_port: devlink port of @netdev
 * @mbx_reporter: health of the mailboxes; NULL: could not be made
 * @health_work: reports what went wrong with them
 * @faults: what it has reported and is not over, see health.c
 * @host: PCI function and host, what stays as it is
 * @sriov_reporter: health of SR-IOV; NULL: could not be made
 * @sriov_work: looks whether VFs have lost their data path
 * @degraded: VFs that had lost it when last looked
 * @reported: those of them that were reported
 * @link: link
 * @pause: flow control
 * @rss: RSS
 * @wake: Wake-on-LAN; under RTNL
 * @ptp: clock
 * @ledctl: what the LEDs show while the board is not looked for
 * @vlan: VLANs in which the host sends
 * @macvlan: macvlans that may have a pool, as many as @pol says
 * @perm_mac: address of the board
 * @ctrl: CTRL without self-clearing bits
 * @no_auto_rd: EECD.AUTO_RD never comes on this device
 * @no_cfg_done: EEMNGCTL.CFG_DONE never comes on this device
 * @counter: of the port, since probe; under @lock
 * @missed: frames that the PF's own rings had no buffer for; likewise
 * @seen: some of both where nothing may sleep
 * @wq: where @misc_work runs
 * @misc_work: causes of vector 0: link, mailboxes
 * @rx_mode_work: receive lists of the netdev to filters
 * @link_work: link has changed
 * @reset_work: reset the device
 * @tick: counters before they wrap, VFs that have to come back or to look
 * @leave_work: VFs that have not left the data path in time
 * @one_irq: there is no MSI-X; vector 0 is for everything
 * @causes: with @one_irq: what @misc_work has to see to, IOV_ICR_*
 * @saved_vfs: VFs that iov_pf_sriov_save() has locked, from then on to
 *	iov_pf_sriov_restore()
 * @tenants: says when drivers of VFs are unbound
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
	struct iov_pol_dev pol;
	struct iov_pol_hw_tables tables;
	struct iov_pol_hw_tables next;
	struct iov_pol_scratch scratch;
	struct iov_pf_vf vf[IOV_POL_VFS];
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
 * Does the interface exist? Not while a reload of the driver has failed: the
 * device is then released and pf->netdev and pf->nic are NULL together. Both
 * change under the device lock, the devlink lock and pf->lock.
 */
static inline bool iov_pf_has_netdev(const struct iov_pf *pf)
{
	return pf->netdev;
}

/*
 * The rings of an open interface were to start again: if they have not, only a
 * reset helps. Under RTNL.
 */
static inline void iov_pf_revive(struct iov_pf *pf)
{
	if (pf->nic->opened && !pf->nic->started &&
	    netif_device_present(pf->netdev))
		schedule_work(&pf->reset_work);
}

/* Is a PCI function a VF of this PF? */
static inline bool iov_pf_has_vf(const struct iov_pf *pf,
				 const struct pci_dev *pdev)
{
	return pdev->is_virtfn && pdev->physfn == pf->pdev;
}

/* main.c */
int iov_pf_up(struct iov_pf *pf);
void iov_pf_down(struct iov_pf *pf);

/* hw.c */
void iov_pf_hw_vlan_strip(struct iov_pf *pf, bool on);
void iov_pf_hw_set_pause(struct iov_pf *pf, bool rx, bool tx);
void iov_pf_hw_wake_from_d3cold(struct iov_pf *pf);
void iov_pf_hw_release(struct iov_pf *pf);
void iov_pf_hw_leave(struct iov_pf *pf);
int iov_pf_hw_renew(struct iov_pf *pf);
int iov_pf_hw_silence(struct iov_nic *nic);
int iov_pf_reset(struct iov_pf *pf);

/* nvm.c */
int iov_pf_nvm_read(struct iov_pf *pf, u16 word, u16 count, u16 *data);
int iov_pf_nvm_check(struct iov_pf *pf);
int iov_pf_nvm_load(struct iov_pf *pf);

/* link.c */
void iov_pf_link_init(struct iov_pf *pf);
int iov_pf_link_restart(struct iov_pf *pf);
bool iov_pf_link_offers_full_duplex(const unsigned long *modes);
void iov_pf_link_show(struct iov_pf *pf, bool on);
void iov_pf_link_lost(struct iov_pf *pf);
bool iov_pf_link_is_stale(struct iov_pf *pf);
void iov_pf_link_work(struct work_struct *work);
int iov_pf_link_get_ksettings(struct net_device *netdev,
			      struct ethtool_link_ksettings *ks);
int iov_pf_link_set_ksettings(struct net_device *netdev,
			      const struct ethtool_link_ksettings *ks);
int iov_pf_link_nway_reset(struct net_device *netdev);

/* pause.c */
void iov_pf_pause_init(struct iov_pf *pf);
void iov_pf_pause_start(struct iov_pf *pf);
void iov_pf_pause_apply(struct iov_pf *pf);
u16 iov_pf_pause_advert(const struct iov_pf *pf);
void iov_pf_pause_get(struct net_device *netdev,
		      struct ethtool_pauseparam *param);
int iov_pf_pause_set(struct net_device *netdev,
		     struct ethtool_pauseparam *param);

/* led.c */
int iov_pf_led_identify(struct net_device *netdev,
			enum ethtool_phys_id_state state);

/* irq.c */
int iov_pf_irq_alloc(struct iov_pf *pf);
int iov_pf_irq_request(struct iov_pf *pf);
void iov_pf_irq_free(struct iov_pf *pf);
void iov_pf_irq_misc_work(struct work_struct *work);
void iov_pf_irq_expect_reflected(struct iov_pf *pf);
void iov_pf_irq_place(struct iov_pf *pf);
void iov_pf_irq_program(struct iov_pf *pf);
void iov_pf_irq_renew(struct iov_pf *pf);
void iov_pf_irq_enable(struct iov_pf *pf);
void iov_pf_irq_mask(struct iov_pf *pf);
unsigned int iov_pf_irq_pairs(const struct iov_pf *pf);
unsigned int iov_pf_irq_count(const struct iov_pf *pf);
unsigned int iov_pf_irq_vector(const struct iov_pf *pf, unsigned int pair);
void iov_pf_irq_fire(struct iov_pf *pf, unsigned int vector);
void iov_pf_irq_forget_vf(struct iov_pf *pf, unsigned int index);

/* netdev.c */
extern const struct net_device_ops iov_pf_netdev_ops;
void iov_pf_netdev_init(struct iov_pf *pf);
void iov_pf_collect(struct net_device *netdev, struct iov_pol_pf *own);
void iov_pf_rx_mode_work(struct work_struct *work);

/* filter.c; caller holds pf->lock */
void iov_pf_filter_write(struct iov_pf *pf, const struct iov_pol_hw_tables *old,
			 const struct iov_pol_hw_tables *new);
void iov_pf_filter_on(struct iov_pf *pf, const struct iov_pol_hw_tables *tables);
void iov_pf_filter_off(struct iov_pf *pf);

/* pool.c; caller holds pf->lock */
struct iov_pol_dev *iov_pf_draft(struct iov_pf *pf);
int iov_pf_commit(struct iov_pf *pf);
void iov_pf_apply(struct iov_pf *pf);
void iov_pf_sync(struct iov_pf *pf);
void iov_pf_rewrite(struct iov_pf *pf);
void iov_pf_pool_write_rss(struct iov_pf *pf);
void iov_pf_pool_spread_rss(struct iov_pf *pf, unsigned int qps);
void iov_pf_pool_gates(struct iov_pf *pf, const struct iov_pol_hw_tables *tables);
void iov_pf_pool_close(struct iov_pf *pf, unsigned int index);
void iov_pf_pool_clear_queue(struct iov_pf *pf, unsigned int queue);
void iov_pf_pool_clear_vf(struct iov_pf *pf, unsigned int index);

/* rate.c; caller holds pf->lock */
void iov_pf_rate_write(struct iov_pf *pf, const struct iov_pol_hw_tables *old,
		       const struct iov_pol_hw_tables *new);
void iov_pf_rate_renew(struct iov_pf *pf, unsigned int index);

/* vfmbx.c */
bool iov_pf_mbx_service(struct iov_pf *pf);
void iov_pf_mbx_retry_work(struct work_struct *work);
bool iov_pf_mbx_is_stuck(const struct iov_pf_vf *vf);
void iov_pf_mbx_attend(struct iov_pf_vf *vf);
void iov_pf_mbx_forget(struct iov_pf_vf *vf);

/* vfevent.c */
u64 iov_pf_event_clock(void);
void iov_pf_event_trace(struct iov_pf_vf *vf, const char *why);
void iov_pf_event_notify(struct iov_pf_vf *vf);
u32 iov_pf_event_raise(struct iov_pf *pf);
void iov_pf_event_ring(struct iov_pf *pf, u32 vfs);
void iov_pf_event_nudge(struct iov_pf *pf);
void iov_pf_event_warn_reset(struct iov_pf *pf);
void iov_pf_event_leave_work(struct work_struct *work);
void iov_pf_event_rescind(struct iov_pf *pf, u16 reason);

/* ethtool.c */
extern const struct ethtool_ops iov_pf_ethtool_ops;

/* selftest.c */
int iov_pf_selftest_count(void);
void iov_pf_selftest_names(u8 *p);
void iov_pf_selftest_run(struct net_device *netdev, struct ethtool_test *test,
			 u64 *failed);

/* stats.c */
void iov_pf_stats_init(struct iov_pf *pf);
void iov_pf_stats_fold(struct iov_pf *pf);
void iov_pf_stats_get64(struct net_device *netdev,
			struct rtnl_link_stats64 *s);
void iov_pf_stats_names(u8 **p);
void iov_pf_stats_values(struct iov_pf *pf, u64 *data);
void iov_pf_stats_get_mac(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac);
void iov_pf_stats_get_ctrl(struct net_device *netdev,
			   struct ethtool_eth_ctrl_stats *ctrl);
void iov_pf_stats_get_pause(struct net_device *netdev,
			    struct ethtool_pause_stats *pause);
void iov_pf_stats_get_rmon(struct net_device *netdev,
			   struct ethtool_rmon_stats *rmon,
			   const struct ethtool_rmon_hist_range **ranges);

/* health.c */
struct devlink_health_reporter *
iov_pf_health_create(struct iov_pf *pf,
		     const struct devlink_health_reporter_ops *ops);
void iov_pf_health_init(struct iov_pf *pf);
void iov_pf_health_exit(struct iov_pf *pf);
void iov_pf_health_changed(struct iov_pf *pf);
void iov_pf_health_tick(struct iov_pf *pf);

/* reasons.c */
void iov_pf_reasons_init(struct iov_pf *pf);
void iov_pf_reasons_exit(struct iov_pf *pf);
void iov_pf_reasons_look(struct iov_pf *pf);
void iov_pf_reasons_log(struct iov_pf *pf, enum iov_mbx_severity least);

/* devlink.c */
extern const struct devlink_ops iov_pf_devlink_ops;

/* param.c */
int iov_pf_param_register(struct iov_pf *pf);
void iov_pf_param_unregister(struct iov_pf *pf);

#endif /* IOV_PF_H */
