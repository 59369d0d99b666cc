// SPDX-License-Identifier: GPL-2.0-only
/* NVM, which is only read: MAC address, part number, version. */

#include <linux/error-injection.h>
#include <linux/etherdevice.h>

#include "pf/fwsync.h"
#include "pf/hw.h"
#include "pf/pf.h"

/* Time limit for one word by EERD (DS 8.2.3) */
#define IOV_PF_NVM_READ_US	10000

static int iov_pf_nvm_read_word(struct iov_pf *pf, u16 word, u16 *data)
{
	struct iov_io *io = &pf->io;
	int err;

	iov_wr32(io, IOV_EERD, FIELD_PREP(IOV_EERD_ADDR, word) |
			       IOV_EERD_START);
	err = iov_io_wait(io, IOV_EERD, IOV_EERD_DONE, IOV_EERD_DONE,
			  IOV_PF_NVM_READ_US);
	if (err)
		return err;
	*data = FIELD_GET(IOV_EERD_DATA, iov_rd32(io, IOV_EERD));
	return 0;
}

/**
 * iov_pf_nvm_read - read words of the NVM
 * @pf: PF
 * @word: first word
 * @count: number of words
 * @data: to fill
 *
 * Context: process, without pf->lock.
 * Return: 0 or a negative errno.
 */
int iov_pf_nvm_read(struct iov_pf *pf, u16 word, u16 count, u16 *data)
{
	unsigned int i;
	int err;

	err = iov_pf_fwsync_take(&pf->fwsync, IOV_SW_FW_SYNC_EEP);
	if (err)
		return err;
	for (i = 0; i < count && !err; i++)
		err = iov_pf_nvm_read_word(pf, word + i, &data[i]);
	iov_pf_fwsync_put(&pf->fwsync, IOV_SW_FW_SYNC_EEP);
	return err;
}

/* An alternate address (word 37h) replaces the board's own. */
static void iov_pf_nvm_mac(struct iov_pf *pf, const u16 *nvm)
{
	bool second = pf->fwsync.phy == IOV_SW_FW_SYNC_PHY1;
	u16 words[IOV_POL_MAC_WORDS], at;

	iov_pol_mac_board(&nvm[IOV_PF_NVM_MAC], second, pf->perm_mac);
	at = iov_pol_mac_alternate(nvm[IOV_PF_NVM_ALT_MAC], second);
	if (at && !iov_pf_nvm_read(pf, at, ARRAY_SIZE(words), words))
		iov_pol_mac_replace(words, pf->perm_mac);

	if (is_valid_ether_addr(pf->perm_mac))
		return;
	eth_random_addr(pf->perm_mac);
	dev_warn(pf->io.dev,
		 "no valid MAC address in the NVM, using random %pM; set a permanent one with ip link set address\n",
		 pf->perm_mac);
}

/* The first word is the length in words, with itself. */
static void iov_pf_nvm_pba_string(struct iov_pf *pf, u16 ptr)
{
	u16 words[IOV_PF_PBA_LEN / 2];
	unsigned int i;
	u16 len;

	if (iov_pf_nvm_read(pf, ptr, 1, &len) || len < 2)
		return;
	len = min_t(u16, len - 1, ARRAY_SIZE(words) - 1);
	if (iov_pf_nvm_read(pf, ptr + 1, len, words))
		return;
	for (i = 0; i < len; i++)
		snprintf(pf->pba + 2 * i, sizeof(pf->pba) - 2 * i, "%c%c",
			 words[i] >> BITS_PER_BYTE, words[i] & U8_MAX);
	for (i = 0; pf->pba[i]; i++)
		if (!isprint(pf->pba[i]))
			pf->pba[i] = '?';
}

/* Old format: hexadecimal digits, with a hyphen before the last byte. */
static void iov_pf_nvm_pba_digits(struct iov_pf *pf, const u16 *nvm)
{
	u16 high = nvm[IOV_PF_NVM_PBA], low = nvm[IOV_PF_NVM_PBA + 1];

	if ((!high && !low) || (high == U16_MAX && low == U16_MAX))
		return;
	snprintf(pf->pba, sizeof(pf->pba), "%04X%02X-%03X", high,
		 low >> BITS_PER_BYTE, low & U8_MAX);
}

static bool iov_pf_nvm_sum_is_right(const u16 *nvm)
{
	u16 sum = 0;
	unsigned int i;

	for (i = 0; i < IOV_PF_NVM_SUM_WORDS; i++)
		sum += nvm[i];
	return sum == IOV_PF_NVM_SUM;
}

/**
 * iov_pf_nvm_check - verify the checksum of the NVM
 * @pf: PF
 *
 * Context: process, without pf->lock.
 * Return: 0; -EBADMSG for a wrong checksum; another errno on a read error.
 */
int iov_pf_nvm_check(struct iov_pf *pf)
{
	u16 nvm[IOV_PF_NVM_SUM_WORDS];
	int err;

	err = iov_pf_nvm_read(pf, 0, ARRAY_SIZE(nvm), nvm);
	if (err)
		return err;
	return iov_pf_nvm_sum_is_right(nvm) ? 0 : -EBADMSG;
}

/**
 * iov_pf_nvm_load - read what the driver needs from the NVM
 * @pf: PF
 *
 * A bad checksum or MAC address is logged and does not fail the probe.
 * Context: process, probe, without pf->lock.
 * Return: 0, or a negative errno when the NVM cannot be read.
 */
int iov_pf_nvm_load(struct iov_pf *pf)
{
	u16 nvm[IOV_PF_NVM_SUM_WORDS];
	u16 version;
	int err;

	err = iov_pf_nvm_read(pf, 0, ARRAY_SIZE(nvm), nvm);
	if (err) {
		dev_err(pf->io.dev, "cannot read the NVM: %pe\n",
			ERR_PTR(err));
		return err;
	}
	if (!iov_pf_nvm_sum_is_right(nvm))
		dev_warn(pf->io.dev,
			 "NVM checksum is wrong, update the NVM of the board\n");

	iov_pf_nvm_mac(pf, nvm);
	version = nvm[IOV_PF_NVM_VERSION];
	snprintf(pf->fw_version, sizeof(pf->fw_version), "%x.%02x",
		 version >> (BITS_PER_BYTE + 4), (version >> 4) & U8_MAX);
	if (nvm[IOV_PF_NVM_PBA] == IOV_PF_NVM_PBA_PTR)
		iov_pf_nvm_pba_string(pf, nvm[IOV_PF_NVM_PBA + 1]);
	else
		iov_pf_nvm_pba_digits(pf, nvm);
	return 0;
}
ALLOW_ERROR_INJECTION(iov_pf_nvm_load, ERRNO);
