// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which frames the guest takes from its standby interface, and the history of
 * the path. Pure.
 */

#include <linux/types.h>

#include "vf/path.h"

/**
 * iov_vf_path_takes - does the guest take a frame that the standby receives?
 * @step: the VF's path
 * @settled: for IOV_VF_PATH_VF: it has had the path for some time, and a link
 * @multicast: the frame is multicast or broadcast
 *
 * A unicast frame is received on one path only, and those on their way when
 * the path moves arrive on the old one. A multicast frame is received on both
 * paths while the VF has its own: here it would be the second one.
 *
 * Context: any.
 * Return: true if it does.
 */
bool iov_vf_path_takes(enum iov_vf_path_step step, bool settled,
		       bool multicast)
{
	if (step == IOV_VF_PATH_SOFTWARE)
		return true;
	if (step == IOV_VF_PATH_VF && settled)
		return false;
	return !multicast;
}

/**
 * iov_vf_path_begin - the path may be about to move
 * @path: history
 * @now: time in microseconds
 *
 * Context: any.
 */
void iov_vf_path_begin(struct iov_vf_path *path, u64 now)
{
	path->began = now;
}

/**
 * iov_vf_path_end - note the path that is in use
 * @path: history, after iov_vf_path_begin()
 * @vf: it is the VF
 * @standby: the guest has a standby that receives
 * @now: time in microseconds
 *
 * Context: any.
 * Return: true if the path has moved.
 */
bool iov_vf_path_end(struct iov_vf_path *path, bool vf, bool standby, u64 now)
{
	if (vf == path->vf)
		return false;
	path->vf = vf;
	path->moved = now;
	path->move_us = now - path->began;
	path->outage_us = vf && path->gap ? now - path->gap_began : 0;
	path->gap = !vf && !standby;
	path->gap_began = path->began;
	if (vf)
		path->to_vf++;
	else
		path->to_host++;
	return true;
}
