/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What happened, interval by interval. How long it all takes is not known from the start: whenever
 * the intervals run out, they become twice as long, two in one. So memory is bounded, and the width
 * is the one that it began with times a power of two. Pure; times are CLOCK_MONOTONIC ns.
 */
#ifndef DAXTOP_TIMELINE_H
#define DAXTOP_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/daxtop.h"

#define TIMELINE_ROWS 60 /* where the width is not asked for */

struct timeline_row {
	__u64 unknown_ns;	/* of it: nothing was recorded then */
	__u64 ops[OP_NR];	/* that began in it */
	__u64 wait_ns[WAIT_NR]; /* waited in it: a wait over several is in each, for its part */
	__u64 setups;		/* ranges */
	__u64 removals;
	bool has_window; /* somebody looked at the windows: of all mounts, at the look nearest to its end */
	__u64 busy_off_ns; /* how far from that */
	__u64 busy_ranges;
	__u64 total_ranges;
};

struct timeline;

/* At most @rows_max rows of @width_ns, at first, from @start_ns on. NULL with errno. */
struct timeline *timeline__new(__u64 start_ns, __u64 width_ns, size_t rows_max);
void timeline__free(struct timeline *t);

/* All may be called with any time: what is before the start is taken for the start. */
void timeline__add_op(struct timeline *t, unsigned int op, __u64 begin_ns);
void timeline__add_hits(struct timeline *t, const struct event_hits *ev);
void timeline__add_wait(struct timeline *t, unsigned int wait, __u64 begin_ns, __u64 ns);
void timeline__add_window(struct timeline *t, const struct event_window *ev);
void timeline__add_unknown(struct timeline *t, __u64 begin_ns, __u64 end_ns);
void timeline__set_busy(struct timeline *t, __u64 ns, __u64 busy_ranges, __u64 total_ranges);
/* After all else: of what is after @ns nothing is known. */
void timeline__end(struct timeline *t, __u64 ns);

/*
 * Rows up to the last that has anything, those without among them; row @i begins @i widths after
 * the start.
 */
size_t timeline__cnt(const struct timeline *t);
const struct timeline_row *timeline__row(const struct timeline *t, size_t i);
__u64 timeline__start_ns(const struct timeline *t);
__u64 timeline__width_ns(const struct timeline *t);

#endif
