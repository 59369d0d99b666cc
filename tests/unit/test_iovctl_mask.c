// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/bundle/mask.c: what identifies a machine goes, and what explains a fault stays. */
#include <string.h>

#include "tap.h"

#include "tools/iovctl/bundle/mask.h"

static struct iovctl_mask mask;

static bool masks(const char *text, const char *expected)
{
	char *found = iovctl_mask_text(&mask, text);
	const bool same = found && !strcmp(found, expected);

	if (!same)
		printf("# %s\n# is %s\n# not %s\n", text, found, expected);
	free(found);
	return same;
}

static bool stays(const char *text)
{
	return masks(text, text);
}

static bool hides(const char *text, const char *expected)
{
	char *found = iovctl_mask_secrets(text);
	const bool same = found && !strcmp(found, expected);

	if (!same)
		printf("# %s is %s\n", text, found);
	free(found);
	return same;
}

static void begin(void)
{
	memset(&mask, 0, sizeof(mask));
}

/* In any spelling the same address has the same substitute. */
static void macs(void)
{
	begin();
	CHECK(masks("52:54:00:82:10:00", "[mac 1]"));
	CHECK(masks("vf 0 MAC 52:54:00:82:10:01, spoof", "vf 0 MAC [mac 2], spoof"));
	CHECK(masks("\"mac\":\"52:54:00:82:10:00\"", "\"mac\":\"[mac 1]\""));
	CHECK(masks("52-54-00-82-10-0A=52:54:00:82:10:0a", "[mac 3]=[mac 3]"));
	CHECK(masks("enx525400821001: link", "enx[mac 2]: link"));
	CHECK(masks("enx525400821001:0", "enx[mac 2]:0"));
	CHECK(masks("52:54:00:82:10:00: link", "[mac 1]: link"));
	CHECK(masks("00-11-22-ff-ff-33-44-55", "[serial 1]"));
	CHECK(stays("0000:01:10.0 52:54:00:82:10 52:54:00:82:10:000 x52:54:00:82:10:00"));
	CHECK(stays("00:11:22:33:44:55:66:77:88 enx52540082100 0xdeadbeef"));
}

/* A row of groups may follow a word and a colon, or be before one: it is no longer one then. */
static void beside_words(void)
{
	begin();
	CHECK(masks("addr:52:54:00:82:10:00", "addr:[mac 1]"));
	CHECK(masks("mac:52:54:00:82:10:00 cafe:52:54:00:82:10:00", "mac:[mac 1] cafe:[mac 1]"));
	CHECK(masks("eth0:52-54-00-82-10-00 br-52:54:00:82:10:00", "eth0:[mac 1] br-[mac 1]"));
	CHECK(masks("vf:enx525400821000:enx525400821001", "vf:enx[mac 1]:enx[mac 2]"));
	CHECK(masks("52:54:00:82:10:00:default :52:54:00:82:10:00:", "[mac 1]:default :[mac 1]:"));
	CHECK(masks("id:00-11-22-ff-ff-33-44-55", "id:[serial 1]"));
	CHECK(masks("uuid:6fd2e8c1-0c5d-4b39-9c0e-0123456789ab-disk", "uuid:[uuid 1]-disk"));
	CHECK(masks("tcp:10.82.0.1:7100 dead:10.82.0.1", "tcp:[ip 1]:7100 dead:[ip 1]"));
	CHECK(masks("eth0:fd82::1 cafes:fd82::1", "eth0:[ip 2] cafes:[ip 2]"));
	CHECK(masks("10.82.0.1-10.82.0.2::5", "[ip 1]-[ip 3][ip 4]"));
	iovctl_mask_know(&mask, IOVCTL_SECRET_HOST, "node-7");
	CHECK(masks("tcp:node-7:7100", "tcp:[host 1]:7100"));
	CHECK(stays("00:11:22:33:44:55:66:77:88 00-11-22-33-44-55-66-77-88-99"));
	CHECK(stays("00:52:54:00:82:10:00 52:54:00:82:10:00:00 5.14.0-70.0.0.1"));
	CHECK(stays("1:2:3:4:5:6:7:8:9 0000:01:10.0: 0000:00:1c.0:pcie002"));
}

static void addresses(void)
{
	begin();
	CHECK(masks("10.82.0.1/16 via 10.82.0.254.", "[ip 1]/16 via [ip 2]."));
	CHECK(masks("10.82.0.1:7100", "[ip 1]:7100"));
	CHECK(masks("fe80::1%eth0, [fd82::1]:80 FE80::1", "[ip 3]%eth0, [[ip 4]]:80 [ip 3]"));
	CHECK(stays("127.0.0.1 ::1 :: 0.0.0.0 6.12.117+deb12-amd64 12:30:05 1.0 1.2.3 256.1.1.1"));
	CHECK(stays("pci 0000:00:1c.0: bridge window [mem 0xfe800000-0xfe9fffff]"));
}

static void others(void)
{
	begin();
	iovctl_mask_know(&mask, IOVCTL_SECRET_HOST, "Node-7");
	iovctl_mask_know(&mask, IOVCTL_SECRET_HOST, "");
	iovctl_mask_know(&mask, IOVCTL_SECRET_SERIAL, "CZ1234");
	CHECK(masks("Linux node-7 6.12, node-7.example.com",
		    "Linux [host 1] 6.12, [host 1].example.com"));
	CHECK(stays("xnode-7 node-77"));
	CHECK(masks("s/n CZ1234", "s/n [serial 1]"));
	CHECK(masks("root=UUID=6fd2e8c1-0c5d-4b39-9c0e-0123456789AB", "root=UUID=[uuid 1]"));
	CHECK(masks("6FD2E8C1-0C5D-4B39-9C0E-0123456789ab", "[uuid 1]"));
	CHECK(masks("", ""));
}

static void many(void)
{
	char text[IOVCTL_NAME];
	int i;

	begin();
	for (i = 0; i < IOVCTL_MASKED; i++) {
		SET(text, "10.0.%d.%d", i >> 8, i & 255);
		free(iovctl_mask_text(&mask, text));
	}
	CHECK_EQ(mask.num, IOVCTL_MASKED);
	CHECK(masks("10.0.0.0 10.99.99.99", "[ip 1] [ip]"));
}

static void boot_parameters(void)
{
	CHECK(hides("root=/dev/sda1 quiet intel_iommu=on,sm_on iommu=pt\n",
		    "root=/dev/sda1 quiet intel_iommu=on,sm_on iommu=pt\n"));
	CHECK(hides("a.PassWord=x cifs.pass=\"a b\" c",
		    "a.PassWord=[secret] cifs.pass=[secret] c"));
	CHECK(hides("rd.luks.key=/k vconsole.keymap=de key=1",
		    "rd.luks.key=[secret] vconsole.keymap=de key=[secret]"));
	CHECK(hides("netroot=iscsi:u:p@10.0.0.1::::iqn iscsi_password=x rd.iscsi.in.username=u",
		    "netroot=[secret] iscsi_password=[secret] rd.iscsi.in.username=[secret]"));
	CHECK(hides("url=https://u:p@h/ ks=https://h/x", "url=[secret] ks=https://h/x"));
	CHECK(hides("", ""));
}

/* Any text: nothing is read or written outside of it, and what is masked stays as it is then. */
static void random_texts(void)
{
	static const char letters[] = "0123456789abcdefF::::..---enx =\"[%\xff";
	unsigned long seed = 12345;
	int step, i, length, steps = tap_full() ? TAP_MANY : 20000;
	char *text, *once, *twice;

	for (step = 0; step < steps; step++) {
		begin();
		length = tap_random(&seed) % 48;
		text = malloc(length + 1);
		for (i = 0; i < length; i++)
			text[i] = letters[tap_random(&seed) % (sizeof(letters) - 1)];
		text[length] = '\0';
		once = iovctl_mask_text(&mask, text);
		twice = iovctl_mask_text(&mask, once);
		if (!CHECK(!strcmp(once, twice)))
			printf("# %s, %s, %s\n", text, once, twice);
		free(iovctl_mask_secrets(text));
		free(once);
		free(twice);
		free(text);
	}
}

TAP_MAIN(TAP_TEST(macs),
	 TAP_TEST(beside_words),
	 TAP_TEST(addresses),
	 TAP_TEST(others),
	 TAP_TEST(many),
	 TAP_TEST(boot_parameters),
	 TAP_TEST(random_texts))
