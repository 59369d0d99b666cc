/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual function: one netdev, one channel to the PF.
 *
 * Contexts and locks: RTNL, then chan.lock. Configuration of the interface is
 * under RTNL, the state of the channel under chan.lock. One work item keeps
 * the contact: it takes RTNL only to stop, restore and start, and never makes
 * contact with RTNL held. A holder of RTNL sends requests only in state READY
 * and waits for its own one at most: whoever else wants to send holds RTNL
 * too, or is the work, which cannot begin an attempt before it has had RTNL
 * to stop the rings. For the same reason what an attempt writes (the session)
 * does not change under a holder of RTNL who has seen READY.
 */
#ifndef IOV_VF_H
#define IOV_VF_H

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "common/io.h"
#include "common/nic.h"
#include "mailbox/codec.h"
#include "mailbox/mbx.h"
#include "vf/count.h"
#include "vf/fsm.h"

#define IOV_VF_DEVICE_ID		0x10ca
#define IOV_VF_BAR_SIZE			0x4000

/* What this driver tells the PF of itself */
#define IOV_VF_DRIVER_VERSION		1

/* Queue pairs at most: those of its pool */
#define IOV_VF_QPS			IOV_WIRE_QP_MAX

/*
 * Vectors. QEMU sends what VTIVAR_MISC directs to vector 2 to vector 1, which
 * is that of queue pair 1: both look into the mailbox.
 */
#define IOV_VF_VEC_MBX_QEMU		1
#define IOV_VF_VEC_MBX			2

/* Additional unicast addresses; more of them ask for promiscuous mode. */
#define IOV_VF_UC_MAX			16

/* A PF reset raises no interrupt in the VF: look this often. */
#define IOV_VF_POLL			(2 * HZ)

/**
 * enum iov_vf_todo - what the work has to do; bits of iov_vf.todo
 * @IOV_VF_TODO_RESTORE: after contact: bring all configuration to the PF
 * @IOV_VF_TODO_RX: the receive lists may have changed
 * @IOV_VF_TODO_RX_AGAIN: ask again for what was refused
 * @IOV_VF_TODO_RESTART: give the channel up and make new contact
 * @IOV_VF_TODO_LOOK: the mailbox could not be read, look again soon
 * @IOV_VF_TODO_SYNC: events wait at the PF
 * @IOV_VF_TODO_STATE: let the interface follow what the PF has said
 * @IOV_VF_TODO_MAC: the administrator may have changed the address
 * @IOV_VF_TODO_VLANS: ask for all VLANs again
 * @IOV_VF_TODO_MODERATION: ask how the host wants interrupts to be spaced
 * @IOV_VF_TODO_QUEUES: ask for queue pairs again
 * @IOV_VF_TODO_VLANS_DROP: give up VLANs that are not in use any more
 * @IOV_VF_TODO_PEERS: with carrier: tell the network where the interface is
 * @IOV_VF_TODO_LOOK_LATER: an interrupt came that may have been the mailbox's
 */
enum iov_vf_todo {
	IOV_VF_TODO_RESTORE,
	IOV_VF_TODO_RX,
	IOV_VF_TODO_RX_AGAIN,
	IOV_VF_TODO_RESTART,
	IOV_VF_TODO_LOOK,
	IOV_VF_TODO_SYNC,
	IOV_VF_TODO_STATE,
	IOV_VF_TODO_MAC,
	IOV_VF_TODO_VLANS,
	IOV_VF_TODO_MODERATION,
	IOV_VF_TODO_QUEUES,
	IOV_VF_TODO_VLANS_DROP,
	IOV_VF_TODO_PEERS,
	IOV_VF_TODO_LOOK_LATER,
};

/**
 * enum iov_vf_warning - complaints made once; bits of iov_vf.warned
 * @IOV_VF_WARN_MAC: no usable address from the PF
 * @IOV_VF_WARN_MAC_SET: own address refused
 * @IOV_VF_WARN_MULTICAST: more groups than the PF allows
 * @IOV_VF_WARN_UNICAST: additional address refused
 * @IOV_VF_WARN_PROMISC: promiscuous mode refused
 * @IOV_VF_WARN_VLAN: VLAN refused when restored
 * @IOV_VF_WARN_MTU: frame size refused when restored
 * @IOV_VF_WARN_VERSION: the PF knows other versions of the channel only
 */
enum iov_vf_warning {
	IOV_VF_WARN_MAC,
	IOV_VF_WARN_MAC_SET,
	IOV_VF_WARN_MULTICAST,
	IOV_VF_WARN_UNICAST,
	IOV_VF_WARN_PROMISC,
	IOV_VF_WARN_VLAN,
	IOV_VF_WARN_MTU,
	IOV_VF_WARN_VERSION,
};

/**
 * struct iov_vf_rx - which frames besides its own the VF wants
 * @promisc: IOV_WIRE_PROMISC_*
 * @mc: the multicast request
 * @uc_count: additional unicast addresses
 * @uc: they
 */
struct iov_vf_rx {
	u8 promisc;
	struct iov_msg mc;
	u8 uc_count;
	u8 uc[IOV_VF_UC_MAX][ETH_ALEN];
};

/**
 * struct iov_vf_chan_stats - counters, under chan.lock
 * @requests: requests sent, RESET counted
 * @nacks: requests refused
 * @timeouts: waits that ended without an answer
 * @resets: function resets (VTCTRL.RST)
 * @reconnects: contacts made after the first one
 * @strays: words from the PF that were no answer and no event
 * @bad: answers with content that no PF may send
 * @busy: requests refused because the PF was busy
 * @syncs: EVENT_SYNC answered
 */
struct iov_vf_chan_stats {
	u64 requests;
	u64 nacks;
	u64 timeouts;
	u64 resets;
	u64 reconnects;
	u64 strays;
	u64 bad;
	u64 busy;
	u64 syncs;
};

/**
 * struct iov_vf_chan - the channel; under @lock if not said otherwise
 * @lock: one request at a time; taken after RTNL
 * @wait: whoever waits for the PF
 * @rung: a mailbox interrupt came; no lock
 * @waiting: somebody waits for an answer and looks at what comes; no lock
 * @own_vector: the mailbox rings on a vector of its own; no lock
 * @mbx: mailbox
 * @state: read without lock where only a hint is needed
 * @cts: the PF's last word had CTS: it lets frames pass
 * @tid: transaction number of the last request on a channel
 * @timeout: an answer takes no longer, in jiffies
 * @complained: failed contact has been logged
 * @met: there has been contact before
 * @delay: until the next attempt after a failure, in jiffies
 * @next_try: when, in jiffies
 * @last_try: when the last attempt began
 * @since: when READY was reached
 * @stats: counters
 */
struct iov_vf_chan {
	struct mutex lock;	/* one request at a time */
	wait_queue_head_t wait;
	bool rung;
	bool waiting;
	bool own_vector;
	struct iov_mbx mbx;
	enum iov_vf_state state;
	bool cts;
	u8 tid;
	unsigned long timeout;
	bool complained;
	bool met;
	unsigned long delay;
	unsigned long next_try;
	unsigned long last_try;
	unsigned long since;
	struct iov_vf_chan_stats stats;
};

/**
 * struct iov_vf_session - what has been negotiated, and what came of it
 *
 * Written by an attempt, that is while nobody looks at it; what changes later
 * says by whom.
 *
 * @version: of the channel; 0: legacy, the PF does not know it
 * @caps: set of IOV_WIRE_CAP_*
 * @epoch: the PF's number for the session
 * @serial: the PF's number for this VF
 * @blocks: the PF has the blocks below
 * @unanswered: attempts in a row that failed with NEGOTIATE
 * @path: frames go to the VF; under chan.lock, in the order of the PF's answers
 * @state: what the interface follows; under RTNL
 * @pending: what the PF has said since; only the work
 * @logged: reason given for having no data path, or IOV_VF_LOGGED_NONE; under RTNL
 * @asked: when the PF was last asked for the data path, in jiffies
 * @guest: what the PF knows of the interface; only the work
 * @qps: queue pairs the PF has assigned; like @qp_limit under RTNL, and as the
 *	last PF said that was asked: both outlive the session
 * @qp_limit: queue pairs it would assign; 0: never asked
 * @moderation: IOV_WIRE_MODERATION_* that the host has last asked for; the user
 *	may have set something else since. Under RTNL; outlives the session
 */
struct iov_vf_session {
	u32 version;
	u32 caps;
	u32 epoch;
	u32 serial;
	u8 blocks;
	unsigned int unanswered;
	bool path;
	struct iov_mbx_sync state;
	struct iov_mbx_sync pending;
	int logged;
	unsigned long asked;
	u32 guest[IOV_WIRE_GUEST_WORDS];
	unsigned int qps;
	unsigned int qp_limit;
	u32 moderation;
};

#define IOV_VF_LOGGED_NONE		(-1)

/**
 * struct iov_vf - a virtual function, from probe to remove
 * @pdev: PCI function
 * @netdev: interface
 * @nic: its data path
 * @io: registers
 * @chan: channel to the PF
 * @session: what has been negotiated on it
 * @work: keeps the contact
 * @todo: set of enum iov_vf_todo, atomic bits
 * @warned: set of enum iov_vf_warning, atomic bits
 * @removing: the driver is being unbound; ends every wait; no lock
 * @frozen: rings and work are off for a function reset or suspend; no lock
 * @pf_mac: address that the PF directs to this VF; zero: none; written by an
 *	attempt, and in state READY under RTNL
 * @rx: what the PF was last asked for; only the work
 * @rx_refused: not all of it was granted; only the work
 * @path_first: queues start only while the pool is open; under RTNL
 * @cts_asked: when the PF was last asked whether it still withholds CTS; only
 *	the work
 * @vlans: VLAN ids in use, always 0; atomic bits, changed under RTNL
 * @tags: VLAN ids whose frames the PF may pass: those in use, and those that
 *	the PF has not agreed to give up; atomic bits, read by receive
 * @count_lock: for @count; the innermost
 * @count: hardware counters since probe
 */
struct iov_vf {
	struct pci_dev *pdev;
	struct net_device *netdev;
	struct iov_nic *nic;
	struct iov_io io;
	struct iov_vf_chan chan;
	struct iov_vf_session session;
	struct delayed_work work;
	unsigned long todo;
	unsigned long warned;
	bool removing;
	bool frozen;
	u8 pf_mac[ETH_ALEN];
	struct iov_vf_rx rx;
	bool rx_refused;
	bool path_first;
	unsigned long cts_asked;
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	DECLARE_BITMAP(tags, VLAN_N_VID);
	struct mutex count_lock;	/* for count */
	struct iov_vf_count count;
};

/* hw.c */
bool iov_vf_hw_answers(struct iov_vf *vf);
void iov_vf_hw_reset(struct iov_vf *vf);
void iov_vf_hw_start_irqs(struct iov_vf *vf);
void iov_vf_hw_place(struct iov_vf *vf);
bool iov_vf_hw_link(struct iov_vf *vf, u32 *speed, u8 *duplex);

/* wait.c */
void iov_vf_wait_ring(struct iov_vf *vf);
void iov_vf_wait_look_later(struct iov_vf *vf);
void iov_vf_wait_wake(struct iov_vf *vf);

/* chan.c */
void iov_vf_chan_init(struct iov_vf *vf);
void iov_vf_chan_event(struct iov_vf *vf, enum iov_vf_event event);
void iov_vf_chan_restart(struct iov_vf *vf);
void iov_vf_chan_look(struct iov_vf *vf);
unsigned long iov_vf_chan_delay(struct iov_vf *vf);
int iov_vf_ask(struct iov_vf *vf, const struct iov_msg *msg,
	       struct iov_reply *reply);
int iov_vf_request(struct iov_vf *vf, const struct iov_msg *msg);
int iov_vf_last_words(struct iov_vf *vf, const struct iov_msg *msg);

static inline enum iov_vf_state iov_vf_chan_state(const struct iov_vf *vf)
{
	return READ_ONCE(vf->chan.state);
}

static inline bool iov_vf_leaving(const struct iov_vf *vf)
{
	return READ_ONCE(vf->removing) || READ_ONCE(vf->frozen);
}

/* The PF has answered, and the answer was no. */
static inline bool iov_vf_refused(int err)
{
	return err && err != -EAGAIN && err != -ETIMEDOUT && err != -ENODEV;
}

/* connect.c */
bool iov_vf_connect_due(struct iov_vf *vf);
void iov_vf_connect(struct iov_vf *vf);

/* session.c */
void iov_vf_session_sync(struct iov_vf *vf);
void iov_vf_session_adopt(struct iov_vf *vf);
void iov_vf_session_again(struct iov_vf *vf);
int iov_vf_session_enter(struct iov_vf *vf);
void iov_vf_session_leave(struct iov_vf *vf);
void iov_vf_session_guest(struct iov_vf *vf);
void iov_vf_session_detach(struct iov_vf *vf, u8 cause);

static inline bool iov_vf_on_channel(const struct iov_vf *vf)
{
	return READ_ONCE(vf->session.version);
}

/* Is a capability in use? */
static inline bool iov_vf_can(const struct iov_vf *vf, u32 cap)
{
	return READ_ONCE(vf->session.caps) & cap;
}

/* netdev.c */
extern const struct net_device_ops iov_vf_netdev_ops;
void iov_vf_netdev_init(struct iov_vf *vf);
void iov_vf_netdev_sync(struct iov_vf *vf);
bool iov_vf_netdev_tells_peers(const struct iov_vf *vf);
void iov_vf_netdev_down(struct iov_vf *vf);
int iov_vf_netdev_silence(struct iov_nic *nic);
bool iov_vf_netdev_link(struct iov_vf *vf, u32 *speed, u8 *duplex);

/* queues.c */
void iov_vf_queues_init(struct iov_vf *vf);
int iov_vf_queues_restore(struct iov_vf *vf);
void iov_vf_queues_follow(struct iov_vf *vf);
void iov_vf_queues_get(struct net_device *netdev, struct ethtool_channels *ch);
int iov_vf_queues_set(struct net_device *netdev, struct ethtool_channels *ch);

/* hostcfg.c */
void iov_vf_hostcfg_moderation(struct iov_vf *vf);
void iov_vf_hostcfg_port_vlan(struct iov_vf *vf);

/* config.c */
void iov_vf_config_first_mac(struct iov_vf *vf);
void iov_vf_config_restore(struct iov_vf *vf);
void iov_vf_config_inherit_mac(struct iov_vf *vf);
int iov_vf_config_lpe(struct iov_vf *vf, unsigned int mtu);
int iov_vf_config_frame(struct iov_vf *vf);
int iov_vf_config_mac(struct iov_vf *vf, const u8 *addr);
int iov_vf_config_vlan(struct iov_vf *vf, u16 vid, bool add);
int iov_vf_config_vlans(struct iov_vf *vf);
void iov_vf_config_drop_vlans(struct iov_vf *vf);
int iov_vf_config_rx(struct iov_vf *vf);
bool iov_vf_config_warn(struct iov_vf *vf, enum iov_vf_warning warning);

/* stats.c */
void iov_vf_stats_init(struct iov_vf *vf);
void iov_vf_stats_look(struct iov_vf *vf);
void iov_vf_stats_get_mac(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac);

/* ethtool.c */
extern const struct ethtool_ops iov_vf_ethtool_ops;

#endif /* IOV_VF_H */
