// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states of a migration (include/uapi/linux/vfio.h) and the file through
 * which the program reads or writes the saved state of the VF. In PRE_COPY
 * pages are tracked, but there is no state to read until the device stops.
 */

#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "pf/vfio/vfio.h"

/**
 * struct iov_vfio_file - saved state that the program reads or writes
 * @lock: protects the rest; taken after vfio->lock
 * @pdev: VF; valid until @over is set
 * @track: its pages; valid until @over is set
 * @over: the state of the migration has changed, reads and writes fail
 * @precopy: the device runs, there is no state to read yet
 * @loaded: the PF has loaded the session of @state
 * @length: bytes in @image
 * @image: the state
 * @state: decoded @image that was written
 */
struct iov_vfio_file {
	struct mutex lock;	/* see above */
	struct pci_dev *pdev;
	const struct iov_vfio_track *track;
	bool over;
	bool precopy;
	bool loaded;
	size_t length;
	struct iov_vfio_image image;
	struct iov_vfio_state state;
};

static int iov_vfio_migrate_file_release(struct inode *inode,
					 struct file *stream)
{
	struct iov_vfio_file *file = stream->private_data;

	mutex_destroy(&file->lock);
	kfree(file);
	return 0;
}

static ssize_t iov_vfio_migrate_file_read(struct file *stream, char __user *buf,
					  size_t count, loff_t *pos)
{
	struct iov_vfio_file *file = stream->private_data;
	ssize_t ret;

	mutex_lock(&file->lock);
	/* QEMU resets the VF if a change of state fails, not if this does. */
	ret = file->over ? -ENODEV : READ_ONCE(file->track->error);
	if (!ret && file->precopy)
		ret = -ENOMSG;
	if (!ret)
		ret = simple_read_from_buffer(buf, count, &stream->f_pos,
					      &file->image, file->length);
	mutex_unlock(&file->lock);
	return ret;
}

static int iov_vfio_migrate_refuse(struct iov_vfio_file *file, int err,
				   const char *why)
{
	dev_err_ratelimited(&file->pdev->dev, "saved state refused: %s\n", why);
	return err;
}

/*
 * The image is complete. Load it now, not when the state of the migration
 * changes: QEMU ends the migration in time only if a write fails.
 */
static int iov_vfio_migrate_load(struct iov_vfio_file *file)
{
	enum iov_vfio_fault fault;
	const char *why;
	int err;

	fault = iov_vfio_state_get(&file->image, file->length, &file->state);
	if (fault)
		return iov_vfio_migrate_refuse(file, -EINVAL,
					       iov_vfio_state_fault(fault));
	err = iov_pf_freeze_load(file->pdev, &file->state.pf, &why);
	file->loaded = !err;
	return err ? iov_vfio_migrate_refuse(file, err, why) : 0;
}

static ssize_t iov_vfio_migrate_receive(struct iov_vfio_file *file,
					const char __user *buf, size_t count)
{
	size_t room = sizeof(file->image) - file->length;
	int err = 0;

	if (count > room)
		return iov_vfio_migrate_refuse(file, -ENOSPC, "too long");
	if (copy_from_user((u8 *)&file->image + file->length, buf, count))
		return -EFAULT;
	file->length += count;
	if (count && count == room)
		err = iov_vfio_migrate_load(file);
	return err ?: count;
}

static ssize_t iov_vfio_migrate_file_write(struct file *stream,
					   const char __user *buf,
					   size_t count, loff_t *pos)
{
	struct iov_vfio_file *file = stream->private_data;
	ssize_t ret;

	mutex_lock(&file->lock);
	ret = file->over ? -ENODEV : iov_vfio_migrate_receive(file, buf, count);
	mutex_unlock(&file->lock);
	return ret;
}

static long iov_vfio_migrate_file_ioctl(struct file *stream, unsigned int cmd,
					unsigned long arg)
{
	size_t min = offsetofend(struct vfio_precopy_info, dirty_bytes);
	struct iov_vfio_file *file = stream->private_data;
	struct vfio_precopy_info info;
	bool precopy;

	if (cmd != VFIO_MIG_GET_PRECOPY_INFO)
		return -ENOTTY;
	if (copy_from_user(&info, (void __user *)arg, min))
		return -EFAULT;
	if (info.argsz < min)
		return -EINVAL;
	mutex_lock(&file->lock);
	precopy = file->precopy && !file->over;
	mutex_unlock(&file->lock);
	if (!precopy)
		return -EINVAL;
	info.initial_bytes = 0;
	info.dirty_bytes = 0;
	return copy_to_user((void __user *)arg, &info, min) ? -EFAULT : 0;
}

static const struct file_operations iov_vfio_migrate_read_fops = {
	.owner = THIS_MODULE,
	.read = iov_vfio_migrate_file_read,
	.unlocked_ioctl = iov_vfio_migrate_file_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = iov_vfio_migrate_file_release,
};

static const struct file_operations iov_vfio_migrate_write_fops = {
	.owner = THIS_MODULE,
	.write = iov_vfio_migrate_file_write,
	.release = iov_vfio_migrate_file_release,
};

static struct file *iov_vfio_migrate_open_file(struct iov_vfio *vfio,
					       bool write)
{
	struct iov_vfio_file *file;
	struct file *stream;

	file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);
	if (!file)
		return ERR_PTR(-ENOMEM);
	stream = anon_inode_getfile("iovnic_vfio", write ?
				  &iov_vfio_migrate_write_fops :
				  &iov_vfio_migrate_read_fops, file,
				  write ? O_WRONLY : O_RDONLY);
	if (IS_ERR(stream)) {
		kfree(file);
		return stream;
	}
	stream_open(stream->f_inode, stream);
	mutex_init(&file->lock);
	file->pdev = vfio->core.pdev;
	file->track = &vfio->track;
	vfio->file = file;
	/* Until iov_vfio_migrate_end_file() */
	get_file(stream);
	vfio->stream = stream;
	return stream;
}

/* The program may keep the file open: its reads and writes fail then. */
static void iov_vfio_migrate_end_file(struct iov_vfio *vfio)
{
	if (!vfio->file)
		return;
	mutex_lock(&vfio->file->lock);
	vfio->file->over = true;
	mutex_unlock(&vfio->file->lock);
	fput(vfio->stream);
	vfio->file = NULL;
	vfio->stream = NULL;
}

static void iov_vfio_migrate_fill_file(struct iov_vfio *vfio)
{
	struct iov_vfio_file *file = vfio->file;

	mutex_lock(&file->lock);
	iov_vfio_state_put(&vfio->state, &file->image);
	file->length = sizeof(file->image);
	file->precopy = false;
	mutex_unlock(&file->lock);
	vfio->moved = true;
}

static int iov_vfio_migrate_resume(struct iov_vfio *vfio)
{
	struct iov_vfio_file *file = vfio->file;
	int err = 0;

	mutex_lock(&file->lock);
	if (file->loaded)
		iov_vfio_device_load(vfio, &file->state);
	else if (file->length == sizeof(file->image))
		err = -EINVAL;
	else
		err = iov_vfio_migrate_refuse(file, -EINVAL, "not complete");
	mutex_unlock(&file->lock);
	/* Still RESUMING after an error: the program may write the rest. */
	if (!err)
		iov_vfio_migrate_end_file(vfio);
	return err;
}

static struct file *iov_vfio_migrate_precopy(struct iov_vfio *vfio)
{
	int err = iov_vfio_device_track(vfio);
	struct file *stream;

	if (err)
		return ERR_PTR(err);
	stream = iov_vfio_migrate_open_file(vfio, false);
	if (!IS_ERR(stream))
		vfio->file->precopy = true;
	return stream;
}

static struct file *iov_vfio_migrate_stop_copy(struct iov_vfio *vfio)
{
	struct file *stream = iov_vfio_migrate_open_file(vfio, false);

	if (!IS_ERR(stream))
		iov_vfio_migrate_fill_file(vfio);
	return stream;
}

#define IOV_VFIO_ARC(from, to) \
	((VFIO_DEVICE_STATE_##from << BITS_PER_BYTE) | VFIO_DEVICE_STATE_##to)

/*
 * Make one step. If the migration fails, the program returns from STOP_COPY to
 * RUNNING through STOP, and the guest runs again.
 *
 * In the P2P states a device sends nothing to other devices, which may still
 * write to it. No device writes to a VF's BARs, so the VF stops completely.
 */
static struct file *iov_vfio_migrate_step(struct iov_vfio *vfio,
					  enum vfio_device_mig_state next)
{
	int err = 0;

	switch (vfio->mig << BITS_PER_BYTE | next) {
	case IOV_VFIO_ARC(RUNNING, PRE_COPY):
	case IOV_VFIO_ARC(RUNNING_P2P, PRE_COPY_P2P):
		return iov_vfio_migrate_precopy(vfio);
	case IOV_VFIO_ARC(PRE_COPY, RUNNING):
	case IOV_VFIO_ARC(PRE_COPY_P2P, RUNNING_P2P):
	case IOV_VFIO_ARC(STOP_COPY, STOP):
		iov_vfio_migrate_end_file(vfio);
		break;
	case IOV_VFIO_ARC(PRE_COPY, PRE_COPY_P2P):
	case IOV_VFIO_ARC(RUNNING, RUNNING_P2P):
		err = iov_vfio_device_stop(vfio);
		break;
	case IOV_VFIO_ARC(PRE_COPY_P2P, STOP_COPY):
		iov_vfio_migrate_fill_file(vfio);
		break;
	case IOV_VFIO_ARC(RUNNING_P2P, STOP):
	case IOV_VFIO_ARC(STOP, RUNNING_P2P):
		break;
	case IOV_VFIO_ARC(STOP, STOP_COPY):
		return iov_vfio_migrate_stop_copy(vfio);
	case IOV_VFIO_ARC(STOP, RESUMING):
		return iov_vfio_migrate_open_file(vfio, true);
	case IOV_VFIO_ARC(RESUMING, STOP):
		err = iov_vfio_migrate_resume(vfio);
		break;
	case IOV_VFIO_ARC(RUNNING_P2P, RUNNING):
	case IOV_VFIO_ARC(PRE_COPY_P2P, PRE_COPY):
		err = iov_vfio_device_start(vfio);
		break;
	default:
		err = -EINVAL;
	}
	return ERR_PTR(err);
}

/* A reset has started the device and cleared its state. */
static void iov_vfio_migrate_check_reset(struct iov_vfio *vfio)
{
	lockdep_assert_held(&vfio->lock);
	if (!test_and_clear_bit(0, &vfio->reset))
		return;
	if (vfio->mig != VFIO_DEVICE_STATE_RUNNING)
		dev_warn_ratelimited(&vfio->core.pdev->dev,
				     "reset during a migration\n");
	iov_vfio_migrate_end_file(vfio);
	iov_vfio_track_reset(vfio);
	vfio->stopped = false;
	vfio->moved = false;
	vfio->mig = VFIO_DEVICE_STATE_RUNNING;
}

static struct file *iov_vfio_migrate_set(struct vfio_device *vdev,
					 enum vfio_device_mig_state new_state)
{
	struct iov_vfio *vfio = iov_vfio_of(vdev);
	enum vfio_device_mig_state next;
	struct file *stream = NULL;
	int err;

	mutex_lock(&vfio->lock);
	iov_vfio_migrate_check_reset(vfio);
	while (vfio->mig != new_state) {
		err = vfio_mig_get_next_state(vdev, vfio->mig, new_state,
					      &next);
		stream = err ? ERR_PTR(err) : iov_vfio_migrate_step(vfio, next);
		if (IS_ERR(stream)) {
			dev_err_ratelimited(&vfio->core.pdev->dev,
					    "state %u of a migration cannot follow state %u: %pe\n",
					    new_state, vfio->mig, stream);
			break;
		}
		vfio->mig = next;
	}
	mutex_unlock(&vfio->lock);
	return stream;
}

static int iov_vfio_migrate_get(struct vfio_device *vdev,
				enum vfio_device_mig_state *state)
{
	struct iov_vfio *vfio = iov_vfio_of(vdev);

	mutex_lock(&vfio->lock);
	iov_vfio_migrate_check_reset(vfio);
	*state = vfio->mig;
	mutex_unlock(&vfio->lock);
	return 0;
}

/*
 * QEMU omits PRE_COPY if the guest is paused, but asks for the size before it
 * copies memory. Tracking does not begin earlier, because a guest that is only
 * paused would then have the cost of it until the program closes the VF.
 */
static int iov_vfio_migrate_size(struct vfio_device *vdev,
				 unsigned long *length)
{
	struct iov_vfio *vfio = iov_vfio_of(vdev);

	mutex_lock(&vfio->lock);
	iov_vfio_migrate_check_reset(vfio);
	if (vfio->mig == VFIO_DEVICE_STATE_STOP && !vfio->track.on &&
	    !vfio->track.error)
		iov_vfio_track_start(vfio);
	mutex_unlock(&vfio->lock);
	*length = sizeof(struct iov_vfio_image);
	return 0;
}

static const struct vfio_migration_ops iov_vfio_migrate_ops = {
	.migration_set_state = iov_vfio_migrate_set,
	.migration_get_state = iov_vfio_migrate_get,
	.migration_get_data_size = iov_vfio_migrate_size,
};

/**
 * iov_vfio_migrate_init - offer migration if iovnic_pf drives the PF
 * @vfio: VF, not registered yet
 *
 * Context: process.
 */
void iov_vfio_migrate_init(struct iov_vfio *vfio)
{
	int err;

	mutex_init(&vfio->lock);
	mutex_init(&vfio->track.lock);
	err = iov_pf_freeze_claim(vfio->core.pdev);
	if (err) {
		pci_info(vfio->core.pdev, "cannot be migrated: %pe\n",
			 ERR_PTR(err));
		return;
	}
	iov_pf_freeze_release(vfio->core.pdev, false);
	vfio->core.vdev.migration_flags = VFIO_MIGRATION_STOP_COPY |
					  VFIO_MIGRATION_P2P |
					  VFIO_MIGRATION_PRE_COPY;
	vfio->core.vdev.mig_ops = &iov_vfio_migrate_ops;
}

/**
 * iov_vfio_migrate_open - the program opens the VF
 * @vfio: VF, enabled
 *
 * While iovnic_pf does not drive the PF, a migration fails, because the VF can
 * neither be stopped nor loaded.
 *
 * Context: process.
 */
void iov_vfio_migrate_open(struct iov_vfio *vfio)
{
	vfio->mig = VFIO_DEVICE_STATE_RUNNING;
	vfio->reset = 0;
	vfio->stopped = false;
	vfio->moved = false;
	vfio->track.on = false;
	vfio->track.error = 0;
	memset(vfio->base, 0, sizeof(vfio->base));
	if (vfio->core.vdev.mig_ops && iov_pf_freeze_claim(vfio->core.pdev))
		pci_warn(vfio->core.pdev, "the PF has lost its driver\n");
}

/**
 * iov_vfio_migrate_close - the program closes the VF
 * @vfio: VF, still enabled
 *
 * Context: process.
 */
void iov_vfio_migrate_close(struct iov_vfio *vfio)
{
	mutex_lock(&vfio->lock);
	iov_vfio_migrate_check_reset(vfio);
	iov_vfio_migrate_end_file(vfio);
	iov_vfio_track_reset(vfio);
	iov_pf_freeze_release(vfio->core.pdev, vfio->moved);
	mutex_unlock(&vfio->lock);
}

/**
 * iov_vfio_migrate_reset - the VF was reset
 * @vfio: VF
 *
 * The caller holds locks of the core that are taken after vfio->lock elsewhere,
 * so vfio->lock cannot be taken here.
 *
 * Context: process.
 */
void iov_vfio_migrate_reset(struct iov_vfio *vfio)
{
	set_bit(0, &vfio->reset);
}
