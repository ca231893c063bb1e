// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * doctor: tries what top would do on this machine, attaches every hook for a moment, and says what
 * came of it: mounts and their windows, hooks, and which figures this kernel cannot give.
 */
#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "fmt.h"
#include "probe.h"

struct doctor {
	struct probe *probe;
	struct mount_list mounts;
	struct summary *summary;
	struct names *names;
};

static void print_mounts(const struct doctor *d)
{
	printf("\nMOUNTS\n");
	if (!d->mounts.cnt)
		printf("  no virtiofs mount in this mount namespace; mount one: "
		       "mount -t virtiofs -o dax=always TAG DIR\n");
	for (size_t i = 0; i < summary__mount_cnt(d->summary); i++) {
		const struct mount_state *mount = summary__mount(d->summary, i);
		const struct mount_figures *window = &mount->figures;

		printf("  %s  tag %s  dax=%s\n", mount->mountpoint ?: "(other mount namespace)",
		       mount->tag ?: "?", mount->dax_mode ?: "(server decides per file)");
		if (mount->has_figures)
			printf("    window %llu MiB: %llu ranges of 2 MiB, %llu free, %llu busy\n",
			       (unsigned long long)(window->total_ranges * RANGE_BYTES >> 20),
			       (unsigned long long)window->total_ranges,
			       (unsigned long long)window->free_ranges,
			       (unsigned long long)window->busy_ranges);
		else
			printf("    no DAX: %s\n", mount->reason);
	}
}

/* "figures lost: op.truncate wait.busy_page" */
static void print_lost(const struct hook *hook)
{
	printf("      %s", hook->need == HOOK_REQUIRED ? "nothing works without it" : "lost:");
	for (int op = 0; hook->need != HOOK_REQUIRED && op < OP_NR; op++)
		if (hook->ops & 1U << op)
			printf(" op.%s", op_table[op].name);
	for (int wait = 0; hook->need != HOOK_REQUIRED && wait < WAIT_NR; wait++)
		if (hook->waits & 1U << wait)
			printf(" wait.%s", wait_table[wait].name);
	putchar('\n');
}

static void print_hooks(const struct doctor *d)
{
	static const char *const kinds[] = {
		[HOOK_FUNCTION] = "fentry/fexit",
		[HOOK_TRACEPOINT] = "tp_btf",
		[HOOK_ITERATOR] = "iterator",
	};
	const struct hook_state *hooks;
	unsigned int cnt;

	hooks = probe__hooks(d->probe, &cnt);
	printf("\nHOOKS\n");
	for (unsigned int i = 0; i < cnt; i++) {
		const struct hook *hook = hooks[i].hook;

		if (hooks[i].status == HOOK_UNUSED)
			continue;
		printf("  %-30s %-12s ", hooks[i].name, kinds[hook->kind]);
		if (hooks[i].status == HOOK_ATTACHED)
			printf("attached\n");
		else if (hooks[i].status == HOOK_FAILED)
			printf("FAILED: %s\n", strerror(-hooks[i].err));
		else
			printf("MISSING: no such function to hook in this kernel\n");
		if (hooks[i].status != HOOK_ATTACHED)
			print_lost(hook);
	}
}

static int examine(struct doctor *d)
{
	int err = mount_list__read(&d->mounts);

	if (err)
		return err;
	d->summary = summary__new();
	d->names = names__new();
	if (!d->summary || !d->names)
		return -ENOMEM;
	return probe__read(d->probe, &d->mounts, d->summary, d->names);
}

static enum exit_code diagnose(struct doctor *d, enum dax_detail detail)
{
	struct probe_opts opts = { .detail = detail };
	struct failure failure = {};
	struct utsname host;
	int err;

	uname(&host);
	printf("kernel %s %s\n", host.release, host.machine);
	d->probe = probe__open(&opts, &failure);
	if (!d->probe)
		return complain(failure.code, "%s", failure.text);
	err = probe__start(d->probe, &failure);
	print_hooks(d);
	if (err)
		return complain(failure.code, "%s", failure.text);
	err = examine(d);
	if (err)
		return complain(EXIT_CANNOT_RUN, "cannot read the tables: %s", strerror(-err));
	print_mounts(d);
	return EXIT_FINE;
}

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " doctor [--detail LEVEL]\n\n"
	       "Attaches all hooks of a level of detail (full) for a moment and says which this\n"
	       "kernel has, which figures are lost without the others, and what DAX windows the\n"
	       "mounts have.\n"
	       "Exit codes: 0 it can trace here, 2 usage, 3 it cannot.\n");
	return EXIT_FINE;
}

static enum exit_code parse_options(int argc, char **argv, enum dax_detail *detail, bool *is_help)
{
	static const struct option options[] = {
		{ "detail", required_argument, NULL, 'D' },
		{ "help", no_argument, NULL, 'h' },
		{},
	};
	int option, level;

	optind = 1;
	while ((option = getopt_long(argc, argv, ":D:h", options, NULL)) >= 0) {
		if (option == 'h') {
			*is_help = true;
			continue;
		}
		if (option == ':')
			return complain(EXIT_USAGE, "option %s needs a value; see --help",
					argv[optind - 1]);
		if (option != 'D')
			return complain(EXIT_USAGE, "doctor takes no '%s'; see --help",
					argv[optind - 1]);
		level = detail_by_name(optarg);
		if (level < 0)
			return complain(EXIT_USAGE, "'%s' is no value for --detail; see --help",
					optarg);
		*detail = level;
	}
	if (optind < argc)
		return complain(EXIT_USAGE, "doctor takes no '%s'; see --help", argv[optind]);
	return EXIT_FINE;
}

enum exit_code cmd_doctor(int argc, char **argv)
{
	enum dax_detail detail = DETAIL_FULL;
	struct doctor d = {};
	bool is_help = false;
	enum exit_code code = parse_options(argc, argv, &detail, &is_help);

	if (code)
		return code;
	if (is_help)
		return print_help();
	code = diagnose(&d, detail);
	probe__free(d.probe);
	summary__free(d.summary);
	names__free(d.names);
	mount_list__fini(&d.mounts);
	return code;
}
