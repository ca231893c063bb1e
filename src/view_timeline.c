// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Each row is an interval, by when it began since the recording did. A wait is shown as how many tasks were in it
 * on average: 1.0 is one task all the time.
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

static __u64 ops_cnt(const struct timeline_row *row, __u32 ops)
{
	__u64 cnt = 0;

	for (unsigned int op = 0; op < OP_NR; op++)
		if (ops & 1U << op)
			cnt += row->ops[op];
	return cnt;
}

static void print_time(FILE *f, const struct timeline *t, size_t i, __u64 begin_ns)
{
	fprintf(f, "%*.3f", TIME_COLUMNS,
		(timeline__start_ns(t) + i * timeline__width_ns(t) - begin_ns) / 1e9);
}

static void print_rates_row(FILE *f, const struct timeline *t, size_t i, __u64 begin_ns)
{
	const struct timeline_row *row = timeline__row(t, i);
	__u64 width_ns = timeline__width_ns(t);

	print_time(f, t, i, begin_ns);
	for (size_t j = 0; j < COLUMNS_CNT; j++)
		fprintf(f, "%*s", COLUMN, RATE(ops_cnt(row, columns[j].ops), width_ns));
	fprintf(f, "%*s%*s", COLUMN, RATE(row->setups, width_ns), COLUMN,
		RATE(row->removals, width_ns));
	if (row->has_window)
		fprintf(f, " %*s%%\n", COLUMN - 2, PERCENT(row->busy_ranges, row->total_ranges));
	else
		fprintf(f, "%*s\n", COLUMN, "n/a");
}

static void print_rates(FILE *f, const struct timeline *t, __u64 begin_ns)
{
	fprintf(f, "EVERY %s: operations, and ranges set up and removed, a second; the window\n",
		NS(timeline__width_ns(t)));
	fprintf(f, "%*s", TIME_COLUMNS, "s");
	for (size_t j = 0; j < COLUMNS_CNT; j++)
		fprintf(f, "%*s", COLUMN, columns[j].name);
	fprintf(f, "%*s%*s%*s\n", COLUMN, "set up", COLUMN, "removed", COLUMN, "busy");
	for (size_t i = 0; i < timeline__cnt(t); i++)
		print_rates_row(f, t, i, begin_ns);
}

/* ---- waits ---- */

static bool is_any_wait(const struct timeline *t, unsigned int wait)
{
	for (size_t i = 0; i < timeline__cnt(t); i++)
		if (timeline__row(t, i)->wait_ns[wait])
			return true;
	return false;
}

static void print_waits_row(FILE *f, const struct timeline *t, size_t i, __u64 begin_ns,
			    const bool shown[WAIT_NR])
{
	const struct timeline_row *row = timeline__row(t, i);

	print_time(f, t, i, begin_ns);
	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		double tasks = (double)row->wait_ns[wait] / timeline__width_ns(t);

		if (!shown[wait])
			continue;
		if (row->wait_ns[wait])
			fprintf(f, "%*.2f", WAIT_COLUMN, tasks);
		else
			fprintf(f, "%*s", WAIT_COLUMN, "-");
	}
	fputc('\n', f);
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

static void print_waits(FILE *f, const struct timeline *t, __u64 begin_ns)
{
	bool shown[WAIT_NR], has_any = false;

	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		shown[wait] = is_any_wait(t, wait);
		has_any |= shown[wait];
	}
	if (!has_any)
		return;
	fprintf(f, "\nEVERY %s: tasks that waited, on average, for\n", NS(timeline__width_ns(t)));
	print_waits_heading(f, shown);
	for (size_t i = 0; i < timeline__cnt(t); i++)
		print_waits_row(f, t, i, begin_ns, shown);
}

void view_timeline__print(FILE *f, const struct timeline *t, __u64 begin_ns)
{
	print_rates(f, t, begin_ns);
	print_waits(f, t, begin_ns);
	fputc('\n', f);
}
