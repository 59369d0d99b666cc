// SPDX-License-Identifier: GPL-2.0-only
/* iovctl metrics: counters of VFs and the state of SR-IOV, for monitoring systems. */
#include <stdio.h>
#include <string.h>

#include "iovctl.h"
#include "monitor/metrics_text.h"

const char iovctl_metrics_usage[] =
	"Usage: iovctl metrics\n";

static int refuse(const char *what, const char *word)
{
	fprintf(stderr, "iovctl metrics: %s%s\n", what, word);
	return IOVCTL_USAGE;
}

/* A file of which only a part was written must not be collected. */
static int finish(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return IOVCTL_OK;
	perror("iovctl metrics");
	return IOVCTL_REFUSED;
}

/**
 * iovctl_metrics - print metrics
 * @options: options before the subcommand
 * @argc: number of words
 * @argv: words after the subcommand
 *
 * Return: exit status.
 */
int iovctl_metrics(const struct iovctl_options *options, int argc, char **argv)
{
	static struct iovctl_host_facts host;
	static struct iovctl_snapshot snapshot;
	int err;

	if (argc)
		return refuse("too many words: ", argv[0]);
	if (options->json)
		return refuse("prints OpenMetrics text only, no JSON", "");
	iovctl_host_inspect(&host);
	err = iovctl_snapshot_take(&snapshot, &host, NULL);
	if (err)
		fprintf(stderr, "iovctl metrics: %s\n", strerror(-err));
	else
		iovctl_metrics_print(stdout, &snapshot);
	iovctl_snapshot_free(&snapshot);
	return err ? IOVCTL_REFUSED : finish();
}
