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
 * to stop the rings.
 */
#ifndef IOV_VF_H
#define IOV_VF_H

#include <linux/bitmap.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "common/io.h"
#include "common/nic.h"
#include "mailbox/codec.h"
#include "mailbox/port.h"
#include "vf/fsm.h"

#define IOV_VF_DEVICE_ID		0x10ca
#define IOV_VF_BAR_SIZE			0x4000

/*
 * Vectors. QEMU sends what VTIVAR_MISC directs to vector 2 to vector 1, so
 * both look into the mailbox; queue pair 1 will share vector 1.
 */
#define IOV_VF_VEC_QUEUE		0
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
 */
enum iov_vf_todo {
	IOV_VF_TODO_RESTORE,
	IOV_VF_TODO_RX,
	IOV_VF_TODO_RX_AGAIN,
	IOV_VF_TODO_RESTART,
	IOV_VF_TODO_LOOK,
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
 */
enum iov_vf_warning {
	IOV_VF_WARN_MAC,
	IOV_VF_WARN_MAC_SET,
	IOV_VF_WARN_MULTICAST,
	IOV_VF_WARN_UNICAST,
	IOV_VF_WARN_PROMISC,
	IOV_VF_WARN_VLAN,
	IOV_VF_WARN_MTU,
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
 */
struct iov_vf_chan_stats {
	u64 requests;
	u64 nacks;
	u64 timeouts;
	u64 resets;
	u64 reconnects;
	u64 strays;
};

/**
 * struct iov_vf_chan - the channel; under @lock if not said otherwise
 * @lock: one request at a time; taken after RTNL
 * @wait: whoever waits for the PF
 * @rung: a mailbox interrupt came; no lock
 * @port: mailbox
 * @state: read without lock where only a hint is needed
 * @cts: the PF's last word had CTS: it lets frames pass
 * @complained: failed contact has been logged
 * @met: there has been contact before
 * @delay: seconds until the next attempt after a failure
 * @next_try: when, in jiffies
 * @last_try: when the last attempt began
 * @since: when READY was reached
 * @stats: counters
 */
struct iov_vf_chan {
	struct mutex lock;	/* one request at a time */
	wait_queue_head_t wait;
	bool rung;
	struct iov_port port;
	enum iov_vf_state state;
	bool cts;
	bool complained;
	bool met;
	unsigned int delay;
	unsigned long next_try;
	unsigned long last_try;
	unsigned long since;
	struct iov_vf_chan_stats stats;
};

/**
 * struct iov_vf - a virtual function, from probe to remove
 * @pdev: PCI function
 * @netdev: interface
 * @nic: its data path
 * @io: registers
 * @chan: channel to the PF
 * @work: keeps the contact
 * @todo: set of enum iov_vf_todo, atomic bits
 * @warned: set of enum iov_vf_warning, atomic bits
 * @removing: the driver is being unbound; ends every wait; no lock
 * @frozen: rings and work are off for a function reset or suspend; no lock
 * @pf_mac: address that the PF directs to this VF; zero: none; written by an
 *	attempt, and in state READY under RTNL
 * @rx: what the PF was last asked for; only the work
 * @rx_refused: not all of it was granted; only the work
 * @cts_asked: when the PF was last asked whether it still withholds CTS; only
 *	the work
 * @vlans: VLAN ids in use, always 0; changed under RTNL, read by receive
 */
struct iov_vf {
	struct pci_dev *pdev;
	struct net_device *netdev;
	struct iov_nic *nic;
	struct iov_io io;
	struct iov_vf_chan chan;
	struct delayed_work work;
	unsigned long todo;
	unsigned long warned;
	bool removing;
	bool frozen;
	u8 pf_mac[ETH_ALEN];
	struct iov_vf_rx rx;
	bool rx_refused;
	unsigned long cts_asked;
	DECLARE_BITMAP(vlans, VLAN_N_VID);
};

/* hw.c */
bool iov_vf_hw_answers(struct iov_vf *vf);
void iov_vf_hw_reset(struct iov_vf *vf);
void iov_vf_hw_start_irqs(struct iov_vf *vf);
void iov_vf_hw_place(struct iov_vf *vf);
bool iov_vf_hw_link(struct iov_vf *vf, u32 *speed, u8 *duplex);

/* chan.c */
void iov_vf_chan_init(struct iov_vf *vf);
void iov_vf_chan_ring(struct iov_vf *vf);
void iov_vf_chan_wake(struct iov_vf *vf);
void iov_vf_chan_event(struct iov_vf *vf, enum iov_vf_event event);
void iov_vf_chan_look(struct iov_vf *vf);
void iov_vf_chan_join(struct iov_vf *vf);
bool iov_vf_chan_due(struct iov_vf *vf);
unsigned long iov_vf_chan_delay(struct iov_vf *vf);
int iov_vf_request(struct iov_vf *vf, const struct iov_msg *msg);

static inline enum iov_vf_state iov_vf_chan_state(const struct iov_vf *vf)
{
	return READ_ONCE(vf->chan.state);
}

static inline bool iov_vf_leaving(const struct iov_vf *vf)
{
	return READ_ONCE(vf->removing) || READ_ONCE(vf->frozen);
}

/* netdev.c */
extern const struct net_device_ops iov_vf_netdev_ops;
void iov_vf_netdev_init(struct iov_vf *vf);
void iov_vf_netdev_sync(struct iov_vf *vf);
void iov_vf_netdev_down(struct iov_vf *vf);

/* config.c */
void iov_vf_config_first_mac(struct iov_vf *vf);
void iov_vf_config_restore(struct iov_vf *vf);
int iov_vf_config_lpe(struct iov_vf *vf, unsigned int mtu);
int iov_vf_config_mac(struct iov_vf *vf, const u8 *addr);
int iov_vf_config_vlan(struct iov_vf *vf, u16 vid, bool add);
int iov_vf_config_rx(struct iov_vf *vf);
bool iov_vf_config_warn(struct iov_vf *vf, enum iov_vf_warning warning);

/* ethtool.c */
extern const struct ethtool_ops iov_vf_ethtool_ops;

#endif /* IOV_VF_H */
