// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view's sections of what is in progress: mounts that will not come back, how many
 * operations there are of each kind, and one by one those that have been for a while, with all that
 * is in the way.
 */
#include "view_text_priv.h"

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

#define FUNCTIONS_SHOWN 6 /* the innermost */

/* What is stuck now, a task at a time: of those that have been for a while, the oldest. */
#define STUCK_ROWS 10

static void print_stuck_row(const struct text *t, const struct in_flight_row *row)
{
	char label[LINE_BYTES], task[NAME_BYTES * 2], heading[NAME_BYTES];
	struct words w = { .t = t, .heading = heading };
	struct text_say said;

	snprintf(heading, sizeof(heading), "  %s", NS(row->age_ns));
	snprintf(label, sizeof(label), "n/a");
	if (row->inode.dev)
		say__inode(t->s, t->n, &row->inode, label, sizeof(label));
	word(&w, "%s of %s", op_table[row->op].name,
	     say__task(row->comm, &row->task, task, sizeof(task)));
	word(&w, "%s", label);
	words_end(&w);
	text__say_begin(&said, t);
	say__chain(&said.say, row);
	say__task_now(&said.say, row, FUNCTIONS_SHOWN);
	text__say_end(&said);
}

static void print_stuck(const struct text *t)
{
	unsigned int printed = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(t->s) && printed < STUCK_ROWS; i++) {
		const struct in_flight_row *row = summary__in_flight_row(t->s, i);

		if (row->age_ns < t->opts->stuck_ns)
			break;
		if (!row->is_outermost)
			continue;
		if (!printed++)
			fprintf(t->f, "stuck for at least %s\n", NS(t->opts->stuck_ns));
		print_stuck_row(t, row);
	}
}

void text__print_in_flight(const struct text *t)
{
	struct text_say said;

	text__say_begin(&said, t);
	for (size_t i = 0; i < summary__self_request_cnt(t->s); i++)
		say__self_request(&said.say, summary__self_request(t->s, i));
	text__say_end(&said);
	print_counts(t);
	text__say_begin(&said, t);
	for (size_t i = 0; i < summary__repeated_fault_cnt(t->s); i++)
		say__repeated_fault(&said.say, summary__repeated_fault(t->s, i));
	text__say_end(&said);
	print_stuck(t);
}
