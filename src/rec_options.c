// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "rec_options.h"

#include <string.h>

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

static bool take(struct rec_options *opts, int option, const char *value)
{
	struct rec_filters *f = &opts->filters;

	switch (option) {
	case REC_OPTION_FROM:
		return parse_duration(value, &f->from_ns);
	case REC_OPTION_TO:
		return take_time(&f->to_ns, value);
	case REC_OPTION_OP:
		return parse_ops(value, &f->ops);
	case REC_OPTION_WAIT:
		return parse_waits(value, &f->waits);
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

bool rec_options__take(struct rec_options *opts, int option, char *value)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].option.val == option)
			filter_show(opts->shown, &opts->shown_cnt, rows[i].option.name, value);
	return take(opts, option, value);
}
