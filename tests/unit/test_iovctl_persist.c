// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl: the text of configuration files, and in which lines texts differ. */

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "tools/iovctl/persist/diff.h"
#include "tools/iovctl/persist/link_text.h"
#include "tools/iovctl/persist/persist.h"

static struct iovctl_persist persist;
static char text[4096];

static struct iovctl_settings *vf(int number)
{
	struct iovctl_settings *settings = &persist.settings.vf[persist.settings.num++];

	memset(settings, 0, sizeof(*settings));
	settings->number = number;
	strcpy(settings->mac, IOVCTL_MAC);
	settings->proto = IOVCTL_8021Q;
	settings->spoofchk = 1;
	settings->active = 1;
	settings->eqs = 2;
	settings->port = number + 1;
	strcpy(settings->moderation, "default");
	strcpy(settings->policies, "none");
	return settings;
}

static void begin(void)
{
	memset(&persist, 0, sizeof(persist));
	strcpy(persist.pci, "0000:01:00.0");
	strcpy(persist.pf, "pf0");
	strcpy(persist.id_path, "pci-0000:01:00.0");
	strcpy(persist.link_file, "/usr/lib/systemd/network/99-default.link");
	persist.link_lines = "NamePolicy=keep\n";
	persist.numvfs = 2;
	persist.autoprobe = true;
}

/* VF 0 has all that can be set, VF 1 nothing. */
static void begin_with_all(void)
{
	struct iovctl_settings *settings;

	begin();
	persist.autoprobe = false;
	settings = vf(0);
	strcpy(settings->mac, "02:00:00:00:d0:00");
	settings->vlan = 100;
	settings->qos = 5;
	settings->proto = IOVCTL_8021AD;
	settings->min_tx_rate = 10;
	settings->max_tx_rate = 300;
	settings->spoofchk = 0;
	settings->trust = 1;
	settings->link_state = IOVCTL_LINK_DISABLE;
	strcpy(settings->moderation, "low");
	strcpy(settings->policies, "acl,mirror");
	settings->active = 0;
	settings->eqs = 1;
	vf(1);
}

/* Keep what a function prints. */
static FILE *into_text(void)
{
	memset(text, 0, sizeof(text));
	return fmemopen(text, sizeof(text) - 1, "w");
}

/* The content of a file without its first line, which is checked */
static const char *content(const char *format)
{
	FILE *to = into_text();

	iovctl_persist_write(&persist, iovctl_persist_format(format), to);
	fclose(to);
	if (strncmp(text, IOVCTL_MARK " for 0000:01:00.0 (pf0)", 50))
		return "no mark";
	return strchr(text, '\n') + 1;
}

static bool is(const char *found, const char *expected)
{
	if (strcmp(found, expected))
		printf("# found: %s\n", found);
	return !strcmp(found, expected);
}

static const char *path(const char *format)
{
	static char found[IOVCTL_TEXT];

	iovctl_persist_format(format)->path(&persist, found);
	return found;
}

static const char *lost(const char *format, int number)
{
	FILE *to = into_text();
	int found = iovctl_persist_lost(&persist, iovctl_persist_format(format), to);

	fclose(to);
	return found == number ? text : "another number";
}

static void networkd(void)
{
	begin();
	CHECK(is(content("networkd"),
		 "\n[Match]\nPath=pci-0000:01:00.0\n\n"
		 "[Link]\nNamePolicy=keep\nSR-IOVVirtualFunctions=2\n"));
	CHECK(is(path("networkd"), "/etc/systemd/network/10-iovctl-0000:01:00.0.link"));
	CHECK(is(lost("networkd", 0), ""));
	vf(1)->link_state = IOVCTL_LINK_ENABLE;
	persist.settings.vf[0].spoofchk = -1;
	CHECK(is(content("networkd"),
		 "\n[Match]\nPath=pci-0000:01:00.0\n\n"
		 "[Link]\nNamePolicy=keep\nSR-IOVVirtualFunctions=2\n"
		 "\n[SR-IOV]\nVirtualFunction=1\nLinkState=yes\n"));
	begin_with_all();
	CHECK(is(strstr(content("networkd"), "\n[SR-IOV]"),
		 "\n[SR-IOV]\nVirtualFunction=0\nMACAddress=02:00:00:00:d0:00\nVLANId=100\n"
		 "QualityOfService=5\nVLANProtocol=802.1ad\nMACSpoofCheck=no\nTrust=yes\n"
		 "LinkState=no\n"
		 "\n[SR-IOV]\nVirtualFunction=1\nMACSpoofCheck=yes\n"));
	CHECK(strstr(text, "\n# not expressed here: VF 0: policies acl,mirror\n"));
	CHECK(is(lost("networkd", 7),
		 "sriov_drivers_autoprobe 0\nVF 0: min_tx_rate 10\nVF 0: max_tx_rate 300\n"
		 "VF 0: moderation low\nVF 0: policies acl,mirror\n"
		 "VF 0: function state inactive\nVF 0: max_io_eqs 1\n"));
}

/* A file that was made for this adapter is added to; one for all, or ours, is replaced. */
static void networkd_addition(void)
{
	char note[IOVCTL_TEXT] = "";

	begin();
	iovctl_persist_format("networkd")->note(&persist, note);
	CHECK(!note[0]);
	strcpy(persist.link_file, "/etc/systemd/network/20-pf.link");
	CHECK(is(path("networkd"), "/etc/systemd/network/20-pf.link.d/iovctl.conf"));
	CHECK(is(content("networkd"), "\n[Link]\nSR-IOVVirtualFunctions=2\n"));
	iovctl_persist_format("networkd")->note(&persist, note);
	CHECK(strstr(note, "each interface that /etc/systemd/network/20-pf.link matches"));
	strcpy(persist.link_file, "/etc/systemd/network/10-iovctl-0000:01:00.0.link");
	CHECK(is(path("networkd"), "/etc/systemd/network/10-iovctl-0000:01:00.0.link"));
	CHECK(strstr(content("networkd"), "[Match]"));
	persist.link_file[0] = '\0';
	CHECK(is(path("networkd"), "/etc/systemd/network/10-iovctl-0000:01:00.0.link"));
}

/* Of the files of an interface, the last one counts, and for each VF the last section. */
static void networkd_others(void)
{
	const struct iovctl_format *format = iovctl_persist_format("networkd");

	begin();
	strcpy(persist.link_file, "/etc/systemd/network/20-pf.link");
	CHECK(!iovctl_persist_overrider(&persist, format));
	persist.reads.num = 3;
	strcpy(persist.reads.file[0].path, "/etc/systemd/network/20-pf.link");
	strcpy(persist.reads.file[1].path, "/etc/systemd/network/20-pf.link.d/iovctl.conf");
	strcpy(persist.reads.file[2].path, "/run/systemd/network/20-pf.link.d/zz.conf");
	persist.reads.file[1].has_sriov = true;
	vf(1);
	persist.settings.vf[0].spoofchk = -1;
	CHECK(!iovctl_persist_overrider(&persist, format));
	CHECK(is(content("networkd"), "\n[Link]\nSR-IOVVirtualFunctions=2\n"));
	persist.reads.file[0].has_sriov = true;
	CHECK(!iovctl_persist_overrider(&persist, format));
	CHECK(is(content("networkd"),
		 "\n[Link]\nSR-IOVVirtualFunctions=2\n\n[SR-IOV]\nVirtualFunction=1\n"));
	persist.reads.file[2].has_sriov = true;
	CHECK(iovctl_persist_overrider(&persist, format) == persist.reads.file[2].path);
	CHECK(!iovctl_persist_overrider(&persist, iovctl_persist_format("udev")));
}

static void networkmanager(void)
{
	begin();
	CHECK(is(path("networkmanager"),
		 "/etc/NetworkManager/system-connections/iovctl-pf0.nmconnection"));
	CHECK(iovctl_persist_format("networkmanager")->mode == 0600);
	CHECK(is(content("networkmanager"),
		 "\n[connection]\nid=iovctl-pf0\ntype=ethernet\ninterface-name=pf0\n"
		 "\n[sriov]\ntotal-vfs=2\n"
		 "\n[ipv4]\nmethod=disabled\n\n[ipv6]\nmethod=disabled\n"));
	begin_with_all();
	strcpy(persist.bridge, "br0");
	CHECK(is(strstr(content("networkmanager"), "\n[connection]"),
		 "\n[connection]\nid=iovctl-pf0\ntype=ethernet\ninterface-name=pf0\n"
		 "master=br0\nslave-type=bridge\n"
		 "\n[sriov]\ntotal-vfs=2\nautoprobe-drivers=0\n"
		 "vf.0=mac=02:00:00:00:d0:00 spoof-check=false min-tx-rate=10 max-tx-rate=300 vlans=100.5.ad trust=true\n"
		 "vf.1=spoof-check=true trust=false\n"));
	CHECK(is(lost("networkmanager", 5),
		 "VF 0: state disable\nVF 0: moderation low\nVF 0: policies acl,mirror\n"
		 "VF 0: function state inactive\nVF 0: max_io_eqs 1\n"));
}

static void netplan(void)
{
	char note[IOVCTL_TEXT];

	begin();
	CHECK(is(path("netplan"), "/etc/netplan/90-iovctl-pf0.yaml"));
	CHECK(is(content("netplan"),
		 "\nnetwork:\n  version: 2\n  ethernets:\n    'pf0':\n"
		 "      virtual-function-count: 2\n"));
	begin_with_all();
	CHECK(strstr(lost("netplan", 12), "VF 0: vlan 100 qos 5\n"));
	CHECK(strstr(text, "VF 0: mac 02:00:00:00:d0:00\n"));
	CHECK(strstr(text, "VF 0: spoofchk off\n"));
	CHECK(!strstr(text, "VF 1"));
	iovctl_persist_format("netplan")->note(&persist, note);
	CHECK(strstr(note, "does not wait for the driver of pf0"));
}

/* The key in the file of netplan for an interface of this name */
static const char *key(const char *name)
{
	FILE *to = into_text();

	strcpy(persist.pf, name);
	iovctl_persist_write(&persist, iovctl_persist_format("netplan"), to);
	fclose(to);
	strtok(strstr(text, "ethernets:\n") + strlen("ethernets:\n"), "\n");
	return strstr(text, "ethernets:\n") + strlen("ethernets:\n");
}

/* Without quotes these would be numbers, truth values, comments, aliases or wrong. */
static void netplan_names(void)
{
	begin();
	CHECK(is(key("1e3"), "    '1e3':"));
	CHECK(is(key("on"), "    'on':"));
	CHECK(is(key("#a: b"), "    '#a: b':"));
	CHECK(is(key("it's"), "    'it''s':"));
	CHECK(is(key("\"\\"), "    '\"\\':"));
	CHECK(is(lost("netplan", 0), ""));
}

/* --- the text of .link files ------------------------------------------------------------------ */

static bool has_sriov;

/* What is kept of a section [Link] */
static const char *kept(const char *link)
{
	FILE *to = into_text();

	has_sriov = iovctl_link_text(link, to);
	fclose(to);
	return text;
}

static void link_texts(void)
{
	char long_line[1200] = "[Link]\nDescription=";

	CHECK(is(kept(""), "") && !has_sriov);
	CHECK(is(kept("[Match]\nPath=x\n[Link]\n# a\n; b\n\n Name = y\t\n[Other]\nMTU=1\n"),
		 " Name = y\t\n"));
	CHECK(!has_sriov);
	CHECK(is(kept("Name=a\n[Link]\nName=b\n[Match]\nPath=c\n[Link]\nName=d"),
		 "Name=b\nName=d\n"));
	CHECK(is(kept("[Link]\nSR-IOVVirtualFunctions=4\nName=b\n"), "Name=b\n") && has_sriov);
	CHECK(is(kept("[Link]\n  SR-IOVVirtualFunctions = 4\n"), "") && has_sriov);
	CHECK(is(kept("[SR-IOV]\nVirtualFunction=1\n"), "") && has_sriov);
	CHECK(is(kept(" [SR-IOV]\t\nName=a\n"), "") && has_sriov);
	CHECK(is(kept("[Match]\nName=SR-IOV\n#[SR-IOV]\n"), "") && !has_sriov);
	memset(long_line + strlen(long_line), 'x', 1000);
	strcat(long_line, "\n");
	CHECK(is(kept(long_line), strchr(long_line, '\n') + 1));
}

/* A line that ends with a backslash goes on in the next one that is no comment. */
static void link_text_joined(void)
{
	CHECK(is(kept("[Link]\nName=a\\\n# c\n[SR-IOV]\nMTU=1\n"),
		 "Name=a\\\n[SR-IOV]\nMTU=1\n") && !has_sriov);
	CHECK(is(kept("[Link]\nName=a\\\\\nMTU=1\n"), "Name=a\\\\\nMTU=1\n"));
	CHECK(is(kept("[Link]\nSR-IOVVirtualFunctions=\\\nName=4\nMTU=1\n"), "MTU=1\n"));
	CHECK(has_sriov);
	CHECK(is(kept("[Link]\nName=a\\\n\n[SR-IOV]\n"), "Name=a\\\n\n") && has_sriov);
	CHECK(is(kept("[Link]\nName=a\\"), "Name=a\\\n\n"));
}

#define RULE	"ACTION==\"add\", SUBSYSTEM==\"net\", KERNELS==\"0000:01:00.0\", "
#define IP	RULE "RUN+=\"/sbin/ip link set dev $name vf "
#define DEVLINK	RULE "RUN+=\"/sbin/devlink "

static void udev(void)
{
	begin();
	CHECK(is(path("udev"), "/etc/udev/rules.d/82-iovctl-0000:01:00.0.rules"));
	CHECK(is(content("udev"), "\n" RULE "ATTR{device/sriov_numvfs}=\"2\"\n"));
	begin_with_all();
	CHECK(is(lost("udev", 0), ""));
	CHECK(is(content("udev"),
		 "\n" RULE "ATTR{device/sriov_drivers_autoprobe}=\"0\"\n"
		 RULE "ATTR{device/sriov_numvfs}=\"2\"\n"
		 DEVLINK "dev param set pci/0000:01:00.0 name vf0_policies value acl,mirror cmode runtime\"\n"
		 DEVLINK "port function set pci/0000:01:00.0/1 max_io_eqs 1\"\n"
		 DEVLINK "port function set pci/0000:01:00.0/1 state inactive\"\n"
		 IP "0 spoofchk off\"\n"
		 IP "0 vlan 100 qos 5 proto 802.1ad\"\n"
		 IP "0 max_tx_rate 300 min_tx_rate 10\"\n"
		 IP "0 trust on\"\n"
		 IP "0 mac 02:00:00:00:d0:00\"\n"
		 IP "0 state disable\"\n"
		 DEVLINK "dev param set pci/0000:01:00.0 name vf0_moderation value low cmode runtime\"\n"
		 IP "1 spoofchk on\"\n"));
	persist.settings.vf[0].min_tx_rate = 0;
	CHECK(strstr(content("udev"), IP "0 max_tx_rate 300\"\n"));
}

static void other_formats(void)
{
	CHECK(!iovctl_persist_format("rc.local"));
	CHECK(!iovctl_persist_format(""));
}

static const char *diff(const char *old, const char *new)
{
	FILE *to = into_text();

	iovctl_diff(old, new, to);
	fclose(to);
	return text;
}

static void differences(void)
{
	char *long_text = calloc(1, 5000);

	CHECK(is(diff("", ""), ""));
	CHECK(is(diff("a\n", "a\n"), " a\n"));
	CHECK(is(diff("", "a\nb\n"), "+a\n+b\n"));
	CHECK(is(diff("a\nb\n", ""), "-a\n-b\n"));
	CHECK(is(diff("a\nb\nc\n", "a\nx\nc\n"), " a\n-b\n+x\n c\n"));
	CHECK(is(diff("a\nb\nc\nx\n", "b\nx\ne\n"), "-a\n b\n-c\n x\n+e\n"));
	CHECK(is(diff("ab\n", "a\n"), "-ab\n+a\n"));
	CHECK(is(diff("a", "a\n"), " a\n"));
	memset(long_text, '\n', 4999);
	CHECK(is(diff(long_text, "a\n"), "(too long to compare)\n"));
	free(long_text);
}

TAP_MAIN(TAP_TEST(networkd), TAP_TEST(networkd_addition), TAP_TEST(networkd_others),
	 TAP_TEST(networkmanager), TAP_TEST(netplan), TAP_TEST(netplan_names),
	 TAP_TEST(link_texts), TAP_TEST(link_text_joined), TAP_TEST(udev),
	 TAP_TEST(other_formats), TAP_TEST(differences))
