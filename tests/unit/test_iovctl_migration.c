// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/doctor/migration_verdict.c: whether a guest can be migrated with its VF. */

#include "findings.h"

#include "tools/iovctl/doctor/migration_verdict.h"

#define VF	"0000:01:10.0"
#define PF	"0000:01:00.0"

static struct iovctl_migration_vf facts;
static char because[IOVCTL_TEXT];

/* A VF of the 82576 that QEMU has by iovnic_vfio, as Documentation/migration.rst has it */
static void begin(void)
{
	struct iovctl_vf *vf = &facts.vf;

	memset(&facts, 0, sizeof(facts));
	strcpy(vf->pci, VF);
	strcpy(vf->pf_pci, PF);
	strcpy(vf->pf_driver, "iovnic_pf");
	strcpy(vf->driver, "iovnic_vfio");
	vf->holder.held = IOVCTL_YES;
	vf->holder.pid = 7;
	strcpy(vf->holder.command, "qemu");
	facts.is_82576 = true;
	facts.module = IOVCTL_YES;
	facts.qemu.has_vf = true;
	strcpy(facts.qemu.enabled, "on");
}

static enum iovctl_answer verdict(void)
{
	findings.num = 0;
	return iovctl_migration_verdict(&facts, &findings, because);
}

static bool only(enum iovctl_answer answer, enum iovctl_code code, enum iovctl_effect effect)
{
	const char *expected = effect == IOVCTL_EFFECT_INFO ? "" : iovctl_code_name(code);

	return verdict() == answer && is_only(code, effect) && !strcmp(because, expected) &&
	       findings.finding[0].evidence[0].file[0] &&
	       findings.finding[0].level == IOVCTL_LEVEL_VF;
}

#define BLOCKED(name) only(IOVCTL_NO, IOVCTL_CODE_##name, IOVCTL_EFFECT_BLOCKING)
#define UNKNOWN(name) only(IOVCTL_MAYBE, IOVCTL_CODE_##name, IOVCTL_EFFECT_UNKNOWN)

static void good(void)
{
	begin();
	CHECK_EQ(verdict(), IOVCTL_YES);
	CHECK_EQ(findings.num, 0);
	CHECK(!because[0]);
	facts.implemented = IOVCTL_YES;
	CHECK_EQ(verdict(), IOVCTL_YES);
	/* A free VF has no QEMU yet. */
	begin();
	memset(&facts.qemu, 0, sizeof(facts.qemu));
	facts.vf.holder.held = IOVCTL_NO;
	CHECK_EQ(verdict(), IOVCTL_YES);
	CHECK_EQ(findings.num, 0);
}

static void our_driver(void)
{
	begin();
	strcpy(facts.vf.pf_driver, "igb");
	CHECK(BLOCKED(MIGRATION_PF_DRIVER));
	CHECK(!strcmp(findings.finding[0].remedy, "end the guest; modprobe iovnic_pf; "
		      "echo iovnic_pf > /sys/bus/pci/devices/" PF "/driver_override; "
		      "echo " PF " > /sys/bus/pci/devices/" PF "/driver/unbind; "
		      "echo " PF " > /sys/bus/pci/drivers_probe; iovctl numvfs " PF " N"));
	facts.vf.pf_driver[0] = '\0';
	CHECK(BLOCKED(MIGRATION_PF_DRIVER));
	CHECK(!strstr(findings.finding[0].remedy, "numvfs"));
	/* The PF was bound to iovnic_pf after the VF. */
	begin();
	facts.implemented = IOVCTL_NO;
	CHECK(BLOCKED(MIGRATION_PF_DRIVER));
	CHECK(!strcmp(findings.finding[0].remedy, "end the guest; "
		      "echo iovnic_vfio > /sys/bus/pci/devices/" VF "/driver_override; "
		      "echo " VF " > /sys/bus/pci/devices/" VF "/driver/unbind; "
		      "echo " VF " > /sys/bus/pci/drivers_probe"));
}

static void other_driver(void)
{
	begin();
	strcpy(facts.vf.driver, "vfio-pci");
	CHECK(BLOCKED(MIGRATION_VF_DRIVER));
	CHECK(!strcmp(findings.finding[0].remedy, "end the guest; modprobe iovnic_vfio; "
		      "echo iovnic_vfio > /sys/bus/pci/devices/" VF "/driver_override; "
		      "echo " VF " > /sys/bus/pci/devices/" VF "/driver/unbind; "
		      "echo " VF " > /sys/bus/pci/drivers_probe"));
	facts.module = IOVCTL_NO;
	CHECK_EQ(verdict(), IOVCTL_NO);
	CHECK(has(IOVCTL_CODE_NO_IOVNIC_VFIO, IOVCTL_EFFECT_BLOCKING));
	CHECK(!strcmp(because, "MIGRATION_VF_DRIVER"));
	/* The module is missing on the machine: once for all VFs. */
	CHECK_EQ(findings.num, 2);
	CHECK_EQ(findings.finding[1].level, IOVCTL_LEVEL_HOST);
	CHECK_EQ(iovctl_migration_verdict(&facts, &findings, because), IOVCTL_NO);
	CHECK_EQ(findings.num, 3);
	/* Not for VFs that it cannot drive */
	facts.is_82576 = false;
	CHECK(BLOCKED(MIGRATION_VF_DRIVER));
	CHECK(!strstr(findings.finding[0].remedy, "iovnic_vfio"));
	strcpy(facts.vf.driver, "igbvf");
	CHECK(BLOCKED(MIGRATION_VF_DRIVER));
	facts.vf.driver[0] = '\0';
	CHECK(BLOCKED(MIGRATION_VF_DRIVER));
}

/* What is known of another vendor's driver is what debugfs has. */
static void other_vendor(void)
{
	begin();
	facts.is_82576 = false;
	strcpy(facts.vf.driver, "mlx5_vfio_pci");
	CHECK(UNKNOWN(MIGRATION_VF_DRIVER));
	facts.implemented = IOVCTL_NO;
	CHECK(BLOCKED(MIGRATION_VF_DRIVER));
	facts.implemented = IOVCTL_YES;
	CHECK_EQ(verdict(), IOVCTL_YES);
	/* QEMU decides by itself. */
	strcpy(facts.qemu.enabled, "auto");
	CHECK(UNKNOWN(MIGRATION_NOT_ENABLED));
	facts.tracks = true;
	CHECK_EQ(verdict(), IOVCTL_YES);
	facts.qemu.iommufd = true;
	CHECK_EQ(verdict(), IOVCTL_YES);
	facts.qemu.others = 1;
	CHECK(BLOCKED(MIGRATION_OTHER_DEVICES));
	facts.qemu.others = 0;
	strcpy(facts.qemu.enabled, "off");
	CHECK(BLOCKED(MIGRATION_NOT_ENABLED));
}

static void qemu(void)
{
	begin();
	facts.qemu.enabled[0] = '\0';
	CHECK(BLOCKED(MIGRATION_NOT_ENABLED));
	strcpy(facts.qemu.enabled, "auto");
	CHECK(BLOCKED(MIGRATION_NOT_ENABLED));
	CHECK(!strcmp(seen(IOVCTL_CODE_MIGRATION_NOT_ENABLED), "enable-migration auto"));
	CHECK(strstr(findings.finding[0].remedy, "-device vfio-pci,host=" VF ","));
	begin();
	strcpy(facts.qemu.viommu, "intel-iommu");
	CHECK(BLOCKED(MIGRATION_VIOMMU));
	begin();
	facts.qemu.others = 2;
	CHECK(BLOCKED(MIGRATION_OTHER_DEVICES));
	begin();
	facts.qemu.iommufd = true;
	CHECK(only(IOVCTL_YES, IOVCTL_CODE_MIGRATION_IOMMUFD, IOVCTL_EFFECT_INFO));
	/* All that blocks is named, what does not is not. */
	strcpy(facts.qemu.viommu, "smmuv3");
	facts.qemu.enabled[0] = '\0';
	CHECK_EQ(verdict(), IOVCTL_NO);
	CHECK(!strcmp(because, "MIGRATION_NOT_ENABLED, MIGRATION_VIOMMU"));
	CHECK_EQ(findings.num, 3);
}

static void unknown_holder(void)
{
	begin();
	facts.qemu.has_vf = false;
	CHECK(UNKNOWN(MIGRATION_NOT_ENABLED));
	CHECK(strstr(findings.finding[0].remedy, "device_add"));
	facts.vf.holder.pid = 0;
	facts.vf.holder.held = IOVCTL_MAYBE;
	CHECK(UNKNOWN(MIGRATION_NOT_ENABLED));
	CHECK(strstr(findings.finding[0].remedy, "as root"));
}

TAP_MAIN(TAP_TEST(good),
	 TAP_TEST(our_driver),
	 TAP_TEST(other_driver),
	 TAP_TEST(other_vendor),
	 TAP_TEST(qemu),
	 TAP_TEST(unknown_holder))
