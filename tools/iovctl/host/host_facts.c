// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sysfs, procfs and other files tell about this machine. A file that
 * cannot be read leaves a question open; a file that does not exist often
 * answers it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/host_facts.h"
#include "system/files.h"
#include "system/modules.h"

#define MODULE		"/sys/module"
#define TABLES		"/sys/firmware/acpi/tables"
#define EFI_VARIABLES	"/sys/firmware/efi/efivars"
#define SECURE_BOOT	EFI_VARIABLES "/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SECURITY	"/sys/kernel/security"
#define LOCKDOWN	SECURITY "/lockdown"
#define LINE		4096

PRINTF(4, 5)
static void set(struct iovctl_fact *fact, enum iovctl_answer answer, const char *file,
		const char *format, ...)
{
	va_list args;

	fact->answer = answer;
	SET(fact->file, "%s", file);
	va_start(args, format);
	vsnprintf(fact->seen, sizeof(fact->seen), format, args);
	va_end(args);
	iovctl_clean(fact->seen);
}

/* An error other than this one leaves the question open. */
static bool is_missing(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}

static bool is_on(const char *value)
{
	return value[0] == 'Y' || value[0] == '1';
}

/* A parameter of a module. Without the module the question stays as it is. */
static void read_parameter(struct iovctl_fact *fact, const char *module, const char *name)
{
	char file[IOVCTL_TEXT / 2], value[IOVCTL_NAME];

	SET(file, MODULE "/%s/parameters/%s", module, name);
	if (iovctl_read(value, sizeof(value), "%s", file) > 0)
		set(fact, is_on(value) ? IOVCTL_YES : IOVCTL_NO, file, "%s", value);
}

/* --- boot parameters ------------------------------------------------------------------------ */

/* Whether WORD is NAME, or NAME=..,VALUE,.. */
static bool has_value(const char *word, const char *name, const char *value)
{
	size_t length = strlen(name);
	const char *at;

	if (strncmp(word, name, length))
		return false;
	if (!value)
		return !word[length];
	if (word[length] != '=')
		return false;
	for (at = word + length; at; at = strchr(at, ',')) {
		at++;
		length = strcspn(at, ",");
		if (length == strlen(value) && !strncmp(at, value, length))
			return true;
	}
	return false;
}

static void find_word(struct iovctl_fact *fact, const char *name, const char *value)
{
	static const char file[] = "/proc/cmdline";
	char line[LINE], *place, *word;
	int err = iovctl_read(line, sizeof(line), "%s", file);

	if (err < 0 || fact->answer == IOVCTL_YES) {
		SET(fact->file, "%s", file);
		return;
	}
	set(fact, IOVCTL_NO, file, "no %s%s%s", name, value ? "=" : "", value ?: "");
	for (word = strtok_r(line, " ", &place); word; word = strtok_r(NULL, " ", &place))
		if (has_value(word, name, value))
			set(fact, IOVCTL_YES, file, "%s", word);
}

static void read_boot_parameters(struct iovctl_fact *fact)
{
	find_word(&fact[IOVCTL_ASK_IOMMU_OFF], "amd_iommu", "off");
	find_word(&fact[IOVCTL_ASK_IOMMU_OFF], "iommu", "off");
	find_word(&fact[IOVCTL_ASK_IOMMU_OFF], "intel_iommu", "off");
	find_word(&fact[IOVCTL_ASK_MSI_OFF], "pci", "nomsi");
}

/* --- kernel and processor ------------------------------------------------------------------- */

static void read_kernel(struct iovctl_host_facts *facts)
{
	iovctl_read(facts->kernel, sizeof(facts->kernel), "/proc/sys/kernel/osrelease");
	if (sscanf(facts->kernel, "%d.%d", &facts->major, &facts->minor) != 2)
		facts->major = 0;
}

/* The namespaces that the kernel begins with have these numbers. */
static void read_container(struct iovctl_fact *fact)
{
	static const struct { const char *file; const char *initial; } namespaces[] = {
		{ "/proc/self/ns/pid", "pid:[4026531836]" },
		{ "/proc/self/ns/user", "user:[4026531837]" },
		{ "/proc/self/ns/cgroup", "cgroup:[4026531835]" },
	};
	char link[IOVCTL_NAME];
	size_t i;

	for (i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		const char *file = namespaces[i].file;

		if (iovctl_read_link(link, sizeof(link), "%s", file) <= 0)
			continue;
		set(fact, strcmp(link, namespaces[i].initial) ? IOVCTL_YES : IOVCTL_NO, file,
		    "%s", link);
		if (fact->answer == IOVCTL_YES)
			break;
	}
}

static bool has_flag(const char *line, const char *flag)
{
	const char *at = line;

	while ((at = strstr(at, flag))) {
		if (at > line && at[-1] == ' ' && strchr("\n ", at[strlen(flag)]))
			return true;
		at++;
	}
	return false;
}

static void read_flags(struct iovctl_fact *fact, const char *file, const char *line)
{
	const char *virt = has_flag(line, "vmx") ? "vmx" : has_flag(line, "svm") ? "svm" : NULL;
	const char *slat = has_flag(line, "ept") ? "ept" : has_flag(line, "npt") ? "npt" : NULL;
	bool guest = has_flag(line, "hypervisor");

	set(&fact[IOVCTL_ASK_CPU_VIRT], virt ? IOVCTL_YES : IOVCTL_NO, file, "%s",
	    virt ?: "neither vmx nor svm");
	set(&fact[IOVCTL_ASK_SLAT], slat ? IOVCTL_YES : IOVCTL_NO, file, "%s",
	    slat ?: "neither ept nor npt");
	set(&fact[IOVCTL_ASK_VIRTUAL_MACHINE], guest ? IOVCTL_YES : IOVCTL_NO, file, "%s",
	    guest ? "hypervisor" : "no hypervisor");
}

/* The first processor stands for all. Other architectures have no "flags". */
static void read_processor(struct iovctl_fact *fact)
{
	static const char file[] = "/proc/cpuinfo";
	FILE *list = iovctl_open("%s", file);
	char *line = NULL;
	size_t room = 0;

	while (list && getline(&line, &room, list) > 0) {
		if (strncmp(line, "flags\t", 6))
			continue;
		read_flags(fact, file, line);
		break;
	}
	free(line);
	if (list)
		fclose(list);
	read_parameter(&fact[IOVCTL_ASK_SLAT], "kvm_intel", "ept");
	read_parameter(&fact[IOVCTL_ASK_SLAT], "kvm_amd", "npt");
}

static void read_kvm(struct iovctl_fact *fact)
{
	bool found = iovctl_exists("/dev/kvm");
	bool container = fact[IOVCTL_ASK_CONTAINER].answer == IOVCTL_YES;

	set(&fact[IOVCTL_ASK_KVM], found ? IOVCTL_YES : container ? IOVCTL_MAYBE : IOVCTL_NO,
	    "/dev/kvm", found ? "exists" : "missing");
}

/* --- IOMMU and interrupts ------------------------------------------------------------------- */

/* Groups without an IOMMU's name: of platforms without the class, or made by VFIO without IOMMU */
static int count_groups(void)
{
	struct dirent **entries;
	char name[IOVCTL_NAME];
	int i, num, real = 0;

	num = iovctl_list(&entries, "/sys/kernel/iommu_groups");
	for (i = 0; i < num; i++) {
		iovctl_read(name, sizeof(name), "/sys/kernel/iommu_groups/%s/name",
			    entries[i]->d_name);
		real += !!strcmp(name, "vfio-noiommu");
	}
	iovctl_list_free(entries, num);
	return num < 0 ? num : real;
}

static void read_iommu(struct iovctl_fact *fact)
{
	static const char file[] = "/sys/class/iommu";
	struct dirent **entries;
	int num = iovctl_list(&entries, "%s", file), groups = count_groups();

	if (num > 0)
		set(fact, IOVCTL_YES, file, "%s%s", entries[0]->d_name, num > 1 ? ", ..." : "");
	else if (groups > 0)
		set(fact, IOVCTL_YES, "/sys/kernel/iommu_groups", "%d groups", groups);
	else if (num < 0 && !(is_missing(num) && iovctl_exists("/sys/class")))
		set(fact, IOVCTL_MAYBE, file, "%s", strerror(-num));
	else
		set(fact, IOVCTL_NO, file, "empty");
	iovctl_list_free(entries, num);
}

/* Containers show an empty folder. */
static void read_iommu_table(struct iovctl_fact *fact)
{
	static const char *const names[] = { "DMAR", "IVRS", "IORT", "VIOT" };
	struct dirent **entries;
	int num = iovctl_list(&entries, TABLES);
	size_t i;

	iovctl_list_free(entries, num);
	set(fact, num > 0 ? IOVCTL_NO : IOVCTL_MAYBE, TABLES, "%s",
	    num > 0 ? "neither DMAR nor IVRS" : num < 0 ? strerror(-num) : "empty");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (num > 0 && iovctl_exists(TABLES "/%s", names[i]))
			set(fact, IOVCTL_YES, TABLES, "%s", names[i]);
}

/* Interrupt controllers below a remapping one have names that begin with "IR-". */
static void read_intr_remap(struct iovctl_fact *fact, bool x86)
{
	static const char file[] = "/proc/interrupts";
	FILE *list = iovctl_open("%s", file);
	char *line = NULL, *at = NULL;
	size_t room = 0;

	if (!list) {
		set(fact, IOVCTL_MAYBE, file, "%s", strerror(errno));
		return;
	}
	while (!at && getline(&line, &room, list) > 0)
		at = strstr(line, " IR-");
	if (at)
		set(fact, IOVCTL_YES, file, "%.*s", (int)strcspn(at + 1, "\n "), at + 1);
	else
		set(fact, x86 ? IOVCTL_NO : IOVCTL_MAYBE, file, "no IR-");
	free(line);
	fclose(list);
}

/* --- VFIO ----------------------------------------------------------------------------------- */

#define UNSAFE	"allow_unsafe_interrupts"

static void find_option(struct iovctl_fact *fact, const char *file)
{
	FILE *list = iovctl_open("%s", file);
	char *line = NULL, *at;
	size_t room = 0;

	while (list && getline(&line, &room, list) > 0) {
		at = strstr(line, UNSAFE "=");
		if (!strncmp(line, "options", 7) && at && is_on(at + strlen(UNSAFE "=")))
			set(fact, IOVCTL_YES, file, "%.*s", (int)strcspn(line, "\n"), line);
	}
	free(line);
	if (list)
		fclose(list);
}

/* For the modules of today, and for those that will be loaded */
static void read_unsafe(struct iovctl_fact *fact)
{
	struct dirent **entries;
	char file[IOVCTL_TEXT];
	int i, num;

	find_word(fact, "vfio_iommu_type1." UNSAFE, "1");
	find_word(fact, "iommufd." UNSAFE, "1");
	num = iovctl_list(&entries, "/etc/modprobe.d");
	for (i = 0; i < num && fact->answer != IOVCTL_YES; i++) {
		SET(file, "/etc/modprobe.d/%s", entries[i]->d_name);
		find_option(fact, file);
	}
	iovctl_list_free(entries, num);
	if (fact->answer != IOVCTL_YES)
		read_parameter(fact, "iommufd", UNSAFE);
	if (fact->answer != IOVCTL_YES)
		read_parameter(fact, "vfio_iommu_type1", UNSAFE);
}

static void read_vfio(const char *kernel, struct iovctl_fact *fact)
{
	static const char driver[] = "/sys/bus/pci/drivers/vfio-pci";
	bool loaded = iovctl_exists("%s", driver);
	char path[IOVCTL_TEXT] = "";
	enum iovctl_answer answer;

	set(&fact[IOVCTL_ASK_VFIO_LOADED], loaded ? IOVCTL_YES : IOVCTL_NO, driver, "%s",
	    loaded ? "exists" : "missing");
	answer = loaded ? IOVCTL_YES : iovctl_module_find(kernel, "vfio-pci", path, sizeof(path));
	set(&fact[IOVCTL_ASK_VFIO], answer, loaded ? driver : "/lib/modules", "%s",
	    loaded ? "exists" : answer == IOVCTL_YES ? path : "no vfio-pci");
	read_unsafe(&fact[IOVCTL_ASK_UNSAFE_INTR]);
	set(&fact[IOVCTL_ASK_UNSAFE_NOIOMMU], IOVCTL_NO, MODULE "/vfio", "not loaded");
	read_parameter(&fact[IOVCTL_ASK_UNSAFE_NOIOMMU], "vfio", "enable_unsafe_noiommu_mode");
}

/* --- PCI ------------------------------------------------------------------------------------ */

static void read_config(struct iovctl_fact *fact, const char *kernel)
{
	static const char *const files[] = { "/boot/config-%s", "/lib/modules/%s/config" };
	char path[IOVCTL_TEXT / 2], *line = NULL;
	FILE *file = NULL;
	size_t room = 0, i;

	for (i = 0; i < 2 && !file; i++) {
		snprintf(path, sizeof(path), i ? files[1] : files[0], kernel);
		file = iovctl_open("%s", path);
	}
	set(fact, file ? IOVCTL_NO : IOVCTL_MAYBE, path, "%s",
	    file ? "CONFIG_PCI_IOV is not set" : strerror(errno));
	if (!file)
		return;
	while (getline(&line, &room, file) > 0)
		if (!strcmp(line, "CONFIG_PCI_IOV=y\n"))
			set(fact, IOVCTL_YES, path, "CONFIG_PCI_IOV=y");
	free(line);
	fclose(file);
}

/* Ports of PCI Express, and whether the kernel has the services that firmware may keep */
static void read_pci(const char *kernel, struct iovctl_fact *fact)
{
	static const char services[] = "/sys/bus/pci_express/devices";
	struct dirent **entries;
	enum iovctl_answer answer;
	int i, num, ports = 0, found;

	read_config(&fact[IOVCTL_ASK_PCI_IOV], kernel);
	num = iovctl_list(&entries, "/sys/bus/pci/devices");
	for (i = 0; i < num; i++) {
		const char *pci = entries[i]->d_name;

		ports += iovctl_exists("/sys/bus/pci/devices/%s/secondary_bus_number", pci) &&
			 iovctl_exists("/sys/bus/pci/devices/%s/max_link_speed", pci);
		if (iovctl_exists("/sys/bus/pci/devices/%s/sriov_totalvfs", pci))
			set(&fact[IOVCTL_ASK_PCI_IOV], IOVCTL_YES, "/sys/bus/pci/devices",
			    "%s/sriov_totalvfs", pci);
	}
	iovctl_list_free(entries, num);
	found = iovctl_list(&entries, services);
	iovctl_list_free(entries, found);
	answer = found > 0 ? IOVCTL_YES : ports && !found ? IOVCTL_NO : IOVCTL_MAYBE;
	set(&fact[IOVCTL_ASK_NATIVE_PCIE], answer, services, "%d services of %d ports",
	    found < 0 ? 0 : found, ports);
}

/* --- signatures of modules ------------------------------------------------------------------ */

static void read_secure_boot(struct iovctl_fact *fact)
{
	char value[8] = "";
	int length = iovctl_read(value, sizeof(value), SECURE_BOOT);

	if (length >= 5)
		set(fact, value[4] == 1 ? IOVCTL_YES : IOVCTL_NO, SECURE_BOOT, "%d", value[4]);
	else if (iovctl_exists("/sys/firmware/efi") || !iovctl_exists("/sys/firmware"))
		set(fact, IOVCTL_MAYBE, EFI_VARIABLES, "%s",
		    length < 0 ? strerror(-length) : "too short");
	else
		set(fact, IOVCTL_NO, "/sys/firmware/efi", "missing");
}

/* Without entries securityfs is not mounted. */
static bool has_security(void)
{
	struct dirent **entries;
	int num = iovctl_list(&entries, SECURITY);

	iovctl_list_free(entries, num);
	return num > 0;
}

/* Without the file: a boot parameter, or a module that was loaded although it is not signed (E) */
static void guess_lockdown(struct iovctl_fact *fact, int err)
{
	static const char file[] = MODULE "/" IOVCTL_PF_MODULE "/taint";
	char taint[IOVCTL_NAME];

	find_word(fact, "lockdown", "integrity");
	find_word(fact, "lockdown", "confidentiality");
	if (fact->answer == IOVCTL_YES)
		return;
	iovctl_read(taint, sizeof(taint), "%s", file);
	if (strchr(taint, 'E'))
		set(fact, IOVCTL_NO, file, "%s", taint);
	else
		set(fact, IOVCTL_MAYBE, LOCKDOWN, "%s", strerror(-err));
}

static void read_lockdown(struct iovctl_fact *fact)
{
	char value[IOVCTL_NAME];
	int length = iovctl_read(value, sizeof(value), LOCKDOWN);

	read_parameter(fact, "module", "sig_enforce");
	if (fact->answer == IOVCTL_YES)
		return;
	if (length > 0)
		set(fact, strstr(value, "[none]") ? IOVCTL_NO : IOVCTL_YES, LOCKDOWN, "%s", value);
	else if (is_missing(length) && has_security())
		set(fact, IOVCTL_NO, LOCKDOWN, "%s", strerror(-length));
	else
		guess_lockdown(fact, length);
}

static void read_signature(struct iovctl_host_facts *facts)
{
	struct iovctl_signature *found = &facts->signature;
	const char *signer = found->signer;

	iovctl_module_signature(facts->kernel, IOVCTL_PF_MODULE, found);
	set(&facts->fact[IOVCTL_ASK_IOVNIC_SIGNED], found->is_signed,
	    found->file[0] ? found->file : "/lib/modules", "%s",
	    !found->file[0] ? "no " IOVCTL_PF_MODULE :
	    found->is_signed == IOVCTL_YES ? signer[0] ? signer : "signed" :
	    found->is_signed == IOVCTL_NO ? "no signature" : "not readable");
	set(&facts->fact[IOVCTL_ASK_IOVNIC_KEY], found->has_key, "/proc/keys", "%s%s",
	    found->has_key == IOVCTL_NO ? "no " : "", signer[0] ? signer : "not looked for");
}

/**
 * iovctl_host_inspect - what is known of this machine
 * @facts: is filled
 */
void iovctl_host_inspect(struct iovctl_host_facts *facts)
{
	struct iovctl_fact *fact = facts->fact;

	memset(facts, 0, sizeof(*facts));
	read_kernel(facts);
	read_container(&fact[IOVCTL_ASK_CONTAINER]);
	read_boot_parameters(fact);
	read_processor(fact);
	read_kvm(fact);
	read_iommu(&fact[IOVCTL_ASK_IOMMU]);
	read_iommu_table(&fact[IOVCTL_ASK_IOMMU_TABLE]);
	/* Only x86 has "flags", and these names. */
	read_intr_remap(&fact[IOVCTL_ASK_INTR_REMAP],
			fact[IOVCTL_ASK_CPU_VIRT].answer != IOVCTL_MAYBE);
	read_vfio(facts->kernel, fact);
	read_pci(facts->kernel, fact);
	read_secure_boot(&fact[IOVCTL_ASK_SECURE_BOOT]);
	read_lockdown(&fact[IOVCTL_ASK_SIGNED_ONLY]);
	read_signature(facts);
}
