// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/vm/vm_wish.c: words of iovctl vm set, and the commands that do the same. */

#include <string.h>

#include "tap.h"

#include "tools/iovctl/vm/vm_wish.h"

#define WORDS	32

static struct iovctl_vm vm;
static struct iovctl_vm_wish wish;
static char why[IOVCTL_TEXT];

/* VF 1 of an iovnic_pf */
static void begin(void)
{
	memset(&vm, 0, sizeof(vm));
	strcpy(vm.vf.pf_pci, "0000:01:00.0");
	strcpy(vm.vf.pf, "pf0");
	strcpy(vm.vf.pf_driver, "iovnic_pf");
	vm.vf.number = 1;
	vm.settings = (struct iovctl_settings){
		.proto = 0x8100, .spoofchk = 1, .min_tx_rate = 5, .max_tx_rate = 100,
	};
	vm.port = (struct iovctl_vf_port){ 1, 2, IOVCTL_YES, IOVCTL_NO, 2 };
	strcpy(vm.settings.moderation, "default");
	vm.weight = 100;
}

static bool parses(const char *line)
{
	static char copy[IOVCTL_TEXT];
	char *words[WORDS], *word;
	int num = 0;

	strcpy(copy, line);
	for (word = strtok(copy, " "); word && num < WORDS; word = strtok(NULL, " "))
		words[num++] = word;
	why[0] = '\0';
	return !iovctl_vm_wish_parse(&wish, num, words, why);
}

static bool refuses(const char *line, const char *text)
{
	const bool refused = !parses(line) && !strcmp(why, text);

	if (!refused)
		printf("# %s: \"%s\"\n", line, why);
	return refused;
}

/* A command for a line, or why there is none */
static const char *command(const char *line, enum iovctl_vm_step step)
{
	static char text[IOVCTL_TEXT];

	if (!parses(line) || iovctl_vm_wish_complete(&wish, &vm, why))
		return why;
	if (!wish.given[step])
		return "not given";
	iovctl_vm_wish_command(&wish, step, &vm, text);
	return text;
}

#define CHECK_TEXT(got, want) CHECK(!strcmp(got, want))

static void commands(void)
{
	begin();
	CHECK_TEXT(command("mac 02:0:5E:00:00:01", IOVCTL_VM_MAC),
		   "ip link set pf0 vf 1 mac 02:00:5e:00:00:01");
	CHECK_TEXT(command("vlan 5", IOVCTL_VM_VLAN),
		   "ip link set pf0 vf 1 vlan 5 qos 0 proto 802.1Q");
	CHECK_TEXT(command("qos 3 vlan 5 proto 802.1AD", IOVCTL_VM_VLAN),
		   "ip link set pf0 vf 1 vlan 5 qos 3 proto 802.1ad");
	CHECK_TEXT(command("trust on spoofchk off", IOVCTL_VM_TRUST),
		   "ip link set pf0 vf 1 trust on");
	CHECK_TEXT(command("trust on spoofchk off", IOVCTL_VM_SPOOFCHK),
		   "ip link set pf0 vf 1 spoofchk off");
	CHECK_TEXT(command("link-state disable", IOVCTL_VM_LINK),
		   "ip link set pf0 vf 1 state disable");
	CHECK_TEXT(command("queue-pairs 1", IOVCTL_VM_QUEUE_PAIRS),
		   "devlink port function set pci/0000:01:00.0/2 max_io_eqs 1");
	CHECK_TEXT(command("moderation low", IOVCTL_VM_MODERATION),
		   "devlink dev param set pci/0000:01:00.0 name vf1_moderation value low cmode runtime");
	CHECK_TEXT(command("weight 0", IOVCTL_VM_WEIGHT),
		   "devlink port function set pci/0000:01:00.0/2 state inactive");
	CHECK_TEXT(command("weight 1", IOVCTL_VM_WEIGHT),
		   "devlink port function set pci/0000:01:00.0/2 state active");
	CHECK_TEXT(command("weight 1", IOVCTL_VM_MAC), "not given");
}

/* A rate that is not given stays as it is. */
static void rates(void)
{
	begin();
	CHECK_TEXT(command("max-rate 200", IOVCTL_VM_RATE),
		   "ip link set pf0 vf 1 max_tx_rate 200 min_tx_rate 5");
	CHECK_TEXT(command("min-rate 0", IOVCTL_VM_RATE),
		   "ip link set pf0 vf 1 max_tx_rate 100 min_tx_rate 0");
	CHECK_TEXT(command("max-rate 0 min-rate 10", IOVCTL_VM_RATE),
		   "ip link set pf0 vf 1 max_tx_rate 0 min_tx_rate 10");
	CHECK(refuses("min-rate 20 max-rate 10", "min-rate 20 is above max-rate 10"));
}

static void bad_words(void)
{
	CHECK(refuses("colour blue", "unknown: colour"));
	CHECK(refuses("weight", "no value for: weight"));
	CHECK(refuses("weight 1 weight 2", "twice: weight"));
	CHECK(refuses("weight 101", "weight is 0 to 100, not \"101\""));
	CHECK(refuses("weight -1", "weight is 0 to 100, not \"-1\""));
	CHECK(refuses("weight 5x", "weight is 0 to 100, not \"5x\""));
	CHECK(refuses("weight +5", "weight is 0 to 100, not \"+5\""));
	CHECK(refuses("queue-pairs 0", "queue-pairs is a number from 1 on, not \"0\""));
	CHECK(refuses("max-rate 99999999999",
		      "max-rate is a number from 0 on, not \"99999999999\""));
	CHECK(refuses("vlan 4095", "vlan is 0 to 4094, not \"4095\""));
	CHECK(refuses("vlan 5 qos 8", "qos is 0 to 7, not \"8\""));
	CHECK(refuses("vlan 5 proto ipx", "proto is 802.1Q or 802.1ad, not \"ipx\""));
	CHECK(refuses("qos 3", "qos and proto need vlan"));
	CHECK(refuses("proto 802.1Q", "qos and proto need vlan"));
	CHECK(refuses("vlan 0 qos 3", "vlan 0 is none, and has no qos"));
	CHECK(refuses("trust yes", "trust is one of off, on, not \"yes\""));
	CHECK(refuses("link-state up",
		      "link-state is one of auto, enable, disable, not \"up\""));
	CHECK(!parses("moderation fast"));
	CHECK_TEXT(why, "moderation is one of default, adaptive, off, low, medium, high, not \"fast\"");
	CHECK(parses("vlan 0"));
	CHECK(parses(""));
}

static void bad_addresses(void)
{
	static const char *const words[] = {
		"02:00:00:00:00", "02:00:00:00:00:01:02", "02:00:00:00:00:0g", "02-00-00-00-00-01",
		"02:00:00:00:00:001", "::::::", "x",
	};
	char line[IOVCTL_TEXT];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(line, sizeof(line), "mac %s", words[i]);
		CHECK(!parses(line));
		CHECK(strstr(why, "6 bytes as 02:00:00:00:00:01"));
	}
	CHECK(refuses("mac 01:00:5e:00:00:01",
		      "mac is a unicast address, not \"01:00:5e:00:00:01\""));
	/* No address of its own any more */
	CHECK(parses("mac 00:00:00:00:00:00"));
}

/* A driver that has no devlink ports and parameters, or no VF settings at all */
static void other_drivers(void)
{
	begin();
	strcpy(vm.vf.pf_driver, "igb");
	vm.port = (struct iovctl_vf_port){ .max_io_eqs = -1 };
	vm.settings.moderation[0] = '\0';
	CHECK_TEXT(command("weight 0", IOVCTL_VM_WEIGHT),
		   "weight: the driver of pf0 (igb) has no port function with a state for the VF");
	CHECK_TEXT(command("queue-pairs 1", IOVCTL_VM_QUEUE_PAIRS),
		   "queue-pairs: the driver of pf0 (igb) has no max_io_eqs for the VF");
	CHECK_TEXT(command("moderation off", IOVCTL_VM_MODERATION),
		   "moderation: the driver of pf0 (igb) has no parameter for the VF's moderation");
	CHECK_TEXT(command("trust on", IOVCTL_VM_TRUST), "ip link set pf0 vf 1 trust on");
	vm.settings.trust = -1;
	CHECK(strstr(command("trust on", IOVCTL_VM_TRUST), "has no trust of VFs that can be read"));
	vm.settings.spoofchk = -1;
	CHECK(strstr(command("spoofchk off", IOVCTL_VM_SPOOFCHK),
		     "has no spoof check of VFs that can be read"));
	vm.settings.vlan = -1;
	CHECK_TEXT(command("trust on", IOVCTL_VM_TRUST),
		   "the settings of VF 1 of pf0 cannot be read");
}

static void undo(void)
{
	struct iovctl_vm_wish old;

	begin();
	vm.settings.vlan = 7;
	iovctl_vm_wish_old(&old, &vm);
	CHECK_TEXT(old.set.mac, "00:00:00:00:00:00");
	CHECK_EQ(old.set.vlan, 7);
	CHECK_EQ(old.set.max_tx_rate, 100);
	CHECK_EQ(old.queue_pairs, 2);
	CHECK_TEXT(old.set.moderation, "default");
	CHECK_EQ(old.weight, 100);
	strcpy(vm.settings.mac, "02:00:00:00:00:01");
	iovctl_vm_wish_old(&old, &vm);
	CHECK_TEXT(old.set.mac, "02:00:00:00:00:01");
	CHECK_TEXT(iovctl_vm_step_name(IOVCTL_VM_WEIGHT), "weight");
}

TAP_MAIN(TAP_TEST(commands), TAP_TEST(rates), TAP_TEST(bad_words), TAP_TEST(bad_addresses),
	 TAP_TEST(other_drivers), TAP_TEST(undo))
