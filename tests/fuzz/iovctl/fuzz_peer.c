// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the process on the other host of a migration says: peer.c, the facts of
 * guest_facts.c, and what migrate_verdict.c makes of them.
 *
 * Input: replies, objects of JSON; the first one is of the source.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz_iovctl.h"

#include "tools/iovctl/base/json.h"
#include "tools/iovctl/migrate/migrate_verdict.h"
#include "tools/iovctl/migrate/peer.h"

/* What is told on is what was understood. */
static void check_facts(const struct iovctl_facts *facts)
{
	struct json_object *object = iovctl_facts_to_json(facts), *told;
	struct iovctl_facts again;

	iovctl_facts_from_json(object, &again);
	told = iovctl_facts_to_json(&again);
	MUST(json_object_equal(object, told));
	json_object_put(object);
	json_object_put(told);
}

static void check_reasons(const struct iovctl_findings *findings, enum iovctl_effect verdict)
{
	enum iovctl_effect worst = IOVCTL_EFFECT_INFO;
	int i;

	MUST(findings->num >= 0 && findings->num < IOVCTL_FINDINGS);
	for (i = 0; i < findings->num; i++) {
		const struct iovctl_finding *finding = &findings->finding[i];

		MUST(finding->name[0] && finding->text[0] && finding->remedy[0]);
		MUST(!strcmp(finding->object, "source") || !strcmp(finding->object, "target"));
		if (finding->effect > worst)
			worst = finding->effect;
	}
	MUST(worst == verdict);
#ifdef PLANTED_BUG
	MUST(findings->num != 3);
#endif
}

static void inspect(struct iovctl_peer *peer, struct iovctl_facts *facts)
{
	struct json_object *reply;

	memset(facts, 0, sizeof(*facts));
	peer->number = 0;
	reply = iovctl_peer_call(peer, "inspect", NULL);
	MUST(reply || peer->error[0]);
	if (reply)
		iovctl_facts_from_json(json_object_object_get(reply, "facts"), facts);
	else
		memcpy(facts->error, peer->error, sizeof(facts->error));
	json_object_put(reply);
	check_facts(facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct iovctl_findings findings;
	struct iovctl_facts source, target;
	struct iovctl_peer peer = { 0 };
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return 0;
	if (write(fds[1], data, size) != (ssize_t)size)
		abort();
	shutdown(fds[1], SHUT_WR);
	peer.fd = fds[0];
	peer.tokener = json_tokener_new();
	inspect(&peer, &source);
	inspect(&peer, &target);
	findings.num = 0;
	check_reasons(&findings, iovctl_verdict(&source, &target, size & 1, &findings));
	json_tokener_free(peer.tokener);
	close(fds[0]);
	close(fds[1]);
	return 0;
}
