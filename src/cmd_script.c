// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * script: the events of a recording, a line each, in the order in which they began.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cmd_events.h"
#include "event_filter.h"
#include "rec_events.h"
#include "rec_rows.h"
#include "rec_text.h"

struct script_opts {
	struct event_filter filter;
	bool is_json;
	bool is_help;
};

static const struct option_row option_table[] = {
	{ { "json", no_argument, NULL, 'j' }, "", "print one JSON object per event and line" },
	EVENT_FILTER_ROWS,
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS_CNT (sizeof(option_table) / sizeof(option_table[0]))

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " script [OPTION...] RECORDING\n\n"
	       "Prints each event of a recording, in the order in which they began; - is the\n"
	       "standard input.\n\n");
	options__print(option_table, OPTIONS_CNT);
	return EXIT_FINE;
}

static bool take_option(void *ctx, int option, char *value)
{
	struct script_opts *opts = ctx;

	if (option == 'j')
		return opts->is_json = true;
	if (option == 'h')
		return opts->is_help = true;
	return event_filter__take(&opts->filter, option, value);
}

/* 0 at the end, or when nothing can be written any more; -errno when nothing can be read. */
static int print_events(struct script_opts *opts, struct rec_events *events, struct output *out)
{
	struct rec_event ev;
	int res = 0;

	output_begin(out);
	if (!opts->is_json)
		rec_text__head(out->f);
	while (!output_failed(out) && (res = rec_events__next(events, &ev)) > 0) {
		if (!event_filter__lets(&opts->filter, &ev))
			continue;
		if (opts->is_json)
			rec_rows__json(out->f, &ev);
		else
			rec_text__print(out->f, &ev);
	}
	return output_failed(out) ? 0 : res;
}

static enum exit_code script(struct script_opts *opts, const char *path)
{
	struct output out = { .f = stdout };
	struct rec_events *events;
	struct failure failure;
	enum exit_code code;
	int err = rec_events__open(&events, path, &failure);

	if (err)
		return complain(failure.code, "%s", failure.text);
	code = event_filter__begin(&opts->filter, events, path);
	if (!code) {
		err = print_events(opts, events, &out);
		code = output_end(&out);
	}
	if (!code)
		code = events_end(events, path, opts->filter.late_cnt, err);
	event_filter__end(&opts->filter);
	rec_events__free(events);
	return code;
}

enum exit_code cmd_script(int argc, char **argv)
{
	char **paths = calloc(argc, sizeof(*paths));
	struct script_opts opts = {};
	enum exit_code code;
	int cnt;

	if (!paths)
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	code = parse_with_paths(argc, argv, option_table, OPTIONS_CNT, take_option, &opts, paths,
				&cnt);
	if (!code && opts.is_help)
		code = print_help();
	else if (!code && cnt != 1)
		code = complain(EXIT_USAGE,
				"script takes one recording; see " TOOL_NAME " script --help");
	else if (!code)
		code = rec_options__check(&opts.filter.asked) ?: script(&opts, paths[0]);
	free(paths);
	return code;
}
