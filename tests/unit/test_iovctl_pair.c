// SPDX-License-Identifier: GPL-2.0-only
/* tools/iovctl/doctor/pair_verdict.c: whether packets of a guest take its VF, and why not. */

#include "findings.h"

#include "tools/iovctl/doctor/pair_verdict.h"

#define PCI	"0000:02:00.0"
#define MAC	"52:54:00:82:10:00"

static struct iovctl_pair pair;
static struct iovctl_host_facts host;

static void set_interface(struct iovctl_interface *interface, const char *name, const char *master)
{
	strcpy(interface->name, name);
	strcpy(interface->mac, MAC);
	strcpy(interface->master, master);
	interface->up = true;
	interface->carrier = true;
	interface->mtu = 1500;
}

/* A VF and a standby below net_failover */
static void begin(void)
{
	memset(&pair, 0, sizeof(pair));
	memset(&host, 0, sizeof(host));
	strcpy(pair.pci, PCI);
	pair.vendor = 0x8086;
	pair.device = 0x10ca;
	strcpy(pair.module, "iovnic_vf");
	strcpy(pair.driver, "iovnic_vf");
	strcpy(pair.firmware, "channel 1.0");
	strcpy(pair.virtio, "virtio1");
	pair.has_feature = IOVCTL_YES;
	set_interface(&pair.vf, "eth2", "eth0");
	set_interface(&pair.standby, "eth1", "eth0");
	set_interface(&pair.above, "eth0", "");
	findings.num = 0;
}

static void remove_driver(void)
{
	memset(&pair.vf, 0, sizeof(pair.vf));
	pair.driver[0] = '\0';
	pair.firmware[0] = '\0';
}

static void remove_standby(void)
{
	memset(&pair.standby, 0, sizeof(pair.standby));
	memset(&pair.above, 0, sizeof(pair.above));
	pair.virtio[0] = '\0';
	pair.has_feature = IOVCTL_MAYBE;
	pair.vf.master[0] = '\0';
}

static void tell(const char *name, const char *severity)
{
	strcpy(pair.told.name, name);
	strcpy(pair.told.severity, severity);
	strcpy(pair.told.text, "what the PF says");
	strcpy(pair.told.remedy, "do it");
	pair.vf.carrier = false;
}

static bool only(enum iovctl_code code, enum iovctl_effect effect, enum iovctl_pair_path path)
{
	bool found;

	iovctl_pair_verdict(&pair, &host, &findings);
	found = is_only(code, effect) && iovctl_pair_path(&pair) == path &&
		findings.finding[0].level == IOVCTL_LEVEL_VF;
	return found;
}

static const char *remedy(void)
{
	return findings.finding[findings.num - 1].remedy;
}

static void good_pair(void)
{
	begin();
	iovctl_pair_verdict(&pair, &host, &findings);
	CHECK_EQ(findings.num, 0);
	CHECK_EQ(iovctl_pair_path(&pair), IOVCTL_PATH_VF);
	CHECK(!strcmp(iovctl_pair_path_name(IOVCTL_PATH_VF), "vf"));
	/* A bond of the administrator's is as good. */
	remove_standby();
	strcpy(pair.vf.master, "bond0");
	strcpy(pair.vf.kind, "bond");
	set_interface(&pair.above, "bond0", "");
	iovctl_pair_verdict(&pair, &host, &findings);
	CHECK_EQ(findings.num, 0);
	CHECK_EQ(iovctl_pair_path(&pair), IOVCTL_PATH_VF);
}

static void no_driver(void)
{
	begin();
	remove_driver();
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
	CHECK(!strcmp(remedy(), "modprobe iovnic_vf"));
	findings.num = 0;
	pair.has_modules = IOVCTL_NO;
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
	CHECK(strstr(remedy(), "install"));
	findings.num = 0;
	pair.has_modules = IOVCTL_YES;
	strcpy(pair.modules, "igbvf");
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
	CHECK(!strcmp(remedy(),
		      "in the sources of iovnic: make; make install; modprobe iovnic_vf"));
	findings.num = 0;
	pair.has_modules = IOVCTL_NO;
	pair.modules[0] = '\0';
	strcpy(pair.module, "iavf");
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
	CHECK(!strcmp(remedy(), "install iavf for the running kernel; modprobe iavf"));
	findings.num = 0;
	strcpy(pair.module, "iovnic_vf");
	strcpy(pair.other_kernel, "6.1.0");
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
	CHECK(strstr(remedy(), "boot 6.1.0"));
	CHECK(!strcmp(seen(IOVCTL_CODE_GUEST_NO_VF_DRIVER), "iovnic_vf for 6.1.0"));
	findings.num = 0;
	pair.has_modules = IOVCTL_YES;
	strcpy(pair.modules, "igbvf");
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
	CHECK(strstr(findings.finding[0].text,
		     "; modules for it: igbvf; iovnic_vf is there for another kernel only"));
	CHECK(strstr(remedy(), "boot 6.1.0"));
	findings.num = 0;
	strcpy(pair.signature.file, "/lib/modules/x/iovnic_vf.ko");
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
	CHECK(!strcmp(remedy(),
		      "in the sources of iovnic: make; make install; modprobe iovnic_vf"));
}

static void unsigned_module(void)
{
	begin();
	remove_driver();
	host.fact[IOVCTL_ASK_SIGNED_ONLY].answer = IOVCTL_YES;
	host.fact[IOVCTL_ASK_SECURE_BOOT].answer = IOVCTL_NO;
	strcpy(host.fact[IOVCTL_ASK_SIGNED_ONLY].file, "/sys/kernel/security/lockdown");
	strcpy(pair.signature.file, "/lib/modules/x/iovnic_vf.ko");
	pair.signature.is_signed = IOVCTL_NO;
	iovctl_pair_verdict(&pair, &host, &findings);
	CHECK_EQ(findings.num, 2);
	CHECK(has(IOVCTL_CODE_UNSIGNED_MODULE, IOVCTL_EFFECT_WARNING));
	CHECK(!strncmp(findings.finding[0].remedy, "boot without lockdown=;", 23));
	CHECK(has(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING));
	findings.num = 0;
	pair.signature.is_signed = IOVCTL_YES;
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
}

static void other_drivers(void)
{
	begin();
	strcpy(pair.driver, "igbvf");
	CHECK(only(IOVCTL_CODE_GUEST_LEGACY_DRIVER, IOVCTL_EFFECT_INFO, IOVCTL_PATH_VF));
	CHECK(strstr(remedy(), "use iovnic_vf"));
	findings.num = 0;
	strcpy(pair.modules, "igbvf, iovnic_vf");
	CHECK(only(IOVCTL_CODE_GUEST_LEGACY_DRIVER, IOVCTL_EFFECT_INFO, IOVCTL_PATH_VF));
	CHECK(!strcmp(remedy(), "modprobe -r igbvf; modprobe iovnic_vf"));
	/* The I350 has no other one. */
	findings.num = 0;
	pair.device = 0x1520;
	iovctl_pair_verdict(&pair, &host, &findings);
	CHECK_EQ(findings.num, 0);
	begin();
	strcpy(pair.driver, "vfio-pci");
	memset(&pair.vf, 0, sizeof(pair.vf));
	CHECK(only(IOVCTL_CODE_GUEST_NO_VF_DRIVER, IOVCTL_EFFECT_INFO, IOVCTL_PATH_SOFTWARE));
	begin();
	memset(&pair.vf, 0, sizeof(pair.vf));
	CHECK(only(IOVCTL_CODE_GUEST_NO_INTERFACE, IOVCTL_EFFECT_WARNING, IOVCTL_PATH_SOFTWARE));
	CHECK(!strcmp(seen(IOVCTL_CODE_GUEST_NO_INTERFACE), "missing"));
}

static void standbys(void)
{
	begin();
	remove_standby();
	CHECK(only(IOVCTL_CODE_GUEST_NO_STANDBY, IOVCTL_EFFECT_INFO, IOVCTL_PATH_VF));
	findings.num = 0;
	pair.others = 1;
	CHECK(only(IOVCTL_CODE_GUEST_OTHER_ADDRESS, IOVCTL_EFFECT_WARNING, IOVCTL_PATH_VF));
	/* The address is right, but QEMU was not told that it is a standby. */
	begin();
	pair.has_feature = IOVCTL_NO;
	pair.vf.master[0] = '\0';
	pair.standby.master[0] = '\0';
	memset(&pair.above, 0, sizeof(pair.above));
	CHECK(only(IOVCTL_CODE_GUEST_NO_STANDBY, IOVCTL_EFFECT_INFO, IOVCTL_PATH_VF));
	CHECK(strstr(remedy(), "failover=on"));
	begin();
	pair.vf.master[0] = '\0';
	CHECK(only(IOVCTL_CODE_GUEST_NOT_PAIRED, IOVCTL_EFFECT_WARNING, IOVCTL_PATH_SOFTWARE));
	begin();
	pair.standby.carrier = false;
	CHECK(only(IOVCTL_CODE_GUEST_STANDBY_DOWN, IOVCTL_EFFECT_WARNING, IOVCTL_PATH_VF));
	findings.num = 0;
	pair.standby.up = false;
	CHECK(only(IOVCTL_CODE_GUEST_STANDBY_DOWN, IOVCTL_EFFECT_WARNING, IOVCTL_PATH_VF));
	CHECK(!strcmp(remedy(), "ip link set eth1 up"));
}

static void links(void)
{
	begin();
	pair.above.up = false;
	pair.vf.up = false;
	pair.vf.carrier = false;
	pair.standby.up = false;
	CHECK(only(IOVCTL_CODE_GUEST_MASTER_DOWN, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_NONE));
	CHECK(!strcmp(remedy(), "ip link set eth0 up"));
	/* The PF tells the same as the flags. */
	findings.num = 0;
	tell("GUEST_VF_DOWN", "blocking");
	CHECK(only(IOVCTL_CODE_GUEST_MASTER_DOWN, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_NONE));
	begin();
	pair.vf.up = false;
	tell("GUEST_VF_DOWN", "blocking");
	CHECK(only(IOVCTL_CODE_GUEST_VF_DOWN, IOVCTL_EFFECT_BLOCKING, IOVCTL_PATH_SOFTWARE));
	CHECK(!strcmp(remedy(), "ip link set eth2 up"));
	begin();
	pair.vf.carrier = false;
	CHECK(only(IOVCTL_CODE_GUEST_VF_NO_CARRIER, IOVCTL_EFFECT_WARNING, IOVCTL_PATH_SOFTWARE));
	begin();
	pair.vf.mtu = 9000;
	CHECK(only(IOVCTL_CODE_GUEST_OTHER_MTU, IOVCTL_EFFECT_WARNING, IOVCTL_PATH_VF));
	CHECK(!strcmp(remedy(), "ip link set eth2 mtu 1500"));
	begin();
	pair.standby.mtu = 1400;
	CHECK(only(IOVCTL_CODE_GUEST_OTHER_MTU, IOVCTL_EFFECT_WARNING, IOVCTL_PATH_VF));
}

static void told_by_pf(void)
{
	begin();
	tell("ROUTER_GUARD", "blocking");
	iovctl_pair_verdict(&pair, &host, &findings);
	CHECK_EQ(findings.num, 1);
	CHECK(!strcmp(findings.finding[0].name, "ROUTER_GUARD"));
	CHECK_EQ(findings.finding[0].effect, IOVCTL_EFFECT_BLOCKING);
	CHECK(!strcmp(findings.finding[0].evidence[0].file, "ethtool -i eth2, firmware-version"));
	CHECK_EQ(iovctl_pair_path(&pair), IOVCTL_PATH_SOFTWARE);
	CHECK(!strcmp(findings.finding[0].remedy,
		      "on the host: iovctl vm set NIC policy router-guard off"));
	pair.standby.carrier = false;
	CHECK_EQ(iovctl_pair_path(&pair), IOVCTL_PATH_NONE);
}

/* Where a remedy is carried out is said once. */
static void remedies_of_the_host(void)
{
	static const char *const said[] = {
		"check the guest; then on the host: do it", "in the guest: do it", "none needed: x",
	};
	size_t i;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		begin();
		tell("SESSION_LOST", "blocking");
		strcpy(pair.told.remedy, said[i]);
		iovctl_pair_verdict(&pair, &host, &findings);
		CHECK(!strcmp(remedy(), said[i]));
	}
	begin();
	tell("SPOOF", "blocking");
	strcpy(pair.told.remedy, said[0]);
	iovctl_pair_verdict(&pair, &host, &findings);
	CHECK(!strcmp(remedy(),
		      "check the guest; then on the host: iovctl vm set NIC weight 100"));
}

static void no_vf(void)
{
	begin();
	iovctl_pairs_none(&findings);
	CHECK(is_only(IOVCTL_CODE_GUEST_NO_VF, IOVCTL_EFFECT_BLOCKING));
}

TAP_MAIN(TAP_TEST(good_pair),
	 TAP_TEST(no_driver),
	 TAP_TEST(unsigned_module),
	 TAP_TEST(other_drivers),
	 TAP_TEST(standbys),
	 TAP_TEST(links),
	 TAP_TEST(told_by_pf),
	 TAP_TEST(remedies_of_the_host),
	 TAP_TEST(no_vf))
