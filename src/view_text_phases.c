// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text section on the inside of faults (--phases): one row a kind of fault, whose shares add up
 * to its time. Waits are one column here, since the section above tells them apart.
 */
#include "view_text_priv.h"

#include <string.h>

#define OP_COLUMNS 15

static bool is_told(const struct text *t, unsigned int op)
{
	return op_figures__timed(summary__op(t->s, op)) &&
	       summary__measure(t->s, op) == MEASURE_ALL;
}

static bool is_unmeasured(const struct text *t, unsigned int phase)
{
	return summary__why_unmeasured(t->s, "phase.", phase_table[phase].name) != NULL;
}

static void print_heading(const struct text *t)
{
	fprintf(t->f, "\nPHASES OF FAULTS, in %% of each one's time\n  %-*s %7s", OP_COLUMNS, "",
		"");
	for (unsigned int phase = 0; phase < PHASE_NR; phase++)
		fprintf(t->f, " %6s", phase_table[phase].group);
	fprintf(t->f, "\n  %-*s %7s", OP_COLUMNS, "operation", "mean");
	for (unsigned int phase = 0; phase < PHASE_NR; phase++)
		fprintf(t->f, " %6s", phase_table[phase].column);
	fprintf(t->f, " %5s %5s\n", "waits", "rest");
}

static void print_row(const struct text *t, unsigned int op)
{
	const struct op_figures *f = summary__op(t->s, op);

	fprintf(t->f, "  %-*s %7s", OP_COLUMNS, op_table[op].name,
		NS(f->total_ns / op_figures__timed(f)));
	for (unsigned int phase = 0; phase < PHASE_NR; phase++)
		fprintf(t->f, " %6s",
			is_unmeasured(t, phase)
				? "n/a"
				: PERCENT(summary__phase(t->s, op, phase)->total_ns, f->total_ns));
	fprintf(t->f, " %5s %5s\n", PERCENT(op_figures__wait_ns(f), f->total_ns),
		PERCENT(summary__phase_rest_ns(t->s, op), f->total_ns));
}

static void print_inserts(const struct text *t)
{
	struct words w = { .t = t, .heading = "  insertion" };
	__u64 inside = 0, after = 0;

	if (is_unmeasured(t, PHASE_INSERT) || is_unmeasured(t, PHASE_DAX_LOCK))
		return;
	for (unsigned int op = 0; op < PHASE_OPS; op++) {
		inside += summary__phase(t->s, op, PHASE_INSERT)->inside;
		after += summary__phase(t->s, op, PHASE_INSERT)->after;
	}
	word(&w, "inside the dax lock section %s", COUNT(inside));
	word(&w, "after it %s", COUNT(after));
	words_end(&w);
}

void text__print_phases(const struct text *t)
{
	bool is_any = false;

	if (!summary__has_phases(t->s))
		return;
	for (unsigned int op = 0; op < PHASE_OPS; op++) {
		if (!is_told(t, op))
			continue;
		if (!is_any)
			print_heading(t);
		is_any = true;
		print_row(t, op);
	}
	if (is_any)
		print_inserts(t);
	else
		fprintf(t->f, "\nPHASES OF FAULTS: none\n");
}
