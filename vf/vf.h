/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual function: one netdev, one connection to the PF.
 *
 * Layers; a file calls only those below it:
 *
 *	main.c				PCI driver, interrupts, work
 *	netdev.c ethtool.c		the interface
 *	move.c				from one path to the other
 *	config.c vlan.c rxmode.c queues.c
 *					what it requests from the PF
 *	session.c connect.c		begin, use and end a session
 *	request.c			requests, replies, events
 *	state.c				state of the connection
 *	hw.c stats.c			registers
 *	standby.c			the software path
 *	memory.c			settings, for the next VF
 *	fsm.c sync.c count.c path.c	pure
 *
 * Locks: RTNL, then conn.lock. The configuration of the interface is under
 * RTNL, the connection under conn.lock. One work item maintains the
 * connection: it takes RTNL only to stop, restore and start, and never
 * connects with RTNL held. A holder of RTNL sends requests only in state READY
 * and waits at most for its own: another sender holds RTNL as well, or is the
 * work, which cannot begin an attempt before it has had RTNL to stop the
 * rings. For the same reason what an attempt writes (the session) does not
 * change under a holder of RTNL that has seen READY.
 */
#ifndef IOV_VF_H
#define IOV_VF_H

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "common/io.h"
#include "common/nic.h"
#include "mailbox/codec.h"
#include "mailbox/mbx.h"
#include "vf/count.h"
#include "vf/fsm.h"
#include "vf/path.h"
#include "vf/sync.h"

#define IOV_VF_DEVICE_ID		0x10ca
#define IOV_VF_BAR_SIZE			0x4000

/* Reported to the PF */
#define IOV_VF_DRIVER_VERSION		1

/* The queue pairs of a pool */
#define IOV_VF_QPS			IOV_WIRE_QP_MAX

/* Vectors of the mailbox: the second one with IOV_QUIRK_MBX_VECTOR */
#define IOV_VF_VEC_MBX			2
#define IOV_VF_VEC_MBX_QUIRK		IOV_WIRE_QP_VECTOR(1)

/* Additional unicast addresses; more of them need promiscuous mode. */
#define IOV_VF_UC_MAX			16

/* A PF reset raises no interrupt in the VF: poll at this interval. */
#define IOV_VF_POLL			(2 * HZ)

/* Shortest time between two attempts to connect */
#define IOV_VF_MIN_GAP			(HZ / 10)

/* Flags of iov_vf_request(): sent by a driver that stops, with a short wait */
#define IOV_VF_REQ_FINAL		BIT(0)

/* Warnings that are logged once; bits of iov_vf.warned */
enum iov_vf_warning {
	IOV_VF_WARN_MAC,	/* no usable address from the PF */
	IOV_VF_WARN_MAC_SET,	/* own address refused */
	IOV_VF_WARN_MULTICAST,
	IOV_VF_WARN_UNICAST,
	IOV_VF_WARN_PROMISC,
	IOV_VF_WARN_VLAN,	/* refused when restored */
	IOV_VF_WARN_MTU,	/* refused when restored */
	IOV_VF_WARN_VERSION,	/* no version of the channel in common */
};

/* Frames to receive besides those to the VF's address */
struct iov_vf_rx {
	u8 promisc;		/* IOV_WIRE_PROMISC_* */
	struct iov_msg mc;	/* the request */
	u8 uc_count;
	u8 uc[IOV_VF_UC_MAX][ETH_ALEN];
};

/* Counters of ethtool -S (mbx_*), under conn.lock */
struct iov_vf_conn_stats {
	u64 requests;		/* RESET included */
	u64 nacks;
	u64 timeouts;
	u64 resets;		/* VTCTRL.RST */
	u64 reconnects;
	u64 strays;		/* messages that were neither reply nor event */
	u64 bad;		/* invalid replies */
	u64 syncs;		/* replies to EVENT_SYNC */
};

/* The connection to the PF; under @lock if not stated */
struct iov_vf_conn {
	struct mutex lock;	/* one request at a time; taken after RTNL */
	wait_queue_head_t wait;	/* waits for the PF */
	bool rung;		/* a mailbox interrupt came; no lock */
	bool waiting;		/* a waiter reads the mailbox; no lock */
	struct iov_mbx mbx;
	enum iov_vf_state state; /* read without lock as a hint */
	bool cts;		/* the last reply had it: frames may pass */
	u8 tid;			/* of the last request on a channel */
	unsigned long timeout;	/* of a reply, in jiffies */
	bool complained;	/* a failed attempt has been logged */
	bool was_ready;		/* there has been a connection before */
	unsigned long delay;	/* before the next attempt, in jiffies */
	unsigned long next_try;	/* time of the next attempt */
	unsigned long last_try;	/* when the last attempt began */
	unsigned long since;	/* when READY was reached */
	struct iov_vf_conn_stats stats;
};

/*
 * What has been negotiated, and the state that the PF has sent; written by an
 * attempt to connect. Here and in struct iov_vf: (RTNL) changed under RTNL,
 * (work) used by the work only.
 */
struct iov_vf_session {
	u32 version;		/* of the channel; 0: legacy mailbox */
	u32 caps;		/* set of IOV_WIRE_CAP_* */
	u32 epoch;		/* the PF's number of the session */
	u32 serial;		/* the PF's number of this VF */
	u8 blocks;		/* number of blocks that the PF has */
	unsigned int unanswered; /* attempts without reply to NEGOTIATE */
	bool path;		/* the VF has the data path; conn.lock */
	struct iov_mbx_sync state; /* applied to the interface (RTNL) */
	struct iov_mbx_sync pending; /* the last one received (work) */
	int logged;		/* reason for no path last logged (RTNL) */
	unsigned long asked;	/* when @path was last requested, in jiffies */
	struct iov_wire_guest guest; /* the last report to the PF (work) */
	/* Outlive the session (RTNL) */
	unsigned int qps;	/* queue pairs assigned */
	unsigned int qp_limit;	/* allowed by the host; 0: not known yet */
	u32 moderation;		/* IOV_WIRE_MODERATION_* last applied */
};

/* The software path, see standby.c */
struct iov_vf_standby {
	struct notifier_block notifier;
	struct packet_type tap;	/* tap.dev: the standby, or NULL (RTNL) */
	netdevice_tracker tracker;
	bool receives;		/* there is one, up and with link; (RTNL) */
	u8 step;		/* enum iov_vf_path_step; no lock */
	unsigned long settles;	/* jiffies; no lock */
	atomic64_t passed;	/* frames passed up by the tap */
};

/* iov_vf_session.logged: no reason */
#define IOV_VF_LOGGED_NONE		(-1)

/* A virtual function, from probe to remove */
struct iov_vf {
	struct pci_dev *pdev;
	struct net_device *netdev;
	struct iov_nic *nic;		/* data path of @netdev */
	struct iov_io io;
	struct iov_vf_conn conn;
	struct iov_vf_session session;
	struct iov_vf_standby standby;
	struct iov_vf_path path;	/* (RTNL) */
	struct delayed_work work;	/* maintains the connection */
	unsigned long todo;		/* enum iov_vf_todo; atomic bits */
	unsigned long warned;		/* enum iov_vf_warning; atomic bits */
	bool removing;			/* being unbound: ends every wait */
	bool frozen;			/* function reset or suspend */
	/* The PF's address for this VF, or zero; in state READY (RTNL) */
	u8 pf_mac[ETH_ALEN];
	struct iov_vf_rx rx;		/* the last request (work) */
	bool rx_refused;		/* not granted completely (work) */
	bool path_first;		/* start queues after the path (RTNL) */
	unsigned long cts_asked;	/* when CTS was last checked (work) */
	/* VLAN ids in use, including 0; atomic bits, changed under RTNL */
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	/* Those whose frames the PF may still pass; read by receive */
	DECLARE_BITMAP(tags, VLAN_N_VID);
	struct mutex count_lock;	/* for count; the innermost */
	struct iov_count count[IOV_VF_COUNTERS]; /* since probe */
};

static inline struct iov_vf *iov_vf_of(struct net_device *netdev)
{
	const struct iov_nic *nic = netdev_priv(netdev);

	return nic->owner;
}

static inline enum iov_vf_state iov_vf_state(const struct iov_vf *vf)
{
	return READ_ONCE(vf->conn.state);
}

/* The driver is being unbound, or the function suspended or reset. */
static inline bool iov_vf_stopping(const struct iov_vf *vf)
{
	return READ_ONCE(vf->removing) || READ_ONCE(vf->frozen);
}

/* iov_vf_request(): the PF has replied, with a refusal. */
static inline bool iov_vf_refused(int err)
{
	return err && err != -EAGAIN && err != -ETIMEDOUT && err != -ENODEV;
}

static inline bool iov_vf_on_channel(const struct iov_vf *vf)
{
	return READ_ONCE(vf->session.version);
}

/* Is a capability in use? */
static inline bool iov_vf_can(const struct iov_vf *vf, u32 cap)
{
	return READ_ONCE(vf->session.caps) & cap;
}

static inline bool iov_vf_has_block(const struct iov_vf *vf, u16 id)
{
	return iov_vf_can(vf, IOV_WIRE_CAP_BLOCKS) && id < vf->session.blocks;
}

static inline bool iov_vf_reset_announced(const struct iov_vf *vf)
{
	return vf->session.state.reason == IOV_WIRE_WHY_PF_RESET;
}

static inline bool iov_vf_peers_due(const struct iov_vf *vf)
{
	return test_bit(IOV_VF_TODO_PEERS, &vf->todo) &&
	       netif_carrier_ok(vf->netdev);
}

/* True once per warning. */
static inline bool iov_vf_warn_once(struct iov_vf *vf,
				    enum iov_vf_warning warning)
{
	return !test_and_set_bit(warning, &vf->warned);
}

static inline void iov_vf_work_now(struct iov_vf *vf)
{
	mod_delayed_work(system_long_wq, &vf->work, 0);
}

/* hw.c */
bool iov_vf_hw_answers(struct iov_vf *vf);
void iov_vf_hw_reset(struct iov_vf *vf);
void iov_vf_hw_start_irqs(struct iov_vf *vf);
void iov_vf_hw_place(struct iov_vf *vf);
struct iov_mbx_link iov_vf_hw_link(struct iov_vf *vf);

/* state.c */
void iov_vf_state_fire(struct iov_vf *vf, enum iov_vf_event event);
void iov_vf_state_event(struct iov_vf *vf, enum iov_vf_event event);
void iov_vf_state_restart(struct iov_vf *vf);

/* request.c */
void iov_vf_request_irq(struct iov_vf *vf, bool shared);
bool iov_vf_request_wait_clear(struct iov_vf *vf);
bool iov_vf_request_look(struct iov_vf *vf);
int iov_vf_request_xfer(struct iov_vf *vf, const struct iov_msg *msg,
			struct iov_reply *reply, unsigned int flags);
int iov_vf_request(struct iov_vf *vf, const struct iov_msg *msg,
		   struct iov_reply *reply, unsigned int flags);

/* standby.c */
int iov_vf_standby_watch(struct iov_vf *vf);
void iov_vf_standby_unwatch(struct iov_vf *vf);
void iov_vf_standby_step(struct iov_vf *vf, enum iov_vf_path_step step);
void iov_vf_standby_teach(struct iov_vf *vf);
void iov_vf_standby_announce(struct iov_vf *vf);

/* memory.c */
void iov_vf_memory_save(struct iov_vf *vf);
void iov_vf_memory_restore(struct iov_vf *vf);

/* move.c */
void iov_vf_move_begin(struct iov_vf *vf, enum iov_vf_path_step step);
void iov_vf_move_end(struct iov_vf *vf, bool on_vf);
void iov_vf_move_leave(struct iov_vf *vf);
void iov_vf_move_carrier_on(struct iov_vf *vf);

/* connect.c */
void iov_vf_connect(struct iov_vf *vf);

/* session.c */
void iov_vf_session_sync(struct iov_vf *vf);
int iov_vf_session_start_path(struct iov_vf *vf);
void iov_vf_session_stop_path(struct iov_vf *vf);
int iov_vf_session_read_block(struct iov_vf *vf, u16 id,
			      struct iov_reply *reply);
void iov_vf_session_report(struct iov_vf *vf);
void iov_vf_session_detach(struct iov_vf *vf, u8 cause);

/* netdev.c */
extern const struct net_device_ops iov_vf_netdev_ops;
void iov_vf_netdev_init(struct iov_vf *vf);
void iov_vf_netdev_sync(struct iov_vf *vf);
void iov_vf_netdev_stop(struct iov_vf *vf);
struct iov_mbx_link iov_vf_netdev_link(struct iov_vf *vf);

/* queues.c */
int iov_vf_queues_restore(struct iov_vf *vf);
void iov_vf_queues_follow(struct iov_vf *vf);
void iov_vf_queues_get(struct net_device *netdev, struct ethtool_channels *ch);
int iov_vf_queues_set(struct net_device *netdev, struct ethtool_channels *ch);

/* config.c */
int iov_vf_config_frame(struct iov_vf *vf);
void iov_vf_config_poll_cts(struct iov_vf *vf);
int iov_vf_config_change_mtu(struct net_device *netdev, int mtu);
int iov_vf_config_set_mac(struct net_device *netdev, void *p);
void iov_vf_config_use_pf_mac(struct iov_vf *vf);
int iov_vf_config_restore_mac(struct iov_vf *vf);
void iov_vf_config_reread_mac(struct iov_vf *vf);
void iov_vf_config_moderation(struct iov_vf *vf);

/* vlan.c */
void iov_vf_vlan_restore(struct iov_vf *vf);
void iov_vf_vlan_remove_unused(struct iov_vf *vf);
int iov_vf_vlan_add(struct net_device *netdev, __be16 proto, u16 vid);
int iov_vf_vlan_kill(struct net_device *netdev, __be16 proto, u16 vid);

/* rxmode.c */
int iov_vf_rxmode_update(struct iov_vf *vf);

/* stats.c */
void iov_vf_stats_init(struct iov_vf *vf);
void iov_vf_stats_update(struct iov_vf *vf);
void iov_vf_stats_get_mac(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac);

/* ethtool.c */
extern const struct ethtool_ops iov_vf_ethtool_ops;

#endif /* IOV_VF_H */
