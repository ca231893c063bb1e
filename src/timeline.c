// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: most events are of the same interval as the one before, so that one's bounds are kept
 * and nothing is divided for them.
 */
#include "timeline.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct timeline {
	__u64 start_ns;
	__u64 width_ns;
	size_t rows_max;
	size_t cnt;
	__u64 last_ns; /* where the row met last begins */
	struct timeline_row *last;
	struct timeline_row rows[];
};

struct timeline *timeline__new(__u64 start_ns, __u64 width_ns, size_t rows_max)
{
	struct timeline *t = calloc(1, sizeof(*t) + rows_max * sizeof(t->rows[0]));

	if (!t)
		return NULL;
	t->width_ns = width_ns;
	t->rows_max = rows_max;
	t->last = t->rows;
	t->start_ns = start_ns;
	t->last_ns = start_ns;
	return t;
}

void timeline__free(struct timeline *t)
{
	free(t);
}

static void row_add(struct timeline_row *to, const struct timeline_row *from)
{
	for (int op = 0; op < OP_NR; op++)
		to->ops[op] += from->ops[op];
	for (int wait = 0; wait < WAIT_NR; wait++)
		to->wait_ns[wait] += from->wait_ns[wait];
	to->unknown_ns += from->unknown_ns;
	to->setups += from->setups;
	to->removals += from->removals;
	if (!from->has_window)
		return;
	to->has_window = true;
	to->busy_ranges = from->busy_ranges;
	to->total_ranges = from->total_ranges;
	to->busy_off_ns = from->busy_off_ns;
}

/* Two rows become one. */
static void widen(struct timeline *t)
{
	for (size_t i = 0; i < t->rows_max; i++) {
		struct timeline_row row = t->rows[i];

		if (!(i % 2))
			row.busy_off_ns += t->width_ns;
		memset(&t->rows[i], 0, sizeof(row));
		row_add(&t->rows[i / 2], &row);
	}
	t->cnt = (t->cnt + 1) / 2;
	t->width_ns *= 2;
	t->last = t->rows;
	t->last_ns = t->start_ns;
}

static struct timeline_row *row_find(struct timeline *t, __u64 ns)
{
	__u64 since_ns = ns > t->start_ns ? ns - t->start_ns : 0, at;

	while (since_ns / t->width_ns >= t->rows_max && t->width_ns < UINT64_MAX / 4)
		widen(t);
	at = since_ns / t->width_ns;
	if (at >= t->rows_max)
		at = t->rows_max - 1;
	if (t->cnt <= at)
		t->cnt = at + 1;
	t->last = &t->rows[at];
	t->last_ns = t->start_ns + at * t->width_ns;
	return t->last;
}

static struct timeline_row *row_at(struct timeline *t, __u64 ns)
{
	/* not the first row before anything is in it */
	return ns - t->last_ns < t->width_ns && t->cnt ? t->last : row_find(t, ns);
}

void timeline__add_op(struct timeline *t, unsigned int op, __u64 begin_ns)
{
	row_at(t, begin_ns)->ops[op]++;
}

void timeline__add_hits(struct timeline *t, const struct event_hits *ev)
{
	for (__u32 i = 0; i < ev->cnt; i++)
		row_at(t, ev->base_ns + (ev->hits[i] >> HIT_DUR_BITS))->ops[ev->op]++;
}

/* To a figure of all rows that a time lies in (@figure: its offset in a row), for their part. */
static void add_time(struct timeline *t, size_t figure, __u64 begin_ns, __u64 end_ns)
{
	row_find(t, end_ns - 1); /* so that there is a row for each moment of it */
	if (begin_ns < t->start_ns)
		begin_ns = t->start_ns;
	while (begin_ns < end_ns) {
		struct timeline_row *row = row_at(t, begin_ns);
		__u64 row_end_ns = t->last_ns + t->width_ns;

		if (row_end_ns > end_ns || row_end_ns <= begin_ns)
			row_end_ns = end_ns;
		*(__u64 *)((char *)row + figure) += row_end_ns - begin_ns;
		begin_ns = row_end_ns;
	}
}

void timeline__add_wait(struct timeline *t, unsigned int wait, __u64 begin_ns, __u64 ns)
{
	if (begin_ns + ns > begin_ns) /* else none, or no time that there is */
		add_time(t, offsetof(struct timeline_row, wait_ns) + wait * sizeof(__u64), begin_ns,
			 begin_ns + ns);
}

void timeline__add_unknown(struct timeline *t, __u64 begin_ns, __u64 end_ns)
{
	if (begin_ns < end_ns)
		add_time(t, offsetof(struct timeline_row, unknown_ns), begin_ns, end_ns);
}

void timeline__add_window(struct timeline *t, const struct event_window *ev)
{
	struct timeline_row *row = row_at(t, ev->ns);

	row->setups += ev->change == WINDOW_SETUP;
	row->removals += ev->change == WINDOW_REMOVED || ev->change == WINDOW_REMOVED_INLINE;
}

/* Looks come a little after the end of an interval: of two the nearer one counts. */
void timeline__set_busy(struct timeline *t, __u64 ns, __u64 busy_ranges, __u64 total_ranges)
{
	__u64 since_ns = ns > t->start_ns ? ns - t->start_ns : 0, width_ns, end_ns, off_ns;
	struct timeline_row *row;

	do {
		width_ns = t->width_ns;
		end_ns = ((since_ns + width_ns / 2) / width_ns ?: 1) * width_ns;
		row = row_find(t, t->start_ns + end_ns - 1);
	} while (width_ns != t->width_ns); /* the rows have become wider for it */
	off_ns = since_ns < end_ns ? end_ns - since_ns : since_ns - end_ns;
	if (row->has_window && row->busy_off_ns < off_ns)
		return;
	row->has_window = true;
	row->busy_ranges = busy_ranges;
	row->total_ranges = total_ranges;
	row->busy_off_ns = off_ns;
}

void timeline__end(struct timeline *t, __u64 ns)
{
	__u64 since_ns = ns > t->start_ns ? ns - t->start_ns : 0, at;

	if (!since_ns)
		return;
	at = (since_ns - 1) / t->width_ns;
	if (at + 1 == t->cnt)
		t->rows[at].unknown_ns += (at + 1) * t->width_ns - since_ns;
}

size_t timeline__cnt(const struct timeline *t)
{
	return t->cnt;
}

const struct timeline_row *timeline__row(const struct timeline *t, size_t i)
{
	return &t->rows[i];
}

__u64 timeline__start_ns(const struct timeline *t)
{
	return t->start_ns;
}

__u64 timeline__width_ns(const struct timeline *t)
{
	return t->width_ns;
}
