// SPDX-License-Identifier: GPL-2.0-only
/* Identify the port by its LEDs (ethtool -p). */

#include <linux/ethtool.h>

#include "pf/ethtool.h"
#include "pf/pf.h"

/* Blinks per second */
#define IOV_PF_LED_CYCLES	2

/* Use all LEDs: boards wire them differently. */
static u32 iov_pf_led_all(const struct iov_pf *pf, u32 mode)
{
	return (pf->ledctl & ~(IOV_LEDCTL_MODE | IOV_LEDCTL_BLINK)) | mode;
}

static int iov_pf_led_set(struct iov_pf *pf, enum ethtool_phys_id_state state)
{
	struct iov_io *io = &pf->io;

	switch (state) {
	case ETHTOOL_ID_ACTIVE:
		pf->ledctl = iov_rd32(io, IOV_LEDCTL);
		return IOV_PF_LED_CYCLES;
	case ETHTOOL_ID_ON:
		iov_wr32(io, IOV_LEDCTL, iov_pf_led_all(pf, IOV_LEDCTL_ON));
		return 0;
	case ETHTOOL_ID_OFF:
		iov_wr32(io, IOV_LEDCTL, iov_pf_led_all(pf, IOV_LEDCTL_OFF));
		return 0;
	case ETHTOOL_ID_INACTIVE:
		iov_wr32(io, IOV_LEDCTL, pf->ledctl);
		return 0;
	default:
		return -EINVAL;
	}
}

/**
 * iov_pf_led_identify - ethtool -p
 * @netdev: interface
 * @state: start, on, off or end
 *
 * After a reset the LEDs show their normal state until the next on or off.
 *
 * Context: process, RTNL.
 * Return: 0; on start the number of blinks per second; a negative errno.
 */
int iov_pf_led_identify(struct net_device *netdev,
			enum ethtool_phys_id_state state)
{
	struct iov_pf *pf = iov_pf_of(netdev);
	int ret;

	mutex_lock(&pf->lock);
	ret = pf->offline ? -ENODEV : iov_pf_led_set(pf, state);
	mutex_unlock(&pf->lock);
	return ret;
}
