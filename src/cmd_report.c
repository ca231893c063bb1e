// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * report: what recordings have, as top shows it. Files of one boot of a machine become one summary,
 * in the order of their times; those of others one after the other.
 */
#include "cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_events.h"
#include "fmt.h"
#include "rec_feed.h"
#include "rec_options.h"
#include "recfile.h"
#include "view_histogram.h"
#include "view_timeline.h"

#define DEFAULT_TOP_CNT 10
#define STUCK_NS	1000000000ULL
#define STDIN_NAME	"-"

/* One file, and what its first records say. */
struct input {
	const char *path;
	size_t group; /* those of one boot have one, in the order they are named */
	char boot_id[64];
	__u64 start_ns;
	__u64 mono_ns;
	__u32 part;
	bool is_known; /* the above */
	bool is_done;
	struct rec_reader *reader; /* of what can be read but once: it is open; else NULL */
};

struct report {
	struct rec_options asked;
	unsigned int top_cnt; /* 0: all */
	enum sort_key sort;
	bool is_json;
	bool has_histogram;
	bool has_timeline;
	__u64 interval_ns; /* of the timeline; 0: by how long it takes */
	bool is_help;
	struct input *inputs;
	size_t inputs_cnt;
	enum exit_code code; /* of what could not be read */
	__u64 seq;
	char **notes;
	size_t notes_cnt;
};

enum {
	OPTION_HISTOGRAM = OPTION_LONG,
	OPTION_TIMELINE,
};

static const struct option_row option_table[] = {
	{ { "json", no_argument, NULL, 'j' }, "", "print one JSON object and line" },
	LIST_OPTION_ROWS,
	REC_OPTION_ROWS,
	{ { "histogram", no_argument, NULL, OPTION_HISTOGRAM },
	  "",
	  "also how long operations and waits took, as bars" },
	{ { "timeline", optional_argument, NULL, OPTION_TIMELINE },
	  "[=TIME]",
	  "also what happened in each interval, of so long" },
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS_CNT (sizeof(option_table) / sizeof(option_table[0]))

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " report [OPTION...] FILE...\n\n"
	       "Prints what recordings (" TOOL_NAME
	       " record) have, as top shows it live. Files of one\n"
	       "boot of a machine are one report; FILE - is the standard input.\n\n");
	options__print(option_table, OPTIONS_CNT);
	return EXIT_FINE;
}

static bool take_interval(struct report *r, const char *value)
{
	r->has_timeline = true;
	return !value || (parse_duration(value, &r->interval_ns) && r->interval_ns >= 1000);
}

static bool take_option(void *ctx, int option, char *value)
{
	struct report *r = ctx;

	switch (option) {
	case 'j':
		return r->is_json = true;
	case 'h':
		return r->is_help = true;
	case 't':
		return parse_count(value, 0, &r->top_cnt);
	case 's':
		return parse_sort(value, &r->sort);
	case OPTION_HISTOGRAM:
		return r->has_histogram = true;
	case OPTION_TIMELINE:
		return take_interval(r, value);
	}
	return rec_options__take(&r->asked, option, value);
}

/* The first of those that can be read but once, as the command line has it; NULL: none. */
static const char *find_stream(const struct report *r)
{
	for (size_t i = 0; i < r->inputs_cnt; i++)
		if (!rec_reader__can_reopen(r->inputs[i].path))
			return r->inputs[i].path;
	return NULL;
}

static enum exit_code check_stream(const struct report *r, const char *path)
{
	const struct rec_filters *f = &r->asked.filters;
	const char *name = strcmp(path, STDIN_NAME) ? path : "the standard input (-)";

	if (r->inputs_cnt > 1)
		return complain(EXIT_USAGE, "%s is no file, and can only be read alone", name);
	if (f->mount || f->path || f->comm)
		return complain(EXIT_USAGE,
				"--mount, --path and --comm read a recording twice, which %s "
				"cannot be: save it to a file first",
				name);
	return EXIT_FINE;
}

static enum exit_code check_options(const struct report *r)
{
	const struct rec_filters *f = &r->asked.filters;
	const char *stream;

	if (r->is_help)
		return EXIT_FINE;
	if (!r->inputs_cnt)
		return complain(EXIT_USAGE, "report of what? Name a recording; see --help");
	if (r->is_json && r->has_histogram)
		return complain(
			EXIT_USAGE,
			"--histogram is text: JSON has the histograms of each operation in any "
			"case; leave --json out, or it");
	if (f->to_ns && f->from_ns >= f->to_ns)
		return complain(EXIT_USAGE, "--to is not after --from; see --help");
	stream = find_stream(r);
	return stream ? check_stream(r, stream) : EXIT_FINE;
}

static enum exit_code parse_options(int argc, char **argv, struct report *r)
{
	char **paths = calloc(argc, sizeof(*paths));
	enum exit_code code;
	int paths_cnt;

	r->inputs = calloc(argc, sizeof(*r->inputs));
	if (!paths || !r->inputs) {
		free(paths);
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	}
	code = parse_with_paths(argc, argv, option_table, OPTIONS_CNT, take_option, r, paths,
				&paths_cnt);
	for (int i = 0; i < paths_cnt; i++)
		r->inputs[r->inputs_cnt++].path = paths[i];
	free(paths);
	return code ?: check_options(r);
}

/* ---- files ---- */

static void note(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The first that went wrong is what the command ends with. */
static void fail(struct report *r, enum exit_code code)
{
	if (!r->code)
		r->code = code;
}

static void note(struct report *r, const char *format, ...)
{
	char **notes = reallocarray(r->notes, r->notes_cnt + 1, sizeof(*notes));
	va_list args;

	if (notes)
		r->notes = notes;
	va_start(args, format);
	if (notes && vasprintf(&notes[r->notes_cnt], format, args) >= 0)
		r->notes_cnt++;
	else
		fail(r, complain(EXIT_CANNOT_RUN, "not enough memory for all notes"));
	va_end(args);
}

static void notes_drop(struct report *r)
{
	while (r->notes_cnt)
		free(r->notes[--r->notes_cnt]);
	free(r->notes);
	r->notes = NULL;
}

static void input_fill(struct input *in, const struct rec_machine *m)
{
	in->is_known = true;
	in->start_ns = m->start_ns;
	in->mono_ns = m->mono_ns;
	in->part = m->part;
	if (m->boot_id)
		snprintf(in->boot_id, sizeof(in->boot_id), "%s", m->boot_id);
}

/* What comes before all else; what can be read but once stays open for the report. */
static void input_look(struct report *r, struct input *in)
{
	bool is_stream = !rec_reader__can_reopen(in->path);
	struct rec_reader *reader;
	struct failure failure;
	const void *record;
	enum rec_kind kind;

	if (rec_reader__open(&reader, in->path, &failure)) {
		complain(failure.code, "%s", failure.text);
		fail(r, failure.code);
		in->is_done = true;
		return;
	}
	if (is_stream) {
		in->reader = reader;
		return;
	}
	while (!in->is_known && rec_reader__next(reader, &kind, &record) == 1)
		if (kind == REC_MACHINE)
			input_fill(in, record);
	rec_reader__free(reader);
}

static int compare_u64s(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

/* Those of one boot in the order of their times. */
static int compare_inputs(const void *a, const void *b)
{
	const struct input *x = a, *y = b;

	if (x->group != y->group)
		return compare_u64s(x->group, y->group);
	if (x->start_ns != y->start_ns)
		return compare_u64s(x->start_ns, y->start_ns);
	if (x->part != y->part)
		return compare_u64s(x->part, y->part);
	return compare_u64s(x->mono_ns, y->mono_ns);
}

static bool is_same_boot(const struct input *a, const struct input *b)
{
	return a == b ||
	       (a->is_known && b->is_known && *a->boot_id && !strcmp(a->boot_id, b->boot_id));
}

/* What is missing, or is beside the recording, is said with the report and where errors go. */
static void damage_say(struct report *r, const struct input *in, const struct rec_damage *damage)
{
	const char *text = rec_damage__text(damage);

	if (!text)
		return;
	complain(EXIT_BAD_INPUT, "%s: %s", in->path, text);
	note(r, "%s: %s", in->path, text);
	fail(r, EXIT_BAD_INPUT);
}

typedef int take_fn(struct rec_feed *feed, enum rec_kind kind, const void *record);

/* 0, -errno of @take, or what reading failed by, having complained. */
static int records_take(struct report *r, struct rec_reader *reader, struct rec_feed *feed,
			take_fn *take)
{
	const void *record;
	enum rec_kind kind;
	int err, taken = 0;

	while (!taken && (err = rec_reader__next(reader, &kind, &record)) == 1)
		taken = take(feed, kind, record);
	if (taken || err >= 0)
		return taken;
	if (take == rec_feed__take) { /* else it is read, and told, once more */
		complain(rec_reader__failure(reader)->code, "%s",
			 rec_reader__failure(reader)->text);
		note(r, "%s", rec_reader__failure(reader)->text);
	}
	fail(r, rec_reader__failure(reader)->code);
	return 0;
}

/* The blocks of the time that is asked for, where that is known before they are read. */
static void range_set(const struct report *r, const struct input *in, __u64 begin_ns,
		      struct rec_reader *reader)
{
	const struct rec_filters *f = &r->asked.filters;

	if (in->is_known && (f->from_ns || f->to_ns))
		rec_reader__set_range(reader, begin_ns + f->from_ns,
				      f->to_ns ? begin_ns + f->to_ns : ~0ULL);
}

/* To be freed; NULL having complained: it was there a moment ago. */
static struct rec_reader *input_open(struct report *r, struct input *in)
{
	struct rec_reader *reader = in->reader;
	struct failure failure;

	in->reader = NULL;
	if (reader || !rec_reader__open(&reader, in->path, &failure))
		return reader;
	complain(failure.code, "%s", failure.text);
	note(r, "%s", failure.text);
	fail(r, failure.code);
	return NULL;
}

static int input_take(struct report *r, struct input *in, __u64 begin_ns, struct rec_feed *feed,
		      take_fn *take)
{
	struct rec_reader *reader = input_open(r, in);
	int err;

	if (!reader)
		return 0;
	range_set(r, in, begin_ns, reader);
	err = records_take(r, reader, feed, take);
	if (take == rec_feed__take)
		damage_say(r, in, rec_reader__damage(reader));
	rec_reader__free(reader);
	return err;
}

/* ---- one report: @first, and those of the same boot after it ---- */

static int group_take(struct report *r, struct input *first, struct rec_feed *feed, take_fn *take)
{
	const struct input *end = r->inputs + r->inputs_cnt;
	int err = 0;

	for (struct input *in = first; in < end && !err; in++)
		if (!in->is_done && is_same_boot(first, in))
			err = input_take(r, in, first->start_ns, feed, take);
	return err;
}

static void group_done(struct report *r, struct input *first)
{
	for (struct input *in = r->inputs + r->inputs_cnt; in-- > first;)
		in->is_done |= is_same_boot(first, in);
}

static enum exit_code no_mount(const struct report *r, const struct rec_feed *feed)
{
	const struct summary *mounts = rec_feed__mounts(feed);
	char list[512] = "none";
	size_t used = 0;

	for (size_t i = 0; i < summary__mount_cnt(mounts) && used < sizeof(list); i++)
		used += snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "",
				 summary__mount(mounts, i)->mountpoint ?: "?");
	return complain(EXIT_USAGE, "--mount %s: the recording has no such mount; it has: %s",
			r->asked.filters.mount, list);
}

/* The feed of a group, to be freed; NULL having complained. */
static struct rec_feed *group_read(struct report *r, struct input *first)
{
	struct rec_feed_opts opts = {
		.filters = r->asked.filters,
		.has_timeline = r->has_timeline,
		.interval_ns = r->interval_ns,
	};
	struct rec_feed *feed = rec_feed__new(&opts);
	int err = feed ? 0 : -ENOMEM;

	if (!err && rec_feed__wants_names(feed)) {
		err = group_take(r, first, feed, rec_feed__take_name);
		if (!err && rec_feed__names_end(feed) == -ENOENT) {
			fail(r, no_mount(r, feed));
			rec_feed__free(feed);
			return NULL;
		}
	}
	if (!err)
		err = group_take(r, first, feed, rec_feed__take);
	if (!err)
		err = rec_feed__finish(feed);
	if (!err)
		return feed;
	fail(r, complain(EXIT_CANNOT_RUN, "%s: %s", first->path, strerror(-err)));
	rec_feed__free(feed);
	return NULL;
}

static void group_notes(struct report *r, const struct rec_feed *feed)
{
	const struct rec_facts *facts = rec_feed__facts(feed);
	const struct trust *t = summary__trust(rec_feed__summary(feed));

	if (t->counters[COUNTER_RECORD_FULL])
		note(r, "%llu operations are missing: the buffer was full (record --buffer)",
		     t->counters[COUNTER_RECORD_FULL]);
	if (t->counters[COUNTER_RECORD_WAITS_FULL])
		note(r,
		     "%llu waits are missing by themselves and in BLAME, not in their operations: "
		     "the buffer was full (record --buffer)",
		     t->counters[COUNTER_RECORD_WAITS_FULL]);
	if (facts->is_overlapping)
		note(r, "recordings of the same time: what two of them have counts twice");
	else if (facts->recordings_cnt > 1)
		note(r, "%zu recordings: nothing is known of the time between them, %s",
		     facts->recordings_cnt,
		     fmt__ns((char[FMT_BYTES]){}, FMT_BYTES, facts->gaps_ns));
	if (facts->is_late)
		note(r, "what happened before this is not in the recording");
	if (r->has_timeline && !rec_feed__timeline(feed))
		note(r, "no timeline: nothing in the recording tells when it began");
}

/* Those of the recording, then those of the command line. */
static size_t filters_fill(const struct report *r, const struct rec_facts *facts,
			   struct view_filter *filters)
{
	size_t cnt = 0;

	for (size_t i = 0; i < facts->filters_cnt; i++)
		filters[cnt++] = facts->filters[i];
	for (size_t i = 0; i < r->asked.shown_cnt; i++)
		filters[cnt++] = r->asked.shown[i];
	return cnt;
}

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

static int group_print(struct report *r, const struct rec_feed *feed)
{
	const struct rec_facts *facts = rec_feed__facts(feed);
	struct view_filter filters[REC_FILTERS_MAX + REC_SHOWN_MAX];
	struct view_opts opts = {
		.host = text_or_null(facts->host),
		.kernel = text_or_null(facts->kernel),
		.tool_version = text_or_null(facts->tool_version),
		.seq = ++r->seq,
		.wall_ns = facts->wall_ns,
		.filters = filters,
		.filter_cnt = filters_fill(r, facts, filters),
		.notes = (const char *const *)r->notes,
		.note_cnt = r->notes_cnt,
		.top_cnt = r->top_cnt,
		.sort = r->sort,
		.stuck_ns = STUCK_NS,
		.timeline = rec_feed__timeline(feed),
	};
	const struct summary *s = rec_feed__summary(feed);
	int err = show_summary(s, rec_feed__names(feed), &opts, r->is_json);

	if (!err && r->has_histogram)
		view_histogram__print(stdout, s, &opts);
	if (!err && opts.timeline && !r->is_json)
		view_timeline__print(stdout, opts.timeline, s, facts->start_ns);
	return err;
}

static int group_report(struct report *r, struct input *first)
{
	struct rec_feed *feed = group_read(r, first);
	int err = 0;

	if (feed) {
		group_notes(r, feed);
		err = group_print(r, feed);
	}
	rec_feed__free(feed);
	notes_drop(r);
	group_done(r, first);
	return err;
}

static void groups_find(struct report *r)
{
	for (size_t i = 0; i < r->inputs_cnt; i++) {
		r->inputs[i].group = i;
		for (size_t j = i; j-- > 0;)
			if (is_same_boot(&r->inputs[j], &r->inputs[i]))
				r->inputs[i].group = r->inputs[j].group;
	}
}

/* Counting a recording twice is never what was meant. */
static enum exit_code check_twice(const struct report *r)
{
	for (size_t i = 1; i < r->inputs_cnt; i++) {
		const struct input *a = &r->inputs[i - 1], *b = &r->inputs[i];

		if (a->is_known && is_same_boot(a, b) && !compare_inputs(a, b))
			return complain(EXIT_USAGE,
					"%s and %s are the same recording: name it once", a->path,
					b->path);
	}
	return EXIT_FINE;
}

static enum exit_code run(struct report *r)
{
	enum exit_code code;
	int err = 0;

	for (size_t i = 0; i < r->inputs_cnt; i++)
		input_look(r, &r->inputs[i]);
	groups_find(r);
	qsort(r->inputs, r->inputs_cnt, sizeof(*r->inputs), compare_inputs);
	code = check_twice(r);
	if (code)
		return code;
	for (size_t i = 0; i < r->inputs_cnt && !err; i++)
		if (!r->inputs[i].is_done)
			err = group_report(r, &r->inputs[i]);
	return err ? EXIT_CANNOT_RUN : r->code;
}

enum exit_code cmd_report(int argc, char **argv)
{
	struct report r = { .top_cnt = DEFAULT_TOP_CNT };
	enum exit_code code = parse_options(argc, argv, &r);

	if (!code)
		code = r.is_help ? print_help() : run(&r);
	free(r.inputs);
	return code;
}
