// SPDX-License-Identifier: GPL-2.0-only
/*
 * SeaBIOS omits a step when QEMU's q35 wakes up from S3: to set the address of
 * the extended configuration space in the chipset again, without which the
 * chipset does not give access to SR-IOV. Load this before the machine sleeps;
 * it stays until a restart.
 */

#include <linux/io.h>
#include <linux/module.h>
#include <linux/syscore_ops.h>

/* PCIEXBAR of the host bridge, through the legacy configuration mechanism */
#define ECAM_ADDRESS	0x80000060
#define ECAM_ON		0xb0000001

/* Interrupts are off, and no other code runs. */
static void iovnic_ecam_resume(void *data)
{
	outl(ECAM_ADDRESS, 0xcf8);
	outl(ECAM_ON, 0xcfc);
}

static const struct syscore_ops iovnic_ecam_ops = {
	.resume = iovnic_ecam_resume,
};

static struct syscore iovnic_ecam = {
	.ops = &iovnic_ecam_ops,
};

static int __init iovnic_ecam_init(void)
{
	register_syscore(&iovnic_ecam);
	return 0;
}
module_init(iovnic_ecam_init);

MODULE_DESCRIPTION("Switches on extended configuration space after S3");
MODULE_AUTHOR("iovnic maintainers");
MODULE_LICENSE("GPL");
