// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * export: recordings in the formats of other programs. All recordings are opened before the first
 * is put out, as their clocks are brought in line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_events.h"
#include "event_filter.h"
#include "export.h"

static const struct export_format *const formats[] = {
	&export_perfetto, &export_folded, &export_csv, &export_ndjson, &export_openmetrics,
};

#define FORMATS_CNT (sizeof(formats) / sizeof(formats[0]))

struct export_opts {
	const struct export_format *format;
	const char *out_path;
	struct event_filter filter;
	bool is_help;
};

struct export
{
	struct export_opts opts;
	struct output out;
	void *ctx; /* of the format */
	int cnt;
	char **paths;
	struct rec_events **events;
	enum exit_code code; /* the worst so far that did not end it */
};

static const struct option_row option_table[] = {
	{ { "format", required_argument, NULL, 't' }, "FORMAT", "which: see below" },
	{ { "output", required_argument, NULL, 'o' },
	  "FILE",
	  "write to it, not to the standard output" },
	EVENT_FILTER_ROWS,
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS_CNT (sizeof(option_table) / sizeof(option_table[0]))

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " export --format FORMAT [OPTION...] RECORDING...\n\n"
	       "Writes the events of recordings for other programs.\n\n");
	options__print(option_table, OPTIONS_CNT);
	printf("\nFormats:\n");
	for (size_t i = 0; i < FORMATS_CNT; i++)
		printf("  %-12s %s\n", formats[i]->name, formats[i]->help);
	return EXIT_FINE;
}

static bool take_format(struct export_opts *opts, const char *name)
{
	for (size_t i = 0; i < FORMATS_CNT; i++)
		if (!strcmp(formats[i]->name, name))
			opts->format = formats[i];
	return opts->format && !strcmp(opts->format->name, name);
}

static bool take_option(void *ctx, int option, char *value)
{
	struct export_opts *opts = ctx;

	switch (option) {
	case 't':
		return take_format(opts, value);
	case 'o':
		opts->out_path = value;
		return *value;
	case 'h':
		return opts->is_help = true;
	}
	return event_filter__take(&opts->filter, option, value);
}

/* ---- one recording ---- */

static int take_other(void *ctx, const struct rec_origin *origin, enum rec_kind kind,
		      const void *record)
{
	const struct rec_mount *mount = record;
	struct export *x = ctx;

	(void)origin;
	if (kind == REC_MOUNT && !event_filter__lets_mount(&x->opts.filter, mount->dev))
		return 0;
	return x->opts.format->other(x->ctx, kind, record);
}

/* Clocks on the wall differ; without one, recordings begin at once. */
static __u64 shift_of(const struct export *x, int i)
{
	__u64 first_ns = ~0ULL;

	for (int j = 0; j < x->cnt; j++) {
		__u64 wall_ns = rec_events__origin(x->events[j])->wall_ns;

		if (!wall_ns)
			return 0;
		if (wall_ns < first_ns)
			first_ns = wall_ns;
	}
	return rec_events__origin(x->events[i])->wall_ns - first_ns;
}

/* 0 at the end, or when nothing can be written any more. */
static int put_events(struct export *x, struct rec_events *events)
{
	struct rec_event ev;
	int res = 0, err = 0;

	while (!err && !output_failed(&x->out) && (res = rec_events__next(events, &ev)) > 0)
		if (event_filter__lets(&x->opts.filter, &ev))
			err = x->opts.format->event(x->ctx, &ev);
	if (err)
		complain(x->code = EXIT_CANNOT_RUN, "cannot export: %s", strerror(-err));
	return err ? 0 : res;
}

static enum exit_code put_asked(struct export *x, struct rec_events *events, const char *path)
{
	enum exit_code code = event_filter__begin(&x->opts.filter, events, path);
	int res;

	if (code)
		return code;
	res = put_events(x, events);
	if (output_failed(&x->out))
		return EXIT_FINE; /* output_end() tells */
	return events_end(events, path, x->opts.filter.late_cnt, res);
}

static int call(int (*fn)(void *ctx), void *ctx)
{
	return fn ? fn(ctx) : 0;
}

static int put_recording(struct export *x, int i)
{
	const struct export_format *format = x->opts.format;
	struct rec_events *events = x->events[i];
	struct export_source source = {
		.index = i,
		.cnt = x->cnt,
		.shift_ns = shift_of(x, i),
		.origin = rec_events__origin(events),
		.filters = &x->opts.filter.asked.filters,
	};
	int err = format->begin ? format->begin(x->ctx, &source) : 0;
	enum exit_code code;

	if (err)
		return err;
	if (format->other)
		rec_events__on_other(events, take_other, x);
	code = put_asked(x, events, x->paths[i]);
	event_filter__end(&x->opts.filter);
	if (!x->code)
		x->code = code;
	return call(format->end, x->ctx);
}

/* ---- all of them ---- */

static enum exit_code put_all(struct export *x)
{
	const struct export_format *format = x->opts.format;
	int err = 0;

	x->ctx = format->new (x->out.f);
	if (!x->ctx)
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	for (int i = 0; i < x->cnt && !err && x->code != EXIT_CANNOT_RUN; i++)
		err = put_recording(x, i);
	if (!err)
		err = call(format->finish, x->ctx);
	output_failed(&x->out);
	if (format->free)
		format->free(x->ctx);
	if (err)
		return complain(EXIT_CANNOT_RUN, "cannot export: %s", strerror(-err));
	return output_end(&x->out) ?: x->code;
}

/* What cannot be read twice; where there is nothing, and of a folder, opening it tells. */
static bool is_stream(const char *path)
{
	struct stat st;

	if (!strcmp(path, "-"))
		return true;
	return !stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/*
 * Hosts and clocks of all are needed before the first is put out; opening a pipe may wait for
 * long.
 */
static enum exit_code check_streams(const struct export *x)
{
	for (int i = 0; x->cnt > 1 && i < x->cnt; i++)
		if (is_stream(x->paths[i]))
			return complain(EXIT_USAGE,
					"%s is a stream, which can only be exported alone: save it "
					"to a file first",
					x->paths[i]);
	return EXIT_FINE;
}

static enum exit_code open_all(struct export *x)
{
	enum exit_code code = check_streams(x);
	struct failure failure;

	if (code)
		return code;
	x->events = calloc(x->cnt, sizeof(*x->events));
	if (!x->events)
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	for (int i = 0; i < x->cnt; i++)
		if (rec_events__open(&x->events[i], x->paths[i], &failure))
			return complain(failure.code, "%s", failure.text);
	return EXIT_FINE;
}

static bool is_same_file(const char *path, const struct stat *st)
{
	struct stat other;
	int err = strcmp(path, "-") ? stat(path, &other) : fstat(STDIN_FILENO, &other);

	return !err && other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

/* Counting a recording twice is never what was meant. */
static enum exit_code check_twice(const struct export *x)
{
	struct stat st;

	for (int i = 1; i < x->cnt; i++) {
		if (stat(x->paths[i], &st))
			continue;
		for (int j = 0; j < i; j++)
			if (is_same_file(x->paths[j], &st))
				return complain(EXIT_USAGE,
						"%s and %s are the same recording: name it once",
						x->paths[j], x->paths[i]);
	}
	return EXIT_FINE;
}

/* It would be empty before it is read. */
static enum exit_code check_output(const struct export *x)
{
	struct stat st;

	if (!x->opts.out_path || stat(x->opts.out_path, &st))
		return EXIT_FINE;
	for (int i = 0; i < x->cnt; i++)
		if (is_same_file(x->paths[i], &st))
			return complain(EXIT_USAGE,
					"--output %s is the recording %s itself: name another file",
					x->opts.out_path, x->paths[i]);
	return EXIT_FINE;
}

static enum exit_code open_output(struct export *x)
{
	enum exit_code code = check_output(x);

	if (code)
		return code;
	x->out.f = x->opts.out_path ? fopen(x->opts.out_path, "we") : stdout;
	if (!x->out.f)
		return complain(EXIT_CANNOT_RUN, "cannot write %s: %s", x->opts.out_path,
				strerror(errno));
	return EXIT_FINE;
}

static enum exit_code close_output(struct export *x, enum exit_code code)
{
	if (x->out.f && x->out.f != stdout && fclose(x->out.f) && !code)
		return complain(EXIT_CANNOT_RUN, "cannot write %s: %s", x->opts.out_path,
				strerror(errno));
	return code;
}

static enum exit_code check_usage(const struct export_opts *opts, int cnt)
{
	if (!opts->format)
		return complain(EXIT_USAGE,
				"export needs --format; see " TOOL_NAME " export --help");
	if (cnt < 1)
		return complain(EXIT_USAGE,
				"export takes recordings; see " TOOL_NAME " export --help");
	return rec_options__check(&opts->filter.asked);
}

static enum exit_code run(struct export *x)
{
	enum exit_code code = check_usage(&x->opts, x->cnt);

	if (!code)
		code = check_twice(x);
	if (!code)
		code = open_all(x);
	if (!code)
		code = open_output(x);
	if (!code)
		code = put_all(x);
	code = close_output(x, code);
	for (int i = 0; x->events && i < x->cnt; i++)
		rec_events__free(x->events[i]);
	free(x->events);
	return code;
}

enum exit_code cmd_export(int argc, char **argv)
{
	struct export x = { .paths = calloc(argc, sizeof(*x.paths)) };
	enum exit_code code;

	if (!x.paths)
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	code = parse_with_paths(argc, argv, option_table, OPTIONS_CNT, take_option, &x.opts,
				x.paths, &x.cnt);
	if (!code)
		code = x.opts.is_help ? print_help() : run(&x);
	free(x.paths);
	return code;
}
