// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The fine buckets of one power of two make a row. A row that has any has a mark, however few.
 */
#include "view_histogram.h"

#include "fmt.h"
#include "hist.h"
#include "model.h"

#define LABEL_COLUMNS 30 /* of what stands before a bar */
#define MIN_COLUMNS   80
#define ROWS	      (HIST_BUCKETS >> HIST_SUB_BITS)

#define NS(ns)	   fmt__ns((char[FMT_BYTES]){}, FMT_BYTES, ns)
#define COUNT(cnt) fmt__count((char[FMT_BYTES]){}, FMT_BYTES, cnt)

static void fold(const __u64 hist[HIST_BUCKETS], __u64 rows[ROWS])
{
	for (unsigned int i = 0; i < ROWS; i++)
		rows[i] = hist_total(&hist[i << HIST_SUB_BITS], 1 << HIST_SUB_BITS);
}

static void print_bar(FILE *f, __u64 cnt, __u64 most, unsigned int columns)
{
	unsigned int marks = (double)cnt * columns / most;

	if (cnt && !marks)
		marks = 1;
	if (marks)
		fputc(' ', f);
	for (unsigned int i = 0; i < marks; i++)
		fputc('#', f);
	fputc('\n', f);
}

static void print_rows(FILE *f, const __u64 rows[ROWS], unsigned int columns)
{
	unsigned int first = ROWS, last = 0;
	__u64 most = 0;

	for (unsigned int i = 0; i < ROWS; i++) {
		if (!rows[i])
			continue;
		first = i < first ? i : first;
		last = i;
		most = rows[i] > most ? rows[i] : most;
	}
	for (unsigned int i = first; i <= last; i++) {
		fprintf(f, "  %7s to %7s %7s", NS(hist_lower(i << HIST_SUB_BITS)),
			i < ROWS - 1 ? NS(hist_lower((i + 1) << HIST_SUB_BITS)) : "more",
			COUNT(rows[i]));
		print_bar(f, rows[i], most, columns);
	}
}

static void print_one(FILE *f, const char *name, const __u64 hist[HIST_BUCKETS],
		      unsigned int columns)
{
	__u64 rows[ROWS], total = hist_total(hist, HIST_BUCKETS);

	if (!total)
		return;
	fprintf(f, "%s: %s timed\n", name, COUNT(total));
	fold(hist, rows);
	print_rows(f, rows, columns);
}

void view_histogram__print(FILE *f, const struct summary *s, const struct view_opts *opts)
{
	unsigned int width = opts->width > MIN_COLUMNS ? opts->width : MIN_COLUMNS;
	unsigned int columns = width - LABEL_COLUMNS;

	fprintf(f, "HOW LONG OPERATIONS TOOK\n");
	for (unsigned int op = 0; op < OP_NR; op++)
		if (summary__measure(s, op) != MEASURE_NONE)
			print_one(f, op_table[op].name, summary__op(s, op)->hist, columns);
	fprintf(f, "\nHOW LONG WAITS TOOK\n");
	for (unsigned int wait = 0; wait < WAIT_NR; wait++)
		print_one(f, wait_table[wait].name, summary__wait(s, wait)->hist, columns);
	fputc('\n', f);
}
