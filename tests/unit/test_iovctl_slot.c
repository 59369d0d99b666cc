// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/adapter/slot_verdict.c: the place of an adapter in the machine. */

#include "findings.h"

#include "tools/iovctl/adapter/slot.h"

static struct iovctl_slot slot;

/* An 82576 below a port with ARI: its VFs are on its own bus, from device 16 on. */
static void begin(void)
{
	memset(&slot, 0, sizeof(slot));
	strcpy(slot.pci, "0000:01:00.0");
	strcpy(slot.port, "0000:00:1c.0");
	strcpy(slot.group, "7");
	slot.express = true;
	slot.bus = 1;
	slot.allowed = 7;
	slot.offset = 128;
	slot.stride = 2;
	slot.last_bus = 1;
	slot.ari = IOVCTL_YES;
	slot.bars = 2;
	slot.bars_placed = 2;
	slot.msi.answer = IOVCTL_YES;
	slot.viable = true;
}

static enum iovctl_effect verdict(enum iovctl_answer iommu)
{
	findings.num = 0;
	iovctl_slot_verdict(&slot, iommu, &findings);
	return iovctl_finding_worst(&findings, slot.pci);
}

static bool only(enum iovctl_code code, enum iovctl_effect effect)
{
	const bool found = verdict(IOVCTL_YES) == effect && is_only(code, effect) &&
			   seen(code)[0];

	begin();
	return found;
}

static bool nothing(enum iovctl_answer iommu)
{
	const bool found = verdict(iommu) == IOVCTL_EFFECT_INFO && !findings.num;

	begin();
	return found;
}

static void good_place(void)
{
	begin();
	CHECK(nothing(IOVCTL_YES));
	CHECK(nothing(IOVCTL_NO));
}

static void bus_numbers(void)
{
	begin();
	/* Without ARI the VFs of an 82576 are on the next bus. */
	slot.ari = IOVCTL_NO;
	slot.offset = 384;
	CHECK(only(IOVCTL_CODE_NO_BUS_RESOURCES, IOVCTL_EFFECT_BLOCKING));
	slot.ari = IOVCTL_NO;
	slot.offset = 384;
	slot.last_bus = 2;
	CHECK(nothing(IOVCTL_YES));
	/* The last VF counts: 0x80 + 2 * 63 is the last on the bus. */
	slot.allowed = 64;
	CHECK(nothing(IOVCTL_YES));
	slot.allowed = 65;
	CHECK(only(IOVCTL_CODE_NO_BUS_RESOURCES, IOVCTL_EFFECT_BLOCKING));
	slot.allowed = 65;
	slot.last_bus = -1;
	CHECK(nothing(IOVCTL_YES));
	/* An adapter in the root complex */
	slot.allowed = 65;
	slot.port[0] = '\0';
	CHECK(nothing(IOVCTL_YES));
	slot.allowed = 0;
	CHECK(nothing(IOVCTL_YES));
	slot.offset = 0;
	CHECK(nothing(IOVCTL_YES));
}

static void ari(void)
{
	begin();
	slot.ari = IOVCTL_NO;
	verdict(IOVCTL_YES);
	CHECK(strstr(findings.finding[0].remedy, "boot without pci=noari"));
	CHECK(only(IOVCTL_CODE_NO_BUS_RESOURCES, IOVCTL_EFFECT_BLOCKING));
	slot.ari = IOVCTL_MAYBE;
	CHECK(nothing(IOVCTL_YES));
	slot.ari = IOVCTL_NO;
	slot.express = false;
	CHECK(nothing(IOVCTL_YES));
	/* Functions 1 to 7 need no ARI, also those of a second port. */
	slot.ari = IOVCTL_NO;
	slot.offset = 1;
	slot.stride = 1;
	CHECK(nothing(IOVCTL_YES));
	slot.ari = IOVCTL_NO;
	slot.devfn = 1;
	slot.offset = 1;
	slot.stride = 1;
	CHECK(only(IOVCTL_CODE_NO_BUS_RESOURCES, IOVCTL_EFFECT_BLOCKING));
}

static void resources(void)
{
	begin();
	slot.bars_placed = 1;
	CHECK(only(IOVCTL_CODE_NO_VF_BAR_SPACE, IOVCTL_EFFECT_BLOCKING));
	slot.bars = 0;
	slot.bars_placed = 0;
	CHECK(only(IOVCTL_CODE_NO_VF_BAR_SPACE, IOVCTL_EFFECT_BLOCKING));
	slot.bars_placed = -1;
	CHECK(nothing(IOVCTL_YES));
	slot.msi.answer = IOVCTL_NO;
	strcpy(slot.msi.file, "msi_bus");
	strcpy(slot.msi.seen, "0");
	CHECK(only(IOVCTL_CODE_NO_MSIX, IOVCTL_EFFECT_BLOCKING));
	slot.msi.answer = IOVCTL_MAYBE;
	CHECK(nothing(IOVCTL_YES));
}

static void isolation(void)
{
	begin();
	slot.port_in_group = true;
	CHECK(only(IOVCTL_CODE_MISSING_ACS, IOVCTL_EFFECT_GUESTS));
	slot.port_in_group = true;
	CHECK(nothing(IOVCTL_NO));
	/* Groups of VFs that exist are certain. */
	slot.port_in_group = true;
	slot.created = 2;
	CHECK(nothing(IOVCTL_YES));
	slot.created = 2;
	strcpy(slot.shared, "VF 0 shares its group with 0000:01:10.2 (vfio-pci)");
	CHECK(only(IOVCTL_CODE_MISSING_ACS, IOVCTL_EFFECT_WARNING));
	slot.created = 2;
	strcpy(slot.shared, "VF 0 shares its group with 0000:01:00.0 (igb)");
	slot.viable = false;
	CHECK(only(IOVCTL_CODE_MISSING_ACS, IOVCTL_EFFECT_GUESTS));
	slot.group[0] = '\0';
	CHECK(only(IOVCTL_CODE_NO_IOMMU, IOVCTL_EFFECT_GUESTS));
	slot.group[0] = '\0';
	CHECK(nothing(IOVCTL_MAYBE));
}

TAP_MAIN(TAP_TEST(good_place), TAP_TEST(bus_numbers), TAP_TEST(ari), TAP_TEST(resources),
	 TAP_TEST(isolation))
