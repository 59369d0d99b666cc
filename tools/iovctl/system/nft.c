// SPDX-License-Identifier: GPL-2.0-only
/*
 * libnftables sends all commands of a text as one transaction: all of them are
 * carried out, or none. It ends the program if the kernel has no nftables, and
 * prints errors of its own without the rights to use it, so both is tried
 * before.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <nftables/libnftables.h>

#include "base/json.h"
#include "base/text.h"
#include "system/netlink.h"
#include "system/nft.h"

/* Ask for the number of changes so far. */
static int try(char *why)
{
	char buffer[MNL_SOCKET_BUFFER_SIZE], said[IOVCTL_TEXT];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *message;

	header->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN;
	message = mnl_nlmsg_put_extra_header(header, sizeof(*message));
	message->version = NFNETLINK_V0;
	if (!iovctl_netlink(NETLINK_NETFILTER, header, NULL, NULL, said))
		return 0;
	snprintf(why, IOVCTL_TEXT, "nftables: %.*s", IOVCTL_TEXT / 2, said);
	return -1;
}

/* A context that keeps what it prints */
static struct nft_ctx *context(char *why)
{
	struct nft_ctx *nft;

	if (try(why))
		return NULL;
	nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!nft || nft_ctx_buffer_output(nft) || nft_ctx_buffer_error(nft)) {
		fail(why, "nftables", "no memory");
		if (nft)
			nft_ctx_free(nft);
		return NULL;
	}
	return nft;
}

/* The first line of an error says what it is; the next ones show the command. */
static void explain(struct nft_ctx *nft, char *why)
{
	static const char before[] = "Error: ";
	const char *text = nft_ctx_get_error_buffer(nft), *found = strstr(text ?: "", before);

	text = found ? found + strlen(before) : text && text[0] ? text : "unknown error";
	snprintf(why, IOVCTL_TEXT, "nftables: %.*s", (int)strcspn(text, "\n"), text);
}

/**
 * iovctl_nft_run - carry out commands, all or none
 * @commands: in the syntax of nft
 * @only_check: let the kernel check them, and change nothing
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_nft_run(const char *commands, bool only_check, char *why)
{
	struct nft_ctx *nft = context(why);
	int err;

	if (!nft)
		return -1;
	nft_ctx_set_dry_run(nft, only_check);
	err = nft_run_cmd_from_buffer(nft, commands);
	if (err)
		explain(nft, why);
	nft_ctx_free(nft);
	return err ? -1 : 0;
}

/* What a command that lists prints, or NULL with @why set */
static struct json_object *list(const char *command, char *why)
{
	struct nft_ctx *nft = context(why);
	struct json_object *found = NULL;

	if (!nft)
		return NULL;
	nft_ctx_output_set_flags(nft, NFT_CTX_OUTPUT_JSON);
	if (nft_run_cmd_from_buffer(nft, command)) {
		explain(nft, why);
	} else {
		found = json_tokener_parse(nft_ctx_get_output_buffer(nft));
		if (!found)
			fail(why, "nftables", "its library prints no JSON");
	}
	nft_ctx_free(nft);
	return found;
}

static bool has_table(struct json_object *tables, const char *name)
{
	struct json_object *array = json_object_object_get(tables, "nftables"), *table;
	size_t i;

	for (i = 0; i < get_length(array); i++) {
		table = json_object_object_get(json_object_array_get_idx(array, i), "table");
		if (table && !strcmp(get_text(table, "name"), name))
			return true;
	}
	return false;
}

/**
 * iovctl_nft_table - all that a table has, as JSON
 * @family: bridge, netdev or another one
 * @name: of the table
 * @table: is set, to be released; NULL if there is no such table
 * @why: what went wrong, IOVCTL_TEXT bytes
 *
 * Return: 0, or -1 with @why set.
 */
int iovctl_nft_table(const char *family, const char *name, struct json_object **table, char *why)
{
	char command[IOVCTL_TEXT];
	struct json_object *tables;
	bool found;

	*table = NULL;
	SET(command, "list tables %s", family);
	tables = list(command, why);
	if (!tables)
		return -1;
	found = has_table(tables, name);
	json_object_put(tables);
	if (!found)
		return 0;
	SET(command, "list table %s %s", family, name);
	*table = list(command, why);
	return *table ? 0 : -1;
}
