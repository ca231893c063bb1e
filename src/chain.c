// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What is in the way: chains of those who wait for each other, who holds the window, and requests
 * that wait for themselves. All of it is of one moment, so it has no difference over time.
 */
#include "model_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- chains ---- */

void summary__set_in_flight_task(struct summary *s, const struct task_key *task,
				 const struct in_flight_task *now)
{
	for (size_t i = 0; i < s->in_flight_row_cnt; i++)
		if (task_key__is_same(&s->in_flight_rows[i].task, task))
			s->in_flight_rows[i].now = *now;
}

void summary__clear_in_flight_holder(struct summary *s, size_t i, enum dax_holder sort)
{
	s->in_flight_rows[i].holder = (struct lock_holder){ .sort = sort, .op = OP_NR };
}

static const struct in_flight_row *innermost_of(const struct summary *s,
						const struct task_key *task)
{
	for (size_t i = 0; i < s->in_flight_row_cnt; i++) {
		const struct in_flight_row *row = &s->in_flight_rows[i];

		if (row->is_innermost && task_key__is_same(&row->task, task))
			return row;
	}
	return NULL;
}

/* A worker's innermost operation may be a request's, which only the list of the oldest has. */
static const struct in_flight_row *worker_innermost(const struct summary *s,
						    const struct in_flight_row *run)
{
	const struct in_flight_row *row = innermost_of(s, &run->task);

	for (size_t i = 0; i < s->worker_cnt && !row; i++)
		if (s->workers[i].op == OP_RECLAIM_RANGE &&
		    task_key__is_same(&s->workers[i].task, &run->task))
			row = &s->workers[i];
	return row ?: run;
}

const struct in_flight_row *summary__reclaim_worker(const struct summary *s, __u32 dev)
{
	for (size_t i = 0; i < s->worker_cnt; i++)
		if (s->workers[i].op == OP_RECLAIM_RUN && s->workers[i].inode.dev == dev)
			return worker_innermost(s, &s->workers[i]);
	return NULL;
}

/*
 * What ends a wait. For a range: __fuse_dax_fault() sleeps uninterruptibly,
 * alloc_dax_mapping_reclaim(), of reads and writes, killably. For a page: fuse_wait_dax_page() and,
 * since 6.16, dax_break_layout() sleep interruptibly, but workers get no signals, and
 * dax_break_layout_final() of an eviction takes none. An interrupted fuse_open() leaves i_mmap_sem
 * locked up to 7.0. (fs/fuse/dax.c, fs/fuse/file.c, fs/dax.c; from 5.10 on.)
 */
static enum chain_signal signal_of(const struct in_flight_row *row)
{
	if (row->wait == WAIT_FREE_RANGE)
		return OPS_FAULT & 1U << row->op ? SIGNAL_NONE : SIGNAL_FATAL;
	if (row->wait != WAIT_BUSY_PAGE)
		return SIGNAL_UNKNOWN;
	switch (row->op) {
	case OP_RECLAIM_RUN:
	case OP_RECLAIM_RANGE:
	case OP_EVICT:
		return SIGNAL_NONE;
	case OP_OPEN_TRUNC:
		return SIGNAL_HARMFUL;
	default:
		return SIGNAL_ANY;
	}
}

/* What @row waits for, and in @next who that is, if it is somebody whose own waits are known. */
static struct chain_step step_of(const struct summary *s, const struct in_flight_row *row,
				 const struct in_flight_row **next)
{
	struct chain_step step = {
		.wait = row->wait,
		.wait_ns = row->wait_ns,
		.op = row->op,
		.inode = row->inode,
		.holder = row->holder,
		.signal = signal_of(row),
	};

	*next = NULL;
	switch (row->wait) {
	case WAIT_BUSY_PAGE:
		step.sort = CHAIN_PAGE;
		step.page = &row->page;
		break;
	case WAIT_FREE_RANGE:
		*next = summary__reclaim_worker(s, row->inode.dev);
		step.sort = *next ? CHAIN_WORKER : CHAIN_NO_WORKER;
		break;
	case WAIT_REQUEST_HOST:
	case WAIT_REQUEST_GUEST:
		step.sort = CHAIN_HOST;
		step.opcode = row->opcode;
		break;
	default:
		step.sort = CHAIN_HOLDER;
		if (row->holder.task.pid)
			*next = innermost_of(s, &row->holder.task);
	}
	if (step.sort == CHAIN_WORKER) {
		step.holder.task = (*next)->task;
		memcpy(step.holder.comm, (*next)->comm, sizeof(step.holder.comm));
		step.holder.op = (*next)->op;
	}
	return step;
}

size_t summary__chain(const struct summary *s, const struct in_flight_row *row,
		      struct chain_step steps[CHAIN_STEPS], bool *is_loop)
{
	const struct in_flight_row *seen[CHAIN_STEPS], *next;
	size_t cnt = 0;

	*is_loop = false;
	row = row->is_innermost ? row : innermost_of(s, &row->task);
	while (row && row->wait < WAIT_NR && cnt < CHAIN_STEPS && !*is_loop) {
		seen[cnt] = row;
		steps[cnt++] = step_of(s, row, &next);
		for (size_t i = 0; i < cnt; i++)
			*is_loop |= seen[i] == next;
		row = next;
	}
	return cnt;
}

#define BIT(wait)	 (1U << (wait))
#define I_MMAP_SEM_WAITS (BIT(WAIT_I_MMAP_SEM_READ) | BIT(WAIT_I_MMAP_SEM_WRITE))
#define I_DMAP_SEM_WAITS (BIT(WAIT_I_DMAP_SEM_READ) | BIT(WAIT_I_DMAP_SEM_WRITE))
#define INODE_LOCK_WAITS (BIT(WAIT_INODE_LOCK_READ) | BIT(WAIT_INODE_LOCK_WRITE))

/*
 * Which operations have a lock shared while they are at it, and in which waits they do not have it,
 * or no longer: the inode lock is taken first, i_dmap_sem last, and faults give up i_mmap_sem to
 * sleep for a range.
 */
static const struct {
	__u32 waits; /* for the lock */
	__u32 ops;
	__u32 without; /* it, besides @waits */
} reader_table[] = {
	{ I_MMAP_SEM_WAITS, OPS_FAULT, BIT(WAIT_FREE_RANGE) },
	{ I_DMAP_SEM_WAITS, OPS_FAULT | 1U << OP_DAX_READ | 1U << OP_DAX_WRITE,
	  I_MMAP_SEM_WAITS | INODE_LOCK_WAITS | BIT(WAIT_FREE_RANGE) | BIT(WAIT_BUSY_PAGE) },
	{ INODE_LOCK_WAITS, 1U << OP_DAX_READ, 0 },
};
#define READER_SORTS (sizeof(reader_table) / sizeof(reader_table[0]))

/* Does its task wait for one of @waits, with what it does inside @row? */
static bool waits_for(const struct summary *s, const struct in_flight_row *row, __u32 waits)
{
	const struct in_flight_row *innermost = innermost_of(s, &row->task) ?: row;

	return innermost->wait < WAIT_NR && waits & 1U << innermost->wait;
}

/* A task may be in two operations that have it: a fault inside a read. */
static bool is_among(const struct in_flight_row *row, const struct in_flight_row **rows, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		if (task_key__is_same(&rows[i]->task, &row->task))
			return true;
	return false;
}

size_t summary__chain_readers(const struct summary *s, const struct chain_step *step,
			      const struct in_flight_row **rows, size_t max)
{
	size_t cnt = 0, sort = 0;

	if (step->holder.sort != HOLDER_READER && step->holder.sort != HOLDER_READERS)
		return 0;
	while (sort < READER_SORTS && !(reader_table[sort].waits & 1U << step->wait))
		sort++;
	for (size_t i = 0; sort < READER_SORTS && i < s->in_flight_row_cnt; i++) {
		const struct in_flight_row *row = &s->in_flight_rows[i];

		if (!inode_key__is_same(&row->inode, &step->inode) ||
		    !(reader_table[sort].ops & 1U << row->op) ||
		    task_key__is_same(&row->task, &step->holder.task) ||
		    waits_for(s, row, reader_table[sort].waits | reader_table[sort].without) ||
		    is_among(row, rows, cnt < max ? cnt : max))
			continue;
		if (cnt < max)
			rows[cnt] = row;
		cnt++;
	}
	return cnt;
}

/* ---- who holds the window ---- */

int summary__add_window_share(struct summary *s, const struct inode_key *key, __u64 ranges_cnt)
{
	struct window_share *shares = reallocarray(s->shares, s->share_cnt + 1, sizeof(*s->shares));

	if (!shares)
		return -ENOMEM;
	s->shares = shares;
	shares[s->share_cnt++] = (struct window_share){ *key, ranges_cnt };
	return 0;
}

size_t summary__share_cnt(const struct summary *s)
{
	return s->share_cnt;
}

const struct window_share *summary__share(const struct summary *s, size_t i)
{
	return &s->shares[i];
}

/* Goes before: more ranges, or, so that the order is always the same, the lower number. */
static bool is_before(const struct window_share *a, const struct window_share *b)
{
	if (a->ranges_cnt != b->ranges_cnt)
		return a->ranges_cnt > b->ranges_cnt;
	return a->inode.nodeid < b->inode.nodeid;
}

size_t summary__window_shares(const struct summary *s, __u32 dev, struct window_share *shares,
			      size_t cnt)
{
	size_t used = 0;

	for (size_t i = 0; i < s->share_cnt; i++) {
		const struct window_share *share = &s->shares[i];
		size_t at = used;

		if (share->inode.dev != dev)
			continue;
		while (at && is_before(share, &shares[at - 1]))
			at--;
		if (at == cnt)
			continue;
		used += used < cnt;
		memmove(&shares[at + 1], &shares[at], (used - at - 1) * sizeof(*shares));
		shares[at] = *share;
	}
	return used;
}

/* ---- requests that wait for themselves ---- */

int summary__add_self_request(struct summary *s, const struct event_self_request *ev)
{
	if (s->self_request_cnt == SELF_REQUESTS_MAX)
		return -ENOSPC;
	s->self_requests[s->self_request_cnt++] = *ev;
	return 0;
}

size_t summary__self_request_cnt(const struct summary *s)
{
	return s->self_request_cnt;
}

const struct event_self_request *summary__self_request(const struct summary *s, size_t i)
{
	return &s->self_requests[i];
}

/* ---- faults that come again ---- */

int summary__add_repeated_fault(struct summary *s, const struct repeated_fault *fault)
{
	if (s->repeat_cnt == REPEATS_MAX)
		return -ENOSPC;
	s->repeats[s->repeat_cnt++] = *fault;
	return 0;
}

size_t summary__repeated_fault_cnt(const struct summary *s)
{
	return s->repeat_cnt;
}

const struct repeated_fault *summary__repeated_fault(const struct summary *s, size_t i)
{
	return &s->repeats[i];
}
