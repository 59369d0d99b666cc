// SPDX-License-Identifier: GPL-2.0-only
/*
 * Saved states of VFs, which come from another host, and the PF that they are
 * loaded into: its guests and its administrator do what they do in fuzz_pf.c,
 * and VFs are frozen, saved, loaded and started as by pf/freeze.c. After each
 * step all invariants of the PF are checked.
 *
 * Input: the header's second byte is the number of VFs. The first byte of each
 * step selects the action (enum fuzz_kind, enum state_kind) and the VF, the
 * other bytes are its arguments. A state is bytes that other steps have saved,
 * or written.
 */

#include <linux/etherdevice.h>

#include "device.h"
#include "pf/policy/internal.h"
#include "pf/vfio/state.h"

/* After those of enum fuzz_kind */
enum state_kind {
	STATE_SAVE = FUZZ_KINDS,
	STATE_WRITE,
	STATE_LOAD,
	STATE_START,
	STATE_CLAIM,
	STATE_RELEASE,
	STATE_GIVE,
	STATE_KINDS,
};

static struct iov_vfio_image image, copy;
static struct iov_vfio_state state;
static struct iov_pol_frozen again;
static struct iov_pol_dev other;

/*
 * --- Saved
 * ---------------------------------------------------------------------------
 */

/* What the same VF may not have now, though its session has it */
static bool is_excused(enum iov_pol_freeze_why why, unsigned int vf)
{
	const struct iov_vf_cfg *cfg = &dev.cfg[vf];
	const struct iov_vf_run *run = &dev.run[vf];

	switch (why) {
	case IOV_POL_FREEZE_OK:
		return true;
	case IOV_POL_FREEZE_MAC:
		return !iov_pol_vf_is_given(&dev, vf, run->mac);
	case IOV_POL_FREEZE_MACS:
		/* Some are the host's now, or it has chosen the VF's address. */
		return run->num_macs && (dev.pf.num_macs || !is_zero_ether_addr(cfg->admin_mac));
	case IOV_POL_FREEZE_MULTICAST:
		return run->mc_overflow && !cfg->trusted;
	case IOV_POL_FREEZE_PROMISC:
		return (run->uc_promisc || run->mc_promisc) && !cfg->trusted;
	case IOV_POL_FREEZE_VLAN:
		return run->num_vlans && cfg->vlan;
	case IOV_POL_FREEZE_QUEUES:
		return run->chan.qps < iov_pol_queues_max_qps(&dev, vf);
	case IOV_POL_FREEZE_PATH:
		return iov_pol_vf_why_not(&dev, vf);
	default:
		return false;
	}
}

/* Another VF with the same settings would take it over, and have the same. */
static void check_saved(unsigned int vf)
{
	struct iov_vf_run *was = &state.pf.pol.run, *is = &again.run;
	enum iov_pol_freeze_why why;

	other = dev;
	why = iov_pol_freeze_load(&other, vf, &state.pf.pol);
	MUST(is_excused(why, vf));
	if (why)
		return;
	iov_pol_freeze_save(&other, vf, &again);
	MUST(again.epoch == state.pf.pol.epoch);
	MUST(is->state == was->state);
	MUST(ether_addr_equal(is->mac, was->mac));
	MUST(is->num_macs == was->num_macs && !memcmp(is->macs, was->macs, sizeof(is->macs)));
	MUST(is->num_vlans == was->num_vlans && !memcmp(is->vlans, was->vlans, sizeof(is->vlans)));
	MUST(is->num_wanted == was->num_wanted && is->vlan_wanted == was->vlan_wanted);
	MUST(is->chan.want_qps == was->chan.want_qps && is->chan.qps == was->chan.qps);
	MUST(again.quarantine == state.pf.pol.quarantine);
	MUST(!memcmp(&is->chan.guest, &was->chan.guest, sizeof(is->chan.guest)));
}

static void save(struct fuzz_input *in, unsigned int vf)
{
	draft = dev;
	draft.frozen |= BIT(vf);
	device_commit();
	MUST(dev.frozen & BIT(vf));

	memset(&state, 0, sizeof(state));
	iov_pol_freeze_save(&dev, vf, &state.pf.pol);
	state.pf.lost = fuzz_u8(in) & 1;
	state.pf.mbx = fuzz_u8(in) % (IOV_PF_FREEZE_MBX_LAST + 1);
	iov_vfio_state_put(&state, &image);
	/* What a PF gives, a PF can read. */
	MUST(iov_vfio_state_get(&image, sizeof(image), &state) == IOV_VFIO_FAULT_NONE);
	check_saved(vf);
}

static void overwrite(struct fuzz_input *in)
{
	size_t at = fuzz_u16(in) % sizeof(image);
	unsigned int bytes = 1 + fuzz_u8(in) % 8;

	for (; bytes && at < sizeof(image); bytes--)
		((u8 *)&image)[at++] = fuzz_u8(in);
}

/*
 * --- Loaded
 * --------------------------------------------------------------------------
 */

static void check_lists(const struct iov_vf_run *got, const struct iov_vf_run *run)
{
	unsigned int i;

	MUST(got->num_macs <= run->num_macs && got->num_vlans <= run->num_vlans);
	for (i = 0; i < run->num_macs; i++)
		MUST(ether_addr_equal(run->macs[i], run->mac) ||
		     iov_pol_mac_listed(got->macs, got->num_macs, run->macs[i]));
	for (i = 0; i < run->num_vlans; i++)
		MUST(!run->vlans[i] || iov_pol_vf_has_vlan(got, run->vlans[i]));
	MUST(got->num_hashes == run->num_hashes);
	MUST(!memcmp(got->hashes, run->hashes, run->num_hashes * sizeof(run->hashes[0])));
}

/* The VF has all of the session, and nothing that it may not have. */
static void check_loaded(unsigned int vf)
{
	const struct iov_vf_run *got = &draft.run[vf], *run = &state.pf.pol.run;
	const struct iov_vf_cfg *cfg = &draft.cfg[vf];
	u8 quarantine = state.pf.pol.quarantine;

	MUST(draft.frozen == (dev.frozen | BIT(vf)));
	MUST(draft.epoch[vf] == state.pf.pol.epoch);
	MUST(got->state == run->state);
	MUST(!cfg->vlan == !state.pf.pol.port_vlan);
	MUST(cfg->quarantine == (quarantine ?: dev.cfg[vf].quarantine));
	if (run->state != IOV_POL_ACTIVE)
		return;
	MUST(ether_addr_equal(got->mac, run->mac));
	MUST(got->max_frame == run->max_frame);
	MUST(got->uc_promisc == run->uc_promisc && got->mc_promisc == run->mc_promisc);
	MUST(got->mc_overflow == run->mc_overflow);
	MUST(cfg->trusted || (!got->uc_promisc && !got->mc_promisc && !got->mc_overflow));
#ifdef PLANTED_BUG
	MUST(got->max_frame <= 1600);
#endif
	check_lists(got, run);
	MUST(got->chan.version == run->chan.version);
	MUST(!got->chan.version || got->chan.caps == run->chan.caps);
	MUST(got->chan.path_vf == (run->chan.path_vf && !quarantine) && !got->chan.leaving);
	MUST(!got->chan.path_vf || !iov_pol_vf_why_not(&draft, vf));
	MUST(got->chan.qps == run->chan.qps);
	if (!iov_pol_vf_can(&draft, vf, IOV_WIRE_CAP_EVENTS))
		return;
	MUST(iov_pol_event_pending(&draft, vf));
	MUST(got->chan.seq == run->chan.seq + 1);
}

/* Other VFs lose no more than by a request: additional addresses while down. */
static void check_others(unsigned int vf)
{
	unsigned int i;

	for (i = 0; i < dev.num_vfs; i++) {
		const struct iov_vf_run *was = &dev.run[i], *is = &draft.run[i];

		draft.cfg[i].heir = dev.cfg[i].heir;
		if (i == vf)
			draft.cfg[i].quarantine = dev.cfg[i].quarantine;
		MUST(!memcmp(&draft.cfg[i], &dev.cfg[i], sizeof(dev.cfg[i])));
		if (i == vf)
			continue;
		MUST(draft.epoch[i] == dev.epoch[i] && is->state == was->state);
		MUST(ether_addr_equal(is->mac, was->mac));
		MUST(is->num_vlans == was->num_vlans && is->num_macs <= was->num_macs);
		MUST(is->num_macs == was->num_macs || iov_pol_vf_is_down(&dev, i));
		MUST(is->chan.path_vf == was->chan.path_vf);
	}
	MUST(!memcmp(&draft.pf, &dev.pf, sizeof(dev.pf)));
	MUST(draft.movable == dev.movable);
}

static void load(struct fuzz_input *in, unsigned int vf)
{
	u8 how = fuzz_u8(in);
	size_t length = how % 8 == 1 ? fuzz_u16(in) % (2 * sizeof(image)) : sizeof(image);
	enum iov_vfio_fault fault;
	enum iov_pol_freeze_why why;

	fault = iov_vfio_state_get(&image, length, &state);
	MUST(fault < IOV_VFIO_FAULTS);
	if (fault)
		return;
	MUST(length == sizeof(image));
	iov_vfio_state_put(&state, &copy);
	copy.session.pad = image.session.pad;
	MUST(!memcmp(&copy, &image, sizeof(image)));

	draft = dev;
	why = iov_pol_freeze_load(&draft, vf, &state.pf.pol);
	MUST(why < IOV_POL_FREEZES && why != IOV_POL_FREEZE_TABLES);
	if (why)
		return;
	check_loaded(vf);
	other = draft;
	check_others(vf);
	draft = other;
	device_commit();
}

/*
 * --- The rest of a migration
 * ---------------------------------------------------------
 */

static void claim(struct fuzz_input *in, unsigned int vf)
{
	u8 how = fuzz_u8(in);

	draft = dev;
	draft.movable |= BIT(vf);
	if (how & 1)
		draft.cfg[vf].migrating = how & 2;
	device_commit();
}

static void give(struct fuzz_input *in, unsigned int vf)
{
	u8 addr[ETH_ALEN];

	draft = dev;
	device_address(in, addr);
	if (iov_pol_heir_give_mac(&draft, vf, addr) == IOV_WIRE_ST_OK)
		device_commit();
}

static void step(struct fuzz_input *in, unsigned int what, unsigned int vf)
{
	switch (what) {
	case FUZZ_MESSAGE:
	case FUZZ_SPOILT:
	case FUZZ_WORDS:
		/* Requests of a frozen VF wait. */
		if (!(dev.frozen & BIT(vf)))
			device_step(in, what, vf);
		break;
	case STATE_SAVE:
		save(in, vf);
		break;
	case STATE_WRITE:
		overwrite(in);
		break;
	case STATE_LOAD:
		load(in, vf);
		break;
	case STATE_START:
		draft = dev;
		draft.frozen &= ~BIT(vf);
		device_commit();
		break;
	case STATE_CLAIM:
		claim(in, vf);
		break;
	case STATE_RELEASE:
		draft = dev;
		iov_pol_freeze_release(&draft, vf, fuzz_u8(in) & 1);
		device_commit();
		break;
	case STATE_GIVE:
		give(in, vf);
		break;
	default:
		device_step(in, what, vf);
		break;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t at;

	if (size < FUZZ_HEADER || data[0] != FUZZ_FORMAT)
		return 0;
	device_make(1 + data[1] % IOV_POL_VFS);
	memset(&state, 0, sizeof(state));
	iov_vfio_state_put(&state, &image);
	for (at = FUZZ_HEADER; at + FUZZ_STEP <= size; at += FUZZ_STEP) {
		struct fuzz_input in = { data + at, FUZZ_STEP };
		u8 what = fuzz_u8(&in);

		step(&in, what % STATE_KINDS, what / STATE_KINDS % dev.num_vfs);
		device_check(at / FUZZ_STEP % IMAGE_STEPS == 0);
	}
	device_check(true);
	return 0;
}
