// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reasons that the commands know: one table, which a lint compares with the
 * man pages. No input, no output.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reason/finding.h"

#define CODE(name, effect, remedy) \
	[IOVCTL_CODE_##name] = { #name, IOVCTL_EFFECT_##effect, remedy }

static const struct {
	const char *name;
	enum iovctl_effect effect;
	const char *remedy;
} codes[IOVCTL_CODES] = {
	CODE(CONTAINER, INFO,
	     "run iovctl on the host itself"),
	CODE(NO_CONFIG_PCI_IOV, BLOCKING,
	     "use a kernel that was built with CONFIG_PCI_IOV=y"),
	CODE(NO_SRIOV_ADAPTER, BLOCKING,
	     "install an SR-IOV adapter; or enable SR-IOV in the firmware setup of board and NIC"),
	CODE(NO_IOMMU, GUESTS,
	     "enable VT-d or AMD-Vi in the firmware setup, boot with intel_iommu=on"),
	CODE(IOMMU_OFF, GUESTS,
	     "boot with intel_iommu=on, without amd_iommu=off and iommu=off"),
	CODE(NO_INTR_REMAP, GUESTS,
	     "enable interrupt remapping in the firmware setup, boot without intremap=off"),
	CODE(UNSAFE_INTR_OVERRIDE, WARNING,
	     "remove allow_unsafe_interrupts from /etc/modprobe.d; until then only run guests that you trust"),
	CODE(UNSAFE_NOIOMMU, WARNING,
	     "echo N > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode"),
	CODE(VIRTUAL_MACHINE, INFO,
	     "QEMU: -machine q35,kernel-irqchip=split -device intel-iommu,intremap=on"),
	CODE(NO_VFIO, GUESTS,
	     "install the kernel's modules, or use a kernel with CONFIG_VFIO_PCI"),
	CODE(VFIO_NOT_LOADED, INFO,
	     "modprobe vfio-pci"),
	CODE(NO_KVM_VIRT, WARNING,
	     "enable VT-x or SVM in the firmware setup"),
	CODE(KVM_NOT_LOADED, WARNING,
	     "modprobe kvm_intel or kvm_amd"),
	CODE(NO_SLAT, WARNING,
	     "load kvm_intel without ept=0, kvm_amd without npt=0; or use a newer CPU"),
	CODE(NO_OSC, WARNING,
	     "boot without pcie_ports=compat; ask the board's vendor for a firmware update"),
	CODE(OLD_KERNEL, INFO,
	     "for iovnic use Linux 6.12 or newer"),
	CODE(UNSIGNED_MODULE, WARNING,
	     "sign the module (sign-file, or DKMS) and enroll the key: mokutil --import; or turn off Secure Boot"),
	CODE(UNKNOWN_KEY, WARNING,
	     "enroll the key (that of DKMS: mokutil --import /var/lib/dkms/mok.pub), reboot and confirm it; or turn off Secure Boot"),
	CODE(SIGNED_MODULES_ONLY, INFO,
	     "none needed for the distribution's modules; sign those that you build"),
	CODE(NO_MSIX, BLOCKING,
	     "enable MSI-X in the kernel (no pci=nomsi) and for this slot"),
	CODE(NO_BUS_RESOURCES, BLOCKING,
	     "enable SR-IOV or ARI in the firmware setup, or boot with pci=assign-busses"),
	CODE(NO_VF_BAR_SPACE, BLOCKING,
	     "enable SR-IOV in the firmware setup, or boot with pci=realloc"),
	CODE(MISSING_ACS, GUESTS,
	     "use a slot whose port has ACS, or give all functions of the group to one guest"),
	CODE(NO_SRIOV_CAP, BLOCKING,
	     "enable SR-IOV in the firmware setup of board and NIC"),
	CODE(MISSING_PF_DRIVER, BLOCKING,
	     "load the driver: modprobe MODULE"),
	CODE(PF_ASSIGNED, BLOCKING,
	     "bind the PF to a network driver: driver_override, unbind and drivers_probe"),
	CODE(FW_DISABLED, BLOCKING,
	     "enable SR-IOV in the firmware setup of the NIC"),
	CODE(OTHER_PF_DRIVER, INFO,
	     "none needed; for what iovnic_pf adds: iovctl adapter adopt PF"),
	CODE(DRIVER_NOT_ASKED, INFO,
	     "run iovctl as root"),
	CODE(SWITCH_NOT_IOV, WARNING,
	     "echo N > /sys/bus/pci/devices/PF/sriov_numvfs"),
	CODE(PF_DOWN, WARNING,
	     "ip link set PF up"),
	CODE(LINK_DOWN, WARNING,
	     "check the cable and the switch"),
	CODE(PF_NOT_IN_BRIDGE, INFO,
	     "ip link set PF master BRIDGE"),
	CODE(NO_FREE_VF, INFO,
	     "take a VF from a guest; or release all, and create more: iovctl numvfs PF N"),
	CODE(NO_FREE_QP, INFO,
	     "limit a VF: iovctl vm set NIC queue-pairs 1"),
	CODE(NO_SWITCH, INFO,
	     "iovctl switch create NAME uplink PF"),
	CODE(SWITCH_NO_UPLINK, BLOCKING,
	     "create another bridge, with an uplink: iovctl switch create NAME uplink PF"),
	CODE(SWITCH_DOWN, WARNING,
	     "ip link set BRIDGE up"),
	CODE(SWITCH_MTU, WARNING,
	     "ip link set PORT mtu N"),
	CODE(DPDK_NO_VF, BLOCKING,
	     "bind a VF to vfio-pci: iovctl doctor for dpdk NIC prints the commands"),
	CODE(DPDK_VF_DRIVER, BLOCKING,
	     "modprobe vfio-pci, and bind the VF to it: driver_override, unbind and drivers_probe"),
	CODE(DPDK_VF_IN_USE, WARNING,
	     "end the program that uses the VF, or use another VF"),
	CODE(DPDK_NO_ACCESS, BLOCKING,
	     "run the program as root, or chown the group's file in /dev/vfio to its user"),
	CODE(NO_HUGEPAGES, BLOCKING,
	     "echo 512 > /proc/sys/vm/nr_hugepages; at boot: hugepages=512"),
	CODE(HUGEPAGES_IN_USE, WARNING,
	     "reserve more in /proc/sys/vm/nr_hugepages, or remove what programs left in /dev/hugepages"),
	CODE(NO_HUGETLBFS, WARNING,
	     "mkdir -p /dev/hugepages; mount -t hugetlbfs none /dev/hugepages"),
	CODE(MEMLOCK_LIMIT, WARNING,
	     "ulimit -l unlimited (limits.conf: memlock, systemd: LimitMEMLOCK=infinity)"),
	CODE(VF_NOT_TRUSTED, INFO,
	     "if the program needs more: iovctl vm set NIC trust on spoofchk off"),
	CODE(NO_IOVNIC_VFIO, BLOCKING,
	     "in the sources of iovnic: make; make install"),
	CODE(MIGRATION_PF_DRIVER, BLOCKING,
	     "bind iovnic_pf to the PF, then bind the VF to iovnic_vfio again"),
	CODE(MIGRATION_VF_DRIVER, BLOCKING,
	     "modprobe iovnic_vfio, and bind the VF to it: driver_override, unbind and drivers_probe"),
	CODE(MIGRATION_NOT_ENABLED, BLOCKING,
	     "start QEMU with -device vfio-pci,host=VF,enable-migration=on"),
	CODE(MIGRATION_VIOMMU, BLOCKING,
	     "start QEMU without intel-iommu, amd-iommu, virtio-iommu or smmuv3"),
	CODE(MIGRATION_OTHER_DEVICES, BLOCKING,
	     "bind the other VFs to iovnic_vfio too, or unplug the devices before the migration"),
	CODE(MIGRATION_IOMMUFD, INFO,
	     "none needed; for a short pause: start QEMU without iommufd for the VF"),
	CODE(GUEST_NO_VF, BLOCKING,
	     "on the host: give the virtual machine a VF (QEMU: -device vfio-pci,host=VF)"),
	CODE(GUEST_NO_VF_DRIVER, BLOCKING,
	     "on the host: pass the VF to a guest (vfio-pci); in the guest: modprobe iovnic_vf"),
	CODE(GUEST_NO_INTERFACE, WARNING,
	     "look for the interface in other network namespaces, and for the driver's error in the kernel's log"),
	CODE(GUEST_LEGACY_DRIVER, INFO,
	     "in the guest: use iovnic_vf; or unplug the VF instead of withdrawing its data path"),
	CODE(GUEST_NO_STANDBY, INFO,
	     "on the host: pair the VF with a software NIC of the same address (failover.rst)"),
	CODE(GUEST_OTHER_ADDRESS, WARNING,
	     "on the host: give VF and virtio-net the same address: iovctl vm set NIC mac ADDRESS"),
	CODE(GUEST_NOT_PAIRED, WARNING,
	     "lower the master's MTU if it is above what the VF can have, then bind the VF's driver again"),
	CODE(GUEST_MASTER_DOWN, BLOCKING,
	     "ip link set MASTER up"),
	CODE(GUEST_VF_DOWN, BLOCKING,
	     "in the guest: ip link set VF up; if net_failover has refused the VF's MTU: lower the master's, then bind the VF's driver again"),
	CODE(GUEST_VF_NO_CARRIER, WARNING,
	     "on the host: iovctl doctor for host; ip link show PF (the VF's link-state)"),
	CODE(GUEST_STANDBY_DOWN, WARNING,
	     "on the host: set the link of the software NIC up: virsh domif-setlink DOMAIN TAP up, or set_link of QMP"),
	CODE(GUEST_OTHER_MTU, WARNING,
	     "ip link set MASTER mtu MTU"),
	CODE(FEWER_QUEUE_PAIRS, INFO,
	     "iovctl vm set NIC queue-pairs N"),
	CODE(NO_STANDBY, INFO,
	     "end the guest, start it with the output of: iovctl qemu-args NIC (libvirt: libvirt-xml)"),
	CODE(STANDBY_DOWN, WARNING,
	     "ip link set TAP up"),
	CODE(STANDBY_OTHER_BRIDGE, WARNING,
	     "ip link set TAP master BRIDGE"),
	CODE(MTU_MISMATCH, WARNING,
	     "ip link set TAP mtu MTU"),
	CODE(PAIR_VF_IN_USE, GUESTS,
	     "release the VF there, or name another VF: iovctl vm list"),
	CODE(PAIR_VF_DRIVER, GUESTS,
	     "bind it to vfio-pci: driver_override and drivers_probe"),
	CODE(PAIR_NO_BRIDGE, GUESTS,
	     "ip link set PF master BRIDGE"),
	CODE(PAIR_TAP_IN_USE, GUESTS,
	     "name another tap (tap TAP), or omit it"),
	CODE(PAIR_NO_TAP, WARNING,
	     "ip tuntap add TAP mode tap; ip link set TAP master BRIDGE up"),
	CODE(PAIR_OTHER_ADDRESS, WARNING,
	     "iovctl vm set NIC mac MAC"),
	CODE(POLICY_NOT_ENFORCED, WARNING,
	     "iovctl vm set NIC policy POLICY on; or off"),
	CODE(POLICY_NOT_DECLARED, WARNING,
	     "iovctl vm set NIC policy POLICY on; or off"),
	CODE(QEMU_UNREACHABLE, BLOCKING,
	     "start QEMU with -qmp unix:PATH,server=on,wait=off and name its PATH"),
	CODE(GUEST_NOT_RUNNING, BLOCKING,
	     "let the guest run (QMP: cont): its driver has to release the VF"),
	CODE(MIGRATION_ACTIVE, BLOCKING,
	     "wait, or cancel it (QMP: migrate_cancel)"),
	CODE(NOT_INCOMING, BLOCKING,
	     "start the target's QEMU with -incoming defer"),
	CODE(NOT_LISTENING, BLOCKING,
	     "name the address for the target to listen on: listen URI"),
	CODE(STANDBY_DIFFERS, BLOCKING,
	     "give the target's device the ID and the MAC address of the source's"),
	CODE(NO_TAP, BLOCKING,
	     "connect the software NIC to a tap interface, or name it: tap, target-tap"),
	CODE(NO_BRIDGE, BLOCKING,
	     "ip link set TAP master BRIDGE"),
	CODE(MTU_SMALLER, BLOCKING,
	     "on the target: ip link set DEV mtu MTU"),
	CODE(NO_PORT, SOFTWARE,
	     "start the target's QEMU with the same pcie-root-port as the source's"),
	CODE(PF_CANNOT_RESCIND, INFO,
	     "on the host: use iovnic_pf"),
	CODE(PF_TELLS_NO_PATH, INFO,
	     "on the host: use iovnic_pf; or look in the guest"),
	CODE(TARGET_OTHER_VERSION, WARNING,
	     "install the same version of iovnic on both hosts"),
	CODE(TARGET_OTHER_ADDRESS, BLOCKING,
	     "on the target: iovctl vm set NIC mac ADDRESS"),
	CODE(TARGET_OTHER_VLAN, BLOCKING,
	     "on the target: iovctl vm set NIC vlan VLAN qos QOS proto PROTO"),
	CODE(TARGET_NOT_TRUSTED, WARNING,
	     "on the target: iovctl vm set NIC trust on"),
	CODE(TARGET_FEWER_QUEUE_PAIRS, BLOCKING,
	     "on the target: iovctl vm set NIC queue-pairs N"),
	CODE(TARGET_WITHHOLDS, BLOCKING,
	     "on the target: see what iovctl vm show NIC prints for the reason"),
	CODE(STEP_FAILED, BLOCKING,
	     "see the text"),
	CODE(CANCELLED, BLOCKING,
	     "none needed"),
	CODE(PLUG_FAILED, SOFTWARE,
	     "see the text; then plug the VF with device_add"),
	CODE(PATH_NOT_TAKEN, SOFTWARE,
	     "see the text; in the guest: is there a driver for the VF?"),
	CODE(UNDO_FAILED, SOFTWARE,
	     "see the text; then plug the VF with device_add"),
};

const char *iovctl_code_name(enum iovctl_code code)
{
	return codes[code].name;
}

const char *iovctl_code_remedy(enum iovctl_code code)
{
	return codes[code].remedy;
}

enum iovctl_effect iovctl_code_effect(enum iovctl_code code)
{
	return codes[code].effect;
}

const char *iovctl_effect_name(enum iovctl_effect effect)
{
	static const char *const names[] = {
		"info", "warning", "software", "unknown", "guests", "blocking",
	};

	return names[effect];
}

const char *iovctl_level_name(enum iovctl_level level)
{
	static const char *const names[] = { "host", "adapter", "switch", "vf" };

	return names[level];
}

/* What the worst effect says about the whole */
const char *iovctl_state_name(enum iovctl_effect worst)
{
	static const char *const names[] = {
		"usable", "usable with warnings", "usable with warnings", "unknown",
		"not usable by guests", "not usable",
	};

	return names[worst];
}

/* Exit status */
int iovctl_state_status(enum iovctl_effect worst)
{
	static const int statuses[] = { 0, 1, 1, 1, 2, 2 };

	return statuses[worst];
}

/**
 * iovctl_finding_new - add a reason that has neither text nor remedy yet
 * @findings: reasons
 * @name: stable
 * @effect: what it prevents
 * @object: PCI address of the adapter, or "" for the machine; or what the level is of that the
 *	caller sets
 *
 * Return: the reason, to be completed. One that has no room is not kept.
 */
struct iovctl_finding *iovctl_finding_new(struct iovctl_findings *findings, const char *name,
					  enum iovctl_effect effect, const char *object)
{
	static struct iovctl_finding dropped;
	struct iovctl_finding *finding = &dropped;

	if (findings->num < IOVCTL_FINDINGS)
		finding = &findings->finding[findings->num++];
	memset(finding, 0, sizeof(*finding));
	SET(finding->name, "%s", name);
	SET(finding->object, "%s", object);
	finding->effect = effect;
	finding->level = object[0] ? IOVCTL_LEVEL_ADAPTER : IOVCTL_LEVEL_HOST;
	return finding;
}

/**
 * iovctl_finding_add - add a reason
 * @findings: reasons
 * @code: what
 * @object: PCI address of the adapter, or "" for the machine
 * @format: of the text
 *
 * Return: the reason, which may be changed.
 */
struct iovctl_finding *iovctl_finding_add(struct iovctl_findings *findings, enum iovctl_code code,
					  const char *object, const char *format, ...)
{
	struct iovctl_finding *finding =
		iovctl_finding_new(findings, codes[code].name, codes[code].effect, object);
	va_list args;

	SET(finding->remedy, "%s", codes[code].remedy);
	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
	iovctl_clean(finding->text);
	return finding;
}

/**
 * iovctl_finding_at - set the level of a reason that is not an adapter's or the machine's
 * @finding: reason
 * @level: level
 *
 * Return: the reason, which may be changed.
 */
struct iovctl_finding *iovctl_finding_at(struct iovctl_finding *finding, enum iovctl_level level)
{
	finding->level = level;
	return finding;
}

/**
 * iovctl_finding_evidence - add what was seen
 * @finding: reason
 * @file: where; empty if nothing was looked at
 * @seen: content
 */
void iovctl_finding_evidence(struct iovctl_finding *finding, const char *file, const char *seen)
{
	struct iovctl_evidence *evidence = finding->evidence;

	if (!file[0])
		return;
	if (evidence->file[0])
		evidence++;
	SET(evidence->file, "%s", file);
	SET(evidence->seen, "%s", seen);
}

/**
 * iovctl_finding_sysfs - add what was seen in the folder of a PCI function
 * @finding: reason
 * @pci: PCI address
 * @file: of the function
 * @format: of the content
 */
void iovctl_finding_sysfs(struct iovctl_finding *finding, const char *pci, const char *file,
			  const char *format, ...)
{
	char path[IOVCTL_TEXT], seen[IOVCTL_TEXT];
	va_list args;

	SET(path, "/sys/bus/pci/devices/%s/%s", pci, file);
	va_start(args, format);
	vsnprintf(seen, sizeof(seen), format, args);
	va_end(args);
	iovctl_finding_evidence(finding, path, seen);
}

/**
 * iovctl_finding_bind - set the remedy: commands that bind a PCI function to another driver
 * @finding: reason
 * @before: what is to be done first; or empty
 * @pci: PCI address
 * @bound: its driver, or empty
 * @driver: the other driver, or empty for any that knows the function
 */
void iovctl_finding_bind(struct iovctl_finding *finding, const char *before, const char *pci,
			 const char *bound, const char *driver)
{
	char unbind[IOVCTL_TEXT] = "";

	if (bound[0])
		SET(unbind, "echo %s > /sys/bus/pci/devices/%s/driver/unbind; ", pci, pci);
	SET(finding->remedy,
	    "%secho%s%s > /sys/bus/pci/devices/%s/driver_override; %secho %s > /sys/bus/pci/drivers_probe",
	    before, driver[0] ? " " : "", driver, pci, unbind, pci);
}

bool iovctl_finding_has(const struct iovctl_findings *findings, const char *name,
			const char *object)
{
	int i;

	for (i = 0; i < findings->num; i++)
		if (!strcmp(findings->finding[i].name, name) &&
		    !strcmp(findings->finding[i].object, object))
			return true;
	return false;
}

/* The worst effect of an adapter's reasons, of the machine's (@object is ""), or of all (NULL) */
enum iovctl_effect iovctl_finding_worst(const struct iovctl_findings *findings,
					const char *object)
{
	enum iovctl_effect worst = IOVCTL_EFFECT_INFO;
	int i;

	for (i = 0; i < findings->num; i++)
		if (findings->finding[i].effect > worst &&
		    (!object || !strcmp(findings->finding[i].object, object)))
			worst = findings->finding[i].effect;
	return worst;
}
