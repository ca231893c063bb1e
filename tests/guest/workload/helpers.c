// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not workloads, but what scripts in a guest with next to nothing in it need around them: steering
 * the backend's injection, what a file is, waiting, and files made beforehand.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

#define POLL_NS (5 * NSEC_PER_MSEC)

static int ctl(struct ctx *c)
{
	char command[1024] = "";

	if (c->argc < 2)
		usage("a directory of the mount and a command are needed");
	for (int i = 1; i < c->argc; i++) {
		size_t used = strlen(command);
		int n = snprintf(command + used, sizeof(command) - used, "%s%s", i > 1 ? " " : "",
				 c->argv[i]);

		if (n < 0 || (size_t)n >= sizeof(command) - used)
			usage("the command is too long");
	}
	send_ctl(c->argv[0], command);
	return EXIT_FINE;
}

const struct workload wl_ctl = {
	.name = "ctl",
	.run = ctl,
	.help = "send a command to the backend (setxattr user.daxctl)",
	.positional = "DIR COMMAND...",
};

static int stat_one(const char *path)
{
	struct statx st;

	if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_SIZE, &st)) {
		fprintf(stderr, "daxload stat: %s: %s\n", path, strerror(errno));
		return EXIT_FAILED;
	}
	printf("{\"ino\":%llu,\"size_bytes\":%llu,\"dax\":%s,\"dev\":\"%u:%u\"}\n",
	       (unsigned long long)st.stx_ino, (unsigned long long)st.stx_size,
	       st.stx_attributes & STATX_ATTR_DAX ? "true" : "false", st.stx_dev_major,
	       st.stx_dev_minor);
	return EXIT_FINE;
}

static int run_stat(struct ctx *c)
{
	int ret = EXIT_FINE;

	if (!c->argc)
		usage("which file?");
	for (int i = 0; i < c->argc; i++)
		ret |= stat_one(c->argv[i]);
	return ret;
}

const struct workload wl_stat = {
	.name = "stat",
	.run = run_stat,
	.help = "inode, size, DAX and device of files, a JSON line each",
	.positional = "PATH...",
};

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static int wait_for(struct ctx *c)
{
	uint64_t begin = now_ns(), timeout = opt_u64(c, "timeout");

	if (c->argc != 1)
		usage("one file, or a number of milliseconds");
	if (is_number(c->argv[0])) {
		sleep_ns(strtoull(c->argv[0], NULL, 10) * NSEC_PER_MSEC);
		return EXIT_FINE;
	}
	while (access(c->argv[0], F_OK)) {
		if (timeout && now_ns() - begin >= timeout)
			die(ETIMEDOUT, "%s", c->argv[0]);
		sleep_ns(POLL_NS);
	}
	return EXIT_FINE;
}

static const struct opt wait_for_opts[] = {
	{ "timeout", OPT_SECONDS, "0", "fail when the file is not there by then; 0 is never",
	  NULL },
	{ 0 },
};

const struct workload wl_wait_for = {
	.name = "wait-for",
	.run = wait_for,
	.help = "wait until a file exists, or so many milliseconds",
	.opts = wait_for_opts,
	.positional = "FILE|MS",
};

static int create(struct ctx *c)
{
	struct dfile f;
	struct summary s;

	file_open(c, &f, "", opt_u64(c, "size"));
	run_begin(c);
	run_end(c);
	summary_begin(&s, c, NULL, &f);
	summary_end(&s, c);
	close(f.fd);
	return EXIT_FINE;
}

static const struct opt create_opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "4M", "of the file", NULL },
	{ 0 },
};

const struct workload wl_create = {
	.name = "create",
	.run = create,
	.help = "make a file for a workload's --existing, touching no range",
	.opts = create_opts,
};
