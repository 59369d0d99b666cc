// SPDX-License-Identifier: GPL-2.0-only
/* iovctl qemu-args, libvirt-xml: what was asked for, and what is printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/ether.h>

#include "base/json.h"
#include "failover/failover_text.h"
#include "failover/failover_verdict.h"
#include "host/host_verdict.h"
#include "iovctl.h"
#include "reason/report.h"
#include "system/sysfs.h"
#include "virtfn/vf_report.h"

#define WORDS	"NIC [ bridge BRIDGE ] [ tap TAP ] [ mac MAC ] [ id ID ]"
#define WHERE \
	"\n" \
	"where  NIC := { PF:N | VF's interface | VF's PCI address }\n" \
	"       ID := number of the pair in its guest, 0 to 7\n"

const char iovctl_qemu_args_usage[] =
	"Usage: iovctl [ OPTIONS ] qemu-args " WORDS " [ incoming ]" WHERE;

const char iovctl_libvirt_xml_usage[] =
	"Usage: iovctl [ OPTIONS ] libvirt-xml " WORDS WHERE;

/* Kept by the kernel, by QEMU's options and by XML as they are */
#define PLAIN	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."

/**
 * struct answer - what is printed
 * @command: "qemu-args" or "libvirt-xml"
 * @usage: of the command
 * @pair: VF and software NIC
 * @findings: reasons
 * @state: what they amount to
 * @printable: all that the text needs is known
 * @arguments: for QEMU
 * @xml: for libvirt
 */
struct answer {
	const char *command;
	const char *usage;
	struct iovctl_failover pair;
	struct iovctl_findings findings;
	enum iovctl_effect state;
	bool printable;
	struct iovctl_arguments arguments;
	char xml[8 * IOVCTL_TEXT];
};

/* --- the words ------------------------------------------------------------------------------ */

static int bad(const struct answer *answer, const char *what, const char *word)
{
	fprintf(stderr, "iovctl %s: %s%s%s\n%s", answer->command, what, word[0] ? " " : "", word,
		answer->usage);
	return IOVCTL_USAGE;
}

static int parse_name(const struct answer *answer, char name[IOVCTL_NETDEV], const char *word)
{
	if (!word[0] || strlen(word) >= IOVCTL_NETDEV || word[strspn(word, PLAIN)] ||
	    word[0] == '.')
		return bad(answer, "not an interface name:", word);
	snprintf(name, IOVCTL_NETDEV, "%s", word);
	return 0;
}

/* Of one interface, and not zero */
static int parse_mac(struct answer *answer, const char *word)
{
	static const struct ether_addr zero;
	struct ether_addr mac;

	if (strlen(word) != IOVCTL_FAILOVER_MAC - 1 || !ether_aton_r(word, &mac) ||
	    mac.ether_addr_octet[0] & 1 || !memcmp(&mac, &zero, sizeof(mac)))
		return bad(answer, "not a valid interface address:", word);
	SET(answer->pair.wish.mac, "%02x:%02x:%02x:%02x:%02x:%02x", mac.ether_addr_octet[0],
	    mac.ether_addr_octet[1], mac.ether_addr_octet[2], mac.ether_addr_octet[3],
	    mac.ether_addr_octet[4], mac.ether_addr_octet[5]);
	return 0;
}

static int parse_id(struct answer *answer, const char *word)
{
	if (strlen(word) != 1 || word[0] < '0' || word[0] >= '0' + IOVCTL_FAILOVER_PAIRS)
		return bad(answer, "not a number from 0 to 7:", word);
	answer->pair.wish.id = word[0] - '0';
	return 0;
}

static int parse_word(struct answer *answer, const char *name, const char *value)
{
	struct iovctl_failover_wish *wish = &answer->pair.wish;

	if (!strcmp(name, "bridge"))
		return parse_name(answer, wish->bridge, value);
	if (!strcmp(name, "tap"))
		return parse_name(answer, wish->tap, value);
	if (!strcmp(name, "mac"))
		return parse_mac(answer, value);
	if (!strcmp(name, "id"))
		return parse_id(answer, value);
	return bad(answer, "unknown:", name);
}

static int parse(struct answer *answer, int argc, char **argv)
{
	struct iovctl_failover_wish *wish = &answer->pair.wish;
	char why[IOVCTL_TEXT];
	int i, err;

	if (!argc)
		return bad(answer, "no NIC is named", "");
	for (i = 1; i < argc; i++) {
		if (!wish->libvirt && !strcmp(argv[i], "incoming")) {
			wish->incoming = true;
			continue;
		}
		if (i + 1 == argc)
			return bad(answer, "no value for", argv[i]);
		err = parse_word(answer, argv[i], argv[i + 1]);
		if (err)
			return err;
		i++;
	}
	if (wish->incoming && !wish->mac[0])
		return bad(answer, "incoming also needs the address of the guest: mac MAC", "");
	if (iovctl_vf_find(argv[0], &answer->pair.vf, why))
		return bad(answer, why, "");
	return 0;
}

/* --- output --------------------------------------------------------------------------------- */

/* The text alone is on the standard output, so that another program can have it. */
static void print_text(const struct answer *answer)
{
	int i;

	if (answer->printable && answer->pair.wish.libvirt)
		fputs(answer->xml, stdout);
	for (i = 0; answer->printable && !answer->pair.wish.libvirt && i < IOVCTL_ARGUMENTS; i += 2)
		printf("%s %s\n", answer->arguments.word[i], answer->arguments.word[i + 1]);
	fflush(stdout);
	iovctl_report_print_to(stderr, &answer->findings, NULL);
}

static void print_json(const struct iovctl_options *options, const struct answer *answer)
{
	struct json_object *object = json_object_new_object(), *array = json_object_new_array();
	const struct iovctl_failover *pair = &answer->pair;
	char name[IOVCTL_NAME];
	int i;

	set_text(object, "nic", iovctl_vf_name(&pair->vf, name));
	set_text(object, "pci", pair->vf.pci);
	set_text(object, "state", iovctl_state_name(answer->state));
	if (pair->bridge[0])
		set_text(object, "bridge", pair->bridge);
	set_text(object, "tap", pair->tap);
	set_text(object, "mac", pair->mac);
	set_int(object, "id", pair->wish.id);
	if (answer->printable && pair->wish.libvirt)
		set_text(object, "xml", answer->xml);
	for (i = 0; !pair->wish.libvirt && i < IOVCTL_ARGUMENTS; i++)
		json_object_array_add(array, json_object_new_string(answer->arguments.word[i]));
	if (!pair->wish.libvirt)
		json_object_object_add(object, "arguments", json_object_get(array));
	json_object_put(array);
	array = json_object_new_array();
	iovctl_report_json(&answer->findings, NULL, array);
	json_object_object_add(object, "reasons", array);
	iovctl_print_json(options, object);
}

/* --- the commands --------------------------------------------------------------------------- */

static void inspect(struct answer *answer)
{
	static struct iovctl_host_facts host;
	static struct iovctl_findings place;
	struct iovctl_failover *pair = &answer->pair;
	char holder[IOVCTL_TEXT];

	iovctl_host_inspect(&host);
	iovctl_failover_inspect(pair, host.kernel);
	iovctl_host_verdict(&host, 1, &place);
	iovctl_slot_verdict(&pair->adapter.slot, host.fact[IOVCTL_ASK_IOMMU].answer, &place);
	iovctl_failover_place(&place, &answer->findings);
	iovctl_failover_verdict(pair, iovctl_vf_holder(&pair->vf, holder), &answer->findings);
	answer->state = iovctl_finding_worst(&answer->findings, NULL);
}

static int run(struct answer *answer, const struct iovctl_options *options, int argc, char **argv)
{
	int err;

	err = parse(answer, argc, argv);
	if (err)
		return err;
	inspect(answer);
	answer->printable = !answer->pair.wish.libvirt;
	iovctl_failover_arguments(&answer->pair, &answer->arguments);
	if (answer->pair.wish.libvirt && answer->pair.bridge[0])
		answer->printable = !iovctl_failover_xml(&answer->pair, answer->xml,
						     sizeof(answer->xml));
	if (options->json)
		print_json(options, answer);
	else
		print_text(answer);
	return iovctl_state_status(answer->state);
}

/**
 * iovctl_qemu_args - QEMU's arguments for a VF and a software NIC
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_qemu_args(const struct iovctl_options *options, int argc, char **argv)
{
	static struct answer answer = {
		.command = "qemu-args",
		.usage = iovctl_qemu_args_usage,
	};

	return run(&answer, options, argc, argv);
}

/**
 * iovctl_libvirt_xml - libvirt's elements for a VF and a software NIC
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_libvirt_xml(const struct iovctl_options *options, int argc, char **argv)
{
	static struct answer answer = {
		.command = "libvirt-xml",
		.usage = iovctl_libvirt_xml_usage,
		.pair.wish.libvirt = true,
	};

	return run(&answer, options, argc, argv);
}
