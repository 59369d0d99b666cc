// SPDX-License-Identifier: GPL-2.0-only
/*
 * devlink ports: one for the PF's interface and, while VFs exist, one for each
 * VF. The state of a VF's port function allows ("active") or withdraws
 * ("inactive") the data path; the VF keeps its interface, its mailbox and its
 * configuration. Its event queues limit the queue pairs of the VF.
 */

#include <linux/error-injection.h>
#include <linux/etherdevice.h>

#include "common/compat.h"
#include "pf/commit.h"
#include "pf/devlink.h"
#include "pf/mbx.h"
#include "pf/netdev.h"
#include "pf/pf.h"

#define IOV_PF_PORT_OWN		0
#define IOV_PF_PORT_VF(i)	((i) + 1)

static struct iov_pf_vf *iov_pf_port_vf(struct devlink_port *port)
{
	return container_of(port, struct iov_pf_vf, dl_port);
}

/* The default address, until the administrator or the VF sets one. */
static int iov_pf_port_hw_addr_get(struct devlink_port *port, u8 *hw_addr,
				   int *hw_addr_len,
				   struct netlink_ext_ack *extack)
{
	struct iov_pf_vf *vf = iov_pf_port_vf(port);
	struct iov_pf *pf = vf->pf;
	const struct iov_vf_cfg *cfg = &pf->pol.cfg[vf->index];

	mutex_lock(&pf->lock);
	ether_addr_copy(hw_addr, is_zero_ether_addr(cfg->admin_mac) ?
				 cfg->default_mac : cfg->admin_mac);
	mutex_unlock(&pf->lock);
	*hw_addr_len = ETH_ALEN;
	return 0;
}

static void iov_pf_port_say_whose(struct iov_pf *pf, const u8 *mac,
				  struct netlink_ext_ack *extack)
{
	unsigned int vf;

	mutex_lock(&pf->lock);
	vf = iov_pol_vf_given_to(&pf->pol, mac);
	mutex_unlock(&pf->lock);
	if (vf < IOV_POL_VFS)
		NL_SET_ERR_MSG_FMT_MOD(extack, "the address is VF %u's", vf);
	else
		NL_SET_ERR_MSG_MOD(extack, "the address is the PF's");
}

static int iov_pf_port_hw_addr_set(struct devlink_port *port, const u8 *hw_addr,
				   int hw_addr_len,
				   struct netlink_ext_ack *extack)
{
	struct iov_pf_vf *vf = iov_pf_port_vf(port);
	u8 mac[ETH_ALEN];
	int err;

	if (hw_addr_len != ETH_ALEN) {
		NL_SET_ERR_MSG_MOD(extack, "an address has 6 bytes");
		return -EINVAL;
	}
	ether_addr_copy(mac, hw_addr);
	err = iov_pf_vfndo_set_mac(vf->pf->netdev, vf->index, mac);
	if (err == -EADDRINUSE)
		iov_pf_port_say_whose(vf->pf, mac, extack);
	else if (err == -EINVAL)
		NL_SET_ERR_MSG_MOD(extack, "not a unicast address");
	return err;
}

/* Attached means that a driver has a session. */
static int iov_pf_port_state_get(struct devlink_port *port,
				 enum devlink_port_fn_state *state,
				 enum devlink_port_fn_opstate *opstate,
				 struct netlink_ext_ack *extack)
{
	struct iov_pf_vf *vf = iov_pf_port_vf(port);
	struct iov_pf *pf = vf->pf;
	const struct iov_vf_cfg *cfg = &pf->pol.cfg[vf->index];

	mutex_lock(&pf->lock);
	*state = cfg->blocked || cfg->quarantine ?
		 DEVLINK_PORT_FN_STATE_INACTIVE : DEVLINK_PORT_FN_STATE_ACTIVE;
	*opstate = pf->pol.run[vf->index].state == IOV_POL_ACTIVE ?
		   DEVLINK_PORT_FN_OPSTATE_ATTACHED :
		   DEVLINK_PORT_FN_OPSTATE_DETACHED;
	mutex_unlock(&pf->lock);
	return 0;
}

/* Activation by the administrator ends quarantine, too. */
static int iov_pf_port_state_set(struct devlink_port *port,
				 enum devlink_port_fn_state state,
				 struct netlink_ext_ack *extack)
{
	u16 reason = state == DEVLINK_PORT_FN_STATE_ACTIVE ?
		     IOV_WIRE_WHY_NONE : IOV_WIRE_WHY_ADMIN;
	struct iov_pf_vf *vf = iov_pf_port_vf(port);
	struct iov_pf *pf = vf->pf;
	struct iov_pol_dev *draft;
	int err;

	mutex_lock(&pf->lock);
	draft = iov_pf_commit_draft(pf);
	draft->cfg[vf->index].blocked = reason;
	if (!reason)
		draft->cfg[vf->index].quarantine = IOV_POL_ABUSE_NONE;
	err = iov_pf_commit(pf);
	if (!err && !reason)
		iov_pf_mdd_clear(vf);
	mutex_unlock(&pf->lock);
	return err;
}

static int iov_pf_port_max_io_eqs_get(struct devlink_port *port, u32 *max_eqs,
				      struct netlink_ext_ack *extack)
{
	struct iov_pf_vf *vf = iov_pf_port_vf(port);
	struct iov_pf *pf = vf->pf;

	mutex_lock(&pf->lock);
	*max_eqs = iov_pol_queues_max_qps(&pf->pol, vf->index);
	mutex_unlock(&pf->lock);
	return 0;
}

/* The vector of each queue pair is an event queue, the mailbox's is not. */
static int iov_pf_port_max_io_eqs_set(struct devlink_port *port, u32 max_eqs,
				      struct netlink_ext_ack *extack)
{
	struct iov_pf_vf *vf = iov_pf_port_vf(port);
	enum iov_wire_status status;
	struct iov_pf *pf = vf->pf;
	int err;

	mutex_lock(&pf->lock);
	status = iov_pol_queues_limit(iov_pf_commit_draft(pf), vf->index,
				      max_eqs);
	err = iov_mbx_status_errno(status);
	if (err)
		NL_SET_ERR_MSG_FMT_MOD(extack,
				       "1 to %u, one for each queue pair of the VF",
				       IOV_POL_VF_QPS);
	else
		err = iov_pf_commit(pf);
	mutex_unlock(&pf->lock);
	return err;
}

static const struct devlink_port_ops iov_pf_port_ops = {
	.port_fn_hw_addr_get = iov_pf_port_hw_addr_get,
	.port_fn_hw_addr_set = iov_pf_port_hw_addr_set,
	.port_fn_state_get = iov_pf_port_state_get,
	.port_fn_state_set = iov_pf_port_state_set,
	.port_fn_max_io_eqs_get = iov_pf_port_max_io_eqs_get,
	.port_fn_max_io_eqs_set = iov_pf_port_max_io_eqs_set,
};

/**
 * iov_pf_port_register - register the port of the PF's interface
 * @pf: PF, its netdev not registered yet
 *
 * Context: process, devlink lock.
 * Return: 0 or a negative errno.
 */
int iov_pf_port_register(struct iov_pf *pf)
{
	struct devlink_port_attrs attrs = { IOV_COMPAT_PORT_ATTRS };
	int err;

	memset(&pf->dl_port, 0, sizeof(pf->dl_port));
	attrs.phys.port_number = PCI_FUNC(pf->pdev->devfn);
	devlink_port_attrs_set(&pf->dl_port, &attrs);
	err = devl_port_register(priv_to_devlink(pf), &pf->dl_port,
				 IOV_PF_PORT_OWN);
	if (!err)
		SET_NETDEV_DEVLINK_PORT(pf->netdev, &pf->dl_port);
	return err;
}
ALLOW_ERROR_INJECTION(iov_pf_port_register, ERRNO);

/**
 * iov_pf_port_unregister - unregister the port of the PF's interface
 * @pf: PF, its netdev is not registered any more
 *
 * Context: process, devlink lock.
 */
void iov_pf_port_unregister(struct iov_pf *pf)
{
	devl_port_unregister(&pf->dl_port);
}

/**
 * iov_pf_port_hide - take the port of the PF's interface out of devlink
 * @pf: PF, its netdev registered
 *
 * The kernel allows no port between the halves of a reload, but it has no
 * function that separates a port from a netdev that stays. No event of the
 * netdev may reach the port until iov_pf_port_show().
 *
 * Context: process, devlink lock; RTNL, until iov_pf_port_show().
 */
void iov_pf_port_hide(struct iov_pf *pf)
{
	ASSERT_RTNL();
	pf->dl_port.type = DEVLINK_PORT_TYPE_NOTSET;
	devl_port_unregister(&pf->dl_port);
}

/**
 * iov_pf_port_show - undo iov_pf_port_hide()
 * @pf: PF
 *
 * Context: process, devlink lock, RTNL.
 */
void iov_pf_port_show(struct iov_pf *pf)
{
	struct devlink_port *port = &pf->dl_port;

	ASSERT_RTNL();
	port->type = DEVLINK_PORT_TYPE_ETH;
	/* Cannot fail: an entry 0 that is the only one needs no memory. */
	WARN_ON(devl_port_register(priv_to_devlink(pf), port,
				   IOV_PF_PORT_OWN));
	/* The type is set. */
	cancel_delayed_work(&port->type_warn_dw);
}

static int iov_pf_port_register_vf(struct iov_pf *pf, unsigned int index)
{
	struct devlink_port *port = &pf->vf[index].dl_port;
	int err;

	memset(port, 0, sizeof(*port));
	devlink_port_attrs_pci_vf_set(port, 0, PCI_FUNC(pf->pdev->devfn), index,
				      false);
	err = devl_port_register_with_ops(priv_to_devlink(pf), port,
					  IOV_PF_PORT_VF(index),
					  &iov_pf_port_ops);
	/* The port type describes a netdev; a VF has none in the host. */
	if (!err)
		cancel_delayed_work(&port->type_warn_dw);
	return err;
}

/**
 * iov_pf_port_register_vfs - register the ports of new VFs
 * @pf: PF
 *
 * Context: process, device lock and devlink lock, neither RTNL nor pf->lock.
 * Return: 0 or a negative errno; then no VF has a port.
 */
int iov_pf_port_register_vfs(struct iov_pf *pf)
{
	unsigned int i;
	int err;

	for (i = 0; i < pf->pol.num_vfs; i++) {
		err = iov_pf_port_register_vf(pf, i);
		if (err) {
			iov_pf_port_unregister_vfs(pf);
			return err;
		}
	}
	return 0;
}

/**
 * iov_pf_port_unregister_vfs - unregister the ports of VFs
 * @pf: PF
 *
 * Context: process, device lock and devlink lock, neither RTNL nor pf->lock.
 */
void iov_pf_port_unregister_vfs(struct iov_pf *pf)
{
	unsigned int i;

	for (i = 0; i < IOV_POL_VFS; i++) {
		if (pf->vf[i].dl_port.registered)
			devl_port_unregister(&pf->vf[i].dl_port);
	}
}
