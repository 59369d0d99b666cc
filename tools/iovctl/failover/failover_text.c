// SPDX-License-Identifier: GPL-2.0-only
/*
 * What QEMU or libvirt has to be told of a VF and a software NIC. No input, no
 * output. The name of the tap and the address have no character that QEMU or
 * XML treats in another way: failover.c sees to it.
 */
#include <stdio.h>

#include "failover/failover_text.h"

/* Ports of a guest's first software NICs, behind those of its first VFs */
#define SOFT_CHASSIS	(IOVCTL_FAILOVER_PAIRS + 1)
#define VF_CHASSIS	1

/**
 * iovctl_failover_arguments - QEMU's arguments
 * @pair: VF and software NIC
 * @arguments: are filled. The software NIC comes first: QEMU wants it so
 */
void iovctl_failover_arguments(const struct iovctl_failover *pair,
			       struct iovctl_arguments *arguments)
{
	char (*word)[IOVCTL_TEXT] = arguments->word;
	const int id = pair->wish.id;
	int i;

	for (i = 0; i < IOVCTL_ARGUMENTS; i += 2)
		SET(word[i], i ? "-device" : "-netdev");
	SET(word[1], "tap,id=soft%d,ifname=%s,script=no,downscript=no", id, pair->tap);
	SET(word[3], "pcie-root-port,id=softport%d,chassis=%d", id, SOFT_CHASSIS + id);
	SET(word[5],
	    "virtio-net-pci,netdev=soft%d,id=soft%d,romfile=,bus=softport%d,failover=on,mac=%s",
	    id, id, id, pair->mac);
	SET(word[7], "pcie-root-port,id=vfport%d,chassis=%d", id, VF_CHASSIS + id);
	SET(word[9], "vfio-pci,host=%s,bus=vfport%d,id=vf%d,failover_pair_id=soft%d",
	    pair->vf.pci, id, id, id);
	if (!pair->wish.incoming)
		return;
	/* A guest with a VF cannot be migrated. Its port has to be there: it gets the VF later. */
	SET(word[8], "-incoming");
	SET(word[9], "defer");
}

/* A name as XML has it between apostrophes */
static void escape(const char *name, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	for (; *name && length + sizeof("&apos;") <= size; name++) {
		const char *entity = *name == '&' ? "&amp;" : *name == '<' ? "&lt;" :
				     *name == '\'' ? "&apos;" : NULL;

		length += entity ? snprintf(text + length, size - length, "%s", entity) :
				   snprintf(text + length, size - length, "%c", *name);
	}
}

/**
 * iovctl_failover_xml - libvirt's elements
 * @pair: VF and software NIC
 * @text: is filled
 * @size: of @text
 *
 * Return: 0, or -1 if @text is too small or the VF's address is no PCI address.
 */
int iovctl_failover_xml(const struct iovctl_failover *pair, char *text, size_t size)
{
	char bridge[IOVCTL_NETDEV * sizeof("&apos;")];
	unsigned int domain, bus, slot, function;
	const int id = pair->wish.id;
	size_t length;

	if (sscanf(pair->vf.pci, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return -1;
	escape(pair->bridge, bridge, sizeof(bridge));
	length = snprintf(text, size,
			  "<interface type='bridge'>\n"
			  "  <mac address='%s'/>\n"
			  "  <source bridge='%s'/>\n"
			  "  <target dev='%s'/>\n"
			  "  <model type='virtio'/>\n"
			  "  <rom enabled='no'/>\n"
			  "  <teaming type='persistent'/>\n"
			  "  <alias name='ua-soft%d'/>\n"
			  "</interface>\n"
			  "<interface type='hostdev' managed='yes'>\n"
			  "  <mac address='%s'/>\n"
			  "  <source>\n"
			  "    <address type='pci' domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n"
			  "  </source>\n"
			  "  <teaming type='transient' persistent='ua-soft%d'/>\n"
			  "  <alias name='ua-vf%d'/>\n"
			  "</interface>\n",
			  pair->mac, bridge, pair->tap, id, pair->mac, domain, bus, slot,
			  function, id, id);
	return length < size ? 0 : -1;
}
