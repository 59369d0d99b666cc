// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/adapter/adopt_verdict.c: what forbids another driver, and the rule of udev. */

#include <stdlib.h>
#include <string.h>

#include "refusals.h"
#include "tap.h"

#include "tools/iovctl/adapter/adopt.h"

static struct iovctl_adopt adopt;

/* From igb to iovnic_pf */
static void begin(void)
{
	memset(&adopt, 0, sizeof(adopt));
	strcpy(adopt.pci, "0000:01:00.0");
	strcpy(adopt.netdev, "pf0");
	strcpy(adopt.vendor, "0x8086");
	strcpy(adopt.device, "0x10c9");
	strcpy(adopt.driver, "igb");
	strcpy(adopt.original, "igb");
	strcpy(adopt.path, "/etc/udev/rules.d/r");
	adopt.module = "iovnic_pf";
	adopt.has_module = IOVCTL_YES;
	adopt.use.held = IOVCTL_NO;
	adopt.may = true;
}

/* Whether exactly this forbids it; "" for nothing */
static bool says(const char *text)
{
	bool found;

	memset(&refusals, 0, sizeof(refusals));
	iovctl_adopt_check(&adopt, &refusals);
	found = is_refused_by(text);
	begin();
	return found;
}

static bool is_module(const char *vendor, const char *device, const char *expected)
{
	const char *module = iovctl_adopt_module(vendor, device);

	return expected ? module && !strcmp(module, expected) : !module;
}

static void modules(void)
{
	CHECK(is_module("0x8086", "0x10c9", "iovnic_pf"));
	CHECK(is_module("0x8086", "0x10ca", "iovnic_vf"));
	CHECK(is_module("0x8086", "0x1521", NULL));
	CHECK(is_module("0x15b3", "0x10c9", NULL));
	begin();
	adopt.has_module = IOVCTL_NO;
	CHECK(says("the running kernel has no iovnic_pf"));
	adopt.has_module = IOVCTL_NO;
	strcpy(adopt.other_kernel, "6.12.1");
	CHECK(says("no iovnic_pf, but 6.12.1 has"));
	/* Without the kernel's lists it is tried. */
	adopt.has_module = IOVCTL_MAYBE;
	CHECK(says(""));
	adopt.release = true;
	adopt.has_module = IOVCTL_NO;
	CHECK(says(""));
	adopt.module = NULL;
	CHECK(says("iovnic has no driver for 0000:01:00.0 (0x8086:0x10c9)"));
}

static void signature(void)
{
	begin();
	adopt.signature.is_signed = IOVCTL_NO;
	CHECK(says(""));
	adopt.host.fact[IOVCTL_ASK_SIGNED_ONLY].answer = IOVCTL_YES;
	CHECK(says(""));	/* it is loaded, or not known */
	adopt.host.fact[IOVCTL_ASK_SIGNED_ONLY].answer = IOVCTL_YES;
	adopt.signature.is_signed = IOVCTL_NO;
	CHECK(says("iovnic_pf is not signed"));
	adopt.host.fact[IOVCTL_ASK_SIGNED_ONLY].answer = IOVCTL_YES;
	adopt.signature.is_signed = IOVCTL_YES;
	adopt.signature.has_key = IOVCTL_NO;
	CHECK(says("the kernel has no key of this name"));
	adopt.host.fact[IOVCTL_ASK_SIGNED_ONLY].answer = IOVCTL_YES;
	adopt.signature.is_signed = IOVCTL_NO;
	adopt.release = true;
	CHECK(says(""));
}

static bool is_original(const char *list, const char *expected)
{
	char original[IOVCTL_NAME];

	iovctl_adopt_original(list, original);
	return !strcmp(original, expected);
}

static void originals(void)
{
	CHECK(is_original("igb, iovnic_pf", "igb"));
	CHECK(is_original("iovnic_pf, igb", "igb"));
	CHECK(is_original("iovnic_vf", ""));
	CHECK(is_original("", ""));
	begin();
	CHECK(!strcmp(iovctl_adopt_driver(&adopt), "iovnic_pf"));
	adopt.release = true;
	CHECK(!strcmp(iovctl_adopt_driver(&adopt), "igb"));
}

static void users(void)
{
	begin();
	strcpy(adopt.login, "192.0.2.1");
	CHECK(says("you are logged in over pf0 (192.0.2.1)"));
	strcpy(adopt.login, "192.0.2.1");
	adopt.force = true;
	CHECK(says(""));
	/* The driver that it has stays: nothing is lost. */
	strcpy(adopt.login, "192.0.2.1");
	strcpy(adopt.driver, "iovnic_pf");
	CHECK(says(""));
	adopt.created = 2;
	CHECK(says(""));
	adopt.created = 2;
	adopt.use.held = IOVCTL_YES;
	strcpy(adopt.use.users, "VF 0 by guest web");
	CHECK(says("some are in use: VF 0 by guest web"));
	adopt.created = 2;
	adopt.use.held = IOVCTL_YES;
	adopt.force = true;
	CHECK(says(""));
	strcpy(adopt.driver, "vfio-pci");
	adopt.force = true;
	CHECK(says("vfio-pci gives 0000:01:00.0 to a program or guest"));
}

static void files(void)
{
	char mine[] = IOVCTL_ADOPT_MARK " for it\n", other[] = "ACTION==\"add\"\n";

	begin();
	adopt.rule = mine;
	CHECK(says(""));
	adopt.rule = other;
	CHECK(says("/etc/udev/rules.d/r was not written by iovctl"));
	adopt.may = false;
	CHECK(says("only root"));
}

static void rule(void)
{
	char *text;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	begin();
	iovctl_adopt_rule(&adopt, memory);
	fclose(memory);
	CHECK(!strncmp(text, IOVCTL_ADOPT_MARK, strlen(IOVCTL_ADOPT_MARK)));
	CHECK(strstr(text, "KERNEL!=\"0000:01:00.0\", GOTO=\"iovctl_end\"\n"));
	CHECK(strstr(text, "ATTR{driver_override}=\"iovnic_pf\"\n"));
	CHECK(strstr(text, "LABEL=\"iovctl_end\"\n"));
	free(text);
}

TAP_MAIN(TAP_TEST(modules), TAP_TEST(signature), TAP_TEST(originals), TAP_TEST(users),
	 TAP_TEST(files), TAP_TEST(rule))
