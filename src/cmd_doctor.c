// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * doctor: says which mounts have DAX and which known defects tasks show now, tries what top would
 * do on this machine, attaches every hook for a moment, and says what came of it: hooks, and which
 * figures this kernel cannot give.
 */
#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "doctor_dax.h"
#include "doctor_defects.h"
#include "fmt.h"
#include "privilege.h"
#include "probe.h"

#define OLDER_DEFAULT_S 1.0
#define OLDER_MAX_S	1e9

struct doctor {
	enum dax_detail detail;
	const char *btf_path;
	bool has_detail; /* one was asked for */
	bool has_phases;
	bool is_json;
	bool is_help;
	bool is_stuck;
	const char *path; /* doctor PATH */
	double older_s;	  /* below 0: not given */
	struct utsname host;
	struct probe *probe;
	struct mount_list mounts;
	struct summary *summary;
	struct names *names;
	struct defect_look defects;
};

static const char *status_name(const struct hook_state *state)
{
	static const char *const names[] = {
		[HOOK_UNTRIED] = "untried", [HOOK_ATTACHED] = "attached",
		[HOOK_MISSING] = "MISSING", [HOOK_FAILED] = "FAILED",
		[HOOK_UNUSED] = "unused",
	};

	return names[state->status];
}

/* All that goes missing with a hook. */
static void each_figure(const struct hook *hook, int (*fn)(void *ctx, const char *figure),
			void *ctx)
{
	struct figure_set set = { hook->ops, hook->waits, hook->phases };

	figure_set__each(&set, fn, ctx);
	if (hook->figure)
		fn(ctx, hook->figure);
}

static int print_figure(void *ctx, const char *figure)
{
	(void)ctx;
	printf(" %s", figure);
	return 0;
}

/* Why, what goes missing, and what would bring it back: a line each. */
static void print_lost(const struct hook_state *state)
{
	const struct hook_cause_desc *cause = &hook_causes[state->cause];

	printf("      why:   %s%s%s\n", cause->text, state->err ? ": " : "",
	       state->err ? strerror(-state->err) : "");
	if (state->hook->need == HOOK_REQUIRED)
		printf("      lost:  all, nothing works without it");
	else if (state->hook->ops || state->hook->waits || state->hook->phases ||
		 state->hook->figure)
		printf("      lost: ");
	else
		printf("      lost:  no figure");
	if (state->hook->need != HOOK_REQUIRED)
		each_figure(state->hook, print_figure, NULL);
	putchar('\n');
	if (cause->option)
		printf("      needs: %s\n", cause->option);
}

static void print_hooks(const struct doctor *d)
{
	const struct hook_state *hooks;
	unsigned int cnt;

	hooks = probe__hooks(d->probe, &cnt);
	printf("\nHOOKS\n");
	for (unsigned int i = 0; i < cnt; i++) {
		if (hooks[i].status == HOOK_UNUSED)
			continue;
		printf("  %-30s %-12s %s\n", hooks[i].name, hook_hows[hooks[i].how].name,
		       status_name(&hooks[i]));
		if (hooks[i].status != HOOK_ATTACHED)
			print_lost(&hooks[i]);
	}
}

/* What this kernel cannot tell though all is hooked. */
static void print_unmeasured(const struct doctor *d)
{
	size_t cnt = summary__unmeasured_cnt(d->summary);

	if (cnt)
		printf("\nNOT MEASURED\n");
	for (size_t i = 0; i < cnt; i++)
		printf("  %-30s %s\n", summary__unmeasured(d->summary, i)->figure,
		       summary__unmeasured(d->summary, i)->reason);
}

/* ---- the same as JSON ---- */

static json_t *string_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static int add_figure(void *ctx, const char *figure)
{
	json_array_append_new(ctx, json_string(figure));
	return 0;
}

static json_t *hook_json(const struct hook_state *state)
{
	const struct hook_cause_desc *cause = &hook_causes[state->cause];
	json_t *figures = json_array(), *o = json_object();

	each_figure(state->hook, add_figure, figures);
	json_object_set_new(o, "name", json_string(state->name));
	json_object_set_new(o, "source", json_string(state->hook->source));
	json_object_set_new(o, "how", json_string(hook_hows[state->how].name));
	json_object_set_new(o, "attached", json_boolean(state->status == HOOK_ATTACHED));
	json_object_set_new(o, "required", json_boolean(state->hook->need == HOOK_REQUIRED));
	json_object_set_new(o, "figures", figures);
	json_object_set_new(o, "reason", string_or_null(*cause->text ? cause->text : NULL));
	json_object_set_new(o, "errno",
			    state->err ? json_string(errno_name(-state->err) ?: "?") : json_null());
	json_object_set_new(o, "kernel_option", string_or_null(cause->option));
	return o;
}

static json_t *hooks_json(const struct doctor *d)
{
	const struct hook_state *hooks;
	json_t *all = json_array();
	unsigned int cnt = 0;

	hooks = d->probe ? probe__hooks(d->probe, &cnt) : NULL;
	for (unsigned int i = 0; i < cnt; i++)
		if (hooks[i].status != HOOK_UNUSED)
			json_array_append_new(all, hook_json(&hooks[i]));
	return all;
}

static json_t *capabilities_json(enum dax_detail detail)
{
	static const char *const needs[] = {
		[CAPABILITY_NEEDED] = "needed",
		[CAPABILITY_OPTIONAL] = "optional",
		[CAPABILITY_UNNEEDED] = "not needed",
	};
	struct capability_state states[CAPABILITIES_CNT];
	json_t *all = json_array();

	privilege__look(detail, states);
	for (int i = 0; i < CAPABILITIES_CNT; i++)
		json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:b}", "name", states[i].name,
						     "purpose", states[i].purpose, "need",
						     needs[states[i].need], "held",
						     (int)states[i].is_held));
	return all;
}

static json_t *unmeasured_json(const struct doctor *d)
{
	json_t *o = json_object();

	for (size_t i = 0; d->summary && i < summary__unmeasured_cnt(d->summary); i++)
		json_object_set_new(o, summary__unmeasured(d->summary, i)->figure,
				    json_string(summary__unmeasured(d->summary, i)->reason));
	return o;
}

static enum exit_code print_json(const struct doctor *d, const struct failure *failure)
{
	json_t *root = json_object();

	json_object_set_new(root, "schema", json_string("virtiofs-daxtop-doctor/1"));
	json_object_set_new(root, "version", json_string(DAXTOP_VERSION));
	json_object_set_new(root, "kernel", json_string(d->host.release));
	json_object_set_new(root, "machine", json_string(d->host.machine));
	json_object_set_new(root, "detail", json_string(detail_table[d->detail].name));
	json_object_set_new(root, "can_trace", json_boolean(!failure->code));
	json_object_set_new(root, "failure", string_or_null(failure->code ? failure->text : NULL));
	json_object_set_new(root, "capabilities", capabilities_json(d->detail));
	json_object_set_new(root, "hooks", hooks_json(d));
	json_object_set_new(root, "unmeasured", unmeasured_json(d));
	json_object_set_new(root, "mounts", doctor_dax__mounts_json(d->summary));
	json_object_set_new(root, "defects", defect_look__json(&d->defects));
	return print_object(root);
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

/* All there is to tell; what keeps the tool from tracing here is in @failure. */
static void diagnose(struct doctor *d, struct failure *failure)
{
	struct probe_opts opts = {
		.detail = d->detail,
		.btf_path = d->btf_path,
		.has_phases = d->has_phases,
	};
	int err = probe__begin(&d->probe, &opts, failure);

	if (!err) {
		err = examine(d);
		if (err)
			failure__set(failure, err, EXIT_CANNOT_RUN, "cannot read the tables: %s",
				     strerror(-err));
	}
}

static void print_capabilities(enum dax_detail detail)
{
	static const char *const missing[] = {
		[CAPABILITY_NEEDED] = "MISSING",
		[CAPABILITY_OPTIONAL] = "missing",
		[CAPABILITY_UNNEEDED] = "not needed",
	};
	struct capability_state states[CAPABILITIES_CNT];

	privilege__look(detail, states);
	printf("\nCAPABILITIES\n");
	for (int i = 0; i < CAPABILITIES_CNT; i++)
		printf("  %-30s %-12s %s\n", states[i].name,
		       states[i].is_held ? "held" : missing[states[i].need], states[i].purpose);
}

static enum exit_code print_text(const struct doctor *d, const struct failure *failure)
{
	printf("kernel %s %s\n", d->host.release, d->host.machine);
	doctor_dax__print_mounts(d->summary);
	defect_look__print(&d->defects);
	print_capabilities(d->detail);
	if (d->probe)
		print_hooks(d);
	if (d->summary)
		print_unmeasured(d);
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_CANNOT_RUN, "cannot write: %s", strerror(errno));
	return failure->code ? complain(failure->code, "%s", failure->text) : EXIT_FINE;
}

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " doctor PATH [--json]\n"
	       "       " TOOL_NAME " doctor [--detail LEVEL] [--phases] [--btf FILE] [--json]\n"
	       "       " TOOL_NAME
	       " doctor --stuck [--older-than SECONDS] [--btf FILE] [--json]\n\n"
	       "With PATH it tells whether DAX is on for that file and, if not, why. It needs\n"
	       "neither privilege nor BPF, and reads the first byte of a file with DAX.\n"
	       "Exit codes: 0 DAX is on, 1 it is off, 2 usage, 3 it cannot be told: no such\n"
	       "path, no answer, or a directory in which the server decides by file.\n\n"
	       "Without PATH it tells which windows the mounts have and which known defects of\n"
	       "kernels tasks show now, then attaches all hooks of a level of detail (full) for a\n"
	       "moment and tells how each is attached, or why it is not, which figures are lost\n"
	       "without it and which kernel option would bring them back.\n"
	       "Exit codes: 0 all that is needed is there, 2 usage, 3 it cannot trace here.\n\n"
	       "With --stuck it looks for tasks that hang on virtiofs DAX now, also since before "
	       "it\n"
	       "was started, and tells what each does, waits for, behind whom, and its stack.\n"
	       "  --older-than SECONDS  those without a CPU for so long (1); 0: all that wait\n"
	       "Exit codes: 0 nothing is stuck, 1 something is, 2 usage, 3 it cannot tell here.\n");
	return EXIT_FINE;
}

static enum exit_code take_option(struct doctor *d, int option, char **argv)
{
	char *end;
	int level;

	switch (option) {
	case 'h':
		d->is_help = true;
		return EXIT_FINE;
	case 'j':
		d->is_json = true;
		return EXIT_FINE;
	case 'B':
		d->btf_path = optarg;
		return EXIT_FINE;
	case 'P':
		d->has_phases = true;
		return EXIT_FINE;
	case 's':
		d->is_stuck = true;
		return EXIT_FINE;
	case 'o':
		d->older_s = strtod(optarg, &end);
		if (end == optarg || *end || !(d->older_s >= 0 && d->older_s <= OLDER_MAX_S))
			return complain(EXIT_USAGE, "'%s' is no value for --older-than; see --help",
					optarg);
		return EXIT_FINE;
	case 'D':
		level = detail_by_name(optarg);
		if (level < 0)
			return complain(EXIT_USAGE, "'%s' is no value for --detail; see --help",
					optarg);
		d->detail = level;
		d->has_detail = true;
		return EXIT_FINE;
	case ':':
		return complain(EXIT_USAGE, "option %s needs a value; see --help",
				argv[optind - 1]);
	default:
		return complain(EXIT_USAGE, "doctor takes no '%s'; see --help", argv[optind - 1]);
	}
}

/* What goes together. */
static enum exit_code check_options(const struct doctor *d)
{
	if (d->is_stuck && (d->has_phases || d->has_detail))
		return complain(EXIT_USAGE, "--stuck attaches no hooks: leave %s out",
				d->has_phases ? "--phases" : "--detail");
	if (!d->is_stuck && d->older_s >= 0)
		return complain(EXIT_USAGE, "--older-than goes with --stuck");
	if (d->has_phases && d->detail != DETAIL_FULL)
		return complain(EXIT_USAGE, "--phases needs --detail full");
	return EXIT_FINE;
}

static enum exit_code parse_options(int argc, char **argv, struct doctor *d)
{
	static const struct option options[] = {
		{ "detail", required_argument, NULL, 'D' },
		{ "btf", required_argument, NULL, 'B' },
		{ "phases", no_argument, NULL, 'P' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "stuck", no_argument, NULL, 's' },
		{ "older-than", required_argument, NULL, 'o' },
		{},
	};
	enum exit_code code = EXIT_FINE;
	int option;

	optind = 1;
	while (!code && (option = getopt_long(argc, argv, ":D:B:Pjh", options, NULL)) >= 0)
		code = take_option(d, option, argv);
	if (!code && optind < argc && !d->is_stuck && !d->has_phases && !d->has_detail)
		d->path = argv[optind++];
	if (!code && optind < argc)
		return complain(EXIT_USAGE, "doctor takes no '%s'; see --help", argv[optind]);
	return code ?: check_options(d);
}

static enum exit_code stuck(const struct doctor *d)
{
	struct stuck_opts opts = {
		.btf_path = d->btf_path,
		.older_ns = (d->older_s < 0 ? OLDER_DEFAULT_S : d->older_s) * 1e9,
		.is_json = d->is_json,
	};

	return doctor_stuck(&opts);
}

enum exit_code cmd_doctor(int argc, char **argv)
{
	struct doctor d = { .detail = DETAIL_FULL, .older_s = -1 };
	struct failure failure = {};
	enum exit_code code = parse_options(argc, argv, &d);

	if (code)
		return code;
	if (d.is_help)
		return print_help();
	if (d.is_stuck)
		return stuck(&d);
	if (d.path)
		return doctor_path(d.path, d.is_json);
	uname(&d.host);
	defect_look__run(&d.defects, d.btf_path);
	diagnose(&d, &failure);
	code = d.is_json ? print_json(&d, &failure) : print_text(&d, &failure);
	probe__free(d.probe);
	summary__free(d.summary);
	names__free(d.names);
	mount_list__fini(&d.mounts);
	defect_look__fini(&d.defects);
	return code ?: failure.code;
}
