// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive lists: promiscuous mode, multicast groups, additional addresses.
 * The work requests what differs from vf->rx, the last request.
 */

#include <linux/etherdevice.h>
#include <linux/netdevice.h>

#include "vf/vf.h"

static void iov_vf_rxmode_list_mc(struct net_device *netdev,
				  struct iov_vf_rx *rx)
{
	struct netdev_hw_addr *ha;

	rx->mc.id = IOV_WIRE_SET_MULTICAST;
	netdev_for_each_mc_addr(ha, netdev) {
		if (rx->mc.mc.count == IOV_WIRE_MC_MAX) {
			rx->mc.mc.overflow = true;
			break;
		}
		rx->mc.mc.hash[rx->mc.mc.count++] = iov_mbx_mc_hash(ha->addr);
	}
}

static void iov_vf_rxmode_list_uc(struct net_device *netdev,
				  struct iov_vf_rx *rx)
{
	struct netdev_hw_addr *ha;

	if (netdev_uc_count(netdev) > IOV_VF_UC_MAX) {
		rx->promisc |= IOV_WIRE_PROMISC_UC;
		return;
	}
	netdev_for_each_uc_addr(ha, netdev)
		ether_addr_copy(rx->uc[rx->uc_count++], ha->addr);
}

static void iov_vf_rxmode_list(struct net_device *netdev, struct iov_vf_rx *rx)
{
	memset(rx, 0, sizeof(*rx));
	netif_addr_lock_bh(netdev);
	if (netdev->flags & IFF_PROMISC)
		rx->promisc = IOV_WIRE_PROMISC_UC | IOV_WIRE_PROMISC_MC;
	if (netdev->flags & IFF_ALLMULTI)
		rx->promisc |= IOV_WIRE_PROMISC_MC;
	iov_vf_rxmode_list_mc(netdev, rx);
	iov_vf_rxmode_list_uc(netdev, rx);
	netif_addr_unlock_bh(netdev);
}

static int iov_vf_rxmode_promisc(struct iov_vf *vf, u8 flags)
{
	struct iov_msg msg = {
		.id = IOV_WIRE_SET_PROMISC,
		.promisc.flags = flags,
	};
	int err;

	err = iov_vf_request(vf, &msg, NULL, 0);
	if (!iov_vf_refused(err))
		return err;

	vf->rx_refused = true;
	if (iov_vf_warn_once(vf, IOV_VF_WARN_PROMISC))
		netdev_warn(vf->netdev, "the PF refuses promiscuous mode; on the host: ip link set PF vf N trust on\n");

	/* igb may grant one without the other. */
	if (flags == (IOV_WIRE_PROMISC_UC | IOV_WIRE_PROMISC_MC)) {
		msg.promisc.flags = IOV_WIRE_PROMISC_MC;
		err = iov_vf_request(vf, &msg, NULL, 0);
	}
	return iov_vf_refused(err) ? 0 : err;
}

static int iov_vf_rxmode_multicast(struct iov_vf *vf, struct iov_msg msg)
{
	int err;

	err = iov_vf_request(vf, &msg, NULL, 0);
	if (!iov_vf_refused(err))
		return err;

	vf->rx_refused = true;
	if (iov_vf_warn_once(vf, IOV_VF_WARN_MULTICAST))
		netdev_warn(vf->netdev, "the PF refuses these multicast groups, using at most %u of them; on the host: ip link set PF vf N trust on\n",
			    IOV_WIRE_MC_MAX);
	if (!msg.mc.overflow)
		return 0;

	msg.mc.overflow = false;
	err = iov_vf_request(vf, &msg, NULL, 0);
	return iov_vf_refused(err) ? 0 : err;
}

static const char *iov_vf_rxmode_uc_remedy(int err)
{
	static const struct {
		int err;
		const char *text;
	} remedies[] = {
		{
			-EADDRINUSE,
			"another VF or the host uses it; it is requested again when it is free",
		},
		{
			-ENOSPC,
			"no receive address is left for this VF; use fewer addresses, or on the host: ip link set PF vf N trust on",
		},
		{
			-EPERM,
			"the host has set this VF's address; on the host: ip link set PF vf N trust on",
		},
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(remedies); i++)
		if (remedies[i].err == err)
			return remedies[i].text;
	return "on the host: ip link set PF vf N trust on";
}

static int iov_vf_rxmode_request_uc(struct iov_vf *vf, u8 op, const u8 *addr)
{
	struct iov_msg msg = {
		.id = IOV_WIRE_SET_MAC,
		.mac.op = op,
	};

	if (addr)
		ether_addr_copy(msg.mac.addr, addr);
	return iov_vf_request(vf, &msg, NULL, 0);
}

static bool iov_vf_rxmode_has_uc(const struct iov_vf_rx *rx, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < rx->uc_count; i++) {
		if (ether_addr_equal(rx->uc[i], addr))
			return true;
	}
	return false;
}

/*
 * The only message that removes addresses removes all. On a channel it is sent
 * only if an address is to be removed; otherwise all addresses are requested
 * again, and the replies show those that the PF has removed.
 */
static bool iov_vf_rxmode_clears_uc(const struct iov_vf *vf,
				    const struct iov_vf_rx *rx)
{
	unsigned int i;

	for (i = 0; i < vf->rx.uc_count; i++) {
		if (!iov_vf_on_channel(vf) ||
		    !iov_vf_rxmode_has_uc(rx, vf->rx.uc[i]))
			return true;
	}
	return false;
}

static int iov_vf_rxmode_unicast(struct iov_vf *vf, const struct iov_vf_rx *rx)
{
	bool refused = false;
	unsigned int i;
	int err = 0;

	if (iov_vf_rxmode_clears_uc(vf, rx))
		err = iov_vf_rxmode_request_uc(vf, IOV_WIRE_MAC_CLEAR, NULL);
	if (err && !iov_vf_refused(err))
		return err;
	refused = err;

	for (i = 0; i < rx->uc_count; i++) {
		err = iov_vf_rxmode_request_uc(vf, IOV_WIRE_MAC_ADD, rx->uc[i]);
		if (!err)
			continue;
		if (!iov_vf_refused(err))
			return err;
		refused = true;
		if (iov_vf_warn_once(vf, IOV_VF_WARN_UNICAST) &&
		    net_ratelimit())
			netdev_warn(vf->netdev, "the PF refuses the additional address %pM: %s\n",
				    rx->uc[i], iov_vf_rxmode_uc_remedy(err));
	}

	if (refused)
		vf->rx_refused = true;
	else if (test_and_clear_bit(IOV_VF_WARN_UNICAST, &vf->warned))
		netdev_info(vf->netdev, "the PF grants all additional addresses now\n");
	return 0;
}

/**
 * iov_vf_rxmode_update - request what has changed in the receive lists
 * @vf: VF
 *
 * With IOV_VF_TODO_RX all lists are requested again after a refusal, because
 * the administrator may allow them now; additional addresses in any case,
 * because the PF may have removed some.
 * Context: process; the work.
 * Return: 0, also after a refusal; as iov_vf_request() without connection.
 */
int iov_vf_rxmode_update(struct iov_vf *vf)
{
	bool check = test_and_clear_bit(IOV_VF_TODO_RX, &vf->todo);
	bool all = check && vf->rx_refused;
	struct iov_vf_rx rx;
	int err = 0;

	iov_vf_rxmode_list(vf->netdev, &rx);
	if (all)
		vf->rx_refused = false;

	if (all || rx.promisc != vf->rx.promisc)
		err = iov_vf_rxmode_promisc(vf, rx.promisc);
	if (!err && (all || memcmp(&rx.mc.mc, &vf->rx.mc.mc, sizeof(rx.mc.mc))))
		err = iov_vf_rxmode_multicast(vf, rx.mc);
	check &= iov_vf_on_channel(vf);
	if (!err && (all || check || rx.uc_count != vf->rx.uc_count ||
		     memcmp(rx.uc, vf->rx.uc, sizeof(rx.uc))))
		err = iov_vf_rxmode_unicast(vf, &rx);
	if (!err)
		vf->rx = rx;
	return err;
}
