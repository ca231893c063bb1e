// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Each row is an interval, by when it began since the recording did. A wait is shown as how many
 * tasks were in it on average: 1.0 is one task all the time. What nothing is known of is no part of
 * it.
 */
#include "view_timeline.h"

#include <string.h>

#include "fmt.h"
#include "names.h"

#define TIME_COLUMNS 9
#define COLUMN	     8
#define WAIT_COLUMN  7

#define NS(ns)		   fmt__ns((char[FMT_BYTES]){}, FMT_BYTES, ns)
#define RATE(cnt, ns)	   fmt__rate((char[FMT_BYTES]){}, FMT_BYTES, cnt, ns)
#define PERCENT(part, all) fmt__percent((char[FMT_BYTES]){}, FMT_BYTES, part, all)

#define OPS_CUT (1U << OP_TRUNCATE | 1U << OP_OPEN_TRUNC | 1U << OP_PUNCH | 1U << OP_ZERO)

static const struct {
	const char *name;
	__u32 ops;
} columns[] = {
	{ "fault", OPS_FAULT }, { "read", 1U << OP_DAX_READ }, { "write", 1U << OP_DAX_WRITE },
	{ "trunc", OPS_CUT },	{ "round", OPS_AROUND },
};

#define COLUMNS_CNT (sizeof(columns) / sizeof(columns[0]))

struct tables {
	FILE *f;
	const struct timeline *t;
	const struct summary *s;
	__u64 begin_ns;
};

/* Of the operations of a column, is any counted? Then it is of those. */
static bool is_counted(const struct summary *s, __u32 ops)
{
	for (unsigned int op = 0; op < OP_NR; op++)
		if (ops & 1U << op && summary__measure(s, op) > MEASURE_WAITS)
			return true;
	return false;
}

/* What is known of a row. */
static __u64 known_ns(const struct timeline *t, const struct timeline_row *row)
{
	__u64 width_ns = timeline__width_ns(t);

	return width_ns > row->unknown_ns ? width_ns - row->unknown_ns : 0;
}

static __u64 ops_cnt(const struct timeline_row *row, __u32 ops)
{
	__u64 cnt = 0;

	for (unsigned int op = 0; op < OP_NR; op++)
		if (ops & 1U << op)
			cnt += row->ops[op];
	return cnt;
}

static void print_time(const struct tables *to, size_t i)
{
	__u64 at_ns = timeline__start_ns(to->t) + i * timeline__width_ns(to->t);

	fprintf(to->f, "%*.3f", TIME_COLUMNS, (at_ns - to->begin_ns) / 1e9);
}

static void print_rates_row(const struct tables *to, size_t i)
{
	const struct timeline_row *row = timeline__row(to->t, i);
	__u64 ns = known_ns(to->t, row);

	print_time(to, i);
	for (size_t j = 0; j < COLUMNS_CNT; j++)
		fprintf(to->f, "%*s", COLUMN,
			is_counted(to->s, columns[j].ops) ? RATE(ops_cnt(row, columns[j].ops), ns)
							  : "n/a");
	fprintf(to->f, "%*s%*s", COLUMN, RATE(row->setups, ns), COLUMN, RATE(row->removals, ns));
	if (row->has_window)
		fprintf(to->f, " %*s%%\n", COLUMN - 2,
			row->busy_ranges ? PERCENT(row->busy_ranges, row->total_ranges) : "0");
	else
		fprintf(to->f, "%*s\n", COLUMN, "n/a");
}

static void print_rates(const struct tables *to)
{
	fprintf(to->f,
		"EVERY %s: operations, and ranges set up and removed, a second; the window\n",
		NS(timeline__width_ns(to->t)));
	fprintf(to->f, "%*s", TIME_COLUMNS, "s");
	for (size_t j = 0; j < COLUMNS_CNT; j++)
		fprintf(to->f, "%*s", COLUMN, columns[j].name);
	fprintf(to->f, "%*s%*s%*s\n", COLUMN, "set up", COLUMN, "removed", COLUMN, "busy");
	for (size_t i = 0; i < timeline__cnt(to->t); i++)
		print_rates_row(to, i);
}

/* ---- waits ---- */

static bool is_any_wait(const struct timeline *t, unsigned int wait)
{
	for (size_t i = 0; i < timeline__cnt(t); i++)
		if (timeline__row(t, i)->wait_ns[wait])
			return true;
	return false;
}

static void print_waits_row(const struct tables *to, size_t i, const bool shown[WAIT_NR])
{
	const struct timeline_row *row = timeline__row(to->t, i);
	__u64 ns = known_ns(to->t, row);

	print_time(to, i);
	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		if (!shown[wait])
			continue;
		if (!ns)
			fprintf(to->f, "%*s", WAIT_COLUMN, "n/a");
		else if (row->wait_ns[wait])
			fprintf(to->f, "%*.2f", WAIT_COLUMN, (double)row->wait_ns[wait] / ns);
		else
			fprintf(to->f, "%*s", WAIT_COLUMN, "-");
	}
	fputc('\n', to->f);
}

/* Two lines: what it is for, as far as that fits, and the rest of its name. */
static void print_waits_heading(FILE *f, const bool shown[WAIT_NR])
{
	fprintf(f, "%*s", TIME_COLUMNS, "");
	for (unsigned int wait = 0; wait < WAIT_NR; wait++)
		if (shown[wait])
			fprintf(f, "%*.*s", WAIT_COLUMN, WAIT_COLUMN - 1, wait_table[wait].group);
	fprintf(f, "\n%*s", TIME_COLUMNS, "s");
	for (unsigned int wait = 0; wait < WAIT_NR; wait++)
		if (shown[wait])
			fprintf(f, "%*s", WAIT_COLUMN, wait_table[wait].column);
	fputc('\n', f);
}

static void print_waits(const struct tables *to)
{
	bool shown[WAIT_NR], has_any = false;

	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		shown[wait] = is_any_wait(to->t, wait);
		has_any |= shown[wait];
	}
	if (!has_any)
		return;
	fprintf(to->f, "\nEVERY %s: tasks that waited, on average, for\n",
		NS(timeline__width_ns(to->t)));
	print_waits_heading(to->f, shown);
	for (size_t i = 0; i < timeline__cnt(to->t); i++)
		print_waits_row(to, i, shown);
}

void view_timeline__print(FILE *f, const struct timeline *t, const struct summary *s,
			  __u64 begin_ns)
{
	const struct tables to = { f, t, s, begin_ns };

	print_rates(&to);
	print_waits(&to);
	fputc('\n', f);
}
