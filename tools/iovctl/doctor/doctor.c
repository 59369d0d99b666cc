// SPDX-License-Identifier: GPL-2.0-only
/* iovctl doctor: all that is wrong, in the order in which to mend it. Words and output. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "doctor/doctor_host.h"
#include "doctor/doctor_migration.h"
#include "doctor/doctor_order.h"
#include "doctor/dpdk_verdict.h"
#include "doctor/pair_verdict.h"
#include "iovctl.h"
#include "reason/report.h"
#include "system/sysfs.h"

const char iovctl_doctor_usage[] =
	"Usage: iovctl [ OPTIONS ] doctor [ for { host | vm | dpdk | migration | guest } ] [ NIC ]\n"
	"where  NIC := for host:  a PF's { interface | PCI address }\n"
	"              for vm:    { PF:N | VF's interface | VF's PCI address | domain:NAME | pid:N |\n"
	"                           netns:NAME | tap:NAME }\n"
	"              for dpdk and migration: the same\n"
	"              for guest: interface or PCI address of a VF in this virtual machine, or the\n"
	"                         interface above it\n";

enum purpose { FOR_HOST, FOR_VM, FOR_DPDK, FOR_MIGRATION, FOR_GUEST, PURPOSES };

static const char *const purposes[PURPOSES] = { "host", "vm", "dpdk", "migration", "guest" };

#define NEEDS_PURPOSE	"for needs one of host, vm, dpdk, migration, guest"

/**
 * struct diagnosis - what was asked, and found
 * @purpose: for what SR-IOV is to work
 * @word: of which NIC, or NULL
 * @host: the machine
 * @findings: reasons
 * @state: what they amount to, in words
 * @status: exit status
 * @pairs: VFs of a guest
 * @dpdk: VFs for programs
 * @migration: VFs of guests that are to be migrated
 */
struct diagnosis {
	enum purpose purpose;
	const char *word;
	struct iovctl_host_facts host;
	struct iovctl_findings findings;
	char state[IOVCTL_TEXT];
	int status;
	struct iovctl_pairs pairs;
	struct iovctl_dpdk dpdk;
	struct iovctl_migration migration;
};

static int bad(const char *what, const char *word)
{
	fprintf(stderr, "iovctl doctor: %s%s%s\n", what, word[0] ? " " : "", word);
	return IOVCTL_USAGE;
}

static void set_state(struct diagnosis *diagnosis, enum iovctl_effect worst)
{
	SET(diagnosis->state, "%s", iovctl_state_name(worst));
	diagnosis->status = iovctl_state_status(worst);
}

/* --- for host, for vm ----------------------------------------------------------------------- */

static int diagnose_host(struct diagnosis *diagnosis)
{
	char pci[IOVCTL_NAME], why[IOVCTL_TEXT];

	if (diagnosis->word && iovctl_sysfs_find_pf(diagnosis->word, pci, why))
		return bad(why, "");
	set_state(diagnosis, iovctl_doctor_host(&diagnosis->host, diagnosis->word ? pci : NULL,
						&diagnosis->findings));
	return 0;
}

/* All VFs that are in use, or the one that was named */
static int diagnose_vm(struct diagnosis *diagnosis)
{
	char state[IOVCTL_TEXT], why[IOVCTL_TEXT];
	struct iovctl_vf *vf, named;
	struct iovctl_vfs vfs = { 1, &named };
	int i, used = 0, status;

	if (diagnosis->word && iovctl_vf_find(diagnosis->word, &named, why))
		return bad(why, "");
	if (!diagnosis->word)
		iovctl_vf_list(&vfs, NULL);
	for (i = 0; i < vfs.num; i++) {
		vf = &vfs.vf[i];
		if (!diagnosis->word && vf->holder.held != IOVCTL_YES)
			continue;
		status = iovctl_doctor_vm(&diagnosis->host, vf, &diagnosis->findings, state);
		if (!used++ || status > diagnosis->status) {
			SET(diagnosis->state, "%s", state);
			diagnosis->status = status;
		}
	}
	if (!diagnosis->word)
		iovctl_vf_list_free(&vfs);
	return used ? 0 : diagnose_host(diagnosis);
}

/* --- for dpdk ------------------------------------------------------------------------------- */

/* In a guest there is no PF, so that an address or an interface has to do. */
static int diagnose_dpdk(struct diagnosis *diagnosis)
{
	char pci[IOVCTL_NAME], why[IOVCTL_TEXT];
	const char *word = diagnosis->word;
	enum iovctl_effect worst;
	struct iovctl_vf vf;

	if (word && (!iovctl_sysfs_function(word, pci) || iovctl_sysfs_is_pf(pci))) {
		if (iovctl_vf_find(word, &vf, why))
			return bad(why, "");
		SET(pci, "%s", vf.pci);
	}
	iovctl_dpdk_inspect(&diagnosis->dpdk, word ? pci : NULL);
	iovctl_dpdk_verdict(&diagnosis->host, &diagnosis->dpdk, &diagnosis->findings);
	worst = iovctl_finding_worst(&diagnosis->findings, NULL);
	set_state(diagnosis, worst == IOVCTL_EFFECT_GUESTS ? IOVCTL_EFFECT_BLOCKING : worst);
	return 0;
}

/* --- for migration -------------------------------------------------------------------------- */

static int diagnose_migration(struct diagnosis *diagnosis)
{
	struct iovctl_migration *migration = &diagnosis->migration;
	char why[IOVCTL_TEXT];
	struct iovctl_vf named;
	struct iovctl_vfs vfs = { 1, &named };

	if (diagnosis->word && iovctl_vf_find(diagnosis->word, &named, why))
		return bad(why, "");
	if (!diagnosis->word)
		iovctl_vf_list(&vfs, NULL);
	iovctl_doctor_migration(migration, &vfs, diagnosis->host.kernel, &diagnosis->findings);
	/* Why there is no VF is what the machine and its adapters say. */
	if (!vfs.num)
		iovctl_doctor_host(&diagnosis->host, NULL, &diagnosis->findings);
	diagnosis->status = iovctl_migration_state(migration, diagnosis->state);
	if (!diagnosis->word)
		iovctl_vf_list_free(&vfs);
	return 0;
}

/* --- for guest ------------------------------------------------------------------------------ */

/* A guest on the software path has a network, and less than it could have. */
static void judge_paths(struct diagnosis *diagnosis)
{
	enum iovctl_pair_path worst = IOVCTL_PATH_VF, path;
	int i;

	for (i = 0; i < diagnosis->pairs.num; i++) {
		path = iovctl_pair_path(&diagnosis->pairs.pair[i]);
		worst = path > worst ? path : worst;
	}
	if (worst == IOVCTL_PATH_VF && diagnosis->pairs.num) {
		diagnosis->status = iovctl_finding_worst(&diagnosis->findings, NULL) >
				    IOVCTL_EFFECT_INFO;
		SET(diagnosis->state, diagnosis->status ? "SR-IOV active, with warnings" :
		    "OK (SR-IOV active)");
		return;
	}
	diagnosis->status = worst == IOVCTL_PATH_SOFTWARE ? IOVCTL_DEGRADED : IOVCTL_REFUSED;
	SET(diagnosis->state, worst == IOVCTL_PATH_SOFTWARE ? "on the software path" :
	    "SR-IOV not active");
}

static int diagnose_guest(struct diagnosis *diagnosis)
{
	struct iovctl_pairs *pairs = &diagnosis->pairs;
	int i;

	iovctl_pairs_inspect(pairs, diagnosis->word, diagnosis->host.kernel);
	if (!pairs->num && diagnosis->word)
		return bad("no VF:", diagnosis->word);
	if (!pairs->num)
		iovctl_pairs_none(&diagnosis->findings);
	for (i = 0; i < pairs->num; i++)
		iovctl_pair_verdict(&pairs->pair[i], &diagnosis->host, &diagnosis->findings);
	judge_paths(diagnosis);
	return 0;
}

/* --- output --------------------------------------------------------------------------------- */

static void print_link(const char *label, const struct iovctl_interface *interface)
{
	const char *state = !interface->up ? "down" : interface->carrier ? "up" : "no link";

	if (interface->name[0])
		printf("    %-10s %s, %s, MTU %d\n", label, interface->name, state,
		       interface->mtu);
}

static void print_pair(const struct iovctl_pair *pair)
{
	printf("%s%s%s\n", pair->pci, pair->vf.name[0] ? " " : "", pair->vf.name);
	printf("    driver     %s%s%s\n", pair->driver[0] ? pair->driver : "none",
	       pair->firmware[0] ? ", " : "", pair->firmware);
	print_link("VF", &pair->vf);
	print_link("standby", &pair->standby);
	print_link("master", &pair->above);
	printf("    path       %s\n", iovctl_pair_path_name(iovctl_pair_path(pair)));
}

static void print_text(const struct diagnosis *diagnosis)
{
	int i;

	for (i = 0; i < diagnosis->pairs.num; i++)
		print_pair(&diagnosis->pairs.pair[i]);
	iovctl_migration_print(&diagnosis->migration);
	iovctl_report_print(&diagnosis->findings, NULL);
	if (diagnosis->migration.num && diagnosis->status != IOVCTL_OK)
		puts(IOVCTL_MIGRATE_UNPLUGGED);
	printf("%s\n", diagnosis->state);
}

static void add_link(struct json_object *object, const char *label,
		     const struct iovctl_interface *interface)
{
	struct json_object *inner;

	if (!interface->name[0])
		return;
	inner = json_object_new_object();
	set_text(inner, "name", interface->name);
	add_text(inner, "mac", interface->mac);
	set_flag(inner, "up", interface->up);
	set_flag(inner, "carrier", interface->carrier);
	set_int(inner, "mtu", interface->mtu);
	json_object_object_add(object, label, inner);
}

static struct json_object *pair_to_json(const struct iovctl_pair *pair)
{
	struct json_object *object = json_object_new_object();

	set_text(object, "pci", pair->pci);
	add_text(object, "driver", pair->driver);
	add_text(object, "firmware", pair->firmware);
	add_link(object, "interface", &pair->vf);
	add_link(object, "standby", &pair->standby);
	add_link(object, "master", &pair->above);
	set_text(object, "path", iovctl_pair_path_name(iovctl_pair_path(pair)));
	return object;
}

static void print_json(const struct iovctl_options *options, const struct diagnosis *diagnosis)
{
	struct json_object *object = json_object_new_object(), *array = json_object_new_array();
	int i;

	set_text(object, "for", purposes[diagnosis->purpose]);
	set_text(object, "state", diagnosis->state);
	iovctl_report_json(&diagnosis->findings, NULL, array);
	json_object_object_add(object, "reasons", array);
	if (diagnosis->purpose == FOR_GUEST) {
		array = json_object_new_array();
		for (i = 0; i < diagnosis->pairs.num; i++)
			json_object_array_add(array, pair_to_json(&diagnosis->pairs.pair[i]));
		json_object_object_add(object, "vfs", array);
	} else if (diagnosis->purpose == FOR_MIGRATION) {
		json_object_object_add(object, "vfs",
				       iovctl_migration_to_json(&diagnosis->migration));
	}
	iovctl_print_json(options, object);
}

/* --- the command ---------------------------------------------------------------------------- */

/* Without PF a virtual machine is asked as a guest. */
static enum purpose guess_purpose(const struct iovctl_host_facts *host)
{
	static struct iovctl_adapters adapters;

	iovctl_sysfs_adapters(&adapters);
	return !adapters.num && host->fact[IOVCTL_ASK_VIRTUAL_MACHINE].answer == IOVCTL_YES ?
	       FOR_GUEST : FOR_HOST;
}

static int read_words(struct diagnosis *diagnosis, int argc, char **argv)
{
	const bool is_told = argc && !strcmp(argv[0], "for");
	int i = 0;

	if (is_told && argc == 1)
		return bad(NEEDS_PURPOSE, "");
	diagnosis->purpose = PURPOSES;
	for (i = 0; argc && i < PURPOSES; i++)
		if (!strcmp(argv[is_told], purposes[i]))
			diagnosis->purpose = i;
	if (is_told && diagnosis->purpose == PURPOSES)
		return bad(NEEDS_PURPOSE ", not", argv[1]);
	if (!is_told && diagnosis->purpose != PURPOSES)
		return bad("a purpose needs the word for before it: iovctl doctor for", argv[0]);
	argc -= is_told ? 2 : 0;
	argv += is_told ? 2 : 0;
	if (argc > 1)
		return bad("too many words:", argv[1]);
	diagnosis->word = argc ? argv[0] : NULL;
	return 0;
}

/**
 * iovctl_doctor - all that is wrong
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_doctor(const struct iovctl_options *options, int argc, char **argv)
{
	static int (*const diagnose[PURPOSES])(struct diagnosis *diagnosis) = {
		diagnose_host, diagnose_vm, diagnose_dpdk, diagnose_migration, diagnose_guest,
	};
	static struct diagnosis diagnosis;
	int status;

	if (read_words(&diagnosis, argc, argv))
		return IOVCTL_USAGE;
	iovctl_host_inspect(&diagnosis.host);
	if (diagnosis.purpose == PURPOSES)
		diagnosis.purpose = guess_purpose(&diagnosis.host);
	status = diagnose[diagnosis.purpose](&diagnosis);
	if (status)
		return status;
	iovctl_doctor_order(&diagnosis.findings);
	if (options->json)
		print_json(options, &diagnosis);
	else
		print_text(&diagnosis);
	return diagnosis.status;
}
