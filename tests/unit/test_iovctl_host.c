// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/host/host_verdict.c and finding.c: whether a machine can do SR-IOV. */

#include "findings.h"

#include "tools/iovctl/host/host_verdict.h"

static struct iovctl_host_facts facts;
static int adapters;

static void put(enum iovctl_question question, enum iovctl_answer answer)
{
	facts.fact[question].answer = answer;
}

/* A machine without any fault */
static void begin(void)
{
	int i;

	memset(&facts, 0, sizeof(facts));
	strcpy(facts.kernel, "6.12.0");
	facts.major = 6;
	facts.minor = 12;
	for (i = 0; i < IOVCTL_QUESTIONS; i++) {
		facts.fact[i].answer = IOVCTL_NO;
		sprintf(facts.fact[i].file, "/file/%d", i);
		sprintf(facts.fact[i].seen, "%d", i);
	}
	put(IOVCTL_ASK_CPU_VIRT, IOVCTL_YES);
	put(IOVCTL_ASK_KVM, IOVCTL_YES);
	put(IOVCTL_ASK_SLAT, IOVCTL_YES);
	put(IOVCTL_ASK_IOMMU, IOVCTL_YES);
	put(IOVCTL_ASK_IOMMU_TABLE, IOVCTL_YES);
	put(IOVCTL_ASK_INTR_REMAP, IOVCTL_YES);
	put(IOVCTL_ASK_VFIO, IOVCTL_YES);
	put(IOVCTL_ASK_VFIO_LOADED, IOVCTL_YES);
	put(IOVCTL_ASK_PCI_IOV, IOVCTL_YES);
	put(IOVCTL_ASK_NATIVE_PCIE, IOVCTL_YES);
	strcpy(facts.signature.file, "/lib/modules/x/iovnic_pf.ko");
	facts.signature.is_signed = IOVCTL_NO;
	adapters = 1;
}

static enum iovctl_effect verdict(void)
{
	findings.num = 0;
	iovctl_host_verdict(&facts, adapters, &findings);
	return iovctl_finding_worst(&findings, "");
}

/* The only reason, and then a machine without any fault again */
static bool only(enum iovctl_code code, enum iovctl_effect effect)
{
	const bool found = verdict() == effect && is_only(code, effect) && seen(code)[0];

	begin();
	return found;
}

static bool question_leads_to(enum iovctl_question question, enum iovctl_answer answer,
			      enum iovctl_code code, enum iovctl_effect effect)
{
	put(question, answer);
	return only(code, effect);
}

static void good_machine(void)
{
	begin();
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
	CHECK_EQ(findings.num, 0);
	CHECK(!strcmp(iovctl_state_name(IOVCTL_EFFECT_INFO), "usable"));
	CHECK_EQ(iovctl_state_status(IOVCTL_EFFECT_INFO), 0);
}

static void kernel(void)
{
	begin();
	adapters = 0;
	CHECK(only(IOVCTL_CODE_NO_SRIOV_ADAPTER, IOVCTL_EFFECT_BLOCKING));
	adapters = 0;
	put(IOVCTL_ASK_PCI_IOV, IOVCTL_MAYBE);
	CHECK(only(IOVCTL_CODE_NO_SRIOV_ADAPTER, IOVCTL_EFFECT_BLOCKING));
	/* Such a kernel shows no adapter. */
	adapters = 0;
	CHECK(question_leads_to(IOVCTL_ASK_PCI_IOV, IOVCTL_NO, IOVCTL_CODE_NO_CONFIG_PCI_IOV,
				IOVCTL_EFFECT_BLOCKING));
	CHECK(question_leads_to(IOVCTL_ASK_MSI_OFF, IOVCTL_YES, IOVCTL_CODE_NO_MSIX,
				IOVCTL_EFFECT_BLOCKING));
	facts.minor = 11;
	CHECK(only(IOVCTL_CODE_OLD_KERNEL, IOVCTL_EFFECT_INFO));
	facts.major = 5;
	facts.minor = 15;
	CHECK(only(IOVCTL_CODE_OLD_KERNEL, IOVCTL_EFFECT_INFO));
	facts.major = 7;
	facts.minor = 0;
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
	CHECK_EQ(findings.num, 0);
	facts.major = 0;
	verdict();
	CHECK_EQ(findings.num, 0);
}

static void iommu(void)
{
	begin();
	put(IOVCTL_ASK_INTR_REMAP, IOVCTL_NO);
	CHECK(question_leads_to(IOVCTL_ASK_IOMMU, IOVCTL_NO, IOVCTL_CODE_IOMMU_OFF,
				IOVCTL_EFFECT_GUESTS));
	put(IOVCTL_ASK_IOMMU_TABLE, IOVCTL_NO);
	CHECK(question_leads_to(IOVCTL_ASK_IOMMU, IOVCTL_NO, IOVCTL_CODE_NO_IOMMU,
				IOVCTL_EFFECT_GUESTS));
	/* A container hides the tables. */
	put(IOVCTL_ASK_IOMMU_TABLE, IOVCTL_MAYBE);
	CHECK(question_leads_to(IOVCTL_ASK_IOMMU, IOVCTL_NO, IOVCTL_CODE_NO_IOMMU,
				IOVCTL_EFFECT_GUESTS));
	CHECK(question_leads_to(IOVCTL_ASK_IOMMU, IOVCTL_MAYBE, IOVCTL_CODE_NO_IOMMU,
				IOVCTL_EFFECT_UNKNOWN));
	put(IOVCTL_ASK_IOMMU, IOVCTL_NO);
	put(IOVCTL_ASK_IOMMU_OFF, IOVCTL_YES);
	strcpy(facts.fact[IOVCTL_ASK_IOMMU_OFF].seen, "intel_iommu=off");
	verdict();
	CHECK(!strcmp(seen(IOVCTL_CODE_IOMMU_OFF), "intel_iommu=off"));
	/* What matters is the effect. */
	put(IOVCTL_ASK_IOMMU, IOVCTL_YES);
	verdict();
	CHECK_EQ(findings.num, 0);
}

static void interrupts(void)
{
	begin();
	CHECK(question_leads_to(IOVCTL_ASK_INTR_REMAP, IOVCTL_NO, IOVCTL_CODE_NO_INTR_REMAP,
				IOVCTL_EFFECT_GUESTS));
	CHECK(question_leads_to(IOVCTL_ASK_INTR_REMAP, IOVCTL_MAYBE, IOVCTL_CODE_NO_INTR_REMAP,
				IOVCTL_EFFECT_UNKNOWN));
	CHECK(question_leads_to(IOVCTL_ASK_UNSAFE_INTR, IOVCTL_YES,
				IOVCTL_CODE_UNSAFE_INTR_OVERRIDE, IOVCTL_EFFECT_WARNING));
	CHECK(question_leads_to(IOVCTL_ASK_UNSAFE_NOIOMMU, IOVCTL_YES,
				IOVCTL_CODE_UNSAFE_NOIOMMU, IOVCTL_EFFECT_WARNING));
	/* With the override guests can have VFs; both warnings stay. */
	put(IOVCTL_ASK_INTR_REMAP, IOVCTL_NO);
	put(IOVCTL_ASK_UNSAFE_INTR, IOVCTL_YES);
	CHECK_EQ(verdict(), IOVCTL_EFFECT_WARNING);
	CHECK_EQ(findings.num, 2);
	CHECK(has(IOVCTL_CODE_NO_INTR_REMAP, IOVCTL_EFFECT_WARNING));
	CHECK(has(IOVCTL_CODE_UNSAFE_INTR_OVERRIDE, IOVCTL_EFFECT_WARNING));
	CHECK(strstr(findings.finding[1].remedy, "/etc/modprobe.d"));
	strcpy(facts.fact[IOVCTL_ASK_UNSAFE_INTR].file, "/sys/x");
	verdict();
	CHECK(!strncmp(findings.finding[1].remedy, "echo N > /sys/x;", 16));
}

static void virtual_machine(void)
{
	begin();
	put(IOVCTL_ASK_VIRTUAL_MACHINE, IOVCTL_YES);
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
	CHECK_EQ(findings.num, 0);
	put(IOVCTL_ASK_IOMMU, IOVCTL_NO);
	put(IOVCTL_ASK_IOMMU_TABLE, IOVCTL_NO);
	CHECK_EQ(verdict(), IOVCTL_EFFECT_GUESTS);
	CHECK_EQ(findings.num, 2);
	CHECK(has(IOVCTL_CODE_VIRTUAL_MACHINE, IOVCTL_EFFECT_INFO));
	/* There is one remedy, that of the hypervisor. */
	CHECK(strstr(findings.finding[0].remedy, "-device intel-iommu"));
	CHECK(!strcmp(findings.finding[0].remedy, findings.finding[1].remedy));
	put(IOVCTL_ASK_IOMMU, IOVCTL_YES);
	put(IOVCTL_ASK_INTR_REMAP, IOVCTL_NO);
	verdict();
	CHECK(has(IOVCTL_CODE_VIRTUAL_MACHINE, IOVCTL_EFFECT_INFO));
	CHECK(!strcmp(findings.finding[0].remedy, findings.finding[1].remedy));
	begin();
	put(IOVCTL_ASK_VIRTUAL_MACHINE, IOVCTL_YES);
	put(IOVCTL_ASK_CPU_VIRT, IOVCTL_NO);
	verdict();
	CHECK(strstr(findings.finding[0].remedy, "-cpu host"));
	begin();
	CHECK(question_leads_to(IOVCTL_ASK_CONTAINER, IOVCTL_YES, IOVCTL_CODE_CONTAINER,
				IOVCTL_EFFECT_INFO));
}

static void guests(void)
{
	begin();
	CHECK(question_leads_to(IOVCTL_ASK_VFIO, IOVCTL_NO, IOVCTL_CODE_NO_VFIO,
				IOVCTL_EFFECT_GUESTS));
	CHECK(question_leads_to(IOVCTL_ASK_VFIO, IOVCTL_MAYBE, IOVCTL_CODE_NO_VFIO,
				IOVCTL_EFFECT_UNKNOWN));
	CHECK(question_leads_to(IOVCTL_ASK_VFIO_LOADED, IOVCTL_NO, IOVCTL_CODE_VFIO_NOT_LOADED,
				IOVCTL_EFFECT_INFO));
	put(IOVCTL_ASK_SLAT, IOVCTL_NO);
	CHECK(question_leads_to(IOVCTL_ASK_CPU_VIRT, IOVCTL_NO, IOVCTL_CODE_NO_KVM_VIRT,
				IOVCTL_EFFECT_WARNING));
	put(IOVCTL_ASK_SLAT, IOVCTL_NO);
	CHECK(question_leads_to(IOVCTL_ASK_KVM, IOVCTL_NO, IOVCTL_CODE_KVM_NOT_LOADED,
				IOVCTL_EFFECT_WARNING));
	CHECK(question_leads_to(IOVCTL_ASK_SLAT, IOVCTL_NO, IOVCTL_CODE_NO_SLAT,
				IOVCTL_EFFECT_WARNING));
	CHECK(question_leads_to(IOVCTL_ASK_NATIVE_PCIE, IOVCTL_NO, IOVCTL_CODE_NO_OSC,
				IOVCTL_EFFECT_WARNING));
}

static void signatures(void)
{
	begin();
	facts.signature.is_signed = IOVCTL_YES;
	CHECK(question_leads_to(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_YES,
				IOVCTL_CODE_SIGNED_MODULES_ONLY, IOVCTL_EFFECT_INFO));
	facts.signature.is_signed = IOVCTL_MAYBE;
	CHECK(question_leads_to(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_YES,
				IOVCTL_CODE_SIGNED_MODULES_ONLY, IOVCTL_EFFECT_INFO));
	CHECK(question_leads_to(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_YES, IOVCTL_CODE_UNSIGNED_MODULE,
				IOVCTL_EFFECT_WARNING));
	CHECK(question_leads_to(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_MAYBE, IOVCTL_CODE_UNSIGNED_MODULE,
				IOVCTL_EFFECT_UNKNOWN));
	put(IOVCTL_ASK_IOVNIC_SIGNED, IOVCTL_MAYBE);
	put(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_MAYBE);
	CHECK_EQ(verdict(), IOVCTL_EFFECT_INFO);
	CHECK_EQ(findings.num, 0);
	begin();
	/* It is the kernel that refuses modules, not the firmware. */
	put(IOVCTL_ASK_SECURE_BOOT, IOVCTL_YES);
	verdict();
	CHECK_EQ(findings.num, 0);
}

static const char *remedy(void)
{
	verdict();
	CHECK_EQ(findings.num, 1);
	return findings.finding[0].remedy;
}

/* A key counts only if it is known that the kernel does not have it. */
static void keys(void)
{
	begin();
	facts.signature.is_signed = IOVCTL_YES;
	strcpy(facts.signature.signer, "DKMS module signing key");
	put(IOVCTL_ASK_SECURE_BOOT, IOVCTL_YES);
	put(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_YES);
	verdict();
	CHECK(is_only(IOVCTL_CODE_SIGNED_MODULES_ONLY, IOVCTL_EFFECT_INFO));
	facts.signature.has_key = IOVCTL_YES;
	verdict();
	CHECK(is_only(IOVCTL_CODE_SIGNED_MODULES_ONLY, IOVCTL_EFFECT_INFO));
	facts.signature.has_key = IOVCTL_NO;
	verdict();
	CHECK(is_only(IOVCTL_CODE_UNKNOWN_KEY, IOVCTL_EFFECT_WARNING));
	CHECK(strstr(findings.finding[0].text, "signed by \"DKMS module signing key\", "));
	CHECK(strstr(findings.finding[0].remedy, "mokutil --import /var/lib/dkms/mok.pub"));
	put(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_NO);
	verdict();
	CHECK_EQ(findings.num, 0);
}

/* Without Secure Boot no key that was enrolled helps. */
static void remedies_of_signatures(void)
{
	begin();
	put(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_YES);
	CHECK(!strncmp(remedy(), "boot without lockdown=; or sign ", 32));
	strcpy(facts.fact[IOVCTL_ASK_SIGNED_ONLY].file, "/module/parameters/sig_enforce");
	CHECK(!strncmp(remedy(), "boot without module.sig_enforce; or sign ", 40));
	put(IOVCTL_ASK_SECURE_BOOT, IOVCTL_YES);
	CHECK(strstr(remedy(), "mokutil --import; or turn off Secure Boot"));
	put(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_MAYBE);
	CHECK(!strncmp(remedy(), "mount -t securityfs ", 20));
}

static void nothing_known(void)
{
	memset(&facts, 0, sizeof(facts));
	adapters = 1;
	CHECK_EQ(verdict(), IOVCTL_EFFECT_UNKNOWN);
	CHECK_EQ(findings.num, 2);
	CHECK(has(IOVCTL_CODE_NO_IOMMU, IOVCTL_EFFECT_UNKNOWN));
	CHECK(has(IOVCTL_CODE_NO_VFIO, IOVCTL_EFFECT_UNKNOWN));
	CHECK_EQ(iovctl_state_status(IOVCTL_EFFECT_UNKNOWN), 1);
}

static void all_at_once(void)
{
	begin();
	adapters = 0;
	put(IOVCTL_ASK_IOMMU, IOVCTL_NO);
	put(IOVCTL_ASK_VFIO, IOVCTL_NO);
	put(IOVCTL_ASK_CPU_VIRT, IOVCTL_NO);
	put(IOVCTL_ASK_NATIVE_PCIE, IOVCTL_NO);
	put(IOVCTL_ASK_SIGNED_ONLY, IOVCTL_YES);
	facts.major = 4;
	CHECK_EQ(verdict(), IOVCTL_EFFECT_BLOCKING);
	CHECK_EQ(findings.num, 7);
}

/* One good adapter is enough. */
static void state_of_machine(void)
{
	struct iovctl_slot slots[2] = { { .pci = "0000:01:00.0" }, { .pci = "0000:02:00.0" } };

	begin();
	verdict();
	CHECK_EQ(iovctl_host_state(&findings, slots, 0), IOVCTL_EFFECT_INFO);
	CHECK_EQ(iovctl_host_state(&findings, slots, 2), IOVCTL_EFFECT_INFO);
	iovctl_finding_add(&findings, IOVCTL_CODE_MISSING_ACS, slots[0].pci, "x");
	CHECK_EQ(iovctl_host_state(&findings, slots, 2), IOVCTL_EFFECT_WARNING);
	CHECK_EQ(iovctl_host_state(&findings, slots, 1), IOVCTL_EFFECT_GUESTS);
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_BUS_RESOURCES, slots[1].pci, "x");
	CHECK_EQ(iovctl_host_state(&findings, slots, 2), IOVCTL_EFFECT_GUESTS);
	iovctl_finding_add(&findings, IOVCTL_CODE_NO_CONFIG_PCI_IOV, "", "x");
	CHECK_EQ(iovctl_host_state(&findings, slots, 2), IOVCTL_EFFECT_BLOCKING);
}

static void words(void)
{
	struct iovctl_finding *finding;
	int code, i;

	for (code = 0; code < IOVCTL_CODES; code++) {
		CHECK(iovctl_code_name(code)[0]);
		CHECK(iovctl_code_remedy(code)[0]);
		CHECK(iovctl_effect_name(iovctl_code_effect(code))[0]);
		CHECK(iovctl_state_name(iovctl_code_effect(code))[0]);
	}
	findings.num = 0;
	for (i = 0; i <= IOVCTL_FINDINGS; i++)
		finding = iovctl_finding_add(&findings, IOVCTL_CODE_NO_MSIX, "pci", "%d", i);
	CHECK_EQ(findings.num, IOVCTL_FINDINGS);
	CHECK(iovctl_finding_has(&findings, "NO_MSIX", "pci"));
	CHECK(!iovctl_finding_has(&findings, "NO_MSIX", ""));
	iovctl_finding_evidence(finding, "", "nothing");
	CHECK(!finding->evidence[0].file[0]);
	iovctl_finding_evidence(finding, "/a", "1");
	iovctl_finding_evidence(finding, "/b", "2");
	CHECK(!strcmp(finding->evidence[1].file, "/b"));
}

TAP_MAIN(TAP_TEST(good_machine), TAP_TEST(kernel), TAP_TEST(iommu), TAP_TEST(interrupts),
	 TAP_TEST(virtual_machine), TAP_TEST(guests), TAP_TEST(signatures),
	 TAP_TEST(keys), TAP_TEST(remedies_of_signatures), TAP_TEST(nothing_known),
	 TAP_TEST(all_at_once), TAP_TEST(state_of_machine), TAP_TEST(words))
