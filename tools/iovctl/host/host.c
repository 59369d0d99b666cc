// SPDX-License-Identifier: GPL-2.0-only
/* iovctl host: whether this machine can do SR-IOV. What was asked for, and what is printed. */
#include <stdio.h>

#include "base/color.h"
#include "base/json.h"
#include "host/host_verdict.h"
#include "iovctl.h"
#include "reason/report.h"
#include "system/sysfs.h"

const char iovctl_host_usage[] =
	"Usage: iovctl [ OPTIONS ] host\n";

/* The names of the questions, in JSON and in text */
static const struct {
	const char *key;
	const char *label;
} questions[IOVCTL_QUESTIONS] = {
	[IOVCTL_ASK_CONTAINER] = { "container", "container" },
	[IOVCTL_ASK_VIRTUAL_MACHINE] = { "virtual_machine", "virtual machine" },
	[IOVCTL_ASK_CPU_VIRT] = { "cpu_virtualisation", "CPU virtualisation" },
	[IOVCTL_ASK_KVM] = { "kvm", "KVM" },
	[IOVCTL_ASK_SLAT] = { "nested_page_tables", "nested page tables" },
	[IOVCTL_ASK_IOMMU] = { "iommu", "IOMMU" },
	[IOVCTL_ASK_IOMMU_TABLE] = { "iommu_in_firmware", "IOMMU in firmware" },
	[IOVCTL_ASK_IOMMU_OFF] = { "iommu_turned_off", "IOMMU turned off" },
	[IOVCTL_ASK_INTR_REMAP] = { "interrupt_remapping", "interrupt remapping" },
	[IOVCTL_ASK_UNSAFE_INTR] = { "unsafe_interrupts", "unsafe interrupts allowed" },
	[IOVCTL_ASK_UNSAFE_NOIOMMU] = { "vfio_without_iommu", "VFIO without IOMMU allowed" },
	[IOVCTL_ASK_VFIO] = { "vfio_pci", "vfio-pci" },
	[IOVCTL_ASK_VFIO_LOADED] = { "vfio_pci_loaded", "vfio-pci loaded" },
	[IOVCTL_ASK_PCI_IOV] = { "sriov_in_kernel", "SR-IOV in the kernel" },
	[IOVCTL_ASK_MSI_OFF] = { "msi_turned_off", "MSI turned off" },
	[IOVCTL_ASK_NATIVE_PCIE] = { "native_pci_express", "PCI Express by the kernel" },
	[IOVCTL_ASK_SECURE_BOOT] = { "secure_boot", "Secure Boot" },
	[IOVCTL_ASK_SIGNED_ONLY] = { "signed_modules_only", "signed modules only" },
	[IOVCTL_ASK_IOVNIC_SIGNED] = { "iovnic_pf_signed", "iovnic_pf signed" },
	[IOVCTL_ASK_IOVNIC_KEY] = { "iovnic_pf_key_known", "iovnic_pf's key known" },
};

/**
 * struct machine - what was found
 * @facts: of the machine
 * @adapters: its adapters
 * @slots: their places
 * @findings: reasons
 * @state: what they amount to
 */
struct machine {
	struct iovctl_host_facts facts;
	struct iovctl_adapters adapters;
	struct iovctl_slot slots[IOVCTL_ADAPTERS];
	struct iovctl_findings findings;
	enum iovctl_effect state;
};

static void inspect(struct machine *machine)
{
	struct iovctl_adapters *adapters = &machine->adapters;
	enum iovctl_answer iommu;
	int i;

	iovctl_host_inspect(&machine->facts);
	iommu = machine->facts.fact[IOVCTL_ASK_IOMMU].answer;
	iovctl_sysfs_adapters(adapters);
	iovctl_host_verdict(&machine->facts, adapters->num, &machine->findings);
	for (i = 0; i < adapters->num; i++) {
		iovctl_slot_inspect(&machine->slots[i], adapters->pci[i]);
		iovctl_slot_verdict(&machine->slots[i], iommu, &machine->findings);
	}
	machine->state = iovctl_host_state(&machine->findings, machine->slots, adapters->num);
}

static void print_text(const struct machine *machine)
{
	const struct iovctl_fact *fact = machine->facts.fact;
	int i;

	printf("%-27s %s\n", "kernel", machine->facts.kernel);
	for (i = 0; i < IOVCTL_QUESTIONS; i++)
		printf("%-27s %-8s %s\n", questions[i].label,
		       iovctl_answer_name(fact[i].answer), fact[i].seen);
	printf("%-27s %d", "SR-IOV adapters", machine->adapters.num);
	for (i = 0; i < machine->adapters.num; i++)
		printf("%s%s", i ? ", " : "        ", machine->adapters.pci[i]);
	printf("\n");
	iovctl_report_print(&machine->findings, NULL);
	printf("%s%s%s\n", iovctl_color(machine->state), iovctl_state_name(machine->state),
	       iovctl_color_end());
}

static struct json_object *facts_to_json(const struct iovctl_host_facts *facts)
{
	struct json_object *all = json_object_new_object(), *object;
	int i;

	for (i = 0; i < IOVCTL_QUESTIONS; i++) {
		object = json_object_new_object();
		set_text(object, "answer", iovctl_answer_name(facts->fact[i].answer));
		set_text(object, "file", facts->fact[i].file);
		set_text(object, "seen", facts->fact[i].seen);
		json_object_object_add(all, questions[i].key, object);
	}
	return all;
}

static void print_json(const struct iovctl_options *options, const struct machine *machine)
{
	struct json_object *object = json_object_new_object(), *array = json_object_new_array();
	int i;

	set_text(object, "state", iovctl_state_name(machine->state));
	set_text(object, "kernel", machine->facts.kernel);
	json_object_object_add(object, "facts", facts_to_json(&machine->facts));
	for (i = 0; i < machine->adapters.num; i++)
		json_object_array_add(array, json_object_new_string(machine->adapters.pci[i]));
	json_object_object_add(object, "adapters", array);
	array = json_object_new_array();
	iovctl_report_json(&machine->findings, NULL, array);
	json_object_object_add(object, "reasons", array);
	iovctl_print_json(options, object);
}

/**
 * iovctl_host - whether this machine can do SR-IOV
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_host(const struct iovctl_options *options, int argc, char **argv)
{
	static struct machine machine;

	if (argc) {
		fprintf(stderr, "iovctl host: too many words: %s\n", argv[0]);
		return IOVCTL_USAGE;
	}
	inspect(&machine);
	if (options->json)
		print_json(options, &machine);
	else
		print_text(&machine);
	return iovctl_state_status(machine.state);
}
