// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses, host names, UUIDs and serial numbers in a text are replaced, each
 * value by the same substitute wherever it comes, so that a report can still be
 * understood. No input, no output: tests/unit/test_iovctl_mask.c has the cases.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/mask.h"

#define LEAST		3	/* letters of a host name or serial number that is looked for */
#define LONGEST_GROUP	4	/* digits, of an IPv6 address */

/* --- the values ----------------------------------------------------------------------------- */

static bool is_same(const struct iovctl_masked *masked, enum iovctl_secret kind, const char *value)
{
	return masked->kind == kind && !strcmp(masked->value, value);
}

/* 0 without room */
static int number_of(struct iovctl_mask *mask, enum iovctl_secret kind, const char *value)
{
	struct iovctl_masked *masked;
	int i;

	for (i = 0; i < mask->num; i++)
		if (is_same(&mask->masked[i], kind, value))
			return mask->masked[i].number;
	if (mask->num == IOVCTL_MASKED)
		return 0;
	masked = &mask->masked[mask->num++];
	masked->kind = kind;
	masked->number = ++mask->count[kind];
	SET(masked->value, "%s", value);
	return masked->number;
}

/**
 * iovctl_mask_know - look for a value that has no form by which to recognise it
 * @mask: values
 * @kind: a host name or a serial number
 * @value: the value; one that is very short is not looked for
 */
void iovctl_mask_know(struct iovctl_mask *mask, enum iovctl_secret kind, const char *value)
{
	char small[IOVCTL_NAME];
	size_t i;

	if (strlen(value) < LEAST || strlen(value) >= sizeof(small))
		return;
	for (i = 0; i <= strlen(value); i++)
		small[i] = tolower((unsigned char)value[i]);
	number_of(mask, kind, small);
}

/* --- forms: each returns the length of the value at the beginning of a text, or 0 ------------- */

static bool is_inner(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_hexadecimal(const char *at, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!isxdigit((unsigned char)at[i]))
			return false;
	return true;
}

/* Groups of hexadecimal digits: "xx:xx:xx" is 2, 2, 2 */
static size_t match_groups(const char *at, const int *sizes, int num, char between)
{
	const char *begin = at;
	int i;

	for (i = 0; i < num; i++) {
		if (i && *at++ != between)
			return 0;
		if (!is_hexadecimal(at, sizes[i]))
			return 0;
		at += sizes[i];
	}
	if (is_inner(*at))
		return 0;
	/* A longer row of groups is something else; a colon before another word ends the row. */
	if (between && *at == between && is_hexadecimal(at + 1, sizes[0]) &&
	    !is_inner(at[1 + sizes[0]]))
		return 0;
	return at - begin;
}

static size_t match_mac(const char *at)
{
	static const int sizes[] = { 2, 2, 2, 2, 2, 2 };

	return match_groups(at, sizes, 6, ':') ?: match_groups(at, sizes, 6, '-');
}

static size_t match_uuid(const char *at)
{
	static const int sizes[] = { 8, 4, 4, 4, 12 };

	return match_groups(at, sizes, 5, '-');
}

/* PCI Express has it from the MAC address. */
static size_t match_serial(const char *at)
{
	static const int sizes[] = { 2, 2, 2, 2, 2, 2, 2, 2 };

	return match_groups(at, sizes, 8, '-');
}

static bool is_address(int family, const char *text)
{
	static const char *const public[] = { "::", "::1", "0.0.0.0", "255.255.255.255" };
	char address[sizeof(struct in6_addr)];
	size_t i;

	for (i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		if (!strcmp(text, public[i]))
			return false;
	return strncmp(text, "127.", 4) && inet_pton(family, text, address) == 1;
}

static size_t match_address(const char *at, int family, const char *letters)
{
	size_t length = strspn(at, letters);
	char text[INET6_ADDRSTRLEN];

	/* The end of a sentence is no part of it, but "::" may be. */
	while (length && strchr(".:", at[length - 1]) &&
	       (length == 1 || strncmp(at + length - 2, "::", 2)))
		length--;
	if (!length || length >= sizeof(text) || is_inner(at[length]))
		return 0;
	snprintf(text, sizeof(text), "%.*s", (int)length, at);
	return is_address(family, text) ? length : 0;
}

static size_t match_ip6(const char *at)
{
	return match_address(at, AF_INET6, "0123456789abcdefABCDEF:.");
}

static size_t match_ip4(const char *at)
{
	return match_address(at, AF_INET, "0123456789.");
}

/* --- what is before a value, behind the one before it ----------------------------------------- */

/* The length of the word before a colon, hyphen or point, or more than a group can have */
static size_t word_before(const char *from, const char *at)
{
	const char *end = at - 1, *begin = end;

	while (begin > from && end - begin <= LONGEST_GROUP && is_inner(begin[-1]))
		begin--;
	return end - begin;
}

/* "xx:" is the group before, "eth0:" a word */
static bool follows_group(const char *from, const char *at, size_t least, size_t most)
{
	const size_t length = word_before(from, at);

	return length >= least && length <= most && is_hexadecimal(at - 1 - length, length);
}

static bool is_in_bytes(const char *from, const char *at)
{
	return follows_group(from, at, 2, 2);
}

/* "5.14.0-70.0.0.1" is a version. */
static bool is_in_ip4(const char *from, const char *at)
{
	return at[-1] != ':' && word_before(from, at);
}

static bool is_in_ip6(const char *from, const char *at)
{
	return at[-1] != ':' || (at - 1 > from && strchr(":-.", at[-2])) ||
	       follows_group(from, at, 1, LONGEST_GROUP);
}

static size_t match_known(const struct iovctl_mask *mask, const char *at,
			  enum iovctl_secret *kind)
{
	size_t length;
	int i;

	for (i = 0; i < mask->num; i++) {
		*kind = mask->masked[i].kind;
		length = strlen(mask->masked[i].value);
		if ((*kind == IOVCTL_SECRET_HOST || *kind == IOVCTL_SECRET_SERIAL) &&
		    !strncasecmp(at, mask->masked[i].value, length) && !is_inner(at[length]))
			return length;
	}
	return 0;
}

/* What begins within a longer row of groups is none of the forms. */
static size_t match(const struct iovctl_mask *mask, const char *from, const char *at,
		    enum iovctl_secret *kind)
{
	static const struct {
		size_t (*match)(const char *at);
		bool (*is_within)(const char *from, const char *at);
		enum iovctl_secret kind;
	} forms[] = {
		{ match_serial, is_in_bytes, IOVCTL_SECRET_SERIAL },
		{ match_mac, is_in_bytes, IOVCTL_SECRET_MAC },
		{ match_uuid, NULL, IOVCTL_SECRET_UUID },
		{ match_ip6, is_in_ip6, IOVCTL_SECRET_IP },
		{ match_ip4, is_in_ip4, IOVCTL_SECRET_IP },
	};
	const bool joined = at > from && strchr(":-.", at[-1]);
	size_t i, length;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (joined && forms[i].is_within && forms[i].is_within(from, at))
			continue;
		length = forms[i].match(at);
		*kind = forms[i].kind;
		if (length)
			return length;
	}
	return match_known(mask, at, kind);
}

/* --- the text ------------------------------------------------------------------------------- */

/* One spelling of a value: small letters, and a MAC address with colons */
static void put(FILE *out, struct iovctl_mask *mask, enum iovctl_secret kind, const char *at,
		size_t length)
{
	static const char *const names[] = { "mac", "ip", "uuid", "serial", "host" };
	char value[IOVCTL_NAME];
	size_t i;
	int number;

	for (i = 0; i < length && i < sizeof(value) - 1; i++)
		value[i] = kind == IOVCTL_SECRET_MAC && at[i] == '-' ? ':' :
			   tolower((unsigned char)at[i]);
	value[i] = '\0';
	number = number_of(mask, kind, value);
	if (number)
		fprintf(out, "[%s %d]", names[kind], number);
	else
		fprintf(out, "[%s]", names[kind]);
}

/* The name of an interface that has its address in it: enx525400821000 */
static size_t put_name(FILE *out, struct iovctl_mask *mask, const char *at)
{
	static const int sizes[] = { 12 };
	char mac[IOVCTL_NAME];

	if (strncmp(at, "enx", 3) || !match_groups(at + 3, sizes, 1, '\0'))
		return 0;
	SET(mac, "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", at + 3, at + 5, at + 7, at + 9, at + 11, at + 13);
	fputs("enx", out);
	put(out, mask, IOVCTL_SECRET_MAC, mac, strlen(mac));
	return 15;
}

/**
 * iovctl_mask_text - replace what identifies a machine
 * @mask: values that are known; new ones are added
 * @text: the text
 *
 * Return: the text with substitutes, to be released; NULL without memory.
 */
char *iovctl_mask_text(struct iovctl_mask *mask, const char *text)
{
	const char *at = text, *from = text;
	enum iovctl_secret kind;
	size_t size, length;
	char *masked = NULL;
	FILE *out = open_memstream(&masked, &size);

	if (!out)
		return NULL;
	while (*at) {
		/* What begins inside a word is no value. */
		if (at > from && is_inner(at[-1])) {
			fputc(*at++, out);
			continue;
		}
		length = put_name(out, mask, at);
		if (!length) {
			length = match(mask, from, at, &kind);
			if (length)
				put(out, mask, kind, at, length);
			else
				fputc(*at++, out);
		}
		at += length;
		from = length ? at : from;
	}
	return fclose(out) ? NULL : masked;
}

/* --- boot parameters ------------------------------------------------------------------------ */

static bool has(const char *word, size_t length, const char *part)
{
	const size_t size = strlen(part);
	size_t i;

	for (i = 0; i + size <= length; i++)
		if (!strncasecmp(word + i, part, size))
			return true;
	return false;
}

/* NAME=VALUE whose value is or may have a password */
static bool is_secret(const char *word, size_t length)
{
	static const char *const secrets[] = {
		"pass", "pwd", "secret", "token", "credential", "auth", "iscsi",
	};
	const char *end = memchr(word, '=', length);
	size_t i, name;

	if (!end)
		return false;
	name = end - word;
	for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (has(word, name, secrets[i]))
			return true;
	if (has(word, name, "key") && !has(word, name, "keymap") && !has(word, name, "keyboard") &&
	    !has(word, name, "keytable"))
		return true;
	return has(end, length - name, "iscsi:") ||
	       (has(end, length - name, "://") && has(end, length - name, "@"));
}

/* A word ends at a space that is not between quotation marks. */
static size_t word_length(const char *word)
{
	bool quoted = false;
	size_t i;

	for (i = 0; word[i] && (quoted || !isspace((unsigned char)word[i])); i++)
		if (word[i] == '"')
			quoted = !quoted;
	return i;
}

/**
 * iovctl_mask_secrets - replace the values of boot parameters that may be secret
 * @text: command line of the kernel, or a line of its log that has one
 *
 * Return: the text without them, to be released; NULL without memory.
 */
char *iovctl_mask_secrets(const char *text)
{
	const char *word = text;
	char *masked = NULL;
	size_t size;
	FILE *out = open_memstream(&masked, &size);

	if (!out)
		return NULL;
	while (*word) {
		const size_t length = word_length(word);
		const char *equals = memchr(word, '=', length);

		if (!length)
			fputc(*word++, out);
		else if (is_secret(word, length))
			fprintf(out, "%.*s=[secret]", (int)(equals - word), word);
		else
			fwrite(word, 1, length, out);
		word += length;
	}
	return fclose(out) ? NULL : masked;
}
