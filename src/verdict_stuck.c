// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What does not go on: tasks that wait behind one end of a chain, and faults on one page again and
 * again.
 */
#include <string.h>

#include "verdict_priv.h"

/* A chain of one that is stuck, and what is at its end. */
struct stuck {
	const struct in_flight_row *row;
	struct chain_step steps[CHAIN_STEPS];
	size_t cnt; /* 0: it is not */
	bool is_loop;
};

static void stuck_read(const struct look *l, const struct in_flight_row *row, struct stuck *k)
{
	k->row = row;
	k->cnt = 0;
	if (!row->is_outermost || !is_stuck(l, row->age_ns) || !is_of(l, row->inode.dev))
		return;
	k->cnt = summary__chain(l->s, row, k->steps, &k->is_loop);
	if (k->cnt && !is_stuck(l, k->steps[k->cnt - 1].wait_ns))
		k->cnt = 0;
}

/* Do they wait for the same, at last? Pages are borrowed from the row that waits for them. */
static bool is_same_end(const struct stuck *a, const struct stuck *b)
{
	const struct chain_step *x = &a->steps[a->cnt - 1], *y = &b->steps[b->cnt - 1];

	if (x->sort != y->sort || a->is_loop != b->is_loop)
		return false;
	switch (x->sort) {
	case CHAIN_HOST:
		return x->opcode == y->opcode;
	case CHAIN_PAGE:
		return x->page == y->page;
	case CHAIN_HOLDER:
		return inode_key__is_same(&x->inode, &y->inode) &&
		       task_key__is_same(&x->holder.task, &y->holder.task);
	default:
		return x->inode.dev == y->inode.dev;
	}
}

static __u64 stuck_tasks(const struct look *l, const struct stuck *k)
{
	struct stuck other;
	__u64 cnt = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		stuck_read(l, summary__in_flight_row(l->s, i), &other);
		cnt += other.cnt && is_same_end(k, &other);
	}
	return cnt;
}

#define NS_BITS 44 /* 4.9 hours */

static __u64 stuck_score(const struct stuck *k, __u64 tasks)
{
	const struct chain_step *end = &k->steps[k->cnt - 1];
	__u64 ns = end->wait_ns < 1ULL << NS_BITS ? end->wait_ns : (1ULL << NS_BITS) - 1;
	bool is_forever =
		k->is_loop || (end->sort == CHAIN_HOLDER && end->holder.sort == HOLDER_LEAKED);

	return (__u64)is_forever << 62 | tasks << NS_BITS | ns;
}

static void say_holder(struct finding *f, const struct lock_holder *h)
{
	switch (h->sort) {
	case HOLDER_OP:
	case HOLDER_READER:
		verdict_say(f, " held by %s of %s",
			    h->op < OP_NR ? op_table[h->op].name : "an operation",
			    TASK(h->comm, &h->task));
		break;
	case HOLDER_READERS:
		verdict_say(f, " held by readers that were not seen");
		break;
	case HOLDER_TASK:
		verdict_say(f, " held by %s", TASK(h->comm, &h->task));
		break;
	case HOLDER_LEAKED:
		verdict_say(f,
			    " that a task which is gone still owns: this file will not come back");
		break;
	default:
		break;
	}
}

static void say_page(struct finding *f, const struct in_flight_page *page)
{
	const struct page_holder *h = page->holders;
	struct task_key task = { .pid = h->pid, .tgid = h->tgid };

	if (page->is_searched && page->holder_cnt)
		verdict_say(f, ", in a pipe of %s", TASK(h->comm, &task));
}

static void say_step(struct finding *f, const struct chain_step *step)
{
	verdict_say(f, "waits %s for %s", NS(step->wait_ns), wait_nouns[step->wait]);
	switch (step->sort) {
	case CHAIN_HOLDER:
		say_holder(f, &step->holder);
		break;
	case CHAIN_WORKER:
		verdict_say(f, " from the reclaim worker");
		break;
	case CHAIN_NO_WORKER:
		verdict_say(f, ", and the reclaim worker does not run");
		break;
	case CHAIN_PAGE:
		say_page(f, step->page);
		break;
	default:
		if (step->wait == WAIT_REQUEST_HOST)
			verdict_say(f, " %s", opcode_name(step->opcode) ?: "a request");
	}
}

static void say_who(const struct look *l, struct finding *f, const struct in_flight_row *row)
{
	verdict_say(f, "%s", op_table[row->op].name);
	if (row->inode.nodeid)
		verdict_say(f, " of %s", INODE(l, &row->inode));
	verdict_say(f, " by %s ", TASK(row->comm, &row->task));
}

static void say_stuck(const struct look *l, struct finding *f, const struct stuck *k, __u64 tasks)
{
	const struct chain_step *end = &k->steps[k->cnt - 1];

	if (k->cnt == 1 && end->wait == WAIT_REQUEST_HOST) {
		verdict_say(f, "the host has not answered %s for %s: ",
			    opcode_name(end->opcode) ?: "a request", NS(end->wait_ns));
		say_who(l, f, k->row);
		verdict_say(f, "waits");
	} else {
		say_who(l, f, k->row);
		for (size_t i = 0; i < k->cnt; i++) {
			verdict_say(f, "%s", i ? ", which " : "");
			say_step(f, &k->steps[i]);
		}
	}
	if (k->is_loop)
		verdict_say(f, ", which waits for one of these: a deadlock");
	if (tasks > k->cnt)
		verdict_say(f, "; %s tasks are stuck on this", COUNT(tasks));
}

/* Of those that end the same, the longest chain tells most. */
void verdict_find_stuck(const struct look *l, struct finding *f)
{
	struct stuck k, best = {};
	__u64 best_score = 0, best_tasks = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		__u64 tasks, score;

		stuck_read(l, summary__in_flight_row(l->s, i), &k);
		if (!k.cnt)
			continue;
		tasks = stuck_tasks(l, &k);
		score = stuck_score(&k, tasks);
		if (score < best_score || (score == best_score && k.cnt <= best.cnt))
			continue;
		best = k;
		best_score = score;
		best_tasks = tasks;
	}
	if (!best.cnt)
		return;
	f->level = VERDICT_STUCK;
	f->score = best_score;
	say_stuck(l, f, &best, best_tasks);
}

void verdict_find_repeated(const struct look *l, struct finding *f)
{
	for (size_t i = 0; i < summary__repeated_fault_cnt(l->s); i++) {
		const struct repeated_fault *r = summary__repeated_fault(l->s, i);

		if (!is_of(l, r->inode.dev) || (f->level && r->span_ns <= f->score))
			continue;
		*f = (struct finding){ .level = is_stuck(l, r->span_ns) ? VERDICT_STUCK
									: VERDICT_SLOW,
				       .score = r->span_ns };
		verdict_say(
			f,
			"%s of %s by %s comes again and again at %s: it gets no further, or the "
			"page is unmapped each time",
			op_table[r->op].name, INODE(l, &r->inode), TASK(r->comm, &r->task),
			BYTES(r->offset));
	}
}
