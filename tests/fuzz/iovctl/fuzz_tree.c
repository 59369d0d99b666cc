// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of sysfs and procfs with other contents: what host, adapter, vm,
 * qemu-args and doctor read of a machine, and what they make of it. Names and
 * arguments of processes are theirs to choose.
 *
 * Input: pieces, each with the number of a name in names[], a length, and the
 * content of all files and links of this name; the length 255 is for a missing
 * file. Other files are those of the folder FUZZ_TREE.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "fuzz_iovctl.h"

#include "tools/iovctl/adapter/adapter_verdict.h"
#include "tools/iovctl/doctor/dpdk_facts.h"
#include "tools/iovctl/failover/failover_text.h"
#include "tools/iovctl/failover/failover_verdict.h"
#include "tools/iovctl/system/files.h"
#include "tools/iovctl/host/host_verdict.h"
#include "tools/iovctl/system/netns.h"
#include "tools/iovctl/reason/report.h"
#include "tools/iovctl/system/sysfs.h"
#include "tools/iovctl/virtfn/vf_report.h"

#define MISSING	255
#define PIECES	64

FILE *__wrap_iovctl_open(const char *format, ...);
int __wrap_iovctl_read(char *text, size_t size, const char *format, ...);
bool __wrap_iovctl_exists(const char *format, ...);
int __wrap_iovctl_read_link(char *target, size_t size, const char *format, ...);
FILE *__real_iovctl_open(const char *format, ...);
int __real_iovctl_read(char *text, size_t size, const char *format, ...);
bool __real_iovctl_exists(const char *format, ...);
int __real_iovctl_read_link(char *target, size_t size, const char *format, ...);

/* The order is part of the format. */
static const char *const names[] = {
	"class", "config", "resource", "flags", "carrier", "speed", "mtu", "address", "uevent",
	"sriov_totalvfs", "sriov_numvfs", "sriov_offset", "sriov_stride", "ari_enabled", "vendor",
	"device", "modalias", "msi_bus", "secondary_bus_number", "subordinate_bus_number",
	"max_link_speed", "driver", "iommu_group", "physfn", "virtfn0", "virtfn1", "master",
	"subsystem", "7", "30", "cmdline", "comm", "cpuinfo", "interrupts", "osrelease",
	"lockdown", "b.conf", "modules.alias", "modules.dep", "igb.ko", "pid", "type", "meminfo",
	"SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "allow_unsafe_interrupts", "tun_flags",
};

/**
 * struct piece - a file that has another content
 * @name: last part of its path
 * @missing: there is none
 * @data: content
 * @size: of @data
 */
struct piece {
	const char *name;
	bool missing;
	const uint8_t *data;
	size_t size;
};

static struct piece pieces[PIECES];
static int num_pieces;

static const struct piece *find(const char *path)
{
	const char *last = iovctl_last_part(path);
	int i;

	for (i = 0; i < num_pieces; i++)
		if (!strcmp(pieces[i].name, last))
			return &pieces[i];
	return NULL;
}

static size_t take(const struct piece *piece, char *text, size_t size)
{
	size_t length = piece->size < size - 1 ? piece->size : size - 1;

	memcpy(text, piece->data, length);
	text[length] = '\0';
	return length;
}

#define PATH(path, format) \
	do { \
		va_list args; \
		\
		va_start(args, format); \
		vsnprintf(path, sizeof(path), format, args); \
		va_end(args); \
	} while (0)

FILE *__wrap_iovctl_open(const char *format, ...)
{
	const struct piece *piece;
	char path[4096];

	PATH(path, format);
	piece = find(path);
	if (!piece)
		return __real_iovctl_open("%s", path);
	errno = ENOENT;
	return piece->missing ? NULL : !piece->size ? fopen("/dev/null", "re") :
	       fmemopen((void *)piece->data, piece->size, "r");
}

int __wrap_iovctl_read(char *text, size_t size, const char *format, ...)
{
	const struct piece *piece;
	char path[4096];
	size_t length;

	PATH(path, format);
	piece = find(path);
	if (!piece)
		return __real_iovctl_read(text, size, "%s", path);
	text[0] = '\0';
	if (piece->missing)
		return -ENOENT;
	length = take(piece, text, size);
	if (length && text[length - 1] == '\n')
		text[--length] = '\0';
	return length;
}

bool __wrap_iovctl_exists(const char *format, ...)
{
	const struct piece *piece;
	char path[4096];

	PATH(path, format);
	piece = find(path);
	return piece ? !piece->missing : __real_iovctl_exists("%s", path);
}

/* A link has no NUL. */
int __wrap_iovctl_read_link(char *target, size_t size, const char *format, ...)
{
	const struct piece *piece;
	char path[4096];

	PATH(path, format);
	piece = find(path);
	if (!piece)
		return __real_iovctl_read_link(target, size, "%s", path);
	target[0] = '\0';
	if (piece->missing)
		return -ENOENT;
	take(piece, target, size);
	return strlen(target);
}

/* --- what is made of it --------------------------------------------------------------------- */

static struct iovctl_findings findings;

/* JSON is UTF-8; a terminal obeys control characters. */
static void check_text(const char *text)
{
	const unsigned char *at = (const void *)text;
	int more;

	for (; *at; at++) {
		MUST(*at >= ' ' && *at != 0x7f);
		if (*at < 0x80)
			continue;
		MUST(*at >= 0xc2 && *at <= 0xf4);
		for (more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : 1; more; more--) {
			at++;
			MUST((*at & 0xc0) == 0x80);
		}
	}
}

static void check_findings(void)
{
	struct json_object *array = json_object_new_array();
	int i;

	MUST(findings.num >= 0 && findings.num <= IOVCTL_FINDINGS);
	for (i = 0; i < findings.num; i++) {
		const struct iovctl_finding *finding = &findings.finding[i];

		MUST(finding->name[0] && finding->text[0] && finding->remedy[0]);
		check_text(finding->text);
		check_text(finding->remedy);
		check_text(finding->evidence[0].seen);
	}
	iovctl_report_json(&findings, NULL, array);
	check_text(json_object_to_json_string_ext(array, JSON_C_TO_STRING_PLAIN));
	json_object_put(array);
}

static void check_vf(const struct iovctl_vf *vf)
{
	struct json_object *object = iovctl_vf_to_json(vf);
	char holder[IOVCTL_TEXT];

	check_text(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	check_text(iovctl_vf_holder(vf, holder));
	json_object_put(object);
}

static void inspect_pair(const struct iovctl_vf *vf, const char *kernel, bool libvirt)
{
	static struct iovctl_failover pair;
	struct iovctl_arguments arguments;
	char holder[IOVCTL_TEXT], xml[2048];

	memset(&pair, 0, sizeof(pair));
	pair.vf = *vf;
	pair.wish.libvirt = libvirt;
	iovctl_failover_inspect(&pair, kernel);
	findings.num = 0;
	iovctl_failover_verdict(&pair, iovctl_vf_holder(vf, holder), &findings);
	check_findings();
	iovctl_failover_arguments(&pair, &arguments);
	check_text(arguments.word[IOVCTL_ARGUMENTS - 1]);
	iovctl_failover_xml(&pair, xml, sizeof(xml));
}

static void inspect_vfs(const char *kernel)
{
	struct iovctl_vfs vfs;
	int i;

	iovctl_holder_forget();
	iovctl_netns_forget();
	iovctl_vf_list(&vfs, NULL);
	for (i = 0; i < vfs.num && i < 4; i++) {
		check_vf(&vfs.vf[i]);
		inspect_pair(&vfs.vf[i], kernel, i & 1);
	}
	iovctl_vf_list_free(&vfs);
}

static void inspect_adapter(const char *pci, const char *kernel, enum iovctl_answer iommu)
{
	static struct iovctl_adapter adapter;
	static struct iovctl_dpdk dpdk;

	iovctl_adapter_inspect(&adapter, pci, kernel);
	iovctl_adapter_verdict(&adapter, iommu, &findings);
#ifdef PLANTED_BUG
	MUST(adapter.slot.allowed < 10);
#endif
	iovctl_dpdk_inspect(&dpdk, pci);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return setenv(IOVCTL_ROOT, FUZZ_TREE, 1);
}

static void cut(const uint8_t *data, size_t size)
{
	num_pieces = 0;
	while (size >= 2 && num_pieces < PIECES) {
		struct piece *piece = &pieces[num_pieces++];

		piece->name = names[data[0] % (sizeof(names) / sizeof(names[0]))];
		piece->missing = data[1] == MISSING;
		piece->size = piece->missing ? 0 : data[1];
		if (piece->size > size - 2)
			piece->size = size - 2;
		piece->data = data + 2;
		data += 2 + piece->size;
		size -= 2 + piece->size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct iovctl_host_facts host;
	static struct iovctl_adapters adapters;
	int i;

	cut(data, size);
	iovctl_host_inspect(&host);
	iovctl_sysfs_adapters(&adapters);
	findings.num = 0;
	iovctl_host_verdict(&host, adapters.num, &findings);
	for (i = 0; i < adapters.num && i < 2; i++)
		inspect_adapter(adapters.pci[i], host.kernel,
				host.fact[IOVCTL_ASK_IOMMU].answer);
	check_findings();
	inspect_vfs(host.kernel);
	return 0;
}
