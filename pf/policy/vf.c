// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is true of a VF: questions that change nothing, for all other files of
 * the policy. Pure.
 */

#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pf/policy/internal.h"
#include "pf/policy/mdd.h"

/**
 * iov_pol_vf_on_channel - is a VF on a channel?
 * @dev: everything
 * @vf: VF number
 *
 * Return: true until the session ends.
 */
bool iov_pol_vf_on_channel(const struct iov_pol_dev *dev, unsigned int vf)
{
	return dev->run[vf].chan.version;
}

/**
 * iov_pol_vf_can - is a capability in use?
 * @dev: everything
 * @vf: VF number
 * @cap: IOV_WIRE_CAP_*
 *
 * Return: true if the VF is on a channel and has negotiated @cap.
 */
bool iov_pol_vf_can(const struct iov_pol_dev *dev, unsigned int vf, u32 cap)
{
	return iov_pol_vf_on_channel(dev, vf) && dev->run[vf].chan.caps & cap;
}

/* Number of a VF in the logs of host and guest, never 0 */
u32 iov_pol_vf_serial(const struct iov_pol_dev *dev, unsigned int vf)
{
	return FIELD_PREP(IOV_POL_SERIAL_PORT, dev->port.serial) |
	       FIELD_PREP(IOV_POL_SERIAL_VF, vf + 1);
}

/* The address a VF has, or gets at its next RESET; zero if it has none */
const u8 *iov_pol_vf_mac(const struct iov_pol_dev *dev, unsigned int vf)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	if (!is_zero_ether_addr(dev->run[vf].mac))
		return dev->run[vf].mac;
	return is_zero_ether_addr(cfg->admin_mac) ? cfg->default_mac :
						    cfg->admin_mac;
}

/*
 * Has the host given a VF this address? The default address counts also while
 * the VF has another one: it gets the default one when the administrator clears
 * the other.
 */
bool iov_pol_vf_is_given(const struct iov_pol_dev *dev, unsigned int vf,
			 const u8 *addr)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	return ether_addr_equal(addr, cfg->admin_mac) ||
	       ether_addr_equal(addr, cfg->default_mac);
}

/* Is the guest bound to the administrator's address? */
bool iov_pol_vf_is_pinned(const struct iov_pol_dev *dev, unsigned int vf)
{
	const struct iov_vf_cfg *cfg = &dev->cfg[vf];

	return !is_zero_ether_addr(cfg->admin_mac) && !cfg->trusted;
}

/* Port VLAN of a VF with its priority, as in a tag; 0: none */
u16 iov_pol_vf_port_vlan(const struct iov_vf_cfg *cfg)
{
	if (!cfg->vlan)
		return 0;
	return FIELD_PREP(IOV_POL_TCI_VID, cfg->vlan) |
	       FIELD_PREP(IOV_POL_TCI_PCP, (u16)cfg->qos);
}

/* Is a VLAN in the list of a VF? */
bool iov_pol_vf_has_vlan(const struct iov_vf_run *run, u16 vid)
{
	unsigned int i;

	for (i = 0; i < run->num_vlans; i++)
		if (run->vlans[i] == vid)
			return true;
	return false;
}

/**
 * iov_pol_vf_given_to - which VF has the host given this address?
 * @dev: everything
 * @addr: address, not zero
 *
 * Return: VF number; IOV_POL_VFS: none.
 */
unsigned int iov_pol_vf_given_to(const struct iov_pol_dev *dev, const u8 *addr)
{
	unsigned int vf;

	for (vf = 0; vf < dev->num_vfs; vf++)
		if (iov_pol_vf_is_given(dev, vf, addr))
			return vf;
	return IOV_POL_VFS;
}

/*
 * Why do settings withhold the data path? There may be several causes, each set
 * and cleared on its own. Returns IOV_WIRE_WHY_* of the first one.
 */
u16 iov_pol_vf_withheld(const struct iov_vf_cfg *cfg)
{
	if (cfg->blocked)
		return cfg->blocked;
	if (cfg->migrating)
		return IOV_WIRE_WHY_MIGRATION;
	return iov_pol_sw_only_why(cfg->sw_only) ?:
	       iov_pol_mdd_reason(cfg->quarantine) ?:
	       (cfg->link == IOV_POL_LINK_DISABLE ?
		IOV_WIRE_WHY_LINK_DISABLED : IOV_WIRE_WHY_NONE);
}

/* Which VF has the administrator given the same address? IOV_POL_VFS: none */
unsigned int iov_pol_vf_twin(const struct iov_pol_dev *dev, unsigned int vf)
{
	const u8 *addr = dev->cfg[vf].admin_mac;
	unsigned int i;

	if (is_zero_ether_addr(addr))
		return IOV_POL_VFS;
	for (i = 0; i < dev->num_vfs; i++)
		if (i != vf && ether_addr_equal(dev->cfg[i].admin_mac, addr))
			return i;
	return IOV_POL_VFS;
}

/* Until the VF with the same address has given up or is frozen, see heir.c. */
static bool iov_pol_vf_waits(const struct iov_pol_dev *dev, unsigned int vf)
{
	unsigned int twin = iov_pol_vf_twin(dev, vf);

	if (!dev->cfg[vf].heir || twin == IOV_POL_VFS ||
	    dev->run[twin].state != IOV_POL_ACTIVE || dev->frozen & BIT(twin))
		return false;
	return !dev->cfg[twin].migrating || dev->run[twin].chan.leaving;
}

/**
 * iov_pol_vf_why_not - why is the data path of a VF blocked?
 * @dev: everything
 * @vf: VF number
 *
 * Return: IOV_WIRE_WHY_*, IOV_WIRE_WHY_NONE: it is not.
 */
u16 iov_pol_vf_why_not(const struct iov_pol_dev *dev, unsigned int vf)
{
	u16 reason = iov_pol_vf_withheld(&dev->cfg[vf]);

	if (!reason && iov_pol_vf_waits(dev, vf))
		return IOV_WIRE_WHY_MIGRATION;
	return reason;
}

/**
 * iov_pol_vf_receives - do frames for a VF's addresses go to the VF?
 * @dev: everything
 * @vf: VF number
 *
 * Return: true: to its pool, which is open both ways; false: to the PF's.
 */
bool iov_pol_vf_receives(const struct iov_pol_dev *dev, unsigned int vf)
{
	const struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (dev->run[vf].state != IOV_POL_ACTIVE || dev->frozen & BIT(vf) ||
	    (iov_pol_vf_why_not(dev, vf) && !chan->leaving))
		return false;
	return chan->path_vf || !iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_DATAPATH);
}

/**
 * iov_pol_vf_cts - do messages to a VF have CTS?
 * @dev: everything
 * @vf: VF number
 *
 * A legacy VF treats CTS as link: while its data path is blocked it is served
 * without CTS. A VF on a channel receives events instead.
 *
 * Return: true if so.
 */
bool iov_pol_vf_cts(const struct iov_pol_dev *dev, unsigned int vf)
{
	return dev->run[vf].state == IOV_POL_ACTIVE &&
	       (iov_pol_vf_on_channel(dev, vf) || !iov_pol_vf_why_not(dev, vf));
}

/**
 * iov_pol_vf_leave_ms - time that a VF has to leave the data path
 * @dev: everything
 * @vf: VF number
 *
 * Return: milliseconds, at least 1 until iov_pol_path_tick() has acted; 0: it
 * does not have to leave.
 */
u32 iov_pol_vf_leave_ms(const struct iov_pol_dev *dev, unsigned int vf)
{
	const struct iov_pol_chan *chan = &dev->run[vf].chan;

	if (!chan->leaving)
		return 0;
	if (dev->now_ms >= chan->deadline_ms)
		return 1;
	return min_t(u64, chan->deadline_ms - dev->now_ms, IOV_POL_LEAVE_MS);
}

/**
 * iov_pol_vf_link - the link a VF has
 * @dev: everything
 * @vf: VF number
 * @link: filled in
 *
 * With the setting "enable" VFs have link to each other also while the port has
 * none.
 */
void iov_pol_vf_link(const struct iov_pol_dev *dev, unsigned int vf,
		     struct iov_mbx_link *link)
{
	enum iov_pol_link setting = dev->cfg[vf].link;

	memset(link, 0, sizeof(*link));
	if (setting == IOV_POL_LINK_DISABLE)
		return;
	if (dev->port.link.up) {
		*link = dev->port.link;
	} else if (setting == IOV_POL_LINK_ENABLE) {
		link->up = true;
		link->full = true;
		link->speed = IOV_POL_LINK_SPEED;
	}
}

/*
 * Is the VF's interface down? Only the VF's driver reports it. A blocked data
 * path is no sign: the frames go to the same guest through the host.
 */
bool iov_pol_vf_is_down(const struct iov_pol_dev *dev, unsigned int vf)
{
	static const struct iov_wire_guest silent;
	const struct iov_pol_chan *chan = &dev->run[vf].chan;

	return iov_pol_vf_can(dev, vf, IOV_WIRE_CAP_BLOCKS) &&
	       memcmp(&chan->guest, &silent, sizeof(silent)) &&
	       !(chan->guest.use & IOV_WIRE_GUEST_UP) &&
	       !iov_pol_vf_receives(dev, vf) && !iov_pol_vf_why_not(dev, vf);
}

/**
 * iov_pol_vf_nacks - requests refused
 * @count: a VF's counters
 *
 * Return: the sum.
 */
u64 iov_pol_vf_nacks(const struct iov_pol_count *count)
{
	unsigned int status;
	u64 sum = 0;

	for (status = 0; status < IOV_WIRE_STATUSES; status++)
		sum += count->nacks[status];
	return sum;
}

/**
 * iov_pol_vf_state_name - state of a session in a word
 * @dev: everything
 * @vf: VF number
 *
 * Return: a word, always the same pointer for the same word: silent; legacy,
 * or withheld, if it gets no frames; channel, or path, if it gets frames, or
 * leaving, if only for a moment more.
 */
const char *iov_pol_vf_state_name(const struct iov_pol_dev *dev,
				  unsigned int vf)
{
	static const char * const names[][2] = {
		{ "withheld", "legacy" },
		{ "channel", "path" },
	};

	if (dev->run[vf].state != IOV_POL_ACTIVE)
		return "silent";
	if (dev->run[vf].chan.leaving)
		return "leaving";
	return names[iov_pol_vf_on_channel(dev, vf)]
		    [iov_pol_vf_receives(dev, vf)];
}
