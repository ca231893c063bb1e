// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "rec_options.h"

#include <stdio.h>
#include <string.h>

#include "cmd.h"

static bool take_text(const char **to, const char *value)
{
	*to = value;
	return *value && strlen(value) < PATH_BYTES;
}

/* 0 lets all through, and is none. */
static bool take_time(__u64 *to, const char *value)
{
	return parse_duration(value, to) && *to;
}

static bool take_comm(struct rec_options *opts, const char *value)
{
	opts->filters.comm = opts->comm;
	return parse_comm(value, opts->comm);
}

typedef bool parse_set_fn(const char *text, __u32 *res);

/* Adds what @value names to @set, and itself to @names. */
static bool take_set(parse_set_fn *parse, __u32 *set, char names[REC_NAMES_BYTES],
		     const char *value)
{
	size_t len = strlen(names);
	__u32 more;

	if (!parse(value, &more) || len + 1 + strlen(value) >= REC_NAMES_BYTES)
		return false;
	*set |= more;
	snprintf(names + len, REC_NAMES_BYTES - len, "%s%s", len ? "," : "", value);
	return true;
}

static bool take(struct rec_options *opts, int option, const char *value)
{
	struct rec_filters *f = &opts->filters;

	switch (option) {
	case REC_OPTION_FROM:
		return parse_duration(value, &f->from_ns);
	case REC_OPTION_TO:
		return take_time(&f->to_ns, value);
	case REC_OPTION_OP:
		return take_set(parse_ops, &f->ops, opts->ops, value);
	case REC_OPTION_WAIT:
		return take_set(parse_waits, &f->waits, opts->waits, value);
	case REC_OPTION_MIN_LATENCY:
		return take_time(&f->min_ns, value);
	case 'm':
		return take_text(&f->mount, value);
	case 'f':
		return take_text(&f->path, value);
	case 'p':
		return parse_count(value, 1, &f->tgid);
	case 'c':
		return take_comm(opts, value);
	}
	return false;
}

static const struct option_row rows[] = { REC_OPTION_ROWS };

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= REC_SHOWN_MAX, "each is shown");

/* What is in force: of those that add up, all that was asked for. */
static const char *shown_value(const struct rec_options *opts, int option, const char *value)
{
	if (option == REC_OPTION_OP)
		return opts->ops;
	return option == REC_OPTION_WAIT ? opts->waits : value;
}

bool rec_options__take(struct rec_options *opts, int option, char *value)
{
	if (!take(opts, option, value))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].option.val == option)
			filter_show(opts->shown, &opts->shown_cnt, rows[i].option.name,
				    shown_value(opts, option, value));
	return true;
}

enum exit_code rec_options__check(const struct rec_options *opts)
{
	const struct rec_filters *f = &opts->filters;

	if (f->to_ns && f->from_ns >= f->to_ns)
		return complain(EXIT_USAGE, "--to is not after --from; see --help");
	return EXIT_FINE;
}
