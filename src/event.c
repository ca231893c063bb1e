// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Adding events to a summary, one at a time and in place: a recording has millions a second of
 * them. Most events are of an inode and a task that had one a moment ago, so the cells that were
 * met last are kept at hand. Cells never move, and go with the summary.
 */
#include "model_priv.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"

#define CELL_MEMO_BITS 12
#define RESTS_MAX      4096 /* rest rows of single mounts; beyond that they are of no mount */

#define ERRNOS_MAX 1024 /* operation and errno; as in the kernel's table */

struct cell_memo {
	union entity_key key;
	__u32 op;
	struct cell *cell; /* NULL: empty */
};

/* The inodes, or the tasks. */
struct row_set {
	struct entity **table;
	bool is_task;
	enum dax_counter full;
	size_t cnt;
	size_t rests_cnt;
	struct cell_memo memos[1 << CELL_MEMO_BITS];
};

struct event_rows {
	size_t cells_max;
	size_t edges_max;
	struct row_set inodes;
	struct row_set tasks;
};

static struct event_rows *event_rows(struct summary *s)
{
	struct event_rows *rows = s->event_rows;

	if (rows)
		return rows;
	rows = calloc(1, sizeof(*rows));
	if (!rows)
		return NULL;
	rows->inodes.table = &s->inodes;
	rows->inodes.full = COUNTER_INODES_FULL;
	rows->tasks.table = &s->tasks;
	rows->tasks.full = COUNTER_TASKS_FULL;
	rows->tasks.is_task = true;
	s->event_rows = rows;
	return rows;
}

int summary__limit_rows(struct summary *s, size_t cells_max, size_t edges_max)
{
	struct event_rows *rows = event_rows(s);

	if (!rows)
		return -ENOMEM;
	rows->cells_max = cells_max;
	rows->edges_max = edges_max;
	return 0;
}

/* By the low halves of the key and the operation: Fibonacci hashing spreads numbers in a row. */
static struct cell_memo *memo_at(struct row_set *set, const union entity_key *key, __u32 op)
{
	__u64 words[2];

	memcpy(words, key, sizeof(words));
	words[0] = (words[0] ^ words[1] << 17 ^ op) * 0x9e3779b97f4a7c15ULL;
	return &set->memos[words[0] >> (64 - CELL_MEMO_BITS)];
}

static struct cell *cell_find(const struct row_set *set, const union entity_key *key, __u32 op)
{
	const struct entity *e = entity__find(*set->table, key);

	return e ? (struct cell *)entity__cell(e, op) : NULL;
}

/* Where @key goes when there is no room for it: a mount's rest, or that of no mount. */
static union entity_key rest_key(const struct row_set *set, const union entity_key *key)
{
	union entity_key rest = {};

	if (set->is_task) {
		rest.task.tgid = rest.task.pid = TASK_REST_PID;
		return rest;
	}
	rest.inode.nodeid = INODE_REST_NODEID;
	rest.inode.dev = set->rests_cnt < RESTS_MAX ? key->inode.dev : 0;
	return rest;
}

static struct cell *rest_cell(struct summary *s, struct row_set *set, const union entity_key *key,
			      __u32 op, __u64 cnt)
{
	union entity_key rest = rest_key(set, key);

	summary__count(s, set->full, cnt);
	set->rests_cnt += !cell_find(set, &rest, op);
	return entity_table__cell(set->table, set->is_task, &rest, op);
}

/*
 * The cell for @cnt operations. That of the rest is not kept at hand: its operations are counted.
 */
static struct cell *cell_of(struct summary *s, struct row_set *set, const union entity_key *key,
			    __u32 op, __u64 cnt)
{
	struct cell_memo *memo = memo_at(set, key, op);
	size_t max = s->event_rows->cells_max;
	struct cell *cell;

	if (memo->cell && memo->op == op && !memcmp(&memo->key, key, sizeof(*key)))
		return memo->cell;
	cell = cell_find(set, key, op);
	if (!cell && max && set->cnt >= max)
		return rest_cell(s, set, key, op, cnt);
	if (!cell) {
		cell = entity_table__cell(set->table, set->is_task, key, op);
		set->cnt++;
	}
	*memo = (struct cell_memo){ *key, op, cell };
	return cell;
}

static struct cell *inode_cell(struct summary *s, const struct inode_key *inode, __u32 op,
			       __u64 cnt)
{
	const union entity_key key = { .inode = *inode };

	return cell_of(s, &s->event_rows->inodes, &key, op, cnt);
}

static struct cell *task_cell(struct summary *s, const struct task_key *task, __u32 op, __u64 cnt)
{
	union entity_key key = { .task = *task };

	key.task.pad = 0; /* part of the hash key */
	return cell_of(s, &s->event_rows->tasks, &key, op, cnt);
}

/* ---- operations ---- */

#define WAITS_ADD(to, ev)                                               \
	do {                                                            \
		for (int wait_ = 0; wait_ < WAIT_NR; wait_++) {         \
			(to)->wait_ns[wait_] += (ev)->wait_ns[wait_];   \
			(to)->wait_cnt[wait_] += (ev)->wait_cnt[wait_]; \
		}                                                       \
	} while (0)

/* To a struct op_figures or struct cell: the same members, of other widths. FIGURES_ADD in bpf. */
#define FIGURES_ADD(to, ev, bucket)                                 \
	do {                                                        \
		(to)->units += (ev)->units;                         \
		(to)->retries += (ev)->retries;                     \
		if ((ev)->flags & EVENT_OP_WAITS)                   \
			WAITS_ADD(to, ev);                          \
		if ((ev)->outcome == OUTCOME_UNSEEN)                \
			break;                                      \
		(to)->total_ns += (ev)->dur_ns;                     \
		(to)->max_ns = max_u64((to)->max_ns, (ev)->dur_ns); \
		(to)->outcome[(ev)->outcome]++;                     \
		(to)->hist[bucket]++;                               \
	} while (0)

static bool has_errno(const struct summary *s, __u32 op, __u32 err)
{
	for (size_t i = 0; i < s->errno_cnt; i++)
		if (s->errnos[i].key.op == op && s->errnos[i].key.err == err)
			return true;
	return false;
}

static int errno_add(struct summary *s, const struct event_op *ev)
{
	if (!ev->err || ev->err > INT32_MAX)
		return 0;
	if (s->errno_cnt < ERRNOS_MAX || has_errno(s, ev->op, ev->err))
		return summary__add_errno(s, ev->op, ev->err, 1);
	summary__count(s, COUNTER_ERRNOS_FULL, 1);
	return 0;
}

int summary__add_event_op(struct summary *s, const struct event_op *ev)
{
	struct cell *inode, *task;

	if (ev->op >= OP_NR || ev->outcome > OUTCOME_UNSEEN)
		return -EINVAL;
	if (!event_rows(s))
		return -ENOMEM;
	inode = inode_cell(s, &ev->key,
			   ev->op | (ev->flags & EVENT_OP_NESTED_IN_INODE ? CELL_NESTED : 0), 1);
	task = task_cell(s, &ev->task,
			 ev->op | (ev->flags & EVENT_OP_NESTED_IN_TASK ? CELL_NESTED : 0), 1);
	if (!inode || !task)
		return -ENOMEM;
	FIGURES_ADD(&s->ops[ev->op], ev, hist_bucket(ev->dur_ns));
	FIGURES_ADD(inode, ev, coarse_bucket(ev->dur_ns));
	FIGURES_ADD(task, ev, coarse_bucket(ev->dur_ns));
	return errno_add(s, ev);
}

/* ---- hits ---- */

struct hits_sum {
	__u64 total_ns;
	__u64 max_ns;
};

/* What coarse bucket 0 has in common with fine ones does not matter: none begins inside it. */
static struct hits_sum hits_add_hists(const struct event_hits *ev, __u64 *fine_hist,
				      __u32 *inode_hist, __u32 *task_hist)
{
	struct hits_sum sum = {};

	for (__u32 i = 0; i < ev->cnt; i++) {
		__u64 ns = hit_dur_ns(ev->hits[i]);
		__u32 fine = hist_bucket(ns), coarse = coarse_of_fine(fine);

		fine_hist[fine]++;
		inode_hist[coarse]++;
		task_hist[coarse]++;
		sum.total_ns += ns;
		sum.max_ns = max_u64(sum.max_ns, ns);
	}
	return sum;
}

#define HITS_ADD(to, ev, sum)                                        \
	do {                                                         \
		(to)->total_ns += (sum)->total_ns;                   \
		(to)->max_ns = max_u64((to)->max_ns, (sum)->max_ns); \
		(to)->units += (ev)->units;                          \
		(to)->outcome[OUTCOME_DONE] += (ev)->cnt;            \
	} while (0)

int summary__add_event_hits(struct summary *s, const struct event_hits *ev)
{
	struct op_figures *figures = &s->ops[ev->op % OP_NR];
	struct cell *inode, *task;
	struct hits_sum sum;

	if (ev->op >= OP_NR || ev->cnt > HITS_MAX)
		return -EINVAL;
	if (!event_rows(s))
		return -ENOMEM;
	inode = inode_cell(s, &ev->key, ev->op, ev->cnt);
	task = task_cell(s, &ev->task, ev->op, ev->cnt);
	if (!inode || !task)
		return -ENOMEM;
	sum = hits_add_hists(ev, figures->hist, inode->hist, task->hist);
	HITS_ADD(figures, ev, &sum);
	HITS_ADD(inode, ev, &sum);
	HITS_ADD(task, ev, &sum);
	return 0;
}

/* ---- waits ---- */

int summary__add_event_wait(struct summary *s, const struct event_wait *ev)
{
	struct wait_figures *to;

	if (ev->wait >= WAIT_NR)
		return -EINVAL;
	to = &s->waits[ev->wait];
	to->cnt++;
	to->total_ns += ev->ns;
	to->max_ns = max_u64(to->max_ns, ev->ns);
	to->hist[hist_bucket(ev->ns)]++;
	return 0;
}

int summary__add_event_blame(struct summary *s, const struct event_blame *ev)
{
	/* Where it is not known since when the lock was held, each wait is a hold: hold_count() */
	__u64 waiters = ev->waiters ?: 1;
	struct edge edge = {
		.cnt = 1,
		.total_ns = ev->ns,
		.max_ns = ev->ns,
		.held_max_ns = ev->held_ns,
		.holds_cnt = waiters == 1,
		.waiters_max = waiters,
	};
	struct edge_key key = ev->edge;
	size_t max;

	if (!event_rows(s))
		return -ENOMEM;
	max = s->event_rows->edges_max;
	key.holder.pad = 0;
	if (max && HASH_COUNT(s->edges) >= max && !edge_table__find(s->edges, &key)) {
		summary__count(s, COUNTER_EDGES_FULL, 1);
		return 0;
	}
	return summary__add_edge(s, &key, &edge);
}
