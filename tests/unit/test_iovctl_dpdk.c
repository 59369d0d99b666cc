// SPDX-License-Identifier: GPL-2.0-only
/*
 * tools/iovctl/doctor/dpdk_verdict.c: what programs that drive VFs lack; and
 * doctor_order.c: in which order it is told.
 */

#include "findings.h"

#include "tools/iovctl/doctor/doctor_order.h"
#include "tools/iovctl/doctor/dpdk_verdict.h"

#define VF	"0000:01:10.0"

static struct iovctl_host_facts host;
static struct iovctl_dpdk dpdk;

static void answer(enum iovctl_question question, enum iovctl_answer value)
{
	host.fact[question].answer = value;
	strcpy(host.fact[question].file, "/a/file");
	strcpy(host.fact[question].seen, "seen");
}

/* A machine with an IOMMU, and a VF that is bound to vfio-pci */
static void begin(void)
{
	struct iovctl_dpdk_vf *vf = dpdk.vf;

	memset(&host, 0, sizeof(host));
	memset(&dpdk, 0, sizeof(dpdk));
	answer(IOVCTL_ASK_IOMMU, IOVCTL_YES);
	answer(IOVCTL_ASK_INTR_REMAP, IOVCTL_YES);
	answer(IOVCTL_ASK_VFIO, IOVCTL_YES);
	/* What guests need does not matter here. */
	answer(IOVCTL_ASK_CPU_VIRT, IOVCTL_NO);
	dpdk.huge_kib = 1 << 20;
	dpdk.huge_free_kib = 1 << 20;
	dpdk.mounted = IOVCTL_YES;
	dpdk.memlock_kib = 8 << 10;
	dpdk.may_lock = IOVCTL_YES;
	dpdk.num = 1;
	strcpy(vf->pci, VF);
	strcpy(vf->driver, "vfio-pci");
	strcpy(vf->group, "14");
	strcpy(vf->file, "/dev/vfio/14");
	vf->access = IOVCTL_YES;
	vf->used = IOVCTL_NO;
	strcpy(vf->pf, "pf0");
	strcpy(vf->mac, "52:54:00:82:10:00");
	vf->trusted = IOVCTL_YES;
	vf->checked = IOVCTL_YES;
	findings.num = 0;
}

static bool only(enum iovctl_code code, enum iovctl_effect effect)
{
	bool found;

	iovctl_dpdk_verdict(&host, &dpdk, &findings);
	found = is_only(code, effect);
	return found;
}

static const char *remedy(void)
{
	return findings.finding[0].remedy;
}

static void good_machine(void)
{
	begin();
	iovctl_dpdk_verdict(&host, &dpdk, &findings);
	CHECK_EQ(findings.num, 0);
	/* The kernel's driver stays, and the limit is high enough. */
	strcpy(dpdk.vf[0].driver, "mlx5_core");
	dpdk.vf[0].bifurcated = true;
	dpdk.may_lock = IOVCTL_NO;
	dpdk.memlock_kib = 1 << 20;
	iovctl_dpdk_verdict(&host, &dpdk, &findings);
	CHECK_EQ(findings.num, 0);
}

static void without_iommu(void)
{
	begin();
	answer(IOVCTL_ASK_IOMMU, IOVCTL_NO);
	CHECK(only(IOVCTL_CODE_NO_IOMMU, IOVCTL_EFFECT_GUESTS));
	begin();
	answer(IOVCTL_ASK_IOMMU, IOVCTL_NO);
	answer(IOVCTL_ASK_VIRTUAL_MACHINE, IOVCTL_YES);
	CHECK(only(IOVCTL_CODE_NO_IOMMU, IOVCTL_EFFECT_GUESTS));
	CHECK(strstr(remedy(), "enable_unsafe_noiommu_mode"));
	findings.num = 0;
	answer(IOVCTL_ASK_UNSAFE_NOIOMMU, IOVCTL_YES);
	iovctl_dpdk_verdict(&host, &dpdk, &findings);
	CHECK_EQ(findings.num, 2);
	CHECK(has(IOVCTL_CODE_NO_IOMMU, IOVCTL_EFFECT_INFO));
	CHECK(has(IOVCTL_CODE_UNSAFE_NOIOMMU, IOVCTL_EFFECT_WARNING));
	begin();
	answer(IOVCTL_ASK_IOMMU, IOVCTL_MAYBE);
	CHECK(only(IOVCTL_CODE_NO_IOMMU, IOVCTL_EFFECT_UNKNOWN));
	begin();
	answer(IOVCTL_ASK_INTR_REMAP, IOVCTL_NO);
	CHECK(only(IOVCTL_CODE_NO_INTR_REMAP, IOVCTL_EFFECT_GUESTS));
}

static void memory(void)
{
	begin();
	dpdk.huge_kib = 0;
	dpdk.huge_free_kib = 0;
	dpdk.mounted = IOVCTL_NO;
	CHECK(only(IOVCTL_CODE_NO_HUGEPAGES, IOVCTL_EFFECT_BLOCKING));
	begin();
	dpdk.huge_free_kib = 0;
	CHECK(only(IOVCTL_CODE_HUGEPAGES_IN_USE, IOVCTL_EFFECT_WARNING));
	begin();
	dpdk.mounted = IOVCTL_NO;
	CHECK(only(IOVCTL_CODE_NO_HUGETLBFS, IOVCTL_EFFECT_WARNING));
	begin();
	dpdk.may_lock = IOVCTL_NO;
	CHECK(only(IOVCTL_CODE_MEMLOCK_LIMIT, IOVCTL_EFFECT_WARNING));
	begin();
	dpdk.huge_kib = -1;
	dpdk.may_lock = IOVCTL_MAYBE;
	iovctl_dpdk_verdict(&host, &dpdk, &findings);
	CHECK_EQ(findings.num, 0);
}

static void drivers(void)
{
	begin();
	strcpy(dpdk.vf[0].driver, "iovnic_vf");
	CHECK(only(IOVCTL_CODE_DPDK_VF_DRIVER, IOVCTL_EFFECT_BLOCKING));
	CHECK(strstr(remedy(), "modprobe vfio-pci; echo vfio-pci > ") &&
	      strstr(remedy(), "echo " VF " > /sys/bus/pci/drivers_probe"));
	CHECK(!strcmp(seen(IOVCTL_CODE_DPDK_VF_DRIVER), "iovnic_vf"));
	CHECK_EQ(findings.finding[0].level, IOVCTL_LEVEL_VF);
	begin();
	dpdk.vf[0].driver[0] = '\0';
	CHECK(only(IOVCTL_CODE_DPDK_VF_DRIVER, IOVCTL_EFFECT_BLOCKING));
	begin();
	dpdk.num = 0;
	CHECK(only(IOVCTL_CODE_DPDK_NO_VF, IOVCTL_EFFECT_BLOCKING));
}

static void access_to_vf(void)
{
	begin();
	dpdk.vf[0].access = IOVCTL_NO;
	CHECK(only(IOVCTL_CODE_DPDK_NO_ACCESS, IOVCTL_EFFECT_BLOCKING));
	CHECK(strstr(remedy(), "chown USER /dev/vfio/14"));
	findings.num = 0;
	dpdk.vf[0].without_iommu = true;
	CHECK(only(IOVCTL_CODE_DPDK_NO_ACCESS, IOVCTL_EFFECT_BLOCKING));
	CHECK(strstr(remedy(), "only root"));
	begin();
	dpdk.vf[0].used = IOVCTL_YES;
	CHECK(only(IOVCTL_CODE_DPDK_VF_IN_USE, IOVCTL_EFFECT_WARNING));
	begin();
	dpdk.vf[0].trusted = IOVCTL_NO;
	CHECK(only(IOVCTL_CODE_VF_NOT_TRUSTED, IOVCTL_EFFECT_INFO));
	CHECK(strstr(findings.finding[0].text, "receives and sends"));
	CHECK(strstr(remedy(), "iovctl vm set pf0:0 trust on"));
}

static void order(void)
{
	struct iovctl_finding *finding;

	begin();
	finding = iovctl_finding_add(&findings, IOVCTL_CODE_VF_NOT_TRUSTED, VF, "x");
	finding->level = IOVCTL_LEVEL_VF;
	iovctl_finding_new(&findings, "TOLD_BY_DRIVER", IOVCTL_EFFECT_INFO, "0000:01:00.0");
	iovctl_finding_add(&findings, IOVCTL_CODE_PF_DOWN, "0000:01:00.0", "x");
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_VFIO, "", "first");
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_IOMMU, "", "x");
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_VFIO, "", "second");
	iovctl_doctor_order(&findings);
	CHECK_EQ(findings.num, 5);
	CHECK(!strcmp(findings.finding[0].name, "NO_IOMMU"));
	CHECK(!strcmp(findings.finding[1].text, "first"));
	CHECK(!strcmp(findings.finding[2].name, "PF_DOWN"));
	CHECK(!strcmp(findings.finding[3].name, "TOLD_BY_DRIVER"));
	CHECK(!strcmp(findings.finding[4].name, "VF_NOT_TRUSTED"));
}

TAP_MAIN(TAP_TEST(good_machine),
	 TAP_TEST(without_iommu),
	 TAP_TEST(memory),
	 TAP_TEST(drivers),
	 TAP_TEST(access_to_vf),
	 TAP_TEST(order))
