// SPDX-License-Identifier: GPL-2.0-only
/*
 * daxload: workloads with known answers for a guest on virtiofs with DAX. This file is the table of
 * workloads and the choice among them; each one prints a single JSON line of what it saw itself.
 */
#include "workload.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct workload *const workloads[] = {
	&wl_fault,	&wl_truncate_race, &wl_truncate_block, &wl_pinned,     &wl_thrash,
	&wl_manyfiles,	&wl_smallfiles,	   &wl_inode_spread,   &wl_upgrade,    &wl_writers,
	&wl_fallocate,	&wl_setup_race,	   &wl_reclaim_block,  &wl_cross_read, &wl_slow,
	&wl_create,	&wl_ctl,	   &wl_stat,	       &wl_wait_for,   &wl_bench,
	&wl_soak,	&wl_bench_storm,   &wl_bench_rotate,   &wl_reuse,      &wl_blame,
	&wl_pin_window, &wl_last_close,	   &wl_pin_hold,       &wl_caps,       &wl_mmap_block,
	&wl_same_fault, &wl_build,	   &wl_vsock_take,
};

static const char *current = "";

static void complain(const char *fmt, va_list args, const char *reason)
{
	flockfile(stderr);
	fprintf(stderr, "daxload%s%s: ", *current ? " " : "", current);
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "%s%s\n", reason ? ": " : "", reason ? reason : "");
	funlockfile(stderr);
}

void die(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain(fmt, args, err ? strerror(err) : NULL);
	va_end(args);
	run_abandon();
	/* Not exit(): other tasks may be at work with what its handlers would tear down. */
	_exit(EXIT_FAILED);
}

void usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain(fmt, args, NULL);
	va_end(args);
	fprintf(stderr, "Try 'daxload%s%s --help'.\n", *current ? " " : "", current);
	exit(EXIT_USAGE);
}

static void help(FILE *to)
{
	fprintf(to,
		"Usage: daxload WORKLOAD [OPTION]...\n"
		"Workloads with known answers for a file system with DAX; each prints one JSON\n"
		"line of what it did and saw. 'daxload WORKLOAD --help' lists its options.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(workloads); i++)
		fprintf(to, "  %-15s %s\n", workloads[i]->name, workloads[i]->help);
	fprintf(to, "\nExit status: 0 done, 1 failed, 2 usage.\n");
}

static const struct workload *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(workloads); i++)
		if (!strcmp(workloads[i]->name, name))
			return workloads[i];
	return NULL;
}

static bool is_help(const char *arg)
{
	return !strcmp(arg, "--help") || !strcmp(arg, "-h");
}

int main(int argc, char **argv)
{
	struct ctx c = { 0 };
	int ret;

	if (argc < 2)
		usage("which workload?");
	if (is_help(argv[1])) {
		help(stdout);
		return EXIT_FINE;
	}
	c.w = find(argv[1]);
	if (!c.w)
		usage("no workload is called '%s'", argv[1]);
	current = c.w->name;
	if (argc > 2 && is_help(argv[2])) {
		opts_help(c.w, stdout);
		return EXIT_FINE;
	}
	ret = EXIT_USAGE;
	if (!opts_parse(&c, argc - 2, argv + 2)) {
		set_comm("dl-main");
		page_bytes(); /* asked once, before there are threads */
		ret = c.w->run(&c);
	}
	opts_free(&c);
	return ret;
}
