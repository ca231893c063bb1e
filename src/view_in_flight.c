// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view's sections of what is in progress: mounts that will not come back, how many operations
 * there are of each kind, and one by one those that have been for a while, with all that is in the way.
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

/* ---- chains ---- */

#define READERS_SHOWN 4

/* Who may have the lock beside the reader named. */
static void readers_words(const struct text *t, struct words *w, const struct chain_step *step)
{
	const struct in_flight_row *rows[READERS_SHOWN];
	size_t cnt = summary__chain_readers(t->s, step, rows, READERS_SHOWN);
	char who[LINE_BYTES];

	for (size_t i = 0; i < cnt && i < READERS_SHOWN; i++)
		word(w, "%s%s of %s", i ? "" : "in flight there: ", op_table[rows[i]->op].name,
		     text__task_label(rows[i]->comm, &rows[i]->task, who, sizeof(who)));
	if (cnt > READERS_SHOWN)
		word(w, "and %zu more", cnt - READERS_SHOWN);
}

static const char *const signal_words[SIGNAL_NR] = {
	[SIGNAL_ANY] = "a signal ends it",
	[SIGNAL_HARMFUL] = "a signal ends it but up to Linux 7.0 may leave i_mmap_sem locked",
	[SIGNAL_FATAL] = "only a signal that kills ends it",
	[SIGNAL_NONE] = "no signal ends it",
};

static void step_in_the_way(const struct text *t, struct words *w, const struct chain_step *step)
{
	const struct lock_holder *holder = &step->holder;
	char who[LINE_BYTES];

	switch (step->sort) {
	case CHAIN_HOLDER:
		text__holder_label(t, holder->sort, holder->op, &holder->task, holder->comm, who,
				   sizeof(who));
		word(w, "held by %s", who);
		if (holder->sort == HOLDER_LEAKED)
			word(w, "this file will not come back");
		else if (holder->held_ns)
			word(w, "for at most %s", NS(holder->held_ns));
		readers_words(t, w, step);
		break;
	case CHAIN_WORKER:
		word(w, "behind the reclaim worker %s",
		     text__task_label(holder->comm, &holder->task, who, sizeof(who)));
		break;
	case CHAIN_NO_WORKER:
		word(w, "and the reclaim worker does not run");
		break;
	case CHAIN_PAGE:
		text__page_words(w, step->page);
		break;
	default:
		break;
	}
}

static void print_chain(const struct text *t, const struct in_flight_row *row)
{
	struct chain_step steps[CHAIN_STEPS];
	bool is_loop;
	size_t cnt = summary__chain(t->s, row, steps, &is_loop);
	char label[LINE_BYTES], wait[NAME_BYTES * 2];

	for (size_t i = 0; i < cnt; i++) {
		const struct chain_step *step = &steps[i];
		struct words w = { .t = t, .heading = i ? "    which" : "" };

		word(&w, "waits %s for %s", NS(step->wait_ns),
		     text__wait_label(step->wait, step->opcode, step->op, wait, sizeof(wait)));
		if (i && step->inode.nodeid)
			word(&w, "%s", text__inode_label(t, &step->inode, label, sizeof(label)));
		if (signal_words[step->signal])
			word(&w, "%s", signal_words[step->signal]);
		step_in_the_way(t, &w, step);
		words_end(&w);
	}
	if (is_loop)
		fprintf(t->f, "%*s(which waits for one of these: a deadlock)\n", WORDS_INDENT, "");
}

/* The innermost functions that a task is in, and whether it runs in them. */
#define FUNCTIONS_SHOWN 6

static void print_task_now(const struct text *t, const struct in_flight_row *row)
{
	const struct in_flight_task *now = &row->now;
	struct words w = { .t = t, .heading = "" };

	if (!now->state)
		return;
	if (now->is_running && row->wait >= WAIT_NR)
		word(&w, "runs, and waits for nothing");
	else
		word(&w, "state %c", now->state);
	if (now->has_cpu)
		word(&w, "%s of CPU since the last look", NS(now->cpu_ns));
	for (__u32 i = 0; i < now->fn_cnt && i < FUNCTIONS_SHOWN; i++)
		word(&w, "%s%s", i ? "" : "in ", now->fns[i] ? now->fns[i] : "?");
	words_end(&w);
}

/* What is stuck now, a task at a time: of those that have been for a while, the oldest. */
#define STUCK_ROWS 10

static void print_stuck_row(const struct text *t, const struct in_flight_row *row)
{
	char label[LINE_BYTES], task[NAME_BYTES * 2], heading[NAME_BYTES];
	struct words w = { .t = t, .heading = heading };

	snprintf(heading, sizeof(heading), "  %s", NS(row->age_ns));
	snprintf(label, sizeof(label), "n/a");
	if (row->inode.dev)
		text__inode_label(t, &row->inode, label, sizeof(label));
	word(&w, "%s of %s", op_table[row->op].name,
	     text__task_label(row->comm, &row->task, task, sizeof(task)));
	word(&w, "%s", label);
	words_end(&w);
	print_chain(t, row);
	print_task_now(t, row);
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

/* ---- mounts that will not come back ---- */

static void print_self_request(const struct text *t, const struct event_self_request *ev)
{
	const struct mount_state *m = summary__mount_by_dev(t->s, ev->key.dev);
	struct words w = { .t = t, .heading = "DEADLOCK" };
	char label[LINE_BYTES], task[NAME_BYTES * 2];

	word(&w, "mount %s will not come back",
	     m && m->mountpoint ? m->mountpoint : DEV(ev->key.dev));
	word(&w, "its completion worker %s waits for itself",
	     text__task_label(ev->comm, &ev->task, task, sizeof(task)));
	word(&w, "%s", opcode_name(ev->opcode) ?: "of what kind is not known");
	word(&w, "of %s", names__inode_text(t->n, &ev->key, label, sizeof(label)));
	if (ev->closer.pid)
		word(&w, "closed by %s",
		     text__task_label(ev->closer_comm, &ev->closer, task, sizeof(task)));
	words_end(&w);
}

/* ---- faults that come again ---- */

static void print_repeated_fault(const struct text *t, const struct repeated_fault *fault)
{
	struct words w = { .t = t, .heading = "repeated" };
	char label[LINE_BYTES], task[NAME_BYTES * 2];

	word(&w, "%s of %s", op_table[fault->op].name,
	     text__task_label(fault->comm, &fault->task, task, sizeof(task)));
	word(&w, "%s", text__inode_label(t, &fault->inode, label, sizeof(label)));
	word(&w, "at %s again and again", BYTES(fault->offset));
	word(&w, "%s looked at in %s", COUNT(fault->seen_cnt), NS(fault->span_ns));
	word(&w, "it gets no further or the page is unmapped each time");
	words_end(&w);
}

void text__print_in_flight(const struct text *t)
{
	for (size_t i = 0; i < summary__self_request_cnt(t->s); i++)
		print_self_request(t, summary__self_request(t->s, i));
	print_counts(t);
	for (size_t i = 0; i < summary__repeated_fault_cnt(t->s); i++)
		print_repeated_fault(t, summary__repeated_fault(t->s, i));
	print_stuck(t);
}
