// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view's sections of what is in progress: how many operations of each kind, and one by one
 * those that have been so for a while.
 */
#include "view_text_priv.h"

/* What is stuck now: the oldest first. */
static void print_counts(const struct text *t)
{
	struct words w = { .t = t, .heading = "in flight" };
	bool is_shown[OP_NR] = {};

	for (;;) {
		const struct in_flight *oldest = NULL;
		int best = 0;

		for (int op = 0; op < OP_NR; op++) {
			const struct in_flight *i = summary__in_flight(t->s, op);

			if (i->cnt && !is_shown[op] &&
			    (!oldest || i->oldest_ns > oldest->oldest_ns)) {
				oldest = i;
				best = op;
			}
		}
		if (!oldest)
			break;
		is_shown[best] = true;
		word(&w, "%s %s (oldest %s)", op_table[best].name, COUNT(oldest->cnt),
		     NS(oldest->oldest_ns));
	}
	words_end(&w);
}

/* What is stuck now, one by one: of those that have been for a while, the oldest. */
#define STUCK_NS   1000000000ULL
#define STUCK_ROWS 10

static void print_stuck(const struct text *t)
{
	for (size_t i = 0; i < summary__in_flight_row_cnt(t->s) && i < STUCK_ROWS; i++) {
		const struct in_flight_row *row = summary__in_flight_row(t->s, i);
		struct words w = { .t = t, .heading = i ? "" : "  stuck" };
		char label[LINE_BYTES], task[NAME_BYTES * 2];

		if (row->age_ns < STUCK_NS)
			break;
		snprintf(label, sizeof(label), "n/a");
		if (row->inode.dev)
			text__inode_label(t, &row->inode, label, sizeof(label));
		word(&w, "%s %s of %s", op_table[row->op].name, NS(row->age_ns),
		     text__task_label(row->comm, &row->task, task, sizeof(task)));
		if (row->wait < WAIT_NR)
			word(&w, "%s %s", wait_table[row->wait].name, NS(row->wait_ns));
		word(&w, "%s", label);
		words_end(&w);
	}
}

void text__print_in_flight(const struct text *t)
{
	print_counts(t);
	print_stuck(t);
}
