// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Inodes and tasks: the tables of their cells, what they come to, and the sorted lists. Surprising:
 * the totals of an entity leave out operations that ran inside another of its own (op_table[]).
 */
#include "model_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"

const char *const sort_key_names[SORT_NR] = {
	[SORT_WAIT] = "wait",
	[SORT_TOTAL] = "total",
	[SORT_COUNT] = "count",
};

void add_u64s(__u64 *to, const __u64 *from, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		to[i] += from[i];
}

static void add_u32s(__u32 *to, const __u32 *from, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		to[i] += from[i];
}

/* 32-bit counters wrap here as they do in the kernel, so that differences stay right. */
static void cell_add(struct cell *to, const struct cell *from)
{
	to->total_ns += from->total_ns;
	to->max_ns = from->max_ns > to->max_ns ? from->max_ns : to->max_ns;
	to->units += from->units;
	to->retries += from->retries;
	add_u64s(to->wait_ns, from->wait_ns, WAIT_NR);
	add_u32s(to->wait_cnt, from->wait_cnt, WAIT_NR);
	add_u32s(to->outcome, from->outcome, OUTCOME_NR);
	add_u32s(to->hist, from->hist, COARSE_BUCKETS);
}

struct entity *entity__find(struct entity *table, const union entity_key *key)
{
	struct entity *e;

	HASH_FIND(hh, table, key, sizeof(*key), e);
	return e;
}

const struct cell *entity__cell(const struct entity *e, __u32 op)
{
	for (const struct op_cell *c = e->cells; c; c = c->next) {
		if (c->op == op)
			return &c->cell;
	}
	return NULL;
}

static struct entity *entity_new(struct entity **table, bool is_task, const union entity_key *key)
{
	struct entity *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->key = *key;
	e->is_task = is_task;
	HASH_ADD(hh, *table, key, sizeof(*key), e);
	if (!e->hh.tbl) { /* uthash could not grow and left it out */
		free(e);
		return NULL;
	}
	return e;
}

struct cell *entity_table__cell(struct entity **table, bool is_task, const union entity_key *key,
				__u32 op)
{
	struct entity *e = entity__find(*table, key) ?: entity_new(table, is_task, key);
	struct cell *cell = e ? (struct cell *)entity__cell(e, op) : NULL;
	struct op_cell *c;

	if (!e || cell)
		return cell;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->op = op;
	c->next = e->cells;
	e->cells = c;
	return &c->cell;
}

int entity_table__add(struct entity **table, bool is_task, const union entity_key *key, __u32 op,
		      const struct cell *cell)
{
	struct cell *to;

	if ((op & ~CELL_NESTED) >= OP_NR)
		return -EINVAL;
	to = entity_table__cell(table, is_task, key, op);
	if (!to)
		return -ENOMEM;
	cell_add(to, cell);
	return 0;
}

void entity_table__free(struct entity **table)
{
	struct entity *e, *next;

	e = *table;
	HASH_CLEAR(hh, *table);
	for (; e; e = next) {
		next = e->hh.next;
		while (e->cells) {
			struct op_cell *c = e->cells;

			e->cells = c->next;
			free(c);
		}
		free(e);
	}
}

bool entity__is_rest(const struct entity *e)
{
	return e->is_task ? e->key.task.pid == TASK_REST_PID
			  : e->key.inode.nodeid == INODE_REST_NODEID;
}

const struct inode_key *entity__inode(const struct entity *e)
{
	return &e->key.inode;
}

const struct task_key *entity__task(const struct entity *e)
{
	return &e->key.task;
}

void figures__add(struct figures *to, const struct figures *from)
{
	to->cnt += from->cnt;
	to->total_ns += from->total_ns;
	to->max_ns = from->max_ns > to->max_ns ? from->max_ns : to->max_ns;
	to->all_wait_ns += from->all_wait_ns;
	to->bytes += from->bytes;
	to->ranges += from->ranges;
	to->retries += from->retries;
	add_u64s(to->outcome, from->outcome, OUTCOME_NR);
	add_u64s(to->wait_ns, from->wait_ns, WAIT_NR);
	add_u64s(to->wait_cnt, from->wait_cnt, WAIT_NR);
	add_u64s(to->hist, from->hist, COARSE_BUCKETS);
}

bool figures__is_empty(const struct figures *f)
{
	__u64 sum = f->cnt | f->total_ns | f->all_wait_ns;

	for (int i = 0; i < WAIT_NR; i++)
		sum |= f->wait_cnt[i];
	return !sum;
}

__u64 figures__timed(const struct figures *f)
{
	return hist_total(f->hist, COARSE_BUCKETS);
}

__u64 figures__other_ns(const struct figures *f)
{
	return f->total_ns > f->all_wait_ns ? f->total_ns - f->all_wait_ns : 0;
}

/* @op as in the cell's key. */
static void figures_add_cell(struct figures *to, __u32 op, const struct cell *cell)
{
	op &= ~CELL_NESTED;
	to->total_ns += cell->total_ns;
	to->max_ns = cell->max_ns > to->max_ns ? cell->max_ns : to->max_ns;
	to->retries += cell->retries;
	if (op_table[op].unit == UNIT_BYTES)
		to->bytes += cell->units;
	else if (op_table[op].unit == UNIT_RANGES)
		to->ranges += cell->units;
	for (int i = 0; i < OUTCOME_NR; i++) {
		to->cnt += cell->outcome[i];
		to->outcome[i] += cell->outcome[i];
	}
	for (int i = 0; i < WAIT_NR; i++) {
		to->all_wait_ns += cell->wait_ns[i];
		to->wait_ns[i] += cell->wait_ns[i];
		to->wait_cnt[i] += cell->wait_cnt[i];
	}
	for (int i = 0; i < COARSE_BUCKETS; i++)
		to->hist[i] += cell->hist[i];
}

bool entity__op(const struct entity *e, unsigned int op, struct figures *res)
{
	bool did = false;

	if (res)
		memset(res, 0, sizeof(*res));
	for (const struct op_cell *c = e->cells; c; c = c->next) {
		if ((c->op & ~CELL_NESTED) != op)
			continue;
		did = true;
		if (res)
			figures_add_cell(res, op, &c->cell);
	}
	return did;
}

/* Some kinds always are, also where the operation around was not seen. */
static bool is_nested(const struct entity *e, __u32 op)
{
	if (op & CELL_NESTED)
		return true;
	return e->is_task ? op_table[op].nested_in_task : op_table[op].nested_in_inode;
}

static bool has_outer(const struct entity *e)
{
	for (const struct op_cell *c = e->cells; c; c = c->next) {
		if (!is_nested(e, c->op))
			return true;
	}
	return false;
}

void entity__figures(const struct entity *e, struct figures *res)
{
	bool outer_only = has_outer(e);

	memset(res, 0, sizeof(*res));
	for (const struct op_cell *c = e->cells; c; c = c->next) {
		if (!outer_only || !is_nested(e, c->op))
			figures_add_cell(res, c->op, &c->cell);
	}
}

/*
 * Could it have done operations that no cell tells of? An inode at DETAIL_COUNTS could not: all are
 * counted by inode. nodeid 0 only reclaims, which every level measures.
 */
static enum op_measure measure_of_unseen(const struct summary *s, const struct entity *e)
{
	switch (s->detail) {
	case DETAIL_STALLS:
		return e->is_task || e->key.inode.nodeid ? MEASURE_WAITS : MEASURE_ALL;
	case DETAIL_COUNTS:
		return e->is_task ? MEASURE_WAITED : MEASURE_ALL;
	default:
		return MEASURE_ALL;
	}
}

enum op_measure summary__entity_measure(const struct summary *s, const struct entity *e)
{
	enum op_measure least = measure_of_unseen(s, e);

	for (const struct op_cell *c = e->cells; c; c = c->next) {
		enum op_measure measure = op_measure(s->detail, c->op & ~CELL_NESTED);

		if (measure < least)
			least = measure;
	}
	return least;
}

static __u64 cell_count(const struct cell *cell)
{
	__u64 sum = 0;

	for (int i = 0; i < OUTCOME_NR; i++)
		sum += cell->outcome[i];
	return sum;
}

static __u64 cell_wait_ns(const struct cell *cell)
{
	__u64 sum = 0;

	for (int i = 0; i < WAIT_NR; i++)
		sum += cell->wait_ns[i];
	return sum;
}

/* By count where neither was timed. */
static bool is_longer(const struct cell *a, const struct cell *b)
{
	if (a->total_ns != b->total_ns)
		return a->total_ns > b->total_ns;
	return cell_count(a) > cell_count(b);
}

unsigned int entity__worst_op(const struct entity *e)
{
	bool outer_only = has_outer(e);
	const struct op_cell *worst = NULL;
	__u64 worst_wait = 0;

	for (const struct op_cell *c = e->cells; c; c = c->next) {
		__u64 wait = cell_wait_ns(&c->cell);

		if (outer_only && is_nested(e, c->op))
			continue;
		if (!worst || wait > worst_wait ||
		    (wait == worst_wait && is_longer(&c->cell, &worst->cell))) {
			worst = c;
			worst_wait = wait;
		}
	}
	return worst ? worst->op & ~CELL_NESTED : 0;
}

/* ---- sorted lists ---- */

enum sort_key summary__sort_key(const struct summary *s, enum sort_key sort)
{
	return s->detail == DETAIL_STALLS ? SORT_WAIT : sort;
}

struct ranked {
	__u64 first;
	__u64 second;
	__u64 third;
	const struct entity *e;
};

static int compare_keys(const struct entity *a, const struct entity *b)
{
	const struct inode_key *i = &a->key.inode, *j = &b->key.inode;

	if (a->is_task) {
		const struct task_key *t = &a->key.task, *u = &b->key.task;

		if (t->pid != u->pid)
			return t->pid < u->pid ? -1 : 1;
		return t->start_ms < u->start_ms ? -1 : t->start_ms > u->start_ms;
	}
	if (i->dev != j->dev)
		return i->dev < j->dev ? -1 : 1;
	if (i->nodeid != j->nodeid)
		return i->nodeid < j->nodeid ? -1 : 1;
	return i->generation < j->generation ? -1 : i->generation > j->generation;
}

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->first != y->first)
		return x->first > y->first ? -1 : 1;
	if (x->second != y->second)
		return x->second > y->second ? -1 : 1;
	if (x->third != y->third)
		return x->third > y->third ? -1 : 1;
	return compare_keys(x->e, y->e);
}

static struct ranked rank_of(const struct entity *e, enum sort_key sort)
{
	struct ranked r = { .e = e };
	struct figures f;

	entity__figures(e, &f);
	r.first = sort == SORT_WAIT ? f.all_wait_ns : sort == SORT_TOTAL ? f.total_ns : f.cnt;
	r.second = sort == SORT_TOTAL ? f.all_wait_ns : f.total_ns;
	r.third = f.cnt;
	return r;
}

static void add_to_rest(struct top_list *list, const struct summary *s, const struct entity *e)
{
	enum op_measure measure = summary__entity_measure(s, e);
	struct figures f;

	if (measure < list->rest_measure)
		list->rest_measure = measure;
	entity__figures(e, &f);
	figures__add(&list->rest, &f);
	for (unsigned int op = 0; op < OP_NR; op++)
		if (entity__op(e, op, &f))
			figures__add(&list->rest_ops[op], &f);
}

/* Everything in @table but the rest rows, sorted; those go to @list. NULL: no memory. */
static struct ranked *rank_all(const struct summary *s, const struct entity *table,
			       enum sort_key sort, struct top_list *list)
{
	struct ranked *ranked = calloc(HASH_COUNT(table) + 1, sizeof(*ranked));

	if (!ranked)
		return NULL;
	for (const struct entity *e = table; e; e = e->hh.next) {
		if (entity__is_rest(e)) {
			add_to_rest(list, s, e);
			list->has_overflow = true;
		} else {
			ranked[list->total_cnt++] = rank_of(e, sort);
		}
	}
	qsort(ranked, list->total_cnt, sizeof(*ranked), compare_ranked);
	return ranked;
}

static int top(const struct summary *s, const struct entity *table, enum sort_key sort, size_t cnt,
	       struct top_list *res)
{
	struct top_list list = { .rest_measure = MEASURE_ALL };
	struct ranked *ranked = rank_all(s, table, summary__sort_key(s, sort), &list);
	size_t i;

	if (!ranked)
		return -ENOMEM;
	list.cnt = cnt && cnt < list.total_cnt ? cnt : list.total_cnt;
	list.rest_cnt = list.total_cnt - list.cnt;
	list.rows = calloc(list.cnt + 1, sizeof(*list.rows));
	if (!list.rows) {
		free(ranked);
		return -ENOMEM;
	}
	for (i = 0; i < list.cnt; i++)
		list.rows[i] = ranked[i].e;
	for (; i < list.total_cnt; i++)
		add_to_rest(&list, s, ranked[i].e);
	free(ranked);
	*res = list;
	return 0;
}

int summary__top_inodes(const struct summary *s, enum sort_key sort, size_t cnt,
			struct top_list *res)
{
	return top(s, s->inodes, sort, cnt, res);
}

int summary__top_tasks(const struct summary *s, enum sort_key sort, size_t cnt,
		       struct top_list *res)
{
	return top(s, s->tasks, sort, cnt, res);
}

void top_list__fini(struct top_list *list)
{
	free(list->rows);
	list->rows = NULL;
	list->cnt = 0;
}

const struct entity *summary__next_inode(const struct summary *s, const struct entity *after)
{
	return after ? after->hh.next : s->inodes;
}

void summary__mount_ops(const struct summary *s, __u32 dev, struct figures res[OP_NR])
{
	memset(res, 0, OP_NR * sizeof(*res));
	for (const struct entity *e = s->inodes; e; e = e->hh.next) {
		if (e->key.inode.dev != dev)
			continue;
		for (const struct op_cell *c = e->cells; c; c = c->next)
			figures_add_cell(&res[c->op & ~CELL_NESTED], c->op, &c->cell);
	}
}
