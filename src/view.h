/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What every view is told besides the summary: facts for its head, and how much to show.
 */
#ifndef DAXTOP_VIEW_H
#define DAXTOP_VIEW_H

#include <stddef.h>

#include "model.h"

struct timeline;

/* One filter in force, as the user gave it: { "pid", "4711" }. */
struct view_filter {
	const char *name;
	const char *value;
};

struct view_opts {
	const char *host;   /* strings may be NULL: not known */
	const char *kernel; /* uname release */
	const char *tool_version;
	__u64 seq;     /* number of this interval, from 1 */
	__u64 wall_ns; /* CLOCK_REALTIME at the interval's end, 0: not known */
	const struct view_filter *filters;
	size_t filter_cnt;
	const char *const *notes; /* sentences on what the figures are of, clean */
	size_t note_cnt;
	const struct timeline *timeline; /* for JSON; NULL: not asked for */
	size_t top_cnt;			 /* inodes and tasks to list, 0: all */
	enum sort_key sort;
	__u64 stuck_ns;	    /* what is in flight for so long is told by itself in text */
	unsigned int width; /* text columns; less than 80 is taken as 80 */
};

#endif
