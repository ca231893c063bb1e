// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line. Options are rows of one table, which also makes the help.
 */
#define _GNU_SOURCE 1
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "diag.h"
#include "store.h"

#define DEFAULT_WINDOW	  (256ULL << 20)
#define MAX_WINDOW	  (64ULL << 30)
#define MAX_MAP_ALIGNMENT 31

static int set_string(const char **slot, const char *arg)
{
	*slot = arg;
	return 0;
}

static int opt_socket(struct backend_opts *o, const char *arg)
{
	return set_string(&o->socket_path, arg);
}

static int opt_tag(struct backend_opts *o, const char *arg)
{
	if (!*arg || strlen(arg) > BACKEND_TAG_LEN)
		return -EINVAL;
	return set_string(&o->tag, arg);
}

static int opt_window(struct backend_opts *o, const char *arg)
{
	static const char units[] = "KMG";
	unsigned long long num;
	const char *unit;
	char *end;

	errno = 0;
	num = strtoull(arg, &end, 10);
	if (errno || end == arg || *arg == '-')
		return -EINVAL;
	unit = *end ? strchr(units, *end) : NULL;
	if (*end && (!unit || end[1]))
		return -EINVAL;
	if (num > MAX_WINDOW)
		return -EINVAL;
	if (unit)
		num <<= 10 * (unit - units + 1);
	if (num > MAX_WINDOW || num % STORE_UNIT)
		return -EINVAL;
	o->window_bytes = num;
	return 0;
}

static int opt_queues(struct backend_opts *o, const char *arg)
{
	char *end;
	unsigned long num = strtoul(arg, &end, 10);

	if (*end || end == arg || !num || num > BACKEND_MAX_QUEUES)
		return -EINVAL;
	o->request_queues = (unsigned int)num;
	return 0;
}

static int opt_log(struct backend_opts *o, const char *arg)
{
	return set_string(&o->log_path, arg);
}

static int opt_control(struct backend_opts *o, const char *arg)
{
	return set_string(&o->control_path, arg);
}

static int opt_populate(struct backend_opts *o, const char *arg)
{
	return set_string(&o->populate_dir, arg);
}

static int opt_atomic_o_trunc(struct backend_opts *o, const char *arg)
{
	(void)arg;
	o->atomic_o_trunc = true;
	return 0;
}

static int opt_no_dax_window(struct backend_opts *o, const char *arg)
{
	(void)arg;
	o->window_bytes = 0;
	return 0;
}

static int opt_dax_default(struct backend_opts *o, const char *arg)
{
	o->dax_default = !strcmp(arg, "on");
	return o->dax_default || !strcmp(arg, "off") ? 0 : -EINVAL;
}

static int opt_no_inode_dax(struct backend_opts *o, const char *arg)
{
	(void)arg;
	o->no_inode_dax = true;
	return 0;
}

static int opt_map_alignment(struct backend_opts *o, const char *arg)
{
	char *end;
	unsigned long num = strtoul(arg, &end, 10);

	o->no_map_alignment = !strcmp(arg, "none");
	if (o->no_map_alignment)
		return 0;
	if (*end || end == arg || !num || num > MAX_MAP_ALIGNMENT)
		return -EINVAL;
	o->map_alignment = (unsigned int)num;
	return 0;
}

static int opt_inject(struct backend_opts *o, const char *arg)
{
	if (o->inject_cnt == BACKEND_MAX_INJECTS)
		return -EINVAL;
	o->injects[o->inject_cnt++] = arg;
	return 0;
}

static const struct row {
	const char *name;
	const char *arg;
	const char *help;
	int (*set)(struct backend_opts *o, const char *arg);
} rows[] = {
	{ "socket", "PATH", "unix socket to listen on for QEMU (needed)", opt_socket },
	{ "tag", "TAG", "what the guest mounts, at most 36 bytes (needed)", opt_tag },
	{ "window", "SIZE[K|M|G]", "DAX window, a multiple of 2M; 0: none (256M)", opt_window },
	{ "no-dax-window", NULL, "the same as --window 0", opt_no_dax_window },
	{ "queues", "N", "request queues, 1 to 32, beside the one for FORGET (1)", opt_queues },
	{ "log", "FILE", "one JSON line for each request that matters", opt_log },
	{ "control", "PATH", "unix socket that takes commands, one a line", opt_control },
	{ "populate", "DIR", "copy a directory of the host into the mount", opt_populate },
	{ "atomic-o-trunc", NULL, "truncate in OPEN, not by SETATTR", opt_atomic_o_trunc },
	{ "dax-default", "on|off", "FUSE_ATTR_DAX of new files (on)", opt_dax_default },
	{ "no-inode-dax", NULL, "INIT without FUSE_HAS_INODE_DAX: flag no file", opt_no_inode_dax },
	{ "map-alignment", "SHIFT|none", "INIT's map_alignment (12); none: know nothing of DAX",
	  opt_map_alignment },
	{ "inject", "COMMAND", "obey a command at the start; may be repeated", opt_inject },
};

#define ROW_CNT	 ((int)(sizeof(rows) / sizeof(rows[0])))
#define HELP_VAL ROW_CNT

void options__help(void)
{
	printf("usage: virtiofs-dax-backend --socket PATH --tag TAG [OPTION...]\n\n"
	       "A virtio-fs device for QEMU 11.1 or newer, with a DAX window, that keeps its "
	       "files\n"
	       "in memory, logs what the guest asks for, and delays, fails or hangs it on demand.\n"
	       "It serves one QEMU and exits with 0 when that goes away, 1 when something is "
	       "wrong,\n"
	       "2 for a wrong command line.\n\n");
	for (int i = 0; i < ROW_CNT; i++) {
		char left[40];

		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name, rows[i].arg ? " " : "",
			 rows[i].arg ? rows[i].arg : "");
		printf("  %-22s %s\n", left, rows[i].help);
	}
	printf("  %-22s %s\n", "--help", "this text");
	printf("\nCommands, as --inject, on the control socket, or in the guest by\n"
	       "`setfattr -n %s -v 'COMMAND' PATH`, PATH being anything on the mount\n"
	       "whose inode no hung request keeps locked:\n%s",
	       COMMAND_XATTR, command__help);
}

static enum options_verdict apply(int val, const char *arg, struct backend_opts *out)
{
	if (val == HELP_VAL)
		return OPTIONS_HELP;
	if (val < 0 || val >= ROW_CNT)
		return OPTIONS_BAD; /* getopt has told why */
	if (!rows[val].set(out, arg))
		return OPTIONS_RUN;
	diag__err("--%s: '%s' will not do; it takes %s: %s", rows[val].name, arg, rows[val].arg,
		  rows[val].help);
	return OPTIONS_BAD;
}

static enum options_verdict check(int argc, char **argv, const struct backend_opts *o)
{
	if (optind < argc)
		diag__err("unexpected argument '%s'", argv[optind]);
	else if (!o->socket_path || !o->tag)
		diag__err("--socket and --tag are needed; see --help");
	else
		return OPTIONS_RUN;
	return OPTIONS_BAD;
}

enum options_verdict options__parse(int argc, char **argv, struct backend_opts *out)
{
	struct option table[ROW_CNT + 2];
	enum options_verdict verdict = OPTIONS_RUN;
	int val;

	for (int i = 0; i < ROW_CNT; i++) {
		table[i] = (struct option){ .name = rows[i].name,
					    .has_arg = rows[i].arg ? 1 : 0,
					    .val = i };
	}
	table[ROW_CNT] = (struct option){ .name = "help", .val = HELP_VAL };
	table[ROW_CNT + 1] = (struct option){ 0 };
	*out = (struct backend_opts){
		.window_bytes = DEFAULT_WINDOW,
		.request_queues = 1,
		.dax_default = true,
	};
	while (verdict == OPTIONS_RUN && (val = getopt_long(argc, argv, "", table, NULL)) != -1)
		verdict = apply(val, optarg, out);
	return verdict == OPTIONS_RUN ? check(argc, argv, out) : verdict;
}
